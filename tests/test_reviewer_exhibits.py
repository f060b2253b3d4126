from reviewed import EXHIBITS, exhibit, small

from lepanalysis.reviewer_exhibits import section

LIST = """\
A build of `data/small` makes 5 exhibits (3 open, 2 published); their files lie in `build/small`. \
`.venv/bin/lepanalysis why ID` says what any one of them was made from.

| exhibit | class | notebook, cell | output |
| --- | --- | --- | --- |
| `tbl-codebook`: The codebook | open | `01-corpus`, 3 (`cell-3`) | `tables/tbl-codebook.csv` |
| `fig-a`: A \\| B | open | `01-corpus`, 5 (`cell-5`) | `figures/fig-a.csv`, `.svg`, `.png` |
| 2 numbers in the text | 1 open, 1 published | `01-corpus`, 2, 4 | `exhibits/01-corpus.json` |
| 1 quotation | published | `02-quotations`, 3 | `exhibits/02-quotations.json` |
"""


def test_tables_and_figures_stand_singly_and_the_rest_together(tmp_path):
    assert section(small(tmp_path)).decode() == LIST


def test_a_notebook_that_was_left_out_says_why(tmp_path):
    text = section(small(tmp_path, build={"skipped": ("02-quotations",)})).decode()
    assert "| left out: the study has no codings |  | `02-quotations` |  |" in text


def test_a_long_caption_is_cut(tmp_path):
    long = exhibit("tbl-b", "table", caption="word " * 100, files=("tables/tbl-b.csv",))
    (row,) = [
        line
        for line in section(small(tmp_path, build={"exhibits": (*EXHIBITS, long)})).decode().splitlines()
        if "tbl-b" in line
    ]
    assert len(row) < 200
