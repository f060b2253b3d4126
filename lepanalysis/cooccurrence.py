"""Which codes stand together: in a message, on the same words, near each other, along replies.

Counts come from products of bit matrices, so that millions of applications take a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from lepanalysis.applications import Coded, check_coder, coded, readings
from lepanalysis.codes import fates
from lepanalysis.consensus import EVERYONE, applications_of
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from lepanalysis.study import Study

WITHIN = ("message", "overlap", "thread", "characters", "messages", "reply", "reply chain")
# Above so many cells (a byte each) units x codes are held sparse.
_DENSE = 2**28
# Words of 64 units that are counted at a time, so that they stay in the processor's cache.
_WORDS = 2048


def counts(unit: np.ndarray, code: np.ndarray, units: int, codes: int) -> np.ndarray:
    """Return in how many units each pair of codes stands together; on the diagonal, in how many each code stands.

    Parameters
    ----------
    unit, code : numpy.ndarray
        Whole numbers from 0, one entry an application; a code that occurs several times in a unit counts once.
    units, codes : int
        How many there are.

    Returns
    -------
    numpy.ndarray
        Codes x codes, whole numbers.

    Examples
    --------
    >>> counts(np.array([0, 0, 1]), np.array([0, 1, 1]), units=2, codes=2).tolist()
    [[1, 1], [1, 2]]
    """
    if units * codes > _DENSE:
        table = sparse.coo_array((np.ones(len(unit), dtype=np.int64), (unit, code)), shape=(units, codes)).tocsr()
        table.data[:] = 1
        return (table.T @ table).toarray()
    return in_common(_bits(unit, code, units, codes))


def table_of(unit: np.ndarray, code: np.ndarray, units: int, codes: int) -> np.ndarray:
    """Return codes x units, True where the unit has the code.

    Examples
    --------
    >>> import numpy as np
    >>> table_of(np.array([0, 0, 1]), np.array([0, 1, 1]), 2, 2).tolist()
    [[True, False], [True, True]]
    """
    table = np.zeros(codes * units, dtype=bool)
    table[code * units + unit] = True
    return table.reshape(codes, units)


def _bits(unit: np.ndarray, code: np.ndarray, units: int, codes: int) -> np.ndarray:
    """Return codes x words of 64 units, a bit a unit."""
    return packed(table_of(unit, code, units, codes))


def packed(table: np.ndarray) -> np.ndarray:
    """Return True and False as words of 64 bits, row by row.

    Examples
    --------
    >>> packed(np.array([[True, False, True]])).shape
    (1, 1)
    """
    packed = np.packbits(table, axis=1)
    # Chosen columns may lie in memory column by column; a word is eight bytes of a row that lie side by side.
    return np.ascontiguousarray(np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8)))).view(np.uint64)


def in_common(rows: np.ndarray, columns: np.ndarray | None = None) -> np.ndarray:
    """Return how many bits each row has in common with each row of `columns` (with its own rows when absent).

    Examples
    --------
    >>> in_common(packed(np.array([[True, True, False], [True, False, True]]))).tolist()
    [[2, 1], [1, 2]]
    """
    other = rows if columns is None else columns
    found = np.zeros((len(rows), len(other)), dtype=np.int64)
    for start in range(0, rows.shape[1], _WORDS):
        part = np.ascontiguousarray(rows[:, start : start + _WORDS])
        against = part if columns is None else np.ascontiguousarray(other[:, start : start + _WORDS])
        for place in range(len(part)):
            # Of a symmetric table only the upper half is counted.
            first = place if columns is None else 0
            found[place, first:] += np.bitwise_count(part[place] & against[first:]).sum(axis=1, dtype=np.int64)
    return found if columns is not None else found + np.triu(found, 1).T


def applied_by(study: Study, who: str) -> Coded:
    """Return someone's applications as numbers.

    Parameters
    ----------
    study : Study
    who : str
        A coder's id, ``any``, ``all`` or ``consensus``, as for `lepanalysis.coding.messages_by_codes`.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> len(applied_by(study, "any").code), len(applied_by(study, "consensus").code)
    (464, 292)
    """
    if who not in EVERYONE:
        check_coder(study, who)
        found = coded(study)
        return found.where(found.coder == [coder.id for coder in study.coders].index(who))
    if who == "any":
        return coded(study)
    if who == "all":
        found = coded(study)
        readers = readings(study).to_numpy().sum(axis=1)
        pair = found.message * max(len(found.codes), 1) + found.code
        distinct, place = np.unique(pair, return_inverse=True)
        each = np.unique(place * max(len(study.coders), 1) + found.coder)
        coders = np.bincount(each // max(len(study.coders), 1), minlength=len(distinct))
        return found.where(coders[place] >= readers[found.message])
    frame = applications_of(study, who)
    shared = fates(study).shared
    messages = pd.Index(study.messages.data["message_id"])
    return Coded(
        np.full(len(frame), -1, dtype=np.int64),
        messages.get_indexer(frame["message_id"]).astype(np.int64),
        pd.Index(list(shared), dtype="str").get_indexer(frame["code_id"]).astype(np.int64),
        frame["start"].to_numpy(dtype=np.int64),
        frame["end"].to_numpy(dtype=np.int64),
        shared,
    )


def cooccurrence(
    study: Study, who: str = "consensus", within: str = "message", reach: int | None = None
) -> pd.DataFrame:
    """Return how often two codes stand together.

    Parameters
    ----------
    study : Study
    who : str
        See `applied_by`.
    within : str
        ``message``, ``thread``: units that have both codes. ``overlap``: messages in which segments of the two share
        a character; ``characters``: in which at most `reach` characters lie between them. ``messages``: messages with
        the row's code that have the column's code in one of the messages at most `reach` places before or after in
        the thread, or in themselves. ``reply``: messages with the row's code that answer a message with the column's;
        ``reply chain``: or answer one that answers it, and so on.
    reach : int, optional
        For ``characters`` and ``messages``.

    Returns
    -------
    pandas.DataFrame
        Whole numbers; index and columns code_id. Symmetric, and with the number of units with the code on the
        diagonal, except for ``messages`` and replies.

    Raises
    ------
    UsageError
        When `within` is none of these, or `reach` is missing, negative or out of place.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = cooccurrence(study, within="message")
    >>> int(found.loc["S01", "S01"]), int(found.loc["S01", "S02"])
    (15, 1)
    """
    if within not in WITHIN:
        known = f"{', '.join(WITHIN[:-1])} or {WITHIN[-1]}"
        raise UsageError(f"{within!r} is no unit of co-occurrence; use {known}")
    if (reach is None) == (within in {"characters", "messages"}) or (reach or 0) < 0:
        raise UsageError(f"reach={reach} does not go with {within}; it is the distance for characters and messages")
    found = applied_by(study, who)
    units, codes = len(study.messages.data), len(found.codes)
    if within in {"overlap", "characters"}:
        table = near_characters(found, -1 if reach is None else reach)
    elif within in {"message", "thread"}:
        unit = found.message
        if within == "thread":
            owner, names = pd.factorize(study.messages.data["thread_id"])
            unit, units = owner.astype(np.int64)[unit], len(names)
        table = counts(unit, found.code, units, codes)
    elif within == "messages":
        order, begins = thread_order(study)
        table = _near_messages(found, order, begins, int(reach or 0))
    else:
        table = _along_replies(found, parents(study), chain=within == "reply chain")
    names = pd.Index(list(found.codes), dtype="str", name="code_id")
    return pd.DataFrame(table, index=names, columns=names, dtype="int64")


def near_characters(found: Coded, reach: int) -> np.ndarray:
    """Return in how many messages segments of two codes have at most `reach` characters between them (-1: overlap).

    Parameters
    ----------
    found : Coded
    reach : int

    Notes
    -----
    A segment is made longer by what may lie between; two then come near where they overlap. What of one code
    overlaps is joined first, so that there is at most one for each code to meet.

    Examples
    --------
    >>> import numpy as np
    >>> from lepanalysis.applications import Coded
    >>> coder, message, code = np.array([0, 0]), np.array([0, 0]), np.array([0, 1])
    >>> found = Coded(coder, message, code, np.array([0, 12]), np.array([5, 20]), ("x", "y"))
    >>> near_characters(found, 10).tolist()
    [[1, 1], [1, 1]]
    """
    codes = len(found.codes)
    end = found.end + reach + 1
    stride = int(end.max(initial=0)) + 1
    key = (found.message * max(codes, 1) + found.code) * stride + found.start
    order = np.argsort(key, kind="stable")
    key = key[order]
    far = np.maximum.accumulate(key + (end - found.start)[order])
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] >= far[:-1]
    last = np.flatnonzero(np.append(first[1:], True)) if len(key) else np.zeros(0, dtype=np.int64)
    start, long = found.start[order[first]], far[last] - key[first]
    message, code = found.message[order[first]], found.code[order[first]]
    place = message * stride + start
    order = np.argsort(place, kind="stable")
    place, message, code, long = place[order], message[order], code[order], long[order]
    # Every later segment that begins before this one ends.
    met = np.searchsorted(place, place + long, side="left") - np.arange(len(place)) - 1
    one = np.repeat(np.arange(len(place)), met)
    other = one + 1 + np.arange(len(one)) - np.repeat(np.cumsum(met) - met, met)
    low, high = np.minimum(code[one], code[other]), np.maximum(code[one], code[other])
    alone = (message * codes + code) * codes + code
    pairs = np.unique(np.concatenate([alone, (message[one] * codes + low) * codes + high]))
    table = np.bincount(pairs % (codes * codes) if codes else pairs, minlength=codes * codes).reshape(codes, codes)
    return table + np.triu(table, 1).T


def thread_order(study: Study) -> tuple[np.ndarray, np.ndarray]:
    """Return the messages thread by thread in their order, and where in that row each thread begins.

    Inside a thread by position, then by time, then by place in the file; what has neither stands last.

    Parameters
    ----------
    study : Study

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> order, begins = thread_order(study)
    >>> len(order), order.dtype == begins.dtype
    (131, True)
    """
    messages = study.messages.data
    thread = pd.factorize(messages["thread_id"])[0]
    largest = np.iinfo(np.int64).max
    position = messages["position"].to_numpy(dtype=np.int64, na_value=largest)
    times = messages["posted_at"].to_numpy(dtype="datetime64[us]")
    when = np.where(np.isnat(times), largest, times.astype(np.int64))
    order = np.lexsort((when, position, thread))
    begins = np.flatnonzero(np.append(True, np.diff(thread[order]) != 0)[: len(order)])
    return order, begins


def _near_messages(found: Coded, order: np.ndarray, begins: np.ndarray, reach: int) -> np.ndarray:
    """Count messages with the row's code that have the column's within some places of the thread."""
    units, codes = len(order), len(found.codes)
    rank = np.empty(units, dtype=np.int64)
    rank[order] = np.arange(units)
    table = table_of(rank[found.message], found.code, units, codes)
    first = np.repeat(begins, np.diff(np.append(begins, units)))
    last = np.repeat(np.append(begins[1:], units), np.diff(np.append(begins, units)))
    low = np.maximum(np.arange(units) - reach, first)
    high = np.minimum(np.arange(units) + reach + 1, last)
    near = np.empty_like(table)
    for code in range(codes):
        until = np.concatenate([[0], np.cumsum(table[code])])
        near[code] = until[high] > until[low]
    return in_common(packed(table), packed(near))


def parents(study: Study) -> np.ndarray:
    """Return the place of the message that each message answers, -1 where it answers none.

    Parameters
    ----------
    study : Study

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> int((parents(study) >= 0).sum())
    95
    """
    messages = study.messages.data
    return pd.Index(messages["message_id"]).get_indexer(messages["reply_to"]).astype(np.int64)


def _along_replies(found: Coded, parent: np.ndarray, *, chain: bool) -> np.ndarray:
    """Count messages with the row's code that answer one with the column's."""
    units, codes = len(parent), len(found.codes)
    table = table_of(found.message, found.code, units, codes)
    nothing = np.zeros((codes, 1), dtype=bool)
    # Place -1 is a message without codes that answers itself.
    above = np.concatenate([table, nothing], axis=1)[:, parent]
    step = np.append(parent, -1)
    while chain and (step[:-1] >= 0).any():
        # What stands above in 1, 2, 4, 8, ... steps.
        above |= np.concatenate([above, nothing], axis=1)[:, step[:-1]]
        step = step[step]
    return in_common(packed(table), packed(above))
