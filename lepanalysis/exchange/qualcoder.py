"""Projects of QualCoder: a folder ``name.qda`` with the database ``data.qda`` in it, of any of its versions.

QualCoder keeps the words of each coding beside its offsets. What was coded by hand counts UTF-16 units, what was
imported or coded by a search code points, and the same project may hold both: the words decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import marks_in, without_marks
from lepanalysis.exchange.codetree import NO_DEFINITION, one_line, sound_tree
from lepanalysis.exchange.draft import Draft
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.qualcoder_notes import read_notes
from lepanalysis.exchange.qualcoder_parts import Parts, Source, external_id, moment_of
from lepanalysis.exchange.qualcoder_people import read_people
from lepanalysis.exchange.qualcoder_segments import read_codings
from lepanalysis.exchange.sqlitefile import integer, open_database, text
from lepanalysis.faults import LepanalysisError
from lepanalysis.schema import Column
from lepanalysis.tables import fault_of_cell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.exchange.sqlitefile import Database

_TABLES = ("project", "source", "code_name", "code_text")
_COLOUR = Column("colour", "colour")
_MEDIA = {
    "images": ("/images/", "images:"),
    "recordings": ("/audio/", "audio:", "/video/", "video:"),
}
# What has no place in a study, by table: what to call its records.
_DROPPED = {
    "code_image": "codings of images and of areas of PDF pages",
    "code_av": "codings of recordings",
    "graph": "graphs",
    "stored_sql": "stored queries",
    "ris": "lines of bibliographic references",
    "files_filter": "filters of files",
}


def read(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read a project of QualCoder.

    Parameters
    ----------
    path : Path
        The folder, or the database in it.
    options : mapping
        ``offsets``: how offsets are to be read; by the words of the codings when absent.

    Raises
    ------
    LepanalysisError
        When it is no project of QualCoder, or damaged, or its offsets can be read in two ways.
    """
    inner = path / "data.qda" if path.is_dir() else path
    name = path.name if path.is_dir() else (path.parent.name if path.name == "data.qda" else path.name)
    with open_database(inner) as database:
        missing = [table for table in _TABLES if table not in database]
        if missing:
            raise LepanalysisError(f"{path.name} is no project of QualCoder: its database lacks {', '.join(missing)}")
        parts = Parts(Ledger(name, "QualCoder project"))
        project = next(iter(database.rows("project", ("databaseversion", "memo", "about"))), {})
        codes = _codes(database, parts)
        _sources(database, parts)
        read_people(database, parts)
        read_codings(database, parts, str(options.get("offsets") or ""), name)
        read_notes(database, parts)
        for table, kind in _DROPPED.items():
            for place in range(1, database.count(table) + 1):
                parts.ledger.came(kind)
                parts.ledger.dropped(kind, place, "a study has no place for them")
    about = ", ".join(filter(None, (text(project.get("about")), text(project.get("databaseversion")))))
    if about:
        parts.ledger.note(f"The database says of itself: {one_line(about)[:80]}.")
    parts.ledger.note("Who made a code, a category, a case or an attribute, and when, is not kept.")
    stem = name.removesuffix(".qda")
    study = {
        "title": one_line(stem),
        "source": f"{name} (QualCoder)",
        "licence": "not stated",
        "coders": [{"id": who, "name": label} for who, label in parts.coders.values()],
        "notes": without_marks(text(project.get("memo"))).strip(),
    }
    draft = Draft(
        study=study,
        marks=tuple(dict.fromkeys((*marks_in(text(project.get("memo"))), *parts.marks))),
        messages=tuple(parts.messages),
        threads=tuple(parts.threads),
        participants=tuple(parts.participants.values()),
        codings=tuple(parts.codings),
        memos=tuple(parts.memos),
        external_ids=tuple(parts.external_ids),
        codes=codes,
    )
    stand = {"codings": len(parts.codings), "messages": len(parts.messages), "memos": len(parts.memos)}
    return draft, parts.ledger.report(stand)


def _codes(database: Database, parts: Parts) -> tuple[dict[str, Any], ...]:
    """Return the codes: categories first, as codes that others lie under."""
    ledger = parts.ledger
    categories = database.rows("code_cat", ("catid", "name", "memo", "supercatid"))
    rows = [("category", integer(row["catid"]), row) for row in categories]
    codes = database.rows("code_name", ("cid", "name", "memo", "catid", "color", "supercid"))
    rows += [("code", integer(row["cid"]), row) for row in codes]
    for kind, number, row in rows:
        parts.codes[kind, number] = parts.code_ids.of((kind, number), one_line(text(row["name"])))
    found = []
    for kind, number, row in rows:
        ledger.came("codes")
        name, memo = one_line(text(row["name"])), text(row["memo"]).strip()
        code: dict[str, Any] = {"id": parts.codes[kind, number], "name": name, "definition": memo or NO_DEFINITION}
        if kind == "category":
            above: tuple[tuple[str, int | None], ...] = (("category", integer(row["supercatid"])),)
            ledger.changed("codes", name, "was a category; now a code that nothing is coded with, over its codes")
        else:
            # Since version 16 a code may lie under another; then that says more than the category does.
            above = (("code", integer(row["supercid"])), ("category", integer(row["catid"])))
            if not memo:
                ledger.changed("codes", name, f"without a memo; its definition reads {NO_DEFINITION}")
        code["parent"] = next((parts.codes[one] for one in above if one in parts.codes), "")
        colour = text(row.get("color"))
        if colour and fault_of_cell(colour, _COLOUR) is None:
            code["colour"] = colour
        found.append({key: value for key, value in code.items() if value})
        parts.external_ids.append(external_id("code", code["id"], f"{kind} {number}"))
    return sound_tree(found, ledger)


def _sources(database: Database, parts: Parts) -> None:
    """Read the texts; what is no text is counted and left out."""
    names = ("id", "name", "fulltext", "mediapath", "memo", "owner", "date")
    for row in database.rows("source", names):
        number, name, whole = integer(row["id"]), text(row["name"]), text(row["fulltext"])
        media = next((kind for kind, ways in _MEDIA.items() if text(row["mediapath"]).startswith(ways)), "")
        if media:
            parts.ledger.came(media)
            parts.ledger.dropped(media, name, "a study holds texts only")
            continue
        parts.ledger.came("messages")
        if not whole.strip() or number is None:
            parts.ledger.dropped("messages", name, "there is no text in it")
            continue
        message, thread = parts.message_ids.of(number, name), parts.thread_ids.of(number)
        parts.sources[number] = Source(number, name, whole, message)
        parts.threads.append({"thread_id": thread, "title": name})
        parts.external_ids.append(external_id("message", message, number))
        memo = text(row["memo"]).strip()
        if memo:
            parts.ledger.came("memos")
            parts.add_memo(f"source-{number}", memo, row["owner"], moment_of(row["date"]), about=message)
