"""How exhibits look: numbers and tables as text, pictures as files, and what a notebook's cell shows."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.figure import Figure
    from matplotlib.text import Text

    from lepanalysis.exhibits import Exhibit

# A spreadsheet takes a cell that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
PNG_DPI = 200
_ROWS_SHOWN = 60
STAMP_COLOUR = "#5a5a5a"


def is_frame(value: object) -> bool:
    """Whether a value is a table."""
    return isinstance(value, pd.DataFrame)


def number_as_text(value: float | str, spec: str = "") -> str:
    """Return a number as it is printed: grouped by commas from 10,000 on, with a true minus sign.

    Parameters
    ----------
    value : int, float or str
    spec : str, optional
        As for `format`; without it a float has three significant digits, and no decimals from 1,000 on.
    """
    if isinstance(value, str):
        return value
    if spec:
        text = format(value, spec)
    elif isinstance(value, int | np.integer) or 999.5 <= abs(value) < np.inf:
        whole = round(value)
        text = f"{whole:,}" if abs(whole) >= 10_000 else str(whole)
    else:
        text = f"{value:.3g}"
    if not text.startswith("-"):
        return text
    # What rounds to nothing is not below it.
    return "−" + text[1:] if re.search("[1-9]", text) or np.isinf(value) else text[1:]


def table_as_text(frame: pd.DataFrame, labels: Mapping[str, str], formats: Mapping[str, str]) -> dict[str, list[Any]]:
    """Return a table as the paper prints it.

    Returns
    -------
    dict
        ``columns``: name, label and alignment of each; ``rows``: lists of text. An index that says something
        becomes the first column.

    Raises
    ------
    ValueError
        When a column stands twice, or a label or a format names none.
    """
    frame = _with_index(frame)
    if not frame.columns.is_unique:
        raise ValueError("a column of the table stands twice; name each once")
    unknown = [name for name in (*labels, *formats) if name not in frame.columns]
    if unknown:
        message = f"labels or formats name columns that the table lacks: {', '.join(map(str, unknown))}"
        raise ValueError(message)
    columns = []
    for name in frame.columns:
        numeric = pd.api.types.is_numeric_dtype(frame[name]) and not pd.api.types.is_bool_dtype(frame[name])
        label = labels.get(name, str(name).replace("_", " ").capitalize())
        columns.append({"name": str(name), "label": label, "align": "right" if numeric else "left"})
    rows = [
        [_cell_as_text(cell, formats.get(name, "")) for name, cell in zip(frame.columns, row, strict=True)]
        for row in frame.itertuples(index=False, name=None)
    ]
    return {"columns": columns, "rows": rows}


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose index, where it is named or holds words, is columns like any other."""
    index = frame.index
    words = len(index) > 0 and not pd.api.types.is_integer_dtype(index)
    says = index.nlevels > 1 or index.name is not None or words
    return frame.reset_index(drop=not says)


def _cell_as_text(cell: Any, spec: str) -> str:  # noqa: ANN401 - whatever a frame holds
    """Return one cell as it is printed."""
    if isinstance(cell, tuple | list):
        return ", ".join(str(part) for part in cell)
    if pd.api.types.is_scalar(cell) and pd.isna(cell):
        return "–"
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, pd.Timestamp):
        return format(cell, spec or "%Y-%m-%d")
    if isinstance(cell, int | float | np.integer | np.floating):
        return number_as_text(cell, spec)
    return str(cell)


def frame_as_csv(frame: pd.DataFrame, class_: str) -> bytes:
    """Return a table's data as CSV for a spreadsheet.

    Text that a spreadsheet would run as a formula is kept from it by an apostrophe; the last column says the
    class, so that the file says what it is wherever it goes.
    """
    return for_spreadsheet(frame, class_).to_csv(index=False, lineterminator="\n", float_format="%.10g").encode()


def for_spreadsheet(frame: pd.DataFrame, class_: str) -> pd.DataFrame:
    """Return a table as spreadsheets of every format get it; see `frame_as_csv`."""
    data = _with_index(frame).rename(columns=_csv_cell)
    for name in data.columns:
        if not pd.api.types.is_numeric_dtype(data[name]):
            data[name] = [_csv_cell(cell) for cell in data[name]]
    data["provenance_class"] = class_
    return data


def _csv_cell(cell: Any) -> Any:  # noqa: ANN401 - whatever a frame holds
    """Return a cell as it goes into CSV."""
    if isinstance(cell, tuple | list):
        cell = ";".join(str(part) for part in cell)
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell


def picture(figure: Figure, kind: str, title: str, description: str, stamp: str) -> bytes:
    """Return a figure as SVG or PNG, the same bytes each time, its class in the metadata and in the picture.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
    kind : str
        ``svg`` or ``png``.
    title, description : str
        For the file's metadata.
    stamp : str
        A sentence set below the picture; empty for none.
    """
    import matplotlib as mpl

    settings = {"svg.hashsalt": "lepanalysis", "svg.fonttype": "path"}
    metadata: dict[str, str | None] = {"Title": title, "Description": description}
    if kind == "svg":
        metadata |= {"Date": None, "Creator": None}
    else:
        metadata |= {"Software": None}
    buffer = io.BytesIO()
    with mpl.rc_context(settings):
        mark = _stamp(figure, stamp) if stamp else None
        try:
            figure.savefig(
                buffer,
                format=kind,
                dpi=PNG_DPI,
                bbox_inches="tight",
                pad_inches=0.06,
                metadata=metadata,
                facecolor="white",
            )
        finally:
            if mark is not None:
                mark.remove()
    return buffer.getvalue()


def _stamp(figure: Figure, sentence: str) -> Text:
    """Set a sentence below everything that is drawn; saving with a tight box keeps it inside the picture."""
    figure.draw_without_rendering()
    box = figure.get_tightbbox()
    bottom = (box.y0 - 0.12) / figure.get_figheight()
    left = max(box.x0 / figure.get_figwidth(), 0.0)
    return figure.text(
        left, bottom, sentence, ha="left", va="top", fontsize=7, color=STAMP_COLOUR, style="italic", parse_math=False
    )


def show_banner(title: str, class_: str, sentence: str) -> None:
    """Show what a notebook runs over, in the notebook."""
    marked = (
        '<div style="border-left:6px solid #b35900;padding:.4em .8em;background:#fff4e5;color:#222">'
        f"<b>{html.escape(class_.capitalize())}</b> · {html.escape(title)}<br>{html.escape(sentence)}</div>"
    )
    _publish({"text/html": marked, "text/plain": f"[{class_}] {title}\n{sentence}"}, {"banner": class_})


def show_exhibit(exhibit: Exhibit, value: Any, sentence: str) -> None:  # noqa: ANN401
    """Show an exhibit in the notebook, with its caption and its class."""
    if not _in_notebook():
        return  # drawing a figure for nobody takes time
    head = f"{exhibit.id} · {exhibit.class_} · {exhibit.origin}"
    foot = f"{exhibit.caption} {exhibit.note} {sentence}".replace("  ", " ")
    body_html, body_text = _body(exhibit, value, sentence)
    small = '<div style="font-size:90%;color:#555">'
    data = {
        "text/html": f"{small}{html.escape(head)}</div>{body_html}{small}{html.escape(foot)}</div>",
        "text/plain": f"{head}\n{body_text}\n{foot}",
    }
    _publish(data, {"exhibit": exhibit.id, "class": exhibit.class_, "origin": exhibit.origin})


def _body(exhibit: Exhibit, value: Any, sentence: str) -> tuple[str, str]:  # noqa: ANN401
    """Return what a notebook shows of an exhibit, as HTML and as text."""
    if exhibit.kind == "number":
        return f"<div><b>{html.escape(exhibit.shown['text'])}</b></div>", exhibit.shown["text"]
    if exhibit.kind == "quotation":
        mark = f"{exhibit.shown['text']} ({exhibit.shown['code_name']}, message {exhibit.shown['message_id']})"
        return f"<blockquote>{html.escape(mark)}</blockquote>", mark
    if exhibit.kind == "table":
        # What is marked in a text was escaped when it was marked.
        excerpt = getattr(value, "excerpt", "") if "html" in exhibit.files else ""
        return _table_as_html(exhibit.shown) + excerpt, _table_as_lines(exhibit.shown)
    stamp = sentence if exhibit.class_ in {"stand-in", "restricted"} else ""
    drawn = picture(value.figure, "svg", exhibit.caption, sentence, stamp).decode()
    svg = drawn[drawn.index("<svg") :]
    return f'<div role="img" aria-label="{html.escape(value.alt, quote=True)}">{svg}</div>', value.alt


def _table_as_html(shown: Mapping[str, Any]) -> str:
    """Return a table as HTML, everything in it escaped."""
    head = "".join(f"<th>{html.escape(column['label'])}</th>" for column in shown["columns"])
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in shown["rows"][:_ROWS_SHOWN]
    )
    more = len(shown["rows"]) - _ROWS_SHOWN
    rest = f"<div>… and {more} more rows</div>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{rest}"


def _table_as_lines(shown: Mapping[str, Any]) -> str:
    """Return a table as lines of text, cells parted by bars."""
    lines = [" | ".join(column["label"] for column in shown["columns"])]
    lines += [" | ".join(row) for row in shown["rows"][:_ROWS_SHOWN]]
    return "\n".join(lines)


def _in_notebook() -> bool:
    """Whether a notebook's cell is running, or an IPython prompt."""
    from IPython import get_ipython

    return get_ipython() is not None


def _publish(data: dict[str, str], about: dict[str, str]) -> None:
    """Send something to the notebook's cell; a plain script shows nothing."""
    if _in_notebook():
        from IPython.display import publish_display_data

        publish_display_data(data=data, metadata={"lepanalysis": about})
