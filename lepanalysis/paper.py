"""The paper: the template and the register become one HTML file, one PDF and one DOCX."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lepanalysis import chain_entries, chain_page, document, pandoc, places
from lepanalysis.chain import chains
from lepanalysis.faults import LepanalysisError, UsageError
from lepanalysis.looks import reference_docx, zipped
from lepanalysis.target import WHY, read_exhibits, write_json
from lepanalysis.template import Material, expand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lepanalysis.article import Article
    from lepanalysis.document import Edition
    from lepanalysis.study import Study
    from lepanalysis.verdicts import Verdict


def template_of(study: Study) -> Path:
    """Return the template of a study: its own, or the one for any study."""
    if study.record.template:
        return (study.folder / study.record.template).resolve()
    return places.project_root() / "paper" / "generic.md"


def assemble(
    folder: Path,
    study: Study,
    article: Article | None,
    manifest: Mapping[str, Any],
    verdicts: Sequence[Verdict] = (),
) -> list[Path]:
    """Write paper.html, paper.pdf and paper.docx into the folder of a build, and why.json beside them.

    Parameters
    ----------
    folder : Path
        The build, with its exhibits.
    study : Study
    article : Article or None
        The ledger of the article that the study reproduces.
    manifest : mapping
    verdicts : sequence of Verdict, optional
        On what the ledger and the study assert; told to whoever asks why.

    Returns
    -------
    list of Path
        The three papers.

    Raises
    ------
    StudyFaultsError
        When the template calls what is not there, leaves out what is, or types what it should call.
    """
    exhibits = read_exhibits(folder, manifest)
    skipped = {name: entry["skipped"] for name, entry in manifest["notebooks"].items() if entry.get("skipped")}
    path = template_of(study)
    if not path.is_file():
        raise UsageError(f"there is no template {path}")
    about = study_for_template(study, article)
    texts = list(study.tables["messages"].frame["text"])
    expanded = expand(path, places.shown(path), Material(exhibits, skipped, about, texts))
    omitted = {name: reason for name, reason in expanded.omitted.items() if _is_made(name, exhibits)}
    exhibits = {name: exhibit for name, exhibit in exhibits.items() if not {name, exhibit["notebook"]} & omitted.keys()}
    skipped |= omitted
    numbers = document.numbered(expanded, exhibits)
    whys = chains(folder, manifest, numbers, (study, article))
    asserted = chain_entries.entries(folder, exhibits, verdicts, (study, article), numbers)
    write_json(folder / WHY, {"chains": whys, "entries": asserted})
    parsed = _cited(pandoc.parse(expanded.markdown), article)
    made = []
    for format_ in document.FORMATS:
        edition = document.Edition(
            format_,
            folder,
            exhibits,
            expanded,
            about,
            skipped,
            article is not None,
            numbers,
        )
        target = folder / f"paper.{format_}"
        composed = document.compose(parsed, edition)
        if format_ == "html":
            section = chain_page.section({id_: whys[id_] for id_ in exhibits})
            composed["meta"]["whys"] = {"t": "MetaBlocks", "c": [pandoc.raw("html", section)]}
        places.write_whole(target, _write(composed, edition))
        made.append(target)
    return made


def _is_made(name: str, exhibits: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether a name is that of an exhibit, or of a notebook that made one."""
    return name in exhibits or any(exhibit["notebook"] == name for exhibit in exhibits.values())


def study_for_template(study: Study, article: Article | None) -> dict[str, Any]:
    """Return what a template may say of the study in words."""
    record = study.record
    themes = study.tables["agreed_themes"].frame if study.has("agreed_themes") else None
    messages = study.tables["messages"].frame
    return {
        "title": record.title,
        "class": record.class_,
        "source": record.source,
        "licence": record.licence,
        "language": record.language,
        "approach": record.approach,
        "notes": record.notes,
        "coders": [coder.name for coder in record.coders],
        "has_dates": bool(messages["posted_at"].notna().any()),
        "has_participants": len(study.tables["participants"]) > 1,
        "has_threads": bool(messages["thread_id"].duplicated().any()),
        "themes": [] if themes is None else list(themes["name"]),
        "theme_definitions": [] if themes is None else list(themes["definition"]),
        "article": dict(article.record) if article else {},
    }


def _cited(parsed: dict[str, Any], article: Article | None) -> dict[str, Any]:
    """Return the parsed template with its citations and its list of references made, once for all formats."""
    folder = places.project_root() / "paper"
    works = list(article.references) if article else []
    own = json.loads((folder / "references.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="lep-") as scratch:
        bibliography = Path(scratch) / "references.json"
        bibliography.write_text(json.dumps([*works, *own], ensure_ascii=False), encoding="utf-8")
        options = ["-f", "json", "-t", "json", "--citeproc", "--bibliography", str(bibliography)]
        text = pandoc.run_pandoc([*options, "--csl", str(folder / "style.csl")], json.dumps(parsed, ensure_ascii=False))
    cited: dict[str, Any] = json.loads(text)
    # Where these lay while the paper was made is nobody's business; DOCX would keep it.
    for key in ("bibliography", "csl"):
        cited["meta"].pop(key, None)
    return cited


def _write(composed: dict[str, Any], edition: Edition) -> bytes:
    """Return the paper in one format."""
    looks = places.project_root() / "paper" / "looks"
    if edition.format == "pdf":
        composed = document.for_typst(composed)
    options = ["-f", "json", "--standalone"]
    text = json.dumps(composed, ensure_ascii=False)
    if edition.format == "html":
        return _html(text, options, looks)
    if edition.format == "pdf":
        return _pdf(text, options, looks, edition.folder)
    with tempfile.TemporaryDirectory(prefix="lep-") as scratch:
        return _docx(text, options, Path(scratch), edition)


def _html(text: str, options: list[str], looks: Path) -> bytes:
    """Return one HTML file that needs no other and runs no script but its own, whatever stands in it."""
    style, script = ((looks / name).read_text(encoding="utf-8").strip() for name in ("style.css", "page.js"))
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    more = ["-t", "html5", "--toc", "--toc-depth=2", "--section-divs", "--template", str(looks / "page.html")]
    for name, value in (("style", style), ("script", script), ("script-digest", digest)):
        more += ["--variable", f"{name}={value}"]
    page = pandoc.run_pandoc([*options, *more], text)
    return page.encode()


def _pdf(text: str, options: list[str], looks: Path, folder: Path) -> bytes:
    """Return the PDF that Typst makes, with the fonts that Typst and matplotlib ship and no others."""
    import matplotlib as mpl
    import typst

    # The citations are made already: without this extension Typst is not asked to make them again.
    source = pandoc.run_pandoc([*options, "-t", "typst-citations", "--template", str(looks / "page.typ")], text)
    fonts = Path(mpl.get_data_path()) / "fonts" / "ttf"
    try:
        return typst.compile(
            source.encode(),
            root=str(folder.resolve()),
            font_paths=[str(fonts)],
            ignore_system_fonts=True,
            timestamp=int(pandoc.EPOCH),
        )
    except typst.TypstError as error:
        raise LepanalysisError(f"Typst could not make the PDF: {error.diagnostic}") from None


def _docx(text: str, options: list[str], scratch: Path, edition: Edition) -> bytes:
    """Return the DOCX, without a table of contents: Word shows none before a reader has it made."""
    reference = scratch / "reference.docx"
    reference.write_bytes(reference_docx(edition.study["class"]))
    target = scratch / "paper.docx"
    more = ["-t", "docx", "--reference-doc", str(reference), "--resource-path", str(edition.folder)]
    pandoc.run_pandoc([*options, *more, "-o", str(target)], text)
    return repacked(target.read_bytes())


def repacked(data: bytes) -> bytes:
    """Return a ZIP file with its members in a fixed order and as of a fixed time.

    Parameters
    ----------
    data : bytes
    """
    with zipfile.ZipFile(io.BytesIO(data)) as given:
        return zipped({name: given.read(name) for name in given.namelist()})
