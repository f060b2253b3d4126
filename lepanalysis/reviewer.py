"""What a reviewer asks for, made from the same register as the paper: lists, checklists, statements, a research object.

Nothing is typed that the register, the ledger or the study holds, and nothing depends on clock, commit or machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis import (
    reviewer_annotations,
    reviewer_checklists,
    reviewer_codecheck,
    reviewer_crate,
    reviewer_exhibits,
    reviewer_statement,
)
from lepanalysis.faults import StudyFaultsError
from lepanalysis.reviewer_material import ANNOTATIONS, CRATE, REVIEW, material_of, read_citation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lepanalysis.article import Article
    from lepanalysis.study import Study
    from lepanalysis.verdicts import Verdict

_OF_FOLDER = {
    "exhibits.md": reviewer_exhibits.section,
    "codecheck.yml": reviewer_codecheck.configuration,
    "srqr.md": reviewer_checklists.srqr,
    "fifteen-points.md": reviewer_checklists.fifteen_points,
    "data-statement.md": reviewer_statement.statement,
}


def documents(
    build: Path,
    study: Study,
    article: Article | None,
    verdicts: Sequence[Verdict] = (),
    manifest: Mapping[str, Any] | None = None,
) -> dict[str, bytes]:
    """Return the documents for reviewers of a build, by their place in its folder.

    Parameters
    ----------
    build : Path
        A build with its registers, its executed notebooks and its paper.
    study : Study
    article : Article or None
        The ledger of the article that the study reproduces. What needs it is left out without it.
    verdicts : sequence of Verdict, optional
        Without them there are no annotations.
    manifest : mapping, optional
        What manifest.json will hold. Default: what it holds.

    Raises
    ------
    UsageError
        When no manifest is given and the folder holds none.
    StudyFaultsError
        With every fault of the placements (srqr.csv, fifteen-points.csv) beside the ledger.
    """
    faults = reviewer_checklists.faults_of_placements(article) if article is not None else []
    if faults:
        raise StudyFaultsError(faults)
    material = material_of(build, study, article, verdicts, citation=read_citation(), manifest=manifest)
    made = {f"{REVIEW}/{name}": write(material) for name, write in _OF_FOLDER.items()}
    made[ANNOTATIONS] = reviewer_annotations.annotations(material)
    made = {name: data for name, data in made.items() if data}
    made[CRATE] = reviewer_crate.crate(material, made)
    return made
