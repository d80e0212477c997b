"""Short authored texts in every language of the booklet, and where they were written."""

from __future__ import annotations

import inspect
import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from solgen import characters, texscan
from solgen.errors import QuestionError, TranslationError, Where

_PACKAGE = str(Path(__file__).parent) + os.sep


def caller() -> Where:
    """File and line of the author's code that is calling into solgen."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return Where() if frame is None else Where(frame.f_code.co_filename, frame.f_lineno)


def clean(source: str, where: Where) -> str:
    r"""Return `source`; control characters, the trace of a non-raw "\neq", raise QuestionError."""
    for character in source:
        if unicodedata.category(character) == "Cc" or character in "\u2028\u2029":
            name = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "\b": r"\b", "\f": r"\f"}.get(
                character, f"U+{ord(character):04X}"
            )
            raise QuestionError(
                f"the string {source!r} contains the control character {name}",
                where=where,
                hint='remove it; for a LaTeX command write a raw string: r"\\neq", not "\\neq"',
            )
    if odd := characters.odd(source):
        raise QuestionError(f"in the string {source!r} stands {odd.message}", where, odd.hint)
    return source


def require_formula(source: str, where: Where) -> None:
    r"""Raise QuestionError for maths that LaTeX would misread far from here, or without a word.

    >>> require_formula(r"\frac{a}{b", Where("q1.py", 3))
    Traceback (most recent call last):
    solgen.errors.QuestionError: q1.py:3: in the formula '\\frac{a}{b' a brace is never closed
      what to do: count the braces
    """
    bare = re.sub(r"\\.", "", source, flags=re.DOTALL)
    depth = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            break
    faults = (
        (depth > 0, "a brace is never closed", "count the braces"),
        (depth < 0, "a brace is closed that was never opened", "count the braces"),
        ("%" in bare, "a percent sign would hide the rest", r"write \% in a raw string"),
        ("$" in bare, "there is a dollar sign", "write mathematics without dollars here"),
        ("&" in bare and r"\begin" not in source, "there is an &", r"write \& in a raw string"),
    )
    for present, fault, remedy in faults:
        if present:
            raise QuestionError(f"in the formula {source!r} {fault}", where, remedy)
    refused = texscan.forbidden(source, snippet=True) or texscan.pretended(source)
    if refused is not None:
        raise QuestionError(
            f"in the formula {source!r} {refused.text} is refused: it {refused.why}",
            where,
            "remove it",
        )


@dataclass(frozen=True)
class Text:
    r"""A short text in every language: `Text(fr="on simplifie", en="cancel")`.

    Everything outside `$…$` is plain text, whatever its characters; inside the dollars stands
    LaTeX mathematics. `\$` is a dollar sign. Raises QuestionError on unpaired dollars.
    """

    versions: Mapping[str, str]
    where: Where

    def __init__(self, *unnamed: object, **versions: str) -> None:
        if unnamed:
            raise QuestionError(
                f"the text {unnamed[0]!r} does not say its language",
                caller(),
                'write Text(fr="…", en="…")',
            )
        _fill(self, caller(), versions)

    @classmethod
    def at(cls, where: Where, versions: Mapping[str, str]) -> Text:
        """A text that was written at `where`, as part of another object."""
        made = cls.__new__(cls)
        _fill(made, where, versions)
        return made

    def require(self, locales: tuple[str, ...]) -> None:
        """Raise TranslationError unless the text exists in these languages, at least."""
        for locale in locales:
            if locale not in self.versions:
                raise TranslationError(
                    f"this text has no {locale} version",
                    Where(self.where.file, self.where.line, locale=locale),
                    f'add {locale}="…" beside it',
                    found=", ".join(f"{code}={text!r}" for code, text in self.versions.items())
                    or "no text at all",
                )

    def parts(self, locale: str) -> list[tuple[bool, str]]:
        """The text cut into (is mathematics, source) pieces.

        Raises TranslationError when the language is missing.
        """
        if locale not in self.versions:
            self.require((locale,))
        return _split(self.versions[locale], self.where)


def _fill(text: Text, where: Where, versions: Mapping[str, str]) -> None:
    for locale, version in versions.items():
        if not isinstance(version, str) or not version.strip():
            raise TranslationError(
                f"the {locale} text is {version!r}",
                Where(where.file, where.line, locale=locale),
                "write what the reader should see",
            )
        _split(clean(version, where), where)
    object.__setattr__(text, "versions", dict(versions))
    object.__setattr__(text, "where", where)


_MATH = re.compile(r"(?<!\\)\$")


def _split(source: str, where: Where) -> list[tuple[bool, str]]:
    pieces = _MATH.split(source)
    if len(pieces) % 2 == 0:
        raise QuestionError(
            f"the text {source!r} has an odd number of dollar signs",
            where=where,
            hint=r"mathematics stands between two dollars; the sign itself is \$ in a raw string",
        )
    for math in pieces[1::2]:
        if not math or math != math.strip():
            raise QuestionError(
                f"in the text {source!r} the mathematics ${math}$ begins or ends with a space",
                where=where,
                hint=r"write $x$ without inner spaces; a dollar sign is written \$ in a raw string",
            )
        require_formula(math, where)
    return [(index % 2 == 1, piece) for index, piece in enumerate(pieces) if piece]
