"""People killed, wounded, captured, abducted, missing or arrested, as one sentence counts them.

English and French tell casualties around the verb ("killed three soldiers", "three soldiers were killed", "trois
soldats ont été tués"), Arabic behind it ("قتل ثلاثة جنود") or by the counted noun ("ثلاثة قتلى"). Both readers go from
number to noun to verb and take a number only where it counts people: never places, distances, dates or names.
"""

from __future__ import annotations

from alertsvc.detect.casualties.groups import side_of
from alertsvc.detect.casualties.mention import CasualtyMention, Group, Kind, Side, best_count
from alertsvc.detect.casualties.reader import read_casualties

__all__ = ["CasualtyMention", "Group", "Kind", "Side", "best_count", "read_casualties", "side_of"]
