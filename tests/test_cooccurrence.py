import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from projects import ROOT
from scipy import stats

from lepanalysis import cooccurrence as module
from lepanalysis.applications import Coded
from lepanalysis.associations import associations, benjamini_hochberg, network, transitions
from lepanalysis.cooccurrence import cooccurrence, counts, in_common, near_characters, packed
from lepanalysis.faults import UsageError
from lepanalysis.study import open_study

BOOK = """\
    codes:
      - {id: x, name: X, definition: x}
      - {id: y, name: Y, definition: y}
      - {id: z, name: Z, definition: z}
    """
MESSAGES = """\
    message_id,thread_id,participant_id,text,posted_at,position,reply_to
    1,T1,P1,abcdefghij,2020-01-05T10:00:00,1,
    2,T1,P2,abcdefghij,2020-01-06T11:00:00,2,1
    4,T2,P3,abcdefghij,2020-02-03T09:30:00,1,
    3,T1,P1,abcdefghij,2020-02-01T09:00:00,3,2
    """


@pytest.fixture
def coded_study(opened):
    """Open a study of four messages with the codings that are given as rows of a file."""

    def open_coded(rows):
        return opened(
            codebook_yaml=BOOK,
            messages_csv=MESSAGES,
            codings_csv="coder,message_id,code_id,start,end\n" + rows,
            without=("decisions.csv", "themes.yaml", "quotations.csv", "assignments.csv"),
        )

    return open_coded


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 4)), max_size=60), st.booleans())
def test_bits_count_what_a_cross_table_counts(pairs, held_sparse):
    unit, code = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    table = np.zeros((100, 5), dtype=np.int64)
    table[unit, code] = 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_DENSE", 0 if held_sparse else 2**28)
        patch.setattr(module, "_WORDS", 1)
        assert (counts(unit, code, 100, 5) == table.T @ table).all()


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 2), st.integers(0, 9), st.integers(1, 5)), max_size=12),
    st.integers(-1, 4),
)
def test_near_is_what_every_pair_of_segments_says(rows, reach):
    message, code, start, long = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    found = near_characters(Coded(message * 0, message, code, start, start + long, ("x", "y", "z")), reach)
    near = set()
    for one in rows:
        for other in rows:
            between = max(one[2], other[2]) - min(one[2] + one[3], other[2] + other[3])
            if one[0] == other[0] and (between <= reach or one == other):
                near.add((one[0], one[1], other[1]))
    wanted = np.zeros((3, 3), dtype=int)
    for _, one, other in near:
        wanted[one, other] += 1
    assert (found == wanted).all()


@pytest.mark.parametrize(
    ("within", "reach", "xy", "yx"),
    [
        ("message", None, 1, 1),
        ("overlap", None, 0, 0),
        ("characters", 1, 0, 0),
        ("characters", 2, 1, 1),
        ("thread", None, 1, 1),
        ("messages", 0, 1, 1),
        ("messages", 1, 1, 2),
        ("messages", 2, 1, 3),
        ("reply", None, 0, 1),
        ("reply chain", None, 0, 2),
    ],
)
def test_what_stands_together(coded_study, within, reach, xy, yx):
    # x in 1 and 4, y in 1, 2 and 3: 1 and 2 and 3 are a thread, 3 answers 2, and 2 answers 1.
    study = coded_study("A,1,x,0,2\nA,1,y,4,6\nA,2,y,0,2\nA,3,y,0,2\nA,4,x,0,2\n")
    table = cooccurrence(study, "A", within, reach)
    assert (table.loc["x", "y"], table.loc["y", "x"]) == (xy, yx)


def test_near_messages_have_a_direction(coded_study):
    study = coded_study("A,1,x,0,2\nA,2,y,0,2\nA,3,y,0,2\nA,4,x,0,2\n")
    table = cooccurrence(study, "A", "messages", 2)
    assert table.loc["x", "y"] == 1
    assert table.loc["y", "x"] == 2
    assert table.loc["y", "y"] == 2


def test_all_are_those_who_read(coded_study):
    study = coded_study("A,1,x,,\nB,1,x,0,2\nB,1,x,3,5\nA,2,y,,\nA,2,x,,\nB,2,y,,\n")
    assert cooccurrence(study, "all").to_numpy().tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert cooccurrence(study, "any").to_numpy().tolist() == [[2, 1, 0], [1, 1, 0], [0, 0, 0]]
    assert cooccurrence(study, "consensus").to_numpy().tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize(("within", "reach"), [("characters", None), ("messages", -1), ("message", 3)])
def test_a_distance_goes_with_what_has_one(study, within, reach):
    with pytest.raises(UsageError, match="does not go with"):
        cooccurrence(study, "A", within, reach)


def test_measures_by_hand():
    # 100 units, 20 with a, 30 with b, 12 with both.
    table = pd.DataFrame([[20, 12], [12, 30]], index=["a", "b"], columns=["a", "b"])
    (row,) = associations(table, 100).to_dict("records")
    assert row["expected"] == 6
    assert row["lift"] == 2
    assert row["jaccard"] == pytest.approx(12 / 38)
    assert row["phi"] == pytest.approx((12 * 62 - 8 * 18) / np.sqrt(20 * 80 * 30 * 70))
    cells = np.repeat([[1, 1], [1, 0], [0, 1], [0, 0]], [12, 8, 18, 62], axis=0)
    assert row["phi"] == pytest.approx(np.corrcoef(cells.T)[0, 1])
    wanted = stats.binomtest(12, 38).proportion_ci(method="wilson")
    assert (row["jaccard_low"], row["jaccard_high"]) == pytest.approx((wanted.low, wanted.high))
    assert row["p"] == pytest.approx(2 * stats.fisher_exact([[12, 8], [18, 62]], alternative="greater").pvalue)
    assert row["q"] == row["p"]
    assert row["reason"] == ""


def test_intervals_by_the_delta_method_are_those_of_many_samples():
    random = np.random.default_rng(1)
    cells = random.multinomial(2000, [0.12, 0.08, 0.18, 0.62], size=4000)
    both, n_a, n_b = cells[:, 0], cells[:, :2].sum(axis=1), cells[:, [0, 2]].sum(axis=1)
    lift = both * 2000 / (n_a * n_b)
    phi = (both / 2000 - n_a * n_b / 2000**2) / np.sqrt(n_a * (2000 - n_a) * n_b * (2000 - n_b) / 2000**4)
    table = pd.DataFrame([[400, 240], [240, 600]], index=["a", "b"], columns=["a", "b"])
    (row,) = associations(table, 2000).to_dict("records")
    assert np.log(row["lift_high"] / row["lift_low"]) / 3.92 == pytest.approx(np.log(lift).std(), rel=0.05)
    assert (row["phi_high"] - row["phi_low"]) / 3.92 == pytest.approx(phi.std(), rel=0.05)


def test_what_cannot_be_had_has_a_reason():
    table = pd.DataFrame([[0, 0, 0], [0, 5, 2], [0, 2, 9]], index=list("abc"), columns=list("abc"))
    frame = associations(table, 9)
    assert list(frame["reason"].str.split(",").str[0]) == [
        "one of the codes does not occur",
        "one of the codes does not occur",
        "one of the codes stands in every unit",
    ]
    assert frame["p"].isna().all()
    apart = associations(pd.DataFrame([[4, 0], [0, 5]], index=list("ab"), columns=list("ab")), 9)
    assert "never stand together" in apart["reason"].iloc[0]
    assert apart["lift"].iloc[0] == 0
    assert apart["phi"].iloc[0] == pytest.approx(-1)


def test_the_example_of_benjamini_and_hochberg():
    # The fifteen p-values of their section 4.2: the procedure rejects the four smallest at 0.05.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert list(benjamini_hochberg(np.array(p)) <= 0.05) == [True] * 4 + [False] * 11


@given(st.lists(st.floats(0, 1), max_size=20))
def test_corrected_p_values_are_those_of_scipy(p):
    given_p = np.array(p)
    assert benjamini_hochberg(given_p) == pytest.approx(stats.false_discovery_control(given_p) if p else given_p)


def test_no_test_counts_for_nothing():
    assert benjamini_hochberg(np.array([0.01, np.nan, 0.02])).tolist()[::2] == [0.02, 0.02]


def test_a_network_has_what_goes_together_more_than_by_chance(opened):
    rows = "\n".join(f"{n},T{n % 7},P1,Text" for n in range(60))
    codings = "".join(f"A,{n},{code}\n" for n in range(60) for code in ("xy" if n < 20 else "z" if n < 40 else ""))
    study = opened(
        codebook_yaml=BOOK,
        messages_csv=f"message_id,thread_id,participant_id,text\n{rows}\n",
        codings_csv="coder,message_id,code_id\n" + codings,
        without=("decisions.csv", "themes.yaml", "quotations.csv", "assignments.csv", "threads.csv"),
    )
    (edge,) = network(study, "A").to_dict("records")
    assert (edge["source"], edge["target"], edge["source_name"], edge["weight"], edge["lift"]) == ("x", "y", "X", 20, 3)
    with pytest.raises(UsageError, match="has a direction"):
        network(study, "A", "reply")


def test_what_follows_what(coded_study):
    study = coded_study("A,1,x,0,2\nA,2,y,0,2\nA,3,y,0,2\nA,4,x,0,2\n")
    frame = transitions(study, "A").set_index(["from_code", "to_code"])
    assert frame.loc[("x", "y"), ["n_pairs", "n_from", "n_to", "observed", "expected"]].tolist() == [2, 1, 2, 1, 1]
    assert frame.loc[("y", "y"), "observed"] == 1
    assert frame.loc[("y", "x"), "observed"] == 0
    assert np.isnan(frame.loc[("y", "x"), "p"])
    later = transitions(study, "A", step=2).set_index(["from_code", "to_code"])
    assert later.loc[("x", "y"), "observed"] == 1
    assert transitions(study, "A", step=9)["n_pairs"].eq(0).all()
    with pytest.raises(UsageError, match="step of 0"):
        transitions(study, "A", step=0)


def test_it_does_not_matter_how_a_table_lies_in_memory():
    table = np.random.default_rng(0).random((5, 130)) < 0.4
    turned = np.asfortranarray(table)
    assert in_common(packed(turned)).tolist() == (table.astype(int) @ table.T.astype(int)).tolist()


def test_what_follows_what_in_a_study_of_many_codes():
    study = open_study(ROOT / "data" / "standin")
    frame = transitions(study)
    threads = study.messages.frame["thread_id"].nunique()
    assert set(frame["n_pairs"]) == {len(study.messages.frame) - threads}
    assert len(frame) == 24 * 24
