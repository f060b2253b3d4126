import numpy as np
import pandas as pd
import pytest
from studies import replaced, write_study

from lepanalysis import figures, figures_style
from lepanalysis.claim_sensitivity import overview_of, sensitivity_of, summary_of
from lepanalysis.claim_units import materials_of
from lepanalysis.claims import outcome_of
from lepanalysis.entries import entries_of
from lepanalysis.study import open_study
from lepanalysis.verdicts import verdicts_of
from lepanalysis.verdicts_tables import sensitivity

SHARE = """\
claims:
  - id: K1
    statement: Many who posted want a shared place
    check: share
    unit: participant
    threshold: 0.5
    range: [0.25, 0.75]
    codes: [space]
  - id: K2
    statement: Some messages speak of travel
    check: at-least
    unit: message
    threshold: 2
    range: [1, 4]
    codes: [travel]
  - id: K3
    statement: Both coders saw the same
    check: same-patterns
    threshold: 0.5
    range: [0.25, 0.75]
  - id: K4
    statement: Nothing is said here
    check: none
"""


@pytest.fixture
def claimed(opened):
    return opened(claims_yaml=SHARE)


def entries(study):
    return entries_of(None, study.own_claims.claims)


def test_every_threshold_of_the_range_by_coding_and_unit(claimed):
    one, *_ = entries(claimed)
    table = sensitivity_of(one, claimed)
    assert list(table.columns) == ["coders", "unit", "threshold", "value", "holds"]
    assert len(table) == 5 * 3 * 41
    of_consensus = table[(table["coders"] == "consensus") & (table["unit"] == "participant")]
    assert of_consensus["threshold"].iloc[[0, 1, 20, -1]].to_list() == [0.25, 0.2625, 0.5, 0.75]
    assert of_consensus["value"].unique().tolist() == [2 / 3]
    assert of_consensus.loc[of_consensus["holds"], "threshold"].max() == 0.6625


def test_the_stated_threshold_is_among_the_steps(claimed):
    one, *_ = entries(open_study(write_study(claimed.folder, claims_yaml=SHARE.replace("0.5\n", "0.333\n", 1))))
    assert 0.333 in sensitivity_of(one, claimed)["threshold"].to_list()


def test_a_count_has_whole_numbers_for_thresholds(claimed):
    _, two, *_ = entries(claimed)
    table = sensitivity_of(two, claimed)
    of_b = table[(table["coders"] == "B") & (table["unit"] == "message")]
    assert of_b["threshold"].to_list() == [1, 2, 3, 4]
    assert of_b["holds"].to_list() == [True, False, False, False]


def test_what_is_not_over_codes_has_one_value(claimed):
    _, _, three, four = entries(claimed)
    table = sensitivity_of(three, claimed)
    assert set(zip(table["coders"], table["unit"], strict=True)) == {("all", "message")}
    assert sensitivity_of(four, claimed).empty


def test_the_part_of_the_range_over_which_a_claim_holds(claimed):
    one, *_ = entries(claimed)
    found = summary_of(sensitivity_of(one, claimed), 0.5).set_index(["coders", "unit"])
    # 34 of 41 steps lie at or below two thirds.
    row = found.loc[("consensus", "participant")]
    assert row.to_list() == [2 / 3, True, pytest.approx(34 / 41), 0.25, 0.6625]
    row = found.loc[("A", "message")]
    assert row["value"] == 0.5
    assert bool(row["holds"])
    assert found["share_of_range"].between(0, 1).all()


def test_without_a_threshold_the_summary_says_whether_it_holds_anywhere(claimed):
    one, *_ = entries(claimed)
    table = sensitivity_of(one, claimed)
    assert summary_of(table)["holds"].all()
    assert summary_of(table.iloc[:0]).empty


def test_whether_it_depends_on_the_threshold_is_the_same_question_as_in_the_outcome(claimed):
    for entry in entries(claimed)[:3]:
        outcome = outcome_of(entry, claimed, None)
        table = sensitivity_of(entry, claimed)
        stated = table[(table["coders"] == ("all" if entry.id == "K3" else "consensus"))
                       & (table["unit"] == (entry.record["unit"] or "message"))]  # fmt: skip
        assert outcome.part == (stated["holds"].nunique() == 2), entry.id
        assert outcome.value == stated["value"].iloc[0]


def test_where_the_study_lacks_codings_there_is_no_table(opened):
    rest = ("codings.csv", "assignments.csv", "decisions.csv", "quotations.csv", "themes.yaml")
    study = opened(without=rest, claims_yaml=SHARE)
    assert [len(sensitivity_of(entry, study)) for entry in entries(study)] == [0, 0, 0, 0]
    overview = overview_of(entries(study), study)
    assert overview.empty
    assert "nothing to draw" in figures.claims(overview)[0].alt


def test_an_only_coder_is_one_coding(opened):
    text = replaced("study.yaml", "  - {id: B, name: Ben}\n", "")
    book = "codes: [{id: space, name: Place, definition: a place}, {id: travel, name: Way, definition: a way}]"
    codings = "coder,message_id,code_id\nA,1,space\n"
    rest = ("assignments.csv", "decisions.csv", "themes.yaml", "quotations.csv")
    study = opened(without=rest, study_yaml=text, codebook_yaml=book, codings_csv=codings, claims_yaml=SHARE)
    assert list(materials_of(study)) == ["A"]
    overview = overview_of(entries(study), study)
    assert overview.loc[overview["stated"], ["claim_id", "coders", "unit"]].to_numpy().tolist() == [
        ["K1", "A", "participant"],
        ["K2", "A", "message"],
    ]


def test_materials_are_made_once_for_many_claims(claimed):
    materials = materials_of(claimed)
    one, *_ = entries(claimed)
    pd.testing.assert_frame_equal(sensitivity_of(one, claimed, materials=materials), sensitivity_of(one, claimed))


def test_relabelled_participants_and_codes_change_nothing(tmp_path):
    before = open_study(write_study(tmp_path / "a", claims_yaml=SHARE))
    changes = {}
    names = {"P1": "Zz", "P2": "Aa", "space": "zspace", "travel": "atravel"}
    for file in ("messages.csv", "participants.csv", "codebook.yaml", "themes.yaml", "decisions.csv"):
        text = (before.folder / file).read_text()
        for old, new in names.items():
            text = (
                text.replace(f",{old},", f",{new},").replace(f"\n{old},", f"\n{new},").replace(f"[{old}]", f"[{new}]")
            )
            text = text.replace(f"id: {old},", f"id: {new},")
        changes[file.replace(".", "_")] = text
    claims = SHARE.replace("[space]", "[zspace]").replace("[travel]", "[atravel]")
    after = open_study(write_study(tmp_path / "b", claims_yaml=claims, **changes))
    pd.testing.assert_frame_equal(overview_of(entries(before), before), overview_of(entries(after), after))
    for one, other in zip(entries(before)[:3], entries(after)[:3], strict=True):
        assert outcome_of(one, before, None).value == outcome_of(other, after, None).value
        assert outcome_of(one, before, None).low == outcome_of(other, after, None).low


@pytest.mark.parametrize("seed", range(3))
def test_over_any_codings_either_is_no_less_than_each_and_each_no_less_than_both(tmp_path, seed):
    random = np.random.default_rng(seed)
    rows = [f"{coder},{message},{code}" for coder in "AB" for message in (1, 2, 3, 4) for code in ("space", "travel")
            if random.random() < 0.5]  # fmt: skip
    codings = "\n".join(["coder,message_id,code_id", *rows, ""])
    rest = ("assignments.csv", "decisions.csv", "themes.yaml", "quotations.csv")
    study = open_study(write_study(tmp_path / "s", without=rest, codings_csv=codings, claims_yaml=SHARE))
    overview = overview_of(entries(study), study)
    for _, part in overview.groupby(["claim_id", "unit"]):
        value = part.set_index("coders")["value"]
        assert value["any"] >= value[["A", "B"]].max()
        assert value["all"] <= value[["A", "B"]].min()


def test_the_figure_has_a_panel_for_each_claim_and_its_data_beside_it(claimed):
    (drawing,) = figures.claims(overview_of(entries(claimed), claimed), {"A": "Ada", "B": "Ben"})
    assert len(drawing.figure.axes) == 3
    row = drawing.data[drawing.data["stated"] & (drawing.data["claim_id"] == "K1")].iloc[0]
    assert row[["coders", "coded_by", "unit", "value", "threshold"]].to_list() == [
        "consensus",
        "consensus",
        "participant",
        2 / 3,
        0.5,
    ]
    assert set(drawing.data["coded_by"]) == {"Ada", "Ben", "either", "both", "consensus"}
    assert "K1 0.667 (consensus, participant), threshold 0.5, range 0.25 to 0.75" in drawing.alt


def test_over_a_real_corpus_the_figure_has_the_interval_and_says_what_it_reaches(claimed):
    (drawing,) = figures.claims(sensitivity(verdicts_of(claimed, None), claimed), {"A": "Ada", "B": "Ben"})
    row = drawing.data[drawing.data["stated"] & (drawing.data["claim_id"] == "K2")].iloc[0]
    words = "the interval reaches below the threshold and the whole range; drawn from 3 participants, it is too narrow"
    assert row[["low", "high", "reaches"]].to_list() == [0, 3, words]
    assert drawing.data.loc[~drawing.data["stated"], ["low", "high"]].isna().all(axis=None)
    assert f"interval 0 to 3 ({words})" in drawing.alt
    said = [" ".join(text.get_text().split()) for text in drawing.figure.texts]
    assert f"{words[0].upper()}{words[1:]}." in said
    assert "95 % interval" in [text.get_text() for text in drawing.figure.legends[0].get_texts()]


def test_over_an_invented_corpus_the_figure_has_no_interval(opened):
    study = opened(claims_yaml=SHARE, study_yaml=replaced("study.yaml", "class: open", "class: stand-in"))
    overview = sensitivity(verdicts_of(study, None), study)
    pd.testing.assert_frame_equal(overview, overview_of(entries(study), study))
    assert "interval" not in figures.claims(overview)[0].alt


def test_many_claims_are_shared_out_over_pages_that_fit(claimed):
    overview = overview_of(entries(claimed)[:1], claimed)
    many = pd.concat([overview.assign(claim_id=f"K{place}") for place in range(20)], ignore_index=True)
    drawings = figures.claims(many)
    assert [drawing.data["claim_id"].nunique() for drawing in drawings] == [7, 7, 6]
    for drawing in drawings:
        assert drawing.figure.get_figheight() * figures_style.CENTIMETRES_PER_INCH <= figures_style.TALLEST


def test_numbers_far_beyond_the_range_are_drawn_by_powers(claimed):
    overview = overview_of(entries(claimed)[1:2], claimed)
    (drawing,) = figures.claims(overview.assign(value=[5.0 * 10**place for place in range(len(overview))]))
    (axes,) = drawing.figure.axes
    assert axes.get_xscale() == "symlog"
    (drawing,) = figures.claims(overview)
    assert drawing.figure.axes[0].get_xscale() == "linear"
