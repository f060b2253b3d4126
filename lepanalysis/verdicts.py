"""A verdict for each entry of a ledger, worked out from the class of the evidence and from nothing else.

What was copied from the article and printed again is *transcribed*, never *reproduced*; what holds over an
invented corpus holds *by construction*; *confirmed* is said over a real corpus alone, and of the test alone: what that
leaves out of the claim stands beside the verdict, and what the claim would need beside what is at hand is its reason.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepanalysis import attestation as attestations
from lepanalysis import citation_audit, claims
from lepanalysis.citation_audit import Finding
from lepanalysis.citation_rules import AS_MEANT, INCOMPLETE
from lepanalysis.claim_units import Materials
from lepanalysis.entries import KINDS, NO_CHECK, entries_of
from lepanalysis.locators import digest_of_sentence
from lepanalysis.own_claims import bound_to
from lepanalysis.reference_entries import printed_record
from lepanalysis.schema import highest_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.article_check import Comparison
    from lepanalysis.attestation import Attestation
    from lepanalysis.claims import Outcome
    from lepanalysis.entries import Entry
    from lepanalysis.own_claims import Evidence
    from lepanalysis.study import Study

TRANSCRIBED = "transcribed"
REPRODUCED = "reproduced"
CONFIRMED = "confirmed"
BY_CONSTRUCTION = "by construction"
DEPENDS = "depends on the threshold"
CONTRADICTED = "contradicted"
NOT_REPRODUCIBLE = "not reproducible from public material"
VERDICTS = (TRANSCRIBED, REPRODUCED, CONFIRMED, BY_CONSTRUCTION, DEPENDS, CONTRADICTED, NOT_REPRODUCIBLE)
MEANINGS = {
    TRANSCRIBED: "carried over from the article, and equal to its text",
    REPRODUCED: "computed from other published records, and equal",
    CONFIRMED: "its test holds over a real corpus; what the test leaves out is not confirmed",
    BY_CONSTRUCTION: "its test holds over an invented corpus because that was made so: proves nothing",
    DEPENDS: "its test holds over a part of the stated range of thresholds, and not over the rest",
    CONTRADICTED: "it, or its test, does not hold over the evidence named",
    NOT_REPRODUCIBLE: "cannot be checked from public material, for the reason given",
}

# Reason codes, by what a check would need.
REASONS = {
    "corpus": "corpus not public",
    "codings": "codings not published",
    "records of the analysis": "records of the analysis not published",
    "judgement of people": "judgement of people",
    "external source": "external source",
}
UNCHECKED = "not checked since the ledger changed"
NEVER_CHECKED = "not checked against the article's text"
NO_TEST = "no test of it"
UNLIKE = "the stand-in was not made so"
OTHER_SENTENCE = "its sentence is not the one that the ledger was made from"
UNSOUND = "the study is at fault"
MISPLACED = "its sentence stands elsewhere in the article's text than its locator says"
FAULTY_FACT = "a fact that it rests on is at fault"
FAULTY_RECORDS = "records that it rests on are at fault"
RECORDS = "records of the analysis"
# The tests that take all records of a table of the ledger.
_TAKES = {"theme-names": "themes", "quotations": "quotations"}
# Findings that no reader is led astray by: what a manual of style asks for, and print does otherwise.
STYLE = frozenset(
    {
        citation_audit.AND,
        citation_audit.AMPERSAND,
        citation_audit.AND_OUTSIDE,
        citation_audit.AMPERSAND_OUTSIDE,
        citation_audit.NO_PAGE,
        citation_audit.ORDER,
        INCOMPLETE,
    }
)
# The checks that hold an entry against print; all others hold it against a study.
OF_PRINT = ("transcription", "rendering", "recount")


@dataclass(frozen=True, eq=False)
class Verdict:
    """What can be said of one entry.

    Parameters
    ----------
    entry : Entry
    verdict : str
        One of `VERDICTS`.
    reason : str
        Why it is no more than that: codes joined by "; ", of an entry that was held against a study what it needs and
        that study has not. Empty where nothing stands in the way.
    evidence : str
        What it rests on, in words; of a test also which it is and, at the end, what it leaves out.
    class_ : str
        The class of the evidence; empty where there is none.
    printed, found : str
        What the article says and what the study shows, where it was held against a study.
    value, low, high : float or None
        What was measured, and its interval.
    n : int or None
        The units that it was measured over.
    test : str
        For a claim in words: our operationalisation of it.
    tables : tuple of str
        The tables of the study that the check took.
    bound_to : str
        Which codes, or values of an attribute, of the study are bound to the claim.
    reaches : str
        How far its interval reaches over what would turn it.
    turned_by : str
        Which other codings or units would turn it.
    leaves_out : str
        What the test leaves out of the entry, and the codes bound to it out of the test; where a test was made.
    """

    entry: Entry
    verdict: str
    reason: str = ""
    evidence: str = ""
    class_: str = ""
    printed: str = ""
    found: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    test: str = ""
    tables: tuple[str, ...] = ()
    bound_to: str = ""
    reaches: str = ""
    turned_by: str = ""
    leaves_out: str = ""

    def as_record(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return {
            "id": self.entry.id,
            "kind": self.entry.kind,
            "section": self.entry.section,
            "statement": self.entry.statement,
            "verdict": self.verdict,
            "reason": self.reason,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "n": self.n,
            "class": self.class_,
            "evidence": self.evidence,
        }


def verdicts_of(
    study: Study,
    article: Article | None,
    *,
    attestation: Attestation | None = None,
    comparisons: Sequence[Comparison] | None = None,
    sound: bool = True,
) -> tuple[Verdict, ...]:
    """Return a verdict for each entry of the article's ledger and of the study's own claims.

    Parameters
    ----------
    study : Study
    article : Article or None
    attestation : Attestation, optional
        What was found equal to the article's text when that was last at hand.
    comparisons : sequence of Comparison, optional
        What was found now, where the article's text is at hand; it goes before the attestation.
    sound : bool
        Whether the study is without faults. Nothing is held against one that is not.
    """
    compared = {item.entry_id: item for item in comparisons or ()}
    own = study.own_claims
    ground = _Ground(study, Materials(study), own.evidence) if sound else None
    return tuple(
        _verdict(entry, ground, article, _Print(attestation, compared.get(entry.id)))
        for entry in entries_of(article, own.claims)
    )


@dataclass(frozen=True, eq=False)
class _Ground:
    """What claims are held against: the study, its codings ready for the tests, and what of it is bound to claims."""

    study: Study
    materials: Materials
    evidence: Mapping[str, Evidence]

    def bound_to(self, entry: Entry) -> str:
        """Say what of the study is bound to an entry, and to the one beside which it is tested."""
        if entry.kind != "claim":
            return ""
        return bound_to(self.evidence.get(entry.id), self.evidence.get(str(entry.record.get("beside") or "")))

    def left_out(self, entry: Entry) -> str:
        """Say what the test of an entry leaves out of it, and what the codes bound to it leave out of the test."""
        bound = self.evidence.get(entry.id) if entry.kind == "claim" else None
        parts = {"the test": str(entry.record.get("leaves_out") or ""), "the codes": bound.leaves_out if bound else ""}
        return "; ".join(f"left out or replaced by {what}: {words}" for what, words in parts.items() if words)


@dataclass(frozen=True, eq=False)
class _Print:
    """What is known of an entry's place in print."""

    attestation: Attestation | None
    comparison: Comparison | None

    def problem(self, entry: Entry) -> str:
        """Return why the entry does not count as equal to the article's text; empty where it does."""
        if self.comparison is not None:
            if self.comparison.equal:
                return ""
            # Where the locator is not at fault, the text or another record is.
            other = OTHER_SENTENCE if self.comparison.locator else self.comparison.problem
            return MISPLACED if self.comparison.stands else other
        if self.attestation is None:
            return NEVER_CHECKED
        return "" if attestations.state_of(entry, self.attestation) == "equal" else UNCHECKED

    def sentence(self) -> str:
        """Say with what it is equal."""
        if self.attestation is None or self.comparison is not None:
            return "equal to the article's text, read now"
        return f"equal to the article's text with the digest {self.attestation.article_sha256[:12]}, as of this ledger"


def _verdict(entry: Entry, ground: _Ground | None, article: Article | None, in_print: _Print) -> Verdict:
    """Return the verdict on one entry; without a ground where nothing may be held against the study."""
    comparison = in_print.comparison
    if comparison is not None and not comparison.equal and comparison.compared:
        told = "; ".join(part for part in (comparison.problem, comparison.diff, comparison.where) if part)
        return Verdict(entry, CONTRADICTED, "differs from the article's text", told, "published")
    if entry.check in OF_PRINT and article is not None:
        return _of_print(entry, article, in_print)
    if ground is None:
        return Verdict(entry, NOT_REPRODUCIBLE, UNSOUND)
    verdict = (
        Verdict(entry, NOT_REPRODUCIBLE, _lacking(entry, ground.study) or NO_TEST, _placed(entry, in_print))
        if entry.check == NO_CHECK
        else _of_study(entry, ground, article, in_print)
    )
    return dataclasses.replace(verdict, bound_to=ground.bound_to(entry))


def _of_print(entry: Entry, article: Article, in_print: _Print) -> Verdict:
    """Return the verdict on what was carried over, or computed from what was."""
    if entry.check == "recount":
        if article.left_out.get(entry.record["fact_id"]):
            return Verdict(entry, NOT_REPRODUCIBLE, "records it would be counted from are at fault", class_="published")
        counted = len(article.table(entry.record["fact_id"]))
        holds = str(counted) == entry.record["value"]
        told = f"{entry.record['value']} in print, {counted} records of {entry.record['fact_id']}.csv"
        if holds and in_print.problem(entry):
            return Verdict(entry, NOT_REPRODUCIBLE, in_print.problem(entry), told, "published")
        return Verdict(entry, REPRODUCED if holds else CONTRADICTED, "", told, "published", value=counted, n=counted)
    if entry.check == "rendering":
        whole = printed_record(entry.table, entry.record)
        # Where only the digest is at fault, the article's text has shown that the words are as printed.
        known = in_print.comparison is not None and in_print.comparison.locator
        if digest_of_sentence(whole) != entry.sentence_sha256 and not known:
            told = f"put together from its record it reads {whole!r}, which is not what was printed at its locator"
            return Verdict(entry, CONTRADICTED, "", told, "published")
    problem = in_print.problem(entry)
    if problem:
        return Verdict(entry, NOT_REPRODUCIBLE, problem, class_="published")
    reason, told = "", in_print.sentence()
    if entry.kind == "literature-quotation":
        reason, told = REASONS["external source"], f"{told}; whether the cited work says so was not looked up"
    return Verdict(entry, TRANSCRIBED, reason, told, "published")


def _of_study(entry: Entry, ground: _Ground, article: Article | None, in_print: _Print) -> Verdict:
    """Return the verdict on what was held against a study, from the class of the records that the check took."""
    study, taken = ground.study, set[str]()

    def take(name: str) -> None:
        taken.add(name)
        if study.on_read is not None:
            study.on_read(name)

    if article is not None and article.left_out.get("facts") and not _facts_of(entry) <= _facts_in(article):
        return Verdict(entry, NOT_REPRODUCIBLE, FAULTY_FACT)
    if article is not None and article.left_out.get(_TAKES.get(entry.check, "")):
        return Verdict(entry, NOT_REPRODUCIBLE, FAULTY_RECORDS)
    outcome = claims.outcome_of(entry, dataclasses.replace(study, on_read=take), article, materials=ground.materials)
    if outcome is None or outcome.holds is None:
        # Where there is a test, what it lacks is the reason, not the want of one.
        lacks = outcome.lacks if outcome else NO_TEST
        reason = "; ".join(part for part in (_lacking(entry, study), lacks) if part)
        return Verdict(entry, NOT_REPRODUCIBLE, reason, _placed(entry, in_print), test=outcome.test if outcome else "")
    class_ = highest_class(study.tables[name].class_ for name in taken)
    verdict = _from_class(class_, outcome)
    # Its test may hold over a real corpus: what else the claim needs is lacking all the same. A study's own claim needs
    # nothing but the study.
    codes = "" if entry.table == "own_claims" else _lacking(entry, study)
    # Nothing that was invented speaks against a claim either.
    unlike = UNLIKE if class_ == "stand-in" and verdict == NOT_REPRODUCIBLE else ""
    whose = ""
    if class_ == "stand-in":
        whose = "an invented corpus: nothing follows for " + ("another" if article is None else "the article's")
    elif RECORDS in entry.needs:
        whose = "as the records of this study's coders have it, whoever they are"
    bound, left_out = ground.bound_to(entry), ground.left_out(entry)
    told = (
        _measured(outcome),
        _named(outcome.test, own=entry.table == "own_claims"),
        outcome.reaches,
        outcome.turned_by,
        f"bound to it: {bound}" if bound else "",
        whose,
        left_out,
    )
    return Verdict(
        entry,
        verdict,
        "; ".join(part for part in (codes, unlike) if part),
        "; ".join(part for part in told if part),
        class_,
        outcome.printed,
        outcome.found,
        outcome.value,
        outcome.low,
        outcome.high,
        outcome.n,
        outcome.test,
        tuple(sorted(taken)),
        reaches=outcome.reaches,
        turned_by=outcome.turned_by,
        leaves_out=left_out,
    )


def _measured(outcome: Outcome) -> str:
    """Say of the test, and not of the claim, whether it holds, and what was found."""
    found = f"{outcome.found} over {outcome.population}" if outcome.population else outcome.found
    if not outcome.holds and outcome.printed and not outcome.test:
        found = f"{found}, where print has {outcome.printed}"
    if outcome.part:
        at = "holds at its threshold and not" if outcome.holds else "fails at its threshold and holds only"
        return f"its test {at} over {'all' if outcome.holds else 'a part'} of the stated range: {found}"
    return f"its test {'holds' if outcome.holds else 'fails'}: {found}"


def _named(test: str, *, own: bool) -> str:
    """Name a test, with its threshold and range, and whose it is; empty where nothing was operationalised."""
    words = test.removesuffix(f" ({claims.OURS})")
    if not words:
        return ""
    return f"{'the test' if own else claims.OURS}: {words}"


def _from_class(class_: str, outcome: Outcome) -> str:
    """Return the verdict that evidence of a class allows."""
    if outcome.part:
        return DEPENDS
    if not outcome.holds:
        return NOT_REPRODUCIBLE if class_ == "stand-in" else CONTRADICTED
    if class_ in {"published", "derived"}:
        return REPRODUCED
    return BY_CONSTRUCTION if class_ == "stand-in" else CONFIRMED


def _facts_of(entry: Entry) -> set[str]:
    """Return the facts that an entry rests on."""
    return set(entry.record.get("fact_ids") or ()) | ({"themes"} if entry.check == "agreed-wording" else set())


def _facts_in(article: Article) -> set[str]:
    """Return the facts that the ledger has."""
    return set(article.facts.frame["fact_id"])


def _lacking(entry: Entry, study: Study) -> str:
    """Return what stands in the way of a check: what the entry needs, less what is at hand."""
    at_hand = set()
    if study.class_ in {"open", "restricted"}:
        at_hand = {"corpus"} | ({"codings"} if study.has("codings") else set())
    missing = [REASONS[need] for need in entry.needs if need in REASONS and need not in at_hand]
    return "; ".join(missing)


def _placed(entry: Entry, in_print: _Print) -> str:
    """Say whether the sentence that an entry restates is known to stand in print."""
    if not entry.sentence_sha256:
        return ""
    problem = in_print.problem(entry)
    return problem or f"the sentence at its locator is {in_print.sentence()}"


def summary_of(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return how many entries of each kind have each verdict.

    Returns
    -------
    dict
        ``entries``: how many; ``verdicts``: by verdict; ``kinds``: by kind, then by verdict. Only what occurs.
    """
    kinds = {
        kind: _counted([item for item in verdicts if item.entry.kind == kind])
        for kind in KINDS
        if any(item.entry.kind == kind for item in verdicts)
    }
    return {"entries": len(verdicts), "verdicts": _counted(verdicts), "kinds": kinds}


def _counted(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Return how many have each verdict."""
    given = [item.verdict for item in verdicts]
    return {verdict: given.count(verdict) for verdict in VERDICTS if verdict in given}


def findings_of(article: Article | None) -> tuple[Finding, ...]:
    """Return what there is to find in the printed text: slips first, then notes of style.

    In either part those that an audit of the citations finds, and then the others on record.
    """
    if article is None:
        return ()
    found = list(citation_audit.audit_ledger(article))
    if article.has("slips"):
        found += [
            Finding(slip["kind"], slip["description"], _where(slip))
            for slip in article.slips.frame.to_dict("records")
            if slip["kind"] not in citation_audit.COMPUTABLE_KINDS
        ]
    return tuple(sorted(found, key=is_style))


def is_style(finding: Finding) -> bool:
    """Whether a finding is a note of style, and no slip that can lead a reader astray."""
    return finding.kind.removesuffix(AS_MEANT) in STYLE


def _where(record: Mapping[str, Any]) -> str:
    """Return the place of a record in print."""
    return f"section {record['section']}, paragraph {record['paragraph']}, sentence {record['sentence']}"
