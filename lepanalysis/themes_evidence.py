"""Evidence on agreed themes: what holds each together, what sets it apart, who carries it, and what speaks against it.

A theme is judged by people. Patton (1990) asks two things of a set of categories: that what is in one holds together
(internal homogeneity), and that the differences between them are clear (external heterogeneity, here called
distinctiveness). The terms are his; the measures below are ours. They show where to look and decide nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from lepanalysis.applications import codings_of, joined
from lepanalysis.codes import code_names, fates
from lepanalysis.coding import messages_by_codes
from lepanalysis.consensus import applications_of
from lepanalysis.faults import UsageError
from lepanalysis.retrieval import codes_of_themes
from lepanalysis.themes import messages_by_themes

if TYPE_CHECKING:
    from collections.abc import Collection

    from lepanalysis.study import Study

OURS = "our operationalisation, not the authors'; a judgement of people"
# What is asked of a theme, and what is counted as evidence on it.
CRITERIA = {
    "experience": "reports what participants go through, mean and take to be real",
    "explicit": "is identified at the explicit level of the data",
}
# Somebody who writes of themselves, in English.
_FIRST_PERSON = frozenset(("i", "me", "my", "mine", "we", "us", "our", "ours"))
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Words of a name this short say nothing by themselves.
_SHORTEST = 4


def word_vectors(texts: list[str]) -> sparse.csr_array:
    """Return texts as vectors of their words, each of length 1 (a text without a word: of length 0).

    Parameters
    ----------
    texts : list of str

    Returns
    -------
    scipy.sparse.csr_array
        Texts x words; term frequency times ``ln(n / df) + 1`` with df the number of texts that hold the word
        (Spärck Jones, 1972, for the weight of rare words). Words are casefolded and neither stemmed nor stopped.

    Examples
    --------
    >>> word_vectors(["a room", "a train"]).toarray().round(2).tolist()
    [[0.51, 0.86, 0.0], [0.51, 0.0, 0.86]]
    """
    found = [[word.casefold() for word in _WORD.findall(text)] for text in texts]
    words = {word: place for place, word in enumerate(dict.fromkeys(word for text in found for word in text))}
    rows = np.repeat(np.arange(len(found)), [len(text) for text in found])
    columns = np.array([words[word] for text in found for word in text], dtype=np.int64)
    table = sparse.csr_array((np.ones(len(columns)), (rows, columns)), shape=(len(texts), len(words)))
    table.sum_duplicates()
    holding = np.bincount(table.indices, minlength=len(words))
    weights = np.log(max(len(texts), 1) / np.maximum(holding, 1)) + 1
    table = sparse.csr_array(table.multiply(weights[None, :]))
    lengths = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return sparse.csr_array(table.multiply(scale[:, None]))


def homogeneity(study: Study) -> pd.DataFrame:
    """Return what holds each theme together and what sets it apart from the others, over the consensus.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        theme_id, theme, messages; of internal homogeneity: alike_within (mean cosine of the words of any two of its
        messages), largest_code and largest_code_share (the code on most of its messages, and on what share of them),
        effective_codes (inverse Simpson index over its codes' messages); of distinctiveness: alike_between (mean
        cosine of its messages with those of other themes that are not in it), alike_difference (within less between),
        exclusive_share (share of its messages that are in no other theme), nearest_id and nearest_jaccard (the theme
        with which it shares most, and what share); reason (why a number is missing). The measures are ours.

    Raises
    ------
    MissingTableError
        When the study has no themes, no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> homogeneity(study)[["alike_within", "alike_between"]].round(3).to_numpy().tolist()[0]
    [0.106, 0.096]
    """
    members = messages_by_themes(study)
    table = members.to_numpy()
    names, codes = _theme_names(study), codes_of_themes(study)
    by_codes = messages_by_codes(study)
    vectors = word_vectors(study.messages.frame.set_index("message_id")["text"].reindex(members.index).tolist())
    any_theme = table.any(axis=1)
    rows = []
    for place, theme in enumerate(members.columns):
        mine = table[:, place]
        others = any_theme & ~mine
        within, between = _mean_cosine(vectors, mine, mine), _mean_cosine(vectors, mine, others)
        reasons = ["fewer than two messages"] * (within is None)
        reasons += ["no messages to compare with"] * (between is None)
        counts = by_codes[list(codes[theme])].sum()
        share = counts / max(int(mine.sum()), 1)
        nearest, jaccard = _nearest(table, place)
        rows.append(
            {
                "theme_id": theme,
                "theme": names[theme],
                "messages": int(mine.sum()),
                "alike_within": within,
                "largest_code": code_names(study)[str(counts.idxmax())] if counts.sum() else "",
                "largest_code_share": float(share.max()) if counts.sum() else None,
                "effective_codes": effective_number(counts.to_numpy()),
                "alike_between": between,
                "alike_difference": within - between if within is not None and between is not None else None,
                "exclusive_share": float((table.sum(axis=1) == 1)[mine].mean()) if mine.any() else None,
                "nearest_id": str(members.columns[nearest]) if nearest >= 0 else "",
                "nearest_jaccard": jaccard,
                "reason": joined(reasons),
            }
        )
    columns = ["theme_id", "theme", "messages", "alike_within", "largest_code", "largest_code_share"]
    columns += ["effective_codes", "alike_between", "alike_difference", "exclusive_share", "nearest_id"]
    columns += ["nearest_jaccard", "reason"]
    text = {"theme_id", "theme", "largest_code", "nearest_id", "reason"}
    kinds = {name: "str" if name in text else "int64" if name == "messages" else "float64" for name in columns}
    return pd.DataFrame(rows, columns=columns).astype(kinds)


def _theme_names(study: Study) -> dict[str, str]:
    """Return the name of each agreed theme by its id."""
    return dict(zip(study.agreed_themes.frame["theme_id"], study.agreed_themes.frame["name"], strict=True))


def _mean_cosine(vectors: sparse.csr_array, rows: np.ndarray, columns: np.ndarray) -> float | None:
    """Return the mean cosine over all pairs of a message of the one set and another of the other."""
    same = rows & columns
    pairs = int(rows.sum()) * int(columns.sum()) - int(same.sum())
    if pairs == 0:
        return None
    # The sum over all pairs is the product of two sums, so that no table of pairs is needed.
    first, second = (np.asarray(vectors[np.flatnonzero(one)].sum(axis=0)).ravel() for one in (rows, columns))
    mine = vectors[np.flatnonzero(same)]
    return float((first @ second - mine.multiply(mine).sum()) / pairs)


def _nearest(table: np.ndarray, place: int) -> tuple[int, float | None]:
    """Return the theme that shares most with one, by the Jaccard index of their messages."""
    both = (table & table[:, [place]]).sum(axis=0)
    union = (table | table[:, [place]]).sum(axis=0)
    shares = np.divide(both, union, out=np.zeros(table.shape[1]), where=union > 0)
    shares[place] = -1.0
    best = int(np.argmax(shares))
    return (best, float(shares[best])) if shares[best] > 0 else (-1, None if table.shape[1] < 2 else 0.0)


def effective_number(counts: np.ndarray | Collection[int]) -> float | None:
    """Return how many equally large shares would be concentrated as much: the inverse of Simpson's index.

    Parameters
    ----------
    counts : array of int
        How much each has.

    Returns
    -------
    float or None
        ``1 / sum p_i^2`` (Simpson, 1949, for the sum; Hill, 1973, for its inverse as a number of order 2); None where
        there is nothing.

    Examples
    --------
    >>> effective_number([5, 5, 5, 5])
    4.0
    >>> effective_number([9, 1]) < 1.25
    True
    """
    numbers = np.asarray(list(counts), dtype=np.float64)
    total = float(numbers.sum())
    return total * total / float(numbers @ numbers) if total else None


def concentration(study: Study, by: str = "participant") -> pd.DataFrame:
    """Return by how many each theme is carried, and how far by one.

    Parameters
    ----------
    study : Study
    by : str
        ``participant`` or ``thread``.

    Returns
    -------
    pandas.DataFrame
        theme_id, theme, by, messages, units (participants or threads with a message of the theme), top (the one with
        most; the first of several), top_share, effective_number (see there); NaN where the theme has no message.

    Raises
    ------
    MissingTableError
        When the study has no themes, no codings or no codebook.
    UsageError
        When `by` is neither of these.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> concentration(study)[["units", "effective_number"]].round(1).to_numpy().tolist()[0]
    [19.0, 12.0]
    """
    if by not in {"participant", "thread"}:
        raise UsageError(f"{by!r} carries no theme; use participant or thread")
    members = messages_by_themes(study)
    owners = study.messages.frame.set_index("message_id")[f"{by}_id"].reindex(members.index)
    names = _theme_names(study)
    rows = []
    for theme in members:
        counts = owners[members[theme].to_numpy()].value_counts(sort=False)
        total = int(counts.sum())
        rows.append(
            {
                "theme_id": theme,
                "theme": names[theme],
                "by": by,
                "messages": total,
                "units": len(counts),
                "top": str(counts.idxmax()) if total else "",
                "top_share": float(counts.max()) / total if total else None,
                "effective_number": effective_number(counts.to_numpy()),
            }
        )
    kinds = dict.fromkeys(("theme_id", "theme", "by", "top"), "str") | dict.fromkeys(("messages", "units"), "int64")
    columns = ["theme_id", "theme", "by", "messages", "units", "top", "top_share", "effective_number"]
    return pd.DataFrame(rows, columns=columns).astype({name: kinds.get(name, "float64") for name in columns})


def criteria(study: Study) -> pd.DataFrame:
    """Return what can be counted on the two criteria that the article names for a theme that holds together.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        theme_id, theme, criterion (``experience`` or ``explicit``), wording (the criterion, in our
        words), evidence (what is counted), count, of, share (NaN where there is nothing to count), reason, standing
        (that this is ours and no verdict).

    Raises
    ------
    MissingTableError
        When the study has no themes, no codings or no codebook.

    Notes
    -----
    *Experience*: participants who write under the theme, and messages of it in the first person (English only).
    *Explicit*: messages of it that hold the theme's name word for word, and segments of it that hold a word of the
    name of their code or theme (of four letters or more).

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> criteria(study)["criterion"].value_counts().to_dict()
    {'experience': 6, 'explicit': 6}
    """
    members = messages_by_themes(study)
    messages = study.messages.frame.set_index("message_id").reindex(members.index)
    applied = applications_of(study, "consensus")
    names, codes, code_of = _theme_names(study), codes_of_themes(study), code_names(study)
    words = {message: [word.casefold() for word in _WORD.findall(text)] for message, text in messages["text"].items()}
    english = study.record.language.split("-")[0] == "en"
    rows = []
    for theme, name in names.items():
        mine = messages[members[theme].to_numpy()]
        total = len(mine)
        people = int(mine["participant_id"].nunique())
        posting = int(messages["participant_id"].nunique())
        first_person = sum(not _FIRST_PERSON.isdisjoint(words[message]) for message in mine.index)
        named = sum(name.casefold() in text.casefold() for text in mine["text"])
        segments = applied[applied["code_id"].isin(codes[theme])]
        said = sum(
            _says(text, f"{name} {code_of[code]}")
            for text, code in zip(segments["text"], segments["code_id"], strict=True)
        )
        lacking = (
            "" if english else f"the words of the first person are known for English, not for {study.record.language}"
        )
        rows += [
            (theme, name, "experience", "participants who write under the theme", people, posting, ""),
            (theme, name, "experience", "messages in the first person", first_person, total if english else 0, lacking),
            (theme, name, "explicit", "messages that hold the theme's name", named, total, ""),
            (theme, name, "explicit", "segments that hold a word of their code's or theme's name", said,
             len(segments), ""),
        ]  # fmt: skip
    found = []
    for theme, name, criterion, evidence, count, total, lacking in rows:
        reason = lacking or ("" if total else "the theme has no message")
        found.append(
            {
                "theme_id": theme,
                "theme": name,
                "criterion": criterion,
                "wording": CRITERIA[criterion],
                "evidence": evidence,
                "count": 0 if reason else count,
                "of": total,
                "share": None if reason else count / total,
                "reason": reason,
                "standing": OURS,
            }
        )
    columns = ["theme_id", "theme", "criterion", "wording", "evidence", "count", "of", "share", "reason", "standing"]
    kinds = {name: {"count": "int64", "of": "int64", "share": "float64"}.get(name, "str") for name in columns}
    return pd.DataFrame(found, columns=columns).astype(kinds)


def _says(text: str, name: str) -> bool:
    """Whether a segment holds a word of a name."""
    asked = {word.casefold() for word in _WORD.findall(name) if len(word) >= _SHORTEST}
    return not asked.isdisjoint(word.casefold() for word in _WORD.findall(text))


def negative_cases(study: Study, codes: Collection[str] = ()) -> pd.DataFrame:
    """Return what speaks against a theme, as the coders marked it.

    Parameters
    ----------
    study : Study
    codes : collection of str
        Shared codes whose segments count as negative cases of the themes that the codes belong to, such as a code for
        doubt; codes in no theme speak against the themes that their messages have.

    Returns
    -------
    pandas.DataFrame
        theme_id, theme ("" where what is marked has none), message_id ("" for a memo on a code or a theme), marked_by
        (``memo`` or ``code``), mark_id (of the memo, or of the coding), coder, code_id, note (of the memo, else the
        segment), start, end (of the segment; missing for memos on other things). In the order of themes and messages.

    Raises
    ------
    MissingTableError
        When the study has no themes, no codings or no codebook.
    UsageError
        When a code is no shared one.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> negative_cases(study)["mark_id"].to_list()[:3]
    ['N04', 'N06', 'N16']
    """
    known = fates(study).shared
    for code in codes:
        if code not in known:
            raise UsageError(f"there is no shared code {code!r}; the codes are {', '.join(known) or 'none'}")
    members = messages_by_themes(study)
    themes = codes_of_themes(study)
    found = [*_by_memo(study, members, themes), *_by_code(study, members, themes, codes)]
    names = _theme_names(study)
    order = {theme: place for place, theme in enumerate(members.columns)}
    places = {message: place for place, message in enumerate(members.index)}
    columns = ["theme_id", "message_id", "marked_by", "mark_id", "coder", "code_id", "note", "start", "end"]
    frame = pd.DataFrame(found, columns=columns)
    frame["theme"] = [names.get(theme, "") for theme in frame["theme_id"]]
    keys = [
        (order.get(theme, len(order)), places.get(message, -1))
        for theme, message in zip(frame["theme_id"], frame["message_id"], strict=True)
    ]
    frame = frame.iloc[sorted(range(len(frame)), key=keys.__getitem__)].reset_index(drop=True)
    columns = ["theme_id", "theme", *columns[1:]]
    return frame[columns].astype({name: "Int64" if name in {"start", "end"} else "str" for name in columns})


def _by_memo(study: Study, members: pd.DataFrame, themes: dict[str, tuple[str, ...]]) -> list[tuple[object, ...]]:
    """Return the memos of the kind negative case, one row for each theme they touch."""
    if not study.has("memos"):
        return []
    memos = study.memos.frame
    memos = memos[memos["kind"] == "negative case"]
    codings = {row.coding_id: row for row in codings_of(study).itertuples()}
    leads_to = fates(study).leads_to
    counted = applications_of(study, "any").set_index("coding_id")["code_id"].to_dict()
    rows: list[tuple[object, ...]] = []
    for memo in memos.itertuples():
        message, code, start, end = "", "", pd.NA, pd.NA
        touched: list[str] = []
        if memo.about == "message":
            message = memo.about_id
            touched = [theme for theme in members if members[theme].loc[message]]
        elif memo.about == "coding":
            coding = codings[memo.about_id]
            message, start, end = coding.message_id, coding.start, coding.end
            code = counted.get(memo.about_id, "")
            touched = [theme for theme, own in themes.items() if code in own]
        elif memo.about == "code":
            targets = [target for target, _ in leads_to.get(memo.about_id, ())]
            code = targets[0] if len(targets) == 1 else ""
            touched = [theme for theme, own in themes.items() if set(targets) & set(own)]
        elif memo.about == "theme" and memo.about_id in themes:
            touched = [memo.about_id]
        rows += [
            (theme, message, "memo", memo.memo_id, memo.coder, code, memo.text, start, end) for theme in touched or [""]
        ]
    return rows


def _by_code(
    study: Study, members: pd.DataFrame, themes: dict[str, tuple[str, ...]], codes: Collection[str]
) -> list[tuple[object, ...]]:
    """Return the segments of codes that speak against themes, one row for each theme they touch."""
    applied = applications_of(study, "consensus")
    rows: list[tuple[object, ...]] = []
    for row in applied[applied["code_id"].isin(list(codes))].itertuples():
        touched = [theme for theme, own in themes.items() if row.code_id in own]
        touched = touched or [theme for theme in members if members[theme].loc[row.message_id]]
        rows += [
            (theme, row.message_id, "code", row.coding_id, row.coder, row.code_id, row.text, row.start, row.end)
            for theme in touched or [""]
        ]
    return rows
