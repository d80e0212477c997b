"""Wrong answers differ from the answer in one place, and every kind of place is met."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import FiniteSet, Integer, Interval, Matrix, Rational, Tuple, exp, floor, log, sqrt

from solgen.algebra import compare
from solgen.forms import over, plus, power, times
from solgen.wrong import wrong_variants
from tests.glossary import f, n, t, x, y

ANSWERS = [
    Integer(0),
    Integer(7),
    Rational(-9801, 500000),
    f - y,
    times(2, f - y, f, 1 - f),
    over(exp(-x), power(plus(1, exp(-x)), 2)),
    -y * log(f) - (1 - y) * log(1 - f),
    plus(floor((n - 4) / 2), -2),
    sqrt(t),
    Tuple(1, 2, 5, 8, 6, 8),
    Tuple(Rational(1, 3), -log(2), Rational(8, 27)),
    Tuple(Tuple(1, x), Tuple(2, 3)),
    Matrix([[0, Rational(-1, 2)], [Rational(-1, 2), 0]]).as_immutable(),
    Matrix([[1, 2, 3], [4, 5, 6]]).as_immutable(),
    Interval(0, 1),
    FiniteSet(1, 2),
    x > 0,
    sympy.true,
]


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_no_wrong_answer_is_equal_to_the_answer(answer: Any) -> None:
    variants = list(wrong_variants(answer))
    assert variants
    for description, wrong in variants:
        assert description
        assert compare(wrong, answer).status == "refuted"
    assert len({wrong for _, wrong in variants}) == len(variants)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (f - y, f + y),  # sign
        (f - y, f),  # term
        (f - y, f - 2 * y),  # factor
        (times(2, f - y, f, 1 - f), times(3, f - y, f, 1 - f)),  # number
        (times(2, f - y, f, 1 - f), times(2, f - y, f)),  # factor dropped
        (times(f, x, t), times(x, t)),
        (f * x * t, f * t),
        (power(f, 2), power(f, 3)),  # exponent
        (power(f, 2), power(2, f)),  # operands
        (over(f, n), over(n, f)),
        (exp(-x), exp(x)),
        (exp(t), log(t)),
        (log(t), exp(t)),
        (log(1 + exp(x)), log(2 + exp(x))),  # deep inside
        (floor(n / 2), n / 2),
        (Integer(7), Integer(8)),
        (Integer(7), Integer(6)),
        (Integer(0), Integer(-1)),
        (Tuple(5, 8), Tuple(8, 5)),  # order
        (Tuple(5, 8), Tuple(5, 9)),  # each entry
        (Tuple(5, 8), Tuple(4, 8)),
        (Tuple(5, 8), Tuple(5)),  # length
        (Tuple(5, 8), Tuple(5, 8, 0)),
        (Tuple(5, 8), Tuple(5, 8, 8)),
        (Tuple(x, Tuple(1, 2)), Tuple(x, Tuple(2, 1))),
        (Matrix([[1, 2, 3]]), Matrix([1, 2, 3])),  # transposed
        (Matrix([[1, 2], [3, 4]]), Matrix([[1, 3], [2, 4]])),
        (Matrix([[1, 2], [3, 4]]), Matrix([[1, 2, 3, 4]])),  # another shape
        (Interval(0, 1), Interval.Ropen(0, 1)),
        (x > 0, x >= 0),
    ],
    ids=str,
)
def test_every_kind_of_mistake_is_made(answer: Any, wrong: Any) -> None:
    made = [variant for _, variant in wrong_variants(answer)]
    assert any(_same(variant, wrong) for variant in made), made


def _same(one: Any, other: Any) -> bool:
    return one == other or compare(one, other).accepted


def test_they_are_made_as_they_are_asked_for() -> None:
    many = wrong_variants(Tuple(*[sympy.sin(x) ** i for i in range(200)]))
    assert next(many)[0].startswith("entry 1")


def test_a_root_of_a_large_number_is_varied_at_once() -> None:
    descriptions = [text for text, _ in wrong_variants(sympy.sqrt(sympy.Rational(1999, 24991)))]
    assert len(descriptions) >= 5
    assert "base and exponent swapped" not in descriptions
