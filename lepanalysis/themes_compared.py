"""Candidate themes of two coders compared: where they meet, which go together, and two indices over all of them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from lepanalysis.applications import check_coder, codings_of, readings
from lepanalysis.coefficients import Coefficient
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Sequence

    from lepanalysis.study import Study

NO_PAIR = "there are fewer than two units to compare"
ONE_GROUPING = "both put every pair of units alike, so that nothing can be told from chance"
# Pairs of distinct sets are taken this many rows at a time: they would not fit in memory at once.
BLOCK = 512


def adjusted_rand(first: Sequence[Hashable], second: Sequence[Hashable]) -> Coefficient:
    """Return the adjusted Rand index of two partitions of the same units.

    Parameters
    ----------
    first, second : sequence
        The group of each unit, unit by unit.

    Returns
    -------
    Coefficient
        ``(S - E) / (M - E)`` with S the sum over cells of n_ij (n_ij - 1) / 2, A and B the like sums over rows and
        columns, E = A B / (n (n - 1) / 2) and M = (A + B) / 2 (Hubert & Arabie, 1985, eq. 5). 1 for equal
        partitions, 0 on average for unrelated ones. No value where both have one group, or both have each unit in a
        group of its own: M and E are equal then.

    Raises
    ------
    ValueError
        When the two are not of one length.

    Examples
    --------
    >>> adjusted_rand(["x", "x", "y", "y"], [1, 1, 2, 2]).value
    1.0
    >>> adjusted_rand(["x", "x", "y", "y"], [1, 2, 1, 2]).value
    -0.5
    """
    if len(first) != len(second):
        raise ValueError(f"partitions of the same units are needed; these have {len(first)} and {len(second)}")
    n = len(first)
    if n < 2:
        return Coefficient(None, NO_PAIR)
    rows, columns = pd.factorize(_objects(first))[0], pd.factorize(_objects(second))[0]
    table = np.zeros((int(rows.max()) + 1, int(columns.max()) + 1), dtype=np.int64)
    np.add.at(table, (rows, columns), 1)
    # In Python's whole numbers, which do not overflow.
    together, by_row, by_column = (_pairs(counts) for counts in (table, table.sum(axis=1), table.sum(axis=0)))
    pairs = n * (n - 1) // 2
    above = together * pairs - by_row * by_column
    below = (by_row + by_column) * pairs - 2 * by_row * by_column
    if below == 0:
        return Coefficient(None, ONE_GROUPING)
    return Coefficient(2 * above / below)


def _objects(values: Sequence[Hashable]) -> np.ndarray:
    """Return values as an array of objects, whatever they are."""
    result = np.empty(len(values), dtype=object)
    result[:] = list(values)
    return result


def _pairs(counts: np.ndarray) -> int:
    """Return in how many ways two of the same group can be drawn."""
    return sum(int(count) * (int(count) - 1) // 2 for count in counts.ravel())


def omega_index(first: Sequence[Collection[Hashable]], second: Sequence[Collection[Hashable]]) -> Coefficient:
    """Return the omega index of two groupings of the same units whose groups may overlap or leave units out.

    Parameters
    ----------
    first, second : sequence of collections
        The groups of each unit, unit by unit; none for a unit in no group.

    Returns
    -------
    Coefficient
        ``(o - e) / (1 - e)``: o is the share of pairs of units that both groupings put together in the same number
        of groups (none, one, two, ...), e what that share would be were their numbers independent: the sum over the
        numbers of the product of both groupings' shares of pairs (Collins & Dent, 1988). Over partitions it is the
        adjusted Rand index. No value where e is 1.

    Raises
    ------
    ValueError
        When the two are not of one length.

    Examples
    --------
    >>> omega_index([{"x"}, {"x", "y"}, {"y"}], [{1}, {1, 2}, {2}]).value
    1.0
    >>> round(omega_index([{"x"}, {"x"}, {"y"}], [{1}, {2}, {2}]).value, 3)
    -0.5
    """
    if len(first) != len(second):
        raise ValueError(f"groupings of the same units are needed; these have {len(first)} and {len(second)}")
    n = len(first)
    if n < 2:
        return Coefficient(None, NO_PAIR)
    tables = [_membership(given) for given in (first, second)]
    width = tables[0].shape[1]
    # Units that both groupings treat alike count together.
    distinct, counts = np.unique(np.concatenate(tables, axis=1), axis=0, return_counts=True)
    sets = [distinct[:, :width].astype(np.float64), distinct[:, width:].astype(np.float64)]
    top = [int(table.sum(axis=1).max(initial=0)) for table in sets]
    joint = np.zeros((top[0] + 1, top[1] + 1))
    for start in range(0, len(distinct), BLOCK):
        rows = slice(start, start + BLOCK)
        numbers = [(one[rows] @ one.T).astype(np.int64) for one in sets]
        weights = counts[rows, None].astype(np.float64) * counts[None, :]
        # A unit makes no pair with itself.
        own = np.arange(start, min(start + BLOCK, len(distinct)))
        weights[own - start, own] -= counts[own]
        joint += np.bincount(
            (numbers[0] * (top[1] + 1) + numbers[1]).ravel(), weights=weights.ravel(), minlength=joint.size
        ).reshape(joint.shape)
    # Each pair was counted both ways round, which leaves the shares as they are.
    total = float(n) * (n - 1)
    shared = min(top) + 1
    observed = float(np.trace(joint)) / total
    by_first, by_second = joint.sum(axis=1)[:shared], joint.sum(axis=0)[:shared]
    if float(by_first @ by_second) == total * total:
        return Coefficient(None, ONE_GROUPING)
    expected = float(by_first @ by_second) / total**2
    return Coefficient((observed - expected) / (1 - expected))


def _membership(given: Sequence[Collection[Hashable]]) -> np.ndarray:
    """Return units x groups, True where the unit is in the group."""
    groups = {group: place for place, group in enumerate(dict.fromkeys(one for unit in given for one in unit))}
    table = np.zeros((len(given), len(groups)), dtype=bool)
    for row, unit in enumerate(given):
        table[row, [groups[group] for group in unit]] = True
    return table


def candidate_members(study: Study, coder: str) -> pd.DataFrame:
    """Return which message belongs to which candidate theme of a coder: the coder applied one of its codes there.

    Parameters
    ----------
    study : Study
    coder : str
        Id of a coder.

    Returns
    -------
    pandas.DataFrame
        True and False; index message_id (messages that the coder read), columns theme_id of the candidates.

    Raises
    ------
    MissingTableError
        When the study has no themes or no codings.
    UsageError
        When there is no such coder.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> candidate_members(study, "A")["CA1"].sum().item()
    30
    """
    check_coder(study, coder)
    candidates = study.candidate_themes.frame
    candidates = candidates[candidates["coder"] == coder]
    seen = readings(study)[coder]
    messages = pd.Index(seen.index[seen], name="message_id")
    codings = codings_of(study)
    codings = codings[codings["coder"] == coder]
    themes = pd.Index(candidates["theme_id"], dtype="str", name="theme_id")
    table = np.zeros((len(messages), len(themes)), dtype=bool)
    for place, codes in enumerate(candidates["codes"]):
        found = messages.get_indexer(codings.loc[codings["own_code_id"].isin(list(codes)), "message_id"])
        table[found[found >= 0], place] = True
    return pd.DataFrame(table, index=messages, columns=themes)


def _both(study: Study, first: str, second: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the members of two coders' candidates over the messages that both have read."""
    if first == second:
        raise UsageError("candidate themes of two coders are compared; name two different ones")
    one, other = candidate_members(study, first), candidate_members(study, second)
    common = one.index[one.index.isin(other.index)]
    return one.loc[common], other.loc[common]


def coders_with_candidates(study: Study) -> list[str]:
    """Return the coders who have candidate themes, in the order of study.yaml.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> coders_with_candidates(study)
    ['A', 'B']
    """
    having = set(study.candidate_themes.frame["coder"])
    return [coder.id for coder in study.coders if coder.id in having]


def overlap_matrix(study: Study, first: str, second: str, measure: str = "messages") -> pd.DataFrame:
    """Return how far each candidate theme of one coder meets each of another.

    Parameters
    ----------
    study : Study
    first, second : str
        Ids of two coders.
    measure : str
        ``messages`` (in both, of those that both coders read) or ``jaccard`` (those in both, as a share of those in
        one of the two; 0 where both are empty).

    Returns
    -------
    pandas.DataFrame
        Index the candidates of the first coder, columns those of the second.

    Raises
    ------
    MissingTableError
        When the study has no themes or no codings.
    UsageError
        When there is no such coder or measure.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> overlap_matrix(study, "A", "B").loc["CA1"].to_list()
    [21, 15, 7, 3, 3, 0]
    """
    if measure not in {"messages", "jaccard"}:
        raise UsageError(f"{measure!r} is no measure of overlap; use messages or jaccard")
    one, other = _both(study, first, second)
    index, columns = one.columns.rename(first), other.columns.rename(second)
    counts = _counts(one, other)
    if measure == "messages":
        return pd.DataFrame(counts, index=index, columns=columns)
    return pd.DataFrame(_jaccard(one, other, counts), index=index, columns=columns)


def _counts(one: pd.DataFrame, other: pd.DataFrame) -> np.ndarray:
    """Return in how many messages each two candidates meet."""
    return one.to_numpy(dtype=np.int64).T @ other.to_numpy(dtype=np.int64)


def _jaccard(one: pd.DataFrame, other: pd.DataFrame, counts: np.ndarray) -> np.ndarray:
    """Return the shares of what two candidates hold in common."""
    union = one.to_numpy().sum(axis=0)[:, None] + other.to_numpy().sum(axis=0)[None, :] - counts
    return np.divide(counts, union, out=np.zeros(counts.shape), where=union > 0)


def best_matching(study: Study, first: str, second: str) -> pd.DataFrame:
    """Return which candidate themes of two coders go together best, each with at most one.

    Of all ways to pair them the one with the largest sum of Jaccard indices (a linear assignment; Kuhn, 1955); two
    that have no message in common are not called a pair.

    Parameters
    ----------
    study : Study
    first, second : str
        Ids of two coders.

    Returns
    -------
    pandas.DataFrame
        candidate_id, candidate (of the first coder), other_id, other (of the second), messages, other_messages, both
        (messages, of those that both coders read), jaccard. Pairs in the order of the first coder's candidates, then
        what is left of each coder with "" on the other side.

    Raises
    ------
    MissingTableError
        When the study has no themes or no codings.
    UsageError
        When there is no such coder.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> best_matching(study, "A", "B").loc[0, ["candidate_id", "other_id", "both"]].to_list()
    ['CA1', 'CB1', np.int64(21)]
    """
    one, other = _both(study, first, second)
    counts = _counts(one, other)
    shares = _jaccard(one, other, counts)
    rows, columns = linear_sum_assignment(shares, maximize=True)
    pairs = [(i, j) for i, j in zip(rows.tolist(), columns.tolist(), strict=True) if counts[i, j]]
    taken_rows, taken_columns = {i for i, _ in pairs}, {j for _, j in pairs}
    left = [(i, -1) for i in range(counts.shape[0]) if i not in taken_rows]
    left += [(-1, j) for j in range(counts.shape[1]) if j not in taken_columns]
    themes = study.candidate_themes.frame
    names = dict(zip(themes["theme_id"], themes["name"], strict=True))
    found = []
    for i, j in [*pairs, *left]:
        mine, theirs = (one.columns[i] if i >= 0 else ""), (other.columns[j] if j >= 0 else "")
        found.append(
            {
                "candidate_id": mine,
                "candidate": names.get(mine, ""),
                "other_id": theirs,
                "other": names.get(theirs, ""),
                "messages": int(one.iloc[:, i].sum()) if i >= 0 else 0,
                "other_messages": int(other.iloc[:, j].sum()) if j >= 0 else 0,
                "both": int(counts[i, j]) if i >= 0 and j >= 0 else 0,
                "jaccard": float(shares[i, j]) if i >= 0 and j >= 0 else 0.0,
            }
        )
    text = ["candidate_id", "candidate", "other_id", "other"]
    numbers = ["messages", "other_messages", "both"]
    frame = pd.DataFrame(found, columns=[*text, *numbers, "jaccard"])
    return frame.astype({**dict.fromkeys(text, "str"), **dict.fromkeys(numbers, "int64"), "jaccard": "float64"})


def candidates_compared(study: Study) -> pd.DataFrame:
    """Return how alike each two coders group messages into their candidate themes.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        first, second (ids of coders), measure, value (NaN where there is none), n_units, reason. The measures are
        ``adjusted_rand_index``, over the messages that each of the two put into some candidate theme, where each put
        every one of them into exactly one; and ``omega_index``, over all messages that both read.

    Raises
    ------
    MissingTableError
        When the study has no themes or no codings.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> candidates_compared(study)["value"].round(3).to_list()
    [nan, 0.542]
    """
    rows = []
    for first, second in combinations(coders_with_candidates(study), 2):
        one, other = _both(study, first, second)
        placed = (one.any(axis="columns") & other.any(axis="columns")).to_numpy()
        rand, omega = _rand(one[placed], other[placed], (first, second)), omega_index(_sets(one), _sets(other))
        rows += [
            (first, second, "adjusted_rand_index", rand.value, int(placed.sum()), rand.reason),
            (first, second, "omega_index", omega.value, len(one), omega.reason),
        ]
    columns = ["first", "second", "measure", "value", "n_units", "reason"]
    kinds = {name: {"value": "float64", "n_units": "int64"}.get(name, "str") for name in columns}
    return pd.DataFrame(rows, columns=columns).astype(kinds)


def _rand(one: pd.DataFrame, other: pd.DataFrame, coders: tuple[str, str]) -> Coefficient:
    """Return the adjusted Rand index where both coders' candidates partition the messages."""
    several = [int((table.sum(axis="columns") > 1).sum()) for table in (one, other)]
    if any(several):
        counts = " and ".join(f"{coder} {count}" for coder, count in zip(coders, several, strict=True) if count)
        return Coefficient(None, f"no partition: messages in several candidate themes of one coder ({counts})")
    if len(one) < 2:
        return Coefficient(None, NO_PAIR)
    groups = [table.to_numpy().argmax(axis=1).tolist() for table in (one, other)]
    return adjusted_rand(*groups)


def _sets(table: pd.DataFrame) -> list[frozenset[str]]:
    """Return the columns in which each row is True."""
    names = table.columns.to_numpy(dtype=object)
    return [frozenset(names[row]) for row in table.to_numpy()]
