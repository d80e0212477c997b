"""What somebody typed in LaTeX, as exact values: it is read as the booklet's own formulas are."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sympy
from lark import Token, Tree

from solgen import reading, syntax
from solgen.errors import QuestionError
from solgen.latex import formula
from solgen.lexicon import Lexicon
from solgen.load import Loaded
from solgen.locales import load_locales
from solgen.meaning import Meaning
from solgen.model import Answer
from solgen.project import Project
from solgen.symbols import Symbol
from solgen.tokens import Mark, Unreadable, tokens
from solgen.typed import Proposed, unreadable
from solgen.values import Beyond, Members, Outside, Unknown

Marks = tuple[str, str]  # the decimal and the thousands mark of a language
_NUMBER = re.compile(r"\d\s*(?:[.,]|\{,\}|\\,)\s*\d")  # which languages read differently
_ENDS = re.compile(r"[\s$]*")
_OPEN = ("LBRACE", "LPAR", "LBRA", "LSET", "LABS", "LNORM", "LFLOOR", "LCEIL", "EVALOPEN", "MBEGIN")
_CLOSE = ("RBRACE", "RPAR", "RBRA", "RSET", "RABS", "RNORM", "RFLOOR", "RCEIL", "EVALCLOSE", "MEND")


def is_latex(text: str) -> bool:
    """Whether this can only be LaTeX."""
    return any(sign in text for sign in "\\{}$")


class Typeset:
    """Reads LaTeX in the notation of one part of a question; `symbols` are those that count."""

    def __init__(
        self, project: Project, loaded: Loaded, part: str, symbols: Sequence[Symbol]
    ) -> None:
        locales = load_locales(project)
        lexicon = Lexicon(project, loaded, locales, drawn=False)
        self.languages: list[Marks] = [(c.decimal, c.thousands) for c in locales]
        self.printed = {str(formula(s, locales[0])): s for s in symbols}
        known = {reading.notation(latex): s for latex, s in self.printed.items()}
        words = lexicon.words[part]
        names = {**{tuple(key.split(" ")): key for key in known}, **words.names}
        self.words = reading.Vocabulary(names, words.functions)
        self.values = {**known, **lexicon.contexts[part][0].draws[0].values}

    def readings(self, text: str, answers: Mapping[str, Answer]) -> list[Proposed]:
        """What `text` proposes; it names those of `answers` whose left side it begins with.

        0{,}5 and 10{,}314 are numbers in one language and others, or lists, in another: then there
        are several. Raises QuestionError, with a caret under what is unreadable.
        """
        found: list[Proposed] = []
        failures: list[QuestionError] = []
        for marks in self.languages if _NUMBER.search(text) else self.languages[:1]:
            try:
                proposed = self._in(text, marks, answers)
            except QuestionError as error:
                failures.append(error)
            else:
                found += [] if proposed in found else [proposed]
        if not found:  # the language that read furthest is the one it was written in
            raise max(failures, key=lambda error: len(str(error.found)))
        return found

    def _in(self, text: str, marks: Marks, answers: Mapping[str, Answer]) -> Proposed:
        start = _inside(text)
        name, cut = _left_side(text, start, marks, answers)
        start = cut or start
        try:
            left, value = self._sides(text, start, marks)
        except QuestionError:
            last = _last_side(text, start, marks)
            if last == start:
                raise
            _, value = self._sides(text, last, marks)  # a left side that is no formula
            left = []
        if isinstance(value, Members):
            hint = "write a list: [5, 8]"
            raise unreadable(text, start, "a set has no first and no last entry", hint)
        forms = tuple(side for side in left if not isinstance(side, sympy.Symbol))
        return Proposed(value, forms, name)

    def _sides(self, source: str, start: int, marks: Marks) -> tuple[list[Any], Any]:
        """The values of what stands left, as far as they can be read, and the last one."""
        try:
            found = reading.read(_from(source, start), self.words, marks)
        except Unreadable as error:
            raise unreadable(source, error.place, error.message, str(error.hint)) from None
        if len(found.statements) != 1:
            raise unreadable(source, start, "this is not one formula", "write one value")
        (statement,) = found.statements
        for sign in statement.children:
            if isinstance(sign, Token) and sign.type == "REL" and sign not in ("=", "~", "==="):
                place = sign.start_pos or 0
                raise unreadable(source, place, "a comparison is no value", "write one value")
        *before, last = syntax.sides(statement)
        meaning = _Placed(self.values, exact=True)
        return list(_readable(meaning, before)), self._value(source, start, meaning, last)

    def _value(self, source: str, start: int, meaning: _Placed, side: Tree[Token]) -> Any:
        try:
            found = _listed(meaning, side)
        except Unknown as missing:
            known = list(self.printed)
            near = difflib.get_close_matches(missing.name.replace(" ", ""), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the symbols are {', '.join(known)}"
            raise unreadable(source, missing.place, str(missing), hint) from None
        except (Beyond, Outside) as reason:
            place = getattr(reason, "place", start)
            message = f"this is beyond the reader: {reason}"
            raise unreadable(source, place, message, "write it in simpler terms") from None
        except RecursionError:
            raise unreadable(source, start, "this is nested too deeply", "shorten it") from None
        except (TypeError, ValueError, AttributeError, ArithmeticError) as error:
            message = f"this cannot be computed: {error}"
            raise unreadable(source, start, message, "check it") from None
        if getattr(found, "has", None) and found.has(sympy.zoo, sympy.nan):
            raise unreadable(source, start, "this divides by zero", "check it")
        return found


class _Placed(Meaning):
    """Meaning that says where it fails."""

    def value(self, node: Tree[Token] | Token) -> Any:
        try:
            return super().value(node)
        except (Beyond, Outside) as reason:
            if not hasattr(reason, "place"):
                leaf = node if isinstance(node, Token) else next(node.scan_values(bool), None)
                reason.place = (leaf.start_pos or 0) if leaf is not None else 0  # type: ignore[union-attr]
            raise


def _listed(meaning: Meaning, side: Tree[Token]) -> Any:
    """The value of a side; a list may stand without brackets."""
    entries = [entry for entry in side.children if isinstance(entry, Tree)]
    values = [meaning.value(entry) for entry in entries]
    return values[0] if len(values) == 1 else sympy.Tuple(*values)


def _readable(meaning: Meaning, before: list[Tree[Token]]) -> Iterator[Any]:
    """What stands left and has a value here; names and notations may have none."""
    for side in before:
        try:
            yield _listed(meaning, side)
        except (Unknown, Beyond, Outside, TypeError, ValueError, AttributeError):
            continue


def _inside(text: str) -> int:
    """Where the formula begins, behind spaces and dollars."""
    found = _ENDS.match(text)
    return found.end() if found else 0


def _from(text: str, start: int) -> str:
    """The formula from there on, every sign in its place, without the dollars that end it."""
    return " " * start + text[start:].rstrip(" \t\n$")


def _left_side(
    source: str, start: int, marks: Marks, answers: Mapping[str, Answer]
) -> tuple[str, int]:
    """The answer whose left side the source begins with, and where the rest begins."""
    try:
        typed = tokens(_from(source, start), marks)
    except Unreadable:
        return "", 0
    matches = []
    for name, answer in answers.items():
        for side in _alone(tokens(answer.lhs)):
            size = len(side)
            followed = len(typed) > size and typed[size].text == "="
            if followed and _plain(typed[:size]) == _plain(side):
                matches.append((size, name, typed[size].end))
    size = max((size for size, _, _ in matches), default=0)
    longest = [match for match in matches if match[0] == size]
    return (" ".join(name for _, name, _ in longest), longest[0][2]) if longest else ("", 0)


def _alone(lhs: list[Mark]) -> list[list[Mark]]:
    """A left side, and both sides of it where it is an equality itself."""
    cuts = list(_equals(lhs))
    bounds = [-1, *cuts, len(lhs)]
    pieces = [lhs[a + 1 : b] for a, b in itertools.pairwise(bounds)]
    return [lhs, *pieces] if cuts else [lhs]


def _equals(marks: list[Mark]) -> Iterator[int]:
    """Where `=` stands outside brackets."""
    depth = 0
    for index, mark in enumerate(marks):
        depth += (mark.kind in _OPEN) - (mark.kind in _CLOSE)
        if mark.text == "=" and depth == 0:
            yield index


def _last_side(source: str, start: int, marks: Marks) -> int:
    """Where the last side begins."""
    try:
        typed = tokens(_from(source, start), marks)
    except Unreadable:
        return start
    return max((typed[index].end for index in _equals(typed)), default=start)


def _plain(marks: list[Mark]) -> list[str]:
    """The texts, a straight d being a round one."""
    return ["d" if mark.text == r"\partial" else mark.text for mark in marks if mark.kind != "THIN"]
