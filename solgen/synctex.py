"""SyncTeX: from a point of a page to the author's line, and back.

pdfLaTeX run with ``-synctex=1`` writes beside the PDF which line of which file made
each box, glue and formula (the format: ``man 5 synctex``).  Those files are solgen's
own; :data:`~solgen.faults.Locate` leads from their lines to the author's.
"""

from __future__ import annotations

import gzip
import io
import re
import threading
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import IO

from solgen.errors import LatexError, LimitError, Where
from solgen.faults import Locate

POINT = 65536 * 72.27 / 72  # TeX's scaled points in a point of PDF
MOST = 128 * 2**20  # bytes that one file may hold in memory, about 2500 pages

INPUT = re.compile(rb"(?m)^Input:(\d+):(.*)\n")
_ANCHOR = re.compile(rb"\n!\d+(?=\n)")  # eight times faster than with (?m)^
NEAR = 40  # lines that are looked at around one that prints nothing

_SHEET = re.compile(rb"\{(\d+)\n")
_EMPTY = b"SyncTeX Version:1\n"
_LINK = re.compile(rb"\n[\[(hvxkgr$](\d+,\d+)")
_RECORD = re.compile(
    rb"(?m)^(?:([\[(hvxkgr$])(\d+,\d+)(?:,-?\d+)?:(-?\d+),(-?\d+|=)"
    rb"(?::(-?\d+)(?:,(-?\d+),(-?\d+))?)?|([\])]))"
)


@dataclass(frozen=True)
class Spot:
    """A place on a page: points from its top left corner; pages count from 1."""

    page: int
    x: float
    y: float
    height: float = 0.0


@dataclass(frozen=True)
class Span:
    """The pages that a part of a question is on, and those that hold nothing else."""

    pages: tuple[int, ...]
    alone: tuple[int, ...]


@dataclass(frozen=True)
class _Node:
    """What is at x on a line, and who wrote it; a `loose` one has the link of the one before."""

    x: float
    place: Where
    loose: bool


@dataclass
class _Line:
    """A line of the page: the innermost horizontal box around its nodes, in points."""

    left: float
    top: float
    right: float
    bottom: float
    nodes: list[_Node] = field(default_factory=list)

    def distance(self, x: float, y: float) -> tuple[float, float]:
        """How far a point lies outside; among those that hold it, the smaller is nearer."""
        dx = max(self.left - x, 0.0, x - self.right)
        dy = max(self.top - y, 0.0, y - self.bottom)
        return dx + 3 * dy, (self.right - self.left) * (self.bottom - self.top)

    @property
    def visible(self) -> bool:
        return self.right - self.left > 1 and self.bottom - self.top > 1

    def trimmed(self) -> _Line:
        """The line without the glue at its edges: that one has the line of the paragraph's end."""
        inner = [n for n in self.nodes if self.left + 0.01 < n.x < self.right - 0.01]
        firm = [n for n in inner if not n.loose]  # the first loose one may follow such glue
        return replace(self, nodes=firm or inner or self.nodes)

    def at(self, x: float) -> Where:
        """Who wrote what stands at x: a word is followed by the space of its own line."""
        return min(self.nodes, key=lambda n: n.x - x if n.x >= x else 3 * (x - n.x)).place


@dataclass(frozen=True)
class _Box:
    """A box that is open while a sheet is read, in scaled points."""

    kind: bytes
    x: int
    y: int
    width: int
    height: int
    depth: int

    def line(self) -> _Line:
        top, bottom = (self.y - self.height) / POINT, (self.y + self.depth) / POINT
        return _Line(self.x / POINT, top, (self.x + self.width) / POINT, bottom)


class Synctex:
    """The SyncTeX file of one PDF, read at once, understood when first asked.

    locate: from a generated file and its line to the author's place.  Every method may be
    called from any thread, and raises LatexError for a damaged file, LimitError for one that
    holds more than 128 MiB.
    """

    def __init__(self, path: Path, locate: Locate) -> None:
        self.name = path.name
        self.locate = locate
        self._raw = path.read_bytes()
        self._places: dict[bytes, Where | None] = {}
        self._lock = threading.Lock()

    def read(self) -> None:
        """Understand the file now, so that the first question has a quick answer."""
        with self._lock:
            self._located()

    def place(self, page: int, x: float, y: float) -> Where | None:
        """Who wrote what is at a point of a page, or nearest to it."""
        with self._lock:
            lines = self._lines(page)
        if not lines:
            return None
        return min(lines, key=lambda line: line.distance(x, y)).at(x)

    def spot(self, where: Where) -> Spot | None:
        """Where an author's line is first printed: itself, or the nearest one that prints."""
        with self._lock:
            return self._spot(where)

    def span(self, where: Where) -> Span:
        """The pages of a part of a question: `where` names both."""
        with self._lock:
            return self._span(where)

    def _spot(self, where: Where) -> Spot | None:
        for links in self._nearest(where):
            if spot := self._first(links):
                return spot
        return None

    def _first(self, wanted: set[bytes]) -> Spot | None:
        """The first place where one of these links is printed."""
        places = {self._place(link) for link in wanted}
        for page, links in self._links.items():
            if links.isdisjoint(wanted):
                continue
            for line in self._lines(page):
                found = next((node.x for node in line.nodes if node.place in places), None)
                if found is not None and line.visible:
                    return Spot(page, found, line.top, line.bottom - line.top)
        return None

    def _span(self, where: Where) -> Span:
        wanted = {link for link, place in self._located().items() if _same_part(place, where)}
        pages, alone = [], []
        for page, links in self._links.items():
            if links.isdisjoint(wanted):
                continue
            own = [
                _same_part(node.place, where) for line in self._lines(page) for node in line.nodes
            ]
            if any(own):
                pages.append(page)
            if own and all(own):
                alone.append(page)
        return Span(tuple(pages), tuple(alone))

    def _nearest(self, where: Where) -> Iterator[set[bytes]]:
        """The links of the line that `where` names, then those of the lines of its file near it."""
        found = self._located()
        if where.file is None or where.line is None:
            yield {link for link, place in found.items() if _same_part(place, where)}
            return
        lines: dict[int, set[bytes]] = {}
        for link, place in found.items():
            if place.file == where.file and place.line is not None:
                lines.setdefault(place.line, set()).add(link)
        asked = where.line
        # What follows an empty line is nearer than what precedes it.
        for line in sorted(lines, key=lambda n: (abs(n - asked), -n))[:NEAR]:
            yield lines[line]

    def _located(self) -> dict[bytes, Where]:
        """Every link of the file that leads to an author's place."""
        links = frozenset().union(*self._links.values())
        found = {link: self._place(link) for link in sorted(links)}
        return {link: place for link, place in found.items() if place is not None}

    def _place(self, link: bytes) -> Where | None:
        if link not in self._places:
            tag, _, line = link.partition(b",")
            file = self._generated.get(tag)
            self._places[link] = self.locate(file, int(line)) if file else None
        return self._places[link]

    def _lines(self, page: int) -> list[_Line]:
        """The lines of a page's body that lead to an author's place, from top to bottom."""
        sheet = self._sheets[1].get(page)
        if sheet is None:
            return []
        lines: dict[int, _Line] = {}
        for number, box, kind, x, link in _nodes(sheet):
            place = self._place(link)
            if place is not None:
                node = _Node(x / POINT, place, kind == b"x")
                lines.setdefault(number, box.line()).nodes.append(node)
        return [line.trimmed() for line in lines.values()]

    @cached_property
    def _sheets(self) -> tuple[dict[bytes, str], dict[int, bytes]]:
        """The input files by their tags; the records of each page."""
        inputs: dict[bytes, str] = {}
        sheets: dict[int, bytes] = {}
        size = 0
        with opened(self._raw) as stream:
            for section in sections(stream, self.name):
                size += len(section)
                if size > MOST:
                    self._raw = _EMPTY  # the next question gets no answer, at once
                    raise LimitError(f"{self.name} holds more than {MOST >> 20} MiB: not searched")
                if number := _SHEET.match(section):
                    sheets[int(number[1])] = section
                inputs.update(
                    (tag, name.decode(errors="replace")) for tag, name in inputs_of(section)
                )
        self._raw = b""  # understood
        return inputs, sheets

    @cached_property
    def _generated(self) -> dict[bytes, str]:
        return generated(self._sheets[0])

    @cached_property
    def _links(self) -> dict[int, frozenset[bytes]]:
        return {page: frozenset(_LINK.findall(sheet)) for page, sheet in self._sheets[1].items()}


def opened(raw: bytes) -> IO[bytes]:
    """The text of a SyncTeX file, compressed or not."""
    stream = io.BytesIO(raw)
    return gzip.open(stream) if raw[:2] == b"\x1f\x8b" else stream  # type: ignore[return-value]


def sections(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """What stands between the anchors (`!` and a number of bytes), a few pages at a time.

    Raises LatexError when the file is damaged or none of SyncTeX.
    """
    rest, first = b"", True
    try:
        while (piece := stream.read(2**20)) or first:
            if first and not piece.startswith(b"SyncTeX Version:"):
                raise LatexError("is not a SyncTeX file", name, "build again")
            first = False
            *whole, rest = _ANCHOR.split(rest + piece)
            yield from (section.removeprefix(b"\n") + b"\n" for section in whole if section)
    except (OSError, EOFError, zlib.error) as error:
        raise LatexError(f"is damaged: {error}", name, "build again") from None
    yield rest.removeprefix(b"\n")


def inputs_of(section: bytes) -> list[tuple[bytes, bytes]]:
    """The input files that a section names, with their tags."""
    return INPUT.findall(section) if b"Input:" in section else []


def generated(inputs: dict[bytes, str]) -> dict[bytes, str]:
    """Of all input files, those of solgen: the .tex files beside the first one, main.tex."""
    folder = next((PurePath(name).parent for name in inputs.values()), None)
    return {
        tag: PurePath(name).name
        for tag, name in inputs.items()
        if name.endswith(".tex") and PurePath(name).parent == folder
    }


def _same_part(place: Where | None, where: Where) -> bool:
    """Whether a place lies in the question and part that `where` names, and in its language."""
    return (
        place is not None
        and where.question is not None
        and place.question == where.question
        and place.part == where.part
        and (where.locale is None or place.locale in (None, where.locale))
    )


def _nodes(sheet: bytes) -> Iterable[tuple[int, _Box, bytes, int, bytes]]:
    """The nodes of a page's body: the number and the box of their line, kind, x, link."""
    found: list[tuple[int, _Box, bytes, int, bytes]] = []
    stack: list[tuple[int, _Box]] = []
    page: _Box | None = None
    floor = y = 0  # boxes that must be open to be inside the page's body; last height
    for number, record in enumerate(_RECORD.finditer(sheet)):
        kind, link, x_, y_, width, height, depth, end = record.groups()
        if end:
            if len(stack) == floor:
                return found  # the body ends: only the foot follows
            if stack:
                stack.pop()
            continue
        x, y = int(x_), y if y_ == b"=" else int(y_)
        if kind not in b"[(":
            lines = [entry for entry in stack[floor:] if entry[1].kind == b"("]
            if lines:
                found.append((*lines[-1], kind, x, link))
            continue
        box = _Box(kind, x, y, int(width), int(height), int(depth))
        page = page or box
        stack.append((number, box))
        if kind == b"[" and box.height > 0.8 * page.height and box.width > page.width / 2:
            floor, found = len(stack), []  # what came before is the page's head and its background
    return found
