"""The scale of severities and indices, and the house categories: keys, limits, colours (method version 1).

The English words in here are keys as well as words; other languages translate them in their tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["BANDS", "CATEGORIES", "HIGHEST", "METHOD_VERSION", "Band", "band_of"]

METHOD_VERSION = "1"
HIGHEST = 5
_DARK, _WHITE = "#000000", "#ffffff"
_CENT = Decimal("0.01")

TERRORISM = "Terrorism & Insurgency"
SECURITY = "Security & Defense"
CRIMINALITY = "Criminality"
SOCIAL = "Social & Human"
ECONOMIC = "Economic"
GOVERNMENT = "Government & Domestic Politics"
INTERNATIONAL = "International"
CATEGORIES = (TERRORISM, SECURITY, CRIMINALITY, SOCIAL, ECONOMIC, GOVERNMENT, INTERNATIONAL)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the scale: how an area in it is called, how an incident is, and its colours."""

    lower: Decimal
    zone: str
    label: str
    colour: str
    ink: str  # of text on `colour`, with a contrast of at least 4.5


BANDS = (
    Band(Decimal("0.50"), "Low-Risk Zone", "Low", "#4c9f70", _DARK),
    Band(Decimal("1.00"), "Moderate-Risk Zone", "Moderate", "#a8c256", _DARK),
    Band(Decimal("1.50"), "Intermediate Risk Zone", "Notable", "#f2c14e", _DARK),
    Band(Decimal("1.90"), "High-Risk Zone", "High", "#f08a4b", _DARK),
    Band(Decimal("2.50"), "Extreme High-Risk Zone", "Severe", "#d1495b", _DARK),
    Band(Decimal("3.50"), "Failed-State range", "Critical", "#6a0f2b", _WHITE),
)


def band_of(value: float | Decimal) -> Band:
    """Return the band of an index or a severity.

    Raises:
        ValueError: the value lies outside the scale of 0.5 to 5.0.
    """
    exact = Decimal(str(value)).quantize(_CENT, ROUND_HALF_UP)
    if not Decimal("0.5") <= exact <= 5:
        raise ValueError(f"{value} is not on the scale of 0.5 to 5.0")
    return next(band for band in reversed(BANDS) if exact >= band.lower)
