"""The application: routes, headers and error pages.

It answers GET and HEAD and changes nothing, but for readers who come with the link of a mail.
"""

from __future__ import annotations

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from alertsvc.errors import StoreError
from alertsvc.web import health, incidents, metrics, overview, subscription, unsubscribe
from alertsvc.web.bearers import RefusalError, refused
from alertsvc.web.headers import SECURITY_HEADERS, SecurityHeaders
from alertsvc.web.pages import Pages
from alertsvc.web.parameters import ParameterError
from alertsvc.web.rendering import page, static_file

__all__ = ["Pages", "create_app"]

_STATIC = {"/style.css": "text/css", "/icon.svg": "image/svg+xml"}
_TITLES = {400: "This cannot be asked for", 404: "Not found", 405: "Not possible", 503: "The database does not answer"}
_MACHINE = ("/healthz", "/readyz", "/metrics")

_log = structlog.get_logger("alertsvc.web")


async def _static(request: Request) -> Response:
    body, version = static_file(request.url.path.removeprefix("/"))
    # The pages ask for it by its digest, so a copy may be kept for as long as anyone likes.
    keep = "public, max-age=31536000, immutable" if request.url.query == f"v={version}" else "no-cache"
    return Response(body, media_type=_STATIC[request.url.path], headers={"Cache-Control": keep})


def _failure(request: Request, status: int, message: str, headers: dict[str, str] | None = None) -> Response:
    """Return an error in the form of what was asked for: a page, JSON, or plain text."""
    path = request.url.path
    if path.endswith((".json", ".geojson")):
        answer: Response = JSONResponse({"error": message}, status_code=status)
    elif path.endswith(".atom") or path in _MACHINE:
        answer = PlainTextResponse(message + "\n", status_code=status)
    else:
        answer = page(request, "error.html", {"title": _TITLES.get(status, "Error"), "message": message}, status)
    answer.headers.update(headers or {})
    return answer


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    message = error.detail
    if error.status_code == 404 and message == "Not Found":
        message = "There is no page at this address."
    if error.status_code == 405:
        posts = "POST" in (error.headers or {}).get("Allow", "")
        message = f"This address can only be read (GET or HEAD){' or answered (POST)' if posts else ''}."
    return _failure(request, error.status_code, message, dict(error.headers or {}))


async def _bad_parameter(request: Request, error: Exception) -> Response:
    return _failure(request, 400, f"Bad request: {error}.")


async def _store_error(request: Request, error: Exception) -> Response:
    _log.warning("database does not answer", path=request.url.path, error=str(error))
    return _failure(request, 503, "The database did not answer; the log says why. Try again in a moment.")


async def _fault(_request: Request, _error: Exception) -> Response:
    # Written outside the middleware, and raised again after it so that the server logs it.
    text = "Something went wrong here; the log says what.\n"
    return PlainTextResponse(text, status_code=500, headers=SECURITY_HEADERS)


def create_app(pages: Pages) -> Starlette:
    """Return the application."""
    app = Starlette(
        routes=[
            *overview.routes(),
            *incidents.routes(),
            *health.routes(),
            *metrics.routes(),
            *unsubscribe.routes(),
            *subscription.routes(),
            *(Route(path, _static) for path in _STATIC),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={
            HTTPException: _http_error,
            ParameterError: _bad_parameter,
            RefusalError: refused,
            StoreError: _store_error,
            Exception: _fault,
        },
    )
    app.router.redirect_slashes = False
    app.state.pages = pages
    app.state.registry = metrics.registry_of(pages)
    return app
