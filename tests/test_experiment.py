"""Experiments: claims that seeds meet, that their negation does not, and that a control cannot."""

from __future__ import annotations

from typing import Any

import pytest

from solgen.errors import QuestionError
from solgen.experiment import Experiment, Measure, perform


def mean_of_squares(rng: Any, size: int) -> float:
    return float((rng.normal(size=size) ** 2).mean())


def mean(rng: Any, size: int) -> float:
    return float(rng.normal(size=size).mean())


def made(**options: Any) -> Experiment:
    control = Measure(mean, fr="moyenne", en="mean")
    return Experiment(
        Measure(mean_of_squares, fr="moyenne des carrés", en="mean of squares"),
        **{"control": control, "size": 1000, **options},
    )


def test_every_seed_meets_the_claim_and_none_its_negation() -> None:
    experiment = made(at_least=0.8)
    outcome = perform(experiment, range(5))
    assert len(set(outcome.measured)) == 5
    assert not outcome.failures(experiment)
    assert outcome.failures(experiment.negated()) == [0, 1, 2, 3, 4]
    assert experiment.negated().upper
    assert not experiment.upper


def test_the_control_does_not_meet_the_claim() -> None:
    assert not perform(made(at_least=0.8), range(5)).idle(made(at_least=0.8))
    assert perform(made(at_most=1.2), range(5)).idle(made(at_most=1.2)) == [0, 1, 2, 3, 4]


def test_the_worst_seed_is_the_one_nearest_to_the_bound() -> None:
    outcome = perform(made(at_least=0.8), range(5))
    assert outcome.worst(made(at_least=0.8)) == min(outcome.measured)
    assert outcome.worst(made(at_most=1.2)) == max(outcome.measured)


def test_the_size_reaches_the_measure() -> None:
    small, large = (perform(made(at_least=0, size=size), [0]).measured for size in (10, 1000))
    assert small != large


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"at_least": 1, "at_most": 2},
        {"at_least": float("nan")},
        {"at_most": float("inf")},
        {"at_least": 1, "size": 0},
        {"at_least": 1, "seeds": 2},
        {"at_least": 1, "seeds": True},
    ],
    ids=str,
)
def test_an_experiment_that_claims_nothing_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        made(**options)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "much", None, [1, 2]], ids=str)
def test_a_measure_that_is_not_one_finite_number_is_refused(value: Any) -> None:
    measure = Measure(lambda rng, size: value, fr="rien", en="nothing")
    with pytest.raises(QuestionError, match="with seed 0"):
        perform(Experiment(measure, control=measure, at_least=1, size=1), [0])


def test_a_measure_takes_the_generator_and_the_size() -> None:
    with pytest.raises(QuestionError, match="two arguments"):
        Measure(lambda rng: 1, fr="rien", en="nothing")
