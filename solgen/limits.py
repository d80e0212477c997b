"""What a process may use, and that it ends with its parent: set by itself when it begins.

Linux only in full; elsewhere nothing happens, or as much as the system has. The functions are safe
between fork and exec: they import nothing, and take no lock.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

if sys.platform != "win32":
    import resource

MEMORY = 4 * 2**30  # bytes of addresses that authors' code may have beside what it finds
FILE = 200 * 2**20  # bytes of the largest file it may write
LINUX = sys.platform == "linux"
_DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG
_PRCTL = ctypes.CDLL(None).prctl if LINUX else None

Ceilings = Mapping[int, tuple[int, int]]  # resource: soft and hard limit


def end_with(parent: int) -> None:
    """Have the system kill this process, its child, as soon as `parent` is dead.

    Whatever is being computed, and however the parent died. What this process has started must ask
    for the same.
    """
    if _PRCTL is None:
        return
    _PRCTL(_DEATH_OF_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the system was asked
        os.kill(os.getpid(), signal.SIGKILL)


def ceilings(
    *, memory: int = 0, file: int = 0, processor: int = 0, above: int = 0
) -> dict[int, tuple[int, int]]:
    """The limits to set: bytes of addresses, bytes of one file, seconds of processor; 0 for none.

    `above` is added to the memory: what is mapped already.
    """
    if sys.platform == "win32":
        return {}
    wanted = {resource.RLIMIT_CORE: 0}
    wanted |= {resource.RLIMIT_AS: memory + above} if memory else {}
    wanted |= {resource.RLIMIT_FSIZE: file} if file else {}
    wanted |= {resource.RLIMIT_CPU: processor} if processor else {}
    return {what: _lowered(what, value) for what, value in wanted.items()}


def limit(found: Ceilings) -> None:
    """Set these limits for this process and all that it starts."""
    if sys.platform != "win32":
        for what, values in found.items():
            with contextlib.suppress(ValueError, OSError):  # not every system has each of them
                resource.setrlimit(what, values)


def exhausted(error: BaseException) -> str | None:
    """How an exception says that one of these limits was met; None if it says something else."""
    if isinstance(error, MemoryError):
        return f"it asks for more memory than it may have ({MEMORY / 2**30:g} GiB)"
    if isinstance(error, OSError) and error.errno == errno.EFBIG:
        return f"it writes a larger file than it may ({FILE / 2**20:g} MiB)"
    return None


def described(error: BaseException) -> str:
    """The kind of an exception and what it says."""
    return f"{type(error).__name__}: {exhausted(error) or error}"


def mapped() -> int:
    """The bytes of addresses that this process has now; 0 where that is not known."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _lowered(what: int, value: int) -> tuple[int, int]:
    if sys.platform != "win32":
        _, hard = resource.getrlimit(what)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
    return value, value
