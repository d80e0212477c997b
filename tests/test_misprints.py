"""Misprints of the exam's own formulas are noticed: by reading them, or by the other language."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache

from solgen import review
from solgen.build import verify
from solgen.edition import Edition
from solgen.errors import Where
from solgen.formulas import Formula, formulas
from solgen.keeper import Keeper
from solgen.ledger import Ledger
from solgen.load import Loaded, load
from solgen.misprints import Misprint, misprints
from solgen.parity import printed
from solgen.project import find_project
from solgen.tokens import tokens
from solgen.verify import Report
from tests.support import ROOT, alone_in, kept, locales

PROJECT = find_project(ROOT)
EACH = 75  # misprints tried for every question and language
QUESTIONS = PROJECT.names()


@cache
def exam() -> tuple[list[Loaded], Report]:
    questions = load(PROJECT, QUESTIONS)
    return questions, verify(PROJECT, questions, lambda _: None)


@cache
def editions(name: str) -> tuple[Edition, ...]:
    questions, report = exam()
    loaded = next(q for q in questions if q.name == name)
    return tuple(alone_in(PROJECT, loaded, report, (locale,)) for locale in locales())


@cache
def ledger() -> Ledger:
    questions, report = exam()
    entries = []
    for loaded in questions:
        found, failures = kept(PROJECT, loaded, report, editions(loaded.name))
        assert not failures, "\n".join(map(str, failures))
        entries += found.entries
    return Ledger(tuple(entries))


@cache
def keeper(name: str) -> Keeper:
    questions, report = exam()
    loaded = next(q for q in questions if q.name == name)
    return Keeper(PROJECT, loaded, report, locales(), review.load(PROJECT, name).given)


@cache
def printed_formulas(name: str) -> tuple[Formula, ...]:
    """Every formula of a question, once in each language."""
    found = {
        (one.locale, one.where.part, one.source, one.answer): one
        for edition in editions(name)
        for one in formulas(edition)
    }
    return tuple(found.values())


@dataclass(frozen=True)
class Fate:
    """What became of a misprint: noticed by "reading", by the "other language", or "missed"."""

    formula: Formula
    misprint: Misprint
    by: str


@cache
def fates(name: str) -> tuple[Fate, ...]:
    rng = random.Random(name)
    keep_ = keeper(name)
    letters = sorted(n for n in keep_.lexicon.glossary if " " not in n)
    found = []
    for code in ("fr", "en"):
        mine = [one for one in printed_formulas(name) if one.locale == code]
        for one in rng.sample(mine, min(EACH, len(mine))):
            marks = keep_.lexicon.marks(code)
            every = list(misprints(one.source, marks, letters, rng))
            if every:
                found.append(_fate(keep_, one, rng.choice(every)))
    return tuple(found)


def _fate(keep_: Keeper, one: Formula, misprint: Misprint) -> Fate:
    if keep_.refused(replace(one, source=misprint.source)):
        return Fate(one, misprint, "reading")
    locale = next(c for c in locales() if c.code == one.locale)
    # The other language prints what the formula was; the comparison is solgen's own.
    was, now = (printed([(f"${s}$", Where())], locale) for s in (one.source, misprint.source))
    return Fate(one, misprint, "other language" if was != now else "missed")


def has_relation(one: Formula) -> bool:
    marks = keeper(f"q{one.where.question}").lexicon.marks(one.locale)
    return any(mark.kind == "REL" for mark in tokens(one.source, marks))


def test_every_relation_of_the_exam_is_in_the_ledger_in_both_languages() -> None:
    """What is counted here is counted in the LaTeX, without the reader."""
    shown = Counter()
    for name in QUESTIONS:
        for edition in editions(name):
            for one in formulas(edition):
                if one.where.question == name[1:] and has_relation(one):
                    shown[one.locale] += 1
    entered = Counter(e.locale for e in ledger().entries if e.kind != "experiment")
    assert entered["fr"] == entered["en"] > 1000
    assert shown["fr"] == shown["en"] <= entered["fr"]
    assert ledger().count("attested") <= len(ledger().entries) / 10


def test_the_languages_have_the_same_ledger() -> None:
    sides = {"fr": [], "en": []}
    for entry in ledger().entries:
        sides[entry.locale].append((entry.question, entry.part, entry.kind))
    assert sides["fr"] == sides["en"]


def test_at_least_99_of_100_misprints_are_noticed() -> None:
    found = [fate for name in QUESTIONS for fate in fates(name)]
    missed = [
        (f.misprint.operator, f.formula.source, f.misprint.source)
        for f in found
        if f.by == "missed"
    ]
    assert len(found) >= 1000
    assert len(missed) <= len(found) / 100, missed


def test_misprints_in_relations_are_noticed_by_reading_alone() -> None:
    """Even if both languages had the same misprint, the reader would see most of them."""
    found = [f for name in QUESTIONS for f in fates(name) if claims(f.formula)]
    missed = [f for f in found if f.by != "reading"]
    assert len(found) >= 300
    assert len(missed) <= len(found) * 0.15, [
        (f.misprint.operator, f.formula.source, f.misprint.source) for f in missed
    ]


def claims(one: Formula) -> bool:
    """Whether a formula is an equation or inequality, and not only a condition somewhere in it."""
    marks = keeper(f"q{one.where.question}").lexicon.marks(one.locale)
    depth = 0
    for mark in tokens(one.source, marks):
        depth += mark.kind in ("LPAR", "LBRA", "LBRACE", "LSET", "LABS", "LNORM", "EVALOPEN")
        depth -= mark.kind in ("RPAR", "RBRA", "RBRACE", "RSET", "RABS", "RNORM", "EVALCLOSE")
        if mark.kind == "REL" and depth == 0:
            return True
    return False


SLIPS = [
    ("q1-d-fr", r"&= f - y", r"&= f + y"),
    ("q1-c-fr", r"L_{\mathrm{CE}}(f, y) = - y", r"L_{\mathrm{CE}}(f, y) = + y"),
    ("q1-a-fr", r"y \in \{0, 1\}", r"y \in \{0, 2\}"),
    ("sheet-fr", r"(f - y)^{2}", r"(f - y)^{3}"),
    ("q1-notation", r"\in \{0, 1\}", r"\in \{0, 3\}"),
    ("q1-b-fr", r"$f$", r"$a$"),
]


def test_misprints_in_the_final_latex_stop_the_build_each_at_its_place() -> None:
    questions, report = exam()
    french, english = editions("q1")
    snippets = dict(french.snippets)
    for name, old, new in SLIPS:
        lines = [(text.replace(old, new, 1), where) for text, where in snippets[name]]
        assert lines != snippets[name], name
        snippets[name] = lines
    misprinted = replace(french, snippets=snippets)
    first = next(q for q in questions if q.name == "q1")
    _, failures = kept(PROJECT, first, report, [misprinted, english])
    told = {(f.where.part, f.where.locale) for f in failures if isinstance(f.where, Where)}
    assert {("d", "fr"), ("c", "fr"), ("a", "fr"), (None, "fr")} <= told
    assert {("b", "en")} <= told  # only the other language tells
