"""How values become LaTeX."""

import pytest
import sympy
from support import locales
from sympy import Derivative, FiniteSet, Interval, Rational, Reals, Tuple, exp, log

from solgen import Text, over, plus, power, symbol, times
from solgen.errors import TemplateError
from solgen.escaping import escape, prose
from solgen.latex import formula, number, tex

french, english = locales()

a = symbol("a", Reals, fr="préactivation", en="preactivation")
f = symbol("f", Interval.open(0, 1), value=1 / (1 + exp(-a)), fr="sortie", en="output")
y = symbol("y", {0, 1}, fr="cible", en="target")
L = symbol("L", Reals, value=-y * log(f), latex=r"L_{\mathrm{CE}}", fr="perte", en="loss")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (f - y, "f - y"),
        (L, r"L_{\mathrm{CE}}"),
        (log(f), r"\log f"),
        (log(1 - f), r"\log(1 - f)"),
        (log(f) ** 2, r"(\log f)^{2}"),
        (times(2, f - y, f, 1 - f), "2(f - y) \\, f(1 - f)"),
        (times(3, -2), r"3 \cdot (-2)"),
        (plus(times(1, 1), times(2, 0), times(3, -2)), r"1 \cdot 1 + 2 \cdot 0 + 3 \cdot (-2)"),
        (plus(5, -times(1, 2)), r"5 - 1 \cdot 2"),
        (over(f - y, f * (1 - f)), r"\frac{f - y}{f (1 - f)}"),
        (power(a + 1, 2), "(a + 1)^{2}"),
        (power(-3, 2), "(-3)^{2}"),
        (Derivative(L, f), r"\frac{\partial L_{\mathrm{CE}}}{\partial f}"),
        (Derivative(f, a), r"\frac{\mathrm{d} f}{\mathrm{d} a}"),
        (Derivative(f - y, a), r"\frac{\partial}{\partial a} (f - y)"),
        (Derivative(exp(a), a), r"\frac{\mathrm{d}}{\mathrm{d} a} \left(e^{a}\right)"),
        (Interval.open(0, 1), "(0, 1)"),
        (Interval(0, 1), "[0, 1]"),
        (FiniteSet(1, 0), r"\{0, 1\}"),
        (sympy.Integer(14450688), r"14\,450\,688"),
        (sympy.Integer(2432), "2432"),
        (Tuple(1, 2, 5, 8), r"\left[1,\, 2,\, 5,\, 8\right]"),
    ],
)
def test_formulas_print_as_a_teacher_writes_them(value, shown):
    assert formula(value, french) == shown


def test_thousands_follow_the_language():
    assert formula(sympy.Integer(14450688), english) == "14{,}450{,}688"


@pytest.mark.parametrize(
    ("value", "digits", "fr", "en"),
    [
        (Rational(1, 4), 2, "0{,}25", "0.25"),
        (Rational(8, 27), 3, "0{,}296", "0.296"),
        (-log(2), 4, "-0{,}6931", "-0.6931"),
        (Rational(5, 2), 3, "2{,}50", "2.50"),
        (sympy.Integer(12345), 5, r"12\,345", "12{,}345"),
        (exp(-20), 3, r"2{,}06 \times 10^{-9}", r"2.06 \times 10^{-9}"),
        (times(2, Rational(1, 8)), 2, "0{,}25", "0.25"),
    ],
)
def test_decimals_follow_the_language(value, digits, fr, en):
    assert number(value, digits, french) == rf"\ensuremath{{{fr}}}"
    assert number(value, digits, english) == rf"\ensuremath{{{en}}}"


@pytest.mark.parametrize("value", [a, sympy.I, sympy.oo, sympy.nan])
def test_only_real_numbers_are_printed_as_numbers(value):
    with pytest.raises(TemplateError, match="is not a real number"):
        number(value, 3, french)


def test_plain_text_prints_every_character():
    assert escape(r"% & _ # ~ ^ \ { } $") == (
        r"\% \& \_ \# \textasciitilde{} \textasciicircum{} \textbackslash{} \{ \} \$"
    )


def test_hyphens_stay_breakable():
    assert escape("log-cote") == "log-cote"


def test_prose_keeps_mathematics_and_escapes_the_rest():
    text = Text(fr=r"50 % de $x_1$ & 5 \$", en="x")
    assert prose(text, french) == r"50 \% de $x_1$ \& 5 \$"


@pytest.mark.parametrize("value", [None, True, len])
def test_what_has_no_print_form_is_refused(value):
    with pytest.raises(TemplateError, match="has no print form"):
        tex(value, french)


def test_a_float_must_say_its_digits():
    with pytest.raises(TemplateError, match="unknown precision"):
        tex(0.1, french)
