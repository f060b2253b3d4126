"""Files of text as grids: encoding and delimiter found, counted and said, or refused where they are not clear."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING

from lepanalysis.exchange.classes import MARK
from lepanalysis.exchange.sheets_grid import Grid, made_grid
from lepanalysis.faults import UsageError
from lepanalysis.tables import LARGEST_CELL

if TYPE_CHECKING:
    from collections.abc import Iterator

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SINGLE = ("cp1252", "latin-1", "mac_roman", "cp850")
# What Western European texts hold beyond ASCII: often, and now and then.
_OFTEN = frozenset("äöüßÄÖÜéèêëàâçùûôîïÉÈÊÀÂÇñáíóúÑÁÍÓÚ¿¡«»“”„‘’–—…€œ")
_SOMETIMES = frozenset("æøåÆØÅãõìòŒºª°§\u201a\xa0")
# Marks in their place: an apostrophe before an English ending or behind a French article, quotation marks round words.
_IN_PLACE = re.compile(
    r"(?<=[^\W\d_])’(?=(?:s|t|d|m|ll|re|ve)\b)|\b(?:[cdjlmnst]|qu)’(?=[^\W\d_])|(?<!\w)[“„](?=\w)|(?<=[\w.,!?…])[”“](?!\w)"
)
_SAMPLE = 1 << 18
_ROWS_LOOKED_AT = 200
_LAST_OF_OURS = re.compile(rf'([,;\t|])"?{MARK}"?\r?\Z')
# The share of rows that have as many cells as the heading where a delimiter is the right one.
_SURE, _POOR = 0.9, 0.5


def text_grid(data: bytes, file: str, *, encoding: str = "", delimiter: str = "", head: int | None = None) -> Grid:
    """Return a file of text as a grid.

    Parameters
    ----------
    data : bytes
    file : str
        How the grid and a sentence name it.
    encoding, delimiter : str
        As stated; empty: found.
    head : int, optional
        See `lepanalysis.exchange.sheets_grid.made_grid`.

    Raises
    ------
    UsageError
        When the encoding or the delimiter is not clear or does not fit, or the file is no table.
    """
    text, encoding, notes = decoded(data, file, encoding)
    if "\0" in text:
        raise UsageError(f"{file} holds NUL characters and is no text; save it as CSV in UTF-8")
    first, _, rest = text.partition("\n")
    # The line by which Excel tells itself the delimiter.
    if first.rstrip("\r").casefold().startswith("sep=") and len(first.rstrip("\r")) == len("sep=;"):
        delimiter, text = delimiter or first[4], rest
        lines_above = 1
    else:
        lines_above = 0
    own = _LAST_OF_OURS.search(first) if not delimiter else None
    if own is not None:
        # Whatever stands in the cells: the last heading is ours, and what is before it parts the headings.
        delimiter = own[1]
    elif not delimiter:
        delimiter, sentence = found_delimiter(text, file)
        notes = (*notes, sentence)
    records = _records(text, delimiter, file, lines_above)
    return made_grid(records, head, file=file, delimiter=delimiter, encoding=encoding, notes=notes)


def _records(text: str, delimiter: str, file: str, above: int) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of each record."""
    previous = csv.field_size_limit(LARGEST_CELL)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        line = above + 1
        for record in reader:
            yield line, record
            line = above + reader.line_num + 1
    except csv.Error as error:
        problem = f"{file}:{above + reader.line_num}: the record that ends here is not CSV ({error})"
        raise UsageError(f"{problem}; check the quotation marks") from None
    finally:
        csv.field_size_limit(previous)


def decoded(
    data: bytes, file: str, encoding: str = "", *, remedy: str = "say `encoding:` for it in a mapping"
) -> tuple[str, str, tuple[str, ...]]:
    """Return the text of a file, its encoding, and sentences on how sure that is.

    Parameters
    ----------
    data : bytes
    file : str
    encoding : str
        As stated; empty: found by the byte order mark, then UTF-8 where the bytes are, then the one of the
        single-byte encodings in which most of the characters beyond ASCII are usual ones, and marks stand where
        marks do.
    remedy : str
        What to do where two encodings fit equally well.

    Raises
    ------
    UsageError
        When the stated encoding does not fit, or two others do equally well and differ.
    """
    if encoding:
        try:
            return data.decode(encoding).removeprefix("\ufeff"), encoding, ()
        except (UnicodeError, LookupError) as error:
            raise UsageError(f"{file} cannot be read as {encoding!r} ({error}); mend `encoding`") from None
    for mark, name in _BOMS:
        if data.startswith(mark):
            return decoded(data, file, name)[0], name, (f"{file} was read as {name}, as its byte order mark says.",)
    try:
        return data.decode("utf-8"), "utf-8", ()
    except UnicodeDecodeError:
        pass
    if len(data) % 2 == 0 and data[:_SAMPLE].count(0) > len(data[:_SAMPLE]) // 5:
        even = data[:_SAMPLE:2].count(0) > data[1:_SAMPLE:2].count(0)
        name = "utf-16-be" if even else "utf-16-le"
        return decoded(data, file, name)[0], name, (f"{file} was read as {name}: every other byte is 0.",)
    return _single_byte(data, file, remedy)


def _single_byte(data: bytes, file: str, remedy: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the text in the single-byte encoding that fits best."""
    scored: dict[str, tuple[int, str]] = {}
    for name in _SINGLE:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        scored.setdefault(text, (sum(map(_weight, text)) + len(_IN_PLACE.findall(text)), name))
    ranked = sorted(((score, text, name) for text, (score, name) in scored.items()), key=lambda one: -one[0])
    score, text, name = ranked[0]
    if len(ranked) > 1 and ranked[1][0] == score:
        names = f"{name} and {ranked[1][2]}"
        raise UsageError(f"{file} is not UTF-8, and {names} fit equally well; {remedy}")
    beyond = sum(byte > 0x7F for byte in data)
    after = f", {ranked[1][2]} with {ranked[1][0]}" if len(ranked) > 1 else ""
    sentence = f"{file} was read as {name}: its {beyond} characters beyond ASCII fit with {score} points{after}."
    return text, name, (sentence,)


def _weight(character: str) -> int:
    """Return how much a character beyond ASCII speaks for an encoding."""
    return 0 if character <= "\x7f" else 2 if character in _OFTEN else int(character in _SOMETIMES)


def found_delimiter(text: str, file: str) -> tuple[str, str]:
    """Return what parts the cells of a text and a sentence on how sure that is.

    Parameters
    ----------
    text : str
    file : str

    Raises
    ------
    UsageError
        When two of them part the rows equally well, or none does.
    """
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    shares: list[tuple[float, int, str]] = []
    for delimiter in DELIMITERS:
        counts = _counts(sample, delimiter)
        if counts and max(counts) > 1:
            most = max(set(counts), key=lambda count: (counts.count(count), count))
            if most > 1:
                shares.append((counts.count(most) / len(counts), most, delimiter))
    shares.sort(reverse=True)
    if not shares:
        return ",", f"{file} has one column."
    share, columns, delimiter = shares[0]
    name = DELIMITERS[delimiter]
    if share < _POOR:
        raise UsageError(f"{file} is no table: neither of {', '.join(DELIMITERS.values())} parts its rows evenly")
    close = [one for one in shares[1:] if one[0] >= max(share - (1 - _SURE), _SURE)]
    if close:
        other = DELIMITERS[close[0][2]]
        remedy = f"say `delimiter: {delimiter!r}` or `delimiter: {close[0][2]!r}` for it in a mapping"
        raise UsageError(f"{name} and {other} part the rows of {file} equally well; {remedy}")
    after = f"; with {DELIMITERS[shares[1][2]]} {shares[1][0]:.0%}" if len(shares) > 1 else ""
    return delimiter, f"{file} is parted by {name}: {share:.0%} of the rows looked at have {columns} cells{after}."


def _counts(sample: str, delimiter: str) -> list[int]:
    """Return how many cells each of the first rows has; fewer where one is no CSV."""
    counts: list[int] = []
    previous = csv.field_size_limit(LARGEST_CELL)
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            if record:
                counts.append(len(record))
            if len(counts) >= _ROWS_LOOKED_AT:
                break
    except csv.Error:
        pass
    finally:
        csv.field_size_limit(previous)
    return counts
