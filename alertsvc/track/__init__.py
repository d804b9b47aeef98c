"""Detections -> incidents: filing, corroboration, status, severity, updates.

`Desk` does it within a transaction of the store; everything else here is pure.
"""

from __future__ import annotations

from alertsvc.track.desk import Desk
from alertsvc.track.filed import Filed
from alertsvc.track.outlets import Outlet, Outlets
from alertsvc.track.severity import SeverityTable

__all__ = ["Desk", "Filed", "Outlet", "Outlets", "SeverityTable"]
