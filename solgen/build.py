"""The straight line: load, verify, draw, render, compile, publish."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from solgen import publish, workers
from solgen.engine import Engine, require
from solgen.errors import LatexError, SolgenError
from solgen.load import Loaded, load
from solgen.locales import Locale
from solgen.model import Figure
from solgen.project import Project
from solgen.verify import Report, findings, reported

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Built:
    """What a build published."""

    files: tuple[Path, ...]
    pages: dict[str, int]
    report: Report


class Refused(SolgenError):
    """Several failures of one stage, each with its own message."""

    def __init__(self, failures: list[SolgenError]) -> None:
        super().__init__("\n\n".join(map(str, failures)), code=failures[0].code)
        self.failures = failures


def verify(project: Project, questions: list[Loaded], tell: Tell) -> Report:
    """Verify every answer; raise Refused with all failures after the last one."""
    jobs = [partial(findings, project, loaded) for loaded in questions]
    found = workers.each(jobs, tell)
    if failures := [failure for one in found for failure in one.failures]:
        raise Refused(failures)
    return reported(questions, found)


def check(project: Project, names: list[str], tell: Tell) -> Report:
    """Load and verify; nothing is drawn or typeset."""
    return verify(project, load(project, names), tell)


def build(
    project: Project, names: list[str], languages: tuple[str, ...], tell: Tell, *, whole: bool
) -> Built:
    """Build the PDFs and answers.json, and publish them together.

    `languages` restricts the editions (empty: each language, and the bilingual one). `whole` says
    that all questions are built, and so that the files are called `booklet`. Raises SolgenError;
    then nothing was published.
    """
    engine = require()
    stem = "booklet" if whole else "+".join(names)
    from solgen.locales import load_locales

    load_locales(project)  # a language without words is told before its missing texts
    with publish.locked(project.build):
        questions = load(project, names)
        report = verify(project, questions, tell)
        with publish.staging(project.build) as folder:
            return _typeset(project, questions, report, engine, languages, stem, folder, tell)


def _typeset(
    project: Project,
    questions: list[Loaded],
    report: Report,
    engine: Engine,
    languages: tuple[str, ...],
    stem: str,
    folder: Path,
    tell: Tell,
) -> Built:
    """Draw, render, compile every edition in `folder`; publish when all are good."""
    # Imported before the workers fork, so that none of them has to.
    from solgen import booklet, draw  # noqa: F401
    from solgen.answers import answers_json
    from solgen.locales import load_locales

    locales = load_locales(project)
    editions: list[tuple[Locale, ...]] = [
        (c,) for c in locales if not languages or c.code in languages
    ]
    if not languages and len(locales) > 1:
        editions.append(locales)
    for edition in editions:
        _work(folder, edition).mkdir()
    workers.each(
        [
            partial(_draw, project, loaded, figure, editions, folder)
            for loaded in questions
            for figure in loaded.question.figures
        ],
        tell,
    )
    editions.reverse()  # the bilingual one takes longest
    compiled = workers.each(
        [
            partial(_compile, project, questions, report, engine, edition, folder)
            for edition in editions
        ],
        tell,
    )
    finished: dict[Path, Path] = {}
    pages: dict[str, int] = {}
    for edition, count in reversed(list(zip(editions, compiled, strict=True))):
        suffix = "" if len(edition) > 1 or len(locales) == 1 else f".{_code(edition)}"
        target = project.build / f"{stem}{suffix}.pdf"
        finished[_work(folder, edition) / "main.pdf"] = target
        pages[target.name] = count
        _keep(_work(folder, edition), project.build / "tex" / f"{stem}{suffix}")
    data = folder / "answers.json"
    data.write_text(answers_json(project, questions, report, locales), encoding="utf-8")
    name = "answers.json" if stem == "booklet" else f"{stem}.answers.json"
    finished[data] = project.build / name
    tell("publish")
    publish.publish(finished)
    return Built(tuple(finished.values()), pages, report)


def _draw(
    project: Project,
    loaded: Loaded,
    figure: Figure,
    editions: list[tuple[Locale, ...]],
    folder: Path,
    tell: Tell,
) -> None:
    """Draw one figure for every edition: what it computes once serves them all."""
    from solgen.draw import draw

    for edition in editions:
        tell(f"draw {_code(edition)} {figure.id}")
        draw(project, loaded, figure, edition, _work(folder, edition))


def _compile(
    project: Project,
    questions: list[Loaded],
    report: Report,
    engine: Engine,
    locales: tuple[Locale, ...],
    folder: Path,
    tell: Tell,
) -> int:
    """Render and compile one edition in its folder; return its number of pages."""
    from solgen.booklet import make_edition
    from solgen.compile import compile_folder

    work = _work(folder, locales)
    tell(f"render {_code(locales)}")
    edition, document = make_edition(project, questions, report, locales, engine.version)
    edition.write(work, document)
    tell(f"compile {_code(locales)}")
    try:
        return compile_folder(work, engine, locate=edition.locate).pages
    except LatexError:
        _keep(work, project.build / "failed")
        raise


def _code(edition: tuple[Locale, ...]) -> str:
    return "-".join(c.code for c in edition)


def _work(folder: Path, edition: tuple[Locale, ...]) -> Path:
    """Where an edition is made."""
    return folder / _code(edition)


def _keep(work: Path, place: Path) -> None:
    """Leave the LaTeX where a curious author finds it."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for pattern in ("*.tex", "*.log", "q*.pdf"):
        for file in work.glob(pattern):
            shutil.copy2(file, place / file.name)
