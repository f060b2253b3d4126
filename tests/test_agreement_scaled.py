"""Agreement on the values of scaled codes: by level, coder against coder, unit by unit, by category."""

import json

import numpy as np
import pytest
from foreign import write_foreign
from hypothesis import given
from hypothesis import strategies as st

from lepanalysis import agreement_scaled as scaled
from lepanalysis import agreement_scaled_tables as tables
from lepanalysis.agreement_intervals import Settings
from lepanalysis.agreement_report import as_text, report
from lepanalysis.alpha import krippendorff_alpha
from lepanalysis.coefficients import cohen_kappa
from lepanalysis.judgements import Judgements, Scaled
from lepanalysis.study import open_study

ALONE = Settings(method="none")
WORDS = ("gering", "mittel", "hoch")
# What the three coders gave the eight contributions of the market place (tests/foreign.py).
RATINGS = (
    ("hoch", "mittel", "mittel", "hoch", "hoch", "gering", "hoch", "hoch"),
    ("hoch", "gering", "mittel", "hoch", "hoch", "gering", "mittel", "hoch"),
    ("mittel", "gering", "gering", "hoch", "hoch", None, "mittel", "mittel"),
)


@pytest.fixture(scope="module")
def market(tmp_path_factory):
    return open_study(write_foreign(tmp_path_factory.mktemp("market") / "study", "market"))


@pytest.fixture(scope="module")
def urgency(market):
    (values,) = scaled.scaled_codes(market)
    return values


def values_of(numbers, scale="ordinal", categories=WORDS):
    """Return values given by number, as if all units were messages of one thread each."""
    numbers = np.array(numbers)
    coders, units = numbers.shape
    judged = Judgements(
        tuple("abcdefgh"[:coders]),
        ("k",),
        (numbers >= 0)[:, :, None],
        np.ones((coders, units), dtype=bool),
        np.ones(units),
        {"thread": np.arange(units)},
        {},
    )
    found = Scaled(scale, categories, numbers, 0)
    return scaled.Values("k", "Code", {name: name.upper() for name in judged.coders}, found, judged)


def test_only_codes_with_a_scale_have_values(urgency):
    assert (urgency.code, urgency.name, urgency.n_units) == ("eile", "Dringlichkeit", 8)
    assert urgency.coders == {"ab": "Anke Brandt", "bc": "Bülent Çelik", "zs": "Zoë Šimek"}


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
def test_alpha_at_each_level_is_that_of_the_plain_ratings(urgency, level):
    places = [[None if word is None else WORDS.index(word) for word in row] for row in RATINGS]
    expected = krippendorff_alpha(places, level).value
    assert scaled.alphas(urgency, ALONE)[f"krippendorff_alpha_{level}"].value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("scale", "levels"),
    [
        ("nominal", ("nominal",)),
        ("ordinal", ("nominal", "ordinal", "interval")),
        ("interval", ("nominal", "ordinal", "interval")),
        ("ratio", ("nominal", "ordinal", "interval", "ratio")),
    ],
)
def test_a_scale_is_compared_at_the_levels_that_it_bears(scale, levels):
    assert scaled.levels_of(scale) == levels


def test_numbers_lie_where_they_lie_and_words_at_equal_steps():
    given_ = [[0, 1, 2, 2], [0, 2, 2, 1]]
    apart = scaled.alphas(values_of(given_, "interval", (1.0, 2.0, 10.0)), ALONE)["krippendorff_alpha_interval"].value
    steps = scaled.alphas(values_of(given_), ALONE)["krippendorff_alpha_interval"].value
    assert apart == pytest.approx(krippendorff_alpha([[1, 2, 10, 10], [1, 10, 10, 2]], "interval").value)
    assert steps == pytest.approx(krippendorff_alpha([[0, 1, 2, 2], [0, 2, 2, 1]], "interval").value)


def test_each_two_coders_are_held_against_each_other(urgency):
    frame = scaled.pairs(urgency, ALONE)
    assert frame[["first_id", "second_id", "n_units"]].to_numpy().tolist() == [
        ["ab", "bc", 8],
        ["ab", "zs", 7],
        ["bc", "zs", 7],
    ]
    for row, (one, other) in zip(frame.itertuples(), [(0, 1), (0, 2), (1, 2)], strict=True):
        for name, weights in (("cohen_kappa", None), ("kappa_linear", "linear"), ("kappa_quadratic", "quadratic")):
            expected = cohen_kappa(RATINGS[one], RATINGS[other], weights, WORDS).value
            assert getattr(row, name) == pytest.approx(expected)


def test_values_without_an_order_have_no_weighted_kappa():
    frame = scaled.pairs(values_of([[0, 1, 2], [0, 1, 1]], "nominal"), ALONE)
    assert frame["kappa_linear"].isna().all()
    assert frame["cohen_kappa"].notna().all()


def test_coders_who_never_meet_have_no_kappa_and_a_reason():
    frame = scaled.pairs(values_of([[0, 1, -1, -1], [0, 1, 2, 2], [-1, -1, 2, 1]]), ALONE)
    assert frame["n_units"].tolist() == [2, 0, 2]
    assert np.isnan(frame["cohen_kappa"][1])
    assert frame["reason"][1]


def test_intervals_are_the_same_each_time_and_hold_the_value(urgency):
    settings = Settings(replicates=200, seed=7)
    first, again = (scaled.alphas(urgency, settings)["krippendorff_alpha_ordinal"] for _ in range(2))
    assert first == again
    assert first.low < first.value < first.high


def test_how_often_each_coder_gave_each_value(urgency):
    frame = tables.distribution(urgency)
    assert frame[["coder_id", "value", "units"]].to_numpy().tolist() == [
        ["ab", "gering", 1],
        ["ab", "mittel", 2],
        ["ab", "hoch", 5],
        ["bc", "gering", 2],
        ["bc", "mittel", 2],
        ["bc", "hoch", 4],
        ["zs", "gering", 2],
        ["zs", "mittel", 3],
        ["zs", "hoch", 2],
    ]
    assert frame.groupby("coder_id")["share"].sum().tolist() == pytest.approx([1, 1, 1])


def test_on_how_many_units_how_many_coders_agree(urgency):
    # B6 lacks a value of the third coder and is not counted.
    assert tables.agreeing(urgency)[["coders", "units"]].to_numpy().tolist() == [[3, 2], [2, 5], [1, 0]]


def test_of_five_coders_and_three_values_two_at_least_agree():
    frame = tables.agreeing(values_of([[0, 0], [0, 0], [0, 1], [0, 1], [0, 2]]))
    assert frame[["coders", "units"]].to_numpy().tolist() == [[5, 1], [4, 0], [3, 0], [2, 1]]


@given(st.lists(st.lists(st.integers(-1, 2), min_size=3, max_size=3), min_size=1, max_size=12))
def test_every_unit_that_all_judged_is_counted_once(rows):
    numbers = np.array(rows).T
    frame = tables.agreeing(values_of(numbers))
    assert frame["units"].sum() == (numbers >= 0).all(axis=0).sum()


def test_the_messages_that_coders_lie_furthest_apart_on_come_first(market, urgency):
    frame = tables.differing(market, urgency)
    assert frame["message_id"].tolist() == ["B1", "B2", "B3", "B7", "B8"]
    assert frame.loc[0, ["ab", "bc", "zs"]].tolist() == ["hoch", "hoch", "mittel"]
    assert set(frame["apart"]) == {1}


def test_categories_of_the_threads_are_compared(market, urgency):
    frame = tables.by_category(market, urgency, ALONE)
    assert frame[["category", "threads", "units"]].to_numpy().tolist() == [["Platz", 2, 5], ["Wege", 1, 3]]
    assert frame["all_agree"].tolist() == [0.0, 1.0]
    assert frame[["share_0", "share_1", "share_2"]].sum(axis=1).tolist() == pytest.approx([1, 1])


def test_where_no_thread_has_a_category_there_is_nothing_to_compare(tmp_path):
    threads = "thread_id,title,category\nF1,Eins,\nF2,Zwei,\nF3,Drei,\n"
    folder = write_foreign(tmp_path / "study", "market")
    (folder / "threads.csv").write_text(threads, encoding="utf-8")
    study = open_study(folder)
    (values,) = scaled.scaled_codes(study)
    assert tables.by_category(study, values, ALONE).empty


def test_a_study_without_codings_has_no_values(tmp_path):
    assert scaled.scaled_codes(open_study(write_foreign(tmp_path / "study", "bare"))) == ()


def test_the_report_of_agreement_holds_it_all_for_machines_and_people(market):
    record = report(market, ALONE)
    (values,) = (code["values"] for code in record["per_code"] if "values" in code)
    assert values["agreeing"] == {"3": 2, "2": 5, "1": 0}
    assert values["distribution"]["zs"] == {"gering": 2, "mittel": 3, "hoch": 2}
    assert len(values["pairs"]) == 3
    json.dumps(record, allow_nan=False)
    text = as_text(market, record)
    assert "Anke Brandt, Bülent Çelik" in text
    assert "Alpha of Dringlichkeit, taken as" in text
