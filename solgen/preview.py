"""The part that was edited, typeset alone, to be looked at before the whole booklet is ready."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from solgen.booklet import assemble_part
from solgen.cache import loads
from solgen.chapter import Chapter
from solgen.compile import compile_once
from solgen.errors import Where
from solgen.exam import Order
from solgen.keys import digest
from solgen.locales import code_of

Marks = Mapping[str, str]  # of each file of an edition, the hash of what it prints


@dataclass(frozen=True)
class Preview:
    """One part of one question (`q1`, `d`) in a PDF of its own; `edition` is the one it is of.

    `synctex` and `places` lead from its pages to the author's lines.
    """

    question: str
    part: str
    edition: str
    pdf: bytes
    synctex: bytes
    places: Mapping[str, tuple[Where | None, ...]]


def preview(order: Order, chapters: Sequence[Chapter], folder: Path) -> Preview | None:
    """The first part that prints something else than `remember` noted; None where none does."""
    locales = order.exam.editions[-1]
    kept = order.exam.cache.read("latest", _key(order))
    before: Marks = loads(kept) if kept else {}
    now = _marks(order, chapters)
    for chapter in chapters if before else ():
        for part in chapter.facts.parts:
            names = [f"{chapter.name}-{part.id}-{c.code}" for c in locales]
            if any(now[name] != before.get(name) for name in names):
                return _typeset(order, chapter, part.id, folder / "preview")
    return None


def remember(order: Order, chapters: Sequence[Chapter]) -> None:
    """Note what is printed now."""
    data = pickle.dumps(dict(_marks(order, chapters)), protocol=5)
    order.exam.cache.write("latest", _key(order), data)


def _marks(order: Order, chapters: Sequence[Chapter]) -> Marks:
    code = code_of(order.exam.editions[-1])
    return {
        name: _mark([text for text, _ in lines], chapter.figures[code])
        for chapter in chapters
        for name, lines in chapter.editions[code].snippets.items()
    }


def _mark(lines: Sequence[str], figures: Mapping[str, bytes]) -> str:
    """A hash of these lines and of the figures that they show."""
    text = "\n".join(lines)
    shown = (data for name, data in sorted(figures.items()) if name.removesuffix(".pdf") in text)
    return digest(text, *shown)


def _key(order: Order) -> str:
    return digest("latest", order.stem, order.languages)


def _typeset(order: Order, chapter: Chapter, part: str, work: Path) -> Preview | None:
    locales = order.exam.editions[-1]
    edition, document = assemble_part(order.exam.project, chapter, part, locales)
    work.mkdir()
    files = {**edition.files(document), **chapter.figures[code_of(locales)]}
    for name, data in files.items():
        (work / name).write_bytes(data)
    pdf = compile_once(work, order.engine, order.exam.cache)
    if pdf is None:
        return None
    beside = pdf.with_suffix(".synctex.gz")
    synctex = beside.read_bytes() if beside.is_file() else b""
    file = order.file(locales)
    return Preview(chapter.name, part, file, pdf.read_bytes(), synctex, edition.places())
