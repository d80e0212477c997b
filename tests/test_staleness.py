"""A sample of the staleness suite, which `nox -s staleness` runs whole."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from solgen import engine
from tests.suites import edits, staleness
from tests.suites.editable import MACROS, REVIEW, TOOLS, Exam
from tests.suites.staleness import Suite

pdflatex = engine.find_pdflatex()
pytestmark = [
    pytest.mark.skipif(pdflatex is None or not pdflatex.usable, reason="needs pdflatex"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="builds are forked"),
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Exam:
    """The small exam, built in French once for all tests."""
    staleness.warm()
    made = Exam(tmp_path_factory.mktemp("staleness") / "exam")
    assert made.build() == ""
    return made


@pytest.fixture
def exam(built: Exam, tmp_path: Path) -> Exam:
    """A copy of it, with all that was built."""
    made = built.copy(tmp_path / "exam")
    (made.root / "build").rmdir()
    shutil.copytree(built.root / "build", made.root / "build", symlinks=True)
    return made


def test_random_edits_end_in_the_bytes_of_a_clean_build(tmp_path: Path) -> None:
    suite = Suite(tmp_path, seed=20)
    assert suite.sequence(1) == ""
    assert suite.builds > 4


def test_the_suite_notices_a_build_that_does_nothing(
    exam: Exam, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = Suite(tmp_path, seed=1)
    exam.put("questions/data.csv", 2)
    suite.clean(exam, ("fr",))
    monkeypatch.setattr(exam, "build", lambda *_: "")
    assert "booklet.fr.pdf" in suite.compare(exam, ("fr",), [])


def test_the_suite_notices_a_file_that_is_left_over(exam: Exam, tmp_path: Path) -> None:
    suite = Suite(tmp_path, seed=1)
    suite.clean(exam, ("fr",))
    place = exam.root / "build/tex/booklet.fr/q9.tex"
    place.write_text("old", encoding="utf-8")
    assert "tex/booklet.fr/q9.tex" in suite.compare(exam, ("fr",), [])


def test_an_edit_of_the_same_size_and_time_is_seen(exam: Exam) -> None:
    before = exam.published()
    for name in ("questions/data.csv", "questions/curve.csv", "questions/deeper.py"):
        size = (exam.root / name).stat().st_size
        exam.put(name, 1, same_time=True)
        assert (exam.root / name).stat().st_size == size
        assert exam.build() == ""
        now = exam.published()
        assert now["booklet.fr.pdf"] != before["booklet.fr.pdf"]
        before = now


def test_a_file_that_begins_to_exist_is_seen(exam: Exam) -> None:
    before = exam.published()
    for name in ("questions/colour.txt", "questions/extra.py", "templates/look.tex"):
        exam.put(name, 1)
        assert exam.build() == ""
        now = exam.published()
        assert now["booklet.fr.pdf"] != before["booklet.fr.pdf"]
        before = now


def test_the_template_of_another_question_is_seen_once_it_exists(exam: Exam) -> None:
    """No build depends on it while it is missing, but for the one whose template asks for it."""
    (exam.root / "templates/questions/q2.tex.j2").unlink()
    with (exam.root / "templates/questions/q1.tex.j2").open("a", encoding="utf-8") as file:
        file.write('\\BLOCK{include "questions/q2.tex.j2" ignore missing}\n')
    assert exam.build(("q1",)) == ""
    told = "@fr\nEncore.\n@en\nAgain.\n@end\n"
    (exam.root / "templates/questions/q2.tex.j2").write_text(told, encoding="utf-8")
    assert exam.build(("q1",)) == ""
    assert any(b"Encore." in text for name, text in exam.published().items() if "/q1.fr/" in name)


def test_another_library_or_engine_makes_everything_anew(exam: Exam) -> None:
    before = exam.published()
    for variant in (1, 2):
        exam.put(TOOLS, variant)
        assert exam.build() == ""
        now = exam.published()
        assert now["booklet.fr.certificate.json"] != before["booklet.fr.certificate.json"]
        before = now


def test_time_stamps_change_nothing(exam: Exam) -> None:
    before, at = exam.published(), (exam.root / "build/booklet.fr.pdf").resolve()
    edits.touched(exam, random.Random(1))
    assert exam.build() == ""
    assert exam.published() == before
    assert (exam.root / "build/booklet.fr.pdf").resolve() == at  # nothing was published anew


def test_latex_that_was_damaged_is_published_again(exam: Exam) -> None:
    before = exam.published()
    (exam.root / "build/tex/booklet.fr/main.tex").unlink()
    assert exam.build() == ""
    assert exam.published() == before


def test_an_exam_with_the_cache_of_another_one_is_built_from_its_own_files(
    exam: Exam, tmp_path: Path
) -> None:
    other = exam.copy(tmp_path / "other")
    other.put("questions/data.csv", 1)
    other.put(MACROS, 1)
    other.put(REVIEW, 2)
    clean = other.copy(tmp_path / "clean")
    shutil.copytree(exam.root / "build/.cache", other.root / "build/.cache")
    assert other.build() == clean.build() == ""
    assert other.published() == clean.published() != exam.published()
