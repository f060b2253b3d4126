"""What of a study REFI-QDA has no element for: it travels as one note in JSON, and is read back from it.

Other programs show the note and do not understand it. What stands in the XML wins over it: a code that was renamed or
deleted in another program stays so.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import MARK, class_in
from lepanalysis.exchange.draft import coding_id
from lepanalysis.exchange.ids import guid, guid_key
from lepanalysis.faults import LepanalysisError
from lepanalysis.schema import (
    APPROACHES,
    CANDIDATE_KEYS,
    CHOICES_OF_KEYS,
    CODE_KEYS,
    MEMOS,
    STUDY_KEYS,
    STUDY_TABLES,
    THEME_KEYS,
    Column,
)
from lepanalysis.tables import fault_of_cell, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.schema import TableSchema

ORIGIN = "lepanalysis"
NOTE = guid("note", "rest of the study")
NAME = "Parts of the study that REFI-QDA has no place for (for lepanalysis, do not edit)"
# Whole tables that travel so.
TABLES = ("threads", "assignments", "decisions", "quotations", "external_ids")
# What is said elsewhere in the file, or lies beside a study's folder.
UNSAID = ("class", "ledger", "template", "title", "coders")
_GUID = re.compile(r"\{?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00))?")
# Characters of a name after which it is cut short.
LONGEST_NAME = 1000


class Guids:
    """The GUIDs of a study's records: the foreign ones that it keeps, else ones made of kind and id.

    Parameters
    ----------
    external_ids : iterable of mapping
        The rows of external_ids.csv; of several GUIDs of a record, and of several records of a GUID, the first counts.
    """

    def __init__(self, external_ids: Iterable[Mapping[str, Any]] = ()) -> None:
        """Keep what is a GUID."""
        self._kept: dict[tuple[str, str], str] = {}
        taken: set[str] = set()
        for row in external_ids:
            record, given = (str(row["kind"]), str(row["id"])), str(row["external_id"])
            if _GUID.fullmatch(given) and record not in self._kept and guid_key(given) not in taken:
                self._kept[record] = given
                taken.add(guid_key(given))

    def of(self, kind: str, name: str) -> str:
        """Return the GUID of a record.

        Parameters
        ----------
        kind : str
            ``message``, ``code``, ``coding``, ``participant``, ``coder``, ``memo`` or ``theme``.
        name : str
            Its id.
        """
        return self._kept.get((kind, name)) or guid(kind, name)

    def known(self, kind: str, names: Iterable[str]) -> dict[str, str]:
        """Return ids by their GUIDs as these are compared."""
        return {guid_key(self.of(kind, name)): name for name in names}


def guid_of_value(code: str, value: str) -> str:
    """Return the GUID of a value of a code, which is written as a code below it.

    Parameters
    ----------
    code, value : str
    """
    return guid("value", f"{code}\n{value}")


def writable(text: str) -> str:
    """Return a text with U+FFFD for each character that XML cannot hold.

    Parameters
    ----------
    text : str
    """
    return _UNWRITABLE.sub("\ufffd", text)


def is_date_time(text: str) -> bool:
    """Whether a time is written as XML wants it.

    Parameters
    ----------
    text : str
    """
    return _DATE_TIME.fullmatch(text) is not None


def description_of(code: Mapping[str, Any]) -> str:
    """Return all that a codebook says of a code in one text.

    Parameters
    ----------
    code : mapping
        An entry of codebook.yaml.
    """
    parts = [str(code.get("definition") or "")]
    parts += [f"{label}: {code[key]}" for key, label in _LABELS if code.get(key)]
    return writable("\n\n".join(parts))


_LABELS = (("include", "Include"), ("exclude", "Exclude"), ("example", "Example"))


def rest_of(draft: Draft, names: Mapping[str, str], values: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return what is to travel in the note.

    Parameters
    ----------
    draft : Draft
        In the plain form.
    names : mapping
        The names of codes and themes as they are written, by ``code`` or ``theme`` and id, where another than theirs.
    values : iterable of (str, str)
        Code and value of what is written as a code of its own.
    """
    rest: dict[str, Any] = {
        "of": ORIGIN,
        "version": 1,
        MARK: draft.study.get("class"),
        "study": {name: value for name, value in draft.study.items() if name not in UNSAID},
        "coders": [coder["id"] for coder in draft.study.get("coders", ())],
        "messages": [row["message_id"] for row in draft.messages],
        "participants": [row["participant_id"] for row in draft.participants],
        "codings": [row["coding_id"] for row in draft.codings if "coding_id" in row],
        "times": {
            coding_id(row): row["created_at"]
            for row in draft.codings
            if not is_date_time(row.get("created_at", "2")) and "created_at" in row
        },
        "memos": [{name: cell for name, cell in row.items() if name != "text"} for row in draft.memos],
        "codes": draft.codes,
        "candidate": dict(draft.candidate),
        "agreed": draft.agreed,
        "names": dict(names),
        "values": list(values),
        # Claims about an article rest on its ledger, which lies beside the study's folder.
        "base": base_of(draft),
        "claims": None if "ledger" in draft.study else draft.claims,
        **{name: getattr(draft, name) for name in TABLES},
    }
    rest["threads"] = [{name: cell for name, cell in row.items() if name != "class"} for row in draft.threads]
    return {name: value for name, value in rest.items() if value}


def base_of(draft: Draft) -> str:
    """Return a digest of decisions and of what they and claims rest on: texts, codes, codings and themes, by their ids.

    Parameters
    ----------
    draft : Draft
    """
    digest = hashlib.sha256()
    themes = [("", theme) for theme in draft.agreed]
    themes += [(coder, theme) for coder, found in draft.candidate.items() for theme in found]
    for kind, records in (
        ("message", ([row[name] for name in _OF_MESSAGES] for row in draft.messages)),
        ("code", ([code["id"], code.get("coder"), code.get("parent")] for code in draft.codes)),
        ("coding", ([row.get(name) for name in _OF_CODINGS] for row in draft.codings)),
        ("theme", ([coder, theme["id"], *theme.get("codes", ())] for coder, theme in themes)),
        ("decision", ([place, *sorted(map(str, row.items()))] for place, row in enumerate(draft.decisions))),
    ):
        lines = (json.dumps([kind, *("" if cell is None else str(cell) for cell in cells)]) for cells in records)
        for line in sorted(lines):
            digest.update(line.encode() + b"\n")
    return digest.hexdigest()


_OF_MESSAGES = ("message_id", "thread_id", "participant_id", "text")
_OF_CODINGS = ("coder", "message_id", "code_id", "coding_id", "start", "end", "value")


def text_of(rest: Mapping[str, Any]) -> str:
    """Return the note.

    Parameters
    ----------
    rest : mapping
    """
    return json.dumps(rest, ensure_ascii=False, indent=1) + "\n"


def read_rest(text: str) -> tuple[dict[str, Any], int]:
    """Return what a note of ours says, and how many of its records are not as they were written; those are left out.

    Parameters
    ----------
    text : str

    Raises
    ------
    LepanalysisError
        When it is no longer what was written.
    """
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict) or given.get("of") != ORIGIN or given.get("version") != 1:
        raise LepanalysisError("it is not as lepanalysis wrote it")
    rest: dict[str, Any] = {name: given[name] for name in ("claims", "base") if isinstance(given.get(name), str)}
    left = _Left()
    # Earlier versions wrote the class among the settings, and only where it was stand-in.
    marks = (given.get(MARK), dict(left.pairs(given.get("study"))).get("class"))
    rest["marks"] = tuple(filter(None, map(class_in, marks)))
    rest["study"] = {name: value for name, value in left.pairs(given.get("study")) if _is_setting(name, value)}
    for name in ("times", "names"):
        rest[name] = {key: value for key, value in left.pairs(given.get(name)) if isinstance(value, str)}
    for name in ("coders", "messages", "participants", "codings"):
        rest[name] = left.those(given.get(name), lambda one: isinstance(one, str))
    rest["values"] = [tuple(pair) for pair in left.those(given.get("values"), _is_pair)]
    for name in TABLES:
        rest[name] = left.those(given.get(name), lambda row, name=name: _is_row(row, STUDY_TABLES[name], ()))
    rest["memos"] = left.those(given.get("memos"), lambda row: _is_row(row, MEMOS, ("text",)))
    rest["codes"] = left.those(given.get("codes"), lambda code: _is_entry(code, CODE_KEYS))
    rest["agreed"] = left.those(given.get("agreed"), lambda theme: _is_entry(theme, THEME_KEYS))
    rest["candidate"] = {
        coder: left.those(themes, lambda theme: _is_entry(theme, CANDIDATE_KEYS))
        for coder, themes in left.pairs(given.get("candidate"))
    }
    return rest, left.count


class _Left:
    """Takes what is sound, and counts the rest."""

    def __init__(self) -> None:
        self.count = 0

    def those(self, given: object, is_sound: Callable[[Any], bool]) -> list[Any]:
        """Return the sound ones of a list."""
        records = given if isinstance(given, list) else []
        found = [one for one in records if is_sound(one)]
        self.count += len(records) - len(found) + (given is not None and not isinstance(given, list))
        return found

    @staticmethod
    def pairs(given: object) -> list[tuple[str, Any]]:
        """Return the keys and values of a mapping."""
        return list(given.items()) if isinstance(given, dict) else []


def _is_setting(name: str, value: object) -> bool:
    """Whether a key of study.yaml may have a value."""
    if name not in STUDY_KEYS or name in UNSAID:
        return False
    if name == "period":
        return isinstance(value, dict) and all(
            end in {"from", "to"} and isinstance(day, str) and moment(day) for end, day in value.items()
        )
    return isinstance(value, str) and (name != "approach" or value in APPROACHES)


def _is_row(row: object, schema: TableSchema, without: tuple[str, ...]) -> bool:
    """Whether something is a row of a table, but for some columns."""
    if not isinstance(row, dict):
        return False
    columns = {column.name: column for column in schema.columns if column.name not in without}
    return all(
        name in columns and isinstance(cell, str | int) and fault_of_cell(str(cell), columns[name]) is None
        for name, cell in row.items()
    ) and all(name in row for name, column in columns.items() if column.required)


def _is_entry(entry: object, keys: Mapping[str, tuple[str, bool]]) -> bool:
    """Whether something is an entry of a YAML file."""
    if not isinstance(entry, dict) or not all(name in entry for name, (_, required) in keys.items() if required):
        return False
    for name, value in entry.items():
        kind, required = keys.get(name, ("", False))
        if kind == "list":
            sound = isinstance(value, list) and all(isinstance(one, str) for one in value)
        else:
            column = Column(name, kind, required, choices=CHOICES_OF_KEYS.get(name, ()))
            sound = bool(kind) and isinstance(value, str) and fault_of_cell(value, column) is None
        if not sound:
            return False
    return True


def _is_pair(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)
