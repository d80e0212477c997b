"""`solgen list`: what the question modules say, read without running them."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from solgen.errors import QuestionError, Where
from solgen.project import Project


@dataclass(frozen=True)
class Entry:
    """One question as its source states it: titles by language, and points by part."""

    name: str
    titles: dict[str, str]
    parts: dict[str, int]


def listing(project: Project, names: list[str]) -> list[Entry]:
    """The entries of these questions. Raises QuestionError where a module cannot be parsed."""
    return [_entry(project, name) for name in names]


def _entry(project: Project, name: str) -> Entry:
    path = project.questions / f"{name}.py"
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise QuestionError(
            f"Python cannot read the module: {error.msg}",
            Where(project.relative(path), error.lineno, name[1:]),
        ) from None
    for node in tree.body:
        if isinstance(node, ast.Assign) and _is_name(node.targets[0], "question"):
            return Entry(name, _titles(node.value), _parts(node.value))
    return Entry(name, {}, {})


def _titles(tree: ast.AST) -> dict[str, str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "title":
            return {
                str(k.arg): str(k.value.value)
                for k in getattr(node.value, "keywords", [])
                if isinstance(k.value, ast.Constant)
            }
    return {}


def _parts(tree: ast.AST) -> dict[str, int]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_name(node.func, "Part"):
            values = [a.value for a in node.args if isinstance(a, ast.Constant)]
            named = {
                k.arg: k.value.value for k in node.keywords if isinstance(k.value, ast.Constant)
            }
            letter = values[0] if values else named.get("id")
            points = values[1] if len(values) > 1 else named.get("points", 0)
            if isinstance(letter, str) and isinstance(points, int):
                found[letter] = points
    return found


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
