"""The formula sheet: two pages per language that a student would keep."""

from __future__ import annotations

from typing import Any

from solgen.edition import Edition
from solgen.errors import Where
from solgen.latex import escape, formula, prose
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.model import Answer, Key
from solgen.project import Project
from solgen.symbols import Symbol, free


def sheets(project: Project, questions: list[Loaded], edition: Edition) -> list[dict[str, Any]]:
    """The formula sheet in every language: each question's keys, and the notation they use."""
    if not any(loaded.question.summary for loaded in questions):
        return []
    return [
        {
            **edition.frame(locale),
            "anchor": f"sheet.{locale.code}",
            "title": escape(locale.word("sheet")),
            "file": _sheet(project, questions, edition, locale),
        }
        for locale in edition.locales
    ]


def _sheet(project: Project, questions: list[Loaded], edition: Edition, locale: Locale) -> str:
    """File the formula sheet in one language; return its snippet's name."""
    lines = []
    for loaded in questions:
        keys = loaded.question.summary
        file, number = project.relative(loaded.source), str(loaded.number)
        title = prose(loaded.question.title, locale)
        if keys:
            head = rf"\solsheethead{{{loaded.name}}}{{{number}}}{{{title}}}"
            lines.append((head, Where(file, keys[0].where.line, number, None, locale.code)))
        for key in keys:
            where = Where(file, key.where.line, number, None, locale.code)
            lines.append((rf"\solkey{{{prose(key.name, locale)}}}{{{_key(key, locale)}}}", where))
        used = _used(keys, loaded)
        if used:
            meanings = "; ".join(
                f"${formula(entry, locale)}$~{prose(entry.meaning, locale)}" for entry in used
            )
            lines.append((rf"\solkeynotation{{{meanings}}}", where))
    name = f"sheet-{locale.code}"
    edition.snippets[name] = lines
    return name


def _key(key: Key, locale: Locale) -> str:
    """The formula of one line: `lhs = value`, `symbol = definition`, or the term itself."""
    thing = key.thing
    if isinstance(thing, Answer):
        return f"{thing.lhs} = {formula(thing.value, locale)}"
    if isinstance(thing, Symbol):
        return f"{formula(thing, locale)} = {formula(thing.value, locale)}"
    return thing if isinstance(thing, str) else str(formula(thing, locale))


def _used(keys: tuple[Key, ...], loaded: Loaded) -> list[Symbol]:
    """The symbols that these formulas contain and do not define, in the glossary's order."""
    named = {key.thing for key in keys if isinstance(key.thing, Symbol)}
    found: set[Any] = set()
    for key in keys:
        if isinstance(key.thing, Answer | Symbol):
            found |= set(free(key.thing.value))
    symbols = [entry for entry in loaded.glossary if isinstance(entry, Symbol)]
    return [s for s in symbols if s in found and s not in named]
