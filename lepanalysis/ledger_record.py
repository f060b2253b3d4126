"""What the bibliographic record of a ledger, article.yaml, must hold: whatever follows from the rest of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lepanalysis.faults import Fault
from lepanalysis.ledger_rules_print import CSL_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lepanalysis.yamlfile import Document

_DOI = re.compile(r"10\.[0-9]{4,9}/\S+")
_RESOLVER = re.compile(r"https?://(?:dx\.)?doi\.org/", re.IGNORECASE)
_ORCID = re.compile(r"(?:https://orcid\.org/)?([0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X])")
_ORCID_BASE = 11


def faults_of_record(document: Document, shown: str) -> Iterator[Fault]:
    """Yield what is wrong with the values of a record: no DOI, an address of another one, a number that cannot be.

    Parameters
    ----------
    document : Document
        article.yaml.
    shown : str
        The file as a fault names it.
    """
    record: dict[str, Any] = document.value if isinstance(document.value, dict) else {}
    doi, url = record.get("doi"), record.get("url")
    if doi and not (isinstance(doi, str) and _DOI.fullmatch(doi)):
        problem, remedy = f"{doi!r} is no DOI", "write it as printed, from 10. on, without an address before it"
        yield Fault(shown, document.line(("doi",)), "doi", problem, remedy)
    elif doi and isinstance(url, str) and _RESOLVER.match(url) and _RESOLVER.sub("", url).casefold() != doi.casefold():
        problem, remedy = f"{url!r} is not the address of {doi}", "one of the two is wrong"
        yield Fault(shown, document.line(("url",)), "url", problem, remedy)
    if record.get("class", "published") != "published":
        problem, remedy = f"{record['class']!r}, where a ledger holds what is published", "write published"
        yield Fault(shown, document.line(("class",)), "class", problem, remedy)
    kind = record.get("type")
    if kind is not None and kind not in CSL_TYPES:
        problem, remedy = f"{kind!r} is no type of CSL", "write one of its types, such as article-journal"
        yield Fault(shown, document.line(("type",)), "type", problem, remedy)
    authors = record.get("authors")
    for place, author in enumerate(authors if isinstance(authors, list) else ()):
        line = document.line(("authors", place))
        known = author if isinstance(author, dict) else {}
        if not all(isinstance(known.get(key), str) and known[key].strip() for key in ("family", "given")):
            problem, remedy = "an author without family or given name", "give each author both, as text"
            yield Fault(shown, line, "authors", problem, remedy)
        if "orcid" in known and not _is_orcid(known["orcid"]):
            problem = f"{known['orcid']!r} is no ORCID: its last sign does not follow from the others"
            yield Fault(shown, document.line(("authors", place, "orcid")), "orcid", problem, "write it as printed")


def headings_of(record: Mapping[str, Any] | None, sections: Sequence[str]) -> dict[str, str]:
    """Return the headings that are printed, by the id of their section.

    Parameters
    ----------
    record : mapping or None
        article.yaml.
    sections : sequence of str
        The ids of its sections; empty where they could not be read.
    """
    listed = record["sections"] if record is not None and sections else ()
    return {section["id"]: section["name"] for section in listed if not section["name"].startswith("(")}


def _is_orcid(value: object) -> bool:
    """Whether a value is an ORCID iD, by its check sign (ISO 7064, MOD 11-2)."""
    found = _ORCID.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return False
    *signs, last = found[1].replace("-", "")
    total = 0
    for sign in signs:
        total = (total + int(sign)) * 2
    rest = (12 - total % _ORCID_BASE) % _ORCID_BASE
    return last == ("X" if rest == 10 else str(rest))
