"""The claims of an article, and of a study's own, held against a study: `outcome_of` says what was found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lepanalysis import claim_figures, claim_records
from lepanalysis.claim_cautions import reach, turned
from lepanalysis.claim_rules import RULES
from lepanalysis.claim_sensitivity import overview_of, sensitivity_of, summary_of
from lepanalysis.claim_tests import SEED, Claim, Outcome, claim_of, counts_of, interval_of
from lepanalysis.claim_units import NAMES, LackingError, Materials, named_coders, stated_coders
from lepanalysis.intervals import REPLICATES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepanalysis.article import Article
    from lepanalysis.claim_tests import Counts
    from lepanalysis.entries import Entry
    from lepanalysis.study import Study

__all__ = ["OURS", "Outcome", "outcome_of", "overview_of", "sensitivity_of", "summary_of"]

OURS = "our operationalisation, not the authors'"
# Over these classes an interval speaks of the people whose messages they are.
_REAL = frozenset({"restricted", "open"})


def outcome_of(
    entry: Entry,
    study: Study,
    article: Article | None,
    *,
    materials: Materials | None = None,
    seed: int = SEED,
    replicates: int = REPLICATES,
) -> Outcome | None:
    """Return what the test of a claim, or of a step of the method, finds over a study.

    Parameters
    ----------
    entry : Entry
    study : Study
        Only the tables that the test needs are taken from it, so that whoever listens to its reads knows the class of
        the evidence.
    article : Article or None
        Its ledger; None for the claims of a study without one.
    materials : Materials, optional
        The study's codings, where several claims are asked for.
    seed, replicates : int
        Of the bootstrap over participants that makes the interval.

    Returns
    -------
    Outcome or None
        None where the entry has no test over a study.
    """
    rule = RULES.get(entry.check)
    if rule is None or entry.kind not in {"claim", "method"}:
        return None
    test = sentence_of(entry.record, entry.check)
    printed = _quoted(entry.record)
    try:
        if rule.scale:
            claim = claim_of(entry.record, study)
            if rule.name == "same-patterns":
                counts, others = claim_records.same_patterns(study), ""
            else:
                counts, others = _counted(claim, study, materials or Materials(study))
            outcome = _judged(counts, claim, seed, replicates if study.class_ in _REAL else 0)
            return replace(outcome, printed=printed, test=test, turned_by=others)
        if rule.stated:
            return replace(claim_figures.outcome_of_figure(entry.record, study), test=test)
        return replace(_of_records(entry, study, article), test=test)
    except LackingError as lacking:
        return Outcome(None, printed=printed, test=test, lacks=str(lacking))


def _counted(claim: Claim, study: Study, shared: Materials) -> tuple[Counts, str]:
    """Return what a test over codes counts, over the codings that it is stated for, and what would turn it."""
    claim_records.need(study, "codings", "codebook")
    materials, who = shared.of(study), stated_coders(study)
    counts, whose = counts_of(materials[who], claim), named_coders(study, who)
    if whose:
        counts = replace(counts, population=f"{counts.population}, {whose}")
    return counts, turned(claim, materials, who, study)


def _judged(counts: Counts, claim: Claim, seed: int, replicates: int) -> Outcome:
    """Hold what was counted against the threshold, and against both ends of the stated range."""
    value = counts.value
    if np.isnan(value):
        raise LackingError("there is nothing to count over")
    ends = {claim.holds(value, claim.first), claim.holds(value, claim.last)}
    interval = interval_of(counts, seed=seed, replicates=replicates) if replicates else None
    low, high = interval or (None, None)
    share = RULES[claim.check].scale == "share"
    return Outcome(
        claim.holds(value),
        found=f"a share of {value:.3f} ({counts.found})" if share else counts.found,
        value=value,
        low=low,
        high=high,
        n=counts.n,
        population=counts.population,
        part=len(ends) > 1,
        reaches=reach(claim, counts, interval) if replicates else "",
    )


def _of_records(entry: Entry, study: Study, article: Article | None) -> Outcome:
    """Return what a test without a threshold finds."""
    if entry.check in claim_records.OF_PROCEEDING:
        return claim_records.OF_PROCEEDING[entry.check](study)
    if article is None:
        raise LackingError("the study names no ledger of an article")
    facts = tuple(entry.record["fact_ids"])
    if entry.check == "attributes":
        evidence = claim_of(entry.record, study).evidence
        return claim_records.attributes(study, article, facts, evidence)
    return claim_records.AGAINST_PRINT[entry.check](study, article, facts)


def _quoted(record: Mapping[str, Any]) -> str:
    """Return the word that an article has for how much."""
    return str(record.get("quantifier") or "")


def sentence_of(record: Mapping[str, Any], check: str) -> str:
    """Return what a test comes to, in a sentence with its numbers; empty where nothing is operationalised.

    Parameters
    ----------
    record : mapping
        A row of claims.csv, or a claim of the study's own: its `test`, unit, threshold and range.
    check : str

    Examples
    --------
    >>> record = {"unit": "message", "threshold": 0.1, "threshold_from": 0.05, "threshold_to": 0.2, "codes": ("S01",)}
    >>> sentence_of(record, "share")
    'The share of the messages that bear one of the codes: at least 0.1, in a stated range of 0.05 to 0.2'
    """
    rule = RULES[check]
    words = str(record.get("test") or "") or rule.sentence.format(units=NAMES[str(record.get("unit") or "message")][1])
    if not words:
        return ""
    if rule.scale:
        stated, first, last = (f"{record[name]:g}" for name in ("threshold", "threshold_from", "threshold_to"))
        words += f": at {'most' if rule.at_most else 'least'} {stated}, in a stated range of {first} to {last}"
    if rule.stated:
        words += f": {record['stated']} as stated"
    ours = "" if "codes" in record else f" ({OURS})"
    return f"{words[0].upper()}{words[1:]}{ours}"
