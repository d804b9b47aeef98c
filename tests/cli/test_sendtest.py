"""`alertsvc send-test`: one message by the way that real ones take, marked, and the server's answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.support import alertsvc, write_config
from tests.slackstub import TOKEN, SlackStub
from tests.smtpserver import SmtpServer


def mail(server: SmtpServer) -> str:
    return (
        '[mail]\nsender = "alerts@example.org"\n'
        f'[mail.smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\ntimeout = 5\n'
    )


@pytest.mark.parametrize("kind", ["flash", "update", "daily"])
def test_one_marked_mail_and_the_answer(tmp_path: Path, kind: str):
    with SmtpServer() as server:
        server.answer("CONTENT", "250 2.0.0 Ok: queued as 3F2A")
        done = alertsvc("send-test", "desk@example.org", "--kind", kind, "-c", write_config(tmp_path, mail(server)))
        (received,) = server.mails
    assert done.code == 0, done.err
    assert "250 2.0.0 Ok: queued as 3F2A" in done.out
    message = received.message
    assert message["Subject"].startswith("[TEST] ")
    assert "Demonstration: invented events" in str(message.get_body(("plain",)))
    assert message["Message-ID"].strip("<>") in done.out
    assert received.recipients == ("desk@example.org",)


def test_to_a_subscriber_of_the_configuration(tmp_path: Path):
    with SmtpServer() as server:
        person = '[[subscribers]]\nname = "desk"\nemail = "desk@example.org"\n'
        config = write_config(tmp_path, mail(server) + person)
        done = alertsvc("send-test", "--subscriber", "desk", "--json", "-c", config)
        assert [received.recipients for received in server.mails] == [("desk@example.org",)]
    assert done.code == 0
    assert done.data["ok"] is True
    assert done.data["channel"] == "email"
    assert done.data["answer"]["reply"].startswith("250")


def test_by_slack(tmp_path: Path):
    person = '[[subscribers]]\nname = "duty"\nslack_channel = "C024BE91L"\n'
    with SlackStub() as stub:
        slack = f'[slack]\nhosts = ["{stub.host}"]\napi_url = "{stub.api_url}"\ntoken = "{TOKEN}"\n'
        done = alertsvc("send-test", "--subscriber", "duty", "-c", write_config(tmp_path, person + slack))
        (posted,) = stub.api_posts
    assert done.code == 0, done.err
    assert "ts: 17000000" in done.out
    assert "[TEST]" in posted.payload["text"]
    assert TOKEN not in done.out + done.err


def test_what_is_refused_is_told(tmp_path: Path):
    with SmtpServer() as server:
        server.answer("RCPT", "550 5.1.1 unknown desk@example.org", "450 4.2.0 later")
        config = write_config(tmp_path, mail(server))
        for_good = alertsvc("send-test", "desk@example.org", "-c", config)
        later = alertsvc("send-test", "desk@example.org", "--json", "-c", config)
        assert server.mails == []
    assert (for_good.code, later.code) == (1, 1)
    assert "550 5.1.1" in for_good.err
    assert "would be refused again" in for_good.err
    assert (later.data["ok"], later.data["permanent"]) == (False, False)
    assert "the service would try again" in later.err


def test_without_a_server_it_is_written_to_a_file(tmp_path: Path):
    folder = tmp_path / "mail"
    done = alertsvc("send-test", "desk@example.org", "-c", write_config(tmp_path, f'[mail]\ndirectory = "{folder}"\n'))
    assert done.code == 0
    (path,) = folder.iterdir()
    assert path.name in done.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "give either"),
        (("a@example.org", "--subscriber", "desk"), "give either"),
        (("nonsense",), "has no @"),
        (("--subscriber", "nobody"), "no subscriber called nobody"),
        (("a@example.org", "--kind", "monthly"), "a test is"),
        (("a@example.org", "--kind", "song"), "a test is"),
    ],
)
def test_wrong_use(tmp_path: Path, words: tuple[str, ...], told: str):
    done = alertsvc("send-test", *words, "-c", write_config(tmp_path))
    assert done.code == 2
    assert told in done.err
