"""A proposal put into the brackets of the answer, and both of them entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sympy


def shaped(value: Any, like: Any) -> Any:
    """The value in the brackets of `like`, where only the brackets differ.

    A list stands for a row, a column or the rows of a matrix; a matrix stands for a list. A row
    is no column.
    """
    if isinstance(like, sympy.MatrixBase):
        return _as_matrix(value, like)
    if isinstance(like, sympy.Tuple):
        return _as_list(value, like)
    alone = isinstance(value, sympy.Tuple | sympy.MatrixBase) and len(value) == 1
    return shaped(value[0], like) if alone else value


def _as_matrix(value: Any, like: Any) -> Any:
    if not isinstance(value, sympy.Tuple) or not len(value):
        return value
    if _flat(value):
        vector = 1 in like.shape and len(value) == len(like)
        return sympy.ImmutableMatrix(*like.shape, list(value)) if vector else value
    rows = [row for row in value if isinstance(row, sympy.Tuple) and _flat(row)]
    whole = len(rows) == len(value) and len({len(row) for row in rows}) == 1
    return sympy.ImmutableMatrix([list(row) for row in rows]) if whole else value


def _as_list(value: Any, like: Any) -> Any:
    if isinstance(value, sympy.MatrixBase):
        if 1 in value.shape and len(value) == len(like):
            value = sympy.Tuple(*value)
        elif value.rows == len(like):
            value = sympy.Tuple(*(sympy.Tuple(*value.row(row)) for row in range(value.rows)))
    if not isinstance(value, sympy.Tuple) or len(value) != len(like):
        return value
    return sympy.Tuple(*map(shaped, value, like))


def _flat(value: Any) -> bool:
    return not any(isinstance(entry, sympy.Tuple | sympy.MatrixBase) for entry in value)


def layout(value: Any) -> str:
    """How many entries there are, in words."""
    if isinstance(value, sympy.MatrixBase):
        return f"a {value.rows} by {value.cols} matrix"
    if isinstance(value, sympy.Tuple):
        inside = "" if _flat(value) else f": {', '.join(map(layout, value))}"
        return f"a list of {len(value)} entr{'y' if len(value) == 1 else 'ies'}{inside}"
    return "a single value"


def same_layout(value: Any, like: Any) -> bool:
    """Whether both have the same brackets with as many entries."""
    if isinstance(value, sympy.MatrixBase) and isinstance(like, sympy.MatrixBase):
        return bool(value.shape == like.shape)
    if isinstance(value, sympy.Tuple) and isinstance(like, sympy.Tuple):
        return len(value) == len(like) and all(map(same_layout, value, like))
    containers = sympy.MatrixBase | sympy.Tuple
    return not isinstance(value, containers) and not isinstance(like, containers)


def pairs(value: Any, like: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(where, entry, entry of the answer), for two values of the same layout."""
    before = f"{place}, " if place else ""
    if isinstance(like, sympy.MatrixBase):
        for row in range(like.rows):
            for column in range(like.cols):
                at = f"{before}row {row + 1}, column {column + 1}"
                yield at, value[row, column], like[row, column]
    elif isinstance(like, sympy.Tuple):
        for index, (one, other) in enumerate(zip(value, like, strict=True), start=1):
            yield from pairs(one, other, f"{before}entry {index}")
    else:
        yield place, value, like
