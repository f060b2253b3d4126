"""Figures of the corpus: when messages were posted, who posted, how threads ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lepanalysis.figures_style import (
    BAR,
    GREY,
    INK,
    MONTHS,
    SMALL,
    WIDTH,
    Drawing,
    counted,
    label_column,
    legible,
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
    from matplotlib.axes import Axes

PERIODS = {"week": "W-SUN", "month": "M"}
# More labels than this along 16 cm would touch each other.
MOST_LABELS = 14
# Of more bars than this each is too narrow to bear a mark of its own.
MOST_MARKED = 60
MOST_THREADS = 60


@styled
def timeline(messages: pd.DataFrame, period: str = "week") -> Drawing:
    """Draw the messages of each week or month, and the threads opened in it.

    Parameters
    ----------
    messages : pandas.DataFrame
        message_id, thread_id, posted_at, and position where the order in a thread is known by it.
    period : str
        ``week`` (from Monday) or ``month``.

    Returns
    -------
    Drawing
        Data: period, messages, threads_opened; one row a period, empty ones among them.

    Raises
    ------
    ValueError
        When the period is neither.
    """
    if period not in PERIODS:
        message = f"period is {period!r}; it has to be one of {', '.join(PERIODS)}"
        raise ValueError(message)
    columns = ("period", "messages", "threads_opened")
    dated = messages.loc[messages["posted_at"].notna()]
    if dated.empty:
        return note("No message has a time, so there is no timeline to draw.", columns)
    counts = _counts_by_period(messages, PERIODS[period])
    style = "%Y-%m" if period == "month" else "%Y-%m-%d"
    data = pd.DataFrame(
        {
            "period": [unit.start_time.strftime(style) for unit in counts.index],
            "messages": counts["messages"].tolist(),
            "threads_opened": counts["threads_opened"].tolist(),
        }
    )
    figure = page(6.6)
    axes = panel(figure, 1.3, 1.35, WIDTH - 1.6, 4.4)
    places = range(len(data))
    bars = axes.bar(places, data["messages"], width=0.8, color=BAR, alpha=0.55, label="messages posted")
    many = len(data) > MOST_MARKED
    opened = data["threads_opened"].where(many | (data["threads_opened"] > 0))
    look = {"linewidth": 1.0} if many else {"linestyle": "none", "marker": "D", "markersize": 4.5}
    (marks,) = axes.plot(places, opened, color=INK, markerfacecolor="white", label="threads opened", **look)
    _count_axis(axes, int(data["messages"].max()), "number")
    every = -(-len(data) // MOST_LABELS)
    kept = list(places)[::every]
    axes.set_xticks(kept, [_period_label(counts.index[place], period) for place in kept])
    axes.set_xlim(-0.7, len(data) - 0.3)
    axes.set_xlabel("month" if period == "month" else "week beginning on Monday")
    if len(data) <= MOST_LABELS:
        for place, number in enumerate(data["messages"]):
            axes.annotate(str(number), (place, number), (0, 2), textcoords="offset points", ha="center", size=SMALL)
    axes.legend(handles=[bars, marks], loc="lower right", bbox_to_anchor=(1, 1.0), ncols=2, borderaxespad=0.2)
    peak = data.iloc[int(data["messages"].to_numpy().argmax())]
    undated = len(messages) - len(dated)
    alt = (
        f"Bars of {counted(len(dated), 'message')} by {period} from {data['period'].iloc[0]} to "
        f"{data['period'].iloc[-1]}, with {counted(int(data['threads_opened'].sum()), 'thread opening')} marked. "
        f"The {period} with most messages is {peak['period']} with {peak['messages']}."
    )
    if undated:
        alt += f" {counted(undated, 'message')} without a time {'is' if undated == 1 else 'are'} not drawn."
    return Drawing(figure, data, alt)


def _counts_by_period(messages: pd.DataFrame, frequency: str) -> pd.DataFrame:
    """Count messages and thread openings; a thread opens with its first message, by position, then time."""
    order = [name for name in ("position", "posted_at") if name in messages]
    first = messages.sort_values(order, kind="stable", na_position="last").drop_duplicates("thread_id")
    units = messages["posted_at"].dropna().dt.to_period(frequency)
    every = pd.period_range(units.min(), units.max(), freq=frequency)
    opened = first["posted_at"].dropna().dt.to_period(frequency)
    return pd.DataFrame(
        {
            "messages": units.value_counts().reindex(every, fill_value=0),
            "threads_opened": opened.value_counts().reindex(every, fill_value=0),
        },
        index=every,
    )


def _period_label(unit: pd.Period, period: str) -> str:
    """Word a month as "Sep 2013" and a week as "2 Sep 13", each on two lines."""
    start = unit.start_time
    month = MONTHS[start.month - 1]
    return f"{month}\n{start.year}" if period == "month" else f"{start.day} {month}\n{start.year}"


def _count_axis(axes: Axes, largest: int, label: str) -> None:
    """Set whole numbers and light lines on the upright axis."""
    ticks = whole_ticks(largest)
    axes.set_yticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.set_ylim(0, max(ticks[-1], largest * 1.1))
    axes.set_ylabel(label)
    axes.grid(axis="y")


@styled
def activity(per_participant: pd.DataFrame) -> Drawing:
    """Draw how many participants posted how often, those who never posted among them.

    Parameters
    ----------
    per_participant : pandas.DataFrame
        One row a participant, with the number of messages in `messages` (0 for those who never posted).

    Returns
    -------
    Drawing
        Data: messages_from, messages_to, participants; one row a bar.
    """
    columns = ("messages_from", "messages_to", "participants")
    if per_participant.empty:
        return note("There is no participant to draw.", columns)
    numbers = per_participant["messages"].astype("int64")
    bounds = _activity_bounds(int(numbers.max()))
    data = pd.DataFrame(
        [(low, high, int(numbers.between(low, high).sum())) for low, high in bounds], columns=list(columns)
    )
    figure = page(6.2)
    axes = panel(figure, 1.3, 1.2, WIDTH - 1.6, 4.7)
    silent = data["messages_to"] == 0
    places = data.index
    axes.bar(places[~silent], data["participants"][~silent], width=0.75, color=BAR, alpha=0.75)
    axes.bar(places[silent], data["participants"][silent], width=0.75, facecolor="white", edgecolor=INK, hatch="////")
    for place, number in enumerate(data["participants"]):
        if number:
            axes.annotate(str(number), (place, number), (0, 2), textcoords="offset points", ha="center", size=SMALL)
    labels = [str(low) if low == high else f"{low}–{high}" for low, high in bounds]
    labels[0] = "never\nposted"
    axes.set_xticks(list(places), labels)
    axes.set_xlabel("messages posted")
    _count_axis(axes, int(data["participants"].max()), "participants")
    never = int(data.loc[silent, "participants"].sum())
    posted = numbers[numbers > 0]
    alt = f"Bars: of {counted(len(numbers), 'participant')} {never} never posted"
    if len(posted):
        alt += (
            f"; the other {len(posted)} posted {counted(int(posted.sum()), 'message')}, at the median "
            f"{posted.median():g} and at most {posted.max()} each"
        )
    return Drawing(figure, data, alt + ".")


def _activity_bounds(largest: int) -> list[tuple[int, int]]:
    """Return the bars: one a number up to 20, classes that double in width beyond."""
    if largest <= 20:
        return [(number, number) for number in range(largest + 1)]
    bounds = [(number, number) for number in range(5)]
    low, width = 5, 5
    while low <= largest:
        bounds.append((low, low + width - 1))
        low, width = low + width, width * 2
    return bounds


@styled
def threads(messages: pd.DataFrame, titles: pd.DataFrame | None = None) -> Drawing:
    """Draw each thread as a line from its first to its last message, with a dot for each day that has messages.

    Parameters
    ----------
    messages : pandas.DataFrame
        message_id, thread_id, posted_at.
    titles : pandas.DataFrame, optional
        thread_id, title; a thread without a title is called by its id.

    Returns
    -------
    Drawing
        Data: thread_id, thread, day, messages; one row a dot, threads by their first message. Of more than
        60 threads the 60 with most messages are drawn.
    """
    columns = ("thread_id", "thread", "day", "messages")
    dated = messages.loc[messages["posted_at"].notna()]
    if dated.empty:
        return note("No message has a time, so the threads cannot be drawn over time.", columns)
    sizes = dated.groupby("thread_id", sort=False).size().sort_values(ascending=False, kind="stable")
    kept = sizes.index[:MOST_THREADS]
    data = _days(dated.loc[dated["thread_id"].isin(kept)], titles)
    order = data.drop_duplicates("thread_id")
    height = rows_height(len(order), 0.44)
    size = row_size(height)
    shown, left = label_column(order["thread"], 6.0, size)
    right = width_of("999", size) + 0.4
    inner = height * len(order)
    figure = page(inner + 2.3)
    axes = panel(figure, left, 1.5, WIDTH - left - right, inner)
    place = {thread: index for index, thread in enumerate(order["thread_id"])}
    days = pd.to_datetime(data["day"])
    origin = days.min()
    since = (days - origin).dt.days
    for thread, rows in data.groupby("thread_id", sort=False):
        ends = since.loc[rows.index]
        axes.plot([ends.min(), ends.max()], [place[thread]] * 2, color=GREY, linewidth=1.1, solid_capstyle="round")
    largest = int(data["messages"].max())
    unit = min(16.0, (height / 2.54 * 72 * 0.95) ** 2 / largest)
    axes.scatter(
        since, data["thread_id"].map(place), s=data["messages"] * unit, color=BAR, edgecolor="white",
        linewidth=0.4, zorder=3,
    )  # fmt: skip
    span = max(int(since.max()), 1)
    axes.set_xlim(-0.02 * span - 0.5, span * 1.02 + 0.5)
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.set_yticks(list(range(len(order))), shown, size=size)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="both", linewidth=0.4)
    _date_ticks(axes, origin, span)
    totals = data.groupby("thread_id")["messages"].sum()
    for thread, row in place.items():
        axes.annotate(
            str(totals[thread]), (1, row), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", size=size,
        )  # fmt: skip
    axes.annotate("n", (1, 1), (4, 3), xycoords="axes fraction", textcoords="offset points", size=size, style="italic")
    _size_legend(axes, largest, unit)
    left_out = len(sizes) - len(kept)
    lasting = data.groupby("thread_id")["day"].agg(lambda values: len(pd.date_range(min(values), max(values))))
    longest = order.set_index("thread_id").loc[totals.idxmax(), "thread"]
    alt = (
        f"{counted(len(order), 'thread')} as lines over time, from {data['day'].min()} to {data['day'].max()}. The "
        f"thread with most messages is {legible(longest)} with {totals.max()}; the median thread has "
        f"{totals.median():g} over {lasting.median():g} days."
    )
    if left_out:
        alt += f" The {left_out} smallest threads are not drawn."
    return Drawing(figure, data.reset_index(drop=True), alt)


def _days(dated: pd.DataFrame, titles: pd.DataFrame | None) -> pd.DataFrame:
    """Count the messages of each thread and day, threads in the order of their first message."""
    names = {}
    if titles is not None:
        names = dict(zip(titles["thread_id"], titles["title"], strict=True))
    first = dated.groupby("thread_id")["posted_at"].min().sort_values(kind="stable")
    rank = {thread: index for index, thread in enumerate(first.index)}
    counts = (
        dated.assign(day=dated["posted_at"].dt.strftime("%Y-%m-%d"))
        .groupby(["thread_id", "day"], sort=True)
        .size()
        .rename("messages")
        .reset_index()
    )
    counts["rank"] = counts["thread_id"].map(rank)
    counts["thread"] = [names.get(thread) or thread for thread in counts["thread_id"]]
    counts = counts.sort_values(["rank", "day"], kind="stable")
    return counts[["thread_id", "thread", "day", "messages"]].reset_index(drop=True)


def _date_ticks(axes: Axes, origin: pd.Timestamp, span: int) -> None:
    """Mark the starts of months, of some of them where there are many, of days where there is no month's start."""
    starts = pd.date_range(origin, origin + pd.Timedelta(days=span), freq="MS")
    if len(starts) < 2:
        starts = pd.date_range(origin, origin + pd.Timedelta(days=span), periods=min(5, span + 1)).normalize()
    starts = starts[:: -(-len(starts) // 10)]
    places = [(start - origin).days for start in starts]
    axes.set_xticks(places, [f"{start.day} {MONTHS[start.month - 1]}\n{start.year}" for start in starts])


def _size_legend(axes: Axes, largest: int, unit: float) -> None:
    """Say above the axes what the size of a dot means."""
    steps = sorted({1, max(1, round(largest / 2)), largest})
    words = [*map(str, steps[:-1]), counted(steps[-1], "message") + " on that day"]
    handles = [
        axes.scatter([], [], s=step * unit, color=BAR, label=word) for step, word in zip(steps, words, strict=True)
    ]
    axes.legend(
        handles=handles, loc="lower right", bbox_to_anchor=(0.98, 1.0), ncols=len(steps), borderaxespad=0.2,
        handletextpad=0.3, columnspacing=1.2,
    )  # fmt: skip
