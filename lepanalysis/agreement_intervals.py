"""What agreement is taken over, and intervals around its coefficients as those settings ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lepanalysis import intervals
from lepanalysis.faults import UsageError
from lepanalysis.intervals import DRAWS
from lepanalysis.judgements import UNITS, UNIVERSES

if TYPE_CHECKING:
    from scipy import sparse

    from lepanalysis.coefficients import Coefficient
    from lepanalysis.judgements import Judgements

METHODS = ("bootstrap", "analytic", "none")
CLUSTERS = ("unit", "message", "thread", "participant")
LINEARISED = "linearised"


@dataclass(frozen=True)
class Settings:
    """What agreement is taken over, and how intervals are made.

    Parameters
    ----------
    unit, universe : str
        See `judgements.judgements`.
    method : str
        ``bootstrap`` (percentiles), ``analytic`` (linearised; percent agreement of two coders: Wilson) or ``none``.
    cluster : str
        What is drawn, and taken to be independent: ``unit``, ``message``, ``thread`` or ``participant``. Empty: the
        unit; of segments and characters the message, since those of one message are not independent.
    level : float
    replicates, seed : int
        Of a bootstrap.

    Raises
    ------
    UsageError
        When one of these is not known, or does not go with another.

    Examples
    --------
    >>> Settings(unit="segment").drawn
    'message'
    >>> Settings(unit="message", cluster="thread").drawn
    'thread'
    """

    unit: str = "message"
    universe: str = "all"
    method: str = "bootstrap"
    cluster: str = ""
    level: float = intervals.LEVEL
    replicates: int = intervals.REPLICATES
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for given, known, what in (
            (self.unit, UNITS, "unit of agreement"),
            (self.universe, UNIVERSES, "universe"),
            (self.method, METHODS, "method for an interval"),
            (self.cluster or "unit", CLUSTERS, "cluster"),
        ):
            if given not in known:
                raise UsageError(f"{given!r} is no {what}; use one of {', '.join(known)}")
        if not 0 < self.level < 1:
            raise UsageError(f"a level of {self.level:g} lies not between 0 and 1; use 0.95, say")
        if self.replicates < 2:
            raise UsageError("a bootstrap takes two replicates at least; use 2000, say")
        if self.unit == "character" and self.cluster == "unit":
            raise UsageError("characters are not independent of each other; draw message, thread or participant")
        if self.unit in {"thread", "participant"} and self.cluster not in {"", "unit", self.unit}:
            raise UsageError(f"a {self.unit} does not lie in a {self.cluster}; leave the cluster out")

    @property
    def drawn(self) -> str:
        """What is drawn: the cluster, or what stands for it."""
        if self.cluster in {"", "unit"}:
            return "message" if self.unit in {"segment", "character"} and not self.cluster else self.unit
        return self.cluster

    def owner(self, judged: Judgements) -> np.ndarray | None:
        """Return the cluster of each unit; None where units are drawn."""
        if self.drawn == self.unit:
            return None
        _, number = np.unique(judged.clusters[self.drawn], return_inverse=True)
        return number


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its interval, or why there is none.

    Parameters
    ----------
    value, low, high : float or None
    reason : str
        Why there is no value, or no interval.
    method : str
        Where the interval was made in another way than the settings say.

    Examples
    --------
    >>> Estimate(0.6, 0.2, 0.9).as_record()
    {'value': 0.6, 'low': 0.2, 'high': 0.9}
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    method: str = ""

    def as_record(self) -> dict[str, object]:
        """Return it for JSON."""
        record: dict[str, object] = {"value": self.value, "low": self.low, "high": self.high}
        return record | {name: getattr(self, name) for name in ("reason", "method") if getattr(self, name)}


def without_interval(given: Coefficient) -> Estimate:
    """Return a coefficient alone.

    Examples
    --------
    >>> from lepanalysis.coefficients import Coefficient
    >>> without_interval(Coefficient(0.6))
    Estimate(value=0.6, low=None, high=None, reason='', method='')
    """
    return Estimate(given.value, reason=given.reason)


@dataclass(frozen=True, eq=False)
class Kinds:
    """The kinds of units (or clusters) that are drawn.

    Parameters
    ----------
    rows : scipy.sparse.csr_array
        What one of each kind adds to the sums.
    multiplicities : numpy.ndarray
        How many there are of each.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> Kinds(csr_array([[1.0, 1.0], [0.0, 1.0]]), np.array([30.0, 70.0])).total.tolist()
    [30.0, 100.0]
    """

    rows: sparse.csr_array
    multiplicities: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """The sums over all."""
        return self.multiplicities @ self.rows


def with_ends(
    values: dict[str, Coefficient],
    kinds: Kinds,
    statistic: intervals.Statistic,
    settings: Settings,
    random: np.random.Generator,
) -> dict[str, Estimate]:
    """Return coefficients with the intervals that the settings ask for.

    Parameters
    ----------
    values : dict
        The coefficients.
    kinds : Kinds
    statistic : callable
        From sums to the coefficients, as for `intervals.bootstrap`.
    settings : Settings
    random : numpy.random.Generator

    Examples
    --------
    >>> from lepanalysis.coefficients import Coefficient
    >>> from scipy.sparse import csr_array
    >>> kinds = Kinds(csr_array([[1.0, 1.0], [0.0, 1.0]]), np.array([30.0, 70.0]))
    >>> def share(sums):
    ...     return {"share": sums[:, 0] / sums[:, 1]}
    >>> settings, random = Settings(method="analytic"), np.random.default_rng(0)
    >>> round(with_ends({"share": Coefficient(0.3)}, kinds, share, settings, random)["share"].low, 3)
    0.209
    """
    rows, multiplicities = kinds.rows, kinds.multiplicities
    if settings.method == "none":
        return {name: without_interval(value) for name, value in values.items()}
    if multiplicities.sum() < 2:
        return too_few(values)
    if settings.method == "bootstrap" and settings.replicates * len(multiplicities) <= DRAWS:
        return bootstrapped(values, kinds, statistic, settings, random)
    return linearised(values, intervals.influences(rows, kinds.total, statistic), multiplicities, settings)


def too_few(values: dict[str, Coefficient]) -> dict[str, Estimate]:
    """Return coefficients that rest on too little to have intervals.

    Examples
    --------
    >>> from lepanalysis.coefficients import Coefficient
    >>> too_few({"cohen_kappa": Coefficient(0.6)})["cohen_kappa"].reason
    'an interval takes two units (or clusters) at least'
    """
    return {name: Estimate(v.value, reason=v.reason or intervals.FEW_GROUPS) for name, v in values.items()}


def bootstrapped(
    values: dict[str, Coefficient],
    kinds: Kinds,
    statistic: intervals.Statistic,
    settings: Settings,
    random: np.random.Generator,
) -> dict[str, Estimate]:
    """Return coefficients with intervals by bootstrap; as for `with_ends`.

    Examples
    --------
    >>> from lepanalysis.coefficients import Coefficient
    >>> from scipy.sparse import csr_array
    >>> kinds = Kinds(csr_array([[1.0, 1.0], [0.0, 1.0]]), np.array([30.0, 70.0]))
    >>> def share(sums):
    ...     return {"share": sums[:, 0] / sums[:, 1]}
    >>> found = bootstrapped({"share": Coefficient(0.3)}, kinds, share, Settings(), np.random.default_rng(0))
    >>> round(found["share"].low, 2), round(found["share"].high, 2)
    (0.21, 0.39)
    """
    found = intervals.bootstrap(
        kinds.rows,
        kinds.multiplicities,
        statistic,
        replicates=settings.replicates,
        level=settings.level,
        random=random,
    )
    estimates = {}
    for name, value in values.items():
        if value.value is None:
            estimates[name] = without_interval(value)
            continue
        low, high, _ = (float(end) for end in found[name])
        why = intervals.no_interval(low, high)
        estimates[name] = Estimate(value.value, reason=why) if why else Estimate(value.value, low, high)
    return estimates


def linearised(
    values: dict[str, Coefficient], found: dict[str, np.ndarray], multiplicities: np.ndarray, settings: Settings
) -> dict[str, Estimate]:
    """Return coefficients with linearised intervals.

    Parameters
    ----------
    values : dict
        The coefficients.
    found : dict
        The influence of each kind of unit on each, as `intervals.influences` gives it.
    multiplicities : numpy.ndarray
        How many units (or clusters) are of each kind.
    settings : Settings

    Examples
    --------
    >>> from lepanalysis.coefficients import Coefficient
    >>> moved = {"share": np.array([0.007, -0.003])}
    >>> found = linearised({"share": Coefficient(0.3)}, moved, np.array([30.0, 70.0]), Settings())
    >>> round(found["share"].low, 3), found["share"].method
    (0.209, 'linearised')
    """
    note = LINEARISED if settings.method == "bootstrap" else ""
    estimates = {}
    for name, value in values.items():
        if value.value is None:
            estimates[name] = without_interval(value)
            continue
        error = intervals.standard_error(found[name], multiplicities)
        low, high = intervals.normal_interval(value.value, error, settings.level, float(multiplicities.sum()), name)
        why = intervals.no_interval(value.value - error, value.value + error)
        estimates[name] = Estimate(value.value, reason=why) if why else Estimate(value.value, low, high, method=note)
    return estimates
