"""Exact points inside the domains of symbols, where expressions are compared.

A domain gives its remarkable points first (its ends when they belong to it, neighbours of its
ends and of 0, far away ones), then random ones. Always the same for the same symbols.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from functools import lru_cache

import sympy

from solgen.errors import QuestionError
from solgen.symbols import Symbol

# What is unbounded is sampled mostly within REACH, where a sigmoid visibly saturates, and also at
# FAR, where 40 digits no longer separate it from 0 and 1.
REACH = 6
FAR = 100
NEAR = sympy.Rational(1, 10**6)
MANY = 4096  # points above which a product of finite domains is sampled rather than enumerated

Point = dict[sympy.Symbol, sympy.Expr]


def enumerable(symbols: Sequence[sympy.Symbol]) -> bool:
    """Whether the domains of these symbols are finite, and few points all together."""
    return math.prod(_size(_domain(s)) for s in symbols) <= MANY


def enumerate_points(symbols: Sequence[sympy.Symbol]) -> list[Point]:
    """Every point of the product of finite domains; without symbols, the one empty point."""
    axes = [sorted(_domain(s), key=sympy.default_sort_key) for s in symbols]
    return [dict(zip(symbols, values, strict=True)) for values in itertools.product(*axes)]


def finite_cases(symbols: Sequence[sympy.Symbol]) -> list[Point]:
    """What the symbols of finite domains can be together; empty when nothing, or too much."""
    finite = [s for s in symbols if _size(_domain(s)) < math.inf]
    return enumerate_points(finite) if finite and enumerable(finite) else []


def sample(symbols: Sequence[sympy.Symbol], count: int, seed: int = 0) -> list[Point]:
    """`count` points with rational coordinates inside the symbols' domains, always the same ones.

    Small finite domains are walked through in all their combinations, even when there are more
    than `count`. Without symbols there is exactly one point. Raises QuestionError for a symbol
    without domain.
    """
    if not symbols:
        return [{}]
    grid: list[Point] = finite_cases(symbols) or [{}]
    total = max(count, len(grid))
    points = [dict(grid[index % len(grid)]) for index in range(total)]
    for place, s in enumerate(symbols):
        if s in points[0]:
            continue
        # Each axis in an order of its own, or 0 would only ever meet 0, and an end an end.
        order = random.Random(f"{seed}:{place}")  # noqa: S311 - reproducible on purpose
        values = list(_axis(_domain(s), total, seed))
        order.shuffle(values)
        for point, value in zip(points, values, strict=True):
            point[s] = value
    return points


def _domain(s: sympy.Symbol) -> sympy.Set:
    if isinstance(s, Symbol):
        return s.domain
    raise QuestionError(
        f"the symbol {s.name} has no domain",
        hint=f'make it with symbol("{s.name}", Reals, fr="…", en="…") so that it can be sampled',
    )


def _size(domain: sympy.Set) -> float:
    return len(domain) if isinstance(domain, sympy.FiniteSet) else math.inf


@lru_cache(maxsize=256)
def _axis(domain: sympy.Set, count: int, seed: int) -> tuple[sympy.Expr, ...]:
    """`count` points of one domain: at most half of them remarkable, the others random."""
    if isinstance(domain, sympy.FiniteSet):
        members = sorted(domain, key=sympy.default_sort_key)
        return tuple(itertools.islice(itertools.cycle(members), count))
    rng = random.Random(f"{seed}:{domain}")  # noqa: S311 - reproducible on purpose
    inside = [p for p in _remarkable(domain) if domain.contains(p) is sympy.true]
    found = inside[: count // 2]
    found += [_draw(domain, rng) for _ in range(count - len(found))]
    return tuple(found)


def _remarkable(domain: sympy.Set) -> list[sympy.Expr]:
    """Candidates that random points would miss; the domain's own membership test decides."""
    low, high = domain.inf, domain.sup
    if domain.is_subset(sympy.S.Integers):
        ends = [end + step for end in (low, high) if end.is_finite for step in (0, 1, -1)]
        return list(dict.fromkeys([*ends, *map(sympy.Integer, (0, 1, -1, FAR, -FAR))]))
    ends = [end + step for end in (low, high) if end.is_finite for step in (0, NEAR, -NEAR)]
    found = [*ends, sympy.Integer(0), NEAR, -NEAR]
    if not (low.is_finite and high.is_finite):
        found += [sympy.Integer(FAR), sympy.Integer(-FAR), sympy.Integer(1), sympy.Integer(-1)]
    return list(dict.fromkeys(found))


def _draw(domain: sympy.Set, rng: random.Random) -> sympy.Expr:
    """One random rational (or integer) point of the domain."""
    low, high = _bounds(domain)
    whole = bool(domain.is_subset(sympy.S.Integers))
    for _ in range(200):
        if whole:
            point = sympy.Integer(rng.randint(math.ceil(low), math.floor(high)))
        else:
            point = low + (high - low) * sympy.Rational(rng.randint(1, 996), 997)
        if domain.contains(point) is sympy.true:
            return point
    raise QuestionError(
        f"no point of the domain {domain} was found in 200 draws",
        hint="describe it by intervals, finite sets, or sets of integers",
    )


def _bounds(domain: sympy.Set) -> tuple[sympy.Expr, sympy.Expr]:
    low, high = domain.inf, domain.sup
    if low.is_infinite and high.is_infinite:
        return sympy.Integer(-REACH), sympy.Integer(REACH)
    if low.is_infinite:
        return high - REACH, high
    if high.is_infinite:
        return low, low + REACH
    return low, high
