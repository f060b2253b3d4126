"""What made an exhibit, read off the source of a notebook."""

import pytest

from lepanalysis.chain_functions import function_of, making_of
from lepanalysis.chain_steps import steps_of

PARAMETERS = 'study = "data/small"\nout = ""\nunit = "message"'
OPEN = (
    "import pandas as pd\nfrom lepanalysis import coding, exhibits, figures\n"
    'book = exhibits.open_register(study, out, notebook="01")\ns = book.study'
)


def notebook(*sources, injected=None):
    """Return a notebook as JSON: a text cell, parameters, a cell that opens the register, and the given cells."""
    cells = [{"cell_type": "markdown", "id": "text", "source": "# Title", "metadata": {}}]
    cells.append(code("parameters", PARAMETERS, "parameters"))
    if injected:
        cells.append(code("injected-parameters", injected, "injected-parameters"))
    cells += [code(f"cell-{number}", source) for number, source in enumerate((OPEN, *sources), 3)]
    return {"cells": cells}


def code(id_, source, *tags):
    return {"cell_type": "code", "id": id_, "source": source, "metadata": {"tags": list(tags)}}


def made(exhibit, cell, *sources, **options):
    return making_of(steps_of(notebook(*sources, **options)), cell, exhibit)


def called(making):
    return [function.name for function in making.functions if function.name != "exhibits.open_register"]


def supplied(making):
    return {cell.number: cell.names for cell in making.cells}


def test_a_function_is_named_with_its_module_and_what_it_says():
    making = made("n-a", 4, 'book.register("n-a", len(coding.shared_codes(s)), from_=[])')
    first, second = making.functions
    assert first.name == "exhibits.open_register"
    assert (second.name, second.module) == ("coding.shared_codes", "lepanalysis.codes")
    assert second.says == "Return the codes over which coders can be compared, in the order of the codebook."


def test_of_several_exhibits_of_a_cell_each_has_its_own_functions():
    source = (
        "codes = coding.shared_codes(s)\nrows = coding.coding_summary(s)\n"
        'book.register("n-a", len(codes))\nbook.register("n-b", len(rows))'
    )
    assert called(made("n-a", 4, source)) == ["coding.shared_codes"]
    assert called(made("n-b", 4, source)) == ["coding.coding_summary"]


def test_cells_upstream_say_which_names_they_supply():
    making = made(
        "n-a", 6, "codes = coding.shared_codes(s)", "other = coding.frequencies(s)", 'book.register("n-a", len(codes))'
    )
    assert supplied(making) == {3: ("book", "s"), 4: ("codes",)}
    assert called(making) == ["coding.shared_codes"]


def test_a_name_bound_anew_hides_what_it_was():
    making = made("n-a", 6, "rows = coding.frequencies(s)", "rows = [1]", 'book.register("n-a", len(rows))')
    assert called(making) == []
    assert supplied(making) == {3: ("book",), 5: ("rows",)}


@pytest.mark.parametrize(
    "change",
    [
        'rows["share"] = coding.saturation(s)',
        'rows.insert(0, "share", coding.saturation(s))',
        "rows += coding.saturation(s)",
        "if len(rows):\n    rows = coding.saturation(s)",
        "for rows in coding.saturation(s):\n    pass",
    ],
)
def test_what_changes_a_name_counts_beside_what_bound_it(change):
    making = made("n-a", 6, "rows = coding.frequencies(s)", change, 'book.register("n-a", len(rows))')
    assert called(making) == ["coding.frequencies", "coding.saturation"]


def test_what_an_exhibit_stands_under_counts():
    source = (
        'if len(coding.shared_codes(s)):\n    for name in coding.frequencies(s):\n        book.register(f"n-{name}", 1)'
    )
    assert called(made("n-b", 4, source)) == ["coding.shared_codes", "coding.frequencies"]


def test_what_stands_below_in_a_loop_counts():
    source = 'last = 0\nfor n in range(3):\n    book.register(f"n-{n}", last)\n    last = coding.saturation(s)'
    assert called(made("n-1", 4, source)) == ["coding.saturation"]


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    rows = coding.saturation(s)\nexcept ValueError as error:\n    rows = error",
        "try:\n    pass\nexcept coding.saturation(s):\n    rows = 1",
        "try:\n    pass\nfinally:\n    rows = coding.saturation(s)",
        "with coding.saturation(s) as rows:\n    pass",
        "match s:\n    case 1 if coding.saturation(s):\n        rows = 1",
        "while (rows := coding.saturation(s)):\n    pass",
        "rows: list = coding.saturation(s)",
        "rows, *rest = coding.saturation(s)",
        "rows = {n: n for n in coding.saturation(s) if n}",
        "rows = (lambda n, *more: coding.saturation(n))(s)",
        "class rows:\n    found = coding.saturation(s)",
        "async def rows(n=coding.saturation(s)):\n    return n",
        "rows = s\nrows.found = coding.saturation(s)",
        "rows = f'{coding.saturation(s)}'",
        "rows = coding.saturation(s)[0].frame",
    ],
)
def test_every_kind_of_statement_is_followed(source):
    assert called(made("n-a", 5, source, 'book.register("n-a", rows)')) == ["coding.saturation"]


def test_an_id_that_is_put_together_is_found_by_its_letters():
    source = (
        'for n in (1, 2):\n    book.register(f"n-codes-{n}", coding.shared_codes(s))\n'
        '    book.register(f"n-rows-{n}", coding.frequencies(s))'
    )
    assert called(made("n-rows-2", 4, source)) == ["coding.frequencies"]


def test_a_function_of_the_notebook_leads_to_what_it_uses():
    source = "def rows(study, n=1):\n    codes = coding.shared_codes(study)\n    return [codes for n in codes]\n"
    making = made("n-a", 5, source, 'book.register("n-a", rows(s))')
    assert called(making) == ["coding.shared_codes"]
    assert supplied(making)[4] == ("rows",)


def test_names_inside_a_comprehension_are_its_own():
    making = made("n-a", 5, "row = coding.frequencies(s)", 'book.register("n-a", [row for row in s])')
    assert called(making) == []


def test_parameters_are_those_on_which_it_hangs_wherever_they_were_put():
    source = 'square = coding.cooccurrence(s, within=unit)\nbook.register("n-a", len(square))'
    making = made("n-a", 4, source, injected='# Parameters\nstudy = "x"\nout = ""\nunit = "thread"')
    assert making.parameters == ("unit",)
    assert supplied(making) == {2: ("unit",), 3: ("book", "s")}


@pytest.mark.parametrize("source", ["%matplotlib inline\nx = 1", "!ls", "x = (", "\0", "x = " + "+".join(["y"] * 2000)])
def test_a_cell_that_cannot_be_read_is_left_out(source):
    making = made("n-a", 5, source, 'book.register("n-a", coding.shared_codes(s))')
    assert called(making) == ["coding.shared_codes"]


def test_an_exhibit_that_no_statement_names_gets_the_whole_cell():
    making = made("n-a", 4, "rows = coding.frequencies(s)\ncodes = coding.shared_codes(s)")
    assert called(making) == ["coding.frequencies", "coding.shared_codes"]


@pytest.mark.parametrize(
    ("path", "module"),
    [
        (("lepanalysis", "coding", "cooccurrence"), "lepanalysis.cooccurrence"),
        (("lepanalysis", "exhibits", "Quotation"), "lepanalysis.exhibits"),
        (("lepanalysis", "study", "open_study"), "lepanalysis.study"),
        (("lepanalysis", "quotations", "NOT_FOUND"), None),
        (("lepanalysis", "coding"), None),
        (("lepanalysis", "nothing", "at_all"), None),
        (("lepanalysis",), None),
        (("pandas", "concat"), None),
        ((), None),
    ],
)
def test_a_dotted_name_is_a_function_of_the_library_or_none(path, module):
    found = function_of(path)
    assert (found.module if found else None) == module
