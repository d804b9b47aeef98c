"""The rule files read, laid over one another and checked; every fault is told at once with file, line and key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from alertsvc.detect.rules.faults import Fault
from alertsvc.detect.rules.language import KINDS, ClassOverlay, ClassRules, Rule
from alertsvc.domain import Action, IncidentClass
from alertsvc.errors import DataError
from alertsvc.resources import data_dir
from alertsvc.strictyaml import Lines, Location, StrictYamlError, read_strictly

__all__ = ["class_layers", "load_classes", "over_shipped"]

_Unknown = Callable[[str], bool]
_MARKED = frozenset(("all", "any", "none", "sequence", "marks"))


class _File:
    """One file: what it holds, and how to tell where in it something is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rules: ClassRules | ClassOverlay | None = None
        self._lines = Lines(path)
        self._tree: Any = None

    def read(self) -> list[Fault]:
        """Read the file into `rules`; return what is wrong with it."""
        try:
            self._tree = read_strictly(self.path)
        except StrictYamlError as error:
            return [Fault(self.path.name, error.line, "", error.message)]
        if not isinstance(self._tree, dict):
            return [Fault(self.path.name, 1, "", "must hold keys: class, threshold, subject, actions, rules")]
        over = self._tree.get("extends") is True
        try:
            self.rules = (ClassOverlay if over else ClassRules).model_validate(self._tree)
        except ValidationError as error:
            return [
                self.fault(item["loc"], item["msg"].removeprefix("Value error, "))
                for item in error.errors(include_url=False, include_input=False)
            ]
        return []

    def unknown_marks(self, unknown: _Unknown) -> list[Fault]:
        """Return what else can be told of a file that is wrong already: the marks in it that do not exist."""
        found = _marks(self._tree, ()) if isinstance(self._tree, dict) else ()
        return [self.fault(where, f"unknown mark {mark!r}") for where, mark in found if unknown(mark)]

    def fault(self, location: Location, message: str) -> Fault:
        """Return a fault at a location, told by the rule's id where it has one."""
        shown = list(location)
        if location[:1] == ("rules",) and len(location) > 1 and location[2:] != ("id",):
            name = self._rule_id(location[1])
            shown[1] = name if name else location[1]
        return Fault(self.path.name, self._lines.of(location), ".".join(map(str, shown)), message)

    def _rule_id(self, number: str | int) -> str | None:
        try:
            name = self._tree["rules"][number]["id"]
        except (LookupError, TypeError):
            return None
        return name if isinstance(name, str) and name and not name.isdigit() else None


def _marks(tree: Any, location: Location) -> Iterator[tuple[Location, str]]:
    """Yield the marks of the conditions in a tree, whatever else is wrong with it."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        where = (*location, key)
        if key in _MARKED and isinstance(value, list):
            yield from (((*where, number), mark) for number, mark in enumerate(value) if isinstance(mark, str))
        elif key not in ("examples", "actions"):
            yield from _marks(value, where)


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a part of a class came from."""

    file: _File
    location: Location

    def fault(self, message: str, *more: str | int) -> Fault:
        return self.file.fault((*self.location, *more), message)


@dataclass(slots=True)
class _Class:
    """A class as far as its files are laid over one another, with where each part came from."""

    rules: ClassRules
    origins: dict[str, _Origin]  # of the keys at the top, and of rules under "rules." and their ids


def over_shipped(path: Path) -> list[Path]:
    """Return the shipped file of the same name, if there is another, and the file."""
    shipped = data_dir("rules") / "classes" / path.name
    return [shipped, path] if shipped.is_file() and not (path.exists() and shipped.samefile(path)) else [path]


def class_layers(*folders: Path | None) -> list[list[Path]]:
    """Return the files of `classes/` by name: the shipped one, then those of these folders, the last on top."""
    found: dict[str, list[Path]] = {}
    for folder in (data_dir("rules"), *folders):
        if folder is not None:
            for path in folder.glob("classes/*.yaml"):
                if path.is_file():
                    found.setdefault(path.name, []).append(path)
    return [found[name] for name in sorted(found)]


def load_classes(layers: Sequence[Sequence[Path]], concepts: set[str] | None) -> list[ClassRules]:
    """Read the rules of all classes.

    Args:
        layers: for each class its files, the lowest first; one without `extends` takes the place of all below it.
        concepts: the concepts of the lexicon, to tell a misspelt one; None where the lexicon cannot be read.

    Raises:
        DataError: with file, line and key of every fault.
    """
    faults: list[Fault] = []
    loaded: list[ClassRules] = []

    def unknown(mark: str) -> bool:
        return mark not in KINDS and (mark not in concepts if concepts is not None else mark.startswith("<"))

    for paths in layers:
        found = _laid(paths, faults, unknown)
        if found is None:
            continue
        name = found.rules.incident_class
        if any(name == other.incident_class for other in loaded):
            faults.append(found.origins["class"].fault(f"{name} stands in another file already"))
        faults += _checked(found, unknown)
        loaded.append(found.rules)
    missing = [str(name) for name in IncidentClass if name not in {rules.incident_class for rules in loaded}]
    if missing and not faults:
        raise DataError([f"no rules for {', '.join(missing)}"])
    if faults:
        raise DataError([str(fault) for fault in faults])
    return loaded


def _laid(paths: Sequence[Path], faults: list[Fault], unknown: _Unknown) -> _Class | None:
    """Lay the files of a class over one another, from the top down to the first that stands by itself."""
    files: list[_File] = []
    sound = True
    for path in reversed(paths):
        file = _File(path)
        wrong = file.read()
        if wrong:
            faults += sorted((*wrong, *file.unknown_marks(unknown)), key=lambda fault: fault.line or 0)
        sound = sound and not wrong
        files.append(file)
        # What cannot be read may have been meant either way: what lies below is then no business of its own.
        if not isinstance(file.rules, ClassOverlay):
            break
    base = files.pop()
    if isinstance(base.rules, ClassOverlay):
        faults.append(base.fault(("extends",), "there is no file of this name below that it could extend"))
        return None
    if not sound or base.rules is None:
        return None
    found = _Class(
        base.rules,
        {key: _Origin(base, (key,)) for key in ("class", "subject", "actions", "prevails")},
    )
    faults += _twice(base, base.rules.rules)
    _take_rules(found, base)
    for file in reversed(files):
        assert isinstance(file.rules, ClassOverlay)
        faults += _lay(found, file, file.rules)
    return found


def _take_rules(found: _Class, file: _File) -> None:
    assert file.rules is not None
    for number, rule in enumerate(file.rules.rules):
        found.origins[f"rules.{rule.id}"] = _Origin(file, ("rules", number))


def _lay(found: _Class, file: _File, over: ClassOverlay) -> list[Fault]:
    """Lay one file over what lies below: first what it removes, then its rules, in place of ours or behind them."""
    faults = _twice(file, over.rules)
    if over.incident_class is not found.rules.incident_class:
        faults.append(
            file.fault(("class",), f"the file below is of {found.rules.incident_class}: a file keeps its class")
        )
    rules = {rule.id: rule for rule in found.rules.rules}
    for number, name in enumerate(over.remove):
        if rules.pop(name, None) is None:
            faults.append(file.fault(("remove", number), f"there is no rule {name!r} below"))
    rules |= {rule.id: rule for rule in over.rules}
    given = {
        key: value
        for key in ("threshold", "flash", "subject", "actions", "prevails")
        if (value := getattr(over, key)) is not None
    }
    found.rules = found.rules.model_copy(update={**given, "rules": tuple(rules.values())})
    found.origins |= {key: _Origin(file, (key,)) for key in given}
    _take_rules(found, file)
    return faults


def _twice(file: _File, rules: Sequence[Rule]) -> list[Fault]:
    seen: set[str] = set()
    faults = []
    for number, rule in enumerate(rules):
        if rule.id in seen:
            faults.append(file.fault(("rules", number), "id used twice"))
        seen.add(rule.id)
    return faults


def _checked(found: _Class, unknown: _Unknown) -> Iterator[Fault]:
    """Yield what only shows once the class is put together."""
    rules, origins = found.rules, found.origins
    for where, mark in rules.subject.names().items():
        if unknown(mark):
            yield origins["subject"].fault(f"unknown mark {mark!r}", *where)
    for action, weights in rules.actions.items():
        for mark in weights:
            if unknown(mark):
                yield origins["actions"].fault(f"unknown mark {mark!r}", action.value, mark)
    for number, each in enumerate(rules.prevails):
        for key, action in (("action", each.action), *(("over", other) for other in each.over)):
            if action not in rules.actions:
                yield origins["prevails"].fault(_no_action(action), number, key)
    for rule in rules.rules:
        yield from _checked_rule(rule, origins[f"rules.{rule.id}"], rules, unknown)


def _checked_rule(rule: Rule, origin: _Origin, rules: ClassRules, unknown: _Unknown) -> Iterator[Fault]:
    for where, mark in rule.when.names().items():
        if unknown(mark):
            yield origin.fault(f"unknown mark {mark!r}", "when", *where)
    if not rule.when.model_fields_set:
        yield origin.fault("give at least one condition: without any, every sentence would match", "when")
    if not rule.examples.match or not rule.examples.no_match:
        yield origin.fault("needs examples that match and that do not", "examples")
    if rule.scope == "article" and not rule.veto:
        yield origin.fault("only a veto can hold for the whole article", "scope")
    if rule.veto == bool(rule.weight):
        yield origin.fault("give either a weight or veto: true", "veto" if rule.veto else "weight")
    for key, action in (("action", rule.action), ("bars", rule.bars)):
        if action is not None and action not in rules.actions:
            yield origin.fault(_no_action(action), key)


def _no_action(action: Action) -> str:
    return f"{action} is not one of this class's actions"
