"""Agreement on the values of scaled codes: by level of measurement, coder against coder, unit by unit, by category.

Whether a code applies is one judgement, which value it has another. `agreement` compares the first, for all codes; here
stands the second, for a code with a `scale`: over the units to which two coders or more gave a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from lepanalysis import formulas
from lepanalysis.agreement_intervals import Estimate, Kinds, Settings, with_ends
from lepanalysis.alpha import positions_of
from lepanalysis.codes import code_names
from lepanalysis.coefficients import FEW_CODERS, NO_UNIT, ONE_VALUE, coefficient, reason
from lepanalysis.judgements import judgements
from lepanalysis.tallies import Sums, distinct, features

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepanalysis.intervals import Statistic
    from lepanalysis.judgements import Judgements, Scaled
    from lepanalysis.study import Study

ALPHA = "krippendorff_alpha_"
# Every unit by itself, without intervals.
_ALONE = Settings(method="none")
PAIR_COLUMNS = (
    *("code_id", "code", "first_id", "first", "second_id", "second", "n_units", "percent_agreement"),
    *("cohen_kappa", "low", "high", "kappa_linear", "kappa_quadratic", "reason"),
)


@dataclass(frozen=True, eq=False)
class Values:
    """The values that coders gave with one code.

    Parameters
    ----------
    code, name : str
        Id and name of the code.
    coders : mapping of str to str
        Names by ids, in the order of the rows of `scaled.numbers`.
    scaled : Scaled
    judged : Judgements
        All judgements of the study, of which these are a part.
    """

    code: str
    name: str
    coders: Mapping[str, str]
    scaled: Scaled
    judged: Judgements

    @property
    def numbers(self) -> np.ndarray:
        """The place of each value among the categories, coders x units, -1 where there is none."""
        return self.scaled.numbers

    @property
    def compared(self) -> np.ndarray:
        """Which units two coders or more gave a value."""
        return (self.numbers >= 0).sum(axis=0) > 1

    @property
    def n_units(self) -> int:
        """How many units those are."""
        return int(self.judged.weights[self.compared].sum())


def scaled_codes(study: Study, settings: Settings | None = None) -> tuple[Values, ...]:
    """Return the values of every shared code that has a scale and values of two coders or more.

    Parameters
    ----------
    study : Study
    settings : Settings, optional
        Its unit and universe count.
    """
    settings = settings or _ALONE
    if not (study.has("codings") and study.has("codebook")):
        return ()
    return values_of_codes(study, judgements(study, settings.unit, settings.universe))


def values_of_codes(study: Study, judged: Judgements) -> tuple[Values, ...]:
    """Return what `scaled_codes` does, from judgements that are at hand."""
    names = code_names(study)
    coders = {coder.id: coder.name for coder in study.coders}
    found = (
        Values(code, names[code], {coder: coders[coder] for coder in judged.coders}, scaled, judged)
        for code, scaled in judged.scaled.items()
    )
    return tuple(values for values in found if values.n_units)


def levels_of(scale: str) -> tuple[str, ...]:
    """Return at which levels values of a scale are compared: its own, those below it, and of ordered words intervals.

    Examples
    --------
    >>> levels_of("nominal"), levels_of("ordinal")
    (('nominal',), ('nominal', 'ordinal', 'interval'))
    """
    return {"nominal": ("nominal",), "ratio": formulas.LEVELS}.get(scale, ("nominal", "ordinal", "interval"))


def _positions(scaled: Scaled, level: str) -> list[float]:
    """Return where the categories lie; ordered words lie at equal steps."""
    if level == "interval" and scaled.scale == "ordinal":
        return [float(place) for place in range(len(scaled.categories))]
    return positions_of(scaled.categories, level)


def alphas(values: Values, settings: Settings | None = None) -> dict[str, Estimate]:
    """Return alpha at each level at which the values of a code can be compared, with its interval.

    Parameters
    ----------
    values : Values
    settings : Settings, optional

    Returns
    -------
    dict
        ``krippendorff_alpha_nominal`` and so on. Interval alpha of an ordinal code takes its values to lie at equal
        steps, which the scale does not promise.
    """
    levels = levels_of(values.scaled.scale)
    positions = {level: _positions(values.scaled, level) for level in levels}

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        given = _sums(values, flat)
        return {f"{ALPHA}{level}": formulas.krippendorff_alpha(given, level, positions[level]) for level in levels}

    return _estimates(values, settings or Settings(), statistic, "krippendorff_alpha")


def _sums(values: Values, flat: np.ndarray) -> Sums:
    return Sums.of(flat, len(values.coders), len(values.scaled.categories))


def _kinds(values: Values, settings: Settings) -> Kinds:
    """Return the kinds of units, or of clusters, that are drawn."""
    weights, q = values.judged.weights, len(values.scaled.categories)
    key, places, first = distinct(values.numbers, q)
    rows = features(values.numbers[:, first].T, q)
    owner = settings.owner(values.judged)
    if owner is None:
        return Kinds(rows, np.bincount(key, weights=weights, minlength=places).astype(np.float64))
    size = int(owner.max(initial=-1)) + 1
    return Kinds(sparse.coo_array((weights, (owner, key)), shape=(size, places)).tocsr() @ rows, np.ones(size))


def _estimates(values: Values, settings: Settings, statistic: Statistic, name: str) -> dict[str, Estimate]:
    """Return what a statistic makes of the values, with intervals."""
    kinds = _kinds(values, settings)
    total = kinds.total
    given = _sums(values, total)
    why = FEW_CODERS if len(values.coders) < 2 else reason(given, name)
    found = {key: coefficient(float(value), why) for key, value in statistic(total).items()}
    random = np.random.default_rng([settings.seed, values.judged.codes.index(values.code), 2])
    return with_ends(found, kinds, statistic, settings, random)


def alpha_frame(codes: tuple[Values, ...], settings: Settings | None = None) -> pd.DataFrame:
    """Return alpha of every scaled code at every level.

    Parameters
    ----------
    codes : tuple of Values
        From `scaled_codes`.
    settings : Settings, optional

    Returns
    -------
    pandas.DataFrame
        code_id, code, scale, level, value, low, high (NaN where they cannot be had), n_units, n_coders, reason.
    """
    rows = [
        (values.code, values.name, values.scaled.scale, name.removeprefix(ALPHA), found.value, found.low, found.high,
         values.n_units, len(values.coders), found.reason)
        for values in codes
        for name, found in alphas(values, settings).items()
    ]  # fmt: skip
    columns = ["code_id", "code", "scale", "level", "value", "low", "high", "n_units", "n_coders", "reason"]
    kinds = {**dict.fromkeys(("value", "low", "high"), "float64"), "n_units": "int64", "n_coders": "int64"}
    return pd.DataFrame(rows, columns=columns).astype({name: kinds.get(name, "str") for name in columns})


def unanimous(values: Values) -> float:
    """Return the share of the units, with two values or more, to which all who judged them gave the same; NaN: none."""
    return float(formulas.unanimous_agreement(_sums(values, _kinds(values, _ALONE).total)))


def pairs(values: Values, settings: Settings | None = None) -> pd.DataFrame:
    """Return how far each two coders agree on the values of a code.

    Parameters
    ----------
    values : Values
    settings : Settings, optional

    Returns
    -------
    pandas.DataFrame
        `PAIR_COLUMNS`: kappa with its interval, beside it kappa with linear and with quadratic weights by the place of
        the value in the order (NaN for a nominal scale), over the units that both gave a value.
    """
    settings = settings or Settings()
    couples = list(combinations(range(len(values.coders)), 2))
    kinds = _kinds(values, settings)
    tables = _sums(values, kinds.total).tables
    q = len(values.scaled.categories)
    random = np.random.default_rng([settings.seed, values.judged.codes.index(values.code), 3])

    def statistic(flat: np.ndarray) -> dict[str, np.ndarray]:
        kappas = np.moveaxis(_kappas(_sums(values, flat).tables), -1, 0)
        return {str(place): kappa for place, kappa in enumerate(kappas)}

    given = [coefficient(float(kappa), ONE_VALUE if table.sum() else NO_UNIT)
             for kappa, table in zip(_kappas(tables), tables, strict=True)]  # fmt: skip
    found = with_ends({str(place): one for place, one in enumerate(given)}, kinds, statistic, settings, random)
    ordered = values.scaled.scale != "nominal"
    weighted = {
        weights: _kappas(tables, formulas.weight_table(weights, range(q))) if ordered else np.full(len(couples), np.nan)
        for weights in ("linear", "quadratic")
    }
    total = tables.sum(axis=(-2, -1))
    share = formulas.ratio(np.trace(tables, axis1=-2, axis2=-1), total)
    ids, names = list(values.coders), list(values.coders.values())
    rows = [
        (values.code, values.name, ids[one], names[one], ids[other], names[other], round(float(total[place])),
         share[place], found[str(place)].value, found[str(place)].low, found[str(place)].high,
         weighted["linear"][place], weighted["quadratic"][place], found[str(place)].reason)
        for place, (one, other) in enumerate(couples)
    ]  # fmt: skip
    numbers = ("percent_agreement", "cohen_kappa", "low", "high", "kappa_linear", "kappa_quadratic")
    kinds_of = {**dict.fromkeys(numbers, "float64"), "n_units": "int64"}
    return pd.DataFrame(rows, columns=list(PAIR_COLUMNS)).astype(
        {name: kinds_of.get(name, "str") for name in PAIR_COLUMNS}
    )


def _kappas(tables: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return the kappa of each pair of coders."""
    observed, expected = formulas.observed_and_expected(tables, weights)
    return formulas.ratio(observed - expected, 1 - expected)


def written(category: object) -> str:
    """Return a value as a person writes it: a whole number without a point."""
    return f"{category:g}" if isinstance(category, float) else str(category)
