"""Time limits nest, and nobody swallows them."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable

import pytest

from solgen.clock import time_limit

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarms here")


def spin(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_a_block_over_its_time_is_stopped_where_it_was() -> None:
    with pytest.raises(TimeoutError) as caught, time_limit(0.05):
        spin(5)
    assert "spin" in [entry.name for entry in caught.traceback]
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_block_within_its_time_leaves_no_alarm_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(5):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert signal.getsignal(signal.SIGALRM) is before


def stopped(work: Callable[[], None], seconds: float) -> float:
    """How long the work really took; it must have been stopped."""
    start = time.monotonic()
    with pytest.raises(TimeoutError), time_limit(seconds):
        work()
    return time.monotonic() - start


def test_an_inner_limit_does_not_cancel_the_outer_one() -> None:
    def work() -> None:
        for _ in range(100):
            with time_limit(5):
                spin(0.05)

    assert stopped(work, 0.3) < 2


def test_an_inner_limit_that_expires_leaves_the_outer_one_running() -> None:
    inner = []

    def work() -> None:
        while True:
            try:
                with time_limit(0.05):
                    spin(5)
            except TimeoutError:
                inner.append(True)

    assert stopped(work, 0.3) < 2
    assert len(inner) >= 2


def test_an_inner_handler_does_not_catch_the_outer_limit() -> None:
    caught = []

    def work() -> None:
        try:
            with time_limit(5):
                spin(1)
        except TimeoutError:
            caught.append("inner")

    assert stopped(work, 0.05) < 2
    assert not caught


def test_catching_every_exception_does_not_swallow_the_limit() -> None:
    def work() -> None:
        for _ in range(15):
            with contextlib.suppress(Exception):  # what careless libraries do
                spin(0.2)

    assert stopped(work, 0.05) < 2


def test_in_another_thread_there_is_no_limit() -> None:
    done = []

    def work() -> None:
        with time_limit(0.01):
            spin(0.05)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done
