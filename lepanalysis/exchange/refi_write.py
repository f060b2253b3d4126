"""REFI-QDA projects (.qdpx) and codebooks (.qdc) out: valid by the schema, the same bytes every time."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange import refi_elements as elements
from lepanalysis.exchange.draft import coding_id, draft_of
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.refi_names import Names, names_of
from lepanalysis.exchange.refi_rest import NOTE, UNSAID, Guids, is_date_time, rest_of, text_of, writable
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from lepanalysis.exchange.draft import Draft
    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.study import Study

_PIECE = 1 << 20
# The first moment that a ZIP archive can name: two exports are the same bytes.
_WHEN = (1980, 1, 1, 0, 0, 0)
_BOM = "\ufeff"
_IN_NOTE = "REFI-QDA has no place for it; it is in a note that lepanalysis reads back and other programs only show"
_NOT_WRITABLE = "characters that XML cannot hold became U+FFFD"


def write_qdpx(study: Study, target: Path, options: Mapping[str, Any]) -> LossReport:
    """Write a study as a project.

    Parameters
    ----------
    study : Study
    target : Path
    options : mapping
        ``unique_names``: whether codes of equal names get what tells them apart; they do when absent.

    Returns
    -------
    LossReport
    """
    draft = draft_of(study)
    names = names_of(draft, unique=bool(options.get("unique_names", True)))
    guids = Guids(draft.external_ids)
    rest = rest_of(draft, names.changed(draft), [(code, one) for code, found in names.values.items() for one in found])
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "project.qde", elements.project(draft, names, guids))
        for row in draft.messages:
            text = row["text"]
            # A text that begins with U+FEFF gets a byte order mark before it, which readers take away again.
            pieces = [_BOM, text] if text.startswith(_BOM) else [text]
            _put(archive, f"sources/{elements.file_of(guids.of('message', row['message_id']))}", pieces)
        _put(archive, f"sources/{elements.file_of(NOTE)}", [text_of(rest)])
    return _report(draft, names, guids, study.folder.name)


def _put(archive: zipfile.ZipFile, name: str, pieces: Iterable[str]) -> None:
    """Write a member piece by piece."""
    info = zipfile.ZipInfo(name, _WHEN)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = 3
    info.external_attr = 0o644 << 16
    with archive.open(info, "w") as member:
        waiting: list[str] = []
        size = 0
        for piece in pieces:
            waiting.append(piece)
            size += len(piece)
            if size >= _PIECE:
                member.write("".join(waiting).encode("utf-8"))
                waiting, size = [], 0
        member.write("".join(waiting).encode("utf-8"))


def _report(draft: Draft, names: Names, guids: Guids, source: str) -> LossReport:
    """Return what became of each record: what has no element of its own, and what is not carried at all."""
    ledger = Ledger(source, "REFI-QDA project")
    for kind, count in draft.counts().items():
        if count:
            ledger.came(kind, count)
    _tables(draft, guids, ledger)
    _settings(draft, ledger)
    _codes(draft, names, ledger)
    _themes(draft, names, ledger)
    _characters(draft, ledger)
    for kind, rows, cell in (("memos", draft.memos, "at"), ("codings", draft.codings, "created_at")):
        for row in rows:
            if row.get("kind") or (row.get(cell) and not is_date_time(row[cell])):
                key = row["memo_id"] if kind == "memos" else coding_id(row)
                ledger.changed(kind, key, f"its kind, or a date without a time: {_IN_NOTE}")
    ledger.note("Offsets count code points, the end is exclusive, line ends are LF, and no file has a byte order mark.")
    ledger.note("The column quote of codings.csv is made anew on import, from the words of each segment.")
    if draft.codings and not all("coding_id" in row for row in draft.codings):
        ledger.note("Codings come back in the order of the messages.")
    return ledger.report()


def _tables(draft: Draft, guids: Guids, ledger: Ledger) -> None:
    """Account for tables that travel in the note, and for the classes of records."""
    tables = (
        ("messages", draft.messages, ("message_id",)),
        ("participants", draft.participants, ("participant_id",)),
        ("threads", draft.threads, ("thread_id",)),
        ("assignments", draft.assignments, ("coder", "message_id")),
        ("decisions", draft.decisions, ("decision_id",)),
        ("quotations", draft.quotations, ("quotation_id",)),
    )
    for kind, rows, names in tables:
        for row in rows:
            key = tuple(row[name] for name in names)
            if kind not in {"messages", "participants"}:
                ledger.changed(kind, key, _IN_NOTE)
            if "class" in row or "context_class" in row:
                ledger.changed(kind, key, "its own class is left out: the one that binds most in it is written")
    for place, row in enumerate(draft.external_ids):
        if guids.of(row["kind"], row["id"]) != row["external_id"]:
            ledger.changed("external ids", (row["kind"], row["id"], place + 1), _IN_NOTE)


def _settings(draft: Draft, ledger: Ledger) -> None:
    """Account for study.yaml."""
    ledger.came("settings", len(draft.study))
    for name in draft.study:
        if name in {"ledger", "template"}:
            ledger.dropped("settings", name, "it names a file that lies beside the study's folder")
        elif name == "class" or name not in UNSAID:
            ledger.changed("settings", name, _IN_NOTE)
    if draft.claims:
        ledger.came("claims.yaml")
        if "ledger" in draft.study:
            ledger.dropped("claims.yaml", "claims.yaml", "it rests on a ledger that lies beside the study's folder")
        else:
            ledger.changed("claims.yaml", "claims.yaml", _IN_NOTE)


def _codes(draft: Draft, names: Names, ledger: Ledger) -> None:
    """Account for what is said of codes in another way, or not."""
    renamed = names.changed(draft)
    for code in draft.codes:
        name = code["id"]
        if {"include", "exclude", "example"}.intersection(code):
            ledger.changed("codes", name, "when to use it and its example stand in its description")
        if {"status", "merged_into", "scale"}.intersection(code):
            ledger.changed("codes", name, f"its status and scale: {_IN_NOTE}")
        if f"code {name}" in renamed:
            ledger.changed("codes", name, "another code has its name; it was given what tells them apart")
    if names.values:
        ledger.note("Each value of a code with a scale is a code below it.")
    if any(code.get("coder") for code in draft.codes):
        ledger.note("Each coder's own codes stand in a folder with the coder's name, or below the code they belong to.")


def _themes(draft: Draft, names: Names, ledger: Ledger) -> None:
    """Account for what is said of themes in another way, or not."""
    renamed = names.changed(draft)
    for kind, themes in (
        ("agreed themes", draft.agreed),
        ("candidate themes", [theme for found in draft.candidate.values() for theme in found]),
    ):
        for theme in themes:
            if f"theme {theme['id']}" in renamed:
                ledger.changed(kind, theme["id"], "another theme has its name; it was given what tells them apart")
            if {"named_in", "x", "y"}.intersection(theme):
                ledger.changed(kind, theme["id"], f"its place on the map and where it is named: {_IN_NOTE}")


def _characters(draft: Draft, ledger: Ledger) -> None:
    """Account for characters that XML has no place for; the texts of messages are no XML."""
    checked = (
        ("participants", "participant_id", draft.participants, None),
        ("memos", "memo_id", draft.memos, ("text",)),
        ("codings", "", draft.codings, ("memo",)),
    )
    for kind, key, rows, columns in checked:
        for row in rows:
            if any(writable(str(row[name])) != row[name] for name in columns or row if name in row):
                ledger.changed(kind, row[key] if key else coding_id(row), _NOT_WRITABLE)
    for coder in draft.study.get("coders", ()):
        if writable(coder.get("name", "")) != coder.get("name", ""):
            ledger.changed("coders", coder["id"], _NOT_WRITABLE)
    if writable(draft.study["title"]) != draft.study["title"]:
        ledger.changed("settings", "title", _NOT_WRITABLE)


def write_qdc(study: Study, target: Path, options: Mapping[str, Any]) -> LossReport:
    """Write the codes and themes of a study as a codebook.

    Parameters
    ----------
    study : Study
    target : Path
    options : mapping
        ``unique_names``, as for a project.

    Returns
    -------
    LossReport
    """
    draft = draft_of(study)
    if not draft.codes:
        raise UsageError(f"the study in {study.folder.name} has no codes, and a codebook holds nothing else")
    names = names_of(draft, unique=bool(options.get("unique_names", True)))
    text = "".join(elements.codebook(draft, names, Guids(draft.external_ids)))
    target.write_bytes(text.encode("utf-8"))
    ledger = Ledger(study.folder.name, "REFI-QDA codebook")
    for kind, count in draft.counts().items():
        ledger.came(kind, count)
    _codes_of_codebook(draft, names, ledger)
    for kind, count in draft.counts().items():
        if kind not in {"codes", "candidate themes", "agreed themes"}:
            for place in range(count):
                ledger.dropped(kind, f"{kind} {place + 1}", "a codebook holds codes and sets of codes only")
    return ledger.report()


def _codes_of_codebook(draft: Draft, names: Names, ledger: Ledger) -> None:
    """Account for what a codebook does not say of a code or a theme."""
    renamed = names.changed(draft)
    lost = {"status", "merged_into", "scale", "values", "coder"}
    for code in draft.codes:
        if lost.intersection(code):
            ledger.changed("codes", code["id"], "a codebook says nothing of its coder, status and scale")
        if {"include", "exclude", "example"}.intersection(code):
            ledger.changed("codes", code["id"], "when to use it and its example stand in its description")
        if f"code {code['id']}" in renamed:
            ledger.changed("codes", code["id"], "another code has its name; it was given what tells them apart")
    for theme in draft.agreed:
        if {"named_in", "x", "y"}.intersection(theme):
            ledger.changed("agreed themes", theme["id"], "a codebook says nothing of its place and where it is named")
    for coder, themes in draft.candidate.items():
        for theme in themes:
            ledger.changed("candidate themes", theme["id"], f"a set like any other; that it is {coder}'s is not said")
