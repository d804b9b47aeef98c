"""Briefings by electronic mail."""
