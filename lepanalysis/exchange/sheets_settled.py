"""What the cells decide once it is known what the columns hold; asked for where they do not.

That is: what parts a list of codes, how dates are written, which values a scale has.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.sheets_guess import ordered_values
from lepanalysis.exchange.sheets_plan import CODES, FilePlan, Plan
from lepanalysis.faults import UsageError
from lepanalysis.tables import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lepanalysis.exchange.sheets_grid import Grid

_SEPARATORS = {";": ";", "|": "|", "newline": "\n", ",": ","}
# The share of parts that stand in other cells too, from which on a comma parts codes; below the other it does not.
_SURE, _NOT = 0.5, 0.2
_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?", re.ASCII)
_LONGEST_YEAR = 4


def settled(plan: Plan, grids: Sequence[Grid], files: Sequence[FilePlan]) -> Plan:
    """Return a plan of which the cells have decided the rest.

    Parameters
    ----------
    plan : Plan
    grids : sequence of Grid
    files : sequence of FilePlan
        Of each grid, every column said.

    Raises
    ------
    UsageError
        With every doubt, and how to settle each.
    """
    doubts: list[str] = []
    separator = plan.separator or _separator(Counter(_cells(grids, files, "codes")), doubts)
    dates = plan.dates or _dates(set(_cells(grids, files, "date")), doubts)
    codes = _with_scales(plan, grids, files, doubts)
    if doubts:
        raise UsageError("\n".join(["Not sure how to read this; say in a mapping (--mapping FILE):", *doubts]))
    # A mapping that says what empty cells mean says it of those of marks as well.
    meant = {"read": "nothing_to_code", "unread": "unread", "": ""}
    empty = plan.empty
    said = meant[empty] if isinstance(empty, str) else {name: meant[word] for name, word in empty.items()}
    blank, empty = plan.blank or said, empty or "unread"
    return replace(plan, separator=separator, dates=dates, codes=codes, empty=empty, blank=blank)


def _cells(grids: Sequence[Grid], files: Sequence[FilePlan], role: str) -> Iterator[str]:
    """Yield the cells of all columns that hold something."""
    for grid, plan in zip(grids, files, strict=True):
        for name, column in plan.columns.items():
            if role in column.roles and plan.holds != CODES and name in grid.header:
                yield from (cell.strip() for cell in grid.column(name) if cell.strip())


def _separator(cells: Counter[str], doubts: list[str]) -> str:
    """Return what parts the codes of a cell."""
    for name, character in _SEPARATORS.items():
        several = [cell for cell in cells if character in cell.strip(character)]
        if not several:
            continue
        if name != ",":
            return name
        parts = Counter(part.strip() for cell, count in cells.items() for part in cell.split(",") for _ in range(count))
        inside = [part.strip() for cell in several for part in cell.split(",")]
        share = sum(parts[part] > cells.get(cell, 0) for cell in several for part in map(str.strip, cell.split(",")))
        share /= max(len(inside), 1)
        if share >= _SURE:
            return name
        if share > _NOT:
            doubts.append(
                f'- does a comma part the codes of {several[0]!r}: `separator: ","`, or not: `separator: none`'
            )
        return "none"
    return ";"


def split_codes(cell: str, separator: str) -> list[str]:
    """Return the codes of a cell.

    Parameters
    ----------
    cell : str
    separator : str
        As the mapping has it.
    """
    character = {"newline": "\n", "none": ""}.get(separator, separator)
    parts = cell.split(character) if character else [cell]
    return [part.strip() for part in parts if part.strip()]


def _dates(cells: Iterable[str], doubts: list[str]) -> str:
    """Return how dates are written."""
    others = [found for cell in cells if moment(cell) is None and (found := _DATE.fullmatch(cell))]
    if not others:
        return ""
    if all(len(found[1]) == _LONGEST_YEAR for found in others):
        return "y/m/d"
    if all(found[2] == "." for found in others):
        return "d.m.y"
    first, second = max(int(found[1]) for found in others), max(int(found[3]) for found in others)
    if first > 12 >= second:
        return "d/m/y"
    if second > 12 >= first:
        return "m/d/y"
    doubts.append(f"- is {others[0][0]!r} day or month first: `dates: d/m/y` or `dates: m/d/y`")
    return ""


def iso_date(cell: str, dates: str) -> str | None:
    """Return a date as ISO 8601 has it, or None where it is none.

    Parameters
    ----------
    cell : str
    dates : str
        As the mapping has it.

    Examples
    --------
    >>> iso_date("5.1.2020 9:30", "d.m.y")
    '2020-01-05T09:30:00'
    """
    if moment(cell) is not None:
        return cell
    found = _DATE.fullmatch(cell)
    if found is None:
        return None
    if len(found[1]) == _LONGEST_YEAR:
        year, month, day = found[1], found[3], found[4]
    elif dates == "m/d/y":
        month, day, year = found[1], found[3], found[4]
    else:
        day, month, year = found[1], found[3], found[4]
    if len(year) != _LONGEST_YEAR:
        return None
    try:
        if found[5] is None:
            return dt.date(int(year), int(month), int(day)).isoformat()
        time = (int(found[5]), int(found[6]), int(found[7] or 0))
        return dt.datetime(int(year), int(month), int(day), *time).isoformat()  # noqa: DTZ001 - as the sheet has it
    except ValueError:
        return None


def _with_scales(
    plan: Plan, grids: Sequence[Grid], files: Sequence[FilePlan], doubts: list[str]
) -> tuple[dict[str, Any], ...]:
    """Return the codes of the mapping with a scale for those that take values."""
    codes = {str(code["id"]): dict(code) for code in plan.codes}
    cells: dict[str, dict[str, None]] = {}
    for grid, file in zip(grids, files, strict=True):
        for name, column in file.columns.items():
            if "value" in column.roles and name in grid.header:
                words = (cell.strip() for cell in grid.column(name) if cell.strip())
                cells.setdefault(column.code, {}).update(dict.fromkeys(plan.rename.get(word, word) for word in words))
    for code, words in cells.items():
        if codes.get(code, {}).get("scale"):
            continue
        order = ordered_values([word for word in words if word.casefold() not in plan.nothing])
        if order is None:
            shown = ", ".join(list(words)[:5])
            doubts.append(
                f"- which scale has {code!r}: `codes: [{{id: {code}, scale: ordinal, values: [{shown}]}}]`, the values "
                "from low to high, or `scale: interval` for numbers"
            )
            continue
        codes[code] = {"id": code, **codes.get(code, {}), "scale": "ordinal", "values": order[1]}
    return tuple(codes.values())
