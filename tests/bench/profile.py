"""Where the time of a cold build goes: `python -m tests.bench.profile`, in an exam's folder.

The build runs on one core, one job at a time, and tells each step as it begins; so the time from
one step to the next belongs to the first one. It prints the seconds of each kind of step as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

KINDS = {
    "load": "loading and linting modules",
    "verify": "verification",
    "measure": "experiments",
    "draw": "figures",
    "render": "templates",
    "read": "ledger: formulas read back and judged",
    "assemble": "assembling documents",
    "compile": "LaTeX",
    "publish": "publication",
}
"""Each step's first word, and what it is called in the table."""

START = "imports and configuration"


def shares(start: float, steps: Sequence[tuple[float, str]], end: float) -> dict[str, float]:
    """Seconds by kind of step; a step lasts until the next one begins."""
    found = dict.fromkeys((START, *KINDS.values()), 0.0)
    marks = [(start, START), *((at, KINDS.get(line.split()[0], line)) for at, line in steps)]
    for (at, kind), (following, _) in zip(marks, [*marks[1:], (end, "")], strict=True):
        found[kind] = found.get(kind, 0.0) + following - at
    return {kind: seconds for kind, seconds in found.items() if seconds}


def main() -> None:
    """Build the exam of the working directory, its caches empty, and print what took how long."""
    start = time.monotonic()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    from solgen.build import build
    from solgen.project import find_project

    project = find_project(Path.cwd())
    steps: list[tuple[float, str]] = []
    build(
        project,
        project.select([]),
        (),
        lambda line: steps.append((time.monotonic(), line)),
        whole=True,
    )
    sys.stdout.write(json.dumps(shares(start, steps, time.monotonic())) + "\n")


if __name__ == "__main__":
    main()
