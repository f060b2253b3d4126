"""What the readers of a QualCoder project share: the draft's parts as they come together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.ids import Ids
from lepanalysis.exchange.sqlitefile import text
from lepanalysis.tables import moment

if TYPE_CHECKING:
    from lepanalysis.exchange.losses import Ledger
    from lepanalysis.exchange.offsets import OffsetReading

PROGRAM = "QualCoder"
# The coder of what has no owner.
NOBODY = "unknown"


@dataclass(frozen=True)
class Source:
    """A text of the project and the message that it became."""

    number: int
    name: str
    text: str
    message: str


@dataclass
class Parts:
    """The parts of a draft; local to one reading.

    Parameters
    ----------
    ledger : Ledger
    """

    ledger: Ledger
    sources: dict[int, Source] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    threads: list[dict[str, Any]] = field(default_factory=list)
    participants: dict[object, dict[str, Any]] = field(default_factory=dict)
    codings: list[dict[str, Any]] = field(default_factory=list)
    memos: list[dict[str, Any]] = field(default_factory=list)
    external_ids: list[dict[str, Any]] = field(default_factory=list)
    coders: dict[str, tuple[str, str]] = field(default_factory=dict)  # by owner: id and name
    codes: dict[tuple[str, int | None], str] = field(default_factory=dict)  # by sort and number: id
    reading: OffsetReading | None = None
    marks: list[str] = field(default_factory=list)  # of which class the project says it is
    code_ids: Ids = field(default_factory=lambda: Ids("c"))
    message_ids: Ids = field(default_factory=lambda: Ids("m"))
    thread_ids: Ids = field(default_factory=lambda: Ids("t"))
    people_ids: Ids = field(default_factory=lambda: Ids("p"))
    coder_ids: Ids = field(default_factory=lambda: Ids("coder"))

    def coder(self, owner: object) -> str:
        """Return the id of a coder, who is one from now on.

        Parameters
        ----------
        owner : object
            The cell that names them.
        """
        name = " ".join(text(owner).split())
        if name not in self.coders:
            who = self.coder_ids.of(name, name or NOBODY)
            self.coders[name] = (who, name or "Unknown")
        return self.coders[name][0]

    def add_memo(self, name: str, words: str, owner: object, at: str, *, about: str = "") -> None:
        """Add a memo, about a message where one is given.

        Parameters
        ----------
        name, words : str
        owner : object
        at : str
        about : str
            Id of a message.
        """
        memo = {"memo_id": name, "coder": self.coder(owner), "text": words, "at": at}
        self.memos.append({**memo, "about": "message", "about_id": about} if about else memo)


def external_id(kind: str, name: str, foreign: object) -> dict[str, Any]:
    """Return a row of external_ids.csv.

    Parameters
    ----------
    kind, name : str
    foreign : object
        The number that QualCoder gave.
    """
    return {"kind": kind, "id": name, "program": PROGRAM, "external_id": str(foreign)}


def moment_of(cell: object) -> str:
    """Return a time as a study writes it; empty where there is none.

    Parameters
    ----------
    cell : object
    """
    written = text(cell).strip()
    return written.replace(" ", "T") if moment(written) else ""
