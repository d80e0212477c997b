"""A question's template in one language: values, names, a third language, every character."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from support import assembled, facts

from solgen import engine
from solgen.build import verify
from solgen.compile import compile_folder
from solgen.draw import draw
from solgen.errors import SolgenError, TemplateError, Where
from solgen.load import Loaded, load
from solgen.locales import load_locales
from solgen.project import Project, find_project
from solgen.render import Rendered, compare, render
from solgen.verify import Report
from solgen.voice import Asked

Edit = Callable[[str, str, str], None]
TEMPLATE = "templates/questions/q1.tex.j2"
SHIPPED_WORDS = Path(__file__).parents[1] / "solgen" / "words"

pdflatex = engine.find_pdflatex()
needs_pdflatex = pytest.mark.skipif(
    pdflatex is None or not pdflatex.usable, reason="needs a usable pdflatex"
)


def verified(project: Project) -> tuple[list[Loaded], Report]:
    questions = load(project, ["q1"])
    return questions, verify(project, questions, lambda line: None)


def rendered(project: Project, code: str = "fr") -> Rendered:
    questions, report = verified(project)
    locale = next(c for c in load_locales(project) if c.code == code)
    voice = Asked(project, questions[0], report, {})
    made = render(project, facts(project, questions[0], report), voice, locale, (locale,))
    compare(project, "q1", load_locales(project))
    return made


def text(one: Rendered) -> str:
    blocks = [b for part in one.parts for section in part.sections for b in section.blocks]
    return "\n".join(line.text for block in blocks for line in block.lines)


def refused(project: Project) -> SolgenError:
    with pytest.raises(SolgenError) as caught:
        rendered(project)
    return caught.value


def printed(project: Project, code: str, folder: Path) -> str:
    """The text of one language's booklet, compiled."""
    questions, _ = verified(project)
    locales = tuple(c for c in load_locales(project) if c.code == code)
    folder.mkdir()
    for figure in questions[0].question.figures:
        draw(project, questions[0], figure, locales, folder)
    edition, document = assembled(project, locales)
    for name, data in edition.files(document).items():
        (folder / name).write_bytes(data)
    assert pdflatex is not None
    pdf = compile_folder(folder, pdflatex, locate=edition.locate).pdf
    pages = pypdf.PdfReader(io.BytesIO(pdf.read_bytes())).pages
    return " ".join(page.extract_text() for page in pages)


def test_each_language_prints_its_prose_and_the_same_formulas(project: Project) -> None:
    french, english = text(rendered(project)), text(rendered(project, "en"))
    assert "Dérivez $V$." in french
    assert "Differentiate $V$." in english
    assert r"\frac{dV}{dx}" in french
    assert r"\frac{dV}{dx}" in english


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(project: Project) -> None:
    path = project.root / TEMPLATE
    before = rendered(project).parts
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert rendered(project).parts == before


def test_a_question_without_template_says_what_to_write(project: Project) -> None:
    (project.root / TEMPLATE).unlink()
    error = refused(project)
    assert str(error).startswith(f"{TEMPLATE}, question 1, fr: the question has no template")


def test_a_template_in_another_encoding_names_the_line(project: Project) -> None:
    path = project.root / TEMPLATE
    path.write_bytes(path.read_bytes().replace("Dérivez".encode(), b"D\xe9rivez"))
    error = refused(project)
    assert (str(error.where), error.found) == (f"{TEMPLATE}:9, question 1", "the byte 0xE9")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("show(slop)", "there is no name slop in the question's module"),
        ("inline(slope.steps[0].form.valu)", "a Times has no attribute valu"),
        ("nothing|num(3)", "there is no name nothing in the question's module"),
        ("V|nmu(3)", "No filter named 'nmu'"),
        ("V|num(0)", "num needs a number of significant digits"),
        ("1 / 0", "printing a value raised ZeroDivisionError: division by zero"),
        ("check_terms", "has no print form"),
        ("none", "None has no print form"),
        ("0.1 + 0.2", "is a floating-point number of unknown precision"),
        ("slope.value.doit", "has no print form"),
    ],
)
def test_a_value_that_cannot_be_printed_is_refused_at_its_line(
    project: Project, edit: Edit, value: str, message: str
) -> None:
    edit(TEMPLATE, "On considère $V = \\VAR{V.value}$.", f"On considère $\\VAR{{{value}}}$.")
    error = refused(project)
    assert isinstance(error, TemplateError)
    assert message in error.message
    assert error.where == Where(TEMPLATE, 2, "1", None, "fr")
    assert error.hint


def test_a_fault_inside_a_part_names_the_part(project: Project, edit: Edit) -> None:
    edit(TEMPLATE, "Elle vaut \\VAR{total.value|num(2)}.", "Elle vaut \\VAR{totl.value|num(2)}.")
    error = refused(project)
    assert str(error).startswith(f"{TEMPLATE}:36, question 1, part (b), fr: there is no name totl")
    assert error.hint == "did you mean total?"


def test_a_printed_string_is_escaped_and_never_rendered_again(project: Project, edit: Edit) -> None:
    edit("questions/q1.py", "\nquestion = ", '\nNOTE = r"50 % & \\VAR{x} #1"\n\nquestion = ')
    edit(TEMPLATE, "Dérivez $V$.", r"Dérivez \VAR{NOTE}.")
    edit(TEMPLATE, "Differentiate $V$.", r"Differentiate \VAR{NOTE}.")
    assert r"50 \% \& \textbackslash{}VAR\{x\} \#1" in text(rendered(project))


@needs_pdflatex
def test_every_character_of_a_text_is_printed(project: Project, edit: Edit, tmp_path: Path) -> None:
    plain = r"5 % A&B n_max #1 ~x p^q C:\dir {z} 7\$ <u> |v| 'w' «y» œ"
    title = f'title=Text(fr=r"{plain}", en=r"{plain}")'
    edit("questions/q1.py", 'title=Text(fr="Une pente", en="A slope")', title)
    texts = (
        'fr="Le volume.", en="The volume."',
        'fr="somme terme à terme", en="sum term by term"',
        'fr="abscisse", en="abscissa"',
    )
    for old in texts:
        edit("questions/q1.py", old, f'fr=r"{plain}", en=r"{plain}"')
    power = (project.questions / "phrases.py").read_text(encoding="utf-8")
    said = re.search(r'fr="dérivée.*", en=".*"', power)
    assert said is not None
    edit("questions/phrases.py", said[0], f'fr=r"{plain}", en=r"{plain}"')
    shown = "".join(printed(project, "fr", tmp_path / "work").split()).replace("’", "'")
    assert shown.count("".join(plain.replace(r"\$", "$").split())) >= 5


@pytest.fixture
def spanish(project: Project, edit: Edit) -> Project:
    """The smallest exam with a third language, made of data only."""
    words = (SHIPPED_WORDS / "en.toml").read_text(encoding="utf-8")
    for old, new in (
        ('name = "English"', 'name = "Español"'),
        ('question = "question"', 'question = "pregunta"'),
        ('notation = "Notation"', 'notation = "Notación"'),
        ('solution = "Solution"', 'solution = "Solución"'),
        ('decimal = "."', 'decimal = "{,}"'),
    ):
        assert old in words
        words = words.replace(old, new, 1)
    (project.templates / "words").mkdir()
    (project.templates / "words" / "es.toml").write_text(words, encoding="utf-8")
    edit("solgen.toml", '["fr", "en"]', '["fr", "en", "es"]')
    edit("solgen.toml", 'en = "Exam" }', 'en = "Exam", es = "Examen" }')
    path = project.root / TEMPLATE
    halves = re.sub(
        r"(?s)@en\n(.*?)@end\n",
        lambda passage: passage[0][:-5] + f"@es\nTexto español. {passage[1]}@end\n",
        path.read_text(encoding="utf-8"),
    )
    halves = halves.replace("total.value|num(2)", "(total.value/4)|num(2)")
    path.write_text(halves, encoding="utf-8")
    # by_slope says in French and English only what it does.
    edit(
        "questions/q1.py",
        "by_slope(V, x)",
        'Check("numeric", by_slope(V, x).run, fr="pente", en="slope")',
    )
    for file in ("questions/q1.py", "questions/phrases.py"):
        module = project.root / file
        source = module.read_text(encoding="utf-8").replace(' en="', ' es="palabra", en="')
        module.write_text(source, encoding="utf-8")
    return find_project(project.root)


@needs_pdflatex
def test_a_third_language_is_data(spanish: Project, tmp_path: Path) -> None:
    shown = printed(spanish, "es", tmp_path / "work")
    for words in ("Pregunta 1", "Notación", "Solución", "Texto español", "It equals 2,5."):
        assert words in shown
    assert "Texto español" not in text(rendered(spanish, "en"))
