"""Pieces of a Pandoc document."""

from __future__ import annotations

import json

import pytest

from lepanalysis import pandoc
from lepanalysis.faults import LepanalysisError


def plain(blocks):
    document = {**pandoc.parse(""), "blocks": blocks}
    return pandoc.run_pandoc(["-f", "json", "-t", "plain", "--wrap=none"], json.dumps(document))


def test_a_text_comes_out_to_the_letter():
    text = "*a* _b_ $c$ <d> & @e #f -- ... \\g"
    assert plain([pandoc.wrapped("Para", pandoc.inlines(text))]) == text + "\n"


def test_a_line_s_end_in_a_text_is_kept():
    assert plain([pandoc.wrapped("Para", pandoc.inlines("one\ntwo  three"))]) == "one\ntwo  three\n"


def test_a_table_has_its_cells_and_its_caption():
    made = pandoc.table(
        [("A", "left"), ("B", "right")], [["x|y", "1"]], None, pandoc.inlines("Cap"), pandoc.NO_ATTRIBUTES
    )
    assert plain([made]).split() == ["A", "B", "-----", "---", "x|y", "1", ":", "Cap"]


def test_an_element_is_replaced_wherever_it_stands():
    document = pandoc.parse("- a [x]{.y}\n\n> b [x]{.y}\n")
    changed = pandoc.replaced(document["blocks"], lambda node: pandoc.inlines("z") if node["t"] == "Span" else None)
    assert plain(changed) == "- a z\n\n  b z\n"


def test_a_typst_string_means_nothing_but_itself():
    assert pandoc.typst_string('a "b" \\c\n#d') == '"a \\"b\\" \\\\c\\n#d"'


def test_a_warning_of_pandoc_is_an_error():
    with pytest.raises(LepanalysisError, match="nobody1900"):
        pandoc.run_pandoc(["-f", "markdown", "-t", "html", "--citeproc"], "[@nobody1900]")
