"""What the columns of a table hold, guessed from names and cells; what is not sure is asked for.

The guess fills in what a mapping does not say. It never takes a column for codes that may be something else: then it
stops, with the sentence that would settle it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lepanalysis.exchange.classes import is_mark
from lepanalysis.exchange.sheets_grid import FILE, OUTSIDE, SHEET
from lepanalysis.exchange.sheets_names import CODE_NAMES, DEFINITIONS, ORDERS, coder_of, plain_name, role_of
from lepanalysis.exchange.sheets_plan import CODES, REPEATED, TEXTS, UNITS, ColumnPlan, FilePlan, Plan
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.exchange.sheets_grid import Grid

CODING = frozenset({"codes", "flag", "value"})
ONLY_CODER = "coder1"
# A text that people code has at least so many characters on average.
_WORDY = 15
_FEW = 0.5
_NUMBER = re.compile(r"-?\d+([.,]\d+)?")
_SHOWN = 4
# Words for a code, and for what a thread is filed under.
_EITHER = frozenset({"category", "categories", "kategorie", "categorie", "categoria", "label", "labels", "tag", "tags"})
# Only the table of quotations that `lepanalysis export` writes has these.
_OWN_EXPORT = frozenset({"coding_id", "own_code_id", "own_code_path", "provenance_class"})


def guessed_files(found: Sequence[tuple[Grid, FilePlan | None]], plan: Plan) -> list[FilePlan]:
    """Return for each table what every column of it holds.

    Parameters
    ----------
    found : sequence of (Grid, FilePlan or None)
    plan : Plan

    Raises
    ------
    UsageError
        With every doubt, and how to settle each.
    """
    doubts: list[str] = []
    _refuse_unknown(found, plan)
    made = [_guessed(grid, stated, plan, doubts) for grid, stated in found]
    grids = [grid for grid, _ in found]
    made = _with_coders_of_tables(grids, made, [stated for _, stated in found], doubts)
    if doubts:
        raise UsageError(
            "\n".join(["Not sure how to read this; say in a mapping (--mapping FILE):", *dict.fromkeys(doubts)])
        )
    return made


def _refuse_unknown(found: Sequence[tuple[Grid, FilePlan | None]], plan: Plan) -> None:
    """Refuse a mapping that names a column which none of its tables has."""
    for stated in plan.files:
        grids = [grid for grid, one in found if one is stated]
        there = {*OUTSIDE, *(name for grid in grids for name in grid.header)}
        for name in stated.columns:
            if name not in there and "*" not in name:
                remedy = f"its columns are {', '.join(grids[0].header)}"
                raise UsageError(f"the mapping names a column {name!r} that {grids[0].name} does not have; {remedy}")


def _guessed(grid: Grid, stated: FilePlan | None, plan: Plan, doubts: list[str]) -> FilePlan:
    """Return what the columns of one table hold, as far as it tells by itself."""
    if stated is None and _OWN_EXPORT.issubset(grid.header):
        doubts.append(
            f"- {grid.name} is one of the tables of a study as this program writes them: import the study itself, or "
            "use the mapping in docs/spreadsheets.md that reads them back"
        )
    base = stated or FilePlan(file=(grid.file,), sheet=(grid.sheet,) if grid.sheet else ())
    holds = base.holds or (CODES if _is_codebook(grid) else UNITS)
    columns: dict[str, ColumnPlan] = {name: found for name in grid.header if (found := base.column(name)) is not None}
    # Of which class its rows are, a table says whatever a mapping would have of it.
    columns |= {name: ColumnPlan(("class",)) for name in grid.header if is_mark(name)}
    outside = {name: found for name in OUTSIDE if (found := base.columns.get(name)) is not None}
    left = [name for name in grid.header if name not in columns]
    if left:
        cells = {name: [cell.strip() for cell in grid.column(name) if cell.strip()] for name in left}
        guess = {CODES: _codebook_columns, TEXTS: _text_columns}.get(holds, _unit_columns)
        columns |= guess(cells, columns, plan, grid, doubts)
    ordered = {name: columns[name] for name in grid.header}
    return replace(
        base,
        file=(grid.file,),
        sheet=(grid.sheet,) if grid.sheet else (),
        holds=holds,
        delimiter=grid.delimiter,
        encoding=grid.encoding,
        header=grid.head,
        columns={**outside, **ordered},
    )


def _is_codebook(grid: Grid) -> bool:
    """Whether a table lists codes: it has a column of definitions, one of names, and none of texts."""
    names = {plain_name(name) for name in grid.header}
    found = {role[0] for name in grid.header if (role := role_of(name))}
    return bool(names & set(DEFINITIONS)) and bool(names & set(CODE_NAMES)) and not found & {"text", "id"}


def _codebook_columns(
    cells: Mapping[str, list[str]], known: Mapping[str, ColumnPlan], plan: Plan, grid: Grid, doubts: list[str]
) -> dict[str, ColumnPlan]:
    """Return what the columns of a codebook hold."""
    del plan, grid, doubts
    taken = {role for column in known.values() for role in column.roles}
    found = {}
    for name in cells:
        plain = plain_name(name)
        role = "definition" if plain in DEFINITIONS else "code" if plain in CODE_NAMES else plain
        sound = (
            role in {"code", "name", "definition", "include", "exclude", "example", "parent", "coder"}
            and role not in taken
        )
        if plain == "name" and "code" in taken:
            role, sound = "name", "name" not in taken
        taken.add(role)
        found[name] = ColumnPlan((role,) if sound else ("ignored",))
    return found


def _text_columns(
    cells: Mapping[str, list[str]], known: Mapping[str, ColumnPlan], plan: Plan, grid: Grid, doubts: list[str]
) -> dict[str, ColumnPlan]:
    """Return what the columns of a table of texts hold; those of its ids have to be said."""
    del plan
    taken = {role for column in known.values() for role in column.roles}
    if "text_id" not in taken:
        doubts.append(f"- {grid.name}: which column names the text: `COLUMN: text_id`")
    found = {}
    for name in cells:
        role = (role_of(name) or ("ignored", 0))[0]
        use = role in {"text", "title", "participant", "date", "attribute", "category", "thread"} and role not in taken
        found[name] = ColumnPlan((role,) if use else ("ignored",))
        taken.add(role)
    return found


def _unit_columns(
    cells: Mapping[str, list[str]], known: Mapping[str, ColumnPlan], plan: Plan, grid: Grid, doubts: list[str]
) -> dict[str, ColumnPlan]:
    """Return what the columns of a table of units hold."""
    found = _by_name(cells, known)
    left = [name for name in cells if name not in found]
    found |= _coder_columns({name: cells[name] for name in left}, {**known, **found}, plan, grid, doubts)
    left = [name for name in left if name not in found]
    flags = [name for name in left if _is_flag(cells[name], plan)]
    found |= _flag_columns(flags, doubts, grid)
    left = [name for name in left if name not in found]
    everything = {**known, **found}
    if not _has(everything, "text"):
        text = _longest(left, cells, grid, doubts)
        found |= {text: ColumnPlan(("text",))} if text else {}
        left = [name for name in left if name != text]
    everything = {**known, **found}
    codes = any(_has(everything, role) for role in CODING)
    person = next((name for name, column in everything.items() if "participant" in column.roles), "")
    for name in left:
        filled = cells[name]
        if not codes and filled and _looks_coded(filled):
            words = ", ".join(repr(word) for word, _ in Counter(filled).most_common(_SHOWN))
            doubts.append(
                f"- {grid.name}, column {name!r} ({words}, …): `{name}: {{is: codes, coder: NAME}}` for a coder's "
                f"codes, or `{name}: attribute` or `{name}: ignored`"
            )
        constant = bool(person) and person in grid.header and _is_constant(grid, name, person)
        found[name] = ColumnPlan(("attribute",) if constant and filled else ("ignored",))
    return found


def _has(columns: Mapping[str, ColumnPlan], role: str) -> bool:
    return any(role in column.roles for column in columns.values())


def _by_name(cells: Mapping[str, list[str]], known: Mapping[str, ColumnPlan]) -> dict[str, ColumnPlan]:
    """Return the columns whose names say what they hold; of two with the same say, the clearer one."""
    best: dict[str, tuple[int, str]] = {}
    found: dict[str, ColumnPlan] = {}
    for name, filled in cells.items():
        role, rank = role_of(name) or ("", 0)
        wordy = sum(map(len, filled)) >= _WORDY * len(filled) and " " in "".join(filled[:50])
        if role == "id" and wordy:
            role = "text"
        elif role == "text" and filled and not wordy and all(cell.isalnum() for cell in filled):
            role = "id" if len(set(filled)) == len(filled) else ""
        if role == "codes" and plain_name(name) in _EITHER and _tells_threads(cells):
            # Forums sort their threads by category.
            role = ""
        if not role or (any(role in column.roles for column in known.values()) and role not in REPEATED):
            continue
        if role in {"attribute", "ignored"}:
            found[name] = ColumnPlan((role,))
        elif role not in best or rank < best[role][0]:
            best[role] = (rank, name)
    if "thread" in best and "title" not in best:
        # Of "thread_id" and "thread" the second is what the first is called.
        other = next(
            (name for name in cells if (role_of(name) or "")[:1] == ("thread",) and name != best["thread"][1]), ""
        )
        if other:
            found[other] = ColumnPlan(("title",))
    # "Comment" beside "Text" is a note on it, "Code name" beside "User" the same person: they are left open.
    return {**found, **{name: ColumnPlan((role,)) for role, (_, name) in best.items()}}


def _tells_threads(cells: Mapping[str, list[str]]) -> bool:
    return any((role_of(name) or ("", 0))[0] == "thread" for name in cells)


def _is_flag(filled: Sequence[str], plan: Plan) -> bool:
    """Whether all cells of a column are marks."""
    marks = {*plan.yes, *plan.no}
    return bool(filled) and all(cell.casefold() in marks for cell in set(filled))


def _coder_columns(
    cells: Mapping[str, list[str]], known: Mapping[str, ColumnPlan], plan: Plan, grid: Grid, doubts: list[str]
) -> dict[str, ColumnPlan]:
    """Return the columns whose names say whose codes they hold."""
    named = {name: coder for name in cells if (coder := coder_of(name))}
    if _has(known, "coder"):
        # Where the row says whose it is, no heading does.
        named = {name: coder for name, coder in named.items() if not coder[0]}
    # "Code A" over marks is a code called so, one over words a coder's codes; "Code" alone is the column by name.
    named = {
        name: coder for name, coder in named.items() if not (_is_flag(cells[name], plan) and coder_word(name) == "")
    }
    if not named:
        return {}
    found: dict[str, ColumnPlan] = {}
    words = Counter(cell for name in named for cell in cells[name])
    kind, code = _kind_of_cells(words, plan, numbered=any(one for _, one in named.values()))
    for name, (coder, _) in named.items():
        display = coder and _as_written(name, coder)
        if kind == "asked":
            shown = ", ".join(repr(word) for word, _ in words.most_common(_SHOWN))
            doubts.append(
                f"- {grid.name}, column {name!r} ({shown}, …): `{name}: {{is: value, coder: {display or ONLY_CODER}, "
                "code: NAME}` with the code's scale under `codes:`; "
                f"`{name}: {{is: flag, coder: {display or ONLY_CODER}, code: NAME}}` for one code, yes or no; "
                f"or `{name}: {{is: codes, coder: {display or ONLY_CODER}}}`"
            )
        found[name] = ColumnPlan(("codes" if kind == "asked" else kind,), display, code)
    return found


def coder_word(header: str) -> str:
    """Return the word for a coder (Coder, Rater, Kodiererin, …) with which a name begins, or nothing."""
    first = plain_name(header).split(" ")[0].rstrip("0123456789")
    role = role_of(first)
    return first if role and role[0] == "coder" else ""


def _as_written(header: str, coder: str) -> str:
    """Return a coder's name as the heading has it, not as names are compared."""
    parts = re.split(r"[\s_.:/-]+", header.strip().replace("'s", ""))
    for size in (1, 2, 3):
        for place in range(len(parts) - size + 1):
            joined = parts[place : place + size]
            if plain_name(" ".join(joined)) == coder:
                return header if plain_name(header) == coder else " ".join(joined)
    return coder


def _kind_of_cells(words: Counter[str], plan: Plan, *, numbered: bool) -> tuple[str, str]:
    """Return whether a coder's cells hold codes or the values of a scale, and of which code."""
    distinct = [word for word in words if word.casefold() not in plan.nothing]
    if numbered or not distinct:
        return "codes", ""
    order = ordered_values(distinct)
    if order:
        return "value", order[0]
    if all(_NUMBER.fullmatch(word) or word.casefold() in {*plan.yes, *plan.no} for word in distinct):
        return "asked", ""
    return "codes", ""


def ordered_values(words: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """Return the name and the values, from low to high, of a scale of words such as low, medium and high.

    Parameters
    ----------
    words : sequence of str
        What the cells hold, each once.

    Examples
    --------
    >>> ordered_values(["high risk", "low risk"])
    ('risk', ('low risk', 'high risk'))
    """
    plain = {word: plain_name(word) for word in words}
    if len(plain) < 2:
        return None
    parts = [text.split() for text in plain.values()]
    shared = 0
    while all(
        len(one) > shared + 1 and one[len(one) - shared - 1] == parts[0][len(parts[0]) - shared - 1] for one in parts
    ):
        shared += 1
    tail = " ".join(parts[0][len(parts[0]) - shared :]) if shared else ""
    places = {word: ORDERS.get(text.removesuffix(tail).strip()) for word, text in plain.items()}
    if None in places.values() or len(set(places.values())) != len(places):
        return None
    return tail or "rating", tuple(sorted(places, key=lambda word: places[word]))  # type: ignore[arg-type, return-value]


def _flag_columns(names: Sequence[str], doubts: list[str], grid: Grid) -> dict[str, ColumnPlan]:
    """Return columns of marks: each a code, and of a coder where all their names are of the form coder_code."""
    split = {name: re.split(r"\s*[_:/|]\s*|\s+[-–]\s+", name, maxsplit=1) for name in names}
    if len(names) > 3 and all(len(parts) == 2 for parts in split.values()):
        left, right = ({parts[side] for parts in split.values()} for side in (0, 1))
        if len(left) > 1 and len(right) > 1 and len(left) * len(right) == len(names):
            if all(coder_word(one) for one in left) or (
                all(map(_is_initials, left)) and not all(map(_is_initials, right))
            ):
                return {name: ColumnPlan(("flag",), parts[0], parts[1]) for name, parts in split.items()}
            first = names[0]
            doubts.append(
                f"- {grid.name}: the columns {', '.join(names[:_SHOWN])}, … may be one a coder and code: "
                f"`{first}: {{is: flag, coder: {split[first][0]}, code: {split[first][1]}}}` and so on, "
                f'or one a code: `"*": flag`'
            )
    return {name: ColumnPlan(("flag",), "", name) for name in names}


def _is_initials(name: str) -> bool:
    return len(name) <= 3 and name.isupper()


def _longest(left: Sequence[str], cells: Mapping[str, list[str]], grid: Grid, doubts: list[str]) -> str:
    """Return the column that holds far longer texts than the others, if one does."""
    lengths = sorted(((sum(map(len, cells[name])) / max(len(cells[name]), 1), name) for name in left), reverse=True)
    if not lengths or lengths[0][0] < _WORDY:
        return ""
    if len(lengths) > 1 and lengths[1][0] > _FEW * lengths[0][0]:
        names = " or ".join(repr(name) for _, name in lengths[:2])
        doubts.append(f"- {grid.name}: which column holds the text, {names}: `COLUMN: text`")
    return lengths[0][1]


def _looks_coded(filled: Sequence[str]) -> bool:
    """Whether few different short cells stand again and again."""
    return len(filled) > 1 and len(set(filled)) <= _FEW * len(filled) and max(map(len, filled)) < 80


def _is_constant(grid: Grid, name: str, person: str) -> bool:
    """Whether a column says the same in all rows of each person."""
    seen: dict[str, str] = {}
    pairs = zip(grid.column(person), grid.column(name), strict=True)
    return all(seen.setdefault(who, cell) == cell for who, cell in pairs if cell.strip())


def _with_coders_of_tables(
    grids: Sequence[Grid], made: list[FilePlan], stated: Sequence[FilePlan | None], doubts: list[str]
) -> list[FilePlan]:
    """Return the plans with the coder of each table, where tables of the same units are one a coder."""
    open_ones = [
        place
        for place, plan in enumerate(made)
        if plan.holds == UNITS
        and not _has(plan.columns, "coder")
        and any(set(column.roles) & CODING and not column.coder for column in plan.columns.values())
    ]
    if len(open_ones) < 2 or any(stated[place] is not None and stated[place].columns for place in open_ones):  # type: ignore[union-attr]
        return made
    keys = [_keys(grids[place], made[place]) for place in open_ones]
    shares = [
        len(one & other) / max(min(len(one), len(other)), 1)
        for number, one in enumerate(keys)
        for other in keys[number + 1 :]
    ]
    if max(shares) == 0:
        return made
    if min(shares) < _FEW:
        names = ", ".join(grids[place].name for place in open_ones[:_SHOWN])
        doubts.append(
            f"- {names}: some hold the same units and some do not: is each of one coder (`(file): coder` or "
            "`(sheet): coder` under its columns), or are they parts of one study (`coder: NAME` at its code columns)"
        )
        return made
    sheets = len({grids[place].file for place in open_ones}) == 1
    result = list(made)
    for place in open_ones:
        outside = SHEET if sheets else FILE
        result[place] = replace(made[place], columns={outside: ColumnPlan(("coder",)), **made[place].columns})
    return result


def _keys(grid: Grid, plan: FilePlan) -> set[tuple[str, ...]]:
    """Return what tells the units of a table apart: their ids, or else their texts."""
    for role in ("id", "text"):
        names = [name for name, column in plan.columns.items() if role in column.roles and name in grid.header]
        if names:
            columns = [grid.column(name) for name in names]
            return {tuple(cell.strip() for cell in key) for key in zip(*columns, strict=True)}
    return set()
