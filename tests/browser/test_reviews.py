"""The weekly review and the full brief as a mail program shows them, in every language."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alertsvc.brief.context import NO_NOTES
from alertsvc.brief.render import render
from alertsvc.brief.wording.registry import REVIEWS
from alertsvc.previews import previews, with_pictures
from tests.brief.cases import NOW, many, retaken
from tests.browser.driver import Tab
from tests.browser.looking import CONTRAST, faults_of_loading, views
from tests.browser.test_mail import chips

pytestmark = pytest.mark.asyncio(loop_scope="module")

KINDS = ("brief", "weekly", "weekly_empty")
MADE = {
    item.name: item.briefing
    for item in previews(
        [retaken(), *many(12)],
        now=NOW + timedelta(hours=1),
        service="desk",
        demonstration=False,
        notes=NO_NOTES,
        earlier={},
    )
}


@pytest.mark.parametrize("name", [f"{kind}.{language}" for kind in KINDS for language in REVIEWS])
async def test_reviews_are_in_order_wherever_they_are_read(tab: Tab, tmp_path: Path, name: str):
    message = render(MADE[name])
    page = tmp_path / "mail.html"
    page.write_text(with_pictures(message), encoding="utf-8")
    await tab.visit(page.as_uri())
    for view in await views(tab, (320, 360, 800)):
        assert view.faults == []
        assert view.unmarked == []
        assert MADE[name].facts["footer"] in view.text.replace("\u2068", "").replace("\u2069", "")
        assert all(min(found) >= CONTRAST for found in chips(view).values())
    assert faults_of_loading(tab, "file://") == []
