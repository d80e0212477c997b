"""The values a question module is made of. All are frozen; none knows how it is printed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from solgen.algebra import canonical
from solgen.author import fill, statement
from solgen.errors import QuestionError, Where
from solgen.experiment import Experiment
from solgen.instance import Attested, Instance
from solgen.symbols import Symbol, Term
from solgen.text import Text, clean

ROADS = (
    *("definition", "enumeration", "experiment", "identity"),
    *("library", "limit", "numeric", "symbolic"),
)


@dataclass(frozen=True, eq=False)
class Check:
    """A road to an answer: `run(answer)` compares it with what the road leads to.

    `road` is one of ROADS; `run` returns Evidence, and raises through `agree`, `equal` or `holds`
    when the answer is wrong. The keyword arguments (`fr=`, `en=`) say what the check establishes.
    """

    road: str
    run: Callable[[Any], Any]
    meaning: Text
    where: Where

    def __init__(self, road: str, run: Callable[[Any], Any], /, **meaning: str) -> None:
        where = statement()
        _require_road(road, where)
        if not callable(run) or len(inspect.signature(run).parameters) != 1:
            raise QuestionError(
                f"the check {getattr(run, '__name__', run)!r} does not take exactly one argument",
                where,
                "write a function of the answer: def check_…(answer): return agree(…)",
            )
        fill(self, road=road, run=run, meaning=Text.at(where, meaning), where=where)


@dataclass(frozen=True, eq=False)
class Step:
    """One displayed form of a derivation, and why it follows from the one before."""

    form: Any
    reason: Text | None
    where: Where

    def __init__(self, form: Any, reason: Text | None = None) -> None:
        where = statement()
        fill(self, form=_exact(form, where), reason=reason, where=where)


@dataclass(frozen=True, eq=False)
class Answer:
    """A verified value, printed as `lhs = value`.

    `lhs` is LaTeX without dollars. `value` is exact: SymPy, integers, or tuples of those. At least
    two checks, of different roads.
    """

    lhs: str
    value: Any
    checks: tuple[Check, ...]
    where: Where

    def __init__(self, lhs: str, value: Any, checks: Sequence[Check]) -> None:
        where = statement()
        fill(
            self,
            lhs=clean(lhs, where),
            value=_exact(value, where),
            checks=tuple(checks),
            where=where,
        )

    @property
    def roads(self) -> tuple[str, ...]:
        """The different roads that lead to the answer, sorted."""
        return tuple(sorted({check.road for check in self.checks}))


@dataclass(frozen=True, eq=False)
class Derivation(Answer):
    """A chain of equal forms; the last one is the answer.

    Every step is refereed against `truth` (the argument `value`), found by another road from the
    definitions, usually `derivative(…)`; that comparison is itself a road, "symbolic" unless
    `road` says otherwise.
    """

    truth: Any
    steps: tuple[Step, ...]
    road: str

    def __init__(
        self,
        lhs: str,
        value: Any,
        steps: Sequence[Step],
        checks: Sequence[Check] = (),
        road: str = "symbolic",
    ) -> None:
        where = statement()
        if not steps:
            raise QuestionError("the derivation has no steps", where, "list at least one Step(…)")
        _require_road(road, where)
        super().__init__(lhs, steps[-1].form, checks)
        fill(self, where=where, truth=_exact(value, where), steps=tuple(steps), road=road)

    @property
    def roads(self) -> tuple[str, ...]:
        return tuple(sorted({*super().roads, self.road}))


@dataclass(frozen=True, eq=False)
class Mark:
    """A line of a part's marking scheme: whole or half points, and for what (`fr=`, `en=`)."""

    points: sympy.Rational
    earned: Text
    where: Where

    def __init__(self, points: Any, /, **earned: str) -> None:
        where = statement()
        exact = None if isinstance(points, float) else sympy.sympify(points)
        if exact is None or not (exact.is_Rational and exact > 0 and (2 * exact).is_Integer):
            raise QuestionError(
                f"a mark of {points!r} points",
                where,
                "give whole or half points: 2, Rational(1, 2), Rational(3, 2)",
            )
        fill(self, points=exact, earned=Text.at(where, earned), where=where)


@dataclass(frozen=True, eq=False)
class Key:
    """A line of the formula sheet: an answer, a symbol with a value, a term, or a given formula.

    `fr=`, `en=` name it; a symbol or a term has a name already, its meaning in the glossary. A
    formula that the exam gives, or a definition, is LaTeX without dollars.
    """

    thing: Answer | Symbol | Term | str
    name: Text
    where: Where

    def __init__(self, thing: Any, /, **name: str) -> None:
        where = statement()
        defined = isinstance(thing, Term) or (isinstance(thing, Symbol) and thing.value is not None)
        if not defined and not isinstance(thing, Answer | str):
            raise QuestionError(
                f"Key({thing!r}) has no formula to print",
                where,
                "give an Answer, a Derivation, a symbol with a value, a Term, or LaTeX",
            )
        if isinstance(thing, str):
            thing = clean(thing, where)
        if not name and not defined:
            raise QuestionError(
                "a line of the formula sheet has no name",
                where,
                'write Key(…, fr="…", en="…")',
            )
        said = Text.at(where, name) if name else thing.meaning
        fill(self, thing=thing, name=said, where=where)


@dataclass(frozen=True, eq=False)
class Part:
    """A sub-question: its letter, its points, and the answers and experiments it rests on.

    `marking` proposes how the points are given; its lines add up to them.
    """

    id: str
    points: int
    answers: tuple[Answer, ...]
    experiments: tuple[Experiment, ...]
    marking: tuple[Mark, ...]
    where: Where

    def __init__(
        self,
        id: str,
        points: int,
        answers: Sequence[Answer] = (),
        experiments: Sequence[Experiment] = (),
        marking: Sequence[Mark] = (),
    ) -> None:
        where = statement()
        if not isinstance(points, int) or isinstance(points, bool) or points < 1:
            raise QuestionError(
                f"part ({id}) has {points!r} points", where, "points are a whole number, at least 1"
            )
        fill(
            self,
            id=id,
            points=points,
            answers=tuple(answers),
            experiments=tuple(experiments),
            marking=tuple(marking),
            where=where,
        )


@dataclass(frozen=True, eq=False)
class Figure:
    """A figure, drawn by `draw(axes, say)` on axes that solgen made and will save.

    `axes` is one Axes, or a tuple of them when `panels` > 1; `say(fr=…, en=…)` gives a label in
    the language being drawn. `caption` and `alt` (for readers who cannot see it) are needed in
    every language. `height` is in inches; the width is the text's.
    """

    id: str
    draw: Callable[..., None]
    caption: Text
    alt: Text
    panels: int
    height: float
    where: Where

    def __init__(
        self,
        id: str,
        draw: Callable[..., None],
        *,
        caption: Text,
        alt: Text,
        panels: int = 1,
        height: float = 2.4,
    ) -> None:
        where = statement()
        if not id.isascii() or not id.replace("-", "").isalnum():
            raise QuestionError(
                f"the figure name {id!r} cannot be a file name",
                where,
                "use letters, digits and hyphens",
            )
        fill(
            self,
            id=id,
            draw=draw,
            caption=caption,
            alt=alt,
            panels=panels,
            height=height,
            where=where,
        )


@dataclass(frozen=True, eq=False)
class Table:
    """A table of computed cells. `header` and cells are Text, SymPy, integers or tuples.

    `align` has one letter per column: l, c or r.
    """

    header: tuple[Any, ...]
    rows: tuple[tuple[Any, ...], ...]
    align: str
    where: Where

    def __init__(self, header: Sequence[Any], rows: Sequence[Sequence[Any]], align: str) -> None:
        where = statement()
        widths = {len(header), len(align), *map(len, rows)}
        if len(widths) != 1 or not rows or set(align) - set("lcr"):
            raise QuestionError(
                f"the table has {len(header)} headers, align={align!r} and rows of "
                f"{sorted(set(map(len, rows)))} cells",
                where,
                "give as many headers, letters (l, c, r) and cells per row",
            )
        fill(
            self,
            header=tuple(map(_cell, header)),
            rows=tuple(tuple(map(_cell, row)) for row in rows),
            align=align,
            where=where,
        )


@dataclass(frozen=True, eq=False)
class Question:
    """A whole question: what the module's last statement binds to the name `question`."""

    title: Text
    parts: tuple[Part, ...]
    figures: tuple[Figure, ...]
    summary: tuple[Key, ...]
    instances: tuple[Instance, ...]
    attested: tuple[Attested, ...]
    where: Where

    def __init__(
        self,
        title: Text,
        parts: Sequence[Part],
        figures: Sequence[Figure] = (),
        summary: Sequence[Key] = (),
        instances: Sequence[Instance] = (),
        attested: Sequence[Attested] = (),
    ) -> None:
        where = statement()
        fill(
            self,
            title=title,
            parts=tuple(parts),
            figures=tuple(figures),
            summary=tuple(summary),
            instances=tuple(instances),
            attested=tuple(attested),
            where=where,
        )

    @property
    def points(self) -> int:
        """The sum of the parts' points."""
        return sum(part.points for part in self.parts)


def _require_road(road: str, where: Where) -> None:
    if road not in ROADS:
        raise QuestionError(f"{road!r} is not a road", where, f"choose one of {', '.join(ROADS)}")


def _cell(value: Any) -> Any:
    return value if isinstance(value, Text | str) or value is None else canonical(value)


def _exact(value: Any, where: Where) -> Any:
    try:
        return canonical(value)
    except QuestionError as error:
        error.where = where
        raise
