"""The SyncTeX file that a reader's own PDF viewer needs, leading to the author's files.

The one that the engine writes names generated .tex files of the build's folder; in the one
that :func:`rewrite` makes, files and lines are the author's, and no path is of one machine.
"""

from __future__ import annotations

import gzip
import os
import re
from collections.abc import Iterator
from pathlib import Path

from solgen.errors import Where
from solgen.faults import Locate
from solgen.project import SETTINGS
from solgen.synctex import INPUT, generated, inputs_of, opened, sections

_RECORD = re.compile(rb"(?m)^([\[(hvxkgr$])(\d+,\d+)(.*\n)")
_POINT = re.compile(rb"(?m)^([\[(hvxkgrf$][^:\n]*:-?\d+),(-?\d+|=)")


def rewrite(source: Path, locate: Locate, to: Path, root: Path, beside: Path | None = None) -> None:
    """Write the SyncTeX file `source` anew as `to`, with the author's files and lines.

    locate: from a generated file and its line to the author's place, relative to `root`.
    beside: the folder of the PDF, where `to` is not already in it.  The same input gives the
    same bytes.  Raises LatexError for a damaged file, after which `to` holds a part: never
    give the path of a published file.
    """
    up = Path(os.path.relpath(root.resolve(), (beside or to.parent).resolve())).as_posix()
    found = sections(opened(source.read_bytes()), source.name)
    with (
        to.open("wb") as raw,
        gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=6, mtime=0) as out,
    ):
        for piece in _Writer(locate, up).pieces(found):
            out.write(piece)


class _Writer:
    """What one file needs to be written: the tags given so far, and what has been counted."""

    def __init__(self, locate: Locate, up: str) -> None:
        self.locate = locate
        self.up = up
        self.inputs: dict[bytes, str] = {}  # of the file that is read
        self.own: dict[bytes, str] = {}  # those of them that solgen generated
        self.links: dict[bytes, bytes | None] = {}
        self.tags: dict[str, int] = {}
        self.named: list[bytes] = []  # input records not yet written
        self.records = 0
        # Boxes that no author made keep the page's shape, and name a file that is there.
        self.nowhere = self._link(Where(SETTINGS, 1))

    def pieces(self, found: Iterator[bytes]) -> Iterator[bytes]:
        """The new file, section by section, with the offsets and the count that fit it."""
        head = self._section(next(found)).replace(b"\n", b"\n" + self._inputs(), 1)
        yield head
        size = len(head)
        for section in found:
            text = self._section(section)
            inputs = self._inputs()  # they may stand between pages only
            anchor = b"!%d\n" % (size + len(inputs))
            self.records += 1
            if text.startswith(b"Postamble:"):
                text = b"Postamble:\nCount:%d\n" % self.records
            else:
                self.records += text.count(b"\n") - text.count(b"\nx")
            yield inputs + anchor + text
            size = len(anchor) + len(text)

    def _section(self, section: bytes) -> bytes:
        self.inputs.update((tag, os.fsdecode(name)) for tag, name in inputs_of(section))
        if not section.startswith(b"{"):
            self.own = generated(self.inputs)
        text = INPUT.sub(b"", section)
        if b",=" in text:
            text = _full(text)
        return _RECORD.sub(self._record, text)

    def _record(self, record: re.Match[bytes]) -> bytes:
        kind, link, rest = record.groups()
        if link not in self.links:
            self.links[link] = self._author(link)
        new = self.links[link]
        if new is None:
            if kind not in b"[(":
                return b""  # so that no viewer finds it
            new = self.nowhere
        return kind + new + rest

    def _author(self, link: bytes) -> bytes | None:
        """The link to the author's line, if there is one."""
        tag, _, line = link.partition(b",")
        file = self.own.get(tag)
        where = self.locate(file, int(line)) if file else None
        known = where is not None and where.file is not None and where.line is not None
        return self._link(where) if where and known else None

    def _link(self, where: Where) -> bytes:
        file = Path(str(where.file)).as_posix()
        if file not in self.tags:
            tag = self.tags[file] = len(self.tags) + 1
            # Viewers resolve names from the PDF's folder when they open a file, and compare
            # the end of a full path when they are asked for one: they keep the last name.
            self.named += [b"Input:%d:%s\n" % (tag, os.fsencode(n)) for n in self._names(file)]
        return b"%d,%d" % (self.tags[file], where.line or 1)

    def _names(self, file: str) -> list[str]:
        return [file] if self.up == "." else [file, f"{self.up}/{file}"]

    def _inputs(self) -> bytes:
        inputs, self.named = b"".join(self.named), []
        return inputs


def _full(text: bytes) -> bytes:
    """The records with every height written out: `=` means that of the record before."""
    last = b"0"

    def written(record: re.Match[bytes]) -> bytes:
        nonlocal last
        last = last if record[2] == b"=" else record[2]
        return record[1] + b"," + last

    return _POINT.sub(written, text)
