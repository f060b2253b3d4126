"""Spreadsheets in: a unit a row, codes in any of the usual shapes, as a draft of a study with its mapping file."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import STAND_IN, class_in, marks_beside
from lepanalysis.exchange.guard import read_bounded
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.sheets_draft import made_draft
from lepanalysis.exchange.sheets_files import open_grids
from lepanalysis.exchange.sheets_grid import OUTSIDE
from lepanalysis.exchange.sheets_guess import guessed_files
from lepanalysis.exchange.sheets_marks import marks_of
from lepanalysis.exchange.sheets_own import own_tables
from lepanalysis.exchange.sheets_plan import CODES, UNITS, FilePlan, Plan, plan_text, read_plan
from lepanalysis.exchange.sheets_settled import settled
from lepanalysis.exchange.sheets_slips import slips
from lepanalysis.exchange.sheets_units import units_of
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.exchange.sheets_grid import Grid
    from lepanalysis.exchange.sheets_marks import Marks
    from lepanalysis.exchange.sheets_rows import Unit

MAPPING = "mapping.yaml"
_OWN = (
    "These are tables of a study as lepanalysis writes them: messages, each coder's marks on them and the codes are "
    "read; segments, values, memos, themes, attributes of people and decisions are not."
)
COLUMNS, CODE_ROWS = "columns", "code rows"
_MOST_SLIPS = 40


def read(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read a table, a workbook or a folder of them.

    Parameters
    ----------
    path : Path
    options : mapping
        ``mapping``: a mapping file; what it does not say is guessed.

    Returns
    -------
    draft : Draft
    report : LossReport
        With the mapping file that has the import done again.

    Raises
    ------
    LepanalysisError
        When the files cannot be read, or a guess is not sure; the sentence says how to settle it.
    """
    path = Path(path)
    plan = _stated(options.get("mapping"))
    found, notes = open_grids(path, plan)
    root = path if path.is_dir() else path.parent
    found = [(replace(grid, mark="".join(marks_beside(root / grid.file))), stated) for grid, stated in found]
    own = None if plan.files else own_tables([grid for grid, _ in found])
    if own is not None:
        read_ones = {grid.name for grid, _ in own}
        left = ", ".join(grid.name for grid, _ in found if grid.name not in read_ones)
        notes = (*notes, f"{_OWN} Not read: {left}." if left else _OWN)
        found = list(own)
    grids = [grid for grid, _ in found]
    files = guessed_files(found, plan)
    plan = settled(plan, grids, files)
    ledger = Ledger(path.name, _shape(files))
    for note in (*notes, *_together([(grid.file, note) for grid in grids for note in grid.notes])):
        ledger.note(note)
    _count_columns(grids, files, ledger)
    plan = replace(plan, codes=_with_codebooks(plan, grids, files, ledger))
    units, rows, tables = units_of(grids, files, plan, ledger)
    if not units:
        report = ledger.report().as_text()
        raise LepanalysisError(f"no unit with a text was found in {path.name}; what was read:\n{report}")
    _refuse_invented_codebook(grids, files, units.values(), path)
    marks = marks_of(rows, units, tables, plan, ledger)
    plan, guessed = _with_blank(plan, marks)
    for sentence in guessed:
        ledger.note(sentence)
    for sentence in _sentences(files, marks, plan, given=bool(options.get("mapping"))):
        ledger.note(sentence)
    draft, coders = made_draft(units, marks, plan, path, ledger)
    whole = replace(plan, files=_grouped(files), coders=coders)
    stand = {"codings": len(draft.codings), "messages": len(draft.messages)}
    report = ledger.report({kind: count for kind, count in stand.items() if count})
    return draft, report.with_file(MAPPING, plan_text(whole))


def _stated(mapping: object) -> Plan:
    """Return the mapping that the user gave; an empty one where none was."""
    if not mapping:
        return Plan()
    file = Path(str(mapping))
    try:
        text = read_bounded(file).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LepanalysisError(f"{file.name} is not UTF-8; save it so") from None
    return read_plan(text, file.name)


def _shape(files: Sequence[FilePlan]) -> str:
    """Return in words how the codes stand in the tables."""
    shapes: dict[str, None] = {}
    for plan in files:
        roles = Counter(role for column in plan.columns.values() for role in column.roles)
        outside = any(name in OUTSIDE and "coder" in column.roles for name, column in plan.columns.items())
        whose = ""
        if outside:
            whose = ", one table a coder"
        elif roles["coder"]:
            whose = ", a row a coder and unit"
        if roles["flag"]:
            shapes.setdefault(f"one column a code{whose}")
        if roles["value"]:
            shapes.setdefault(f"values of a scale{whose or ', one column a coder'}")
        if roles["codes"]:
            coders = Counter(column.coder for column in plan.columns.values() if "codes" in column.roles)
            several = max(coders.values()) > 1
            shapes.setdefault(f"{'several columns' if several else 'one column'} of codes a coder{whose}")
    return f"spreadsheet ({'; '.join(shapes) or 'without codes'})"


def _together(said: Sequence[tuple[str, str]]) -> list[str]:
    """Return sentences that begin with a table's name, those that go on alike as one."""
    groups: dict[str, list[str]] = {}
    for name, sentence in said:
        groups.setdefault(sentence.removeprefix(name), []).append(name)
    found = []
    for rest, names in groups.items():
        more = len(names) - 1
        found.append(f"{names[0]}{f' (and {more} more alike)' if more else ''}{rest}")
    return found


def _count_columns(grids: Sequence[Grid], files: Sequence[FilePlan], ledger: Ledger) -> None:
    """Count the columns, say what each was read as and name those that are left out."""
    said = []
    for grid, plan in zip(grids, files, strict=True):
        ledger.came(COLUMNS, len(grid.header))
        used = [name for name in plan.columns if plan.columns[name].roles != ("ignored",)]
        for name in grid.header:
            if name not in used:
                why = "nothing was found in them that a study holds; the mapping can say otherwise"
                ledger.dropped(COLUMNS, f"{name} of {grid.name}", why)
        uses = ", ".join(f"{name} ({_words(plan, name)})" for name in used)
        said.append((grid.name, f"{grid.name} was read as {uses or 'nothing'}."))
    for sentence in _together(said):
        ledger.note(sentence)


def _words(plan: FilePlan, name: str) -> str:
    """Return what a column was read as."""
    column = plan.columns[name]
    whose = f" of {column.coder}" if column.coder else ""
    what = f" {column.code}" if column.code and column.code != name else ""
    return f"{' and '.join(column.roles)}{what}{whose}".replace("_", " ")


def _with_codebooks(
    plan: Plan, grids: Sequence[Grid], files: Sequence[FilePlan], ledger: Ledger
) -> tuple[Mapping[str, Any], ...]:
    """Return the codes of the mapping and those that tables list."""
    codes: dict[str, dict[str, Any]] = {str(code["id"]): dict(code) for code in plan.codes}
    for grid, file in zip(grids, files, strict=True):
        if file.holds != CODES:
            continue
        ledger.came(CODE_ROWS, len(grid.rows))
        places = {
            role: grid.header.index(name)
            for name, column in file.columns.items()
            for role in column.roles
            if role not in {"class", "ignored"}
        }
        for line, row in zip(grid.lines, grid.rows, strict=True):
            cells = {role: row[place].strip() for role, place in places.items() if row[place].strip()}
            code = cells.pop("code", "")
            if not code:
                ledger.dropped(CODE_ROWS, f"{grid.name}, line {line}", "it names no code")
                continue
            codes[code] = {"id": code, **cells, **codes.get(code, {})}
    return tuple(codes.values())


def _refuse_invented_codebook(
    grids: Sequence[Grid], files: Sequence[FilePlan], units: Iterable[Unit], path: Path
) -> None:
    """Refuse a codebook that is marked as invented beside units that are not."""
    for grid, file in zip(grids, files, strict=True):
        places = [grid.header.index(name) for name, one in file.columns.items() if "class" in one.roles]
        if file.holds != CODES or all(STAND_IN in unit.marks for unit in units):
            continue
        if grid.mark == STAND_IN or any(class_in(row[place]) == STAND_IN for row in grid.rows for place in places):
            raise LepanalysisError(
                f"{path.name} is refused: the codebook {grid.name} is marked {STAND_IN}, which is invented, and the "
                "units are not. Leave it out, or import it by itself"
            )


def _with_blank(plan: Plan, marks: Marks) -> tuple[Plan, list[str]]:
    """Return the plan with what a row without any mark means where marks are x or empty, and a sentence on each coder.

    A row that stands among marked ones was looked at and no code applied, as far as one can guess; one behind all of
    them may not have been reached.
    """
    said, words = [], {}
    for coder in marks.coders:
        blank = marks.blank(coder)
        if not blank:
            continue
        names = [coder, *(str(one["id"]) for one in plan.coders if one.get("name") == coder)]
        stated = plan.blank
        if not isinstance(stated, str):
            stated = next((stated[name] for name in names if name in stated), "")
        among = marks.blank_among(coder)
        words[coder] = stated or ("nothing_to_code" if among else "unread")
        why = "as stated"
        if not stated:
            where = "they stand among units with one" if among else "they do not stand among units with one"
            why = f"a guess, since {where}; mend `blank` in the mapping where it is not so"
        count = sum(one == coder for one, _ in marks.read)
        said.append(
            f"The marks of {coder} are there or not and none says no; {len(blank)} of {count} units have none: `blank: "
            f"{words[coder]}` ({why})."
        )
    if not words:
        return replace(plan, blank=""), said
    known = dict.fromkeys(words.values())
    return replace(plan, blank=next(iter(known)) if len(known) == 1 else words), said


def _sentences(files: Sequence[FilePlan], marks: Marks, plan: Plan, *, given: bool) -> list[str]:
    """Return what the user should know about how the tables were read."""
    said = []
    if not given:
        said.append("What the columns hold was guessed; import/mapping.yaml says it all and can be mended.")
    empty = sum(not filled and coder not in marks.crosses for (coder, _), filled in marks.read.items())
    if empty:
        how = "as stated" if given else "mend `empty` in the mapping where it is not so"
        means = f"`empty: {plan.empty}`" if isinstance(plan.empty, str) else "as `empty` says for each coder"
        said.append(f"In {empty} cases a coder's cells of a unit are all empty: {means} ({how}).")
    if marks.long and any(file.holds == UNITS for file in files):
        said.append(
            f"A unit without a row of {', '.join(sorted(marks.long))} counts as read by them where `empty` is read."
        )
    counts = Counter(mark.code for mark in marks.marks)
    found = slips(counts)
    said += [one.sentence() for one in found[:_MOST_SLIPS]]
    if found:
        rest = f" ({len(found) - _MOST_SLIPS} more are not shown)" if len(found) > _MOST_SLIPS else ""
        example = f"`rename: {{{found[0].rare!r}: {found[0].common!r}}}`"
        said.append(f"Nothing was merged{rest}; to merge, write {example} in the mapping.")
    return said


def _grouped(files: Sequence[FilePlan]) -> tuple[FilePlan, ...]:
    """Return the plans with those of one form as one entry."""
    groups: dict[object, FilePlan] = {}
    for plan in files:
        bare = replace(plan, file=(), sheet=(), columns={})
        key = (bare.holds, bare.delimiter, bare.encoding, bare.header, repr(plan.columns), bool(plan.sheet))
        other = groups.get(key)
        if other is None:
            groups[key] = plan
        elif plan.file == other.file and plan.sheet:
            groups[key] = replace(other, sheet=(*other.sheet, *plan.sheet))
        elif plan.sheet == other.sheet:
            groups[key] = replace(other, file=(*other.file, *plan.file))
        else:
            groups[*key, plan.file, plan.sheet] = plan
    return tuple(groups.values())
