"""The figures: what is drawn is the data, nothing is cut off, and any study's text can be drawn."""

from __future__ import annotations

import pandas as pd
import pytest

from lepanalysis import figures, figures_style

HOSTILE = "$x_1$ & <b>cost</b> of rent_and\trates – Ελληνικά, кириллица, \u202e\u05e2\u05d1\u05e8\u05d9\u05ea"


def message_frame():
    rows = [
        ("1", "T1", "2020-01-06T10:00", 1),
        ("2", "T1", "2020-01-06T11:00", 2),
        ("3", "T2", "2020-01-07T09:00", 1),
        ("4", "T1", "2020-01-20T09:00", 3),
        ("5", "T2", None, 2),
    ]
    frame = pd.DataFrame(rows, columns=["message_id", "thread_id", "posted_at", "position"])
    return frame.assign(posted_at=pd.to_datetime(frame["posted_at"]))


def frequency_frame(codes=("Room", "Trains"), coders=("A", "B")):
    rows = [
        (f"c{place}", code, who, place + 2, place + 1, 1, 1)
        for place, code in enumerate(codes)
        for who in (*coders, "consensus")
    ]
    return pd.DataFrame(rows, columns=["code_id", "code", "who", "applications", "messages", "participants", "threads"])


def square(ids=("a", "b", "c")):
    return pd.DataFrame([[3, 2, 0], [2, 4, 1], [0, 1, 1]], index=list(ids), columns=list(ids))


def by_code_frame():
    reason = "percent_agreement: none; cohen_kappa: nobody used it"
    return pd.DataFrame(
        {
            "code_id": ["a", "b", "c"],
            "code": ["Room", HOSTILE, "Trains"],
            "n_units": [4, 4, 4],
            "percent_agreement": [0.5, None, 1.0],
            "cohen_kappa": [-0.1, None, 1.0],
            "krippendorff_alpha": [0.0, None, 1.0],
            "reason": ["", reason, ""],
        }
    )


def overall_frame():
    rows = [("cohen_kappa", 0.4, 12, ""), ("krippendorff_alpha_masi", 0.3, 4, "")]
    return pd.DataFrame(rows, columns=["measure", "value", "n_units", "reason"])


def crosswalk_frame(coders=("A", "B")):
    rows = []
    for coder in coders:
        rows += [
            (coder, "1", "Room", "x", "Places", "s1", "Space", "t1", "Rooms", 5),
            (coder, "1", "Room", "x", "Places", "s2", "Travel", "t2", "Journeys", 1),
            (coder, "2", HOSTILE, "x", "Places", "s1", "Space", "t1", "Rooms", 2),
            (coder, "3", "Lost", "", "", "", "", "", "", 3),
            (coder, "4", "Unused", "y", "Ways", "s2", "Travel", "t2", "Journeys", 0),
        ]
    columns = ["coder", "own_code_id", "own_code", "candidate_id", "candidate", "code_id", "code", "theme_id", "theme"]
    return pd.DataFrame(rows, columns=[*columns, "applications"])


def spread_frame(units=("2020-01", "2020-02")):
    rows = [
        (theme, name, unit, number)
        for theme, name, numbers in (("t1", "Rooms", (3, 1)), ("t2", HOSTILE, (0, 2)))
        for unit, number in zip(units, numbers, strict=True)
    ]
    return pd.DataFrame(rows, columns=["theme_id", "theme", "unit", "messages"])


def mapping_frame(themes=("t1",)):
    rows = [
        (theme, dimension, term, "what it means, in so many words")
        for theme in themes
        for dimension, term in (("capacity", "absorptive"), ("proximity", "social"))
    ]
    return pd.DataFrame(rows, columns=["theme_id", "dimension", "term", "meaning"])


def saturation_frame():
    return pd.DataFrame(
        {"messages": [1, 2, 3], "observed": [1, 1, 2], "mean": [1.0, 1.5, 2.0], "low": [0, 1, 2], "high": [2, 2, 2]}
    )


def overview_frame(coders=("A", "B", "any", "all", "consensus")):
    rows = [
        (claim, HOSTILE, "some", scale, False, who, unit, value, *limits, True, 0.5, who == "consensus")
        for claim, scale, value, limits in (("C1", "share", 0.4, (0.5, 0.25, 0.75)), ("C2", "count", 3.0, (2, 2, 4)))
        for who in coders
        for unit in ("message", "thread")
    ]
    columns = ["claim_id", "statement", "quantifier", "scale", "at_most", "coders", "unit", "value", "threshold"]
    columns += ["threshold_from", "threshold_to", "holds", "share_of_range", "stated"]
    return pd.DataFrame(rows, columns=columns)


def all_drawings():
    names = {"a": "Room", "b": HOSTILE, "c": "Trains"}
    return {
        "timeline": figures.timeline(message_frame(), "month"),
        "claims": figures.claims(overview_frame(), {"A": HOSTILE})[0],
        "activity": figures.activity(pd.DataFrame({"messages": [0, 0, 1, 3]})),
        "threads": figures.threads(message_frame(), pd.DataFrame({"thread_id": ["T1"], "title": [HOSTILE]})),
        "code_frequencies": figures.code_frequencies(frequency_frame((HOSTILE, "Trains")), {"A": HOSTILE}),
        "cooccurrence": figures.cooccurrence(square(), names),
        "saturation": figures.saturation(saturation_frame()),
        "agreement": figures.agreement(by_code_frame(), overall_frame()),
        "crosswalk": figures.crosswalk(crosswalk_frame(), {"A": HOSTILE, "B": "Ben"}),
        "theme_months": figures.theme_months(spread_frame()),
        "theme_participants": figures.theme_participants(spread_frame(("P1", "P2")), {"P1": HOSTILE}),
        "theme_overlap": figures.theme_overlap(square(), names),
        "mapping": figures.mapping(mapping_frame(), {"t1": HOSTILE}),
    }


def within_page(drawing):
    drawing.figure.draw_without_rendering()
    box = drawing.figure.get_tightbbox()
    width, height = drawing.figure.get_size_inches()
    slack = 0.06
    return box.x0 > -slack and box.y0 > -slack and box.x1 < width + slack and box.y1 < height + slack


@pytest.fixture(scope="module")
def drawings():
    return all_drawings()


@pytest.mark.parametrize("name", figures.__all__[1:])
def test_every_figure_fits_its_page_has_data_and_is_described_with_numbers(drawings, name):
    drawing = drawings[name]
    assert within_page(drawing)
    assert len(drawing.data) > 0
    assert drawing.alt.endswith(".")
    assert any(letter.isdigit() for letter in drawing.alt)


def test_text_of_a_study_is_never_taken_for_mathematics(drawings):
    for drawing in drawings.values():
        for text in drawing.figure.findobj(lambda artist: hasattr(artist, "get_parse_math")):
            assert not (text.get_text() and text.get_parse_math())


def test_pictures_are_the_same_bytes_each_time(tmp_path):
    pictures = []
    for turn in ("one", "two"):
        figures.crosswalk(crosswalk_frame()).figure.savefig(tmp_path / turn, format="png", metadata={"Software": None})
        pictures.append((tmp_path / turn).read_bytes())
    assert pictures[0] == pictures[1]


def test_the_style_does_not_leak_and_is_not_swayed():
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30}):
        drawing = figures.saturation(saturation_frame())
        assert mpl.rcParams["font.size"] == 30
    assert drawing.figure.axes[0].xaxis.label.get_size() == figures_style.SIZE


def test_timeline_counts_weeks_without_a_message_and_openings_once():
    data = figures.timeline(message_frame(), "week").data
    assert data.to_dict("list") == {
        "period": ["2020-01-06", "2020-01-13", "2020-01-20"],
        "messages": [3, 0, 1],
        "threads_opened": [2, 0, 0],
    }


def test_timeline_says_what_has_no_time():
    assert "1 message without a time is not drawn" in figures.timeline(message_frame()).alt
    undated = message_frame().assign(posted_at=pd.NaT)
    assert figures.timeline(undated).data.empty


def test_timeline_knows_weeks_and_months_only():
    with pytest.raises(ValueError, match="it has to be one of week, month"):
        figures.timeline(message_frame(), "year")


def test_activity_holds_those_who_never_posted():
    data = figures.activity(pd.DataFrame({"messages": [0, 0, 1, 3]})).data
    assert data["participants"].tolist() == [2, 1, 0, 1]


def test_activity_counts_everybody_in_classes_too():
    data = figures.activity(pd.DataFrame({"messages": [0, 4, 5, 9, 10, 300]})).data
    assert data["participants"].sum() == 6
    assert data["messages_from"].tolist()[1:] == (data["messages_to"] + 1).tolist()[:-1]


def test_threads_are_in_the_order_of_their_first_message_with_one_dot_a_day():
    data = figures.threads(message_frame()).data
    assert data.to_records(index=False).tolist() == [
        ("T1", "T1", "2020-01-06", 2),
        ("T1", "T1", "2020-01-20", 1),
        ("T2", "T2", "2020-01-07", 1),
    ]


def test_code_frequencies_are_ordered_by_the_consensus():
    drawing = figures.code_frequencies(frequency_frame(), {"A": "Ada"}, unit="applications")
    assert drawing.data["code"].unique().tolist() == ["Trains", "Room"]
    assert drawing.data["name"].unique().tolist() == ["Ada", "B", "consensus"]


def test_a_single_coders_marks_are_not_doubled_by_a_consensus():
    data = figures.code_frequencies(frequency_frame(coders=("A",))).data
    assert data["who"].unique().tolist() == ["A"]


def test_cooccurrence_draws_each_pair_once():
    data = figures.cooccurrence(square(), {"a": "Room"}).data
    assert data[["first", "second", "messages"]].to_numpy().tolist() == [
        ["Room", "Room", 3], ["Room", "b", 2], ["b", "b", 4], ["Room", "c", 0], ["b", "c", 1], ["c", "c", 1],
    ]  # fmt: skip


def test_agreement_marks_what_is_undefined_and_says_why():
    drawing = figures.agreement(by_code_frame(), overall_frame())
    kappa = drawing.data[drawing.data["measure"] == "cohen_kappa"]
    assert kappa["code_id"].tolist() == ["", "c", "a", "b"]
    assert kappa["reason"].tolist() == ["", "", "", "nobody used it"]
    assert "undefined for 1 code" in drawing.alt
    assert "undefined: nobody used it" in [text.get_text() for text in drawing.figure.axes[0].texts]


def test_crosswalk_loses_no_application():
    frame = crosswalk_frame()
    data = figures.crosswalk(frame).data
    for kind in ("code", "candidate theme"):
        assert data.loc[data["from_kind"] == kind, "applications"].sum() == frame["applications"].sum()


def test_crosswalk_shows_codes_that_lead_nowhere():
    drawing = figures.crosswalk(crosswalk_frame(("A",)))
    lost = drawing.data[drawing.data["from_name"] == "Lost"]
    assert lost[["to_name", "theme"]].to_numpy().tolist() == [["in no candidate theme", "in no theme"]]
    assert "1 code with 3 applications in no theme" in drawing.alt


@pytest.mark.parametrize("coders", [("A",), ("A", "B"), ("A", "B", "C", "D", "E")])
def test_crosswalk_of_any_number_of_coders_fits_its_page(coders):
    assert within_page(figures.crosswalk(crosswalk_frame(coders)))


def test_shares_of_a_theme_make_one():
    data = figures.theme_participants(spread_frame(("P1", "P2"))).data
    assert data.groupby("theme_id")["share"].sum().tolist() == [1.0, 1.0]
    assert data["rank"].tolist() == [1, 2, 1]


def test_mapping_of_many_themes_leaves_out_the_meanings_in_data_and_picture():
    ids = [f"t{number}" for number in range(12)]
    assert "meaning" in figures.mapping(mapping_frame(ids[:3]), {}).data
    drawing = figures.mapping(mapping_frame(ids), {})
    assert within_page(drawing)
    texts = {text.get_text() for text in drawing.figure.axes[0].texts}
    assert ("meaning" in drawing.data) == any(text.startswith("what it") for text in texts)


@pytest.mark.parametrize(
    "draw",
    [
        lambda: figures.timeline(message_frame().head(0)),
        lambda: figures.activity(pd.DataFrame({"messages": []})),
        lambda: figures.threads(message_frame().head(0)),
        lambda: figures.code_frequencies(frequency_frame().head(0)),
        lambda: figures.cooccurrence(pd.DataFrame(), {}),
        lambda: figures.saturation(saturation_frame().head(0)),
        lambda: figures.agreement(by_code_frame().head(0)),
        lambda: figures.crosswalk(crosswalk_frame().head(0)),
        lambda: figures.theme_months(spread_frame().head(0)),
        lambda: figures.theme_participants(spread_frame().head(0)),
        lambda: figures.mapping(mapping_frame().head(0), {}),
    ],
)
def test_nothing_to_draw_is_said_in_the_picture(draw):
    drawing = draw()
    assert drawing.data.empty
    assert len(drawing.data.columns) > 0
    shown = "".join(text.get_text() for text in drawing.figure.axes[0].texts)
    assert shown.replace("\n", " ") == drawing.alt


def test_many_codes_and_themes_fit_their_pages():
    codes = tuple(f"A code with a name that is much too long for its row {number}" for number in range(60))
    ids = [f"c{number}" for number in range(60)]
    assert within_page(figures.code_frequencies(frequency_frame(codes, ("A", "B", "C", "D", "E"))))
    ones = pd.DataFrame(1, index=ids, columns=ids)
    assert within_page(figures.cooccurrence(ones, dict(zip(ids, codes, strict=True))))
    spread = pd.concat([spread_frame().assign(theme_id=code, theme=code) for code in codes[:12]])
    assert within_page(figures.theme_months(spread))


@pytest.mark.parametrize(
    ("text", "lines", "ending", "shown"),
    [
        ("one two", 1, "", "one two"),
        ("a\nb\tc  d", 1, "", "a b c d"),
        ("internationalisation", 2, "", "internationali-\nsation"),
        ("a very long name of a code", 1, "", "a very long…"),
        ("a very long name of a code", 1, " (7)", "a very lo… (7)"),
        ("turned \u202eto", 1, "", "turned to"),
        ("\U000f0000", 1, "", ""),
    ],
)
def test_text_is_wrapped_or_shortened_to_its_width(text, lines, ending, shown):
    import matplotlib as mpl

    with mpl.rc_context({"font.family": ["DejaVu Sans"]}):
        assert figures_style.fitted(text, 2.0, 8, lines=lines, ending=ending) == shown
