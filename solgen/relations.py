"""Whether a relation holds for given values: exactly, in an interval, or to double precision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import sympy

from solgen.algebra import base_symbols, compare, unfold
from solgen.errors import SolgenError
from solgen.numeric import Place, Undefined, Unreachable, evaluate
from solgen.points import enumerable, enumerate_points, sample
from solgen.symbols import Symbol
from solgen.values import Beyond, Members

TOLERANCE = 1e-9  # of the larger side; numbers carry 16 digits
POINTS = 48
_ORDER = {"<": 1, "<=": 1, ">": -1, ">=": -1}


@dataclass(frozen=True)
class Finding:
    """What was found: "" (it does not hold) or a kind of evidence, how, and both sides."""

    kind: str
    method: str = ""
    left: str = ""
    right: str = ""
    at: str = ""

    @property
    def holds(self) -> bool:
        return bool(self.kind)


def exactly(left: Any, sign: str, right: Any, digits: int | None) -> Finding:
    """The finding for SymPy values. `digits` are the decimals of a rounded side, for ≈.

    Raises Beyond for what cannot be decided here.
    """
    if sign == "=":
        return _equal(_flat(left), _flat(right))
    if sign == "~":
        return _rounded(left, right, digits)
    if sign in ("<", "<=", ">", ">=", "!="):
        return _ordered(left, sign, right)
    raise Beyond(f"the relation {sign} is not computed")


def _flat(value: Any) -> Any:
    """A vector as a list: [1, 2] and a column of 1 and 2 are printed for the same thing."""
    if isinstance(value, sympy.MatrixBase) and 1 in value.shape:
        return sympy.Tuple(*value)
    return value


def _equal(left: Any, right: Any) -> Finding:
    try:
        verdict = compare(left, right)
    except SolgenError as error:
        raise Beyond(error.message) from None
    if verdict.status == "refuted":
        at = verdict.counterexample()
        return Finding("", "", str(verdict.left), str(verdict.right), at)
    if not verdict.accepted:
        raise Beyond(verdict.method)
    kind = "enumerated" if verdict.method == "enumeration" else verdict.status
    return Finding(kind, verdict.method)


def _rounded(left: Any, right: Any, digits: int | None) -> Finding:
    if digits is None:
        raise Beyond("neither side of ≈ is a decimal number")
    gap = sympy.Abs(unfold(left) - unfold(right))
    if gap.free_symbols:
        raise Beyond("an approximation that depends on symbols")
    half = sympy.Rational(1, 2 * 10**digits)
    finding = _ordered(gap, "<=", half)
    return finding if finding.holds else Finding("", "", _short(left), _short(right))


def _ordered(left: Any, sign: str, right: Any) -> Finding:
    """An inequality between scalars, at every point of the domains that is tried."""
    # SymPy's immutable matrices are Expr as well.
    if any(isinstance(v, sympy.MatrixBase) or not isinstance(v, sympy.Expr) for v in (left, right)):
        raise Beyond("an order between what are no numbers")
    try:
        symbols = base_symbols(left, right)
        whole = enumerable(symbols)
        points = enumerate_points(symbols) if whole else sample(symbols, POINTS)
    except SolgenError as error:
        raise Beyond(error.message) from None
    if not symbols and _enclosed(left - right, sign):
        return Finding("enclosed", "interval arithmetic")
    tried, above = 0, dict[tuple[Any, ...], bool]()
    for point in points:
        place = Place(point)
        try:
            one, other = evaluate(left, place), evaluate(right, place)
        except (Undefined, Unreachable):
            continue
        holds = _at_point(one, sign, other, whole=whole)
        if holds and sign == "!=" and not whole:
            # A continuous gap that takes both signs vanishes in between.
            case = tuple(value for s, value in point.items() if _is_discrete(s))
            holds = above.setdefault(case, bool(one > other)) == bool(one > other)
        if holds is None:
            continue  # far out, 40 digits do not tell a sigmoid from 1
        tried += 1
        if not holds:
            at = ", ".join(f"{s.name} = {value}" for s, value in point.items())
            return Finding("", "", _short(one), _short(other), f"at {at}" if at else "")
    if tried < min(4, len(points)):
        raise Beyond("too few points could be evaluated")
    return Finding("enumerated" if whole else "sampled", f"{tried} points of the domains")


def _at_point(one: Any, sign: str, other: Any, *, whole: bool) -> bool | None:
    """Whether the order holds between two numbers; None where they are too close to tell."""
    near = _near(one, other)
    if sign == "!=":
        return False if near and (whole or one == other) else None if near else True
    if near:
        return True if sign in ("<=", ">=") else False if one == other else None
    return bool((one - other) * _ORDER[sign] < 0)


def _is_discrete(s: Any) -> bool:
    """Whether a symbol takes separate values: no sign changes between them need a zero."""
    finite = isinstance(s, Symbol) and isinstance(s.domain, sympy.FiniteSet)
    return finite or (isinstance(s, Symbol) and bool(s.domain.is_subset(sympy.S.Integers)))


def _near(one: Any, other: Any) -> bool:
    with mpmath.workdps(60):
        size = max(abs(one), abs(other), mpmath.mpf(10) ** -60)
        return bool(abs(one - other) <= mpmath.mpf(10) ** -35 * size)


def _enclosed(gap: Any, sign: str) -> bool:
    """Whether interval arithmetic, with its outward rounding, decides the sign of a constant."""
    try:
        with mpmath.workdps(40):
            mpmath.iv.dps = 40
            interval = sympy.lambdify((), _basic(unfold(gap)), modules=_INTERVALS)()
            interval = mpmath.iv.convert(interval)
    except (TypeError, ValueError, NameError, AttributeError, ZeroDivisionError, SyntaxError):
        return False
    if sign == "!=":
        return not interval.a <= 0 <= interval.b
    low, high = interval.a, interval.b
    return bool(high < 0) if sign in ("<", "<=") else bool(low > 0)


def _basic(expression: Any) -> Any:
    """Hyperbolic functions as exponentials, absolute values decided: what intervals can do."""
    return expression.rewrite(sympy.exp).replace(sympy.Abs, lambda arg: sympy.sqrt(arg**2))


_INTERVALS = [
    {
        "exp": mpmath.iv.exp,
        "log": mpmath.iv.log,
        "sqrt": mpmath.iv.sqrt,
        "sin": mpmath.iv.sin,
        "cos": mpmath.iv.cos,
        "pi": mpmath.iv.pi,
        "E": mpmath.iv.e,
        "Rational": lambda p, q: mpmath.iv.mpf(p) / q,
    }
]


def _short(value: Any) -> str:
    if isinstance(value, mpmath.mpf):
        return str(mpmath.nstr(value, 8))
    return str(sympy.N(unfold(value), 8))


# --- numbers ------------------------------------------------------------------------------------


def numerically(left: Any, sign: str, right: Any, digits: int | None) -> bool:
    """Whether the relation holds between numbers or arrays. Raises Beyond."""
    if sign in ("->", "|->", "dist", "propto", "=>", "<=>", "<<", ">>", "===", "subset"):
        raise Beyond(f"the relation {sign} is not computed")
    if sign in ("in", "notin"):
        return _belongs(left, right) == (sign == "in")
    pairs = _paired(left, right)
    if pairs is None:
        if sign in ("=", "!="):
            return sign == "!="
        raise Beyond("sides of different shapes")
    scale = max((abs(v) for pair in pairs for v in pair), default=0.0)
    if not all(math.isfinite(v) for pair in pairs for v in pair):
        raise Beyond("a side has no finite value")
    if sign == "~":
        if digits is None:
            raise Beyond("neither side of ≈ is a decimal number")
        half = 0.5 * 10.0**-digits
        return all(abs(a - b) <= half * (1 + TOLERANCE) for a, b in pairs)
    gap = TOLERANCE * max(scale, 1e-30)
    if sign == "=":
        zero = all(b == 0 for _, b in pairs) or all(a == 0 for a, _ in pairs)
        gap = TOLERANCE if zero else gap
        return all(abs(a - b) <= gap for a, b in pairs)
    if sign == "!=":
        return any(abs(a - b) > gap for a, b in pairs)
    strict = sign in ("<", ">")
    return all((b - a) * _ORDER[sign] > (gap if strict else -gap) for a, b in pairs)


def _paired(left: Any, right: Any) -> list[tuple[float, float]] | None:
    """The entries of both sides, side by side; None where the shapes differ."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            return None
        found = [_paired(one, other) for one, other in zip(left, right, strict=True)]
        return None if None in found else [pair for pairs in found if pairs for pair in pairs]
    one, other = _array(left), _array(right)
    if one.size == 1 or (one.size > 1 == other.size and other.flat[0] == 0):
        other = np.broadcast_to(other.flat[0], one.shape) if other.size == 1 else other
    if one.shape != other.shape:
        flat = all(array.ndim == 1 or 1 in array.shape for array in (one, other))
        if one.size != other.size or not flat:
            return None
        one, other = one.reshape(-1), other.reshape(-1)
    return list(zip(map(float, one.flat), map(float, other.flat), strict=True))


def _array(value: Any) -> Any:
    try:
        return np.atleast_1d(np.asarray(value, dtype=float))
    except (TypeError, ValueError):
        raise Beyond(f"{type(value).__name__} where numbers are compared") from None


def _belongs(left: Any, right: Any) -> bool:
    if isinstance(right, Members):
        entries = _array(left).reshape(-1)
        return len(entries) == right.size and all(e in right.values for e in entries)
    if isinstance(right, Space):
        return right.has(left)
    raise Beyond("a set that is not computed")


@dataclass(frozen=True)
class Space:
    r"""A set of real numbers between two ends, or of arrays of them: (0, 1), \mathbb{R}^{n×k}."""

    low: float = -math.inf
    high: float = math.inf
    open_low: bool = True
    open_high: bool = True
    shape: tuple[int, ...] = ()

    def has(self, value: Any) -> bool:
        array = _array(value)
        size = math.prod(self.shape) if self.shape else 1
        wanted = self.shape if len(self.shape) == 2 else (size,)
        shaped = array.shape == wanted or (len(wanted) == 1 and array.size == size)
        above = array > self.low if self.open_low else array >= self.low
        below = array < self.high if self.open_high else array <= self.high
        return bool(shaped and above.all() and below.all())
