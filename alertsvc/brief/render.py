"""Rendering a briefing's facts to a subject, plain text, HTML and a Slack payload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from alertsvc.brief.layouts import OURS, TEXT_WIDTH, Layouts
from alertsvc.brief.pictures.fitting import fits_mail, fitted_page
from alertsvc.brief.room import slimmed
from alertsvc.brief.slack import slack_payload
from alertsvc.brief.texts import anchored, isolated
from alertsvc.domain import Briefing, Picture

__all__ = ["TEMPLATE_VERSION", "TEXT_WIDTH", "Rendered", "render", "render_by"]

TEMPLATE_VERSION = "4"  # kept with each delivery; raised whenever the same facts come out differently

_REPLY = "Re: "


@dataclass(frozen=True, slots=True)
class Rendered:
    """A briefing as it leaves: `slack` is the payload for a webhook, `pictures` are those that the HTML shows."""

    subject: str
    text: str
    html: str
    slack: dict[str, Any]
    pictures: tuple[Picture, ...] = ()


def _subject(subject: str, base: str) -> str:
    """Return a subject in the direction of its briefing; mail programs look for "Re: " at its very beginning."""
    reply, subject = (_REPLY, subject.removeprefix(_REPLY)) if subject.startswith(_REPLY) else ("", subject)
    return reply + anchored(isolated(subject, base), base)


def render(briefing: Briefing) -> Rendered:
    """Render a briefing by our templates. The same facts and `TEMPLATE_VERSION` always give the same bytes.

    Raises:
        jinja2.UndefinedError: the facts lack a name that a template asks for.
        jinja2.TemplateNotFound: there are no templates for the kind.
    """
    return render_by(OURS, briefing)[0]


def render_by(layouts: Layouts, briefing: Briefing) -> tuple[Rendered, list[str]]:
    """Render a briefing by an operator's templates, by ours where one of them fails.

    Returns:
        The briefing, and each failure as `file:line: fault`.

    Raises:
        jinja2.UndefinedError: the facts lack a name that one of our templates asks for.
        jinja2.TemplateNotFound: there are no templates for the kind.
    """
    facts: Mapping[str, Any] = briefing.facts
    base = str(facts.get("direction", "ltr"))
    kind = briefing.kind.value
    text, text_fault = layouts.laid_out(f"{kind}.txt.j2", facts)
    html_fault: str | None = None

    def page(facts: Mapping[str, Any]) -> str:
        nonlocal html_fault
        html, html_fault = layouts.laid_out(f"{kind}.html.j2", facts)
        return html

    html, pictures = fitted_page(facts, text, page)
    if not fits_mail(text, html):

        def fits(less: Mapping[str, Any]) -> bool:
            return fits_mail(layouts.laid_out(f"{kind}.txt.j2", less)[0], page(less))

        # By our own templates and an operator's alike; the pictures had no room in any case.
        facts = slimmed(facts, fits)
        text, text_fault = layouts.laid_out(f"{kind}.txt.j2", facts)
        html, pictures = fitted_page(facts, text, page)
    rendered = Rendered(
        subject=_subject(str(facts["subject"]), base),
        text=text.strip("\n") + "\n",
        html=html,
        slack=slack_payload(briefing),
        pictures=pictures,
    )
    return rendered, [fault for fault in (text_fault, html_fault) if fault is not None]
