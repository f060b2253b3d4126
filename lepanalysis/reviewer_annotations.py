"""annotations.jsonld: a Web Annotation for every entry of the ledger, pointing into the article.

After the Web Annotation Data Model (W3C Recommendation, 23 February 2017, https://www.w3.org/TR/annotation-model/). A
quotation is pointed at by its words. Any other entry stands in a sentence that this project does not redistribute; it
is pointed at by the sentence's place and digest, with a selector of our own as the model allows.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from lepanalysis.reviewer_material import doi_of

if TYPE_CHECKING:
    from lepanalysis.article import Article
    from lepanalysis.entries import Entry
    from lepanalysis.reviewer_material import Material
    from lepanalysis.verdicts import Verdict

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
# Our terms need an address that is nobody else's: the UUID (version 5) of "lepanalysis:terms" among addresses.
TERMS = "urn:uuid:cea7142d-5988-57fb-ae90-9a69a02f56ef#"
SELECTOR = "SentenceDigestSelector"
# `sha256` is the digest of the normalised sentence (data/article/README.md says how it is computed), `section`,
# `paragraph` and `sentence` its place: numbers from 1, paragraph 0 for the section's heading.
_OWN_TERMS = {
    SELECTOR: f"{TERMS}{SELECTOR}",
    "section": f"{TERMS}section",
    "paragraph": f"{TERMS}paragraph",
    "sentence": f"{TERMS}sentence",
    "sha256": f"{TERMS}sha256",
}
# The kinds of entries whose record holds words of the article to the letter.
QUOTED = ("quotation", "literature-quotation")
# What a claim of the study's own is about.
PAPER = "paper.html"


def annotations(material: Material) -> bytes:
    """Return one collection with an annotation for each verdict; nothing where there is no verdict.

    Parameters
    ----------
    material : Material
    """
    if not material.verdicts:
        return b""
    base = _base(material)
    items = [annotation(verdict, material.article, base) for verdict in material.verdicts]
    title = material.article.record["title"] if material.article is not None else material.study.title
    collection = {
        "@context": [CONTEXT, _OWN_TERMS],
        "id": _name(base, "collection"),
        "type": "AnnotationCollection",
        "label": f"What can be said of each thing that is asserted in: {title}",
        "generator": {"id": f"{TERMS}lepanalysis", "type": "Software", "name": "lepanalysis"},
        "total": len(items),
        "first": {"id": _name(base, "page 1"), "type": "AnnotationPage", "startIndex": 0, "items": items},
    }
    return (json.dumps(collection, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def annotation(verdict: Verdict, article: Article | None, base: str) -> dict[str, Any]:
    """Return the annotation of one entry.

    Parameters
    ----------
    verdict : Verdict
    article : Article or None
        The article that asserts it; None for a study without one.
    base : str
        What tells this study's annotations from those of others; the ids are made from it.

    Returns
    -------
    dict
        Its bodies are the statement, the verdict, the reason and evidence, and the class of the evidence, each with
        the purpose that says which it is.
    """
    entry = verdict.entry
    comment = "; ".join(part for part in (verdict.reason, verdict.evidence) if part)
    bodies = [
        _body(entry.statement, "describing"),
        _body(verdict.verdict, "assessing"),
        *([_body(comment, "commenting")] if comment else []),
        *([_body(verdict.class_, "classifying")] if verdict.class_ else []),
    ]
    return {
        "id": _name(base, entry.id),
        "type": "Annotation",
        "motivation": "assessing",
        "body": bodies,
        "target": target(entry, article),
    }


def target(entry: Entry, article: Article | None) -> dict[str, Any] | str:
    """Return what an annotation is about: a place in the article, or the study's own paper.

    Parameters
    ----------
    entry : Entry
    article : Article or None
    """
    source = doi_of(article.record) if article is not None else ""
    if not source or not entry.sentence_sha256:
        return PAPER
    selector: dict[str, Any] = {
        "type": ["oa:Selector", SELECTOR],
        "section": entry.section,
        "paragraph": entry.paragraph,
        "sentence": entry.sentence,
        "sha256": entry.sentence_sha256,
    }
    if entry.kind in QUOTED:
        selector = {"type": "TextQuoteSelector", "exact": str(entry.record["text"])}
    return {"type": "SpecificResource", "source": source, "selector": selector}


def _body(value: str, purpose: str) -> dict[str, str]:
    """Return one body of an annotation."""
    return {"type": "TextualBody", "purpose": purpose, "value": value, "format": "text/plain"}


def _base(material: Material) -> str:
    """Return what the ids of a study's annotations are made from."""
    article = doi_of(material.article.record) if material.article is not None else ""
    return f"{article} {material.manifest['study']['folder']} {material.study.title}"


def _name(base: str, name: str) -> str:
    """Return the id of an annotation: the same for the same entry of the same study, every time."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{base}#{name}").urn
