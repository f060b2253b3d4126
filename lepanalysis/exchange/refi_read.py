"""REFI-QDA projects (.qdpx) and codebooks (.qdc) in, as the standard has them and as programs write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.classes import marks_in, without_marks
from lepanalysis.exchange.draft import Draft
from lepanalysis.exchange.guard import open_archive
from lepanalysis.exchange.ids import guid, guid_key
from lepanalysis.exchange.losses import Ledger
from lepanalysis.exchange.placeholder import with_placeholder
from lepanalysis.exchange.refi_codes import read_codes, read_themes, shared_where_needed
from lepanalysis.exchange.refi_container import Container
from lepanalysis.exchange.refi_notes import read_memos
from lepanalysis.exchange.refi_parse import CODEBOOK, PROJECT, read_codebook, read_project
from lepanalysis.exchange.refi_people import Coders, Variables, read_people
from lepanalysis.exchange.refi_rest import NAME, NOTE, ORIGIN, read_rest
from lepanalysis.exchange.refi_sources import read_messages, text_of
from lepanalysis.exchange.refi_tables import read_tables
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.exchange.refi_records import Project

# Whose GUIDs the foreign ids are where the file does not say which program wrote it.
PROGRAM = "REFI-QDA"


def read_qdpx(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read a project.

    Parameters
    ----------
    path : Path
    options : mapping
        ``offsets``: how offsets are to be read, where they cannot be told or are told wrongly.

    Returns
    -------
    draft : Draft
    report : LossReport
    """
    ledger = Ledger(path.name, "REFI-QDA project")
    with open_archive(path) as archive:
        container = Container(archive)
        project = _opened(read_project(container.stream(), container.project), PROJECT, ledger)
        if container.project != "project.qde":
            ledger.note(f"The project's XML is named {container.project}, not project.qde.")
        rest, marks = _rest(project, container, ledger)
        coders = Coders(project, rest, ledger)
        variables = Variables(project)
        codes = read_codes(project, rest, coders.ids, ledger)
        people = read_people(project, variables, rest, ledger)
        found = read_messages(
            project, container, coders, people, variables, codes, rest, str(options.get("offsets") or ""), ledger
        )
        shared_where_needed(codes, found.codings, ledger)
        texts = {row["message_id"]: row["text"] for row in found.rows}
        themes = read_themes(project, rest, codes, texts, coders.ids, ledger)
        memos, foreign = read_memos(project, container, found, codes.targets, themes.targets, coders, rest, ledger)
    _left_out(project, ledger)
    if not rest:
        own = (*codes.rows, *memos, *({"coder": coder} for coder in themes.candidate))
        coders.without_idle({row["coder"] for row in found.codings}, {row.get("coder") for row in own})
    foreign = [*coders.foreign, *codes.foreign, *people.foreign, *found.foreign, *themes.foreign, *foreign]
    draft = Draft(
        study=_study(project, rest, coders, found.rows, ledger),
        marks=marks,
        messages=_without_what_all_say(found.rows, rest),
        threads=tuple(found.threads.values()),
        participants=tuple(people.rows),
        codings=tuple(found.codings),
        memos=tuple(memos),
        codes=tuple(codes.rows),
        candidate={coder: tuple(rows) for coder, rows in themes.candidate.items()},
        agreed=tuple(themes.agreed),
        external_ids=_external_ids(foreign, rest, project),
    )
    if not found.rows:
        ledger.note("The file holds no text: the study has one message that says so. Put yours in its place.")
        draft = with_placeholder(draft, "file without texts")
    draft, files = read_tables(draft, rest, ledger)
    report = ledger.report()
    for name, text in files:
        report = report.with_file(name, text)
    return draft, report


def _opened(project: Project, namespace: str, ledger: Ledger) -> Project:
    """Return a project, and say where its namespace is another than the standard's."""
    if project.namespace != namespace:
        ledger.note(f"The XML is of namespace {project.namespace or 'none'!r} where the standard has {namespace!r}.")
    return project


def _without_what_all_say(rows: list[dict[str, Any]], rest: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    """Return messages without the mark that our note has for all of them; as they are where not all bear it."""
    marks = rest.get("marks", ())
    if any(row.get("class") not in marks for row in rows):
        return tuple(rows)
    return tuple({name: cell for name, cell in row.items() if name != "class"} for row in rows)


def _rest(project: Project, container: Container, ledger: Ledger) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what a note of ours says, which is no note then, and of which class the file says it is."""
    ours = [note for note in project.notes if guid_key(note.guid) == NOTE or note.name.strip() == NAME]
    project.notes = [note for note in project.notes if note not in ours]
    marks = list(marks_in(project.description))
    rest: dict[str, Any] = {}
    for note in ours:
        text = text_of(note, container, ledger, "notes", note.name) or ""
        try:
            found, left = read_rest(text)
            why = (
                "" if guid_key(note.guid) == NOTE else "another program wrote the file anew, and it does not go with it"
            )
        except LepanalysisError as error:
            found, left, why = {"marks": marks_in(text)}, 0, str(error)
        marks += found["marks"]
        if why:
            ledger.came("notes of lepanalysis")
            ledger.dropped("notes of lepanalysis", (note.name, note.guid), why)
            continue
        rest = found
        if left:
            ledger.note(f"{left} parts of the note of lepanalysis are not as it wrote them; they are left out.")
    return rest, tuple(dict.fromkeys(marks))


def _study(
    project: Project, rest: Mapping[str, Any], coders: Coders, messages: list[dict[str, Any]], ledger: Ledger
) -> dict[str, Any]:
    """Return study.yaml as far as the file says it."""
    study = {str(name): value for name, value in rest.get("study", {}).items() if isinstance(value, str | dict)}
    if project.origin and project.origin != ORIGIN:
        ledger.note(f"The file was written by {project.origin}.")
    if without_marks(project.description).strip() and not rest:
        study["notes"] = without_marks(project.description)
    days = [str(row["posted_at"])[: len("2013-09-30")] for row in messages if row.get("posted_at")]
    period = study.get("period") or {}
    if any(day < str(period.get("from", day)) or day > str(period.get("to", day)) for day in days):
        del study["period"]
        ledger.note("A message is of another day than the study's period says; the period is left out.")
    # What NVivo calls every project.
    title = "" if not rest and project.name.strip().casefold() == "untitled" else project.name
    return {**study, "title": title, "coders": coders.rows}


def _external_ids(
    foreign: list[tuple[str, str, str]], rest: Mapping[str, Any], project: Project
) -> tuple[dict[str, str], ...]:
    """Return the foreign GUIDs, without those that our note has and those of our own making."""
    rows = [dict(row) for row in rest.get("external_ids", ())]
    there = {(row["kind"], row["id"], guid_key(str(row["external_id"]))) for row in rows if len(row) == 4}
    program = project.origin.strip() if project.origin.strip() not in {"", ORIGIN} else PROGRAM
    taken = {(row.get("kind"), row.get("id"), row.get("program")) for row in rows}
    for kind, name, given in foreign:
        key = guid_key(given)
        if (
            given.strip()
            and (kind, name, key) not in there
            and (kind, name, program) not in taken
            and guid(kind, name) != key
        ):
            rows.append({"kind": kind, "id": name, "program": program, "external_id": given})
            taken.add((kind, name, program))
    return tuple(rows)


def _left_out(project: Project, ledger: Ledger) -> None:
    """Count what a study has no place for."""
    for kind, names, why in (
        ("links", project.links, "a study has no links between any two things"),
        ("graphs", project.graphs, "a study has no drawings"),
        ("unknown elements", project.unknown, "the standard does not have them"),
    ):
        if names:
            ledger.came(kind, len(names))
        for place, name in enumerate(names):
            ledger.dropped(kind, (name, place + 1), why)


def read_qdc(path: Path, options: Mapping[str, Any]) -> tuple[Draft, LossReport]:
    """Read a codebook into a study that has codes and, in the place of messages, a sentence that says so.

    Parameters
    ----------
    path : Path
    options : mapping

    Returns
    -------
    draft : Draft
    report : LossReport
    """
    del options
    ledger = Ledger(path.name, "REFI-QDA codebook")
    with path.open("rb") as stream:
        project = _opened(read_codebook(stream, path.name), CODEBOOK, ledger)
    marks = marks_in(project.origin)
    project.origin = ORIGIN if project.origin.startswith(f"{ORIGIN} (") else project.origin
    codes = read_codes(project, {}, (), ledger)
    themes = read_themes(project, {}, codes, {}, (), ledger)
    _left_out(project, ledger)
    ledger.note("A codebook holds no messages: the study has one that says so. Put yours in its place.")
    draft = Draft(
        study={"title": project.name or path.stem},
        marks=marks,
        messages=(),
        codes=tuple(codes.rows),
        agreed=tuple(themes.agreed),
        external_ids=_external_ids([*codes.foreign, *themes.foreign], {}, project),
    )
    return with_placeholder(draft, "codebook"), ledger.report()
