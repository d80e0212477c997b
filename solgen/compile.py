r"""The stage ``compile``: a folder holding ``main.tex`` becomes a checked PDF.

:func:`compile_folder` runs pdfLaTeX or Tectonic until a pass changes nothing
that the next one would read, at most five times, then reads the log.  It
succeeds only with a whole PDF: exit code 0, pages written, every snippet read
to its end, the end mark reached, no undefined or doubled reference, no missing
character or font shape, no box sticking out by more than 2 pt.

``main.tex`` must contain :data:`GUARD` in its preamble, read each generated file
NAME.tex by ``\solgeninput{NAME}`` and end by ``\typeout{solgen-end}``.  NAME is
made of letters, digits, ``.`` and ``-``, at most 60 characters, because Tectonic
cuts log lines at 79.  Never call it for a published folder: it writes there.
"""

from __future__ import annotations

import pickle
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from solgen import faults, pdfscan, recorder, sandbox, texbans, texlog, texscan
from solgen.cache import Cache, loads
from solgen.engine import Engine
from solgen.errors import LatexError, SolgenError
from solgen.faults import Job, Locate
from solgen.keys import content, digest
from solgen.preload import NAME as FORMAT
from solgen.preload import preload
from solgen.sandbox import Limits
from solgen.texlog import Problem

GUARD = r"""\makeatletter
% \solgeninput{NAME} reads NAME.tex between two lines of log, and refuses a file
% that leaves a group or a conditional open, or that is not read to its end.
\newtoks\solgen@everyeof
\protected\def\solgen@atend{\global\let\solgen@cut\@empty}
\newcommand\solgen@levels{\the\currentgrouplevel/\the\currentiflevel}
\newcommand\solgeninput[1]{%
  \par
  \typeout{solgen-begin #1}%
  \expandafter\xdef\csname solgen@at@#1\endcsname{\solgen@levels}%
  \gdef\solgen@cut{solgen-cut #1: not read to its end}%
  \solgen@everyeof\everyeof \everyeof{\solgen@atend}%
  \@@input #1.tex \relax
  \everyeof\solgen@everyeof
  \edef\solgen@now{\solgen@levels}%
  \expandafter\ifx\csname solgen@at@#1\endcsname\solgen@now\else
    \errmessage{solgen-unbalanced #1: something is left open in \@currenvir}%
  \fi
  \ifx\solgen@cut\@empty\else\errmessage{\solgen@cut}\fi
  \par % the last paragraph's faults belong to this file
  \typeout{solgen-done #1}%
}
\makeatother
"""
"""To put, as it is, at the end of the preamble of ``main.tex``."""
BARS = (files("solgen") / "templates" / "bars.tex").read_text(encoding="utf-8")
"""To put, as it is, before the look of an edition in several languages."""

_SCANNERS = tuple(Path(str(module.__file__)) for module in (texbans, texscan))
_CONSOLE = "main.console"
_STATE = (".aux", ".toc", ".out", ".lof", ".lot")
EPOCH = 946684800  # 2000-01-01, when the caller gives no date


@dataclass(frozen=True)
class Compiled:
    """A checked PDF: pages, passes run, wall-clock seconds, harmless warnings.

    `state` are the files with page numbers that the next pass would read; `preloaded` those of the
    TeX installation that went into the format, with their contents.
    """

    pdf: Path
    pages: int
    passes: int
    seconds: float
    warnings: tuple[Problem, ...]
    state: tuple[Path, ...]
    preloaded: Mapping[str, str]


def compile_folder(
    folder: Path,
    engine: Engine,
    *,
    limits: Limits | None = None,
    epoch: int = EPOCH,
    locate: Locate | None = None,
    cache: Cache | None = None,
    synctex: bool = False,
) -> Compiled:
    """Compile ``folder/main.tex`` to ``folder/main.pdf`` and check the result.

    epoch: the document's date, in seconds since 1970.  locate: see
    :data:`Locate`.  cache: where a preloaded format is kept; without it there is
    none.  synctex: see :meth:`Engine.command`.

    Raises :class:`LatexError` at the place of the fault, :class:`LimitError` for
    a run without end, and :class:`EnvironmentProblem` for an engine that cannot
    work; then no PDF and no state is left behind.
    """
    job = Job(folder, engine, limits or Limits(), epoch, locate or _nowhere, synctex=synctex)
    _refuse_forbidden(job, cache)
    start = time.monotonic()
    try:
        went_in = None if cache is None else preload(folder, engine, cache, epoch)
        if went_in is not None:
            job = replace(job, preloaded=FORMAT)
        passes = _fixpoint(job)
        text = _log_text(job)
        problems = texlog.parse(text)
        pages = _checked(job, text, problems)
    except BaseException:  # Ctrl-C too: the next build must start from a clean state
        _wipe(folder)
        raise
    harmless = tuple(p for p in problems if not p.fatal)
    state = tuple(_state_files(folder))
    return Compiled(
        folder / "main.pdf", pages, passes, time.monotonic() - start, harmless, state, went_in or {}
    )


def compile_once(folder: Path, engine: Engine, cache: Cache) -> Path | None:
    """The PDF of one pass over ``folder/main.tex``; None if it fails.

    It is only looked at: its links may lead nowhere, and what is wrong with it is told when the
    whole booklet is compiled. pdfLaTeX leaves its SyncTeX file beside it.
    """
    job = Job(folder, engine, Limits(), EPOCH, _nowhere, synctex=True)
    try:
        _refuse_forbidden(job, cache)
        if preload(folder, engine, cache, EPOCH) is not None:
            job = replace(job, preloaded=FORMAT)
        _one_pass(job)
    except SolgenError:
        return None
    pdf = folder / "main.pdf"
    return pdf if _whole(pdf) else None


def _fixpoint(job: Job) -> int:
    """Run passes until the files the next pass reads stay the same; their number."""
    before = _state(job.folder)
    stale = bool(list(_state_files(job.folder)))
    for number in range(1, job.limits.passes + 1):
        try:
            _one_pass(job)
        except LatexError:
            if not stale:
                raise
            _wipe(job.folder)  # the fault may come from an older build's state: once from scratch
            _one_pass(job)
        stale = False
        after = _state(job.folder)
        if after == before:
            return number
        before = after
    raise LatexError(
        f"page numbers and references still change after {job.limits.passes} passes",
        "main.tex",
        "look for a reference whose own length moves what it refers to",
    )


def _one_pass(job: Job) -> None:
    """Run the engine once; raises unless it ended by itself with code 0."""
    ended = _engine_run(job, cached=True)
    fetches = job.engine.kind == "tectonic" and job.engine.bundle is None
    if ended.code != 0 and fetches and re.search(r"not found|cached", _log_text(job)):
        ended = _engine_run(job, cached=False)  # a file it never needed before: ask its site
    if ended.code == 0 and not ended.timed_out:
        _refuse_foreign(job)
        return
    text = _log_text(job)
    problem = texlog.first_fatal(texlog.parse(text))
    if ended.timed_out:
        raise faults.limit(job, text, f"LaTeX was stopped after {job.limits.seconds:g} s")
    if ended.out_of_limits:
        raise faults.limit(job, text, "LaTeX was stopped: it wrote or computed without end")
    raise faults.latex(job, problem) if problem else faults.silent(job, ended.code, text)


def _engine_run(job: Job, *, cached: bool) -> sandbox.Ended:
    for name in ("main.pdf", "main.log"):
        (job.folder / name).unlink(missing_ok=True)
    env = sandbox.environment(job.epoch, job.engine.environment)
    limits = job.limits
    if job.engine.kind == "tectonic":  # its own memory has no fixed size: it would fail at random
        limits = replace(limits, memory_bytes=0)
    command = job.engine.command(
        "main.tex", cached=cached, preloaded=job.preloaded, synctex=job.synctex
    )
    wall = job.engine.wall(job.folder, cached=cached)
    return sandbox.run(command, job.folder, job.folder / _CONSOLE, env, limits, wall)


def _nowhere(_file: str, _line: int) -> None:
    """The source map of a document that nobody authored."""


def _checked(job: Job, text: str, problems: list[Problem]) -> int:
    """The number of pages of a whole, faultless PDF; raises otherwise."""
    problem = texlog.first_fatal(problems)
    cut = texlog.unfinished(text)
    if cut is not None:
        raise LatexError(
            "this file ends the document: what follows it is missing from the PDF",
            faults.place(job, f"{cut}.tex", None),
            r"remove \end{document}, \stop or whatever ends the document here",
        )
    if problem is not None:
        raise faults.latex(job, problem)
    finished = texlog.finished(text)
    missing = [name for name in _snippets(job.folder) if name not in finished]
    if missing or "solgen-end" not in text:
        raise LatexError(
            "the document ends before its end mark",
            faults.place(job, f"{missing[0]}.tex", None) if missing else "main.tex",
            r"every \solgeninput must be reached, and \typeout{solgen-end} come last",
        )
    written = re.findall(r"Output written on \S+ \((\d+) pages?", text)
    if not written or int(written[-1]) < 1 or not _whole(job.folder / "main.pdf"):
        raise LatexError("the engine wrote no complete PDF", "main.tex", "is the document empty?")
    if act := pdfscan.active((job.folder / "main.pdf").read_bytes()):
        hint = "remove the link, annotation or figure that brings it"
        raise LatexError("the PDF does more than to be read", "main.tex", hint, found=act)
    return int(written[-1])


def _refuse_foreign(job: Job) -> None:
    """Raise where a pass touched a file that is not the booklet's, or asks the next one to."""
    allowed: tuple[Path, ...] | None = ()  # what Tectonic needs, it knows by name alone
    if job.engine.kind == "pdflatex":
        env = sandbox.environment(job.epoch, job.engine.environment)
        allowed = recorder.trees(job.engine.program, env) or None
    if touched := recorder.foreign(job.folder, allowed):
        raise faults.foreign(job, *touched)
    for path in _state_files(job.folder):
        source = path.read_text(encoding="utf-8", errors="replace")
        if refused := texscan.forbidden_in_state(source):
            message = f"a command leaves {refused.text} to the next pass: it {refused.why}"
            raise LatexError(
                message,
                path.name,
                r"remove the \write or \label that does",
                found=source.split("\n")[refused.line - 1],
            )


def _whole(pdf: Path) -> bool:
    if not pdf.is_file():
        return False
    data = pdf.read_bytes()
    return data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:]


def _refuse_forbidden(job: Job, cache: Cache | None) -> None:
    """Raise at the first source that may not be run; see :mod:`solgen.texscan`.

    Those that were scanned in the last build of this folder, byte for byte, are not scanned again.
    """
    names = set(_snippets(job.folder))
    key = digest("scanned", job.folder.name, *map(content, _SCANNERS))
    kept = cache.read("scanned", key) if cache else None
    known: set[str] = loads(kept) if kept else set()
    clean = set()
    for path in sorted(job.folder.glob("*.tex")):
        mark = digest(path.stem in names, path.read_bytes())
        if mark not in known:
            _refuse_in(job, path, snippet=path.stem in names)
        clean.add(mark)
    if cache and clean != known:
        cache.write("scanned", key, pickle.dumps(clean, protocol=5))


def _refuse_in(job: Job, path: Path, *, snippet: bool) -> None:
    source = path.read_text(encoding="utf-8", errors="replace")
    for own in (GUARD.strip(), BARS.strip()):
        source = source.replace(own, "\n" * own.count("\n"))
    refused = texscan.forbidden(source, snippet=snippet)
    if refused is not None:
        where = faults.place(job, path.name, refused.line)
        raise LatexError(f"{refused.text} is refused: it {refused.why}", where, "remove it")


def _snippets(folder: Path) -> list[str]:
    main = (folder / "main.tex").read_text(encoding="utf-8", errors="replace")
    return re.findall(r"\\solgeninput\{([\w.-]+)\}", texscan.uncommented(main))


def _log_text(job: Job) -> str:
    """The log; of Tectonic also the console, where file and line of an error stand."""
    if job.engine.kind == "pdflatex":
        return _ends(job.folder / "main.log") or _ends(job.folder / _CONSOLE)
    both = (_ends(job.folder / "main.log"), _ends(job.folder / _CONSOLE))
    return "\n".join(texlog.unwrap(text) for text in both)


def _ends(path: Path, most: int = 8 * 2**20) -> str:
    """The text of a file, only both ends of a huge one; '' if it is not there."""
    data = path.read_bytes() if path.is_file() else b""
    if len(data) > most:
        data = data[: most // 2] + b"\n" + data[-most // 2 :]
    return data.decode("utf-8", errors="replace")


def _state_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix in _STATE and p.is_file())


def _state(folder: Path) -> str:
    files = _state_files(folder)
    return digest(*(part for path in files for part in (path.name, path.read_bytes())))


def _wipe(folder: Path) -> None:
    for path in [*_state_files(folder), folder / "main.pdf"]:
        path.unlink(missing_ok=True)
