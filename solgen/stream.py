"""The stream a template renders to, read back into parts, sections and blocks with their lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from solgen.errors import Where
from solgen.locales import Locale
from solgen.proofread import NUMBER, OTHER, refuse, typeset
from solgen.templating import CLOSE, OPEN


@dataclass
class Line:
    """One output line, and the template line it came from (0: none)."""

    text: str
    source: int


@dataclass
class Block:
    """Prose of one language (`paired`), or what all languages share."""

    paired: bool
    lines: list[Line] = field(default_factory=list)


@dataclass
class Section:
    """`given`, `answer`, `solution`, …: what stands between two section tags."""

    kind: str
    source: int
    blocks: list[Block] = field(default_factory=list)

    def empty(self) -> bool:
        return not any(line.text.strip() for block in self.blocks for line in block.lines)


@dataclass
class PartText:
    """The sections of one part, or of the question itself (`id` empty)."""

    id: str
    source: int
    sections: list[Section] = field(default_factory=list)

    def section(self, kind: str) -> Section | None:
        return next((s for s in self.sections if s.kind == kind), None)


_MARK = re.compile(f"{OPEN}([^{CLOSE}]*){CLOSE}")


def read(stream: str) -> list[PartText]:
    """Read a rendered stream: first what stands before part (a), then each part."""
    reader = _Reader()
    position = 0
    for match in _MARK.finditer(stream):
        reader.text(stream[position : match.start()])
        reader.mark(*match[1].split(" "))
        position = match.end()
    reader.text(stream[position:])
    return reader.parts


class _Reader:
    """Builds the parts while the stream goes by."""

    def __init__(self) -> None:
        self.line = 1
        self.parts = [PartText("", 1, [Section("given", 1)])]
        self.block = self._open(paired=False)

    def _open(self, *, paired: bool) -> Block:
        block = Block(paired)
        self.parts[-1].sections[-1].blocks.append(block)
        return block

    def mark(self, kind: str, *arguments: str) -> None:
        if kind == "line":
            self.line = int(arguments[0])
            if self.block.lines and not self.block.lines[-1].text:
                self.block.lines[-1].source = self.line
        elif kind == "value":
            self._append(OPEN + arguments[0] + CLOSE)
        elif kind == "unvalue":
            self._append(OPEN + CLOSE)
        elif kind in ("pair", "unpair"):
            self.block = self._open(paired=kind == "pair")
        elif kind == "part":
            line = int(arguments[1])
            self.parts.append(PartText(arguments[0], line, [Section("given", line)]))
            self.block = self._open(paired=False)
        elif kind == "section":
            self.parts[-1].sections.append(Section(arguments[0], int(arguments[1])))
            self.block = self._open(paired=False)

    def text(self, text: str) -> None:
        pieces = text.split("\n")
        self._append(pieces[0])
        for piece in pieces[1:]:
            self.block.lines.append(Line("", self.line))
            self._append(piece)

    def _append(self, text: str) -> None:
        if not self.block.lines:
            self.block.lines.append(Line("", self.line))
        last = self.block.lines[-1]
        if not last.text:
            last.source = self.line
        last.text += text


_VALUE = re.compile(f"{OPEN}(number|other){CLOSE}(.*?){OPEN}{CLOSE}", re.DOTALL)


def finish(block: Block, locale: Locale, where: Where) -> None:
    """Check a block's prose, apply the language's typography, and take the marks out.

    Raises TemplateError or TranslationError at the template's line.
    """
    values: list[str] = []

    def hide(match: re.Match[str]) -> str:
        values.append(match[2])
        return NUMBER if match[1] == "number" else OTHER

    text = _VALUE.sub(hide, "\n".join(line.text for line in block.lines))
    # A value may span several output lines; they all come from the line that printed it.
    sources = _sources(block)
    refuse(text, sources, paired=block.paired, locale=locale, where=where)
    if block.paired:
        text = typeset(text, locale)
    restored = iter(values)
    out: list[Line] = []
    for line, source in zip(text.split("\n"), sources, strict=True):
        whole = re.sub(f"[{NUMBER}{OTHER}]", lambda _: next(restored), line)
        out.extend(Line(piece, source) for piece in whole.split("\n"))
    block.lines = out


def _sources(block: Block) -> list[int]:
    """The template line of each line left after values were folded into one character."""
    sources = []
    depth = 0
    for line in block.lines:
        if depth == 0:
            sources.append(line.source)
        depth += len(re.findall(f"{OPEN}(?:number|other){CLOSE}", line.text))
        depth -= len(re.findall(f"{OPEN}{CLOSE}", line.text))
    return sources
