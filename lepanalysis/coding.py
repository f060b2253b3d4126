"""Code applications counted: messages by codes, frequencies, co-occurrence and saturation.

The other functions on codings stand in modules of their own beside this one and are offered here as well:
`lepanalysis.codes`, `lepanalysis.applications`, `lepanalysis.consensus` and `lepanalysis.retrieval`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from lepanalysis.applications import (
    applications,
    check_coder,
    coding_summary,
    incidence,
    left_out,
    pieces,
    readings,
)
from lepanalysis.codes import code_map, code_names, fates, shared_codes
from lepanalysis.consensus import EVERYONE, Consensus, applications_of, consensus
from lepanalysis.faults import UsageError
from lepanalysis.retrieval import retrieve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lepanalysis.study import Study

__all__ = [
    "Consensus",
    "applications",
    "applications_of",
    "code_map",
    "coding_summary",
    "consensus",
    "cooccurrence",
    "frequencies",
    "left_out",
    "messages_by_codes",
    "readings",
    "retrieve",
    "saturation",
    "shared_codes",
]


def messages_by_codes(study: Study, who: str = "consensus") -> pd.DataFrame:
    """Return which message has which code, however often it was applied there.

    Parameters
    ----------
    study : Study
    who : str
        A coder's id; ``any`` (at least one coder applied it); ``all`` (everyone who read the message did);
        ``consensus``.

    Returns
    -------
    pandas.DataFrame
        True and False; index message_id (all messages), columns code_id (all shared codes).
    """
    return incidence(study, applications_of(study, who))


def frequencies(study: Study, who: str | Sequence[str] | None = None) -> pd.DataFrame:
    """Return how often each code was applied, in how many messages, by how many people, in how many threads.

    Parameters
    ----------
    study : Study
    who : str or sequence of str, optional
        Whose applications (see `messages_by_codes`); each coder's and then the consensus when absent.

    Returns
    -------
    pandas.DataFrame
        code_id, code, who, applications, messages, participants, threads; one row for each code and `who`,
        those that were never applied with zeros.
    """
    if who is None:
        who = [*(coder.id for coder in study.coders), "consensus"]
    names = code_names(study)
    codes = list(fates(study).shared)
    frames = []
    for name in [who] if isinstance(who, str) else who:
        groups = applications_of(study, name).groupby("code_id")
        counts = pd.DataFrame(
            {
                "applications": groups.size(),
                "messages": groups["message_id"].nunique(),
                "participants": groups["participant_id"].nunique(),
                "threads": groups["thread_id"].nunique(),
            }
        )
        counts = counts.reindex(codes).fillna(0).astype("int64").reset_index(drop=True)
        counts.insert(0, "who", name)
        counts.insert(0, "code", [names[code] for code in codes])
        counts.insert(0, "code_id", codes)
        frames.append(counts)
    return pd.concat(frames, ignore_index=True).astype({"code_id": "str", "code": "str", "who": "str"})


def cooccurrence(study: Study, who: str = "consensus", within: str = "message") -> pd.DataFrame:
    """Return in how many units two codes stand together.

    Parameters
    ----------
    study : Study
    who : str
        See `messages_by_codes`.
    within : str
        ``message``; ``thread``; or ``overlap``: messages in which a segment with the one code and a segment
        with the other have at least one character in common.

    Returns
    -------
    pandas.DataFrame
        Whole numbers; index and columns code_id. On the diagonal the number of units with the code.

    Raises
    ------
    UsageError
        When `within` is none of these.
    """
    if within == "overlap":
        return _overlaps(study, who)
    table = messages_by_codes(study, who)
    if within == "thread":
        threads = study.messages.frame.set_index("message_id")["thread_id"]
        table = table.groupby(threads.reindex(table.index).to_numpy()).any()
    elif within != "message":
        raise UsageError(f"{within!r} is no unit of co-occurrence; use message, overlap or thread")
    counts = sparse.csr_array(table.to_numpy(dtype=np.int64))
    return _square(table.columns, (counts.T @ counts).toarray())


def _square(codes: pd.Index, counts: np.ndarray) -> pd.DataFrame:
    """Return counts of code with code as a frame."""
    return pd.DataFrame(counts, index=codes, columns=codes, dtype="int64")


def _overlaps(study: Study, who: str) -> pd.DataFrame:
    """Count the messages in which segments of two codes overlap.

    Overlap is looked up piece by piece (see `lepanalysis.applications.pieces`): a piece is covered by few
    codes even where a long interview holds thousands of segments.
    """
    applied = applications_of(study, who)
    codes = pd.Index(list(fates(study).shared), dtype="str", name="code_id")
    covered = pieces(applied)
    covered["code"] = codes.get_indexer(applied["code_id"])[covered["segment"].to_numpy(dtype=np.int64)]
    covered["message"] = pd.factorize(applied["message_id"])[0][covered["segment"].to_numpy(dtype=np.int64)]
    covered = covered[["message", "piece", "code"]].drop_duplicates()
    pairs = covered.merge(covered, on=["message", "piece"])[["message", "code_x", "code_y"]].drop_duplicates()
    counts = np.zeros((len(codes), len(codes)), dtype=np.int64)
    np.add.at(counts, (pairs["code_x"].to_numpy(), pairs["code_y"].to_numpy()), 1)
    return _square(codes, counts)


def saturation(study: Study, who: str = "consensus", seed: int = 0, replicates: int = 200) -> pd.DataFrame:
    """Return how many different codes the first n messages hold, in the order of time and in random orders.

    Messages without a code count as messages, those that were not read do not. Messages without a time stand
    last, in the order of the file. The random orders are those of sample-based rarefaction (Gotelli and
    Colwell, 2001).

    Parameters
    ----------
    study : Study
    who : str
        See `messages_by_codes`.
    seed : int
        Of the random orders.
    replicates : int
        How many random orders to draw.

    Returns
    -------
    pandas.DataFrame
        messages (1, 2, ...), observed, mean, low and high (the 2.5th and 97.5th percentile of the random
        orders).
    """
    read = readings(study)
    if who not in EVERYONE:
        check_coder(study, who)
    seen = read[who] if who not in EVERYONE else read.any(axis="columns")
    times = study.messages.frame.set_index("message_id")["posted_at"]
    order = times[seen.reindex(times.index)].sort_values(kind="stable", na_position="last").index
    table = messages_by_codes(study, who).reindex(order).to_numpy()
    total = len(table)
    holding = sparse.csc_array(table[:, table.any(axis=0)])
    observed = _found_after(np.arange(total), holding, total)
    random = np.random.default_rng(seed)
    curves = np.array([_found_after(random.permutation(total), holding, total) for _ in range(replicates)])
    curves = curves.reshape(replicates, total)
    if not replicates:
        curves = np.full((1, total), np.nan)
    low, high = np.percentile(curves, [2.5, 97.5], axis=0)
    return pd.DataFrame(
        {
            "messages": np.arange(1, total + 1),
            "observed": observed,
            "mean": curves.mean(axis=0),
            "low": low,
            "high": high,
        }
    )


def _found_after(places: np.ndarray, holding: sparse.csc_array, total: int) -> np.ndarray:
    """Return how many codes have occurred by each place, where message i stands at `places[i]`.

    `holding` is messages x codes, every code of it in one message at least.
    """
    if holding.shape[1] == 0:
        return np.zeros(total, dtype=np.int64)
    first = np.minimum.reduceat(places[holding.indices], holding.indptr[:-1])
    return np.bincount(first, minlength=total).cumsum()
