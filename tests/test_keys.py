"""Keys: contents decide, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from solgen import certificate, keys
from solgen.project import Project


def test_a_digest_tells_where_one_part_ends() -> None:
    assert keys.digest("ab", "c") != keys.digest("a", "bc")
    assert keys.digest("ab") == keys.digest(b"ab")


def test_times_do_not_count(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("same")
    before = keys.content(file)
    os.utime(file, (0, 0))
    assert keys.content(file) == before
    file.write_text("diff")
    os.utime(file, (0, 0))
    assert keys.content(file) != before


def test_the_version_of_every_library_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys.tools()
    known = metadata.version
    for package in ("sympy", "numpy", "matplotlib", "jinja2", "pylatex", "mpmath", "lark"):
        monkeypatch.setattr(
            keys, "version", lambda name, p=package: "99" if name == p else known(name)
        )
        assert keys.tools() != before
    monkeypatch.setattr(keys, "version", known)
    assert keys.tools() == before


def shared(project: Project) -> str:
    return keys.shared(project, certificate.sources(project))


def test_a_question_s_own_files_are_not_shared(project: Project) -> None:
    before = shared(project)
    for name in ("questions/q1.py", "questions/q1.review.toml", "templates/questions/q1.tex.j2"):
        (project.root / name).write_text("x", encoding="utf-8")
    assert shared(project) == before


@pytest.mark.parametrize(
    "name",
    ["solgen.toml", "references.toml", "templates/look.tex", "templates/words/fr.toml"],
)
def test_settings_works_words_and_look_are_shared(
    project: Project, name: str, edit: Callable[[str, str, str], None]
) -> None:
    before = shared(project)
    path = project.root / name
    path.parent.mkdir(exist_ok=True)
    old = path.read_text(encoding="utf-8") if path.is_file() else ""
    path.write_text(old + "\n", encoding="utf-8")
    assert shared(project) != before
