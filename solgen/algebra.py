"""The referee: whether two expressions are equal on their domain, and how sure that is.

`compare` samples first (fast, and yields the counterexample); only what sampling accepts does it
try to prove. Its verdict is *proved*, *sampled*, *refuted* or *undecided*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import mpmath
import sympy

from solgen.clock import time_limit as time_limit
from solgen.definitions import abbreviations
from solgen.definitions import base_symbols as base_symbols
from solgen.definitions import derivative as derivative
from solgen.definitions import unfold as unfold
from solgen.exact import canonical as canonical
from solgen.numeric import Place, Undefined, Unreachable, evaluate, inside, is_condition
from solgen.points import Point, enumerable, enumerate_points, finite_cases, sample
from solgen.proof import proof
from solgen.symbols import Symbol

AGREED = 30  # digits in which both sides must agree, of 40 good ones
POINTS = 24  # points drawn in the domain
ENOUGH = 8  # valid points without which nothing is decided
STATUSES = ("refuted", "undecided", "sampled", "proved")  # from worst to best
_CONTAINERS = (sympy.Tuple, sympy.MatrixBase)


@dataclass(frozen=True)
class Verdict:
    """What the referee found.

    `points` and `digits` count the numeric comparison; `at`, `left`, `right` are the
    counterexample of a refutation, as printable strings.
    """

    status: str
    method: str = ""
    points: int = 0
    digits: int = 0
    at: dict[str, str] = field(default_factory=dict)
    left: str = ""
    right: str = ""

    @property
    def accepted(self) -> bool:
        """Whether the equality stands; undecided does not."""
        return self.status in ("proved", "sampled")

    def counterexample(self) -> str:
        """`at a = 7/10, y = 1`, or a statement that no variable is involved."""
        if not self.at:
            return "as constants"
        return "at " + ", ".join(f"{name} = {value}" for name, value in self.at.items())


def compare(left: Any, right: Any, *, prove: bool = True) -> Verdict:
    """Decide whether `left` equals `right` wherever their symbols' domains allow.

    Sequences and matrices are compared entry by entry, after their shapes. An equality at fewer
    than `ENOUGH` points is *undecided*, not accepted. Without `prove` it samples at most. Raises
    QuestionError for a symbol without domain, and for two of the same name.
    """
    return _compare(canonical(left), canonical(right), prove=prove)


def differ(left: Any, right: Any) -> bool:
    """Whether there is a counterexample to left = right; the same as a refutation, but quicker."""
    return _compare(canonical(left), canonical(right), prove=False).status == "refuted"


def _compare(left: Any, right: Any, *, prove: bool) -> Verdict:
    """The verdict; without `prove` only a refutation means anything."""
    left, right = _opened(left), _opened(right)
    if not prove and left == right:
        return Verdict("undecided", "identity")
    if isinstance(left, _CONTAINERS) or isinstance(right, _CONTAINERS):
        return _compare_entries(left, right, prove=prove)
    if isinstance(left, sympy.Set) or isinstance(right, sympy.Set):
        return _compare_sets(left, right)
    if is_condition(left) != is_condition(right):
        return Verdict("refuted", "kinds", left=str(left), right=str(right))
    if left.is_Rational and right.is_Rational:
        if left == right:
            return Verdict("proved", "identity", 1, AGREED)
        return Verdict("refuted", "counterexample", left=str(left), right=str(right))
    return _compare_scalars(left, right, prove=prove)


def _opened(value: Any) -> Any:
    """The sequence or set that a symbol abbreviates; anything else stays as it is written."""
    stands_for = value.value if isinstance(value, Symbol) else None
    return stands_for if isinstance(stands_for, (*_CONTAINERS, sympy.Set)) else value


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, sympy.MatrixBase):
        return tuple(value.shape)
    return (len(value),) if isinstance(value, sympy.Tuple) else ()


def _compare_entries(left: Any, right: Any, *, prove: bool) -> Verdict:
    if _shape(left) != _shape(right):
        return Verdict(
            "refuted",
            "shapes",
            left=f"{left} (shape {_shape(left)})",
            right=f"{right} (shape {_shape(right)})",
        )
    verdicts = []
    for index, (one, other) in enumerate(zip(left, right, strict=True), start=1):
        verdict = _compare(one, other, prove=prove)
        if verdict.status == "refuted":
            return replace(verdict, at={"entry": str(index), **verdict.at})
        verdicts.append(verdict)
    if not verdicts:
        return Verdict("undecided", "two empty sequences say nothing")
    worst = min(verdicts, key=lambda v: STATUSES.index(v.status))
    return Verdict(
        worst.status,
        worst.method,
        points=sum(v.points for v in verdicts),
        digits=min(v.digits for v in verdicts),
    )


def _compare_sets(left: Any, right: Any) -> Verdict:
    if isinstance(left, sympy.Set) and isinstance(right, sympy.Set):
        if left == right:
            return Verdict("proved", "identity")
        different = left.symmetric_difference(right)
        if different.is_empty is not False:
            return Verdict("undecided", f"it is not known whether {different} is empty")
    return Verdict("refuted", "sets", left=str(left), right=str(right))


def _compare_scalars(left: Any, right: Any, *, prove: bool) -> Verdict:
    symbols = base_symbols(left, right)
    whole = enumerable(symbols)
    places = _places(tuple(symbols))
    valid = 0
    for place, one, other in _values(left, right, places):
        if one is None or other is None or not _agree(one, other):
            return _refuted(place.point, one, other)
        valid += 1
    if valid < (min(ENOUGH, len(places)) if whole else ENOUGH):
        return Verdict("undecided", _why(left, right, valid, len(places)), valid)
    method = proof(unfold(left), unfold(right), finite_cases(symbols)) if prove else ""
    if method:
        return Verdict("proved", method, valid, AGREED)
    return Verdict("sampled", "points of the domain", valid, AGREED)


@lru_cache(maxsize=8)
def _places(symbols: tuple[sympy.Symbol, ...]) -> tuple[Place, ...]:
    """Where expressions in these symbols are compared; kept, for a chain has them in common."""
    points = enumerate_points(symbols) if enumerable(symbols) else sample(symbols, POINTS)
    return tuple(map(Place, points))


def _values(left: Any, right: Any, places: tuple[Place, ...]) -> Iterator[tuple[Place, Any, Any]]:
    """Both values (None where one is undefined) at the places that say something."""
    defined = abbreviations(left, right)
    for place in places:
        if not all(inside(s, place) for s in defined):
            continue
        try:
            one, other = _defined(left, place), _defined(right, place)
        except Unreachable:
            continue
        if one is not None or other is not None:
            yield place, one, other


def _defined(expression: Any, place: Place) -> Any:
    try:
        return evaluate(expression, place)
    except Undefined:
        return None


def _agree(one: Any, other: Any) -> bool:
    if isinstance(one, sympy.Basic) or isinstance(other, sympy.Basic):
        return one is other
    with mpmath.workdps(2 * AGREED):
        size = max(abs(one), abs(other))
        return bool(abs(one - other) <= size * mpmath.mpf(10) ** -AGREED)


def _refuted(point: Point, one: Any, other: Any) -> Verdict:
    digits = next((n for n in (10, 20) if _short(one, n) != _short(other, n)), AGREED + 5)
    return Verdict(
        "refuted",
        "counterexample",
        at={s.name: str(value) for s, value in point.items()},
        left=_short(one, digits),
        right=_short(other, digits),
    )


def _short(number: Any, digits: int = 10) -> str:
    """The value in so many digits; "undefined" where the expression has no finite value."""
    if number is None:
        return "undefined"
    if isinstance(number, sympy.Basic):
        return str(number)
    if isinstance(number, mpmath.mpf) and mpmath.isint(number) and abs(number) < 10**15:
        return str(int(number))
    return str(mpmath.nstr(number, digits))


def _why(left: Any, right: Any, valid: int, points: int) -> str:
    """Why too few points could be evaluated."""
    for side in (unfold(left), unfold(right)):
        if side.has(sympy.Integral, sympy.Limit, sympy.Derivative):
            return f"SymPy leaves {side} uncomputed"
    return f"only {valid} of {points} points of the domain could be evaluated"
