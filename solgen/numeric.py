"""The value of an expression at a point, to 40 digits that are all good.

mpmath evaluates the expression as it stands (forms and definitions included, nothing simplified)
at growing precision until two precisions agree, so that cancellation cannot hide.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import mpmath
import sympy
from sympy.logic.boolalg import Boolean

from solgen.definitions import unfold
from solgen.forms import Over, Plus, Power, Times
from solgen.points import Point
from solgen.symbols import Symbol

DIGITS = 40  # good digits of every value
_LADDER = (50, 100, 1000, 2000)  # working precisions, in digits
_LOST = 100  # digits by which a true zero shrinks, at least, from one precision to a higher one
_NATIVE = (
    *("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh"),
    *("asin", "acos", "atan", "asinh", "acosh", "atanh", "erf", "gamma", "factorial"),
)
_FUNCTIONS = {getattr(sympy, name): getattr(mpmath, name) for name in _NATIVE}
# The functions that can come out small for arguments that are not: their zeros are not at 0.
_VANISHING = (sympy.log, sympy.sin, sympy.cos, sympy.tan, sympy.acos, sympy.acosh)
_SUMS, _PRODUCTS = (sympy.Add, Plus), (sympy.Mul, Times)
_POWERS, _LEAVES = (sympy.Pow, Power), (sympy.Symbol, sympy.Number)
_UNFINISHED = (sympy.Integral, sympy.Limit, sympy.Derivative, sympy.Subs)


class Undefined(Exception):
    """The expression has no finite real value at the point (nor a complex one, if I is in it)."""


class Unreachable(Exception):
    """The expression may well have a value, but not 40 digits of it were found."""


class Place:
    """A point, and what was computed there: values are shared by all that is evaluated at it."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self._works: dict[int, _Work] = {}

    def work(self, digits: int) -> _Work:
        if digits not in self._works:
            self._works[digits] = _Work(self.point, digits)
        return self._works[digits]


def evaluate(expression: Any, place: Place) -> Any:
    """The value at the place: an mpmath number with 40 good digits, or a SymPy boolean.

    Raises Undefined or Unreachable. An expression without the imaginary unit is taken to be real:
    where it comes out complex (the logarithm of a negative number) it is undefined.
    """
    shown = displayed(expression)
    if is_condition(shown):
        return _truth(shown, place.point)
    number = _climb(shown, place)
    if isinstance(number, mpmath.mpc):
        if abs(number.imag) <= mpmath.mpf(10) ** -DIGITS * abs(number):
            return number.real
        if not unfold(shown).has(sympy.I):
            raise Undefined
    return number


def _climb(expression: Any, place: Place) -> Any:
    """The value on which two working precisions agree, or 0 where it only ever shrinks."""
    before = None
    for digits in _LADDER:
        with mpmath.workdps(digits):
            number, lossy = place.work(digits).value(expression)
            if before is not None:
                gap = abs(number - before)
                top = digits >= _LADDER[-2]
                sure = top or not (lossy or number == 0)
                if sure and gap <= mpmath.mpf(10) ** -DIGITS * abs(number):
                    return number
                if top and abs(number) <= mpmath.mpf(10) ** -_LOST * abs(before):
                    return mpmath.mpf(0)
            before = number
    raise Unreachable


class _Work:
    """Evaluation at one point and one working precision; what was computed is remembered.

    A value is lossy when a sum in it cancelled so much that few of its digits are good.
    """

    def __init__(self, point: Point, digits: int) -> None:
        self.point = point
        self.digits = digits
        self.bits = mpmath.libmp.dps_to_prec(digits)
        self._lossy = False
        self._known: dict[Any, Any] = {}

    def value(self, node: Any) -> tuple[Any, bool]:
        """The node's value, and whether it is lossy. Raises Undefined."""
        if node not in self._known:
            outer, self._lossy = self._lossy, False
            try:
                number = self._compute(node)
                self._known[node] = number, self._lossy
                if not mpmath.isfinite(number):
                    self._known[node] = Undefined()
            except (ZeroDivisionError, ValueError, OverflowError, Undefined):
                self._known[node] = Undefined()
            finally:
                self._lossy = outer
        if isinstance(self._known[node], Undefined):
            raise Undefined
        return self._known[node]

    def _value(self, node: Any) -> Any:
        """The same inside a computation, which becomes lossy by what it rests on."""
        number, lossy = self.value(node)
        self._lossy |= lossy
        return number

    def _compute(self, node: Any) -> Any:
        kind = type(node)
        if node.is_Rational:
            return mpmath.mpf(node.p) / node.q if node.q != 1 else mpmath.mpf(node.p)
        if node.is_Symbol:
            return self._symbol(node)
        if kind in _SUMS:
            return self._sum([self._value(arg) for arg in node.args])
        if kind in _PRODUCTS:
            return mpmath.fprod(map(self._value, node.args))
        if kind in _POWERS:
            base, exponent = node.args
            number = self._value(base)
            return number ** (int(exponent) if exponent.is_Integer else self._value(exponent))
        if kind is Over:
            return self._value(node.args[0]) / self._value(node.args[1])
        if kind in _FUNCTIONS and len(node.args) == 1:
            argument = self._value(node.args[0])
            number = _FUNCTIONS[kind](argument)
            if kind in _VANISHING:
                self._watch([argument], number)
            return number
        return self._by_sympy(node)

    def _symbol(self, s: Any) -> Any:
        if s in self.point:
            return self._value(self.point[s])
        return self._value(displayed(s.value))

    def _sum(self, terms: list[Any]) -> Any:
        total = mpmath.fsum(terms)
        self._watch(terms, total)
        return total

    def _watch(self, sources: list[Any], result: Any) -> None:
        """Notice a result so much smaller than its sources that few of its digits are good."""
        if max(map(mpmath.mag, sources)) - mpmath.mag(result) > self.bits - 4 * DIGITS:
            self._lossy = True

    def _by_sympy(self, node: Any) -> Any:
        """Anything else (floor, Piecewise, finite sums…) with exact numbers put in."""
        if node.has(*_UNFINISHED):
            raise Unreachable
        number = node.xreplace(self.point).doit()
        if number.has(sympy.nan, sympy.zoo, sympy.oo, sympy.S.NegativeInfinity):
            raise Undefined
        number = sympy.N(number, self.digits)
        if not number.is_number:
            raise Unreachable
        return number._to_mpmath(self.bits)


@lru_cache(maxsize=4096)
def displayed(expression: Any) -> Any:
    """The expression with everything unfolded that mpmath cannot compute as it stands."""
    kind = type(expression)
    one = kind in _FUNCTIONS and len(expression.args) == 1
    if one or kind in (*_SUMS, *_PRODUCTS, *_POWERS, Over):
        args = [displayed(arg) for arg in expression.args]
        if all(new is old for new, old in zip(args, expression.args, strict=True)):
            return expression
        return expression.func(*args)
    return expression if isinstance(expression, _LEAVES) else unfold(expression)


def inside(abbreviation: Symbol, place: Place, *, closely: bool = False) -> bool:
    """Whether what the symbol stands for lies in the symbol's domain at this point.

    Where it does not, the point is outside the domain on which anything is claimed: n' = n - k + 1
    in the natural numbers says that k is at most n. Unless looked at `closely`, what 40 digits
    cannot tell from an end of the domain is inside: far out, a sigmoid rounds to 1.
    """
    domain = abbreviation.domain
    if isinstance(abbreviation.value, sympy.Tuple | sympy.MatrixBase | sympy.Set):
        return True
    try:
        value = evaluate(abbreviation.value, place)
    except (Undefined, Unreachable):
        return False
    low, high = (_to_mpf(end) for end in (domain.inf, domain.sup))
    slack = 0 if closely else mpmath.mpf(10) ** -DIGITS * (1 + abs(value))
    if isinstance(value, mpmath.mpc) or not low - slack <= value <= high + slack:
        return False
    return bool(domain.is_subset(sympy.S.Integers) is not True or mpmath.isint(value))


def _to_mpf(end: sympy.Expr) -> Any:
    if end.is_infinite:
        return mpmath.inf if end == sympy.oo else mpmath.ninf
    with mpmath.workdps(2 * DIGITS):
        return sympy.N(end, 2 * DIGITS)._to_mpmath(mpmath.mp.prec)


def is_condition(expression: Any) -> bool:
    """Whether the expression is true or false rather than a number."""
    return isinstance(expression, Boolean) and not isinstance(expression, sympy.Expr)


def _truth(condition: Any, point: Point) -> Any:
    decided = condition.xreplace(point)
    if decided not in (sympy.true, sympy.false):
        decided = sympy.simplify(decided)
    if decided not in (sympy.true, sympy.false):
        raise Unreachable
    return decided
