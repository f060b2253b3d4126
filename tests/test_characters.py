import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepanalysis import boundaries, characters
from lepanalysis.alpha import krippendorff_alpha
from lepanalysis.boundaries import matches, overlap_by_code
from lepanalysis.characters import Segments, coefficients_by_code, jaccard, segments, tables
from lepanalysis.coefficients import cohen_kappa, percent_agreement, scott_pi
from lepanalysis.faults import UsageError


@st.composite
def texts(draw, coders=3, codes=2):
    lengths = draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
    rows = []
    for _ in range(draw(st.integers(0, 12))):
        message = draw(st.integers(0, len(lengths) - 1))
        start = draw(st.integers(0, lengths[message] - 1))
        end = draw(st.integers(start + 1, lengths[message]))
        rows.append((draw(st.integers(0, coders - 1)), message, draw(st.integers(0, codes - 1)), start, end))
    read = np.array([[draw(st.integers(0, 5)) > 0 for _ in lengths] for _ in range(coders)])
    plain = segments(rows, lengths, coders=coders, codes=codes)
    parts = (plain.coder, plain.message, plain.code, plain.start, plain.end, plain.lengths)
    return Segments(*parts, read, codes)


def as_characters(drawn, code):
    """Return one row of 0, 1 and NaN (unread) a coder, one value a character."""
    rows = np.zeros((drawn.coders, drawn.span))
    for coder, message, name, start, end in zip(
        drawn.coder, drawn.message, drawn.code, drawn.start, drawn.end, strict=True
    ):
        if name == code:
            rows[coder, drawn.offsets[message] + start : drawn.offsets[message] + end] = 1
    rows[np.repeat(~drawn.read, drawn.lengths, axis=1)] = np.nan
    return rows


# Krippendorff (1995, p. 57): 24 places, and the units of two observers, as the tests of DKPro Statistics have them.
OBSERVERS = {
    "A": ([(2, 10), (14, 20)], [(4, 8), (15, 17)]),
    "B": ([(0, 18)], [(0, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 9), (9, 10)]),
    "C": ([(2, 8), (10, 12), (14, 18), (20, 22)], [(0, 2), (4, 8), (10, 14), (16, 18), (20, 22)]),
}


@pytest.mark.parametrize(("name", "kappa", "pi"), [("A", 0.385, 0.314), ("B", 0.385, 0.314), ("C", 0.314, 0.314)])
def test_the_observers_of_krippendorff_place_by_place(name, kappa, pi):
    rows = [(coder, 0, 0, start, end) for coder, units in enumerate(OBSERVERS[name]) for start, end in units]
    given = segments(rows, lengths=[24])
    (found,) = coefficients_by_code(given)
    assert round(found["cohen_kappa"].value, 3) == kappa
    assert round(scott_pi(*as_characters(given, 0)).value, 3) == pi
    if name == "A":
        assert round(found["krippendorff_alpha"].value, 3) == 0.329


@given(texts())
def test_run_lengths_count_what_an_array_of_characters_counts(drawn):
    for code, found in enumerate(coefficients_by_code(drawn)):
        rows = as_characters(drawn, code)
        expected = krippendorff_alpha(rows.tolist())
        assert found["krippendorff_alpha"].value == pytest.approx(expected.value)
        assert found["krippendorff_alpha"].reason == expected.reason
    two = Segments(*(getattr(drawn.where(drawn.coder < 2), name) for name in PARTS), drawn.read[:2], drawn.codes)
    for code, found in enumerate(coefficients_by_code(two)):
        rows = as_characters(two, code)
        assert found["percent_agreement"].value == pytest.approx(percent_agreement(*rows).value)
        assert found["cohen_kappa"].value == pytest.approx(cohen_kappa(*rows).value)


PARTS = ("coder", "message", "code", "start", "end", "lengths")


@given(texts(coders=2))
def test_the_four_cells_are_all_the_text_that_both_read(drawn):
    both = int(drawn.lengths[drawn.read.all(axis=0)].sum())
    assert (tables(drawn)[0, 1].sum(axis=(1, 2)) == both).all()
    assert (tables(drawn)[0, 1] >= 0).all()


@pytest.mark.parametrize("length", [100, 2**33, 2**61])
def test_texts_of_any_length_are_counted(length):
    given_segments = segments([(0, 1, 0, 5, 9), (0, 1, 0, 7, 11), (1, 0, 0, 0, 10)], [20, length])
    assert tables(given_segments)[0, 1].tolist() == [[[length + 4, 10], [6, 0]]]


def test_a_code_twice_on_overlapping_text_counts_once():
    given_segments = segments([(0, 0, 0, 0, 5), (0, 0, 0, 3, 8), (1, 0, 0, 0, 8)], [10])
    assert tables(given_segments)[0, 1].tolist() == [[[2, 0], [0, 8]]]


def test_characters_of_a_study_are_those_of_agreement(study):
    from lepanalysis import agreement

    frame = characters.by_code(study)
    wanted = agreement.by_code(study, "character")
    columns = ["code_id", "percent_agreement", "cohen_kappa", "krippendorff_alpha"]
    pd.testing.assert_frame_equal(frame[columns], wanted[columns])
    # "space": message 1 has 22 characters of A, 13 of B, 13 of both; message 2 has 26, 4 and 4.
    assert frame["jaccard"].iloc[0] == pytest.approx(17 / 48)


def test_one_coder_alone_agrees_with_nobody():
    (found,) = coefficients_by_code(segments([(0, 0, 0, 0, 5)], [10], coders=1))
    assert {one.reason for one in found.values()} == {"there are fewer than two coders"}


def test_jaccard_of_nothing_has_a_reason():
    assert jaccard(np.array([[9, 0], [0, 0]])).reason == "neither of the two used the code"


@pytest.mark.parametrize(
    ("first", "second", "tolerance", "matched"),
    [
        ([(2, 6)], [(2, 6)], 0, 1),
        ([(2, 6)], [(3, 6)], 0, 0),
        ([(2, 6)], [(3, 7)], 1, 1),
        ([(2, 6)], [(3, 8)], 1, 0),
        # Each takes part in one match: of two that fit, one counts.
        ([(2, 6)], [(1, 4), (5, 6)], 3, 1),
        # The first could match either; only giving it the later one leaves a partner for the second.
        ([(0, 2), (2, 4)], [(1, 3), (4, 6)], 2, 2),
        ([], [(1, 3)], 2, 0),
    ],
)
def test_the_most_matches_count(first, second, tolerance, matched):
    rows = [(0, 0, 0, *one) for one in first] + [(1, 0, 0, *one) for one in second]
    (found,) = overlap_by_code(segments(rows, [10], codes=1), 0, 1, tolerance=tolerance)
    assert (found.first, found.second, found.matched) == (len(first), len(second), matched)
    assert found.f1.value == pytest.approx(2 * matched / (len(first) + len(second)))


def test_segments_of_neighbouring_messages_do_not_match():
    rows = [(0, 0, 0, 8, 10), (1, 1, 0, 0, 2)]
    (found,) = overlap_by_code(segments(rows, [10, 10]), 0, 1, tolerance=5)
    assert found.matched == 0


@given(texts(coders=2), st.integers(0, 3))
def test_precision_of_the_one_is_recall_of_the_other(drawn, tolerance):
    forth = overlap_by_code(drawn, 0, 1, tolerance=tolerance)
    back = overlap_by_code(drawn, 1, 0, tolerance=tolerance)
    for one, other in zip(forth, back, strict=True):
        assert (one.precision.value, one.recall.value) == (other.recall.value, other.precision.value)
        assert (one.f1, one.jaccard, one.matched) == (other.f1, other.jaccard, other.matched)


def test_a_tolerance_below_zero_is_refused():
    empty = segments([], [10])
    with pytest.raises(UsageError, match="-1 characters"):
        matches(empty, empty, -1)


def test_overlap_of_a_study(study):
    frame = boundaries.by_code(study, tolerance=25)
    assert frame[["code_id", "n_first", "n_second", "n_matched"]].to_numpy().tolist() == [
        ["space", 2, 2, 2],
        ["travel", 2, 1, 1],
    ]
