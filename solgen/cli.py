"""The command line: `solgen pdf | watch | check | try | list | new | doctor`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from solgen import __version__
from solgen.errors import EXIT_INTERNAL, EXIT_INTERRUPTED, SolgenError, VerificationError
from solgen.project import find_project

EXIT_REFUSED = VerificationError.exit_code


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="solgen")
def main() -> None:
    """Verified, bilingual solution booklets.

    Exit codes: 0 done; 2 usage; 10 question malformed; 11 answer refused; 12 template or
    translation; 13 LaTeX; 14 figure; 16 limit; 17 environment; 18 another build is running;
    70 internal error; 130 interrupted.
    """


@main.command()
@click.argument("questions", nargs=-1)
@click.option("--lang", "languages", multiple=True, help="Only this language's booklet.")
def pdf(questions: tuple[str, ...], languages: tuple[str, ...]) -> None:
    """Build the booklets (all questions, or those named: q1 q2)."""
    from solgen.engine import require

    project = find_project(Path.cwd())
    names = project.select(questions)
    for code in languages:
        if code not in project.languages:
            raise click.BadParameter(
                f"{code!r} is not one of {', '.join(project.languages)}", param_hint="--lang"
            )
    require()  # a machine without TeX is told so before anything is computed
    from solgen.build import build

    start = time.monotonic()
    with _progress() as tell:
        built = build(project, names, languages, tell, whole=not questions)
    answers = built.report.answers
    proved = sum(entry.status == "proved" for entry in answers)
    _say(f"{len(answers)} answers verified: {proved} proved, {len(answers) - proved} sampled")
    if built.report.experiments:
        _say(f"{len(built.report.experiments)} experiments met their claims with every seed")
    for file in built.files:
        pages = built.pages.get(file.name)
        _say(f"  {project.relative(file)}" + (f"  {pages} pages" if pages else ""))
    if languages:
        _say("the other editions were left as they were")
    _say(f"done in {time.monotonic() - start:.1f} s")


@main.command()
@click.argument("questions", nargs=-1)
@click.option("--lang", "languages", multiple=True, help="Only this language's booklet.")
def watch(questions: tuple[str, ...], languages: tuple[str, ...]) -> None:
    """Build again on every save (arguments as for pdf); Ctrl-C ends."""
    from solgen.watch import watch as run

    project = find_project(Path.cwd())
    project.select(questions)
    options = [part for code in languages for part in ("--lang", code)]
    run(project, [*questions, *options], _say)


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


@main.command("try", context_settings={"ignore_unknown_options": True})
@click.argument("target", required=False)
@click.argument("expression", required=False)
@click.option("--file", type=click.Path(exists=True, dir_okay=False), help="Lines q1.d: f - y")
def try_answer(target: str | None, expression: str | None, file: str | None) -> None:
    """Judge a proposed answer: solgen try q1.d "f - y"."""
    from solgen.proposal import proposals

    if file:
        lines = list(proposals(Path(file).read_text(encoding="utf-8")))
    elif target and expression:
        lines = [(target, expression)]
    else:
        raise click.UsageError('write solgen try q1.d "f - y", or --file')
    judged = _Judge()
    accepted = []
    for line in lines:
        try:
            accepted.append(judged(*line))
        except SolgenError as error:
            if not file:
                raise
            _say(f"{line[0]}  {line[1]}  not judged\n  {error}")
            accepted.append(False)
    if not all(accepted):
        sys.exit(EXIT_REFUSED)


class _Judge:
    """Says what becomes of proposals; each question is loaded once."""

    def __init__(self) -> None:
        self.project = find_project(Path.cwd())
        self.loaded: dict[str, Any] = {}

    def __call__(self, target: str, expression: str) -> bool:
        from solgen.load import load
        from solgen.proposal import judge

        name, _, place = target.partition(".")
        if name not in self.loaded:
            (self.loaded[name],) = load(self.project, self.project.select((name,)))
        loaded = self.loaded[name]
        found = judge(self.project, loaded, place or loaded.question.parts[0].id, expression)
        return _told(target, expression, found)


def _told(target: str, expression: str, found: Any) -> bool:
    _say(f"{target}  {expression}  {'accepted' if found.accepted else 'refused'}: {found.answer}")
    for reason in found.reasons:
        _say(f"  {reason}")
    return found.accepted


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
    except Exception:
        import traceback

        traceback.print_exc()
        _fail("internal error: this is a fault of solgen, please report it", EXIT_INTERNAL)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _fail(message: str, code: int) -> None:
    click.echo(f"{message}\nsolgen: failed, nothing was published (exit code {code})", err=True)
    sys.exit(code)
