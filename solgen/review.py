"""What has been reviewed of a question, kept in `questions/q1.review.toml` beside its module.

A seal or an acceptance says that a text was read and accepted as it stands, and not by whom.

    [seals]                      a pair, and both its texts as they stood when they were read
    [given]                      per part, the printed statements accepted as given
    [excused]                    pairs whose words of opposite sense agree, each with the reason

The file is written by solgen, sorted, one entry to a line. Standard library only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from solgen.errors import QuestionError, Where
from solgen.project import Project

_TABLES = ("seals", "given", "excused")
_Table = Mapping[str, Any]
_SEAL = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Review:
    """`seals` by key of a pair, `given` LaTeX statements by part, `excused` reasons by seal."""

    seals: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excused: Mapping[str, str] = field(default_factory=dict)


def path(project: Project, name: str) -> Path:
    """Where the review of the question `q1` stands."""
    return project.questions / f"{name}.review.toml"


def load(project: Project, name: str) -> Review:
    """The question's review; empty where there is none.

    Raises QuestionError at file and line for a file that is malformed.
    """
    file = path(project, name)
    try:
        data = file.read_bytes()
    except FileNotFoundError:  # opened, not asked for: solgen.reads hears only of what is opened
        return Review()
    return _Reader(project.relative(file), name[1:]).review(data)


def save(project: Project, name: str, review: Review) -> None:
    """Write the question's review; what was in the file is replaced."""
    path(project, name).write_text(_written(review), encoding="utf-8", newline="\n")


@dataclass(frozen=True)
class _Reader:
    """Reads a review file, and refuses it at the line of what is wrong."""

    file: str
    question: str

    def review(self, data: bytes) -> Review:
        try:
            text = data.decode("utf-8-sig")
            found = tomllib.loads(text)
        except UnicodeDecodeError:
            self._fail("is not UTF-8", None, "save the file as UTF-8")
        except tomllib.TOMLDecodeError as error:
            line = re.search(r"at line (\d+)", str(error))
            message = f"is not TOML: {str(error).partition(' (at')[0]}"
            self._fail(message, int(line[1]) if line else len(text.splitlines()))
        for name, table in found.items():
            if name not in _TABLES or not isinstance(table, dict):
                self._fail(f"there is no table {name}", _line(text, name))
        seals, given, excused = ({**found.get(name, {})} for name in _TABLES)
        self._refuse(text, seals, given, excused)
        return Review(seals, {part: tuple(listed) for part, listed in given.items()}, excused)

    def _refuse(self, text: str, seals: _Table, given: _Table, excused: _Table) -> None:
        for key, seal in seals.items():
            if not isinstance(seal, str) or not _SEAL.fullmatch(seal):
                self._fail(f"the seal of {key} is not 16 hexadecimal digits", _line(text, key))
        for part, statements in given.items():
            if not isinstance(statements, list) or not all(map(_says, statements)):
                hint = f"write {part} = ['y = 1', …]"
                self._fail(f"given.{part} is not a list of statements", _line(text, part), hint)
        for seal, reason in excused.items():
            if not _SEAL.fullmatch(seal) or not _says(reason):
                hint = 'write the seal that the message named = "the reason"'
                self._fail(f"[excused] has no reason for {seal}", _line(text, seal), hint)

    def _fail(self, message: str, line: int | None, hint: str | None = None) -> NoReturn:
        instead = "correct this line, or take back the file's last good version"
        raise QuestionError(message, Where(self.file, line, self.question), hint or instead)


def _says(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _line(text: str, key: str) -> int | None:
    """The line on which a key or a table is written."""
    named = re.compile(rf"\s*\[?[\"']?{re.escape(key)}[\"']?\s*[=\].]")
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, start=1) if named.match(line)), None)


def _written(review: Review) -> str:
    lines = ["# What has been reviewed; `solgen review` and `solgen given` write this file."]
    lines += ["", "[seals]"]
    lines += [f"{_quoted(key)} = {_quoted(review.seals[key])}" for key in _sorted(review.seals)]
    if review.given:
        lines += ["", "[given]"]
    for part in sorted(review.given):
        lines += [f"{_quoted(part)} = ["]
        lines += [f"    {_quoted(statement)}," for statement in review.given[part]]
        lines += ["]"]
    if review.excused:
        lines += ["", "[excused]"]
        lines += [f"{_quoted(k)} = {_quoted(review.excused[k])}" for k in sorted(review.excused)]
    return "\n".join(lines) + "\n"


def _sorted(keys: Collection[str]) -> list[str]:
    """In the order of a reader: a.solution.2 before a.solution.10."""
    return sorted(keys, key=lambda key: re.sub(r"\d+", lambda digits: digits[0].zfill(9), key))


def _quoted(text: str) -> str:
    """A TOML string on one line; LaTeX stays readable where it can."""
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped) + '"'
