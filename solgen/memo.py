"""What is remembered of a question whose module has not changed: values as LaTeX, and relations.

An edit of prose prints the same values and formulas at other lines. They need not be computed
again, and SymPy need not be imported. A memo is kept for exactly one content of the module and of
all that it reads (solgen.chapter); another content has another memo.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field, replace
from typing import TypeVar

from solgen.errors import Where
from solgen.formulas import Formula
from solgen.ledger import Entry

Found = TypeVar("Found")

Key = tuple[str, ...]  # the tokens of a relation
Call = tuple[str, str]  # what a printed value refers to: ("figure", "saturation")
FormulaKey = tuple[str, str, str, str, int | None]


class Unknown(Exception):
    """Something is printed that the memo does not hold: the module must be asked."""


@dataclass(frozen=True)
class Said:
    r"""What a `\VAR{…}` prints in one language, and the answers, figures and works it refers to."""

    text: str
    calls: tuple[Call, ...]


@dataclass(frozen=True)
class Taken:
    """What a formula left in the ledger: its entries, the notations it uses, relations it met."""

    entries: tuple[Entry, ...]
    used: frozenset[str]
    met: frozenset[Key]

    def at(self, where: Where) -> tuple[Entry, ...]:
        """The entries, of the same formula at another line."""
        return tuple(replace(entry, where=where) for entry in self.entries)


@dataclass(frozen=True)
class Claims:
    """What must be met somewhere on the pages, each with its place.

    `glossary`: a symbol's notation and its base; `attested` and `only` (the relations of an
    instance): text and keys; `accepted` as given: text and keys.
    """

    glossary: tuple[tuple[str, str, Where], ...]
    attested: tuple[tuple[str, frozenset[Key], Where], ...]
    accepted: tuple[tuple[str, frozenset[Key]], ...]
    only: tuple[tuple[str, frozenset[Key], Where], ...]


@dataclass
class Memo:
    """`values` by language, languages of captions and source; `formulas` by what is read."""

    values: dict[tuple[str, Key, str], Said] = field(default_factory=dict)
    formulas: dict[FormulaKey, Taken] = field(default_factory=dict)
    claims: Claims | None = None

    def value(self, locale: str, captions: Key, source: str) -> Said:
        """What this source prints. Raises Unknown."""
        return _known(self.values.get((locale, captions, source)))

    def formula(self, one: Formula, part: str) -> Taken:
        """What this formula left in the ledger. Raises Unknown."""
        return _known(self.formulas.get(formula_key(one, part)))


def formula_key(one: Formula, part: str) -> FormulaKey:
    """What decides how a formula is read and judged; in the notation table, its line too."""
    return part, one.locale, one.source, one.answer, one.where.line if one.table else None


def part_of(one: Formula, parts: Container[str]) -> str:
    """The part that a formula belongs to; "" for what stands outside the parts."""
    part = one.where.part or ""
    return part if part in parts else ""


def _known(found: Found | None) -> Found:
    if found is None:
        raise Unknown
    return found
