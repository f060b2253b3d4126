"""Intervals around coefficients: by bootstrap over units or clusters, and analytic.

What is drawn is how often each distinct row of sums occurs, not the units themselves, so that the cost of a
bootstrap hangs on how many kinds of units there are and hardly on how many units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lepanalysis import formulas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scipy import sparse

    from lepanalysis.coefficients import Coefficient

    Statistic = Callable[[np.ndarray], dict[str, np.ndarray]]

REPLICATES = 2000
LEVEL = 0.95
# So many numbers are held at once while replicates are drawn.
CHUNK = 1 << 22
# Beyond this many draws of kinds of units the linearised interval is given instead; with so many units it is as good.
DRAWS = 50_000_000
# Beyond this share of replicates without a value their percentiles say nothing.
UNDEFINED = 0.05
# Drawing a unit costs about a sixth of drawing how often a pattern occurs.
UNITS_PER_PATTERN = 6
STEP = 1e-100
FEW_GROUPS = "an interval takes two units (or clusters) at least"
SHARES = frozenset({"percent_agreement", "unanimous_agreement", "positive_agreement", "negative_agreement"})


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

    Examples
    --------
    >>> Interval(0.6, 0.2, 0.9, 0.18, "linearised", 0.95).low
    0.2
    """

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None
    method: str
    level: float
    reason: str = ""


@dataclass(frozen=True)
class Way:
    """How an interval over plain arrays is made.

    Parameters
    ----------
    method : str
        ``bootstrap`` or ``analytic``.
    level : float
    replicates, seed : int
        Of a bootstrap.
    drawn : str
        ``units`` or ``clusters``.

    Raises
    ------
    ValueError
        When the method is not known, the level does not lie between 0 and 1, or there are fewer than two replicates.

    Examples
    --------
    >>> Way.over(["T1", "T1", "T2"], "bootstrap", 0.95, 500, seed=1).said
    'percentile bootstrap over clusters'
    """

    method: str = "bootstrap"
    level: float = LEVEL
    replicates: int = REPLICATES
    seed: int = 0
    drawn: str = "units"

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.method not in {"bootstrap", "analytic"}:
            raise ValueError(f"{self.method!r} is no method for an interval; use bootstrap or analytic")
        if not 0 < self.level < 1:
            raise ValueError(f"a level of {self.level:g} lies not between 0 and 1; use 0.95, say")
        if self.replicates < 2:
            raise ValueError("a bootstrap takes two replicates at least; use 2000, say")

    @classmethod
    def over(cls, clusters: Sequence[object] | None, method: str, level: float, replicates: int, seed: int) -> Way:
        """Return the way over units, or over clusters where there are some."""
        return cls(method, level, replicates, seed, "units" if clusters is None else "clusters")

    @property
    def said(self) -> str:
        """What an interval says of how it was made."""
        return f"percentile bootstrap over {self.drawn}" if self.method == "bootstrap" else "linearised"


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

    Examples
    --------
    >>> (drawn,) = draws(np.array([3.0, 1.0]), 2, np.random.default_rng(0))
    >>> drawn.sum(axis=1).tolist()
    [4, 4]
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

    Examples
    --------
    >>> low, high, _ = percentiles(np.arange(101.0), level=0.9)
    >>> round(float(low)), round(float(high))
    (5, 95)
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

    Examples
    --------
    >>> rows = np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> def share(sums):
    ...     return {"share": sums[:, 0] / sums[:, 1]}
    >>> found = bootstrap(rows, np.array([30.0, 70.0]), share, replicates=500, random=np.random.default_rng(0))
    >>> print(*(end.round(2) for end in found["share"]))
    0.21 0.4 0.05
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

    Examples
    --------
    >>> rows = np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> def share(sums):
    ...     return {"share": sums[:, 0] / sums[:, 1]}
    >>> influences(rows, np.array([30.0, 100.0]), share)["share"].round(4).tolist()
    [0.007, -0.003]
    """
    moved = statistic(total + 1j * STEP * np.eye(len(total)))
    return {name: rows @ np.where(np.isnan(values), np.nan, values.imag / STEP) for name, values in moved.items()}


def standard_error(influence: np.ndarray, multiplicities: np.ndarray) -> float:
    """Return the standard error from the influence of each kind of unit (infinitesimal jackknife; Jaeckel, 1972).

    For kappa this is the large-sample error of Fleiss, Cohen & Everitt (1969) times sqrt(n / (n - 1)); for
    the coefficients of Gwet (2014, ch. 5) it is his linearised variance, without correction for a finite population.

    Examples
    --------
    >>> round(standard_error(np.array([0.007, -0.003]), np.array([30.0, 70.0])), 4)
    0.0461
    """
    n = float(multiplicities.sum())
    if n < 2:
        return float("nan")
    centred = influence - (multiplicities @ influence) / n
    return float(np.sqrt(multiplicities @ centred**2 * n / (n - 1)))


def normal_interval(value: float, error: float, level: float, groups: float, name: str = "") -> tuple[float, float]:
    """Return value +- t x error, Student's t with one less than the number of units (Gwet, 2014).

    It is cut at 1 and -1, that of a share (`SHARES`) at 0.

    Examples
    --------
    >>> low, high = normal_interval(0.3, 0.046, level=0.95, groups=100)
    >>> round(low, 2), round(high, 2)
    (0.21, 0.39)
    """
    from scipy.special import stdtrit

    half = float(stdtrit(groups - 1, (1 + level) / 2)) * error
    return max(value - half, 0.0 if name in SHARES else -1.0), min(value + half, 1.0)


def no_interval(low: float, high: float) -> str:
    """Return why there is no interval; empty where there is one.

    Examples
    --------
    >>> no_interval(1.0, 1.0)
    'no interval: the units leave no room for it to vary'
    """
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


def intervals_around(
    values: dict[str, Coefficient],
    rows: np.ndarray | sparse.csr_array,
    counts: np.ndarray,
    statistic: Statistic | None,
    way: Way,
    *,
    influence: Callable[[], dict[str, np.ndarray]] | None = None,
) -> dict[str, Interval]:
    """Return coefficients with their intervals.

    Parameters
    ----------
    values : dict
        The coefficients.
    rows : numpy.ndarray or scipy.sparse.csr_array
        What a unit (or cluster) of each kind adds to the sums.
    counts : numpy.ndarray
        How many of each kind there are.
    statistic : callable
        From sums to the coefficients, as for `bootstrap`; None where `influence` does instead.
    way : Way
    influence : callable, optional
        What gives the influence of each kind of unit where no bootstrap is asked for; without it, it is had from
        `statistic`.

    Examples
    --------
    >>> from lepanalysis.coefficients import Coefficient
    >>> rows = np.array([[1.0, 1.0], [0.0, 1.0]])
    >>> def share(sums):
    ...     return {"share": sums[:, 0] / sums[:, 1]}
    >>> way = Way(method="analytic")
    >>> found = intervals_around({"share": Coefficient(0.3)}, rows, np.array([30.0, 70.0]), share, way)
    >>> round(found["share"].low, 3), round(found["share"].high, 3)
    (0.209, 0.391)
    """
    if counts.sum() < 2 or all(value.value is None for value in values.values()):
        return {name: without_ends(value, value.reason or FEW_GROUPS, way) for name, value in values.items()}
    found = {}
    if way.method == "bootstrap":
        random = np.random.default_rng(way.seed)
        ends = bootstrap(rows, counts, statistic, replicates=way.replicates, level=way.level, random=random)
        for name, value in values.items():
            low, high, error = (float(end) for end in ends[name])
            why = value.reason or no_interval(low, high)
            found[name] = (
                without_ends(value, why, way) if why else Interval(value.value, low, high, error, way.said, way.level)
            )
        return found
    moved = influence() if influence else influences(rows, counts @ rows, statistic)
    for name, value in values.items():
        if value.value is None:
            found[name] = without_ends(value, value.reason, way)
            continue
        error = standard_error(moved[name], counts)
        low, high = normal_interval(value.value, error, way.level, float(counts.sum()), name)
        # It may be cut at the ends of the scale: whether it has a width is for the error to say.
        why = no_interval(value.value - error, value.value + error)
        found[name] = (
            without_ends(value, why, way) if why else Interval(value.value, low, high, error, way.said, way.level)
        )
    return found


def without_ends(value: Coefficient, why: str, way: Way) -> Interval:
    """Return a coefficient, or none, without an interval, and why.

    Examples
    --------
    >>> from lepanalysis.coefficients import Coefficient
    >>> without_ends(Coefficient(1.0), FEW_GROUPS, Way()).reason
    'an interval takes two units (or clusters) at least'
    """
    return Interval(value.value, None, None, None, way.said, way.level, why)


def members_of(clusters: Sequence[object], kind: np.ndarray, kinds: int) -> sparse.csr_array:
    """Return how many units of each kind each cluster has.

    Parameters
    ----------
    clusters : sequence
        What each unit belongs to.
    kind : numpy.ndarray
        The kind of each unit.
    kinds : int
        How many kinds there are.

    Raises
    ------
    ValueError
        When there is not one cluster for each unit.

    Examples
    --------
    >>> members_of(["T1", "T1", "T2"], np.array([0, 1, 1]), kinds=2).toarray().tolist()
    [[1.0, 1.0], [0.0, 1.0]]
    """
    from scipy import sparse

    from lepanalysis.tallies import numbered

    if len(clusters) != len(kind):
        raise ValueError(f"every unit needs its cluster; there are {len(kind)} units and {len(clusters)} clusters")
    owner, found = numbered([clusters])
    if (owner < 0).any():
        raise ValueError("every unit needs its cluster; one of them has None or NaN")
    return sparse.coo_array((np.ones(len(kind)), (owner[0], kind)), shape=(len(found), kinds)).tocsr()
