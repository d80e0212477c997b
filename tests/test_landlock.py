"""The kernel's wall around a process, where there is one."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from solgen import landlock
from solgen.landlock import Wall

landlocked = pytest.mark.skipif(landlock.version() == 0, reason="needs Linux with Landlock")


def run(program: str, wall: Wall | None, *arguments: object) -> subprocess.CompletedProcess[str]:
    """A Python program inside a wall."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    with landlock.around(wall) as enter:
        return subprocess.run(command, preexec_fn=enter, capture_output=True, text=True)


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    (tmp_path / "inside").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "kept").write_text("kept")
    return tmp_path / "inside"


WAYS = {
    "make": "open(out / 'new', 'w')",
    "overwrite": "open(out / 'kept', 'r+').write('x')",
    "truncate": "os.truncate(out / 'kept', 0)",
    "remove": "(out / 'kept').unlink()",
    "make a folder": "(out / 'new').mkdir()",
    "make a link": "(out / 'new').symlink_to('kept')",
    "move there": "(own / 'mine').rename(out / 'new')",
    "move away": "(out / 'kept').rename(own / 'kept')",
}
START = (
    "import os, sys; from pathlib import Path; own, out = map(Path, sys.argv[1:])\n"
    "(own / 'mine').write_text('x'); (own / 'deep').mkdir(); (own / 'deep' / 'x').write_text('x')\n"
    "(own / 'deep' / 'x').rename(own / 'x'); (own / 'x').unlink(); print(end='inside ')\n"
    "assert (out / 'kept').read_text() == 'kept'\n"
)


@landlocked
@pytest.mark.parametrize("way", WAYS)
def test_nothing_outside_is_written(way: str, inside: Path) -> None:
    if way == "truncate" and landlock.version() < 3:
        pytest.skip("this Landlock does not know of it")
    outside = inside.with_name("outside")
    done = run(START + WAYS[way], Wall((inside,)), inside, outside)
    assert done.stdout == "inside "  # there, all of it may be done
    assert done.returncode == 1
    assert "PermissionError" in done.stderr or "cross-device" in done.stderr
    assert [(p.name, p.read_text()) for p in outside.iterdir()] == [("kept", "kept")]


@pytest.mark.parametrize("way", WAYS)
def test_without_a_wall_all_of_it_is_possible(way: str, inside: Path) -> None:
    done = run(START + WAYS[way], None, inside, inside.with_name("outside"))
    assert (done.returncode, done.stderr) == (0, "")


@landlocked
def test_one_file_may_be_writable(inside: Path) -> None:
    kept = inside.with_name("outside") / "kept"
    program = "import sys; open(sys.argv[1], 'w').write('new'); open(sys.argv[1] + '2', 'w')"
    done = run(program, Wall((kept,)), kept)
    assert "PermissionError" in done.stderr
    assert kept.read_text() == "new"


@landlocked
def test_what_it_starts_is_inside_too(inside: Path) -> None:
    target = inside.with_name("outside") / "new"
    program = "import subprocess, sys; sys.exit(subprocess.run(['touch', sys.argv[1]]).returncode)"
    assert run(program, Wall((inside,)), target).returncode != 0
    assert not target.exists()


CONNECT = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)"


@pytest.mark.skipif(landlock.version() < 4, reason="needs Landlock with network rules")
@pytest.mark.parametrize("network", [False, True])
def test_it_connects_only_where_it_may(network: bool, inside: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        done = run(CONNECT, Wall((inside,), network), server.getsockname()[1])
    assert ("PermissionError" in done.stderr) != network, done.stderr


def test_a_system_without_it_has_no_wall(monkeypatch: pytest.MonkeyPatch, inside: Path) -> None:
    monkeypatch.setattr(landlock, "_system_call", lambda *_: -1)
    done = run(START + WAYS["make"], Wall((inside,)), inside, inside.with_name("outside"))
    assert (done.returncode, done.stderr) == (0, "")
