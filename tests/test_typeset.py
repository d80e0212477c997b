"""LaTeX is read in the booklet's notation, with its places as they were typed."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from sympy import Rational, Tuple, exp

from solgen.errors import QuestionError
from solgen.load import Loaded, load
from solgen.project import find_project
from solgen.proposal import symbols
from solgen.typed import Proposed
from solgen.typeset import Typeset, is_latex
from tests.support import ROOT

PROJECT = find_project(ROOT)


@cache
def question(name: str) -> Loaded:
    return load(PROJECT, [name])[0]


def readings(target: str, text: str) -> list[Proposed]:
    name, _, letter = target.partition(".")
    loaded = question(name)
    part = next(p for p in loaded.question.parts if p.id == letter)
    answers = {loaded.name_of(a): a for a in part.answers}
    return Typeset(PROJECT, loaded, letter, symbols(loaded)).readings(text, answers)


def test_only_commands_braces_and_dollars_make_latex() -> None:
    assert [is_latex(text) for text in (r"\log f", "f^{2}", "$f$", "f_0 - y^2")] == [
        True, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("0.5", None, Rational(1, 2)),
        (r"0{,}5", Rational(1, 2), Tuple(0, 5)),
        (r"10\,314", 10314, 3140),
        (r"10{,}314", Rational(10314, 1000), 10314),
        ("7", 7, 7),
    ],
)
def test_a_number_has_a_reading_in_each_language(text: str, french: Any, english: Any) -> None:
    found = [one.value for one in readings("q1.d", text)]
    expected = [value for value in (french, english) if value is not None]
    assert found == list(dict.fromkeys(expected))


def test_a_left_side_names_the_answers_that_have_it() -> None:
    (found,) = readings("q1.d", r"$\frac{\partial L_{\mathrm{CE}}}{\partial a} = f - y$")
    assert found.named == "dCE_da"
    (found,) = readings("q1.d", r"\frac{d f}{d a} = f - f^2")
    assert found.named == "df_da"  # a straight d and a round one are one
    (found,) = readings("q1.d", r"L_{\mathrm{CE}} = \log(1 + e^a) - a y")
    assert found.named.split() == ["logit_form", "stable_form"]
    (found,) = readings("q1.d", r"\frac{f}{1} = f")
    assert (found.named, len(found.left)) == ("", 0)  # f/1 is f: a bare name


def test_a_left_side_that_is_no_formula_is_passed_over() -> None:
    (found,) = readings("q1.d", r"\heartsuit = 2 e^{0} = 2")
    assert (found.value, found.left) == (2, (2,))
    (found,) = readings("q1.d", r"\log(f)^2 = 2 \exp 0")
    assert (found.value, found.left) == (2 * exp(0), ())


@pytest.mark.parametrize(
    ("text", "caret", "message"),
    [
        (r"\heartsuit = \frac{z}{f}", 19, "z has no value"),
        (r"$$ f - \max_{a} f $$", 7, "beyond the reader"),
        (r"f - \begin{bmatrix} 1 & \\ 2 & 3 \end{bmatrix}", 4, "beyond the reader: an empty entry"),
        (r"f + 2^{(f + 1)}", 4, "beyond the reader: an exponent in parentheses"),
        ("$ $", 0, "the formula is empty"),
    ],
)
def test_what_is_beyond_the_reader_is_shown(text: str, caret: int, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        readings("q1.d", text)
    assert message in caught.value.message
    assert str(caught.value.found).split("\n")[1:] == [text, " " * caret + "^"]


def test_an_unknown_name_is_told_what_is_near() -> None:
    with pytest.raises(QuestionError) as caught:
        readings("q3.a", r"\varphi_2 \dot c_0")
    assert "varphi" in str(caught.value.hint)
