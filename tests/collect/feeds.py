"""Feeds as text, for tests."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape

__all__ = ["item", "items", "rss"]


def item(
    number: int | str,
    *,
    title: str | None = None,
    text: str | None = None,
    link: str | None = None,
    date: str = "Sun, 01 Feb 2026 10:00:00 GMT",
    extra: str = "",
) -> str:
    """Return an RSS item; what is None is made from the number."""
    title = escape(f"Report {number}" if title is None else title)
    text = escape(f"<p>What happened at place {number}.</p>" if text is None else text)
    link = escape(f"https://news.example/{number}" if link is None else link)
    return (
        f'<item><title>{title}</title><link>{link}</link><guid isPermaLink="false">id-{number}</guid>'
        f"<pubDate>{date}</pubDate><description>{text}</description>{extra}</item>"
    )


def items(numbers: Iterable[int]) -> str:
    return "".join(item(number) for number in numbers)


def rss(content: str, head: str = "<title>News</title><language>en</language>") -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{content}</channel></rss>'.encode()
