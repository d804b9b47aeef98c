"""Signed tokens: good for one purpose and one address, and telling nothing."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer
from pydantic import SecretStr

from alertsvc.deliver.links import Links, link_warnings, make_links
from alertsvc.deliver.tokens import Bearer, Purpose, Tokens, load_tokens
from alertsvc.settings import Settings, WebSettings
from alertsvc.store import Store

KEY = "a key of the tests alone"
TOKENS = Tokens(KEY)
WHO = "reader@example.org"


@given(
    st.sampled_from(Purpose), st.integers(1, 2**62), st.text(max_size=80), st.lists(st.integers(0, 2**40), max_size=2)
)
def test_a_token_comes_back_as_what_it_was_made_of(purpose, row, target, numbers):
    token = TOKENS.sign(purpose, row, target, *numbers)
    assert token == TOKENS.sign(purpose, row, target, *numbers)
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")
    bearer = TOKENS.read(purpose, token)
    assert bearer is not None
    assert (bearer.subscriber, bearer.numbers) == (row, tuple(numbers))
    assert TOKENS.fits(bearer, target)
    assert not TOKENS.fits(bearer, target + "x")
    for other in set(Purpose) - {purpose}:
        assert TOKENS.read(other, token) is None


def test_a_token_tells_no_address():
    token = TOKENS.sign(Purpose.UNSUBSCRIBE, 7, WHO)
    payload = token.rpartition(".")[0]
    shown = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    assert b"reader" not in shown
    assert b"example" not in shown
    assert len(token) < 90


@given(st.data())
def test_a_token_that_was_changed_is_none(data):
    token = TOKENS.sign(Purpose.UNSUBSCRIBE, 7, WHO)
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("AZaz09-_.!é"))
    forged = token[:at] + letter + token[at + 1 :]
    read = TOKENS.read(Purpose.UNSUBSCRIBE, forged)
    # The last letter of a digest has bits that decode to nothing: what is read is then the same token.
    assert read is None or (read == TOKENS.read(Purpose.UNSUBSCRIBE, token) and at == len(token) - 1) or forged == token


@pytest.mark.parametrize("token", ["", ".", "a.b", "é" * 20, "W10.x", "x" * 5000, "\0", "../../etc/passwd", "WzEse.."])
def test_what_we_did_not_make_is_none(token):
    assert TOKENS.read(Purpose.UNSUBSCRIBE, token) is None


@pytest.mark.parametrize("payload", [[], [1], ["1", "x"], {"a": 1}, "x", [1, 2], [1, "x", "y"], None])
def test_a_signed_payload_of_another_shape_is_none(payload):
    signer = TOKENS._serializer(Purpose.CONFIRM)
    assert isinstance(signer, URLSafeSerializer)
    assert TOKENS.read(Purpose.CONFIRM, str(signer.dumps(payload))) is None


def test_another_key_reads_nothing_and_an_older_one_still_does():
    token = TOKENS.sign(Purpose.UNSUBSCRIBE, 7, WHO)
    assert Tokens("another key of the tests").read(Purpose.UNSUBSCRIBE, token) is None
    rotated = Tokens("another key of the tests", KEY)
    bearer = rotated.read(Purpose.UNSUBSCRIBE, token)
    assert bearer is not None
    assert rotated.fits(bearer, WHO)
    assert not rotated.fits(Bearer(7, "x" * 12), WHO)
    assert rotated.sign(Purpose.UNSUBSCRIBE, 7, WHO) != token
    with pytest.raises(ValueError, match="empty"):
        Tokens("")


def test_the_key_is_made_once_and_kept(store: Store):
    first, second = (load_tokens(store, WebSettings()) for _ in range(2))
    token = first.sign(Purpose.UNSUBSCRIBE, 7, WHO)
    assert second.read(Purpose.UNSUBSCRIBE, token) is not None
    assert KEY not in repr(Tokens(KEY))


def test_the_key_that_is_set_goes_before_that_of_the_database(store: Store):
    settings = WebSettings(link_key=SecretStr(KEY), link_key_before=SecretStr("the key before that one"))
    tokens = load_tokens(store, settings)
    assert tokens.sign(Purpose.CONFIRM, 7, WHO, 9) == TOKENS.sign(Purpose.CONFIRM, 7, WHO, 9)
    old = Tokens("the key before that one").sign(Purpose.CONFIRM, 7, WHO, 9)
    assert tokens.read(Purpose.CONFIRM, old) is not None


def test_links_lead_to_the_public_address(store: Store):
    settings = Settings()
    assert make_links(store, settings).to(Purpose.UNSUBSCRIBE, 7, WHO) is None
    service = settings.service.model_copy(update={"public_url": "https://alerts.example.org/desk/"})
    links = make_links(store, settings.model_copy(update={"service": service}))
    address = links.to(Purpose.UNSUBSCRIBE, 7, WHO)
    assert address is not None
    assert address.startswith("https://alerts.example.org/desk/unsubscribe/")
    assert links.one_click
    assert not Links("http://alerts.example.org", TOKENS).one_click
    closed = settings.model_copy(update={"service": service, "web": WebSettings(enabled=False)})
    assert make_links(store, closed).to(Purpose.UNSUBSCRIBE, 7, WHO) is None


def test_what_stands_in_the_way_is_told():
    def told(url: str | None, *, enabled: bool = True, postal: str | None = "Desk, Quay 1", opt_in: bool = False):
        settings = Settings()
        changes = {
            "service": settings.service.model_copy(update={"public_url": url}),
            "web": WebSettings(enabled=enabled),
            "mail": settings.mail.model_copy(update={"postal_address": postal}),
            "consent": settings.consent.model_copy(update={"double_opt_in": opt_in}),
        }
        return [line.split(" ")[0] for line in link_warnings(settings.model_copy(update=changes))]

    assert told("https://alerts.example.org", opt_in=True) == []
    assert told(None) == ["service.public_url"]
    assert told(None, opt_in=True) == ["service.public_url", "consent.double_opt_in"]
    assert told("http://alerts.example.org") == ["service.public_url"]
    assert told("https://alerts.example.org/?a=b") == ["service.public_url"]
    assert told("https://alerts.example.org", enabled=False) == ["web.enabled"]
    assert told("https://alerts.example.org", postal=None) == ["mail.postal_address"]
