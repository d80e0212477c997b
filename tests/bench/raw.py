r"""The yardstick: one raw pdfLaTeX pass over the finished bilingual LaTeX.

Its auxiliary files are final, and its preamble is loaded from a format. The format's \documentclass
skips the preamble that stands in main.tex, which is compiled as it is.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader

from solgen.workers import cores
from tests.bench.measure import Cost, Failed, run

BEGIN = r"\begin{document}"
SKIP = r"\long\def\documentclass#1\begin#2{\begin{document}}"
OPTIONS = ("-no-shell-escape", "-interaction=nonstopmode", "-no-parse-first-line")
MOST = 6  # passes until the auxiliary files stay the same


@dataclass(frozen=True)
class Raw:
    """A folder in which one pass costs what the yardstick costs."""

    folder: Path

    def run(self, *, preloaded: bool = True, look: bool = False) -> Cost:
        """One pass, also without the format. Raises Failed."""
        form = ("-fmt=preload",) if preloaded else ()
        command = ["pdflatex", *OPTIONS, *form, "main.tex"]
        return run(command, self.folder, _env(), look=look)

    def require_same_text(self, published: Path) -> None:
        """Raise Failed if the pass does not print what the published PDF prints."""
        ours, theirs = texts(self.folder / "main.pdf"), texts(published)
        if ours != theirs:
            differ = [n for n, (a, b) in enumerate(zip(ours, theirs, strict=False), 1) if a != b]
            raise Failed(
                f"the raw pass prints {len(ours)} pages, {published.name} has {len(theirs)}; "
                f"pages that differ: {differ[:10]}"
            )


def prepare(built: Path, folder: Path) -> Raw:
    """Copy a finished build's LaTeX, make the format, and run passes until nothing changes.

    Raises Failed where pdfLaTeX does, or if the passes come to no end.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for pattern in ("*.tex", "q*.pdf"):
        for file in built.glob(pattern):
            shutil.copy2(file, folder)
    preamble, _, _ = (folder / "main.tex").read_text(encoding="utf-8").partition(BEGIN)
    dumped = f"{preamble}{SKIP}\n\\dump\n"
    (folder / "preload.tex").write_text(dumped, encoding="utf-8")
    run(["pdflatex", "-ini", *OPTIONS[:2], "&pdflatex", "preload.tex"], folder, _env())
    raw, before = Raw(folder), b""
    for _ in range(MOST):
        raw.run()
        after = b"".join((folder / f"main.{kind}").read_bytes() for kind in ("aux", "toc", "out"))
        if after == before:
            return raw
        before = after
    raise Failed(f"the auxiliary files still change after {MOST} passes")


def prepare_all(build: Path, folder: Path) -> list[Raw]:
    """The raw passes of all editions of a build, the bilingual one first. Raises Failed."""
    editions = sorted((build / "tex").iterdir(), key=lambda path: len(path.name))
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(lambda one: prepare(one, folder / one.name), editions))


def together(raws: Sequence[Raw]) -> Cost:
    """One pass of each, as many at once as there are cores. Raises Failed."""
    start = time.monotonic()
    with ThreadPoolExecutor(cores()) as pool:
        made = list(pool.map(Raw.run, raws))
    return Cost(time.monotonic() - start, sum(cost.cpu or 0 for cost in made))


def texts(pdf: Path) -> list[str]:
    """The text of every page."""
    return [page.extract_text() for page in PdfReader(pdf).pages]


def pages(pdf: Path) -> int:
    """The number of pages."""
    return len(PdfReader(pdf).pages)


def _env() -> Mapping[str, str]:
    return {**os.environ, "max_print_line": "10000", "SOURCE_DATE_EPOCH": "946684800"}
