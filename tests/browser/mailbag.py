"""Briefings to be looked at: each kind, real and invented, with Arabic and French sources and hostile words."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from alertsvc.brief.compose import compose_flash, compose_update
from alertsvc.brief.daily import compose_daily
from alertsvc.brief.full import compose_brief
from alertsvc.brief.render import render
from alertsvc.brief.weekly import compose_weekly
from alertsvc.domain import Briefing, Claim, Incident, Place, PlaceKind
from tests.brief.cases import NOW, detection, hostile, incident, many, report, retaken, severity, update

__all__ = ["ARABIC", "BRIEFINGS", "FRENCH", "QUOTED", "page_of"]

ARABIC = "مسلحون يسيطرون على معبر التوم ويقتلون 4 جنود، و12 مفقودا (بيان رقم 7)."
FRENCH = "Des hommes armés s'emparent du poste « Al-Toum » : 4 morts, 12 disparus"
QUOTED = "سيطر مسلحون على المعبر فجر الأحد وقتلوا 4 جنود."
HOSTILE = (
    '</td></table><script>alert(1)</script><img src="http://evil.example/x.png" onerror=alert(2)>'
    "<form action=//evil.example><style>*{display:none}</style>\u202egpj.exe\u2066 & \" ' {{ 7 * 7 }} ثوار 3.0/5.0"
)
_LONG = "Sperrbezirksgrenzuebergangsstellenbewachungsmannschaft" * 2
_SERVICE = "Risk desk <b>& مكتب المخاطر 24"


def page_of(briefing: Briefing) -> str:
    """Return the HTML of a briefing with its pictures in place of the content ids that a mail program resolves."""
    mail = render(briefing)
    page = mail.html
    for picture in mail.pictures:
        page = page.replace(f"cid:{picture.cid}", f"data:image/png;base64,{b64encode(picture.png).decode()}")
    return page


def _abroad(**fields: Any) -> Incident:
    """A crossing with an Arabic name, told of by an Arabic outlet, a French one, and the Arabic one again."""
    post = Place("معبر التوم", PlaceKind.CROSSING, "LY-NE")
    told = detection(
        place=post,
        claims=(Claim("القيادة العامة", "استعادت قواتنا السيطرة على المعبر في الساعة 14:30"),),
        sentences=(QUOTED,),
        attackers=(),
    )
    french = detection(
        place=post, claims=(Claim("Le Front", "Le poste est à nous.", denies=True),), sentences=(FRENCH,)
    )
    arabic = {"title": ARABIC, "language": "ar", "outlet_name": "صحيفة الساحل 24", "origin": "وكالة 7"}
    values: dict[str, Any] = {
        "public_id": "LY-2031-0506-ab1e",
        "place": post,
        "reports": (
            report(1, told, **arabic),
            report(2, french, title=FRENCH, language="fr", outlet_name="Le Quotidien du Sahel", url=None),
            report(3, told, **arabic),
        ),
        "updates": (update(), update(2), update(3, changes=("يقول معبر التوم", "toll now at least 4 (was 3)"))),
    }
    return incident(**(values | fields))


def _unbroken(**fields: Any) -> Incident:
    return hostile(retaken(**fields), _LONG)


def _flash(case: Incident) -> Briefing:
    return compose_flash(case, case.updates[-1], now=NOW, service=_SERVICE)


def _update(case: Incident) -> Briefing:
    return compose_update(case, case.updates[-1], now=NOW, service=_SERVICE)


def _daily(*cases: Incident, previous: tuple[Incident, ...] | None = None) -> Briefing:
    return compose_daily(
        cases,
        start=NOW - timedelta(days=1),
        end=NOW,
        zone="Africa/Tripoli",
        now=NOW,
        service=_SERVICE,
        demonstration=any(case.demonstration for case in cases),
        previous=previous,
    )


def _brief(case: Incident) -> Briefing:
    return compose_brief(case, case.updates[-1], now=NOW, service=_SERVICE)


def _weekly(*cases: Incident) -> Briefing:
    return compose_weekly(
        cases,
        start=NOW - timedelta(days=7),
        end=NOW,
        zone="Africa/Tripoli",
        now=NOW,
        service=_SERVICE,
        demonstration=False,
        previous=None,
    )


def _digest(*, demonstration: bool) -> Briefing:
    tried = (_abroad(severity=severity(5.0), updates=(update(severity=5.0),)), hostile(retaken(), HOSTILE), _unbroken())
    cases = [replace(case, public_id=f"LY-2031-0506-d{number}") for number, case in enumerate(tried)]
    told, *rest = (replace(case, demonstration=demonstration) for case in (*cases, *many(20)))
    return _daily(told, *rest, previous=tuple(rest[:6]))


BRIEFINGS: dict[str, Callable[[], Briefing]] = {
    "flash": lambda: _flash(_abroad()),
    "flash, hostile": lambda: _flash(hostile(retaken(), HOSTILE)),
    "flash, unbroken": lambda: _flash(_unbroken()),
    "flash, demonstration": lambda: _flash(_abroad(demonstration=True)),
    "update": lambda: _update(_abroad()),
    "update, hostile": lambda: _update(hostile(retaken(), HOSTILE)),
    "update, unbroken": lambda: _update(_unbroken()),
    "update, demonstration": lambda: _update(_abroad(demonstration=True)),
    "digest": lambda: _digest(demonstration=False),
    "digest, demonstration": lambda: _digest(demonstration=True),
    "digest, quiet": lambda: _daily(previous=()),
    "brief": lambda: _brief(_abroad()),
    "brief, hostile": lambda: _brief(hostile(retaken(), HOSTILE)),
    "review": lambda: _weekly(*many(20)),
    "review, quiet": lambda: _weekly(),
}
"""What makes each briefing, by name. The digests hold all of the incidents above."""
