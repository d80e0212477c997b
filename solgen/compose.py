"""The way of one question to its chapter: load, verify, draw, render, read back; or the cache.

What was worked out before, from exactly the same contents, is taken as it is. Where only prose
changed, the module is not even loaded: its facts, figures, values and relations are remembered.
"""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solgen import confine, review, workers
from solgen.cache import Kept, loads
from solgen.chapter import Chapter, Printed, alone, attested, printed
from solgen.errors import Refused, SolgenError
from solgen.exam import Exam
from solgen.facts import Facts
from solgen.keys import digest
from solgen.locales import code_of
from solgen.memo import Memo, Unknown
from solgen.readback import keep
from solgen.reads import Reads
from solgen.references import load_works
from solgen.render import Recalled, Voice, compare, is_plain, render
from solgen.tally import seals

if TYPE_CHECKING:  # what brings SymPy is imported where it is needed
    from solgen.keeper import Keeper
    from solgen.load import Loaded
    from solgen.verify import Findings, Report

Tell = Callable[[str], None]
Files = dict[str, bytes]


def compose(exam: Exam, name: str, tell: Tell) -> Kept | list[SolgenError]:
    """The question's chapter, or all that is wrong with it."""
    composer = _Composer(exam, name, tell)
    try:
        with confine.confined(exam.project, composer.reads):
            chapter = composer.chapter()
    except Refused as refused:
        return [failure.as_text() for failure in refused.failures]
    except SolgenError as error:
        return [error.as_text()]
    return exam.cache.keep("chapter", exam.key(name), composer.reads, chapter)


def preimport(exam: Exam, names: Sequence[str]) -> None:
    """Before workers fork: import what computes, reads and draws, where questions need it."""
    if any(exam.cache.recall("facts", exam.module_key(name)) is None for name in names):
        from solgen import draw, gather, keeper, reading, voice  # noqa: F401

        reading.parser()


class _Composer:
    """Composes one chapter; `reads` are the files that it rests on."""

    def __init__(self, exam: Exam, name: str, tell: Tell) -> None:
        self.exam = exam
        self.project = exam.project
        self.name = name
        self.reads = Reads(exam.project.root)
        self.module = _Module(exam, name, tell)
        self.tell = tell

    def chapter(self) -> Chapter:
        """The chapter. Raises SolgenError, or Refused with all failures."""
        exam, facts = self.exam, self.module.facts()
        figures = self.module.figures(facts)
        given = review.load(self.project, self.name).given
        key = digest("memo", self.module.identity, sorted(given.items()))
        kept = exam.cache.recall("memo", key)
        memo = Memo() if kept is None else kept.value()
        plain = is_plain(self.project, self.name)
        try:
            made = self._printed(facts, Recalled(memo if plain else Memo()))
        except Unknown:
            made = self._printed(facts, self._asked(memo if plain else None))
        compare(self.project, self.name, exam.locales)
        self.tell(f"read {facts.number}")
        editions = [alone(facts, made[code_of(one)], one) for one in exam.editions]
        accounts = keep(facts, editions, memo, lambda: self._keeper(given))
        self.reads.update(self.module.reads.found)
        exam.cache.keep("memo", key, self._computed(), memo)
        if accounts.failures:
            raise Refused(accounts.failures)
        return Chapter(
            facts,
            made,
            tuple(accounts.entries),
            {c.code: attested(facts, accounts.entries, c) for c in exam.locales},
            seals(self.project, self.name),
            exam.scores.get(self.name, {}),
            figures,
        )

    def _computed(self) -> Reads:
        """What values and relations rest on: all that was read, but for the texts around them."""
        texts = self.project.relative(self.project.templates), f"questions/{self.name}.review.toml"
        reads = Reads(self.project.root)
        reads.update({k: v for k, v in self.reads.found.items() if not k.startswith(texts)})
        return reads

    def _printed(self, facts: Facts, voice: Voice) -> dict[str, Printed]:
        """The question's files in every edition."""
        works = load_works(self.project)
        made = {}
        for locales in self.exam.editions:
            self.tell(f"render {facts.number} {code_of(locales)}")
            # Figures are shared: the first language prints them, with every language's caption.
            rendered = [
                render(self.project, facts, voice, locale, locales if locale is locales[0] else ())
                for locale in locales
            ]
            made[code_of(locales)] = printed(facts, rendered, locales, works)
        return made

    def _asked(self, memo: Memo | None) -> Voice:
        from solgen.voice import Asked

        module, works = self.module, load_works(self.project)
        return Asked(self.project, module.loaded, module.report, works, memo)

    def _keeper(self, given: Mapping[str, tuple[str, ...]]) -> Keeper:
        from solgen.keeper import Keeper

        module = self.module
        return Keeper(self.project, module.loaded, module.report, self.exam.locales, given)


class _Module:
    """A question's module: loaded and verified when something asks for it, and then only once."""

    def __init__(self, exam: Exam, name: str, tell: Tell) -> None:
        self.exam = exam
        self.project = exam.project
        self.name = name
        self.key = exam.module_key(name)
        self.tell = tell
        self.reads = Reads(exam.project.root)
        self.identity = ""  # of its contents and all that it reads, once facts were asked for

    def facts(self) -> Facts:
        """What the module gives. Raises Refused with every answer or check that does not hold."""
        kept = self.exam.cache.recall("facts", self.key)
        if kept is None:
            kept = self._gathered()
        self.identity = kept.identity
        self.reads.update(kept.files)
        return kept.value()

    def _gathered(self) -> Kept:
        from solgen.gather import gather

        with confine.confined(self.project, self.reads):
            report = self.report
            facts = gather(self.project, self.loaded, report, self.exam.locales)
        kept = self.exam.cache.keep("facts", self.key, self.reads, facts)
        found = pickle.dumps(self.findings, protocol=5)
        self.exam.cache.write("findings", kept.identity, found)
        return kept

    def figures(self, facts: Facts) -> dict[str, Files]:
        """The PDFs of all figures: by edition, then by name. Cores that are free draw them."""
        codes = [code_of(one) for one in self.exam.editions]
        wanted = [(name, code) for name in facts.figures for code in codes]
        found = {place: self.exam.cache.recall("figure", self._figure(*place)) for place in wanted}
        missing = dict.fromkeys(name for (name, _), kept in found.items() if kept is None)
        if missing:
            loaded = self.loaded  # before the workers fork
            jobs = [partial(self._drawn, loaded, name) for name in missing]
            found |= {place: kept for made in workers.each(jobs, self.tell) for place, kept in made}
        made: dict[str, Files] = {code: {} for code in codes}
        for (name, code), kept in found.items():
            if kept is not None:
                self.reads.update(kept.files)
                made[code][f"{self.name}-{name}-{code}.pdf"] = kept.value()
        return made

    def _figure(self, name: str, code: str) -> str:
        return digest("figure", self.key, name, code)

    def _drawn(self, loaded: Loaded, name: str, tell: Tell) -> list[tuple[tuple[str, str], Kept]]:
        """One figure in every edition: what it computes once serves them all."""
        from solgen.draw import draw

        figure = next(one for one in loaded.question.figures if one.id == name)
        made = []
        for one in self.exam.editions:
            code = code_of(one)
            tell(f"draw {loaded.number} {name} {code}")
            reads = Reads(self.project.root)
            reads.update(self.reads.found)
            with tempfile.TemporaryDirectory() as folder, confine.confined(self.project, reads):
                data = draw(self.project, loaded, figure, one, Path(folder)).read_bytes()
            kept = self.exam.cache.keep("figure", self._figure(name, code), reads, data)
            made.append(((name, code), kept))
        return made

    @cached_property
    def loaded(self) -> Loaded:
        from solgen.load import load

        self.tell(f"load {self.name[1:]}")
        with confine.confined(self.project, self.reads):
            return load(self.project, [self.name])[0]

    @cached_property
    def findings(self) -> Findings:
        from solgen.verify import jobs, joined

        kept = self.exam.cache.read("findings", self.identity) if self.identity else None
        if kept is not None:
            found: Findings = loads(kept)
            return found
        apart = [partial(self._apart, job) for job in jobs(self.project, self.loaded)]
        made = workers.each(apart, self.tell)
        for _, files in made:
            self.reads.update(files)
        found = joined([one for one, _ in made])
        if found.failures:
            raise Refused(list(found.failures))
        return found

    def _apart(self, job: Callable[[Tell], Any], tell: Tell) -> tuple[Any, dict[str, str]]:
        """What a piece of work in a process of its own gives, and the files that it read."""
        reads = Reads(self.project.root)
        with confine.confined(self.project, reads):
            return job(tell), reads.found

    @cached_property
    def report(self) -> Report:
        from solgen.verify import reported

        return reported([self.loaded], [self.findings])
