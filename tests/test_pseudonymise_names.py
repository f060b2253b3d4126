import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepanalysis.exchange.pseudonymise_list import MAIL, MENTION, WEB, addresses_in, listed_names
from lepanalysis.exchange.pseudonymise_names import Edit, Names, as_written, bare_name, edited
from lepanalysis.faults import UsageError


def found(names, text, **options):
    return [text[one.start : one.end] for one in Names(names, **options).find(text)]


@pytest.mark.parametrize(
    ("names", "text", "expected"),
    [
        (["Anna"], "Anna, anna and ANNA; Annabel, Hanna, Anna2 and anna_k", ["Anna", "anna", "ANNA", "anna"]),
        (["Anna"], "Anna's room, Annas Raum, marked annas", ["Anna", "Anna"]),
        (["Mark"], "He marks Marks book", ["Mark"]),
        (["Anna", "Anna Smith"], "Anna Smith, Anna\n Smith and Anna Smithers", ["Anna Smith", "Anna\n Smith", "Anna"]),
        (["Zoë"], "Zoe\u0308 and Zoë and ZOË but Zoe", ["Zoe\u0308", "Zoë", "ZOË"]),
        (["Zoe"], "Zoe\u0308 Zoë", []),
        (["O'Brien"], "O’Brien and O'Brien", ["O’Brien", "O'Brien"]),
        (["Anne-Marie"], "Anne\u2011Marie", ["Anne\u2011Marie"]),
        (["Anna"], "An\u00adna\u2060 and \ufeffAnna\u200e", ["An\u00adna\u2060", "Anna"]),
        (["Groß"], "GROSS und Groß", ["GROSS", "Groß"]),
        (["İpek"], "İpek", ["İpek"]),
        (["田中"], "田中さん", ["田中"]),
        (["राम"], "राम और रामू", ["राम"]),
        (["J. R. Smith"], "by J. R.  Smith.", ["J. R.  Smith"]),
        (["Anna B", "B Cee"], "Anna B Cee", ["Anna B"]),
    ],
)
def test_names_are_found_as_whole_words_in_every_form(names, text, expected):
    assert found(names, text) == expected


def test_exact_case_leaves_words_that_are_spelt_like_names():
    assert found(["Will"], "Will will say: WILL", any_case=False) == ["Will", "WILL"]


@pytest.mark.parametrize(
    ("name", "bare"), [(" (Anna) ", "Anna"), ("Zoe\u0308!", "Zoe\u0308"), ("--", ""), ("J.  R.", "J. R")]
)
def test_a_name_is_bared(name, bare):
    assert bare_name(name) == bare


def test_a_replacement_takes_the_case_of_what_it_replaces():
    assert [as_written("Robin", old) for old in ("Anna", "ANNA", "anna", "A")] == ["Robin", "ROBIN", "robin", "Robin"]


def test_segments_move_with_their_words_and_take_all_of_a_name_that_they_cut():
    made = edited("Anna met Ben.", [Edit(0, 4, "Robin"), Edit(9, 12, "Al")])
    assert made.text == "Robin met Al."
    segments = [(0, 4), (0, 13), (2, 8), (5, 8), (4, 9), (9, 12), (8, 10), (12, 13)]
    assert [made.text[slice(*made.moved(*one))] for one in segments] == [
        "Robin",
        "Robin met Al.",
        "Robin met",
        "met",
        " met ",
        "Al",
        " Al",
        ".",
    ]


def test_of_two_edits_that_overlap_the_first_stands():
    made = edited("see anna@x.org now", [Edit(4, 14, "[mail]")], [Edit(0, 3, "look"), Edit(4, 8, "Robin")])
    assert made.text == "look [mail] now"


NAME = st.sampled_from(["Anna", "Anna Smith", "Zoë", "O'Brien", "Li", "Groß", "Ana"])
TEXT = st.lists(
    st.sampled_from(
        [*"ab ,.'’-_s\n", "anna", "ANNA", "Anna", " Smith", "Zoe\u0308", "zoë", "O’Brien", "Li", "GROSS", "😀"]
    ),
    max_size=25,
).map("".join)


def fold(text):
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.replace("’", "'")).casefold())


@given(st.sets(NAME, min_size=1), TEXT)
def test_after_replacement_no_name_stands_in_the_text(names, text):
    searched = Names(sorted(names))
    made = edited(text, [Edit(one.start, one.end, "Xaro") for one in searched.find(text)])
    for name in names:
        pattern = r"\s+".join(map(re.escape, fold(name).split()))
        assert not re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", fold(made.text))


@given(TEXT, st.data())
def test_what_is_not_replaced_keeps_its_words(text, data):
    made = edited(text, [Edit(one.start, one.end, "Xaro") for one in Names(["Anna", "Zoë"]).find(text)])
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    if all(end <= edit.start or start >= edit.end for edit in made.edits):
        assert made.text[slice(*made.moved(start, end))] == text[start:end]


def test_many_names_in_a_long_text_take_time_in_proportion():
    names = Names([f"Name{number} Surname{number}" for number in range(5000)])
    begin = time.process_time()
    assert len(names.find("name7 surname7 and nobody, é " * 30_000)) == 30_000
    assert time.process_time() - begin < 10


def listed(tmp_path, text):
    (tmp_path / "names.txt").write_text(text, encoding="utf-8")
    return [(one.name, one.new, one.line) for one in listed_names(tmp_path / "names.txt")]


def test_a_list_of_names_is_read(tmp_path):
    text = "\ufeff# people\nAnna\n\n Ben Dee = Robin \nanna\n"
    assert listed(tmp_path, text) == [("Anna", "", 2), ("Ben Dee", "Robin", 4)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Anna\n--\n", "names.txt:2: no name"),
        ("Anna = Ben Dee\nDee\n", "names.txt:1: the replacement holds no word, or one of a listed name"),
        ("Anna = !\n", "holds no word"),
        ("Anna = Robin\nANNA = Sam\n", "stands in line 1 with another"),
    ],
)
def test_a_list_that_would_bring_names_back_is_refused(tmp_path, text, words):
    with pytest.raises(UsageError, match=re.escape(words)):
        listed(tmp_path, text)


def test_addresses_are_found_by_kind():
    text = "ask @ann_k, ann.k@example.org, https://forum.example.org/u/ann/summary or www.example.org, @ben."
    made = addresses_in(text, {"ben": "Xaro"}, {MAIL: "M", MENTION: "S", WEB: "W"})
    assert {kind: [(text[one.start : one.end], one.new) for one in edits] for kind, edits in made.items()} == {
        MAIL: [("ann.k@example.org", "M")],
        MENTION: [("@ann_k", "@S"), ("@ben", "@Xaro")],
        WEB: [("https://forum.example.org/u/ann/summary", "W")],
    }


@pytest.mark.parametrize(
    "text", ["a" * 300_000 + "@", "a@" * 100_000, "https://" * 50_000, "@a." * 100_000, "/u/" * 90_000]
)
def test_hostile_texts_are_searched_in_bounded_time(text):
    begin = time.process_time()
    addresses_in(text + "@/", {}, {MAIL: "", MENTION: "", WEB: ""})
    assert time.process_time() - begin < 8
