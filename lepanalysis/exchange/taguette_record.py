"""What Taguette has no place for, as a last line of a description that it has: ``code: {"coder": "A"}``.

People who work in Taguette see the line and may change it; where it is no longer sound it is text like any other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# A longer line is no record of ours.
_LONGEST = 100_000


def with_record(text: str, **records: Mapping[str, Any]) -> str:
    """Return a description with a line for each record that holds something.

    Parameters
    ----------
    text : str
    **records : mapping
        By the word that the line begins with.
    """
    lines = [f"{label}: {json.dumps(record, ensure_ascii=False)}" for label, record in records.items() if record]
    return "\n".join([*([text, ""] if text and lines else [text] if text else []), *lines])


def split_record(text: str, *labels: str) -> tuple[str, dict[str, dict[str, Any]]]:
    """Return the words of a description and the records at its end, one a label (empty where there is none).

    Parameters
    ----------
    text : str
    *labels : str
    """
    found: dict[str, dict[str, Any]] = {label: {} for label in labels}
    text = text.replace("\r\n", "\n")
    while True:
        head, _, line = text.rpartition("\n")
        label, colon, value = line.partition(": ")
        record = _record(value) if colon and label in found and not found[label] else None
        if record is None:
            return text, found
        found[label] = record
        text = head.removesuffix("\n")


def _record(value: str) -> dict[str, Any] | None:
    """Return a record of text, whole numbers and lists of text, or None where it is something else."""
    if len(value) > _LONGEST or not value.startswith("{"):
        return None
    try:
        record = json.loads(value)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or not record:
        return None
    return record if all(_is_plain(item) for item in record.values()) else None


def _is_plain(item: object) -> bool:
    """Whether a value is text, a whole number, or a list or mapping of text."""
    if isinstance(item, list):
        return all(isinstance(one, str) or (isinstance(one, dict) and _is_plain(one)) for one in item)
    if isinstance(item, dict):
        return all(isinstance(one, str) for one in item.values())
    return isinstance(item, str) or (isinstance(item, int) and not isinstance(item, bool))
