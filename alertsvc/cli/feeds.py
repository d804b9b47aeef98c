"""Commands for the feeds."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from alertsvc.cli.common import ConfigOption, JsonOption, emit, fail, load, open_store, progress, stdout

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from alertsvc.cli.layout import Row
    from alertsvc.collect.summary import FeedCheck
    from alertsvc.settings import Settings
    from alertsvc.store.feeds import Feed
    from alertsvc.web.feedstates import FeedLine

__all__ = ["app"]

app = typer.Typer(help="The feeds: how they are doing, and whether they can be read.", no_args_is_help=True)


@app.command("list")
def list_(config: ConfigOption = None, json_output: JsonOption = False) -> None:
    """List the feeds, those that need a look first."""
    from alertsvc.cli.layout import listing
    from alertsvc.clock import SystemClock
    from alertsvc.store.feeds import list_feeds
    from alertsvc.store.info import articles_by_feed
    from alertsvc.web.feedstates import feed_lines

    settings = load(config)
    now = SystemClock().now()
    with open_store(settings) as store, store.read() as conn:
        lines = feed_lines(list_feeds(conn), now)
        counts = articles_by_feed(conn)
    known = {line.feed.id for line in lines}
    waiting = [feed for feed in settings.feeds if feed.id not in known]
    if json_output:
        new = [{"id": feed.id, "title": feed.title, "url": feed.url, "state": "new"} for feed in waiting]
        emit([_data(line, counts.get(line.feed.id, 0)) for line in lines] + new)
        return
    rows: list[Row] = [_row(line, counts.get(line.feed.id, 0), now) for line in lines]
    rows += [((feed.id, "new", "never", "with the next start", 0, "no", feed.title), "") for feed in waiting]
    listing(("Id", "State", "Last read", "Next", "Articles", "Verified", "Title"), rows, "No feeds are configured.")


def _row(line: FeedLine, articles: int, now: datetime) -> Row:
    from alertsvc.cli.times import ago

    feed = line.feed
    mark = "[DEMO] " if feed.demonstration else ""
    cells = (
        feed.id,
        line.state,
        ago(feed.last_success, now),
        _next(feed, now),
        articles,
        "yes" if feed.verified else "no",
        mark + line.title,
    )
    # What went well is told by the state; anything else takes words.
    return cells, "" if feed.last_attempt is None or (feed.failures == 0 and not feed.last_error) else line.outcome


def _next(feed: Feed, now: datetime) -> str:
    from alertsvc.cli.times import ago

    if not feed.enabled or feed.gone:
        return "never"
    return "now" if feed.next_due is None or feed.next_due <= now else ago(feed.next_due, now)


def _data(line: FeedLine, articles: int) -> dict[str, Any]:
    names = (
        "id title url language country enabled verified demonstration last_attempt last_success last_outcome "
        "last_error failures next_due moved_to gone"
    ).split()
    values = {name: getattr(line.feed, name) for name in names}
    times = {name: value.isoformat() for name, value in values.items() if hasattr(value, "isoformat")}
    return {**values, **times, "state": line.state, "articles": articles}


@app.command()
def check(
    which: Annotated[
        list[str] | None, typer.Argument(metavar="ID|URL", help="Feeds to try; else every one that is configured.")
    ] = None,
    config: ConfigOption = None,
    json_output: JsonOption = False,
) -> None:
    """Try feeds and say what is there; those that are well are marked verified. Nothing else is stored."""
    from alertsvc.service import Service

    settings = load(config)

    async def work() -> list[tuple[str, FeedCheck]]:
        async with Service.open(settings, alone=False) as service:
            return await _try(service, _chosen(service, which or [], settings), quiet=json_output)

    results = asyncio.run(work())
    if json_output:
        emit([{"id": name, **_plain(seen)} for name, seen in results])
    else:
        _show(results)
    if not all(seen.ok for _, seen in results):
        raise typer.Exit(1)


def _chosen(service: Any, which: list[str], settings: Settings) -> dict[str, str | Feed]:
    """Return what is to be tried, by the name it is shown under: a stored feed, or an address of none.

    Raises:
        typer.Exit: with status 2, where an id is nobody's.
    """
    from alertsvc.store.feeds import list_feeds

    with service.store.read() as conn:
        stored = {feed.id: feed for feed in list_feeds(conn)}
    if not which:
        return {feed.id: stored[feed.id] for feed in settings.feeds if feed.enabled}
    by_address = {feed.url: feed for feed in stored.values()}
    by_address |= {feed.url: stored[feed.id] for feed in settings.feeds}
    chosen: dict[str, str | Feed] = {}
    unknown = []
    for name in which:
        feed = stored.get(name) or by_address.get(name)
        if feed is not None:
            chosen[feed.id] = feed
        elif "://" in name:
            chosen[name] = name
        else:
            unknown.append(name)
    if unknown:
        raise fail(f"no feed has this id: {', '.join(unknown)}; `alertsvc feeds list` shows them all", 2)
    return chosen


async def _try(service: Any, chosen: dict[str, str | Feed], *, quiet: bool) -> list[tuple[str, FeedCheck]]:
    """Try feeds side by side and mark those that are well; the results come in the order of `chosen`."""
    room = asyncio.Semaphore(service.settings.collect.concurrency)
    done = 0

    async def one(target: str | Feed, show: Callable[[str, int, int], None]) -> FeedCheck:
        nonlocal done
        async with room:
            seen: FeedCheck = await service.collector.check_feed(target)
        done += 1
        show("", done, len(chosen))
        return seen

    with progress("trying feeds", quiet=quiet) as show:
        found = await asyncio.gather(*(one(target, show) for target in chosen.values()))
    results = list(zip(chosen, found, strict=True))
    await asyncio.to_thread(_mark, service, [name for name, seen in results if seen.ok and "://" not in name])
    return results


def _mark(service: Any, feed_ids: list[str]) -> None:
    from alertsvc.store.feeds import set_verified

    with service.store.begin() as conn:
        for feed_id in feed_ids:
            set_verified(conn, feed_id, True)


def _plain(seen: FeedCheck) -> dict[str, Any]:
    data = asdict(seen)
    return data | {"newest": seen.newest.isoformat() if seen.newest else None, "seconds": round(seen.seconds, 3)}


def _show(results: list[tuple[str, FeedCheck]]) -> None:
    from rich.text import Text

    from alertsvc.brief.texts import clean
    from alertsvc.clock import SystemClock

    now = SystemClock().now()
    console = stdout()
    if not results:
        console.print("No feeds are configured.")
        return
    width = min(32, max(len(name) for name, _ in results))
    for name, seen in results:
        mark = "ok " if seen.ok else "-- "
        console.print(Text(f"{mark} {clean(name):{width}}  {clean(_told(seen, now), 400)}", "" if seen.ok else "bold"))
    well = sum(seen.ok for _, seen in results)
    verdict = "all of them can be read" if well == len(results) else f"{len(results) - well} cannot be read"
    console.print(f"{len(results)} tried: {verdict}")


def _told(seen: FeedCheck, now: datetime) -> str:
    """Say in one line what is at a feed's address."""
    from alertsvc.cli.times import ago

    if not seen.ok:
        return f"{seen.outcome.replace('_', ' ')}: {seen.message}" if seen.message else seen.outcome
    parts = [
        seen.kind or "feed",
        f"{seen.entries} {'entry' if seen.entries == 1 else 'entries'}",
        f"newest {ago(seen.newest, now)}" if seen.newest else "no dates",
        seen.language or "language not given",
        f"{seen.with_text} with full text",
        *seen.problems,
    ]
    if seen.permanent_url:
        parts.append(f"has moved for good to {seen.permanent_url}")
    return ", ".join(parts)


@app.command()
def demonstration(
    config: ConfigOption = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove every trace of it from the database.")] = False,
    json_output: JsonOption = False,
) -> None:
    """Say what there is of the demonstration's invented events, or remove it."""
    from alertsvc.store.info import demonstration_rows
    from alertsvc.sync import remove_demonstration

    settings = load(config)
    with open_store(settings) as store:
        if remove:
            rows = remove_demonstration(store)
        else:
            with store.read() as conn:
                rows = demonstration_rows(conn)
    switched_on = settings.demonstration.enabled
    if json_output:
        emit({"enabled": switched_on, "removed" if remove else "rows": rows})
        return
    console = stdout()
    told = ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in rows.items() if count and name != "meta")
    if remove:
        console.print(
            f"Removed, rows of each table: {told}" if told else "There was nothing of the demonstration to remove.",
            markup=False,
        )
        if switched_on:
            console.print("demonstration.enabled is still true. It stays away all the same, until it is set to false,")
            console.print("the service started with that, and then set to true again.")
        console.print(f"Mail that it wrote to files stays in {settings.mail.directory}.", markup=False)
    else:
        console.print(f"The demonstration is switched {'on' if switched_on else 'off'} in the configuration.")
        console.print(f"Rows in the database: {told}" if told else "Nothing of it is in the database.", markup=False)
