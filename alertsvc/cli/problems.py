"""Telling what was wrong with the records of files, each in a line, however many there are."""

from __future__ import annotations

from collections.abc import Sequence

from alertsvc.cli.common import stderr

__all__ = ["tell_problems"]

_MOST = 20


def tell_problems(problems: Sequence[str]) -> None:
    """Print the first problems to standard error, and how many more there are."""
    for problem in problems[:_MOST]:
        stderr().print(problem, markup=False, soft_wrap=True)
    if len(problems) > _MOST:
        stderr().print(f"... and {len(problems) - _MOST:,} more of the kind", markup=False)
