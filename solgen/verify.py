"""The stage `verify`: every answer is refereed, checked, and its checks are shown wrong answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from solgen.algebra import STATUSES, Verdict, base_symbols, compare, time_limit
from solgen.errors import LimitError, QuestionError, SolgenError, VerificationError, Where
from solgen.evidence import Evidence
from solgen.experiment import Experiment, Outcome, perform
from solgen.limits import described, exhausted
from solgen.load import Loaded
from solgen.model import Answer, Check, Derivation, Part
from solgen.numeric import Place, inside
from solgen.points import sample
from solgen.project import Project
from solgen.symbols import Symbol
from solgen.trial import Trial, show_wrong_answers

ROADS_NEEDED = 2
SENSE_POINTS = 24  # points at which a definition is tried against its domain
CHECK_SECONDS = 60.0


@dataclass(frozen=True)
class AnswerReport:
    """How one answer was verified.

    `steps` has the referee's verdict on each step of a derivation; `checks` pairs each check with
    its evidence, whose status is "proved" only when it proves the whole answer; `refused` counts
    the wrong answers that were shown and refused.
    """

    question: str
    part: str
    name: str
    answer: Answer
    steps: tuple[Verdict, ...]
    checks: tuple[tuple[Check, Evidence], ...]
    refused: int

    @property
    def status(self) -> str:
        """The strongest evidence: "proved" or "sampled".

        An answer is proved when exact computation shows it equal, as a whole, to a value found by
        another road: all steps of its derivation are proved, or one of its checks is.
        """
        found = [evidence.status for _, evidence in self.checks]
        if self.steps:
            found.append(min((v.status for v in self.steps), key=STATUSES.index))
        return max(found, key=STATUSES.index)

    @property
    def roads(self) -> tuple[str, ...]:
        return self.answer.roads


@dataclass(frozen=True)
class ExperimentReport:
    """What an experiment measured with its seeds 0, 1, … in this build."""

    question: str
    part: str
    name: str
    experiment: Experiment
    outcome: Outcome


@dataclass(frozen=True)
class Report:
    """All verdicts of a build, in the order of the booklet."""

    answers: tuple[AnswerReport, ...]
    experiments: tuple[ExperimentReport, ...] = ()

    def outcome(self, experiment: Experiment) -> ExperimentReport:
        """The report on this experiment."""
        return next(found for found in self.experiments if found.experiment is experiment)

    def of(self, answer: Answer) -> AnswerReport:
        """The report on this answer."""
        return next(report for report in self.answers if report.answer is answer)


@dataclass(frozen=True)
class Findings:
    """What verifying one question found, without the question: what a worker can send back.

    `answers` has steps, evidence of each check and refused wrong answers; `outcomes` what the
    experiments measured; both in the module's order. Where there are failures, they are not whole.
    """

    answers: tuple[tuple[tuple[Verdict, ...], tuple[Evidence, ...], int], ...]
    outcomes: tuple[Outcome, ...]
    failures: tuple[SolgenError, ...]


def tasks(questions: list[Loaded]) -> Iterator[tuple[Loaded, Part, Answer]]:
    """What there is to verify: each answer with its question and part.

    Raises VerificationError on a definition that contradicts its symbol's domain, when its
    question is reached.
    """
    for loaded in questions:
        _require_definitions(loaded)
        for part in loaded.question.parts:
            for answer in part.answers:
                yield loaded, part, answer


def experiments(questions: list[Loaded]) -> Iterator[tuple[Loaded, Part, Experiment]]:
    """What there is to measure: each experiment with its question and part."""
    for loaded in questions:
        for part in loaded.question.parts:
            for experiment in part.experiments:
                yield loaded, part, experiment


def findings(project: Project, loaded: Loaded, tell: Callable[[str], None]) -> Findings:
    """Verify one question, collecting every failure instead of raising the first."""
    return joined([job(tell) for job in jobs(project, loaded)])


def jobs(project: Project, loaded: Loaded) -> list[Callable[[Callable[[str], None]], Findings]]:
    """What verifying one question takes, in pieces that do not need one another."""
    each_part = (partial(_part, project, loaded, part) for part in loaded.question.parts)
    return [partial(_definitions, loaded), *each_part]


def joined(found: Sequence[Findings]) -> Findings:
    """What all the pieces found."""
    return Findings(
        tuple(answer for one in found for answer in one.answers),
        tuple(outcome for one in found for outcome in one.outcomes),
        tuple(failure for one in found for failure in one.failures),
    )


def _definitions(loaded: Loaded, _tell: Callable[[str], None]) -> Findings:
    failures: list[SolgenError] = []
    with _collected(failures):
        _require_definitions(loaded)
    return Findings((), (), tuple(failures))


def _part(project: Project, loaded: Loaded, part: Part, tell: Callable[[str], None]) -> Findings:
    answers: list[tuple[tuple[Verdict, ...], tuple[Evidence, ...], int]] = []
    outcomes: list[Outcome] = []
    failures: list[SolgenError] = []
    with _collected(failures):
        verify_part(project, loaded, part)
    for answer in part.answers:
        tell(f"verify {loaded.number} ({part.id}) {loaded.name_of(answer)}")
        with _collected(failures):
            found = verify_answer(project, loaded, part, answer)
            evidence = tuple(replace(brought, proved=()) for _, brought in found.checks)
            answers.append((found.steps, evidence, found.refused))
    for experiment in part.experiments:
        tell(f"measure {loaded.number} ({part.id}) {loaded.name_of(experiment)}")
        with _collected(failures):
            outcomes.append(verify_experiment(project, loaded, part, experiment).outcome)
    return Findings(tuple(answers), tuple(outcomes), tuple(failures))


@contextmanager
def _collected(failures: list[SolgenError]) -> Iterator[None]:
    try:
        yield
    except SolgenError as error:
        failures.append(error.as_text())


def reported(questions: list[Loaded], found: list[Findings]) -> Report:
    """The report on questions that hold, from what was found about each."""
    answers: list[AnswerReport] = []
    measured: list[ExperimentReport] = []
    for loaded, one in zip(questions, found, strict=True):
        parts = [(part, a) for part in loaded.question.parts for a in part.answers]
        for (part, answer), (steps, evidence, refused) in zip(parts, one.answers, strict=True):
            checks = tuple(zip(answer.checks, evidence, strict=True))
            name = loaded.name_of(answer)
            answers.append(AnswerReport(loaded.name, part.id, name, answer, steps, checks, refused))
        claims = [(part, e) for part in loaded.question.parts for e in part.experiments]
        for (part, experiment), outcome in zip(claims, one.outcomes, strict=True):
            name = loaded.name_of(experiment)
            measured.append(ExperimentReport(loaded.name, part.id, name, experiment, outcome))
    return Report(tuple(answers), tuple(measured))


def _require_definitions(loaded: Loaded) -> None:
    for s in loaded.glossary:
        if isinstance(s, Symbol) and s.value is not None:
            _require_sense(loaded, s)


def _require_sense(loaded: Loaded, s: Symbol) -> None:
    """Refuse a definition that nowhere takes a value of the domain its symbol is said to have."""
    points = sample(base_symbols(s), SENSE_POINTS)
    if any(inside(s, Place(point), closely=True) for point in points):
        return
    file = f"{loaded.source.parent.name}/{loaded.source.name}"
    raise VerificationError(
        f"the definition of {s.name} never takes a value in its domain",
        Where(file, s.where.line, loaded.name[1:]),
        "correct the definition, or the domain",
        found=f"{s.name} = {s.value}",
        expected=f"values in {s.domain}",
    )


def verify_part(project: Project, loaded: Loaded, part: Part) -> None:
    """Refuse a part that rests on nothing verified."""
    if not part.answers and not part.experiments:
        raise VerificationError(
            "the part has no answer, so nothing in it is verified",
            _where(project, loaded, part, part.where),
            "give it at least one Answer, Derivation or Experiment",
        )


def verify_experiment(
    project: Project, loaded: Loaded, part: Part, experiment: Experiment
) -> ExperimentReport:
    """Run one experiment with its seeds.

    Raises VerificationError where a seed does not meet the claim, or its control does.
    """
    name = loaded.name_of(experiment)
    where = _where(project, loaded, part, experiment.where)
    try:
        with time_limit(CHECK_SECONDS):
            outcome = perform(experiment, range(experiment.seeds))
            again = perform(experiment, [0])
    except TimeoutError:
        raise LimitError(
            f"the experiment {name} took more than {CHECK_SECONDS:.0f} s", where, "lower its size"
        ) from None
    except QuestionError as error:
        if isinstance(error.where, Where):
            error.where = _where(project, loaded, part, error.where)
        raise
    except Exception as error:
        frame = project.raised_at(error)
        kind = LimitError if exhausted(error) else VerificationError
        raise kind(
            f"the experiment {name} failed with {described(error)}",
            where if frame is None else replace(where, line=frame.lineno),
            "correct this line",
            found=None if frame is None else frame.line,
        ) from error
    _require_claim(experiment, name, where, outcome, again)
    return ExperimentReport(loaded.name, part.id, name, experiment, outcome)


def _require_claim(
    experiment: Experiment, name: str, where: Where, outcome: Outcome, again: Outcome
) -> None:
    """Require every seed to meet the claim, the control to fail it, and seeds to fix the draws."""
    claimed = f"{'at most' if experiment.upper else 'at least'} {experiment.bound:g}"
    if outcome.measured[0] != again.measured[0] or outcome.control[0] != again.control[0]:
        raise VerificationError(
            f"the experiment {name} gives two values with the same seed",
            where,
            "draw every random number from the generator that the measure is given",
        )
    for seed in outcome.failures(experiment):
        raise VerificationError(
            f"the experiment {name} does not measure what it claims, with seed {seed}",
            where,
            "claim what is measured, with room to spare",
            found=f"{outcome.measured[seed]:.6g}",
            expected=claimed,
        )
    for seed in outcome.idle(experiment):
        raise VerificationError(
            f"the control of the experiment {name} meets the claim too, with seed {seed}",
            where,
            "give a control in which the claim is false; otherwise the experiment cannot fail",
            found=f"{outcome.control[seed]:.6g}",
            expected=f"not {claimed}",
        )


def verify_answer(project: Project, loaded: Loaded, part: Part, answer: Answer) -> AnswerReport:
    """Referee one answer. Raises VerificationError where it, a step or a check does not hold."""
    where = _where(project, loaded, part, answer.where)
    name = loaded.name_of(answer)
    try:
        with time_limit(CHECK_SECONDS):
            return _verified(project, loaded, part, answer, name, where)
    except TimeoutError:
        raise LimitError(
            f"verifying {name} took more than {CHECK_SECONDS:.0f} s",
            where,
            "look for an endless loop or a heavy computation in its checks",
        ) from None
    except SolgenError as error:
        if error.where is None:
            error.where = where
        raise


def _verified(
    project: Project, loaded: Loaded, part: Part, answer: Answer, name: str, where: Where
) -> AnswerReport:
    steps: tuple[Verdict, ...] = ()
    if isinstance(answer, Derivation):
        steps = _referee(project, loaded, part, answer, name)
    if len(answer.roads) < ROADS_NEEDED:
        raise VerificationError(
            f"{name} has {len(answer.roads)} road" + ("" if len(answer.roads) == 1 else "s"),
            where,
            "add a Check of another road: numeric, enumeration, identity, library…",
            found=", ".join(answer.roads) or "none",
            expected=f"{ROADS_NEEDED} different roads to every answer",
        )
    trials = [
        Trial(check, answer.value, name, where, _where(project, loaded, part, check.where))
        for check in answer.checks
    ]
    refused = show_wrong_answers(trials, answer, name, where)
    checks = tuple((trial.check, trial.evidence()) for trial in trials)
    return AnswerReport(loaded.name, part.id, name, answer, steps, checks, refused)


def _referee(
    project: Project, loaded: Loaded, part: Part, answer: Derivation, name: str
) -> tuple[Verdict, ...]:
    """The verdict on every step, each compared with the value found from the definitions."""
    verdicts = []
    for number, step in enumerate(answer.steps, start=1):
        where = _where(project, loaded, part, step.where)
        if len(answer.steps) == 1 and step.form == answer.truth:
            raise VerificationError(
                f"the only step of {name} is written like its value",
                where,
                "find the value by another road than the one that wrote the step",
                found=f"{step.form} on both sides",
            )
        verdict = compare(step.form, answer.truth)
        if verdict.status == "refuted":
            raise VerificationError(
                f"step {number} of {name} is not equal to the value found from the definitions",
                where,
                "correct the step, or the definitions it rests on",
                found=f"{step.form} = {verdict.left} {verdict.counterexample()}",
                expected=verdict.right,
            )
        if not verdict.accepted:
            raise VerificationError(
                f"step {number} of {name} is undecided: {verdict.method}",
                where,
                "check the domains of the symbols, or write the step in another form",
                found=str(step.form),
            )
        verdicts.append(verdict)
    return tuple(verdicts)


def _where(project: Project, loaded: Loaded, part: Part, where: Where) -> Where:
    file = None if where.file is None else project.relative(where.file)
    return Where(file, where.line, loaded.name[1:], part.id)
