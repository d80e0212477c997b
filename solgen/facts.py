"""What a question's module gives to the booklet, as plain data.

It is found once for the same bytes (solgen.gather) and needs no SymPy afterwards: a page whose
prose was edited is made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from solgen.errors import Where

Lines = tuple[tuple[str, Where], ...]
"""Lines of LaTeX, each with where its author wrote it."""


@dataclass(frozen=True)
class PartFacts:
    """A part: its labels (`2 c)`) and marking scheme by language."""

    id: str
    points: int
    labels: Mapping[str, str]
    marking: Mapping[str, Lines]


@dataclass(frozen=True)
class Verified:
    """An answer that was verified, or an experiment (without status) that met its claim."""

    part: str
    name: str
    status: str
    roads: tuple[str, ...]
    where: Where

    @property
    def kind(self) -> str:
        return "answer" if self.status else "experiment"


@dataclass(frozen=True)
class Facts:
    """All that the booklet prints of a question's module, and what its template may refer to.

    Texts are LaTeX, by language; `notation` is by edition (`fr`, `en`, `fr-en`). `reasons` are the
    formulas in the reasons of what is attested: language, source, place. `data` is its share of
    answers.json.
    """

    name: str
    module: str
    points: int
    titles: Mapping[str, str]
    title_at: Where
    parts: tuple[PartFacts, ...]
    verified: tuple[Verified, ...]
    figures: tuple[str, ...]
    notation: Mapping[str, Lines]
    sheet: Mapping[str, Lines]
    report: Mapping[str, Lines]
    reasons: tuple[tuple[str, str, Where], ...]
    data: Mapping[str, Any]

    @property
    def number(self) -> int:
        return int(self.name[1:])

    @property
    def answers(self) -> tuple[Verified, ...]:
        return tuple(one for one in self.verified if one.status)

    @property
    def experiments(self) -> tuple[Verified, ...]:
        return tuple(one for one in self.verified if not one.status)
