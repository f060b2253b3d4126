"""Intervals for what is said of all codes of a unit together: alpha over sets of codes, and pooled kappa."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from lepanalysis import formulas
from lepanalysis.alpha import (
    DISTANCES,
    check_distance,
    disagreement_of_units,
    distances_between,
    distances_to_all,
    distinct_rows,
    numbered_sets,
)
from lepanalysis.coefficients import FEW_CODERS, NO_CODE, NO_UNIT, ONE_VALUE, Coefficient, coefficient
from lepanalysis.intervals import DRAWS, LEVEL, REPLICATES, Interval, Way, intervals_around, members_of, without_ends
from lepanalysis.tallies import distinct

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from lepanalysis.intervals import Statistic

# Replicates are drawn for so many distinct sets, and so many products of their distances; beyond that the linearised
# interval is given instead.
SETS = 5_000
PRODUCTS = 50_000_000_000
NAME = "pooled_kappa"
YES_AND_NO = (0, 1)


@dataclass(frozen=True, eq=False)
class Sets:
    """What units, or clusters of them, add to alpha over sets.

    Parameters
    ----------
    table : numpy.ndarray
        Sets x members, True where the set holds the member; no two rows alike.
    distances : tuple of str
        ``masi``, ``jaccard``.
    rows : scipy.sparse.csr_array
        Units x sums: the disagreement at each distance, how many judgements are in pairs, how often each set occurs.

    Examples
    --------
    >>> numbers, table = numbered_sets([[{"room"}, {"room", "train"}], [{"room"}, {"train"}]])
    >>> sets = Sets.of(numbers, table, ["jaccard"])
    >>> total = sets.rows.sum(axis=0)
    >>> round(sets.values(total, sets.reach(total))["jaccard"].value, 3)
    0.571
    """

    table: np.ndarray
    distances: tuple[str, ...]
    rows: sparse.csr_array

    @classmethod
    def of(cls, numbers: np.ndarray, table: np.ndarray, distances: Sequence[str] = DISTANCES) -> Sets:
        """Return what each unit adds.

        Parameters
        ----------
        numbers : numpy.ndarray
            Coders x units: the row of `table` that holds the set, -1 where there is no judgement.
        table : numpy.ndarray
            Sets x members.
        distances : sequence of str
        """
        numbers = np.where((numbers >= 0).sum(axis=0) > 1, numbers, -1)
        units = numbers.shape[1]
        apart = [disagreement_of_units(numbers, table, distance) for distance in distances]
        held = np.nonzero(numbers >= 0)
        places = (held[1], numbers[held])
        occurs = sparse.coo_array((np.ones(len(held[0])), places), shape=(units, len(table))).tocsr()
        apart.append(occurs.sum(axis=1))
        return cls(table, tuple(distances), sparse.hstack([np.stack(apart, axis=1), occurs]).tocsr())

    def grouped(self, member: sparse.csr_array) -> Sets:
        """Return what clusters add, from how many times each unit belongs to each cluster."""
        return Sets(self.table, self.distances, (member @ self.rows).tocsr())

    @property
    def wide(self) -> int:
        """How many sums stand before how often each set occurs."""
        return len(self.distances) + 1

    def reach(self, total: np.ndarray) -> list[np.ndarray]:
        """Return for each distance the sum of each set's distances to all occurrences of sets."""
        return distances_to_all(self.table, total[self.wide :], self.distances)

    def values(self, total: np.ndarray, reach: Sequence[np.ndarray]) -> dict[str, Coefficient]:
        """Return alpha at each distance from the sums over all units (Krippendorff, 2019, ch. 12)."""
        n, occurrences = total[self.wide - 1], total[self.wide :]
        expected = [float(occurrences @ distances) for distances in reach]
        return {
            distance: Coefficient(float(1 - (n - 1) * observed / against))
            if against > 0
            else Coefficient(None, NO_UNIT if n == 0 else ONE_VALUE)
            for distance, observed, against in zip(self.distances, total[: self.wide - 1], expected, strict=True)
        }

    def influences(self, total: np.ndarray, reach: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
        """Return how much each unit moves alpha at each distance; nothing where alpha has no value."""
        n, occurrences = total[self.wide - 1], total[self.wide :]
        sizes = self.rows[:, [self.wide - 1]].toarray().ravel()
        found = {}
        for place, distance in enumerate(self.distances):
            observed, against = total[place], float(occurrences @ reach[place])
            if against > 0:
                moved = self.rows[:, [place]].toarray().ravel() / against
                moved -= 2 * observed * (self.rows[:, self.wide :] @ reach[place]) / against**2
                found[distance] = -(sizes * observed / against + (n - 1) * moved)
        return found

    def bears_draws(self, replicates: int) -> bool:
        """Whether so many replicates can be drawn in reasonable time and memory."""
        return len(self.table) <= SETS and replicates * len(self.table) ** 2 <= PRODUCTS

    def for_draws(self) -> tuple[sparse.csr_array, Statistic]:
        """Return rows and statistic for a bootstrap.

        What is expected is a sum over pairs of sets, or as well over pairs of kinds of units: the fewer the better.
        """
        wide = self.wide
        occurs = self.rows[:, wide:]
        by_kinds = occurs.shape[0] < occurs.shape[1]
        pairs = []
        for distance in self.distances:
            found = distances_between(self.table, distance)
            # In double precision: single is twice as fast, and rounds differently from one processor to the next.
            pairs.append(np.asarray(occurs @ (occurs @ found).T if by_kinds else found, dtype=np.float64))
        rows = self.rows
        if by_kinds:
            rows = sparse.hstack([rows[:, :wide], sparse.eye_array(rows.shape[0])]).tocsr()

        def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
            drawn = flat[:, wide:].astype(np.float64)
            n = flat[:, wide - 1]
            found = {}
            for place, distance in enumerate(self.distances):
                products = drawn @ pairs[place]
                products *= drawn
                expected = products.sum(axis=1, dtype=np.float64)
                found[distance] = 1 - (n - 1) * formulas.ratio(flat[:, place], expected, 0.0)
            return found

        return rows, statistic


def rows_for_pooled_kappa(applied: np.ndarray, read: np.ndarray) -> sparse.csr_array:
    """Return what each unit adds to pooled kappa.

    Parameters
    ----------
    applied : numpy.ndarray
        Coders x units x codes, True where the coder applied the code.
    read : numpy.ndarray
        Coders x units, True where the coder judged the unit.

    Returns
    -------
    scipy.sparse.csr_array
        Units x sums, for each pair of coders: whether both judged it, and which codes both, the first, the second gave.

    Examples
    --------
    >>> applied = np.array([[[True, False]], [[True, True]]])
    >>> rows_for_pooled_kappa(applied, np.ones((2, 1), dtype=bool)).toarray().tolist()
    [[1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0]]
    """
    parts = []
    for first, second in combinations(range(len(applied)), 2):
        both = (read[first] & read[second])[:, None]
        one, other = applied[first] & both, applied[second] & both
        parts += [sparse.csr_array(table.astype(np.float64)) for table in (both, one & other, one, other)]
    return sparse.hstack(parts).tocsr()


def pooled_kappa_of(flat: np.ndarray, codes: int) -> np.ndarray:
    """Return pooled kappa (De Vries, Elliott, Kanouse & Teleki, 2008) from what `rows_for_pooled_kappa` adds up to.

    Parameters
    ----------
    flat : numpy.ndarray
        The sums on the last axis; those in front are free.
    codes : int
        How many there are.

    Examples
    --------
    >>> print(pooled_kappa_of(np.array([4.0, 1.0, 1.0, 2.0, 1.0, 1.0, 1.0]), codes=2).round(3))
    0.714
    """
    flat = flat.reshape(*flat.shape[:-1], -1, 1 + 3 * codes)
    n, both, one, other = np.split(flat, [1, 1 + codes, 1 + 2 * codes], axis=-1)
    tables = np.stack([n - one - other + both, other - both, one - both, both], axis=-1)
    tables = np.moveaxis(tables, -2, -3)
    return formulas.pooled_kappa(tables.reshape(*tables.shape[:-1], 2, 2))


def alpha_of_sets_with_interval(
    sets_by_coder: Sequence[Sequence[Collection[object] | None]],
    distance: str = "masi",
    *,
    method: str = "bootstrap",
    clusters: Sequence[object] | None = None,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Interval:
    """Return alpha where each judgement is a set of codes, with its interval.

    Parameters
    ----------
    sets_by_coder : sequence of sequences
        One row a coder, one set a unit; None where a coder made no judgement.
    distance : str
        ``masi`` or ``jaccard``; see `lepanalysis.alpha.alpha_of_sets`.
    method : str
        ``bootstrap``, or ``analytic``: alpha linearised (`lepanalysis.intervals.standard_error`; we know of no variance
        that was published for sets). A bootstrap over so many distinct sets that it would take minutes is replaced by
        it, which the `method` of the result says.
    clusters : sequence, optional
        What each unit belongs to: whole clusters are drawn, not single units.
    level, replicates, seed
        Of the interval.

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        When the distance or the method is not known, the rows are not of one length, or there is not one cluster for
        each unit.

    Examples
    --------
    >>> one = [{"room"}, {"room", "train"}, set(), {"train"}, {"room"}, set()]
    >>> other = [{"room"}, {"train"}, set(), {"train"}, {"room", "cost"}, {"cost"}]
    >>> found = alpha_of_sets_with_interval([one, other], method="analytic")
    >>> round(found.value, 3), round(found.standard_error, 3)
    (0.521, 0.207)
    """
    check_distance(distance)
    way = Way.over(clusters, method, level, replicates, seed)
    numbers, table = numbered_sets(sets_by_coder)
    kind, kinds, first = distinct(numbers, len(table))
    sets, counts = Sets.of(numbers[:, first], table, [distance]), np.bincount(kind, minlength=kinds).astype(np.float64)
    if clusters is not None:
        member = members_of(clusters, kind, kinds)
        sets, counts = sets.grouped(member), np.ones(member.shape[0])
    total = counts @ sets.rows
    reach = sets.reach(total)
    values = sets.values(total, reach) if len(numbers) > 1 else {distance: Coefficient(None, FEW_CODERS)}
    if replicates * len(counts) > DRAWS or not sets.bears_draws(replicates):
        way = replace(way, method="analytic")
    if values[distance].value is None:
        return without_ends(values[distance], values[distance].reason, way)
    rows, statistic = sets.for_draws() if way.method == "bootstrap" else (sets.rows, None)
    found = intervals_around(values, rows, counts, statistic, way, influence=lambda: sets.influences(total, reach))
    return found[distance]


def pooled_kappa_with_interval(
    applied: Sequence[Sequence[Sequence[object]]] | np.ndarray,
    *,
    method: str = "bootstrap",
    clusters: Sequence[object] | None = None,
    level: float = LEVEL,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> Interval:
    """Return one kappa over several codes (`lepanalysis.coefficients.pooled_kappa`), with its interval.

    An interval takes the units themselves: tables, one a code, do not say which codes stand on one unit.

    Parameters
    ----------
    applied : sequence or numpy.ndarray
        Coders x units x codes: 1 or True where the coder applied the code, 0 or False where not; None or NaN in all
        codes of a unit that the coder did not judge.
    method : str
        ``bootstrap``, or ``analytic``: kappa linearised (`lepanalysis.intervals.standard_error`), by which codes of one
        unit may hang together as they will; De Vries et al. (2008) are about the estimator.
    clusters : sequence, optional
        What each unit belongs to: whole clusters are drawn, not single units.
    level, replicates, seed
        Of the interval.

    Returns
    -------
    Interval
        Of more than two coders the mean over pairs.

    Raises
    ------
    ValueError
        When the method is not known, a value is neither yes nor no, a coder judged a unit in part, or there is not one
        cluster for each unit.

    Examples
    --------
    >>> one = [[1, 0], [1, 0], [0, 0], [0, 1], [0, 0]]
    >>> other = [[1, 0], [0, 0], [0, 0], [0, 1], [0, 1]]
    >>> found = pooled_kappa_with_interval([one, other], method="analytic")
    >>> round(found.value, 3), round(found.standard_error, 3)
    (0.545, 0.28)
    """
    way = Way.over(clusters, method, level, replicates, seed)
    given, read = _yes_and_no(applied)
    coders, _, codes = given.shape
    if coders < 2 or not codes:
        why = FEW_CODERS if coders < 2 else NO_CODE
        return without_ends(Coefficient(None, why), why, way)
    first, kind = distinct_rows(np.concatenate([*given, read.T], axis=1))
    rows = rows_for_pooled_kappa(given[:, first], read[:, first])
    counts = np.bincount(kind, minlength=len(first)).astype(np.float64)
    if clusters is not None:
        rows = members_of(clusters, kind, len(first)) @ rows
        counts = np.ones(rows.shape[0])
    total = counts @ rows
    judged = total.reshape(-1, 1 + 3 * codes)[:, 0]
    value = coefficient(float(pooled_kappa_of(total, codes)), ONE_VALUE if (judged > 0).all() else NO_UNIT)

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        return {NAME: pooled_kappa_of(flat, codes)}

    return intervals_around({NAME: value}, rows, counts, statistic, way)[NAME]


def _yes_and_no(applied: Sequence[Sequence[Sequence[object]]] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which codes were applied, and which units were judged, from yes, no and nothing."""
    given = np.asarray(applied, dtype=np.float64)
    if given.ndim != 3:
        raise ValueError(f"coders x units x codes are needed; these values have {given.ndim} dimensions")
    missing = np.isnan(given)
    wrong = given[~missing & ~np.isin(given, YES_AND_NO)]
    if wrong.size:
        raise ValueError(f"{wrong[0]:g} is neither yes (1) nor no (0)")
    read = ~missing.any(axis=2)
    partly = np.argwhere(~read & ~missing.all(axis=2))
    if len(partly):
        coder, unit = (int(number) for number in partly[0])
        raise ValueError(
            f"coder {coder + 1} judged unit {unit + 1} under some codes only; give None under all of them, or 0"
        )
    return given == 1, read
