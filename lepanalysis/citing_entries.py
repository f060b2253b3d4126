"""Works of a reference list: one printed entry read into names, year and title, or a CSL-JSON record."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lepanalysis.citing_names import Author
from lepanalysis.citing_words import BODIES, LINKERS, PARTICLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# An entry's names and year stand within so many characters; what follows is not looked at for them.
LONGEST_HEAD = 2500
LONGEST_ENTRY = 20_000
# Words before a year without brackets that are still a body's name and not a sentence.
LONGEST_BODY = 12
_NUMBER = r"(?:1[4-9]|20)\d\d[a-z]?"
_YEAR = (
    rf"{_NUMBER}(?:\s?[–/-]\s?(?:{_NUMBER}|\d\d|present))?"
    r"|n\.\s?d\.?(?:-[a-z])?|no date|o\.\s?J\.?|(?:in press|in preparation|in prep\.|forthcoming|submitted|under review"
    r"|to appear|im Druck|im Erscheinen)(?:-[a-z])?"
)
_IN_BRACKETS = re.compile(rf"\(\s*(?:\[\d{{4}}\]\s?)?(?P<year>{_YEAR})\s*(?:[,;:][^()]{{0,60}})?\)", re.IGNORECASE)
_BARE = re.compile(rf"(?<=[\s,.])(?P<year>{_NUMBER})(?=[.,:;]\s|\.?$|\s[\"'“‘*])")
_EDITORS = re.compile(r"\(\s*(?:Eds?|Hrsg|Hg|Trans|Comps?)\.?\s*\)[.,]?$|,?\s(?:Eds?|Hrsg|Hg)\.?,?$", re.IGNORECASE)
_OTHER_NAME = re.compile(r"\s*[(\[][^\W\d_][^()\[\]]{1,120}[)\]]\.?$")
_SEPARATOR = re.compile(r"\s*(,|;|&|\band\b|\bund\b|\.\s?\.\s?\.|…)\s*")
_CAPITAL = r"[^\W\d_a-z]"
# One initial and what parts it from the next: in one way only, or a long row of them would be tried in all ways.
_INITIAL = rf"(?:{_CAPITAL}[^\W\d_A-Z]?\.(?:\s?[-\u2010\u2011]\s?|\s)?)"
# "J.", "J. M.", "J.-L.", "JM", "Yu. N.", and behind them particles: "B. van"; "Jr." may follow.
_INITIALS = re.compile(rf"{_INITIAL}+(?:\s?[a-z]{{1,4}}){{0,3}}|{_CAPITAL}{{1,3}}(?:\s{_CAPITAL}){{0,3}}")
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|[IV]{2,3}")
_PERSON = re.compile(rf"[^\W\d_][^,.;:&()\d]{{0,60}},\s?{_INITIAL}+")
_BETWEEN = re.compile(r",?\s?(?:&|and\b|und\b)?\s?")
_INITIAL_FIRST = re.compile(rf"(?P<given>{_INITIAL}+)\s?(?P<family>.+)")
_INITIAL_LAST = re.compile(rf"(?P<family>.*[^\W\d_A-Z])\s(?P<given>(?:{_INITIAL}){{0,3}}{_CAPITAL}{{1,3}})")
_OTHERS = re.compile(r"(?:\bet\s?al\b\.?|\bu\.\s?a\.|\band others\b)$")
_MARKS = re.compile(r"(?<!\w)[*_]+(?=\S)|(?<=\S)[*_]+(?!\w)|</?(?:i|em|b|strong)>|[<>]")


@dataclass(frozen=True)
class Reference:
    """A work in a reference list.

    Parameters
    ----------
    authors : tuple of Author
        Authors, or editors where it has none.
    year : str
        As printed; empty where none stands behind the names.
    title : str
    id : str
        Its id in the CSL record; empty for a printed entry.
    et_al : bool
        Whether the entry itself leaves names out.
    joined_by : str
        What stands before the last name: ``&``, ``and``, ``und`` or nothing.
    text : str
        The entry as printed, on one line.
    where : str
        Line and column at which it begins, or another place in words.
    """

    authors: tuple[Author, ...]
    year: str
    title: str = ""
    id: str = ""
    et_al: bool = False
    joined_by: str = ""
    text: str = ""
    where: str = ""

    @property
    def shown(self) -> str:
        """Names and year, as a reference list has them."""
        names = [f"{author.family}, {author.given}" if author.given else author.family for author in self.authors]
        if self.et_al:
            listed = ", ".join([*names, "et al."])
        else:
            listed = ", & ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
        return f"{listed or 'an entry without a name'} ({self.year or 'no year'})"


def entry_of(text: str) -> Reference:
    """Return the work that one printed entry describes.

    Parameters
    ----------
    text : str
        The entry, on one line or several.
    """
    line = " ".join(_MARKS.sub("", unicodedata.normalize("NFC", text[:LONGEST_ENTRY])).split())
    names, year, behind = _head(line)
    authors, et_al, joined_by = _names(names)
    rest = line[behind:].lstrip(" .,:")
    title = re.split(r"[.?!][\"'”’]?(?=\s|$)", rest, maxsplit=1)[0].strip("\"'“”‘’ ")
    return Reference(authors, year, title, "", et_al, joined_by, line)


def from_csl(records: Sequence[Mapping[str, Any]]) -> tuple[Reference, ...]:
    """Return works from their CSL-JSON records, in the order given.

    Parameters
    ----------
    records : sequence of mapping
        What a record lacks, the work lacks too; fields of another form than CSL's count as absent.
    """
    found = []
    for place, record in enumerate(records, 1):
        name = str(record.get("id") or "")
        authors = _csl_names(record.get("author")) or _csl_names(record.get("editor"))
        where = f"work {place}{f', {name}' if name else ''}"
        title = record.get("title")
        found.append(Reference(authors, _csl_year(record), title if isinstance(title, str) else "", name, where=where))
    return tuple(found)


def begins_entry(text: str) -> bool:
    """Whether a text begins as an entry does: with names and a year, or with a name and initials.

    Parameters
    ----------
    text : str
    """
    line = " ".join(_MARKS.sub("", text[:LONGEST_HEAD]).split())
    if not line.lstrip("'’\"“")[:1].isalpha():
        return False
    if _PERSON.match(line):
        return True
    names, year, _ = _head(line)
    return bool(year) and (names[:1].isupper() or names.split(" ")[0].replace("’", "'") in PARTICLES)


def _head(line: str) -> tuple[str, str, int]:
    """Return the names of an entry, its year and where what follows them begins."""
    head = line[:LONGEST_HEAD]
    for pattern in (_IN_BRACKETS, _BARE):
        found = pattern.search(head)
        if found:
            names = head[: found.start()].strip()
            if names and _is_names(names, is_bare=pattern is _BARE):
                return names, found["year"], found.end()
    end = at = 0
    while (person := _PERSON.match(head, at)) is not None:
        end = person.end()
        between = _BETWEEN.match(head, end)
        at = between.end() if between else end
    if end:
        return head[:end].strip(), "", end
    stop = re.search(r"(?<!\b\w)\.(?=\s|$)", head)
    return head[: stop.start()] if stop else head, "", stop.end() if stop else len(head)


def _is_names(text: str, *, is_bare: bool) -> bool:
    """Whether what stands before a year is names and not names with a title behind them.

    Parameters
    ----------
    text : str
    is_bare : bool
        Whether the year stands in no brackets: then a body's name has to be told from a sentence.
    """
    names = _OTHERS.sub("", _without_editors(text)[0].strip(" ,")).strip()
    if re.search(r"[^\W\d_]{3}\.\s", names):
        return False
    pieces = _SEPARATOR.split(names)
    waiting = persons = False
    for sign, part in zip([",", *pieces[1::2]], pieces[::2], strict=True):
        is_given = bool(part and waiting and _INITIALS.fullmatch(part))
        if waiting and sign == "," and not is_given and _INITIAL_FIRST.match(part):
            # "Smith, J. A history of ...": a title behind initials.
            return False
        persons = persons or is_given
        waiting = (waiting or bool(part)) and not is_given
    return persons or not is_bare or len(names.split()) <= LONGEST_BODY


def _without_editors(text: str) -> tuple[str, bool]:
    """Return names without "(Eds.)" and the abbreviation of a body behind them, and whether editors were named."""
    names = text.strip().rstrip(",")
    found = _EDITORS.search(names)
    names = names[: found.start()].strip() if found else names
    return _OTHER_NAME.sub("", names).strip(), found is not None


def _names(text: str) -> tuple[tuple[Author, ...], bool, str]:
    """Return the names that an entry begins with, whether it leaves some out, and what joins the last."""
    names, _ = _without_editors(text)
    others = _OTHERS.search(names)
    names = (names[: others.start()] if others else names).strip().rstrip(",;")
    if ";" in names:
        # "Braun, Virginia; Clarke, Victoria".
        halves = [part.partition(",")[::2] for part in names.split(";") if part.strip()]
        return tuple(Author(family.strip(), given.strip()) for family, given in halves), others is not None, ""
    pieces = _SEPARATOR.split(names)
    parts, signs = pieces[::2], pieces[1::2]
    gaps = any(sign[0] in ".…" for sign in signs)
    joins = [sign for sign in signs if sign in {"&", "and", "und"}]
    if not any(_INITIALS.fullmatch(part) for part in parts[1:]):
        authors = _written_out(names.rstrip("."), [part.rstrip(".") for part in parts if part])
        return authors, others is not None or gaps, joins[-1] if joins and len(authors) > 1 else ""
    found: list[Author] = []
    waiting = ""
    for part in (part for part in parts if part):
        if waiting and _INITIALS.fullmatch(part):
            found.append(Author(waiting, part))
            waiting = ""
        elif found and not waiting and _SUFFIX.fullmatch(part):
            found[-1] = Author(found[-1].family, f"{found[-1].given}, {part}")
        else:
            if waiting:
                found.append(_one_name(waiting))
            waiting = part
    if waiting:
        found.append(_one_name(waiting))
    return tuple(found), others is not None or gaps, joins[-1] if joins and len(found) > 1 else ""


def _one_name(text: str) -> Author:
    """Return a name that no initials stand behind: "F. Wilkinson", "Smith JA", "European Commission"."""
    found = _INITIAL_FIRST.fullmatch(text) or _INITIAL_LAST.fullmatch(text)
    if found is None or BODIES & set(text.casefold().split()):
        return Author(text)
    return Author(found["family"], found["given"].strip())


def _written_out(whole: str, parts: Sequence[str]) -> tuple[Author, ...]:
    """Return names without initials: those of a body, or persons with given names ("Smith, Jane, and Mary Jones")."""
    words = {word.casefold() for word in whole.replace(",", " ").split()}
    if len(parts) == 1:
        return (_one_name(whole),) if whole else ()
    if words & (BODIES | LINKERS):
        return (Author(whole),)
    if all(_one_name(part).given for part in parts):
        return tuple(_one_name(part) for part in parts)
    if not re.match(r"[^,&]+,", whole) or len(parts[0].split()) > 3:
        return tuple(Author(part) for part in parts)
    others = []
    for part in parts[2:]:
        names = part.split()
        first = next((place for place, word in enumerate(names) if word in PARTICLES), len(names) - 1)
        others.append(Author(" ".join(names[first:]), " ".join(names[:first])))
    return (Author(parts[0], parts[1]), *others)


def _csl_names(value: object) -> tuple[Author, ...]:
    """Return the names in a field of a CSL record."""
    found = []
    for name in value if isinstance(value, list) else ():
        if not isinstance(name, dict):
            continue
        part = {key: text.strip() for key, text in name.items() if isinstance(text, str)}
        family = " ".join(filter(None, (part.get("non-dropping-particle"), part.get("family"))))
        given = " ".join(filter(None, (part.get("given"), part.get("dropping-particle"))))
        if family or part.get("literal"):
            found.append(Author(family or part["literal"], given if family else ""))
    return tuple(found)


def _csl_year(record: Mapping[str, Any]) -> str:
    """Return the year of a CSL record, with the letter that tells works of one year apart."""
    issued = record.get("issued")
    issued = issued if isinstance(issued, dict) else {}
    parts = issued.get("date-parts")
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    year = str(first[0]) if first else str(issued.get("literal") or issued.get("raw") or record.get("status") or "")
    letter = record.get("year-suffix")
    # A day is written "2001-03-02"; two years have a dash or a stroke between them.
    year = re.sub(r"^(\d{4})-\d\d(?:-\d\d)?(?!\d).*", r"\1", year, flags=re.DOTALL)
    found = re.match(_YEAR, year, re.IGNORECASE)
    return (found.group() if found else year) + (letter if isinstance(letter, str) else "")
