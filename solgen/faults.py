"""From what the engine said to one error at the author's line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from solgen import texlog, texscan
from solgen.engine import Engine
from solgen.errors import EnvironmentProblem, LatexError, LimitError, SolgenError, Where
from solgen.sandbox import Limits
from solgen.texlog import Problem

Locate = Callable[[str, int], Where | None]
"""From a generated file's name and line to the author's place, if known."""
_DENIED = re.compile(r"Writing `(.+)` \(.*\)\s+error: Permission denied")  # as Tectonic says it
ROOM = 2**20  # bytes: with less than that free, the disk is full for an engine


@dataclass(frozen=True)
class Job:
    """One compilation: its folder, engine, limits, date (seconds), source map and options."""

    folder: Path
    engine: Engine
    limits: Limits
    epoch: int
    locate: Locate
    preloaded: str | None = None
    synctex: bool = False


def latex(job: Job, problem: Problem) -> LatexError:
    """The error for a fatal problem of the log."""
    message, file, line = problem.message, problem.file or "main.tex", problem.line
    source = _source(job, file)
    if "solgen-unbalanced" in message:
        opened = texscan.unclosed(source)
        line = opened[0] if opened else None
        message = f"{opened[1] if opened else 'a group or a conditional'} is never closed"
    elif "solgen-cut" in message:
        message = "the rest of this file is not read"
    elif "ended while" in message or message.startswith("Incomplete"):
        opened = texscan.unclosed(source)
        line = opened[0] if opened else None
    elif line is None and problem.kind in ("reference", "link"):
        file, line = _named_in(job, message) or (file, line)
    elif problem.kind == "glyph":
        sign = re.search(r"There is no (\S)", message)
        line = texscan.find_token(source, sign[1], len(source)) if sign else None
    elif line is not None and problem.token and problem.kind == "error":
        line = texscan.find_token(source, problem.token, line)
    # Lines of generated files mean nothing to an author.
    message = re.sub(r"; all text was ignored after line \d+| on input line \d+", "", message)
    shown = problem.token and problem.token not in message and "solgen" not in problem.token
    where = place(job, file, line)
    return LatexError(message, where, problem.advice, found=problem.token if shown else None)


def limit(job: Job, text: str, what: str) -> LimitError:
    """The error for a run without end: where TeX was, else the open snippet."""
    problem = next((p for p in texlog.parse(text) if p.kind == "interrupted"), None)
    name = problem.snippet if problem else texlog.unfinished(text)
    file = problem.file if problem and problem.file else f"{name}.tex" if name else "main.tex"
    where = place(job, file, problem.line if problem else None)
    return LimitError(what, where, "look for a macro that calls itself, or a loop without end")


def foreign(job: Job, way: str, name: str) -> LatexError:
    """The error for a file that is not the booklet's, which LaTeX reads or writes."""
    where = naming(job, Path(name).stem)
    message = f"LaTeX {way} a file that is not the booklet's"
    return LatexError(message, where, "remove the command that does", found=name)


def silent(job: Job, code: int, text: str) -> SolgenError:
    """The error for an engine that failed without saying what it disliked."""
    if denied := _DENIED.search(text):
        return foreign(job, "writes", denied[1])
    if shutil.disk_usage(job.folder).free < ROOM:
        return EnvironmentProblem(
            f"the disk got full while {job.engine.program} was writing",
            "main.tex",
            "free some space, and build again",
        )
    return EnvironmentProblem(
        f"the engine {job.engine.program} failed without a message (code {code})",
        "main.tex",
        "run `solgen doctor`, and see whether the disk is full",
        found=text[-600:].strip() or "an empty log",
    )


def place(job: Job, file: str, line: int | None) -> Where:
    """The author's place for a line of a generated file."""
    return job.locate(file, line or 1) or Where(file, line)


def naming(job: Job, name: str) -> Where:
    """The author's place of the last line that holds this name, else the document."""
    found = Where("main.tex")
    for path in sorted(job.folder.glob("*.tex")):
        for number, line in texscan.code_lines(_source(job, path.name)):
            if name in line:
                found = place(job, path.name, number)
    return found


def _named_in(job: Job, message: str) -> tuple[str, int] | None:
    """The last place that holds the label or target a message is about."""
    name = re.search(r"`([^']+)'|name\{([^}]+)\}", message)
    if name is None:
        return None
    label, found = f"{{{name[1] or name[2]}}}", None
    for path in sorted(job.folder.glob("*.tex")):
        for number, line in texscan.code_lines(_source(job, path.name)):
            if label in line:
                found = (path.name, number)
    return found


def _source(job: Job, file: str | None) -> str:
    path = job.folder / (file or "main.tex")
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
