"""Each guard rules by itself: it accepts, refuses with its reason, or fails to look."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Integer

from solgen.evidence import equal
from solgen.experiment import Experiment, Measure
from solgen.forms import plus, times
from solgen.guards import ACCEPTED, FAILED, REFUSED, Guard, check_guard, of_answer, of_experiment
from solgen.model import Answer, Check, Derivation, Step
from tests.glossary import x


def check(run: Any) -> Check:
    return Check("identity", run, fr="sens", en="meaning")


def test_a_check_accepts_refuses_or_fails() -> None:
    guard = check_guard(check(lambda a: equal(12 / a, 4)), 1)
    assert guard.rule(Integer(3)).word == ACCEPTED
    refused = guard.rule(Integer(4))
    assert (refused.word, refused.reason) == (REFUSED, "not equal: 3, not 4")
    assert guard.rule("three").word == FAILED
    assert guard.name.startswith("check 1 (identity), line ")


def test_a_check_without_evidence_has_not_looked() -> None:
    assert check_guard(check(lambda a: True), 1).rule(Integer(3)).word == FAILED


def test_a_guard_that_never_ends_has_not_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solgen.guards.GUARD_SECONDS", 0.1)

    def forever(_value: Any) -> None:
        while True:
            pass

    assert Guard("forever", forever).rule(1).word == FAILED


def test_a_derivation_is_guarded_by_the_referee_first() -> None:
    doubled = Derivation("2x", plus(x, x), [Step(times(2, x))], [check(lambda a: equal(a, 2 * x))])
    referee, by_check = of_answer(doubled)
    assert referee.name == "referee, step 1"
    assert referee.rule(3 * x).reason.startswith("not equal at x = ")
    assert by_check.rule(3 * x).word == REFUSED


def test_an_answer_is_guarded_by_its_checks() -> None:
    answer = Answer("3", 3, [check(lambda a: equal(a, 3)), check(lambda a: equal(2 * a, 6))])
    assert [guard.rule(Integer(4)).word for guard in of_answer(answer)] == [REFUSED] * 2


def experiment(measured: Any, control: Any) -> Experiment:
    return Experiment(
        Measure(measured, fr="m", en="m"),
        control=Measure(control, fr="c", en="c"),
        at_least=1,
        size=1,
    )


@pytest.mark.parametrize(
    ("measured", "control", "refusing"),
    [
        (lambda rng, size: 2, lambda rng, size: 0, []),
        (lambda rng, size: 0, lambda rng, size: 0, ["experiment, seeds"]),
        (lambda rng, size: 2, lambda rng, size: 2, ["experiment, control"]),
    ],
)
def test_a_claim_is_guarded_by_its_seeds_and_its_control(
    measured: Any, control: Any, refusing: list[str]
) -> None:
    claim = experiment(measured, control)
    rulings = {guard.name: guard.rule(claim).word for guard in of_experiment(range(3))}
    assert [name for name, word in rulings.items() if word == REFUSED] == refusing


def test_a_measure_that_draws_from_elsewhere_is_refused() -> None:
    drawn = iter(range(2, 100))
    claim = experiment(lambda rng, size: next(drawn), lambda rng, size: 0)
    *_, same_seed = of_experiment(range(3))
    assert same_seed.rule(claim).reason == "two values with the same seed"
