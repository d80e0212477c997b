"""Edits of a module's text, and what becomes of them in a copy of the exam."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from solgen.edits import Edit, edits
from solgen.load import load
from solgen.project import Project
from solgen.subjects import EQUAL, ERROR, KILLED, SURVIVED
from solgen.workshop import Workshop

Change = Callable[[str, str, str], None]
FILE = "questions/q1.py"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "copy").mkdir()
    return tmp_path / "copy"


def workshop(project: Project, folder: Path) -> Workshop:
    (loaded,) = load(project, ["q1"])
    return Workshop(project, loaded, folder)


def test_a_definition_is_edited_in_every_place(project: Project, folder: Path) -> None:
    shop = workshop(project, folder)
    made = [(e.operator, e.new) for e in edits(shop.source, shop.homes) if e.names == ("V",)]
    assert made == [
        ("sign", "-(x ** 3)"),
        ("factor 2", "2*(x ** 3)"),
        ("exponent", "(x)"),
        ("exponent", "(3)"),
        ("exponent", "(x)**((3) + 1)"),
        ("sides", "(3)**(x)"),
        ("digit", "4"),
        ("digit", "(2)"),
    ]


def test_answers_and_steps_are_not_edited_as_text(project: Project, folder: Path) -> None:
    shop = workshop(project, folder)
    assert {edit.names for edit in edits(shop.source, shop.homes)} == {("V",)}


def test_an_edit_is_killed_by_the_answer_that_rests_on_it(project: Project, folder: Path) -> None:
    shop = workshop(project, folder)
    for edit in edits(shop.source, shop.homes):
        found = shop.fate(edit)
        assert found.word == KILLED, edit
        assert found.by[0] == "slope: referee, step 1", edit
        assert (found.part, found.name) == ("a", "V")


def test_an_edit_that_says_the_same_is_equal(project: Project, folder: Path) -> None:
    shop = workshop(project, folder)
    source = shop.source.replace("value=x**3", "value=x*x**2")
    assert shop.fate(Edit(("V",), "sign", 33, "x**3", "x*x**2", source)).word == EQUAL


def test_a_module_that_cannot_run_is_an_error_and_no_kill(project: Project, folder: Path) -> None:
    shop = workshop(project, folder)
    source = shop.source.replace("value=x**3", "value=x**missing")
    found = shop.fate(Edit(("V",), "exponent", 33, "3", "missing", source))
    assert found.word == ERROR
    assert "NameError" in found.reason


def test_an_edit_that_concerns_no_answer_is_an_error(project: Project, folder: Path) -> None:
    shop = workshop(project, folder)
    assert shop.fate(Edit(("nothing",), "sign", 1, "a", "b", shop.source)).word == ERROR


def test_an_edit_that_nothing_notices_survives(
    project: Project, folder: Path, edit: Change
) -> None:
    copied = "Step(times(2, derivative(V, x), Rational(1, 2)))"  # follows whatever V is
    edit(FILE, "Step(times(3, power(x, 2)), POWER_RULE)", copied)
    shop = workshop(project, folder)
    source = shop.source.replace("value=x**3", "value=x**4")
    assert shop.fate(Edit(("V",), "digit", 33, "3", "4", source)).word == SURVIVED


def test_what_changes_a_value_that_is_needed_is_kept(
    project: Project, folder: Path, edit: Change
) -> None:
    edit(
        FILE,
        "slope = Derivation(",
        "parts = {}\nparts[0] = V\nparts |= {1: x}\n\nslope = Derivation(",
    )
    edit(FILE, "value=derivative(V, x),", "value=derivative(parts[0], parts[1]),")
    shop = workshop(project, folder)
    kept = shop.pruned(shop.source, ["slope"])
    assert "parts[0] = V\nparts |= {1: x}" in kept
    assert "parts" not in shop.pruned(shop.source, ["total"])


def test_pruning_keeps_what_is_needed_and_its_lines(project: Project, folder: Path) -> None:
    shop = workshop(project, folder)
    kept = shop.pruned(shop.source, ["slope"])
    assert "def check_terms" not in kept
    for before, after in zip(shop.source.split("\n"), kept.split("\n"), strict=False):
        assert after in (before, "")
    ast.parse(kept)
