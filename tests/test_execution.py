"""Parameters are checked before anything runs; an executed notebook holds nothing of time, place or chance."""

import nbformat
import pytest
from projects import notebook

from lepanalysis.execution import checked_parameters, execute, normalised, read_notebook
from lepanalysis.faults import UsageError


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "01-corpus.ipynb"
    nbformat.write(notebook("01-corpus", "print(count, label, share)"), path)
    return read_notebook(path)


def test_the_parameters_cell_gives_the_defaults(corpus):
    assert corpus.defaults == {"study": "data/small", "out": "", "count": 2, "label": "all", "share": 0.5}


def test_a_given_value_takes_the_type_of_the_default(corpus):
    given = ["count=3", "label=12", "01-corpus:share=1"]
    assert checked_parameters([corpus], given)["01-corpus"] | {"study": "", "out": ""} == {
        "study": "",
        "out": "",
        "count": 3,
        "label": "12",
        "share": 1.0,
    }


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("colour=red", "no notebook knows it; the parameters are count, label, share"),
        ("02-coding:count=3", "no notebook knows it"),
        ("count=many", "not of the type int"),
        ("count=True", "not of the type int"),
        ("share=half", "not of the type float"),
        ("count", "write NAME=VALUE"),
        ("out=/tmp", "the build sets it"),
    ],
)
def test_an_unknown_or_ill_typed_parameter_is_refused(corpus, given, says):
    with pytest.raises(UsageError, match=says):
        checked_parameters([corpus], [given])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("label=some", "'some' is none of '', 'all', 'none'"),
        ("count=0", "less than 1"),
        ("label=all;most", "'most' is none of"),
    ],
)
def test_a_value_outside_its_limits_is_refused(tmp_path, given, says):
    node = notebook("01-corpus")
    node.metadata["lepanalysis"]["parameters"] = {
        "label": {"one_of": "attributes", "several": True},
        "count": {"at_least": 1},
    }
    path = tmp_path / "01-corpus.ipynb"
    nbformat.write(node, path)
    known = {"attributes": ["all", "none"]}
    assert checked_parameters([read_notebook(path)], ["label=all; none"], known)["01-corpus"]["label"] == "all; none"
    with pytest.raises(UsageError, match=says):
        checked_parameters([read_notebook(path)], [given], known)


def test_all_wrong_parameters_are_named_at_once(corpus):
    with pytest.raises(UsageError, match=r"(?s)colour.*share"):
        checked_parameters([corpus], ["colour=red", "share=half"])


def test_a_parameters_cell_that_computes_is_refused(tmp_path):
    node = notebook("01-corpus")
    node.cells[0].source = "study = 'a'\nout = study + 'b'"
    path = tmp_path / "01-corpus.ipynb"
    nbformat.write(node, path)
    with pytest.raises(UsageError, match="line 2: give a name a plain value"):
        read_notebook(path)


def test_what_a_cell_writes_to_standard_error_fails_the_notebook(tmp_path):
    node = notebook("01-corpus")
    node.cells = [node.cells[0], nbformat.v4.new_code_cell("import sys; print('odd', file=sys.stderr)", id="odd")]
    path = tmp_path / "01-corpus.ipynb"
    nbformat.write(node, path)
    from lepanalysis.execution import NotebookError

    with pytest.raises(NotebookError, match=r"(?s)cell 2 \(odd\).*wrote to standard error.*odd"):
        execute(read_notebook(path), {}, {}, scratch=tmp_path, running=[], on_cell=lambda _: None)


def test_a_stored_notebook_has_the_parameters_that_a_reader_can_use():
    node = notebook("01-corpus")
    injected = nbformat.v4.new_code_cell("study = '/elsewhere'", metadata={"tags": ["injected-parameters"]})
    node.cells.insert(1, injected)
    node.metadata["papermill"] = {"start_time": "2020"}
    node.cells[0].metadata["papermill"] = {"duration": 1}
    stored = normalised(node, {"study": "data/small", "out": "", "count": 2})
    assert stored.cells[1].id == "injected-parameters"
    assert stored.cells[1].source == "# Parameters\nstudy = 'data/small'\nout = ''\ncount = 2"
    assert "papermill" not in stored.metadata
    assert "papermill" not in stored.cells[0].metadata
