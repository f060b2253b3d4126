"""YAML read with the line of every value, so that a fault can say where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from lepanalysis.faults import Fault

Path_ = tuple[str | int, ...]
DEEPEST = 40


@dataclass(frozen=True)
class Document:
    """A YAML file: its value, and for every path into it the line and the text as written.

    A path is a tuple of keys and positions, such as ``("codes", 3, "name")``.
    """

    value: Any
    lines: dict[Path_, int] = field(repr=False)
    written: dict[Path_, str] = field(repr=False)

    def line(self, path: Path_) -> int:
        """Return the line of the value at `path`, or of the nearest value around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read_yaml(text: str, shown: str) -> tuple[Document, list[Fault]]:
    """Read one YAML document: plain values only, no anchors, no tags, no key twice.

    Parameters
    ----------
    text : str
    shown : str
        The file as a fault names it.
    """
    building = _Building(shown)
    value: Any = {}
    try:
        building.faults += _faults_of_tokens(text, shown)
        if not building.faults:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            value = building.value(node, ()) if node is not None else {}
    except yaml.YAMLError as error:
        building.faults.append(_fault_of_error(error, text, shown))
        value = {}
    except RecursionError:
        building.faults.append(Fault(shown, 1, "", "nested too deeply", "write it flatter"))
        value = {}
    return Document(value, building.lines, building.written), building.faults


def _faults_of_tokens(text: str, shown: str) -> list[Fault]:
    """Return what YAML knows and these files do without: anchors, aliases and tags."""
    if not any(mark in text for mark in "&*!"):
        return []  # no need to take it apart twice
    for token in yaml.scan(text):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            problem, line = "the file uses an anchor, an alias or a tag (&, * or !)", token.start_mark.line + 1
            return [Fault(shown, line, "", problem, "write the value out, or put it in quotation marks")]
    return []


def _fault_of_error(error: yaml.YAMLError, text: str, shown: str) -> Fault:
    """Return an error of the parser as a fault, with its line."""
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    line = mark.line + 1 if mark else text.count("\n", 0, getattr(error, "position", 0)) + 1
    return Fault(shown, line, "", f"not YAML here ({problem})", "check indentation and quotation marks")


class _Building:
    """Turns nodes into plain values, and notes where each stands and what is wrong."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.lines: dict[Path_, int] = {}
        self.written: dict[Path_, str] = {}
        self.faults: list[Fault] = []
        self._loader = yaml.SafeLoader("")

    def value(self, node: yaml.Node, path: Path_) -> Any:  # noqa: ANN401 - YAML holds any plain value
        """Return the plain value of a node."""
        self.lines[path] = node.start_mark.line + 1
        if len(path) > DEEPEST:
            raise RecursionError
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        self.written[path] = node.value
        try:
            return self._loader.construct_object(node)
        except ValueError:
            # 2013-02-30 has the shape of a date and is none: it stays the text that it is.
            return node.value

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        """Return the values of a mapping by their keys as written."""
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.faults.append(Fault(self.shown, line, "", "a key is one word", "write the key as a word"))
                continue
            key = key_node.value
            if key in result:
                self.faults.append(Fault(self.shown, line, key, "the key stands twice", "keep one of the two"))
            result[key] = self.value(value_node, (*path, key))
        return result
