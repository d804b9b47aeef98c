"""How values lie in the columns: the same on SQLite and PostgreSQL, and the same when they are read back.

PostgreSQL takes neither NUL nor lone surrogates in text, SQLite cuts text at a NUL in its functions, and feeds deliver
both. Every string is therefore written with U+FFFD, the replacement character, in their place, inside JSON too.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine

__all__ = [
    "CleanJson",
    "CleanText",
    "KeyText",
    "RowId",
    "Scrubbed",
    "UtcTime",
    "digest",
    "dump_json",
    "load_json",
    "scrub",
    "scrub_text",
    "storable",
]

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUL = "\\u0000"  # as JSON writes it

# SQLite counts up row ids by itself in a column of exactly this type only.
RowId: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")


def scrub_text(text: str) -> str:
    """Return `text` with U+FFFD in place of each NUL and lone surrogate."""
    return _UNSTORABLE.sub("\ufffd", text) if _UNSTORABLE.search(text) else text


def scrub(value: Any) -> Any:
    """Return plain JSON data with every string in it, keys included, passed through `scrub_text`.

    Raises:
        ValueError: a number is infinite or not a number, which JSON has no word for.
    """
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, dict):
        return {scrub_text(str(key)): scrub(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [scrub(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} cannot be stored")
    return value


def storable(value: Any) -> bool:
    """Say whether `scrub` would return plain JSON data as it is; told by its text, which is quicker than going through.

    Raises:
        ValueError: a number is infinite or not a number, which JSON has no word for.
    """
    text = dump_json(value)
    # A backslash of the text itself is doubled, so this may find what is none, and misses nothing.
    return _NUL not in text and not _UNSTORABLE.search(text)


def digest(*parts: str) -> str:
    """Return a SHA-256 in hex over `parts`, for unique indexes on text that may be too long for one."""
    joined = "\x1f".join(scrub_text(part) for part in parts)
    return hashlib.sha256(joined.encode("utf-8")).hexdigest()


def dump_json(value: Any) -> str:
    """Serialise JSON data compactly."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def load_json(text: str) -> Any:
    """Read what `dump_json` wrote."""
    return json.loads(text)


class CleanText(TypeDecorator[str]):
    """Text without NUL and lone surrogates; see the module's text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else scrub_text(value)


class KeyText(CleanText):
    """Text that sorts by its bytes, so that an index finds all keys of a prefix."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # SQLite compares bytes unless told otherwise.
        return postgresql.TEXT(collation="C") if dialect.name == "postgresql" else Text()


class Scrubbed(dict[str, Any]):
    """JSON data that went through `scrub` already."""


class CleanJson(TypeDecorator[Any]):
    """JSON data without NUL and lone surrogates; `None` is stored as NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return value if isinstance(value, Scrubbed) else scrub(value)


class UtcTime(TypeDecorator[datetime]):
    """An instant, aware and in UTC, to the microsecond; its stored forms sort as the instants do.

    SQLite has no times: there it is text of fixed width without zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a stored time needs a zone: {value.isoformat()}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
