"""Misprints of the exam's own formulas are noticed: by reading them, or by the other language."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import pytest

from solgen import review
from solgen.build import examine
from solgen.cache import loads
from solgen.certificate import sources
from solgen.chapter import Chapter, alone
from solgen.edition import Edition
from solgen.errors import Where
from solgen.formulas import Formula, formulas
from solgen.keeper import Keeper
from solgen.ledger import Entry
from solgen.load import Loaded, load
from solgen.misprints import Misprint, misprints
from solgen.parity import printed
from solgen.project import Project
from solgen.tokens import Mark, tokens
from solgen.verify import Report, reported
from tests.support import kept, locales

EACH = 75  # misprints tried for every question and language


class Question:
    """A question of the built exam: what was printed and found, as the build has kept it."""

    def __init__(self, project: Project, name: str) -> None:
        exam = examine(project, (), sources(project))
        facts, chapter = exam.cache.recall("facts", exam.module_key(name)), exam.recalled(name)
        assert facts
        assert chapter
        self.project = project
        self.name = name
        self.chapter: Chapter = chapter.value()
        self.loaded: Loaded = load(project, [name])[0]
        findings = exam.cache.read("findings", facts.identity)
        self.report: Report = reported([self.loaded], [loads(findings or b"")])
        given = review.load(project, name).given
        self.keeper = Keeper(project, self.loaded, self.report, locales(), given)

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.chapter.entries

    @cached_property
    def editions(self) -> tuple[Edition, ...]:
        """Alone in each language."""
        made = self.chapter.editions
        return tuple(alone(self.chapter.facts, made[c.code], (c,)) for c in locales())

    def formulas(self, code: str) -> list[Formula]:
        """Every formula in one language, once."""
        found = {
            (one.where.part, one.source, one.answer): one
            for edition in self.editions
            for one in formulas(edition)
            if one.locale == code
        }
        return list(found.values())

    @cached_property
    def fates(self) -> tuple[Fate, ...]:
        """What becomes of misprints drawn at random."""
        rng = random.Random(self.name)
        lexicon = self.keeper.lexicon
        letters = sorted(n for n in lexicon.glossary if " " not in n)
        found = []
        for code in ("fr", "en"):
            mine = self.formulas(code)
            for one in rng.sample(mine, min(EACH, len(mine))):
                every = list(misprints(one.source, lexicon.marks(code), letters, rng))
                if every:
                    found.append(_fate(self.keeper, one, rng.choice(every)))
        return tuple(found)

    def has_relation(self, one: Formula) -> bool:
        """Whether a relation stands anywhere in it."""
        return any(mark.kind == "REL" for mark in self._marks(one))

    def claims(self, one: Formula) -> bool:
        """Whether it is an equation or inequality, and not only a condition somewhere in it."""
        depth = 0
        for mark in self._marks(one):
            depth += mark.kind in ("LPAR", "LBRA", "LBRACE", "LSET", "LABS", "LNORM", "EVALOPEN")
            depth -= mark.kind in ("RPAR", "RBRA", "RBRACE", "RSET", "RABS", "RNORM", "EVALCLOSE")
            if mark.kind == "REL" and depth == 0:
                return True
        return False

    def _marks(self, one: Formula) -> list[Mark]:
        return tokens(one.source, self.keeper.lexicon.marks(one.locale))


@pytest.fixture(scope="module")
def questions(whole_built: Project) -> list[Question]:
    """The exam, which test_booklet built, or builds."""
    return [Question(whole_built, name) for name in whole_built.names()]


@dataclass(frozen=True)
class Fate:
    """What became of a misprint: noticed by "reading", by the "other language", or "missed"."""

    formula: Formula
    misprint: Misprint
    by: str


def _fate(keep_: Keeper, one: Formula, misprint: Misprint) -> Fate:
    if keep_.refused(replace(one, source=misprint.source)):
        return Fate(one, misprint, "reading")
    locale = next(c for c in locales() if c.code == one.locale)
    # The other language prints what the formula was; the comparison is solgen's own.
    was, now = (printed([(f"${s}$", Where())], locale) for s in (one.source, misprint.source))
    return Fate(one, misprint, "other language" if was != now else "missed")


def test_every_relation_of_the_exam_is_in_the_ledger_in_both_languages(
    questions: list[Question],
) -> None:
    """What is counted here is counted in the LaTeX, without the reader."""
    shown = Counter(
        one.locale
        for question in questions
        for edition in question.editions
        for one in formulas(edition)
        if one.where.question == question.name[1:] and question.has_relation(one)
    )
    entries = [entry for question in questions for entry in question.entries]
    entered = Counter(entry.locale for entry in entries if entry.kind != "experiment")
    assert entered["fr"] == entered["en"] > 1000
    assert 900 < shown["fr"] == shown["en"] <= entered["fr"]
    assert sum(entry.kind == "attested" for entry in entries) <= len(entries) / 10


def test_the_languages_have_the_same_ledger(questions: list[Question]) -> None:
    sides: dict[str, list[tuple[str, str | None, str]]] = {"fr": [], "en": []}
    for question in questions:
        for entry in question.entries:
            sides[entry.locale].append((entry.question, entry.part, entry.kind))
    assert sides["fr"] == sides["en"]


def test_at_least_99_of_100_misprints_are_noticed(questions: list[Question]) -> None:
    found = [fate for question in questions for fate in question.fates]
    missed = [
        (f.misprint.operator, f.formula.source, f.misprint.source)
        for f in found
        if f.by == "missed"
    ]
    assert len(found) >= 1000
    assert len(missed) <= len(found) / 100, missed


def test_misprints_in_relations_are_noticed_by_reading_alone(questions: list[Question]) -> None:
    """Even if both languages had the same misprint, the reader would see most of them."""
    found = [f for q in questions for f in q.fates if q.claims(f.formula)]
    missed = [f for f in found if f.by != "reading"]
    assert len(found) >= 300
    assert len(missed) <= len(found) * 0.15, [
        (f.misprint.operator, f.formula.source, f.misprint.source) for f in missed
    ]


SLIPS = [
    ("q1-d-fr", r"&= f - y", r"&= f + y"),
    ("q1-c-fr", r"L_{\mathrm{CE}}(f, y) = - y", r"L_{\mathrm{CE}}(f, y) = + y"),
    ("q1-a-fr", r"y \in \{0, 1\}", r"y \in \{0, 2\}"),
    ("sheet-fr", r"(f - y)^{2}", r"(f - y)^{3}"),
    ("q1-notation", r"\in \{0, 1\}", r"\in \{0, 3\}"),
    ("q1-b-fr", r"$f$", r"$a$"),
]


def test_misprints_in_the_final_latex_stop_the_build_each_at_its_place(
    questions: list[Question],
) -> None:
    first = questions[0]
    french, english = first.editions
    snippets = dict(french.snippets)
    for name, old, new in SLIPS:
        lines = tuple(snippets[name])
        snippets[name] = tuple((text.replace(old, new, 1), where) for text, where in lines)
        assert snippets[name] != lines, name
    misprinted = replace(french, snippets=snippets)
    _, failures = kept(first.project, first.loaded, first.report, [misprinted, english])
    told = {(f.where.part, f.where.locale) for f in failures if isinstance(f.where, Where)}
    assert {("d", "fr"), ("c", "fr"), ("a", "fr"), (None, "fr")} <= told
    assert {("b", "en")} <= told  # only the other language tells
