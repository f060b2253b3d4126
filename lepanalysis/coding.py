"""Code applications counted: messages by codes and frequencies.

The other functions on codings stand in modules of their own beside this one and are offered here as well:
`lepanalysis.codes`, `lepanalysis.applications`, `lepanalysis.consensus`, `lepanalysis.cooccurrence`,
`lepanalysis.saturation`, `lepanalysis.retrieval` and `lepanalysis.sheets`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lepanalysis.applications import applications, coding_summary, incidence, left_out, readings
from lepanalysis.codes import code_map, code_names, fates, shared_codes
from lepanalysis.consensus import Consensus, applications_of, consensus
from lepanalysis.cooccurrence import cooccurrence
from lepanalysis.retrieval import retrieve
from lepanalysis.saturation import saturation
from lepanalysis.sheets import for_recal, long_quotations, unit_by_code

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
    "for_recal",
    "frequencies",
    "left_out",
    "long_quotations",
    "messages_by_codes",
    "readings",
    "retrieve",
    "saturation",
    "shared_codes",
    "unit_by_code",
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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> int(messages_by_codes(study)["S01"].sum())
    15
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

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*frequencies(study, "consensus").loc[0, ["code_id", "applications", "messages", "threads"]])
    S01 20 15 7
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
