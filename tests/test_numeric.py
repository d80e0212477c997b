"""Values have 40 good digits, or are not given at all."""

from __future__ import annotations

from typing import Any

import mpmath
import pytest
import sympy
from sympy import (
    Abs,
    E,
    I,
    Integral,
    Max,
    Piecewise,
    Product,
    Rational,
    Sum,
    exp,
    floor,
    gamma,
    log,
    oo,
    pi,
    sin,
    sqrt,
    tanh,
)

from solgen.forms import over, plus, power, times
from solgen.numeric import Place, Undefined, Unreachable, evaluate, inside
from tests.glossary import f, k, made, n, t, x

SMALL = "5.000000001666666667083333333416666666680555556e-19"  # by its series
BIG = sympy.Integer(10) ** 30


def at(expression: Any, **point: Any) -> Any:
    known = {"x": x, "t": t, "n": n}
    return evaluate(expression, Place({known[key]: sympy.sympify(v) for key, v in point.items()}))


def good(value: Any, expected: Any) -> bool:
    with mpmath.workdps(60):
        wanted = sympy.N(expected, 60)._to_mpmath(mpmath.mp.prec)
        return bool(abs(value - wanted) <= mpmath.mpf(10) ** -40 * abs(wanted))


@pytest.mark.parametrize(
    ("expression", "point", "expected"),
    [
        (f, {"x": 0}, Rational(1, 2)),
        (1 - f, {"x": 100}, exp(-100) / (1 + exp(-100))),
        (log(f), {"x": 100}, -log(1 + exp(-100))),
        (exp(x) - 1 - x, {"x": Rational(1, 10**9)}, SMALL),
        (sqrt(x**2 + 1) - x, {"x": BIG}, 1 / (sqrt(BIG**2 + 1) + BIG)),
        (sin(x), {"x": 10**30 + 1}, sin(10**30 + 1)),
        (exp(x), {"x": BIG + Rational(1, 3)}, exp(BIG + Rational(1, 3))),
        (power(1 + 1 / x, x), {"x": BIG}, E * (1 - 1 / (2 * BIG) + 11 / (24 * BIG**2))),
        (over(times(2, x), plus(1, x)), {"x": 3}, Rational(3, 2)),
        (power(x, Rational(1, 3)), {"x": 8}, 2),
        (floor(x / 3) + Max(0, x) + Abs(-x), {"x": 6}, 14),
        (floor(times(Rational(1, 3), x)), {"x": 6}, 2),
        (Piecewise((f, x < 0), (x, True)), {"x": 2}, 2),
        (Sum(k**2, (k, 1, n)), {"n": 10}, 385),
        (Product(k, (k, 1, n)), {"n": 5}, 120),
        (gamma(t), {"t": 5}, 24),
        (pi, {}, pi),
    ],
    ids=str,
)  # fmt: skip
def test_values_are_good_in_40_digits(
    expression: Any, point: dict[str, Any], expected: Any
) -> None:
    assert good(at(expression, **point), expected)


@pytest.mark.parametrize(
    "expression",
    [
        times(plus(plus(1, exp(-x)), -1), exp(x)),  # absorbed, then blown up again
        over(log(plus(1, exp(-3 * x))), exp(-3 * x)) + over(exp(-3 * x), 2),
    ],
    ids=str,
)
def test_what_was_absorbed_at_low_precision_is_found_again(expression: Any) -> None:
    with mpmath.workdps(50):
        assert abs(at(expression, x=200) - 1) < mpmath.mpf(10) ** -40


def test_a_true_zero_is_0() -> None:
    assert at(sin(x) ** 2 + sympy.cos(x) ** 2 - 1, x=Rational(7, 3)) == 0
    assert at(plus(sqrt(2) * sqrt(3), -sqrt(6))) == 0


def test_a_small_value_is_no_zero() -> None:
    assert at(exp(-x), x=1000) > 0
    assert at(tanh(x) - 1, x=1000) < 0


@pytest.mark.parametrize(
    ("expression", "point"),
    [
        (1 / x, {"x": 0}),
        (over(x, x), {"x": 0}),  # on the page, 0/0
        (log(x), {"x": 0}),
        (log(x), {"x": -1}),
        (x ** Rational(1, 3), {"x": -8}),
        (times(0, over(1, x)), {"x": 0}),
        (gamma(x), {"x": -1}),
        (oo, {}),
        (sympy.nan, {}),
        (Piecewise((1, x > 0)), {"x": -1}),
    ],
    ids=str,
)
def test_what_has_no_real_value_is_undefined(expression: Any, point: dict[str, Any]) -> None:
    with pytest.raises(Undefined):
        at(expression, **point)


def test_complex_values_are_for_those_who_write_i() -> None:
    assert isinstance(at(exp(I * pi / 4)), mpmath.mpc)
    assert at((I * pi).as_real_imag()[1] * I * I) < 0
    # Three real roots, through complex numbers.
    root = sympy.real_roots(sympy.Poly(x**3 - 3 * x + 1, x))[0]
    assert isinstance(at(root), mpmath.mpf)


def test_what_sympy_leaves_uncomputed_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        at(Integral(exp(-(t**t)), (t, 0, 1)))


def test_conditions_are_decided_exactly() -> None:
    assert at(x > 0, x=1) is sympy.true
    assert at(sympy.Eq(sqrt(2) * sqrt(3), sqrt(6))) is sympy.true


def test_an_abbreviation_restricts_the_domain() -> None:
    side = made("s", sympy.S.Naturals, value=n - k + 1)
    assert inside(side, Place({n: sympy.Integer(5), k: sympy.Integer(3)}))
    assert not inside(side, Place({n: sympy.Integer(3), k: sympy.Integer(5)}))
    third = made("q", sympy.S.Integers, value=n / 3)
    assert not inside(third, Place({n: sympy.Integer(5)}))
    far = Place({x: sympy.Integer(200)})
    assert inside(f, far)
    below = made("b", f.domain, value=-exp(-x))
    assert inside(below, far)
    assert not inside(below, far, closely=True)
    assert not inside(made("l", sympy.S.Reals, value=log(-exp(x))), far)
