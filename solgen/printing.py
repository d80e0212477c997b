"""Misprints of what a question prints, before what guards the page: reading, the other language."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from solgen import chapter, review
from solgen.chapter import alone
from solgen.errors import Where
from solgen.formulas import Formula, formulas
from solgen.gather import gather
from solgen.keeper import Keeper
from solgen.load import Loaded
from solgen.locales import load_locales
from solgen.misprints import Misprint, misprints
from solgen.parity import printed
from solgen.project import Project
from solgen.references import load_works
from solgen.render import render
from solgen.subjects import KILLED, SURVIVED, Fate
from solgen.verify import findings, reported
from solgen.voice import Asked

MOST = 12  # misprints of one printed answer
SAMPLE = 2  # misprints of any other formula


def misprinted(project: Project, loaded: Loaded, tell: Callable[[str], None]) -> list[Fate]:
    """Misprints of every formula of a question, in its first language, and who noticed."""
    report = reported([loaded], [findings(project, loaded, tell)])
    locales = load_locales(project)
    facts = gather(project, loaded, report, locales)
    voice = Asked(project, loaded, report, load_works(project))
    rendered = [render(project, facts, voice, locales[0], locales[:1])]
    edition = alone(facts, chapter.printed(facts, rendered, locales[:1], voice.works), locales[:1])
    keeper = Keeper(project, loaded, report, locales, review.load(project, loaded.name).given)
    rng = random.Random(loaded.name)  # noqa: S311 - reproducible on purpose
    tell(f"misprint {loaded.number}")
    seen: set[tuple[str | None, str, str]] = set()
    found = []
    for one in formulas(edition):
        key = one.where.part, one.source, one.answer
        if one.where.question == str(loaded.number) and key not in seen and not one.table:
            seen.add(key)
            found += [_fate(keeper, one, wrong) for wrong in _chosen(keeper, one, rng)]
    return found


def _chosen(keeper: Keeper, one: Formula, rng: random.Random) -> Iterator[Misprint]:
    letters = sorted(name for name in keeper.lexicon.glossary if " " not in name)
    every = list(misprints(one.source, keeper.lexicon.marks(one.locale), letters, rng))
    yield from rng.sample(every, min(MOST if one.answer else SAMPLE, len(every)))


def _fate(keeper: Keeper, one: Formula, wrong: Misprint) -> Fate:
    """What became of a misprint. The other language still prints what the formula was."""
    shown = " ".join(wrong.source.split())
    name = one.answer or "printed formulas"
    part = one.where.part or keeper.loaded.question.parts[0].id
    told = keeper.loaded.name, part, name, "in print", f"print: {wrong.operator}", shown
    if refused := keeper.refused(replace(one, source=wrong.source)):
        return Fate(*told, KILLED, ("reading",), refused)
    locale = next(c for c in keeper.lexicon.locales if c.code == one.locale)
    was, now = (printed([(f"${s}$", Where())], locale) for s in (one.source, wrong.source))
    if was != now and len(keeper.lexicon.locales) > 1:
        return Fate(*told, KILLED, ("the other language",))
    return Fate(*told, SURVIVED)
