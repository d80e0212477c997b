"""Forms printed exactly as their author wrote them, which SymPy would rearrange.

`times(2, f - y, f, 1 - f)` stays 2 (f - y) f (1 - f) on the page, and is that product for the
referee. Nothing is evaluated until `doit` (or `unfold`) is called.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy.printing.precedence import PRECEDENCE, precedence

from solgen.errors import QuestionError
from solgen.exact import canonical
from solgen.text import caller

# What a reader would take to swallow the factors that follow.
_GREEDY = sympy.Sum | sympy.Product | sympy.Integral | sympy.Limit | sympy.Piecewise


class Form(sympy.Expr):
    """An operation kept in the order it was written; its arguments are SymPy expressions."""

    def doit(self, **hints: Any) -> sympy.Expr:
        """The value of the form: what SymPy makes of the operation."""
        return self.evaluate(*[arg.doit(**hints) for arg in self.args])

    def evaluate(self, *args: sympy.Expr) -> sympy.Expr:
        raise TypeError(f"{type(self).__name__} does not say how it is evaluated")

    def _eval_derivative(self, s: sympy.Symbol) -> sympy.Expr:
        return self.doit().diff(s)

    def _sympystr(self, printer: Any) -> str:
        return str(printer._print(self.doit()))


class Times(Form):
    """A product, factors in order."""

    precedence = PRECEDENCE["Mul"]

    def evaluate(self, *args: sympy.Expr) -> sympy.Expr:
        return sympy.Mul(*args)

    def _latex(self, printer: Any) -> str:
        shown = [_wrapped(printer, arg, first=index == 0) for index, arg in enumerate(self.args)]
        text = shown[0]
        for index, right in enumerate(shown[1:], start=1):
            # 2 3 would read as 23, and 3 (-2) as a difference.
            numbers = self.args[index - 1].is_number and self.args[index].is_number
            if numbers or right[0].isdigit():
                text += rf" \cdot {right}"
            else:
                text += right if right.startswith(r"\left(") else rf" \, {right}"
        return text


class Plus(Form):
    """A sum, terms in order; a negative term prints with its minus sign."""

    precedence = PRECEDENCE["Add"]

    def evaluate(self, *args: sympy.Expr) -> sympy.Expr:
        return sympy.Add(*args)

    def _latex(self, printer: Any) -> str:
        text = ""
        for index, term in enumerate(self.args):
            shown = printer._print(term)
            if isinstance(term, Plus | sympy.Add) and index:
                shown = rf"\left({shown}\right)"
            if index == 0:
                text = shown
            elif shown.startswith("-"):
                text += " - " + shown[1:].lstrip()
            else:
                text += " + " + shown
        return text


class Over(Form):
    """A fraction."""

    precedence = PRECEDENCE["Atom"]

    def evaluate(self, *args: sympy.Expr) -> sympy.Expr:
        return args[0] / args[1]

    def _latex(self, printer: Any) -> str:
        top, bottom = (printer._print(arg) for arg in self.args)
        return rf"\frac{{{top}}}{{{bottom}}}"


class Power(Form):
    """A power."""

    precedence = PRECEDENCE["Pow"]

    def evaluate(self, *args: sympy.Expr) -> sympy.Expr:
        return args[0] ** args[1]

    def _latex(self, printer: Any) -> str:
        base, exponent = self.args
        shown = printer._print(base)
        simple = base.is_Symbol or (base.is_Integer and base.is_nonnegative)
        if not simple:
            shown = rf"\left({shown}\right)"
        return rf"{shown}^{{{printer._print(exponent)}}}"


def _wrapped(printer: Any, arg: sympy.Expr, *, first: bool) -> str:
    """A factor, in parentheses when a reader would otherwise take it for something else."""
    shown: str = printer._print(arg)
    loose = precedence(arg) < PRECEDENCE["Mul"] and not isinstance(arg, Form)
    loose = loose or isinstance(arg, Plus | _GREEDY) or (shown.startswith("-") and not first)
    return rf"\left({shown}\right)" if loose else shown


def times(*factors: Any) -> sympy.Expr:
    """The product of the factors, printed in this order."""
    return _made(Times, factors)


def plus(*terms: Any) -> sympy.Expr:
    """The sum of the terms, printed in this order."""
    return _made(Plus, terms)


def over(numerator: Any, denominator: Any) -> sympy.Expr:
    """The fraction numerator/denominator, printed without being simplified."""
    return _made(Over, (numerator, denominator))


def power(base: Any, exponent: Any) -> sympy.Expr:
    """The power base^exponent, printed without being simplified."""
    return _made(Power, (base, exponent))


def _made(form: type[Form], arguments: tuple[Any, ...]) -> sympy.Expr:
    """The form; raises QuestionError at the author's line when an argument is not an expression."""
    name = form.__name__.lower()
    try:
        exact = [canonical(argument) for argument in arguments]
    except QuestionError as error:
        error.where = caller()
        raise
    for argument in exact:
        if not isinstance(argument, sympy.Expr) or isinstance(argument, sympy.MatrixBase):
            raise QuestionError(
                f"{name}(…) is given {argument}, which is not a number or a formula",
                caller(),
                "write matrices and sequences entry by entry",
            )
    if not exact:
        raise QuestionError(f"{name}() has nothing in it", caller(), "write its terms or factors")
    return form(*exact)
