"""The command line: what each verb prints, and its exit codes."""

import os
import signal
import subprocess
import sys

import pytest
from support import ROOT, starter

from solgen.cli import run


@pytest.fixture
def exam(tmp_path, monkeypatch):
    project = starter(tmp_path)
    monkeypatch.chdir(project.root)
    return project


def _run(capsys, *arguments):
    """Output, error output and exit code of one command."""
    code = 0
    try:
        run(list(arguments))
    except SystemExit as stop:
        code = stop.code
    out = capsys.readouterr()
    return out.out, out.err, code


def test_list_shows_titles_parts_and_points(exam, capsys):
    out, _, code = _run(capsys, "list")
    assert code == 0
    assert out == ("q1    3 points  Une question de départ / A starter question  (a 2, b 1)\n")


def test_check_tells_how_each_answer_was_verified(exam, capsys):
    out, err, code = _run(capsys, "check", "q1")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].split() == ["q1", "(a)", "proved", "ds_da:", "numeric,", "symbolic"]
    assert lines[-1] == "2 answers verified"


def test_review_lists_what_nobody_read_and_seals_what_is_accepted(exam, capsys):
    out, err, code = _run(capsys, "review", "q1")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0].startswith("templates/questions/q1.tex.j2:")
    assert lines[1].startswith("  fr  ")
    assert lines[2].startswith("  en  ")
    total = len(lines) // 3
    assert lines[-1] == f"q1  {total} of {total} pairs carry no seal"
    out, _, _ = _run(capsys, "review", "q1.a.given.1", "--accept")
    assert out == f"q1  1 pairs sealed\nq1  {total - 1} of {total} pairs carry no seal\n"
    out, _, _ = _run(capsys, "review", "q1", "--accept")
    assert out.splitlines()[-1] == f"q1  0 of {total} pairs carry no seal"
    assert _run(capsys, "review")[0] == f"q1  0 of {total} pairs carry no seal\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("review", "--accept"), 2, "name what you have read"),
        (("review", "q1.z.given.1", "--accept"), 10, "there is no pair z.given.1"),
        (("pdf", "--lng", "fr"), 2, "Did you mean '--lang'"),
        (("chek",), 2, "check"),
        (("pdf", "--lang", "xx"), 2, "'xx' is not one of fr, en"),
        (("check", "q9"), 2, "there is no question 'q9'"),
        (("new", "q1"), 10, "questions/q1.py exists already"),
    ],
)
def test_usage_errors_name_what_was_meant(exam, capsys, arguments, code, words):
    _, err, found = _run(capsys, *arguments)
    assert found == code
    assert words in err


def test_outside_an_exam_the_way_in_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    _, err, code = _run(capsys, "list")
    assert code == 2
    assert "solgen new my-exam" in err


def test_a_machine_without_engine_is_told_before_anything_is_computed(exam, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(exam.root))
    monkeypatch.setenv("XDG_CACHE_HOME", str(exam.root / "cache"))
    (exam.questions / "q1.py").write_text("1 / 0\n", encoding="utf-8")  # never reached
    _, err, code = _run(capsys, "pdf")
    assert code == 17
    for system in ("Debian", "Fedora", "Arch", "macOS", "Windows"):
        assert system in err


def test_doctor_says_what_is_there(exam, capsys):
    out, _, code = _run(capsys, "doctor")
    assert code == 0
    for name in ("Python", "sympy", "engine", "booklets are compiled with", "q1"):
        assert name in out


def test_doctor_says_what_is_missing(exam, capsys, monkeypatch):
    monkeypatch.setenv("PATH", str(exam.root))
    monkeypatch.setenv("XDG_CACHE_HOME", str(exam.root / "cache"))
    out, _, code = _run(capsys, "doctor")
    assert code == 17
    assert "apt-get install" in out


def test_one_language_leaves_the_other_editions(exam, capsys):
    (exam.build / "booklet.en.pdf").write_bytes(b"as it was")
    out, _, code = _run(capsys, "pdf", "--lang", "fr")
    assert code == 0
    assert "booklet.fr.pdf" in out
    assert (exam.build / "booklet.en.pdf").read_bytes() == b"as it was"


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_in_the_background_the_engine_can_still_be_asked_to_stop(exam, capsys):
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as shells do for background jobs
    try:
        _run(capsys, "list")
        ask = "import signal; print(signal.getsignal(signal.SIGINT) is not signal.SIG_IGN)"
        done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True)
        os.kill(os.getpid(), signal.SIGINT)  # while solgen itself stays deaf
    finally:
        signal.signal(signal.SIGINT, before)
    assert done.stdout == "True\n"


def test_the_module_runs_as_a_program():
    done = subprocess.run(
        [sys.executable, "-m", "solgen", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("solgen, version ")
