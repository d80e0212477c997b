"""What a process and everything it started use: processor seconds and memory, read from /proc.

Elsewhere than on Linux there is nothing to read, and the answers are None.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
STEP = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Memory:
    """Peaks, in bytes: of the largest process; of all together, shared pages counted once."""

    largest: int
    tree: int


def tree(pid: int) -> list[int]:
    """The process and all that descend from it, those that still run."""
    found = [pid]
    for one in found:
        for thread in _threads(one):
            found += [int(child) for child in _text(Path(thread, "children")).split()]
    return found


def _threads(pid: int) -> list[str]:
    """The folders of a process's threads; none if it has ended meanwhile."""
    try:
        return [entry.path for entry in os.scandir(f"/proc/{pid}/task")]
    except OSError:
        return []


def cpu(pid: int) -> float | None:
    """Processor seconds of the tree so far, with its children that have ended."""
    total = 0
    for one in tree(pid):
        # The name, in parentheses, may hold spaces: what follows it is in columns.
        columns = _text(Path(f"/proc/{one}/stat")).rpartition(")")[2].split()
        total += sum(map(int, columns[11:15]))
    return total / _TICK if Path("/proc/self/stat").exists() else None


class Watcher:
    """Looks at a tree's memory until it is stopped; a context manager."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.largest = self.tree = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def memory(self) -> Memory | None:
        """The peaks so far; None if there was nothing to read."""
        return Memory(self.largest, self.tree) if self.tree else None

    def _look(self) -> None:
        while not self._stop.wait(STEP):
            shares = 0
            for pid in tree(self.pid):
                shares += _kilobytes(pid, "smaps_rollup", "Pss")
                self.largest = max(self.largest, _kilobytes(pid, "status", "VmHWM"))
            self.tree = max(self.tree, shares)


def _kilobytes(pid: int, file: str, name: str) -> int:
    """What the system says of a process, in bytes: its share now, or its largest size so far.

    Not what `wait` tells of a process that has ended: that counts what its parent was at the fork.
    """
    for line in _text(Path(f"/proc/{pid}/{file}")).splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


def _text(path: Path) -> str:
    """What the system says, or nothing of a process that has just ended."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
