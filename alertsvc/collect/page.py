"""The main text of an article's page. Pure, and meant to run in a worker process."""

from __future__ import annotations

import re

import trafilatura

from alertsvc.collect.encoding import decode_document
from alertsvc.collect.entries import PageText
from alertsvc.collect.text import MAX_TEXT, clean_text

__all__ = ["extract_page"]

_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{20000,}")
_WORD = re.compile(r"[^\W\d_]{4,}")
_ENOUGH = 0.25  # share of the headline's words that must occur in the text
_BESIDE = 40  # characters that may stand beside a headline in its line, such as the outlet's name
_SURE = 200  # characters that a language is told by


def extract_page(
    body: bytes, *, charset: str | None, url: str, title: str, feed_text: str, language: str | None
) -> PageText:
    """Take the main text out of a page, if it is the article that the feed's entry speaks of.

    Args:
        body: the page.
        charset: encoding that the server states.
        url: where it is.
        title: the entry's headline, which the text must have to do with: not a consent form, not a front page.
        feed_text: what the feed itself gives; a page must give more.
        language: ISO 639-1 of the feed, where known; a page in another one is not the article.
    """
    html, _ = decode_document(body, charset)
    if "<" not in html or "\x00" in html[:1000]:
        return PageText("", "not_html")
    # A tag of many kilobytes is a picture in a data URL at best; parsers take their time over it.
    html = _LONG_TAG.sub("<span", html)
    extracted = trafilatura.extract(html, url=url, fast=True, include_comments=False, include_tables=False)
    text = clean_text(extracted or "")[:MAX_TEXT]
    if not text:
        return PageText("", "empty")
    if len(text) <= len(feed_text):
        return PageText("", "short")
    if not _about(title, text):
        return PageText("", "unrelated")
    if language and len(text) >= _SURE and _language(text) != language:
        return PageText("", "other_language")
    return PageText(text, "ok")


def _about(title: str, text: str) -> bool:
    """Say whether the text, without the headline itself, has to do with the headline."""
    headline = title.casefold()
    words = set(_WORD.findall(headline))
    lines = text.casefold().split("\n")
    folded = "\n".join(line for line in lines if len(line) > len(headline) + _BESIDE or headline not in line)
    return sum(1 for word in words if word in folded) >= _ENOUGH * len(words)


def _language(text: str) -> str:
    import py3langid

    return str(py3langid.classify(text[:3000])[0])
