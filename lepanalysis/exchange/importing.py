"""Any study in: a file is read by its kind, held against the study's rules, and put into its folder with a report."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import with_class
from lepanalysis.exchange.draft import Draft, write_draft
from lepanalysis.exchange.folder import IMPORT, refuse_taken
from lepanalysis.exchange.kinds import TABLES, kind_of
from lepanalysis.exchange.placeholder import with_placeholder
from lepanalysis.exchange.storable import storable
from lepanalysis.faults import LepanalysisError, StudyFaultsError, UsageError
from lepanalysis.schema import STUDY_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lepanalysis.exchange.losses import LossReport

# The name under which pseudonymise.py hands over its key; it never lies in the study's folder.
KEY = "key.csv"
# So many faults of a study that was not written are shown.
_FAULTS = 20
_STATED = ("title", "licence")


def import_study(
    source: Path, target: Path, *, kind: str | None = None, options: Mapping[str, Any] | None = None
) -> LossReport:
    """Read a project of another program into a study's folder.

    Parameters
    ----------
    source : Path
    target : Path
        The folder of the study. It must not hold one, unless ``options["replace"]`` says so.
    kind : str, optional
        What the source is; told by its content when absent.
    options : mapping, optional
        ``title``, ``class``, ``licence``: what study.yaml is to say; ``offsets``: how offsets are to be read;
        ``mapping``: a file that says what the columns of a table are; ``pseudonymise``: whether names are to be
        replaced, with ``names``: a file that lists them, and ``key``: where the key is to be kept; ``replace``.

    Returns
    -------
    LossReport
        As it lies in the study's folder, in ``import/report.txt`` and ``import/report.json``.

    Raises
    ------
    LepanalysisError
        With a sentence; then nothing is left behind, and a study that was there is as it was.
    """
    options = {name: value for name, value in (options or {}).items() if value is not None}
    if options.get("class", "restricted") not in STUDY_CLASSES:
        raise UsageError(f"--class {options['class']} is not known; say {', '.join(STUDY_CLASSES)}")
    refuse_taken(Path(target).resolve(), may_replace=bool(options.get("replace")))
    found = kind_of(Path(source), kind, prefer=TABLES if options.get("mapping") else ())
    options["kind"] = found.name
    try:
        draft, report = loaded(found.reader, found.words)(Path(source), options)
    except RecursionError:
        raise LepanalysisError(f"{Path(source).name} is refused: what is in it is nested too deeply") from None
    draft = _with_what_was_stated(draft, options, Path(source), found.words)
    key, name = "", Path(source).name
    draft, sentence, part = with_class(draft, name, str(options.get("class") or ""))
    # It comes first: nothing else that a report says weighs as much.
    report = dataclasses.replace(report, notes=(sentence, *report.notes))
    report = report.with_part(part) if part else report
    if options.get("pseudonymise"):
        draft, part = loaded("pseudonymise:apply", "pseudonymisation")(draft, options)
        key = dict(part.files).get(KEY, "")
        # A file may have a person's name, and so may what a reader gives as an example.
        report = loaded("pseudonymise:cleared", "pseudonymisation")(report, part).with_part(part)
        name = report.source
    elif options.get("names") or options.get("key"):
        raise UsageError("--names and --key go with --pseudonymise")
    draft, mended = storable(draft, name)
    report = report.with_part(mended) if mended else report
    if not draft.messages:
        draft, report = _with_codes_alone(draft, report)
    _refuse_miscounted(report, draft)
    where = _place_of_key(Path(target), options) if key else None
    if where is not None:
        report = report.with_notes("The key to the code names lies outside the study; keep it apart.")
    report = report.with_result(draft.counts())
    with _kept_on_success(where, key), _named(Path(source)):
        write_draft(draft, Path(target), replace=bool(options.get("replace")), extra=_files_of(report))
    return report


def loaded(place: str, words: str) -> Callable[..., Any]:
    """Return a reader or a writer, imported now.

    Parameters
    ----------
    place : str
        ``module:function`` inside this package.
    words : str
        What it is for.

    Raises
    ------
    LepanalysisError
        When this version has none.
    """
    module, _, function = place.partition(":")
    name = f"lepanalysis.exchange.{module}"
    try:
        return getattr(importlib.import_module(name), function)
    except ModuleNotFoundError as error:
        if error.name == name:
            raise LepanalysisError(f"this version has nothing for this yet: {words}") from None
        raise LepanalysisError(f"{words}: the package {error.name} is missing; run make to install it") from None
    except AttributeError:
        raise LepanalysisError(f"this version has nothing for this yet: {words}") from None


def _with_what_was_stated(draft: Draft, options: Mapping[str, Any], source: Path, words: str) -> Draft:
    """Return a draft whose study.yaml says what the user stated, and what nobody stated in careful words."""
    study = {name: value for name, value in draft.study.items() if value not in (None, "")}
    study.update({name: str(options[name]) for name in _STATED if options.get(name)})
    study.setdefault("title", source.stem.replace("_", " ").strip() or "Untitled")
    study.setdefault("source", f"{source.name} ({words})")
    study.setdefault("licence", "not stated")
    return dataclasses.replace(draft, study=study)


def _with_codes_alone(draft: Draft, report: LossReport) -> tuple[Draft, LossReport]:
    """Return a draft of which no message is left with a sentence in their place, or refuse one without codes too."""
    if not draft.codes:
        raise LepanalysisError(
            f"{report.source} holds no text that could be a message; what was read:\n{report.as_text()}"
        )
    note = "No text is left that could be a message: the study has one that says so. Put yours in its place."
    return with_placeholder(draft, "file without texts"), report.with_notes(note)


def _refuse_miscounted(report: LossReport, draft: Draft) -> None:
    """Refuse a result that holds less than the report says was kept: an error of this package."""
    counts = draft.counts()
    for tally in report.tallies:
        dropped = sum(part.tally(tally.kind).dropped for part in report.parts)
        kept = tally.kept + tally.changed - dropped
        if counts.get(tally.kind, kept) < kept:
            message = f"{tally.kind}: the report says {kept} were kept, the result holds {counts[tally.kind]}"
            raise AssertionError(message)


def _files_of(report: LossReport) -> dict[str, bytes]:
    """Return what lies in the study's folder beside its own files."""
    files = {"report.txt": report.as_text(), "report.json": _json(report)}
    for one in (report, *report.parts):
        files |= {Path(name).name: text for name, text in one.files if name != KEY}
    return {f"{IMPORT}/{name}": text.encode("utf-8", "replace") for name, text in files.items()}


def _json(report: LossReport) -> str:
    return json.dumps(report.as_record(), ensure_ascii=False, indent=1) + "\n"


def _place_of_key(target: Path, options: Mapping[str, Any]) -> Path:
    """Return where the key is kept: outside the study, in no place that is taken."""
    target = target.resolve()
    where = Path(options["key"]) if options.get("key") else target.parent / f"{target.name}.key.csv"
    if where.resolve().is_relative_to(target):
        raise UsageError(f"--key {where} lies in the study's folder; the key has to be kept outside it")
    if where.exists() or where.is_symlink():
        raise UsageError(f"{where} is there already; name another file with --key, or move it away")
    if not where.parent.is_dir():
        raise UsageError(f"there is no folder {where.parent} for the key")
    return where


@contextlib.contextmanager
def _named(source: Path) -> Iterator[None]:
    """Say of faults that they are of what was read, and no more of them than somebody reads."""
    try:
        yield
    except StudyFaultsError as error:
        lines = [str(fault) for fault in error.faults[:_FAULTS]]
        if len(error.faults) > _FAULTS:
            lines.append(f"… and {len(error.faults) - _FAULTS:,} more")
        head = f"what was read of {source.name} makes no sound study, so none was written:"
        error.args = ("\n".join([head, *lines]),)
        raise


@contextlib.contextmanager
def _kept_on_success(where: Path | None, text: str) -> Iterator[None]:
    """Write the key before the study, so that no study is without it, and take it back when the study fails."""
    if where is None:
        yield
        return
    # For its owner only, from the first byte.
    handle = os.open(where, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8"))
        yield
    except BaseException:
        where.unlink(missing_ok=True)
        raise
