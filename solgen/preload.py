r"""The preloaded format: the state of pdfTeX after a document's preamble, read in one piece.

`main.tex` stays a whole document. The format redefines `\documentclass` to skip to
`\begin{document}`, so that lines keep their numbers.
"""

from __future__ import annotations

import re
from pathlib import Path

from solgen import sandbox
from solgen.cache import Cache
from solgen.engine import Engine, first_line
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


def preload(folder: Path, engine: Engine, cache: Cache, epoch: int) -> bool:
    """Put the format of `main.tex` into its folder; whether there is one.

    There is none for Tectonic, nor for a preamble that cannot be dumped or is faulty: then the
    document is compiled without, which says at which line.
    """
    if engine.kind != "pdflatex":
        return False
    preamble, begin, _ = (folder / "main.tex").read_text(encoding="utf-8").partition(BEGIN)
    key = digest("format", engine.version, _SKIP, preamble)
    kept = cache.recall("format", key)
    if kept is not None:
        (folder / f"{NAME}.fmt").write_bytes(kept.value())
        return True
    return bool(begin) and _dump(folder, preamble, engine, cache, key, epoch)


def _dump(folder: Path, preamble: str, engine: Engine, cache: Cache, key: str, epoch: int) -> bool:
    """Make the format, and keep it together with every file of TeX that went into it."""
    source = folder / f"{NAME}.tex"
    source.write_text(preamble + _SKIP, encoding="utf-8")
    command = [str(engine.program), "-ini", "-recorder", "-interaction=nonstopmode"]
    command += ["-halt-on-error", "-no-shell-escape", "&pdflatex", source.name]
    env = sandbox.environment(epoch, engine.environment)
    ended = sandbox.run(command, folder, folder / f"{NAME}.console", env, sandbox.Limits())
    made = folder / f"{NAME}.fmt"
    good = ended.code == 0 and not ended.timed_out and made.is_file()
    if good:
        reads = Reads(cache.root)
        for file in inputs(folder / f"{NAME}.fls"):
            reads.add(file)
        for base in ("pdflatex.fmt", "texmf.cnf"):
            reads.add(first_line("kpsewhich", "-engine=pdftex", base))
        cache.keep("format", key, reads, made.read_bytes())
    else:
        made.unlink(missing_ok=True)
    for suffix in ("tex", "fls", "log", "console"):
        (folder / f"{NAME}.{suffix}").unlink(missing_ok=True)
    return good


def inputs(record: Path) -> list[str]:
    """The files of the TeX installation that a run has read, as its recorder says."""
    text = record.read_text(encoding="utf-8", errors="replace") if record.is_file() else ""
    found = re.findall(r"(?m)^INPUT (.+)$", text)
    return sorted({name for name in found if Path(name).is_absolute()})
