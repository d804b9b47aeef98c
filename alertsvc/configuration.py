"""Reading the configuration: a TOML file, then the environment, every key checked and every fault told at once.

In the environment a key is `ALERTSVC_` and its path with `__` between the levels: `ALERTSVC_MAIL__SMTP__HOST`. A secret
may instead be read from a file named by the same variable with `_FILE` behind it:
`ALERTSVC_MAIL__SMTP__PASSWORD_FILE=/run/secrets/smtp`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_settings import EnvSettingsSource
from pydantic_settings.exceptions import SettingsError as BadEnvironment

from alertsvc.errors import SettingsError
from alertsvc.settings import PREFIX, Settings, secret_from_file

__all__ = ["CONFIG_VARIABLE", "load_settings"]

CONFIG_VARIABLE = "ALERTSVC_CONFIG"


def _secret_paths(model: type[BaseModel], prefix: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Map the environment name of each secret to its path in the settings."""
    found: dict[str, tuple[str, ...]] = {}
    for name, info in model.model_fields.items():
        path = (*prefix, name)
        annotation = info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            found |= _secret_paths(annotation, path)
        elif SecretStr in (annotation, *getattr(annotation, "__args__", ())):
            found[PREFIX + "__".join(path).upper()] = path
    return found


def _known_variables(model: type[BaseModel], prefix: str = PREFIX) -> set[str]:
    """Return every environment name that sets something, sections (as JSON) included."""
    found: set[str] = set()
    for name, info in model.model_fields.items():
        variable = prefix + name.upper()
        found.add(variable)
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            found |= _known_variables(info.annotation, variable + "__")
    return found


def _put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        branch = tree.setdefault(key, {})
        if not isinstance(branch, dict):
            return  # the wrong type here is told by the validation of the whole
        tree = branch
    tree[path[-1]] = value


def _merge(under: dict[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Lay one tree over another, level by level."""
    merged = dict(under)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = _merge(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return merged


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError([f"{path}: no such file; copy config.example.toml and edit it"]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{path}: cannot be read: {error}"]) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError([f"{path}: not valid TOML: {error}"]) from error


def _resolve_paths(settings: Settings, base: Path) -> Settings:
    """Read relative paths as lying beside the configuration file, so that the working directory does not matter."""

    def absolute(path: Path | None) -> Path | None:
        return None if path is None else (base / path)

    url = settings.store.url
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////") and url != "sqlite:///:memory:":
        url = f"sqlite:///{(base / url.removeprefix('sqlite:///')).resolve()}"
    mail = settings.mail
    return settings.model_copy(
        update={
            "store": settings.store.model_copy(update={"url": url}),
            "collect": settings.collect.model_copy(update={"ca_file": absolute(settings.collect.ca_file)}),
            "detect": settings.detect.model_copy(
                update={
                    "rules_dir": absolute(settings.detect.rules_dir),
                    "model_dir": absolute(settings.detect.model_dir),
                }
            ),
            "brief": settings.brief.model_copy(update={"templates_dir": absolute(settings.brief.templates_dir)}),
            "subscribers": tuple(
                subscriber.model_copy(update={"slack_webhook_file": absolute(subscriber.slack_webhook_file)})
                for subscriber in settings.subscribers
            ),
            "mail": mail.model_copy(
                update={
                    "directory": base / mail.directory,
                    "smtp": mail.smtp.model_copy(update={"ca_file": absolute(mail.smtp.ca_file)}),
                }
            ),
        }
    )


def _line(error: Mapping[str, Any]) -> str:
    key = ".".join(str(part) for part in error["loc"])
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        message = "unknown key"
    return f"{key}: {message}" if key else message


def load_settings(
    path: Path | None = None, environ: Mapping[str, str] | None = None, *, required: bool = False
) -> Settings:
    """Read the configuration.

    Args:
        required: refuse to go on with nothing but defaults: no file and no variable. A service that starts so would
            take the feeds and subscribers of the database for removed.
        path: the TOML file; else the one named by `ALERTSVC_CONFIG`, else `config.toml` where it exists, else defaults.
        environ: the environment, for tests; else that of the process.

    Raises:
        SettingsError: with one line for each fault, named by its key.
    """
    environ = os.environ if environ is None else environ
    if path is None and environ.get(CONFIG_VARIABLE):
        path = Path(environ[CONFIG_VARIABLE])
    if path is None and Path("config.toml").exists():
        path = Path("config.toml")
    if path is None and required and not any(name.upper().startswith(PREFIX) for name in environ):
        raise SettingsError(
            ["no configuration: give --config FILE, set ALERTSVC_CONFIG, or copy config.example.toml to config.toml"]
        )
    tree = _read_toml(path) if path is not None else {}
    problems: list[str] = []
    plain = dict(environ)
    secrets = _secret_paths(Settings)
    known = _known_variables(Settings) | {CONFIG_VARIABLE}
    for variable in sorted(environ):
        name = variable.upper()
        if not name.startswith(PREFIX) or name in known:
            continue
        target = secrets.get(name.removesuffix("_FILE")) if name.endswith("_FILE") else None
        if target is None:
            problems.append(f"{variable}: unknown variable")
            continue
        del plain[variable]
        if name.removesuffix("_FILE") in {key.upper() for key in environ}:
            problems.append(f"{variable}: set either this or {name.removesuffix('_FILE')}, not both")
            continue
        try:
            _put(tree, target, secret_from_file(Path(environ[variable]), variable))
        except SettingsError as error:
            problems += error.problems
    try:
        settings = _build(tree, plain)
    except ValidationError as error:
        problems += [_line(item) for item in error.errors(include_url=False, include_input=False)]
    except SettingsError as error:
        problems += error.problems
    else:
        if not problems:
            return _resolve_paths(settings, (path.resolve().parent if path else Path.cwd()))
    raise SettingsError(problems)


class _Environment(EnvSettingsSource):
    """pydantic-settings' own reading of the environment, on a mapping that is handed in."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = {key.lower(): value for key, value in environ.items()}
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return self._environ


def _build(tree: dict[str, Any], environ: Mapping[str, str]) -> Settings:
    """Validate the file's tree with the environment laid over it."""
    try:
        return Settings(**_merge(tree, _Environment(environ)()))
    except BadEnvironment as error:
        raise SettingsError([f"environment: {error}"]) from error
