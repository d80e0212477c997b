"""A proposal is compared entry by entry, whatever brackets it was typed in."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import ImmutableMatrix, Integer, Tuple

from solgen.entries import layout, pairs, same_layout, shaped

ROW, COLUMN = ImmutableMatrix([[1, 2, 3]]), ImmutableMatrix([1, 2, 3])
SQUARE = ImmutableMatrix([[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("value", "like", "found"),
    [
        (Tuple(1, 2, 3), ROW, ROW),
        (Tuple(1, 2, 3), COLUMN, COLUMN),
        (Tuple(Tuple(1, 2, 3)), ROW, ROW),
        (Tuple(Tuple(1), Tuple(2), Tuple(3)), COLUMN, COLUMN),
        (Tuple(Tuple(1, 2), Tuple(3, 4)), SQUARE, SQUARE),
        (ROW, Tuple(1, 2, 3), Tuple(1, 2, 3)),
        (COLUMN, Tuple(1, 2, 3), Tuple(1, 2, 3)),
        (SQUARE, Tuple(Tuple(0, 0), Tuple(0, 0)), Tuple(Tuple(1, 2), Tuple(3, 4))),
        (Tuple(Tuple(1, 2, 3), SQUARE), Tuple(COLUMN, SQUARE), Tuple(COLUMN, SQUARE)),
        (Tuple(5), Integer(0), Integer(5)),
        # What differs in more than its brackets stays as it is.
        (COLUMN, ROW, COLUMN),
        (Tuple(1, 2), ROW, Tuple(1, 2)),
        (Tuple(1, 2, 3, 4), SQUARE, Tuple(1, 2, 3, 4)),
        (Tuple(Tuple(1, 2), Tuple(3)), SQUARE, Tuple(Tuple(1, 2), Tuple(3))),
        (Integer(5), Tuple(1, 2), Integer(5)),
        (Tuple(), ROW, Tuple()),
    ],
)
def test_only_brackets_are_changed(value: Any, like: Any, found: Any) -> None:
    assert shaped(value, like) == found
    assert type(shaped(value, like)) is type(found)


def test_entries_are_named_by_their_place() -> None:
    value = Tuple(1, SQUARE)
    assert [place for place, _, _ in pairs(value, value)] == [
        "entry 1",
        "entry 2, row 1, column 1",
        "entry 2, row 1, column 2",
        "entry 2, row 2, column 1",
        "entry 2, row 2, column 2",
    ]


def test_layouts_are_told_apart_and_told_in_words() -> None:
    assert not same_layout(ROW, COLUMN)
    assert not same_layout(Tuple(1), Integer(1))
    assert not same_layout(Tuple(Tuple(1), 2), Tuple(1, 2))
    assert same_layout(Tuple(Tuple(1), 2), Tuple(Tuple(3), 4))
    assert [layout(v) for v in (ROW, Tuple(1), Tuple(ROW, 2), Integer(1))] == [
        "a 1 by 3 matrix",
        "a list of 1 entry",
        "a list of 2 entries: a 1 by 3 matrix, a single value",
        "a single value",
    ]
