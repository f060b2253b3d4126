"""`make open`: a corpus that is not kept here, by its digests, its mapping and what is known of it."""

import csv
import hashlib
import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from projects import ROOT

from lepanalysis.exchange.importing import import_study
from lepanalysis.study import open_study, read_study
from lepanalysis.verdicts import verdicts_of

CIMT = ROOT / "data" / "open" / "cimt"
SCRIPT = ROOT / "scripts" / "open_study.py"
VALUES = {"l": "low concreteness", "i": "intermediate concreteness", "h": "high concreteness"}
# Two consultations of the same shape as those of the corpus: units as spans of sentences, five coders.
UNITS = {
    "Platz-A/concreteness_A.csv": [
        ("A1_1", "1-2", "premise", "hhhhh", "A1"),
        ("A1_2", "2-2", "mpos", "hhhhi", "A1"),
        ("A2_1", "1-1", "mpos", "llilh", "A2"),
        ("A9_1", "1-1", "premise", "iihll", "A9"),
    ],
    "Platz-B/concreteness_B.csv": [("B1_1", "1-1", "mpos", "lllll", "B1"), ("B2_1", "1-1", "premise", "ihihi", "B2")],
}
SENTENCES = {
    "Platz-A/dataset_A.csv": [("A1", "Hier fehlt ein Zebrastreifen,"), ("A1", "bitte malen."), ("A2", "Mehr Grün!")],
    "Platz-B/dataset_B.tsv": [("B1", "Weniger Lärm."), ("B2", "Am Tor 3 ist der Belag gebrochen.")],
}


def write_corpus(folder):
    """Write a small corpus of that shape; A9 has judgements and no sentences."""
    for name, units in UNITS.items():
        rows = [
            ["unit_id", "sentences", "code", *(f"coder{number}" for number in range(1, 6)), "dataset", "document_id"]
        ]
        rows += [[unit, span, code, *(VALUES[v] for v in given), "X", text] for unit, span, code, given, text in units]
        write_table(folder / name, rows)
    for name, sentences in SENTENCES.items():
        rows = [["id", "document_id", "sentence_nr", "content", "code", "title/text", "dataset", "url"]]
        seen = []
        for place, (text, words) in enumerate(sentences):
            seen.append(text)
            address = f"https://beispiel.de/{text}"
            rows.append([str(place), text, str(seen.count(text)), words, "non-arg", "text", "X", address])
        write_table(folder / name, rows)
    return folder


def write_table(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",", lineterminator="\n").writerows(rows)


def sums_of(corpus):
    """Return the digests of a corpus as sha256sum writes them."""
    files = sorted(path for path in corpus.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(corpus).as_posix()}\n" for path in files
    )


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("open_study", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "corpus")


def test_the_mapping_makes_a_study_of_the_corpus(corpus, tmp_path):
    report = import_study(corpus, tmp_path / "study", options={"mapping": CIMT / "mapping.yaml"})
    study = open_study(tmp_path / "study")
    assert (len(study.messages), len(study.threads), len(study.codings)) == (6, 5, 30)
    texts = dict(study.messages.frame[["message_id", "text"]].to_numpy().tolist())
    assert texts["A1_1"] == "Hier fehlt ein Zebrastreifen, bitte malen."
    assert texts["A1_2"] == "bitte malen."
    assert texts["A9_1"] == "[no text in the corpus]"
    assert set(study.threads.frame["category"]) == {"Platz-A", "Platz-B"}
    assert set(study.codings.frame["value"]) == {"low", "intermediate", "high"}
    (code,) = study.codebook.frame.to_dict("records")
    assert (code["code_id"], code["scale"], code["values"]) == (
        "concreteness",
        "ordinal",
        ("low", "intermediate", "high"),
    )
    assert [coder.name for coder in study.coders] == [f"Coder {number}" for number in range(1, 6)]
    assert study.class_ == "open"
    changed = [loss for loss in report.losses if loss.kind == "rows" and loss.what == "changed"]
    assert [(loss.count, loss.why.split(";")[0]) for loss in changed] == [(1, "the table of texts has no text for it")]


def test_the_mapping_that_the_import_wrote_makes_the_same_study(corpus, tmp_path):
    import_study(corpus, tmp_path / "study", options={"mapping": CIMT / "mapping.yaml"})
    import_study(corpus, tmp_path / "again", options={"mapping": tmp_path / "study" / "import" / "mapping.yaml"})
    for path in (tmp_path / "study").glob("*.*"):
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_the_bootstrap_draws_contributions(script, tmp_path):
    assert script.parameters_of(CIMT) == ["--parameter", "03-agreement:cluster=thread"]
    assert script.parameters_of(tmp_path) == []


def test_what_is_known_reads_confirmed_or_contradicted(corpus, tmp_path):
    import_study(corpus, tmp_path / "study", options={"mapping": CIMT / "mapping.yaml"})
    known = (CIMT / "claims.yaml").read_text(encoding="utf-8")
    # Of the small corpus other things are true: its units and coders are right, the rest is not.
    (tmp_path / "study" / "claims.yaml").write_text(known.replace('"1127"', '"6"'), encoding="utf-8")
    study, faults = read_study(tmp_path / "study")
    assert faults == []
    found = {item.entry.id: item.verdict for item in verdicts_of(study, None)}
    assert found == {
        "units": "confirmed",
        "contributions": "contradicted",
        "consultations": "contradicted",
        "coders": "confirmed",
        "alpha-nominal": "contradicted",
        "alpha-ordinal": "contradicted",
        "alpha-interval": "contradicted",
        "kappa": "contradicted",
        "all-agree": "contradicted",
        "agreeing": "contradicted",
    }


def test_the_digests_say_which_file_is_missing_or_another(script, corpus):
    sums = sums_of(corpus)
    assert script.wrong_files(corpus, sums) == []
    (corpus / "Platz-B" / "dataset_B.tsv").unlink()
    path = corpus / "Platz-A" / "dataset_A.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert script.wrong_files(corpus, sums) == [
        "Platz-A/dataset_A.csv is not the file whose digest is known: it was changed, or is of another version.",
        "Platz-B/dataset_B.tsv is missing.",
    ]


def test_another_corpus_is_refused_and_nothing_is_made(corpus, tmp_path):
    done = subprocess.run(
        [sys.executable, SCRIPT, CIMT, corpus, tmp_path / "out"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Cycling-Dialogue-Bonn/dataset_CDB.csv is missing." in done.stderr
    assert "README.md says where the corpus can be had" in done.stderr
    assert not (tmp_path / "out").exists()


def test_without_a_folder_it_says_where_the_corpus_can_be_had(tmp_path):
    done = subprocess.run(
        [sys.executable, SCRIPT, CIMT, tmp_path / "none", tmp_path / "out"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "is no folder" in done.stderr


def test_no_file_of_the_corpus_is_kept_here():
    names = ["README.md", "SHA256SUMS", "claims.yaml", "mapping.yaml", "parameters.txt"]
    assert sorted(path.name for path in CIMT.iterdir()) == names
    digests = (CIMT / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    assert len(digests) == 15
    assert all(re.fullmatch(r"[0-9a-f]{64}  [\w./-]+", line) for line in digests)


@pytest.mark.long
def test_the_whole_way_from_a_folder_to_a_paper(corpus, tmp_path):
    description = tmp_path / "description"
    shutil.copytree(CIMT, description)
    (description / "SHA256SUMS").write_text(sums_of(corpus), encoding="utf-8")
    claims = "claims:\n  - {id: units, statement: Six, kind: figure, check: units, stated: '6'}\n"
    (description / "claims.yaml").write_text(claims, encoding="utf-8")
    out = tmp_path / "out"
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, SCRIPT, description, corpus, out], capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert done.returncode == 0, done.stderr
        assert "CONFIRMED" in done.stdout
    assert (out / "paper" / "paper.pdf").is_file()
    page = " ".join((out / "paper" / "paper.html").read_text(encoding="utf-8").split())
    assert "bootstrap replicates over threads" in page
    table = (out / "paper" / "tables" / "tbl-values-agreeing-1.csv").read_text(encoding="utf-8")
    assert [line.split(",")[:2] for line in table.splitlines()[1:]] == [["5", "2"], ["4", "1"], ["3", "2"], ["2", "1"]]


@pytest.mark.long
def test_the_corpus_itself_bears_out_what_is_known_of_it(script, tmp_path):
    corpus = Path(ROOT.parent / "shared" / "open-study" / "cimt")
    if not corpus.is_dir():
        pytest.skip("the corpus is not beside the project")
    assert script.wrong_files(corpus, (CIMT / "SHA256SUMS").read_text(encoding="utf-8")) == []
    import_study(corpus, tmp_path / "study", options={"mapping": CIMT / "mapping.yaml"})
    shutil.copyfile(CIMT / "claims.yaml", tmp_path / "study" / "claims.yaml")
    assert {item.verdict for item in verdicts_of(open_study(tmp_path / "study"), None)} == {"confirmed"}
