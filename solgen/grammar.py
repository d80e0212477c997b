"""What a template must contain, and in which order, refused at the author's line.

Jinja would report a missing half or an open passage at the end of the file.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

from solgen import characters, texscan
from solgen.errors import LatexError, TemplateError, TranslationError, Where
from solgen.project import Project
from solgen.stream import PartText
from solgen.templating import SECTIONS

REQUIRED = {"given": "statement", "answer": "answer", "solution": "solution"}
At = Callable[[int | None], Where]

_TAG = re.compile(r"^[ \t]*@[ \t]*(\w+)(.*)$")
_COMMENT = re.compile(r"(?s)\\#\{.*?\}")
JINJA = frozenset(
    [
        "block",
        "call",
        "elif",
        "else",
        "endblock",
        "endcall",
        "endfilter",
        "endfor",
        "endif",
        "endmacro",
        "endset",
        "endwith",
        "extends",
        "filter",
        "for",
        "from",
        "if",
        "import",
        "include",
        "macro",
        "set",
        "with",
    ]
)
"""The tags of Jinja that a template may use."""


def inspect(source: str, path: Path, project: Project, question: str) -> None:
    """Refuse a malformed sequence of tags with a message at its line.

    Raises TemplateError, TranslationError where one language's version is missing, and LatexError
    for a command that no template may contain.
    """
    _inspect(source, project.relative(path), project.languages, question)


@lru_cache(maxsize=4)  # each edition asks again, and so do the seals
def _inspect(source: str, shown: str, languages: tuple[str, ...], question: str) -> None:
    _refuse_characters(source, Where(shown, None, question))
    _refuse_open_values(source, Where(shown, None, question))
    _refuse_commands(source, Where(shown, None, question))
    grammar = _Grammar(languages, shown, question)
    for line, tag, rest in _tags(source):
        grammar.read(line, tag, rest)
    grammar.close(source.count("\n"))


def passages(source: str, languages: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and versions, without comments, of every passage of a well-formed template."""
    lines = re.sub(r"(?<!\\)%.*", "", _without_comments(source)).split("\n")
    opened: dict[str, int] = {}
    for line, tag, _ in _tags(source):
        if tag in languages:
            opened[tag] = line
        elif tag == "end":
            ends = [*list(opened.values())[1:], line]
            yield (
                min(opened.values()),
                {
                    code: "\n".join(lines[start : end - 1])
                    for (code, start), end in zip(opened.items(), ends, strict=True)
                },
            )
            opened = {}


def tags(source: str) -> set[str]:
    """The names of all line statements of a template."""
    return {tag for _, tag, _ in _tags(source)}


def _refuse_characters(source: str, where: Where) -> None:
    """Refuse what cannot be seen in an editor, and what solgen uses for its own marks."""
    for number, line in enumerate(source.split("\n"), start=1):
        if odd := characters.odd(line):
            raise TemplateError(
                odd.message,
                Where(where.file, number, where.question),
                odd.hint,
                found=characters.shown(line),
            )


def _refuse_open_values(source: str, where: Where) -> None:
    """Refuse a printed value that does not end on its line; Jinja would complain further down."""
    for number, line in enumerate(_without_comments(source).split("\n"), start=1):
        for start in re.finditer(r"\\(VAR|BLOCK)\{", line):
            if line[start.end() :].startswith(("-", "+")):
                raise TemplateError(
                    f"Jinja drops the sign {line[start.end()]} behind {start[0]}",
                    Where(where.file, number, where.question, part_at(source, number)),
                    r"put parentheses around the value: \VAR{(-x)}",
                    found=line.strip(),
                )
            if not _closed(line[start.end() :]):
                raise TemplateError(
                    rf"\{start[1]}{{ is not closed on its line",
                    Where(where.file, number, where.question, part_at(source, number)),
                    r"end it by a brace: \VAR{name}",
                    found=line.strip(),
                )


def _refuse_commands(source: str, where: Where) -> None:
    """Refuse LaTeX that does more than to print, and a typed tick: what it says would not be so."""
    written = _without_comments(source)
    if refused := texscan.forbidden(written, snippet=True):
        place = Where(where.file, refused.line, where.question, part_at(source, refused.line))
        raise LatexError(f"{refused.text} is refused: it {refused.why}", place, "remove it")
    if mark := texscan.pretended(written):
        raise TemplateError(
            f"{mark.text} {mark.why}",
            Where(where.file, mark.line, where.question, part_at(source, mark.line)),
            "print the answer by show(…) or inline(…): it carries its mark",
        )


def _closed(rest: str) -> bool:
    """Whether the brace opened before `rest` is closed in it."""
    return 0 in accumulate(((c == "{") - (c == "}") for c in rest), initial=1)


def _without_comments(source: str) -> str:
    return _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source)


@lru_cache(maxsize=16)
def _tags(source: str) -> tuple[tuple[int, str, str], ...]:
    """Line, name and rest of every line statement outside comments; asked for at every line."""
    lines = enumerate(_without_comments(source).split("\n"), start=1)
    matches = ((line, _TAG.match(text)) for line, text in lines)
    return tuple((line, match[1], match[2]) for line, match in matches if match)


def part_at(source: str, line: int) -> str | None:
    """The part that a line of the template belongs to."""
    letters = [
        rest.strip() for number, tag, rest in _tags(source) if tag == "part" and number <= line
    ]
    return letters[-1] if letters else None


def section_at(source: str, line: int) -> str:
    """The section that a line of the template belongs to, `given` in a statement."""
    kinds = ["given"]
    for number, tag, _ in _tags(source):
        if number <= line and tag in ("part", *SECTIONS):
            kinds.append("given" if tag == "part" else tag)
    return kinds[-1]


class _Grammar:
    """What may follow what: parts, their sections, and passages in every language."""

    def __init__(self, languages: tuple[str, ...], file: str, question: str) -> None:
        self.languages = languages
        self.file = file
        self.question = question
        self.part: str | None = None
        self.opened = 0  # line of the passage being read
        self.waiting: str | None = None  # the tag that it needs next
        self.shape = " … ".join(f"@{name}" for name in (*languages, "end"))

    def read(self, line: int, tag: str, rest: str) -> None:
        if tag in (*self.languages, "end"):
            self._passage(line, tag)
        elif tag in ("part", *SECTIONS):
            if self.waiting:
                raise self._unfinished(line, f"@{tag}")
            if tag == "part":
                self._part(line, rest.strip())
            elif self.part is None:
                raise self._error(
                    line, f"@{tag} stands before the first part", "put it behind its @part"
                )
        elif tag not in JINJA:
            raise self._error(line, f"there is no tag @{tag}", self._nearest(tag))
        if rest.strip() and tag in (*self.languages, "end", *SECTIONS):
            hint = "a tag stands alone on its line; put the text below it"
            raise self._error(line, f"text behind @{tag}", hint, found=rest.strip())

    def close(self, line: int) -> None:
        if self.waiting:
            raise self._unfinished(line, "the end of the file")

    def _passage(self, line: int, tag: str) -> None:
        first = self.languages[0]
        if tag != (self.waiting or first):
            if self.waiting:
                raise self._unfinished(line, f"@{tag}")
            if tag == "end":
                hint = f"a passage is written {self.shape}"
                raise self._error(line, "@end closes no passage", hint)
            raise self._missing(
                line, first, f"the passage that begins by @{tag} has no {first} half"
            )
        if not self.waiting:
            self.opened = line
        following = (*self.languages, "end", None)
        self.waiting = following[following.index(tag) + 1]

    def _part(self, line: int, letter: str) -> None:
        if not re.fullmatch(r"[a-z]", letter):
            raise self._error(line, "@part needs one letter", "@part a", found=f"@part {letter}")
        self.part = letter

    def _unfinished(self, line: int, before: str) -> TemplateError:
        if self.waiting == "end":
            message = f"the passage opened at line {self.opened} is not closed before {before}"
            return self._error(line, message, f"a passage is written {self.shape}")
        message = f"the passage opened at line {self.opened} has no {self.waiting} half"
        return self._missing(line, str(self.waiting), message, before)

    def _missing(
        self, line: int, language: str, message: str, before: str | None = None
    ) -> TranslationError:
        where = Where(self.file, line, self.question, self.part, language)
        hint = f"a passage is written {self.shape}"
        return TranslationError(message, where, hint, found=before, expected=f"@{language}")

    def _error(self, line: int, message: str, hint: str, found: str | None = None) -> TemplateError:
        return TemplateError(
            message, Where(self.file, line, self.question, self.part), hint, found=found
        )

    def _nearest(self, tag: str) -> str:
        known = (*self.languages, "end", "part", *SECTIONS)
        near = difflib.get_close_matches(tag, known, n=1)
        return f"did you mean @{near[0]}?" if near else "the tags are @" + ", @".join(known)


def require_parts(wanted: list[str], parts: list[PartText], at: At) -> None:
    """Require exactly the module's parts, in order, each with what it must say.

    `at` gives the place of a line. Raises TemplateError.
    """
    found = [part.id for part in parts[1:]]
    if found != wanted:
        message, line = _mismatch(wanted, parts[1:])
        raise TemplateError(
            message,
            at(line),
            "write @part once for each Part of the module, in the same order",
            found=", ".join(found) or "no part",
            expected=", ".join(wanted),
        )
    for part in parts[1:]:
        kinds = [section.kind for section in part.sections]
        for kind in REQUIRED:
            section = part.section(kind)
            if section is None or section.empty():
                raise TemplateError(
                    f"the part has no {REQUIRED[kind]}",
                    at(part.source),
                    "write it between @part and @answer" if kind == "given" else f"add @{kind}",
                )
        for section in part.sections:
            if kinds.count(section.kind) > 1:
                again = [s for s in part.sections if s.kind == section.kind][1]
                message = f"the part has @{again.kind} twice"
                raise TemplateError(message, at(again.source), "join the two")


def _mismatch(wanted: list[str], parts: list[PartText]) -> tuple[str, int | None]:
    """What is wrong with the template's list of parts, and the line to look at."""
    found = [part.id for part in parts]
    for index, part in enumerate(parts):
        if part.id in found[:index]:
            return f"part ({part.id}) stands twice in the template", part.source
        if part.id not in wanted:
            return f"the module has no part ({part.id})", part.source
    missing = [letter for letter in wanted if letter not in found]
    if missing:
        return f"the template lacks part ({missing[0]}) of the module", None
    odd = next(part for part, letter in zip(parts, wanted, strict=True) if part.id != letter)
    return "the template's parts stand in another order than the module's", odd.source
