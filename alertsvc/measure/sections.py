"""Tables of the model card."""

from __future__ import annotations

from typing import Any

from alertsvc.measure.tables import figure, markdown, percent, scores, within

__all__ = ["ablation_table", "calibration_table", "curve_table", "labelled", "operating_table"]

_KEYS = ("all", "border_crossing", "oil_facility", "capital_approach", "en", "fr", "ar")


def labelled(data: dict[str, Any], name: str, title: str) -> str:
    """Return how the whole of detection did on labelled articles."""
    found = data[name]
    fields = ", ".join(f"{field} {item['agree']} of {item['of']}" for field, item in found["fields"].items())
    alarms = found["false_alarms_per_1000_clean"]
    clean = (
        f"{alarms:.0f} false alarms for 1,000 articles without an incident (of {found['clean']})"
        if alarms is not None
        else "No article without an incident is among them"
    )
    filing = f" Filing (B-cubed F1): {figure(found['filing']['f1'])}." if found["filing"] else ""
    return (
        f"{title}: {found['articles']} articles"
        + (f", {found['ambiguous']} more left out that careful readers differ on" if found["ambiguous"] else "")
        + f".\n\n{scores(found['scores'], _KEYS)}\n\n{clean}. Fields right: {fields}. "
        f"Rows beyond the labelled incidents: {found['rows_beyond']['extra']} of {found['rows_beyond']['of']}.{filing}"
    )


def operating_table(points: dict[str, dict[str, Any]]) -> str:
    """Return precision and recall of each class at each of its cuts."""
    return markdown(
        ("class", "point", "probability", "precision", "recall"),
        (
            (f"`{name}`", point, f"{row['cut']:.2f}", within(row, "precision"), within(row, "recall"))
            for name, rows in points.items()
            for point, row in rows.items()
        ),
    )


def calibration_table(found: dict[str, Any]) -> str:
    """Return the ten bins."""
    return markdown(
        ("probability", "pairs", "mean said", "came true"),
        (
            (f"{row['from']:.1f} to {row['to']:.1f}", f"{row['count']:,}", figure(row["said"]), figure(row["true"]))
            for row in found["bins"]
        ),
    )


def ablation_table(rows: list[dict[str, Any]]) -> str:
    """Return the scores of detection with less."""
    return markdown(
        ("", "precision", "recall", "F1"),
        ((row["name"], figure(row["precision"]), figure(row["recall"]), within(row, "f1")) for row in rows),
    )


def curve_table(rows: list[dict[str, Any]]) -> str:
    """Return the scores by how much text there was to learn from, and what each step added."""
    whole = rows[-1]["articles"] if rows else 0
    before: list[dict[str, Any] | None] = [None, *rows[:-1]]
    return markdown(
        ("text", "records", "precision", "recall", "F1", "added to F1"),
        (
            (
                percent(row["articles"], whole),
                f"{row['articles']:,}",
                figure(row["precision"]),
                figure(row["recall"]),
                within(row, "f1"),
                "" if last is None else f"{row['f1'] - last['f1']:+.4f}",
            )
            for row, last in zip(rows, before, strict=True)
        ),
    )
