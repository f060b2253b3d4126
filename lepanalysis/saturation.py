"""How many codes a corpus holds, and whether more are to be expected: curves, new information, species richness.

Reflexive thematic analysis rejects saturation as a criterion; these are descriptions of the coding that was done, and
`approach` in study.yaml decides whether a paper shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse, special

from lepanalysis.applications import check_coder, readings
from lepanalysis.consensus import EVERYONE
from lepanalysis.cooccurrence import applied_by
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from lepanalysis.study import Study


@dataclass(frozen=True)
class Richness:
    """How many codes a corpus would have if it went on and on, as estimated.

    Parameters
    ----------
    observed : int
        Codes that occur.
    messages : int
        Messages that were read.
    once, twice : int
        Codes in exactly one, and in exactly two messages.
    expected : float or None
        Observed and further codes together; None where there is none, with the reason.
    further : float or None
        Codes that are still to be expected, at least.
    error : float or None
        The standard error of `expected`.
    low, high : float or None
        The interval of `expected`.
    reason : str
        Why something cannot be had.

    Examples
    --------
    >>> found = richness_of(np.array([1, 1, 1, 1, 2, 2, 5, 8]), messages=20)
    >>> round(found.low, 1), found.expected, round(found.high, 1)
    (8.5, 11.8, 35.4)
    """

    observed: int
    messages: int
    once: int
    twice: int
    expected: float | None
    further: float | None
    error: float | None
    low: float | None
    high: float | None
    reason: str = ""


def _ordered(study: Study, who: str) -> sparse.csc_array:
    """Return messages x codes in the order of time, without messages unread and codes that do not occur."""
    read = readings(study)
    if who not in EVERYONE:
        check_coder(study, who)
    seen = (read[who] if who not in EVERYONE else read.any(axis="columns")).to_numpy()
    times = study.messages.data["posted_at"].reset_index(drop=True)
    order = times[seen].sort_values(kind="stable", na_position="last").index.to_numpy()
    found = applied_by(study, who)
    rank = np.full(len(times), -1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    place, code = rank[found.message], found.code
    place, code = place[place >= 0], code[place >= 0]
    cells = (np.ones(len(place), dtype=np.int64), (place, code))
    table = sparse.coo_array(cells, shape=(len(order), len(found.codes))).tocsc()
    return table[:, np.diff(table.indptr) > 0]


def saturation(study: Study, who: str = "consensus", seed: int = 0, replicates: int = 200) -> pd.DataFrame:
    """Return how many different codes the first n messages hold, in the order of time and in random orders.

    Messages without a code count as messages, those that were not read do not. Messages without a time stand
    last, in the order of the file. The random orders are those of sample-based rarefaction (Gotelli and
    Colwell, 2001).

    Parameters
    ----------
    study : Study
    who : str
        See `lepanalysis.coding.messages_by_codes`.
    seed : int
        Of the random orders.
    replicates : int
        How many random orders to draw.

    Returns
    -------
    pandas.DataFrame
        messages (1, 2, ...), observed, mean, low and high (the 2.5th and 97.5th percentile of the random
        orders).

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*saturation(study, replicates=20).iloc[-1])
    131.0 24.0 24.0 24.0 24.0
    """
    holding = _ordered(study, who)
    total = holding.shape[0]
    random = np.random.default_rng(seed)
    firsts = [_firsts(random.permutation(total), holding) for _ in range(replicates)]
    mean, low, high = _bands(np.array(firsts).reshape(replicates, holding.shape[1]), total)
    return pd.DataFrame(
        {
            "messages": np.arange(1, total + 1),
            "observed": _curve(_firsts(np.arange(total), holding), total),
            "mean": mean,
            "low": low,
            "high": high,
        }
    )


def _firsts(places: np.ndarray, holding: sparse.csc_array) -> np.ndarray:
    """Return where each code occurs first, in order, when message i stands at `places[i]`."""
    if holding.shape[1] == 0:
        return np.zeros(0, dtype=np.int64)
    return np.sort(np.minimum.reduceat(places[holding.indices], holding.indptr[:-1]))


def _curve(firsts: np.ndarray, total: int) -> np.ndarray:
    """Return how many codes have occurred by each place."""
    return np.bincount(firsts, minlength=total).cumsum()[:total]


def _bands(firsts: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, 2.5th and 97.5th percentile of curves, without making each curve.

    Parameters
    ----------
    firsts : numpy.ndarray
        Replicates x codes: where the k-th code was found, in order.
    total : int
        The number of places.

    Notes
    -----
    A curve has reached k once the k-th code was found. Of R curves the j-th lowest has reached k once all but j - 1
    of them have: the (R - j + 1)-th smallest of the places at which the k-th code was found.
    """
    replicates = len(firsts)
    if not replicates:
        nothing = np.full(total, np.nan)
        return nothing, nothing.copy(), nothing.copy()
    mean = _curve(firsts.ravel(), total) / replicates
    sorted_firsts = np.sort(firsts, axis=0)
    bands = []
    for share in (0.025, 0.975):
        rank = share * (replicates - 1)
        below, above = int(np.floor(rank)), int(np.ceil(rank))
        one, other = (_curve(sorted_firsts[replicates - 1 - place], total) for place in (below, above))
        # The same interpolation, to the last bit, as numpy.percentile's.
        part = rank - below
        apart = other - one
        bands.append(one + apart * part if part < 0.5 else other - apart * (1 - part))
    return mean, bands[0].astype(np.float64), bands[1].astype(np.float64)


def new_information(
    study: Study,
    who: str = "consensus",
    *,
    base: int = 4,
    run: int = 2,
    step: int = 1,
    threshold: float = 0.05,
    seed: int | None = None,
) -> pd.DataFrame:
    """Return how much new each run of messages brought, against what the first messages brought.

    Parameters
    ----------
    study : Study
    who : str
        See `lepanalysis.coding.messages_by_codes`.
    base : int
        The base size: how many first messages the comparison is with.
    run : int
        The run length: how many messages are looked at together.
    step : int
        A run begins so many messages after the one before; 1: runs overlap, and there is one after each message.
    threshold : float
        The share of new information at which one would stop.
    seed : int, optional
        Take the messages in a random order by this seed, not in that of time.

    Returns
    -------
    pandas.DataFrame
        messages (seen before the run), base_codes, new_codes (in the run), codes (found by its end), ratio (``new
        codes / base codes``; NaN where the base has no code), reached (whether the ratio is at most the threshold);
        one row a run.

    Notes
    -----
    Base size, run length and new information threshold as in Guest, Namey and Chen (2020), who propose a base of 4,
    runs of 2 or 3, and 5 % or no new information.

    Raises
    ------
    UsageError
        When base, run or step is below 1.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*new_information(study).iloc[-1][["messages", "codes", "ratio"]])
    129 24 0.0
    """
    if min(base, run, step) < 1:
        raise UsageError("base, run and step count messages: each is 1 or more")
    holding = _ordered(study, who)
    total = holding.shape[0]
    order = np.arange(total) if seed is None else np.random.default_rng(seed).permutation(total)
    curve = np.concatenate([[0], _curve(_firsts(order, holding), total)])
    seen = np.arange(base, total - run + 1, step)
    base_codes = int(curve[base]) if total >= base else 0
    new = curve[seen + run] - curve[seen]
    ratio = new / base_codes if base_codes else np.full(len(seen), np.nan)
    return pd.DataFrame(
        {
            "messages": seen,
            "base_codes": base_codes,
            "new_codes": new,
            "codes": curve[seen + run],
            "ratio": ratio,
            "reached": ratio <= threshold,
        }
    )


def richness_of(occurrences: np.ndarray, messages: int, level: float = 0.95) -> Richness:
    """Return Chao's estimate of how many codes there are, from how many messages each occurs in (Chao2).

    Parameters
    ----------
    occurrences : numpy.ndarray
        In how many messages each code occurs; zeros do not count.
    messages : int
        How many messages were looked through.
    level : float
        Of the interval.

    Notes
    -----
    With A = (m - 1) / m, Q1 and Q2 codes in one and in two of m messages, the further codes are ``A Q1^2 / (2 Q2)``,
    where Q2 = 0 ``A Q1 (Q1 - 1) / 2`` (Chao, 1987; Chao and Chiu, 2016). It is a lower bound. The variance is that of
    Chao (1987), ``Q2 (A/2 (Q1/Q2)^2 + A^2 (Q1/Q2)^3 + A^2/4 (Q1/Q2)^4)``, where Q2 = 0
    ``A Q1 (Q1 - 1) / 2 + A^2 Q1 (2 Q1 - 1)^2 / 4 - A^2 Q1^4 / (4 expected)`` (Colwell, 2013, appendix B). The
    interval takes the further codes to be log-normal: ``observed + T / K`` to ``observed + T K`` with
    ``K = exp(z sqrt(log(1 + variance / T^2)))`` (Chao, 1987). SpadeR, which is hers, has the same formulas.

    Examples
    --------
    >>> found = richness_of(np.array([1, 1, 1, 1, 2, 2, 5, 8]), messages=20)
    >>> (found.observed, found.further)
    (8, 3.8)
    """
    given = np.asarray(occurrences)
    observed, once, twice = int((given > 0).sum()), int((given == 1).sum()), int((given == 2).sum())
    counts = (observed, messages, once, twice)
    if messages < 2 or not observed:
        reason = "no code occurs" if messages > 1 else "fewer than two messages were read"
        return Richness(*counts, None, None, None, None, None, reason)
    share = (messages - 1) / messages
    if twice:
        ratio = once / twice
        further = share * once * ratio / 2
        variance = twice * (share / 2 * ratio**2 + share**2 * ratio**3 + share**2 / 4 * ratio**4)
    else:
        further = share * once * (once - 1) / 2
        variance = share * once * (once - 1) / 2 + share**2 * once * (2 * once - 1) ** 2 / 4
        variance -= share**2 * once**4 / (4 * (observed + further))
    expected = observed + further
    if further == 0:
        reason = "one code alone occurs in only one message" if once else "every code occurs in two messages or more"
        return Richness(*counts, expected, further, None, None, None, f"{reason}, so the interval cannot be had")
    z = float(special.ndtri((1 + level) / 2))
    factor = float(np.exp(z * np.sqrt(np.log1p(variance / further**2))))
    error = float(np.sqrt(variance))
    return Richness(*counts, expected, further, error, observed + further / factor, observed + further * factor)


def richness(study: Study, who: str = "consensus", level: float = 0.95) -> Richness:
    """Return Chao's estimate of how many codes the study would have if it went on (see `richness_of`).

    Inductive codes are what this is about: over a codebook that was closed before coding it says little.

    Parameters
    ----------
    study : Study
    who : str
        See `lepanalysis.coding.messages_by_codes`.
    level : float
        Of the interval.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> richness(study).expected
    24.0
    """
    holding = _ordered(study, who)
    return richness_of(np.diff(holding.indptr), holding.shape[0], level)


def further_codes(found: Richness, messages: int) -> float | None:
    """Return how many new codes so many further messages are expected to bring.

    Parameters
    ----------
    found : Richness
    messages : int
        How many messages more.

    Returns
    -------
    float or None
        ``Q0 (1 - (1 - Q1 / (Q1 + m Q0))^g)`` for g further messages, Q0 being all further codes (Colwell and
        others, 2012); None where these cannot be had.

    Examples
    --------
    >>> found = richness_of(np.array([1, 1, 1, 1, 2, 2, 5, 8]), messages=20)
    >>> round(further_codes(found, 20), 2)
    2.44
    """
    if found.further is None:
        return None
    if found.further == 0:
        return 0.0
    rate = found.once / (found.once + found.messages * found.further)
    return float(found.further * (1 - (1 - rate) ** messages))
