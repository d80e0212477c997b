"""The edited part is typeset alone, before the whole booklet."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pypdf
import pytest

from solgen import engine
from solgen.build import build
from solgen.preview import Preview
from solgen.project import Project

Edit = Callable[[str, str, str], None]
TEMPLATE = "templates/questions/q1.tex.j2"

pdflatex = engine.find_pdflatex()
pytestmark = pytest.mark.skipif(
    pdflatex is None or not pdflatex.usable, reason="needs a usable pdflatex"
)


@pytest.fixture
def project(built_project: Project) -> Project:
    """The smallest exam, as its last build left it: `edit` edits it."""
    return built_project


class Onlooker:
    """Notes what it sees, and how far the build was."""

    def __init__(self) -> None:
        self.seen: list[Preview] = []
        self.stages: list[str] = []
        self.at: list[int] = []
        self.files: list[str] = []

    def part(self, found: Preview) -> None:
        self.seen.append(found)
        self.at.append(len(self.stages))

    def editions(self, work: Mapping[str, Path]) -> list[Path]:
        self.files += [
            path.name for one in work.values() for path in one.iterdir() if "main." in path.name
        ]
        return []


def look(project: Project) -> Onlooker:
    onlooker = Onlooker()
    build(project, ["q1"], (), onlooker.stages.append, whole=True, audience=onlooker)
    return onlooker


def test_only_an_edited_part_is_shown_and_before_the_booklet(project: Project, edit: Edit) -> None:
    assert not look(project).seen
    edit(TEMPLATE, "Dérivez $V$.", "Dérivez donc $V$.")
    edit(TEMPLATE, "Differentiate $V$.", "Now differentiate $V$.")
    onlooker = look(project)
    (found,) = onlooker.seen
    assert (found.question, found.part, found.edition) == ("q1", "a", "booklet")
    reader = pypdf.PdfReader(io.BytesIO(found.pdf))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "Dérivez donc" in text
    assert "Now differentiate" in text
    assert not any(line.startswith("compile") for line in onlooker.stages[: onlooker.at[0]])
    assert any(line.startswith("compile") for line in onlooker.stages[onlooker.at[0] :])


def test_who_looks_on_gets_the_way_from_pages_to_lines(project: Project) -> None:
    assert {"main.synctex.gz", "main.places"} <= set(look(project).files)


def test_the_pdfs_are_the_same_whether_somebody_looks_on_or_not(project: Project) -> None:
    look(project)
    seen = (project.build / "booklet.pdf").read_bytes()
    build(project, ["q1"], (), lambda line: None, whole=True)
    assert (project.build / "booklet.pdf").read_bytes() == seen


def test_the_part_of_an_edited_figure_is_shown(project: Project, edit: Edit) -> None:
    """Its LaTeX stays the same."""
    look(project)
    edit("questions/q1.py", "[0, 1, 8], label", "[0, 1, 7], label")
    (found,) = look(project).seen
    assert (found.question, found.part) == ("q1", "a")
