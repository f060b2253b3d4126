"""The conceptual mapping: each theme joined to the terms it stands for in a framework."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis.figures_style import (
    GREY,
    INK,
    SIZE,
    SMALL,
    TALLEST,
    WIDTH,
    Drawing,
    counted,
    fitted,
    ink_on,
    legible,
    line_height,
    listed,
    name_of,
    note,
    sheet,
    styled,
    theme_colours,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

COLUMNS = ("theme_id", "theme", "dimension", "term", "meaning")
ABREAST = 3
GAP = 0.5
# Left of the boxes under a theme: the stem and the arrows that leave it.
STEM = 0.55
PAD = 0.18


@dataclass(frozen=True)
class _Line:
    """Words of a box that share one look."""

    text: str
    size: float = SIZE
    weight: str = "normal"
    style: str = "normal"
    colour: str = INK

    @property
    def height(self) -> float:
        """The height of the words, in centimetres."""
        return (self.text.count("\n") + 1) * line_height(self.size) + 0.06


@dataclass(frozen=True)
class _Band:
    """Themes side by side: for each the boxes from the top (None: no term there), and the height of each row."""

    boxes: dict[str, list[list[_Line] | None]]
    heights: list[float]

    @property
    def height(self) -> float:
        """The height of the band, in centimetres."""
        return sum(self.heights) + GAP * (len(self.heights) - 1)


@styled
def mapping(frame: pd.DataFrame, theme_names: Mapping[str, str]) -> Drawing:
    """Draw each theme with an arrow to its term in every dimension of a framework.

    Parameters
    ----------
    frame : pandas.DataFrame
        theme_id, dimension, term, meaning.
    theme_names : mapping of str to str
        Names by themes' ids; also their order.

    Returns
    -------
    Drawing
        Data: theme_id, theme, dimension, term, meaning; one row an arrow. Of so many themes that they would leave
        the page the meanings are not drawn, and the column is left out.
    """
    if frame.empty:
        return note("The mapping joins no theme to a term.", COLUMNS)
    data = frame.assign(theme=[name_of(theme_names, key) for key in frame["theme_id"]])[list(COLUMNS)]
    themes = [key for key in dict.fromkeys([*theme_names, *data["theme_id"]]) if (data["theme_id"] == key).any()]
    order = {key: place for place, key in enumerate(themes)}
    data = data.iloc[data["theme_id"].map(order).argsort(kind="stable")].reset_index(drop=True)
    across = min(len(themes), ABREAST if len(themes) <= ABREAST**2 else ABREAST + 1)
    width = min(7.5, (WIDTH - GAP * (across - 1)) / across)
    groups = [themes[start : start + across] for start in range(0, len(themes), across)]
    bands = [_band(data, group, width) for group in groups]
    if _height(bands) > TALLEST:
        data = data.drop(columns="meaning")
        bands = [_band(data, group, width) for group in groups]
    figure, axes = sheet(_height(bands))
    colours = theme_colours(themes)
    top = _height(bands)
    left = (WIDTH - across * width - GAP * (across - 1)) / 2
    for band in bands:
        for place, (theme, boxes) in enumerate(band.boxes.items()):
            corner = (left + place * (width + GAP), top)
            _column(axes, corner, width, list(zip(boxes, band.heights, strict=True)), colours[theme])
        top -= band.height + 2 * GAP
    return Drawing(figure, data, _alt(data, themes))


def _height(bands: list[_Band]) -> float:
    """Return the height of all bands with the space between them."""
    return sum(band.height for band in bands) + 2 * GAP * (len(bands) - 1)


def _band(data: pd.DataFrame, themes: list[str], width: float) -> _Band:
    """Wrap the words of some themes and give each row of boxes the height of its tallest."""
    inner = width - STEM - 2 * PAD
    dimensions = list(dict.fromkeys(data["dimension"]))
    boxes: dict[str, list[list[_Line] | None]] = {}
    for theme in themes:
        own = data.loc[data["theme_id"] == theme]
        head = fitted(own["theme"].iloc[0], width - 2 * PAD, SIZE + 1, lines=4, weight="bold")
        boxes[theme] = [[_Line(head, SIZE + 1, "bold")]]
        for dimension in dimensions:
            rows = own.loc[own["dimension"] == dimension]
            lines = [_Line(fitted(dimension, inner, SMALL), SMALL, style="italic", colour=GREY)]
            for row in rows.to_dict("records"):
                lines.append(_Line(fitted(row["term"], inner, SIZE, lines=4, weight="bold"), weight="bold"))
                if row.get("meaning"):
                    lines.append(_Line(fitted(row["meaning"], inner, SMALL, lines=9), SMALL))
            boxes[theme].append(lines if len(rows) else None)
    heights = [max(_needed(boxes[theme][row]) for theme in themes) for row in range(len(dimensions) + 1)]
    return _Band(boxes, heights)


def _needed(lines: list[_Line] | None) -> float:
    """Return the height of a box in centimetres."""
    return 0.0 if lines is None else 2 * PAD + sum(line.height for line in lines)


def _column(
    axes: Axes, corner: tuple[float, float], width: float, rows: list[tuple[list[_Line] | None, float]], colour: str
) -> None:
    """Draw one theme and, below it, the boxes that arrows lead to."""
    left, y = corner
    stem = left + STEM / 2
    bottom_of_head = y - rows[0][1]
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.0, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 9}
    for place, (lines, height) in enumerate(rows):
        if lines is not None and place == 0:
            _box(axes, (left, y), (width, height), facecolor=colour, edgecolor=colour)
            _words(axes, lines, (left + width / 2, y - (height - _needed(lines)) / 2), colour=ink_on(colour))
        elif lines is not None:
            middle = y - height / 2
            axes.plot([stem, stem], [bottom_of_head, middle], color=INK, linewidth=1.0, zorder=1)
            axes.annotate("", (left + STEM, middle), (stem, middle), arrowprops=arrow)
            _box(axes, (left + STEM, y), (width - STEM, height), facecolor="white", edgecolor=colour)
            _words(axes, lines, (left + STEM + PAD, y))
        y -= height + GAP


def _box(axes: Axes, corner: tuple[float, float], size: tuple[float, float], **look: object) -> None:
    """Draw a box with rounded corners from its upper left one."""
    from matplotlib.patches import FancyBboxPatch

    shape = "round,pad=0,rounding_size=0.12"
    lower = (corner[0], corner[1] - size[1])
    axes.add_patch(FancyBboxPatch(lower, *size, boxstyle=shape, linewidth=0.9, zorder=2, **look))


def _words(axes: Axes, lines: list[_Line], place: tuple[float, float], *, colour: str = "") -> None:
    """Write the words of a box from the top; a theme's, which have the colour of the box to bear, in its middle."""
    x, y = place
    y -= PAD
    for line in lines:
        axes.text(
            x, y, line.text, size=line.size, weight=line.weight, style=line.style, color=colour or line.colour,
            va="top", ha="center" if colour else "left", linespacing=1.08, zorder=3,
        )  # fmt: skip
        y -= line.height


def _alt(data: pd.DataFrame, themes: list[str]) -> str:
    """Say which theme is joined to what."""
    parts = []
    for theme in themes:
        own = data.loc[data["theme_id"] == theme]
        terms = [f"{term} ({dimension})" for term, dimension in zip(own["term"], own["dimension"], strict=True)]
        parts.append(f"{legible(own['theme'].iloc[0])} to {listed(terms, 13)}")
    dimensions = listed(list(dict.fromkeys(data["dimension"])))
    return f"Boxes and arrows: {counted(len(themes), 'theme')} joined to {dimensions}. {'; '.join(parts)}."
