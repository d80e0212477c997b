"""Which files of the exam some work has read, and their contents when they were opened.

What is worked out is valid as long as these files are the same (solgen.cache). A file that changed
while it was in use spoils the record: nothing is kept of such work.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from solgen.keys import content, unchanged


class Reads:
    """The files and listed folders of one exam that were read, by relative path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.found: dict[str, str] = {}

    def add(self, name: str) -> None:
        """Record a file or folder as it is now; the first content counts."""
        if name not in self.found:
            self.found[name] = content(self.root / name)

    def update(self, other: Mapping[str, str]) -> None:
        """Record what other work had read, whose result was used."""
        for name, then in other.items():
            self.found.setdefault(name, then)

    def steady(self) -> bool:
        """Whether every file is still what it was when it was opened."""
        return unchanged(self.root, self.found)
