"""The build: stale notebooks run side by side, the paper is put together, and all of it takes its place at once.

Everything is made in a folder beside the target, so that whatever goes wrong leaves the last good build as it was.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lepanalysis import attestation, places
from lepanalysis.exhibits import digest_of_file, open_evidence
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.schema import STUDY_TABLES
from lepanalysis.study import YAML_TABLES
from lepanalysis.target import (
    FAILED,
    MANIFEST,
    PAPERS,
    RUN,
    WHY,
    alone,
    disk_errors,
    exchange,
    manifest_of,
    refuse_foreign,
    staging_in,
    write_json,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lepanalysis.article import Article
    from lepanalysis.execution import Notebook, NotebookError
    from lepanalysis.study import Study

# Packages whose versions can change what a build writes.
PACKAGES = (
    "matplotlib",
    "nbclient",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pypandoc_binary",
    "scipy",
    "typst",
)


class Progress(Protocol):
    """What a build tells whoever watches it."""

    def plan(self, stale: dict[str, int], fresh: Sequence[str], skipped: dict[str, str]) -> None:
        """Say which notebooks will run (with their number of cells), which are fresh, which are skipped and why."""

    def cell(self, notebook: str, number: int) -> None:
        """A cell of a notebook starts."""

    def done(self, notebook: str, seconds: float) -> None:
        """A notebook has run."""

    def say(self, sentence: str) -> None:
        """Anything else."""


class Quiet:
    """Progress that says nothing."""

    def plan(self, stale: dict[str, int], fresh: Sequence[str], skipped: dict[str, str]) -> None:
        """Say nothing."""

    def cell(self, notebook: str, number: int) -> None:
        """Say nothing."""

    def done(self, notebook: str, seconds: float) -> None:
        """Say nothing."""

    def say(self, sentence: str) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class BuildResult:
    """What a build made.

    Parameters
    ----------
    out : Path
    ran, fresh, kept : tuple of str
        Notebooks that were run, those whose results were still good, and those that are stale and were kept
        as they were because they were not asked for.
    skipped : dict
        Notebooks left out, with the reason.
    classes : dict
        Number of exhibits by class.
    paper : tuple of Path
        The paper's files; empty where it was not put together.
    """

    out: Path
    ran: tuple[str, ...]
    fresh: tuple[str, ...]
    kept: tuple[str, ...]
    skipped: dict[str, str]
    classes: dict[str, int]
    paper: tuple[Path, ...]


@dataclass(frozen=True)
class Plan:
    """What a build is going to do with one notebook."""

    notebook: Notebook
    parameters: dict[str, Any]
    key: str
    skipped: str = ""
    fresh: bool = False


@dataclass(frozen=True)
class _Inputs:
    """What every notebook of a build rests on."""

    study: Study
    article: Article | None
    digests: dict[str, str] = field(repr=False)


def default_out(study: Path) -> Path:
    """Return where a study is built unless told otherwise: build/<name of its folder> in the checkout."""
    return places.project_root() / "build" / study.resolve().name


def build(
    study: str | Path,
    out: str | Path | None = None,
    *,
    jobs: int = 2,
    force: bool = False,
    only: Sequence[str] = (),
    parameters: Sequence[str] = (),
    progress: Progress | None = None,
) -> BuildResult:
    """Run what is stale and put the paper together.

    Parameters
    ----------
    study : str or Path
        The study's folder.
    out : str or Path, optional
        Where to write; nothing is written elsewhere. Default: build/<study>.
    jobs : int
        How many notebooks run side by side.
    force : bool
        Run everything, stale or not.
    only : sequence of str
        Names of the notebooks to run; the paper is then put together only where all others are fresh.
    parameters : sequence of str
        ``NAME=VALUE`` or ``NOTEBOOK:NAME=VALUE``.
    progress : Progress, optional

    Raises
    ------
    StudyFaultsError
        When the study has faults.
    UsageError
        When a parameter or a notebook is unknown, or `out` holds something that is no build.
    NotebookError
        When a cell fails.
    """
    progress = progress or Quiet()
    folder = Path(study)
    opened, article = open_evidence(folder)
    inputs = _Inputs(opened, article, _digests(opened, article))
    identity = places.identity(folder)
    target = Path(out).resolve() if out else default_out(folder)
    with disk_errors(target):
        refuse_foreign(target, identity, named=bool(out))
    with disk_errors(target), alone(target), staging_in(target) as new:
        previous = manifest_of(target)
        plans = _plans(inputs, previous, target, parameters, force=force, only=only)
        progress.plan(
            {
                plan.notebook.name: len(plan.notebook.node.cells)
                for plan in plans
                if not plan.fresh and not plan.skipped
            },
            [plan.notebook.name for plan in plans if plan.fresh],
            {plan.notebook.name: plan.skipped for plan in plans if plan.skipped},
        )
        return _make(inputs, target, new, plans, previous=previous, jobs=jobs, progress=progress)


def _make(
    inputs: _Inputs,
    target: Path,
    new: Path,
    plans: list[Plan],
    *,
    previous: dict[str, Any],
    jobs: int,
    progress: Progress,
) -> BuildResult:
    """Build into a folder inside the target and let it take the last build's place."""
    from lepanalysis import build_documents, paper

    began = dt.datetime.now(dt.UTC)
    for plan in plans:
        if plan.fresh:
            _carry_over(target, new, previous["notebooks"][plan.notebook.name]["outputs"])
    stale = [plan for plan in plans if not plan.fresh and not plan.skipped]
    seconds = _run(inputs, new, stale, jobs=jobs, progress=progress, failed=target / FAILED)
    manifest = _manifest(inputs, new, plans, previous)
    made: list[Path] = []
    if all(plan.key for plan in plans):
        progress.say("putting the paper together")
        started = time.monotonic()
        given = build_documents.verdicts(inputs.study, inputs.article)
        made = paper.assemble(new, inputs.study, inputs.article, manifest, given)
        manifest["paper"] = {path.name: digest_of_file(path) for path in (*made, new / WHY)}
        build_documents.write(new, inputs.study, inputs.article, manifest, given)
        seconds["paper"] = time.monotonic() - started
    else:
        # The paper that is there stays with what was made beside it, and the manifest does not vouch for them.
        _carry_over(target, new, [name for name in PAPERS if (target / name).is_file()])
        _carry_over(target, new, build_documents.files_of(target))
    write_json(new / MANIFEST, manifest)
    write_json(new / RUN, _run_record(inputs, began, seconds, jobs))
    exchange(target)
    shutil.rmtree(target / FAILED, ignore_errors=True)
    classes: dict[str, int] = {}
    for exhibit in manifest["exhibits"]:
        classes[exhibit["class"]] = classes.get(exhibit["class"], 0) + 1
    return BuildResult(
        target,
        tuple(plan.notebook.name for plan in stale),
        tuple(plan.notebook.name for plan in plans if plan.fresh and plan.key),
        tuple(plan.notebook.name for plan in plans if plan.fresh and not plan.key),
        {plan.notebook.name: plan.skipped for plan in plans if plan.skipped},
        classes,
        tuple(target / path.name for path in made),
    )


def notebooks_of_project() -> list[Notebook]:
    """Return the numbered notebooks, in order; explore.ipynb is for the keyboard and no part of a build."""
    from lepanalysis.execution import read_notebook

    folder = places.project_root() / "notebooks"
    return [read_notebook(path) for path in sorted(folder.glob("[0-9][0-9]-*.ipynb"))]


def _plans(
    inputs: _Inputs,
    previous: dict[str, Any],
    target: Path,
    given: Sequence[str],
    *,
    force: bool,
    only: Sequence[str],
) -> list[Plan]:
    """Decide what is stale: soundly, if coarsely."""
    from lepanalysis.execution import checked_parameters

    notebooks = notebooks_of_project()
    unknown = sorted(set(only) - {notebook.name for notebook in notebooks})
    if unknown:
        known = ", ".join(notebook.name for notebook in notebooks)
        raise UsageError(f"there is no notebook {', '.join(unknown)}; the notebooks are {known}")
    parameters = checked_parameters(notebooks, list(given), _limits_of(inputs.study))
    plans = []
    for notebook in notebooks:
        wanted = parameters[notebook.name]
        key = _key(inputs, notebook, wanted)
        skipped = reason_to_skip(notebook, inputs.study, inputs.article)
        before = previous.get("notebooks", {}).get(notebook.name, {})
        intact = before.get("key") == key and _intact(target, before.get("outputs", {}))
        forced = force and (not only or notebook.name in only)
        if only and notebook.name not in only and not intact:
            # Not asked for and not fresh: it stays as it is, which leaves the paper out.
            key = ""
            intact = bool(before) and _intact(target, before.get("outputs", {}))
            skipped = skipped or ("" if intact else "not asked for")
        plans.append(Plan(notebook, wanted, key, skipped, fresh=intact and not forced and not skipped))
    return plans


def _limits_of(study: Study) -> dict[str, list[str]]:
    """Return what a parameter may name in a study: attributes of its participants, ids of its themes."""
    people = study.tables["participants"].frame
    own = {"participant_id", "code_name", "class"}
    themes = list(study.tables["agreed_themes"].frame["theme_id"]) if study.has("agreed_themes") else []
    return {"attributes": [name for name in people if name not in own], "themes": themes}


def reason_to_skip(notebook: Notebook, study: Study, article: Article | None) -> str:
    """Return why a notebook cannot run over a study, or nothing.

    A need is the name of a table, ``ledger``, or ``coders:2``; ``quotations|ledger`` is met by either.
    """
    for need in notebook.needs:
        if not any(_met(part, study, article) for part in need.split("|")):
            return " and ".join(dict.fromkeys(_lack(part) for part in need.split("|")))
    return ""


def _met(need: str, study: Study, article: Article | None) -> bool:
    """Whether a study meets one need."""
    if need == "ledger":
        return article is not None
    if need.startswith("coders:"):
        coders = set(study.tables["codings"].frame["coder"]) if study.has("codings") else set()
        return len(coders) >= int(need.removeprefix("coders:"))
    return study.has(need)


def _lack(need: str) -> str:
    """Say what a study lacks."""
    if need == "ledger":
        return "the study names no ledger of an article"
    if need.startswith("coders:"):
        return "agreement takes the codings of two coders"
    file = STUDY_TABLES[need].file if need in STUDY_TABLES else YAML_TABLES.get(need, need)
    return f"the study has no {need.replace('_', ' ')} ({file})"


def _run(
    inputs: _Inputs, staging: Path, stale: list[Plan], *, jobs: int, progress: Progress, failed: Path
) -> dict[str, float]:
    """Run the stale notebooks side by side; the first that fails ends the others."""
    from lepanalysis.execution import NotebookError

    if not stale:
        return {}
    seconds: dict[str, float] = {}
    running: list[Any] = []
    # Not under `staging`: a socket's path may have 107 characters at the most.
    with tempfile.TemporaryDirectory(prefix="lep-") as name:
        pool = ThreadPoolExecutor(max_workers=max(1, jobs))
        futures = {
            pool.submit(
                _run_one, inputs, staging, Path(name), plan, running=running, progress=progress, seconds=seconds
            ): plan
            for plan in stale
        }
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in sorted(done, key=lambda item: futures[item].notebook.name):
                future.result()
        except NotebookError as error:
            _end(pool, running)
            raise _kept(error, failed) from None
        except BaseException:
            _end(pool, running)
            raise
        pool.shutdown()
    return {name: seconds[name] for name in sorted(seconds)}


def _kept(error: NotebookError, failed: Path) -> NotebookError:
    """Return the error with the executed notebook kept where a person can open it."""
    if error.executed is None or not error.executed.is_file():
        return error
    failed.mkdir(parents=True, exist_ok=True)
    kept = failed / error.executed.name
    shutil.copyfile(error.executed, kept)
    return type(error)(
        error.notebook, error.cell, error.cell_id, source=error.source, traceback=error.traceback, executed=kept
    )


def _end(pool: ThreadPoolExecutor, running: list[Any]) -> None:
    """End kernels that still run, so that their threads end too."""
    pool.shutdown(wait=False, cancel_futures=True)
    for manager in running:
        process = getattr(manager.provisioner, "process", None)
        if process is not None and process.poll() is None:
            process.kill()
    pool.shutdown(wait=True)


def _run_one(
    inputs: _Inputs,
    staging: Path,
    scratch: Path,
    plan: Plan,
    *,
    running: list[Any],
    progress: Progress,
    seconds: dict[str, float],
) -> None:
    """Run one notebook and store it executed, in the staging folder."""
    import nbformat

    from lepanalysis.execution import cells_of_exhibits, execute

    started = time.monotonic()
    name = plan.notebook.name
    own = {"study": str(inputs.study.folder.resolve()), "out": str(staging.resolve())}
    stored = {**plan.parameters, "study": places.shown(inputs.study.folder), "out": ""}
    executed = execute(
        plan.notebook,
        {**plan.parameters, **own},
        stored,
        scratch=scratch,
        running=running,
        on_cell=lambda number: progress.cell(name, number),
    )
    text = nbformat.writes(executed)
    places.write_whole(staging / "notebooks" / f"{name}.ipynb", (text + "\n").encode())
    register = staging / "exhibits" / f"{name}.json"
    if not register.is_file():
        raise LepanalysisError(f"notebooks/{name}.ipynb wrote no register; let its last cell call close()")
    record = json.loads(register.read_text(encoding="utf-8"))
    cells = cells_of_exhibits(executed)
    for exhibit in record["exhibits"]:
        exhibit["notebook"] = name
        exhibit["cell"] = cells[exhibit["id"]]
    write_json(register, record)
    seconds[name] = time.monotonic() - started
    progress.done(name, seconds[name])


def _manifest(inputs: _Inputs, staging: Path, plans: list[Plan], previous: dict[str, Any]) -> dict[str, Any]:
    """Return what the build rests on and what it made; times and machine stand in run.json alone."""
    notebooks: dict[str, Any] = {}
    exhibits: list[dict[str, Any]] = []
    owners: dict[str, str] = {}
    for plan in plans:
        name = plan.notebook.name
        entry: dict[str, Any] = {
            "source_sha256": digest_of_file(plan.notebook.path),
            "parameters": {**plan.parameters, "study": places.shown(inputs.study.folder), "out": ""},
            "key": plan.key,
        }
        if plan.skipped:
            notebooks[name] = {**entry, "skipped": plan.skipped, "outputs": {}}
            continue
        if plan.fresh and not plan.key:
            notebooks[name] = previous["notebooks"][name]
        record = json.loads((staging / "exhibits" / f"{name}.json").read_text(encoding="utf-8"))
        files = [f"notebooks/{name}.ipynb", f"exhibits/{name}.json"]
        for exhibit in record["exhibits"]:
            if exhibit["id"] in owners:
                raise LepanalysisError(
                    f"exhibit {exhibit['id']!r} is made by {owners[exhibit['id']]} and by {name}; choose another id"
                )
            owners[exhibit["id"]] = name
            exhibits.append(
                {key: exhibit[key] for key in ("id", "kind", "class", "origin", "notebook", "cell", "files")}
            )
            files += exhibit["files"].values()
        if name not in notebooks:
            outputs = {file: digest_of_file(staging / file) for file in sorted(files)}
            notebooks[name] = {**entry, "outputs": outputs}
    manifest: dict[str, Any] = {
        "study": {
            "title": inputs.study.title,
            "class": inputs.study.class_,
            "folder": places.shown(inputs.study.folder),
        },
        "inputs": inputs.digests,
        "notebooks": notebooks,
        "exhibits": exhibits,
        "versions": versions(),
        "paper": {},
    }
    return manifest


def versions() -> dict[str, str]:
    """Return the versions of Python, of this library and of what it writes with."""
    own = {"python": platform.python_version(), "lepanalysis": metadata.version("lepanalysis")}
    return {**own, **{name: metadata.version(name) for name in PACKAGES}}


def _digests(study: Study, article: Article | None) -> dict[str, str]:
    """Return the digests of all files of the study and of its ledger."""
    found = {f"study/{name}": digest for name, digest in study.digests.items()}
    if article is not None:
        found |= {f"ledger/{name}": digest for name, digest in article.digests.items()}
        attested = article.folder / attestation.FILE
        if attested.is_file():
            found[f"ledger/{attestation.FILE}"] = digest_of_file(attested)
    return dict(sorted(found.items()))


def _key(inputs: _Inputs, notebook: Notebook, parameters: dict[str, Any]) -> str:
    """Return what a notebook's results hang on: itself, parameters, inputs, library, lock, Python."""
    root = places.project_root()
    lock = root / "requirements.lock"
    parts = {
        "notebook": digest_of_file(notebook.path),
        "parameters": parameters,
        "study": places.shown(inputs.study.folder),
        "inputs": inputs.digests,
        "library": library_digest(),
        "lock": digest_of_file(lock) if lock.is_file() else "",
        "versions": versions(),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def library_digest() -> str:
    """Return one digest of all modules of the library."""
    digest = hashlib.sha256()
    package = Path(__file__).resolve().parent
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()} {digest_of_file(path)}\n".encode())
    return digest.hexdigest()


def _intact(target: Path, outputs: dict[str, str]) -> bool:
    """Whether all outputs are there as they were written."""
    return bool(outputs) and all(
        (target / file).is_file() and digest_of_file(target / file) == digest for file, digest in outputs.items()
    )


def _carry_over(target: Path, staging: Path, outputs: Iterable[str]) -> None:
    """Take the outputs of a fresh notebook into the new build."""
    for file in outputs:
        (staging / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(target / file, staging / file)


def _run_record(inputs: _Inputs, began: dt.datetime, seconds: dict[str, float], jobs: int) -> dict[str, Any]:
    """Return what differs from build to build: times, machine, commit."""
    return {
        "began": began.isoformat(timespec="seconds"),
        "ended": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "jobs": jobs,
        "study": places.identity(inputs.study.folder),
        "machine": {"system": platform.system(), "architecture": platform.machine(), "cores": os.cpu_count()},
        "interpreter": sys.executable,
        "commit": _commit(),
    }


def _commit() -> str:
    """Return the commit of the checkout, marked where files differ from it; empty outside git."""
    git = shutil.which("git")
    if git is None:
        return ""
    root = places.project_root()
    try:
        found = subprocess.run(
            [git, "-C", str(root), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return found.stdout.strip()
