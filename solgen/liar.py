"""Liars: a function or value that an answer is computed by gives something else, everywhere.

A check that agrees with the lie has computed nothing by itself: it shares code, or a value, with
the answer. One check at least must notice.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import wraps
from numbers import Number
from types import BuiltinFunctionType, FunctionType
from typing import Any

import mpmath
import numpy as np
import sympy

from solgen.algebra import canonical, differ
from solgen.edits import bound, called
from solgen.errors import SolgenError
from solgen.guards import REFUSED, Guard, of_answer, of_step
from solgen.load import Loaded
from solgen.model import Answer, Derivation
from solgen.symbols import Symbol
from solgen.workshop import Workshop, needed, renamed

OFF = sympy.Rational(1, 7)  # how much a liar is off
# What only makes objects, or reads them: a lie there would be one about what was asked.
_MAKERS_OF_DATA = ("sqrt", "root", "cbrt", "symbols", "eye", "zeros", "ones", "diag")
_MAKERS = (
    *(*_MAKERS_OF_DATA, "cache", "lru_cache"),
    *("symbol", "times", "plus", "over", "power", "agree", "equal", "equals", "holds", "unfold"),
    *("by_slope", "by_value"),
)
_MADE = ("symbol", "Term", "Answer", "Derivation", "Experiment", "Figure", "Table", "Question")


@dataclass(frozen=True)
class Independence:
    """Whether an answer is checked by something that does not share how it was found.

    `producers` are the names whose lies move the answer; `by` what noticed one of them; `unnoticed`
    those that nothing noticed. An answer without producers is typed: its checks
    computed it, and `shared` are the names whose lies move all of these.
    """

    question: str
    part: str
    name: str
    producers: tuple[str, ...]
    by: tuple[str, ...]
    unnoticed: tuple[str, ...]
    shared: tuple[str, ...]


def lie(thing: Any) -> Any:
    """A function that gives something else than `thing` does; or something else than a value."""
    if not callable(thing) or isinstance(thing, type | sympy.Basic):
        return _falsified(thing)

    @wraps(thing)
    def liar(*args: Any, **named: Any) -> Any:
        return _falsified(thing(*args, **named))

    return liar


def _falsified(value: Any) -> Any:
    """Another value of the same kind; what is no value (a check, a text, an answer) stays."""
    if isinstance(value, bool | Symbol | str | type(None)):
        return value
    if isinstance(value, sympy.MatrixBase):
        return value.applyfunc(_falsified)
    if isinstance(value, sympy.Tuple):
        return sympy.Tuple(*map(_falsified, value))
    if type(value) in (list, tuple):
        return type(value)(map(_falsified, value))
    if isinstance(value, dict):
        return {key: _falsified(entry) for key, entry in value.items()}
    if isinstance(value, FunctionType | BuiltinFunctionType):
        return lie(value)
    if isinstance(value, sympy.Expr) and not isinstance(value, sympy.Integer):
        return value + OFF
    return value + 1 if _is_number(value) else value


def _is_number(value: Any) -> bool:
    """A number of Python, SymPy or mpmath, or an array of them."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iufc"
    return isinstance(value, Number | sympy.Integer | mpmath.mpf | mpmath.mpc)


def producers(workshop: Workshop) -> list[str]:
    """The names of a module that compute: its functions, values, and functions it imports."""
    body = ast.parse(workshop.source).body
    namespace = workshop.original.namespace
    used = needed(body, workshop.homes) | _imported(body)
    stated = [_stated(namespace[name]) for name in workshop.homes]
    return [name for name in _candidates(body, namespace, stated) if name in used]


def _candidates(
    body: list[ast.stmt], namespace: dict[str, Any], stated: list[Any]
) -> Iterator[str]:
    for statement in body:
        if isinstance(statement, ast.ImportFrom):
            names = [alias.asname or alias.name for alias in statement.names]
            yield from (n for n in names if n not in _MAKERS and _computes(namespace.get(n)))
        elif isinstance(statement, ast.FunctionDef):
            if not statement.name.startswith(("check_", "draw_", "measure_")):
                yield statement.name
        elif called(statement) not in _MADE:
            given = _is_given(statement, namespace)
            for name in bound(statement):
                value = namespace.get(name)
                computed = not isinstance(value, Symbol | Answer | str)
                if computed and (not given or _is_one_of(value, stated)):
                    yield name


def _is_one_of(value: Any, stated: list[Any]) -> bool:
    """Whether a datum is itself what an answer states, so that it is no mere datum."""
    try:
        return canonical(value) in stated
    except SolgenError:
        return False


def _computes(thing: Any) -> bool:
    return inspect.isfunction(thing)


def _is_given(statement: ast.stmt, namespace: dict[str, Any]) -> bool:
    """Whether it only writes data down: another datum is another question, no wrong answer."""
    calls = [node.func for node in ast.walk(statement) if isinstance(node, ast.Call)]
    return all(_makes_data(call, namespace) for call in calls)


def _makes_data(call: ast.expr, namespace: dict[str, Any]) -> bool:
    """Whether what is called is a kind of object (Rational, Matrix, dict), or one's method."""
    if isinstance(call, ast.Attribute):
        return _makes_data(call.value, namespace)
    name = call.id if isinstance(call, ast.Name) else ""
    known = namespace.get(name, getattr(builtins, name, None))
    return name in _MAKERS_OF_DATA or isinstance(known, type)


def _imported(body: list[ast.stmt]) -> set[str]:
    return {
        alias.asname or alias.name
        for statement in body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }


def altered(source: str, name: str) -> str:
    """The module's source with a liar in the place of `name`."""
    tree = ast.parse(source)
    body: list[ast.stmt] = []
    for statement in tree.body:
        body.append(statement)
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            statement.decorator_list.insert(0, ast.Name("_lie", ast.Load()))
        elif isinstance(statement, ast.ImportFrom):
            if any((alias.asname or alias.name) == name for alias in statement.names):
                body += ast.parse(f"{name} = _lie({name})").body
        elif isinstance(statement, ast.Assign) and name in bound(statement):
            body += ast.parse(f"globals()[{name!r}] = _lie({name})").body
    first = 1 if isinstance(body[0], ast.Expr) else 0  # after the docstring
    body.insert(first, ast.parse("from solgen.liar import lie as _lie").body[0])
    tree.body = body
    return ast.unparse(ast.fix_missing_locations(tree))


def independence(workshop: Workshop) -> list[Independence]:
    """What the liars of a question showed about each of its answers."""
    body = ast.parse(workshop.source).body
    original = workshop.original
    answers = {name: original.namespace[name] for name in workshop.homes}
    found = {name: _Findings([g.name for g in _named(a, a)]) for name, a in answers.items()}
    for producer in producers(workshop):
        try:
            lying = workshop.load(altered(workshop.source, producer))
        except SolgenError:
            continue  # no module, no answer: nothing could be wrong unnoticed
        for name in workshop.homes:
            if producer in needed(body, [name]) or producer in _reads(body, name):
                _confront(found[name], producer, original, lying, name)
    return [
        Independence(original.name, part, name, *found[name].summary())
        for name, part in workshop.homes.items()
    ]


def _reads(body: list[ast.stmt], name: str) -> set[str]:
    """The imported names that an answer's statement, or what it needs, reads."""
    wanted = needed(body, [name])
    return {
        node.id
        for statement in body
        if wanted & set(bound(statement))
        for node in ast.walk(statement)
        if isinstance(node, ast.Name)
    } & _imported(body)


class _Findings:
    """What is known of one answer so far: for each liar, whether it moved it and who noticed."""

    def __init__(self, guards: list[str]) -> None:
        self.guards = guards
        self.moved: dict[str, set[str]] = {}
        self.noticed: dict[str, set[str]] = {}

    def summary(self) -> tuple[tuple[str, ...], ...]:
        by = set().union(*self.moved.values()) if self.moved else set(self.guards)
        unnoticed = tuple(name for name, guards in self.moved.items() if not guards)
        checks = {g for g in self.guards if g.startswith("check")}
        shared = tuple(name for name, seen in self.noticed.items() if seen >= checks)
        ordered = tuple(g for g in self.guards if g in by)
        return tuple(self.moved), ordered, unnoticed, shared


def _confront(
    findings: _Findings, producer: str, original: Loaded, lying: Loaded, name: str
) -> None:
    """Put what a lie made of an answer before the checks, which heard the same lie."""
    before, after = original.namespace[name], lying.namespace[name]
    guards = [*_named(before, after)]
    stated = _stated(after)
    if _same(stated, _stated(before)):
        noticed = {g.name for g in guards if g.rule(after.value).word == REFUSED}
        findings.noticed[producer] = noticed
    else:
        findings.moved[producer] = {g.name for g in guards if g.rule(stated).word == REFUSED}


def _named(before: Answer, after: Answer) -> Iterator[Guard]:
    """The guards of the lying module under the names they have in the true one."""
    for true, lying in zip(of_answer(before), of_answer(after), strict=True):
        if not true.name.startswith("referee"):
            yield Guard(true.name, lying.look)
    if isinstance(after, Derivation):
        yield Guard("typed steps", lambda stated: _typed(after, stated))


def _typed(derivation: Derivation, _stated_value: Any) -> None:
    """The steps as they were typed, before the truth as the liar tells it."""
    for number in range(1, len(derivation.steps) + 1):
        of_step(derivation, number).look(derivation.steps[number - 1].form)


def _stated(answer: Answer) -> Any:
    return answer.truth if isinstance(answer, Derivation) else answer.value


def _same(value: Any, original: Any) -> bool:
    """Whether the lie has left the answer as it was."""
    try:
        told = renamed(value, original)
        return told == renamed(original, original) or not differ(told, original)
    except SolgenError:
        return False
