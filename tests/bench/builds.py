"""What is measured of `solgen pdf`: cold, unchanged, and after each kind of edit."""

from __future__ import annotations

import json
import shutil
import sys
from functools import partial
from pathlib import Path

from tests.bench.copies import Copy, copy
from tests.bench.edits import EXAM, Edit
from tests.bench.measure import Cost, Failed, run, tail
from tests.bench.rounds import Case


def cold(original: Path, work: Path) -> Case:
    """A build in a fresh copy: every cache of solgen is empty."""

    def run(k: int, look: bool) -> dict[str, Cost]:
        fresh = copy(original, work / f"cold-{k}")
        try:
            return {"solgen: cold build": fresh.build(look=look)}
        finally:
            for left in (fresh.folder, fresh.cache):
                shutil.rmtree(left, ignore_errors=True)

    return Case("cold build", run)


def profile(original: Path, work: Path) -> dict[str, float]:
    """Where the time of a cold build on one core goes: seconds by kind of step. Raises Failed."""
    fresh = copy(original, work / "profile")
    command = [sys.executable, "-m", "tests.bench.profile"]
    run(command, fresh.folder, fresh.env())
    said = tail(fresh.folder / ".bench.log", lines=1)
    try:
        found: dict[str, float] = json.loads(said)
    except ValueError:
        raise Failed(f"the profile ends in: {said}") from None
    return found


def unchanged(exam: Copy) -> Case:
    """A build right after a build."""
    return Case("no change", lambda _k, look: {"solgen: no change": exam.build(look=look)})


def edits(exam: Copy) -> list[Case]:
    """A build after one edit, of each kind."""
    return [Case(f"{edit.name} edit", partial(_edited, exam, edit)) for edit in EXAM]


def _edited(exam: Copy, edit: Edit, k: int, look: bool) -> dict[str, Cost]:
    exam.edit(edit, k)
    return {f"solgen: one-{edit.name} edit": exam.build(look=look)}
