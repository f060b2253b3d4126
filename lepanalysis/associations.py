"""How strongly codes go together, as measures, a network and transitions, with intervals and corrected p-values.

Counts come from `lepanalysis.cooccurrence`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from lepanalysis.codes import code_names
from lepanalysis.cooccurrence import applied_by, cooccurrence, in_common, packed, table_of, thread_order
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from lepanalysis.study import Study

ASSOCIATION_COLUMNS = (
    "code_a",
    "code_b",
    "n_units",
    "n_a",
    "n_b",
    "both",
    "expected",
    "jaccard",
    "jaccard_low",
    "jaccard_high",
    "lift",
    "lift_low",
    "lift_high",
    "phi",
    "phi_low",
    "phi_high",
    "p",
    "q",
    "reason",
)


def benjamini_hochberg(p: np.ndarray) -> np.ndarray:
    """Return p-values corrected so that the share of false discoveries is held (Benjamini and Hochberg, 1995).

    Parameters
    ----------
    p : numpy.ndarray
        NaN where there was no test; such a pair counts for nothing.

    Returns
    -------
    numpy.ndarray
        Rejecting what is at most q here is their step-up procedure at level q.

    Examples
    --------
    >>> benjamini_hochberg(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    given = np.asarray(p, dtype=np.float64)
    result = np.full(given.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(given))
    order = tested[np.argsort(given[tested], kind="stable")]
    raised = given[order] * len(order) / np.arange(1, len(order) + 1)
    result[order] = np.minimum(np.minimum.accumulate(raised[::-1])[::-1], 1)
    return result


def associations(table: pd.DataFrame, n_units: int, level: float = 0.95) -> pd.DataFrame:
    """Return how strongly each pair of codes goes together.

    Parameters
    ----------
    table : pandas.DataFrame
        Symmetric counts with the number of units with the code on the diagonal, as `cooccurrence` gives them for
        messages, threads, overlap and characters.
    n_units : int
        How many units there are, those without any code among them.
    level : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        code_a, code_b, n_units, n_a, n_b, both, expected (by chance), jaccard, lift, phi, each with _low and _high,
        p, q, reason. NaN where something cannot be had, and the reason says why.

    Notes
    -----
    Jaccard is a share of the units with either code, its interval that of Wilson (1927). Lift is both by expected;
    its interval is taken on the logarithm, that of phi on phi itself, both by the delta method over the four cells
    (Agresti, 2013, section 16.1). p is that of Fisher's exact test, two-sided by doubling the smaller tail; q
    corrects it for the number of pairs (Benjamini and Hochberg, 1995). Units of one thread or person resemble each
    other: the intervals and p-values take them to be independent, and are too narrow where they are not.

    Examples
    --------
    >>> from lepanalysis.cooccurrence import cooccurrence
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = associations(cooccurrence(study), n_units=len(study.messages.frame))
    >>> print(*found.loc[0, ["code_a", "code_b", "both"]])
    S01 S02 1
    """
    cells = table.to_numpy(dtype=np.float64)
    one, other = np.triu_indices(len(cells), 1)
    n_a, n_b, both = np.diag(cells)[one], np.diag(cells)[other], cells[one, other]
    n = float(n_units)
    z = float(special.ndtri((1 + level) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = n_a * n_b / n
        jaccard, low, high = _wilson(both, n_a + n_b - both, z)
        lift = both / expected
        spread = _spread(n_a / n, n_b / n, both / n, n)
        lift_ratio = np.exp(z * spread[0])
        phi = (both / n - n_a * n_b / n**2) / np.sqrt(n_a * (n - n_a) * n_b * (n - n_b) / n**4)
    varies = (n_a > 0) & (n_a < n) & (n_b > 0) & (n_b < n)
    phi = np.where(varies, phi, np.nan)
    p = np.full(len(one), np.nan)
    p[varies] = _fisher(both[varies], n_a[varies], n_b[varies], n)
    names = table.index.to_numpy()
    frame = pd.DataFrame(
        {
            "code_a": names[one],
            "code_b": names[other],
            "n_units": n_units,
            "n_a": n_a.astype(np.int64),
            "n_b": n_b.astype(np.int64),
            "both": both.astype(np.int64),
            "expected": expected,
            "jaccard": jaccard,
            "jaccard_low": low,
            "jaccard_high": high,
            "lift": lift,
            "lift_low": np.where(both > 0, lift / lift_ratio, np.nan),
            "lift_high": np.where(both > 0, lift * lift_ratio, np.nan),
            "phi": phi,
            "phi_low": np.where(varies, np.clip(phi - z * spread[1], -1, 1), np.nan),
            "phi_high": np.where(varies, np.clip(phi + z * spread[1], -1, 1), np.nan),
            "p": p,
            "q": benjamini_hochberg(p),
            "reason": _reasons(n_a, n_b, both, n),
        },
        columns=list(ASSOCIATION_COLUMNS),
    )
    return frame.astype({"code_a": "str", "code_b": "str", "reason": "str"})


def _wilson(hits: np.ndarray, of: np.ndarray, z: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a share and its interval (Wilson, 1927)."""
    share = hits / of
    middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
    half = z * np.sqrt(share * (1 - share) / of + z**2 / (4 * of**2)) / (1 + z**2 / of)
    return share, np.maximum(middle - half, 0), np.minimum(middle + half, 1)


def _spread(a: np.ndarray, b: np.ndarray, ab: np.ndarray, n: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the standard errors of the logarithm of lift and of phi by the delta method."""
    cells = np.stack([ab, a - ab, b - ab, 1 - a - b + ab])
    nothing = np.zeros_like(ab)
    lift = np.stack([1 / ab - 1 / a - 1 / b, -1 / a, -1 / b, nothing])
    width = np.sqrt(a * (1 - a) * b * (1 - b))
    phi = (ab - a * b) / width
    by_a = -b / width - phi * (1 - 2 * a) / (2 * a * (1 - a))
    by_b = -a / width - phi * (1 - 2 * b) / (2 * b * (1 - b))
    slopes = np.stack([1 / width + by_a + by_b, by_a, by_b, nothing])
    errors = []
    for slope in (lift, slopes):
        mean = (cells * slope).sum(axis=0)
        errors.append(np.sqrt(np.maximum((cells * slope**2).sum(axis=0) - mean**2, 0) / n))
    return errors[0], errors[1]


def _fisher(both: np.ndarray, n_a: np.ndarray, n_b: np.ndarray, n: float) -> np.ndarray:
    """Return two-sided p-values of Fisher's exact test: twice the smaller tail, at most 1."""
    # A second of importing that only those pay who ask for a test.
    from scipy import stats

    upper = stats.hypergeom.sf(both - 1, n, n_a, n_b)
    lower = stats.hypergeom.cdf(both, n, n_a, n_b)
    return np.clip(2 * np.minimum(upper, lower), 0, 1)


def _reasons(n_a: np.ndarray, n_b: np.ndarray, both: np.ndarray, n: float) -> list[str]:
    """Say why something cannot be had."""
    chosen = [
        (np.full(len(both), n == 0), "there is no unit"),
        ((n_a == 0) | (n_b == 0), "one of the codes does not occur"),
        ((n_a == n) | (n_b == n), "one of the codes stands in every unit, so phi and p cannot be had"),
        (both == 0, "they never stand together, so lift has no interval"),
    ]
    return list(np.select([when for when, _ in chosen], [words for _, words in chosen], ""))


def network(
    study: Study, who: str = "consensus", within: str = "message", *, reach: int | None = None, level: float = 0.05
) -> pd.DataFrame:
    """Return the codes that go together more than by chance, as the edges of a network.

    Parameters
    ----------
    study : Study
    who, within, reach
        See `cooccurrence`; not for ``messages`` and replies, whose counts have a direction.
    level : float
        The share of false edges that is borne: edges have q at most this.

    Returns
    -------
    pandas.DataFrame
        source, target (ids of codes), source_name, target_name, weight (units with both), jaccard, lift, phi, q; the
        strongest phi first.

    Raises
    ------
    UsageError
        When the counts have a direction.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> network(study).columns.to_list()[:3]
    ['source', 'target', 'source_name']
    """
    if within in {"messages", "reply", "reply chain"}:
        raise UsageError(f"{within} has a direction; a network takes message, thread, overlap or characters")
    table = cooccurrence(study, who, within, reach)
    units = study.messages.data["thread_id"].nunique() if within == "thread" else len(study.messages.data)
    found = associations(table, units)
    found = found[(found["q"] <= level) & (found["lift"] > 1)]
    found = found.sort_values(["phi", "code_a", "code_b"], ascending=[False, True, True], ignore_index=True)
    names = code_names(study)
    edges = found.rename(columns={"code_a": "source", "code_b": "target", "both": "weight"})
    for end in ("source", "target"):
        edges[f"{end}_name"] = pd.Series([names[code] for code in edges[end]], index=edges.index, dtype="str")
    return edges[["source", "target", "source_name", "target_name", "weight", "jaccard", "lift", "phi", "q"]]


def transitions(study: Study, who: str = "consensus", step: int = 1) -> pd.DataFrame:
    """Return what follows what in the threads: codes of a message, and of the message that comes after it.

    Parameters
    ----------
    study : Study
    who : str
        See `applied_by`.
    step : int
        How many messages later; 1 is the next. Messages without codes count too.

    Returns
    -------
    pandas.DataFrame
        from_code, to_code, n_pairs (of messages), n_from (pairs whose first has from_code), n_to (pairs whose second
        has to_code), observed (pairs with both), expected (``n_from n_to / n_pairs``), ratio, p, q; one row for each
        two codes, a code with itself among them. NaN where a code does not occur.

    Notes
    -----
    p is that of Fisher's exact test over the pairs, q corrects it (Benjamini and Hochberg, 1995). Pairs of one
    thread share messages: p is a guide to where to look, no proof.

    Raises
    ------
    UsageError
        When `step` is below 1.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = transitions(study)
    >>> print(*found.loc[found["q"].idxmin(), ["from_code", "to_code", "n_pairs", "observed"]])
    S11 S11 95 11
    """
    if step < 1:
        raise UsageError(f"a step of {step} leads to no later message; use 1 for the next")
    found = applied_by(study, who)
    order, begins = thread_order(study)
    units, codes = len(order), len(found.codes)
    rank = np.empty(units, dtype=np.int64)
    rank[order] = np.arange(units)
    table = table_of(rank[found.message], found.code, units, codes)
    thread = np.zeros(units, dtype=np.int64)
    thread[begins] = 1
    thread = np.cumsum(thread)
    first = np.flatnonzero(thread[:-step] == thread[step:]) if step < units else np.zeros(0, dtype=np.int64)
    before, after = table[:, first], table[:, first + step]
    observed = in_common(packed(before), packed(after)).ravel()
    n_from = np.repeat(before.sum(axis=1), codes)
    n_to = np.tile(after.sum(axis=1), codes)
    pairs = len(first)
    varies = (n_from > 0) & (n_to > 0)
    expected = n_from * n_to / max(pairs, 1)
    p = np.full(len(observed), np.nan)
    p[varies] = _fisher(observed[varies], n_from[varies], n_to[varies], pairs)
    names = np.array(found.codes, dtype=object)
    ratio = np.divide(observed, expected, out=np.full(len(observed), np.nan), where=varies)
    frame = pd.DataFrame(
        {
            "from_code": np.repeat(names, codes),
            "to_code": np.tile(names, codes),
            "n_pairs": pairs,
            "n_from": n_from,
            "n_to": n_to,
            "observed": observed,
            "expected": expected,
            "ratio": ratio,
            "p": p,
            "q": benjamini_hochberg(p),
        }
    )
    return frame.astype({"from_code": "str", "to_code": "str"})
