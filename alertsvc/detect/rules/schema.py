"""The JSON Schema of a file of rules, for editors that check while one types."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from alertsvc.detect.rules.language import ClassOverlay, ClassRules

__all__ = ["rules_schema"]


def rules_schema() -> dict[str, Any]:
    """Return the schema of a rule file: with `extends: true` that of an overlay, else that of a whole file."""
    refs, schema = models_json_schema([(ClassRules, "validation"), (ClassOverlay, "validation")], by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "alertsvc rules",
        "description": "A file of rules/classes/: the rules of one class of incidents. See docs/rules.md.",
        "if": {"type": "object", "properties": {"extends": {"const": True}}, "required": ["extends"]},
        "then": refs[(ClassOverlay, "validation")],
        "else": refs[(ClassRules, "validation")],
        "$defs": schema["$defs"],
    }
