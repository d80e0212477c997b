"""A sample of the staleness suite, which `nox -s staleness` runs whole."""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from solgen import engine
from tests.suites import staleness
from tests.suites.staleness import Exam, Suite, published, run

pdflatex = engine.find_pdflatex()
pytestmark = [
    pytest.mark.skipif(pdflatex is None or not pdflatex.usable, reason="needs pdflatex"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="builds are forked"),
]


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    staleness.warm()


@pytest.fixture
def exam(tmp_path: Path) -> Exam:
    return Exam(tmp_path / "exam", staleness.slots())


def test_random_edits_end_in_the_bytes_of_a_clean_build(tmp_path: Path) -> None:
    suite = Suite(tmp_path, seed=20)
    wrong = [suite.sequence(number) for number in range(3)]
    assert wrong == ["", "", ""]
    assert suite.builds > 6


def test_the_suite_notices_a_build_that_does_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    suite = Suite(tmp_path, seed=1)
    first = Exam(tmp_path / "first", suite.contents)
    assert run(first.root) == 0
    first.set("questions/data.csv", 2)
    suite.clean[first.key, ("fr",)] = {"booklet.fr.pdf": b"what it should be"}
    monkeypatch.setattr(staleness, "run", lambda *_: 0)
    assert "booklet.fr.pdf" in suite._compare(first, ("fr",), [])


def test_an_edit_of_the_same_size_and_time_is_seen(exam: Exam) -> None:
    assert run(exam.root) == 0
    before = published(exam.root)
    for name in ("questions/data.csv", "questions/curve.csv", "questions/deeper.py"):
        size = (exam.root / name).stat().st_size
        exam.set(name, 1, same_time=True)
        assert (exam.root / name).stat().st_size == size
        assert run(exam.root) == 0
        now = published(exam.root)
        assert now["booklet.fr.pdf"] != before["booklet.fr.pdf"]
        before = now


def test_time_stamps_change_nothing(exam: Exam) -> None:
    assert run(exam.root) == 0
    before, at = published(exam.root), (exam.root / "build/booklet.fr.pdf").resolve()
    staleness.touched(exam, random.Random(1))
    assert run(exam.root) == 0
    assert published(exam.root) == before
    assert (exam.root / "build/booklet.fr.pdf").resolve() == at  # nothing was published anew


def test_two_exams_share_a_cache_without_harm(exam: Exam, tmp_path: Path) -> None:
    assert run(exam.root) == 0
    other = Exam(tmp_path / "other", staleness.slots())
    other.set("questions/data.csv", 1)
    shutil.copytree(exam.root / "build/.cache", other.root / "build/.cache")
    assert run(other.root) == 0
    shutil.rmtree(other.root / "build")
    found = published(exam.root)
    assert run(other.root) == 0
    clean = published(other.root)
    shutil.rmtree(other.root / "build")
    shutil.copytree(exam.root / "build/.cache", other.root / "build/.cache")
    assert run(other.root) == 0
    assert published(other.root) == clean != found
