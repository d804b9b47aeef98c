"""Looking finds what is wrong: each fault is shown to the browser once, beside the same page without it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.driver import BrowserError, Tab
from tests.browser.looking import faults_of_loading, look_over

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title>{head}
<style>:root {{ color-scheme: light dark }} p {{ margin: 0; width: 300px }}</style>
<body style="background: Canvas; color: CanvasText">{body}</body></html>"""


async def show(tab: Tab, folder: Path, body: str, head: str = "") -> None:
    page = folder / "page.html"
    page.write_text(PAGE.format(body=body, head=head), encoding="utf-8")
    await tab.visit(page.as_uri())


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<div style='width: 400px'>Wide</div>", "outside the page: div"),
        ("<p style='margin-left: -20px'>Left</p>", "outside the page: p"),
        ("<div style='width: 400px'>Wide</div>", "408 px wide in a window of 320"),
        ("<div style='width: 40px'>Unbreakable</div>", "runs out of its box: div"),
        ("<p style='width: 40px; overflow-wrap: anywhere'>Unbreakable</p>", 'torn in two: "Unbreakable"'),
        ("<p style='color: #777; background: #888'>Pale</p>", "contrast 1.26: p"),
        ("<p style='color: #fff0; background: #000'>Glass</p>", "contrast 1.00: p"),
        ("<p>Near معبر التوم, 45 km from town</p>", 'out of order: "'),
        ("<div style='background: #fff; color: #000'>x</div><style>body {background: #fff!important}</style>", "[255"),
    ],
)
async def test_faults_are_found(tab: Tab, tmp_path: Path, body: str, fault: str):
    await show(tab, tmp_path, body)
    view = await look_over(tab, 320, "dark")
    assert any(fault in line for line in view.faults), view.faults


async def test_nothing_is_found_where_nothing_is_wrong(tab: Tab, tmp_path: Path):
    await show(
        tab,
        tmp_path,
        "<p>Near <bdi>معبر التوم</bdi>, 45 km from \u2068بئر السلام\u2069, 12 killed</p>"
        "<p><span dir='rtl'>وقتلوا 4 جنود (بيان رقم 7)، وهذا سطر طويل ينكسر على سطرين أو أكثر</span> (Radio, 7 May)"
        "<p hidden style='color: #fff; width: 900px'>Hidden</p><p style='position: absolute; left: -999rem'>Aside",
    )
    for scheme in ("light", "dark"):
        view = await look_over(tab, 320, scheme)
        assert view.faults == []
        assert len(view.rtl) == 2
    assert faults_of_loading(tab, "file://") == []


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ("<link rel=stylesheet href='https://elsewhere.example/a'>", "asked another host: https://elsewhere.example/a"),
        ("<link rel=stylesheet href='none.css'>", "network: Failed to load resource"),
        ("<script>console.error('broken')</script>", "console: ['broken']"),
        ("<script>null.x</script>", "exception: Uncaught"),
        (
            "<meta http-equiv='Content-Security-Policy' content=\"style-src 'none'\"><style>p { color: red }</style>",
            "ContentSecurityPolicyIssue",
        ),
    ],
)
async def test_faults_of_loading_are_found(tab: Tab, tmp_path: Path, head: str, fault: str):
    await show(tab, tmp_path, "<p>Page</p>", head)
    await look_over(tab, 320, "light")
    found = faults_of_loading(tab, "file://")
    assert any(fault in line for line in found), found


async def test_right_to_left_text_without_a_direction_is_found(tab: Tab, tmp_path: Path):
    await show(tab, tmp_path, "<p>Seized: معبر التوم crossing</p><p>Seized: <bdi>معبر التوم</bdi> crossing</p>")
    view = await look_over(tab, 320, "light")
    assert view.unmarked == ['p "Seized: معبر التوم crossing"']
    assert view.faults == []


async def test_a_page_that_is_not_there_is_an_error(tab: Tab, tmp_path: Path):
    with pytest.raises(BrowserError, match="ERR_FILE_NOT_FOUND"):
        await tab.visit((tmp_path / "none.html").as_uri())
    with pytest.raises(BrowserError, match="nothing_of_the_kind is not defined"):
        await tab.run("nothing_of_the_kind")
    with pytest.raises(BrowserError, match="ofTheKind"):
        await tab.ask("Nothing.ofTheKind")
