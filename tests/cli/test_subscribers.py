"""The commands on subscribers: shown, changed, paused, taken in from files, given out and erased."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from alertsvc.clock import SystemClock
from alertsvc.configuration import load_settings
from alertsvc.domain import Subscriber, SubscriberState
from alertsvc.errors import SettingsError
from alertsvc.store import Store
from alertsvc.store.outbox import list_deliveries
from alertsvc.store.subscribers import edit_subscriber, list_standings, list_subscribers
from alertsvc.sync import synchronise
from tests.cli.support import alertsvc, write_config
from tests.web.support import NOW, an_incident, store_incidents

HOOK = "https://hooks.slack.com/services/T0/B0/geheimnis"
DESK = '[[subscribers]]\nname = "desk"\nemail = "desk@example.org"\n'


def opened(folder: Path) -> Store:
    return Store.open(f"sqlite:///{folder}/var/alertsvc.db")


def people(folder: Path, *, active: bool = True) -> dict[str, Subscriber]:
    with opened(folder) as store, store.read() as conn:
        return {item.name: item for item in list_subscribers(conn, active=active)}


def configured(folder: Path, text: str = DESK) -> Path:
    config = write_config(folder, text)
    start(folder, config)
    return config


def start(folder: Path, config: Path) -> None:
    with opened(folder) as store:
        synchronise(store, load_settings(config, {}), NOW)


def run(*words: str | Path, config: Path, code: int = 0) -> str:
    result = alertsvc("subscribers", *words, "-c", config)
    assert result.code == code, result.err
    return result.out + result.err


def test_a_change_stands_over_the_configuration_until_reset(tmp_path: Path):
    config = configured(tmp_path)
    told = run(
        *("edit", "desk", "--place", "ras jdir", "--radius-km", "40", "--quiet", "22:00-06:30", "--no-empty"),
        *("--wake-from", "never", "--weekly-day", "sunday", "--language", "fr", "--alerts-per-day", "5"),
        config=config,
    )
    assert "stands over the configuration" in told
    start(tmp_path, config)
    desk = people(tmp_path)["desk"]
    assert ([place.name for place in desk.places], desk.radius_km, desk.weekly_day) == (["Ras Ajdir"], 40.0, 6)
    assert (str(desk.quiet_from), desk.wake_from, desk.empty_digests) == ("22:00:00", None, False)
    listed = run("list", config=config)
    assert "Ras Ajdir, within 40 km" in listed
    assert "stands over the configuration: alerts_per_day, empty_digests, language, places" in listed
    shown = json.loads(run("show", "desk", "--json", config=config))
    assert (shown["state"], shown["source"], shown["language"]) == ("active", "configuration", "fr")
    assert "quiet_until" in shown["changed"]
    assert "Ras Ajdir (ly-tn-ras-ajdir)" in run("show", "desk", config=config)
    run("edit", "desk", "--place", "any", "--quiet", "off", config=config)
    assert (people(tmp_path)["desk"].places, people(tmp_path)["desk"].quiet_from) == ((), None)
    run("edit", "desk", "--reset", config=config)
    start(tmp_path, config)
    assert people(tmp_path)["desk"].language == "en"


def test_every_fault_of_a_change_is_told_by_its_option(tmp_path: Path):
    config = configured(tmp_path)
    told = run(
        *("edit", "desk", "--place", "Trapoli", "--quiet", "late", "--timezone", "Mars/Phobos", "--kind", "hourly"),
        *("--weekly-day", "someday", "--wake-from", "9", "--digest-hour", "24"),
        config=config,
        code=2,
    )
    options = {line.split(": ")[1] for line in told.splitlines()}
    assert options == set("--place --quiet --timezone --kind --weekly-day --wake-from --digest-hour".split())
    assert "did you mean Tripoli" in told
    assert people(tmp_path)["desk"].digest_hour == 7
    assert "say what to change" in run("edit", "desk", config=config, code=2)
    assert "no subscriber called nobody" in run("edit", "nobody", "--digest-hour", "3", config=config, code=1)


def test_a_pause_and_an_unsubscription_are_told_apart(tmp_path: Path):
    config = configured(tmp_path)
    run("pause", "desk", config=config)
    start(tmp_path, config)
    assert people(tmp_path) == {}
    assert "paused" in run("list", config=config)
    run("resume", "desk", config=config)
    assert list(people(tmp_path)) == ["desk"]
    with opened(tmp_path) as store, store.begin() as conn:
        edit_subscriber(conn, "desk", {"state": "unsubscribed"}, NOW)
    start(tmp_path, config)
    assert "only they can take that back" in run("resume", "desk", config=config, code=1)
    assert "unsubscribed" in run("list", config=config)
    assert "no subscriber called x" in run("pause", "x", config=config, code=1)


def test_an_address_is_asked_before_anything_is_sent(tmp_path: Path):
    config = configured(tmp_path, "[consent]\ndouble_opt_in = true\n")
    assert "confirmed" in run("add", "ops", "--email", "ops@example.org", config=config)
    assert people(tmp_path, active=False)["ops"].state is SubscriberState.PENDING
    assert "not confirmed" in run("resume", "ops", config=config, code=1)


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_a_file_goes_out_and_comes_back(tmp_path: Path, suffix: str):
    config = configured(tmp_path)
    hook = tmp_path / "hook"
    hook.write_text(HOOK, encoding="utf-8")
    run("add", "ops", "--email", "ops@example.org", "--place", "Sarir", "--quiet", "23:00-05:00", config=config)
    run("add", "duty", "--slack-webhook-file", hook, "--kind", "flash", config=config)
    run("add", "threads", "--slack-channel", "C0123456789", config=config)
    listed = run("list", config=config) + run("list", "--json", config=config) + run("show", "duty", config=config)
    assert HOOK not in listed
    out = tmp_path / f"all.{suffix}"
    assert "1 with a webhook" in run("export", out, config=config)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert HOOK not in run("export", "-", "--format", suffix, "--no-secrets", config=config)
    before = people(tmp_path)
    for name in ("ops", "duty", "threads"):
        run("erase", name, config=config)
    assert list(people(tmp_path)) == ["desk"]
    assert "3 added, 1 left to the configuration; nothing was changed" in run("import", out, "--dry-run", config=config)
    assert list(people(tmp_path)) == ["desk"]
    run("import", out, config=config)
    after = people(tmp_path)
    assert {name: (item.target, item.places, item.quiet_from) for name, item in before.items()} == {
        name: (item.target, item.places, item.quiet_from) for name, item in after.items()
    }
    assert "3 unchanged" in run("import", out, config=config)


def test_faults_of_a_file_are_told_by_file_line_and_field(tmp_path: Path):
    config = configured(tmp_path)
    file = tmp_path / "list.csv"
    file.write_text("name,email,timezone\na,a@example.org,UTC\nb,b,Mars\n", encoding="utf-8")
    result = alertsvc("subscribers", "import", file, "-c", config)
    assert result.code == 1
    assert f"{file}:3: email: must be a bare e-mail address" in result.err
    assert f"{file}:3: timezone: " in result.err
    assert result.out == "1 added, 1 refused\n"
    assert set(people(tmp_path)) == {"a", "desk"}
    data = alertsvc("subscribers", "import", file, "--json", "-c", config).data
    assert [(row["line"], row["outcome"]) for row in data["rows"]] == [(2, "unchanged"), (3, "refused")]
    assert run("import", tmp_path / "none.csv", config=config, code=1)
    assert "--format" in run("import", tmp_path / "none.txt", config=config, code=2)


def test_erasing_leaves_nothing_and_asks_to_change_the_configuration_first(tmp_path: Path):
    config = configured(tmp_path)
    run("add", "ops", "--email", "ops@example.org", config=config)
    assert "ops@example.org" in run("export-data", "ops", config=config)
    run("erase", "ops", config=config)
    with opened(tmp_path) as store, store.read() as conn:
        everybody = list_standings(conn, removed=True)
        assert list_deliveries(conn) == []
    assert "ops" not in str(everybody)
    assert "configuration names desk" in run("erase", "desk", config=config, code=1)
    assert "no subscriber called ops" in run("erase", "ops", config=config, code=1)
    assert "no subscriber called ops" in run("export-data", "ops", config=config, code=1)


def test_what_one_would_have_got_is_shown_and_nothing_sent(tmp_path: Path):
    config = configured(tmp_path)
    now = SystemClock().now()
    with opened(tmp_path) as store:
        incident = an_incident()
        moved = incident.updates
        shift = now - timedelta(days=2) - moved[-1].at
        store_incidents(
            store,
            replace(
                incident,
                opened=incident.opened + shift,
                changed=incident.changed + shift,
                event_date=(now - timedelta(days=2)).date(),
                last_event=(now - timedelta(days=2)).date(),
                updates=tuple(replace(step, at=step.at + shift) for step in moved),
            ),
        )
    data = json.loads(run("preview", "desk", "--days", "7", "--json", config=config))
    kinds = [item["kind"] for item in data]
    assert kinds.count("flash") == 1
    assert kinds.count("daily") in (7, 8)
    assert [item["at"] for item in data] == sorted(item["at"] for item in data)
    shown = run("preview", "desk", config=config)
    assert "[FLASH]" in shown
    assert f"{len(data)} messages in 7 days" in shown
    run("edit", "desk", "--class", "capital_approach", "--no-empty", config=config)
    assert "Nothing in the last 7 days" in run("preview", "desk", config=config)
    with opened(tmp_path) as store, store.read() as conn:
        assert list_deliveries(conn) == []


def test_an_unknown_place_of_the_configuration_is_told_before_the_start_and_stops_it(tmp_path: Path):
    config = write_config(tmp_path, f'{DESK}places = ["Ras Ajdir", "Trapoli"]\n')
    result = alertsvc("check", "--json", "-c", config)
    assert result.code == 1
    (line,) = [item["message"] for item in result.data["findings"] if item["area"] == "subscribers"]
    assert line.startswith("desk: places: the gazetteer has no Trapoli; did you mean Tripoli")
    with opened(tmp_path) as store, pytest.raises(SettingsError, match=r"subscribers\.desk\.places: .*no Trapoli"):
        synchronise(store, load_settings(config, {}), NOW)


def test_every_command_on_subscribers_tells_what_came_of_it_as_json(tmp_path: Path):
    config = configured(tmp_path)
    hook = tmp_path / "hook"
    hook.write_text(HOOK)
    given = ("--country", "LY", "--language", "fr", "--json")
    added = json.loads(run("add", "one", "--email", "one@example.org", *given, config=config))
    assert (added["name"], added["target"], added["countries"], added["source"]) == (
        "one",
        "one@example.org",
        ["LY"],
        "command",
    )
    room = run("add", "room", "--slack-webhook-file", hook, "--json", config=config)
    assert json.loads(room)["target"] is None
    assert "geheimnis" not in room
    assert json.loads(run("edit", "desk", "--flash-from", "4", "--json", config=config))["changed"] == ["flash_from"]
    assert json.loads(run("pause", "one", "--json", config=config))["state"] == "paused"
    assert json.loads(run("resume", "one", "--json", config=config))["state"] == "active"
    written = json.loads(run("export", tmp_path / "all.csv", "--json", config=config))
    assert (written["subscribers"], written["webhooks"]) == (3, 1)
    assert json.loads(run("export-data", "one", "--json", config=config))["subscription"]["name"] == "one"
    assert json.loads(run("erase", "one", "--json", config=config))["consents"] == 1
    assert json.loads(run("remove", "desk", "--json", config=config)) == {
        "name": "desk",
        "removed": True,
        "back_with_the_next_start": True,
    }
    assert "no subscriber called nobody" in run("pause", "nobody", "--json", config=config, code=1)
    assert "itself" in run("export", "-", "--format", "csv", "--json", config=config, code=2)
