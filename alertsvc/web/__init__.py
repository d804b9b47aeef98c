"""The pages: what the service is doing, its incidents and their exports, health and metrics. Reading only."""

from __future__ import annotations

from alertsvc.web.app import create_app
from alertsvc.web.pages import Pages
from alertsvc.web.server import Server, serve

__all__ = ["Pages", "Server", "create_app", "serve"]
