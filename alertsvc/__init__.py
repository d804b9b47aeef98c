"""alertsvc: news feeds in, risk briefings out."""

__version__ = "0.1.0"
