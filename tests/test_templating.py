"""The Jinja environment of templates: tags, passages, lines, names that do not exist."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pytest

from solgen.project import Project
from solgen.templating import CLOSE, OPEN, environment, mark, unvalued


def stream(source: str, locale: str = "fr", languages: tuple[str, ...] = ("fr", "en")) -> str:
    project = Project(Path("/exam"), languages, {}, {}, "a4paper")
    template = environment(project).from_string(source)
    return template.render(locale_code=locale, x=[3])


def text(source: str, **options: object) -> str:
    return re.sub(f"{OPEN}[^{CLOSE}]*{CLOSE}", "", stream(source, **options))  # type: ignore[arg-type]


def marks(source: str) -> list[str]:
    return re.findall(f"{OPEN}([^{CLOSE}]*){CLOSE}", stream(source))


PAIR = "@fr\nOui.\n@en\nYes.\n@end\n"


def test_each_language_gets_its_own_half() -> None:
    assert text(PAIR) == "Oui.\n"
    assert text(PAIR, locale="en") == "Yes.\n"


def test_a_third_language_is_one_half_more() -> None:
    three = PAIR.replace("@end", "@es\nSí.\n@end")
    languages = ("fr", "en", "es")
    assert text(three, locale="es", languages=languages) == "Sí.\n"
    assert text(three, locale="fr", languages=languages) == "Oui.\n"


def test_latex_braces_and_percent_signs_are_left_alone() -> None:
    source = r"\frac{{a}}{b} {% x %} {{y}} {#z#} # % \#{ comment }"
    assert text(source) == r"\frac{{a}}{b} {% x %} {{y}} {#z#} # % "


def test_parts_and_sections_carry_their_lines() -> None:
    found = marks("\n@part a\n@answer\n\n@solution\n")
    assert [m for m in found if not m.startswith("line")] == [
        "part a 2",
        "section answer 3",
        "section solution 5",
    ]


def test_a_value_behind_a_tag_knows_its_line() -> None:
    assert marks("@answer\n\\VAR{x[0]}\n")[:2] == ["section answer 1", "line 2"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (r"\VAR{y}", "there is no name y in the question's module"),
        (r"\VAR{y.z}", "there is no name y in the question's module"),
        (r"\VAR{x.apend}", "a list has no attribute apend; did you mean append?"),
        (r"\VAR{locale_code.qqq}", "a str has no attribute qqq"),
    ],
)
def test_what_does_not_exist_is_named_with_the_nearest(source: str, message: str) -> None:
    with pytest.raises(jinja2.UndefinedError) as caught:
        stream(source)
    assert caught.value.message == message


def test_a_course_s_own_template_comes_before_the_shipped_one(tmp_path: Path) -> None:
    project = Project(tmp_path, ("fr",), {}, {}, "a4paper")
    shipped = environment(project).get_template("booklet.tex.j2").filename
    project.templates.mkdir()
    (project.templates / "booklet.tex.j2").write_bytes(b"\xef\xbb\xbfown")
    own = environment(project).get_template("booklet.tex.j2")
    assert own.filename != shipped
    assert own.render() == f"{OPEN}line 1{CLOSE}own"


def test_what_a_macro_prints_is_one_value_whatever_is_in_it() -> None:
    printed = rf"\textbf{{{mark('value', 'number')}3{mark('unvalue')}}}"
    assert unvalued(printed) == r"\textbf{3}"
    assert unvalued(mark("line", 4) + "x") == mark("line", 4) + "x"
