"""The formula sheet: two pages per language that a student would keep."""

from __future__ import annotations

from typing import Any

from solgen.errors import Where
from solgen.escaping import prose
from solgen.facts import Lines
from solgen.latex import formula
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.model import Answer, Key
from solgen.symbols import Symbol, free


def sheet_lines(module: str, loaded: Loaded, locale: Locale) -> Lines:
    """A question's keys and the notation they use, in one language; nothing where it has none."""
    keys = loaded.question.summary
    if not keys:
        return ()

    def at(line: int | None) -> Where:
        return Where(module, line, str(loaded.number), None, locale.code)

    title = prose(loaded.question.title, locale)
    head = rf"\solsheethead{{{loaded.name}}}{{{loaded.number}}}{{{title}}}"
    lines = [(head, at(keys[0].where.line))]
    for key in keys:
        text = rf"\solkey{{{prose(key.name, locale)}}}{{{_key(key, locale)}}}"
        lines.append((text, at(key.where.line)))
    if used := _used(keys, loaded):
        meanings = "; ".join(
            f"${formula(entry, locale)}$~{prose(entry.meaning, locale)}" for entry in used
        )
        lines.append((rf"\solkeynotation{{{meanings}}}", at(keys[-1].where.line)))
    return tuple(lines)


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
