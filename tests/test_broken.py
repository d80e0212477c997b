"""Every broken input gets its message and its exit code, and changes nothing that was published.

The cases are data: see broken/README.md.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from solgen import cli, engine, load, publish, verify
from solgen import compile as compiling
from solgen.build import build
from solgen.project import find_project
from solgen.sandbox import Limits

HERE = Path(__file__).parent / "broken"
CASES = sorted((HERE / "cases").glob("*.txt"))
PUBLISHED = ("booklet.pdf", "booklet.fr.pdf", "booklet.en.pdf", "answers.json", "certificate.json")
COMMAND = ["pdf", "--lang", "fr"]

pdflatex = engine.find_pdflatex()
pytestmark = pytest.mark.skipif(
    pdflatex is None or not pdflatex.usable, reason="needs a usable pdflatex"
)


@dataclass
class Case:
    """A broken input: the edits that break the good exam, and what solgen must answer."""

    edits: list[tuple[str, str, str]] = field(default_factory=list)  # file, old text, new text
    command: list[str] = field(default_factory=lambda: list(COMMAND))
    limit: float | None = None
    code: int = 0
    message: str = ""

    @classmethod
    def read(cls, path: Path) -> Case:
        """Parse a case file."""
        case = cls()
        old, file = "", ""
        pieces = re.split(r"(?m)^--- (.*)\n", path.read_text(encoding="utf-8"))[1:]
        for head, body in zip(pieces[::2], pieces[1::2], strict=True):
            word, _, rest = head.partition(" ")
            text = body.removesuffix("\n")
            if word == "in":
                file, old = rest, text
            elif word == "write":
                case.edits.append((rest or file, "" if rest else old, text))
            elif word == "run":
                case.command = rest.split()
            elif word == "limit":
                case.limit = float(rest)
            else:
                assert word == "exit", f"{path.name}: what is --- {head}?"
                case.code, case.message = int(rest), text
        return case

    def apply(self, exam: Path) -> None:
        for file, old, new in self.edits:
            path = exam / file
            if not old:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(new + "\n", encoding="utf-8")
                continue
            text = path.read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{file} has {text.count(old)} times: {old}"
            path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the good exam's build keeps: people break what they have built before."""
    folder = tmp_path_factory.mktemp("good") / "exam"
    shutil.copytree(HERE / "exam", folder)
    project = find_project(folder)
    build(project, project.names(), ("fr",), lambda _line: None, whole=True)
    return folder / "build" / ".cache"


@pytest.fixture
def exam(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The good exam, built before, with known bytes where its booklets are published."""
    folder = tmp_path / "exam"
    shutil.copytree(HERE / "exam", folder)
    # Links: entries are never written to, but replaced.
    shutil.copytree(cache, folder / "build" / ".cache", copy_function=os.link)
    for name in PUBLISHED:
        (folder / "build" / name).write_bytes(b"the last good " + name.encode())
    monkeypatch.chdir(folder)
    return folder


@dataclass(frozen=True)
class Ended:
    """How a command of solgen ended, as its user saw it."""

    code: int
    screen: str

    @property
    def message(self) -> str:
        message, _, footer = self.screen.rpartition("\nsolgen: ")
        assert footer == f"failed, nothing was published (exit code {self.code})\n"
        return message


def run(command: list[str], capsys: pytest.CaptureFixture[str]) -> Ended:
    """The command line itself, in this process."""
    capsys.readouterr()
    try:
        cli.run(command)
    except SystemExit as ended:
        return Ended(int(ended.code or 0), capsys.readouterr().err)
    return Ended(0, capsys.readouterr().err)


def shorten(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Make every time limit short."""
    monkeypatch.setattr(compiling, "Limits", functools.partial(Limits, seconds=seconds))
    monkeypatch.setattr(load, "IMPORT_SECONDS", seconds)
    monkeypatch.setattr(verify, "CHECK_SECONDS", seconds)


def sources(exam: Path) -> dict[str, bytes]:
    """Every file of the exam outside its build folder."""
    files = (path for path in exam.rglob("*") if path.is_file())
    return {
        str(path.relative_to(exam)): path.read_bytes()
        for path in files
        if not path.is_relative_to(exam / "build")
    }


def processes_in(folder: Path) -> list[str]:
    """The processes that work in a folder, where the system can tell."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder / "build"):
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def assert_nothing_changed(exam: Path, before: dict[str, bytes]) -> None:
    build = exam / "build"
    for name in PUBLISHED:
        assert (build / name).read_bytes() == b"the last good " + name.encode()
    assert not list(build.glob(f"{publish.STAGING_PREFIX}*"))
    assert not processes_in(exam)
    assert sources(exam) == before


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_broken_input_gets_its_message_and_changes_nothing(
    path: Path,
    exam: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    case = Case.read(path)
    case.apply(exam)
    if case.limit is not None:
        shorten(monkeypatch, case.limit)
    before = sources(exam)
    ended = run(case.command, capsys)
    message = ended.message.replace(str(exam), "<exam>")
    if request.config.getoption("--renew"):
        head = path.read_text(encoding="utf-8").partition("--- exit")[0]
        path.write_text(f"{head}--- exit {ended.code}\n{message}\n", encoding="utf-8")
        case = Case.read(path)
    assert message == case.message
    assert ended.code == case.code
    if ended.code:
        assert len(message.splitlines()) <= 9, "too long to read"
        assert "Traceback" not in ended.screen
        assert_nothing_changed(exam, before)


def test_every_case_is_refused_and_says_what_to_do() -> None:
    cases = {path.stem: Case.read(path) for path in CASES}
    assert len(cases) >= 32
    assert not [name for name, case in cases.items() if case.code == 0]
    silent = [name for name, case in cases.items() if "what to do: " not in case.message]
    assert not silent


def test_the_good_exam_builds_after_a_broken_build(
    exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = sources(exam)
    Case.read(HERE / "cases" / "undefined-command.txt").apply(exam)
    assert run(COMMAND, capsys).code == 13
    for name, data in good.items():
        (exam / name).write_bytes(data)
    assert run(COMMAND, capsys).code == 0
    assert (exam / "build" / "booklet.fr.pdf").read_bytes().startswith(b"%PDF")
    assert (exam / "build" / "booklet.en.pdf").read_bytes() == b"the last good booklet.en.pdf"


def test_the_program_prints_what_these_tests_read(exam: Path) -> None:
    case = Case.read(HERE / "cases" / "english-half-missing.txt")
    case.apply(exam)
    done = subprocess.run(
        [sys.executable, "-m", "solgen", *COMMAND], cwd=exam, capture_output=True, env=program()
    )
    ended = Ended(done.returncode, done.stderr.decode())
    assert (ended.code, ended.message) == (case.code, case.message)
    assert done.stdout == b""


def test_two_builds_at_once_are_one_too_many(
    exam: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sources(exam)
    with publish.locked(exam / "build"):
        ended = run(COMMAND, capsys)
    assert ended.code == 18
    assert f"process {os.getpid()}" in ended.message
    assert "what to do: wait until it ends" in ended.message
    assert_nothing_changed(exam, before)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_an_interrupted_build_leaves_nothing_behind(exam: Path) -> None:
    Case.read(HERE / "cases" / "endless-macro.txt").apply(exam)
    before = sources(exam)
    with building(exam) as process:
        wait_for_engine(exam)
        time.sleep(1)  # until it is inside the endless macro
        process.send_signal(signal.SIGINT)
        start = time.monotonic()
        _, screen = process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - start < 15
    assert screen.decode().strip() == (
        "interrupted; nothing was published\nsolgen: failed, nothing was published (exit code 130)"
    )
    assert_nothing_changed(exam, before)


def program() -> dict[str, str]:
    """The environment in which `python -m solgen` finds this copy of solgen."""
    return {**os.environ, "PYTHONPATH": str(HERE.parents[1])}


def building(exam: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "solgen", *COMMAND],
        cwd=exam,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=program(),
    )


def wait_for_engine(exam: Path) -> None:
    deadline = time.monotonic() + 30
    while not any("pdflatex" in command for command in processes_in(exam)):
        assert time.monotonic() < deadline, "the engine never started"
        time.sleep(0.05)
