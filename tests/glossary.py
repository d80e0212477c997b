"""Symbols that several test modules use."""

from __future__ import annotations

from typing import Any

from sympy import Interval, Naturals, Reals, exp, oo

from solgen.symbols import Symbol, symbol


def made(name: str, domain: Any, **more: Any) -> Symbol:
    return symbol(name, domain, fr="sens", en="meaning", **more)


x = made("x", Reals)
u = made("u", Reals)
y = made("y", {0, 1})
t = made("t", Interval(0, oo))
n = made("n", Naturals)
k = made("k", Naturals)
f = made("f", Interval.open(0, 1), value=1 / (1 + exp(-x)))
