"""What a reader must find on every page at any width, in light and in dark: measured by `measure.js` in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.browser.driver import Tab

__all__ = ["CONTRAST", "SCHEMES", "View", "faults_of_loading", "look_over", "views"]

CONTRAST = 4.5
"""The least contrast of text: https://www.w3.org/TR/WCAG22/#contrast-minimum."""

SCHEMES = ("light", "dark")


@cache
def _measure() -> str:
    return f"({(Path(__file__).parent / 'measure.js').read_text(encoding='utf-8').strip()})()"


@dataclass(frozen=True, slots=True)
class View:
    """A page as it looks at one width in one scheme.

    Attributes:
        found: what `measure.js` returns.
    """

    wanted: int
    scheme: str
    found: dict[str, Any]

    @property
    def text(self) -> str:
        """The visible text, without the marks that isolate right-to-left text."""
        text: str = self.found["text"]
        return text.replace("\u2068", "").replace("\u2069", "")

    @property
    def rtl(self) -> list[str]:
        """The text of every element that runs from right to left."""
        texts: list[str] = self.found["rtl"]
        return [text.replace("\u2068", "").replace("\u2069", "") for text in texts]

    @property
    def unmarked(self) -> list[str]:
        """What holds right-to-left text that neither an element nor an isolate gives its direction."""
        told: list[str] = self.found["unmarked"]
        return told

    def contrast_of(self, text: str) -> list[float]:
        """Return the contrast of each element whose whole text this is."""
        return [item["ratio"] for item in self.found["contrasts"] if item["text"] == text]

    @property
    def faults(self) -> list[str]:
        """What is wrong, one line each."""
        found = self.found
        where = f"{self.wanted} px, {self.scheme}"
        lines = [f"outside the page: {told}" for told in found["outside"]]
        lines += [f"runs out of its box: {told}" for told in found["spilling"]]
        lines += [f"torn in two: {told}" for told in found["torn"]]
        lines += [f"out of order: {told}" for told in found["reversed"]]
        lines += [
            f"contrast {item['ratio']:.2f}: {item['who']}" for item in found["contrasts"] if item["ratio"] < CONTRAST
        ]
        if found["width"] != self.wanted or found["scroll"] > found["width"]:
            lines.append(f"{found['scroll']} px wide in a window of {found['width']}")
        dark = max(found["background"]) < 128
        if dark != (self.scheme == "dark"):
            lines.append(f"background {found['background']}")
        return [f"{where}: {line}" for line in lines]


async def look_over(tab: Tab, width: int, scheme: str) -> View:
    """Measure the page that is open."""
    await tab.look(width, scheme)
    return View(width, scheme, await tab.run(_measure()))


async def views(tab: Tab, widths: Sequence[int]) -> list[View]:
    """Measure the page that is open at every width, light and dark."""
    return [await look_over(tab, width, scheme) for width in widths for scheme in SCHEMES]


def faults_of_loading(tab: Tab, own: str) -> list[str]:
    """Return what went wrong since the last visit: complaints, failures, and requests that left `own` (an origin)."""
    lines = list(tab.complaints)
    for address in tab.requests:
        parts = urlsplit(address)
        if parts.scheme == "data":  # within the page, asked of nobody
            continue
        if f"{parts.scheme}://{parts.netloc}" != own:
            lines.append(f"asked another host: {address}")
    for address, status in tab.statuses.items():
        if status >= 400:
            lines.append(f"{status} for {address}")
    return lines
