"""Verdicts as tables for a notebook and for the paper, and the records that they rest on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

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
        entry_id, section, statement (shortened), check, verdict, reason, found.
    """
    rows = [
        [
            item.entry.id,
            item.entry.section,
            shortened(item.entry.statement),
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
        entry_id, test, found, low, high (of the interval; both absent where none was made), verdict.
    """
    chosen = [item for item in verdicts if item.test and item.found]
    # Whose tests they are is said once, above the column.
    rows = [
        [item.entry.id, item.test.removesuffix(f" ({OURS})"), item.found, item.low, item.high, item.verdict]
        for item in chosen
    ]
    frame = pd.DataFrame(rows, columns=["entry_id", "test", "found", "low", "high", "verdict"])
    return frame if frame["low"].notna().any() else frame.drop(columns=["low", "high"])


def found(findings: Sequence[Finding]) -> pd.DataFrame:
    """Return the slips of a printed text, one a row: kind, text, where (section, paragraph, sentence)."""
    rows = [[finding.kind, finding.text, _PLACE.sub(r"\1, \2, \3", finding.where)] for finding in findings]
    return pd.DataFrame(rows, columns=["kind", "text", "where"]).astype("str")
