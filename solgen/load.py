"""The stage `load`: question modules become values, refused when they are malformed."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from solgen import lint, shape
from solgen.clock import time_limit
from solgen.errors import LimitError, QuestionError, SolgenError, Where
from solgen.limits import described, exhausted
from solgen.locales import Locale
from solgen.model import Part, Question
from solgen.project import Project
from solgen.symbols import Symbol, Term

IMPORT_SECONDS = 30.0


@dataclass(frozen=True)
class Loaded:
    """A question with its name (`q1`), the names its module gave to things, and its glossary."""

    name: str
    question: Question
    namespace: dict[str, Any]
    source: Path

    @property
    def number(self) -> int:
        return int(self.name[1:])

    @property
    def glossary(self) -> list[Symbol | Term]:
        """The module's symbols and terms, in the order they were made."""
        return [v for v in self.namespace.values() if isinstance(v, Symbol | Term)]

    def part_label(self, part: Part, locale: Locale) -> str:
        """How the booklet calls a part: `2 c)`; a question's only part has no letter."""
        alone = len(self.question.parts) == 1
        return str(self.number) if alone else f"{self.number} {locale.part(part.id)}"

    def name_of(self, thing: Any) -> str:
        """The module's name for an answer or table."""
        return next(name for name, value in self.namespace.items() if value is thing)


def load(project: Project, names: list[str]) -> list[Loaded]:
    """Import the named question modules and check their shape.

    Raises QuestionError or TranslationError at the author's line, and LimitError for a module
    that never ends.
    """
    with _fresh_imports(project):
        return [_load_one(project, name) for name in names]


def _load_one(project: Project, name: str) -> Loaded:
    path = project.questions / f"{name}.py"
    shown = Where(file=project.relative(path), question=name[1:])
    module = _run(project, name, shown)
    namespace = {key: value for key, value in vars(module).items() if not key.startswith("_")}
    question = namespace.pop("question", None)
    if not isinstance(question, Question):
        raise QuestionError(
            "the module does not define a question",
            shown,
            "end it with question = Question(title=…, parts=[…])",
            found="no name question" if question is None else f"question = {question!r}",
        )
    loaded = Loaded(name, question, namespace, path)
    try:
        shape.inspect(project, name, path, question, namespace)
    except SolgenError as error:
        error.where = _completed(project, error.where, shown)
        raise
    return loaded


def _run(project: Project, name: str, shown: Where) -> ModuleType:
    """Execute the module; its own failure becomes a message at its own line."""
    try:
        with time_limit(IMPORT_SECONDS):
            return importlib.import_module(f"questions.{name}")
    except SolgenError as error:
        error.where = _completed(project, error.where, shown)
        raise
    except TimeoutError as error:
        raise LimitError(
            f"running the module takes more than {IMPORT_SECONDS:g} s",
            _place(project, error, shown),
            "put heavy work inside checks and draw functions, and look for an endless loop",
        ) from None
    except (Exception, SystemExit) as error:
        kind = LimitError if exhausted(error) else QuestionError
        raise kind(
            _told(project, error),
            _place(project, error, shown),
            "correct this line, or what it calls",
            found=_source_line(project, error),
        ) from error


def _told(project: Project, error: BaseException) -> str:
    if isinstance(error, SystemExit):
        return "running the module ended Python"
    message = described(error).replace(f"{project.root}{os.sep}", "")
    return f"running the module raised {message}"


def _place(project: Project, error: BaseException, shown: Where) -> Where:
    frame = project.raised_at(error)
    if frame is None:
        return shown
    return Where(project.relative(frame.filename), frame.lineno, shown.question)


def _source_line(project: Project, error: BaseException) -> str | None:
    frame = project.raised_at(error)
    return None if frame is None else frame.line


def _completed(project: Project, where: Where | str | None, shown: Where) -> Where:
    if not isinstance(where, Where) or where.file is None:
        return shown
    return Where(project.relative(where.file), where.line, shown.question, where.part, where.locale)


class _FreshLoader(importlib.machinery.SourceFileLoader):
    """Lints and compiles the source every time: a stale .pyc would be a stale answer."""

    def get_code(self, fullname: str) -> Any:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        lint.refuse(source, Where(path))
        return self.source_to_code(source, path)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds `questions.*` in one project's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find_spec(self, fullname: str, _path: Any = None, _target: Any = None) -> Any:
        if fullname == "questions":
            spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [str(self.folder)]
            return spec
        head, _, tail = fullname.rpartition(".")
        file = self.folder / f"{tail}.py"
        if head != "questions" or not _is_there(file):
            return None
        return importlib.util.spec_from_file_location(
            fullname, file, loader=_FreshLoader(fullname, str(file))
        )


def _is_there(file: Path) -> bool:
    """Whether the file exists: it is opened, so that solgen.reads hears of a missing one too."""
    try:
        with file.open("rb"):
            return True
    except OSError:
        return False


@contextmanager
def _fresh_imports(project: Project) -> Iterator[None]:
    """Import `questions.*` from this project only, anew, and leave no trace."""
    finder = _Finder(project.questions)
    previous = {k: sys.modules.pop(k) for k in list(sys.modules) if _is_question(k)}
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for key in [k for k in sys.modules if _is_question(k)]:
            del sys.modules[key]
        sys.modules.update(previous)


def _is_question(module: str) -> bool:
    return module == "questions" or module.startswith("questions.")
