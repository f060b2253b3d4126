"""Codes of other programs brought under the rules of a study's codebook, and what goes over the border said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.known import on_circles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lepanalysis.exchange.losses import Ledger

# A code has to have a definition; programs do not ask for one.
NO_DEFINITION = "(no definition)"


def one_line(name: str) -> str:
    """Return a name on one line, and something where there is none.

    Parameters
    ----------
    name : str
    """
    return " ".join(name.split()) or "(no name)"


def sound_tree(codes: Iterable[dict[str, Any]], ledger: Ledger) -> tuple[dict[str, Any], ...]:
    """Return codes whose parents are there and lead in no circle, and whose names are unique under their parent.

    Parameters
    ----------
    codes : iterable of dict
        Entries of codebook.yaml; changed in place.
    ledger : Ledger
        Is told of codes that were numbered or lost their parent.
    """
    found = list(codes)
    ids = {code["id"] for code in found}
    for key in ("parent", "merged_into"):
        links = {code["id"]: code.get(key, "") for code in found}
        circles = on_circles({one: other if other in ids else "" for one, other in links.items()})
        for code in found:
            if code.get(key) and (code[key] not in ids or code["id"] in circles):
                del code[key]
                ledger.changed("codes", code["name"], "what it lay under is not there, or lay under it; now by itself")
    taken: set[tuple[str, str, str]] = set()
    for code in found:
        group = (code.get("coder", ""), code.get("parent", ""))
        name, number = code["name"], 1
        while (*group, code["name"].casefold()) in taken:
            number += 1
            code["name"] = f"{name} ({number})"
        taken.add((*group, code["name"].casefold()))
        if number > 1:
            ledger.changed("codes", name, "it has a sibling of that name, but for upper and lower case; numbered")
    return tuple(found)
