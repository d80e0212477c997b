r"""Whether the versions of a passage say the same: their formulas and numbers, in order.

Words cannot be compared by a machine; mathematics, printed values and numbers can. Marks of the
language are set aside: its decimal mark, and what stands in \text{…}.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest

from solgen.errors import TranslationError, Where
from solgen.locales import Locale

HINT = (
    "say the same in every language, in the same order; numbers are best printed by "
    r"\VAR{…|num(3)} or written inside the mathematics"
)

_ITEM = re.compile(
    r"(?P<escaped>\\[$\\%&#_])"
    r"|\$(?P<inline>[^$]*)\$"
    r"|\\\[(?P<display>.*?)\\\]"
    r"|\\\((?P<round>.*?)\\\)"
    r"|\\begin\{(?P<name>(?:align|alignat|equation|gather|multline)\*?)\}"
    r"(?P<block>.*?)\\end\{(?P=name)\}"
    r"|\\VAR\{(?P<value>(?:[^{}]|\{[^{}]*\})*)\}"
    r"|(?<![^\W\d_])(?P<number>\d+(?:(?:[ \u00a0~]|\\,|\{,\})\d{3}(?!\d))*(?:[.,]\d+)*)",
    re.DOTALL,
)
_WORDS = re.compile(r"\\(?:text|textrm|mbox)\{[^{}]*\}")


def contents(source: str, decimal: str) -> list[str]:
    """The formulas, printed values and numbers of a passage, in order, in a neutral notation.

    `decimal` is the decimal mark of its language, "," or ".".
    """
    found = []
    for item in _ITEM.finditer(source):
        groups = item.groupdict()
        math = next((groups[k] for k in ("inline", "display", "round", "block") if groups[k]), "")
        if math:
            found.append(f"${_neutral(math)}$")
        elif groups["value"]:
            found.append(rf"\VAR{{{_neutral(groups['value'].replace('Ref(', 'ref('))}}}")
        elif groups["number"]:
            digits = re.sub(rf"[^\d{decimal}]", "", groups["number"])
            found.append(digits.replace(decimal, "."))
    return found


def _neutral(math: str) -> str:
    """Mathematics without spaces, words, decimal marks, and the stop that ends a sentence."""
    bare = re.sub(r"(?<=\d)(?:\{,\})(?=\d)", ".", _WORDS.sub(r"\\text", math))
    return re.sub(r"\\[,;:! ]|\s|\\q?quad|~", "", bare).rstrip(".,;")


def require(versions: Mapping[str, str], locales: Sequence[Locale], where: Where) -> None:
    """Raise TranslationError unless every language's version contains what the first one does."""
    marks = {locale.code: locale.decimal.strip("{}") for locale in locales}
    first, *others = marks
    expected = contents(versions[first], marks[first])
    for code in others:
        found = contents(versions[code], marks[code])
        for one, other in zip_longest(expected, found, fillvalue="nothing"):
            if one != other:
                raise TranslationError(
                    f"the {first} and {code} versions differ in a formula or a number",
                    Where(where.file, where.line, where.question, where.part, code),
                    HINT,
                    found=f"{other} ({code})",
                    expected=f"{one} ({first})",
                )
