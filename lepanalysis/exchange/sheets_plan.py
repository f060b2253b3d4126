"""The mapping file of an import from spreadsheets: what each column holds, said by a person or by the guess.

docs/spreadsheets.md gives every key. What a mapping does not say is guessed; the mapping that an import writes says
everything, so that nothing is guessed when it is given back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.folder import yaml_text
from lepanalysis.faults import Fault, StudyFaultsError
from lepanalysis.schema import CODE_KEYS, SCALES, STUDY_KEYS
from lepanalysis.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.yamlfile import Document, Path_

UNITS, TEXTS, CODES = "units", "texts", "codes"
# What a column of a table may hold, by what the table holds.
ROLES: dict[str, tuple[str, ...]] = {
    UNITS: (
        *("id", "text", "text_id", "span", "thread", "title", "category", "participant", "attribute", "date"),
        *(
            "position",
            "reply_to",
            "coder",
            "codes",
            "flag",
            "value",
            "start",
            "end",
            "memo",
            "external_id",
            "class",
            "ignored",
        ),
    ),
    TEXTS: (
        *("text_id", "part", "text", "thread", "title", "category", "participant", "attribute", "date", "external_id"),
        *("class", "ignored"),
    ),
    CODES: (
        "code",
        "name",
        "definition",
        "include",
        "exclude",
        "example",
        "parent",
        "coder",
        "colour",
        "class",
        "ignored",
    ),
}
# What several columns of one table may hold.
REPEATED = frozenset({"id", "attribute", "codes", "flag", "value", "external_id", "class", "ignored"})
DATES = ("iso", "d.m.y", "d/m/y", "m/d/y", "y/m/d")
SEPARATORS = (";", ",", "|", "/", "newline", "none")
EMPTY = ("read", "unread")
BLANK = ("unread", "nothing_to_code")
WITHIN = ("folder", "all")
YES = ("1", "x", "yes", "y", "true", "ja", "j", "wahr", "oui", "o", "vrai", "si", "sí", "s", "verdadero", "✓", "✔")
NO = ("0", "no", "n", "false", "nein", "falsch", "non", "faux", "falso", "-")
NOTHING = ("none", "no code", "keine", "keiner", "aucun", "aucune", "ninguno", "ninguna", "-", "–")
# In the place of a name: that of the column.
OWN_NAME = "*"
_STUDY = tuple(key for key in STUDY_KEYS if key not in {"coders", "ledger", "template"})
_TOP = (
    *("study", "files", "join", "coders", "codes", "separator", "empty", "blank", "nothing", "yes", "no", "dates"),
    "rename",
)
_FILE = ("file", "sheet", "holds", "delimiter", "encoding", "header", "columns")
_HEAD = """\
# How the import read these files. Give it back with --mapping to have them read so again; mend it where the guess was
# wrong. docs/spreadsheets.md says what each key means.
"""


@dataclass(frozen=True)
class ColumnPlan:
    """What a column holds.

    Parameters
    ----------
    roles : tuple of str
        Out of `ROLES`.
    coder : str
        Whose codes they are; empty: the coder of the row, or the only one.
    code : str
        For a flag and a value: of which code.
    """

    roles: tuple[str, ...]
    coder: str = ""
    code: str = ""

    def as_plain(self) -> object:
        """Return it as the mapping file writes it."""
        roles: object = self.roles[0] if len(self.roles) == 1 else list(self.roles)
        if not self.coder and not self.code:
            return roles
        return {
            "is": roles,
            **({"coder": self.coder} if self.coder else {}),
            **({"code": self.code} if self.code else {}),
        }


def _fits(name: str, pattern: str) -> bool:
    """Whether a name is one that a mapping gives, or is of a pattern that it gives; only the star is special."""
    return name == pattern or fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))


@dataclass(frozen=True)
class FilePlan:
    """How files, or sheets, of one form are read.

    Parameters
    ----------
    file, sheet : tuple of str
        Names or patterns with ``*``; a sheet that is not named may be any.
    holds : str
        ``units``, ``texts`` or ``codes``.
    delimiter, encoding : str
    header : int, optional
    columns : mapping
    """

    file: tuple[str, ...]
    sheet: tuple[str, ...] = ()
    holds: str = ""
    delimiter: str = ""
    encoding: str = ""
    header: int | None = None
    columns: Mapping[str, ColumnPlan] = field(default_factory=dict)

    def is_of(self, file: str, sheet: str = "") -> bool:
        """Whether it speaks of a file, and of a sheet where one is given."""
        name = file.rpartition("/")[2]
        named = any(_fits(file, one) or ("/" not in one and _fits(name, one)) for one in self.file)
        return named and (not self.sheet or not sheet or any(_fits(sheet, one) for one in self.sheet))

    def column(self, name: str) -> ColumnPlan | None:
        """Return what is said of a column, by its name or by a pattern."""
        found = self.columns.get(name)
        if found is None:
            found = next((plan for one, plan in self.columns.items() if "*" in one and _fits(name, one)), None)
        if found is None:
            return None
        coder = name if found.coder == OWN_NAME else found.coder
        own = found.code == OWN_NAME or ("flag" in found.roles and not found.code)
        return ColumnPlan(found.roles, coder, name if own else found.code)


@dataclass(frozen=True)
class Plan:
    """A mapping file. What is None or empty is guessed; docs/spreadsheets.md explains the keys."""

    study: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[FilePlan, ...] = ()
    within: str = "folder"
    between: str = " "
    missing: str = ""
    coders: tuple[Mapping[str, str], ...] = ()
    codes: tuple[Mapping[str, Any], ...] = ()
    separator: str = ""
    empty: str | Mapping[str, str] = ""
    blank: str | Mapping[str, str] = ""
    nothing: tuple[str, ...] = NOTHING
    yes: tuple[str, ...] = YES
    no: tuple[str, ...] = NO
    dates: str = ""
    rename: Mapping[str, str] = field(default_factory=dict)


def plan_text(plan: Plan) -> str:
    """Return a mapping file.

    Parameters
    ----------
    plan : Plan
    """
    files = []
    for one in plan.files:
        entry: dict[str, Any] = {"file": _one_or_list(one.file)}
        entry |= {"sheet": _one_or_list(one.sheet)} if one.sheet else {}
        entry |= {"holds": one.holds or UNITS}
        entry |= {key: value for key in ("delimiter", "encoding", "header") if (value := getattr(one, key))}
        entry["columns"] = {name: column.as_plain() for name, column in one.columns.items()}
        files.append(entry)
    record: dict[str, Any] = {
        "study": dict(plan.study),
        "files": files,
        "join": {
            "within": plan.within,
            "between": plan.between,
            **({"missing": plan.missing} if plan.missing else {}),
        },
        "coders": [dict(coder) for coder in plan.coders],
        "codes": [dict(code) for code in plan.codes],
        "separator": plan.separator,
        "empty": plan.empty if isinstance(plan.empty, str) else dict(plan.empty),
        "blank": plan.blank if isinstance(plan.blank, str) else dict(plan.blank),
        "nothing": list(plan.nothing),
        "yes": list(plan.yes),
        "no": list(plan.no),
        "dates": plan.dates,
        "rename": dict(plan.rename),
    }
    return _HEAD + yaml_text({key: value for key, value in record.items() if value}, compact=True)


def _one_or_list(names: Sequence[str]) -> object:
    return names[0] if len(names) == 1 else list(names)


def read_plan(text: str, shown: str) -> Plan:
    """Read a mapping file.

    Parameters
    ----------
    text : str
    shown : str
        The file as a fault names it.

    Raises
    ------
    StudyFaultsError
        With every fault, each with its line.
    """
    document, faults = read_yaml(text, shown)
    reader = _PlanReader(document, shown, faults)
    top = reader.keys((), document.value, _TOP)
    join = reader.keys(("join",), top.get("join", {}), ("within", "between", "missing"))
    lists = {name: reader.texts((name,), top[name]) for name in ("nothing", "yes", "no") if name in top}
    plan = Plan(
        study=reader.study(top.get("study", {})),
        files=reader.entries(("files",), top.get("files"), reader.file),
        within=reader.choice(("join", "within"), WITHIN) if "within" in join else "folder",
        between=reader.text(("join", "between")) if "between" in join else " ",
        missing=reader.text(("join", "missing")) if "missing" in join else "",
        coders=reader.entries(("coders",), top.get("coders"), reader.coder),
        codes=reader.entries(("codes",), top.get("codes"), reader.code),
        separator=reader.choice(("separator",), SEPARATORS) if "separator" in top else "",
        empty=reader.for_coders("empty", top, EMPTY),
        blank=reader.for_coders("blank", top, BLANK),
        dates=reader.choice(("dates",), DATES) if "dates" in top else "",
        rename={name: reader.text(("rename", name)) for name in reader.keys(("rename",), top.get("rename", {}), None)},
        **lists,
    )
    if reader.faults:
        raise StudyFaultsError(reader.faults)
    return plan


class _PlanReader:
    """Takes a mapping file apart and notes what is wrong with it."""

    def __init__(self, document: Document, shown: str, faults: list[Fault]) -> None:
        """Begin with the faults of the YAML."""
        self.document = document
        self.shown = shown
        self.faults = list(faults)

    def fault(self, path: Path_, problem: str, remedy: str) -> None:
        """Note a fault."""
        column = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
        self.faults.append(Fault(self.shown, self.document.line(path), column, problem, remedy))

    def keys(self, path: Path_, value: object, known: Sequence[str] | None) -> dict[str, Any]:
        """Return a mapping of which every key is known."""
        if not isinstance(value, dict):
            if value is not None:
                self.fault(path, "this is a list or a word where keys are expected", "write one `key: value` a line")
            return {}
        for key in value:
            if known is not None and key not in known:
                self.fault((*path, key), "the key is not known", f"the keys here are {', '.join(known)}")
        return {key: item for key, item in value.items() if item is not None and (known is None or key in known)}

    def text(self, path: Path_) -> str:
        """Return a value as it is written."""
        found = self.document.written.get(path)
        if found is None:
            self.fault(path, "a text is expected here", "write one word or sentence, in quotation marks where needed")
            return ""
        return found

    def texts(self, path: Path_, value: object) -> tuple[str, ...]:
        """Return a text or a list of texts."""
        if not isinstance(value, list):
            return (self.text(path),)
        return tuple(self.text((*path, place)) for place in range(len(value)))

    def choice(self, path: Path_, choices: Sequence[str]) -> str:
        """Return one of several words."""
        found = self.text(path)
        if found not in choices:
            self.fault(path, f"{found!r} is not known here", f"use one of {', '.join(choices)}")
        return found

    def for_coders(self, key: str, top: Mapping[str, Any], choices: Sequence[str]) -> str | dict[str, str]:
        """Return one of several words for all coders, or one for each."""
        if isinstance(top.get(key), dict):
            return {name: self.choice((key, name), choices) for name in top[key]}
        return self.choice((key,), choices) if key in top else ""

    def entries(self, path: Path_, value: object, read: Any) -> tuple[Any, ...]:  # noqa: ANN401 - one of the readers
        """Return the entries of a list."""
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault(path, "this is no list", "begin each entry with a dash")
            return ()
        return tuple(read((*path, place), item) for place, item in enumerate(value))

    def study(self, value: object) -> dict[str, Any]:
        """Return what is said for study.yaml; that is checked when the study is."""
        found = self.keys(("study",), value, _STUDY)
        return {
            key: {one: self.text(("study", key, one)) for one in item}
            if isinstance(item, dict)
            else self.text(("study", key))
            for key, item in found.items()
        }

    def coder(self, path: Path_, value: object) -> dict[str, str]:
        """Return a coder."""
        found = self.keys(path, value, ("id", "name"))
        if "id" not in found:
            self.fault(path, "the coder has no id", "write {id: …, name: …}")
        return {key: self.text((*path, key)) for key in found}

    def code(self, path: Path_, value: object) -> dict[str, Any]:
        """Return a code."""
        found: dict[str, Any] = {}
        for key, item in self.keys(path, value, tuple(CODE_KEYS)).items():
            found[key] = self.texts((*path, key), item) if key == "values" else self.text((*path, key))
        if "id" not in found:
            self.fault(path, "the code has no id", "write {id: …, name: …, definition: …}")
        if found.get("scale", "nominal") not in SCALES:
            self.fault((*path, "scale"), f"{found['scale']!r} is not known here", f"use one of {', '.join(SCALES)}")
        return found

    def file(self, path: Path_, value: object) -> FilePlan:
        """Return an entry of `files`."""
        found = self.keys(path, value, _FILE)
        if "file" not in found:
            self.fault(path, "the entry names no file", 'write file: "*.csv" or the name of one')
        holds = self.choice((*path, "holds"), tuple(ROLES)) if "holds" in found else ""
        known = holds if holds in ROLES else UNITS
        delimiter = self.text((*path, "delimiter")) if "delimiter" in found else ""
        delimiter = "\t" if delimiter in {"tab", "\\t"} else delimiter
        if delimiter not in {"", ",", ";", "\t", "|"}:
            self.fault((*path, "delimiter"), f"{delimiter!r} is no delimiter", 'use one of ",", ";", "|" or tab')
        header = self.text((*path, "header")) if "header" in found else ""
        if header and not (header.isdecimal() and 0 < int(header) < 10**7):
            self.fault((*path, "header"), f"{header!r} is no row", "write its number, from 1")
            header = ""
        given = self.keys((*path, "columns"), found.get("columns", {}), None)
        columns = {name: self.column((*path, "columns", name), item, known) for name, item in given.items()}
        self._refuse_twice((*path, "columns"), columns)
        return FilePlan(
            file=self.texts((*path, "file"), found["file"]) if "file" in found else (),
            sheet=self.texts((*path, "sheet"), found["sheet"]) if "sheet" in found else (),
            holds=holds,
            delimiter=delimiter,
            encoding=self.text((*path, "encoding")) if "encoding" in found else "",
            header=int(header) if header else None,
            columns=columns,
        )

    def column(self, path: Path_, value: object, holds: str) -> ColumnPlan:
        """Return what a column holds."""
        found = self.keys(path, value, ("is", "coder", "code")) if isinstance(value, dict) else {"is": value}
        if "is" not in found:
            self.fault(path, "it is not said what the column holds", "write {is: codes, coder: …} or such")
            return ColumnPlan(("ignored",))
        place = (*path, "is") if isinstance(value, dict) else path
        roles = self.texts(place, found["is"])
        for role in roles:
            if role not in ROLES[holds]:
                self.fault(
                    place, f"{role!r} is nothing that a column of {holds} holds", f"use {', '.join(ROLES[holds])}"
                )
        coder, code = (self.text((*path, key)) if key in found else "" for key in ("coder", "code"))
        if "value" in roles and not code:
            self.fault(path, "it is not said of which code the values are", "add code: and give that code a scale")
        return ColumnPlan(roles, coder, code)

    def _refuse_twice(self, path: Path_, columns: Mapping[str, ColumnPlan]) -> None:
        """Note what two columns hold and only one can."""
        seen: dict[str, str] = {}
        for name, column in columns.items():
            for role in column.roles:
                if role in seen and role not in REPEATED:
                    self.fault((*path, name), f"{seen[role]!r} holds the {role} already", "keep one of the two")
                seen.setdefault(role, name)
