"""What a question's own code may do: compute. And which files of the exam it has read.

Python tells an audit hook before it opens a file, starts a program or uses the network. Inside
:func:`confined` the hook refuses what a question has no need of, at the author's line, and records
what is read of the exam. It stops the careless and plain attempts; it is no wall against an author
who means to break it, which only the system could build.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import os
import pkgutil
import re
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from solgen.errors import ConfinementError, SolgenError, Where
from solgen.places import DEVICES, Kind, Places
from solgen.project import Project


class Record(Protocol):
    """What is told the relative names of files and folders of the exam that are read."""

    def add(self, name: str, /) -> Any:
        """Take one name; it may stand for nothing that is there."""


@contextmanager
def confined(project: Project, record: Record) -> Iterator[None]:
    """Refuse what a question's code may not do, and record what of the exam is read, in this block.

    Raises ConfinementError where it is tried, or at the end if something in between swallowed that.
    In a process forked meanwhile the block is still in force, with a record of its own.
    """
    place = _Place(project, record, Places(project))
    _GUARD.enter(place)
    try:
        yield
    except SolgenError:
        raise
    except Exception as error:
        if place.refused:
            raise place.refused[0] from error
        raise
    finally:
        _GUARD.leave(place)
    if place.refused:
        raise place.refused[0]


@dataclass
class _Place:
    """One block: whose it is, and what was refused in it."""

    project: Project
    record: Record
    places: Places
    thread: int = field(default_factory=threading.get_ident)
    refused: list[ConfinementError] = field(default_factory=list)

    def actor(self) -> _Actor:
        """Who is at work: the nearest author's line, and the nearest code that is not Python's."""
        author, near, importing = None, None, False
        frame = inspect.currentframe()
        while frame is not None and author is None:
            file = frame.f_code.co_filename
            if file != __file__:
                author = frame if self.places.is_author(file) else None
                if near is None and self.places.of_code(file) is not Kind.PYTHON:
                    near = file
                importing = importing or file in _IMPORT
            frame = frame.f_back
        return _Actor(
            author and Where(author.f_code.co_filename, author.f_lineno),
            near or "",
            alone=author is None and threading.get_ident() == self.thread,
            importing=importing,
        )


@dataclass(frozen=True)
class _Actor:
    """`alone`: no author's code has called; `importing`: a package is being imported."""

    author: Where | None
    near: str
    alone: bool
    importing: bool


class _Guard:
    """The hook: once added, it stays as long as the process; outside of blocks it does nothing."""

    def __init__(self) -> None:
        self.blocks: list[_Place] = []
        self.busy: set[int] = set()
        self.added = False

    def enter(self, place: _Place) -> None:
        if not self.added:
            sys.addaudithook(self)
            self.added = True
        self.blocks.append(place)

    def leave(self, place: _Place) -> None:
        self.blocks.remove(place)

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.blocks or event not in _RULES:
            return
        thread = threading.get_ident()
        if thread in self.busy:
            return  # what this very hook does
        place = self.blocks[-1]
        self.busy.add(thread)
        try:
            _RULES[event](_Act(place, event), *arguments)
        except ConfinementError as error:
            place.refused.append(error)
            raise
        finally:
            self.busy.discard(thread)


_GUARD = _Guard()


@dataclass(frozen=True)
class _Act:
    """One thing that is about to be done: let it happen, or raise ConfinementError."""

    place: _Place
    event: str

    # --- files ------------------------------------------------------------------------------------

    def open(self, path: Any, mode: str | None = None, flags: int = 0) -> None:
        """Opening a file, to read it or to write it."""
        if mode is None and _called_by(*_IN_FOLDERS):
            return  # by a name in a folder that it was allowed to open
        if flags & _WRITES or (mode and not _MODES_OF_READING.issuperset(mode)):
            self.write(path)
        else:
            self.read(path)

    def read(self, path: Any, *_: Any) -> None:
        """Reading a file, or listing a folder."""
        full = _absolute(path)
        if full is None or self.place.places.is_installed(full):
            return
        places, real = self.place.places, os.path.realpath(full)
        kind = places.of(real)
        if kind is Kind.EXAM:
            self._recorded(full, real)
        elif kind is Kind.BUILD and not self.place.actor().alone:
            self._refuse("reads what a build has made", full, _READ_EXAM)
        elif kind is Kind.CACHES:
            self._packages_only("reads a file outside the exam", full, _COPY)
        elif kind is Kind.OUTSIDE:
            actor = self.place.actor()
            if not (actor.alone or actor.importing):  # packages look for their settings anywhere
                self._refuse("reads a file outside the exam", full, _COPY)

    def write(self, path: Any, *_: Any) -> None:
        """Making, changing or deleting a file or a folder."""
        full = _absolute(path)
        if full is None or full in DEVICES or _called_by(*_IMPORT):
            return  # Python's import writes nothing but what it compiled
        folder, name = os.path.split(full)
        real = os.path.realpath(full)
        if self.event in _OF_NAMES:  # not what a link leads to
            real = str(Path(os.path.realpath(folder), name))
        kind = self.place.places.of(real)
        if kind is Kind.TEMPORARY:
            return
        if kind is Kind.BUILD and self.place.actor().alone:
            return
        # In a new home, Matplotlib makes the folders above its own too.
        made = self.event == "os.mkdir" and self.place.places.leads_to_caches(real)
        if kind is Kind.CACHES or made:
            self._packages_only("writes a file", full, _KEEP)
            return
        self._refuse(f"{_DEEDS.get(self.event, 'changes')} a file", full, _KEEP)

    def write_at(self, path: Any, *more: Any) -> None:
        """The same where the name may be one in an open folder, the last argument."""
        folder = more[-1] if more and isinstance(more[-1], int) else -1
        self.write(_in_folder(path, folder))

    def rename(self, source: Any, target: Any, here: int = -1, there: int = -1) -> None:
        """Giving a file another name."""
        self.write(_in_folder(source, here))
        self.write(_in_folder(target, there))

    def link(self, source: Any, target: Any, here: int = -1, there: int = -1) -> None:
        """Giving a file a second name; what is read by it is what it stands for."""
        self.read(_in_folder(source, here))
        self.write(_in_folder(target, there))

    def symlink(self, _source: Any, target: Any, there: int = -1) -> None:
        """Making a name for another name, which is looked at when it is used."""
        self.write(_in_folder(target, there))

    def database(self, name: Any, *_: Any) -> None:
        """Opening SQLite's database, which is a file, or memory."""
        text = os.fsdecode(name) if isinstance(name, (str, bytes, os.PathLike)) else ""
        file, _mark, options = text.removeprefix("file:").partition("?")
        if file in ("", ":memory:") or "mode=memory" in options:
            return
        if text.startswith("file:") and re.search(r"mode=ro\b", options):
            self.read(file)
        else:
            self.write(file)

    # --- everything else --------------------------------------------------------------------------

    def program(self, command: Any = "", arguments: Any = None, *_: Any) -> None:
        """Starting a program, or a second copy of this one."""
        actor = self.place.actor()
        if actor.alone and self._is_of(actor.near, Kind.SOLGEN, *_STARTERS):
            return
        if self._is_of(actor.near, Kind.PACKAGES, "font_manager"):
            return  # Matplotlib asks for the machine's fonts, once
        words = arguments if isinstance(arguments, (list, tuple)) else ()
        shown = " ".join(map(os.fsdecode, words)) or command or self.event
        self._refuse("starts a program", shown, _COMPUTE)

    def network(self, *arguments: Any) -> None:
        """Asking another machine."""
        named = [one for one in arguments if isinstance(one, (str, bytes, tuple))]
        self._refuse("uses the network", [*named, self.event][0], _COPY)

    def library(self, *arguments: Any) -> None:
        """Calling machine code by its address; packages do that, authors do not."""
        actor = self.place.actor()
        if actor.author is not None and self.place.places.is_author(actor.near):
            self._refuse("calls machine code", arguments[0] or self.event, _PACKAGE)

    def process(self, *arguments: Any) -> None:
        """Changing the process that all questions share."""
        if not self.place.actor().alone:
            what = ", ".join(map(str, arguments))
            self._refuse("changes the process it runs in", f"{self.event}({what})", _COMPUTE)

    # --- what is done with it ---------------------------------------------------------------------

    def _recorded(self, full: str, real: str) -> None:
        name = self.place.places.relative(full) or self.place.places.relative(real)
        if name is None or "__pycache__" in name:
            return
        if name == "." and _called_by(*_IMPORT, *_SEARCH):
            return  # a package is looked for in every folder, this one too
        self.place.record.add(name)

    def _packages_only(self, what: str, found: str, hint: str) -> None:
        actor = self.place.actor()
        if not actor.alone and self.place.places.is_author(actor.near):
            self._refuse(what, found, hint)

    def _is_of(self, file: str, kind: Kind, *names: str) -> bool:
        return Path(file).stem in names and self.place.places.of_code(file) is kind

    def _refuse(self, what: str, found: Any, hint: str) -> None:
        where = self.place.actor().author
        if where is not None:
            file = self.place.project.relative(str(where.file))
            number = re.fullmatch(r"q(\d+)\.(?:py|tex\.j2)", Path(file).name)
            where = Where(file, where.line, number and number[1])
        shown = os.fsdecode(found) if isinstance(found, bytes) else str(found)
        raise ConfinementError(f"the question {what}", where, hint, found=shown)


_COPY = "copy what is needed into questions/, and read it there"
_READ_EXAM = "read only what is in the exam: questions/, templates/"
_KEEP = "keep it in a variable: a question only computes"
_COMPUTE = "compute it in Python, in this process"
_PACKAGE = "use a package that does it"
_STARTERS = ("workers", "turns", "sandbox", "engine")  # solgen's modules that start processes
_IMPORT = ("<frozen importlib._bootstrap>", "<frozen importlib._bootstrap_external>")
_IN_FOLDERS = (shutil.__file__, os.__file__, "<frozen os>")
_SEARCH = (importlib.metadata.__file__, pkgutil.__file__)
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_MODES_OF_READING = frozenset("rbtU")
_DEEDS = {"open": "writes", "os.remove": "deletes", "os.rmdir": "deletes", "os.rename": "renames"}


def _absolute(path: Any) -> str | None:
    """The absolute path that an argument means; None for what is already open."""
    if path is None:
        return str(Path.cwd())
    if isinstance(path, int):
        return None
    return os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - without following links


def _in_folder(path: Any, folder: int) -> Any:
    """A path, seen from an open folder where it is relative to one."""
    if folder < 0 or isinstance(path, int) or os.path.isabs(os.fsdecode(path)):  # noqa: PTH117
        return path
    try:
        return Path(f"/proc/self/fd/{folder}").readlink() / os.fsdecode(path)
    except OSError:
        return None  # as if it were here, where nothing may be written


def _called_by(*files: str) -> bool:
    """Whether it is one of these files' code that does it, and not what that calls."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    return frame is not None and frame.f_code.co_filename in files


_OF_NAMES = ("os.remove", "os.rmdir", "os.rename", "os.link", "os.symlink", "os.mkdir")
_RULES: dict[str, Callable[..., None]] = {
    "open": _Act.open,
    "sqlite3.connect": _Act.database,
    "os.rename": _Act.rename,
    "os.link": _Act.link,
    "os.symlink": _Act.symlink,
    **dict.fromkeys(("os.listdir", "os.scandir", "os.fwalk"), _Act.read),
    **dict.fromkeys(("os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.chown"), _Act.write_at),
    **dict.fromkeys(("os.utime", "shutil.rmtree"), _Act.write_at),
    **dict.fromkeys(("os.truncate", "os.setxattr", "os.removexattr", "os.chflags"), _Act.write),
    **dict.fromkeys(("os.lchmod", "os.lchown", "os.lchflags"), _Act.write),
    **dict.fromkeys(("os.system", "os.exec", "os.posix_spawn", "os.spawn"), _Act.program),
    **dict.fromkeys(("os.fork", "os.forkpty", "pty.spawn", "subprocess.Popen"), _Act.program),
    **dict.fromkeys(("os.startfile", "os.startfile/2", "webbrowser.open"), _Act.program),
    **dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname"), _Act.network),
    **dict.fromkeys(("socket.gethostbyaddr", "socket.getnameinfo"), _Act.network),
    **dict.fromkeys(("urllib.Request", "http.client.connect", "ftplib.connect"), _Act.network),
    **dict.fromkeys(("smtplib.connect", "imaplib.open", "poplib.connect"), _Act.network),
    **dict.fromkeys(("socket.connect", "socket.bind"), _Act.network),
    **dict.fromkeys(("socket.sendto", "socket.sendmsg"), _Act.network),
    **dict.fromkeys(
        ("ctypes.dlopen", "ctypes.dlsym", "ctypes.cdata", "ctypes.call_function"), _Act.library
    ),
    **dict.fromkeys(("ctypes.string_at", "ctypes.wstring_at", "ctypes.addressof"), _Act.library),
    **dict.fromkeys(("os.kill", "os.killpg", "os.chdir", "signal.pthread_kill"), _Act.process),
    **dict.fromkeys(("resource.setrlimit", "resource.prlimit"), _Act.process),
}
