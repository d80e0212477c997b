"""Where a proposal is not the answer: entry by entry, with a counterexample of simple numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import sympy

from solgen.algebra import STATUSES, Verdict, base_symbols, compare
from solgen.clock import time_limit
from solgen.definitions import abbreviations
from solgen.entries import layout, pairs, same_layout
from solgen.errors import SolgenError
from solgen.numeric import Place, Undefined, Unreachable, evaluate, inside
from solgen.symbols import Symbol

_SIMPLE = [sympy.Rational(p, q) for p, q in
           ((1, 1), (2, 1), (3, 1), (1, 2), (1, 4), (5, 1), (0, 1), (-1, 1), (-1, 2), (1, 3),
            (7, 1), (-2, 1), (2, 3), (10, 1))]  # fmt: skip
_TRIED = 24  # points of simple numbers
OTHER_LAYOUT = "not of the same layout"
PROOF_SECONDS = 1.0  # a corrector waits
_CLEAR = 8  # digits in which a counterexample is seen to be one


@dataclass(frozen=True)
class Difference:
    """Where (an entry, the symbols' values), what the proposal is there, and what the answer is."""

    entry: str
    at: str
    proposed: str
    answer: str

    def __str__(self) -> str:
        place = ", ".join(piece for piece in (self.entry, self.at) if piece)
        return f"{place}{': ' if place else ''}it is {self.proposed}, not {self.answer}"


@dataclass(frozen=True)
class Comparison:
    """The referee's status and words, and every entry in which the value is not the answer."""

    status: str
    said: str
    differences: tuple[Difference, ...] = ()


def compared(value: Any, answer: Any) -> Comparison:
    """What the referee says of a value in front of the answer, entry by entry."""
    if not same_layout(value, answer):
        difference = Difference("", "", layout(value), layout(answer))
        return Comparison("refuted", OTHER_LAYOUT, (difference,))
    found = [
        (entry, one, other, _verdict(one, other)) for entry, one, other in pairs(value, answer)
    ]
    if not found:
        return Comparison("undecided", "two empty lists say nothing")
    wrong = [each for each in found if each[-1].status == "refuted"]
    if wrong:
        where = f" in {len(wrong)} of {len(found)} entries" if len(found) > 1 else ""
        differences = tuple(_difference(*each) for each in wrong)
        return Comparison("refuted", f"not equal{where}, as shown", differences)
    worst = min((each[-1] for each in found), key=lambda verdict: STATUSES.index(verdict.status))
    if worst.status == "undecided":
        return Comparison("undecided", f"it cannot decide: {worst.method}")
    points = sum(each[-1].points for each in found)
    how = f"sampled, {points} points" if worst.status == "sampled" else f"proved, {worst.method}"
    return Comparison(worst.status, f"equal: {how} in {worst.digits} digits")


def _verdict(one: Any, other: Any) -> Verdict:
    """The referee's; where a proof takes long, that of the points alone."""
    try:
        try:
            with time_limit(PROOF_SECONDS):
                return compare(one, other)
        except TimeoutError:
            return compare(one, other, prove=False)
    except SolgenError as error:
        return Verdict("undecided", error.message)


def _difference(entry: str, one: Any, other: Any, verdict: Verdict) -> Difference:
    for place in simple_places(one, other):
        left, right = number(one, place), number(other, place)
        if left is not None and right is not None and _apart(left, right):
            at = ", ".join(f"{s.name} = {v}" for s, v in place.point.items())
            return Difference(entry, at, _shown(left), _shown(right))
    at = ", ".join(f"{name} = {v}" for name, v in verdict.at.items())
    return Difference(entry, at, verdict.left, verdict.right)


def simple_places(*expressions: Any) -> Iterator[Place]:
    """Points of small numbers inside the domains; the one empty point where there is no symbol."""
    try:
        symbols, defined = base_symbols(*expressions), abbreviations(*expressions)
    except SolgenError:
        return
    axes = [_axis(s, turn) for turn, s in enumerate(symbols)]
    if not all(axes):
        return
    for index in range(_TRIED if symbols else 1):
        point = {s: axis[index % len(axis)] for s, axis in zip(symbols, axes, strict=True)}
        place = Place(point)
        if all(inside(s, place, closely=True) for s in defined):
            yield place


def _axis(s: sympy.Symbol, turn: int) -> Sequence[Any]:
    """The simple numbers of a symbol's domain, each symbol beginning at another one."""
    domain = s.domain if isinstance(s, Symbol) else sympy.S.EmptySet
    found = [v for v in _SIMPLE if domain.contains(v) == sympy.true]
    turn = turn % len(found) if found else 0
    return list(itertools.chain(found[turn:], found[:turn]))


def number(expression: Any, place: Place) -> Any:
    """The real value at a place, or None."""
    try:
        value = evaluate(expression, place)
    except (Undefined, Unreachable, SolgenError, TypeError):
        return None
    return value if isinstance(value, mpmath.mpf) else None


def _apart(left: Any, right: Any) -> bool:
    return bool(abs(left - right) > mpmath.mpf(10) ** -_CLEAR * max(abs(left), abs(right)))


def _shown(value: Any) -> str:
    if mpmath.isint(value) and abs(value) < 10**15:
        return str(int(value))
    return str(mpmath.nstr(value, _CLEAR + 2))
