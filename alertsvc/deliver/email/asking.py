"""The mail that asks for consent: what for, by which words, until when, and nothing else in it."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from alertsvc.brief.render import Rendered
from alertsvc.brief.texts import isolated
from alertsvc.deliver.text import one_line

__all__ = ["render_question"]

_MAX_SERVICE = 60
_BUTTON = (
    "display:inline-block;background:#1a5fb4;color:#ffffff;padding:10px 22px;border-radius:4px;"
    "font-weight:bold;text-decoration:none;"
)


def render_question(service: str, wording: str, link: str, expires: datetime) -> Rendered:
    """Return the mail that asks somebody to confirm.

    Args:
        service: name of the service.
        wording: what is agreed to by confirming.
        link: address of the page for it.
        expires: until when it can be confirmed.
    """
    name = isolated(one_line(service, _MAX_SERVICE))
    said = isolated(wording)
    until = f"{expires.astimezone(UTC):%d %B %Y, %H:%M} UTC"
    subject = f"Please confirm: risk alerts from {name}"
    lines = (
        f"Somebody, we hope you, asked for risk alerts from {name} to this address.",
        f"By confirming you say: “{said}”",
    )
    after = (
        f"The link works until {until}.",
        "If it was not you, do nothing: nothing more is sent, and your address is erased after that.",
    )
    text = "\n\n".join([*lines, f"To confirm, open this page and press the button on it:\n{link}", *after]) + "\n"
    html = (
        '<!DOCTYPE html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(subject)}</title>\n</head>\n"
        '<body style="margin:0;padding:16px;font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;">\n'
        + "".join(f"<p>{escape(line)}</p>\n" for line in lines)
        + f'<p>To confirm, <a href="{escape(link)}" style="{_BUTTON}">open this page</a>'
        + " and press the button on it.</p>\n"
        + "".join(f"<p>{escape(line)}</p>\n" for line in after)
        + "</body>\n</html>\n"
    )
    return Rendered(subject, text, html, {})
