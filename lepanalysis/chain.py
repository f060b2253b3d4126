"""Why an exhibit is as it is: the chain from the printed thing to cell, functions, parameters, inputs and versions.

All chains of a build are made when its paper is put together and stand in its why.json, since some of them take the
study itself: what stands around a quotation. Without a paper they are worked out from the registers, as far as these
go.
"""

from __future__ import annotations

import difflib
import re
import textwrap
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from lepanalysis.chain_entries import FACT
from lepanalysis.chain_functions import making_of
from lepanalysis.chain_quotation import links_of_quotation, links_of_record
from lepanalysis.chain_steps import steps_of
from lepanalysis.claims import OURS
from lepanalysis.exhibits import CLASS_SENTENCES, ORIGIN_SENTENCES, digest_of_file
from lepanalysis.faults import UsageError
from lepanalysis.target import RUN, WHY, manifest_of, read_exhibits, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from lepanalysis.article import Article
    from lepanalysis.chain_quotation import Link
    from lepanalysis.study import Study

# How wide a line of a chain is for people, and where its text begins.
WIDTH = 100
_INDENT = 15
_PRINTED_NAME = re.compile(r"(table|figure)\s*(\d+)", re.IGNORECASE)
_STAND_IN = (
    "What is marked stand-in is invented. No article and no study says it, and it says nothing of the person quoted."
)
_UNTOLD = "the paper of this build was not put together with it, so what stands around the words is not known here"

# What an entry of a ledger is.
_KINDS = {
    "quotation": "a participant's quotation",
    "literature-quotation": "a quotation from the literature",
    "figure": "a figure or fact",
    "mapping": "a theme, or what it is mapped to",
    "method": "a step of the method",
    "claim": "a claim",
    "citation": "a citation",
    "reference": "a reference",
}
# So many exhibits are named where an id is unknown.
_NAMED = 8


def chains(
    folder: Path,
    manifest: Mapping[str, Any],
    names: Mapping[str, str],
    evidence: tuple[Study, Article | None] | None,
) -> dict[str, dict[str, Any]]:
    """Return the chains of all exhibits of a build, by id, as plain data; the same for the same build.

    Parameters
    ----------
    folder : Path
        The build, with its registers and executed notebooks.
    manifest : mapping
    names : mapping
        What the paper calls figures and tables, by id: ``Table 3``.
    evidence : tuple of Study and Article or None
        What the build rests on; None where it is not at hand, which leaves out what stands around a quotation.

    Returns
    -------
    dict
        For each exhibit ``exhibit`` (id, kind, class, origin, caption, name), ``printed``, ``notebook``, ``cell``,
        ``cells`` (those upstream, with the names that they supply), ``functions`` (name, module, says),
        ``parameters``, ``parameters_used``, ``inputs``, ``files`` with their SHA-256, ``links`` (of a fact its record,
        of a quotation the whole way through the study; see `lepanalysis.chain_quotation.Link`), ``links_known``,
        ``reproduces`` (whether there is an article that an exhibit can come from) and ``versions``.
    """
    exhibits = read_exhibits(folder, manifest)
    steps = {name: steps_of(read_json(folder / "notebooks" / f"{name}.ipynb")) for name in manifest["notebooks"]}
    reproduces = any(file.startswith("ledger/") for file in manifest.get("inputs", {}))
    found = {}
    for id_, exhibit in exhibits.items():
        name = exhibit["notebook"]
        entry = manifest["notebooks"][name]
        making = making_of(steps[name], exhibit["cell"]["number"], id_)
        links = _links(exhibit, evidence)
        found[id_] = {
            "exhibit": {
                **{key: exhibit[key] for key in ("id", "kind", "class", "origin", "caption")},
                "name": names.get(id_, ""),
            },
            "printed": _printed(exhibit),
            "notebook": {"file": f"notebooks/{name}.ipynb", "sha256": entry.get("source_sha256", "")},
            "cell": exhibit["cell"],
            "cells": [{"number": cell.number, "id": cell.id, "names": list(cell.names)} for cell in making.cells],
            "functions": [
                {"name": function.name, "module": function.module, "says": function.says}
                for function in making.functions
            ],
            "parameters": entry.get("parameters", {}),
            "parameters_used": list(making.parameters),
            "inputs": exhibit["inputs"],
            "files": {file: digest_of_file(folder / file) for file in sorted(exhibit["files"].values())},
            "links": [link.as_record() for link in links],
            "links_known": evidence is not None,
            "reproduces": reproduces,
            "versions": manifest.get("versions", {}),
        }
    return found


def _links(exhibit: Mapping[str, Any], evidence: tuple[Study, Article | None] | None) -> list[Link]:
    """Return the record behind a quotation or a fact, and of a quotation the way through the study."""
    if evidence is None:
        return []
    study, article = evidence
    if exhibit["kind"] == "quotation":
        owners = [source["owner"] for source in exhibit["inputs"] if source["table"] == "quotations"]
        return links_of_quotation(exhibit["shown"], owners[0], study, article) if owners else []
    alone = [(source["owner"], source["table"], source["records"]) for source in exhibit["inputs"]]
    if alone == [("ledger", "facts", 1)] and exhibit["id"].startswith(FACT) and article is not None:
        return links_of_record(article.facts, "fact_id", exhibit["id"].removeprefix(FACT))
    return []


def _printed(exhibit: Mapping[str, Any]) -> str:
    """Return what the paper prints of an exhibit, in a line."""
    shown = exhibit["shown"]
    if exhibit["kind"] == "table":
        return f"{len(shown['rows'])} rows of {', '.join(column['label'] for column in shown['columns'])}"
    return str(shown["alt" if exhibit["kind"] == "figure" else "text"])


def chain_of(name: str, build: Path) -> dict[str, Any]:
    """Return the chain behind an exhibit of a build, and what there is to say of an entry of the ledger, as plain data.

    Parameters
    ----------
    name : str
        The id of an exhibit; or one of its files (``figures/fig-timeline.svg``), or what the paper calls it
        (``Table 3``); or the id of an entry (``C13``).
    build : Path
        The folder of the build.

    Returns
    -------
    dict
        What `chains` gives for it, and ``commit``; ``entry``, as `lepanalysis.chain_entries.entries` gives it, where
        the ledger has an entry of that id. Of what is no exhibit only these two.

    Raises
    ------
    UsageError
        When there is no build in the folder, or neither it has such an exhibit nor its ledger such an entry.
    """
    manifest = manifest_of(build)
    if not manifest:
        raise UsageError(f"there is no build in {build}; run make paper first, or name its folder with --out")
    # Where the paper is older than the notebooks, so is what was stored beside it.
    stored = read_json(build / WHY) if manifest.get("paper") else {}
    known = stored.get("chains") or chains(build, manifest, {}, None)
    entries = stored.get("entries", {})
    id_ = _id_of(name, known)
    entry = entries.get(id_.strip()) or (entries.get(id_.removeprefix(FACT)) if id_ in known else None)
    if id_ not in known and entry is None:
        # A quotation is an exhibit and an entry under one id.
        near = difflib.get_close_matches(name, list(dict.fromkeys([*known, *entries])), n=3)
        some = list(known)[:_NAMED]
        more = f" and {len(known) - _NAMED} more, which manifest.json lists" if len(known) > _NAMED else ""
        hint = f"; did you mean {', '.join(near)}?" if near else f"; it has {', '.join(some)}{more}"
        asserted = ", and its ledger no such entry" if entries else ""
        raise UsageError(f"the build in {build} has no exhibit {name!r}{asserted}{hint}")
    found = {**known.get(id_, {}), **({"entry": entry} if entry else {})}
    return {**found, "commit": read_json(build / RUN).get("commit", "")}


def _id_of(name: str, known: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the id of the exhibit that is meant, or the name as it was given."""
    given = name.strip()
    # The address of an entry in the paper, as a browser shows it.
    bare = given.rpartition("#")[2].removeprefix("why-")
    if given in known or bare in known:
        return given if given in known else bare
    called = _PRINTED_NAME.fullmatch(given)
    file = PurePath(given)
    for id_, chain in known.items():
        if called and chain["exhibit"]["name"] == f"{called[1].capitalize()} {int(called[2])}":
            return id_
        if any(file.parts[-len(part.parts) :] == part.parts or given == part.name for part in _files(chain)):
            return id_
    return name


def _files(chain: Mapping[str, Any]) -> Iterator[PurePath]:
    """Yield the files of an exhibit, relative to the folder of its build."""
    for file in chain["files"]:
        yield PurePath(file)


def rows_of(chain: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return a chain for people as rows, from the printed thing downwards: what a row is about, and its lines.

    Parameters
    ----------
    chain : mapping
        What `chains` or `chain_of` gives. Files, links and versions are no part of the rows.
    """
    exhibit, cell = chain["exhibit"], chain["cell"]
    used = [f"{name} = {chain['parameters'].get(name)!r}" for name in chain["parameters_used"]]
    rows = [
        ("prints", [chain["printed"]]),
        ("class", [CLASS_SENTENCES[exhibit["class"]]]),
        ("origin", [f"{exhibit['origin']}. {ORIGIN_SENTENCES[exhibit['origin']]}"] if chain["reproduces"] else []),
        ("made by", [f"{chain['notebook']['file']}, cell {cell['number']} ({cell['id']})"]),
        ("out of", [f"cell {one['number']} ({one['id']}): {', '.join(one['names'])}" for one in chain["cells"]]),
        ("through", [f"{one['name']} ({one['module']}): {one['says']}" for one in chain["functions"]]),
        ("hangs on", [", ".join(used)] if used else []),
        ("rests on", [_source(source) for source in chain["inputs"]]),
    ]
    return [(label, lines) for label, lines in rows if lines]


def _source(source: Mapping[str, Any]) -> str:
    """Return what records an exhibit rests on."""
    return f"{source['records']} {source['table']} in {source['file']} of the {source['owner']}"


def warning_of(links: Sequence[Mapping[str, Any]]) -> str:
    """Return what has to be said above links of which some are invented; empty where none is."""
    return _STAND_IN if any(link["invented"] for link in links) else ""


def as_text(chain: Mapping[str, Any]) -> str:
    """Return a chain for people, from the printed thing downwards, in lines of 100 letters."""
    if "exhibit" not in chain:
        return "\n".join([*_lines_of_entry(chain["entry"], alone=True), *_row("commit", [chain["commit"] or "none"])])
    exhibit = chain["exhibit"]
    called = f" ({exhibit['name']})" if exhibit["name"] else ""
    lines = textwrap.wrap(
        f"{exhibit['id']}{called}, a {exhibit['kind']}: {exhibit['caption']}", WIDTH, subsequent_indent="  "
    )
    rows = dict(rows_of(chain))
    for label in ("prints", "class", "origin"):
        lines += _row(label, rows.get(label, []))
    lines += _lines_of_entry(chain["entry"], alone=False) if "entry" in chain else []
    lines += _row("made by", rows.get("made by", []))
    lines += [" " * _INDENT + f"sha256 {chain['notebook']['sha256']}"]
    for label in ("out of", "through"):
        lines += _row(label, rows.get(label, []))
    all_of_them = [", ".join(f"{name} = {value!r}" for name, value in chain["parameters"].items())]
    lines += [*_row("hangs on", rows.get("hangs on", [])), *_row("parameters", all_of_them)]
    for number, source in enumerate(chain["inputs"]):
        lines += _row("" if number else "rests on", [_source(source)])
        lines.append(" " * _INDENT + f"{source['class']}, sha256 {source['sha256']}")
    for number, (file, digest) in enumerate(chain["files"].items()):
        lines += _row("" if number else "files", [file])
        lines.append(" " * _INDENT + f"sha256 {digest}")
    lines += _lines_of_links(chain)
    lines += _row("versions", [", ".join(f"{name} {version}" for name, version in chain["versions"].items())])
    lines += _row("commit", [chain["commit"]] if chain.get("commit") else [])
    return "\n".join(lines)


def _lines_of_entry(entry: Mapping[str, Any], *, alone: bool) -> list[str]:
    """Return what there is to say of an entry in lines; beside an exhibit without what that says of itself."""
    place = f"section {entry['section']}, paragraph {entry['paragraph']}, sentence {entry['sentence']} of the article"
    place += f"; SHA-256 of that sentence {entry['sentence_sha256']}"
    printed = [f"{one['id']} ({one['name']})" if one["name"] else one["id"] for one in entry["printed_in"]]
    known = entry["evidence"]
    told = {
        "record": f"{entry['file']}:{entry['line']}" + ("" if alone else f", {entry['id']}"),
        "stands in": place if entry["sentence_sha256"] else "",
        "in print": entry["in_print"],
        "check": entry["check"],
        "test": "" if entry["test"].removesuffix(f" ({OURS})") in known else entry["test"],
        "bound to": "" if entry["bound_to"] in known else entry["bound_to"],
        "verdict": entry["verdict"],
        "reason": entry["reason"] or "none",
        "evidence": "" if known == entry["in_print"] else known,
        "class": CLASS_SENTENCES.get(entry["class"], "None: there is nothing that it could be held against."),
        "printed in": ", ".join(printed) or "no exhibit of the paper",
    }
    if not alone:
        kept = ("record", "stands in", "in print", "verdict", "reason")
        return [line for label in kept if told[label] for line in _row(label, [told[label]])]
    said = f"{entry['id']}, {_KINDS[entry['kind']]}: {' '.join(entry['statement'].split())}"
    lines = textwrap.wrap(said, WIDTH, subsequent_indent="  ")
    return lines + [line for label, text in told.items() if text for line in _row(label, [text])]


def _lines_of_links(chain: Mapping[str, Any]) -> list[str]:
    """Return the links in lines; each has its class before it."""
    if chain["exhibit"]["kind"] == "quotation" and not chain["links_known"]:
        return _row("", [_UNTOLD])
    warning = warning_of(chain["links"])
    lines: list[str] = []
    for link in chain["links"]:
        if link["invented"] and warning:
            lines += _row("", [warning])
            warning = ""
        lines += _row(link["class"], [link["says"]])
    return lines


def _row(label: str, texts: Sequence[str]) -> list[str]:
    """Return texts in lines beside a label."""
    lines: list[str] = []
    for number, text in enumerate(texts):
        head = f"  {'' if number else label}".ljust(_INDENT)
        # What a study holds may hold what a terminal obeys.
        shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in " ".join(text.split()))
        wrapped = textwrap.wrap(shown, WIDTH - _INDENT, break_on_hyphens=False) or [""]
        lines += [f"{head if place == 0 else ' ' * _INDENT}{line}" for place, line in enumerate(wrapped)]
    return lines
