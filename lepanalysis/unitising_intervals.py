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
from lepanalysis.faults import UsageError
from lepanalysis.formulas import ratio
from lepanalysis.intervals import LEVEL, bootstrap, no_interval
from lepanalysis.unitising import Lengths, family, lengths_of_messages, units

if TYPE_CHECKING:
    from lepanalysis.intervals import Statistic
    from lepanalysis.study import Study

CLUSTERS = ("message", "thread", "participant")
REPLICATES = 2000
_COLUMNS = {"value": "float64", "low": "float64", "high": "float64", "n_clusters": "int64", "reason": "str"}
FEW = "no interval: fewer than two {}s have anything to compare"
NONE = "the coefficient cannot be had"


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
    owner = _owner(study, cluster)
    cut, _ = units(segments_of(study).readable())

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        found = family(Lengths.of(flat))
        return {name: found[name] for name in ("u_alpha", "u_alpha_binary", "cu_alpha")}

    found = _found(lengths_of_messages(cut), owner, statistic, cluster, replicates, seed, level)
    rows = [(name, *one) for name, one in found.items()]
    return pd.DataFrame(rows, columns=["measure", *_COLUMNS]).astype({"measure": "str", **_COLUMNS})


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
    options = (owner, replicates, seed, level)
    rows = []
    for place, code in enumerate(coded(study).codes):
        alone = given.where(given.code == place)
        alone = replace(alone, code=np.zeros_like(alone.code), codes=1)
        found = _found(
            lengths_of_messages(alone),
            owner,
            lambda flat: {"u_alpha": family(Lengths.of(flat))["u_alpha"]},
            cluster,
            *options[1:],
        )
        rows += [(code, names[code], "; ".join(coders), name, *one) for name, one in found.items()]
        for first, second in combinations(range(len(coders)), 2):
            pair = _pair(alone, first, second)
            found = _found(_overlap_of_messages(pair, tolerance), owner, _overlap, cluster, *options[1:])
            both = f"{coders[first]}; {coders[second]}"
            rows += [(code, names[code], both, name, *one) for name, one in found.items()]
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


def _found(  # noqa: PLR0917 - one step of the two functions above
    rows: sparse.csr_array,
    owner: np.ndarray,
    statistic: Statistic,
    cluster: str,
    replicates: int,
    seed: int,
    level: float,
) -> dict[str, tuple[float, float, float, int, str]]:
    """Return value, ends, how many clusters were drawn, and why there is no value or no interval, by measure."""
    place = sparse.coo_array((np.ones(len(owner)), (owner, np.arange(len(owner)))))
    # What two coders have not read is in no sum, and is not drawn either.
    clusters = (place.tocsr() @ rows).tocsr()
    clusters = clusters[np.flatnonzero(np.diff(clusters.indptr))]
    values = {name: float(value) for name, value in statistic(clusters.sum(axis=0)).items()}
    number = clusters.shape[0]
    if number < 2:
        ends = dict.fromkeys(values, (np.nan, np.nan, np.nan))
    else:
        random = np.random.default_rng(seed)
        ends = bootstrap(clusters, np.ones(number), statistic, replicates=replicates, level=level, random=random)
    result = {}
    for name, value in values.items():
        low, high = (float(end) for end in ends[name][:2])
        why = NONE if np.isnan(value) else FEW.format(cluster) if number < 2 else no_interval(low, high)
        result[name] = (value, *((np.nan, np.nan) if why else (low, high)), number, why)
    return result
