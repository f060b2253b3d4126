"""Figures of the values of a scaled code: coder against coder, and what each coder gave how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lepanalysis.figures_style import (
    GREY,
    INK,
    SMALL,
    SMALLEST,
    WIDTH,
    Drawing,
    counted,
    fitted,
    ink_on,
    label_column,
    legible,
    listed,
    note,
    page,
    panel,
    row_size,
    rows_height,
    styled,
    width_of,
)

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Numbers are written into the cells up to so many coders; beyond it a cell has no room for one.
MOST_NUMBERED = 16
MOST_CODERS = 60
_PAIRS = ("code_id", "code", "first_id", "first", "second_id", "second", "n_units", "cohen_kappa")
_SHARES = ("code_id", "code", "coder_id", "coder", "value", "units", "share")
# A share below this is too narrow a piece of a bar for its number.
_NARROW = 0.05


@styled
def coder_pairs(pairs: pd.DataFrame) -> Drawing:
    """Draw kappa of each two coders as a triangle of numbers on shades, darker where they agree more.

    Parameters
    ----------
    pairs : pandas.DataFrame
        As `agreement_scaled.pairs` gives it, of one code.

    Returns
    -------
    Drawing
        Data: code_id, code, first_id, first, second_id, second, n_units, cohen_kappa.
    """
    if pairs.empty:
        return note("There are fewer than two coders, so there is nothing to hold against each other.", _PAIRS)
    names = dict(zip(pairs["first_id"], pairs["first"], strict=True))
    names |= dict(zip(pairs["second_id"], pairs["second"], strict=True))
    if len(names) > MOST_CODERS:
        return note(f"{len(names)} coders are too many to be drawn against each other; see the table.", _PAIRS)
    data = pairs[list(_PAIRS)].reset_index(drop=True)
    _draw_pairs(figure := page(4), data, names)
    return Drawing(figure, data, _alt_of_pairs(data, len(names)))


def _draw_pairs(figure: Figure, data: pd.DataFrame, names: dict[str, str]) -> None:
    """Draw the cells: the coders stand beside the rows and below the columns, each pair once."""
    from matplotlib import colormaps
    from matplotlib.colors import Normalize
    from matplotlib.patches import Rectangle

    rows, columns = list(names)[1:], list(names)[:-1]
    count = len(rows)
    cell = min(1.5, 9.0 / count)
    size = max(SMALLEST - 1, min(SMALL, cell * 28.35 / 2.6))
    labels, left = label_column([names[coder] for coder in rows], min(6.0, WIDTH - 1.0 - cell * count), size)
    feet = [fitted(names[coder], 4.0, size, lines=1) for coder in columns]
    widest = max(width_of(foot, size) for foot in feet)
    turned = widest > cell - 0.1
    below = 0.35 + (widest if turned else 0.4)
    figure.set_figheight((cell * count + below + 0.3) / 2.54)
    axes = panel(figure, left + 0.2, below, cell * count, cell * count)
    kappas = data["cohen_kappa"].to_numpy(dtype=np.float64)
    lowest = min(0.0, float(np.nanmin(kappas))) if np.isfinite(kappas).any() else 0.0
    # From 0 (or the lowest) to 1: a scale that followed the values would show small differences as large ones.
    shades, norm = colormaps["cividis_r"], Normalize(lowest, 1.0)
    for first, second, kappa in zip(data["first_id"], data["second_id"], kappas, strict=True):
        across, down = columns.index(first), rows.index(second)
        colour = shades(norm(kappa)) if np.isfinite(kappa) else "white"
        axes.add_patch(Rectangle((across - 0.5, down - 0.5), 1, 1, facecolor=colour, edgecolor="white", linewidth=0.8))
        if count < MOST_NUMBERED:
            text = f"{round(kappa, 2) + 0.0:.2f}".replace("-", "−") if np.isfinite(kappa) else "–"
            axes.text(across, down, text, ha="center", va="center", size=size, color=ink_on(colour))
    axes.set_xlim(-0.5, count - 0.5)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks(range(count), labels, size=size)
    axes.set_xticks(range(count), feet, size=size, rotation=90 if turned else 0)
    _bare(axes)
    # At the right edge: a picture is cut to what is drawn, and one that is narrower than a line would be blown up.
    key = panel(figure, WIDTH - 4.4, below + cell * count - 0.4, 4.0, 0.22)
    key.imshow([list(range(256))], aspect="auto", cmap=shades, extent=(lowest, 1.0, 0, 1))
    ticks = [tick for tick in (-1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0) if tick >= lowest]
    key.set_yticks([])
    key.set_xticks(ticks, [f"{tick:g}".replace("-", "−") for tick in ticks], size=SMALLEST + 1)
    key.set_xlabel("Cohen's kappa", size=SMALL, loc="left", labelpad=1)
    for spine in key.spines.values():
        spine.set_visible(False)


def _bare(axes: Axes) -> None:
    axes.tick_params(length=0, pad=2)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _alt_of_pairs(data: pd.DataFrame, coders: int) -> str:
    """Say what is to be seen: the range, and who stands at its ends."""
    lead = f"A triangle of {counted(len(data), 'pair')} of {coders} coders"
    known = data.dropna(subset="cohen_kappa").sort_values("cohen_kappa", kind="stable")
    if known.empty:
        return f"{lead}; kappa is undefined for each."
    low, high = known.iloc[0], known.iloc[-1]
    ends = [f"{row['cohen_kappa']:.2f} ({legible(row['first'])} and {legible(row['second'])})" for row in (low, high)]
    if len(known) == 1:
        return f"{lead}, with kappa {ends[0]}."
    rest = len(data) - len(known)
    return f"{lead}, the darker the higher kappa: from {ends[0]} to {ends[1]}." + (
        f" {rest} have none." if rest else ""
    )


@styled
def values_by_coder(distribution: pd.DataFrame) -> Drawing:
    """Draw which share of the units each coder gave each value, one bar a coder, low values left.

    Parameters
    ----------
    distribution : pandas.DataFrame
        As `agreement_scaled.distribution` gives it, of one code.

    Returns
    -------
    Drawing
        Data: code_id, code, coder_id, coder, value, units, share.
    """
    from matplotlib import colormaps

    if distribution.empty or not distribution["units"].any():
        return note("No coder gave a value.", _SHARES)
    data = distribution.sort_values("place", kind="stable")
    coders = dict(zip(distribution["coder_id"], distribution["coder"], strict=True))
    values = list(dict.fromkeys(data["value"]))
    height = rows_height(len(coders), 0.62)
    size = row_size(height)
    labels, left = label_column(list(coders.values()), 5.0, size)
    inner = height * len(coders)
    figure = page(inner + 2.1)
    axes = panel(figure, left, 1.1, WIDTH - left - 0.6, inner)
    shades = colormaps["cividis_r"]
    for place, value in enumerate(values):
        # From light to dark in the order of the scale, away from both ends, so that each edge is seen in grey.
        colour = shades(0.12 + 0.8 * place / max(len(values) - 1, 1))
        for row, coder in enumerate(coders):
            own = data[data["coder_id"] == coder]
            before = float(own["share"].iloc[:place].sum())
            share = float(own["share"].iloc[place])
            if not np.isfinite(share):
                continue
            label = fitted(value, 4.0, SMALL, lines=1) if row == 0 else None
            axes.barh(row, share, left=before, height=0.72, color=colour, edgecolor="white", linewidth=0.6, label=label)
            if share >= _NARROW:
                axes.text(
                    before + share / 2, row, f"{share:.0%}".replace("%", " %"), ha="center", va="center",
                    size=min(size, SMALLEST + 1), color=ink_on(colour),
                )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_ylim(len(coders) - 0.5, -0.5)
    axes.set_yticks(range(len(coders)), labels, size=size)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel("share of the units to which the coder gave a value", color=INK)
    axes.spines["bottom"].set_color(GREY)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=min(len(values), 5), borderaxespad=0.3, handlelength=1)
    shares = data.groupby("value", sort=False)["share"].agg(["min", "max"])
    said = [f"{legible(value)} {row['min']:.0%} to {row['max']:.0%}" for value, row in shares.iterrows()]
    alt = f"Stacked bars of {counted(len(coders), 'coder')}. Over the coders: {listed(said)}."
    return Drawing(figure, data[list(_SHARES)].reset_index(drop=True), alt)
