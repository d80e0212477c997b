"""Proofread a template's prose: refuse what LaTeX would swallow or misprint without a word.

Printed values have been folded into one character each before the text comes here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from solgen.errors import TemplateError, TranslationError, Where
from solgen.locales import Locale

# A value in the middle of prose: a number, or anything else.
NUMBER, OTHER = "\ue000", "\ue001"


@dataclass(frozen=True)
class Fault:
    """Something refused: its place in the text, what it is, what to do."""

    position: int
    message: str
    hint: str
    kind: type[TemplateError] = TemplateError


def refuse(text: str, sources: list[int], *, paired: bool, locale: Locale, where: Where) -> None:
    """Raise TemplateError or TranslationError at the first fault; `sources` has each line's line.

    `paired` tells prose of one language from what all languages share.
    """
    fault = next(_faults(text, paired=paired, locale=locale), None)
    if fault is None:
        return
    index = text.count("\n", 0, fault.position)
    column = fault.position - (text.rfind("\n", 0, fault.position) + 1)
    found = _around(text.split("\n")[index], column)
    raise fault.kind(
        fault.message,
        Where(where.file, sources[index], where.question, where.part, where.locale),
        fault.hint,
        found=re.sub(f"[{NUMBER}{OTHER}]", r"\\VAR{…}", found),
    )


def _around(line: str, column: int, width: int = 45) -> str:
    """The line near the column: a sentence may be long."""
    start, end = max(0, column - width), column + width
    return ("… " if start else "") + line[start:end].strip() + (" …" if end < len(line) else "")


def typeset(text: str, locale: Locale) -> str:
    """The language's typography, outside mathematics and commands."""
    held: list[str] = []

    def hold(match: re.Match[str]) -> str:
        held.append(match[0])
        return f"\ue002{len(held) - 1}\ue003"

    free = _FIXED.sub(hold, text)
    for rule in locale.typography:
        free = rule.pattern.sub(rule.replacement, free)
    return re.sub("\ue002(\\d+)\ue003", lambda match: held[int(match[1])], free)


# What typography must not touch: mathematics, commands.
_FIXED = re.compile(r"(?s)\\\[.*?\\\]|\$.*?\$|\\[a-zA-Z]+\*?|\\[^%]")
_PERCENT = re.compile(r"(?m)^[ \t]*[^%\s][^%\n]*(%)")
_COMMENT = re.compile(r"(?m)^[ \t]*%.*$")
_TILDE = re.compile(r"(?:^|(?<=\s))~|~(?=\s)", re.MULTILINE)
_MATHS = re.compile(
    r"(?s)\\\[.*?\\\]|\\\(.*?\\\)|(?<!\\)\$.*?(?<!\\)\$"
    r"|\\begin\{((?:equation|align|alignat|gather|multline|flalign)\*?)\}.*?\\end\{\1\}"
)
_TEXT_IN_MATHS = re.compile(r"\\(?:text\w*|mbox|intertext)\{[^{}]*[^\W\d_]{2}")
_ARGUMENTS = re.compile(
    r"\\(?:begin|end|ref|label|hyperlink|hypertarget|href|url|[hv]space|includegraphics)\*?"
    r"(?:\[[^\]]*\])?\{[^{}]*\}|\\[a-zA-Z]+\*?|\\."
)
_SPECIAL = re.compile(r"[#_^&]")
_SHARED_WORD = re.compile(r"[^\W\d_]{2,}")
_LENGTH = re.compile(r"\d*[.,]?\d+\s*(?:em|ex|pt|cm|mm|in|bp|\\[a-z]*(?:width|height|line|skip))\b")


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with every match replaced by as many spaces, its line ends kept."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _faults(text: str, *, paired: bool, locale: Locale) -> Iterator[Fault]:
    yield from _swallowed(text)
    text = _blank(_COMMENT, text)
    yield from _dollars(text)
    plain = _blank(_ARGUMENTS, _blank(_MATHS, text))
    if not paired:
        yield from _shared(text, plain)
    yield from _specials(text, plain)
    measured = _blank(_LENGTH, text)
    for rule in locale.forbidden:
        if match := rule.pattern.search(measured):
            yield Fault(match.start(), rule.message, rule.hint)


def _swallowed(text: str) -> Iterator[Fault]:
    if match := _PERCENT.search(re.sub(r"\\.", "xx", text)):  # \\% is no percent sign here
        yield Fault(
            match.start(1),
            "a percent sign in mid-line: LaTeX would drop the rest of the line",
            r"write \% for the sign; a comment stands on a line of its own",
        )
    if match := _TILDE.search(_blank(_COMMENT, text)):
        yield Fault(
            match.start(),
            "a tilde beside a space is an invisible space in LaTeX",
            r"write $\sim$ or $\approx$ for the sign, or remove the tilde",
        )


def _dollars(text: str) -> Iterator[Fault]:
    r"""Unpaired dollars, and pairs that hold prose, as in "5$ to 7$"."""
    bare = re.sub(r"\\.", "xx", text)
    hint = r"mathematics stands between two dollars; the sign itself is written \$"
    for paragraph in re.finditer(r"(?s)\S.*?(?=\n[ \t]*\n|\Z)", bare):
        if paragraph[0].count("$") % 2:
            odd = next(m for m in re.finditer(r".+", paragraph[0]) if m[0].count("$") % 2)
            position = paragraph.start() + odd.start()
            yield Fault(position, "a dollar sign without its partner", hint)
        if "$$" in paragraph[0]:
            position = paragraph.start() + paragraph[0].index("$$")
            yield Fault(position, "two dollar signs together", r"write \[ … \] for a display")
        for maths in re.finditer(r"\$([^$]*)\$", paragraph[0]):
            if maths[1] != maths[1].strip(" "):
                start = paragraph.start() + maths.start()
                shown = text[start : start + len(maths[0])]
                yield Fault(start, f"mathematics that begins or ends with a space: {shown}", hint)


def _shared(text: str, plain: str) -> Iterator[Fault]:
    message, hint = (
        "a text that every language would share",
        "put it in a passage, in every language",
    )
    if match := _SHARED_WORD.search(plain) or _TEXT_IN_MATHS.search(text):
        yield Fault(match.start(), message, hint, TranslationError)


def _specials(text: str, plain: str) -> Iterator[Fault]:
    for match in _SPECIAL.finditer(plain):
        if match[0] != "&" or not re.search(r"\\begin\{(?:tabular|array|alignat)", text):
            sign = match[0]
            instead = r"\textasciicircum{}" if sign == "^" else f"\\{sign}"
            yield Fault(
                match.start(),
                f"the sign {sign} in prose",
                f"write {instead} for the sign itself; mathematics stands between $…$",
            )
