"""Stub until the real one is merged."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from solgen.project import Project

_active: list[Any] = []
_installed: list[bool] = []


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if not _active or event not in ("open", "os.listdir", "os.scandir"):
        return
    project, record = _active[-1]
    path, mode = args[0], args[1] if event == "open" else "r"
    if event == "open" and (mode is None or set(str(mode)) & set("wax+")):
        return
    if not isinstance(path, (str, os.PathLike)):
        return
    full = os.path.abspath(os.fspath(path))
    root = str(project.root)
    if not full.startswith(root + os.sep) or full.startswith(str(project.build)):
        return
    rel = os.path.relpath(full, root)
    if "__pycache__" in rel or rel.startswith((".venv", ".nox", ".git", "solgen" + os.sep)):
        return
    held = _active[:]
    _active.clear()
    try:
        record.add(rel)
    finally:
        _active[:] = held


@contextmanager
def confined(project: Project, record: Any) -> Iterator[None]:
    if not _installed:
        sys.addaudithook(_hook)
        _installed.append(True)
    _active.append((project, record))
    try:
        yield
    finally:
        _active.pop()
