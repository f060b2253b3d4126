"""Intervals around coefficients: by bootstrap over units or clusters, and analytic.

What is drawn is how often each distinct row of sums occurs, not the units themselves, so that the cost of a
bootstrap hangs on how many kinds of units there are and hardly on how many units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lepanalysis import formulas
from lepanalysis.alpha import positions_of
from lepanalysis.coefficients import NO_UNIT, Coefficient, coefficient, reason
from lepanalysis.tallies import Patterns, Sums, distinct, features, numbered, tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scipy import sparse

    Statistic = Callable[[np.ndarray], dict[str, np.ndarray]]

REPLICATES = 2000
LEVEL = 0.95
# So many numbers are held at once while replicates are drawn.
CHUNK = 1 << 22
# Beyond this share of replicates without a value their percentiles say nothing.
UNDEFINED = 0.05
# Drawing a unit costs about a sixth of drawing how often a pattern occurs.
UNITS_PER_PATTERN = 6
STEP = 1e-100
FEW_GROUPS = "an interval takes two units (or clusters) at least"


@dataclass(frozen=True)
class Interval:
    """A coefficient with its interval.

    Parameters
    ----------
    value, low, high : float or None
        Never NaN.
    standard_error : float or None
    method : str
        How the interval was made.
    level : float
        Its level of confidence.
    reason : str
        Why there is no value, or no interval; empty where both are there.
    """

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    method: str
    level: float
    reason: str = ""


def draws(multiplicities: np.ndarray, replicates: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Yield how often each row occurs when as many units are drawn with replacement as there are, chunk by chunk.

    Parameters
    ----------
    multiplicities : numpy.ndarray
        How many units (or clusters) have each row.
    replicates : int
    random : numpy.random.Generator

    Yields
    ------
    numpy.ndarray
        Some of the replicates x rows.
    """
    n, rows = round(float(multiplicities.sum())), len(multiplicities)
    step = max(1, CHUNK // max(rows, 1))
    for start in range(0, replicates, step):
        count = min(step, replicates - start)
        if n <= UNITS_PER_PATTERN * rows:
            owner = np.repeat(np.arange(rows, dtype=np.int32), multiplicities.astype(np.int64))
            drawn = owner[random.integers(0, n, (count, n), dtype=np.int32)]
            drawn = drawn + np.arange(count, dtype=np.int64)[:, None] * rows
            yield np.bincount(drawn.ravel(), minlength=count * rows).reshape(count, rows)
        else:
            yield random.multinomial(n, multiplicities / multiplicities.sum(), count)


def percentiles(replicated: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return lower end, upper end and standard error over the first axis, NaN where too few replicates have a value.

    Percentile interval: Efron (1979); Efron & Tibshirani (1993, ch. 13).
    """
    undefined = np.isnan(replicated)
    usable = undefined.mean(axis=0) <= UNDEFINED
    tails = [(1 - level) / 2, (1 + level) / 2]
    if undefined.any():
        filled = np.where(usable, replicated, 0.0)
        low, high = np.nanquantile(filled, tails, axis=0)
        error = np.nanstd(filled, axis=0, ddof=1)
    else:
        low, high = _quantiles(replicated, tails)
        error = replicated.std(axis=0, ddof=1)
    return np.where(usable, low, np.nan), np.where(usable, high, np.nan), np.where(usable, error, np.nan)


def _quantiles(values: np.ndarray, at: list[float]) -> np.ndarray:
    """Return quantiles over the first axis (linear between neighbours), ordering columns that lie in one piece."""
    columns = np.ascontiguousarray(np.moveaxis(values, 0, -1))
    places = [p * (columns.shape[-1] - 1) for p in at]
    floors = [int(place) for place in places]
    wanted = sorted({min(floor + more, columns.shape[-1] - 1) for floor in floors for more in (0, 1)})
    columns.partition(wanted, axis=-1)
    ends = []
    for place, floor in zip(places, floors, strict=True):
        lower, upper = columns[..., floor], columns[..., min(floor + 1, columns.shape[-1] - 1)]
        ends.append(lower + (upper - lower) * (place - floor))
    return np.array(ends)


def bootstrap(
    rows: np.ndarray | sparse.csr_array,
    multiplicities: np.ndarray,
    statistic: Statistic,
    *,
    replicates: int = REPLICATES,
    level: float = LEVEL,
    random: np.random.Generator,
) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return the percentile interval and standard error of each statistic of sums over units.

    Parameters
    ----------
    rows : numpy.ndarray or scipy.sparse.csr_array
        What a unit (or cluster) of each kind adds to the sums.
    multiplicities : numpy.ndarray
        How many of each kind there are.
    statistic : callable
        From sums (replicates x sums) to a value a replicate, by name.
    replicates, level, random
        How many draws, which level, from which generator.
    """
    found: dict[str, list[np.ndarray]] = {}
    for drawn in draws(multiplicities, replicates, random):
        for name, values in statistic((rows.T @ drawn.T).T).items():
            found.setdefault(name, []).append(values)
    return {name: percentiles(np.concatenate(values), level) for name, values in found.items()}


def influences(rows: np.ndarray | sparse.csr_array, total: np.ndarray, statistic: Statistic) -> dict[str, np.ndarray]:
    """Return how much a unit of each kind moves each statistic: its row times the gradient over the sums.

    The gradient is taken by complex steps: 1e-100 along the imaginary axis gives a derivative without any
    difference being formed, exact to the last digits (Squire & Trapp, 1998).

    Parameters
    ----------
    rows : numpy.ndarray or scipy.sparse.csr_array
        What a unit of each kind adds to the sums.
    total : numpy.ndarray
        The sums.
    statistic : callable
        As for `bootstrap`; its formulas hold for complex numbers.
    """
    moved = statistic(total + 1j * STEP * np.eye(len(total)))
    return {name: rows @ np.where(np.isnan(values), np.nan, values.imag / STEP) for name, values in moved.items()}


def standard_error(influence: np.ndarray, multiplicities: np.ndarray) -> float:
    """Return the standard error from the influence of each kind of unit (infinitesimal jackknife; Jaeckel, 1972).

    For kappa this is the large-sample error of Fleiss, Cohen & Everitt (1969) times sqrt(n / (n - 1)); for
    the coefficients of Gwet (2014, ch. 5) it is his linearised variance, without correction for a finite population.
    """
    n = float(multiplicities.sum())
    if n < 2:
        return float("nan")
    centred = influence - (multiplicities @ influence) / n
    return float(np.sqrt(multiplicities @ centred**2 * n / (n - 1)))


def normal_interval(value: float, error: float, level: float, groups: float) -> tuple[float, float]:
    """Return value +- t x error, Student's t with one less than the number of units (Gwet, 2014), cut at -1 and 1."""
    from scipy.special import stdtrit

    half = float(stdtrit(groups - 1, (1 + level) / 2)) * error
    return max(value - half, -1.0), min(value + half, 1.0)


def no_interval(low: float, high: float) -> str:
    """Return why there is no interval; empty where there is one."""
    if np.isnan(low) or np.isnan(high):
        return f"no interval: more than {UNDEFINED:.0%} of the replicates have no value"
    # With perfect agreement each replicate is 1 too: that does not mean that the value is certain.
    return "" if high - low > formulas.ROUNDING else "no interval: the units leave no room for it to vary"


def wilson(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the score interval of a share (Wilson, 1927; the analytic interval of percent agreement).

    Examples
    --------
    >>> [round(end, 3) for end in wilson(0.5, 10)]
    [0.237, 0.763]
    """
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return float(centre - half), float(centre + half)


def coefficient_with_interval(
    ratings: Sequence[Sequence[object]] | np.ndarray,
    name: str = "krippendorff_alpha",
    *,
    method: str = "bootstrap",
    clusters: Sequence[object] | None = None,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
    categories: Sequence[object] | None = None,
    weights: str | None = None,
    scale: str = "nominal",
) -> Interval:
    """Return a coefficient over plain arrays, with its interval.

    Parameters
    ----------
    ratings : sequence of sequences or numpy.ndarray
        One row a coder, one value a unit; None or NaN where a coder made no judgement.
    name : str
        percent_agreement, unanimous_agreement, cohen_kappa, scott_pi, fleiss_kappa, krippendorff_alpha, gwet_ac1,
        gwet_ac2 or brennan_prediger. More than two coders: of the first, second and fourth the mean over pairs.
    method : str
        ``bootstrap``, or ``analytic``: for percent agreement of two coders `wilson`, for the others `standard_error`.
    clusters : sequence, optional
        What each unit belongs to (its thread, its author): whole clusters are drawn, not single units.
    level, replicates, seed
        Of the interval.
    categories, weights, scale
        As for the coefficient: weights of kappa and AC2, scale (level of measurement) of alpha.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        When name or method is not known.

    Examples
    --------
    >>> ratings = [[1, 1, 2, 2, 1, 1, 2, 1, 2, 2], [1, 1, 2, 2, 1, 2, 2, 1, 2, 1]]
    >>> found = coefficient_with_interval(ratings, "cohen_kappa", method="analytic")
    >>> round(found.value, 3), round(found.standard_error, 3)
    (0.6, 0.267)
    """
    known = {**formulas.OF_YES_AND_NO, "gwet_ac2": formulas.gwet_ac}
    if name not in known:
        raise ValueError(f"{name!r} is no coefficient; use one of {', '.join(known)}")
    if method not in {"bootstrap", "analytic"}:
        raise ValueError(f"{method!r} is no method for an interval; use bootstrap or analytic")
    patterns = tally(ratings, categories)
    rows, counts = _rows(ratings, patterns, clusters)
    coders, q = patterns.values.shape[1], len(patterns.categories)
    options = _options(name, patterns, weights, scale)

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        return {name: known[name](Sums.of(flat, coders, q), *options)}

    total = counts @ rows
    value = _value(name, total, statistic, coders, q)
    say = "percentile bootstrap over " + ("units" if clusters is None else "clusters")
    if method == "analytic":
        say = "Wilson score" if name == "percent_agreement" and coders == 2 and clusters is None else "linearised"
    if value.value is None or counts.sum() < 2:
        return Interval(value.value, None, None, None, say, level, value.reason or FEW_GROUPS)
    if method == "bootstrap":
        found = bootstrap(
            rows, counts, statistic, replicates=replicates, level=level, random=np.random.default_rng(seed)
        )
        low, high, error = (float(end) for end in found[name])
        if why := no_interval(low, high):
            return Interval(value.value, None, None, None, say, level, why)
        return Interval(value.value, low, high, error, say, level)
    error = standard_error(influences(rows, total, statistic)[name], counts)
    if say == "Wilson score":
        ends = wilson(value.value, float(Sums.of(total, coders, q).paired), level)
    else:
        ends = normal_interval(value.value, error, level, float(counts.sum()))
        if why := no_interval(value.value - error, value.value + error):
            return Interval(value.value, None, None, None, say, level, why)
    return Interval(value.value, *ends, error, say, level)


def _rows(
    ratings: Sequence[Sequence[object]] | np.ndarray, patterns: Patterns, clusters: Sequence[object] | None
) -> tuple[sparse.csr_array, np.ndarray]:
    """Return what each kind of unit, or each cluster, adds to the sums, and how many there are of each."""
    from scipy import sparse

    rows = features(patterns.values, len(patterns.categories))
    if clusters is None:
        return rows, patterns.counts
    numbers, _ = numbered(ratings, patterns.categories)
    key, places, _ = distinct(numbers, len(patterns.categories))
    owner, found = numbered([clusters])
    member = sparse.coo_array((np.ones(len(key)), (owner[0], key)), shape=(len(found), places)).tocsr()
    return member @ rows, np.ones(len(found))


def _options(name: str, patterns: Patterns, weights: str | None, scale: str) -> tuple[object, ...]:
    """Return what a formula takes beside the sums."""
    if name == "krippendorff_alpha":
        return scale, positions_of(patterns.categories, scale)
    if name in {"gwet_ac2", "cohen_kappa", "fleiss_kappa", "brennan_prediger"}:
        given = weights or ("quadratic" if name == "gwet_ac2" else None)
        return (formulas.weight_table(given, range(len(patterns.categories))),)
    return ()


def _value(name: str, total: np.ndarray, statistic: Statistic, coders: int, q: int) -> Coefficient:
    """Return the coefficient itself."""
    why = reason(Sums.of(total, coders, q), name)
    if why == NO_UNIT:
        return Coefficient(None, why)
    return coefficient(float(statistic(total)[name]), why)
