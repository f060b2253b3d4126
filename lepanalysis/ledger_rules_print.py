"""What the records of a ledger say of one another by where they stand in print; one function a rule.

A theme's section, the works that a sentence cites, a block quotation that is one sentence: each record is held against
what others, or article.yaml, say of the same place.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from lepanalysis.faults import Fault
from lepanalysis.locators import normalised
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lepanalysis.ledger_files import LedgerFiles
    from lepanalysis.rows import Row

EXTERNAL = "external source"
# The number of a message, as it is printed behind a quotation.
MESSAGE = re.compile(r"\b(?:message|post)\s+([\w-]+)", re.IGNORECASE)
# What a work can be in CSL 1.0.2.
CSL_TYPES = frozenset(
    (
        *("article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast"),
        *("chapter", "classic", "collection", "dataset", "document", "entry", "entry-dictionary"),
        *("entry-encyclopedia", "event", "figure", "graphic", "hearing", "interview", "legal_case"),
        *("legislation", "manuscript", "map", "motion_picture", "musical_score", "pamphlet", "paper-conference"),
        *("patent", "performance", "periodical", "personal_communication", "post", "post-weblog", "regulation"),
        *("report", "review", "review-book", "software", "song", "speech", "standard", "thesis", "treaty"),
        "webpage",
    )
)
_BLOCKS = ("quotations", "literature")


def faults_of_print(files: LedgerFiles) -> list[Fault]:
    """Return what records say of a place that others say otherwise.

    Parameters
    ----------
    files : LedgerFiles
    """
    return [
        *_single(files),
        *_blocks(files),
        *_headings(files),
        *_themes(files),
        *_messages(files),
        *_sources(files),
        *_entries(files),
        *_types(files),
    ]


def at(files: LedgerFiles, table: str, row: Row) -> Callable[[str, str, str], Fault]:
    """Return what makes a fault of a record from its column, what is wrong and what to do.

    Parameters
    ----------
    files : LedgerFiles
    table : str
    row : Row
    """
    return partial(Fault, str(files.folder / f"{table}.csv"), row.line)


def place_of(row: Row) -> tuple[str, int, int]:
    """Return the section, paragraph and sentence of a record.

    Parameters
    ----------
    row : Row
    """
    return row.cells["section"], int(row.cells["paragraph"]), int(row.cells["sentence"])


def _single(files: LedgerFiles) -> Iterator[Fault]:
    """Sentences beside the first of what is one sentence: a heading, an entry of the list, a block quotation."""
    blocks = {
        place_of(row)[:2]: f"{table}.csv:{row.line}"
        for table in _BLOCKS
        for row in files.rows.get(table, ())
        if row.cells["form"] == "block"
    }
    entries = {place_of(row)[:2] for row in files.rows.get("references", ())}
    for table, rows in files.rows.items():
        for row in rows:
            section, paragraph, sentence = place_of(row)
            block = blocks.get((section, paragraph))
            if sentence <= 1 or not (block or paragraph == 0 or (section, paragraph) in entries):
                continue
            if block:
                what = f"paragraph {paragraph} of section {section} is a block quotation ({block}), and that"
            else:
                what = "a heading" if paragraph == 0 else "an entry of the list"
            problem, remedy = f"{what} is one sentence", "give it the number 1, or correct the paragraph"
            yield at(files, table, row)("sentence", problem, remedy)


def _blocks(files: LedgerFiles) -> Iterator[Fault]:
    """Quotations that are checked otherwise than their form allows: a block is its whole paragraph, and no less."""
    for table in _BLOCKS:
        for row in files.rows.get(table, ()):
            is_block = row.cells["form"] == "block"
            if is_block == (row.cells["check"] == "rendering"):
                continue
            if is_block:
                problem, remedy = "a block quotation is put together from its record", "check it by rendering"
            else:
                problem = "a paragraph is put together from a block quotation alone"
                remedy = "check an inline quotation by transcription"
            yield at(files, table, row)("check", problem, remedy)


def _headings(files: LedgerFiles) -> Iterator[Fault]:
    """Themes that are no headings and are put together as such, or have another name than their section."""
    for row in files.rows.get("themes", ()):
        section, paragraph, _ = place_of(row)
        if paragraph != 0:
            if paragraph > 0 and row.cells["check"] == "rendering":
                problem = "a theme whose name is no heading cannot be put together"
                yield at(files, "themes", row)("check", problem, "check it by transcription")
            continue
        heading = files.headings.get(section, "")
        if heading and normalised(heading).casefold() != normalised(row.cells["name"]).casefold():
            problem = f"{row.cells['name']!r}, where article.yaml has {heading!r} for the heading of section {section}"
            yield at(files, "themes", row)("name", problem, "write the heading as printed, here and there")


def _themes(files: LedgerFiles) -> Iterator[Fault]:
    """Quotations credited to another theme than the one in whose section they stand."""
    themes = files.files.get("themes")
    if themes is None or not themes.sound:
        return
    headed: dict[str, list[str]] = {}
    for row in files.rows["themes"]:
        section, paragraph, _ = place_of(row)
        if paragraph == 0:
            headed.setdefault(section, []).append(row.cells["theme_id"])
    for row in files.rows.get("quotations", ()):
        section, theme = row.cells["section"], row.cells["theme_id"]
        above = [name for name in headed if section == name or section.startswith(f"{name}.")]
        there = headed[max(above, key=len)] if above else [theme]
        if theme not in there and theme in (themes.ids or ()):
            problem = f"{theme!r}, where section {section} is that of {' and '.join(map(repr, there))}"
            yield at(files, "quotations", row)("theme_id", problem, "name the theme in whose section it stands")


def _messages(files: LedgerFiles) -> Iterator[Fault]:
    """Quotations credited to another message than is printed behind them."""
    for row in files.rows.get("quotations", ()):
        printed = MESSAGE.search(row.cells.get("printed_after", ""))
        if printed and printed[1] != row.cells["message_id"]:
            problem = f"{row.cells['message_id']!r}, where message {printed[1]} is printed behind it"
            yield at(files, "quotations", row)("message_id", problem, "one of the two is wrong: write what is printed")


def _sources(files: LedgerFiles) -> Iterator[Fault]:
    """Cells of the mapping that name works which are not cited where they stand, or need what they do not name."""
    cited = _cited(files)
    listed = {work.record["id"] for work in files.works}
    for row in files.rows.get("mapping", ()):
        keys = split_ids(row.cells.get("source_keys", ""))
        fault = at(files, "mapping", row)
        if bool(keys) != (EXTERNAL in split_ids(row.cells["checkable"])):
            problem = (
                f"{EXTERNAL!r} is {'not ' if keys else ''}there, and source_keys names {'' if keys else 'no '}works"
            )
            yield fault("checkable", problem, "a cell needs another source where it names one, and only there")
        if cited is None:
            continue
        sections = [row.cells["section"], *split_ids(row.cells.get("also_in", ""))]
        section, paragraph, sentence = place_of(row)
        here = {work for place, work in cited if place == (section, paragraph, sentence)}
        there = here or {work for place, work in cited if place[0] in sections}
        where = f"section {section}, paragraph {paragraph}, sentence {sentence}" if here else _either(sections)
        for key in keys:
            if key in listed and key not in there:
                remedy = "name works that its sentence cites; where that cites none, works of its section or of also_in"
                yield fault("source_keys", f"{key!r} is not cited in {where}", remedy)


def _cited(files: LedgerFiles) -> list[tuple[tuple[str, int, int], str]] | None:
    """Return where each listed work is cited; None where the ledger does not say it of all."""
    citations = files.files.get("citations")
    if citations is None or not citations.sound:
        return None
    found = [(place_of(row), row.cells.get("reference_id", "")) for row in files.rows["citations"]]
    return [(place, work) for place, work in found if work] or None


def _either(sections: Sequence[str]) -> str:
    """Return sections in words."""
    return f"section {' or '.join(sections)}"


def _entries(files: LedgerFiles) -> Iterator[Fault]:
    """Entries of the reference list whose paragraph is not their number."""
    rows = files.rows.get("references", ())
    if sorted(int(row.cells["position"]) for row in rows) != list(range(1, len(rows) + 1)):
        return
    for row in rows:
        _, paragraph, _ = place_of(row)
        if str(paragraph) != row.cells["position"]:
            problem = f"paragraph {paragraph}, where its position is {row.cells['position']}"
            yield at(files, "references", row)("paragraph", problem, "the paragraph of an entry is its number")


def _types(files: LedgerFiles) -> Iterator[Fault]:
    """Works of a type that CSL has not."""
    for work in files.works:
        kind = work.record.get("type")
        if isinstance(kind, str) and kind and kind not in CSL_TYPES:
            path = str(files.folder / "references.json")
            problem = f"{work.record['id']}: {kind!r} is no type of CSL"
            yield Fault(path, work.line, "type", problem, "write one of its types, such as article-journal or book")
