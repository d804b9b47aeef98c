"""Mail written to a folder."""

from __future__ import annotations

import email
import email.policy
import os
from pathlib import Path
from typing import Any

import pytest

from alertsvc.deliver.errors import ChannelError
from alertsvc.deliver.files import FileTransport, file_name
from alertsvc.domain import Briefing, BriefingKind, Channel
from alertsvc.errors import DeliveryError
from alertsvc.settings import MailSettings
from tests.deliver.support import Rendered, a_delivery

RENDERED: Any = Rendered()


def transport(folder: Path) -> FileTransport:
    return FileTransport(MailSettings(sender="alerts@example.org", directory=folder), service="alertsvc")


async def test_one_delivery_one_file_however_often(tmp_path):
    folder = tmp_path / "var" / "mail"
    for _ in range(3):
        await transport(folder).send(a_delivery(), RENDERED)
    (path,) = folder.iterdir()
    assert path.name.startswith("20260201T120000Z-flash-LY-2026-0131-0001-")
    assert path.suffix == ".eml"
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert message["To"] == "desk@example.org"
    await transport(folder).send(a_delivery(2), RENDERED)
    assert len(list(folder.iterdir())) == 2


async def test_repeat_mends_a_damaged_file(tmp_path):
    await transport(tmp_path).send(a_delivery(), RENDERED)
    path = tmp_path / file_name(a_delivery())
    whole = path.read_bytes()
    path.write_bytes(whole[:20])
    await transport(tmp_path).send(a_delivery(), RENDERED)
    assert path.read_bytes() == whole


async def test_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_room)
    with pytest.raises(ChannelError, match="No space left on device") as caught:
        await transport(tmp_path).send(a_delivery(), RENDERED)
    assert not caught.value.permanent
    assert list(tmp_path.iterdir()) == []


async def test_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ChannelError, match="cannot write mail"):
        await transport(tmp_path / "file" / "mail").send(a_delivery(), RENDERED)


async def test_bad_address_fails_for_good(tmp_path):
    with pytest.raises(DeliveryError) as caught:
        await transport(tmp_path).send(a_delivery(target="nobody"), RENDERED)
    assert caught.value.permanent


async def test_webhook_of_a_demonstration_is_not_written_down(tmp_path):
    delivery = a_delivery(channel=Channel.SLACK, target="https://hooks.slack.com/services/secret", demonstration=True)
    await transport(tmp_path).send(delivery, RENDERED)
    (path,) = tmp_path.iterdir()
    assert b"hooks.slack.com" not in path.read_bytes()


@pytest.mark.parametrize(
    "key", ["flash:../../etc/passwd:3", "flash:/x:3", "flash:..:3", "flash:\0\n:3", "flash:\ud800:3"]
)
def test_names_are_safe_whatever_the_key(key):
    name = file_name(a_delivery(key=key))
    assert name == Path(name).name
    assert name.isascii()
    assert not name.startswith(".")


def test_names_differ_by_key_and_kind():
    names = {
        file_name(a_delivery()),
        file_name(a_delivery(key="flash:LY-2026-0131-0001:4")),
        file_name(a_delivery(key="daily:3:2026-02-01", briefing=Briefing(BriefingKind.DAILY, {}))),
    }
    assert len(names) == 3
