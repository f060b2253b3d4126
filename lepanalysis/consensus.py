"""What the coders hold together: applications that stand, disputed ones, and what was decided on them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from lepanalysis.applications import applications, check_coder, in_order, joined, placed, readings
from lepanalysis.codes import fates, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lepanalysis.codes import Fates
    from lepanalysis.study import Study

STANDING_COLUMNS = (
    "message_id",
    "code_id",
    "thread_id",
    "participant_id",
    "posted_at",
    "start",
    "end",
    "text",
    "coders",
    "coding_ids",
    "basis",
    "decision_id",
)
DISPUTE_COLUMNS = (
    "message_id",
    "code_id",
    "coders",
    "coding_ids",
    "status",
    "outcome",
    "decision_id",
    "reason",
)
EVERYONE = ("any", "all", "consensus")


@dataclass(frozen=True, eq=False)
class Consensus:
    """The applications on which the coders are at one, and the disputes.

    Parameters
    ----------
    applications : pandas.DataFrame
        message_id, code_id, thread_id, participant_id, posted_at, start, end, text, coders, coding_ids (ids
        joined by "; "), basis, decision_id. The basis is ``undisputed`` (everyone who read the message
        applied the code), ``one reader`` (only one coder read the message) or ``decision``. Overlapping
        segments of several coders are one application, from where the first begins to where the last ends.
    disputes : pandas.DataFrame
        message_id, code_id, coders, coding_ids, status (settled, open), outcome, decision_id, reason. In the
        order of the messages, inside one by place.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = consensus(study)
    >>> len(found.applications), len(found.disputes)
    (292, 71)
    """

    applications: pd.DataFrame = field(repr=False)
    disputes: pd.DataFrame = field(repr=False)


class _Coding(NamedTuple):
    """A segment under a shared code that stands or is disputed."""

    message: str
    code: str
    start: int
    end: int
    coder: str
    coding: str


def consensus(study: Study) -> Consensus:
    """Return which code applications stand between the coders.

    A code that everyone who read a message applied to it stands. One that only some applied stands when a
    decision in force accepts it (accept, both, redraw, assign), falls when one rejects it, and is open
    otherwise: an open one is not part of the consensus. A decision also holds where nobody disputes the code,
    as when coders redraw a segment. An only coder's applications all stand.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Consensus

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = consensus(study)
    >>> len(found.applications), len(found.disputes)
    (292, 71)
    """
    codings = [
        _Coding(row.message_id, row.code_id, row.start, row.end, row.coder, row.coding_id)
        for row in applications(study).itertuples()
    ]
    known = fates(study)
    undisputed = _undisputed(study, codings)
    decided = _decided(study, codings, undisputed)
    standing: dict[tuple[str, ...], list[_Coding]] = defaultdict(list)
    disputed: dict[tuple[str, ...], list[_Coding]] = defaultdict(list)
    for coding in codings:
        pair = (coding.message, coding.code)
        decision = decided.get(coding.coding)
        if decision is None:
            if pair in undisputed:
                standing[(*pair, "", undisputed[pair])].append(coding)
            else:
                disputed[(*pair, "")].append(coding)
            continue
        disputed[(*pair, str(decision["decision_id"]))].append(coding)
        if decision["outcome"] != "reject":
            stands = _as_decided(coding, decision, known)
            # "Both" means that both segments stand as they are.
            basis = "decision: both" if decision["outcome"] == "both" else "decision"
            standing[stands.message, stands.code, str(decision["decision_id"]), basis].append(stands)
    log = {str(decision["decision_id"]): decision for decision in in_force(study, "coding")}
    return Consensus(_standing(study, standing), _disputes(study, disputed, log))


def _undisputed(study: Study, codings: list[_Coding]) -> dict[tuple[str, str], str]:
    """Return the pairs of message and code that every reader of the message applied, each with its basis."""
    read = readings(study)
    names = [str(coder) for coder in read.columns]
    readers = {
        str(message): {name for name, seen in zip(names, row, strict=True) if seen}
        for message, row in zip(read.index, read.to_numpy(), strict=True)
    }
    applied: dict[tuple[str, str], set[str]] = defaultdict(set)
    for coding in codings:
        applied[coding.message, coding.code].add(coding.coder)
    return {
        pair: "undisputed" if len(readers[pair[0]]) > 1 else "one reader"
        for pair, coders in applied.items()
        if readers[pair[0]] <= coders
    }


def _decided(
    study: Study, codings: list[_Coding], undisputed: dict[tuple[str, str], str]
) -> dict[str, dict[str, object]]:
    """Return the decision on each coding that has one.

    An assignment of a split code's coding only says which code it has; where everyone then has that code in
    the message there is nothing to settle, and it counts as none.
    """
    known = fates(study)
    own = dict(zip(study.codings.frame["coding_id"], study.codings.frame["code_id"], strict=True))
    pairs = {coding.coding: (coding.message, coding.code) for coding in codings}
    found = {}
    for decision in in_force(study, "coding"):
        for subject in decision["subjects"]:
            names_code_only = decision["outcome"] == "assign" and known.is_split(own.get(subject, ""))
            if subject in pairs and not (names_code_only and pairs[subject] in undisputed):
                found[subject] = decision
    return found


def _as_decided(coding: _Coding, decision: dict[str, object], known: Fates) -> _Coding:
    """Return a coding as a decision leaves it: under another code, or over another segment."""
    code = coding.code
    if decision["outcome"] in {"assign", "redraw"} and decision["code_id"]:
        targets = known.leads_to.get(str(decision["code_id"]), ())
        code = targets[0][0] if len(targets) == 1 else code
    if decision["outcome"] == "redraw":
        return coding._replace(code=code, start=int(decision["start"]), end=int(decision["end"]))  # type: ignore[call-overload]
    return coding._replace(code=code)


def _standing(study: Study, standing: dict[tuple[str, ...], list[_Coding]]) -> pd.DataFrame:
    """Return the applications that stand, overlapping segments of several coders as one."""
    several = len(study.coders) > 1
    rows = []
    for (message, code, decision, basis), codings in standing.items():
        # An only coder's segments are nobody's to merge.
        groups = _merged(codings) if several and basis != "decision: both" else [[one] for one in codings]
        rows += [
            {
                "message_id": message,
                "code_id": code,
                "start": min(coding.start for coding in group),
                "end": max(coding.end for coding in group),
                "coders": joined(_in_order_of(study, (coding.coder for coding in group))),
                "coding_ids": joined(coding.coding for coding in group),
                "basis": basis.partition(":")[0],
                "decision_id": decision,
            }
            for group in groups
        ]
    names = ["message_id", "code_id", "start", "end", "coders", "coding_ids", "basis", "decision_id"]
    frame = pd.DataFrame(rows, columns=names).astype(
        {name: "int64" if name in {"start", "end"} else "str" for name in names}
    )
    return in_order(study, placed(study, frame))[list(STANDING_COLUMNS)]


def _merged(codings: list[_Coding]) -> list[list[_Coding]]:
    """Group codings whose segments overlap, also by way of a third."""
    groups: list[list[_Coding]] = []
    reach = -1
    for coding in sorted(codings, key=lambda coding: (coding.start, coding.end)):
        if groups and coding.start < reach:
            groups[-1].append(coding)
        else:
            groups.append([coding])
            reach = -1
        reach = max(reach, coding.end)
    return groups


def _in_order_of(study: Study, coders: Iterable[str]) -> list[str]:
    """Return coders once each, in the order of study.yaml."""
    named = set(coders)
    return [coder.id for coder in study.coders if coder.id in named]


def _disputes(
    study: Study, disputed: dict[tuple[str, ...], list[_Coding]], log: dict[str, dict[str, object]]
) -> pd.DataFrame:
    """Return the disputes, one row for each pair of message and code and decision on it."""
    rows = []
    for (message, code, decision), codings in disputed.items():
        row = log.get(decision, {"outcome": "", "reason": ""})
        rows.append(
            {
                "message_id": message,
                "code_id": code,
                "coders": joined(_in_order_of(study, (coding.coder for coding in codings))),
                "coding_ids": joined(coding.coding for coding in codings),
                "status": "settled" if decision else "open",
                "outcome": row["outcome"],
                "decision_id": decision,
                "reason": row["reason"],
                "start": min(coding.start for coding in codings),
                "end": max(coding.end for coding in codings),
            }
        )
    names = [*DISPUTE_COLUMNS, "start", "end"]
    frame = pd.DataFrame(rows, columns=names).astype(
        {name: "int64" if name in {"start", "end"} else "str" for name in names}
    )
    return in_order(study, frame)[list(DISPUTE_COLUMNS)]


def applications_of(study: Study, who: str) -> pd.DataFrame:
    """Return the applications of a coder, of anyone, of all together, or the consensus, in one shape.

    Parameters
    ----------
    study : Study
    who : str
        A coder's id; ``any`` (every coder's applications); ``all`` (those of codes that everyone who read the
        message applied to it); ``consensus``.

    Returns
    -------
    pandas.DataFrame
        coding_id, coder (of the consensus: several, joined by "; "), code_id, message_id, thread_id,
        participant_id, posted_at, start, end, text.

    Raises
    ------
    UsageError
        When `who` is none of these.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> len(applications_of(study, "all")), len(applications_of(study, "any"))
    (396, 464)
    """
    columns = [
        "coding_id",
        "coder",
        "code_id",
        "message_id",
        "thread_id",
        "participant_id",
        "posted_at",
        "start",
        "end",
        "text",
    ]
    if who == "consensus":
        standing = consensus(study).applications
        return standing.rename(columns={"coding_ids": "coding_id", "coders": "coder"})[columns]
    if who not in EVERYONE:
        check_coder(study, who)
        return applications(study, who)[columns]
    applied = applications(study)
    if who == "all":
        applied = applied[_everyones(study, applied)].reset_index(drop=True)
    return applied[columns]


def _everyones(study: Study, applied: pd.DataFrame) -> pd.Series:
    """Whether each application's code was applied to its message by everyone who read that."""
    readers = readings(study).sum(axis="columns")
    coders = applied.groupby(["message_id", "code_id"])["coder"].transform("nunique")
    return coders >= applied["message_id"].map(readers)
