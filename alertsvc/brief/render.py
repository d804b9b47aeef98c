"""Rendering a briefing's facts to a subject, plain text, HTML and a Slack payload.

The templates of a kind lie beside this module: `KIND.txt.j2` and `KIND.html.j2`. They only lay out; every word and
figure stands in the facts. HTML is escaped on its own, an unknown name is an error, and each run of right-to-left text
is isolated wherever it comes to stand.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from alertsvc.brief.slack import slack_payload
from alertsvc.brief.texts import direction, isolated
from alertsvc.domain import Briefing, Picture

__all__ = ["TEMPLATE_VERSION", "TEXT_WIDTH", "Rendered", "render"]

TEMPLATE_VERSION = "1"  # kept with each delivery; raised whenever the same facts come out differently
TEXT_WIDTH = 76


@dataclass(frozen=True, slots=True)
class Rendered:
    """A briefing as it leaves: `slack` is the payload for a webhook, `pictures` are those that the HTML shows."""

    subject: str
    text: str
    html: str
    slack: dict[str, Any]
    pictures: tuple[Picture, ...] = ()


def _wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    """Wrap text for plain mail; `first` stands before the first line in place of the indent."""
    return textwrap.fill(
        text,
        width=TEXT_WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _finalised(value: Any) -> Any:
    return isolated(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("alertsvc.brief"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        finalize=_finalised,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["wrap"] = _wrapped
    environment.filters["direction"] = direction
    return environment


def render(briefing: Briefing) -> Rendered:
    """Render a briefing. The same facts and `TEMPLATE_VERSION` always give the same bytes.

    Raises:
        jinja2.UndefinedError: the facts lack a name that a template asks for.
        jinja2.TemplateNotFound: there are no templates for the kind.
    """
    environment = _environment()
    facts = briefing.facts
    kind = briefing.kind.value
    text = environment.get_template(f"{kind}.txt.j2").render(facts)
    return Rendered(
        subject=isolated(facts["subject"]),
        text=text.strip("\n") + "\n",
        html=environment.get_template(f"{kind}.html.j2").render(facts),
        slack=slack_payload(briefing),
    )
