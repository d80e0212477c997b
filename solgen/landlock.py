"""A wall that Linux's kernel puts around a process: where it may write, and no TCP connection.

Landlock (https://docs.kernel.org/userspace-api/landlock.html), Linux 5.13 and later; what each
version can refuse is written there. Elsewhere there is no such wall, and nothing happens.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # numbers of the system calls
_TELL_VERSION, _BENEATH = 1, 1
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS, which a process must ask for first
_WRITE_FILE, _TRUNCATE = 1 << 1, 1 << 14
# By version: write to a file, remove and make files of all kinds; move between folders; truncate.
_WRITING = ((1, 0b1_1111_1111_0010), (2, 1 << 13), (3, _TRUNCATE))
_CONNECTING = (4, 0b11)  # bind and connect, by TCP


@dataclass(frozen=True)
class Wall:
    """What alone a process may write to, files and whole folders, and whether it may connect."""

    writable: tuple[Path, ...]
    network: bool = False


def version() -> int:
    """The version of Landlock that this system has; 0 if it has none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, _system_call(_CREATE, None, ctypes.c_size_t(0), _TELL_VERSION))


@contextmanager
def around(wall: Wall | None) -> Iterator[Callable[[], None]]:
    """What a child process has to call, between fork and exec, to be inside the wall for good."""
    rules = None if wall is None else _rules(wall)
    if rules is None:
        yield _nothing
        return
    try:
        yield lambda: _enter(rules)
    finally:
        os.close(rules)


def _rules(wall: Wall) -> int | None:
    """The rules as an open file of the kernel's; None where it has no Landlock."""
    known = version()
    writing = sum(bits for since, bits in _WRITING if since <= known)
    connecting = 0 if wall.network or known < _CONNECTING[0] else _CONNECTING[1]
    handled = struct.pack("=QQ", writing, connecting)[: 16 if known >= _CONNECTING[0] else 8]
    rules = _system_call(_CREATE, handled, ctypes.c_size_t(len(handled)), 0) if known else -1
    if rules < 0:
        return None
    for path in wall.writable:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            access = writing if path.is_dir() else writing & (_WRITE_FILE | _TRUNCATE)
            if _system_call(_ADD, rules, _BENEATH, struct.pack("=Qi", access, place), 0):
                raise OSError(ctypes.get_errno(), "the kernel refuses a rule", str(path))
        finally:
            os.close(place)
    return rules


def _enter(rules: int) -> None:
    """Raise OSError rather than begin outside."""
    if _PRCTL(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or _system_call(_RESTRICT, rules, 0):
        raise OSError(ctypes.get_errno(), "the kernel does not close the wall")


def _nothing() -> None:
    """Where there is no wall."""


def _system_call(number: int, *arguments: object) -> int:
    found: int = _SYSTEM(ctypes.c_long(number), *arguments)
    return found


if sys.platform.startswith("linux"):
    _SYSTEM = ctypes.CDLL(None, use_errno=True).syscall
    _SYSTEM.restype = ctypes.c_long
    _PRCTL = ctypes.CDLL(None, use_errno=True).prctl
