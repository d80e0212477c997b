"""The stage verify, on small modules: what passes, what stops it, and where it points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from solgen import verify
from solgen.errors import LimitError, QuestionError, SolgenError, VerificationError
from solgen.load import load
from solgen.project import Project, find_project
from solgen.verify import AnswerReport, Report, tasks, verify_answer, verify_part

HEAD = """\
from sympy import *
from solgen import *
x = symbol("x", Reals, fr="nombre", en="number")
t = symbol("t", Interval.open(0, oo), fr="temps", en="time")
W = dict(fr="sens", en="meaning")
"""
FOOT = """
question = Question(Text(fr="q", en="q"), [Part("a", 1, [it])])
"""
VACUOUS = """\
it = Answer("x", 1, [equals(1, "identity", **W), Check("library", lambda a: equal(a, a), **W)])
"""
TWO_WEAK = """\
it = Answer("x", 7, [Check(road, lambda a: equal(a**2, 49), **W) for road in ("limit", "library")])
"""
WHOLE = """\
it = Answer("x", sqrt(t)**2, [
    equals(t, "identity", **W),
    Check("numeric", lambda a: agree(a.subs(t, 4), 4), **W)])
"""
THREE_POINTS = """\
it = Answer("x", t**2, [
    Check("enumeration", lambda a: equal([a.subs(t, v) for v in (1, 2, 3)], [1, 4, 9]), **W),
    Check("limit", lambda a: equal(limit(a/t**2, t, oo), 1), **W)])
"""
Verified = Callable[[str], AnswerReport]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "questions").mkdir()
    (tmp_path / "solgen.toml").write_text(
        '[exam]\nlanguages = ["fr", "en"]\ntitle = { fr = "e", en = "e" }\n'
    )
    return find_project(tmp_path)


@pytest.fixture
def verified(project: Project) -> Verified:
    """A function that verifies the answer `it` of a module."""

    def run(body: str) -> AnswerReport:
        text = HEAD + dedent(body) + FOOT
        (project.questions / "q1.py").write_text(text, encoding="utf-8")
        ((loaded, part, answer),) = tasks(load(project, ["q1"]))
        return verify_answer(project, loaded, part, answer)

    return run


CUBE = 'it = Derivation("V", derivative(x**3, x), [Step({})], checks=[by_slope(x**3, x)])'


def test_a_derivation_is_proved(verified: Verified) -> None:
    report = verified(CUBE.format("times(3, power(x, 2))"))
    assert report.status == "proved"
    assert report.roads == ("numeric", "symbolic")
    assert [verdict.status for verdict in report.steps] == ["proved"]
    assert [evidence.status for _, evidence in report.checks] == ["sampled"]
    assert report.refused >= 5
    assert Report((report,)).of(report.answer) is report


@pytest.mark.parametrize(
    ("body", "error", "message"),
    [
        (CUBE.format("times(2, power(x, 2))"), VerificationError, "step 1 of it is not equal"),
        (CUBE.format("3*t**2"), VerificationError, "step 1 of it is not equal"),
        (CUBE.format("3*Symbol('x')**2"), QuestionError, "two different symbols are called x"),
        (CUBE.format("3*x**2 + Symbol('v')"), QuestionError, "the symbol v has no domain"),
        (CUBE.format("Integral(exp(-t**t), (t, 1, 1 + exp(x)))"), VerificationError, "undecided"),
        ('it = Answer("x", 1, [equals(1, "identity", **W)])', VerificationError, "has 1 road"),
        ('it = Answer("x", 1, [])', VerificationError, "has 0 roads"),
        ('it = Derivation("x", x + x, [Step(2*x)], [by_slope(x**2, x)])', VerificationError,
         "written like its value"),
        ('it = Answer("x", 1, [equals(1, "identity", **W), equals(2, "library", **W)])',
         VerificationError, "the check of it (library) refuses the answer"),
        (VACUOUS, VerificationError, "is vacuous"),
        (TWO_WEAK, VerificationError, "no check of it refuses"),
    ],
)  # fmt: skip
def test_what_is_not_verified_stops_at_the_authors_line(
    verified: Verified, body: str, error: type[SolgenError], message: str
) -> None:
    with pytest.raises(error) as caught:
        verified(body)
    assert message in str(caught.value)
    where = caught.value.where
    assert where is not None
    assert (where.file, where.question, where.part) == ("questions/q1.py", "1", "a")
    assert where.line == HEAD.count("\n") + 1


def test_a_refuted_step_shows_a_counterexample(verified: Verified) -> None:
    with pytest.raises(VerificationError) as caught:
        verified(CUBE.format("times(2, power(x, 2))"))
    assert " at x = " in str(caught.value.found)
    assert caught.value.expected


def test_a_check_made_elsewhere_does_not_hide_the_answers_line(verified: Verified) -> None:
    with pytest.raises(VerificationError) as caught:
        verified(
            """\
            def road(name):
                return Check(name, lambda a: equal(a, 8), **W)
            it = Answer("x", 7, [road("identity"), road("library")])
            """
        )
    assert caught.value.where is not None
    assert caught.value.where.line == HEAD.count("\n") + 3
    assert f"questions/q1.py:{HEAD.count(chr(10)) + 2}" in str(caught.value.hint)


def test_an_answer_made_by_a_function_is_sought_where_it_is_named(verified: Verified) -> None:
    with pytest.raises(VerificationError) as caught:
        verified(
            """\
            def slope(form):
                return Derivation("V", derivative(x**3, x), [Step(form)], [by_slope(x**3, x)])

            it = slope(times(2, power(x, 2)))
            """
        )
    assert caught.value.where is not None
    assert caught.value.where.line == HEAD.count("\n") + 4


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (WHOLE, "proved"),
        (THREE_POINTS, "sampled"),
    ],
    ids=["whole", "three points"],
)
def test_three_exact_points_prove_no_formula(verified: Verified, body: str, status: str) -> None:
    assert verified(body).status == status


def test_one_unproved_step_makes_a_derivation_sampled(
    verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("solgen.algebra.proof", lambda *_: "")
    assert verified(CUBE.format("times(3, power(x, 2))")).status == "sampled"


def test_an_endless_check_is_stopped(verified: Verified, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "CHECK_SECONDS", 0.5)
    with pytest.raises(LimitError, match="more than") as caught:
        verified(
            """\
            def endless(answer):
                while True:
                    try:
                        equal(answer, x)
                    except Exception:
                        pass
            it = Answer("x", x, [Check("library", endless, **W), equals(x, "identity", **W)])
            """
        )
    assert caught.value.where is not None
    assert caught.value.where.part == "a"


def test_a_definition_outside_its_domain_is_refused(verified: Verified) -> None:
    with pytest.raises(
        VerificationError, match="the definition of p never takes a value"
    ) as caught:
        verified(
            'p = symbol("p", Interval.open(0, 1), value=-1/(1 + exp(x)), fr="p", en="p")\n'
            + CUBE.format("3*x**2")
        )
    assert str(caught.value.where) == f"questions/q1.py:{HEAD.count(chr(10)) + 1}, question 1"


def test_a_part_without_answers_is_refused(project: Project) -> None:
    text = HEAD + 'question = Question(Text(fr="q", en="q"), [Part("a", 1, [])])\n'
    (project.questions / "q1.py").write_text(text, encoding="utf-8")
    (loaded,) = load(project, ["q1"])
    with pytest.raises(VerificationError, match="nothing in it is verified"):
        verify_part(project, loaded, loaded.question.parts[0])
