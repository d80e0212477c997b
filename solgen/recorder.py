r"""Which files the engine touched, by its own record: anything foreign is a fault.

pdfTeX's ``openin_any`` guards what ``\input`` and ``\openin`` read, not fonts, font maps or raw
PDF objects; Tectonic guards nothing.  Both keep a record of every file (``main.fls``, ``main.mk``).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

FLS, RULES = "main.fls", "main.mk"
"""The records of pdfTeX and of Tectonic."""

_ALWAYS = ("texmf.cnf", ".fmt")  # how pdfTeX itself starts, wherever it is installed


def foreign(folder: Path, allowed: tuple[Path, ...] | None) -> tuple[str, str] | None:
    """The first file that is neither in `folder` nor below one of `allowed`: what became of it.

    For example ``("reads", "/etc/passwd")``; None where all is well, or nothing was recorded.
    With `allowed` None, for an installation that does not tell its folders, all may be read.
    """
    own = _inside(folder, folder.resolve())
    readable = (*own, *_inside(*(allowed or ())))
    for way, name in dict.fromkeys(_recorded(folder)):  # a file is recorded each time it is opened
        if way == "reads" and (allowed is None or name.endswith(_ALWAYS)):
            continue
        place = os.path.normpath(folder / name)
        if not place.startswith(readable if way == "reads" else own):
            return way, place
    return None


def _inside(*folders: Path) -> tuple[str, ...]:
    """How the paths of all files in these folders begin."""
    return tuple(f"{folder}".rstrip(os.sep) + os.sep for folder in folders)


def _recorded(folder: Path) -> Iterator[tuple[str, str]]:
    for line in _text(folder / FLS).splitlines():
        kind, _, name = line.partition(" ")
        if kind in ("INPUT", "OUTPUT"):
            yield ("reads" if kind == "INPUT" else "writes"), name
    made, _, needed = _text(folder / RULES).replace("\\\n", " ").partition(" : ")
    for way, names in (("writes", made), ("reads", needed)):
        for name in re.findall(r"(?:\\.|\S)+", names):
            yield way, re.sub(r"\\(.)", r"\1", name)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


@lru_cache(maxsize=4)
def _trees(kpsewhich: str, environment: tuple[tuple[str, str], ...]) -> tuple[Path, ...]:
    try:
        done = subprocess.run(
            [kpsewhich, "-expand-path=$TEXMF"],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=20,
            check=False,
        )
    except OSError:
        return ()
    found = done.stdout.decode("utf-8", errors="replace").strip().split(os.pathsep)
    return tuple(Path(os.path.normpath(name)) for name in found if name)


def trees(program: Path, environment: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders of the TeX installation that `program` belongs to; none if it does not tell."""
    beside = program.with_name("kpsewhich")
    named = str(beside) if beside.is_file() else "kpsewhich"
    return _trees(named, tuple(sorted(environment.items())))
