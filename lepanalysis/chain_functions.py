"""Which functions and which cells an exhibit was made with, read off the source of its notebook; nothing is run.

From the statement that registers the exhibit the way leads back, name by name, to the statements that bind what it
uses. A name that is bound anew hides what it was before; one that is changed in place (``table["share"] = ...``,
``table.insert(...)``) or inside a branch or a loop does not, so that rather too much is named than too little. What a
function does to its arguments is not looked at.
"""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lepanalysis.chain_steps import imported_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lepanalysis.chain_steps import Step

_PACKAGE = Path(__file__).resolve().parent
# A name that is handed on from module to module more often than this is in a circle.
_HOPS = 8
# Parameters that the build sets for every notebook.
_EVERYWHERE = {"study", "out"}


@dataclass(frozen=True)
class Function:
    """A function or a class of the library that a notebook calls.

    Parameters
    ----------
    name : str
        As the notebook calls it, such as ``coding.cooccurrence``.
    module : str
        Where it is defined, such as ``lepanalysis.cooccurrence``.
    says : str
        The first line of its docstring.
    """

    name: str
    module: str
    says: str


@dataclass(frozen=True)
class Cell:
    """A cell upstream of an exhibit, and what it supplies.

    Parameters
    ----------
    number : int
        In the notebook in git, from 1.
    id : str
    names : tuple of str
        The names bound or changed there on which the exhibit hangs.
    """

    number: int
    id: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Making:
    """What made an exhibit.

    Parameters
    ----------
    functions : tuple of Function
        In the order in which they are called.
    cells : tuple of Cell
        Those upstream of the exhibit's own, in the order of the notebook.
    parameters : tuple of str
        The parameters of the notebook on which it hangs.
    """

    functions: tuple[Function, ...] = ()
    cells: tuple[Cell, ...] = ()
    parameters: tuple[str, ...] = ()


def making_of(steps: Sequence[Step], cell: int, exhibit: str) -> Making:
    """Return what made an exhibit.

    Parameters
    ----------
    steps : sequence of Step
        What `steps_of` gives.
    cell : int
        Number of the cell that registers it.
    exhibit : str
        Its id. Where no statement of the cell registers such an id, the whole cell is taken.
    """
    own = [place for place, step in enumerate(steps) if step.cell[0] == cell]
    places = [place for place in own if re.escape(exhibit) in steps[place].ids]
    places = places or [place for place in own if any(re.fullmatch(id_, exhibit) for id_ in steps[place].ids)]
    supplied = _upstream(steps, places or own)
    chosen = sorted(supplied)
    imports = {name: path for place in chosen for name, path in steps[place].imports.items()}
    paths = [path for place in chosen for path in steps[place].paths]
    whole = [(*imports[path[0]], *path[1:]) for path in paths if path[0] in imports]
    functions = [found for path in whole if (found := function_of(path))]
    return Making(tuple(dict.fromkeys(functions)), _cells(steps, supplied, cell), _parameters(steps, supplied))


def _upstream(steps: Sequence[Step], places: Iterable[int]) -> dict[int, set[str]]:
    """Return the places of all steps on which some hang, with the names that each supplies."""
    supplied: dict[int, set[str]] = {place: set() for place in places}
    waiting = list(supplied)
    while waiting:
        place = waiting.pop()
        found = [(head, "") for head in steps[place].within]
        found += [(other, name) for name in steps[place].uses for other in _binding(steps, place, name)]
        for other, name in found:
            if other not in supplied:
                waiting.append(other)
            supplied.setdefault(other, set()).update([name] if name else [])
    return supplied


def _binding(steps: Sequence[Step], place: int, name: str) -> Iterator[int]:
    """Yield the places of the steps from which a name at some place can come."""
    within = steps[place].within
    for before in range(place - 1, -1, -1):
        other = steps[before]
        if name in other.binds:
            yield before
            if before in within or (other.anew and other.within == within[: len(other.within)]):
                break
    # What stands below in a loop comes before the next time round.
    for head in within:
        if steps[head].loops and name not in steps[head].binds:
            below = range(place, len(steps))
            yield from (after for after in below if head in steps[after].within and name in steps[after].binds)


def _cells(steps: Sequence[Step], supplied: Mapping[int, set[str]], own: int) -> tuple[Cell, ...]:
    """Return the cells that supply something, without the exhibit's own and without imports."""
    names: dict[tuple[int, str], dict[str, None]] = {}
    for place in sorted(supplied):
        step = steps[place]
        bound = supplied[place] - (_EVERYWHERE if step.parameters else set())
        if step.cell[0] != own and bound and not step.imports:
            names.setdefault(step.cell, {}).update(dict.fromkeys(sorted(bound)))
    return tuple(Cell(number, id_, tuple(bound)) for (number, id_), bound in sorted(names.items()))


def _parameters(steps: Sequence[Step], supplied: Mapping[int, set[str]]) -> tuple[str, ...]:
    """Return the parameters on which an exhibit hangs, without those that the build sets."""
    names = {name for place, bound in supplied.items() if steps[place].parameters for name in bound}
    return tuple(sorted(names - _EVERYWHERE))


def function_of(path: Sequence[str]) -> Function | None:
    """Return the function or class of the library that a dotted name means.

    Parameters
    ----------
    path : sequence of str
        Such as ``("lepanalysis", "coding", "cooccurrence")``; what follows a class is left out.

    Returns
    -------
    Function or None
        None for a module, for a constant, and for what is not the library's.
    """
    if not path or path[0] != _PACKAGE.name:
        return None
    parts = list(path[1:])
    module: list[str] = []
    while parts and _file_of((*module, parts[0])) is not None:
        module.append(parts.pop(0))
    if not module or not parts:
        return None
    name = parts[0]
    called = f"{module[-1]}.{name}"
    for _ in range(_HOPS):
        defined, imported = _contents(tuple(module))
        if name in defined:
            return Function(called, ".".join((_PACKAGE.name, *module)), defined[name])
        if name not in imported or imported[name][0] != _PACKAGE.name:
            return None
        *module, name = imported[name][1:]
        if not module:
            return None
    return None


def _file_of(module: tuple[str, ...]) -> Path | None:
    """Return the file of a module of the library, or None."""
    base = _PACKAGE.joinpath(*module)
    return next((file for file in (base.with_suffix(".py"), base / "__init__.py") if file.is_file()), None)


@functools.cache
def _contents(module: tuple[str, ...]) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Return what a module defines, with the first line of each docstring, and what it imports."""
    file = _file_of(module)
    statements = ast.parse(file.read_text(encoding="utf-8")).body if file else []
    defined, imported = {}, {}
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined[statement.name] = (ast.get_docstring(statement) or "").partition("\n")[0]
        imported |= imported_by(statement)
    return defined, imported
