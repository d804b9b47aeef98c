"""An operator's templates over ours: what they may do, and what becomes of a broken one."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsvc.brief.compose import compose_flash
from alertsvc.brief.layouts import MAX_TEMPLATE, OURS, TEXT_WIDTH, Layouts, shipped_names, wrapped_text
from alertsvc.brief.render import Rendered, render, render_by
from alertsvc.domain import Briefing, BriefingKind
from tests.brief.cases import NOW, hostile, incident


def flash(**fields: object) -> Briefing:
    case = incident(**fields)
    return compose_flash(case, case.updates[0], now=NOW, service="Risk desk")


def write(folder: Path, **files: str) -> Layouts:
    for name, text in files.items():
        (folder / f"{name.replace('__', '.')}.j2").write_text(text, encoding="utf-8")
    return Layouts.load(folder)


def rendered(layouts: Layouts, briefing: Briefing | None = None) -> tuple[Rendered, list[str]]:
    return render_by(layouts, briefing or flash())


@given(st.text(max_size=90), st.sampled_from(["", "  ", "              "]), st.none() | st.sampled_from(["* ", "- "]))
def test_short_lines_are_wrapped_as_long_ones_are(text: str, indent: str, first: str | None):
    wrapped = fill(
        text,
        width=TEXT_WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    assert wrapped_text(text, indent, first) == wrapped


def test_every_kind_has_its_templates():
    assert {f"{kind}.{form}.j2" for kind in BriefingKind for form in ("txt", "html")} <= shipped_names()


def test_an_own_template_takes_the_place_of_ours_by_its_name(tmp_path):
    layouts = write(tmp_path, flash__txt="{{ headline }} -- {{ service }}")
    assert layouts.problems == ()
    message, faults = rendered(layouts)
    assert faults == []
    assert message.text == f"{flash().facts['headline']} -- Risk desk\n"
    assert message.html == render(flash()).html


def test_one_block_of_ours_can_be_changed(tmp_path):
    own = '{% extends "ours/flash.txt.j2" %}{% block foot %}Duty desk: extension 42\n{% endblock %}'
    message, faults = rendered(write(tmp_path, flash__txt=own))
    assert faults == []
    assert "Duty desk: extension 42" in message.text
    assert flash().facts["lede"]["text"].split()[0] in message.text
    assert "LY-2031-0506-0a1b" not in message.text.splitlines()[-3]


def test_a_changed_base_is_under_every_kind(tmp_path):
    base = "HEAD\n{% block body %}{% endblock %}\n{% block foot %}{% endblock %}\n{{ footer }}"
    message, _ = rendered(write(tmp_path, _base__txt=base))
    assert message.text.startswith("HEAD\n")


def test_own_html_is_escaped(tmp_path):
    layouts = write(tmp_path, flash__html="<p>{{ lede.text }}</p>")
    case = hostile(incident(), "<script>alert(1)</script>")
    message, _ = rendered(layouts, compose_flash(case, case.updates[0], now=NOW, service="x"))
    assert "<script>" not in message.html
    assert "&lt;script&gt;" in message.html


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("{{ headline }}\n{% if %}", "flash.txt.j2:2: "),
        ("one\ntwo {{ headlin }}\n", "flash.txt.j2:2: 'headlin' is undefined"),
        ("\n\n{{ lede.txet }}", "flash.txt.j2:3: "),
        ("{{ 1 / 0 }}", "flash.txt.j2:1: division by zero"),
        ("{% include 'nowhere.j2' %}", "flash.txt.j2:1: nowhere.j2"),
        ("{{ ''.__class__.__mro__ }}", "flash.txt.j2:1: access to attribute '__class__'"),
        ("{{ lede.reports.append(1) }}", "flash.txt.j2:1: "),
        ("{% for n in range(10 ** 9) %}{{ n }}{% endfor %}", "flash.txt.j2:1: Range too big"),
        ("", "flash.txt.j2: makes an empty text"),
        ("{# all of it is left out #}\n\u00a0", "flash.txt.j2: makes an empty text"),
        ("{{ 'a' * 10 ** 8 }}", "flash.txt.j2:1: a product is too large"),
        ("{{ 10 ** 8 * ['a'] }}", "flash.txt.j2:1: a product is too large"),
        ("{{ 9 ** (9 ** 9) }}", "flash.txt.j2:1: a number is too large"),
        ("{{ 'a' | center(3 * 10 ** 6) }}", "flash.txt.j2: makes more than 2,000,000 characters"),
        ("{% for n in range(99999) %}{{ headline }}{% endfor %}", "flash.txt.j2: makes more than 2,000,000 characters"),
        ("{{ '\\ud800' }}", "flash.txt.j2: makes a character that cannot be sent: U+D800"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "flash.txt.j2:1: maximum recursion depth"),
    ],
)
def test_a_broken_template_is_told_with_file_and_line_and_ours_is_used(tmp_path, text, fault):
    layouts = write(tmp_path, flash__txt=text)
    message, faults = rendered(layouts)
    told = [*layouts.problems, *faults]
    assert len(told) == 1
    assert told[0].startswith(fault)
    assert message == render(flash())


def test_one_broken_file_leaves_the_others_in_use(tmp_path):
    layouts = write(tmp_path, flash__txt="{% if %}", flash__html="<p>{{ headline }}</p>")
    message, _ = rendered(layouts)
    assert message.text == render(flash()).text
    assert message.html == f"<p>{flash().facts['headline']}</p>"


def test_what_would_never_be_used_is_told(tmp_path):
    (tmp_path / "notes.md").write_text("x", encoding="utf-8")
    (tmp_path / "broken.j2").write_bytes(b"\xff\xfe")
    (tmp_path / "large.j2").write_bytes(b"x" * (MAX_TEMPLATE + 1))
    (tmp_path / ".swp.j2").write_bytes(b"\xff")
    layouts = write(tmp_path, flsh__txt="x", sign="{{ service }}", daily__txt='{% include "sign.j2" %}')
    told = sorted(layouts.problems)
    assert [problem.partition(":")[0] for problem in told] == ["broken.j2", "flsh.txt.j2", "large.j2", "notes.md"]


def test_a_folder_that_is_not_there_is_told(tmp_path):
    layouts = Layouts.load(tmp_path / "nowhere")
    assert len(layouts.problems) == 1
    assert rendered(layouts)[0] == render(flash())


def test_ours_raise_on_facts_that_lack_a_name():
    briefing = flash()
    del briefing.facts["headline"]
    with pytest.raises(Exception, match="headline"):
        render_by(OURS, briefing)


def test_every_line_of_a_broken_arabic_text_shows_from_the_right(tmp_path):
    layouts = write(tmp_path, flash__txt="{{ said | wrap('  ', '* ') }}\n{{ said | wrap }}\n\n{{ link }}")
    passage = (
        "the men took the post before dawn and raised their flag over the gate of the crossing, the paper writes. "
    )
    facts = {"said": f"قالت الصحيفة: {passage * 3}", "link": "https://outlet.example/news", "direction": "rtl"}
    text, fault = layouts.laid_out("flash.txt.j2", facts)
    assert fault is None
    *lines, blank, link = text.split("\n")
    assert len(lines) > 6
    assert all(line.startswith("\u200f") and line.count("\u200f") == 1 for line in lines)
    assert all(line.count("\u2068") == line.count("\u2069") == 1 for line in lines)
    assert (blank, link) == ("", "https://outlet.example/news")
    assert "\u200f" not in layouts.laid_out("flash.txt.j2", {**facts, "direction": "ltr"})[0]


def test_the_name_of_the_service_keeps_its_own_direction_beside_a_reference():
    from importlib.resources import files

    for name in ("flash", "update", "brief"):
        page = (files("alertsvc.brief") / "templates" / f"{name}.html.j2").read_text(encoding="utf-8")
        assert "<bdi>{{ reference }}</bdi> | <bdi>{{ service }}</bdi>" in page, name
