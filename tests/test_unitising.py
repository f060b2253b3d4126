"""Unitising against the definitions written out over an array of characters.

The printed example is that of Krippendorff (2019), figure 12.11, as the tests of the R package quallmer read it off the
figure. Beside it `by_characters` computes each coefficient anew from the definitions at the head of
`lepanalysis.unitising`, one character and one pair of segments at a time, and tests/test_oracles.py holds u-alpha and
|u|-alpha against another program.
"""

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepanalysis import unitising as module
from lepanalysis.characters import merged, segments
from lepanalysis.unitising import unitising, unitising_by_code, units

GAP = "gap"
# Krippendorff (2019, p. 340), figure 12.11: three observers, a continuum of 60; first, last and value of each unit.
FIGURE = {
    "Alex": [(1, 7, 1), (8, 13, 2), (31, 32, 5), (33, 37, 6), (38, 44, 6), (45, 60, 7)],
    "Paul": [(1, 7, 1), (8, 13, 3), (14, 21, 5), (33, 44, 6)],
    "Suzan": [(1, 7, 1), (8, 13, 4), (14, 21, 5), (33, 37, 6), (38, 41, 6), (42, 44, 6)],
}


def test_the_worked_example_of_krippendorff():
    rows = [(c, 0, value - 1, first - 1, last) for c, one in enumerate(FIGURE.values()) for first, last, value in one]
    found = unitising(segments(rows, lengths=[60], coders=3))
    assert round(found.u.value, 3) == 0.510
    # Printed as .413; to more places it is .4136.
    assert found.binary.value == pytest.approx(0.413, abs=0.001)
    # Of three ways to read what may not be paired with itself (all that any other marked: .728; each other by itself:
    # .726; the share of the others who marked it: .724) the last gives what is printed.
    assert round(found.coding.value, 3) == 0.724
    # Values 1, 5 and 6 wherever units meet, 2 to 4 never, and no unit with 7 meets another.
    assert [one.value for one in found.by_value] == [1.0, 0.0, 0.0, 0.0, 1.0, 1.0, None]


def characters_of(rows, lengths, read):
    """Return the value of each character by coder and message, and the units, both of messages that two have read."""
    readers = {message: [c for c, row in enumerate(read) if row[message]] for message in range(len(lengths))}
    text = {(c, m): [GAP] * lengths[m] for m, coders in readers.items() if len(coders) > 1 for c in coders}
    kept = [unit for unit in rows if (unit[0], unit[1]) in text]
    for coder, message, code, start, end in kept:
        text[coder, message][start:end] = [code] * (end - start)
    return text, kept


def coincidences(text, values):
    """Return how often each two values coincide, over ordered pairs of coders."""
    table = {(c, k): 0.0 for c in values for k in values}
    for message in {message for _, message in text}:
        coders = [coder for coder, other in text if other == message]
        for one, other in permutations(coders, 2):
            for c, k in zip(text[one, message], text[other, message], strict=True):
                table[c, k] += 1 / (len(coders) - 1)
    return table


def not_paired(text, units_of, values):
    """Return what may not be paired by chance: with all that there is, and where units meet."""
    squares, met = dict.fromkeys(values, 0.0), dict.fromkeys(values, 0.0)
    squares[GAP] = sum(characters.count(GAP) for characters in text.values())
    for coder, message, code, start, end in units_of:
        others = [one for one, other in text if other == message and one != coder]
        squares[code] += (end - start) ** 2
        part = sum(text[one, message][at] != GAP for one in others for at in range(start, end))
        met[code] += (part / len(others)) ** 2
    return squares, met


def by_characters(rows, lengths, read, codes):
    """Return u, |u|, cu and (k)cu as numbers or None, from one array of characters for each coder and message."""
    values = [*range(codes), GAP]
    text, units_of = characters_of(rows, lengths, read)
    table = coincidences(text, values)
    squares, met = not_paired(text, units_of, values)

    def alpha(kept, taken, together=lambda value: value):
        sums = {c: sum(table[c, k] for k in kept) for c in kept}
        total = sum(sums.values())
        chance = total**2 - sum(taken[c] for c in kept)
        if not total or not chance:
            return None, None, None
        expected = {(c, k): total * (sums[c] * sums[k] - (c == k) * taken[c]) / chance for c in kept for k in kept}
        apart = [sum(t[c, k] for c in kept for k in kept if together(c) != together(k)) for t in (table, expected)]
        return (None if apart[1] <= 1e-12 else 1 - apart[0] / apart[1]), sums, expected

    u = alpha(values, squares)[0] if units_of else None
    binary = alpha(values, squares, lambda value: value == GAP)[0] if units_of else None
    marked = list(range(codes))
    coding, sums, expected = alpha(marked, met)
    singly = []
    for k in marked:
        if not sums or not sums[k] or sums[k] == sum(sums.values()):
            singly.append(None)
            continue
        column = sum(expected[c, k] for c in marked)
        apart = ((sums[k] - table[k, k]) / sums[k], (column - expected[k, k]) / column)
        singly.append(1 - apart[0] / apart[1])
    return u, binary, coding, singly


@st.composite
def cut_texts(draw, coders=None, codes=3):
    """Draw messages in which no two segments of one coder overlap."""
    number = coders or draw(st.integers(2, 3))
    lengths = draw(st.lists(st.integers(1, 8), min_size=1, max_size=3))
    rows = []
    for coder in range(number):
        for message, length in enumerate(lengths):
            bounds = sorted(draw(st.sets(st.integers(0, length), max_size=6)))
            for start, end in pairwise(bounds):
                code = draw(st.integers(-1, codes - 1))
                if code >= 0:
                    rows.append((coder, message, code, start, end))
    read = [[draw(st.integers(0, 5)) > 0 for _ in lengths] for _ in range(number)]
    return rows, lengths, read


def of(drawn, codes=3):
    rows, lengths, read = drawn
    return replace(segments(rows, lengths, coders=len(read), codes=codes), read=np.array(read))


def numbers(found):
    return [found.u.value, found.binary.value, found.coding.value, *(one.value for one in found.by_value)]


def sweep_gives_what_the_definitions_give(drawn):
    u, binary, coding, singly = by_characters(*drawn, codes=3)
    found = unitising(of(drawn))
    assert numbers(found) == pytest.approx([u, binary, coding, *singly], abs=1e-9)
    for one in (found.u, found.binary, found.coding, *found.by_value):
        assert (one.value is None) == bool(one.reason)


@given(cut_texts())
def test_the_sweep_gives_what_the_definitions_give(drawn):
    sweep_gives_what_the_definitions_give(drawn)


@pytest.mark.long
@settings(max_examples=3000, deadline=None)
@given(cut_texts())
def test_the_sweep_gives_what_the_definitions_give_many_times(drawn):
    sweep_gives_what_the_definitions_give(drawn)


@given(cut_texts(codes=1))
def test_a_code_alone_is_its_units_against_the_rest(drawn):
    given_segments = of(drawn, codes=1)
    found = unitising(given_segments)
    (alone,) = unitising_by_code(given_segments)
    assert alone.value == pytest.approx(found.u.value)
    assert found.binary.value == pytest.approx(found.u.value)


@given(cut_texts(coders=2))
def test_it_does_not_matter_who_comes_first(drawn):
    rows, lengths, read = drawn
    turned = [(1 - coder, *rest) for coder, *rest in rows]
    assert numbers(unitising(of((turned, lengths, read[::-1])))) == pytest.approx(numbers(unitising(of(drawn))))


@given(cut_texts())
def test_names_of_codes_do_not_matter(drawn):
    rows, lengths, read = drawn
    renamed = [(coder, message, 2 - code, *rest) for coder, message, code, *rest in rows]
    u, binary, coding, *singly = numbers(unitising(of((renamed, lengths, read))))
    assert [u, binary, coding, *singly[::-1]] == pytest.approx(numbers(unitising(of(drawn))))


@given(cut_texts(coders=1))
def test_the_same_units_agree_perfectly(drawn):
    rows, lengths, _ = drawn
    twice = rows + [(1, *rest) for _, *rest in rows]
    found = unitising(segments(twice, lengths, coders=2, codes=3))
    assert all(value is None or value == pytest.approx(1) for value in numbers(found))
    if rows and sum(end - start for *_, start, end in rows) < sum(lengths):
        assert found.u.value == pytest.approx(1)


def test_by_hand():
    # Two coders, 10 characters: l = 20, units 4 + 5 = 9, gaps 11, one character apart, counted both ways round.
    # Expected 2 x 20 x 9 x 11 / (400 - 16 - 25 - 11) = 3960 / 348; 1 - 2 / 11.379 = 0.824.
    found = unitising(segments([(0, 0, 0, 0, 4), (1, 0, 0, 0, 5)], [10]))
    assert found.u.value == pytest.approx(1 - 2 * 348 / 3960)


def test_codes_alone_do_not_see_the_boundaries():
    rows = [(0, 0, 0, 0, 4), (1, 0, 0, 1, 5), (0, 0, 1, 6, 8), (1, 0, 1, 6, 9)]
    found = unitising(segments(rows, [10]))
    assert found.coding.value == 1
    assert found.u.value < 1


def test_units_with_other_codes_agree_where_codes_do_not_count():
    found = unitising(segments([(0, 0, 0, 0, 4), (1, 0, 1, 0, 4)], [10]))
    assert found.binary.value == 1
    assert found.coding.value == 0


def test_overlapping_codes_become_sets():
    cut, values = units(segments([(0, 0, 0, 0, 5), (0, 0, 1, 3, 8), (0, 0, 0, 4, 6)], [10], coders=1))
    found = [(values[code], start, end) for code, start, end in zip(cut.code, cut.start, cut.end, strict=True)]
    assert found == [((0,), 0, 3), ((0, 1), 3, 6), ((1,), 6, 8)]


def test_overlapping_codes_can_be_refused():
    with pytest.raises(ValueError, match="one code for each stretch"):
        unitising(segments([(0, 0, 0, 0, 5), (0, 0, 1, 3, 8)], [10]), overlapping="refuse")
    with pytest.raises(ValueError, match="use sets or refuse"):
        units(segments([], [10]), overlapping="first")


def test_touching_units_stay_two_and_overlapping_ones_become_one():
    assert len(merged(segments([(0, 0, 0, 0, 5), (0, 0, 0, 5, 8)], [10]))) == 2
    assert len(merged(segments([(0, 0, 0, 0, 5), (0, 0, 0, 4, 8)], [10]))) == 1


@pytest.mark.parametrize(
    ("rows", "lengths", "coders", "reasons"),
    [
        ([], [10], 1, ["fewer than two coders"] * 3),
        ([], [], 2, ["no unit was judged"] * 3),
        ([], [10], 2, ["no coder marked anything", "no coder marked anything", "no two coders marked the same"]),
        ([(0, 0, 0, 0, 9), (1, 0, 0, 0, 9)], [9], 2, ["marked everything", "marked everything", "the same"]),
        ([(0, 0, 0, 0, 2), (1, 0, 0, 3, 5)], [9], 2, ["", "", "no two coders marked the same"]),
    ],
)
def test_where_there_is_no_coefficient_there_is_a_reason(rows, lengths, coders, reasons):
    found = unitising(segments(rows, lengths, coders=coders, codes=1))
    for one, words in zip((found.u, found.binary, found.coding), reasons, strict=True):
        assert words in one.reason
        assert bool(one.reason) == bool(words)


def test_a_study(study):
    frame = module.by_code(study)
    assert list(frame["code_id"]) == ["space", "travel"]
    assert not frame["reason"].any()
    overall = module.overall(study)
    assert list(overall["measure"][:3]) == ["u_alpha", "u_alpha_binary", "cu_alpha"]
    assert overall["value"].iloc[2] == 1
    assert list(overall["codes"][3:]) == ["space", "travel"]
