"""The way from each coder's codes over their candidate themes to the themes they agreed on, drawn as ribbons.

Coders stand left and right in turn, the agreed themes between them. A ribbon is as broad as the code applications it
carries and has the colour of the theme it ends in; what ends in no theme is hatched grey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lepanalysis.figures_layout import CODE_SIZE, LINKS, Plan, Slot, ordered, plan_of, theme_width
from lepanalysis.figures_style import (
    GREY,
    INK,
    SIZE,
    SMALL,
    Drawing,
    counted,
    fitted,
    ink_on,
    legible,
    listed,
    name_of,
    note,
    sheet,
    styled,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

# Room above the columns for their names and the coders'.
HEADING = 1.15


@styled
def crosswalk(frame: pd.DataFrame, coder_names: Mapping[str, str] | None = None) -> Drawing:
    """Draw codes, candidate themes and agreed themes of all coders, joined by ribbons.

    Parameters
    ----------
    frame : pandas.DataFrame
        coder, own_code_id, own_code, candidate_id, candidate, theme_id, theme, applications; ids are empty where a
        code is in no candidate theme or in no agreed theme. Themes stand in the order of their first row.
    coder_names : mapping of str to str, optional
        Names by coders' ids; also their order.

    Returns
    -------
    Drawing
        Data: one row a ribbon, from a code to a candidate theme or from there to an agreed theme.
    """
    if frame.empty:
        return note("There is no code to follow to a theme.", LINKS)
    rows = ordered(frame, coder_names)
    themes = frame.loc[frame["theme_id"] != ""].drop_duplicates("theme_id").set_index("theme_id")["theme"]
    plan = plan_of(rows, themes, coder_names)
    figure, axes = sheet(plan.height + HEADING)
    _ribbons(axes, plan)
    _boxes(axes, plan)
    _headings(axes, plan, coder_names)
    data = pd.concat([plan.first, plan.second], ignore_index=True)[list(LINKS)]
    return Drawing(figure, data, _alt(plan.first, rows, themes, coder_names))


def _ribbons(axes: Axes, plan: Plan) -> None:
    """Draw all ribbons; at each box they lie in the order of where they go."""
    for links, kind in ((plan.first, "code"), (plan.second, "candidate")):
        ends = [
            (coder, "candidate", key) if kind == "code" else ("theme", key)
            for coder, key in zip(links["coder"], links["to_id"], strict=True)
        ]
        frame = links.assign(
            start=[(coder, kind, key) for coder, key in zip(links["coder"], links["from_id"], strict=True)],
            end=ends,
            lean=[plan.sides[coder].lean for coder in links["coder"]],
            theme_place=[-plan.slots["theme", theme].middle for theme in links["theme_id"]],
        ).reset_index(drop=True)
        starts, stops = _tops(frame, "start", "end", plan), _tops(frame, "end", "start", plan)
        for row in frame.itertuples():
            side = plan.sides[row.coder]
            edges = (side.bar_end, side.box) if kind == "code" else (side.box_end, side.theme)
            tops = (starts[row.Index], stops[row.Index])
            breadth = row.applications * plan.scale
            _ribbon(axes, edges, tops, breadth, plan.colours[row.theme_id] if row.theme_id else "")


def _tops(frame: pd.DataFrame, at: str, other: str, plan: Plan) -> dict[int, float]:
    """Return the upper edge of each ribbon where it joins the boxes in column `at`, for each side by itself."""
    tops = {}
    other_place = frame[other].map(lambda key: -plan.slots[key].middle)
    order = frame.assign(other_place=other_place).sort_values(["other_place", "theme_place"], kind="stable")
    for (key, _), rows in order.groupby([at, "lean"], sort=False):
        top = plan.slots[key].middle + rows["applications"].sum() * plan.scale / 2
        for index, number in rows["applications"].items():
            tops[index] = top
            top -= number * plan.scale
    return tops


def _ribbon(axes: Axes, edges: tuple[float, float], tops: tuple[float, float], breadth: float, colour: str) -> None:
    """Draw one ribbon; one that carries nothing is a dotted line, one without a colour ends in no theme."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    (x0, x1), (y0, y1) = edges, tops
    half = (x0 + x1) / 2
    over = [(x0, y0), (half, y0), (half, y1), (x1, y1)]
    curve = [Path.CURVE4] * 3
    if breadth <= 0:
        path = Path(over, [Path.MOVETO, *curve])
        axes.add_patch(PathPatch(path, fill=False, edgecolor=GREY, linewidth=0.7, linestyle=(0, (1, 2))))
        return
    under = [(x1, y1 - breadth), (half, y1 - breadth), (half, y0 - breadth), (x0, y0 - breadth)]
    path = Path([*over, *under, (x0, y0)], [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])
    look = (
        {"facecolor": colour, "alpha": 0.55, "edgecolor": "white", "linewidth": 0.25}
        if colour
        else {"facecolor": "#EEEEEE", "edgecolor": GREY, "hatch": "//////", "linewidth": 0.3}
    )
    axes.add_patch(PathPatch(path, **look))


def _boxes(axes: Axes, plan: Plan) -> None:
    """Draw bars of codes with their labels, boxes of candidate themes and of themes."""
    for (coder, kind), nodes in plan.columns.items():
        side = plan.sides[coder]
        outer = "right" if side.lean > 0 else "left"
        for node in nodes:
            slot = plan.slots[node.key]
            if kind == "code":
                band = max(slot.band, 0.03)
                bar = Slot(slot.middle + band / 2, band, band)
                _box(axes, (side.bar, side.bar_end), bar, facecolor=INK, linewidth=0)
                axes.text(
                    side.bar - 0.08 * side.lean, slot.middle, node.text, size=CODE_SIZE, va="center", ha=outer,
                    multialignment=outer, linespacing=1.05,
                )  # fmt: skip
                continue
            empty = node.key[2] == ""
            look = {"edgecolor": GREY, "linestyle": "--"} if empty else {"edgecolor": INK}
            _box(axes, (side.box, side.box_end), slot, facecolor="white", **look)
            _centred(axes, (side.box + side.box_end) / 2, slot, node.text, size=CODE_SIZE, italic=empty)
    side = next(iter(plan.sides.values()))
    ends = side.theme, side.theme + theme_width(side)
    for node in plan.themes:
        slot = plan.slots[node.key]
        if node.key[1] == "":
            _box(axes, ends, slot, facecolor="white", edgecolor=GREY, linestyle="--")
            _centred(axes, sum(ends) / 2, slot, node.text, size=SIZE, italic=True)
        else:
            colour = plan.colours[node.key[1]]
            _box(axes, ends, slot, facecolor=colour, edgecolor=colour)
            _centred(axes, sum(ends) / 2, slot, node.text, size=SIZE, weight="bold", color=ink_on(colour))


def _box(axes: Axes, ends: tuple[float, float], slot: Slot, **look: object) -> None:
    """Draw a box over the width of its column."""
    from matplotlib.patches import Rectangle

    corner = (min(ends), slot.top - slot.height)
    look = {"linewidth": 0.7, **look}
    axes.add_patch(Rectangle(corner, abs(ends[1] - ends[0]), slot.height, zorder=3, **look))


def _centred(axes: Axes, x: float, slot: Slot, text: str, *, italic: bool = False, **look: object) -> None:
    """Write into the middle of a box."""
    style = "italic" if italic else "normal"
    axes.text(x, slot.middle, text, ha="center", va="center", zorder=4, linespacing=1.08, style=style, **look)


def _headings(axes: Axes, plan: Plan, coder_names: Mapping[str, str] | None) -> None:
    """Name the coders over their codes, and the columns at the head."""
    small = {"size": SMALL, "style": "italic"}
    above = plan.height + 0.2
    seen: set[int] = set()
    for coder, side in plan.sides.items():
        outer, inner = ("left", "right") if side.lean > 0 else ("right", "left")
        if side.lean in seen:
            top = plan.slots[plan.columns[coder, "code"][0].key].top + 0.2
        else:
            top = plan.height + 0.65
            axes.text(side.bar, above, "codes (applications)", ha=inner, **small)
            axes.text((side.box + side.box_end) / 2, above, "candidate themes", ha="center", **small)
        seen.add(side.lean)
        name = fitted(name_of(coder_names, coder), 6.0, SIZE, lines=1, weight="bold")
        axes.text(side.label, top, name, size=SIZE, weight="bold", ha=outer)
    side = next(iter(plan.sides.values()))
    axes.text(side.theme + theme_width(side) / 2, above, "agreed themes", ha="center", **small)


def _alt(first: pd.DataFrame, rows: pd.DataFrame, themes: pd.Series, coder_names: Mapping[str, str] | None) -> str:
    """Say what comes from where, with numbers."""
    parts = []
    for coder in dict.fromkeys(rows["coder"]):
        own = rows.loc[rows["coder"] == coder]
        candidates = own.loc[own["candidate_id"] != "", "candidate_id"].nunique()
        parts.append(
            f"{legible(name_of(coder_names, coder))} {counted(own['own_code_id'].nunique(), 'code')} in "
            f"{counted(candidates, 'candidate theme')}"
        )
    sums = first.groupby("theme_id")["applications"].sum()
    ends = [f"{legible(name)} ({sums[theme]})" for theme, name in themes.items()]
    alt = f"Ribbons from codes over candidate themes to agreed themes: {listed(parts)}. Code applications that reach "
    alt += f"each theme: {listed(ends, 13)}." if ends else "a theme: none."
    lost = first.loc[first["theme_id"] == ""]
    if len(lost):
        alt += (
            f" {counted(lost[['coder', 'from_id']].drop_duplicates().shape[0], 'code')} with "
            f"{counted(int(lost['applications'].sum()), 'application')} in no theme."
        )
    return alt
