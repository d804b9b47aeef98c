"""Mail written to a folder as `.eml` files: for services without a mail server, and for demonstrations."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
from collections.abc import Hashable
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from alertsvc.deliver.email.message import ASKS, sealed, write_letter
from alertsvc.deliver.errors import ChannelError
from alertsvc.deliver.keys import reference
from alertsvc.domain import Channel

if TYPE_CHECKING:
    from alertsvc.brief.render import Rendered
    from alertsvc.deliver.links import Links
    from alertsvc.deliver.pace import Rate
    from alertsvc.deliver.transport import Receipt
    from alertsvc.domain import Delivery
    from alertsvc.settings import MailSettings
    from alertsvc.store.letters import Letter

__all__ = ["FileTransport", "file_name"]

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def file_name(delivery: Delivery) -> str:
    """Return the name of a delivery's file: its time, kind, subject and a digest of its key, in safe characters."""
    about = _UNSAFE.sub("-", reference(delivery.key)).strip(".-")[:80] or "mail"
    digest = hashlib.sha256(delivery.key.encode("utf-8", "replace")).hexdigest()[:8]
    kind = "confirm" if delivery.extra.get(ASKS) else delivery.briefing.kind
    return f"{delivery.created.astimezone(UTC):%Y%m%dT%H%M%SZ}-{kind}-{about}-{digest}.eml"


def _write(path: Path, data: bytes) -> None:
    """Put a file in place whole or not at all, and on the disk before returning."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


class FileTransport:
    """Writes each delivery to one file, always the same one, so that a repeat changes nothing."""

    def __init__(self, settings: MailSettings, *, service: str, links: Links | None = None) -> None:
        self._settings = settings
        self._service = service
        self._links = links

    def rates(self, delivery: Delivery) -> dict[Hashable, Rate]:
        """Return nothing: a disk needs no pause."""
        return {}

    def letter(self, delivery: Delivery, rendered: Rendered) -> Letter:
        """Return headers and foot of the mail."""
        if delivery.channel is Channel.SLACK:
            # Of a demonstration: a webhook is a secret and no address, so the mail is made out to its own sender.
            delivery = replace(delivery, target=self._settings.sender)
        return write_letter(delivery, rendered.subject, self._settings, service=self._service, links=self._links)

    async def send(
        self, delivery: Delivery, rendered: Rendered, thread: Receipt | None = None, letter: Letter | None = None
    ) -> Receipt:
        """Write the mail; return the name of its file.

        Raises:
            DeliveryError: permanent; no mail can be made of it.
            ChannelError: the folder cannot be written to.
        """
        data = sealed(letter or self.letter(delivery, rendered), rendered)
        path = self._settings.directory / file_name(delivery)
        try:
            await asyncio.to_thread(_write, path, data)
        except OSError as error:
            folder = self._settings.directory
            raise ChannelError(f"cannot write mail to {folder}: {error.strerror or type(error).__name__}") from error
        return {"file": path.name}

    def trace(self, delivery: Delivery) -> str:
        """Name the file."""
        return f"written to {file_name(delivery)}"

    async def tidy(self) -> None:
        """Do nothing: no file stays open."""

    async def close(self) -> None:
        """Do nothing: no file stays open."""
