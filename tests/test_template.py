"""What a template may call, and what may not be typed in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papers import expanded, number, quotation, table

from lepanalysis.faults import StudyFaultsError
from lepanalysis.template import faults_of_prose


def faults(tmp_path, text, *exhibits, **material):
    with pytest.raises(StudyFaultsError) as caught:
        expanded(tmp_path, text, *exhibits, **material)
    return [str(fault) for fault in caught.value.faults]


def prose(text, *messages):
    return [str(fault) for fault in faults_of_prose(text, "paper.md", messages)]


def test_what_is_called_becomes_a_marker(tmp_path):
    made = expanded(tmp_path, 'There are {{ number("n-a") }} messages.\n', number("n-a", 12))
    assert made.markdown == 'There are []{.lep-number n="n-a" form=""} messages.\n'
    assert made.used == ("n-a",)


def test_a_text_of_the_study_becomes_a_marker_and_no_markup(tmp_path):
    made = expanded(tmp_path, "{{ study.title }}\n", study={"title": "*A* {{ b }}"})
    assert made.markdown == '[]{.lep-text n="0"}\n'
    assert made.texts == ("*A* {{ b }}",)


def test_an_unknown_id_is_a_fault_with_its_line(tmp_path):
    assert faults(tmp_path, 'One.\n\n{{ number("n-b") }}\n') == [
        "paper.md:3: n-b: no notebook of this build makes it; mend the id, or ask for it with has() first"
    ]


def test_an_exhibit_of_another_kind_is_a_fault(tmp_path):
    assert faults(tmp_path, '{{ table("n-a") }}{{ number("n-a") }}\n', number("n-a", 1)) == [
        "paper.md:1: n-a: it is a number; mend the id, or ask for it with has() first"
    ]


def test_an_exhibit_that_is_not_used_is_a_fault(tmp_path):
    assert faults(tmp_path, "Nothing.\n", number("n-a", 1)) == [
        (
            "paper.md: n-a: notebook 01-corpus makes this number and the paper does not use it; "
            "call it in the template, or take it out of the notebook"
        )
    ]


def test_what_is_only_asked_for_is_not_used(tmp_path):
    text = '{% if value("n-a") > 0 %}{{ caption("n-a") }}{% endif %}\n'
    assert "does not use it" in faults(tmp_path, text, number("n-a", 1))[0]


def test_what_is_left_out_on_purpose_needs_no_use(tmp_path):
    made = expanded(tmp_path, '{{ omit("01-corpus", "the tradition forbids it") }}\n', number("n-a", 1))
    assert made.omitted == {"01-corpus": "the tradition forbids it"}


def test_all_faults_are_found_at_once(tmp_path):
    assert len(faults(tmp_path, '12 of {{ number("n-b") }}\n', number("n-a", 1))) == 3


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("There are 131 of them.", "column 11", "a number is typed: '131'"),
        ("There are seven of them.", "column 11", "a number word is typed: 'seven'"),
        ("Twenty-one of them.", "column 1", "a number word is typed: 'Twenty'"),
        ("The 3rd.", "column 5", "a number is typed: '3rd'"),
        ("Arabic ٣ too.", "column 8", "a number is typed: '٣'"),
    ],
)
def test_a_typed_number_is_a_fault_with_line_and_column(text, place, what):
    assert prose(f"Before.\n\n{text}\n") == [
        f"paper.md:3: {place}: {what}; register it in a notebook and call it with number()"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "One may be typed, as a word.",
        "As has been said [@cohen1960, p. 37; @tidd2001] and by @mattes2012.",
        "# Methods {#section-2 .unnumbered}",
        "See [the article](https://doi.org/10.1002/kpm.1546).",
        "<!-- 12 -->",
        'The {{ number("n-12") }}{% if study.x == 3 %} messages{% endif %}.',
        "Run `lepanalysis check --jobs 2`.",
    ],
)
def test_citations_attributes_targets_calls_and_code_are_no_prose(text):
    assert prose(text) == []


def test_the_header_is_prose_but_for_its_keys():
    found = prose("---\ntitle: |-\n  A study of 12 people\nh2: Fine\nabstract: |\n  Seven of them.\n---\n\nText.\n")
    assert [text.partition(";")[0] for text in found] == [
        "paper.md:3: column 14: a number is typed: '12'",
        "paper.md:6: column 3: a number word is typed: 'Seven'",
    ]


def test_six_words_of_a_message_are_a_fault_wherever_the_line_ends():
    message = "We need a shared room, and faster trains."
    assert prose("So they say that we need a\nshared ROOM: and so on.", "Hello.", message) == [
        (
            "paper.md:1: column 18: words of message 2 stand in the prose: 'we need a shared room and'; "
            "call the quotation, or use other words"
        )
    ]


def test_five_words_of_a_message_are_not():
    assert prose("We need a shared room, they say.", "We need a shared room, and faster trains.") == []


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma", "delta"]), min_size=6, max_size=12))
def test_a_message_is_found_in_itself(words):
    assert prose(" ".join(words), " ".join(words))


def test_a_line_keeps_its_number_behind_a_tag_that_takes_lines_away():
    assert prose("A.\n\n{%- if x -%}\n\n9\n{% endif %}")[0].startswith("paper.md:5: column 1:")


def test_a_tag_at_the_end_of_a_line_leaves_the_line_s_end(tmp_path):
    made = expanded(tmp_path, "{% if true %}\nA.{% if true %} B.{% endif %}\nC.\n{% endif %}\n\n# D\n")
    assert made.markdown == "A. B. \nC.\n\n# D\n"


def test_an_id_in_braces_is_no_comment(tmp_path):
    assert expanded(tmp_path, "::: {#refs}\n:::\n{! left out !}").markdown == "::: {#refs}\n:::\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("A.\n{% if %}\n", "paper.md:2:"),
        ("A.\n\n{{ study.nobody }}\n", "paper.md:3:"),
        ("{{ 1 + 'a' }}", "paper.md:1:"),
    ],
)
def test_a_template_that_cannot_be_read_is_a_fault_with_its_line(tmp_path, text, place):
    assert faults(tmp_path, text)[0].startswith(f"{place} the template cannot be read (")


def test_a_template_cannot_reach_out(tmp_path):
    assert "unsafe" in faults(tmp_path, "{{ study.__class__.__mro__ }}")[0]


def test_what_was_made_and_why_not(tmp_path):
    text = '{% if made("03-agreement") %}yes{% else %}{{ reason("03-agreement") }}{% endif %}'
    made = expanded(tmp_path, text, skipped={"03-agreement": "one coder"})
    assert made.texts == ("one coder",)


def test_exhibits_can_be_called_in_a_loop(tmp_path):
    text = '{% for id in ids("01-corpus", "table", "tbl-", about="B") %}{{ table(id) }}{% endfor %}{{ quote("q-1") }}'
    made = expanded(tmp_path, text, table("tbl-b", [], caption="B"), quotation("q-1", "Words."))
    assert made.used == ("tbl-b", "q-1")
