"""Refuse a question whose pieces do not fit together.

Every error points at the author's line; `solgen.load` adds the question's number.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from solgen import parity, review
from solgen.errors import QuestionError, TranslationError, Where
from solgen.experiment import Experiment, Measure
from solgen.locales import load_locales
from solgen.model import (
    Answer,
    Check,
    Derivation,
    Figure,
    Key,
    Mark,
    Part,
    Question,
    Step,
    Table,
)
from solgen.project import SETTINGS, Project
from solgen.symbols import Symbol, Term
from solgen.text import Text, require_formula


def inspect(
    project: Project, name: str, path: Path, question: Question, namespace: dict[str, Any]
) -> None:
    """Raise QuestionError or TranslationError at the first piece that is wrong or left over."""
    _require_types(question)
    locales = load_locales(project)
    excused = review.load(project, name).excused
    for text in _texts(question, namespace):
        text.require(project.languages)
        parity.require(text.versions, locales, text.where, excused)
    _require_formulas(question, namespace)
    _require_letters(question)
    _require_answers(question, namespace)
    _require_figures(question)
    _require_marking(question)
    own = {key: thing for key, thing in namespace.items() if _is_own(thing, name, path)}
    _refuse_left_over(question, own)
    _refuse_unused_checks(own, path)
    _require_points(project, name, question)


def _fail(message: str, where: Where, hint: str, part: Part | None = None) -> NoReturn:
    letter = part.id if part is not None else None
    raise QuestionError(message, Where(where.file, where.line, where.question, letter), hint)


def _require_types(question: Question) -> None:
    """Require of each list what belongs in it: the model keeps whatever an author passes."""
    _only(Text, [question.title], question.where, "the title", 'Text(fr="…", en="…")')
    _only(Part, question.parts, question.where, "parts=", "Part(…)")
    _only(Figure, question.figures, question.where, "figures=", "Figure(…)")
    for figure in question.figures:
        for what, text in (("caption=", figure.caption), ("alt=", figure.alt)):
            _only(Text, [text], figure.where, what, 'Text(fr="…", en="…")')
    _only(Key, question.summary, question.where, "summary=", "Key(…)")
    for part in question.parts:
        _only(Mark, part.marking, part.where, f"marking= of part ({part.id})", "Mark(…)")
        _only(Experiment, part.experiments, part.where, f"part ({part.id})", "Experiment(…)")
        for experiment in part.experiments:
            for what in ("measure", "control"):
                thing = getattr(experiment, what)
                _only(Measure, [thing], experiment.where, what, "Measure(function, …)")
        _only(Answer, part.answers, part.where, f"part ({part.id})", "Answer(…) or Derivation(…)")
        for answer in part.answers:
            _only(Check, answer.checks, answer.where, "checks=", 'Check("road", function, …)')
            if isinstance(answer, Derivation):
                _only(Step, answer.steps, answer.where, "steps=", "Step(form, reason)")
                reasons = [step.reason for step in answer.steps if step.reason is not None]
                _only(Text, reasons, answer.where, "a step's reason", 'Text(fr="…", en="…")')


def _only(kind: type, things: Iterable[Any], where: Where, what: str, form: str) -> None:
    for thing in things:
        if not isinstance(thing, kind):
            shown = getattr(thing, "__name__", None) or repr(thing)
            _fail(f"{what} holds {shown}, a {type(thing).__name__}", where, f"write {form}")


def _texts(question: Question, namespace: dict[str, Any]) -> Iterator[Text]:
    """Every text that will be printed."""
    yield question.title
    for value in namespace.values():
        if isinstance(value, Text):
            yield value
        elif isinstance(value, Symbol | Term):
            yield value.meaning
        elif isinstance(value, Table):
            yield from _cells(value)
    for figure in question.figures:
        yield from (figure.caption, figure.alt)
    yield from (key.name for key in question.summary)
    for part in question.parts:
        yield from (line.earned for line in part.marking)
        for experiment in part.experiments:
            yield from (experiment.measure.meaning, experiment.control.meaning)
    for answer in _listed(question):
        yield from (check.meaning for check in answer.checks)
        if isinstance(answer, Derivation):
            yield from (step.reason for step in answer.steps if step.reason is not None)


def _require_formulas(question: Question, namespace: dict[str, Any]) -> None:
    """Require whole formulas where an author writes LaTeX: left sides, terms, symbols."""
    for answer in _listed(question):
        require_formula(answer.lhs, answer.where)
    for key in question.summary:
        if isinstance(key.thing, str):
            require_formula(key.thing, key.where)
    for value in namespace.values():
        if isinstance(value, Symbol | Term):
            require_formula(value.name if value.latex is None else value.latex, value.where)


_WORD = re.compile(r"[^\W\d_]{3,}")


def _cells(table: Table) -> Iterator[Text]:
    for cell in (cell for row in (table.header, *table.rows) for cell in row):
        if isinstance(cell, Text):
            yield cell
        elif isinstance(cell, str) and _WORD.search(cell):
            raise TranslationError(
                f"the table's cell {cell!r} would be the same in every language",
                table.where,
                'write Text(fr="…", en="…")',
            )


def _listed(question: Question) -> list[Answer]:
    return [answer for part in question.parts for answer in part.answers]


def _require_letters(question: Question) -> None:
    if not question.parts:
        _fail("the question has no part", question.where, 'give it at least Part("a", …)')
    letters = [part.id for part in question.parts]
    for part in question.parts:
        if letters.count(part.id) > 1:
            last = [other for other in question.parts if other.id == part.id][-1]
            _fail(f"part ({part.id}) stands twice", last.where, "letter each part once", last)
    expected = [chr(ord("a") + index) for index in range(len(letters))]
    if letters != expected and (len(letters) > 1 or not re.fullmatch("[a-z]", letters[0])):
        raise QuestionError(
            "the parts are not lettered in order",
            question.where,
            "letter them a, b, c… in the order of parts=[…]",
            found=", ".join(map(str, letters)),
            expected=", ".join(expected),
        )


def _require_answers(question: Question, namespace: dict[str, Any]) -> None:
    listed = _listed(question)
    for part in question.parts:
        things: tuple[Answer | Experiment, ...] = (*part.answers, *part.experiments)
        for answer in things:
            if all(value is not answer for value in namespace.values()):
                _fail(
                    f"{_called(answer)} of part ({part.id}) has no name",
                    answer.where,
                    "bind it to a name of the module, and list that name in the part",
                    part,
                )
            if sum(other is answer for other in listed) > 1:
                _fail("the answer is listed twice", answer.where, "list it in one part only", part)


def _called(thing: Any) -> str:
    return "an experiment" if isinstance(thing, Experiment) else "an answer"


def _require_marking(question: Question) -> None:
    """Require a marking scheme, where there is one, to give exactly the part's points."""
    for part in question.parts:
        given = sum(line.points for line in part.marking)
        if part.marking and given != part.points:
            lines = " + ".join(str(line.points) for line in part.marking)
            raise QuestionError(
                f"the marking scheme of part ({part.id}) does not add up to its points",
                Where(part.where.file, part.where.line, None, part.id),
                "change the Mark(…) lines, or the part's points",
                found=f"{lines} = {given}" if len(part.marking) > 1 else str(given),
                expected=str(part.points),
            )


def _require_figures(question: Question) -> None:
    names = [figure.id for figure in question.figures]
    for index, figure in enumerate(question.figures):
        if figure.id in names[:index]:
            _fail(f"the figure {figure.id!r} stands twice", figure.where, "rename one of the two")


def _is_own(thing: Any, name: str, path: Path) -> bool:
    """Whether the module made it, rather than imported it."""
    where = getattr(thing, "where", None)
    if isinstance(where, Where):
        return where.file == str(path)
    return getattr(thing, "__module__", None) == f"questions.{name}"


def _refuse_left_over(question: Question, own: dict[str, Any]) -> None:
    """Refuse an answer, check or figure that nobody lists: it would look verified and never run."""
    answers, figures = _listed(question), list(question.figures)
    experiments = [one for part in question.parts for one in part.experiments]
    checks = [check for answer in answers for check in answer.checks]
    for name, thing in own.items():
        if isinstance(thing, Answer) and all(thing is not one for one in answers):
            hint = f'list it: Part("…", points=…, answers=[{name}])'
            _fail(f"the answer {name} belongs to no part", thing.where, hint)
        if isinstance(thing, Check) and all(thing is not one for one in checks):
            _fail(f"the check {name} guards no answer", thing.where, f"list it: checks=[{name}]")
        if isinstance(thing, Experiment) and all(thing is not one for one in experiments):
            hint = f'list it: Part("…", points=…, experiments=[{name}])'
            _fail(f"the experiment {name} belongs to no part", thing.where, hint)
        if isinstance(thing, Figure) and all(thing is not one for one in figures):
            hint = f"list it: Question(…, figures=[{name}])"
            _fail(f"the figure {name} is not in the question", thing.where, hint)


def _refuse_unused_checks(own: dict[str, Any], path: Path) -> None:
    """Refuse a function called check_… that is not even named elsewhere in its module."""
    tree = ast.parse(path.read_bytes())
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    for name, thing in own.items():
        if name.startswith("check_") and hasattr(thing, "__code__") and name not in used:
            _fail(
                f"the function {name} guards no answer",
                Where(str(path), thing.__code__.co_firstlineno),
                f'list it: checks=[Check("…", {name}, fr="…", en="…")]',
            )


def _require_points(project: Project, name: str, question: Question) -> None:
    stated, total = project.points.get(name), question.points
    if stated is None and project.points:
        _fail(
            f"{name} is not on the exam paper",
            question.where,
            f"add {name} = {total} under [exam.points] in {SETTINGS}",
        )
    if stated is not None and stated != total:
        parts = " + ".join(str(part.points) for part in question.parts)
        raise QuestionError(
            "the points of the parts do not add up to the exam paper's",
            question.where,
            f"change the parts' points, or [exam.points] in {SETTINGS}",
            found=f"{parts} = {total}" if len(question.parts) > 1 else str(total),
            expected=f"{stated} ({SETTINGS})",
        )
