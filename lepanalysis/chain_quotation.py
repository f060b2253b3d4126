"""What stands around a quotation in its study: record, message, thread, person, codings, codes, themes, decisions.

Each link of the way knows its class. In a study of class stand-in the words of a quotation can be an article's while
everything around them is invented: such a link says so in its own sentence, whoever copies it out, and none of them
names the person who is quoted.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from lepanalysis.applications import applications, codings_of, joined, left_out
from lepanalysis.codes import code_map, code_names, fates
from lepanalysis.consensus import consensus
from lepanalysis.quotations import NOT_FOUND, check
from lepanalysis.retrieval import codes_of_themes
from lepanalysis.schema import highest_class
from lepanalysis.tables import split_ids

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.study import Study
    from lepanalysis.tables import Table

INVENTED = "Invented: "
# How much of a coded segment, or of a title, a sentence gives.
_SHOWN = 110
_LOCATOR = ("section", "paragraph", "sentence", "sentence_sha256")
_SUBJECTS = {"coding": "coding", "code": "code", "candidate": "candidate theme", "theme": "theme"}


@dataclass(frozen=True)
class Link:
    """One link of the way from a printed quotation to the analysis.

    Parameters
    ----------
    link : str
        What it is: ``record``, ``printed theme``, ``message``, ``participant``, ``thread``, ``coding``, ``code``,
        ``candidate theme``, ``theme`` or ``decision``.
    class_ : str
        Of the records it rests on.
    id : str
    sentence : str
        What there is to say of it.
    about : mapping
        Further values, as plain data.
    """

    link: str
    class_: str
    id: str
    sentence: str
    about: Mapping[str, Any] = field(default_factory=dict)

    def as_record(self) -> dict[str, Any]:
        """Return the link as plain data for JSON; what is invented says so in words."""
        invented = self.class_ == "stand-in"
        says = f"{INVENTED}{self.sentence}" if invented else self.sentence
        return {
            "link": self.link,
            "class": self.class_,
            "invented": invented,
            "id": self.id,
            "says": says,
            **self.about,
        }


def links_of_record(table: Table, key: str, id_: str) -> list[Link]:
    """Return where a record of a ledger or of a study stands; nothing where the table has none of that id.

    Parameters
    ----------
    table : Table
    key : str
        The column of the ids.
    id_ : str
    """
    found = table.select(table.data[key] == id_)
    if not len(found):
        return []
    row = found.data.iloc[0]
    about: dict[str, Any] = {"owner": table.owner, "file": table.file}
    sentence = f"{id_} in {table.file} of the {table.owner}"
    if set(_LOCATOR) <= set(found.data):
        about |= {name: row[name] if isinstance(row[name], str) else int(row[name]) for name in _LOCATOR}
        sentence += (
            f": section {about['section']}, paragraph {about['paragraph']}, sentence {about['sentence']} of the "
            f"article; SHA-256 of that sentence {about['sentence_sha256']}"
        )
    return [Link("record", found.class_, id_, sentence, about)]


def links_of_quotation(shown: Mapping[str, Any], owner: str, study: Study, article: Article | None) -> list[Link]:
    """Return the way of a quotation, from its record to the decisions of the coders.

    Parameters
    ----------
    shown : mapping
        What the paper prints: text, message_id, code_name, theme_id, in_quotation_marks.
    owner : str
        ``ledger`` or ``study``: whose quotation it is.
    study : Study
    article : Article or None

    Returns
    -------
    list of Link
        As far as the files of the study go. What a coder coded is given as far as it lies inside the quotation, so
        that no word of a message appears here that is not printed.
    """
    source: Article | Study | None = article if owner == "ledger" else study
    if source is None or not source.has("quotations"):
        return []
    table = source.quotations
    same = table.data["text"] == shown["text"]
    for column, key in (("message_id", "message_id"), ("attributed_to", "code_name")):
        same &= table.data[column] == shown[key]
    ids = list(table.data.loc[same, "quotation_id"])
    links = links_of_record(table, "quotation_id", ids[0]) if ids else []
    links += _theme_in_print(shown, owner, study, article)
    messages = study.messages
    here = messages.select(messages.data["message_id"] == shown["message_id"])
    if not len(here):
        return links
    text = str(here.data["text"].iloc[0])
    found = check(shown["text"], text, in_quotation_marks=bool(shown["in_quotation_marks"]))
    spans = found.at if found.verdict != NOT_FOUND else ((0, len(text)),)
    links += [_message(here, found.verdict, found.variants, spans), *_participant(here, shown, study)]
    links += _thread(here, study)
    # Where the words were not found, no others are given in their place.
    return links + _links_of_coding(study, shown["message_id"], text if found.verdict != NOT_FOUND else "", spans)


def _theme_in_print(shown: Mapping[str, Any], owner: str, study: Study, article: Article | None) -> list[Link]:
    """Return the theme under which a quotation is printed."""
    table = article.themes if owner == "ledger" and article else None
    if owner == "study" and study.has("agreed_themes"):
        table = study.agreed_themes
    if table is None or not shown["theme_id"]:
        return []
    under = table.select(table.data["theme_id"] == shown["theme_id"])
    if not len(under):
        return []
    who = "the article" if owner == "ledger" else "the study"
    sentence = f"{who} prints it under the theme “{_short(under.data['name'].iloc[0])}”"
    return [Link("printed theme", under.class_, shown["theme_id"], sentence)]


def _message(here: Table, verdict: str, variants: Sequence[str], spans: Sequence[tuple[int, int]]) -> Link:
    """Return the message that holds the words: its class is that of the words, not of what surrounds them."""
    words = here.select(columns=["message_id", "text", "participant_id"])
    id_ = str(here.data["message_id"].iloc[0])
    if verdict == NOT_FOUND:
        sentence = f"message {id_} of the study does not hold the words as printed"
    else:
        places = " and ".join(f"{start}–{end}" for start, end in spans)
        sentence = f"message {id_} of the study holds the words ({verdict}) at characters {places}"
        sentence += f"; bridged: {joined(variants)}" if variants else ""
    about = {"verdict": verdict, "spans": [list(span) for span in spans], "file": here.file}
    return Link("message", words.class_, id_, sentence, about)


def _participant(here: Table, shown: Mapping[str, Any], study: Study) -> list[Link]:
    """Return who wrote the message."""
    people = study.participants
    person = people.select(people.data["participant_id"] == here.data["participant_id"].iloc[0])
    if not len(person):
        return []
    name = str(person.data["code_name"].iloc[0])
    id_ = str(person.data["participant_id"].iloc[0])
    words = here.select(columns=["message_id", "text", "participant_id"])
    class_ = highest_class({person.class_, words.class_})
    sentence = f"{_short(name)} is the code name of its writer"
    if shown["code_name"] not in {"", name, id_}:
        sentence += f", and not {_short(shown['code_name'])}, to whom it is attributed"
    return [Link("participant", class_, id_, sentence, {"code_name": name, "file": person.file})]


def _thread(here: Table, study: Study) -> list[Link]:
    """Return the thread of the message, its place and its time there, in the class of that context."""
    row = here.data.iloc[0]
    threads = study.threads
    thread = threads.select(threads.data["thread_id"] == row["thread_id"])
    title = str(thread.data["title"].iloc[0]) if len(thread) else ""
    sentence = f"the message stands in thread {row['thread_id']}"
    sentence += f" “{_short(title)}”" if title else ""
    sentence += f", at place {int(row['position'])}" if pd.notna(row["position"]) else ""
    sentence += f", posted on {row['posted_at']:%Y-%m-%d}" if pd.notna(row["posted_at"]) else ""
    sentence += f", in reply to message {row['reply_to']}" if row["reply_to"] else ""
    class_ = highest_class({here.class_, *([thread.class_] if len(thread) else [])})
    return [Link("thread", class_, str(row["thread_id"]), sentence, {"title": title, "file": threads.file})]


def _links_of_coding(study: Study, message: str, text: str, spans: Sequence[tuple[int, int]]) -> list[Link]:
    """Return what coders made of the words: codings, codes, themes and decisions."""
    if not (study.has("codings") and study.has("codebook")):
        return []
    codings = study.codings
    # What became of a coding hangs on those of its message alone: a study may hold a million others.
    own = codings.select(codings.data["message_id"] == message)
    part = replace(study, tables=MappingProxyType({**study.tables, "codings": own}), on_read=None)
    placed = codings_of(part)
    inside = [
        any(start < to and at < end for at, to in spans)
        for start, end in zip(placed["start"], placed["end"], strict=True)
    ]
    rows = placed[inside].to_dict("records")
    if not rows:
        none = Link("coding", own.class_, "", "no coder gave these words a code")
        return [none]
    resolved = applications(part)
    shared_of: dict[str, list[str]] = {}
    for coding, code in zip(resolved["coding_id"], resolved["code_id"], strict=True):
        shared_of.setdefault(coding, []).append(code)
    links = list(_codings(part, rows, shared_of, text, spans))
    standing = {code for link in links for code in link.about["stands_as"]}
    shared = standing | {code for link in links for code in link.about["shared_codes"]}
    used = {row["own_code_id"] for row in rows}
    candidates, themes = _candidates(study, used), _themes(study, standing)
    subjects = {
        "coding": {row["coding_id"] for row in rows},
        "code": used | shared,
        "candidate": {link.id for link in candidates},
        "theme": {link.id for link in themes},
    }
    return [*links, *_codes(study, used, shared, standing), *candidates, *themes, *_decisions(study, subjects)]


def _codings(
    study: Study,
    rows: Sequence[Mapping[str, Any]],
    shared_of: Mapping[str, list[str]],
    text: str,
    spans: Sequence[tuple[int, int]],
) -> Iterator[Link]:
    """Yield the codings of the words as their coders made them, each with what became of it."""
    names, coders = code_names(study), {coder.id: coder.name for coder in study.coders}
    class_, file = study.codings.class_, study.codings.file
    outcomes = _outcomes(study)
    for row in rows:
        id_, code, start, end = row["coding_id"], row["own_code_id"], row["start"], row["end"]
        pieces = [text[max(start, at) : min(end, to)] for at, to in spans if start < to and at < end]
        words = _short(" … ".join(piece for piece in pieces if piece))
        segment = f"“{words}” (characters {start}–{end})" if words else f"characters {start}–{end}"
        outcome, stands_as = outcomes.get(id_, ("it leads to no shared code", []))
        sentence = (
            f"{coders.get(row['coder'], row['coder'])} gave {segment} the code {code} "
            f"“{_short(names[code])}”, coding {id_}; {outcome}"
        )
        about = {
            "coder": row["coder"],
            "code_id": code,
            "start": int(start),
            "end": int(end),
            "shared_codes": shared_of.get(id_, []),
            "stands_as": stands_as,
            "file": file,
        }
        yield Link("coding", class_, id_, sentence, about)


def _outcomes(study: Study) -> dict[str, tuple[str, list[str]]]:
    """Return what became of each coding, in words and as the shared codes under which it stands."""
    agreed = consensus(study)
    why = {"undisputed": ", which all who read the message gave it", "one reader": "; no other coder read the message"}
    stands: dict[str, list[str]] = {}
    words: dict[str, str] = {}
    for row in agreed.applications.itertuples():
        reason = why.get(row.basis, f" by decision {row.decision_id}")
        for coding in split_ids(row.coding_ids):
            stands.setdefault(coding, []).append(row.code_id)
            words[coding] = f"it stands as {' and '.join(dict.fromkeys(stands[coding]))}{reason}"
    for row in agreed.disputes.itertuples():
        fell = f"decision {row.decision_id} dropped it" if row.status == "settled" else "it was left open"
        for coding in split_ids(row.coding_ids):
            words.setdefault(coding, fell)
    left = left_out(study)
    for coding, reason in zip(left["coding_id"], left["reason"], strict=True):
        words.setdefault(coding, f"it counts nowhere: {reason}")
    return {coding: (text, list(dict.fromkeys(stands.get(coding, [])))) for coding, text in words.items()}


def _codes(study: Study, used: set[str], shared: set[str], standing: set[str]) -> list[Link]:
    """Return the shared codes, in the order of the codebook, with the coders' codes that lead to each."""
    names, class_, file = code_names(study), study.codebook.class_, study.codebook.file
    leads: dict[str, list[str]] = {}
    for own, code, decision in code_map(study).itertuples(index=False):
        if own in used and own != code:
            leads.setdefault(code, []).append(f"{own} (decision {decision})" if decision else own)
    links = []
    for code in (code for code in fates(study).shared if code in shared):
        sentence = f"shared code {code} “{_short(names[code])}”"
        sentence += f", from {', '.join(leads[code])}" if code in leads else ""
        sentence += "" if code in standing else "; none of these codings stands under it"
        about = {"name": names[code], "stands": code in standing, "file": file}
        links.append(Link("code", class_, code, sentence, about))
    return links


def _candidates(study: Study, used: set[str]) -> list[Link]:
    """Return the candidate themes of single coders that hold one of their codes."""
    if not study.has("candidate_themes"):
        return []
    table, coders = study.candidate_themes, {coder.id: coder.name for coder in study.coders}
    links = []
    for row in table.frame.itertuples():
        held = [code for code in row.codes if code in used]
        if held:
            sentence = f"candidate theme {row.theme_id} “{_short(row.name)}” of {coders.get(row.coder, row.coder)}"
            sentence += f" holds {', '.join(held)}"
            about = {"name": row.name, "coder": row.coder, "codes": held, "file": table.file}
            links.append(Link("candidate theme", table.class_, row.theme_id, sentence, about))
    return links


def _themes(study: Study, shared: set[str]) -> list[Link]:
    """Return the agreed themes that hold one of the shared codes."""
    if not study.has("agreed_themes"):
        return []
    table = study.agreed_themes
    names = dict(zip(table.data["theme_id"], table.data["name"], strict=True))
    links = []
    for theme, codes in codes_of_themes(study).items():
        held = [code for code in codes if code in shared]
        if held:
            sentence = f"agreed theme “{_short(names[theme])}” holds {', '.join(held)}"
            about = {"name": names[theme], "codes": held, "file": table.file}
            links.append(Link("theme", table.class_, theme, sentence, about))
    return links


def _decisions(study: Study, subjects: Mapping[str, set[str]]) -> list[Link]:
    """Return the decisions on any of these codings, codes and themes, in the order of the log."""
    if not study.has("decisions"):
        return []
    table = study.decisions
    log = table.frame
    superseded = {row.supersedes: row.decision_id for row in log.itertuples() if row.supersedes}
    links = []
    for row in log.itertuples():
        concerned = [subject for subject in row.subjects if subject in subjects[row.kind]]
        if not concerned:
            continue
        more = len(row.subjects) - len(concerned)
        sentence = f"decision {row.decision_id} of {row.decided_at:%Y-%m-%d} on {_SUBJECTS[row.kind]} "
        sentence += ", ".join(concerned) + (f" and {more} more" if more else "") + f": {row.outcome}"
        sentence += _decided(row)
        later = superseded.get(row.decision_id, "")
        sentence += f"; superseded by {later}" if later else ""
        sentence += f". Reason: {row.reason}" if row.reason else ". No reason is given"
        about = {
            "kind": row.kind,
            "outcome": row.outcome,
            "subjects": concerned,
            "target": list(row.target),
            "reason": row.reason,
            "superseded_by": later,
            "file": table.file,
        }
        links.append(Link("decision", table.class_, row.decision_id, sentence, about))
    return links


def _decided(row: Any) -> str:  # noqa: ANN401 - a row of the log
    """Say to what a decision leads: codes, themes, or another segment."""
    if row.kind == "coding":
        code = f" {row.code_id}" if row.outcome in {"assign", "redraw"} and row.code_id else ""
        segment = f" over characters {row.start}–{row.end}" if row.outcome == "redraw" else ""
        return code + segment
    return f" to {', '.join(row.target)}" if row.target else ""


def _short(text: str) -> str:
    """Return a text on one line, cut where it is long."""
    line = " ".join(str(text).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1].rstrip()}…"
