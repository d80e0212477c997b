"""What an author wrote, as an exact SymPy object; whatever is not exact is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from solgen.errors import QuestionError

_HINT = "give an exact value: an integer, Rational(1, 4), sqrt(2), log(2)…"


def canonical(value: Any) -> Any:
    """`value` as an exact SymPy object; sequences become (nested) Tuples.

    Raises QuestionError for a float, which has already lost what was to be verified, and for a
    string, which SymPy would turn into symbols of no domain.
    """
    if type(value) is int:
        return sympy.Integer(value)
    if isinstance(value, sympy.MatrixBase):
        return sympy.ImmutableMatrix(value.applyfunc(canonical))
    if isinstance(value, sympy.Basic) and not isinstance(value, sympy.Tuple):
        return _checked(value)
    if isinstance(value, bool):
        return sympy.true if value else sympy.false
    if isinstance(value, Fraction):
        return sympy.Rational(value.numerator, value.denominator)
    if hasattr(value, "tolist"):
        return canonical(value.tolist())
    if isinstance(value, list | tuple | sympy.Tuple):
        return sympy.Tuple(*map(canonical, value))
    if isinstance(value, float | complex):
        raise QuestionError(f"the value {value!r} is a floating-point number", hint=_HINT)
    try:
        return _checked(sympy.sympify(value, strict=True))
    except sympy.SympifyError:
        raise _refusal(value) from None


def _checked(value: Any) -> Any:
    if not isinstance(value, sympy.Expr | Boolean | sympy.Set):
        raise _refusal(value)
    if value.has(sympy.Float):
        found = min(value.atoms(sympy.Float), key=str)
        raise QuestionError(f"{value} contains the floating-point number {found}", hint=_HINT)
    return value


def _refusal(value: Any) -> QuestionError:
    return QuestionError(f"{value!r} is not something solgen can verify", hint=_HINT)
