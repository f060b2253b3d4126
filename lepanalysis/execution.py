"""Running one notebook: its parameters checked, a kernel of its own, the executed notebook the same bytes each time."""

from __future__ import annotations

import ast
import copy
import logging
import os
import re
import sys
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import nbformat

from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from nbformat import NotebookNode

INJECTED_ID = "injected-parameters"
# Parameters that the build itself sets.
OWN_PARAMETERS = ("study", "out")


class NotebookError(LepanalysisError):
    """A cell of a notebook failed; carries where and with what.

    Parameters
    ----------
    notebook : str
    cell : int
        One-based number of the cell in the notebook in git; 0 where no cell is to blame.
    cell_id : str
    source : str
        The cell's source.
    traceback : str
        As the kernel gave it, without colours.
    executed : Path or None
        Where the executed notebook is kept.
    """

    def __init__(
        self, notebook: str, cell: int, cell_id: str, *, source: str, traceback: str, executed: Path | None = None
    ) -> None:
        """Keep the parts and word the message."""
        self.notebook = notebook
        self.cell = cell
        self.cell_id = cell_id
        self.source = source
        self.traceback = traceback
        self.executed = executed
        super().__init__(notebook)

    def __str__(self) -> str:
        """Return the message: the place, the source, the traceback, where the executed notebook is."""
        place = f"notebooks/{self.notebook}.ipynb"
        if self.cell:
            place += f", cell {self.cell} ({self.cell_id})"
        parts = [f"{place} failed:", _indented(self.source), _indented(self.traceback)]
        if self.executed is not None:
            parts.append(f"The executed notebook is kept in {self.executed}; the last good build is as it was.")
        return "\n".join(part for part in parts if part.strip())


@dataclass(frozen=True)
class Notebook:
    """A notebook in git: its name, its cells, what it needs, its parameters with their defaults and their limits.

    Needs and limits stand in the notebook's metadata, under ``lepanalysis``. A limit is ``{"one_of": [...]}``,
    ``{"one_of": "attributes"}`` or ``"themes"`` (of the study at hand, or nothing), with ``"several": true`` for values
    joined by semicolons, or ``{"at_least": 1}``.
    """

    name: str
    path: Path
    node: NotebookNode = field(repr=False)
    needs: tuple[str, ...]
    defaults: Mapping[str, Any]
    limits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def read_notebook(path: Path) -> Notebook:
    """Read a notebook and the literals of its cell tagged ``parameters``.

    Raises
    ------
    UsageError
        When it has no such cell, or the cell holds anything but names given literals.
    """
    node = nbformat.read(path, as_version=4)
    tagged = [cell for cell in node.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        raise UsageError(f"{path.name} has {len(tagged)} cells tagged parameters; give it one")
    defaults: dict[str, Any] = {}
    for statement in ast.parse(tagged[0].source).body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        value = getattr(statement, "value", None)
        try:
            defaults[target.id] = ast.literal_eval(value)  # type: ignore[union-attr, arg-type]
        except (AttributeError, ValueError, TypeError):
            message = f"{path.name}, parameters cell, line {statement.lineno}: give a name a plain value there"
            raise UsageError(message) from None
    about = node.metadata.get("lepanalysis", {})
    return Notebook(path.stem, path, node, tuple(about.get("needs", ())), defaults, about.get("parameters", {}))


def checked_parameters(
    notebooks: list[Notebook], given: list[str], known: Mapping[str, Sequence[str]] | None = None
) -> dict[str, dict[str, Any]]:
    """Return the parameters of each notebook, after holding what was given against what each knows.

    Parameters
    ----------
    notebooks : list of Notebook
    given : list of str
        ``NAME=VALUE`` for every notebook that knows the name, ``NOTEBOOK:NAME=VALUE`` for one.
    known : mapping, optional
        What limits such as ``attributes`` and ``themes`` stand for in the study at hand.

    Raises
    ------
    UsageError
        When no notebook knows a name, or a value is not of the default's type or outside its limits; all of
        them at once.
    """
    parameters = {notebook.name: dict(notebook.defaults) for notebook in notebooks}
    wrong = []
    for text in given:
        left, separator, value = text.partition("=")
        owner, _, name = left.rpartition(":")
        if not separator or not name:
            wrong.append(f"{text!r}: write NAME=VALUE or NOTEBOOK:NAME=VALUE")
            continue
        if name in OWN_PARAMETERS:
            wrong.append(f"{name}: the build sets it; name the study and --out instead")
            continue
        chosen = [notebook for notebook in notebooks if owner in {"", notebook.name} and name in notebook.defaults]
        if not chosen:
            known = sorted({key for notebook in notebooks for key in notebook.defaults} - set(OWN_PARAMETERS))
            wrong.append(f"{left}: no notebook knows it; the parameters are {', '.join(known)}")
        for notebook in chosen:
            try:
                typed = _typed(value, notebook.defaults[name])
            except ValueError:
                kind = type(notebook.defaults[name]).__name__
                wrong.append(f"{notebook.name}:{name}={value!r}: not of the type {kind}")
                continue
            parameters[notebook.name][name] = typed
            fault = _outside(typed, notebook.limits.get(name, {}), known or {})
            if fault:
                wrong.append(f"{notebook.name}:{name}={value!r}: {fault}")
    if wrong:
        raise UsageError("\n".join(dict.fromkeys(wrong)))
    return parameters


def _outside(value: Any, limit: Mapping[str, Any], known: Mapping[str, Sequence[str]]) -> str:  # noqa: ANN401 - a literal
    """Return in what way a value is outside its limits, or nothing."""
    if "one_of" in limit:
        allowed = limit["one_of"]
        if isinstance(allowed, str):
            allowed = ["", *known.get(allowed, ())]
        parts = split_ids(value) if limit.get("several") else [value]
        wrong = [part for part in parts if part not in allowed]
        if wrong:
            return f"{wrong[0]!r} is none of {', '.join(map(repr, allowed))}"
    if "at_least" in limit and value < limit["at_least"]:
        return f"less than {limit['at_least']}"
    return ""


def _typed(value: str, default: Any) -> Any:  # noqa: ANN401 - a literal
    """Return a value from the command line in the type of the default."""
    if isinstance(default, str):
        return value
    try:
        literal = ast.literal_eval(value)
    except (ValueError, SyntaxError):
        raise ValueError(value) from None
    if isinstance(default, float) and isinstance(literal, int) and not isinstance(literal, bool):
        literal = float(literal)
    if type(literal) is not type(default):
        raise ValueError(value)
    return literal


def kernel_environment(scratch: Path) -> dict[str, str]:
    """Return the environment of a kernel: nothing of the user's own set-up, no display, a fixed hash seed."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("IPYTHON", "JUPYTER_"))},
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_DATA_DIR": str(scratch / "data"),
        "JUPYTER_CONFIG_DIR": str(scratch / "config"),
        "JUPYTER_RUNTIME_DIR": str(scratch),
        "MPLCONFIGDIR": os.environ.get("MPLCONFIGDIR", str(scratch / "matplotlib")),
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TZ": "UTC",
    }


def kernel_manager(scratch: Path, running: list[Any]) -> type:
    """Return a class of kernel manager that starts this Python, over sockets in a folder instead of TCP ports.

    Kernels that are started side by side race for ports (papermill #511); sockets in a folder of their own
    cannot collide. `running` takes each manager, so that Ctrl-C can end them.
    """
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class Manager(AsyncKernelManager):
        """Starts the interpreter that runs the build, whatever kernels the user has installed."""

        def __init__(self, **options: Any) -> None:  # noqa: ANN401 - traits, handed on
            options["transport"] = "ipc"
            super().__init__(**options)
            running.append(self)

        @property
        def kernel_spec(self) -> KernelSpec:
            argv = [
                sys.executable,
                "-m",
                "ipykernel_launcher",
                "-f",
                "{connection_file}",
                "--HistoryManager.enabled=False",
                "--log-level=50",
            ]
            return KernelSpec(argv=argv, display_name="Python 3", language="python")

        async def start_kernel(self, **options: Any) -> None:  # noqa: ANN401 - handed on
            # A folder for each kernel; a socket's path may have 107 characters at the most.
            folder = tempfile.mkdtemp(prefix="k", dir=scratch)
            self.connection_file = f"{folder}/c.json"
            self.ip = f"{folder}/s"
            options["env"] = kernel_environment(scratch)
            await super().start_kernel(**options)

    return Manager


def execute(
    notebook: Notebook,
    parameters: Mapping[str, Any],
    stored: Mapping[str, Any],
    *,
    scratch: Path,
    running: list[Any],
    on_cell: Callable[[int], None],
) -> NotebookNode:
    """Run a notebook by papermill and return it executed, with nothing in it of time, place or chance.

    Parameters
    ----------
    notebook : Notebook
    parameters : mapping
        What to run it with.
    stored : mapping
        What the executed notebook says it was run with: paths as a reader can use them.
    scratch : Path
        A folder with a short path, for sockets and the executed notebook on its way.
    running : list
        Takes the kernel's manager.
    on_cell : callable
        Called with the number of each cell as it starts.

    Raises
    ------
    NotebookError
        When a cell fails, or writes to standard error.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    # What goes wrong is said once, by the error below.
    logging.getLogger("papermill").setLevel(logging.CRITICAL + 1)
    source = copy.deepcopy(notebook.node)
    target = scratch / f"{notebook.name}.ipynb"
    try:
        papermill.execute_notebook(
            source,
            str(target),
            parameters=dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=kernel_manager(scratch, running),
            record_timing=False,
            on_cell_start=lambda cell, cell_index: on_cell(cell_index),  # noqa: ARG005 - the hook's names
        )
    except PapermillExecutionError:
        executed = nbformat.read(target, as_version=4)
        raise _failure(notebook, executed, target) from None
    except DeadKernelError as error:
        raise NotebookError(notebook.name, 0, "", source="", traceback=f"the kernel died: {error}") from None
    executed = nbformat.read(target, as_version=4)
    for number, cell in enumerate(_own_cells(executed), start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                wrote = f"it wrote to standard error:\n{output.text}"
                raise NotebookError(
                    notebook.name, number, cell.id, source=cell.source, traceback=wrote, executed=target
                )
    return normalised(executed, stored)


def _own_cells(executed: NotebookNode) -> list[NotebookNode]:
    """Return the cells of the notebook in git, without those that papermill put in."""
    put_in = {"injected-parameters", "papermill-error-cell-tag"}
    return [cell for cell in executed.cells if not put_in & set(cell.metadata.get("tags", []))]


def _failure(notebook: Notebook, executed: NotebookNode, target: Path) -> NotebookError:
    """Return what failed, from the notebook that papermill saved."""
    for number, cell in enumerate(_own_cells(executed), start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                traceback = "\n".join(output.traceback)
                return NotebookError(
                    notebook.name, number, cell.id, source=cell.source, traceback=_plain(traceback), executed=target
                )
    return NotebookError(notebook.name, 0, "", source="", traceback="it failed, and no cell says why", executed=target)


def _plain(text: str) -> str:
    """Return a traceback without the terminal's colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def _indented(text: str) -> str:
    """Return a text set in by four blanks."""
    return "\n".join(f"    {line}" for line in text.splitlines())


def normalised(executed: NotebookNode, stored: Mapping[str, Any]) -> NotebookNode:
    """Return an executed notebook without times, paths, random ids and the version of the interpreter.

    Parameters
    ----------
    executed : NotebookNode
    stored : mapping
        The parameters as the stored notebook gives them.
    """
    node = copy.deepcopy(executed)
    node.metadata.pop("papermill", None)
    node.metadata.pop("widgets", None)
    node.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    node.metadata["language_info"] = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    for cell in node.cells:
        for key in ("papermill", "execution", "scrolled"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = INJECTED_ID
            cell["source"] = _source_of_parameters(stored)
    return node


def _source_of_parameters(stored: Mapping[str, Any]) -> str:
    """Return the cell that gives the parameters, as papermill writes it."""
    lines = ["# Parameters", *(f"{name} = {value!r}" for name, value in stored.items())]
    return "\n".join(lines)


def cells_of_exhibits(executed: NotebookNode) -> dict[str, dict[str, Any]]:
    """Return where each exhibit was made: number and id of the cell in the notebook in git."""
    places: dict[str, dict[str, Any]] = {}
    for number, cell in enumerate(_own_cells(executed), start=1):
        for output in cell.get("outputs", []):
            about = output.get("metadata", {}).get("lepanalysis", {})
            if "exhibit" in about:
                places[about["exhibit"]] = {"number": number, "id": cell.id}
    return places
