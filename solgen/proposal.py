"""`solgen try`: a proposed answer, put before everything that guards the real one.

The referee compares it with the answer, entry by entry; then every check of the answer looks at
it. It is typed in SymPy's syntax, or in LaTeX as the booklet prints it.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sympy

from solgen.algebra import canonical, unfold
from solgen.clock import time_limit
from solgen.diagnosis import Seen, remarks
from solgen.differences import OTHER_LAYOUT, Comparison, Difference, compared
from solgen.entries import shaped
from solgen.errors import EXIT_USAGE, LimitError, QuestionError, SolgenError
from solgen.evidence import Evidence, Rejected
from solgen.load import Loaded
from solgen.model import Answer, Check, Part
from solgen.project import Project
from solgen.symbols import Symbol
from solgen.targets import wanted
from solgen.typed import Proposed, read

if TYPE_CHECKING:
    from solgen.typeset import Typeset

JUDGE_SECONDS = 10.0
MOST_DIGITS = 4000  # Python shows no number that is much longer
MOST_BITS = int(MOST_DIGITS * 3.3)
LOOK_SECONDS = 2.0  # as long as one check may look at what the referee finds equal
GLANCE_SECONDS = 1.0  # and at what it has refuted
ACCEPTED, REFUSED, SILENT = "accepted", "refused", "no ruling"


@dataclass(frozen=True)
class Ruling:
    """What one guard says of a proposal: who it is (a check's road and place), its word, why."""

    guard: str
    word: str
    said: str


@dataclass(frozen=True)
class Judgement:
    """Whether a proposal is accepted as one answer, and what everything that guards it says.

    `answer` is its name and `place` its file and line. `differences` are the entries in which the
    proposal is not the answer, with a counterexample each; `remarks` say what it may be instead.
    """

    answer: str
    place: str
    accepted: bool
    rulings: tuple[Ruling, ...]
    differences: tuple[Difference, ...] = ()
    remarks: tuple[str, ...] = ()


def judge(
    project: Project,
    loaded: Loaded,
    target: str,
    text: str,
    tell: Callable[[Judgement], None] = lambda _: None,
) -> Judgement:
    """Judge `text` as the answer that `target` names: a part's letter, or an answer's name.

    A left side (`lhs = value`) says which of a part's answers is meant. A refusal speaks of the
    answer that comes nearest. What is known before the checks run is told.
    Raises QuestionError for a target that does not exist and a text that cannot be read, and
    LimitError for what takes too long.
    """
    known: list[Judgement] = []  # before the checks run

    def keep(judgement: Judgement) -> None:
        known.append(judgement)
        tell(judgement)

    try:
        with time_limit(JUDGE_SECONDS):
            part, answers = wanted(project, loaded, target)
            readings = [_modest(one, text) for one in _readings(project, loaded, part, text)]
            chosen = _first(loaded, part, answers, readings, by_name=target != part.id)
            return _judged(project, loaded, part, chosen, keep)
    except (TimeoutError, MemoryError):
        if known:
            return known[-1]
        raise too_long(text) from None


def too_long(text: str) -> LimitError:
    """The error of a proposal that cannot be computed here."""
    return LimitError(
        f"judging this takes more than {JUDGE_SECONDS:g} s, or too much memory",
        None,
        "write it simpler: is a power or a number in it very large?",
        found=text,
    )


# --- reading ----------------------------------------------------------------------------------


def _readings(project: Project, loaded: Loaded, part: Part, text: str) -> list[Proposed]:
    """What was typed, in either way; formulas without commands, 2f(1 - f), are LaTeX too.

    LaTeX has several readings where the languages read a number differently.
    """
    from solgen.typeset import is_latex

    answers = {loaded.name_of(a): a for a in part.answers}
    if is_latex(text):
        return _reader(project, loaded, part).readings(text, answers)
    try:
        return [read(text, names(loaded))]
    except QuestionError:
        with contextlib.suppress(QuestionError):
            return _reader(project, loaded, part).readings(text, answers)
        raise


def _modest(proposed: Proposed, text: str) -> Proposed:
    """The proposal, if its numbers are of a size that can be shown."""
    whole = canonical(proposed.value)
    numbers = whole.atoms(sympy.Rational) if hasattr(whole, "atoms") else ()
    if any(max(abs(n.p), n.q).bit_length() > MOST_BITS for n in numbers):
        message = f"it comes to a number of more than {MOST_DIGITS} digits"
        raise QuestionError(message, None, "write a smaller one", found=text, code=EXIT_USAGE)
    return proposed


def _reader(project: Project, loaded: Loaded, part: Part) -> Typeset:
    from solgen.typeset import Typeset

    return Typeset(project, loaded, part.id, symbols(loaded))


def names(loaded: Loaded) -> Mapping[str, Any]:
    """What a proposal may name: the question's symbols, by both of their names."""
    found = symbols(loaded)
    printed = {s.latex: s for s in found if s.latex and re.fullmatch(r"[A-Za-z]\w*'?", s.latex)}
    modules = {k: v for k, v in loaded.namespace.items() if isinstance(v, Symbol)}
    return {**printed, **{s.name: s for s in found}, **modules}


def symbols(loaded: Loaded) -> list[Symbol]:
    """The question's symbols: the module's, those in its dictionaries, and the answers'."""
    found = [s for value in loaded.namespace.values() for s in _held(value)]
    for part in loaded.question.parts:
        for answer in part.answers:
            found += sorted(_behind(answer.value), key=lambda s: s.name)
    return list({s.name: s for s in found}.values())


def _held(value: Any) -> Iterator[Symbol]:
    if isinstance(value, Symbol):
        yield value
    elif isinstance(value, dict):
        yield from (s for s in value.values() if isinstance(s, Symbol))
    elif type(value) in (list, tuple):
        yield from (s for s in value if isinstance(s, Symbol))


def _behind(value: Any) -> set[Symbol]:
    """The symbols of a value, and those of their definitions."""
    found: set[Symbol] = set()
    waiting = [value]
    while waiting:
        for s in getattr(waiting.pop(), "free_symbols", ()):
            if isinstance(s, Symbol) and s not in found:
                found.add(s)
                waiting.append(s.value)
    return found


# --- judging ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Compared:
    """A reading in front of one answer, in the answer's brackets, and what the referee says."""

    answer: Answer
    value: Any
    left: tuple[Any, ...]
    found: Comparison

    @property
    def equal(self) -> bool:
        return self.found.status in ("proved", "sampled")

    def rulings(self) -> Iterator[Ruling]:
        words = {"refuted": REFUSED, "undecided": SILENT}
        yield Ruling("referee", words.get(self.found.status, ACCEPTED), self.found.said)
        for side in self.left:
            other = compared(shaped(canonical(side), self.answer.value), self.answer.value)
            if other.status == "refuted":
                said = f"it is something else: {other.differences[0]}"
                yield Ruling("what stands left of =", REFUSED, said)


def _first(
    loaded: Loaded, part: Part, answers: list[Answer], readings: list[Proposed], *, by_name: bool
) -> _Compared:
    """The answer and reading that are equal, or else those that come nearest: the first of them."""
    within = {loaded.name_of(a): a for a in part.answers}
    found = []
    for proposed in readings:
        # A target's name is more precise than a left side.
        meant = [within[name] for name in proposed.named.split() if name in within and not by_name]
        for answer in meant or answers:
            value = shaped(canonical(proposed.value), answer.value)
            one = _Compared(answer, value, proposed.left, compared(value, answer.value))
            if one.equal:
                return one
            found.append(one)
    return min(found, key=lambda one: (one.found.said == OTHER_LAYOUT, len(one.found.differences)))


def _judged(
    project: Project,
    loaded: Loaded,
    part: Part,
    one: _Compared,
    tell: Callable[[Judgement], None],
) -> Judgement:
    """The referee has spoken; then every check of the answer looks at the value."""
    answer = one.answer
    first = tuple(one.rulings())
    wrong = any(ruling.word == REFUSED for ruling in first)
    judgement = Judgement(
        loaded.name_of(answer),
        _place(project, answer.where),
        accepted=False,
        rulings=first,
        differences=one.found.differences,
    )
    if wrong:
        endless = [Ruling(_guard(project, c), SILENT, "it had no end") for c in answer.checks]
        tell(replace(judgement, rulings=(*first, *endless)))
    checks = [_ruling(project, check, one) for check in answer.checks]
    refused = wrong or any(ruling.word == REFUSED for ruling in checks)
    roads = {c.road for c, r in zip(answer.checks, checks, strict=True) if r.word == ACCEPTED}
    return replace(
        judgement,
        accepted=not refused and (one.equal or len(roads) > 1),
        rulings=(*first, *checks),
        remarks=() if one.equal else _remarks(loaded, part, one),
    )


def _remarks(loaded: Loaded, part: Part, one: _Compared) -> tuple[str, ...]:
    parts = (part, *(p for p in loaded.question.parts if p is not part))
    known = [
        Seen(loaded.name_of(a), p.id, a.value)
        for p in parts
        for a in p.answers
        if a is not one.answer
    ]
    found: list[str] = []
    with contextlib.suppress(TimeoutError), time_limit(GLANCE_SECONDS):
        found.extend(remarks(one.value, one.answer.value, known))
    return tuple(found)


def _guard(project: Project, check: Check) -> str:
    return f"check ({check.road}), {_place(project, check.where)}"


def _ruling(project: Project, check: Check, one: _Compared) -> Ruling:
    """What a check says; where it cannot take the form of an equal value, another form is tried."""
    seconds = LOOK_SECONDS if one.equal else GLANCE_SECONDS
    word, said = _look(check, one.value, seconds)
    if word != ACCEPTED and one.equal:
        word, said = _look(check, unfold(one.value), seconds)
    if word == REFUSED and one.equal:
        said += "; the referee finds it equal: one of the two is at fault, report it"
    return Ruling(_guard(project, check), word, said)


def _look(check: Check, value: Any, seconds: float) -> tuple[str, str]:
    try:
        with time_limit(seconds):
            found = check.run(value)
    except TimeoutError:
        return SILENT, f"no end after {seconds:g} s"
    except Rejected as rejection:
        sides = f": {rejection.found}, not {rejection.expected}" if rejection.expected else ""
        return REFUSED, _short(f"{rejection.message}{sides}")
    except SolgenError as error:
        return REFUSED, _short(error.message)
    except MemoryError:
        return SILENT, "it takes too much memory"
    except Exception as error:  # noqa: BLE001 - a proposal may have any shape
        return SILENT, _short(f"it cannot take this: {type(error).__name__}: {error}")
    if not isinstance(found, Evidence):
        return SILENT, "it compared nothing"
    digits = "exactly" if found.digits is None else f"in {found.digits} digits"
    return ACCEPTED, f"{found.compared} value{'s' if found.compared != 1 else ''} {digits}"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:159]}…"


def _place(project: Project, where: Any) -> str:
    return f"{project.relative(str(where.file))}:{where.line}"
