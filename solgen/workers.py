"""Jobs shared among the processor's cores, each in a process forked from this one.

A job is called with `tell`, and returns what can be pickled. What a serial run would raise is what
is raised here: the failure of the first job, in order, that fails.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from solgen.clock import time_limit
from solgen.errors import EnvironmentProblem, SolgenError

Tell = Callable[[str], None]
Job = Callable[[Tell], Any]
Work = Callable[[Callable[[Any], None]], Any]  # it tells anything that can be pickled

PATIENCE = 5.0  # seconds that a worker has to stop its engine and clean up
MEMORY = 6 * 2**30  # bytes of addresses that a job done in turn may have
_DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG


class WorkerFault(Exception):
    """A job failed in a way that is a fault of solgen; the message is its traceback."""


def cores() -> int:
    """How many processes may run at once here."""
    if sys.platform != "linux":
        return 1  # elsewhere a forked process may not use the system's libraries
    return len(os.sched_getaffinity(0))


def each(jobs: Sequence[Job], tell: Tell, *, workers: int | None = None) -> list[Any]:
    """The results of all jobs, in their order.

    Raises the SolgenError of the first job that fails, and EnvironmentProblem for a worker that
    died. Whatever is raised, Ctrl-C included, no worker is left running.
    """
    most = cores() if workers is None else workers
    if most < 2 or len(jobs) < 2:
        return [job(tell) for job in jobs]
    crew = _Crew(jobs, tell)
    try:
        crew.work(most)
    finally:
        crew.stop(lambda _index: True)
    for index in range(len(jobs)):
        if index in crew.failures:
            raise crew.failures[index]
    return [crew.results[index] for index in range(len(jobs))]


def in_turn(jobs: Sequence[Work], seconds: float) -> Iterator[Any]:
    """What becomes of each job, in turn: its result, or the exception that ended it.

    One process does them all. A job that takes more than `seconds` ends in a TimeoutError, whose
    argument is what the job had told last, and its process is killed, even inside a computation
    that no signal interrupts; one that asks for more than `MEMORY` ends in a MemoryError. Where
    processes cannot be forked, signals must do.
    """
    if sys.platform != "linux":
        yield from (_limited(job, seconds, lambda _: None) for job in jobs)
        return
    done = 0
    while done < len(jobs):
        ours, process = _forked(jobs[done:])
        try:
            while done < len(jobs):
                result = _outcome(ours, seconds)
                done += 1
                yield result
                if isinstance(result, TimeoutError | EnvironmentProblem):
                    break
        finally:
            process.kill()
            process.join()
            ours.close()


def _outcome(connection: Connection, seconds: float) -> Any:
    end = time.monotonic() + seconds
    last: tuple[Any, ...] = ()
    while connection.poll(max(end - time.monotonic(), 0)):
        try:
            kind, value = connection.recv()
        except (EOFError, OSError):
            return EnvironmentProblem("the process that worked on this died", hint="report it")
        if kind == "done":
            return value
        last = (value,)
    return TimeoutError(*last)


def _forked(jobs: Sequence[Work]) -> tuple[Connection, Any]:
    """A process that sends the outcome of each job."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_send_all, args=(jobs, theirs, os.getpid()), daemon=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # as in _Crew._start
        process.start()
    theirs.close()
    return ours, process


def _send_all(jobs: Sequence[Work], connection: Connection, parent: int) -> None:
    _end_with(parent)
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with contextlib.suppress(KeyboardInterrupt, OSError):
        for job in jobs:
            connection.send(("done", _limited(job, None, lambda v: connection.send(("told", v)))))


def _limited(job: Work, seconds: float | None, tell: Callable[[Any], None]) -> Any:
    """The job's result, or the exception that ended it."""
    try:
        with contextlib.nullcontext() if seconds is None else time_limit(seconds):
            return job(tell)
    except SolgenError as error:
        return error.as_text()
    except (TimeoutError, MemoryError) as error:
        return error
    except Exception:  # noqa: BLE001 - the caller raises it
        return WorkerFault(traceback.format_exc())


class _Crew:
    """The workers at work, and what came back from them."""

    def __init__(self, jobs: Sequence[Job], tell: Tell) -> None:
        self.jobs = jobs
        self.tell = tell
        self.running: dict[Connection, tuple[int, Any]] = {}
        self.results: dict[int, Any] = {}
        self.failures: dict[int, Exception] = {}

    def work(self, most: int) -> None:
        """Run the jobs, `most` at a time, as long as none before them has failed."""
        following = 0
        while self.running or (following < len(self.jobs) and not self.failures):
            while following < len(self.jobs) and len(self.running) < most and not self.failures:
                self._start(following)
                following += 1
            for connection in wait(list(self.running)):
                if connection in self.running:
                    self._hear(connection)

    def stop(self, which: Callable[[int], bool]) -> None:
        """End the workers of these jobs; each stops its own engine."""
        ended = [(c, process) for c, (index, process) in self.running.items() if which(index)]
        for _, process in ended:
            process.terminate()
        for connection, process in ended:
            process.join(PATIENCE)
            if process.exitcode is None:
                process.kill()
                process.join()
            del self.running[connection]
            connection.close()

    def _start(self, index: int) -> None:
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_perform, args=(self.jobs[index], theirs, os.getpid()))
        with warnings.catch_warnings():
            # NumPy's idle threads are no reason to fear a fork: they hold no lock.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
        theirs.close()
        self.running[ours] = (index, process)

    def _hear(self, connection: Connection) -> None:
        """Take one message: progress, or how the job ended."""
        index, process = self.running[connection]
        try:
            kind, value = connection.recv()
        except (EOFError, OSError):
            process.join()
            kind, value = (
                "failed",
                EnvironmentProblem(
                    f"a worker process died (code {process.exitcode})",
                    hint="is the memory of the machine used up? Build again",
                ),
            )
        if kind == "tell":
            self.tell(value)
            return
        process.join()
        del self.running[connection]
        connection.close()
        if kind == "done":
            self.results[index] = value
        else:
            self.failures[index] = value
            self.stop(lambda other: other > index)  # a serial run would not have reached them


def _perform(job: Job, connection: Connection, parent: int) -> None:
    """What a worker does: the job, then one last message."""
    _end_with(parent)
    try:
        result = job(lambda line: connection.send(("tell", line)))
        connection.send(("done", result))
    except SolgenError as error:
        connection.send(("failed", error.as_text()))
    except Exception:  # noqa: BLE001 - it is told, and raised, by the parent
        connection.send(("failed", WorkerFault(traceback.format_exc())))
    except KeyboardInterrupt:
        pass  # what the job had begun is cleaned up by now; the parent knows
    finally:
        connection.close()


def _end_with(parent: int) -> None:
    """Stop, by an orderly interruption, when told to and when the parent dies."""
    signal.signal(signal.SIGTERM, _interrupt)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_DEATH_OF_PARENT, signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit


def end_with_parent() -> None:
    """Stop this process, by an orderly interruption, when its parent dies."""
    _end_with(os.getppid())


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
