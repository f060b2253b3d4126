"""Questions to the coded text: codes joined by and, or, not, near and followed by, with exact counts.

A question is built of small frozen expressions and asked with `find`::

    find(study, Code("S01") & ~Code("S02") & Attribute("profession", "designer"))
    find(study, Near(Code("S01"), Theme("workspaces"), characters=200))
    find(study, FollowedBy(By("A", Code("S01")), By("B", Code("S04")), messages=2))

What an expression finds is a set of messages, and the segments in them that made it so. ``&``, ``|`` and ``~`` work on
the messages: ``Code("S01") & Code("S02")`` are messages that have both codes, wherever in them (`Overlapping` asks for
the same words). ``~`` takes the other messages of those that were read: where nobody read, nothing is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.applications import check_coder, readings
from lepanalysis.codes import code_names, fates
from lepanalysis.consensus import EVERYONE, applications_of
from lepanalysis.faults import UsageError
from lepanalysis.queries_expressions import (
    And,
    Attribute,
    By,
    Code,
    Coder,
    Expression,
    FollowedBy,
    Near,
    Not,
    Or,
    Overlapping,
    Theme,
)
from lepanalysis.retrieval import codes_of_themes
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from lepanalysis.study import Study

__all__ = [
    "And",
    "Attribute",
    "By",
    "Code",
    "Coder",
    "Expression",
    "FollowedBy",
    "Found",
    "Near",
    "Not",
    "Or",
    "Overlapping",
    "Theme",
    "find",
    "pairs",
]

SEGMENT_COLUMNS = (
    "message_id",
    "thread_id",
    "participant_id",
    "coder",
    "code_id",
    "code",
    "coding_id",
    "start",
    "end",
    "text",
)


@dataclass(frozen=True, eq=False)
class Found:
    """What a question found.

    Parameters
    ----------
    messages : tuple of str
        Ids, in the order of messages.csv.
    segments : pandas.DataFrame
        message_id, thread_id, participant_id, coder, code_id, code, coding_id, start, end, text; each once, in the
        order of the text.
    counts : dict
        messages, segments, threads and participants (of the messages), and of_messages: how many were read.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> from lepanalysis.queries_expressions import Code
    >>> found = find(study, Code("S01"))
    >>> len(found.messages), found.counts["threads"]
    (16, 7)
    """

    messages: tuple[str, ...]
    segments: pd.DataFrame = field(repr=False)
    counts: dict[str, int]


@dataclass(frozen=True, eq=False)
class _Hits:
    """Messages as True and False, and rows of the table of applications as True and False."""

    messages: np.ndarray
    segments: np.ndarray


@dataclass(frozen=True, eq=False)
class _Scope:
    """Whose codings are looked at just now, in a table of all that are looked at anywhere in the question.

    Parameters
    ----------
    study : Study
    who : str
    table : pandas.DataFrame
        Applications, those of each `who` below each other.
    owner : numpy.ndarray
        Which `who` each row of the table belongs to.
    message : numpy.ndarray
        The place of each row's message in messages.csv.
    thread, place : numpy.ndarray
        Of each message: its thread, and which one of the thread it is.
    read : dict
        For each `who`, which messages were read.
    """

    study: Study
    who: str
    table: pd.DataFrame
    owner: np.ndarray
    message: np.ndarray
    thread: np.ndarray
    place: np.ndarray
    read: dict[str, np.ndarray]

    def hits(self, rows: np.ndarray) -> _Hits:
        """Return segments and the messages that hold them."""
        messages = np.zeros(len(self.thread), dtype=bool)
        messages[self.message[rows]] = True
        return _Hits(messages, rows)

    def no_segments(self) -> np.ndarray:
        """Return flags of which none is set."""
        return np.zeros(len(self.table), dtype=bool)


def find(study: Study, expression: Expression, who: str = "any") -> Found:
    """Return the messages and segments that answer a question.

    Parameters
    ----------
    study : Study
    expression : Expression
    who : str
        Whose applications are looked at (see `lepanalysis.coding.messages_by_codes`); `By` looks at one coder's
        whatever is given here.

    Returns
    -------
    Found

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook, or no themes where one is asked for.
    UsageError
        When the study has no such code, theme, coder or attribute; when `Near` is given no distance or both; when
        the parts of `Near`, `FollowedBy` or `Overlapping` find no segments.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> find(study, Code("S01") & ~Code("S02")).counts["messages"]
    15
    >>> find(study, Near(Code("S01"), Theme("resources"), characters=200)).messages[:3]
    ('8', '13', '14')
    >>> find(study, By("A", Code("S01")) & ~By("B", Code("S01"))).segments["coding_id"].to_list()
    ['A-189']
    """
    scope = _scope(study, expression, who)
    hits = _evaluate(expression, scope)
    rows = np.flatnonzero(hits.segments)
    codes = {code: place for place, code in enumerate(fates(study).shared)}
    chosen = scope.table.iloc[rows]
    keys = (
        chosen["code_id"].map(codes).to_numpy(dtype=np.int64),
        chosen["end"].to_numpy(dtype=np.int64),
        chosen["start"].to_numpy(dtype=np.int64),
        scope.message[rows],
    )
    # What is looked at both by itself and among all is one segment.
    segments = chosen.iloc[np.lexsort(keys)].drop_duplicates(["coding_id", "code_id", "start", "end"])
    segments = segments.reset_index(drop=True)
    segments["code"] = segments["code_id"].map(code_names(study)).astype("str")
    messages = study.messages.frame[hits.messages]
    counts = {
        "messages": len(messages),
        "segments": len(segments),
        "threads": int(messages["thread_id"].nunique()),
        "participants": int(messages["participant_id"].nunique()),
        "of_messages": int(scope.read[who].sum()),
    }
    return Found(tuple(messages["message_id"]), segments[list(SEGMENT_COLUMNS)], counts)


def pairs(study: Study, expression: Overlapping | Near | FollowedBy, who: str = "any") -> pd.DataFrame:
    """Return which segment answers to which, one row for each two.

    Parameters
    ----------
    study : Study
    expression : Overlapping, Near or FollowedBy
    who : str
        See `find`.

    Returns
    -------
    pandas.DataFrame
        coding_id, message_id, code_id, start, end of the one and, with ``other_`` before them, of the other. Two
        segments that both parts of the question find stand both ways round.

    Raises
    ------
    UsageError
        As for `find`, and for any other expression.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = pairs(study, Near(Code("S01"), Code("S04"), characters=20))
    >>> found[["coding_id", "other_coding_id"]].to_numpy().tolist()[0]
    ['A-025', 'A-026']
    """
    if not isinstance(expression, Overlapping | Near | FollowedBy):
        raise UsageError(
            "pairs are of segments that overlap, stand near or follow; use Overlapping, Near or FollowedBy"
        )
    scope = _scope(study, expression, who)
    first, second = _pairs(expression, scope)
    columns = ["coding_id", "message_id", "code_id", "start", "end"]
    one, other = (scope.table.iloc[rows][columns].reset_index(drop=True) for rows in (first, second))
    return pd.concat([one, other.add_prefix("other_")], axis="columns").drop_duplicates(ignore_index=True)


def _coders_of(expression: Expression) -> set[str]:
    """Return the coders whose codings an expression looks at by themselves."""
    if not isinstance(expression, Expression):
        raise UsageError(f"{expression!r} is no question; build one of Code, Theme, Near and the like")
    parts = [part for part in vars(expression).values() if isinstance(part, Expression)]
    own = {expression.coder} if isinstance(expression, By) else set()
    return own.union(*(_coders_of(part) for part in parts))


def _scope(study: Study, expression: Expression, who: str) -> _Scope:
    """Return what a question is asked of."""
    frames = {who: applications_of(study, who)}
    for coder in sorted(_coders_of(expression)):
        check_coder(study, coder)
        frames.setdefault(coder, applications_of(study, coder))
    table = pd.concat(list(frames.values()), ignore_index=True)
    frame = study.messages.frame
    thread = pd.factorize(frame["thread_id"])[0]
    # By position where the study gives one, then by time, then as they stand in the file.
    order = frame.assign(thread=thread).sort_values(
        ["thread", "position", "posted_at"], kind="stable", na_position="last"
    )
    place = np.empty(len(frame), dtype=np.int64)
    place[order.index.to_numpy()] = order.groupby("thread").cumcount().to_numpy()
    seen = readings(study)
    read = {name: (seen.any(axis="columns") if name in EVERYONE else seen[name]).to_numpy() for name in frames}
    owner = np.repeat(np.array(list(frames), dtype=object), [len(one) for one in frames.values()])
    message = pd.Index(frame["message_id"]).get_indexer(table["message_id"]).astype(np.int64)
    return _Scope(study, who, table, owner, message, thread, place, read)


def _evaluate(expression: Expression, scope: _Scope) -> _Hits:
    """Return what an expression finds."""
    match expression:
        case Code() | Theme() | Coder():
            return scope.hits(_leaf(expression, scope) & (scope.owner == scope.who))
        case Attribute(name, values):
            return _Hits(_authors(scope, name, values) & scope.read[scope.who], scope.no_segments())
        case Not(other):
            return _Hits(scope.read[scope.who] & ~_evaluate(other, scope).messages, scope.no_segments())
        case By(coder, other):
            return _evaluate(other, replace(scope, who=coder))
        case And(first, second) | Or(first, second):
            one, two = _evaluate(first, scope), _evaluate(second, scope)
            both = isinstance(expression, And)
            messages = one.messages & two.messages if both else one.messages | two.messages
            return _Hits(messages, (one.segments | two.segments) & messages[scope.message])
    if not isinstance(expression, Overlapping | Near | FollowedBy):
        raise UsageError(f"{expression!r} is no question; build one of Code, Theme, Near and the like")
    segments = scope.no_segments()
    for rows in _pairs(expression, scope):
        segments[rows] = True
    return scope.hits(segments)


def _leaf(expression: Code | Theme | Coder, scope: _Scope) -> np.ndarray:
    """Return which applications carry a code, a theme or a coder."""
    study, applied = scope.study, scope.table
    if isinstance(expression, Coder):
        check_coder(study, expression.coder)
        return np.array([expression.coder in split_ids(cell) for cell in applied["coder"]], dtype=bool)
    if isinstance(expression, Theme):
        members = codes_of_themes(study)
        if expression.theme_id not in members:
            raise UsageError(
                f"there is no theme {expression.theme_id!r}; the themes are {', '.join(members) or 'none'}"
            )
        return applied["code_id"].isin(list(members[expression.theme_id])).to_numpy(dtype=bool)
    known = fates(study).shared
    if expression.code_id not in known:
        raise UsageError(f"there is no shared code {expression.code_id!r}; the codes are {', '.join(known) or 'none'}")
    return (applied["code_id"] == expression.code_id).to_numpy(dtype=bool)


def _authors(scope: _Scope, name: str, values: str | tuple[str, ...]) -> np.ndarray:
    """Return which messages are by somebody with one of the values."""
    people = scope.study.participants.frame
    if name not in people.columns:
        raise UsageError(f"{name!r} is no attribute of the participants; they have {', '.join(people.columns)}")
    wanted = people.loc[people[name].isin([values] if isinstance(values, str) else list(values)), "participant_id"]
    return scope.study.messages.frame["participant_id"].isin(wanted).to_numpy(dtype=bool)


def _finds_segments(expression: Expression) -> bool:
    """Whether an expression can find segments, and not only messages."""
    match expression:
        case Attribute() | Not():
            return False
        case And(first, second) | Or(first, second):
            return _finds_segments(first) or _finds_segments(second)
        case By(_, other):
            return _finds_segments(other)
    return True


def _pairs(expression: Overlapping | Near | FollowedBy, scope: _Scope) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of all pairs of segments, one of each part, that stand as the expression says."""
    for part in (expression.first, expression.second):
        if not _finds_segments(part):
            raise UsageError(f"{part!r} finds messages and no segments, so that nothing can stand near it")
    one, two = (np.flatnonzero(_evaluate(part, scope).segments) for part in (expression.first, expression.second))
    characters, messages = getattr(expression, "characters", None), getattr(expression, "messages", None)
    if isinstance(expression, Near) and (characters is None) == (messages is None):
        raise UsageError("Near needs one distance: characters or messages")
    if isinstance(expression, FollowedBy) and characters is not None and messages is not None:
        raise UsageError("FollowedBy takes one distance: characters or messages")
    if any(distance is not None and distance < 0 for distance in (characters, messages)):
        raise UsageError("a distance is not below zero")
    longest = int(scope.place.max(initial=0))
    reach = 0 if messages is None and not isinstance(expression, FollowedBy) else longest
    reach = min(messages, longest) if messages is not None else 0 if characters is not None else reach
    first, second = _within(scope, one, two, reach, later=isinstance(expression, FollowedBy))
    start, end = scope.table["start"].to_numpy(dtype=np.int64), scope.table["end"].to_numpy(dtype=np.int64)
    same = scope.message[first] == scope.message[second]
    apart = np.maximum(start[second] - end[first], start[first] - end[second])
    match expression:
        case Overlapping():
            kept = apart < 0
        case FollowedBy():
            kept = ~same | (start[second] >= end[first])
        case _:
            kept = np.ones(len(first), dtype=bool)
    if characters is not None:
        kept &= apart <= characters
    # A segment does not stand near itself.
    ids = scope.table["coding_id"].to_numpy(dtype=object)
    kept &= ids[first] != ids[second]
    return first[kept], second[kept]


def _within(
    scope: _Scope, one: np.ndarray, two: np.ndarray, reach: int, *, later: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs of rows whose messages are of one thread and no more than `reach` places apart.

    With `later` only those whose second stands in the same message or a later one.
    """
    # A thread and a place in one number; threads are further apart than any reach.
    stride = 2 * (int(scope.place.max(initial=0)) + 1)
    keys = scope.thread[scope.message] * stride + scope.place[scope.message]
    order = two[np.argsort(keys[two], kind="stable")]
    low = np.searchsorted(keys[order], keys[one] - (0 if later else reach), side="left")
    high = np.searchsorted(keys[order], keys[one] + reach, side="right")
    counts = high - low
    starts = np.repeat(low - (np.cumsum(counts) - counts), counts)
    return np.repeat(one, counts), order[starts + np.arange(int(counts.sum()))]
