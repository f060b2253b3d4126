"""What of a ledger was found equal to its article's text when that was last at hand: data/article/attestation.json.

A clone of the project has no text of the article. The attestation carries over what a comparison found, by digests
alone: that of the article's file, those of the ledger's files, and for each entry that was equal the digest of its
record. An entry whose record has changed since has another digest, and counts as not checked.

A seal, the digest of all the rest, tells when a digest was typed by hand. It notices slips. Whoever means to forge
makes the seal anew: against that stands the history of the project alone, and the article itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from lepanalysis.entries import TABLES, entries_of
from lepanalysis.faults import Fault
from lepanalysis.places import write_whole
from lepanalysis.tables import fault_of_place, read_utf8

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.article_check import Comparison
    from lepanalysis.article_text import ArticleText
    from lepanalysis.entries import Entry

FILE = "attestation.json"
KINDS = ("text", "pdf")
SEAL = "seal"
KEYS = ("article_sha256", "entries", "kind", "ledger", "not_equal", SEAL)
LARGEST = 16 * 1024 * 1024
# What is said of a file whose seal does not fit, and of one that has none.
BY_HAND = "changed by hand: the seal does not fit the rest, and nothing here counts as checked"
UNSEALED = "written by an earlier version, without a seal: nothing here counts as checked"
_DIGEST = re.compile(r"[0-9a-f]{64}")
_REMEDY = "hold the ledger against the article anew: lepanalysis verify STUDY --article FILE"


@dataclass(frozen=True)
class Attestation:
    """What was compared with which file, and what was equal.

    Parameters
    ----------
    article_sha256 : str
        Digest of the file of the article.
    kind : str
        ``text`` or ``pdf``.
    ledger : mapping
        Digest of each file of the ledger as it was then, by name.
    entries : mapping
        Digest of the record of each entry that was equal, by its id.
    not_equal : tuple of str
        The ids of the entries that were compared and were not equal, in alphabetical order.
    """

    article_sha256: str
    kind: str
    ledger: Mapping[str, str] = field(default_factory=dict, repr=False)
    entries: Mapping[str, str] = field(default_factory=dict, repr=False)
    not_equal: tuple[str, ...] = ()


def attest(
    text: ArticleText, entries: Sequence[Entry], comparisons: Sequence[Comparison], article: Article
) -> Attestation:
    """Return what a comparison attests: the entries that were equal, and only those.

    Parameters
    ----------
    text : ArticleText
    entries : sequence of Entry
    comparisons : sequence of Comparison
        What `article_check.compare` made of them.
    article : Article
        The ledger, for the digests of its files; those of what is worked out from it do not count.
    """
    equal = {comparison.entry_id for comparison in comparisons if comparison.equal}
    compared = {comparison.entry_id for comparison in comparisons}
    return Attestation(
        text.sha256,
        text.kind,
        MappingProxyType({name: digest for name, digest in sorted(article.digests.items()) if name != FILE}),
        MappingProxyType({entry.id: entry.digest for entry in entries if entry.id in equal}),
        tuple(sorted(compared - equal)),
    )


def state_of(entry: Entry, attestation: Attestation | None) -> Literal["equal", "not checked"]:
    """Return whether an entry, as it is now, was found equal to the article's text.

    Parameters
    ----------
    entry : Entry
    attestation : Attestation or None
    """
    return "equal" if attestation is not None and _holds(entry, attestation) else "not checked"


def files_changed(article: Article, attestation: Attestation | None) -> tuple[str, ...]:
    """Return the files of a ledger that are not those that were attested, where no entry of theirs shows it.

    What is no entry, such as a slip of print, the title of the article or the order of records, is attested by its file
    alone. An entry that is as it was stays attested, whatever else in its file changed; one that is not says so itself.

    Parameters
    ----------
    article : Article
    attestation : Attestation or None
        None attests no file, so that none has changed since.

    Returns
    -------
    tuple of str
        Their names, in alphabetical order: of files that changed, came or went.
    """
    if attestation is None:
        return ()
    entries = entries_of(article)
    told = {
        entry.table for entry in entries if entry.id not in attestation.not_equal and not _holds(entry, attestation)
    }
    if not {*attestation.entries, *attestation.not_equal} <= {entry.id for entry in entries}:
        told.update(TABLES)  # which table had an entry that is gone is not known
    shown = {FILE, *(f"{table}.csv" for table in told), *(("references.json",) if "references" in told else ())}
    now = {*article.digests.items()} ^ {*attestation.ledger.items()}
    return tuple(sorted({name for name, _ in now} - shown))


def _holds(entry: Entry, attestation: Attestation) -> bool:
    """Whether the record of an entry is the one that was equal."""
    return attestation.entries.get(entry.id) == entry.digest


def replaces(new: Attestation, old: Attestation | None) -> bool:
    """Whether an attestation takes the place of another.

    One made from the same file does, whatever it found. One made from another file (a PDF in the place of a text, say)
    does only where all that it compared was equal: a worse copy of the article takes away nothing that a better one
    has shown.

    Parameters
    ----------
    new : Attestation
    old : Attestation or None
        None where there is none, or none that can be read.
    """
    if old is None or new.article_sha256 == old.article_sha256:
        return True
    return bool(new.entries) and not new.not_equal


def write_attestation(folder: Path, attestation: Attestation) -> bool:
    """Write an attestation into the folder of its ledger, where it takes the place of what is there.

    The bytes depend on the comparison alone: sorted, one entry a line, no time and no path.

    Parameters
    ----------
    folder : Path
    attestation : Attestation

    Returns
    -------
    bool
        Whether the file changed.
    """
    old, _ = read_attestation(folder)
    data = _bytes(attestation)
    path = folder / FILE
    if not replaces(attestation, old) or (path.is_file() and path.read_bytes() == data):
        return False
    write_whole(path, data)
    return True


def _bytes(attestation: Attestation) -> bytes:
    """Return an attestation as it is written."""
    record = {
        "article_sha256": attestation.article_sha256,
        "entries": dict(attestation.entries),
        "kind": attestation.kind,
        "ledger": dict(attestation.ledger),
        "not_equal": list(attestation.not_equal),
    }
    sealed = {**record, SEAL: seal_of(record)}
    return (json.dumps(sealed, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def seal_of(record: Mapping[str, Any]) -> str:
    """Return the seal of an attestation: the same for the same content, however it is laid out.

    Parameters
    ----------
    record : mapping
        What the file holds; a seal in it does not count.

    Examples
    --------
    >>> seal_of({"kind": "text", "entries": {}}) == seal_of({"entries": {}, "kind": "text", "seal": "x"})
    True
    """
    rest = {key: cell for key, cell in record.items() if key != SEAL}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_attestation(folder: str | Path) -> tuple[Attestation | None, list[Fault]]:
    """Read the attestation in the folder of a ledger.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    attestation : Attestation or None
        None where there is none, and where there is one with any fault: it attests nothing then.
    faults : list of Fault
    """
    path = Path(folder) / FILE
    shown = str(path)
    if not path.is_file():
        misplaced = fault_of_place(path, shown)
        return None, [misplaced] if misplaced else []
    if path.stat().st_size > LARGEST:
        return None, [Fault(shown, 0, "", "the file is too large to be an attestation", _REMEDY)]
    text, faults = read_utf8(path, shown)
    if faults:
        return None, faults
    try:
        value = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:
        return None, [Fault(shown, getattr(error, "lineno", 1), "", f"not JSON here ({error})", _REMEDY)]
    faults = [Fault(shown, _line(text, key), key, problem, _REMEDY) for key, problem in _problems(value)]
    if faults:
        return None, sorted(set(faults))
    record = dict(value)
    return Attestation(
        record["article_sha256"],
        record["kind"],
        MappingProxyType(dict(record["ledger"])),
        MappingProxyType(dict(record["entries"])),
        tuple(record["not_equal"]),
    ), []


class _Pairs(list):  # type: ignore[type-arg]
    """The keys and values of a JSON object, also where a key stands twice."""


def _problems(value: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - anything that JSON can hold
    """Return what is wrong with the value of an attestation: the key, and what is wrong with it."""
    if not isinstance(value, _Pairs):
        return [("", "not a record of what was compared")]
    keys = [key for key, _ in value]
    found = [(key, "the key stands twice") for key in sorted(set(keys)) if keys.count(key) > 1]
    found += [(key, "an attestation has no such key") for key in keys if key not in KEYS]
    found += [(key, UNSEALED if key == SEAL else "the key is missing") for key in KEYS if key not in keys]
    for key, cell in value:
        if key in {"article_sha256", SEAL} and not _is_digest(cell):
            found.append((key, "not a SHA-256 in lower-case hexadecimal"))
        elif key == "kind" and cell not in KINDS:
            found.append((key, f"not one of {', '.join(KINDS)}"))
        elif key in {"ledger", "entries"}:
            found += _problems_of_digests(key, cell)
        elif key == "not_equal" and not _are_ids(cell):
            found.append((key, "not a list of ids"))
    if found:
        return found
    record = dict(value)
    plain = {key: dict(cell) if isinstance(cell, _Pairs) else cell for key, cell in record.items()}
    both = sorted(set(plain["entries"]).intersection(plain["not_equal"]))
    found = [(name, "stands among those that were equal and among those that were not") for name in both]
    return found or ([(SEAL, BY_HAND)] if plain[SEAL] != seal_of(plain) else [])


def _problems_of_digests(key: str, cell: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - anything that JSON can hold
    """Return what is wrong with a record of digests by name."""
    if not isinstance(cell, _Pairs):
        return [(key, "not a record of digests")]
    names = [name for name, _ in cell]
    found = [(name, "the key stands twice") for name in sorted(set(names)) if names.count(name) > 1]
    wrong = "not a SHA-256 in lower-case hexadecimal"
    return found + [(name, wrong) for name, digest in cell if not (name and _is_digest(digest))]


def _is_digest(value: object) -> bool:
    """Whether a value is a SHA-256 as it is written here."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _are_ids(value: object) -> bool:
    """Whether a value is a list of ids."""
    return isinstance(value, list) and not isinstance(value, _Pairs) and all(isinstance(id_, str) for id_ in value)


def _line(text: str, key: str) -> int:
    """Return the line on which a key stands first; 1 where it does not."""
    place = text.find(json.dumps(key, ensure_ascii=False)) if key else -1
    return text.count("\n", 0, place) + 1 if place >= 0 else 1
