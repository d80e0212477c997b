"""What gives the notation of one question its values: glossary, definitions, instances."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from solgen.contexts import Context, base_of, drawn_context, exact_context
from solgen.errors import SolgenError, Where
from solgen.latex import formula
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.project import Project
from solgen.reading import Vocabulary, notation
from solgen.symbols import Symbol, Term
from solgen.tokens import normal

Key = tuple[str, ...]


class Lexicon:
    """The notations of a question, and where they have values, part by part.

    Raises QuestionError, at its line, for an instance that cannot be drawn. Without `drawn`, only
    the definitions count.
    """

    def __init__(
        self, project: Project, loaded: Loaded, locales: tuple[Locale, ...], *, drawn: bool = True
    ) -> None:
        self.project = project
        self.loaded = loaded
        self.locales = locales
        self.parts = ["", *(part.id for part in loaded.question.parts)]
        self.glossary = {notation(self._printed(entry)): entry for entry in loaded.glossary}
        self.symbols = {k: s for k, s in self.glossary.items() if isinstance(s, Symbol)}
        instances = self._drawn() if drawn else []
        self.contexts = {part: self._contexts(part, instances) for part in self.parts}
        self.words = {part: self._vocabulary(part) for part in self.parts}

    def at(self, where: Where) -> Where:
        """A place of the question's module, as messages show it."""
        return Where(self.project.relative(str(where.file)), where.line, str(self.loaded.number))

    def keys(self, text: str) -> set[Key]:
        """A statement's normal forms: it may be written with the number marks of any language."""
        return {normal(text, (c.decimal, c.thousands)) for c in self.locales}

    def marks(self, code: str | None) -> tuple[str, str]:
        """The decimal and the thousands mark of a language."""
        locale = next((c for c in self.locales if c.code == code), self.locales[0])
        return locale.decimal, locale.thousands

    def _printed(self, entry: Symbol | Term) -> str:
        return str(formula(entry, self.locales[0]))

    def _keyed(self, key: Any) -> str:
        return notation(key if isinstance(key, str) else self._printed(key))

    def _drawn(self) -> list[Context]:
        found = []
        for instance in self.loaded.question.instances:
            if instance.defines:
                continue
            only = frozenset(key for text in instance.only for key in self.keys(text))
            try:
                found.append(drawn_context(instance, self.symbols, self._keyed, only))
            except SolgenError as error:
                cause = error.__cause__
                frame = self.project.raised_at(cause) if isinstance(cause, Exception) else None
                line = instance.where.line if frame is None else frame.lineno
                error.where = replace(self.at(instance.where), line=line)
                raise
        return found

    def _contexts(self, part: str, drawn: list[Context]) -> list[Context]:
        """The definitions first, then the instances that concern the part."""
        defined = {
            self._keyed(key): value
            for instance in self.loaded.question.instances
            if instance.defines and _concerns(instance.parts, part)
            for key, value in instance.draw.items()  # type: ignore[union-attr] # a mapping
        }
        exact = exact_context(self.symbols, defined)
        return [exact, *(c for c in drawn if _concerns(c.parts, part))]

    def _vocabulary(self, part: str) -> Vocabulary:
        """The notations of a part: the glossary's, the bases of its families, the instances'."""
        names: dict[Key, str] = {}
        for key, entry in self.glossary.items():
            whole = tuple(key.split(" "))
            base = base_of(whole) if isinstance(entry, Term) else None
            short = base or whole  # of a family, g_t, the base is what has values
            names[short] = " ".join(short)
        functions: set[str] = set()
        for context in self.contexts[part]:
            for draw in context.draws[:1]:
                for name in (k for k in draw.values if not k.startswith("range of ")):
                    names.setdefault(tuple(name.split(" ")), name)
                    if name not in self.symbols and _is_function(draw.values[name]):
                        functions.add(name)
        return Vocabulary(names, frozenset(functions))


def _concerns(parts: str, part: str) -> bool:
    return not parts or not part or part in parts


def _is_function(value: Any) -> bool:
    return callable(value) and not hasattr(value, "free_symbols")
