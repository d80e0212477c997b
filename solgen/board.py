"""What the live page shows: the last good pages, a preview of the edited part, an error.

Each change has a number; a page that is open waits for the next one and gets the whole state.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from solgen.editor import Editor
from solgen.errors import SolgenError, Where
from solgen.pages import Pages, Picture, Pictures
from solgen.synctex import Span, Synctex

FIRST = 0.3  # seconds within which an open page asks for what is in view
_PLACE = re.compile(r"(?<![\w./-])((?:[\w.-]+/)*[\w.-]+\.(?:py|j2|tex|toml|csv|json)):(\d+)")


@dataclass
class Document:
    """One PDF that is shown, and the way from its pages to the author's lines."""

    id: str
    name: str
    label: str
    pages: Pages
    search: Synctex | None
    spot: dict[str, Any] | None = None  # the edited place
    drawing: int = 0  # pages that are being drawn
    drawn: int = 0  # pages that have been

    def state(self) -> dict[str, Any]:
        width, height = self.pages.size
        shown = {"id": self.id, "name": self.name, "label": self.label, "spot": self.spot}
        return {**shown, "pages": self.pages.count, "width": width, "height": height}


@dataclass
class Preview:
    """A part compiled alone, shown in place of its pages of one edition."""

    document: Document
    label: str
    span: Span = field(default_factory=lambda: Span((), ()))

    def state(self) -> dict[str, Any]:
        place = {"replaces": self.span.pages, "alone": self.span.alone}
        return {**self.document.state(), "label": self.label, **place}


class Board:
    """The state of the page, for several threads."""

    def __init__(self, editor: Editor) -> None:
        self.editor = editor
        self.run = secrets.token_hex(4)  # a page left open by an earlier run knows that it is old
        self.closed = False
        self._changed = threading.Condition()
        self._number = 0
        self._documents = 0
        self._pictures = Pictures()
        self._editions: dict[str, Document] = {}
        self._previews: dict[str, Preview] = {}
        self._building = ""
        self._done = ""
        self._notice = ""
        self._error: list[dict[str, Any]] = []

    def building(self, what: str) -> None:
        """Say what is being done."""
        with self._change():
            self._building = what

    def done(self, summary: str) -> None:
        """Say that nothing is being done any more."""
        with self._change():
            self._building, self._done = "", summary

    def show(
        self, pdf: Path, search: Synctex | None, position: Where | None, label: str
    ) -> Document:
        """Show a whole booklet in place of the one of the same name, and of its preview."""
        name = pdf.stem
        document = self._document(name, label or name.partition(".")[2] or name, pdf, search)
        at_once = name in self._previews  # where the edited place must not move meanwhile
        if at_once:
            document.spot = self._spot(document, position)
        with self._change():
            old = [self._editions.get(name), self._previewed(name)]
            self._editions[name] = document
            self._error, self._notice = [], ""
        _close(old)
        if not at_once:
            threading.Thread(target=self._look, args=(document, position), daemon=True).start()
        return document

    def _look(self, document: Document, position: Where | None) -> None:
        """Find the edited place once the pages in view have been drawn: drawing comes first."""
        with self._changed:
            self._changed.wait_for(lambda: document.drawn > 0, FIRST)
            self._changed.wait_for(lambda: not document.drawing, FIRST)
        spot = self._spot(document, position)
        if spot is not None or self._notice:
            with self._change():
                document.spot = spot or document.spot

    def picture(self, document: Document, page: int, width: int) -> Picture:
        """A page of a document that is shown."""
        with self._changed:
            document.drawing += 1
        try:
            return document.pages.picture(page, width)
        finally:
            with self._changed:
                document.drawing -= 1
                document.drawn += 1
                self._changed.notify_all()

    def part(self, pdf: Path, where: Where, edition: str, search: Synctex | None) -> Document:
        """Show a part compiled alone in place of its pages of an edition."""
        whole = self._editions.get(edition)
        preview = Preview(
            self._document(edition, edition, pdf, search),
            str(Where(question=where.question, part=where.part)),
            self._span(whole, where),
        )
        preview.document.spot = self._spot(preview.document, where)
        with self._change():
            old = [self._previewed(edition)]
            self._previews[edition] = preview
            self._error = []
        _close(old)
        return preview.document

    def failed(self, message: str) -> None:
        """Show an error over the last good pages, at the place that it names first."""
        pieces = list(self._pieces(message))
        named = next((piece for piece in pieces if "file" in piece), None)
        with self._change():
            old = [self._previewed(name) for name in list(self._previews)]
            self._error, self._building, self._done = pieces, "", ""
        _close(old)
        if named:
            where = Where(named["file"], named["line"])
            spots = [(document, self._spot(document, where)) for document in self._all()]
            with self._change():
                for document, spot in spots:
                    document.spot = spot or document.spot

    def close(self) -> None:
        """End every page's connection and give the memory back."""
        with self._change():
            self.closed = True
            old = self._all()
            self._editions, self._previews = {}, {}
        _close(old)

    def wait(self, seen: int, seconds: float) -> tuple[int, dict[str, Any]]:
        """The state's number and the state, once it is newer than `seen`, or after a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._number > seen or self.closed, seconds)
            return self._number, self._state()

    def document(self, id_: str) -> Document | None:
        """The document of this id, if it is still shown."""
        return next((document for document in self._all() if document.id == id_), None)

    def place(self, id_: str, page: int, x: float, y: float) -> dict[str, Any] | None:
        """Who wrote what is at a point of a page: x and y as fractions of its size.

        Raises SolgenError when the SyncTeX file cannot be read.
        """
        document = self.document(id_)
        if document is None or document.search is None:
            return None
        width, height = document.pages.size_of(page)
        where = document.search.place(page, x * width, y * height)
        if where is None or where.file is None:
            return None
        return {**self._link(where.file, where.line or 1), "text": str(where)}

    def _document(self, name: str, label: str, pdf: Path, search: Synctex | None) -> Document:
        pages = Pages(pdf, self._pictures)
        with self._changed:
            self._documents += 1
            return Document(f"{self.run}-{self._documents}", name, label, pages, search)

    def _previewed(self, edition: str) -> Document | None:
        """Take an edition's preview away."""
        preview = self._previews.pop(edition, None)
        return None if preview is None else preview.document

    def _all(self) -> list[Document]:
        with self._changed:
            previews = [preview.document for preview in self._previews.values()]
            return [*self._editions.values(), *previews]

    def _spot(self, document: Document, where: Where | None) -> dict[str, Any] | None:
        if document.search is None:
            return None
        try:
            if where is None:
                document.search.read()
                return None
            spot = document.search.spot(where)
        except SolgenError as error:
            self._notice = str(error)
            return None
        return None if spot is None else {**asdict(spot), "at": time.time_ns()}

    def _span(self, whole: Document | None, where: Where) -> Span:
        if whole is None or whole.search is None:
            return Span((), ())
        try:
            return whole.search.span(where)
        except SolgenError as error:
            self._notice = str(error)
            return Span((), ())

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._changed:
            yield
            self._number += 1
            self._changed.notify_all()

    def _state(self) -> dict[str, Any]:
        return {
            "run": self.run,
            "building": self._building,
            "done": self._done,
            "notice": self._notice,
            "error": self._error,
            "opens": self.editor.kind,
            "editions": [self._editions[name].state() for name in sorted(self._editions)],
            "previews": {name: shown.state() for name, shown in self._previews.items()},
        }

    def _pieces(self, message: str) -> Iterator[dict[str, Any]]:
        """The message cut where it names a line of one of the exam's files."""
        end = 0
        for found in _PLACE.finditer(message):
            if self.editor.file(found[1]) is None:
                continue
            yield {"text": message[end : found.start()]}
            yield {**self._link(found[1], int(found[2])), "text": found[0]}
            end = found.end()
        yield {"text": message[end:]}

    def _link(self, file: str, line: int) -> dict[str, Any]:
        return {"file": file, "line": line, "href": self.editor.address(file, line)}


def _close(documents: Sequence[Document | None]) -> None:
    for document in documents:
        if document is not None:
            document.pages.close()
