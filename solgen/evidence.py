"""Comparisons for checks. They raise, they refuse NaN, infinities and emptiness, and they count.

Each returns Evidence, so that a check can say how much it compared; `a + b` adds two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from numbers import Integral, Rational
from typing import Any

import mpmath
import sympy

from solgen.algebra import STATUSES, canonical, compare, unfold
from solgen.errors import QuestionError
from solgen.numeric import Place, Undefined, Unreachable, evaluate

FLOAT_DIGITS = 15  # what a double-precision number can show, however exactly two of them agree
DOUBLE = 53  # bits of a double-precision number
MOST_DIGITS = 38  # what 40 good digits can show


@dataclass(frozen=True)
class Evidence:
    """What a comparison that passed has shown.

    `compared` counts the values; `digits` is in how many digits they agree (None: exactly).
    `status` is that of the comparison; `proved` holds the values that were proved equal to
    another one, so that `concern` can tell whether the whole answer is among them.
    """

    compared: int
    digits: int | None = None
    status: str = "sampled"
    proved: tuple[Any, ...] = ()

    def __add__(self, other: Evidence) -> Evidence:
        known = [d for d in (self.digits, other.digits) if d is not None]
        return Evidence(
            self.compared + other.compared,
            min(known, default=None),
            min(self.status, other.status, key=STATUSES.index),
            self.proved + other.proved,
        )


def concern(values: tuple[Any, ...], answer: Any) -> bool:
    """Whether the whole of `answer`, not a part or a consequence of it, is one of the values.

    The answer may have been unfolded, or put alone in a list to be compared with solutions.
    """
    whole = canonical(answer)
    same = (whole, sympy.Tuple(whole))
    return any(value in same or value == unfold(whole) for value in values)


class Rejected(Exception):
    """A comparison failed: what a check raises when an answer is wrong.

    `compared` holds both sides where `equal` told them apart.
    """

    def __init__(
        self, message: str, found: str = "", expected: str = "", compared: tuple[Any, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.found = found
        self.expected = expected
        self.compared = compared


def agree(found: Any, expected: Any, *, digits: int = 12, scale: float = 0) -> Evidence:
    """Compare real numbers, or sequences of the same shape, in `digits` significant digits.

    The error allowed is 10^-digits of the expected size; `scale` is the size against which a
    value that should be zero is judged (there is no default absolute tolerance). A flat sequence
    is compared with a matrix row by row. Raises Rejected.
    """
    if not 1 <= digits <= MOST_DIGITS or not 0 <= scale < float("inf"):
        raise QuestionError(
            f"agree(…, digits={digits!r}, scale={scale!r}) compares nothing",
            hint=f"digits is between 1 and {MOST_DIGITS}, scale is a size: 0 or more",
        )
    left, right = _Numbers(found), _Numbers(expected)
    if not right.values:
        raise Rejected("there is nothing to compare", _counted(left), "at least one value")
    if not left.fits(right):
        raise Rejected("the shapes differ", _counted(left), _counted(right))
    with mpmath.workdps(50):
        for index, (one, other) in enumerate(zip(left.values, right.values, strict=True), start=1):
            size = max(abs(other), mpmath.mpf(scale))
            if abs(one - other) > mpmath.mpf(10) ** -digits * size:
                raise Rejected(
                    f"value {index} of {len(left.values)} differs", *_told_apart(one, other)
                )
    floats = left.floats or right.floats
    return Evidence(len(left.values), min(digits, FLOAT_DIGITS) if floats else digits)


def equal(found: Any, expected: Any) -> Evidence:
    """Compare exactly: integers, rationals, expressions, nested sequences. Raises Rejected.

    What the referee leaves undecided is rejected too.
    """
    left, right = canonical(found), canonical(expected)
    verdict = compare(left, right)
    if not verdict.accepted:
        raise Rejected(
            ("not equal " + (verdict.counterexample() if verdict.at else "")).strip()
            if verdict.status == "refuted"
            else f"undecided: {verdict.method}",
            verdict.left or str(left),
            verdict.right or str(right),
            (left, right),
        )
    if verdict.status != "proved":
        return Evidence(_leaves(right), verdict.digits, verdict.status)
    return Evidence(_leaves(right), None, "proved", (left, right))


def holds(conditions: Iterable[Any], what: str) -> Evidence:
    """Require every one of the conditions; `what` names them in the message. Raises Rejected."""
    seen = list(conditions) if isinstance(conditions, Iterable) else [conditions]
    if not seen:
        raise Rejected(f"there is no case of: {what}", "0 cases", "at least one")
    for index, condition in enumerate(seen, start=1):
        # Only true is true: 1, "no" and an undecided x > 0 are not.
        if condition is not sympy.true and not (_is_bool(condition) and condition):
            raise Rejected(f"case {index} of {len(seen)} fails: {what}", str(condition), "True")
    return Evidence(len(seen))


class _Numbers:
    """The leaves of nested sequences, arrays and matrices, as finite real mpmath numbers."""

    def __init__(self, value: Any) -> None:
        self.values: list[Any] = []
        self.floats = False
        self.shape = self._read(value)

    def fits(self, other: _Numbers) -> bool:
        """Whether both have the same shape; a flat sequence may face a nested one."""
        if self.shape == other.shape:
            return True
        kinds = {type(self.shape), type(other.shape)}
        nested = () not in (self.shape, other.shape)
        return kinds == {int, tuple} and nested and len(self.values) == len(other.values)

    def _read(self, value: Any) -> Any:
        """Collect the leaves; return () for a number, n for n numbers, else the entries' shapes."""
        if hasattr(value, "tolist"):
            _refuse_small_floats(value)
            value = value.tolist()
        if isinstance(value, list | tuple | range | sympy.Tuple | Iterator):
            shapes = tuple(self._read(entry) for entry in value)
            return len(shapes) if set(shapes) <= {()} else shapes
        self.values.append(self._number(value))
        return ()

    def _number(self, value: Any) -> Any:
        if isinstance(value, sympy.Expr):
            self.floats |= any(f._prec <= DOUBLE for f in value.atoms(sympy.Float))
            value = _from_sympy(value)
        elif isinstance(value, float):
            self.floats = True
            value = mpmath.mpf(value)
        elif isinstance(value, Rational | Integral) and not isinstance(value, bool):
            with mpmath.workdps(50):
                value = mpmath.mpf(int(value.numerator)) / int(value.denominator)
        if not isinstance(value, mpmath.mpf):
            raise Rejected("not a real number", repr(value), "a real number")
        if not mpmath.isfinite(value):
            raise Rejected("not a finite number", str(value), "a finite number")
        return value


def _from_sympy(value: sympy.Expr) -> Any:
    if value.free_symbols:
        raise Rejected("still contains symbols", str(value), "a number")
    if value.is_Float:
        return value._to_mpmath(mpmath.libmp.dps_to_prec(50))
    try:
        return evaluate(value, Place({}))
    except Undefined:
        raise Rejected("not a finite number", str(value), "a finite number") from None
    except Unreachable:
        raise Rejected("could not be evaluated", str(value), "a number") from None


def _refuse_small_floats(value: Any) -> None:
    """Half and single precision lose digits, and overflow, before anything can be compared."""
    kind = getattr(getattr(value, "dtype", None), "str", "")
    if kind[1:] in ("f2", "f4", "c8"):
        raise QuestionError(
            f"an array of type {value.dtype} is compared", hint="compute in float64 or exactly"
        )


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool) or type(value).__name__ in ("bool", "bool_")


def _leaves(value: Any) -> int:
    if isinstance(value, sympy.Tuple | sympy.MatrixBase):
        return sum(_leaves(entry) for entry in value)
    return 1


def _counted(numbers: _Numbers) -> str:
    count = len(numbers.values)
    if numbers.shape == ():
        return "a single number"
    return f"{count} value{'' if count == 1 else 's'}, in the shape {numbers.shape}"


def _told_apart(one: Any, other: Any) -> tuple[str, str]:
    """Both numbers with digits enough to see that they differ."""
    for digits in (15, 25, 50):
        shown = str(mpmath.nstr(one, digits)), str(mpmath.nstr(other, digits))
        if shown[0] != shown[1]:
            break
    return shown
