"""Claims in words as tests over codes: which messages, participants or threads bear the codes bound to a claim.

Each test counts units and holds a share or a count against a threshold. What a word such as "widespread" comes to is
our operationalisation, not the authors'; docs/claims.md gives every test with its formula.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from lepanalysis.claim_rules import RULES
from lepanalysis.claim_units import NAMES, LackingError, Units
from lepanalysis.intervals import LEVEL, REPLICATES, bootstrap
from lepanalysis.own_claims import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepanalysis.claim_units import Material
    from lepanalysis.study import Study

SEED = 20170401
THRESHOLDS = ("threshold", "threshold_from", "threshold_to")


@dataclass(frozen=True)
class Claim:
    """A claim with what its test takes.

    Parameters
    ----------
    id : str
    check : str
        Name of the test.
    unit : str
        ``message``, ``participant`` or ``thread``.
    threshold, first, last : float
        The threshold, and the ends of its stated range.
    evidence : Evidence
        What of the study speaks for it.
    beside : Evidence or None
        What speaks for the claim beside it; None where there is none, or nothing is bound to that.
    beside_id : str
        Which claim that is.
    """

    id: str
    check: str
    unit: str
    threshold: float
    first: float
    last: float
    evidence: Evidence
    beside: Evidence | None = None
    beside_id: str = ""

    def holds(self, value: float, threshold: float | None = None) -> bool:
        """Whether a value meets a threshold, by default the claim's own."""
        limit = self.threshold if threshold is None else threshold
        return value <= limit if RULES[self.check].at_most else value >= limit


def claim_of(record: Mapping[str, Any], study: Study) -> Claim:
    """Return a claim with what a study binds to it, and to the claim beside it.

    Parameters
    ----------
    record : mapping
        A row of a ledger's claims.csv, or a claim of the study's own.
    study : Study
    """
    bound = study.own_claims.evidence
    name, beside = str(record["claim_id"]), str(record.get("beside") or "")
    stated, first, last = (float(record.get(column, np.nan)) for column in THRESHOLDS)
    evidence = bound.get(name, Evidence(name))
    unit = str(record.get("unit") or "message")
    return Claim(name, str(record["check"]), unit, stated, first, last, evidence, bound.get(beside), beside)


@dataclass(frozen=True)
class Outcome:
    """What a test of an entry found over a study.

    Parameters
    ----------
    holds : bool or None
        None where the study lacks what the test needs; `lacks` says what.
    printed, found : str
        What the article prints and what the study shows, in words.
    value, low, high : float or None
        What was measured, with its interval over a restricted or open corpus: over an invented one an interval would
        suggest a population that it was drawn from.
    n : int or None
        The units counted over.
    population : str
        Those units in words.
    test : str
        The operationalisation in a sentence, with threshold and range; empty where nothing was operationalised.
    part : bool
        Whether it holds over a part of the stated range of thresholds and not over the rest.
    lacks : str
        What the study lacks.
    reaches : str
        Over which of its thresholds the interval reaches, in words.
    turned_by : str
        Which other codings or units would turn it, in words.
    """

    holds: bool | None
    printed: str = ""
    found: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    population: str = ""
    test: str = ""
    part: bool = False
    lacks: str = ""
    reaches: str = ""
    turned_by: str = ""


@dataclass(frozen=True, eq=False)
class Counts:
    """What a test counted, for each participant (or thread).

    Parameters
    ----------
    rows : numpy.ndarray
        Participants x sums, whole numbers; threads x sums where threads are the units.
    form : str
        How the value follows from the sums over all: ``count`` (the first), ``share`` (the first of the second),
        ``least`` (the smallest), ``least-share`` (the smallest share of pairs).
    by_participant : bool
        Whether each row is a participant's.
    n : int
        The units counted over.
    population : str
        Those units, in words.
    found : str
        What was found, in words, without the value.
    """

    rows: np.ndarray = field(repr=False)
    form: str
    by_participant: bool
    n: int
    population: str
    found: str = ""

    @property
    def value(self) -> float:
        """The share or the count; NaN where there is none."""
        return float(value_of(self.form, self.rows.sum(axis=0)))


def value_of(form: str, sums: np.ndarray) -> np.ndarray:
    """Return the value of a test from its sums.

    Parameters
    ----------
    form : str
        See `Counts`.
    sums : numpy.ndarray
        ... x sums.

    Returns
    -------
    numpy.ndarray
        One value for each row of sums; NaN for a share of nothing.

    Examples
    --------
    >>> value_of("share", np.array([[1, 4], [0, 0]])).tolist()
    [0.25, nan]
    """
    sums = np.asarray(sums, dtype=np.float64)
    if form == "count":
        return sums[..., 0]
    if form == "least":
        return sums.min(axis=-1)
    parts, wholes = sums[..., 0::2], sums[..., 1::2]
    shares = np.divide(parts, wholes, out=np.full(parts.shape, np.nan), where=wholes > 0)
    return shares.min(axis=-1) if form == "least-share" else shares[..., 0]


def interval_of(
    counts: Counts, *, seed: int = SEED, replicates: int = REPLICATES, level: float = LEVEL
) -> tuple[float, float] | None:
    """Return a percentile interval for the value, by bootstrap over participants.

    A participant is drawn with all messages of theirs, since these are not independent of each other. None where
    threads are counted, which several participants share, and where more than a twentieth of the draws has no value.

    Parameters
    ----------
    counts : Counts
    seed, replicates, level
        Of the draws: where they begin, how many, the level of the interval.

    Raises
    ------
    ValueError
        When fewer than two draws are asked for, or the level lies outside 0 to 1.
    """
    if replicates < 2 or not 0 < level < 1:
        raise ValueError(f"{replicates} draws at the level {level} make no interval")
    if not counts.by_participant or len(counts.rows) < 2:
        return None
    kinds, many = np.unique(counts.rows, axis=0, return_counts=True)
    found = bootstrap(
        kinds.astype(np.float64),
        many.astype(np.float64),
        lambda sums: {"value": value_of(counts.form, sums)},
        replicates=replicates,
        level=level,
        random=np.random.default_rng(seed),
    )
    low, high, _ = found["value"]
    return None if np.isnan(low) or np.isnan(high) else (float(low), float(high))


def counts_of(material: Material, claim: Claim, unit: str = "") -> Counts:
    """Return what a claim's test counts over some codings.

    Parameters
    ----------
    material : Material
    claim : Claim
    unit : str, optional
        Another unit than the claim's own.

    Raises
    ------
    LackingError
        When no code is bound to the claim or to the one beside it, when one leads to no shared code, or when there is
        nothing to count over.
    """
    if not claim.evidence.codes:
        raise LackingError("no code of the study is bound to it in claims.yaml")
    units = Units(material, unit or claim.unit)
    return _COUNTERS[claim.check](units, claim)


def _counted(
    units: Units, form: str, flags: tuple[np.ndarray, ...], n: int, *, population: str = "", found: str
) -> Counts:
    """Return what is true of each unit as sums of each participant, or of each thread."""
    return Counts(units.rows(*flags), form, units.unit != "thread", n, population or units.named(n), found)


def _beside(claim: Claim) -> tuple[str, ...]:
    """Return the codes of the claim beside another."""
    if claim.beside is None or not claim.beside.codes:
        raise LackingError(f"no code is bound to {claim.beside_id}, beside which it is tested")
    return claim.beside.codes


def _against(units: Units, claim: Claim) -> str:
    """Say how many units bear a code against a claim whose test does not count them."""
    if not claim.evidence.against:
        return ""
    number = int(units.bearing(claim.evidence.against).sum())
    return f"; {number} with a code against it"


def _share(units: Units, claim: Claim) -> Counts:
    """Units with a code, of all."""
    hits = units.bearing(claim.evidence.codes)
    found = f"{int(hits.sum())} with one of the codes{_against(units, claim)}"
    return _counted(units, "share", (hits, np.ones(units.number)), units.number, found=found)


def _share_beside(units: Units, claim: Claim) -> Counts:
    """Units with a code, of those with a code of the claim beside."""
    base = units.bearing(_beside(claim))
    n = int(base.sum())
    if not n:
        raise LackingError(f"no {NAMES[units.unit][0]} bears a code of {claim.beside_id}, beside which it is tested")
    hits = units.bearing(claim.evidence.codes) & base
    population = f"{units.named(n)} with a code of {claim.beside_id}"
    return _counted(
        units, "share", (hits, base), n, population=population, found=f"{int(hits.sum())} with one of the codes"
    )


def _at_most(units: Units, claim: Claim) -> Counts:
    """The same as a share, of all or of those with a code of the claim beside."""
    return _share_beside(units, claim) if claim.beside_id else _share(units, claim)


def _at_least(units: Units, claim: Claim) -> Counts:
    """Units with a code."""
    hits = units.bearing(claim.evidence.codes)
    found = f"{int(hits.sum())} with one of the codes{_against(units, claim)}"
    return _counted(units, "count", (hits,), units.number, found=found)


def _beyond(units: Units, claim: Claim) -> Counts:
    """Units with a code and none of the claim beside."""
    hits = units.bearing(claim.evidence.codes) & ~units.bearing(_beside(claim))
    found = f"{int(hits.sum())} with one of the codes and none of {claim.beside_id}"
    return _counted(units, "count", (hits,), units.number, found=found)


def _majority(units: Units, claim: Claim) -> Counts:
    """Units for the claim, of those for and those against; a unit on both sides counts on both."""
    if not claim.evidence.against:
        raise LackingError("no code that speaks against it is bound, and without one everybody would be for it")
    pro, contra = units.bearing(claim.evidence.codes), units.bearing(claim.evidence.against)
    n = int(pro.sum() + contra.sum())
    if not n:
        raise LackingError(f"no {NAMES[units.unit][0]} bears a code for it or against it")
    both = int((pro & contra).sum())
    found = f"{int(pro.sum())} for and {int(contra.sum())} against{f', {both} of them both' if both else ''}"
    population = f"{units.named(int((pro | contra).sum()))} with a code for it or against it"
    flags = (pro, pro.astype(np.int64) + contra)
    return _counted(units, "share", flags, n, population=population, found=found)


def _each_code(units: Units, claim: Claim) -> Counts:
    """Units with each of the codes; the rarest counts."""
    flags = tuple(units.having(messages) for messages in units.columns(claim.evidence.codes))
    numbers = [int(flag.sum()) for flag in flags]
    rarest = claim.evidence.codes[numbers.index(min(numbers))]
    found = f"the rarest of {len(flags)} codes, {rarest}, stands in {min(numbers)}"
    return _counted(units, "least", flags, units.number, found=found)


def _together(units: Units, claim: Claim) -> Counts:
    """Units with a message in which a code of each group stands."""
    if not claim.evidence.with_:
        raise LackingError("no second group of codes is bound to it in claims.yaml")
    meet = units.messages(claim.evidence.codes) & units.messages(claim.evidence.with_)
    hits = units.having(meet)
    found = f"the two groups of codes meet in {int(hits.sum())}"
    return _counted(units, "count", (hits,), units.number, found=found)


_COUNTERS: dict[str, Callable[[Units, Claim], Counts]] = {
    "share": _share,
    "share-beside": _share_beside,
    "at-least": _at_least,
    "beyond": _beyond,
    "majority": _majority,
    "at-most": _at_most,
    "each-code": _each_code,
    "together": _together,
}
