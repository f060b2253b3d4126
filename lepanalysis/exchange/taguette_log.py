"""Who made what in Taguette: it stands in no record, only in the log of commands.

A highlight that is made or changed is logged with all the tags that it then has. A tag belongs to whoever gave it to
the highlight last; a tag that took another's place in a merger belongs to whoever gave the other.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.sqlitefile import integer, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What our own writer gives as the date of what has none; Taguette cannot do without.
NO_DATE = "1970-01-01 00:00:00.000000"
# Longer payloads are none of Taguette's: a description has at most 102,400 characters.
_LONGEST = 1 << 20


@dataclass(frozen=True)
class Log:
    """What the log says.

    Parameters
    ----------
    givers : mapping
        By highlight and tag who gave the tag, and when.
    makers : mapping
        By highlight who made it, and when.
    users : tuple of str
        Who did anything, in the order of the log.
    commands : int
    unread : int
        Commands that are not as Taguette writes them.
    was_imported : bool
        Whether Taguette imported the project: then it put the importing user in everybody's place.
    """

    givers: Mapping[tuple[int, int], tuple[str, str]]
    makers: Mapping[int, tuple[str, str]]
    users: tuple[str, ...]
    commands: int
    unread: int
    was_imported: bool


def read_log(rows: Iterable[Mapping[str, Any]]) -> Log:
    """Read the commands of one project.

    Parameters
    ----------
    rows : iterable of mapping
        id, date, user_login, payload.
    """
    givers: dict[tuple[int, int], tuple[str, str]] = {}
    tags_of: dict[int, set[int]] = {}
    makers: dict[int, tuple[str, str]] = {}
    users: dict[str, None] = {}
    commands = unread = 0
    was_imported = False
    for row in sorted(rows, key=lambda row: integer(row["id"]) or 0):
        commands += 1
        who = text(row["user_login"])
        users.setdefault(who)
        payload = _payload(text(row["payload"]))
        kind = payload.get("type")
        was_imported |= kind == "project_import"
        # Before version 1.0 the fields had other names.
        highlight = payload.get("highlight_id", payload.get("id"))
        by = (who, text(row["date"]))
        if kind == "highlight_add" and _is_id(highlight) and isinstance(payload.get("tags"), list):
            tags = {tag for tag in payload["tags"] if _is_id(tag)}
            before = tags_of.get(highlight, set())
            makers.setdefault(highlight, by)
            for tag in before - tags:
                givers.pop((highlight, tag), None)
            for tag in sorted(tags - before):
                givers[highlight, tag] = by
            tags_of[highlight] = tags
        elif kind == "tag_merge":
            one, other = (payload.get(f"{name}_tag_id", payload.get(name)) for name in ("src", "dest"))
            if _is_id(one) and _is_id(other):
                _merge(one, other, givers, tags_of)
        unread += not payload
    return Log(givers, makers, tuple(users), commands, unread, was_imported)


def _merge(one: int, other: int, givers: dict[tuple[int, int], tuple[str, str]], tags_of: dict[int, set[int]]) -> None:
    """Put one tag in the place of another."""
    for highlight, tags in tags_of.items():
        if one in tags:
            by = givers.pop((highlight, one), None)
            if by is not None and other not in tags:
                givers[highlight, other] = by
            tags.discard(one)
            tags.add(other)


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _payload(written: str) -> dict[str, Any]:
    """Return the payload of a command; empty where it is none."""
    if len(written) > _LONGEST:
        return {}
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
