import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepanalysis import saturation as module
from lepanalysis.faults import UsageError
from lepanalysis.saturation import further_codes, new_information, richness, richness_of


@given(st.integers(1, 30), st.integers(1, 12), st.integers(1, 9), st.integers(0, 99))
def test_bands_are_those_of_the_curves(replicates, codes, total, seed):
    random = np.random.default_rng(seed)
    firsts = np.sort(random.integers(0, total, size=(replicates, codes)), axis=1)
    curves = np.array([np.bincount(row, minlength=total).cumsum() for row in firsts])
    low, high = np.percentile(curves, [2.5, 97.5], axis=0)
    found = module._bands(firsts, total)
    assert (found[0] == curves.mean(axis=0)).all()
    assert (found[1] == low).all()
    assert (found[2] == high).all()


@pytest.fixture
def eight(opened):
    """Eight messages: codes a b c, then b, a d, nothing, nothing, e, a, a."""
    codes = ["abc", "b", "ad", "", "", "e", "a", "a"]
    rows = "".join(f"{n},T1,P1,Text\n" for n in range(8))
    book = "codes:\n" + "".join(f"  - {{id: {code}, name: {code}, definition: {code}}}\n" for code in "abcdef")
    return opened(
        messages_csv="message_id,thread_id,participant_id,text\n" + rows,
        codebook_yaml=book,
        codings_csv="coder,message_id,code_id\n" + "".join(f"A,{n},{c}\n" for n in range(8) for c in codes[n]),
        without=("decisions.csv", "themes.yaml", "quotations.csv", "assignments.csv"),
    )


def test_new_information_by_hand(eight):
    frame = new_information(eight, "A", base=3, run=2, threshold=0.2)
    assert list(frame["messages"]) == [3, 4, 5, 6]
    assert list(frame["new_codes"]) == [0, 1, 1, 0]
    assert list(frame["ratio"]) == [0, 0.25, 0.25, 0]
    assert list(frame["reached"]) == [True, False, False, True]
    assert list(new_information(eight, "A", base=3, run=2, step=2)["messages"]) == [3, 5]


def test_new_information_where_the_base_is_longer_than_the_corpus(eight):
    assert len(new_information(eight, "A", base=20)) == 0


def test_new_information_after_a_base_without_codes(opened):
    study = opened(codings_csv="coder,message_id,code_id\nA,4,a1\n", without=("decisions.csv", "assignments.csv"))
    frame = new_information(study, "A", base=1, run=1)
    assert frame["ratio"].isna().all()
    assert not frame["reached"].any()


def test_a_random_order_is_the_same_for_a_seed(eight):
    one, other = (new_information(eight, "A", base=2, seed=3) for _ in range(2))
    assert one.equals(other)


@pytest.mark.parametrize("name", ["base", "run", "step"])
def test_a_base_of_nothing_is_refused(eight, name):
    with pytest.raises(UsageError, match="1 or more"):
        new_information(eight, "A", **{name: 0})


def test_richness_by_hand():
    # m = 20, Q1 = 4, Q2 = 2: 0.95 x 16 / 4 = 3.8; variance 2 (0.475 x 4 + 0.9025 x 8 + 0.225625 x 16) = 25.46.
    found = richness_of(np.array([1, 1, 1, 1, 2, 2, 5, 8]), 20)
    assert (found.observed, found.once, found.twice) == (8, 4, 2)
    assert found.further == pytest.approx(3.8)
    assert found.error**2 == pytest.approx(25.46)
    factor = np.exp(1.959964 * np.sqrt(np.log(1 + 25.46 / 3.8**2)))
    assert (found.low, found.high) == pytest.approx((8 + 3.8 / factor, 8 + 3.8 * factor), rel=1e-5)


def test_richness_without_codes_in_two_messages():
    # 0.9 x 3 x 2 / 2 = 2.7; 2.7 + 0.81 x 3 x 25 / 4 - 0.81 x 81 / (4 x 7.7).
    found = richness_of(np.array([1, 1, 1, 4, 5]), 10)
    assert found.further == pytest.approx(2.7)
    assert found.error**2 == pytest.approx(2.7 + 15.1875 - 0.81 * 81 / (4 * 7.7))


@pytest.mark.parametrize(
    ("occurrences", "messages", "further", "words"),
    [
        ([], 10, None, "no code occurs"),
        ([1], 1, None, "fewer than two messages"),
        ([3, 4], 10, 0, "every code occurs in two messages or more"),
        ([1, 4], 10, 0, "one code alone occurs in only one message"),
    ],
)
def test_richness_that_cannot_be_had_has_a_reason(occurrences, messages, further, words):
    found = richness_of(np.array(occurrences), messages)
    assert (found.further, found.low) == (further, None)
    assert words in found.reason
    assert further_codes(found, 10) == further


@given(st.lists(st.integers(1, 6), min_size=2, max_size=30), st.integers(0, 500))
def test_further_messages_bring_no_more_than_all_further_codes(occurrences, messages):
    found = richness_of(np.array(occurrences), 40)
    expected = further_codes(found, messages)
    assert 0 <= expected <= found.further + 1e-9
    if found.low is not None:
        assert found.observed <= found.low <= found.expected <= found.high


def test_richness_of_a_study(eight):
    found = richness(eight, "A")
    assert (found.observed, found.messages, found.once, found.twice) == (5, 8, 3, 1)
    assert found.further == pytest.approx(7 / 8 * 9 / 2)
