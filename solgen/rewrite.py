"""The same answer written otherwise: what everything that guards it must accept.

A rewriting keeps the value on the symbols' domains; that is looked at, never taken for granted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import sympy

from solgen.algebra import canonical, unfold
from solgen.forms import Form, Over, Plus, Power, Times, over, plus, power, times
from solgen.slips import Change

REWRITINGS = {
    "reordered": "sums and products written backwards",
    "unfolded": "every symbol replaced by its definition",
    "expanded": "multiplied out",
    "factored": "factored",
    "one fraction": "brought to one fraction, and reduced",
    "minus minus": "the opposite of the opposite",
    "reciprocal": "a fraction as a product with a power of -1",
    "powers spelled": "small powers as products",
    "exponentials split": "the exponential of a sum as a product",
    "logarithm split": "the logarithm of a positive quotient as a difference",
    "terms added": "a number added, and taken away",
    "factors added": "doubled, and halved",
    "numbers split": "a number as a sum",
    "index renamed": "another letter for the index of a sum",
    "rebuilt": "a matrix made anew from its entries",
}
LARGEST_SPELLED = 4


def rewritings(answer: Any) -> Iterator[Change]:
    """Every rewriting that changes how the answer is written; in a sequence, in every entry."""
    answer = canonical(answer)
    if isinstance(answer, sympy.MatrixBase):
        yield Change("rebuilt", REWRITINGS["rebuilt"], lambda: sympy.Matrix(answer.tolist()))
    if isinstance(answer, sympy.Set) or not isinstance(answer, sympy.Basic | sympy.MatrixBase):
        return
    for operator, way in _WAYS.items():
        rewritten = _everywhere(answer, way)
        if rewritten != answer:
            yield Change(operator, REWRITINGS[operator], partial(_itself, rewritten))


def _itself(value: Any) -> Any:
    return value


def _everywhere(answer: Any, way: Callable[[Any], Any]) -> Any:
    """The answer with its entries rewritten, or itself if it has none."""
    if isinstance(answer, sympy.Tuple):
        return sympy.Tuple(*[_everywhere(entry, way) for entry in answer])
    if isinstance(answer, sympy.MatrixBase):
        return answer.applyfunc(way)
    return way(answer) if isinstance(answer, sympy.Expr) else answer


def _below(node: Any, way: Callable[[Any], Any]) -> Any:
    """The node rebuilt with `way` applied to what stands below it, where that is a value."""
    if not node.args or isinstance(node, sympy.Derivative | sympy.Sum | sympy.Product):
        return node
    args = [way(arg) if isinstance(arg, sympy.Expr) else arg for arg in node.args]
    same = all(new is old for new, old in zip(args, node.args, strict=True))
    return node if same else node.func(*args)


def _reordered(node: Any) -> Any:
    rebuilt = _below(node, _reordered)
    if isinstance(rebuilt, sympy.Add | Plus):
        return plus(*rebuilt.args[::-1])
    if isinstance(rebuilt, sympy.Mul | Times):
        return times(*rebuilt.args[::-1])
    return rebuilt


def _by_sympy(transform: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def way(expression: Any) -> Any:
        plain = unfold(expression)
        done = transform(plain)
        return expression if done == plain else done

    return way


def _reciprocal(node: Any) -> Any:
    rebuilt = _below(node, _reciprocal)
    if isinstance(rebuilt, Over):
        return times(rebuilt.args[0], power(rebuilt.args[1], -1))
    if isinstance(rebuilt, sympy.Pow) and rebuilt.exp == -1:
        return over(1, rebuilt.base)
    if isinstance(rebuilt, sympy.Rational) and not rebuilt.is_Integer:
        return times(rebuilt.p, power(rebuilt.q, -1))
    return rebuilt


def _spelled(node: Any) -> Any:
    rebuilt = _below(node, _spelled)
    if isinstance(rebuilt, sympy.Pow | Power):
        base, exponent = rebuilt.args
        if exponent.is_Integer and 2 <= exponent <= LARGEST_SPELLED:
            return times(*[base] * int(exponent))
    return rebuilt


def _exponentials(node: Any) -> Any:
    rebuilt = _below(node, _exponentials)
    if isinstance(rebuilt, sympy.exp) and isinstance(rebuilt.args[0], sympy.Add | Plus):
        return times(*map(sympy.exp, rebuilt.args[0].args))
    return rebuilt


def _logarithms(node: Any) -> Any:
    rebuilt = _below(node, _logarithms)
    if isinstance(rebuilt, sympy.log) and isinstance(rebuilt.args[0], Over):
        top, bottom = rebuilt.args[0].args
        if top.doit().is_positive and bottom.doit().is_positive:
            return plus(sympy.log(top), -sympy.log(bottom))
    return rebuilt


def _numbers(node: Any) -> Any:
    if isinstance(node, sympy.Integer) and abs(node) > 1:
        return plus(node - 1, 1)
    if isinstance(node, sympy.Rational) and not node.is_Integer:
        return over(node.p, node.q)
    return _below(node, _numbers) if isinstance(node, Form | sympy.Add | sympy.Mul) else node


def _renamed(node: Any) -> Any:
    if isinstance(node, sympy.Sum | sympy.Product) and len(node.limits) == 1:
        index, low, high = node.limits[0]
        other = sympy.Dummy(f"{index.name}_", integer=True)
        return node.func(node.function.xreplace({index: other}), (other, low, high))
    return _below(node, _renamed)


_WAYS: dict[str, Callable[[Any], Any]] = {
    "reordered": _reordered,
    "unfolded": unfold,
    "expanded": _by_sympy(sympy.expand),
    "factored": _by_sympy(sympy.factor),
    "one fraction": _by_sympy(lambda plain: sympy.cancel(sympy.together(plain))),
    "minus minus": lambda node: times(-1, times(-1, node)),
    "reciprocal": _reciprocal,
    "powers spelled": _spelled,
    "exponentials split": _exponentials,
    "logarithm split": _logarithms,
    "terms added": lambda node: plus(node, 1, -1),
    "factors added": lambda node: times(2, node, sympy.Rational(1, 2)),
    "numbers split": _numbers,
    "index renamed": _renamed,
}
