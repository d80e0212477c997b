"""The straight line: load, verify, draw, render, compile, publish."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solgen import certificate, overrides, publish, workers
from solgen.certificate import Typeset
from solgen.engine import Engine, require
from solgen.errors import LatexError, SolgenError, VerificationError
from solgen.ledger import Ledger
from solgen.load import Loaded, load
from solgen.locales import Locale
from solgen.model import Figure
from solgen.project import Project
from solgen.verify import Report, findings, reported

if TYPE_CHECKING:
    from solgen.edition import Edition  # brings PyLaTeX, which `solgen check` does without

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
    """Build the PDFs, answers.json and their certificate, and publish them together.

    `languages` restricts the editions (empty: each language, and the bilingual one). `whole` says
    that all questions are built, and so that the files are called `booklet`. Raises SolgenError;
    then nothing was published.
    """
    engine = require()
    stem = "booklet" if whole else "+".join(names)
    from solgen.locales import load_locales

    load_locales(project)  # a language without words is told before its missing texts
    overrides.inspect(project)
    with publish.locked(project.build):
        made_from = certificate.sources(project)
        questions = load(project, names)
        report = verify(project, questions, tell)
        with publish.staging(project.build) as folder:
            job = _Job(project, questions, report, engine, languages, stem, made_from, folder)
            return _typeset(job, tell)


@dataclass(frozen=True)
class _Job:
    """What is typeset, and where: `folder` is staging, `made_from` the sources as they were."""

    project: Project
    questions: list[Loaded]
    report: Report
    engine: Engine
    languages: tuple[str, ...]
    stem: str
    made_from: dict[str, str]
    folder: Path

    def work(self, edition: tuple[Locale, ...]) -> Path:
        """Where an edition is made."""
        return self.folder / _code(edition)


def _typeset(job: _Job, tell: Tell) -> Built:
    """Draw, render, compile every edition; publish when all are good."""
    # Imported before the workers fork, so that none of them has to.
    from solgen import booklet, draw  # noqa: F401
    from solgen.answers import answers_json
    from solgen.locales import load_locales

    project, stem = job.project, job.stem
    locales = load_locales(project)
    chosen = [c for c in locales if not job.languages or c.code in job.languages]
    editions: list[tuple[Locale, ...]] = [(c,) for c in chosen]
    if not job.languages and len(locales) > 1:
        editions.append(locales)
    for edition in editions:
        job.work(edition).mkdir()
    workers.each(
        [
            partial(_draw, job, loaded, figure, editions)
            for loaded in job.questions
            for figure in loaded.question.figures
        ],
        tell,
    )
    rendered, assembled, ledger = _entered(job, editions, tell)
    editions.reverse()  # the bilingual one takes longest
    compiled = workers.each(
        [
            partial(_compile, job, ledger, rendered[code], assembled[code], edition)
            for edition, code in ((edition, _code(edition)) for edition in editions)
        ],
        tell,
    )
    finished: dict[Path, Path] = {}
    typeset: dict[str, Typeset] = {}
    for edition, count in reversed(list(zip(editions, compiled, strict=True))):
        suffix = "" if len(edition) > 1 or len(locales) == 1 else f".{_code(edition)}"
        target, work = project.build / f"{stem}{suffix}.pdf", job.work(edition)
        finished[work / "main.pdf"] = target
        typeset[target.name] = Typeset(work / "main.pdf", count, work)
    data = job.folder / "answers.json"
    data.write_text(answers_json(project, job.questions, job.report, locales), encoding="utf-8")
    name = "answers.json" if stem == "booklet" else f"{stem}.answers.json"
    finished[data] = project.build / name
    paper = job.folder / certificate.NAME
    paper.write_text(_certified(job, ledger, typeset, chosen), encoding="utf-8")
    codes = tuple(c.code for c in chosen) if job.languages else ()
    finished[paper] = project.build / certificate.file_name(stem, codes)
    tell("publish")
    publish.publish(finished)
    for name, one in typeset.items():
        _keep(one.folder, project.build / "tex" / Path(name).stem)
    pages = {name: one.pages for name, one in typeset.items()}
    return Built(tuple(finished.values()), pages, job.report)


def _entered(
    job: _Job, editions: list[tuple[Locale, ...]], tell: Tell
) -> tuple[dict[str, Any], dict[str, Edition], Ledger]:
    """Every edition rendered, assembled and read back; raise Refused with all failures."""
    from solgen.booklet import make_edition, render_all
    from solgen.readback import keep

    rendered, assembled = {}, {}
    for locales in editions:
        tell(f"render {_code(locales)}")
        found = render_all(job.project, job.questions, job.report, locales)
        version, nothing = job.engine.version, Ledger()
        edition, _ = make_edition(
            job.project, job.questions, job.report, locales, version, nothing, found
        )
        rendered[_code(locales)] = found
        assembled[_code(locales)] = edition
    read = list(assembled.values())
    ledger, failures = keep(job.project, job.questions, job.report, read, tell)
    if failures:
        raise Refused(failures)
    return rendered, assembled, ledger


def _certified(
    job: _Job, ledger: Ledger, typeset: dict[str, Typeset], locales: list[Locale]
) -> str:
    """The certificate. Raises VerificationError where some pages may be older than others."""
    from solgen.tally import contents, tally

    if changed := certificate.changes(job.made_from, certificate.sources(job.project)):
        raise VerificationError(
            "the sources changed while the booklet was being built",
            hint="build it again",
            found=", ".join(changed),
        )
    codes = [c.code for c in locales]
    rows = tally(job.project, job.questions, job.report, ledger, codes)
    told = contents(rows, ledger, codes)
    return certificate.certificate_json(job.made_from, job.engine.version, typeset, told)


def _draw(
    job: _Job, loaded: Loaded, figure: Figure, editions: list[tuple[Locale, ...]], tell: Tell
) -> None:
    """Draw one figure for every edition: what it computes once serves them all."""
    from solgen.draw import draw

    for edition in editions:
        tell(f"draw {_code(edition)} {figure.id}")
        draw(job.project, loaded, figure, edition, job.work(edition))


def _compile(
    job: _Job,
    ledger: Ledger,
    rendered: Any,
    read: Edition,
    locales: tuple[Locale, ...],
    tell: Tell,
) -> int:
    """Assemble and compile one edition in its folder; return its number of pages."""
    from solgen.booklet import make_edition
    from solgen.compile import compile_folder
    from solgen.readback import require_read

    work, engine = job.work(locales), job.engine
    edition, document = make_edition(
        job.project, job.questions, job.report, locales, engine.version, ledger, rendered
    )
    require_read(read, edition, ledger)
    edition.write(work, document)
    tell(f"compile {_code(locales)}")
    try:
        return compile_folder(work, engine, locate=edition.locate).pages
    except LatexError:
        _keep(work, job.project.build / "failed")
        raise


def _code(edition: tuple[Locale, ...]) -> str:
    return "-".join(c.code for c in edition)


def _keep(work: Path, place: Path) -> None:
    """Leave the LaTeX where a curious author finds it."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for pattern in ("*.tex", "*.log", "q*.pdf"):
        for file in work.glob(pattern):
            shutil.copy2(file, place / file.name)
