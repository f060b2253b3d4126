"""Where everything stands in the picture of the crosswalk: boxes, their order, their heights, the breadth of ribbons.

`lepanalysis.figures_crosswalk` draws what is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lepanalysis.figures_style import SIZE, WIDTH, fitted, line_height, name_of, theme_colours

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    import pandas as pd

LINKS = (
    "coder",
    "coder_name",
    "from_kind",
    "from_id",
    "from_name",
    "to_kind",
    "to_id",
    "to_name",
    "theme_id",
    "theme",
    "applications",
)
NO_CANDIDATE = "in no candidate theme"
NO_THEME = "in no theme"
CODE_SIZE = 6.5
GAP = 0.14
# Between the blocks of two coders on one side: room for the second one's name.
BLOCK_GAP = 0.9


@dataclass(frozen=True)
class Side:
    """Where the columns of one side stand: the x of each edge, from outside to the themes."""

    label: float
    bar: float
    bar_end: float
    box: float
    box_end: float
    theme: float
    lean: int

    @property
    def label_width(self) -> float:
        """The room for the label of a code."""
        return abs(self.bar - self.label) - 0.1

    @property
    def box_width(self) -> float:
        """The width of the box of a candidate theme."""
        return abs(self.box_end - self.box)


_LEFT = Side(0.0, 2.95, 3.07, 4.0, 5.95, 6.75, 1)
_RIGHT = Side(*(WIDTH - x for x in (0.0, 2.95, 3.07, 4.0, 5.95, 6.75)), -1)
_ALONE = Side(0.0, 5.0, 5.15, 6.7, 9.7, 11.6, 1)


@dataclass(frozen=True)
class Node:
    """A box in a column: its slot and the band in the middle of it that ribbons join."""

    key: Hashable
    text: str
    weight: float
    least: float


@dataclass(frozen=True)
class Slot:
    """A placed box; y points up."""

    top: float
    height: float
    band: float

    @property
    def middle(self) -> float:
        """The height of its middle."""
        return self.top - self.height / 2


@dataclass(frozen=True)
class Plan:
    """Everything that has been decided before the first line is drawn.

    `first` are the ribbons from codes to candidate themes, `second` those to agreed themes; `columns` the boxes of
    each coder's codes and candidate themes, `themes` those in the middle.
    """

    first: pd.DataFrame
    second: pd.DataFrame
    sides: dict[str, Side]
    columns: dict[tuple[str, str], list[Node]]
    themes: list[Node]
    slots: dict[Hashable, Slot]
    colours: dict[str, str]
    height: float
    scale: float


def ordered(frame: pd.DataFrame, coder_names: Mapping[str, str] | None) -> pd.DataFrame:
    """Sort rows so that ribbons cross little: by theme, by candidate theme, then by number."""
    coders = [*(coder_names or {}), *frame["coder"].unique()]
    theme_rank = {key: place for place, key in enumerate(key for key in frame["theme_id"].unique() if key)}
    rows = frame.assign(
        coder_rank=frame["coder"].map({key: place for place, key in reversed(list(enumerate(coders)))}),
        theme_rank=frame["theme_id"].map(theme_rank).fillna(len(theme_rank)),
    )
    weight = rows["applications"].clip(lower=0.01)
    rows["candidate_rank"] = _mean_rank(rows, weight, ["coder", "candidate_id"])
    rows.loc[rows["candidate_id"] == "", "candidate_rank"] = len(theme_rank) + 1
    rows["code_rank"] = _mean_rank(rows, weight, ["coder", "own_code_id"])
    total = rows.groupby(["coder", "own_code_id"])["applications"].transform("sum")
    return rows.assign(total=-total).sort_values(
        ["coder_rank", "candidate_rank", "candidate_id", "code_rank", "total", "own_code_id", "theme_rank"],
        kind="stable",
    )


def _mean_rank(rows: pd.DataFrame, weight: pd.Series, keys: list[str]) -> pd.Series:
    """Return for each row the mean place of the themes that its code or candidate theme ends in."""
    groups = [rows[key] for key in keys]
    return (weight * rows["theme_rank"]).groupby(groups).transform("sum") / weight.groupby(groups).transform("sum")


def _links(rows: pd.DataFrame, coder_names: Mapping[str, str] | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ribbons from codes to candidate themes and from those to agreed themes."""
    rows = rows.assign(
        coder_name=[name_of(coder_names, key) for key in rows["coder"]],
        candidate=rows["candidate"].where(rows["candidate_id"] != "", NO_CANDIDATE),
        theme=rows["theme"].where(rows["theme_id"] != "", NO_THEME),
    )
    first = _summed(
        rows.assign(from_kind="code", from_id=rows["own_code_id"], from_name=rows["own_code"],
                    to_kind="candidate theme", to_id=rows["candidate_id"], to_name=rows["candidate"])
    )  # fmt: skip
    second = _summed(
        rows.assign(from_kind="candidate theme", from_id=rows["candidate_id"], from_name=rows["candidate"],
                    to_kind="agreed theme", to_id=rows["theme_id"], to_name=rows["theme"])
    )  # fmt: skip
    return first, second


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    keys = list(LINKS[:-1])
    return rows.groupby(keys, sort=False)["applications"].sum().reset_index()


def _columns(
    first: pd.DataFrame, second: pd.DataFrame, sides: Mapping[str, Side], themes: pd.Series
) -> tuple[dict[tuple[str, str], list[Node]], list[Node]]:
    """Return the boxes: for each coder those of codes and of candidate themes, and the themes in the middle."""
    lines = 1 if first.groupby("coder")["from_id"].nunique().max() > 34 else 2
    columns = {}
    for coder, side in sides.items():
        codes = _numbers(first.loc[first["coder"] == coder])
        columns[coder, "code"] = [
            _node((coder, "code", key), number, _label(name, number, side.label_width, lines), CODE_SIZE)
            for (key, name), number in codes.items()
        ]
        candidates = _numbers(second.loc[second["coder"] == coder])
        columns[coder, "candidate"] = [
            _node((coder, "candidate", key), number, fitted(name, side.box_width - 0.2, CODE_SIZE, lines=5), CODE_SIZE)
            for (key, name), number in candidates.items()
        ]
    side = next(iter(sides.values()))
    width = theme_width(side)
    # A theme has one edge for each side; the broader one makes its height.
    by_lean = second.assign(lean=[sides[coder].lean for coder in second["coder"]])
    sums = by_lean.groupby(["to_id", "lean"])["applications"].sum().groupby(level=0).max()
    names = dict(themes.items())
    if "" in sums.index:
        names[""] = NO_THEME
    nodes = [
        _node(("theme", key), sums.get(key, 0), fitted(name, width - 0.25, SIZE, lines=6, weight="bold"), SIZE)
        for key, name in names.items()
    ]
    return columns, nodes


def _label(name: str, number: int, width: float, lines: int) -> str:
    """Word the label of a code: its name and, also where that is shortened, its applications."""
    return fitted(name, width, CODE_SIZE, lines=lines, ending=f"\N{NO-BREAK SPACE}({number})")


def _numbers(links: pd.DataFrame) -> pd.Series:
    """Return the applications that leave each box."""
    return links.groupby(["from_id", "from_name"], sort=False)["applications"].sum()


def theme_width(side: Side) -> float:
    """Return the width of the column of agreed themes."""
    return WIDTH - side.theme - 0.1 if side is _ALONE else WIDTH - 2 * side.theme


def _node(key: Hashable, number: float, text: str, size: float) -> Node:
    """Return a box that is at least as high as its words; the labels of codes have no frame round them."""
    frame = 0.0 if "code" in key else 0.16
    return Node(key, text, float(number), (text.count("\n") + 1) * line_height(size) + frame)


def _size(columns: Mapping[tuple[str, str], list[Node]], themes: list[Node]) -> tuple[float, float]:
    """Return the height of the columns and how many centimetres one application is broad."""
    stacks = [*_stacks(columns).values(), [themes]]
    least = max(_height(stack, 0.0) for stack in stacks)
    height = max(6.0, min(19.0, least * 1.3 + 1.0), least)
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if max(_height(stack, middle) for stack in stacks) <= height:
            low = middle
        else:
            high = middle
    return height, low


def _stacks(columns: Mapping[tuple[str, str], list[Node]]) -> dict[tuple[int, str], list[list[Node]]]:
    """Return the columns of each side: blocks of coders, one below the other."""
    stacks: dict[tuple[int, str], list[list[Node]]] = {}
    coders = list(dict.fromkeys(coder for coder, _ in columns))
    for (coder, kind), nodes in columns.items():
        stacks.setdefault((coders.index(coder) % 2, kind), []).append(nodes)
    return stacks


def _height(blocks: Sequence[list[Node]], scale: float) -> float:
    """Return the height that blocks of boxes need at a scale."""
    inner = sum(sum(max(node.least, node.weight * scale) + GAP for node in block) - GAP for block in blocks)
    return inner + BLOCK_GAP * (len(blocks) - 1)


def _place_all(
    columns: Mapping[tuple[str, str], list[Node]], themes: list[Node], height: float, scale: float
) -> dict[Hashable, Slot]:
    """Place every box; the blocks of coders on one side share its height by what they need."""
    slots = _place(themes, height, height, scale)
    coders = list(dict.fromkeys(coder for coder, _ in columns))
    for lean in (0, 1):
        here = coders[lean::2]
        needs = [max(_height([columns[coder, kind]], scale) for kind in ("code", "candidate")) for coder in here]
        spare = (height - BLOCK_GAP * (len(here) - 1) - sum(needs)) / max(len(here), 1)
        top = height
        for coder, need in zip(here, needs, strict=True):
            for kind in ("code", "candidate"):
                slots |= _place(columns[coder, kind], top, need + spare, scale)
            top -= need + spare + BLOCK_GAP
    return slots


def _place(nodes: list[Node], top: float, height: float, scale: float) -> dict[Hashable, Slot]:
    """Stack boxes from the top, the spare height between them."""
    heights = [max(node.least, node.weight * scale) for node in nodes]
    spare = height - sum(heights)
    gap = min(spare / max(len(nodes) - 1, 1), 1.6)
    top -= (spare - gap * (len(nodes) - 1)) / 2
    slots = {}
    for node, tall in zip(nodes, heights, strict=True):
        slots[node.key] = Slot(top, tall, node.weight * scale)
        top -= tall + gap
    return slots


def plan_of(rows: pd.DataFrame, themes: pd.Series, coder_names: Mapping[str, str] | None) -> Plan:
    """Decide what stands where and how broad one application is.

    Parameters
    ----------
    rows : pandas.DataFrame
        The crosswalk as `ordered` returns it.
    themes : pandas.Series
        Names of the agreed themes by id, in order.
    coder_names : mapping of str to str, optional
    """
    coders = list(dict.fromkeys(rows["coder"]))
    first, second = _links(rows, coder_names)
    sides = {coder: (_ALONE if len(coders) == 1 else (_LEFT, _RIGHT)[index % 2]) for index, coder in enumerate(coders)}
    columns, nodes = _columns(first, second, sides, themes)
    height, scale = _size(columns, nodes)
    slots = _place_all(columns, nodes, height, scale)
    colours = {**theme_colours(list(themes.index)), "": "#BBBBBB"}
    return Plan(first, second, sides, columns, nodes, slots, colours, height, scale)
