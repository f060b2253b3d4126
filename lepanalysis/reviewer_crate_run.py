"""The run of a build as a research object has it: a workflow of notebooks, its parameters, inputs and software."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis import places
from lepanalysis.exhibits import digest_of_file
from lepanalysis.paper import template_of
from lepanalysis.reviewer_crate_parts import Entity, format_of, identifier, reference, references
from lepanalysis.target import MANIFEST, PAPERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lepanalysis.reviewer_material import Material

# The plan of the build is the file of the crate that lists its notebooks with their parameters.
WORKFLOW = MANIFEST
_ENGINE, _MAKER, _PYTHON, _NOTEBOOK = (
    "#software/lepanalysis",
    "#software/paper",
    "#software/python",
    "#language/notebook",
)
_DONE = "http://schema.org/CompletedActionStatus"
_KINDS = {bool: "Boolean", int: "Integer", float: "Float"}
# Set by the build itself: where it reads and writes is no choice of whoever runs it.
_NOT_CHOSEN = ("study", "out")
_HOME = {"python": "https://www.python.org/"}


def run_of(material: Material) -> tuple[list[Entity], list[Entity]]:
    """Return the workflow, its steps, what ran, over what, with which parameters and software.

    Parameters
    ----------
    material : Material

    Returns
    -------
    entities : list of dict
        The workflow first.
    actions : list of dict
        The runs among them: the whole, each step, and how they were put in order.
    """
    names = list(material.notebooks)
    made = bool(material.manifest["paper"])
    inputs = list(_inputs(material))
    parameters, values = _parameters(material)
    tools = [_tool(material, name, parameters) for name in names] + ([_paper_tool(material)] if made else [])
    steps = [_step(number, tool) for number, tool in enumerate(tools, start=1)]
    runs = [_run_of_notebook(material, name, values) for name in names] + ([_run_of_paper(material)] if made else [])
    whole = {
        "@id": "#run",
        "@type": "CreateAction",
        "name": f"A build of {material.manifest['study']['folder']}",
        "description": "Notebooks run over the study and its ledger, and the paper put together from their exhibits",
        "instrument": {"@id": WORKFLOW},
        "object": references([*(_ids_of_inputs(inputs)), *(value["@id"] for value in values.values())]),
        "result": references(item["@id"] for run in runs for item in run["result"]),
        "actionStatus": _DONE,
    }
    controls = [
        {
            "@id": identifier("control", run["@id"].partition("/")[2]),
            "@type": "ControlAction",
            "name": f"Start of {tool['name']}",
            "instrument": reference(step),
            "object": reference(run),
            "actionStatus": _DONE,
        }
        for tool, step, run in zip(tools, steps, runs, strict=True)
    ]
    order = {
        "@id": "#order",
        "@type": "OrganizeAction",
        "name": "lepanalysis build",
        "description": "Notebooks side by side, each in a kernel of its own; then the paper",
        "instrument": {"@id": _ENGINE},
        "object": [reference(control) for control in controls],
        "result": reference(whole),
        "actionStatus": _DONE,
    }
    actions = [whole, *runs, order]
    entities = [
        _workflow(material, tools, steps, parameters),
        *steps,
        *tools,
        *parameters.values(),
        *values.values(),
        *inputs,
        whole,
        *runs,
        *controls,
        order,
        *_software(material),
    ]
    return entities, actions


def _workflow(
    material: Material, tools: list[Entity], steps: list[Entity], parameters: dict[tuple[str, str], Entity]
) -> Entity:
    """Return the build as a workflow."""
    owners = ["#parameter/study", *(["#parameter/ledger"] if material.article is not None else [])]
    return {
        "@id": WORKFLOW,
        "@type": ["File", "SoftwareSourceCode", "ComputationalWorkflow", "HowTo"],
        "name": "The build: its notebooks with their parameters, its inputs with their digests",
        "encodingFormat": "application/json",
        "conformsTo": {"@id": "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"},
        "programmingLanguage": {"@id": _NOTEBOOK},
        "version": material.manifest["versions"]["lepanalysis"],
        "hasPart": [reference(tool) for tool in tools],
        "step": [reference(step) for step in steps],
        "input": references([*owners, *(parameter["@id"] for parameter in parameters.values())]),
        "runtimePlatform": f"Python {material.manifest['versions']['python']}",
    }


def _step(number: int, tool: Entity) -> Entity:
    """Return one step of the workflow."""
    return {
        "@id": identifier("step", tool["@id"].partition("/")[2]),
        "@type": "HowToStep",
        "position": str(number),
        "name": tool["name"],
        "workExample": reference(tool),
    }


def _tool(material: Material, name: str, parameters: dict[tuple[str, str], Entity]) -> Entity:
    """Return a notebook as it stands in the checkout, before it is run."""
    own = [parameter for (notebook, _), parameter in parameters.items() if notebook == name]
    return {
        "@id": identifier("notebook", name),
        "@type": "SoftwareSourceCode",
        "name": f"notebooks/{name}.ipynb",
        "encodingFormat": "application/x-ipynb+json",
        "sha256": material.notebooks[name]["source_sha256"],
        "version": material.manifest["versions"]["lepanalysis"],
        "programmingLanguage": {"@id": _NOTEBOOK},
        "input": [reference(parameter) for parameter in own],
        "softwareRequirements": {"@id": _ENGINE},
    }


def _paper_tool(material: Material) -> Entity:
    """Return the template of the paper."""
    template = template_of(material.study)
    return {
        "@id": _MAKER,
        "@type": "SoftwareSourceCode",
        "name": places.shown(template),
        "encodingFormat": "text/markdown",
        **({"sha256": digest_of_file(template)} if template.is_file() else {}),
        "version": material.manifest["versions"]["lepanalysis"],
        "softwareRequirements": {"@id": _ENGINE},
    }


def _parameters(material: Material) -> tuple[dict[tuple[str, str], Entity], dict[tuple[str, str], Entity]]:
    """Return the parameters of all notebooks, and the values that they had, both by notebook and name."""
    parameters, values = {}, {}
    for notebook, entry in material.notebooks.items():
        for name, value in entry["parameters"].items():
            if name in _NOT_CHOSEN:
                continue
            id_ = f"{notebook}/{name}"
            parameters[notebook, name] = {
                "@id": identifier("parameter", id_),
                "@type": "FormalParameter",
                "conformsTo": {"@id": "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"},
                "additionalType": _KINDS.get(type(value), "Text"),
                "name": name,
                "workExample": {"@id": identifier("value", id_)},
            }
            values[notebook, name] = {
                "@id": identifier("value", id_),
                "@type": "PropertyValue",
                "exampleOfWork": {"@id": identifier("parameter", id_)},
                "name": name,
                "value": str(value),
            }
    return parameters, values


def _inputs(material: Material) -> Iterator[Entity]:
    """Yield study and ledger as sets of files that are no part of the crate, each file with digest and class."""
    folders = {"study": material.manifest["study"]["folder"], "ledger": material.ledger_folder}
    defaults = {"study": material.study.class_, "ledger": "published"}
    files: dict[str, list[Entity]] = {"study": [], "ledger": []}
    for name, digest in material.inputs.items():
        owner, _, file = name.partition("/")
        files[owner].append(
            {
                "@id": identifier(owner, file),
                "@type": "File",
                "name": f"{folders[owner]}/{file}",
                "encodingFormat": format_of(file),
                "sha256": digest,
                "additionalProperty": {"@id": identifier("class", material.class_of(name))},
            }
        )
    for owner, title in (("study", "The study"), ("ledger", "What the article prints")):
        if not files[owner]:
            continue
        yield {
            "@id": f"#{owner}",
            "@type": "Dataset",
            "name": f"{title}: {folders[owner]}",
            "description": "Read by the build; its files are no part of this research object",
            "exampleOfWork": {"@id": f"#parameter/{owner}"},
            "hasPart": [reference(file) for file in files[owner]],
            "additionalProperty": {"@id": identifier("class", defaults[owner])},
        }
        yield {
            "@id": f"#parameter/{owner}",
            "@type": "FormalParameter",
            "conformsTo": {"@id": "https://bioschemas.org/profiles/FormalParameter/1.0-RELEASE"},
            "additionalType": "Dataset",
            "name": owner,
            "workExample": {"@id": f"#{owner}"},
        }
        yield from files[owner]


def _ids_of_inputs(inputs: list[Entity]) -> list[str]:
    """Return the ids of the sets of files among the inputs."""
    return [entity["@id"] for entity in inputs if entity["@type"] == "Dataset"]


def _run_of_notebook(material: Material, name: str, values: dict[tuple[str, str], Entity]) -> Entity:
    """Return one run of a notebook: what its exhibits rest on, its parameters, and what it wrote."""
    exhibits = [exhibit for exhibit in material.exhibits.values() if exhibit["notebook"] == name]
    read = sorted({(source["owner"], source["file"]) for exhibit in exhibits for source in exhibit["inputs"]})
    own = [value["@id"] for (notebook, _), value in values.items() if notebook == name]
    return {
        "@id": identifier("run", name),
        "@type": "CreateAction",
        "name": f"Run of notebooks/{name}.ipynb",
        "description": f"{len(exhibits)} exhibits made",
        "instrument": {"@id": identifier("notebook", name)},
        "object": references([*(identifier(owner, file) for owner, file in read), *own]),
        "result": references(identifier("", file) for file in sorted(material.notebooks[name]["outputs"])),
        "actionStatus": _DONE,
    }


def _run_of_paper(material: Material) -> Entity:
    """Return how the paper was put together."""
    registers = [identifier("", f"exhibits/{name}.json") for name in material.notebooks]
    return {
        "@id": identifier("run", "paper"),
        "@type": "CreateAction",
        "name": "The paper put together",
        "description": "Template and exhibits become one HTML file, one PDF and one DOCX",
        "instrument": {"@id": _MAKER},
        "object": references(registers),
        "result": references(name for name in PAPERS if name in material.manifest["paper"]),
        "actionStatus": _DONE,
    }


def _software(material: Material) -> Iterator[Entity]:
    """Yield the programs with their versions."""
    versions: dict[str, Any] = dict(material.manifest["versions"])
    packages = sorted(set(versions) - {"lepanalysis", "python"})
    ids = {name: f"https://pypi.org/project/{name}/{versions[name]}/" for name in packages}
    yield {
        "@id": _ENGINE,
        "@type": "SoftwareApplication",
        "name": "lepanalysis",
        "softwareVersion": versions["lepanalysis"],
        "softwareRequirements": references([_PYTHON, *ids.values()]),
        **_address(material),
    }
    yield {
        "@id": _PYTHON,
        "@type": "SoftwareApplication",
        "name": "Python",
        "softwareVersion": versions["python"],
        "url": _HOME["python"],
    }
    for name in packages:
        yield {
            "@id": ids[name],
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": versions[name],
            "url": ids[name],
        }
    yield {
        "@id": _NOTEBOOK,
        "@type": "ComputerLanguage",
        "name": "Jupyter notebook, Python",
        "url": "https://nbformat.readthedocs.io/",
    }


def _address(material: Material) -> dict[str, str]:
    """Return where the compendium can be had, if CITATION.cff says so."""
    found = material.citation.get("repository-code") or material.citation.get("url")
    return {"url": str(found)} if found else {}
