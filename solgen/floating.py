"""The arithmetic of numbers: Python's, and NumPy's arrays of two axes.

A vector is a column; a product is the matrix product unless one factor is a scalar.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

import numpy as np
import sympy

from solgen.values import Beyond, Members, Outside, same_shape

MOST_MEMBERS = 5000  # of a set that a sum runs over


class Floating:
    """Numbers: Python's, and NumPy's arrays of two axes."""

    def number(self, text: str) -> Any:
        return float(text) if "." in text else int(text)

    def constant(self, name: str) -> Any:
        known = {"e": math.e, r"\pi": math.pi, r"\infty": math.inf, r"\boldsymbol{0}": 0.0}
        return known.get(name)

    def add(self, left: Any, right: Any) -> Any:
        left, right = _columns(left), _columns(right)
        same_shape(left, right, np.ndarray)
        return left + right

    def negative(self, value: Any) -> Any:
        return -_columns(value)

    def product(self, factors: Sequence[Any]) -> Any:
        return reduce(self._two, factors)

    def multiply(self, factors: Sequence[Any]) -> Any:
        return reduce(self._two, factors, 1)

    def _two(self, left: Any, right: Any) -> Any:
        left, right = _columns(left), _columns(right)
        if not (isinstance(left, np.ndarray) and isinstance(right, np.ndarray)):
            return left * right
        if left.shape[1] != right.shape[0]:
            raise Beyond(f"a product of the shapes {left.shape} and {right.shape}")
        return tidy(left @ right)

    def entrywise(self, left: Any, right: Any) -> Any:
        left, right = _columns(left), _columns(right)
        both = isinstance(left, np.ndarray) and isinstance(right, np.ndarray)
        if both and left.shape != right.shape:
            raise Beyond(f"the shapes {left.shape} and {right.shape} side by side")
        return left * right

    def quotient(self, top: Any, bottom: Any) -> Any:
        top, bottom = _columns(top), _columns(bottom)
        if isinstance(top, np.ndarray) and isinstance(bottom, np.ndarray):
            same_shape(top, bottom, np.ndarray)
        with np.errstate(all="ignore"):
            try:
                return top / bottom
            except (ZeroDivisionError, OverflowError):
                return math.nan

    def root(self, value: Any, order: Any) -> Any:
        with np.errstate(all="ignore"):
            return np.sqrt(value) if order == 2 else np.asarray(value, float) ** (1 / order)

    def power(self, base: Any, exponent: Any) -> Any:
        base = _columns(base)
        square = isinstance(base, np.ndarray) and base.shape[0] == base.shape[1]
        if square and isinstance(exponent, int):
            return np.linalg.matrix_power(base, exponent)
        if isinstance(exponent, np.ndarray):
            raise Beyond("an exponent that is no number")
        with np.errstate(all="ignore"):
            try:
                found = base ** (
                    float(exponent) if isinstance(base, int) and exponent < 0 else exponent
                )
            except (ZeroDivisionError, OverflowError):
                return math.nan
        return math.nan if isinstance(found, complex) else found

    def transpose(self, value: Any) -> Any:
        value = _columns(value)
        return value.T if isinstance(value, np.ndarray) else value

    def index(self, value: Any) -> Any:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return int(value) if isinstance(value, int | np.integer) else value

    def entry(self, value: Any, indices: list[Any]) -> Any:
        """An entry, row or column of an array, indices from 1."""
        value = _columns(value)
        if not isinstance(value, np.ndarray) or not 1 <= len(indices) <= 2:
            raise Beyond("an index on what is no family and no array")
        if len(indices) == 1 and 1 not in value.shape:
            raise Beyond("one index on a matrix")
        flat = len(indices) == 1
        array = value.reshape(-1) if flat else value
        where = []
        for axis, index in enumerate(indices):
            if index == ":":
                where.append(slice(None))
            elif isinstance(index, int) and 1 <= index <= array.shape[axis]:
                where.append(slice(index - 1, index))
            else:
                raise Outside(index)
        found = array[tuple(where)]
        column = found.reshape(-1, 1) if 1 in found.shape else found
        return tidy(column)

    def sequence(self, values: list[Any]) -> Any:
        return tuple(values)

    def matrix(self, rows: list[list[Any]]) -> Any:
        try:
            blocks = [[np.atleast_2d(_columns(cell)) for cell in row] for row in rows]
            return tidy(np.block(blocks).astype(float))
        except (ValueError, TypeError) as error:
            raise Beyond(f"this matrix: {error}") from None

    def bars(self, kind: str, value: Any) -> Any:
        value = _columns(value)
        array = isinstance(value, np.ndarray)
        if kind == "LABS" and not array:
            return abs(value)
        if kind == "LNORM":
            return float(np.linalg.norm(value, 2)) if array else abs(value)
        if kind in ("LFLOOR", "LCEIL") and not array:
            return math.floor(value) if kind == "LFLOOR" else math.ceil(value)
        raise Beyond("these bars")

    def sum(self, terms: Sequence[Any]) -> Any:
        return reduce(self.add, terms) if terms else 0

    def members(self, values: Any) -> list[Any]:
        if isinstance(values, Members) and len(values.values) ** values.size <= MOST_MEMBERS:
            if values.size == 1:
                return list(values.values)
            grid = np.meshgrid(*[values.values] * values.size, indexing="ij")
            return [
                np.array(p, float).reshape(-1, 1) for p in zip(*(g.flat for g in grid), strict=True)
            ]
        raise Beyond("a set that is not written out")

    def log_base(self, name: str, arguments: list[Any], base: Any) -> Any:
        if name != r"\log" or len(arguments) != 1:
            raise Beyond(f"{name} with an index")
        return np.log(arguments[0]) / np.log(base)

    def apply(self, name: str, arguments: list[Any]) -> Any:
        function = _FUNCTIONS.get(name)
        if function is None:
            raise Beyond(f"the function {name}, which the reader does not know")
        try:
            with np.errstate(all="ignore"):
                return tidy(function(*map(_columns, arguments)))
        except (TypeError, ValueError, np.linalg.LinAlgError) as error:
            raise Beyond(f"{name} of this: {error}") from None

    def unbounded(self, *_: Any) -> Any:
        return None

    def extreme(self, _reader: Any, sign: str, *_: Any) -> Any:
        raise Beyond(f"{sign}, which the reader does not compute on numbers")


def _columns(value: Any) -> Any:
    """Lists as columns, so that [1, 2] and a vector are one thing."""
    if isinstance(value, tuple):
        try:
            return tidy(np.array([float(v) for v in value]).reshape(-1, 1))
        except (TypeError, ValueError):
            raise Beyond("arithmetic on a list of what are no numbers") from None
    if isinstance(value, bool) or not isinstance(value, int | float | np.ndarray | np.number):
        raise Beyond(f"arithmetic on {type(value).__name__}")
    return value


def tidy(value: Any) -> Any:
    """A value as numbers: SymPy's become floats, vectors columns, 1 by 1 arrays scalars."""
    if isinstance(value, sympy.MatrixBase):
        value = np.array(value.tolist(), dtype=float)
    if isinstance(value, sympy.Tuple | list):
        return tuple(tidy(entry) for entry in value)
    if isinstance(value, sympy.Integer):
        return int(value)
    if isinstance(value, sympy.Expr):
        return float(value)
    if isinstance(value, np.bool_ | np.integer):
        return int(value)
    if isinstance(value, np.floating):
        return float(value)
    if not isinstance(value, np.ndarray):
        return value
    if value.ndim == 0 or value.size == 1:
        return float(value.reshape(-1)[0])
    return value.reshape(-1, 1) if value.ndim == 1 else value


def _softmax(*values: Any) -> Any:
    vector = np.asarray(values[0] if len(values) == 1 else values, float).reshape(-1, 1)
    exponentials = np.exp(vector - vector.max())
    return exponentials / exponentials.sum()


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    r"\log": np.log,
    r"\ln": np.log,
    r"\exp": np.exp,
    r"\sin": np.sin,
    r"\cos": np.cos,
    r"\tan": np.tan,
    r"\sinh": np.sinh,
    r"\cosh": np.cosh,
    r"\tanh": np.tanh,
    r"\arctan": np.arctan,
    r"\max": lambda *v: float(np.max(v)),
    r"\min": lambda *v: float(np.min(v)),
    r"\det": np.linalg.det,
    r"\operatorname{tr}": np.trace,
    r"\operatorname{diag}": lambda v: np.diag(np.reshape(v, -1)),
    r"\operatorname{sigmoid}": lambda a: 1 / (1 + np.exp(-a)),
    r"\operatorname{softmax}": _softmax,
    r"\operatorname{sign}": np.sign,
}
