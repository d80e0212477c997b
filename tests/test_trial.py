"""Checks are put to the test: what they must take, what they must refuse, what they may claim."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Integer, Tuple, exp

from solgen.errors import QuestionError, VerificationError, Where
from solgen.evidence import agree, equal, holds
from solgen.model import Answer, Check
from solgen.trial import Trial, show_wrong_answers
from tests.glossary import f, x

HERE = Where("questions/q1.py", 7, "1", "a")


def trial(run: Any, value: Any, road: str = "identity") -> Trial:
    return Trial(Check(road, run, fr="sens", en="meaning"), value, "it", HERE, HERE)


def shown(value: Any, *runs: Any) -> list[Trial]:
    answer = Answer("x", value, [Check("identity", run, fr="sens", en="meaning") for run in runs])
    trials = [Trial(check, answer.value, "it", HERE, HERE) for check in answer.checks]
    show_wrong_answers(trials, answer, "it", HERE)
    return trials


def test_a_check_that_refuses_the_answer_stops_the_build() -> None:
    with pytest.raises(VerificationError, match="refuses the answer: not equal") as caught:
        trial(lambda a: equal(a, 8), Integer(7))
    assert (caught.value.found, caught.value.expected) == ("7", "8")
    assert "the check (questions/q1.py:" in str(caught.value.hint)


@pytest.mark.parametrize("run", [lambda a: True, lambda a: None, lambda a: a])
def test_a_check_without_evidence_stops_the_build(run: Any) -> None:
    with pytest.raises(VerificationError, match="nothing is known to have been compared"):
        trial(run, Integer(7))


def test_a_check_that_crashes_stops_the_build() -> None:
    with pytest.raises(VerificationError, match="failed with ZeroDivisionError"):
        trial(lambda a: 1 / 0, Integer(7))


@pytest.mark.parametrize(
    "vacuous",
    [
        lambda a: equal(a, a),  # a tautology
        lambda a: equal(7, 7),
        lambda a: holds([True], "nothing"),
        lambda a: agree([a, a], [a, a]),
        lambda a: equal(type(a).__name__ == "none", False),
    ],
)
def test_a_vacuous_check_stops_the_build(vacuous: Any) -> None:
    with pytest.raises(VerificationError, match="is vacuous"):
        shown(7, lambda a: equal(a, 7), vacuous)


@pytest.mark.parametrize(
    ("value", "weak"),
    [
        (7, lambda a: equal(a**2, 49)),  # the sign
        (7, lambda a: holds([a > 0], "positive")),  # the size
        (f.value, lambda a: equal(a.subs(x, 0), f.value.subs(x, 0))),  # one point
        (exp(x), lambda a: agree(a.subs(x, 0), 1, digits=1)),
        ((5, 8), lambda a: equal(a[0], 5)),  # one entry
        ((5, 8), lambda a: equal(sorted(a), [5, 8])),  # the order
        ((5, 8), lambda a: equal(list(a)[:2], [5, 8])),  # the length
    ],
)
def test_a_wrong_answer_that_all_checks_accept_stops_the_build(value: Any, weak: Any) -> None:
    with pytest.raises(VerificationError, match="no check of it refuses a wrong answer") as caught:
        shown(value, weak)
    assert caught.value.found


def test_a_crash_on_a_wrong_answer_is_no_refusal() -> None:
    def fragile(a: Any) -> Any:
        return holds([1 / int(a == 7) == 1], "it is 7")

    with pytest.raises(VerificationError, match="no check of it refuses"):
        shown(7, fragile)


def test_two_weak_checks_can_be_strong_together() -> None:
    trials = shown(
        (5, 8), lambda a: equal(len(a), 2) + equal(a[0], 5), lambda a: equal(a[1:], Tuple(8))
    )
    assert all(one.refusals for one in trials)


@pytest.mark.parametrize(
    ("value", "run", "status"),
    [
        (f, lambda a: equal(a, 1 / (1 + exp(-x))), "proved"),
        (f, lambda a: equal([a], [1 / (1 + exp(-x))]), "proved"),
        ((5, 8), lambda a: equal(a, (5, 8)) + holds([True], "x"), "proved"),
        (f, lambda a: equal([a.subs(x, v) for v in range(9)], [f.subs(x, v) for v in range(9)])
         + holds([a == f], "it is f"), "sampled"),
        (7, lambda a: holds([a == 7], "it is 7"), "sampled"),
        (7, lambda a: agree(a, 7), "sampled"),
        (2, lambda a: equal(1 + 1, 2) + agree(a, 2), "sampled"),  # 2 = 2, but not the answer's 2
        ((5, 8), lambda a: equal(len(a), 2) + equal(a[0], 5) + equal(a[1], 8), "sampled"),
    ],
)  # fmt: skip
def test_only_an_exact_comparison_of_the_whole_answer_proves(
    value: Any, run: Any, status: str
) -> None:
    (one,) = shown(value, run)
    assert one.evidence().status == status


def test_a_question_error_of_a_check_keeps_its_words() -> None:
    with pytest.raises(QuestionError, match="floating-point"):
        trial(lambda a: equal(a, 7.0), Integer(7))
