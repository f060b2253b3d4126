import doctest
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lepanalysis import locators
from lepanalysis.locators import begins_block, digest_of_sentence, normalised, sentences_of


def test_the_examples_are_so():
    assert doctest.testmod(locators).failed == 0


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("the mill\u2019s \u201cold\u201d \u2018wheel\u2019", "the mill's \"old\" 'wheel'"),
        ("  two \t lines\n\nof text\u00a0here ", "two lines of text here"),
        ("e\u0301tude, e\ufb03cient, 10\u00b2", "\u00e9tude, efficient, 102"),
        ("2014\u20132020, a \u2014 dash", "2014\u20132020, a \u2014 dash"),
        ("", ""),
    ],
    ids=["marks", "white space", "NFKC", "dashes stay", "nothing"],
)
def test_the_normal_form_of_a_text(text, normal):
    assert normalised(text) == normal


@given(st.text(max_size=60))
def test_the_normal_form_is_its_own_normal_form(text):
    assert normalised(normalised(text)) == normalised(text)


def test_the_digest_is_that_of_the_normal_form():
    assert digest_of_sentence("The  mill\u2019s wheel. ") == hashlib.sha256(b"The mill's wheel.").hexdigest()


@pytest.mark.parametrize(
    ("paragraph", "sentences"),
    [
        ("One stands. Two stand! Do three? They do.", ["One stands.", "Two stand!", "Do three?", "They do."]),
        ('He said "no." She left.', ['He said "no."', "She left."]),
        ("It stood (as ever). (Nobody saw.) [They] left.", ["It stood (as ever).", "(Nobody saw.)", "[They] left."]),
        ('It ended. "Why" was asked.', ["It ended.", '"Why" was asked.']),
        ("See A. Miller and B. Smith et al. (2001), e.g., p. 4. Then go.",
         ["See A. Miller and B. Smith et al. (2001), e.g., p. 4.", "Then go."]),
        ("A U.K. Mill was sold to the EU. It closed.", ["A U.K. Mill was sold to the EU.", "It closed."]),
        ("Was it B? Nobody knew. It was C! Nobody cared.",
         ["Was it B?", "Nobody knew.", "It was C!", "Nobody cared."]),
        ("Es endete. \u00dcber allem lag Schnee.", ["Es endete.", "\u00dcber allem lag Schnee."]),
        ("It cost 3. 5 were left. and so on.", ["It cost 3. 5 were left. and so on."]),
        ("No stop at the end", ["No stop at the end"]),
        ("Broken\nacross lines.  Still two.", ["Broken across lines.", "Still two."]),
        (" \n ", []),
    ],
    ids=["stops", "mark behind", "brackets", "mark before", "initials and et al.", "letters with stops",
         "other marks end behind a letter", "any alphabet", "no capital", "open end", "lines", "nothing"],
)  # fmt: skip
def test_the_sentences_of_a_paragraph(paragraph, sentences):
    assert sentences_of(paragraph) == sentences


def test_a_block_quotation_is_one_sentence():
    assert sentences_of("We met.  We left. (Message 9)", block=True) == ["We met. We left. (Message 9)"]
    assert sentences_of("", block=True) == []


@given(st.text(alphabet="aA.?! \"')]([b", max_size=40))
def test_nothing_of_a_paragraph_is_lost(paragraph):
    assert " ".join(sentences_of(paragraph)) == normalised(paragraph)


def test_a_colon_leads_to_a_block_quotation():
    assert begins_block("As one of them wrote: ")
    assert not begins_block("As one of them wrote.")
    assert not begins_block("")


def test_a_very_long_paragraph_takes_no_long_time():
    assert len(sentences_of("." * 200_000 + " ((" * 100_000)) == 1
    assert len(sentences_of("Yes. " * 100_000)) == 100_000
