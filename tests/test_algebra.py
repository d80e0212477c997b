"""The referee refutes what is false, accepts what is true, and says when it does not know."""

from __future__ import annotations

import math
from typing import Any

import pytest
import sympy
from sympy import (
    Abs,
    Derivative,
    FiniteSet,
    I,
    Integral,
    Interval,
    Matrix,
    Naturals,
    Piecewise,
    Rational,
    Reals,
    S,
    Sum,
    Symbol,
    Tuple,
    atan,
    cos,
    exp,
    floor,
    gamma,
    log,
    nan,
    oo,
    sin,
    sqrt,
    tanh,
    zoo,
)  # fmt: skip

from solgen import algebra
from solgen.algebra import compare, differ
from solgen.errors import QuestionError
from solgen.forms import over, plus, power, times
from tests.glossary import f, k, made, n, t, u, x, y

EQUAL = [
    (times(f, 1 - f), Derivative(f, x)),
    (tanh(x), 2 / (1 + exp(-2 * x)) - 1),
    (log(1 + exp(x)), x + log(1 + exp(-x))),
    (-log(power(f, y) * power(1 - f, 1 - y)), -y * log(f) - (1 - y) * log(1 - f)),
    (Sum(k, (k, 1, n)), over(times(n, n + 1), 2)),
    (Abs(x), Piecewise((x, x >= 0), (-x, True))),
    (y**2, y),
    (y**7 + 1, (-1) ** (2 * y) * (y + 1)),
    (sqrt(5 + 2 * sqrt(6)), sqrt(2) + sqrt(3)),
    (floor(n / 2) + floor((n + 1) / 2), n),
    ((1, (x, 2)), [1, (plus(x, 0), 2)]),
    (Matrix([[x, 1]]), Matrix([[times(1, x), 1]])),
    (log(t), log(t)),
    (exp(I * x), cos(x) + I * sin(x)),
    (True, sympy.true),
    (Interval(0, 1), Interval(0, 1)),
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=str)
def test_what_is_equal_is_accepted(left: Any, right: Any) -> None:
    verdict = compare(left, right)
    assert verdict.accepted, verdict
    assert not differ(left, right)


DIFFERENT = [
    (times(f, 1 + f), Derivative(f, x)),
    (log(x**2), 2 * log(x)),  # W17: undefined for negative x on one side
    (sqrt(x**2), x),
    ((x**3) ** Rational(1, 3), x),
    (atan(x) + atan(1 / x), sympy.pi / 2),
    (over(x**2, x), x),  # W16: on the page it has no value at 0
    (over(t, t), 1),  # the closed end is among the points
    (f, f + Rational(1, 10**25)),  # 25 digits are not 30
    (exp(-t), 0),
    (exp(-200 - t), 0),  # however small
    (exp(x) * (1 + exp(-30 * t)), exp(x)),
    (y**2, y + Rational(1, 10**12)),
    (Piecewise((x, x > 0), (0, True)), Piecewise((x, x > 0), (1, True))),
    (floor(n / 3), (n - 1) / 3),
    ((2, 3), (3, 2)),
    ((1, 2), (1, 2, 2)),
    (Matrix([[1, 2, 3]]), Matrix([1, 2, 3])),
    (((1, 2, 3), (4, 5, 6)), ((1, 2), (3, 4), (5, 6))),
    (Tuple(1), 1),
    (True, 1),
    (x > 0, x >= 0),
    (Interval(0, 1), Interval.open(0, 1)),
    (FiniteSet(1, 2), FiniteSet(1, 3)),
    (x, u),
    (plus(x, u, -u), u),  # both sides' symbols count, even one that cancels
    (1, oo),
    (-1 - exp(-t), (-1 - exp(-t)) * (1 + 0 * I) * -1),
]


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=str)
def test_what_is_different_is_refuted_with_both_values(left: Any, right: Any) -> None:
    verdict = compare(left, right)
    assert verdict.status == "refuted"
    assert verdict.left
    assert verdict.right
    assert verdict.left != verdict.right
    assert compare(right, left).status == "refuted"
    assert differ(left, right)


UNDECIDED = [
    (nan, nan),
    (zoo, zoo),
    (oo, oo),
    ((), ()),
    (log(-1 - t), log(-1 - t)),  # nowhere a real value
    (Integral(exp(-(t**t)), (t, 0, u)), u),
    (Tuple(x, nan), Tuple(x, nan)),
]


@pytest.mark.parametrize(("left", "right"), UNDECIDED, ids=str)
def test_what_cannot_be_evaluated_is_undecided_and_not_accepted(left: Any, right: Any) -> None:
    verdict = compare(left, right)
    assert verdict.status == "undecided"
    assert not verdict.accepted


def test_a_counterexample_names_entry_and_point() -> None:
    verdict = compare((1, (x, 2)), (1, (x + 1, 2)))
    assert list(verdict.at) == ["entry", "x"]
    assert verdict.counterexample().startswith("at entry = ")
    assert compare(2, 3).counterexample() == "as constants"
    assert compare(2, 3).left == "2"


def test_a_counterexample_shows_the_digits_that_differ() -> None:
    tiny = compare(sqrt(2), sqrt(2) + Rational(1, 10**18))
    assert tiny.left != tiny.right


def test_domains_decide() -> None:
    positive = made("p", Interval.open(0, oo))
    assert compare(log(positive**2), 2 * log(positive)).accepted
    whole = made("w", Naturals)
    assert compare(sin(whole * sympy.pi), 0).accepted
    assert compare((-1) ** (2 * whole), 1).accepted
    assert compare(cos(2 * sympy.pi * x), 1).status == "refuted"


def test_an_abbreviation_with_a_domain_restricts_the_comparison() -> None:
    side = made("s", Naturals, value=n - k + 1)
    assert compare(Abs(n - k + 1), side).accepted
    assert compare(Abs(n - k + 1), n - k + 1).status == "refuted"


def test_a_finite_domain_is_enumerated_whole() -> None:
    verdict = compare((-1) ** y, 1 - 2 * y)
    assert (verdict.status, verdict.points) == ("proved", 2)
    assert verdict.method == "enumeration"


def test_what_agrees_without_a_proof_is_sampled() -> None:
    verdict = compare(gamma(t + 1) * gamma(-t), -sympy.pi / sin(sympy.pi * t))
    if verdict.status == "sampled":
        assert verdict.points >= algebra.ENOUGH
        assert verdict.digits == algebra.AGREED
    else:
        assert verdict.status == "proved"


def test_no_proof_is_believed_against_the_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algebra, "proof", lambda *_: "a lie")
    assert compare(x, x + 1).status == "refuted"
    assert compare(x, x).status == "proved"


def test_a_proof_that_gives_up_leaves_it_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(algebra, "proof", lambda *_: "")
    assert compare(sin(x) ** 2, 1 - cos(x) ** 2).status == "sampled"


def test_a_wrong_simplification_of_the_past_is_refuted() -> None:
    # sympy#29072: SymPy 1.14 finds 1.
    v = Symbol("v")
    claimed = sympy.integrate(Abs(sin(v) * cos(v)), (v, 0, 2 * sympy.pi))
    if claimed == 1:
        assert compare(claimed, 2).status == "refuted"


@pytest.mark.parametrize("stranger", [Symbol("x"), Symbol("x", positive=True)], ids=str)
def test_a_look_alike_symbol_is_an_error(stranger: Any) -> None:
    with pytest.raises(QuestionError, match="two different symbols are called x"):
        compare(x + 1, stranger + 1)
    with pytest.raises(QuestionError, match="two different symbols are called x"):
        compare(f, 1 / (1 + exp(-stranger)))


def test_a_symbol_without_domain_is_an_error() -> None:
    with pytest.raises(QuestionError, match="the symbol v has no domain"):
        compare(Symbol("v"), Symbol("v"))


def test_a_name_may_stand_for_a_sequence() -> None:
    pair = made("P", Reals, value=(1, x))
    assert compare(pair, (1, x)).accepted
    assert compare(pair, (1, x + 1)).status == "refuted"


def test_floats_are_refused() -> None:
    with pytest.raises(QuestionError, match="floating-point"):
        compare(x, 0.5)
    with pytest.raises(QuestionError, match="floating-point"):
        compare(math.pi * x, S.Pi * x)
