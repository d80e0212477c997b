"""Proposed answers: every correct rewriting is accepted, every mistake refused with a reason."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
import sympy

from solgen import proposal
from solgen.errors import LimitError, QuestionError
from solgen.evidence import Evidence, Rejected
from solgen.load import Loaded, load
from solgen.model import Check
from solgen.project import find_project
from solgen.proposal import Judgement, judge, symbols
from tests.proposals import RIGHT, UNREADABLE, WRONG
from tests.support import ROOT

PROJECT = find_project(ROOT)
ACCEPTABLE = [(*row, kind) for kind, rows in RIGHT.items() for row in rows]
MISTAKES = [(*row, kind) for kind, rows in WRONG.items() for row in rows]


@cache
def question(name: str) -> Loaded:
    return load(PROJECT, [name])[0]


def judged(target: str, text: str) -> Judgement:
    name, _, place = target.partition(".")
    return judge(PROJECT, question(name), place or "a", text)


@cache
def listed(target: str, text: str) -> Judgement:
    """The same, once, for a proposal of the list: no test changes how these are judged."""
    return judged(target, text)


def answer_of(target: str) -> Any:
    """The answer of this name, in a copy of its question whose other things are the same."""
    name, _, place = target.partition(".")
    answers = [a for p in question(name).question.parts for a in p.answers]
    return next(a for a in answers if question(name).name_of(a) == place)


def part_of(target: str, answer: str) -> str:
    """The part of an answer: q1 d."""
    name = target.partition(".")[0]
    loaded = question(name)
    parts = [p.id for p in loaded.question.parts if answer in map(loaded.name_of, p.answers)]
    return f"{name} {parts[0]}"


@pytest.mark.parametrize(("target", "text", "name", "kind"), ACCEPTABLE)
def test_a_correct_form_is_accepted(target: str, text: str, name: str, kind: str) -> None:
    found = listed(target, text)
    assert found.accepted, (kind, found)
    assert (found.answer, found.differences, found.remarks) == (name, (), ())
    assert {ruling.word for ruling in found.rulings} <= {"accepted", "no ruling"}
    assert sum(ruling.word == "accepted" for ruling in found.rulings) > 1


@pytest.mark.parametrize(("target", "text", "kind"), MISTAKES)
def test_a_mistake_is_refused_with_its_numbers(target: str, text: str, kind: str) -> None:
    found = listed(target, text)
    assert not found.accepted, (kind, found)
    refusals = [ruling for ruling in found.rulings if ruling.word == "refused"]
    assert all(ruling.said for ruling in refusals)
    assert refusals[0].guard in ("referee", "what stands left of =")
    if refusals[0].guard == "referee":
        assert all(one.proposed != one.answer for one in found.differences)
        assert found.differences


@pytest.mark.parametrize(("target", "text", "caret", "message"), UNREADABLE)
def test_what_cannot_be_read_is_shown(target: str, text: str, caret: int, message: str) -> None:
    with pytest.raises(QuestionError) as caught:
        judged(target, text)
    assert message in caught.value.message
    assert caught.value.code == 2
    assert str(caught.value.found).split("\n")[1:] == [text, " " * caret + "^"]


def test_the_proposals_cover_every_part_of_the_exam() -> None:
    parts = {f"{name} {p.id}" for name in PROJECT.select(()) for p in question(name).question.parts}
    accepted = {part_of(target, name) for target, _, name, _ in ACCEPTABLE}
    assert accepted == parts
    assert len(parts) == 25
    refused = {part_of(target, listed(target, text).answer) for target, text, _ in MISTAKES}
    assert refused == parts


def test_at_least_a_third_of_the_proposals_are_right_and_a_third_wrong() -> None:
    total = len(ACCEPTABLE) + len(MISTAKES)
    assert len({row[:2] for row in (*ACCEPTABLE, *MISTAKES)}) == total
    assert total >= 150
    assert 3 * min(len(ACCEPTABLE), len(MISTAKES)) >= total


@pytest.mark.parametrize(
    ("target", "text", "remark"),
    [
        ("q1.d", "y - f", "it is the opposite of the answer"),
        ("q1.d", "2*f - 2*y", "it is 2 times the answer"),
        ("q1.e", "(f - y)^2/3", "it is 1/3 times the answer"),
        ("q1.d", "f*(1 - f)", "it is df_da, an answer of part (d)"),
        ("q1.d", "2*(f - y)*f*(1 - f)", "it is dMSE_da, an answer of part (f)"),
        ("q1.largest", "0.2963", "it is the answer, rounded"),
        ("q1.g", "0.296", "it is largest, an answer of part (g), rounded"),
        ("q5.c", "[0.545, 0.182, 0.273]", "it is the answer, rounded"),
        ("q2.valid", "[8, 5]", "it has the answer's entries in another order"),
        ("q2.full", "[2, 5, 8, 6]", "it is a part of the answer"),
        ("q2.valid", "[1, 5, 8]", "the answer is a part of it"),
        ("q4.newton_point", "Matrix([3, -2, 1])", "it is the transpose of the answer"),
        ("q2.scores", "[[8, 2], [12, 16]]", "it is 2 times the answer"),
    ],
)
def test_a_refusal_says_what_the_proposal_is_instead(target: str, text: str, remark: str) -> None:
    assert remark in judged(target, text).remarks


@pytest.mark.parametrize(
    ("target", "text"),
    [("q1.d", "f + y"), ("q1.largest", "0.29"), ("q2.valid", "[5, 9]"), ("q2.valid", "[5, 8, 8]")],
)
def test_what_is_seen_as_nothing_gets_no_remark(target: str, text: str) -> None:
    found = set(judged(target, text).remarks) - {"the answer is a part of it"}
    assert not found


def test_every_wrong_entry_is_told_with_its_place() -> None:
    found = judged("q4.last_inverse", "[[3/4, 1/2, 1/4], [-1/2, 1, -1/2], [1/4, -1/2, 1]]")
    assert [str(one) for one in found.differences] == [
        "row 1, column 2: it is 0.5, not -0.5",
        "row 3, column 3: it is 1, not 0.75",
    ]
    nested = judged("q2.correlations", "[[2, 4, 7, 10, 3, 4], [7, 10], [4, 7, 10, 2]]")
    assert [str(one) for one in nested.differences] == ["entry 3, entry 4: it is 2, not 3"]
    assert nested.rulings[0].said == "not equal in 1 of 12 entries, as shown"


def test_a_counterexample_has_simple_numbers() -> None:
    (found,) = judged("q1.e", "f^2 - y^2").differences
    assert found.at in ("a = 1, y = 1", "a = 2, y = 1")
    (found,) = judged("q2.map_side", "h/2 - 4").differences
    assert (found.at, found.proposed, found.answer) == ("h = 1", "-3.5", "-4")


def test_every_guard_has_its_road_its_place_and_its_word() -> None:
    found = judged("q2.c", "[1, 2, 5, 8, 6, 9]")
    full = answer_of("q2.full")
    assert found.place == f"questions/q2.py:{full.where.line}"
    assert [ruling.guard for ruling in found.rulings] == [
        "referee",
        *(f"check ({c.road}), questions/q2.py:{c.where.line}" for c in full.checks),
    ]
    assert {ruling.word for ruling in found.rulings} == {"refused"}
    assert found.rulings[1].said == "not equal at entry = 6: 9, not 8"


def test_a_left_side_that_is_something_else_is_refused() -> None:
    found = judged("q1.d", r"\frac{\partial L_{\mathrm{MSE}}}{\partial a} = f - y")
    assert [(r.guard, r.word) for r in found.rulings[:2]] == [
        ("referee", "accepted"),
        ("what stands left of =", "refused"),
    ]
    assert not found.accepted


def test_a_name_is_more_precise_than_a_left_side() -> None:
    left = r"\boldsymbol{y}^{\mathrm{valid}} = [5, 8]"
    assert judged("q2.c", left).answer == "valid"
    assert judged("q2.full", left).answer == "full"
    assert not judged("q2.full", left).accepted


def with_checks(monkeypatch: pytest.MonkeyPatch, *checks: Check) -> None:
    """dCE_da with other checks."""
    answer = answer_of("q1.dCE_da")
    kept = answer.checks
    monkeypatch.setitem(answer.__dict__, "checks", checks)
    assert answer.checks != kept


def test_a_check_that_cannot_take_a_form_gives_no_ruling(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(_: Any) -> Evidence:
        raise AttributeError("no such form")

    with_checks(monkeypatch, Check("limit", crash, fr="rien", en="nothing"))
    found = judged("q1.d", "f - y")
    assert found.accepted
    assert found.rulings[1].word == "no ruling"
    assert found.rulings[1].said == "it cannot take this: AttributeError: no such form"
    assert not judged("q1.d", "f + y").accepted


def test_a_check_is_shown_another_form_of_an_equal_value(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def picky(value: Any) -> Evidence:
        seen.append(value)
        if len(seen) == 1:
            raise Rejected("not this form")
        return Evidence(1)

    with_checks(monkeypatch, Check("limit", picky, fr="difficile", en="picky"))
    assert judged("q1.d", "f - y").rulings[1].word == "accepted"
    assert len(seen) == 2
    seen.clear()
    assert judged("q1.d", "f + y").rulings[1].word == "refused"
    assert len(seen) == 1


def test_a_check_that_contradicts_the_referee_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: Any) -> Evidence:
        raise Rejected("wrong", "1", "2")

    with_checks(monkeypatch, Check("limit", never, fr="jamais", en="never"))
    found = judged("q1.d", "f - y")
    assert not found.accepted
    assert found.rulings[1].said.startswith("wrong: 1, not 2; the referee finds it equal")


def test_a_check_without_end_stops_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_: Any) -> Evidence:
        while True:
            pass

    monkeypatch.setattr(proposal, "GLANCE_SECONDS", 0.1)
    with_checks(monkeypatch, Check("limit", endless, fr="sans fin", en="endless"))
    found = judged("q1.d", "f + y")
    assert (found.accepted, found.rulings[1].said) == (False, "no end after 0.1 s")


def test_the_referee_is_told_before_the_checks_run() -> None:
    told: list[Judgement] = []
    judge(PROJECT, question("q1"), "d", "f + y", told.append)
    (first,) = told
    assert (first.accepted, first.rulings[0].word) == (False, "refused")
    assert [ruling.said for ruling in first.rulings[1:]] == ["it had no end"]
    told.clear()
    judge(PROJECT, question("q1"), "d", "f - y", told.append)
    assert told == []


def test_what_the_referee_cannot_decide_needs_two_roads(monkeypatch: pytest.MonkeyPatch) -> None:
    undecided = proposal.Comparison("undecided", "it cannot decide")
    monkeypatch.setattr(proposal, "compared", lambda _value, _answer: undecided)
    assert not judged("q1.d", "f - y").accepted
    agreeing = [
        Check(road, lambda _: Evidence(1), fr="oui", en="yes") for road in ("limit", "library")
    ]
    with_checks(monkeypatch, *agreeing)
    assert judged("q1.d", "f - y").accepted
    with_checks(monkeypatch, agreeing[0], agreeing[0])
    assert not judged("q1.d", "f - y").accepted


def test_a_number_too_long_to_be_shown_is_not_judged() -> None:
    with pytest.raises(QuestionError, match="more than 4000 digits"):
        judged("q7.pigeonhole", "2152^9999")
    with pytest.raises(QuestionError, match="more than 4000 digits"):
        judged("q7.pigeonhole", r"2^{20000}")


def test_checks_without_end_leave_the_referee_s_word(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: Any) -> Any:
        while True:
            pass

    monkeypatch.setattr(proposal, "JUDGE_SECONDS", 1.0)
    monkeypatch.setattr(proposal, "_look", endless)
    found = judged("q1.d", "f + y")
    assert [ruling.said for ruling in found.rulings] == ["not equal, as shown", "it had no end"]
    with pytest.raises(LimitError):  # what the referee accepts still needs its checks
        judged("q1.d", "f - y")


def test_judging_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*_: Any) -> Any:
        while True:
            pass

    monkeypatch.setattr(proposal, "JUDGE_SECONDS", 0.1)
    monkeypatch.setattr(proposal, "_readings", endless)
    with pytest.raises(LimitError, match=r"more than 0\.1 s"):
        judged("q1.d", "f - y")


def test_symbols_in_dictionaries_count() -> None:
    found = {s.name for s in symbols(question("q3"))}
    assert {"f_0", "phi_1", "W_f", "c_0", "dc_0"} <= found


def test_a_value_is_judged_in_the_brackets_of_the_answer() -> None:
    (reading,) = proposal._readings(PROJECT, question("q4"), question("q4").question.parts[3],
                                    "[3, -2, 1]")  # fmt: skip
    assert reading.value == sympy.Tuple(3, -2, 1)
    assert judged("q4.newton_point", "[3, -2, 1]").accepted
    assert replace(judged("q4.newton_point", "[3, -2]"), rulings=()).differences[0].proposed == (
        "a list of 2 entries"
    )
