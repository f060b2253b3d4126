"""Why a change of a value may pass unnoticed, by file and column; one that passes without a reason is a failure."""

from __future__ import annotations

_TEXT = "carried over, and nothing else in the ledger says it: the article's text alone can tell"
_OURS = "the compendium's own words for what the article says: a reader alone can tell"
_PLACE = "no other record stands in that sentence, and a locator is good only against the article's text"
_SECTIONS = "further sections that say the same: the article's text alone can tell"
_WORK = "which of the works cited there is meant is a reading of the text"
_TEST = "our operationalisation; another one that is well formed and gives the same verdict contradicts nothing"
_FILED = "how the compendium files it; decides nothing"
_NEEDS = "what a full check would need is a judgement; it decides nothing where a check is made"
_OWN = "about the article as a whole: nothing else in the ledger says it, and the digest of the file alone tells"

# What may pass the checks alone, where the digests are left out. "*" stands for every column.
REASONS: dict[str, dict[str, str]] = {
    "article/article.yaml": {"*": _OWN, "sections.name": "of headings, only those of the themes are records"},
    "article/citations.csv": {
        "form": 'of one name, or of "et al.", the form does not show in how the names are joined',
        "pages": _TEXT,
        "paragraph": _PLACE,
        "sentence": _PLACE,
        "sentence_sha256": _PLACE,
    },
    "article/claims.csv": {
        "statement": _OURS,
        "kind": _FILED,
        "quantifier": _TEXT,
        "theme_id": _FILED,
        "fact_ids": "facts that the claim is about, where its test does not rest on them",
        "unit": _TEST,
        "threshold": _TEST,
        "threshold_from": _TEST,
        "threshold_to": _TEST,
        "beside": _TEST,
        "test": _OURS,
        "leaves_out": _OURS,
        "check": _TEST,
        "section": _PLACE,
        "paragraph": _PLACE,
        "sentence": _PLACE,
        "sentence_sha256": _PLACE,
        "also_in": _SECTIONS,
    },
    "article/facts.csv": {
        "name": _OURS,
        "value": _TEXT,
        "unit": _OURS,
        "statement": _OURS,
        "checkable": _NEEDS,
        "also_in": _SECTIONS,
    },
    "article/literature.csv": {"text": _TEXT},
    "article/mapping.csv": {
        "term": _TEXT,
        "meaning": _OURS,
        "source_keys": _WORK,
        "section": _PLACE,
        "paragraph": _PLACE,
        "sentence": _PLACE,
        "sentence_sha256": _PLACE,
        "also_in": _SECTIONS,
    },
    "article/method.csv": {
        "step": _OURS,
        "who": _OURS,
        "leaves_out": _OURS,
        "section": _PLACE,
        "paragraph": _PLACE,
        "sentence": _PLACE,
        "sentence_sha256": _PLACE,
    },
    "article/quotations.csv": {"in_quotation_marks": _TEXT, "printed_after": _TEXT},
    "article/references.json": {
        "type": "our reading; two types that are printed in one way are told apart by a reader"
    },
    "article/slips.csv": {
        "slip_id": "what tells a slip from others; nothing refers to it",
        "kind": "a kind of slip that does not follow from other records",
        "description": _OURS,
        "section": _PLACE,
        "paragraph": _PLACE,
        "sentence": _PLACE,
        "sentence_sha256": _PLACE,
        "also_in": _SECTIONS,
    },
    "article/themes.csv": {"also_in": _SECTIONS},
}
# What may pass altogether: of the ledger nothing.
COVERED_BY_NONE: dict[str, dict[str, str]] = {}

_INVENTED = "invented, and nothing outside the file says what it should be; where it is shown, `make paper` tells"
_MAY_BE_EMPTY = "an empty cell stands for the class of the study"
_STANDIN: dict[str, dict[str, str]] = {
    "assignments.csv": {"text_sha256": "may be left empty: then nothing is held against it"},
    "claims.yaml": {"*": "which codes speak for a claim, and how far, is a reading; the figure may be the same"},
    "codebook.yaml": {},
    "codings.csv": {},
    "decisions.csv": {},
    "memos.csv": {},
    "messages.csv": {"class": _MAY_BE_EMPTY, "context_class": _MAY_BE_EMPTY},
    "participants.csv": {"class": _MAY_BE_EMPTY},
    "study.yaml": {},
    "themes.yaml": {},
    "threads.csv": {"class": _MAY_BE_EMPTY},
}
for _name, _columns in _STANDIN.items():
    REASONS[f"standin/{_name}"] = COVERED_BY_NONE[f"standin/{_name}"] = {"*": _INVENTED, **_columns}
