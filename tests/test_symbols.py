"""Symbols carry a domain of real numbers, a meaning, and a definition that cannot change."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import FiniteSet, Integers, Interval, Naturals0, Reals, S, oo

from solgen.errors import QuestionError
from solgen.symbols import free, symbol
from tests.glossary import f, made, x


@pytest.mark.parametrize(
    ("domain", "facts"),
    [
        (Reals, {"is_real": True, "is_positive": None}),
        (Interval.open(0, oo), {"is_positive": True}),
        (Interval(0, oo), {"is_nonnegative": True, "is_positive": None}),
        (Interval.open(-oo, 0), {"is_negative": True}),
        (Interval(-oo, 0), {"is_nonpositive": True, "is_negative": None}),
        (Integers, {"is_integer": True}),
        (Naturals0, {"is_integer": True, "is_nonnegative": True}),
        ({0, 1}, {"is_integer": True, "is_nonnegative": True}),
        (FiniteSet(-1, 1), {"is_integer": True, "is_positive": None}),
    ],
    ids=str,
)
def test_assumptions_follow_from_the_domain(domain: Any, facts: dict[str, Any]) -> None:
    s = made("s", domain)
    assert {name: getattr(s, name) for name in facts} == facts


UNKNOWN = sympy.ConditionSet(sympy.Symbol("v"), sympy.Eq(sympy.Symbol("v") ** 2, 2), Reals)


@pytest.mark.parametrize(
    "domain", [UNKNOWN, S.Complexes, S.EmptySet, set(), [0, 1], None, {0.5}], ids=str
)
def test_a_domain_that_is_no_set_of_real_numbers_is_refused(domain: Any) -> None:
    with pytest.raises(QuestionError) as caught:
        made("s", domain)
    assert "test_symbols" in str(caught.value.where) or "glossary" in str(caught.value.where)


def test_a_definition_must_be_exact() -> None:
    with pytest.raises(QuestionError, match="floating-point"):
        made("s", Reals, value=0.5 * x)


def test_a_definition_cannot_be_changed_and_so_never_leads_back_to_itself() -> None:
    with pytest.raises(AttributeError, match="cannot be changed"):
        f.value = f + 1
    with pytest.raises(AttributeError, match="cannot be changed"):
        f.domain = Reals


def test_two_symbols_of_one_name_are_different_objects() -> None:
    assert made("s", Reals) != made("s", Reals)


def test_two_symbols_of_one_name_are_an_error_where_they_meet() -> None:
    other = sympy.Symbol("x", positive=True)
    with pytest.raises(QuestionError, match="two different symbols are called x") as caught:
        free(x, other)
    assert "made by SymPy" in str(caught.value)


def test_the_symbols_of_both_sides_count() -> None:
    s = made("s", Reals)
    assert free(x + 1, [s, (f,)]) == [f, s, x]


def test_a_word_of_python_is_no_name() -> None:
    with pytest.raises(QuestionError, match="a word of Python"):
        symbol("lambda", Reals, fr="valeur propre", en="eigenvalue")
