"""The paper's template: prose in Markdown that calls every figure, number, table and quotation by its id.

What is called becomes a marker that `lepanalysis.document` replaces in the parsed document, so no text of a
study is ever read as Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lepanalysis.faults import Fault, StudyFaultsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

# A run of this many words that stands in a message is a quotation that nobody marked.
RUN_OF_WORDS = 6
_NUMBER_WORDS = tuple(
    word
    for line in (
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen",
        "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands",
        "million millions dozen dozens",
    )
    for word in line.split()
)
WORDS = ("zero", "one", *_NUMBER_WORDS[:11])
_UNKNOWN = "no notebook of this build makes it"
# Pandoc writes {#id} where Jinja would begin a comment.
_COMMENTS = {"comment_start_string": "{!", "comment_end_string": "!}"}
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
_DIGITS = re.compile(r"\w*\d\w*")
_WORD = re.compile(r"\w+")
_TAG_AT_END = re.compile(r"^(?![ \t]*(?:\{%(?:(?!%\}).)*%\}[ \t]*)+$).*%\}$", re.MULTILINE)
# The header is prose but for its fences and keys: a title and an abstract are read like any other sentence.
_HEADER = re.compile(r"\A---\n.*?\n(?:---|\.\.\.)\n", re.DOTALL)
_NO_HEADER_PROSE = re.compile(r"^(?:---|\.\.\.)$|^\s*(?:- )?[\w-]+:(?: [|>][+-]?$)?", re.MULTILINE)
# What is no prose: citations, attributes, targets of links, comments and code.
_NO_PROSE = re.compile(
    r"<!--.*?-->|\[[^\]]*@[^\]]*\]|-?@[\w:.#$%&+?<>~/-]*\w|\{[^}]*\}|\]\([^)]*\)|<https?:[^>]*>"
    r"|```.*?```|`[^`]*`",
    re.DOTALL,
)


@dataclass(frozen=True)
class Material:
    """What a template may call.

    Parameters
    ----------
    exhibits : mapping
        The register, by id.
    skipped : mapping
        Notebooks that were left out, with the reason.
    study : mapping
        What may be said of the study in words.
    messages : iterable of str
        The texts that the prose may not repeat.
    """

    exhibits: Mapping[str, Mapping[str, Any]]
    skipped: Mapping[str, str]
    study: Mapping[str, Any]
    messages: Iterable[str] = field(repr=False)


@dataclass(frozen=True)
class Expanded:
    """A template with its calls turned into markers.

    Parameters
    ----------
    markdown : str
    used : tuple of str
        Ids of the exhibits called, in the order of their first call.
    texts : tuple of str
        Texts of the study, by the number in their marker.
    omitted : mapping
        Notebooks and exhibits that the template leaves out on purpose, with its reason.
    """

    markdown: str
    used: tuple[str, ...]
    texts: tuple[str, ...]
    omitted: Mapping[str, str] = field(default_factory=dict)


def expand(path: Path, shown_as: str, material: Material) -> Expanded:
    """Expand a template.

    Parameters
    ----------
    path : Path
        The template.
    shown_as : str
        How a fault names it.
    material : Material

    Raises
    ------
    StudyFaultsError
        With every id that is unknown, every exhibit that is not used, every typed number and every run of
        words that stands in a message.
    """
    source = path.read_text(encoding="utf-8")
    faults = list(faults_of_prose(source, shown_as, material.messages))
    calls = _Calls(source, shown_as, material)
    try:
        markdown = calls.template().render()
    except Exception as error:  # noqa: BLE001 - whatever a template's expression can raise, its author mends it there
        raise StudyFaultsError([*faults, _unreadable(shown_as, _line_of_error(error), str(error))]) from None
    faults += calls.faults
    for name, exhibit in material.exhibits.items():
        if name not in calls.used and not {name, exhibit["notebook"]} & calls.omitted.keys():
            problem = f"notebook {exhibit['notebook']} makes this {exhibit['kind']} and the paper does not use it"
            remedy = "call it in the template, or take it out of the notebook"
            faults.append(Fault(shown_as, 0, name, problem, remedy))
    if faults:
        raise StudyFaultsError(faults)
    return Expanded(markdown, tuple(dict.fromkeys(calls.used)), tuple(calls.texts), dict(calls.omitted))


def _unreadable(shown_as: str, line: int, why: str) -> Fault:
    """Return the fault of a template that cannot be expanded."""
    return Fault(shown_as, line, "", f"the template cannot be read ({why})", "mend what stands between the braces")


def _line_of_error(error: Exception) -> int:
    """Return the line of the template in which an error was raised; 0 where nothing says it."""
    line = getattr(error, "lineno", None) or 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


class _Calls:
    """The verbs of a template, and what was called with them while it was expanded.

    It lives for one expansion only: a template language hands out nothing but text, so what is called on the
    way has to be kept beside it.
    """

    def __init__(self, source: str, shown_as: str, material: Material) -> None:
        self.used: list[str] = []
        self.texts: list[str] = []
        self.omitted: dict[str, str] = {}
        self.faults: list[Fault] = []
        self._source = source
        self._shown_as = shown_as
        self._material = material

    def template(self) -> Any:  # noqa: ANN401 - a Jinja template
        """Return the template, bound to the verbs and to nothing else."""
        from jinja2 import StrictUndefined
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined,
            finalize=self._finalised,
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
            **_COMMENTS,
        )
        verbs = {
            "number": self._number,
            "table": lambda id_: self._block(id_, "table"),
            "figure": lambda id_: self._block(id_, "figure"),
            "quotation": lambda id_: self._block(id_, "quotation"),
            "quote": lambda id_: self._inline(id_, ("quotation",), "lep-quotation"),
            "ref": lambda id_: self._inline(id_, ("table", "figure"), "lep-ref"),
            "omit": self._omit,
            "has": lambda id_: id_ in self._material.exhibits,
            "made": self._made,
            "reason": lambda notebook: self._material.skipped.get(notebook, ""),
            "ids": self._ids,
            "value": lambda id_: self._part(id_, "shown").get("value"),
            "caption": lambda id_: self._part(id_, "caption"),
            "study": self._material.study,
        }
        # A tag that has a line to itself leaves no line behind; behind any other the line's end stays.
        source = _TAG_AT_END.sub(r"\g<0> ", self._source)
        return environment.from_string(source, globals=verbs)

    def _finalised(self, value: object) -> object:
        """Return the marker of a text; markers themselves pass."""
        from markupsafe import Markup

        if isinstance(value, Markup) or value is None:
            return value
        self.texts.append(str(value))
        return Markup('[]{{.lep-text n="{}"}}').format(len(self.texts) - 1)

    def _called(self, id_: str, kinds: tuple[str, ...]) -> bool:
        """Note that an exhibit was called; note a fault where there is none of these kinds."""
        exhibit = self._material.exhibits.get(id_)
        if exhibit is None:
            self._fault(id_, _UNKNOWN)
        elif exhibit["kind"] not in kinds:
            self._fault(id_, f"it is a {exhibit['kind']}")
        else:
            self.used.append(id_)
            return True
        return False

    def _fault(self, id_: str, problem: str) -> None:
        """Note a call that cannot be met."""
        line = _line_of_call(self._source, id_)
        self.faults.append(Fault(self._shown_as, line, id_, problem, "mend the id, or ask for it with has() first"))

    def _inline(self, id_: str, kinds: tuple[str, ...], marker: str, form: str = "") -> object:
        """Return a marker inside a line."""
        from markupsafe import Markup

        if not self._called(id_, kinds):
            return Markup("")
        return Markup('[]{{.{} n="{}" form="{}"}}').format(marker, id_, form)

    def _number(self, id_: str, form: str = "") -> object:
        """Return the marker of a number, in digits or in `words`."""
        return self._inline(id_, ("number",), "lep-number", form)

    def _block(self, id_: str, kind: str) -> object:
        """Return a marker that stands by itself."""
        from markupsafe import Markup

        if not self._called(id_, (kind,)):
            return Markup("")
        return Markup('\n\n::: {{.lep-exhibit n="{}"}}\n:::\n\n').format(id_)

    def _omit(self, name: str, reason: str) -> object:
        """Leave out a notebook or an exhibit on purpose: the tradition of a study may forbid to show it."""
        from markupsafe import Markup

        self.omitted[name] = reason
        return Markup("")

    def _made(self, notebook: str) -> bool:
        """Whether a notebook was run."""
        return any(exhibit["notebook"] == notebook for exhibit in self._material.exhibits.values())

    def _ids(self, notebook: str, kind: str, starting: str = "", about: str = "") -> list[str]:
        """Return the exhibits of a notebook that are of one kind, in its order; `about` stands in their captions."""
        return [
            name
            for name, exhibit in self._material.exhibits.items()
            if exhibit["notebook"].startswith(notebook)
            and exhibit["kind"] == kind
            and name.startswith(starting)
            and about in exhibit["caption"]
        ]

    def _part(self, id_: str, key: str) -> Any:  # noqa: ANN401 - a part of an exhibit
        """Return a part of an exhibit, which does not count as showing it."""
        if id_ in self._material.exhibits:
            return self._material.exhibits[id_][key]
        self._fault(id_, _UNKNOWN)
        return {} if key == "shown" else ""


def _line_of_call(source: str, id_: str) -> int:
    """Return the line in which an id is called; 0 where it was put together."""
    for number, line in enumerate(source.splitlines(), start=1):
        if re.search(rf"""["']{re.escape(id_)}["']""", line):
            return number
    return 0


def prose_of(source: str, shown_as: str) -> Iterator[tuple[int, int, str]]:
    """Yield the pieces of a template that are prose: line, column and text of each.

    Calls are left out by the template language's own lexer; what Markdown does not print is blanked.
    """
    from jinja2 import Environment

    blanked = _HEADER.sub(
        lambda header: _NO_HEADER_PROSE.sub(_blank, header[0]), _without_calls(source, shown_as, Environment)
    )
    blanked = _NO_PROSE.sub(_blank, blanked)
    for number, line in enumerate(blanked.splitlines(), start=1):
        for piece in re.finditer(r"\S.*", line):
            yield number, piece.start() + 1, piece[0]


def _blank(match: re.Match[str]) -> str:
    """Return blanks in the place of a match, its lines kept."""
    return re.sub(r"[^\n]", " ", match[0])


def _without_calls(source: str, shown_as: str, environment: Any) -> str:  # noqa: ANN401 - a class of Jinja
    """Return a template with every call replaced by blanks, each line as long as it was."""
    from jinja2 import TemplateSyntaxError

    try:
        tokens = list(environment(keep_trailing_newline=True, **_COMMENTS).lex(source))
    except TemplateSyntaxError as error:
        raise StudyFaultsError([_unreadable(shown_as, error.lineno, str(error.message))]) from None
    text = ""
    for line, kind, value in tokens:
        # A tag with a minus sign takes the lines before it away.
        text += "\n" * (line - 1 - text.count("\n"))
        text += value if kind == "data" else re.sub(r"[^\n]", " ", value)
    return text


def faults_of_prose(source: str, shown_as: str, messages: Iterable[str]) -> Iterator[Fault]:
    """Yield the numbers that are typed in the prose and the runs of words that stand in a message.

    Parameters
    ----------
    source : str
        The template.
    shown_as : str
        How a fault names it.
    messages : iterable of str
        Texts of the study.
    """
    words: list[tuple[str, int, int]] = []
    for line, column, text in prose_of(source, shown_as):
        for pattern, what in ((_DIGITS, "a number is typed"), (_NUMBER_WORD, "a number word is typed")):
            for match in pattern.finditer(text):
                place = f"column {column + match.start()}"
                remedy = "register it in a notebook and call it with number()"
                yield Fault(shown_as, line, place, f"{what}: {match[0]!r}", remedy)
        words += [(match[0].casefold(), line, column + match.start()) for match in _WORD.finditer(text)]
    runs = _runs(messages)
    last = -1
    for at in range(len(words) - RUN_OF_WORDS + 1):
        run = tuple(word for word, _, _ in words[at : at + RUN_OF_WORDS])
        if run in runs and at > last:
            last = at + RUN_OF_WORDS - 1
            _, line, column = words[at]
            problem = f"words of message {runs[run]} stand in the prose: {' '.join(run)!r}"
            yield Fault(shown_as, line, f"column {column}", problem, "call the quotation, or use other words")


def _runs(messages: Iterable[str]) -> dict[tuple[str, ...], int]:
    """Return every run of words in the messages, with the place of the message among them."""
    runs: dict[tuple[str, ...], int] = {}
    for number, text in enumerate(messages, start=1):
        words = [match[0].casefold() for match in _WORD.finditer(text)]
        for at in range(len(words) - RUN_OF_WORDS + 1):
            runs.setdefault(tuple(words[at : at + RUN_OF_WORDS]), number)
    return runs
