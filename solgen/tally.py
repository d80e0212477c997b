"""What is counted about each part: its relations by kind, roads, mutants, seals.

The certificate holds these counts, and the appendix prints them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from solgen import pairs
from solgen.certificate import OUTSIDE
from solgen.chapter import Chapter, Seals
from solgen.exam import Counts
from solgen.facts import Verified
from solgen.ledger import KINDS, Entry
from solgen.project import Project


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
    answers: tuple[Verified, ...]
    mutants: Counts | None
    sealed: int
    pairs: int

    @property
    def roads(self) -> tuple[int, ...]:
        """How many different roads lead to each answer."""
        return tuple(len(entry.roads) for entry in self.answers)


def tally(chapters: Sequence[Chapter], languages: Sequence[str]) -> tuple[Row, ...]:
    """A row for each part, after one for what stands outside the parts of its question."""
    kinds = Counter((e.question, e.part, e.locale, e.kind) for one in chapters for e in one.entries)
    rows = []
    for chapter in chapters:
        facts, seals = chapter.facts, chapter.seals
        for part in ("", *(p.id for p in facts.parts)):
            place = chapter.name, part
            counts = {c: {k: kinds[*place, c, k] for k in KINDS} for c in languages}
            answers = tuple(a for a in facts.answers if a.part == part)
            known = seals.known.get(part, 0)
            sealed = known - len(seals.unsealed.get(part, ()))
            mutants = chapter.mutants.get(part)
            rows.append(Row(*place, counts if kinds else None, answers, mutants, sealed, known))
    return tuple(rows)


def seals(project: Project, name: str) -> Seals:
    """How many pairs of texts each part of a question has, and which carry no seal."""
    left: dict[str, tuple[str, ...]] = {}
    known = pairs.pairs(project, name)
    for pair in pairs.unsealed(project, name, known):
        home = pair.where.part or ""
        left[home] = (*left.get(home, ()), pair.key)
    return Seals(dict(Counter(pair.where.part or "" for pair in known)), left)


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


def contents(
    rows: Sequence[Row], entries: Sequence[Entry], languages: Sequence[str]
) -> dict[str, Any]:
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
            for entry in entries
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


def _sum(counts: Iterable[Counts]) -> Counts:
    """The counts added up, key by key."""
    found: dict[str, int] = {}
    for one in counts:
        for key, n in one.items():
            found[key] = found.get(key, 0) + n
    return found
