import textwrap

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from studies import SMALL, replaced, write_study

from lepanalysis.entries import entries_of
from lepanalysis.own_claims import _quoted, claims_template
from lepanalysis.study import open_study, read_study

CLAIM = """\
claims:
  - id: K1
    statement: Most who wrote want a shared place
    kind: frequency
    theme: t-space
    check: share
    unit: participant
    threshold: 0.5
    range: [0.25, 0.75]
    codes: [space]
    section: "2"
"""


def ledger(folder, claims="C1,C2", facts="f1"):
    """Write as much of a ledger as a study looks at: the ids in its files."""
    folder.mkdir()
    for name, ids in (("claims", claims), ("facts", facts), ("method", "M1"), ("themes", "t1")):
        (folder / f"{name}.csv").write_text("\n".join([f"{name}_id,class", *(f"{one},x" for one in ids.split(","))]))
    (folder / "mapping.csv").write_text("theme_id,dimension\nt1,knowledge capacity\n")


@pytest.fixture
def study_with(tmp_path):
    def written(claims, *, with_ledger=False, **changes):
        if with_ledger:
            ledger(tmp_path / "article")
            changes["study_yaml"] = textwrap.dedent(SMALL["study.yaml"]) + "ledger: ../article\n"
        return write_study(tmp_path / "study", claims_yaml=claims, **changes)

    return written


def faults_of(folder):
    _, faults = read_study(folder)
    return [(fault.line, fault.column, fault.problem) for fault in faults if fault.file.endswith("claims.yaml")]


def test_a_claim_of_the_studys_own_becomes_an_entry_like_those_of_a_ledger(study_with):
    study = open_study(study_with(CLAIM))
    (claim,) = study.own_claims.claims
    assert claim.id == "K1"
    assert dict(claim.record) == {
        "claim_id": "K1",
        "statement": "Most who wrote want a shared place",
        "kind": "frequency",
        "quantifier": "",
        "theme_id": "t-space",
        "unit": "participant",
        "threshold": 0.5,
        "threshold_from": 0.25,
        "threshold_to": 0.75,
        "beside": "",
        "test": "",
        "checkable": "corpus;codings",
        "check": "share",
        "section": "2",
        "stated": "",
        "codes": ("space",),
        "against": (),
        "with": (),
    }
    (entry,) = entries_of(None, study.own_claims.claims)
    assert (entry.id, entry.kind, entry.check, entry.needs) == ("K1", "claim", "share", ("corpus", "codings"))
    assert entry.section == "2"


def test_what_is_bound_to_a_claim_of_the_ledger(study_with):
    text = """\
        evidence:
          C1: {codes: [space], against: [travel], with: [travel], leaves_out: the want of one}
          C2: {attribute: profession, facts: {f1: [designer, 5]}}
        """
    study = open_study(study_with(text, with_ledger=True))
    assert study.own_claims.claims == ()
    one, two = study.own_claims.evidence["C1"], study.own_claims.evidence["C2"]
    assert (one.codes, one.against, one.with_) == (("space",), ("travel",), ("travel",))
    assert (one.leaves_out, two.leaves_out) == ("the want of one", "")
    assert (two.attribute, dict(two.facts)) == ("profession", {"f1": ("designer", "5")})


def test_a_study_without_the_file_claims_nothing_and_reads_nothing(study):
    assert study.own_claims.claims == ()
    assert dict(study.own_claims.evidence) == {}
    assert "own_claims" not in study.tables


def test_reading_it_is_told_and_its_records_have_the_class_of_the_study(study_with):
    reads = []
    study = open_study(study_with(CLAIM), on_read=reads.append)
    assert study.own_claims.claims
    assert reads == ["own_claims", "evidence"]
    assert {study.tables[name].class_ for name in reads} == {"open"}


def test_a_change_of_the_file_changes_the_digests_of_the_study(study_with):
    folder = study_with(CLAIM)
    before = open_study(folder).digests
    (folder / "claims.yaml").write_text(CLAIM.replace("0.5", "0.6"))
    after = open_study(folder).digests
    assert {name for name in after if after[name] != before[name]} == {"claims.yaml"}


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("kind: frequency", "sort: frequency", (4, "sort", "not a key of this file")),
        ("kind: frequency", "class: open", (4, "class", "a class of evidence is never typed")),
        ("kind: frequency", "kind: rumour", (4, "kind", "'rumour' is not known here")),
        ("check: share", "check: weigh", (6, "check", "'weigh' is not known here")),
        ("check: share", "check: count", (6, "check", "'count' is not known here")),
        ("    check: share\n", "", (2, "check", "the key is missing or empty")),
        ("id: K1", "id:", (2, "id", "the key is missing or empty")),
        ("unit: participant", "unit: city", (7, "unit", "'city' is not known here")),
        ("    unit: participant\n", "", (2, "unit", "the check 'share' needs to know what it counts")),
        ("threshold: 0.5", "threshold: half", (8, "threshold", "'half' is not a number")),
        ("threshold: 0.5", "threshold: 1.5", (8, "threshold", "1.5 is not a share between 0 and 1")),
        ("threshold: 0.5", "threshold: 0.8", (8, "threshold", "0.8 lies outside its stated range")),
        ("range: [0.25, 0.75]", "range: [0.75, 0.25]", (9, "range", "the range ends below its beginning")),
        ("range: [0.25, 0.75]", "range: [0.5, 0.5]", (9, "range", "the range begins where it ends")),
        ("range: [0.25, 0.75]", "range: [0, 0.75]", (9, "range", "0 is a threshold that every share reaches")),
        ("range: [0.25, 0.75]", "range: 0.25", (9, "range", "not a list")),
        ("range: [0.25, 0.75]", "range: [0.25]", (9, "range", "it is not two numbers, the first and the last thr")),
        ("range: [0.25, 0.75]", "range: [a, b]", (9, "range", "it is not two numbers, the first and the last thr")),
        ("    range: [0.25, 0.75]\n", "", (2, "range", "the check 'share' needs a threshold with the range in")),
        ("codes: [space]", "codes: [rooms]", (10, "codes", "there is no code 'rooms'")),
        ("codes: [space]", "codes: [a1]", (10, "codes", "'a1' is a code of coder A")),
        ("codes: [space]", "codes: []", (10, "codes", "the check 'share' needs codes here")),
        ("codes: [space]", "against: [travel]", (2, "codes", "the check 'share' needs codes here")),
        ("theme: t-space", "theme: t9", (5, "theme", "there is no theme 't9'")),
        ("check: share", "check: majority", (2, "against", "the check 'majority' needs codes here")),
        ("check: share", "check: share-beside", (2, "beside", "the check 'share-beside' needs another claim beside")),
        ("kind: frequency", "beside: K2", (4, "beside", "the check 'share' sets no other claim beside this one")),
        ("check: share", "check: same-patterns", (7, "unit", "the check 'same-patterns' counts no units")),
        ("codes: [space]", "codes: [space]\n    against: [space]", (11, "against", "'space' speaks for the claim")),
    ],
)
def test_a_claim_that_is_wrong_is_a_fault_with_its_line(study_with, old, new, fault):
    assert CLAIM.count(old) == 1
    line, column, words = fault
    found = faults_of(study_with(CLAIM.replace(old, new)))
    assert [(line, column)] == [each[:2] for each in found if each[2].startswith(words)], found


def test_all_faults_are_told_at_once(study_with):
    text = CLAIM.replace("participant", "city").replace("0.5", "7").replace("[space]", "[rooms]")
    assert [column for _, column, _ in faults_of(study_with(text))] == ["unit", "threshold", "codes"]


def test_a_claim_that_is_wrong_is_left_out_and_the_others_stay(study_with):
    second = CLAIM.removeprefix("claims:\n").replace("K1", "K2").replace("[space]", "\n      - space\n      - rooms")
    study, faults = read_study(study_with(CLAIM + second))
    assert len(faults) == 1
    assert [claim.id for claim in study.own_claims.claims] == ["K1"]
    study, faults = read_study(study_with(CLAIM.replace("0.5", "7")))
    assert len(faults) == 1
    assert study.own_claims.claims == ()


@pytest.mark.parametrize("beside", ["K1", "K9"])
def test_the_claim_beside_another_is_there_and_is_another(study_with, beside):
    text = CLAIM.replace("check: share", f"check: share-beside\n    beside: {beside}")
    ((line, column, _),) = faults_of(study_with(text))
    assert (line, column) == (7, "beside")


def test_a_claim_may_stand_beside_one_of_the_ledger(study_with):
    text = CLAIM.replace("check: share", "check: share-beside\n    beside: C1")
    assert faults_of(study_with(text, with_ledger=True)) == []


@pytest.mark.parametrize("name", ["C1", "M1", "m-t1-knowledge-capacity", "theme-t1"])
def test_an_id_that_the_ledger_uses_is_a_fault(study_with, name):
    ((line, column, problem),) = faults_of(study_with(CLAIM.replace("K1", name), with_ledger=True))
    assert (line, column) == (2, "id")
    assert problem.startswith(f"{name!r} is an id of the ledger's")


def test_two_claims_of_one_id_are_a_fault(study_with):
    second = CLAIM.removeprefix("claims:\n")
    assert faults_of(study_with(CLAIM + second)) == [(12, "id", "'K1' stands already in line 2")]


@pytest.mark.parametrize(
    ("text", "with_ledger", "fault"),
    [
        ("evidence: {C9: {codes: [space]}}", True, (1, "evidence", "there is no claim 'C9' in the ledger")),
        ("evidence: {C1: {codes: [space]}}", False, (1, "evidence", "there is no claim 'C1': the study names no")),
        ("evidence: {C1: {codes: [rooms]}}", True, (1, "codes", "there is no code 'rooms'")),
        ("evidence: {C1: {class: open}}", True, (1, "class", "a class of evidence is never typed")),
        ("evidence: {C1: {codes: space}}", True, (1, "codes", "not a list")),
        ("evidence: {C1: {facts: {f1: [a]}}}", True, (1, "attribute", "the attribute that holds the values")),
        ("evidence: {C1: {attribute: profession, facts: {f1: a}}}", True, (1, "facts", "no list of values stands for")),
        ("evidence: {C1: {attribute: profession, facts: {f9: [a]}}}", True, (1, "facts", "there is no fact 'f9'")),
        ("evidence: {C1: {attribute: town, facts: {f1: [a]}}}", True, (1, "attribute", "participants.csv has no col")),
        ("evidence: [C1]", True, (1, "evidence", "not a mapping")),
        ("claims: {K1: x}", True, (1, "claims", "not a list")),
        ("claims: [K1]", True, (1, "", "not a list of keys and values")),
        ("class: open", True, (1, "class", "a class of evidence is never typed")),
        ("claims: &a []", True, (1, "", "the file uses an anchor")),
        ("claims: [", True, (1, "", "not YAML here")),
    ],
)
def test_what_is_bound_wrongly_is_a_fault(study_with, text, with_ledger, fault):
    line, column, words = fault
    found = faults_of(study_with(text, with_ledger=with_ledger))
    assert [(line, column)] == [each[:2] for each in found if each[2].startswith(words)], found


def test_a_claim_of_the_file_has_its_codes_where_it_stands(study_with):
    found = faults_of(study_with(CLAIM + "evidence: {K1: {codes: [space]}}\n", with_ledger=True))
    assert found == [(12, "evidence", "'K1' is a claim of this file")]


def test_an_only_coders_own_codes_may_speak_for_a_claim(tmp_path):
    text = replaced("study.yaml", "  - {id: B, name: Ben}\n", "")
    book = "codes: [{id: a1, name: Place, definition: a place, coder: A}]"
    rest = ("codings.csv", "assignments.csv", "decisions.csv", "themes.yaml", "quotations.csv")
    claim = CLAIM.replace("[space]", "[a1]").replace("    theme: t-space\n", "")
    folder = write_study(tmp_path / "s", without=rest, study_yaml=text, codebook_yaml=book, claims_yaml=claim)
    assert faults_of(folder) == []


def test_an_empty_file_claims_nothing(study_with):
    assert open_study(study_with("# nothing yet\n")).own_claims.claims == ()


def test_the_template_opens_without_faults_and_has_a_claim_for_each_theme(study_with):
    text = claims_template(open_study(write_study_without_claims(study_with)))
    study = open_study(study_with(text))
    assert [(claim.id, claim.record["theme_id"], claim.evidence.codes) for claim in study.own_claims.claims] == [
        ("K1", "t-space", ("space",)),
        ("K2", "t-travel", ("travel",)),
    ]
    assert study.own_claims.claims[0].record["statement"] == "Many of those who posted speak of Shared room"


def write_study_without_claims(study_with):
    folder = study_with("")
    (folder / "claims.yaml").unlink()
    return folder


def test_names_in_the_template_are_no_yaml(study_with):
    name = 'a "room": [x] # & *y\\ – über'
    themes = f"agreed:\n  - {{id: 'a:b, c', name: '{name}', codes: [space]}}\n"
    rest = {"themes_yaml": themes, "quotations_csv": "quotation_id,message_id,text\n"}
    decisions = "decision_id,decided_at,kind,subjects,outcome,target,by\nd1,2020-04-01,code,a1;b1,map,space,A\n"
    text = claims_template(open_study(study_with("", **rest, decisions_csv=decisions)))
    (claim,) = open_study(study_with(text, **rest, decisions_csv=decisions)).own_claims.claims
    assert claim.record["statement"] == f"Many of those who posted speak of {name}"
    assert claim.record["theme_id"] == "a:b, c"


@given(st.text())
def test_any_name_is_one_quoted_word_of_yaml(text):
    quoted = _quoted(text)
    assert "\n" not in quoted
    assert yaml.safe_load(quoted) == text


def test_the_template_uses_no_id_of_the_ledger(study_with, tmp_path):
    folder = study_with("", with_ledger=True)
    (tmp_path / "article" / "claims.csv").write_text("claim_id,class\nK1,x\n")
    text = claims_template(open_study(folder))
    (folder / "claims.yaml").write_text(text)
    assert [claim.id for claim in open_study(folder).own_claims.claims] == ["K2", "K3"]


def test_without_themes_the_template_says_so_and_opens(study_with):
    rest = {"themes_yaml": "agreed: []\n", "quotations_csv": "quotation_id,message_id,text\n"}
    decisions = "decision_id,decided_at,kind,subjects,outcome,target,by\nd1,2020-04-01,code,a1;b1,map,space,A\n"
    text = claims_template(open_study(study_with("", **rest, decisions_csv=decisions)))
    assert "There is no agreed theme with codes yet" in text
    assert open_study(study_with(text, **rest, decisions_csv=decisions)).own_claims.claims == ()
