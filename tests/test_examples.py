"""The examples in the docstrings run, from the folder of the project, and give what they say."""

import doctest
import importlib
import inspect
import re
from pathlib import Path

import pytest

from lepanalysis import agreement, coding

MODULES = """
    tallies formulas coefficients alpha intervals intervals_arrays intervals_joint
    judgements agreement agreement_estimates agreement_intervals agreement_joint agreement_report
    characters unitising boundaries unitising_intervals
    codes applications consensus coding cooccurrence associations saturation retrieval
    differences disagreements confusion marked adjudication adjudication_rules
    themes themes_compared themes_evidence queries queries_expressions sheets
"""


@pytest.mark.parametrize("name", MODULES.split())
def test_the_examples_of_a_module(name, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent.parent)
    found = doctest.testmod(importlib.import_module(f"lepanalysis.{name}"))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("name", MODULES.split())
def test_what_is_public_has_an_example(name):
    module = importlib.import_module(f"lepanalysis.{name}")
    own = [one for one in vars(module).values() if getattr(one, "__module__", "") == module.__name__]
    public = [one for one in own if inspect.isfunction(one) or inspect.isclass(one)]
    lacking = [one.__name__ for one in public if not one.__name__.startswith("_") and ">>>" not in (one.__doc__ or "")]
    assert lacking == []


@pytest.mark.parametrize("module", [agreement, coding])
def test_what_is_offered_is_there(module):
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_the_code_in_the_documentation_runs(monkeypatch):
    root = Path(__file__).parent.parent
    monkeypatch.chdir(root)
    blocks = re.findall(
        r"^```python\n(.*?)^```", (root / "docs" / "agreement.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) > 3
    for block in blocks:
        exec(compile(block, "docs/agreement.md", "exec"), {})  # noqa: S102 - our own page
