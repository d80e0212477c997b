"""Characters that a reader cannot see, or that are not the ones the author meant."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Odd:
    """A character to refuse: its place in the text, what it is, what to do."""

    position: int
    message: str
    hint: str


_PASTED = "remove it; it often comes with a text pasted from elsewhere"
# UTF-8 that was read as Latin-1 or Windows-1252: é has become Ã©, a quote â€™.
_MOJIBAKE = re.compile("[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac|\ufffd")


def odd(text: str) -> Odd | None:
    """The first invisible, broken or decomposed character; line ends and tabs are none."""
    # What is invisible is not printable; neither are a few signs that may stand in a text.
    for position, character in enumerate("" if text.isprintable() else text):
        if character not in "\n\t" and _invisible(character):
            message = f"the invisible character U+{ord(character):04X}"
            return Odd(position, message, _PASTED)
    if match := _MOJIBAKE.search(text):
        message = f"{match[0]!r} is a character that was read in the wrong encoding"
        return Odd(match.start(), message, "type it again, and save the file as UTF-8")
    if not unicodedata.is_normalized("NFC", text):
        return _decomposed(text)
    return None


def _invisible(character: str) -> bool:
    kind = unicodedata.category(character)
    return kind in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")


def _decomposed(text: str) -> Odd:
    """Where a letter and its accent are two characters; fonts print them badly."""
    composed = unicodedata.normalize("NFC", text)
    position = next(
        (i for i, (a, b) in enumerate(zip(text, composed, strict=False)) if a != b), len(composed)
    )
    shown = f"U+{ord(text[position]):04X}"
    if position + 1 < len(text) and unicodedata.combining(text[position + 1]):
        shown += f" U+{ord(text[position + 1]):04X}"
    return Odd(
        position,
        f"a letter written as several characters ({shown}), not as the one that a keyboard types",
        "type the letter again",
    )


def shown(line: str) -> str:
    """The line with its invisible characters spelled out."""
    return "".join(f"[U+{ord(c):04X}]" if _invisible(c) and c != "\t" else c for c in line).strip()[
        :100
    ]
