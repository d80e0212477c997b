"""Experiments: claims about random quantities, with seeds, a bound and a control.

An experiment measures one number per seed and claims that it is at least, or at most, a bound. Its
control measures a case in which the claim is false; if that met the claim too, the experiment could
not have failed, and would show nothing.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

from solgen.author import fill, statement
from solgen.errors import QuestionError, Where
from solgen.text import Text

SEEDS_NEEDED = 3  # one draw is an anecdote


@dataclass(frozen=True, eq=False)
class Measure:
    """One number measured by `run(rng, size)`: `rng` is numpy's Generator of the seed.

    The keyword arguments (`fr=`, `en=`) say what is measured.
    """

    run: Callable[[Any, int], Any]
    meaning: Text
    where: Where

    def __init__(self, run: Callable[[Any, int], Any], /, **meaning: str) -> None:
        where = statement()
        if not callable(run) or len(inspect.signature(run).parameters) != 2:
            raise QuestionError(
                f"the measure {getattr(run, '__name__', run)!r} does not take two arguments",
                where,
                "write a function of the generator and the size: def measure_…(rng, size)",
            )
        fill(self, run=run, meaning=Text.at(where, meaning), where=where)


@dataclass(frozen=True, eq=False)
class Experiment:
    """A seeded claim: `measure` is `at_least`, or `at_most`, a bound for every seed.

    `size` is given to both measures (draws, repetitions, what they make of it), `seeds` is how many
    seeds, 0, 1, …, are run. `control` must violate the claim with every seed.
    """

    measure: Measure
    control: Measure
    bound: float
    upper: bool
    size: int
    seeds: int
    where: Where

    def __init__(
        self,
        measure: Measure,
        *,
        control: Measure,
        at_least: float | None = None,
        at_most: float | None = None,
        size: int,
        seeds: int = 5,
    ) -> None:
        where = statement()
        if (at_least is None) == (at_most is None):
            raise QuestionError(
                "the experiment claims nothing, or two things", where, "give at_least= or at_most="
            )
        for name, count, least in (("size", size, 1), ("seeds", seeds, SEEDS_NEEDED)):
            if not isinstance(count, int) or isinstance(count, bool) or count < least:
                raise QuestionError(
                    f"{name}={count!r} cannot be used",
                    where,
                    f"give a whole number from {least} on",
                )
        bound = float(at_most if at_least is None else at_least)  # type: ignore[arg-type]
        if not math.isfinite(bound):
            raise QuestionError(f"the bound {bound} claims nothing", where, "give a finite bound")
        fill(
            self,
            measure=measure,
            control=control,
            bound=bound,
            upper=at_least is None,
            size=size,
            seeds=seeds,
            where=where,
        )

    def claims(self, value: float) -> bool:
        """Whether a measured value is what the experiment claims."""
        return value <= self.bound if self.upper else value >= self.bound

    def negated(self) -> Experiment:
        """The opposite claim about the same quantity, which must fail."""
        opposite = copy(self)
        fill(opposite, upper=not self.upper)
        return opposite


@dataclass(frozen=True)
class Outcome:
    """What an experiment measured, and its control, seed by seed."""

    measured: tuple[float, ...]
    control: tuple[float, ...]

    def worst(self, experiment: Experiment) -> float:
        """The measured value nearest to the bound, or farthest beyond it."""
        return max(self.measured) if experiment.upper else min(self.measured)

    def failures(self, experiment: Experiment) -> list[int]:
        """The positions of the seeds that do not meet the claim."""
        return [i for i, value in enumerate(self.measured) if not experiment.claims(value)]

    def idle(self, experiment: Experiment) -> list[int]:
        """The positions of the seeds with which the control meets the claim."""
        return [i for i, value in enumerate(self.control) if experiment.claims(value)]


def perform(experiment: Experiment, seeds: Iterable[int]) -> Outcome:
    """Measure with every seed. Raises QuestionError for what is not one finite number."""
    listed = tuple(seeds)
    return Outcome(
        tuple(_measured(experiment.measure, seed, experiment.size) for seed in listed),
        tuple(_measured(experiment.control, seed, experiment.size) for seed in listed),
    )


def _measured(measure: Measure, seed: int, size: int) -> float:
    import numpy as np

    value = measure.run(np.random.default_rng(seed), size)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise QuestionError(
            f"the measure gives {value!r} with seed {seed}",
            measure.where,
            "return one finite number",
        )
    return number
