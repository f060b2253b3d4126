"""What the citations of a ledger must hold: each is credited to the work that it names, and slips are on record.

Which work a citation names follows from names and year, or from its number, without a look at what it is credited to.
Which slips there are follows from the records of the ledger alone: from the audit of the citations, from quotations of
one passage in two wordings, and from entries that lack what most of their kind have. What a person reads otherwise is
put on record (`docs/citations.md`).
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from lepanalysis.article import LEDGER_TABLES
from lepanalysis.citation_audit import (
    AMBIGUOUS,
    AMPERSAND,
    AMPERSAND_OUTSIDE,
    AND,
    AND_OUTSIDE,
    BY_READING,
    CITED_NOT_LISTED,
    KINDS,
    LISTED_NOT_CITED,
    LISTED_TWICE,
    NEAR,
    ORDER,
    audit_ledger,
    credits_by_reading,
    is_quoted,
    works_named,
)
from lepanalysis.faults import Fault
from lepanalysis.locators import normalised
from lepanalysis.tables import read_rows, read_utf8, split_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.citation_audit import Finding

TWO_WORDINGS = "two wordings of one quotation"
INCOMPLETE = "incomplete entry"
# Behind the kind of a slip on record: that it is found is right, and the article means it so.
AS_MEANT = " (as meant)"
# The slips that a ledger with slips.csv has on record, each with the table and the column in which it shows. Those of
# the other kinds that can be found are on record where somebody holds them to be slips.
ON_RECORD = {
    CITED_NOT_LISTED: ("citations", "cited_as"),
    LISTED_NOT_CITED: ("references", "reference_id"),
    AND: ("citations", "cited_as"),
    AMPERSAND: ("citations", "cited_as"),
    AND_OUTSIDE: ("citations", "cited_as"),
    AMPERSAND_OUTSIDE: ("citations", "cited_as"),
    LISTED_TWICE: ("references", "reference_id"),
    ORDER: ("references", "reference_id"),
    TWO_WORDINGS: ("literature", "text"),
    INCOMPLETE: ("references", "reference_id"),
}
_FOUND = frozenset((*KINDS, TWO_WORDINGS, INCOMPLETE))
# What a citation that is credited to another work than it names says wrongly of others.
_OF_CREDITS = frozenset((CITED_NOT_LISTED, LISTED_NOT_CITED, NEAR, AMBIGUOUS))
# Fields that an entry has or has not; of names, some entries have others than most (editors).
_FIELDS = (
    "title",
    "container-title",
    "volume",
    "issue",
    "page",
    "publisher",
    "publisher-place",
    "event-place",
    "event-date",
    "URL",
    "accessed",
)
# Two quotations are of one passage where they have so many words in common, and so large a share of those between the
# first and the last of them.
_WORDS_IN_COMMON = 4
_SHARE_IN_COMMON = 0.75
_YEAR = re.compile(r"[0-9]{4}")
_MARKED = re.compile(r"[\[(]")


@dataclass(frozen=True)
class Slip:
    """A slip of print that the records of a ledger show.

    Parameters
    ----------
    kind : str
        One of `citation_audit.KINDS`, `TWO_WORDINGS` or `INCOMPLETE`.
    where : str
        Section, paragraph and sentence.
    text : str
        The slip, in a sentence without its full stop.
    quoted : tuple of str
        What a description of it has in quotation marks: the citation, the work, the words.
    words : tuple of str
        Further words that a description of it has.
    also_in : str
        The section of its other place, where that is another one.
    """

    kind: str
    where: str
    text: str
    quoted: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    also_in: str = ""

    def is_told_by(self, record: Mapping[str, Any]) -> bool:
        """Whether a record of slips.csv that has its kind and its place tells it."""
        description = record["description"]
        return (
            all(is_quoted(words, description) for words in self.quoted)
            and all(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", description) for word in self.words)
            and (not self.also_in or self.also_in in split_ids(record["also_in"]))
        )

    @property
    def told(self) -> str:
        """What a description of it has to have, in words."""
        parts = [*(f'"{words}" in quotation marks' for words in self.quoted), *self.words]
        parts += [f"{self.also_in} in also_in"] if self.also_in else []
        return " and ".join(parts)


def check_citations(article: Article) -> list[Fault]:
    """Return where a ledger's citations are credited otherwise than they say, or slips of print are not on record.

    Parameters
    ----------
    article : Article
        Without faults of its own.
    """
    wrong = list(_credits(article)) if article.has("citations") else []
    if article.has("slips"):
        # One wrong name shows as several slips that are none.
        kinds = _FOUND - _OF_CREDITS if wrong else _FOUND
        wrong += _slips(article, [slip for slip in slips_of(article) if slip.kind in kinds], kinds)
    lines = {table: _lines_of(article, table) for table in {one.table for one in wrong}}
    files = {table: str(article.folder / f"{table}.csv") for table in lines}
    return [
        Fault(files[one.table], lines[one.table].get(one.key, 0), one.column, one.problem, one.remedy) for one in wrong
    ]


@dataclass(frozen=True)
class _Wrong:
    """A fault of the record of a table with a key."""

    table: str
    key: str
    column: str
    problem: str
    remedy: str


def slips_of(article: Article) -> tuple[Slip, ...]:
    """Return every slip of print that the records of a ledger show, on record or not.

    Parameters
    ----------
    article : Article
        `citations.csv` and `literature.csv` as far as it has them.
    """
    found = [_of_finding(finding) for finding in audit_ledger(article)]
    return (*found, *_two_wordings(article), *_incomplete(article))


def _of_finding(finding: Finding) -> Slip:
    """Return what an audit found as a slip."""
    return Slip(finding.kind, finding.where, finding.text, (finding.about,))


def _credits(article: Article) -> Iterator[_Wrong]:
    """Citations that name one work and are credited to another, or to none; readings on record that are of nothing."""
    rows = article.table("citations").frame.to_dict("records")
    read = credits_by_reading(article)
    unsaid: dict[str, set[tuple[str, str]]] = defaultdict(set)
    # A ledger in which no citation is credited leaves it to the names.
    for row, named in zip(rows, works_named(article) if any(row["reference_id"] for row in rows) else (), strict=False):
        credit = row["reference_id"]
        if named.ids == ((credit,) if credit else ()):
            continue
        unsaid[_where(row)].add((named.cited, credit))
        # Where it can mean several works, any of them may be credited, or none.
        if credit in (*named.ids, *named.guesses) or (not credit and len(named.ids) != 1):
            continue
        if (named.cited, credit) not in read:
            names = _shown(named.ids or named.guesses)
            problem = f"{named.cited!r} is credited to {_shown([credit])}, and names {names}"
            remedy = (
                "credit it to the work that it names, mend names or year, or say in slips.csv, under the kind "
                f"{BY_READING!r}, why it is read so"
            )
            yield _Wrong("citations", row["citation_id"], "reference_id", problem, remedy)
    for slip in article.slips.frame.to_dict("records") if article.has("slips") else ():
        here = unsaid[_where(slip)] & read if slip["kind"] == BY_READING else set()
        if slip["kind"] == BY_READING and not any(is_quoted(cited, slip["description"]) for cited, _ in here):
            problem = f"{BY_READING}: no citation of its sentence that it quotes is credited otherwise than it says"
            remedy = "quote the citation as it stands, with the id of its work, or take the record out"
            yield _Wrong("slips", slip["slip_id"], "description", problem, remedy)


def _slips(article: Article, found: Sequence[Slip], kinds: frozenset[str]) -> Iterator[_Wrong]:
    """Slips that are found and not on record, and slips on record that are not found."""
    records = [row for row in article.slips.frame.to_dict("records") if _kind_of(row) in kinds]
    by_place: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in records:
        by_place[_kind_of(row), _where(row)].append(row)
    there, missing = set(), []
    for slip in found:
        fitting = [row["slip_id"] for row in by_place[slip.kind, slip.where] if slip.is_told_by(row)]
        there.update(fitting)
        missing += [slip] if slip.kind in ON_RECORD and not fitting else []
    tables = {ON_RECORD[slip.kind][0] for slip in missing}
    rows = {table: _by_place(article.table(table).frame.to_dict("records")) for table in tables}
    for slip in missing:
        table, column = ON_RECORD[slip.kind]
        problem = f"{slip.kind}: {slip.text}, and slips.csv has no such slip for {slip.where}"
        told = f", with {slip.told}" if slip.told else ""
        remedy = f"mend it where it was carried over wrongly; where it is printed so, put it on record{told}"
        yield _Wrong(table, _key_of(rows[table][slip.where], table, slip), column, problem, remedy)
    for row in records:
        if row["slip_id"] not in there:
            problem = f"{row['kind']}: the records show no such slip at {_where(row)}, with what its description names"
            remedy = "mend what hides it, the place or the description, or take the slip out"
            yield _Wrong("slips", row["slip_id"], "kind", problem, remedy)


def _two_wordings(article: Article) -> Iterator[Slip]:
    """Quotations of one passage, credited to one work, that have other words in it."""
    works: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in article.table("literature").frame.to_dict("records") if article.has("literature") else ():
        works[(row["reference_id"],) if row["reference_id"] else (row["cited_as"], row["year"])].append(row)
    for rows in works.values():
        words = [_words_of(row["text"]) for row in rows]
        for place, row in enumerate(rows):
            if words[place] in words[:place]:
                continue
            for earlier, before in zip(rows, words[:place], strict=False):
                parts = _apart(before, words[place])
                if parts:
                    told = " and ".join(f"{one or 'nothing'!r}, there {other or 'nothing'!r}" for one, other in parts)
                    text = f"the words of {row['cited_as']} have here {told} ({_where(row)})"
                    other = row["section"] if row["section"] != earlier["section"] else ""
                    yield Slip(TWO_WORDINGS, _where(earlier), text, also_in=other)
                    break


def _apart(one: Sequence[str], other: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words in which two quotations of one passage part; none where they are of two passages.

    That one of them begins or ends elsewhere is no other wording, and neither is what stands in brackets.
    """
    if len(set(one) & set(other)) < _WORDS_IN_COMMON:
        return []
    parts = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    longer = ("insert", "delete")
    inner = parts[parts[0][0] in longer : len(parts) - (parts[-1][0] in longer)]
    same = sum(end - begin for kind, begin, end, _, _ in inner if kind == "equal")
    longest = max(inner[-1][2] - inner[0][1], inner[-1][4] - inner[0][3])
    if same < max(_WORDS_IN_COMMON, _SHARE_IN_COMMON * longest):
        return []
    runs = [(" ".join(one[a:b]), " ".join(other[c:d])) for kind, a, b, c, d in inner if kind != "equal"]
    return [run for run in runs if not _MARKED.search(" ".join(run))]


def _words_of(text: str) -> list[str]:
    """Return the words of a quotation as they are compared: without case and without marks at their ends."""
    return [word.strip("\"'.,;:?!") or word for word in normalised(text).casefold().split()]


def _incomplete(article: Article) -> Iterator[Slip]:
    """Entries that lack a field that most of their kind have, and days without a year."""
    if not article.has("references"):
        return
    places = {row["reference_id"]: _where(row) for row in article.table("references").frame.to_dict("records")}
    kinds: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for work in article.references:
        kinds[str(work.get("type", ""))].append(work)
    for kind, works in kinds.items():
        count = Counter(field for work in works for field in _FIELDS if field in work)
        usual = [field for field in _FIELDS if 2 * count[field] > len(works)]
        for work in works:
            if work["id"] not in places:
                continue
            lacks = [field for field in usual if field not in work]
            if lacks:
                text = f"{work['id']} has no {' and no '.join(lacks)}, as most of the type {kind} have"
                yield Slip(INCOMPLETE, places[work["id"]], text, words=tuple(lacks))
            for field in ("accessed", "event-date"):
                date = work.get(field)
                words = date.get("literal") if isinstance(date, dict) else None
                if isinstance(words, str) and not _YEAR.search(words):
                    text = f'{work["id"]}: {field}, "{words}", has no year'
                    yield Slip(INCOMPLETE, places[work["id"]], text, (words,))


def _kind_of(slip: Mapping[str, Any]) -> str:
    """Return the kind of a slip on record, whether or not it is meant so."""
    return str(slip["kind"]).removesuffix(AS_MEANT)


def _where(record: Mapping[str, Any]) -> str:
    """Return the place of a record in print."""
    return f"section {record['section']}, paragraph {record['paragraph']}, sentence {record['sentence']}"


def _by_place(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return records by their place in print."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[_where(row)].append(row)
    return found


def _key_of(rows: Sequence[Mapping[str, Any]], table: str, slip: Slip) -> str:
    """Return the key of the record in which a slip shows, of those that stand at its place."""
    quoted = slip.quoted[0] if slip.quoted else ""
    named = [row for row in rows if table == "citations" and quoted.startswith(row["cited_as"])]
    dated = [row for row in named if row["year"] and row["year"] in quoted]
    key = LEDGER_TABLES[table].key[0]
    return next((str(row[key]) for row in (*dated, *named, *rows)), "")


def _lines_of(article: Article, table: str) -> dict[str, int]:
    """Return the line at which each record of a file begins, by its key."""
    path, schema = article.folder / f"{table}.csv", LEDGER_TABLES[table]
    rows, _, _ = read_rows(read_utf8(path, str(path))[0], schema, str(path))
    return {row.cells[schema.key[0]]: row.line for row in rows}


def _shown(names: Sequence[str]) -> str:
    """Return ids of works for a sentence."""
    return " or ".join(repr(name) for name in names if name) or "no listed work"
