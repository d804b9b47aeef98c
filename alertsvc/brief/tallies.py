"""The weekly review's numbers: the paragraph that opens it, and the sentences that keep it honest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from alertsvc.brief.category import category
from alertsvc.brief.ceilings import based
from alertsvc.brief.entries import SEVERE, Entry, countries_of
from alertsvc.brief.index import FEW, Index, change, changed, shares
from alertsvc.brief.wording import VIOLENT
from alertsvc.brief.wording.reviews import Reviews

__all__ = ["casualties", "number_paragraph", "opposite", "trend"]


def number_paragraph(
    live: Sequence[Entry], index: Index, before: Index | None, days: tuple[str, str], words: Reviews
) -> list[dict[str, Any]]:
    """Return the number paragraph: incidents and deaths, the two largest categories, the index and its zone.

    Args:
        live: those that hold.
        before: the index of the week before, None where it is not known.
        days: the first and the last day of the period, as they are written.
    """
    first, last = days
    if index.value is None:
        return [based(words.say("numbers_none", d1=first, d2=last), basis="record")]
    reports = [key for entry in live for key in entry.ids]
    in_area, area = words.area(countries_of(live))
    text = words.say(
        "numbers",
        d1=first,
        d2=last,
        incidents=words.count("critical_were", index.count),
        in_area=in_area,
        deaths=_deaths(live, words),
        arrests=words.phrases["arrests_unknown"],  # no field of a detection holds arrests; captured is another thing
    )
    return [
        based(text, reports),
        based(_categories(live, words), reports),
        *_index(index, before, area, reports, words),
    ]


def _deaths(live: Sequence[Entry], words: Reviews) -> str:
    known = [entry.account.killed.low for entry in live if entry.account.killed is not None]
    if sum(known):
        return words.say("deaths", deaths=words.count("deaths", sum(known)))
    silent = not known or any(entry.account.killed is None and entry.account.action in VIOLENT for entry in live)
    return words.phrases["deaths_unknown" if silent else "deaths_none"]


def _categories(live: Sequence[Entry], words: Reviews) -> str:
    names = [category(entry.account) for entry in live]
    counts = {name: names.count(name) for name in sorted(set(names), key=lambda name: (-names.count(name), name))}
    found = shares(counts)
    listed = [(words.speech.categories[name], words.figure(found[name])) for name in counts]
    if len(listed) == 1:
        return words.say("category", first=listed[0][0], first_share=listed[0][1])
    (first, first_share), (second, second_share) = listed[:2]
    return words.say("categories", first=first, first_share=first_share, second=second, second_share=second_share)


def _index(
    index: Index, before: Index | None, area: str, reports: Sequence[int], words: Reviews
) -> list[dict[str, Any]]:
    if index.value is None:
        return []
    zone = words.zone(index.value)
    was = None if before is None or before.value is None else words.zone(before.value)
    notes = [words.phrases["few"]] if index.count < FEW else []
    if before is not None and before.value is not None:
        notes.append(words.say("change", change=changed(change(index, before), words.speech)))
    else:
        notes.append(words.phrases["change_unknown"])
    pattern = "index_puts" if was is None else "index_keeps" if was == zone else "index_moves"
    text = words.say(
        pattern,
        index=words.figure(index.value),
        notes=words.phrases["semicolon"].join(notes),
        area=area,
        zone=zone,
        zone_before=was,
    )
    return [based(text, reports)]


def casualties(live: Sequence[Entry], words: Reviews) -> list[dict[str, Any]]:
    """Return what the number paragraph cannot say: captured people, and how many incidents came without a toll."""
    found: list[dict[str, Any]] = []
    taken = [entry for entry in live if entry.account.captured is not None]
    captured = sum(entry.account.captured.low for entry in taken if entry.account.captured is not None)
    if captured:
        text = words.speech.say("captured_sum", number=words.speech.grammar.digits(captured))
        found.append(based(text, [key for entry in taken for key in entry.ids]))
    silent = [entry for entry in live if entry.account.killed is None and entry.account.action in VIOLENT]
    if silent and len(silent) < len(live):
        grammar = words.speech.grammar
        text = words.speech.say(
            "silent_some",
            silent=grammar.number(len(silent)),
            silent_incidents=grammar.counted(len(silent), "of_incident"),
            incidents=grammar.counted(len(live), "of_incident"),
        )
        found.append(based(text, [key for entry in silent for key in entry.ids]))
    return found


def trend(live: Sequence[Entry], index: Index, before: Index | None, words: Reviews) -> dict[str, Any] | None:
    """Return this week against the one before, the previous figure always first; None where both are empty."""
    if before is None or not (index.count or before.count):
        return None
    reports = [key for entry in live for key in entry.ids]
    if index.value is None or before.value is None:
        text = words.say("trend_empty", n0=before.count, n1=index.count)
    else:
        text = words.say(
            "trend",
            n0=before.count,
            n1=index.count,
            i0=words.figure(before.value),
            i1=words.figure(index.value),
            change=changed(change(index, before), words.speech),
            l0=words.figure(before.load, 1),
            l1=words.figure(index.load, 1),
        )
    return based(text, reports, "reports" if reports else "record")


def opposite(
    live: Sequence[Entry], was: int, index: Index, before: Index | None, words: Reviews
) -> dict[str, Any] | None:
    """Return that incidents and index moved in opposite directions, and why; None where they did not.

    Args:
        was: how many incidents of the week before were at 2.5 or above.
    """
    if before is None or index.value is None or before.value is None:
        return None
    more, higher = index.count - before.count, index.value - before.value
    if not more or not higher or (more > 0) == (higher > 0):
        return None
    severe = sum(entry.severity >= SEVERE for entry in live)
    share_moved = severe * before.count - was * index.count
    explained = share_moved > 0 if higher > 0 else share_moved < 0
    pattern = f"opposite_{'up' if higher > 0 else 'down'}{'_severe' if explained else ''}"
    text = words.say(
        pattern,
        n0=before.count,
        n1=index.count,
        i0=words.figure(before.value),
        i1=words.figure(index.value),
        l0=words.figure(before.load, 1),
        l1=words.figure(index.load, 1),
        s0=was,
        s1=severe,
    )
    return based(text, [key for entry in live for key in entry.ids])
