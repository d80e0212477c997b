"""Sets of published files: what is read through `build/` is one whole set, the old or the new.

    build/.sets/000012/booklet.pdf    a set is a folder with every published file
    build/.sets/current            -> 000012
    build/booklet.pdf              -> .sets/current/booklet.pdf

A publication makes a new set beside the current one, all of it on the disk, and then swaps the
link `current` by one rename. A file that did not change is the same file in both sets, a hard link.
The set before the current one stays, for those who are reading it.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from solgen.durable import below, copy, linked, make_folder, same, sync

SETS = ".sets"
CURRENT = "current"
_UNFINISHED = ".unfinished"
_LINK = ".sets.link"  # a link before it is renamed to its place
_NO_LINKS = {errno.EPERM, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}

Files = Mapping[str, Path]  # published names, with / between folders, and where their bytes are


def possible(build: Path) -> bool:
    """Whether the file system has the links that sets are made of. May raise OSError."""
    if sys.platform == "win32":
        return False  # a link to a folder cannot be replaced there by one rename
    try:
        _new_link(build, CURRENT).unlink()
    except OSError as error:
        if error.errno in _NO_LINKS:
            return False
        raise
    return True


def current(build: Path) -> Path | None:
    """The folder of the set that is published now. Read one there to see no other meanwhile."""
    try:
        folder = build / SETS / (build / SETS / CURRENT).readlink()
    except OSError:
        return None
    return folder if folder.is_dir() else None


def publish(build: Path, fresh: Files, dropped: Collection[str]) -> None:
    """Publish `fresh` and all of the current set, but what is `dropped`: names, or folders' names.

    Raises OSError; before the swap, and then what is read through `build` is what it was.
    """
    tidy(build)
    change = _Change(build, fresh, dropped)
    try:
        change.make()
        change.swap()
    except BaseException:
        change.undo()
        raise
    finally:
        with contextlib.suppress(OSError):  # what is left behind, the next one removes
            tidy(build)


def tidy(build: Path) -> None:
    """Remove what a publication that was stopped has left, and sets that nobody reads any more."""
    shelf = build / SETS
    _relink(build)
    (build / _LINK).unlink(missing_ok=True)
    for path in build.iterdir():
        if _ours(path) and not path.exists():
            path.unlink(missing_ok=True)
    if not shelf.is_dir():
        return
    shutil.rmtree(shelf / _UNFINISHED, ignore_errors=True)
    numbers = _numbers(shelf)
    if (now := current(build)) and now.name.isdigit():
        numbers = [number for number in numbers if number <= int(now.name)]
    for number in {*_numbers(shelf)} - {*numbers[-2:]}:
        shutil.rmtree(shelf / _name(number), ignore_errors=True)


def _relink(build: Path) -> None:
    """Make `current` a link again in a folder that was copied by what does not copy links."""
    shelf = build / SETS
    copied = shelf / CURRENT
    if copied.is_dir() and not copied.is_symlink():
        folder = shelf / _name(_next(shelf))
        link = _new_link(build, folder.name)
        copied.rename(folder)
        link.replace(copied)


def within(name: str, names: Collection[str]) -> bool:
    """Whether a name is one of these, or that of a file in a folder that is."""
    parts = name.split("/")
    return any("/".join(parts[:depth]) in names for depth in range(1, len(parts) + 1))


@dataclass
class _Change:
    """One publication: the sets to make, then the links to move."""

    build: Path
    fresh: Files
    dropped: Collection[str]
    plain: list[str] = field(default_factory=list)
    tops: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    adopted: Path | None = None
    made: Path | None = None

    def make(self) -> None:
        """Make the new set; before it, one of plain files that stand where links should."""
        shelf = self.build / SETS
        make_folder(shelf)
        sync([self.build])
        now = current(self.build)
        known = dict(below(now)) if now else {}
        self.plain = list(self._plain())
        if self.plain:
            plain = {name: path for top in self.plain for name, path in self._files(top)}
            kept = {name: path for name, path in known.items() if not within(name, self.plain)}
            adopted = {**kept, **plain}
            self.adopted = _made(shelf, adopted, _unchanged(adopted, known))
            known = dict(below(self.adopted))
        kept = {name: path for name, path in known.items() if not within(name, self.dropped)}
        wanted = {**kept, **self.fresh}
        unchanged = _unchanged(wanted, known)
        self.tops = _tops(wanted)
        self.touched = {*_tops(wanted.keys() - unchanged.keys()), *self.plain}
        if self.touched or wanted.keys() != known.keys():
            self.made = _made(shelf, wanted, unchanged)

    def swap(self) -> None:
        """Let every name be a link, then the links lead to the new set, all at once."""
        if self.adopted:
            self._point(self.adopted)
            for top in self.plain:
                self._show(top)
        for top in self.tops:
            path = self.build / top
            if not path.exists() and not _ours(path):
                self._show(top)  # leads nowhere until the swap, as if it were not there
        sync([self.build])
        if self.made is None:
            return
        self._point(self.made)
        with contextlib.suppress(OSError):  # they lead to the new set without this too
            for top in sorted(self.touched & self.tops):
                self._show(top)  # whoever watches this name hears that it changed
            sync([self.build])

    def undo(self) -> None:
        """Remove the sets that were made and are not published."""
        now = current(self.build)
        for folder in (self.adopted, self.made):
            if folder and folder != now:
                shutil.rmtree(folder, ignore_errors=True)

    def _plain(self) -> Iterator[str]:
        """The published names at which something stands that is not our link."""
        for top in sorted(_tops([*self.fresh, *self.dropped])):
            path = self.build / top
            if path.exists() and not _ours(path):
                yield top

    def _files(self, top: str) -> Iterator[tuple[str, Path]]:
        path = self.build / top
        if path.is_dir():
            yield from ((f"{top}/{name}", file) for name, file in below(path))
        else:
            yield top, path

    def _show(self, top: str) -> None:
        """Put the link of a published name in its place, whatever was there."""
        path = self.build / top
        link = _new_link(self.build, f"{SETS}/{CURRENT}/{top}")
        if path.is_dir() and not path.is_symlink():
            aside = self.build / SETS / _UNFINISHED
            shutil.rmtree(aside, ignore_errors=True)
            path.rename(aside)
        link.replace(path)

    def _point(self, folder: Path) -> None:
        """Let all links lead to this set."""
        _new_link(self.build, folder.name).replace(self.build / SETS / CURRENT)
        with contextlib.suppress(OSError):  # it is done; after a power cut the old set may be back
            sync([self.build / SETS])


def _unchanged(wanted: Files, known: Files) -> dict[str, Path]:
    """Of the files that a set has, those whose bytes are wanted again under the same name."""
    return {n: known[n] for n, path in wanted.items() if n in known and same(path, known[n])}


def _made(shelf: Path, wanted: Files, unchanged: Files) -> Path:
    """A new set with these files, on the disk; those that are unchanged are not written again."""
    folder = shelf / _UNFINISHED
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder)
    folders = {folder}
    copied = []
    for name, source in wanted.items():
        path = folder / name
        if path.parent not in folders:
            inside = path.parent.relative_to(folder).parts
            folders |= {folder.joinpath(*inside[: n + 1]) for n in range(len(inside))}
            make_folder(path.parent)
        if name not in unchanged or not linked(unchanged[name], path):
            copy(source, path)
            copied.append(path)
    sync([*copied, *sorted(folders, reverse=True)])
    final = shelf / _name(_next(shelf))
    folder.rename(final)
    sync([shelf])
    return final


def _ours(path: Path) -> bool:
    """Whether this is the link that a publication puts there."""
    return path.is_symlink() and str(path.readlink()) == f"{SETS}/{CURRENT}/{path.name}"


def _new_link(build: Path, target: str) -> Path:
    """A link to `target` that is nowhere yet: rename it to where it belongs."""
    link = build / _LINK
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    return link


def _tops(names: Iterable[str]) -> set[str]:
    """The files and folders directly in `build` that these names are, or are in."""
    return {name.partition("/")[0] for name in names}


def _name(number: int) -> str:
    return f"{number:06}"


def _next(shelf: Path) -> int:
    return max(_numbers(shelf), default=0) + 1


def _numbers(shelf: Path) -> list[int]:
    return sorted(int(path.name) for path in shelf.iterdir() if path.name.isdigit())
