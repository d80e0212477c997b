"""One edition of the booklet: its files, and the way back from their lines to the author's.

An *edition* is the languages it speaks: French, English, or both one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pylatex import Document, NoEscape

from solgen.errors import Where
from solgen.locales import Locale, code_of

BARS = ("solbarA", "solbarB", "solbarC")


@dataclass
class Edition:
    """One booklet ready to be compiled: `snippets` by file name, each with its source lines."""

    locales: tuple[Locale, ...]
    body: str = ""
    snippets: dict[str, Sequence[tuple[str, Where]]] = field(default_factory=dict)
    authored: list[tuple[str, Where]] = field(default_factory=list)  # what main.tex itself prints
    main: list[str] = field(default_factory=list)  # its lines

    @property
    def code(self) -> str:
        return code_of(self.locales)

    def files(self, document: Document) -> dict[str, bytes]:
        """main.tex and its snippets, by the names of their files."""
        self.main = document.dumps().split("\n")
        texts = {name: [line for line, _ in lines] for name, lines in self.snippets.items()}
        texts["main"] = self.main
        return {f"{name}.tex": ("\n".join(lines) + "\n").encode() for name, lines in texts.items()}

    def locate(self, file: str, line: int) -> Where | None:
        """The author's place for a line of a generated file: Python if one made it, or template."""
        lines = self.snippets.get(Path(file).stem)
        if not lines:
            return self._in_main(line)
        index = min(max(line, 1), len(lines)) - 1
        where = lines[index][1]
        while index >= 0 and lines[index][1] == where:
            source = re.search(r"%@ (.+):(\d+)%?\s*$", lines[index][0])
            if source:
                return Where(source[1], int(source[2]), where.question, where.part, where.locale)
            if lines[index][0].startswith(r"\begin"):
                break
            index -= 1
        return where

    def places(self) -> dict[str, tuple[Where | None, ...]]:
        """What `locate` says of every line of every file, by the file's name."""
        found = {
            name: tuple(self.locate(name, n + 1) for n in range(len(lines)))
            for name, lines in self.snippets.items()
        }
        return {**found, "main": tuple(self._in_main(n + 1) for n in range(len(self.main)))}

    def _in_main(self, line: int) -> Where | None:
        """Where the author wrote what a line of main.tex prints: the longest text on it."""
        shown = self.main[line - 1] if 0 < line <= len(self.main) else ""
        found = [(len(text), where) for text, where in self.authored if text in shown]
        return max(found, key=lambda entry: entry[0])[1] if found else None

    def frame(self, locale: Locale) -> dict[str, NoEscape]:
        """What opens and closes a passage of one language: a bar where two languages alternate."""
        if len(self.locales) == 1:
            return {
                "open": NoEscape(rf"\begin{{solalone}}{{{locale.babel}}}"),
                "close": NoEscape(r"\end{solalone}"),
            }
        bar = BARS[self.locales.index(locale) % len(BARS)]
        return {
            "open": NoEscape(rf"\begin{{sollanguage}}{{{locale.code}}}{{{locale.babel}}}{{{bar}}}"),
            "close": NoEscape(r"\end{sollanguage}"),
        }
