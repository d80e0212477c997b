"""What became of a wrong value: killed by whom, equal, survived, or an error that is no kill."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Integer, Tuple

from solgen.evidence import Evidence, agree, equal, holds
from solgen.experiment import Experiment, Measure
from solgen.guards import check_guard, of_experiment
from solgen.load import load
from solgen.model import Check
from solgen.project import Project
from solgen.slips import Change
from solgen.subjects import (
    CLAIMS,
    EQUAL,
    ERROR,
    KILLED,
    SURVIVED,
    Subject,
    claims,
    compared,
    fate,
    neighbour_fate,
    neighbours,
    subjects,
)
from tests.glossary import x


def subject(value: Any, *runs: Any) -> Subject:
    checks = [Check("identity", run, fr="sens", en="meaning") for run in runs]
    guards = tuple(check_guard(check, number) for number, check in enumerate(checks, start=1))
    return Subject("q1", "a", "it", "answer", value, guards, compared)


def change(value: Any) -> Change:
    return Change("sign", "another", lambda: value)


def accepting(_value: Any) -> Evidence:
    return holds([True], "nothing")


def test_a_kill_names_the_checks_that_killed() -> None:
    killed = fate(subject(Integer(7), accepting, lambda a: equal(a, 7)), change(Integer(8)))
    assert killed.word == KILLED
    assert [name.partition(",")[0] for name in killed.by] == ["check 2 (identity)"]
    assert "8, not 7" in killed.reason
    assert str(killed) == "q1.a it, answer, sign: another"


def test_what_no_check_refuses_survives() -> None:
    assert (
        fate(subject(Integer(7), lambda a: equal(a**2, 49)), change(Integer(-7))).word == SURVIVED
    )


def test_a_crash_is_no_kill() -> None:
    survivor = fate(subject(Integer(7), lambda a: agree(a.missing, 7)), change(Integer(8)))
    assert survivor.word == SURVIVED
    assert "AttributeError" in survivor.reason


def test_an_equal_variant_is_neither_killed_nor_survived() -> None:
    assert (
        fate(subject(2 * x, lambda a: equal(a, 2 * x)), change((x + 1) ** 2 - x**2 - 1)).word
        == EQUAL
    )


def test_an_equal_variant_that_is_refused_is_an_error() -> None:
    fussy = subject(2 * x, lambda a: holds([a == 2 * x], "written as we like it"))
    assert fate(fussy, change((x + 1) ** 2 - x**2 - 1)).word == ERROR


def test_a_variant_that_cannot_be_made_is_an_error_and_no_kill() -> None:
    def impossible() -> Any:
        raise ZeroDivisionError

    broken = fate(subject(Integer(7), lambda a: equal(a, 7)), Change("sign", "1/0", impossible))
    assert (broken.word, broken.by) == (ERROR, ())
    assert "could not be made" in broken.reason


def test_a_variant_that_changes_nothing_is_an_error_and_no_kill() -> None:
    same = fate(subject(Integer(7), lambda a: equal(a, 7)), change(Integer(7)))
    assert (same.word, same.reason) == (ERROR, "changes nothing")


def test_a_rewriting_is_accepted_when_it_is_equal_and_an_error_when_it_is_refused() -> None:
    rewriting = change((x + 1) ** 2 - x**2 - 1)
    good = subject(2 * x, lambda a: equal(a, 2 * x))
    fussy = subject(2 * x, lambda a: holds([a == 2 * x], "written as we like it"))
    assert neighbour_fate(good, rewriting).word == EQUAL
    assert neighbour_fate(fussy, rewriting).word == ERROR
    assert neighbour_fate(good, change(3 * x)).word == ERROR  # it is no rewriting at all


def test_a_rewriting_that_changes_the_value_is_an_error_even_where_no_check_sees_it() -> None:
    assert neighbour_fate(subject(2 * x, accepting), change(3 * x)).word == ERROR


def test_every_wrong_claim_of_an_experiment_is_killed() -> None:
    experiment = Experiment(
        Measure(lambda rng, size: 5 + rng.random(), fr="m", en="m"),
        control=Measure(lambda rng, size: rng.random(), fr="c", en="c"),
        at_least=4,
        size=1,
    )
    guards = of_experiment(range(3))
    claim = Subject("q1", "a", "it", "claim", experiment, guards, lambda one, other: "undecided")
    made = {each.operator: fate(claim, each) for each in claims(experiment)}
    assert set(made) == set(CLAIMS)
    assert {found.word for found in made.values()} == {KILLED}
    assert made["idle control"].by == ("experiment, control",)
    assert "experiment, same seed twice" in made["unseeded"].by


def test_a_part_has_its_answers_and_steps_as_subjects(project: Project) -> None:
    (loaded,) = load(project, ["q1"])
    part_a, part_b = loaded.question.parts
    assert [one.place for one, _ in subjects(loaded, part_a)] == ["answer"]
    ((total, changes),) = subjects(loaded, part_b)
    words = {fate(total, each).word for each in changes}
    assert (total.name, words) == ("total", {KILLED})
    for one, rewritten in [*neighbours(loaded, part_a), *neighbours(loaded, part_b)]:
        assert {neighbour_fate(one, each).word for each in rewritten} == {EQUAL}


@pytest.mark.parametrize("value", [Integer(7), Tuple(1, 2), 2 * x])
def test_the_right_answer_is_alike_itself(value: Any) -> None:
    assert compared(value, value) == "proved"
