"""Of which class a study is that comes in: what its source says of itself decides, and what was invented stays so.

Every writer marks what it writes, in a place that its format has and people see; every reader hands on the marks that
it met, for the source as a whole in `Draft.marks`, for single records in their column ``class``. Here they are put
together. The class that binds most counts (`lepanalysis.schema.CLASSES`). A mark that says stand-in is never lifted, by
no option and no mapping; invented records and others never become one study, since then the invented would pass for
data.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.losses import Ledger
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.schema import CLASSES, STUDY_CLASSES, STUDY_TABLES, highest_class
from lepanalysis.tables import read_utf8
from lepanalysis.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport

# What a mark is called, as a column, a variable or the beginning of a line.
MARK = "provenance_class"
STAND_IN, CAREFUL = "stand-in", "restricted"
# The records that have a class of their own, with what tells them apart.
_CLASSED = {"messages": "message_id", "threads": "thread_id", "participants": "participant_id"}
_COLUMNS = ("class", "context_class")
_FILES = frozenset(table.file for table in STUDY_TABLES.values())
_SHOWN = 3
_NAME = re.compile(r"provenance[ _]class", re.IGNORECASE)
_IN_TEXT = re.compile(rf"provenance[ _]class\W{{1,6}}({'|'.join(CLASSES)})\b", re.IGNORECASE)
_LINE = re.compile(rf"^\W*provenance[ _]class\W{{1,6}}(?:{'|'.join(CLASSES)})\W*$\n?", re.IGNORECASE | re.MULTILINE)
_INVENTED = (
    f"Class: {STAND_IN}. The records are marked as invented, and so they stay wherever they go; no option changes that."
)
_MEANING = {
    "restricted": "Not to be passed on without leave of whoever holds the data.",
    "stand-in": "Everything here is invented and evidence of nothing.",
    "open": "Anybody may use it under its licence.",
    "published": "Printed in a published article.",
}


def is_mark(name: str) -> bool:
    """Whether a column, a variable or an attribute of that name holds marks.

    Parameters
    ----------
    name : str

    Examples
    --------
    >>> [is_mark(name) for name in ("provenance_class", " Provenance class ", "class")]
    [True, True, False]
    """
    return _NAME.fullmatch(name.strip()) is not None


def class_in(cell: object) -> str:
    """Return the class that a cell names; empty where it names none.

    Parameters
    ----------
    cell : object

    Examples
    --------
    >>> [class_in(cell) for cell in ("Stand-in", "stand in", "5b", None)]
    ['stand-in', 'stand-in', '', '']
    """
    word = re.sub(r"[\s_]+", "-", str(cell or "").strip().lower())
    word = STAND_IN if word == "standin" else word
    return word if word in CLASSES else ""


def mark_line(class_: str) -> str:
    """Return a mark for people and programs, for a description.

    Parameters
    ----------
    class_ : str

    Examples
    --------
    >>> mark_line("stand-in")
    'provenance_class: stand-in. Everything here is invented and evidence of nothing.'
    """
    return f"{MARK}: {class_}. {_MEANING[class_]}"


def marks_in(text: str) -> tuple[str, ...]:
    r"""Return the classes that a text of a project, such as its description, names as marks.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> marks_in('Ours.\nprovenance_class: stand-in. Everything here is invented.')
    ('stand-in',)
    """
    return tuple(dict.fromkeys(found.lower() for found in _IN_TEXT.findall(text)))


def without_marks(text: str) -> str:
    """Return a text without the lines that hold nothing but a mark.

    Parameters
    ----------
    text : str
    """
    for class_ in _MEANING:
        text = re.sub(rf"\n*^{re.escape(mark_line(class_))}$", "", text, flags=re.MULTILINE)
    return _LINE.sub("", text)


def marks_beside(source: Path) -> tuple[str, ...]:
    """Return the class that study.yaml gives, where what is read is one of the tables of a study's folder.

    Parameters
    ----------
    source : Path
        A file.
    """
    file = source.parent / "study.yaml"
    if source.name not in _FILES or not file.is_file():
        return ()
    document, _ = read_yaml(read_utf8(file, file.name)[0], file.name)
    given = document.value if isinstance(document.value, dict) else {}
    found = class_in(given.get("class"))
    return (found,) if found in STUDY_CLASSES else ()


def class_of_message(row: Mapping[str, Any], class_: str) -> str:
    """Return the class that binds most in a message: of its words, its thread and its time.

    Parameters
    ----------
    row : mapping
    class_ : str
        Of the study.
    """
    return highest_class(row.get(column) or class_ for column in _COLUMNS)


def with_class(draft: Draft, name: str, stated: str = "") -> tuple[Draft, str, LossReport | None]:
    """Return a draft whose study.yaml and records say of which class they are.

    Parameters
    ----------
    draft : Draft
        With the marks that its reader met. A class in its study.yaml is what a person wrote into a mapping, or
        ``restricted`` where a reader is careful by itself.
    name : str
        What was read, for the report.
    stated : str
        The class that the user says, with ``--class``.

    Returns
    -------
    draft : Draft
        Without marks.
    sentence : str
        Of which class the study is, and why.
    report : LossReport or None
        Of the records whose own class no such study holds.

    Raises
    ------
    UsageError
        When somebody calls something else what is marked as invented.
    LepanalysisError
        When some records are marked as invented and others are not.
    """
    mapped = str(draft.study.get("class") or "")
    own = {kind: [_own(row) for row in getattr(draft, kind)] for kind in _CLASSED}
    found = {*map(class_in, draft.marks), *(one for classes in own.values() for one in classes)} - {""}
    if STAND_IN in found:
        # A reader that knows nothing is careful; that is no statement.
        said = stated or (mapped if mapped != CAREFUL else "")
        if said not in {"", STAND_IN}:
            how = "--class" if stated else "the mapping"
            raise UsageError(
                f"{name} says that its records are invented; its class stays {STAND_IN}, whatever {how} says"
            )
        _refuse_mixture(draft, own, found, name, told=bool(said))
        class_, sentence = STAND_IN, _INVENTED
    else:
        class_, sentence = _decided(found, mapped, stated)
    draft, report = _with_records_of(draft, class_, name)
    return dataclasses.replace(draft, study={**draft.study, "class": class_}, marks=()), sentence, report


def _own(row: Mapping[str, Any]) -> str:
    """Return the class that a record says of itself; invented where any part of it is."""
    classes = [class_in(row.get(column)) for column in _COLUMNS]
    return STAND_IN if STAND_IN in classes else classes[0]


def _refuse_mixture(draft: Draft, own: Mapping[str, list[str]], found: set[str], name: str, *, told: bool) -> None:
    """Refuse invented records among others.

    What bears no mark is one of the others, unless the source as a whole is invented and nothing in it bears one by
    itself: who takes a marked source and adds to it adds something that is not marked.
    """
    whole = STAND_IN in set(map(class_in, draft.marks))
    end = "No study holds both, since what was invented would pass for data. Take them apart and import each by itself"
    for kind, key in _CLASSED.items():
        # Threads and people that bear no mark are those of the messages that name them.
        if kind != "messages" and not any(own[kind]):
            continue
        rows = getattr(draft, kind)
        added = kind == "messages" and any(class_in(row.get("class")) == STAND_IN for row in rows)
        allowed = {STAND_IN, "published", "derived", *([""] if told or (whole and not added) else [])}
        others = [row for row, class_ in zip(rows, own[kind], strict=True) if class_ not in allowed]
        if others:
            marked = [row for row, class_ in zip(rows, own[kind], strict=True) if class_ == STAND_IN]
            some = f"{len(marked):,} of {len(rows):,} {kind} are marked {STAND_IN} ({_named(marked, key)})"
            head = some if marked else f"it is marked {STAND_IN} elsewhere"
            way = f"; where all of it is invented, say --class {STAND_IN}" if found <= {STAND_IN} else ""
            raise LepanalysisError(
                f"{name} is refused: it holds invented records among others: {head}, and {len(others):,} {kind} are "
                f"not ({_named(others, key)}). {end}{way}"
            )
    against = found & {"restricted", "open"}
    if against:
        marks = f"one mark in it says {STAND_IN}, another {' and '.join(sorted(against))}"
        raise LepanalysisError(f"{name} is refused: {marks}. {end}")


def _named(rows: list[Mapping[str, Any]], key: str) -> str:
    """Return the ids of the first few records."""
    return ", ".join(str(row.get(key)) for row in rows[:_SHOWN]) + (", …" if len(rows) > _SHOWN else "")


def _decided(found: set[str], mapped: str, stated: str) -> tuple[str, str]:
    """Return the class of a study in which nothing is marked as invented, and why it is that."""
    # What an article prints, only its ledger can show; none comes along.
    known = found & {"restricted", "open"}
    marked = highest_class(known) if known else ""
    said = stated or mapped
    how = "--class says" if stated else "the mapping says"
    if said and marked and said != marked:
        return said, f"Class: {said}, as {how}; the records are marked {marked}."
    if marked:
        return marked, f"Class: {marked}, as the records are marked."
    if said and (stated or said != CAREFUL):
        return said, f"Class: {said}, as {how}."
    if "published" in found:
        return CAREFUL, f"Class: {CAREFUL}. That an article prints it, only a ledger can show, and none comes along."
    return CAREFUL, f"Class: {CAREFUL}, since nothing in the file says otherwise; say --class where you know better."


def _with_records_of(draft: Draft, class_: str, name: str) -> tuple[Draft, LossReport | None]:
    """Return a draft in which no record is of another class than its study can hold."""
    ledger = Ledger(name, "classes of records")
    changes: dict[str, Any] = {}
    for kind, key in _CLASSED.items():
        rows = getattr(draft, kind)
        if not any(row.get(column) for row in rows for column in _COLUMNS):
            continue
        ledger.came(kind, len(rows))
        kept = []
        for row in rows:
            given = {column: class_in(row[column]) for column in _COLUMNS if row.get(column)}
            # What is no class at all, the check of the study finds.
            other = next((one for one in given.values() if one not in {class_, ""}), "")
            if other:
                ledger.changed(kind, row.get(key), _why(other, class_))
                row = {column: cell for column, cell in row.items() if column not in _COLUMNS}  # noqa: PLW2901
            elif all(given.values()):
                row = {**row, **given}  # noqa: PLW2901 - the row as it will stand
            kept.append(row)
        changes[kind] = tuple(kept)
    report = ledger.report({kind: len(rows) for kind, rows in changes.items()})
    return dataclasses.replace(draft, **changes), report if report.losses else None


def _why(other: str, class_: str) -> str:
    """Return why a record is now of the class of its study."""
    if other in {"published", "derived"}:
        return f"the ledger that shows that an article prints it does not come along; it counts as {class_}"
    return f"it was marked {other}; it counts as {class_} like the others"


def joined_marks(classes: Iterable[str]) -> str:
    """Return the one class to write for several: that which binds most, empty for none.

    Parameters
    ----------
    classes : iterable of str
    """
    known = {class_in(one) for one in classes} - {""}
    return STAND_IN if STAND_IN in known else highest_class(known) if known else ""
