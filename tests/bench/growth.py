"""How time and memory grow with the number of questions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import raw as raws
from tests.bench import synthetic
from tests.bench.copies import Copy, copy
from tests.bench.edits import synthetic as word
from tests.bench.measure import Cost, revived_cost
from tests.bench.raw import Raw, pages
from tests.bench.rounds import Say

RAW, EDITIONS = "raw pass", "raw passes of all editions"
COLD, SAME, EDIT = "cold build", "no change", "one-prose edit"
UNTIMED = 20  # an edit that no round makes
AGAIN = 3  # times that an exam which is built cold only once is edited
STAGES = (RAW, EDITIONS, COLD, SAME, EDIT)


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
        {stage: [revived_cost(each) for each in costs] for stage, costs in data["costs"].items()},
        {stage: revived_cost(each) for stage, each in data["looked"].items()},
    )


def measure(sizes: Sequence[int], work: Path, repeats: int, say: Say) -> Iterator[Size]:
    """Every size, the small ones more often. Raises Failed."""
    return (_measured(count, work, _repeats(count, repeats), say) for count in sizes)


def _repeats(count: int, repeats: int) -> int:
    """Large exams are measured less often, and the largest once."""
    return repeats if count < 50 else min(repeats, 3) if count < 500 else 1


def _measured(count: int, work: Path, repeats: int, say: Say) -> Size:
    """Looking at memory costs time, most of all where every core is busy: it is done apart.

    Of an exam that is built cold only once, that one time is looked at too; what follows it is
    done AGAIN, since one pass of a minute says little on a shared machine.
    """
    original = synthetic.generate(work / f"exam-{count}", count)
    size = Size(count)
    rounds = range(1) if repeats == 1 else range(repeats + 1)
    for k in rounds:
        say(f"{count} questions, round {k + 1} of {len(rounds)}")
        exam = copy(original, work / f"size-{count}-{k}")
        cold = exam.build(look=k == 0)
        editions = raws.prepare_all(exam.folder / "build", work / f"raw-{count}")
        if k == 0:
            size.looked = {COLD: cold, **_looked(exam, editions[0], count)}
        if k > 0 or len(rounds) == 1:
            size.costs[COLD].append(cold)
            for edit in range(k, k + AGAIN) if len(rounds) == 1 else [k]:
                for stage, costs in _round(exam, editions, edit, count).items():
                    size.costs[stage] += costs
        size.pages = pages(exam.published)
        for folder in (exam.folder, exam.cache):
            shutil.rmtree(folder, ignore_errors=True)
    return size


def _looked(exam: Copy, raw: Raw, count: int) -> dict[str, Cost]:
    """What follows a cold build, its memory looked at."""
    alone, same = raw.run(look=True), exam.build(look=True)
    exam.edit(word(count // 2 + 1), UNTIMED)
    return {RAW: alone, SAME: same, EDIT: exam.build(look=True)}


def _round(exam: Copy, editions: Sequence[Raw], k: int, count: int) -> dict[str, list[Cost]]:
    """The same, its time taken, between raw passes."""
    raw = editions[0]
    alone, together = [raw.run()], [raws.together(editions)]
    same = exam.build()
    exam.edit(word(count // 2 + 1), k + 1)
    edited = exam.build()
    together.append(raws.together(editions))
    alone.append(raw.run())
    return {RAW: alone, EDITIONS: together, SAME: [same], EDIT: [edited]}
