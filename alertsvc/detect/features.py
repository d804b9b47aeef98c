"""What the classifier sees of a sentence: how it is told, not whom it names.

Names are replaced by what they are (`<crossing>`, `<oil>`, `<capital>`, `<actor>`, `<near-km>`), so that what is learnt
from one country holds for another; concepts carry it across languages; the sentences around lend their subject.
"""

from __future__ import annotations

from itertools import pairwise

from alertsvc.detect.reading import Reading, SentenceReading

__all__ = ["features", "masked"]

_SUBJECTS = frozenset(
    "CROSSING_WORD OIL_WORD CAPITAL_WORD FORCE_WORD SPORT CULTURE EXERCISE ANNIVERSARY COMMERCE ROUTINE MAYBE "
    "PAST_YEARS CITY_UNREST DENY".split()
)
_STEM = 5
_WINDOW = 10


def masked(reading: SentenceReading) -> list[str]:
    """Return the words of a sentence with names, numbers and dates replaced by what they are."""
    sentence = reading.sentence
    cover: dict[int, str] = {}
    for mention in reading.mentions:
        if mention.kind == "distance":
            km = mention.km or 0
            mask = "<near-km>" if km <= 60 else "<mid-km>" if km <= 150 else "<far-km>"
        else:
            mask = f"<{mention.kind}>" if mention.strong else f"<{mention.kind}?>"
        for position in range(mention.first, mention.last + 1):
            cover[position] = mask if position == mention.first else ""
    for day in reading.dates:
        first = True
        for position, token in enumerate(sentence.tokens):
            if token.start < day.end and token.end > day.start and position not in cover:
                cover[position] = f"<{day.relation}-{day.precision}>" if first else ""
                first = False
    words = []
    shouting = (
        sentence.title and sum(sentence.text[t.start].isupper() for t in sentence.tokens) > len(sentence.tokens) / 2
    )
    for position, token in enumerate(sentence.tokens):
        mask_or_none = cover.get(position)
        if mask_or_none is not None:
            if mask_or_none:
                words.append(mask_or_none)
        elif token.text[0].isdigit():
            words.append("<n>")
        elif position and not shouting and sentence.text[token.start].isupper() and len(token.text) > 1:
            if words[-1:] != ["<name>"]:
                words.append("<name>")
        else:
            words.append(token.text)
    return words


def features(article: Reading, position: int) -> list[str]:
    """Return the features of one sentence of an article, each once, in a fixed order."""
    reading = article.sentences[position]
    words = masked(reading)
    found: dict[str, None] = {}
    for word in words:
        found["w:" + word] = None
        if len(word) > _STEM and word[0] != "<":
            found["s:" + word[:_STEM]] = None
    for left, right in pairwise(words):
        found[f"b:{left[: _STEM + 2]} {right[: _STEM + 2]}"] = None
    marks = _marks(reading)
    for _, mark in marks:
        found["c:" + mark] = None
    for index, (start, mark) in enumerate(marks):
        for later, other in marks[index + 1 :]:
            if later - start > _WINDOW:
                break
            if mark != other:
                found[f"p:{mark}>{other}"] = None
    if reading.sentence.title:
        found["f:title"] = None
    elif position <= 2:
        found["f:lead"] = None
    for offset, label in ((-1, "before"), (1, "after")):
        if 0 <= position + offset < len(article.sentences):
            found |= dict.fromkeys(f"{label}:{mark}" for mark in _subjects(article.sentences[position + offset]))
    if position > 1 and article.sentences[0].sentence.title:
        found |= dict.fromkeys(f"headline:{mark}" for mark in _subjects(article.sentences[0]))
    return list(found)


def _marks(reading: SentenceReading) -> list[tuple[int, str]]:
    """Return concepts and kinds of names with the word they begin at, in order."""
    marks = [(hit.first, hit.concept) for hit in reading.concepts]
    marks += [(m.first, f"<{m.kind}{'' if m.strong else '?'}>") for m in reading.mentions if m.kind != "country"]
    return sorted(marks)


def _subjects(reading: SentenceReading) -> list[str]:
    marks = [hit.concept for hit in reading.concepts if hit.concept in _SUBJECTS]
    marks += [
        f"<{m.kind}>" for m in reading.mentions if m.strong and m.kind in ("crossing", "oil", "capital", "approach")
    ]
    return sorted(set(marks))
