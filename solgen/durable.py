"""Folders and files: read whole, and still there after a power cut."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

_UNSYNCABLE = {errno.EINVAL, errno.ENOTSUP}  # folders of some network file systems


def copy(source: Path, target: Path) -> None:
    """Copy a file's bytes to a new file that everybody may read. Raises OSError."""
    shutil.copyfile(source, target)
    target.chmod(0o644)  # whatever the umask: what is published is to be read


def same(one: Path, other: Path) -> bool:
    """Whether two files have the same bytes. Raises OSError."""
    if one == other:
        return True
    with one.open("rb", buffering=0) as this, other.open("rb", buffering=0) as that:
        if os.fstat(this.fileno()).st_size != os.fstat(that.fileno()).st_size:
            return False
        return this.read() == that.read()


def linked(source: Path, target: Path) -> bool:
    """Whether a file could be had at a new place too, without a copy of its bytes."""
    try:
        target.hardlink_to(source)
    except OSError:  # no such links on this file system, or too many
        return False
    return True


def make_folder(folder: Path) -> None:
    """Make a folder, and those it is in, that everybody may look into. Raises OSError."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir()
        folder.chmod(0o755)


def below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Each file below a folder, with its name relative to it. Raises OSError."""

    def refuse(error: OSError) -> None:
        raise error  # else a folder that cannot be read would be an empty one

    for place, folders, names in os.walk(folder, onerror=refuse):
        folders.sort()
        inside = Path(place).relative_to(folder).as_posix()
        before = "" if inside == "." else f"{inside}/"
        for name in sorted(names):
            yield before + name, Path(place, name)


def sync(paths: Iterable[Path]) -> None:
    """Return when these files, or the lists of names in these folders, are on the disk.

    Write all of them first: the disk takes them together. Raises OSError.
    """
    for path in paths:
        folder = path.is_dir()
        if folder and sys.platform == "win32":
            continue  # Windows cannot open a folder, and does not need it
        number = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
        try:
            os.fsync(number)
        except OSError as error:
            if not folder or error.errno not in _UNSYNCABLE:
                raise
        finally:
            os.close(number)
