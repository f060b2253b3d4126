"""The tables that everybody rebuilds by hand: a row a quotation, a row a unit, and a column a coder for ReCal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lepanalysis.applications import applications, check_coder, codings_of, joined, placed, readings
from lepanalysis.codes import code_names, fates, names_beside_codings
from lepanalysis.consensus import EVERYONE, applications_of
from lepanalysis.faults import UsageError
from lepanalysis.retrieval import codes_of_themes

if TYPE_CHECKING:
    from lepanalysis.study import Study

SHEET_UNITS = ("message", "segment", "thread", "participant")
# Between the codes of a path, from the most general to the code itself.
BETWEEN_CODES = " > "


def code_paths(study: Study) -> dict[str, str]:
    """Return the names of each code and of those above it, from the top, as one text.

    Parameters
    ----------
    study : Study

    Returns
    -------
    dict
        Code id to path, such as "Places > Shared space".

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> code_paths(study)["S01"]
    'A shared place to work'
    """
    book = study.codebook.frame
    names, parents = code_names(study), dict(zip(book["code_id"], book["parent"], strict=True))
    paths = {}
    for code in names:
        path, current = [], code
        while current and current not in path:
            path.append(current)
            current = parents.get(current, "")
        paths[code] = BETWEEN_CODES.join(names.get(one, one) for one in reversed(path))
    return paths


def long_quotations(study: Study) -> pd.DataFrame:
    """Return one row for each coding, with all that stands elsewhere about it.

    Parameters
    ----------
    study : Study

    Returns
    -------
    pandas.DataFrame
        coding_id, coder, coder_name, message_id, thread_id, thread (its title), posted_at, participant_id, code_name;
        a column for each attribute of the participants (with ``participant_`` before a name that is taken);
        own_code_id, own_code_path, code_id, code, code_path (of the shared code; "" where the coding leads to none),
        theme_id, theme (agreed themes of the shared code, joined by "; "), start, end, text. In the order of
        codings.csv.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> long_quotations(study).loc[0, ["coding_id", "code_name", "code_path"]].to_list()
    ['A-001', 'Helen', 'The consultation and the group']
    """
    frame = placed(study, codings_of(study))
    names, paths = code_names(study), code_paths(study)
    shared = applications(study).set_index("coding_id")["code_id"].to_dict()
    titles = study.threads.frame.set_index("thread_id")["title"].to_dict()
    people = study.participants.frame.set_index("participant_id")
    frame["coder_name"] = frame["coder"].map({coder.id: coder.name for coder in study.coders})
    frame["thread"] = [titles.get(thread, "") for thread in frame["thread_id"]]
    frame["code_name"] = frame["participant_id"].map(names_beside_codings(study))
    frame["own_code_path"] = frame["own_code_id"].map(paths)
    frame["code_id"] = [shared.get(coding, "") for coding in frame["coding_id"]]
    frame["code"] = frame["code_id"].map({**names, "": ""})
    frame["code_path"] = frame["code_id"].map({**paths, "": ""})
    members, themes = {}, {}
    if study.has("agreed_themes"):
        members = codes_of_themes(study)
        themes = dict(zip(study.agreed_themes.frame["theme_id"], study.agreed_themes.frame["name"], strict=True))
    of_code = {code: [theme for theme, own in members.items() if code in own] for code in set(frame["code_id"])}
    frame["theme_id"] = [joined(of_code[code]) for code in frame["code_id"]]
    frame["theme"] = [joined(themes[theme] for theme in of_code[code]) for code in frame["code_id"]]
    about = ["coding_id", "coder", "coder_name", "message_id", "thread_id", "thread", "posted_at", "participant_id"]
    about += ["code_name"]
    rest = ["own_code_id", "own_code_path", "code_id", "code", "code_path", "theme_id", "theme", "start", "end", "text"]
    attributes = {
        name: f"participant_{name}" if name in {*about, *rest} else name
        for name in people.columns
        if name not in {"code_name", "class"}
    }
    for name, column in attributes.items():
        frame[column] = frame["participant_id"].map(people[name])
    kept = frame[[*about, *attributes.values(), *rest]]
    text = [name for name in kept if name not in {"start", "end", "posted_at", *attributes.values()}]
    return kept.astype(dict.fromkeys(text, "str")).reset_index(drop=True)


def unit_by_code(study: Study, unit: str = "message", coder: str = "consensus") -> pd.DataFrame:
    """Return one row for each unit and one column for each shared code, 1 where the unit has the code and else 0.

    Parameters
    ----------
    study : Study
    unit : str
        ``message``; ``segment`` (segments that overlap, of whatever coder and code, are one unit, and a message without
        any is one); ``thread`` or ``participant`` (all their messages together).
    coder : str
        A coder's id; ``any``, ``all`` or ``consensus`` (see `lepanalysis.coding.messages_by_codes`).

    Returns
    -------
    pandas.DataFrame
        Index the ids of the units (of a segment: message:start-end), all of them whichever coder is asked for, so
        that the tables of two coders have the same rows. Whole numbers; missing in units that the coder has not read
        (threads and participants: not read in full).

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    UsageError
        When `unit` or `coder` is not known.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> unit_by_code(study, coder="A")["S01"].sum().item()
    14
    """
    if unit not in SHEET_UNITS:
        raise UsageError(f"{unit!r} is no unit of such a table; use one of {', '.join(SHEET_UNITS)}")
    if coder not in EVERYONE:
        check_coder(study, coder)
    applied = applications_of(study, coder)
    codes = pd.Index(list(fates(study).shared), dtype="str", name="code_id")
    units, owner, rows = _units(study, unit, applied)
    seen = readings(study)
    read = (seen.any(axis="columns") if coder in EVERYONE else seen[coder]).to_numpy()
    # A unit is read where all of its messages are.
    whole = np.ones(len(units), dtype=bool)
    np.logical_and.at(whole, owner[0], read[owner[1]])
    table = np.zeros((len(units), len(codes)), dtype=np.int64)
    table[rows[0], codes.get_indexer(applied["code_id"])[rows[1]]] = 1
    frame = pd.DataFrame(table, index=units, columns=codes)
    return frame if whole.all() else frame.astype("Int64").mask(np.broadcast_to(~whole[:, None], table.shape))


def _units(
    study: Study, unit: str, applied: pd.DataFrame
) -> tuple[pd.Index, tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Return the units; which unit each message belongs to; in which units each row of `applied` counts."""
    frame = study.messages.frame
    ids = pd.Index(frame["message_id"], name="message_id")
    message = ids.get_indexer(applied["message_id"])
    every, each = np.arange(len(ids)), np.arange(len(applied))
    if unit == "message":
        return ids, (every, every), (message, each)
    if unit in {"thread", "participant"}:
        number, names = pd.factorize(frame[f"{unit}_id"])
        return pd.Index(names, dtype="str", name=f"{unit}_id"), (number, every), (number[message], each)
    # The units are those of all coders together, whoever is asked for; words that only the consensus has, as where a
    # segment was drawn anew, come to them.
    columns = ["message_id", "start", "end"]
    everyone = pd.concat([applications(study)[columns], applied[columns]], ignore_index=True)
    place = ids.get_indexer(everyone["message_id"]).astype(np.int64)
    clusters = _clusters(place, everyone["start"].to_numpy(np.int64), everyone["end"].to_numpy(np.int64))
    empty = np.setdiff1d(every, place)
    lengths = frame["text"].str.len().to_numpy(dtype=np.int64)
    owners = np.concatenate([clusters[0], empty])
    starts = np.concatenate([clusters[1], np.zeros(len(empty), dtype=np.int64)])
    ends = np.concatenate([clusters[2], lengths[empty]])
    order = np.lexsort((starts, owners))
    owners, starts, ends = owners[order], starts[order], ends[order]
    names = [f"{ids[own]}:{first}-{last}" for own, first, last in zip(owners, starts, ends, strict=True)]
    inside = _inside(owners, starts, ends, message, applied)
    return pd.Index(names, dtype="str", name="segment"), (np.arange(len(owners)), owners), inside


def _clusters(message: np.ndarray, start: np.ndarray, end: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return message, start and end of each run of segments that overlap."""
    if not len(message):
        return message, start, end
    order = np.lexsort((end, start, message))
    # A message and an offset in one number: the segments of a later message begin beyond all earlier ones.
    stride = int(end.max()) + 1
    reach = np.maximum.accumulate((message * stride + end)[order])
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = (message * stride + start)[order][1:] >= reach[:-1]
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(order)) - 1
    owner = message[order][first]
    return owner, start[order][first], reach[last] - owner * stride


def _inside(
    owners: np.ndarray, starts: np.ndarray, ends: np.ndarray, message: np.ndarray, applied: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return the units that each application touches: one, or several where a decision drew it anew."""
    low, high = applied["start"].to_numpy(np.int64), applied["end"].to_numpy(np.int64)
    stride = int(max(ends.max(initial=0), high.max(initial=0))) + 1
    first = np.searchsorted(owners * stride + ends, message * stride + low, side="right")
    last = np.searchsorted(owners * stride + starts, message * stride + high, side="left")
    counts = np.maximum(last - first, 0)
    offsets = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(first, counts) + offsets, np.repeat(np.arange(len(applied)), counts)


def for_recal(study: Study, code: str, unit: str = "message") -> str:
    """Return the judgements on one code as ReCal reads them: a line a unit, a column a coder, no heading.

    Parameters
    ----------
    study : Study
    code : str
        Id of a shared code.
    unit : str
        See `unit_by_code`.

    Returns
    -------
    str
        CSV of 0 and 1, columns in the order of study.yaml. Units that some coder has not read are left out, as ReCal
        takes no missing values (Freelon, 2010).

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    UsageError
        When there is no such shared code or unit, or when there are fewer than two coders.

    Examples
    --------
    >>> from lepanalysis.study import open_study
    >>> study = open_study("data/standin")
    >>> for_recal(study, "S01").splitlines()[:3]
    ['0,0', '0,0', '0,0']
    """
    known = fates(study).shared
    if code not in known:
        raise UsageError(f"there is no shared code {code!r}; the codes are {', '.join(known) or 'none'}")
    if len(study.coders) < 2:
        raise UsageError("ReCal compares two coders or more; this study has fewer")
    columns = [unit_by_code(study, unit, coder.id)[code] for coder in study.coders]
    table = pd.concat(columns, axis="columns").dropna()
    return table.astype("int64").to_csv(index=False, header=False, lineterminator="\n")
