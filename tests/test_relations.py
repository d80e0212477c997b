"""Relations between values: what holds, what does not, what is left undecided."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Interval, Rational, Reals, exp, log, oo, sqrt

from solgen.relations import Finding, Space, exactly, numerically
from solgen.symbols import symbol
from solgen.values import Beyond, Members

a = symbol("a", Reals, fr="réel", en="real")
f = symbol("f", Interval.open(0, 1), value=1 / (1 + exp(-a)), fr="sortie", en="output")
p = symbol("p", Interval.open(0, 1), fr="probabilité", en="probability")
t = symbol("t", Interval(0, oo), fr="temps", en="time")
y = symbol("y", {0, 1}, fr="cible", en="target")


@pytest.mark.parametrize(
    ("left", "sign", "right", "digits", "kind"),
    [
        (f, "=", exp(a) / (1 + exp(a)), None, "proved"),
        (y**2, "=", y, None, "proved"),
        (f, "<", 1, None, "sampled"),
        (f * (1 - f), "<=", Rational(1, 4), None, "sampled"),
        (f * (1 - f), "!=", 0, None, "sampled"),
        (f, "!=", y, None, "sampled"),
        (y, "<=", 1, None, "enumerated"),
        (sqrt(2), "<", Rational(15, 10), None, "enclosed"),
        (log(2), "~", Rational("0.693"), 3, "enclosed"),
        (sympy.pi, "!=", Rational(22, 7), None, "enclosed"),
        (sympy.Matrix([1, 2]), "=", sympy.Tuple(1, 2), None, "proved"),
    ],
)
def test_what_holds_has_a_kind(
    left: Any, sign: str, right: Any, digits: int | None, kind: str
) -> None:
    found = exactly(sympy.sympify(left), sign, sympy.sympify(right), digits)
    assert found.holds
    if kind == "proved":
        assert found.kind in ("proved", "enumerated")
    else:
        assert found.kind == kind


@pytest.mark.parametrize(
    ("left", "sign", "right", "digits"),
    [
        (f, "=", exp(a) / (2 + exp(a)), None),
        (f, "<", Rational(1, 2), None),
        (f * (1 - f), "<", Rational(1, 5), None),
        (p, "!=", Rational(1, 2), None),
        (y, "!=", 1, None),
        (t, ">", 0, None),
        (p, "<", p, None),
        (sqrt(2), ">", Rational(15, 10), None),
        (log(2), "~", Rational("0.694"), 3),
        (log(2), "~", Rational("0.692"), 3),
        (log(2), "~", Rational("0.69"), 3),
    ],
)
def test_what_does_not_hold_has_both_sides(
    left: Any, sign: str, right: Any, digits: int | None
) -> None:
    found = exactly(sympy.sympify(left), sign, sympy.sympify(right), digits)
    assert not found.holds
    assert found.left
    assert found.right


@pytest.mark.parametrize("sign", ["->", "propto", "dist", "=>"])
def test_other_signs_are_left_undecided(sign: str) -> None:
    with pytest.raises(Beyond):
        exactly(a, sign, a, None)
    with pytest.raises(Beyond):
        numerically(1.0, sign, 1.0, None)


COLUMN = np.array([[1.0], [2.0]])


@pytest.mark.parametrize(
    ("left", "sign", "right", "digits", "holds"),
    [
        (1.0, "=", 1.0 + 1e-12, None, True),
        (1.0, "=", 1.0 + 1e-7, None, False),
        (1e-12, "=", 0, None, True),
        (1e-6, "=", 0, None, False),
        (COLUMN, "=", (1, 2), None, True),
        (COLUMN, "=", (1, 2, 3), None, False),
        (COLUMN, "=", COLUMN.T, None, True),
        (COLUMN - COLUMN, "=", 0, None, True),
        (COLUMN, "=", 1, None, False),
        (COLUMN, "<=", (1, 2), None, True),
        (COLUMN, "<", (1, 3), None, False),
        (0.6931, "~", 0.69, 2, True),
        (0.6931, "~", 0.70, 2, False),
        (1.0, "!=", 1.0, None, False),
        (3, "in", Members((1, 3)), None, True),
        (3, "in", Members((1, 2)), None, False),
        (COLUMN, "in", Space(shape=(2,)), None, True),
        (COLUMN, "in", Space(shape=(3,)), None, False),
        (np.eye(3)[:2], "in", Space(shape=(2, 3)), None, True),
        (np.eye(3)[:2], "in", Space(shape=(3, 2)), None, False),
        (0.0, "in", Space(0, 1), None, False),
        (0.0, "in", Space(0, 1, open_low=False), None, True),
    ],
)
def test_numbers_are_compared_to_double_precision(
    left: Any, sign: str, right: Any, digits: int | None, holds: bool
) -> None:
    assert numerically(left, sign, right, digits) is holds


def test_infinite_and_undefined_numbers_decide_nothing() -> None:
    for bad in (np.nan, np.inf):
        with pytest.raises(Beyond, match="finite"):
            numerically(bad, "=", bad, None)


def test_a_rounded_number_needs_its_decimals() -> None:
    with pytest.raises(Beyond, match="decimal"):
        numerically(1.0, "~", 1.0, None)
    with pytest.raises(Beyond, match="decimal"):
        exactly(log(2), "~", log(2), None)
    assert not Finding("").holds
