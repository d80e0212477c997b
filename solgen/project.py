"""A course's project: its folder, its `solgen.toml`, and the languages of its booklet.

Standard library only, so that `solgen list` and `solgen doctor` start at once.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solgen.errors import EXIT_USAGE, QuestionError, TranslationError, Where

SETTINGS = "solgen.toml"
PAPERS = ("letterpaper", "a4paper")
_QUESTION_FILE = re.compile(r"q([1-9]\d*)\.py")
_NEARLY = re.compile(r"(?i)q(?:uestion)?[_-]?0*([1-9]\d*)\.py")


@dataclass(frozen=True)
class Project:
    """Where things are, and what the exam paper says.

    `points` maps each question on the paper (`"q1"`) to its points there; the modules must agree.
    Texts (`title`, `course`, `session`…) are mappings from language to plain text.
    """

    root: Path
    languages: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]
    points: Mapping[str, int]
    paper: str

    @property
    def questions(self) -> Path:
        return self.root / "questions"

    @property
    def templates(self) -> Path:
        return self.root / "templates"

    @property
    def build(self) -> Path:
        return self.root / "build"

    def names(self) -> list[str]:
        """List the question modules (`q1`, `q2`…) in the order of their numbers.

        Raises QuestionError for a file like `q01.py`, which would silently be left out.
        """
        found = []
        for path in sorted(self.questions.glob("*.py")):
            if match := _QUESTION_FILE.fullmatch(path.name):
                if not path.is_file():
                    raise QuestionError(
                        "this is no file that can be read",
                        Where(self.relative(path)),
                        "a link may lead nowhere, or a folder bear the name of a question",
                    )
                found.append(int(match[1]))
            elif match := _NEARLY.fullmatch(path.name):
                raise QuestionError(
                    "this file would be left out of the booklet",
                    Where(self.relative(path)),
                    f"rename it q{match[1]}.py, or give it a name that does not begin by q",
                )
        return [f"q{number}" for number in sorted(found)]

    def require_pairs(self) -> None:
        """Raise QuestionError for half a question: a template without its module."""
        known = {f"{name}.tex.j2" for name in self.names()}
        for path in sorted((self.templates / "questions").glob("[qQ]*.tex.j2")):
            number = re.fullmatch(r"(?i)q(?:uestion)?[_-]?0*([1-9]\d*)\.tex\.j2", path.name)
            if number and path.name not in known:
                raise QuestionError(
                    "this template has no module, and would be left out of the booklet",
                    Where(self.relative(path)),
                    f"write questions/q{number[1]}.py, name the two alike, or remove it",
                )

    def select(self, wanted: tuple[str, ...]) -> list[str]:
        """The questions asked for, all of them if none is.

        Raises QuestionError on a wrong name, with the exit code of a wrong command line.
        """
        known = self.names()
        self.require_pairs()
        if not known:
            raise QuestionError(
                "there is no question module",
                Where(self.relative(self.questions)),
                "solgen new q1 writes a first one",
            )
        for name in wanted:
            if name not in known:
                raise QuestionError(
                    f"there is no question {name!r}",
                    expected=", ".join(known),
                    hint=_instead(name, known),
                    code=EXIT_USAGE,
                )
        return [name for name in known if not wanted or name in wanted]

    def relative(self, file: str | Path) -> str:
        """`file` as an author would name it: relative to the project where it is inside."""
        named = Path(os.path.abspath(file))  # noqa: PTH100 - published files are links: they keep their names
        if not named.is_relative_to(self.root):
            named = named.resolve()
        return str(named.relative_to(self.root) if named.is_relative_to(self.root) else file)

    def raised_at(self, error: BaseException) -> traceback.FrameSummary | None:
        """The innermost of the author's own lines in an error's traceback, if there is one."""
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if Path(f.filename).is_relative_to(self.questions)]
        return own[-1] if own else None


def find_project(start: Path) -> Project:
    """The project that holds `start`: the nearest folder upwards with a solgen.toml.

    Raises QuestionError when there is none or when the file is malformed.
    """
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / SETTINGS).is_file():
            return _read(folder)
    raise QuestionError(
        f"no {SETTINGS} in {start} or above it",
        hint="go to the exam's folder, or make one: solgen new my-exam",
        code=EXIT_USAGE,
    )


def _instead(name: str, known: list[str]) -> str:
    if name.isdigit() and f"q{name}" in known:
        return f"write q{name}"
    near = difflib.get_close_matches(name.lower(), known, n=1)
    if re.fullmatch(r"q[1-9]\d*", name):
        return f"solgen new {name} writes a first version of it"
    return f"did you mean {near[0]}?" if near else "questions are named q1, q2…"


def _read(root: Path) -> Project:
    text, data = _parsed(root / SETTINGS)
    exam = data.get("exam")
    if not isinstance(exam, dict):
        raise QuestionError("the section [exam] is missing", Where(SETTINGS), "see solgen new")
    settings = _Settings(text, exam)
    languages = settings.languages()
    return Project(root, languages, settings.texts(languages), settings.points(), settings.paper())


def _parsed(path: Path) -> tuple[str, Mapping[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return text, tomllib.loads(text)
    except UnicodeDecodeError:
        raise QuestionError("is not UTF-8", Where(SETTINGS), "save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise QuestionError(
            f"is not TOML: {str(error).partition(' (at')[0]}",
            Where(SETTINGS, int(line[1]) if line else None),
            'a line is written key = "text", key = 3 or key = { fr = "…", en = "…" }',
        ) from None


@dataclass(frozen=True)
class _Settings:
    """The [exam] section, refused at its line where it is wrong."""

    text: str
    exam: Mapping[str, Any]

    def languages(self) -> tuple[str, ...]:
        codes = self.exam.get("languages")
        right = isinstance(codes, list) and all(
            isinstance(code, str) and re.fullmatch("[a-z]+", code) for code in codes
        )
        if not right or not codes or len(set(codes)) < len(codes):
            raise self._error("languages", codes, 'for example languages = ["fr", "en"]')
        return tuple(codes)

    def paper(self) -> str:
        paper = self.exam.get("paper", PAPERS[0])
        if paper not in PAPERS:
            raise self._error("paper", paper, f"write one of {', '.join(PAPERS)}")
        return str(paper)

    def texts(self, languages: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
        """Every entry but those with a meaning of their own is a text in each language."""
        form = "{ " + ", ".join(f'{code} = "…"' for code in languages) + " }"
        found = {k: v for k, v in self.exam.items() if k not in ("languages", "paper", "points")}
        for key, versions in {"title": None, **found}.items():
            if not isinstance(versions, dict):
                raise self._error(key, versions, f"write {key} = {form}")
            for code in languages:
                if not isinstance(versions.get(code), str) or not versions[code].strip():
                    raise TranslationError(
                        f"[exam] {key} has no {code} version",
                        Where(SETTINGS, self._line(key), locale=code),
                        f"write {key} = {form}",
                    )
        return found

    def points(self) -> Mapping[str, int]:
        points = self.exam.get("points", {})
        if not isinstance(points, dict):
            raise self._error("points", points, "write a section [exam.points] with q1 = 10")
        for name, value in points.items():
            whole = isinstance(value, int) and not isinstance(value, bool) and value > 0
            if not whole or not re.fullmatch(r"q[1-9]\d*", name):
                shown = f"{name} = {value!r}"
                raise self._error(
                    f"points.{name}", shown, "write the question and its points: q1 = 10"
                )
        return points

    def _error(self, key: str, found: object, hint: str) -> QuestionError:
        wrong = "is missing" if found is None else "cannot be used"
        where = Where(SETTINGS, self._line(key.rpartition(".")[2]))
        return QuestionError(f"[exam] {key} {wrong}", where, hint, found=found)

    def _line(self, key: str) -> int | None:
        for number, line in enumerate(self.text.splitlines(), start=1):
            if re.match(rf"\s*(\[exam\.)?{re.escape(key)}\s*[=\]]", line):
                return number
        return None
