"""The same bytes whatever surrounds the build, or one message."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from solgen import engine
from solgen.errors import EnvironmentProblem, refused_by_system

HERE = Path(__file__).parent
EXAM = HERE / "broken" / "exam"

found = engine.find_pdflatex()
needs_pdflatex = pytest.mark.skipif(
    found is None or not found.usable, reason="needs a usable pdflatex"
)
needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")


@dataclass
class Place:
    """Where a build runs: variables (None removes one), a shell's preparation, the folder."""

    variables: dict[str, str | None] = field(default_factory=dict)
    before: str = ""
    under: str = ""
    folder: str = "exam"
    needs: str = "sh"
    change: Callable[[Path], object] = lambda _: None


def build(place: Place, tmp_path: Path, *arguments: str) -> tuple[int, str, Path]:
    """Run solgen there: its exit code, what it said, the exam's folder."""
    exam = tmp_path / place.folder
    shutil.copytree(EXAM, exam)
    place.change(exam)
    variables = {**os.environ, "PYTHONPATH": str(HERE.parent), **place.variables}
    kept = {name: value for name, value in variables.items() if value is not None}
    command = arguments or ("pdf", "--lang", "fr")
    solgen = (sys.executable, "-m", "solgen")
    runs = "exec" if "()" not in place.before else ""  # a function of the shell is no program
    done = subprocess.run(
        ["/bin/sh", "-c", f'{place.before}\n{runs} {place.under} "$@"', "sh", *solgen, *command],
        cwd=exam,
        env=kept,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return done.returncode, (done.stdout + done.stderr).decode(), exam


def digests(exam: Path, names: tuple[str, ...]) -> list[str]:
    return [hashlib.sha256((exam / "build" / name).read_bytes()).hexdigest() for name in names]


MADE = ("booklet.fr.pdf", "answers.json", "booklet.fr.certificate.json")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The digests of a build in an ordinary place."""
    code, said, exam = build(Place(), tmp_path_factory.mktemp("plain"))
    assert code == 0, said
    return digests(exam, MADE)


def linked(exam: Path) -> None:
    """The question's module is a link to a file elsewhere."""
    shutil.move(exam / "questions" / "q1.py", exam.parent / "elsewhere.py")
    (exam / "questions" / "q1.py").symlink_to(exam.parent / "elsewhere.py")


PLACES = {
    "without asserts, in another locale and time zone": Place(
        {
            "PYTHONOPTIMIZE": "2",
            "PYTHONHASHSEED": "1",
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "C",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
        }
    ),
    "without a home, in Turkish, with a narrow mask, with every stream closed": Place(
        {"HOME": None, "LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "2", "TZ": "Etc/GMT+12"},
        before="umask 077; exec <&- >&- 2>&-",
    ),
    "in a home that does not exist and a folder with a long name, with few files, slowly": Place(
        {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/none"},
        before="ulimit -n 40",
        under="nice -n 19",
        folder=f"{'x' * 200}/{'y' * 200}/{'z' * 100}",
    ),
    "in a folder with odd letters, with a link in a circle, on a poor terminal": Place(
        {"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "0"},
        folder="a é ñ %d #1 $HOME ~ {b}'c",
        change=lambda exam: (exam / "loop").symlink_to("."),
    ),
    "with a link for a module, on one core": Place(
        under="taskset 1", needs="taskset", change=linked
    ),
    "in 1971": Place(under='faketime "1971-01-01 00:00:00"', needs="faketime"),
    "in 2038": Place(under='faketime "2038-01-19 03:14:06"', needs="faketime"),
    "on a leap day, at midnight, while the clock runs sixty times as fast": Place(
        under='faketime -f "@2024-02-29 23:59:59 x60"', needs="faketime"
    ),
    "without a network": Place(under="unshare -rn", needs="unshare"),
}
"""Some try several at once: where one fails, take it apart."""


def works(under: str) -> bool:
    """Whether this machine lets us run programs so."""
    command = ["/bin/sh", "-c", f"{under} true"]
    return not under or subprocess.run(command, capture_output=True, check=False).returncode == 0


@needs_pdflatex
@needs_shell
@pytest.mark.parametrize("name", PLACES)
def test_the_surroundings_change_no_byte(name: str, plain: list[str], tmp_path: Path) -> None:
    place = PLACES[name]
    if not shutil.which(place.needs) or not works(place.under):
        pytest.skip(f"needs {place.needs}")
    code, said, exam = build(place, tmp_path)
    assert code == 0, said
    assert digests(exam, MADE) == plain


def windows(exam: Path) -> None:
    for path in exam.rglob("*.*"):
        if path.suffix in (".py", ".j2", ".toml"):
            path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))


def surrounded(exam: Path) -> None:
    """Files named like modules of Python's, each of which would end the build."""
    for folder in (exam, exam / "questions"):
        for name in ("random", "fnmatch", "json", "numpy"):
            (folder / f"{name}.py").write_text("raise SystemExit(3)\n", encoding="utf-8")


@needs_pdflatex
@needs_shell
@pytest.mark.parametrize("change", [windows, surrounded])
def test_neighbours_and_line_ends_change_no_answer(
    change: Callable[[Path], object], plain: list[str], tmp_path: Path
) -> None:
    code, said, exam = build(Place(change=change), tmp_path)
    assert code == 0, said
    assert digests(exam, ("answers.json",)) == [plain[1]]


@needs_shell
def test_optimized_python_still_refuses_a_wrong_answer(tmp_path: Path) -> None:
    def wrong(exam: Path) -> None:
        module = exam / "questions" / "q1.py"
        text = module.read_text(encoding="utf-8")
        module.write_text(text.replace("times(3, power", "times(2, power"), encoding="utf-8")

    code, said, _ = build(Place({"PYTHONOPTIMIZE": "2"}, change=wrong), tmp_path, "check")
    assert code == 11
    assert "step 1 of slope is not equal" in said


@needs_shell
def test_too_few_files_are_told(tmp_path: Path) -> None:
    code, said, exam = build(Place(before="ulimit -n 10"), tmp_path)
    assert code == 17
    assert "Traceback" not in said
    assert not (exam / "build" / "booklet.fr.pdf").exists()


@needs_shell
def test_a_reader_who_leaves_is_no_fault_of_solgen(tmp_path: Path) -> None:
    code, said, _ = build(Place(before='f() { "$@" | true; }', under="f"), tmp_path, "check")
    assert "Traceback" not in said, code


@needs_shell
@pytest.mark.parametrize("kind", ["nowhere", "folder"])
def test_a_question_that_is_no_file_is_told(kind: str, tmp_path: Path) -> None:
    def change(exam: Path) -> None:
        path = exam / "questions" / "q2.py"
        path.mkdir() if kind == "folder" else path.symlink_to("nowhere")

    code, said, _ = build(Place(change=change), tmp_path)
    assert code == 10
    assert said.startswith("questions/q2.py: this is no file that can be read")


@needs_shell
def test_without_an_engine_nothing_is_computed(tmp_path: Path) -> None:
    # No Tectonic either: the cache is elsewhere.
    code, said, exam = build(Place({"PATH": "/none", "XDG_CACHE_HOME": str(tmp_path)}), tmp_path)
    assert code == 17
    assert "no usable LaTeX engine on this machine; nothing was computed" in said
    assert not (exam / "build").exists()


@needs_shell
def test_without_an_engine_answers_are_checked_all_the_same(tmp_path: Path) -> None:
    place = Place({"PATH": "/none", "XDG_CACHE_HOME": str(tmp_path)})
    assert build(place, tmp_path, "check")[0] == 0


@pytest.mark.parametrize(
    ("number", "name", "words"),
    [
        ("EMFILE", None, "the system opens no more files"),
        ("EAGAIN", None, "the system starts no more processes"),
        ("ENOSPC", "build/x", "build/x: the system has no more room on this disk"),
        ("EACCES", "questions/q1.py", "questions/q1.py: the system denies access"),
    ],
)
def test_what_the_system_refuses_is_no_fault_of_solgen(
    number: str, name: str | None, words: str
) -> None:
    import errno

    problem = refused_by_system(OSError(getattr(errno, number), "no", name))
    assert isinstance(problem, EnvironmentProblem)
    assert str(problem).startswith(words)
    assert problem.hint


def test_other_errors_of_the_system_stay_what_they_are() -> None:
    assert refused_by_system(FileNotFoundError(2, "no", "x")) is None
