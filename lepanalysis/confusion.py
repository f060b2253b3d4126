"""Which codes coders take for each other: a matrix of codes by codes, a table for each pair, and the pairs listed."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.applications import applications, check_coder, incidence, readings
from lepanalysis.codes import code_names, fates
from lepanalysis.differences import Arrays, arrays_of, instead, relation
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from lepanalysis.study import Study

# Stands for a code that one coder applied where the other has nothing instead.
NOTHING = "(nothing)"
PAIR_LABELS = ("neither", "only first", "only second", "both")


def confusion(study: Study, first: str = "", second: str = "") -> pd.DataFrame:
    """Return in how many messages one coder has one code where the other has another.

    Parameters
    ----------
    study : Study
    first, second : str
        Ids of two coders; the first two of the study when empty.

    Returns
    -------
    pandas.DataFrame
        Whole numbers; index the codes as the first coder applied them and last ``(nothing)``, columns those of the
        second likewise. Messages that both read count. On the diagonal those to which both applied the code, wherever
        in the message. Beside it those in which the second has the one code on words on which the first has the
        other, and neither coder has both codes in the message. Under ``(nothing)`` those in which the other coder has
        neither the code nor any code instead of it.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    UsageError
        When there is no such coder, or there are not two.

    Notes
    -----
    A code may stand against several in one message and then counts with each, so that a row may add up to more than
    the messages to which its coder applied the code, and never to fewer.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> confusion(study).loc["S11", ["S11", "S12"]].to_list()
    [18, 1]
    """
    first, second = _two(study, first, second)
    codes = list(fates(study).shared)
    size = len(codes)
    applied = applications(study)
    both_read = readings(study)[[first, second]].all(axis="columns").to_numpy()
    has = {
        coder: incidence(study, applied[applied["coder"] == coder]).to_numpy() & both_read[:, None]
        for coder in (first, second)
    }
    table = np.zeros((size + 1, size + 1), dtype=np.int64)
    table[np.arange(size), np.arange(size)] = (has[first] & has[second]).sum(axis=0)
    against = _against(study, applied, (first, second))
    mine = against[against["coder_x"] == first]
    np.add.at(table, (mine["code_x"].to_numpy(), mine["code_y"].to_numpy()), 1)
    for coder, other, axis in ((first, second, 0), (second, first, 1)):
        alone = has[coder] & ~has[other]
        answered = against[against["coder_x"] == coder]
        alone[answered["message"].to_numpy(), answered["code_x"].to_numpy()] = False
        counts = alone.sum(axis=0)
        if axis == 0:
            table[:size, size] = counts
        else:
            table[size, :size] = counts
    names = [*codes, NOTHING]
    return pd.DataFrame(table, index=pd.Index(names, name=first), columns=pd.Index(names, name=second))


def _two(study: Study, first: str, second: str) -> tuple[str, str]:
    """Return the ids of two different coders of the study."""
    coders = [coder.id for coder in study.coders]
    for coder in (first, second):
        if coder:
            check_coder(study, coder)
    first = first or next((coder for coder in coders if coder != second), "")
    second = second or next((coder for coder in coders if coder != first), "")
    if not first or not second or first == second:
        raise UsageError("codes are taken for each other by two coders; name two different ones")
    return first, second


def _against(study: Study, applied: pd.DataFrame, pair: tuple[str, str]) -> pd.DataFrame:
    """Return message, coder_x, code_x, coder_y, code_y where one of two coders has a code instead of another."""
    chosen = applied[applied["coder"].isin(pair)].reset_index(drop=True)
    arrays: Arrays = arrays_of(study, chosen)
    found = instead(chosen, arrays, np.ones(len(chosen), dtype=bool)).drop_duplicates()
    coders = np.array([coder.id for coder in study.coders], dtype=object)
    for name in ("coder_x", "coder_y"):
        found[name] = pd.Series(coders[found[name].to_numpy(dtype=np.int64)], index=found.index, dtype="str")
    return found


def pair_table(study: Study, code: str, other: str, first: str = "", second: str = "") -> pd.DataFrame:
    """Return how two coders used two codes: in how many messages neither, only one of the codes, or both.

    Parameters
    ----------
    study : Study
    code, other : str
        Ids of two shared codes.
    first, second : str
        Ids of two coders; the first two of the study when empty.

    Returns
    -------
    pandas.DataFrame
        Whole numbers, which add up to the messages that both coders read; index what the first coder did (neither,
        only first, only second, both: of the two codes), columns what the second did.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    UsageError
        When a code is no shared one, both are the same, or there are not two coders.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> int(pair_table(study, "S11", "S12").to_numpy().sum())
    131
    """
    first, second = _two(study, first, second)
    known = fates(study).shared
    if code not in known or other not in known or code == other:
        raise UsageError(f"name two different shared codes; they are {', '.join(known) or 'none'}")
    applied = applications(study)
    both_read = readings(study)[[first, second]].all(axis="columns").to_numpy()
    states = []
    for coder in (first, second):
        has = incidence(study, applied[applied["coder"] == coder])
        states.append(has[code].to_numpy().astype(np.int64) + 2 * has[other].to_numpy().astype(np.int64))
    table = np.zeros((4, 4), dtype=np.int64)
    np.add.at(table, (states[0][both_read], states[1][both_read]), 1)
    labels = list(PAIR_LABELS)
    return pd.DataFrame(table, index=pd.Index(labels, name=first), columns=pd.Index(labels, name=second))


def confused_pairs(study: Study) -> pd.DataFrame:
    """Return the pairs of codes that coders used for the same words, those that recur most first.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        code_id, code, other_id, other (in the order of the codebook), relation (``parent against child``, ``sibling
        code`` or ``different code``), messages (in how many any two coders differ so), ways (how often each coder had
        which: "A S01, B S02: 3"; the counts are messages, of each two coders).

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> confused_pairs(study)[["code_id", "other_id", "messages"]].to_numpy().tolist()
    [['S04', 'S09', 1], ['S08', 'S10', 1], ['S11', 'S12', 1]]
    """
    codes = list(fates(study).shared)
    names = code_names(study)
    parents = dict(zip(study.codebook.frame["code_id"], study.codebook.frame["parent"], strict=True))
    applied = applications(study)
    coders = [coder.id for coder in study.coders]
    found = [_against(study, applied, pair) for pair in combinations(coders, 2)]
    messages: dict[tuple[int, int], set[int]] = {}
    ways: dict[tuple[int, int], dict[str, int]] = {}
    for frame in found:
        for row in frame[frame["code_x"] < frame["code_y"]].itertuples():
            pair = (int(row.code_x), int(row.code_y))
            messages.setdefault(pair, set()).add(int(row.message))
            parts = [(row.coder_x, codes[pair[0]]), (row.coder_y, codes[pair[1]])]
            way = ", ".join(f"{coder} {code}" for coder, code in sorted(parts, key=lambda part: coders.index(part[0])))
            ways.setdefault(pair, {})[way] = ways.get(pair, {}).get(way, 0) + 1
    rows = [
        {
            "code_id": codes[x],
            "code": names[codes[x]],
            "other_id": codes[y],
            "other": names[codes[y]],
            "relation": relation(codes[x], codes[y], parents),
            "messages": len(messages[x, y]),
            "ways": "; ".join(f"{way}: {count}" for way, count in sorted(ways[x, y].items())),
        }
        for x, y in sorted(messages, key=lambda pair: (-len(messages[pair]), pair))
    ]
    columns = ["code_id", "code", "other_id", "other", "relation", "messages", "ways"]
    kinds = {name: "int64" if name == "messages" else "str" for name in columns}
    return pd.DataFrame(rows, columns=columns).astype(kinds)
