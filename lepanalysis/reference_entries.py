"""What is printed, put together from its record: an entry of the reference list, a block quotation.

The digest of the result is held against the locator's, so that a record in which one cell was changed is
noticed without the article at hand. The rules go by type and fields alone; what an entry prints otherwise than
the others of its kind has to stand in a field of its record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lepanalysis.locators import normalised

if TYPE_CHECKING:
    from collections.abc import Mapping

# What a record may hold. A field beside these has no place in print here: a change of it would go unnoticed.
_TEXTS = (
    "title",
    "container-title",
    "volume",
    "issue",
    "page",
    "publisher",
    "publisher-place",
    "event-place",
    "URL",
    "DOI",
)
_NAMES = ("author", "editor")
_DATES = ("issued", "accessed", "event-date")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# Journals, magazines and newspapers stand behind the title as they are; any other container is led by "In".
_SERIAL = "article-"
_ENDS = (".", "?", "!")
# What stands directly behind the words of a quotation; anything else is set off by a space.
_CLOSING = tuple("\"'\u201d\u2019.,;:?!)]")


def printed_entry(csl: Mapping[str, Any]) -> str:
    """Return the printed entry of a reference list, put together from its CSL-JSON record.

    Parameters
    ----------
    csl : mapping
        A work: `id`, `type`, and the fields that its entry prints, as printed.

    Returns
    -------
    str
        Normalised (`lepanalysis.locators.normalised`), without marks of italics and without brackets round an
        address. Each part ends in a full stop, but for an address and the day of an event.

    Raises
    ------
    ValueError
        When `problems_of` finds the record to hold what no rule has a place for.

    Examples
    --------
    >>> work = {"id": "a", "type": "book", "author": [{"family": "Low", "given": "A."}], "title": "Mills"}
    >>> printed_entry({**work, "issued": {"date-parts": [[1999]]}, "publisher-place": "York", "publisher": "Hill"})
    'Low, A. (1999). Mills. York: Hill.'
    """
    problems = problems_of(csl)
    if problems:
        field, problem, _ = problems[0]
        message = f"{field}: {problem}"
        raise ValueError(message)
    parts = [_stopped(part) for part in (_lead(csl), csl.get("title", ""), _source(csl), _publisher(csl)) if part]
    parts += [_stopped(csl["event-place"])] if "event-place" in csl else []
    parts += [_date(csl["event-date"])] if "event-date" in csl else []
    parts += [_address(csl)]
    return normalised(" ".join(part for part in parts if part))


def printed_block(quotation: Mapping[str, Any]) -> str:
    """Return the whole paragraph of a block quotation: its words, its marks, and what is printed behind.

    Parameters
    ----------
    quotation : mapping
        A row of quotations.csv or literature.csv. With `in_quotation_marks` "yes" a mark stands before `text`;
        the one behind is part of `printed_after`. A space parts `text` and `printed_after` unless the latter
        begins with a closing mark.

    Returns
    -------
    str
        Normalised.

    Examples
    --------
    >>> printed_block({"text": "We met.", "printed_after": "(Message 9)", "in_quotation_marks": "no"})
    'We met. (Message 9)'
    >>> printed_block({"text": "We met", "printed_after": '". (Message 9)', "in_quotation_marks": "yes"})
    '"We met". (Message 9)'
    """
    before = '"' if quotation.get("in_quotation_marks") == "yes" else ""
    after = str(quotation.get("printed_after") or "")
    space = " " if after and not after.startswith(_CLOSING) else ""
    return normalised(f"{before}{quotation['text']}{space}{after}")


def printed_record(table: str, record: Mapping[str, Any]) -> str:
    """Return what is printed, put together from a record of a ledger that is checked by rendering.

    Parameters
    ----------
    table : str
        ``references``, with the CSL record under ``csl``; ``themes``, whose name is the heading; or a table of
        quotations.
    record : mapping
    """
    if table == "references":
        return printed_entry(record["csl"])
    return normalised(str(record["name"])) if table == "themes" else printed_block(record)


def problems_of(csl: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return what in a record no rule has a place for: field, what is wrong, what to do.

    Parameters
    ----------
    csl : mapping
        A work; anything that JSON can hold may stand in its fields.
    """
    found = []
    for name, value in csl.items():
        if name in {"id", "type", *_TEXTS}:
            good, remedy = isinstance(value, str) and bool(value.strip()), "write what is printed, in quotation marks"
        elif name in _NAMES:
            good, remedy = _are_names(value), "list names with family and given, or literal, each"
        elif name in _DATES:
            good, remedy = _is_date(value, days=name != "issued"), "give date-parts, or literal"
        else:
            rest = f"known are {', '.join((*_NAMES, *_DATES, *_TEXTS))}"
            found.append((name, "no printed entry is put together from this field", f"take it out; {rest}"))
            continue
        if not good:
            found.append((name, "cannot be read", remedy))
    if "type" not in csl:
        found.append(("type", "the field is missing", "say what the work is, such as article-journal or book"))
    return [
        *found,
        *((name, f"is printed only beside {beside}", f"add {beside}, or take it out") for name, beside in _alone(csl)),
    ]


def _alone(csl: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return fields that are printed beside another one only, which is not there."""
    serial = str(csl.get("type", "")).startswith(_SERIAL)
    needs = {"volume": "container-title", "issue": "volume", "page": "container-title", "accessed": "URL"}
    alone = [(name, beside) for name, beside in needs.items() if name in csl and beside not in csl]
    if not serial and ("volume" in csl or "issue" in csl):
        alone.append(("volume" if "volume" in csl else "issue", "the type of a journal's article"))
    if "editor" in csl and "author" in csl and (serial or "container-title" not in csl):
        alone.append(("editor", "the container-title of a chapter"))
    return alone


def _are_names(value: object) -> bool:
    """Whether a field holds a list of names."""
    if not isinstance(value, list) or not value:
        return False
    known = [{"family", "given"}, {"family"}, {"literal"}]
    return all(
        isinstance(name, dict) and set(name) in known and all(isinstance(part, str) and part for part in name.values())
        for name in value
    )


def _is_date(value: object, *, days: bool) -> bool:
    """Whether a field holds a date that can be printed: one date, or words."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    if "literal" in value:
        return isinstance(value["literal"], str) and bool(value["literal"])
    match value.get("date-parts"):
        case [[*parts]] if all(isinstance(part, int) and not isinstance(part, bool) for part in parts):
            return len(parts) == 1 or (days and len(parts) in {2, 3} and 1 <= parts[1] <= len(_MONTHS))
    return False


def _lead(csl: Mapping[str, Any]) -> str:
    """Return the names with which an entry begins, and its year."""
    names = _reversed_names(csl.get("author", ()))
    if not names and "editor" in csl:
        names = f"{_reversed_names(csl['editor'])} {_role(csl['editor'], '')}"
    year = f"({_date(csl['issued'])})" if "issued" in csl else ""
    return f"{names} {year}".strip()


def _source(csl: Mapping[str, Any]) -> str:
    """Return where a work stands: the journal with its numbers, or the book with its editors."""
    if "container-title" not in csl:
        return ""
    container = csl["container-title"]
    if csl["type"].startswith(_SERIAL):
        issue = f"({csl['issue']})" if "issue" in csl else ""
        numbers = [f"{csl['volume']}{issue}"] if "volume" in csl else []
        return ", ".join([container, *numbers, *([csl["page"]] if "page" in csl else [])])
    editors = csl.get("editor", ()) if "author" in csl else ()
    by = f"{_joined([_forward(name) for name in editors])} {_role(editors, '.')}, " if editors else ""
    pages = f" (pp. {csl['page']})" if "page" in csl else ""
    return f"In {by}{container}{pages}"


def _publisher(csl: Mapping[str, Any]) -> str:
    """Return the place and the publisher."""
    return ": ".join(csl[name] for name in ("publisher-place", "publisher") if name in csl)


def _address(csl: Mapping[str, Any]) -> str:
    """Return the address of a work, with the day on which it was retrieved."""
    address = csl.get("URL", "")
    if "accessed" in csl:
        address = f"Retrieved {_date(csl['accessed'])}, from {address}"
    doi = f"https://doi.org/{csl['DOI']}" if "DOI" in csl else ""
    return f"{address} {doi}".strip()


def _stopped(part: str) -> str:
    """Return a part of an entry with the mark that ends it."""
    return part if part.endswith(_ENDS) else f"{part}."


def _date(value: Mapping[str, Any]) -> str:
    """Return a date as printed: the words given, or day, month and year."""
    if "literal" in value:
        return str(value["literal"])
    year, *rest = value["date-parts"][0]
    month = [_MONTHS[rest[0] - 1]] if rest else []
    return " ".join(map(str, [*rest[1:], *month, year]))


def _reversed_names(names: Any) -> str:  # noqa: ANN401 - a field of a record
    """Return names with the family's first, as they begin an entry."""
    return _joined(
        [name.get("literal") or ", ".join(name[part] for part in ("family", "given") if part in name) for name in names]
    )


def _forward(name: Mapping[str, str]) -> str:
    """Return a name as it is spoken."""
    return name.get("literal") or f"{name.get('given', '')} {name['family']}".strip()


def _joined(names: list[str]) -> str:
    """Return names in a row; a comma stands before the "&" of two as well."""
    return ", & ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _role(names: Any, stop: str) -> str:  # noqa: ANN401 - a field of a record
    """Return what is put behind editors: with a full stop inside an entry, without one where it begins."""
    return f"({'Ed' if len(names) == 1 else 'Eds'}{stop})"
