"""The claims of an article held against a study, and the verdict that the class of the evidence allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from lepanalysis import quotations
from lepanalysis.article import COUNTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from lepanalysis.article import Article
    from lepanalysis.study import Study

BY_CONSTRUCTION = "by construction"
CONFIRMED = "confirmed"
CONTRADICTED = "contradicted"
NOT_REPRODUCIBLE = "not reproducible from public material"
VERDICTS = (CONFIRMED, BY_CONSTRUCTION, CONTRADICTED, NOT_REPRODUCIBLE)

# Why a claim cannot be checked, by the first of the materials that it would take.
_REASONS = {
    "corpus": "corpus not public",
    "codings": "codings not published",
    "judgement of people": "judgement of people",
    "records of the analysis": "records of the analysis not published",
    "printed text": "the printed text alone cannot show it",
}


@dataclass(frozen=True)
class Measured:
    """What a check found in a study.

    Parameters
    ----------
    holds : bool
        Whether the claim holds over the study.
    printed, found : str
        What the article prints and what the study shows.
    """

    holds: bool
    printed: str
    found: str


def verdict_on(class_: str, measured: Measured | None) -> str:
    """Return the verdict that evidence of a class allows.

    Over an invented corpus a claim can hold only because the corpus was made so; over an open or restricted
    one it is confirmed or contradicted; without a check it is not reproducible.

    Parameters
    ----------
    class_ : str
        The class of the study.
    measured : Measured or None
        What a check found; None where there is no check or nothing to check.
    """
    if measured is None:
        return NOT_REPRODUCIBLE
    if not measured.holds:
        return CONTRADICTED
    return BY_CONSTRUCTION if class_ == "stand-in" else CONFIRMED


def verdicts(study: Study, article: Article) -> pd.DataFrame:
    """Return every claim of the ledger with its verdict.

    Returns
    -------
    pandas.DataFrame
        One row a claim: claim_id, statement, section, verdict, reason, printed, found. `printed` and `found`
        are empty where nothing was checked; `reason` says why not, or what a verdict by construction is
        worth.
    """
    rows = []
    for claim in article.claims.frame.itertuples():
        measured = _CHECKS[claim.check](study, article, claim.fact_ids) if claim.check else None
        verdict = verdict_on(study.class_, measured)
        rows.append(
            {
                "claim_id": claim.claim_id,
                "statement": claim.statement,
                "section": claim.section,
                "verdict": verdict,
                "reason": _reason(verdict, study.class_, claim.check, claim.checkable),
                "printed": measured.printed if measured else "",
                "found": measured.found if measured else "",
            }
        )
    columns = ["claim_id", "statement", "section", "verdict", "reason", "printed", "found"]
    return pd.DataFrame(rows, columns=columns).astype("str")


def _reason(verdict: str, class_: str, check: str, checkable: str) -> str:
    """Say why a verdict is no more than it is."""
    if verdict == BY_CONSTRUCTION:
        return "the stand-in was made so; this proves nothing"
    if verdict == CONTRADICTED and class_ == "stand-in":
        return "the stand-in was not made so; this says nothing about the article's data"
    if verdict != NOT_REPRODUCIBLE:
        return ""
    if check:
        return "the study does not hold what a check would need"
    if class_ in {"restricted", "open"}:
        # The corpus is at hand here; what is missing is a test of the claim.
        return "the corpus is at hand, and this compendium has no test of the claim yet"
    wanted = [part.strip() for part in checkable.split(";") if part.strip()]
    return "; ".join(_REASONS.get(part, part) for part in wanted)


def _count(study: Study, article: Article, fact_ids: tuple[str, ...]) -> Measured | None:
    """Hold a printed number against the number of records."""
    (fact,) = fact_ids
    name = COUNTED[fact]
    if not study.has(name):
        return None
    found = len(study.table(name))
    printed = article.fact(fact)
    return Measured(printed == str(found), printed, str(found))


def _period(study: Study, article: Article, fact_ids: tuple[str, ...]) -> Measured | None:
    """Hold the printed months against the first and the last message."""
    months = study.messages.frame["posted_at"].dt.strftime("%Y-%m").dropna()
    if months.empty:
        return None
    first, last = (article.fact(fact) for fact in fact_ids)
    holds = bool(months.between(first, last).all())
    if holds and len(months) < len(study.messages):
        return None  # a message without a date may lie anywhere
    return Measured(holds, f"{first} to {last}", f"{months.min()} to {months.max()}")


def _quotations(study: Study, article: Article, fact_ids: tuple[str, ...]) -> Measured | None:
    """Hold every printed quotation against the message it is credited to."""
    del fact_ids
    checked = quotations.check_all(study, article)
    if checked.empty:
        return None
    good = int((checked["verdict"].ne("not found") & checked["author_matches"]).sum())
    return Measured(good == len(checked), str(len(checked)), str(good))


def _theme_names(study: Study, article: Article, fact_ids: tuple[str, ...]) -> Measured | None:
    """Look for the printed names of the themes, word for word, in the messages."""
    del fact_ids
    texts = study.messages.frame["text"].str.casefold()
    names = list(article.themes.frame["name"])
    if not names:
        return None
    found = [name for name in names if texts.str.contains(name.casefold(), regex=False).any()]
    return Measured(len(found) == len(names), str(len(names)), str(len(found)))


_CHECKS: dict[str, Callable[[Study, Article, tuple[str, ...]], Measured | None]] = {
    "count": _count,
    "period": _period,
    "quotations": _quotations,
    "theme-names": _theme_names,
}
