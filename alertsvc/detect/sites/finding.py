"""Finding the sites of a sentence that were not found by their name alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from alertsvc.detect.gazetteer import Entry
from alertsvc.detect.lexicon import Hit
from alertsvc.detect.mentions import Mention
from alertsvc.detect.sentences import Sentence
from alertsvc.detect.sites.arabic import arabic_names
from alertsvc.detect.sites.capitals import Capitals
from alertsvc.detect.sites.european import Named, european_names
from alertsvc.domain import PlaceKind

__all__ = ["unlisted"]

_KINDS = {"CROSSING_WORD": PlaceKind.CROSSING, "OIL_WORD": PlaceKind.OIL}
_TOWNS = frozenset((PlaceKind.APPROACH, PlaceKind.CAPITAL))
_WHAT = ("_WORD", "_THING")  # endings of concepts that say what a thing is and not what was done
_BESIDE = 3  # words between a kind and the listed site that it speaks of
# A kind as the gazetteer may write it where the text writes another word for it.
_WRITTEN = (
    ("crossing", ("crossing", "border crossing", "border post")),
    ("border", ("crossing", "border crossing")),
    ("field", ("field", "oilfield", "oil field")),
    ("gisement", ("field", "oilfield")),
    ("champ", ("field", "oilfield")),
    ("terminal", ("terminal", "oil terminal")),
    ("refiner", ("refinery",)),
    ("raffiner", ("refinery",)),
)


def unlisted(
    sentence: Sentence,
    language: str,
    concepts: Sequence[Hit],
    taken: Sequence[Mention],
    named: Callable[[str], list[Entry]],
    capitals: Capitals,
) -> list[Mention]:
    """Return sites that the sentence names by their kind and that were not found by their name alone.

    Args:
        sentence: the sentence.
        language: its language.
        concepts: the concepts found in it.
        taken: what was found by name.
        named: looks a name up in the gazetteer: "the refinery in Zawiya" may be listed as "Zawiya refinery".
        capitals: what the article's capitals prove.
    """
    kinds = [hit for hit in concepts if hit.concept in _KINDS]
    if not kinds:
        return []
    # A town may give a site its name, any other name that was found may not.
    barred = {k for m in taken if m.kind not in _TOWNS for k in range(m.first, m.last + 1)}
    barred |= {k for hit in concepts if hit.concept == "COMPANY" for k in range(hit.first, hit.last + 1)}
    # What stands within a phrase of deeds may be the name: "توقف حقل س عن الإنتاج".
    barred |= {k for hit in concepts if not hit.concept.endswith(_WHAT) for k in (hit.first, hit.last)}
    found: list[Mention] = []
    for hit in kinds:
        kind = _KINDS[hit.concept]
        sites = [(m.first, m.last) for m in taken if m.kind == kind]

        def listed(position: int, sites: list[tuple[int, int]] = sites) -> tuple[int, int] | None:
            return next((span for span in sites if span[0] <= position <= span[1]), None)

        if language == "ar":
            names = arabic_names(sentence, hit, barred, listed)
        else:
            names = european_names(sentence, hit, language, barred, listed, capitals.prove)
        beside = any(hit.first - _BESIDE <= first <= hit.last + _BESIDE for first, _ in sites)
        if beside and len(names) == 1 and not _in_row(sentence, names[0], sites):
            continue
        found += _mentions(sentence, kind, hit, names, taken, found, named)
    return found


def _in_row(sentence: Sentence, name: Named, sites: Sequence[tuple[int, int]]) -> bool:
    """Say whether a name stands in one row with a listed site: "the Ras Ajdir and Halma crossings"."""
    words = sentence.tokens
    for first, last in sites:
        gap = words[last + 1 : name.first] if last < name.first else words[name.last + 1 : first]
        if [word.text for word in gap] in (["and"], ["et"], ["et", "de"], ["et", "d"]):
            return True
        if name.skipped and name.first == last + 1:
            return True
    return False


def _mentions(
    sentence: Sentence,
    kind: PlaceKind,
    hit: Hit,
    names: Sequence[Named],
    taken: Sequence[Mention],
    found: Sequence[Mention],
    named: Callable[[str], list[Entry]],
) -> Iterator[Mention]:
    words, text = sentence.tokens, sentence.text
    what = text[words[hit.first].start : words[hit.last].end]
    others = next((kinds for part, kinds in _WRITTEN if part in what.lower()), ())
    for name in names:
        first, last = name.first, name.last
        if any(first <= other.last and other.first <= last for other in found):
            continue
        said = text[words[first].start + name.skipped : words[last].end]
        written = (said, f"{said} {what}", f"{what} {said}", *(f"{said} {other}" for other in others))
        entry = next((entry for name_ in written for entry in named(name_) if entry.kind == kind), None)
        # A town on the way to a capital stays one unless a listed site bears its name.
        in_town = any(m.kind in _TOWNS and m.first <= last and first <= m.last for m in taken)
        if entry is not None or not in_town:
            yield Mention(kind, first, last, said, entry, round_about=name.round_about and entry is None)
