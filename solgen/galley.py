"""The files of an edition laid out for the engine; those of the last build are not written again.

To make a file costs a file system far more than to give it a second name, and one edit changes few
of thousands. What the last build laid out stays in the cache: a file that has the wanted bytes, all
of them compared, gets a name in the new folder too. Nothing that is published is among them, since
the engine works in that folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from solgen.durable import linked, make_folder


def lay(files: Mapping[str, bytes], folder: Path, last: Path) -> None:
    """Make `folder` with these files, by name; `last` is where those of the last build are kept."""
    folder.mkdir()
    known = {path.name for path in last.iterdir()} if last.is_dir() else set()
    fresh = []
    for name, data in files.items():
        if not (name in known and _has(last / name, data) and linked(last / name, folder / name)):
            (folder / name).write_bytes(data)
            fresh.append(name)
    with suppress(OSError):  # the next build writes them again
        _keep(folder, fresh, last)
        for name in known - files.keys():
            (last / name).unlink()


def _has(path: Path, data: bytes) -> bool:
    try:
        with path.open("rb", buffering=0) as file:
            return file.read() == data
    except OSError:
        return False


def _keep(folder: Path, names: Iterable[str], last: Path) -> None:
    make_folder(last)
    for name in names:
        (last / name).unlink(missing_ok=True)
        linked(folder / name, last / name)
