"""The ready-made roads."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
from sympy import Interval, Rational, Reals, exp, log, oo, sin, sqrt

from solgen.checks import SLOPE_DIGITS, SLOPE_POINTS, by_slope, by_value, equals
from solgen.definitions import derivative
from solgen.errors import QuestionError
from solgen.evidence import Rejected
from solgen.forms import plus
from tests.glossary import f, made, t, u, x, y

loss = made("L", Reals, value=-y * log(f) - (1 - y) * log(1 - f))


@pytest.mark.parametrize(
    ("expression", "variable", "order"),
    [(loss, x, 1), (loss, f, 1), (loss, x, 2), (f, x, 3), (u * sin(x) ** 2, u, 1), (t**3, t, 1)],
    ids=str,
)
def test_the_slope_is_measured_through_definitions(
    expression: Any, variable: Any, order: int
) -> None:
    check = by_slope(expression, variable, order)
    right = derivative(expression, variable, order)
    evidence = check.run(right)
    assert (evidence.compared, evidence.digits) == (SLOPE_POINTS, SLOPE_DIGITS)
    assert evidence.status == "sampled"
    for wrong in (-right, right + Rational(1, 10**9), right * (1 + Rational(1, 10**15))):
        with pytest.raises(Rejected):
            check.run(wrong)


def test_a_constant_has_slope_0_and_no_other() -> None:
    assert by_slope(f - f + u, x).run(0)
    with pytest.raises(Rejected):
        by_slope(u, x).run(Rational(1, 10**50))


def test_the_ends_of_an_interval_are_left_out() -> None:
    s = made("s", Interval(0, oo))
    assert by_slope(sqrt(s), s).run(1 / (2 * sqrt(s)))


def test_an_answer_without_value_is_rejected_and_no_crash() -> None:
    with pytest.raises(Rejected, match="undefined"):
        by_slope(x**2, x).run(log(x))


def test_a_look_alike_is_an_error() -> None:
    with pytest.raises(QuestionError, match="called x"):
        by_slope(f, made("x", Reals)).run(f)


def test_equals_compares_the_whole_answer() -> None:
    check = equals((exp(t), 1), "identity", fr="sens", en="meaning")
    assert check.run((exp(t), 1)).status == "proved"
    with pytest.raises(Rejected):
        check.run((exp(t), 2))


def test_the_expected_value_must_be_exact() -> None:
    with pytest.raises(QuestionError, match="floating-point"):
        equals(0.5, "identity", fr="sens", en="meaning")


def test_values_are_compared_at_points_of_the_domains() -> None:
    check = by_value(lambda v: 1 / (1 + mpmath.exp(-v)), x, fr="sigmoïde", en="sigmoid")
    right = 1 / (1 + exp(-x))
    evidence = check.run(right)
    assert (evidence.compared, evidence.digits, check.road) == (16, 20, "numeric")
    for wrong in (-right, right + Rational(1, 10**19), 1 / (1 + exp(x))):
        with pytest.raises(Rejected):
            check.run(wrong)


def test_a_function_that_leaves_the_reals_is_told() -> None:
    check = by_value(lambda v: mpmath.sqrt(-1 - v**2), x, fr="racine", en="root")
    with pytest.raises(Rejected, match="complex"):
        check.run(x)


def test_an_answer_with_a_symbol_that_was_not_named_is_refused() -> None:
    check = by_value(lambda v: v, x, fr="identité", en="identity")
    with pytest.raises(Rejected):
        check.run(x + y)


def test_a_symbol_that_makes_no_difference_may_stand_in_an_answer() -> None:
    check = by_value(lambda v: v, x, fr="identité", en="identity")
    assert check.run(plus(x, y, -y)).compared == 16
