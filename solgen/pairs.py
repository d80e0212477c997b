"""The prose pairs of a question, as its author wrote them, and which of them carry a seal.

They are read from the sources, so that nothing has to run and labels of figures are there too.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from solgen import review
from solgen.errors import QuestionError, TemplateError, Where
from solgen.grammar import inspect, part_at, passages, section_at
from solgen.project import Project
from solgen.wording import seal, words

_NEIGHBOUR = re.compile(r"questions\.\w+$")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Pair:
    """One text in every language. `key` says where in the question: `a.solution.2`."""

    key: str
    versions: Mapping[str, str]
    where: Where

    @property
    def seal(self) -> str:
        """What both texts, and nothing else, determine."""
        return seal(self.versions)


def pairs(project: Project, name: str) -> list[Pair]:
    """Every prose pair of the question `q1`: first its template's, then its module's.

    A pair without a word, only a formula, is left to the comparison of formulas. Raises
    TemplateError and QuestionError for a source that cannot be read.
    """
    found = [*_of_template(project, name), *_of_module(project, name)]
    return [pair for pair in found if any(map(_speaks, pair.versions.values()))]


def unsealed(project: Project, name: str, known: Sequence[Pair] | None = None) -> list[Pair]:
    """The pairs of the question `q1` that nobody reviewed as they stand, of those `known`.

    A pair that moved keeps its seal: its texts count, not its key.
    """
    sealed = set(review.load(project, name).seals.values())
    known = pairs(project, name) if known is None else known
    return [pair for pair in known if pair.seal not in sealed]


def accept(project: Project, name: str, keys: Collection[str] = ()) -> list[Pair]:
    """Seal the unsealed pairs with these keys, all of them if none is named; return them.

    Raises QuestionError for a key of no pair. Seals follow pairs that moved, and go with pairs
    that are no more.
    """
    kept = review.load(project, name)
    known = pairs(project, name)
    if unknown := sorted(set(keys) - {pair.key for pair in known}):
        raise QuestionError(
            f"there is no pair {unknown[0]}",
            Where(project.relative(project.questions / f"{name}.py"), None, name[1:]),
            f"solgen review {name} lists the pairs to review",
        )
    sealed = set(kept.seals.values())
    accepted = [p for p in known if p.seal not in sealed and (not keys or p.key in keys)]
    sealed |= {pair.seal for pair in accepted}
    seals = {
        pair.key: pair.seal if pair.seal in sealed else kept.seals[pair.key]
        for pair in known
        if pair.seal in sealed or pair.key in kept.seals
    }
    review.save(project, name, replace(kept, seals=seals))
    return accepted


def _speaks(version: str) -> bool:
    return re.search(r"[^\W\d_]{2}", words(version)) is not None


def _of_template(project: Project, name: str) -> Iterator[Pair]:
    path = project.templates / "questions" / f"{name}.tex.j2"
    shown = project.relative(path)
    if not path.is_file():
        raise TemplateError("the question has no template", Where(shown, None, name[1:]))
    source = path.read_text(encoding="utf-8-sig")
    inspect(source, path, project, name[1:])
    counted: Counter[str] = Counter()
    for line, versions in passages(source, project.languages):
        part = part_at(source, line)
        section = ".".join(filter(None, (part, section_at(source, line))))
        counted[section] += 1
        where = Where(shown, line, name[1:], part)
        yield Pair(f"{section}.{counted[section]}", versions, where)


def _of_module(project: Project, name: str) -> Iterator[Pair]:
    """The module's pairs, and those of the phrases it takes from its neighbours."""
    path = project.questions / f"{name}.py"
    tree = _parsed(project, path, name)
    yield from _named(project, path, tree, name, "text", None)
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and _NEIGHBOUR.match(statement.module or ""):
            stem = str(statement.module).partition(".")[2]
            other = project.questions / f"{stem}.py"
            taken = {alias.name for alias in statement.names}
            yield from _named(project, other, _parsed(project, other, name), name, stem, taken)


def _parsed(project: Project, path: Path, name: str) -> ast.Module:
    shown = project.relative(path)
    try:
        return ast.parse(path.read_bytes())
    except FileNotFoundError:
        raise QuestionError("there is no such file", Where(shown, None, name[1:])) from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise QuestionError(
            f"Python cannot read the module: {error}", Where(shown, line, name[1:])
        ) from None


def _named(
    project: Project, path: Path, tree: ast.Module, name: str, head: str, taken: set[str] | None
) -> Iterator[Pair]:
    """The pairs of a module, `taken` ones only, each with a key and its line."""
    reader, shown = _Reader(project.languages, tree), project.relative(path)
    counted: Counter[str] = Counter()
    for statement in tree.body:
        owner = _bound(statement)
        if taken is not None and owner not in taken:
            continue
        for purpose, line, versions in reader.texts(statement, ""):
            place = ".".join(filter(None, (head, owner, purpose)))
            counted[place] += 1
            where = Where(shown, line, name[1:])
            yield Pair(f"{place}.{counted[place]}", versions, where)


def _bound(statement: ast.stmt) -> str:
    """The name that a statement of the module binds, the first one."""
    if isinstance(statement, _Function | ast.ClassDef):
        return statement.name
    names = (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
    return next(names, "") if isinstance(statement, ast.Assign | ast.AnnAssign) else ""


class _Reader:
    """Finds the calls that say a text in every language: `Text(fr=…, en=…)`, `say(…)`, helpers."""

    def __init__(self, languages: tuple[str, ...], tree: ast.Module) -> None:
        self.languages = languages
        # A helper of the author's may take the languages in order: real("x", "entrée", "input").
        self.order = {
            node.name: [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
            for node in ast.walk(tree)
            if isinstance(node, _Function)
        }

    def texts(self, node: ast.AST, purpose: str) -> Iterator[tuple[str, int, dict[str, str]]]:
        """Purpose, line and versions of every text in a piece of source, in its order."""
        if isinstance(node, ast.Dict):  # what several calls share: Mark(1, **BOTH)
            keys = [getattr(key, "value", None) for key in node.keys]
            if said := self._versions(dict(zip(keys, node.values, strict=True))):
                yield purpose, node.lineno, said
        if not isinstance(node, ast.Call):
            for child in ast.iter_child_nodes(node):
                yield from self.texts(child, purpose)
            return
        called = _called(node)
        said = self._said(node)
        own = purpose if called == "Text" else called.lower()
        if said:
            yield own, node.lineno, said
        yield from self.texts(node.func, own)
        for argument in node.args:
            yield from self.texts(argument, own)
        for keyword in node.keywords:
            yield from self.texts(keyword.value, keyword.arg or own)

    def _said(self, call: ast.Call) -> dict[str, str] | None:
        """What a call says in every language, unless it only passes on what it was given."""
        given = dict(zip(self.order.get(_called(call), ()), call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        return self._versions(given)

    def _versions(self, given: Mapping[Any, ast.expr]) -> dict[str, str] | None:
        versions = [given.get(code) for code in self.languages]
        if None in versions or all(isinstance(v, ast.Name) for v in versions):
            return None
        return {
            code: _source(version)
            for code, version in zip(self.languages, versions, strict=True)
            if version is not None
        }


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _source(version: ast.expr) -> str:
    """A plain string, or the expression that makes one, however it is laid out."""
    if isinstance(version, ast.Constant) and isinstance(version.value, str):
        return version.value
    return ast.unparse(version)
