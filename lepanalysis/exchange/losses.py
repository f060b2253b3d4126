"""What an import or an export did to what came in: kept, changed, dropped and why; the counts add up or there is none.

A reader counts what it meets in a `Ledger`, the one thing here that changes, and hands back the `LossReport` that
comes of it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CHANGED, DROPPED = "changed", "dropped"
# So many records are named as examples of one reason.
_EXAMPLES = 3
_LONGEST_EXAMPLE = 60


@dataclass(frozen=True)
class Tally:
    """The records of one kind: how many came, and what became of them.

    Parameters
    ----------
    kind : str
        In the plural, and as the study's own tables are called where the records become theirs (``messages``,
        ``codings``, ``codes``, ``memos``); what the study's format has no place for keeps its own name.
    came, kept, changed, dropped : int
        ``came`` is the sum of the others.
    """

    kind: str
    came: int
    kept: int
    changed: int
    dropped: int

    def __post_init__(self) -> None:
        """Refuse counts that do not add up."""
        parts = (self.kept, self.changed, self.dropped)
        if min(parts) < 0 or self.came != sum(parts):
            message = f"{self.kind}: {self.came} came, but {' + '.join(map(str, parts))} are accounted for"
            raise ValueError(message)


@dataclass(frozen=True)
class Loss:
    """One reason for which records were changed or dropped.

    Parameters
    ----------
    kind : str
    what : str
        ``changed`` or ``dropped``.
    count : int
    why : str
        Half a sentence that goes on from "so many were changed: ".
    examples : tuple of str
        A few of the records, as their own program names them.
    """

    kind: str
    what: str
    count: int
    why: str
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class LossReport:
    """What became of everything that came in.

    Parameters
    ----------
    source : str
        The file's name, without its folder.
    format : str
        What it was read or written as.
    tallies : tuple of Tally
    losses : tuple of Loss
        A dropped record stands under one reason; a changed one may stand under several.
    notes : tuple of str
        Sentences: how offsets were read, which encoding was guessed, what to beware of.
    result : tuple of (str, int)
        How many records of each kind the result holds, those that the import had to make among them.
    parts : tuple of LossReport
        What was done before or after, such as pseudonymisation, with counts of its own.
    files : tuple of (str, str)
        Texts to be kept beside the report, by name, such as the mapping that makes an import repeatable.
    """

    source: str
    format: str
    tallies: tuple[Tally, ...] = ()
    losses: tuple[Loss, ...] = ()
    notes: tuple[str, ...] = ()
    result: tuple[tuple[str, int], ...] = ()
    parts: tuple[LossReport, ...] = ()
    files: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse reasons that do not account for what the tallies say."""
        kinds = [tally.kind for tally in self.tallies]
        if len(set(kinds)) != len(kinds):
            raise ValueError(f"a kind is tallied twice: {kinds}")
        reasons: dict[tuple[str, str], list[int]] = defaultdict(list)
        for loss in self.losses:
            if loss.what not in {CHANGED, DROPPED} or loss.count < 1 or loss.kind not in kinds:
                raise ValueError(f"a reason that no tally knows: {loss}")
            reasons[loss.kind, loss.what].append(loss.count)
        for tally in self.tallies:
            dropped, changed = (reasons[tally.kind, what] for what in (DROPPED, CHANGED))
            if sum(dropped) != tally.dropped:
                raise ValueError(f"{tally.kind}: {tally.dropped} were dropped, {sum(dropped)} for a reason")
            if not max(changed, default=0) <= tally.changed <= sum(changed):
                raise ValueError(f"{tally.kind}: {tally.changed} were changed, {changed} for a reason")

    def tally(self, kind: str) -> Tally:
        """Return the tally of a kind; one of nothing where none came."""
        return next((one for one in self.tallies if one.kind == kind), Tally(kind, 0, 0, 0, 0))

    @property
    def is_whole(self) -> bool:
        """Whether everything was kept as it came."""
        return not self.losses and all(part.is_whole for part in self.parts)

    def with_part(self, part: LossReport) -> LossReport:
        """Return the report with what a further step did."""
        return replace(self, parts=(*self.parts, part))

    def with_notes(self, *notes: str) -> LossReport:
        """Return the report with further sentences."""
        return replace(self, notes=(*self.notes, *notes))

    def with_file(self, name: str, text: str) -> LossReport:
        """Return the report with a text to be kept beside it."""
        return replace(self, files=(*self.files, (name, text)))

    def with_result(self, counts: Mapping[str, int]) -> LossReport:
        """Return the report with how much the result holds."""
        return replace(self, result=tuple((kind, count) for kind, count in counts.items() if count))

    def as_record(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        record: dict[str, Any] = asdict(self)
        record["result"] = dict(self.result)
        record["parts"] = [part.as_record() for part in self.parts]
        del record["files"]
        return json.loads(json.dumps(record))

    def as_text(self) -> str:
        """Return the report for people."""
        blocks = [f"{self.source}: {self.format}"]
        if any(tally.came for tally in self.tallies):
            blocks.append(_table(self.tallies))
        blocks += [self._reasons(what) for what in (DROPPED, CHANGED) if any(one.what == what for one in self.losses)]
        if self.tallies and not self.losses:
            blocks.append("Everything was kept as it came.")
        if self.notes:
            blocks.append("\n".join(self.notes))
        if self.result:
            blocks.append("The result holds " + ", ".join(f"{count} {kind}" for kind, count in self.result) + ".")
        blocks += [part.as_text().rstrip("\n") for part in self.parts]
        return "\n\n".join(blocks) + "\n"

    def _reasons(self, what: str) -> str:
        """Return the reasons of one sort, one a line."""
        lines = [f"{what.capitalize()}:"]
        for loss in self.losses:
            if loss.what == what:
                examples = f" (such as {', '.join(loss.examples)})" if loss.examples else ""
                lines.append(f"  {loss.count} {loss.kind}: {loss.why}{examples}")
        return "\n".join(lines)


def _table(tallies: Iterable[Tally]) -> str:
    """Return the counts in columns."""
    rows = [("", "came", "kept", "changed", "dropped")]
    rows += [(one.kind, *map(str, (one.came, one.kept, one.changed, one.dropped))) for one in tallies if one.came]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


class Ledger:
    """Counts what a reader or a writer meets. What was neither changed nor dropped was kept.

    Parameters
    ----------
    source : str
        The file's name.
    format : str
        What it is read or written as.
    """

    def __init__(self, source: str, format: str) -> None:  # noqa: A002 - the word of the field
        """Begin with nothing."""
        self.source = source
        self.format = format
        self._came: dict[str, int] = {}
        self._fates: dict[str, dict[object, str]] = defaultdict(dict)
        self._reasons: dict[tuple[str, str, str], dict[object, None]] = defaultdict(dict)
        self._notes: dict[str, None] = {}

    def came(self, kind: str, count: int = 1) -> None:
        """Count records that came in."""
        self._came[kind] = self._came.get(kind, 0) + count

    def changed(self, kind: str, key: object, why: str) -> None:
        """Note that a record is kept in another form; a record that is changed for two reasons is one record.

        Parameters
        ----------
        kind : str
        key : hashable
            What tells the record from others of its kind; the first few are shown as examples.
        why : str
            Half a sentence, the same for all records with this reason.
        """
        if self._fates[kind].setdefault(key, CHANGED) == CHANGED:
            self._reasons[kind, CHANGED, why][key] = None

    def dropped(self, kind: str, key: object, why: str) -> None:
        """Note that a record is left out; of several reasons the first stands.

        Parameters
        ----------
        kind : str
        key : hashable
        why : str
        """
        fate = self._fates[kind].get(key)
        if fate == DROPPED:
            return
        if fate == CHANGED:
            for (other, what, _), keys in self._reasons.items():
                if (other, what) == (kind, CHANGED):
                    keys.pop(key, None)
        self._fates[kind][key] = DROPPED
        self._reasons[kind, DROPPED, why][key] = None

    def note(self, sentence: str) -> None:
        """Add a sentence, once."""
        self._notes[sentence] = None

    def is_dropped(self, kind: str, key: object) -> bool:
        """Whether a record was left out."""
        return self._fates.get(kind, {}).get(key) == DROPPED

    def report(self, stand: Mapping[str, int] | None = None) -> LossReport:
        """Return what was counted.

        Parameters
        ----------
        stand : mapping, optional
            By kind how many of the records that came stand in the result, counted there.

        Raises
        ------
        ValueError
            When the two ways of counting disagree: an error of the reader, never of its input.
        """
        tallies = []
        for kind in dict.fromkeys([*self._came, *self._fates]):
            fates = list(self._fates.get(kind, {}).values())
            came, changed, dropped = self._came.get(kind, 0), fates.count(CHANGED), fates.count(DROPPED)
            tallies.append(Tally(kind, came, came - changed - dropped, changed, dropped))
        for kind, count in (stand or {}).items():
            tally = next((one for one in tallies if one.kind == kind), Tally(kind, 0, 0, 0, 0))
            if tally.kept + tally.changed != count:
                message = f"{kind}: {count} stand in the result, {tally.kept + tally.changed} are accounted for"
                raise ValueError(message)
        losses = [
            Loss(kind, what, len(keys), why, tuple(_short(key) for key in list(keys)[:_EXAMPLES]))
            for (kind, what, why), keys in self._reasons.items()
            if keys
        ]
        return LossReport(self.source, self.format, tuple(tallies), tuple(losses), tuple(self._notes))


def _short(key: object) -> str:
    """Return the name of a record on one line of bounded length."""
    text = " ".join(" / ".join(map(str, key)).split() if isinstance(key, tuple) else str(key).split())
    text = "".join(character if character.isprintable() else "�" for character in text)
    return text if len(text) <= _LONGEST_EXAMPLE else text[: _LONGEST_EXAMPLE - 1] + "…"
