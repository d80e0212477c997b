r"""The mathematics of the final LaTeX: every formula between its signs, with its place.

This is what the reader's eye meets: `$…$`, `\[…\]`, displays, and the lines of the formula sheet.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from solgen.edition import Edition
from solgen.errors import Where


@dataclass(frozen=True)
class Formula:
    """One formula of a generated file, and the answer it prints, if any.

    `places` is where its author wrote each of its lines. `table` says that it stands in the
    notation table, which prints every symbol there is.
    """

    source: str
    locale: str
    places: tuple[Where, ...]
    answer: str = ""
    table: bool = False

    @property
    def where(self) -> Where:
        """Where it begins."""
        return self.places[0]

    def at(self, position: int | None) -> Where:
        """Where the author wrote what stands at this position."""
        line = self.source.count("\n", 0, position or 0)
        return self.places[min(line, len(self.places) - 1)]


_DISPLAYS = "equation|align|alignat|gather|multline|flalign"
_FORMULA = re.compile(
    r"(?<!\\)\$(?P<inline>[^$]+)(?<!\\)\$(?:\\solsign\{report\.\w+\.(?P<sign>[\w-]+)\.\w+\})?"
    r"|\\\[(?P<display>.*?)\\\]"
    rf"|\\begin\{{(?P<name>(?:{_DISPLAYS})\*?)\}}(?:\{{\d\}})?(?P<block>.*?)\\end\{{(?P=name)\}}"
    r"|^\\solkey\{(?P<label>(?:[^{}]|\{[^{}]*\})*)\}\{(?P<key>[^\n]*)\}$",
    re.DOTALL | re.MULTILINE,
)
_CAPTION = re.compile(r"\\solcaption\{(\w+)\}\{[^{}]*\}(?=\{)")  # language, number
_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
_MARK = re.compile(r"\\solmark\{report\.\w+\.([\w-]+)\.\w+\}")
_ASIDE = re.compile(r"\\(?:tag\*?|solreason|text|textrm|mbox|label)(?=\{)")


def formulas(edition: Edition) -> Iterator[Formula]:
    """Every formula of the edition's files, in their order, then those of its frame."""
    for name, lines in edition.snippets.items():
        text = "\n".join(line for line, _ in lines) + "\n"
        for spoken, piece in _spoken(text, edition):
            for source, place, answer in found(piece):
                numbers = range(place, min(place + source.count("\n") + 1, len(lines)))
                places = tuple(edition.locate(name, n + 1) or lines[n][1] for n in numbers)
                locale = spoken or places[0].locale or edition.locales[0].code
                yield Formula(source, locale, places, answer, name.endswith("-notation"))
    for source, place, _ in found(edition.body):
        where = Where("booklet.tex.j2", place + 1)
        yield Formula(source, edition.locales[0].code, (where,))


def _spoken(text: str, edition: Edition) -> Iterator[tuple[str, str]]:
    """The text without the captions, then each caption alone, with its language.

    Where languages share a figure, each caption says its own; the rest is blank, so that places
    stay.
    """
    codes = {locale.babel: locale.code for locale in edition.locales}
    captions = [(m[1], m.end(), _closing(text, m.end())) for m in _CAPTION.finditer(text)]
    rest = text
    for _, start, end in captions:
        rest = rest[:start] + _blank(text[start:end]) + rest[end:]
    yield "", rest
    for babel, start, end in captions:
        yield codes.get(babel, ""), _blank(text[:start]) + text[start:end] + _blank(text[end:])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)


def found(text: str) -> Iterator[tuple[str, int, str]]:
    """Source, line (from 0) and answer of each formula of a file."""
    text = _COMMENT.sub(lambda m: " " * len(m[0]), text)
    starts = [match.start() for match in re.finditer("\n", text)]
    for match in _FORMULA.finditer(text):
        group = next(k for k in ("inline", "display", "block", "key") if match[k] is not None)
        mark = _MARK.search(match[group])
        answer = mark[1] if mark else match["sign"] or ""
        begin = match.start(group) + len(match[group]) - len(match[group].lstrip())
        line = bisect.bisect_left(starts, begin)
        source, inner = _without_asides(match[group].lstrip())
        if source.strip():
            yield source, line, answer.replace("-", "_")
        for aside, place in inner:
            below = line + text.count("\n", begin, begin + place)
            yield from ((inside, below, "") for inside, _, _ in found(aside))
        if group == "key":
            yield from ((inside, line, "") for inside, _, _ in found(match["label"]))


def _without_asides(source: str) -> tuple[str, list[tuple[str, int]]]:
    """The formula without what is words in it; those words, and where they stand."""
    kept, asides, position = [], [], 0
    for match in _ASIDE.finditer(source):
        if match.start() < position:
            continue
        end = _closing(source, match.end())
        inside = source[match.end() + 1 : end - 1]
        asides.append((inside, match.start()))
        kept.append(source[position : match.start()])
        words = match[0] in (r"\text", r"\textrm", r"\mbox")
        kept.append(r"\text{}" if words else "")
        position = end
    return "".join([*kept, source[position:]]), asides


def _closing(source: str, start: int) -> int:
    """The end of the braces that open at `start`."""
    depth = 0
    for index in range(start, len(source)):
        escaped = index and source[index - 1] == "\\"
        depth += 0 if escaped else (source[index] == "{") - (source[index] == "}")
        if depth == 0:
            return index + 1
    return len(source)
