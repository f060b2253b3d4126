"""What the files of a ledger must hold, each in itself and between each other; one function a rule."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from lepanalysis.claim_rules import CLAIM_CHECKS, METHOD_CHECKS, NO_CHECK, wrong_parameters
from lepanalysis.entries import id_of
from lepanalysis.faults import Fault
from lepanalysis.ledger_rules_print import EXTERNAL, at, faults_of_print, place_of
from lepanalysis.reference_entries import problems_of
from lepanalysis.rows import Row
from lepanalysis.tables import split_ids, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lepanalysis.ledger_files import LedgerFiles

# How an entry can be checked, by the table it stands in. `transcription`: it was carried over, and is held against the
# article's text; `rendering`: what is put together from its record has the digest of what is printed; `recount`: it is
# counted anew from other records of the ledger. The others are tests over a study. `none`: no check is known.
CHECKS: dict[str, tuple[str, ...]] = {
    "facts": ("transcription", "recount"),
    "quotations": ("transcription", "rendering"),
    "literature": ("transcription", "rendering"),
    "themes": ("transcription", "rendering"),
    "mapping": ("transcription",),
    "method": (*METHOD_CHECKS, NO_CHECK),
    "claims": (*CLAIM_CHECKS, NO_CHECK),
    "citations": ("transcription",),
    "references": ("rendering", "none"),
}
# What a check would need, all of it; `printed text` beside another: a part can be checked from print.
NEEDS = (
    "printed text",
    "corpus",
    "codings",
    "judgement of people",
    "records of the analysis",
    EXTERNAL,
)
# The facts that a claim with the check `count` can rest on, and the table of a study whose records are counted.
COUNTED = {
    "participants": "participants",
    "threads": "threads",
    "messages": "messages",
    "themes": "agreed_themes",
}
# The facts that can be counted anew: each has the name of the ledger's table whose records are counted.
RECOUNTED = ("quotations", "literature", "themes", "citations", "references")
# The column that tells the records of a file apart, the last of them where there are two.
_KEYS = {
    "facts": "fact_id",
    "quotations": "quotation_id",
    "literature": "quotation_id",
    "themes": "theme_id",
    "mapping": "dimension",
    "method": "step_id",
    "claims": "claim_id",
    "citations": "citation_id",
    "references": "reference_id",
    "slips": "slip_id",
}
# Columns that name records of another file.
_REFERS = (
    ("quotations", "theme_id", "themes"),
    ("literature", "citation_id", "citations"),
    ("literature", "reference_id", "references"),
    ("mapping", "theme_id", "themes"),
    ("mapping", "source_keys", "references"),
    ("claims", "theme_id", "themes"),
    ("claims", "fact_ids", "facts"),
    ("claims", "beside", "claims"),
    ("citations", "reference_id", "references"),
)
# Tables whose records stand in the order of print.
_IN_ORDER = ("quotations", "literature", "citations")
_NUMBERED = ("themes", "references")
_PLACE = ("section", "paragraph", "sentence")
# What a quotation from the literature has in common with the citation that credits it.
_CREDIT = ("cited_as", "year", "pages", "reference_id")
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def faults_between(files: LedgerFiles) -> list[Fault]:
    """Return every fault that shows only when a record is held against others, or one of its cells against another.

    Parameters
    ----------
    files : LedgerFiles
    """
    return [
        *_references(files),
        *_ids(files),
        *_sections(files),
        *_digests(files),
        *_order(files),
        *_lists(files),
        *_needs(files),
        *_checks(files),
        *_claims(files),
        *_parameters(files),
        *_literature(files),
        *_works(files),
        *faults_of_print(files),
    ]


def _references(files: LedgerFiles) -> Iterator[Fault]:
    """Ids that refer to nothing."""
    for table, column, target in _REFERS:
        known = files.files[target].ids if target in files.files else None
        if known is None:
            continue
        for row in files.rows.get(table, ()):
            for name in split_ids(row.cells.get(column, "")):
                if name not in known:
                    problem, remedy = f"there is no {name!r} in {target}.csv", f"use an id of {target}.csv"
                    yield at(files, table, row)(column, problem, remedy)


def _ids(files: LedgerFiles) -> Iterator[Fault]:
    """An id that two tables have: an entry is asked for by its id alone."""
    seen: dict[str, tuple[str, int]] = {}
    for table, rows in files.rows.items():
        for row in rows:
            name = row.cells[_KEYS[table]] if table == "slips" else id_of(table, row.cells)
            other, line = seen.setdefault(name, (table, row.line))
            if other != table:
                problem = f"{name!r} is the id of a record of {other}.csv already (line {line})"
                yield at(files, table, row)(_KEYS[table], problem, "give each record an id of its own")


def _sections(files: LedgerFiles) -> Iterator[Fault]:
    """Places that the article has not: sections that article.yaml does not list, numbers below the first."""
    for table, rows in files.rows.items():
        for row in rows:
            section, also = row.cells["section"], split_ids(row.cells.get("also_in", ""))
            for column, name in (("section", section), *(("also_in", name) for name in also)):
                if files.sections and name not in files.sections:
                    remedy = "use an id of a section there, or list the section"
                    yield at(files, table, row)(column, f"article.yaml has no section {name!r}", remedy)
            if section in also or len(set(also)) < len(also):
                problem = "a section is named twice for one record"
                yield at(files, table, row)("also_in", problem, "name each further section once")
            for column, least in (("paragraph", 0), ("sentence", 1)):
                if int(row.cells[column]) < least:
                    problem, remedy = f"there is no {column} {row.cells[column]}", f"count from {least}"
                    yield at(files, table, row)(column, problem, remedy)


def _digests(files: LedgerFiles) -> Iterator[Fault]:
    """One sentence with two digests, or one digest at two places: a locator names one sentence."""
    found = [
        (table, row, place_of(row), row.cells["sentence_sha256"])
        for table, rows in files.rows.items()
        for row in rows
        if not files.sections or row.cells["section"] in files.sections
    ]
    usual = _most_common((place, digest) for _, _, place, digest in found)
    where = {(place, digest): f"{table}.csv:{row.line}" for table, row, place, digest in reversed(found)}
    agreed = []
    for table, row, place, digest in found:
        if digest == usual[place]:
            agreed.append((table, row, place, digest))
            continue
        problem = f"not the digest that {where[place, usual[place]]} has for the same sentence"
        remedy = "one of the two is wrong: take the digest of the sentence anew, or correct the place"
        yield at(files, table, row)("sentence_sha256", problem, remedy)
    places = _most_common((digest, place) for _, _, place, digest in agreed)
    for table, row, place, digest in agreed:
        if place != places[digest]:
            column = next(name for name, one, two in zip(_PLACE, place, places[digest], strict=True) if one != two)
            section, paragraph, sentence = places[digest]
            told = f"section {section}, paragraph {paragraph}, sentence {sentence}"
            problem = f"{where[places[digest], digest]} has this digest for {told}"
            remedy = "one of the two is wrong: correct the place, or take the digest of the sentence anew"
            yield at(files, table, row)(column, problem, remedy)


def _most_common(pairs: Iterator[tuple[Any, Any]]) -> dict[Any, Any]:
    """Return for each first part of a pair the second that it has most often; of several, the one met first."""
    counted: dict[Any, Counter[Any]] = {}
    for one, two in pairs:
        counted.setdefault(one, Counter())[two] += 1
    return {one: counter.most_common(1)[0][0] for one, counter in counted.items()}


def _order(files: LedgerFiles) -> Iterator[Fault]:
    """Records out of the order of print, and numbers that do not count on from 1."""
    rank = {name: place for place, name in enumerate(files.sections)}
    for table in _IN_ORDER:
        known = [row for row in files.rows.get(table, ()) if row.cells["section"] in rank]
        places = [(rank[section], paragraph, sentence) for section, paragraph, sentence in map(place_of, known)]
        for before, row, earlier, place in zip(known, known[1:], places, places[1:], strict=False):
            if place < earlier:
                problem = f"stands in print before the record of line {before.line}"
                yield at(files, table, row)("", problem, "keep the records in printed order")
    for table in _NUMBERED:
        broken = _first_break(files, table)
        if broken is not None:
            row, expected = broken
            problem = f"position {row.cells['position']}, where {expected} comes next"
            yield at(files, table, row)("position", problem, "count on from 1, each number once")


def _first_break(files: LedgerFiles, table: str) -> tuple[Row, int] | None:
    """Return the record at which the positions of a table stop counting on from 1; None where they do not."""
    if table not in files.files or not files.files[table].sound:
        return None
    ordered = sorted(files.rows[table], key=lambda row: int(row.cells["position"]))
    return next(((row, place) for place, row in enumerate(ordered, 1) if int(row.cells["position"]) != place), None)


def _lists(files: LedgerFiles) -> Iterator[Fault]:
    """Where references.csv, with the locators, and references.json, with the works, part."""
    file = files.files.get("references")
    if not files.works or file is None or not file.sound or _first_break(files, "references"):
        return
    rows = sorted(files.rows["references"], key=lambda row: int(row.cells["position"]))
    listed, given = [row.cells["reference_id"] for row in rows], [work.record["id"] for work in files.works]
    if listed == given:
        return
    shorter = min(len(listed), len(given))
    part = next((place for place in range(shorter) if listed[place] != given[place]), shorter)
    row = rows[part] if part < len(rows) else max(rows, key=lambda row: row.line, default=Row(1, {}))
    problem = f"{len(listed)} works, where references.json has {len(given)}; they part at work {part + 1}"
    yield at(files, "references", row)("reference_id", problem, "keep the two lists the same")


def _needs(files: LedgerFiles) -> Iterator[Fault]:
    """Materials that no check is known to need."""
    for table, rows in files.rows.items():
        for row in rows:
            needs = split_ids(row.cells.get("checkable", ""))
            for need in needs:
                if need not in NEEDS:
                    remedy = f"name some of {', '.join(NEEDS)}, joined by ;"
                    yield at(files, table, row)("checkable", f"{need!r} is not known here", remedy)
            if len(set(needs)) < len(needs):
                yield at(files, table, row)("checkable", "one thing is named twice", "name it once")


def _checks(files: LedgerFiles) -> Iterator[Fault]:
    """Checks that cannot be made of the record that names them."""
    for row in files.rows.get("facts", ()):
        if row.cells["check"] != "recount":
            continue
        if row.cells["fact_id"] not in RECOUNTED:
            remedy = f"name the fact {', '.join(RECOUNTED)}, after the file that is counted, or check it otherwise"
            problem = f"there is nothing to count {row.cells['fact_id']!r} from"
            yield at(files, "facts", row)("check", problem, remedy)
        elif whole_number(row.cells["value"]) is None:
            problem = f"{row.cells['value']!r} is not a number that can be counted anew"
            yield at(files, "facts", row)("value", problem, "write it in digits, or check it otherwise")


def _claims(files: LedgerFiles) -> Iterator[Fault]:
    """Claims whose check lacks the facts that it needs."""
    values = {row.cells["fact_id"]: row.cells["value"] for row in files.rows.get("facts", ())}
    for row in files.rows.get("claims", ()):
        check, facts = row.cells["check"], split_ids(row.cells.get("fact_ids", ""))
        if not values.keys() >= set(facts):
            continue  # the fault is told of the id, or of the fact
        if check == "count" and (len(facts) != 1 or facts[0] not in COUNTED):
            remedy = f"name one out of {', '.join(COUNTED)}"
        elif check == "period" and not (len(facts) == 2 and all(_MONTH.fullmatch(values[fact]) for fact in facts)):
            remedy = "name two facts whose values are months, such as 2013-09: the first and the last"
        else:
            continue
        problem = f"the check {check!r} cannot rest on {';'.join(facts) or 'no fact'}"
        yield at(files, "claims", row)("fact_ids", problem, remedy)


def _parameters(files: LedgerFiles) -> Iterator[Fault]:
    """Claims whose test lacks a unit, a threshold in its range, a claim beside it; what no test could leave out."""
    for row in files.rows.get("claims", ()):
        check, name = row.cells["check"], row.cells["claim_id"]
        for column, problem, remedy in wrong_parameters(check, row.cells):
            yield at(files, "claims", row)(column, problem, remedy)
        if row.cells.get("beside") == name:
            yield at(files, "claims", row)("beside", "the claim stands beside itself", "name another")
        if check == "attributes" and not row.cells.get("fact_ids"):
            problem = "the check 'attributes' needs the facts that it holds against the participants"
            yield at(files, "claims", row)("fact_ids", problem, "name them")
    for table, what in (("claims", "claim"), ("method", "step")):
        for row in files.rows.get(table, ()):
            if row.cells["check"] == NO_CHECK and row.cells.get("leaves_out"):
                problem = f"the {what} has no test that could leave anything out"
                yield at(files, table, row)("leaves_out", problem, "leave it empty, or name the check")


def _literature(files: LedgerFiles) -> Iterator[Fault]:
    """Quotations credited otherwise than the citation that they name, to one that stands elsewhere, or to none."""
    citations = {row.cells["citation_id"]: row for row in files.rows.get("citations", ())}
    for row in files.rows.get("literature", ()):
        name, fault = row.cells.get("citation_id", ""), at(files, "literature", row)
        citation = citations.get(name)
        if citation is None:
            near = [one for one in citations.values() if not name and _credits(one, row)]
            if near:
                problem = f"citations.csv:{near[0].line} credits it, in the same words and beside it"
                yield fault("citation_id", problem, "name that citation, and the work that it names")
            continue
        apart = [name for name in _CREDIT if row.cells.get(name, "") != citation.cells.get(name, "")]
        for column in apart:
            here, there = (one.cells.get(column, "") for one in (row, citation))
            problem = f"{here or 'nothing'!r}, where citations.csv:{citation.line} has {there or 'nothing'!r}"
            yield fault(column, problem, "write what the citation has, or name another citation")
        if not apart and not _is_beside(citation, row):
            problem = f"citations.csv:{citation.line} stands neither in its sentence nor in the one before it"
            yield fault(
                "citation_id", problem, "name the citation that credits it, or correct the place of one of them"
            )


def _credits(citation: Row, quotation: Row) -> bool:
    """Whether a citation stands beside a quotation that names none, in the words in which it is credited."""
    same = all(citation.cells.get(name, "") == quotation.cells.get(name, "") for name in ("cited_as", "year", "pages"))
    return same and _is_beside(citation, quotation)


def _is_beside(citation: Row, quotation: Row) -> bool:
    """Whether a citation stands in the sentence of a quotation, in the one before it, or in the paragraph before it."""
    (section, paragraph, sentence), (other, before, number) = place_of(quotation), place_of(citation)
    return section == other and (
        before == paragraph - 1 or (before == paragraph and number in {sentence - 1, sentence})
    )


def _works(files: LedgerFiles) -> Iterator[Fault]:
    """Works from which no printed entry can be put together, though that is how they are checked."""
    rendered = {row.cells["reference_id"] for row in files.rows.get("references", ()) if row.cells["check"] != "none"}
    for work in files.works:
        if work.record["id"] in rendered:
            for column, problem, remedy in problems_of(work.record):
                told = f"{work.record['id']}: {problem}"
                yield Fault(str(files.folder / "references.json"), work.line, column, told, remedy)
