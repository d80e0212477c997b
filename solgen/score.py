"""The score of the mutants: how many were killed, for each answer, part, question and operator."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from solgen.liar import Independence
from solgen.project import Project
from solgen.subjects import EQUAL, ERROR, KILLED, SURVIVED, Fate

EXPLAINED = "mutants.toml"  # next to solgen.toml: a sentence for each survivor
OVERALL, EACH = 0.98, 0.90  # what must be killed of all wrong variants, and for each single answer
CERTAIN = ("sign", "term", "factor 2")  # operators of which every variant must be killed
SEVERAL = 3  # variants that every answer must have


@dataclass(frozen=True)
class Tried:
    """All that was tried on one question.

    `source` is the SHA-256 of its module, so that a reader can tell whether a score is of the
    bytes before him.
    """

    question: str
    source: str
    wrong: tuple[Fate, ...]
    rewritten: tuple[Fate, ...]
    independence: tuple[Independence, ...]


@dataclass(frozen=True)
class Count:
    """How many wrong variants there were, and what became of them."""

    variants: int = 0
    killed: int = 0
    equal: int = 0
    survived: int = 0
    errors: int = 0

    @property
    def rate(self) -> float:
        """The share of the variants, equal ones apart, that were killed; 1 where there are none."""
        wrong = self.variants - self.equal
        return self.killed / wrong if wrong else 1.0

    def __str__(self) -> str:
        wrong = self.variants - self.equal
        told = f"{self.killed}/{wrong} killed"
        rest = ((self.equal, "equal"), (self.survived, "survived"), (self.errors, "errors"))
        return ", ".join([told, *(f"{number} {word}" for number, word in rest if number)])


@dataclass(frozen=True)
class Score:
    """What was tried on the questions of an exam, and the explanations of its survivors."""

    tried: tuple[Tried, ...]
    explained: dict[str, str] = field(default_factory=dict)

    @property
    def wrong(self) -> list[Fate]:
        return [fate for one in self.tried for fate in one.wrong]

    @property
    def rewritten(self) -> list[Fate]:
        return [fate for one in self.tried for fate in one.rewritten]

    def failures(self) -> list[str]:
        """Why the checks do not pass; empty when they do."""
        return list(_failures(self))


def count(fates: Iterable[Fate]) -> Count:
    """Count what became of the fates."""
    words = Counter(fate.word for fate in fates)
    return Count(words.total(), words[KILLED], words[EQUAL], words[SURVIVED], words[ERROR])


def by(fates: Iterable[Fate], key: Callable[[Fate], str]) -> dict[str, list[Fate]]:
    """The fates in groups, in the order in which the groups are first met."""
    groups: dict[str, list[Fate]] = {}
    for fate in fates:
        groups.setdefault(key(fate), []).append(fate)
    return groups


def explanations(project: Project) -> dict[str, str]:
    """The exam's explanations: what a survivor is called, and why it is no danger."""
    path = project.root / EXPLAINED
    if not path.is_file():
        return {}
    return dict(tomllib.loads(path.read_text(encoding="utf-8")).get("explained", {}))


def _failures(score: Score) -> Iterator[str]:
    yield from (f"error: {f}: {f.reason}" for f in score.wrong if f.word == ERROR)
    bad = [f for f in score.rewritten if f.word == ERROR]
    yield from (f"refused although equal: {f}: {f.reason}" for f in bad)
    yield from _low(score)
    yield from _survivors(score)
    for one in (found for tried in score.tried for found in tried.independence):
        if one.unnoticed:
            liars = ", ".join(one.unnoticed)
            yield f"{one.question}.{one.part} {one.name}: no check notices when {liars} is wrong"


def _low(score: Score) -> Iterator[str]:
    """What has too few variants, or too few that were killed."""
    whole = count(score.wrong)
    if whole.rate < OVERALL:
        yield f"{whole.rate:.1%} of the variants are killed, fewer than {OVERALL:.0%}"
    for name, fates in by(score.wrong, lambda f: f"{f.question}.{f.part} {f.name}").items():
        found = count(fates)
        if found.rate < EACH:
            yield f"{name}: {found.rate:.1%} are killed, fewer than {EACH:.0%}"
        if found.variants < SEVERAL:
            yield f"{name} has {found.variants} variants, fewer than {SEVERAL}"


def _survivors(score: Score) -> Iterator[str]:
    """Survivors that are not explained, or may not be; explanations of what does not survive."""
    survived = {str(fate): fate for fate in score.wrong if fate.word == SURVIVED}
    for name, fate in survived.items():
        if fate.operator in CERTAIN:
            yield f"survived, which a change of this kind never may: {name}"
        elif name not in score.explained:
            yield f"survived, and is not explained in {EXPLAINED}: {name}"
    known = {one.question for one in score.tried}
    for name in score.explained:
        if name.partition(".")[0] in known and name not in survived:
            yield f"explained in {EXPLAINED}, but does not survive: {name}"


def as_json(score: Score) -> dict[str, Any]:
    """The score as it is written to `build/mutants.json`."""
    return {tried.question: _question(tried, score.explained) for tried in score.tried}


def write(project: Project, score: Score) -> None:
    """Write `build/mutants.json`; questions that were not tried stay as they were in it."""
    path = project.build / "mutants.json"
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    project.build.mkdir(exist_ok=True)
    after = {**before, **as_json(score)}
    ordered = {name: after[name] for name in project.names() if name in after}
    path.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _question(tried: Tried, explained: dict[str, str]) -> dict[str, Any]:
    rewritten = by(tried.rewritten, lambda f: f.part)
    return {
        "source": tried.source,
        **_counted(tried.wrong),
        "operators": {k: _counted(v) for k, v in by(tried.wrong, lambda f: f.operator).items()},
        "parts": {
            part: {
                **_counted(fates),
                "rewritings": len(rewritten.get(part, [])),
                "refused": [str(f) for f in rewritten.get(part, []) if f.word == ERROR],
                "answers": {k: _counted(v) for k, v in by(fates, lambda f: f.name).items()},
                "guards": _kills(fates),
                "survivors": [_told(f, explained) for f in fates if f.word == SURVIVED],
                "faults": [_told(f, explained) for f in fates if f.word == ERROR],
                "independence": [asdict(i) for i in tried.independence if i.part == part],
            }
            for part, fates in sorted(by(tried.wrong, lambda f: f.part).items())
        },
    }


def _counted(fates: Iterable[Fate]) -> dict[str, Any]:
    return asdict(count(fates))


def _kills(fates: Iterable[Fate]) -> dict[str, int]:
    """How many variants each guard refused, by itself or with others."""
    return dict(Counter(f"{fate.name}: {guard}" for fate in fates for guard in fate.by))


def _told(fate: Fate, explained: dict[str, str]) -> dict[str, str]:
    return {"variant": str(fate), "reason": fate.reason, "explained": explained.get(str(fate), "")}
