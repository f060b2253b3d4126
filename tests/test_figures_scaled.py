"""The figures of a scaled code's values."""

import pandas as pd
import pytest
from foreign import write_foreign

from lepanalysis import agreement_scaled as scaled
from lepanalysis import agreement_scaled_tables as tables
from lepanalysis import figures_scaled
from lepanalysis.agreement_intervals import Settings
from lepanalysis.study import open_study


@pytest.fixture(scope="module")
def urgency(tmp_path_factory):
    study = open_study(write_foreign(tmp_path_factory.mktemp("market") / "study", "market"))
    (values,) = scaled.scaled_codes(study)
    return values


def test_coder_against_coder_is_drawn_pair_by_pair_and_told_in_words(urgency):
    pairs = scaled.pairs(urgency, Settings(method="none"))
    drawing = figures_scaled.coder_pairs(pairs)
    assert drawing.data["cohen_kappa"].tolist() == pairs["cohen_kappa"].tolist()
    assert drawing.alt == (
        "A triangle of 3 pairs of 3 coders, the darker the higher kappa: from -0.06 (Anke Brandt and Zoë Šimek) to "
        "0.58 (Anke Brandt and Bülent Çelik)."
    )
    texts = [text.get_text() for text in drawing.figure.axes[0].texts]
    assert texts == ["0.58", "−0.06", "0.36"]


def test_higher_kappa_is_darker_also_without_colour(urgency):
    drawing = figures_scaled.coder_pairs(scaled.pairs(urgency, Settings(method="none")))
    shades = [patch.get_facecolor()[:3] for patch in drawing.figure.axes[0].patches]
    grey = [0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in shades]
    assert grey[0] < grey[2] < grey[1]


def test_without_a_pair_the_figure_says_why():
    drawing = figures_scaled.coder_pairs(pd.DataFrame())
    assert drawing.alt.startswith("There are fewer than two coders")
    assert drawing.data.empty


def test_what_each_coder_gave_is_drawn_and_told(urgency):
    drawing = figures_scaled.values_by_coder(tables.distribution(urgency))
    assert drawing.data["units"].sum() == 23
    assert drawing.alt.startswith("Stacked bars of 3 coders.")
    assert [text.get_text() for text in drawing.figure.axes[0].get_legend().get_texts()] == ["gering", "mittel", "hoch"]


def test_where_nobody_gave_a_value_the_figure_says_so():
    assert figures_scaled.values_by_coder(pd.DataFrame()).alt == "No coder gave a value."
