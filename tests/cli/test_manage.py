"""The commands that manage feeds and subscribers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from alertsvc.configuration import load_settings
from alertsvc.domain import BriefingKind, Channel, IncidentClass, Subscriber
from alertsvc.errors import SettingsError
from alertsvc.store import Store
from alertsvc.store.feeds import list_feeds
from alertsvc.store.incidents import list_incidents
from alertsvc.store.subscribers import list_subscribers
from alertsvc.sync import synchronise
from tests.cli.support import alertsvc, feed_table, write_config
from tests.feedserver import Answer, FeedServer
from tests.smtpserver import LoopThread
from tests.web.support import NOW, a_feed, a_poll, an_incident, an_invented, store_feeds, store_incidents

WEBHOOK = "https://hooks.slack.com/services/T0/B0/geheimnis"
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>North Wire</title><link>https://n.example/</link>
<language>en</language><item><guid>1</guid><title>A headline</title><link>https://n.example/1</link>
<pubDate>Sat, 31 Jan 2026 10:00:00 GMT</pubDate><description>Short.</description></item></channel></rss>"""


@contextmanager
def feed_server() -> Iterator[FeedServer]:
    """Serve feeds beside the command, which has an event loop of its own."""
    thread = LoopThread()
    server = FeedServer()
    try:
        thread.run(server.__aenter__())
        yield server
        thread.run(server.__aexit__())
    finally:
        thread.stop()


def opened(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder}/var/alertsvc.db")


def subscribers(folder: Path) -> list[Subscriber]:
    with opened(folder) as store, store.read() as conn:
        return list_subscribers(conn)


def test_the_version_is_told_at_once():
    """Nothing heavy may be imported for it, or every use of the command would be slow."""
    code = (
        "import sys\nfrom alertsvc.cli import main\n"
        "sys.argv = ['alertsvc', '--version']\n"
        "try:\n    main()\nfinally:\n"
        "    print(*sorted({'sklearn', 'aiohttp', 'sqlalchemy', 'numpy', 'pydantic'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    version, modules = done.stdout.split("\n")[:2]
    assert version.startswith("alertsvc ")
    assert modules == ""


def test_a_real_process_ends_with_the_promised_status(tmp_path: Path):
    config = write_config(tmp_path)
    bad = tmp_path / "bad.toml"
    bad.write_text('[store]\nurl = "mysql://x"\n[web]\nprot = 1\n', encoding="utf-8")

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from alertsvc.cli import main; main()", *map(str, words)]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("ALERTSVC_")}
        return subprocess.run(command, capture_output=True, text=True, timeout=60, env=environ, check=False)

    assert run("subscribers", "list", "-c", config).returncode == 0
    assert run("incidents", "show", "LY-none", "-c", config).returncode == 1
    wrong = run("check", "-c", bad)
    assert wrong.returncode == 2
    assert [line.split(":")[1].strip() for line in wrong.stderr.splitlines()] == ["store.url", "web.prot"]
    assert run("feeds", "frobnicate").returncode == 2


def test_feeds_list(tmp_path: Path):
    config = write_config(tmp_path, feed_table("brand-new", "https://new.example/rss", 'title = "Brand New"'))
    failed = a_poll(outcome="http_error", error="503 Service Unavailable", success=False)
    with opened(tmp_path) as store:
        store_feeds(
            store,
            a_feed("north-wire", title="[red]North[/red] Wire\x1b[2J"),
            a_feed("south-wire", verified=False),
            polls={"north-wire": a_poll(), "south-wire": failed},
            at=NOW,
        )
    result = alertsvc("feeds", "list", "-c", config)
    lines = result.out.splitlines()
    assert result.code == 0
    assert lines[0].split() == ["Id", "State", "Last", "read", "Next", "Articles", "Verified", "Title"]
    assert lines[1].startswith("south-wire")
    assert "failing" in lines[1]
    assert lines[2].strip() == "http error: 503 Service Unavailable"
    assert "[red]North[/red] Wire" in lines[3]
    assert "\x1b" not in result.out
    assert lines[4].startswith("brand-new")
    assert "with the next start" in lines[4]
    data = {row["id"]: row for row in alertsvc("feeds", "list", "--json", "-c", config).data}
    assert [data[name]["state"] for name in ("south-wire", "brand-new")] == ["failing", "new"]
    assert data["south-wire"]["last_error"] == "503 Service Unavailable"
    assert data["south-wire"]["next_due"] == (NOW + timedelta(minutes=10)).isoformat()
    assert (data["north-wire"]["verified"], data["south-wire"]["verified"]) == (True, False)


def test_feeds_check_tells_good_from_bad_and_marks_the_good(tmp_path: Path):
    with feed_server() as server:
        good, bad = server.script("/good.xml", Answer(RSS)), server.url("/missing.xml")
        other = server.script("/other.xml", Answer(RSS))
        config = write_config(
            tmp_path,
            feed_table("good", good)
            + feed_table("bad", bad, "verified = true")
            + feed_table("page", server.script("/page", Answer("<html><body>Hello</body></html>")))
            + feed_table("off", server.url("/off.xml"), "enabled = false")
            + f'[collect]\nhost_gap = 0.01\nallow_hosts = ["127.0.0.1:{server.port}"]\n',
        )
        result = alertsvc("feeds", "check", "-c", config)
        assert result.code == 1, result.err
        lines = result.out.splitlines()
        assert [line.split()[:2] for line in lines[:3]] == [["ok", "good"], ["--", "bad"], ["--", "page"]]
        assert "1 entry" in lines[0]
        assert ", en, " in lines[0]
        assert "404" in lines[1]
        assert lines[3] == "3 tried: 2 cannot be read"
        assert "/off.xml" not in server.paths()
        with opened(tmp_path) as store, store.read() as conn:
            # One bad day does not take back that the feed was seen well.
            assert {feed.id: feed.verified for feed in list_feeds(conn)} == {
                "good": True,
                "bad": True,
                "page": False,
                "off": False,
            }
        named = alertsvc("feeds", "check", good, other, "--json", "-c", config)
        assert named.code == 0
        assert [(row["id"], row["ok"], row["entries"]) for row in named.data] == [("good", True, 1), (other, True, 1)]
        assert named.data[0]["newest"] == "2026-01-31T10:00:00+00:00"
        with opened(tmp_path) as store, store.read() as conn:
            assert len(list_feeds(conn)) == 4


def test_feeds_check_of_an_unknown_id(tmp_path: Path):
    result = alertsvc("feeds", "check", "nobody", "none", "-c", write_config(tmp_path))
    assert result.code == 2
    assert "no feed has this id: nobody, none" in result.err


def test_removing_the_demonstration(tmp_path: Path):
    config = write_config(tmp_path, demonstration=True)
    with opened(tmp_path) as store:
        synchronise(store, load_settings(config, {}), NOW)
        store_incidents(store, an_incident(), an_invented())
    before = alertsvc("feeds", "demonstration", "--json", "-c", config).data
    assert before["enabled"] is True
    assert (before["rows"]["feeds"], before["rows"]["incidents"]) == (5, 1)
    result = alertsvc("feeds", "demonstration", "--remove", "-c", config)
    assert result.code == 0
    assert "feeds 5" in result.out
    assert "incidents 1" in result.out
    assert "still true" in result.out
    again = alertsvc("feeds", "demonstration", "--remove", "-c", config)
    assert again.out.startswith("There was nothing of the demonstration to remove.")

    def feeds_after_start(*, enabled: bool) -> int:
        settings = load_settings(write_config(tmp_path, demonstration=enabled), {})
        with opened(tmp_path) as store:
            synchronise(store, settings, NOW)
            with store.read() as conn:
                assert [item.demonstration for item in list_incidents(conn, demonstration=None)] == [False]
                return len(list_feeds(conn))

    # What the command says must be so: away while the setting stays on, and back after off and on.
    assert [feeds_after_start(enabled=enabled) for enabled in (True, False, True)] == [0, 0, 5]


def test_removing_a_demonstration_that_is_off_says_no_more_than_needed(tmp_path: Path):
    result = alertsvc("feeds", "demonstration", "--remove", "-c", write_config(tmp_path))
    assert result.code == 0
    assert "still" not in result.out


def test_add_list_and_remove(tmp_path: Path):
    config = write_config(tmp_path)
    options = "--email ops@example.org --class oil_facility --country LY --country TN --kind flash --kind update"
    numbers = "--min-severity 1 --flash-from 2.5 --timezone Africa/Tripoli --digest-hour 6"
    result = alertsvc("subscribers", "add", "ops", *options.split(), *numbers.split(), "-c", config)
    assert result.code == 0, result.err
    assert "Added ops: ops@example.org." in result.out
    (added,) = subscribers(tmp_path)
    assert added == Subscriber(
        name="ops",
        channel=Channel.EMAIL,
        target="ops@example.org",
        classes=(IncidentClass.OIL,),
        countries=("LY", "TN"),
        kinds=(BriefingKind.FLASH, BriefingKind.UPDATE),
        min_severity=1.0,
        flash_from=2.5,
        timezone="Africa/Tripoli",
        digest_hour=6,
        created=added.created,
        id=added.id,
    )
    shown = alertsvc("subscribers", "list", "-c", config).out.splitlines()[1]
    for word in ("ops@example.org", "flash, update", "1.0", "2.5", "06:00 Africa/Tripoli", "LY, TN, oil_facility"):
        assert word in shown
    (data,) = alertsvc("subscribers", "list", "--json", "-c", config).data
    assert (data["source"], data["target"]) == ("command", "ops@example.org")
    assert alertsvc("subscribers", "remove", "ops", "-c", config).code == 0
    assert subscribers(tmp_path) == []
    gone = alertsvc("subscribers", "remove", "ops", "-c", config)
    assert gone.code == 1
    assert "there is no subscriber called ops" in gone.err


def test_defaults_are_those_of_the_configuration(tmp_path: Path):
    config = write_config(tmp_path, '[[subscribers]]\nname = "desk"\nemail = "desk@example.org"\n')
    with opened(tmp_path) as store:
        synchronise(store, load_settings(config, {}), NOW)
    assert alertsvc("subscribers", "add", "ops", "--email", "ops@example.org", "-c", config).code == 0
    desk, ops = subscribers(tmp_path)
    names = ("classes", "countries", "kinds", "min_severity", "flash_from", "timezone", "digest_hour", "channel")
    assert [getattr(ops, name) for name in names] == [getattr(desk, name) for name in names]


def test_every_fault_is_told_at_once(tmp_path: Path):
    result = alertsvc(
        *("subscribers", "add", "ops", "-c", write_config(tmp_path), "--slack-webhook-file", tmp_path / "none"),
        *("--class", "oil", "--country", "Libya", "--kind", "hourly", "--min-severity", "9"),
        *("--flash-from", "0.1", "--timezone", "Mars/Phobos", "--digest-hour", "24"),
    )
    assert result.code == 2
    told = {line.split(": ")[1] for line in result.err.splitlines()}
    options = "--class --country --kind --min-severity --flash-from --timezone --digest-hour --slack-webhook-file"
    assert told == set(options.split())
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("option", "key", "value"),
    [
        ("--email", "email", "no address"),
        ("--email", "email", "Desk <desk@example.org>"),
        ("--email", "email", "desk@example.org"),
        ("--country", "countries", "ly"),
        ("--country", "countries", "LY"),
        ("--class", "classes", "border"),
        ("--kind", "kinds", "daily"),
        ("--min-severity", "min_severity", "5.5"),
        ("--flash-from", "flash_from", "5.0"),
        ("--timezone", "timezone", "Africa/Nowhere"),
        ("--digest-hour", "digest_hour", "-1"),
        ("--digest-hour", "digest_hour", "23"),
    ],
)
def test_the_rules_are_those_of_the_configuration(tmp_path: Path, option: str, key: str, value: str):
    written = value if key in ("min_severity", "flash_from", "digest_hour") else f'"{value}"'
    written = f"[{written}]" if key in ("classes", "countries", "kinds") else written
    email = "" if key == "email" else 'email = "ops@example.org"\n'
    config = write_config(tmp_path, f'[[subscribers]]\nname = "x"\n{email}{key} = {written}\n')
    try:
        load_settings(config, {})
    except SettingsError:
        wanted = 2
    else:
        wanted = 0
    words = () if key == "email" else ("--email", "ops@example.org")
    result = alertsvc("subscribers", "add", "ops", *words, f"{option}={value}", "-c", write_config(tmp_path))
    assert result.code == wanted, result.err


@pytest.mark.parametrize("options", [(), ("--email", "a@example.org", "--slack-webhook-file", "hook")])
def test_exactly_one_way_is_given(tmp_path: Path, options: tuple[str, ...]):
    result = alertsvc("subscribers", "add", "ops", *options, "-c", write_config(tmp_path))
    assert result.code == 2
    assert "give one of --email, --slack-webhook-file and --slack-channel" in result.err


def test_a_webhook_is_kept_and_never_shown(tmp_path: Path):
    config = write_config(tmp_path)
    hook = tmp_path / "hook"
    hook.write_text(f"{WEBHOOK}\n", encoding="utf-8")
    add = ("subscribers", "add", "duty", "--slack-webhook-file", hook, "-c", config)
    results = [
        alertsvc(*add),
        alertsvc(*add),
        alertsvc("subscribers", "list", "-c", config),
        alertsvc("subscribers", "list", "--json", "-c", config),
        alertsvc("db", "info", "--json", "-c", config),
        alertsvc("check", "--offline", "-c", config),
    ]
    assert [result.code for result in results] == [0, 1, 0, 0, 0, 0]
    (duty,) = subscribers(tmp_path)
    assert (duty.channel, duty.target) == (Channel.SLACK, WEBHOOK)
    for result in results:
        assert "geheimnis" not in result.out + result.err
        assert "services/T0" not in result.out + result.err
    assert results[3].data[0]["target"] is None


@pytest.mark.parametrize(
    "content", ["https://evil.example/geheimnis", "", "geheimnis", "http://hooks.slack.com/geheimnis"]
)
def test_a_webhook_that_leads_elsewhere_is_refused(tmp_path: Path, content: str):
    hook = tmp_path / "hook"
    hook.write_text(content, encoding="utf-8")
    result = alertsvc("subscribers", "add", "duty", "--slack-webhook-file", hook, "-c", write_config(tmp_path))
    assert result.code == 2
    assert result.err.startswith("alertsvc: --slack-webhook-file: ")
    assert "geheimnis" not in result.err


def test_names_of_the_configuration_and_the_demonstration_are_taken(tmp_path: Path):
    config = write_config(tmp_path, '[[subscribers]]\nname = "desk"\nemail = "desk@example.org"\n')
    for name in ("desk", "demonstration"):
        result = alertsvc("subscribers", "add", name, "--email", "a@example.org", "-c", config)
        assert result.code == 1
        assert name in result.err
    assert alertsvc("subscribers", "list", "--json", "-c", config).data == [
        {"name": "desk", "source": "configuration", "state": "new"}
    ]


def test_removing_a_configured_subscriber_says_that_it_comes_back(tmp_path: Path):
    config = write_config(tmp_path, '[[subscribers]]\nname = "desk"\nemail = "desk@example.org"\n')
    settings = load_settings(config, {})
    with opened(tmp_path) as store:
        synchronise(store, settings, NOW)
    result = alertsvc("subscribers", "remove", "desk", "-c", config)
    assert result.code == 0
    assert "back with the next start" in result.out
    assert subscribers(tmp_path) == []
    with opened(tmp_path) as store:
        synchronise(store, settings, NOW)
    assert [item.name for item in subscribers(tmp_path)] == ["desk"]
