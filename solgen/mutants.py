"""`solgen mutants`: wrong variants of everything, equal rewritings, liars; and what came of them.

Questions are cut into jobs that the cores share.
"""

from __future__ import annotations

import ast
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from solgen.edits import Edit, edits
from solgen.liar import Independence, independence
from solgen.load import Loaded, load
from solgen.model import Part
from solgen.printing import misprinted
from solgen.project import Project
from solgen.score import Score, Tried, by, count, explanations
from solgen.subjects import Fate, fate, neighbour_fate, neighbours, subjects
from solgen.workers import Job, Tell, each
from solgen.workshop import Workshop, needed

STEP_SECONDS = 3600.0  # a job tells what it does only now and then
EDITS_AT_ONCE = 40  # what one job tries: long enough to be worth a process, short enough to share

Job_ = tuple[str, str, Job]  # a question, the kind of its results, and the job


def run(project: Project, names: list[str], tell: Tell, *, workers: int | None = None) -> Score:
    """Try everything on these questions. Raises SolgenError where a question cannot be loaded."""
    questions = load(project, names)
    jobs = [job for loaded in questions for job in _jobs(project, loaded)]
    jobs.sort(key=lambda job: _KINDS.index(job[1]))  # the longest first
    found = each([job for _, _, job in jobs], tell, workers=workers, silent=STEP_SECONDS)
    results: dict[tuple[str, str], list[Any]] = {}
    for (question, kind, _), result in zip(jobs, found, strict=True):
        results.setdefault((question, kind), []).extend(result)
    tried = tuple(_tried(loaded, results) for loaded in questions)
    return Score(tried, explanations(project))


_KINDS = ("lies", "edits", "printed", "values", "rewritings")


def _jobs(project: Project, loaded: Loaded) -> Iterator[Job_]:
    yield loaded.name, "lies", partial(_lies, project, loaded)
    source = loaded.source.read_text(encoding="utf-8")
    names = [loaded.name_of(a) for part in loaded.question.parts for a in part.answers]
    rested = needed(ast.parse(source).body, names)
    # A definition on which no answer rests is guarded in print, by reading.
    listed = [edit for edit in edits(source, names) if rested & set(edit.names)]
    for first in range(0, len(listed), EDITS_AT_ONCE):
        some = listed[first : first + EDITS_AT_ONCE]
        yield loaded.name, "edits", partial(_edits, project, loaded, some)
    yield loaded.name, "printed", partial(misprinted, project, loaded)
    for part in loaded.question.parts:
        yield loaded.name, "values", partial(_values, loaded, part)
        yield loaded.name, "rewritings", partial(_rewritings, loaded, part)


def _tried(loaded: Loaded, results: dict[tuple[str, str], list[Any]]) -> Tried:
    def of(kind: str) -> tuple[Any, ...]:
        return tuple(results.get((loaded.name, kind), ()))

    digest = hashlib.sha256(loaded.source.read_bytes()).hexdigest()
    wrong = of("values") + of("edits") + of("printed")
    return Tried(loaded.name, digest, wrong, of("rewritings"), of("lies"))


def _values(loaded: Loaded, part: Part, tell: Tell) -> list[Fate]:
    """Every wrong value of the part's answers, steps and claims."""
    found = []
    for subject, changes in subjects(loaded, part):
        tell(f"vary {loaded.number} ({part.id}) {subject.name}, {subject.place}")
        found += [fate(subject, change) for change in changes]
    return found


def _rewritings(loaded: Loaded, part: Part, tell: Tell) -> list[Fate]:
    tell(f"rewrite {loaded.number} ({part.id})")
    return [
        neighbour_fate(subject, change)
        for subject, changes in neighbours(loaded, part)
        for change in changes
    ]


def _edits(project: Project, loaded: Loaded, some: list[Edit], tell: Tell) -> list[Fate]:
    """Wrong definitions, in a copy of the exam."""
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop(project, loaded, Path(folder))
        found = []
        for edit in some:
            tell(f"edit {loaded.number} {edit.names[0]}, line {edit.line}")
            found.append(workshop.fate(edit))
        return found


def _lies(project: Project, loaded: Loaded, tell: Tell) -> list[Independence]:
    tell(f"lie in {loaded.number}")
    with tempfile.TemporaryDirectory() as folder:
        return independence(Workshop(project, loaded, Path(folder)))


def report(score: Score, say: Callable[[str], None]) -> None:
    """Say the score of every answer, part, question and operator; then what is wrong."""
    for tried in score.tried:
        say(f"{tried.question}  {count(tried.wrong)}; {len(tried.rewritten)} rewritings")
        for part, fates in sorted(by(tried.wrong, lambda f: f.part).items()):
            say(f"  ({part})  {count(fates)}")
            for name, own in by(fates, lambda f: f.name).items():
                say(f"    {name}: {count(own)}{_independent(tried, name)}")
    say("operators")
    for operator, fates in sorted(by(score.wrong, lambda f: f.operator).items()):
        say(f"  {operator}: {count(fates)}")
    for survivor in (f for f in score.wrong if f.word == "survived"):
        why = score.explained.get(str(survivor), "not explained")
        say(f"survived: {survivor}\n  {survivor.reason}\n  {why}".replace("\n  \n", "\n"))
    say(f"all  {count(score.wrong)}; {len(score.rewritten)} rewritings")
    for failure in score.failures():
        say(failure)


def _independent(tried: Tried, name: str) -> str:
    """`; independent: check 1 (numeric), line 12`, for an answer."""
    found = next((one for one in tried.independence if one.name == name), None)
    if found is None:
        return ""
    who = "NO" if found.unnoticed else found.by[0] if found.by else "NO"
    typed = "" if found.producers else " (typed)"
    return f"; independent{typed}: {who}"
