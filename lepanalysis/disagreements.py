"""Where coders differ, with the words, what was decided on them, and the coders' segmentations side by side.

Nothing here sorts by what would raise a coefficient: the order is that of the text, or that of the themes and of what
recurs in them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from lepanalysis.applications import applications, in_order, joined, readings
from lepanalysis.codes import code_names
from lepanalysis.consensus import consensus
from lepanalysis.differences import KINDS, compared, differences, relation
from lepanalysis.faults import UsageError
from lepanalysis.retrieval import codes_of_themes
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from collections.abc import Hashable

    from lepanalysis.study import Study

__all__ = ["KINDS", "Segment", "differences", "disagreements", "relation", "side_by_side"]

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
    "other_code_ids",
    "other_codes",
    "recurs",
)
ORDERS = ("text", "themes")
# Between the words of several segments of one message.
BETWEEN_SEGMENTS = " / "


class Segment(NamedTuple):
    """A coder's segment under a shared code; `end` is exclusive.

    Examples
    --------
    >>> Segment("S01", "A shared place", 2, 6, "A-001", "room").text
    'room'
    """

    code_id: str
    code: str
    start: int
    end: int
    coding_id: str
    text: str


def disagreements(study: Study, order: str = "text", boundaries: str = "apart") -> pd.DataFrame:
    """Return what the coders who read a message saw differently in it, one row for each message and code.

    Parameters
    ----------
    study : Study
    order : str
        ``text`` (that of the messages, inside a message by place) or ``themes``: by the agreed theme that the code
        belongs to, in the study's order and codes without a theme last; inside a theme what recurs most comes first,
        the same confusion together. What a coefficient would gain plays no part.
    boundaries : str
        Where all applied a code, when its boundary counts as a difference: ``apart`` (the segments of two coders
        have no character in common) or ``any`` (some character has the code by one coder and not by another).

    Returns
    -------
    pandas.DataFrame
        message_id, thread_id, code_id, code, theme (names joined by "; ", empty where there is none), kind,
        coders (who applied the code), codings (their ids), text (their segments), status, decision_id,
        reason, other_code_ids and other_codes (what others gave the same words instead), recurs (in how many
        messages the coders differ in this way: the same code missed by the same coders, the same two codes one for
        the other, the same code with other boundaries).

    Notes
    -----
    The kind is ``boundary`` (all applied the code, but the segments of two of them differ in the way that
    `boundaries` names, or a decision had to be made on them), ``different code`` (not all applied it, and one who
    did not has another code on the same words, which the first has not), ``sibling code`` (likewise, and both codes
    stand under one parent), ``parent against child`` (likewise, and one of the codes stands above the other) or
    ``missed``. Of several other codes the nearest gives the kind. The status is ``settled`` (by a decision),
    ``open``, or ``stands``: the code is undisputed and only its boundary differs, so that nothing has to be
    decided.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    UsageError
        When `order` or `boundaries` is not known.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> disagreements(study, order="themes").loc[0, ["theme", "code", "kind", "recurs"]].to_list()
    ['Collaborative workspaces', 'Mixing trades', 'missed', np.int64(9)]
    """
    if order not in ORDERS:
        raise UsageError(f"{order!r} is no order of disagreements; use {' or '.join(ORDERS)}")
    applied = applications(study)
    frame = compared(study, applied, boundaries)
    settled = _decisions(study)
    pairs = list(zip(frame["message_id"], frame["code_id"], strict=True))
    # What was decided on was a difference to the coders, also where the segments meet.
    decided = np.array([pair in settled for pair in pairs], dtype=bool) & ~frame["disputed"].to_numpy(dtype=bool)
    frame["kind"] = frame["kind"].mask(decided, "boundary").astype("str")
    frame = frame[frame["kind"] != ""].reset_index(drop=True)
    frame = in_order(study, _with_segments(frame, applied))
    names = code_names(study)
    frame["code"] = frame["code_id"].map(names)
    frame["other_codes"] = [joined(names[code] for code in split_ids(ids)) for ids in frame["other_code_ids"]]
    standing = {"status": "stands", "decision_id": "", "reason": ""}
    for name in standing:
        found = [settled.get(pair, standing)[name] for pair in zip(frame["message_id"], frame["code_id"], strict=True)]
        frame[name] = pd.Series(found, index=frame.index, dtype="str")
    themes = _themes(study)
    frame["theme"] = [joined(name for _, name in themes.get(code, ())) for code in frame["code_id"]]
    frame["recurs"], pattern = _recurrence(frame)
    if order == "themes":
        # A code in several themes stands with the first of them.
        first = [themes[code][0][0] if code in themes else len(names) for code in frame["code_id"]]
        keys = (np.arange(len(frame)), pattern, -frame["recurs"].to_numpy(dtype=np.int64), np.array(first, dtype=int))
        frame = frame.iloc[np.lexsort(keys)].reset_index(drop=True)
    kinds = {name: "int64" if name == "recurs" else "str" for name in DISAGREEMENT_COLUMNS}
    return frame[list(DISAGREEMENT_COLUMNS)].astype(kinds)


def _with_segments(frame: pd.DataFrame, applied: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of message and code with the thread and all segments that were applied there."""
    wanted = set(zip(frame["message_id"], frame["code_id"], strict=True))
    groups: dict[tuple[str, str], list[Any]] = {pair: [] for pair in wanted}
    columns = ["message_id", "code_id", "thread_id", "coding_id", "start", "end", "text"]
    for row in applied.loc[applied["message_id"].isin({message for message, _ in wanted}), columns].itertuples():
        if (row.message_id, row.code_id) in wanted:
            groups[row.message_id, row.code_id].append(row)
    found = [groups[pair] for pair in zip(frame["message_id"], frame["code_id"], strict=True)]
    result = frame.copy()
    result["thread_id"] = pd.Series([rows[0].thread_id for rows in found], index=frame.index, dtype="str")
    result["start"] = pd.Series([min(row.start for row in rows) for rows in found], index=frame.index, dtype="int64")
    result["end"] = pd.Series([max(row.end for row in rows) for rows in found], index=frame.index, dtype="int64")
    result["codings"] = [joined(row.coding_id for row in rows) for rows in found]
    result["text"] = [BETWEEN_SEGMENTS.join(dict.fromkeys(row.text for row in rows)) for rows in found]
    return result


def _recurrence(frame: pd.DataFrame) -> tuple[list[int], np.ndarray]:
    """Return in how many messages each row's way of differing occurs, and the place of that way among all ways."""
    messages: dict[Hashable, set[str]] = {}
    ways: list[list[Hashable]] = []
    for row in frame.itertuples():
        others = split_ids(row.other_code_ids)
        if others:
            mine: list[Hashable] = [("instead", *sorted((row.code_id, other))) for other in others]
        else:
            mine = [(row.kind, row.code_id, row.coders if row.kind == "missed" else "")]
        ways.append(mine)
        for way in mine:
            messages.setdefault(way, set()).add(row.message_id)
    # Of several ways the one that recurs most speaks for the row.
    best = [max(mine, key=lambda way: len(messages[way])) for mine in ways]
    place = {way: number for number, way in enumerate(dict.fromkeys(best))}
    return [len(messages[way]) for way in best], np.array([place[way] for way in best], dtype=np.int64)


def _themes(study: Study) -> dict[str, list[tuple[int, str]]]:
    """Return place and name of each code's agreed themes; none where the study has no themes."""
    if not study.has("agreed_themes"):
        return {}
    names = dict(zip(study.agreed_themes.frame["theme_id"], study.agreed_themes.frame["name"], strict=True))
    found: dict[str, list[tuple[int, str]]] = {}
    for place, (theme, codes) in enumerate(codes_of_themes(study).items()):
        for code in codes:
            found.setdefault(code, []).append((place, names[theme]))
    return found


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


def side_by_side(study: Study, order: str = "themes", boundaries: str = "apart") -> pd.DataFrame:
    """Return the disagreements with what each coder marked there.

    Parameters
    ----------
    study : Study
    order, boundaries : str
        See `disagreements`.

    Returns
    -------
    pandas.DataFrame
        The columns of `disagreements`; message (the whole text); and for each coder a column ``segments_`` with the
        coder's id: a tuple of `Segment` with what the coder marked with this code in the message and with any code
        on the words in question, in the order of the text; empty where the coder read the message and marked
        nothing there, None where the coder has not read it.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> row = side_by_side(study).iloc[0]
    >>> len(row["segments_A"]), len(row["segments_B"])
    (2, 0)
    """
    frame = disagreements(study, order, boundaries)
    texts = dict(zip(study.messages.frame["message_id"], study.messages.frame["text"], strict=True))
    seen = readings(study)
    read = {coder: set(seen.index[seen[coder]]) for coder in seen}
    names = code_names(study)
    marked: dict[tuple[str, str], list[Segment]] = {}
    for row in applications(study).itertuples():
        segment = Segment(row.code_id, names[row.code_id], row.start, row.end, row.coding_id, row.text)
        marked.setdefault((row.message_id, row.coder), []).append(segment)
    frame["message"] = frame["message_id"].map(texts).astype("str")
    coders = [coder.id for coder in study.coders]
    columns: dict[str, list[tuple[Segment, ...] | None]] = {coder: [] for coder in coders}
    for message, code in zip(frame["message_id"], frame["code_id"], strict=True):
        mine = {coder: marked.get((message, coder), []) for coder in coders}
        places = [(one.start, one.end) for found in mine.values() for one in found if one.code_id == code]
        for coder in coders:
            chosen = tuple(one for one in mine[coder] if one.code_id == code or _meets(one, places))
            columns[coder].append(chosen if message in read[coder] else None)
    for coder in coders:
        frame[f"segments_{coder}"] = pd.Series(columns[coder], index=frame.index, dtype=object)
    return frame


def _meets(segment: Segment, places: list[tuple[int, int]]) -> bool:
    """Whether a segment has a character in common with one of the places."""
    return any(segment.start < end and start < segment.end for start, end in places)
