"""Incidents in, briefings out: composing the facts and rendering them. Pure: no store, no network, no clock."""

from __future__ import annotations

__all__: list[str] = []
