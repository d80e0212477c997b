r"""Whether the versions of a passage say the same: their formulas and numbers, in order.

They are compared twice: as the author wrote them, where a message can name the line, and as they
are printed, where values have been filled in. Marks of the language are set aside: its decimal
mark, and what stands in \text{…}. Words are left to solgen.wording.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from itertools import zip_longest

from solgen import wording
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
            found.append(_digits(groups["number"], decimal))
    return found


def _digits(number: str, decimal: str) -> str:
    """A number in prose, its thousands together, with a decimal point."""
    whole = re.sub(r"[ \u00a0~]|\\,|\{,\}", "", number)
    return whole.replace(",", ".") if decimal == "," else whole.replace(",", "")


def _neutral(math: str) -> str:
    """Mathematics without spaces, words, decimal marks, and the stop that ends a sentence."""
    bare = re.sub(r"(?<=\d)(?:\{,\})(?=\d)", ".", _WORDS.sub(r"\\text", math))
    return re.sub(r"\\[,;:! ]|\s|\\q?quad|~", "", bare).rstrip(".,;")


def require(
    versions: Mapping[str, str],
    locales: Sequence[Locale],
    where: Where,
    excused: Collection[str] = (),
) -> None:
    """Raise TranslationError unless every language's version contains what the first one does.

    Their words are compared too (solgen.wording); `excused` has the seals of pairs whose words
    differ with a reason.
    """
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
    wording.require(versions, locales, where, excused)


Lines = Sequence[tuple[str, Where]]  # LaTeX, and where its author wrote it


def require_printed(one: Lines, other: Lines, pair: tuple[Locale, Locale]) -> None:
    """Raise TranslationError unless two files print the same formulas and numbers, in order."""
    first, second = pair
    sides = (printed(one, first), printed(other, second))
    for (expected, above), (found, below) in zip_longest(*sides, fillvalue=("nothing", None)):
        if expected != found:
            where = below or above or Where()
            raise TranslationError(
                f"the {first.code} and {second.code} versions print another formula or number",
                Where(where.file, where.line, where.question, where.part, second.code),
                "let both languages print the same values, in the same order",
                found=f"{found} ({second.code})",
                expected=f"{expected} ({first.code})",
            )


def printed(lines: Lines, locale: Locale) -> list[tuple[str, Where | None]]:
    """The formulas and numbers of final LaTeX, in order, neutral, each with its author's place."""
    sources = [source for _, source in lines]
    text = _plain("\n".join(re.sub(r"(?<!\\)%.*", "", line) for line, _ in lines))
    mark = locale.decimal.strip("{}")
    found: list[tuple[str, Where | None]] = []
    for item in _ITEM.finditer(text):
        groups = item.groupdict()
        math = next((groups[k] for k in ("inline", "display", "round", "block") if groups[k]), "")
        shown = _numbers(math, locale)
        if groups["number"]:
            shown = _digits(groups["number"], mark)
        if shown:
            found.append((shown, sources[text.count("\n", 0, item.start())]))
    return found


def _numbers(math: str, locale: Locale) -> str:
    """Printed mathematics in the neutral notation, numbers and lists of them included."""
    whole = re.sub(rf"(?<=\d){re.escape(locale.thousands)}(?=\d{{3}}(?!\d))", "", math)
    whole = whole.replace(locale.separator + r"\,", r",\,")
    return _neutral(re.sub(r"\\[()]", "", whole))


def _plain(text: str) -> str:
    """Final LaTeX without what belongs to one language or to solgen: anchors, marks, figures."""
    for command, count, kept in _OWN:
        text = _replaced(text, command, count, kept)
    # A derivation's reasons are prose inside the mathematics: it ends before, and begins anew.
    return re.sub(r"\\(?:begin\{alignat\*?\}\{\d+\}|end\{alignat\*?\})", " $ ", text)


# Commands of solgen: how many arguments they have, and what of them both languages share.
_OWN = (
    ("solfigure", 4, ""),  # the first language prints it for all
    ("solmark", 3, ""),
    ("solsign", 1, ""),
    ("hyperlink", 2, "{1}"),
    ("solreason", 1, " $ {0} $ "),
    ("ensuremath", 1, r"\({0}\)"),
)


def _replaced(text: str, command: str, count: int, kept: str) -> str:
    r"""The text with each `\command{…}…` replaced by what is kept of it; its lines keep theirs."""
    pieces, end = [], 0
    for match in re.finditer(rf"\\{command}(?=\{{)", text):
        if match.start() < end:
            continue  # inside an argument that was left out
        arguments, stop = _arguments(text, match.end(), count)
        shown = kept.format(*arguments)
        lost = text.count("\n", match.start(), stop) - shown.count("\n")
        pieces += [text[end : match.start()], shown, "\n" * lost]
        end = stop
    return "".join(pieces) + text[end:]


def _arguments(text: str, start: int, count: int) -> tuple[list[str], int]:
    """The `count` arguments in braces that begin at `start`, and where they end."""
    found, position = [], start
    for _ in range(count):
        depth, begin = 0, position + 1
        for position in range(begin - 1, len(text)):
            escaped = text[position - 1] == "\\"
            depth += 0 if escaped else (text[position] == "{") - (text[position] == "}")
            if depth == 0:
                break
        found.append(text[begin:position])
        position += 1
    return found, position
