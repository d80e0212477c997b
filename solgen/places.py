"""What the places of the file system are to an exam: its own, the machine's, nobody's business."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path

from solgen.project import Project


class Kind(Enum):
    """Of whom a file is."""

    EXAM = auto()  # the author's: read, and the reading is recorded
    BUILD = auto()  # what solgen has made
    SOLGEN = auto()
    PYTHON = auto()  # the standard library
    PACKAGES = auto()  # what is installed beside it
    SYSTEM = auto()  # libraries, fonts, time zones, devices
    CACHES = auto()  # what packages keep for themselves
    TEMPORARY = auto()
    OUTSIDE = auto()


_SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/opt", "/nix", "/gnu", "/snap"),
    *("/proc", "/sys", "/dev", "/run/current-system"),
    *("/etc/fonts", "/etc/localtime", "/etc/timezone", "/etc/mime.types", "/etc/os-release"),
    *("/etc/matplotlibrc", "/etc/ssl", "/etc/pki", "/etc/alternatives", "/var/cache/fontconfig"),
    *("/System", "/Library", "/private/etc/localtime", "/private/var/db/timezone"),
)
DEVICES = ("/dev/null", "/dev/tty", "/dev/stdout", "/dev/stderr")  # may be written


class Places:
    """The places of one exam on this machine."""

    def __init__(self, project: Project) -> None:
        self.root = os.path.realpath(project.root)
        build = os.path.realpath(project.build)
        found: dict[str, Kind] = {}
        for kind, paths in (
            (Kind.SYSTEM, map(_real, _SYSTEM)),
            (Kind.SYSTEM, _fonts()),
            (Kind.CACHES, _caches()),
            (Kind.PACKAGES, _packages(self.root)),
            (Kind.PYTHON, _python()),  # which is on the path too
            (Kind.TEMPORARY, [_real(tempfile.gettempdir())]),  # and so is this, for a script in it
            (Kind.EXAM, [self.root]),
            (Kind.BUILD, [build]),
            (Kind.SOLGEN, [str(Path(__file__).parent)]),
        ):
            found |= dict.fromkeys(filter(None, paths), kind)
        self._roots = sorted(found.items(), key=lambda item: -len(item[0]))
        self._installed = tuple(
            path + os.sep
            for path, kind in found.items()
            if kind in (Kind.PYTHON, Kind.PACKAGES) and not self.root.startswith(path + os.sep)
        )
        self._texts = tuple(
            path + os.sep
            for folder in (project.questions, project.templates)
            for path in (str(folder), os.path.realpath(folder))
        )
        self._caches = tuple(path for path, kind in found.items() if kind is Kind.CACHES)
        self._kinds: dict[str, Kind] = {}

    def is_installed(self, path: str) -> bool:
        """Whether an absolute path is one of Python's; quick, because imports ask all the time."""
        return path.startswith(self._installed)

    def leads_to_caches(self, path: str) -> bool:
        """Whether a folder must be there for one that packages keep something in."""
        return any(cache.startswith(path + os.sep) for cache in self._caches)

    def is_author(self, file: str) -> bool:
        """Whether a piece of code was written by the author."""
        return file.startswith(self._texts)

    def of_code(self, file: str) -> Kind:
        """Of whom a piece of code is, by the name of its file."""
        if file not in self._kinds:
            self._kinds[file] = Kind.PYTHON if file.startswith("<") else self.of(_real(file))
        return self._kinds[file]

    def of(self, path: str) -> Kind:
        """Of whom the file at an absolute path without links is."""
        for root, kind in self._roots:
            if path == root or path.startswith(root + os.sep):
                return kind
        return Kind.OUTSIDE

    def relative(self, path: str) -> str | None:
        """The name in the exam of an absolute path; None outside."""
        if path == self.root:
            return "."
        if not path.startswith(self.root + os.sep):
            return None
        return Path(path).relative_to(self.root).as_posix()


def _real(path: str) -> str:
    return os.path.realpath(path)


def _python() -> Iterator[str]:
    for name in ("stdlib", "platstdlib"):
        yield _real(sysconfig.get_path(name))
    yield from map(_real, {sys.prefix, sys.base_prefix, sys.exec_prefix} - {"/", "/usr"})


def _packages(root: str) -> Iterator[str]:
    paths = [*site.getsitepackages(), site.getusersitepackages()]
    paths += [sysconfig.get_path(name) for name in ("purelib", "platlib")]
    yield from map(_real, paths)
    # Where solgen was started in the exam, that folder is on the path: it stays the exam's.
    yield from (p for p in map(_real, filter(None, sys.path)) if not p.startswith(root + os.sep))


def _home(*names: str) -> str:
    try:
        return _real(str(Path.home().joinpath(*names)))
    except RuntimeError:  # there is none
        return ""


def _fonts() -> Iterator[str]:
    places = ((".fonts",), (".local", "share", "fonts"), ("Library", "Fonts"), (".fonts.conf",))
    yield from (_home(*names) for names in (*places, (".config", "fontconfig")))
    if windows := os.environ.get("SYSTEMROOT"):
        yield _real(windows)


def _caches() -> Iterator[str]:
    """Where Matplotlib and others keep lists of fonts and compiled code."""
    given = [os.environ.get(name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME")]
    folders = [_home(".cache"), _home(".config"), _home("Library", "Caches"), *given]
    for folder in filter(None, folders):
        yield from (
            _real(str(Path(folder, name))) for name in ("matplotlib", "fontconfig", "numba")
        )
    yield _home(".matplotlib")
    if own := os.environ.get("MPLCONFIGDIR"):
        yield _real(own)
