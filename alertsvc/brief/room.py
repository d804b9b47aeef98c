"""Making a briefing's facts smaller until its mail is under the limit: titles, sources and links go from the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from alertsvc.brief.wording import language as words_of

__all__ = ["slimmed"]


def _lists(facts: Any) -> Iterator[list[dict[str, Any]]]:
    """Yield every list of sources in the facts, in the order of the briefing."""
    if isinstance(facts, dict):
        for key, value in facts.items():
            if key in ("sources", "new_sources") and isinstance(value, list):
                yield value
            else:
                yield from _lists(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from _lists(value)


def _without(facts: Mapping[str, Any], count: int) -> dict[str, Any]:
    """Return the facts without so many titles, then sources behind the first of each list, then links."""
    less: dict[str, Any] = deepcopy(dict(facts))
    lists = [found for found in _lists(less) if found]
    told = [source for found in lists for source in found]
    words = words_of(str(facts.get("language", "en")))
    left = count
    for source in reversed([source for source in told if source["title"]][-left:] if left else []):
        source["title"] = ""
        left -= 1
    for found in reversed(lists):
        while left and len(found) > 1:
            found.pop()
            left -= 1
    for source in reversed([source for found in lists for source in found if source["link"]]):
        if left:
            source["link"], source["no_link"] = None, words.labels["link_too_long"]
            left -= 1
    less["mail_cut"] = words.say("mail_cut", number=words.grammar.digits(count))
    return less


def slimmed(facts: Mapping[str, Any], fits: Callable[[Mapping[str, Any]], bool]) -> Mapping[str, Any]:
    """Return facts that lack as little as is needed for their mail to fit; as small as can be where none does.

    Args:
        facts: of a briefing whose mail is too large; they are not changed.
        fits: tells whether the mail of such facts has room.
    """
    lists = [found for found in _lists(facts) if found]
    told = [source for found in lists for source in found]
    most = sum(bool(source["title"]) for source in told) + sum(len(found) - 1 for found in lists)
    most += sum(bool(found[0]["link"]) for found in lists)
    if not most:
        return facts
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        if fits(_without(facts, middle)):
            high = middle
        else:
            low = middle + 1
    return _without(facts, low)
