"""Every exception solgen raises on purpose, and the place an error points at.

All of them derive from :class:`SolgenError`.  ``str(error)`` answers, in this
order: where, what is wrong, what was found, what was expected, what to do.
Each class carries the exit code of the command line (``exit_code``):

====  ====================  ====  ==================
  0   published               14  FigureError
  2   usage                   16  LimitError
 10   QuestionError           17  EnvironmentProblem
 11   VerificationError       18  Busy
 12   TemplateError,          19  ConfinementError
      TranslationError       70  internal error
 13   LatexError            130  interrupted
====  ====================  ====  ==================
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import ClassVar, Self

EXIT_OK = 0
EXIT_USAGE = 2
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130


@dataclass(frozen=True)
class Where:
    """A place in the author's files; every field may be unknown.

    >>> str(Where("questions/q1.py", 41, "1", "d", "fr"))
    'questions/q1.py:41, question 1, part (d), fr'
    """

    file: str | None = None
    line: int | None = None
    question: str | None = None
    part: str | None = None
    locale: str | None = None

    def __str__(self) -> str:
        found = []
        if self.file is not None:
            found.append(self.file if self.line is None else f"{self.file}:{self.line}")
        elif self.line is not None:
            found.append(f"line {self.line}")
        if self.question is not None:
            found.append(f"question {self.question}")
        if self.part is not None:
            found.append(f"part ({self.part})")
        if self.locale is not None:
            found.append(self.locale)
        return ", ".join(found)


class SolgenError(Exception):
    """Base of every expected failure.

    message: what is wrong, one sentence.  where: a :class:`Where` (or text).
    found, expected: the two sides, when there are two.  hint: what to do.
    code: exit code, when it is not the class's own.
    """

    exit_code: ClassVar[int] = EXIT_INTERNAL

    def __init__(
        self,
        message: str,
        where: Where | str | None = None,
        hint: str | None = None,
        *,
        found: object = None,
        expected: object = None,
        code: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint
        self.found = found
        self.expected = expected
        self.code = type(self).exit_code if code is None else code

    def as_text(self) -> Self:
        """Give itself with both sides as text, so that it can travel between processes."""
        self.found = None if self.found is None else str(self.found)
        self.expected = None if self.expected is None else str(self.expected)
        return self

    def __str__(self) -> str:
        place = "" if self.where is None else str(self.where)
        lines = [f"{place}: {self.message}" if place else self.message]
        labelled = (("found", self.found), ("expected", self.expected), ("what to do", self.hint))
        for label, value in labelled:
            if value is not None:
                lines.append(f"  {label}: " + str(value).replace("\n", "\n    "))
        return "\n".join(lines)


class Refused(SolgenError):
    """Several failures at once, each with its own message; the first one gives the exit code."""

    def __init__(self, failures: list[SolgenError]) -> None:
        super().__init__("\n\n".join(map(str, failures)), code=failures[0].code)
        self.failures = failures


class QuestionError(SolgenError):
    """A question module is malformed: duplicate part, wrong points, orphan check."""

    exit_code = 10


class VerificationError(SolgenError):
    """An answer is refuted or undecided, a check is vacuous, a part unverified."""

    exit_code = 11


class TemplateError(SolgenError):
    """A question's template is malformed or names something that does not exist."""

    exit_code = 12


class TranslationError(TemplateError):
    """One language is missing, or the two languages do not say the same numbers."""


class LatexError(SolgenError):
    """The engine refused the document, or the log shows a fault of the pages."""

    exit_code = 13


class FigureError(SolgenError):
    """A figure failed to draw, or lacks its alternative text."""

    exit_code = 14


class LimitError(SolgenError):
    """Something took longer, or wrote more, than its limit."""

    exit_code = 16


class EnvironmentProblem(SolgenError):
    """The machine lacks something: an engine, a package, a writable folder, space."""

    exit_code = 17


class Busy(SolgenError):
    """Another build of the same project is running."""

    exit_code = 18


class ConfinementError(SolgenError):
    """A question tried to leave its place: other files, programs, the network."""

    exit_code = 19


_SYSTEM = {
    errno.EMFILE: ("opens no more files", "raise the limit: ulimit -n 256"),
    errno.ENFILE: ("opens no more files", "close other programs"),
    errno.EAGAIN: ("starts no more processes", "raise the limit: ulimit -u, or end other programs"),
    errno.ENOMEM: (
        "gives no more memory",
        "close other programs, or build fewer questions at once",
    ),
    errno.ENOSPC: ("has no more room on this disk", "free some space, and build again"),
    errno.EDQUOT: ("gives you no more room on this disk", "free some space, and build again"),
    errno.EACCES: ("denies access", "give yourself the right to read and write there"),
    errno.EPERM: ("denies access", "give yourself the right to read and write there"),
    errno.EROFS: ("cannot write there", "build in a folder that can be written"),
}


def refused_by_system(error: OSError) -> EnvironmentProblem | None:
    """The message for what the system refuses or has run out of; None for any other fault."""
    if error.errno not in _SYSTEM:
        return None
    what, hint = _SYSTEM[error.errno]
    file = None if error.filename is None else str(error.filename)
    return EnvironmentProblem(f"the system {what}", Where(file), hint, found=error.strerror)
