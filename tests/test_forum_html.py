import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepanalysis.exchange.forum_html import text_of_html


def text(source, **options):
    return text_of_html(source, **options).text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>One.</p><p>Two &amp; three.</p>", "One.\n\nTwo & three."),
        ("One.<br>Two.<br/><br />Three.", "One.\nTwo.\n\nThree."),
        ("<ul><li>one</li><li>two</li></ul>end", "- one\n- two\n\nend"),
        ("<ul>\n<li>\n<p>one</p>\n<p>more</p>\n</li>\n<li><p>two</p></li></ul>", "- one\n\nmore\n\n- two"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ("<p>  a\n  b </p>", "a b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a<!-- not this --><script>nor(this)</script>b<style>x{}</style>", "ab"),
        ('<a title="1 > 0" href="/x">words</a>', "words"),
        ('<img class="emoji" alt=":wave:"> <img src="x.png">hello', ":wave: hello"),
        ("<b>bo</i>ld</b></div></p>", "bold"),
        ("&lt;b&gt; &#128512; &nosuch;", "<b> 😀 &nosuch;"),
        ("", ""),
    ],
)
def test_markup_becomes_text(source, expected):
    assert text(source) == expected


QUOTED = (
    '<aside class="quote no-group" data-username="ann" data-post="1"><div class="title">'
    '<img class="avatar" src="a.png"> ann:</div>'
    "<blockquote><p>We need</p><p>a room.</p></blockquote></aside><p>Yes.</p>"
)


def test_a_quotation_of_another_post_is_marked_once_and_counted():
    made = text_of_html(QUOTED)
    assert made.text == "> ann:\n\n> We need\n\n> a room.\n\nYes."
    assert (made.quotes, made.images) == (1, 0)


def test_a_quotation_of_another_post_is_dropped_and_counted():
    made = text_of_html(QUOTED, drop_quotes=True)
    assert (made.text, made.quotes) == ("Yes.", 1)


def test_an_aside_that_is_no_quotation_is_text():
    assert text('<aside class="onebox">a link</aside>b') == "a link\n\nb"


def test_pictures_and_links_are_counted():
    made = text_of_html('<p><a href="https://example.org">here</a> <img src="x"> <img src="y"></p>')
    assert (made.text, made.links, made.images) == ("here", 1, 2)


BOMBS = {
    "unclosed comments": "<!--" * 200_000,
    "unclosed tags": "<a " * 200_000,
    "unclosed values": '<a b="' * 200_000,
    "values in values": """<a b="<a c='""" * 100_000,
    "nested quotations": "<blockquote>x" * 100_000,
    "nested and closed": "<div>" * 100_000 + "</div>" * 100_000,
    "ends without beginning": "<div>" * 1000 + "</p>" * 200_000,
    "scripts that do not end": "<script>" * 100_000,
    "signs": "<" * 1_000_000,
    "entities": "&" * 1_000_000,
    "attributes": "<a " + "b=c " * 200_000 + ">",
    "spaces": "<p>" + " " * 1_000_000 + "x",
}


@pytest.mark.parametrize("source", BOMBS.values(), ids=BOMBS.keys())
def test_hostile_markup_takes_time_in_proportion(source):
    begin = time.process_time()
    made = text(source)
    assert time.process_time() - begin < 8
    assert len(made) <= 20 * len(source)


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_data(self, data):
        self.found.append(data)


PIECES = st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<br>", "word", " ", "&amp;", "é", '<i class="x y">', "</i>", "\n"]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_the_words_are_those_that_another_parser_finds(source):
    parser = Words()
    parser.feed(source)
    parser.close()
    assert "".join(text(source).split()) == "".join("".join(parser.found).split())


@given(st.text(alphabet="<>/!-ab \"'=&;\n", max_size=60))
def test_whatever_is_not_markup_is_no_error(source):
    assert isinstance(text(source), str)
