"""Keeping the ledger of one question: every relation of its LaTeX is read back, tried, entered.

A relation that cannot be read, that does not hold, or that nothing speaks for stops the build at
its author's line. Labels are computed here, from evidence that ran on these bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import sympy
from lark import Token, Tree

from solgen import refusals
from solgen.algebra import compare
from solgen.contexts import Context, base_of
from solgen.errors import SolgenError, VerificationError
from solgen.formulas import Formula
from solgen.instance import Attested
from solgen.judge import Verdict, belongs, judge, space
from solgen.ledger import Accounts, Entry
from solgen.lexicon import Key, Lexicon
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.meaning import Meaning
from solgen.memo import Claims, FormulaKey, Taken, formula_key, part_of
from solgen.model import Answer, Derivation
from solgen.project import Project
from solgen.reading import Reading, notation, read
from solgen.syntax import bound, is_notation, item, key_of, labels, sides, signs, source_of
from solgen.tokens import Unreadable
from solgen.values import Beyond, Outside, Unknown
from solgen.verify import Report

CONSTANTS = frozenset(("e", r"\pi", r"\infty", r"\mathbb{R}", r"\boldsymbol{0}"))
OUTSIDE = "question"  # where the review keeps what is accepted outside the parts, and in all
Node = Tree[Token]


class Keeper:
    """Keeps the ledger of one question."""

    def __init__(
        self,
        project: Project,
        loaded: Loaded,
        report: Report,
        locales: tuple[Locale, ...],
        given: Mapping[str, Key],
    ) -> None:
        self.loaded = loaded
        self.report = report
        self.lexicon = Lexicon(project, loaded, locales)
        self.accounts = Accounts()
        self.accepted = given
        self.given = {
            part: {key for text in texts for key in self.lexicon.keys(text)}
            for part, texts in given.items()
        }
        self.attested = {
            key: stated
            for stated in loaded.question.attested
            for key in self.lexicon.keys(stated.relation)
        }
        self.met: set[Key] = set()
        self.missing: set[str] = set()
        self.verdicts: dict[tuple[str, Key], list[Verdict]] = {}
        self.read_back: set[tuple[str, Key]] = set()
        self.seen: dict[FormulaKey, Taken] = {}
        self.faulty: set[FormulaKey] = set()

    # --- one formula ----------------------------------------------------------------------------

    def take(self, one: Formula) -> Taken:
        """Read a formula and try its relations; what is wrong with it is kept as a failure."""
        part = part_of(one, self.lexicon.words)
        key = formula_key(one, part)
        if key not in self.seen:
            kept, met = self.accounts, self.met
            self.accounts, self.met = Accounts(pending=kept.pending), set()
            try:
                self._enter(one, part, one.locale)
            except Unreadable as error:
                self.accounts.failures.append(refusals.unreadable(one, error))
            except SolgenError as error:
                error.where = error.where or one.where
                self.accounts.failures.append(error.as_text())
            found, self.accounts = self.accounts, kept
            self.seen[key] = Taken(tuple(found.entries), frozenset(found.used), frozenset(self.met))
            self.met |= met
            kept.used |= found.used
            kept.failures += found.failures
            if found.failures:
                self.faulty.add(key)
        return self.seen[key]

    def enter(self, one: Formula) -> None:
        """Take a formula, and enter its relations."""
        self.accounts.entries += self.take(one).at(one.where)

    def refused(self, one: Formula) -> str:
        """Why a formula would be refused, without entering it; "" where it would be taken."""
        kept, met = self.accounts, set(self.met)
        self.missing = set()
        self.accounts = Accounts()
        try:
            self._enter(one, part_of(one, self.lexicon.words), one.locale)
        except SolgenError as error:
            return error.message
        finally:
            found, self.accounts, self.met = self.accounts, kept, met
        return found.failures[0].message if found.failures else ""

    def _enter(self, one: Formula, part: str, locale: str) -> None:
        reading = read(one.source, self.lexicon.words[part], self.lexicon.marks(locale))
        if not self._require_declared(one, reading):
            return
        if one.answer:
            self._require_read_back(one, reading, part)
        for statement in reading.statements:
            for found in self._statement(one, statement, part):
                if isinstance(found, Entry):
                    self.accounts.entries.append(replace(found, locale=locale))
                else:
                    self.accounts.failures.append(found.as_text())

    def _require_declared(self, one: Formula, reading: Reading) -> bool:
        """Require all symbols to be in the glossary; False where one is known to be missing."""
        letters = bound(reading.tree) | CONSTANTS
        aside = labels(reading.tree)
        for token in reading.tree.scan_values(lambda t: isinstance(t, Token)):
            name = str(token)
            if token.type in ("NAME", "FNAME"):
                self.accounts.used |= set() if one.table else {name}
            elif token.type == "LETTER" and name not in letters and id(token) not in aside:
                vector = notation(rf"\boldsymbol{{{name}}}") if len(name) == 1 else ""
                names = self.lexicon.words[part_of(one, self.lexicon.words)].names.values()
                if vector in names:  # x_i is a component of a vector
                    self.accounts.used.add(vector)
                    continue
                if name in self.missing:  # told once, where it is printed first
                    return False
                self.missing.add(name)
                raise refusals.undeclared(one, token, self.lexicon.glossary)
        return True

    # --- answers printed by show and inline -------------------------------------------------------

    def _require_read_back(self, one: Formula, reading: Reading, part: str) -> None:
        """Require the printed forms of an answer to read as the forms that were verified."""
        answer = self.loaded.namespace.get(one.answer)
        known = one.answer, tuple(key for s in reading.statements for key in key_of(s))
        if not isinstance(answer, Answer) or known in self.read_back:
            return
        forms = [s.form for s in answer.steps] if isinstance(answer, Derivation) else [answer.value]
        if len(reading.statements) != 1:
            raise VerificationError("an answer is printed as several statements", one.where)
        statement = reading.statements[0]
        left = read(answer.lhs, self.lexicon.words[part], self.lexicon.marks(one.locale))
        stated = tuple(key for s in left.statements for key in key_of(s))
        if set(signs(statement)) != {"="} or key_of(statement)[: len(stated)] != stated:
            raise VerificationError(
                f"{one.answer} is not printed as its left side = its value",
                one.where,
                "this is a fault of the printer",
                found=one.source.strip(),
                expected=f"{answer.lhs} = …",
            )
        chain = sides(statement)
        inline = len(chain) <= len(forms)
        shown = forms[-1:] if inline else forms
        context = self.lexicon.contexts[part][0]
        for form, printed in zip(shown, chain[-len(shown) :], strict=True):
            try:
                meaning = Meaning(context.draws[0].values, exact=True)
                value = meaning.evaluate(item(printed))
            except (Unknown, Beyond, Outside) as reason:
                raise VerificationError(
                    f"the printed form of {one.answer} cannot be read back: {reason}",
                    one.where,
                    "write it in a notation that the reader knows, see docs/reading.md",
                    found=one.source.strip(),
                ) from None
            verdict = compare(_like(value, form), form)
            if not verdict.accepted:
                raise VerificationError(
                    f"the printed form of {one.answer} reads differently from what was verified",
                    one.where,
                    "this is a fault of the printer, or of a symbol's latex=",
                    found=f"{value} {verdict.counterexample()}",
                    expected=str(form),
                )
        self.read_back.add(known)

    # --- relations --------------------------------------------------------------------------------

    def _statement(self, one: Formula, statement: Node, part: str) -> Iterator[Entry | SolgenError]:
        text = source_of(statement, one.source)
        key = key_of(statement)
        contexts = self._for(key, part)
        found, between = sides(statement), signs(statement)
        if len(found) == len(between):  # a row of the notation table: its subject stands apart
            yield self._domain(one, part, text, between, found)
            return
        known = self.verdicts.setdefault((part, key), [])
        for number, (left, sign, right) in enumerate(zip(found, between, found[1:], strict=False)):
            if number == len(known):  # another language prints the same, and need not wait again
                known.append(self._judged(left, sign, right, contexts))
            verdict = known[number]
            yield self._kept(one, part, text, key, (left, sign, right), verdict)

    def _domain(
        self, one: Formula, part: str, text: str, between: list[str], found: list[Node]
    ) -> Entry | SolgenError:
        """A domain in the notation table, of the symbol that was made at its line."""
        lines = {str(s.where.line): s for s in self.lexicon.symbols.values()}
        s = lines.get(str(one.where.line))
        try:
            same = s is not None and belongs(s, space(item(found[0]), Meaning({}, exact=True)))
        except (Beyond, Unknown):
            same = False
        if between != ["in"] or not same:
            return VerificationError(
                f"{text} is not the domain of a symbol of this line",
                one.where,
                "this is a fault of the printer",
                expected=None if s is None else str(s.domain),
            )
        return self._entry(one, part, "given", text, "the glossary")

    def _for(self, key: Key, part: str) -> list[Context]:
        claimed = [c for c in self.lexicon.contexts[part] if key in c.only]
        if claimed:
            self.met |= {key}
            return [replace(claimed[0], example=False), *claimed[1:]]
        return [c for c in self.lexicon.contexts[part] if not c.only]

    def _judged(self, left: Node, sign: str, right: Node, contexts: list[Context]) -> Verdict:
        """A list of subjects, h, l >= n, is so many relations; a list of values is one."""
        subjects = [c for c in left.children if isinstance(c, Tree)]
        values = [c for c in right.children if isinstance(c, Tree)]
        if len(values) == 1:
            verdicts = [judge(subject, sign, values[0], contexts) for subject in subjects]
            return next((v for v in verdicts if not v.kind), verdicts[0])
        if len(subjects) == 1:
            return Verdict("", beyond="a list of values")
        raise VerificationError(
            "a list on both sides of a relation", None, "set them apart by \\quad"
        )

    def _kept(
        self,
        one: Formula,
        part: str,
        text: str,
        key: Key,
        relation: tuple[Node, str, Node],
        verdict: Verdict,
    ) -> Entry | SolgenError:
        left, _, right = relation
        simple = is_notation(left)
        if verdict.kind in ("data", "example"):
            given = verdict.kind == "data" and not one.answer
            kind = "given" if given else "enumerated"
            return self._entry(one, part, kind, text, "an example of the text")
        answer = self.loaded.namespace.get(one.answer)
        if isinstance(answer, Answer) and verdict.kind == "given":  # by its own definition
            return self._entry(one, part, self.report.of(answer).status, text, "its checks")
        if verdict.kind:
            return self._entry(one, part, verdict.kind, text, verdict.method)
        if key in self.attested and verdict.refuted is None:
            self.met.add(key)
            stated = self.attested[key]
            return self._entry(one, part, "attested", text, "", stated)
        if isinstance(answer, Answer) and verdict.unknown and is_notation(left):
            return self._entry(one, part, self.report.of(answer).status, text, "names the answer")
        if simple and any(key in self.given.get(p, ()) for p in (part, OUTSIDE)):
            self.met.add(key)
            return self._entry(one, part, "given", text, "accepted")
        if simple:
            waiting = self.accounts.pending.setdefault(part or OUTSIDE, [])
            if text not in waiting:
                waiting.append(text)
        place = next(right.scan_values(lambda t: isinstance(t, Token))).start_pos
        return refusals.unsupported(one, text, verdict, place, self._accepting(simple=simple))

    def _accepting(self, *, simple: bool) -> str:
        """What can be done about a statement that may be given."""
        said = f"solgen given {self.loaded.name} --accept"
        return f"; if it is a definition, a hypothesis or data: {said}" if simple else ""

    def _entry(
        self,
        one: Formula,
        part: str,
        kind: str,
        text: str,
        method: str,
        stated: Attested | None = None,
    ) -> Entry:
        reason = None if stated is None else stated.reason
        return Entry(self.loaded.name, part, "", kind, text, method, one.where, reason)

    # --- what must have been met ------------------------------------------------------------------

    def claims(self) -> Claims:
        """What must be met on the pages: each symbol, and each statement or reason that is kept."""
        lexicon, question = self.lexicon, self.loaded.question
        return Claims(
            glossary=tuple(
                (key, " ".join(base_of(tuple(key.split(" "))) or ("",)), lexicon.at(entry.where))
                for key, entry in lexicon.glossary.items()
            ),
            attested=tuple(
                (
                    stated.relation,
                    frozenset(lexicon.keys(stated.relation)),
                    lexicon.at(stated.where),
                )
                for stated in question.attested
            ),
            accepted=tuple(
                (text, frozenset(lexicon.keys(text)))
                for texts in self.accepted.values()
                for text in texts
            ),
            only=tuple(
                (text, frozenset(lexicon.keys(text)), lexicon.at(instance.where))
                for instance in question.instances
                for text in instance.only
            ),
        )


def _like(value: Any, form: Any) -> Any:
    """The value in the shape of the form: a matrix or list of one entry is printed as it."""
    scalar = isinstance(value, sympy.Expr)
    if isinstance(form, sympy.MatrixBase) and scalar and form.shape == (1, 1):
        return sympy.ImmutableMatrix([[value]])
    if isinstance(form, sympy.Tuple) and scalar and len(form) == 1:
        return sympy.Tuple(value)
    return value
