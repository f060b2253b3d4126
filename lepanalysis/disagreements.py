"""Where coders differ: codes that one missed, other codes on the same words, segments that do not meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lepanalysis.applications import applications, in_order, joined, pieces, readings
from lepanalysis.codes import code_names
from lepanalysis.consensus import consensus
from lepanalysis.retrieval import codes_of_themes

if TYPE_CHECKING:
    from lepanalysis.study import Study

DISAGREEMENT_COLUMNS = (
    "message_id",
    "thread_id",
    "code_id",
    "code",
    "theme",
    "kind",
    "coders",
    "codings",
    "text",
    "status",
    "decision_id",
    "reason",
)
# Between the words of several segments of one message.
BETWEEN_SEGMENTS = " / "


def disagreements(study: Study) -> pd.DataFrame:
    """Return what the coders who read a message saw differently in it, one row for each message and code.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        message_id, thread_id, code_id, code, theme (names joined by "; ", empty where there is none), kind,
        coders (who applied the code), codings (their ids), text (their segments), status, decision_id,
        reason.

    Notes
    -----
    The kind is ``boundary`` (all applied the code, but the segments of two of them have no word in common, or
    a decision had to be made on them), ``different code`` (not all applied it, and one who did not has
    another code on the same words, which the first has not) or ``missed``. The status is ``settled`` (by a
    decision), ``open``, or ``stands``: the code is undisputed and only its boundary differs, so that nothing
    has to be decided.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    """
    applied = applications(study)
    readers = readings(study).sum(axis="columns")
    together = _overlapping(applied)
    frame = _pairs(study, applied)
    pairs = pd.MultiIndex.from_frame(frame[["message_id", "code_id"]])
    n_readers = frame["message_id"].map(readers).to_numpy(dtype=np.int64)
    n_coders = frame["n_coders"].to_numpy(dtype=np.int64)
    disputed = n_coders < n_readers
    meeting = _meeting(together).reindex(pairs).fillna(0).to_numpy(dtype=np.int64)
    apart = ~disputed & (meeting < n_coders * (n_coders - 1) // 2)
    settled = _decisions(study)
    apart |= ~disputed & pairs.isin(list(settled))
    different = pairs.isin(_different(together, applied))
    kinds = np.select([apart, different], ["boundary", "different code"], "missed")
    frame["kind"] = pd.Series(kinds, index=frame.index, dtype="str")
    frame = frame[disputed | apart].copy()
    frame["code"] = frame["code_id"].map(code_names(study))
    themes = _themes(study)
    frame["theme"] = [themes.get(code, "") for code in frame["code_id"]]
    standing = {"status": "stands", "decision_id": "", "reason": ""}
    for name in standing:
        found = [settled.get(pair, standing)[name] for pair in zip(frame["message_id"], frame["code_id"], strict=True)]
        frame[name] = pd.Series(found, index=frame.index, dtype="str")
    frame = in_order(study, frame)[list(DISAGREEMENT_COLUMNS)]
    return frame.astype("str")


def _pairs(study: Study, applied: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each message and code, with all that was applied there."""
    groups: dict[tuple[str, str], list[Any]] = {}
    for row in applied.itertuples():
        groups.setdefault((row.message_id, row.code_id), []).append(row)
    rows = []
    for (message, code), found in groups.items():
        named = {row.coder for row in found}
        rows.append(
            {
                "message_id": message,
                "code_id": code,
                "thread_id": found[0].thread_id,
                "start": min(row.start for row in found),
                "end": max(row.end for row in found),
                "n_coders": len(named),
                "coders": joined(coder.id for coder in study.coders if coder.id in named),
                "codings": joined(row.coding_id for row in found),
                "text": BETWEEN_SEGMENTS.join(dict.fromkeys(row.text for row in found)),
            }
        )
    names = ["message_id", "code_id", "thread_id", "start", "end", "n_coders", "coders", "codings", "text"]
    numbers = {"start", "end", "n_coders"}
    frame = pd.DataFrame(rows, columns=names)
    return frame.astype({name: "int64" if name in numbers else "str" for name in names})


def _overlapping(applied: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of applications of different coders with words in common, each both ways round."""
    covered = pieces(applied)[["segment", "piece"]]
    pairs = covered.merge(covered, on="piece")[["segment_x", "segment_y"]].drop_duplicates()
    columns = ["message_id", "coder", "code_id"]
    first = applied.loc[pairs["segment_x"], columns].reset_index(drop=True)
    second = applied.loc[pairs["segment_y"], columns].reset_index(drop=True)
    both = first.assign(coder_other=second["coder"], code_id_other=second["code_id"])
    return both[both["coder"] != both["coder_other"]].drop_duplicates(ignore_index=True)


def _meeting(together: pd.DataFrame) -> pd.Series:
    """Return for each message and code how many pairs of coders have it on the same words."""
    same = together[(together["code_id"] == together["code_id_other"]) & (together["coder"] < together["coder_other"])]
    return same.groupby(["message_id", "code_id"]).size()


def _different(together: pd.DataFrame, applied: pd.DataFrame) -> pd.MultiIndex:
    """Return the pairs of message and code where another coder has another code on the same words instead."""
    has = pd.MultiIndex.from_frame(applied[["message_id", "coder", "code_id"]])
    this_by_other = pd.MultiIndex.from_frame(together[["message_id", "coder_other", "code_id"]])
    other_by_this = pd.MultiIndex.from_frame(together[["message_id", "coder", "code_id_other"]])
    instead = together[~this_by_other.isin(has) & ~other_by_this.isin(has)]
    return pd.MultiIndex.from_frame(instead[["message_id", "code_id"]])


def _themes(study: Study) -> dict[str, str]:
    """Return the names of each code's agreed themes; none where the study has no themes."""
    if not study.has("agreed_themes"):
        return {}
    names = dict(zip(study.agreed_themes.frame["theme_id"], study.agreed_themes.frame["name"], strict=True))
    found: dict[str, list[str]] = {}
    for theme, codes in codes_of_themes(study).items():
        for code in codes:
            found.setdefault(code, []).append(names[theme])
    return {code: joined(themes) for code, themes in found.items()}


def _decisions(study: Study) -> dict[tuple[str, str], dict[str, str]]:
    """Return for each disputed pair of message and code how it stands; open where any part of it is."""
    disputes: dict[tuple[str, str], list[Any]] = {}
    for row in consensus(study).disputes.itertuples():
        disputes.setdefault((row.message_id, row.code_id), []).append(row)
    return {
        pair: {
            "status": "open" if any(row.status == "open" for row in rows) else "settled",
            "decision_id": joined(row.decision_id for row in rows if row.decision_id),
            "reason": joined(dict.fromkeys(row.reason for row in rows if row.reason)),
        }
        for pair, rows in disputes.items()
    }
