"""A study's claims.yaml: its own claims, and which of its codes speak for a claim of the article's ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import yaml

from lepanalysis import schema
from lepanalysis.claim_rules import RULES, number, wrong_parameters
from lepanalysis.own_claims_rules import Written, ledger_ids
from lepanalysis.records import Reader, entries
from lepanalysis.yamlfile import Document, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from lepanalysis.faults import Fault
    from lepanalysis.study import Study

CLAIM_COLUMNS = (
    "claim_id",
    "statement",
    "kind",
    "quantifier",
    "theme_id",
    "unit",
    "threshold",
    "threshold_from",
    "threshold_to",
    "beside",
    "test",
    "checkable",
    "check",
    "section",
    "stated",
)
EVIDENCE_COLUMNS = ("claim_id", "codes", "against", "with", "attribute", "facts", "leaves_out")
_LISTS = ("codes", "against", "with")
_NUMBERS = ("threshold", "threshold_from", "threshold_to")
# What a claim of a study's own rests on: its corpus, as it was coded.
_NEEDS = "corpus;codings"
_Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Evidence:
    """What of a study speaks for a claim, and what against it.

    Parameters
    ----------
    claim_id : str
    codes, against : tuple of str
        Ids of codes that speak for the claim and against it.
    with_ : tuple of str
        Ids of the second group of codes, where codes of two groups have to meet.
    attribute : str
        A column of participants.csv.
    facts : mapping
        A fact of the ledger to the values of that attribute that stand for it.
    leaves_out : str
        What the claim says and these codes do not, or say otherwise.
    """

    claim_id: str
    codes: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    attribute: str = ""
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    leaves_out: str = ""


def bound_to(evidence: Evidence | None, beside: Evidence | None = None) -> str:
    """Return in words what is bound to a claim, and to the one beside which it is tested; empty where nothing is.

    Parameters
    ----------
    evidence, beside : Evidence or None

    Examples
    --------
    >>> bound_to(Evidence("C13", codes=("S01",), against=("S07", "S08")), Evidence("C24", codes=("S15",)))
    'codes S01; against S07, S08; beside C24 (codes S15)'
    """
    told = []
    if evidence is not None:
        groups = {"codes": evidence.codes, "against": evidence.against, "with": evidence.with_}
        told += [f"{name} {', '.join(codes)}" for name, codes in groups.items() if codes]
        values = "; ".join(f"{fact}: {' or '.join(cells)}" for fact, cells in evidence.facts.items())
        if evidence.attribute:
            told.append(f"attribute {evidence.attribute}{f' ({values})' if values else ''}")
    if beside is not None and beside.codes:
        told.append(f"beside {beside.claim_id} (codes {', '.join(beside.codes)})")
    return "; ".join(told)


@dataclass(frozen=True, eq=False)
class OwnClaim:
    """A claim that a study makes itself.

    Parameters
    ----------
    id : str
    record : mapping
        The cells that a row of a ledger's claims.csv has, as far as they apply, and its codes.
    evidence : Evidence
    """

    id: str
    record: Mapping[str, Any] = field(repr=False)
    evidence: Evidence = field(repr=False)


@dataclass(frozen=True, eq=False)
class OwnClaims:
    """What a study's claims.yaml says.

    Parameters
    ----------
    claims : tuple of OwnClaim
        The study's own, in the order of the file.
    evidence : mapping
        What speaks for each claim, by its id: those of the ledger, and the study's own.
    """

    claims: tuple[OwnClaim, ...] = ()
    evidence: Mapping[str, Evidence] = field(default_factory=lambda: MappingProxyType({}))


def read_claims(text: str, shown: str) -> tuple[list[Written], list[Written], list[Fault]]:
    """Read claims.yaml.

    Parameters
    ----------
    text : str
    shown : str
        The file as a fault names it.

    Returns
    -------
    claims : list of Written
        The study's own claims.
    evidence : list of Written
        What is bound to claims of the ledger, the claim under ``id``.
    faults : list of Fault
    """
    document, faults = read_yaml(text, shown)
    reader = Reader(document, shown, faults)
    value = _without_class(reader, document.value, ())
    top = reader.mapping(value, (), {"evidence": ("mapping", False), "claims": ("list", False)})
    places = _places(document)
    evidence = []
    for name, item in top.get("evidence", {}).items():
        path = ("evidence", name)
        given = reader.mapping(_without_class(reader, item, path), path, schema.EVIDENCE_KEYS)
        evidence.append(_written(places, path, {**_evidence_of(reader, given, path), "id": name}))
    claims = []
    for path, item in entries(("claims",), top.get("claims")):
        given = reader.mapping(_without_class(reader, item, path), path, schema.CLAIM_KEYS)
        claim = _written(places, path, {**given, **_evidence_of(reader, given, path)})
        claim.value["threshold_from"], claim.value["threshold_to"] = _range(reader, given, path)
        faults += _wrong_of_claim(reader, claim)
        if claim.value.get("id"):
            claims.append(claim)
    return claims, evidence, list(dict.fromkeys(faults))


def _without_class(reader: Reader, value: object, path: _Path) -> object:
    """Refuse a class of evidence, which nobody types."""
    if not isinstance(value, dict) or "class" not in value:
        return value
    problem, remedy = "a class of evidence is never typed", "take it out: it follows from the records that a test takes"
    reader.fault((*path, "class"), "class", problem, remedy)
    return {name: item for name, item in value.items() if name != "class"}


def _places(document: Document) -> dict[_Path, dict[_Path, int]]:
    """Return the lines of every record, by its path, those of the record itself and of all that stands in it."""
    found: dict[_Path, dict[_Path, int]] = {}
    for at, line in document.lines.items():
        if len(at) > 1:
            found.setdefault(at[:2], {})[at[2:]] = line
    return found


def _written(places: Mapping[_Path, Mapping[_Path, int]], path: _Path, value: dict[str, Any]) -> Written:
    """Return a record with the lines of its keys."""
    lines = places[path]
    keys = {str(at[0]): line for at, line in lines.items() if len(at) == 1}
    return Written(lines[()], value, keys, max(lines.values()))


def _evidence_of(reader: Reader, given: dict[str, Any], path: _Path) -> dict[str, Any]:
    """Return the codes on each side, and the values of an attribute that stand for facts."""
    found: dict[str, Any] = {name: reader.texts(given.get(name, []), (*path, name)) for name in _LISTS}
    for code in sorted(set(found["codes"]).intersection(found["against"])):
        reader.fault((*path, "against"), "against", f"{code!r} speaks for the claim already", "keep it on one side")
    facts = {}
    for name, values in given.get("facts", {}).items():
        here = (*path, "facts", name)
        if not isinstance(values, list) or not values:
            reader.fault(here, "facts", f"no list of values stands for {name!r}", "write it as [first, second]")
        facts[name] = reader.texts(values, here)
    if facts and not given.get("attribute"):
        remedy = "name a column of participants.csv"
        reader.fault((*path, "facts"), "attribute", "the attribute that holds the values is missing", remedy)
    return {**found, "facts": facts, **{name: given.get(name, "") for name in ("attribute", "leaves_out")}}


def _range(reader: Reader, given: dict[str, Any], path: _Path) -> tuple[str, str]:
    """Return the two ends of the stated range as written, empty where they cannot be read."""
    ends = given.get("range", [])
    if "range" not in given:
        return "", ""
    here = (*path, "range")
    written = [reader.document.written.get((*here, place), "") for place in range(len(ends))]
    if len(written) != 2 or any(number(end) is None for end in written):
        reader.fault(
            here, "range", "it is not two numbers, the first and the last threshold", "write it as [0.25, 0.75]"
        )
        return "", ""
    return written[0], written[1]


def _wrong_of_claim(reader: Reader, claim: Written) -> list[Fault]:
    """Return what is wrong with a claim in itself: its unit, its thresholds, the codes that its test needs."""
    check = claim.value.get("check", "")
    ranged = "range" in claim.lines and not claim.value["threshold_from"]
    found = []
    for column, problem, remedy in wrong_parameters(check, claim.value):
        key = "range" if column in {"threshold_from", "threshold_to"} else column
        if not (ranged and key == "range"):  # which has its fault already
            found.append(claim.fault(reader.shown, key, problem, remedy))
    rule = RULES.get(check)
    lacking = [name for name in _LISTS if rule and name in rule.needs and not claim.value[name]]
    problem = f"the check {check!r} needs codes here"
    return [*found, *(claim.fault(reader.shown, name, problem, "name the codes") for name in lacking)]


def frames_of(claims: list[Written], evidence: list[Written]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return claims.yaml as two frames.

    Parameters
    ----------
    claims, evidence : list of Written
        As `read_claims` gives them.

    Returns
    -------
    own_claims : pandas.DataFrame
        One row a claim of the study's own: the columns of a ledger's claims.csv that apply.
    evidence : pandas.DataFrame
        One row a claim that something is bound to: claim_id, codes, against, with (tuples of ids), attribute, facts
        (tuple of pairs of fact and values), leaves_out.
    """
    import pandas as pd

    rows = [_row(claim.value) for claim in claims]
    own = pd.DataFrame(rows, columns=list(CLAIM_COLUMNS))
    own = own.astype({name: "float64" if name in _NUMBERS else "str" for name in CLAIM_COLUMNS})
    bound = [
        {
            "claim_id": item.value["id"],
            **{name: item.value[name] for name in (*_LISTS, "attribute")},
            "facts": tuple(item.value["facts"].items()),
            "leaves_out": item.value["leaves_out"],
        }
        for item in (*evidence, *claims)
    ]
    frame = pd.DataFrame(bound, columns=list(EVIDENCE_COLUMNS))
    kinds = {name: "object" if name in {*_LISTS, "facts"} else "str" for name in EVIDENCE_COLUMNS}
    return own, frame.astype(kinds)


def _row(value: dict[str, Any]) -> dict[str, Any]:
    """Return a claim as a row of a ledger's claims.csv."""
    named = {"claim_id": "id", "theme_id": "theme"}
    row: dict[str, Any] = {name: value.get(named.get(name, name), "") for name in CLAIM_COLUMNS}
    for name in _NUMBERS:
        found = number(row[name])
        row[name] = float("nan") if found is None else found
    return {**row, "checkable": _NEEDS}


def own_claims_of(claims: pd.DataFrame, evidence: pd.DataFrame) -> OwnClaims:
    """Return what claims.yaml says, from its two frames.

    Parameters
    ----------
    claims, evidence : pandas.DataFrame
        As `frames_of` gives them.
    """
    bound = {
        row["claim_id"]: Evidence(
            row["claim_id"],
            row["codes"],
            row["against"],
            row["with"],
            row["attribute"],
            MappingProxyType(dict(row["facts"])),
            row["leaves_out"],
        )
        for row in evidence.to_dict("records")
    }
    own = []
    for row in claims.to_dict("records"):
        speaks = bound[row["claim_id"]]
        record = {str(name): cell for name, cell in row.items()}
        record |= {"codes": speaks.codes, "against": speaks.against, "with": speaks.with_}
        own.append(OwnClaim(row["claim_id"], MappingProxyType(record), speaks))
    return OwnClaims(tuple(own), MappingProxyType(bound))


_HEAD = """\
# The claims of this study, each with a test of its words. `lepanalysis verify` says of each whether it holds, over what
# part of its range, and what it rests on. Thresholds are yours to choose and to give reasons for.
# unit: message, participant (of those who posted) or thread; range: the thresholds that one could as well have chosen.
# The class of the evidence follows from the records and is not written here.
"""
_NONE = """\
# claims:
#   - id: K1
#     statement: Many who posted want a shared place
#     kind: frequency
#     check: share
#     unit: participant
#     threshold: 0.5
#     range: [0.25, 0.75]
#     codes: [the ids of the codes that say so]
"""


def claims_template(study: Study) -> str:
    """Return a claims.yaml to begin from: an example for each agreed theme that has codes.

    Parameters
    ----------
    study : Study

    Returns
    -------
    str
        It opens without faults. No claim is the study's before somebody has made it theirs: each says so.
    """
    themes = study.agreed_themes.frame if study.has("agreed_themes") else None
    having = [] if themes is None else [row for row in themes.itertuples() if row.codes]
    if not having:
        return f"{_HEAD}# There is no agreed theme with codes yet; a claim would look like this.\n{_NONE}claims: []\n"
    taken = _taken(study)
    free = (name for name in (f"K{place}" for place in range(1, len(having) + len(taken) + 1)) if name not in taken)
    parts = [f"{_HEAD}claims:\n"]
    for name, theme in zip(free, having, strict=False):
        statement = f"Many of those who posted speak of {theme.name}"
        parts.append(
            "  # An example, made from its theme: say what you claim, choose the codes that say so, or take it out.\n"
            f"  - id: {name}\n"
            f"    statement: {_quoted(statement)}\n"
            "    kind: frequency\n"
            f"    theme: {_quoted(theme.theme_id)}\n"
            "    check: share\n"
            "    unit: participant\n"
            "    threshold: 0.5\n"
            "    range: [0.25, 0.75]\n"
            f"    codes: [{', '.join(map(_quoted, theme.codes))}]\n"
        )
    return "".join(parts)


def _taken(study: Study) -> frozenset[str]:
    """Return the ids that the ledger of a study uses."""
    if not study.record.ledger:
        return frozenset()
    return frozenset().union(*ledger_ids(study.folder / study.record.ledger).values())


def _quoted(text: str) -> str:
    """Return text as YAML in double quotation marks, on one line."""
    return yaml.dump(text, default_style='"', allow_unicode=True, width=float("inf")).strip()
