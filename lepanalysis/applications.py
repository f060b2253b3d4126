"""Code applications: what each coder has read, and which shared code stands on which segment."""

from __future__ import annotations

from dataclasses import dataclass
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
    """Return ids as one cell, as they stand in a study's files.

    Examples
    --------
    >>> joined(["A-001", "B-014"])
    'A-001; B-014'
    """
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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> codings_of(study).loc[0, ["coder", "message_id", "start", "end"]].to_list()
    ['A', '1', np.int64(162), np.int64(211)]
    """
    codings, messages = study.codings.data, study.messages.data
    place = pd.Index(messages["message_id"]).get_indexer(codings["message_id"])
    whole = messages["text"].str.len().to_numpy(dtype="int64")[place]
    return pd.DataFrame(
        {
            "coding_id": codings["coding_id"],
            "coder": codings["coder"],
            "own_code_id": codings["code_id"],
            "message_id": codings["message_id"],
            "start": codings["start"].to_numpy(dtype="int64", na_value=0),
            "end": np.where(codings["end"].isna(), whole, codings["end"].to_numpy(dtype="int64", na_value=0)),
        }
    )


def placed(study: Study, segments: pd.DataFrame) -> pd.DataFrame:
    """Return segments with the thread, the author, the time and the words of their message.

    Parameters
    ----------
    study : Study
    segments : pandas.DataFrame
        With message_id, start and end.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> placed(study, codings_of(study).head(1)).loc[0, ["thread_id", "participant_id"]].to_list()
    ['T01', 'P01']
    """
    messages = study.messages.data
    place = pd.Index(messages["message_id"]).get_indexer(segments["message_id"])
    result = segments.copy()
    for name in ("thread_id", "participant_id", "posted_at"):
        result[name] = pd.Series(messages[name].array.take(place), index=result.index)
    texts = messages["text"].to_numpy(dtype=object)[place].tolist()
    bounds = (result["start"].tolist(), result["end"].tolist())
    words = [text[start:end] for text, start, end in zip(texts, *bounds, strict=True)]
    result["text"] = pd.Series(words, index=result.index, dtype="str")
    return result


def in_order(study: Study, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows in the order of the messages, inside a message by place and by code as in the codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> in_order(study, applications(study)).equals(applications(study))
    True
    """
    codes = pd.Index(list(fates(study).shared), dtype="str")
    keys = (
        codes.get_indexer(frame["code_id"]),
        frame["end"].to_numpy(dtype="int64"),
        frame["start"].to_numpy(dtype="int64"),
        pd.Index(study.messages.data["message_id"]).get_indexer(frame["message_id"]),
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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*applications(study, "A").loc[0, ["message_id", "code_id", "start", "end"]])
    1 S24 162 211
    """
    if coder is not None:
        check_coder(study, coder)
    codings, reasons = _resolved(study)
    found = codings[~reasons.astype(bool)]
    if coder is not None:
        found = found[found["coder"] == coder]
    return in_order(study, placed(study, found))[list(APPLICATION_COLUMNS)]


@dataclass(frozen=True, eq=False)
class Coded:
    """The applications of shared codes as numbers, in the order of codings.csv.

    Parameters
    ----------
    coder, message, code : numpy.ndarray
        Places in the coders of study.yaml, in messages.csv and in `codes`.
    start, end : numpy.ndarray
        Offsets in the message.
    codes : tuple of str
        Ids of the shared codes, in the order of the codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = coded(study)
    >>> len(found.where(found.coder == 0).code)
    254
    """

    coder: np.ndarray
    message: np.ndarray
    code: np.ndarray
    start: np.ndarray
    end: np.ndarray
    codes: tuple[str, ...]

    def where(self, rows: np.ndarray) -> Coded:
        """Return some of the applications."""
        names = ("coder", "message", "code", "start", "end")
        return Coded(*(getattr(self, name)[rows] for name in names), self.codes)


def coded(study: Study) -> Coded:
    """Return the applications of shared codes as numbers: what `applications` returns, for counting.

    Millions of rows are counted in a second or two so, without the words of their segments.

    Parameters
    ----------
    study : Study

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = coded(study)
    >>> len(found.code), found.codes[:2]
    (464, ('S01', 'S02'))
    """
    codings, messages = study.codings.data, study.messages.data
    known = fates(study)
    shared = known.shared
    number, own = pd.factorize(codings["code_id"])
    if any(known.is_split(name) for name in own):
        found, _ = _fate_of_each(study, number, own, codings["coding_id"])
        code = pd.Index(list(shared), dtype="str").get_indexer(pd.Index(found, dtype="str"))
    else:
        place = {name: at for at, name in enumerate(shared)}
        led = [place.get(_shared_code(name, "", known)[0], -1) for name in own]
        code = np.array([*led, -1], dtype=np.int64)[number]
    coders = pd.Index([coder.id for coder in study.coders], dtype="str")
    message = pd.Index(messages["message_id"]).get_indexer(codings["message_id"]).astype(np.int64)
    lengths = messages["text"].str.len().to_numpy(dtype=np.int64)
    start = codings["start"].to_numpy(dtype=np.int64, na_value=0)
    end = codings["end"].to_numpy(dtype=np.int64, na_value=-1)
    end = np.where(end < 0, lengths[message], end)
    everything = Coded(_numbers(coders, codings["coder"]), message, code.astype(np.int64), start, end, shared)
    return everything if (code >= 0).all() else everything.where(code >= 0)


def _numbers(names: pd.Index, values: pd.Series) -> np.ndarray:
    """Return the place of each value among a few names."""
    number, distinct = pd.factorize(values)
    if not len(distinct):
        return np.zeros(0, dtype=np.int64)
    return names.get_indexer(pd.Index(distinct, dtype="str")).astype(np.int64)[number]


def check_coder(study: Study, coder: str) -> None:
    """Refuse a coder whom the study does not have.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> check_coder(study, "A")
    """
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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> len(left_out(study))
    7
    """
    codings, reasons = _resolved(study)
    out = codings.assign(reason=reasons)[reasons.astype(bool)]
    return out[["coding_id", "coder", "own_code_id", "reason"]].reset_index(drop=True)


def _resolved(study: Study) -> tuple[pd.DataFrame, pd.Series]:
    """Return the codings with their shared code, and for each why it has none ("" where it has)."""
    codings = codings_of(study)
    number, own = pd.factorize(codings["own_code_id"])
    code, reason = _fate_of_each(study, number, own, codings["coding_id"])
    codings["code_id"] = pd.Series(code, index=codings.index, dtype="str")
    return codings, pd.Series(reason, index=codings.index, dtype="str")


def _fate_of_each(study: Study, number: np.ndarray, own: pd.Index, names: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the shared code of each coding and the reason why it has none, one of the two always "".

    What becomes of a code is looked up once for all its codings; only those of a split code are looked at one by one.
    """
    known = fates(study)
    pairs = [_shared_code(code, "", known) for code in own]
    code, reason = (np.array([pair[part] for pair in pairs] or [""], dtype=object) for part in (0, 1))
    if not len(own):
        return code[:0], reason[:0]
    code, reason = code[number], reason[number]
    split = np.flatnonzero(np.array([known.is_split(name) for name in own], dtype=bool)[number])
    if len(split):
        assigned = _assigned(study)
        for place, name in zip(split.tolist(), names.iloc[split], strict=True):
            code[place], reason[place] = _shared_code(own[number[place]], assigned.get(name, ""), known)
    return code, reason


def _assigned(study: Study) -> dict[str, str]:
    """Return the code that a decision assigns to a coding, by the coding's id."""
    return {
        subject: str(decision["code_id"])
        for decision in in_force(study, "coding")
        if decision["outcome"] == "assign"
        for subject in decision["subjects"]
    }


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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> readings(study).loc["1"].to_dict()
    {'A': True, 'B': True}
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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> incidence(study, applications(study, "A")).sum().sum().item()
    244
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

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"message_id": ["1", "1"], "start": [0, 3], "end": [5, 8]})
    >>> pieces(rows).to_numpy().tolist()
    [[0, 0, 3], [0, 1, 2], [1, 1, 2], [1, 2, 3]]
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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*coding_summary(study).loc[0, ["coder", "codings", "messages_coded"]])
    A 261 127
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
