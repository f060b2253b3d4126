"""Agreement between coders over the shared codes, and where they differ.

Agreement describes what coders did apart from each other, before any decision on a coding; a decision matters
only for which shared code an own code leads to. What a coder has not read is missing, not a "no".
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.applications import applications, joined, pieces, readings
from lepanalysis.codes import code_names, fates
from lepanalysis.coefficients import (
    NO_UNIT,
    Coefficient,
    alpha_of_coincidences,
    alpha_of_distinct_sets,
    alpha_of_sets,
    cohen_kappa,
    coincidences,
    kappa_of_table,
    krippendorff_alpha,
    mean_of,
    percent_agreement,
    percent_of_table,
)
from lepanalysis.disagreements import disagreements
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from lepanalysis.study import Study

__all__ = [
    "Coefficient",
    "Judgements",
    "alpha_of_sets",
    "by_code",
    "cohen_kappa",
    "disagreements",
    "judgements",
    "krippendorff_alpha",
    "overall",
    "percent_agreement",
]

UNITS = ("message", "segment", "character", "thread", "participant")
UNIVERSES = ("all", "coded")
_NUMBERS = ("prevalence", "percent_agreement", "cohen_kappa", "krippendorff_alpha")
_COUNTS = ("n_both", "n_first", "n_second", "n_neither")


@dataclass(frozen=True, eq=False)
class Judgements:
    """Who judged which unit to have which code.

    Parameters
    ----------
    coders, codes : tuple of str
        Ids, in the order of study.yaml and codebook.
    applied : numpy.ndarray
        Coders x units x codes, True where the coder applied the code.
    read : numpy.ndarray
        Coders x units, True where the coder read the unit; elsewhere `applied` is no judgement.
    weights : numpy.ndarray
        How many units each stands for: 1, but for characters the length of a stretch that is coded alike.
    """

    coders: tuple[str, ...]
    codes: tuple[str, ...]
    applied: np.ndarray
    read: np.ndarray
    weights: np.ndarray

    @property
    def n_units(self) -> int:
        """The number of units that at least two coders judged."""
        return int(self.weights[self.read.sum(axis=0) > 1].sum())


def judgements(study: Study, unit: str = "message", universe: str = "all") -> Judgements:
    """Return the coders' judgements, unit by unit.

    Parameters
    ----------
    study : Study
    unit : str
        ``message``; ``segment`` (segments that overlap, of whatever coder and code, are one unit, and a
        message without any is one); ``character``; ``thread`` or ``participant`` (all their messages
        together, judged by the coders who read every one of them).
    universe : str
        ``all``, or ``coded``: only units to which at least one coder applied a shared code.

    Returns
    -------
    Judgements

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    UsageError
        When `unit` or `universe` is not known.
    """
    if unit not in UNITS:
        raise UsageError(f"{unit!r} is no unit of agreement; use one of {', '.join(UNITS)}")
    if universe not in UNIVERSES:
        raise UsageError(f"{universe!r} is no universe; use {' or '.join(UNIVERSES)}")
    applied = applications(study)
    messages = study.messages.frame
    owner, place, weights = _units(messages, applied, unit)
    coders = tuple(coder.id for coder in study.coders)
    codes = fates(study).shared
    table = np.zeros((len(coders), len(weights), len(codes)), dtype=bool)
    rows = applied.loc[place["segment"]]
    table[
        pd.Index(coders, dtype="str").get_indexer(rows["coder"]),
        place["unit"].to_numpy(dtype=np.int64),
        pd.Index(codes, dtype="str").get_indexer(rows["code_id"]),
    ] = True
    read = readings(study).to_numpy().T
    if unit in {"thread", "participant"}:
        unread = np.zeros((len(coders), len(weights)), dtype=bool)
        coder, message = np.nonzero(~read)
        unread[coder, owner[message]] = True
        read = ~unread
    else:
        read = read[:, owner]
    if universe == "coded":
        kept = (table.any(axis=2) & read).any(axis=0)
        table, read, weights = table[:, kept], read[:, kept], weights[kept]
    return Judgements(coders, codes, table & read[:, :, None], read, weights)


def _units(messages: pd.DataFrame, applied: pd.DataFrame, unit: str) -> tuple[np.ndarray, pd.DataFrame, np.ndarray]:
    """Cut the corpus into units.

    Returns
    -------
    owner : numpy.ndarray
        For threads and participants the unit of each message; for the others the message of each unit.
    place : pandas.DataFrame
        segment (label of `applied`), unit: where each application counts.
    weights : numpy.ndarray
        One for each unit.
    """
    ids = pd.Index(messages["message_id"])
    message = ids.get_indexer(applied["message_id"])
    if unit == "message":
        return np.arange(len(ids)), _placed(applied, message), np.ones(len(ids))
    if unit in {"thread", "participant"}:
        owner, names = pd.factorize(messages[f"{unit}_id"])
        return owner, _placed(applied, owner[message]), np.ones(len(names))
    if unit == "segment":
        number, cluster_owner = _clusters(applied, message)
        empty = np.setdiff1d(np.arange(len(ids)), message)
        owner = np.concatenate([cluster_owner, empty]).astype(np.int64)
        return owner, _placed(applied, number), np.ones(len(owner))
    covered = pieces(applied)
    piece, number = np.unique(covered["piece"], return_inverse=True)
    owner, weights = np.zeros(len(piece), dtype=np.int64), np.zeros(len(piece))
    owner[number] = message[covered["segment"].to_numpy(dtype=np.int64)]
    weights[number] = covered["length"]
    rest = messages["text"].str.len().to_numpy(dtype=np.float64)
    rest = rest - np.bincount(owner, weights=weights, minlength=len(ids))
    place = pd.DataFrame({"segment": covered["segment"], "unit": number})
    return np.concatenate([owner, np.arange(len(ids))]), place, np.concatenate([weights, rest])


def _placed(applied: pd.DataFrame, number: np.ndarray) -> pd.DataFrame:
    """Return that each application counts in one unit."""
    return pd.DataFrame({"segment": applied.index, "unit": number})


def _clusters(applied: pd.DataFrame, message: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number the clusters of overlapping segments; return each application's, and each one's message."""
    start, end = applied["start"].to_numpy(np.int64), applied["end"].to_numpy(np.int64)
    # A message and an offset in one number: the segments of a later message begin beyond all earlier ones.
    stride = int(end.max(initial=0)) + 1
    order = np.lexsort((end, start, message))
    reach = np.maximum.accumulate((message * stride + end)[order])
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (message * stride + start)[order][1:] >= reach[:-1]
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.cumsum(begins) - 1
    return number, message[order][begins]


def _tables(judged: Judgements, code: int | None) -> list[np.ndarray]:
    """Return, for each pair of coders, how many units both, one or neither gave a code (None: all)."""
    tables = []
    for first, second in combinations(range(len(judged.coders)), 2):
        both = judged.read[first] & judged.read[second]
        chosen = slice(None) if code is None else slice(code, code + 1)
        a, b = judged.applied[first][both][:, chosen], judged.applied[second][both][:, chosen]
        weights = judged.weights[both]
        counts = [weights @ (x & y).sum(axis=1) for x in (~a, a) for y in (~b, b)]
        tables.append(np.array(counts, dtype=np.float64).reshape(2, 2))
    return tables


def _alpha(judged: Judgements, code: int | None) -> Coefficient:
    """Return nominal alpha over the yes and no of one code, or over those of all codes pooled."""
    if len(judged.coders) < 2:
        return mean_of([])
    readers = judged.read.sum(axis=0)
    agreeing, totals = np.zeros(2), np.zeros(2)
    for place in range(len(judged.codes)) if code is None else [code]:
        yes = judged.applied[:, :, place].sum(axis=0)
        more = coincidences(np.column_stack([readers - yes, yes]), judged.weights)
        agreeing, totals = agreeing + more[0], totals + more[1]
    return alpha_of_coincidences(agreeing, totals)


def by_code(study: Study, unit: str = "message", universe: str = "all") -> pd.DataFrame:
    """Return how far the coders agree on each shared code.

    Parameters
    ----------
    study : Study
    unit, universe : str
        See `judgements`.

    Returns
    -------
    pandas.DataFrame
        code_id, code, n_units (that two coders or more judged), prevalence (mean share of them that a coder
        judged to have the code), n_both, n_first, n_second, n_neither (exactly two coders; else empty),
        percent_agreement and cohen_kappa (more than two coders: the mean over pairs), krippendorff_alpha,
        reason. A coefficient that cannot be had is NaN, and the reason says why.
    """
    judged = judgements(study, unit, universe)
    names = code_names(study)
    paired = judged.read.sum(axis=0) > 1
    rows = []
    for place, code in enumerate(judged.codes):
        tables = _tables(judged, place)
        coefficients = {
            "percent_agreement": mean_of([percent_of_table(table) for table in tables]),
            "cohen_kappa": mean_of([kappa_of_table(table) for table in tables]),
            "krippendorff_alpha": _alpha(judged, place),
        }
        read = judged.read[:, paired] @ judged.weights[paired]
        yes = judged.applied[:, paired, place] @ judged.weights[paired]
        row = {
            "code_id": code,
            "code": names[code],
            "n_units": judged.n_units,
            "prevalence": float(np.mean(yes[read > 0] / read[read > 0])) if (read > 0).any() else None,
            **{name: coefficient.value for name, coefficient in coefficients.items()},
            "reason": _reasons(coefficients),
        }
        if len(judged.coders) == 2:
            (neither, second), (first, both) = tables[0].astype(np.int64).tolist()
            row |= {"n_both": both, "n_first": first, "n_second": second, "n_neither": neither}
        rows.append(row)
    columns = ["code_id", "code", "n_units", "prevalence", *_COUNTS, *_NUMBERS[1:], "reason"]
    frame = pd.DataFrame(rows, columns=columns)
    kinds = {**dict.fromkeys(_NUMBERS, "float64"), "n_units": "int64"}
    kinds |= dict.fromkeys(_COUNTS, "int64" if len(judged.coders) == 2 else "Int64")
    return frame.astype({name: kinds.get(name, "str") for name in columns})


def _reasons(coefficients: dict[str, Coefficient]) -> str:
    """Return why some coefficients cannot be had, each reason once with those that it keeps away."""
    kept: dict[str, list[str]] = {}
    for name, coefficient in coefficients.items():
        if coefficient.reason:
            kept.setdefault(coefficient.reason, []).append(name)
    return joined(f"{', '.join(names)}: {reason}" for reason, names in kept.items())


def overall(study: Study, unit: str = "message", universe: str = "all") -> pd.DataFrame:
    """Return how far the coders agree over all shared codes.

    Parameters
    ----------
    study : Study
    unit, universe : str
        See `judgements`.

    Returns
    -------
    pandas.DataFrame
        measure, value (NaN where it cannot be had), n_units, reason. percent_agreement, cohen_kappa and
        krippendorff_alpha are taken over all yes and no of unit and code together, krippendorff_alpha_masi
        and krippendorff_alpha_jaccard over the sets of codes that units have.
    """
    judged = judgements(study, unit, universe)
    tables = _tables(judged, None)
    coefficients = {
        "percent_agreement": mean_of([percent_of_table(table) for table in tables]),
        "cohen_kappa": mean_of([kappa_of_table(table) for table in tables]),
        "krippendorff_alpha": _alpha(judged, None),
        "krippendorff_alpha_masi": _alpha_of_sets(judged, "masi"),
        "krippendorff_alpha_jaccard": _alpha_of_sets(judged, "jaccard"),
    }
    rows = [
        (name, coefficient.value, judged.n_units, _reason(judged, coefficient))
        for name, coefficient in coefficients.items()
    ]
    frame = pd.DataFrame(rows, columns=["measure", "value", "n_units", "reason"])
    return frame.astype({"measure": "str", "value": "float64", "n_units": "int64", "reason": "str"})


def _reason(judged: Judgements, coefficient: Coefficient) -> str:
    """Return why there is no coefficient, naming the cause that lies deepest."""
    if coefficient.reason == NO_UNIT and not judged.codes:
        return "the coders share no code"
    return coefficient.reason


def _alpha_of_sets(judged: Judgements, distance: str) -> Coefficient:
    """Return alpha over the sets of codes of the units."""
    if len(judged.coders) < 2:
        return mean_of([])
    if not judged.codes:
        return Coefficient(None, NO_UNIT)
    coders, units, codes = judged.applied.shape
    packed = np.packbits(judged.applied.reshape(coders * units, codes), axis=1)
    distinct, number = np.unique(packed, axis=0, return_inverse=True)
    numbers = np.where(judged.read, number.reshape(coders, units), -1)
    sets = np.unpackbits(distinct, axis=1, count=codes).astype(bool)
    return alpha_of_distinct_sets(numbers, sets, judged.weights, distance)
