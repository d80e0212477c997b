"""Copies of an exam, each with a cache of its own, and the commands of solgen in them."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.bench.edits import Edit
from tests.bench.measure import Cost, run

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("solgen.toml", "references.toml", "questions", "templates")
SOLGEN = (sys.executable, "-m", "solgen")


@dataclass(frozen=True)
class Copy:
    """An exam's sources in a folder where they may be edited; `original` stays as it is."""

    original: Path
    folder: Path

    @property
    def built(self) -> Path:
        """The folder of the finished bilingual LaTeX."""
        return self.folder / "build" / "tex" / "booklet"

    @property
    def published(self) -> Path:
        """The bilingual PDF."""
        return self.folder / "build" / "booklet.pdf"

    @property
    def cache(self) -> Path:
        """The user's cache, as far as this copy is concerned."""
        return _cache(self.folder)

    def build(self, *, look: bool = False) -> Cost:
        """The whole booklet: every edition. Raises Failed."""
        return run([*SOLGEN, "pdf"], self.folder, self.env(), look=look)

    def edit(self, edit: Edit, k: int) -> None:
        """Save the k-th edit; other edits of the same file are undone."""
        text = (self.original / edit.file).read_text(encoding="utf-8")
        (self.folder / edit.file).write_text(edit.made(text, k), encoding="utf-8")

    def env(self) -> Mapping[str, str]:
        return environment(self.folder)


def copy(original: Path, folder: Path) -> Copy:
    """A fresh copy: sources and nothing else, so that every cache is empty."""
    folder.mkdir(parents=True)
    for name in SOURCES:
        source = original / name
        if source.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(source, folder / name, ignore=ignored)
        elif source.is_file():
            shutil.copy2(source, folder / name)
    return Copy(original, folder)


def environment(folder: Path) -> Mapping[str, str]:
    """The environment of a command in a copy: this solgen, and the copy's own cache.

    Matplotlib's list of the system's fonts belongs to the machine: all copies share it.
    """
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
        "PYTHONUNBUFFERED": "1",
        "XDG_CACHE_HOME": str(_cache(folder)),
        "MPLCONFIGDIR": str(folder.parent / "matplotlib"),
        "RETICULATE_PYTHON": sys.executable,
    }


def warm(work: Path) -> None:
    """Let Matplotlib list the system's fonts for the copies in `work`, before anything counts."""
    run([sys.executable, "-c", "import matplotlib.font_manager"], work, environment(work / "any"))


def _cache(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.cache")
