"""Notation made concrete: an instance gives values to symbols, and every relation is tried on it.

An instance is drawn at random and says what the symbols stand for, by the definitions and not by
the results; or it is an example, with the data that the text gives.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from solgen.author import fill, statement
from solgen.errors import QuestionError, Where
from solgen.text import Text, clean


@dataclass(frozen=True, eq=False)
class Instance:
    r"""What symbols stand for, as `draw(rng)` makes it anew with each NumPy generator.

    `draw` returns a mapping from symbols, terms or notations (LaTeX, `r"\mathbf{E}\,\epsilon^2"`)
    to values: numbers, arrays (a vector is a column), SymPy expressions, functions of values,
    families `{1: …, 2: …}` by index, and a `range` or set of integers for an index, `{(i, t):
    [(1, 2), …]}` for several that go together. `parts` are the letters where it holds (default:
    everywhere); `only` are the relations it speaks of, where others are about something else.

    A mapping instead of a function gives definitions, where all its values are functions or
    expressions in the glossary's symbols; otherwise the data of an example, which is true of its
    own relations alone.
    """

    draw: Callable[[Any], Mapping[Any, Any]] | Mapping[Any, Any]
    parts: str
    only: tuple[str, ...]
    where: Where

    def __init__(
        self,
        draw: Callable[[Any], Mapping[Any, Any]] | Mapping[Any, Any],
        *,
        parts: str = "",
        only: Sequence[str] = (),
    ) -> None:
        where = statement()
        random = callable(draw)
        if random and not _takes_one(draw):
            raise QuestionError(
                "an instance is drawn by a function of one argument, the random generator",
                where,
                "write def draw_…(rng): return {…}",
            )
        if not random and not isinstance(draw, Mapping):
            raise QuestionError(
                f"Instance({draw!r}) gives no values",
                where,
                "give a function of the random generator, or a mapping from symbols to values",
            )
        if isinstance(only, str):
            raise QuestionError("only is a list of relations", where, 'write only=[r"…"]')
        said = tuple(clean(relation, where) for relation in only)
        fill(self, draw=draw, parts=parts, only=said, where=where)

    @property
    def defines(self) -> bool:
        """Whether it says what notations mean, in terms of the glossary's symbols."""
        return not callable(self.draw) and all(map(_meant, self.draw.values()))

    @property
    def example(self) -> bool:
        """Whether it is data of the text rather than drawn at random."""
        return not callable(self.draw) and not self.defines


def _takes_one(draw: Any) -> bool:
    try:
        return len(inspect.signature(draw).parameters) == 1
    except ValueError:  # of Python itself, which draws nothing
        return False


def _meant(value: Any) -> bool:
    if isinstance(value, sympy.Basic | sympy.MatrixBase):
        return bool(value.free_symbols)
    return callable(value)


@dataclass(frozen=True, eq=False)
class Attested:
    """A relation that no machine checks here, and why (`fr=`, `en=`): printed in the report."""

    relation: str
    reason: Text
    where: Where

    def __init__(self, relation: str, /, **reason: str) -> None:
        where = statement()
        fill(self, relation=clean(relation, where), reason=Text.at(where, reason), where=where)
