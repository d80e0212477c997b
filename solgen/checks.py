"""Ready-made roads to an answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import mpmath
import sympy

from solgen.algebra import base_symbols, canonical, unfold
from solgen.evidence import Evidence, Rejected, agree, equal
from solgen.model import Check
from solgen.numeric import Place, Undefined, evaluate
from solgen.points import Point, sample
from solgen.symbols import Symbol

SLOPE_POINTS = 16
SLOPE_DIGITS = 20
SLOPE_PRECISION = 200  # far out, a saturated function keeps few of its digits
VALUE_POINTS = 16
VALUE_PRECISION = 60
SLOPE_NOISE = 1e-120  # where the slope is 0, measuring finds some 1e-197


def by_slope(expression: Any, variable: sympy.Symbol, order: int = 1, **meaning: str) -> Check:
    """Measure the slope of `expression` with respect to `variable`, and compare the answer with it.

    mpmath differentiates numerically (200-digit central differences of the function's values), so
    no differentiation rule is shared with SymPy. The answer must agree in 20 digits at 16 points
    of the domain, its ends excepted. `order` 2 measures the curvature, and so on. Keyword
    arguments say what the check does in other languages (`es="…"`), or say it otherwise.
    """

    @lru_cache(maxsize=8)
    def measured(symbols: tuple[sympy.Symbol, ...]) -> tuple[list[Point], list[Any]]:
        inside = unfold(expression, frozenset({variable}))
        points = _interior(sample(symbols, 2 * SLOPE_POINTS))[:SLOPE_POINTS]
        return points, [_slope(inside, variable, order, point) for point in points]

    def check(answer: Any) -> Evidence:
        points, slopes = measured(tuple(base_symbols(expression, variable, answer)))
        try:
            stated = [evaluate(canonical(answer), Place(point)) for point in points]
        except Undefined:
            raise Rejected("undefined at a point of the domain", str(answer), "a slope") from None
        return agree(stated, slopes, digits=SLOPE_DIGITS, scale=SLOPE_NOISE)

    said = {
        "fr": f"pente mesurée par différentiation numérique à {SLOPE_PRECISION} chiffres "
        f"en {SLOPE_POINTS} points",
        "en": f"slope measured by {SLOPE_PRECISION}-digit numerical differentiation "
        f"at {SLOPE_POINTS} points",
    }
    return Check("numeric", check, **{**said, **meaning})


def _slope(inside: Any, variable: sympy.Symbol, order: int, point: Point) -> Any:
    curve = sympy.lambdify(variable, inside.xreplace(_without(point, variable)), "mpmath")
    with mpmath.workdps(SLOPE_PRECISION):
        at = sympy.N(unfold(variable).xreplace(point), SLOPE_PRECISION)
        return mpmath.diff(curve, at._to_mpmath(mpmath.mp.prec), order)


def _without(point: Point, variable: sympy.Symbol) -> Point:
    return {s: value for s, value in point.items() if s != variable}


def _interior(points: list[Point]) -> list[Point]:
    """The points that are not at the end of an interval, where slopes are one-sided."""
    kept = [point for point in points if not any(_at_end(s, v) for s, v in point.items())]
    return kept or points


def _at_end(s: sympy.Symbol, value: sympy.Expr) -> bool:
    return (
        isinstance(s, Symbol)
        and isinstance(s.domain, sympy.Interval)
        and value in (s.domain.start, s.domain.end)
    )


def by_value(
    function: Callable[..., Any],
    *symbols: sympy.Symbol,
    road: str = "numeric",
    digits: int = SLOPE_DIGITS,
    **meaning: str,
) -> Check:
    """Compare the answer with `function(*numbers)` at points of the domains of `symbols`.

    The numbers are mpmath's, the precision 60 digits; the function is the other road, written from
    the definitions and not from the answer. The answer must agree in `digits` digits at 16 points.
    """

    def check(answer: Any) -> Evidence:
        # What the other road does not know may stand in the answer, if it makes no difference.
        more = sorted(set(base_symbols(answer)) - set(symbols), key=lambda s: s.name)
        points = sample((*symbols, *more), VALUE_POINTS)
        try:
            stated = [evaluate(canonical(answer), Place(point)) for point in points]
        except Undefined:
            raise Rejected("undefined at a point of the domain", str(answer), "a value") from None
        with mpmath.workdps(VALUE_PRECISION):
            expected = [+_real(function(*(_number(point[s]) for s in symbols))) for point in points]
            return agree(stated, expected, digits=digits)

    return Check(road, check, **meaning)


def _number(value: Any) -> Any:
    return sympy.N(value, VALUE_PRECISION)._to_mpmath(mpmath.mp.prec)


def _real(value: Any) -> Any:
    """A number as mpmath's real; a complex one is told as such."""
    if isinstance(value, mpmath.mpc):
        raise Rejected("the other road gives a complex number", str(value), "a real number")
    return mpmath.mpf(value)


def equals(value: Any, road: str, **meaning: str) -> Check:
    """Compare the answer with `value`, found by another `road` (see Check)."""
    expected = canonical(value)
    return Check(road, lambda answer: equal(answer, expected), **meaning)
