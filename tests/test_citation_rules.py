"""What a citation is credited to, and which slips are on record, held against the records of a ledger."""

import csv
import doctest
import io
import json
from pathlib import Path

import pytest
from ledgers import example, write_ledger

from lepanalysis import citation_audit
from lepanalysis.article import open_article
from lepanalysis.citation_audit import CITED_NOT_LISTED, LISTED_NOT_CITED, NO_YEAR, ORDER, audit_ledger
from lepanalysis.citation_rules import AS_MEANT, check_citations, slips_of
from lepanalysis.locators import digest_of_sentence

# The ledger of docs/ledger-format.md cites one work twice; a list of two, and quotations to hold against each other.
LOW = {
    "id": "low1999",
    "type": "book",
    "author": [{"family": "Low", "given": "A."}],
    "issued": {"date-parts": [[1999]]},
}
HEADER = {name: next(csv.reader(io.StringIO(text))) for name, text in example().items() if name.endswith(".csv")}
SLIPS = ["slip_id", "kind", "description", "class", "section", "paragraph", "sentence", "sentence_sha256", "also_in"]


def cells(table, place, **cells_):
    """A record of a ledger at a place, with a digest that no other place has."""
    section, paragraph, sentence = place.split()
    digest = digest_of_sentence(place)
    shared = {"checkable": "printed text", "check": "transcription", "class": "published", "sentence_sha256": digest}
    record = {**shared, "section": section, "paragraph": paragraph, "sentence": sentence, **cells_}
    return [record.get(name, "") for name in HEADER.get(table, SLIPS)]


def cited(number, cited_as, year, work="", place="2 9 1"):
    return cells(
        "citations.csv",
        place,
        citation_id=f"c{number}",
        form="bracketed",
        cited_as=cited_as,
        year=year,
        reference_id=work,
    )


def slip(number, kind, description, place="2 9 1", also_in=""):
    return cells(
        "slips.csv",
        place,
        slip_id=f"S{number}",
        kind=kind,
        description=description,
        also_in=also_in,
        **{"class": "derived"},
    )


def quoted(number, text, place, work="low1999"):
    return cells(
        "literature.csv",
        place,
        quotation_id=f"lq-{number}",
        text=text,
        cited_as="Low",
        year="1999",
        reference_id=work,
        form="inline",
    )


def work(name, family, year=1999, type_="book", **fields):
    date = {"date-parts": [[year]]} if isinstance(year, int) else {"literal": year}
    return {"id": name, "type": type_, "author": [{"family": family, "given": "A."}], "issued": date, **fields}


def ledger(folder, works, *citations, slips=None, literature=()):
    """A ledger with these works, citations, slips and quotations from the literature."""
    write_ledger(folder)
    places = {"mapping.csv": (), "quotations.csv": (), "citations.csv": citations, "literature.csv": literature}
    places["references.csv"] = [
        cells("references.csv", f"references {number} 1", reference_id=one["id"], position=str(number), check="none")
        for number, one in enumerate(works, 1)
    ]
    places |= {"slips.csv": slips} if slips is not None else {}
    for name, rows in places.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([HEADER.get(name, SLIPS), *rows])
    (folder / "references.json").write_text(json.dumps(works), encoding="utf-8")
    return open_article(folder)


def told(article):
    return [(Path(fault.file).name, fault.line, fault.column, fault.problem) for fault in check_citations(article)]


def test_the_ledger_of_the_documentation_holds(tmp_path):
    assert check_citations(open_article(write_ledger(tmp_path))) == []


WORKS = [work("low1999", "Low"), work("weir2001", "Weir", 2001)]


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        (("Low", "1999", "weir2001"), "'Low, 1999' is credited to 'weir2001', and names 'low1999'"),
        (("Low", "2001", "low1999"), "'Low, 2001' is credited to 'low1999', and names no listed work"),
        (("Lowe", "1999", "low1999"), "'Lowe, 1999' is credited to 'low1999', and names no listed work"),
        (("Low", "1999", ""), "'Low, 1999' is credited to no listed work, and names 'low1999'"),
    ],
)
def test_a_citation_that_is_credited_otherwise_than_it_says(tmp_path, cell, problem):
    article = ledger(tmp_path, WORKS, cited(1, "Weir", "2001", "weir2001"), cited(2, *cell))
    assert told(article) == [("citations.csv", 3, "reference_id", problem)]


def test_what_a_wrong_credit_hides_is_not_told_as_a_slip(tmp_path):
    article = ledger(
        tmp_path, WORKS, cited(1, "Weir", "2001", "weir2001"), cited(2, "Lowe", "1999", "low1999"), slips=[]
    )
    assert [fault[:3] for fault in told(article)] == [("citations.csv", 3, "reference_id")]


def test_a_ledger_in_which_nobody_is_credited_leaves_it_to_the_names(tmp_path):
    article = ledger(tmp_path, WORKS, cited(1, "Weir", "2001"), cited(2, "Low", "1999"), slips=[])
    assert told(article) == []


TWINS = [
    work("lowa", "Low", title="Mills"),
    work("lowb", "Low", title="Forums"),
    work("weir2001", "Weir", 2001, title="Dams"),
]
LETTERS = [work("lowa", "Low", "1999a"), work("lowb", "Low", "1999b"), work("weir2001", "Weir", 2001)]


@pytest.mark.parametrize("works", [TWINS, LETTERS], ids=["two of one year", "letters left out"])
@pytest.mark.parametrize("credit", ["lowa", "lowb", ""])
def test_a_citation_that_can_mean_several_works_is_credited_to_any_or_none(tmp_path, works, credit):
    one, other = cited(1, "Low", "1999", credit), cited(2, "Weir", "2001", "weir2001")
    assert told(ledger(tmp_path, works, one, other, slips=[])) == []


def test_a_citation_that_can_mean_several_works_means_none_but_those(tmp_path):
    article = ledger(tmp_path, TWINS, cited(1, "Low", "1999", "weir2001"))
    assert told(article)[0][3] == "'Low, 1999' is credited to 'weir2001', and names 'lowa' or 'lowb'"


NAMED = [work("dept2010", "Department for Mills", 2010), work("weir2001", "Weir", 2001)]
SHORT = (
    cited(1, "DM", "2010", "dept2010"),
    cited(2, "Weir", "2001", "weir2001"),
    cited(3, "DM", "2010", "dept2010", "3 9 1"),
)


def test_what_a_reader_knows_is_put_on_record(tmp_path):
    assert [fault[:3] for fault in told(ledger(tmp_path / "a", NAMED, *SHORT))] == [
        ("citations.csv", 2, "reference_id"),
        ("citations.csv", 4, "reference_id"),
    ]
    reading = slip(1, "credit by reading", 'the text says in section 2 that "DM, 2010" is dept2010')
    article = ledger(tmp_path / "b", NAMED, *SHORT, slips=[reading])
    assert told(article) == []
    # The audit goes by it.
    assert audit_ledger(article) == ()


@pytest.mark.parametrize(
    "reading",
    [
        slip(1, "credit by reading", "DM, 2010 is dept2010"),
        slip(1, "credit by reading", '"DM, 2010" is dept2010a'),
        slip(1, "credit by reading", '"DM, 2010" is dept2010', "2 9 2"),
    ],
    ids=["no quotation marks", "another work", "another sentence"],
)
def test_a_reading_that_is_not_of_the_citation_changes_nothing(tmp_path, reading):
    faults = told(ledger(tmp_path, NAMED, *SHORT, slips=[reading]))
    assert [fault[:3] for fault in faults] == [
        ("citations.csv", 2, "reference_id"),
        ("citations.csv", 4, "reference_id"),
        ("slips.csv", 2, "description"),
    ]


def test_a_reading_of_what_the_citation_says_anyway(tmp_path):
    rows = cited(1, "Low", "1999", "low1999"), cited(2, "Weir", "2001", "weir2001")
    article = ledger(tmp_path, WORKS, *rows, slips=[slip(1, "credit by reading", '"Low, 1999" is low1999')])
    ((file, line, column, problem),) = told(article)
    assert (file, line, column) == ("slips.csv", 2, "description")
    assert problem.endswith("no citation of its sentence that it quotes is credited otherwise than it says")


def test_citations_by_number(tmp_path):
    works = [WORKS[1], WORKS[0]]
    rows = cited(1, "[1]", "", "weir2001"), cited(2, "2", "", "low1999")
    article = ledger(tmp_path / "a", works, *rows, slips=[])
    assert told(article) == []
    assert [finding.kind for finding in audit_ledger(article)] == []
    article = ledger(tmp_path / "b", works, rows[0], cited(2, "2", "", "weir2001"))
    assert told(article)[0][3] == "'2' is credited to 'weir2001', and names 'low1999'"
    article = ledger(tmp_path / "c", works, *rows, cited(3, "3", ""), slips=[])
    assert [fault[:3] for fault in told(article)] == [("citations.csv", 4, "cited_as")]


UNLISTED = (cited(1, "Low", "1999", "low1999"), cited(2, "Weir", "2001", "weir2001"), cited(3, "Oak", "2002"))


def test_a_slip_that_is_found_and_not_on_record(tmp_path):
    # Without slips.csv nobody says which there are.
    assert told(ledger(tmp_path / "a", WORKS, *UNLISTED)) == []
    ((file, line, column, problem),) = told(ledger(tmp_path / "b", WORKS, *UNLISTED, slips=[]))
    assert (file, line, column) == ("citations.csv", 4, "cited_as")
    assert problem == (
        'cited, not listed: "Oak, 2002" is cited; no work under that name and year is listed, '
        "and slips.csv has no such slip for section 2, paragraph 9, sentence 1"
    )


@pytest.mark.parametrize("kind", [CITED_NOT_LISTED, CITED_NOT_LISTED + AS_MEANT])
@pytest.mark.parametrize("marks", ['""', "“”"])
def test_a_slip_on_record(tmp_path, kind, marks):
    record = slip(1, kind, f"{marks[0]}Oak, 2002{marks[1]}, an old tree")
    assert told(ledger(tmp_path, WORKS, *UNLISTED, slips=[record])) == []


def test_each_of_two_slips_in_one_sentence_is_on_record(tmp_path):
    rows = (*UNLISTED, cited(4, "Elm", "2003"))
    both = slip(1, CITED_NOT_LISTED, '"Oak, 2002" and "Elm, 2003" are cited')
    assert told(ledger(tmp_path / "a", WORKS, *rows, slips=[both])) == []
    one = slip(1, CITED_NOT_LISTED, '"Oak, 2002" is cited')
    assert [fault[:3] for fault in told(ledger(tmp_path / "b", WORKS, *rows, slips=[one]))] == [
        ("citations.csv", 5, "cited_as")
    ]


@pytest.mark.parametrize(
    ("kind", "description", "place"),
    [
        (CITED_NOT_LISTED, '"Low, 1999" is cited', "2 9 1"),
        (CITED_NOT_LISTED + AS_MEANT, '"Low, 1999" is cited', "2 9 1"),
        (LISTED_NOT_CITED, '"Low, A. (1999)" is listed', "references 1 1"),
        (ORDER, '"Low, A. (1999)" stands here', "references 1 1"),
        (NO_YEAR, '"Low" has none', "2 9 1"),
        ("incomplete entry", "no issue", "references 1 1"),
    ],
)
def test_a_slip_that_is_on_record_and_not_found(tmp_path, kind, description, place):
    rows = cited(1, "Low", "1999", "low1999"), cited(2, "Weir", "2001", "weir2001")
    records = [slip(1, "an odd word", "whatever"), slip(2, kind, description, place)]
    ((file, line, column, problem),) = told(ledger(tmp_path, WORKS, *rows, slips=records))
    assert (file, line, column) == ("slips.csv", 3, "kind")
    assert problem.startswith(f"{kind}: the records show no such slip at section ")


def test_slips_of_the_list_are_told_at_its_entries(tmp_path):
    works = [work("weir2001", "Weir", 2001), work("low1999", "Low"), work("oak2002", "Oak", 2002)]
    rows = cited(1, "Low", "1999", "low1999"), cited(2, "Weir", "2001", "weir2001")
    faults = told(ledger(tmp_path, works, *rows, slips=[]))
    assert [(*fault[:3], fault[3].partition(":")[0]) for fault in faults] == [
        ("references.csv", 4, "reference_id", LISTED_NOT_CITED),
        ("references.csv", 2, "reference_id", ORDER),
    ]


# Quotations of one passage.
LONG = "a process of turning mills into places and putting these places to use"


@pytest.mark.parametrize(
    ("other", "apart"),
    [
        ("a process of turning mills into places and putting those places to use", "'these', there 'those'"),
        ("a process of turning mills into places and putting places to use", "'these', there 'nothing'"),
        ("Turning old mills into places, and putting these places to use.", "'nothing', there 'old'"),
        (f"{LONG}d", "'use', there 'used'"),
        (LONG, ""),
        ("turning mills into places", ""),
        (f"it is {LONG} again", ""),
        ("a process of turning mills into places (...) putting these places to use", ""),
        ("[the] process of turning mills into places and putting these places to use", ""),
        ("A process of turning “mills” into places, and putting these places to use", ""),
        ("a process of thought", ""),
        ("of mills and places to use, and of putting a process into turning these", ""),
    ],
)
def test_two_wordings_of_one_passage(tmp_path, other, apart):
    article = ledger(tmp_path, WORKS, literature=[quoted(1, LONG, "1 9 1"), quoted(2, other, "2 9 1")])
    found = [one for one in slips_of(article) if one.kind == "two wordings of one quotation"]
    assert [one.text for one in found] == (
        [f"the words of Low have here {apart} (section 2, paragraph 9, sentence 1)"] if apart else []
    )
    assert [(one.where, one.also_in) for one in found] == [("section 1, paragraph 9, sentence 1", "2")] * bool(apart)


def test_another_work_is_another_passage(tmp_path):
    texts = [quoted(1, LONG, "1 9 1"), quoted(2, LONG.replace("these", "those"), "2 9 1", "weir2001")]
    assert [one for one in slips_of(ledger(tmp_path, WORKS, literature=texts)) if "wordings" in one.kind] == []


def test_two_wordings_are_on_record_with_both_sections(tmp_path):
    texts = [quoted(1, LONG, "1 7 1"), quoted(2, LONG.replace("these", "those"), "2 7 1"), quoted(3, LONG, "3 7 1")]
    rows = cited(1, "Low", "1999", "low1999"), cited(2, "Weir", "2001", "weir2001")
    kind = "two wordings of one quotation"
    record = slip(1, kind, "these and those", "1 7 1", "2")
    assert told(ledger(tmp_path / "a", WORKS, *rows, literature=texts, slips=[record])) == []
    half = slip(1, kind, "these and those", "1 7 1")
    assert [fault[:3] for fault in told(ledger(tmp_path / "b", WORKS, *rows, literature=texts, slips=[half]))] == [
        ("literature.csv", 2, "text"),
        ("slips.csv", 2, "kind"),
    ]


# Entries that lack what most of their type have.
JOURNAL = {"type_": "article-journal", "container-title": "Mills", "volume": "3"}
LIST = [
    work("ash2001", "Ash", 2001, **JOURNAL, issue="1"),
    work("elm2002", "Elm", 2002, **JOURNAL, issue="1", DOI="10.1000/1"),
    work("low1999", "Low", **{**JOURNAL, "volume": "4"}),
    work("oak2003", "Oak", 2003, "webpage", URL="https://oak.example", accessed={"literal": "3 May"}),
]


def test_entries_that_lack_what_most_of_their_type_have(tmp_path):
    found = [one for one in slips_of(ledger(tmp_path, LIST)) if one.kind == "incomplete entry"]
    assert [(one.where, one.text) for one in found] == [
        (
            "section references, paragraph 3, sentence 1",
            "low1999 has no issue, as most of the type article-journal have",
        ),
        ("section references, paragraph 4, sentence 1", 'oak2003: accessed, "3 May", has no year'),
    ]


def test_an_incomplete_entry_on_record_says_what_it_lacks(tmp_path):
    rows = [
        cited(place, one["author"][0]["family"], str(one["issued"]["date-parts"][0][0]), one["id"])
        for place, one in enumerate(LIST)
    ]
    records = [
        slip(1, "incomplete entry", "a journal article without issue", "references 3 1"),
        slip(2, "incomplete entry", 'read on "3 May", of no year', "references 4 1"),
    ]
    assert told(ledger(tmp_path / "a", LIST, *rows, slips=records)) == []
    records[0] = slip(1, "incomplete entry", "a journal article without volume", "references 3 1")
    assert [fault[:3] for fault in told(ledger(tmp_path / "b", LIST, *rows, slips=records))] == [
        ("references.csv", 4, "reference_id"),
        ("slips.csv", 2, "kind"),
    ]


def test_a_ledger_without_citations_keeps_the_slips_of_its_list(tmp_path):
    ledger(tmp_path, LIST, slips=[])
    (tmp_path / "citations.csv").unlink()
    assert [fault[:2] for fault in told(open_article(tmp_path))] == [("references.csv", 4), ("references.csv", 5)]


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(citation_audit) == (0, doctest.testmod(citation_audit).attempted)
