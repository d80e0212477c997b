"""The score: what is counted, what fails the run, and what is written for the certificate."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from solgen import mutants
from solgen.cli import run as command
from solgen.errors import VerificationError
from solgen.liar import Independence
from solgen.project import Project
from solgen.score import Score, Tried, as_json, count, explanations, write
from solgen.subjects import EQUAL, ERROR, KILLED, SURVIVED, Fate


def fates(word: str, number: int = 1, operator: str = "digit", name: str = "it") -> list[Fate]:
    return [
        Fate("q1", "a", name, "answer", operator, f"change {k}", word, ("check 1",))
        for k in range(number)
    ]


def tried(wrong: list[Fate], rewritten: Any = (), independence: Any = ()) -> Tried:
    return Tried("q1", "0" * 64, tuple(wrong), tuple(rewritten), tuple(independence))


def score(*found: Any, explained: dict[str, str] | None = None) -> Score:
    return Score((tried(*found),), explained or {})


def test_equal_variants_are_neither_killed_nor_survived() -> None:
    found = count([*fates(KILLED, 3), *fates(EQUAL, 2), *fates(SURVIVED)])
    assert (found.rate, str(found)) == (0.75, "3/4 killed, 2 equal, 1 survived")


def test_a_clean_run_passes() -> None:
    assert score(fates(KILLED, 10)).failures() == []


def test_errors_fail_the_run() -> None:
    (failure, *_) = score([*fates(KILLED, 99), *fates(ERROR)]).failures()
    assert failure.startswith("error: q1.a it, answer, digit: change 0")


def test_a_refused_rewriting_fails_the_run() -> None:
    (failure,) = score(fates(KILLED, 9), fates(ERROR)).failures()
    assert failure.startswith("refused although equal")


def test_a_survivor_needs_its_explanation() -> None:
    survivor = fates(SURVIVED)
    wrong = [*fates(KILLED, 99), *survivor]
    (failure,) = score(wrong).failures()
    assert "not explained in mutants.toml" in failure
    assert score(wrong, explained={str(survivor[0]): "because"}).failures() == []


def test_a_survivor_of_a_certain_kind_cannot_be_explained() -> None:
    survivor = fates(SURVIVED, operator="sign")
    (failure,) = score(
        [*fates(KILLED, 99), *survivor], explained={str(survivor[0]): "because"}
    ).failures()
    assert failure.startswith("survived, which a change of this kind never may")


def test_an_explanation_of_nothing_fails_the_run() -> None:
    (failure,) = score(fates(KILLED, 9), explained={"q1.a it, answer, digit: x": "?"}).failures()
    assert "does not survive" in failure


def test_too_few_kills_fail_the_run_over_all_and_for_each_answer() -> None:
    weak = fates(SURVIVED, 2, name="weak")
    known = {str(fate): "because" for fate in weak}
    found = score([*fates(KILLED, 50), *fates(KILLED, 8, name="weak"), *weak], explained=known)
    assert found.failures() == [
        "96.7% of the variants are killed, fewer than 98%",
        "q1.a weak: 80.0% are killed, fewer than 90%",
    ]


def test_an_answer_with_hardly_a_variant_fails_the_run() -> None:
    assert score(fates(KILLED, 2)).failures() == ["q1.a it has 2 variants, fewer than 3"]


def test_a_liar_that_nobody_notices_fails_the_run() -> None:
    deceived = Independence("q1", "a", "it", ("solve",), (), ("solve",), ())
    (failure,) = score(fates(KILLED, 9), (), (deceived,)).failures()
    assert failure == "q1.a it: no check notices when solve is wrong"


def test_the_score_is_written_by_part_with_the_hash_of_the_module(project: Project) -> None:
    found = score([*fates(KILLED, 3), *fates(EQUAL)], fates(EQUAL, 2))
    write(project, found)
    written = json.loads((project.build / "mutants.json").read_text(encoding="utf-8"))
    assert written == as_json(found)
    question = written["q1"]
    assert question["source"] == "0" * 64
    part = question["parts"]["a"]
    assert (part["variants"], part["killed"], part["equal"], part["survived"]) == (4, 3, 1, 0)
    assert part["guards"] == {"it: check 1": 4}
    assert part["rewritings"] == 2


def test_explanations_are_read_from_the_exam(project: Project) -> None:
    assert explanations(project) == {}
    (project.root / "mutants.toml").write_text('[explained]\n"q1.a" = "why"\n', encoding="utf-8")
    assert explanations(project) == {"q1.a": "why"}


def test_the_command_says_and_writes_the_score(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    command(["mutants", "q1"])
    assert "    slope: " in capsys.readouterr().out
    written = json.loads((project.build / "mutants.json").read_text(encoding="utf-8"))
    assert list(written["q1"]["parts"]) == ["a", "b"]


def test_the_command_fails_where_a_correct_form_is_refused(
    project: Project,
    edit: Callable[[str, str, str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    edit("questions/q1.py", "equal(2 * answer, 4 * (1 + 4))", 'holds([answer == 10], "ten")')
    monkeypatch.chdir(project.root)
    with pytest.raises(SystemExit) as ended:
        command(["mutants", "q1"])
    assert ended.value.code == VerificationError.exit_code
    assert "refused although equal: q1.b total, answer, minus minus" in capsys.readouterr().out


def test_the_smallest_exam_passes_as_a_whole(project: Project) -> None:
    said: list[str] = []
    found = mutants.run(project, ["q1"], lambda line: None, workers=1)
    mutants.report(found, said.append)
    assert found.failures() == []
    assert found.tried[0].source != "0" * 64
    assert any("independent: check 1 (numeric)" in line for line in said)
    assert len(found.wrong) >= 30
    assert len(found.rewritten) >= 6
