"""Wrong versions of a question's module: one place of one definition changed in its text.

Answers and steps are varied as values (`solgen.wrong`); the text is where definitions, formulas
that answers are made of, and the arguments of a module's own functions can be reached. What
becomes of an edit is found in `solgen.workshop`.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

FUNCTIONS = ("exp", "log", "tanh", "sqrt", "floor")
FORMS = ("times", "plus", "over", "power")
_ANSWERS = ("Answer", "Derivation")

New = tuple[str, str]  # an operator, and the text that replaces an expression's


@dataclass(frozen=True)
class Edit:
    """One change: in the statement that binds `names`, at `line`, `old` becomes `new`.

    `source` is the whole module with the change in it, its lines where they were. `occurrence`
    tells apart what reads alike in one statement, whatever its line.
    """

    names: tuple[str, ...]
    operator: str
    line: int
    old: str
    new: str
    source: str
    occurrence: int = 1

    def __str__(self) -> str:
        again = f" (occurrence {self.occurrence})" if self.occurrence > 1 else ""
        return f"{self.old} -> {self.new}{again}"


def edits(source: str, answers: Iterable[str]) -> list[Edit]:
    """Every edit of a module that makes these answers, in the order of its lines."""
    known = set(answers)
    made: dict[tuple[ast.expr, str], Edit] = {}
    alike: Counter[tuple[tuple[str, ...], str, str]] = Counter()
    for statement in ast.parse(source).body:
        names = bound(statement)
        for target in _targets(statement, known) if names else ():
            for node, operator, new in _changes(target):
                # An edit that says the same in other words is none.
                if ast.dump(ast.parse(new, mode="eval").body) != ast.dump(node):
                    edited, old = _edited(source, node, new), ast.unparse(node)
                    if (node, new) not in made:
                        alike[names, old, new] += 1
                        nth = alike[names, old, new]
                        made[node, new] = Edit(names, operator, node.lineno, old, new, edited, nth)
    return list(made.values())


def bound(statement: ast.stmt) -> tuple[str, ...]:
    """The names an assignment, or a function's definition, binds."""
    if isinstance(statement, ast.FunctionDef):
        return (statement.name,)
    if not isinstance(statement, ast.Assign):
        return ()
    target = statement.targets[0]
    parts = target.elts if isinstance(target, ast.Tuple) else [target]
    return tuple(part.id for part in parts if isinstance(part, ast.Name))


def touched(statement: ast.stmt) -> set[str]:
    """The names a statement binds, or whose values it changes: `s[0] = …`, `names |= …`."""
    if isinstance(statement, ast.FunctionDef):
        return {statement.name}
    found: set[str] = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            found |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
    return found


def called(statement: ast.stmt) -> str:
    """Name what an assignment calls: `Figure`, `Answer`, or nothing."""
    value = getattr(statement, "value", None)
    return getattr(value.func, "id", "") if isinstance(value, ast.Call) else ""


def _targets(statement: Any, answers: set[str]) -> Iterator[ast.expr]:
    """The expressions of a statement that say what is true, and are not an answer's own form."""
    value = getattr(statement, "value", None)
    if value is None:
        return
    if _is_formula(value):
        yield value
    if not isinstance(value, ast.Call) or not isinstance(statement.targets[0], ast.Name):
        return
    kind = called(statement)
    if kind == "symbol":
        yield from (k.value for k in value.keywords if k.arg == "value")
    elif kind not in _ANSWERS and statement.targets[0].id in answers:
        yield from (
            arg
            for arg in value.args[1:]  # the first is the left side, which is only printed
            if not (_is_step(arg) or _is_label(arg) or isinstance(arg, ast.Name))
        )


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


def _changes(target: ast.expr) -> Iterator[tuple[ast.expr, str, str]]:
    """(node, operator, new text): every single-place change in the expression."""
    if not isinstance(target, ast.Tuple | ast.List | ast.Starred):
        text = ast.unparse(target)
        yield target, "sign", f"-({text})"
        yield target, "factor 2", f"2*({text})"
    for node in _inside(target):
        yield from ((node, operator, new) for operator, new in _rewritings(node))


def _inside(node: ast.expr) -> Iterator[ast.expr]:
    """The node and what is below it, except what names a function, an entry or a loop's variable.

    Another entry, or another variable, may not exist: the module would not run at all.
    """
    yield node
    for child in ast.iter_child_nodes(node):
        named = isinstance(node, ast.Call) and child is node.func
        entry = isinstance(node, ast.Subscript) and child is node.slice
        if (
            isinstance(child, ast.expr)
            and not entry
            and not (named and isinstance(child, ast.Name))
        ):
            yield from _inside(child)
        elif isinstance(child, ast.keyword):
            yield from _inside(child.value)
        elif isinstance(child, ast.comprehension):
            for below in (child.iter, *child.ifs):
                yield from _inside(below)


def _rewritings(node: ast.expr) -> Iterator[New]:
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield "digit", str(node.value + 1)
        yield "digit", f"({node.value - 1})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "sign", f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.BinOp):
        yield from _operations(node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        yield from _calls(node, node.func.id)
    elif isinstance(node, ast.Tuple | ast.List) and len(node.elts) > 1:
        texts = [ast.unparse(entry) for entry in node.elts]
        for index in range(len(texts) - 1):
            swapped = [*texts]
            swapped[index : index + 2] = swapped[index : index + 2][::-1]
            yield "order", _bracketed(node, swapped)


def _bracketed(node: ast.expr, texts: list[str]) -> str:
    inside = ", ".join(texts)
    return f"[{inside}]" if isinstance(node, ast.List) else f"({inside},)"


def _operations(node: ast.BinOp) -> Iterator[New]:
    left, right = f"({ast.unparse(node.left)})", f"({ast.unparse(node.right)})"
    dropped = {ast.Add: "term", ast.Sub: "term", ast.Pow: "exponent"}.get(type(node.op), "factor")
    yield from ((dropped, left), (dropped, right))
    if isinstance(node.op, ast.Add):
        yield "sign", f"({left} - {right})"
    elif isinstance(node.op, ast.Sub):
        yield from (("sign", f"({left} + {right})"), ("sides", f"({right} - {left})"))
    elif isinstance(node.op, ast.Mult):
        yield "factor 2", f"(2*{left}*{right})"
    elif isinstance(node.op, ast.Div):
        yield from (("sides", f"({right}/{left})"), ("sides", f"({left}*{right})"))
    elif isinstance(node.op, ast.Pow):
        yield from (("exponent", f"{left}**({right} + 1)"), ("sides", f"{right}**{left}"))


def _calls(node: ast.Call, name: str) -> Iterator[New]:
    args = [ast.unparse(arg) for arg in node.args]
    if name in ("times", "plus"):
        dropped = "term" if name == "plus" else "factor"
        for index, arg in enumerate(args):
            for operator, new in (
                (dropped, []),
                ("sign", [f"-({arg})"]),
                ("factor 2", [f"2*({arg})"]),
            ):
                if changed := [*args[:index], *new, *args[index + 1 :]]:
                    yield operator, f"{name}({', '.join(changed)})"
    elif name == "over":
        yield "sides", f"over({args[1]}, {args[0]})"
        yield "sides", f"times({args[0]}, {args[1]})"
    elif name == "power":
        yield "exponent", f"power({args[0]}, ({args[1]}) + 1)"
        yield "sides", f"power({args[1]}, {args[0]})"
    elif name in FUNCTIONS and len(args) == 1:
        yield "sign", f"{name}(-({args[0]}))"
        yield "function", f"({args[0]})"


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
