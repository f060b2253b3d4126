import hashlib
import json

import numpy as np
import pytest
from click.testing import CliRunner
from studies import SMALL, replaced, write_study

from lepanalysis import agreement, agreement_intervals, intervals_joint, judgements
from lepanalysis.agreement import Settings, krippendorff_alpha
from lepanalysis.agreement_estimates import of_all, of_codes
from lepanalysis.agreement_report import CODED_IS_BIASED, NO_ASSIGNMENTS
from lepanalysis.cli import main
from lepanalysis.coefficients import cohen_kappa, gwet_ac1, pooled_kappa
from lepanalysis.faults import UsageError
from lepanalysis.judgements import Judgements

NAMES = {
    "percent_agreement",
    "cohen_kappa",
    "scott_pi",
    "fleiss_kappa",
    "krippendorff_alpha",
    "gwet_ac1",
    "brennan_prediger",
}
SCALED = """\
    codes:
      - {id: mood, name: Mood, definition: how it sounds, scale: ordinal, values: [low, middle, high]}
      - {id: size, name: Size, definition: people named, scale: ratio}
    """
VALUES = """\
    coder,message_id,code_id,value
    A,1,mood,low
    A,2,mood,high
    A,3,mood,middle
    A,4,size,2
    B,1,mood,low
    B,2,mood,middle
    B,3,mood,middle
    B,4,size,4.0
    """
BARE = ("assignments.csv", "decisions.csv", "themes.yaml", "quotations.csv")


def run(folder, *options):
    done = CliRunner().invoke(main, ["agree", str(folder), *options])
    return done.exit_code, done.stdout, done.stderr


def record(folder, *options):
    status, out, err = run(folder, "--json", *options)
    assert status == 0, err
    return json.loads(out)


@pytest.fixture
def folder(tmp_path):
    return write_study(tmp_path / "study")


def random_judgements(units=40, codes=6, coders=2, unread=0.0):
    random = np.random.default_rng(0)
    truth = random.random((units, codes)) < 0.3
    applied = truth ^ (random.random((coders, units, codes)) < 0.1)
    read = random.random((coders, units)) >= unread
    return Judgements(
        tuple("ABCDEFG"[:coders]),
        tuple(f"c{code}" for code in range(codes)),
        applied & read[:, :, None],
        read,
        np.ones(units),
        {"message": np.arange(units), "thread": np.arange(units) // 4, "participant": np.arange(units) % 7},
    )


def test_the_record(folder):
    found = record(folder, "--replicates", "200")
    assert {name: found[name] for name in ("unit", "universe", "n_units", "coders", "left_out")} == {
        "unit": "message",
        "universe": "all",
        "n_units": 4,
        "coders": ["A", "B"],
        "left_out": 0,
    }
    assert found["interval"] == {
        "method": "percentile bootstrap",
        "level": 0.95,
        "replicates": 200,
        "cluster": "message",
        "seed": 0,
    }
    assert set(found["overall"]) >= NAMES | {"krippendorff_alpha_masi", "krippendorff_alpha_jaccard", "pooled_kappa"}
    travel = found["per_code"][1]
    assert set(travel) >= NAMES
    assert (travel["code_id"], travel["n"], travel["prevalence"], travel["n_both"]) == ("travel", 4, 0.375, 1)
    assert travel["cohen_kappa"]["value"] == 0.5
    assert found["disagreements"] == [{"unit": "1", "code_id": "travel", "coders": ["A"], "kind": "missed"}]


def values_in(node):
    if isinstance(node, dict):
        if "value" in node:
            yield node
        for below in node.values():
            yield from values_in(below)
    elif isinstance(node, list):
        for below in node:
            yield from values_in(below)


@pytest.mark.parametrize("unit", agreement.UNITS)
@pytest.mark.parametrize("universe", agreement.UNIVERSES)
@pytest.mark.parametrize("method", ["bootstrap", "analytic", "none"])
@pytest.mark.parametrize("codings", [SMALL["codings.csv"], "coder,message_id,code_id\n"])
def test_each_number_is_there_or_has_its_reason(tmp_path, unit, universe, method, codings):
    changes = {} if len(codings) > 40 else {"decisions_csv": "decision_id,decided_at,kind,subjects,outcome,by\n"}
    folder = write_study(tmp_path / "study", codings_csv=codings, **changes)
    found = record(folder, "--unit", unit, "--universe", universe, "--interval", method, "--replicates", "50")
    values = list(values_in(found))
    assert len(values) > 30
    for value in values:
        if value["value"] is None or (method != "none" and value["low"] is None):
            assert value["reason"]
        elif method != "none":
            assert value["low"] - 1e-9 <= value["high"]


def test_the_text_for_people(folder):
    status, out, _ = run(folder, "--replicates", "50")
    assert status == 0
    lines = out.splitlines()
    assert lines[:4] == [
        "Agreement of Ada, Ben",
        "Unit: message. Universe: all (n = 4 units).",
        "All units that two coders or more have read are taken, also those that nobody coded.",
        "Intervals: percentile bootstrap, level 95%, drawn by message, 50 replicates, seed 0.",
    ]
    assert any(line.startswith("Transport") and "37.5%" in line for line in lines)
    assert lines[-2:] == ["Disagreements: 1", "  1: Transport, missed, A: And faster trains."]


def test_only_coded_units_come_with_the_sentence_why_this_is_biased(folder):
    assert CODED_IS_BIASED in run(folder, "--universe", "coded", "--interval", "none")[1]
    assert record(folder, "--universe", "coded", "--interval", "none")["notes"] == [CODED_IS_BIASED]


def test_a_study_without_assignments_says_what_is_taken_for_granted(tmp_path):
    folder = write_study(tmp_path / "study", without=("assignments.csv",))
    assert NO_ASSIGNMENTS in record(folder, "--interval", "none")["notes"]


def test_disagreements_over_threads(folder):
    found = record(folder, "--unit", "thread", "--interval", "none")
    assert found["disagreements"] == [{"unit": "T1", "code_id": "travel", "coders": ["A"], "kind": "missed"}]
    assert "T1: Transport, only A" in run(folder, "--unit", "thread")[1]


def test_no_more_disagreements_are_shown_than_asked_for(tmp_path):
    codings = "coder,message_id,code_id\nA,1,a1\nA,2,a1\nA,3,a1\n"
    read = replaced("assignments.csv", "A,3,nothing_to_code", "A,3,read")
    log = replaced("decisions.csv", "d3,2020-04-01,coding,A-2,accept,,A;B,said in so many words\n", "")
    folder = write_study(tmp_path / "study", codings_csv=codings, assignments_csv=read, decisions_csv=log)
    assert run(folder, "--show", "1")[1].endswith("  and 2 more; --show 0 lists all of them.\n")
    assert len(record(folder)["disagreements"]) == 3


def test_coders_who_read_different_texts_are_refused(tmp_path):
    digest = hashlib.sha256(b"another text").hexdigest()
    rows = [line.strip() for line in SMALL["assignments.csv"].strip().splitlines()]
    text = "\n".join([rows[0] + ",text_sha256", rows[1] + f",{digest}", *(row + "," for row in rows[2:])])
    status, _, err = run(write_study(tmp_path / "study", assignments_csv=text + "\n"))
    assert status == 1
    assert "assignments.csv:2: text_sha256:" in err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--unit", "word"), "'word' is not one of"),
        (("--unit", "character", "--cluster", "unit"), "characters are not independent"),
        (("--unit", "thread", "--cluster", "participant"), "a thread does not lie in a participant"),
        (("--level", "95"), "lies not between 0 and 1"),
        (("--replicates", "1"), "two replicates at least"),
    ],
)
def test_wrong_usage_is_refused(folder, options, says):
    status, _, err = run(folder, *options)
    assert status == 2
    assert says in err


def test_values_of_scaled_codes(tmp_path):
    folder = write_study(tmp_path / "study", codebook_yaml=SCALED, codings_csv=VALUES, without=BARE)
    mood, size = record(folder, "--interval", "none")["per_code"]
    assert (mood["values"]["scale"], mood["values"]["n"], size["values"]["n"]) == ("ordinal", 3, 1)
    expected = krippendorff_alpha([[1, 3, 2], [1, 2, 2]], "ordinal", [1, 2, 3]).value
    assert mood["values"]["krippendorff_alpha"]["value"] == pytest.approx(expected)
    kappa = cohen_kappa([1, 3, 2], [1, 2, 2], "quadratic", [1, 2, 3]).value
    assert mood["values"]["cohen_kappa"]["value"] == pytest.approx(kappa)
    assert size["values"]["krippendorff_alpha"]["value"] == pytest.approx(0.0)
    assert mood["cohen_kappa"]["value"] == 1.0
    assert "ordinal  3" in run(folder)[1]


def test_several_values_of_one_coder_in_a_unit_are_no_judgement(tmp_path):
    folder = write_study(tmp_path / "study", codebook_yaml=SCALED, codings_csv=VALUES, without=BARE)
    mood = record(folder, "--unit", "thread")["per_code"][0]
    assert (mood["values"]["n"], mood["values"]["several_values"]) == (0, 2)
    assert mood["values"]["krippendorff_alpha"]["reason"] == "no unit was judged by two coders"


def test_numbers_that_are_written_differently_are_one_value(tmp_path):
    codings = VALUES.replace("A,4,size,2", "A,4,size,4")
    folder = write_study(tmp_path / "study", codebook_yaml=SCALED, codings_csv=codings, without=BARE)
    size = record(folder)["per_code"][1]["values"]
    assert size["krippendorff_alpha"]["reason"].startswith("every judgement is the same")


def test_the_long_frame(folder):
    from lepanalysis.study import open_study

    frame = agreement.coefficients(open_study(folder), Settings(method="analytic"))
    assert list(frame.columns) == ["code_id", "code", "measure", "value", "low", "high", "n_units", "reason"]
    assert set(frame["code_id"]) == {"", "space", "travel"}
    travel = frame[(frame["code_id"] == "travel") & (frame["measure"] == "percent_agreement")].iloc[0]
    # Wilson (1927) of 3 in 4.
    assert (travel["low"], travel["high"]) == pytest.approx((0.3006, 0.9544), abs=1e-4)


@pytest.mark.parametrize("coders", [2, 3, 6])
@pytest.mark.parametrize("unread", [0.0, 0.3])
def test_all_codes_at_once_are_each_code_by_itself(coders, unread):
    judged = random_judgements(coders=coders, unread=unread)
    found = of_codes(judged, Settings(method="none"))
    for code in range(6):
        rows = np.where(judged.read, judged.applied[:, :, code], np.nan)
        assert found[code]["krippendorff_alpha"].value == pytest.approx(krippendorff_alpha(rows).value)
        assert found[code]["gwet_ac1"].value == pytest.approx(gwet_ac1(rows, [0, 1]).value)
        pairs = [cohen_kappa(rows[a], rows[b]).value for a in range(coders) for b in range(a)]
        assert found[code]["cohen_kappa"].value == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize("unread", [0.0, 0.3])
def test_pooled_kappa_of_a_study_is_that_of_its_tables(unread):
    judged = random_judgements(unread=unread)
    both = judged.read.all(axis=0)
    a, b = judged.applied[:, both]
    tables = [
        [[(~x & ~y).sum(), (~x & y).sum()], [(x & ~y).sum(), (x & y).sum()]] for x, y in zip(a.T, b.T, strict=True)
    ]
    found = of_all(judged, Settings(method="none"))["pooled_kappa"]
    assert found.value == pytest.approx(pooled_kappa(tables).value)


@pytest.mark.parametrize("cluster", ["", "thread", "participant"])
def test_linearised_intervals_of_all_codes_are_much_like_drawn_ones(cluster):
    judged = random_judgements(units=300, coders=3, unread=0.1)
    drawn = of_all(judged, Settings(cluster=cluster, replicates=1500))
    worked_out = of_all(judged, Settings(cluster=cluster, method="analytic"))
    for name, found in drawn.items():
        if found.low is None:
            assert found.reason, name
            continue
        other = worked_out[name]
        assert found.value == pytest.approx(other.value), name
        tolerance = 0.25 if cluster == "participant" else 0.12
        assert other.high - other.low == pytest.approx(
            found.high - found.low, rel=tolerance if cluster != "participant" else 0.6
        )


def test_much_work_gets_the_linearised_interval_and_says_so(monkeypatch):
    judged = random_judgements()
    monkeypatch.setattr(intervals_joint, "SETS", 3)
    found = of_all(judged, Settings(replicates=100))
    assert found["pooled_kappa"].method == "linearised"
    assert found["cohen_kappa"].method == ""
    monkeypatch.setattr(agreement_intervals, "DRAWS", 10)
    assert of_all(judged, Settings(replicates=100))["cohen_kappa"].as_record()["method"] == "linearised"


@pytest.mark.parametrize("by_kinds", [True, False])
def test_what_is_expected_may_be_added_up_over_sets_or_over_units(by_kinds):
    judged = random_judgements(units=30 if by_kinds else 200, codes=6 if by_kinds else 2)
    found = of_all(judged, Settings(replicates=400))["krippendorff_alpha_masi"]
    other = of_all(judged, Settings(method="analytic"))["krippendorff_alpha_masi"]
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=0.05)


def test_many_coders_are_counted_in_another_way_with_the_same_result(monkeypatch):
    judged = random_judgements(coders=3, unread=0.2)
    one = {name: found.value for name, found in of_all(judged, Settings(method="none")).items()}
    monkeypatch.setattr(judgements, "FEW_CODERS", 2)
    other = {name: found.value for name, found in of_all(judged, Settings(method="none")).items()}
    assert one == pytest.approx(other, nan_ok=True)


def test_settings_are_checked():
    with pytest.raises(UsageError, match="'words' is no cluster"):
        Settings(cluster="words")
    assert Settings(unit="segment").drawn == "message"
    assert Settings(unit="segment", cluster="unit").drawn == "segment"
