"""Briefings to Slack."""
