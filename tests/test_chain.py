"""The chain from a printed thing to what it was made from."""

import json
import re
import shutil

import pytest
from click.testing import CliRunner
from projects import ROOT

from lepanalysis.chain import as_text, chain_of
from lepanalysis.cli import main
from lepanalysis.faults import UsageError
from lepanalysis.tables import sha256_of


def test_a_number_leads_to_its_cell_and_to_the_file_it_was_counted_in(built):
    chain = chain_of("n-messages", built)
    assert chain["printed"] == "131"
    assert chain["exhibit"]["class"] == "stand-in"
    assert chain["cell"] == {"number": 6, "id": "size"}
    (source,) = chain["inputs"]
    assert (source["table"], source["records"]) == ("messages", 131)
    assert source["sha256"] == sha256_of((ROOT / "data/standin/messages.csv").read_bytes())
    assert chain["parameters"]["period"] == "week"


def test_a_quotation_leads_to_the_one_record_of_the_ledger(built):
    (source,) = chain_of("q-15", built)["inputs"]
    assert (source["owner"], source["table"], source["records"], source["class"]) == (
        "ledger",
        "quotations",
        1,
        "published",
    )


def test_the_digests_of_a_figure_are_those_of_its_files(built):
    files = chain_of("fig-timeline", built)["files"]
    assert sorted(files) == ["figures/fig-timeline.csv", "figures/fig-timeline.png", "figures/fig-timeline.svg"]
    assert all(sha256_of((built / file).read_bytes()) == digest for file, digest in files.items())


def test_a_figure_leads_to_the_functions_that_made_it_and_the_cells_upstream(built):
    chain = chain_of("fig-cooccurrence", built)
    modules = {function["name"]: function["module"] for function in chain["functions"]}
    assert modules["coding.cooccurrence"] == "lepanalysis.cooccurrence"
    assert modules["figures.cooccurrence"] == "lepanalysis.figures_coding"
    assert {"number": 6, "id": "numbers", "names": ["codes"]} in chain["cells"]
    assert chain["parameters_used"] == ["unit"]


def test_every_exhibit_of_the_stand_in_has_cells_and_functions(built):
    known = json.loads((built / "why.json").read_text(encoding="utf-8"))["chains"]
    assert len(known) >= 100
    assert all(chain["functions"] and chain["cells"] for chain in known.values())
    assert all(function["says"].endswith(".") for chain in known.values() for function in chain["functions"])


def test_a_quotation_leads_through_the_study_and_what_is_invented_says_so(built):
    chain = chain_of("q-21", built)
    kinds = [link["link"] for link in chain["links"]]
    assert kinds[:5] == ["record", "printed theme", "message", "participant", "thread"]
    assert {"coding", "code", "candidate theme", "theme", "decision"} <= set(kinds)
    assert all(link["says"].startswith("Invented: ") for link in chain["links"] if link["class"] == "stand-in")
    text = as_text(chain)
    assert text.count("What is marked stand-in is invented.") == 1
    assert "  stand-in     Invented: Coder A (invented) gave “place for games testing”" in text
    assert text.index("John is the code name of its writer") < text.index("What is marked stand-in is invented.")


def test_a_fact_leads_to_its_place_in_the_article(built):
    (link,) = chain_of("fact-threads", built)["links"]
    assert (link["link"], link["class"], link["section"]) == ("record", "published", "3")
    assert len(link["sentence_sha256"]) == 64


def test_the_text_says_what_it_rests_on(built):
    text = as_text(chain_of("tbl-threads", built))
    assert "prints       36 rows of Thread, Title" in text
    assert "made by      notebooks/01-corpus.ipynb, cell " in text
    assert "36 threads in threads.csv of the study" in text
    assert "out of       cell 2 (parameters): listed\n               cell 4 (open): " in text


def test_no_text_is_wider_than_a_hundred_letters(built):
    known = json.loads((built / "why.json").read_text(encoding="utf-8"))["chains"]
    assert max(len(line) for chain in known.values() for line in as_text(chain).splitlines()) <= 100


def test_what_a_terminal_obeys_is_not_printed(built):
    chain = chain_of("n-threads", built)
    assert "\x1b" not in as_text({**chain, "printed": "\x1b[2Jgone"})


@pytest.mark.parametrize(
    ("name", "id_"),
    [
        ("figures/fig-timeline.svg", "fig-timeline"),
        ("build/standin/figures/fig-timeline.csv", "fig-timeline"),
        ("tbl-threads.csv", "tbl-threads"),
        ("paper.html#why-n-messages", "n-messages"),
        ("#why-q-21", "q-21"),
        (" n-messages ", "n-messages"),
    ],
)
def test_an_exhibit_is_found_by_its_file_or_its_address_in_the_paper(built, name, id_):
    assert chain_of(name, built)["exhibit"]["id"] == id_


@pytest.mark.parametrize("called", ["Table 3", "table 3", "FIGURE 2", "Figure\u00a02"])
def test_an_exhibit_is_found_by_what_the_paper_calls_it(built, called):
    chain = chain_of(called, built)
    assert chain["exhibit"]["name"].casefold() == called.casefold().replace("\u00a0", " ")
    assert f"{chain['exhibit']['id']} ({chain['exhibit']['name']}), a {chain['exhibit']['kind']}: " in as_text(chain)


@pytest.mark.parametrize(
    "name", ["Table 999", "figures/fig-nothing.svg", "svg", "", "../figures", "fig-timeline.svg/x"]
)
def test_what_is_no_exhibit_is_none_by_any_name(built, name):
    with pytest.raises(UsageError, match="has no exhibit"):
        chain_of(name, built)


def test_without_a_paper_what_stands_around_a_quotation_is_said_to_be_unknown(built, tmp_path):
    build = shutil.copytree(built, tmp_path / "build")
    manifest = json.loads((build / "manifest.json").read_text(encoding="utf-8"))
    (build / "manifest.json").write_text(json.dumps(manifest | {"paper": {}}), encoding="utf-8")
    chain = chain_of("q-21", build)
    assert (chain["links"], chain["links_known"]) == ([], False)
    assert "was not put together with it, so what stands around" in as_text(chain)
    assert chain["functions"] == chain_of("q-21", built)["functions"]
    assert chain_of("n-threads", build)["printed"] == "36"


def test_nothing_of_the_moment_stands_in_what_is_stored(built):
    stored = (built / "why.json").read_text(encoding="utf-8")
    run = json.loads((built / "run.json").read_text(encoding="utf-8"))
    assert '"commit"' not in stored
    assert not [part for part in (run["commit"], run["began"], str(built)) if part and part in stored]
    assert chain_of("q-21", built)["commit"] == run["commit"]


def test_an_unknown_exhibit_is_refused_with_what_is_near(built, tmp_path):
    with pytest.raises(
        UsageError, match=r"has no exhibit 'fig-timelin', and its ledger no such entry; did you mean fig-t"
    ):
        chain_of("fig-timelin", built)
    with pytest.raises(UsageError, match="there is no build in"):
        chain_of("fig-timeline", tmp_path)


def test_what_is_an_exhibit_and_an_entry_is_offered_once(built):
    with pytest.raises(UsageError) as told:
        chain_of("quote-15", built)
    near = str(told.value).partition("did you mean ")[2].removesuffix("?").split(", ")
    assert near[0] == "q-15"
    assert len(set(near)) == len(near) == 3


def test_the_command_prints_one_json_object(built):
    done = CliRunner().invoke(main, ["why", "n-threads", "--out", str(built), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.output)["printed"] == "36"
    assert CliRunner().invoke(main, ["why", "n-nothing", "--out", str(built)]).exit_code == 2


def test_the_command_takes_what_the_paper_calls_an_exhibit(built):
    done = CliRunner().invoke(main, ["why", "Table 3", "--out", str(built)])
    assert done.exit_code == 0
    assert "(Table 3), a table: " in done.output


def test_an_exhibit_that_the_ledger_asserts_has_its_verdict_and_its_place_in_print(built):
    text = as_text(chain_of("q-15", built))
    assert "  record       data/article/quotations.csv:2, q-15\n  stands in    section 4.1, paragraph 3, " in text
    assert "\n  in print     " in text
    assert "\n  verdict      " in text
    assert chain_of("fact-threads", built)["entry"]["id"] == "threads"
    # A number that was counted in the study has the name of a fact, and the fact is told beside it.
    chain = chain_of("period-from", built)
    assert (chain["exhibit"]["class"], chain["entry"]["class"]) == ("stand-in", "published")
    assert "entry" not in chain_of("fig-timeline", built)


@pytest.mark.parametrize(
    ("name", "record", "class_", "printed"),
    [
        ("C13", "claims.csv:14", "Stand-in: ", ["tbl-claims", "tbl-tests", "tbl-limits", "fig-sensitivity"]),
        ("M1", "method.csv:2", "Stand-in: ", ["tbl-method", "tbl-limits", "tbl-steps"]),
        ("m-workspaces-proximity", "mapping.csv:3", "Published: ", ["tbl-mapping", "fig-mapping", "tbl-ledger"]),
        ("c001", "citations.csv:2", "Published: ", ["tbl-ledger-citations"]),
        ("tidd2001", "references.csv:93", "Published: ", ["tbl-ledger-references"]),
        ("participants", "facts.csv:7", "Published: ", ["tbl-corpus", "tbl-facts", "fact-participants", "tbl-ledger"]),
        ("lq-03", "literature.csv:4", "Published: ", ["tbl-ledger"]),
        ("C24", "claims.csv:25", "None: ", ["tbl-claims"]),
    ],
)
def test_an_entry_of_the_ledger_has_record_class_verdict_reason_and_where_it_is_printed(
    built, name, record, class_, printed
):
    chain = chain_of(name, built)
    assert "exhibit" not in chain
    assert [one["id"] for one in chain["entry"]["printed_in"]] == printed
    rows = dict(re.findall(r"^  (\w[\w ]*?)  +(.*)$", as_text(chain), re.MULTILINE))
    assert rows["record"] == f"data/article/{record}"
    assert rows["class"].startswith(class_)
    assert rows["verdict"] == chain["entry"]["verdict"]
    assert rows["reason"].startswith(chain["entry"]["reason"].partition(";")[0] or "none")
    assert rows["printed in"].startswith(printed[0])
    assert len(max(as_text(chain).splitlines(), key=len)) <= 100


def test_every_entry_stands_at_the_line_that_is_named(built):
    entries = json.loads((built / "why.json").read_text(encoding="utf-8"))["entries"]
    files = {
        file: (ROOT / file).read_text(encoding="utf-8").split("\n") for file in {e["file"] for e in entries.values()}
    }
    # A theme and a cell of the mapping have an id that is put together.
    begins = {name: name.removeprefix("theme-").removeprefix("m-").partition("-")[0] for name in entries}
    wrong = [
        name
        for name, entry in entries.items()
        if not files[entry["file"]][entry["line"] - 1].startswith((f"{name},", f"{begins[name]},"))
    ]
    assert (len(entries) > 300, wrong) == (True, [])


def test_of_an_entry_as_json(built):
    done = CliRunner().invoke(main, ["why", "C19", "--out", str(built), "--json"])
    entry = json.loads(done.output)["entry"]
    assert (entry["id"], entry["bound_to"], entry["check"]) == ("C19", "codes S11", "share")
