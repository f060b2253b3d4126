"""The article's text out of a PDF; the PDFs are made here, with Typst."""

import io

import pytest
from printed_article import BLOCK, ROOF, SENTENCES, TEXT, ledger, pdf, source
from pypdf import PdfReader, PdfWriter

from lepanalysis.article_pdf import PrintedLine, lines_of_pdf
from lepanalysis.article_text import find, read_article_text
from lepanalysis.faults import StudyFaultsError
from lepanalysis.locators import digest_of_sentence
from lepanalysis.pandoc import typst_string


@pytest.fixture(scope="module")
def article(tmp_path_factory):
    text = TEXT.replace("Low (1999) counts", "Low (1999) co-\nunts").replace("Indeed it is", "Indeed it was oﬃcial")
    path = tmp_path_factory.mktemp("article") / "article.pdf"
    path.write_bytes(pdf(source(text)))
    return path


def fault_of(data):
    with pytest.raises(StudyFaultsError) as error:
        lines_of_pdf(data, "article.pdf")
    (fault,) = error.value.faults
    return fault.problem


def test_the_pdf_is_as_hard_as_it_should_be(article):
    pages = [page.extract_text().replace(" \n", "\n") for page in PdfReader(article).pages]
    assert "what is\nThis is an open access" in pages[0]
    assert "Nobody & Sons Ltd.\nmended there" in pages[0]
    assert pages[1].startswith("READER AND WRITER 2\nlamp and")
    assert "co-\nunts" in pages[0]
    assert "oﬃcial" in pages[1]


def test_every_located_sentence_is_found_in_its_section(article):
    text = read_article_text(article, ledger())
    assert (text.kind, text.placed) == ("pdf", False)
    wanted = {digest_of_sentence(sentence): section for section, _, _, sentence in SENTENCES.values()}
    found = find(text, set(wanted))
    assert {digest: {place.section for place in places} for digest, places in found.items()} == {
        digest: {section} for digest, section in wanted.items()
    }


def test_what_was_done_is_said(article):
    assert read_article_text(article, ledger()).report == (
        "3 pages were read in the order of the file.",
        "2 running heads and feet were taken out.",
        "4 lines on open access and copyright were taken out.",
        "3 lines on ORCID, DOI and the journal were taken out.",
        "4 lines of an address for correspondence were taken out.",
        "1 ligature was taken apart.",
        "2 curly quotation marks were made straight.",
        "1 hyphen at the end of a line may be part of the word or not: both readings are compared.",
    )


def test_a_quotation_is_found_across_the_break_of_a_page(article):
    (place,) = find(read_article_text(article, ledger()), {digest_of_sentence(f"{BLOCK} (Message 7).")}).popitem()[1]
    assert place.section == "3.1"
    assert place.before.endswith("as Ann says:")


def test_ligatures_are_taken_apart(article):
    assert "Indeed it was official." in read_article_text(article, ledger()).flow


@pytest.mark.parametrize("broken", ["mend-\ned", "men-\nded", "mended"])
def test_a_hyphen_at_the_end_of_a_line_is_read_both_ways(tmp_path, broken):
    path = tmp_path / "article.pdf"
    path.write_bytes(pdf(source(TEXT.replace("mended there stays", f"{broken} there stays"))))
    assert find(read_article_text(path, ledger()), {digest_of_sentence(ROOF)})


def test_a_program_that_gives_hyphens_and_soft_hyphens_one_shape(tmp_path):
    # Typst does: where it breaks words, a hyphen inside a line comes out as a soft one.
    path = tmp_path / "article.pdf"
    path.write_bytes(pdf(source(hyphenate="true")))
    assert "well\u00adknown" in "".join(line.text for line in lines_of_pdf(path.read_bytes(), "a.pdf"))
    text = read_article_text(path, ledger())
    wanted = {digest_of_sentence(sentence) for _, _, _, sentence in SENTENCES.values()}
    assert find(text, wanted).keys() == wanted
    assert any("soft hyphens inside lines were read as hyphens" in sentence for sentence in text.report)


def test_a_scan_has_no_text():
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"
    picture = f'#image(bytes({typst_string(svg)}), format: "svg")'
    problem = "the PDF holds no text: its pages are pictures, as a scanner makes them"
    assert fault_of(pdf(picture)) == problem
    assert fault_of(pdf(f"{picture} #pagebreak() 2")) == problem


def encrypted(data, password):
    writer = PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(user_password=password, algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def test_a_pdf_that_asks_for_a_password_is_not_read(article):
    assert fault_of(encrypted(article.read_bytes(), "secret")) == "the PDF is encrypted and asks for a password"


def test_a_pdf_that_only_forbids_copying_is_read(article):
    data = article.read_bytes()
    assert lines_of_pdf(encrypted(data, ""), "a.pdf") == lines_of_pdf(data, "a.pdf")


def test_an_encryption_that_cannot_be_read_here(article, monkeypatch):
    from pypdf.errors import DependencyError

    def refuse(_reader, _password):
        raise DependencyError("cryptography is required")

    monkeypatch.setattr(PdfReader, "decrypt", refuse)
    problem = fault_of(encrypted(article.read_bytes(), "secret"))
    assert problem == "the PDF is encrypted in a way that cannot be read here"


@pytest.mark.parametrize("kept", [40, 600, 3000])
def test_a_broken_pdf(article, kept, caplog):
    assert fault_of(article.read_bytes()[:kept]).startswith("the PDF cannot be read (")
    assert caplog.text == ""


def test_a_pdf_that_is_too_long(article, monkeypatch):
    monkeypatch.setattr("lepanalysis.article_pdf.MOST_CHARACTERS", 500)
    assert fault_of(article.read_bytes()) == "more than 500 characters of text"
    monkeypatch.setattr("lepanalysis.article_pdf.MOST_PAGES", 1)
    assert fault_of(article.read_bytes()).startswith("the PDF has ")


def test_a_line_knows_its_page_its_size_and_whether_it_is_outermost(article):
    lines = lines_of_pdf(article.read_bytes(), "a.pdf")
    assert PrintedLine("READER AND WRITER 2", 2, 2, outermost=True, size=8.0) in lines
    assert {line.size for line in lines} == {6.0, 8.0}
    assert next(line.text for line in lines) == "RESEARCH ARTICLE"
