"""Themes: from codes over candidate themes to agreed themes, their spread and overlap, and the decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.applications import applications, codings_of, joined, left_out
from lepanalysis.codes import code_map, code_names
from lepanalysis.coding import messages_by_codes
from lepanalysis.consensus import applications_of
from lepanalysis.faults import UsageError
from lepanalysis.retrieval import codes_of_themes

if TYPE_CHECKING:
    from lepanalysis.study import Study

CROSSWALK_COLUMNS = (
    "coder",
    "own_code_id",
    "own_code",
    "candidate_id",
    "candidate",
    "code_id",
    "code",
    "theme_id",
    "theme",
    "applications",
)


def messages_by_themes(study: Study, who: str = "consensus") -> pd.DataFrame:
    """Return which message belongs to which agreed theme: it has one of the theme's codes.

    Parameters
    ----------
    study : Study
    who : str
        Whose applications (see `lepanalysis.coding.messages_by_codes`).

    Returns
    -------
    pandas.DataFrame
        True and False; index message_id (all messages), columns theme_id.

    Raises
    ------
    MissingTableError
        When the study has no themes, no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> messages_by_themes(study).sum().to_dict()
    {'workspaces': 36, 'resources': 62, 'internationalisation': 28}
    """
    members = codes_of_themes(study)
    codes = messages_by_codes(study, who)
    table = np.zeros((len(codes), len(members)), dtype=bool)
    for place, names in enumerate(members.values()):
        table[:, place] = codes[list(names)].to_numpy().any(axis=1)
    columns = pd.Index(list(members), dtype="str", name="theme_id")
    return pd.DataFrame(table, index=codes.index, columns=columns)


def summary(study: Study) -> pd.DataFrame:
    """Return what each agreed theme holds, by the consensus of the coders.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        theme_id, theme, definition, codes (names joined by "; "), applications, messages, participants,
        threads, share_of_messages (of all messages of the study), named_in (ids of messages joined by "; ").

    Raises
    ------
    MissingTableError
        When the study has no themes, no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> summary(study)[["theme", "messages"]].to_numpy().tolist()[0]
    ['Collaborative workspaces', 36]
    """
    members = codes_of_themes(study)
    names = code_names(study)
    applied = applications_of(study, "consensus")
    total = len(study.messages)
    rows = []
    for theme in study.agreed_themes.frame.itertuples():
        mine = applied[applied["code_id"].isin(members[theme.theme_id])]
        messages = int(mine["message_id"].nunique())
        rows.append(
            {
                "theme_id": theme.theme_id,
                "theme": theme.name,
                "definition": theme.definition,
                "codes": joined(names[code] for code in members[theme.theme_id]),
                "applications": len(mine),
                "messages": messages,
                "participants": int(mine["participant_id"].nunique()),
                "threads": int(mine["thread_id"].nunique()),
                "share_of_messages": messages / total,
                "named_in": joined(theme.named_in),
            }
        )
    columns = [
        "theme_id",
        "theme",
        "definition",
        "codes",
        "applications",
        "messages",
        "participants",
        "threads",
        "share_of_messages",
        "named_in",
    ]
    return pd.DataFrame(rows, columns=columns)


def spread(study: Study, by: str = "month") -> pd.DataFrame:
    """Return in how many messages each theme occurs by month, by thread or by participant.

    Parameters
    ----------
    study : Study
    by : str
        ``month``: every month of the study's period (or, where it states none, from the first message to the
        last), messages without a time left out; ``thread`` and ``participant``: all that have a message.

    Returns
    -------
    pandas.DataFrame
        theme_id, theme, unit (such as 2013-09, or an id), messages; one row for each theme and unit, zeros
        too.

    Raises
    ------
    UsageError
        When `by` is none of these.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> spread(study, by="thread").iloc[0].to_list()
    ['workspaces', 'Collaborative workspaces', 'T01', np.int64(1)]
    """
    messages = study.messages.frame.set_index("message_id")
    if by == "month":
        unit = messages["posted_at"].dt.strftime("%Y-%m").astype("str").fillna("")
        units = _months(study, messages["posted_at"])
    elif by in {"thread", "participant"}:
        unit = messages[f"{by}_id"]
        units = list(dict.fromkeys(unit))
    else:
        raise UsageError(f"{by!r} is no unit of spread; use month, thread or participant")
    table = messages_by_themes(study)
    counts = table.groupby(unit.reindex(table.index).to_numpy()).sum().reindex(units).fillna(0).astype("int64")
    themes = dict(zip(study.agreed_themes.frame["theme_id"], study.agreed_themes.frame["name"], strict=True))
    return pd.DataFrame(
        {
            "theme_id": np.repeat(list(themes), len(units)),
            "theme": np.repeat(list(themes.values()), len(units)),
            "unit": np.tile(units, len(themes)),
            "messages": counts.to_numpy().T.ravel(),
        }
    ).astype({"theme_id": "str", "theme": "str", "unit": "str", "messages": "int64"})


def _months(study: Study, times: pd.Series) -> list[str]:
    """Return all months from the beginning of the study to its end; none where nothing says when that was."""
    first = study.record.period_from or times.min()
    last = study.record.period_to or times.max()
    if pd.isna(first) or pd.isna(last):
        return []
    return [str(month) for month in pd.period_range(pd.Timestamp(first), pd.Timestamp(last), freq="M")]


def overlap(study: Study) -> pd.DataFrame:
    """Return in how many messages two themes occur together; on the diagonal, in how many the theme occurs.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        Whole numbers; index and columns theme_id.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> overlap(study).iloc[0].to_list()
    [36, 19, 4]
    """
    table = messages_by_themes(study)
    counts = table.to_numpy(dtype=np.int64)
    return pd.DataFrame(counts.T @ counts, index=table.columns, columns=table.columns)


def crosswalk(study: Study) -> pd.DataFrame:
    """Return the way of each coder's codes: own code, candidate theme, shared code, agreed theme.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        coder, own_code_id, own_code, candidate_id, candidate, code_id, code, theme_id, theme, applications
        (the coder's codings under the own code that count under the shared one). "" where a code is in no
        candidate theme, leads to no shared code, or that is in no theme. Codes that the coder used without
        owning them, and those in the coder's candidate themes, are there as well. A code in two themes stands
        twice.

    Raises
    ------
    MissingTableError
        When the study has no themes, no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> crosswalk(study).loc[0, ["own_code_id", "candidate", "code_id", "theme"]].to_list()
    ['A01', 'A place to be together', 'S01', 'Collaborative workspaces']
    """
    names = code_names(study)
    ways = _ways(study).merge(_candidates_of_codes(study), on=["coder", "own_code_id"], how="left")
    ways = ways.merge(_themes_of_codes(study), on="code_id", how="left")
    text = ["candidate_id", "candidate", "theme_id", "theme"]
    ways[text] = ways[text].fillna("")
    ways["own_code"] = ways["own_code_id"].map(names)
    ways["code"] = ways["code_id"].map({**names, "": ""})
    columns = list(CROSSWALK_COLUMNS)
    return ways[columns].astype({name: "int64" if name == "applications" else "str" for name in columns})


def _ways(study: Study) -> pd.DataFrame:
    """Return coder, own_code_id, code_id and applications, in the order of coders and codebook."""
    book = study.codebook.frame
    codings = codings_of(study)
    candidates = _candidates_of_codes(study)
    used = [
        *zip(book.loc[book["coder"] != "", "coder"], book.loc[book["coder"] != "", "code_id"], strict=True),
        *zip(codings["coder"], codings["own_code_id"], strict=True),
        *zip(candidates["coder"], candidates["own_code_id"], strict=True),
    ]
    coders = {coder.id: place for place, coder in enumerate(study.coders)}
    codes = {code: place for place, code in enumerate(book["code_id"])}
    counted = applications(study).groupby(["coder", "own_code_id", "code_id"]).size().to_dict()
    out = left_out(study).groupby(["coder", "own_code_id"]).size().to_dict()
    leads_to = code_map(study).groupby("own_code_id")["code_id"].agg(list).to_dict()
    rows = []
    for coder, own in sorted(set(used), key=lambda pair: (coders[pair[0]], codes[pair[1]])):
        targets = dict.fromkeys([*leads_to.get(own, ()), *_assigned(counted, coder, own)])
        rows += [(coder, own, code, counted.get((coder, own, code), 0)) for code in targets]
        if not targets or (coder, own) in out:
            rows.append((coder, own, "", out.get((coder, own), 0)))
    return pd.DataFrame(rows, columns=["coder", "own_code_id", "code_id", "applications"])


def _assigned(counted: dict[tuple[str, str, str], int], coder: str, own: str) -> list[str]:
    """Return the shared codes that a coder's codings under an own code count under."""
    return [code for person, name, code in counted if person == coder and name == own]


def _candidates_of_codes(study: Study) -> pd.DataFrame:
    """Return coder, own_code_id, candidate_id, candidate: one row for each code of each candidate theme."""
    exploded = study.candidate_themes.frame.explode("codes").dropna(subset="codes")
    frame = exploded.rename(columns={"codes": "own_code_id", "theme_id": "candidate_id", "name": "candidate"})
    return frame[["coder", "own_code_id", "candidate_id", "candidate"]].astype("str")


def _themes_of_codes(study: Study) -> pd.DataFrame:
    """Return code_id, theme_id, theme: one row for each shared code of each agreed theme."""
    agreed = study.agreed_themes.frame
    names = dict(zip(agreed["theme_id"], agreed["name"], strict=True))
    rows = [(code, theme, names[theme]) for theme, codes in codes_of_themes(study).items() for code in codes]
    return pd.DataFrame(rows, columns=["code_id", "theme_id", "theme"]).astype("str")


def candidate_overlap(study: Study) -> pd.DataFrame:
    """Return in how many messages a candidate theme of one coder meets one of another.

    A message belongs to a candidate theme when its coder applied one of its codes there.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        Whole numbers; index the candidate themes of the first coder (in the order of study.yaml) who has any,
        columns those of the second. Without a column where only one coder has any.

    Raises
    ------
    MissingTableError
        When the study has no themes or no codings.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> candidate_overlap(study).iloc[0].to_list()
    [21, 15, 7, 3, 3, 0]
    """
    candidates = study.candidate_themes.frame
    having = [coder.id for coder in study.coders if coder.id in set(candidates["coder"])]
    codings = codings_of(study)
    codings = codings.merge(_candidates_of_codes(study), on=["coder", "own_code_id"])
    messages = pd.Index(study.messages.frame["message_id"])
    tables = []
    for coder in [*having[:2], None, None][:2]:
        themes = pd.Index(candidates.loc[candidates["coder"] == coder, "theme_id"], name="candidate_id")
        mine = codings[codings["coder"] == coder]
        table = np.zeros((len(messages), len(themes)), dtype=np.int64)
        table[messages.get_indexer(mine["message_id"]), themes.get_indexer(mine["candidate_id"])] = 1
        tables.append((themes, table))
    (rows, first), (columns, second) = tables
    return pd.DataFrame(first.T @ second, index=rows, columns=columns)


def decisions_log(study: Study) -> pd.DataFrame:
    """Return the decisions in the order of their dates, those that were superseded among them.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        decision_id, decided_at, kind, subjects, outcome, target (ids joined by "; "), reason, in_force.

    Raises
    ------
    MissingTableError
        When the study has no decisions.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> decisions_log(study).iloc[0][["kind", "outcome"]].to_list()
    ['code', 'map']
    """
    log = study.decisions.frame
    log["subjects"] = pd.Series([joined(ids) for ids in log["subjects"]], index=log.index, dtype="str")
    log["target"] = pd.Series([joined(ids) for ids in log["target"]], index=log.index, dtype="str")
    log["in_force"] = ~log["decision_id"].isin(set(log["supersedes"]) - {""})
    columns = ["decision_id", "decided_at", "kind", "subjects", "outcome", "target", "reason", "in_force"]
    return log.sort_values("decided_at", kind="stable")[columns].reset_index(drop=True)
