"""What a build makes of everything else it made: the documents for reviewers, and a first claims.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis import attestation, places, reviewer
from lepanalysis.own_claims import claims_template
from lepanalysis.target import DOCUMENTS
from lepanalysis.verdicts import verdicts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lepanalysis.article import Article
    from lepanalysis.study import Study
    from lepanalysis.verdicts import Verdict

TEMPLATE = "claims-template.yaml"


def verdicts(study: Study, article: Article | None) -> tuple[Verdict, ...]:
    """Return the verdicts that a build tells of: in its documents, and to whoever asks why.

    Parameters
    ----------
    study : Study
    article : Article or None
    """
    attested = attestation.read_attestation(article.folder)[0] if article is not None else None
    return verdicts_of(study, article, attestation=attested)


def write(
    build: Path, study: Study, article: Article | None, manifest: Mapping[str, Any], given: Sequence[Verdict]
) -> None:
    """Write the documents into the folder of a build.

    Parameters
    ----------
    build : Path
    study : Study
    article : Article or None
    manifest : mapping
        Complete, the papers with their digests among it.
    given : sequence of Verdict
        See `verdicts`.
    """
    if article is None and not study.own_claims.claims and study.has("agreed_themes"):
        places.write_whole(build / TEMPLATE, claims_template(study).encode())
    for name, data in reviewer.documents(build, study, article, given, manifest).items():
        places.write_whole(build / name, data)


def files_of(build: Path) -> list[str]:
    """Return the places of the documents that a build has."""
    found = []
    for name in DOCUMENTS:
        paths = sorted((build / name).rglob("*")) if (build / name).is_dir() else [build / name]
        found += [path.relative_to(build).as_posix() for path in paths if path.is_file()]
    return found
