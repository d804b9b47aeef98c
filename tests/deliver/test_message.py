"""The mail as it leaves, read back with the standard library's own parser."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from alertsvc.deliver.email.address import ascii_address
from alertsvc.deliver.email.message import MAX_SUBJECT, build_mail
from alertsvc.deliver.links import Links
from alertsvc.deliver.text import block, one_line
from alertsvc.deliver.tokens import Purpose, Tokens
from alertsvc.domain import Briefing, BriefingKind, Picture
from alertsvc.errors import DeliveryError
from alertsvc.settings import MailSettings, ServiceSettings
from tests.deliver.support import NOW, Rendered, a_delivery

SETTINGS = MailSettings(sender="alerts@example.org", sender_name="Risk alerts", reply_to="desk@example.org")
ARABIC = "[FLASH] ليبيا: مسلحون يسيطرون على معبر التوم الحدودي مع النيجر ومقتل ثلاثة جنود على الأقل في هجوم قبل الفجر"
TOKENS = Tokens("a key of the tests alone")
EVERYTHING = st.text(st.characters(codec=None, exclude_categories=()), max_size=400)


def build(
    subject: str = "Subject", settings: MailSettings = SETTINGS, delivery=None, links=None, **parts: Any
) -> bytes:
    rendered: Any = Rendered(subject, **parts)
    return build_mail(delivery or a_delivery(), rendered, settings, service="alertsvc", links=links)


def parse(data: bytes) -> EmailMessage:
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert not message.defects
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def assert_clean(data: bytes) -> None:
    """Check what every relay takes: seven bits, CRLF only, no NUL, no line over 998."""
    assert data.isascii()
    assert b"\0" not in data
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", data)
    assert max(len(line) for line in data.split(b"\r\n")) <= 998


def test_headers_of_a_flash():
    data = build("[FLASH] Libya: Post attacked")
    message = parse(data)
    assert_clean(data)
    assert message["From"] == "Risk alerts <alerts@example.org>"
    assert message["To"] == "desk@example.org"
    assert message["Reply-To"] == "desk@example.org"
    assert message["Subject"] == "[FLASH] Libya: Post attacked"
    assert message["Message-ID"] == f"<{a_delivery().message_id}>"
    assert parsedate_to_datetime(message["Date"]) == NOW
    assert message["In-Reply-To"] is None
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == "Alerts <alerts.alertsvc.example.org>"
    assert message["List-Unsubscribe"] == "<mailto:desk@example.org?subject=unsubscribe>"
    assert message["List-Unsubscribe-Post"] is None
    assert message["List-Help"] == "<mailto:desk@example.org?subject=help>"
    assert message["List-Post"] == "NO"
    assert message["MIME-Version"] == "1.0"
    for name in message:
        assert len(message.get_all(name, [])) == 1


def test_plain_text_first_and_both_parts_whole():
    message = parse(build(text="Plain words.\nمعبر\n", html="<p>Words in HTML.</p>"))
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert body(message, "plain").startswith("Plain words.\nمعبر\n")
    assert body(message, "html").startswith("<p>Words in HTML.</p>\n")


def test_update_stands_in_the_thread_of_its_flash():
    briefing = Briefing(BriefingKind.UPDATE, {}, 1, 2)
    message = parse(build(delivery=a_delivery(briefing=briefing, in_reply_to="first@example.org")))
    assert message["In-Reply-To"] == message["References"] == "<first@example.org>"
    assert message["List-Id"] == "Alerts <alerts.alertsvc.example.org>"


def test_references_are_those_of_the_parent_and_the_parent():
    chain = [f"{number}@example.org" for number in range(40)]
    answer = a_delivery(in_reply_to="parent@example.org", extra={"references": ["root@example.org", "x@example.org"]})
    message = parse(build(delivery=answer))
    assert message["In-Reply-To"] == "<parent@example.org>"
    assert message["References"].split() == ["<root@example.org>", "<x@example.org>", "<parent@example.org>"]
    long = parse(build(delivery=a_delivery(in_reply_to="40@example.org", extra={"references": chain})))
    found = long["References"].split()
    assert (found[0], found[-1], len(found)) == ("<0@example.org>", "<40@example.org>", 20)


def test_a_mail_never_answers_itself():
    own = a_delivery()
    message = parse(build(delivery=replace(own, in_reply_to=own.message_id)))
    assert message["In-Reply-To"] is None
    assert message["References"] is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (BriefingKind.DAILY, "Daily digest <daily.alertsvc.example.org>"),
        (BriefingKind.WEEKLY, "Weekly review <weekly.alertsvc.example.org>"),
    ],
)
def test_digests_are_lists_of_their_own(kind, name):
    assert parse(build(delivery=a_delivery(briefing=Briefing(kind, {}))))["List-Id"] == name


def test_answers_go_to_the_sender_where_nothing_else_is_set():
    message = parse(build(settings=MailSettings(sender="alerts@example.org")))
    assert message["Reply-To"] is None
    assert message["List-Unsubscribe"] == "<mailto:alerts@example.org?subject=unsubscribe>"


def test_unsubscribing_with_one_click_needs_https():
    who = a_delivery()
    secure = parse(build(links=Links("https://alerts.example.org/desk", TOKENS)))
    address = f"https://alerts.example.org/desk/unsubscribe/{TOKENS.sign(Purpose.UNSUBSCRIBE, 3, who.target)}"
    assert secure["List-Unsubscribe"] == f"<{address}>, <mailto:desk@example.org?subject=unsubscribe>"
    assert secure["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in body(secure, "plain")
    assert f'href="{address}"' in body(secure, "html")
    plain = parse(build(links=Links("http://127.0.0.1:8080", TOKENS)))
    assert plain["List-Unsubscribe"] == "<mailto:desk@example.org?subject=unsubscribe>"
    assert plain["List-Unsubscribe-Post"] is None
    assert "http://127.0.0.1:8080/unsubscribe/" in body(plain, "plain")


def test_where_a_request_to_unsubscribe_may_be_written_to():
    settings = SETTINGS.model_copy(update={"unsubscribe_address": "leave@example.org"})
    message = parse(build(settings=settings))
    assert message["List-Unsubscribe"] == "<mailto:leave@example.org?subject=unsubscribe>"
    assert "To unsubscribe, write to \u2068leave@example.org\u2069" in body(message, "plain")
    assert "To unsubscribe, write to <bdi>leave@example.org</bdi>" in body(message, "html")


@pytest.mark.parametrize(
    ("language", "words", "direction"),
    [
        ("en", "Unsubscribe", "ltr"),
        ("fr", "Se désabonner", "ltr"),
        ("ar", "إلغاء الاشتراك", "rtl"),
        ("xx", "Unsub", "ltr"),
    ],
)
def test_the_foot_speaks_the_language_of_the_edition(language, words, direction):
    settings = SETTINGS.model_copy(update={"postal_address": "Risk desk, 1 <Quay> Street & Co"})
    briefing = Briefing(BriefingKind.FLASH, {"language": language})
    links = Links("https://alerts.example.org", TOKENS)
    message = parse(build(settings=settings, delivery=a_delivery(briefing=briefing), links=links))
    for part, postal in (("plain", "1 <Quay> Street & Co"), ("html", "1 &lt;Quay&gt; Street &amp; Co")):
        assert words in body(message, part)
        assert postal in body(message, part)
        assert "/subscription/" in body(message, part)
    assert f'dir="{direction}"' in body(message, "html")


def test_the_foot_stands_within_the_body():
    html = body(parse(build(html="<html><body><p>x</p></body></html>")), "html")
    assert html.index("<p>x</p>") < html.index("mail because") < html.index("</body>") < html.index("</html>")
    assert html.count("</body>") == 1


def test_same_delivery_same_bytes():
    assert build() == build()


def test_recipients_of_one_edition_differ_in_headers_and_foot_only():
    links = Links("https://alerts.example.org", TOKENS)
    text, html = "Plain words.\n" * 200, f"<html><body>{'<p>x</p>' * 500}</body></html>"
    first, second = (
        parse(build(text=text, html=html, delivery=a_delivery(number, target=f"{number}@example.org"), links=links))
        for number in (1, 2)
    )
    assert first.get_boundary() == second.get_boundary()
    different = {name for name in first if first[name] != second[name]}
    assert different == {"To", "Message-ID", "List-Unsubscribe"}
    for part in ("plain", "html"):
        lines = zip(body(first, part).split("\n"), body(second, part).split("\n"), strict=True)
        changed = [(one, two) for one, two in lines if one != two]
        assert len(changed) == 2
        assert all("https://alerts.example.org/" in one for one, _ in changed)


PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 3


def test_pictures_come_with_the_html():
    pictures = (Picture("map.1@edition", PNG, "A map"), Picture("gauge", PNG[:-1], "A gauge"))
    html = '<html><body><img src="cid:map.1@edition" alt="A map"><img src="cid:gauge" alt="A gauge"></body></html>'
    data = build(html=html, pictures=pictures)
    assert_clean(data)
    message = parse(data)
    plain, related = message.iter_parts()
    assert isinstance(related, EmailMessage)
    assert (plain.get_content_type(), related.get_content_type()) == ("text/plain", "multipart/related")
    shown, *parts = related.iter_parts()
    assert shown.get_content_type() == "text/html"
    assert [part["Content-ID"] for part in parts] == ["<map.1@edition>", "<gauge>"]
    assert [part.get_content_type() for part in parts] == ["image/png"] * 2
    assert [part.get_content_disposition() for part in parts] == ["inline"] * 2
    assert [part.get_content() for part in parts] == [PNG, PNG[:-1]]
    assert body(message, "html").startswith(html.removesuffix("</body></html>"))


@pytest.mark.parametrize("cid", ["", "a b", "a>\r\nBcc: x@example.org", "é", "a" * 70, '"'])
def test_a_picture_needs_a_content_id_that_can_stand_in_a_header(cid):
    with pytest.raises(DeliveryError) as caught:
        build(pictures=(Picture(cid, PNG, ""),))
    assert caught.value.permanent


def test_a_picture_must_be_one():
    with pytest.raises(DeliveryError, match="is no PNG"):
        build(pictures=(Picture("x", b"GIF89a", ""),))


def test_text_cannot_imitate_the_boundary():
    boundary = parse(build()).get_boundary()
    message = parse(build(text=f"before\n--{boundary}--\nafter\n"))
    assert body(message, "plain").startswith(f"before\n--{boundary}--\nafter\n")
    assert body(message, "html")


def test_arabic_subject_survives():
    data = build(ARABIC)
    assert_clean(data)
    assert parse(data)["Subject"] == ARABIC
    head = data.partition(b"\r\n\r\n")[0]
    assert max(len(line) for line in head.split(b"\r\n")) <= 78


def test_long_lines_and_long_words_are_folded():
    data = build("w" * 250, text="x" * 5000 + "\n", html="<p>" + "é" * 5000 + "</p>")
    assert_clean(data)
    assert parse(data)["Subject"] == "w" * 250
    assert body(parse(data), "plain").startswith("x" * 5000 + "\n")
    assert parse(build("word " * 200))["Subject"].endswith("…")


@pytest.mark.parametrize(
    "subject",
    [
        "one\r\nBcc: everyone@example.org",
        "one\nBcc: everyone@example.org",
        "one\r\n\r\nbody",
        "one\x00Bcc: everyone@example.org",
        "one\u2028Bcc: everyone@example.org",
        "one\x85Bcc: everyone@example.org",
        "=?utf-8?q?one=0ABcc:_everyone=40example.org?=",
    ],
)
def test_nothing_in_a_subject_becomes_a_header(subject):
    message = parse(build(subject))
    assert message["Bcc"] is None
    assert set(message) == set(parse(build()))
    assert body(message, "plain").startswith(Rendered().text)


@given(EVERYTHING)
@example("=?utf-8?q?a?= =?utf-8?b?YQ==?=")
@example("a  b   c" * 12)
@example("ا" * 200)
@example("\ud800")
@example("")
def test_any_subject_comes_back_as_one_line(subject):
    data = build(subject)
    assert_clean(data)
    message = parse(data)
    assert message["Subject"] == one_line(subject, MAX_SUBJECT)
    assert list(message) == list(parse(build()))


@given(text=EVERYTHING, html=EVERYTHING)
def test_any_text_comes_back(text, html):
    data = build(text=text, html=html)
    assert_clean(data)
    message = parse(data)
    assert body(message, "plain").startswith(block(text))
    assert body(message, "html").startswith(block(html))


@given(st.text(st.sampled_from("aم\n😀é"), min_size=30, max_size=900))
def test_a_body_may_be_cut_anywhere(text):
    """Base64 goes by 57 bytes, characters by one to four, line ends by two: none may be torn at the seam."""
    message = parse(build(text=text, html=f"<html><body>{text}</body></html>"))
    assert body(message, "plain").startswith(text)
    assert f"<body>{text}" in body(message, "html")
    assert "because you are subscribed" in body(message, "plain")
    assert body(message, "html").endswith("</body></html>\n")


@given(EVERYTHING.filter(lambda name: not any(ord(c) < 32 or ord(c) == 127 for c in name)))
@example('Desk, "night" \\ duty (two) <x@example.org>')
@example("مكتب الإنذار المبكر للمعابر الحدودية والمواقع النفطية")
@example("")
def test_any_name_of_the_sender_is_only_a_name(name):
    settings = SETTINGS.model_copy(update={"sender_name": name[:60]})
    data = build(settings=settings)
    assert_clean(data)
    (address,) = parse(data)["From"].addresses
    assert address.addr_spec == "alerts@example.org"
    # Read by the library's older decoder: the newer one puts a blank between the encoded words of a long name.
    raw = (
        email.message_from_bytes(data)["From"].replace("\r\n", "").removesuffix(">").removesuffix("alerts@example.org")
    )
    raw = raw.removesuffix("<").strip()
    shown = str(make_header(decode_header(raw))) if "=?" in raw else re.sub(r"\\(.)|\"", r"\1", raw)
    assert shown == one_line(name[:60])


@pytest.mark.parametrize(
    "address",
    [
        "desk",
        "@example.org",
        "desk@",
        "desk@exa mple.org",
        "desk@example.org\r\nRCPT TO:<x@y>",
        "de<sk@example.org",
        "desk(duty)@example.org",
        '"desk duty"@example.org',
        "a,b@example.org",
        "désk@example.org",
        ".desk@example.org",
        "desk@-example.org",
        "desk@example..org",
        "d" * 65 + "@example.org",
        "desk@\udcff.org",
    ],
)
def test_addresses_that_no_mail_can_carry(address):
    with pytest.raises(DeliveryError) as caught:
        build(delivery=a_delivery(target=address))
    assert caught.value.permanent
    assert address not in str(caught.value)


def test_addresses_that_mail_can_carry():
    assert ascii_address("first.last+tag@sub.example.org") == "first.last+tag@sub.example.org"
    assert ascii_address("desk@bücher.example") == "desk@xn--bcher-kva.example"
    assert ascii_address("desk@faß.example") == "desk@xn--fa-hia.example"  # not fass.example, which is another domain
    assert ascii_address("desk@[127.0.0.1]") == "desk@[127.0.0.1]"
    assert parse(build(delivery=a_delivery(target="desk@bücher.example")))["To"] == "desk@xn--bcher-kva.example"


@pytest.mark.parametrize("bad", ["a b@x", "a>@x", "", "a\r\n@x", "é@x"])
def test_message_ids_are_checked(bad):
    with pytest.raises(DeliveryError):
        build(delivery=a_delivery(message_id=bad))
    if bad:
        with pytest.raises(DeliveryError):
            build(delivery=replace(a_delivery(), in_reply_to=bad))


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://alertes.bücher.example:8443/désk/", "https://alertes.xn--bcher-kva.example:8443/d%C3%A9sk/"),
        ("https://a.example/a,b", "https://a.example/a%2Cb"),
        ("https://[2001:db8::1]/desk", "https://[2001:db8::1]/desk"),
        ("https://a.example/%D8%B9", "https://a.example/%D8%B9"),
        ("https://مثال.example", "https://xn--mgbh0fb.example"),
    ],
)
def test_any_public_address_can_stand_in_a_header(url: str, told: str):
    public = ServiceSettings(public_url=url).public_url or ""
    assert public == told
    message = parse(build(links=Links(public.rstrip("/"), Tokens("a key of the tests alone"))))
    assert message["List-Unsubscribe"].startswith(f"<{told.rstrip('/')}/unsubscribe/")


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/>,<mailto:x@y.example",
        "https://a.example/x y",
        "https://a.example/\nX-Header: y",
        "https://a.example/" + "x" * 500,
        "https://" + "ü" * 80 + ".example/",
        "javascript:alert(1)",
        "https://user:secret@a.example/",
    ],
)
def test_public_addresses_that_no_header_can_carry_are_refused(url: str):
    with pytest.raises(ValidationError):
        ServiceSettings(public_url=url)
