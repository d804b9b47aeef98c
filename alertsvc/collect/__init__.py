"""From feeds to articles: fetching, reading, full text, and when a feed is due."""

from __future__ import annotations

__all__: list[str] = []
