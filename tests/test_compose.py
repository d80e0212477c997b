"""What is worked out again after an edit, and what is not; what a build without changes imports."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from solgen import engine
from solgen.build import _uncollected, build
from solgen.errors import SolgenError
from solgen.project import Project
from tests.support import ROOT

Edit = Callable[[str, str, str], None]
MODULE, TEMPLATE = "questions/q1.py", "templates/questions/q1.tex.j2"

pdflatex = engine.find_pdflatex()
pytestmark = pytest.mark.skipif(
    pdflatex is None or not pdflatex.usable, reason="needs a usable pdflatex"
)


@pytest.fixture
def project(built_project: Project) -> Project:
    """The smallest exam, as its last build left it: `edit` edits it."""
    return built_project


def told(project: Project) -> list[str]:
    """What a build says that it does."""
    lines: list[str] = []
    build(project, ["q1"], (), lines.append, whole=True)
    return lines


def stages(lines: list[str]) -> set[str]:
    return {line.split()[0] for line in lines}


def published(project: Project) -> dict[str, bytes]:
    found = (path for path in sorted(project.build.iterdir()) if path.suffix in (".pdf", ".json"))
    return {path.name: path.read_bytes() for path in found}


def clean(project: Project, folder: Path) -> dict[str, bytes]:
    """What a build of the same sources publishes that has nothing to start from."""
    shutil.copytree(
        project.root, folder / "clean", ignore=shutil.ignore_patterns("build", "__pycache__")
    )
    from solgen.project import find_project

    other = find_project(folder / "clean")
    told(other)
    return published(other)


def test_a_first_build_does_everything_and_a_second_one_nothing(project: Project) -> None:
    shutil.rmtree(project.build)
    assert {"load", "verify", "draw", "render", "read", "compile"} <= stages(told(project))
    before = published(project)
    assert told(project) == []
    assert published(project) == before


def test_an_edit_of_prose_renders_reads_and_compiles(
    project: Project, edit: Edit, tmp_path: Path
) -> None:
    edit(TEMPLATE, "Dérivez $V$.", "Dérivez donc $V$.")
    edit(TEMPLATE, "Differentiate $V$.", "Now differentiate $V$.")
    done = stages(told(project))
    assert {"render", "read", "compile"} <= done
    assert not done & {"load", "verify", "measure", "draw"}
    assert published(project) == clean(project, tmp_path)


def test_an_edit_that_is_taken_back_compiles_nothing(project: Project, edit: Edit) -> None:
    before = published(project)
    edit(TEMPLATE, "Dérivez $V$.", "Dérivez donc $V$.")
    edit(TEMPLATE, "Differentiate $V$.", "Now differentiate $V$.")
    told(project)
    assert published(project) != before
    edit(TEMPLATE, "Dérivez donc $V$.", "Dérivez $V$.")
    edit(TEMPLATE, "Now differentiate $V$.", "Differentiate $V$.")
    assert "compile" not in stages(told(project))
    assert published(project) == before


def test_a_comment_in_the_module_verifies_it_again(project: Project, tmp_path: Path) -> None:
    path = project.root / MODULE
    path.write_text("# A comment.\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert {"load", "verify", "draw"} <= stages(told(project))
    assert published(project) == clean(project, tmp_path)


def test_a_new_formula_in_the_prose_is_judged_and_the_rest_remembered(
    project: Project, edit: Edit, tmp_path: Path
) -> None:
    edit(TEMPLATE, "Dérivez $V$.", "Dérivez $V$, où $0 < 1$.")
    edit(TEMPLATE, "Differentiate $V$.", "Differentiate $V$, where $0 < 1$.")
    done = stages(told(project))
    assert "load" in done
    assert not done & {"verify", "measure", "draw"}
    assert published(project) == clean(project, tmp_path)


def test_a_wrong_formula_is_refused_each_time(project: Project, edit: Edit) -> None:
    before = published(project)
    edit(TEMPLATE, "Dérivez $V$.", "Dérivez $V$, où $1 < 0$.")
    edit(TEMPLATE, "Differentiate $V$.", "Differentiate $V$, where $1 < 0$.")
    for _ in range(2):
        with pytest.raises(SolgenError, match="1 < 0"):
            told(project)
    assert published(project) == before


def test_a_review_that_begins_to_exist_is_seen(project: Project, tmp_path: Path) -> None:
    path = project.root / "questions" / "q1.review.toml"
    kept = path.read_bytes() if path.is_file() else None
    path.unlink(missing_ok=True)
    try:
        told(project)
        without = published(project)
    except SolgenError:  # what is given must be accepted
        without = {}
    path.write_bytes(kept or b"[seals]\n'a.answer.1' = '0123456789abcdef'\n")
    told(project)
    assert published(project) != without
    assert published(project) == clean(project, tmp_path)


def test_a_published_file_that_was_damaged_is_published_again(project: Project) -> None:
    before = published(project)
    path = project.build / "booklet.pdf"
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert "compile" not in stages(told(project))
    assert published(project) == before


# --- imports ------------------------------------------------------------------------------------

HEAVY = {"sympy", "mpmath", "matplotlib", "numpy"}


def imported(project: Project) -> set[str]:
    """The heavy libraries that a build in a process of its own imports, workers included."""
    code = (
        "import sys, os\n"
        "from pathlib import Path\n"
        "from solgen.project import find_project\n"
        "from solgen.build import build\n"
        "project = find_project(Path.cwd())\n"
        "class Watch:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name in ('sympy', 'mpmath', 'matplotlib', 'numpy', 'jinja2', 'pylatex'):\n"
        "            os.write(1, (name + '\\n').encode())\n"
        "sys.meta_path.insert(0, Watch())\n"
        "build(project, ['q1'], (), lambda line: None, whole=True)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.root, capture_output=True, text=True, check=True, timeout=300,
        env={"PYTHONPATH": str(ROOT), "PATH": __import__("os").environ["PATH"]},
    )  # fmt: skip
    return set(done.stdout.split())


def test_a_build_imports_what_it_needs(project: Project, edit: Edit) -> None:
    shutil.rmtree(project.build)
    assert imported(project) >= HEAVY | {"jinja2", "pylatex"}
    assert not imported(project) & (HEAVY | {"jinja2", "pylatex"})
    edit(TEMPLATE, "Dérivez $V$.", "Dérivez donc $V$.")
    edit(TEMPLATE, "Differentiate $V$.", "Now differentiate $V$.")
    prose = imported(project)
    assert "jinja2" in prose
    assert not prose & HEAVY


def test_the_collector_is_off_while_pages_are_set_and_then_as_it_was() -> None:
    with _uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
