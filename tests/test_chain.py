"""The chain from a printed thing to what it was made from."""

import json

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


def test_the_text_says_what_it_rests_on(built):
    text = as_text(chain_of("tbl-threads", built))
    assert "prints       36 rows of Thread, Title" in text
    assert "made by      notebooks/01-corpus.ipynb, cell " in text
    assert "36 threads in threads.csv of the study" in text


def test_an_unknown_exhibit_is_refused_with_what_is_near(built, tmp_path):
    with pytest.raises(UsageError, match=r"has no exhibit 'fig-timelin'; did you mean fig-timeline"):
        chain_of("fig-timelin", built)
    with pytest.raises(UsageError, match="there is no build in"):
        chain_of("fig-timeline", tmp_path)


def test_the_command_prints_one_json_object(built):
    done = CliRunner().invoke(main, ["why", "n-threads", "--out", str(built), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.output)["printed"] == "36"
    assert CliRunner().invoke(main, ["why", "n-nothing", "--out", str(built)]).exit_code == 2
