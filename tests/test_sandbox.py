"""An engine process: its limits, and that nothing of it is left."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_workers import alive, left

from solgen import sandbox
from solgen.sandbox import Ended, Limits
from tests.support import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="runs shell scripts")


def run(folder: Path, script: str, limits: Limits | None = None) -> tuple[Ended, str]:
    """How a shell script ended, and what it said."""
    console = folder / "console"
    env = {**sandbox.environment(0), "SOLGEN_TEST": str(folder)}
    ended = sandbox.run(["/bin/sh", "-c", script], folder, console, env, limits or Limits())
    return ended, console.read_text(encoding="utf-8")


def test_its_limits_are_those_asked_for(tmp_path: Path) -> None:
    limits = Limits(seconds=7, file_bytes=2**20, memory_bytes=2**29)
    ended, told = run(tmp_path, "ulimit -f; ulimit -t; ulimit -v; ulimit -c", limits)
    assert ended.code == 0
    blocks, processor, kilobytes, core = told.split()
    assert int(blocks) in (2**10, 2**11)  # of 1024 or of 512 bytes
    assert (processor, core) == ("14", "0")
    if sys.platform == "linux":
        assert kilobytes == str(2**19)


def test_no_memory_limit_is_none(tmp_path: Path) -> None:
    here = subprocess.run(["/bin/sh", "-c", "ulimit -v"], capture_output=True, text=True)
    assert run(tmp_path, "ulimit -v", Limits(memory_bytes=0))[1] == here.stdout


def test_a_file_too_large_is_told(tmp_path: Path) -> None:
    ended, _ = run(tmp_path, "exec cat /dev/zero > zeros", Limits(file_bytes=2**20))
    assert ended.out_of_limits
    assert (tmp_path / "zeros").stat().st_size <= 2**20


linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@linux
def test_what_an_engine_has_started_does_not_outlive_it(tmp_path: Path) -> None:
    start = time.monotonic()
    ended, _ = run(tmp_path, "sleep 600 & exit 3")
    assert ended.code == 3
    assert time.monotonic() - start < 60
    assert left(str(tmp_path)) == []


WAYS = {
    "by solgen": "go(print)",
    "by a worker": "each([go], print, workers=2)",
    "by a worker of a worker": "each([lambda tell: each([go, go], tell)], print)",
}


@linux
@pytest.mark.parametrize("way", WAYS)
def test_an_engine_dies_with_a_solgen_that_is_killed(tmp_path: Path, way: str) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom solgen import sandbox\n"
        "from solgen.workers import each\n"
        "folder = Path(sys.argv[1])\n"
        "env = {**sandbox.environment(0), 'SOLGEN_TEST': str(folder)}\n"
        "def go(tell):\n"
        "    command = ['/bin/sh', '-c', 'while :; do :; done']\n"
        "    (folder / 'begun').touch()\n"
        "    sandbox.run(command, folder, folder / 'console', env, sandbox.Limits())\n" + WAYS[way]
    )
    env = {**os.environ, "SOLGEN_TEST": str(tmp_path)}
    child = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, env=env)
    before = time.monotonic()
    while b"while" not in _commands(str(tmp_path)) and time.monotonic() < before + 60:
        time.sleep(0.02)
    assert b"while" in _commands(str(tmp_path))
    child.kill()
    child.wait()
    assert left(str(tmp_path)) == []


def _commands(marker: str) -> bytes:
    found = b""
    for number in alive(marker):
        try:
            command = Path("/proc", number, "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        found += b" ".join(command) if command[0] == b"/bin/sh" else b""
    return found
