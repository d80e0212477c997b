"""`solgen doctor`: what is there, what is missing, and how to get it."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from solgen import engine
from solgen.errors import SolgenError
from solgen.project import find_project

LIBRARIES = ("sympy", "mpmath", "numpy", "matplotlib", "jinja2", "pylatex", "click", "rich")


def diagnose(say: Callable[[str], None], *, install: bool) -> bool:
    """Tell what was found; return whether a booklet can be built here.

    `install` also gets a TeX engine, where that needs no question. Raises EnvironmentProblem when
    it was asked for and could not be done.
    """
    say(f"Python     {platform.python_version()} ({sys.executable})")
    missing = [name for name in LIBRARIES if not _library(say, name)]
    if install:
        engine.obtain(say)
    found = engine.survey()
    for one in found:
        lack = f"; it lacks {one.lacks()}" if one.missing else ""
        say(f"engine     {one.version}, {one.program}{lack}")
    chosen = engine.find()
    if chosen is None:
        say("engine     none is usable")
        say(engine.HOW_TO_INSTALL)
        say("or let solgen get one: solgen doctor --install")
    else:
        say(f"booklets are compiled with {chosen.kind}")
    _project(say)
    return not missing and chosen is not None


def _library(say: Callable[[str], None], name: str) -> bool:
    try:
        say(f"{name:10} {version(name)}")
    except PackageNotFoundError:
        say(f"{name:10} is missing: python -m pip install {name}")
        return False
    return True


def _project(say: Callable[[str], None]) -> None:
    try:
        project = find_project(Path.cwd())
    except SolgenError as error:
        say(f"exam       {error.message}")
        return
    say(f"exam       {project.root}: {', '.join(project.names()) or 'no question yet'}")
