"""Dates of news prose in English, French and Arabic, resolved against the day of publication.

Choices: a weekday is the last such day on or before publication, and with "last" strictly before it; a night "of
Saturday to Sunday" is the Saturday's; "overnight" is the day of publication; a day and month without a year lie in the
nearest past unless the sentence looks ahead; "until Friday" and "next Friday" are future. Nothing is guessed where
publication is unknown.
"""

from __future__ import annotations

from alertsvc.detect.dates.calendar import DAYS, MONTHS
from alertsvc.detect.dates.mention import DateMention, Precision, Relation
from alertsvc.detect.dates.reader import read_dates

__all__ = ["DAYS", "MONTHS", "DateMention", "Precision", "Relation", "read_dates"]
