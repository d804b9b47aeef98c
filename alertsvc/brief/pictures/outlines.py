"""The outlines of countries, as pictures are drawn from them."""

from __future__ import annotations

from alertsvc.outlines import DEGREE, Border, Outlines, Ring, load_outlines, unpack

__all__ = ["DEGREE", "Border", "Outlines", "Ring", "load_outlines", "unpack"]
