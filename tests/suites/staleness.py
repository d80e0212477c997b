"""Random edits of a small exam, built in between: the end must be what a clean build publishes.

`python -m tests.suites.staleness --count 500 --seed 1` prints what it tried, and each difference
with the edits that led to it.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.suites.editable import Exam, Languages, Published
from tests.suites.edits import EDITS, taken_back

BUILDS: tuple[tuple[tuple[str, ...], Languages, bool], ...] = (
    *(((), ("fr",), False),) * 4,
    (("q1",), ("fr",), False),
    (("q1",), (), False),
    ((), ("fr",), True),
    ((), ("en",), False),
    ((), (), False),
)


class Suite:
    """Sequences of edits, and what was found."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.seed = seed
        self.base: Path | None = None  # what was built of the exam as it is, to begin with
        self.known: dict[tuple[str, Languages], Published] = {}
        self.tried: Counter[str] = Counter()
        self.builds = 0
        self.failed = 0  # builds that were refused, as they should be

    def sequence(self, number: int) -> str:
        """Do one sequence of edits; what is wrong with it, or nothing."""
        rng = random.Random(f"{self.seed} {number}")
        exam = Exam(self.folder / f"exam{number}")
        log: list[str] = []
        wrong = ""
        try:
            if rng.random() < 0.8:
                shutil.rmtree(exam.root / "build")
                shutil.copytree(self._base(), exam.root / "build", symlinks=True)
            elif rng.random() < 0.5:
                wrong = self._build(exam, (), ("fr",), log)
            for _ in range(rng.randint(3, 6)):
                if wrong:
                    break
                edit = rng.choice(EDITS)
                self.tried[edit.__name__] += 1
                log.append(edit(exam, rng))
                if rng.random() < 0.6:
                    names, languages, live = rng.choice(BUILDS)
                    wrong = self._build(exam, names, languages, log, live=live)
            exam.repair()
            if rng.random() < 0.75:
                log.append(taken_back(exam, rng))
            return wrong or self.compare(exam, () if rng.random() < 0.1 else ("fr",), log)
        finally:
            self.builds += exam.builds
            shutil.rmtree(exam.root, ignore_errors=True)

    def _base(self) -> Path:
        """The build folder of the exam as it is: French first, then every language."""
        if self.base is None:
            exam = Exam(self.folder / "base")
            for languages in (("fr",), ()):
                failed = exam.build((), languages)
                assert not failed, failed
            self.builds += exam.builds
            self.base = exam.root / "build"
        return self.base

    def _build(
        self,
        exam: Exam,
        names: tuple[str, ...],
        languages: Languages,
        log: list[str],
        *,
        live: bool = False,
    ) -> str:
        before = exam.published()
        failed = exam.build(names, languages, live=live)
        log.append(f"build {names} {languages}{' live' if live else ''}: {failed[:100]!r}")
        self.failed += bool(failed)
        if failed and exam.published() != before:
            return f"a failed build changed what was published: {log}"
        if failed and not exam.broken:
            return f"a sound exam is refused: {failed} {log}"
        return ""

    def compare(self, exam: Exam, languages: Languages, log: list[str]) -> str:
        """What the exam publishes otherwise than a clean build of it, or nothing."""
        if failed := exam.build((), languages):
            return f"a sound exam is refused: {failed} {log}"
        expected, found = self.clean(exam, languages), exam.published()
        wrong = [name for name, data in expected.items() if found.get(name) != data]
        folders = {name.rpartition("/")[0] for name in expected if "/" in name}
        wrong += [n for n in found if n.rpartition("/")[0] in folders and n not in expected]
        return f"not as a clean build: {wrong} {exam.state} {log}" if wrong else ""

    def clean(self, exam: Exam, languages: Languages) -> Published:
        """What a build of these sources publishes where nothing was built before."""
        key = exam.sources, languages
        if key not in self.known:
            other = exam.copy(self.folder / f"clean{len(self.known)}")
            failed = other.build((), languages)
            assert not failed, failed
            self.builds += 1
            self.known[key] = other.published()
            shutil.rmtree(other.root, ignore_errors=True)
        return self.known[key]


def main(arguments: list[str] | None = None) -> int:
    """Run sequences; 1 where one of them went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args(arguments)
    warm()
    start, differing = time.monotonic(), 0
    with tempfile.TemporaryDirectory(prefix="staleness-") as folder:
        suite = Suite(Path(folder), chosen.seed)
        for number in range(chosen.first, chosen.first + chosen.count):
            if wrong := suite.sequence(number):
                differing += 1
                print(f"sequence {number}: {wrong}", flush=True)  # noqa: T201
            if number % 10 == 9:
                print(f"{number + 1} done, {differing} wrong", flush=True)  # noqa: T201
    minutes = (time.monotonic() - start) / 60
    print(  # noqa: T201
        f"{chosen.count} sequences with seed {chosen.seed}, {suite.builds} builds of which "
        f"{suite.failed} refused, {len(suite.known)} clean states, {minutes:.0f} min: "
        f"{differing} wrong\nedits: {dict(suite.tried)}"
    )
    return 1 if differing else 0


def warm() -> None:
    """Do once what the first build of a process has to do, so that forked ones need not."""
    import matplotlib.style  # noqa: F401
    import sympy.physics.units
    import sympy.tensor.tensor  # noqa: F401

    from solgen import compose, draw, gather, keeper, press, preview, reading, voice  # noqa: F401

    reading.parser()


if __name__ == "__main__":
    sys.exit(main())
