"""The same content built by others: what is installed of PythonTeX, knitr and latexmk."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.bench import documents
from tests.bench.copies import Copy, environment
from tests.bench.edits import PROSE
from tests.bench.measure import Cost, Failed, run
from tests.bench.raw import Raw, pages
from tests.bench.rounds import Case

LATEXMK = (
    *("latexmk", "-pdf", "-silent", "-interaction=nonstopmode"),
    *("-latexoption=-no-shell-escape", "booklet.tex"),
)
KNIT = ("Rscript", "-e", "knitr::knit('booklet.Rnw', quiet=TRUE)")
NEAR = 2  # pages by which a peer's booklet may differ: SymPy's printer spaces formulas otherwise


@dataclass(frozen=True)
class Peer:
    """A tool: how its document is written, the commands of its usual driver, what it needs."""

    name: str
    write: Callable[[Path, Path, Path], Path]
    commands: Sequence[Sequence[str]]
    needs: Sequence[Sequence[str]] = field(default=())

    def installed(self) -> bool:
        """Every program it needs answers."""
        return all(_answers(command) for command in self.needs)


PEERS = (
    Peer("latexmk", documents.latex, (LATEXMK,), (("latexmk", "--version"),)),
    Peer(
        "PythonTeX",
        documents.pythontex,
        (LATEXMK,),
        (
            ("latexmk", "--version"),
            ("pythontex", "--version"),
            ("kpsewhich", "pythontex.sty"),
        ),
    ),
    Peer(
        "knitr",
        documents.knitr,
        (KNIT, LATEXMK),
        (("latexmk", "--version"), ("Rscript", "-e", "library(knitr)")),
    ),
)


def cases(peer: Peer, exam: Copy, work: Path) -> list[Case]:
    """A cold build in a fresh folder, then what follows it in that folder."""
    desk = _Desk(peer, exam, work / peer.name)
    return [
        Case(f"{peer.name}, cold", partial(_named, f"{peer.name}: cold build", desk.cold)),
        Case(f"{peer.name}, no change", partial(_named, f"{peer.name}: no change", desk.again)),
        Case(f"{peer.name}, prose", partial(_named, f"{peer.name}: one-prose edit", desk.edited)),
    ]


def without_format(raw: Raw) -> Case:
    """The raw pass as it is without a preloaded format."""
    name = "pdfLaTeX: one pass without a format"
    return Case(name, lambda _k, _look: {name: raw.run(preloaded=False)})


def _named(name: str, measured: Callable[[int, bool], Cost], k: int, look: bool) -> dict[str, Cost]:
    return {name: measured(k, look)}


@dataclass
class _Desk:
    """A peer's folder, written anew for every cold build."""

    peer: Peer
    exam: Copy
    folder: Path
    document: Path = Path()
    original: str = ""

    def cold(self, _k: int, look: bool) -> Cost:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.document = self.peer.write(self.exam.built, self.exam.folder, self.folder)
        self.original = self.document.read_text(encoding="utf-8")
        cost = self._build(look)
        found, expected = pages(self.folder / "booklet.pdf"), pages(self.exam.published)
        if abs(found - expected) > NEAR:
            raise Failed(f"{self.peer.name} makes {found} pages of {expected}")
        return cost

    def again(self, _k: int, look: bool) -> Cost:
        return self._build(look)

    def edited(self, k: int, look: bool) -> Cost:
        self.document.write_text(PROSE.made(self.original, k), encoding="utf-8")
        return self._build(look)

    def _build(self, look: bool) -> Cost:
        env = environment(self.folder)
        first, *rest = [run(each, self.folder, env, look=look) for each in self.peer.commands]
        return sum(rest, first)


def _answers(command: Sequence[str]) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    except OSError:
        return False
    return done.returncode == 0
