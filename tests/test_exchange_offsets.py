import random
import time
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lepanalysis.exchange.offsets import (
    OffsetReading,
    SourceText,
    detect,
    normal_text,
    parse_choice,
    read_segments,
    to_code_points,
)
from lepanalysis.faults import LepanalysisError, UsageError

TEXT = "Hi 😀 there.\nA room in Zürich would help.\nYes, faster trains 👩\u200d👧 please."
WORDS = ("Hi 😀", "there", "room", "Zürich", "would help", "Yes", "faster trains", "👩\u200d👧", "please")
UNITS = {
    "codepoint": len,
    "utf16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf8": lambda text: len(text.encode()),
}
READINGS = list(product(UNITS, ["not", "counted"], ["one", "two"], ["exclusive", "inclusive"]))


def as_written(text, spans, reading, *, crlf=True):
    """Return a text as a program would have it in its file, with the offsets that it would write."""
    unit, bom, newline, end = reading
    mark = "\ufeff" if bom == "counted" else ""
    counted = text.replace("\n", "\r\n") if newline == "two" else text
    offsets = []
    for span in spans:
        pair = []
        for place in span:
            before = text[:place].replace("\n", "\r\n") if newline == "two" else text[:place]
            pair.append(UNITS[unit](mark + before))
        offsets.append(pair)
    stored = text.replace("\n", "\r\n") if crlf else counted
    starts = [start for start, _ in offsets]
    ends = [stop - (end == "inclusive") for _, stop in offsets]
    return mark + stored, starts, ends


def spans_of(text, words):
    return [(text.index(word), text.index(word) + len(word)) for word in words]


def source(reading, *, quoted, text=TEXT, words=WORDS):
    stored, starts, ends = as_written(text, spans_of(text, words), reading)
    return SourceText(stored, starts, ends, list(words) if quoted else None, "1.txt")


def words_of(one, segments):
    return tuple(normal_text(one.text)[start:end] for start, end in zip(*segments, strict=True))


@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("reading", READINGS, ids="-".join)
def test_every_way_of_counting_is_found_out(reading, quoted):
    one = source(reading, quoted=quoted)
    found, segments = read_segments([one])
    assert (found.unit, found.bom, found.newline, found.end) == reading
    assert words_of(one, segments[0]) == WORDS
    assert found.by == ("quotation" if quoted else "words")
    assert (found.score, found.judged) == (1.0, len(WORDS))
    assert found.margin > 0


@pytest.mark.parametrize("reading", READINGS, ids="-".join)
def test_a_way_of_counting_that_is_stated_is_taken(reading):
    one = source(reading, quoted=False)
    stated = OffsetReading(*reading)
    found, segments = read_segments([one], stated.spec)
    assert (found.spec, found.by) == (stated.spec, "choice")
    assert words_of(one, segments[0]) == WORDS
    assert words_of(one, to_code_points([one], stated)[0]) == WORDS


def test_a_part_of_it_may_be_stated():
    one = source(("utf16", "not", "two", "exclusive"), quoted=False)
    assert detect([one], "end=exclusive").spec == "utf16,crlf=2,bom=not,end=exclusive"


def test_all_texts_of_a_file_are_read_in_one_way():
    plain = SourceText("A room.\r\nTrains.", [0], [6], None, "plain")
    assert detect([plain, source(("utf16", "not", "two", "exclusive"), quoted=True)]).unit == "utf16"


def test_a_file_may_mix_line_ends_and_count_its_own_characters():
    text = "One.\r\nTwo room.\nThree trains.\r\nFour cars."
    words = ("One", "Two", "Three", "Four")
    one = SourceText(text, [text.index(w) for w in words], [text.index(w) + len(w) for w in words], words)
    found, segments = read_segments([one])
    assert found.newline == "file"
    assert words_of(one, segments[0]) == words


def test_readings_that_lead_to_the_same_segments_are_no_tie():
    found, segments = read_segments([SourceText("We need a shared room and trains.", [17], [21], ["room"])])
    assert (found.unit, found.newline, found.bom, found.end) == ("codepoint", "one", "not", "exclusive")
    assert [pair.tolist() for pair in segments[0]] == [[17], [21]]


def test_a_tie_that_changes_a_segment_is_refused_with_the_way_to_choose():
    one = SourceText("這是一個測試", [1], [3], None, "interview.txt")
    with pytest.raises(LepanalysisError) as error:
        detect([one], name="theirs.qdpx")
    message = str(error.value)
    assert message.startswith("the offsets of theirs.qdpx can be read in two ways and nothing in it tells which")
    assert "1 of 1 segments differ, such as interview.txt: '是一' or '是一個'" in message
    assert message.endswith(
        "say --offsets codepoint,crlf=1,bom=not,end=exclusive or --offsets codepoint,crlf=1,bom=not,end=inclusive"
    )
    assert detect([one], "end=exclusive").end == "exclusive"


COMMAS = "A shared room, please. And trains, too."


def test_an_end_that_is_one_character_later_and_changes_no_word_is_read_as_all_programs_write_it():
    found, segments = read_segments([SourceText(COMMAS, [0], [13])])
    assert (found.end, found.margin, words_of(SourceText(COMMAS), segments[0])) == (
        "exclusive",
        0.0,
        ("A shared room",),
    )
    assert found.sentence == (
        "Offsets: code points, a line end as one, end exclusive; 100.0% of 1 segments begin and end where words do. "
        "With the end inclusive, 1 of 1 segments would be one character longer, which is no letter, and nothing in the "
        "file tells which is meant. It was read as exclusive, as all programs write it that were looked at (NVivo, "
        "QualCoder, qualitative-coding and exegete); --offsets end=inclusive reads it the other way."
    )
    assert words_of(SourceText(COMMAS), read_segments([SourceText(COMMAS, [0], [13])], "end=inclusive")[1][0]) == (
        "A shared room,",
    )


def test_a_segment_that_tells_settles_it_for_all():
    assert detect([SourceText(COMMAS, [0, 27], [13, 33]), SourceText("Room", [0], [3])]).end == "inclusive"
    whole = detect([SourceText(COMMAS, [0, 27], [13, 33]), SourceText("Room.", [0], [5])])
    assert (whole.end, whole.tie) == ("exclusive", "")


SENTENCES = "We need a room. Trains are slow. Thank you."


def test_whole_sentences_but_for_their_stops_speak_against_the_habit_and_are_refused():
    one = SourceText(SENTENCES, [0, 16], [14, 31])
    with pytest.raises(LepanalysisError, match="nothing in it tells which"):
        detect([one])
    assert detect([SourceText(SENTENCES, [0, 19], [14, 31])]).end == "exclusive"
    assert detect([SourceText(SENTENCES, [0], [14])]).end == "exclusive"
    touching = SourceText(SENTENCES, [0, 16, 14], [14, 31, 32])
    assert detect([touching]).end == "exclusive"
    assert detect([one], origin="NVivo 14").end == "exclusive"


def test_who_wrote_the_file_counts_where_nothing_else_does():
    one = SourceText("這是一個測試", [1], [3])
    found = detect([one], origin="QualCoder 3.6")
    assert found.end == "exclusive"
    assert (
        found.tie == "Another reading is as good; QualCoder, which the file names as its origin, is known to count so."
    )
    emoji = SourceText("。😀。。。。。", [3], [5])
    with pytest.raises(LepanalysisError, match="can be read in two ways"):
        detect([emoji])
    assert detect([emoji], origin="NVivo 12 Plus").unit == "utf16"
    with pytest.raises(LepanalysisError, match="can be read in two ways"):
        detect([emoji], origin="NVivo 15 for Mac")
    assert detect([emoji], origin="QualCoder").unit == "codepoint"
    with pytest.raises(LepanalysisError, match="can be read in two ways"):
        detect([one], origin="MAXQDA 24")


def test_what_is_known_of_a_program_never_outdoes_the_words_of_the_file():
    one = source(("codepoint", "not", "one", "inclusive"), quoted=False)
    assert detect([one], origin="NVivo 12").spec == "codepoint,crlf=1,bom=not,end=inclusive"


def test_where_quotations_tie_the_ends_of_words_decide():
    text = "A shared room, and trains for all."
    cut = "A shared room, and…"
    found = detect([SourceText(text, [0], [25], [cut])])
    assert (found.end, found.by) == ("exclusive", "quotation")


def test_a_name_that_is_no_quotation_is_not_taken_for_one():
    names = [f"1:{number}" for number in range(len(WORDS))]
    plain = source(("utf16", "not", "two", "exclusive"), quoted=False)
    found = detect([SourceText(plain.text, plain.starts, plain.ends, names)])
    assert (found.spec, found.by) == ("utf16,crlf=2,bom=not,end=exclusive", "words")


def test_line_ends_of_quotations_may_have_become_spaces():
    text = "First\r\nsecond line.\r\nThird here."
    found = detect([SourceText(text, [0], [12], ["First second"])])
    assert (found.newline, found.by, found.score) == ("one", "quotation", 1.0)


def test_without_segments_there_is_nothing_to_judge():
    found, segments = read_segments([SourceText("A room.")])
    assert (found.by, found.judged) == ("nothing", 0)
    assert [pair.tolist() for pair in segments[0]] == [[], []]
    assert read_segments([])[1] == []
    assert "nothing to judge by" in found.sentence


def test_offsets_outside_the_text_or_inside_a_character_lead_to_no_segment():
    one = SourceText("a😀b", [0, 0, 3, -1, 2, 10**30, 1], [2, 9, 1, 1, 4, 10**30, 3])
    starts, ends = to_code_points([one], OffsetReading("utf16"))[0]
    assert starts.tolist() == [-1, -1, -1, -1, -1, -1, 1]
    assert ends.tolist() == [-1, -1, -1, -1, -1, -1, 2]


def test_a_segment_of_no_length_stays_one():
    starts, ends = to_code_points([SourceText("a room", [2], [2])], OffsetReading())[0]
    assert (starts.tolist(), ends.tolist()) == ([2], [2])


def test_an_offset_inside_a_line_end_is_the_place_before_it():
    starts, ends = to_code_points([SourceText("room\r\nx", [0], [5])], OffsetReading(newline="two"))[0]
    assert (starts.tolist(), ends.tolist()) == ([0], [4])


def test_bytes_beyond_ascii_are_counted():
    text = "Grüße 😀 room"
    start = len("Grüße 😀 ".encode())
    starts, ends = to_code_points([SourceText(text, [start], [start + 4])], OffsetReading("utf8"))[0]
    assert text[starts[0] : ends[0]] == "room"


def test_nothing_begins_at_a_combining_mark():
    text = "cafe\u0301 au lait and e\u0301te\u0301 again"
    words = ("cafe\u0301", "lait", "e\u0301te\u0301")
    spans = spans_of(text, words)
    assert detect([SourceText(text, [a for a, _ in spans], [b for _, b in spans])]).end == "exclusive"


@pytest.mark.parametrize(
    ("choice", "fixed"),
    [
        ("", {}),
        ("utf16", {"unit": "utf16"}),
        ("UTF8, crlf=2", {"unit": "utf8", "newline": "two"}),
        ("newline=file,bom=1,end=inclusive", {"newline": "file", "bom": "counted", "end": "inclusive"}),
        ("crlf=1,bom=not", {"newline": "one", "bom": "not"}),
    ],
)
def test_what_offsets_says(choice, fixed):
    assert parse_choice(choice) == fixed


@pytest.mark.parametrize("choice", ["utf32", "crlf=3", "end=both", "x=1", "utf8,,y"])
def test_what_offsets_does_not_know_is_refused(choice):
    with pytest.raises(UsageError, match="is not known; say codepoint, utf16 or utf8"):
        parse_choice(choice)


def test_a_normal_text_has_no_byte_order_mark_and_lf():
    assert normal_text("\ufeffa\r\nb\rc\n\r\n\ufeffd\u2028e\u0301") == "a\nb\nc\n\n\ufeffd\u2028e\u0301"


PIECES = st.sampled_from(
    ["room ", "a ", "😀 ", "é ", "e\u0301 ", "\n", "中 ", "שלום ", "\u200f", "x", ". ", "\ufeff", "👩\u200d👧 "]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=30).map("".join), st.sampled_from(READINGS), st.data())
def test_offsets_that_are_counted_one_way_are_read_back_in_that_way(text, reading, data):
    text = "." + text
    spans = []
    for _ in range(4):
        start = data.draw(st.integers(0, len(text) - 1))
        # An inclusive end is the last unit of a character; a line end of two is taken whole.
        spans.append((start, data.draw(st.integers(start + 1, len(text)))))
    stored, starts, ends = as_written(text, spans, reading)
    found = to_code_points([SourceText(stored, starts, ends)], OffsetReading(*reading))[0]
    assert list(zip(*(side.tolist() for side in found), strict=True)) == spans


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(["room", "trains", "Zürich", "😀", "help"]), min_size=3, max_size=30),
    st.sampled_from(READINGS),
)
def test_a_file_that_quotes_its_segments_is_read_or_refused_but_never_misread(words, reading):
    text, spans = "", []
    for number, word in enumerate(words):
        spans.append((len(text), len(text) + len(word)))
        text += word + ("\n" if number % 3 == 0 else " ")
    stored, starts, ends = as_written(text, spans, reading)
    segments = read_segments([SourceText(stored, starts, ends, words)])[1]
    assert list(zip(*(side.tolist() for side in segments[0]), strict=True)) == spans


def large(sources, segments, seed=1):
    rng = random.Random(seed)  # noqa: S311 - no secret
    words = [*"We need a shared room and faster trains because it would help us meet in".split(), "Zürich", "😀"]  # noqa: SIM905
    found = []
    for _ in range(sources):
        text = "\n".join(" ".join(rng.choice(words) for _ in range(60)) for _ in range(4))
        starts = [text.index(" ", rng.randrange(len(text) - 60)) + 1 for _ in range(segments // sources)]
        stops = [text.find(" ", start + 10) for start in starts]
        spans = [(start, stop if stop > 0 else len(text)) for start, stop in zip(starts, stops, strict=True)]
        quotes = [text[start:stop] for start, stop in spans]
        found.append(SourceText(*as_written(text, spans, ("utf16", "not", "two", "exclusive")), quotes))
    return found


@pytest.mark.long
def test_two_hundred_thousand_segments_take_seconds():
    sources = large(10_000, 200_000)
    started = time.monotonic()
    found = detect(sources)
    assert time.monotonic() - started < 30
    assert (found.unit, found.newline, found.score) == ("utf16", "two", 1.0)


def test_a_thousand_texts_are_read_like_one():
    found = detect(large(200, 4000))
    assert (found.unit, found.newline, found.score) == ("utf16", "two", 1.0)


def test_lines_that_are_coded_with_their_line_end_part_no_words():
    text = "a room would\ni think so\na house and\nI mean it\n"
    starts = (0, 13, 24, 36)
    ends = (13, 24, 36, 46)
    found = detect([SourceText(text, starts, ends)])
    assert (found.end, found.score) == ("exclusive", 0.75)
    inclusive = [text[start : end + 1] for start, end in zip(starts, ends, strict=True)]
    assert inclusive[:3] == ["a room would\ni", "i think so\na", "a house and\nI"]
