import dataclasses
import textwrap

import pytest
from ledgers import example, write_ledger
from projects import ROOT
from studies import SMALL, replaced, write_study

from lepanalysis import verdicts_tables
from lepanalysis.article import open_article, read_article
from lepanalysis.article_check import compare
from lepanalysis.article_text import read_article_text
from lepanalysis.attestation import attest
from lepanalysis.citation_audit import Finding
from lepanalysis.cli_verify import line_of
from lepanalysis.entries import entries_of
from lepanalysis.study import open_study
from lepanalysis.verdicts import (
    NEVER_CHECKED,
    OTHER_SENTENCE,
    UNCHECKED,
    findings_of,
    is_style,
    summary_of,
    verdicts_of,
)
from lepanalysis.verdicts_tables import counted, listed, shortened, sources

OWN = """\
    claims:
      - {id: K1, statement: Most ask for a space, kind: frequency, check: share, unit: participant, threshold: 0.5,
         range: [0.4, 0.6], codes: [space], test: The share of those who posted who ask for a space}
    """


def study_of(folder, class_, **changes):
    yaml = textwrap.dedent(SMALL["study.yaml"]).replace("class: open", f"class: {class_}")
    return open_study(write_study(folder / "study", study_yaml=yaml, **changes))


def attestation_of(article, tmp_path):
    paper = tmp_path / "article.txt"
    paper.write_text(example()["article.txt"], encoding="utf-8")
    text, entries = read_article_text(paper, article), entries_of(article)
    return attest(text, entries, compare(entries, article, text), article)


@pytest.fixture
def article(tmp_path):
    return open_article(write_ledger(tmp_path / "article"))


def by_id(verdicts):
    return {item.entry.id: item for item in verdicts}


def test_what_was_copied_and_attested_is_transcribed_and_never_reproduced(tmp_path, article):
    found = by_id(verdicts_of(study_of(tmp_path, "open"), article, attestation=attestation_of(article, tmp_path)))
    copied = ["q-1", "lq-1", "participants", "theme-workshop", "m-workshop-closeness", "c1", "c2", "low1999"]
    assert {found[name].verdict for name in copied} == {"transcribed"}
    assert {found[name].class_ for name in copied} == {"published"}
    assert found["themes"].verdict == "reproduced"
    assert found["themes"].evidence == "1 in print, 1 records of themes.csv"


def test_a_quotation_from_the_literature_was_not_looked_up_in_its_source(tmp_path, article):
    attestation = attestation_of(article, tmp_path)
    found = by_id(verdicts_of(study_of(tmp_path, "open"), article, attestation=attestation))["lq-1"]
    assert found.reason == "external source"
    assert found.evidence.endswith("as of this ledger; whether the cited work says so was not looked up")


def test_without_an_attestation_nothing_is_transcribed_or_reproduced(tmp_path, article):
    found = by_id(verdicts_of(study_of(tmp_path, "open"), article))
    for name in ("q-1", "themes"):
        assert (found[name].verdict, found[name].reason) == ("not reproducible from public material", NEVER_CHECKED)


def test_an_entry_that_changed_since_is_not_vouched_for(tmp_path, article):
    attestation = attestation_of(article, tmp_path)
    changed = open_article(write_ledger(tmp_path / "other", ("quotations.csv", "One of them", "One of us")))
    found = by_id(verdicts_of(study_of(tmp_path, "open"), changed, attestation=attestation))
    assert (found["q-1"].verdict, found["q-1"].reason) == ("not reproducible from public material", UNCHECKED)
    assert found["c1"].verdict == "transcribed"


def test_a_block_that_does_not_have_its_printed_digest_is_contradicted(tmp_path, article):
    changed = open_article(write_ledger(tmp_path / "other", ("quotations.csv", "workshop. Soon", "workshop. Sooner")))
    attestation = attestation_of(article, tmp_path)
    found = by_id(verdicts_of(study_of(tmp_path, "open"), changed, attestation=attestation))["q-1"]
    assert found.verdict == "contradicted"
    assert "it reads 'We need a shared workshop. Sooner. (Message 1)', which is not what was printed" in found.evidence


def test_a_comparison_made_now_goes_before_the_attestation(tmp_path, article):
    paper = tmp_path / "paper.txt"
    paper.write_text(example()["article.txt"].replace("meet as equals", "meet as friends"), encoding="utf-8")
    entries = entries_of(article)
    comparisons = compare(entries, article, read_article_text(paper, article))
    study = study_of(tmp_path, "open")
    found = by_id(verdicts_of(study, article, attestation=attestation_of(article, tmp_path), comparisons=comparisons))
    assert found["lq-1"].verdict == "contradicted"
    assert "meet as [-equals-] {+friends+}" in found["lq-1"].evidence
    assert found["theme-workshop"].evidence == "equal to the article's text, read now"


@pytest.mark.parametrize(
    ("class_", "verdict"), [("stand-in", "by construction"), ("open", "confirmed"), ("restricted", "confirmed")]
)
def test_the_same_count_has_the_verdict_that_its_class_allows(tmp_path, article, class_, verdict):
    found = by_id(verdicts_of(study_of(tmp_path, class_), article))["C1"]
    assert (found.verdict, found.class_, found.printed, found.found) == (verdict, class_, "4", "4")


def test_what_does_not_hold_is_contradicted_but_never_by_what_was_invented(tmp_path, article):
    people = replaced("participants.csv", "P4,Kim,consultant\n", "")
    found = by_id(verdicts_of(study_of(tmp_path / "open", "open", participants_csv=people), article))["C1"]
    assert (found.verdict, found.evidence) == ("contradicted", "its test fails: 3, where print has 4")
    found = by_id(verdicts_of(study_of(tmp_path / "stand-in", "stand-in", participants_csv=people), article))["C1"]
    assert (found.verdict, found.reason) == (
        "not reproducible from public material",
        "corpus not public; the stand-in was not made so",
    )


def test_nothing_is_held_against_a_study_at_fault(tmp_path, article):
    found = by_id(verdicts_of(study_of(tmp_path, "open"), article, sound=False))
    assert {found[name].reason for name in ("C1", "C2", "M1")} == {"the study is at fault"}


@pytest.mark.parametrize("class_", ["open", "restricted"])
def test_records_of_the_analysis_are_those_of_the_studys_coders(tmp_path, article, class_):
    found = by_id(verdicts_of(study_of(tmp_path, class_), article))["M1"]
    # Nothing tells whether they are those of the authors, so that the reason stays.
    assert (found.verdict, found.reason) == ("confirmed", "records of the analysis not published")
    assert found.evidence == (
        "its test holds: 2 read every message over 2 coders; our operationalisation, not the authors': Every coder is "
        "on record as having read every message; as the records of this study's coders have it, whoever they are; "
        "left out or replaced by the test: that it was one alone; with what care"
    )


NEEDS = "corpus;codings;judgement of people;external source,at-least"
JUDGED = (
    ("claims.csv", "fact_ids,checkable", "fact_ids,unit,threshold,threshold_from,threshold_to,leaves_out,checkable"),
    ("claims.csv", "participants,corpus,count", "participants,,,,,,corpus,count"),
    (
        "claims.csv",
        "workshop,,corpus;codings,none",
        f"workshop,,participant,2,1,{{last}},that they wish for it,{NEEDS}",
    ),
)
SPACE = {"claims_yaml": "evidence: {C2: {codes: [space], leaves_out: a wish and a worry count alike}}"}


def judged(folder, class_, last="2"):
    changes = [(file, old, new.replace("{last}", last)) for file, old, new in JUDGED]
    ledger = open_article(write_ledger(folder / "judged", *changes))
    yaml = textwrap.dedent(SMALL["study.yaml"]).replace("class: open", f"class: {class_}") + "ledger: ../judged\n"
    study = open_study(write_study(folder / "study", study_yaml=yaml, **SPACE))
    return by_id(verdicts_of(study, ledger))["C2"]


@pytest.mark.parametrize("class_", ["open", "restricted"])
def test_a_confirmed_claim_keeps_what_its_test_cannot_settle_as_its_reason(tmp_path, class_):
    found = judged(tmp_path, class_)
    assert (found.verdict, found.reason) == ("confirmed", "judgement of people; external source")
    assert found.evidence.startswith("its test holds: 2 with one of the codes over 3 participants who posted")
    ours = "; our operationalisation, not the authors': How many participants who posted bear one of the codes"
    assert f"{ours}: at least 2, in a stated range of 1 to 2; " in found.evidence
    left_out = (
        "left out or replaced by the test: that they wish for it; "
        "left out or replaced by the codes: a wish and a worry count alike"
    )
    assert found.leaves_out == left_out
    assert found.evidence.endswith(f"; bound to it: codes space; {left_out}")
    assert found.as_record()["evidence"] == found.evidence
    assert line_of(found).endswith(f"; {left_out})")


def test_what_depends_on_its_threshold_has_the_same_reasons(tmp_path):
    found = judged(tmp_path, "restricted", last="4")
    assert (found.verdict, found.reason) == ("depends on the threshold", "judgement of people; external source")
    assert found.evidence.startswith("its test holds at its threshold and not over all of the stated range: 2 with one")


def test_over_a_stand_in_all_that_is_needed_is_lacking(tmp_path):
    found = judged(tmp_path, "stand-in")
    assert (found.verdict, found.reason) == (
        "by construction",
        "corpus not public; codings not published; judgement of people; external source",
    )


def test_over_a_stand_in_the_reason_says_why_the_real_claim_stays_open(tmp_path, article):
    found = by_id(verdicts_of(study_of(tmp_path, "stand-in"), article))["C1"]
    assert found.reason == "corpus not public"
    assert found.evidence == "its test holds: 4; an invented corpus: nothing follows for the article's"


def test_over_a_corpus_at_hand_a_claim_without_a_test_says_so(tmp_path, article):
    assert by_id(verdicts_of(study_of(tmp_path, "stand-in"), article))["C2"].reason == (
        "corpus not public; codings not published"
    )
    assert by_id(verdicts_of(study_of(tmp_path, "open"), article))["C2"].reason == "no test of it"


def test_a_claim_of_the_studys_own_needs_no_article(tmp_path):
    study = study_of(tmp_path, "open", claims_yaml=OWN)
    (found,) = verdicts_of(study, None)
    assert (found.entry.id, found.entry.where, found.verdict) == ("K1", "claims.yaml, K1", "confirmed")
    assert (found.value, found.n) == (2 / 3, 3)
    assert found.low <= found.value <= found.high


def test_an_entry_that_depends_on_the_threshold(tmp_path):
    study = study_of(tmp_path, "open", claims_yaml=OWN.replace("range: [0.4, 0.6]", "range: [0.4, 0.9]"))
    (found,) = verdicts_of(study, None)
    assert found.verdict == "depends on the threshold"


def test_a_verdict_that_its_interval_would_turn_says_so_wherever_it_is_told(tmp_path):
    (found,) = verdicts_of(study_of(tmp_path, "open", claims_yaml=OWN), None)
    words = "the interval reaches below the threshold and the whole range; drawn from 3 participants, it is too narrow"
    assert (found.verdict, found.low, found.high, found.reaches) == ("confirmed", 0, 1, words)
    assert f"; {words}; it would hold over a part of its range by message and by thread; " in found.evidence
    assert found.as_record()["evidence"].endswith("; bound to it: codes space")
    (row,) = verdicts_tables.tested([found]).to_dict("records")
    assert row["turned_by"] == f"{words}; it would hold over a part of its range by message and by thread"
    assert ": CONFIRMED (0.6667; [0, 1]; its test holds: a share of 0.667 (2 with one of the codes) over 3 " in line_of(
        found
    )
    # The test of a study's own claim is the study's own.
    assert "; the test: The share of those who posted who ask for a space: at least 0.5, in a" in found.evidence
    assert "our operationalisation" not in found.evidence
    assert found.reason == ""
    assert f"; {words}; " in line_of(found)


def test_over_an_invented_corpus_there_is_no_interval_to_speak_of(tmp_path):
    (found,) = verdicts_of(study_of(tmp_path, "stand-in", claims_yaml=OWN), None)
    assert (found.low, found.reaches) == (None, "")
    assert found.turned_by == "it would hold over a part of its range by message and by thread"


def test_what_is_bound_to_a_claim_of_the_ledger_is_kept_with_its_verdict(tmp_path):
    claims = "evidence: {C1: {codes: [space], against: [travel]}, C2: {codes: [travel]}}"
    yaml = textwrap.dedent(SMALL["study.yaml"]) + "ledger: ../article\n"
    article = open_article(write_ledger(tmp_path / "article"))
    study = open_study(write_study(tmp_path / "study", study_yaml=yaml, claims_yaml=claims))
    found = by_id(verdicts_of(study, article))
    assert (found["C1"].bound_to, found["C2"].bound_to, found["q-1"].bound_to) == (
        "codes space; against travel",
        "codes travel",
        "",
    )


def test_a_claim_beside_another_is_bound_to_that_ones_codes_as_well(tmp_path):
    beside = "check: share-beside, unit: message, threshold: 0.5, range: [0.4, 0.6], codes: [travel], beside: K1"
    claims = textwrap.dedent(OWN) + f"  - {{id: K2, statement: s, {beside}}}\n"
    found = by_id(verdicts_of(study_of(tmp_path, "open", claims_yaml=claims), None))["K2"]
    assert found.bound_to == "codes travel; beside K1 (codes space)"


def test_reads_are_told_to_whoever_listens(tmp_path, article):
    heard = []
    study = dataclasses.replace(study_of(tmp_path, "open"), on_read=heard.append)
    found = by_id(verdicts_of(study, article))
    assert found["C1"].tables == ("participants",)
    assert "participants" in heard


def test_a_recount_over_records_at_fault_is_not_called_contradicted(tmp_path):
    folder = write_ledger(
        tmp_path / "article", ("themes.csv", "workshop,Shared workshop,1,", "workshop,Shared workshop,x,")
    )
    article, faults = read_article(folder)
    assert faults
    found = by_id(verdicts_of(study_of(tmp_path, "open"), article))["themes"]
    assert (found.verdict, found.reason) == (
        "not reproducible from public material",
        "records it would be counted from are at fault",
    )


def test_a_sentence_that_changed_round_a_value_contradicts_nothing(tmp_path, article):
    paper = tmp_path / "paper.txt"
    text = example()["article.txt"].replace("The forum had 4 members.", "The small forum had 4 members.")
    paper.write_text(text, encoding="utf-8")
    entries = entries_of(article)
    comparisons = compare(entries, article, read_article_text(paper, article))
    found = by_id(verdicts_of(study_of(tmp_path, "open"), article, comparisons=comparisons))["participants"]
    assert (found.verdict, found.reason) == ("not reproducible from public material", OTHER_SENTENCE)


def test_the_summary_adds_up(tmp_path, article):
    found = verdicts_of(study_of(tmp_path, "stand-in"), article)
    summary = summary_of(found)
    assert summary["entries"] == sum(summary["verdicts"].values()) == 12
    assert summary["kinds"]["claim"] == {"by construction": 1, "not reproducible from public material": 1}


def test_findings_are_the_audits_and_those_on_record(tmp_path):
    article = open_article(
        write_ledger(
            tmp_path / "article",
            ("citations.csv", "c2,bracketed,Low,1999,,low1999", "c2,bracketed,Low,1998,,"),
            ("mapping.csv", "low1999,printed text;external source", ",printed text"),
        )
    )
    assert ("cited, not listed", "section 3, paragraph 1, sentence 1") in {
        (finding.kind, finding.where) for finding in findings_of(article)
    }
    assert findings_of(None) == ()


def test_slips_come_before_notes_of_style():
    kinds = [finding.kind for finding in findings_of(open_article(ROOT / "data" / "article"))]
    assert kinds.index("cited, not listed") < kinds.index("two wordings of one quotation")
    assert kinds.index("two wordings of one quotation") < kinds.index('"and" for "&" in brackets')
    assert kinds.index('"and" for "&" in brackets') < kinds.index("incomplete entry")


@pytest.mark.parametrize(
    ("kind", "style"),
    [
        ("near match", False),
        ("no year", False),
        ("quotation without a page", True),
        ("incomplete entry (as meant)", True),
    ],
)
def test_what_leads_no_reader_astray_is_a_note_of_style(kind, style):
    assert is_style(Finding(kind, "", "")) is style


def test_verdicts_as_tables(tmp_path, article):
    study = study_of(tmp_path, "open", claims_yaml=OWN)
    found = verdicts_of(study, article, attestation=attestation_of(article, tmp_path))
    table = counted(found)
    assert list(table.columns) == [
        "kind", "entries", "transcribed", "reproduced", "confirmed", "not reproducible from public material",
    ]  # fmt: skip
    assert table.set_index("kind").loc["claims"].to_list() == [3, 0, 0, 2, 1]
    assert listed(found)["entry_id"].to_list()[:2] == ["q-1", "lq-1"]
    (row,) = verdicts_tables.tested([item for item in found if item.entry.kind == "claim"]).to_dict("records")
    assert row["entry_id"] == "K1"
    assert row["test"].startswith("The share of those who posted who ask for a space")
    names = [
        (table.owner, table.name)
        for table in sources([item for item in found if item.entry.id == "K1"], study, article)
    ]
    assert ("study", "own_claims") in names
    assert ("study", "codings") in names
    assert ("ledger", "claims") not in names


def test_a_long_statement_is_cut_at_a_word():
    assert shortened("word " * 30) == "word " * 16 + "word\u2026"
