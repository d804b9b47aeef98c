"""What can be configured: every section and key with its type, its default and what it must be.

`config.example.toml` documents each key; `alertsvc.configuration` reads file and environment.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote, urlsplit, urlunsplit

import idna
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from alertsvc.domain import BacklogPolicy
from alertsvc.errors import SettingsError
from alertsvc.subscription import CountryCode, MailAddress, SubscriptionFields

__all__ = [
    "BriefSettings",
    "CollectSettings",
    "ConsentSettings",
    "DeliverSettings",
    "DemonstrationSettings",
    "DetectSettings",
    "FeedSettings",
    "LogSettings",
    "MailSettings",
    "ServiceSettings",
    "Settings",
    "SlackSettings",
    "SmtpSettings",
    "StoreSettings",
    "SubscriberSettings",
    "TrackSettings",
    "WebSettings",
    "secret_from_file",
]

PREFIX = "ALERTSVC_"
_SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}\Z")
_DOMAIN = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\Z")
_SLACK_CHANNEL = re.compile(r"[CGD][A-Z0-9]{7,20}\Z")
_IN_PATH = "/%:@!$&'()*+;=?~"  # RFC 3986, the comma left out: it parts the addresses in a header of RFC 2369
_MAX_PUBLIC = 500  # a link in a header is one line, of 998 characters at most
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def _seconds(value: Any) -> Any:
    """Read `90`, `"90s"`, `"15m"`, `"6h"` or `"2d"` as seconds."""
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", value)
        if not match:
            raise ValueError('a duration is a number with s, m, h or d behind it, such as "15m"')
        return float(match[1]) * _UNITS[match[2] or "s"]
    if isinstance(value, bool):
        raise ValueError("a duration is a number, not true or false")  # noqa: TRY004  pydantic tells ValueError only
    return value


def _slug(value: str) -> str:
    if not _SLUG.match(value):
        raise ValueError("use lower-case letters, digits, dots, hyphens and underscores, 64 at most")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    _ = parts.port  # raises ValueError where it lies out of range
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an http:// or https:// address")
    if parts.username or parts.password:
        raise ValueError("must not carry a user name or password")
    return value


def _public_address(value: str) -> str:
    """Return an address as it may stand in a mail's header: ASCII, its host by IDNA 2008, nothing ending it early."""
    parts = urlsplit(_web_address(value))
    if any(ord(letter) <= 32 or ord(letter) == 127 or letter in '<>"\\^`{|}' for letter in value):
        raise ValueError("must be an address without blanks, quotation marks and brackets")
    host = parts.hostname or ""
    try:
        plain = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError("its host is not a valid one") from error
    place = f"[{plain}]" if ":" in plain else plain
    port = f":{parts.port}" if parts.port is not None else ""
    path, query, fragment = (quote(part, safe=_IN_PATH) for part in (parts.path, parts.query, parts.fragment))
    made = urlunsplit((parts.scheme, f"{place}{port}", path, query, fragment))
    if len(made) > _MAX_PUBLIC:
        raise ValueError(f"must have {_MAX_PUBLIC} characters at most")
    return made


def _domain(value: str) -> str:
    value = value.lower()
    if not _DOMAIN.match(value):
        raise ValueError("must be a domain such as example.org")
    return value


def _slack_channel(value: str) -> str:
    if not _SLACK_CHANNEL.match(value):
        raise ValueError("must be the id of a channel such as C0123456789, not its name")
    return value


Duration = Annotated[float, BeforeValidator(_seconds), Field(gt=0, allow_inf_nan=False)]
Wait = Annotated[float, BeforeValidator(_seconds), Field(ge=0, allow_inf_nan=False)]
PerMinute = Annotated[float, Field(ge=0, allow_inf_nan=False)]
DomainName = Annotated[str, AfterValidator(_domain)]
PublicAddress = Annotated[str, AfterValidator(_public_address)]
Slug = Annotated[str, AfterValidator(_slug)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


SlackChannel = Annotated[str, AfterValidator(_slack_channel)]


def secret_from_file(path: Path, key: str) -> str:
    """Return what a file of a secret holds.

    Raises:
        SettingsError: naming `key`, where the file cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise SettingsError([f"{key}: cannot read {path}: {reason}"]) from error


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class ServiceSettings(_Section):
    """Who runs this service, as feeds and recipients see it."""

    name: str = Field("alertsvc", min_length=1, max_length=60)
    contact: str | None = None
    public_url: PublicAddress | None = None

    @field_validator("name", "contact")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        if value is not None and any(ord(c) < 32 or ord(c) == 127 for c in value):
            raise ValueError("must be one line without control characters")
        return value


class StoreSettings(_Section):
    """Where everything is kept."""

    url: str = "sqlite:///var/alertsvc.db"

    @field_validator("url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value


class CollectSettings(_Section):
    """How feeds and pages are fetched, and what no answer may exceed."""

    interval: Duration = 900.0
    timeout: Duration = 30.0
    parse_timeout: Duration = 20.0
    max_feed_bytes: int = Field(5 * 1024 * 1024, ge=1024)
    max_page_bytes: int = Field(10 * 1024 * 1024, ge=1024)
    max_entries: int = Field(500, ge=1)
    max_redirects: int = Field(5, ge=0, le=20)
    concurrency: int = Field(20, ge=1, le=200)
    host_gap: Duration = 1.0
    full_text: bool = True
    full_text_below: int = Field(600, ge=0)
    allow_hosts: tuple[str, ...] = ()
    ca_file: Path | None = None


class DetectSettings(_Section):
    """What decides that an article reports an incident."""

    languages: tuple[Literal["en", "fr", "ar"], ...] = ("en", "fr", "ar")
    rules_dir: Path | None = None
    model_dir: Path | None = None
    threshold: float | None = Field(None, gt=0, lt=1)
    timeout: Duration = 20.0


class TrackSettings(_Section):
    """How reports become incidents."""

    window_days: int = Field(7, ge=1, le=60)
    flash_max_age: Duration = 48 * 3600.0
    source_flashes: int = Field(10, ge=0)
    weights: dict[str, Annotated[float, Field(ge=0, le=1)]] = Field(default_factory=dict)


class BriefSettings(_Section):
    """How briefings are laid out."""

    templates_dir: Path | None = None


class SmtpSettings(_Section):
    """The mail server. Without a host, mail is written as `.eml` files."""

    host: str | None = None
    port: int | None = Field(None, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    timeout: Duration = 30.0
    ca_file: Path | None = None
    connections: int = Field(4, ge=1, le=50)
    idle: Duration = 60.0
    mails_per_connection: int = Field(100, ge=1)
    rate: PerMinute = 0.0
    domain_rate: PerMinute = 0.0
    domain_rates: dict[DomainName, PerMinute] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _login_complete(self) -> Self:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: set both or neither")
        if self.username is not None and self.security == "none":
            raise ValueError('a login is never sent in the clear: use security = "starttls" or "tls"')
        return self

    @property
    def effective_port(self) -> int:
        """The port set, else the usual one for the kind of security."""
        return self.port or {"starttls": 587, "tls": 465, "none": 25}[self.security]


class MailSettings(_Section):
    """Mail as it leaves."""

    sender: MailAddress = "alerts@localhost.localdomain"
    sender_name: str = Field("Risk alerts", max_length=60)
    reply_to: MailAddress | None = None
    unsubscribe_address: MailAddress | None = None
    postal_address: str | None = Field(None, min_length=1, max_length=200)
    dkim_selector: DomainName | None = None
    directory: Path = Path("var/mail")
    smtp: SmtpSettings = SmtpSettings()

    @field_validator("sender_name", "postal_address")
    @classmethod
    def _one_line(cls, value: str | None) -> str | None:
        if value is not None and any(ord(c) < 32 or ord(c) == 127 for c in value):
            raise ValueError("must be one line without control characters")
        return value


class SlackSettings(_Section):
    """Slack, by incoming webhooks and by the token of a bot."""

    hosts: tuple[str, ...] = ("hooks.slack.com", "hooks.slack-gov.com")
    timeout: Duration = 15.0
    token: SecretStr | None = None
    api_url: WebAddress = "https://slack.com/api/"


class DeliverSettings(_Section):
    """The outbox."""

    lease: Duration = 120.0
    flash_expires: Duration = 6 * 3600.0
    digest_expires: Duration = 24 * 3600.0
    concurrency: int = Field(4, ge=1, le=50)
    update_interval: Wait = 0.0
    repeat: Wait = 0.0
    alerts_per_hour: int = Field(20, ge=0)
    alerts_per_day: int = Field(100, ge=0)
    pause_after: int = Field(3, ge=0)


class WebSettings(_Section):
    """The pages."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    link_key: SecretStr | None = None
    link_key_before: SecretStr | None = None

    @field_validator("link_key", "link_key_before")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < 16:
            raise ValueError("must have 16 characters at least; make one with: openssl rand -base64 32")
        return value


class ConsentSettings(_Section):
    """Whether new recipients are asked before anything is sent to them."""

    double_opt_in: bool = False
    expires: Duration = 7 * 86400.0
    per_hour: int = Field(3, ge=1)


class DemonstrationSettings(_Section):
    """The invented feeds that show what the service does."""

    enabled: bool = False


class LogSettings(_Section):
    """What is written to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


class FeedSettings(_Section):
    """One feed."""

    id: Slug
    url: WebAddress
    title: str = ""
    language: str | None = Field(None, min_length=2, max_length=3)
    country: CountryCode | None = None
    interval: Duration | None = None
    backlog: BacklogPolicy = BacklogPolicy.DIGEST
    full_text: bool | None = None
    enabled: bool = True
    verified: bool = False


class SubscriberSettings(SubscriptionFields):
    """One recipient: an e-mail address, a Slack webhook or a channel of the bot, and what it wants."""

    name: str = Field(min_length=1, max_length=80)
    email: MailAddress | None = None
    slack_webhook: SecretStr | None = None
    slack_webhook_file: Path | None = None
    slack_channel: SlackChannel | None = None

    @field_validator("name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if any(ord(c) < 32 or ord(c) == 127 for c in value):
            raise ValueError("must be one line without control characters")
        return value

    @model_validator(mode="after")
    def _one_channel(self) -> Self:
        given = (self.email, self.slack_webhook, self.slack_webhook_file, self.slack_channel)
        if sum(item is not None for item in given) != 1:
            raise ValueError("give exactly one of email, slack_webhook, slack_webhook_file and slack_channel")
        return self

    def webhook(self) -> str | None:
        """Return the webhook's address, read from its file where one is named.

        Raises:
            SettingsError: the file cannot be read.
        """
        if self.slack_webhook is not None:
            return self.slack_webhook.get_secret_value()
        if self.slack_webhook_file is not None:
            return secret_from_file(self.slack_webhook_file, f"subscribers.{self.name}.slack_webhook_file")
        return None


class Settings(BaseSettings):
    """Everything that can be set. Build it with `configuration.load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, validate_default=True
    )

    service: ServiceSettings = ServiceSettings()
    store: StoreSettings = StoreSettings()
    collect: CollectSettings = CollectSettings()
    detect: DetectSettings = DetectSettings()
    track: TrackSettings = TrackSettings()
    brief: BriefSettings = BriefSettings()
    mail: MailSettings = MailSettings()
    slack: SlackSettings = SlackSettings()
    deliver: DeliverSettings = DeliverSettings()
    web: WebSettings = WebSettings()
    consent: ConsentSettings = ConsentSettings()
    demonstration: DemonstrationSettings = DemonstrationSettings()
    log: LogSettings = LogSettings()
    feeds: tuple[FeedSettings, ...] = ()
    subscribers: tuple[SubscriberSettings, ...] = ()

    @model_validator(mode="after")
    def _no_name_twice(self) -> Self:
        for key, names in (
            ("feeds.id", [feed.id for feed in self.feeds]),
            ("feeds.url", [feed.url for feed in self.feeds]),
            ("subscribers.name", [subscriber.name for subscriber in self.subscribers]),
        ):
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise ValueError(f"{key} is used twice: {', '.join(twice)}")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # `load_settings` merges file and environment itself, to be able to name every fault at once.
        return (init_settings,)
