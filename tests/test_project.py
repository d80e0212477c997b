"""The exam's folder and its solgen.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from solgen.errors import EXIT_USAGE, QuestionError, SolgenError, TranslationError, Where
from solgen.project import Project, find_project

GOOD = """[exam]
languages = ["fr", "en"]
title = { fr = "Examen", en = "Exam" }
[exam.points]
q1 = 3
"""


def settings(folder: Path, text: str | bytes) -> Project:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "solgen.toml").write_bytes(data)
    return find_project(folder)


def test_the_project_is_found_from_any_folder_below(project: Project) -> None:
    found = find_project(project.questions)
    assert found == project
    assert (found.languages, found.points) == (("fr", "en"), {"q1": 3})


def test_without_a_project_the_message_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(QuestionError) as caught:
        find_project(tmp_path)
    assert caught.value.code == EXIT_USAGE
    assert "solgen new my-exam" in str(caught.value)


def test_questions_come_in_the_order_of_their_numbers(project: Project) -> None:
    for name in ("q10.py", "q2.py", "notes.py"):
        (project.questions / name).touch()
    assert project.names() == ["q1", "q2", "q10"]
    assert project.select(("q10", "q1")) == ["q1", "q10"]


@pytest.mark.parametrize("name", ["q01.py", "Q2.py", "q_3.py", "question4.py", "q0012.py"])
def test_a_file_that_looks_like_a_question_is_not_left_out(project: Project, name: str) -> None:
    (project.questions / name).touch()
    with pytest.raises(QuestionError, match="would be left out") as caught:
        project.names()
    assert str(caught.value.where) == f"questions/{name}"


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("1", "write q1"),
        ("q7", "solgen new q7 writes a first version of it"),
        ("Q1", "did you mean q1?"),
    ],
)
def test_a_wrong_name_on_the_command_line_says_what_to_write(
    project: Project, wanted: str, hint: str
) -> None:
    with pytest.raises(QuestionError) as caught:
        project.select((wanted,))
    assert (caught.value.hint, caught.value.code) == (hint, EXIT_USAGE)


def test_a_byte_order_mark_is_harmless(tmp_path: Path) -> None:
    assert settings(tmp_path, b"\xef\xbb\xbf" + GOOD.encode()).points == {"q1": 3}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ('languages = ["fr", "en"]', 'languages = "fr"', 2),
        ('languages = ["fr", "en"]', "languages = []", 2),
        ('languages = ["fr", "en"]', 'languages = ["fr", "fr"]', 2),
        ('languages = ["fr", "en"]\n', "", None),
        ('title = { fr = "Examen", en = "Exam" }\n', "", None),
        ('{ fr = "Examen", en = "Exam" }', '"Exam"', 3),
        ("[exam.points]\nq1 = 3", "points = 3", 4),
        ("q1 = 3", "q1 = 0", 5),
        ("q1 = 3", "q1 = true", 5),
        ("q1 = 3", "Q1 = 3", 5),
        ("[exam.points]", 'paper = "A4"\n[exam.points]', 4),
        ("[exam.points]", 'titel = "x"\n[exam.points]', 4),
        ("q1 = 3", "q1 : 3", 5),
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_their_line(
    tmp_path: Path, old: str, new: str, line: int | None
) -> None:
    assert old in GOOD
    with pytest.raises(SolgenError) as caught:
        settings(tmp_path, GOOD.replace(old, new))
    assert isinstance(caught.value.where, Where)
    assert (caught.value.where.file, caught.value.where.line) == ("solgen.toml", line)
    assert caught.value.hint


def test_a_text_of_the_exam_exists_in_every_language(tmp_path: Path) -> None:
    with pytest.raises(TranslationError, match=r"\[exam\] title has no en version"):
        settings(tmp_path, GOOD.replace(', en = "Exam"', ""))


def test_files_are_named_as_an_author_would_name_them(project: Project, tmp_path: Path) -> None:
    assert project.relative(project.questions / "q1.py") == "questions/q1.py"
    assert project.relative(tmp_path / "other") == str(tmp_path / "other")


def test_a_template_without_its_module_is_not_left_out(project):
    for name in ("q2.tex.j2", "Q1.tex.j2", "q01.tex.j2"):
        path = project.templates / "questions" / name
        path.write_text("", encoding="utf-8")
        with pytest.raises(QuestionError, match="this template has no module") as caught:
            project.select(())
        assert caught.value.where.file == f"templates/questions/{name}"
        path.unlink()
    (project.templates / "questions" / "macros.tex.j2").write_text("", encoding="utf-8")
    assert project.select(()) == ["q1"]


def test_a_linked_module_is_named_where_the_author_sees_it(project, tmp_path):
    module = project.questions / "q1.py"
    module.rename(tmp_path / "elsewhere.py")
    module.symlink_to(tmp_path / "elsewhere.py")
    assert project.relative(module) == "questions/q1.py"
