import io
import json

import pytest
from matplotlib.figure import Figure

from lepanalysis import committed, display
from lepanalysis.faults import UsageError


def drawn(*, points=((1, 1), (2, 3), (3, 2)), at=0.5, size=20, label="messages", colour="#4477aa"):
    figure = Figure(figsize=(4, 3))
    axes = figure.add_axes((0.2, 0.2, 0.7, 0.7))
    axes.set(xlim=(0, 4), ylim=(0, 4))
    axes.scatter(*zip(*points, strict=True), s=size, color=colour)
    figure.text(at, 0.05, label, ha="center")
    return figure


def pictures(**changes):
    return {kind: display.picture(drawn(**changes), kind, "T", "D", "") for kind in ("svg", "png")}


@pytest.fixture
def build(tmp_path):
    """A build with one figure and one table, and the same committed."""
    folder = tmp_path / "build"
    files = {
        "figures/fig-a.csv": b"n,provenance_class\n1,open\n",
        "tables/tbl-b.csv": b"n,provenance_class\n2,open\n3,open\n",
        **{f"figures/fig-a.{kind}": data for kind, data in pictures().items()},
    }
    for root in (folder, tmp_path):
        for name, data in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
    exhibits = [
        {"id": "fig-a", "class": "open", "files": {kind: f"figures/fig-a.{kind}" for kind in ("csv", "png", "svg")}},
        {"id": "tbl-b", "class": "open", "files": {"csv": "tables/tbl-b.csv"}},
        {"id": "n-c", "class": "open", "files": {}},
    ]
    (folder / "manifest.json").write_text(json.dumps({"exhibits": exhibits}))
    return folder


def differences(build):
    return [str(difference) for difference in committed.differences(build, build.parent)]


def test_what_is_the_same_does_not_differ(build):
    assert differences(build) == []


def test_data_differ_by_one_cell(build):
    (build / "tables/tbl-b.csv").write_bytes(b"n,provenance_class\n2,open\n4,open\n")
    assert differences(build) == ["tables/tbl-b.csv: line 3 is '3,open' as committed and '4,open' as built"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"n,provenance_class\n2,open\n3,open", "4 lines as committed, 3 as built"),
        (b"n,provenance_class\n2,stand-in\n3,open\n", "line 2 is '2,open' as committed and '2,stand-in' as built"),
        (b"\xff", "line 1 is"),
    ],
)
def test_data_are_compared_to_the_letter(build, data, words):
    (build / "tables/tbl-b.csv").write_bytes(data)
    (found,) = differences(build)
    assert words in found


def test_a_committed_file_is_missing_or_one_too_many(build):
    (build.parent / "tables/tbl-b.csv").rename(build.parent / "tables/tbl-old.csv")
    (build.parent / "tables/README.md").touch()
    assert differences(build) == [
        "tables/tbl-b.csv: the build makes it and it is not committed",
        "tables/tbl-old.csv: it is committed and the build does not make it",
    ]


@pytest.mark.parametrize("kind", ["png", "svg"])
@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"at": 0.5005}, False),
        ({"points": ((1.002, 1), (2, 3), (3, 2.002))}, False),
        ({"at": 0.52}, True),
        ({"points": ((1, 1), (2, 3), (3, 2.2))}, True),
        ({"label": "participants"}, True),
        ({"colour": "#aa4444"}, True),
        ({"size": 60}, True),
    ],
)
def test_pictures_may_be_shifted_by_what_a_machine_does_and_no_more(kind, changes, differs):
    one, other = pictures()[kind], pictures(**changes)[kind]
    assert bool(committed.difference(one, other, f"figures/fig-a.{kind}")) is differs


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"at": 0.52}, "an element is shifted by 5.76 points"),
        ({"label": "massages"}, "the drawings hold different elements"),
        ({"label": "131 messages"}, "the drawings hold different elements"),
        ({"points": ((1, 1), (2, 3))}, "the drawings hold different elements"),
        ({"colour": "#1e9999"}, "the drawings hold different elements"),
    ],
)
def test_an_svg_says_in_what_it_differs(changes, words):
    assert committed.difference(pictures()["svg"], pictures(**changes)["svg"], "figures/fig-a.svg") == words


def test_a_picture_of_another_size_or_none():
    buffer = io.BytesIO()
    Figure(figsize=(1, 2)).savefig(buffer, dpi=100)
    one = pictures()["png"]
    assert "pixels as committed, 100 × 200 as built" in committed.difference(one, buffer.getvalue(), "a.png")
    assert committed.difference(one, b"no picture", "a.png") == "not a picture that can be read"


def test_of_a_long_line_the_place_is_shown_where_it_differs():
    one, other = (f"{'a' * 200}{letter}{'b' * 200}".encode() for letter in "xy")
    told = committed.difference(one, other, "tables/tbl-b.csv")
    assert f"'…{'a' * 40}x{'b' * 79}' as committed" in told
    assert f"'…{'a' * 40}y{'b' * 79}' as built" in told


def test_a_line_that_only_goes_on_differs():
    assert committed.difference(b"ab", b"abc", "tables/tbl-b.csv") == "line 1 is 'ab' as committed and 'abc' as built"


def test_a_table_for_browsers_is_compared_as_text():
    told = committed.difference(b"<p>1</p>\n", b"<p>2</p>\n", "tables/tbl-b.html")
    assert told == "line 1 is '<p>1</p>' as committed and '<p>2</p>' as built"


def test_accept_writes_what_differs_and_removes_what_is_made_no_more(build):
    root = build.parent
    little, much = pictures(at=0.5005)["svg"], pictures(at=0.6)["png"]
    kept = (root / "figures/fig-a.svg").read_bytes()
    (build / "figures/fig-a.svg").write_bytes(little)
    (build / "figures/fig-a.png").write_bytes(much)
    (root / "tables/tbl-b.csv").unlink()
    (root / "tables/tbl-old.csv").touch()
    (root / "tables/README.md").touch()
    assert committed.accept(build, root) == ["figures/fig-a.png", "tables/tbl-b.csv", "tables/tbl-old.csv"]
    assert (root / "figures/fig-a.svg").read_bytes() == kept
    assert (root / "figures/fig-a.png").read_bytes() == much
    assert (root / "tables/README.md").exists()
    assert differences(build) == []
    assert committed.accept(build, root) == []


def test_restricted_exhibits_are_not_committed(build):
    manifest = json.loads((build / "manifest.json").read_text())
    manifest["exhibits"][2]["class"] = "restricted"
    (build / "manifest.json").write_text(json.dumps(manifest))
    (build / "tables/tbl-b.csv").write_bytes(b"other")
    with pytest.raises(UsageError, match="n-c rests on restricted records"):
        committed.accept(build, build.parent)
    assert (build.parent / "tables/tbl-b.csv").read_bytes() != b"other"


def test_without_a_build_there_is_nothing_to_compare(build, tmp_path):
    with pytest.raises(UsageError, match="there is no build in"):
        committed.differences(tmp_path / "none", tmp_path)
    (build / "tables/tbl-b.csv").unlink()
    with pytest.raises(UsageError, match=r"tables/tbl-b\.csv of the build in .* is gone"):
        committed.differences(build, tmp_path)


README = "# A\n\n<!-- exhibits:begin -->\n\nold \\1\n\n<!-- exhibits:end -->\n\nRights.\n"


@pytest.fixture
def reviewed(build):
    """The same with documents for reviewers, and the same committed."""
    (build / "review").mkdir()
    for name, text in {"exhibits.md": "old \\1\n", "codecheck.yml": "a: 1\n", "srqr.md": "# S\n\nb\n"}.items():
        (build / "review" / name).write_text(text)
    (build.parent / "docs/review").mkdir(parents=True)
    (build.parent / "docs/review/srqr.md").write_text("# S\n\nb\n")
    (build.parent / "codecheck.yml").write_text("a: 1\n")
    (build.parent / "README.md").write_text(README)
    return build


def test_documents_that_are_the_same_do_not_differ(reviewed):
    assert differences(reviewed) == []
    assert committed.accept(reviewed, reviewed.parent) == []


def test_documents_are_compared_to_the_letter_where_they_are_committed(reviewed):
    for name, text in {"exhibits.md": "new\n", "codecheck.yml": "a: 2\n", "srqr.md": "# S\n\nb \n"}.items():
        (reviewed / "review" / name).write_text(text)
    assert differences(reviewed) == [
        "codecheck.yml: line 1 is 'a: 1' as committed and 'a: 2' as built",
        "README.md: line 1 is 'old \\\\1' as committed and 'new' as built",
        "docs/review/srqr.md: line 3 is 'b' as committed and 'b ' as built",
    ]


def test_documents_are_taken_over_and_the_rest_of_the_readme_stays(reviewed):
    root = reviewed.parent
    (reviewed / "review/exhibits.md").write_text("new \\2\n\nmore\n")
    (reviewed / "review/fifteen.md").write_text("# F\n")
    (reviewed / "review/srqr.md").unlink()
    assert committed.accept(reviewed, root) == ["README.md", "docs/review/fifteen.md", "docs/review/srqr.md"]
    assert (root / "README.md").read_text() == README.replace("old \\1", "new \\2\n\nmore")
    assert not (root / "docs/review/srqr.md").exists()
    assert differences(reviewed) == []


def test_documents_that_are_missing_or_made_no_more(reviewed):
    root = reviewed.parent
    (root / "codecheck.yml").unlink()
    (root / "docs/review/old.md").touch()
    (root / "README.md").write_text("# A\n")
    missing, unmarked, left = differences(reviewed)
    assert missing == "codecheck.yml: the build makes it and it is not committed"
    assert unmarked.startswith("README.md: it has no lines <!-- exhibits:begin --> and <!-- exhibits:end -->")
    assert left == "docs/review/old.md: it is committed and the build does not make it"
    with pytest.raises(UsageError, match=r"README\.md has no lines <!-- exhibits:begin -->"):
        committed.accept(reviewed, root)
