"""Jobs in turn: each within its time, by one process that no job can hold up."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import active_children
from typing import Any

import pytest
from test_workers import crash, die, refuse, square

from solgen.errors import EnvironmentProblem, QuestionError
from solgen.turns import in_turn
from solgen.workers import WorkerFault

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")


def uninterruptible(tell: Callable[[Any], None]) -> int:
    """A computation of minutes in one step, which no signal interrupts."""
    tell("begun")
    return pow(3, 10**9, 10**9) + (7**10_000_000) ** 100


def greedy(tell: Callable[[Any], None]) -> int:
    return len(bytearray(10 * 2**30))


def test_jobs_in_turn_have_their_outcomes_in_order() -> None:
    jobs = [partial(square, 3), partial(refuse, 9), crash, partial(square, 4)]
    first, refused, crashed, last = in_turn(jobs, 20)
    assert (first, last) == (9, 16)
    assert isinstance(refused, QuestionError)
    assert (refused.code, refused.found) == (16, "9")
    assert isinstance(crashed, WorkerFault)
    assert "ZeroDivisionError" in str(crashed)


def test_a_job_in_turn_that_nothing_interrupts_is_killed() -> None:
    before = active_children()
    start = time.monotonic()
    stopped, following = in_turn([uninterruptible, partial(square, 4)], 1.0)
    assert time.monotonic() - start < 10
    assert isinstance(stopped, TimeoutError)
    assert stopped.args == ("begun",)
    assert following == 16
    assert active_children() == before


def test_a_job_in_turn_may_not_take_all_memory() -> None:
    found, following = in_turn([greedy, partial(square, 4)], 20)
    assert isinstance(found, MemoryError)
    assert following == 16


def test_a_job_in_turn_that_dies_leaves_the_others() -> None:
    found, following = in_turn([die, partial(square, 4)], 20)
    assert isinstance(found, EnvironmentProblem)
    assert following == 16


def test_whoever_stops_listening_leaves_no_process() -> None:
    before = active_children()
    outcomes = in_turn([partial(square, 3), uninterruptible], 20)
    assert next(outcomes) == 9
    outcomes.close()  # type: ignore[attr-defined] # a generator
    assert active_children() == before
