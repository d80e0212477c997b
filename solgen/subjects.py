"""What of a question may be wrong, and what its guards say when it is.

A *subject* is an answer, a step, a claim, or anything else with guards; a *change* makes a wrong
value of it, or the same value written otherwise. `fate` says what became of one change. Whatever
else has guards (a printed formula, say) is tried by giving `fate` its Subject and Changes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import sympy
from sympy.logic.boolalg import Boolean

from solgen.algebra import compare
from solgen.author import fill
from solgen.errors import SolgenError
from solgen.experiment import Experiment, Measure, perform
from solgen.guards import ACCEPTED, REFUSED, Guard, of_answer, of_experiment, of_step
from solgen.load import Loaded
from solgen.model import Answer, Derivation, Part
from solgen.rewrite import rewritings
from solgen.slips import OPERATORS, Change
from solgen.wrong import changes

KILLED, SURVIVED, EQUAL, ERROR = "killed", "survived", "equal", "error"
SEEDS = range(3)  # of an experiment, for each wrong claim

CLAIMS = {
    "claim negated": "at least instead of at most, and the reverse",
    "claim loosened": "the bound moved until the control meets it too",
    "claim tightened": "the bound moved beyond what is measured",
    "control exchanged": "measure and control exchanged",
    "idle control": "the measure as its own control",
    "unseeded": "a measure that draws from elsewhere",
    "nan": "a measure that is no number",
}
EXCHANGED = {"mode": "another answer of the part instead: full for valid, valid for same"}
ALL_OPERATORS = OPERATORS | EXCHANGED | CLAIMS


@dataclass(frozen=True)
class Subject:
    """Something that may be wrong: where it is, what it is now, and what guards it.

    `place` says what of the answer `name` it is: "answer", "step 2", "claim"… `alike` says how
    another value compares with the original: "proved", "sampled", "refuted" or "undecided".
    """

    question: str
    part: str
    name: str
    place: str
    original: Any
    guards: tuple[Guard, ...]
    alike: Callable[[Any, Any], str]


@dataclass(frozen=True)
class Fate:
    """What became of one change: killed, survived, equal, or error, and by which guards."""

    question: str
    part: str
    name: str
    place: str
    operator: str
    text: str
    word: str
    by: tuple[str, ...] = ()
    reason: str = ""

    def __str__(self) -> str:
        """`q1.d dCE_da, step 2, sign: the term y negated`; an explanation is found under it."""
        return (
            f"{self.question}.{self.part} {self.name}, {self.place}, {self.operator}: {self.text}"
        )


def subjects(loaded: Loaded, part: Part) -> Iterator[tuple[Subject, Iterable[Change]]]:
    """Every answer, step and claim of a part, each with its wrong changes."""
    for answer in part.answers:
        place = loaded.name, part.id, loaded.name_of(answer)
        if isinstance(answer, Derivation):
            for number, step in enumerate(answer.steps[:-1], start=1):
                referee = (of_step(answer, number),)
                where = *place, f"step {number}"
                yield Subject(*where, step.form, referee, compared), changes(step.form)
        subject = answer_subject(loaded, part, answer)
        yield subject, [*changes(answer.value), *_others(loaded, part, answer)]
    for experiment in part.experiments:
        place = loaded.name, part.id, loaded.name_of(experiment)
        guards = of_experiment(SEEDS)
        yield Subject(*place, "claim", experiment, guards, _never), claims(experiment)


def neighbours(loaded: Loaded, part: Part) -> Iterator[tuple[Subject, Iterable[Change]]]:
    """Every answer of a part, with the ways to write it otherwise."""
    for answer in part.answers:
        yield answer_subject(loaded, part, answer), rewritings(answer.value)


def answer_subject(loaded: Loaded, part: Part, answer: Answer) -> Subject:
    """An answer with everything that guards it."""
    name = loaded.name_of(answer)
    return Subject(loaded.name, part.id, name, "answer", answer.value, of_answer(answer), compared)


def fate(subject: Subject, change: Change) -> Fate:
    """Make the change and ask every guard.

    An error is a change that cannot be made, that changes nothing, or that is proved equal and
    refused all the same.
    """
    place = subject.question, subject.part, subject.name, subject.place
    told = *place, change.operator, change.text
    try:
        value = change.make()
    except Exception as error:  # noqa: BLE001 - whatever it is, nothing was tried
        return Fate(*told, ERROR, (), f"could not be made: {type(error).__name__}: {error}")
    if type(value) is type(subject.original) and value == subject.original:
        return Fate(*told, ERROR, (), "changes nothing")
    rulings = [(guard.name, guard.rule(value)) for guard in subject.guards]
    refusing = tuple(name for name, ruling in rulings if ruling.word == REFUSED)
    reasons = [f"{name}: {r.reason}" for name, r in rulings if r.word != ACCEPTED]
    reason = reasons[0] if reasons else ""
    if subject.alike(value, subject.original) == "proved":
        return Fate(*told, ERROR if reasons else EQUAL, refusing, reason)
    return Fate(*told, KILLED if refusing else SURVIVED, refusing, reason)


def neighbour_fate(subject: Subject, change: Change) -> Fate:
    """The same for a rewriting: equal when it is, and every guard accepts it; else an error."""
    found = fate(subject, change)
    if found.word == SURVIVED and not found.reason:
        same = subject.alike(change.make(), subject.original)
        word = EQUAL if same == "sampled" else ERROR
        return replace(found, word=word, reason="" if word == EQUAL else f"{same}: no rewriting")
    return found if found.word == EQUAL else replace(found, word=ERROR)


def compared(value: Any, original: Any) -> str:
    """How the referee compares a wrong value with the right one."""
    try:
        return compare(value, original).status
    except SolgenError:
        return "undecided"


def _never(_value: Any, _original: Any) -> str:
    """A claim is never another one written otherwise."""
    return "undecided"


def _others(loaded: Loaded, part: Part, answer: Answer) -> Iterator[Change]:
    """The part's other answers of the same kind, each taken for this one."""
    for other in part.answers:
        alike = _kind(other.value) is _kind(answer.value)
        if alike and other is not answer and compared(other.value, answer.value) == "refuted":
            text = f"{loaded.name_of(other)} instead"
            yield Change("mode", text, partial(getattr, other, "value"))


def _kind(value: Any) -> type:
    """Matrix, sequence, set, condition or number."""
    kinds = (sympy.MatrixBase, sympy.Tuple, sympy.Set, Boolean)
    return next((kind for kind in kinds if isinstance(value, kind)), sympy.Expr)


def claims(experiment: Experiment) -> Iterator[Change]:
    """Every wrong claim made of an experiment."""
    measured, control = experiment.measure, experiment.control

    def claim(**fields: Any) -> Experiment:
        other = copy(experiment)
        fill(other, **fields)
        return other

    def bound(values: tuple[float, ...], *, beyond: bool) -> Experiment:
        """The claim that all the values meet, or that none does."""
        low, high = min(values), max(values)
        gap = 1 + high - low
        if not beyond:
            return claim(bound=high if experiment.upper else low)
        return claim(bound=low - gap if experiment.upper else high + gap)

    made: dict[str, Callable[[], Experiment]] = {
        "claim negated": experiment.negated,
        "claim loosened": lambda: bound(perform(experiment, SEEDS).control, beyond=False),
        "claim tightened": lambda: bound(perform(experiment, SEEDS).measured, beyond=True),
        "control exchanged": lambda: claim(measure=control, control=measured),
        "idle control": lambda: claim(control=measured),
        "unseeded": lambda: claim(measure=_unseeded(measured)),
        "nan": lambda: claim(measure=_replaced(measured, lambda _rng, _size: math.nan)),
    }
    for operator, make in made.items():
        yield Change(operator, CLAIMS[operator], make)


def _replaced(measure: Measure, run: Callable[[Any, int], Any]) -> Measure:
    other = copy(measure)
    fill(other, run=run)
    return other


def _unseeded(measure: Measure) -> Measure:
    """The measure with a new draw at each call, whatever the seed."""
    import numpy as np

    fresh = np.random.default_rng(2**32)
    return _replaced(measure, lambda _rng, size: measure.run(fresh, size))
