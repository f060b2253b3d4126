"""The tables that travel in a note of ours come back, as far as what they name is still there."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.draft import coding_id, write_draft
from lepanalysis.exchange.folder import files_of
from lepanalysis.exchange.refi_rest import base_of
from lepanalysis.exchange.storable import storable
from lepanalysis.faults import StudyFaultsError
from lepanalysis.schema import STUDY_TABLES
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import Ledger

_KEYS = {"assignments": "", "decisions": "decision_id", "quotations": "quotation_id"}
_GONE = "what it names is no longer in the file"
_CHANGED = "it does not go with what was changed in the file since; it lies beside this report"
_CSV = "decisions.csv"


def read_tables(draft: Draft, rest: Mapping[str, Any], ledger: Ledger) -> tuple[Draft, tuple[tuple[str, str], ...]]:
    """Return a draft with assignments, decisions, quotations and claims, and the files of what could not be kept.

    Parameters
    ----------
    draft : Draft
    rest : mapping
        What a note of ours says, empty where there is none.
    ledger : Ledger
    """
    if not rest:
        return draft, ()
    there = _ids(draft)
    coded = {(row["coder"], row["message_id"]) for row in draft.codings}
    changes: dict[str, Any] = {name: _rows(draft, name, rest, there, ledger) for name in _KEYS}
    changes["assignments"] = _read_since(changes["assignments"], coded, ledger)
    external = tuple(row for row in draft.external_ids if _is_there(there, str(row.get("kind")), str(row.get("id"))))
    ledger.came("external ids", len(rest.get("external_ids", ())))
    for row in rest.get("external_ids", ()):
        if row not in external:
            ledger.dropped("external ids", (row.get("kind"), row.get("id"), row.get("external_id")), _GONE)
    draft = dataclasses.replace(draft, **changes, external_ids=external, claims=rest.get("claims"))
    return _sound(draft, rest, ledger)


def _rows(
    draft: Draft, name: str, rest: Mapping[str, Any], there: Mapping[str, set[str]], ledger: Ledger
) -> tuple[Mapping[str, Any], ...]:
    """Return the rows of a table that still stand; the others are dropped with their reason."""
    authors = _authors(draft) if name == "quotations" else {}
    rows, kept = [], set()
    ledger.came(name, len(rest.get(name, ())))
    for place, row in enumerate(rest.get(name, ())):
        key = row.get(_KEYS[name]) if _KEYS[name] else _pair(row)
        why = "" if _stands(row, name, there) else _GONE
        if not why and row.get("supersedes") and row["supersedes"] not in kept:
            why = "the decision that it replaces is no longer in the file"
        if not why and row.get("attributed_to") and row["attributed_to"] not in authors.get(row["message_id"], ()):
            why = "its message is somebody else's in the file"
        if why:
            ledger.dropped(name, (key, place + 1), why)
        else:
            rows.append(row)
            kept.add(key)
    return tuple(rows)


def _authors(draft: Draft) -> dict[str, tuple[str, str]]:
    """Return by message the id and the code name of its author."""
    names = {row["participant_id"]: row["code_name"] for row in draft.participants}
    return {row["message_id"]: (row["participant_id"], names[row["participant_id"]]) for row in draft.messages}


def _sound(draft: Draft, rest: Mapping[str, Any], ledger: Ledger) -> tuple[Draft, tuple[tuple[str, str], ...]]:
    """Return a draft without decisions and claims that do not go with what was changed since; those are kept beside."""
    came = 1 if rest.get("claims") else 0
    ledger.came("claims.yaml", came)
    if (not draft.decisions and not draft.claims) or rest.get("base") == base_of(draft) or _is_sound(draft):
        return draft, ()
    files = []
    without = dataclasses.replace(draft, decisions=(), claims=None)
    for name, text in (("decisions", _CSV), ("claims", None)):
        with_one = dataclasses.replace(without, **{name: getattr(draft, name)})
        if not getattr(draft, name) or _is_sound(with_one):
            without = with_one
        elif text is None:
            ledger.dropped("claims.yaml", "claims.yaml", _CHANGED)
            files.append(("claims.yaml", str(draft.claims)))
        else:
            for row in draft.decisions:
                ledger.dropped("decisions", row["decision_id"], _CHANGED)
            files.append((text, files_of(draft)[text].decode("utf-8")))
    return without, tuple(files)


def _is_sound(draft: Draft) -> bool:
    """Whether a draft makes a study without faults, whatever it is called and of whatever class it is in the end."""
    messages = tuple({name: cell for name, cell in row.items() if name != "class"} for row in draft.messages)
    people = tuple({name: cell for name, cell in row.items() if name != "class"} for row in draft.participants)
    draft = dataclasses.replace(draft, messages=messages, participants=people, marks=())
    study = {"title": "?", "source": "?", "licence": "?", **{key: one for key, one in draft.study.items() if one}}
    whole, _ = storable(dataclasses.replace(draft, study={**study, "class": "restricted"}), "")
    try:
        with tempfile.TemporaryDirectory() as folder:
            write_draft(whole, Path(folder) / "study")
    except StudyFaultsError:
        return False
    return True


def _pair(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row.get("coder"), row.get("message_id")


def _read_since(
    rows: tuple[Mapping[str, Any], ...], coded: set[tuple[Any, Any]], ledger: Ledger
) -> tuple[Mapping[str, Any], ...]:
    """Return readings with what was coded since the file was written as read."""
    if not rows:
        return ()
    found = []
    for row in rows:
        since = _pair(row) in coded and row.get("status") != "read"
        if since:
            ledger.changed("assignments", _pair(row), "the coder has coded the message since: it was read")
        found.append({**row, "status": "read"} if since else row)
    new = sorted(coded - set(map(_pair, rows)))
    if new:
        ledger.note("Messages that were coded since the study was exported count as read.")
    found += [{"coder": coder, "message_id": message, "status": "read"} for coder, message in new]
    return tuple(found)


def _ids(draft: Draft) -> dict[str, set[str]]:
    """Return the ids of a draft by kind."""
    candidate = {theme["id"] for themes in draft.candidate.values() for theme in themes}
    agreed = {theme["id"] for theme in draft.agreed}
    return {
        "message": {row["message_id"] for row in draft.messages},
        "participant": {row["participant_id"] for row in draft.participants},
        "thread": {row["thread_id"] for row in (*draft.threads, *draft.messages)},
        "coder": {coder["id"] for coder in draft.study.get("coders", ())},
        "code": {code["id"] for code in draft.codes},
        "coding": {coding_id(row) for row in draft.codings},
        "memo": {row["memo_id"] for row in draft.memos},
        "candidate": candidate,
        "agreed theme": agreed,
        "theme": candidate | agreed,
    }


def _is_there(there: Mapping[str, set[str]], kind: str, name: str) -> bool:
    return kind not in there or name in there[kind]


def _stands(row: Mapping[str, Any], table: str, there: Mapping[str, set[str]]) -> bool:
    """Whether all that a row refers to is still there."""
    for column in STUDY_TABLES[table].columns:
        cell = str(row.get(column.name) or "")
        if column.required and not cell:
            return False
        if column.refers and cell:
            # A quotation may be filed under a theme of an article.
            if column.refers == "agreed theme" and not there["agreed theme"]:
                continue
            names = split_ids(cell) if column.kind == "ids" else [cell]
            if not all(_is_there(there, column.refers, name) for name in names):
                return False
    if table == "decisions":
        kind = {"theme": "agreed theme"}.get(str(row.get("kind")), str(row.get("kind")))
        return all(_is_there(there, kind, name) for name in split_ids(str(row.get("subjects") or "")))
    return True
