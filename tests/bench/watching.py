"""What is measured of `solgen watch`: from a save to what it says it has shown and published."""

from __future__ import annotations

import queue
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

from tests.bench import processes
from tests.bench.copies import SOLGEN, Copy
from tests.bench.edits import EXAM, Edit
from tests.bench.measure import Cost, Failed
from tests.bench.rounds import Case

READY = re.compile(r"waiting for the next save")
SHOWN = re.compile(r"  part (\S+) shown after ")
PUBLISHED = re.compile(r"  booklet published after ")
WRONG = re.compile(r"solgen: failed")
PATIENCE = 300.0  # seconds to wait for a line
PAUSE = 2.0  # seconds an author looks at the page before going on


class Watch:
    """A running `solgen watch`, whose lines are noted with the time at which they came."""

    def __init__(self, exam: Copy) -> None:
        self.exam = exam
        self.lines: queue.Queue[tuple[float, str]] = queue.Queue()
        self.process = subprocess.Popen(
            [*SOLGEN, "watch", "--no-page"],
            cwd=exam.folder,
            env=dict(exam.env()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self.lines.put((time.monotonic(), line.rstrip("\n")))
        self.lines.put((time.monotonic(), "solgen: failed, it ended"))

    def wait(self, wanted: re.Pattern[str]) -> float:
        """When the next such line came. Raises Failed for a failure, and when patience ends."""
        end = time.monotonic() + PATIENCE
        said: list[str] = []
        while True:
            try:
                at, line = self.lines.get(timeout=max(end - time.monotonic(), 0))
            except queue.Empty:
                raise Failed(f"no line {wanted.pattern!r} but:\n" + "\n".join(said)) from None
            said.append(line)
            if wanted.match(line):
                return at
            if WRONG.match(line):
                raise Failed("\n".join(said))

    def save(self, edit: Edit, k: int, look: bool) -> dict[str, Cost]:
        """Save an edit; what it cost until its part was shown, and until all was published."""
        time.sleep(PAUSE)
        while not self.lines.empty():
            self.lines.get()
        pid = self.process.pid
        used = processes.cpu(pid)
        with processes.Watcher(pid) if look else nullcontext() as watcher:
            start = time.monotonic()
            self.exam.edit(edit, k)
            shown = self.wait(SHOWN)
            cpu_shown = processes.cpu(pid)
            published = self.wait(PUBLISHED)
            cpu = processes.cpu(pid)
        memory = watcher.memory if watcher else None
        name = f"solgen watch: one-{edit.name} edit"
        return {
            f"{name}, to its part": Cost(shown - start, _since(used, cpu_shown), memory),
            f"{name}, to the booklet": Cost(published - start, _since(used, cpu), memory),
        }

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.terminate()
        self.process.wait()


def _since(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


@contextmanager
def watching(exam: Copy, say: Callable[[str], None]) -> Iterator[list[Case]]:
    """The cases of a watch of this exam, while it runs."""
    watch = Watch(exam)
    try:
        say("solgen watch: first build")
        watch.wait(READY)
        yield [Case(f"{edit.name} edit, watched", partial(watch.save, edit)) for edit in EXAM]
    finally:
        watch.stop()
