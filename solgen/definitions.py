"""What stands behind an expression: definitions substituted, forms and derivatives evaluated."""

from __future__ import annotations

from typing import Any

import sympy

from solgen.errors import QuestionError
from solgen.exact import canonical
from solgen.forms import Form
from solgen.symbols import Symbol, distinct, free

_LAZY = (sympy.Sum, sympy.Product, sympy.Integral, sympy.Limit)


def unfold(expression: Any, keep: frozenset[sympy.Symbol] = frozenset()) -> Any:
    """The expression in base symbols: definitions substituted, forms and derivatives evaluated.

    A `Derivative` is total: what depends on its variable through definitions is differentiated
    too. Symbols in `keep` stay as they are.
    """
    return _unfolded(canonical(expression), keep)


def _unfolded(expression: Any, keep: frozenset[sympy.Symbol]) -> Any:
    if isinstance(expression, Symbol):
        if expression.value is None or expression in keep:
            return expression
        return _unfolded(expression.value, keep)
    if isinstance(expression, sympy.Derivative):
        return _unfolded(_differentiated(expression), keep)
    if isinstance(expression, Form):
        return _unfolded(expression.evaluate(*expression.args), keep)
    if isinstance(expression, sympy.MatrixBase):
        return expression.applyfunc(lambda entry: _unfolded(entry, keep))
    if not expression.args:
        return expression
    rebuilt = expression.func(*[_unfolded(arg, keep) for arg in expression.args])
    return rebuilt.doit() if isinstance(rebuilt, _LAZY) else rebuilt


def _differentiated(expression: sympy.Derivative) -> Any:
    result = expression.expr
    for variable, count in expression.variable_count:
        result = derivative(result, variable, int(count))
    return result


def derivative(expression: Any, variable: sympy.Symbol, order: int = 1) -> Any:
    """The derivative of `expression` with respect to `variable`, through every definition.

    Computed by SymPy from the definitions; the referee's road, not the author's. Raises
    QuestionError when the variable is a look-alike of another symbol, or an abbreviation that the
    expression does not contain although it contains what the abbreviation stands for: SymPy
    would answer 0.
    """
    inside = unfold(expression, frozenset({variable}))
    symbols = free(inside, variable)
    if isinstance(variable, Symbol) and variable.value is not None:
        behind = unfold(variable.value).free_symbols
        if variable not in inside.free_symbols and behind & set(symbols):
            raise QuestionError(
                f"{expression} does not contain {variable}, only what {variable} stands for",
                hint=f"write it in terms of {variable} before differentiating",
            )
    return sympy.diff(inside, variable, order)


def base_symbols(*expressions: Any) -> list[sympy.Symbol]:
    """The symbols without definition on which the expressions rest, sorted by name.

    Nothing is simplified before looking: a symbol that would cancel counts. Raises QuestionError
    when two different symbols, abbreviations included, have the same name.
    """
    return [s for s in _all_symbols(expressions) if not _abbreviates(s)]


def abbreviations(*expressions: Any) -> list[Symbol]:
    """The symbols with a definition that the expressions use, themselves or through others."""
    return [s for s in _all_symbols(expressions) if _abbreviates(s)]


def _abbreviates(s: sympy.Symbol) -> bool:
    return isinstance(s, Symbol) and s.value is not None


def _all_symbols(expressions: tuple[Any, ...]) -> list[sympy.Symbol]:
    found: set[sympy.Symbol] = set()
    waiting = free(*expressions)
    while waiting:
        s = waiting.pop()
        if s not in found:
            found.add(s)
            waiting += free(s.value) if _abbreviates(s) else []
    return distinct(found)
