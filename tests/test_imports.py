import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "lepanalysis"
# Each module imports only from its own row and those above; inside a row there is no circle. A module that is not
# here, by its own name or by what stands before its first underscore, has to be given its place.
ROWS = """
    faults schema claim_rules
    places rows tables clean yamlfile records locators reference_entries
    own_claims own_claims_rules known decision_rules rules study
    entries ledger_rules_print ledger_record ledger_files ledger_rules article
    codes applications consensus retrieval sheets
    cooccurrence associations saturation coding
    differences
    tallies formulas coefficients alpha intervals judgements disagreements characters boundaries unitising agreement
    confusion marked adjudication queries
    themes
    typography wording quotations publication
    citing citation_audit citation_rules
    article_pdf article_file article_lines article_sections article_text article_contents article_check
    article_places attestation
    claim_units claim_tests claim_cautions claim_records claim_figures claim_sensitivity claims
    verdicts
    figures
    display exhibits
    exchange
    workbench
    execution template pandoc looks target chain document paper reviewer build committed
    cli __main__
"""
ROW_OF = {name: place for place, row in enumerate(ROWS.split("\n")) for name in row.split()}
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(file):
    """Return the part of the package that a file belongs to: a module, or a package of modules as a whole."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(tree):
    """Yield what a module imports at some time, but not what only its type annotations need."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting.extend(ast.iter_child_nodes(node))


def parts_imported(file):
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [name.split(".")[1] for name in imported(tree) if name.startswith("lepanalysis.")]
    return {name for name in names if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()}


def row_of(name):
    row = ROW_OF.get(name, ROW_OF.get(name.partition("_")[0]))
    assert row is not None, f"{name} has no place in the order of modules"
    return row


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_a_module_imports_only_from_those_above_it(file):
    name = name_of(file)
    if name == "__init__":
        assert parts_imported(file) == set()
        return
    assert {part for part in parts_imported(file) if row_of(part) > row_of(name)} == set()


def test_no_module_imports_itself_by_way_of_others():
    graph = {}
    for file in FILES:
        graph.setdefault(name_of(file), set()).update(parts_imported(file) - {name_of(file)})
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("package", sorted({file.parent for file in FILES} - {PACKAGE}), ids=lambda path: path.name)
def test_no_module_of_a_package_imports_itself_by_way_of_its_neighbours(package):
    inside = f"lepanalysis.{package.name}."
    graph = {
        file.stem: {
            name.removeprefix(inside).split(".")[0]
            for name in imported(ast.parse(file.read_text(encoding="utf-8")))
            if name.startswith(inside)
        }
        for file in package.glob("*.py")
    }
    assert list(TopologicalSorter(graph).static_order())


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_module_uses_the_global_state_of_pyplot(file):
    names = set(imported(ast.parse(file.read_text(encoding="utf-8"))))
    assert not {name for name in names if name.startswith("matplotlib.pyplot")}


def test_importing_the_package_imports_nothing_heavy():
    heavy = ["numpy", "pandas", "scipy", "matplotlib", "IPython", "jupyter_client", "nbformat", "papermill"]
    code = f"import sys, lepanalysis; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_analysis_needs_neither_pyplot_nor_jupyter():
    heavy = ["matplotlib", "IPython", "jupyter_client", "nbformat", "papermill"]
    modules = "coding, agreement, themes, quotations"
    code = f"import sys; from lepanalysis import {modules}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_design_names_every_module():
    design = (PACKAGE.parent / "docs" / "design.md").read_text(encoding="utf-8")
    named = {name.strip() for row in design.split("\n| ")[1:] for name in row.split("|")[0].split(",")}
    modules = {file.stem for file in FILES if not file.stem.startswith("__")}
    assert sorted(modules - named) == []
