"""The tables that everybody rebuilds by hand, out as XLSX, ODS or CSV: quotations in full, and units by codes."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any

from lepanalysis import places
from lepanalysis.exchange.draft import draft_of
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.sheets_ods import UNSTORABLE, ods_bytes
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.schema import CODE_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.study import Study

# What a sheet of Excel can hold.
LONGEST_CELL = 32_767
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
_LONGEST_NAME = 31
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_FIXED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
QUOTATIONS, MESSAGES, PEOPLE, CODES, UNITS = "quotations", "messages", "participants", "codes", "consensus"
_NO_PLACE = "these tables have no place for them"


def write(study: Study, target: Path, options: Mapping[str, Any]) -> LossReport:
    """Write the tables of a study.

    Parameters
    ----------
    study : Study
    target : Path
        A file (XLSX, ODS), or for CSV the folder that gets a file a table.
    options : mapping
        ``kind``: ``xlsx``, ``ods`` or ``csv``; by the ending of the target's name when absent.

    Returns
    -------
    LossReport

    Raises
    ------
    LepanalysisError
        When a table has more rows or columns than a sheet can have, or several tables are to go into one CSV file.
    """
    kind = str(options.get("kind") or target.suffix.lstrip(".").lower())
    if kind == "csv" and target.suffix:
        raise UsageError(f"{target.name}: these are several tables, and CSV is one a file; name a folder (--kind csv)")
    draft = draft_of(study)
    tables = tables_of(study)
    ledger = Ledger(target.name, f"tables ({kind.upper()})")
    _count(draft, list(tables[QUOTATIONS]["coding_id"]) if QUOTATIONS in tables else [], ledger)
    rows = {name: _rows(name, frame, study.class_, kind, ledger) for name, frame in tables.items()}
    if kind == "csv":
        for name, frame in tables.items():
            places.write_whole(target / f"{name}.csv", _csv_bytes(frame, study.class_))
    else:
        _refuse_too_large(rows, target)
        named = dict(zip(sheet_names(list(rows)), rows.values(), strict=True))
        places.write_whole(target, ods_bytes(named) if kind == "ods" else _xlsx_bytes(named))
    ledger.note("The sheets are: " + ", ".join(f"{name} ({len(frame)} rows)" for name, frame in tables.items()) + ".")
    return ledger.report()


def tables_of(study: Study) -> dict[str, pd.DataFrame]:
    """Return the tables by name: quotations, units by codes of all and of each coder, messages, people, codes.

    Parameters
    ----------
    study : Study
        Without codings or codebook only the tables of messages and people.
    """
    from lepanalysis.sheets import long_quotations, unit_by_code

    tables: dict[str, pd.DataFrame] = {}
    coded = study.has("codings") and study.has("codebook")
    if coded:
        quotations = long_quotations(study)
        tables[QUOTATIONS] = quotations.assign(posted_at=_times(quotations["posted_at"]))
    messages = study.messages.frame
    about = study.threads.frame.set_index("thread_id")
    messages["posted_at"] = _times(messages["posted_at"])
    messages["thread"] = messages["thread_id"].map(about["title"])
    messages["category"] = messages["thread_id"].map(about["category"])
    columns = ["message_id", "thread_id", "thread", "category", "participant_id", "posted_at", "position", "reply_to"]
    tables[MESSAGES] = messages[[*columns, "text"]]
    tables[PEOPLE] = study.participants.frame.drop(columns="class")
    if study.has("codebook"):
        codes = study.codebook.frame.assign(values=lambda frame: ["; ".join(one) for one in frame["values"]])
        names = [name for name in CODE_KEYS if name in codes]
        tables[CODES] = codes[["code_id", *names]].rename(columns={"code_id": "code"})
    if coded:
        tables[UNITS] = unit_by_code(study)
        for coder in study.coders:
            tables[_free(coder.id, tables)] = unit_by_code(study, coder=coder.id)
    return tables


def _times(column: pd.Series) -> list[str]:
    """Return times as ISO 8601, a day where there is no time of day."""
    return ["" if one != one else one.isoformat().removesuffix("T00:00:00") for one in column]  # noqa: PLR0124 - NaT


def _free(name: str, taken: Mapping[str, object]) -> str:
    """Return a coder's id as the name of a sheet, which no other table has."""
    found = re.sub(r"[\[\]:*?/\\<>|\"\x00-\x1f]", "_", name).strip("'. ") or "coder"
    known = {one.casefold() for one in (*taken, "history")}
    return found if found.casefold() not in known else _free(f"{found}_", taken)


def sheet_names(names: Sequence[str]) -> list[str]:
    """Return names that Excel takes for sheets: at most 31 characters, each once.

    Parameters
    ----------
    names : sequence of str

    Examples
    --------
    >>> sheet_names(["a" * 40, "a" * 31])[1]
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa~2'
    """
    found: list[str] = []
    for name in names:
        short, count = name[:_LONGEST_NAME], 1
        while short.casefold() in {one.casefold() for one in found}:
            count += 1
            ending = f"~{count}"
            short = name[: _LONGEST_NAME - len(ending)] + ending
        found.append(short)
    return found


def _rows(
    name: str, frame: pd.DataFrame, class_: str, kind: str, ledger: Ledger
) -> list[list[str | int | float | None]]:
    """Return a table as rows of plain cells, and note where a cell had to be changed."""
    import pandas as pd

    from lepanalysis.display import for_spreadsheet

    data = for_spreadsheet(frame, class_)
    rows: list[list[str | int | float | None]] = [[str(column) for column in data.columns]]
    keyed = {MESSAGES: "messages", QUOTATIONS: "codings", PEOPLE: "participants", CODES: "codes"}.get(name, "")
    for record in data.astype(object).itertuples(index=False, name=None):
        cells: list[str | int | float | None] = []
        for cell in record:
            if pd.isna(cell):
                cells.append(None)
            elif isinstance(cell, str):
                cells.append(_storable(cell, kind, keyed, str(record[0]), ledger))
            else:
                cells.append(cell.item() if hasattr(cell, "item") else cell)
        rows.append(cells)
    return rows


def _storable(cell: str, kind: str, keyed: str, key: str, ledger: Ledger) -> str:
    """Return a text as a cell of the format can hold it."""
    changes = []
    if cell.startswith("'") and cell[1:].startswith(_FORMULA):
        changes.append("an apostrophe stands before a cell that would be taken for a formula")
    if kind != "csv" and UNSTORABLE.search(cell):
        cell = UNSTORABLE.sub("\ufffd", cell)
        changes.append("characters that XML cannot hold became U+FFFD")
    if kind == "xlsx" and len(cell.encode("utf-16-le")) // 2 > LONGEST_CELL:
        cell = cell.encode("utf-16-le")[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
        changes.append(f"a cell of Excel holds {LONGEST_CELL:,} characters; the rest was left out")
    for why in changes if keyed else ():
        ledger.changed(keyed, key, why)
    return cell


def _count(draft: Draft, coding_ids: Sequence[str], ledger: Ledger) -> None:
    """Count what the study holds and what these tables leave out."""
    counts = {kind: count for kind, count in draft.counts().items() if count}
    kept = {"messages", "threads", "participants", "coders", "codings", "codes"}
    for kind, count in counts.items():
        ledger.came(kind, count)
        if kind == "codings" and not coding_ids:
            kept.discard(kind)
        if kind in {"assignments", "agreed themes"}:
            continue
        for number in range(count) if kind not in kept else ():
            ledger.dropped(kind, f"{kind} {number + 1}", _NO_PLACE)
    for name, row in zip(coding_ids, draft.codings, strict=False):
        if any(row.get(column) for column in ("value", "memo", "created_at")):
            ledger.changed("codings", name, "value, memo and time of a coding have no column")
    for number in range(counts.get("assignments", 0)):
        ledger.changed("assignments", f"assignment {number + 1}", "who read what shows in empty cells only")
    for theme in draft.agreed:
        ledger.changed("agreed themes", theme.get("id"), "of a theme its name and codes are here")


def _csv_bytes(frame: pd.DataFrame, class_: str) -> bytes:
    from lepanalysis.display import frame_as_csv

    return frame_as_csv(frame, class_)


def _refuse_too_large(tables: Mapping[str, Sequence[Sequence[object]]], target: Path) -> None:
    """Refuse what no sheet can hold."""
    for name, rows in tables.items():
        if len(rows) > _MOST_ROWS or len(rows[0]) > _MOST_COLUMNS:
            size = f"{len(rows):,} rows and {len(rows[0]):,} columns"
            raise LepanalysisError(f"{target.name}: {name} has {size}, more than a sheet holds; write CSV (--kind csv)")


def _xlsx_bytes(tables: Mapping[str, Sequence[Sequence[str | int | float | None]]]) -> bytes:
    """Return the tables as an Excel workbook, the same bytes each time."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"created": _FIXED})
        bold = book.add_format({"bold": True})
        for name, rows in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if cell is None or cell == "":
                        continue
                    if isinstance(cell, str):
                        sheet.write_string(number, place, cell, bold if number == 0 else None)
                    else:
                        sheet.write_number(number, place, cell)
    return buffer.getvalue()
