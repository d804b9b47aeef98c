"""The Slack payload of a briefing, within the limits of Block Kit.

At most 50 blocks, 3,000 characters in a section, 150 in a header; a message of legal blocks is still refused near
13,200 characters in all (https://github.com/slackapi/bolt-js/issues/2509), so all text together stays below 13,000.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from alertsvc.brief.texts import MAX_LINK, anchored, isolated, shorten
from alertsvc.domain import Briefing, BriefingKind

__all__ = ["MAX_BLOCKS", "MAX_HEADER", "MAX_SECTION", "MAX_TOTAL", "escaped", "slack_payload"]

MAX_BLOCKS = 50
MAX_SECTION = 3000
MAX_HEADER = 150
MAX_TOTAL = 13_000
MAX_FALLBACK = 1000
_RESERVE = 2200  # for the fallback text, what closes a message and the JSON around both

# "@here" and its like ping a channel where the workspace parses names; a word joiner breaks the name unseen.
_MENTION = re.compile(r"@(?=here|channel|everyone)", re.IGNORECASE)
# Slack's markup: in a feed's words these are only characters.
_ISOLATES = re.compile("[\u2068\u2069]")
_MARKUP = re.compile(r"(?<!\w)([*_~`])(?=\S)|(?<=\S)([*_~`])(?!\w)")

Facts = Mapping[str, Any]


def escaped(text: str) -> str:
    """Return text that Slack shows as it is: control characters escaped, no mention, no markup, runs isolated."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = _MARKUP.sub(lambda match: f"\u2060{match[0]}\u2060", safe)
    return isolated(_MENTION.sub("@\u2060", safe))


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def _link(source: Facts, too_long: str = ", link too long") -> str:
    """Return a source as a line; that it has no safe address, or one too long for a section, is said."""
    name = escaped(f"{source['outlet']} ({source['details']})")
    title = "\n" + escaped(f"“{source['title']}”") if source["title"] else ""
    link = (source["link"] or "").replace("&", "&amp;")
    return (
        f"• <{link}|{name}>{title}" if 0 < len(link) <= MAX_LINK else f"• {name}{source['no_link'] or too_long}{title}"
    )


# Parts of Slack's own syntax, which no invisible mark may stand in: links, references to characters, joiners.
_SYNTAX = re.compile(r"(<[^<>|]*\||&(?:amp|lt|gt);|\u2060)")


def _turned(text: str) -> str:
    """Return text of a right-to-left briefing, runs of the other direction isolated and each line anchored."""
    lines = []
    for line in text.split("\n"):
        parts = _SYNTAX.split(_ISOLATES.sub("", line))
        marked = "".join(part if place % 2 else isolated(part, "rtl") for place, part in enumerate(parts))
        lines.append(anchored(marked, "rtl"))
    return "\n".join(lines)


class _Message:
    """Blocks gathered until the limits are reached; what no longer fits is counted, and the count is told."""

    def __init__(self, direction: str = "ltr") -> None:
        self._turn = _turned if direction == "rtl" else str
        self.blocks: list[dict[str, Any]] = []
        self.used = 0
        self.left_out = 0

    def _add(self, block: dict[str, Any]) -> None:
        for part in block.get("elements", [block.get("text")]):
            part["text"] = self._turn(part["text"])
        size = len(json.dumps(block, ensure_ascii=False))
        # Three blocks and a reserve are kept free for what closes the message.
        if len(self.blocks) >= MAX_BLOCKS - 3 or self.used + size > MAX_TOTAL - _RESERVE:
            self.left_out += 1
        else:
            self.blocks.append(block)
            self.used += size

    def turned(self, text: str) -> str:
        """Return text as it stands in a message of this direction."""
        return self._turn(text)

    def header(self, text: str) -> None:
        """Add the header; plain text, so that nothing in it is markup."""
        line = shorten(isolated(_MENTION.sub("@\u2060", text)), MAX_HEADER)
        self._add({"type": "header", "text": {"type": "plain_text", "text": line, "emoji": False}})

    def section(self, *lines: str | None) -> None:
        """Add lines as one section, or as several where they exceed the limit of one."""
        chunk = ""
        for line in filter(None, lines):
            part = shorten(line, MAX_SECTION)
            if chunk and len(chunk) + len(part) + 1 > MAX_SECTION:
                self._add(_section(chunk))
                chunk = ""
            chunk = f"{chunk}\n{part}" if chunk else part
        if chunk:
            self._add(_section(chunk))

    def context(self, text: str) -> None:
        """Add small print."""
        self._add(_context(text))

    def close(self, facts: Facts) -> None:
        """Add what every message ends with; there is always room for it."""
        if self.left_out:
            pattern = facts["labels"].get("left_out", "{number} more parts do not fit into a Slack message.")
            self.blocks.append(_context(self._turn(pattern.format(number=self.left_out))))
        reference = f"{facts['reference']} | " if facts.get("reference") else ""
        last = f"{escaped(reference + facts['service'])}\n{escaped(facts['footer'])}"
        self.blocks.append(_context(self._turn(last)))
        if facts["banner"]:
            self.blocks.append(_context(self._turn(f"*{escaped(facts['banner'])}*")))


def _text(fact: Facts | None) -> str | None:
    return escaped(fact["text"]) if fact else None


def _texts(facts: Iterable[Facts]) -> list[str]:
    return [escaped(fact["text"]) for fact in facts]


def _sources(message: _Message, title: str, facts: Facts, none: str = "") -> None:
    lines = [_link(source) for source in facts["sources"]]
    message.section(f"*{facts['labels'][title]}:*" + ("" if lines else f" {none}"), *lines, facts["sources_more"])


def _background(message: _Message, facts: Facts) -> None:
    said = _texts(facts.get("context") or ())  # a row written by an older version has none
    if said:
        message.context("\n".join([f"*{escaped(facts['labels']['context'])}:*", *said]))


def _flash(message: _Message, facts: Facts) -> None:
    quotation = facts["quotation"]
    message.section(f"*{escaped(facts['bar']['line'])}*", _text(facts["dateline"]))
    message.section(_text(facts["lede"]), _text(facts["toll"]))
    if quotation:
        message.section(escaped(f"{quotation['intro']}: “{quotation['text']}” ({quotation['outlet']})"))
    message.section(_text(facts["claim_line"]), _text(facts["effect"]), _text(facts["watch"]))
    _background(message, facts)
    if facts["severity_sum"]:
        message.context(escaped(facts["severity_sum"]["text"]))
    _sources(message, "sources", facts)


def _update(message: _Message, facts: Facts) -> None:
    if facts["correction"]:
        message.section(f"*{escaped(facts['correction']['text'])}*")
    message.section(f"*{escaped(facts['first_line']['text'])}*")
    message.section(escaped(facts["bar"]["line"]), _text(facts["dateline"]))
    message.section(_text(facts["tally"]), *_texts(facts["claims"]), _text(facts["unclear"]))
    message.section(_text(facts["severity_line"]))
    _background(message, facts)
    if facts["severity_sum"]:
        message.context(escaped(facts["severity_sum"]["text"]))
    _sources(message, "new_sources", facts, facts["no_sources"])


def _daily(message: _Message, facts: Facts) -> None:
    message.context(escaped(facts["period"]))
    message.section(f"*{escaped(facts['number_line']['text'])}*", _text(facts["all_quiet"]))
    gauge = facts["gauge"]
    message.section(
        *_texts(facts["sums"]),
        _text(facts["trend"]),
        f"{gauge['line']}\n{escaped(gauge['words'])}" if gauge else None,
    )
    for item in facts["items"]:
        message.section(f"*{escaped(item['heading'])}*", escaped(item["line"]), " ".join(_texts(item["body"])))
        message.section(*(_link(source) for source in item["sources"]), item["sources_more"])
    _background(message, facts)
    for title, key in (("also_noted", "noted"), ("withdrawn", "withdrawn")):
        if facts[key]:
            message.section(f"*{facts['labels'][title]}:*")
        for item in facts[key]:
            message.section(f"• {escaped(item['text'])}", *(_link(source) for source in item["sources"]))
    message.section(facts["noted_more"])
    message.section(_text(facts["shares"]))


def _weekly(message: _Message, facts: Facts) -> None:
    gauge = facts["gauge"]
    message.context(escaped(facts["period"]))
    message.section(" ".join(_texts(facts["numbers"])), _text(facts["opposite"]))
    message.section(
        *_texts(facts["casualties"]),
        _text(facts["quietest"]),
        _text(facts["trend"]),
        f"{gauge['line']}\n{escaped(gauge['words'])}" if gauge else None,
    )
    for front in facts["fronts"]:
        message.section("• " + " ".join(_texts(front["body"])))
    for title, key in (("also_recorded", "also"), ("outlook", "outlook"), ("withdrawn", "withdrawn")):
        if facts[key]:
            message.section(f"*{escaped(facts['labels'][title])}:*", *(f"• {text}" for text in _texts(facts[key])))
    message.section(facts["also_more"])
    message.section(_text(facts["shares"]))
    _sources(message, "sources", facts)
    message.context(escaped(facts["method"]["text"]))


def _brief(message: _Message, facts: Facts) -> None:
    message.section(f"*{escaped(facts['bar']['line'])}*", _text(facts["dateline"]))
    message.section(*(f"*{text}*" for text in _texts(facts["standfirst"])))
    message.section(" ".join(_texts(facts["lede"])))
    for party in facts["parties"]:
        message.section(f"*{escaped(party['heading'])}*", " ".join(_texts(party["body"])))
    message.section(" ".join(_texts(facts["claims_note"])) or None)
    for title, key in (
        ("who", "who"),
        ("why_here", "place"),
        ("context", "background"),
        ("implication", "implication"),
    ):
        if facts[key]:
            message.section(f"*{escaped(facts['labels'][title])}*", " ".join(_texts(facts[key])))
    if facts["severity_sum"]:
        message.context(escaped(facts["severity_sum"]["text"]))
    _sources(message, "sources", facts)
    message.context(escaped(facts["method"]["text"]))


_LAYOUTS: dict[BriefingKind, Callable[[_Message, Facts], None]] = {
    BriefingKind.FLASH: _flash,
    BriefingKind.UPDATE: _update,
    BriefingKind.DAILY: _daily,
    BriefingKind.WEEKLY: _weekly,
    BriefingKind.BRIEF: _brief,
}


def slack_payload(briefing: Briefing) -> dict[str, Any]:
    """Return the webhook payload of a briefing: fallback text, blocks, links not unfolded."""
    facts = briefing.facts
    message = _Message(facts["direction"])
    if facts["banner"]:
        message.context(f"*{escaped(facts['banner'])}*")
    message.header(facts["subject"])
    _LAYOUTS[briefing.kind](message, facts)
    for picture in facts.get("pictures") or ():  # a row written by an older version has none
        if not picture["said"]:
            message.context(escaped(picture["caption"]))
    message.close(facts)
    fallback = message.turned(escaped(f"{facts['subject']}\n{facts['preheader']}"))
    return {
        "text": shorten(fallback, MAX_FALLBACK),
        "blocks": message.blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }
