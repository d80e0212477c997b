"""Cases measured in turn, each between two raw passes: what slows the machine slows both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean
from typing import Any

from tests.bench.measure import Cost, Failed, revived_cost
from tests.bench.processes import Memory
from tests.bench.raw import Raw

Say = Callable[[str], None]


@dataclass(frozen=True)
class Case:
    """Something to measure: `run(k, look)` does it the k-th time, and names what it measured."""

    name: str
    run: Callable[[int, bool], dict[str, Cost]]


@dataclass
class Row:
    """What was measured under one name; each cost with that of the raw passes beside it."""

    name: str
    costs: list[tuple[Cost, Cost]] = field(default_factory=list)
    memory: Memory | None = None

    @property
    def ratios(self) -> list[float]:
        """Seconds as multiples of the raw pass."""
        return [cost.seconds / raw.seconds for cost, raw in self.costs]

    @property
    def cpu_ratios(self) -> list[float]:
        """Processor seconds as multiples of the raw pass; empty where they are not known."""
        return [cost.cpu / raw.cpu for cost, raw in self.costs if cost.cpu is not None and raw.cpu]


def revived(data: Mapping[str, Any]) -> Row:
    """A row as it was kept in JSON."""
    costs = [(revived_cost(one), revived_cost(raw)) for one, raw in data["costs"]]
    return Row(data["name"], costs, Memory(**data["memory"]) if data["memory"] else None)


def measure(cases: Sequence[Case], raw: Raw, repeats: int, say: Say) -> tuple[list[Row], list[str]]:
    """The rows, and what failed.

    A first round looks at the memory; its times do not count, because looking costs time, and it
    fills the system's caches. With one repeat it is the only round, and its times count.
    """
    rows: dict[str, Row] = {}
    failures: dict[str, str] = {}
    rounds = range(1) if repeats == 1 else range(repeats + 1)
    for k in rounds:
        look = k == 0
        before = raw.run()
        for case in cases:
            if case.name in failures:
                continue
            say(f"round {k + 1} of {len(rounds)}: {case.name}")
            try:
                costs = case.run(k + 1, look)
            except Failed as failure:
                failures[case.name] = f"{case.name}: {failure}"
                continue
            after = raw.run()
            for name, cost in costs.items():
                row = rows.setdefault(name, Row(name))
                if look:
                    row.memory = cost.memory
                if not look or len(rounds) == 1:
                    row.costs.append((cost, _between(before, after)))
            before = after
    return list(rows.values()), list(failures.values())


def _between(before: Cost, after: Cost) -> Cost:
    cpu = [cost.cpu for cost in (before, after) if cost.cpu is not None]
    return Cost(fmean([before.seconds, after.seconds]), fmean(cpu) if cpu else None)
