"""The arithmetic of exact values: what the signs of mathematics do to SymPy's objects."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import sympy

from solgen.algebra import unfold
from solgen.clock import time_limit
from solgen.exact import canonical
from solgen.syntax import inner
from solgen.values import Beyond, Outside, same_shape

LIMIT_SECONDS = 4.0


def tidy(value: Any) -> Any:
    """A value as it is kept: exact, a 1 by 1 matrix as its entry."""
    if isinstance(value, sympy.MatrixBase):
        return value[0, 0] if value.shape == (1, 1) else sympy.ImmutableMatrix(value)
    if isinstance(value, int | list | tuple):
        return canonical(value)
    return value


def put(expression: Any, old: sympy.Symbol, new: Any) -> Any:
    """The expression with a symbol replaced, everything in it unfolded first."""
    if isinstance(expression, sympy.MatrixBase):
        return expression.applyfunc(lambda entry: put(entry, old, new))
    return unfold(expression).subs(unfold(old), new)


class Exact:
    """SymPy's values: expressions, matrices and tuples."""

    def number(self, text: str) -> Any:
        return sympy.Rational(text)

    def constant(self, name: str) -> Any:
        known = {"e": sympy.E, r"\pi": sympy.pi, r"\infty": sympy.oo}
        return known.get(name)

    def add(self, left: Any, right: Any) -> Any:
        same_shape(left, right, sympy.MatrixBase)
        if isinstance(left, sympy.Tuple) or isinstance(right, sympy.Tuple):
            raise Beyond("a sum of lists")
        return left + right

    def negative(self, value: Any) -> Any:
        return sympy.Tuple(*(-v for v in value)) if isinstance(value, sympy.Tuple) else -value

    def product(self, factors: Sequence[Any]) -> Any:
        return reduce(self._two, factors)

    def multiply(self, factors: Sequence[Any]) -> Any:
        return reduce(self._two, factors, sympy.Integer(1))

    def _two(self, left: Any, right: Any) -> Any:
        for one, other in ((left, right), (right, left)):
            if isinstance(other, sympy.Tuple):
                if isinstance(one, sympy.Expr):
                    return sympy.Tuple(*(self._two(one, entry) for entry in other))
                raise Beyond("a product of lists")
        try:
            return tidy(left * right)
        except (TypeError, sympy.ShapeError) as error:
            raise Beyond(f"this product: {error}") from None

    def entrywise(self, left: Any, right: Any) -> Any:
        if isinstance(left, sympy.MatrixBase) and isinstance(right, sympy.MatrixBase):
            return sympy.ImmutableMatrix(left.multiply_elementwise(right))
        return self._two(left, right)

    def quotient(self, top: Any, bottom: Any) -> Any:
        if not isinstance(bottom, sympy.Expr):
            raise Beyond("a division by what is no number")
        return self._two(top, 1 / bottom)

    def root(self, value: Any, order: Any) -> Any:
        return self.power(value, sympy.Integer(1) / order)

    def power(self, base: Any, exponent: Any) -> Any:
        if isinstance(base, sympy.MatrixBase):
            if exponent.is_Integer:
                return tidy(base**exponent)
            raise Beyond("a matrix to a power that is no integer")
        if not isinstance(base, sympy.Expr) or not isinstance(exponent, sympy.Expr):
            raise Beyond("this power")
        return base**exponent

    def transpose(self, value: Any) -> Any:
        return value.T if isinstance(value, sympy.MatrixBase) else value

    def index(self, value: Any) -> Any:
        return int(value) if getattr(value, "is_Integer", False) else value

    def entry(self, value: Any, indices: list[Any]) -> Any:
        if isinstance(value, sympy.Tuple) and len(indices) == 1 and isinstance(indices[0], int):
            if 0 <= indices[0] < len(value):
                return value[indices[0]]
            raise Outside(indices[0])
        raise Beyond("an index on what is no family")

    def sequence(self, values: list[Any]) -> Any:
        return sympy.Tuple(*values)

    def matrix(self, rows: list[list[Any]]) -> Any:
        try:
            return tidy(sympy.ImmutableMatrix(rows))
        except (TypeError, ValueError) as error:
            raise Beyond(f"this matrix: {error}") from None

    def bars(self, kind: str, value: Any) -> Any:
        if kind == "LABS" and isinstance(value, sympy.Expr):
            return sympy.Abs(value)
        if kind == "LFLOOR":
            return sympy.floor(value)
        if kind == "LCEIL":
            return sympy.ceiling(value)
        if kind == "LNORM" and isinstance(value, sympy.MatrixBase) and 1 in value.shape:
            return sympy.sqrt(sum(v**2 for v in value))
        raise Beyond("these bars")

    def sum(self, terms: Sequence[Any]) -> Any:
        return reduce(self.add, terms) if terms else sympy.Integer(0)

    def members(self, _values: Any) -> list[Any]:
        raise Beyond("a sum over a set, exactly")

    def log_base(self, name: str, arguments: list[Any], base: Any) -> Any:
        if name != r"\log" or len(arguments) != 1:
            raise Beyond(f"{name} with an index")
        return sympy.log(arguments[0]) / sympy.log(base)

    def apply(self, name: str, arguments: list[Any]) -> Any:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise Beyond(f"the function {name}, which the reader does not know")
        try:
            return function(*arguments)
        except (TypeError, ValueError, AttributeError) as error:
            raise Beyond(f"{name} of this: {error}") from None

    def unbounded(self, reader: Any, sign: str, scripts: list[Any], body: Any) -> Any:
        """A sum or product whose bounds are no numbers, left to SymPy; otherwise None."""
        if len(scripts) < 2:
            return None
        condition: Any = inner(scripts[0]).children[0]
        if getattr(condition, "data", "") != "condition" or str(condition.children[1]) != "=":
            return None
        first = reader.value(condition.children[2])
        last = reader.inside(scripts[1])
        if first.is_Integer and last.is_Integer:
            return None
        name = next(str(t) for t in condition.children[0].scan_values(lambda _: True))
        index = sympy.Dummy("k", integer=True)
        inside = reader.under({name: index}).value(body)
        if not isinstance(inside, sympy.Expr):
            raise Beyond("a sum of what is no number")
        kind = sympy.Sum if sign == r"\sum" else sympy.Product
        return kind(inside, (index, first, last))

    def extreme(self, reader: Any, sign: str, script: Any, body: Any) -> Any:
        """A limit; the largest and least values are beyond the reader."""
        condition: Any = inner(script).children[0]
        if sign != r"\lim" or str(condition.children[1]) != "->":
            raise Beyond(f"{sign}, which the reader does not compute")
        variable, end = reader.value(condition.children[0]), reader.value(condition.children[2])
        expression = unfold(reader.value(body))
        if not isinstance(variable, sympy.Symbol):
            raise Beyond("a limit in what is no symbol")
        try:
            with time_limit(LIMIT_SECONDS):
                return sympy.limit(expression, unfold(variable), end)
        except (TimeoutError, NotImplementedError) as error:
            raise Beyond("a limit that SymPy does not find") from error


def _softmax(*values: Any) -> Any:
    entries = list(values[0]) if len(values) == 1 else list(values)
    total = sympy.Add(*map(sympy.exp, entries))
    return sympy.Tuple(*(sympy.exp(v) / total for v in entries))


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    r"\log": sympy.log,
    r"\ln": sympy.log,
    r"\exp": sympy.exp,
    r"\sin": sympy.sin,
    r"\cos": sympy.cos,
    r"\tan": sympy.tan,
    r"\sinh": sympy.sinh,
    r"\cosh": sympy.cosh,
    r"\tanh": sympy.tanh,
    r"\arctan": sympy.atan,
    r"\max": sympy.Max,
    r"\min": sympy.Min,
    r"\det": lambda m: m.det(),
    r"\operatorname{tr}": lambda m: m.trace(),
    r"\operatorname{diag}": lambda v: sympy.diag(*v),
    r"\operatorname{sigmoid}": lambda a: 1 / (1 + sympy.exp(-a)),
    r"\operatorname{softmax}": _softmax,
    r"\operatorname{sign}": sympy.sign,
}
