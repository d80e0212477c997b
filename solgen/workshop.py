"""A copy of the exam in which a question's module may be changed, loaded and tried."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from solgen.algebra import compare, unfold
from solgen.definitions import base_symbols
from solgen.edits import Edit, called, touched
from solgen.errors import QuestionError, SolgenError
from solgen.guards import REFUSED, Guard, of_answer, of_step
from solgen.load import Loaded, load
from solgen.model import Answer, Derivation, Part
from solgen.project import SETTINGS, Project, find_project
from solgen.subjects import EQUAL, ERROR, KILLED, SURVIVED, Fate
from solgen.verify import tasks, verify_answer


class Workshop:
    """One question of an exam, in a copy of the exam made in `folder`."""

    def __init__(self, exam: Project, loaded: Loaded, folder: Path) -> None:
        settings = (exam.root / SETTINGS).read_text(encoding="utf-8")
        settings = re.sub(r"(?m)^q\d+ = .*$", "", settings)  # a pruned module has fewer parts
        (folder / SETTINGS).write_text(settings, encoding="utf-8")
        shutil.copytree(exam.questions, folder / "questions")
        self.project: Project = find_project(folder)
        self.original = loaded
        self.source = loaded.source.read_text(encoding="utf-8")
        self.homes = {loaded.name_of(a): p.id for p in loaded.question.parts for a in p.answers}
        self._path = self.project.questions / loaded.source.name

    def load(self, source: str) -> Loaded:
        """The question, from another source."""
        self._path.write_text(source, encoding="utf-8")
        (loaded,) = load(self.project, [self.original.name])
        return loaded

    def fate(self, edit: Edit) -> Fate:
        """Load what the edit concerns, and ask the guards of each answer that rests on it.

        A module that Python cannot run any more shows nothing: that is an error.
        """
        wanted = self.concerned(edit)
        name = edit.names[0]
        part = self.homes[wanted[0]] if wanted else "?"
        told = self.original.name, part, name, "definition", edit.operator, str(edit)
        if not wanted:
            return Fate(*told, ERROR, (), "concerns no answer")
        try:
            loaded = self.load(self.pruned(edit.source, wanted))
            answers = [(p, a) for _, p, a in tasks([loaded]) if loaded.name_of(a) in wanted]
        except SolgenError as error:
            ran = isinstance(error, QuestionError) and "running the module" in error.message
            return Fate(*told, ERROR if ran else KILLED, ("loading",), error.message)
        for home, answer in answers:
            if refusal := self._refusal(loaded, home, answer):
                return Fate(*told, KILLED, *refusal)
        word = EQUAL if self._equal(edit, loaded) else SURVIVED
        return Fate(*told, word, (), f"line {edit.line}")

    def _refusal(
        self, loaded: Loaded, part: Part, answer: Answer
    ) -> tuple[tuple[str, ...], str] | None:
        """The guards that refuse the answer, and why; `verify` where it does so by itself."""
        name = loaded.name_of(answer)
        rulings = [(guard.name, guard.rule(value)) for guard, value in guarded(answer)]
        refused = [(guard, ruling.reason) for guard, ruling in rulings if ruling.word == REFUSED]
        if refused:
            return tuple(f"{name}: {guard}" for guard, _ in refused), refused[0][1]
        try:
            verify_answer(self.project, loaded, part, answer)
        except SolgenError as error:
            return (f"{name}: verify",), error.message
        return None

    def concerned(self, edit: Edit) -> list[str]:
        """The answers that rest on the changed statement."""
        body = ast.parse(edit.source).body
        if edit.names[0] in self.homes:
            return [edit.names[0]]
        return [name for name in self.homes if set(edit.names) & needed(body, [name])]

    def pruned(self, source: str, answers: list[str]) -> str:
        """The module without what these answers do not need; lines stay in place."""
        body = ast.parse(source).body
        wanted = needed(body, answers)
        lines = source.split("\n")
        for statement in body:
            imported = isinstance(statement, ast.Import | ast.ImportFrom)
            keep = imported or wanted & touched(statement)
            if not keep or called(statement) in ("Figure", "Experiment"):
                for number in range(_first(statement), (statement.end_lineno or 0) + 1):
                    lines[number - 1] = ""
        letters = [chr(code) for code in range(ord("a"), ord(max(self.homes.values())) + 1)]
        kept = [name for name in self.homes if name in wanted]
        parts = [
            f'Part("{letter}", 1, [{", ".join(n for n in kept if self.homes[n] == letter)}])'
            for letter in letters
        ]
        title = 'Text(fr="essai", en="trial")'
        return "\n".join(lines) + f"\nquestion = Question({title}, [{', '.join(parts)}])\n"

    def _equal(self, edit: Edit, loaded: Loaded) -> bool:
        """Whether every expression of the changed statement is proved equal to the original one."""
        before, after = self.original.namespace, loaded.namespace
        return all(
            compare(one, renamed(other, one)).status == "proved"
            for name in edit.names
            for one, other in zip(
                _expressions(before[name]), _expressions(after[name]), strict=True
            )
        )


def guarded(answer: Answer) -> list[tuple[Guard, Any]]:
    """Every guard of an answer, with the value it looks at: each step, then the answer."""
    if not isinstance(answer, Derivation):
        return [(guard, answer.value) for guard in of_answer(answer)]
    steps = [(of_step(answer, k), step.form) for k, step in enumerate(answer.steps, start=1)]
    return steps + [(guard, answer.value) for guard in of_answer(answer)[1:]]


def needed(body: list[ast.stmt], names: Iterable[str]) -> set[str]:
    """The module's names on which these rest, themselves included."""
    homes: dict[str, list[ast.stmt]] = {}
    for statement in body:
        for name in touched(statement):
            homes.setdefault(name, []).append(statement)
    waiting, found = list(names), set()
    while waiting:
        name = waiting.pop()
        if name in homes and name not in found:
            found.add(name)
            nodes = [node for statement in homes[name] for node in ast.walk(statement)]
            waiting += [node.id for node in nodes if isinstance(node, ast.Name)]
    return found


def renamed(expression: Any, like: Any) -> Any:
    """The expression in the symbols of another load of the module."""
    known = {s.name: s for s in base_symbols(like)}
    plain = unfold(expression)
    return plain.xreplace({s: known.get(s.name, s) for s in base_symbols(plain)})


def _first(statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(d.lineno for d in decorators)])


def _expressions(thing: Any) -> list[Any]:
    if isinstance(thing, Derivation):
        return [thing.truth, *(step.form for step in thing.steps)]
    return [thing.value] if hasattr(thing, "where") else [thing]
