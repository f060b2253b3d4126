"""What a build makes of everything else it made: the documents for reviewers, and a first claims.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis import attestation, places, reviewer
from lepanalysis.own_claims import claims_template
from lepanalysis.target import DOCUMENTS
from lepanalysis.verdicts import Verdict, verdicts_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lepanalysis.article import Article
    from lepanalysis.study import Study

TEMPLATE = "claims-template.yaml"


def write(build: Path, study: Study, article: Article | None, manifest: Mapping[str, Any]) -> None:
    """Write the documents into the folder of a build.

    Parameters
    ----------
    build : Path
    study : Study
    article : Article or None
    manifest : mapping
        Complete, the papers with their digests among it.
    """
    verdicts: tuple[Verdict, ...] = ()
    if article is not None or study.own_claims.claims:
        attested = attestation.read_attestation(article.folder)[0] if article is not None else None
        verdicts = verdicts_of(study, article, attestation=attested)
    elif study.has("agreed_themes"):
        places.write_whole(build / TEMPLATE, claims_template(study).encode())
    for name, data in reviewer.documents(build, study, article, verdicts, manifest).items():
        places.write_whole(build / name, data)


def files_of(build: Path) -> list[str]:
    """Return the places of the documents that a build has."""
    found = []
    for name in DOCUMENTS:
        paths = sorted((build / name).rglob("*")) if (build / name).is_dir() else [build / name]
        found += [path.relative_to(build).as_posix() for path in paths if path.is_file()]
    return found
