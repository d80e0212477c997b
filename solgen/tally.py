"""What is counted about each part: its relations by kind, roads, mutants, seals.

The certificate holds these counts, and the appendix prints them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from solgen import pairs
from solgen.certificate import OUTSIDE, hashed
from solgen.ledger import KINDS, Ledger
from solgen.load import Loaded
from solgen.project import Project
from solgen.verify import AnswerReport, Report

MUTANTS = "mutants.json"
FATES = ("variants", "killed", "equal", "survived", "errors")

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Row:
    """One part of a question; `part` is "" for what stands outside its parts.

    `relations` counts by kind in each language, None where no ledger was kept. `mutants` counts by
    fate, None where they were not tried on these sources. `sealed` of the `pairs` of texts were
    read in all languages as they stand.
    """

    question: str
    part: str
    relations: Mapping[str, Counts] | None
    answers: tuple[AnswerReport, ...]
    mutants: Counts | None
    sealed: int
    pairs: int

    @property
    def roads(self) -> tuple[int, ...]:
        """How many different roads lead to each answer."""
        return tuple(len(entry.roads) for entry in self.answers)


def tally(
    project: Project,
    questions: list[Loaded],
    report: Report,
    ledger: Ledger,
    languages: Sequence[str],
) -> tuple[Row, ...]:
    """A row for each part, after one for what stands outside the parts of its question."""
    kinds = _relations(ledger)
    rows = []
    for loaded in questions:
        tried = scores(project, loaded.name)
        known = Counter(_home(pair) for pair in pairs.pairs(project, loaded.name))
        left = Counter(_home(pair) for pair in pairs.unsealed(project, loaded.name))
        for part in ("", *(p.id for p in loaded.question.parts)):
            place = loaded.name, part
            counts = {c: {k: kinds[*place, c, k] for k in KINDS} for c in languages}
            answers = tuple(a for a in report.answers if (a.question, a.part) == place)
            relations = counts if ledger.entries else None
            sealed = known[part] - left[part]
            rows.append(Row(*place, relations, answers, tried.get(part), sealed, known[part]))
    return tuple(rows)


def total(rows: Sequence[Row]) -> Row:
    """All rows as one. Mutants are added up only where every part has its score."""
    relations = None
    if rows and all(row.relations for row in rows):
        languages = rows[0].relations or {}
        relations = {c: _sum((r.relations or {})[c] for r in rows) for c in languages}
    tried = [row.mutants for row in rows if row.part]
    mutants = _sum(one for one in tried if one) if all(tried) else None
    answers = tuple(answer for row in rows for answer in row.answers)
    sealed, known = sum(row.sealed for row in rows), sum(row.pairs for row in rows)
    return Row("", "", relations, answers, mutants, sealed, known)


def scores(project: Project, name: str) -> dict[str, Counts]:
    """What became of the mutants of a question, by part, as `nox -s mutants` left it.

    Empty where they were never tried, or on other bytes of the module: an old score says nothing.
    """
    try:
        found = json.loads((project.build / MUTANTS).read_text(encoding="utf-8"))[name]
        if found["source"] != hashed(project.questions / f"{name}.py"):
            return {}
        return {
            part: {fate: int(counts[fate]) for fate in FATES}
            for part, counts in found["parts"].items()
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def contents(rows: Sequence[Row], ledger: Ledger, languages: Sequence[str]) -> dict[str, Any]:
    """The counts as the certificate holds them."""
    questions: dict[str, dict[str, Any]] = {}
    for row in rows:
        questions.setdefault(row.question, {})[row.part or OUTSIDE] = _data(row)
    whole = _data(total(rows))
    whole.pop("answers")
    return {
        "attested": [
            {
                "question": entry.question,
                "part": entry.part or OUTSIDE,
                "language": entry.locale,
                "relation": entry.text,
                "reason": None if entry.reason is None else entry.reason.versions[entry.locale],
            }
            for entry in ledger.entries
            if entry.kind == "attested"
        ],
        "languages": list(languages),
        "questions": questions,
        "totals": whole,
    }


def _data(row: Row) -> dict[str, Any]:
    return {
        "answers": {a.name: {"roads": list(a.roads), "status": a.status} for a in row.answers},
        "mutants": row.mutants,
        "relations": row.relations,
        "seals": {"pairs": row.pairs, "sealed": row.sealed},
    }


def _relations(ledger: Ledger) -> Counter[tuple[str, str, str, str]]:
    """How many entries there are, by question, part, language and kind."""
    return Counter((e.question, e.part, e.locale, e.kind) for e in ledger.entries)


def _home(pair: pairs.Pair) -> str:
    return pair.where.part or ""


def _sum(counts: Iterable[Counts]) -> Counts:
    """The counts added up, key by key."""
    found: dict[str, int] = {}
    for one in counts:
        for key, n in one.items():
            found[key] = found.get(key, 0) + n
    return found
