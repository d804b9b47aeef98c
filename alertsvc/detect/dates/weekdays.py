"""Weekdays, with the part of the day, the date and the words of direction beside them."""

from __future__ import annotations

from alertsvc.detect.dates.absolute import day_and_month, month_at, month_first, numeric_date
from alertsvc.detect.dates.future import looks_ahead
from alertsvc.detect.dates.mention import Found, shifted
from alertsvc.detect.dates.passage import DatePassage
from alertsvc.detect.dates.words import FROM_ON, LAST, NEXT, NO_DAY_BEFORE, PARTS, PARTS_ARABIC, UNTIL

__all__ = ["no_weekday", "weekday", "weekend"]

# A weekday before one of these names something else.
_NO_DAY_AFTER = frozenset(
    "prayer prayers sermon sermons times post telegraph express mirror people school schools gras saint noir "
    "league".split()
)


def weekday(passage: DatePassage, at: int) -> Found | None:
    """Read the weekday at token `at` with what belongs to it, None where the word names something else."""
    if no_weekday(passage, at):
        return None
    for follows in (at + 1, at + 2):  # "Friday 22 November", "Monday, August 27, 2018", "dimanche 1er juillet"
        if passage.gap(follows - 1) not in (" ", ", ", "، ") or (
            follows == at + 2 and passage.name(at + 1) not in ("the", "le")
        ):
            break
        day = passage.name(follows)
        dated = day_and_month(passage, follows) if day[:1].isdigit() else None
        if dated is None and (found := month_at(passage, follows)) is not None and passage.figure(found[1] + 1, 31):
            dated = month_first(passage, follows, *found)
        if dated is None and day[:1].isdigit():
            dated = numeric_date(passage, follows)
        if dated is not None and dated.precision == "day":
            return dated._replace(first=at)
    first, last = at, at
    previous = passage.bare(at - 1)
    parts = PARTS_ARABIC if passage.language == "ar" else PARTS
    while first and passage.gap(first - 1) == " " and passage.bare(first - 1) in parts:
        first -= 1
    while passage.language != "ar" and passage.gap(last) == " " and passage.name(last + 1) in PARTS:
        last += 1
    last = max(last, _night_end(passage, at))
    before, after = passage.bare(first - 1), passage.name(last + 1) if passage.gap(last).isspace() else ""
    if after == "a" and passage.name(last + 2) == "venir":
        return passage.period(last + 2, "future", "day", first)
    if after == "en" and passage.name(last + 2) in ("huit", "quinze"):  # "lundi en huit"
        return passage.period(last + 2, "future", "day", first)
    if before in NEXT or after in NEXT:
        return passage.period(last + (after in NEXT), "future", "day", first - (before in NEXT))
    earlier = passage.bare(first - 2)
    until = before in UNTIL or previous in UNTIL or (before in ("a", "au") and earlier == "jusqu")
    if until or (before in ("de", "من") and earlier in FROM_ON):
        return passage.period(last, "future", "day", first)
    strict = before in LAST or after in LAST
    if not strict and looks_ahead(passage, first):
        return passage.period(last, "future", "day", first)
    last += after in LAST
    first -= before in LAST
    if passage.published is None:
        return Found(last, None, "day", "near", first=first)
    back = (passage.published.weekday() + 1 - passage.days[passage.names[at]]) % 7
    back = 7 if strict and back == 0 else back
    return Found(last, shifted(passage.published, -back), "day", "near", first=first)


def weekend(passage: DatePassage, last: int, first: int, *, strict: bool) -> Found:
    """Make the finding of a weekend, as its Saturday; `strict`: not the one that publication lies in."""
    if looks_ahead(passage, first):
        return passage.period(last, "future", "day", first)
    if passage.published is None:
        return Found(last, None, "day", "near", first=first)
    back = (passage.published.weekday() - 5) % 7
    back += 7 if strict and back < 2 else 0
    return Found(last, shifted(passage.published, -back), "day", "near", first=first)


def _night_end(passage: DatePassage, at: int) -> int:
    """Return the last token of "Saturday to Sunday", "samedi à dimanche", "السبت-الأحد" behind a night, else -1."""
    nightly = any(passage.bare(k) in ("night", "nuit", "ليل", "ليله", "overnight") for k in range(max(0, at - 3), at))
    if passage.gap(at) in ("-", "–", "/") and passage.name(at + 1) in passage.days:
        return at + 1
    if nightly and passage.name(at + 1) in ("to", "a", "الي", "into", "au") and passage.name(at + 2) in passage.days:
        return at + 2
    if nightly and passage.language == "ar" and passage.gap(at) == " " and passage.name(at + 1) in passage.days:
        return at + 1
    return -1


def no_weekday(passage: DatePassage, at: int) -> bool:
    """Tell whether the name of a weekday at token `at` is part of another name or a feast, or means every week."""
    name, previous, following = passage.names[at], passage.name(at - 1), passage.name(at + 1)
    if following == "de" and passage.name(at + 2) in ("paques", "pentecote"):
        return True
    joined = passage.gap(at).strip() in ("", "’", "'")
    if previous in NO_DAY_BEFORE or (following in _NO_DAY_AFTER and joined):
        return True
    if passage.language == "ar":
        return (
            name.endswith("الاثنين") and previous.startswith("ال") and previous.endswith("ين") and previous not in LAST
        )
    if passage.language == "fr":
        return (
            passage.capital(at)
            and at > 0
            and passage.capital(at - 1)
            and passage.gap(at - 1) == " "
            and previous not in ("le", "ce")
        )
    lower = not passage.capital(at)
    return lower and previous not in ("on", "last", "next", "late", "early", "since", "this", "until", "by")
