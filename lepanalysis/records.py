"""The YAML files of a study: study.yaml, codebook.yaml and themes.yaml, read into records and frames."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lepanalysis import schema
from lepanalysis.faults import Fault
from lepanalysis.schema import Column
from lepanalysis.tables import fault_of_cell, moment
from lepanalysis.yamlfile import Document, read_yaml

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

CODE_COLUMNS = (
    "code_id",
    "name",
    "definition",
    "include",
    "exclude",
    "example",
    "parent",
    "coder",
    "status",
    "merged_into",
    "scale",
    "values",
    "colour",
)
CANDIDATE_COLUMNS = ("coder", "theme_id", "name", "definition", "codes")
THEME_COLUMNS = ("theme_id", "name", "definition", "codes", "named_in", "x", "y")


@dataclass(frozen=True)
class Coder:
    """Someone who codes: id and the name to show."""

    id: str
    name: str


@dataclass(frozen=True)
class StudyRecord:
    """What study.yaml says of a study."""

    title: str
    class_: str
    source: str
    licence: str
    language: str = "en"
    period_from: dt.date | None = None
    period_to: dt.date | None = None
    coders: tuple[Coder, ...] = ()
    approach: str = "codebook"
    ledger: str = ""
    template: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Placed:
    """A record with the line at which it begins."""

    line: int
    value: dict[str, Any]


class Reader:
    """Reads mappings of one YAML document by their declared keys and collects the faults.

    Parameters
    ----------
    document : Document
    shown : str
        The file as a fault names it.
    faults : list of Fault
        What is found is added here.
    """

    def __init__(self, document: Document, shown: str, faults: list[Fault]) -> None:
        self.document = document
        self.shown = shown
        self.faults = faults

    def fault(self, path: tuple[str | int, ...], column: str, problem: str, remedy: str) -> None:
        """Add a fault at the line of a path."""
        self.faults.append(Fault(self.shown, self.document.line(path), column, problem, remedy))

    def mapping(self, value: object, path: tuple[str | int, ...], keys: dict[str, tuple[str, bool]]) -> dict[str, Any]:
        """Return the values of a mapping by its declared keys, text as written.

        Parameters
        ----------
        value : object
            What stands in the document.
        path : tuple
            Where it stands.
        keys : dict
            The kind of each key's value, and whether it has to be there.
        """
        if not path and not value and self.faults:
            return {}  # the document could not be read, and has its fault for that
        if not isinstance(value, dict):
            self.fault(path, "", "not a list of keys and values", f"write {', '.join(keys)}")
            return {}
        for name in value:
            if name not in keys:
                self.fault((*path, name), name, "not a key of this file", f"the keys are {', '.join(keys)}")
        result: dict[str, Any] = {}
        for name, (kind, required) in keys.items():
            here = (*path, name)
            given = value.get(name)
            if given is None or given == "":
                if required:
                    self.fault(path, name, "the key is missing or empty", "add it")
                continue
            result[name] = self._value(given, here, Column(name, kind, required))
        return result

    def _value(self, given: object, path: tuple[str | int, ...], column: Column) -> Any:  # noqa: ANN401
        """Return one value of the kind that the key asks for, text as written."""
        if column.kind in {"list", "mapping"}:
            wanted, example = (
                (list, "[first, second]") if column.kind == "list" else (dict, "{first: one, second: two}")
            )
            if isinstance(given, wanted):
                return given
            self.fault(path, column.name, f"not a {column.kind}", f"write it as {example}")
            return wanted()
        if isinstance(given, list | dict):
            self.fault(path, column.name, "one value belongs here", "write a single value")
            return ""
        text = self.document.written.get(path, str(given))
        wrong = fault_of_cell(text, replace(column, choices=schema.CHOICES_OF_KEYS.get(column.name, ())))
        if wrong:
            self.fault(path, column.name, *wrong)
        return text

    def texts(self, value: object, path: tuple[str | int, ...]) -> tuple[str, ...]:
        """Return a list of ids or values as text, each as written (15 stays "15")."""
        if not isinstance(value, list):
            return ()
        found = []
        for index, item in enumerate(value):
            here = (*path, index)
            if isinstance(item, list | dict) or item is None:
                self.fault(here, str(path[-1]), "one value belongs here", "write a list of single values")
                continue
            found.append(self.document.written.get(here, str(item)))
        for name in sorted({name for name in found if found.count(name) > 1}):
            self.fault(path, str(path[-1]), f"{name!r} stands twice", "keep it once")
        return tuple(dict.fromkeys(found))


def entries(path: tuple[str | int, ...], value: object) -> Iterator[tuple[Any, Any]]:
    """Yield the path and value of each item of a list; nothing where there is no list."""
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield (*path, index), item


def read_study_record(text: str, shown: str, folder: Path) -> tuple[StudyRecord, list[Fault]]:
    """Read study.yaml.

    Parameters
    ----------
    text : str
    shown : str
        The file as a fault names it.
    folder : Path
        The folder of the study, from which ledger and template are named.

    Returns
    -------
    record : StudyRecord
        With what could be read; a required key that could not is empty, and there is a fault.
    faults : list of Fault
    """
    document, faults = read_yaml(text, shown)
    reader = Reader(document, shown, faults)
    keys = reader.mapping(document.value, (), schema.STUDY_KEYS)
    first, last = _period(reader, keys.get("period", {}))
    for name, there in (("ledger", "folder"), ("template", "file")):
        path = folder / keys.get(name, "")
        if name in keys and not (path.is_dir() if there == "folder" else path.is_file()):
            reader.fault((name,), name, f"there is no {there} {keys[name]!r}", "name it from the folder of the study")
    record = StudyRecord(
        title=keys.get("title", ""),
        class_=keys["class"] if keys.get("class") in schema.STUDY_CLASSES else "",
        source=keys.get("source", ""),
        licence=keys.get("licence", ""),
        language=keys.get("language", "en"),
        period_from=first,
        period_to=last,
        coders=_coders(reader, keys.get("coders", [])),
        approach=keys.get("approach", "codebook"),
        ledger=keys.get("ledger", ""),
        template=keys.get("template", ""),
        notes=keys.get("notes", ""),
    )
    return record, faults


def _coders(reader: Reader, value: list[Any]) -> tuple[Coder, ...]:
    """Return the coders in the order of the file, each once."""
    coders: dict[str, Coder] = {}
    for path, item in entries(("coders",), value):
        given = reader.mapping(item, path, {"id": ("id", True), "name": ("text", True)})
        name = given.get("id", "")
        if name in coders:
            reader.fault(path, "id", f"coder {name!r} stands twice", "give each coder an id of its own")
        if name in schema.RESERVED_CODERS:
            reader.fault(path, "id", f"{name!r} is no id for a coder: it stands for several", "choose another id")
        if name:
            coders.setdefault(name, Coder(name, given.get("name", name)))
    return tuple(coders.values())


def _period(reader: Reader, value: dict[str, Any]) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day of the period, None where it is open."""
    ends: dict[str, dt.date] = {}
    for name, given in value.items():
        path = ("period", name)
        when = moment(reader.document.written.get(path, ""))
        if name not in {"from", "to"}:
            reader.fault(path, "period", f"{name!r} is not known here", "write from and to")
        elif when is None:
            what = reader.document.written.get(path, given)
            reader.fault(path, "period", f"{what!r} is not a date", "write it as 2013-09-30")
        else:
            ends[name] = when.date()
    first, last = ends.get("from"), ends.get("to")
    if first and last and first > last:
        reader.fault(("period",), "period", "it ends before it begins", "exchange from and to")
        return None, None
    return first, last


def read_codebook(text: str, shown: str) -> tuple[pd.DataFrame, list[Placed], list[Fault]]:
    """Read codebook.yaml into one row a code, in the order of the file."""
    placed, faults = placed_codes(text, shown)
    return codebook_frame(placed), placed, faults


def placed_codes(text: str, shown: str) -> tuple[list[Placed], list[Fault]]:
    """Read codebook.yaml into one record a code, in the order of the file."""
    document, faults = read_yaml(text, shown)
    reader = Reader(document, shown, faults)
    top = reader.mapping(document.value, (), {"codes": ("list", True)})
    placed = []
    for path, item in entries(("codes",), top.get("codes")):
        code = reader.mapping(item, path, schema.CODE_KEYS)
        if "id" in code:
            code["values"] = reader.texts(code.get("values", []), (*path, "values"))
            placed.append(Placed(document.line(path), code))
    return placed, faults


def codebook_frame(placed: list[Placed]) -> pd.DataFrame:
    """Return the records of codes as a frame."""
    import pandas as pd

    rows = [{name: code.value.get("id" if name == "code_id" else name, "") for name in CODE_COLUMNS} for code in placed]
    frame = pd.DataFrame(rows, columns=list(CODE_COLUMNS))
    return frame.astype({name: "str" for name in CODE_COLUMNS if name != "values"})


def read_themes(text: str, shown: str) -> tuple[pd.DataFrame, list[Placed], pd.DataFrame, list[Placed], list[Fault]]:
    """Read themes.yaml.

    Returns
    -------
    candidates : pandas.DataFrame
        One row a candidate theme: coder, theme_id, name, definition, codes (tuple of ids).
    placed_candidates : list of Placed
    agreed : pandas.DataFrame
        One row an agreed theme: theme_id, name, definition, codes, named_in (tuples of ids), x, y.
    placed_agreed : list of Placed
    faults : list of Fault
    """
    candidates, agreed, faults = placed_themes(text, shown)
    frames = (theme_frame(candidates, CANDIDATE_COLUMNS), theme_frame(agreed, THEME_COLUMNS))
    return frames[0], candidates, frames[1], agreed, faults


def placed_themes(text: str, shown: str) -> tuple[list[Placed], list[Placed], list[Fault]]:
    """Read themes.yaml into one record a candidate theme, and one an agreed theme."""
    document, faults = read_yaml(text, shown)
    reader = Reader(document, shown, faults)
    top = reader.mapping(document.value, (), {"candidate": ("mapping", False), "agreed": ("list", False)})
    candidates = []
    for coder, value in top.get("candidate", {}).items():
        if not isinstance(value, list):
            reader.fault(("candidate", coder), coder, "not a list of themes", "write one entry a theme")
        for path, item in entries(("candidate", coder), value):
            theme = reader.mapping(item, path, schema.CANDIDATE_KEYS)
            theme["codes"] = reader.texts(theme.get("codes", []), (*path, "codes"))
            candidates.append(Placed(document.line(path), {**theme, "coder": coder}))
    agreed = []
    for path, item in entries(("agreed",), top.get("agreed")):
        theme = reader.mapping(item, path, schema.THEME_KEYS)
        for name in ("codes", "named_in"):
            theme[name] = reader.texts(theme.get(name, []), (*path, name))
        agreed.append(Placed(document.line(path), theme))
    return candidates, agreed, faults


def theme_frame(placed: list[Placed], columns: tuple[str, ...]) -> pd.DataFrame:
    """Return themes as a frame: text as str, lists as tuples, positions on the map as numbers."""
    import pandas as pd

    rows = []
    for theme in placed:
        row = {name: theme.value.get("id" if name == "theme_id" else name, "") for name in columns}
        for name in ("x", "y"):
            if name in row:
                row[name] = _number(row[name])
        rows.append(row)
    frame = pd.DataFrame(rows, columns=list(columns))
    text = {name: "str" for name in columns if name in {"coder", "theme_id", "name", "definition"}}
    numbers = {name: "float64" for name in ("x", "y") if name in columns}
    return frame.astype({**text, **numbers})


def _number(value: object) -> float:
    """Return a number, or NaN where none is given (what is ill-formed has a fault of its own)."""
    try:
        return float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return float("nan")
