import pytest

from lepanalysis.yamlfile import read_yaml


def faults_of(text):
    return [(fault.line, fault.column, fault.problem) for fault in read_yaml(text, "f.yaml")[1]]


def test_a_document_keeps_the_lines_and_the_words_as_written():
    document, faults = read_yaml("a: 015\nb:\n  - no\n  - {c: 2013-09-01}\n", "f.yaml")
    assert faults == []
    assert document.written["a",] == "015"
    assert document.written["b", 0] == "no"
    assert document.line(("b", 1, "c")) == 4
    assert document.line(("b", 1, "c", "d")) == 4
    assert document.line(("z",)) == 1


def test_an_empty_file_is_an_empty_mapping():
    assert read_yaml("", "f.yaml")[0].value == {}


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: 1\nb: [1\n", 3, "", "not YAML here"),
        ("a: 1\n  b: 2\n", 2, "", "not YAML here"),
        ("a: 1\nb: \x07\n", 2, "", "special characters are not allowed"),
        ("a: 1\n---\nb: 2\n", 2, "", "not YAML here"),
        ("a: 1\nb: &x 2\n", 2, "", "anchor"),
        ("a: 1\nb: *x\n", 2, "", "alias"),
        ("a: 1\nb: !!timestamp soon\n", 2, "", "tag"),
        ("a: !!python/object:os.system {}\n", 1, "", "tag"),
        ("a: 1\nb: 2\na: 3\n", 3, "a", "the key stands twice"),
        ("a: 1\n? [b, c]\n: 2\n", 2, "", "a key is one word"),
        ("a: " + "[" * 50 + "]" * 50 + "\n", 1, "", "nested too deeply"),
        ("a: " + "[" * 1000 + "]" * 1000 + "\n", 1, "", "nested too deeply"),
    ],
)
def test_what_is_not_plain_yaml_is_one_fault(text, line, column, words):
    ((at, key, problem),) = faults_of(text)
    assert (at, key) == (line, column)
    assert words in problem


def test_both_values_of_a_doubled_key_are_told_and_the_last_stands():
    document, _ = read_yaml("a: 1\na: 2\n", "f.yaml")
    assert document.value == {"a": 2}


def test_what_looks_like_a_value_and_is_none_stays_text():
    document, faults = read_yaml("a: 2013-02-30\nb: " + "9" * 5000 + "\n", "f.yaml")
    assert faults == []
    assert document.value == {"a": "2013-02-30", "b": "9" * 5000}
