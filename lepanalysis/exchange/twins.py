"""Records that other programs tell apart and a study does not: codings made twice, names that differ in case only."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.draft import coding_id
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepanalysis.exchange.draft import Draft, Rows
    from lepanalysis.exchange.losses import Ledger


def without_twins(draft: Draft, ledger: Ledger) -> Draft:
    """Return a draft in which a coder coded the same words with the same code once.

    The first coding stays, with the memos of the others; what is said of them is said of it.

    Parameters
    ----------
    draft : Draft
    ledger : Ledger
    """
    lengths = {row["message_id"]: len(str(row.get("text") or "")) for row in draft.messages}
    first: dict[tuple[Any, ...], int] = {}
    kept: list[Mapping[str, Any]] = []
    renamed: dict[str, str] = {}
    for row in draft.codings:
        start, end = row.get("start"), row.get("end")
        whole = start in (None, "") and end in (None, "")
        offsets = (0, lengths.get(row["message_id"])) if whole else (_number(start), _number(end))
        key = (row["coder"], row["message_id"], row["code_id"], *offsets)
        place = first.setdefault(key, len(kept))
        if place == len(kept):
            kept.append(row)
            continue
        ledger.dropped("codings", coding_id(row), "the same coder gave the same words the same code before")
        renamed[coding_id(row)] = coding_id(kept[place])
        memo, other = (str(one.get("memo") or "") for one in (kept[place], row))
        if other and other not in memo:
            kept[place] = {**kept[place], "memo": f"{memo}\n\n{other}" if memo else other}
            ledger.changed("codings", coding_id(kept[place]), "it has the memo of the same coding made again, too")
    return (
        dataclasses.replace(draft, codings=tuple(kept), **_of_the_first(draft, renamed, ledger)) if renamed else draft
    )


def _of_the_first(draft: Draft, renamed: Mapping[str, str], ledger: Ledger) -> dict[str, Rows]:
    """Return what is said of codings that were made twice, said of the first."""
    why = "the coding that it is about was made twice"
    memos = []
    for row in draft.memos:
        twin = renamed.get(str(row.get("about_id"))) if row.get("about") == "coding" else None
        if twin is not None:
            ledger.changed("memos", row["memo_id"], why)
        memos.append({**row, "about_id": twin} if twin is not None else row)
    decisions = []
    for row in draft.decisions:
        subjects = split_ids(str(row.get("subjects") or ""))
        if row.get("kind") == "coding" and not renamed.keys().isdisjoint(subjects):
            ledger.changed("decisions", row["decision_id"], why)
            named = ";".join(dict.fromkeys(renamed.get(one, one) for one in subjects))
            decisions.append({**row, "subjects": named})
        else:
            decisions.append(row)
    foreign = []
    for place, row in enumerate(draft.external_ids):
        if row.get("kind") == "coding" and row.get("id") in renamed:
            ledger.dropped("external ids", (row["external_id"], place + 1), why)
        else:
            foreign.append(row)
    return {"memos": tuple(memos), "decisions": tuple(decisions), "external_ids": tuple(foreign)}


def _number(cell: object) -> object:
    try:
        return int(str(cell))
    except ValueError:
        return cell


def with_names_of_their_own(draft: Draft, ledger: Ledger) -> Draft:
    """Return a draft in which no two codes of one parent and coder, and no two people, have the same name.

    Upper and lower case make no difference. Who comes later gets a number.

    Parameters
    ----------
    draft : Draft
    ledger : Ledger
    """
    codes = _numbered(draft.codes, "name", ("coder", "parent"), str.casefold)
    people = _numbered(draft.participants, "code_name", (), lambda name: " ".join(name.split()).casefold())
    for kind, key, before, after in (
        ("codes", "id", draft.codes, codes),
        ("participants", "participant_id", draft.participants, people),
    ):
        for old, new in zip(before, after, strict=True):
            if old is not new:
                ledger.changed(
                    kind, new[key], "its name got a number: another has the same, but for upper and lower case"
                )
    return dataclasses.replace(draft, codes=codes, participants=people)


def _numbered(rows: Rows, column: str, within: tuple[str, ...], form: Callable[[str], str]) -> Rows:
    """Return rows with names that are unique, in some form, among those that share some cells."""

    def key_of(row: Mapping[str, Any], name: str) -> tuple[object, ...]:
        return (*(row.get(one) or "" for one in within), form(name))

    # A name that is somebody's own is not given to another.
    taken = {key_of(row, str(row.get(column) or "")) for row in rows}
    seen: set[tuple[object, ...]] = set()
    found = []
    for row in rows:
        name = str(row.get(column) or "")
        key = key_of(row, name)
        if name and key in seen:
            number = 2
            while key_of(row, f"{name} ({number})") in taken:
                number += 1
            row = {**row, column: f"{name} ({number})"}  # noqa: PLW2901 - the row as it will stand
            taken.add(key_of(row, row[column]))
        seen.add(key)
        found.append(row)
    return tuple(found)
