"""The arithmetic that a reader needs: that of exact values, or that of numbers.

Both have the same operations, so that one reader serves both.
"""

from __future__ import annotations

from typing import Any

from solgen import floating, symbolic

Arithmetic = symbolic.Exact | floating.Floating


def arithmetic(*, exact: bool) -> Arithmetic:
    """The arithmetic of exact values, or of numbers."""
    return symbolic.Exact() if exact else floating.Floating()


def tidy(value: Any, *, exact: bool) -> Any:
    """A value as its arithmetic keeps it."""
    return symbolic.tidy(value) if exact else floating.tidy(value)
