"""A wrong sign, factor, exponent or number anywhere in an answer stops the build, with reasons.

A selection over every answer of every question; all mutants: python -m tests.workshop.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from solgen.errors import QuestionError, VerificationError
from solgen.project import find_project
from tests.mutants import ROOT, Mutant, homes, mutants
from tests.workshop import Fate, Workshop, concerned, pruned

PER_STATEMENT = 3
QUESTIONS = tuple(find_project(ROOT).names())


@cache
def selection() -> tuple[Mutant, ...]:
    """The first, the middle and the last mutant of every statement."""
    chosen: list[Mutant] = []
    for question in QUESTIONS:
        of_statement: dict[tuple[str, ...], list[Mutant]] = defaultdict(list)
        for mutant in mutants(question):
            of_statement[mutant.names].append(mutant)
        for group in of_statement.values():
            last = len(group) - 1
            places = {round(last * k / (PER_STATEMENT - 1)) for k in range(PER_STATEMENT)}
            chosen += [group[place] for place in sorted(places)]
    return tuple(chosen)


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("mutants"))


def test_the_selection_covers_every_answer() -> None:
    for question in QUESTIONS:
        mutated = {m.names[0] for m in selection() if m.question == question}
        assert mutated >= set(homes(question))
    assert len(selection()) >= 150


@pytest.mark.parametrize("mutant", selection(), ids=str)
def test_a_wrong_answer_stops_the_build(mutant: Mutant, workshop: Workshop) -> None:
    fate = workshop.fate(mutant)
    if fate.word == "equal":
        pytest.skip("equal by rewriting: not a wrong answer")
    assert fate.word == "refused", f"nothing refuses {mutant}"
    _says_where_and_why(mutant, fate)


def _says_where_and_why(mutant: Mutant, fate: Fate) -> None:
    """Module, line and part; what was found and expected."""
    error = fate.error
    assert isinstance(error, VerificationError | QuestionError), error
    assert error.where is not None
    assert error.where.file == f"questions/{mutant.question}.py"
    lines = _lines(mutant)
    # Where a line of the author's fails, that line is named, whatever the change behind it.
    fails = "running the module" in error.message or "failed with" in error.message
    if fails:
        assert error.where.line
    else:
        assert any(first <= (error.where.line or 0) <= last for first, last in lines), error
    if isinstance(error, VerificationError):
        assert error.found
        assert error.expected or fails
    if isinstance(error, VerificationError) and "definition of" not in error.message:
        home = homes(mutant.question)
        assert error.where.part in {home[name] for name in concerned(mutant)}
        if re.match(r"step \d", error.message):
            assert " at " in error.found or "as constants" in error.found


def _lines(mutant: Mutant) -> list[tuple[int, int]]:
    """Where the message may point: the changed statement, or an answer that rests on it."""
    wanted = {*mutant.names, *concerned(mutant)}
    return [
        (statement.lineno, statement.end_lineno or statement.lineno)
        for statement in ast.parse(mutant.source).body
        if isinstance(statement, ast.Assign)
        and {n.id for t in statement.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        & wanted
    ]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_workshop_accepts_what_is_not_changed(question: str, workshop: Workshop) -> None:
    source = (Path(__file__).parents[1] / "questions" / f"{question}.py").read_text("utf-8")
    whole = Mutant(question, ("nothing",), (1, 1), 1, "", "", source)
    for name in homes(question):
        same = Mutant(question, (name,), (1, 1), 1, "", "", source)
        assert workshop.fate(same).word == "equal", name
    assert concerned(whole) == []


def test_a_mutant_that_concerns_no_answer_is_an_error(workshop: Workshop) -> None:
    source = (Path(__file__).parents[1] / "questions" / "q1.py").read_text("utf-8")
    with pytest.raises(ValueError, match="concerns no answer"):
        workshop.fate(Mutant("q1", ("nothing",), (1, 1), 1, "a", "b", source))


def test_pruning_keeps_lines_in_place() -> None:
    mutant = selection()[0]
    kept = pruned(mutant).split("\n")[mutant.line - 1]
    assert kept == mutant.source.split("\n")[mutant.line - 1]
