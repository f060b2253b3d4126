import re
import shutil
from pathlib import Path

import pytest
from studies import SMALL, replaced, write_study

from lepanalysis.article import open_article, read_article
from lepanalysis.claim_rules import CLAIM_CHECKS, METHOD_CHECKS
from lepanalysis.claims import OURS, outcome_of, sentence_of
from lepanalysis.entries import entries_of
from lepanalysis.study import open_study
from lepanalysis.verdicts import verdicts_of
from lepanalysis.verdicts_tables import limited

DATA = Path(__file__).resolve().parent.parent / "data"
REST = ("codings.csv", "assignments.csv", "decisions.csv", "quotations.csv", "themes.yaml")
UNDATED = replaced("study.yaml", "{from: 2020-01-01, to: 2020-03-31}", "{}")


@pytest.fixture(scope="module")
def article():
    return open_article(DATA / "article")


@pytest.fixture(scope="module")
def standin():
    return open_study(DATA / "standin")


WIDESPREAD = "participant,0.5,0.25,0.75,,The share of those who posted who ask"


def outcomes(study, article, kinds=("claim", "method")):
    entries = entries_of(article, study.own_claims.claims)
    return {entry.id: outcome_of(entry, study, article) for entry in entries if entry.kind in kinds}


def own(text, statement="x"):
    return f"claims:\n  - id: K1\n    statement: {statement}\n" + "".join(f"    {line}\n" for line in text.split("\n"))


def test_what_comes_out_over_the_stand_in(standin, article):
    found = outcomes(standin, article)
    state = {
        name: "no test" if one is None else "lacks" if one.holds is None else "part" if one.part else one.holds
        for name, one in found.items()
    }
    untested = {"C06", "C11", "C24", "C28", "M6"} | {f"C{number}" for number in range(29, 120) if number != 38}
    assert {name for name, one in state.items() if one == "no test"} == untested
    # No code of the stand-in says what C14 and C27 say, and C15 is tested beside C14.
    assert {name for name, one in state.items() if one == "lacks"} == {"C14", "C15", "C27"}
    depends = {"C10", "C13", "C16", "C17", "C19", "C21", "C22", "C23", "C25"}
    assert {name for name, one in state.items() if one == "part"} == depends
    holds = {"C01", "C02", "C03", "C04", "C05", "C07", "C08", "C09", "C12", "C18", "C20", "C26", "C38"}
    assert {name for name, one in state.items() if one is True} == holds | {"M1", "M2", "M3", "M4", "M5"}
    assert found["C13"].found == "a share of 0.324 (12 with one of the codes; 2 with a code against it)"
    assert found["C13"].population == "37 participants who posted, codes on which the coders agreed"
    assert (found["C13"].value, found["C13"].n, found["C13"].printed) == (12 / 37, 37, "widespread")


def test_every_test_of_a_claim_in_words_says_what_it_leaves_out(article):
    frame = article.claims.frame.set_index("claim_id")
    in_words = frame.index[frame["test"] != ""]
    assert len(in_words) == 18
    assert frame.index[(frame["test"] != "") & (frame["leaves_out"] == "")].tolist() == []
    # These two have a test that needs no words, and still leave something out.
    assert sorted(set(frame.index[frame["leaves_out"] != ""]) - set(in_words)) == ["C09", "C12"]


def test_every_test_of_a_step_says_what_it_leaves_out(article):
    frame = article.method.frame.set_index("step_id")
    assert frame.index[(frame["check"] != "none") & (frame["leaves_out"] == "")].tolist() == []
    assert frame.index[frame["leaves_out"] != ""].tolist() == ["M1", "M2", "M3", "M4", "M5"]


def test_the_documentation_says_what_tests_and_codes_leave_out(standin, article):
    text = (DATA.parent / "docs" / "claims.md").read_text(encoding="utf-8")
    table = limited(verdicts_of(standin, article), standin)
    assert table.columns.tolist() == ["entry_id", "test", "codes"]
    rows = [f"| {row.entry_id} | {row.test} | {row.codes} |" for row in table.itertuples()]
    assert len(rows) == 5 + 20
    assert [row for row in rows if row not in text] == []
    # The other way round: the table of the documentation has no row that is not so.
    assert [line for line in text.splitlines() if re.match(r"\| (C\d+|M\d) \|", line)] == rows


def test_what_is_left_out_is_not_asked_of_the_codes_of_a_study_without_such_words(opened, article):
    study = opened(claims_yaml="claims: []\n")
    table = limited(verdicts_of(study, article), study)
    assert table.columns.tolist() == ["entry_id", "test"]
    assert len(limited(verdicts_of(study, None), study)) == 0


def test_over_invented_records_there_is_no_interval(standin, article):
    assert {(one.low, one.high) for one in outcomes(standin, article).values() if one} == {(None, None)}


def test_over_a_real_corpus_a_value_has_an_interval_over_participants(opened):
    text = own("check: share\nunit: participant\nthreshold: 0.5\nrange: [0.25, 0.75]\ncodes: [space]")
    study = opened(claims_yaml=text)
    (found,) = outcomes(study, None).values()
    assert found.value == 2 / 3
    assert (found.low, found.high) == (0, 1)
    (entry,) = entries_of(None, study.own_claims.claims)
    assert outcome_of(entry, study, None, seed=1, replicates=2).low <= 1
    (found,) = outcomes(opened(claims_yaml=text.replace("participant", "thread")), None).values()
    assert (found.value, found.low, found.high) == (0.5, None, None)


def test_only_what_a_test_needs_is_read(article):
    entries = {entry.id: entry for entry in entries_of(article)}

    def reads_of(name):
        reads = []
        study = open_study(DATA / "standin", on_read=reads.append)
        outcome_of(entries[name], study, article)
        return set(reads)

    assert reads_of("C03") == {"messages"}
    assert reads_of("C12") == {"messages", "participants"}
    assert reads_of("M1") == {"assignments", "messages"}
    coded = {"own_claims", "evidence", "codebook", "codings", "decisions", "messages", "assignments"}
    assert reads_of("C13") == coded
    assert reads_of("C06") == set()


@pytest.mark.parametrize(
    ("threshold", "stated", "holds", "part"),
    [
        (0.5, [0.25, 0.6], True, False),
        (0.5, [0.25, 0.75], True, True),
        (0.7, [0.25, 0.75], False, True),
        (0.8, [0.7, 0.9], False, False),
    ],
)
def test_a_claim_holds_over_all_of_its_range_over_a_part_or_not_at_all(opened, threshold, stated, holds, part):
    limits = f"threshold: {threshold}\nrange: {stated}"
    study = opened(claims_yaml=own(f"check: share\nunit: participant\n{limits}\ncodes: [space]"))
    (found,) = outcomes(study, None).values()
    assert (found.holds, found.part) == (holds, part)


def test_at_most_is_the_other_way_round(opened):
    limits = "threshold: 0.2\nrange: [0.1, 0.3]"
    study = opened(claims_yaml=own(f"check: at-most\nunit: message\n{limits}\ncodes: [travel]"))
    (found,) = outcomes(study, None).values()
    assert (found.value, found.holds, found.part) == (0.5, False, False)
    assert (
        found.test
        == "The share of the messages that bear one of the codes: at most 0.2, in a stated range of 0.1 to 0.3"
    )


def test_a_claim_of_the_articles_says_that_the_test_is_ours_and_a_studys_own_does_not():
    record = {"unit": "thread", "threshold": 2.0, "threshold_from": 1.0, "threshold_to": 4.0, "test": "how many speak"}
    assert sentence_of(record, "at-least") == f"How many speak: at least 2, in a stated range of 1 to 4 ({OURS})"
    assert sentence_of({**record, "codes": ()}, "at-least").endswith("1 to 4")
    assert sentence_of({"test": ""}, "count") == ""


def test_printed_numbers_against_another_corpus(study, article):
    found = outcomes(study, article)
    assert {name: found[name].holds for name in ("C01", "C02", "C03", "C04", "C08", "C09", "C12")} == dict.fromkeys(
        ("C01", "C02", "C03", "C04", "C08", "C09", "C12"), False
    )
    assert (found["C03"].printed, found["C03"].found) == ("131", "4")
    assert found["C04"].found == "2020-01 to 2020-02"
    assert (found["C12"].printed, found["C12"].found) == ("7", "0")
    assert found["C13"].lacks == "no code of the study is bound to it in claims.yaml"
    assert found["C05"].lacks == (
        "claims.yaml does not say which values of an attribute stand for profession-software, profession-design, "
        "profession-digital"
    )


def test_names_of_themes_in_the_messages(article, opened):
    names = article.themes.frame["name"]
    messages = "message_id,thread_id,participant_id,text,posted_at\n"
    messages += "".join(f"{number},T1,P1,On {name.lower()}.,2013-1{number}-05\n" for number, name in enumerate(names))
    study = opened(without=REST, messages_csv=messages, study_yaml=UNDATED)
    found = outcomes(study, article)
    assert (found["C09"].holds, found["C09"].value) == (True, 3)
    assert found["C04"].holds
    assert (found["C08"].holds, found["C08"].lacks) == (None, "the study holds no agreed themes")
    assert found["M1"].lacks == "the study holds no record of who read what"
    assert found["C07"].lacks == "the study holds no codings"


@pytest.mark.parametrize(
    ("first", "second", "holds"),
    [
        ("2013-10-01", "", None),
        ("", "", None),
        ("2014-02-01", "", False),
        ("2013-09-01", "2014-01-31T23:59:59", True),
    ],
)
def test_a_message_without_a_date_may_lie_anywhere(article, opened, first, second, holds):
    messages = f"message_id,thread_id,participant_id,text,posted_at\n1,T1,P1,a,{first}\n2,T1,P1,b,{second}\n"
    study = opened(without=REST, messages_csv=messages, study_yaml=UNDATED)
    found = outcomes(study, article)["C04"]
    assert (found.holds, bool(found.lacks)) == (holds, holds is None)


@pytest.mark.parametrize(
    ("values", "holds", "value"), [("[designer]", True, 3), ("[DESIGNER, potter]", True, 3), ("[potter]", False, 2)]
)
def test_professions_by_the_values_that_stand_for_them(tmp_path, article, values, holds, value):
    shutil.copytree(DATA / "article", tmp_path / "article")
    facts = f"profession-software: {values}, profession-design: [designer], profession-digital: [consultant]"
    text = f"evidence: {{C05: {{attribute: profession, facts: {{{facts}}}}}}}"
    folder = write_study(
        tmp_path / "s",
        claims_yaml=text,
        study_yaml=SMALL["study.yaml"].replace("period:", "ledger: ../article\n        period:"),
        without=("quotations.csv",),
    )
    found = outcomes(open_study(folder), article)["C05"]
    assert (found.holds, found.value, found.n) == (holds, value, 4)


@pytest.fixture
def proceedings(opened, article):
    """What the tests of the method say of the small study with changes."""

    def outcomes_with(**changes):
        return outcomes(opened(claims_yaml=own("check: coded-before-meeting"), **changes), article)

    return outcomes_with


def dated(*moments):
    head, *rows = [line.strip() for line in SMALL["codings.csv"].strip().split("\n")]
    return "\n".join([f"{head},created_at", *(f"{row},{when}" for row, when in zip(rows, moments, strict=True)), ""])


EARLY = "2020-03-30T10:00:00"


@pytest.mark.parametrize(
    ("moments", "holds", "value"),
    [
        ([EARLY] * 7, True, 1),
        ([EARLY] * 6 + ["2020-04-02T09:00:00"], False, 6 / 7),
        ([EARLY] * 6 + [""], None, None),
        ([""] * 6 + ["2020-04-02T09:00:00"], False, 0),
        # The first decision is dated to a day: a coding of that day may be earlier or later.
        ([EARLY] * 6 + ["2020-04-01T09:00:00"], None, None),
    ],
)
def test_codings_before_the_first_decision(proceedings, moments, holds, value):
    found = proceedings(codings_csv=dated(*moments))["K1"]
    assert (found.holds, found.value) == (holds, value)


def test_a_coder_without_codings_did_not_work_alone(proceedings):
    text = "coder,message_id,code_id,coding_id,created_at\nA,1,a1,A-1,2020-03-01\nA,1,a2,A-2,2020-03-01\n"
    assert proceedings(codings_csv=text)["K1"].lacks == "there are no codings of B"


def test_steps_of_the_method(proceedings):
    memos = "memo_id,coder,text\nn1,A,hm\nn2,B,well\n"
    found = proceedings(memos_csv=memos)
    assert {name: one.holds for name, one in found.items() if name.startswith("M") and one} == {
        "M1": True,
        "M2": True,
        "M3": True,
        "M4": True,
        "M5": None,
    }
    assert found["M4"].found == "6 at which all coders were present"
    assert found["M5"].lacks == "no decision on the wording of a theme is on record"


def log(*more):
    """The decisions of the small study, and more."""
    return replaced("decisions.csv", "two things\n", "\n".join(["two things", *more, ""]))


ONE_NAMED = {"decisions_csv": log("d7,2020-04-03,theme,t-space,rename,Shared room,A;B,")}
ACCEPTED = "d8,2020-04-03,theme,t-travel,accept,,A;B,"
BOTH_NAMED = {"decisions_csv": log("d7,2020-04-03,theme,t-space,rename,Shared room,A;B,", ACCEPTED)}
OTHERWISE_NAMED = {"decisions_csv": log("d7,2020-04-03,theme,t-space,rename,Another,A;B,", ACCEPTED)}
NAMED_BY_ONE = {"decisions_csv": log("d7,2020-04-03,theme,t-space,rename,Shared room,A,", ACCEPTED)}
ALONE = "decision_id,decided_at,kind,subjects,outcome,target,by\nd1,2020-04-01,code,a1;b1,map,space,A\n"


@pytest.mark.parametrize(
    ("step", "changes", "holds"),
    [
        ("M1", {"assignments_csv": replaced("assignments.csv", "B,3,nothing_to_code", "B,3,assigned")}, False),
        ("M1", {"without": ("assignments.csv",)}, None),
        ("M2", {"memos_csv": "memo_id,coder,text\nn1,A,hm\n"}, False),
        ("M2", {}, None),
        ("M3", {"themes_yaml": replaced("themes.yaml", "codes: [b1, b2]", "codes: []")}, False),
        ("M4", {"decisions_csv": ALONE}, False),
        ("M4", {"without": ("decisions.csv",)}, None),
        ("M5", ONE_NAMED, False),
        ("M5", BOTH_NAMED, True),
        ("M5", OTHERWISE_NAMED, False),
        ("M5", NAMED_BY_ONE, False),
    ],
)
def test_a_step_that_was_not_taken_or_is_not_on_record(proceedings, step, changes, holds):
    assert proceedings(**changes)[step].holds is holds


def test_the_same_patterns_by_way_of_the_candidate_themes(opened):
    text = own("check: same-patterns\nthreshold: 0.5\nrange: [0.25, 0.75]")
    (found,) = outcomes(opened(claims_yaml=text), None).values()
    # B's one candidate was split and brings messages 1, 2 and 4 under both themes; A has 1 and 2 there, and 1 and 4.
    assert found.value == 2 / 3
    assert found.found == "a share of 0.667 (furthest apart on t-space: 2 of 3 messages)"
    assert (found.n, found.holds, found.part) == (4, True, True)
    assert 0 <= found.low <= 2 / 3 <= found.high <= 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"without": ("decisions.csv",)}, "the study holds no decisions"),
        ({"decisions_csv": "decision_id,decided_at,kind,subjects,outcome,target,by\nd1,2020-04-01,code,a1;b1,map,space,"
          "A;B\n"}, "no decision says which agreed theme a candidate theme became"),
        ({"decisions_csv": replaced("decisions.csv", "d5,2020-04-02,candidate,ca2,map,t-travel,A;B,\n", "")
          .replace("t-space;t-travel", "t-space").replace("split", "map")},
         "no candidate theme brings a message under t-travel"),
        ({"themes_yaml": replaced("themes.yaml", "  B:\n    - {id: cb1, name: All, codes: [b1, b2]}\n", ""),
          "decisions_csv": replaced("decisions.csv", "d6,2020-04-02,candidate,cb1,split,t-space;t-travel,A;B,"
                                    "two things\n", "")}, "fewer than two coders have candidate themes"),
    ],
)  # fmt: skip
def test_patterns_that_cannot_be_compared(opened, changes, words):
    text = own("check: same-patterns\nthreshold: 0.5\nrange: [0.25, 0.75]")
    (found,) = outcomes(opened(claims_yaml=text, **changes), None).values()
    assert (found.holds, found.lacks) == (None, words)


@pytest.mark.parametrize("check", [*CLAIM_CHECKS, *METHOD_CHECKS])
def test_every_test_is_described(check):
    text = (DATA.parent / "docs" / "claims.md").read_text(encoding="utf-8")
    assert f"| {check} |" in text or f"{check}, " in text or f", {check} |" in text


@pytest.mark.parametrize(
    ("new", "fault"),
    [
        ("participant,0.8,0.25,0.75,,", "threshold"),
        ("participant,0.5,0.75,0.25,,", "threshold_from"),
        ("participant,0.5,0.5,0.5,,", "threshold_from"),
        ("participant,,0.25,0.75,,", "threshold"),
        (",0.5,0.25,0.75,,", "unit"),
        ("participant,0.5,0.25,0.75,C14,", "beside"),
        ("town,0.5,0.25,0.75,,", "unit"),
        ("participant,half,0.25,0.75,,", "threshold"),
    ],
)
def test_a_claim_of_a_ledger_whose_test_is_wrong_is_a_fault_with_line_and_column(tmp_path, new, fault):
    folder = Path(shutil.copytree(DATA / "article", tmp_path / "article"))
    text = (folder / "claims.csv").read_text(encoding="utf-8")
    assert text.count(WIDESPREAD) == 1
    (folder / "claims.csv").write_text(text.replace(WIDESPREAD, new), encoding="utf-8")
    article, faults = read_article(folder)
    assert [(Path(one.file).name, one.line, one.column) for one in faults] == [("claims.csv", 14, fault)]
    # The rest of the ledger can be used all the same.
    assert len(article.claims) == 118


def test_a_study_without_a_ledger_has_its_own_claims_alone(opened):
    study = opened(claims_yaml=own("check: none"))
    assert outcomes(study, None) == {"K1": None}
