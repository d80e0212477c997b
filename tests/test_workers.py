"""Jobs among the cores: as if they ran one after the other, and nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from solgen import workers
from solgen.errors import EnvironmentProblem, QuestionError, Where
from solgen.workers import Tell, WorkerFault, each, in_turn
from tests.support import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux")


def square(number: int, tell: Tell) -> int:
    tell(f"square {number}")
    return number**2


def refuse(number: int, tell: Tell) -> None:
    time.sleep(0.2 / (1 + number))  # later jobs fail sooner
    where = Where("questions/q1.py", number)
    raise QuestionError("wrong", where, found=number, expected=object, code=16)


def die(tell: Tell) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def crash(tell: Tell) -> None:
    raise ZeroDivisionError


def interruptible(file: Path, tell: Tell) -> None:
    try:
        tell("ready")
        time.sleep(60)
    finally:
        file.write_text("cleaned up", encoding="utf-8")


def silent(line: str) -> None:
    """Tell nobody."""


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    told: list[str] = []
    jobs = [partial(square, number) for number in range(12)]
    assert each(jobs, told.append, workers=workers) == [n**2 for n in range(12)]
    assert sorted(told) == sorted(f"square {n}" for n in range(12))


@pytest.mark.parametrize("workers", [1, 3])
def test_the_first_failure_in_order_is_raised_whole(workers: int) -> None:
    jobs: list[Any] = [partial(square, 1), *(partial(refuse, n) for n in range(1, 6))]
    with pytest.raises(QuestionError) as caught:
        each(jobs, silent, workers=workers)
    error = caught.value
    assert (error.message, error.code) == ("wrong", 16)
    assert error.where == Where("questions/q1.py", 1)
    assert str(error.found) == "1"


def test_a_dead_worker_is_a_message_and_not_a_hang() -> None:
    with pytest.raises(EnvironmentProblem, match="a worker process died"):
        each([partial(square, 1), die], silent, workers=2)


def test_a_fault_of_ours_comes_with_its_traceback() -> None:
    with pytest.raises(WorkerFault, match="ZeroDivisionError"):
        each([partial(square, 1), crash], silent, workers=2)


def test_a_failure_stops_the_workers_behind_it_in_order(tmp_path: Path) -> None:
    jobs: list[Any] = [partial(refuse, 0), partial(interruptible, tmp_path / "end")]
    start = time.monotonic()
    with pytest.raises(QuestionError):
        each(jobs, silent, workers=2)
    assert time.monotonic() - start < 20
    assert (tmp_path / "end").read_text(encoding="utf-8") == "cleaned up"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_workers_end_in_order_when_their_parent_does(tmp_path: Path, number: int) -> None:
    code = (
        "import sys; from functools import partial; from pathlib import Path\n"
        "from solgen.workers import each\nfrom tests.test_workers import interruptible\n"
        "jobs = [partial(interruptible, Path(sys.argv[1]) / name) for name in 'ab']\n"
        "each(jobs, lambda line: print(line, flush=True), workers=2)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert [child.stdout.readline() for _ in "ab"] == ["ready\n", "ready\n"]
    child.send_signal(number)
    child.stdout.read()  # ends when no process holds it any more
    child.wait(20)
    child.stdout.close()
    assert {file.name for file in tmp_path.iterdir()} == {"a", "b"}


def uninterruptible(tell: Callable[[Any], None]) -> int:
    """A computation of minutes in one step, which no signal interrupts."""
    tell("begun")
    return pow(3, 10**9, 10**9) + (7**10_000_000) ** 100


def greedy(tell: Callable[[Any], None]) -> int:
    return len(bytearray(2 * workers.MEMORY))


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
