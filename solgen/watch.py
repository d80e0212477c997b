"""`solgen watch`: build again on every save, and show it, until interrupted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import watchfiles

from solgen.errors import Where
from solgen.live import Live, changed_line
from solgen.project import SETTINGS, Project
from solgen.warm import Builder, Event

SUFFIXES = (".py", ".j2", ".tex", ".toml", ".csv", ".json")
WAITING = "waiting for the next save (Ctrl-C ends)"
PAUSE = 20  # milliseconds after which saves that come together are one


def watch(
    project: Project,
    names: Sequence[str],
    languages: Sequence[str],
    live: Live,
    say: Callable[[str], None],
) -> None:
    """Build these questions (none: all) now and after every save of a source, and show it live.

    A failed build tells its message and leaves the last good PDF; a save during a build starts
    another one instead. Returns never; Ctrl-C raises KeyboardInterrupt.
    """
    sources = _Sources(project)
    shown = _Shown(project, live, say)
    with Builder(project.root, tuple(names), tuple(languages), shown.hear) as builder:
        shown.start([], None)
        builder.start()
        changes = watchfiles.watch(
            project.root,
            *_folders(project),
            watch_filter=sources,
            recursive=False,  # an environment in the exam's folder has thousands of folders
            raise_interrupt=True,
            step=PAUSE,
            debounce=10 * PAUSE,
        )
        for changed in changes:
            files = sorted({Path(path) for _, path in changed})
            shown.start(files, sources.edited(files))
            builder.start()


def _folders(project: Project) -> list[Path]:
    """The folders of the sources, one by one."""
    roots = [folder for folder in (project.questions, project.templates) if folder.is_dir()]
    below = [path for root in roots for path in sorted(root.rglob("*")) if path.is_dir()]
    return [*roots, *(path for path in below if path.name != "__pycache__")]


class _Shown:
    """Tells what a build does, on the terminal and on the page."""

    def __init__(self, project: Project, live: Live, say: Callable[[str], None]) -> None:
        self.project = project
        self.live = live
        self.say = say
        self.lock = threading.Lock()
        self.began = time.monotonic()
        self.edited: Where | None = None

    def start(self, files: Sequence[Path], edited: Where | None) -> None:
        """A build begins, because these files were saved."""
        with self.lock:
            self.began, self.edited = time.monotonic(), edited
            if files:
                names = ", ".join(self.project.relative(file) for file in files)
                self.say(f"{time.strftime('%H:%M:%S')}  saved: {names}")
            self.live.building("building")

    def hear(self, event: Event) -> None:
        """Something happened in the build that was started last."""
        with self.lock:
            seconds = f"{time.monotonic() - self.began:.2f} s"
            if event.kind == "tell":
                self.live.building(event.text)
            elif event.kind == "part":
                self._part(event, seconds)
            elif event.kind == "done":
                self._done(event, seconds)
            else:
                self.say(f"{event.text}\nsolgen: failed, nothing was published ({seconds})")
                self.live.failed(event.text)
                self.say(WAITING)

    def _part(self, event: Event, seconds: str) -> None:
        question, _, part = event.text.partition(".")
        where = self.edited or Where()
        same = where.question == question[1:] and where.part == part
        where = where if same else Where(None, None, question[1:], part)
        (file,) = event.files
        self.live.part(file.pdf, where, file.name, file.search())
        self.say(f"  part {event.text} shown after {seconds}")

    def _done(self, event: Event, seconds: str) -> None:
        for file in event.files:
            self.live.show(file.pdf, file.search(), self.edited)
        self.live.done(f"{time.strftime('%H:%M:%S')}, {seconds}")
        said = "booklet published" if event.text == "new" else "nothing had changed,"
        self.say(f"  {said} after {seconds}")
        self.say(WAITING)


class _Sources(watchfiles.DefaultFilter):
    """What a booklet is made of, and nothing that a build or an editor writes beside it."""

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.project = project
        self.texts = {path: _text(path) for path in self._all()}

    def _all(self) -> list[Path]:
        roots = (self.project.questions, self.project.templates)
        return [path for root in roots for path in root.rglob("*") if path.suffix in SUFFIXES]

    def __call__(self, change: watchfiles.Change, path: str) -> bool:
        file = Path(path)
        inside = any(
            file.is_relative_to(f) for f in (self.project.questions, self.project.templates)
        )
        settings = file.parent == self.project.root and file.name in (SETTINGS, "references.toml")
        return super().__call__(change, path) and (settings or (inside and file.suffix in SUFFIXES))

    def edited(self, files: Sequence[Path]) -> Where | None:
        """The first line that was changed, with the question and the part that it belongs to."""
        found = None
        for file in files:
            before, now = self.texts.get(file, ""), _text(file)
            self.texts[file] = now
            line = changed_line(before, now)
            if found is None and line is not None:
                found = self._where(file, now, line)
        return found

    def _where(self, file: Path, text: str, line: int) -> Where:
        from solgen.grammar import part_at  # brings Jinja, which waits for the first save

        question = file.name.partition(".")[0]
        number = question[1:] if question in self.project.names() else None
        part = part_at(text, line) if file.name.endswith(".tex.j2") else None
        return Where(self.project.relative(file), line, number, part)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
