r"""A TeX log read as a list of problems: file, line, message, token, snippet.

The log must come from ``-file-line-error`` with ``max_print_line=10000``
(pdfTeX), or be unwrapped first by :func:`unwrap` (Tectonic cuts at 79).

Every generated file is read by ``\solgeninput{NAME}`` (the text of that macro
is :data:`solgen.compile.GUARD`).  It frames the file by two lines of log::

    solgen-begin NAME
    solgen-done NAME

so that a warning, which TeX prints with a line and without a file, belongs to
the snippet that was open.  The macro also raises ``solgen-unbalanced NAME`` for
a brace, an environment, a formula or a conditional left open, and
``solgen-cut NAME`` for a file not read to its end.  The document ends by
``\typeout{solgen-end}``.

The wording of the advice is in the table :data:`ADVICE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

OVERFULL_POINTS = 2.0
"""Boxes sticking out by more than this many points are errors."""


@dataclass(frozen=True)
class Problem:
    """One complaint of the engine.

    kind: ``error``, ``interrupted``, ``reference``, ``glyph``, ``shape``,
    ``overfull``, ``link``, ``shell`` or ``warning``.  fatal: the PDF must not be
    published.  token: the text TeX had just read.  points: size of an overfull.
    """

    kind: str
    message: str
    file: str | None = None
    line: int | None = None
    token: str | None = None
    snippet: str | None = None
    advice: str | None = None
    fatal: bool = True
    points: float | None = None


ADVICE: tuple[tuple[str, str], ...] = (
    (r"solgen-unbalanced", r"Close the brace, environment, formula or conditional opened here."),
    (r"solgen-cut", r"Remove \endinput: the rest of this file would be missing."),
    (
        r"Undefined control sequence",
        r"Check the spelling of the command; questions/README.md lists what is available.",
    ),
    (r"Missing \$ inserted", r"Put mathematics between $...$; write \_ for an underscore in text."),
    (r"Display math should end", r"A formula opened by $ or \[ is closed by another sign."),
    (r"Double (super|sub)script", r"Add braces: x_{a_b}, (x^a)^b."),
    (r"Missing \} inserted|Missing \{ inserted|Extra \}", r"Count the braces of this line."),
    (r"Too many \}'s", r"There is one closing brace too many."),
    (r"Paragraph ended before|File ended while|Runaway argument", r"A brace is never closed."),
    (r"Misplaced alignment tab|Extra alignment tab", r"Write \& for an ampersand in text."),
    (r"Missing \\cr|Misplaced \\noalign", r"A row of the table or matrix lacks its \\."),
    (r"Missing number|Illegal unit", r"A length or number is expected here, such as 2cm."),
    (r"macro parameter character", r"Write \# for a number sign in text."),
    (r"Environment .* undefined", r"Check the spelling of the environment after \begin."),
    (r"\\begin\{.*\} .*ended by", r"Close the environments in the order opposite to opening."),
    (r"Missing \\(left|right|endcsname)|Extra \\(left|right)", r"Each \left needs its \right."),
    (r"Extra \\(else|fi|or)|Incomplete \\if", r"A conditional (\if...) is not closed by \fi."),
    (r"Unicode character", r"Use the LaTeX command in mathematics, such as $\le$, $-$, $\alpha$."),
    (r"Invalid UTF-8", r"Save the file as UTF-8."),
    (r"File .* not found|Unable to load picture", r"Check the name; figures are drawn by solgen."),
    (r"Font .* not (found|loadable)", r"A font is missing: run `solgen doctor`."),
    (r"can be used only in preamble", r"Such commands belong to the booklet's look, not here."),
    (r"TeX capacity exceeded", r"A macro probably calls itself, or a group is never closed."),
    (r"Interruption", r"TeX was still there when the time was up: probably an endless macro."),
    (r"multiply defined|same identifier", r"Two labels have the same name: rename one."),
    (r"[Rr]eference .* undefined", r"The label does not exist: check its spelling."),
    (r"does not exist", r"A link leads nowhere: check the name of its target."),
    (r"Missing character", r"The font has no such sign: use the LaTeX command for it."),
    (r"Font shape", r"This combination (bold, italic, small capitals) does not exist: drop one."),
    (r"Overfull \\hbox", r"Break the formula or reword; what sticks out could leave the page."),
    (r"Overfull \\vbox", r"Shorten what stands on this page, or make the figure smaller."),
    (r"runsystem|shell escape", r"Running programs from LaTeX is refused."),
    (r"Fatal format|can't find .*\.fmt", r"The TeX installation is incomplete: `solgen doctor`."),
    (r"No space left|disk full", r"Free some disk space."),
)


def advice(message: str) -> str | None:
    """One short sentence on what to do about an engine message, if known."""
    for pattern, sentence in ADVICE:
        if re.search(pattern, message):
            return sentence
    return None


def unwrap(log: str, width: int = 79) -> str:
    """Join the lines an engine cut at exactly ``width`` characters."""
    out: list[str] = []
    for line in log.split("\n"):
        if out and len(out[-1]) and len(out[-1]) % width == 0:
            out[-1] += line
        else:
            out.append(line)
    return "\n".join(out)


_ERROR = re.compile(r"^(?:error: )?(?:\./)?([^\s:()]+):(\d+): (.+)$")
_BARE = re.compile(r"^! (.+)$")
_CONTEXT = re.compile(r"^(?:l\.(\d+)|<[^>]*>|\\\S+(?: #\d)* ?->) ?(.*)$")
_MARK = re.compile(r"solgen-(begin|done) (\S+)")
_OVERFULL = re.compile(r"^Overfull (\\[hv]box) \(([\d.]+)pt too (?:wide|high)\) *(.*)$")
_WARNING = re.compile(r"^(?:(LaTeX|pdfTeX|Package|Class)\b.*? [Ww]arning\b.*?)(: .*)$")
_PREFIX = re.compile(r"^(?:LaTeX|pdfTeX)(?: Font)? warning(?: \(\w+\))?: ", re.IGNORECASE)
_PAGE = re.compile(r"\[(\d+)")
_ON_LINE = re.compile(r"(?:on input line|at lines?) (\d+)")
_AFTERMATH = ("Emergency stop", "==> Fatal error", " ==> Fatal error")
_IGNORED = ("Label(s) may have changed", "There were multiply-defined", "Rerun to get")


def parse(log: str) -> list[Problem]:
    """All problems of one run, in order; see :class:`Problem` for their kinds."""
    lines = log.split("\n")
    snippet: str | None = None
    found: list[Problem] = []
    for index, line in enumerate(lines):
        mark = _MARK.search(line)
        if mark and "#" not in line:
            snippet = mark[2] if mark[1] == "begin" else None
        problem = _problem_at(lines, index)
        if problem is not None:
            found.append(_place(problem, snippet))
    return list(_distinct(found))


def first_fatal(problems: list[Problem]) -> Problem | None:
    """The one to report: the first error, else the first fatal warning."""
    fatal = [p for p in problems if p.fatal]
    errors = [p for p in fatal if p.kind in ("error", "interrupted", "shell")]
    return next(iter(errors or fatal), None)


def unfinished(log: str) -> str | None:
    """The snippet that began and was never done, if any."""
    begun: list[str] = []
    for kind, name in _MARK.findall(log):
        if kind == "begin":
            begun.append(name)
        elif name in begun:
            begun.remove(name)
    return begun[-1] if begun else None


def finished(log: str) -> set[str]:
    """The names of the snippets read to their end."""
    return {name for kind, name in _MARK.findall(log) if kind == "done"}


def _problem_at(lines: list[str], index: int) -> Problem | None:
    line = lines[index]
    error, bare = _ERROR.match(line), _BARE.match(line)
    if error and not line.startswith("l."):
        return _error(error[3], error[1], int(error[2]), lines, index)
    if bare:
        return _error(bare[1], None, None, lines, index)
    if overfull := _OVERFULL.match(line):
        return _overfull(overfull, lines, index)
    if line.startswith("Missing character:"):
        return Problem("glyph", line)
    if line.startswith("runsystem(") and "disabled" in line:
        return Problem("shell", line)
    if warning := _WARNING.match(line):
        return _warning(warning[0], lines, index)
    return None


def _error(
    message: str, file: str | None, line: int | None, lines: list[str], index: int
) -> Problem | None:
    if message.startswith(_AFTERMATH):
        return None
    context = [m for m in map(_CONTEXT.match, lines[index + 1 : index + 12]) if m]
    if line is None:
        line = next((int(m[1]) for m in context if m[1]), None)
    token = re.search(r"(\\[A-Za-z@]+|\S+)\s*$", context[0][2]) if context else None
    message = _continued(message, lines, index).removeprefix("LaTeX Error: ")
    kind = "interrupted" if message.startswith("Interruption") else "error"
    return Problem(kind, message, file, line, token[1] if token else None)


def _continued(message: str, lines: list[str], index: int) -> str:
    """The whole message: it goes on over lines that begin by (package) or many spaces."""
    for line in lines[index + 1 : index + 6]:
        more = re.match(r"^(?:\(\w+\) +| {10,})(\S.*)$", line)
        if not more:
            break
        message += " " + more[1]
    return re.sub(r"\s+", " ", message).strip()


def _overfull(match: re.Match[str], lines: list[str], index: int) -> Problem:
    points = float(match[2])
    at = _ON_LINE.search(match[3])
    message = f"Overfull {match[1]}: {points:g} pt too {'wide' if 'h' in match[1] else 'high'}"
    if at is None:  # found while a page was being made: the next [number] is that page's
        page = next((m[1] for m in map(_PAGE.search, lines[index + 1 :]) if m), "?")
        message += f" on page {page}"
    line = int(at[1]) if at else None
    return Problem("overfull", message, line=line, fatal=points > OVERFULL_POINTS, points=points)


def _warning(text: str, lines: list[str], index: int) -> Problem | None:
    message = _continued(text, lines, index)
    if any(ignored in message for ignored in _IGNORED):
        return None
    at = _ON_LINE.search(message)
    kind = _kind(message)
    message = _PREFIX.sub("", message)
    message = re.sub(r"(?: on page \S+)?( undefined)? on input line \d+\.?$", r"\1", message)
    return Problem(kind, message, line=int(at[1]) if at else None, fatal=kind != "warning")


def _kind(message: str) -> str:
    if re.search(r"(Reference|Citation) .* undefined|undefined references", message):
        return "reference"
    if "multiply defined" in message:
        return "reference"
    if re.search(r"Font shape .* undefined", message):
        return "shape"
    if re.search(r"\(dest\)|same identifier|does not exist", message):
        return "link"
    return "warning"


def _place(problem: Problem, snippet: str | None) -> Problem:
    guard = re.search(r"solgen-(?:unbalanced|cut) ([\w.-]+):", problem.message)
    name = guard[1] if guard else snippet
    file, line = problem.file, problem.line
    if name and (guard or file == "main.tex"):  # TeX had left the file: the line is main.tex's
        file, line = f"{name}.tex", None
    elif file is None and name and (line is not None or problem.kind in ("glyph", "shell")):
        file = f"{name}.tex"
    elif file is not None and "." not in file:
        file += ".tex"  # Tectonic prints the name given to \input
    sentence = advice(problem.message)
    return replace(problem, file=file, line=line, snippet=name, advice=sentence)


def _distinct(found: list[Problem]) -> Iterator[Problem]:
    """Drop repetitions, and the summary of what was already said one by one."""
    seen: set[tuple[str, str | None, int | None]] = set()
    named = any(p.kind == "reference" and "There were" not in p.message for p in found)
    for problem in found:
        key = (problem.message, problem.file, problem.line)
        if key in seen or (named and "There were undefined" in problem.message):
            continue
        seen.add(key)
        yield problem
