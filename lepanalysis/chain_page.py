"""The chains of all exhibits as the last section of paper.html, closed until a reader asks for one.

Beside every exhibit of the page stands a link to its entry; the entry leads back. All text is escaped here, since the
section enters the page as it is.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from lepanalysis.chain import rows_of, warning_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

# The entry of an exhibit, and the place of the page that leads to it.
ENTRY = "why-"
PLACE = "at-"
EVERYTHING = "why-everything"
# How much of a sentence, and how many links of one quotation, the page holds; `lepanalysis why` has all of them.
LONGEST = 600
SHORT = 48
MOST = 60
_ABOUT = (
    "One entry for each number, figure, table and quotation above: what made it, out of which cells, through which "
    "functions of the library, and from which files. <code>lepanalysis why</code> with the name of an exhibit says the "
    "same of a build."
)
_HEADS = {
    "prints": "Prints",
    "class": "Class",
    "origin": "Origin",
    "made by": "Made by",
    "out of": "Out of",
    "through": "Through",
    "hangs on": "Hangs on",
    "rests on": "Rests on",
}


def entry_of(id_: str) -> str:
    """Return the address of an exhibit's entry inside the page."""
    return f"#{ENTRY}{id_}"


def section(chains: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the section as HTML.

    Parameters
    ----------
    chains : mapping
        What `lepanalysis.chain.chains` gives, of the exhibits that the page shows. The folder of a build has them with
        all digests in why.json.
    """
    if not chains:
        return ""
    entries: list[str] = []
    notebook = ""
    for id_, chain in chains.items():
        if chain["notebook"]["file"] != notebook:
            notebook = chain["notebook"]["file"]
            entries.append(f"<h3>{_text(notebook)}</h3>")
        entries.append(_entry(id_, chain))
    return "\n".join(
        [
            '<section class="whys" aria-labelledby="why-title">',
            f'<details id="{EVERYTHING}">',
            '<summary><h2 id="why-title">Where everything comes from</h2></summary>',
            f"<p>{_ABOUT}</p>",
            *_shared(chains.values()),
            *entries,
            "</details>",
            "</section>",
        ]
    )


def _shared(chains: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return what many entries name, once: notebooks and files with their digests, and the versions."""
    notebooks, files, versions = {}, {}, {}
    for chain in chains:
        notebooks[chain["notebook"]["file"]] = chain["notebook"]["sha256"], chain["parameters"]
        for source in chain["inputs"]:
            files[source["owner"], source["file"]] = source["sha256"]
        versions |= chain["versions"]
    rows = [
        (f"{file}, with {', '.join(f'{name} = {value!r}' for name, value in parameters.items())}", digest)
        for file, (digest, parameters) in notebooks.items()
    ]
    rows += [(f"{file} of the {owner}", digest) for (owner, file), digest in sorted(files.items())]
    lines = ['<details class="why">', "<summary>Notebooks, files and versions</summary>", "<ul>"]
    lines += [f"<li>{_text(what)}{_digest(digest)}</li>" for what, digest in rows]
    told = ", ".join(f"{name} {version}" for name, version in versions.items())
    return [*lines, f"<li>{_text(told)}</li>" if told else "", "</ul>", "</details>"]


def _entry(id_: str, chain: Mapping[str, Any]) -> str:
    """Return the entry of one exhibit."""
    exhibit = chain["exhibit"]
    name = exhibit["name"] or _start(chain["printed"], quoted=exhibit["kind"] == "quotation")
    lines = [
        f'<details class="why {_text(exhibit["class"])}" id="{ENTRY}{_text(id_)}">',
        f"<summary><strong>{_text(name)}</strong> {_text(exhibit['caption'])}</summary>",
        "<dl>",
    ]
    for label, texts in rows_of(chain):
        lines.append(f"<dt>{_HEADS[label]}</dt>")
        lines += [f"<dd>{_text(text)}</dd>" for text in texts]
    if chain["files"]:
        lines.append("<dt>Files</dt>")
        lines += [f"<dd>{_text(file)}{_digest(digest)}</dd>" for file, digest in chain["files"].items()]
    lines += ["</dl>", *_links(chain["links"])]
    back = f'<a href="#{PLACE}{_text(id_)}">Back to {_text(exhibit["name"] or _what(exhibit["kind"]))}</a>'
    return "\n".join([*lines, f"<p><code>{_text(id_)}</code> {back}</p>", "</details>"])


def _start(printed: str, *, quoted: bool) -> str:
    """Return the first letters of what is printed, which call an exhibit that has no number."""
    line = " ".join(printed.split())
    short = line if len(line) <= SHORT else f"{line[: SHORT - 1].rstrip()}…"
    return f"“{short}”" if quoted else short


def _what(kind: str) -> str:
    """Return how the page speaks of an exhibit that has no number."""
    return f"the {kind} in the text"


def _links(links: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the way of a quotation, each link with its class before it."""
    if not links:
        return []
    warning = warning_of(links)
    lines = ["<ol>"]
    for link in links[:MOST]:
        if link["invented"] and warning:
            lines.append(f'<li class="warning">{_text(warning)}</li>')
            warning = ""
        class_ = _text(link["class"])
        lines.append(f'<li><span class="mark {class_}">{class_}</span> {_text(link["says"])}</li>')
    if len(links) > MOST:
        lines.append(f"<li>… and {len(links) - MOST} more, which <code>lepanalysis why</code> lists.</li>")
    return [*lines, "</ol>"]


def _digest(digest: str) -> str:
    """Return a digest as it stands behind what it is the digest of."""
    return f" <code>sha256 {_text(digest)}</code>" if digest else ""


def _text(text: object) -> str:
    """Return a text as HTML, cut where it is very long."""
    whole = " ".join(str(text).split())
    return escape(whole if len(whole) <= LONGEST else f"{whole[: LONGEST - 1].rstrip()}…")
