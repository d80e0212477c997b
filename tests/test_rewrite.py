"""Rewritings say the same otherwise: none changes a value, each changes how it is written."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Dummy, Integer, Matrix, Rational, Sum, Tuple, exp, log

from solgen.algebra import compare
from solgen.forms import over, plus, power, times
from solgen.rewrite import REWRITINGS, rewritings
from tests.glossary import f, n, t, x, y

INDEX = Dummy("k", integer=True)
ANSWERS = [
    Integer(7),
    Rational(-2, 3),
    f - y,
    times(2, f - y, f, 1 - f),
    over(exp(-x), power(plus(1, exp(-x)), 2)),
    exp(plus(x, -t)),
    log(over(1 + t, 2 + t)),
    1 / (2 + t),
    Sum(INDEX**2, (INDEX, 1, n)),
    Tuple(1, Tuple(x, f), 3),
    Matrix([[1, 2], [x, 4]]).as_immutable(),
]


@pytest.mark.parametrize("answer", ANSWERS, ids=str)
def test_every_rewriting_is_equal_and_written_otherwise(answer: Any) -> None:
    found = list(rewritings(answer))
    assert len(found) >= 3
    for change in found:
        written = change.make()
        assert compare(written, answer).accepted, change.operator
        assert change.operator == "rebuilt" or written != answer


def test_every_kind_is_made() -> None:
    made = {change.operator for answer in ANSWERS for change in rewritings(answer)}
    assert made == set(REWRITINGS)


def test_the_logarithm_of_a_quotient_is_left_alone_where_it_may_be_negative() -> None:
    kinds = {change.operator for change in rewritings(log(over(x, x - 1)))}
    assert "logarithm split" not in kinds
