"""The commands that bring studies of other programs in, and take studies out."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lepanalysis.cli_errors import spoken
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from lepanalysis.exchange.losses import LossReport

# The printed report is short; the whole of it lies beside the result.
_SHOWN = 20
_PATH = click.Path(path_type=Path)


@click.command("import")
@click.argument("source", type=_PATH)
@click.argument("study", type=_PATH)
@click.option("--kind", metavar="KIND", help="What SOURCE is. Default: told by what is in it.")
@click.option("--offsets", metavar="SPEC", help="How offsets count, such as utf16,crlf=2,end=exclusive.")
@click.option("--class", "class_", metavar="CLASS", help="Class of the records. Default: restricted.")
@click.option("--title", help="Title of the study.")
@click.option("--licence", help="The terms under which the messages may be used.")
@click.option("--mapping", type=_PATH, help="A file that says what the columns of a table are.")
@click.option("--project", metavar="NAME", help="Which project of a Taguette database that holds several.")
@click.option("--flat", is_flag=True, help="Dots in the paths of Taguette's tags nest nothing.")
@click.option("--documents", type=_PATH, help="A folder with the documents of a Taguette CSV file.")
@click.option("--codebook", type=_PATH, help="The codebook that goes with a Taguette CSV file.")
@click.option("--pseudonymise", is_flag=True, help="Give people code names, in the text too.")
@click.option("--names", type=_PATH, help="With --pseudonymise: a list of names to replace in the text.")
@click.option("--key", type=_PATH, help="With --pseudonymise: where the key is kept, outside STUDY.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Another option of the reader (docs).")
@click.option("--replace", is_flag=True, help="Take the place of a study that is in STUDY.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as one JSON object.")
@spoken
def import_(
    *,
    source: Path,
    study: Path,
    kind: str | None,
    as_json: bool,
    class_: str | None,
    settings: tuple[str, ...],
    **options: Any,  # noqa: ANN401 - options of the reader
) -> None:
    """Make a study in folder STUDY of SOURCE, a project, table or forum export of another program."""
    from lepanalysis.exchange.importing import import_study

    _tidy_when_ended()
    given = {**_settings(settings), **{name: value for name, value in options.items() if value not in (None, False)}}
    if class_ is not None:
        given["class"] = class_
    _say(import_study(source, study, kind=kind, options=given), study / "import" / "report.txt", as_json=as_json)


@click.command()
@click.argument("study", type=_PATH)
@click.argument("target", type=_PATH)
@click.option("--kind", metavar="KIND", help="What to write. Default: by the ending of TARGET.")
@click.option("--coder", multiple=True, metavar="ID", help="Only this coder's work (may be repeated).")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Another option of the writer (docs).")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as one JSON object.")
@spoken
def export(
    *, study: Path, target: Path, kind: str | None, as_json: bool, coder: tuple[str, ...], settings: tuple[str, ...]
) -> None:
    """Write the study in folder STUDY to TARGET for another program."""
    from lepanalysis.exchange.exporting import export_study

    _tidy_when_ended()
    report = export_study(study, target, kind=kind, options={**_settings(settings), "coder": coder})
    _say(report, target.with_name(f"{target.name}.report.txt"), as_json=as_json)


def _settings(given: tuple[str, ...]) -> dict[str, str]:
    """Return further options by name."""
    found = {}
    for setting in given:
        name, sign, value = setting.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"--set {setting} is no option; write NAME=VALUE, such as --set quoted=drop")
        found[name.strip().replace("-", "_")] = value
    return found


def _tidy_when_ended() -> None:
    """Give whoever ends the command from outside the same tidying up as Ctrl-C."""
    for name in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, signal.default_int_handler)


def _say(report: LossReport, where: Path, *, as_json: bool) -> None:
    """Print a report, whole as JSON or its first lines for people."""
    if as_json:
        click.echo(json.dumps(report.as_record(), ensure_ascii=False, indent=1))
        return
    lines = report.as_text().rstrip("\n").split("\n")
    for line in lines[:_SHOWN] if len(lines) > _SHOWN + 1 else lines:
        click.echo(line)
    more = f"{len(lines) - _SHOWN} more lines and the same as JSON" if len(lines) > _SHOWN + 1 else "The report"
    click.echo(f"{more}: {where}" if more == "The report" else f"… {more}: {where}")
