"""Lock, stage, publish: the published files change all together or not at all.

Nothing is compiled or written at a published path.  A build takes the lock,
works in a staging folder next to it (same file system), then publishes all its
finished files as one set (:mod:`solgen.sets`).  Whatever stops it, at any
instant, what is read through the build folder is the old set or the new one,
whole.  Where the file system has no links, files are renamed one after the
other, and the next command finishes what was begun (:mod:`solgen.journal`).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from solgen import journal, sets
from solgen.durable import below
from solgen.errors import Busy, EnvironmentProblem

LOCK_NAME = ".lock"
STAGING_PREFIX = ".staging-"


@contextmanager
def locked(build: Path) -> Iterator[None]:
    """Hold the build folder's lock; the system frees it if the process dies.

    What a publication that was stopped has left is put in order first, and the
    staging folders of dead builds are removed: whoever has the lock knows that
    there is no other.  Raises :class:`Busy` naming the process that holds it, and
    :class:`EnvironmentProblem` if the folder cannot be made or written.
    """
    path = build / LOCK_NAME
    try:
        build.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise _unwritable(build, error) from error
    with handle:
        if not _try_lock(handle):
            raise Busy(
                f"another build of this project is running (process {_owner(path)})",
                str(build),
                "wait until it ends, or stop it, then run the command again",
            )
        _sign(handle)
        _repair(build)
        sweep(build)
        yield


@contextmanager
def staging(build: Path) -> Iterator[Path]:
    """A new empty folder inside ``build``, removed at the end whatever happens."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=STAGING_PREFIX, dir=build))
    except OSError as error:
        raise _unwritable(build, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(build: Path) -> int:
    """Remove staging folders of dead builds; the number removed."""
    left = [p for p in build.glob(f"{STAGING_PREFIX}*") if p.is_dir()]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def check_targets(targets: Mapping[str, Path] | list[Path]) -> None:
    """Raise :class:`EnvironmentProblem` if a published path cannot be replaced.

    Call it before computing anything; :func:`publish` calls it again.
    """
    for target in targets.values() if isinstance(targets, Mapping) else targets:
        if target.is_dir():
            raise EnvironmentProblem(
                "this path is a directory; a file is published there",
                str(target),
                "move the directory away",
            )
        folder = target.parent
        if folder.exists() and not (folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)):
            raise EnvironmentProblem(
                "files cannot be written in this folder",
                str(folder),
                "make it a writable folder, or choose another output folder",
            )


def publish(
    build: Path,
    files: Mapping[str, Path],
    folders: Mapping[str, Path] | None = None,
    withdrawn: Collection[str] = (),
) -> None:
    """Publish finished files, and folders of them, in ``build``: ``{published name: finished}``.

    Names are relative to ``build``, with ``/`` between folders.  What was
    published before and is not named stays, but for the names ``withdrawn``.
    The finished files stay where they were.  Call it while holding the lock.
    Raises :class:`EnvironmentProblem`; what is published is then what it was.
    """
    folders = folders or {}
    check_targets([build / name for name in files])
    _check_folders(build, folders)
    try:
        build.mkdir(parents=True, exist_ok=True)
        if sets.possible(build):
            fresh = dict(files)
            for name, folder in folders.items():
                fresh |= {f"{name}/{inside}": path for inside, path in below(folder)}
            sets.publish(build, fresh, {*files, *folders, *withdrawn})
        else:
            with staging(build) as folder:
                journal.publish(build, folder, {**files, **folders}, withdrawn)
    except OSError as error:
        if (build / journal.JOURNAL).is_dir():
            raise _half(build, error) from error
        raise _unwritable(build, error) from error


def _check_folders(build: Path, folders: Mapping[str, Path]) -> None:
    """Raise :class:`EnvironmentProblem` where a folder is to be published over a file."""
    for name in folders:
        for path in (build / name, *(build / name).parents):
            if path == build:
                break
            if path.is_file():
                raise EnvironmentProblem(
                    "this path is a file; a folder is published there",
                    str(path),
                    "move the file away",
                )


def _repair(build: Path) -> None:
    """Finish or undo what a publication that was stopped had begun."""
    try:
        journal.roll_forward(build)
        sets.tidy(build)
    except OSError as error:
        raise _half(build, error) from error


def _try_lock(handle: IO[str]) -> bool:
    """Take the kernel's lock without waiting; False if another process has it."""
    if sys.platform == "win32":
        import msvcrt

        try:
            handle.seek(1 << 20)  # a byte past the text, so that others can read the pid
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: building alone is the user's care
        return True
    return True


def _sign(handle: IO[str]) -> None:
    handle.seek(0)
    handle.truncate()
    handle.write(str(os.getpid()))
    handle.flush()


def _owner(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip() or "unknown"
    except OSError:
        return "unknown"


def _unwritable(place: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        "this place cannot be written; nothing was published",
        str(place),
        "make it writable, free some space, or choose another output folder",
        found=_told(error),
    )


def _half(build: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        "a publication that was begun cannot be finished",
        str(build),
        "make it writable, free some space, close what has these files open; the next command "
        "finishes it",
        found=_told(error),
    )


def _told(error: OSError) -> str:
    named = error.filename2 or error.filename
    return (error.strerror or str(error)) + (f": {named}" if named else "")
