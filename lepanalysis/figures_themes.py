"""Figures of the themes: their spread over months and participants, their overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lepanalysis.figures_coding import cooccurrence
from lepanalysis.figures_style import (
    INK,
    SIZE,
    SMALL,
    WIDTH,
    Drawing,
    counted,
    fitted,
    ink_on,
    label_column,
    legible,
    listed,
    name_of,
    note,
    page,
    panel,
    rows_height,
    styled,
    theme_colours,
    whole_ticks,
    width_of,
)
from lepanalysis.figures_style import MONTHS as NAMES_OF_MONTHS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes

MOST_LABELS = 15


@styled
def theme_months(spread: pd.DataFrame) -> Drawing:
    """Draw the messages of each theme by month, one row of bars a theme, all on one scale.

    Parameters
    ----------
    spread : pandas.DataFrame
        theme_id, theme, unit (the month, as ``2013-09``), messages.

    Returns
    -------
    Drawing
        Data: theme_id, theme, month, messages.
    """
    columns = ("theme_id", "theme", "month", "messages")
    if spread.empty:
        return note("No theme has a message with a time, so there is no spread over months to draw.", columns)
    data = spread.rename(columns={"unit": "month"})[list(columns)].reset_index(drop=True)
    months = sorted(data["month"].unique())
    names = data.drop_duplicates("theme_id").set_index("theme_id")["theme"]
    colours = theme_colours(list(names.index))
    height = rows_height(len(names), 2.2)
    lines = max(1, min(4, int(height / 0.38)))
    shown, left = label_column(names, 4.2, SIZE if lines > 1 else SMALL, lines=lines)
    left += 0.65
    figure = page(height * len(names) + 1.4)
    ticks = whole_ticks(int(data["messages"].max()), 3)
    place = {month: index for index, month in enumerate(months)}
    numbered = len(months) <= MOST_LABELS
    for index, (theme, label) in enumerate(zip(names.index, shown, strict=True)):
        bottom = 1.1 + height * (len(names) - 1 - index)
        axes = panel(figure, left, bottom, WIDTH - left - 0.3, height * 0.78)
        rows = data.loc[data["theme_id"] == theme]
        axes.bar(rows["month"].map(place), rows["messages"], width=0.75, color=colours[theme])
        for month, number in zip(rows["month"], rows["messages"], strict=True) if numbered else ():
            axes.annotate(
                str(number), (place[month], number), (0, 1.5), textcoords="offset points", ha="center", size=SMALL
            )
        axes.set_ylim(0, max(ticks[-1], int(data["messages"].max()) * 1.25))
        heights = ticks if height > 1 else ticks[:: len(ticks) - 1]
        axes.set_yticks(heights, [str(tick) for tick in heights])
        axes.grid(axis="y")
        axes.set_xlim(-0.6, len(months) - 0.4)
        kept = range(0, len(months), -(-len(months) // MOST_LABELS))
        last = index == len(names) - 1
        axes.set_xticks(list(kept), [_month(months[month]) if last else "" for month in kept])
        axes.text(
            -(0.75 / (WIDTH - left - 0.3)), 0.5, label, transform=axes.transAxes, ha="right", va="center",
            size=SIZE if lines > 1 else SMALL,
        )  # fmt: skip
    totals = data.groupby("theme_id", sort=False)["messages"].sum()
    parts = []
    for theme, name in names.items():
        rows = data.loc[data["theme_id"] == theme]
        peak = rows.loc[rows["messages"].idxmax()]
        parts.append(f"{legible(name)} {totals[theme]} (most in {peak['month']}: {peak['messages']})")
    alt = f"Bars of messages by month, {months[0]} to {months[-1]}, for each theme: {listed(parts, 13)}."
    return Drawing(figure, data, alt)


def _month(month: str) -> str:
    """Word ``2013-09`` as "Sep" over "2013"."""
    year, number = month.split("-")[:2]
    return f"{NAMES_OF_MONTHS[int(number) - 1]}\n{year}"


@styled
def theme_participants(spread: pd.DataFrame, code_names: Mapping[str, str] | None = None) -> Drawing:
    """Draw how the messages of each theme are shared out among participants, the most active first.

    Parameters
    ----------
    spread : pandas.DataFrame
        theme_id, theme, unit (the participant), messages.
    code_names : mapping of str to str, optional
        Code names by participants' ids; written into a piece where it is wide enough. Without them pieces bear
        numbers alone.

    Returns
    -------
    Drawing
        Data: theme_id, theme, rank, participant_id, code_name, messages, share; participants without a message of
        the theme are left out.
    """
    columns = ("theme_id", "theme", "rank", "participant_id", "code_name", "messages", "share")
    spread = spread.loc[spread["messages"] > 0]
    if spread.empty:
        return note("No theme has a message, so there is no spread over participants to draw.", columns)
    data = _shares(spread, code_names)[list(columns)]
    names = data.drop_duplicates("theme_id").set_index("theme_id")["theme"]
    colours = theme_colours(list(names.index))
    height = rows_height(len(names), 1.45)
    lines = max(1, min(3, int(height / 0.4)))
    shown, left = label_column(names, 4.2, SMALL, lines=lines)
    figure = page(height * len(names) + 1.5)
    right = 3.3
    inner = WIDTH - left - right
    axes = panel(figure, left, 1.2, inner, height * len(names))
    words = []
    for row, (theme, name) in enumerate(names.items()):
        people = data.loc[data["theme_id"] == theme]
        _pieces(axes, row, people, colours[theme], inner, named=code_names is not None)
        half = int((people["share"].cumsum() < 0.5).sum()) + 1
        top = people["share"].iloc[0]
        axes.text(
            1.015, row,
            f"{counted(int(people['messages'].sum()), 'message')}\nof {counted(len(people), 'participant')};\n"
            f"half from {half}",
            transform=axes.get_yaxis_transform(), va="center", size=SMALL, linespacing=1.15,
        )  # fmt: skip
        words.append(
            f"{legible(name)}: {counted(len(people), 'participant')}, the most active with {top:.0%}, half of the "
            f"messages from {half}"
        )
    axes.axvline(0.5, color=INK, linewidth=0.7, linestyle=":")
    axes.set_xlim(0, 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_yticks(range(len(names)), shown, size=SMALL)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("share of the theme's messages, one piece a participant, the most active first")
    alt = f"One bar a theme, divided among the participants who wrote its messages. {'. '.join(words)}."
    return Drawing(figure, data.reset_index(drop=True), alt)


def _shares(spread: pd.DataFrame, code_names: Mapping[str, str] | None) -> pd.DataFrame:
    """Rank the participants of each theme and give their share of its messages."""
    order = {theme: place for place, theme in enumerate(spread["theme_id"].unique())}
    data = spread.rename(columns={"unit": "participant_id"}).assign(place=spread["theme_id"].map(order))
    data = data.sort_values(["place", "messages", "participant_id"], ascending=[True, False, True], kind="stable")
    groups = data.groupby("theme_id", sort=False)["messages"]
    return data.assign(
        rank=groups.cumcount() + 1,
        share=data["messages"] / groups.transform("sum"),
        code_name=[name_of(code_names, key) for key in data["participant_id"]],
    )


def _pieces(axes: Axes, row: int, people: pd.DataFrame, colour: str, inner: float, *, named: bool) -> None:
    """Draw the pieces of one bar in turns of full and lighter colour, which grey keeps apart."""
    from matplotlib.colors import to_rgb

    light = tuple(0.45 * part + 0.55 for part in to_rgb(colour))
    start = 0.0
    for place, (name, share, number) in enumerate(
        zip(people["code_name"], people["share"], people["messages"], strict=True)
    ):
        fill = light if place % 2 else colour
        axes.barh(row, share, left=start, height=0.62, color=fill, edgecolor="white", linewidth=0.4)
        words = fitted(name, 10, SMALL, lines=1)
        for text in (f"{words} {number}", str(number)) if named else (str(number),):
            if width_of(text, SMALL) + 0.12 < share * inner:
                axes.text(start + share / 2, row, text, ha="center", va="center", size=SMALL, color=ink_on(fill))
                break
        start += share


def theme_overlap(square: pd.DataFrame, names: Mapping[str, str], *, unit: str = "messages") -> Drawing:
    """Draw in how many messages each two themes occur together.

    Parameters
    ----------
    square : pandas.DataFrame
        Counts, the same theme ids as index and columns.
    names : mapping of str to str
        Names by ids.
    unit : str
        What was counted, in the plural.

    Returns
    -------
    Drawing
        As of `lepanalysis.figures_coding.cooccurrence`.
    """
    return cooccurrence(square, names, unit=unit, things="themes")
