"""What is exact becomes SymPy; what is not is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Float, Integer, Matrix, Rational, Tuple, sqrt

from solgen.errors import QuestionError
from solgen.exact import canonical


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, Integer(3)),
        (True, sympy.true),
        (Fraction(1, 4), Rational(1, 4)),
        ([1, (2, 3)], Tuple(1, Tuple(2, 3))),
        (np.array([[1, 2]]), Tuple(Tuple(1, 2))),
        (np.int64(7), Integer(7)),
        (np.bool_(True), sympy.true),
        (sqrt(2), sqrt(2)),
        (Matrix([[1, 2]]), sympy.ImmutableMatrix([[1, 2]])),
    ],
)
def test_what_is_exact_becomes_sympy(value: Any, expected: Any) -> None:
    assert canonical(value) == expected
    assert canonical(value).is_Matrix == isinstance(value, sympy.MatrixBase)


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        1j,
        np.float64(2),
        np.array([1.0]),
        Decimal("0.1"),
        mpmath.mpf(1),
        Float("0.5"),
        sqrt(2) * Float("0.5"),
        Matrix([[Float("0.5")]]),
        [1, [0.5]],
        "x",
        None,
        object(),
        {1: 2},
    ],
)
def test_what_is_not_exact_is_refused(value: Any) -> None:
    with pytest.raises(QuestionError):
        canonical(value)
