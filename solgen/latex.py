"""How values become LaTeX. Every value passes here once, on its way into a template.

Nothing else calls SymPy's printer.
"""

from __future__ import annotations

import decimal
import re
from collections.abc import Sequence
from typing import Any

import sympy
from pylatex import NoEscape
from sympy.printing.latex import LatexPrinter

from solgen.algebra import unfold
from solgen.errors import TemplateError
from solgen.escaping import escape, prose
from solgen.locales import Locale
from solgen.symbols import Symbol, Term
from solgen.text import Text


class Printer(LatexPrinter):
    """SymPy's LaTeX in the booklet's notation and one language's numbers."""

    def __init__(self, locale: Locale) -> None:
        super().__init__({"fold_short_frac": False})
        self.locale = locale

    def _print_Symbol(self, expr: Any, style: str = "plain") -> str:
        if isinstance(expr, Symbol) and expr.latex is not None:
            return expr.latex
        return str(super()._print_Symbol(expr, style))

    def _print_Integer(self, expr: Any) -> str:
        return self.locale.integer(int(expr))

    def _print_Derivative(self, expr: Any) -> str:
        """dL/da of a named quantity in one fraction; partial if it depends on more than a."""
        if len(expr.variable_count) != 1:
            return str(super()._print_Derivative(expr))
        (variable, order), quantity = expr.variable_count[0], expr.expr
        named = isinstance(quantity, Symbol)
        inside = quantity.value if named else quantity
        several = inside is not None and len(inside.free_symbols) > 1
        d = r"\partial" if several else r"\mathrm{d}"
        power = "" if order == 1 else f"^{{{order}}}"
        top = f"{d}{power} {self._print(quantity)}" if named else f"{d}{power}"
        fraction = rf"\frac{{{top}}}{{{d} {self._print(variable)}{power}}}"
        return fraction if named else rf"{fraction} \left({self._print(quantity)}\right)"

    def _print_log(self, expr: Any, exp: str | None = None) -> str:
        (argument,) = expr.args
        shown = self._print(argument)
        simple = argument.is_Symbol or (argument.is_Integer and argument.is_positive)
        text = rf"\log {shown}" if simple else rf"\log\left({shown}\right)"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"

    def _print_Tuple(self, expr: Any) -> str:
        entries = [self._print(entry) for entry in expr]
        mark = ";" if any(self.locale.decimal in entry for entry in entries) else ","
        return r"\left[" + rf"{mark}\, ".join(entries) + r"\right]"

    def _print_Interval(self, expr: Any) -> str:
        left = "(" if expr.left_open else "["
        right = ")" if expr.right_open else "]"
        return rf"{left}{self._print(expr.start)}, {self._print(expr.end)}{right}"

    def _print_FiniteSet(self, expr: Any) -> str:
        entries = sorted(expr.args, key=sympy.default_sort_key)
        return r"\{" + ", ".join(map(self._print, entries)) + r"\}"

    def _print_Naturals(self, expr: Any) -> str:
        return r"\{1, 2, \ldots\}"

    def _print_Naturals0(self, expr: Any) -> str:
        return r"\{0, 1, 2, \ldots\}"


def formula(value: Any, locale: Locale) -> NoEscape:
    """LaTeX mathematics, without dollars, of a SymPy object, symbol or term."""
    if isinstance(value, Term):
        return NoEscape(value.latex)
    return NoEscape(_unstretched(Printer(locale).doprint(value)))


# Parentheses around nothing tall; stretching ones would add space before and after.
_FLAT = re.compile(
    r"\\left\(((?:(?!\\left|\\right|\\frac|\\sum|\\prod|\\int|\\begin|\^).)*)\\right\)"
)


def _unstretched(latex: str) -> str:
    return _FLAT.sub(r"(\1)", latex)


def number(value: Any, digits: int, locale: Locale) -> NoEscape:
    """`value` with `digits` significant digits, in the language's notation; text or maths mode.

    Raises TemplateError when it is not a finite number.
    """
    exact = unfold(value)
    if not exact.is_number or not exact.is_real or not exact.is_finite:
        raise TemplateError(
            f"{value} is not a real number", hint="num(…) prints numbers; print a formula as it is"
        )
    sign, shown, exponent = _significant(exact, digits)
    whole, _, fraction = shown.partition(".")
    text = locale.integer(int(whole)) + (locale.decimal + fraction if fraction else "")
    power = rf" \times 10^{{{exponent}}}" if exponent else ""
    return NoEscape(rf"\ensuremath{{{sign}{text}{power}}}")


def _significant(value: Any, digits: int) -> tuple[str, str, int]:
    """Sign, decimal digits and power of ten (0 for an ordinary size) of a real number."""
    precise = decimal.Decimal(str(sympy.N(value, digits + 20)))
    with decimal.localcontext() as context:
        context.prec = digits
        context.rounding = decimal.ROUND_HALF_EVEN
        rounded = +precise
    sign, magnitude = ("-" if rounded < 0 else ""), abs(rounded)
    exponent = magnitude.adjusted() if magnitude else 0
    if -5 <= exponent < 9:
        return sign, format(magnitude, "f"), 0
    return sign, format(magnitude.scaleb(-exponent), "f"), exponent


def tex(value: Any, locale: Locale) -> NoEscape:
    """LaTeX of any value a template may print. Raises TemplateError for what has no print form."""
    if isinstance(value, NoEscape):
        return value
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, Text):
        return prose(value, locale)
    if isinstance(value, bool) or value is None or (callable(value) and not _symbolic(value)):
        raise TemplateError(f"{value!r} has no print form", hint="print a formula, number or text")
    if isinstance(value, int):
        return NoEscape(locale.integer(value))
    if isinstance(value, float):
        raise TemplateError(
            f"{value!r} is a floating-point number of unknown precision",
            hint=r"say how many digits to print: \VAR{x|num(3)}",
        )
    if isinstance(value, Sequence):
        return formula(sympy.Tuple(*value), locale)
    if isinstance(value, Term) or _symbolic(value):
        return formula(value, locale)
    raise TemplateError(
        f"an object of type {type(value).__name__} has no print form",
        hint=r"an answer is printed by show(x), inline(x) or \VAR{x.value}",
    )


def _symbolic(value: Any) -> bool:
    return isinstance(value, sympy.Basic | sympy.MatrixBase)
