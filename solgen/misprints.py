"""Misprints: a printed formula with one sign of it changed, as a slip of the hand would.

They show whether the ledger notices what a reader would stumble over.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solgen.tokens import Mark, tokens

_RELATIONS = {
    "=": r" \neq ",
    "<": " > ",
    ">": " < ",
    "<=": r" \geq ",
    ">=": r" \leq ",
    "!=": " = ",
    "~": r" \neq ",
    "in": r" \notin ",
}
_FUNCTIONS = {
    r"\log": r"\exp",
    r"\exp": r"\log",
    r"\tanh": r"\sin",
    r"\sin": r"\cos",
    r"\cos": r"\sin",
    r"\max": r"\min",
    r"\min": r"\max",
    r"\sum": r"\prod",
    r"\prod": r"\sum",
}
_KINDS = {"SUB": "index", "SUP": "exponent"}


@dataclass(frozen=True)
class Misprint:
    """What was done, where, and the formula after it."""

    operator: str
    place: int
    source: str


def misprints(
    source: str, marks: tuple[str, str], letters: Sequence[str], rng: random.Random
) -> Iterator[Misprint]:
    """Every misprint of a formula, in the order of its signs; `rng` chooses other letters.

    `marks` are the number marks of its language, `letters` what a letter may be mistaken for.
    """
    found = tokens(source, marks)
    for index, mark in enumerate(found):
        for operator, new in _changes(mark, index, found, letters, rng):
            yield Misprint(operator, mark.place, source[: mark.place] + new + source[mark.end :])
        if mark.kind in _KINDS and (end := _closing(found, index + 1)) is not None:
            rest = source[end:]
            yield Misprint(f"{_KINDS[mark.kind]} dropped", mark.place, source[: mark.place] + rest)


def _changes(
    mark: Mark, index: int, found: list[Mark], letters: Sequence[str], rng: random.Random
) -> Iterator[tuple[str, str]]:
    """(operator, new text) for one sign."""
    if mark.kind == "NUM" and mark.text.isdigit() and len(mark.text) == mark.end - mark.place:
        yield "a number up by one", str(int(mark.text) + 1)
    elif mark.kind in ("PLUS", "MINUS"):
        leading = index == 0 or found[index - 1].kind not in _ENDS
        yield "sign", " " if leading and mark.kind == "MINUS" else _opposite(mark)
    elif mark.kind == "REL" and mark.text in _RELATIONS:
        yield "relation", _RELATIONS[mark.text]
        if mark.text == "<=":
            yield "relation made strict", " < "
    elif mark.kind == "LETTER":
        others = [letter for letter in letters if letter != mark.text]
        if others:
            yield "another letter", f" {rng.choice(others)} "
    elif mark.text in _FUNCTIONS:
        yield "another function", _FUNCTIONS[mark.text]
    elif mark.kind in ("TIMES", "ODOT"):
        yield "product into sum", " + "
    elif mark.kind in ("PRIME", "TOP"):
        yield "dropped", "" if mark.kind == "PRIME" else " 1 "


_ENDS = ("NUM", "LETTER", "PRIME", "TOP", "RPAR", "RBRA", "RBRACE", "RABS", "RNORM", "MEND", "RSET")


def _opposite(mark: Mark) -> str:
    return " - " if mark.kind == "PLUS" else " + "


def _closing(found: list[Mark], start: int) -> int | None:
    """Where the group that opens at the index `start` ends in the source."""
    depth = 0
    for mark in found[start:]:
        depth += (mark.kind == "LBRACE") - (mark.kind == "RBRACE")
        if depth == 0:
            return mark.end
    return None
