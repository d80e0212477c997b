"""Plain text and short authored texts as LaTeX. Nothing else calls PyLaTeX's escaping."""

from __future__ import annotations

from pylatex import NoEscape
from pylatex.utils import escape_latex

from solgen.locales import Locale
from solgen.text import Text


def prose(text: Text | str, locale: Locale) -> NoEscape:
    """A short text in one language: plain text escaped, `$…$` kept as mathematics."""
    if isinstance(text, str):
        return NoEscape(escape(text))
    pieces = [
        f"${piece}$" if math else escape(piece.replace(r"\$", "$"))
        for math, piece in text.parts(locale.code)
    ]
    return NoEscape("".join(pieces))


def escape(text: str) -> NoEscape:
    """Plain text as LaTeX, whatever characters it contains."""
    # PyLaTeX braces every hyphen, which would also forbid line breaks after it.
    return NoEscape(
        escape_latex(text)
        .replace("{-}", "-")
        .replace(r"\^{}", r"\textasciicircum{}")
        .replace("\u00a0", "~")
    )
