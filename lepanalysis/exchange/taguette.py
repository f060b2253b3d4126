"""Projects of Taguette, read from its SQLite file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis import schema
from lepanalysis.exchange.classes import class_in, marks_in, without_marks
from lepanalysis.exchange.draft import Draft
from lepanalysis.exchange.ids import Ids, is_id
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.sqlitefile import application_id, integer, open_database, text
from lepanalysis.exchange.taguette_documents import NOBODY, Parts, Project, external_id, read_documents
from lepanalysis.exchange.taguette_log import read_log
from lepanalysis.exchange.taguette_record import split_record
from lepanalysis.exchange.taguette_tags import Tag, codes_of, marks_of
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.tables import moment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.exchange.sqlitefile import Database
    from lepanalysis.exchange.taguette_log import Log

APPLICATION_ID = b"Tgtt"
_TABLES = ("projects", "documents", "highlights", "tags", "highlight_tags", "commands", "users")


def read_sqlite(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read a project out of a database of Taguette.

    Parameters
    ----------
    path : Path
    options : mapping
        ``project``: the name or number of the project, needed where there are several; ``flat``: whether dots in
        the paths of tags nest nothing.

    Raises
    ------
    LepanalysisError
        When the file is not one of Taguette's, damaged, or holds several projects and none was chosen.
    """
    with open_database(path) as database:
        missing = [table for table in _TABLES[:5] if table not in database]
        if missing:
            marked = ", although it is marked as one" if application_id(path) == APPLICATION_ID else ""
            raise LepanalysisError(f"{path.name} is no database of Taguette{marked}: it lacks {', '.join(missing)}")
        project = _project(database, path, options)
        ledger = project.ledger
        tags = [
            Tag(integer(row["id"]), text(row["path"]), text(row["description"]))
            for row in _by_id(database, "tags", ("id", "path", "description"), ("project_id", project.id))
        ]
        owners = [who for who, _ in project.coders.values()]
        codes, code_ids = codes_of(tags, ledger, nested=not options.get("flat"), coders=owners)
        parts = Parts(project, {code["id"]: code for code in codes}, code_ids)
        parts.external_ids += [external_id("code", code_ids[tag.key], tag.key) for tag in tags]
        read_documents(database, parts)
    used = {row["coder"] for row in (*parts.codings, *parts.memos) if "coder" in row}
    coders = [{"id": who, "name": name} for who, name in dict.fromkeys(project.coders.values())]
    stated = {entry.get("id") for entry in project.record.get("coders") or () if isinstance(entry, dict)}
    coders = [entry for entry in coders if entry["id"] in used | stated | {code.get("coder") for code in codes}]
    if NOBODY in used and NOBODY not in {entry["id"] for entry in coders}:
        coders.append({"id": NOBODY, "name": "Unknown"})
    _without_lost_replies(parts)
    _say_who(project, len(used))
    given = class_in(project.record.get("class"))
    marks = (*((given,) if given else ()), *marks_in(project.description), *marks_of(tags))
    draft = Draft(
        study=_study(project, path, coders),
        marks=tuple(dict.fromkeys(marks)),
        messages=_without_what_all_say(parts.messages, given),
        threads=tuple(parts.threads.values()),
        participants=tuple(parts.participants.values()),
        codings=tuple(parts.codings),
        memos=tuple(parts.memos),
        external_ids=tuple(parts.external_ids),
        codes=codes,
    )
    return draft, ledger.report({"codings": len(parts.codings), "messages": len(parts.messages)})


def _without_what_all_say(rows: Sequence[dict[str, Any]], class_: str) -> tuple[dict[str, Any], ...]:
    """Return messages without the mark that the project has for all of them; as they are where not all bear it."""
    if any(row.get("class") != class_ for row in rows):
        return tuple(rows)
    return tuple({name: cell for name, cell in row.items() if name != "class"} for row in rows)


def _by_id(
    database: Database, table: str, names: Sequence[str], where: tuple[str, int] | None = None
) -> list[Mapping[str, Any]]:
    """Return the rows of a table in the order of their ids."""
    return sorted(database.rows(table, names, where), key=lambda row: integer(row.get("id")) or 0)


def _project(database: Database, path: Path, options: Mapping[str, Any]) -> Project:
    """Return the project that is meant, with its log."""
    rows = _by_id(database, "projects", ("id", "name", "description", "created"))
    listed = ", ".join(f"{integer(row['id'])} ({text(row['name'])})" for row in rows[:20])
    if not rows:
        raise LepanalysisError(f"{path.name} holds no project of Taguette")
    wanted = options.get("project")
    if wanted is not None:
        by_name = [row for row in rows if text(row["name"]) == str(wanted)]
        rows = [row for row in rows if str(integer(row["id"])) == str(wanted)] or by_name
        if len(rows) != 1:
            what = "no project" if not rows else f"{len(rows)} projects"
            raise UsageError(f"--project {wanted}: {path.name} holds {what} of that name or number; it holds {listed}")
    if len(rows) > 1:
        raise UsageError(f"{path.name} holds several projects: {listed}; choose one with --project")
    row = rows[0]
    number = integer(row["id"])
    if number is None:
        raise LepanalysisError(f"{path.name} is damaged: its project has no number")
    log = read_log(database.rows("commands", ("id", "date", "user_login", "payload"), ("project_id", number)))
    description, records = split_record(text(row["description"]), "study")
    record = records["study"]
    return Project(
        id=number,
        name=text(row["name"]),
        description=description.strip(),
        record=record,
        log=log,
        ledger=Ledger(path.name, "Taguette database"),
        coders=_coders(log, record),
    )


def _coders(log: Log, record: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return the id and name of each login: as the project's own record says, else the login."""
    found: dict[str, tuple[str, str]] = {}
    for entry in record.get("coders") or ():
        who, login = (entry.get(name, "") if isinstance(entry, dict) else "" for name in ("id", "login"))
        if is_id(who) and login and who not in {known for known, _ in found.values()}:
            found[login] = (who, entry.get("name") or who)
    ids = Ids("coder", (who for who, _ in found.values()))
    for login in log.users:
        if login not in found:
            found[login] = (ids.of(login, login), login)
    return found


def _without_lost_replies(parts: Parts) -> None:
    """Let no message answer one whose document was deleted in Taguette."""
    there = {row["message_id"] for row in parts.messages}
    for row in parts.messages:
        if row.get("reply_to") and row["reply_to"] not in there:
            del row["reply_to"]
            parts.ledger.changed("messages", row["message_id"], "what it answered is not there any more")


def _say_who(project: Project, coders: int) -> None:
    """Say what the log is good for."""
    ledger, log = project.ledger, project.log
    ledger.note(
        f"Who gave which tag stands only in Taguette's log of {log.commands} commands; what was deleted later stands "
        "only there and was not read. Addresses and passwords of users were not read."
    )
    if log.unread:
        ledger.note(f"{log.unread} commands of the log could not be read.")
    if coders > 0 and len(log.users) <= 1:
        name = log.users[0] if log.users else "nobody"
        ledger.note(
            f"Warning: the log names {name} only. When Taguette exports or imports a project it puts one user in the "
            "place of all: if several people coded, read the database they worked in, not an export of it."
        )
    elif log.was_imported:
        ledger.note(
            "Warning: the project was imported into this database; what was coded before is under the name of the "
            "user who imported it."
        )


def _study(project: Project, path: Path, coders: list[dict[str, str]]) -> dict[str, Any]:
    """Return what study.yaml says."""
    record = project.record
    study: dict[str, Any] = {"title": project.name.strip() or path.stem}
    study |= {"source": f"{path.name} (Taguette)", "licence": "not stated", "coders": coders}
    for key in ("title", "source", "licence", "language", "approach", "notes"):
        value = record.get(key)
        if isinstance(value, str) and value.strip() and value in (schema.CHOICES_OF_KEYS.get(key) or (value,)):
            study[key] = value
    period = record.get("period")
    if isinstance(period, dict) and set(period) <= {"from", "to"} and all(map(moment, period.values())):
        study["period"] = period
    if said := without_marks(project.description).strip():
        study.setdefault("notes", said)
    return study
