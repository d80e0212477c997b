r"""The exam's own `look.tex` and `booklet.tex.j2`: author's code, refused at its own line."""

from __future__ import annotations

import re

from solgen import characters, texscan
from solgen.errors import LatexError, TemplateError, Where
from solgen.project import Project

FILES = ("look.tex", "booklet.tex.j2")

_SPELLED = re.compile(r"""\\(?:VAR|BLOCK)\{[^\n]*?(["'])(?:(?!\1).)*?\\""")


def inspect(project: Project) -> None:
    """Raise LatexError at the first command that may not stand in one of these files.

    Raises TemplateError for a file that is not UTF-8, for a character that cannot be seen, and
    for a command that Jinja would put together.
    """
    for name in FILES:
        path = project.templates / name
        if path.is_file():
            shown = project.relative(path)
            _inspect(_text(path.read_bytes(), shown), shown)


def _text(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        where = Where(shown, data[: error.start].count(b"\n") + 1)
        raise TemplateError("the file is not UTF-8", where, "save the file as UTF-8") from None


def _inspect(source: str, shown: str) -> None:
    for number, line in enumerate(source.split("\n"), start=1):
        if odd := characters.odd(line):
            raise TemplateError(
                odd.message, Where(shown, number), odd.hint, found=characters.shown(line)
            )
        if _SPELLED.search(line):
            raise TemplateError(
                "a command spelled inside a string of Jinja",
                Where(shown, number),
                "write LaTeX commands outside of \\VAR{…} and \\BLOCK{…}",
                found=line.strip()[:100],
            )
    if refused := texscan.forbidden(_blanked(source), snippet=False):
        raise LatexError(
            f"{refused.text} is refused: it {refused.why}",
            Where(shown, refused.line),
            "remove it",
        )


def _blanked(source: str) -> str:
    r"""The template without solgen's own calls: ``\solgeninput{\VAR{…}}`` reads snippets."""
    return re.sub(r"\\\#\{[^}]*\}", lambda match: "\n" * match[0].count("\n"), source)
