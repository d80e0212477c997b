"""A wrong sign, factor, exponent or number anywhere in an answer stops the build, with reasons.

A selection over every answer, step, claim and definition of every question; all of them, and all
the liars: `nox -s mutants`.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from solgen import liar
from solgen.author import fill
from solgen.edits import Edit, edits
from solgen.errors import VerificationError
from solgen.load import Loaded, load
from solgen.model import Answer, Derivation, Part
from solgen.project import find_project
from solgen.subjects import EQUAL, KILLED, fate, neighbour_fate, neighbours, subjects
from solgen.verify import verify_answer
from solgen.workshop import Workshop
from solgen.wrong import wrong_variants
from tests.support import ROOT

PROJECT = find_project(ROOT)
QUESTIONS = tuple(PROJECT.names())
EDITS = 2  # of each question


@cache
def question(name: str) -> Loaded:
    return load(PROJECT, [name])[0]


def ends_and_middle(listed: Any, most: int) -> list[Any]:
    """The first ones, the last ones, and some between them."""
    known = list(listed)
    places = {round((len(known) - 1) * k / max(1, most - 1)) for k in range(most)}
    return [known[place] for place in sorted(places)] if known else []


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_answer_step_and_claim_is_guarded(name: str) -> None:
    loaded = question(name)
    for part in loaded.question.parts:
        for subject, changes in subjects(loaded, part):
            words = [fate(subject, change).word for change in ends_and_middle(changes, 2)]
            assert set(words) <= {KILLED, EQUAL}, (subject.name, subject.place)
            assert KILLED in words, (subject.name, subject.place)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_answer_may_be_written_otherwise(name: str) -> None:
    loaded = question(name)
    for part in loaded.question.parts:
        for subject, rewritings in neighbours(loaded, part):
            for change in ends_and_middle(rewritings, 2):
                found = neighbour_fate(subject, change)
                assert found.word == EQUAL, f"{found}: {found.reason}"


def answers(loaded: Loaded) -> Iterator[tuple[Part, Answer]]:
    for part in loaded.question.parts:
        for answer in part.answers:
            yield part, answer


def with_wrong_form(answer: Answer) -> Answer:
    """The answer with a wrong value; a derivation with a wrong first step."""
    wrong = copy(answer)
    if isinstance(answer, Derivation):
        step = copy(answer.steps[0])
        fill(step, form=next(wrong_variants(step.form))[1])
        fill(wrong, steps=(step, *answer.steps[1:]))
    else:
        fill(wrong, value=next(wrong_variants(answer.value))[1])
    return wrong


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_wrong_answer_stops_the_build_and_says_where_and_why(name: str) -> None:
    loaded = question(name)
    for part, answer in answers(loaded):
        known, wrong = loaded.name_of(answer), with_wrong_form(answer)
        changed = replace(loaded, namespace={**loaded.namespace, known: wrong})
        with pytest.raises(VerificationError) as caught:
            verify_answer(PROJECT, changed, part, wrong)
        where = caught.value.where
        assert where is not None
        assert (where.file, where.part) == (f"questions/{name}.py", part.id)
        expected = wrong.steps[0] if isinstance(wrong, Derivation) else wrong
        assert where.line == expected.where.line, known
        assert caught.value.found, known
        if isinstance(wrong, Derivation):
            assert " at " in caught.value.found or "as constants" in caught.value.found
            assert caught.value.expected, known


@pytest.fixture
def workshop(request: pytest.FixtureRequest, tmp_path: Path) -> Workshop:
    return Workshop(PROJECT, question(request.param), tmp_path)


def selected(workshop: Workshop) -> list[Edit]:
    return ends_and_middle(edits(workshop.source, workshop.homes), EDITS)


@pytest.mark.parametrize("workshop", QUESTIONS, indirect=True)
def test_a_wrong_definition_is_noticed_by_an_answer(workshop: Workshop) -> None:
    found = [workshop.fate(edit) for edit in selected(workshop)]
    assert {one.word for one in found} <= {KILLED, EQUAL}, found


@pytest.mark.parametrize("workshop", QUESTIONS, indirect=True)
def test_the_workshop_accepts_what_is_not_changed(workshop: Workshop) -> None:
    last = list(workshop.homes)[-1]
    same = Edit((last,), "sign", 1, "", "", workshop.source)
    assert workshop.fate(same).word == EQUAL


@pytest.mark.parametrize("workshop", ["q1"], indirect=True)
def test_a_lying_derivative_is_noticed(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liar, "producers", lambda _: ["derivative"])
    moved = [one for one in liar.independence(workshop) if one.producers]
    assert len(moved) >= 10
    for one in moved:
        assert one.unnoticed == ()
        assert one.by[0].startswith("check "), one.name
