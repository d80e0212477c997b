"""The stage `ledger`: what a question prints is read back, in every edition, before it is compiled.

A formula that was read before, in the same question with the same module, is remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from solgen import twins
from solgen.edition import Edition
from solgen.errors import QuestionError, SolgenError, VerificationError, Where
from solgen.facts import Facts
from solgen.formulas import Formula, formulas
from solgen.formulas import found as found_in
from solgen.ledger import Accounts, Entry, Ledger
from solgen.memo import Claims, FormulaKey, Key, Memo, Taken, Unknown, formula_key, part_of
from solgen.tokens import tokens

MOST_ATTESTED = 0.1  # of all relations


class Reader(Protocol):
    """Reads and judges formulas: solgen.keeper.Keeper, which needs the module."""

    accounts: Accounts
    faulty: set[FormulaKey]

    def take(self, one: Formula) -> Taken: ...

    def claims(self) -> Claims: ...


def keep(
    facts: Facts, editions: Sequence[Edition], memo: Memo, ask: Callable[[], Reader]
) -> Accounts:
    """The accounts of one question, whose editions hold nothing else; failures are in them.

    `ask` gives the reader of its formulas; it is not called where the memo knows them all.
    """
    asked = _Asked(facts, memo, ask)
    accounts = asked.accounts
    for edition in editions:
        # The bilingual edition prints again what each language prints.
        counted = len(edition.locales) == 1 or len(editions) == 1
        for one in formulas(edition):
            entries = asked.take(one).at(one.where)
            accounts.entries += entries if counted else ()
    for code, source, where in facts.reasons:
        one = Formula(source, code, (where,))
        accounts.entries += asked.take(one).at(where)
    accounts.failures += asked.failures()
    accounts.failures += _unmet(facts, asked.claims(), accounts.used, asked.met)
    accounts.failures += twins.differences(editions)
    spoken = {e.locales[0].code for e in editions if len(e.locales) == 1}
    for done in facts.experiments:
        accounts.entries += [
            Entry(facts.name, done.part, code, "experiment", done.name, "", done.where)
            for code in sorted(spoken or {editions[0].locales[0].code})
        ]
    return accounts


class _Asked:
    """The memo, and the reader where it has to be asked."""

    def __init__(self, facts: Facts, memo: Memo, ask: Callable[[], Reader]) -> None:
        self.parts = {part.id for part in facts.parts}
        self.memo = memo
        self.ask = ask
        self.reader: Reader | None = None
        self.accounts = Accounts()
        self.met: set[Key] = set()

    def take(self, one: Formula) -> Taken:
        try:
            taken = self.memo.formula(one, part_of(one, self.parts))
        except Unknown:
            taken = self._read(one)
        self.accounts.used |= taken.used
        self.met |= taken.met
        return taken

    def _read(self, one: Formula) -> Taken:
        reader = self._asked()
        taken = reader.take(one)
        key = formula_key(one, part_of(one, self.parts))
        if key not in reader.faulty:
            self.memo.formulas[key] = taken
        return taken

    def _asked(self) -> Reader:
        if self.reader is None:
            self.reader = self.ask()
        return self.reader

    def claims(self) -> Claims:
        if self.memo.claims is None:
            self.memo.claims = self._asked().claims()
        return self.memo.claims

    def failures(self) -> list[SolgenError]:
        if self.reader is None:
            return []
        self.accounts.pending = self.reader.accounts.pending
        return self.reader.accounts.failures


def _unmet(facts: Facts, claims: Claims, used: set[str], met: set[Key]) -> Iterator[SolgenError]:
    """A failure for each symbol, statement or reason that is on no page."""
    for key, base, where in claims.glossary:
        if not any(f" {key} " in f" {one} " or one == base for one in used):
            yield _removable(f"the symbol {key} is declared but never printed", where, "symbol")
    for text, keys, where in claims.attested:
        if not keys & met:
            message = f"{text} is attested, but not printed or not in need of it"
            yield _removable(message, where, "reason")
    for text, keys in claims.accepted:
        if not keys & met:
            yield QuestionError(
                f"{text} is accepted as given, but not printed or not in need of it",
                Where(f"questions/{facts.name}.review.toml", None, str(facts.number)),
                f"solgen given {facts.name} --accept takes it out",
            )
    for text, keys, where in claims.only:
        if not keys & met:
            yield _removable(f"{text} is not printed in this part", where, "relation")


def _removable(message: str, where: Where, what: str) -> QuestionError:
    return QuestionError(message, where, f"remove the {what}, or print what it is for")


# --- the whole booklet --------------------------------------------------------------------------


def framed(edition: Edition) -> Iterator[SolgenError]:
    """Relations in what surrounds the questions: nothing there says what they mean."""
    for source, place, _ in found_in(edition.body):
        if _relates(source):
            where = Where("booklet.tex.j2", place + 1)
            yield VerificationError(f"the relation {source.strip()} belongs to no question", where)


@lru_cache(maxsize=4096)  # a table prints the same numbers again and again
def _relates(source: str) -> bool:
    return any(token.kind == "REL" for token in tokens(source))


def too_many_attested(ledger: Ledger) -> list[SolgenError]:
    """A failure where words alone speak for more than a tenth of all relations."""
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
