"""The coders' meeting as data: what decisions.csv makes of their codings, who changed what, and what stays open.

Nothing of the coders' own codings is altered: they stay in the study as they were, and everything here is worked out
from them anew. Agreement is what the codings say as they were before the meeting; what can be computed afterwards is
kept as bookkeeping and never called reliability.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.agreement import krippendorff_alpha, overall
from lepanalysis.applications import applications, codings_of, incidence, joined, readings
from lepanalysis.codes import code_names, fates
from lepanalysis.coefficients import kappa_of_table, mean_of, percent_of_table
from lepanalysis.consensus import consensus

if TYPE_CHECKING:
    from lepanalysis.coefficients import Coefficient
    from lepanalysis.consensus import Consensus
    from lepanalysis.study import Study

TRAIL_COLUMNS = (
    "decision_id",
    "decided_at",
    "kind",
    "subject",
    "coder",
    "message_id",
    "outcome",
    "change",
    "from_code_id",
    "to_code_id",
    "from_start",
    "from_end",
    "to_start",
    "to_end",
    "by",
    "present",
    "reason",
    "supersedes",
    "superseded_by",
    "in_force",
)
BOOKKEEPING = "bookkeeping: what was settled by talking agrees by definition, so this is no measure of reliability"
_WORDS = {
    "accept": "stands",
    "reject": "dropped",
    "both": "both codings stand",
    "map": "counts as",
    "merge": "counts as",
    "split": "divided into",
    "rename": "renamed to",
    "assign": "counts as",
}


@dataclass(frozen=True, eq=False)
class Adjudication:
    """What a meeting made of the coders' codings.

    Parameters
    ----------
    consensus : Consensus
        What stands, and the disputes (see `lepanalysis.coding.consensus`).
    trail : pandas.DataFrame
        What `audit_trail` gives.
    before : pandas.DataFrame
        Agreement over the messages before the meeting: measure, value, n_units, reason.
    changes : pandas.DataFrame
        What `changes` gives.
    bookkeeping : pandas.DataFrame
        What `after_discussion` gives.
    open : pandas.DataFrame
        The disputes that no decision settles, with the columns of ``consensus.disputes``.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = adjudicate(study)
    >>> len(found.trail), len(found.open)
    (176, 5)
    """

    consensus: Consensus = field(repr=False)
    trail: pd.DataFrame = field(repr=False)
    before: pd.DataFrame = field(repr=False)
    changes: pd.DataFrame = field(repr=False)
    bookkeeping: pd.DataFrame = field(repr=False)
    open: pd.DataFrame = field(repr=False)


def adjudicate(study: Study) -> Adjudication:
    """Apply the decisions of a study to the codings of its coders.

    Parameters
    ----------
    study : Study

    Returns
    -------
    Adjudication

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> made = adjudicate(study)
    >>> len(made.consensus.applications), len(made.open)
    (292, 5)
    """
    agreed = consensus(study)
    still = agreed.disputes[agreed.disputes["status"] == "open"].reset_index(drop=True)
    return Adjudication(
        agreed, audit_trail(study), overall(study), changes(study, agreed), after_discussion(study, agreed), still
    )


def audit_trail(study: Study) -> pd.DataFrame:
    """Return who decided what on which record, when and why, one row for each decision and subject.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        decision_id, decided_at, kind, subject (id of a coding, code or theme), coder (whose coding or code it is),
        message_id, outcome, change (in words), from_code_id, to_code_id, from_start, from_end, to_start, to_end
        (of codings; the offsets are missing for all others), by, present (ids joined by "; "), reason, supersedes,
        superseded_by (joined likewise), in_force. In the order of the times, those that were superseded among them.
        Empty where the study has no decisions.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> trail = audit_trail(study)
    >>> trail.loc[~trail["in_force"], ["decision_id", "subject", "superseded_by"]].to_numpy().tolist()
    [['D001', 'A02', 'D003'], ['D058', 'B-076', 'D090']]
    """
    if not study.has("decisions"):
        return _typed_trail([])
    log = study.decisions.frame
    codings = {row.coding_id: row for row in codings_of(study).itertuples()} if "codings" in study.tables else {}
    owners = _owners(study)
    shared = _shared_code_of_codings(study) if codings else {}
    replaced_by: dict[str, list[str]] = {}
    for decision, earlier in zip(log["decision_id"], log["supersedes"], strict=True):
        if earlier:
            replaced_by.setdefault(earlier, []).append(decision)
    rows = []
    for decision in log.sort_values("decided_at", kind="stable").itertuples():
        for subject in decision.subjects:
            coding = codings.get(subject) if decision.kind == "coding" else None
            from_code, to_code, segment = _codes_of(decision, subject, shared)
            here = (coding.start, coding.end) if coding is not None else (pd.NA, pd.NA)
            there = here if coding is not None and decision.outcome != "reject" else (pd.NA, pd.NA)
            there = segment or there
            rows.append(
                {
                    "decision_id": decision.decision_id,
                    "decided_at": decision.decided_at,
                    "kind": decision.kind,
                    "subject": subject,
                    "coder": coding.coder if coding is not None else owners.get(subject, ""),
                    "message_id": coding.message_id if coding is not None else decision.message_id,
                    "outcome": decision.outcome,
                    "change": _change(decision, from_code, to_code, here, segment),
                    "from_code_id": from_code,
                    "to_code_id": to_code,
                    "from_start": here[0],
                    "from_end": here[1],
                    "to_start": there[0],
                    "to_end": there[1],
                    "by": joined(decision.by),
                    "present": joined(decision.present),
                    "reason": decision.reason,
                    "supersedes": decision.supersedes,
                    "superseded_by": joined(replaced_by.get(decision.decision_id, ())),
                    "in_force": decision.decision_id not in replaced_by,
                }
            )
    return _typed_trail(rows)


def _typed_trail(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Return the rows of a trail in their types."""
    frame = pd.DataFrame(rows, columns=list(TRAIL_COLUMNS))
    kinds = dict.fromkeys(TRAIL_COLUMNS, "str")
    kinds |= dict.fromkeys(("from_start", "from_end", "to_start", "to_end"), "Int64") | {"in_force": "bool"}
    kinds["decided_at"] = "datetime64[ns]"
    return frame.astype(kinds)


def _owners(study: Study) -> dict[str, str]:
    """Return whose each code and each candidate theme is."""
    owners: dict[str, str] = {}
    if "codebook" in study.tables:
        book = study.codebook.frame
        owners |= dict(zip(book["code_id"], book["coder"], strict=True))
    if "candidate_themes" in study.tables:
        themes = study.candidate_themes.frame
        owners |= dict(zip(themes["theme_id"], themes["coder"], strict=True))
    return owners


def _shared_code_of_codings(study: Study) -> dict[str, str]:
    """Return the shared code under which each coding counts before any decision on the coding itself."""
    known = fates(study)
    found = {}
    for row in codings_of(study).itertuples():
        targets = known.leads_to.get(row.own_code_id, ())
        found[row.coding_id] = targets[0][0] if len(targets) == 1 else row.own_code_id
    return found


def _codes_of(decision: object, subject: str, shared: dict[str, str]) -> tuple[str, str, tuple[int, int] | None]:
    """Return the code a decision finds, the one it leaves ("" for none), and the segment that it draws anew."""
    kind, outcome = decision.kind, decision.outcome  # type: ignore[attr-defined]
    if kind != "coding":
        found = subject if kind == "code" else ""
        return found, joined(decision.target) if kind == "code" and outcome != "rename" else "", None  # type: ignore[attr-defined]
    before = shared.get(subject, "")
    after = "" if outcome == "reject" else before
    if outcome in {"assign", "redraw"} and decision.code_id:  # type: ignore[attr-defined]
        after = decision.code_id  # type: ignore[attr-defined]
    segment = (int(decision.start), int(decision.end)) if outcome == "redraw" else None  # type: ignore[attr-defined]
    return before, after, segment


def _change(
    decision: object, before: str, after: str, here: tuple[object, object], segment: tuple[int, int] | None
) -> str:
    """Say in words what a decision does to its subject."""
    outcome, target = decision.outcome, joined(decision.target)  # type: ignore[attr-defined]
    if outcome == "redraw" and segment is not None:
        moved = f"segment {here[0]} to {here[1]} becomes {segment[0]} to {segment[1]}"
        return moved if before == after else f"{moved}, code {before} becomes {after}"
    if outcome == "assign":
        return f"{_WORDS[outcome]} {after}"
    return f"{_WORDS[outcome]} {target}".strip() if target else _WORDS[outcome]


def changes(study: Study, agreed: Consensus | None = None) -> pd.DataFrame:
    """Return what the meeting changed, code by code.

    Parameters
    ----------
    study : Study
    agreed : Consensus, optional
        Where it has been worked out already.

    Returns
    -------
    pandas.DataFrame
        code_id, code; for each coder ``messages_`` and the id: the messages to which the coder applied the code
        before the meeting; any, all (by at least one, by everyone who read it: before); consensus (after);
        disputes, accepted, rejected, both, redrawn, assigned (disputes by their outcome; what was assigned elsewhere
        counts with the code that it left), open.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> changes(study)[["disputes", "accepted", "rejected", "open"]].sum().to_dict()
    {'disputes': 71, 'accepted': 33, 'rejected': 20, 'open': 5}
    """
    agreed = agreed or consensus(study)
    applied = applications(study)
    codes, names = list(fates(study).shared), code_names(study)
    tables = {coder.id: incidence(study, applied[applied["coder"] == coder.id]) for coder in study.coders}
    read = readings(study)
    frame = pd.DataFrame({"code_id": codes, "code": [names[code] for code in codes]})
    every = np.ones((len(read), len(codes)), dtype=bool)
    some = np.zeros_like(every)
    for coder, table in tables.items():
        frame[f"messages_{coder}"] = table.to_numpy().sum(axis=0)
        every &= table.to_numpy() | ~read[coder].to_numpy()[:, None]
        some |= table.to_numpy()
    frame["any"] = some.sum(axis=0)
    frame["all"] = (every & some).sum(axis=0)
    frame["consensus"] = incidence(study, agreed.applications).to_numpy().sum(axis=0)
    disputes = agreed.disputes
    outcomes = {
        "accepted": "accept", "rejected": "reject", "both": "both", "redrawn": "redraw", "assigned": "assign"
    }  # fmt: skip
    frame["disputes"] = _counted(disputes, codes)
    for name, outcome in outcomes.items():
        frame[name] = _counted(disputes[disputes["outcome"] == outcome], codes)
    frame["open"] = _counted(disputes[disputes["status"] == "open"], codes)
    numbers = [name for name in frame if name not in {"code_id", "code"}]
    return frame.astype({**dict.fromkeys(numbers, "int64"), "code_id": "str", "code": "str"})


def _counted(disputes: pd.DataFrame, codes: list[str]) -> np.ndarray:
    """Return how many rows there are for each code."""
    return disputes["code_id"].value_counts().reindex(codes).fillna(0).to_numpy(dtype=np.int64)


def after_discussion(study: Study, agreed: Consensus | None = None) -> pd.DataFrame:
    """Return the same measures over messages before the meeting and, as bookkeeping, after it.

    After the meeting each coder is taken to hold the consensus on every message that they read, and what is still
    disputed as they coded it. Where nothing stays open the two are equal by definition: the figures show how much
    was settled. They are no reliability, which asks for codings made apart from each other.

    Parameters
    ----------
    study : Study
    agreed : Consensus, optional
        Where it has been worked out already.

    Returns
    -------
    pandas.DataFrame
        measure (percent_agreement, cohen_kappa, krippendorff_alpha: over all yes and no of message and code),
        before_discussion, after_discussion_bookkeeping (NaN where there is none), n_units, reason (why there is
        none), note.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> after_discussion(study)[["before_discussion", "after_discussion_bookkeeping"]].round(3).to_numpy().tolist()[0]
    [0.978, 0.998]
    """
    agreed = agreed or consensus(study)
    applied = applications(study)
    read = readings(study)
    own = {coder.id: incidence(study, applied[applied["coder"] == coder.id]).to_numpy() for coder in study.coders}
    undecided = agreed.disputes[agreed.disputes["status"] == "open"]
    held = incidence(study, agreed.applications).to_numpy()
    pending = incidence(study, undecided).to_numpy()
    # What is open is as each coder had it; anything else is what they settled.
    after = {coder: np.where(pending, table, held) & read[coder].to_numpy()[:, None] for coder, table in own.items()}
    seen = {coder: read[coder].to_numpy() for coder in own}
    first, second = _measures(own, seen), _measures(after, seen)
    n_units = int((read.sum(axis="columns") > 1).sum())
    rows = [
        {
            "measure": name,
            "before_discussion": first[name].value,
            "after_discussion_bookkeeping": second[name].value,
            "n_units": n_units,
            "reason": joined(dict.fromkeys(one.reason for one in (first[name], second[name]) if one.reason)),
            "note": BOOKKEEPING,
        }
        for name in first
    ]
    frame = pd.DataFrame(rows)
    return frame.astype({"before_discussion": "float64", "after_discussion_bookkeeping": "float64"})


def _measures(tables: dict[str, np.ndarray], seen: dict[str, np.ndarray]) -> dict[str, Coefficient]:
    """Return the pooled measures over messages x codes."""
    crossed = []
    for first, second in combinations(tables, 2):
        both = seen[first] & seen[second]
        a, b = tables[first][both], tables[second][both]
        crossed.append(np.array([[(x & y).sum() for y in (~b, b)] for x in (~a, a)], dtype=np.float64))
    judged = [np.where(seen[coder][:, None], table, np.nan).ravel() for coder, table in tables.items()]
    alpha = krippendorff_alpha(np.array(judged)) if len(judged) > 1 else mean_of([])
    return {
        "percent_agreement": mean_of([percent_of_table(table) for table in crossed]),
        "cohen_kappa": mean_of([kappa_of_table(table) for table in crossed]),
        "krippendorff_alpha": alpha,
    }
