"""The templates and what they may use. Everything is escaped; nothing a feed says becomes markup."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from alertsvc.brief.index import BANDS
from alertsvc.brief.numbers import day, instant_utc
from alertsvc.brief.texts import clean, direction, isolated, safe_link
from alertsvc.web.pages import pages_of
from alertsvc.web.telling import CLASS_NAMES, arguments, counted, label, read_from, signed

__all__ = ["ago", "language_name", "language_tag", "page", "static_file"]

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*\Z")
_STEPS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def ago(then: datetime, now: datetime) -> str:
    """Return how long ago an instant was, in its largest unit: "3 h ago"; one ahead reads "in 3 h"."""
    seconds = (now - then).total_seconds()
    size, unit = next((step for step in _STEPS if abs(seconds) >= step[0]), _STEPS[-1])
    span = f"{int(abs(seconds) // size)} {unit}"
    return f"in {span}" if seconds < 0 and not span.startswith("0") else f"{span} ago"


def language_tag(code: str | None) -> str:
    """Return a language as HTML wants it; `und` for one that is not known or no tag."""
    return code if code and _TAG.match(code) else "und"


def language_name(code: str | None) -> str:
    """Return a language's English name, else its code."""
    tag = language_tag(code)
    name = Locale("en").languages.get(tag.partition("-")[0].lower())
    return str(name) if name and tag != "und" else clean(code or "", 12) or "unknown"


def _text_direction(code: str | None) -> str:
    tag = language_tag(code)
    return "auto" if tag == "und" else direction(tag)


def _iso(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _band_rules() -> str:
    """Return the style rules of the severity bands, whose colours the briefings set."""
    return "".join(
        f".band-{band.label.lower()} {{ background: {band.colour}; color: {band.ink}; }}\n" for band in BANDS
    )


@cache
def static_file(name: str) -> tuple[bytes, str]:
    """Return a file of `static/`, the style with the colours of the bands behind it, and a short digest of it."""
    body = (resources.files("alertsvc.web") / "static" / name).read_bytes()
    if name == "style.css":
        body += _band_rules().encode()
    return body, hashlib.sha256(body).hexdigest()[:12]


def _finalised(value: Any) -> Any:
    """Isolate right-to-left names within our own lines, so that the figures behind them stay in their place."""
    return isolated(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _filled(pattern: str, **parts: str) -> Markup:
    """Put parts into the places of a pattern of ours, each escaped and kept apart from the direction round it."""
    return escape(pattern).format(**{name: Markup("<bdi>{}</bdi>").format(part) for name, part in parts.items()})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("alertsvc.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalised,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "ago": ago,
        "arguments": arguments,
        "clean": clean,
        "counted": counted,
        "day": day,
        "dir": _text_direction,
        "fill": _filled,
        "instant": instant_utc,
        "iso": _iso,
        "label": label,
        "lang": language_tag,
        "language": language_name,
        "link": safe_link,
        "read_from": read_from,
        "signed": signed,
    }
    environment.globals |= {
        "class_names": CLASS_NAMES,
        "style_version": static_file("style.css")[1],
    }
    return environment


def page(request: Request, template: str, facts: dict[str, Any], status: int = 200) -> HTMLResponse:
    """Render a page of `templates/` with `facts`, the present instant and the service's name."""
    pages = pages_of(request)
    text = (
        _environment()
        .get_template(template)
        .render(**facts, now=pages.clock.now(), service=clean(pages.service_name, 60), path=request.url.path)
    )
    return HTMLResponse(text, status_code=status)
