"""Which languages have the words of the weekly review and the full incident brief."""

from __future__ import annotations

from alertsvc.brief.wording.arabic_reviews import ARABIC_REVIEWS
from alertsvc.brief.wording.english_reviews import ENGLISH_REVIEWS
from alertsvc.brief.wording.french_reviews import FRENCH_REVIEWS
from alertsvc.brief.wording.reviews import Reviews

__all__ = ["REVIEWS", "reviews_of"]

REVIEWS = {words.code: words for words in (ENGLISH_REVIEWS, FRENCH_REVIEWS, ARABIC_REVIEWS)}


def reviews_of(code: str) -> Reviews:
    """Return the words of a language.

    Raises:
        ValueError: no reviews are written in that language.
    """
    if code not in REVIEWS:
        raise ValueError(f"there are no words for reviews in {code!r}; known: {', '.join(sorted(REVIEWS))}")
    return REVIEWS[code]
