"""Wrong variants of an answer: what a check must be able to reject."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy

from solgen.algebra import canonical, differ, unfold
from solgen.forms import Over, Plus, Power, Times
from solgen.numeric import is_condition

Variant = tuple[str, Any]

_NUDGE = sympy.Rational(1, 100)
_TAKEN_FOR = {
    sympy.exp: sympy.log,
    sympy.log: sympy.exp,
    sympy.sin: sympy.cos,
    sympy.cos: sympy.sin,
    sympy.floor: sympy.ceiling,
    sympy.ceiling: sympy.floor,
    sympy.Gt: sympy.Ge,
    sympy.Ge: sympy.Gt,
    sympy.Lt: sympy.Le,
    sympy.Le: sympy.Lt,
}
LARGEST_EXPONENT = 1000
_TAKES_BOUND = (sympy.Derivative, sympy.Lambda, sympy.Subs)  # whose arguments are not all values


def wrong_variants(answer: Any) -> Iterator[Variant]:
    """Every (description, wrong answer) that differs from the answer in a single place.

    Signs, factors, terms, exponents, numbers, functions and the order of operands; in a sequence,
    each of them in each entry, the order and the length. None is equal to the answer: each has a
    counterexample. They are made one by one, as they are asked for.
    """
    answer = canonical(answer)
    seen = {answer}
    for description, variant in _candidates(answer):
        if variant not in seen and _is_value(variant) and differ(variant, answer):
            yield description, variant
        seen.add(variant)


def _is_value(variant: Any) -> bool:
    """Whether the change has left a value at all: dropping a term may divide by zero."""
    return not unfold(variant).has(sympy.zoo, sympy.nan, sympy.oo, sympy.S.NegativeInfinity)


def _candidates(answer: Any) -> Iterator[Variant]:
    if isinstance(answer, sympy.Tuple | sympy.MatrixBase):
        yield from _wrong_sequences(answer)
    elif isinstance(answer, sympy.Set):
        yield from _wrong_sets(answer)
    elif is_condition(answer):
        yield "the negation", sympy.Not(answer)
        yield from _inside(answer)
    else:
        yield "twice the answer", 2 * unfold(answer)
        yield "the opposite", -unfold(answer)
        yield "the answer plus 1/100", unfold(answer) + _NUDGE
        yield from _inside(answer)


def _wrong_sequences(answer: Any) -> Iterator[Variant]:
    entries = list(answer)
    for index, entry in enumerate(entries):
        for description, variant in wrong_variants(entry):
            changed = [*entries[:index], variant, *entries[index + 1 :]]
            yield f"entry {index + 1}: {description}", _like(answer, changed)
    yield "the entries reversed", _like(answer, entries[::-1])
    for index in range(len(entries) - 1):
        swapped = list(entries)
        swapped[index], swapped[index + 1] = swapped[index + 1], swapped[index]
        yield f"entries {index + 1} and {index + 2} swapped", _like(answer, swapped)
    if isinstance(answer, sympy.Tuple):
        if len(entries) > 1:
            yield "the last entry dropped", sympy.Tuple(*entries[:-1])
            yield "the first entry dropped", sympy.Tuple(*entries[1:])
        yield "the last entry repeated", sympy.Tuple(*entries, *entries[-1:])
        yield "a zero added at the end", sympy.Tuple(*entries, sympy.Integer(0))
    else:
        yield "the matrix transposed", answer.T
        yield "the entries in one row", answer.reshape(1, len(entries))
        if answer.rows > 1:
            yield "the last row dropped", answer[:-1, :]
        if answer.cols > 1:
            yield "the last column dropped", answer[:, :-1]
        yield "the last row repeated", answer.col_join(answer[-1:, :])


def _like(answer: Any, entries: list[Any]) -> Any:
    if isinstance(answer, sympy.MatrixBase):
        return sympy.ImmutableMatrix(*answer.shape, entries)
    return sympy.Tuple(*entries)


def _wrong_sets(answer: Any) -> Iterator[Variant]:
    if isinstance(answer, sympy.FiniteSet):
        for description, entries in _wrong_sequences(sympy.Tuple(*answer)):
            yield description, sympy.FiniteSet(*entries)
    elif isinstance(answer, sympy.Interval):
        low, high, *openness = answer.args
        yield "the left end moved", sympy.Interval(low - 1, high, *openness)
        yield "the right end moved", sympy.Interval(low, high + 1, *openness)
        yield "the left end's membership", sympy.Interval(low, high, not openness[0], openness[1])
        yield "the right end's membership", sympy.Interval(low, high, openness[0], not openness[1])
    else:
        yield "nothing", sympy.S.EmptySet


def _inside(expression: Any) -> Iterator[Variant]:
    """Every variant with one change at this node or below it."""
    yield from _here(expression)
    if isinstance(expression, _TAKES_BOUND):
        return
    for index, arg in enumerate(expression.args):
        for description, variant in _inside(arg):
            args = [*expression.args[:index], variant, *expression.args[index + 1 :]]
            try:
                rebuilt = expression.func(*args)
            except (TypeError, ValueError):  # a bound or a condition that cannot be changed so
                continue
            yield description, rebuilt


def _here(node: Any) -> Iterator[Variant]:
    """Every variant with one change at this node itself."""
    for kinds, changes in _CHANGES:
        if isinstance(node, kinds):
            yield from changes(node, list(node.args))
            return
    if type(node) in _TAKEN_FOR:
        yield f"{node} with the other inequality", _TAKEN_FOR[type(node)](*node.args)


def _wrong_numbers(node: Any, _: list[Any]) -> Iterator[Variant]:
    for other in (node + 1, node - 1, -node):
        yield f"{node} replaced by {other}", other


def _wrong_sums(node: Any, terms: list[Any]) -> Iterator[Variant]:
    yield f"the sum {node} negated", -node
    for index, term in enumerate(terms):
        for word, new in (("negated", [-term]), ("doubled", [2 * term]), ("dropped", [])):
            changed = [*terms[:index], *new, *terms[index + 1 :]]
            yield from _rebuilt(f"the term {term} {word}", node, changed)


def _wrong_products(node: Any, factors: list[Any]) -> Iterator[Variant]:
    for index, factor in enumerate(factors):
        changed = [*factors[:index], *factors[index + 1 :]]
        yield from _rebuilt(f"the factor {factor} dropped", node, changed)


def _wrong_powers(node: Any, args: list[Any]) -> Iterator[Variant]:
    base, exponent = args
    yield from _rebuilt(f"the exponent {exponent} increased by 1", node, [base, exponent + 1])
    yield from _rebuilt(f"the exponent {exponent} negated", node, [base, -exponent])
    # As an exponent, a large number would be written out: millions of digits.
    if not base.is_Rational or abs(base) <= LARGEST_EXPONENT:
        yield from _rebuilt("base and exponent swapped", node, [exponent, base])


def _wrong_fractions(node: Any, args: list[Any]) -> Iterator[Variant]:
    yield from _rebuilt("numerator and denominator swapped", node, args[::-1])


def _wrong_functions(node: Any, args: list[Any]) -> Iterator[Variant]:
    if len(args) != 1:
        return
    argument = args[0]
    yield f"{node} replaced by its argument", argument
    for word, new in (("negated", -argument), ("doubled", 2 * argument)):
        yield f"the argument of {node} {word}", node.func(new)
    if type(node) in _TAKEN_FOR:
        taken = _TAKEN_FOR[type(node)](argument)
        yield f"{node} replaced by {taken}", taken


_CHANGES: tuple[tuple[Any, Callable[[Any, list[Any]], Iterator[Variant]]], ...] = (
    (sympy.Number, _wrong_numbers),
    (sympy.Add | Plus, _wrong_sums),
    (sympy.Mul | Times, _wrong_products),
    (sympy.Pow | Power, _wrong_powers),
    (Over, _wrong_fractions),
    (sympy.Function, _wrong_functions),
)


def _rebuilt(description: str, node: Any, args: list[Any]) -> Iterator[Variant]:
    """The node on other arguments; an empty sum or product is no form, and its neutral element."""
    if args:
        yield description, node.func(*args)
    else:
        yield description, sympy.Integer(0 if isinstance(node, sympy.Add | Plus) else 1)
