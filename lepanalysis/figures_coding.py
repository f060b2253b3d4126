"""Figures of the coding: frequencies of codes, their co-occurrence, saturation, agreement between coders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lepanalysis.figures_style import (
    BAR,
    CODER_MARKS,
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
    name_of,
    note,
    page,
    panel,
    row_size,
    rows_height,
    styled,
    whole_ticks,
    width_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

CONSENSUS = "consensus"
# A heat map of more rows than this has cells too small to be read in print.
MOST_CELLS = 60
MOST_NUMBERED = 30
MEASURES = {
    "percent_agreement": "percentage agreement",
    "cohen_kappa": "Cohen's kappa",
    "krippendorff_alpha": "Krippendorff's alpha",
}


def _rows(figure: Figure, labels: Sequence[str], *, top: float, right: float = 0.5) -> tuple[Axes, float]:
    """Add axes with one labelled row an entry, first row on top; the figure grows to their height."""
    height = rows_height(len(labels), 0.46)
    size = row_size(height)
    shown, left = label_column(labels, 6.2, size)
    inner = height * len(labels)
    across = figure.get_figwidth() * 2.54
    figure.set_figheight((inner + 1.2 + top) / 2.54)
    axes = panel(figure, left, 1.2, across - left - right, inner)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.set_yticks(list(range(len(labels))), shown, size=size)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", linewidth=0.4)
    return axes, size


@styled
def code_frequencies(
    frequencies: pd.DataFrame, coder_names: Mapping[str, str] | None = None, unit: str = "messages"
) -> Drawing:
    """Draw in how many messages each code was applied, by each coder and in the consensus.

    Parameters
    ----------
    frequencies : pandas.DataFrame
        code_id, code, who, and the counts; `who` is a coder's id or ``consensus``.
    coder_names : mapping of str to str, optional
        Names by coders' ids.
    unit : str
        Which count to draw: ``applications``, ``messages``, ``participants`` or ``threads``.

    Returns
    -------
    Drawing
        Data: code_id, code, who, name, and the count; codes by their count in the consensus.
    """
    columns = ("code_id", "code", "who", "name", unit)
    if frequencies.empty:
        return note("No code has been applied, so there are no frequencies to draw.", columns)
    order = _by_consensus(frequencies, unit)
    people = [who for who in frequencies["who"].unique() if who != CONSENSUS]
    data = frequencies.assign(
        name=["consensus" if who == CONSENSUS else name_of(coder_names, who) for who in frequencies["who"]],
        rank=frequencies["code_id"].map({code: place for place, code in enumerate(order["code_id"])}),
    ).sort_values("rank", kind="stable")
    figure = page(5)
    axes, _ = _rows(figure, order["code"].tolist(), top=0.9)
    # Marks of two coders at the same number would hide each other, so each coder has a height of their own.
    offsets = [0.0] if len(people) == 1 else [0.22 - 0.44 * i / (len(people) - 1) for i in range(len(people))]
    settled = data.loc[data["who"] == CONSENSUS]
    if len(people) > 1 or not people:
        axes.plot(
            settled[unit], settled["rank"], linestyle="none", marker="|", markersize=10, markeredgewidth=2.2,
            color=INK, label="consensus", zorder=2,
        )  # fmt: skip
    else:
        data = data.loc[data["who"] != CONSENSUS]
    for index, who in enumerate(people):
        colour, marker, filled = CODER_MARKS[index % len(CODER_MARKS)]
        rows = data.loc[data["who"] == who]
        axes.plot(
            rows[unit], rows["rank"] - offsets[index], linestyle="none", marker=marker, markersize=4.5, color=colour,
            markerfacecolor=colour if filled else "white", label=fitted(name_of(coder_names, who), 5, lines=1),
            zorder=3,
        )  # fmt: skip
    ticks = whole_ticks(int(data[unit].max()), 8)
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_xlim(-0.02 * ticks[-1], ticks[-1] * 1.02)
    axes.set_xlabel(f"{unit} with the code" if unit != "applications" else "code applications")
    axes.legend(
        loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3, borderaxespad=0.3, handletextpad=0.3
    )  # fmt: skip
    lead = order.iloc[0]
    last = order.iloc[-1]
    alt = (
        f"Dots for {counted(len(order), 'code')} by {listed(list(dict.fromkeys(data['name'])))}: most often "
        f"{legible(lead['code'])} ({counted(int(lead[unit]), unit.removesuffix('s'))}), least often "
        f"{legible(last['code'])} ({last[unit]})."
    )
    return Drawing(figure, data[list(columns)].reset_index(drop=True), alt)


def _by_consensus(frequencies: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Return each code once with its count in the consensus (without one: the largest), most frequent first."""
    settled = frequencies.loc[frequencies["who"] == CONSENSUS, ["code_id", "code", unit]]
    if settled.empty:
        settled = frequencies.groupby(["code_id", "code"], sort=False)[unit].max().reset_index()
    return settled.sort_values(unit, ascending=False, kind="stable")


@styled
def cooccurrence(
    square: pd.DataFrame, names: Mapping[str, str], *, unit: str = "messages", things: str = "codes"
) -> Drawing:
    """Draw in how many units each two codes (or themes) occur together, as a triangle of numbers on colours.

    Parameters
    ----------
    square : pandas.DataFrame
        Counts, the same ids as index and columns; the diagonal holds the units with the code at all.
    names : mapping of str to str
        Names by ids.
    unit : str
        What was counted, in the plural.
    things : str
        What the ids stand for, in the plural.

    Returns
    -------
    Drawing
        Data: first_id, first, second_id, second, and the count; one row a drawn cell, the diagonal among them.
        Of more than 60 codes the 60 with most units are drawn.
    """
    columns = ("first_id", "first", "second_id", "second", unit)
    if square.empty:
        return note(f"There are no {things}, so there is no co-occurrence to draw.", columns)
    ids = list(square.index)
    if len(ids) > MOST_CELLS:
        totals = pd.Series({key: int(square.loc[key, key]) for key in ids}).sort_values(ascending=False, kind="stable")
        ids = [key for key in ids if key in set(totals.index[:MOST_CELLS])]
    data = pd.DataFrame(
        [
            (
                ids[col],
                name_of(names, ids[col]),
                ids[row],
                name_of(names, ids[row]),
                int(square.loc[ids[row], ids[col]]),
            )
            for row in range(len(ids))
            for col in range(row + 1)
        ],
        columns=list(columns),
    )
    pairs = data.loc[data["first_id"] != data["second_id"]].sort_values(unit, ascending=False, kind="stable")
    figure, alt = _triangle(ids, data, unit, things)
    together = pairs.loc[pairs[unit] > 0]
    if together.empty:
        alt += f" No two {things} occur together."
    else:
        most = together.iloc[0]
        alt += (
            f" {len(together)} of {counted(len(pairs), 'pair')} occur together; most often {legible(most['first'])} "
            f"and {legible(most['second'])} ({most[unit]} {unit})."
        )
    if len(square) > len(ids):
        alt += f" The {len(square) - len(ids)} rarest {things} are not drawn."
    return Drawing(figure, data, alt)


def _triangle(ids: list[str], data: pd.DataFrame, unit: str, things: str) -> tuple[Figure, str]:
    """Draw the cells: rows are named, columns bear the numbers of the rows."""
    from matplotlib import colormaps
    from matplotlib.colors import Normalize

    count = len(ids)
    cell = min(0.85, 10.0 / count)
    size = max(4.5, min(SMALL, cell * 28.35 / 1.35))
    titles = data.loc[data["first_id"] == data["second_id"], "second"].tolist()
    left = WIDTH - 0.4 - max(cell * count, 2.0)
    label_width = min(left - 0.5, 9.0)
    labels = [f"{fitted(title, label_width - width_of('99  ', size), size, lines=1)}  {place}"
              for place, title in enumerate(titles, 1)]  # fmt: skip
    widest = max(width_of(label, size) for label in labels)
    figure = page(cell * count + 2.5)
    axes = panel(figure, widest + 0.45, 1.75, cell * count, cell * count)
    largest = int(data.loc[data["first_id"] != data["second_id"], unit].max()) if count > 1 else 0
    shades = colormaps["cividis_r"]
    norm = Normalize(0, max(largest, 1))
    italics = f" (in italics: {unit} with the one)" if count <= MOST_NUMBERED else ""
    place = {key: index for index, key in enumerate(ids)}
    for first, second, number in zip(data["first_id"], data["second_id"], data[unit], strict=True):
        row, column = place[second], place[first]
        colour = "white" if first == second or not number else shades(norm(number))
        if first == second or number:
            axes.add_patch(_square(column, row, colour, own=first == second))
        if count <= MOST_NUMBERED:
            axes.text(
                column, row, str(number) if number else "·", ha="center", va="center", size=size,
                color=ink_on(colour) if number else GREY, style="italic" if first == second else "normal",
            )  # fmt: skip
    axes.set_xlim(-0.5, count - 0.5)
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks(range(count), labels, size=size)
    # Two digits under a narrow cell touch those of its neighbour.
    every = 1 if count <= MOST_NUMBERED else 2
    axes.set_xticks(range(0, count, every), [str(number) for number in range(1, count + 1, every)], size=size)
    axes.tick_params(length=0, pad=2)
    for spine in axes.spines.values():
        spine.set_visible(False)
    _colour_key(figure, widest + 0.45, largest, f"{unit} in which both occur" + italics)
    return figure, (
        f"A triangle of {count} by {count} {things}; each cell holds the number of {unit} in which both occur, the "
        f"darker the more, the diagonal in how many each occurs."
    )


def _square(column: int, row: int, colour: object, *, own: bool) -> Patch:
    """Return one cell."""
    from matplotlib.patches import Rectangle

    edge = GREY if own else "white"
    return Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, edgecolor=edge, linewidth=0.6, clip_on=False)


def _colour_key(figure: Figure, left: float, largest: int, label: str) -> None:
    """Draw what the colours stand for, below the cells."""
    from matplotlib import colormaps

    ticks = [tick for tick in whole_ticks(max(largest, 1), 5) if tick <= max(largest, 1)]
    axes = panel(figure, min(left, WIDTH - 0.4 - width_of(label, SMALL)), 0.85, 4.0, 0.22)
    axes.imshow([list(range(256))], aspect="auto", cmap=colormaps["cividis_r"], extent=(0, max(largest, 1), 0, 1))
    axes.set_yticks([])
    axes.set_xticks(ticks, [str(tick) for tick in ticks], size=SMALLEST + 1)
    axes.set_xlabel(label, size=SMALL, loc="left", labelpad=1)
    for spine in axes.spines.values():
        spine.set_visible(False)


@styled
def saturation(frame: pd.DataFrame, *, mark: float = 0.9) -> Drawing:
    """Draw how many codes had appeared after so many messages.

    Parameters
    ----------
    frame : pandas.DataFrame
        messages, observed (in the order of time), mean, low, high (over permuted orders).
    mark : float
        The share of the codes whose arrival is marked.

    Returns
    -------
    Drawing
        Data: the frame's five columns.
    """
    columns = ("messages", "observed", "mean", "low", "high")
    if frame.empty or int(frame["observed"].max()) == 0:
        return note("No code has been applied, so there is no saturation to draw.", columns)
    figure = page(7.2)
    axes = panel(figure, 1.3, 1.2, WIDTH - 1.7, 5.7)
    axes.fill_between(
        frame["messages"], frame["low"], frame["high"], color=BAR, alpha=0.25, linewidth=0,
        label="permuted orders, middle 95 %",
    )  # fmt: skip
    axes.plot(
        frame["messages"], frame["mean"], color=BAR, linewidth=1.2, linestyle=(0, (4, 2)), label="permuted orders, mean"
    )
    axes.step(frame["messages"], frame["observed"], where="post", color=INK, linewidth=1.4, label="in order of time")
    total = int(frame["observed"].max())
    reached = int(frame.loc[frame["observed"] >= mark * total, "messages"].min())
    axes.axvline(reached, color=GREY, linewidth=0.8, linestyle=":")
    longest = int(frame["messages"].max())
    beyond = reached > 0.6 * longest
    axes.annotate(
        f"{mark:.0%} of the codes\nafter {counted(reached, 'message')}".replace("%", " %"),
        (reached, total * 0.5), (-4 if beyond else 4, 0), textcoords="offset points", size=SMALL, va="center",
        ha="right" if beyond else "left",
    )  # fmt: skip
    ticks = whole_ticks(longest, 9)
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_xlim(0, longest * 1.02)
    ticks = whole_ticks(total)
    axes.set_yticks(ticks, [str(tick) for tick in ticks])
    axes.set_ylim(0, max(total * 1.06, float(frame["high"].max()) * 1.03))
    axes.set_xlabel("messages read")
    axes.set_ylabel("codes that had appeared")
    axes.grid(axis="y")
    axes.legend(loc="lower right")
    alt = (
        f"A rising step line: {counted(total, 'code')} over {counted(longest, 'message')}, {mark:.0%} of the codes "
        f"after {reached}. A band shows the same for permuted orders of the messages."
    )
    return Drawing(figure, frame[list(columns)].reset_index(drop=True), alt)


@styled
def agreement(by_code: pd.DataFrame, overall: pd.DataFrame | None = None) -> Drawing:
    """Draw the coefficients of each code, highest kappa (or alpha) first, and those over all codes on top.

    Parameters
    ----------
    by_code : pandas.DataFrame
        code_id, code, n_units, percent_agreement, cohen_kappa, krippendorff_alpha, reason.
    overall : pandas.DataFrame, optional
        measure, value, n_units, reason; only the three measures drawn for codes are taken.

    Returns
    -------
    Drawing
        Data: code_id, code, measure, value (empty where undefined), reason; code_id is empty for all codes.
    """
    columns = ("code_id", "code", "measure", "value", "reason")
    if by_code.empty:
        return note("There is no code on which agreement could be computed.", columns)
    measures = [name for name in MEASURES if name in by_code and by_code[name].notna().any()]
    lead = next((name for name in ("cohen_kappa", "krippendorff_alpha") if name in measures), "percent_agreement")
    leading = pd.to_numeric(by_code[lead], errors="coerce") if lead in by_code else pd.Series(0.0, by_code.index)
    order = by_code.loc[leading.sort_values(ascending=False, kind="stable", na_position="last").index]
    data = _coefficients(order, overall, measures)
    rows = list(dict.fromkeys(data["code_id"]))
    labels = data.drop_duplicates("code_id")["code"].tolist()
    figure = page(5)
    axes, size = _rows(figure, labels, top=0.95)
    place = {code: index for index, code in enumerate(rows)}
    _draw_coefficients(axes, data, place, measures, lead)
    if rows[0] == "":
        axes.axhline(0.5, color=GREY, linewidth=0.6)
        axes.get_yticklabels()[0].set_fontweight("bold")
    undefined = data.loc[data["value"].isna() & (data["measure"] == lead)]
    for code, reason in zip(undefined["code_id"], undefined["reason"], strict=True):
        room = axes.get_position().width * WIDTH * 0.8
        axes.text(
            0.01, place[code], fitted(f"undefined: {reason}" if reason else "undefined", room, size, lines=1),
            size=size, va="center", style="italic", color=GREY, transform=axes.get_yaxis_transform(),
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
        )  # fmt: skip
    return Drawing(figure, data.reset_index(drop=True), _agreement_alt(data, lead))


def _coefficients(order: pd.DataFrame, overall: pd.DataFrame | None, measures: list[str]) -> pd.DataFrame:
    """Return one row a code and measure, those over all codes first."""
    rows = []
    if overall is not None:
        by_measure = overall.set_index("measure")
        rows += [
            ("", "all codes pooled", name, by_measure.loc[name, "value"], by_measure.loc[name, "reason"])
            for name in measures
            if name in by_measure.index
        ]
    rows += [
        (row.code_id, row.code, name, getattr(row, name), row.reason)
        for row in order.itertuples()
        for name in measures or ["percent_agreement"]
    ]
    data = pd.DataFrame(rows, columns=["code_id", "code", "measure", "value", "reason"])
    data["value"] = pd.to_numeric(data["value"], errors="coerce")
    reasons = [
        _reason(text, measure) if undefined else ""
        for text, measure, undefined in zip(data["reason"], data["measure"], data["value"].isna(), strict=True)
    ]
    return data.assign(reason=reasons)


def _reason(text: str, measure: str) -> str:
    """Return the part of a reason that speaks of one measure, or all of it."""
    parts = [part.removeprefix(f"{measure}: ") for part in text.split("; ") if part.startswith(f"{measure}: ")]
    return "; ".join(parts) or text


def _draw_coefficients(axes: Axes, data: pd.DataFrame, place: dict[str, int], measures: list[str], lead: str) -> None:
    """Draw the marks of each measure and, from 0 to the leading one, a line."""
    marks = {
        "percent_agreement": {"marker": "|", "markersize": 7, "markeredgewidth": 1.4, "color": GREY},
        "cohen_kappa": {"marker": "o", "markersize": 5, "color": CODER_MARKS[0][0]},
        "krippendorff_alpha": {"marker": "D", "markersize": 5.5, "color": CODER_MARKS[1][0], "markerfacecolor": "none"},
    }
    for name in measures:
        rows = data.loc[(data["measure"] == name) & data["value"].notna()]
        heights = rows["code_id"].map(place)
        if name == lead:
            axes.hlines(heights, 0, rows["value"], color=CODER_MARKS[0][0], linewidth=0.9, alpha=0.5)
        axes.plot(rows["value"], heights, linestyle="none", label=MEASURES[name], zorder=3, **marks[name])
    lowest = min(0.0, float(data["value"].min()) if data["value"].notna().any() else 0.0)
    start = -1.0 if lowest < -0.6 else -0.6 if lowest < -0.2 else -0.2 if lowest < 0 else 0.0
    ticks = [tick / 5 for tick in range(round(start * 5), 6)]
    axes.set_xticks(ticks, [f"{tick:.1f}".replace("-", "−") for tick in ticks])
    axes.set_xlim(start - 0.03, 1.03)
    axes.axvline(0, color=GREY, linewidth=0.6)
    axes.set_xlabel("coefficient")
    if measures:
        axes.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3, borderaxespad=0.3, handletextpad=0.3)


def _agreement_alt(data: pd.DataFrame, lead: str) -> str:
    """Say the range of the leading coefficient and how many codes have none."""
    codes = data.loc[(data["measure"] == lead) & (data["code_id"] != "")]
    known = codes.loc[codes["value"].notna()]
    alt = f"Dots of agreement for {counted(len(codes), 'code')}. "
    if len(known):
        best, worst = known.iloc[0], known.iloc[-1]
        alt += (
            f"{MEASURES[lead]} runs from {worst['value']:.2f} ({legible(worst['code'])}) to {best['value']:.2f} "
            f"({legible(best['code'])})."
        )
    pooled = data.loc[(data["measure"] == lead) & (data["code_id"] == "") & data["value"].notna(), "value"]
    if len(pooled):
        alt += f" Over all codes pooled it is {pooled.iloc[0]:.2f}."
    if len(codes) > len(known):
        alt += f" It is undefined for {counted(len(codes) - len(known), 'code')}."
    return alt
