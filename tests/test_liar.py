"""A check that shares code or a value with its answer is found: a liar deceives both."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from sympy import Integer, Matrix, Rational, Tuple

from solgen.liar import altered, independence, lie, producers
from solgen.load import load
from solgen.project import Project
from solgen.workshop import Workshop
from tests.glossary import x

Edit = Callable[[str, str, str], None]


def found(project: Project, folder: Path) -> dict[str, Any]:
    """What the liars showed of each answer of the smallest exam."""
    (loaded,) = load(project, ["q1"])
    return {one.name: one for one in independence(Workshop(project, loaded, folder))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "copy").mkdir()
    return tmp_path / "copy"


def test_a_derivative_is_noticed_by_the_measured_slope(project: Project, folder: Path) -> None:
    slope = found(project, folder)["slope"]
    assert slope.producers == ("derivative",)
    assert slope.by[0].startswith("check 1 (numeric)")
    assert "typed steps" in slope.by
    assert slope.unnoticed == ()


def test_a_typed_answer_has_no_producer(project: Project, folder: Path) -> None:
    total = found(project, folder)["total"]
    assert (total.producers, total.unnoticed) == ((), ())
    assert len(total.by) == 2


HELPER = "def add_up():\n    return sum(range(1, 5))\n\n\ndef check_terms(answer):"


def test_checks_that_call_what_made_the_answer_are_found(
    project: Project, folder: Path, edit: Edit
) -> None:
    file = "questions/q1.py"
    edit(file, "def check_terms(answer):", HELPER)
    edit(file, "equal(answer, sum(range(1, 5)))", "equal(answer, add_up())")
    edit(file, "equal(2 * answer, 4 * (1 + 4))", "equal(2 * answer, 2 * add_up())")
    edit(file, "    10,\n", "    add_up(),\n")
    total = found(project, folder)["total"]
    assert (total.producers, total.by, total.unnoticed) == (("add_up",), (), ("add_up",))


def test_one_independent_check_is_enough(project: Project, folder: Path, edit: Edit) -> None:
    file = "questions/q1.py"
    edit(file, "def check_terms(answer):", HELPER)
    edit(file, "equal(answer, sum(range(1, 5)))", "equal(answer, add_up())")
    edit(file, "    10,\n", "    add_up(),\n")
    total = found(project, folder)["total"]
    assert total.unnoticed == ()
    assert [name.partition(",")[0] for name in total.by] == ["check 2 (identity)"]


def test_a_computed_value_that_answer_and_checks_share_is_found(
    project: Project, folder: Path, edit: Edit
) -> None:
    file = "questions/q1.py"
    edit(file, "def check_terms(answer):", "SUM = sum(range(1, 5))\n\n\ndef check_terms(answer):")
    edit(file, "equal(answer, sum(range(1, 5)))", "equal(answer, SUM)")
    edit(file, "equal(2 * answer, 4 * (1 + 4))", "equal(2 * answer, 2 * SUM)")
    edit(file, "    10,\n", "    SUM,\n")
    assert found(project, folder)["total"].unnoticed == ("SUM",)


def test_even_a_typed_value_that_is_the_answer_is_one(
    project: Project, folder: Path, edit: Edit
) -> None:
    file = "questions/q1.py"
    edit(file, "def check_terms(answer):", "SUM = 10\n\n\ndef check_terms(answer):")
    edit(file, "equal(answer, sum(range(1, 5)))", "equal(answer, SUM)")
    edit(file, "equal(2 * answer, 4 * (1 + 4))", "equal(2 * answer, 2 * SUM)")
    edit(file, "    10,\n", "    SUM,\n")
    assert found(project, folder)["total"].unnoticed == ("SUM",)


def test_data_that_all_roads_read_is_no_producer(
    project: Project, folder: Path, edit: Edit
) -> None:
    edit("questions/q1.py", "sum(range(1, 5))", "sum(range(1, LAST + 1))")
    edit("questions/q1.py", "def check_terms(answer):", "LAST = 4\n\n\ndef check_terms(answer):")
    (loaded,) = load(project, ["q1"])
    assert "LAST" not in producers(Workshop(project, loaded, folder))


@pytest.mark.parametrize(
    "value",
    [
        Integer(3), Rational(1, 2), 2 * x, Matrix([1, 2]), Tuple(1, Tuple(x)), [1, 2], (1, 2),
        {"a": 1}, Fraction(1, 2), 1.5, mpmath.mpf(1), 3, np.array([1, 2]),
    ],
    ids=str,
)  # fmt: skip
def test_a_liar_gives_something_else_of_the_same_kind(value: Any) -> None:
    told = lie(lambda: value)()
    assert isinstance(told, sympy.Expr if isinstance(value, sympy.Expr) else type(value))
    assert str(told) != str(value)


def test_a_function_that_a_liar_gives_lies_too() -> None:
    assert lie(lambda: lambda: 3)()() == 4


@pytest.mark.parametrize("value", [None, "text", True])
def test_what_is_no_value_is_left_alone(value: Any) -> None:
    assert lie(lambda: value)() is value


def test_the_altered_module_is_the_module_with_one_liar() -> None:
    source = '"""Text."""\nfrom a import f\nN = 3\n\ndef g():\n    return f(N)\n'
    assert "f = _lie(f)" in altered(source, "f")
    assert "@_lie\ndef g():" in altered(source, "g")
    assert "globals()['N'] = _lie(N)" in altered(source, "N")
