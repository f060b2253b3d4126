"""`lepanalysis verify`: a verdict for each thing that an article, or a study of one's own, asserts."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lepanalysis import places
from lepanalysis.cli_errors import spoken
from lepanalysis.faults import Fault, StudyFaultsError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.article_check import Comparison
    from lepanalysis.article_text import ArticleText
    from lepanalysis.study import Study
    from lepanalysis.verdicts import Verdict
    from lepanalysis.verdicts_accepted import Change

_WIDTH = 100
# Longer ids are rare, and would push everything to the right.
_LONGEST_ID = 14


@dataclass(frozen=True, eq=False)
class _Result:
    """All that a run of verify knows."""

    study: Study
    article: Article | None
    faults: list[Fault]
    verdicts: tuple[Verdict, ...]
    accepted: bool
    changes: list[Change]
    text: ArticleText | None
    # Files of the ledger that are not those that were attested.
    unattested: tuple[Path, ...] = ()
    # Whether the accepted verdicts have seals; without, a change by hand would pass.
    sealed: bool = True
    # Whose verdicts were accepted anew just now.
    accepted_anew: tuple[str, ...] = ()

    @property
    def contradicted(self) -> list[Verdict]:
        """What does not hold."""
        return [verdict for verdict in self.verdicts if verdict.verdict == "contradicted"]


@click.command()
@click.argument("study", type=click.Path(path_type=Path))
@click.option(
    "--article", "text", type=click.Path(path_type=Path), help="The article's text (plain text or PDF) to hold against."
)
@click.option("--accept", is_flag=True, help="Take the verdicts of now as accepted; needs --reason.")
@click.option("--reason", default="", help="Why they are accepted.")
@click.option("--changes", "only_changes", is_flag=True, help="Print, and fail on, differences from accepted alone.")
@click.option("--strict", is_flag=True, help="Fail also where no verdict was accepted yet.")
@click.option("--template", is_flag=True, help="Write a claims.yaml for a study that has none, from its themes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@spoken
def verify(
    *,
    study: Path,
    text: Path | None,
    accept: bool,
    reason: str,
    only_changes: bool,
    strict: bool,
    template: bool,
    as_json: bool,
) -> None:
    """Print a verdict for each thing that the ledger of STUDY asserts, and hold it against the accepted one."""
    if accept and not reason.strip():
        raise UsageError("--accept takes a --reason: a sentence that says why these verdicts are right")
    if reason and not accept:
        raise UsageError("--reason belongs to --accept")
    if template:
        _write_template(study)
        return
    result = _verified(study, text)
    if accept:
        _accept(result, reason, as_json=as_json)
        return
    if as_json:
        click.echo(_as_json(result))
    elif only_changes:
        _say_changes(result)
    else:
        _say(result)
    unaccepted = strict and not result.accepted
    wrong = bool(result.faults or result.changes or result.unattested or unaccepted or not result.sealed)
    sys.exit(1 if wrong or (result.contradicted and not only_changes) else 0)


def _verified(folder: Path, text: Path | None) -> _Result:
    """Read everything, with its faults, and work the verdicts out."""
    from lepanalysis.article import left_out_as_a_whole
    from lepanalysis.article_check import compare
    from lepanalysis.article_places import faults_of_places
    from lepanalysis.article_text import read_article_text
    from lepanalysis.attestation import attest, files_changed, read_attestation, write_attestation
    from lepanalysis.entries import entries_of
    from lepanalysis.exhibits import read_evidence
    from lepanalysis.verdicts import verdicts_of
    from lepanalysis.verdicts_accepted import changes, file_of, is_sealed, read_accepted

    study, article, faults = read_evidence(folder)
    if study is None:
        raise StudyFaultsError(faults)
    ledger = "" if article is None else str(article.folder)
    sound = all(ledger and fault.file.startswith(ledger) for fault in faults)
    attestation, comparisons, read = None, None, None
    of_attestation: list[Fault] = []
    if article is not None:
        attestation, of_attestation = read_attestation(article.folder)
        faults = [*faults, *left_out_as_a_whole(article)]
    if text is not None:
        if article is None:
            raise UsageError(f"{folder} names no ledger of an article, so there is nothing to hold {text} against")
        try:
            read = read_article_text(text, article)
        except StudyFaultsError as error:
            # The rest is verified all the same.
            faults = [*faults, *error.faults]
        else:
            entries = entries_of(article)
            comparisons = compare(entries, article, read)
            faults = [*faults, *_missing_sections(text, comparisons)]
            faults += faults_of_places(entries, article, read, comparisons)
            # A ledger at fault is not attested, nor is anything by half an article.
            attestation = attestation if faults else attest(read, entries, comparisons, article)
            if attestation is not None and not faults and write_attestation(article.folder, attestation):
                click.echo(f"{article.folder}: attested anew what equals the article's text", err=True)
                # What was wrong with the one before is gone with it.
                of_attestation = []
    faults = [*faults, *of_attestation]
    verdicts = verdicts_of(study, article, attestation=attestation, comparisons=comparisons, sound=sound)
    path = file_of(study, article)
    accepted, of_accepted = read_accepted(path, study.class_)
    differ = changes(verdicts, accepted, study.class_) if accepted is not None else []
    idle = _told_already(verdicts, accepted or {}, comparisons or (), article)
    differ = [change for change in differ if change.entry_id not in idle]
    # Which files changed means something where each of them can be read; what is attested is what lies there now.
    unattested: tuple[Path, ...] = ()
    if article is not None and not faults:
        attested, _ = read_attestation(article.folder)
        unattested = tuple(article.folder / name for name in files_changed(article, attested))
    return _Result(
        study,
        article,
        [*faults, *of_accepted],
        verdicts,
        accepted is not None,
        differ,
        read,
        unattested,
        accepted is None or is_sealed(path),
    )


def _told_already(
    verdicts: Sequence[Verdict],
    accepted: Mapping[str, Mapping[str, str]],
    comparisons: Sequence[Comparison],
    article: Article | None,
) -> set[str]:
    """Return the entries whose verdict is no news beside the faults: what is at fault could not be held against."""
    from lepanalysis.entries import TABLES
    from lepanalysis.verdicts import UNSOUND

    idle = {verdict.entry.id for verdict in verdicts if verdict.reason == UNSOUND}
    idle |= {item.entry_id for item in comparisons if not (item.equal or item.compared)}
    # That an entry is not there says nothing where its table, or its record, could not be read.
    kinds = {TABLES[name][0] for name in TABLES if article is not None and article.left_out.get(name)}
    there = {verdict.entry.id for verdict in verdicts}
    return idle | {name for name, row in accepted.items() if row["kind"] in kinds and name not in there}


def _missing_sections(path: Path, comparisons: Sequence[Comparison]) -> list[Fault]:
    """Return that the article's text lacks sections, where it does."""
    from lepanalysis.article_check import NO_SECTION

    lacking = [item.lacks for item in comparisons if item.lacks]
    if not lacking:
        return []
    problem = f"{NO_SECTION} {', '.join(dict.fromkeys(lacking))}; {len(lacking)} entries were not compared"
    return [Fault(str(path), 0, "", problem, "take the whole article")]


def _write_template(folder: Path) -> None:
    """Write a claims.yaml from the study's themes, where there is none."""
    from lepanalysis.own_claims import claims_template
    from lepanalysis.study import open_study

    path = folder / "claims.yaml"
    if path.exists():
        raise UsageError(f"{path} is there already, and is left as it is")
    text = claims_template(open_study(folder))
    places.write_whole(path, text.encode())
    click.echo(f"{path}: a claim for each theme, to be changed into what you claim", err=True)


def _accept(result: _Result, because: str, *, as_json: bool) -> None:
    """Write the verdicts of now as accepted."""
    from lepanalysis.verdicts_accepted import accept, file_of, not_sealing

    faults = not_sealing(result.faults)
    if faults:
        if as_json:
            click.echo(_as_json(result))
        raise StudyFaultsError(faults)
    path = file_of(result.study, result.article)
    changed = accept(path, result.verdicts, result.study.class_, because)
    click.echo(f"{path}: {len(changed)} of {len(result.verdicts)} verdicts accepted anew", err=True)
    if as_json:
        now = replace(result, faults=[], accepted=True, changes=[], sealed=True, accepted_anew=tuple(changed))
        click.echo(_as_json(now))


def _as_json(result: _Result) -> str:
    """Return a run as one JSON object."""
    return json.dumps(_as_record(result), ensure_ascii=False, indent=1, allow_nan=False)


def _as_record(result: _Result) -> dict[str, Any]:
    """Return a run as plain data."""
    from lepanalysis.verdicts import findings_of, summary_of

    return {
        "entries": [verdict.as_record() for verdict in result.verdicts],
        "findings": [
            {"kind": finding.kind, "text": finding.text, "where": finding.where}
            for finding in findings_of(result.article)
        ],
        "summary": {
            **summary_of(result.verdicts),
            "study": result.study.title,
            "class": result.study.class_,
            "accepted": result.accepted,
            "accepted_sealed": result.sealed,
            "accepted_anew": list(result.accepted_anew),
            "changes": [{"id": change.entry_id, "what": change.what} for change in result.changes],
            "files_changed": [file.name for file in result.unattested],
            "article": list(result.text.report) if result.text is not None else [],
        },
        "faults": [fault.as_record() for fault in result.faults],
    }


def _say(result: _Result) -> None:
    """Print a line for each entry, then what the audit found, slips before notes of style, and a summary."""
    from lepanalysis.verdicts import findings_of, is_style

    wide = min(_LONGEST_ID, max((len(verdict.entry.id) for verdict in result.verdicts), default=0))
    for verdict in result.verdicts:
        click.echo(line_of(verdict, wide))
    for sentence in result.text.report if result.text is not None else ():
        click.echo(f"article: {sentence}")
    findings = findings_of(result.article)
    for head, style in (("slips of print", False), ("notes of style", True)):
        found = [finding for finding in findings if is_style(finding) is style]
        if found:
            click.echo(f"{head} ({len(found)}):")
        for finding in found:
            click.echo(f"  {finding.kind}: {finding.text} ({finding.where})")
    _say_changes(result)


def line_of(verdict: Verdict, wide: int = 0) -> str:
    """Return a verdict in one line: id, section, what the entry says, verdict, reason and evidence."""
    entry = verdict.entry
    said = " ".join(entry.statement.split())
    said = said if len(said) <= _WIDTH else f"{said[: _WIDTH - 1].rstrip()}\u2026"
    measured = [] if verdict.value is None or not verdict.test else [f"{verdict.value:.4g}"]
    if verdict.low is not None and verdict.high is not None:
        measured.append(f"[{verdict.low:.4g}, {verdict.high:.4g}]")
    why = "; ".join(" ".join(part.split()) for part in (*measured, verdict.reason, verdict.evidence) if part)
    return f"{entry.id:<{wide}}  {entry.section or '-'}  {said}: {verdict.verdict.upper()}{f' ({why})' if why else ''}"


def _say_changes(result: _Result) -> None:
    """Print faults, differences from the accepted verdicts, and the summary."""
    from lepanalysis.verdicts import summary_of
    from lepanalysis.verdicts_accepted import UNSEALED, file_of

    for fault in result.faults:
        click.echo(str(fault), err=True)
    path = file_of(result.study, result.article)
    for change in result.changes:
        click.echo(f"{path}: {change}", err=True)
    for file in result.unattested:
        remedy = "hold the ledger against the article anew: lepanalysis verify STUDY --article FILE"
        click.echo(f"{file}: changed since it was attested; {remedy}", err=True)
    if not result.verdicts and result.faults:
        return
    if not result.verdicts:
        click.echo(
            f"{places.shown(result.study.folder)}: no ledger and no claims.yaml, so nothing is asserted; "
            "`lepanalysis verify STUDY --template` writes a claims.yaml from its themes"
        )
        return
    counts = summary_of(result.verdicts)
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts["verdicts"].items())
    click.echo(f"{counts['entries']} {'entry' if counts['entries'] == 1 else 'entries'}: {told}")
    if not result.sealed:
        click.echo(f"{path}: {UNSEALED}; `lepanalysis verify STUDY --accept --reason TEXT` seals them", err=True)
    if not result.accepted:
        click.echo(f"no verdicts over this study are accepted in {path}; --accept --reason takes these", err=True)
    elif result.changes:
        click.echo(
            f"{len(result.changes)} differ from those accepted; where they are right, `lepanalysis verify STUDY "
            "--accept --reason TEXT` takes them",
            err=True,
        )
