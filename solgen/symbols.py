"""Symbols that carry their domain and their meaning."""

from __future__ import annotations

import itertools
import keyword
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy

from solgen.author import statement
from solgen.errors import QuestionError, Where
from solgen.exact import canonical
from solgen.text import Text, clean


class Symbol(sympy.Symbol):
    """A SymPy symbol with its domain, its meaning and, if it abbreviates something, its value.

    Two symbols of the same name in two questions are different objects: SymPy's cache must never
    hand one question the other's domain. A definition cannot be changed once it is made, and so
    can never lead back to itself.
    """

    domain: sympy.Set
    meaning: Text
    value: Any
    latex: str | None
    where: Where

    def _hashable_content(self) -> tuple[Any, ...]:
        return (*super()._hashable_content(), id(self))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in Symbol.__annotations__ and name in self.__dict__:
            raise AttributeError(
                f"the {name} of {self.name} cannot be changed; make another symbol"
            )
        super().__setattr__(name, value)


@dataclass(frozen=True, eq=False)
class Term:
    """A piece of notation that is printed and explained but not computed with.

    `latex` is what is printed, without dollars.
    """

    latex: str
    meaning: Text
    where: Where

    def __init__(self, latex: str, /, **meaning: str) -> None:
        where = statement()
        object.__setattr__(self, "latex", clean(latex, where))
        object.__setattr__(self, "meaning", Text.at(where, meaning))
        object.__setattr__(self, "where", where)


def symbol(
    name: str,
    domain: sympy.Set | Iterable[int],
    /,
    *,
    value: Any = None,
    latex: str | None = None,
    **meaning: str,
) -> Symbol:
    """Return a symbol living in `domain` (a SymPy set, or a Python set of numbers).

    `value` says what it abbreviates, in terms of symbols made before; the keyword arguments left
    (`fr=`, `en=`) say what it means. Raises QuestionError on a domain that is not a set of real
    numbers, on a value that is not exact, and on a name that is a word of Python.
    """
    where = statement()
    if keyword.iskeyword(name):
        raise QuestionError(
            f"a symbol is named {name!r}, a word of Python: nobody could type a formula with it",
            where,
            'name it otherwise: symbol("lamda", …) prints λ' if name == "lambda" else "rename it",
        )
    try:
        space = _as_set(name, domain)
        definition = None if value is None else canonical(value)
    except QuestionError as error:
        error.where = where
        raise
    made: Symbol = sympy.Symbol.__xnew__(Symbol, name, **_assumptions(space))
    made.domain = space
    made.meaning = Text.at(where, meaning)
    made.value = definition
    made.latex = None if latex is None else clean(latex, where)
    made.where = where
    return made


def _as_set(name: str, domain: Any) -> sympy.Set:
    space = domain
    if isinstance(domain, set | frozenset):
        space = sympy.FiniteSet(*map(canonical, domain))
    if not isinstance(space, sympy.Set):
        raise QuestionError(
            f"the domain of {name} is {domain!r}",
            hint="give a SymPy set such as Reals or Interval.open(0, 1), or a Python set such as "
            "{0, 1}",
        )
    if space.is_empty:
        raise QuestionError(f"the domain of {name} is empty", hint="say where it lives")
    try:
        real = space.is_subset(sympy.S.Reals) and bool(space.inf <= space.sup)
    except NotImplementedError:  # SymPy knows no points of it
        real = False
    if not real:
        raise QuestionError(
            f"the domain of {name}, {space}, is no set of real numbers whose points can be found",
            hint="describe it by intervals, finite sets, or sets of integers",
        )
    return space


def _assumptions(domain: sympy.Set) -> dict[str, bool]:
    """What SymPy may assume of a symbol of this domain."""
    facts = {"real": True}
    if domain.is_subset(sympy.S.Integers):
        facts["integer"] = True
    if domain.is_subset(sympy.Interval.open(0, sympy.oo)):
        facts["positive"] = True
    elif domain.is_subset(sympy.Interval(0, sympy.oo)):
        facts["nonnegative"] = True
    elif domain.is_subset(sympy.Interval.open(-sympy.oo, 0)):
        facts["negative"] = True
    elif domain.is_subset(sympy.Interval(-sympy.oo, 0)):
        facts["nonpositive"] = True
    return facts


def free(*expressions: Any) -> list[sympy.Symbol]:
    """The free symbols of all the expressions, sorted by name: both sides of an equality count.

    Raises QuestionError when two different symbols have the same name.
    """
    found: set[sympy.Symbol] = set()
    for expression in expressions:
        found |= _free(expression)
    return distinct(found)


def distinct(symbols: Iterable[sympy.Symbol]) -> list[sympy.Symbol]:
    """The symbols, sorted by name.

    Raises QuestionError when two of them have the same name: they look like one on the page, and
    every derivative and substitution would silently take them for two.
    """
    ordered = sorted(symbols, key=lambda s: s.name)
    for one, other in itertools.pairwise(ordered):
        if one.name == other.name:
            raise QuestionError(
                f"two different symbols are called {one.name}",
                hint="make it once with symbol(…), and use that one everywhere",
                found=f"{_origin(one)} and {_origin(other)}",
            )
    return ordered


def _free(expression: Any) -> set[sympy.Symbol]:
    if not isinstance(expression, sympy.Basic | sympy.MatrixBase):
        expression = canonical(expression)
    return set(expression.free_symbols)


def _origin(s: sympy.Symbol) -> str:
    """Where a symbol comes from, as an author would look for it."""
    if isinstance(s, Symbol) and s.where.line:
        return f"the one of line {s.where.line}"
    return "one made by SymPy, not by symbol(…)"
