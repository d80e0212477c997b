"""How many jobs may run at once, counted over a whole tree of forked processes.

A pool is a pipe with a byte for each: who takes a byte may run. It can be waited for together with
other pipes, and the death of a process breaks nothing.
"""

from __future__ import annotations

import os
from multiprocessing.connection import wait


class Pool:
    """Tokens, shared with every process that is forked from this one."""

    def __init__(self, tokens: int) -> None:
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._reading, False)
        for _ in range(tokens):
            self.give()

    def fileno(self) -> int:
        """What to wait for: it can be read while there is a token."""
        return self._reading

    def take(self, seconds: float = 0) -> bool:
        """Take a token, waiting for one at most so long; False if others have them all."""
        if not wait([self._reading], seconds):
            return False
        try:
            return bool(os.read(self._reading, 1))
        except BlockingIOError:
            return False  # another one was quicker

    def give(self) -> None:
        """Give a token back."""
        os.write(self._writing, b".")

    def close(self) -> None:
        """End it in this process."""
        os.close(self._reading)
        os.close(self._writing)
