"""Names as they go out: no two codes and no two themes of a project are called the same, as many programs want it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepanalysis.exchange.refi_rest import writable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lepanalysis.exchange.draft import Draft


@dataclass(frozen=True)
class Names:
    """The names of codes, themes, folders and values as they are written, and the values of each code."""

    written: Mapping[tuple[str, ...], str]
    values: Mapping[str, tuple[str, ...]]

    def code(self, name: str) -> str:
        """Return the name of a code."""
        return self.written["code", name]

    def theme(self, name: str) -> str:
        """Return the name of a theme."""
        return self.written["theme", name]

    def folder(self, coder: str) -> str:
        """Return the name of the folder with a coder's own codes."""
        return self.written["folder", coder]

    def value(self, code: str, value: str) -> str:
        """Return the name of a value of a code."""
        return self.written["value", code, value]

    def changed(self, draft: Draft) -> dict[str, str]:
        """Return the names that are not as the study has them, by kind and id."""
        own = {("code", code["id"]): code["name"] for code in draft.codes}
        own |= {("theme", theme["id"]): theme["name"] for theme in self.themes_of(draft)}
        return {" ".join(key): self.written[key] for key, name in own.items() if self.written[key] != writable(name)}

    @staticmethod
    def themes_of(draft: Draft) -> Iterator[Mapping[str, Any]]:
        """Yield the agreed themes, then each coder's candidates."""
        yield from draft.agreed
        for themes in draft.candidate.values():
            yield from themes


def names_of(draft: Draft, *, unique: bool = True) -> Names:
    """Return the names to write.

    Parameters
    ----------
    draft : Draft
        In the plain form.
    unique : bool
        Whether names that stand twice get what tells them apart: the coder or the code above, else a number.
    """
    shown = {coder["id"]: coder.get("name", coder["id"]) for coder in draft.study.get("coders", ())}
    by_id = {code["id"]: code for code in draft.codes}
    values = _values(draft)
    given = _Given(unique=unique)
    for code in draft.codes:
        above = by_id.get(code.get("parent", ""), {}).get("name", "")
        given.give(("code", code["id"]), code["name"], above or shown.get(code.get("coder", ""), ""))
    for coder, name in shown.items():
        if any(code.get("coder") == coder and not code.get("parent") for code in draft.codes):
            given.give(("folder", coder), name, "codes")
    for code, found in values.items():
        for value in found:
            given.give(("value", code, value), f"{given.written['code', code]}: {value}", "")
    sets = _Given(unique=unique)
    for theme in draft.agreed:
        sets.give(("theme", theme["id"]), theme["name"], "agreed")
    for coder, themes in draft.candidate.items():
        for theme in themes:
            sets.give(("theme", theme["id"]), theme["name"], shown.get(coder, ""))
    return Names({**given.written, **sets.written}, values)


class _Given:
    """Names given so far."""

    def __init__(self, *, unique: bool) -> None:
        self.unique = unique
        self.written: dict[tuple[str, ...], str] = {}
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}

    def give(self, key: tuple[str, ...], name: str, hint: str) -> None:
        """Give a record a name: its own where nobody has it yet, else with the hint, else with a number."""
        name = writable(name)
        given = name
        if self.unique and given.casefold() in self._taken and hint:
            name = given = f"{name} ({writable(hint)})"
        number = self._last.get(name.casefold(), 1)
        while self.unique and given.casefold() in self._taken:
            number += 1
            given = f"{name} {number}"
        self._last[name.casefold()] = number
        self._taken.add(given.casefold())
        self.written[key] = given


def _values(draft: Draft) -> dict[str, tuple[str, ...]]:
    """Return the values of each code that takes values: those of its scale, and those that were given besides."""
    used: dict[str, dict[str, None]] = {}
    for code in draft.codes:
        if code.get("scale"):
            used[code["id"]] = dict.fromkeys(code.get("values", ()))
    for row in draft.codings:
        if "value" in row:
            used.setdefault(row["code_id"], {})[row["value"]] = None
    return {code: tuple(values) for code, values in used.items() if values}
