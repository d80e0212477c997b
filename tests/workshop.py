"""What becomes of a mutant: it is loaded and verified in a temporary project.

All mutants of the questions: python -m tests.workshop [q1] [name of an answer].
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solgen.algebra import compare, unfold
from solgen.definitions import base_symbols
from solgen.errors import SolgenError
from solgen.load import Loaded, load
from solgen.model import Derivation
from solgen.project import Project, find_project
from solgen.verify import tasks, verify_answer
from tests.mutants import ROOT, Mutant, bound, homes, mutants, original


@dataclass(frozen=True)
class Fate:
    """What became of it: "refused" with the error, "equal" by rewriting, or "survived"."""

    word: str
    error: SolgenError | None = None


class Workshop:
    """A temporary project in which mutants are loaded and verified."""

    def __init__(self, folder: Path) -> None:
        settings = (ROOT / "solgen.toml").read_text(encoding="utf-8")
        settings = re.sub(r"(?m)^q\d+ = .*$", "", settings)  # a mutant has fewer parts
        (folder / "solgen.toml").write_text(settings, encoding="utf-8")
        shutil.copytree(ROOT / "questions", folder / "questions")
        self.project: Project = find_project(folder)

    def fate(self, mutant: Mutant) -> Fate:
        """Load what the mutant needs, and verify the answers it concerns until one is refused."""
        path = self.project.questions / f"{mutant.question}.py"
        path.write_text(pruned(mutant), encoding="utf-8")
        try:
            (loaded,) = load(self.project, [mutant.question])
            wanted = concerned(mutant)
            for _, part, answer in tasks([loaded]):
                if loaded.name_of(answer) in wanted:
                    verify_answer(self.project, loaded, part, answer)
        except SolgenError as error:
            return Fate("refused", error)
        if not wanted:
            raise ValueError(f"{mutant} concerns no answer")
        return Fate("equal" if _equal(mutant, loaded) else "survived")


def concerned(mutant: Mutant) -> list[str]:
    """The answers that rest on the changed statement."""
    body = ast.parse(mutant.source).body
    known = homes(mutant.question)
    if mutant.names[0] in known:
        return [mutant.names[0]]
    return [name for name in known if set(mutant.names) & _needed(body, [name])]


def pruned(mutant: Mutant) -> str:
    """The mutated module without what the concerned answers do not need; lines stay in place."""
    body = ast.parse(mutant.source).body
    needed = _needed(body, concerned(mutant))
    lines = mutant.source.split("\n")
    homed = homes(mutant.question)
    for statement in body:
        keep = isinstance(statement, ast.Import | ast.ImportFrom) or needed & set(_names(statement))
        if not keep or _makes(statement) in ("Figure", "Experiment"):
            for number in range(_first(statement), (statement.end_lineno or 0) + 1):
                lines[number - 1] = ""
    letters = [chr(code) for code in range(ord("a"), ord(max(homed.values())) + 1)]
    kept = [name for name in homed if name in needed]
    parts = [
        f'Part("{letter}", 1, [{", ".join(n for n in kept if homed[n] == letter)}])'
        for letter in letters
    ]
    title = 'Text(fr="essai", en="trial")'
    return "\n".join(lines) + f"\nquestion = Question({title}, [{', '.join(parts)}])\n"


def _makes(statement: ast.stmt) -> str:
    """What an assignment calls: `Figure`, `Answer`…"""
    value = getattr(statement, "value", None)
    return getattr(value.func, "id", "") if isinstance(value, ast.Call) else ""


def _first(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])


def _names(statement: ast.stmt) -> tuple[str, ...]:
    if isinstance(statement, ast.FunctionDef):
        return (statement.name,)
    return bound(statement)


def _needed(body: list[ast.stmt], names: Iterable[str]) -> set[str]:
    """The module's names on which these rest, themselves included."""
    homes_of: dict[str, ast.stmt] = {n: statement for statement in body for n in _names(statement)}
    waiting, found = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in homes_of and name not in found:
            found.add(name)
            tree = homes_of[name]
            waiting += [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return found


def _equal(mutant: Mutant, loaded: Loaded) -> bool:
    """Whether every expression of the changed statement is proved equal to the original one."""
    before, after = original(mutant.question).namespace, loaded.namespace
    return all(
        compare(one, _renamed(other, one)).status == "proved"
        for name in mutant.names
        for one, other in zip(_expressions(before[name]), _expressions(after[name]), strict=True)
    )


def _expressions(thing: Any) -> list[Any]:
    if isinstance(thing, Derivation):
        return [thing.truth, *(step.form for step in thing.steps)]
    return [thing.value] if hasattr(thing, "where") else [thing]


def _renamed(expression: Any, like: Any) -> Any:
    """The expression in the symbols of the original module."""
    known = {s.name: s for s in base_symbols(like)}
    plain = unfold(expression)
    return plain.xreplace({s: known.get(s.name, s) for s in base_symbols(plain)})


def main(arguments: list[str]) -> None:
    """Try all mutants; print those that are not refused, and the count."""
    known = find_project(ROOT).names()
    wanted = [a for a in arguments if a not in known]
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(Path(folder))
        for question in [a for a in arguments if a in known] or known:
            counted: Counter[str] = Counter()
            for mutant in mutants(question):
                if not wanted or mutant.names[0] in wanted:
                    fate = workshop.fate(mutant)
                    counted[fate.word] += 1
                    if fate.word != "refused":
                        print(fate.word, mutant, flush=True)  # noqa: T201 - a command
            print(question, dict(counted), flush=True)  # noqa: T201 - a command


if __name__ == "__main__":
    main(sys.argv[1:])
