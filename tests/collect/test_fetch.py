"""HTTP as it comes: every status, every way of going wrong, and what we send ourselves."""

from __future__ import annotations

import gzip
import socket
import ssl
import zlib
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiohttp.abc import AbstractResolver, ResolveResult

from alertsvc.clock import ManualClock
from alertsvc.collect.fetch import FEED_TYPES, Fetcher
from alertsvc.collect.result import FetchResult
from alertsvc.errors import CollectError
from alertsvc.settings import CollectSettings
from tests.collect.feeds import items, rss
from tests.feedserver import Answer, Cut, Drip, FeedServer, Raw, Silent, bomb

FEED = rss(items(range(3)))


async def get(fetcher: Fetcher, url: str, **more: Any) -> FetchResult:
    return await fetcher.fetch(url, **{"max_bytes": 1_000_000, "accept": FEED_TYPES, **more})


async def test_plain_answer(server: FeedServer, fetcher: Fetcher) -> None:
    headers = {"ETag": 'W/"a b"', "Last-Modified": "Sun, 01 Feb 2026 10:00:00 GMT", "Cache-Control": "max-age=300"}
    url = server.script("/f", Answer(FEED, headers={**headers, "Content-Type": "Text/XML; charset=UTF-8"}))
    result = await get(fetcher, url)
    assert result == FetchResult(
        "ok",
        url,
        status=200,
        body=FEED,
        content_type="text/xml",
        charset="UTF-8",
        etag='W/"a b"',
        last_modified="Sun, 01 Feb 2026 10:00:00 GMT",
        max_age=300.0,
    )


async def test_what_we_send(server: FeedServer, fetcher: Fetcher) -> None:
    url = server.script("/f?x=1", Answer(FEED, headers={"Set-Cookie": "a=b; Path=/"}))
    await get(fetcher, url + "#part")
    await get(fetcher, url)
    seen = server.requests[1]
    assert seen.path == "/f?x=1"
    assert seen.headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "alertsvc/1.2.3 (+https://alerts.example.org; desk@example.org)",
        "accept": FEED_TYPES,
        "accept-encoding": "gzip, deflate",
    }


async def test_validators_go_back_unchanged(server: FeedServer, fetcher: Fetcher) -> None:
    url = server.script("/f", Answer(FEED, headers={"ETag": '"ü-1"'}))
    first = await get(fetcher, url)
    assert first.etag == '"ü-1"'
    again = await get(fetcher, url, etag=first.etag, last_modified="whatever they said")
    assert again.outcome == "not_modified"
    assert again.status == 304
    assert server.requests[1].headers["if-modified-since"] == "whatever they said"


async def test_validators_only_go_where_they_came_from(server: FeedServer, fetcher: Fetcher) -> None:
    here = server.script("/here", Answer(status=302, headers={"Location": "/there"}))
    there = server.script("/there", Answer(FEED, headers={"ETag": '"t"'}))
    first = await get(fetcher, here)
    assert first.final_url == there
    again = await get(fetcher, here, etag=first.etag, validators_url=first.final_url)
    assert again.outcome == "not_modified"
    assert ["if-none-match" in seen.headers for seen in server.requests] == [False, False, False, True]
    await get(fetcher, here, etag=first.etag, validators_url="http://other.example/")
    assert "if-none-match" not in server.requests[-1].headers


async def test_not_modified_without_being_asked(server: FeedServer, fetcher: Fetcher) -> None:
    result = await get(fetcher, server.script("/f", Answer(status=304)))
    assert (result.outcome, result.status) == ("http_error", 304)


@pytest.mark.parametrize(
    ("hops", "permanent"),
    [((301,), True), ((308, 301), True), ((302,), False), ((301, 307), False), ((303, 301), False)],
)
async def test_redirects(server: FeedServer, fetcher: Fetcher, hops: tuple[int, ...], permanent: bool) -> None:
    for number, status in enumerate(hops):
        server.script(f"/{number}", Answer(status=status, headers={"Location": f"/{number + 1}"}))
    end = server.script(f"/{len(hops)}", Answer(FEED))
    result = await get(fetcher, server.url("/0"))
    assert (result.outcome, result.final_url) == ("ok", end)
    assert result.permanent_url == (end if permanent else None)
    assert not any("referer" in seen.headers for seen in server.requests)


@pytest.mark.parametrize(
    ("location", "outcome", "message"),
    [
        ("/0", "http_error", "circle"),
        ("", "http_error", "without saying where"),
        ("file:///etc/passwd", "refused", "only http and https"),
        ("gopher://127.0.0.1/", "refused", "only http and https"),
        ("http://10.0.0.1/", "refused", "10.0.0.1 is no public address"),
        ("http://169.254.169.254/latest/meta-data", "refused", "link-local"),
        ("http://[::1]/", "refused", "loopback"),
        ("http://2130706433/", "refused", "no public address"),
        ("http://user:pw@example.org/", "refused", "user name"),
        ("http://example.org:22/", "refused", "port 22"),
        ("http://[broken/", "refused", "cannot be read"),
    ],
)
async def test_redirects_that_are_not_followed(
    server: FeedServer, fetcher: Fetcher, location: str, outcome: str, message: str
) -> None:
    url = server.script("/0", Answer(status=301, headers={"Location": location}))
    result = await get(fetcher, url)
    assert result.outcome == outcome
    assert message in result.message
    assert len(server.requests) == 1


async def test_too_many_redirects(server: FeedServer, fetcher: Fetcher) -> None:
    for number in range(5):
        server.script(f"/{number}", Answer(status=302, headers={"Location": f"/{number + 1}"}))
    result = await get(fetcher, server.url("/0"))
    assert (result.outcome, result.message) == ("http_error", "more than 3 redirects")


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(410, "gone"), (404, "http_error"), (403, "http_error"), (500, "http_error"), (204, "http_error")],
)
async def test_statuses(server: FeedServer, fetcher: Fetcher, status: int, outcome: str) -> None:
    result = await get(fetcher, server.script("/f", Answer(status=status)))
    assert (result.outcome, result.status) == (outcome, status)
    assert str(status) in result.message
    assert "\n" not in result.message


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_holds_the_whole_host(
    server: FeedServer, fetcher: Fetcher, clock: ManualClock, status: int
) -> None:
    limited = server.script("/a", Answer(status=status, headers={"Retry-After": "120"}))
    other = server.script("/b", Answer(FEED))
    first = await get(fetcher, limited)
    assert (first.outcome, first.status, first.retry_after) == ("rate_limited", status, 120.0)
    second = await get(fetcher, other)
    assert (second.outcome, second.retry_after) == ("rate_limited", 120.0)
    assert server.paths() == ["/a"]
    clock.advance(timedelta(seconds=121))
    assert (await get(fetcher, other)).outcome == "ok"


async def test_retry_after_as_a_date_and_without(server: FeedServer, fetcher: Fetcher, clock: ManualClock) -> None:
    without = server.script("/a", Answer(status=429))
    assert (await get(fetcher, without)).retry_after is None
    plain = server.script("/c", Answer(status=503))
    assert (await get(fetcher, plain)).outcome == "http_error"
    when = format_datetime(clock.now() + timedelta(seconds=90), usegmt=True)
    dated = server.script("/b", Answer(status=503, headers={"Retry-After": when}))
    assert (await get(fetcher, dated)).retry_after == 90.0


@pytest.mark.parametrize("reply", [Silent(), Drip()], ids=["silent", "drip"])
async def test_time_out(
    server: FeedServer, settings: CollectSettings, clock: ManualClock, reply: Silent | Drip
) -> None:
    quick = settings.model_copy(update={"timeout": 0.05})
    async with Fetcher(quick, version="1", contact=None, public_url=None, clock=clock) as fetcher:
        result = await get(fetcher, server.script("/f", reply))
    assert result.outcome == "timeout"
    assert "within 0.05 s" in result.message


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        (Cut(b"<rss>", declared=500), "bad_body"),
        (Cut(b"<rss>"), "bad_body"),
        (Raw(b""), "network_error"),
        (Raw(b"SSH-2.0-OpenSSH\r\n"), "network_error"),
        (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<rss>and more"), "network_error"),
        (Raw(b"HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello"), "network_error"),
        (Raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n"), "network_error"),
        (Raw(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n"), "network_error"),
    ],
    ids=[
        "short of its length",
        "chunks without end",
        "nothing",
        "no http",
        "longer than its length",
        "bad length",
        "long header",
        "many headers",
    ],
)
async def test_broken_answers(server: FeedServer, fetcher: Fetcher, reply: Any, outcome: str) -> None:
    result = await get(fetcher, server.script("/f", reply))
    assert result.outcome == outcome
    assert result.message
    assert result.body == b""


def _deflate_raw(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED[:50]) + gzip.compress(FEED[50:])),
        ("gzip", gzip.compress(FEED) + b"\x00\x00"),
        ("deflate", zlib.compress(FEED)),
        ("deflate", _deflate_raw(FEED)),
        ("identity", FEED),
    ],
)
async def test_encodings(server: FeedServer, fetcher: Fetcher, encoding: str, body: bytes) -> None:
    result = await get(fetcher, server.script("/f", Answer(body, headers={"Content-Encoding": encoding})))
    assert (result.outcome, result.body) == ("ok", FEED)


@pytest.mark.parametrize(
    ("encoding", "body", "message"),
    [
        ("gzip, gzip", gzip.compress(gzip.compress(FEED)), "more than once"),
        ("br", FEED, "'br'"),
        ("gzip", FEED, "damaged"),
        ("gzip", gzip.compress(FEED)[:-20], "cut short"),
    ],
)
async def test_encodings_that_cannot_be_read(
    server: FeedServer, fetcher: Fetcher, encoding: str, body: bytes, message: str
) -> None:
    result = await get(fetcher, server.script("/f", Answer(body, headers={"Content-Encoding": encoding})))
    assert result.outcome == "bad_body"
    assert message in result.message


async def test_bodies_that_are_too_large(server: FeedServer, fetcher: Fetcher) -> None:
    exploding = server.script("/bomb", Answer(bomb(50), headers={"Content-Encoding": "gzip"}))
    assert (await get(fetcher, exploding)).outcome == "too_large"
    large = server.script("/large", Answer(b"x" * 50_000_000))
    assert (await get(fetcher, large)).outcome == "too_large"
    just = server.script("/just", Answer(b"x" * 1000))
    assert (await get(fetcher, just, max_bytes=1000)).outcome == "ok"
    cut = await get(fetcher, just, max_bytes=999, cut=True)
    assert (cut.outcome, cut.body) == ("ok", b"x" * 999)


async def test_nobody_there(fetcher: Fetcher) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        result = await get(fetcher, f"http://127.0.0.1:{unused.getsockname()[1]}/")
    assert result.outcome == "network_error"
    assert "cannot be reached" in result.message


async def test_certificates(settings: CollectSettings, clock: ManualClock, tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    trusting = settings.model_copy(update={"ca_file": ca_file})
    async with FeedServer(context) as server:
        url = server.script("/f", Answer(FEED))
        async with Fetcher(settings, version="1", contact=None, public_url=None, clock=clock) as fetcher:
            refused = await get(fetcher, url)
        async with Fetcher(trusting, version="1", contact=None, public_url=None, clock=clock) as fetcher:
            taken = await get(fetcher, url)
    assert refused.outcome == "network_error"
    assert "certificate of 127.0.0.1 is not valid" in refused.message
    assert (taken.outcome, taken.body) == ("ok", FEED)


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_unusable_authority_is_told(settings: CollectSettings, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    bad = settings.model_copy(update={"ca_file": path})
    with pytest.raises(CollectError, match=r"collect\.ca_file"):
        async with Fetcher(bad, version="1", contact=None, public_url=None):
            pass


async def test_proxies_of_the_environment_are_ignored(
    server: FeedServer, settings: CollectSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with Fetcher(settings, version="1", contact=None, public_url=None) as fetcher:
        assert (await get(fetcher, server.script("/f", Answer(FEED)))).outcome == "ok"


class Names(AbstractResolver):
    """A name service that gives each name the answers it is told, one after the other."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self._answers = {name.replace("_", "."): list(values) for name, values in answers.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self._answers.get(host)
        if not answers:
            raise OSError(None, "no such name")
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass


async def test_name_that_leads_inside_is_refused(server: FeedServer, settings: CollectSettings) -> None:
    names = Names(evil_example=[["127.0.0.1"]], mixed_example=[["10.0.0.1", "::1"]])
    async with Fetcher(settings, version="1", contact=None, public_url=None, resolver=names) as fetcher:
        for host in ("evil.example", "mixed.example", "EVIL.example."):
            result = await get(fetcher, f"http://{host}/")
            assert result.outcome == "refused"
            assert "no public address" in result.message
        unknown = await get(fetcher, "http://unknown.example/")
    assert (unknown.outcome, unknown.message) == ("network_error", "unknown.example cannot be found (DNS)")
    assert server.requests == []


async def test_name_that_changes_its_mind_is_caught(server: FeedServer, settings: CollectSettings) -> None:
    """DNS rebinding: what was checked is what is connected to, and every new connection is checked anew."""
    names = Names(feeds_internal=[["127.0.0.1"]], evil_example=[["192.0.2.1"], ["127.0.0.1"]])
    allowing = settings.model_copy(update={"allow_hosts": ("feeds.internal",)})
    port = server.port
    server.script("/f", Answer(status=302, headers={"Location": "http://evil.example/"}))
    async with Fetcher(allowing, version="1", contact=None, public_url=None, resolver=names) as fetcher:
        for _ in range(2):
            result = await get(fetcher, f"http://feeds.internal:{port}/f")
            assert result.outcome == "refused"
            assert "evil.example leads to" in result.message
    assert names.asked.count("evil.example") == 2
    assert server.paths() == ["/f", "/f"]


async def test_host_allowed_by_name_may_be_inside(server: FeedServer, settings: CollectSettings) -> None:
    names = Names(feeds_internal=[["127.0.0.1"]], other_internal=[["127.0.0.1"]])
    allowing = settings.model_copy(update={"allow_hosts": (f"feeds.internal:{server.port}",)})
    server.script("/f", Answer(FEED))
    async with Fetcher(allowing, version="1", contact=None, public_url=None, resolver=names) as fetcher:
        assert (await get(fetcher, server.url("/f", "feeds.internal"))).outcome == "ok"
        assert (await get(fetcher, "http://feeds.internal/f")).outcome == "refused"
        assert (await get(fetcher, server.url("/f", "other.internal"))).outcome == "refused"
        assert (await get(fetcher, server.url("/f"))).outcome == "refused"


async def test_control_characters_in_settings_do_not_split_headers(
    server: FeedServer, settings: CollectSettings
) -> None:
    url = server.script("/f", Answer(FEED))
    async with Fetcher(settings, version="1\r\nX: y", contact="a\nb: c", public_url=None) as fetcher:
        assert (await get(fetcher, url)).outcome == "ok"
    assert server.requests[0].headers["user-agent"] == "alertsvc/1X: y (ab: c)"
    assert "x" not in server.requests[0].headers


async def test_closed_fetcher_is_a_mistake(settings: CollectSettings) -> None:
    with pytest.raises(RuntimeError):
        await get(Fetcher(settings, version="1", contact=None, public_url=None), "http://example.org/")
