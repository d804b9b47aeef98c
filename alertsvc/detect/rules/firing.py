"""The rules at work: which of them match a sentence, and whether their own examples come out as they should."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from alertsvc.detect.features import features
from alertsvc.detect.model import Model
from alertsvc.detect.reading import Reader, Reading
from alertsvc.detect.rules.language import Circumstance, ClassRules, Rule
from alertsvc.detect.rules.loading import load_classes, over_shipped
from alertsvc.detect.rules.matching import Bits, Marked, Matcher, Place
from alertsvc.domain import IncidentClass

__all__ = ["Example", "Fired", "Look", "RuleSet", "established"]


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that matched a sentence."""

    rule: Rule
    sentence: int


@dataclass(frozen=True, slots=True)
class Look:
    """What the rules of a class make of an article.

    `subject` says of each sentence whether it is of the class's subject, `looked` has the positions of those and of
    the ones right behind them that tell of a deed of the class, `fired` the rules that matched these.
    """

    subject: list[bool]
    looked: list[int]
    fired: list[Fired]


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that a rule must (`wanted`) or must not match, and whether it does."""

    incident_class: IncidentClass
    rule: str
    language: str
    text: str
    wanted: bool
    matches: bool

    @property
    def wrong(self) -> bool:
        """Whether it comes out otherwise than it should."""
        return self.wanted != self.matches

    def __str__(self) -> str:
        verb = "matches" if self.matches else "does not match"
        return f"{self.incident_class}: {self.rule}: {verb} {self.text!r} ({self.language})"


class RuleSet:
    """The rules of all classes."""

    def __init__(self, classes: Sequence[ClassRules]) -> None:
        self.classes = {rules.incident_class: rules for rules in classes}
        self._bits = Bits()
        self._subjects = {name: Matcher(rules.subject, self._bits) for name, rules in self.classes.items()}
        self._ready = {
            name: [(rule, Matcher(rule.when, self._bits)) for rule in rules.rules]
            for name, rules in self.classes.items()
        }
        self._evidence = {
            name: self._bits.of(mark for weights in rules.actions.values() for mark in weights)
            for name, rules in self.classes.items()
        }
        self._asks = {
            name: self._subjects[name].asks or any(ready.asks for _, ready in items)
            for name, items in self._ready.items()
        }
        # Asked of every rule and sentence, so laid out flat.
        self._screens = {
            name: [(*ready.screen, ready, rule) for rule, ready in items] for name, items in self._ready.items()
        }
        self._vetoes = {name: [item for item in items if item[-1].veto] for name, items in self._screens.items()}

    @classmethod
    def load(cls, paths: Sequence[Path], concepts: set[str]) -> RuleSet:
        """Read the rule files, those with `extends` over ours of the same name.

        Args:
            paths: one file for each class; a class given twice is a fault.
            concepts: the concepts of the lexicon, to tell a misspelt one.

        Raises:
            DataError: with file, line and key of every fault.
        """
        return cls(load_classes([over_shipped(path) for path in paths], concepts))

    def fire(self, incident_class: IncidentClass, reading: Reading, probabilities: Sequence[float] = ()) -> list[Fired]:
        """Return the rules of a class that match, sentence by sentence.

        Args:
            incident_class: whose rules.
            reading: the article.
            probabilities: the classifier's for this class, one for each sentence; without them no condition on the
                classifier holds.
        """
        everywhere = range(len(reading.sentences))
        return self._fire(incident_class, reading, self.marked(reading), probabilities, everywhere)

    def marked(self, reading: Reading) -> Marked:
        """Return the marks of an article's sentences as rules compare them, to be used for all classes."""
        return Marked(reading, self._bits)

    def look(
        self, incident_class: IncidentClass, reading: Reading, marked: Marked, probabilities: Sequence[float]
    ) -> Look:
        """Look at an article for one class: which sentences are of its subject or tell on, and which rules match.

        Rules are asked of those sentences and of the one before each, vetoes of every sentence; nothing else is decided
        by them.
        """
        subject = self._on_subject(incident_class, reading, marked, probabilities)
        evidence = self._evidence[incident_class]
        looked = [
            number
            for number, own in enumerate(subject)
            if own or (number and subject[number - 1] and marked.any(number, evidence))
        ]
        near = {*looked, *(number - 1 for number in looked if number)}
        fired = self._fire(incident_class, reading, marked, probabilities, sorted(near))
        if self._vetoes[incident_class]:
            others = (number for number in range(len(subject)) if number not in near)
            fired += self._fire(incident_class, reading, marked, probabilities, others, vetoes=True)
            fired.sort(key=lambda item: item.sentence)
        return Look(subject, looked, fired)

    def _fire(
        self,
        incident_class: IncidentClass,
        reading: Reading,
        marked: Marked,
        probabilities: Sequence[float],
        asked: Iterable[int],
        *,
        vetoes: bool = False,
    ) -> list[Fired]:
        asks = self._asks[incident_class] and bool(probabilities)
        screens = (self._vetoes if vetoes else self._screens)[incident_class]
        fired: list[Fired] = []
        for number in asked:
            sentence = reading.sentences[number]
            undated = marked.undated[number]
            place: Place | None = None
            for needed, barred, wanted, matcher, rule in screens:
                # The quick screen knows no marks of dates; those are read only for what it lets through.
                if undated & needed != needed or undated & barred or (wanted and not undated & wanted):
                    continue
                if matcher.dated and not matcher.fits(marked.full(number)):
                    continue
                if matcher.tests:
                    if place is None:
                        place = Place(sentence, reading, probabilities[number] if asks else None)
                    if not matcher.passes(place):
                        continue
                fired.append(Fired(rule, sentence.sentence.position))
        return fired

    def on_subject(
        self, incident_class: IncidentClass, reading: Reading, probabilities: Sequence[float] = ()
    ) -> list[bool]:
        """Say of each sentence whether it is of the class's subject."""
        return self._on_subject(incident_class, reading, self.marked(reading), probabilities)

    def _on_subject(
        self, incident_class: IncidentClass, reading: Reading, marked: Marked, probabilities: Sequence[float]
    ) -> list[bool]:
        subject = self._subjects[incident_class]
        needed, barred, wanted = subject.screen
        asks = subject.asks and bool(probabilities)
        found: list[bool] = []
        for number, undated in enumerate(marked.undated):
            holds = not (undated & needed != needed or undated & barred or (wanted and not undated & wanted))
            if holds and subject.dated:
                holds = subject.fits(marked.full(number))
            if holds and subject.tests:
                probability = probabilities[number] if asks else None
                holds = subject.passes(Place(reading.sentences[number], reading, probability))
            found.append(holds)
        return found

    def examples(self, reader: Reader, model: Model | None = None) -> Iterator[Example]:
        """Run the examples of every rule.

        Args:
            reader: reads the sentences.
            model: without it, rules that ask for the classifier's probability are left out: nobody could say.
        """
        for name, items in self._ready.items():
            for rule, ready in items:
                if rule.when.classifier is not None and model is None:
                    continue
                for wanted, by_language in ((True, rule.examples.match), (False, rule.examples.no_match)):
                    for language, sentences in by_language.items():
                        for text in sentences:
                            matches = _matches(name, rule, ready, reader, model, text, language)
                            yield Example(name, rule.id, language, text, wanted, matches)

    def run_examples(self, reader: Reader, model: Model | None = None) -> list[str]:
        """Run the examples of every rule; return one line for each that does not do as it should."""
        return [str(example) for example in self.examples(reader, model) if example.wrong]


def _matches(
    name: IncidentClass, rule: Rule, ready: Matcher, reader: Reader, model: Model | None, text: str, language: str
) -> bool:
    title = rule.when.title is True or rule.when.position == ("title",)
    reading = reader.read(text if title else "", "" if title else text, language=language, published=None)
    for number, sentence in enumerate(reading.sentences):
        probability = None
        if model is not None and rule.when.classifier is not None:
            probability = model.score(features(reading, number)).classes[name]
        if ready.holds(Place(sentence, reading, probability)):
            return True
    return False


def established(fired: Iterable[Fired]) -> dict[Circumstance, Fired]:
    """Return the circumstances of the severity score that matching rules establish, each with the first that does."""
    found: dict[Circumstance, Fired] = {}
    for item in fired:
        for name in item.rule.severity:
            found.setdefault(name, item)
    return found
