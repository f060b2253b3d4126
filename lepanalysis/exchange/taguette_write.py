"""A study as a database of Taguette: it opens there, and Taguette's own import takes it.

Each message is a document, each segment that a coder coded a highlight, each code a tag; who coded stands in the log of
commands, where Taguette looks for it. What a document, a tag and a project have no place for stands at the end of their
descriptions (`taguette_record`), so that `taguette.read_sqlite` gives the study back.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import class_of_message, mark_line
from lepanalysis.exchange.draft import draft_of
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.taguette_log import NO_DATE
from lepanalysis.exchange.taguette_record import with_record
from lepanalysis.exchange.taguette_tags import tags_of
from lepanalysis.exchange.taguette_text import to_html, writable
from lepanalysis.tables import zoned_moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.study import Study

# The version of the database that Taguette 1.4 and 1.5 write; later ones bring it up to date when they open it.
VERSION = "db5e31a0233d"
_APPLICATION_ID = 0x54677474
# The user that Taguette has where it is not served to many.
_ADMIN = "admin"
_LONGEST_NAME = 50
_LONGEST_LOGIN = 20
_LONGEST_DESCRIPTION = 102_400
_NO_LOGIN = re.compile(r"[^a-z0-9._-]")
_NO_PLACE = "Taguette has no place for them"
_SCHEMA = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
CREATE TABLE users (login VARCHAR(30) NOT NULL PRIMARY KEY, created DATETIME NOT NULL, hashed_password VARCHAR(192),
  disabled BOOLEAN NOT NULL, password_set_date DATETIME, language VARCHAR(10), email VARCHAR(256), email_sent DATETIME);
CREATE UNIQUE INDEX ix_users_email ON users (email);
CREATE TABLE projects (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
  description TEXT NOT NULL, created DATETIME NOT NULL);
CREATE TABLE project_members (
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_login VARCHAR(30) NOT NULL REFERENCES users (login) ON DELETE CASCADE ON UPDATE CASCADE,
  privileges VARCHAR(11) NOT NULL, PRIMARY KEY (project_id, user_login));
CREATE INDEX ix_project_members_project_id ON project_members (project_id);
CREATE INDEX ix_project_members_user_login ON project_members (user_login);
CREATE TABLE documents (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, name VARCHAR(200) NOT NULL,
  description TEXT NOT NULL, filename VARCHAR(200) NOT NULL, created DATETIME NOT NULL,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  text_direction VARCHAR(13) NOT NULL, contents TEXT NOT NULL);
CREATE INDEX ix_documents_project_id ON documents (project_id);
CREATE TABLE tags (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  path VARCHAR(200) NOT NULL, description TEXT NOT NULL, CONSTRAINT uq_tags_project_id UNIQUE (project_id, path));
CREATE INDEX ix_tags_project_id ON tags (project_id);
CREATE INDEX ix_tags_path ON tags (path);
CREATE TABLE highlights (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
  start_offset INTEGER NOT NULL, end_offset INTEGER NOT NULL, snippet TEXT NOT NULL);
CREATE INDEX ix_highlights_document_id ON highlights (document_id);
CREATE TABLE highlight_tags (highlight_id INTEGER NOT NULL REFERENCES highlights (id) ON DELETE CASCADE,
  tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE, PRIMARY KEY (highlight_id, tag_id));
CREATE INDEX ix_highlight_tags_highlight_id ON highlight_tags (highlight_id);
CREATE INDEX ix_highlight_tags_tag_id ON highlight_tags (tag_id);
CREATE TABLE commands (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, date DATETIME NOT NULL,
  user_login VARCHAR(30) NOT NULL REFERENCES users (login) ON UPDATE CASCADE,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE, document_id INTEGER, payload TEXT NOT NULL);
CREATE INDEX ix_commands_document_id ON commands (document_id);
CREATE INDEX ix_commands_date ON commands (date);
CREATE INDEX idx_project_document ON commands (project_id, document_id);
CREATE INDEX ix_commands_project_id ON commands (project_id);
CREATE INDEX idx_project_id ON commands (project_id, id);
CREATE INDEX ix_commands_user_login ON commands (user_login);
"""


@dataclass(frozen=True)
class _Highlight:
    """A segment that a coder coded at one time."""

    coder: str
    message: str
    start: int
    end: int
    date: str


def write_sqlite(study: Study, target: Path, options: Mapping[str, Any]) -> LossReport:  # noqa: ARG001 - of all writers
    """Write a study as a database of Taguette.

    Parameters
    ----------
    study : Study
    target : Path
    options : mapping
        None.
    """
    return write_draft_as_sqlite(draft_of(study), target, study.folder.name)


def write_draft_as_sqlite(draft: Draft, target: Path, source: str) -> LossReport:
    """Write a draft as a database of Taguette; the same draft gives the same bytes.

    Parameters
    ----------
    draft : Draft
        In the plain form.
    target : Path
        A new file.
    source : str
        The study's name for the report.
    """
    ledger = Ledger(source, "Taguette database")
    # What was invented says so wherever a part of it goes, the codebook that Taguette writes of it too.
    tags, _ = tags_of(draft.codes, ledger, mark="stand-in" if draft.study["class"] == "stand-in" else "")
    numbers = {str(tag.key): place for place, tag in enumerate(tags, start=1)}
    logins = _logins(draft)
    rows: dict[str, list[tuple[Any, ...]]] = {
        "alembic_version": [(VERSION,)],
        "users": [(login, NO_DATE, None, 0, None, None, None, None) for login in dict.fromkeys(_all_logins(logins))],
        "projects": [_project(draft, logins, ledger)],
        "project_members": [(1, login, "ADMIN") for login in dict.fromkeys(_all_logins(logins))],
        "tags": [(numbers[str(tag.key)], 1, tag.path, _bounded(tag.description, ledger)) for tag in tags],
        "documents": _documents(draft, ledger),
    }
    rows |= _highlights(draft, numbers, logins, ledger)
    _count_the_rest(draft, ledger)
    with closing(sqlite3.connect(target)) as connection:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
        for table, found in rows.items():
            if found:
                marks = ", ".join("?" * len(found[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)  # noqa: S608 - names of our own
        connection.commit()
    ledger.note("Coders are users without a password; open the file itself in Taguette to keep them apart.")
    ledger.note("Taguette's import of a project puts the importing user in the place of all coders.")
    return ledger.report({"codings": len(draft.codings), "messages": len(rows["documents"])})


def _logins(draft: Draft) -> dict[str, str]:
    """Return a login for each coder: the id as far as Taguette takes it."""
    found: dict[str, str] = {}
    for place, coder in enumerate(draft.study.get("coders") or (), start=1):
        plain = coder["id"].lower()
        login = plain if not _NO_LOGIN.search(plain) and len(plain) <= _LONGEST_LOGIN else f"coder{place}"
        while login in found.values():
            login += "_"
        found[coder["id"]] = login
    return found


def _all_logins(logins: Mapping[str, str]) -> Iterable[str]:
    return (_ADMIN, *logins.values())


def _bounded(description: str, ledger: Ledger) -> str:
    """Return a description that is not too long for Taguette."""
    if len(description) > _LONGEST_DESCRIPTION:
        ledger.note(f"A description of more than {_LONGEST_DESCRIPTION:,} characters was cut.")
    return description[:_LONGEST_DESCRIPTION]


def _project(draft: Draft, logins: Mapping[str, str], ledger: Ledger) -> tuple[Any, ...]:
    """Return the project's row; what study.yaml says stands in the description."""
    record = {
        key: value
        for key, value in draft.study.items()
        if key in {"title", "class", "source", "licence", "language", "period", "approach", "notes"}
    }
    coders = draft.study.get("coders") or ()
    ledger.came("coders", len(coders))
    record["coders"] = [
        {"id": str(one["id"]), "login": logins[str(one["id"])], "name": str(one["name"])} for one in coders
    ]
    left = [key for key in ("ledger", "template") if draft.study.get(key)]
    if left:
        ledger.note(f"Not written: the study's {' and '.join(left)}, which lie outside its folder.")
    marked = mark_line(draft.study["class"]) if draft.study["class"] != "open" else ""
    title = " ".join(draft.study["title"].split())
    return 1, title[:_LONGEST_NAME] or "Untitled", _bounded(with_record(marked, study=record), ledger), NO_DATE


def _documents(draft: Draft, ledger: Ledger) -> list[tuple[Any, ...]]:
    """Return a row for each message."""
    threads = {row["thread_id"]: row for row in draft.threads}
    people = {row["participant_id"]: row for row in draft.participants}
    found = []
    names: set[str] = set()
    ledger.came("messages", len(draft.messages))
    for place, row in enumerate(draft.messages, start=1):
        message = row["message_id"]
        text = writable(row["text"])
        if text != row["text"]:
            ledger.changed("messages", message, "control characters, which Taguette does not take, became U+FFFD")
        if row.get("class") or row.get("context_class"):
            ledger.changed("messages", message, "its own class was not written: that which binds most in it is")
        name = message if len(message) <= _LONGEST_NAME and message not in names else f"message {place}"
        names.add(name)
        thread = _unclassed(threads.get(row["thread_id"], {"thread_id": row["thread_id"]}))
        person = _unclassed(people[row["participant_id"]])
        head = {
            key: value for key, value in _unclassed(row).items() if key not in {"text", "thread_id", "participant_id"}
        }
        if draft.study["class"] != "open":
            head["class"] = class_of_message(row, draft.study["class"])
        description = with_record("", message=head, thread=thread, participant=person)
        found.append(
            (place, name, _bounded(description, ledger), "message.html", NO_DATE, 1, "LEFT_TO_RIGHT", to_html(text))
        )
    for kind, rows, used in (
        ("threads", draft.threads, {row["thread_id"] for row in draft.messages}),
        ("participants", draft.participants, {row["participant_id"] for row in draft.messages}),
    ):
        ledger.came(kind, len(rows))
        for row in rows:
            if row[f"{kind[:-1]}_id"] not in used:
                ledger.dropped(kind, row[f"{kind[:-1]}_id"], "no message belongs to it")
            elif row.get("class"):
                ledger.changed(kind, row[f"{kind[:-1]}_id"], "its own class was not written; that of the study is")
    return found


def _unclassed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in {"class", "context_class"}}


def _highlights(
    draft: Draft, numbers: Mapping[str, int], logins: Mapping[str, str], ledger: Ledger
) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of highlights, their tags, and the log that says whose they are."""
    places = {row["message_id"]: place for place, row in enumerate(draft.messages, start=1)}
    texts = {row["message_id"]: writable(row["text"]) for row in draft.messages}
    groups: dict[_Highlight, set[int]] = {}
    ledger.came("codings", len(draft.codings))
    for place, row in enumerate(draft.codings, start=1):
        key = row.get("coding_id") or f"row {place}"
        start, end = row.get("start"), row.get("end")
        if start is None:
            start, end = 0, len(texts[row["message_id"]])
            ledger.changed("codings", key, "of the whole message: now a highlight of all its words")
        for name, what in (("coding_id", "its id"), ("value", "its value"), ("memo", "its memo")):
            if row.get(name):
                ledger.changed("codings", key, f"{what} was not written: Taguette has no place for it")
        date = _date(row.get("created_at") or "")
        if row.get("created_at") and date.replace(" ", "T").removesuffix(".000000") != row["created_at"]:
            ledger.changed("codings", key, "its time is written to the second and without a zone")
        highlight = _Highlight(row["coder"], row["message_id"], start, end, date)
        groups.setdefault(highlight, set()).add(numbers[row["code_id"]])
    rows: dict[str, list[tuple[Any, ...]]] = {"highlights": [], "highlight_tags": [], "commands": []}
    for number, (one, tags) in enumerate(groups.items(), start=1):
        text = texts[one.message]
        start, end = (len(text[:offset].encode()) for offset in (one.start, one.end))
        document = places[one.message]
        rows["highlights"].append((number, document, start, end, to_html(text[one.start : one.end])))
        rows["highlight_tags"] += [(number, tag) for tag in sorted(tags)]
        payload = {
            "type": "highlight_add",
            "highlight_id": number,
            "start_offset": start,
            "end_offset": end,
            "tags": sorted(tags),
        }
        written = json.dumps(payload, sort_keys=True)
        rows["commands"].append((number, one.date, logins[one.coder], 1, document, written))
    return rows


def _date(written: str) -> str:
    """Return a time as Taguette's database has it; of what has none, the one that stands for none."""
    when = zoned_moment(written)
    return when.replace(tzinfo=None).strftime("%Y-%m-%d %H:%M:%S.%f") if when else NO_DATE


def _count_the_rest(draft: Draft, ledger: Ledger) -> None:
    """Name what is left out."""
    tables = {
        "assignments": [(row["coder"], row["message_id"]) for row in draft.assignments],
        "memos": [row["memo_id"] for row in draft.memos],
        "decisions": [row["decision_id"] for row in draft.decisions],
        "quotations": [row["quotation_id"] for row in draft.quotations],
        "external ids": [(row["kind"], row["id"], row["program"]) for row in draft.external_ids],
        "candidate themes": [theme["id"] for themes in draft.candidate.values() for theme in themes],
        "agreed themes": [theme["id"] for theme in draft.agreed],
        "claims": ["claims.yaml"] if draft.claims else [],
    }
    for kind, keys in tables.items():
        ledger.came(kind, len(keys))
        for key in keys:
            ledger.dropped(kind, key, _NO_PLACE)
