import pytest
import yaml
from projects import ROOT
from reviewed import small

from lepanalysis import reviewer
from lepanalysis.article import open_article
from lepanalysis.faults import StudyFaultsError
from lepanalysis.reviewer_checklists import faults_of_placements, read_placements

ALL = {
    "review/exhibits.md",
    "review/codecheck.yml",
    "review/srqr.md",
    "review/fifteen-points.md",
    "review/data-statement.md",
    "annotations.jsonld",
    "ro-crate-metadata.json",
}
SRQR = "item,answer,sections,note,class\n" + "".join(f"{n},in the article,2,,derived\n" for n in range(1, 22))


def documents(material):
    return reviewer.documents(material.build, material.study, material.article, material.verdicts)


def test_all_documents_are_made(tmp_path):
    made = documents(small(tmp_path, placements={"srqr.csv": SRQR}))
    assert set(made) == ALL
    assert all(data.endswith(b"\n") and b"\r" not in data for data in made.values())


def test_what_a_study_lacks_is_left_out(tmp_path):
    made = documents(small(tmp_path, ledger=False))
    assert set(made) == ALL - {"review/srqr.md", "annotations.jsonld"}


def test_they_are_the_same_bytes_every_time(tmp_path):
    material = small(tmp_path)
    assert documents(material) == documents(material)


def test_the_research_object_lists_the_other_documents(tmp_path):
    made = documents(small(tmp_path))
    text = made["ro-crate-metadata.json"].decode()
    assert all(f'"@id": "{name}"' in text for name in made if name != "ro-crate-metadata.json")


def test_faults_of_placements_end_it(tmp_path):
    with pytest.raises(StudyFaultsError, match="item 21 of 21 is missing"):
        documents(small(tmp_path, placements={"srqr.csv": SRQR.rsplit("21,")[0]}))


def test_what_is_committed_does_not_hang_on_versions(tmp_path):
    """Another Python or package must not make README's list, codecheck.yml or docs/review stale."""
    one = small(tmp_path, placements={"srqr.csv": SRQR})
    manifest = {**one.manifest, "versions": dict.fromkeys(one.manifest["versions"], "9.9.9")}
    other = reviewer.documents(one.build, one.study, one.article, one.verdicts, manifest)
    made = documents(one)
    assert {name for name in made if made[name] != other[name]} == {"ro-crate-metadata.json"}


def test_the_placements_beside_the_ledger_are_without_faults():
    article = open_article(ROOT / "data" / "article")
    assert faults_of_placements(article) == []
    placements, _ = read_placements(article, "srqr.csv", 21)
    assert [item for item, placement in placements.items() if placement.answer == "not found"] == [6, 19, 20, 21]


def test_the_committed_codecheck_names_the_article_and_no_codechecker():
    record = yaml.safe_load((ROOT / "codecheck.yml").read_text(encoding="utf-8"))
    article = open_article(ROOT / "data" / "article").record
    assert set(record) == {"version", "paper", "source", "manifest"}
    assert record["paper"]["title"] == article["title"]
    assert record["paper"]["reference"] == f"https://doi.org/{article['doi']}"
    assert [author["name"] for author in record["paper"]["authors"]] == [
        f"{author['given']} {author['family']}" for author in article["authors"]
    ]
