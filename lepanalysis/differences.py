"""Which codes of which messages coders see differently, found by whole arrays over any number of applications."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from lepanalysis.applications import coded, joined, pieces, readings
from lepanalysis.codes import fates
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lepanalysis.study import Study

KINDS = ("missed", "boundary", "different code", "sibling code", "parent against child")
# What two codes on the same words may be to each other, the nearest first.
RELATIONS = ("parent against child", "sibling code", "different code")
BOUNDARIES = ("apart", "any")
# Overlaps are looked up for this many applications at a time: all pairs would not fit in memory at once.
BLOCK = 200_000


class Arrays(NamedTuple):
    """Applications as whole numbers: places of message, coder and code in their lists.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> from lepanalysis.applications import applications
    >>> arrays = arrays_of(study, applications(study))
    >>> arrays.n_coders, arrays.n_codes, len(arrays.pair())
    (2, 24, 464)
    """

    message: np.ndarray
    coder: np.ndarray
    code: np.ndarray
    n_coders: int
    n_codes: int

    def pair(self, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Return message and code in one number."""
        return self.message[rows] * self.n_codes + self.code[rows]

    def triple(self, message: np.ndarray, coder: np.ndarray, code: np.ndarray) -> np.ndarray:
        """Return message, coder and code in one number."""
        return (message * self.n_coders + coder) * self.n_codes + code


def arrays_of(study: Study, applied: pd.DataFrame) -> Arrays:
    """Return applications as whole numbers, by the study's order of messages, coders and shared codes.

    Parameters
    ----------
    study : Study
    applied : pandas.DataFrame
        What `lepanalysis.coding.applications` gives.

    Examples
    --------
    >>> from lepanalysis.applications import applications
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> arrays_of(study, applications(study, "A")).n_codes
    24
    """
    coders, codes = [coder.id for coder in study.coders], list(fates(study).shared)
    return Arrays(
        pd.Index(study.messages.frame["message_id"]).get_indexer(applied["message_id"]).astype(np.int64),
        pd.Index(coders, dtype="str").get_indexer(applied["coder"]).astype(np.int64),
        pd.Index(codes, dtype="str").get_indexer(applied["code_id"]).astype(np.int64),
        max(len(coders), 1),
        max(len(codes), 1),
    )


def relation(first: str, second: str, parents: dict[str, str]) -> str:
    """Return what two codes are to each other in the codebook.

    Parameters
    ----------
    first, second : str
        Ids of two codes.
    parents : dict
        Code id to the id of its parent, "" where it has none.

    Returns
    -------
    str
        ``parent against child`` (one stands above the other, at whatever distance), ``sibling code`` (they have one
        parent) or ``different code``.

    Examples
    --------
    >>> parents = {"place": "", "room": "place", "desk": "place", "train": ""}
    >>> [relation("room", other, parents) for other in ("place", "desk", "train")]
    ['parent against child', 'sibling code', 'different code']
    """

    def above(code: str) -> set[str]:
        found: set[str] = set()
        while (code := parents.get(code, "")) and code not in found:
            found.add(code)
        return found

    if first in above(second) or second in above(first):
        return "parent against child"
    parent = parents.get(first, "")
    return "sibling code" if parent and parent == parents.get(second, "") else "different code"


def differences(study: Study, boundaries: str = "apart") -> pd.DataFrame:
    """Return the messages and codes on which coders who read the message differ, without what was decided on them.

    Parameters
    ----------
    study : Study
    boundaries : str
        Where all applied a code, when its boundary counts as a difference: ``apart`` (the segments of two coders
        have no character in common) or ``any`` (some character has the code by one coder and not by another).

    Returns
    -------
    pandas.DataFrame
        message_id, code_id, kind (see `disagreements`), coders (who applied the code), other_code_ids (codes that
        others gave the same words instead); ids joined by "; ". In the order of the messages, inside a message by
        place and by code as in the codebook.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    UsageError
        When `boundaries` is not known.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> differences(study)["kind"].value_counts().to_dict()
    {'missed': 62, 'boundary': 48, 'different code': 6}
    """
    # As numbers: the words of millions of segments would take longer to cut out than all the rest.
    found = coded(study)
    found = found.where(np.lexsort((found.code, found.end, found.start, found.message)))
    arrays = Arrays(found.message, found.coder, found.code, max(len(study.coders), 1), max(len(found.codes), 1))
    applied = pd.DataFrame({"message_id": found.message, "start": found.start, "end": found.end})
    frame = compared(study, applied, boundaries, arrays)
    frame = frame[frame["kind"] != ""].reset_index(drop=True)
    return frame[["message_id", "code_id", "kind", "coders", "other_code_ids"]]


def compared(
    study: Study, applied: pd.DataFrame, boundaries: str = "apart", arrays: Arrays | None = None
) -> pd.DataFrame:
    """Return every pair of message and code that was applied, its kind empty where the coders do not differ.

    Parameters
    ----------
    study : Study
    applied : pandas.DataFrame
        What `lepanalysis.coding.applications` gives.
    boundaries : str
        See `differences`.
    arrays : Arrays, optional
        The same applications as whole numbers, where they are at hand; then `applied` need hold no more than
        message_id, start and end.

    Returns
    -------
    pandas.DataFrame
        As `differences` gives, and disputed (not everyone who read the message applied the code).

    Examples
    --------
    >>> from lepanalysis.applications import applications
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*compared(study, applications(study)).loc[0, ["message_id", "code_id", "kind", "disputed"]])
    1 S24 boundary False
    """
    if boundaries not in BOUNDARIES:
        raise UsageError(f"{boundaries!r} is no way to compare boundaries; use {' or '.join(BOUNDARIES)}")
    messages = study.messages.frame["message_id"].to_numpy(dtype=object)
    coders, codes = [coder.id for coder in study.coders], list(fates(study).shared)
    arrays = arrays or arrays_of(study, applied)
    # Applications stand in the order of the text, so that where a pair occurs first is its place.
    pairs, first, number = np.unique(arrays.pair(), return_index=True, return_inverse=True)
    used = np.zeros((len(pairs), len(coders)), dtype=bool)
    used[number, arrays.coder] = True
    n_readers = readings(study).to_numpy().sum(axis=1)
    n_coders = used.sum(axis=1)
    disputed = n_coders < n_readers[pairs // arrays.n_codes]
    apart = ~disputed & _apart(applied, arrays, number, n_coders, disputed, boundaries)
    pair, nearest, named = _others(study, instead(applied, arrays, disputed[number]), codes, arrays)
    kinds = np.select([apart, disputed], ["boundary", "missed"], "").astype(object)
    other = np.full(len(pairs), "", dtype=object)
    place = np.searchsorted(pairs, pair)
    kinds[place], other[place] = nearest, named
    order = np.argsort(first, kind="stable")
    pairs = pairs[order]
    return pd.DataFrame(
        {
            "message_id": pd.Series(messages[pairs // arrays.n_codes], dtype="str"),
            "code_id": pd.Series(np.array(codes, dtype=object)[pairs % arrays.n_codes], dtype="str"),
            "kind": pd.Series(kinds[order], dtype="str"),
            "coders": pd.Series(_names(used[order], coders), dtype="str"),
            "other_code_ids": pd.Series(other[order], dtype="str"),
            "disputed": disputed[order],
        }
    )


def _names(used: np.ndarray, coders: list[str]) -> np.ndarray:
    """Return for each row of True and False the ids where it is True, joined."""
    distinct, number = np.unique(np.packbits(used, axis=1), axis=0, return_inverse=True)
    flags = np.unpackbits(distinct, axis=1, count=len(coders)).astype(bool)
    names = [joined(coder for coder, flag in zip(coders, row, strict=True) if flag) for row in flags]
    return np.array(names, dtype=object)[number.reshape(-1)] if names else np.zeros(0, dtype=object)


def _blocks(arrays: Arrays, kept: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the numbers of the applications that are kept, in blocks that do not part a message."""
    rows = np.flatnonzero(kept)
    message = arrays.message[rows]
    start = 0
    while start < len(rows):
        end = min(start + BLOCK, len(rows))
        end = int(np.searchsorted(message, message[end - 1], side="right"))
        yield rows[start:end]
        start = end


def _apart(  # noqa: PLR0917 - one step of `compared`, with what that has worked out
    applied: pd.DataFrame,
    arrays: Arrays,
    number: np.ndarray,
    n_coders: np.ndarray,
    disputed: np.ndarray,
    boundaries: str,
) -> np.ndarray:
    """Whether the segments of each pair of message and code differ between the coders who all applied it."""
    result = np.zeros(len(n_coders), dtype=bool)
    several = n_coders > 1
    meeting = np.zeros(len(n_coders), dtype=np.int64)
    for rows in _blocks(arrays, (several & ~disputed)[number]):
        covered = pieces(applied.iloc[rows])
        row = covered["segment"].to_numpy(dtype=np.int64)
        table = pd.DataFrame(
            {"piece": covered["piece"].to_numpy(), "pair": number[row], "coder": arrays.coder[row]}
        ).drop_duplicates()
        if boundaries == "any":
            counts = table.groupby(["pair", "piece"]).size()
            pair = counts.index.get_level_values("pair").to_numpy()
            result[pair[counts.to_numpy() < n_coders[pair]]] = True
            continue
        both = table.merge(table, on=["piece", "pair"])
        both = both.loc[both["coder_x"] < both["coder_y"], ["pair", "coder_x", "coder_y"]].drop_duplicates()
        np.add.at(meeting, both["pair"].to_numpy(), 1)
    if boundaries == "apart":
        result = several & (meeting < n_coders * (n_coders - 1) // 2)
    return result


def _others(
    study: Study, found: pd.DataFrame, codes: list[str], arrays: Arrays
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the pairs of message and code that others gave other codes, the nearest relation, and those codes."""
    table = found[["message", "code_x", "code_y"]].drop_duplicates().sort_values(["message", "code_x", "code_y"])
    own, other = table["code_x"].to_numpy(), table["code_y"].to_numpy()
    parents = dict(zip(study.codebook.frame["code_id"], study.codebook.frame["parent"], strict=True))
    ranks = np.array([[RELATIONS.index(relation(a, b, parents)) for b in codes] for a in codes], dtype=np.int64)
    pairs, starts = np.unique(table["message"].to_numpy() * arrays.n_codes + own, return_index=True)
    if not len(pairs):
        return pairs, np.zeros(0, dtype=object), np.zeros(0, dtype=object)
    nearest = np.array(RELATIONS, dtype=object)[np.minimum.reduceat(ranks[own, other], starts)]
    ids = np.array(codes, dtype=object)[other].tolist()
    bounds = [*starts.tolist(), len(ids)]
    named = [joined(ids[start:end]) for start, end in pairwise(bounds)]
    return pairs, nearest, np.array(named, dtype=object)


def instead(applied: pd.DataFrame, arrays: Arrays, kept: np.ndarray) -> pd.DataFrame:
    """Return message, coder_x, code_x, coder_y, code_y: x has a code where y has another, and neither has both.

    Each stands both ways round. Only codes that somebody who read the message did not apply can be meant, which
    `kept` says of each application.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> from lepanalysis.applications import applications
    >>> applied = applications(study)
    >>> found = instead(applied, arrays_of(study, applied), np.ones(len(applied), dtype=bool))
    >>> len(found), sorted(found.columns)
    (6, ['code_x', 'code_y', 'coder_x', 'coder_y', 'message'])
    """
    has = np.sort(arrays.triple(arrays.message, arrays.coder, arrays.code))
    frames = []
    for rows in _blocks(arrays, kept):
        covered = pieces(applied.iloc[rows])
        row = covered["segment"].to_numpy(dtype=np.int64)
        table = pd.DataFrame(
            {
                "piece": covered["piece"].to_numpy(),
                "message": arrays.message[row],
                "coder": arrays.coder[row],
                "code": arrays.code[row],
            }
        ).drop_duplicates()
        both = table.merge(table, on=["piece", "message"])
        both = both[(both["coder_x"] != both["coder_y"]) & (both["code_x"] != both["code_y"])]
        both = both.drop(columns="piece").drop_duplicates()
        message, coder, code, other, others = (
            both[name].to_numpy() for name in ("message", "coder_x", "code_x", "coder_y", "code_y")
        )
        lacks = ~_holds(has, arrays.triple(message, other, code))
        lacks &= ~_holds(has, arrays.triple(message, coder, others))
        frames.append(both[lacks])
    columns = ["message", "coder_x", "code_x", "coder_y", "code_y"]
    empty = pd.DataFrame(columns=columns, dtype="int64")
    return pd.concat(frames, ignore_index=True)[columns] if frames else empty


def _holds(ordered: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Whether each wanted number is among the ordered ones, of which there is one at least."""
    place = np.searchsorted(ordered, wanted)
    return ordered[np.minimum(place, len(ordered) - 1)] == wanted
