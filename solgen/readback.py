"""The stage `ledger`: all editions are read back before they are compiled, question by question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from solgen import review, twins, workers
from solgen.edition import Edition
from solgen.errors import SolgenError, VerificationError
from solgen.formulas import Formula, formulas
from solgen.formulas import found as found_in
from solgen.keeper import Keeper
from solgen.ledger import Accounts, Entry, Ledger
from solgen.load import Loaded
from solgen.locales import load_locales
from solgen.project import Project
from solgen.text import Text
from solgen.tokens import tokens
from solgen.verify import Report

MOST_ATTESTED = 0.1  # of all relations


def keep(
    project: Project,
    questions: Sequence[Loaded],
    report: Report,
    editions: Sequence[Edition],
    tell: Callable[[str], None],
) -> tuple[Ledger, list[SolgenError]]:
    """The ledger of these editions, and all that stops the build. Every formula is read."""
    printed = [(edition, list(formulas(edition))) for edition in editions]
    jobs = [partial(_kept, project, loaded, report, printed) for loaded in questions]
    kept: list[Accounts] = workers.each(jobs, tell)
    failures = [failure for accounts in kept for failure in accounts.failures]
    failures += [error for _, found in printed for error in _framed(found)]
    failures += twins.differences(editions)
    ledger = Ledger(tuple(entry for accounts in kept for entry in accounts.entries))
    return ledger, failures or _too_many(ledger)


def require_read(read_back: Edition, final: Edition, ledger: Ledger) -> None:
    """Require that the final files are those that were read.

    Only the appendix came later, and repeats attested relations. Raises VerificationError.
    """
    stated = [entry for entry in ledger.entries if entry.kind == "attested"]
    attested = {_inkless(entry.text) for entry in stated}
    attested |= {_inkless(piece) for e in stated if e.reason for piece in _formulas(e.reason)}
    for name, lines in final.snippets.items():
        if read_back.snippets.get(name) == lines:
            continue
        for source, place, _ in found_in("\n".join(text for text, _ in lines)):
            if _inkless(source) not in attested:
                raise VerificationError(
                    f"{source.strip()} is printed, but was not read back",
                    lines[place][1],
                    "this is a fault of solgen, please report it",
                )


def _formulas(text: Text) -> list[str]:
    """The mathematics of a short text, in every language."""
    return [piece for code in text.versions for math, piece in text.parts(code) if math]


def _inkless(source: str) -> str:
    return "".join(re.sub(r"\\\\|&|\\q?quad|\\displaystyle", " ", source).split())


def _kept(
    project: Project,
    loaded: Loaded,
    report: Report,
    printed: list[tuple[Edition, list[Formula]]],
    tell: Callable[[str], None],
) -> Accounts:
    tell(f"read {loaded.number}")
    locales = load_locales(project)
    keeper = Keeper(project, loaded, report, locales, review.load(project, loaded.name).given)
    for edition, found in printed:
        for one in found:
            if one.where.question == str(loaded.number):
                keeper.enter(one, counted=len(edition.locales) == 1 or len(printed) == 1)
    for stated in loaded.question.attested:
        for code in stated.reason.versions:
            where = replace(keeper.lexicon.at(stated.where), locale=code)
            for math, piece in stated.reason.parts(code):
                if math:
                    keeper.enter(Formula(piece, code, (where,)))
    accounts = keeper.close()
    spoken = {edition.locales[0].code for edition, _ in printed if len(edition.locales) == 1}
    for done in report.experiments:
        if done.question == loaded.name:
            where = keeper.lexicon.at(done.experiment.where)
            accounts.entries += [
                Entry(loaded.name, done.part, code, "experiment", done.name, "", where)
                for code in sorted(spoken or {locales[0].code})
            ]
    return accounts


def _framed(found: Sequence[Formula]) -> Iterator[SolgenError]:
    """Relations in what surrounds the questions: nothing there says what they mean."""
    for one in found:
        if one.where.question is None and any(m.kind == "REL" for m in tokens(one.source)):
            yield VerificationError(
                f"the relation {one.source.strip()} belongs to no question", one.where
            )


def _too_many(ledger: Ledger) -> list[SolgenError]:
    attested, total = ledger.count("attested"), len(ledger.entries)
    if attested <= MOST_ATTESTED * total:
        return []
    return [
        VerificationError(
            f"{attested} of {total} relations are attested, which no machine checked",
            None,
            "give notation values in an Instance, so that they can be tried",
            expected=f"at most {MOST_ATTESTED:.0%}",
        )
    ]
