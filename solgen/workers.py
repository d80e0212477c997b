"""Jobs shared among the processor's cores, each in a process forked from this one, under limits.

A job is called with `tell`, and returns what can be pickled. What a serial run would raise is what
is raised here: the failure of the first job, in order, that fails. A job may itself give jobs to
:func:`each`, with its own `tell`; over the whole tree no more run at once than there are cores.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from solgen.errors import EnvironmentProblem, LimitError, SolgenError, refused_by_system
from solgen.limits import FILE, MEMORY, ceilings, end_with, exhausted, limit, mapped
from solgen.pool import Pool

Tell = Callable[[str], None]
Job = Callable[[Tell], Any]

STEP_SECONDS = 300.0
"""How long a job may be silent: each step has its own limit, which it passes only where no signal
interrupts it, and on a machine that is far too busy."""
PATIENCE = 5.0  # seconds that workers have to stop their engines and clean up
_TICK = 0.5  # seconds between two looks at the clock


class WorkerFault(Exception):
    """A job failed in a way that is a fault of solgen; the message is its traceback."""


def cores() -> int:
    """How many processes may run at once here."""
    if sys.platform != "linux":
        return 1  # elsewhere a forked process may not use the system's libraries
    return len(os.sched_getaffinity(0))


def each(
    jobs: Sequence[Job],
    tell: Tell,
    *,
    workers: int | None = None,
    silent: float = STEP_SECONDS,
) -> list[Any]:
    """The results of all jobs, in their order.

    Raises the SolgenError of the first job that fails; LimitError for one that tells nothing for
    more than `silent` seconds, which no computation without end escapes, or that asks for too much
    memory; EnvironmentProblem for a worker that died. Whatever is raised, Ctrl-C included, no
    worker is left running. Without Linux, jobs run one after the other in this process.
    """
    if sys.platform != "linux":
        return [job(tell) for job in jobs]
    most = workers or cores()
    if isinstance(tell, _Link):
        with tell.idle():
            return _Crew(jobs, tell, tell.pool, silent).work(most)
    with contextlib.closing(Pool(most)) as pool:
        return _Crew(jobs, tell, pool, silent).work(most)


class _Link:
    """How a worker tells what it does, and what it needs to have workers of its own."""

    def __init__(self, connection: Connection, pool: Pool) -> None:
        self._connection = connection
        self.pool = pool

    def __call__(self, line: str) -> None:
        self.send("tell", line)

    def send(self, kind: str, value: object = None) -> None:
        """Send one message."""
        self._connection.send((kind, value))

    @contextlib.contextmanager
    def idle(self) -> Iterator[None]:
        """Let another job run while this one waits for its own."""
        self.pool.give()
        try:
            yield
        finally:
            interrupted = isinstance(sys.exception(), KeyboardInterrupt)
            while not interrupted and not self.pool.take(_TICK):
                self.send("alive")


@dataclass
class _Worker:
    """A process at work on one job: what it told last, and for how long it has been silent."""

    index: int
    process: Any
    last: str = "its first step"
    silence: float = 0.0


class _Crew:
    """The workers at work, and what came back from them."""

    def __init__(self, jobs: Sequence[Job], tell: Tell, pool: Pool, silent: float) -> None:
        self.jobs = jobs
        self.tell = tell
        self.pool = pool
        self.silent = silent
        self.running: dict[Connection, _Worker] = {}
        self.results: dict[int, Any] = {}
        self.failures: dict[int, Exception] = {}

    def work(self, most: int) -> list[Any]:
        """Run the jobs, `most` at a time, as long as none before them has failed."""
        following, before = 0, time.monotonic()
        try:
            while self.running or (following < len(self.jobs) and not self.failures):
                more = following < len(self.jobs) and not self.failures
                free: list[Any] = [self.pool] if more and len(self.running) < most else []
                ready: list[Any] = wait([*self.running, *free], _TICK)
                for connection in ready:
                    if connection in self.running:
                        self._hear(connection)
                if self.pool in ready and not self.failures and self.pool.take():
                    self._start(following)
                    following += 1
                now = time.monotonic()
                # Where all of this was stopped, by Ctrl-Z, the time does not count.
                self._watch(min(now - before, 2 * _TICK))
                before = now
        finally:
            self.stop(lambda _index: True)
        for _, failure in sorted(self.failures.items()):
            raise failure
        return [self.results[index] for index in range(len(self.jobs))]

    def stop(self, which: Callable[[int], bool]) -> None:
        """End the workers of these jobs; each stops its own engine."""
        ended = [connection for connection, one in self.running.items() if which(one.index)]
        for connection in ended:
            self.running[connection].process.terminate()
        end = time.monotonic() + PATIENCE
        for connection in ended:
            self._end(connection, end - time.monotonic())

    def _start(self, index: int) -> None:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(
            target=_perform, args=(self.jobs[index], _Link(theirs, self.pool), os.getpid())
        )
        with warnings.catch_warnings():
            # NumPy's idle threads are no reason to fear a fork: they hold no lock.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        self.running[ours] = _Worker(index, process)

    def _hear(self, connection: Connection) -> None:
        """Take one message: progress, or how the job ended."""
        worker = self.running[connection]
        worker.silence = 0.0
        try:
            kind, value = connection.recv()
        except (EOFError, OSError):
            self._end(connection)
            self._fail(worker, _death(worker))
            return
        if kind == "tell":
            worker.last = value
            self.tell(value)
        elif kind == "done":
            self._end(connection)
            self.results[worker.index] = value
        elif kind == "failed":
            self._end(connection)
            self._fail(worker, value)

    def _watch(self, passed: float) -> None:
        """End the workers that have been silent for too long."""
        if isinstance(self.tell, _Link):
            self.tell.send("alive")  # whoever waits for this process need not: this one watches
        for connection, worker in list(self.running.items()):
            worker.silence += passed
            if worker.silence > self.silent and connection in self.running:
                worker.process.kill()
                self._end(connection)
                self._fail(worker, _endless(worker, self.silent))

    def _fail(self, worker: _Worker, failure: Exception) -> None:
        if isinstance(failure, LimitError) and failure.where is None:
            failure.where = worker.last
        self.failures[worker.index] = failure
        self.stop(lambda other: other > worker.index)  # a serial run would not have reached them

    def _end(self, connection: Connection, patience: float = PATIENCE) -> None:
        """See a worker to its end, however it gets there."""
        process = self.running.pop(connection).process
        process.join(max(patience, 0))
        if process.exitcode is None:
            process.kill()
            process.join()
        connection.close()
        self.pool.give()


def _death(worker: _Worker) -> EnvironmentProblem:
    code = worker.process.exitcode
    how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
    return EnvironmentProblem(
        f"a worker process died ({how})",
        worker.last,
        "look there for what ends Python; or is the memory of the machine used up?",
    )


def _endless(worker: _Worker, seconds: float) -> LimitError:
    return LimitError(
        f"nothing more was heard for {seconds:g} s",
        worker.last,
        "look there for one operation without end, such as a huge power or factorial",
    )


def _perform(job: Job, link: _Link, parent: int) -> None:
    """What a worker does: the job, then one last message."""
    begin(parent)
    try:
        link.send("done", job(link))
    except SolgenError as error:
        link.send("failed", error.as_text())
    except Exception as error:  # noqa: BLE001 - it is told, and raised, by the parent
        link.send("failed", _fault(error))
    except KeyboardInterrupt:
        pass  # what the job had begun is cleaned up by now; the parent knows


def _fault(error: Exception) -> Exception:
    if why := exhausted(error):
        return LimitError(why, hint="compute with less, or in smaller pieces")
    if isinstance(error, OSError) and (problem := refused_by_system(error)):
        return problem.as_text()
    return WorkerFault(traceback.format_exc())


def end_with_parent(parent: int | None = None) -> None:
    """Let this process, just forked, be killed when its parent dies.

    Told to stop, it does so by an orderly interruption.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    end_with(os.getppid() if parent is None else parent)


def begin(parent: int) -> None:
    """Make this process, just forked, a worker: under limits, and never without its parent."""
    end_with_parent(parent)
    limit(ceilings(memory=MEMORY, file=FILE, above=mapped()))


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
