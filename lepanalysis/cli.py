"""The commands: exit status 0 all well, 1 the data or a check is at fault, 2 wrong usage."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from lepanalysis import __version__
from lepanalysis.cli_citations import citations
from lepanalysis.cli_errors import spoken
from lepanalysis.cli_exchange import export, import_
from lepanalysis.cli_verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_STUDY = "data/standin"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """From coded text to a paper in which everything can be re-made and checked."""


main.add_command(citations)
main.add_command(import_)
main.add_command(export)
main.add_command(verify)


@main.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@spoken
def check(*, study: Path, as_json: bool) -> None:
    """Say everything that is wrong with the study in folder STUDY, at once."""
    from lepanalysis.exhibits import read_evidence

    opened, _, faults = read_evidence(study)
    if as_json:
        counts = {name: len(table) for name, table in opened.tables.items()} if opened else {}
        record = {"study": str(study), "records": counts, "faults": [fault.as_record() for fault in faults]}
        click.echo(json.dumps(record, ensure_ascii=False, indent=1))
    else:
        for fault in faults:
            click.echo(str(fault))
        if opened is not None and not faults:
            counts_ = ", ".join(f"{len(table)} {name.replace('_', ' ')}" for name, table in opened.tables.items())
            click.echo(f"{study}: no faults in {counts_}")
        else:
            count = len(faults)
            click.echo(f"{count} fault{'s' if count != 1 else ''} in {study}", err=True)
    sys.exit(1 if faults else 0)


@main.command()
@click.argument("study", type=click.Path(path_type=Path), required=False)
@click.option("--out", type=click.Path(path_type=Path), help="Where to write. Default: build/<study>.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Notebooks side by side.")
@click.option("--force", is_flag=True, help="Run everything, stale or not.")
@click.option("--only", multiple=True, metavar="NAME", help="Run this notebook alone (may be repeated).")
@click.option(
    "--parameter",
    "-p",
    "parameters",
    multiple=True,
    metavar="[NOTEBOOK:]NAME=VALUE",
    help="Set a parameter of the notebooks (may be repeated).",
)
@spoken
def build(
    *,
    study: Path | None,
    out: Path | None,
    jobs: int,
    force: bool,
    only: Sequence[str],
    parameters: Sequence[str],
) -> None:
    """Run what is stale in STUDY (default: the stand-in) and put the paper together."""
    from lepanalysis import build as builder
    from lepanalysis import places

    folder = study or places.project_root() / DEFAULT_STUDY
    # Whoever ends the build from outside gets the same tidying up as Ctrl-C.
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.default_int_handler)
    started = time.monotonic()
    with _Watched() as progress:
        result = builder.build(folder, out, jobs=jobs, force=force, only=only, parameters=parameters, progress=progress)
    ran = f"{len(result.ran)} notebooks run, {len(result.fresh)} were up to date"
    if result.kept:
        ran += f", {len(result.kept)} are stale and were kept"
    if result.skipped:
        ran += f", {len(result.skipped)} left out"
    click.echo(f"{ran}; {time.monotonic() - started:.0f} s.")
    classes = ", ".join(f"{count} {name}" for name, count in result.classes.items())
    click.echo(f"Exhibits by class: {classes or 'none'}.")
    if result.paper:
        click.echo("The paper:")
        for path in result.paper:
            click.echo(f"  {_near(path)}")
    else:
        click.echo(
            "The paper was not put together anew, since not all notebooks are up to date; one that is there is older."
        )


@main.command()
@click.option("--out", type=click.Path(path_type=Path), help="The build to compare. Default: build/standin.")
@click.option("--accept", is_flag=True, help="Take what the build made into figures/, tables/ and the documents.")
@spoken
def compare(*, out: Path | None, accept: bool) -> None:
    """Compare the stand-in's exhibits and documents as built with those committed."""
    from lepanalysis import committed, places

    root = places.project_root()
    built = out or root / "build" / Path(DEFAULT_STUDY).name
    committed.refuse_other(built, DEFAULT_STUDY)
    if accept:
        changed = committed.accept(built, root)
        for file in changed:
            click.echo(f"  {file}")
        count = "1 file" if len(changed) == 1 else f"{len(changed)} files"
        click.echo(f"{count} of figures/, tables/ and the documents changed; look at them and commit them.")
        return
    found = committed.differences(built, root)
    if not found:
        click.echo("The exhibits and the documents are as committed.")
        return
    for difference in found:
        click.echo(f"  {difference}", err=True)
    count = "1 file differs" if len(found) == 1 else f"{len(found)} files differ"
    click.echo(f"{count} from what is committed. If they should, take them with make accept.", err=True)
    sys.exit(1)


@main.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "--unit",
    type=click.Choice(["message", "segment", "character", "thread", "participant"]),
    default="message",
    show_default=True,
    help="What is judged to have a code or not.",
)
@click.option(
    "--universe",
    type=click.Choice(["all", "coded"]),
    default="all",
    show_default=True,
    help="All units that two coders read, or only those that one of them coded.",
)
@click.option(
    "--interval",
    "method",
    type=click.Choice(["bootstrap", "analytic", "none"]),
    default="bootstrap",
    show_default=True,
    help="How intervals are made.",
)
@click.option(
    "--cluster",
    type=click.Choice(["unit", "message", "thread", "participant"]),
    help="What is drawn as a whole. Default: the unit; for segments and characters the message.",
)
@click.option("--level", type=float, default=0.95, show_default=True, help="Level of the intervals.")
@click.option("--replicates", type=int, default=2000, show_default=True, help="Draws of the bootstrap.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the draws.")
@click.option("--show", type=click.IntRange(0), default=30, show_default=True, help="Disagreements shown; 0: all.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with all disagreements.")
@spoken
def agree(*, study: Path, as_json: bool, show: int, cluster: str | None, **options: Any) -> None:  # noqa: ANN401
    """Say how far the coders of STUDY agree before any discussion, and where they do not."""
    from lepanalysis import agreement_report
    from lepanalysis.agreement_intervals import Settings
    from lepanalysis.study import open_study

    settings = Settings(cluster=cluster or "", **options)
    opened = open_study(study)
    record = agreement_report.report(opened, settings)
    if as_json:
        # On one line: indented, a million disagreements take json half a minute.
        click.echo(json.dumps(record, ensure_ascii=False, allow_nan=False))
    else:
        click.echo(agreement_report.as_text(opened, record, show))


@main.command()
@click.argument("exhibit")
@click.option("--out", type=click.Path(path_type=Path), help="The build to look in. Default: build/standin.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@spoken
def why(exhibit: str, out: Path | None, *, as_json: bool) -> None:
    """Say what EXHIBIT of a build was made from, or what there is to say of an entry of its ledger.

    EXHIBIT is an id (fig-timeline, n-messages, q-21), a file (figures/fig-timeline.svg) or what the paper calls it
    ("Table 3"); or the id of an entry (C13, c001).
    """
    from lepanalysis import chain, places

    found = chain.chain_of(exhibit, out or places.project_root() / "build" / Path(DEFAULT_STUDY).name)
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else chain.as_text(found))


def _near(path: Path) -> str:
    """Return a path from the working directory where it lies below it."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


class _Watched:
    """Progress for people: a bar in a terminal, plain lines elsewhere."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bar: Any = None
        self._started = time.monotonic()
        self._terminal = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.render_finish()

    def plan(self, stale: dict[str, int], fresh: Sequence[str], skipped: dict[str, str]) -> None:
        """Say what will be done, and open the bar."""
        for name, reason in skipped.items():
            click.echo(f"{name}: left out, {reason}", err=True)
        if fresh:
            click.echo(f"up to date: {', '.join(fresh)}", err=True)
        if stale and self._terminal:
            self._bar = click.progressbar(
                length=sum(stale.values()),
                file=sys.stderr,
                show_eta=False,
                show_percent=True,
                item_show_func=lambda item: item or "",
            )
            self._bar.render_progress()
        elif stale:
            click.echo(f"running: {', '.join(stale)}", err=True)

    def cell(self, notebook: str, number: int) -> None:
        """Move the bar by one cell."""
        with self._lock:
            if self._bar is not None:
                self._bar.update(1, f"{notebook}, cell {number + 1}, {time.monotonic() - self._started:.0f} s")

    def done(self, notebook: str, seconds: float) -> None:
        """Say that a notebook has run."""
        with self._lock:
            if self._bar is None:
                click.echo(f"{notebook}: {seconds:.1f} s", err=True)

    def say(self, sentence: str) -> None:
        """Say anything else."""
        with self._lock:
            if self._bar is not None:
                self._bar.render_finish()
                self._bar = None
            click.echo(sentence, err=True)
