"""Databases such as Taguette makes, built from what stands in the tests."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

DAY = "2024-05-06 07:08:09.000000"
TABLES = """
CREATE TABLE users (login VARCHAR(30) PRIMARY KEY, created DATETIME, hashed_password VARCHAR(192), email VARCHAR(256));
CREATE TABLE projects (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(200), description TEXT, created DATETIME);
CREATE TABLE project_members (project_id INTEGER, user_login VARCHAR(30), privileges VARCHAR(11));
CREATE TABLE documents (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(200), description TEXT,
  filename VARCHAR(200), created DATETIME, project_id INTEGER, text_direction VARCHAR(13), contents TEXT);
CREATE TABLE commands (id INTEGER PRIMARY KEY AUTOINCREMENT, date DATETIME, user_login VARCHAR(30),
  project_id INTEGER, document_id INTEGER, payload TEXT);
CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, project_id INTEGER, path VARCHAR(200), description TEXT);
CREATE TABLE highlights (id INTEGER PRIMARY KEY AUTOINCREMENT, document_id INTEGER, start_offset INTEGER,
  end_offset INTEGER, snippet TEXT);
CREATE TABLE highlight_tags (highlight_id INTEGER, tag_id INTEGER);
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);
"""
# What the first versions had besides, and lacked.
OLD_TABLES = TABLES.replace("text_direction VARCHAR(13), ", "") + (
    'CREATE TABLE "groups" (id INTEGER PRIMARY KEY, project_id INTEGER, path VARCHAR(200), description TEXT);'
)


def added(who: str, highlight: int, tags: Sequence[int], date: str = DAY) -> tuple[str, str, dict[str, Any]]:
    """Return the command that Taguette logs when somebody makes or changes a highlight."""
    return who, date, {"type": "highlight_add", "highlight_id": highlight, "tags": list(tags)}


def taguette(
    path: Path,
    documents: Sequence[str] = ("<p>one</p>",),
    tags: Sequence[tuple[str, str]] = (("Place", "a place"),),
    highlights: Iterable[tuple[int, int, int, Sequence[int]]] = (),
    commands: Iterable[tuple[str, str, dict[str, Any]]] | None = None,
    *,
    projects: Sequence[tuple[str, str]] = (("Talks", ""),),
    snippets: dict[int, str] | None = None,
    descriptions: dict[int, str] | None = None,
    tables: str = TABLES,
    more: str = "",
) -> Path:
    """Write a database and return its path.

    Parameters
    ----------
    path : Path
    documents : sequence of str
        The HTML of each, all in the first project.
    tags : sequence of (str, str)
        Path and description of each.
    highlights : iterable of (int, int, int, sequence of int)
        Document, first and last offset, tags.
    commands : iterable, optional
        User, date, payload; when absent each highlight was made by ada.
    projects : sequence of (str, str)
        Name and description of each.
    snippets : dict, optional
        By number of a highlight, where not the words at its offsets in a document without markup.
    descriptions : dict, optional
        By number of a document.
    tables : str
        The SQL that makes the tables.
    more : str
        Further SQL.
    """
    highlights = list(highlights)
    if commands is None:
        commands = [added("ada", place, tags) for place, (*_, tags) in enumerate(highlights, start=1)]
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"PRAGMA synchronous = OFF; BEGIN; {tables} COMMIT;")

        def put(table: str, **cells: Any) -> None:
            names, marks = ", ".join(cells), ", ".join("?" * len(cells))
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(cells.values()))  # noqa: S608

        for name, description in projects:
            put("projects", name=name, description=description, created=DAY)
        for place, contents in enumerate(documents, start=1):
            description = (descriptions or {}).get(place, "")
            row = {"name": f"doc {place}", "description": description, "filename": f"doc {place}.html", "created": DAY}
            direction = {"text_direction": "LEFT_TO_RIGHT"} if "text_direction" in tables else {}
            put("documents", **row, project_id=1, contents=contents, **direction)
        for name, description in tags:
            put("tags", project_id=1, path=name, description=description)
        for place, (document, start, end, given) in enumerate(highlights, start=1):
            snippet = (snippets or {}).get(place, "")
            put("highlights", document_id=document, start_offset=start, end_offset=end, snippet=snippet)
            for tag in given:
                put("highlight_tags", highlight_id=place, tag_id=tag)
        for who, date, payload in commands:
            put("commands", date=date, user_login=who, project_id=1, document_id=1, payload=json.dumps(payload))
        connection.executescript(more)
        connection.commit()
    return path
