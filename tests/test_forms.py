"""Forms keep the order they were written in, and are their value for the referee."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import Integer, Matrix, Rational, diff, latex, log

from solgen.algebra import compare
from solgen.errors import QuestionError
from solgen.forms import over, plus, power, times
from tests.glossary import f, u, x, y


@pytest.mark.parametrize(
    ("form", "printed"),
    [
        (times(2, f - y, f, 1 - f), r"2\left(f - y\right) \, f\left(1 - f\right)"),
        (times(1, 2), r"1 \cdot 2"),
        (times(x, 2), r"x \cdot 2"),
        (times(3, -2), r"3 \cdot \left(-2\right)"),
        (times(-2, 3), r"\left(-2\right) \cdot 3"),
        (plus(times(1, 1), times(2, 0), times(3, -2)),
         r"1 \cdot 1 + 2 \cdot 0 + 3 \cdot \left(-2\right)"),
        (plus(x, -u), r"x - u"),
        (plus(u, x, 1), r"u + x + 1"),
        (times(plus(x, 1), 2), r"\left(x + 1\right) \cdot 2"),
        (over(f - y, times(f, 1 - f)), r"\frac{f - y}{f\left(1 - f\right)}"),
        (power(plus(1, x), 2), r"\left(1 + x\right)^{2}"),
        (power(f, y), "f^{y}"),
        (power(-1, 2), r"\left(-1\right)^{2}"),
        (power(Rational(1, 2), 2), r"\left(\frac{1}{2}\right)^{2}"),
    ],
    ids=str,
)  # fmt: skip
def test_forms_print_in_the_order_written(form: Any, printed: str) -> None:
    assert latex(form) == printed


@pytest.mark.parametrize(
    ("form", "value"),
    [
        (times(2, x, 3), 6 * x),
        (plus(x, 1, -x), Integer(1)),
        (over(x, 2), x / 2),
        (power(x, 2), x**2),
        (times(plus(1, 1), over(x, power(2, 1))), x),
    ],
    ids=str,
)
def test_forms_are_their_value(form: Any, value: Any) -> None:
    assert form.doit() == value
    assert compare(form, value).status == "proved"
    assert form.subs(x, 3).doit() == value.subs(x, 3)
    assert str(form) == str(value)
    assert sympy.simplify(diff(log(2 + form), x) - diff(log(2 + value), x)) == 0


@pytest.mark.parametrize("wrong", ["x", 0.5, Matrix([[1]]), (1, 2), None, x > 0], ids=str)
@pytest.mark.parametrize("make", [times, plus, lambda a: over(a, 1), lambda a: power(a, 1)])
def test_what_is_no_formula_is_refused_at_the_authors_line(make: Any, wrong: Any) -> None:
    with pytest.raises(QuestionError) as caught:
        make(wrong)
    assert caught.value.where is not None
    assert str(caught.value.where.file).endswith("test_forms.py")


@pytest.mark.parametrize("make", [times, plus])
def test_an_empty_form_is_refused(make: Any) -> None:
    with pytest.raises(QuestionError, match="has nothing in it"):
        make()


def test_forms_stay_apart_from_sympys_own_operations() -> None:
    assert times(1, 2) != times(2, 1)
    assert isinstance(-times(2, x), sympy.Mul)
