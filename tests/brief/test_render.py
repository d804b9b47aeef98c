"""Rendering: the same words in text and HTML, nothing of a feed ever markup, limits of mail and Slack."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import jinja2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.render import TEMPLATE_VERSION, TEXT_WIDTH, Rendered, render
from alertsvc.brief.slack import MAX_BLOCKS, MAX_HEADER, MAX_SECTION, MAX_TOTAL, escaped
from alertsvc.brief.texts import isolated
from alertsvc.domain import Briefing, BriefingKind, Incident, from_json, to_json
from tests.brief.cases import NOW, detection, hostile, incident, many, report, retaken, traced

SERVICE = "Risk desk <b>&"
FOOTER = (
    "Automated brief built from public reports. Severity and index: see method v1. "
    "Figures are minimum counts and may change."
)
EVIL = (
    "</td><script>alert(1)</script>\r\nBcc: a@b.example\u202e\u2066 <!channel> <@U123> @here @everyone "
    "*bold* `x` {{ 7*7 }} {% raw %} & \" ' ثوار \ud800"
)
NO_TEXT = {"style", "title", "head"}


class Reader(HTMLParser):
    """Collects visible text, tags, links and every attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._inside: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag in NO_TEXT:
            self._inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in NO_TEXT and self._inside:
            self._inside.pop()

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.texts.append(data)

    @property
    def words(self) -> str:
        return words(" ".join(self.texts))


def words(text: str) -> str:
    """Text with blanks folded and none around tags' seams, to compare layouts."""
    return re.sub(r"[\s\u00a0]+", "", text)


def briefings(case: Incident, *, last: int = -1) -> list[Briefing]:
    step = case.updates[last]
    return [
        compose_flash(case, step, now=NOW, service=SERVICE),
        compose_update(case, step, now=NOW, service=SERVICE),
        daily(case),
    ]


def daily(*cases: Incident, **options: Any) -> Briefing:
    values: dict[str, Any] = {"previous": None, "demonstration": any(case.demonstration for case in cases)}
    start = NOW - timedelta(days=1)
    return compose_daily(cases, start=start, end=NOW, zone="UTC", now=NOW, service=SERVICE, **(values | options))


def mrkdwn(message: Rendered) -> list[str]:
    found = []
    for block in message.slack["blocks"]:
        parts = [block["text"]] if "text" in block else block["elements"]
        found += [part["text"] for part in parts]
    return found


CASES = {
    "flash": lambda: briefings(retaken())[0],
    "update": lambda: briefings(retaken())[1],
    "daily": lambda: daily(*many(30), previous=many(3)),
    "quiet": lambda: daily(previous=[]),
    "hostile": lambda: briefings(hostile(retaken(), EVIL))[0],
    "demonstration": lambda: daily(*(hostile(retaken(demonstration=True), EVIL),)),
}


@pytest.mark.parametrize("name", CASES)
def test_text_and_html_carry_every_fact_in_the_same_words(name):
    briefing = CASES[name]()
    message = render(briefing)
    page, text = Reader(message.html).words, words(message.text).replace("***", "")
    checked = 0
    for fact in traced(briefing.facts):
        if "line" in fact and briefing.kind is BriefingKind.DAILY and "words" not in fact:
            continue  # in the digest the bar is a chip and words in its heading
        if "words" in fact:  # the gauge: in characters for plain mail, a picture in the page
            assert words(fact["line"]) in text
            assert f'alt="{fact["words"]}' in message.html
            fact = {"words": fact["words"]}
        shown = [fact[key] for key in ("text", "line", "words", "outlet") if key in fact]
        for piece in map(words, shown):
            plain = re.sub("[\u2068\u2069]", "", text)
            assert piece in plain
            assert piece in re.sub("[\u2068\u2069]", "", page)
            checked += 1
    assert checked >= (2 if name == "quiet" else 5)


@pytest.mark.parametrize("name", CASES)
def test_law_lines_come_out_as_written_on_one_line(name):
    briefing = CASES[name]()
    message = render(briefing)
    lines = message.text.split("\n")
    assert FOOTER in lines
    assert FOOTER in message.html
    assert any(FOOTER in part for part in mrkdwn(message))
    if briefing.kind is BriefingKind.DAILY:
        assert briefing.facts["number_line"]["text"] in lines
    else:
        assert briefing.facts["bar"]["line"] in lines
        assert briefing.facts["bar"]["line"].replace("&", "&amp;") in message.html
    if briefing.kind is BriefingKind.UPDATE:
        assert "Severity 2.5 -> 2.0: site retaken within 24 hours" in lines
        assert "Severity 2.5 -&gt; 2.0: site retaken within 24 hours" in message.html


@pytest.mark.parametrize("name", CASES)
def test_plain_text_is_wrapped_and_links_stand_alone(name):
    briefing = CASES[name]()
    text = render(briefing).text
    law = {FOOTER, briefing.facts.get("number_line", {}).get("text"), briefing.facts.get("bar", {}).get("line")}
    for line in text.split("\n"):
        if "http" in line and "://" in line:
            assert re.fullmatch(r" *https?://\S+", line)
        elif line not in law:
            assert len(re.sub("[\u2068\u2069]", "", line)) <= TEXT_WIDTH + 2 or " " not in line.strip()
    assert "\n\n\n\n" not in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize("name", CASES)
def test_html_is_self_contained_and_says_its_language(name):
    message = render(CASES[name]())
    page = Reader(message.html)
    assert not {"script", "link", "iframe", "object", "form", "input", "svg"} & set(page.tags)
    assert_pictures_come_along(message, page)
    assert page.tags.count("html") == page.tags.count("body") == 1
    assert ("lang", "en") in page.attributes
    assert ("dir", "ltr") in page.attributes
    assert "prefers-color-scheme: dark" in message.html
    assert "max-width:640px" in message.html
    assert "url(" not in message.html
    assert "@import" not in message.html
    for key, value in page.attributes:
        assert not key.startswith("on")
        assert key != "background"
        assert key != "src" or (value or "").startswith("cid:")
        if key == "href":
            assert value
            assert value.startswith(("http://", "https://"))


def test_feeds_cannot_write_markup_headers_or_mentions():
    case = hostile(retaken(demonstration=True), EVIL)
    for briefing in [*briefings(case), daily(case, previous=[case])]:
        message = render(briefing)
        assert "<script" not in message.html
        assert "alert(1)" in message.html
        assert "{{ 7*7 }}" in message.html
        assert "49" not in re.sub(r"#d1495b|cid:\S+@", "", message.html)
        for out in (message.subject, message.text, message.html, json.dumps(message.slack, ensure_ascii=False)):
            assert not set(out) & set("\u202e\u2066\r\x00")
            out.encode()
        assert "\n" not in message.subject
        header = message.slack["blocks"][1]  # plain text, in which Slack reads no markup
        for part in [message.slack["text"], *mrkdwn(message)]:
            assert not re.search(r"@(here|channel|everyone)", part)
            if part != header["text"]["text"]:
                assert all(link.startswith("https://outlet") for link in re.findall(r"<([^>]*)>?", part))
        assert header["type"] == "header"
        assert header["text"]["type"] == "plain_text"


@given(st.text(max_size=400))
@settings(max_examples=40, deadline=None)
def test_whatever_a_feed_says_every_format_holds(text):
    case = hostile(retaken(), text)
    for briefing in briefings(case):
        message = render(from_json(Briefing, json.loads(json.dumps(to_json(briefing)))))
        page = Reader(message.html)
        assert "script" not in page.tags
        assert_pictures_come_along(message, page)
        assert len(message.subject.splitlines()) == 1
        assert_slack_limits(message)
        message.text.encode()


def assert_pictures_come_along(message: Rendered, page: Reader) -> None:
    """Every picture of the page is in the mail, each once, and has words for whoever does not see it."""
    shown = [value for key, value in page.attributes if key == "src"]
    assert shown == [f"cid:{picture.cid}" for picture in message.pictures]
    assert page.tags.count("img") == len(shown)
    assert [value for key, value in page.attributes if key == "alt"] == [
        isolated(item.alt) for item in message.pictures
    ]


def assert_slack_limits(message: Rendered) -> None:
    payload = message.slack
    assert set(payload) == {"text", "blocks", "unfurl_links", "unfurl_media"}
    assert payload["unfurl_links"] is payload["unfurl_media"] is False
    assert 0 < len(payload["text"]) <= 4000
    assert 0 < len(payload["blocks"]) <= MAX_BLOCKS
    assert len(json.dumps(payload, ensure_ascii=False)) < MAX_TOTAL
    for block in payload["blocks"]:
        if block["type"] == "header":
            assert 0 < len(block["text"]["text"]) <= MAX_HEADER
        elif block["type"] == "section":
            assert 0 < len(block["text"]["text"]) <= MAX_SECTION
        else:
            assert block["type"] == "context"
            assert 0 < len(block["elements"]) <= 10


@pytest.mark.parametrize("name", CASES)
def test_slack_limits(name):
    assert_slack_limits(render(CASES[name]()))


def test_slack_says_what_did_not_fit():
    sentence = "<&>" * 80
    cases = [hostile(case, f"{number} {sentence}") for number, case in enumerate(many(50))]
    message = render(daily(*cases))
    assert_slack_limits(message)
    assert any(re.fullmatch(r"\d+ more parts do not fit into a Slack message\.", part) for part in mrkdwn(message))
    assert any(FOOTER in part for part in mrkdwn(message))


def test_slack_link_with_many_ampersands_still_fits():
    found = report(1, url="https://a.example/?" + "&" * 900)
    message = render(compose_flash(incident(reports=(found,)), incident().updates[0], now=NOW, service=SERVICE))
    assert_slack_limits(message)
    assert "link too long" in json.dumps(message.slack)


def test_escaping_for_slack():
    assert escaped("a < b & c > d") == "a &lt; b &amp; c &gt; d"
    assert "@here" not in escaped("@here @Channel @EVERYONE")
    assert escaped("mail@example.org snake_case 3.0/5.0") == "mail@example.org snake_case 3.0/5.0"


def test_mail_of_fifty_incidents_stays_small():
    message = render(daily(*many(50), previous=many(50)))
    assert len(message.html.encode()) < 100_000
    assert len(message.text.encode()) < 60_000


def test_demonstration_banner_stands_at_top_and_bottom_of_every_format():
    for briefing in briefings(retaken(demonstration=True)):
        message = render(briefing)
        banner = "Demonstration: invented events"
        assert "[DEMO]" in message.subject
        lines = message.text.strip().split("\n")
        assert banner in lines[0]
        assert banner in lines[-1]
        assert message.html.count(banner) == 2
        assert [banner in part for part in mrkdwn(message)][0 :: len(mrkdwn(message)) - 1] == [True, True]
        assert banner not in render(briefings(retaken())[0]).html


def test_right_to_left_text_is_isolated_and_marked():
    arabic = "سيطر مسلحون على المعبر فجر الأحد وقتلوا 4 جنود."
    found = report(1, detection(sentences=(arabic,)), language="ar", title=arabic, outlet_name="صحيفة الساحل")
    message = render(compose_flash(incident(reports=(found,)), incident().updates[0], now=NOW, service=SERVICE))
    assert f"“\u2068{arabic}\u2069”" in message.html
    assert 'lang="ar" dir="rtl"' in message.html
    for line in message.text.split("\n"):
        assert line.count("\u2068") == line.count("\u2069")
        bare = re.sub("\u2068[^\u2069]*\u2069", "", line)
        assert not re.search("[\u0600-\u06ff]", bare)


def test_the_severity_is_colour_and_text():
    message = render(briefings(retaken())[0])
    assert "background:#f08a4b" in message.html
    assert "Severity 2.0/5.0 (High)" in message.html


def test_rendering_is_repeatable_and_survives_the_outbox():
    for briefing in briefings(retaken()):
        stored = from_json(Briefing, json.loads(json.dumps(to_json(briefing))))
        assert render(stored) == render(briefing)
    assert TEMPLATE_VERSION


def test_a_missing_fact_is_an_error():
    briefing = briefings(retaken())[0]
    facts = {key: value for key, value in briefing.facts.items() if key != "lede"}
    with pytest.raises(jinja2.UndefinedError):
        render(Briefing(BriefingKind.FLASH, facts))
