"""What the documents for reviewers are made from: the register of a build, its evidence and who made the compendium."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from lepanalysis import places
from lepanalysis.attestation import FILE as ATTESTATION
from lepanalysis.attestation import read_attestation
from lepanalysis.faults import UsageError
from lepanalysis.schema import CLASSES, highest_class
from lepanalysis.tables import sha256_of
from lepanalysis.target import MANIFEST, manifest_of, read_exhibits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from lepanalysis.article import Article
    from lepanalysis.study import Study
    from lepanalysis.verdicts import Verdict

# Where the documents lie in a build, and those for programs at its top.
REVIEW = "review"
ANNOTATIONS = "annotations.jsonld"
CRATE = "ro-crate-metadata.json"
# Beside a ledger and no part of it: where the article bears on the two checklists.
SRQR_FILE = "srqr.csv"
POINTS_FILE = "fifteen-points.csv"
REFERENCES_FILE = "references.json"
# Classes of records that anybody can look at and that nobody invented.
PUBLIC = ("open", "derived", "published")
_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\"<>\\^`{|}]+")
_ORCID = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]")


@dataclass(frozen=True, eq=False)
class Material:
    """A build as reviewers' documents see it.

    Parameters
    ----------
    build : Path
        The folder of the build.
    manifest : mapping
        Its manifest.json.
    exhibits : mapping
        Its registers as one: each exhibit's record, by id, in the order of the notebooks.
    study : Study
    article : Article or None
        The ledger that the study reproduces.
    verdicts : tuple of Verdict
    citation : mapping
        CITATION.cff of the checkout: who made this compendium; empty where there is none.
    """

    build: Path
    manifest: Mapping[str, Any] = field(repr=False)
    exhibits: Mapping[str, Mapping[str, Any]] = field(repr=False)
    study: Study
    article: Article | None
    verdicts: tuple[Verdict, ...] = field(repr=False)
    citation: Mapping[str, Any] = field(repr=False)

    @property
    def place(self) -> str:
        """Where the study is built unless told otherwise, from the checkout: build/<study>."""
        return f"build/{self.manifest['study']['folder'].rstrip('/').rpartition('/')[2]}"

    @property
    def notebooks(self) -> dict[str, Mapping[str, Any]]:
        """The notebooks that ran, by name."""
        return {name: entry for name, entry in self.manifest["notebooks"].items() if not entry.get("skipped")}

    @property
    def skipped(self) -> dict[str, str]:
        """The notebooks that were left out, with the reason."""
        return {name: entry["skipped"] for name, entry in self.manifest["notebooks"].items() if entry.get("skipped")}

    @property
    def inputs(self) -> dict[str, str]:
        """The files that the build and these documents rest on, as ``study/FILE`` or ``ledger/FILE``, with digests."""
        folder = self.article.folder if self.article is not None else None
        beside = {
            f"ledger/{name}": sha256_of((folder / name).read_bytes())
            for name in (SRQR_FILE, POINTS_FILE)
            if folder is not None and (folder / name).is_file()
        }
        return dict(sorted({**self.manifest["inputs"], **beside}.items()))

    def class_of(self, name: str) -> str:
        """Return the class that binds most in one of `inputs`.

        Parameters
        ----------
        name : str
        """
        return highest_class(self.classes_of(name))

    def classes_of(self, name: str) -> list[str]:
        """Return the class of each record of one of `inputs`; that of the whole where it has no records.

        Parameters
        ----------
        name : str
        """
        return self.records_of(name) or [self._whole(name)]

    def records_of(self, name: str) -> list[str]:
        """Return the class of each record of one of `inputs`; of a file that is one record, its class.

        Parameters
        ----------
        name : str
        """
        owner, _, file = name.partition("/")
        record = self.study if owner == "study" else self.article
        tables = [table for table in record.tables.values() if table.file == file] if record is not None else []
        if tables:
            return [class_ for table in tables for class_ in table.record_classes]
        count = 1
        if owner == "ledger" and self.article is not None:
            if file in {SRQR_FILE, POINTS_FILE}:
                count = _rows_below_the_header((self.article.folder / file).read_text(encoding="utf-8"))
            elif file == REFERENCES_FILE:
                count = len(self.article.references)
            elif file == ATTESTATION:
                count = len(getattr(read_attestation(self.article.folder)[0], "entries", ()))
        return [self._whole(name)] * count

    def _whole(self, name: str) -> str:
        """Return the class of one of `inputs` as a whole, where its records say none."""
        owner, _, file = name.partition("/")
        if owner == "study":
            return self.study.class_
        return "derived" if file in {SRQR_FILE, POINTS_FILE, ATTESTATION} else "published"

    @property
    def ledger_folder(self) -> str:
        """The folder of the ledger from the checkout; empty without one."""
        return places.shown(self.article.folder) if self.article is not None else ""


def _rows_below_the_header(text: str) -> int:
    """Return how many records a CSV file holds."""
    return max(0, sum(any(row) for row in csv.reader(io.StringIO(text))) - 1)


def material_of(
    build: Path,
    study: Study,
    article: Article | None,
    verdicts: Sequence[Verdict],
    *,
    citation: Mapping[str, Any],
    manifest: Mapping[str, Any] | None = None,
) -> Material:
    """Return the material of a build that has its registers.

    Parameters
    ----------
    build, study, article, verdicts, citation
        As for `Material`.
    manifest : mapping, optional
        Default: the manifest.json in the folder.

    Raises
    ------
    UsageError
        When no manifest is given and there is none in the folder.
    """
    manifest = manifest or manifest_of(build)
    if not manifest:
        raise UsageError(f"there is no {MANIFEST} in {build}; run the build again")
    return Material(build, manifest, read_exhibits(build, manifest), study, article, tuple(verdicts), citation)


def read_citation() -> dict[str, Any]:
    """Return CITATION.cff of the checkout; nothing where there is none, or where it cannot be read."""
    try:
        text = (places.project_root() / "CITATION.cff").read_text(encoding="utf-8")
        # A plain loader would make dates of what stands there as text.
        value = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes text, lists and mappings only
    except (OSError, UnicodeDecodeError, yaml.YAMLError, UsageError):
        return {}
    return value if isinstance(value, dict) else {}


def in_order(classes: Iterable[str]) -> dict[str, int]:
    """Return how many there are of each class, the one that binds most first."""
    given = list(classes)
    return {class_: given.count(class_) for class_ in CLASSES if class_ in given}


def counted(classes: Iterable[str]) -> str:
    """Say how many there are of each class.

    Examples
    --------
    >>> counted(["published", "stand-in", "published"])
    '1 stand-in, 2 published'
    """
    return ", ".join(f"{count} {class_}" for class_, count in in_order(classes).items())


def doi_of(record: Mapping[str, Any]) -> str:
    """Return the address of a work's DOI; empty where it has none that could be one."""
    found = _DOI.search(str(record.get("doi") or ""))
    return f"https://doi.org/{found[0]}" if found else ""


def authors_of(record: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the authors of a work, each with ``name``, ``family``, ``given`` and ``orcid``, as far as they are given.

    Parameters
    ----------
    record : mapping
        article.yaml, or a work of CITATION.cff.
    """
    given = record.get("authors")
    found = []
    for author in given if isinstance(given, list) else []:
        about = author if isinstance(author, dict) else {"name": author}
        family = _text(about, "family", "family-names")
        first = _text(about, "given", "given-names")
        name = _text(about, "name", "literal") or f"{first} {family}".strip()
        orcid = _ORCID.search(_text(about, "orcid"))
        if name:
            found.append({"name": name, "family": family, "given": first, "orcid": orcid[0] if orcid else ""})
    return found


def cited(record: Mapping[str, Any]) -> str:
    """Return a work as a list of references has it, as far as its record goes.

    Examples
    --------
    >>> cited({"authors": [{"family": "Ash", "given": "Ida"}], "year": 2001, "title": "On rooms", "doi": "10.1234/x"})
    'Ash, I. (2001). On rooms. https://doi.org/10.1234/x'
    """
    names = [
        f"{author['family']}, {' '.join(part[0] + '.' for part in author['given'].split())}".rstrip(", ")
        if author["family"]
        else author["name"]
        for author in authors_of(record)
    ]
    head = ", & ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
    issued = str(record.get("year") or record.get("date-released") or "")[:4]
    year = f" ({issued})." if issued else "." if head else ""
    title = f" {str(record.get('title', '')).rstrip('.')}." if record.get("title") else ""
    journal = f" {record['journal']}." if record.get("journal") else ""
    return f"{head}{year}{title}{journal} {doi_of(record)}".strip()


def _text(record: Mapping[str, Any], *names: str) -> str:
    """Return the first of several keys that is there, as text."""
    return next((str(record[name]).strip() for name in names if record.get(name)), "")
