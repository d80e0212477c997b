"""Run one command and say what it cost."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.processes import Memory, Watcher

WIDTH = 2000  # characters that are shown of a line


class Failed(Exception):
    """A measured command failed, or did something else; the message ends with its output."""


@dataclass(frozen=True)
class Cost:
    """Wall-clock and processor seconds; memory only where it was looked at, which costs time."""

    seconds: float
    cpu: float | None
    memory: Memory | None = None

    def __add__(self, other: Cost) -> Cost:
        """One after the other."""
        both = [m for m in (self.memory, other.memory) if m]
        return Cost(
            self.seconds + other.seconds,
            None if self.cpu is None or other.cpu is None else self.cpu + other.cpu,
            Memory(max(m.largest for m in both), max(m.tree for m in both)) if both else None,
        )


def revived_cost(data: Mapping[str, Any]) -> Cost:
    """A cost as it was kept in JSON."""
    memory = data["memory"]
    return Cost(data["seconds"], data["cpu"], Memory(**memory) if memory else None)


def run(
    command: Sequence[str], folder: Path, env: Mapping[str, str], *, look: bool = False
) -> Cost:
    """Run a command to its end in a folder; `look` at its memory. Raises Failed."""
    log = folder / ".bench.log"
    with log.open("wb") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            cost = _end(process, start, look=look)
        finally:
            if process.returncode is None:
                process.terminate()  # solgen stops what it has started
                process.wait()
    if process.returncode:
        raise Failed(f"{' '.join(command)}: exit code {process.returncode}\n{tail(log)}")
    return cost


def _end(process: subprocess.Popen[bytes], start: float, *, look: bool) -> Cost:
    if not look:
        return Cost(*_waited(process, start))
    with Watcher(process.pid) as watcher:
        seconds, cpu = _waited(process, start)
    return Cost(seconds, cpu, watcher.memory)


def _waited(process: subprocess.Popen[bytes], start: float) -> tuple[float, float]:
    """Seconds, and processor seconds with those of all that it started."""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return seconds, usage.ru_utime + usage.ru_stime


def tail(log: Path, lines: int = 30) -> str:
    """The end of what a command said."""
    said = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(line[:WIDTH] for line in said[-lines:])
