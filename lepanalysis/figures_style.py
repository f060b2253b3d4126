"""What all figures have in common: the drawing that is handed on, one style, sizes in print, and text that fits.

Every figure is set for print at a width of 16 cm. Marks differ in shape or lightness as well as in hue, so that a
figure can be read in grey and by people who see colours differently. Text out of a study is never parsed as
mathematics and never cut off: it is wrapped, or shortened with an ellipsis while the full wording stays in the data.
"""

from __future__ import annotations

import functools
import itertools
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")

CENTIMETRES_PER_INCH = 2.54
POINTS_PER_CENTIMETRE = 72 / CENTIMETRES_PER_INCH
WIDTH = 16.0
TALLEST = 23.0
SIZE = 8.0
SMALL = 7.0
SMALLEST = 5.5

INK = "#222222"
GREY = "#767676"
PALE = "#D9D9D9"
BAR = "#4477AA"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The hues of Okabe and Ito (2008) for coders, told apart by shape and filling too.
CODER_MARKS = (
    ("#0072B2", "o", True),
    ("#D55E00", "s", False),
    ("#009E73", "^", True),
    ("#CC79A7", "v", False),
    ("#56B4E9", "D", True),
)
# The first three are the high-contrast scheme of Tol (2021), which keeps its steps in grey.
THEME_COLOURS = (
    "#004488",
    "#DDAA33",
    "#BB5566",
    "#44AA99",
    "#332288",
    "#CCBB44",
    "#882255",
    "#88CCEE",
    "#117733",
    "#EE99AA",
    "#AA4499",
    "#999999",
)
STYLE: dict[str, Any] = {
    "font.size": SIZE,
    "text.color": INK,
    "text.parse_math": False,
    "text.usetex": False,
    "axes.axisbelow": True,
    "axes.edgecolor": GREY,
    "axes.grid": False,
    "axes.labelcolor": INK,
    "axes.labelsize": SIZE,
    "axes.linewidth": 0.6,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": SIZE,
    "axes.unicode_minus": True,
    "figure.facecolor": "white",
    "grid.color": PALE,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "legend.fontsize": SMALL,
    "legend.frameon": False,
    "xtick.color": GREY,
    "xtick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "xtick.major.size": 2.5,
    "xtick.major.width": 0.6,
    "ytick.color": GREY,
    "ytick.labelcolor": INK,
    "ytick.labelsize": SMALL,
    "ytick.major.size": 2.5,
    "ytick.major.width": 0.6,
}
# matplotlib brings DejaVu Sans, so a figure in its letters is the same on every machine. These are asked only
# for letters that it lacks, where the machine has them.
FIRST_FAMILY = "DejaVu Sans"
FURTHER_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans CJK KR",
    "Noto Sans",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "WenQuanYi Zen Hei",
    "Hiragino Sans",
    "PingFang SC",
    "Apple SD Gothic Neo",
    "Arial Unicode MS",
)
# Stands for a letter that no font here can draw.
NO_GLYPH = "▯"
ELLIPSIS = "…"


@dataclass(frozen=True, eq=False)
class Drawing:
    """A figure, exactly the data that it draws, and words for those who cannot see it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    data : pandas.DataFrame
        What is drawn and nothing else, with full names.
    alt : str
        What is to be seen, with numbers.
    """

    figure: Figure
    data: pd.DataFrame = field(repr=False)
    alt: str


def styled(draw: Callable[P, Drawing]) -> Callable[P, Drawing]:
    """Let a function draw in the one style, whatever the settings around it are."""

    @functools.wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Drawing:
        from matplotlib import style

        families = _families(frozenset(itertools.chain.from_iterable(_texts((args, kwargs)))))
        with style.context(["default", {**STYLE, "font.family": families}]):
            return draw(*args, **kwargs)

    return drawn


def _texts(value: object) -> Iterable[str]:
    """Yield every text that a drawing function was given."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, pd.DataFrame):
        for column in value:
            if isinstance(value[column].dtype, pd.StringDtype) or value[column].dtype == object:
                yield from (text for text in value[column].unique() if isinstance(text, str))
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)


def _families(letters: frozenset[str]) -> list[str]:
    """Return the fonts that a drawing with these letters needs."""
    families = [FIRST_FAMILY]
    missing = {letter for letter in letters if ord(letter) > 0x7F and not _has(FIRST_FAMILY, letter)}
    for family in FURTHER_FAMILIES if missing else ():
        found = {letter for letter in missing if _has(family, letter)}
        if found:
            families.append(family)
            missing -= found
    return families


@functools.cache
def _glyphs(family: str) -> frozenset[int]:
    """Return the code points a font can draw; none where the machine has no such font."""
    from matplotlib import font_manager

    try:
        path = font_manager.findfont(family, fallback_to_default=False)
    except ValueError:
        return frozenset()
    return frozenset(font_manager.get_font(path).get_charmap())


def _has(family: str, letter: str) -> bool:
    return ord(letter) in _glyphs(family)


def legible(text: object) -> str:
    """Return text as one line that can be drawn.

    Line ends become spaces, invisible marks that turn the direction of text or control a device are left out, and
    a letter without a glyph becomes an empty box.
    """
    from matplotlib import rcParams

    families = rcParams["font.family"]
    letters = []
    for letter in " ".join(str(text).split()):
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            continue
        letters.append(letter if any(_has(family, letter) for family in families) else NO_GLYPH)
    return "".join(letters)


@functools.lru_cache(maxsize=8192)
def _advance(letter: str, weight: str) -> float:
    """Return how far a letter moves the pen, in units of the font's size."""
    from matplotlib import font_manager
    from matplotlib.ft2font import LoadFlags

    if ord(letter) not in _glyphs(FIRST_FAMILY):
        return 0.0 if unicodedata.combining(letter) else 1.0
    properties = font_manager.FontProperties(family=FIRST_FAMILY, weight=weight)
    font = font_manager.get_font(font_manager.findfont(properties))
    font.set_size(100, 72)
    return font.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / 100


def width_of(text: str, size: float = SIZE, weight: str = "normal") -> float:
    """Return the width of one line of text in centimetres; kerning, which only narrows it, left aside."""
    return sum(_advance(letter, weight) for letter in text) * size / POINTS_PER_CENTIMETRE


def line_height(size: float = SIZE) -> float:
    """Return the distance between lines in centimetres."""
    return 1.22 * size / POINTS_PER_CENTIMETRE


def fitted(
    text: object, width: float, size: float = SIZE, *, lines: int = 2, weight: str = "normal", ending: str = ""
) -> str:
    """Wrap text to a width, and shorten it where it needs more than so many lines.

    Parameters
    ----------
    text : object
    width : float
        In centimetres.
    size : float
        In points.
    lines : int
        How many lines there may be.
    weight : str
        ``normal`` or ``bold``.
    ending : str
        What stays behind the text also where the text is shortened.

    Returns
    -------
    str
        Lines joined by line ends; the last one ends in an ellipsis where something was left out.
    """
    rows = _wrapped(legible(text) + ending, width, size, weight)
    if len(rows) > lines:
        last = rows[lines - 1]
        while last and width_of(last + ELLIPSIS + ending, size, weight) > width:
            last = last[:-1]
        rows = [*rows[: lines - 1], last.rstrip(" -") + ELLIPSIS + ending]
    return "\n".join(rows)


def _wrapped(text: str, width: float, size: float, weight: str) -> list[str]:
    """Break text at spaces and hyphens, and inside a word only where the word alone is too wide."""
    rows = [""]
    for word in _pieces(text):
        trial = rows[-1] + word
        if width_of(trial.rstrip(), size, weight) <= width:
            rows[-1] = trial
            continue
        rest = word
        if rows[-1].strip():
            rows.append("")
        while width_of(rest.rstrip(), size, weight) > width:
            cut = len(rest) - 1
            while cut > 1 and width_of(rest[:cut] + "-", size, weight) > width:
                cut -= 1
            rows[-1] = rest[:cut] + ("-" if rest[cut - 1].isalpha() and rest[cut - 1].isascii() else "")
            rows.append("")
            rest = rest[cut:]
        rows[-1] = rest
    return [row.strip() for row in rows]


def _pieces(text: str) -> list[str]:
    """Split text behind each space, hyphen and slash; joined, the pieces are the text."""
    pieces = [""]
    for letter in text:
        pieces[-1] += letter
        if letter in " -/":
            pieces.append("")
    return [piece for piece in pieces if piece]


def page(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure; sizes in centimetres."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width / CENTIMETRES_PER_INCH, height / CENTIMETRES_PER_INCH), dpi=150)


def panel(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """Return axes at a place of the figure, everything in centimetres from the lower left corner."""
    across, up = figure.get_size_inches() * CENTIMETRES_PER_INCH
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def sheet(height: float, width: float = WIDTH) -> tuple[Figure, Axes]:
    """Return a figure and axes over all of it without frame, whose unit is the centimetre and whose y points up."""
    # A line along the edge would be drawn with half its breadth.
    edge = 0.05
    figure = page(height + 2 * edge, width)
    axes = panel(figure, 0, 0, width, height + 2 * edge)
    axes.set_axis_off()
    axes.set_xlim(-edge, width + edge)
    axes.set_ylim(-edge, height + edge)
    return figure, axes


def note(sentence: str, columns: Sequence[str]) -> Drawing:
    """Return a drawing that says why there is nothing to draw."""
    figure, axes = sheet(2.2)
    axes.text(WIDTH / 2, 1.1, fitted(sentence, WIDTH - 1, lines=3), ha="center", va="center", style="italic")
    return Drawing(figure, pd.DataFrame(columns=list(columns)), sentence)


def label_column(
    labels: Iterable[object], widest: float, size: float = SMALL, *, lines: int = 1
) -> tuple[list[str], float]:
    """Fit labels that stand left of rows.

    Returns
    -------
    list of str
        The labels as drawn.
    float
        The width they need, in centimetres, with the space before the axis.
    """
    shown = [fitted(label, widest, size, lines=lines) for label in labels]
    widths = [width_of(line, size) for label in shown for line in label.split("\n")]
    return shown, max(widths, default=0.0) + 0.35


def rows_height(rows: int, preferred: float, room: float = TALLEST - 3) -> float:
    """Return the height of one row in centimetres: the preferred one, less where the rows would leave the page."""
    return min(preferred, room / max(rows, 1))


def row_size(height: float) -> float:
    """Return a size of type that fits one line into a row of that height."""
    return max(SMALLEST, min(SMALL, height * POINTS_PER_CENTIMETRE / 1.25))


def whole_ticks(largest: float, at_most: int = 6) -> list[int]:
    """Return whole numbers from 0 up to at least `largest`, evenly spaced."""
    largest = max(1, int(-(-largest // 1)))
    for magnitude in itertools.count():
        for step in (1, 2, 5):
            distance = step * 10**magnitude
            if largest / distance <= at_most:
                return list(range(0, largest + distance, distance))
    raise AssertionError  # the loop returns


def theme_colours(theme_ids: Sequence[str]) -> dict[str, str]:
    """Return a colour for each theme, by its place in the order."""
    return {theme: THEME_COLOURS[index % len(THEME_COLOURS)] for index, theme in enumerate(theme_ids)}


def ink_on(colour: object) -> str:
    """Return black or white, whichever is read better on a colour (relative luminance as in WCAG 2.1)."""
    from matplotlib.colors import to_rgb

    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def listed(parts: Sequence[str], at_most: int = 6) -> str:
    """Join parts of a sentence; the rest is counted where there are many."""
    parts = list(parts)
    if len(parts) > at_most:
        parts = [*parts[: at_most - 1], f"{len(parts) - at_most + 1} more"]
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1] if parts else ""


def name_of(names: Mapping[str, str] | None, key: str) -> str:
    """Return the name that belongs to an id, or the id."""
    return (names or {}).get(key) or key
