"""How much of a stranger's file is taken in."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How much of a file is taken in.

    Parameters
    ----------
    members : int
        Members of an archive.
    member_bytes, total_bytes : int
        One member, and all of them, unpacked.
    ratio : int
        How many times larger than packed a member, and all of them, may be.
    depth : int
        How deep elements of XML may lie in each other.
    elements : int
        How many of them there may be.
    attribute : int
        Characters of the attributes of one element.
    """

    members: int = 250_000
    member_bytes: int = 1024 * MEGABYTE
    total_bytes: int = 4096 * MEGABYTE
    ratio: int = 200
    depth: int = 200
    elements: int = 10_000_000
    attribute: int = 16 * MEGABYTE


LIMITS = Limits()
