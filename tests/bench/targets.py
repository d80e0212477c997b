"""What was aimed at, what was found, and, where a target is missed, what the measures say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from tests.bench import growth as stages
from tests.bench.growth import Size
from tests.bench.proposals import IMPORT, TRY
from tests.bench.rounds import Row
from tests.bench.stats import exponent

GIBI = 2**30
IMPORTS = 10  # of SymPy, in processor time: 2 s on a machine that takes 0.2 s for one
FROM = 7  # questions from which growth is fitted: below, the fixed costs hide it
LINEAR = 1.1  # an exponent up to which growth counts as linear: the spread of the measures
PLUS = 1.1  # an edit costs its LaTeX and what one of 7 costs, to a tenth: the spread of raw passes
LARGE = 70  # questions from which growth can be judged

SIMPLE = (
    ("solgen: no change", 0.35, "no-change build"),
    ("solgen: one-prose edit", 1.6, "one-prose-line edit, whole booklet"),
    ("solgen watch: one-prose edit, to its part", 0.5, "one-prose-line edit, its part in watch"),
)
COLD = "solgen: cold build"
PEERS = ("PythonTeX: cold build", "knitr: cold build")
UNKNOWN_TO_PEERS = ("verification", "ledger: formulas read back and judged")


@dataclass(frozen=True)
class Verdict:
    """One target: the value aimed at and the one found, as text; and why it was missed."""

    name: str
    aim: str
    found: str
    met: bool
    why: str = ""


def builds(rows: Sequence[Row], profile: Mapping[str, float]) -> list[Verdict]:
    """The targets of the real exam, those that were measured."""
    by_name = {row.name: row for row in rows if row.ratios}
    verdicts = []
    for name, most, title in SIMPLE:
        if row := by_name.get(name):
            found = median(row.ratios)
            why = "" if found <= most else _processor(row)
            verdicts.append(Verdict(title, f"≤ {most:.2f}", f"{found:.2f}", found <= most, why))
    if IMPORT in by_name and by_name[IMPORT].cpu_ratios:
        verdicts.append(_proposals(by_name[IMPORT], [r for r in rows if r.name.startswith(TRY)]))
    peers = [by_name[name] for name in PEERS if name in by_name]
    if COLD in by_name and peers:
        verdicts.append(_cold(by_name[COLD], peers, profile))
    return verdicts


def _proposals(unit: Row, rows: Sequence[Row]) -> Verdict:
    """The slowest proposal against an import of SymPy, in processor time."""
    times = {row.name: median(row.cpu_ratios) / median(unit.cpu_ratios) for row in rows}
    slowest = max(times, key=lambda name: times[name])
    return Verdict(
        f"{slowest}, the slowest proposal, in imports of SymPy",
        f"≤ {IMPORTS:.2f}",
        f"{times[slowest]:.2f}",
        times[slowest] <= IMPORTS,
        "" if times[slowest] <= IMPORTS else "its module is imported first",
    )


def _processor(row: Row) -> str:
    """What processor time says where wall-clock time is too long."""
    if not row.cpu_ratios:
        return "processor time is not known on this system"
    cpu = median(row.cpu_ratios)
    return f"its processor time, all editions together, is {cpu:.2f} raw passes"


def _cold(cold: Row, peers: Sequence[Row], profile: Mapping[str, float]) -> Verdict:
    fastest = min(peers, key=lambda row: median(row.ratios))
    aim, found = median(fastest.ratios), median(cold.ratios)
    total = sum(profile.values())
    why = ""
    if found > aim:
        own = sum(profile.get(kind, 0) for kind in UNKNOWN_TO_PEERS)
        why = (
            f"verification and the ledger, which the peers have not, take {own / total:.0%}"
            if total
            else "run the profile to see"
        )
    tool = fastest.name.partition(":")[0]
    return Verdict(f"cold build, against {tool}", f"≤ {aim:.2f}", f"{found:.2f}", found <= aim, why)


def growth(sizes: Sequence[Size]) -> list[Verdict]:
    """The targets of growth, judged at the largest exam; none if all are small."""
    fitted = [size for size in sizes if size.questions >= FROM]
    if len(fitted) < 2 or fitted[-1].questions < LARGE:
        return []
    small, large = fitted[0], fitted[-1]
    verdicts = []
    for stage in (stages.COLD, stages.SAME, stages.EDIT):
        counts, times = [s.questions for s in fitted], [seconds(s, stage) for s in fitted]
        power = exponent(counts, times)
        verdicts.append(
            Verdict(
                f"{stage}, exponent of growth to {large.questions} questions",
                f"≤ {LINEAR:.2f}",
                f"{power:.2f}",
                power <= LINEAR,
                "" if power <= LINEAR else "the seconds are in the table of growth",
            )
        )
    edits = [_edit(small, large, stage) for stage in (stages.EDITIONS, stages.RAW)]
    return [*verdicts, _memory(large), *edits]


def _memory(large: Size) -> Verdict:
    peaks = {stage: cost.memory.largest for stage, cost in large.looked.items() if cost.memory} or {
        "memory is not known on this system": 0
    }
    stage = max(peaks, key=lambda name: peaks[name])
    met = 0 < peaks[stage] <= GIBI
    return Verdict(
        f"largest process, {large.questions} questions",
        "≤ 1.00 GiB",
        f"{peaks[stage] / GIBI:.2f} GiB",
        met,
        "" if met else stage,
    )


def _edit(small: Size, large: Size, latex: str) -> Verdict:
    """An edit of many questions, against one of few plus the LaTeX of many."""
    added = seconds(small, stages.EDIT) + seconds(large, latex)
    found = seconds(large, stages.EDIT) / added
    besides = (seconds(large, stages.EDIT) - added) / (large.questions - small.questions)
    return Verdict(
        f"{stages.EDIT} of {large.questions}, to one of {small.questions} plus the {latex}",
        f"≤ {PLUS:.2f}",
        f"{found:.2f}",
        found <= PLUS,
        "" if found <= PLUS else f"each question more takes {1000 * besides:.0f} ms besides",
    )


def seconds(size: Size, stage: str) -> float:
    """The median of a stage's times."""
    return median(cost.seconds for cost in size.costs[stage])
