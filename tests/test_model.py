"""Malformed values are refused at the author's line."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Float, Integer, Tuple

from solgen.errors import QuestionError
from solgen.model import Answer, Check, Derivation, Figure, Part, Question, Step, Table
from solgen.text import Text
from tests.glossary import x

WORDS = {"fr": "sens", "en": "meaning"}
TEXT = Text(**WORDS)


def check(run: Any = lambda answer: None) -> Check:
    return Check("identity", run, **WORDS)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Check("feeling", lambda a: a, **WORDS), "'feeling' is not a road"),
        (lambda: Check("identity", lambda: 1, **WORDS), "does not take exactly one argument"),
        (lambda: Check("identity", lambda a, b: 1, **WORDS), "does not take exactly one argument"),
        (lambda: Check("identity", 3, **WORDS), "does not take exactly one argument"),
        (lambda: Answer("x", 0.5, []), "floating-point"),
        (lambda: Answer("x", Float("0.5") * x, []), "floating-point"),
        (lambda: Answer("x", "f", []), "is not something solgen can verify"),
        (lambda: Answer("\neq", 1, []), "control character"),
        (lambda: Step(1.5), "floating-point"),
        (lambda: Derivation("x", 1, steps=[]), "the derivation has no steps"),
        (lambda: Derivation("x", 1, steps=[Step(1)], road="feeling"), "is not a road"),
        (lambda: Derivation("x", object(), steps=[Step(1)]), "is not something solgen can verify"),
        (lambda: Part("a", 0, []), "part (a) has 0 points"),
        (lambda: Part("a", True, []), "part (a) has True points"),
        (lambda: Part("a", 1.5, []), "part (a) has 1.5 points"),
        (lambda: Figure("a b", print, caption=TEXT, alt=TEXT), "cannot be a file name"),
        (lambda: Table([TEXT], [[1, 2]], "l"), "the table has 1 headers"),
        (lambda: Table([TEXT], [], "l"), "the table has 1 headers"),
        (lambda: Table([TEXT], [[1]], "x"), "align='x'"),
    ],
)
def test_a_malformed_value_is_refused_at_the_authors_line(make: Any, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        make()
    assert message in str(caught.value)
    assert caught.value.where is not None
    assert str(caught.value.where.file).endswith("test_model.py")
    assert caught.value.where.line


def test_the_answer_of_a_derivation_is_its_last_step() -> None:
    made = Derivation("x", x + x, steps=[Step(x * 2), Step(2 * x)], checks=[check()])
    assert made.value == 2 * x
    assert made.roads == ("identity", "symbolic")
    assert made.where.line != made.steps[0].where.line or made.where.file


def test_roads_are_counted_once() -> None:
    assert Answer("x", 1, [check(), check()]).roads == ("identity",)


def test_answers_are_exact() -> None:
    assert Answer("x", (1, [2, 3]), []).value == Tuple(1, Tuple(2, 3))
    assert Answer("x", True, []).value


def test_points_add_up() -> None:
    question = Question(TEXT, [Part("a", 1, []), Part("b", 2, [])])
    assert question.points == 3


def test_values_cannot_be_changed() -> None:
    answer = Answer("x", Integer(1), [])
    with pytest.raises(AttributeError):
        answer.value = Integer(2)  # type: ignore[misc]
