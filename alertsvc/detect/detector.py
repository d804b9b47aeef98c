"""The detector: one article in, the incidents that it newly reports out, with the reasons.

Pure: no network, no database, no clock. The same article, rules and model give the same detections on any machine.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from alertsvc.detect.borders import Borders
from alertsvc.detect.clean import Cleaner
from alertsvc.detect.days import date_of
from alertsvc.detect.decide import ClassDecision, SentenceScore, decide
from alertsvc.detect.fields import action_of, claims_of, flow_of, one_party, origin_of, sides_of
from alertsvc.detect.gazetteer import Gazetteer
from alertsvc.detect.language import identify
from alertsvc.detect.lexicon import LANGUAGES, Lexicon
from alertsvc.detect.model import Model
from alertsvc.detect.places import as_place, candidates, countries_of, distance_to_capital
from alertsvc.detect.reading import Reader, Reading, SentenceReading
from alertsvc.detect.routes import Routes
from alertsvc.detect.rules import RuleSet, established
from alertsvc.detect.sources import Sources, note_country, note_distance, note_place
from alertsvc.detect.stories import Story, abroad, tell_apart
from alertsvc.detect.tolls import count_of
from alertsvc.detect.towns import FILE as TOWNS
from alertsvc.detect.towns import Towns
from alertsvc.detect.victims import close_to, further_victims, telling_of_victims
from alertsvc.domain import Action, Detection, IncidentClass, Place, PlaceKind, Reason
from alertsvc.errors import DataError
from alertsvc.resources import data_dir, layered_files

__all__ = ["Detector", "Result", "load_reader"]

T = TypeVar("T")

_NO_DATE_CHANGE = frozenset((Action.RECAPTURE, Action.REPELLED))
_QUOTED = 3  # sentences kept with a detection


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an article: its language, whether that is one we read, its incidents, and how it was decided."""

    language: str | None
    supported: bool
    detections: tuple[Detection, ...] = ()
    reading: Reading | None = None
    decisions: tuple[ClassDecision, ...] = ()


def load_reader(rules_dir: Path | None = None) -> Reader:
    """Load lexicon, gazetteer and junk patterns, an operator's files in place of ours of the same path.

    Raises:
        DataError: with everything that is wrong in them.
    """
    gazetteer = {path.name: path for path in layered_files("rules", "gazetteer/*.csv", rules_dir)}
    junk = layered_files("rules", "junk.yaml", rules_dir)[-1]
    problems: list[str] = []
    cleaner = _loaded(lambda: Cleaner.load(junk), problems)
    lexicon = _loaded(lambda: Lexicon.load(layered_files("rules", "lexicon.yaml", rules_dir)), problems)
    places = _loaded(lambda: Gazetteer.load(gazetteer), problems)
    towns = _loaded(lambda: Towns.load(gazetteer.get(TOWNS)), problems)
    if cleaner is None or lexicon is None or places is None or towns is None:
        raise DataError(problems)
    return Reader(cleaner, lexicon, places, towns)


def _loaded(load: Callable[[], T], problems: list[str]) -> T | None:
    """Load one part; its faults are kept, so that those of all parts are told at once."""
    try:
        return load()
    except DataError as error:
        problems += error.problems
        return None


class Detector:
    """Reads articles with one set of rules and one model."""

    def __init__(
        self,
        reader: Reader,
        rules: RuleSet,
        model: Model,
        *,
        languages: tuple[str, ...] = LANGUAGES,
        threshold: float | None = None,
    ) -> None:
        self.reader = reader
        self.rules = rules
        self.model = model
        self.languages = languages
        self.threshold = threshold
        self._routes = Routes(reader.gazetteer)
        self._borders = Borders(reader.gazetteer)

    @classmethod
    def load(
        cls,
        rules_dir: Path | None = None,
        model_dir: Path | None = None,
        *,
        languages: tuple[str, ...] = LANGUAGES,
        threshold: float | None = None,
    ) -> Detector:
        """Load everything from the shipped data and an operator's folders over it.

        Raises:
            DataError: rules, gazetteer or model cannot be used; names file and fault.
        """
        reader = load_reader(rules_dir)
        rules = RuleSet.load(layered_files("rules", "classes/*.yaml", rules_dir), reader.lexicon.concepts)
        model = Model.load(model_dir if model_dir is not None else data_dir("classifiers"))
        return cls(reader, rules, model, languages=languages, threshold=threshold)

    def detect(self, title: str, text: str, *, published: date | None, language: str | None = None) -> Result:
        """Detect the incidents of one article.

        Args:
            title: the headline.
            text: the article as the feed or page gave it, junk included.
            published: its day of publication, None where unknown; it is then never guessed at.
            language: what the feed claims; looked at only where the text leaves doubt.
        """
        clean = self.reader.cleaner.clean(title, text)
        code = identify("\n".join((clean.title, *clean.paragraphs)), language)
        if code not in self.languages or code is None:
            return Result(code, supported=False)
        reading = self.reader.read_clean(clean, language=code, published=published)
        decisions = tuple(decide(reading, self.rules, self.model, self.threshold))
        told = [(item, story) for item in decisions if item.reported for story in self._stories(item, reading)]
        classes = len({item.incident_class for item, _ in told})
        detections = [
            self._detection(
                item,
                story,
                reading,
                alone=classes == 1 and story.positions is None,
                foreign=frozenset(_told_abroad(story, [other for of, other in told if of is not item])),
            )
            for item, story in told
        ]
        return Result(code, True, tuple(detections), reading, decisions)

    def _stories(self, decision: ClassDecision, reading: Reading) -> list[Story]:
        """Return the happenings of one class that have a place, or can be given one."""
        ranked = candidates(decision, reading, self.reader.gazetteer, self._routes, self._borders)
        deeds = {mark for marks in self.rules.classes[decision.incident_class].actions.values() for mark in marks}
        deeds.add("KILL")
        found: list[Story] = []
        for story in tell_apart(decision, reading, ranked, deeds):
            place = story.place or self._unnamed(decision, story, reading)
            if place is not None and not any(place == known.place for known in found):
                found.append(replace(story, place=place))
        return found

    def _unnamed(self, decision: ClassDecision, story: Story, reading: Reading) -> Place | None:
        """Return a place for an incident whose site has no name in the text: "the border crossing with Niger"."""
        if decision.incident_class is IncidentClass.CAPITAL:
            return None
        kind = PlaceKind.CROSSING if decision.incident_class is IncidentClass.BORDER else PlaceKind.OIL
        best = [reading.sentences[item.position] for item in story.carrying]
        near = [m.entry.country for sentence in best for m in sentence.of_kind("country") if m.entry]
        country = countries_of(kind, near, reading, self._borders)
        if country is None:
            return None
        for sentence in (*best, *reading.sentences):
            site = self.reader.gazetteer.by_town(sentence.sentence.tokens, sentence.sentence.text, kind, country)
            if site is not None:
                return as_place(site)
        names = [self.reader.gazetteer.entries[f"country:{code}"].name for code in country.split("-")]
        name = f"{'-'.join(names)} border" if kind is PlaceKind.CROSSING else f"{names[0]} oil sites"
        return Place(name, kind, country)

    def _detection(
        self,
        decision: ClassDecision,
        story: Story,
        reading: Reading,
        *,
        alone: bool,
        foreign: frozenset[int],
    ) -> Detection:
        carrying, place = story.carrying, story.place
        assert place is not None
        sentences = [reading.sentences[item.position] for item in carrying]
        sources = Sources()
        note_place(sources, place, sentences, reading)
        note_country(sources, place, sentences, reading)
        action = action_of(self.rules.classes[decision.incident_class], carrying, reading, sources)
        if decision.incident_class is IncidentClass.CAPITAL:
            place = _with_distance(place, sentences)
            note_distance(sources, place, sentences)
        attackers, targets = sides_of(sentences, action, sources)
        claims = claims_of(sentences)
        close = close_to(sentences, reading, alone=alone, within=story.positions, foreign=foreign)
        day = date_of(sentences, reading, sources)
        victims = telling_of_victims(action, sentences, close, place, day)
        if alone and count_of(("killed",), victims) is None:
            victims = [*victims, *further_victims(action, close, reading, place, day)]
        return Detection(
            decision.incident_class,
            round(decision.probability, 4),
            action,
            place,
            event_date=day,
            killed=count_of(("killed",), victims, sources),
            wounded=count_of(("wounded",), victims, sources),
            captured=count_of(("captured", "abducted"), victims, sources),
            attackers=attackers,
            targets=targets,
            other_sites=story.also,
            claims=claims,
            origin=origin_of(sentences, reading, sources),
            one_party=one_party(sentences),
            disputed=any(claim.denies for claim in claims),
            cross_border=any(sentence.has("CROSS_BORDER") for sentence in close),
            flow=flow_of(sentences, action, sources),
            announced_offensive=decision.incident_class is IncidentClass.CAPITAL
            and any(sentence.has("OFFENSIVE") for sentence in sentences),
            reversed_within_day=action in _NO_DATE_CHANGE and any(sentence.has("QUICK") for sentence in sentences),
            sentences=_quoted(sentences, self.rules.classes[decision.incident_class].actions[action]),
            reasons=(*self._reasons(decision, carrying, reading), *sources.reasons()),
            sure=decision.sure,
        )

    def _reasons(
        self, decision: ClassDecision, carrying: tuple[SentenceScore, ...], reading: Reading
    ) -> tuple[Reason, ...]:
        reasons: list[Reason] = []
        for item in carrying[:_QUOTED]:
            terms = self.model.terms_of(item.scores.rows, decision.incident_class)
            detail = ", ".join(f"{name} {weight:+.2f}" for name, weight in terms)
            reasons.append(Reason("classifier", self.model.version, round(item.classifier, 4), detail, item.position))
            reasons += [Reason("rule", f.rule.id, f.rule.weight, f.rule.why, item.position) for f in item.fired]
        reasons += [Reason("veto", item.rule.id, 0.0, item.rule.why, item.sentence) for item in decision.vetoes]
        told = established(f for item in carrying for f in item.fired)
        reasons += [Reason("field", name, 0.0, f.rule.why, f.sentence) for name, f in told.items()]
        return tuple(reasons)


def _told_abroad(story: Story, others: list[Story]) -> set[int]:
    """Return the sentences that carry incidents of other classes in other countries, and not this one."""
    own = {item.position for item in story.carrying}
    apart = [other for other in others if story.place and other.place and abroad(story.place, other.place)]
    return {item.position for other in apart for item in other.carrying} - own


def _quoted(sentences: list[SentenceReading], telling: Collection[str]) -> tuple[str, ...]:
    """Return the sentences to quote: those that tell the action first, the headline last, which stands elsewhere."""
    ordered = sorted(
        sentences[: 2 * _QUOTED], key=lambda item: (item.sentence.title, item.marks.keys().isdisjoint(telling))
    )
    return tuple(sentence.sentence.text for sentence in ordered[:_QUOTED])


def _with_distance(place: Place, sentences: list[SentenceReading]) -> Place:
    """Return the capital with how near the force came: as the text says, else by the nearest place it names."""
    km = distance_to_capital(sentences)
    if km is None:
        by_name = [
            mention.entry.km_to_capital
            for sentence in sentences
            for mention in sentence.of_kind(PlaceKind.APPROACH)
            if mention.entry and mention.entry.capital == place.name and mention.entry.km_to_capital is not None
        ]
        km = min(by_name, default=None)
    return Place(
        place.name,
        place.kind,
        place.country,
        place.gazetteer_id,
        place.latitude,
        place.longitude,
        place.capital or place.name,
        km,
        place.tier,
    )
