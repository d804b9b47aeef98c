"""What Slack asks of a message, written from its documentation and checked block by block.

Sources: https://docs.slack.dev/reference/block-kit/blocks and the pages of each block and object below it;
https://docs.slack.dev/reference/methods/chat.postMessage for the text; for the sum of all blocks, which no page names,
https://github.com/slackapi/bolt-js/issues/2509
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

__all__ = ["faults", "texts"]

_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_TOKEN = re.compile(r"<([^<>]*)>")


def _length(text: str) -> int:
    """Characters as JavaScript counts them."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def texts(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every text object of a message's blocks."""
    for block in payload["blocks"]:
        if "text" in block:
            yield block["text"]
        yield from block.get("fields", ())
        yield from block.get("elements", ())


def faults(payload: dict[str, Any]) -> list[str]:
    """Return what Slack would refuse, or show otherwise than meant; nothing where all is well."""
    return [*_message(payload), *(told for block in payload["blocks"] for told in _block(block))]


def _message(payload: dict[str, Any]) -> Iterator[str]:
    if not 0 < len(payload["blocks"]) <= 50:
        yield f"{len(payload['blocks'])} blocks"
    if not 0 < _length(payload["text"]) <= 4000:
        yield f"{_length(payload['text'])} characters of text"
    total = _length(json.dumps(payload, ensure_ascii=False))
    if total > 13_000:
        yield f"{total} characters in all"
    if payload["unfurl_links"] is not False or payload["unfurl_media"] is not False:
        yield "links are unfolded"
    yield from _mrkdwn(payload["text"], verbatim=True)
    try:
        json.dumps(payload, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        yield "it cannot be encoded"


def _block(block: dict[str, Any]) -> Iterator[str]:
    kind = block["type"]
    if len(block.get("block_id", "")) > 255:
        yield "block_id of more than 255 characters"
    if kind == "header":
        if block["text"]["type"] != "plain_text":
            yield "a header that is not plain text"
        yield from _text(block["text"], 150)
    elif kind == "section":
        if "text" not in block and not block.get("fields"):
            yield "a section without text"
        if "text" in block:
            yield from _text(block["text"], 3000)
        if len(block.get("fields", ())) > 10:
            yield "more than 10 fields"
        for field in block.get("fields", ()):
            yield from _text(field, 2000)
    elif kind == "context":
        if not 0 < len(block["elements"]) <= 10:
            yield f"{len(block['elements'])} elements of a context"
        for element in block["elements"]:
            yield from _text(element, 3000)
    else:
        yield f"a block of type {kind}"


def _text(text: dict[str, Any], limit: int) -> Iterator[str]:
    if not 0 < _length(text["text"]) <= limit or not text["text"].strip():
        yield f"{_length(text['text'])} characters where 1 to {limit} are allowed"
    if text["type"] == "mrkdwn":
        yield from _mrkdwn(text["text"], verbatim=text.get("verbatim", False))
    elif text["type"] != "plain_text":
        yield f"a text of type {text['type']}"


def _mrkdwn(text: str, *, verbatim: bool) -> Iterator[str]:
    if not verbatim:
        yield "names and addresses in it become links by themselves"
    bare = _TOKEN.sub("", text)
    if "<" in bare or ">" in bare or _ENTITY.search(_TOKEN.sub(lambda found: found[1], text)):
        yield f"a control character that is not escaped: {text[:80]!r}"
    for token in _TOKEN.findall(text):
        if not re.match(r"https?://[^|\s]+\|[^|]*", token):
            yield f"something else than a link: <{token[:80]}>"
    if re.search(r"@(here|channel|everyone)", text, re.IGNORECASE):
        yield "it pings the channel"
    depth = 0
    for char in text:
        depth += {"\u2068": 1, "\u2069": -1}.get(char, 0)
        if depth not in (0, 1):
            break
    if depth:
        yield "a run of right-to-left text that is not closed"
