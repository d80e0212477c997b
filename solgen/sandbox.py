"""One engine process under limits: time, processor, memory, file size, environment, places.

The process gets its own group, no standard input, and a short list of
environment variables, and is killed when the process that started it dies.
When its time is up the group gets SIGINT, which TeX answers by a complete log
that names the line it was at, then SIGKILL.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solgen import landlock
from solgen.landlock import Wall
from solgen.limits import ceilings, end_with, limit

GRACE_SECONDS = 2.0
"""Between SIGINT and SIGKILL."""

_KEPT = (
    *("PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "APPDATA", "LOCALAPPDATA"),
    *("TEMP", "TMP", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
    *("TEXMFCNF", "TEXMFROOT", "TEXMFDIST", "TEXMFLOCAL", "TEXMFHOME", "TEXMFVAR"),
    *("TEXMFCONFIG", "TEXMFSYSVAR", "TEXMFSYSCONFIG", "TEXMFCACHE"),
)

_FIXED = {
    "openin_any": "p",
    "openout_any": "p",
    "shell_escape": "f",
    "TEXMFOUTPUT": "",
    "MKTEXPK": "0",  # a missing font must be an error, not a bitmap
    "max_print_line": "10000",
    "error_line": "254",
    "half_error_line": "238",
    "FORCE_SOURCE_DATE": "1",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True)
class Limits:
    """What one engine run may use.

    seconds: wall clock of one pass.  passes: at most so many.  file_bytes:
    largest file it may write.  memory_bytes: address space, 0 for no limit.
    """

    seconds: float = 120.0
    passes: int = 5
    file_bytes: int = 200 * 2**20
    memory_bytes: int = 2**30


@dataclass(frozen=True)
class Ended:
    """How a process ended; code is negative for a signal, as in subprocess."""

    code: int
    seconds: float
    timed_out: bool

    @property
    def out_of_limits(self) -> bool:
        """The system stopped it for a file too large or for processor time."""
        if sys.platform == "win32":
            return False
        signals = (signal.SIGXFSZ, signal.SIGXCPU)
        return self.code in [-s for s in signals] + [128 + s for s in signals]


def environment(epoch: int, extra: dict[str, str] | None = None) -> dict[str, str]:
    """The whole environment of an engine; epoch: SOURCE_DATE_EPOCH in seconds."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, **_FIXED, "SOURCE_DATE_EPOCH": str(epoch), **(extra or {})}


def run(
    command: Sequence[str],
    folder: Path,
    console: Path,
    env: dict[str, str],
    limits: Limits,
    wall: Wall | None = None,
) -> Ended:
    """Run ``command`` in ``folder``, its output going to the file ``console``, inside a ``wall``.

    Never raises for a failing command; whatever interrupts the wait, Ctrl-C
    included, the whole process group is dead when this returns or raises.
    """
    start = time.monotonic()
    with console.open("wb") as output, landlock.around(wall) as enter:
        process = _start(command, folder, output.fileno(), env, _limited(limits, enter))
        timed_out = False
        try:
            try:
                process.wait(limits.seconds)
            except subprocess.TimeoutExpired:
                timed_out = True
                _interrupt(process)
        finally:
            _kill(process)
    return Ended(process.returncode, time.monotonic() - start, timed_out)


def _start(
    command: Sequence[str],
    folder: Path,
    output: int,
    env: dict[str, str],
    prepare: Callable[[], None],
) -> subprocess.Popen[bytes]:
    own: dict[str, Any] = {"start_new_session": True, "preexec_fn": prepare}
    if sys.platform == "win32":
        own = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    with warnings.catch_warnings():
        # What is done between fork and exec takes no lock that a thread may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        return subprocess.Popen(
            command,
            cwd=folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **own,
        )


def _limited(limits: Limits, enter: Callable[[], None]) -> Callable[[], None]:
    """What the process does before it becomes the engine."""
    found = ceilings(
        memory=limits.memory_bytes,
        file=limits.file_bytes,
        processor=math.ceil(limits.seconds + GRACE_SECONDS) + 5,  # more than the wall clock
    )
    parent = os.getpid()

    def prepare() -> None:
        end_with(parent)
        limit(found)
        enter()

    return prepare


def _interrupt(process: subprocess.Popen[bytes]) -> None:
    """Ask the group to stop, and leave it the grace time to write its log."""
    if sys.platform == "win32":
        process.terminate()
    else:
        _signal_group(process, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_SECONDS)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the group, nor a zombie; what it has started may outlive the engine."""
    if sys.platform == "win32":
        process.kill()
    else:
        _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    if sys.platform != "win32":
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
