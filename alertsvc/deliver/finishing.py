"""Transactions in a thread of their own, each finished once it has begun, whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

__all__ = ["finished", "outlasted"]

T = TypeVar("T")


async def finished(function: Callable[[], T]) -> T:
    """Run a transaction in a thread. Whoever waits for it may be cancelled, but only after it has ended.

    The store may be closed as soon as that is told.
    """
    return await outlasted(asyncio.ensure_future(asyncio.to_thread(function)))


async def outlasted(future: asyncio.Future[T]) -> T:
    """Wait for what goes on by itself; whoever is cancelled meanwhile is told so after it has ended."""
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait({future})
        if not future.cancelled():
            future.exception()  # told to nobody: the caller is being stopped
        raise
