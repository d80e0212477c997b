"""What an artefact is made of, as one hash: contents, never times.

Standard library only: a build that finds everything unchanged imports nothing else.
"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from solgen.project import SETTINGS, Project

# What a value, a figure or a page may depend on, when it is installed.
_PACKAGES = (
    *("sympy", "mpmath", "numpy", "matplotlib", "jinja2", "markupsafe", "pylatex", "lark"),
    *("gmpy2", "python-flint", "scipy", "contourpy", "fonttools", "pillow", "ordered-set"),
)
_OWN = (".py", ".lark", ".toml", ".tex", ".j2", ".ttf")


def digest(*parts: object) -> str:
    """One SHA-256 for these parts in this order, in hexadecimal; bytes, or what `str` makes."""
    whole = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        whole.update(len(data).to_bytes(8, "big") + data)
    return whole.hexdigest()


def content(path: Path) -> str:
    """The SHA-256 of a file, of the names in a folder, or "absent"."""
    try:
        if path.is_dir():
            names = (p.name + "/" * p.is_dir() for p in path.iterdir())
            return "folder " + digest(*sorted(n for n in names if not n.startswith("__pycache__")))
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "absent"


def tools() -> str:
    """Everything that computes, draws or writes: solgen's own files, Python, the libraries."""
    package = Path(__file__).parent
    own = (path for path in sorted(package.rglob("*")) if path.suffix in _OWN)
    return digest(
        *(f"{path.relative_to(package).as_posix()} {content(path)}" for path in own),
        *(f"{name} {_version(name)}" for name in _PACKAGES),
        sys.implementation.name,
        platform.python_version(),
        platform.machine(),
        sys.byteorder,
        sys.flags.optimize,
    )


def shared(project: Project, sources: Mapping[str, str]) -> str:
    """What every question depends on: settings, works cited, words, the look, shared templates."""
    own = project.templates.relative_to(project.root) / "questions"
    names = {f"{(own / name).as_posix()}.tex.j2" for name in project.names()}
    of_questions = project.questions.relative_to(project.root).as_posix() + "/"
    common = (p for p in sources if not p.startswith(of_questions) and p not in names)
    return digest(SETTINGS, *(f"{path} {sources[path]}" for path in sorted(common)))


def unchanged(root: Path, found: Mapping[str, str], seen: dict[str, str] | None = None) -> bool:
    """Whether each of these files has the content that was found; `seen` saves reading twice."""
    seen = {} if seen is None else seen
    for name, then in found.items():
        if name not in seen:
            seen[name] = content(root / name)
        if seen[name] != then:
            return False
    return True


def listed(found: Mapping[str, str]) -> Iterable[str]:
    """These files with their contents, a line each, sorted: to make a digest of."""
    return (f"{name} {found[name]}" for name in sorted(found))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
