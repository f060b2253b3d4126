"""What a verdict hangs on, in words: how far its interval reaches, and which other codings or units would turn it.

The verdict itself is worked out over the stated units and codings alone, and the interval does not change it
(docs/verdicts.md); so that nobody takes it for more than that, what could have turned it is said beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepanalysis.claim_rules import UNITS
from lepanalysis.claim_tests import counts_of
from lepanalysis.claim_units import LackingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lepanalysis.claim_tests import Claim, Counts
    from lepanalysis.claim_units import Material
    from lepanalysis.study import Study

# Drawn from fewer people than this, percentile intervals are too narrow (docs/claims.md).
FEW = 20
_PARTS = {
    (True, True): "over all of its range",
    (True, False): "over a part of its range",
    (False, True): "over a part of its range",
    (False, False): "nowhere in its range",
}


def reach(claim: Claim, counts: Counts, interval: tuple[float, float] | None) -> str:
    """Say over which of its thresholds the interval of a claim reaches, and when there is none, or one too narrow.

    Parameters
    ----------
    claim : Claim
    counts : Counts
        What its test counted.
    interval : tuple of float or None

    Returns
    -------
    str
        Such as "the interval reaches below the threshold"; empty where nothing is to be said.
    """
    if interval is None:
        return "no interval could be made" if counts.by_participant else "over threads no interval is made"
    low, high = interval
    # An interval need not hold its value; what lies between them counts as reached as well.
    sides = {
        "below": _crossed(claim, counts.value, min(low, counts.value), far=claim.first, near=claim.last),
        "above": _crossed(claim, counts.value, max(high, counts.value), far=claim.last, near=claim.first),
    }
    reached = [f"{side} {' and '.join(limits)}" for side, limits in sides.items() if limits]
    narrow = ""
    if len(counts.rows) < FEW:
        narrow = f"drawn from {len(counts.rows)} participants"
    elif low == high:
        narrow = "with nearly all draws of one value"
    if reached:
        return f"the interval reaches {', and '.join(reached)}" + (f"; {narrow}, it is too narrow" if narrow else "")
    return f"the interval, {narrow}, is too narrow" if narrow else ""


def _crossed(claim: Claim, value: float, end: float, *, far: float, near: float) -> list[str]:
    """Return the limits between a value and an end of its interval: the threshold and the range, or the range's end."""
    crossed = {limit: claim.holds(end, limit) != claim.holds(value, limit) for limit in (claim.threshold, far, near)}
    named = ["the threshold"] if crossed[claim.threshold] else []
    named += ["the whole range"] if crossed[far] else []
    return named or ([f"the {'upper' if near > far else 'lower'} end of its range"] if crossed[near] else [])


def turned(claim: Claim, materials: Mapping[str, Material], who: str, study: Study) -> str:
    """Say with whose codings, or over which units, a claim would come out another way.

    Either is changed alone: other codings over the stated unit, other units over the stated codings. Where that turns
    nothing, it is said whether both together would.

    Parameters
    ----------
    claim : Claim
    materials : mapping
        See `lepanalysis.claim_units.materials_of`.
    who : str
        Whose codings it is tested over.
    study : Study
        For the names of the coders.

    Returns
    -------
    str
        Such as "it would hold over all of its range by thread", or that nothing would turn it; empty where there is no
        other choice.
    """
    stated = _part(claim, materials[who], claim.unit)
    by_part: dict[str, list[str]] = {}
    others = 0
    for name, material, unit in _others(claim, materials, who, study):
        part = _part(claim, material, unit)
        others += bool(part)
        if part and part != stated:
            by_part.setdefault(part, []).append(name)
    if not by_part and others:
        both = {_part(claim, material, unit) for material in materials.values() for unit in UNITS}
        return f"other codings or units would not turn it{' alone, but could together' if both - {stated, ''} else ''}"
    if not by_part:
        return ""
    told = [f"{part} {_listed(by_part[part])}" for part in dict.fromkeys(_PARTS.values()) if part in by_part]
    return f"it would hold {', '.join(told)}"


def _others(
    claim: Claim, materials: Mapping[str, Material], who: str, study: Study
) -> Iterator[tuple[str, Material, str]]:
    """Yield each other choice: in words, with its codings and its unit."""
    named = {coder.id: f"with the codings of {coder.name}" for coder in study.coders}
    two = len(study.coders) < 3
    named["any"] = f"with what {'either' if two else 'any'} coder applied"
    named["all"] = f"with what {'both' if two else 'all'} coders applied"
    named["consensus"] = "with what they agreed on"
    for other, material in materials.items():
        if other != who:
            yield named[other], material, claim.unit
    for unit in UNITS:
        if unit != claim.unit:
            yield f"by {unit}", materials[who], unit


def _part(claim: Claim, material: Material, unit: str) -> str:
    """Return over what part of its range a claim holds; empty where there is nothing to count over."""
    try:
        value = counts_of(material, claim, unit).value
    except LackingError:
        return ""
    return "" if np.isnan(value) else _PARTS[claim.holds(value, claim.first), claim.holds(value, claim.last)]


def _listed(words: Sequence[str]) -> str:
    """Join words as a sentence does.

    Examples
    --------
    >>> _listed(["one", "two", "three"])
    'one, two and three'
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
