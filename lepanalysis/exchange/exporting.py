"""Any study out: written by the kind of the target, whole or not at all, with a report beside it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepanalysis import places
from lepanalysis.exchange.draft import draft_of, plain
from lepanalysis.exchange.folder import files_of
from lepanalysis.exchange.importing import loaded
from lepanalysis.exchange.kinds import kind_to_write
from lepanalysis.exchange.selection import of_coders
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.study import Study, open_study

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.exchange.losses import LossReport


def export_study(
    study: Study | Path, target: Path, *, kind: str | None = None, options: Mapping[str, Any] | None = None
) -> LossReport:
    """Write a study for another program.

    Parameters
    ----------
    study : Study or Path
    target : Path
        A new file or folder, or an earlier export, which is replaced.
    kind : str, optional
        What to write; by the ending of the target's name when absent.
    options : mapping, optional
        ``coder``: ids of the coders whose work is to be written, all when absent; what else a writer knows.

    Returns
    -------
    LossReport
        As it lies beside the target, in ``<target>.report.txt`` and ``<target>.report.json``.

    Raises
    ------
    LepanalysisError
        With a sentence; then nothing was written, and an earlier export is as it was.
    """
    opened = study if isinstance(study, Study) else open_study(study)
    target = Path(target)
    found = kind_to_write(target, kind)
    _refuse_taken(target, opened)
    chosen = {name: value for name, value in (options or {}).items() if value is not None}
    coders = tuple(chosen.pop("coder", ()))
    writer = loaded(found.writer, found.words)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.new-", dir=target.resolve().parent) as folder:
            aside = Path(folder)
            opened, part = _selected(opened, coders, aside)
            made = aside / target.name
            report = writer(opened, made, {**chosen, "kind": found.name})
            report = report.with_part(part) if part else report
            if opened.class_ != "open":
                report = report.with_notes(f"The study is of class {opened.class_}, and so is what was written.")
            _exchange(made, target, aside)
            for ending, text in (("txt", report.as_text()), ("json", _json(report))):
                places.write_whole(target.with_name(f"{target.name}.report.{ending}"), text.encode("utf-8", "replace"))
    except OSError as error:
        raise LepanalysisError(f"{target} cannot be written ({error.strerror or error})") from None
    return report


def _json(report: LossReport) -> str:
    return json.dumps(report.as_record(), ensure_ascii=False, indent=1) + "\n"


def _refuse_taken(target: Path, study: Study) -> None:
    """Refuse a target that is anything but new or an earlier export."""
    if not target.resolve().parent.is_dir():
        raise UsageError(f"there is no folder {target.parent} to write to")
    if target.resolve().is_relative_to(study.folder.resolve()):
        raise UsageError(f"{target} lies in the study's folder; write somewhere else")
    there = target.exists() or target.is_symlink()
    if there and (target.is_symlink() or not target.with_name(f"{target.name}.report.json").is_file()):
        raise UsageError(f"{target} is there already and is no earlier export; name another, or move it away")


def _selected(study: Study, coders: Sequence[str], aside: Path) -> tuple[Study, LossReport | None]:
    """Return the study with the work of some coders only, and what that left out."""
    if not coders:
        return study, None
    known = [coder.id for coder in study.coders]
    for coder in coders:
        if coder not in known:
            raise UsageError(f"--coder {coder}: the study's coders are {', '.join(known) or 'none'}")
    draft, part = of_coders(draft_of(study), coders, study.folder.name)
    # Not as an import is: what is published in it is held against a ledger that lies beside the whole study.
    (aside / "study").mkdir()
    for name, data in files_of(plain(draft)).items():
        (aside / "study" / name).write_bytes(data)
    return open_study(aside / "study"), part


def _exchange(made: Path, target: Path, aside: Path) -> None:
    """Put what was written in the place of an earlier export, which is removed last."""
    old = aside / "old"
    if target.exists():
        target.replace(old)
    try:
        made.replace(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.replace(target)
        raise
