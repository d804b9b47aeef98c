"""Logging: one line an event on standard error, for people or as JSON; secrets and addresses never enter it."""

from __future__ import annotations

import logging
import sys

import structlog

from alertsvc.settings import LogSettings

__all__ = ["configure"]

_NOISY = ("apscheduler", "uvicorn", "aiohttp", "asyncio", "trafilatura", "alembic", "htmldate", "courlan")


def configure(settings: LogSettings) -> None:
    """Send our events and those of libraries to standard error in one format."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.UnicodeDecoder(),
    ]
    final: structlog.typing.Processor
    if settings.format == "json":
        shared.append(structlog.processors.format_exc_info)
        final = structlog.processors.JSONRenderer(ensure_ascii=False)
    else:
        final = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _drop_empty, final],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in _NOISY:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    # A round that lasts longer than its tick is nothing to warn of: the next one looks again.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)


def _drop_empty(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Leave out what has no value, so that a line holds only what there is to say."""
    return {key: value for key, value in event.items() if value is not None}
