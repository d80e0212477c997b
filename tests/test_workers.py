"""Jobs among the cores: as if they ran one after the other, and nobody is left behind."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from solgen.errors import EnvironmentProblem, LimitError, QuestionError, Where
from solgen.workers import Tell, WorkerFault, each
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


def fill_the_disk(tell: Tell) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "main.fmt")


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


def test_what_the_system_refuses_a_worker_is_no_fault_of_ours() -> None:
    with pytest.raises(EnvironmentProblem, match="no more room on this disk"):
        each([partial(square, 1), fill_the_disk], silent, workers=2)


def test_a_failure_stops_the_workers_behind_it_in_order(tmp_path: Path) -> None:
    jobs: list[Any] = [partial(refuse, 0), partial(interruptible, tmp_path / "end")]
    start = time.monotonic()
    with pytest.raises(QuestionError):
        each(jobs, silent, workers=2)
    assert time.monotonic() - start < 20
    assert (tmp_path / "end").read_text(encoding="utf-8") == "cleaned up"


def test_a_worker_that_ends_python_is_told_with_what_it_did() -> None:
    def leave(tell: Tell) -> None:
        tell("verify 1 (d) dCE_da")
        os._exit(3)

    for jobs in ([leave], [partial(square, 1), leave]):
        with pytest.raises(EnvironmentProblem, match=r"ended with code 3") as caught:
            each(jobs, silent)
        assert str(caught.value).startswith("verify 1 (d) dCE_da: ")


def uninterruptible(tell: Tell) -> int:
    """A computation of minutes in one step, which no signal interrupts."""
    tell("verify 1 (d) dCE_da")
    return pow(3, 10**9, 10**9) + (7**10_000_000) ** 100


@pytest.mark.parametrize("workers", [1, 2])
def test_a_job_that_no_signal_interrupts_is_killed_and_named(workers: int) -> None:
    before = active_children()
    start = time.monotonic()
    jobs: list[Any] = [partial(square, 1), uninterruptible]
    with pytest.raises(LimitError) as caught:
        each(jobs[-workers:], silent, workers=workers, silent=1.0)
    assert time.monotonic() - start < 20
    assert caught.value.code == 16
    assert str(caught.value).startswith("verify 1 (d) dCE_da: nothing more was heard for 1 s")
    assert active_children() == before


def test_a_job_that_tells_what_it_does_may_take_long() -> None:
    def patient(tell: Tell) -> str:
        for number in range(8):
            tell(str(number))
            time.sleep(0.3)
        return "done"

    assert each([patient], silent, silent=1.2) == ["done"]


def greedy(tell: Tell) -> int:
    tell("verify 1 (d) dCE_da")
    return len(bytearray(10 * 2**30))


def test_a_job_may_not_take_all_memory() -> None:
    with pytest.raises(LimitError, match="more memory than it may have") as caught:
        each([greedy], silent)
    assert caught.value.where == "verify 1 (d) dCE_da"


def test_a_job_may_not_write_without_end(tmp_path: Path) -> None:
    def endless(tell: Tell) -> None:
        with (tmp_path / "endless").open("wb") as file:
            while True:
                file.write(bytes(2**22))

    with pytest.raises(LimitError, match="a larger file than it may"):
        each([endless], silent)
    assert (tmp_path / "endless").stat().st_size <= 200 * 2**20


def test_one_job_alone_leaves_this_process_as_it_was() -> None:
    def spoil(tell: Tell) -> int:
        sys.modules["spoiled"] = sys
        return os.getpid()

    assert each([spoil], silent) != [os.getpid()]
    assert "spoiled" not in sys.modules


def test_a_worker_whose_threads_never_end_is_ended() -> None:
    def busy(tell: Tell) -> str:
        threading.Thread(target=time.sleep, args=(600,)).start()
        return "done"

    start = time.monotonic()
    assert each([busy], silent) == ["done"]
    assert time.monotonic() - start < 60


# --- jobs that have jobs ------------------------------------------------------------------------


def overlapping(folder: Path, name: str, tell: Tell) -> int:
    """How many jobs were running while this one did, itself included."""
    mark = folder / name
    mark.touch()
    most = 0
    for _ in range(10):
        most = max(most, len(list(folder.iterdir())))
        time.sleep(0.01)
    mark.unlink()
    return most


def splitting(folder: Path, name: str, tell: Tell) -> int:
    parts = [partial(overlapping, folder, f"{name}.{part}") for part in range(4)]
    return max(each(parts, tell))


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_no_more_jobs_run_at_once_than_asked_for_over_the_whole_tree(
    tmp_path: Path, workers: int
) -> None:
    jobs = [partial(splitting, tmp_path, str(n)) for n in range(4)]
    found = each([*jobs, partial(overlapping, tmp_path, "alone")], silent, workers=workers)
    assert min(workers, 2) <= max(found) <= workers


def test_a_job_goes_on_after_the_failure_of_its_own_job() -> None:
    def forgiving(tell: Tell) -> int:
        with pytest.raises(QuestionError):
            each([partial(refuse, 1), partial(square, 2)], tell)
        return sum(each([partial(square, 3), partial(square, 4)], tell))

    assert each([forgiving, forgiving], silent, workers=1) == [25, 25]


def test_what_the_jobs_of_a_job_tell_is_heard() -> None:
    told: list[str] = []
    each([lambda tell: each([partial(square, 3)], tell)], told.append)
    assert told == ["square 3"]


def test_an_endless_job_of_a_job_is_named_and_not_the_job_that_waits() -> None:
    def waiting(tell: Tell) -> None:
        tell("waits")
        each([uninterruptible], tell, silent=2.5)

    with pytest.raises(LimitError, match="verify 1"):
        each([waiting], silent, silent=1.0)


# --- nobody is left behind ----------------------------------------------------------------------


def alive(marker: str) -> list[str]:
    """The processes in whose environment this marker is."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if marker.encode() in (entry / "environ").read_bytes():
                found.append(entry.name)
        except OSError:
            continue
    return found


def left(marker: str) -> list[str]:
    """The processes with this marker that are still there soon after; then they are no more."""
    end = time.monotonic() + 5
    while (found := alive(marker)) and time.monotonic() < end:
        time.sleep(0.02)
    for number in found:
        os.kill(int(number), signal.SIGKILL)
    return found


LONELY = {
    "worker": "each([uninterruptible, uninterruptible], shout, workers=2)",
    "worker of a worker": "each([lambda tell: each([uninterruptible] * 2, tell)], shout)",
    "alone in turn": "list(in_turn([uninterruptible], 60))",
}


@pytest.mark.parametrize("kind", LONELY)
def test_no_worker_outlives_a_parent_killed_by_kill_9(tmp_path: Path, kind: str) -> None:
    code = (
        "import os\nfrom solgen.workers import each\nfrom solgen.turns import in_turn\n"
        "from tests.test_workers import uninterruptible as begun\n"
        "def shout(line): pass\n"
        "def uninterruptible(tell):\n"
        "    os.write(1, b'begun\\n')\n"  # at once: unbuffered, print writes a line in two pieces
        "    return begun(tell)\n" + LONELY[kind]
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "SOLGEN_TEST": str(tmp_path)},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    assert len(alive(str(tmp_path))) >= 2
    child.kill()
    child.wait(20)
    child.stdout.close()
    assert left(str(tmp_path)) == []


def test_ctrl_c_ends_workers_in_order(tmp_path: Path) -> None:
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
    child.send_signal(signal.SIGINT)
    child.stdout.read()  # ends when no process holds it any more
    child.wait(20)
    child.stdout.close()
    assert {file.name for file in tmp_path.iterdir()} == {"a", "b"}
