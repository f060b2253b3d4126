import copy
import doctest

import pytest
from projects import ROOT

from lepanalysis import reference_entries
from lepanalysis.article import open_article
from lepanalysis.locators import digest_of_sentence
from lepanalysis.reference_entries import printed_block, printed_entry, problems_of

LOW = {"family": "Low", "given": "A."}
HIGH = {"family": "van High", "given": "B.-C."}
NEAR = {"family": "Near", "given": "D."}
YEAR = {"date-parts": [[1999]]}
ARTICLE = {
    "id": "low1999",
    "type": "article-journal",
    "author": [LOW],
    "issued": YEAR,
    "title": "On mills",
    "container-title": "Mills & Forums",
    "volume": "5",
    "issue": "2–3",
    "page": "10–19",
}
CHAPTER = {
    "id": "low1999",
    "type": "chapter",
    "author": [LOW],
    "issued": YEAR,
    "title": "On mills",
    "container-title": "Forums",
    "editor": [NEAR, HIGH],
    "page": "10–19",
    "publisher": "Hill",
    "publisher-place": "York",
}
PAGE = {
    "id": "valley1999",
    "type": "webpage",
    "author": [{"literal": "Forum of the Valley"}],
    "issued": YEAR,
    "title": "Members",
    "URL": "http://example.org/a?b=c",
    "accessed": {"date-parts": [[2001, 2, 20]]},
}
MEETING = {
    "id": "low1999",
    "type": "paper-conference",
    "author": [LOW, HIGH, NEAR],
    "issued": YEAR,
    "title": "Are mills forums?",
    "container-title": "Notes of a meeting",
    "event-place": "York",
    "event-date": {"literal": "May 4–5, 1999"},
}
BOOK = {
    "id": "near1999",
    "type": "book",
    "editor": [NEAR, LOW],
    "issued": YEAR,
    "title": "Forums",
    "publisher": "Hill",
    "publisher-place": "York",
}
WORKS = {"article": ARTICLE, "chapter": CHAPTER, "page": PAGE, "meeting": MEETING, "book": BOOK}


def without(work, *fields):
    return {name: value for name, value in work.items() if name not in fields}


def test_the_examples_are_so():
    assert doctest.testmod(reference_entries).failed == 0


@pytest.mark.parametrize(
    ("work", "entry"),
    [
        (ARTICLE, "Low, A. (1999). On mills. Mills & Forums, 5(2–3), 10–19."),
        (without(ARTICLE, "issue"), "Low, A. (1999). On mills. Mills & Forums, 5, 10–19."),
        (
            {**without(ARTICLE, "volume", "issue"), "DOI": "10.5555/1"},
            "Low, A. (1999). On mills. Mills & Forums, 10–19. https://doi.org/10.5555/1",
        ),
        (without(ARTICLE, "author"), "(1999). On mills. Mills & Forums, 5(2–3), 10–19."),
        (without(ARTICLE, "issued"), "Low, A. On mills. Mills & Forums, 5(2–3), 10–19."),
        (
            CHAPTER,
            "Low, A. (1999). On mills. In D. Near, & B.-C. van High (Eds.), Forums (pp. 10–19). York: Hill.",
        ),
        ({**CHAPTER, "editor": [NEAR]}, "Low, A. (1999). On mills. In D. Near (Ed.), Forums (pp. 10–19). York: Hill."),
        (PAGE, "Forum of the Valley (1999). Members. Retrieved 20 February 2001, from http://example.org/a?b=c"),
        (
            {**PAGE, "accessed": {"literal": "20 February"}},
            "Forum of the Valley (1999). Members. Retrieved 20 February, from http://example.org/a?b=c",
        ),
        (
            MEETING,
            "Low, A., van High, B.-C., & Near, D. (1999). Are mills forums? In Notes of a meeting. York. May 4–5, 1999",
        ),
        (BOOK, "Near, D., & Low, A. (Eds) (1999). Forums. York: Hill."),
        ({**BOOK, "editor": [NEAR]}, "Near, D. (Ed) (1999). Forums. York: Hill."),
        (without(BOOK, "publisher-place"), "Near, D., & Low, A. (Eds) (1999). Forums. Hill."),
        ({**BOOK, "issued": {"literal": "in press"}}, "Near, D., & Low, A. (Eds) (in press). Forums. York: Hill."),
    ],
    ids=[
        "article",
        "no issue",
        "ahead of print",
        "no author",
        "no year",
        "chapter",
        "one editor",
        "page",
        "day without year",
        "meeting",
        "edited book",
        "book by one editor",
        "no place",
        "year in words",
    ],
)
def test_the_entry_of_a_work(work, entry):
    assert printed_entry(work) == entry


def changed(value):
    """Every value that differs from this one in a single place."""
    if isinstance(value, dict):
        for name in value:
            for other in changed(value[name]):
                yield {**value, name: other}
    elif isinstance(value, list):
        for place in range(len(value)):
            for other in changed(value[place]):
                yield [*value[:place], other, *value[place + 1 :]]
            if len(value) > 1 and not isinstance(value[place], int):
                yield [*value[:place], *value[place + 1 :]]
    elif isinstance(value, int):
        yield value + 1
    else:
        yield f"{value[:1]}~{value[1:]}"


@pytest.mark.parametrize("name", WORKS)
def test_no_cell_of_a_record_can_be_changed_or_left_out_unnoticed(name):
    work = WORKS[name]
    for field in set(work) - {"id", "type"}:
        for value in changed(copy.deepcopy(work[field])):
            assert printed_entry({**work, field: value}) != printed_entry(work), (field, value)
        rest = without(work, field)
        assert problems_of(rest) or printed_entry(rest) != printed_entry(work), field


@pytest.mark.parametrize(
    ("work", "field", "words"),
    [
        ({**ARTICLE, "ISSN": "1234-5678"}, "ISSN", "no printed entry is put together from this field"),
        ({**ARTICLE, "title": 5}, "title", "cannot be read"),
        ({**ARTICLE, "title": " "}, "title", "cannot be read"),
        ({**ARTICLE, "author": "Low, A."}, "author", "cannot be read"),
        ({**ARTICLE, "author": []}, "author", "cannot be read"),
        ({**ARTICLE, "author": [{"family": "Low", "suffix": "Jr"}]}, "author", "cannot be read"),
        ({**ARTICLE, "issued": "1999"}, "issued", "cannot be read"),
        ({**ARTICLE, "issued": {"date-parts": [[1999, 5]]}}, "issued", "cannot be read"),
        ({**ARTICLE, "issued": {"date-parts": [["1999"]]}}, "issued", "cannot be read"),
        ({**PAGE, "accessed": {"date-parts": [[2001, 13, 1]]}}, "accessed", "cannot be read"),
        ({**PAGE, "accessed": {"date-parts": [[2001]], "literal": "2001"}}, "accessed", "cannot be read"),
        (without(PAGE, "URL"), "accessed", "is printed only beside URL"),
        (without(ARTICLE, "volume"), "issue", "is printed only beside volume"),
        ({**BOOK, "page": "1–2"}, "page", "is printed only beside container-title"),
        ({**CHAPTER, "volume": "5"}, "volume", "is printed only beside the type of a journal's article"),
        ({**BOOK, "author": [LOW]}, "editor", "is printed only beside the container-title of a chapter"),
        (without(BOOK, "type"), "type", "the field is missing"),
    ],
)
def test_what_no_rule_has_a_place_for(work, field, words):
    assert [(name, problem) for name, problem, _ in problems_of(work)] == [(field, words)]
    with pytest.raises(ValueError, match=f"^{field}: "):
        printed_entry(work)


@pytest.mark.parametrize(
    ("record", "paragraph"),
    [
        ({"text": "We met. Twice", "printed_after": "(Message 9)."}, "We met. Twice (Message 9)."),
        ({"text": "We met", "printed_after": "."}, "We met."),
        ({"text": "We met.", "printed_after": ""}, "We met."),
        ({"text": "We met.", "printed_after": "\u2014 Robin"}, "We met. \u2014 Robin"),
        ({"text": "We met", "printed_after": '". (9)', "in_quotation_marks": "yes"}, '"We met". (9)'),
        ({"text": "\u201cWe\u201d  met.", "printed_after": None, "in_quotation_marks": "no"}, '"We" met.'),
    ],
)
def test_the_paragraph_of_a_block_quotation(record, paragraph):
    assert printed_block(record) == paragraph


def test_each_entry_of_the_article_is_put_together_to_the_letter():
    article = open_article(ROOT / "data" / "article")
    works = {work["id"]: work for work in article.references}
    rows = article.table("references").frame
    assert (rows["check"] == "rendering").all()
    wrong = [
        row.reference_id
        for row in rows.itertuples()
        if digest_of_sentence(printed_entry(works[row.reference_id])) != row.sentence_sha256
    ]
    assert len(works) == 101
    assert wrong == []


@pytest.mark.parametrize(("table", "blocks"), [("quotations", 6), ("literature", 1)])
def test_each_block_quotation_of_the_article_is_put_together_to_the_letter(table, blocks):
    frame = open_article(ROOT / "data" / "article").table(table).frame
    rows = frame[frame["form"] == "block"].to_dict("records")
    assert {row["check"] for row in rows} == {"rendering"}
    assert len(rows) == blocks
    assert [row for row in rows if digest_of_sentence(printed_block(row)) != row["sentence_sha256"]] == []
