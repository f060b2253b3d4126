"""The examples in the docstrings run, from the folder of the project, and give what they say."""

import doctest
import importlib
from pathlib import Path

import pytest

MODULES = """
    differences disagreements confusion marked adjudication adjudication_rules
    themes_compared themes_evidence queries sheets
"""


@pytest.mark.parametrize("name", MODULES.split())
def test_the_examples_of_a_module(name, monkeypatch):
    monkeypatch.chdir(Path(__file__).parent.parent)
    found = doctest.testmod(importlib.import_module(f"lepanalysis.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
