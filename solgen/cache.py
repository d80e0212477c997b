"""Work kept under the hash of what it was made from, in `build/.cache/`.

An entry is used only if it is whole and is the entry asked for: its first line is a hash of its
place and of everything after. A damaged, truncated or misplaced one is as if it were not there.
Nothing here decides by times; they only tell which entries to throw away first.

A *traced* entry also says which files of the exam were read to make it, with their contents: it is
used only where all of them are the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solgen.keys import digest, listed, unchanged
from solgen.reads import Reads

LARGEST = 600 * 2**20  # bytes that all entries may take
VARIANTS = 8  # of one traced entry: as many contents of its files are remembered
_PLAIN = ("solgen.", "sympy.", "mpmath.", "pylatex.")  # whose classes an entry may hold
_BUILT_IN = {"set", "frozenset", "complex", "slice", "range", "bytearray"}


@dataclass(frozen=True)
class Kept:
    """A traced entry: what it is called, the files that were read, what was made of them."""

    identity: str
    files: Mapping[str, str]
    data: bytes

    def value(self) -> Any:
        """What was kept. Raises pickle.UnpicklingError for what solgen does not keep."""
        return loads(self.data)


class Cache:
    """The cache of one exam. Failing to write it is no failure of the build."""

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder = folder
        self.root = root
        self.seen: dict[str, str] = {}  # contents of the exam's files, read once in a build

    # --- entries by key ---------------------------------------------------------------------------

    def read(self, stage: str, key: str) -> bytes | None:
        """What was kept under this key; None if nothing whole was."""
        return self._read(self.folder / stage / key)

    def write(self, stage: str, key: str, data: bytes) -> None:
        """Keep these bytes under this key."""
        self._write(self.folder / stage / key, data)

    # --- traced entries ---------------------------------------------------------------------------

    def recall(self, stage: str, key: str) -> Kept | None:
        """The entry under this key whose files are all as they were when it was made."""
        folder = self.folder / stage / key
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            data = self._read(path)
            if data is not None:
                files, payload = loads(data)
                if unchanged(self.root, files, self.seen):
                    return Kept(digest(key, *listed(files)), files, payload)
        return None

    def keep(self, stage: str, key: str, reads: Reads, value: Any) -> Kept:
        """Keep a value, unless a file that it rests on changed in the meantime."""
        if reads.steady():
            return self.record(stage, key, reads.found, value)
        return _kept(key, reads.found, value)

    def record(self, stage: str, key: str, files: Mapping[str, str], value: Any) -> Kept:
        """Keep a value for as long as these files have these contents, now or another time."""
        kept = _kept(key, files, value)
        folder = self.folder / stage / key
        data = pickle.dumps((kept.files, kept.data), protocol=5)
        self._write(folder / kept.identity[:24], data)
        self._forget(folder)
        return kept

    def _forget(self, folder: Path) -> None:
        """Leave the latest variants only."""
        with contextlib.suppress(OSError):
            for path in sorted(folder.iterdir(), key=_age)[:-VARIANTS]:
                path.unlink()

    # --- files ------------------------------------------------------------------------------------

    def _read(self, path: Path) -> bytes | None:
        try:
            head, _, data = path.read_bytes().partition(b"\n")
        except OSError:
            return None
        if head.decode("ascii", "replace") != self._seal(path, data):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return data

    def _write(self, path: Path, data: bytes) -> None:
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(self._seal(path, data).encode() + b"\n" + data)
                Path(name).replace(path)
            except OSError:
                Path(name).unlink(missing_ok=True)

    def _seal(self, path: Path, data: bytes) -> str:
        place = path.relative_to(self.folder).as_posix()
        return hashlib.sha256(place.encode() + b"\0" + data).hexdigest()

    def shrink(self, largest: int = LARGEST) -> None:
        """Throw away what was used longest ago, where all takes more than `largest` bytes."""
        with contextlib.suppress(OSError):
            files = sorted(_files(self.folder))
            excess = sum(size for _, size, _ in files) - largest
            for _, size, path in files:
                if excess <= 0:
                    break
                Path(path).unlink()
                excess -= size


def _kept(key: str, files: Mapping[str, str], value: Any) -> Kept:
    files = dict(sorted(files.items()))
    identity = digest(key, *listed(files))
    return Kept(identity, files, pickle.dumps(value, protocol=5))


def loads(data: bytes) -> Any:
    """Unpickle solgen's own plain data, and no other class. Raises pickle.UnpicklingError."""
    return _Plain(io.BytesIO(data)).load()


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        own = module.startswith(_PLAIN) and "." not in name
        if own or (module == "builtins" and name in _BUILT_IN):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"a cache entry names {module}.{name}")


def _files(folder: str | Path) -> Iterator[tuple[float, int, str]]:
    """Of every file below a folder: when it was last used, its size, its path."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(entry.path)
            else:
                found = entry.stat(follow_symlinks=False)
                yield found.st_mtime, found.st_size, entry.path


def _age(path: Path) -> float:
    return path.stat().st_mtime
