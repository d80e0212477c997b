"""The straight line: compose every chapter, typeset the editions, publish them together."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from solgen import certificate, keys, overrides, publish, workers
from solgen.cache import Cache, Kept
from solgen.engine import require
from solgen.errors import Refused
from solgen.exam import FAILED, Exam, Order, scores
from solgen.locales import editions_of, load_locales
from solgen.project import Project
from solgen.reads import Reads

if TYPE_CHECKING:  # a build without changes imports none of these
    from solgen.facts import Verified
    from solgen.load import Loaded
    from solgen.preview import Preview
    from solgen.verify import Report

Tell = Callable[[str], None]
CACHE = ".cache"


@dataclass(frozen=True)
class Built:
    """What is published: files, pages by name, what was verified, seals of how many pairs.

    `new` says that it was published by this build; otherwise nothing had changed.
    """

    files: tuple[str, ...]
    pages: dict[str, int]
    verified: tuple[Verified, ...]
    seals: tuple[int, int]
    new: bool


class Audience(Protocol):
    """Who looks on while the booklet is built."""

    def part(self, found: Preview) -> None:
        """See the edited part, typeset alone."""

    def editions(self, work: Mapping[str, Path]) -> list[Path]:
        """Take what leads from pages to lines, from where each PDF was made; where it is now."""


def verify(project: Project, questions: list[Loaded], tell: Tell) -> Report:
    """Verify every answer; raise Refused with all failures after the last one."""
    from solgen.verify import findings, reported

    jobs = [partial(findings, project, loaded) for loaded in questions]
    found = workers.each(jobs, tell)
    if failures := [failure for one in found for failure in one.failures]:
        raise Refused(failures)
    return reported(questions, found)


def check(project: Project, names: list[str], tell: Tell) -> Report:
    """Load and verify; nothing is drawn, typeset or taken from the cache."""
    from solgen.load import load

    return verify(project, load(project, names), tell)


def build(
    project: Project,
    names: list[str],
    languages: tuple[str, ...],
    tell: Tell,
    *,
    whole: bool,
    audience: Audience | None = None,
) -> Built:
    """Build the PDFs, answers.json and their certificate, and publish them together.

    `languages` restricts the editions (empty: each language, and the bilingual one). `whole` says
    that all questions are built, and so that the files are called `booklet`. An `audience` sees the
    edited part before the booklet is compiled. Where nothing has changed since the last build, its
    files are left alone. Raises SolgenError; then nothing was published.
    """
    engine = require()
    stem = "booklet" if whole else "+".join(names)
    load_locales(project)  # a language without words is told before anything else
    overrides.inspect(project)
    with publish.locked(project.build):
        made_from = certificate.sources(project)
        exam = examine(project, languages, made_from)
        order = Order(exam, tuple(names), engine, languages, stem, made_from, audience is not None)
        chapters = _composed(exam, names, tell)
        kept = exam.cache.recall("published", order.key(chapters))
        if kept is not None:
            built: Built = kept.value()
            return built
        with publish.staging(project.build) as folder, _uncollected():
            from solgen.press import press  # these bring PyLaTeX and Jinja
            from solgen.preview import preview, remember

            values = [one.value() for one in chapters]
            if audience and (found := preview(order, values, folder)):
                audience.part(found)
            remember(order, values)
            pressed = press(order, values, folder, tell)
            tell("publish")
            publish.publish(project.build, pressed.files, pressed.folders)
            _forget(project.build, pressed.files)
            beside = audience.editions(pressed.work) if audience else []
        told = tuple(pressed.files), pressed.pages, pressed.verified, pressed.seals
        reads = Reads(project.root)
        reads.update(pressed.inputs)
        at = project.build.relative_to(project.root).as_posix()
        reads.update({f"{at}/{name}": made for name, made in pressed.latex.items()})
        for path in (*(project.build / name for name in pressed.files), *beside):
            reads.add(path.relative_to(project.root).as_posix())
        # What went in was looked at when the pages were made, and what came out was just written:
        # a file that has changed since tells of itself in the next build.
        exam.cache.record("published", order.key(chapters), reads.found, Built(*told, new=False))
        exam.cache.shrink()
        return Built(*told, new=True)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's collector of cycles, which would walk all chapters again and again.

    They live until the end, and what typesetting makes has no cycles worth the walk.
    """
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


def _forget(build: Path, published: Iterable[str]) -> None:
    """Remove what speaks of older files: the LaTeX of a failure, the SyncTeX of other PDFs."""
    shutil.rmtree(build / FAILED, ignore_errors=True)
    for name in published:
        (build / name).with_suffix(".synctex.gz").unlink(missing_ok=True)


def examine(project: Project, languages: tuple[str, ...], made_from: dict[str, str]) -> Exam:
    """What all questions of a build share; `made_from` are its sources as they are now."""
    locales = load_locales(project)
    chosen = tuple(c for c in locales if not languages or c.code in languages)
    editions = [(c,) for c in chosen] if languages else editions_of(locales)
    return Exam(
        project,
        locales,
        tuple(editions),
        Cache(project.build / CACHE, project.root),
        keys.digest(keys.tools(), keys.shared(project, made_from)),
        scores(project, made_from),
    )


def _composed(exam: Exam, names: list[str], tell: Tell) -> list[Kept]:
    """Every chapter. Raises Refused with all failures of all questions."""
    found: dict[str, Kept] = {}
    for name in names:
        if kept := exam.recalled(name):
            found[name] = kept
    missing = [name for name in names if name not in found]
    if missing:
        found |= _made(exam, missing, tell)
    return [found[name] for name in names]


def _made(exam: Exam, names: list[str], tell: Tell) -> dict[str, Kept]:
    from solgen.compose import compose, preimport

    if len(names) > 1:
        preimport(exam, names)  # before the workers fork, so that none of them has to
    # The longest module first: it must not be the last that is waited for.
    names = sorted(names, key=lambda n: -(exam.project.questions / f"{n}.py").stat().st_size)
    outcomes = workers.each([partial(compose, exam, name) for name in names], tell)
    found, failures = {}, {}
    for name, outcome in zip(names, outcomes, strict=True):
        if isinstance(outcome, Kept):
            found[name] = outcome
        else:
            failures[name] = outcome
    if failures:
        in_order = sorted(failures, key=lambda name: int(name[1:]))
        raise Refused([failure for name in in_order for failure in failures[name]])
    return found
