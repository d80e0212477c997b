"""Wrong versions of the question modules: one place of one answer changed.

What becomes of them is found in workshop.py.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from solgen.load import Loaded, load
from solgen.project import find_project
from solgen.verify import tasks

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS = {"exp": "log", "log": "exp", "tanh": "exp", "sqrt": "log", "floor": "exp"}
FORMS = ("times", "plus", "over", "power")


@dataclass(frozen=True)
class Mutant:
    """One change: in the lines of the statement `name`, `old` becomes `new`.

    `names` are what the statement binds: an answer, or a definition or formulas that answers are
    made of.
    """

    question: str
    names: tuple[str, ...]
    statement: tuple[int, int]
    line: int
    old: str
    new: str
    source: str

    def __str__(self) -> str:
        return f"{self.question}-{self.names[0]}-{self.line}: {self.old} -> {self.new}"


@cache
def original(question: str) -> Loaded:
    """The question as it is."""
    return load(find_project(ROOT), [question])[0]


@cache
def homes(question: str) -> dict[str, str]:
    """The letter of the part of every answer, in order."""
    loaded = original(question)
    return {loaded.name_of(answer): part.id for _, part, answer in tasks([loaded])}


def mutants(question: str) -> list[Mutant]:
    """Every mutant of the question, in the order of its lines."""
    path = ROOT / "questions" / f"{question}.py"
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    made: dict[tuple[ast.expr, str], Mutant] = {}
    for statement in tree.body:
        names = bound(statement)
        for target in _targets(statement, set(homes(question))) if names else ():
            for node, new in _changes(target):
                # A mutant that cannot be read would be refused for nothing.
                if ast.dump(ast.parse(new, mode="eval").body) != ast.dump(node):
                    lines = (statement.lineno, statement.end_lineno or statement.lineno)
                    mutated = _edited(source, node, new)
                    old = ast.unparse(node)
                    made[node, new] = Mutant(question, names, lines, node.lineno, old, new, mutated)
    return list(made.values())


def bound(statement: ast.stmt) -> tuple[str, ...]:
    """The names an assignment binds."""
    if not isinstance(statement, ast.Assign):
        return ()
    target = statement.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return tuple(part.id for part in parts if isinstance(part, ast.Name))


def _targets(statement: Any, answers: set[str]) -> Iterator[ast.expr]:
    """The expressions of a statement that say what is true: values, forms of steps, definitions."""
    value = statement.value
    if _is_formula(value):
        yield value
    if not isinstance(value, ast.Call) or not isinstance(statement.targets[0], ast.Name):
        return
    kind = getattr(value.func, "id", "")
    if kind == "symbol":
        yield from (k.value for k in value.keywords if k.arg == "value")
    elif kind in ("Answer", "Derivation"):
        yield from (k.value for k in value.keywords if k.arg == "value")
        yield from value.args[1:2]
    elif statement.targets[0].id in answers:  # by a function of the module that makes answers
        yield from (
            arg
            for arg in value.args[1:]  # the first is the left side, which is only printed
            if not (_is_step(arg) or _is_label(arg) or isinstance(arg, ast.Name))
        )
        yield from (k.value for k in value.keywords if k.arg == "order")
    if statement.targets[0].id in answers:
        yield from (n.args[0] for n in ast.walk(value) if _is_step(n) and isinstance(n, ast.Call))


def _is_step(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Step"


def _is_label(node: ast.expr) -> bool:
    """Text, which no machine verifies, or a function (a check's own)."""
    if isinstance(node, ast.Call):
        return any(_is_label(arg) for arg in node.args)
    string = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return string or isinstance(node, ast.JoinedStr | ast.Lambda)


def _is_formula(value: ast.expr) -> bool:
    """A bare formula, or a tuple of them, that answers are made of."""
    if isinstance(value, ast.Tuple):
        return bool(value.elts) and all(_is_formula(entry) for entry in value.elts)
    return isinstance(value, ast.Call) and getattr(value.func, "id", "") in FORMS


def _changes(target: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """(node, new text): every single-place change in the expression."""
    if not isinstance(target, ast.Tuple | ast.Starred):
        text = ast.unparse(target)
        yield target, f"-({text})"
        yield target, f"2*({text})"
    for node in _inside(target):
        yield from ((node, new) for new in _rewritings(node))


def _inside(node: ast.expr) -> Iterator[ast.expr]:
    """The node and what is below it, except names of functions, strings and loops' machinery."""
    yield node
    for child in ast.iter_child_nodes(node):
        called = isinstance(node, ast.Call) and child is node.func
        if isinstance(child, ast.expr) and not (called and isinstance(child, ast.Name)):
            yield from _inside(child)
        elif isinstance(child, ast.keyword | ast.comprehension):
            for below in ast.iter_child_nodes(child):
                if isinstance(below, ast.expr):
                    yield from _inside(below)


def _rewritings(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield str(node.value + 1)
        yield f"({node.value - 1})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.BinOp):
        yield from _operations(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from _calls(node, node.func.id)
    elif isinstance(node, ast.Tuple | ast.List) and len(node.elts) > 1:
        texts = [ast.unparse(entry) for entry in node.elts]
        for index in range(len(texts) - 1):
            swapped = [*texts]
            swapped[index : index + 2] = swapped[index : index + 2][::-1]
            yield _bracketed(node, swapped)
        yield _bracketed(node, texts[:-1])


def _bracketed(node: ast.expr, texts: list[str]) -> str:
    inside = ", ".join(texts)
    return f"[{inside}]" if isinstance(node, ast.List) else f"({inside},)"


def _operations(node: ast.BinOp) -> Iterator[str]:
    left, right = f"({ast.unparse(node.left)})", f"({ast.unparse(node.right)})"
    yield from (left, right)
    if isinstance(node.op, ast.Add):
        yield f"({left} - {right})"
    elif isinstance(node.op, ast.Sub):
        yield from (f"({left} + {right})", f"({right} - {left})")
    elif isinstance(node.op, ast.Mult):
        yield f"(2*{left}*{right})"
    elif isinstance(node.op, ast.Div):
        yield from (f"({right}/{left})", f"({left}*{right})")
    elif isinstance(node.op, ast.Pow):
        yield from (f"{left}**({right} + 1)", f"{right}**{left}")


def _calls(node: ast.Call, name: str) -> Iterator[str]:
    args = [ast.unparse(arg) for arg in node.args]
    if name in ("times", "plus"):
        for index, arg in enumerate(args):
            for new in ([], [f"-({arg})"], [f"2*({arg})"]):
                if changed := [*args[:index], *new, *args[index + 1 :]]:
                    yield f"{name}({', '.join(changed)})"
    elif name == "over":
        yield f"over({args[1]}, {args[0]})"
        yield f"times({args[0]}, {args[1]})"
    elif name == "power":
        yield f"power({args[0]}, ({args[1]}) + 1)"
        yield f"power({args[1]}, {args[0]})"
    elif name in FUNCTIONS and len(args) == 1:
        yield f"{name}(-({args[0]}))"
        yield f"{FUNCTIONS[name]}({args[0]})"


def _edited(source: str, node: ast.expr, new: str) -> str:
    """The source with the node's text replaced; line numbers stay as they are."""
    lines = source.encode().split(b"\n")
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    tail = lines[last][node.end_col_offset :]
    head = lines[first][: node.col_offset]
    padding = [b""] * (last - first)
    text = new.replace("\n", " ").encode()
    lines[first : last + 1] = [head + text + (b"" if padding else tail), *padding]
    if padding:
        lines[last] = tail
    return b"\n".join(lines).decode()
