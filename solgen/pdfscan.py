"""What a PDF does besides being read: programs it starts, scripts, files inside, odd links.

A booklet has none of these.  Compressed objects are opened; page contents are not read.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

_NAMES = (
    *("JavaScript", "JS", "Launch", "EmbeddedFile", "EmbeddedFiles", "FileAttachment"),
    *("RichMedia", "Rendition", "Movie", "Sound", "SubmitForm", "ImportData", "XFA", "AA"),
    *("GoToR", "GoToE", "Filespec"),
)
_ACTIVE = re.compile(rf"/({'|'.join(_NAMES)})(?![A-Za-z0-9])")
_LINK = re.compile(r"/URI\s*(?:\((?!https?:|mailto:)|<(?!<))([^)>]*)")
_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_HEX = re.compile("#([0-9A-Fa-f]{2})")


def active(pdf: bytes) -> str | None:
    """The first thing of a PDF that acts, such as ``/JavaScript``; None for a plain booklet."""
    for text in _objects(pdf):
        if match := _ACTIVE.search(text):
            return match[0]
        if match := _LINK.search(text):
            return f"a link to {match[1]}"
    return None


def _objects(pdf: bytes) -> Iterator[str]:
    """The PDF without its streams, then what its object streams hold."""
    yield _plain(_STREAM.sub(b"stream endstream", pdf))
    for match in re.finditer(rb"/Type\s*/ObjStm.*?" + _STREAM.pattern, pdf, re.DOTALL):
        try:
            yield _plain(zlib.decompressobj().decompress(match[1]))
        except zlib.error:
            yield _plain(match[1])


def _plain(data: bytes) -> str:
    """As text, letters written as ``#4a`` in names being resolved."""
    return _HEX.sub(lambda match: chr(int(match[1], 16)), data.decode("latin-1"))
