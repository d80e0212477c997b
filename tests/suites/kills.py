"""Builds of a small exam that are killed or interrupted at random, each followed by a whole one.

`python -m tests.suites.kills --kills 300 --interrupts 50 --full 30 --pairs 20 --seed 1` prints what
it tried, and each build after which a file was lost, mixed or left by a process that still ran.
`full`: the disk gets too small for the build, where this user may mount one. `pairs`: two builds at
once. Linux only: a process whose parent was killed becomes a child of this one, and so is found.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from tests.bench.processes import tree
from tests.suites.editable import TEMPLATE, Exam, Published
from tests.suites.staleness import Suite, warm

DATA = "questions/data.csv"
DISK, ROOM = 2 * 10**9, 12 * 10**6  # bytes of the disk; a build needs less than ROOM more
TOLD = "free some space"
BUSY = 18  # the code of a build that finds another one at work
GONE_AFTER = 2.0  # seconds that what a killed build has started may still run
_STEP = 0.005  # seconds between two looks
_PR_SET_CHILD_SUBREAPER = 36
_WAYS = ("prose",) * 6 + ("publishing",) * 4 + ("data",) * 2 + ("cold",)


class Ground:
    """An exam with something published, which is built again and again."""

    def __init__(self, folder: Path, seed: int) -> None:
        adopt_orphans()
        self.others = tree(os.getpid())  # whoever tests has processes too
        self.rng = random.Random(seed)
        self.disk = folder
        self.exam = Exam(folder / "exam")
        self.suite = Suite(folder, seed)  # which remembers clean builds
        self.template = self.data = 0  # which contents they have
        self.lasts = dict.fromkeys(_WAYS, 3.0)  # seconds that a build lasts
        self.hits: Counter[str] = Counter()  # builds at work that were met, and how they ended
        if wrong := self.finish("cold"):
            raise AssertionError(wrong)

    def edit(self, *, template: bool = True, data: bool = False) -> None:
        """Give files their other contents."""
        self.template ^= template
        self.data ^= data
        self.exam.put(TEMPLATE, self.template)
        self.exam.put(DATA, self.data)

    def clean(self) -> Published:
        """What a clean build of the exam as it is now publishes."""
        return self.suite.clean(self.exam, ())

    def trial(self, number: signal.Signals) -> str:
        """Edit, build, send the signal at random, and build again; what went wrong, or nothing.

        Where the build had ended before the signal, all of this is done again.
        """
        while True:
            hit = sum(self.hits.values())
            if (wrong := self._tried(number)) or sum(self.hits.values()) > hit:
                return wrong

    def _tried(self, number: signal.Signals) -> str:
        way = self.rng.choice(_WAYS)
        before = self.clean()
        self.edit(template=way not in ("data", "cold"), data=way in ("data", "cold"))
        after = self.clean()
        if way == "cold":
            shutil.rmtree(self.exam.root / "build/.cache")
        build = start(self.exam.root)
        wrong = self._watch(build, way, before, after)
        at_work = build.poll() is None
        whole = number is signal.SIGINT and self.rng.random() < 0.5
        with suppress(ProcessLookupError):
            # A terminal interrupts every process; `kill` and other programs the first one only.
            (os.killpg if whole else os.kill)(build.pid, number)
        said = build.communicate()[0]
        if at_work:
            self.hits[f"{number.name} {way}, code {build.returncode}"] += 1
        wrong = wrong or left_over(self.others) or self.mixed(before, after)
        early = build.returncode == 1 and "solgen/" not in said  # Python itself was starting
        if number is signal.SIGINT and not early and build.returncode not in (0, 130, -2):
            wrong = wrong or f"interrupted, it ended with {build.returncode}: {said}"
        wrong = wrong or self.finish(way)
        return f"{way}, {number.name}: {wrong}" if wrong else ""

    def full(self) -> str:
        """Build where the disk has not enough room for it, then where it has."""
        before = self.clean()
        self.edit(data=True)
        after = self.clean()
        if self.rng.random() < 0.5:
            shutil.rmtree(self.exam.root / "build/.cache")
        resize(self.disk, shutil.disk_usage(self.disk).used + self.rng.randrange(4096, ROOM))
        try:
            build = start(self.exam.root)
            said = build.communicate()[0]
        finally:
            resize(self.disk, DISK)
        told = build.returncode == 0 or TOLD in said
        self.hits["full disk" if build.returncode else "a disk that has just room"] += 1
        wrong = left_over(self.others) or self.mixed(before, after)
        wrong = wrong or ("" if told else f"{build.returncode}: {said}") or self.finish("full")
        return f"full disk: {wrong}" if wrong else ""

    def pair(self) -> str:
        """Two builds at once: one may be told that the other is at work."""
        before = self.clean()
        self.edit()
        after = self.clean()
        builds = [start(self.exam.root)]
        time.sleep(self.rng.uniform(0, 1) * self.lasts["prose"])
        builds.append(start(self.exam.root))
        said = [build.communicate()[0] for build in builds]
        codes = sorted(build.returncode for build in builds)
        self.hits[f"two builds end with {codes}"] += 1
        wrong = left_over(self.others) or self.mixed(before, after)
        if codes not in ([0, 0], [0, BUSY]):
            wrong = wrong or f"they ended with {codes}: {said}"
        wrong = wrong or self.finish("pair")
        return f"two builds: {wrong}" if wrong else ""

    def _watch(
        self, build: subprocess.Popen[str], way: str, before: Published, after: Published
    ) -> str:
        """Read what is published until it is time for the signal; what a reader found wrong."""
        folder = self.exam.root / "build"
        sets = _names(folder)
        patience = math.inf if way == "publishing" else self.rng.uniform(0, 0.95) * self.lasts[way]
        end = time.monotonic() + patience
        while time.monotonic() < end and build.poll() is None:
            if way == "publishing" and _names(folder) != sets:
                time.sleep(self.rng.uniform(0, 0.3))
                break
            # One set: what its link leads to stays until two more have been published.
            one = (folder / ".sets/current").resolve()
            found = {name: (one / name).read_bytes() for name in before if (one / name).is_file()}
            if found not in (before, after):
                return f"a reader finds another set: {_differing(found, before, after)}"
            time.sleep(_STEP)
        return ""

    def mixed(self, before: Published, after: Published) -> str:
        """How what is published is neither of these sets, or nothing."""
        found = self.exam.published()
        if found in (before, after):
            return ""
        return f"neither the old set nor the new: {_differing(found, before, after)}"

    def finish(self, way: str) -> str:
        """Build to the end; what is not as a clean build leaves it, or nothing."""
        began = time.monotonic()
        build = start(self.exam.root)
        said = build.communicate()[0]
        if way in self.lasts:
            self.lasts[way] = max(time.monotonic() - began, 0.5 * self.lasts[way])
        if build.returncode:
            return f"the next build fails: {said}"
        clean = self.clean()
        wrong = left_over(self.others) or self.mixed(clean, clean)
        folder = self.exam.root / "build"
        stray = [p.name for p in folder.iterdir() if p.name.startswith((".staging", ".new"))]
        sets = [p.name for p in (folder / ".sets").iterdir()]
        if stray or len(sets) > 3:
            wrong = wrong or f"left in the build folder: {stray} {sets}"
        return wrong


def start(root: Path) -> subprocess.Popen[str]:
    """The real command, in a session of its own.

    A shell lets what it starts in the background ignore SIGINT, and solgen would stay deaf as well.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "solgen", "pdf"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent dies."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def resize(disk: Path, size: int) -> None:
    """Give a disk in memory another size, in bytes."""
    options = f"remount,size={size}"
    subprocess.run(["mount", "-o", options, str(disk)], check=True, capture_output=True)


@contextmanager
def disk() -> Iterator[tuple[Path, bool]]:
    """A folder, on a disk of its own in memory where this user may mount one."""
    with tempfile.TemporaryDirectory(prefix="kills-") as name:
        options = ["-t", "tmpfs", "-o", f"size={DISK}", "none", name]
        done = subprocess.run(["mount", *options], check=False, capture_output=True)
        mounted = done.returncode == 0
        try:
            yield Path(name), mounted
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", name], check=True)


def left_over(others: Sequence[int] = ()) -> str:
    """The commands of descendants that still run after a while, or nothing; not of these others."""
    end = time.monotonic() + GONE_AFTER
    while True:
        running = [pid for pid in tree(os.getpid())[1:] if pid not in others and not _reaped(pid)]
        if not running or time.monotonic() > end:
            return "; ".join(f"still runs: {_command(pid)}" for pid in running)
        time.sleep(_STEP)


def _reaped(pid: int) -> bool:
    """Whether a child that this process has adopted had ended."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return False


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
    return str(pid)


def _names(folder: Path) -> list[str]:
    """What a publication changes first: which sets there are."""
    return sorted(path.name for path in (folder / ".sets").iterdir())


def _differing(found: Published, before: Published, after: Published) -> str:
    def told(name: str) -> str:
        if name not in found:
            return f"{name} missing"
        old, new = (found[name] == one.get(name) for one in (before, after))
        return f"{name} {'same' if old and new else 'old' if old else 'new' if new else 'other'}"

    return ", ".join(told(name) for name in sorted({*found, *before, *after}))


def main(arguments: list[str] | None = None) -> int:
    """Run all trials; 1 where one of them went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, count in (("kills", 300), ("interrupts", 50), ("full", 30), ("pairs", 20)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    warm()
    began, wrong = time.monotonic(), 0
    with disk() as (folder, mounted):
        ground = Ground(folder, chosen.seed)
        trials: list[Callable[[], str]] = [
            *[partial(ground.trial, signal.SIGKILL)] * chosen.kills,
            *[partial(ground.trial, signal.SIGINT)] * chosen.interrupts,
            *[ground.full] * (chosen.full if mounted else 0),
            *[ground.pair] * chosen.pairs,
        ]
        ground.rng.shuffle(trials)
        for done, trial in enumerate(trials, start=1):
            if found := trial():
                wrong += 1
                ground.finish("mended")
                print(f"trial {done}: {found}", flush=True)  # noqa: T201
            if done % 10 == 0:
                print(f"{done} done, {wrong} wrong", flush=True)  # noqa: T201
    minutes = (time.monotonic() - began) / 60
    print(f"{len(trials)} trials, seed {chosen.seed}, {minutes:.0f} min: {wrong} wrong")  # noqa: T201
    for name, count in sorted(ground.hits.items()):
        print(f"{count:5} {name}")  # noqa: T201
    if not mounted:
        print("no disk could be mounted: a full one was not tried")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
