"""Which language a text is in, by py3langid, with the script as a first witness."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

__all__ = ["identify"]

_ARABIC = re.compile("[\u0620-\u064a\u0671-\u06d3]")
_PERSIAN_URDU = re.compile("[\u067e\u0686\u0698\u06af\u06a9\u06cc\u0679\u0688\u0691\u06d2]")
_LETTERS = re.compile(r"[^\W\d_]+")
_ENOUGH = 700  # characters that are looked at


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE

    from alertsvc.detect.identifier import Identifier

    return Identifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify(text: str, hint: str | None = None) -> str | None:
    """Return the ISO 639-1 code of the language that `text` is in, or None where there are too few letters to tell.

    Args:
        text: headline and text.
        hint: the language the feed claims; it decides only where the text is too short or leaves doubt.
    """
    sample = text[:_ENOUGH]
    letters = sum(map(len, _LETTERS.findall(sample)))
    if letters < 20:
        return hint
    arabic = 0 if sample.isascii() else len(_ARABIC.findall(sample))
    if arabic > letters / 2:
        return "ar" if len(_PERSIAN_URDU.findall(sample)) < arabic * 0.02 else _ranked(sample, hint)
    return _ranked(sample, hint)


def _ranked(sample: str, hint: str | None) -> str | None:
    code, probability = _identifier().classify(sample)
    if hint and code != hint and (probability < 0.9 or len(sample) < 60):
        return hint
    return str(code)
