import textwrap
from html import escape
from html.parser import HTMLParser

import hypothesis.strategies as st
from hypothesis import given, settings
from studies import SMALL, replaced
from test_disagreements import HEAD, REST, TREE

from lepanalysis.disagreements import Segment
from lepanalysis.marked import LINES, PRINTED, disagreements_html, marked_text, page


class Reader(HTMLParser):
    """The words of a fragment, those that stand in marks, those of edges, and whether every tag is closed."""

    def __init__(self, text):
        super().__init__()
        self.stack, self.words, self.marked, self.edges = [], "", "", []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag != "meta":
            self.stack.append((tag, dict(attrs).get("class", "")))

    def handle_endtag(self, tag):
        assert self.stack.pop()[0] == tag

    def handle_data(self, data):
        if any(kind.startswith("edge") for _, kind in self.stack):
            self.edges.append(data)
            return
        self.words += data
        if any(tag == "mark" for tag, _ in self.stack):
            self.marked += data


def segment(start, end, code="S1", name="Place"):
    return Segment(code, name, start, end, f"c{start}", "")


def test_a_segment_is_legible_without_colour():
    assert marked_text("A room.", [segment(2, 6)]) == (
        'A <mark><span class="edge">[Place: </span>room<span class="edge">]</span></mark>.'
    )


def test_everything_is_escaped():
    text = marked_text("a <b> & c", [segment(2, 5, name='<i onclick="x">')])
    assert "<b>" not in text
    assert "<i" not in text
    assert Reader(text).words == "a <b> & c"


def test_segments_that_overlap_open_and_close_on_their_own():
    read = Reader(marked_text("abcdef", [segment(0, 4), segment(2, 6, "S2", "Room")]))
    assert (read.words, read.edges) == ("abcdef", ["[Place: ", "[Room: ", "]", "]"])


def test_a_part_of_a_text_says_that_it_is_one():
    text = marked_text("0123456789", [segment(1, 9)], start=3, end=6)
    assert Reader(text).words == "…345…"
    assert Reader(text).edges == ["[Place: "]


@settings(max_examples=100, deadline=None)
@given(
    st.text(min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 19), st.integers(1, 20), st.sampled_from(["S1", "S2"])), max_size=5),
)
def test_the_words_come_back_and_the_marks_cover_what_was_coded(text, places):
    kept = [(start, min(end, len(text)), code) for start, end, code in places if start < min(end, len(text))]
    read = Reader(marked_text(text, [segment(*place) for place in kept]))
    plain = Reader(marked_text(text, [])).words
    assert read.words == plain
    covered = {place for start, end, _ in kept for place in range(start, end)}
    if "\r" not in text and "\0" not in text:
        assert read.marked == "".join(character for place, character in enumerate(text) if place in covered)
    assert read.edges.count("]") == len(kept) == len(read.edges) - len(kept)


def test_disagreements_as_html(study):
    text = disagreements_html(study, boundaries="any")
    read = Reader(text)
    assert read.stack == []
    assert "4 disagreements." in read.words
    assert "Ada: solid line, Ben: dashed line" in read.words
    assert "decision d3: said in so many words" in read.words
    assert text.count("<article") == 4
    assert text.count("<em>marked nothing here: </em>") == 1
    assert "[Transport: " in read.edges
    assert "<script" not in text
    assert "http" not in text


def test_a_choice_of_disagreements(study):
    assert disagreements_html(study, boundaries="any", kinds=["missed"]).count("<article") == 1
    assert disagreements_html(study, statuses=["open"]).count("<article") == 0
    assert "4 disagreements, 2 of them shown." in disagreements_html(study, boundaries="any", limit=2)


def test_who_has_not_read_is_said(opened):
    study = opened(
        study_yaml=replaced("study.yaml", "  - {id: B, name: Ben}", "  - {id: B, name: Ben}\n  - {id: C, name: <Cy>}"),
        codebook_yaml=TREE,
        codings_csv=HEAD + "A,1,room,A-1,0,22\n",
        assignments_csv="coder,message_id,status\nA,1,read\nB,1,nothing_to_code\n",
        without=REST[1:],
    )
    text = disagreements_html(study)
    assert text.count("has not read this message") == 1
    assert '<h4 class="who">&lt;Cy&gt;</h4>' in text
    assert all(f"text-decoration-style:{line}" in text for line in LINES)


def test_published_words_are_starred(opened):
    rows = textwrap.dedent(SMALL["messages.csv"]).splitlines()
    classes = ["class,context_class", ",", ",", ",", "published,open"]
    published = "".join(f"{row},{both}\n" for row, both in zip(rows, classes, strict=True))
    text = disagreements_html(opened(messages_csv=published), boundaries="any")
    assert text.count("message 4*") == 2
    assert "message 1*" not in text
    assert text.count(escape(PRINTED)) == 1


def test_what_a_page_rests_on_is_told_and_escaped(study):
    text = page(study, "<p>words</p>", "A <title>", "Stand-in: rests on <records>.")
    assert "<p>Stand-in: rests on &lt;records&gt;. It holds the words of messages" in text
    assert "<h1>A &lt;title&gt; · A small study</h1>" in text
    assert "Class of the study" not in text
    assert "default-src 'none'" in text


def test_a_page_says_whose_words_it_holds(study):
    text = page(study, disagreements_html(study, level=2))
    assert '<h2 class="head"' in text
    assert text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert "Class of the study: open." in text
