"""Claims and steps of the method held against a study's records: numbers, dates, names, who read and decided what."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lepanalysis import quotations
from lepanalysis.applications import readings
from lepanalysis.claim_tests import Counts, Outcome
from lepanalysis.claim_units import LackingError
from lepanalysis.codes import in_force
from lepanalysis.ledger_rules import COUNTED
from lepanalysis.themes_compared import candidate_members, coders_with_candidates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lepanalysis.article import Article
    from lepanalysis.own_claims import Evidence
    from lepanalysis.study import Study

# What a study may lack, by the table that would hold it.
_LACKING = {
    "agreed_themes": "agreed themes",
    "assignments": "record of who read what",
    "candidate_themes": "candidate themes",
    "codings": "codings",
    "codebook": "codebook",
    "decisions": "decisions",
    "memos": "memos",
}


def need(study: Study, *tables: str) -> None:
    """Refuse a study that lacks one of some tables, or any record in it.

    Raises
    ------
    LackingError
        With the first that is lacking.
    """
    for name in tables:
        if not study.has(name):
            raise LackingError(f"the study holds no {_LACKING.get(name, name)}")


def _count(study: Study, article: Article, facts: tuple[str, ...]) -> Outcome:
    """Hold a printed number against the number of records."""
    (fact,) = facts
    need(study, COUNTED[fact])
    found, printed = len(study.table(COUNTED[fact])), article.fact(fact)
    return Outcome(printed == str(found), printed, str(found), value=float(found), n=found)


def _period(study: Study, article: Article, facts: tuple[str, ...]) -> Outcome:
    """Hold the printed months against the first and the last message."""
    months = study.messages.frame["posted_at"].dt.strftime("%Y-%m").dropna()
    if months.empty:
        raise LackingError("no message has a date")
    first, last = (article.fact(fact) for fact in facts)
    holds = bool(months.between(first, last).all())
    undated = len(study.messages) - len(months)
    if holds and undated:
        raise LackingError(f"{undated} of the messages have no date, and may lie anywhere")
    return Outcome(holds, f"{first} to {last}", f"{months.min()} to {months.max()}", n=len(months))


def _quotations(study: Study, article: Article, facts: tuple[str, ...]) -> Outcome:
    """Hold every printed quotation against the message it is credited to."""
    del facts
    checked = quotations.check_all(study, article)
    if checked.empty:
        raise LackingError("the ledger holds no quotation")
    good = int((checked["verdict"].ne(quotations.NOT_FOUND) & checked["author_matches"]).sum())
    return Outcome(good == len(checked), str(len(checked)), str(good), value=float(good), n=len(checked))


def _theme_names(study: Study, article: Article, facts: tuple[str, ...]) -> Outcome:
    """Look for the printed names of the themes, word for word, in the messages."""
    del facts
    texts = study.messages.frame["text"].str.casefold()
    names = list(article.themes.frame["name"])
    if not names:
        raise LackingError("the ledger names no theme")
    found = [name for name in names if texts.str.contains(name.casefold(), regex=False).any()]
    return Outcome(len(found) == len(names), str(len(names)), str(len(found)), value=float(len(found)), n=len(names))


def attributes(study: Study, article: Article, facts: tuple[str, ...], evidence: Evidence) -> Outcome:
    """Look for each fact among the participants, by the values of an attribute that stand for it.

    Parameters
    ----------
    study : Study
    article : Article
    facts : tuple of str
        Ids of facts of the ledger.
    evidence : Evidence
        Which values of which attribute stand for each.

    Raises
    ------
    LackingError
        When nothing stands for a fact, or the participants have no such attribute.
    """
    unbound = [fact for fact in facts if not evidence.facts.get(fact)]
    if unbound:
        raise LackingError(f"claims.yaml does not say which values of an attribute stand for {', '.join(unbound)}")
    people = study.participants.frame
    if evidence.attribute not in people:
        raise LackingError(f"the participants have no attribute {evidence.attribute!r}")
    given = {str(value).casefold() for value in people[evidence.attribute]}
    found = [fact for fact in facts if given.intersection(value.casefold() for value in evidence.facts[fact])]
    printed = "; ".join(article.fact(fact) for fact in facts)
    told = f"{len(found)} of {len(facts)}"
    return Outcome(
        len(found) == len(facts),
        printed,
        told,
        value=float(len(found)),
        n=len(people),
        population=f"{len(people)} participants",
    )


def _coded_before_meeting(study: Study) -> Outcome:
    """Hold the dates of all codings against that of the first decision."""
    need(study, "codings", "decisions")
    codings = study.codings.frame
    idle = [coder.id for coder in study.coders if coder.id not in set(codings["coder"])]
    if len(study.coders) < 2 or idle:
        raise LackingError(f"there are no codings of {' and '.join(idle) or 'a second coder'}")
    first = study.decisions.frame["decided_at"].min()
    made = codings["created_at"]
    # Of a day without an hour nobody can say whether it began or ended with the decision.
    until = first if first != first.normalize() else first + pd.Timedelta(days=1)
    after, before = int((made >= until).sum()), int((made < first).sum())
    if not after and before < len(codings):
        raise LackingError(f"{len(codings) - before} codings have no date, or none that tells them from the meeting")
    told = f"{before} of {len(codings)} codings dated before {first:%Y-%m-%d}, the first decision"
    return Outcome(
        not after, "", told, value=before / len(codings), n=len(codings), population=f"{len(codings)} codings"
    )


def same_patterns(study: Study) -> Counts:
    """Return, for each two coders and each agreed theme, the messages that one or both of them put under it.

    A message belongs to an agreed theme for a coder when one of the coder's candidate themes that were decided to lead
    there holds it. Only messages that both have read count.

    Parameters
    ----------
    study : Study

    Raises
    ------
    LackingError
        When fewer than two coders have candidate themes, when no decision says what became of these, or when nobody
        put anything under some agreed theme.
    """
    need(study, "candidate_themes", "agreed_themes", "codings", "decisions")
    coders = coders_with_candidates(study)
    if len(coders) < 2:
        raise LackingError("fewer than two coders have candidate themes")
    leads: dict[str, set[str]] = {}
    for decision in in_force(study, "candidate"):
        for subject in decision["subjects"] if decision["outcome"] != "reject" else ():
            leads.setdefault(subject, set()).update(decision["target"])  # type: ignore[arg-type]
    if not leads:
        raise LackingError("no decision says which agreed theme a candidate theme became")
    themes = study.agreed_themes.frame["theme_id"].tolist()
    messages = study.messages.data
    read = readings(study)
    person = pd.factorize(messages["participant_id"])[0]
    flags, labels = [], []
    for one, other in combinations(coders, 2):
        both_read = (read[one] & read[other]).to_numpy()
        held = [_held(study, coder, themes, leads, read.index) & both_read[:, None] for coder in (one, other)]
        flags += [flag for place in range(len(themes)) for flag in (_and(held, place), _or(held, place))]
        labels += [f"{theme} ({one} and {other})" if len(coders) > 2 else theme for theme in themes]
    totals = [int(flag.sum()) for flag in flags]
    empty = [label for label, whole in zip(labels, totals[1::2], strict=True) if not whole]
    if empty:
        raise LackingError(f"no candidate theme brings a message under {empty[0]}")
    rows = np.stack([np.bincount(person, weights=flag).astype(np.int64) for flag in flags], axis=1)
    shares = [part / whole for part, whole in zip(totals[::2], totals[1::2], strict=True)]
    worst = shares.index(min(shares))
    n = int(sum(read[list(coders)].sum(axis="columns") > 1))
    found = f"furthest apart on {labels[worst]}: {totals[2 * worst]} of {totals[2 * worst + 1]} messages"
    return Counts(rows, "least-share", by_participant=True, n=n, population=f"{n:,} messages", found=found)


def _held(study: Study, coder: str, themes: list[str], leads: dict[str, set[str]], index: pd.Index) -> np.ndarray:
    """Return messages x agreed themes, True where a candidate of the coder that leads there holds the message."""
    members = candidate_members(study, coder).reindex(index, fill_value=False)
    table = np.zeros((len(index), len(themes)), dtype=bool)
    for place, theme in enumerate(themes):
        names = [name for name in members.columns if theme in leads.get(name, ())]
        table[:, place] = members[names].to_numpy(dtype=bool).any(axis=1)
    return table


def _and(held: list[np.ndarray], place: int) -> np.ndarray:
    return held[0][:, place] & held[1][:, place]


def _or(held: list[np.ndarray], place: int) -> np.ndarray:
    return held[0][:, place] | held[1][:, place]


def _each_coder(study: Study, good: list[str], what: str) -> Outcome:
    """Return whether something is true of every coder."""
    coders = [coder.id for coder in study.coders]
    if not coders:
        raise LackingError("the study names no coder")
    kept = [coder for coder in coders if coder in good]
    population = f"{len(coders)} coder{'s' if len(coders) != 1 else ''}"
    told = f"{len(kept)} {what}"
    return Outcome(len(kept) == len(coders), "", told, value=float(len(kept)), n=len(coders), population=population)


def _all_read(study: Study) -> Outcome:
    """Each coder is on record as having read every message."""
    need(study, "assignments")
    read = readings(study)
    return _each_coder(study, [str(coder) for coder in read.columns[read.all()]], "read every message")


def _each_coded(study: Study) -> Outcome:
    """Each coder has codings and memos."""
    need(study, "codings", "memos")
    good = set(study.codings.frame["coder"]).intersection(study.memos.frame["coder"])
    return _each_coder(study, sorted(good), "with codings and memos")


def _each_sorted(study: Study) -> Outcome:
    """Each coder has a candidate theme with a code that the coder used."""
    need(study, "candidate_themes", "codings")
    codings = study.codings.frame
    used = set(zip(codings["coder"], codings["code_id"], strict=True))
    themes = study.candidate_themes.frame
    good = {
        coder
        for coder, codes in zip(themes["coder"], themes["codes"], strict=True)
        if used.intersection((coder, code) for code in codes)
    }
    return _each_coder(study, sorted(good), "with a candidate theme of codes that they used")


def _met(study: Study) -> Outcome:
    """A decision is on record at which all coders were present."""
    need(study, "decisions")
    log = study.decisions.frame
    everyone = {coder.id for coder in study.coders}
    if len(everyone) < 2:
        raise LackingError("there is no second coder to meet")
    # Where nobody noted who was present, whoever decided was.
    there = [set(present or by) for present, by in zip(log["present"], log["by"], strict=True)]
    meetings = sum(everyone <= present for present in there)
    told = f"{meetings} at which all coders were present"
    return Outcome(
        meetings > 0, "", told, value=float(meetings), n=len(log), population=f"{len(log):,} decisions on record"
    )


def _agreed_wording(study: Study) -> Outcome:
    """Of every agreed theme a decision on its name, taken by all coders, is on record."""
    need(study, "agreed_themes", "decisions")
    everyone = {coder.id for coder in study.coders}
    decided = [decision for decision in in_force(study, "theme") if everyone <= set(decision["by"])]  # type: ignore[call-overload]
    if not in_force(study, "theme"):
        raise LackingError("no decision on the wording of a theme is on record")
    themes = study.agreed_themes.frame
    good = [
        theme
        for theme, name in zip(themes["theme_id"], themes["name"], strict=True)
        if any(theme in item["subjects"] and _words(item, name) for item in decided)  # type: ignore[operator]
    ]
    return Outcome(
        len(good) == len(themes),
        "",
        f"{len(good)} with a decision of all coders on the name",
        value=float(len(good)),
        n=len(themes),
        population=f"{len(themes)} agreed themes",
    )


def _words(decision: Mapping[str, Any], name: str) -> bool:
    """Whether a decision on a theme leaves it with the name that it has."""
    return decision["outcome"] == "accept" or (decision["outcome"] == "rename" and name in decision["target"])


# The tests that hold what the ledger prints against a study.
AGAINST_PRINT: dict[str, Callable[[Study, Article, tuple[str, ...]], Outcome]] = {
    "count": _count,
    "period": _period,
    "quotations": _quotations,
    "theme-names": _theme_names,
}
# The tests of what the coders did.
OF_PROCEEDING: dict[str, Callable[[Study], Outcome]] = {
    "coded-before-meeting": _coded_before_meeting,
    "all-read": _all_read,
    "each-coded": _each_coded,
    "each-sorted": _each_sorted,
    "met": _met,
    "agreed-wording": _agreed_wording,
}
