"""A deposit package: a study's files as they are, what their columns mean, checksums, licence, in one ZIP archive.

The same study gives the same bytes on every machine: members are stored and not packed, since what packing makes of
bytes differs from one version of its library to the next, and no clock is asked.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from lepanalysis import places
from lepanalysis.exchange.deposit_words import dictionary, licence_words, readme
from lepanalysis.exchange.draft import draft_of
from lepanalysis.exchange.folder import CLAIMS
from lepanalysis.exchange.losses import Ledger
from lepanalysis.faults import LepanalysisError
from lepanalysis.schema import STUDY_TABLES
from lepanalysis.study import YAML_FILES
from lepanalysis.tables import sha256_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lepanalysis.exchange.losses import LossReport
    from lepanalysis.study import Study

# Study's files in the package.
DATA = "data"
SUMS = "SHA256SUMS"
# The first moment that a ZIP archive can name.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_UNIX, _MODE = 3, 0o100644
_ACCEPTED = re.compile(r"1|true|yes", re.IGNORECASE)


def write(study: Study, target: Path, options: Mapping[str, Any]) -> LossReport:
    """Write the deposit package of a study.

    Parameters
    ----------
    study : Study
    target : Path
        The ``.zip``.
    options : mapping
        ``class_accepted``: that the person knows that the study is restricted and may nevertheless be packed.

    Returns
    -------
    LossReport

    Raises
    ------
    LepanalysisError
        When the study is restricted and nobody said so knowingly, or was changed after it was opened.
    """
    if study.class_ == "restricted" and not _ACCEPTED.fullmatch(str(options.get("class_accepted") or "")):
        raise LepanalysisError(
            f"{study.folder.name} is a restricted study: its messages may not be passed on, and a deposit package "
            "holds all of them. Where the holder of the data allows it, say class_accepted=yes; the package says then "
            "that it is restricted"
        )
    ledger = Ledger(study.folder.name, "deposit package")
    files = _files(study)
    draft = draft_of(study)
    counts = {kind: count for kind, count in draft.counts().items() if count}
    for kind, count in counts.items():
        ledger.came(kind, count)
    for name in ("ledger", "template"):
        if getattr(study.record, name):
            ledger.came("folders beside the study")
            ledger.dropped(
                "folders beside the study", name, "study.yaml names it, and it lies outside the study's folder"
            )
    members = {f"{DATA}/{name}": data for name, data in files.items()}
    members["DATA-DICTIONARY.md"] = dictionary(draft, tuple(files)).encode()
    members["LICENCE.txt"] = licence_words(study).encode()
    members["README.md"] = readme(study, counts, tuple(files)).encode()
    sums = "".join(f"{sha256_of(data)}  {name}\n" for name, data in sorted(members.items()))
    members[SUMS] = sums.encode()
    places.write_whole(target, _packed(members))
    if study.class_ == "restricted":
        ledger.note("The study is restricted; the package was written because class_accepted says that this is known.")
    return ledger.report(counts)


def _files(study: Study) -> dict[str, bytes]:
    """Return the files of a study as they are, held against the digests that it was opened with."""
    found = {}
    for name in (*YAML_FILES, *(table.file for table in STUDY_TABLES.values()), CLAIMS):
        path = study.folder / name
        if not path.is_file():
            continue
        found[name] = path.read_bytes()
        # claims.yaml is no part of what was opened.
        if study.digests.get(name, sha256_of(found[name])) != sha256_of(found[name]):
            raise LepanalysisError(f"{name} of the study was changed after it was opened; begin anew")
    return found


def _packed(members: Mapping[str, bytes]) -> bytes:
    """Return a ZIP archive of members, sorted by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(members.items()):
            info = zipfile.ZipInfo(name, _MOMENT)
            info.create_system = _UNIX
            info.external_attr = _MODE << 16
            archive.writestr(info, data)
    return buffer.getvalue()
