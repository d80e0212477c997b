"""Exact proofs of what sampling has accepted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from solgen.clock import time_limit
from solgen.points import Point

MOST_CASES = 8
PROOF_SECONDS = 4.0  # what one attempt may take; sampling stands without it


def proof(left: Any, right: Any, cases: list[Point]) -> str:
    """The name of a method that shows left = right, or an empty string.

    `cases` are the values that symbols of finite domains take together. Called for what already
    agrees at many points, so that a fault of SymPy's simplification alone cannot make a wrong
    equality pass.
    """
    if left == right:
        return "identity"
    if cases and all(left.xreplace(case) == right.xreplace(case) for case in cases):
        return "enumeration"
    if not isinstance(left, sympy.Expr) or not isinstance(right, sympy.Expr):
        return ""
    method = _vanishes(left - right)
    if not method and 1 < len(cases) <= MOST_CASES:
        found = [_vanishes((left - right).xreplace(case)) for case in cases]
        method = f"case by case: {', '.join(dict.fromkeys(found))}" if all(found) else ""
    return method


def _vanishes(gap: Any) -> str:
    """The name of a transformation that turns the expression into 0, or an empty string."""
    for name, transform in _METHODS:
        try:
            with time_limit(PROOF_SECONDS):
                if transform(gap) == 0:
                    return name
        # A transformation that gives up proves nothing; the sampled verdict then stands.
        except (TimeoutError, sympy.PolynomialError, NotImplementedError, RecursionError):
            continue
    return ""


def _cancelled(gap: Any) -> Any:
    return sympy.cancel(sympy.together(sympy.expand(gap)))


_METHODS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("expansion", sympy.expand),
    ("rational normal form", lambda gap: sympy.cancel(sympy.together(gap))),
    ("exponentials", lambda gap: _cancelled(gap.rewrite(sympy.exp))),
    ("simplification", sympy.simplify),
)
