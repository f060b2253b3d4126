"""Everything that a ledger asserts, as one list of entries, each with its place, its check and its digest."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.own_claims import OwnClaim

KINDS = (
    "quotation",
    "literature-quotation",
    "figure",
    "mapping",
    "method",
    "claim",
    "citation",
    "reference",
)
# The tables whose rows are entries, in the order in which a reader would ask for them: the kind, and the column that
# says best what a row asserts.
TABLES = {
    "quotations": ("quotation", "text"),
    "literature": ("literature-quotation", "text"),
    "facts": ("figure", "statement"),
    "themes": ("mapping", "name"),
    "mapping": ("mapping", "term"),
    "method": ("method", "step"),
    "claims": ("claim", "statement"),
    "own_claims": ("claim", "statement"),
    "citations": ("citation", "cited_as"),
    "references": ("reference", "reference_id"),
}
NO_CHECK = "none"


@dataclass(frozen=True, eq=False)
class Entry:
    """One thing that an article (or a study's own text) asserts.

    Parameters
    ----------
    id : str
        Unique in the ledger.
    kind : str
        One of `KINDS`.
    table : str
        The ledger's table that holds it; ``own_claims``, of the study, for a claim of its own.
    section : str
    paragraph, sentence : int
        Where it stands in print; empty and 0 where it stands nowhere.
    sentence_sha256 : str
        Digest of the sentence there.
    also_in : tuple of str
        Further sections that hold it.
    statement : str
        What it says, in a line.
    check : str
        The name of its check; ``none`` where there is none.
    needs : tuple of str
        What a full check would need.
    record : mapping
        Its whole row, for a reference with its CSL record under ``csl``.
    digest : str
        SHA-256 of the record: changes with any cell of it.
    where : str
        File and id, for messages.
    """

    id: str
    kind: str
    table: str
    section: str
    paragraph: int
    sentence: int
    sentence_sha256: str
    also_in: tuple[str, ...]
    statement: str
    check: str
    needs: tuple[str, ...]
    record: Mapping[str, Any] = field(repr=False)
    digest: str = field(repr=False)
    where: str = ""


def entries_of(article: Article | None, own: Sequence[OwnClaim] = ()) -> tuple[Entry, ...]:
    """Return every entry of a ledger, and then the claims of the study's own.

    Parameters
    ----------
    article : Article or None
    own : sequence of OwnClaim
        The claims in the study's claims.yaml.

    Returns
    -------
    tuple of Entry
        By table in the order of `TABLES`, in each table in the order of its file.
    """
    found: list[Entry] = []
    if article is not None:
        csl = {work["id"]: work for work in article.references}
        for table in TABLES:
            if table == "own_claims" or not article.has(table):
                continue
            for record in article.table(table).frame.to_dict("records"):
                row = {str(name): cell for name, cell in record.items()}
                if table == "references":
                    row["csl"] = csl.get(row["reference_id"], {})
                found.append(_entry(table, row))
    found += [_entry("own_claims", dict(claim.record)) for claim in own]
    return tuple(found)


def id_of(table: str, record: Mapping[str, Any]) -> str:
    """Return the id of an entry, unique over the tables of a ledger.

    Examples
    --------
    >>> id_of("mapping", {"theme_id": "workspaces", "dimension": "knowledge capacity"})
    'm-workspaces-knowledge-capacity'
    """
    if table == "mapping":
        return f"m-{record['theme_id']}-{record['dimension'].replace(' ', '-')}"
    if table == "themes":
        return f"theme-{record['theme_id']}"
    keys = {
        "quotations": "quotation_id",
        "literature": "quotation_id",
        "facts": "fact_id",
        "method": "step_id",
        "claims": "claim_id",
        "own_claims": "claim_id",
        "citations": "citation_id",
        "references": "reference_id",
    }
    return str(record[keys[table]])


def digest_of(record: Mapping[str, Any]) -> str:
    """Return the digest of a record: the same for the same cells, whatever their order.

    An empty cell counts as none, so that a column that a later version allows changes no record that lacks it.

    Examples
    --------
    >>> digest_of({"a": 1, "b": "x"}) == digest_of({"b": "x", "a": 1, "c": ""})
    True
    """
    cells = {name: cell for name, value in record.items() if (cell := _plain(value)) not in ("", [], None)}
    text = json.dumps(cells, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def cells_of(record: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of a record as text, by column, those that are empty left out.

    The parts of a reference's CSL record stand under ``csl.`` and their names.

    Examples
    --------
    >>> cells_of({"a": 0.5, "b": "", "c": ("x", "y"), "csl": {"volume": "3"}})
    {'a': '0.5', 'c': 'x;y', 'csl.volume': '3'}
    """
    found = {}
    for name, value in record.items():
        parts = {f"{name}.{key}": part for key, part in value.items()} if isinstance(value, dict) else {name: value}
        found.update({key: text for key, part in parts.items() if (text := _text_of(_plain(part)))})
    return found


def _text_of(value: Any) -> str:  # noqa: ANN401 - what `_plain` returns
    """Return a plain value as text; empty where it holds nothing."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ";".join(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:  # noqa: ANN401 - any cell of a record
    """Return a cell as JSON can hold it."""
    if isinstance(value, dict):
        return {str(name): _plain(cell) for name, cell in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(cell) for cell in value]
    if value is None or isinstance(value, str | bool):
        return value
    # numpy's numbers are no JSON; an empty number of a table is "not a number", which equals nothing.
    number = float(value)
    if number != number:  # noqa: PLR0124 - the one value that differs from itself
        return None
    return int(number) if number.is_integer() else number


def _entry(table: str, record: dict[str, Any]) -> Entry:
    """Return one row as an entry."""
    kind, says = TABLES[table]
    name = id_of(table, record)
    also_in = record.get("also_in") or ""
    return Entry(
        id=name,
        kind=kind,
        table=table,
        section=str(record.get("section") or ""),
        paragraph=_whole(record.get("paragraph")),
        sentence=_whole(record.get("sentence")),
        sentence_sha256=str(record.get("sentence_sha256") or ""),
        also_in=tuple(part for part in also_in.split(";") if part) if isinstance(also_in, str) else tuple(also_in),
        statement=_statement(table, record, says),
        check=str(record.get("check") or NO_CHECK),
        needs=_parts(record.get("checkable")),
        record=record,
        digest=digest_of(record),
        where=f"{'claims.yaml' if table == 'own_claims' else table + '.csv'}, {name}",
    )


def _statement(table: str, record: Mapping[str, Any], says: str) -> str:
    """Return what an entry says, in a line."""
    if table == "mapping":
        return f"{record['theme_id']}, {record['dimension']}: {record['term']}"
    if table == "citations":
        return f"{record['cited_as']}, {record.get('year') or 'no year'}"
    if table == "references":
        title = record["csl"].get("title", "")
        return f"{record['reference_id']}: {title}" if title else str(record["reference_id"])
    if table == "facts":
        return f"{record['name']}: {record['value']}"
    return str(record[says])


def _parts(cell: object) -> tuple[str, ...]:
    """Return the parts of a cell that holds several values."""
    if isinstance(cell, tuple | list):
        return tuple(str(part) for part in cell)
    return tuple(part.strip() for part in str(cell or "").split(";") if part.strip())


def _whole(cell: object) -> int:
    """Return a whole number; 0 where there is none."""
    try:
        return int(cell)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return 0
