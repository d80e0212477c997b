"""Importing question modules: anew, in isolation, with errors at the author's line."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from solgen import load as loading
from solgen.errors import LimitError, QuestionError, SolgenError, TranslationError, Where
from solgen.load import load
from solgen.project import Project

Edit = Callable[[str, str, str], None]
GLOSSARY = 'V = symbol("V", Reals, value=x**3, fr="volume", en="volume")\n'


def refused(project: Project) -> SolgenError:
    with pytest.raises(SolgenError) as caught:
        load(project, ["q1"])
    return caught.value


def test_a_loaded_question_knows_its_names_and_its_glossary(project: Project) -> None:
    (loaded,) = load(project, ["q1"])
    assert (loaded.name, loaded.number) == ("q1", 1)
    assert [entry.name for entry in loaded.glossary] == ["x", "V"]
    assert loaded.name_of(loaded.question.parts[1].answers[0]) == "total"


def test_an_edit_is_seen_at_once_even_in_a_helper_module(project: Project, edit: Edit) -> None:
    load(project, ["q1"])
    edit("questions/phrases.py", '"power rule"', '"rule of powers"')
    (loaded,) = load(project, ["q1"])
    assert loaded.namespace["POWER_RULE"].versions["en"] == "rule of powers"


def test_loading_leaves_nothing_behind(project: Project) -> None:
    before = (set(sys.modules), list(sys.meta_path))
    load(project, ["q1"])
    assert {name for name in sys.modules if name.startswith("questions")} <= before[0]
    assert sys.meta_path == before[1]
    assert not list(project.root.rglob("__pycache__"))


def test_a_failure_is_told_at_the_line_that_caused_it(project: Project, edit: Edit) -> None:
    edit("questions/phrases.py", "\nPOWER", "\ndef half():\n    return 1 / 0\n\n\nPOWER")
    edit("questions/q1.py", GLOSSARY, GLOSSARY + "from questions import phrases\nphrases.half()\n")
    error = refused(project)
    assert error.where == Where("questions/phrases.py", 6, "1")
    assert error.found == "return 1 / 0"


def test_a_helper_module_is_linted_too(project: Project, edit: Edit) -> None:
    edit("questions/phrases.py", "\nPOWER", '\nTIMES = "\\times"\nPOWER')
    error = refused(project)
    assert error.where == Where("questions/phrases.py", 5, "1")


def test_a_text_of_a_helper_module_is_refused_at_its_own_line(project: Project, edit: Edit) -> None:
    edit("questions/phrases.py", ', en="power rule"', "")
    error = refused(project)
    assert isinstance(error, TranslationError)
    assert error.where == Where("questions/phrases.py", 5, "1", None, "en")


def test_messages_name_no_folder_of_this_machine(project: Project, edit: Edit) -> None:
    edit("questions/q1.py", "import POWER_RULE", "import POWER")
    assert str(project.root) not in str(refused(project))


def test_a_module_that_ends_python_does_not_end_solgen(project: Project, edit: Edit) -> None:
    edit("questions/q1.py", GLOSSARY, GLOSSARY + "raise SystemExit(0)\n")
    assert refused(project).message == "running the module ended Python"


def test_a_module_that_asks_for_too_much_memory_meets_a_limit(project: Project, edit: Edit) -> None:
    edit("questions/q1.py", GLOSSARY, GLOSSARY + "raise MemoryError\n")
    error = refused(project)
    assert isinstance(error, LimitError)
    assert error.where == Where("questions/q1.py", 28, "1")
    assert "more memory than it may have" in error.message


def test_a_module_without_end_is_stopped(
    project: Project, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "IMPORT_SECONDS", 0.3)
    edit("questions/q1.py", GLOSSARY, GLOSSARY + "while True:\n    pass\n")
    error = refused(project)
    assert isinstance(error, LimitError)
    assert isinstance(error.where, Where)
    assert error.where.line in (28, 29)


def test_a_module_must_end_by_a_question(project: Project, edit: Edit) -> None:
    edit("questions/q1.py", "question = Question(", "other = Question(")
    error = refused(project)
    assert isinstance(error, QuestionError)
    assert error.hint == "end it with question = Question(title=…, parts=[…])"


def test_one_question_may_use_another(project: Project) -> None:
    source = (
        "from questions.q1 import V, slope, total\n"
        "from solgen import Answer, Part, Question, Text\n"
        'twice = Answer("2V", 2 * V, checks=total.checks)\n'
        'question = Question(title=Text(fr="Suite", en="More"),'
        ' parts=[Part("a", points=1, answers=[twice])])\n'
    )
    (project.questions / "q2.py").write_text(source, encoding="utf-8")
    settings = project.root / "solgen.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "q2 = 1\n", encoding="utf-8")
    from solgen.project import find_project

    first, second = load(find_project(project.root), ["q1", "q2"])
    assert first.namespace["V"] is second.namespace["V"]
