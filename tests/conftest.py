"""What the tests share: the helpers beside them on the path, and the small study."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from projects import ROOT
from studies import write_study

from lepanalysis.study import open_study


@pytest.fixture
def study(tmp_path):
    return open_study(write_study(tmp_path / "study"))


@pytest.fixture
def opened(tmp_path):
    """Open the small study with changes: files left out, or with another text."""

    def open_changed(**changes):
        return open_study(write_study(tmp_path / f"study-{len(list(tmp_path.iterdir()))}", **changes))

    return open_changed


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The stand-in, built once for all tests that read the result."""
    from lepanalysis.build import build

    out = tmp_path_factory.mktemp("build") / "standin"
    build(ROOT / "data" / "standin", out, jobs=2)
    return out
