"""Retrieval: the segments that carry a code, with who wrote them and what stands around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lepanalysis.applications import check_coder
from lepanalysis.codes import code_names, fates, names_beside_codings
from lepanalysis.consensus import applications_of
from lepanalysis.faults import UsageError
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lepanalysis.study import Study

RETRIEVED_COLUMNS = (
    "message_id",
    "thread_id",
    "participant_id",
    "code_name",
    "posted_at",
    "coder",
    "code_id",
    "code",
    "start",
    "end",
    "before",
    "text",
    "after",
)


def retrieve(
    study: Study,
    codes: Collection[str] = (),
    *,
    coders: Collection[str] = (),
    themes: Collection[str] = (),
    attributes: Mapping[str, str | Collection[str]] | None = None,
    who: str = "any",
    context: int = 80,
) -> pd.DataFrame:
    """Return coded segments in the order of the messages; each thing that is given narrows the choice.

    Parameters
    ----------
    study : Study
    codes : collection of str
        Ids of shared codes.
    coders : collection of str
        Ids of coders; of a consensus, segments that one of them coded.
    themes : collection of str
        Ids of agreed themes: segments with one of their codes.
    attributes : mapping, optional
        A column of participants.csv to the value, or the values, that its author must have.
    who : str
        Whose applications: a coder's id, ``any``, ``all`` or ``consensus``.
    context : int
        How many characters to give before and after the segment.

    Returns
    -------
    pandas.DataFrame
        message_id, thread_id, participant_id, code_name, posted_at, coder, code_id, code, start, end, before,
        text, after.

    Raises
    ------
    UsageError
        When a code, a coder, a theme or an attribute is not the study's.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> print(*retrieve(study, codes=["S01"], who="consensus").loc[0, ["message_id", "code", "start", "end"]])
    8 A shared place to work 77 246
    """
    found = applications_of(study, who)
    if codes:
        wanted = _shared(study, codes)
        found = found[found["code_id"].isin(wanted)]
    if themes:
        members = codes_of_themes(study)
        for theme in themes:
            if theme not in members:
                raise UsageError(f"there is no theme {theme!r}; the themes are {', '.join(members) or 'none'}")
        found = found[found["code_id"].isin({code for theme in themes for code in members[theme]})]
    if coders:
        for coder in coders:
            check_coder(study, coder)
        found = found[[bool(set(coders).intersection(split_ids(cell))) for cell in found["coder"]]]
    people = study.participants.frame.set_index("participant_id")
    for name, values in (attributes or {}).items():
        if name not in people.columns:
            raise UsageError(f"{name!r} is no attribute of the participants; they have {', '.join(people.columns)}")
        wanted = {values} if isinstance(values, str) else set(values)
        found = found[found["participant_id"].isin(people.index[people[name].isin(wanted)])]
    result = found.reset_index(drop=True)
    result["code_name"] = result["participant_id"].map(names_beside_codings(study)).astype("str")
    result["code"] = result["code_id"].map(code_names(study)).astype("str")
    texts = study.messages.frame.set_index("message_id")["text"].to_dict()
    places = list(zip(result["message_id"], result["start"], result["end"], strict=True))
    before = [texts[message][max(0, start - context) : start] for message, start, _ in places]
    after = [texts[message][end : end + context] for message, _, end in places]
    result["before"] = pd.Series(before, index=result.index, dtype="str")
    result["after"] = pd.Series(after, index=result.index, dtype="str")
    return result[list(RETRIEVED_COLUMNS)]


def _shared(study: Study, codes: Collection[str]) -> set[str]:
    """Return shared codes, or refuse one that is none."""
    known = fates(study).shared
    for code in codes:
        if code not in known:
            raise UsageError(f"there is no shared code {code!r}; the codes are {', '.join(known) or 'none'}")
    return set(codes)


def codes_of_themes(study: Study) -> dict[str, tuple[str, ...]]:
    """Return the shared codes of each agreed theme, those that merged under the code that they merged into.

    Parameters
    ----------
    study : Study

    Raises
    ------
    MissingTableError
        When the study has no themes.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> list(codes_of_themes(study).items())[0]
    ('workspaces', ('S01', 'S02', 'S03', 'S04', 'S05', 'S06', 'S07'))
    """
    agreed = study.agreed_themes.frame
    leads_to = fates(study).leads_to
    return {
        theme: tuple(dict.fromkeys(code for named in codes for code, _ in leads_to.get(named, ())))
        for theme, codes in zip(agreed["theme_id"], agreed["codes"], strict=True)
    }
