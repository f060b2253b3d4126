"""The examples in the docstrings run, from the folder of the project, and give what they say."""

import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest

from lepanalysis import agreement, coding

MODULES = """
    tallies formulas coefficients alpha intervals judgements agreement agreement_report characters unitising boundaries
    unitising_intervals codes applications consensus coding cooccurrence associations saturation retrieval
    differences disagreements confusion marked adjudication adjudication_rules
    themes_compared themes_evidence queries sheets
"""


@pytest.mark.parametrize("name", MODULES.split())
def test_the_examples_of_a_module(name, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent.parent)
    found = doctest.testmod(importlib.import_module(f"lepanalysis.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("module", [agreement, coding])
def test_what_is_offered_has_an_example(module):
    functions = [getattr(module, name) for name in module.__all__]
    lacking = [one.__name__ for one in functions if inspect.isfunction(one) and ">>>" not in one.__doc__]
    assert lacking == []


def test_the_code_in_the_documentation_runs(monkeypatch):
    root = Path(__file__).parent.parent
    monkeypatch.chdir(root)
    blocks = re.findall(
        r"^```python\n(.*?)^```", (root / "docs" / "agreement.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) > 3
    for block in blocks:
        exec(compile(block, "docs/agreement.md", "exec"), {})  # noqa: S102 - our own page
