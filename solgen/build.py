"""The straight line: load, verify, draw, render, compile, publish."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from solgen import publish
from solgen.engine import Engine, require
from solgen.errors import LatexError, SolgenError, VerificationError
from solgen.load import Loaded, load
from solgen.locales import Locale
from solgen.project import Project
from solgen.verify import (
    AnswerReport,
    ExperimentReport,
    Report,
    experiments,
    tasks,
    verify_answer,
    verify_experiment,
    verify_part,
)

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
    reports: list[AnswerReport] = []
    failures: list[SolgenError] = []
    for loaded in questions:
        for part in loaded.question.parts:
            try:
                verify_part(project, loaded, part)
            except VerificationError as error:
                failures.append(error)
    for loaded, part, answer in tasks(questions):
        tell(f"verify {loaded.number} ({part.id}) {loaded.name_of(answer)}")
        try:
            reports.append(verify_answer(project, loaded, part, answer))
        except SolgenError as error:
            failures.append(error)
    done: list[ExperimentReport] = []
    for loaded, part, experiment in experiments(questions):
        tell(f"measure {loaded.number} ({part.id}) {loaded.name_of(experiment)}")
        try:
            done.append(verify_experiment(project, loaded, part, experiment))
        except SolgenError as error:
            failures.append(error)
    if failures:
        raise Refused(failures)
    return Report(tuple(reports), tuple(done))


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
    from solgen.answers import answers_json
    from solgen.booklet import make_edition
    from solgen.compile import compile_folder
    from solgen.draw import draw
    from solgen.locales import load_locales

    locales = load_locales(project)
    editions: list[tuple[Locale, ...]] = [
        (c,) for c in locales if not languages or c.code in languages
    ]
    if not languages and len(locales) > 1:
        editions.append(locales)
    finished: dict[Path, Path] = {}
    pages: dict[str, int] = {}
    for edition_locales in editions:
        code = "-".join(c.code for c in edition_locales)
        work = folder / code
        work.mkdir()
        for loaded in questions:
            for figure in loaded.question.figures:
                tell(f"draw {code} {figure.id}")
                draw(project, loaded, figure, edition_locales, work)
        tell(f"render {code}")
        edition, document = make_edition(
            project, questions, report, edition_locales, engine.version
        )
        edition.write(work, document)
        tell(f"compile {code}")
        try:
            compiled = compile_folder(work, engine, locate=edition.locate)
        except LatexError:
            _keep(work, project.build / "failed")
            raise
        suffix = "" if len(edition_locales) > 1 or len(locales) == 1 else f".{code}"
        target = project.build / f"{stem}{suffix}.pdf"
        finished[compiled.pdf] = target
        pages[target.name] = compiled.pages
        _keep(work, project.build / "tex" / f"{stem}{suffix}")
    data = folder / "answers.json"
    data.write_text(answers_json(project, questions, report, locales), encoding="utf-8")
    name = "answers.json" if stem == "booklet" else f"{stem}.answers.json"
    finished[data] = project.build / name
    tell("publish")
    publish.publish(finished)
    return Built(tuple(finished.values()), pages, report)


def _keep(work: Path, place: Path) -> None:
    """Leave the LaTeX where a curious author finds it."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for pattern in ("*.tex", "*.log", "q*.pdf"):
        for file in work.glob(pattern):
            shutil.copy2(file, place / file.name)
