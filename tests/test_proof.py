"""A proof is a method that shows the difference to be zero, within its time."""

from __future__ import annotations

import time
from typing import Any

import pytest
import sympy
from sympy import cos, exp, sin, tanh

from solgen import proof as proving
from solgen.definitions import unfold
from solgen.proof import proof
from tests.glossary import f, x, y


@pytest.mark.parametrize(
    ("left", "right", "method"),
    [
        (x, x, "identity"),
        ((x + 1) ** 2, x**2 + 2 * x + 1, "expansion"),
        (1 / (1 + exp(-x)), exp(x) / (1 + exp(x)), "rational normal form"),
        (1 / (1 + exp(-x)), (1 + tanh(x / 2)) / 2, "exponentials"),
        (sin(x) ** 2, 1 - cos(x) ** 2, "exponentials"),
        (sympy.binomial(x, 2), x * (x - 1) / 2, "simplification"),
    ],
    ids=str,
)
def test_a_proof_names_its_method(left: Any, right: Any, method: str) -> None:
    assert proof(left, right, []) == method


def test_what_is_not_shown_is_not_proved() -> None:
    assert proof(x, x + 1, []) == ""
    assert proof(unfold(f), f, []) == ""
    assert proof(x > 0, x >= 0, []) == ""


def test_a_whole_finite_domain_is_a_proof() -> None:
    points = [{y: sympy.Integer(v)} for v in (0, 1)]
    assert proof(y**3, y, points) == "enumeration"
    assert proof(y**3, y, []) == ""


def test_finite_symbols_are_proved_case_by_case() -> None:
    points = [{y: sympy.Integer(v)} for v in (0, 1)]
    margin = sympy.log(1 + exp(x - 2 * x * y)), sympy.log(1 + exp(x)) - x * y
    assert proof(*margin, []) == ""
    assert proof(*margin, points).startswith("case by case")
    assert proof(margin[0], margin[1] + y * (y - 1) * x + y, points) == ""


def test_an_attempt_that_takes_too_long_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_: Any) -> Any:
        while True:
            pass

    monkeypatch.setattr(proving, "PROOF_SECONDS", 0.05)
    monkeypatch.setattr(proving, "_METHODS", (("endless", endless),))
    start = time.monotonic()
    assert proof(x, x + 1, []) == ""
    assert time.monotonic() - start < 20
