"""What several test modules need: the repository's own exam, a starter exam, the locales."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pylatex import Document

from solgen import review
from solgen.booklet import assemble
from solgen.build import verify
from solgen.certificate import hashed, software
from solgen.chapter import Chapter, Printed, alone, attested, printed
from solgen.edition import Edition
from solgen.errors import SolgenError
from solgen.exam import scores
from solgen.facts import Facts
from solgen.gather import gather
from solgen.keeper import Keeper
from solgen.ledger import Entry, Ledger
from solgen.load import Loaded, load
from solgen.locales import Locale, code_of, load_locales
from solgen.matter import Imprint
from solgen.memo import Memo
from solgen.new import new_exam
from solgen.project import Project, find_project
from solgen.readback import keep, too_many_attested
from solgen.references import load_works
from solgen.render import compare, render
from solgen.tally import Row, seals, tally
from solgen.verify import Report
from solgen.voice import Asked

Editions = Sequence[tuple[Locale, ...]]

ROOT = Path(__file__).resolve().parents[1]


@cache
def locales() -> tuple[Locale, Locale]:
    """French and English."""
    french, english = load_locales(find_project(ROOT))
    return french, english


def starter(folder: Path) -> Project:
    """The exam that `solgen new` writes, in `folder`."""
    new_exam(folder, "exam")
    return find_project(folder / "exam")


def loaded(project: Project) -> tuple[list[Loaded], Report]:
    """The project's questions, verified."""
    questions = load(project, project.names())
    return questions, verify(project, questions, lambda line: None)


def facts(project: Project, one: Loaded, report: Report) -> Facts:
    return gather(project, one, report, load_locales(project))


def pages(project: Project, one: Loaded, report: Report, edition: tuple[Locale, ...]) -> Printed:
    """A question's files in one edition, its module asked for every value."""
    found = facts(project, one, report)
    voice = Asked(project, one, report, load_works(project))
    rendered = [
        render(project, found, voice, locale, edition if locale is edition[0] else ())
        for locale in edition
    ]
    compare(project, one.name, load_locales(project))
    return printed(found, rendered, edition, voice.works)


def alone_in(project: Project, one: Loaded, report: Report, edition: tuple[Locale, ...]) -> Edition:
    """An edition of one question."""
    return alone(facts(project, one, report), pages(project, one, report, edition), edition)


def chapter(
    project: Project,
    one: Loaded,
    report: Report,
    editions: Editions,
    entries: Sequence[Entry] = (),
) -> Chapter:
    """The question's chapter, with these entries for its ledger."""
    found = facts(project, one, report)
    module = found.module
    hashes = {module: hashed(project.root / module)}
    return Chapter(
        found,
        {code_of(edition): pages(project, one, report, edition) for edition in editions},
        tuple(entries),
        {c.code: attested(found, entries, c) for c in load_locales(project)},
        seals(project, one.name),
        scores(project, hashes).get(one.name, {}),
        {},
    )


def rows(project: Project, entries: Sequence[Entry] = ()) -> tuple[Row, ...]:
    questions, report = loaded(project)
    chapters = [chapter(project, one, report, (), entries) for one in questions]
    return tally(chapters, project.languages)


def assembled(
    project: Project, edition: tuple[Locale, ...], entries: Sequence[Entry] = ()
) -> tuple[Edition, Document]:
    """The document of an edition of the whole exam."""
    questions, report = loaded(project)
    chapters = [chapter(project, one, report, [edition], entries) for one in questions]
    imprint = Imprint(software("an engine"), "0" * 16, tally(chapters, project.languages))
    return assemble(project, chapters, edition, imprint)


def kept(
    project: Project, one: Loaded, report: Report, editions: Sequence[Edition]
) -> tuple[Ledger, list[SolgenError]]:
    """The ledger of one question, and what stops the build."""
    given = review.load(project, one.name).given

    def ask() -> Keeper:
        return Keeper(project, one, report, load_locales(project), given)

    accounts = keep(facts(project, one, report), editions, Memo(), ask)
    ledger = Ledger(tuple(accounts.entries))
    return ledger, accounts.failures or too_many_attested(ledger)
