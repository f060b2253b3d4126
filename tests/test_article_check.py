"""The ledger held against the article: what is equal, and every way not to be."""

from dataclasses import replace

import pytest
from printed_article import BLOCK, PERIOD, SENTENCES, TEXT, ledger, pdf, source, write

from lepanalysis.article_check import compare
from lepanalysis.article_contents import Place, number_words, problem_of
from lepanalysis.article_text import ArticleText, Passage, Sentence, read_article_text
from lepanalysis.entries import Entry, entries_of
from lepanalysis.locators import digest_of_sentence


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return read_article_text(write(tmp_path_factory.mktemp("article")), ledger())


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    path = tmp_path_factory.mktemp("article") / "article.pdf"
    path.write_bytes(pdf(source(hyphenate="true")))
    return read_article_text(path, ledger())


def compared(text, id_="", /, **cells):
    """Return how an entry compares when cells of its row are changed."""
    article = ledger({id_: cells} if cells else None)
    found = {item.entry_id: item for item in compare(entries_of(article), article, text)}
    return found[id_] if id_ else found


def located(sentence):
    """Return the cells of a locator of another sentence of the article."""
    section, paragraph, place, text = SENTENCES[sentence]
    cells = {"section": section, "paragraph": paragraph, "sentence": place}
    return {**cells, "sentence_sha256": digest_of_sentence(text)}


@pytest.mark.parametrize("kind", ["plain", "printed"])
def test_every_entry_is_equal(kind, request):
    article = ledger()
    found = compare(entries_of(article), article, request.getfixturevalue(kind))
    assert [item for item in found if not item.equal] == []
    assert [item.entry_id for item in found] == [entry.id for entry in entries_of(article)]
    assert {item.problem for item in found} == {""}


def test_where_an_entry_stands_is_said(plain, printed):
    assert compared(plain, "C1").where == "section 3.1, paragraph 1, sentence 1"
    assert compared(plain, "theme-lending").where == "the heading of section 3.2"
    assert compared(plain, "hill2001").where == "entry 2 of the references"
    assert compared(printed, "C1").where == "section 3.1"


@pytest.mark.parametrize(
    ("id_", "cells", "problem"),
    [
        ("q-7", {"text": BLOCK.replace("vice", "rice")}, "print has other words"),
        ("q-7", {"printed_after": "(Message 7)"}, "print differs round the words"),
        ("q-7", {"attributed_to": "Ben"}, "the name Ben stands neither in the sentence nor in the one before it"),
        ("q-12", {"attributed_to": "Carl"}, "the name Carl stands neither in the sentence nor in the one before it"),
        ("q-12", {"text": "the best rooms"}, "print has other words"),
        ("q-12", {"message_id": "7"}, "print gives it message 12, not 7"),
        ("q-12", {"in_quotation_marks": "no"}, "the words stand there, but in quotation marks"),
        ("q-12", {"text": "the best of"}, "the words stand there, but not in quotation marks"),
        (
            "q-12",
            {"printed_after": '" (Message 13).'},
            "behind the words print has '\" (Message 12).', not '\" (Message 13).'",
        ),
        (
            *("q-12", {"printed_after": '" (Message'}),
            "print goes on in the bracket behind the words, and the ledger ends with '\" (Message'",
        ),
        ("q-7", {"form": "inline"}, "they are a paragraph of their own in print, not inline"),
        ("q-12", {"also_in": "4"}, "it does not stand in section 4, as also_in says"),
        ("lq-1", {"text": "a roof under a bench"}, "print has other words"),
        (
            "lq-1",
            {"cited_as": "Dale & Hill", "year": "2004", "pages": ""},
            "print cites (Low, 1999, p. 7) for it, not Dale & Hill, 2004",
        ),
        ("lq-1", {"pages": "p. 8"}, "print cites (Low, 1999, p. 7) for it, not Low, 1999, p. 8"),
        ("lq-2", {"cited_as": "Low"}, "Low, 2001, p. 12 is cited neither in the sentence nor in the one before it"),
        ("lq-2", {"text": "benches"}, "print differs round the words"),
        ("members", {"value": "25"}, "'25' does not stand there"),
        ("messages", {"value": "41"}, "41 stands there, but not before 'messages'"),
        ("period-from", {"value": "2015-04"}, "'April 2015' does not stand there"),
        ("period-from", {"unit": "messages"}, "2015-03 is a month, and its unit is 'messages'"),
        ("themes", {"value": "3"}, "'3' does not stand there"),
        ("themes", {"also_in": "3;3.1;9"}, "it does not stand in section 3.1 or 9, as also_in says"),
        ("group", {"value": "Northtown menders"}, "'Northtown menders' does not stand there"),
        ("theme-benches", {"name": "Shared bench"}, "the heading is 'Shared benches'"),
        ("theme-benches", {"position": 2}, "it is theme 1 in print, not 2"),
        ("theme-benches", {"also_in": "2"}, "it does not stand in section 2, as also_in says"),
        ("m-benches-closeness", {"term": "formal"}, "'formal' does not stand there"),
        (
            "m-benches-form",
            {"term": "form of rota"},
            "print joins 'form of rota' to Tool lending, not to Shared benches",
        ),
        (
            *("m-benches-closeness", {"theme_id": "lending"}),
            "'Tool lending' stands neither in the sentence nor in its paragraph nor in the heading",
        ),
        ("M1", {"who": "the team"}, "'the team' does not stand there"),
        ("M1", {"who": "not stated"}, "print says who: each author"),
        ("C1", {"quantifier": "rare;widespread"}, "'rare' does not stand there"),
        ("c1", {"cited_as": "Dale"}, "Dale, 2004 is not cited there"),
        ("c2", {"year": "1998"}, "Low, 1998 is not cited there"),
        ("c3", {"pages": ""}, "Low, 1999 is not cited there"),
        ("c4", {"form": "bracketed"}, "Low, 1999 is cited there, but not bracketed"),
        ("hill2001", {"position": 3}, "it is entry 2, not 3"),
    ],
)
def test_a_difference_is_named(plain, id_, cells, problem):
    if "theme_id" in cells:
        article = ledger({id_: cells})
        found = [item for item in compare(entries_of(article), article, plain) if item.problem]
        assert [item.problem for item in found] == [problem]
        return
    found = compared(plain, id_, **cells)
    assert (found.equal, found.problem) == (False, problem)


def test_words_that_differ_are_shown_word_by_word(plain):
    assert compared(plain, "q-12", text="the worst of rooms").diff == "the [-worst-] {+best+} of rooms"
    assert compared(plain, "theme-benches", name="Shared bench").diff == "Shared [-bench-] {+benches+}"


def test_people_who_are_taken_for_each_other(plain):
    article = ledger({"q-7": {"attributed_to": "Ben"}, "q-12": {"attributed_to": "Ann"}})
    found = [item.problem for item in compare(entries_of(article), article, plain) if not item.equal]
    assert found == ["print attributes it to Ann, not to Ben", "print attributes it to Ben, not to Ann"]


def test_citations_of_a_sentence_stand_in_its_order(plain):
    changes = {"c1": {"cited_as": "Low", "year": "1999"}, "c2": {"cited_as": "Dale & Hill", "year": "2004"}}
    article = ledger(changes)
    found = {item.entry_id: item for item in compare(entries_of(article), article, plain)}
    assert found["c1"].equal
    assert found["c2"].problem == "Dale & Hill, 2004 is cited there, but not in the order of the ledger"


def test_months_of_a_sentence_stand_in_its_order(plain):
    article = ledger({"period-from": {"value": "2015-06"}, "period-to": {"value": "2015-03"}})
    found = {item.entry_id: item for item in compare(entries_of(article), article, plain)}
    assert found["period-to"].problem == "'March 2015' stands there, but not in the order of the ledger"


def test_a_reference_is_put_together_from_its_record(plain):
    article = ledger()
    entries = [
        *(entry for entry in entries_of(article) if entry.id != "low1999"),
        changed(entries_of(article), "low1999", title="Rooves"),
    ]
    found = compare(entries, article, plain)[-1]
    assert found.problem == "put together from its record it reads otherwise"
    assert "[-Rooves.-] {+Roofs.+}" in found.diff


def test_a_reference_from_which_no_entry_can_be_made(plain):
    article = ledger()
    (found,) = compare([changed(entries_of(article), "low1999", colour="red")], article, plain)
    assert found.problem.startswith("no entry can be put together from its record (colour: ")


def test_a_reference_of_another_style_is_held_by_its_digest_alone(plain):
    article = ledger({"low1999": {"check": "none"}})
    (found,) = compare([changed(entries_of(article), "low1999", title="Rooves")], article, plain)
    assert found.equal


def changed(entries, id_, **fields):
    """Return a reference with other fields in its CSL record."""
    (entry,) = [entry for entry in entries if entry.id == id_]
    return replace(entry, record={**entry.record, "csl": {**entry.record["csl"], **fields}})


def test_a_locator_that_names_another_place_is_at_fault_and_contradicts_nothing(plain, printed):
    found = compared(plain, "C1", paragraph=3, sentence=2)
    assert (found.equal, found.compared, found.problem, found.locator) == (False, False, "", "elsewhere")
    assert found.stands == (("3.1", 1, 1),)
    assert found.where == "section 3.1, paragraph 1, sentence 1"
    assert compared(printed, "C1", paragraph=3, sentence=2).equal
    assert compared(printed, "C1", section="3.2").where == "section 3.1"
    assert not compared(printed, "C1", section="3.2").compared


def test_at_another_place_it_is_compared_all_the_same(plain):
    assert not compared(plain, "messages", paragraph=2, sentence=1).compared
    found = compared(plain, "messages", paragraph=2, sentence=1, value="311")
    assert (found.compared, found.problem, found.locator) == (True, "'311' does not stand there", "elsewhere")


@pytest.mark.parametrize(
    "id_", ["C1", "M1", "messages", "m-benches-form", "c1", "q-12", "q-7", "lq-1", "theme-benches", "low1999"]
)
def test_a_digest_that_stands_nowhere_contradicts_nothing_that_is_as_printed(plain, id_):
    found = compared(plain, id_, sentence_sha256="0" * 64)
    assert (found.equal, found.compared, found.locator) == (False, False, "nowhere")


@pytest.mark.parametrize(
    ("id_", "cells"),
    [
        ("messages", {"value": "311"}),
        ("m-benches-form", {"term": "form of rooms"}),
        ("c1", {"cited_as": "Dale & Low"}),
        ("q-12", {"text": "the worst of rooms"}),
        ("q-12", {"attributed_to": "Carl"}),
        ("theme-benches", {"name": "Shared bench"}),
    ],
)
def test_a_digest_that_stands_nowhere_excuses_no_other_words(plain, id_, cells):
    found = compared(plain, id_, sentence_sha256="0" * 64, **cells)
    assert (found.compared, found.locator) == (True, "nowhere")


def test_a_value_that_stands_elsewhere_in_its_section_is_not_contradicted(plain):
    found = compared(plain, "messages", sentence_sha256="0" * 64, paragraph=2)
    assert (found.compared, found.where) == (False, "section 2, paragraph 1, sentence 2")


def test_a_locator_whose_digest_stands_nowhere(plain, printed):
    problem = "the sentence in section 3.1, paragraph 1, sentence 1 has another digest"
    assert compared(plain, "C1", sentence_sha256="0" * 64).problem == problem
    assert (
        compared(plain, "C1", sentence_sha256="0" * 64, sentence=9).problem
        == "there is no section 3.1, paragraph 1, sentence 9"
    )
    assert compared(plain, "C1", sentence_sha256="0" * 64, section="9").problem == "the text has no section 9"
    assert compared(printed, "C1", sentence_sha256="0" * 64).problem == "no sentence of section 3.1 has its digest"


def test_a_digest_that_stands_at_two_places_of_which_none_is_named(tmp_path):
    text = read_article_text(write(tmp_path, TEXT.replace("Indeed it is.", "Low (1999) counts sheds.")), ledger())
    assert compared(text, "c4").equal
    found = compared(text, "c4", sentence=1)
    assert (found.compared, found.locator) == (False, "elsewhere")
    assert found.stands == (("1", 1, 3), ("3.1", 3, 2))


def test_a_quotation_that_stands_elsewhere_is_named_with_its_place(plain):
    cells = {**located("wish"), "sentence_sha256": "0" * 64}
    found = compared(plain, "q-12", **cells)
    assert found.problem == (
        "the sentence in section 3.2, paragraph 1, sentence 1 has another digest; its words stand in section 3.1, "
        "paragraph 3, sentence 1"
    )
    assert found.where == "section 3.1, paragraph 3, sentence 1"


def test_a_quotation_that_stands_nowhere_is_shown_against_what_comes_nearest(plain):
    found = compared(plain, "q-12", text="the best of benches", sentence_sha256="0" * 64)
    assert found.problem.endswith("has another digest, and print has other words")
    assert found.diff == "the best of [-benches-] {+rooms+}"


def test_over_a_pdf_quoted_words_count_where_no_sentence_has_the_digest(printed):
    for id_ in ("q-7", "q-12", "lq-1", "lq-2"):
        found = compared(printed, id_, sentence_sha256="0" * 64)
        assert found.equal, found
        assert found.where.endswith("found by its words")
    wrong = compared(printed, "q-7", sentence_sha256="0" * 64, attributed_to="Ben")
    assert wrong.problem == "the name Ben stands neither in the sentence nor in the one before it"
    assert not compared(printed, "q-7", sentence_sha256="0" * 64, text="I would sit").equal
    assert not compared(printed, "C1", sentence_sha256="0" * 64).equal


def test_a_reference_that_is_not_there_is_shown_against_what_comes_nearest(plain):
    article = ledger({"low1999": {"sentence_sha256": "0" * 64}})
    (found,) = compare([changed(entries_of(article), "low1999", title="Rooves")], article, plain)
    assert found.problem == (
        "the sentence in entry 3 of the references has another digest, and put together from its record it reads "
        "otherwise"
    )
    assert "[-Rooves.-] {+Roofs.+}" in found.diff


def test_an_entry_without_a_place(plain):
    found = compared(plain, "C1", section="")
    assert (found.equal, found.problem) == (False, "the entry names no place in the article")


def test_a_word_that_may_be_read_in_two_ways_counts_in_both():
    marked = 'He said "re\ufdd0joined" (Message 3).'
    sentence = Sentence("1", 1, 1, 'He said "rejoined" (Message 3).', "", marked)
    text = ArticleText("0" * 64, "text", (sentence,), "", (), passages=(Passage("1", marked),))
    for words in ("rejoined", "re-joined"):
        record = {"message_id": "3", "attributed_to": "He", "form": "inline", "in_quotation_marks": "yes"}
        record |= {"text": words, "printed_after": '" (Message 3).'}
        digest = digest_of_sentence(f'He said "{words}" (Message 3).')
        entry = Entry("q", "quotation", "quotations", "1", 1, 1, digest, ("1",), words, "none", (), record, "")
        (found,) = compare([entry], ledger(), text)
        assert found.equal, found


@pytest.mark.parametrize(
    ("value", "unit", "sentence", "equal"),
    [
        ("3", "themes", "There were three key themes.", True),
        ("3", "themes", "There were three patterns and many themes.", False),
        ("36", "threads", "Thirty-six threads were read.", True),
        ("36", "threads", "Thirty six threads were read.", True),
        ("1200", "messages", "They wrote 1,200 messages.", True),
        ("200", "messages", "They wrote 1,200 messages.", False),
        ("1", "message", "They wrote one message.", True),
        ("5", "", "There were 5.", True),
        ("5", "", "There were 25.", False),
        ("2015-03", "month", "It began in March 2015.", True),
        ("explicit", "", "At the explicit level.", True),
        ("explicit", "", "At the inexplicit level.", False),
    ],
)
def test_how_a_value_is_printed(value, unit, sentence, equal):
    record = {"value": value, "unit": unit}
    entry = Entry("f", "figure", "facts", "1", 1, 1, "", (), "", "none", (), record, "")
    assert (problem_of(entry, Place(sentence, beside=(entry,)))[0] == "") is equal


def test_numbers_in_words():
    assert [number_words(n) for n in (0, 11, 20, 52, 99, 100, -1)] == [
        "zero",
        "eleven",
        "twenty",
        "fifty-two",
        "ninety-nine",
        "",
        "",
    ]


def test_a_period_of_one_month_has_to_be_printed_twice(plain):
    assert PERIOD.count("March 2015") == 1
    article = ledger({"period-to": {"value": "2015-03"}})
    found = {item.entry_id: item for item in compare(entries_of(article), article, plain)}
    assert found["period-to"].problem == "'March 2015' stands there, but not in the order of the ledger"
