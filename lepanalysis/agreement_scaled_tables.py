"""What coders gave with a scaled code, as tables: by value, by unit, by category; and all of it as a record."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lepanalysis import formulas
from lepanalysis.agreement_intervals import Settings
from lepanalysis.agreement_scaled import ALPHA, PAIR_COLUMNS, alphas, pairs, unanimous, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lepanalysis.agreement_scaled import Values
    from lepanalysis.study import Study

# The category of threads that are filed under none where others are.
NO_CATEGORY = "none"


def distribution(values: Values) -> pd.DataFrame:
    """Return how often each coder gave each value.

    Parameters
    ----------
    values : Values

    Returns
    -------
    pandas.DataFrame
        code_id, code, coder_id, coder, value, place (of the value in the order), units, share (of the units to which
        the coder gave a value).
    """
    rows = []
    weights = values.judged.weights
    for given, (coder, name) in zip(values.numbers, values.coders.items(), strict=True):
        counts = np.bincount(given[given >= 0], weights=weights[given >= 0], minlength=len(values.scaled.categories))
        whole = counts.sum()
        for place, (category, count) in enumerate(zip(values.scaled.categories, counts, strict=True)):
            share = count / whole if whole else np.nan
            rows.append((values.code, values.name, coder, name, written(category), place, round(float(count)), share))
    columns = ["code_id", "code", "coder_id", "coder", "value", "place", "units", "share"]
    kinds = {"place": "int64", "units": "int64", "share": "float64"}
    return pd.DataFrame(rows, columns=columns).astype({name: kinds.get(name, "str") for name in columns})


def agreeing(values: Values) -> pd.DataFrame:
    """Return on how many units how many coders gave one and the same value.

    Parameters
    ----------
    values : Values

    Returns
    -------
    pandas.DataFrame
        coders (the most that gave the unit one value, from all of them down), units, share. Over the units that
        every coder gave a value: of two judgements no five can be the same.
    """
    numbers = values.numbers
    number = len(numbers)
    complete = (numbers >= 0).all(axis=0)
    weights = values.judged.weights[complete]
    most = np.zeros(int(complete.sum()), dtype=np.int64)
    for place in range(len(values.scaled.categories)):
        most = np.maximum(most, (numbers[:, complete] == place).sum(axis=0))
    counts = np.bincount(most, weights=weights, minlength=number + 1)
    # With few values some numbers cannot be: of five coders and three values, two at least give the same.
    least = -(-number // max(len(values.scaled.categories), 1))
    rows = [(coders, round(float(counts[coders]))) for coders in range(number, least - 1, -1)]
    frame = pd.DataFrame(rows, columns=["coders", "units"]).astype("int64")
    whole = int(frame["units"].sum())
    return frame.assign(share=frame["units"] / whole if whole else np.nan)


def differing(study: Study, values: Values) -> pd.DataFrame:
    """Return the messages on whose value coders differ, those on which they lie furthest apart first.

    Parameters
    ----------
    study : Study
    values : Values
        Of messages, all of them.

    Returns
    -------
    pandas.DataFrame
        message_id, text, a column of values for each coder (by id; empty where there is none), apart (steps between the
        lowest and the highest), mean_apart (mean over pairs of coders).
    """
    messages = study.messages.frame
    columns = ["message_id", "text", *values.coders, "apart", "mean_apart"]
    if values.numbers.shape[1] != len(messages):
        return pd.DataFrame(columns=columns)
    given = np.where(values.numbers >= 0, values.numbers, np.nan).astype(np.float64)
    compared = np.flatnonzero(values.compared)
    apart = np.nanmax(given[:, compared], axis=0) - np.nanmin(given[:, compared], axis=0)
    couples = list(combinations(range(len(given)), 2))
    distances = np.array([np.abs(given[one, compared] - given[other, compared]) for one, other in couples])
    mean = np.nanmean(distances, axis=0)
    words = np.array([*(written(category) for category in values.scaled.categories), ""], dtype=object)
    frame = pd.DataFrame({name: messages[name].to_numpy()[compared] for name in columns[:2]})
    for row, coder in zip(values.numbers, values.coders, strict=True):
        frame[coder] = words[row[compared]]
    frame = frame.assign(apart=apart.astype("int64"), mean_apart=mean)
    frame = frame[frame["apart"] > 0].sort_values(["apart", "mean_apart"], ascending=False, kind="stable")
    return frame.reset_index(drop=True)


def by_category(study: Study, values: Values, settings: Settings | None = None) -> pd.DataFrame:
    """Return how far coders agree on the values of a code in the threads of each category.

    Parameters
    ----------
    study : Study
    values : Values
    settings : Settings, optional
        The unit is to lie in one thread.

    Returns
    -------
    pandas.DataFrame
        category, threads, units (compared), for each value of the code its share of all judgements, all_agree (share
        of the units that all coders who judged gave one value), alpha (at the level of the scale), low, high. Empty
        where no thread has a category.
    """
    settings = settings or Settings()
    category = _categories(study)
    shares = [f"share_{place}" for place in range(len(values.scaled.categories))]
    columns = ["category", "threads", "units", *shares, "all_agree", "alpha", "low", "high"]
    if not category or "thread" not in values.judged.clusters or settings.unit == "participant":
        return pd.DataFrame(columns=columns)
    threads = study.messages.frame["thread_id"]
    _, ids = pd.factorize(threads)
    of_unit = np.array([category[thread] for thread in ids])[values.judged.clusters["thread"]]
    rows = []
    for name in dict.fromkeys(category[thread] for thread in ids):
        within = of_unit == name
        part = _part(values, within)
        if not part.n_units:
            continue
        own = f"{ALPHA}{part.scaled.scale}"
        alpha = alphas(part, settings)[own]
        given = part.numbers[part.numbers >= 0]
        counts = np.bincount(given, minlength=len(shares)) / len(given)
        rows.append((
            name, sum(category[thread] == name for thread in ids), part.n_units, *counts,
            unanimous(part), alpha.value, alpha.low, alpha.high,
        ))  # fmt: skip
    kinds = {"category": "str", "threads": "int64", "units": "int64"}
    return pd.DataFrame(rows, columns=columns).astype({name: kinds.get(name, "float64") for name in columns})


def _categories(study: Study) -> dict[str, str]:
    """Return the category of each thread; empty where none has one."""
    threads = study.messages.frame["thread_id"]
    given = study.threads.frame
    known = dict(zip(given["thread_id"], given["category"], strict=True))
    if not any(known.values()):
        return {}
    return {thread: known.get(thread, "") or NO_CATEGORY for thread in threads.unique()}


def _part(values: Values, within: np.ndarray) -> Values:
    """Return the values over some of the units."""
    judged = replace(
        values.judged,
        applied=values.judged.applied[:, within],
        read=values.judged.read[:, within],
        weights=values.judged.weights[within],
        clusters={name: owner[within] for name, owner in values.judged.clusters.items()},
    )
    return replace(values, scaled=replace(values.scaled, numbers=values.numbers[:, within]), judged=judged)


def as_record(values: Values, settings: Settings) -> dict[str, Any]:
    """Return all of it for JSON, as `lepanalysis agree --json` gives it under ``values`` of a code."""
    couples = pairs(values, settings)
    shown = ("first_id", "second_id", "n_units", "percent_agreement", "cohen_kappa", "low", "high",
             "kappa_linear", "kappa_quadratic")  # fmt: skip
    spread = distribution(values)
    return {
        **{name: found.as_record() for name, found in alphas(values, settings).items()},
        "pairs": [
            {name: None if pd.isna(cell) else cell for name, cell in row.items()}
            for row in couples[list(shown)].to_dict("records")
        ],
        "agreeing": {str(coders): int(units) for coders, units in agreeing(values)[["coders", "units"]].to_numpy()},
        "distribution": {
            coder: dict(zip(rows["value"], rows["units"].tolist(), strict=True))
            for coder, rows in spread.groupby("coder_id", sort=False)
        },
    }


def as_text(record: Mapping[str, Any], name: str, coders: Mapping[str, str]) -> list[list[list[str]]]:
    """Return what `as_record` gave as tables of cells for people.

    Parameters
    ----------
    record : mapping
    name : str
        The code's.
    coders : mapping of str to str
        Names by ids.

    Returns
    -------
    list of tables
        Each a list of rows, the first of them its headings.
    """
    levels = [level for level in formulas.LEVELS if f"{ALPHA}{level}" in record]
    alphas_ = [[f"Alpha of {name}, taken as", "Value", "95 % from", "to"]]
    for level in levels:
        found = record[f"{ALPHA}{level}"]
        alphas_.append([level, *(_number(found[key]) for key in ("value", "low", "high"))])
    couples = [[f"Coder against coder, {name}", "n", "Agreement", "Kappa", "from", "to", "Linear", "Quadratic"]]
    couples += [
        [
            f"{coders[pair['first_id']]}, {coders[pair['second_id']]}",
            str(pair["n_units"]),
            *(_number(pair[key]) for key in PAIR_COLUMNS[7:12]),
            _number(pair["kappa_quadratic"]),
        ]
        for pair in record["pairs"]
    ]
    same = [[f"One value of {name} by", "Units"]]
    same += [[f"{number} coders", str(units)] for number, units in record["agreeing"].items()]
    words = list(dict.fromkeys(word for given in record["distribution"].values() for word in given))
    spread = [[f"Values of {name}", *words]]
    spread += [
        [coders[coder], *(str(given.get(word, 0)) for word in words)] for coder, given in record["distribution"].items()
    ]
    return [alphas_, couples, same, spread]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{round(value, 3) + 0.0:.3f}"
