"""Figures that somebody stated of a study's data, held against the data to the last digit that was stated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lepanalysis import agreement_scaled, agreement_scaled_tables
from lepanalysis.agreement_intervals import Settings
from lepanalysis.claim_records import need
from lepanalysis.claim_tests import Outcome
from lepanalysis.claim_units import LackingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.agreement_scaled import Values
    from lepanalysis.study import Study

_SETTINGS = Settings(method="none")
# A number that lies this much beside the middle between two roundings may be printed as either.
_ROUNDING = 1e-9


def outcome_of_figure(record: Mapping[str, Any], study: Study) -> Outcome:
    """Hold a stated figure against a study.

    Parameters
    ----------
    record : mapping
        A claim of the study's own, with `check`, `stated` and `codes`.
    study : Study

    Raises
    ------
    LackingError
        When the study lacks what the figure speaks of.
    """
    stated, check = str(record["stated"]), str(record["check"])
    if check in _COUNTS:
        found, population = _COUNTS[check](study)
        return Outcome(stated == str(found), stated, str(found), value=float(found), n=found, population=population)
    values = _values(study, record["codes"])
    computed, n = _of_values(check, values)
    holds = equal(stated, computed)
    written = _SEPARATORS.get(check, ", ").join(as_stated(stated, place, one) for place, one in enumerate(computed))
    return Outcome(
        holds, stated, written, value=float(computed[0]) if len(computed) == 1 else None, n=n,
        population=f"{n:,} messages and {len(values.coders)} coders",
    )  # fmt: skip


def equal(stated: str, computed: Sequence[float]) -> bool:
    """Whether numbers, rounded to the digits stated, are those stated.

    Examples
    --------
    >>> equal("0.329 to 0.430", [0.32858, 0.42957]), equal("0.38", [0.3749]), equal("478, 265", [478])
    (True, False, False)
    """
    figures = _figures(stated)
    if len(figures) != len(computed):
        return False
    return all(
        abs(float(figure) - value) <= 0.5 * 10.0 ** -_digits(figure) + _ROUNDING
        for figure, value in zip(figures, computed, strict=True)
    )


def as_stated(stated: str, place: int, value: float) -> str:
    """Return a number with as many digits as the figure at its place has; of one without such a figure all whole ones.

    Examples
    --------
    >>> as_stated("0.329 to 0.430", 1, 0.42957)
    '0.430'
    """
    figures = _figures(stated)
    return f"{value:.{_digits(figures[place]) if place < len(figures) else 0}f}"


def _figures(stated: str) -> list[str]:
    return re.findall(r"[-+]?\d*\.?\d+", stated)


def _digits(figure: str) -> int:
    """Return how many digits stand behind the point."""
    return len(figure.partition(".")[2])


def _messages(study: Study) -> tuple[int, str]:
    return len(study.messages), ""


def _threads(study: Study) -> tuple[int, str]:
    return int(study.messages.frame["thread_id"].nunique()), f"{len(study.messages):,} messages"


def _categories(study: Study) -> tuple[int, str]:
    given = study.threads.frame["category"]
    if not given.any():
        raise LackingError("no thread is filed under a category")
    return int(given[given != ""].nunique()), f"{len(given):,} threads"


def _coders(study: Study) -> tuple[int, str]:
    need(study, "codings")
    return int(study.codings.frame["coder"].nunique()), f"{len(study.codings):,} codings"


_COUNTS = {"units": _messages, "threads": _threads, "categories": _categories, "coders": _coders}
_SEPARATORS = {"kappa-range": " to "}


def _values(study: Study, codes: Sequence[str]) -> Values:
    """Return the values of the one code that a figure speaks of."""
    need(study, "codings", "codebook")
    if len(codes) != 1:
        raise LackingError(f"{len(codes)} codes are bound to it, and it speaks of the values of one")
    for values in agreement_scaled.scaled_codes(study, _SETTINGS):
        if values.code == codes[0]:
            return values
    raise LackingError(f"the code {codes[0]} has no scale, or no message has values of two coders")


def _of_values(check: str, values: Values) -> tuple[list[float], int]:
    """Return the numbers that a figure states, computed anew, and over how many messages."""
    if check == "kappa-range":
        kappas = agreement_scaled.pairs(values, _SETTINGS)["cohen_kappa"]
        if kappas.isna().any():
            raise LackingError("kappa is undefined for two of the coders")
        return [float(kappas.min()), float(kappas.max())], values.n_units
    if check in {"all-agree", "agreeing"}:
        counts = agreement_scaled_tables.agreeing(values)["units"]
        found = [float(count) for count in counts]
        return found[:1] if check == "all-agree" else found, int(counts.sum())
    level = check.removeprefix("alpha-")
    if level not in agreement_scaled.levels_of(values.scaled.scale):
        raise LackingError(f"a scale of kind {values.scaled.scale} is not compared as {level}")
    alpha = agreement_scaled.alphas(values, _SETTINGS)[f"{agreement_scaled.ALPHA}{level}"]
    if alpha.value is None:
        raise LackingError(f"alpha is undefined: {alpha.reason}")
    return [alpha.value], values.n_units
