"""Which languages have the words of the weekly review and the full incident brief."""

from __future__ import annotations

from alertsvc.brief.wording.english_reviews import ENGLISH_REVIEWS
from alertsvc.brief.wording.reviews import Reviews

__all__ = ["REVIEWS", "reviews_of"]

REVIEWS = {ENGLISH_REVIEWS.code: ENGLISH_REVIEWS}


def reviews_of(code: str) -> Reviews:
    """Return the words of a language.

    Raises:
        ValueError: no reviews are written in that language.
    """
    if code not in REVIEWS:
        raise ValueError(f"there are no words for reviews in {code!r}; known: {', '.join(sorted(REVIEWS))}")
    return REVIEWS[code]
