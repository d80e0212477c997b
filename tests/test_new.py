"""Starters build at once."""

import tomllib

import pytest
from support import loaded, starter

from solgen.errors import QuestionError
from solgen.new import new_exam, new_question
from solgen.project import find_project


def test_a_new_exam_verifies_at_once(tmp_path):
    questions, report = loaded(starter(tmp_path))
    assert [q.name for q in questions] == ["q1"]
    assert len(report.answers) == 2


def test_a_new_question_states_its_points_behind_the_others(tmp_path):
    project = starter(tmp_path)
    new_question(project.root, "q8")
    text = (project.root / "solgen.toml").read_text(encoding="utf-8")
    assert text.startswith("# The exam as its paper states it.")
    assert list(tomllib.loads(text)["exam"]["points"].items()) == [("q1", 3), ("q8", 3)]
    assert loaded(find_project(project.root))[0][1].number == 8


def test_points_are_stated_before_a_later_section(tmp_path):
    project = starter(tmp_path)
    settings = project.root / "solgen.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "\n[other]\nx = 1\n", encoding="utf-8"
    )
    new_question(project.root, "q2")
    data = tomllib.loads(settings.read_text(encoding="utf-8"))
    assert data["exam"]["points"]["q2"] == 3
    assert data["other"] == {"x": 1}


def test_nothing_is_overwritten(tmp_path):
    project = starter(tmp_path)
    before = (project.questions / "q1.py").read_bytes()
    with pytest.raises(QuestionError, match=r"questions/q1\.py exists already"):
        new_question(project.root, "q1")
    with pytest.raises(QuestionError, match="exam exists already"):
        new_exam(tmp_path, "exam")
    assert (project.questions / "q1.py").read_bytes() == before
