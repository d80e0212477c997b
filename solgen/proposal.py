"""`solgen try`: a proposed answer, read, and put before everything that guards the real one.

It is read by a grammar of its own, Python's without its dangers: numbers, the question's names,
arithmetic and named functions. Nothing is evaluated as code.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sympy

from solgen.algebra import Verdict, compare
from solgen.clock import time_limit
from solgen.errors import EXIT_USAGE, LimitError, QuestionError, SolgenError
from solgen.evidence import Rejected
from solgen.load import Loaded
from solgen.model import Answer, Part
from solgen.project import Project
from solgen.symbols import Symbol

FUNCTIONS = {
    name: getattr(sympy, name)
    for name in (
        *("exp", "log", "sqrt", "sin", "cos", "tan", "sinh", "cosh", "tanh", "atan", "atanh"),
        *("Abs", "Max", "Min", "floor", "ceiling", "sign", "factorial", "binomial", "Matrix"),
    )
} | {"ln": sympy.log, "abs": sympy.Abs, "max": sympy.Max, "min": sympy.Min}
JUDGE_SECONDS = 30.0
LARGEST = 10_000  # an exponent, or what factorials are taken of
CONSTANTS = {"pi": sympy.pi, "E": sympy.E, "oo": sympy.oo}
_OPERATIONS: Mapping[type, Any] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}


@dataclass(frozen=True)
class Judgement:
    """Whether a proposal is accepted as one answer, and what decided."""

    answer: str
    accepted: bool
    reasons: tuple[str, ...]


def judge(project: Project, loaded: Loaded, target: str, text: str) -> Judgement:
    """Judge `text` as the answer that `target` names: a part's letter, or an answer's name.

    As a part's answer it may be any of the part's; a refusal gives the reasons of the one that
    stands first in the part's short answer.
    Raises QuestionError for a target that does not exist and a text that cannot be read.
    """
    try:
        with time_limit(JUDGE_SECONDS):
            proposed = read(text, loaded)
            main, *others = _answers(project, loaded, target)
            first = _judged(loaded, main, proposed)
            if first.accepted:
                return first
            judged = (_judged(loaded, answer, proposed) for answer in others)
            return next((one for one in judged if one.accepted), first)
    except TimeoutError:
        raise LimitError(
            f"judging this took more than {JUDGE_SECONDS:g} s", None, "write it simpler", found=text
        ) from None


def _answers(project: Project, loaded: Loaded, target: str) -> list[Answer]:
    """The answers of a part, the main one first, or the one of that name."""
    part: Part | None = next((p for p in loaded.question.parts if p.id == target), None)
    if part is not None and part.answers:
        short = _short_answer(project, loaded, target)
        places = {id(a): _place(loaded.name_of(a), short) for a in part.answers}
        return sorted(part.answers, key=lambda answer: places[id(answer)])
    known = {loaded.name_of(a): a for p in loaded.question.parts for a in p.answers}
    if target in known:
        return [known[target]]
    near = difflib.get_close_matches(target, known, n=1)
    letters = ", ".join(p.id for p in loaded.question.parts)
    raise QuestionError(
        f"{loaded.name} has no part or answer {target!r}",
        hint=f"did you mean {loaded.name}.{near[0]}?" if near else f"its parts are {letters}",
        expected=", ".join(known),
        code=EXIT_USAGE,
    )


def _short_answer(project: Project, loaded: Loaded, letter: str) -> str:
    """What the template prints as the part's short answer."""
    path = project.templates / "questions" / f"{loaded.name}.tex.j2"
    source = path.read_text(encoding="utf-8") if path.is_file() else ""
    found = re.search(rf"(?ms)^@part {letter}\b.*?^@answer\b(.*?)^@solution\b", source)
    return found[1] if found else ""


def _place(name: str, text: str) -> int:
    """Where the name first stands in the text; behind everything if it does not."""
    found = re.search(rf"\b{re.escape(name)}\b", text)
    return found.start() if found else len(text)


def _judged(loaded: Loaded, answer: Answer, proposed: Any) -> Judgement:
    """The referee first, for its counterexample; then every check of the answer."""
    reasons = []
    try:
        verdict = compare(proposed, answer.value)
    except SolgenError as error:
        verdict = Verdict("undecided", str(error.args[0]))
    if not verdict.accepted:
        reasons.append(_told(verdict))
    for check in answer.checks:
        try:
            check.run(proposed)
        except Rejected as rejection:
            sides = f": {rejection.found}, not {rejection.expected}" if rejection.found else ""
            reasons.append(f"{_called(check)}: {rejection.message}{sides}")
        except Exception as error:  # noqa: BLE001 - a proposal may have any shape
            reasons.append(f"{_called(check)} cannot take it: {type(error).__name__}")
    return Judgement(loaded.name_of(answer), not reasons, tuple(reasons) or (_told(verdict),))


def _called(check: Any) -> str:
    return f"the check ({check.road})"


def _told(verdict: Verdict) -> str:
    if verdict.status == "refuted":
        at = verdict.counterexample()
        return f"the referee: it is {verdict.left}, not {verdict.right}, {at}".rstrip(", ")
    if verdict.status == "undecided":
        return f"the referee cannot decide: {verdict.method}"
    return f"the referee: {verdict.status} ({verdict.method})"


# --- reading ----------------------------------------------------------------------------------


def read(text: str, loaded: Loaded) -> Any:
    """The proposal as an exact value. Raises QuestionError, with a caret under what is unreadable.

    Names are those of the module or those that are printed; decimals are exact.
    """
    if "\\" in text:
        raise _unreadable(text, text.index("\\"), "LaTeX is not read here", "write (f - y)*f")
    if zero := re.search(r"(?<![\w.])0\d", text):
        raise _unreadable(text, zero.start(), "a number begins by 0", "write 5, or 0.5")
    # Python's own ^ binds less than +; read as it stands, f - f^2 would be (f - f)^2.
    python = text.strip().replace("^", "**")
    try:
        tree = ast.parse(python, mode="eval").body
    except (SyntaxError, ValueError) as error:
        place = _original(text.strip(), (getattr(error, "offset", None) or 1) - 1)
        hint = "write products with *, powers with ** or ^, and close every parenthesis"
        raise _unreadable(text.strip(), place, "this cannot be read", hint) from None
    try:
        return _Reader(text.strip(), python, _names(loaded)).value(tree)
    except RecursionError:
        raise _unreadable(text.strip(), 0, "this is nested too deeply", "shorten it") from None


def _names(loaded: Loaded) -> dict[str, Any]:
    """What a proposal may name: the question's symbols, by both of their names."""
    symbols = {k: v for k, v in loaded.namespace.items() if isinstance(v, Symbol)}
    return {**CONSTANTS, **{s.name: s for s in symbols.values()}, **symbols}


class _Reader:
    """From Python's syntax to values, refusing everything else."""

    def __init__(self, text: str, python: str, names: Mapping[str, Any]) -> None:
        self.text = text
        self.python = python
        self.names = names

    def value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return sympy.Rational(ast.get_source_segment(self.python, node) or str(node.value))
        if isinstance(node, ast.Name):
            return self._named(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = self.value(node.operand)
            return -inner if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            return self._operation(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            return self._called(node, node.func)
        if isinstance(node, ast.Tuple | ast.List):
            return sympy.Tuple(*map(self.value, node.elts))
        raise self._error(node, "this is no part of a formula", "write arithmetic and functions")

    def _named(self, node: ast.Name) -> Any:
        if node.id in self.names:
            return self.names[node.id]
        near = difflib.get_close_matches(node.id, [*self.names, *FUNCTIONS], n=1)
        known = ", ".join(sorted(set(self.names) - set(CONSTANTS)))
        raise self._error(
            node,
            f"there is no symbol {node.id}",
            f"did you mean {near[0]}?" if near else f"the question's symbols are {known}",
        )

    def _operation(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Pow) and getattr(left, "is_Rational", False) and _huge(right):
            raise self._error(node.right, "this exponent is too large", "write a smaller one")
        try:
            found = _OPERATIONS[type(node.op)](left, right)
        except (TypeError, ValueError, sympy.ShapeError) as error:
            raise self._error(node, f"this cannot be computed: {error}", "check it") from None
        if getattr(found, "has", None) and found.has(sympy.zoo, sympy.nan):
            raise self._error(node, "this divides by zero", "check it")
        return found

    def _called(self, node: ast.Call, name: ast.Name) -> Any:
        if name.id not in FUNCTIONS:
            near = difflib.get_close_matches(name.id, FUNCTIONS, n=1)
            hint = f"did you mean {near[0]}?" if near else "write products with *: 2*(a + b)"
            raise self._error(name, f"there is no function {name.id}", hint)
        values = [self.value(argument) for argument in node.args]
        if name.id in ("factorial", "binomial") and any(_huge(value) for value in values):
            raise self._error(node, "this number is too large", "write a smaller one")
        try:
            return FUNCTIONS[name.id](*values)
        except (TypeError, ValueError) as error:
            raise self._error(node, f"{name.id} cannot take this: {error}", "check it") from None

    def _error(self, node: ast.expr, message: str, hint: str) -> QuestionError:
        return _unreadable(self.text, _original(self.text, node.col_offset), message, hint)


def _original(text: str, place: int) -> int:
    """The place in the text as it was typed, where every ^ has become two characters."""
    for index, character in enumerate(text):
        if place <= index:
            return index
        place -= character == "^"
    return len(text)


def _huge(number: Any) -> bool:
    """Whether a number is so large that writing out a power or factorial of it takes for ever."""
    return bool(getattr(number, "is_Rational", False) and abs(number) > LARGEST)


def _unreadable(text: str, place: int, message: str, hint: str) -> QuestionError:
    caret = text + "\n" + " " * max(place, 0) + "^"
    return QuestionError(message, None, hint, found="\n" + caret, code=EXIT_USAGE)


def proposals(source: str) -> Iterator[tuple[str, str]]:
    """(target, expression) of every line `q1.d: f - y`; empty lines and # comments are left out.

    Raises QuestionError for another line.
    """
    for number, line in enumerate(source.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        target, colon, expression = line.partition(":")
        if not colon:
            raise QuestionError(
                f"line {number} proposes nothing", None, "write q1.d: f - y", found=line.strip()
            )
        yield target.strip(), expression.strip()
