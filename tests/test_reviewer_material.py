import pytest
from reviewed import small, write_build

from lepanalysis import places
from lepanalysis.faults import UsageError
from lepanalysis.reviewer_material import authors_of, cited, counted, doi_of, material_of, read_citation


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("10.5555/12345678", "https://doi.org/10.5555/12345678"),
        ("https://doi.org/10.1002/kpm.1546", "https://doi.org/10.1002/kpm.1546"),
        ('10.5555/a"><b>', "https://doi.org/10.5555/a"),
        ("none", ""),
        (None, ""),
    ],
)
def test_a_doi_is_an_address_or_nothing(given, address):
    assert doi_of({"doi": given}) == address


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ([{"family": "Low", "given": "A."}], ["A. Low"]),
        ([{"family-names": "Low", "given-names": "Ann"}, {"name": "The mill"}], ["Ann Low", "The mill"]),
        (["Ann Low", {}, {"family": ""}], ["Ann Low"]),
        ("Ann Low", []),
        (None, []),
    ],
)
def test_authors_are_read_as_far_as_they_are_given(authors, names):
    assert [author["name"] for author in authors_of({"authors": authors})] == names


def test_an_orcid_is_one_or_nothing():
    given = [{"name": "A", "orcid": "https://orcid.org/0000-0002-1825-0097"}, {"name": "B", "orcid": "me"}]
    assert [author["orcid"] for author in authors_of({"authors": given})] == ["0000-0002-1825-0097", ""]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"title": "On rooms"}, "On rooms."),
        ({"authors": [{"name": "The mill"}], "title": "On rooms"}, "The mill. On rooms."),
        (
            {
                "authors": [{"family": "Low", "given": "Ann Bo"}, {"family": "Ash", "given": "I"}],
                "year": 1999,
                "title": "On rooms.",
                "journal": "Rooms",
                "doi": "10.5555/1",
            },
            "Low, A. B., & Ash, I. (1999). On rooms. Rooms. https://doi.org/10.5555/1",
        ),
    ],
)
def test_a_work_is_cited_as_far_as_its_record_goes(record, text):
    assert cited(record) == text


def test_classes_are_counted_the_one_that_binds_most_first():
    assert counted(["published", "open", "restricted", "open"]) == "1 restricted, 2 open, 1 published"


def test_a_folder_without_a_manifest_is_no_build(tmp_path, study):
    write_build(tmp_path / "build")
    (tmp_path / "build" / "manifest.json").unlink()
    with pytest.raises(UsageError, match=r"there is no manifest\.json in "):
        material_of(tmp_path / "build", study, None, (), citation={})


def test_a_study_is_built_below_build(tmp_path):
    material = small(tmp_path, build={"skipped": ("02-quotations",)})
    assert material.place == "build/small"
    assert list(material.notebooks) == ["01-corpus"]
    assert material.skipped == {"02-quotations": "the study has no codings"}


@pytest.mark.parametrize(
    ("text", "found"),
    [("title: T\ndate-released: 2020-02-02\n", "2020-02-02"), ("[", None), ("- a\n", None), (None, None)],
)
def test_who_made_the_compendium_is_read_if_it_is_said(tmp_path, monkeypatch, text, found):
    if text is not None:
        (tmp_path / "CITATION.cff").write_text(text)
    monkeypatch.setattr(places, "project_root", lambda: tmp_path)
    assert read_citation().get("date-released") == found


def test_the_project_says_who_made_it_when_and_about_which_work():
    citation = read_citation()
    assert citation["authors"] == [{"name": "The lepanalysis contributors"}]
    assert len(citation["date-released"]) == len("2020-02-02")
    assert doi_of(citation["references"][0])
