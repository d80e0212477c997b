"""A warm process that builds: it has imported everything, and forks a builder for each save.

It is multiprocessing's fork server. Nothing of the exam is loaded in it, so that nothing in it can
be stale; it is started anew when solgen itself has changed.
"""

from __future__ import annotations

import multiprocessing
import pickle
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from solgen import keys
from solgen.errors import Busy, SolgenError, Where
from solgen.project import find_project
from solgen.synctex import Synctex

FOLDER = ".live"  # in the build folder: what leads from pages to lines, and the edited part
PATIENCE = 5.0  # seconds that a builder has to stop its engine and clean up
PRELOADED = [
    *("solgen.press", "solgen.compose", "solgen.preview", "solgen.draw"),
    *("solgen.gather", "solgen.keeper", "solgen.voice", "solgen.viewers"),
]


@dataclass(frozen=True)
class File:
    """A PDF to be shown: its stem, and what leads from its pages to the author's lines."""

    name: str
    pdf: Path
    synctex: Path | None = None
    places: Path | None = None

    def search(self) -> Synctex | None:
        """The way from its pages to lines; None where there is none."""
        if self.synctex is None or self.places is None or not self.synctex.stat().st_size:
            return None
        places = pickle.loads(self.places.read_bytes())  # noqa: S301 - written by this run

        def locate(file: str, line: int) -> Where | None:
            found = places.get(Path(file).stem, ())
            return found[min(max(line, 1), len(found)) - 1] if found else None

        return Synctex(self.synctex, locate)


@dataclass(frozen=True)
class Event:
    """What a builder says: "tell" a stage, "part", "done" ("new" or "same"), or "failed"."""

    kind: str
    text: str
    files: tuple[File, ...] = ()


class Builder:
    """Builds when told to; a build that is not finished then is ended first."""

    def __init__(
        self,
        root: Path,
        names: tuple[str, ...],
        languages: tuple[str, ...],
        hear: Callable[[Event], None],
    ) -> None:
        self.job = root, names, languages
        self.hear = hear
        self.tools = keys.tools()
        self.context = _context()
        self.running: tuple[Any, threading.Thread] | None = None

    def start(self) -> None:
        """Begin a build with the sources as they are now."""
        self.stop()
        if keys.tools() != self.tools:
            self.tools, self.context = keys.tools(), _context(anew=True)
        ours, theirs = self.context.Pipe(duplex=False)
        process = self.context.Process(target=_build, args=(*self.job, theirs))
        process.start()
        theirs.close()
        thread = threading.Thread(target=self._listen, args=(ours, process), daemon=True)
        self.running = process, thread
        thread.start()

    def stop(self) -> None:
        """End the build that is running, if one is."""
        if self.running is None:
            return
        process, thread = self.running
        self.running = None
        if process.is_alive():
            process.terminate()
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join()
        thread.join()

    def _listen(self, events: Connection, process: Any) -> None:
        ended = False
        with suppress(EOFError, OSError):
            while True:
                event: Event = events.recv()
                if self.running is None or self.running[0] is not process:
                    continue  # it is being ended: what it says is out of date
                ended = ended or event.kind in ("done", "failed")
                self.hear(event)
        events.close()
        process.join()
        if not ended and self.running is not None and self.running[0] is process:
            self.hear(Event("failed", f"the build died (code {process.exitcode}); save again"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _context(*, anew: bool = False) -> Any:
    """Where builders come from: a fork server that has imported everything, where there is one."""
    if sys.platform == "win32":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    if anew:
        from multiprocessing import forkserver

        forkserver._forkserver._stop()  # type: ignore[attr-defined]  # noqa: SLF001 - no public way
    context.set_forkserver_preload(PRELOADED)
    return context


# --- in the builder -----------------------------------------------------------------------------


def _build(
    root: Path, names: tuple[str, ...], languages: tuple[str, ...], events: Connection
) -> None:
    from solgen import workers
    from solgen.build import build

    workers.end_with_parent()
    try:
        project = find_project(root)
        audience = _Audience(project.build, events)
        built = build(
            project,
            project.select(names),
            languages,
            lambda line: events.send(Event("tell", line)),
            whole=not names,
            audience=audience,
        )
        events.send(Event("done", "new" if built.new else "same", audience.files(built.files)))
        audience.rewrite(root)
    except SolgenError as error:
        busy = "\n  solgen watch builds again at the next save" if isinstance(error, Busy) else ""
        events.send(Event("failed", f"{error}{busy}"))
    except KeyboardInterrupt:
        pass
    finally:
        events.close()


class _Audience:
    """Passes on what is seen of a build; keeps what leads from pages to lines."""

    def __init__(self, build: Path, events: Connection) -> None:
        self.build = build
        self.folder = build / FOLDER
        self.events = events
        self.new: list[str] = []

    def part(self, found: Any) -> None:
        """The edited part is there."""
        self.folder.mkdir(exist_ok=True)
        made = {
            "pdf": found.pdf,
            "synctex.gz": found.synctex,
            "places": pickle.dumps(found.places, protocol=5),
        }
        for suffix, data in made.items():
            new = self.folder / "part.new"
            new.write_bytes(data)
            new.replace(self.folder / f"part.{suffix}")  # the page may still read the last one
        file = File(found.edition, *(self.folder / f"part.{suffix}" for suffix in made))
        self.events.send(Event("part", f"{found.question}.{found.part}", (file,)))

    def editions(self, work: Mapping[str, Path]) -> list[Path]:
        """The booklet is published: take what leads to the author's lines; where it is."""
        self.folder.mkdir(exist_ok=True)
        taken = []
        for name, folder in work.items():
            stem = Path(name).stem
            for source, suffix in (("main.synctex.gz", "synctex.gz"), ("main.places", "places")):
                if (folder / source).is_file():
                    taken.append(self.folder / f"{stem}.{suffix}")
                    shutil.copyfile(folder / source, taken[-1])
            self.new.append(stem)
        return taken

    def files(self, names: tuple[str, ...]) -> tuple[File, ...]:
        """The PDFs of a build, the one in all languages first."""
        stems = sorted((Path(n).stem for n in names if n.endswith(".pdf")), key=len)
        return tuple(self._file(stem) for stem in stems)

    def _file(self, stem: str) -> File:
        synctex, places = (self.folder / f"{stem}.{end}" for end in ("synctex.gz", "places"))
        pdf = self.build / f"{stem}.pdf"
        both = synctex.is_file() and places.is_file()
        return File(stem, pdf, synctex, places) if both else File(stem, pdf)

    def rewrite(self, root: Path) -> None:
        """Write the SyncTeX files that other viewers read, beside the PDFs."""
        from solgen.viewers import rewrite

        for stem in self.new:
            file = self._file(stem)
            search = file.search()
            if search is not None and file.synctex is not None:
                made = self.folder / f"{stem}.new"
                rewrite(file.synctex, search.locate, made, root, self.build)
                made.replace(self.build / f"{stem}.synctex.gz")
