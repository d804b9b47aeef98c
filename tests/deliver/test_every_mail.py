"""Every kind of mail as it leaves: read back by the standard library to the same facts in both parts, and checked by
the rules that mail programs and relays go by."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from importlib import resources
from typing import Any

import pytest

from alertsvc.brief.render import Rendered, render
from alertsvc.deliver.email.asking import render_question
from alertsvc.deliver.email.message import ASKS, build_mail
from alertsvc.deliver.links import Links
from alertsvc.deliver.tokens import Tokens
from alertsvc.domain import Briefing, BriefingKind, Delivery, Picture
from alertsvc.settings import MailSettings
from alertsvc.wordings import consent_version, wording_text
from tests.browser.mailbag import BRIEFINGS
from tests.deliver.support import a_delivery

SETTINGS = MailSettings(
    sender="alerts@bücher.example",
    sender_name="Bureau d'alerte: مكتب الإنذار المبكر للمعابر",
    reply_to="desk@example.org",
    postal_address="Risk desk, 1 <Quay> Street & Co, تونس",
)
LINKS = Links("https://alerts.example.org/desk", Tokens("a key of the tests alone"))
VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "col"})
NO_PLACE_IN_MAIL = frozenset({"script", "iframe", "object", "embed", "form", "input", "link", "base", "svg", "video"})
ONCE = ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "List-Id", "List-Unsubscribe", "List-Post")
TABLE = frozenset({"Incident"})  # heads a column, of which plain mail has none
MOST = 100_000  # bytes, beyond which Gmail cuts a mail off
PNG = b"\x89PNG\r\n\x1a\n" + bytes(2000)


def question(language: str) -> tuple[Delivery, Rendered]:
    link = "https://alerts.example.org/desk/confirm/WzEsIngiXQ.abc"
    words = wording_text(consent_version(language), "Risk <desk> مكتب") or ""
    expires = datetime(2026, 2, 8, 12, tzinfo=UTC)
    made = render_question("Risk <desk> {service} مكتب", words, link, expires, language)
    return a_delivery(briefing=Briefing(BriefingKind.FLASH, {"language": language}), extra={ASKS: True}), made


def briefing_mail(name: str) -> tuple[Delivery, Rendered]:
    made = BRIEFINGS[name]()
    answered = "flash.x@example.org" if made.kind is BriefingKind.UPDATE else None
    return a_delivery(briefing=made, in_reply_to=answered), render(made)


def pictured() -> tuple[Delivery, Rendered]:
    delivery, made = briefing_mail("flash")
    shown = '<img src="cid:map" alt="Map of the crossing" width="300">'
    html = made.html.replace("</body>", f"<p>{shown}</p></body>")
    text = f"{made.text}Map of the crossing\n"
    return delivery, replace(made, html=html, text=text, pictures=(Picture("map", PNG, "Map of the crossing"),))


MAILS: dict[str, Callable[[], tuple[Delivery, Rendered]]] = {
    **{name: lambda name=name: briefing_mail(name) for name in BRIEFINGS},  # type: ignore[misc]
    "with a picture": pictured,
    **{f"question, {code}": lambda code=code: question(code) for code in ("en", "fr", "ar")},  # type: ignore[misc]
}


@pytest.fixture(params=MAILS, scope="module")
def mail(request: pytest.FixtureRequest) -> tuple[Rendered, bytes, EmailMessage]:
    """One mail: what it was made of, its bytes, and as it is read back."""
    delivery, made = MAILS[request.param]()
    data = build_mail(delivery, made, SETTINGS, service="Risk <desk> مكتب", links=LINKS)
    message = email.message_from_bytes(data, policy=email.policy.default)
    return made, data, message


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    text = found.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")


class Page(HTMLParser):
    """HTML taken apart as strictly as mail programs would like it: what is opened is closed, in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.faults: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        if self._open:
            self.faults.append(f"never closed: {self._open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.faults.append(f"an attribute twice in {tag}")
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing that is open")

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self._open):
            self.words.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.tags if name == tag]


def words(text: str) -> set[str]:
    """Return the words and figures of a text, whatever marks and isolates stand round them."""
    return {word for word in re.split(r"[^\w./:%+-]+", re.sub("[\u2066-\u2069]", "", text)) if re.search(r"\w", word)}


def bare(text: str) -> set[str]:
    """Return words without the marks at their ends, which layout may set otherwise."""
    return {word.strip(".:/+-") for word in words(text)} - {""}


def test_every_kind_that_has_templates_is_tried():
    templates = {path.name for path in (resources.files("alertsvc.brief") / "templates").iterdir()}
    made = {BRIEFINGS[name]().kind for name in BRIEFINGS}
    assert {kind for kind in BriefingKind if f"{kind}.html.j2" in templates} <= made


def test_both_parts_say_the_same(mail: tuple[Any, bytes, EmailMessage]):
    _, _, message = mail
    plain, html = part(message, "plain"), part(message, "html")
    page = Page(html)
    said = " ".join(page.words)
    preheader = bare(page.words[0]) if page.words else set()
    alts = " ".join(attributes.get("alt", "") for attributes in page.all("img"))
    targets = {attributes["href"] for attributes in page.all("a")}
    # A link of ours stands on a line of its own; what is in a stranger's words is only words.
    links = re.compile(r"^[ ]*(https?://\S+)$", re.M)
    assert targets == set(links.findall(plain))
    without_links = links.sub(" ", plain)
    only_html = bare(said) - bare(plain) - preheader
    # The gauge is a picture in the page, whose words give the index without its scale.
    only_plain = {
        word for word in bare(without_links) - bare(said + " " + alts) if word.removesuffix("/5.0") not in alts
    }
    assert not only_plain, "in the plain part only"
    assert not only_html - TABLE, "in the HTML part only"
    assert len(bare(without_links)) > 30


def test_headers(mail: tuple[Any, bytes, EmailMessage]):
    made, data, message = mail
    assert not message.defects
    assert not [item.defects for item in message.walk() if item.defects]
    for name in ONCE:
        assert len(message.get_all(name, [])) == 1, name
    assert parsedate_to_datetime(message["Date"]).tzinfo is not None
    assert message["Subject"] == made.subject
    (sender,) = message["From"].addresses
    assert sender.addr_spec == "alerts@xn--bcher-kva.example"
    assert re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", message["Message-ID"])
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Post"] == "NO"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    https, mailto = re.findall(r"<([^<>]+)>", message["List-Unsubscribe"])
    assert https.startswith("https://alerts.example.org/desk/unsubscribe/")
    assert mailto == "mailto:desk@example.org?subject=unsubscribe"
    assert (message["In-Reply-To"] is None) == (message["References"] is None)
    for line in data.partition(b"\r\n\r\n")[0].split(b"\r\n"):
        value = re.sub(rb"\A[\w-]+:", b"", line).strip()
        assert len(line) <= 78 or b" " not in value, line  # what could be folded is
        for word in re.findall(rb"=\?[^? ]+\?[bqBQ]\?[^? ]*\?=", line):
            assert len(word) <= 75
            assert len(line) <= 76


def test_bytes(mail: tuple[Any, bytes, EmailMessage]):
    _, data, _ = mail
    assert data.isascii()
    assert b"\0" not in data
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert len(data) < MOST
    body = data.partition(b"\r\n\r\n")[2]
    assert not [line for line in body.split(b"\r\n") if len(line) > 78]


def test_html(mail: tuple[Any, bytes, EmailMessage]):
    made, _, message = mail
    html = part(message, "html")
    page = Page(html)
    assert page.faults == []
    names = [name for name, _ in page.tags]
    assert not NO_PLACE_IN_MAIL & set(names)
    for tag in ("html", "head", "body", "title"):
        assert names.count(tag) == 1, tag
    assert page.all("html")[0]["lang"]
    for name, attributes in page.tags:
        assert not [key for key in attributes if key.startswith("on")], name
        assert not re.search(r"url\s*\(|expression|@import|javascript:", attributes.get("style", ""), re.I)
    assert not re.search(r"url\s*\(|@import", html)
    for attributes in page.all("a"):
        assert attributes["href"].startswith(("https://", "http://"))
    for attributes in page.all("img"):
        assert attributes["src"].startswith("cid:")
        assert attributes["alt"].strip()
    for attributes in page.all("table"):
        assert attributes.get("role") == "presentation" or "th" in names
    inline = {attributes["src"].removeprefix("cid:") for attributes in page.all("img")}
    attached = {str(item["Content-ID"]).strip("<>") for item in message.walk() if item["Content-ID"]}
    assert inline == attached == {picture.cid for picture in made.pictures}
    shown = {_plain(attributes["alt"]) for attributes in page.all("img")}
    assert {_plain(picture.alt) for picture in made.pictures} <= shown


def _plain(text: str) -> str:
    return re.sub("[\u2066-\u2069\u200e\u200f]", "", text)


def test_text_of_another_direction_is_isolated(mail: tuple[Any, bytes, EmailMessage]):
    _, _, message = mail
    own = Page(part(message, "html")).all("html")[0]["dir"] == "rtl"
    for text in (str(message["Subject"]), part(message, "plain")):
        assert text.count("\u2068") == text.count("\u2069")
        assert not re.search("[\u202a-\u202e]", text), "an override of a stranger's"
        if own:
            # A line's direction is that of its first letter outside of isolates: it has to have one of its own.
            for line in filter(str.strip, text.splitlines()):
                first = re.search("[A-Za-z\u0590-\u08ff]", re.sub("\u2068[^\u2068\u2069]*\u2069", "", line))
                assert first is None or line.startswith("http") or first[0] > "\u0590", line
            continue
        outside = re.sub("\u2068[^\u2068\u2069]*\u2069", "", text)
        assert not re.search("[\u0590-\u08ff]", outside), "Arabic outside an isolate reorders the line round it"
