from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from alertsvc.configuration import load_settings
from alertsvc.domain import BacklogPolicy, BriefingKind, IncidentClass
from alertsvc.errors import SettingsError
from alertsvc.settings import Duration, FeedSettings, Settings, SubscriberSettings

EXAMPLE = Path(__file__).parents[1] / "config.example.toml"
Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load settings from text and an environment of their own."""

    def loaded(text: str = "", **environ: str) -> Settings:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return load_settings(path, environ)

    return loaded


def problems(load: Load, text: str = "", **environ: str) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(text, **environ)
    return caught.value.problems


def keys(told: list[str]) -> set[str]:
    return {problem.partition(": ")[0] for problem in told}


# --- the example ----------------------------------------------------------------------------------------------------


def test_the_example_works_as_it_stands(tmp_path: Path) -> None:
    settings = load_settings(EXAMPLE, {})
    assert settings.demonstration.enabled
    assert settings.feeds
    assert [subscriber.name for subscriber in settings.subscribers] == ["desk"]


def fields(model: type[BaseModel], prefix: str = "") -> set[str]:
    found: set[str] = set()
    for name, info in model.model_fields.items():
        annotation = info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found |= fields(annotation, f"{prefix}{name}.")
        elif name not in ("feeds", "subscribers"):
            found.add(prefix + name)
    return found


def example_keys() -> set[str]:
    """Every key of the example, in use or commented out, with its section."""
    found, section = set(), ""
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        bare = re.sub(r"^# ?", "", line)
        if header := re.match(r"\[\[?([a-z_.]+)\]\]?", bare) or re.match(r"--- (feeds) -", bare):
            section = header[1] + "."
        elif told := re.search(r"`([a-z_]+)` says", bare):
            found.add(section + told[1])
        elif key := re.match(r"([a-z_]+) = ", bare):
            found.add(section + key[1])
    return found


KNOWN = fields(Settings) | fields(FeedSettings, "feeds.") | fields(SubscriberSettings, "subscribers.")


def test_the_example_shows_every_key() -> None:
    # A webhook's address is a secret: the example leads to the file that holds it.
    assert KNOWN - example_keys() <= {"subscribers.slack_webhook"}


def test_the_example_shows_no_key_that_is_none() -> None:
    assert example_keys() - KNOWN == set()


def test_what_the_example_sets_is_the_default_but_for_feeds_and_recipients() -> None:
    tree = tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))
    for key in ("feeds", "subscribers", "demonstration"):
        del tree[key]
    assert Settings(**tree) == Settings()


def test_what_the_example_comments_out_is_valid_too(load: Load) -> None:
    text = re.sub(r"^# (?=[a-z_]+ = )", "", EXAMPLE.read_text(encoding="utf-8"), flags=re.M)
    text = re.sub(r"^# --- feeds -", '[[feeds]]\nid = "x"\nurl = "https://x.example/"\n#', text, flags=re.M)
    settings = load(text.replace("# [[subscribers]]", "[[subscribers]]"))
    assert settings.mail.smtp.host == "smtp.example.org"
    assert settings.detect.threshold == 0.9
    assert [subscriber.name for subscriber in settings.subscribers] == ["desk", "duty channel", "threads"]
    assert settings.feeds[0].id == "x"


# --- faults ---------------------------------------------------------------------------------------------------------


def test_every_fault_is_told_at_once_by_its_key(load: Load) -> None:
    text = """
    [service]
    name = "two\\nlines"
    public_url = "ftp://alerts.example.org"
    [store]
    url = "mysql://x"
    [collect]
    interval = "soon"
    max_entries = 0
    colour = "red"
    [detect]
    languages = ["en", "de"]
    threshold = 1.5
    [mail]
    sender = "Desk <desk@example.org>"
    [mail.smtp]
    port = 70000
    [web]
    port = "http"
    [log]
    level = "loud"
    [nonsense]
    key = 1
    [[feeds]]
    id = "Two Words"
    url = "https://user:secret@example.org/"
    country = "libya"
    [[subscribers]]
    name = "x"
    email = "desk@example.org"
    timezone = "Mars/Olympus"
    digest_hour = 24
    min_severity = 5.5
    classes = ["sea_port"]
    """
    told = problems(load, text, ALERTSVC_WEB__HOSTT="x", ALERTSVC_TRACK__WINDOW_DAYS="0", PATH="/bin")
    assert keys(told) >= {
        "service.name",
        "service.public_url",
        "store.url",
        "collect.interval",
        "collect.max_entries",
        "collect.colour",
        "detect.languages.1",
        "detect.threshold",
        "mail.sender",
        "mail.smtp.port",
        "web.port",
        "log.level",
        "nonsense",
        "feeds.0.id",
        "feeds.0.url",
        "feeds.0.country",
        "subscribers.0.timezone",
        "subscribers.0.digest_hour",
        "subscribers.0.min_severity",
        "subscribers.0.classes.0",
        "track.window_days",
        "ALERTSVC_WEB__HOSTT",
    }
    assert "collect.colour: unknown key" in told
    assert all("\n" not in problem for problem in told)
    assert not any("secret" in problem for problem in told)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[mail.smtp]\nusername = "x"', "mail.smtp: username and password go together"),
        ('[mail.smtp]\npassword = "hunter2"', "mail.smtp: username and password go together"),
        (
            '[mail.smtp]\nusername = "x"\npassword = "hunter2"\nsecurity = "none"',
            "mail.smtp: a login is never sent in the clear",
        ),
        (
            '[[subscribers]]\nname = "x"',
            "subscribers.0: give exactly one of email, slack_webhook,",
        ),
        (
            '[[subscribers]]\nname = "x"\nemail = "a@example.org"\nslack_webhook = "https://hunter2"',
            "subscribers.0: give exactly one of email",
        ),
        ('[[feeds]]\nid = "a"\nurl = "https://a.example/"\n' * 2, "feeds.id is used twice: a"),
        (
            '[[feeds]]\nid = "a"\nurl = "https://a.example/"\n[[feeds]]\nid = "b"\nurl = "https://a.example/"',
            "feeds.url is used twice: https://a.example/",
        ),
        ('[[subscribers]]\nname = "x"\nemail = "a@example.org"\n' * 2, "subscribers.name is used twice: x"),
        ("web = 3", "web: Input should be a valid dictionary"),
        ('[[feeds]]\nid = "a"', "feeds.0.url: Field required"),
    ],
)
def test_what_does_not_fit_together_is_told(load: Load, text: str, fault: str) -> None:
    (told,) = problems(load, text)
    assert told.startswith(fault)
    assert "hunter2" not in told


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    for content, fault in ((b"a = ", "not valid TOML"), (b"\xff", "cannot be read")):
        broken.write_bytes(content)
        with pytest.raises(SettingsError, match=f"broken.toml: {fault}"):
            load_settings(broken, {})
    with pytest.raises(SettingsError, match=r"no such file; copy config\.example\.toml"):
        load_settings(tmp_path / "absent.toml", {})
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path, {})


def test_no_secret_is_shown(load: Load) -> None:
    settings = load('[mail.smtp]\nusername = "x"\npassword = "hunter2"')
    assert "hunter2" not in repr(settings)
    assert settings.mail.smtp.password == SecretStr("hunter2")


# --- durations and other kinds of value -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (90, 90),
        (0.5, 0.5),
        ("90", 90),
        ("90s", 90),
        ("15m", 900),
        ("1.5h", 5400),
        (" 6 h ", 21600),
        ("2d", 172800),
    ],
)
def test_durations(written: Any, seconds: float) -> None:
    assert TypeAdapter(Duration).validate_python(written) == seconds


@pytest.mark.parametrize(
    "written", ["", "h", "-5m", "5 minutes", "5w", "1h30m", "1e3", "inf", 0, -1, "0s", None, [], float("nan")]
)
def test_what_is_no_duration(written: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Duration).validate_python(written)


@given(st.integers(1, 10_000), st.sampled_from([("s", 1), ("m", 60), ("h", 3600), ("d", 86400)]))
def test_a_duration_is_its_number_times_its_unit(number: int, unit: tuple[str, int]) -> None:
    assert TypeAdapter(Duration).validate_python(f"{number}{unit[0]}") == number * unit[1]


@pytest.mark.parametrize(
    "address",
    ["desk@example.org", "a.b+c@mail.example.org", "desk@localhost"],
)
def test_addresses(load: Load, address: str) -> None:
    assert load(f'[mail]\nsender = "{address}"').mail.sender == address


@pytest.mark.parametrize(
    "address", ["desk", "a@b@c", "a b@example.org", "<a@example.org>", "a@example.org\\nBcc: x@y", "a,b@c"]
)
def test_what_is_no_bare_address(load: Load, address: str) -> None:
    assert keys(problems(load, f'[mail]\nsender = "{address}"')) == {"mail.sender"}


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "file:///etc/passwd", "a.example", "https://", "https://u:p@a.example/", "http://[::1"]
)
def test_what_is_no_feed_address(load: Load, url: str) -> None:
    assert keys(problems(load, f'[[feeds]]\nid = "a"\nurl = "{url}"')) == {"feeds.0.url"}


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465), ("none", 25)])
def test_each_kind_of_security_has_its_port(load: Load, security: str, port: int) -> None:
    assert load(f'[mail.smtp]\nsecurity = "{security}"').mail.smtp.effective_port == port
    assert load(f'[mail.smtp]\nsecurity = "{security}"\nport = 2525').mail.smtp.effective_port == 2525


def test_feeds_and_recipients(load: Load) -> None:
    settings = load(
        """
        [[feeds]]
        id = "wire"
        url = "https://wire.example/rss"
        backlog = "alert"
        interval = "5m"
        full_text = false
        [[subscribers]]
        name = "desk"
        email = "desk@example.org"
        classes = ["oil_facility"]
        countries = ["LY"]
        kinds = ["daily"]
        """
    )
    (feed,) = settings.feeds
    assert (feed.backlog, feed.interval, feed.full_text, feed.enabled) == (BacklogPolicy.ALERT, 300.0, False, True)
    (subscriber,) = settings.subscribers
    assert (subscriber.classes, subscriber.kinds) == ((IncidentClass.OIL,), (BriefingKind.DAILY,))
    assert subscriber.webhook() is None


def test_settings_cannot_be_changed(load: Load) -> None:
    settings = load()
    with pytest.raises(ValidationError, match="frozen"):
        settings.web.port = 1  # type: ignore[misc]


# --- environment ----------------------------------------------------------------------------------------------------


def test_the_environment_lies_over_the_file_level_by_level(load: Load) -> None:
    settings = load(
        '[mail]\nsender_name = "File"\n[mail.smtp]\nhost = "file.example"\nport = 1\n[web]\nport = 2',
        ALERTSVC_MAIL__SMTP__HOST="environment.example",
        ALERTSVC_COLLECT__INTERVAL="10m",
        ALERTSVC_DETECT__LANGUAGES='["fr"]',
        ALERTSVC_WEB='{"host": "0.0.0.0"}',
        alertsvc_log__level="debug",
        HOME="/root",
    )
    assert (settings.mail.sender_name, settings.mail.smtp.host, settings.mail.smtp.port) == (
        "File",
        "environment.example",
        1,
    )
    assert (settings.collect.interval, settings.detect.languages) == (600.0, ("fr",))
    assert (settings.web.host, settings.web.port, settings.log.level) == ("0.0.0.0", 2, "debug")


def test_feeds_may_come_from_the_environment(load: Load) -> None:
    (feed,) = load(ALERTSVC_FEEDS='[{"id": "a", "url": "https://a.example/"}]').feeds
    assert feed.id == "a"


def test_variables_that_set_nothing_are_told(load: Load) -> None:
    told = problems(
        load, ALERTSVC_MAIL__SMTP__HOSST="x", ALERTSVC_DEBUG="1", ALERTSVC_WEB__PORT_FILE="/x", OTHER_THING="1"
    )
    for name in ("ALERTSVC_MAIL__SMTP__HOSST", "ALERTSVC_DEBUG", "ALERTSVC_WEB__PORT_FILE"):
        assert f"{name}: unknown variable" in told
    assert not any("OTHER" in problem for problem in told)


def test_a_variable_that_cannot_be_read_is_told(load: Load) -> None:
    assert keys(problems(load, ALERTSVC_WEB__PORT="")) == {"web.port"}
    (told,) = problems(load, ALERTSVC_DETECT__LANGUAGES="en, fr")
    assert "detect" in told


def test_a_secret_may_come_from_a_file(load: Load, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2 \r\n", encoding="utf-8")
    settings = load('[mail.smtp]\nusername = "x"', ALERTSVC_MAIL__SMTP__PASSWORD_FILE=str(secret))
    assert settings.mail.smtp.password is not None
    assert settings.mail.smtp.password.get_secret_value() == "hunter2 "


def test_a_secret_comes_from_one_place(load: Load, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    told = problems(
        load,
        '[mail.smtp]\nusername = "x"',
        ALERTSVC_MAIL__SMTP__PASSWORD="hunter3",
        ALERTSVC_MAIL__SMTP__PASSWORD_FILE=str(tmp_path / "secret"),
    )
    assert told == ["ALERTSVC_MAIL__SMTP__PASSWORD_FILE: set either this or ALERTSVC_MAIL__SMTP__PASSWORD, not both"]


def test_a_secret_file_that_cannot_be_read_is_told_with_the_rest(load: Load, tmp_path: Path) -> None:
    told = problems(load, "[web]\nport = -1", ALERTSVC_MAIL__SMTP__PASSWORD_FILE=str(tmp_path / "absent"))
    assert keys(told) == {"ALERTSVC_MAIL__SMTP__PASSWORD_FILE", "web.port"}
    (tmp_path / "bytes").write_bytes(b"\xff")
    (line,) = problems(load, ALERTSVC_MAIL__SMTP__PASSWORD_FILE=str(tmp_path / "bytes"))
    assert line.endswith("is not UTF-8 text")


def test_a_webhook_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "webhook"
    subscriber = SubscriberSettings(name="x", slack_webhook_file=secret)
    with pytest.raises(SettingsError, match=r"subscribers\.x\.slack_webhook_file: cannot read"):
        subscriber.webhook()
    secret.write_text("https://hooks.slack.com/services/T/B/x\n")
    assert subscriber.webhook() == "https://hooks.slack.com/services/T/B/x"
    assert SubscriberSettings(name="x", slack_webhook=SecretStr("https://y")).webhook() == "https://y"


# --- where things lie -----------------------------------------------------------------------------------------------


def test_relative_paths_lie_beside_the_file(load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    settings = load(
        """
        [collect]
        ca_file = "ca.pem"
        [detect]
        rules_dir = "rules"
        model_dir = "/models/own"
        [mail]
        directory = "mail"
        [mail.smtp]
        ca_file = "certs/mail.pem"
        [[subscribers]]
        name = "duty channel"
        slack_webhook_file = "secrets/slack"
        """
    )
    assert settings.subscribers[0].slack_webhook_file == tmp_path / "secrets" / "slack"
    assert settings.store.url == f"sqlite:///{tmp_path}/var/alertsvc.db"
    assert settings.collect.ca_file == tmp_path / "ca.pem"
    assert settings.detect.rules_dir == tmp_path / "rules"
    assert settings.detect.model_dir == Path("/models/own")
    assert settings.mail.directory == tmp_path / "mail"
    assert settings.mail.smtp.ca_file == tmp_path / "certs" / "mail.pem"


@pytest.mark.parametrize("url", ["sqlite:////srv/alertsvc.db", "sqlite:///:memory:", "postgresql://u:p@db/alertsvc"])
def test_other_databases_stay_where_they_are(load: Load, url: str) -> None:
    assert load(f'[store]\nurl = "{url}"').store.url == url


def test_which_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "named.toml").write_text("[web]\nport = 1")
    assert load_settings(None, {}).web.port == 8080, "without a file the defaults hold"
    (tmp_path / "config.toml").write_text("[web]\nport = 2")
    assert load_settings(None, {}).web.port == 2
    assert load_settings(None, {"ALERTSVC_CONFIG": str(tmp_path / "named.toml")}).web.port == 1
    assert load_settings(tmp_path / "config.toml", {"ALERTSVC_CONFIG": "absent"}).web.port == 2
    with pytest.raises(SettingsError, match="absent: no such file"):
        load_settings(None, {"ALERTSVC_CONFIG": "absent"})


def test_the_environment_of_the_process_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("ALERTSVC_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALERTSVC_WEB__PORT", "3")
    assert load_settings().web.port == 3
