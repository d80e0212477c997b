"""Jobs done one after the other by a process of its own, which no job can hold up."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import Any

from solgen.clock import time_limit
from solgen.errors import EnvironmentProblem, SolgenError
from solgen.workers import WorkerFault, begin

Work = Callable[[Callable[[Any], None]], Any]  # it tells anything that can be pickled


def in_turn(jobs: Sequence[Work], seconds: float) -> Iterator[Any]:
    """What becomes of each job, in turn: its result, or the exception that ended it.

    One process does them all. A job that takes more than `seconds` ends in a TimeoutError, whose
    argument is what the job had told last, and its process is killed, even inside a computation
    that no signal interrupts; one that asks for too much memory in a MemoryError. Where
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
        warnings.simplefilter("ignore", DeprecationWarning)  # as for solgen.workers
        process.start()
    theirs.close()
    return ours, process


def _send_all(jobs: Sequence[Work], connection: Connection, parent: int) -> None:
    begin(parent)
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
