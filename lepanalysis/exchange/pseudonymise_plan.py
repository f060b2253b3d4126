"""What pseudonymisation replaces by what, and a text with that done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis.exchange.pseudonymise_list import addresses_in
from lepanalysis.exchange.pseudonymise_names import Edit, Edited, Names, as_written, edited
from lepanalysis.faults import LepanalysisError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Plan:
    """What is replaced by what.

    Parameters
    ----------
    names : Names
    new : tuple of str
        What stands in the place of each name.
    codes : mapping
        The new code name of each participant by old id.
    ids : mapping
        By kind: new ids by old ones, for those that change.
    mentioned : mapping
        What stands behind the @ in the place of a participant's folded user name.
    placeholders : mapping
        What stands in the place of addresses, by kind.
    replaces_addresses : bool
        Whether addresses are replaced, or only counted.
    """

    names: Names
    new: tuple[str, ...]
    codes: Mapping[str, str]
    ids: Mapping[str, Mapping[str, str]]
    mentioned: Mapping[str, str]
    placeholders: Mapping[str, str]
    replaces_addresses: bool

    def id_of(self, kind: str, name: str) -> str:
        """Return the id that a record has now.

        Parameters
        ----------
        kind : str
        name : str
        """
        return self.ids.get(kind, {}).get(name, name)


def edits_of(text: str, names: Names, new: Sequence[str], counts: Counter[object] | None = None) -> list[Edit]:
    """Return the edits that replace names in a text.

    Parameters
    ----------
    text : str
    names : Names
    new : sequence of str
        What stands in the place of each.
    counts : Counter, optional
        Counts each name as ``("name", number)``.
    """
    found = names.find(text)
    for one in found if counts is not None else ():
        counts["name", one.name] += 1
    return [Edit(one.start, one.end, as_written(new[one.name], text[one.start : one.end])) for one in found]


def replaced(text: str, plan: Plan, counts: Counter[object], left: Names) -> Edited:
    """Return a text with everything replaced.

    Parameters
    ----------
    text : str
    plan : Plan
    counts : Counter
        Counts what was found.
    left : Names
        Names that are counted and left.
    """
    addresses = addresses_in(text, plan.mentioned, plan.placeholders)
    for kind, edits in addresses.items():
        counts[kind] += len(edits)
    first: list[Edit] = []
    if plan.replaces_addresses:
        first = sorted((edit for edits in addresses.values() for edit in edits), key=lambda edit: edit.start)
    counts["users"] += len(left.find(text))
    made = edited(text, first, edits_of(text, plan.names, plan.new, counts))
    if made.edits and plan.names.find(made.text):
        raise LepanalysisError(
            "a replacement brings a listed name back where it stands beside other words; choose replacements that are "
            "plain words and hold no listed name"
        )
    return made
