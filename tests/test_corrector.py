"""`solgen try`: many proposals, each within its time, and what is said of each."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from solgen import corrector, proposal
from solgen.cli import run
from solgen.corrector import judgements, lines_of, told
from solgen.errors import LimitError, QuestionError, SolgenError
from solgen.project import find_project
from solgen.proposal import Judgement
from tests.support import ROOT

PROJECT = find_project(ROOT)
forked = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")


def outcomes(*lines: tuple[str, str]) -> list[Judgement | SolgenError]:
    return list(judgements(PROJECT, lines))


def test_every_proposal_has_its_outcome_in_turn() -> None:
    found = outcomes(("q1.d", "f - y"), ("q1.d", "f - ("), ("q9.d", "f"), ("q2.c", "[5, 9]"))
    accepted, unreadable, unknown, refused = found
    assert isinstance(accepted, Judgement)
    assert accepted.accepted
    assert isinstance(unreadable, QuestionError)
    assert isinstance(unknown, SolgenError)
    assert "no question 'q9'" in unknown.message
    assert isinstance(refused, Judgement)
    assert (refused.accepted, refused.answer) == (False, "valid")


@forked
@pytest.mark.parametrize(
    "text",
    ["exp(10**9*log(2))", r"\exp(10^9 \log 2)", "(2**10000)**10000"],
)
def test_a_power_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(proposal, "JUDGE_SECONDS", 3.0)
    monkeypatch.setattr(corrector, "SPARE_SECONDS", 3.0)
    start = time.monotonic()
    endless, following = outcomes(("q1.d", text), ("q1.d", "f - y"))
    assert time.monotonic() - start < 30
    assert isinstance(endless, LimitError | QuestionError)
    assert isinstance(following, Judgement)
    assert following.accepted


@forked
def test_a_check_that_no_signal_stops_leaves_the_referee_s_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proposal, "JUDGE_SECONDS", 4.0)
    monkeypatch.setattr(corrector, "SPARE_SECONDS", 4.0)
    monkeypatch.setattr(proposal, "_look", lambda *_: (7**10_000_000) ** 100)
    (found,) = outcomes(("q1.d", "f + y"))
    assert isinstance(found, Judgement)
    assert [ruling.said for ruling in found.rulings] == ["not equal, as shown", "it had no end"]


def test_a_refusal_is_laid_out_for_a_tired_corrector() -> None:
    (found,) = outcomes(("q2.c", "[1, 2, 5, 8, 6, 9]"))
    assert isinstance(found, Judgement)
    lines = told("q2.c", "[1, 2, 5, 8, 6, 9]", found)
    assert lines[:5] == [
        "q2.c  [1, 2, 5, 8, 6, 9]",
        f"  refused as full, {found.place}",
        "    entry 6",
        "      proposed  9",
        "      answer    8",
    ]
    assert lines[5].startswith("    refused   referee ")
    columns = {line.index(found.rulings[i].said) for i, line in enumerate(lines[5:])}
    assert len(columns) == 1


def test_more_than_three_wrong_entries_are_counted() -> None:
    (found,) = outcomes(("q2.c", "[2, 4, 7, 10, 3, 4]"))
    lines = told("q2.c", "[2, 4, 7, 10, 3, 4]", found)
    assert "    and 3 entries more" in lines
    assert "    entry 4" not in lines


@pytest.fixture
def exam(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def spoken(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str, int]:
    code = 0
    try:
        run(["try", *arguments])
    except SystemExit as stop:
        code = int(stop.code or 0)
    out = capsys.readouterr()
    return out.out, out.err, code


@pytest.mark.usefixtures("exam")
def test_the_command_line_says_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    out, err, code = spoken(capsys, "q1.d", "f - y")
    assert (err, code) == ("", 0)
    assert out.splitlines()[1].startswith("  accepted as dCE_da, questions/q1.py:")
    out, err, code = spoken(capsys, "q1.d", "-(f - y)")
    assert (err, code) == ("", 11)
    assert "    note: it is the opposite of the answer" in out.splitlines()
    out, err, code = spoken(capsys, "q3.a", "-h_m1")
    assert (err, code) == ("", 11)


@pytest.mark.usefixtures("exam")
def test_what_cannot_be_read_is_not_called_a_failed_build(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, err, code = spoken(capsys, "q1.d", r" $ \frac{f}{z} $")
    assert (err, code) == ("", 2)
    assert out.splitlines()[:5] == [
        r"q1.d  $ \frac{f}{z} $",
        "  not judged",
        "    z has no value",
        "      found: ",
        r"         $ \frac{f}{z} $",
    ]
    assert out.splitlines()[5].index("^") == out.splitlines()[4].index("z")
    assert "published" not in out


@pytest.mark.usefixtures("exam")
def test_a_file_is_judged_to_its_end(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "forms.txt"
    file.write_text("# forms\n\nq1.d: f - y\nq1.d: f -\nq1.e: (f + y)^2\n", encoding="utf-8")
    out, err, code = spoken(capsys, "--file", str(file))
    assert (err, code) == ("", 11)
    assert out.splitlines()[-1] == "1 accepted, 1 refused, 1 not judged"
    file.write_text("q1.d: f - y\n", encoding="utf-8-sig")
    assert spoken(capsys, "--file", str(file))[2] == 0


@pytest.mark.usefixtures("exam")
@pytest.mark.parametrize("arguments", [(), ("q1.d",)])
def test_without_an_expression_the_usage_is_told(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    _, err, code = spoken(capsys, *arguments)
    assert code == 2
    assert 'write solgen try q1.d "f - y", or --file' in err


def test_a_file_holds_one_proposal_per_line(tmp_path: Path) -> None:
    file = tmp_path / "forms.txt"
    file.write_text("# the students' forms\n\nq1.d: f - y\n q1.e : (f-y)**2\n", encoding="utf-8")
    assert list(lines_of(file)) == [("q1.d", " f - y"), ("q1.e", " (f-y)**2")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\nq1.d f - y", "forms.txt:2: this line proposes nothing"),
        (b"q1.d:  \n", "forms.txt:1: this line proposes nothing"),
        ("q1.d: é".encode("latin-1"), "forms.txt: the file is not UTF-8"),
    ],
)
def test_a_line_that_proposes_nothing_is_named(
    tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "forms.txt"
    file.write_bytes(content)
    with pytest.raises(QuestionError) as caught:
        list(lines_of(file))
    assert message in str(caught.value)
