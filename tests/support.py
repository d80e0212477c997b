"""What several test modules need: the repository's own exam, a starter exam, the locales."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from solgen.build import verify
from solgen.load import Loaded, load
from solgen.locales import Locale, load_locales
from solgen.new import new_exam
from solgen.project import Project, find_project
from solgen.verify import Report

ROOT = Path(__file__).resolve().parents[1]


@cache
def locales() -> tuple[Locale, Locale]:
    """French and English."""
    french, english = load_locales(find_project(ROOT))
    return french, english


def starter(folder: Path) -> Project:
    """The exam that `solgen new` writes, in `folder`."""
    new_exam(folder, "exam")
    return find_project(folder / "exam")


def loaded(project: Project) -> tuple[list[Loaded], Report]:
    """The project's questions, verified."""
    questions = load(project, project.names())
    return questions, verify(project, questions, lambda line: None)
