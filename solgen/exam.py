"""What all questions of a build share, and whether their chapters are known already.

Standard library only: a build without changes needs nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from solgen import certificate
from solgen.cache import Cache, Kept
from solgen.engine import Engine
from solgen.keys import digest
from solgen.locales import Locale, code_of
from solgen.project import Project

MUTANTS = "mutants.json"
FAILED = "failed"  # where the LaTeX of a failure is left
FATES = ("variants", "killed", "equal", "survived", "errors")

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Exam:
    """A build's project, languages and editions, and its cache.

    `base` is the hash of the tools and of what all questions depend on; `scores` what became of
    the mutants of each question, by part.
    """

    project: Project
    locales: tuple[Locale, ...]
    editions: tuple[tuple[Locale, ...], ...]
    cache: Cache
    base: str
    scores: Mapping[str, Mapping[str, Counts]] = field(default_factory=dict)

    def recalled(self, name: str) -> Kept | None:
        """The question's chapter, if it was composed before from the same contents."""
        return self.cache.recall("chapter", self.key(name))

    def key(self, name: str) -> str:
        """The key of a question's chapter."""
        scores = self.scores.get(name, {})
        told = [(part, sorted(scores[part].items())) for part in sorted(scores)]
        return digest("chapter", self.base, name, *map(code_of, self.editions), told)

    def module_key(self, name: str) -> str:
        """The key of what a question's module gives, whatever its template says."""
        return digest("module", self.base, name)


@dataclass(frozen=True)
class Order:
    """What is to be typeset: these questions in these editions, with this engine.

    `stem` is how the files are called; `made_from` are the sources as they were at the start;
    `search` asks for the author's place of every line.
    """

    exam: Exam
    names: tuple[str, ...]
    engine: Engine
    languages: tuple[str, ...]
    stem: str
    made_from: Mapping[str, str]
    search: bool = False

    def file(self, locales: tuple[Locale, ...]) -> str:
        """How the PDF of an edition is called, without its suffix."""
        alone = len(locales) > 1 or len(self.exam.locales) == 1
        return self.stem if alone else f"{self.stem}.{code_of(locales)}"

    @property
    def sources(self) -> str:
        """One hash of all sources."""
        return certificate.digest(self.made_from)

    def key(self, chapters: Sequence[Kept]) -> str:
        """The key of what is published."""
        what = self.stem, self.languages, self.search
        told = self.exam.base, self.engine.identity, *what, self.sources
        return digest("published", *told, *(one.identity for one in chapters))


def scores(project: Project, sources: Mapping[str, str]) -> dict[str, dict[str, Counts]]:
    """What became of the mutants of each question, by part, as `nox -s mutants` left it.

    A question is missing where they were never tried, or on other bytes of the module: an old
    score says nothing. `sources` has the contents of the modules (certificate.sources).
    """
    try:
        found = json.loads((project.build / MUTANTS).read_text(encoding="utf-8"))
        return {
            name: {
                part: {fate: int(counts[fate]) for fate in FATES}
                for part, counts in one["parts"].items()
            }
            for name, one in found.items()
            if one["source"] == sources.get(f"questions/{name}.py")
        }
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
