"""`solgen new`: starters that build at once and explain themselves."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path

from solgen.errors import QuestionError
from solgen.project import SETTINGS, find_project

POINTS = 3  # of the starter question: 2 + 1


def new_question(start: Path, name: str) -> list[Path]:
    """Write the pair of files of a question into the project that holds `start`.

    Also states its points in solgen.toml. Raises QuestionError rather than overwrite.
    """
    project = find_project(start)
    module = project.questions / f"{name}.py"
    template = project.templates / "questions" / f"{name}.tex.j2"
    for file in (module, template):
        if file.exists():
            raise QuestionError(
                f"{project.relative(file)} exists already", hint="choose another number"
            )
    _state_points(project.root / SETTINGS, name)
    for file, starter in ((module, "question.py"), (template, "question.tex.j2")):
        file.parent.mkdir(parents=True, exist_ok=True)
        text = _starter(starter).replace("uestion N", f"uestion {name[1:]}")
        file.write_text(text, encoding="utf-8")
    return [module, template]


def new_exam(start: Path, name: str) -> list[Path]:
    """Write a new exam's folder, with a first question. Raises QuestionError if it exists."""
    root = start / name
    if root.exists():
        raise QuestionError(f"{name} exists already", hint="choose another name")
    (root / "build").mkdir(parents=True)
    (root / "questions").mkdir()
    (root / SETTINGS).write_text(_starter(SETTINGS), encoding="utf-8")
    (root / ".gitignore").write_text("build/\n__pycache__/\n", encoding="utf-8")
    return [root / SETTINGS, *new_question(root, "q1")]


def _starter(name: str) -> str:
    return (files("solgen") / "starter" / name).read_text(encoding="utf-8")


def _state_points(settings: Path, name: str) -> None:
    """Add the question behind the last one of [exam.points], keeping the file's comments."""
    text = settings.read_text(encoding="utf-8")
    points = tomllib.loads(text).get("exam", {}).get("points", {})
    if name in points:
        return
    line = f"{name} = {POINTS}\n"
    entries = list(re.finditer(r"(?m)^q\d+\s*=.*\n?", text))
    header = re.search(r"(?m)^\[exam\.points\].*\n?", text)
    if entries:
        end = entries[-1].end()
    elif header:
        end = header.end()
    else:
        text, end = text + "\n[exam.points]\n", len(text) + len("\n[exam.points]\n")
    head = text[:end] if text[:end].endswith("\n") else text[:end] + "\n"
    settings.write_text(head + line + text[end:], encoding="utf-8")
