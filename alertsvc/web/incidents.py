"""The routes under `/incidents`: lists and single incidents, as pages and as exports."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from alertsvc.domain import Claim, Incident, IncidentClass, Phase, Report
from alertsvc.store.incidents import get_current
from alertsvc.web.exports import Addresses, atom, geojson, incident_document, list_document
from alertsvc.web.listing import Listing, read_listing
from alertsvc.web.maps import described_map, map_answer
from alertsvc.web.pages import Pages, base_address, pages_of, read_store, tag_authority
from alertsvc.web.parameters import PUBLIC_ID, Filters, read_demonstration, read_filters
from alertsvc.web.rendering import page
from alertsvc.web.telling import told

__all__ = ["routes"]

EXPORTED = 100  # incidents on one page of an export
_APART = 10  # invented incidents shown under the real ones


@dataclass(frozen=True, slots=True)
class _Both:
    real: Listing
    invented: Listing


async def listing_page(request: Request) -> Response:
    """`/incidents`: the real ones, and on the first page the newest invented ones under a heading of their own."""
    filters = read_filters(request.query_params)
    pages = pages_of(request)

    def read(conn: Connection) -> _Both:
        listing = read_listing(conn, filters)
        if filters.demonstration or filters.after:
            return _Both(listing, Listing((), None))
        apart = Filters(filters.incident_class, filters.country, filters.phase, demonstration=True, limit=_APART)
        return _Both(listing, read_listing(conn, apart))

    both = await read_store(pages, read)
    return page(
        request,
        "incidents.html",
        {
            "filters": filters,
            "listing": both.real,
            "rows": [told(incident) for incident in both.real.incidents],
            "invented": both.invented,
            "invented_rows": [told(incident) for incident in both.invented.incidents],
            "classes": list(IncidentClass),
            "phases": list(Phase),
        },
    )


def _addresses(request: Request, kind: str, filters: Filters, after: str | None) -> Addresses:
    own = f"/incidents.{kind}"
    return Addresses(
        base=base_address(request),
        authority=tag_authority(pages_of(request)),
        here=own + filters.query(after=filters.after),
        page="/incidents" + filters.apart(demonstration=filters.demonstration).query(limit=False),
        following=own + filters.query(after=after) if after else None,
    )


def _json(document: dict[str, Any], media_type: str = "application/json") -> Response:
    return Response(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1), media_type=media_type)


def _list_json(listing: Listing, addresses: Addresses, pages: Pages, filters: Filters) -> Response:
    now = pages.clock.now()
    return _json(list_document(listing.incidents, addresses, now, demonstration=filters.demonstration))


def _list_geojson(listing: Listing, addresses: Addresses, _pages: Pages, _filters: Filters) -> Response:
    return _json(geojson(listing.incidents, addresses), "application/geo+json")


def _list_atom(listing: Listing, addresses: Addresses, pages: Pages, filters: Filters) -> Response:
    body = atom(
        listing.incidents,
        addresses,
        pages.clock.now(),
        service=pages.service_name,
        demonstration=filters.demonstration,
    )
    return Response(body, media_type="application/atom+xml")


def _export(
    kind: str, write: Callable[[Listing, Addresses, Pages, Filters], Response]
) -> Callable[[Request], Awaitable[Response]]:
    async def export(request: Request) -> Response:
        filters = read_filters(request.query_params, limit=EXPORTED)
        pages = pages_of(request)
        listing = await read_store(pages, lambda conn: read_listing(conn, filters))
        addresses = _addresses(request, kind, filters, listing.after)
        answer = write(listing, addresses, pages, filters)
        if addresses.following:
            answer.headers["Link"] = f'<{addresses.base}{addresses.following}>; rel="next"'
        return answer

    return export


async def _one(request: Request) -> Incident:
    public_id = request.path_params["public_id"]
    found = None
    if PUBLIC_ID.match(public_id):
        found = await read_store(pages_of(request), lambda conn: get_current(conn, public_id))
    if found is None:
        raise HTTPException(404, "There is no incident of this id.")
    return found


def _claims(incident: Incident) -> list[tuple[Claim, Report]]:
    """Return every claim once, newest report first."""
    found: dict[tuple[str, str], tuple[Claim, Report]] = {}
    for report in sorted(incident.reports, key=lambda report: report.fetched, reverse=True):
        for claim in report.detection.claims:
            found.setdefault((claim.speaker.casefold(), claim.quote.casefold()), (claim, report))
    return list(found.values())


async def incident_page(request: Request) -> Response:
    """`/incidents/{public_id}`: everything that is known of one incident, and why."""
    incident = await _one(request)
    reports = sorted(incident.reports, key=lambda report: report.published or report.fetched)
    return page(
        request,
        "incident.html",
        {
            "told": told(incident),
            "incident": incident,
            "updates": sorted(incident.updates, key=lambda update: update.number, reverse=True),
            "reports": reports,
            "outlets": {report.id: report.outlet_name or report.outlet for report in reports},
            "claims": _claims(incident),
            "map": described_map(incident),
        },
    )


async def _exported(request: Request) -> Incident:
    """Return an incident to be taken away: an invented one only where `demonstration=1` asks for it."""
    wanted = read_demonstration(request.query_params)
    incident = await _one(request)
    if incident.demonstration and not wanted:
        raise HTTPException(404, "This is an invented event of the demonstration; add ?demonstration=1 to export it.")
    return incident


async def incident_map(request: Request) -> Response:
    """`/incidents/{public_id}.png`: its map; an invented incident only where `demonstration=1` asks for it."""
    return await map_answer(await _exported(request))


async def incident_json(request: Request) -> Response:
    """`/incidents/{public_id}.json`; an invented incident only where `demonstration=1` asks for it."""
    incident = await _exported(request)
    pages = pages_of(request)
    own = f"/incidents/{incident.public_id}"
    addresses = Addresses(base_address(request), tag_authority(pages), f"{own}.json", own)
    return _json(incident_document(incident, addresses, pages.clock.now()))


def routes() -> list[BaseRoute]:
    """Return the routes; exports stand first, since an incident's id may hold a dot."""
    return [
        Route("/incidents", listing_page),
        Route("/incidents.json", _export("json", _list_json)),
        Route("/incidents.geojson", _export("geojson", _list_geojson)),
        Route("/incidents.atom", _export("atom", _list_atom)),
        Route("/incidents/{public_id}.json", incident_json),
        Route("/incidents/{public_id}.png", incident_map),
        Route("/incidents/{public_id}", incident_page),
    ]
