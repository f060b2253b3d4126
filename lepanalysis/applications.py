"""Code applications: what each coder has read, and which shared code stands on which segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.codes import fates, in_force
from lepanalysis.faults import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lepanalysis.codes import Fates
    from lepanalysis.study import Study

APPLICATION_COLUMNS = (
    "coding_id",
    "coder",
    "own_code_id",
    "code_id",
    "message_id",
    "thread_id",
    "participant_id",
    "posted_at",
    "start",
    "end",
    "text",
)


def joined(ids: Iterable[str]) -> str:
    """Return ids as one cell, as they stand in a study's files."""
    return "; ".join(ids)


def codings_of(study: Study) -> pd.DataFrame:
    """Return the codings with their offsets filled in (a whole message: from 0 to its length).

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        coding_id, coder, own_code_id, message_id, start, end; in the order of the file.
    """
    codings = study.codings.frame
    lengths = study.messages.frame.set_index("message_id")["text"].str.len()
    whole = codings["message_id"].map(lengths)
    return pd.DataFrame(
        {
            "coding_id": codings["coding_id"],
            "coder": codings["coder"],
            "own_code_id": codings["code_id"],
            "message_id": codings["message_id"],
            "start": codings["start"].fillna(0).astype("int64"),
            "end": codings["end"].fillna(whole.astype("Int64")).astype("int64"),
        }
    )


def placed(study: Study, segments: pd.DataFrame) -> pd.DataFrame:
    """Return segments with the thread, the author, the time and the words of their message.

    Parameters
    ----------
    study : Study
    segments : pandas.DataFrame
        With message_id, start and end.
    """
    messages = study.messages.frame.set_index("message_id")
    result = segments.copy()
    for name in ("thread_id", "participant_id", "posted_at"):
        result[name] = result["message_id"].map(messages[name]).astype(messages[name].dtype)
    texts = messages["text"].to_dict()
    words = [
        texts[message][start:end]
        for message, start, end in zip(result["message_id"], result["start"], result["end"], strict=True)
    ]
    result["text"] = pd.Series(words, index=result.index, dtype="str")
    return result


def in_order(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows in the order of the messages, inside a message by place and by code as in the codebook."""
    messages = {name: place for place, name in enumerate(study.messages.frame["message_id"])}
    codes = {name: place for place, name in enumerate(fates(study).shared)}
    keys = (
        frame["code_id"].map(codes).to_numpy(dtype="float64"),
        frame["end"].to_numpy(dtype="int64"),
        frame["start"].to_numpy(dtype="int64"),
        frame["message_id"].map(messages).to_numpy(dtype="float64"),
    )
    return frame.iloc[np.lexsort(keys)].reset_index(drop=True)


def applications(study: Study, coder: str | None = None) -> pd.DataFrame:
    """Return the codings as applications of shared codes.

    A coding under a code that was split stands only under the code that a decision assigns it to; a coding
    that leads to no shared code is left out (see `left_out`).

    Parameters
    ----------
    study : Study
    coder : str, optional
        Only this coder's; all coders' when absent.

    Returns
    -------
    pandas.DataFrame
        coding_id, coder, own_code_id, code_id, message_id, thread_id, participant_id, posted_at, start, end,
        text.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    UsageError
        When there is no such coder.
    """
    if coder is not None:
        check_coder(study, coder)
    codings, reasons = _resolved(study)
    found = codings[~reasons.astype(bool)]
    if coder is not None:
        found = found[found["coder"] == coder]
    return in_order(study, placed(study, found))[list(APPLICATION_COLUMNS)]


def check_coder(study: Study, coder: str) -> None:
    """Refuse a coder whom the study does not have."""
    known = [entry.id for entry in study.coders]
    if coder not in known:
        raise UsageError(f"there is no coder {coder!r}; the coders are {', '.join(known) or 'none'}")


def left_out(study: Study) -> pd.DataFrame:
    """Return the codings that lead to no shared code, and why.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        coding_id, coder, own_code_id, reason.
    """
    codings, reasons = _resolved(study)
    out = codings.assign(reason=reasons)[reasons.astype(bool)]
    return out[["coding_id", "coder", "own_code_id", "reason"]].reset_index(drop=True)


def _resolved(study: Study) -> tuple[pd.DataFrame, pd.Series]:
    """Return the codings with their shared code, and for each why it has none ("" where it has)."""
    codings = codings_of(study)
    known = fates(study)
    assigned = {
        subject: str(decision["code_id"])
        for decision in in_force(study, "coding")
        if decision["outcome"] == "assign"
        for subject in decision["subjects"]
    }
    pairs = [
        _shared_code(own, assigned.get(coding, ""), known)
        for coding, own in zip(codings["coding_id"], codings["own_code_id"], strict=True)
    ]
    codings["code_id"] = pd.Series([code for code, _ in pairs], index=codings.index, dtype="str")
    return codings, pd.Series([reason for _, reason in pairs], index=codings.index, dtype="str")


def _shared_code(own: str, assigned: str, known: Fates) -> tuple[str, str]:
    """Return the shared code of one coding, or "" and the reason why there is none."""
    if not known.is_split(own):
        targets = known.leads_to.get(own, ())
        return (targets[0][0], "") if targets else ("", known.reasons[own])
    if not assigned:
        return "", "the code was split, and no decision assigns this coding to one of its codes"
    # What was assigned may itself have merged since.
    targets = known.leads_to.get(assigned, ())
    if len(targets) == 1:
        return targets[0][0], ""
    return "", f"the code was split, and {assigned}, which the coding was assigned to, is no shared code"


def readings(study: Study) -> pd.DataFrame:
    """Return which coder has read which message.

    Read is what assignments.csv gives as read or as nothing to code; a message that is only assigned, or not
    there, is unread. A study without that file is taken as read by everyone.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        True and False; index message_id, columns coder ids.
    """
    messages = pd.Index(study.messages.frame["message_id"], name="message_id")
    coders = pd.Index([coder.id for coder in study.coders], dtype="str", name="coder")
    if "assignments" not in study.tables:
        return pd.DataFrame(data=True, index=messages, columns=coders, dtype=bool)
    assignments = study.assignments.frame
    read = assignments[assignments["status"].isin(["read", "nothing_to_code"])]
    return _incidence(read["message_id"], read["coder"], messages, coders)


def _incidence(rows: pd.Series, columns: pd.Series, index: pd.Index, names: pd.Index) -> pd.DataFrame:
    """Return the frame of True and False that is True where a pair of ids occurs."""
    table = np.zeros((len(index), len(names)), dtype=bool)
    table[index.get_indexer(rows), names.get_indexer(columns)] = True
    return pd.DataFrame(table, index=index, columns=names)


def incidence(study: Study, applied: pd.DataFrame) -> pd.DataFrame:
    """Return messages x codes, True where `applied` has the code in the message.

    Parameters
    ----------
    study : Study
    applied : pandas.DataFrame
        With message_id and code_id.

    Returns
    -------
    pandas.DataFrame
        Index message_id (all messages), columns code_id (all shared codes).
    """
    messages = pd.Index(study.messages.frame["message_id"], name="message_id")
    codes = pd.Index(list(fates(study).shared), dtype="str", name="code_id")
    return _incidence(applied["message_id"], applied["code_id"], messages, codes)


def pieces(segments: pd.DataFrame) -> pd.DataFrame:
    """Cut messages where any segment begins or ends, and return which pieces each segment covers.

    Two segments of a message overlap exactly where they have a piece in common.

    Parameters
    ----------
    segments : pandas.DataFrame
        With message_id, start and end; its index is carried over.

    Returns
    -------
    pandas.DataFrame
        segment (label of the index), piece (a number, unlike in different messages), length (in characters).
    """
    n = len(segments)
    message = pd.factorize(segments["message_id"])[0].astype(np.int64)
    bounds = np.concatenate([segments["start"].to_numpy(np.int64), segments["end"].to_numpy(np.int64)])
    # A message and an offset in one number, so that one sort orders all cuts of all messages.
    stride = int(bounds.max(initial=0)) + 1
    keys = np.concatenate([message, message]) * stride + bounds
    cuts, place = np.unique(keys, return_inverse=True)
    first, last = place[:n], place[n:]
    counts = last - first
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]])[:n], counts)
    piece = starts + np.arange(int(counts.sum()))
    return pd.DataFrame(
        {
            "segment": np.repeat(segments.index.to_numpy(), counts),
            "piece": piece,
            "length": np.diff(cuts, append=0)[piece],
        }
    )


def coding_summary(study: Study) -> pd.DataFrame:
    """Return what each coder has read and coded.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        coder, coder_name, own_codes, codings, messages_coded, messages_read, nothing_to_code (read and not
        coded), left_out, median_segment_characters (NaN where the coder coded nothing).
    """
    codings = codings_of(study)
    read = readings(study)
    own = study.codebook.frame["coder"].value_counts()
    out = left_out(study)["coder"].value_counts()
    rows = []
    for coder in study.coders:
        mine = codings[codings["coder"] == coder.id]
        coded = set(mine["message_id"])
        seen = set(read.index[read[coder.id]])
        rows.append(
            {
                "coder": coder.id,
                "coder_name": coder.name,
                "own_codes": int(own.get(coder.id, 0)),
                "codings": len(mine),
                "messages_coded": len(coded),
                "messages_read": len(seen),
                "nothing_to_code": len(seen - coded),
                "left_out": int(out.get(coder.id, 0)),
                "median_segment_characters": float((mine["end"] - mine["start"]).median()),
            }
        )
    columns = [
        "coder",
        "coder_name",
        "own_codes",
        "codings",
        "messages_coded",
        "messages_read",
        "nothing_to_code",
        "left_out",
        "median_segment_characters",
    ]
    return pd.DataFrame(rows, columns=columns)
