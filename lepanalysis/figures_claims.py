"""The figure of the claims: what each comes to by coding and unit, beside its threshold and stated range."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lepanalysis.figures_style import (
    CODER_MARKS,
    GREY,
    INK,
    PALE,
    SIZE,
    SMALL,
    TALLEST,
    WIDTH,
    Drawing,
    counted,
    fitted,
    label_column,
    legible,
    line_height,
    note,
    page,
    panel,
    rows_height,
    styled,
    whole_ticks,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = (
    "claim_id",
    "statement",
    "quantifier",
    "scale",
    "at_most",
    "coders",
    "coded_by",
    "unit",
    "value",
    "threshold",
    "threshold_from",
    "threshold_to",
    "share_of_range",
    "stated",
)
# Over a corpus that people were drawn from, the interval of what is tested, and over what it reaches.
INTERVAL = ("low", "high", "reaches")
# The three units differ in shape, in filling and in hue.
MARKS = dict(zip(("message", "participant", "thread"), CODER_MARKS, strict=False))
PLURALS = {"message": "messages", "participant": "participants", "thread": "threads"}
TOGETHER = {"any": "either", "all": "both", "consensus": "consensus"}
AMONG_SEVERAL = {"any": "any", "all": "all", "consensus": "consensus"}
ROW = 0.46
TITLE = 1.25
FOOT = 0.75
NOTE = 1.2
GAP = 0.45
KEY = 0.75


def claims(overview: pd.DataFrame, coder_names: Mapping[str, str] | None = None) -> tuple[Drawing, ...]:
    """Draw what every claim comes to by each coding and unit, with its threshold and its stated range.

    Parameters
    ----------
    overview : pandas.DataFrame
        What `lepanalysis.claim_sensitivity.overview_of` returns, or `lepanalysis.verdicts_tables.sensitivity`, which
        has the intervals as well.
    coder_names : mapping of str to str, optional
        Names by coders' ids.

    Returns
    -------
    tuple of Drawing
        As many as it takes pages. Data: claim_id, statement, quantifier, scale, at_most, coders (an id, any, all or
        consensus), coded_by (in words), unit, value, threshold, threshold_from, threshold_to, share_of_range, stated;
        and low, high, reaches where there is an interval.
    """
    names = list(dict.fromkeys(overview["claim_id"]))
    codings = overview["coders"].nunique()
    height = rows_height(codings, ROW) * codings + TITLE + _foot(overview) + GAP
    parts = -(-len(names) // (2 * max(1, int((TALLEST - KEY) // height))))
    # Twelve are six and six, not ten and two.
    size = -(-len(names) // parts) if parts else 1
    pages = [names[start : start + size] for start in range(0, len(names), size)] or [[]]
    return tuple(claims_page(overview.loc[overview["claim_id"].isin(some)], coder_names) for some in pages)


@styled
def claims_page(overview: pd.DataFrame, coder_names: Mapping[str, str] | None = None) -> Drawing:
    """Draw some claims on one page, a small panel each; see `claims`.

    Parameters
    ----------
    overview : pandas.DataFrame
    coder_names : mapping of str to str, optional

    Returns
    -------
    Drawing
    """
    if overview.empty:
        return note("No claim could be tested against a threshold, so there is nothing to draw.", COLUMNS)
    coders = [who for who in dict.fromkeys(overview["coders"]) if who not in TOGETHER]
    together = TOGETHER if len(coders) < 3 else AMONG_SEVERAL
    names = {who: (coder_names or {}).get(who) or who for who in coders} | together
    kept = [*COLUMNS, *(name for name in INTERVAL if name in overview)]
    data = overview.assign(coded_by=overview["coders"].map(names))[kept].reset_index(drop=True)
    ids = list(dict.fromkeys(data["claim_id"]))
    parts = [data.loc[data["claim_id"] == name] for name in ids]
    across = 2 if len(ids) > 1 else 1
    rows = [parts[start : start + across] for start in range(0, len(parts), across)]
    each = rows_height(data["coders"].nunique(), ROW)
    heights = [each * max(part["coders"].nunique() for part in row) for row in rows]
    foot = _foot(data)
    figure = page(sum(heights) + len(rows) * (TITLE + foot + GAP) + KEY)
    wide = (WIDTH - (across - 1) * 0.6) / across
    shown, left = label_column(data["coded_by"].unique(), 2.9)
    labels = dict(zip(data["coded_by"].unique(), shown, strict=True))
    top = sum(heights) + len(rows) * (TITLE + foot + GAP)
    for row, height in zip(rows, heights, strict=True):
        top -= TITLE + height
        for place, part in enumerate(row):
            at = place * (wide + 0.6)
            axes = panel(figure, at + left, top, wide - left - 0.15, height)
            _title(figure, part, at, top + height, wide)
            _panel(axes, part, labels)
            _note(figure, part, at, top - FOOT - 0.1, wide)
        top -= foot + GAP
    interval = "low" in data and bool(data["low"].notna().any())
    _key(figure, sorted(data["unit"].unique(), key=list(PLURALS).index), interval=interval)
    return Drawing(figure, data, _alt(parts))


def _foot(data: pd.DataFrame) -> float:
    """Return the height below a panel: more where something is said of its interval."""
    return FOOT + (NOTE if "reaches" in data and data["reaches"].any() else 0)


def _note(figure: Figure, part: pd.DataFrame, left: float, top: float, wide: float) -> None:
    """Say below a panel over what the interval reaches."""
    said = "; ".join(filter(None, part["reaches"])) if "reaches" in part else ""
    if said:
        across, up = figure.get_size_inches() * 2.54
        text = fitted(f"{said[0].upper()}{said[1:]}.", wide, SMALL, lines=3)
        figure.text(left / across, top / up, text, va="top", size=SMALL, linespacing=1.1)


def _title(figure: Figure, part: pd.DataFrame, left: float, bottom: float, wide: float) -> None:
    """Write the claim over its panel: its id with the article's word, then what it says, on two lines at most."""
    first = part.iloc[0]
    word = f"  “{first['quantifier'].replace(';', ', ')}”" if first["quantifier"] else ""
    across, up = figure.get_size_inches() * 2.54
    head = fitted(f"{first['claim_id']}{word}", wide, SIZE, lines=1, weight="bold")
    said = fitted(first["statement"], wide, SMALL, lines=2)
    figure.text(left / across, (bottom + TITLE - 0.05) / up, head, va="top", size=SIZE, weight="bold")
    under = bottom + TITLE - 0.05 - line_height(SIZE)
    figure.text(left / across, under / up, said, va="top", size=SMALL, linespacing=1.1)


def _panel(axes: Axes, part: pd.DataFrame, labels: Mapping[str, str]) -> None:
    """Draw the range, the threshold and one mark for each coding and unit."""
    first = part.iloc[0]
    codings = list(dict.fromkeys(part["coded_by"]))
    axes.axvspan(first["threshold_from"], first["threshold_to"], color=PALE, alpha=0.7, linewidth=0, zorder=0)
    axes.axvline(first["threshold"], color=INK, linewidth=1.0, linestyle=(0, (3, 2)), zorder=1)
    axes.hlines(range(len(codings)), 0, 1, transform=axes.get_yaxis_transform(), color=PALE, linewidth=0.5, zorder=0.5)
    units = [unit for unit in PLURALS if unit in set(part["unit"])]
    for unit in units:
        colour, shape, filled = MARKS[unit]
        some = part.loc[part["unit"] == unit]
        # Marks of one row are set a little apart, so that equal values do not cover each other.
        shift = (units.index(unit) - (len(units) - 1) / 2) * 0.27
        for stated, one in some.groupby("stated"):
            axes.plot(
                one["value"], [codings.index(name) + shift for name in one["coded_by"]], linestyle="none",
                marker=shape, color=colour, markerfacecolor=colour if filled else "white",
                markersize=6.2 if stated else 4.2, markeredgecolor=INK if stated else colour,
                markeredgewidth=1.1 if stated else 0.9, zorder=4 if stated else 3, clip_on=False,
            )  # fmt: skip
    for one in (part.dropna(subset=["low", "high"]) if "low" in part else part.iloc[:0]).itertuples():
        at = codings.index(one.coded_by) + (units.index(one.unit) - (len(units) - 1) / 2) * 0.27
        axes.hlines(at, one.low, one.high, color=INK, linewidth=1.3, zorder=3.5)
    axes.set_yticks(range(len(codings)), [labels[name] for name in codings])
    stated = set(part.loc[part["stated"], "coded_by"])
    for tick, name in zip(axes.get_yticklabels(), codings, strict=True):
        tick.set_fontweight("bold" if name in stated else "normal")
    axes.set_ylim(len(codings) - 0.45, -0.55)
    axes.tick_params(axis="y", length=0)
    _across(axes, part)


def _across(axes: Axes, part: pd.DataFrame) -> None:
    """Set the scale: shares up to the largest that is drawn, numbers from 0, by powers where they run far beyond."""
    first = part.iloc[0]
    largest = max(part["value"].max(), first["threshold_to"], *(part["high"].dropna() if "high" in part else ()))
    if first["scale"] == "share":
        end = next(step for step in (0.25, 0.5, 1.0) if largest <= step)
        ticks = [end * place / 5 for place in range(6)] if end != 0.25 else [0, 0.05, 0.1, 0.15, 0.2, 0.25]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.set_xlim(-0.02 * end, end)
        axes.set_xlabel("share, at most the threshold" if first["at_most"] else "share", labelpad=1, size=SMALL)
        return
    if largest > 12 * first["threshold_to"]:
        axes.set_xscale("symlog", linthresh=first["threshold_to"], linscale=0.5)
        ticks = [0, int(first["threshold_to"]), *(10**power for power in range(1, 9) if 10**power <= largest * 2)]
        ticks = [tick for tick in dict.fromkeys(ticks) if tick in {0, ticks[1]} or tick > ticks[1] * 1.5]
        axes.minorticks_off()
    else:
        ticks = whole_ticks(largest, 6)
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    end = max(ticks[-1], largest * 1.04)
    axes.set_xlim(-0.02 * end, end)
    axes.set_xlabel("number", labelpad=1, size=SMALL)


def _key(figure: Figure, units: list[str], *, interval: bool) -> None:
    """Say what the marks, the band and the line stand for, above all panels."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = []
    for unit in units:
        colour, shape, filled = MARKS[unit]
        face = colour if filled else "white"
        handles.append(
            Line2D([], [], linestyle="none", marker=shape, color=colour, markerfacecolor=face, markersize=4.5,
                   label=PLURALS[unit])
        )  # fmt: skip
    handles.append(
        Line2D([], [], linestyle="none", marker="o", color="white", markeredgecolor=INK, markersize=6.2,
               markeredgewidth=1.1, label="as tested")
    )  # fmt: skip
    if interval:
        handles.append(Line2D([], [], color=INK, linewidth=1.3, label="95 % interval"))
    handles.append(Patch(color=PALE, alpha=0.7, label="stated range"))
    handles.append(Line2D([], [], color=INK, linewidth=1.0, linestyle=(0, (3, 2)), label="threshold"))
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0, 1), ncols=len(handles), fontsize=SMALL,
        borderaxespad=0.1, handletextpad=0.4, columnspacing=1.3, labelcolor=INK, edgecolor=GREY,
    )  # fmt: skip


def _alt(parts: list[pd.DataFrame]) -> str:
    """Say for each claim the value that is tested, its threshold, and between what it lies otherwise."""
    said = []
    for part in parts:
        first, tested = part.iloc[0], part.loc[part["stated"]]
        value = f"{tested['value'].iloc[0]:.3g}" if len(tested) else "no value"
        whose = f" ({legible(tested['coded_by'].iloc[0])}, {tested['unit'].iloc[0]})" if len(tested) else ""
        limits = f"threshold {first['threshold']:g}, range {first['threshold_from']:g} to {first['threshold_to']:g}"
        said.append(
            f"{legible(first['claim_id'])} {value}{whose}, {limits}, over all codings and units "
            f"{part['value'].min():.3g} to {part['value'].max():.3g}{_interval_in_words(tested)}"
        )
    return (
        f"Small panels of {counted(len(parts), 'claim')}, one row of marks for each coding, one mark for each unit, "
        f"with the stated range as a band and the threshold as a line. {'; '.join(said)}."
    )


def _interval_in_words(tested: pd.DataFrame) -> str:
    """Say what the interval of the tested value is, and over what it reaches."""
    if "low" not in tested or not len(tested):
        return ""
    first = tested.iloc[0]
    told = "" if math.isnan(first["low"]) else f", interval {first['low']:.3g} to {first['high']:.3g}"
    return told + (f" ({first['reaches']})" if first["reaches"] else "")
