"""Proposals judged one after another, each within its time, and what a corrector is told."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from solgen import proposal
from solgen.errors import EXIT_USAGE, QuestionError, SolgenError, Where
from solgen.load import Loaded, load
from solgen.project import Project
from solgen.proposal import Judgement
from solgen.turns import in_turn
from solgen.workers import WorkerFault

SPARE_SECONDS = 10.0  # for loading the question, and what a time limit needs to ring
MOST_DIFFERENCES = 3

Line = tuple[str, str]  # a target and an expression


def judgements(project: Project, lines: Sequence[Line]) -> Iterator[Judgement | SolgenError]:
    """What becomes of each proposal: a judgement, or the error that says why there is none.

    They are judged in a process of their own, which is killed where one has no end: a large power
    is written out without listening to signals. Raises WorkerFault for a fault of solgen.
    """
    known: dict[str, Loaded] = {}  # filled in that process
    jobs = [partial(_one, project, known, target, text) for target, text in lines]
    outcomes = in_turn(jobs, proposal.JUDGE_SECONDS + SPARE_SECONDS)
    for (_, text), outcome in zip(lines, outcomes, strict=True):
        if isinstance(outcome, WorkerFault):
            raise outcome
        if isinstance(outcome, TimeoutError | MemoryError):
            (ended,) = outcome.args or (proposal.too_long(text),)
            yield ended
        else:
            yield outcome


def _one(
    project: Project,
    known: dict[str, Loaded],
    target: str,
    text: str,
    tell: Callable[[Judgement], None],
) -> Judgement:
    name, _, place = target.partition(".")
    if name not in known:
        gc.disable()  # as at the start
        (known[name],) = load(project, project.select((name,)))
    gc.enable()
    loaded = known[name]
    return proposal.judge(project, loaded, place or loaded.question.parts[0].id, text, tell)


def lines_of(file: Path) -> Iterator[tuple[str, str]]:
    """(target, expression) of every line `q1.d: f - y`; empty lines and # comments are left out.

    Raises QuestionError, with its place, for another line and for a file that is not UTF-8.
    """
    try:
        source = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise QuestionError(
            "the file is not UTF-8", Where(str(file)), f"save it as UTF-8: {error}", code=EXIT_USAGE
        ) from None
    for number, line in enumerate(source.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        target, colon, expression = line.partition(":")
        if not colon or not expression.strip():
            raise QuestionError(
                "this line proposes nothing",
                Where(str(file), number),
                "write q1.d: f - y",
                found=line.strip(),
                code=EXIT_USAGE,
            )
        yield target.strip(), expression.rstrip()


def told(target: str, text: str, outcome: Judgement | SolgenError) -> list[str]:
    """The lines for one proposal: the verdict, where it is wrong, what each guard says."""
    head = f"{target}  {text.strip()}"
    if isinstance(outcome, SolgenError):
        return [head, "  not judged", *(f"    {line}" for line in str(outcome).splitlines())]
    verdict = "accepted as" if outcome.accepted else "refused as"
    lines = [head, f"  {verdict} {outcome.answer}, {outcome.place}"]
    for difference in outcome.differences[:MOST_DIFFERENCES]:
        at = f"at {difference.at}" if difference.at else ""
        place = ", ".join(piece for piece in (difference.entry, at) if piece)
        lines += [f"    {place}"] if place else []
        lines.append(f"      proposed  {difference.proposed}")
        lines.append(f"      answer    {difference.answer}")
    if len(outcome.differences) > MOST_DIFFERENCES:
        lines.append(f"    and {len(outcome.differences) - MOST_DIFFERENCES} entries more")
    lines += [f"    note: {remark}" for remark in outcome.remarks]
    wide = max(len(ruling.guard) for ruling in outcome.rulings)
    lines += [f"    {r.word:9} {r.guard:{wide}}  {r.said}" for r in outcome.rulings]
    return lines
