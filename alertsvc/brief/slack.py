"""The Slack payload of a briefing, within the limits of Block Kit.

At most 50 blocks, 3,000 characters in a section, 150 in a header, and none of them empty; a message of legal blocks is
still refused near 13,200 characters in all (https://github.com/slackapi/bolt-js/issues/2509), so all text together
stays below 13,000. Characters are counted as JavaScript counts them, an emoji as two. What is too long is cut at a
word, never within a link, an escaped character or a run of right-to-left text, and the message says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from alertsvc.brief.texts import MAX_LINK, anchored, isolated, shorten
from alertsvc.brief.wording import ENGLISH, LANGUAGES
from alertsvc.domain import Briefing, BriefingKind

__all__ = ["MAX_BLOCKS", "MAX_HEADER", "MAX_SECTION", "MAX_TOTAL", "cut", "escaped", "slack_payload"]

MAX_BLOCKS = 50
MAX_SECTION = 3000
MAX_HEADER = 150
MAX_TOTAL = 13_000
MAX_FALLBACK = 1000
_MAX_LABEL = 200  # characters of a link's words, before they are escaped
_MAX_CLOSING = 400
# For the fallback text, what closes a message, the mark that the transport puts under it, and the JSON around them.
_RESERVE = 3600
_CLOSING_BLOCKS = 4

# "@here" and its like ping a channel where the workspace parses names; a word joiner breaks the name unseen.
_MENTION = re.compile(r"@(?=here|channel|everyone)", re.IGNORECASE)
# Slack's markup: in a feed's words these are only characters.
_ISOLATES = re.compile("[\u2068\u2069]")
_MARKUP = re.compile(r"(?<!\w)([*_~`])(?=\S)|(?<=\S)([*_~`])(?!\w)")

# A line that begins with ">" is shown as a quotation, and so is one that begins with its escaped form.
_QUOTE = re.compile(r"^(\s*)&gt;", re.MULTILINE)
# What is one piece when text that was escaped is cut: a link, an escaped character, any other character.
_PIECE = re.compile(r"<[^<>]*>|&(?:amp|lt|gt);|.", re.DOTALL)
_LABEL = str.maketrans({"|": "\u00a6", "\n": " "})  # a bar parts a link from its words
_LINK = re.compile(r"https?://[^<>|\s]+\Z")

Facts = Mapping[str, Any]


def escaped(text: str) -> str:
    """Return text that Slack shows as it is: control characters escaped, no mention, no markup, runs isolated."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = _MARKUP.sub(lambda match: f"\u2060{match[0]}\u2060", safe)
    safe = _QUOTE.sub("\\1\u2060&gt;", safe)
    return isolated(_MENTION.sub("@\u2060", safe))


def _size(text: str) -> int:
    """Count characters as JavaScript does."""
    return len(text) + sum(1 for char in text if char > "\uffff")


def cut(text: str, limit: int) -> str:
    """Cut text that was escaped to at most `limit` characters at a word, marked with an ellipsis, its markup whole."""
    if _size(text) <= limit:
        return text
    bold = "*" if text.startswith("*") and text.rstrip().endswith("*") else ""
    room = limit - 3  # an ellipsis, the end of a right-to-left run, the end of bold type
    pieces: list[str] = []
    last_blank = 0
    for match in _PIECE.finditer(text):
        room -= _size(match[0])
        if room < 0:
            break
        if match[0].isspace():
            last_blank = len(pieces)
        pieces.append(match[0])
    # A word that is longer than all that went before it is cut where the room ends.
    kept = "".join(pieces[:last_blank] if last_blank > len(pieces) // 2 else pieces).rstrip(" ,:-\n")
    open_run = "\u2069" if kept.rfind("\u2068") > kept.rfind("\u2069") else ""
    return f"{kept}{open_run}\u2026{bold}"


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _context(*texts: str) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True} for text in texts]}


def _quoted(text: str, labels: Facts) -> str:
    return f"{labels.get('open', '“')}{text}{labels.get('close', '”')}"


def _link(source: Facts, labels: Facts) -> str:
    """Return a source as a line; that it has no safe address, or one too long for a section, is said."""
    name = escaped(shorten(f"{source['outlet']} ({source['details']})", _MAX_LABEL)).translate(_LABEL)
    title = "\n" + escaped(_quoted(source["title"], labels)) if source["title"] else ""
    link = (source["link"] or "").replace("&", "&amp;")
    return (
        f"• <{link}|{name}>{title}"
        if 0 < len(link) <= MAX_LINK and _LINK.match(link)
        else f"• {name}{escaped(source['no_link'] or labels.get('link_too_long', ', link too long'))}{title}"
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
        self.shortened = False

    def _add(self, block: dict[str, Any]) -> None:
        for part in block.get("elements", [block.get("text")]):
            # Marks of direction make text longer.
            limit = MAX_HEADER if block["type"] == "header" else MAX_SECTION
            part["text"] = self._cut(self._turn(part["text"]), limit)
        size = _size(json.dumps(block, ensure_ascii=False))
        # What closes the message has its place kept free.
        if len(self.blocks) >= MAX_BLOCKS - _CLOSING_BLOCKS or self.used + size > MAX_TOTAL - _RESERVE:
            self.left_out += 1
        else:
            self.blocks.append(block)
            self.used += size

    def turned(self, text: str) -> str:
        """Return text as it stands in a message of this direction."""
        return self._turn(text)

    def _cut(self, text: str, limit: int) -> str:
        short = cut(text, limit)
        self.shortened |= short != text
        return short

    def header(self, text: str) -> None:
        """Add the header; plain text, so that nothing in it is markup."""
        line = self._cut(isolated(_MENTION.sub("@\u2060", text)), MAX_HEADER)
        if line.strip():
            self._add({"type": "header", "text": {"type": "plain_text", "text": line, "emoji": False}})

    def section(self, *lines: str | None) -> None:
        """Add lines as one section, or as several where they exceed the limit of one."""
        for chunk in self._chunks(lines):
            self._add(_section(chunk))

    def context(self, text: str) -> None:
        """Add small print."""
        for chunk in self._chunks(text.split("\n")):
            self._add(_context(chunk))

    def _chunks(self, lines: Iterable[str | None]) -> Iterator[str]:
        """Yield lines in as few pieces as their limit allows; a line that exceeds it alone is cut."""
        chunk = ""
        for line in lines:
            if line is None or not line.strip():
                continue
            part = self._cut(line, MAX_SECTION)
            if chunk and _size(chunk) + _size(part) + 1 > MAX_SECTION:
                yield chunk
                chunk = ""
            chunk = f"{chunk}\n{part}" if chunk else part
        if chunk:
            yield chunk

    def close(self, facts: Facts) -> None:
        """Add what every message ends with; there is always room for it."""
        told = []
        labels = LANGUAGES.get(facts.get("language", ENGLISH.code), ENGLISH).labels
        if self.left_out:
            told.append(labels["left_out"].format(number=self.left_out))
        if self.shortened:
            told.append(labels["shortened"])
        if told:
            self.blocks.append(_context(*map(self._turn, told)))
        reference = f"{facts['reference']} | " if facts.get("reference") else ""
        closing = [escaped(reference + facts["service"]), escaped(facts["footer"])]
        kept = [cut(line, _MAX_CLOSING) for line in closing if line.strip()]
        if kept:
            self.blocks.append(_context(self._turn("\n".join(kept))))
        if facts["banner"]:
            self.blocks.append(_context(self._turn(cut(f"*{escaped(facts['banner'])}*", _MAX_CLOSING))))


def _text(fact: Facts | None) -> str | None:
    return escaped(fact["text"]) if fact else None


def _words(text: str | None) -> str | None:
    return escaped(text) if text else None


def _texts(facts: Iterable[Facts]) -> list[str]:
    return [escaped(fact["text"]) for fact in facts]


def _sources(message: _Message, title: str, facts: Facts, none: str = "") -> None:
    lines = [_link(source, facts["labels"]) for source in facts["sources"]]
    heading = f"*{escaped(facts['labels'][title])}:*" + ("" if lines else f" {escaped(none)}")
    message.section(heading, *lines, _words(facts["sources_more"]))


def _background(message: _Message, facts: Facts) -> None:
    said = _texts(facts.get("context") or ())  # a row written by an older version has none
    if said:
        message.context("\n".join([f"*{escaped(facts['labels']['context'])}:*", *said]))


def _flash(message: _Message, facts: Facts) -> None:
    quotation = facts["quotation"]
    message.section(f"*{escaped(facts['bar']['line'])}*", _text(facts["dateline"]))
    message.section(_text(facts["lede"]), _text(facts["toll"]))
    if quotation:
        message.section(
            escaped(f"{quotation['intro']}: {_quoted(quotation['text'], facts['labels'])} ({quotation['outlet']})")
        )
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
    if facts["sources"] or not facts["correction"]:
        _sources(message, "new_sources", facts, facts["no_sources"])


def _daily(message: _Message, facts: Facts) -> None:
    message.context(escaped(facts["period"]))
    message.section(f"*{escaped(facts['number_line']['text'])}*", _text(facts["all_quiet"]))
    gauge = facts["gauge"]
    message.section(
        *_texts(facts["sums"]),
        _text(facts["trend"]),
        f"{escaped(gauge['line'])}\n{escaped(gauge['words'])}" if gauge else None,
    )
    for item in facts["items"]:
        message.section(f"*{escaped(item['heading'])}*", escaped(item["line"]), " ".join(_texts(item["body"])))
        message.section(*(_link(source, facts["labels"]) for source in item["sources"]), _words(item["sources_more"]))
    _background(message, facts)
    for title, key in (("also_noted", "noted"), ("withdrawn", "withdrawn")):
        if facts[key]:
            message.section(f"*{escaped(facts['labels'][title])}:*")
        for item in facts[key]:
            message.section(
                f"• {escaped(item['text'])}", *(_link(source, facts["labels"]) for source in item["sources"])
            )
    message.section(_words(facts["noted_more"]))
    message.section(_words(facts.get("withdrawn_more")))
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
        message.context(cut(f"*{escaped(facts['banner'])}*", _MAX_CLOSING))
    message.header(facts["subject"])
    _LAYOUTS[briefing.kind](message, facts)
    for picture in facts.get("pictures") or ():  # a row written by an older version has none
        if not picture["said"]:
            message.context(escaped(picture["caption"]))
    message.close(facts)
    fallback = message.turned(escaped(f"{facts['subject']}\n{facts['preheader']}"))
    return {
        "text": cut(fallback, MAX_FALLBACK),
        "blocks": message.blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }
