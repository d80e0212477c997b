"""Unfolding leads to base symbols; derivatives go through definitions."""

from __future__ import annotations

import pytest
import sympy
from sympy import Derivative, Piecewise, Reals, Sum, Tuple, exp, floor, log

from solgen.definitions import abbreviations, base_symbols, derivative, unfold
from solgen.errors import QuestionError
from solgen.forms import over, plus, power, times
from tests.glossary import f, k, made, n, u, x, y

loss = made("L", Reals, value=-y * log(f) - (1 - y) * log(1 - f))


def test_definitions_are_followed_to_the_end() -> None:
    assert unfold(loss).free_symbols == {x, y}
    assert unfold(Tuple(f, Tuple(f))) == Tuple(unfold(f), Tuple(unfold(f)))
    assert unfold(sympy.Matrix([[f]]))[0] == 1 / (1 + exp(-x))


def test_symbols_can_be_kept() -> None:
    assert unfold(loss, frozenset({f})).free_symbols == {f, y}


def test_forms_are_evaluated_at_any_depth() -> None:
    assert unfold(log(over(times(2, x), plus(x, x)) + power(x, 0))) == log(2)
    assert unfold(Piecewise((times(2, 3), x > 0), (floor(over(7, 2)), True))) == Piecewise(
        (6, x > 0), (3, True)
    )


def test_a_displayed_derivative_is_total() -> None:
    assert unfold(Derivative(loss, f) * Derivative(f, x)).equals(derivative(loss, x))
    assert unfold(Derivative(f - y, x)) == derivative(f, x)
    assert unfold(Derivative(x**3, x, 2)) == 6 * x


def test_sums_are_done_and_their_variables_are_bound() -> None:
    assert sympy.expand(unfold(Sum(times(2, k), (k, 1, n))) - n * (n + 1)) == 0
    assert base_symbols(Sum(k, (k, 1, n))) == [n]


def test_a_derivative_in_a_look_alike_is_an_error_and_not_0() -> None:
    with pytest.raises(QuestionError, match="two different symbols are called x"):
        derivative(x**2, sympy.Symbol("x", positive=True))


def test_a_derivative_in_what_was_unfolded_away_is_an_error_and_not_0() -> None:
    assert derivative(loss, f) != 0
    with pytest.raises(QuestionError, match="does not contain f, only what f stands for"):
        derivative(unfold(loss), f)
    assert derivative(u, x) == 0


def test_a_symbol_that_cancels_still_counts() -> None:
    assert base_symbols(plus(x, -x), 1) == [x]
    assert base_symbols(loss, u) == [u, x, y]
    assert abbreviations(loss, u) == [loss, f]
    with pytest.raises(QuestionError, match="called x"):
        base_symbols(f, made("x", Reals))
