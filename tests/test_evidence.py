"""Comparisons refuse what is not a comparison, and claim no more than they showed."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Float, I, Integral, Matrix, Rational, Tuple, exp, log, oo, pi, sqrt

from solgen.errors import QuestionError
from solgen.evidence import Evidence, Rejected, agree, concern, equal, holds
from tests.glossary import f, t, x

THIRD = mpmath.mpf(1) / 3


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (Rational(1, 3), 1 / 3),
        ([1, 2], (1, 2)),
        (np.array([[1, 2], [3, 4]]), Matrix([[1, 2], [3, 4]])),
        (Matrix([[1, 2], [3, 4]]), [1, 2, 3, 4]),
        (iter([1, 2]), range(1, 3)),
        (Fraction(1, 3), THIRD),
        (np.int64(3), 3),
        (sqrt(2), mpmath.sqrt(2)),
        (sqrt(2) * sqrt(3) - sqrt(6), 0),
    ],
)
def test_numbers_that_agree(found: Any, expected: Any) -> None:
    assert agree(found, expected).status == "sampled"


REJECTED = [
    (1, 1 + 1e-9),
    (0, 1.6e-19),  # W06: small is not zero
    (1.6e-19, 9e-8),
    (float("nan"), float("nan")),
    (float("inf"), float("inf")),
    (1, float("nan")),
    (oo, oo),
    (sympy.nan, 1),
    (sympy.zoo, sympy.zoo),
    ([], []),
    ([[]], [[]]),
    (np.zeros((0, 3)), 1),
    ([1, 2], [1, 2, 3]),
    (np.zeros((2, 3)), np.zeros((3, 2))),
    ([[1, 2, 3], [4, 5, 6]], [[1, 2], [3, 4], [5, 6]]),
    ([[1], [2, 3]], [[1, 2], [3]]),
    (1, [1]),
    ("1", 1),
    (1, "1"),
    (b"1", 1),
    (None, None),
    (True, 1),
    (1j, 1j),
    (1 + 0j, 1),
    (mpmath.mpc(1, 1), mpmath.mpc(1, 1)),
    (I, I),
    (log(-1), log(-1)),
    ((-8) ** Rational(1, 3), -2),
    (x, x),
    (x - x + t, 1),
    ({1}, {1}),
    ({1: 2}, {1: 2}),
    (sympy.Interval(0, 1), sympy.Interval(0, 1)),
    (Integral(exp(-(x**x)), (x, 1, 2)), 1),
]


@pytest.mark.parametrize(("found", "expected"), REJECTED, ids=str)
def test_what_is_no_agreement_of_real_numbers_is_rejected(found: Any, expected: Any) -> None:
    with pytest.raises(Rejected):
        agree(found, expected)


def test_the_size_of_a_zero_is_said() -> None:
    with pytest.raises(Rejected):
        agree(1e-17, 0)
    assert agree(1e-17, 0, scale=1)


@pytest.mark.parametrize("wrong", [{"digits": 0}, {"digits": 60}, {"scale": -1}, {"scale": oo}])
def test_a_tolerance_that_compares_nothing_is_an_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match="compares nothing"):
        agree(1, 1, **wrong)


def test_single_precision_is_an_error() -> None:
    with pytest.raises(QuestionError, match="float32"):
        agree(np.float32(1), 1)


def test_digits_are_really_compared() -> None:
    near = Rational(1, 3) + Rational(1, 10**22)
    assert agree(near, Rational(1, 3), digits=20)
    with pytest.raises(Rejected) as caught:
        agree(near, Rational(1, 3), digits=30)
    assert caught.value.found != caught.value.expected


@pytest.mark.parametrize("number", [0.5, np.array([0.5]), Float("0.5", 15)], ids=str)
def test_floats_never_show_more_than_15_digits(number: Any) -> None:
    assert agree(number, number, digits=30).digits == 15
    assert agree(Rational(1, 2), Rational(1, 2), digits=30).digits == 30


def test_agreement_says_how_many_values() -> None:
    assert agree([[1, 2], [3, 4]], [[1, 2], [3, 4]]).compared == 4
    assert (agree([1, 2], [1, 2], digits=10) + equal(1, 1)).compared == 3
    assert (agree([1, 2], [1, 2], digits=10) + equal(1, 1)).digits == 10
    assert (agree(1, 1) + equal(1, 1)).status == "sampled"


def test_equality_is_exact_and_keeps_what_it_proved() -> None:
    evidence = equal([1, (x, 2)], (1, [x + 0, 2]))
    assert (evidence.compared, evidence.digits, evidence.status) == (3, None, "proved")
    assert evidence.proved == (Tuple(1, Tuple(x, 2)),) * 2


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (1, 2),
        ((1, 2), (2, 1)),
        ([], []),
        (oo, oo),
        (sympy.nan, sympy.nan),
        (x, x + Rational(1, 10**20)),
        (log(-1 - t), log(-1 - t)),
        (True, 1),
        ([True], [1]),
    ],
    ids=str,
)
def test_inequality_and_indecision_are_rejected(found: Any, expected: Any) -> None:
    with pytest.raises(Rejected):
        equal(found, expected)


def test_a_rejection_keeps_what_was_compared() -> None:
    with pytest.raises(Rejected) as caught:
        equal(x, x + 1)
    assert caught.value.compared == (x, x + 1)
    assert "at x = " in caught.value.message


@pytest.mark.parametrize("word", [1, "yes", x > 0, None, sympy.Integer(1), np.int64(1)], ids=str)
def test_only_true_holds(word: Any) -> None:
    with pytest.raises(Rejected):
        holds([word], "it is so")


def test_conditions_are_sampled_evidence_and_never_a_proof() -> None:
    evidence = holds([True, sympy.true, np.bool_(True)], "it is so")
    assert (evidence.compared, evidence.status, evidence.proved) == (3, "sampled", ())
    with pytest.raises(Rejected, match="no case"):
        holds([], "it is so")


def test_the_whole_answer_is_concerned_and_not_a_part_of_it() -> None:
    answer = Tuple(f, 2)
    whole = equal(answer, (f, 2)).proved
    assert concern(whole, (f, 2))
    assert concern(equal([answer], [(f, 2)]).proved, answer)
    assert concern(equal(1 / (1 + exp(-x)), f).proved, f)
    assert not concern(equal(answer[0], f).proved, answer)
    assert not concern(equal([answer, 1], [(f, 2), 1]).proved, answer)
    assert not concern(equal(f.subs(f, pi), pi).proved, f)
    assert not concern(Evidence(1).proved, answer)
