"""The phrases of the pages for readers: whole in every language, and used."""

from __future__ import annotations

import re
from importlib import resources
from string import Formatter

import pytest

from alertsvc.brief.texts import is_latin
from alertsvc.clock import ManualClock
from alertsvc.deliver.tokens import Purpose
from alertsvc.domain import BriefingKind, IncidentClass, SubscriberState, WatchedPlace
from alertsvc.store import Store
from alertsvc.web.phrases import PHRASES, phrases
from tests.web.readers import LINKS, a_reader, address, post_form, standing
from tests.web.support import Markup, pages_for, visiting
from tests.web.test_subscription import filled

# Words that stand in every language as they are.
_SAME = {"Africa", "Tunis", "LY", "Risk", "desk", "English", "Fran", "ais", "UTC"}


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(PHRASES))
def test_every_language_has_every_phrase_with_the_same_places(code: str):
    english, other = phrases("en"), phrases(code)
    assert other.keys() == english.keys()
    assert {name: places(text) for name, text in other.items()} == {
        name: places(text) for name, text in english.items()
    }
    assert all(text.strip() == text and text for text in other.values())
    same = {name for name in english if other[name] == english[name]}
    assert code == "en" or same <= {"pause", "state", "direction"}


def test_every_phrase_is_used_and_none_is_missing():
    folder = resources.files("alertsvc.web")
    files = [*(folder / "templates").iterdir(), *(path for path in folder.iterdir() if path.name.endswith(".py"))]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    made = {f"class_{item}" for item in IncidentClass} | {f"kind_{item}" for item in BriefingKind}
    for name in phrases("en"):
        stem = name.removesuffix("_hint")
        assert name in made or re.search(rf"(?<![a-z_]){stem}(?![a-z_])", text) or name.startswith("title_"), name
    assert set(re.findall(r"say\.(?!get\b)(\w+)", text)) <= phrases("en").keys()
    assert phrases("xx") is phrases("en")


@pytest.mark.parametrize(("code", "button"), [("fr", "Se désabonner"), ("ar", "إلغاء الاشتراك")])
async def test_pages_are_in_one_language_throughout(store: Store, clock: ManualClock, code: str, button: str):
    who = a_reader(store, language=code, places=(WatchedPlace("x", "123"),), target="1@2.3")
    async with visiting(pages_for(store, clock, links=LINKS)) as visitor:
        path = address(Purpose.SUBSCRIPTION, who)
        page = await visitor.text(path)
        wrong = {"timezone": "1/2", "quiet_from": "22:00", "digest_hour": "99", "min_severity": "9"}
        refused = await post_form(visitor, path, filled(page, ("kinds",), **wrong))
        assert refused.status == 422
        found = [Markup(page), Markup(refused.text)]
        for purpose in (Purpose.UNSUBSCRIBE, Purpose.RESUBSCRIBE):
            found += [
                await visitor.page(address(purpose, who)),
                Markup((await visitor.ask(address(purpose, who), "POST")).text),
            ]
        late = await visitor.ask(address(Purpose.CONFIRM, who, 1, 1), "POST")
        assert late.status == 410
        found.append(Markup(late.text))
    assert standing(store, who).subscriber.state is SubscriberState.ACTIVE
    english = {word for text in phrases("en").values() for word in re.findall(r"[a-z]{4,}", text)}
    for markup in found:
        assert markup.all("html")[0] == {"lang": code, "dir": "rtl" if code == "ar" else "ltr"}
        words = re.findall(r"[A-Za-z]{3,}", markup.text)
        if code == "ar":
            assert {word for word in words if is_latin(word)} <= _SAME
        else:
            own = {word for text in phrases(code).values() for word in re.findall(r"[a-z]{4,}", text)}
            assert not {word for word in words if word in english - own}
    assert button in found[0].text
    # Isolated one by one, the parts of an Arabic line between two names would take the direction of the names.
    refusal = phrases(code)["wrong_timezone"]
    assert refusal in found[1].text
    assert refusal not in found[0].text
    assert phrases(code)["refused_late"] in found[-1].text
