"""A notebook's source as statements that bind and use names; nothing of it is run."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# What a notebook does with its register changes no result.
_VERBS = {"register", "banner", "close"}
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Step:
    """A statement of a notebook, or the head of one that holds others.

    Parameters
    ----------
    cell : tuple of int and str
        Number and id of its cell.
    within : tuple of int
        Places of the heads that it stands under, the outermost first.
    loops : bool
        Whether it is the head of a loop.
    binds : frozenset of str
        Names that it binds or changes.
    anew : bool
        Whether it binds all of them anew, whatever they were before.
    paths : tuple of tuple of str
        The dotted names that it uses, split at their dots.
    ids : tuple of str
        Regular expressions for the ids of the exhibits that it registers.
    imports : mapping of str to tuple of str
        Names that it imports, with the dotted names they stand for.
    parameters : bool
        Whether it stands in a cell of parameters.
    """

    cell: tuple[int, str]
    within: tuple[int, ...]
    loops: bool
    binds: frozenset[str]
    anew: bool
    paths: tuple[tuple[str, ...], ...]
    ids: tuple[str, ...] = ()
    imports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parameters: bool = False

    @property
    def uses(self) -> frozenset[str]:
        """The names that it uses."""
        return frozenset(path[0] for path in self.paths)


def steps_of(notebook: Mapping[str, Any]) -> tuple[Step, ...]:
    """Return the statements of a notebook in order.

    Parameters
    ----------
    notebook : mapping
        The notebook as JSON, executed or not. A cell that is no Python, such as one with a command for the shell, is
        left out.
    """
    steps: list[Step] = []
    number = 0
    parameters = (0, "parameters")
    for cell in notebook.get("cells", ()):
        tags = set(cell.get("metadata", {}).get("tags", ()))
        if "injected-parameters" in tags:
            # What papermill puts in stands for the cell above it.
            place = parameters
        else:
            number += 1
            place = (number, str(cell.get("id", "")))
        if "parameters" in tags:
            parameters = place
        if cell.get("cell_type") == "code":
            source = cell.get("source", "")
            found = _steps_of_cell(source if isinstance(source, str) else "".join(source), place, len(steps))
            steps += [replace(step, parameters=place == parameters) for step in found]
    return tuple(steps)


def _steps_of_cell(source: str, cell: tuple[int, str], first: int) -> list[Step]:
    """Return the statements of a cell; none where it is no Python, or nested deeper than Python follows."""
    steps: list[Step] = []
    try:
        _add(ast.parse(source).body, cell, (), steps, first)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return steps


def _add(
    statements: Iterable[ast.stmt], cell: tuple[int, str], within: tuple[int, ...], steps: list[Step], first: int
) -> None:
    """Add statements, and those inside them, to the steps of a cell, whose own first place is `first`."""
    for statement in statements:
        place = first + len(steps)
        bodies = _bodies(statement)
        steps.append(_step(statement, cell, within, compound=bool(bodies)))
        for body in bodies:
            _add(body, cell, (*within, place), steps, first)


def _bodies(statement: ast.stmt) -> list[list[ast.stmt]]:
    """Return the blocks of a statement that holds others; a definition is one statement."""
    if isinstance(statement, (*_SCOPES, ast.ClassDef)):
        return []
    blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
    for name in ("handlers", "cases"):
        blocks += [part.body for part in getattr(statement, name, [])]
    return [block for block in blocks if block]


def _step(statement: ast.stmt, cell: tuple[int, str], within: tuple[int, ...], *, compound: bool) -> Step:
    """Return a statement as a step; of one that holds others only its head."""
    parts: list[ast.AST] = [statement]
    if compound:
        parts = [part for part in _children(statement) if not isinstance(part, ast.stmt)]
        parts = [child for part in parts for child in (_head(part) if hasattr(part, "body") else [part])]
    binds = {name for part in parts for name in _bound(part)}
    paths = [path for part in parts for path in _loads(part, frozenset())]
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        paths.append((statement.target.id,))
    return Step(
        cell,
        within,
        loops=isinstance(statement, ast.For | ast.AsyncFor | ast.While),
        binds=frozenset(binds),
        anew=not compound and _binds_anew(statement),
        paths=tuple(dict.fromkeys(paths)),
        ids=tuple(_registered(parts)),
        imports=imported_by(statement),
    )


def _head(part: ast.AST) -> list[ast.AST]:
    """Return what an except clause or a case is about, without its block."""
    if isinstance(part, ast.ExceptHandler | ast.match_case):
        return [child for child in _children(part) if not isinstance(child, ast.stmt)]
    return [part]


def _children(node: ast.AST) -> list[ast.AST]:
    """Return what stands directly inside a node."""
    return list(ast.iter_child_nodes(node))


def _binds_anew(statement: ast.stmt) -> bool:
    """Whether a statement binds plain names and nothing else."""
    if isinstance(statement, ast.Assign):
        targets = [part for target in statement.targets for part in ast.walk(target)]
        return not any(isinstance(part, ast.Subscript | ast.Attribute) for part in targets)
    if isinstance(statement, ast.AnnAssign):
        return statement.value is not None and isinstance(statement.target, ast.Name)
    return isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement or an expression binds, or changes in place, in the notebook itself."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
        return
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield from imported_by(node)
        return
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
        yield node.id
    elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        yield from _path(node.value)[:1]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        called = _path(node.value.func)
        if len(called) > 1 and called[-1] not in _VERBS:
            yield called[0]
    hidden = {name for part in getattr(node, "generators", ()) for name in _bound(part.target)}
    for child in _children(node):
        yield from (name for name in _bound(child) if name not in hidden)


def _path(node: ast.AST) -> tuple[str, ...]:
    """Return a dotted name split at its dots, as far as it begins with a name; empty where it does not."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        before = _path(node.value)
        return (*before, node.attr) if before else ()
    return _path(node.value) if isinstance(node, ast.Subscript) else ()


def _loads(node: ast.AST, hidden: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """Yield the dotted names that a node uses; `hidden` are those that mean something else inside it."""
    if isinstance(node, ast.Name | ast.Attribute):
        path = _path(node)
        if path and isinstance(node.ctx, ast.Load) and not _through_subscript(node):
            if path[0] not in hidden:
                yield path
            return
    if isinstance(node, _COMPREHENSIONS):
        for part in node.generators:
            yield from _loads(part.iter, hidden)
            hidden = hidden | frozenset(_bound(part.target))
            for test in part.ifs:
                yield from _loads(test, hidden)
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        for result in results:
            yield from _loads(result, hidden)
        return
    if isinstance(node, _SCOPES):
        yield from _loads_of_function(node, hidden)
        return
    for child in _children(node):
        yield from _loads(child, hidden)


def _through_subscript(node: ast.AST) -> bool:
    """Whether a dotted name leads through square brackets, in which other names stand."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Subscript)


def _loads_of_function(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, hidden: frozenset[str]
) -> Iterator[tuple[str, ...]]:
    """Yield the names that a function takes from outside itself."""
    given = node.args
    outside: list[ast.AST] = [*given.defaults, *(default for default in given.kw_defaults if default)]
    outside += getattr(node, "decorator_list", [])
    for part in outside:
        yield from _loads(part, hidden)
    body = node.body if isinstance(node.body, list) else [node.body]
    own = {argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
    own |= {argument.arg for argument in (given.vararg, given.kwarg) if argument}
    own |= {name for part in body for child in ast.walk(part) for name in _stored(child)}
    for part in body:
        yield from _loads(part, hidden | own)


def _stored(node: ast.AST) -> Iterator[str]:
    """Yield the name that a node binds inside a function."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id


def imported_by(statement: ast.stmt) -> dict[str, tuple[str, ...]]:
    """Return the names that a statement imports, with the dotted names they stand for."""
    names: dict[str, tuple[str, ...]] = {}
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            whole = tuple(alias.name.split("."))
            names[alias.asname or whole[0]] = whole if alias.asname else whole[:1]
    elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
        for alias in statement.names:
            names[alias.asname or alias.name] = (*statement.module.split("."), alias.name)
    return names


def _registered(parts: Iterable[ast.AST]) -> Iterator[str]:
    """Yield a regular expression for the id of each exhibit that is registered; ``.*`` where it is worked out."""
    for part in parts:
        for node in ast.walk(part):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "register":
                named = [keyword.value for keyword in node.keywords if keyword.arg == "id"]
                yield from (_pattern(given) for given in [*node.args[:1], *named])


def _pattern(node: ast.expr) -> str:
    """Return a regular expression for the texts that an expression can give."""
    if isinstance(node, ast.Constant):
        return re.escape(str(node.value))
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(part) for part in node.values)
    return ".*"
