"""Wrong variants of an answer: what a check must be able to reject."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations, pairwise
from typing import Any

import sympy

from solgen.algebra import canonical, differ, unfold
from solgen.definitions import base_symbols
from solgen.numeric import is_condition
from solgen.slips import Change, slips
from solgen.symbols import Symbol

Variant = tuple[str, Any]

_NUDGE = sympy.Rational(1, 100)
MOST_PAIRS = 6  # of symbols exchanged in one answer


def wrong_variants(answer: Any) -> Iterator[Variant]:
    """Every (description, wrong answer) that differs from the answer in a single place.

    None is equal to the answer: each has a counterexample. They are made one by one, as they are
    asked for.
    """
    answer = canonical(answer)
    seen = {answer}
    for change in changes(answer):
        # What cannot be made cannot be shown; `solgen mutants` calls it a fault of the operator.
        with contextlib.suppress(TypeError, ValueError):
            variant = canonical(change.make())
            if variant not in seen and _is_value(variant) and differ(variant, answer):
                yield change.text, variant
            seen.add(variant)


def _is_value(variant: Any) -> bool:
    """Whether the change has left a value at all: dropping a term may divide by zero."""
    return not unfold(variant).has(sympy.zoo, sympy.nan, sympy.oo, sympy.S.NegativeInfinity)


def changes(answer: Any) -> Iterator[Change]:
    """Every change of one place of an answer; some may leave it equal to what it was."""
    answer = canonical(answer)
    yield from _of_kind(answer)
    yield from _exchanged(answer)


def _of_kind(answer: Any) -> Iterator[Change]:
    if isinstance(answer, sympy.Tuple | sympy.MatrixBase):
        yield from _sequences(answer)
    elif isinstance(answer, sympy.Set):
        yield from _sets(answer)
    elif is_condition(answer):
        yield Change("branch", "the negation", lambda: sympy.Not(answer))
        yield from slips(answer)
    else:
        if answer != 0:
            yield Change("factor 2", "twice the answer", lambda: 2 * unfold(answer))
            yield Change("sign", "the opposite", lambda: -unfold(answer))
        yield Change("digit", "the answer plus 1/100", lambda: unfold(answer) + _NUDGE)
        yield from slips(answer)
        yield Change("nan", "nothing defined", lambda: sympy.nan)


def _exchanged(answer: Any) -> Iterator[Change]:
    """Two symbols of the same domain taken for each other, everywhere."""
    if isinstance(answer, sympy.Set):
        return
    known = [s for s in base_symbols(answer) if isinstance(s, Symbol)]
    pairs = [(a, b) for a, b in combinations(known, 2) if a.domain == b.domain]
    for a, b in pairs[:MOST_PAIRS]:
        plain = unfold(answer)
        if plain.xreplace({a: b, b: a}) != plain:
            text = f"{a} and {b} taken for each other"
            yield Change("symbols", text, partial(plain.xreplace, {a: b, b: a}))


def _sequences(answer: Any) -> Iterator[Change]:
    entries = list(answer)
    for index, entry in enumerate(entries):
        for change in _of_kind(entry):
            text = f"entry {index + 1}: {change.text}"

            def make(index: int = index, change: Change = change) -> Any:
                return _like(answer, [*entries[:index], change.make(), *entries[index + 1 :]])

            yield replace(change, text=text, make=make)
    if len(entries) > 2 and entries != entries[::-1]:
        yield Change("order", "the entries reversed", lambda: _like(answer, entries[::-1]))
    for i, (one, other) in enumerate(pairwise(entries)):
        if one != other:
            swapped = [*entries[:i], other, one, *entries[i + 2 :]]
            text = f"entries {i + 1} and {i + 2} swapped"
            yield Change("order", text, partial(_like, answer, swapped))
    yield from _lengths(answer) if isinstance(answer, sympy.Tuple) else _shapes(answer)


def _lengths(answer: sympy.Tuple) -> Iterator[Change]:
    entries = list(answer)
    if len(entries) > 1:
        yield Change("length", "the last entry dropped", lambda: sympy.Tuple(*entries[:-1]))
        yield Change("length", "the first entry dropped", lambda: sympy.Tuple(*entries[1:]))
    last = entries[-1:]
    yield Change("length", "the last entry repeated", lambda: sympy.Tuple(*entries, *last))
    zero = sympy.Integer(0)
    yield Change("length", "a zero added at the end", lambda: sympy.Tuple(*entries, zero))


def _shapes(answer: Any) -> Iterator[Change]:
    if answer != answer.T:
        yield Change("transpose", "the matrix transposed", lambda: answer.T)
    if answer.rows > 1:
        in_one = (1, len(answer))
        yield Change("transpose", "the entries in one row", lambda: answer.reshape(*in_one))
        yield Change("length", "the last row dropped", lambda: answer[:-1, :])
    if answer.cols > 1:
        yield Change("length", "the last column dropped", lambda: answer[:, :-1])
    yield Change("length", "the last row repeated", lambda: answer.col_join(answer[-1:, :]))


def _like(answer: Any, entries: list[Any]) -> Any:
    if isinstance(answer, sympy.MatrixBase):
        return sympy.ImmutableMatrix(*answer.shape, entries)
    return sympy.Tuple(*entries)


def _sets(answer: Any) -> Iterator[Change]:
    if isinstance(answer, sympy.FiniteSet):
        for change in _sequences(sympy.Tuple(*answer)):
            if change.operator not in ("order", "nan") and "repeated" not in change.text:

                def make(change: Change = change) -> Any:
                    return sympy.FiniteSet(*change.make())

                yield replace(change, make=make)
    elif isinstance(answer, sympy.Interval):
        low, high, *ends = answer.args
        for text, args in (
            ("the left end moved", (low - 1, high, *ends)),
            ("the right end moved", (low, high + 1, *ends)),
            ("the left end's membership", (low, high, not ends[0], ends[1])),
            ("the right end's membership", (low, high, ends[0], not ends[1])),
        ):
            operator = "index" if "moved" in text else "branch"
            yield Change(operator, text, partial(sympy.Interval, *args))
    else:
        yield Change("length", "nothing", lambda: sympy.S.EmptySet)
