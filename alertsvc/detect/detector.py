"""The detector: one article in, the incidents that it newly reports out, with the reasons.

Pure: no network, no database, no clock. The same article, rules and model give the same detections on any machine.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass
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
from alertsvc.detect.places import Candidate, as_place, candidates, countries_of, distance_to_capital
from alertsvc.detect.reading import Reader, Reading, SentenceReading
from alertsvc.detect.routes import Routes
from alertsvc.detect.rules import RuleSet, established
from alertsvc.detect.sources import Sources, note_country, note_distance, note_place
from alertsvc.detect.victims import close_to, count_of, further_victims, telling_of_victims
from alertsvc.domain import Action, Detection, IncidentClass, Place, PlaceKind, Reason
from alertsvc.errors import DataError
from alertsvc.resources import data_dir, layered_files

__all__ = ["Detector", "Result", "load_reader"]

T = TypeVar("T")

_CONFIDENT = 1.2  # log-odds that a sentence needs to open a second incident of one class in one article
_NO_DATE_CHANGE = frozenset((Action.RECAPTURE, Action.REPELLED))
_SAME_HAPPENING_KM = 80.0  # sites nearer than this, told in one article, were hit in one happening
_EARTH_KM = 6371.0
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
    if cleaner is None or lexicon is None or places is None:
        raise DataError(problems)
    return Reader(cleaner, lexicon, places)


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
        reported = [item for item in decisions if item.reported]
        detections = [d for item in reported for d in self._incidents(item, reading, alone=len(reported) == 1)]
        return Result(code, True, tuple(detections), reading, decisions)

    def _incidents(self, decision: ClassDecision, reading: Reading, *, alone: bool) -> list[Detection]:
        """Return the incidents of one class: one, or more where other sentences tell of other places by themselves."""
        ranked = candidates(decision, reading, self.reader.gazetteer, self._routes, self._borders)
        main = ranked[0] if ranked else None
        place = main.place if main else self._unnamed(decision, reading)
        if place is None:
            return []
        others = [item for item in ranked[1:] if self._stands_alone(item, main, decision, reading)] if main else []
        taken = {position for item in others for position in item.sentences}
        own = tuple(item for item in decision.carrying if item.position not in taken) or decision.carrying
        sure = _sure(decision)
        also = tuple(
            item.place.name
            for item in ranked[1:]
            if item not in others and main is not None and (_together(item, main) or _beside(item, main, sure))
        )
        found = [self._detection(decision, own, place, reading, also, alone=alone and not others)]
        for item in others:
            share = tuple(score for score in decision.carrying if score.position in item.sentences)
            found.append(self._detection(decision, share, item.place, reading, (), alone=False))
        return found

    def _stands_alone(self, item: Candidate, main: Candidate | None, decision: ClassDecision, reading: Reading) -> bool:
        """Say whether another place has a confident sentence of its own that does not name the main one.

        Of two sites near one another each is told by itself only where it was hit on another day.
        """
        if main is None or item.place.gazetteer_id is None or decision.incident_class is IncidentClass.CAPITAL:
            return False
        if _kilometres(item.place, main.place) < _SAME_HAPPENING_KM and not _on_other_days(item, main, reading):
            return False
        sure = _sure(decision)
        return any(position in sure and position not in main.sentences for position in item.hit) and not any(
            position in main.sentences for position in item.sentences
        )

    def _unnamed(self, decision: ClassDecision, reading: Reading) -> Place | None:
        """Return a place for an incident whose site has no name in the text: "the border crossing with Niger"."""
        if decision.incident_class is IncidentClass.CAPITAL:
            return None
        kind = PlaceKind.CROSSING if decision.incident_class is IncidentClass.BORDER else PlaceKind.OIL
        best = [reading.sentences[item.position] for item in decision.carrying]
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
        carrying: tuple[SentenceScore, ...],
        place: Place,
        reading: Reading,
        also: tuple[str, ...],
        *,
        alone: bool,
    ) -> Detection:
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
        close = close_to(sentences, reading, alone=alone)
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
            other_sites=also,
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


def _quoted(sentences: list[SentenceReading], telling: Collection[str]) -> tuple[str, ...]:
    """Return the sentences to quote: those that tell the action first, the headline last, which stands elsewhere."""
    ordered = sorted(
        sentences[: 2 * _QUOTED], key=lambda item: (item.sentence.title, item.marks.keys().isdisjoint(telling))
    )
    return tuple(sentence.sentence.text for sentence in ordered[:_QUOTED])


def _kilometres(one: Place, other: Place) -> float:
    """Return the great-circle distance between two places, infinite where one has no coordinates."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return math.inf
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    step = math.sin((a - b) / 2) ** 2
    step += math.cos(a) * math.cos(b) * math.sin(math.radians(one.longitude - other.longitude) / 2) ** 2
    return 2 * _EARTH_KM * math.asin(math.sqrt(step))


def _sure(decision: ClassDecision) -> set[int]:
    """Return the sentences that tell of the incident beyond doubt."""
    return {score.position for score in decision.sentences if score.log_odds > _CONFIDENT}


def _together(item: Candidate, main: Candidate) -> bool:
    """Say whether a place is told as hit in one sentence with the main one, as a further site of the same happening."""
    return bool(set(item.hit) & set(main.hit or main.sentences))


def _beside(item: Candidate, main: Candidate, sure: set[int]) -> bool:
    """Say whether a place near the main one is told as hit in a sentence of its own: "the X crossing was shut too"."""
    return bool(set(item.hit) & sure) and _kilometres(item.place, main.place) < _SAME_HAPPENING_KM


def _on_other_days(item: Candidate, main: Candidate, reading: Reading) -> bool:
    """Say whether two places are told with days of their own, and with none in common."""
    one, other = _days(set(item.hit) - set(main.sentences), reading), _days(set(main.hit), reading)
    return bool(one and other) and one.isdisjoint(other)


def _days(positions: Collection[int], reading: Reading) -> set[date]:
    return {m.day for k in positions for m in reading.sentences[k].dates if m.day is not None and m.relation == "near"}


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
