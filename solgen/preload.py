r"""The preloaded format: the state of pdfTeX after a document's preamble, read in one piece.

`main.tex` stays a whole document. The format redefines `\documentclass` to skip to
`\begin{document}`, so that lines keep their numbers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from solgen import sandbox
from solgen.cache import Cache
from solgen.engine import Engine, first_line
from solgen.errors import EnvironmentProblem, LimitError
from solgen.keys import digest
from solgen.reads import Reads

NAME = "solgen"
BEGIN = r"\begin{document}"
# \pdftrailerid is no part of a format; it keeps the folder out of the PDF.
_SKIP = r"""\makeatletter
\long\def\documentclass#1\begin#2{\pdftrailerid{}\begin{document}}
\makeatother
\dump
"""


def preload(folder: Path, engine: Engine, cache: Cache, epoch: int) -> Mapping[str, str] | None:
    """Put the format of `main.tex` into its folder; return the files of TeX that went into it.

    None where there is no format: for Tectonic, and for a preamble that TeX finds faulty or cannot
    dump. Then the document is compiled without, which says at which line. With and without a
    format, the bytes of a PDF are not the same: so what may not happen another time raises,
    LimitError where TeX was stopped, EnvironmentProblem where it could not write.
    """
    if engine.kind != "pdflatex":
        return None
    preamble, begin, _ = (folder / "main.tex").read_text(encoding="utf-8").partition(BEGIN)
    key = digest("format", engine.identity, _SKIP, preamble)
    kept = cache.recall("format", key)
    if kept is not None:
        (folder / f"{NAME}.fmt").write_bytes(kept.value())
        return kept.files
    return _dump(folder, preamble, engine, cache, key, epoch) if begin else None


def _dump(
    folder: Path, preamble: str, engine: Engine, cache: Cache, key: str, epoch: int
) -> Mapping[str, str] | None:
    """Make the format, and keep it together with every file of TeX that went into it."""
    source = folder / f"{NAME}.tex"
    source.write_text(preamble + _SKIP, encoding="utf-8")
    command = [str(engine.program), "-ini", "-recorder", "-interaction=nonstopmode"]
    command += ["-halt-on-error", "-no-shell-escape", "&pdflatex", source.name]
    env = sandbox.environment(epoch, engine.environment)
    ended = sandbox.run(command, folder, folder / f"{NAME}.console", env, sandbox.Limits())
    made = folder / f"{NAME}.fmt"
    if ended.timed_out or ended.code < 0:  # another time it would end: the bytes would be others
        raise LimitError(
            f"LaTeX was stopped after {ended.seconds:.0f} s, before the document begins",
            "main.tex",
            "look for what never ends in look.tex; on a machine that is far too busy, build again",
        )
    found = None
    if ended.code == 0 and made.is_file():
        reads = Reads(cache.root)
        for file in inputs(folder / f"{NAME}.fls"):
            reads.add(file)
        for base in ("pdflatex.fmt", "texmf.cnf"):
            reads.add(first_line("kpsewhich", "-engine=pdftex", base))
        found = cache.keep("format", key, reads, made.read_bytes()).files
    elif _faulty(folder):
        made.unlink(missing_ok=True)
    else:
        raise _unwritten(folder)
    for suffix in ("tex", "fls", "log", "console"):
        (folder / f"{NAME}.{suffix}").unlink(missing_ok=True)
    return found


def _faulty(folder: Path) -> bool:
    """Whether TeX met an error of the preamble, which it meets each time."""
    log = folder / f"{NAME}.log"
    return log.is_file() and re.search(r"(?m)^! ", log.read_text("utf-8", "replace")) is not None


def _unwritten(folder: Path) -> EnvironmentProblem:
    """What stopped TeX was not in the document."""
    said = (folder / f"{NAME}.console").read_text("utf-8", "replace").strip().splitlines()
    return EnvironmentProblem(
        "LaTeX could not write its preloaded format",
        hint="free some space on this disk, and build again",
        found=said[-1] if said else "nothing was said",
    )


def inputs(record: Path) -> list[str]:
    """The files of the TeX installation that a run has read, as its recorder says."""
    text = record.read_text(encoding="utf-8", errors="replace") if record.is_file() else ""
    found = re.findall(r"(?m)^INPUT (.+)$", text)
    return sorted({name for name in found if Path(name).is_absolute()})
