"""What guards an answer, a step or a claim: functions that look at a value and rule on it.

`verify` stops at the first failure; here each guard is asked by itself, so that it can be said
which one refused, and which never does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from solgen.algebra import compare
from solgen.clock import time_limit
from solgen.errors import QuestionError, SolgenError
from solgen.evidence import Evidence, Rejected
from solgen.experiment import Experiment, perform
from solgen.model import Answer, Check, Derivation

GUARD_SECONDS = 20.0  # as long as a value may be looked at

ACCEPTED, REFUSED, FAILED = "accepted", "refused", "failed"


@dataclass(frozen=True)
class Ruling:
    """What a guard said of a value: accepted, refused with its reason, or failed to look at it."""

    word: str
    reason: str = ""


@dataclass(frozen=True)
class Guard:
    """One thing that may refuse a value: `look` raises Rejected, or a SolgenError, if it does."""

    name: str
    look: Callable[[Any], Any]

    def rule(self, value: Any) -> Ruling:
        """Its ruling. A crash, or no end, is not a refusal: nothing was compared."""
        try:
            with time_limit(GUARD_SECONDS):
                self.look(value)
        except Rejected as rejection:
            return Ruling(REFUSED, _reason(rejection.message, rejection.found, rejection.expected))
        except SolgenError as error:
            return Ruling(REFUSED, _reason(error.message, error.found, error.expected))
        except TimeoutError:
            return Ruling(FAILED, f"no end after {GUARD_SECONDS:g} s")
        except Exception as error:  # noqa: BLE001 - a wrong value may have any shape
            return Ruling(FAILED, f"{type(error).__name__}: {error}")
        return Ruling(ACCEPTED)


def _reason(message: str, found: object, expected: object) -> str:
    sides = f": {found}, not {expected}" if found and expected else ""
    return f"{message}{sides}"


def of_answer(answer: Answer) -> tuple[Guard, ...]:
    """What guards the value of an answer: for a derivation the referee, then every check."""
    checks = [check_guard(check, number) for number, check in enumerate(answer.checks, start=1)]
    if isinstance(answer, Derivation):
        return (of_step(answer, len(answer.steps)), *checks)
    return tuple(checks)


def check_guard(check: Check, number: int) -> Guard:
    """A check of an answer; `number` is its place among the answer's checks."""

    def look(value: Any) -> None:
        if not isinstance(check.run(value), Evidence):
            raise TypeError("the check returned no evidence")

    return Guard(f"check {number} ({check.road}), line {check.where.line}", look)


def of_step(derivation: Derivation, number: int) -> Guard:
    """The referee before one step of a derivation: the form must equal the derivation's truth."""

    def look(form: Any) -> None:
        verdict = compare(form, derivation.truth)
        if verdict.status == "refuted":
            at = verdict.counterexample()
            raise Rejected(f"not equal {at}", verdict.left, verdict.right)
        if not verdict.accepted:
            raise Rejected(f"undecided: {verdict.method}")

    return Guard(f"referee, step {number}", look)


def of_experiment(seeds: range) -> tuple[Guard, ...]:
    """What guards a claim: every seed must meet it, its control must not, and draws are fixed."""

    def measures(experiment: Experiment) -> None:
        outcome = perform(experiment, seeds)
        for position in outcome.failures(experiment):
            value = outcome.measured[position]
            raise Rejected(
                f"seed {seeds[position]} does not meet the claim",
                f"{value:.6g}",
                _claim(experiment),
            )

    def controls(experiment: Experiment) -> None:
        outcome = perform(experiment, seeds)
        for position in outcome.idle(experiment):
            value = outcome.control[position]
            raise Rejected(
                f"the control meets the claim with seed {seeds[position]}",
                f"{value:.6g}",
                f"not {_claim(experiment)}",
            )

    def repeats(experiment: Experiment) -> None:
        once, again = (perform(experiment, seeds[:1]) for _ in range(2))
        if once != again:
            raise QuestionError("two values with the same seed")

    return (
        Guard("experiment, seeds", measures),
        Guard("experiment, control", controls),
        Guard("experiment, same seed twice", repeats),
    )


def _claim(experiment: Experiment) -> str:
    return f"{'at most' if experiment.upper else 'at least'} {experiment.bound:g}"
