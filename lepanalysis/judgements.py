"""Who judged which unit to have which code, and how many units got which pattern of judgements."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.applications import applications, coded, pieces, readings
from lepanalysis.codes import fates
from lepanalysis.coefficients import column_counts
from lepanalysis.faults import UsageError
from lepanalysis.tallies import distinct

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepanalysis.study import Study

UNITS = ("message", "segment", "character", "thread", "participant")
UNIVERSES = ("all", "coded")
# Up to so many coders, patterns are counted by who applied a code together; there are 2^coders such groups.
FEW_CODERS = 4
BLOCK = 1 << 16


@dataclass(frozen=True, eq=False)
class Scaled:
    """The values that coders gave with a scaled code.

    Parameters
    ----------
    scale : str
        nominal, ordinal, interval or ratio.
    categories : tuple
        The values, lowest first: as words (nominal, ordinal) or numbers.
    numbers : numpy.ndarray
        Coders x units: the place of the value among the categories, -1 where there is none.
    several : int
        How often a coder gave one unit several values; these are no single judgement and are left out.

    Examples
    --------
    >>> found = Scaled("ordinal", ("low", "high"), np.array([[0, 1], [0, -1]]), several=0)
    >>> [found.categories[number] for number in found.numbers[0]]
    ['low', 'high']
    """

    scale: str
    categories: tuple[object, ...]
    numbers: np.ndarray
    several: int


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
    clusters : mapping
        For each way in which units belong together (message, thread, participant) the number of each unit's cluster.
    scaled : mapping
        The values of the scaled codes, by code id.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> judgements(study, unit="thread").n_units
    36
    """

    coders: tuple[str, ...]
    codes: tuple[str, ...]
    applied: np.ndarray
    read: np.ndarray
    weights: np.ndarray
    clusters: Mapping[str, np.ndarray] = field(default_factory=dict)
    scaled: Mapping[str, Scaled] = field(default_factory=dict)

    @property
    def n_units(self) -> int:
        """The number of units that at least two coders judged."""
        return int(self.weights[self.read.sum(axis=0) > 1].sum())

    @cached_property
    def patterns(self) -> tuple[np.ndarray, np.ndarray]:
        """The patterns of yes and no, and how many units have each for each code (see `pattern_counts`)."""
        return pattern_counts(self, "codes")


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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> judged = judgements(study)
    >>> judged.coders, judged.applied.shape
    (('A', 'B'), (2, 131, 24))
    """
    if unit not in UNITS:
        raise UsageError(f"{unit!r} is no unit of agreement; use one of {', '.join(UNITS)}")
    if universe not in UNIVERSES:
        raise UsageError(f"{universe!r} is no universe; use {' or '.join(UNIVERSES)}")
    coders = tuple(coder.id for coder in study.coders)
    codes = fates(study).shared
    applied = _applied(study, coders, codes)
    messages = study.messages.frame
    owner, segment, number, weights = _units(messages, applied, unit)
    table = np.zeros((len(coders), len(weights), len(codes)), dtype=bool)
    places = (applied["coder"].to_numpy()[segment], number, applied["code"].to_numpy()[segment])
    table[places] = True
    read = readings(study).to_numpy().T
    if unit in {"thread", "participant"}:
        unread = np.zeros((len(coders), len(weights)), dtype=bool)
        coder, message = np.nonzero(~read)
        unread[coder, owner[message]] = True
        read = ~unread
        clusters = {unit: np.arange(len(weights))}
    else:
        read = read[:, owner]
        clusters = {
            name: pd.factorize(messages[f"{name}_id"])[0][owner] for name in ("message", "thread", "participant")
        }
    given = applied["value"].to_numpy(dtype=object)[segment] if "value" in applied else np.array([])
    scaled = dict(_scaled(study, codes, given, places, read))
    if universe == "coded":
        kept = (table.any(axis=2) & read).any(axis=0)
        table, read, weights = table[:, kept], read[:, kept], weights[kept]
        clusters = {name: numbers[kept] for name, numbers in clusters.items()}
        scaled = {
            code: Scaled(found.scale, found.categories, found.numbers[:, kept], found.several)
            for code, found in scaled.items()
        }
    return Judgements(coders, codes, table & read[:, :, None], read, weights, clusters, scaled)


def _applied(study: Study, coders: tuple[str, ...], codes: tuple[str, ...]) -> pd.DataFrame:
    """Return the applications as numbers: coder, message, code, start, end; and value where a code has a scale."""
    if not _scales(study, codes):
        found = coded(study)
        names = ("coder", "message", "code", "start", "end")
        return pd.DataFrame({name: getattr(found, name) for name in names})
    found = applications(study)
    codings = study.codings.frame
    values = dict(zip(codings["coding_id"], codings["value"], strict=True))
    return pd.DataFrame(
        {
            "coder": pd.Index(coders, dtype="str").get_indexer(found["coder"]),
            "message": pd.Index(study.messages.frame["message_id"]).get_indexer(found["message_id"]),
            "code": pd.Index(codes, dtype="str").get_indexer(found["code_id"]),
            "start": found["start"],
            "end": found["end"],
            "value": found["coding_id"].map(values).astype(object),
        }
    )


def _scales(study: Study, codes: tuple[str, ...]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return scale and listed values of the codes that have a scale."""
    book = study.codebook.frame
    rows = zip(book["code_id"], book["scale"], book["values"], strict=True)
    return {code: (scale, tuple(values)) for code, scale, values in rows if scale and code in codes}


def _units(
    messages: pd.DataFrame, applied: pd.DataFrame, unit: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Cut the corpus into units.

    Returns
    -------
    owner : numpy.ndarray
        For threads and participants the unit of each message; for the others the message of each unit.
    segment, number : numpy.ndarray
        Which application counts in which unit.
    weights : numpy.ndarray
        One for each unit.
    """
    count = len(messages)
    message, every = applied["message"].to_numpy(), np.arange(len(applied))
    if unit == "message":
        return np.arange(count), every, message, np.ones(count)
    if unit in {"thread", "participant"}:
        owner, names = pd.factorize(messages[f"{unit}_id"])
        return owner, every, owner[message], np.ones(len(names))
    if unit == "segment":
        number, cluster_owner = _clusters(applied, message)
        empty = np.setdiff1d(np.arange(count), message)
        owner = np.concatenate([cluster_owner, empty]).astype(np.int64)
        return owner, every, number, np.ones(len(owner))
    covered = pieces(applied.rename(columns={"message": "message_id"}))
    segment = covered["segment"].to_numpy(dtype=np.int64)
    piece, number = np.unique(covered["piece"], return_inverse=True)
    owner, weights = np.zeros(len(piece), dtype=np.int64), np.zeros(len(piece))
    owner[number] = message[segment]
    weights[number] = covered["length"]
    rest = messages["text"].str.len().to_numpy(dtype=np.float64)
    rest = rest - np.bincount(owner, weights=weights, minlength=count)
    owner, weights = np.concatenate([owner, np.arange(count)]), np.concatenate([weights, rest])
    # A message that is coded from end to end has no stretch of characters without a code.
    kept = np.ones(len(weights), dtype=bool)
    kept[len(piece) :] = rest > 0
    return owner[kept], segment, number, weights[kept]


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


def _scaled(
    study: Study,
    codes: tuple[str, ...],
    values_given: np.ndarray,
    places: tuple[np.ndarray, ...],
    read: np.ndarray,
) -> Iterator[tuple[str, Scaled]]:
    """Yield the values of each scaled code."""
    coder, unit, code = places
    for name, (scale, values) in _scales(study, codes).items():
        rows = np.flatnonzero((code == codes.index(name)) & (values_given != "") & read[coder, unit])
        words: list[object] = [str(values_given[row]) for row in rows]
        listed: list[object] = list(values)
        if scale in {"interval", "ratio"}:
            words, listed = [float(str(word)) for word in words], sorted({float(value) for value in values})
        categories = listed or sorted(set(words))  # type: ignore[type-var]
        place = {category: position for position, category in enumerate(categories)}
        # An own code may have had values of its own before it led to the shared one: they are not on its scale.
        known = np.array([word in place for word in words], dtype=bool)
        rows, where = rows[known], np.array([place[word] for word in words if word in place], dtype=np.int64)
        low, high = np.full(read.shape, len(categories)), np.full(read.shape, -1)
        np.minimum.at(low, (coder[rows], unit[rows]), where)
        np.maximum.at(high, (coder[rows], unit[rows]), where)
        yield name, Scaled(scale, tuple(categories), np.where(low == high, high, -1), int((high > low).sum()))


def pattern_counts(judged: Judgements, of: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the patterns of yes and no, and how many judgements of a unit and a code have each.

    Parameters
    ----------
    judged : Judgements
    of : str
        ``codes``: for each code over the units; ``units``: for each unit over the codes (its weight left aside).

    Returns
    -------
    values : numpy.ndarray
        Patterns x coders: 1 yes, 0 no, -1 not read.
    counts : numpy.ndarray
        Codes (or units) x patterns.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> values, counts = pattern_counts(judgements(study), "codes")
    >>> values.tolist(), counts[0].tolist()
    ([[0, 0], [1, 0], [0, 1], [1, 1]], [115.0, 1.0, 2.0, 13.0])
    """
    if len(judged.coders) > FEW_CODERS:
        return _counted_by_key(judged, of)
    coders, units, codes = judged.applied.shape
    counts, values = [], []
    first, number = np.unique(judged.read, axis=1, return_inverse=True)
    for group, flags in enumerate(first.T):
        rows, readers = np.flatnonzero(number.ravel() == group), np.flatnonzero(flags)
        for subset, exact in enumerate(_exactly(judged, rows, readers, of)):
            pattern = np.full(coders, -1)
            pattern[readers] = [subset >> bit & 1 for bit in range(len(readers))]
            values.append(pattern)
            if of == "codes":
                counts.append(exact)
            else:
                counts.append(np.zeros(units))
                counts[-1][rows] = exact
    size = codes if of == "codes" else units
    return np.array(values).reshape(-1, coders), np.array(counts).reshape(len(values), size).T


def _exactly(judged: Judgements, rows: np.ndarray, readers: np.ndarray, of: str) -> list[np.ndarray]:
    """Return for each set of readers (bits) how often these and no others of them applied the code."""
    _, units, codes = judged.applied.shape
    weights = judged.weights[rows]
    together = [np.full(codes, weights.sum()) if of == "codes" else np.full(len(rows), float(codes))]
    for subset in range(1, 1 << len(readers)):
        chosen = [coder for bit, coder in enumerate(readers) if subset >> bit & 1]
        table = judged.applied[chosen[0]]
        for coder in chosen[1:]:
            table = table & judged.applied[coder]
        table = table if len(rows) == units else table[rows]
        total = _over_units(table, weights) if of == "codes" else np.count_nonzero(table, axis=1)
        together.append(np.asarray(total, dtype=np.float64))
    # together[S] counts where at least S said yes: taking away the larger sets leaves where exactly S did.
    for bit in range(len(readers)):
        for subset in range(1 << len(readers)):
            if not subset >> bit & 1:
                together[subset] = together[subset] - together[subset | 1 << bit]
    return together


def _over_units(table: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weight of the units for which each column is True."""
    if (weights == 1).all():
        return column_counts(table)
    starts = range(0, len(table), BLOCK)
    return sum((weights[at : at + BLOCK] @ table[at : at + BLOCK] for at in starts), np.zeros(table.shape[1]))


def _counted_by_key(judged: Judgements, of: str) -> tuple[np.ndarray, np.ndarray]:
    """Return `pattern_counts` for any number of coders, from a number for the pattern of each unit and code."""
    coders, units, codes = judged.applied.shape
    numbers = np.where(judged.read[:, :, None], judged.applied, np.int8(-1)).astype(np.int8).reshape(coders, -1)
    key, places, first = distinct(numbers, 2)
    key = key.reshape(units, codes)
    if of == "codes":
        counts = [np.bincount(key[:, code], weights=judged.weights, minlength=places) for code in range(codes)]
        return numbers[:, first].T.astype(np.int64), np.array(counts).reshape(codes, places)
    flat = (key + np.arange(units)[:, None] * places).ravel()
    counted = np.bincount(flat, minlength=units * places).reshape(units, places)
    return numbers[:, first].T.astype(np.int64), counted.astype(np.float64)


def sums_of_clusters(
    judged: Judgements, code: int, cluster: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for one code which patterns each kind of unit, or of cluster, has, and how many there are of each.

    Parameters
    ----------
    judged : Judgements
    code : int
    cluster : numpy.ndarray or None
        The cluster of each unit; None: each is its own.

    Returns
    -------
    values : numpy.ndarray
        Patterns x coders.
    rows : numpy.ndarray
        Kinds x patterns.
    multiplicities : numpy.ndarray
        How many units or clusters are of each kind.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> judged = judgements(study)
    >>> _, rows, multiplicities = sums_of_clusters(judged, 0, judged.clusters["thread"])
    >>> len(multiplicities) == len(rows), float(multiplicities.sum())
    (True, 36.0)
    """
    numbers = np.where(judged.read, judged.applied[:, :, code], np.int8(-1)).astype(np.int8)
    key, places, first = distinct(numbers, 2)
    values = numbers[:, first].T.astype(np.int64)
    if cluster is None:
        return values, np.eye(places), np.bincount(key, minlength=places).astype(np.float64)
    size = int(cluster.max(initial=-1)) + 1
    flat = np.bincount(cluster * places + key, weights=judged.weights, minlength=size * places)
    return values, *grouped(flat.reshape(size, places))


def grouped(rows: np.ndarray, owner: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct rows of a table of counts, and how often each occurs.

    Parameters
    ----------
    rows : numpy.ndarray
        Whole numbers, units x columns.
    owner : numpy.ndarray, optional
        A cluster for each unit, whose rows are added up first.

    Examples
    --------
    >>> rows, multiplicities = grouped(np.array([[1, 0], [0, 1], [1, 0]]))
    >>> rows.tolist(), multiplicities.tolist()
    ([[0, 1], [1, 0]], [1.0, 2.0])
    """
    if owner is not None:
        size = int(owner.max(initial=-1)) + 1
        rows = np.stack([np.bincount(owner, weights=column, minlength=size) for column in rows.T], axis=1)
    key, places, first = distinct(rows.T.astype(np.int64), int(rows.max(initial=0)) + 1)
    return rows[first], np.bincount(key, minlength=places).astype(np.float64)
