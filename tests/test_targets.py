"""A part asks for what its short answer states; otherwise any of its answers will do."""

from __future__ import annotations

import pytest

from solgen.errors import QuestionError
from solgen.load import load
from solgen.project import find_project
from solgen.targets import wanted
from tests.support import ROOT

PROJECT = find_project(ROOT)


def names(target: str) -> list[str]:
    name, _, place = target.partition(".")
    (loaded,) = load(PROJECT, [name])
    return [loaded.name_of(answer) for answer in wanted(PROJECT, loaded, place)[1]]


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("q1.d", ["dCE_da"]),  # printed with its left side
        ("q2.c", ["full", "valid", "same"]),
        ("q1.a", ["sigmoid"]),  # the only one that is named
        ("q3.a", ["dc1_dx0"]),
        ("q1.b", ["dR_dq", "honest"]),  # none is
        ("q1.df_da", ["df_da"]),
    ],
)
def test_a_target_names_answers(target: str, asked: list[str]) -> None:
    assert names(target) == asked


def test_an_argument_that_quotes_formulas_asks_for_none_of_them() -> None:
    assert len(names("q1.g")) > 10
    assert names("q5.b")[:2] == ["stopped", "penalized"]
    assert len(names("q5.b")) > 5


def test_a_target_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(QuestionError, match="no part or answer 'dMSE_ds'") as caught:
        names("q1.dMSE_ds")
    assert caught.value.hint == "did you mean q1.dMSE_da?"
    with pytest.raises(QuestionError) as caught:
        names("q1.z")
    assert caught.value.hint == "its parts are a, b, c, d, e, f, g"
