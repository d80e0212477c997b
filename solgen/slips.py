"""Slips: the changes of one place of an expression, as one makes them by hand.

Each has the name of its kind, an *operator*: `OPERATORS` says what each one stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sympy

from solgen.forms import Over, Plus, Power, Times

OPERATORS = {
    "sign": "a sign changed",
    "term": "a term of a sum dropped",
    "factor": "a factor of a product dropped",
    "factor 2": "something doubled",
    "exponent": "an exponent increased or negated",
    "index": "an integer symbol, or a bound, moved by 1",
    "digit": "1 added to, or taken from, a number or its last digit",
    "sides": "two sides exchanged: of a fraction, a power, an inequality",
    "order": "entries in another order",
    "length": "an entry, a row or a column too many or too few",
    "transpose": "a matrix transposed, or in another shape",
    "symbols": "two symbols taken for each other",
    "function": "a function taken for another, or left out",
    "branch": "the wrong case: of a maximum, an absolute value, a rounding, a condition",
    "nan": "something undefined",
}


@dataclass(frozen=True)
class Change:
    """One way to go wrong: its operator, what it does, and the function that does it."""

    operator: str
    text: str
    make: Callable[[], Any]


_TAKEN_FOR = {
    sympy.exp: sympy.log,
    sympy.log: sympy.exp,
    sympy.sin: sympy.cos,
    sympy.cos: sympy.sin,
    sympy.tanh: sympy.exp,
}
_BRANCHES = {
    sympy.floor: sympy.ceiling,
    sympy.ceiling: sympy.floor,
    sympy.Max: sympy.Min,
    sympy.Min: sympy.Max,
    sympy.Gt: sympy.Ge,
    sympy.Ge: sympy.Gt,
    sympy.Lt: sympy.Le,
    sympy.Le: sympy.Lt,
}
LARGEST_EXPONENT = 1000
_TAKES_BOUND = (sympy.Derivative, sympy.Lambda, sympy.Subs)  # whose arguments are not all values
_RANGES = (sympy.Sum, sympy.Product)


def slips(expression: Any) -> Iterator[Change]:
    """Every change of this node or of one below it."""
    yield from _here(expression)
    if isinstance(expression, _TAKES_BOUND):
        return
    below = expression.args[:1] if isinstance(expression, _RANGES) else expression.args
    for index, arg in enumerate(below):
        for change in slips(arg):

            def make(index: int = index, change: Change = change) -> Any:
                args = [*expression.args[:index], change.make(), *expression.args[index + 1 :]]
                return expression.func(*args)

            yield replace(change, make=make)


def _here(node: Any) -> Iterator[Change]:
    """Every change of this node itself."""
    for kinds, ways in _WAYS:
        if isinstance(node, kinds):
            yield from ways(node, list(node.args))
            return
    if type(node) in _BRANCHES:
        text = f"{node} with the other inequality"
        yield Change("branch", text, lambda: _BRANCHES[type(node)](*node.args))
        if node.args[0] != node.args[1]:
            yield Change(
                "sides", f"the sides of {node} exchanged", lambda: node.func(*node.args[::-1])
            )


def _numbers(node: Any, _: list[Any]) -> Iterator[Change]:
    others = [("digit", node + 1), ("digit", node - 1)]
    if node != 0:
        others.append(("sign", -node))
    if node.is_Rational and not node.is_Integer:
        others += [("digit", node + sympy.Rational(step, node.q)) for step in (1, -1)]
    for operator, other in others:
        yield Change(operator, f"{node} replaced by {other}", partial(_itself, other))


def _symbols(node: Any, _: list[Any]) -> Iterator[Change]:
    if node.is_integer:
        for other in (node + 1, node - 1):
            yield Change("index", f"{node} replaced by {other}", partial(_itself, other))


def _sums(node: Any, terms: list[Any]) -> Iterator[Change]:
    yield Change("sign", f"the sum {node} negated", lambda: -node)
    for index, term in enumerate(terms):
        for operator, word, new in (
            ("sign", "negated", [-term]),
            ("factor 2", "doubled", [2 * term]),
            ("term", "dropped", []),
        ):
            if term != 0:
                changed = [*terms[:index], *new, *terms[index + 1 :]]
                yield _rebuilt(operator, f"the term {term} {word}", node, changed)


def _products(node: Any, factors: list[Any]) -> Iterator[Change]:
    for index, factor in enumerate(factors):
        if factor != 1:
            changed = [*factors[:index], *factors[index + 1 :]]
            operator = "sign" if factor == -1 else "factor"
            yield _rebuilt(operator, f"the factor {factor} dropped", node, changed)


def _powers(node: Any, args: list[Any]) -> Iterator[Change]:
    base, exponent = args
    yield _rebuilt(
        "exponent", f"the exponent {exponent} increased by 1", node, [base, exponent + 1]
    )
    if exponent != 0:
        yield _rebuilt("exponent", f"the exponent {exponent} negated", node, [base, -exponent])
    # As an exponent, a large number would be written out: millions of digits.
    small = not base.is_Rational or abs(base) <= LARGEST_EXPONENT
    if small and base != exponent:
        yield _rebuilt("sides", "base and exponent swapped", node, [exponent, base])


def _fractions(node: Any, args: list[Any]) -> Iterator[Change]:
    if args[0] != args[1]:
        yield _rebuilt("sides", "numerator and denominator swapped", node, args[::-1])
    yield Change("sides", f"{node} multiplied out", lambda: args[0] * args[1])


def _functions(node: Any, args: list[Any]) -> Iterator[Change]:
    if len(args) != 1:
        return
    argument = args[0]
    left_out = "branch" if isinstance(node, sympy.Abs | sympy.floor | sympy.ceiling) else "function"
    yield Change(left_out, f"{node} replaced by its argument", lambda: argument)
    if node.func(-argument) != node:  # else it is an even function
        made = f"the argument of {node} negated"
        yield Change("sign", made, lambda: node.func(-argument))
    if argument != 0:
        doubled = f"the argument of {node} doubled"
        yield Change("factor 2", doubled, lambda: node.func(2 * argument))
    for operator, table in (("function", _TAKEN_FOR), ("branch", _BRANCHES)):
        if type(node) in table:
            other = table[type(node)]
            text = f"{other.__name__} instead of {node}"
            yield Change(operator, text, partial(other, argument))


def _extremes(node: Any, args: list[Any]) -> Iterator[Change]:
    yield Change("branch", f"the other extreme of {node}", lambda: _BRANCHES[type(node)](*args))
    for arg in args:
        yield Change("branch", f"{node} replaced by {arg}", partial(_itself, arg))


def _ranges(node: Any, args: list[Any]) -> Iterator[Change]:
    index, low, high = args[1]
    for text, bounds in (
        ("the lower bound moved by 1", (index, low + 1, high)),
        ("the upper bound moved by 1", (index, low, high + 1)),
        ("the upper bound moved by -1", (index, low, high - 1)),
    ):
        yield Change("index", text, partial(node.func, args[0], bounds, *args[2:]))


_WAYS: tuple[tuple[Any, Callable[[Any, list[Any]], Iterator[Change]]], ...] = (
    (sympy.Number, _numbers),
    (sympy.Symbol, _symbols),
    (sympy.Add | Plus, _sums),
    (sympy.Mul | Times, _products),
    (sympy.Pow | Power, _powers),
    (Over, _fractions),
    (_RANGES, _ranges),
    (sympy.Max | sympy.Min, _extremes),
    (sympy.Function, _functions),
)


def _itself(value: Any) -> Any:
    return value


def _rebuilt(operator: str, text: str, node: Any, args: list[Any]) -> Change:
    """The node on other arguments; an empty sum or product is no form, and its neutral element."""
    if args:
        return Change(operator, text, lambda: node.func(*args))
    neutral = sympy.Integer(0 if isinstance(node, sympy.Add | Plus) else 1)
    return Change(operator, text, lambda: neutral)
