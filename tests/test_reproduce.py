"""What `make reproduce` compares: a changed byte is found in each kind of file, with its place."""

import dataclasses
import io
import os
import subprocess
import sys
import zipfile

import nbformat
import pypdf
import pytest
from projects import ROOT, notebook

sys.path.insert(0, str(ROOT / "scripts"))

import builds_compared
import reproduce


def docx(*members, day=(1980, 1, 1, 0, 0, 0)):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, text in members:
            file.writestr(zipfile.ZipInfo(name, day), text)
    return target.getvalue()


def ipynb(*sources, name="01-corpus"):
    return nbformat.writes(notebook(name, *sources)).encode()


def pdf(*titles):
    """Return a PDF with an empty page for each title, and the title drawn on it."""
    writer = pypdf.PdfWriter()
    for title in titles:
        page = writer.add_blank_page(200, 200)
        drawn = pypdf.generic.StreamObject()
        drawn.set_data(f"BT ({title}) Tj ET".encode())
        page[pypdf.generic.NameObject("/Contents")] = writer._add_object(drawn)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


WORDS = ("word/document.xml", "<w>one\ntwo</w>")
LOOKS = ("word/styles.xml", "<s/>")


@pytest.mark.parametrize(
    ("file", "one", "other", "says"),
    [
        ("tables/t.csv", b"n\n1\n22\n", b"n\n1\n23\n", "line 3, column 2: '22' in the first, '23' in the second"),
        ("tables/t.csv", b"n\n1\n", b"n\n1\n2\n", "line 3, column 1: '' in the first, '2' in the second"),
        ("tables/t.csv", b"n\n1", b"n\n1\n", "2 lines in the first, 3 in the second"),
        ("figures/f.svg", b"<svg>\n<path/></svg>", b"<svg>\n<paths/></svg>", "line 2, column 6: "),
        ("manifest.json", b'{\n "a": "x"\n}', b'{\n "a": "y"\n}', "line 2, column 8: "),
        (
            "paper.html",
            b"x" * 500 + b"open",
            b"x" * 500 + b"stand",
            f"column 501: '{'x' * 20}open' in the first, '{'x' * 20}stand' in the second",
        ),
        ("figures/f.png", b"\x89PNG\r\n\xff\x00", b"\x89PNG\r\n\xff\x01", "byte 8 (of 8 and 8)"),
        ("figures/f.png", b"\x89PNG", b"\x89PNG\x00", "byte 5 (of 4 and 5)"),
        (
            "paper.docx",
            docx(LOOKS, WORDS),
            docx(LOOKS, (WORDS[0], "<w>one\ntoo</w>")),
            "member word/document.xml: line 2, column 2: 'two</w>' in the first, 'too</w>' in the second",
        ),
        (
            "paper.docx",
            docx(WORDS, LOOKS),
            docx(WORDS),
            "member 2 is word/styles.xml in the first, nothing in the second",
        ),
        (
            "paper.docx",
            docx(WORDS),
            docx(WORDS, day=(2001, 9, 9, 1, 46, 40)),
            "member word/document.xml: its date_time is (1980, 1, 1, 0, 0, 0) in the first, (2001, 9, 9",
        ),
        ("paper.docx", docx(WORDS), docx(WORDS) + b"more", "byte "),
        ("paper.docx", b"no archive", docx(WORDS), "byte 1 (of 10 and "),
        (
            "notebooks/01-corpus.ipynb",
            ipynb("a = 1", "b = 2\nc = 3"),
            ipynb("a = 1", "b = 2\nc = 4"),
            "cell 4 (cell-4), source, line 2, column 5: 'c = 3' in the first, 'c = 4' in the second",
        ),
        ("notebooks/01-corpus.ipynb", ipynb("a = 1", "b"), ipynb("a = 1", "b", "c"), "cell 5 (cell-5), "),
        ("paper.pdf", pdf("one", "two"), pdf("one", "too"), "page 2"),
        ("paper.pdf", b"%PDF-1.7 ", b"%PDF-1.4 ", "byte 8 (of 9 and 9)"),
    ],
)
def test_the_first_place_of_a_difference_is_named(file, one, other, says):
    assert says in builds_compared.place_of_difference(file, one, other)


def write(folder, **changes):
    files = {"manifest.json": "{}", "run.json": "{}", "tables/t.csv": "n\n1\n", "tables/u.csv": "n\n", **changes}
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_every_file_is_compared_but_that_of_the_times(tmp_path):
    one = write(tmp_path / "one")
    assert builds_compared.differences(one, write(tmp_path / "same", **{"run.json": '{"began": "now"}'})) == []
    other = write(tmp_path / "other", **{"manifest.json": "{ }", "tables/u.csv": None, "tables/w.csv": ""})
    assert builds_compared.differences(one, other) == [
        "manifest.json: line 1, column 2: '{}' in the first, '{ }' in the second",
        "tables/u.csv: only the first build makes it",
        "tables/w.csv: only the second build makes it",
    ]


def test_each_kind_of_file_has_its_number_and_one_digest(tmp_path):
    one = builds_compared.kinds_of(write(tmp_path / "one"))
    assert {kind: count for kind, (count, _) in one.items()} == {".csv": 2, ".json": 1, "in all": 3}
    other = builds_compared.kinds_of(write(tmp_path / "other", **{"tables/u.csv": "m\n"}))
    assert [kind for kind in one if one[kind] != other[kind]] == [".csv", "in all"]


def test_the_files_of_a_checkout_are_those_that_git_would_keep(tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    write(tmp_path, **{".gitignore": "build/\n", "build/x": "", "a b é.txt": "new", "gone": "x"})
    subprocess.run(["git", "-C", tmp_path, "add", "gone"], check=True)
    (tmp_path / "gone").unlink()
    files = reproduce.files_of_checkout(tmp_path)
    assert files == [".gitignore", "a b é.txt", "manifest.json", "run.json", "tables/t.csv", "tables/u.csv"]


def test_without_a_checkout_nothing_is_tried(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(reproduce.NotTriedError, match="needs a clone of the project"):
        reproduce.files_of_checkout(tmp_path)


def test_a_copy_is_written_in_order_or_backwards_and_its_times_say_so(tmp_path):
    source = write(tmp_path / "one")
    source.joinpath("manifest.json").chmod(0o755)
    files = ["manifest.json", "tables/t.csv"]
    for backwards in (False, True):
        target = tmp_path / f"copy {backwards}"
        reproduce.copy_files(source, target, files, backwards=backwards)
        times = [(target / name).stat().st_mtime for name in files]
        assert (times[0] > times[1]) is backwards
        assert os.access(target / "manifest.json", os.X_OK)
        assert builds_compared.files_of(target).keys() == set(files)


def test_the_two_ways_have_nothing_in_common():
    one, other = reproduce.WAYS
    same = [name for name in vars(one) if getattr(one, name) == getattr(other, name)]
    assert same == []


@pytest.mark.parametrize(
    ("imported", "says"),
    [
        (["copy/lepanalysis/study.pyc"], ""),
        (["copy/lepanalysis/study.pyc", "root/lepanalysis/figures.cpython-311.pyc"], "it ran the checkout's figures"),
        (["root/lepanalysis/study.cpython-311.pyc"], "it ran the checkout's study, not that of the copy"),
        (["elsewhere/numpy/core.pyc"], "nothing shows that it ran the library in"),
    ],
)
def test_a_build_that_ran_another_library_than_its_own_is_no_build_of_the_copy(tmp_path, imported, says):
    way = dataclasses.replace(reproduce.WAYS[0], folder="copy")
    place = reproduce.Place(way, tmp_path, reproduce.Stranger())
    for path in imported:
        file = place.bytecode.joinpath(*(tmp_path / path).parts[1:])
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    found = reproduce.wrong_library(place, tmp_path / "root")
    assert found.startswith(says)
    assert bool(found) is bool(says)


def test_make_names_it_and_it_takes_no_arguments(capsys):
    assert reproduce.main(["--fast"]) == 2
    assert "make reproduce" in capsys.readouterr().out
    assert "reproduce" in subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.long
def test_two_builds_of_the_stand_in_are_the_same_to_the_byte(capfd):
    status = reproduce.main()
    said = capfd.readouterr()
    assert status == 0, said.err
    assert "The two builds are the same to the byte, run.json apart." in said.out
