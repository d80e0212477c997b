"""Proposed answers: every correct rewriting is accepted, every mistake refused with a reason."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
import sympy

from solgen.errors import QuestionError
from solgen.load import Loaded, load
from solgen.project import find_project
from solgen.proposal import judge, proposals, read
from tests.support import ROOT

PROJECT = find_project(ROOT)


@cache
def question(name: str) -> Loaded:
    return load(PROJECT, [name])[0]


def judged(target: str, text: str) -> Any:
    name, _, place = target.partition(".")
    return judge(PROJECT, question(name), place, text)


RIGHT = [
    ("q1.a", "1/(1 + exp(-a))", "sigmoid"),
    ("q1.a", "exp(a)/(1 + exp(a))", "sigmoid"),
    ("q1.a", "(1 + tanh(a/2))/2", "sigmoid"),
    ("q1.b", "p", "honest"),
    ("q1.c", "-(y*log(f) + (1 - y)*log(1 - f))", "cross_entropy"),
    ("q1.c", "-log(f**y*(1 - f)**(1 - y))", "cross_entropy"),
    ("q1.d", "f - y", "dCE_da"),
    ("q1.d", "-(y - f)", "dCE_da"),
    ("q1.d", "1/(1 + exp(-a)) - y", "dCE_da"),
    ("q1.d", "(1 - y)*f - y*(1 - f)", "dCE_da"),
    ("q1.dCE_df", "(f - y)/(f*(1 - f))", "dCE_df"),
    ("q1.df_da", "f - f^2", "df_da"),
    ("q1.df_da", "exp(-a)/(1 + exp(-a))^2", "df_da"),
    ("q1.e", "(y - f)**2", "squared_error"),
    ("q1.e", "f**2 - 2*f*y + y**2", "squared_error"),
    ("q1.e", "f^2 - 2*f*y + y^2", "squared_error"),
    ("q1.f", "2*(f - y)*f*(1 - f)", "dMSE_da"),
    ("q1.f", "2*f*(1-f)*f - 2*y*f*(1-f)", "dMSE_da"),
    ("q2.c", "[1, 2, 5, 8, 6, 8]", "full"),
    ("q2.valid", "(5, 8)", "valid"),
    ("q2.same", "[2, 5, 8, 6]", "same"),
    ("q2.lengths", "[N + M - 1, 1 + N - M, N]", "lengths"),
]
WRONG = [
    ("q1.a", "tanh(a)"),
    ("q1.a", "1/(1 + exp(a))"),
    ("q1.c", "-y*log(f) + (1 - y)*log(1 - f)"),
    ("q1.c", "y*log(f) + (1 - y)*log(1 - f)"),
    ("q1.d", "f + y"),
    ("q1.d", "y - f"),
    ("q1.d", "(f - y)*f*(1 - f)"),
    ("q1.d", "2*(f - y)"),
    ("q1.d", "0.5"),
    ("q1.e", "abs(f - y)"),
    ("q1.e", "(f - y)^3"),
    ("q1.f", "2*(f - y)"),
    ("q1.f", "(f - y)*f*(1 - f)"),
    ("q1.f", "2*(f - y)*f*(1 + f)"),
    ("q2.c", "[1, 2, 5, 8, 6, 9]"),
    ("q2.c", "[2, 4, 7, 10, 3, 4]"),
    ("q2.valid", "[8, 5]"),
    ("q2.same", "[1, 2, 5, 8]"),
    ("q2.same", "[2, 5, 8]"),
    ("q2.lengths", "[N + M, N - M + 1, N]"),
]


@pytest.mark.parametrize(("target", "text", "name"), RIGHT)
def test_a_correct_form_is_accepted(target: str, text: str, name: str) -> None:
    found = judged(target, text)
    assert found.accepted, found.reasons
    assert found.answer == name


@pytest.mark.parametrize(("target", "text"), WRONG)
def test_a_mistake_is_refused_with_its_reason(target: str, text: str) -> None:
    found = judged(target, text)
    assert not found.accepted
    assert found.reasons[0].startswith("the referee")
    assert any(reason.startswith("the check (") for reason in found.reasons)


@pytest.mark.parametrize(
    ("text", "caret", "message"),
    [
        ("f - z", 4, "there is no symbol z"),
        ("f^2 - f^2*z", 10, "there is no symbol z"),
        ("f^2 - (y", 6, "cannot be read"),
        ("f - (y", 4, "cannot be read"),
        ("f - (y))", 7, "cannot be read"),
        (r"\frac{f}{y}", 0, "LaTeX is not read"),
        ("__import__('os')", 0, "no function"),
        ("f.__class__", 0, "no part of a formula"),
        ("[f for f in y]", 0, "no part of a formula"),
        ("lambda: f", 0, "no part of a formula"),
        ("'f'", 0, "no part of a formula"),
        ("f if y else 1", 0, "no part of a formula"),
        ("f(1 - f)", 0, "no function f"),
        ("lgo(f)", 0, "no function lgo"),
        ("10**10**10", 4, "exponent is too large"),
        ("factorial(10**9)", 0, "number is too large"),
        ("1/0", 0, "divides by zero"),
        ("log(f, y, a)", 0, "cannot take this"),
        ("", 0, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_shown(text: str, caret: int, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read(text, question("q1"))
    assert message in caught.value.message
    assert caught.value.code == 2
    shown = str(caught.value.found).split("\n")
    assert shown[1:] == [text, " " * caret + "^"]


def test_decimals_are_exact() -> None:
    assert read("0.1 + 0.2", question("q1")) == sympy.Rational(3, 10)
    assert read("1e3", question("q1")) == 1000


def test_a_target_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(QuestionError, match="no part or answer 'dMSE_ds'") as caught:
        judged("q1.dMSE_ds", "f")
    assert caught.value.hint == "did you mean q1.dMSE_da?"


def test_a_file_holds_one_proposal_per_line() -> None:
    text = "# the students' forms\n\nq1.d: f - y\n q1.e : (f-y)**2\n"
    assert list(proposals(text)) == [("q1.d", "f - y"), ("q1.e", "(f-y)**2")]
    with pytest.raises(QuestionError, match="line 2"):
        list(proposals("\nq1.d f - y"))
