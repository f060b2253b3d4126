import doctest
import itertools
import json
import random
import re
import shutil
import unicodedata
from dataclasses import replace
from pathlib import Path

import hypothesis.strategies as st
import pytest
from click.testing import CliRunner
from hypothesis import given

from lepanalysis import citation_audit as audits
from lepanalysis import citing_names, citing_words
from lepanalysis.article import open_article
from lepanalysis.citation_audit import (
    AMBIGUOUS,
    AMPERSAND,
    AMPERSAND_OUTSIDE,
    AND,
    AND_OUTSIDE,
    CITED_NOT_LISTED,
    COMPUTABLE_KINDS,
    KINDS,
    LISTED_NOT_CITED,
    LISTED_TWICE,
    NEAR,
    NO_PAGE,
    NO_YEAR,
    ORDER,
    audit,
    audit_ledger,
)
from lepanalysis.citing import citations_in
from lepanalysis.citing_entries import entry_of, from_csl
from lepanalysis.citing_lists import references_in
from lepanalysis.citing_matches import matches
from lepanalysis.cli_citations import citations as command

LEDGER = Path(__file__).resolve().parent.parent / "data" / "article"


def found(text, *entries, **options):
    """What an audit of a text against entries finds, as kind and text."""
    listed = [replace(entry_of(entry), where=f"{place}:1") for place, entry in enumerate(entries, 1)]
    return [(one.kind, one.text) for one in audit(citations_in(text), listed, **options)]


def kinds(text, *entries, **options):
    return [kind for kind, _ in found(text, *entries, **options)]


OAKES = "Oakes, J. (2001). On trees."
PENN = "Penn, K., & Reed, L. (2002). On rivers."
THREE = "Ash, A., Birch, B., & Cedar, C. (2003). On forests."


def test_all_is_well():
    assert (
        found(
            "(Oakes, 2001; Penn & Reed, 2002). Ash et al. (2003) and Ash, Birch, and Cedar (2003).", OAKES, PENN, THREE
        )
        == []
    )


def test_cited_and_not_listed_listed_and_not_cited():
    assert found("As shown (Oakes, 2001; Sands, 2004), and Sands (2004) again.", OAKES, PENN) == [
        (CITED_NOT_LISTED, '"Sands, 2004" is cited; no work under that name and year is listed'),
        (CITED_NOT_LISTED, '"Sands (2004)" is cited; no work under that name and year is listed'),
        (LISTED_NOT_CITED, '"Penn, K., & Reed, L. (2002)" is listed; no citation has that name and year'),
    ]


def test_where_a_finding_stands():
    text = "As shown\n(Sands, 2004)."
    first, second = audit(citations_in(text), references_in("\n- Oakes, J. (2001). On trees.\n"))
    assert (first.where, second.where) == ("2:2", "2:3")


@pytest.mark.parametrize(
    ("cited", "entry", "difference"),
    [
        ("Harmakorpi & Lund, 2005", "Harmakorpo, V., & Lund, H. (2005). A.", "the names differ by a letter"),
        ("Lund & Harmakorpi, 2005", "Lund, H., & Harmakorpo, V. (2005). A.", "the names differ by a letter"),
        ("Weikert, 2005", "Wiekert, V. (2005). A.", "two letters changed places"),
        ("Van Rijkssen et al., 2005", "Van Rijkns, J., Oakes, R., & Penn, R. (2005). A.", "the names begin alike"),
        ("Weik, 2005", "Weikert, V. (2005). A.", "one name is the beginning of the other"),
        ("Moller, 2005", "Möller, V. (2005). A.", "the names differ in accents, hyphens or particles alone"),
        ("Oakes, 2005", OAKES, "the years differ"),
        ("Penn & Reed, 2005", PENN, "the years differ"),
        ("Oakes, 2001a", OAKES, "the letters of the years differ"),
        ("Reed & Penn, 2002", PENN, "the names stand in another order"),
        ("Penn, 2002", PENN, "the first author is the same, the others differ"),
        ("Penn & Sands, 2002", PENN, "the first author is the same, the others differ"),
        ("Penn et al., 2002", PENN, '"et al." stands for several more authors; the entry has 2'),
        ("E. Oakes, 2001", OAKES, "the initials differ"),
        ("WOO, 2005", "World Oak Organization (2005). A.", "one may be short for the other"),
        ("World Oak Organization, 2005", "WOO (2005). A.", "one may be short for the other"),
    ],
)
def test_what_looks_alike_is_said_and_never_paired(cited, entry, difference):
    listed = entry_of(entry)
    one, other, near = found(f"({cited})", entry)
    assert (one[0], other[0]) == (CITED_NOT_LISTED, LISTED_NOT_CITED)
    assert near == (NEAR, f'"{cited}" is cited and "{listed.shown}" is listed: {difference}')


def test_a_near_match_that_can_be_another_is_ambiguous():
    entries = ["Weckert, M. (2006). A.", "Weikert, K. E., & Oakes, K. H. (1993). B."]
    text = "It is so (Weikert & Oakes, 1993), and so (Weikert, 2006)."
    (near,) = [said for kind, said in found(text, *entries) if kind == NEAR]
    assert near == (
        '"Weikert, 2006" is cited and "Weckert, M. (2006)" is listed: the names differ by a letter; '
        'ambiguous, since "Weikert, K. E., & Oakes, K. H. (1993)" is listed too'
    )
    said = [
        said for kind, said in found("(Oakes, 2003)", "Oakes, J. (2001). A.", "Oakes, J. (2002). B.") if kind == NEAR
    ]
    assert all("ambiguous, since" in text for text in said)
    assert len(said) == 2


def test_what_looks_like_nothing_has_no_near_match():
    assert kinds("(Li, 2001; Sands, 2001)", "Lu, J. (2001). A.") == [
        CITED_NOT_LISTED,
        CITED_NOT_LISTED,
        LISTED_NOT_CITED,
    ]


def test_a_near_match_that_is_cited_often_is_said_once():
    near = [said for kind, said in found("(Weikert, 2006), (Weikert, 2006)", "Weckert, M. (2006). A.") if kind == NEAR]
    assert near == [
        '"Weikert, 2006" is cited and "Weckert, M. (2006)" is listed: the names differ by a letter (cited so 2 times)'
    ]


@pytest.mark.parametrize(
    ("cited", "entry"),
    [
        ("VAN OAKEN, 2001", "van Oaken, J. (2001). A."),
        ("van Oaken, 2001", "Oaken, J. van (2001). A."),
        ("O’Sands, 2001", "O'Sands, S. (2001). A."),
        ("Heikkilä, 2001", unicodedata.normalize("NFD", "Heikkilä, J. (2001). A.")),
        ("U. Oakes & E. Oakes, 2001", "Oakes, U., & Oakes, E. (2001). A."),
        ("Oakes & Oakes, 2001", "Oakes, U., & Oakes, E. (2001). A."),
        ("Oakes, N.D.", "Oakes, U. (n.d.). A."),
        ("Oakes, 1976", "Oakes, U. (1776/1976). A."),
        ("Royal Oaks, 2001", "The Royal Oaks (2001). A."),
        ("Department for Oak, Pine & Ash, 2001", "Department for Oak, Pine & Ash. (2001). A."),
        ("World Oak Organization [WOO], 2001; WOO, 2001", "World Oak Organization (2001). A."),
        ("Johnson & Johnson, 2001", "Johnson & Johnson. (2001). A."),
        ("Ash, Birch, et al., 2001", "Ash, A., Birch, B., Cedar, C., & Elm, D. (2001). A."),
        ("Ash et al., 2001", "Ash, A., et al. (2001). A."),
        ("Oakes & Penn, 2001", "Oakes, I., & Penn, D. (Eds.). (2001). A."),
    ],
)
def test_what_is_the_same_in_another_writing(cited, entry):
    assert found(f"({cited})", entry) == []


def test_a_given_name_in_the_sentence_is_no_difference():
    assert found("Jane Oakes (2001) says", OAKES) == []
    assert kinds("Mary Oakes (2001) says", OAKES)[0] == CITED_NOT_LISTED


def test_two_works_that_a_citation_can_mean():
    twins = ["Oakes, J. (2001). On oaks.", "Oakes, J. (2001). On elms."]
    assert found("(Oakes, 2001; Oakes, 2001)", *twins) == [
        (
            AMBIGUOUS,
            '"Oakes, 2001" can mean "Oakes, J. (2001)", "On oaks" or "Oakes, J. (2001)", "On elms" (cited so 2 times)',
        )
    ]
    assert kinds("(Ash et al., 2003)", THREE, "Ash, A., Oakes, J., & Penn, K. (2003). B.") == [AMBIGUOUS]
    assert kinds("(Oakes, 2001)", "Oakes, J. (2001a). A.", "Oakes, J. (2001b). B.") == [AMBIGUOUS]
    assert found("(Oakes, 2001a, b)", "Oakes, J. (2001a). A.", "Oakes, J. (2001b). B.") == []
    assert found("(J. Oakes, 2001; K. Oakes, 2001)", "Oakes, J. (2001). A.", "Oakes, K. (2001). B.") == []


def test_a_work_that_is_listed_twice():
    assert found("(Oakes, 2001)", OAKES, PENN.replace("2002", "2001"), "OAKES, J. (2001). On Trees!") == [
        (LISTED_NOT_CITED, '"Penn, K., & Reed, L. (2001)" is listed; no citation has that name and year'),
        (LISTED_TWICE, '"OAKES, J. (2001)" is listed also at 1:1'),
    ]


def test_and_in_brackets():
    mixed = "(Penn & Reed, 2002; Ash, Birch, & Cedar, 2003), (Penn and Reed, 2002). Penn and Reed (2002) say"
    assert found(mixed, PENN, THREE) == [(AND, '"Penn and Reed, 2002" has "and" in brackets, where others have "&"')]
    other = "(Penn and Reed, 2002; Ash, Birch, and Cedar, 2003), (Penn & Reed, 2002)"
    assert found(other, PENN.replace("&", "and"), THREE) == [
        (AMPERSAND, '"Penn & Reed, 2002" has "&" in brackets, where others have "and"')
    ]
    # One way throughout is a style.
    assert found("(Penn and Reed, 2002; Ash, Birch, and Cedar, 2003)", PENN, THREE) == []


def test_and_outside_brackets():
    mixed = "Penn and Reed (2002), Ash, Birch, and Cedar (2003), and Penn & Reed (2002) say so (Penn & Reed, 2002)."
    assert found(mixed, PENN, THREE) == [
        (AMPERSAND_OUTSIDE, '"Penn & Reed (2002)" has "&" outside brackets, where others have "and"')
    ]
    other = "Penn & Reed (2002), Penn & Reed (2002); Ash, Birch, and Cedar (2003) say so."
    assert found(other, PENN, THREE) == [
        (AND_OUTSIDE, '"Ash, Birch, and Cedar (2003)" has "and" outside brackets, where others have "&"')
    ]
    # One of each says nothing of the rest.
    assert found("Penn & Reed (2002); Ash, Birch, and Cedar (2003) say so.", PENN, THREE) == []
    assert (
        found("(Department for Oak and Pine, 2002; Penn & Reed, 2002)", PENN, "Department for Oak and Pine (2002). A.")
        == []
    )


def test_quotations_need_a_page_where_the_caller_says_so():
    text = '"So it is" (Oakes, 2001), "so be it" (Penn & Reed, 2002, p. 3)'
    assert found(text, OAKES, PENN) == []
    assert found(text, OAKES, PENN, quoting=(0, 1)) == [(NO_PAGE, '"Oakes, 2001" credits a quotation without a page')]


def test_an_entry_without_a_year():
    assert found("(Penn & Reed, 2002)", "Oakes, J. On trees.", PENN) == [
        (LISTED_NOT_CITED, '"Oakes, J. (no year)" is listed; no citation has that name and year'),
        (NO_YEAR, '"Oakes, J. (no year)" is listed without a year behind the names'),
    ]
    assert kinds("(Oakes, n.d.)", "Oakes, J. (n.d.). On trees.") == []
    without = replace(citations_in("(Oakes, 2001)")[0], year="")
    assert [one.kind for one in audit([without], [])] == [CITED_NOT_LISTED, NO_YEAR]


@pytest.mark.parametrize(
    ("families", "misplaced"),
    [
        (["Ash", "Birch", "Cedar"], []),
        (["Ash", "Cedar", "Birch", "Elm"], ["Birch"]),
        (["Ash", "Inn", "Fir", "Jay", "Kea"], ["Fir"]),
        (["Möller", "Moore", "Muir"], []),
        (["O'Donnell", "Oaken", "Odling"], ["O'Donnell"]),
        (["Oakes", "van Penn", "Vance", "Wood"], []),
        (["Oakes", "van Penn", "Quinn", "Wood"], []),
        (["Martin", "Martin-de-Penn", "Martins"], []),
        (["Ash", "Ash", "Birch"], []),
        (["The Birch Society", "Cedar"], []),
        ([], []),
    ],
)
def test_order_of_the_list(families, misplaced):
    works = from_csl([{"author": [{"family": name}], "issued": {"date-parts": [[2001]]}} for name in families])
    said = [one.text for one in audit((), works, order=True) if one.kind == ORDER]
    assert [text.split(" (")[0].strip('"') for text in said] == misplaced
    assert not any(one.kind == ORDER for one in audit((), works))


@given(st.lists(st.sampled_from(["Ash", "Birch", "Cedar", "Elm", "Fir"]), max_size=8))
def test_the_fewest_entries_are_out_of_order(families):
    works = from_csl([{"author": [{"family": name}], "issued": {"date-parts": [[2001]]}} for name in families])
    misplaced = [one for one in audit((), works, order=True) if one.kind == ORDER]
    rows = [row for size in range(len(families) + 1) for row in itertools.combinations(families, size)]
    longest = max(len(row) for row in rows if list(row) == sorted(row))
    assert len(misplaced) == len(families) - longest


def test_the_order_finding_names_its_neighbours():
    (said,) = [text for kind, text in found("", OAKES, "Fir, F. (2002). F.", PENN, order=True) if kind == ORDER]
    assert said == (
        '"Fir, F. (2002)" is listed after "Oakes, J. (2001)" and before "Penn, K., & Reed, L. (2002)", '
        "out of alphabetical order"
    )


def test_matches_are_places_in_the_list():
    cited = citations_in("(Penn & Reed, 2002; Sands, 2001; Oakes, 2001)")
    assert matches(cited, [entry_of(OAKES), entry_of(PENN)]) == ((1,), (), (0,))


def test_an_audit_of_nothing():
    assert audit((), ()) == ()
    assert audit((), [entry_of("")]) != ()


NAMES = ["Oakes", "Oaks", "Penn", "van Reed", "O'Sands", "Möller", "Moller", "Heikkilä"]
entries = st.tuples(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4), st.integers(2000, 2003))


def as_entry(work):
    names = [f"{name}, {name[-1].upper()}." for name in work[0]]
    return f"{', & '.join(filter(None, [', '.join(names[:-1]), names[-1]]))} ({work[1]}). On {work[0][0]}."


def as_citation(work):
    names = work[0]
    return (
        f"{', '.join(names[:-1])}{',' if len(names) > 2 else ''} & {names[-1]}, {work[1]}"
        if len(names) > 1
        else f"{names[0]}, {work[1]}"
    )


def said(text, listed):
    """What an audit says, without the places, and without what depends on which of two is first."""
    return sorted(
        (one.kind, one.text)
        for one in audit(citations_in(text), listed)
        if one.kind not in {NEAR, AMBIGUOUS, LISTED_TWICE}
    )


@given(st.lists(entries, max_size=5), st.lists(entries, max_size=5), st.randoms(use_true_random=False))
def test_order_white_space_and_composition_do_not_matter(cited, listed, chance):
    text = f"({'; '.join(map(as_citation, cited))})"
    works = [entry_of(as_entry(work)) for work in listed]
    expected = said(text, works)
    shuffled = chance.sample(works, len(works))
    assert said(text, shuffled) == expected
    assert said(f"({'; '.join(map(as_citation, chance.sample(cited, len(cited))))})", works) == expected
    assert said(text.replace(" ", "\n  "), works) == expected
    apart = [entry_of(unicodedata.normalize("NFD", as_entry(work)).replace(" ", "\n")) for work in listed]
    assert said(unicodedata.normalize("NFD", text), apart) == expected


@given(st.lists(entries, min_size=1, max_size=8))
def test_a_list_that_is_cited_whole_leaves_nothing_open(works):
    text = f"({'; '.join(map(as_citation, works))})"
    kinds_found = {one.kind for one in audit(citations_in(text), [entry_of(as_entry(work)) for work in works])}
    # The same names in one year are one work here, since the title follows from the first name.
    assert kinds_found <= {LISTED_TWICE}


def test_many_citations_of_nothing_that_is_listed_do_not_take_their_product():
    chance = random.Random(1)  # noqa: S311 - names, no secrets
    names = ["".join(chance.choices("abcdefgh", k=8)).capitalize() for _ in range(3000)]
    cited = citations_in(" ".join(f"({name}, 2001)" for name in names[:1500]))
    listed = from_csl([{"author": [{"family": name}], "issued": {"raw": "2001"}} for name in names[1500:]])
    assert len([one for one in audit(cited, listed) if one.kind == CITED_NOT_LISTED]) == 1500


# The ledger of the article.
def placed(slip):
    return f"section {slip['section']}, paragraph {slip['paragraph']}, sentence {slip['sentence']}"


def test_the_audit_of_the_ledger_and_its_recorded_slips_say_the_same():
    article = open_article(LEDGER)
    findings = audit_ledger(article)
    slips = article.slips.frame.to_dict("records")
    recorded = [slip for slip in slips if slip["kind"] in COMPUTABLE_KINDS]
    assert {slip["kind"] for slip in recorded} >= {CITED_NOT_LISTED, LISTED_NOT_CITED, AND, ORDER}
    named = {(one.kind, one.where, one.text.split('"')[1]) for one in findings}
    for slip in recorded:
        assert any(
            (kind, where) == (slip["kind"], placed(slip)) and name in slip["description"] for kind, where, name in named
        ), slip
    kinds_recorded = {slip["kind"] for slip in recorded}
    for kind, where, name in named:
        if kind in kinds_recorded:
            assert any(
                (kind, where) == (slip["kind"], placed(slip)) and name in slip["description"] for slip in recorded
            ), name


def test_what_the_audit_of_the_ledger_finds():
    by_kind = {kind: [] for kind in KINDS}
    for one in audit_ledger(open_article(LEDGER)):
        by_kind[one.kind].append(one.text)
    assert [text.split('"')[1] for text in by_kind[CITED_NOT_LISTED]] == [
        "Harmaakorpia & Melkas, 2005",
        "Van Reijssen, Helms, Batenburg, and Foothuis (2015)",
        "van Reijssen et al., 2015",
        "Weick, 2006",
    ]
    assert [(text.split('"')[1], text.split('"')[3], "ambiguous" in text) for text in by_kind[NEAR]] == [
        ("Harmaakorpia & Melkas, 2005", "Harmaakorpio, V., & Melkas, H. (2005)", False),
        (
            "Van Reijssen, Helms, Batenburg, and Foothuis (2015)",
            "Van Reijns, J., Helms, R., Batenburg, R., & Foothuis, R. (2015)",
            False,
        ),
        ("van Reijssen et al., 2015", "Van Reijns, J., Helms, R., Batenburg, R., & Foothuis, R. (2015)", False),
        ("Weick, 2006", "Weck, M. (2006)", True),
    ]
    assert {kind: len(texts) for kind, texts in by_kind.items()} == {
        CITED_NOT_LISTED: 4,
        LISTED_NOT_CITED: 3,
        NEAR: 4,
        AMBIGUOUS: 0,
        AND: 3,
        AMPERSAND: 0,
        AND_OUTSIDE: 0,
        AMPERSAND_OUTSIDE: 0,
        NO_PAGE: 15,
        NO_YEAR: 0,
        LISTED_TWICE: 0,
        ORDER: 1,
    }


def test_the_works_that_the_ledger_names_for_its_citations_are_those_that_their_names_say():
    article = open_article(LEDGER)
    rows = article.table("citations").frame.to_dict("records")
    references = from_csl(article.references)
    found_ = matches([audits._recorded(row) for row in rows], references)
    ids = [";".join(references[place].id for place in places) for places in found_]
    assert ids == [row["reference_id"] for row in rows]


def test_every_printed_entry_is_read_as_its_record_says():
    records = json.loads((LEDGER / "references.json").read_text(encoding="utf-8"))
    for work in from_csl(records):
        read = entry_of(f"{work.shown}. {work.title}.")
        assert (read.authors, read.year) == (work.authors, work.year)


def test_a_ledger_without_quotations_or_citations(tmp_path):
    folder = Path(shutil.copytree(LEDGER, tmp_path / "article"))
    (folder / "literature.csv").unlink()
    (folder / "verdicts.csv").unlink(missing_ok=True)
    assert not [one for one in audit_ledger(open_article(folder)) if one.kind == NO_PAGE]
    (folder / "citations.csv").unlink()
    assert [one.kind for one in audit_ledger(open_article(folder))] == [ORDER]


# The command.
A_LETTER = "the names differ by a letter"
PAPER = """\
Introduction

It is so (Oakes, 2001; Weikert, 2006).

References

Fir, F. (2002). On firs.

Oakes, J. (2001). On trees.

Weckert, M. (2006). On weeds.
"""


def run(*arguments):
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


@pytest.fixture
def paper(tmp_path):
    path = tmp_path / "paper.txt"
    path.write_text(PAPER, encoding="utf-8")
    return path


def test_the_command_over_a_text_with_its_list(paper):
    done = run(paper)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        f'{paper}:3:24: cited, not listed: "Weikert, 2006" is cited; no work under that name and year is listed',
        f'{paper}:7:1: listed, not cited: "Fir, F. (2002)" is listed; no citation has that name and year',
        f'{paper}:11:1: listed, not cited: "Weckert, M. (2006)" is listed; no citation has that name and year',
        f'{paper}:3:24: near match: "Weikert, 2006" is cited and "Weckert, M. (2006)" is listed: {A_LETTER}',
    ]
    assert done.stderr == "2 citations, 3 works listed: 1 cited, not listed, 2 listed, not cited, 1 near match\n"


def test_the_command_as_json(paper):
    record = json.loads(run(paper, "--json").stdout)
    assert record["counts"] == {
        "citations": 2,
        "references": 3,
        "findings": {CITED_NOT_LISTED: 1, LISTED_NOT_CITED: 2, NEAR: 1},
    }
    assert record["findings"][0] == {
        "kind": CITED_NOT_LISTED,
        "text": '"Weikert, 2006" is cited; no work under that name and year is listed',
        "where": f"{paper}:3:24",
    }


def test_the_command_with_a_list_of_its_own(paper, tmp_path):
    records = [
        {"id": name.casefold(), "author": [{"family": name}], "issued": {"date-parts": [[year]]}}
        for name, year in (("Weikert", 2006), ("Oakes", 2001))
    ]
    for value in (records, {"items": records}):
        (tmp_path / "list.json").write_text(json.dumps(value), encoding="utf-8")
        done = run(paper, "--references", tmp_path / "list.json")
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr == "2 citations, 2 works listed: nothing to report\n"
    done = run(paper, "--references", tmp_path / "list.json", "--order")
    assert done.stdout.startswith(f"{tmp_path / 'list.json'}, work 2, oakes: order of the list: ")
    (tmp_path / "list.txt").write_bytes(b"Oakes, J. (2001). On trees.\r\nWeikert, M. (2006). On weeds.\r\n")
    assert run(paper, "--references", tmp_path / "list.txt").exit_code == 0


@pytest.mark.parametrize(
    ("content", "said_"),
    [
        ("{", "not JSON here"),
        ("3", "not a list of works"),
        ("[3]", "not a list of works"),
        ("[]", "no entry of a reference list in it"),
        ("[" * 100_000, "not JSON here"),
    ],
)
def test_a_list_at_fault(paper, tmp_path, content, said_):
    (tmp_path / "list.json").write_text(content, encoding="utf-8")
    done = run(paper, "--references", tmp_path / "list.json")
    assert done.exit_code == 1
    assert said_ in done.stderr


def test_a_text_at_fault(tmp_path, monkeypatch):
    assert "there is no such file" in run(tmp_path / "none.txt").stderr
    path = tmp_path / "text.txt"
    path.write_text("Nothing (Oakes, 2001).", encoding="utf-8")
    assert "no heading such as References" in run(path).stderr
    path.write_bytes(b"\xff\xfe")
    done = run(path)
    assert (done.exit_code, "not UTF-8" in done.stderr) == (1, True)
    path.write_bytes(b"a\x00b")
    assert "NUL" in run(path).stderr
    monkeypatch.setattr("lepanalysis.cli_citations.LARGEST", 2)
    assert "larger than" in run(path).stderr
    both = run(tmp_path / "none.txt", "--references", tmp_path / "none.json").stderr
    assert both.count("there is no such file") == 2


def test_signs_that_a_terminal_would_obey_are_not_passed_on(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("It is so.\n\nReferences\n\nOa\x1b[31mkes (2001). On trees.\n", encoding="utf-8")
    done = run(path)
    assert done.exit_code == 1
    assert "\x1b" not in done.output


def test_the_code_in_the_documentation_runs():
    page = (LEDGER.parent.parent / "docs" / "citations.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    exec(compile(block, "docs/citations.md", "exec"), {})  # noqa: S102 - our own page
    assert {kind for kind in KINDS if f"| {kind} |" in page} == set(KINDS) - {AMPERSAND, AND_OUTSIDE}


@pytest.mark.parametrize("module", [citing_names, citing_words])
def test_the_examples_in_the_docstrings_hold(module):
    assert doctest.testmod(module) == (0, doctest.testmod(module).attempted)
