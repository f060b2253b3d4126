"""Texts that stand in another table than the units: joined by what names a text and by the parts that a span names."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from lepanalysis.exchange.sheets_plan import TEXTS
from lepanalysis.exchange.sheets_rows import TEXT_ROWS, Columns, Unit, about_of, add_row
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.sheets_plan import Plan

_SPAN = re.compile(r"\s*(\d+)\s*(?:(?:-|–|\.\.|:|to|bis)\s*(\d+)\s*)?")
_LONGEST_SPAN = 10_000


class Texts:
    """The tables of texts, by what names a text and by the number of each part."""

    def __init__(self, tables: Sequence[Columns], plan: Plan, ledger: Ledger) -> None:
        """Take the rows of the tables of texts."""
        self.plan = plan
        self.there = False
        self._parts: dict[tuple[str, str], dict[int, tuple[str, Unit]]] = defaultdict(dict)
        self._used: set[str] = set()
        for number, table in enumerate(tables):
            if table.plan.holds != TEXTS:
                continue
            self.there = True
            ledger.came(TEXT_ROWS, len(table.grid.rows))
            for line, row in table.rows():
                self._take(table, number, line, row, ledger)

    def _scope(self, table: Columns) -> str:
        """Return within what ids of texts are unique: the folder of the table, or everything."""
        return table.grid.file.rpartition("/")[0] if self.plan.within == "folder" else ""

    def _take(self, table: Columns, number: int, line: int, row: Sequence[str], ledger: Ledger) -> None:
        """Take one row."""
        where = f"{table.grid.name}, line {line}"
        name, part, text = table.cell("text_id", row), table.cell("part", row), table.text(row)
        if not name:
            ledger.dropped(TEXT_ROWS, where, "it does not say of which text it is")
            return
        if table.of["part"] and not part.isdecimal():
            ledger.dropped(TEXT_ROWS, where, "the number of its part is none")
            return
        unit = Unit((name,), name, text, number)
        add_row(unit, about_of(table, row), table, row, None)
        parts = self._parts[self._scope(table), name]
        place = int(part) if part else len(parts) + 1
        if place in parts:
            ledger.dropped(TEXT_ROWS, where, "the same part of the same text stands above already")
            return
        parts[place] = (where, unit)

    def of(self, table: Columns, row: Sequence[str], name: str) -> Unit | None:
        """Return the text that a row of units names, with what is said of it; None where there is none."""
        if not self.there:
            return None
        wanted = table.cell("text_id", row) or name
        parts = self._parts.get((self._scope(table), wanted))
        if parts is None:
            return None
        chosen = self._chosen(parts, table.cell("span", row), table)
        if not chosen or not any(parts[place][1].text.strip() for place in chosen):
            return None
        made = Unit((wanted,), wanted, self.plan.between.join(parts[place][1].text for place in chosen), 0)
        for place in chosen:
            where, unit = parts[place]
            self._used.add(where)
            made.marks |= unit.marks
            for store, other in (
                (made.about, unit.about),
                (made.attributes, unit.attributes),
                (made.external, unit.external),
            ):
                for key, cell in other.items():
                    store.setdefault(key, cell)
        return made

    def _chosen(self, parts: dict[int, tuple[str, Unit]], span: str, table: Columns) -> list[int]:
        """Return the parts that a span names, all where there is no such column; none where one is missing."""
        if not table.of["span"]:
            return sorted(parts)
        chosen: list[int] = []
        for piece in re.split("[,;+]", span):
            found = _SPAN.fullmatch(piece)
            if found is None:
                if not span:
                    return []
                remedy = "write it as 3, 2-5 or 2-3, 7"
                raise UsageError(f"{table.grid.name}: {span!r} names no parts of a text; {remedy}")
            first, last = int(found[1]), int(found[2] or found[1])
            if last - first > _LONGEST_SPAN:
                raise UsageError(f"{table.grid.name}: {span!r} names more than {_LONGEST_SPAN:,} parts of a text")
            chosen += range(first, last + 1)
        return chosen if all(place in parts for place in chosen) else []

    def count(self, ledger: Ledger) -> None:
        """Count the rows that no unit was made of."""
        for parts in self._parts.values():
            for where, _ in parts.values():
                if where not in self._used:
                    ledger.dropped(TEXT_ROWS, where, "no unit that was coded is made of it")
