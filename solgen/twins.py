"""The files of two languages side by side: they print the same formulas and numbers, in order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from solgen.edition import Edition
from solgen.errors import SolgenError, TranslationError, Where
from solgen.locales import Locale
from solgen.parity import Lines, require_printed

_Side = tuple[Edition, str, Locale]


def differences(editions: Sequence[Edition]) -> list[SolgenError]:
    """A TranslationError for each file that prints another formula or number than its twin."""
    found: list[SolgenError] = []
    for (one, name, first), (other, twin, second) in _twins(editions):
        try:
            require_printed(_lines(one, name), _lines(other, twin), (first, second))
        except TranslationError as error:
            found.append(error)
    return found


def _twins(editions: Sequence[Edition]) -> Iterator[tuple[_Side, _Side]]:
    """The same file in two languages: of two editions, or of one that speaks both."""
    for one, other in itertools.combinations(editions, 2):
        if len(one.locales) == len(other.locales) == 1:
            first, second = one.locales[0], other.locales[0]
            for name in one.snippets:
                yield (one, name, first), (other, _twin(name, first, second), second)
    for edition in editions:
        for second in edition.locales[1:]:
            first = edition.locales[0]
            for name in edition.snippets:
                if name.endswith(f"-{first.code}"):
                    yield (edition, name, first), (edition, _twin(name, first, second), second)


def _twin(name: str, first: Locale, second: Locale) -> str:
    stem = name.removesuffix(f"-{first.code}")
    return name if stem == name else f"{stem}-{second.code}"


def _lines(edition: Edition, name: str) -> Lines:
    """The file's lines, each with where its author wrote it."""
    found: list[tuple[str, Where]] = []
    for number, (text, where) in enumerate(edition.snippets[name], start=1):
        found.append((text, edition.locate(name, number) or where))
    return found
