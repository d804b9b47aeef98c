"""`alertsvc check`: every fault that it promises to find, and none where there is none."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from alertsvc.configuration import load_settings
from alertsvc.resources import data_dir
from alertsvc.store import Store
from alertsvc.sync import synchronise
from tests.cli.support import GOOD_SERVICE, Result, alertsvc, feed_table, write_config
from tests.dnsserver import resolving
from tests.feedserver import Answer, FeedServer
from tests.slackstub import TOKEN, SlackStub
from tests.smtpserver import SmtpServer
from tests.web.support import NOW

DESK = '[[subscribers]]\nname = "desk"\nemail = "desk@example.org"\n'
FEED = feed_table("north-wire", "https://north-wire.example/rss", "verified = true")
PASSWORD = "correct horse battery"
FEED_BODY = (
    '<rss version="2.0"><channel><title>North Wire</title><item><title>Quiet</title><guid>1</guid>'
    "<description>Nothing happened.</description></item></channel></rss>"
)


@pytest.fixture(autouse=True)
def _name_server() -> Iterator[None]:
    """Let no look-up of a record leave the machine."""
    with resolving({}):
        yield


def check(config: Path, *options: str) -> Result:
    return alertsvc("check", "--json", "--offline", "-c", config, *options)


def check_online(config: Path) -> Result:
    return alertsvc("check", "--json", "-c", config)


def lines(result: Result, level: str) -> list[tuple[str, str]]:
    return [(item["area"], item["message"]) for item in result.data["findings"] if item["level"] == level]


def the_fault(result: Result) -> tuple[str, str]:
    """Return the only fault of a check that failed for it."""
    assert result.code == 1, result.out
    assert result.data["ok"] is False
    (fault,) = lines(result, "fault")
    return fault


def own_rules(folder: Path, name: str, old: str, new: str) -> str:
    """Lay an operator's file with one change over ours; return the configuration for it."""
    target = folder / "rules" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    content = (data_dir("rules") / name).read_text(encoding="utf-8")
    assert old in content
    target.write_text(content.replace(old, new, 1), encoding="utf-8")
    return '[detect]\nrules_dir = "rules"\n'


def smtp(server: SmtpServer, folder: Path, password: str = PASSWORD) -> str:
    authority = server.write_authority(folder / "ca.pem")
    return (
        '[mail]\nsender = "alerts@example.org"\npostal_address = "Risk desk, 1 Harbour Road"\n'
        f'[mail.smtp]\nhost = "localhost"\nport = {server.port}\nusername = "alerts"\npassword = "{password}"\n'
        f'ca_file = "{authority}"\ntimeout = 5\n'
    )


def test_nothing_amiss(tmp_path: Path):
    with SmtpServer(security="starttls", login=("alerts", PASSWORD)) as server:
        config = write_config(tmp_path, f"[service]\n{GOOD_SERVICE}\n{FEED}{DESK}{smtp(server, tmp_path)}")
        result = check(config)
        assert server.connections == 0
    assert result.code == 0
    assert (result.data["ok"], result.data["warnings"], result.data["faults"]) == (True, 0, 0)
    areas = {area for area, _ in lines(result, "ok")}
    assert areas == {
        *("settings", "rules", "model", "severity", "context"),
        *("templates", "database", "feeds", "subscribers", "mail"),
    }


def test_nothing_is_made_or_changed(tmp_path: Path):
    write_config(tmp_path, FEED + DESK, demonstration=True)
    before = sorted(tmp_path.rglob("*"))
    assert check(tmp_path / "config.toml").code == 0
    assert sorted(tmp_path.rglob("*")) == before


def test_one_line_each_and_a_sum(tmp_path: Path):
    result = alertsvc("check", "--offline", "-c", write_config(tmp_path, FEED + DESK))
    shown = result.out.splitlines()
    assert result.code == 0
    assert {line.split()[0] for line in shown[:-1]} == {"ok", "warning"}
    assert shown[-1] == "0 faults, 3 warnings"


@pytest.mark.parametrize(
    ("configuration", "wanted"),
    [
        (
            feed_table("a", "https://a.example/") + FEED + DESK,
            {
                ("settings", "service.contact is not set"),
                ("settings", "service.public_url is not set"),
                ("feeds", "1 of 2 not verified"),
                ("mail", "no server is set: mail for 1 subscriber is only written to files"),
            },
        ),
        (
            f'[service]\n{GOOD_SERVICE}\n[mail.smtp]\nhost = "mail.example"\n',
            {
                ("feeds", "none is configured"),
                ("subscribers", "there are none"),
                ("mail", "mail.sender is still"),
                ("mail", "mail.postal_address is not set"),
            },
        ),
    ],
)
def test_warnings_do_not_fail(tmp_path: Path, configuration: str, wanted: set[tuple[str, str]]):
    result = check(write_config(tmp_path, configuration))
    assert result.code == 0
    told = lines(result, "warning")
    assert len(told) == len(wanted)
    for area, words in wanted:
        assert any(area == where and words in message for where, message in told)


def test_the_demonstration_beside_a_mail_server_is_a_warning(tmp_path: Path):
    server = '[mail.smtp]\nhost = "mail.example"\n'
    for configuration, demonstration, wanted in ((server, True, 1), (server, False, 0), ("", True, 0)):
        result = check(write_config(tmp_path, configuration, demonstration=demonstration))
        assert result.code == 0
        told = [message for area, message in lines(result, "warning") if area == "demonstration"]
        assert len(told) == wanted


def test_what_the_database_knows_counts(tmp_path: Path):
    config = write_config(tmp_path, feed_table("a", "https://a.example/"))
    with Store.open(f"sqlite:///{tmp_path}/var/alertsvc.db") as store:
        synchronise(store, load_settings(config, {}), NOW)
        with store.begin() as conn:
            conn.execute(text("UPDATE feeds SET verified = 1"))
    assert alertsvc("subscribers", "add", "ops", "--email", "ops@example.org", "-c", config).code == 0
    found = dict(lines(check(config), "ok"))
    assert found["feeds"] == "1 feed, all verified"
    assert found["subscribers"] == "1 subscriber"


def test_bad_configuration_is_told_key_by_key(tmp_path: Path):
    result = check(write_config(tmp_path, '[collect]\ninterval = "soon"\n[web]\nport = 99999\n'))
    assert (result.code, result.out) == (2, "")
    assert [line.split(": ")[1] for line in result.err.splitlines()] == ["collect.interval", "web.port"]


def test_an_example_that_does_not_hold(tmp_path: Path):
    good = "Armed men seized the Ras Ajdir border crossing on Sunday."
    own = own_rules(tmp_path, "classes/border_crossing.yaml", good, "The weather was fine.")
    area, message = the_fault(check(write_config(tmp_path, own)))
    assert area == "rules"
    assert "taken: does not match 'The weather was fine.' (en)" in message


@pytest.mark.parametrize(
    ("name", "old", "new", "area"),
    [
        ("classes/oil_facility.yaml", "threshold:", "treshold:", "rules"),
        ("gazetteer/crossings.csv", "id,", "identity,", "rules"),
        ("severity.yaml", "version: 1", "version: one", "severity"),
        ("outlets.csv", "domain,", "domian,", "severity"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, name: str, old: str, new: str, area: str):
    result = check(write_config(tmp_path, own_rules(tmp_path, name, old, new)))
    assert result.code == 1
    faults = lines(result, "fault")
    assert {where for where, _ in faults} == {area}
    assert any(Path(name).name in message for _, message in faults)


def test_a_file_that_nothing_reads_is_pointed_out(tmp_path: Path):
    own = own_rules(tmp_path, "severity.yaml", "version: 1", "version: 1")
    stray = tmp_path / "rules" / "border_crossing.yaml"
    shutil.copy(data_dir("rules") / "classes" / "border_crossing.yaml", stray)
    result = check(write_config(tmp_path, own))
    assert result.code == 0
    assert ("rules", f"{stray}: is not read; only files of the same path as the shipped ones are") in lines(
        result, "warning"
    )
    assert not any("severity.yaml" in message for _, message in lines(result, "warning"))


MANY_FAULTS = f"""
[detect]
rules_dir = "nowhere"
model_dir = "nowhere"
[collect]
ca_file = "none.pem"
[mail.smtp]
host = "mail.example"
ca_file = "none.pem"
{feed_table("lan", "http://192.168.0.1/rss")}
{feed_table("port", "https://a.example:8443/rss")}
[[subscribers]]
name = "without"
slack_webhook_file = "/nowhere/hook"
[[subscribers]]
name = "elsewhere"
slack_webhook = "https://evil.example/x"
"""


def test_faults_are_told_together(tmp_path: Path):
    result = check(write_config(tmp_path, MANY_FAULTS))
    assert result.code == 1
    wanted = [
        ("rules", "detect.rules_dir"),
        ("model", "no usable model"),
        ("feeds", "collect.ca_file: cannot read certificates"),
        ("feeds", "lan: refused"),
        ("feeds", "port 8443"),
        ("subscribers", "/nowhere/hook"),
        ("subscribers", "elsewhere: the Slack webhook"),
        ("mail", "mail.smtp.ca_file"),
    ]
    told = lines(result, "fault")
    assert [area for area, _ in told] == [area for area, _ in wanted]
    for (_, message), (_, words) in zip(told, wanted, strict=True):
        assert words in message
    assert "evil.example" not in result.out


@pytest.mark.parametrize(
    ("configuration", "area", "told"),
    [
        ('[collect]\nallow_hosts = ["http://a.example/"]\n', "feeds", "collect.allow_hosts"),
        ('[mail]\ndirectory = "config.toml/mail"\n', "mail", "mail.directory"),
    ],
)
def test_a_single_fault_fails(tmp_path: Path, configuration: str, area: str, told: str):
    where, message = the_fault(check(write_config(tmp_path, configuration)))
    assert where == area
    assert told in message


def test_databases_that_cannot_be_used(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/newer.db"
    with Store.open(url) as store, store.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    area, message = the_fault(check(write_config(tmp_path, url=url)))
    assert area == "database"
    assert "9999" in message
    (tmp_path / "no.db").write_bytes(b"no database at all, whatever it is called" * 100)
    assert the_fault(check(write_config(tmp_path, url=f"sqlite:///{tmp_path}/no.db")))[0] == "database"
    assert "cannot be made" in the_fault(check(write_config(tmp_path, url=f"sqlite:///{tmp_path}/no.db/x/y.db")))[1]


def test_a_database_that_does_not_answer(tmp_path: Path):
    result = check(write_config(tmp_path, url="postgresql://alertsvc:geheim@127.0.0.1:1/news?connect_timeout=5"))
    assert the_fault(result)[0] == "database"
    assert "geheim" not in result.out + result.err


def test_an_empty_database_will_be_set_up(tmp_path: Path, empty_url: str):
    if empty_url.startswith("sqlite"):
        Path(empty_url.removeprefix("sqlite:///")).touch()
    result = check(write_config(tmp_path, url=empty_url))
    assert result.code == 0
    (told,) = [message for area, message in lines(result, "warning") if area == "database"]
    assert "is empty; the first start or `alertsvc db upgrade` sets it up" in told


def test_both_databases_pass(tmp_path: Path, store_url: str):
    result = check(write_config(tmp_path, url=store_url))
    assert result.code == 0
    assert "can be read and written" in dict(lines(result, "ok"))["database"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_online_signs_in_and_sends_nothing(tmp_path: Path, security: Any):
    with SmtpServer(security=security, login=("alerts", PASSWORD)) as server:
        good = smtp(server, tmp_path) + f'security = "{security}"\n'
        result = check_online(write_config(tmp_path, good))
        assert result.code == 0
        assert "signed in; nothing was sent" in dict(lines(result, "ok"))["mail"]
        assert server.logins == [("alerts", True)]
        bad = smtp(server, tmp_path, "wrong geheim") + f'security = "{security}"\n'
        result = check_online(write_config(tmp_path, bad))
        area, message = the_fault(result)
        assert (area, server.logins[-1]) == ("mail", ("alerts", False))
        assert "refused the login" in message
        assert "geheim" not in result.out + result.err
        assert server.mails == []


def test_online_with_a_server_that_is_not_there(tmp_path: Path):
    with SmtpServer() as server:
        port = server.port
    gone = f'[mail]\nsender = "a@example.org"\n[mail.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'
    area, message = the_fault(check_online(write_config(tmp_path, gone)))
    assert area == "mail"
    assert "cannot be used" in message


def test_online_fetches_the_feeds(tmp_path: Path):
    with SlackStub() as stub:  # answers no GET: nothing that could be a feed
        allowed = f'[collect]\nallow_hosts = ["{stub.host}"]\nhost_gap = 0.01\n'
        result = check_online(write_config(tmp_path, feed_table("here", f"http://{stub.host}/rss") + allowed))
    assert dict(lines(result, "ok"))["network"] == "1 host of feeds found"
    assert the_fault(result) == ("network", "not one feed can be read")
    assert any(message.startswith("here: ") for area, message in lines(result, "warning") if area == "network")


def test_some_feeds_that_can_be_read(tmp_path: Path):
    async def seen() -> Result:
        async with FeedServer() as web:
            good = feed_table("good", web.script("/good", Answer(FEED_BODY)))
            bad = feed_table("bad", web.script("/bad", Answer("gone", 410)))
            host = web.url("/").split("/")[2]
            config = write_config(tmp_path, good + bad + f'[collect]\nallow_hosts = ["{host}"]\nhost_gap = 0.01\n')
            return await asyncio.to_thread(check_online, config)

    result = asyncio.run(seen())
    assert result.code == 0
    assert ("network", "1 feed fetched and read") in lines(result, "ok")
    assert [message for area, message in lines(result, "warning") if area == "network" and message.startswith("bad: ")]


def test_the_records_that_mail_needs(tmp_path: Path):
    with SmtpServer() as server:
        config = smtp(server, tmp_path)
    told = [message for area, message in lines(check(write_config(tmp_path, config)), "note") if area == "dns"]
    assert [message.partition(":")[0] for message in told] == ["SPF", "DKIM", "DMARC", "PTR"]
    assert "example.org TXT" in told[0]
    assert "SELECTOR._domainkey.example.org" in told[1]
    assert "_dmarc.example.org" in told[2]
    assert all("cannot be seen from here" in told[number] for number in (0, 1))


BOT = '[[subscribers]]\nname = "duty"\nslack_channel = "C024BE91L"\n'


def test_the_bot_of_slack(tmp_path: Path):
    assert the_fault(check(write_config(tmp_path, BOT)))[0] == "slack"
    with SlackStub() as stub:
        slack = f'[slack]\nhosts = ["{stub.host}"]\napi_url = "{stub.api_url}"\n'
        good = check_online(write_config(tmp_path, BOT + slack + f'token = "{TOKEN}"\n'))
        bad = check_online(write_config(tmp_path, BOT + slack + 'token = "xoxb-geheim"\n'))
        assert [posted.path for posted in stub.posts] == ["/api/auth.test"] * 2
    assert "that of alertsvc in Risk desk; nothing was posted" in dict(lines(good, "ok"))["slack"]
    area, message = the_fault(bad)
    assert (area, "invalid_auth" in message) == ("slack", True)
    assert "geheim" not in bad.out + bad.err
    elsewhere = check(write_config(tmp_path, BOT + '[slack]\ntoken = "x"\napi_url = "https://evil.example/api/"\n'))
    assert the_fault(elsewhere) == ("slack", "slack.api_url leads elsewhere than to Slack")


def test_online_looks_up_the_hosts_of_feeds(tmp_path: Path):
    allowed = '[collect]\nallow_hosts = ["127.0.0.1:8099"]\n'
    here = feed_table("here", "http://127.0.0.1:8099/rss")
    hidden = feed_table("hidden", "http://localhost/rss")
    result = check_online(write_config(tmp_path, here + allowed))
    assert ("network", "1 host of feeds found") in lines(result, "ok")
    result = check_online(write_config(tmp_path, here + hidden + allowed))
    told = [message for area, message in lines(result, "warning") if area == "network"]
    assert told[0].startswith("hidden: refused: localhost leads to ")
    area, message = the_fault(check_online(write_config(tmp_path, hidden)))
    assert area == "network"
    assert "not one" in message
