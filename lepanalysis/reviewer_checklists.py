"""Two checklists over a compendium: where the article answers SRQR, and what evidence there is for the fifteen points.

Where the article answers an item is a judgement, kept beside the ledger in ``srqr.csv`` and ``fifteen-points.csv``;
nothing is ever answered from an invented record, and nothing is scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis.faults import Fault
from lepanalysis.reviewer_items import POINTS, SRQR
from lepanalysis.reviewer_markdown import code, codes, document, escaped, listed, table
from lepanalysis.reviewer_material import POINTS_FILE, PUBLIC, SRQR_FILE
from lepanalysis.schema import CLASSES, Column, TableSchema
from lepanalysis.tables import faults_of_cells, read_rows, read_utf8

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.reviewer_items import Point
    from lepanalysis.reviewer_material import Material

IN_ARTICLE, NOT_FOUND, NOT_APPLICABLE = "in the article", "not found", "not applicable"
# What an item may name beside the sections of article.yaml.
TITLE = "title"
_REQUIRED = {"required": True}


def schema_of(file: str) -> TableSchema:
    """Return the schema of a file of placements.

    Parameters
    ----------
    file : str
        `SRQR_FILE` or `POINTS_FILE`.
    """
    columns = (
        Column("item", "integer", **_REQUIRED),
        Column("answer", "choice", choices=(IN_ARTICLE, NOT_FOUND, NOT_APPLICABLE), **_REQUIRED),
        Column("sections"),
        Column("note"),
        Column("class", "choice", choices=CLASSES, **_REQUIRED),
    )
    return TableSchema(file.removesuffix(".csv"), file, columns, ("item",))


@dataclass(frozen=True)
class Placement:
    """Where an article answers an item of a checklist, or why it does not."""

    answer: str
    sections: tuple[str, ...]
    note: str


def read_placements(article: Article, file: str, count: int) -> tuple[dict[int, Placement], list[Fault]]:
    """Return the placements of a checklist's items in an article, with all faults of their file.

    Parameters
    ----------
    article : Article
    file : str
        `SRQR_FILE` or `POINTS_FILE`, in the folder of the ledger; without such a file there are no placements.
    count : int
        How many items the checklist has.
    """
    path = article.folder / file
    if not path.is_file():
        return {}, []
    text, faults = read_utf8(path, str(path))
    if faults and not text:
        return {}, faults
    schema = schema_of(file)
    rows, header, wrong = read_rows(text, schema, str(path))
    faults += wrong + faults_of_cells(rows, schema, header, str(path))
    if faults:
        return {}, faults
    known = [TITLE, *_sections(article)]
    found: dict[int, Placement] = {}
    for row in rows:
        cells = {name: row.cells.get(name, "").strip() for name in ("item", "answer", "sections", "note")}
        placement = Placement(
            cells["answer"], tuple(part for part in cells["sections"].split(";") if part), cells["note"]
        )
        faults += [
            Fault(str(path), row.line, column, problem, remedy)
            for column, problem, remedy in _wrong(int(cells["item"]), placement, known, count)
        ]
        found[int(cells["item"])] = placement
    missing = sorted(set(range(1, count + 1)) - found.keys())
    if missing:
        problem = f"item {', '.join(map(str, missing))} of {count} is missing"
        faults.append(Fault(str(path), 0, "item", problem, "add a row for each item"))
    return found, faults


def _wrong(item: int, placement: Placement, known: Sequence[str], count: int) -> list[tuple[str, str, str]]:
    """Return what is wrong with one placement: the column, the problem, the remedy."""
    found = []
    if not 1 <= item <= count:
        found.append(("item", f"there is no item {item}", f"number them from 1 to {count}"))
    unknown = [section for section in placement.sections if section not in known]
    if unknown:
        found.append(("sections", f"there is no section {unknown[0]!r}", f"the sections are {', '.join(known)}"))
    if placement.answer == IN_ARTICLE and not placement.sections:
        found.append(("sections", "it is answered in the article, and no section is named", "name the sections"))
    if placement.answer != IN_ARTICLE and placement.sections:
        found.append(("sections", f"sections are named for what is {placement.answer}", "leave them empty"))
    if placement.answer != IN_ARTICLE and not placement.note:
        found.append(("note", "no reason is given", "say what is lacking, or why the item does not apply"))
    return found


def _sections(article: Article) -> dict[str, str]:
    """Return the names of the article's sections, by id."""
    sections = article.record.get("sections")
    return {
        str(section["id"]): str(section.get("name", ""))
        for section in (sections if isinstance(sections, list) else [])
        if isinstance(section, dict) and "id" in section
    }


def _placements(material: Material, file: str, count: int) -> dict[int, Placement]:
    """Return the placements; none where there is no ledger, or where their file has faults."""
    if material.article is None:
        return {}
    found, faults = read_placements(material.article, file, count)
    return {} if faults else found


def _where(placement: Placement) -> str:
    """Return the sections of a placement, or what there is instead."""
    if placement.answer == NOT_FOUND:
        return "not found in the article"
    if placement.answer == NOT_APPLICABLE:
        return f"not applicable, because {escaped(placement.note)}"
    return ", ".join(escaped(section) for section in placement.sections)


def _legend(material: Material, placements: Mapping[int, Placement]) -> str:
    """Return the names of the sections that placements name."""
    names = _sections(material.article) if material.article is not None else {}
    used = {section for placement in placements.values() for section in placement.sections}
    told = [f"{escaped(section)} {escaped(name)}" for section, name in names.items() if section in used and name]
    return f"Sections: {'; '.join(told)}." if told else ""


def srqr(material: Material) -> bytes:
    """Return where the article answers each item of SRQR; nothing where no placements lie beside a ledger.

    Parameters
    ----------
    material : Material
    """
    placements = _placements(material, SRQR_FILE, len(SRQR))
    if material.article is None or not placements:
        return b""
    rows = []
    for number, item in enumerate(SRQR, start=1):
        placement = placements[number]
        note = "" if placement.answer == NOT_APPLICABLE else escaped(placement.note)
        rows.append((f"S{number}", f"**{item.topic}**: {item.asks}", _where(placement), note))
    file = code(f"{material.ledger_folder}/{SRQR_FILE}")
    return document(
        "# Where the article answers SRQR",
        f"The article: {escaped(material.article.record['title'])}. SRQR, the Standards for Reporting Qualitative "
        "Research, are O'Brien, Harris, Beckman, Reed and Cook (2014), <https://doi.org/10.1097/ACM.0000000000000388>; "
        "the topics are theirs, what each asks for is said here in other words.",
        "**The placements are a judgement of this compendium, made on the article's text, and not the authors'.** They "
        f"are kept in {file}. Where a note says that something is not found, it was looked for in the article and "
        "nowhere else: it may have been said in other places. Nothing is answered from this compendium's own corpus or "
        "from anything counted over it.",
        table(("item", "topic, and what it asks for", "sections of the article", "note"), rows),
        _legend(material, placements),
    )


def fifteen_points(material: Material) -> bytes:
    """Return what evidence a compendium has for each of the fifteen points of a good thematic analysis.

    Parameters
    ----------
    material : Material
    """
    placements = _placements(material, POINTS_FILE, len(POINTS))
    of_article = material.article is not None
    about = (
        f"the analysis that the article reports ({escaped(material.article.record['title'])})"
        if material.article is not None
        else f"the analysis in {code(material.manifest['study']['folder'])}"
    )
    intention = (
        "The points are those of Braun and Clarke (2006), Table 2, <https://doi.org/10.1191/1478088706qp063oa>, in "
        f"other words. For each stands what there is to look at, about {about}. Nothing here is a score, and no point "
        "is ticked off: the points were made for thinking with, and what the evidence is worth is for its reader."
    )
    blocks = ["# Evidence for fifteen points of a good thematic analysis", intention]
    if material.study.class_ == "stand-in":
        blocks.append(
            "**What rests on the invented corpus is listed apart.** It shows what evidence of this kind looks like and "
            "says nothing about the article's analysis."
            if of_article
            else "**What rests on the invented corpus** shows what evidence of this kind looks like and nothing else."
        )
    if placements:
        file = code(f"{material.ledger_folder}/{POINTS_FILE}")
        blocks.append(f"Which sections of the article bear on a point is our judgement, kept in {file}.")
        blocks.append(_legend(material, placements))
    part = ""
    for number, point in enumerate(POINTS, start=1):
        if point.part != part:
            part = point.part
            blocks.append(f"## {part}")
        blocks.append(f"### {number}. {point.asks}")
        blocks.append(listed(_evidence(material, point, placements.get(number))))
    return document(*blocks)


def _evidence(material: Material, point: Point, placement: Placement | None) -> list[str]:
    """Return the lines of one point: what print says, what public records show, what other records show."""
    lines = []
    public, other = _exhibits(material, point, public=True), _exhibits(material, point, public=False)
    note = f" {_sentence(placement.note)}" if placement and placement.note else ""
    if placement is not None and placement.answer == IN_ARTICLE:
        several = "s" if len(placement.sections) > 1 else ""
        lines.append(f"In the article: section{several} {_where(placement)}.{note}")
    if placement is not None and placement.answer == NOT_APPLICABLE:
        lines.append(f"Not applicable, because {escaped(placement.note.rstrip('.'))}.")
    if public:
        lines.append(f"From public records: {public}.")
    if not lines:
        because = escaped(placement.note) if placement and placement.note else escaped(point.lacks)
        lines.append(f"No evidence in public material, because {because.rstrip('.')}.")
    if other:
        what = {
            "stand-in": "Over the invented corpus, as a sample of such evidence",
            "restricted": "Over restricted records",
        }.get(material.study.class_, "Over the study's records")
        lines.append(f"{what}: {other}.")
    return lines


def _exhibits(material: Material, point: Point, *, public: bool) -> str:
    """Return exhibits and files of a point whose class is public, or is not, as Markdown."""
    exhibits = [
        exhibit["id"]
        for exhibit in material.exhibits.values()
        if (exhibit["id"] in point.exhibits or f"kind:{exhibit['kind']}" in point.exhibits)
        and (exhibit["class"] in PUBLIC) == public
    ]
    files = {
        f"{material.manifest['study']['folder']}/{material.study.tables[name].file}"
        for name in point.tables
        if material.study.has(name) and (material.study.tables[name].class_ in PUBLIC) == public
    }
    if public and material.article is not None:
        files |= {
            f"{material.ledger_folder}/{material.article.tables[name].file}"
            for name in point.ledger
            if material.article.has(name)
        }
    told = []
    if exhibits:
        told.append(f"{'exhibit' if len(exhibits) == 1 else 'exhibits'} {codes(exhibits)}")
    if files:
        told.append(codes(sorted(files)))
    return "; ".join(told)


def _sentence(text: str) -> str:
    """Return a note as a sentence, in Markdown."""
    line = escaped(text)
    return f"{line[:1].upper()}{line[1:].rstrip('.')}."


def faults_of_placements(article: Article) -> list[Fault]:
    """Return every fault of the two files of placements beside a ledger, for whoever checks the ledger.

    Parameters
    ----------
    article : Article
    """
    return [
        fault
        for file, count in ((SRQR_FILE, len(SRQR)), (POINTS_FILE, len(POINTS)))
        for fault in read_placements(article, file, count)[1]
    ]
