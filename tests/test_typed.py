"""SymPy's syntax is read exactly, and nothing in it is run."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import Rational, Symbol, exp

from solgen.errors import QuestionError
from solgen.typed import read

F, Y, N1, LAMDA = (Symbol(name) for name in ("f", "y", "n1", "lamda"))
NAMES: dict[str, Any] = {"f": F, "y": Y, "n'": N1, "lamda": LAMDA}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1 + 0.2", Rational(3, 10)),
        ("1e3", 1000),
        ("1_000", 1000),
        (".5", Rational(1, 2)),
        ("f - f^2", F - F**2),
        ("-f^2", -(F**2)),
        ("2^-1", Rational(1, 2)),
        ("f − y", F - Y),
        ("f²·y", F**2 * Y),
        ("n'^2", N1**2),
        ("lambda*λ", LAMDA**2),
        ("e^-f", exp(-F)),
        ("π", sympy.pi),
        ("sigmoid(f)", 1 / (1 + exp(-F))),
        ("Rational(1, 3)", Rational(1, 3)),
        ("Sum(k, (k, 1, 4))", 10),
        ("[1, -2]", sympy.Tuple(1, -2)),
        ("-[1, 2]/2", sympy.Tuple(Rational(-1, 2), -1)),
        ("Matrix([[1, 2]]).T", sympy.ImmutableMatrix([[1], [2]])),
        ("diff(f^2*y, f)", 2 * F * Y),
        ("y = f", F),
        ("nothing = y = f", F),
    ],
)
def test_what_is_typed_has_one_value(text: str, value: Any) -> None:
    assert read(text, NAMES).value == value


def test_an_index_may_have_the_name_of_a_symbol() -> None:
    assert read("Sum(f*y, (f, 1, 3)) + f", NAMES).value == 6 * Y + F
    total = read("Sum(1/2^k, (k, 1, y))", NAMES).value
    assert total.subs(Y, 2).doit() == Rational(3, 4)


def test_left_sides_are_kept_unless_they_only_name() -> None:
    found = read("y = 2*f = zzz = f + f", NAMES)
    assert (found.value, found.left, found.named) == (2 * F, (2 * F,), "y")


@pytest.mark.parametrize(
    ("text", "caret", "message"),
    [
        ("f^2 - f^2*z", 10, "there is no symbol z"),
        ("f^2 - (y", 6, "cannot be read"),
        ("f - (y))", 7, "cannot be read"),
        ("   f - z", 7, "there is no symbol z"),
        ("éé + z", 0, "there is no symbol éé"),
        ("f·f·z", 4, "there is no symbol z"),
        ("lambda + z", 9, "there is no symbol z"),
        ("n'*z", 3, "there is no symbol z"),
        ("f'", 0, "cannot be read"),
        ("__import__('os')", 0, "no function"),
        ("f.__class__", 0, "no part of a formula"),
        ("[f for f in y]", 0, "no part of a formula"),
        ("'f'", 0, "no part of a formula"),
        ("f if y else 1", 0, "no part of a formula"),
        ("f(1 - f)", 0, "no function f"),
        ("factorial(10**9)", 0, "number is too large"),
        ("log(f, y, f)", 0, "cannot take this"),
        ("1e-99999", 0, "number is too large"),
        ("007", 0, "a number begins by 0"),
        ("y = 007", 4, "a number begins by 0"),
        ("Sum(f)", 0, "without bounds"),
        ("Product(f, f, 1, 4)", 0, "without bounds"),
        ("Sum(k, (2, 1, 3))", 8, "is a name"),
        ("Sum(k, (k, 1, 10^9))", 0, "more than 5000 terms"),
        ("[1, 2]*[3, 4]", 0, "product of two lists"),
        ("Matrix([1, 2])*Matrix([1, 2])", 0, "cannot be computed"),
        ("f =", 3, "cannot be read"),
        ("(y = f)", 1, "cannot be read"),
        ("(" * 300 + "f" + ")" * 300, 0, ""),
    ],
)
def test_what_cannot_be_read_is_shown(text: str, caret: int, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read(text, NAMES)
    assert message in caught.value.message
    assert caught.value.code == 2
    if message:
        assert str(caught.value.found).split("\n")[1:] == [text, " " * caret + "^"]


def test_a_hint_names_what_is_near() -> None:
    with pytest.raises(QuestionError) as caught:
        read("sigmoïd(f)", NAMES)
    assert caught.value.hint == "did you mean sigmoid?"
    with pytest.raises(QuestionError) as caught:
        read("f(1 - f)", NAMES)
    assert caught.value.hint == "write products with *: f*(…)"
