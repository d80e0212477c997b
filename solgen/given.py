"""What is accepted as given: hypotheses, data, definitions that nothing computes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from solgen import review
from solgen.build import verify
from solgen.chapter import alone, printed
from solgen.formulas import formulas
from solgen.gather import gather
from solgen.keeper import Keeper
from solgen.load import load
from solgen.locales import load_locales
from solgen.project import Project
from solgen.references import load_works
from solgen.render import render
from solgen.voice import Asked

Statements = Mapping[str, tuple[str, ...]]


def given(
    project: Project, name: str, tell: Callable[[str], None]
) -> tuple[Statements, Statements]:
    """The statements that a question prints and has accepted, and those that it could accept.

    By part. Raises SolgenError where the question cannot be verified or rendered.
    """
    questions = load(project, [name])
    report = verify(project, questions, tell)
    locales = load_locales(project)
    facts = gather(project, questions[0], report, locales)
    voice = Asked(project, questions[0], report, load_works(project))
    accepted = review.load(project, name).given
    keeper = Keeper(project, questions[0], report, locales, accepted)
    for locale in locales:
        rendered = [render(project, facts, voice, locale, (locale,))]
        edition = alone(facts, printed(facts, rendered, (locale,), voice.works), (locale,))
        for one in formulas(edition):
            keeper.enter(one)
    met = {
        part: tuple(text for text in texts if keeper.lexicon.keys(text) & keeper.met)
        for part, texts in accepted.items()
    }
    return met, {part: tuple(texts) for part, texts in keeper.accounts.pending.items()}


def accept(project: Project, name: str, met: Statements, pending: Statements) -> None:
    """Record the pending statements beside those still printed; what is no longer printed goes."""
    before = review.load(project, name)
    parts = sorted({*met, *pending})
    both = {part: (*met.get(part, ()), *pending.get(part, ())) for part in parts}
    kept = {part: texts for part, texts in both.items() if texts}
    review.save(project, name, replace(before, given=kept))
