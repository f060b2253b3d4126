"""How far the segments of two coders coincide: boundary-tolerant precision, recall and F1, and Jaccard on characters.

Matching rule
-------------
A segment of the one coder and a segment of the other under the same code in the same message can match when their
begins lie at most `tolerance` characters apart, and their ends too. Each segment takes part in one match at most, and
of all ways to match, one with the most matches counts (a maximum bipartite matching). Segments of one coder and code
that overlap are one segment. Only messages that both have read count.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import maximum_bipartite_matching

from lepanalysis.applications import coded
from lepanalysis.characters import Segments, jaccard, merged, reasons_of, segments_of, tables
from lepanalysis.codes import code_names
from lepanalysis.coefficients import Coefficient
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from lepanalysis.study import Study


@dataclass(frozen=True)
class Overlap:
    """How the segments of two coders under one code coincide.

    Parameters
    ----------
    first, second, matched : int
        Segments of each coder, and how many of them match.
    precision : Coefficient
        The share of the second coder's segments that match.
    recall : Coefficient
        The share of the first coder's segments that match.
    f1 : Coefficient
        Their harmonic mean, ``2 matched / (first + second)``; the same whoever comes first.
    jaccard : Coefficient
        The characters that both gave the code out of those that either did.

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> (found,) = overlap_by_code(segments([(0, 0, 0, 2, 6), (1, 0, 0, 3, 6)], lengths=[10]), 0, 1, tolerance=1)
    >>> found.matched, found.precision.value, round(found.jaccard.value, 2)
    (1, 1.0, 0.75)
    """

    first: int
    second: int
    matched: int
    precision: Coefficient
    recall: Coefficient
    f1: Coefficient
    jaccard: Coefficient


def matches(one: Segments, other: Segments, tolerance: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which segments match, as places in `one` and places in `other`.

    Parameters
    ----------
    one, other : Segments
        Of one coder each, over the same messages.
    tolerance : int
        In characters; 0 asks for the same boundaries.

    Raises
    ------
    UsageError
        When the tolerance is below 0.

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> given = segments([(0, 0, 0, 2, 6), (1, 0, 0, 3, 6)], lengths=[10])
    >>> one, other = given.where(given.coder == 0), given.where(given.coder == 1)
    >>> [len(matches(one, other, tolerance)[0]) for tolerance in (0, 1)]
    [0, 1]
    """
    if tolerance < 0:
        raise UsageError(f"a tolerance of {tolerance} characters cannot be; use 0 for the same boundaries")
    order = np.argsort(_places(other), kind="stable")
    keys, wanted = _places(other)[order], _places(one)
    low = np.searchsorted(keys, wanted - tolerance, side="left")
    counts = np.searchsorted(keys, wanted + tolerance, side="right") - low
    left = np.repeat(np.arange(len(one)), counts)
    right = order[np.arange(len(left)) - np.repeat(np.cumsum(counts) - counts, counts) + low[left]]
    fits = (
        (one.message[left] == other.message[right])
        & (one.code[left] == other.code[right])
        & (abs(one.end[left] - other.end[right]) <= tolerance)
    )
    left, right = left[fits], right[fits]
    graph = sparse.csr_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(len(one), len(other)))
    if not len(left):
        return left, right
    partner = maximum_bipartite_matching(graph, perm_type="column")
    left = np.flatnonzero(partner >= 0)
    return left, partner[left].astype(np.int64)


def _places(given: Segments) -> np.ndarray:
    """Return where each segment begins, counted through all codes and messages."""
    return given.code * given.span + given.offsets[given.message] + given.start


def overlap_by_code(given: Segments, first: int, second: int, *, tolerance: int = 0) -> list[Overlap]:
    """Return how the segments of two coders coincide, one entry a code.

    Parameters
    ----------
    given : Segments
    first, second : int
        The two coders.
    tolerance : int
        In characters.

    Examples
    --------
    >>> from lepanalysis.characters import segments
    >>> given = segments([(0, 0, 0, 2, 6), (1, 0, 0, 3, 6), (1, 0, 0, 8, 9)], lengths=[10])
    >>> (strict,) = overlap_by_code(given, 0, 1)
    >>> (loose,) = overlap_by_code(given, 0, 1, tolerance=1)
    >>> (strict.f1.value, round(loose.f1.value, 3), loose.precision.value, loose.recall.value)
    (0.0, 0.667, 0.5, 1.0)
    """
    both = given.read[first] & given.read[second]
    pair = given.where(both[given.message] & np.isin(given.coder, [first, second]))
    pair = merged(replace(pair, coder=(pair.coder == second).astype(np.int64), read=both[None, :].repeat(2, axis=0)))
    one, other = pair.where(pair.coder == 0), pair.where(pair.coder == 1)
    found, _ = matches(one, other, tolerance)
    counts = [np.bincount(codes, minlength=given.codes) for codes in (one.code, other.code, one.code[found])]
    characters = tables(pair)[0, 1]
    return [_overlap(*(int(count[code]) for count in counts), jaccard(characters[code])) for code in range(given.codes)]


def _overlap(first: int, second: int, matched: int, characters: Coefficient) -> Overlap:
    """Return the shares from the counts."""
    none = "the {} coder did not use the code"
    precision = Coefficient(matched / second) if second else Coefficient(None, none.format("second"))
    recall = Coefficient(matched / first) if first else Coefficient(None, none.format("first"))
    either = first + second
    f1 = Coefficient(2 * matched / either) if either else Coefficient(None, "neither of the two used the code")
    return Overlap(first, second, matched, precision, recall, f1, characters)


def by_code(study: Study, tolerance: int = 0) -> pd.DataFrame:
    """Return how the segments of each pair of coders coincide, code by code.

    Parameters
    ----------
    study : Study
    tolerance : int
        How many characters a begin or an end may lie apart.

    Returns
    -------
    pandas.DataFrame
        first_coder, second_coder, code_id, code, n_first, n_second, n_matched (segments), precision, recall, f1,
        jaccard (characters; NaN where it cannot be had), reason.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = by_code(study, tolerance=5)
    >>> print(*found.loc[0, ["code_id", "n_matched", "precision", "recall"]])
    S01 3 0.2 0.2
    """
    given = segments_of(study)
    codes, names = coded(study).codes, code_names(study)
    coders = [coder.id for coder in study.coders]
    rows = []
    for first, second in combinations(range(len(coders)), 2):
        found = overlap_by_code(given, first, second, tolerance=tolerance)
        for code, one in zip(codes, found, strict=True):
            measures = {"precision": one.precision, "recall": one.recall, "f1": one.f1, "jaccard": one.jaccard}
            values = [coefficient.value for coefficient in measures.values()]
            counts = (one.first, one.second, one.matched)
            rows.append((coders[first], coders[second], code, names[code], *counts, *values, reasons_of(measures)))
    kinds = {
        **dict.fromkeys(("first_coder", "second_coder", "code_id", "code"), "str"),
        **dict.fromkeys(("n_first", "n_second", "n_matched"), "int64"),
        **dict.fromkeys(("precision", "recall", "f1", "jaccard"), "float64"),
        "reason": "str",
    }
    return pd.DataFrame(rows, columns=list(kinds)).astype(kinds)
