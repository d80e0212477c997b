"""The command line.

`solgen pdf | watch | check | try | mutants | review | verify | list | new | doctor`.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from solgen import __version__
from solgen.errors import (
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    SolgenError,
    VerificationError,
    refused_by_system,
)
from solgen.project import Project, find_project

EXIT_REFUSED = VerificationError.exit_code


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="solgen")
def main() -> None:
    """Verified, bilingual solution booklets.

    Exit codes: 0 done; 2 usage; 10 question malformed; 11 answer refused; 12 template or
    translation; 13 LaTeX; 14 figure; 16 limit; 17 environment; 18 another build is running;
    19 a question tried to leave its place; 70 internal error; 130 interrupted.
    """


@main.command()
@click.argument("questions", nargs=-1)
@click.option("--lang", "languages", multiple=True, help="Only this language's booklet.")
def pdf(questions: tuple[str, ...], languages: tuple[str, ...]) -> None:
    """Build the booklets (all questions, or those named: q1 q2)."""
    from solgen.build import build

    project = find_project(Path.cwd())
    names = project.select(questions)
    _require_languages(project, languages)

    start = time.monotonic()
    with _progress() as tell:
        built = build(project, names, languages, tell, whole=not questions)
    answers = [one for one in built.verified if one.kind == "answer"]
    proved = sum(one.status == "proved" for one in answers)
    _say(f"{len(answers)} answers verified: {proved} proved, {len(answers) - proved} sampled")
    if measured := len(built.verified) - len(answers):
        _say(f"{measured} experiments met their claims with every seed")
    _say("{} of {} pairs of texts carry a seal".format(*built.seals))
    for name in built.files:
        pages = built.pages.get(name)
        _say(f"  {project.relative(project.build)}/{name}" + (f"  {pages} pages" if pages else ""))
    if not built.new:
        _say("nothing has changed since these were published")
    if languages:
        _say("the other editions were left as they were")
    _say(f"done in {time.monotonic() - start:.1f} s")


@main.command()
@click.argument("questions", nargs=-1)
@click.option("--lang", "languages", multiple=True, help="Only this language's booklet.")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the live page; 0 is any.")
@click.option("--open", "browser", is_flag=True, help="Open the live page in the browser.")
@click.option("--no-page", is_flag=True, help="Only build; look at the PDF in a viewer.")
def watch(
    questions: tuple[str, ...],
    languages: tuple[str, ...],
    port: int | None,
    *,
    browser: bool,
    no_page: bool,
) -> None:
    """Build again on every save, and show it on a live page; Ctrl-C ends."""
    from solgen.engine import require
    from solgen.live import opened
    from solgen.watch import watch as run

    project = find_project(Path.cwd())
    project.select(questions)
    _require_languages(project, languages)
    require()
    with opened(project.root, port=port, page=not no_page, browser=browser) as live:
        if live.address:
            _say(f"live page: {live.address}")
        run(project, questions, languages, live, _say)


def _require_languages(project: Project, languages: tuple[str, ...]) -> None:
    for code in languages:
        if code not in project.languages:
            known = ", ".join(project.languages)
            raise click.BadParameter(f"{code!r} is not one of {known}", param_hint="--lang")


@main.command()
@click.argument("questions", nargs=-1)
def check(questions: tuple[str, ...]) -> None:
    """Verify the answers, without drawing or typesetting."""
    project = find_project(Path.cwd())
    names = project.select(questions)
    from solgen.build import check as run

    with _progress() as tell:
        report = run(project, names, tell)
    for entry in report.answers:
        roads = ", ".join(entry.roads)
        _say(f"{entry.question} ({entry.part})  {entry.status:8} {entry.name}: {roads}")
    for found in report.experiments:
        shown = ", ".join(f"{value:.3g}" for value in found.outcome.measured)
        _say(f"{found.question} ({found.part})  measured {found.name}: {shown}")
    _say(f"{len(report.answers)} answers verified")


@main.command(
    "try",
    # An expression may begin by a minus sign, and by -h_0.
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("target", required=False)
@click.argument("expression", required=False)
@click.option(
    "--file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Lines q1.d: f - y"
)
def try_answer(target: str | None, expression: str | None, file: Path | None) -> None:
    """Judge a proposed answer: solgen try q1.d "f - y", in SymPy's syntax or in LaTeX."""
    # What modules and questions make while they load is kept: to look for garbage takes a tenth
    # of the time.
    gc.disable()
    from solgen.corrector import judgements, lines_of, told
    from solgen.proposal import Judgement

    if file and not target:
        lines = list(lines_of(file))
    elif target and expression and not file:
        lines = [(target, expression)]
    else:
        raise click.UsageError('write solgen try q1.d "f - y", or --file')
    project = find_project(Path.cwd())
    accepted, failures = 0, []
    for line, outcome in zip(lines, judgements(project, lines), strict=True):
        _say("\n".join(told(*line, outcome)))
        accepted += isinstance(outcome, Judgement) and outcome.accepted
        failures += [outcome] if isinstance(outcome, SolgenError) else []
    if file:
        refused = len(lines) - accepted - len(failures)
        _say(f"{accepted} accepted, {refused} refused, {len(failures)} not judged")
    if accepted < len(lines):
        sys.exit(failures[0].code if failures and not file else EXIT_REFUSED)


@main.command()
@click.argument("targets", metavar="[q1 | q1.a.solution.2]...", nargs=-1)
@click.option("--accept", is_flag=True, help="Seal them: both languages were read.")
def review(targets: tuple[str, ...], *, accept: bool) -> None:
    """List the texts whose languages nobody has compared as they stand."""
    from solgen import pairs

    project = find_project(Path.cwd())
    if accept and not targets:
        raise click.UsageError("name what you have read: solgen review q1 --accept")
    named: dict[str, set[str]] = {}
    for target in targets:
        name, _, key = target.partition(".")
        named.setdefault(name, set()).update({key} if key else ())
    for name in project.select(tuple(named)):
        keys = named.get(name, set())
        if accept:
            _say(f"{name}  {len(pairs.accept(project, name, keys))} pairs sealed")
        left = pairs.unsealed(project, name)
        for pair in () if accept else left:
            if not keys or pair.key in keys:
                _told_pair(name, pair)
        total = len(pairs.pairs(project, name))
        _say(f"{name}  {len(left)} of {total} pairs carry no seal")


def _told_pair(name: str, pair: Any) -> None:
    _say(f"{pair.where.file}:{pair.where.line}  {name}.{pair.key}")
    for code, version in pair.versions.items():
        shown = " ".join(version.split())
        _say(f"  {code}  {shown[:96]}" + (" …" if len(shown) > 96 else ""))


@main.command()
@click.argument("question")
@click.option("--accept", is_flag=True, help="Record them: nothing computes them, and you know it.")
def given(question: str, *, accept: bool) -> None:
    """List printed hypotheses, data and definitions that nobody has accepted as given."""
    from solgen import given as statements

    project = find_project(Path.cwd())
    (name,) = project.select((question,))
    with _progress() as tell:
        met, pending = statements.given(project, name, tell)
    for part, texts in sorted(pending.items()):
        for text in texts:
            _say(f"{name} ({part})  {text}")
    if accept:
        statements.accept(project, name, met, pending)
        _say(f"{name}  recorded in questions/{name}.review.toml")
    else:
        _say(f"{name}  {sum(map(len, pending.values()))} statements wait to be accepted")


@main.command()
@click.argument("questions", nargs=-1)
def mutants(questions: tuple[str, ...]) -> None:
    """Test the checks: try wrong variants of everything (minutes)."""
    project = find_project(Path.cwd())
    names = project.select(questions)
    from solgen.mutants import report, run
    from solgen.score import write

    with _progress() as tell:
        score = run(project, names, tell)
    write(project, score)
    report(score, _say)
    if score.failures():
        sys.exit(EXIT_REFUSED)


@main.command()
@click.argument("pdf", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--certificate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Not the one beside the PDF.",
)
def verify(pdf: Path, certificate: Path | None) -> None:
    """Say whether a PDF is the one that its certificate speaks of."""
    from solgen import certificate as certificates

    vouched = certificates.verified(pdf, certificate)
    alias = "" if vouched.name == pdf.name else f", there called {vouched.name}"
    _say(f"{pdf.name} is the PDF that {vouched.certificate.name} speaks of{alias}")
    _say(f"  {vouched.entry['pages']} pages, SHA-256 {vouched.entry['sha256']}")
    for line in certificates.summary(vouched.data):
        _say(f"  {line}")
    _say(_compared("LaTeX", certificates.changed_tex(vouched), "not kept beside it"))
    try:
        project = find_project(Path.cwd())
    except SolgenError:
        _say("sources: not compared, this is not an exam's folder")
    else:
        changed = certificates.changed_sources(vouched, project)
        _say(_compared("sources", changed, ""))


def _compared(what: str, changed: list[str] | None, absent: str) -> str:
    if changed is None:
        return f"{what}: {absent}"
    if changed:
        return f"{what}: no longer what it was made from: {', '.join(changed)}"
    return f"{what}: still what it was made from"


@main.command("list")
@click.argument("questions", nargs=-1)
def list_questions(questions: tuple[str, ...]) -> None:
    """List the questions, their parts and points."""
    from solgen.listing import listing

    project = find_project(Path.cwd())
    for entry in listing(project, project.select(questions)):
        titles = " / ".join(entry.titles.get(code, "?") for code in project.languages)
        parts = ", ".join(f"{letter} {points}" for letter, points in entry.parts.items())
        _say(f"{entry.name}  {sum(entry.parts.values()):3} points  {titles}  ({parts})")


@main.command()
@click.argument("name")
def new(name: str) -> None:
    """Write a starter: a question (q8) in this exam, or a new exam (any other name)."""
    from solgen.new import new_exam, new_question

    writer: Callable[[Path, str], list[Path]] = (
        new_question if name[:1] == "q" and name[1:].isdigit() else new_exam
    )
    for file in writer(Path.cwd(), name):
        _say(f"wrote {file}")


@main.command()
@click.option("--install", is_flag=True, help="Get a TeX engine if there is none.")
def doctor(install: bool) -> None:
    """Say what is there, what is missing, and how to get it."""
    from solgen.doctor import diagnose

    healthy = diagnose(_say, install=install)
    sys.exit(0 if healthy else 17)


def _say(line: str) -> None:
    click.echo(line)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Tell what is being done: one living line on a terminal, silence in a file."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    with console.status("load", spinner="line") as status:
        yield lambda line: status.update(line)


def run(arguments: list[str] | None = None) -> Any:
    """Run the command line; every failure ends in a message and a documented exit code."""
    _open_streams()
    signal.signal(signal.SIGTERM, _interrupted)  # so that the engine is stopped and files removed
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A background job stays deaf to Ctrl-C, but the engine must not inherit that: SIGINT is
        # how it is asked to say where it was.
        signal.signal(signal.SIGINT, lambda *_: None)
    try:
        return main.main(args=arguments, prog_name="solgen", standalone_mode=False)
    except click.exceptions.Abort:
        _fail("interrupted; nothing was published", EXIT_INTERRUPTED)
    except KeyboardInterrupt:
        _fail("interrupted; nothing was published", EXIT_INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except SolgenError as error:
        _fail(str(error), error.code)
    except Exception as error:
        if isinstance(error, OSError) and (problem := refused_by_system(error)):
            _fail(str(problem), problem.code)
        import traceback

        traceback.print_exc()
        _fail("internal error: this is a fault of solgen, please report it", EXIT_INTERNAL)


def _open_streams() -> None:
    """Give a program that was started with closed streams somewhere to write."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _fail(message: str, code: int) -> None:
    click.echo(f"{message}\nsolgen: failed, nothing was published (exit code {code})", err=True)
    sys.exit(code)
