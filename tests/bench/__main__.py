"""`python -m tests.bench`: measure, print the tables, write build/bench.json."""

from __future__ import annotations

import argparse
import dataclasses
import json
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import (
    builds,
    copies,
    growth,
    machine,
    peers,
    proposals,
    rounds,
    tables,
    targets,
    watching,
)
from tests.bench import raw as raws
from tests.bench.growth import Size
from tests.bench.measure import Failed
from tests.bench.rounds import Case, Row

FAMILIES = ("cold", "unchanged", "edit", "watch", "try", "peers", "profile", "growth")
PAGE = copies.ROOT / "docs" / "performance.md"
RESULTS = copies.ROOT / "build" / "bench.json"
QUICK = RESULTS.with_name("bench.quick.json")  # apart: one repeat says little
MOST = 9  # repeats: there are so many ways to write the edited formula


@dataclass
class Results:
    """What one run found; `failures` are messages."""

    facts: dict[str, str]
    rows: list[Row] = field(default_factory=list)
    profile: dict[str, float] = field(default_factory=dict)
    sizes: list[Size] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def join(self, kept: Mapping[str, Any]) -> None:
        """Add what an earlier run measured, where this one did not."""
        rows = {row.name: row for row in (*map(rounds.revived, kept["rows"]), *self.rows)}
        self.rows = list(rows.values())
        sizes = {s.questions: s for s in (*map(growth.revived, kept["sizes"]), *self.sizes)}
        self.sizes = [sizes[count] for count in sorted(sizes)]
        self.profile = self.profile or kept["profile"]

    def of(self, *names: str) -> list[Row]:
        """The rows whose name begins by one of these."""
        return [row for row in self.rows if row.name.startswith(names)]

    def tables(self) -> dict[str, str]:
        """The tables by the name of their place in the page, those that hold something."""
        solgen = self.of("solgen:", "solgen watch:", proposals.IMPORT, proposals.TRY)
        others = [row for row in self.rows if row not in solgen]
        found = {
            "machine": tables.facts(self._told()) if self.rows else "",
            "targets": _targets(targets.builds(self.rows, self.profile)),
            "builds": tables.costs(solgen) if solgen else "",
            "peers": tables.costs(others) if others else "",
            "profile": tables.profile(self.profile) if self.profile else "",
            "growth": tables.growth(self.sizes) if self.sizes else "",
            "growth targets": _targets(targets.growth(self.sizes)),
        }
        return {name: table for name, table in found.items() if table}

    def _told(self) -> dict[str, str]:
        passes = [raw.seconds for row in self.rows for _, raw in row.costs]
        return self.facts | ({"one raw pass": f"{median(passes):.2f} s"} if passes else {})


def _targets(verdicts: Sequence[targets.Verdict]) -> str:
    return tables.targets(verdicts) if verdicts else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 if something could not be measured."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nothing is left running
    results = Results(machine.facts())
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        try:
            _measure(options, Path(folder).resolve(), results)
        except Failed as failure:
            results.failures.append(str(failure))
    results.facts["load at the end"] = machine.load()
    if not options.quick:
        results.join(_kept())
    found = results.tables()
    for table in found.values():
        _say(f"\n{table}")
    _keep(results, QUICK if options.quick else RESULTS)
    if options.write:
        for name, table in found.items():
            tables.put(PAGE, name, table)
    for message in results.failures:
        _say(f"\nnot measured: {message}")
    return 1 if results.failures else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="nox -s bench --", description=__doc__)
    parser.add_argument("--only", type=_families, default=FAMILIES, help=", ".join(FAMILIES))
    parser.add_argument("--sizes", type=_sizes, default=(1, 7, 70), help="questions: 1,7,70,700")
    parser.add_argument("--repeats", type=int, default=3, choices=range(1, MOST + 1))
    parser.add_argument("--quick", action="store_true", help="one repeat")
    parser.add_argument("--write", action="store_true", help=f"update docs/{PAGE.name}")
    options = parser.parse_args(arguments)
    options.repeats = 1 if options.quick else options.repeats
    return options


def _families(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    if unknown := [name for name in names if name not in FAMILIES]:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(FAMILIES)}")
    return names


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(size) for size in text.split(",")}))


def _measure(options: argparse.Namespace, work: Path, results: Results) -> None:
    copies.warm(work)
    if "profile" in options.only:
        _say("profile of a cold build")
        results.profile = builds.profile(copies.ROOT, work)
    if set(options.only) - {"growth", "profile"}:
        exam = copies.copy(copies.ROOT, work / "exam")
        _say("first build, not measured")
        exam.build()
        raw = raws.prepare(exam.built, work / "raw")
        raw.require_same_text(exam.published)
        with ExitStack() as running:
            cases = _cases(options, exam, work, raw, running)
            results.rows, failures = rounds.measure(cases, raw, options.repeats, _say)
        results.failures += failures
    if "growth" in options.only:
        for size in growth.measure(options.sizes, work, options.repeats, _say):
            results.sizes.append(size)  # at once: a later one may fail


def _cases(
    options: argparse.Namespace, exam: copies.Copy, work: Path, raw: raws.Raw, running: ExitStack
) -> list[Case]:
    """The cases of the families asked for; a running watch ends with `running`."""
    cases: list[Case] = []
    if "cold" in options.only:
        cases.append(builds.cold(copies.ROOT, work))
    if "unchanged" in options.only:
        cases.append(builds.unchanged(exam))
    if "edit" in options.only:
        cases += builds.edits(exam)
    if "watch" in options.only:
        watched = copies.copy(copies.ROOT, work / "watched")
        cases += running.enter_context(watching.watching(watched, _say))
    if "try" in options.only:
        cases.append(proposals.proposals(exam))
    if "peers" in options.only:
        finished = copies.copy(copies.ROOT, work / "finished")
        finished.build()  # nobody edits this one
        cases.append(peers.without_format(raw))
        for peer in peers.PEERS:
            if peer.installed():
                cases += peers.cases(peer, finished, work)
            else:
                _say(f"{peer.name} is not installed, and not measured")
    return cases


def _kept() -> dict[str, Any]:
    """What earlier runs measured: a part, or the largest exam alone, may be measured by itself."""
    if not RESULTS.is_file():
        return {"rows": [], "profile": {}, "sizes": []}
    found: dict[str, Any] = json.loads(RESULTS.read_text("utf-8"))
    return found


def _keep(results: Results, file: Path) -> None:
    """Write everything that was measured, for whoever wants to look closer."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(dataclasses.asdict(results), indent=1) + "\n", encoding="utf-8")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
