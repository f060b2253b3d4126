"""Why an exhibit is as it is: the chain from the printed thing to cell, parameters, inputs and versions."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from lepanalysis.exhibits import CLASS_SENTENCES, ORIGIN_SENTENCES
from lepanalysis.faults import UsageError
from lepanalysis.target import RUN, manifest_of, read_json

if TYPE_CHECKING:
    from pathlib import Path


def chain_of(exhibit_id: str, build: Path) -> dict[str, Any]:
    """Return the chain behind an exhibit of a build, as plain data.

    Parameters
    ----------
    exhibit_id : str
    build : Path
        The folder of the build.

    Returns
    -------
    dict
        ``exhibit`` (id, kind, class, origin, caption, what is printed), ``notebook`` and ``cell``, ``parameters``,
        ``inputs`` (table, file, records, class, SHA-256), ``files`` with their SHA-256, ``versions``, ``commit``.

    Raises
    ------
    UsageError
        When there is no build in the folder, or it has no such exhibit.
    """
    manifest = manifest_of(build)
    if not manifest:
        raise UsageError(f"there is no build in {build}; run make paper first, or name its folder with --out")
    owners = {exhibit["id"]: exhibit["notebook"] for exhibit in manifest["exhibits"]}
    if exhibit_id not in owners:
        near = difflib.get_close_matches(exhibit_id, owners, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else f"; it has {', '.join(owners)}"
        raise UsageError(f"the build in {build} has no exhibit {exhibit_id!r}{hint}")
    notebook = owners[exhibit_id]
    register = read_json(build / "exhibits" / f"{notebook}.json")
    (exhibit,) = (record for record in register["exhibits"] if record["id"] == exhibit_id)
    entry = manifest["notebooks"][notebook]
    return {
        "exhibit": {key: exhibit[key] for key in ("id", "kind", "class", "origin", "caption")},
        "printed": _printed(exhibit),
        "notebook": {"file": f"notebooks/{notebook}.ipynb", "sha256": entry["source_sha256"]},
        "cell": exhibit["cell"],
        "parameters": entry["parameters"],
        "inputs": exhibit["inputs"],
        "files": {file: entry["outputs"][file] for file in sorted(exhibit["files"].values())},
        "versions": manifest["versions"],
        "commit": read_json(build / RUN).get("commit", ""),
    }


def _printed(exhibit: dict[str, Any]) -> str:
    """Return what the paper prints of an exhibit, in a line."""
    shown = exhibit["shown"]
    if exhibit["kind"] == "table":
        return f"{len(shown['rows'])} rows of {', '.join(column['label'] for column in shown['columns'])}"
    return str(shown["alt" if exhibit["kind"] == "figure" else "text"])


def as_text(chain: dict[str, Any]) -> str:
    """Return a chain for people, from the printed thing downwards."""
    exhibit, cell = chain["exhibit"], chain["cell"]
    lines = [
        f"{exhibit['id']}, a {exhibit['kind']}: {exhibit['caption']}",
        f"  prints       {chain['printed']}",
        f"  class        {exhibit['class']}. {CLASS_SENTENCES[exhibit['class']]}",
        f"  origin       {exhibit['origin']}. {ORIGIN_SENTENCES[exhibit['origin']]}",
        f"  made by      {chain['notebook']['file']}, cell {cell['number']} ({cell['id']})",
        f"               sha256 {chain['notebook']['sha256']}",
        "  parameters   " + ", ".join(f"{name} = {value!r}" for name, value in chain["parameters"].items()),
    ]
    for number, source in enumerate(chain["inputs"]):
        head = "  rests on     " if number == 0 else " " * 15
        lines.append(f"{head}{source['records']} {source['table']} in {source['file']} of the {source['owner']}")
        lines.append(f"               {source['class']}, sha256 {source['sha256']}")
    for number, (file, digest) in enumerate(chain["files"].items()):
        lines.append(("  files        " if number == 0 else " " * 15) + f"{file}, sha256 {digest}")
    lines.append("  versions     " + ", ".join(f"{name} {version}" for name, version in chain["versions"].items()))
    if chain["commit"]:
        lines.append(f"  commit       {chain['commit']}")
    return "\n".join(lines)
