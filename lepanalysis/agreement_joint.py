"""Pooled kappa and alpha over sets of codes of a study: what has to be drawn for all codes of a unit together."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from lepanalysis import intervals
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
from lepanalysis.alpha import DISTANCES, distinct_rows
from lepanalysis.coefficients import NO_UNIT, ONE_VALUE, coefficient
from lepanalysis.intervals_joint import Sets, pooled_kappa_of, rows_for_pooled_kappa

if TYPE_CHECKING:
    from lepanalysis.coefficients import Coefficient
    from lepanalysis.judgements import Judgements

PREFIX = "krippendorff_alpha_"
NAMES = (*(f"{PREFIX}{distance}" for distance in DISTANCES), "pooled_kappa")


class Joint:
    """What has to be drawn for all codes of a unit together: pooled kappa and alpha over sets of codes.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> from lepanalysis.judgements import judgements
    >>> judged = judgements(study)
    >>> round(Joint(judged, Settings(method="none")).estimates()["krippendorff_alpha_masi"].value, 3)
    0.716
    """

    def __init__(self, judged: Judgements, settings: Settings) -> None:
        """Find the kinds of units, or of clusters, and what each adds."""
        self.judged, self.settings = judged, settings
        coders, units, codes = judged.applied.shape
        owner = settings.owner(judged)
        flags = np.concatenate([*judged.applied, judged.read.T], axis=1)
        first, kind = distinct_rows(flags) if owner is None else (np.arange(units), np.arange(units))
        self.multiplicities = np.bincount(kind, minlength=len(first)).astype(np.float64)
        read, applied = judged.read[:, first], judged.applied[:, first]
        packed, number = distinct_rows(applied.reshape(-1, codes))
        numbers = np.where(read, number.reshape(coders, len(first)), -1)
        self.sets = Sets.of(numbers, applied.reshape(-1, codes)[packed])
        self.kappa = rows_for_pooled_kappa(applied, read)
        if owner is not None:
            size = int(owner.max(initial=-1)) + 1
            member = sparse.coo_array((judged.weights, (owner, np.arange(units))), shape=(size, units)).tocsr()
            self.sets, self.kappa = self.sets.grouped(member), (member @ self.kappa).tocsr()
            self.multiplicities = np.ones(size)

    def estimates(self) -> dict[str, Estimate]:
        """Return the coefficients with their intervals."""
        settings, codes = self.settings, len(self.judged.codes)
        total, of_kappa = self.multiplicities @ self.sets.rows, self.multiplicities @ self.kappa
        reach = self.sets.reach(total)
        values = {f"{PREFIX}{distance}": value for distance, value in self.sets.values(total, reach).items()}
        read = self.judged.read
        read_together = all((read[a] & read[b]).any() for a, b in combinations(range(len(read)), 2))
        kappa = float(pooled_kappa_of(of_kappa, codes))
        values["pooled_kappa"] = coefficient(kappa, ONE_VALUE if read_together else NO_UNIT)
        if settings.method == "none":
            return {name: without_interval(value) for name, value in values.items()}
        if self.multiplicities.sum() < 2:
            return too_few(values)
        feasible = settings.replicates * len(self.multiplicities) <= DRAWS
        if settings.method == "bootstrap" and feasible and self.sets.bears_draws(settings.replicates):
            return self._bootstrapped(values)
        found = {f"{PREFIX}{distance}": moved for distance, moved in self.sets.influences(total, reach).items()}
        found |= intervals.influences(self.kappa, of_kappa, lambda flat: {"pooled_kappa": pooled_kappa_of(flat, codes)})
        return linearised(values, found, self.multiplicities, settings)

    def _bootstrapped(self, values: dict[str, Coefficient]) -> dict[str, Estimate]:
        """Return the coefficients with intervals from one set of draws."""
        rows, of_sets = self.sets.for_draws()
        wide, codes = self.kappa.shape[1], len(self.judged.codes)

        def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
            found = {f"{PREFIX}{distance}": drawn for distance, drawn in of_sets(flat[:, wide:]).items()}
            return found | {"pooled_kappa": pooled_kappa_of(flat[:, :wide], codes)}

        kinds = Kinds(sparse.hstack([self.kappa, rows]).tocsr(), self.multiplicities)
        random = np.random.default_rng([self.settings.seed, codes, 1])
        return bootstrapped(values, kinds, statistic, self.settings, random)
