"""The article's text: furniture out, pages and words joined, and the sentences that the locators name."""

import random
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from printed_article import BLOCK, PERIOD, ROOF, TEXT, TITLE, ledger, write

from lepanalysis.article_lines import HYPHEN, SPACE, joined, readings, stands
from lepanalysis.article_text import find, read_article_text
from lepanalysis.faults import StudyFaultsError
from lepanalysis.locators import digest_of_sentence


@pytest.fixture
def read(tmp_path):
    def read_text(text=TEXT, article=None):
        return read_article_text(write(tmp_path, text), article or ledger())

    return read_text


def fault_of(path, article=None):
    with pytest.raises(StudyFaultsError) as error:
        read_article_text(path, article or ledger())
    (fault,) = error.value.faults
    assert fault.file == str(path)
    return fault.problem


def at(text, section, paragraph, sentence):
    (found,) = [
        item.text
        for item in text.sentences
        if (item.section, item.paragraph, item.sentence) == (section, paragraph, sentence)
    ]
    return found


def test_every_sentence_stands_where_the_ledger_has_it(read):
    text = read()
    places = {(item.section, item.paragraph, item.sentence): item.sha256 for item in text.sentences}
    rows = [row for table in ledger().tables.values() for row in table.frame.to_dict("records")]
    assert [
        row for row in rows if places[row["section"], row["paragraph"], row["sentence"]] != row["sentence_sha256"]
    ] == []
    assert (text.kind, text.placed, len(text.sha256)) == ("text", True, 64)


def test_what_was_done_to_the_text_is_said(read):
    assert read().report == (
        "2 page breaks inside paragraphs were joined.",
        "2 lines on open access and copyright were taken out.",
        "2 lines on ORCID, DOI and the journal were taken out.",
        "4 lines of an address for correspondence were taken out.",
        "2 curly quotation marks were made straight.",
    )


def test_a_sentence_goes_on_behind_the_foot_of_a_page(read):
    assert at(read(), "1", 1, 2) == ROOF


def test_a_block_quotation_is_one_sentence_across_the_break_of_a_page(read):
    text = read()
    assert at(text, "3.1", 2, 1) == f"{BLOCK} (Message 7)."
    assert at(text, "3.1", 3, 2) == "Indeed it is."


def test_the_abstract_begins_with_the_first_prose_or_behind_its_heading(read):
    first = "This paper asks how menders share tools."
    assert at(read(), "abstract", 1, 1) == first
    headed = TEXT.replace("This paper asks", "Abstract\n\nMenders.\n\nThis paper asks")
    assert at(read(headed), "abstract", 2, 1) == first


def test_headings_are_found_by_number_and_name_and_not_in_a_table_of_contents(read):
    contents = "1 | INTRODUCTION\n\n2 | METHODS\n\n3.1 | Shared benches"
    text = read(TEXT.replace("RESEARCH ARTICLE", f"RESEARCH ARTICLE\n\n{contents}"))
    assert at(text, "2", 1, 2) == PERIOD
    assert at(text, "3.1", 0, 1) == "Shared benches"
    assert [item.section for item in text.sentences if not item.paragraph] == [
        "1",
        "2",
        "3",
        "3.1",
        "3.2",
        "4",
        "references",
    ]


@pytest.mark.parametrize("written", ["## 2. Methods", "2 METHODS", "**Methods**", "METHODS", "2) methods"])
def test_headings_may_look_otherwise(read, written):
    assert at(read(TEXT.replace("2 | METHODS", written)), "2", 1, 2) == PERIOD


def test_a_heading_that_is_not_there_is_said(read):
    text = read(TEXT.replace("4 | DISCUSSION\n\n", ""))
    assert text.report[-1] == "no heading was found for DISCUSSION."


def test_small_capitals_are_no_capitals(read):
    assert at(read(TEXT.replace("3.1 | Shared benches", "3.1 | SHARED BENCHES")), "3.1", 0, 1) == "Shared benches"


def test_the_list_of_references_is_an_entry_a_sentence_and_ends_with_the_last(read):
    text = read()
    assert at(text, "references", 3, 1) == "Low, C. (1999). Roofs. York: Mill. https://doi.org/10.9999/roofs"
    assert "How to cite" not in text.flow
    assert "*" not in text.flow


def test_lines_may_be_broken_within_blocks(read):
    broken = TEXT.replace(" they wrote 310", "\nthey wrote 310").replace("What a shed holds", "What a\n  shed holds")
    text = read(broken)
    assert at(text, "2", 1, 2) == PERIOD
    assert at(text, "references", 2, 1) == "Hill, B. (2001). What a shed holds. Journal of Mending, 3(2), 10–14."


def test_ligatures_and_quotation_marks_do_not_count(read):
    text = read(
        TEXT.replace("Benches and", "Benches and").replace(
            "Hill (2001, p. 12) lists", "Hill (2001, p. 12) oﬃcially lists"
        )
    )
    assert "Hill (2001, p. 12) officially lists" in text.flow
    assert '"norms"' in text.flow
    assert "1 ligature was taken apart." in text.report


@pytest.mark.parametrize(
    ("elsewhere", "expected", "report"),
    [
        ("rejoined", ("it is rejoined",), "1 word broken at the end of a line was made one."),
        ("re-joined", ("it is re-joined",), "1 hyphen at the end of a line was kept."),
        ("", ("it is rejoined", "it is re-joined"), "1 hyphen at the end of a line may be part of the word or not: "),
        ("rejoined re-joined", ("it is rejoined", "it is re-joined"), "1 hyphen at the end of a line may be"),
    ],
)
def test_a_broken_word_is_joined_as_the_rest_of_the_text_has_it(read, elsewhere, expected, report):
    text = read(TEXT.replace("Low (1999) counts sheds.", f"Low (1999) says it is re-\njoined. Sheds {elsewhere}."))
    assert all(find(text, {digest_of_sentence(f"Low (1999) says {said}.")}) for said in expected)
    assert any(sentence.startswith(report) for sentence in text.report)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["soft\u00ad", "ly"], ["softly"]),
        (["Grant and Baden-", "Fuller"], ["Grant and Baden-Fuller"]),
        (["2013-", "2014"], ["2013-2014"]),
        (["INTRO-", "DUCTION"], ["INTRODUCTION", "INTRO-DUCTION"]),
        (["so —", "or so"], ["so — or so"]),
        (["sheds—", "all"], ["sheds—all"]),
        (["wood/", "metal"], ["wood/metal", "wood/ metal"]),
        (["https://a.example/b", "c"], ["https://a.example/bc", "https://a.example/b c"]),
        (["two", "words"], ["two words"]),
    ],
)
def test_how_two_lines_join(lines, expected):
    assert list(readings(joined(lines, frozenset()).text)) == expected


def test_readings_are_few_however_many_marks_there_are():
    assert readings(HYPHEN.join("abcdefghijkl")) == ("abcdefghijkl", "a-b-c-d-e-f-g-h-i-j-k-l")


def test_words_stand_in_any_reading():
    marked = f"a well{HYPHEN}known and{SPACE}or re{HYPHEN}joined lamp"
    assert stands("well-known and or rejoined lamp", marked)
    assert stands("wellknown andor", marked)
    assert not stands("known and", marked.replace(HYPHEN, ""))
    assert not stands("Well-known", marked)
    assert stands("Well-known", marked, case=False)
    assert not stands("", marked)


@pytest.mark.parametrize(
    "line",
    [
        "310.",
        "(Message 7)",
        "correspondence of menders, and a letter to ann@mending.example",
        "published under the terms that all knew",
        "Menders agree © and so on",
        "see https://doi.org/10.9999/benches for more",
    ],
)
def test_what_only_looks_like_furniture_stays(read, line):
    assert line in read(TEXT.replace("what is\n\nThis is", f"what is\n\n{line}\n\nThis is")).flow


def test_pages_of_plain_text_have_heads_and_numbers(read):
    head = "READER AND WRITER"
    broken = TEXT.replace("\n\nThis is an open", f"\n1\n\f{head} 2\n\nThis is an open").replace(
        "lamp and (...)", f"3\n\f{head} 4\nlamp and (...)"
    )
    text = read(broken)
    assert not text.placed
    assert head not in text.flow
    assert find(text, {digest_of_sentence(ROOF), digest_of_sentence(f"{BLOCK} (Message 7).")}).keys() == {
        digest_of_sentence(ROOF),
        digest_of_sentence(f"{BLOCK} (Message 7)."),
    }
    assert "3 pages were read in the order of the file." in text.report


FURNITURE = (
    "17",
    "Page 3 of 9",
    "READER AND WRITER",
    "https://doi.org/10.9999/benches",
    "© 2019 The Authors",
    "This is an open access article under the terms of a licence.",
    "wileyonlinelibrary.example.com/journal/mend",
    "ORCID",
)


def furnished(text, seed):
    """Return a text with furniture and broken words at random places of its paragraphs."""
    choice = random.Random(seed)  # noqa: S311 - no secret
    # A running head is one because it stands there more than once.
    heads = iter(["READER AND WRITER", "READER AND WRITER", *choice.choices(FURNITURE, k=40)])
    made = []
    for block in text.split("\n\n"):
        words = block.split(" ")
        if len(words) < 6 or block.startswith(("-", "How", "This is", "Copyright")) or "@" in block or " | " in block:
            made.append(block)
            continue
        for number in choice.sample(range(len(words)), 2):
            if re.fullmatch(r"[a-z]{6,}\W?", words[number]):
                words[number] = f"{words[number][:3]}-\n{words[number][3:]}"
        place = choice.randrange(2, len(words) - 2)
        # A block that ends in a stop is a paragraph, so no page breaks there.
        if not re.search(r"[.:?!)]\W*$", words[place - 1]):
            words[place] = f"\n\n{next(heads)}\n\n{words[place]}"
        made.append(" ".join(words).replace(" \n\n", "\n\n"))
    return "\n\n".join(made)


def sentences_stay(tmp_path, seed):
    plain = read_article_text(write(tmp_path, TEXT), ledger())
    text = read_article_text(write(tmp_path, furnished(TEXT, seed)), ledger())
    for sentence in plain.sentences:
        found = find(text, {sentence.sha256}).get(sentence.sha256, ())
        places = [(item.section, item.paragraph, item.sentence) for item in found]
        assert (sentence.section, sentence.paragraph, sentence.sentence) in places, (seed, sentence.text)


@pytest.mark.parametrize("seed", range(12))
def test_furniture_and_broken_words_leave_the_sentences_the_same(tmp_path, seed):
    sentences_stay(tmp_path, seed)


@pytest.mark.long
@settings(max_examples=400, deadline=None)
@given(seed=st.integers(min_value=0))
def test_furniture_and_broken_words_anywhere_leave_the_sentences_the_same(tmp_path_factory, seed):
    sentences_stay(tmp_path_factory.mktemp("article"), seed)


def test_a_text_in_windows_line_ends_and_with_a_mark_reads_the_same(tmp_path):
    path = tmp_path / "article.txt"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert at(read_article_text(path, ledger()), "1", 1, 2) == ROOF


def test_files_that_are_no_text(tmp_path):
    def made(data, name="article.txt"):
        (tmp_path / name).write_bytes(data)
        return fault_of(tmp_path / name)

    assert fault_of(tmp_path / "none.txt") == "there is no such file"
    assert fault_of(tmp_path) == "a folder stands in its place"
    assert made(b"") == "the file holds no text"
    assert made(b"\n \n\t\n") == "the file holds no text"
    assert made(b"\x89PNG\r\n\x1a\n", "article.pdf") == "the file is a picture, whatever it is called"
    assert (
        made(b"PK\x03\x04....", "article.txt")
        == "the file is a file of an office program, an e-book or an archive, whatever it is called"
    )
    assert made(b"<!DOCTYPE html>\n<html>") == "the file is a web page"
    assert made("é".encode("latin-1") * 9) == "byte 1 of the file is not UTF-8"
    assert made("Towns".encode("utf-16")) == "the file is text in UTF-16, whatever it is called"
    assert made(b"Towns\x00mend") == "the file holds control characters, so it is no plain text"


def test_a_file_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr("lepanalysis.article_file.LARGEST_FILE", 1024 * 1024)
    (tmp_path / "article.txt").write_bytes(b"x" * (1024 * 1024 + 1))
    assert fault_of(tmp_path / "article.txt") == "the file is larger than 1 MB"
    monkeypatch.setattr("lepanalysis.article_file.MOST_CHARACTERS", 1000)
    (tmp_path / "article.txt").write_bytes(b"x" * 1001)
    assert fault_of(tmp_path / "article.txt") == "more than 1,000 characters"


def test_another_article(tmp_path):
    other = "Of mice\n\nMice are small. They like cheese (Low, 1999).\n\n1 | INTRODUCTION\n\nMice live in sheds."
    assert fault_of(write(tmp_path, other)) == (
        f"this is not the text of “{TITLE}” but another article: 0 of the 18 sentences that the ledger locates are in "
        "it, and the title is not"
    )
    cites = f"{other}\n\nREFERENCES\n\n- Reader, A. (2019). {TITLE}. York: Mill."
    assert fault_of(write(tmp_path, cites)).endswith(": 0 of the 18 sentences that the ledger locates are in it")


def test_an_article_of_which_most_has_changed_is_still_that_article(read):
    changed = re.sub(r"\b(the|a)\b", "THE", TEXT.replace(TITLE, "@@")).replace("@@", TITLE)
    assert read(changed).kind == "text"


def test_a_ledger_that_names_no_sections(tmp_path):
    article = replace(ledger(), record={"title": TITLE})
    with pytest.raises(StudyFaultsError, match=r"article\.yaml: the ledger names no sections"):
        read_article_text(write(tmp_path), article)
