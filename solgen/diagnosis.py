"""What a refused proposal may be: another result, the opposite, a multiple, the transpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import mpmath
import sympy

from solgen.algebra import compare, differ
from solgen.differences import number, simple_places
from solgen.entries import pairs, same_layout, shaped
from solgen.errors import SolgenError

_FEW = 3  # points at which a ratio must be the same
_PLAIN = 12  # the largest numerator and denominator of a factor worth telling


@dataclass(frozen=True)
class Seen:
    """Another answer of the question, with its part."""

    name: str
    part: str
    value: Any


def remarks(value: Any, answer: Any, others: Sequence[Seen]) -> Iterator[str]:
    """What the value is instead of the answer, as far as it is seen; nothing if it is not."""
    for other in others:
        same = shaped(value, other.value)
        if _is(same, other.value):
            yield f"it is {other.name}, an answer of part ({other.part})"
            break
        if _rounded(same, other.value):
            yield f"it is {other.name}, an answer of part ({other.part}), rounded"
            break
    if isinstance(value, sympy.MatrixBase) and _is(value.T, answer):
        yield "it is the transpose of the answer"
    if isinstance(value, sympy.Tuple) and isinstance(answer, sympy.Tuple):
        yield from _of_lists(value, answer)
    if same_layout(value, answer):
        yield from _of_sizes(value, answer)


def _of_lists(value: Any, answer: Any) -> Iterator[str]:
    if sorted(map(str, value)) == sorted(map(str, answer)):
        yield "it has the answer's entries in another order"
    if _run(value, answer):
        yield "it is a part of the answer"
    if _run(answer, value):
        yield "the answer is a part of it"


def _of_sizes(value: Any, answer: Any) -> Iterator[str]:
    factor = _ratio(value, answer)
    if factor == -1:
        yield "it is the opposite of the answer"
    elif factor is not None:
        yield f"it is {factor} times the answer"
    if _rounded(value, answer):
        yield "it is the answer, rounded"


def _is(value: Any, answer: Any) -> bool:
    try:
        return (
            same_layout(value, answer)
            and not differ(value, answer)
            and compare(value, answer).accepted
        )
    except SolgenError:
        return False


def _run(short: Any, long: Any) -> bool:
    """Whether the entries of one list stand side by side in the other, longer one."""
    size = len(short)
    starts = range(len(long) - size + 1)
    return 1 < size < len(long) and any(tuple(long[i : i + size]) == tuple(short) for i in starts)


def _ratio(value: Any, answer: Any) -> sympy.Rational | None:
    """The simple number by which the answer is multiplied, in all entries."""
    found: set[sympy.Rational] = set()
    for _, one, other in pairs(value, answer):
        count = 0
        for place in simple_places(one, other):
            left, right = number(one, place), number(other, place)
            if left is None or right is None or (left == 0 and right == 0):
                continue
            factor = None if right == 0 else _simple(left / right)
            if factor is None:
                return None
            found.add(factor)
            count += 1
            if len(found) > 1:
                return None
            if count == _FEW:
                break
    factor = found.pop() if found else None
    answer_times = None if factor is None else _multiple(answer, factor)
    return factor if factor is not None and _is(value, answer_times) else None


def _multiple(answer: Any, factor: sympy.Rational) -> Any:
    if isinstance(answer, sympy.Tuple):
        return sympy.Tuple(*(_multiple(entry, factor) for entry in answer))
    return answer * factor


def _simple(ratio: Any) -> sympy.Rational | None:
    for bottom in range(1, _PLAIN + 1):
        top = mpmath.nint(ratio * bottom)
        if top and abs(top) <= _PLAIN and abs(ratio * bottom - top) < mpmath.mpf(10) ** -20:
            return sympy.Rational(int(top), bottom)
    return None


def _rounded(value: Any, answer: Any) -> bool:
    """Whether all entries are those of the answer, and some in a few digits only."""
    if not same_layout(value, answer):
        return False
    entries = [(one, other) for _, one, other in pairs(value, answer)]
    apart = [(one, other) for one, other in entries if one != other]
    return bool(apart) and all(_rounds(one, other) for one, other in apart)


def _rounds(value: Any, answer: Any) -> bool:
    """Whether a decimal is the answer, in as many digits as it has."""
    if not isinstance(value, sympy.Rational) or value.is_Integer or answer.free_symbols:
        return False
    exact = next((number(answer, place) for place in simple_places(answer)), None)
    decimals = next((d for d in range(1, 16) if (value * 10**d).is_Integer), None)
    if exact is None or decimals is None:
        return False
    stated = mpmath.mpf(value.p) / value.q
    return bool(abs(exact - stated) <= mpmath.mpf(10) ** -decimals / 2)
