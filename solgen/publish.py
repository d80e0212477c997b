"""Lock, stage, publish: the published files change whole or not at all.

Nothing is compiled or written at a published path.  A build takes the lock,
works in a staging folder next to it (same file system), then moves its finished
files over the old ones.  A crash at any instant leaves each published file
either the old one or the new one.

The moves of one set happen one after the other: a power cut between two of them
can leave a mixed set; :func:`publish` shortens that instant to the renames by
writing and syncing everything before the first.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from solgen.errors import Busy, EnvironmentProblem

LOCK_NAME = ".lock"
STAGING_PREFIX = ".staging-"


@contextmanager
def locked(build: Path) -> Iterator[None]:
    """Hold the build folder's lock; the system frees it if the process dies.

    Raises :class:`Busy` naming the process that holds it, and
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
        yield


@contextmanager
def staging(build: Path) -> Iterator[Path]:
    """A new empty folder inside ``build``, removed at the end whatever happens.

    Call it while holding the lock: it also sweeps what dead builds left, and
    whoever has the lock knows that every other staging folder is dead.
    """
    sweep(build)
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


def publish(build: Path, files: Mapping[str, Path], folders: Mapping[str, Path]) -> None:
    """Stub until merge."""
    _publish({finished: build / name for name, finished in files.items()})
    for name, folder in folders.items():
        place = build / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for file in folder.iterdir():
            if file.name != "main.pdf":
                shutil.copy2(file, place / file.name)


def _publish(files: Mapping[Path, Path]) -> None:
    """Move finished files over the published ones: ``{finished: published}``.

    Each finished file is first copied and synced next to its target, so that
    only renames remain.  The finished files stay where they were.  Raises
    :class:`EnvironmentProblem`; the published files are then unchanged, unless
    the renames themselves had begun.
    """
    check_targets(list(files.values()))
    ready: list[tuple[Path, Path]] = []
    try:
        for finished, published in files.items():
            published.parent.mkdir(parents=True, exist_ok=True)
            ready.append((_synced_copy(finished, published), published))
        for temporary, published in ready:
            temporary.replace(published)
    except OSError as error:
        raise _unwritable(Path(error.filename or "."), error) from error
    finally:
        for temporary, _ in ready:
            temporary.unlink(missing_ok=True)
    for folder in {published.parent for published in files.values()}:
        _sync_folder(folder)


def _synced_copy(finished: Path, published: Path) -> Path:
    """A copy of ``finished`` in the target's folder, on disk, not yet visible."""
    number, name = tempfile.mkstemp(prefix=f".{published.name}.", dir=published.parent)
    temporary = Path(name)
    try:
        with os.fdopen(number, "wb") as out, finished.open("rb") as source:
            shutil.copyfileobj(source, out)
            out.flush()
            os.fsync(out.fileno())
        temporary.chmod(0o644)  # mkstemp makes files that only their owner can read
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _sync_folder(folder: Path) -> None:
    """Make renames durable; Windows cannot open a folder and does not need it."""
    if sys.platform == "win32":
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


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


def _unwritable(path: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        "this place cannot be written; nothing was published",
        str(path),
        "make it writable, free some space, or choose another output folder",
        found=error.strerror or str(error),
    )
