"""`lepanalysis citations`: the citations of any text against its reference list, both ways."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lepanalysis.cli_errors import spoken
from lepanalysis.faults import Fault, StudyFaultsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.citation_audit import Finding
    from lepanalysis.citing import Citation
    from lepanalysis.citing_entries import Reference

# A book has some three million characters.
LARGEST = 50 * 1024 * 1024


@click.command()
@click.argument("text", type=click.Path(path_type=Path))
@click.option(
    "--references",
    "listed",
    type=click.Path(path_type=Path),
    help="The reference list: CSL-JSON (.json) or plain text. Default: what TEXT has behind its heading References.",
)
@click.option("--order", is_flag=True, help="Report entries out of alphabetical order, too.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@spoken
def citations(*, text: Path, listed: Path | None, order: bool, as_json: bool) -> None:
    """Hold the author-year citations of TEXT (plain text) against its reference list, both ways."""
    from lepanalysis.citation_audit import audit

    cited, works = _read(text, listed)
    findings = audit(cited, works, order=order)
    if as_json:
        record = _as_record(text, listed, cited, works, findings)
        click.echo(json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        for finding in findings:
            click.echo(_plain(f"{finding.where}: {finding.kind}: {finding.text}"))
        click.echo(_summary(cited, works, findings), err=True)
    sys.exit(1 if findings else 0)


def _read(text: Path, listed: Path | None) -> tuple[tuple[Citation, ...], tuple[Reference, ...]]:
    """Return the citations of a text and the works of its list, each with file, line and column.

    Raises
    ------
    StudyFaultsError
        A file that cannot be read or is no text, a list that is no CSL-JSON, a text without a list.
    """
    from lepanalysis.citing import citations_in
    from lepanalysis.citing_entries import from_csl
    from lepanalysis.citing_lists import body_and_list, references_in

    faults: list[Fault] = []
    written = _text_of(text, faults)
    source = listed or text
    given = _text_of(source, faults) if listed else ""
    works: tuple[Reference, ...] = ()
    body, behind = body_and_list(written)
    if listed and listed.suffix.casefold() == ".json":
        works = from_csl(_records(given, str(source), faults)) if not faults else ()
    elif not faults:
        works = references_in(given if listed else behind)
    if not works and not faults:
        problem = (
            "no entry of a reference list in it" if listed else "no heading such as References with entries behind"
        )
        remedy = "give a file with --references, as plain text or CSL-JSON"
        faults.append(Fault(str(source), 0, "", problem, remedy))
    if faults:
        raise StudyFaultsError(faults)
    found = citations_in(body, works)
    return (
        tuple(replace(citation, where=f"{text}:{citation.where}") for citation in found),
        tuple(replace(work, where=f"{source}{':' if work.where[0].isdigit() else ', '}{work.where}") for work in works),
    )


def _text_of(path: Path, faults: list[Fault]) -> str:
    """Return the text of a file; what is wrong with it is added to the faults."""
    from lepanalysis.tables import read_utf8

    if not path.is_file():
        problem = "it is a folder" if path.is_dir() else "there is no such file"
        faults.append(Fault(str(path), 0, "", problem, "name a plain text file"))
        return ""
    if path.stat().st_size > LARGEST:
        faults.append(Fault(str(path), 0, "", "the file is larger than 50 MB", "give the text without its pictures"))
        return ""
    text, wrong = read_utf8(path, str(path))
    # Line ends and a mark at the beginning are another program's habit, not a fault of somebody's manuscript.
    faults += [] if text else wrong
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _records(text: str, shown: str, faults: list[Fault]) -> list[dict[str, Any]]:
    """Return the records of a CSL-JSON file; what is wrong with it is added to the faults."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        faults.append(Fault(shown, line, "", f"not JSON here ({error})", "export the list as CSL-JSON"))
        return []
    records = value.get("items") if isinstance(value, dict) else value
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        faults.append(Fault(shown, 1, "", "not a list of works", "export the list as CSL-JSON"))
        return []
    return records


def _as_record(
    text: Path,
    listed: Path | None,
    cited: Sequence[Citation],
    works: Sequence[Reference],
    findings: Sequence[Finding],
) -> dict[str, Any]:
    """Return what was found as a plain record for JSON."""
    return {
        "text": str(text),
        "references": str(listed or text),
        "counts": {"citations": len(cited), "references": len(works), "findings": _counted(findings)},
        "findings": [{"kind": one.kind, "text": one.text, "where": one.where} for one in findings],
    }


def _counted(findings: Sequence[Finding]) -> dict[str, int]:
    """Return how many findings there are of each kind."""
    return dict(Counter(finding.kind for finding in findings))


def _summary(cited: Sequence[Citation], works: Sequence[Reference], findings: Sequence[Finding]) -> str:
    """Return in a sentence what was compared and found."""
    counts = ", ".join(f"{count} {kind}" for kind, count in _counted(findings).items())
    return f"{len(cited)} citations, {len(works)} works listed: {counts or 'nothing to report'}"


def _plain(line: str) -> str:
    """Return a line without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line)
