import pytest
from hypothesis import given
from hypothesis import strategies as st
from papers import NASTY

from lepanalysis import pandoc
from lepanalysis.reviewer_markdown import code, codes, document, escaped, listed, on_one_line, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain words, R&D", "plain words, R&D"),
        ("a | b", "a \\| b"),
        ("one\ntwo\r\nthree\u2028four", "one two three four"),
        ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
        ("&lt; &amp; &#60;", "&amp;lt; &amp;amp; &amp;#60;"),
        ("*a* _b_ `c` [d](e) ~f~ $g$ \\h", "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\~f\\~ \\$g\\$ \\\\h"),
        ("", ""),
    ],
)
def test_words_are_set_as_they_are(text, shown):
    assert escaped(text) == shown


def test_long_words_are_cut():
    assert on_one_line("abc def", 5) == "abc…"
    assert len(escaped("x" * 10_000)) == 600


def words_of(markdown):
    """Return the text that a reader of GitHub's Markdown sees of a paragraph."""
    return pandoc.run_pandoc(["-f", "gfm", "-t", "plain", "--wrap=none"], f"Told: {markdown}").strip()


def test_nothing_in_the_words_is_markup():
    assert words_of(escaped(NASTY)) == f"Told: {NASTY}"


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_a_cell_stays_one_cell(text):
    (line,) = table((escaped(text),), ()).splitlines()[:1]
    assert "\n" not in escaped(text)
    assert line.replace("\\\\", "").replace("\\|", "").count("|") == 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [("fig-a", "`fig-a`"), ("a b/c.csv", "`a b/c.csv`"), ("a`b", "a\\`b"), ("a|b", "a\\|b"), ("", "")],
)
def test_a_name_is_code_where_it_can_be(name, shown):
    assert code(name) == shown


def test_several_names_lists_tables_and_files():
    assert codes(["a", "b"]) == "`a`, `b`"
    assert listed(["a", "b"]) == "- a\n- b"
    assert table(("x", "y"), [("1", "2")]) == "| x | y |\n| --- | --- |\n| 1 | 2 |"
    assert document("# A", "", "b\n", "c") == b"# A\n\nb\n\nc\n"
