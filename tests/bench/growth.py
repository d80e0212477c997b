"""How time and memory grow with the number of questions."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import raw as raws
from tests.bench import synthetic
from tests.bench.copies import Copy, copy
from tests.bench.edits import synthetic as word
from tests.bench.measure import Cost
from tests.bench.processes import Memory
from tests.bench.raw import pages
from tests.bench.rounds import Say

STAGES = ("raw pass", "cold build", "no change", "one-prose edit")


@dataclass
class Size:
    """What an exam of so many questions costs, stage by stage."""

    questions: int
    pages: int = 0
    costs: dict[str, list[Cost]] = field(default_factory=lambda: {stage: [] for stage in STAGES})
    looked: dict[str, Cost] = field(default_factory=dict)


def revived(data: Mapping[str, Any]) -> Size:
    """A size as it was kept in JSON."""
    return Size(
        data["questions"],
        data["pages"],
        {stage: [_cost(each) for each in costs] for stage, costs in data["costs"].items()},
        {stage: _cost(each) for stage, each in data["looked"].items()},
    )


def _cost(data: Mapping[str, Any]) -> Cost:
    memory = data["memory"]
    return Cost(data["seconds"], data["cpu"], Memory(**memory) if memory else None)


def measure(sizes: Sequence[int], work: Path, repeats: int, say: Say) -> list[Size]:
    """Every size, the small ones more often. Raises Failed."""
    return [_measured(count, work, _repeats(count, repeats), say) for count in sizes]


def _repeats(count: int, repeats: int) -> int:
    """Large exams are measured less often, and the largest once."""
    return repeats if count < 50 else min(repeats, 3) if count < 500 else 1


def _measured(count: int, work: Path, repeats: int, say: Say) -> Size:
    original = synthetic.generate(work / f"exam-{count}", count)
    size = Size(count)
    rounds = range(1) if repeats == 1 else range(repeats + 1)
    for k in rounds:
        say(f"{count} questions, round {k + 1} of {len(rounds)}")
        exam = copy(original, work / f"size-{count}-{k}")
        found = _round(exam, k, count, look=k == 0)
        size.pages = pages(exam.published)
        for folder in (exam.folder, exam.cache):
            shutil.rmtree(folder, ignore_errors=True)
        if k == 0:  # looking at memory costs time
            size.looked = {stage: costs[0] for stage, costs in found.items()}
        if k > 0 or len(rounds) == 1:
            for stage, costs in found.items():
                size.costs[stage] += costs
    return size


def _round(exam: Copy, k: int, count: int, *, look: bool) -> dict[str, list[Cost]]:
    cold = exam.build(look=look)
    raw = raws.prepare(exam.built, exam.folder.with_name(f"raw-{count}"))
    passes = [raw.run(look=look)]
    same = exam.build(look=look)
    passes.append(raw.run())
    exam.edit(word(count // 2 + 1), k + 1)
    edited = exam.build(look=look)
    passes.append(raw.run())
    return {
        "raw pass": passes,
        "cold build": [cold],
        "no change": [same],
        "one-prose edit": [edited],
    }
