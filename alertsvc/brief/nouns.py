"""Noun phrases that know what agrees with them."""

from __future__ import annotations

__all__ = ["Noun"]


class Noun(str):
    """A noun phrase as it stands alone or as the subject of a sentence; a plain string for whoever needs no more.

    A language with other forms (of the lake, to the lake) has a class of its own, which gives them by format spec.
    """

    plural: bool
    feminine: bool

    def __new__(cls, text: str, *, plural: bool = False, feminine: bool = False) -> Noun:
        """Make a noun phrase."""
        noun = super().__new__(cls, text)
        noun.plural = plural
        noun.feminine = feminine
        return noun

    def form(self, which: str) -> str:
        """Return the phrase in the form that a pattern names; languages without forms have one for all."""
        return str(self)

    def __format__(self, spec: str) -> str:
        return self.form(spec)
