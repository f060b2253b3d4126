"""Pooled kappa and alpha over sets of codes: what has to be drawn for all codes of a unit together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from lepanalysis import formulas, intervals
from lepanalysis.agreement_intervals import (
    DRAWS,
    Estimate,
    Kinds,
    Settings,
    bootstrapped,
    linearised,
    too_few,
    without_interval,
)
from lepanalysis.alpha import DISTANCES, disagreement_of_units, distances_between, distances_to_all, distinct_rows
from lepanalysis.coefficients import NO_UNIT, ONE_VALUE, Coefficient, coefficient

if TYPE_CHECKING:
    from lepanalysis.judgements import Judgements

NAMES = (*(f"krippendorff_alpha_{distance}" for distance in DISTANCES), "pooled_kappa")
# Replicates are drawn for so many distinct sets, and so many products of their distances; beyond that the linearised
# interval is given instead.
SETS = 5_000
PRODUCTS = 50_000_000_000


class Joint:
    """What has to be drawn for all codes of a unit together: pooled kappa and alpha over sets of codes."""

    def __init__(self, judged: Judgements, settings: Settings) -> None:
        """Find the kinds of units, or of clusters, and what each adds."""
        self.judged, self.settings = judged, settings
        coders, units, codes = judged.applied.shape
        owner = settings.owner(judged)
        flags = np.concatenate([*judged.applied, judged.read.T], axis=1)
        first, kind = distinct_rows(flags) if owner is None else (np.arange(units), np.arange(units))
        self.multiplicities = np.bincount(kind, minlength=len(first)).astype(np.float64)
        self.pairs = list(combinations(range(coders), 2))
        read = judged.read[:, first]
        applied = judged.applied[:, first]
        packed, number = distinct_rows(applied.reshape(-1, codes))
        self.sets = applied.reshape(-1, codes)[packed]
        numbers = np.where(read & (read.sum(axis=0) > 1), number.reshape(coders, len(first)), -1)
        apart = [disagreement_of_units(numbers, self.sets, distance) for distance in DISTANCES]
        held = np.nonzero(numbers >= 0)
        occurs = sparse.coo_array(
            (np.ones(len(held[0])), (held[1], numbers[held])), shape=(len(first), len(self.sets))
        ).tocsr()
        apart.append(occurs.sum(axis=1))
        self.rows = sparse.hstack([self._for_kappa(applied, read), np.stack(apart, axis=1), occurs]).tocsr()
        if owner is not None:
            size = int(owner.max(initial=-1)) + 1
            member = sparse.coo_array((judged.weights, (owner, np.arange(units))), shape=(size, units)).tocsr()
            self.rows, self.multiplicities = member @ self.rows, np.ones(size)
        self.wide = len(self.pairs) * (1 + 3 * codes)

    def _for_kappa(self, applied: np.ndarray, read: np.ndarray) -> sparse.csr_array:
        """Return for each pair of coders whether both read a unit, and which codes both, the first, the second gave."""
        parts = []
        for first, second in self.pairs:
            both = (read[first] & read[second])[:, None]
            one, other = applied[first] & both, applied[second] & both
            parts += [sparse.csr_array(table.astype(np.float64)) for table in (both, one & other, one, other)]
        return sparse.hstack(parts).tocsr()

    def _pooled_kappa(self, flat: np.ndarray) -> np.ndarray:
        """Return pooled kappa from what `_for_kappa` adds up to."""
        codes = len(self.judged.codes)
        flat = flat.reshape(*flat.shape[:-1], len(self.pairs), 1 + 3 * codes)
        n, both, one, other = np.split(flat, [1, 1 + codes, 1 + 2 * codes], axis=-1)
        tables = np.stack([n - one - other + both, other - both, one - both, both], axis=-1)
        tables = np.moveaxis(tables, -2, -3)
        return formulas.pooled_kappa(tables.reshape(*tables.shape[:-1], 2, 2))

    def estimates(self) -> dict[str, Estimate]:
        """Return the coefficients with their intervals."""
        settings, total = self.settings, self.multiplicities @ self.rows
        apart, occurrences = total[self.wide : self.wide + 2], total[self.wide + 3 :]
        reach = distances_to_all(self.sets, occurrences, DISTANCES)
        n = occurrences.sum()
        expected = [float(occurrences @ distances) for distances in reach]
        values = {
            name: Coefficient(float(1 - (n - 1) * observed / against))
            if against > 0
            else Coefficient(None, NO_UNIT if n == 0 else ONE_VALUE)
            for name, observed, against in zip(NAMES[:2], apart, expected, strict=True)
        }
        kappa = float(self._pooled_kappa(total[: self.wide]))
        read_together = all((self.judged.read[a] & self.judged.read[b]).any() for a, b in self.pairs)
        values["pooled_kappa"] = coefficient(kappa, ONE_VALUE if read_together else NO_UNIT)
        if settings.method == "none":
            return {name: without_interval(value) for name, value in values.items()}
        if self.multiplicities.sum() < 2:
            return too_few(values)
        cost = settings.replicates * len(self.sets) ** 2
        feasible = settings.replicates * len(self.multiplicities) <= DRAWS
        if settings.method == "bootstrap" and feasible and len(self.sets) <= SETS and cost <= PRODUCTS:
            return self._bootstrapped(values)
        rows = self.rows[:, : self.wide]
        influence = intervals.influences(rows, total[: self.wide], lambda flat: {"k": self._pooled_kappa(flat)})
        found = {"pooled_kappa": influence["k"]}
        sizes = self.rows[:, [self.wide + 2]].toarray().ravel()
        for place, name in enumerate(NAMES[:2]):
            if values[name].value is not None:
                observed, against = apart[place], expected[place]
                moved = self.rows[:, [self.wide + place]].toarray().ravel() / against
                moved -= 2 * observed * (self.rows[:, self.wide + 3 :] @ reach[place]) / against**2
                found[name] = -(sizes * observed / against + (n - 1) * moved)
        return linearised(values, found, self.multiplicities, settings)

    def _bootstrapped(self, values: dict[str, Coefficient]) -> dict[str, Estimate]:
        """Return the coefficients with intervals from one set of draws."""
        occurs = self.rows[:, self.wide + 3 :]
        # What is expected is a sum over pairs of sets, or as well over pairs of kinds of units: the fewer the better.
        by_kinds = occurs.shape[0] < occurs.shape[1]
        pairs = []
        for distance in DISTANCES:
            found = distances_between(self.sets, distance)
            # In double precision: single is twice as fast, and rounds differently from one processor to the next.
            pairs.append(np.asarray(occurs @ (occurs @ found).T if by_kinds else found, dtype=np.float64))
        rows = self.rows
        if by_kinds:
            rows = sparse.hstack([rows[:, : self.wide + 3], sparse.eye_array(rows.shape[0])]).tocsr()

        def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
            drawn = flat[:, self.wide + 3 :].astype(np.float64)
            found = {"pooled_kappa": self._pooled_kappa(flat[:, : self.wide])}
            n = flat[:, self.wide + 2]
            for place, name in enumerate(NAMES[:2]):
                products = drawn @ pairs[place]
                products *= drawn
                expected = products.sum(axis=1, dtype=np.float64)
                found[name] = 1 - (n - 1) * formulas.ratio(flat[:, self.wide + place], expected, 0.0)
            return found

        random = np.random.default_rng([self.settings.seed, len(self.judged.codes), 1])
        return bootstrapped(values, Kinds(rows, self.multiplicities), statistic, self.settings, random)
