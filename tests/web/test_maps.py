"""The map of an incident on its page."""

from __future__ import annotations

import io
import re
from dataclasses import replace

from PIL import Image

from alertsvc.clock import ManualClock
from alertsvc.domain import Place, PlaceKind
from alertsvc.store import Store
from alertsvc.web.maps import described_map
from tests.web.support import (
    NOW,
    a_detection,
    a_report,
    an_incident,
    an_invented,
    pages_for,
    store_incidents,
    visiting,
)


async def test_the_page_shows_the_map_with_its_words(store: Store) -> None:
    store_incidents(store, an_incident("LY-2026-0131-aaaa"))
    async with visiting(pages_for(store, ManualClock(NOW))) as visitor:
        page = await visitor.text("/incidents/LY-2026-0131-aaaa")
        (source,) = re.findall(r'<img class="map" src="([^"]*)"', page)
        assert source == "/incidents/LY-2026-0131-aaaa.png"
        assert 'alt="Map: Al-Tum on the border between Libya and Niger, ' in page
        answer = await visitor.ask(source)
        assert answer.status == 200
        assert answer.headers["content-type"] == "image/png"
        assert Image.open(io.BytesIO(answer.body)).size == (800, 672)


async def test_an_invented_incident_is_drawn_only_where_it_is_asked_for(store: Store) -> None:
    invented = an_invented()
    store_incidents(store, invented)
    async with visiting(pages_for(store, ManualClock(NOW))) as visitor:
        assert (await visitor.ask(f"/incidents/{invented.public_id}.png")).status == 404
        assert (await visitor.ask(f"/incidents/{invented.public_id}.png?demonstration=1")).status == 200
        assert f"{invented.public_id}.png?demonstration=1" in await visitor.text(f"/incidents/{invented.public_id}")


async def test_a_place_without_coordinates_has_no_map(store: Store) -> None:
    nowhere = Place("Nowhere", PlaceKind.CROSSING, "TD")
    case = an_incident("TD-2026-0131-cccc", place=nowhere, reports=(a_report(5, detection=a_detection(place=nowhere)),))
    store_incidents(store, case)
    async with visiting(pages_for(store, ManualClock(NOW))) as visitor:
        assert "<img" not in await visitor.text("/incidents/TD-2026-0131-cccc")
        assert (await visitor.ask("/incidents/TD-2026-0131-cccc.png")).status == 404
        assert (await visitor.ask("/incidents/XX-0000-0000-0000.png")).status == 404


def test_an_incident_that_nothing_is_stored_of_has_no_map() -> None:
    assert described_map(replace(an_incident("LY-2026-0131-aaaa"), updates=())) is None
    assert described_map(replace(an_incident("LY-2026-0131-aaaa"), reports=())) is None
