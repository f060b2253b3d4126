"""Intervals for what is said of segments: a bootstrap over messages, or over the threads or people they belong to.

Segments of one message are not independent of each other, so that a message is the least that is drawn. What a message
adds to the coefficients is added up once; what is drawn is how often each message (or cluster) counts.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from lepanalysis.applications import coded
from lepanalysis.boundaries import matches
from lepanalysis.characters import Segments, merged, segments_of
from lepanalysis.codes import code_names
from lepanalysis.coefficients import coefficient
from lepanalysis.faults import UsageError
from lepanalysis.formulas import ratio
from lepanalysis.intervals import LEVEL, Interval, Way, intervals_around, without_ends
from lepanalysis.tallies import numbered
from lepanalysis.unitising import Lengths, family, lengths_of_messages, units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.intervals import Statistic
    from lepanalysis.study import Study

CLUSTERS = ("message", "thread", "participant")
REPLICATES = 2000
FAMILY = ("u_alpha", "u_alpha_binary", "cu_alpha")
_COLUMNS = {"value": "float64", "low": "float64", "high": "float64", "n_clusters": "int64", "reason": "str"}
FEW = "no interval: fewer than two {}s have anything to compare"
NONE = "the coefficient cannot be had"


def of_segments(
    given: Segments,
    *,
    clusters: Sequence[object] | None = None,
    replicates: int = REPLICATES,
    seed: int = 0,
    level: float = LEVEL,
) -> dict[str, Interval]:
    """Return u-alpha, |u|-alpha and cu-alpha over plain segments, each with its interval.

    Parameters
    ----------
    given : Segments
    clusters : sequence, optional
        What each message belongs to: whole clusters are drawn, not single messages.
    replicates, seed, level
        Of the bootstrap and its percentile interval (Efron & Tibshirani, 1993, ch. 13).

    Returns
    -------
    dict
        From u_alpha, u_alpha_binary and cu_alpha to `lepanalysis.intervals.Interval`.

    Raises
    ------
    ValueError
        When there is not one cluster for each message.

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> rows = [(coder, message, 0, 0, 4 + coder * (message % 3)) for coder in (0, 1) for message in range(12)]
    >>> found = of_segments(segments(rows, lengths=[10] * 12), replicates=200)["u_alpha"]
    >>> round(found.low, 2), round(found.value, 2), round(found.high, 2)
    (0.72, 0.8, 0.9)
    """
    if clusters is not None and len(clusters) != len(given.lengths):
        raise ValueError(
            f"every message needs its cluster; there are {len(given.lengths)} messages and {len(clusters)} clusters"
        )
    owner = np.arange(len(given.lengths)) if clusters is None else numbered([clusters])[0][0]
    drawn = "message" if clusters is None else "cluster"
    return _family(given, owner, drawn, replicates, seed, level)[0]


def overall(
    study: Study, *, cluster: str = "message", replicates: int = REPLICATES, seed: int = 0, level: float = LEVEL
) -> pd.DataFrame:
    """Return u-alpha, |u|-alpha and cu-alpha over all shared codes of a study, each with its interval.

    Parameters
    ----------
    study : Study
    cluster : str
        What is drawn: ``message``, ``thread`` or ``participant``.
    replicates, seed, level
        Of the bootstrap and its percentile interval (Efron & Tibshirani, 1993, ch. 13).

    Returns
    -------
    pandas.DataFrame
        measure, value, low, high (NaN where they cannot be had), n_clusters, reason.

    Raises
    ------
    UsageError
        When `cluster` is not known.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*overall(study, cluster="thread", replicates=200).loc[0, ["measure", "n_clusters"]])
    u_alpha 36
    """
    found, number = _family(segments_of(study), _owner(study, cluster), cluster, replicates, seed, level)
    rows = [(name, *_cells(one, number)) for name, one in found.items()]
    return pd.DataFrame(rows, columns=["measure", *_COLUMNS]).astype({"measure": "str", **_COLUMNS})


def _family(  # noqa: PLR0917 - one step of the two functions above
    given: Segments, owner: np.ndarray, drawn: str, replicates: int, seed: int, level: float
) -> tuple[dict[str, Interval], int]:
    """Return the family with intervals, and how many clusters were drawn."""
    cut, _ = units(given.readable())

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        found = family(Lengths.of(flat))
        return {name: found[name] for name in FAMILY}

    return _found(lengths_of_messages(cut), owner, statistic, Way("bootstrap", level, replicates, seed, f"{drawn}s"))


def _cells(one: Interval, number: int) -> tuple[float | None, float | None, float | None, int, str]:
    """Return an interval as cells of a table."""
    return one.value, one.low, one.high, number, one.reason


def by_code(
    study: Study,
    *,
    tolerance: int = 0,
    cluster: str = "message",
    replicates: int = REPLICATES,
    seed: int = 0,
    level: float = LEVEL,
) -> pd.DataFrame:
    """Return u-alpha of each code, and precision, recall, F1 and Jaccard of each pair of coders, with intervals.

    Parameters
    ----------
    study : Study
    tolerance : int
        How many characters a begin or an end may lie apart.
    cluster, replicates, seed, level
        See `overall`.

    Returns
    -------
    pandas.DataFrame
        code_id, code, coders (the pair, or all for u_alpha; joined by "; "), measure, value, low, high, n_clusters,
        reason.

    Raises
    ------
    UsageError
        When `cluster` is not known.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> by_code(study, tolerance=5, replicates=200)["measure"].unique().tolist()
    ['u_alpha', 'precision', 'recall', 'f1', 'jaccard']
    """
    owner, given = _owner(study, cluster), merged(segments_of(study).readable())
    coders, names = [coder.id for coder in study.coders], code_names(study)
    way = Way("bootstrap", level, replicates, seed, f"{cluster}s")
    rows = []
    for place, code in enumerate(coded(study).codes):
        alone = given.where(given.code == place)
        alone = replace(alone, code=np.zeros_like(alone.code), codes=1)
        parts = [("; ".join(coders), lengths_of_messages(alone), _u_alpha)]
        for first, second in combinations(range(len(coders)), 2):
            pair = _pair(alone, first, second)
            parts.append((f"{coders[first]}; {coders[second]}", _overlap_of_messages(pair, tolerance), _overlap))
        for who, sums, statistic in parts:
            found, number = _found(sums, owner, statistic, way)
            rows += [(code, names[code], who, name, *_cells(one, number)) for name, one in found.items()]
    heads = ("code_id", "code", "coders", "measure")
    return pd.DataFrame(rows, columns=[*heads, *_COLUMNS]).astype({**dict.fromkeys(heads, "str"), **_COLUMNS})


def _owner(study: Study, cluster: str) -> np.ndarray:
    """Return the cluster of each message as a number."""
    if cluster not in CLUSTERS:
        raise UsageError(f"{cluster!r} is no cluster of messages; use one of {', '.join(CLUSTERS)}")
    return pd.factorize(study.messages.frame[f"{cluster}_id"])[0]


def _pair(given: Segments, first: int, second: int) -> Segments:
    """Return the segments of two coders in the messages that both have read."""
    both = given.read[first] & given.read[second]
    kept = given.where(both[given.message] & np.isin(given.coder, [first, second]))
    return replace(kept, coder=(kept.coder == second).astype(np.int64), read=both[None, :].repeat(2, axis=0))


def _overlap_of_messages(pair: Segments, tolerance: int) -> sparse.csr_array:
    """Return what each message adds: segments of the first, of the second, matched; characters of both, of either."""
    one, other = pair.where(pair.coder == 0), pair.where(pair.coder == 1)
    found, _ = matches(one, other, tolerance)
    size = len(pair.lengths)
    counts = [np.bincount(messages, minlength=size) for messages in (one.message, other.message, one.message[found])]
    lengths = Lengths.of(lengths_of_messages(pair).toarray())
    both = lengths.agreeing[:, 0] / 2
    columns = [*counts, both, lengths.marked[:, 0] - both, lengths.total / 2]
    return sparse.csr_array(np.stack(columns, axis=1).astype(np.float64))


def _overlap(flat: np.ndarray) -> dict[str, np.ndarray]:
    first, second, matched, both, either, _ = np.moveaxis(flat, -1, 0)
    return {
        "precision": ratio(matched, second),
        "recall": ratio(matched, first),
        "f1": ratio(2 * matched, first + second),
        "jaccard": ratio(both, either),
    }


def _u_alpha(flat: np.ndarray) -> dict[str, np.ndarray]:
    return {"u_alpha": family(Lengths.of(flat))["u_alpha"]}


def _found(
    rows: sparse.csr_array, owner: np.ndarray, statistic: Statistic, way: Way
) -> tuple[dict[str, Interval], int]:
    """Return coefficients with their intervals, and how many clusters were drawn."""
    place = sparse.coo_array((np.ones(len(owner)), (owner, np.arange(len(owner)))))
    # What two coders have not read is in no sum, and is not drawn either.
    clusters = (place.tocsr() @ rows).tocsr()
    clusters = clusters[np.flatnonzero(np.diff(clusters.indptr))]
    number = clusters.shape[0]
    values = {name: coefficient(float(value), NONE) for name, value in statistic(clusters.sum(axis=0)).items()}
    if number < 2:
        few = FEW.format(way.drawn.removesuffix("s"))
        return {name: without_ends(value, value.reason or few, way) for name, value in values.items()}, number
    return intervals_around(values, clusters, np.ones(number), statistic, way), number
