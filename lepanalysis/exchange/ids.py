"""Ids that go over a border: readable ones for what comes in, the same GUIDs every time for what goes out."""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import TYPE_CHECKING

from lepanalysis.schema import LIST_SEPARATOR, RESERVED_CODERS

if TYPE_CHECKING:
    from collections.abc import Iterable

# Of the project's own; never changed, or the same study would go out under other GUIDs.
NAMESPACE = uuid.UUID("6a5c2f0e-7d1b-5e0a-9c64-3f2d8b9a1e57")
_BEGIN = NAMESPACE.bytes
_GUID = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
# A longer name is no id that anybody would type.
_LONGEST = 60


def guid(kind: str, name: str) -> str:
    """Return the GUID of a record: of the same kind and id always the same.

    Parameters
    ----------
    kind : str
    name : str
    """
    # As uuid.uuid5 makes it, which takes five times as long for the hundred thousands of a project.
    digest = bytearray(hashlib.sha1(_BEGIN + f"{kind}\n{name}".encode(), usedforsecurity=False).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x50
    digest[8] = digest[8] & 0x3F | 0x80
    found = digest.hex()
    return f"{found[:8]}-{found[8:12]}-{found[12:16]}-{found[16:20]}-{found[20:]}"


def guid_key(text: str) -> str:
    """Return a GUID without braces and in lower case, as GUIDs are compared; other text as it is.

    Parameters
    ----------
    text : str
    """
    found = _GUID.fullmatch(text.strip())
    return found[1].lower() if found else text


def is_id(text: str) -> bool:
    """Whether a text can be an id of a study.

    Parameters
    ----------
    text : str
    """
    sound = 0 < len(text) <= _LONGEST and text.isprintable() and text == text.strip() and LIST_SEPARATOR not in text
    return sound and not _GUID.fullmatch(text) and text not in RESERVED_CODERS


class Ids:
    """Gives records of one kind readable ids: the wanted name where it is a sound and free id, else a numbered one.

    Parameters
    ----------
    prefix : str
        What a numbered id begins with.
    taken : iterable of str
        Ids that are not to be given.
    """

    def __init__(self, prefix: str, taken: Iterable[str] = ()) -> None:
        """Begin with no records."""
        self.prefix = prefix
        self._taken = set(taken)
        self._given: dict[object, str] = {}
        self._last = 0

    def of(self, key: object, wanted: str = "") -> str:
        """Return the id of a record, given at the first call.

        Parameters
        ----------
        key : hashable
            What the record is known by where it comes from.
        wanted : str
            The id it should have if it can.
        """
        if key not in self._given:
            name = wanted if is_id(wanted) and wanted not in self._taken else self._numbered()
            self._taken.add(name)
            self._given[key] = name
        return self._given[key]

    def __contains__(self, key: object) -> bool:
        """Whether a record was given an id."""
        return key in self._given

    def get(self, key: object) -> str | None:
        """Return the id that a record was given, or None."""
        return self._given.get(key)

    def _numbered(self) -> str:
        while True:
            self._last += 1
            if f"{self.prefix}{self._last}" not in self._taken:
                return f"{self.prefix}{self._last}"
