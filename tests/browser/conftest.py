"""A browser for the run and a tab for each module."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
import pytest_asyncio

from tests.browser.driver import BrowserMissingError, Tab, browser_address, open_tab


@pytest.fixture(scope="session")
def browser() -> Iterator[str]:
    """The address of the browser of this run."""
    with ExitStack() as stack:
        try:
            address = stack.enter_context(browser_address())
        except BrowserMissingError as missing:
            if os.environ.get("CI") == "true":
                pytest.fail(str(missing))
            pytest.skip(str(missing))
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tab(browser: str) -> AsyncIterator[Tab]:
    """A tab, shared by the tests of a module since a new one takes a while."""
    async with open_tab(browser) as opened:
        yield opened
