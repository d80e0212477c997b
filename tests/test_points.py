"""Points lie in the domains, remarkable ones among them, always the same."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import FiniteSet, Integers, Interval, Naturals0, Range, Reals, S, Union, oo, pi, sqrt

from solgen.errors import QuestionError
from solgen.points import MANY, enumerable, enumerate_points, sample
from tests.glossary import made, x, y

DOMAINS = [
    Reals,
    Interval(0, 1),
    Interval.open(0, 1),
    Interval.Lopen(0, 1),
    Interval(0, oo),
    Interval.open(-oo, 3),
    Interval.open(0, pi),
    Naturals0,
    Integers,
    Range(2, 9),
    FiniteSet(-1, sqrt(2)),
    Union(Interval.open(-oo, 0), Interval.open(0, oo)),
]


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
def test_points_lie_in_the_domain_and_repeat_themselves(domain: Any) -> None:
    s = made("s", domain)
    points = [point[s] for point in sample([s], 24)]
    assert len(points) == 24
    assert all(domain.contains(point) is sympy.true for point in points)
    assert points == [point[s] for point in sample([s], 24)]
    assert len(set(points)) >= (2 if isinstance(domain, FiniteSet) else 7)


@pytest.mark.parametrize(
    ("domain", "among", "absent"),
    [
        (Interval(0, 1), {0, 1}, set()),
        (Interval.open(0, 1), {sympy.Rational(1, 10**6)}, {0, 1}),
        (Interval.Lopen(0, 1), {1}, {0}),
        (Interval(0, oo), {0, 1, 100}, {-1}),
        (Reals, {0, 100, -100, sympy.Rational(1, 10**6)}, set()),
        (Naturals0, {0, 1, 100}, {-1}),
        (Union(Interval(-3, -1), Interval(1, 3)), {-3, 3, sympy.Integer(3) - 10 ** -S(6)}, {0}),
        (FiniteSet(0, 1, 7), {0, 1, 7}, set()),
    ],
)
def test_remarkable_points_are_among_them(domain: Any, among: set[Any], absent: set[Any]) -> None:
    s = made("s", domain)
    found = {point[s] for point in sample([s], 24)}
    assert among <= found
    assert not absent & found


def test_two_symbols_of_one_domain_do_not_move_together() -> None:
    other = made("z", Reals)
    pairs = [(point[x], point[other]) for point in sample([x, other], 24)]
    assert sum(one != two for one, two in pairs) > 18


def test_small_finite_domains_are_met_in_all_combinations() -> None:
    letters = [made(f"b_{i}", {0, 1, 2}) for i in range(3)]
    met = {tuple(point[s] for s in letters) for point in sample([*letters, x], 24)}
    assert len(met) == 27


def test_what_is_too_many_to_enumerate_is_sampled() -> None:
    letters = [made(f"b_{i}", set(range(10))) for i in range(4)]
    assert MANY < 10**4
    assert not enumerable(letters)
    assert len(sample(letters, 24)) == 24
    assert enumerable([y])
    assert not enumerable([x])
    assert [point[y] for point in enumerate_points([y])] == [0, 1]


def test_without_symbols_there_is_one_point() -> None:
    assert sample([], 24) == [{}]


def test_a_symbol_without_domain_is_an_error() -> None:
    with pytest.raises(QuestionError, match="the symbol v has no domain"):
        sample([sympy.Symbol("v")], 24)
