"""The template's markers replaced by exhibits."""

from __future__ import annotations

import json

import pytest
from papers import NASTY, STUDY, expanded, number, quotation, register, table

from lepanalysis import document, pandoc
from lepanalysis.faults import LepanalysisError


def composed(tmp_path, text, *exhibits, format_="docx", skipped=None, reproduces=True):
    made = expanded(tmp_path, text, *exhibits)
    numbers = document.numbered(made, register(*exhibits))
    edition = document.Edition(format_, tmp_path, register(*exhibits), made, STUDY, skipped or {}, reproduces, numbers)
    return document.compose(pandoc.parse(made.markdown), edition)


def plain(*arguments, **options):
    text = json.dumps(composed(*arguments, **options))
    return pandoc.run_pandoc(["-f", "json", "-t", "plain", "--wrap=none"], text)


def typst(*arguments, **options):
    text = json.dumps(document.for_typst(composed(*arguments, **options, format_="pdf")))
    return pandoc.run_pandoc(["-f", "json", "-t", "typst", "--wrap=none"], text)


def body(text):
    """Return what stands behind page one's table of classes."""
    return text.partition("Additions of this compendium")[2].partition("\n\n")[2]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [(3, "words", "three"), (3, "Words", "Three"), (3, "", "3"), (131, "words", "131"), ("none", "words", "none")],
)
def test_a_number_is_shown_in_digits_or_in_words(tmp_path, value, form, shown):
    assert f"They are {shown}." in plain(tmp_path, f'They are {{{{ number("n-a", "{form}") }}}}.', number("n-a", value))


def test_tables_are_numbered_as_they_are_shown_and_not_as_they_are_named(tmp_path):
    text = 'See {{ ref("tbl-b") }}.\n{{ table("tbl-a") }}\n{{ table("tbl-b") }}\n'
    assert "See Table\u00a02." in plain(tmp_path, text, table("tbl-a", [["x", "1"]]), table("tbl-b", [["y", "2"]]))


def test_a_reference_to_what_is_not_shown_is_an_error(tmp_path):
    with pytest.raises(LepanalysisError, match="'tbl-a' and does not show it"):
        composed(tmp_path, '{{ ref("tbl-a") }}', table("tbl-a", []))


def test_a_caption_says_its_number_its_note_and_its_class(tmp_path):
    made = table("tbl-a", [["x", "1"]], class_="stand-in", caption="Codes", note="All of them.")
    assert (
        "Table\u00a01. Codes. All of them. "
        "Stand-in: rests on invented records and says nothing about the data of any study."
    ) in plain(tmp_path, '{{ table("tbl-a") }}', made)


def test_the_line_below_says_class_origin_and_cell(tmp_path):
    text = plain(tmp_path, '{{ table("tbl-a") }}', table("tbl-a", [["x", "1"]], origin="article"))
    assert "open · in the article · 01-corpus, cell 3 (tbl-a)" in text


def test_in_the_pdf_the_line_stands_in_the_caption_and_so_stays_with_the_table(tmp_path):
    text = typst(tmp_path, '{{ table("tbl-a") }}', table("tbl-a", [["x", "1"]]))
    _, _, caption = text.partition("caption: [")
    assert '#source-in-caption[open #"·"; addition #"·"; #"01-corpus,"; cell 3 #"(tbl-a)";]' in caption


@pytest.mark.parametrize(("words", "whole"), [(1, True), (500, True), (2000, False)])
def test_rows_stay_on_a_page_where_a_page_is_sure_to_hold_them(tmp_path, words, whole):
    text = typst(tmp_path, '{{ table("tbl-a") }}', table("tbl-a", [["such " * words, "1"]]))
    assert ("#whole-rows[" in text) is whole


def test_a_long_word_in_a_cell_can_end_a_line_without_a_letter_that_whoever_copies_it_would_get(tmp_path):
    text = typst(tmp_path, '{{ table("tbl-a") }}', table("tbl-a", [["m-rooms-capacity-for-knowledge", "1"]]))
    assert '#box("m-");#box("rooms-");#box("capacity-");#box("for-");#box("knowledge");' in text
    text = typst(tmp_path, '{{ table("tbl-a") }}', table("tbl-a", [["x" * 26, "1"]]))
    assert '#box("x");' * 26 in text


def test_a_study_without_an_article_has_no_additions(tmp_path):
    text = plain(tmp_path, '{{ table("tbl-a") }}', table("tbl-a", [["x", "1"]]), reproduces=False)
    assert "open · 01-corpus, cell 3 (tbl-a)" in text
    assert "ddition" not in text


def test_page_one_counts_by_class_and_origin_and_says_what_is_left_out(tmp_path):
    exhibits = [
        number("n-a", 1, class_="stand-in"),
        number("n-b", 2, class_="stand-in", origin="article"),
        number("n-c", 3, class_="published", origin="article"),
    ]
    text = '{{ number("n-a") }}{{ number("n-b") }}{{ number("n-c") }}'
    made = plain(tmp_path, text, *exhibits, skipped={"03-agreement": "one coder"})
    rows = [line.split() for line in made.splitlines()]
    assert [(row[0], row[-2:]) for row in rows if row and row[0] in {"stand-in", "published"}] == [
        ("stand-in", ["1", "1"]),
        ("published", ["1", "0"]),
    ]
    assert "Left out: 03-agreement: one coder." in made


def test_a_quotation_keeps_its_words_its_marks_and_its_person(tmp_path):
    exhibits = [quotation("q-1", f"{NASTY}\n\nNext."), quotation("q-2", "Said.", in_quotation_marks=True)]
    text = plain(tmp_path, '{{ quotation("q-1") }}{{ quotation("q-2") }}', *exhibits)
    assert f"  {NASTY}\n\n  Next. (Robin, message\u00a07)\n" in text
    assert "  “Said.” (Robin, message\u00a07)\n" in text


def test_a_quotation_in_a_sentence_stands_in_quotation_marks(tmp_path):
    text = plain(tmp_path, 'He said {{ quote("q-1") }}.', quotation("q-1", "no *way*"))
    assert "He said “no *way*” (Robin, message\u00a07)." in text


def test_widths_are_left_to_the_format_where_a_table_is_narrow():
    assert document.column_widths(table("t", [["a", "1"]])["shown"]) is None


def test_every_column_has_room_for_its_longest_word():
    labels = ["Theme", "Definition", *["Participants"] * 4]
    rows = [["internationalisation", "a long text about something " * 20, *["1"] * 4]]
    widths = document.column_widths(table("t", rows, labels)["shown"])
    assert sum(widths) == pytest.approx(1, abs=0.001)
    assert widths[1] == max(widths)
    assert all(width * 113 > len("Participants") for width in widths[2:])


def test_words_become_strings_of_typst():
    made = document.for_typst({"meta": {}, "blocks": [pandoc.wrapped("Para", pandoc.inlines("so (...) -1"))]})
    assert [node["c"] for node in made["blocks"][0]["c"] if "c" in node] == [
        "so",
        ["typst", '#"(...)";'],
        ["typst", '#"-1";'],
    ]


@pytest.mark.parametrize(
    ("format_", "before"),
    [("pdf", "#pagebreak(weak: true)"), ("docx", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'), ("html", None)],
)
def test_a_section_of_the_class_page_begins_a_page(tmp_path, format_, before):
    blocks = composed(tmp_path, "Before.\n\n# A section {.page}\n\n# Another\n", format_=format_)["blocks"]
    (place,) = (place for place, node in enumerate(blocks) if node["t"] == "Header" and "page" in str(node["c"][1]))
    made = blocks[place - 1]
    assert (made["c"][1] if made["t"] == "RawBlock" else None) == before
