"""The answers of this exam hold, and every check of theirs refuses wrong answers.

The same verification as `solgen check`, one test for each answer and each check.
"""

from __future__ import annotations

from functools import cache
from itertools import islice
from pathlib import Path

import pytest

from solgen.evidence import Rejected
from solgen.experiment import Experiment, perform
from solgen.load import Loaded, load
from solgen.model import Answer, Check, Part
from solgen.project import find_project
from solgen.verify import ROADS_NEEDED, experiments, tasks, verify_answer
from solgen.wrong import wrong_variants

PROJECT = find_project(Path(__file__).parents[1])


@cache
def questions_loaded() -> list[Loaded]:
    return load(PROJECT, PROJECT.names())


@cache
def exam() -> tuple[tuple[Loaded, Part, Answer], ...]:
    return tuple(tasks(questions_loaded()))


def name(loaded: Loaded, part: Part, answer: Answer) -> str:
    return f"{loaded.name}-{part.id}-{loaded.name_of(answer)}"


FRESH = range(1000, 1030)  # seeds that no author has seen
STEADY = 29  # so many of them must meet the claim: at least 95 % of 30


@cache
def claims() -> tuple[tuple[Loaded, Part, Experiment], ...]:
    return tuple(experiments(questions_loaded()))


EXPERIMENTS = [
    pytest.param(experiment, id=f"{loaded.name}-{part.id}-{loaded.name_of(experiment)}")
    for loaded, part, experiment in claims()
]
ANSWERS = [pytest.param(*task, id=name(*task)) for task in exam()]
CHECKS = [
    pytest.param(task[2], check, id=f"{name(*task)}-{number}-{check.road}")
    for task in exam()
    for number, check in enumerate(task[2].checks, start=1)
]


@pytest.mark.parametrize(("loaded", "part", "answer"), ANSWERS)
def test_the_answer_holds(loaded: Loaded, part: Part, answer: Answer) -> None:
    report = verify_answer(PROJECT, loaded, part, answer)
    assert report.status in ("proved", "sampled")
    assert len(report.roads) >= ROADS_NEEDED
    assert report.refused >= 3
    assert all(evidence.compared for _, evidence in report.checks)


@pytest.mark.parametrize(("answer", "check"), CHECKS)
def test_the_check_refuses_wrong_answers(answer: Answer, check: Check) -> None:
    refused = 0
    for _, wrong in islice(wrong_variants(answer.value), 5):
        try:
            check.run(wrong)
        except Rejected:
            refused += 1
        except Exception:  # noqa: BLE001 - a wrong answer may have any shape
            continue
    assert refused


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_the_claim_holds_on_fresh_seeds_and_its_negation_does_not(experiment: Experiment) -> None:
    outcome = perform(experiment, FRESH)
    assert len(FRESH) - len(outcome.failures(experiment)) >= STEADY
    assert len(outcome.failures(experiment.negated())) >= STEADY
    assert not outcome.idle(experiment)


def test_the_whole_exam_is_there() -> None:
    questions = [loaded.question for loaded in questions_loaded()]
    parts = [part for question in questions for part in question.parts]
    assert (len(questions), len(parts), sum(part.points for part in parts)) == (7, 25, 100)
    assert sum(len(question.figures) for question in questions) >= 14


def test_every_part_proposes_a_marking_scheme() -> None:
    for loaded in questions_loaded():
        for part in loaded.question.parts:
            assert sum(mark.points for mark in part.marking) == part.points, (loaded.name, part.id)


def test_every_answer_of_the_exam_is_tested() -> None:
    assert {loaded.name for loaded, _, _ in exam()} == set(PROJECT.names())
    assert len({parameter.id for parameter in (*ANSWERS, *CHECKS)}) == len(ANSWERS) + len(CHECKS)
