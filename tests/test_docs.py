"""The documents say what is so."""

import re

import pytest
from support import ROOT, loaded

import solgen
from solgen.engine import require
from solgen.project import find_project

GUIDE = (ROOT / "questions" / "README.md").read_text(encoding="utf-8")


def _block(language):
    (block,) = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    return block


@pytest.fixture
def exam(tmp_path):
    """The guide's question, as an exam of its own."""
    (tmp_path / "questions").mkdir()
    (tmp_path / "templates" / "questions").mkdir(parents=True)
    (tmp_path / "questions" / "q1.py").write_text(_block("python"), encoding="utf-8")
    (tmp_path / "templates" / "questions" / "q1.tex.j2").write_text(
        _block("latex"), encoding="utf-8"
    )
    (tmp_path / "solgen.toml").write_text(
        '[exam]\nlanguages = ["fr", "en"]\ntitle = { fr = "Examen", en = "Exam" }\n',
        encoding="utf-8",
    )
    return find_project(tmp_path)


def test_the_guide_s_question_verifies(exam):
    _, report = loaded(exam)
    assert [entry.name for entry in report.answers] == ["ds_da", "slope_at_zero"]


def test_the_guide_s_question_builds(exam):
    from solgen.build import build

    require()
    built = build(exam, ["q1"], (), lambda line: None, whole=True)
    assert set(built.files) == {
        "booklet.pdf",
        "booklet.fr.pdf",
        "booklet.en.pdf",
        "answers.json",
        "certificate.json",
    }


def test_every_public_name_is_in_the_guide():
    for name in solgen.__all__:
        if name != "unfold":
            assert re.search(rf"`{name}\b|\b{name}\(", GUIDE), name


def test_the_map_of_the_house_names_every_module():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for path in (ROOT / "solgen").glob("*.py"):
        if not path.name.startswith("__"):
            assert f"`{path.name}`" in page, path.name


def test_no_document_names_a_path_of_one_machine():
    pattern = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/\w")
    for path in (*ROOT.glob("*.md"), *ROOT.glob("questions/*"), *ROOT.glob("solgen/*.py")):
        if path.is_file():
            assert not pattern.search(path.read_text(encoding="utf-8")), path
