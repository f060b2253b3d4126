"""The units that the tests of claims count: messages, participants, threads, and which codes they bear."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from lepanalysis.applications import coded, readings
from lepanalysis.codes import fates
from lepanalysis.coding import messages_by_codes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepanalysis.study import Study

# How a unit is called, one and several.
NAMES = {
    "message": ("message", "messages"),
    "participant": ("participant who posted", "participants who posted"),
    "thread": ("thread", "threads"),
}


@dataclass(frozen=True, eq=False)
class Material:
    """Who wrote which message in which thread, and which shared codes stand in it.

    Parameters
    ----------
    who : str
        Whose codings: a coder's id, ``any``, ``all`` or ``consensus``.
    table : numpy.ndarray
        Messages x shared codes, True where the code stands; only messages that were read.
    person, thread : numpy.ndarray
        A number for the author and one for the thread of each message, from 0.
    column : mapping
        The column of each shared code.
    leads_to : mapping
        The shared codes that each code of the codebook leads to.
    reasons : mapping
        Why a code leads to none.
    unread : int
        How many messages nobody in question has read; they are left out.
    """

    who: str
    table: np.ndarray = field(repr=False)
    person: np.ndarray = field(repr=False)
    thread: np.ndarray = field(repr=False)
    column: Mapping[str, int] = field(repr=False)
    leads_to: Mapping[str, tuple[tuple[str, str], ...]] = field(repr=False)
    reasons: Mapping[str, str] = field(repr=False)
    unread: int = 0


class LackingError(Exception):
    """The study lacks what a test needs; the message says what."""


def stated_coders(study: Study) -> str:
    """Return whose codings a claim is tested over unless somebody asks for others.

    The consensus where decisions are on record, otherwise what all coders who read a message applied to it, which of
    an only coder is what that coder applied.

    Parameters
    ----------
    study : Study
    """
    if study.has("decisions"):
        return "consensus"
    return study.coders[0].id if len(study.coders) == 1 else "all"


def named_coders(study: Study, who: str) -> str:
    """Return in words whose codings were taken; empty for an only coder's.

    Parameters
    ----------
    study : Study
    who : str
        A coder's id, ``any``, ``all`` or ``consensus``.
    """
    if len(study.coders) < 2:
        return ""
    names = {coder.id: f"the codings of {coder.name}" for coder in study.coders}
    together = {"any": "codes that any coder applied", "all": "codes that all coders applied",
                "consensus": "codes on which the coders agreed"}  # fmt: skip
    return {**names, **together}[who]


def material_of(study: Study, who: str) -> Material:
    """Return the codings of a coder, of any, of all or of the consensus, ready for the tests.

    Parameters
    ----------
    study : Study
    who : str
        See `lepanalysis.consensus.applications_of`.

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    UsageError
        When there is no such coder.
    """
    return _Read(study).material(who, messages_by_codes(study, who).to_numpy(dtype=bool))


class _Read:
    """Who has read what in a study, and where its codes lead: what is the same whose codings soever are taken."""

    def __init__(self, study: Study) -> None:
        """Look it up."""
        self.by = readings(study)
        self.messages = study.messages.data
        self.known = fates(study)

    def material(self, who: str, table: np.ndarray) -> Material:
        """Return messages x shared codes as material, without the messages that nobody in question has read."""
        seen = (self.by[who] if who in self.by else self.by.any(axis="columns")).to_numpy(dtype=bool)
        return Material(
            who,
            table[seen],
            _numbered(self.messages["participant_id"].to_numpy(dtype=object)[seen]),
            _numbered(self.messages["thread_id"].to_numpy(dtype=object)[seen]),
            {code: place for place, code in enumerate(self.known.shared)},
            self.known.leads_to,
            self.known.reasons,
            int((~seen).sum()),
        )


def materials_of(study: Study) -> dict[str, Material]:
    """Return the codings of each coder, of any, of all and of the consensus, ready for the tests.

    Where there is one coder, these are all the same, and only the coder's are there; without decisions there is no
    consensus beside `all`.

    Parameters
    ----------
    study : Study

    Raises
    ------
    MissingTableError
        When the study has no codings or no codebook.
    """
    read, found = _Read(study), coded(study)
    coders = [coder.id for coder in study.coders]
    tables = {}
    for place, coder in enumerate(coders):
        own = found.where(found.coder == place)
        tables[coder] = np.zeros((len(read.messages), len(found.codes)), dtype=bool)
        tables[coder][own.message, own.code] = True
    if len(coders) > 1:
        applied = np.sum(list(tables.values()), axis=0)
        readers = read.by.to_numpy(dtype=bool).sum(axis=1)
        tables["any"] = applied > 0
        # Everyone who read the message applied the code to it.
        tables["all"] = (applied > 0) & (applied >= readers[:, None])
    if study.has("decisions"):
        tables["consensus"] = messages_by_codes(study, "consensus").to_numpy(dtype=bool)
    return {who: read.material(who, table) for who, table in tables.items()}


@dataclass(frozen=True, eq=False)
class Materials:
    """A study's codings, ready for the tests: worked out once, at the first use, for however many claims.

    Parameters
    ----------
    study : Study
    """

    study: Study

    def of(self, listener: Study) -> Mapping[str, Material]:
        """Return what `materials_of` gives, and tell whoever listens to the study's reads what it rests on.

        Parameters
        ----------
        listener : Study
            The same study, as the test that asks has it: what was worked out for another test rests on the same tables.
        """
        found, taken = self._worked_out
        for name in taken:
            listener.table(name)
        return found

    @cached_property
    def _worked_out(self) -> tuple[Mapping[str, Material], tuple[str, ...]]:
        """What `materials_of` gives, and the tables that it took."""
        taken: dict[str, None] = {}
        heard = replace(self.study, on_read=taken.setdefault)
        return MappingProxyType(materials_of(heard)), tuple(taken)


def _numbered(values: np.ndarray) -> np.ndarray:
    """Return a number for each value, in the order of first appearance, so that names make no difference."""
    places: dict[str, int] = {}
    return np.array([places.setdefault(value, len(places)) for value in values], dtype=np.int64)


class Units:
    """The units of one kind over some codings: which of them bear which codes, and whose they are.

    Parameters
    ----------
    material : Material
    unit : str
        ``message``, ``participant`` or ``thread``.

    Raises
    ------
    LackingError
        When there is none.
    """

    def __init__(self, material: Material, unit: str) -> None:
        """Number the units."""
        self.material, self.unit = material, unit
        messages = len(material.person)
        self.of_message = {
            "message": np.arange(messages),
            "participant": material.person,
            "thread": material.thread,
        }[unit]
        self.number = int(self.of_message.max(initial=-1)) + 1
        if not self.number:
            raise LackingError("no message was read")

    def columns(self, codes: tuple[str, ...]) -> list[np.ndarray]:
        """Return for each code which messages bear it.

        Raises
        ------
        LackingError
            When a code leads to no shared code.
        """
        found = []
        for code in codes:
            targets = [self.material.column[name] for name, _ in self.material.leads_to.get(code, ())]
            if not targets:
                reason = self.material.reasons.get(code, "it is not in the codebook")
                raise LackingError(f"code {code} leads to no shared code: {reason}")
            found.append(self.material.table[:, targets].any(axis=1))
        return found

    def messages(self, codes: tuple[str, ...]) -> np.ndarray:
        """Return which messages bear one of the codes."""
        return np.logical_or.reduce(self.columns(codes))

    def having(self, messages: np.ndarray) -> np.ndarray:
        """Return which units have one of the messages."""
        return np.bincount(self.of_message[messages], minlength=self.number) > 0

    def bearing(self, codes: tuple[str, ...]) -> np.ndarray:
        """Return which units have a message with one of the codes."""
        return self.having(self.messages(codes))

    def rows(self, *flags: np.ndarray) -> np.ndarray:
        """Return participants x sums of what is true of each unit; a thread is its own."""
        owner = self.material.person if self.unit == "message" else np.arange(self.number)
        return np.stack([np.bincount(owner, weights=flag).astype(np.int64) for flag in flags], axis=1)

    def named(self, n: int) -> str:
        """Return a number of units in words; that some messages were not read, too."""
        unread = self.material.unread
        left = f" ({unread:,} {NAMES['message'][unread != 1]} unread and left out)" if unread else ""
        return f"{n:,} {NAMES[self.unit][n != 1]}{left}"
