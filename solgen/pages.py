"""The pages of a PDF as pictures, drawn when asked for.

A page takes about 10 ms to draw and 30 ms to pack, so pictures are kept by what they show:
a page that an edit did not change is drawn again and recognised, never packed or sent again.
"""

from __future__ import annotations

import hashlib
import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from solgen.errors import LatexError

_PDFIUM = threading.Lock()  # PDFium is one C library with its own global state: one call at a time


class Closed(LookupError):
    """The document was given back: a newer one took its place."""


@dataclass(frozen=True)
class Drawn:
    """The pixels of a page: rows of red, green and blue bytes, each row after a zero byte."""

    width: int
    height: int
    rows: bytes


@dataclass(frozen=True)
class Picture:
    """A page as PNG; `key` is a hash of its pixels."""

    key: str
    png: bytes


@dataclass(frozen=True)
class Heading:
    """An entry of the PDF's outline: its depth from 0, its page from 1, its height in points."""

    level: int
    title: str
    page: int
    y: float


class Pictures:
    """The pictures made last, by what they show, shared by all PDFs."""

    def __init__(self, most: int = 100) -> None:
        self.most = most
        self._made: OrderedDict[str, Picture] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, drawn: Drawn) -> Picture:
        """The picture of these pixels: the one made before, or a new one."""
        digest = hashlib.sha256(drawn.rows)
        digest.update(repr((drawn.width, drawn.height)).encode())
        key = digest.hexdigest()
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        picture = Picture(key, _png(drawn))
        with self._lock:
            self._made[key] = picture
            while len(self._made) > self.most:
                self._made.popitem(last=False)
        return picture


class Pages:
    """One PDF, held in memory: its file may be replaced at any time.

    Raises LatexError when the file is no PDF; every method raises Closed after `close`.
    """

    def __init__(self, pdf: Path, pictures: Pictures) -> None:
        self.data = pdf.read_bytes()
        self.pictures = pictures
        self._drawn: OrderedDict[tuple[int, int], Picture] = OrderedDict()
        self._lock = threading.Lock()
        self._open = True
        with _PDFIUM:
            try:
                self._document = pypdfium2.PdfDocument(self.data)
                self.count = len(self._document)
                self.size = self._document.get_page_size(0)
            except pypdfium2.PdfiumError as error:
                raise LatexError(f"cannot be shown: {error}", pdf.name, "build again") from None

    def picture(self, page: int, width: int) -> Picture:
        """Page number `page`, from 1, drawn `width` pixels wide."""
        with self._lock:
            made = self._drawn.get((page, width))
        if made is None:
            made = self.pictures.of(self._draw(page, width))
            with self._lock:
                self._drawn[page, width] = made
                while len(self._drawn) > self.pictures.most:
                    self._drawn.popitem(last=False)
        return made

    def size_of(self, page: int) -> tuple[float, float]:
        """Width and height of a page, in points."""
        with self._held() as document:
            return document.get_page_size(page - 1)

    def outline(self) -> list[Heading]:
        """The headings that the PDF's outline leads to."""
        found = []
        with self._held() as document:
            for mark in document.get_toc(max_depth=3):
                target = mark.get_dest()
                index = None if target is None else target.get_index()
                if target is None or index is None:
                    continue
                view = target.get_view()[1]
                y = self.size[1] - view[1] if len(view) > 1 else 0.0
                found.append(Heading(mark.level, mark.get_title(), index + 1, max(0.0, y)))
        return found

    def close(self) -> None:
        """Give the memory back."""
        with self._held() as document:
            self._open = False
            document.close()

    @contextmanager
    def _held(self) -> Iterator[pypdfium2.PdfDocument]:
        with _PDFIUM:
            if not self._open:
                raise Closed
            yield self._document

    def _draw(self, page: int, width: int) -> Drawn:
        with self._held() as document:
            sheet = document[page - 1]
            bitmap = sheet.render(scale=width / sheet.get_width(), rev_byteorder=True)
            pixels, stride = memoryview(bitmap.buffer).cast("B"), bitmap.stride
            ends = range(0, stride * bitmap.height, stride)
            rows = b"".join([part for y in ends for part in (b"\0", pixels[y : y + 3 * width])])
            drawn = Drawn(width, bitmap.height, rows)
            pixels.release()
            bitmap.close()
            sheet.close()
        return drawn


def _png(drawn: Drawn) -> bytes:
    """The pixels as a PNG file, without filters: that is twice as fast as Pillow, and smaller."""
    head = struct.pack(">IIBBBBB", drawn.width, drawn.height, 8, 2, 0, 0, 0)
    body = zlib.compress(drawn.rows, 1)
    chunks = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
