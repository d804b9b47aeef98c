"""The one family of errors that the parts of the service raise.

What a caller must decide, whether to try again and when, is carried as fields and never read out of a message.
"""

from __future__ import annotations

from typing import Self

__all__ = [
    "AlertsvcError",
    "CollectError",
    "DataError",
    "DeliveryError",
    "SettingsError",
    "StoreError",
    "SubscriptionError",
]


class AlertsvcError(Exception):
    """Base of every error that this project raises on purpose.

    Attributes:
        permanent: trying the same thing again cannot help.
        retry_after: seconds to wait before another try, where the other side said so; else None.
    """

    def __init__(self, message: str, /, *, permanent: bool = False, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


class SettingsError(AlertsvcError):
    """The configuration cannot be used; `problems` holds one line for each key that is wrong."""

    def __init__(self, problems: list[str], /) -> None:
        super().__init__("\n".join(problems), permanent=True)
        self.problems = problems

    def __reduce__(self) -> tuple[type[Self], tuple[list[str]]]:
        return type(self), (self.problems,)  # pickled by its problems and not by its text, to travel between processes


class DataError(AlertsvcError):
    """A rule, gazetteer, model or seed file is wrong; `problems` names file, line and fault."""

    def __init__(self, problems: list[str], /) -> None:
        super().__init__("\n".join(problems), permanent=True)
        self.problems = problems

    def __reduce__(self) -> tuple[type[Self], tuple[list[str]]]:
        return type(self), (self.problems,)  # pickled by its problems and not by its text, to travel between processes


class CollectError(AlertsvcError):
    """A feed or page could not be fetched or read."""


class DeliveryError(AlertsvcError):
    """A briefing could not be handed to a channel."""


class StoreError(AlertsvcError):
    """The database refused, is missing, is at another schema version, or is in use by another service."""


class SubscriptionError(AlertsvcError):
    """A subscription cannot be as it was asked for; `problems` has one line for each field that is wrong."""

    def __init__(self, problems: dict[str, str], /) -> None:
        super().__init__("\n".join(f"{field}: {line}" for field, line in problems.items()), permanent=True)
        self.problems = problems

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, str]]]:
        return type(self), (self.problems,)  # pickled by its problems and not by its text, to travel between processes
