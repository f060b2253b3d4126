"""Figures that somebody stated of a study's data, held against the data to the last digit."""

import pytest
from foreign import write_foreign

from lepanalysis.claim_figures import as_stated, equal
from lepanalysis.study import open_study, read_study
from lepanalysis.verdicts import verdicts_of
from lepanalysis.verdicts_tables import sources


def claim(check, stated, codes="[eile]"):
    bound = f", codes: {codes}" if codes else ""
    return (
        f'claims:\n  - {{id: K1, statement: So steht es da, kind: figure, check: {check}, stated: "{stated}"{bound}}}\n'
    )


@pytest.fixture
def verdict_on(tmp_path):
    def given(text):
        study = open_study(write_foreign(tmp_path / "study", "market", claims_yaml=text))
        (verdict,) = verdicts_of(study, None)
        return verdict

    return given


@pytest.mark.parametrize(
    ("check", "stated", "codes"),
    [
        ("units", "8", ""),
        ("threads", "3", ""),
        ("categories", "2", ""),
        ("coders", "3", ""),
        ("alpha-nominal", "0.341", "[eile]"),
        ("alpha-nominal", ".34", "[eile]"),
        ("alpha-ordinal", "0.651", "[eile]"),
        ("alpha-interval", "0.669", "[eile]"),
        ("kappa-range", "-0.061 to 0.579", "[eile]"),
        ("all-agree", "2", "[eile]"),
        ("agreeing", "2, 5, 0", "[eile]"),
    ],
)
def test_a_figure_that_the_data_bear_out_is_confirmed(verdict_on, check, stated, codes):
    verdict = verdict_on(claim(check, stated, codes))
    assert (verdict.verdict, verdict.printed, verdict.class_) == ("confirmed", stated, "restricted")


@pytest.mark.parametrize(
    ("check", "stated", "found"),
    [
        ("units", "9", "8"),
        ("alpha-nominal", "0.342", "0.341"),
        ("alpha-nominal", "0.35", "0.34"),
        ("kappa-range", "-0.061 to 0.57", "-0.061 to 0.58"),
        ("agreeing", "2, 5", "2, 5, 0"),
        ("all-agree", "3", "2"),
    ],
)
def test_a_figure_that_differs_in_a_stated_digit_is_contradicted(verdict_on, check, stated, found):
    verdict = verdict_on(claim(check, stated, "" if check == "units" else "[eile]"))
    assert (verdict.verdict, verdict.found) == ("contradicted", found)


@pytest.mark.parametrize(
    ("check", "codes", "why"),
    [
        ("alpha-ratio", "[eile]", "a scale of kind ordinal is not compared as ratio"),
        ("alpha-nominal", "[laut]", "the code laut has no scale, or no message has values of two coders"),
        ("alpha-nominal", "[laut, eile]", "2 codes are bound to it, and it speaks of the values of one"),
    ],
)
def test_what_the_study_lacks_leaves_the_figure_open(verdict_on, check, codes, why):
    verdict = verdict_on(claim(check, "0.5", codes))
    assert verdict.verdict == "not reproducible from public material"
    assert why in verdict.reason


def test_the_test_of_a_figure_is_told_with_the_figure(verdict_on):
    assert verdict_on(claim("units", "8", "")).test == "The number of messages: 8 as stated"


def test_a_figure_rests_on_the_records_that_it_was_computed_from(tmp_path):
    study = open_study(write_foreign(tmp_path / "study", "market", claims_yaml=claim("alpha-nominal", "0.341")))
    names = {table.name for table in sources(verdicts_of(study, None), study, None)}
    assert {"codings", "codebook", "messages", "own_claims", "evidence"} <= names


@pytest.mark.parametrize(
    ("text", "column", "problem"),
    [
        (claim("units", "viele", ""), "stated", "viele is no figure that the check 'units' can take"),
        (claim("kappa-range", "0.3", "[eile]"), "stated", "0.3 is no figure that the check 'kappa-range' can take"),
        (claim("alpha-nominal", "nan", "[eile]"), "stated", "nan is no figure that the check 'alpha-nominal' can take"),
        (claim("alpha-nominal", "0.3", ""), "codes", "the check 'alpha-nominal' needs codes here"),
        (
            "claims:\n  - {id: K1, statement: S, check: units}\n",
            "stated",
            "the check 'units' needs the figure that is stated",
        ),
        (claim("none", "3", ""), "", ""),
        (
            "claims:\n  - {id: K1, statement: S, check: coded-before-meeting, stated: '3'}\n",
            "stated",
            "the check 'coded-before-meeting' takes no stated figure",
        ),
    ],
)
def test_a_figure_that_a_check_cannot_take_is_a_fault(tmp_path, text, column, problem):
    _, faults = read_study(write_foreign(tmp_path / "study", "market", claims_yaml=text))
    found = [(fault.column, fault.problem) for fault in faults]
    if column:
        assert (column, problem) in found
    else:
        assert [name for name, _ in found] == ["stated"]


@pytest.mark.parametrize(
    ("stated", "computed", "same"),
    [
        ("0.379", [0.37949], True),
        ("0.379", [0.3795], True),
        ("0.380", [0.3795], True),
        ("0.379", [0.37951], False),
        ("0.4", [0.35], True),
        ("-0.06", [-0.0612], True),
        ("478", [478.0], True),
        ("478, 265", [478.0], False),
    ],
)
def test_numbers_are_the_same_where_they_round_to_what_is_stated(stated, computed, same):
    assert equal(stated, computed) is same


def test_what_was_found_is_written_with_as_many_digits_as_were_stated():
    assert as_stated("0.3 to 0.430", 0, 0.32858) == "0.3"
    assert as_stated("0.3 to 0.430", 1, 0.42957) == "0.430"
