"""The data statement, in the order of the Social Science Data Editors' template README.

The template: Vilhuber, L., Connolly, M., Koren, M., Llull, J., & Morrow, P., A template README for social science
replication packages, https://doi.org/10.5281/zenodo.4319998.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lepanalysis import places
from lepanalysis.claim_tests import SEED
from lepanalysis.exhibits import CLASS_SENTENCES
from lepanalysis.paper import template_of
from lepanalysis.reviewer_crate_parts import makers_of
from lepanalysis.reviewer_exhibits import listing
from lepanalysis.reviewer_markdown import code, codes, document, escaped, listed, on_one_line, table
from lepanalysis.reviewer_material import cited, counted, in_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lepanalysis.reviewer_material import Material

TEMPLATE = "https://doi.org/10.5281/zenodo.4319998"
_LONGEST_SOURCE = 2000
_RIGHTS = (
    "The template has authors certify that they may use and pass on their data. Nobody certifies that here on behalf "
    "of others; the terms of each source are stated as far as they are known."
)
_SOFTWARE = (
    "Linux or macOS, Python 3.11 to 3.14 with venv, make and git; no LaTeX and no system package. Everything else is "
    "pinned with its hashes in `requirements.lock`, and `make` installs exactly that into `.venv` at its first call. "
    "`docs/dependencies.md` gives the reason for each package, `manifest.json` the versions that a build had."
)
_RANDOMNESS = (
    "Each draw has a generator of its own, made from its seed, so that the order in which notebooks run changes "
    "nothing. A build over the same records writes the same bytes every time, but for `run.json`."
)
_MEASURED = (
    "Measured over a study of 131 messages and 471 codings, on two cores: less than a minute for a build, a minute or "
    "two on an empty clone, where the environment is made first, and some minutes where pip has to make it; less than "
    "1 GB of memory. Storage: less than 2 GB for the environment, less than 25 MB for a build. A larger study takes "
    "longer; what a build took, its `run.json` says."
)
_AVAILABILITY = {
    "stand-in": "The records are an invented stand-in, all of it here; what they stand for is neither public nor here.",
    "restricted": "The records of the study are not public, and no copy of them goes with this compendium.",
    "open": "The records of the study are public.",
    "published": "The records of the study are published.",
}


def statement(material: Material) -> bytes:
    """Return the data statement of a build.

    Parameters
    ----------
    material : Material
    """
    return document(
        "# Data and code statement",
        f"In the order of the Social Science Data Editors' template README, <{TEMPLATE}>. Made by the build from the "
        "study, the ledger and the register; versions, digests and times are those of a build and stand in its "
        f"{code('manifest.json')} and {code('run.json')}.",
        *_overview(material),
        *_availability(material),
        "## Dataset list",
        table(("file", "records", "class", "provided"), _datasets(material)),
        *_requirements(material),
        *_programs(material),
        *_instructions(material),
        *_exhibits(material),
        "## References",
        listed(_references(material)),
    )


def _overview(material: Material) -> list[str]:
    """Return what there is, in a paragraph."""
    folder, exhibits = material.manifest["study"]["folder"], material.exhibits.values()
    parts = [
        f"The code makes the paper of the study *{escaped(material.study.title)}* from its records in {code(folder)}"
    ]
    if material.article is not None:
        parts.append(f" and from what the article prints, in {code(material.ledger_folder)}")
    parts.append(
        f". {len(material.notebooks)} notebooks make {len(exhibits)} exhibits "
        f"({counted(exhibit['class'] for exhibit in exhibits)}), and one command runs them and puts the paper together."
    )
    return ["## Overview", "".join(parts)]


def _availability(material: Material) -> list[str]:
    """Return the data availability and provenance statements."""
    record = material.study.record
    rights = [f"{code(material.manifest['study']['folder'])}: {_licence(record.licence)}."]
    if material.article is not None:
        rights.append(f"{code(material.ledger_folder)}: {_licence(str(material.article.record.get('licence') or ''))}.")
    blocks = [
        "## Data availability and provenance statements",
        "### Statement about rights",
        _RIGHTS + (" The article's authors had no part in this compendium." if makers_of(material) else ""),
        "### Licence for data",
        listed(rights),
        "### Summary of availability",
        _AVAILABILITY[material.study.class_],
        table(
            ("class", "what it means", "records"),
            [
                (class_, escaped(CLASS_SENTENCES[class_].partition(": ")[2].rstrip(".")), str(count))
                for class_, count in _records_by_class(material).items()
            ],
        ),
        "### Details on each source",
        table(("data", "files", "location", "provided", "citation"), _sources(material)),
        f"**{escaped(material.study.title)}.** {escaped(record.source, _LONGEST_SOURCE)}",
    ]
    facts = [f"Language: {escaped(record.language)}"]
    if record.period_from and record.period_to:
        facts.append(f"period: {record.period_from.isoformat()} to {record.period_to.isoformat()}")
    if record.coders:
        facts.append(f"coders: {escaped(', '.join(coder.name for coder in record.coders))}")
    facts.append("columns of each file: `docs/study-format.md`")
    blocks.append(f"{'; '.join(facts)}.")
    if record.notes:
        blocks.append(escaped(record.notes, _LONGEST_SOURCE))
    if material.article is not None:
        blocks.append(
            f"**What the article prints.** Carried over record by record from "
            f"{escaped(cited(material.article.record))}, each with the place in print that it comes from; the "
            f"article's sentences are not here. Columns of each file: {code(f'{material.ledger_folder}/README.md')}."
        )
    return blocks


def _licence(licence: str) -> str:
    """Return the terms of a source, or that there are none."""
    return escaped(licence) if licence else "no terms are stated"


def _records_by_class(material: Material) -> dict[str, int]:
    """Return how many records of each class the files of the dataset list hold."""
    return in_order(class_ for name in material.inputs for class_ in material.records_of(name))


def _provided(material: Material) -> str:
    """Whether the study's own files go with the compendium."""
    return "no" if material.study.class_ == "restricted" else "yes"


def _sources(material: Material) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield one row a source."""
    folder = material.manifest["study"]["folder"]
    names = [name.partition("/") for name in material.inputs]
    counts = {owner: sum(name[0] == owner for name in names) for owner in ("study", "ledger")}
    yield (
        f"{escaped(material.study.title)} ({material.study.class_})",
        f"{counts['study']} (CSV, YAML)",
        code(folder),
        _provided(material),
        escaped(cited(material.citation)) if material.study.class_ == "stand-in" and makers_of(material) else "",
    )
    if material.article is not None:
        yield (
            "What the article prints (published)",
            f"{counts['ledger']} (CSV, JSON, YAML)",
            code(material.ledger_folder),
            "yes",
            escaped(cited(material.article.record)),
        )


def _datasets(material: Material) -> Iterator[tuple[str, str, str, str]]:
    """Yield one row a file of the study and of the ledger."""
    folders = {"study": material.manifest["study"]["folder"], "ledger": material.ledger_folder}
    for name in material.inputs:
        owner, _, file = name.partition("/")
        provided = _provided(material) if owner == "study" else "yes"
        classes = ", ".join(in_order(material.classes_of(name)))
        yield code(f"{folders[owner]}/{file}"), str(len(material.records_of(name))), classes, provided


def _requirements(material: Material) -> list[str]:
    """Return software, controlled randomness, and what a build takes."""
    packages = [name for name in material.manifest["versions"] if name not in {"python", "lepanalysis"}]
    seeds = [
        f"{code(name)}: seed {entry['parameters']['seed']}, the parameter {code('seed')} of its cell tagged "
        f"{code('parameters')}"
        for name, entry in material.notebooks.items()
        if "seed" in entry["parameters"]
    ]
    if any(verdict.low is not None for verdict in material.verdicts):
        seeds.append(f"intervals of claims: seed {SEED}, in {code('lepanalysis/claim_tests.py')}")
    return [
        "## Computational requirements",
        "### Software requirements",
        f"{_SOFTWARE} What writes a build: {codes(packages)}.",
        "### Controlled randomness",
        listed(seeds) or "No notebook that ran has a parameter `seed`.",
        _RANDOMNESS,
        "### Memory, runtime and storage requirements",
        _MEASURED,
    ]


def _programs(material: Material) -> list[str]:
    """Return what each program does, and under what licence it is."""
    template = places.shown(template_of(material.study))
    rows = [
        (code(f"notebooks/{name}.ipynb"), escaped(title_of(material, name)), code(f"exhibits/{name}.json"))
        for name in material.notebooks
    ]
    rows += [
        (code(f"notebooks/{name}.ipynb"), f"left out: {escaped(reason)}", "")
        for name, reason in material.skipped.items()
    ]
    rows += [
        (code(template), "the words of the paper, which call exhibits by id", codes(material.manifest["paper"])),
        (code("lepanalysis/"), f"the library; {code('docs/design.md')} says what each module does", ""),
    ]
    blocks = ["## Description of programs", table(("program", "what it does", "what it writes into the build"), rows)]
    if material.citation.get("license"):
        blocks += [
            "### Licence for code",
            f"{escaped(material.citation['license'])}; the text is in {code('LICENSE')}.",
        ]
    return blocks


def title_of(material: Material, name: str) -> str:
    """Return the first heading of an executed notebook; its name where it has none.

    Parameters
    ----------
    material : Material
    name : str
    """
    try:
        node = json.loads((material.build / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
        sources = ["".join(cell["source"]) for cell in node["cells"] if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, KeyError, TypeError):
        sources = []
    lines = [line for source in sources for line in source.splitlines()]
    heading = next((line.removeprefix("# ") for line in lines if line.startswith("# ")), name)
    return on_one_line(heading)


def _instructions(material: Material) -> list[str]:
    """Return what a replicator does, in order."""
    folder = material.manifest["study"]["folder"]
    steps = {
        f"make paper STUDY={folder}": f"makes the environment, runs what is stale, writes {code(material.place)}",
        f".venv/bin/lepanalysis verify {folder}": "gives a verdict on each thing that is asserted",
        ".venv/bin/lepanalysis why ID": "says what an exhibit was made from",
        "make test": "runs the tests",
    }
    first = f"Clone the project; put {code(folder)} in its place, where it did not come with it."
    lines = [first, *(f"{code(command)} {does}." for command, does in steps.items())]
    numbered = "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))
    return ["## Instructions to replicators", numbered]


def _exhibits(material: Material) -> list[str]:
    """Return the list of exhibits, and how much of the article can be made again from public material."""
    blocks = ["## List of tables and programs"]
    verdicts = [verdict.verdict for verdict in material.verdicts]
    if verdicts:
        told = ", ".join(f"{verdicts.count(name)} {name}" for name in dict.fromkeys(sorted(verdicts)))
        blocks.append(f"Verdicts on {len(verdicts)} things that are asserted: {told}.")
    what = (
        f"Every table, figure, number and quotation that the paper can call; the files lie in {code(material.place)}."
    )
    return [*blocks, what, listing(material)]


def _references(material: Material) -> list[str]:
    """Return the works that the statement names."""
    works = [escaped(cited(material.article.record))] if material.article is not None else []
    if makers_of(material):
        works.append(escaped(cited(material.citation)))
    works.append(
        "Vilhuber, L., Connolly, M., Koren, M., Llull, J., & Morrow, P. A template README for social science "
        f"replication packages. <{TEMPLATE}>"
    )
    return works
