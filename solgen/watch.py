"""`solgen watch`: build again on every save, until interrupted."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import watchfiles

from solgen.project import SETTINGS, Project

SUFFIXES = (".py", ".j2", ".tex", ".toml", ".csv", ".json")


def watch(project: Project, arguments: Sequence[str], say: Callable[[str], None]) -> None:
    """Build now and after every save of a source, with the arguments of `solgen pdf`.

    A failed build tells its message and leaves the last good PDF; the next save builds again.
    Returns never; Ctrl-C raises KeyboardInterrupt.
    """
    _build(project, arguments)
    say("waiting for the next save (Ctrl-C ends)")
    changes = watchfiles.watch(
        project.root,
        *_folders(project),
        watch_filter=_Sources(project),
        recursive=False,  # an environment in the exam's folder has thousands of folders
        raise_interrupt=True,
        step=100,
    )
    for changed in changes:
        names = sorted({project.relative(path) for _, path in changed})
        say(f"{time.strftime('%H:%M:%S')}  saved: {', '.join(names)}")
        _build(project, arguments)
        say("waiting for the next save (Ctrl-C ends)")


def _folders(project: Project) -> list[Path]:
    """The folders of the sources, one by one."""
    roots = [folder for folder in (project.questions, project.templates) if folder.is_dir()]
    below = [path for root in roots for path in sorted(root.rglob("*")) if path.is_dir()]
    return [*roots, *(path for path in below if path.name != "__pycache__")]


def _build(project: Project, arguments: Sequence[str]) -> None:
    """Build in a process of its own: a module may have changed in any way."""
    command = [sys.executable, "-m", "solgen", "pdf", *arguments]
    subprocess.run(command, cwd=project.root, check=False)


class _Sources(watchfiles.DefaultFilter):
    """What a booklet is made of, and nothing that a build or an editor writes beside it."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.project = project

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        file = Path(path)
        inside = any(
            file.is_relative_to(f) for f in (self.project.questions, self.project.templates)
        )
        settings = file.parent == self.project.root and file.name in (SETTINGS, "references.toml")
        return super().__call__(change, path) and (settings or (inside and file.suffix in SUFFIXES))
