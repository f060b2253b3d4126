"""Faults: what is wrong with an input, where it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong in a file, written for the person who keeps the file.

    Parameters
    ----------
    file : str
        The file as the person named it.
    line : int
        One-based line at which the record begins; 0 where no line applies (a file that is missing).
    column : str
        The column or key; empty where the whole record is meant.
    problem : str
        What is wrong.
    remedy : str
        What to do.
    """

    file: str
    line: int
    column: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        """Return the fault as ``file:line: column: what is wrong; what to do``."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        column = f" {self.column}:" if self.column else ""
        return f"{place}:{column} {self.problem}; {self.remedy}"

    def as_record(self) -> dict[str, str | int]:
        """Return the fault as a plain record for JSON."""
        return asdict(self)


class LepanalysisError(Exception):
    """An error whose message is meant for the person at the keyboard."""


class StudyFaultsError(LepanalysisError):
    """A study (or a ledger) cannot be used; carries every fault that was found.

    Parameters
    ----------
    faults : iterable of Fault
        All faults of the input, in the order of file and line.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults and word the message."""
        self.faults = tuple(sorted(faults))
        count = len(self.faults)
        head = "1 fault was" if count == 1 else f"{count} faults were"
        super().__init__("\n".join([f"{head} found:", *map(str, self.faults)]))


class MissingTableError(LepanalysisError):
    """A study has no such file, so what rests on it cannot be shown."""


class UsageError(LepanalysisError):
    """A command, a parameter or a function was used wrongly; nothing was run."""
