"""Verdicts as tables for a notebook and for the paper, and the records that they rest on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from lepanalysis.claim_sensitivity import overview_of
from lepanalysis.claims import OURS
from lepanalysis.entries import KINDS
from lepanalysis.verdicts import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.article import Article
    from lepanalysis.citation_audit import Finding
    from lepanalysis.study import Study
    from lepanalysis.tables import Table
    from lepanalysis.verdicts import Verdict

# So many characters of a quotation say which one it is.
LONGEST = 90
# What is said in the ledger's own words stands nowhere else in full.
_IN_FULL = frozenset({"claim", "method"})
# What the checks look up in the ledger, beside the entry itself.
_LOOKED_UP = ("facts", "quotations", "themes")
_PLACE = re.compile(r"^section (\S+), paragraph (\d+), sentence (\d+)$")
_NAMES = {
    "quotation": "participants' quotations",
    "literature-quotation": "quotations from the literature",
    "figure": "figures and facts",
    "mapping": "themes and mapping",
    "method": "steps of the method",
    "claim": "claims",
    "citation": "citations",
    "reference": "references",
}


def sources(verdicts: Sequence[Verdict], study: Study, article: Article | None) -> list[Table]:
    """Return the tables that verdicts rest on: those of their entries, and those that their checks took.

    Parameters
    ----------
    verdicts : sequence of Verdict
    study : Study
    article : Article or None
    """
    # A claim of the study's own has its codes beside it, in the same file.
    own = {"own_claims", "evidence"} if any(item.entry.table == "own_claims" for item in verdicts) else set()
    studied = own.union(*(item.tables for item in verdicts))
    ledger = {item.entry.table for item in verdicts} - own
    if studied - own and ledger:
        ledger.update(_LOOKED_UP)
    found = [article.table(name) for name in sorted(ledger) if article.has(name)] if article is not None else []
    return [*found, *(study.table(name) for name in sorted(studied))]


def counted(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Return how many entries of each kind have each verdict.

    Returns
    -------
    pandas.DataFrame
        kind (in words), entries, and one column for each verdict that occurs, in the order of `VERDICTS`.
    """
    occurring = [verdict for verdict in VERDICTS if any(item.verdict == verdict for item in verdicts)]
    rows = []
    for kind in KINDS:
        given = [item.verdict for item in verdicts if item.entry.kind == kind]
        if given:
            rows.append([_NAMES[kind], len(given), *(given.count(verdict) for verdict in occurring)])
    return pd.DataFrame(rows, columns=["kind", "entries", *occurring])


def listed(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Return verdicts one a row.

    Returns
    -------
    pandas.DataFrame
        entry_id, section, statement (shortened, unless it is in the ledger's own words), check, verdict, reason, found.
    """
    rows = [
        [
            item.entry.id,
            item.entry.section,
            " ".join(item.entry.statement.split()) if item.entry.kind in _IN_FULL else shortened(item.entry.statement),
            item.entry.check,
            item.verdict,
            item.reason,
            item.found,
        ]
        for item in verdicts
    ]
    columns = ["entry_id", "section", "statement", "check", "verdict", "reason", "found"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def shortened(text: str) -> str:
    """Return a text in one line of at most `LONGEST` characters, cut at a word.

    Examples
    --------
    >>> shortened("A short  one")
    'A short one'
    """
    line = " ".join(text.split())
    if len(line) <= LONGEST:
        return line
    return f"{line[: LONGEST - 1].rsplit(' ', 1)[0]}\u2026"


def tested(verdicts: Sequence[Verdict]) -> pd.DataFrame:
    """Return the claims in words that were made into tests, with what was measured.

    Returns
    -------
    pandas.DataFrame
        entry_id, test, found, low, high (of the interval; both absent where none was made), verdict, turned_by (over
        what its interval reaches, which other codings or units would turn it; absent where nothing is to be said).
    """
    chosen = [item for item in verdicts if item.test and item.found]
    # Whose tests they are is said once, above the column.
    rows = [
        [
            item.entry.id,
            item.test.removesuffix(f" ({OURS})"),
            item.found,
            item.low,
            item.high,
            item.verdict,
            "; ".join(part for part in (item.reaches, item.turned_by) if part),
        ]
        for item in chosen
    ]
    frame = pd.DataFrame(rows, columns=["entry_id", "test", "found", "low", "high", "verdict", "turned_by"])
    idle = [] if frame["low"].notna().any() else ["low", "high"]
    return frame.drop(columns=[*idle, *([] if frame["turned_by"].any() else ["turned_by"])])


def sensitivity(verdicts: Sequence[Verdict], study: Study) -> pd.DataFrame:
    """Return what each claim comes to by each coding and unit, with the interval of what its verdict rests on.

    Parameters
    ----------
    verdicts : sequence of Verdict
        Those whose test has no threshold are left out.
    study : Study

    Returns
    -------
    pandas.DataFrame
        As `lepanalysis.claim_sensitivity.overview_of` gives it; where there is an interval also low, high and reaches
        (over what the interval reaches, in words), in the rows that a claim is tested over.
    """
    overview = overview_of([item.entry for item in verdicts], study)
    given = {item.entry.id: item for item in verdicts}
    if not any(given[name].reaches or given[name].low is not None for name in overview["claim_id"]):
        return overview
    stated = [given[name] if at else None for name, at in zip(overview["claim_id"], overview["stated"], strict=True)]
    ends = {end: [float("nan") if item is None else getattr(item, end) for item in stated] for end in ("low", "high")}
    return overview.assign(
        **{name: pd.Series(ends[name], overview.index, dtype="float64") for name in ends},
        reaches=pd.Series([item.reaches if item else "" for item in stated], overview.index, dtype="str"),
    )


def limited(verdicts: Sequence[Verdict], study: Study) -> pd.DataFrame:
    """Return what tests leave out of claims and steps, and what the codes leave out that a study binds to claims.

    Returns
    -------
    pandas.DataFrame
        entry_id, test, codes: both in words of people, one of them may be empty; codes is absent where all are.
    """
    bound = study.own_claims.evidence
    rows = []
    for item in verdicts:
        codes = bound[item.entry.id].leaves_out if item.entry.id in bound else ""
        rows.append([item.entry.id, item.entry.record.get("leaves_out") or "", codes])
    frame = pd.DataFrame([row for row in rows if any(row[1:])], columns=["entry_id", "test", "codes"]).astype("str")
    return frame if frame["codes"].any() else frame.drop(columns=["codes"])


def found(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return the slips of a printed text, one a row: kind, text, where (section, paragraph, sentence)."""
    rows = [[finding.kind, finding.text, _PLACE.sub(r"\1, \2, \3", finding.where)] for finding in findings]
    return pd.DataFrame(rows, columns=["kind", "text", "where"]).astype("str")
