"""JSON exports of forums: one file or a folder of them, one value or several after each other, all bounded."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.guard import LIMITS, read_bounded
from lepanalysis.exchange.limits import MEGABYTE
from lepanalysis.faults import LepanalysisError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# As objects, JSON takes several times its size.
_LIMITS = replace(LIMITS, member_bytes=256 * MEGABYTE)
_MOST_FILES = 100_000


def files_in(path: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """Return a file, or the files of a folder and its folders that end so, by name; links are not followed.

    Parameters
    ----------
    path : Path
    suffixes : tuple of str
        All files where there is none.

    Raises
    ------
    UsageError
        When there is no such file.
    """
    if not path.is_dir():
        return [path]
    found = []
    for file in sorted(path.rglob("*"), key=lambda one: one.relative_to(path).as_posix()):
        if any(part.startswith(".") for part in file.relative_to(path).parts) or file.is_symlink():
            continue
        if file.is_file() and (not suffixes or file.suffix.lower() in suffixes):
            found.append(file)
    if not found:
        raise UsageError(f"{path.name} holds no file that ends in {', '.join(filter(None, suffixes))}")
    if len(found) > _MOST_FILES:
        raise UsageError(f"{path.name} holds {len(found):,} files, more than the {_MOST_FILES:,} that are read")
    return found


def values_of(path: Path) -> Iterator[Any]:
    """Yield the JSON values of a file: one, several after each other, or one a line.

    Parameters
    ----------
    path : Path

    Raises
    ------
    LepanalysisError
        When it is no JSON, is nested too deeply or is too large.
    """
    data = read_bounded(path, _LIMITS)
    decoder = json.JSONDecoder()
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
        place = _after_space(text, 0)
        if place == len(text):
            raise LepanalysisError(f"{path.name} is empty")
        while place < len(text):
            value, place = decoder.raw_decode(text, place)
            yield value
            place = _after_space(text, place)
    except UnicodeDecodeError:
        raise LepanalysisError(f"{path.name} is no JSON: it is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise LepanalysisError(f"{path.name} is no JSON (line {error.lineno}: {error.msg}); export it again") from None
    except RecursionError:
        raise LepanalysisError(f"{path.name} is refused: its values lie too deep in each other") from None
    except ValueError:
        raise LepanalysisError(f"{path.name} is refused: it holds a number of thousands of digits") from None


def _after_space(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place


def text_in(record: object, *names: str) -> str:
    """Return the first of some entries of a record that is text and not empty; whole numbers count as text.

    Parameters
    ----------
    record : object
    *names : str
    """
    if not isinstance(record, dict):
        return ""
    for name in names:
        value = record.get(name)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def whole_in(record: object, name: str) -> int | None:
    """Return a whole number of a record, or None.

    Parameters
    ----------
    record : object
    name : str
    """
    value = record.get(name) if isinstance(record, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**15 else None


def entry_in(record: object, *names: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return the entry that a chain of names leads to; None where it breaks off.

    Parameters
    ----------
    record : object
    *names : str
    """
    for name in names:
        record = record.get(name) if isinstance(record, dict) else None
    return record


def records_in(value: object) -> list[dict[str, Any]]:
    """Return the records of a list, or of a page of GraphQL (``nodes`` or ``edges``).

    Parameters
    ----------
    value : object
    """
    if isinstance(value, dict):
        if isinstance(value.get("nodes"), list):
            value = value["nodes"]
        elif isinstance(value.get("edges"), list):
            value = [entry_in(edge, "node") for edge in value["edges"]]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
