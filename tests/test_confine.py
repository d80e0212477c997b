"""What a question may do: every other attempt is refused at its line, and its reading recorded."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from solgen import confine, lint
from solgen.confine import confined
from solgen.errors import ConfinementError, QuestionError, SolgenError, Where
from solgen.load import load
from solgen.project import Project
from solgen.workers import each

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="attempts are made by workers")

LINE = 12  # of the attempt
ATTEMPT = '''"""What somebody tries."""

import os
import shutil
from pathlib import Path

OUT = Path({outside!r})
HERE = Path(__file__).parent


def attempt():
    {attempt}
'''

CALL = 'x = symbol("x", Reals'


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that no exam has to do with; the temporary folder is another one."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "data.csv").write_text("1,2\n", encoding="utf-8")
    (folder / "folder").mkdir()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    return folder


@pytest.fixture
def exam(
    project: Project, edit: Callable[[str, str, str], None], monkeypatch: pytest.MonkeyPatch
) -> Project:
    """The smallest exam, with data, and with a file that was built; its question makes attempts.

    Some of them are refused where they are read; this is about what would happen otherwise.
    """
    monkeypatch.setattr(lint, "refuse", lambda *_: None)
    edit("questions/q1.py", CALL, "from questions import attempt\nattempt.attempt()\n\n" + CALL)
    (project.questions / "data.csv").write_text("1,2\n", encoding="utf-8")
    project.build.mkdir()
    (project.build / "answers.json").write_text("{}", encoding="utf-8")
    return project


def tried(exam: Project, outside: Path, attempt: str) -> set[str]:
    """What of the exam is read where its question does this; raises what that raises."""
    text = ATTEMPT.format(outside=str(outside), attempt=attempt)
    (exam.questions / "attempt.py").write_text(text, encoding="utf-8")

    def job(tell: Any) -> set[str]:
        record: set[str] = set()
        with confined(exam, record):
            load(exam, ["q1"])
        return record

    found: list[set[str]] = each([job], print)
    return found[0]


def held(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if "attempt" not in path.name]
    return {str(path): path.read_bytes() if path.is_file() else b"/" for path in files}


READING = {
    "open": "open('/etc/passwd')",
    "open in the home folder": "(Path.home() / 'data.csv').read_text()",
    "os.open": "os.open(OUT / 'data.csv', os.O_RDONLY)",
    "by a folder": "os.open('data.csv', os.O_RDONLY, dir_fd=os.open(OUT, os.O_RDONLY))",
    "np.loadtxt": "import numpy; numpy.loadtxt(OUT / 'data.csv', delimiter=',')",
    "np.fromfile": "import numpy; numpy.fromfile(str(OUT / 'data.csv'))",
    "list": "os.listdir(OUT)",
    "glob": "list(OUT.glob('*'))",
    "walk": "list(os.walk('/'))",
    "walk by open folders": "list(os.fwalk(OUT))",
    "parents": "open(HERE / '..' / '..' / 'outside' / 'data.csv')",
    "by the process": "open('/proc/self/root/etc/passwd')",
    "link out of questions": "open(HERE / 'link.csv')",
    "hard link": "os.link(OUT / 'data.csv', HERE / 'link')",
    "copy": "shutil.copy(OUT / 'data.csv', HERE / 'copy.csv')",
    "sqlite": "import sqlite3; sqlite3.connect(f'file:{OUT}/data.csv?mode=ro', uri=True)",
    "in a thread": (
        "import threading; t = threading.Thread(target=os.listdir, args=[OUT]); "
        "threading.excepthook = print; t.start(); t.join()"
    ),
    "what was built": "open(HERE.parent / 'build' / 'answers.json')",
}
WRITING = {
    "open": "open(OUT / 'new', 'w')",
    "open to append": "open(HERE / 'data.csv', 'a')",
    "open to change": "open(HERE / 'data.csv', 'r+')",
    "os.open": "os.open(HERE / 'new', os.O_WRONLY | os.O_CREAT)",
    "write_text": "(HERE / 'new').write_text('x')",
    "in what was built": "(HERE.parent / 'build' / 'answers.json').write_text('x')",
    "in staging": "(HERE.parent / 'build' / '.staging-x').write_text('x')",
    "touch": "(HERE / 'data.csv').touch()",
    "mkdir": "os.mkdir(HERE / 'new')",
    "makedirs": "os.makedirs(OUT / 'new' / 'new')",
    "remove": "os.remove(OUT / 'data.csv')",
    "unlink": "(HERE / 'data.csv').unlink()",
    "rmdir": "os.rmdir(OUT / 'folder')",
    "rmtree": "shutil.rmtree(OUT)",
    "rename": "os.rename(HERE / 'data.csv', HERE / 'new')",
    "rename away": "import tempfile; os.rename(OUT / 'data.csv', tempfile.mkdtemp() + '/x')",
    "replace": "(OUT / 'data.csv').replace(OUT / 'new')",
    "move": "shutil.move(OUT / 'data.csv', OUT / 'new')",
    "symlink": "os.symlink('/etc/passwd', HERE / 'new')",
    "chmod": "os.chmod(OUT / 'data.csv', 0)",
    "chmod by a link": (
        "import tempfile; p = tempfile.mkdtemp() + '/x'; "
        "os.symlink(OUT / 'data.csv', p); os.chmod(p, 0)"
    ),
    "utime": "os.utime(OUT / 'data.csv', (0, 0))",
    "truncate": "os.truncate(OUT / 'data.csv', 0)",
    "np.savetxt": "import numpy; numpy.savetxt(HERE / 'new', [1, 2])",
    "np.memmap": "import numpy; numpy.memmap(HERE / 'data.csv', 'uint8', 'r+')",
    "savefig": "from matplotlib.figure import Figure; Figure().savefig(HERE / 'new.png')",
    "savefig as PDF": "from matplotlib.figure import Figure; Figure().savefig(HERE / 'new.pdf')",
    "sqlite": "import sqlite3; sqlite3.connect(HERE / 'new.db')",
    "in a thread": (
        "import threading; t = threading.Thread(target=os.remove, args=[OUT / 'data.csv']); "
        "threading.excepthook = print; t.start(); t.join()"
    ),
}
RUNNING = {
    "os.system": "os.system('touch ' + str(OUT / 'new'))",
    "os.popen": "os.popen('touch ' + str(OUT / 'new'))",
    "subprocess.run": "import subprocess; subprocess.run(['touch', OUT / 'new'])",
    "subprocess with a shell": "import subprocess; subprocess.run('true', shell=True)",
    "os.execv": "os.execv('/bin/true', ['true'])",
    "os.posix_spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "os.spawnv": "os.spawnv(os.P_WAIT, '/bin/true', ['true'])",
    "os.fork": "os.fork()",
    "pty": "import pty; pty.spawn(['true'])",
    "multiprocessing": (
        "import multiprocessing as m; m.get_context('fork').Process(target=os.getpid).start()"
    ),
    "a program by solgen's own door": (
        "from solgen import engine; engine.first_line('/bin/true', '--version')"
    ),
    "browser": "import webbrowser; webbrowser.GenericBrowser('true').open('https://a.org')",
}
ASKING = {
    "socket": "import socket; socket.socket().connect(('127.0.0.1', 9))",
    "socket of the machine": "import socket; socket.socket(socket.AF_UNIX).connect('/run/x')",
    "name of a machine": "import socket; socket.getaddrinfo('a.org', 80)",
    "urllib": "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
    "http": "import http.client; http.client.HTTPConnection('127.0.0.1', 9).connect()",
    "listening": "import socket; socket.socket().bind(('127.0.0.1', 0))",
    "datagram": "import socket as s; s.socket(type=s.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
}
MEDDLING = {
    "ctypes": "import ctypes; ctypes.CDLL(None).getpid()",
    "ctypes of a library": "import ctypes; ctypes.CDLL('libc.so.6')",
    "kill": "os.kill(os.getppid(), 9)",
    "chdir": "os.chdir('/')",
    "limits": "import resource; resource.setrlimit(resource.RLIMIT_CPU, (999, 999))",
}
ATTEMPTS = {
    f"{kind}: {name}": (kind, attempt)
    for kind, attempts in (
        ("reads", READING),
        ("writes", WRITING),
        ("starts a program", RUNNING),
        ("uses the network", ASKING),
        ("", MEDDLING),
    )
    for name, attempt in attempts.items()
}
OF_WRITING = ("writes", "deletes", "renames", "changes", "makes", "reads")


@pytest.mark.parametrize("name", ATTEMPTS)
def test_an_attempt_is_refused_at_its_line(exam: Project, outside: Path, name: str) -> None:
    kind, attempt = ATTEMPTS[name]
    (exam.questions / "link.csv").symlink_to(outside / "data.csv")
    before = held(outside), held(exam.root)
    with pytest.raises(ConfinementError) as caught:
        tried(exam, outside, attempt)
    error = caught.value
    assert error.code == 19
    if "in a thread" not in name:  # there is no line of the author in that thread
        assert error.where == Where("questions/attempt.py", LINE, "1")
    words = OF_WRITING if kind == "writes" else (kind,)
    assert any(error.message.startswith(f"the question {word}") for word in words), error.message
    assert error.found
    assert error.hint
    assert (held(outside), held(exam.root)) == before


def test_the_message_says_what_was_tried_and_what_to_do(exam: Project, outside: Path) -> None:
    with pytest.raises(ConfinementError) as caught:
        tried(exam, outside, "open('/etc/passwd')")
    assert str(caught.value) == (
        "questions/attempt.py:12, question 1: the question reads a file outside the exam\n"
        "  found: /etc/passwd\n"
        "  what to do: copy what is needed into questions/, and read it there"
    )


@pytest.mark.parametrize("swallow", ["OSError", "Exception"])
def test_a_refusal_that_is_swallowed_is_told_all_the_same(
    exam: Project, outside: Path, swallow: str
) -> None:
    attempt = f"try: open('/etc/passwd')\n    except {swallow}: pass"
    with pytest.raises(ConfinementError) as caught:
        tried(exam, outside, attempt)
    assert isinstance(caught.value.where, Where)
    assert (caught.value.where.file, caught.value.where.line) == ("questions/attempt.py", LINE)


def test_a_refusal_that_becomes_another_failure_is_told(exam: Project, outside: Path) -> None:
    def work() -> None:
        try:
            Path("/nowhere/new").write_text("x", encoding="utf-8")
        except SolgenError:
            raise ValueError from None

    with pytest.raises(ConfinementError), confined(exam, set()):
        work()


ALLOWED = {
    "data": ("(HERE / 'data.csv').read_text()", {"questions/data.csv"}),
    "data by another name": ("open(HERE / '..' / 'questions/data.csv')", {"questions/data.csv"}),
    "settings": ("(HERE.parent / 'solgen.toml').read_text()", {"solgen.toml"}),
    "list": ("os.listdir(HERE)", {"questions"}),
    "glob": ("list(HERE.glob('*.csv'))", {"questions"}),
    "np.loadtxt": (
        "import numpy; numpy.loadtxt(HERE / 'data.csv', delimiter=',')",
        {"questions/data.csv"},
    ),
    "np.fromfile": (
        "import numpy; numpy.fromfile(str(HERE / 'data.csv'))",
        {"questions/data.csv"},
    ),
    "temporary file": (
        "import tempfile; f = tempfile.NamedTemporaryFile(); f.write(b'x'); f.close()",
        set(),
    ),
    "temporary folder": (
        "import tempfile; d = tempfile.mkdtemp(); os.makedirs(d + '/a/b'); shutil.rmtree(d)",
        set(),
    ),
    "savefig into the temporary folder": (
        "import tempfile as t, matplotlib.figure as f; f.Figure().savefig(t.mkdtemp() + '/x.png')",
        set(),
    ),
    "no file at all": ("open(os.devnull, 'w').close()", set()),
    "time zone": ("import zoneinfo; zoneinfo.ZoneInfo('UTC')", set()),
    "processor": ("open('/proc/self/status').read()", set()),
    "database in memory": ("import sqlite3; sqlite3.connect(':memory:')", set()),
    "database to read": (
        "import sqlite3; sqlite3.connect(f'file:{HERE}/data.csv?mode=ro', uri=True)",
        {"questions/data.csv"},
    ),
    "package": ("import sympy.plotting, matplotlib.pyplot, numpy.ctypeslib", set()),
}
OWN = {
    *("questions/q1.py", "questions/attempt.py", "questions/phrases.py"),
    "questions/q1.review.toml",  # it is not there, and could be
}


@pytest.mark.parametrize("name", ALLOWED)
def test_honest_code_is_left_alone_and_its_reading_recorded(
    exam: Project, outside: Path, name: str
) -> None:
    attempt, expected = ALLOWED[name]
    found = tried(exam, outside, attempt)
    assert found >= OWN
    assert {n for n in found - OWN if not n.startswith("templates/")} == expected


def test_a_temporary_folder_may_be_emptied_wherever_solgen_was_started(
    exam: Project, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(outside)
    attempt = (
        "import tempfile; d = tempfile.mkdtemp(); os.makedirs(d + '/a/b'); "
        "list(os.fwalk(d)); shutil.rmtree(d)"
    )
    assert tried(exam, outside, attempt) == OWN


def test_a_package_may_look_for_its_settings_while_it_is_imported(
    exam: Project, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = "def look():\n    return open('/etc/passwd').read()\n\nlook()\n"
    (outside / "shared.py").write_text(source, encoding="utf-8")
    monkeypatch.syspath_prepend(str(outside))
    tried(exam, outside, "import shared")
    with pytest.raises(ConfinementError):
        tried(exam, outside, "import shared; shared.look()")


def test_to_look_for_packages_in_the_exam_s_folder_is_not_to_read_it(
    exam: Project, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(exam.root))
    attempt = "import importlib.metadata as m; list(m.distributions()); import this_is_none"
    found = tried(exam, outside, f"try: {attempt}\n    except ImportError: pass")
    assert "." not in found
    assert "." in tried(exam, outside, "os.listdir(HERE.parent)")


def test_a_file_that_is_not_there_is_recorded_too(exam: Project, outside: Path) -> None:
    attempt = "try: open(HERE / 'other.csv')\n    except OSError: pass"
    assert "questions/other.csv" in tried(exam, outside, attempt)


def test_what_is_installed_in_the_exam_s_folder_is_not_its_own(
    exam: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = exam.root / ".venv" / "lib" / "site-packages"
    package.mkdir(parents=True)
    (package / "module.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "prefix", str(exam.root / ".venv"))
    record: set[str] = set()
    with confined(exam, record):
        (package / "module.py").read_bytes()
        (exam.root / "solgen.toml").read_bytes()
    assert record == {"solgen.toml"}


def test_the_exam_stays_the_exam_s_where_solgen_is_started_in_it(
    exam: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(exam.questions))
    record: set[str] = set()
    with confined(exam, record):
        (exam.questions / "data.csv").read_bytes()
    assert record == {"questions/data.csv"}


def test_solgen_itself_may_read_and_write_what_it_builds(exam: Project) -> None:
    record: set[str] = set()
    with confined(exam, record):
        (exam.build / ".staging-x").mkdir()
        (exam.build / ".staging-x" / "main.tex").write_text("x", encoding="utf-8")
        (exam.build / "answers.json").read_bytes()
    assert record == set()


def test_solgen_s_workers_may_start_in_a_block(exam: Project) -> None:
    with confined(exam, set()):
        assert each([lambda tell: 3], print) == [3]


def test_a_check_that_is_a_function_of_python_is_refused_without_a_line(exam: Project) -> None:
    with pytest.raises(ConfinementError) as caught, confined(exam, set()):
        os.system("true")
    assert caught.value.where is None


def test_inner_blocks_record_for_themselves(exam: Project) -> None:
    outer: set[str] = set()
    inner: set[str] = set()
    with confined(exam, outer):
        with confined(exam, inner):
            (exam.questions / "data.csv").read_bytes()
        (exam.root / "solgen.toml").read_bytes()
    assert (outer, inner) == ({"solgen.toml"}, {"questions/data.csv"})


def test_outside_of_blocks_everything_is_as_it_was(exam: Project, outside: Path) -> None:
    with confined(exam, set()):
        pass
    (outside / "new").write_text("x", encoding="utf-8")
    with pytest.raises(QuestionError), confined(exam, set()):
        raise QuestionError("its own failure")
    assert not confine._GUARD.blocks


def test_what_the_record_reads_is_not_recorded(exam: Project) -> None:
    class Hashing(set[str]):
        def add(self, name: str) -> None:
            (exam.root / "solgen.toml").read_bytes()
            super().add(name)

    record = Hashing()
    with confined(exam, record):
        (exam.questions / "data.csv").read_bytes()
    assert record == {"questions/data.csv"}


def test_matplotlib_may_make_its_list_of_fonts(
    exam: Project, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = outside / "matplotlib"
    monkeypatch.setenv("MPLCONFIGDIR", str(config))
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    tried(exam, outside, "import matplotlib.font_manager")
    assert list(config.glob("fontlist*.json"))


def test_matplotlib_may_make_its_folder_in_a_new_home(
    exam: Project, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And so the folders above it; an author may not."""
    home = outside / "home"
    monkeypatch.delenv("MPLCONFIGDIR", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(home))
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    tried(exam, outside, "import matplotlib as mpl; mpl.get_configdir()")
    assert (home / ".config" / "matplotlib").is_dir()
    with pytest.raises(ConfinementError, match="deletes a file"):
        tried(exam, outside, "(OUT / 'home').rmdir()")
    with pytest.raises(ConfinementError, match="writes a file"):
        tried(exam, outside, "(OUT / 'home' / '.config').mkdir(exist_ok=True)")


def test_an_author_may_not_write_into_the_caches(
    exam: Project, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLCONFIGDIR", str(outside))
    with pytest.raises(ConfinementError, match="writes a file"):
        tried(exam, outside, "open(OUT / 'new', 'w')")


def test_a_package_may_be_compiled_where_it_is(
    exam: Project, outside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (outside / "shared.py").write_text("VALUE = 3\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(outside))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    tried(exam, outside, "import shared")
    assert list((outside / "__pycache__").glob("shared.*.pyc"))
