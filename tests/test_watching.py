"""Places by the names that people use."""

from __future__ import annotations

from pathlib import Path

import pytest

from alertsvc.errors import SubscriptionError
from alertsvc.watching import watched_places


def test_names_in_any_spelling_and_ids_are_places_each_once():
    found = watched_places(["Tripoli", "ras jdir", "رأس جدير", "ly-tn-ras-ajdir", " ly-sarir "], None)
    assert [place.id for place in found] == ["capital:LY:tripoli", "ly-tn-ras-ajdir", "ly-sarir"]
    assert all(place.latitude is not None and place.longitude is not None for place in found)
    assert watched_places([], None) == ()


def test_unknown_ones_are_refused_with_what_resembles_them():
    with pytest.raises(SubscriptionError) as caught:
        watched_places(["Sarir", "Trapoli", "Qqqqqqqq", "Libya"], None)
    line = caught.value.problems["places"]
    assert "no Trapoli; did you mean Tripoli (capital:LY:tripoli)" in line
    assert "no Qqqqqqqq" in line
    assert "no Libya" in line  # a country is no place
    assert "Sarir" not in line.replace("Sarir (", "")


def test_a_name_of_several_places_asks_for_the_id(tmp_path: Path):
    folder = tmp_path / "gazetteer"
    folder.mkdir()
    shipped = Path(__file__).parents[1] / "rules" / "gazetteer" / "oil_facilities.csv"
    text = shipped.read_text(encoding="utf-8").rstrip("\n")
    text += (
        "\nxx-one,Twin Wells,LY,field,27,20,Twin Wells,,,own\nxx-two,Twin Wells South,DZ,field,30,5,Twin Wells,,,own\n"
    )
    (folder / "oil_facilities.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SubscriptionError, match=r"several places.*xx-one \(Twin Wells, LY\), xx-two"):
        watched_places(["Twin Wells"], tmp_path)
    assert [place.id for place in watched_places(["xx-two"], tmp_path)] == ["xx-two"]
