"""What the numbers were measured on: versions, cores, load, date."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import solgen

_PACKAGES = ("sympy", "numpy", "matplotlib", "jinja2", "pylatex")
_PROGRAMS = {
    "pdfLaTeX": ("pdflatex", "--version"),
    "latexmk": ("latexmk", "--version"),
    "PythonTeX": ("pythontex", "--version"),
    "knitr": ("Rscript", "-e", "cat(as.character(packageVersion('knitr')))"),
    "reticulate": ("Rscript", "-e", "cat(as.character(packageVersion('reticulate')))"),
}


def facts() -> dict[str, str]:
    """Each with its name; what is not installed is said to be so."""
    return {
        "date": time.strftime("%Y-%m-%d"),
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": str(cores()),
        "load at the beginning": load(),
        "solgen": solgen.__version__,
        "Python": platform.python_version(),
        **{name: _installed(name) for name in _PACKAGES},
        **{name: _first_line(command) for name, command in _PROGRAMS.items()},
    }


def cores() -> int:
    """How many processes may run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def load() -> str:
    """The mean number of processes that wanted to run in the last minute."""
    return f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    text = info.read_text(encoding="utf-8") if info.is_file() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1] if found else platform.processor() or "unknown"


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _first_line(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return "not installed"
    lines = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    return lines[0] if lines and done.returncode == 0 else "not installed"
