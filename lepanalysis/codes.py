"""Which codes the coders share, and which shared code each coder's own code leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepanalysis.study import Study

SHARED_COLUMNS = ("code_id", "name", "definition", "include", "exclude", "example", "parent")


@dataclass(frozen=True)
class Fates:
    """What became of each code of the codebook.

    Parameters
    ----------
    shared : tuple of str
        Ids of the shared codes, in the order of the codebook.
    leads_to : mapping
        Code id to the shared codes it leads to, each with the decision that says so ("" where none was
        needed).
    reasons : mapping
        Code id to the reason, in words, why it leads to none.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = fates(study)
    >>> own = next(code for code in found.leads_to if found.is_split(code))
    >>> own, [code for code, _ in found.leads_to[own]]
    ('A10', ['S08', 'S10'])
    """

    shared: tuple[str, ...]
    leads_to: Mapping[str, tuple[tuple[str, str], ...]]
    reasons: Mapping[str, str]

    def is_split(self, code: str) -> bool:
        """Whether a code leads to several, so that each of its codings needs a decision of its own."""
        return len(self.leads_to.get(code, ())) > 1


def in_force(study: Study, kind: str) -> list[dict[str, object]]:
    """Return the decisions of one kind that no later decision supersedes, in the order of the log.

    Parameters
    ----------
    study : Study
    kind : str
        ``code``, ``coding``, ``candidate`` or ``theme``.

    Returns
    -------
    list of dict
        Rows of decisions.csv; none where the study has no such file.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> len(in_force(study, "code")), len(in_force(study, "candidate"))
    (28, 8)
    """
    if not study.has("decisions"):
        return []
    frame = study.decisions.frame
    superseded = set(frame["supersedes"]) - {""}
    rows = frame[(frame["kind"] == kind) & ~frame["decision_id"].isin(superseded)]
    return rows.to_dict("records")


def fates(study: Study) -> Fates:
    """Follow each code of the codebook over mergers and decisions to the shared codes that it leads to.

    Parameters
    ----------
    study : Study

    Raises
    ------
    MissingTableError
        When the study has no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> found = fates(study)
    >>> found.shared[:2], len(found.reasons)
    (('S01', 'S02'), 1)
    """
    book = study.codebook.frame
    owners = dict(zip(book["code_id"], book["coder"], strict=True))
    retired = {row.code_id for row in book.itertuples() if row.status == "retired"}
    steps: dict[str, tuple[tuple[str, ...], str]] = {
        row.code_id: ((row.merged_into,), "") for row in book.itertuples() if row.merged_into
    }
    rejected: dict[str, str] = {}
    for decision in in_force(study, "code"):
        for subject in decision["subjects"]:
            if decision["outcome"] in {"map", "merge", "split"}:
                steps[subject] = (decision["target"], decision["decision_id"])
            elif decision["outcome"] == "reject":
                steps[subject] = ((), decision["decision_id"])
                rejected[subject] = decision["decision_id"]
    owner = _owner_of_shared(study, owners, retired)
    shared = tuple(
        code
        for code in owners
        if owners[code] == owner and code not in retired and (code not in steps or code in steps[code][0])
    )
    alive = set(shared)
    leads_to, reasons = {}, {}
    for code in owners:
        found = dict(_follow(code, steps, alive, ""))
        if found:
            leads_to[code] = tuple(found.items())
        else:
            reasons[code] = _reason(code, steps, retired, rejected)
    return Fates(shared, leads_to, reasons)


def _owner_of_shared(study: Study, owners: dict[str, str], retired: set[str]) -> str:
    """Return whose codes count as shared: nobody's own, or the only coder's where there are no others."""
    common = any(owner == "" and code not in retired for code, owner in owners.items())
    return study.coders[0].id if len(study.coders) == 1 and not common else ""


def _follow(
    code: str, steps: dict[str, tuple[tuple[str, ...], str]], alive: set[str], decision: str
) -> list[tuple[str, str]]:
    """Return the shared codes at the end of a code's steps, each with the first decision on the way."""
    found, waiting, seen = [], [(code, decision)], set()
    while waiting:
        current, first = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        if current not in steps:
            found += [(current, first)] if current in alive else []
            continue
        targets, by = steps[current]
        found += [(current, first or by)] if current in targets and current in alive else []
        waiting += [(target, first or by) for target in targets]
    return found


def _reason(
    code: str, steps: dict[str, tuple[tuple[str, ...], str]], retired: set[str], rejected: dict[str, str]
) -> str:
    """Say why a code leads to no shared one."""
    seen: set[str] = set()
    current = code
    while current in steps and steps[current][0] and current not in seen:
        seen.add(current)
        current = steps[current][0][0]
    subject = "the code" if current == code else f"the code leads to {current}, which"
    if current in rejected:
        return f"{subject} was rejected (decision {rejected[current]})"
    if current in retired:
        return f"{subject} is retired"
    return "no decision maps the code to a shared one" if current == code else f"{subject} is no shared code"


def shared_codes(study: Study) -> pd.DataFrame:
    """Return the codes over which coders can be compared, in the order of the codebook.

    Those that belong to no coder, are not retired and did not merge into another. Where there is one coder
    and no such code, these are the coder's own.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        code_id, name, definition, include, exclude, example, parent.

    Raises
    ------
    MissingTableError
        When the study has no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*shared_codes(study).loc[0, ["code_id", "name"]])
    S01 A shared place to work
    """
    ids = fates(study).shared
    book = study.codebook.frame
    return book.loc[book["code_id"].isin(ids), list(SHARED_COLUMNS)].reset_index(drop=True)


def code_map(study: Study) -> pd.DataFrame:
    """Return which shared code each code leads to, and by which decision.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        own_code_id, code_id, decision_id. A shared code leads to itself, a split code stands once for each of
        its targets, and a code that leads to none is absent.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*code_map(study).loc[0, ["own_code_id", "code_id"]])
    S01 S01
    """
    rows = [(own, code, decision) for own, targets in fates(study).leads_to.items() for code, decision in targets]
    return pd.DataFrame(rows, columns=["own_code_id", "code_id", "decision_id"]).astype("str")


def code_names(study: Study) -> dict[str, str]:
    """Return the name of each code of the codebook by its id.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> code_names(study)["S01"]
    'A shared place to work'
    """
    book = study.codebook.frame
    return dict(zip(book["code_id"], book["name"], strict=True))


def names_beside_codings(study: Study) -> dict[str, str]:
    """Return the code name of each participant as it may stand beside a coding.

    In a study of class stand-in the codings are invented and some code names are an article's: those are left empty, so
    that nothing invented is joined to a person of the article.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> names_beside_codings(study)["P06"]
    ''
    """
    people = study.participants
    names = people.frame["code_name"]
    if study.class_ == "stand-in":
        names = names.where(people.record_classes != "published", "")
    return dict(zip(people.frame["participant_id"], names, strict=True))
