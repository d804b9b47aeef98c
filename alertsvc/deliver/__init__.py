"""Briefings to people: who gets what and when, the outbox, e-mail, Slack and files."""
