"""Time limits that nest."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_REMIND = 0.5  # seconds after which an alarm that came to nothing rings again


class _Expired(BaseException):
    """What the alarm raises; not an Exception, so that no library swallows it."""

    def __init__(self, limit: object) -> None:
        super().__init__()
        self.limit = limit


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError from the block after `seconds`, with the traceback of where it was.

    Limits nest: an inner one never prolongs an outer one. Without alarms (Windows, or a thread
    that is not the main one) there is no limit.
    """
    if not _usable() or 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= seconds:
        yield  # unlimited, or an outer limit rings first
        return
    limit = object()
    armed = [True]

    def ring(*_: Any) -> None:
        if armed[0]:
            raise _Expired(limit)

    start = time.monotonic()
    outer = signal.signal(signal.SIGALRM, ring)
    outer_left, _ = signal.setitimer(signal.ITIMER_REAL, seconds, _REMIND)
    try:
        try:
            yield
        finally:
            armed[0] = False
    except _Expired as expired:
        if expired.limit is not limit:
            raise
        raise TimeoutError().with_traceback(expired.__traceback__) from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, outer)
        if outer_left:
            left = outer_left - (time.monotonic() - start)
            signal.setitimer(signal.ITIMER_REAL, max(left, 1e-6), _REMIND)


def _usable() -> bool:
    return hasattr(signal, "setitimer") and (threading.current_thread() is threading.main_thread())
