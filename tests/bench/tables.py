"""The results as tables in Markdown, and these in their places in a page of the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from tests.bench.growth import STAGES, Size
from tests.bench.measure import Cost
from tests.bench.processes import Memory
from tests.bench.rounds import Row
from tests.bench.stats import exponent, spread
from tests.bench.targets import FROM, Verdict, seconds

MEBI = 2**20
NOTHING = "–"


def facts(found: dict[str, str]) -> str:
    """What was measured on what."""
    return table(("", ""), list(found.items()), "ll")


def costs(rows: Sequence[Row]) -> str:
    """Ratios to the raw pass, with their spread, and the memory."""
    header = ("", "time", "lowest–highest", "of", "processor", "largest process", "all processes")
    return table(header, [_cost(row) for row in rows], "lrrrrrr")


def _cost(row: Row) -> tuple[str, ...]:
    if not row.ratios:
        return (row.name, *[NOTHING] * 4, *_memory(row.memory))
    found = spread(row.ratios)
    cpu = f"{median(row.cpu_ratios):.2f}" if row.cpu_ratios else NOTHING
    between = f"{found.low:.2f}–{found.high:.2f}"
    measured = str(len(row.ratios))
    return row.name, f"{found.middle:.2f}", between, measured, cpu, *_memory(row.memory)


def _memory(memory: Memory | None) -> tuple[str, str]:
    if memory is None:
        return NOTHING, NOTHING
    return f"{memory.largest / MEBI:.0f} MiB", f"{memory.tree / MEBI:.0f} MiB"


def targets(verdicts: Sequence[Verdict]) -> str:
    """What was aimed at and found; where it is missed, why."""
    header = ("", "target", "measured", "", "where missed")
    rows = [(v.name, v.aim, v.found, "met" if v.met else "missed", v.why) for v in verdicts]
    return table(header, rows, "lrrll")


def profile(found: Mapping[str, float]) -> str:
    """The kinds of step, the longest first."""
    total = sum(found.values())
    rows = [
        (kind, f"{took:.2f}", f"{took / total:.0%}")
        for kind, took in sorted(found.items(), key=lambda item: -item[1])
    ]
    return table(("step", "s", "share"), [*rows, ("all", f"{total:.2f}", "100%")], "lrr")


def growth(sizes: Sequence[Size]) -> str:
    """Every stage at every size: seconds, multiples of that size's raw pass, memory."""
    header = ["stage", *(f"{size.questions} ({size.pages} pages)" for size in sizes), "exponent"]
    rows: list[tuple[str, ...]] = []
    for stage in STAGES:
        times = [seconds(size, stage) for size in sizes]
        rows.append((f"{stage}, s", *(f"{value:.2f}" for value in times), _fit(sizes, times)))
    for stage in STAGES[1:]:
        ratios = [seconds(size, stage) / seconds(size, STAGES[0]) for size in sizes]
        rows.append((f"{stage}, raw passes", *(f"{value:.2f}" for value in ratios), ""))
    looked = [stage for stage in STAGES if any(_peak(s.looked.get(stage), "tree") for s in sizes)]
    rows += [_peaks(sizes, stage, which) for stage in looked for which in ("largest", "tree")]
    return table(header, rows, "l" + "r" * (len(sizes) + 1))


def _fit(sizes: Sequence[Size], values: Sequence[float]) -> str:
    pairs = [(s.questions, v) for s, v in zip(sizes, values, strict=True) if s.questions >= FROM]
    return f"{exponent(*zip(*pairs, strict=True)):.2f}" if len(pairs) > 1 else NOTHING


def _peaks(sizes: Sequence[Size], stage: str, which: str) -> tuple[str, ...]:
    found = [_peak(size.looked.get(stage), which) for size in sizes]
    shown = [f"{peak / MEBI:.0f}" if peak else NOTHING for peak in found]
    fit = _fit(sizes, found) if all(found) else NOTHING
    processes = "largest process" if which == "largest" else "all processes"
    return f"{stage}, {processes}, MiB", *shown, fit


def _peak(cost: Cost | None, which: str) -> float:
    return getattr(cost.memory, which) if cost and cost.memory else 0


def table(header: Sequence[str], rows: Sequence[Sequence[str]], align: str) -> str:
    """A Markdown table whose columns line up."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = [
            cell.ljust(width) if side == "l" else cell.rjust(width)
            for cell, width, side in zip(cells, widths, align, strict=True)
        ]
        return f"| {' | '.join(padded)} |"

    rules = [
        "-" * (width + 1) + (":" if side == "r" else "-")
        for width, side in zip(widths, align, strict=True)
    ]
    return "\n".join([line(header), f"|{'|'.join(rules)}|", *map(line, rows)])


def put(page: Path, name: str, content: str) -> None:
    """Replace what stands between a page's markers of that name. Raises ValueError if none do."""
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    text = page.read_text(encoding="utf-8")
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"{page.name} needs one {begin} and one {end}")
    head, rest = text.split(begin)
    page.write_text(f"{head}{begin}\n{content}\n{end}{rest.split(end)[1]}", encoding="utf-8")
