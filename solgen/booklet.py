"""An edition assembled: its chapters, front and back matter, the PyLaTeX document."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from pylatex import Command, Document, NoEscape, Package
from pylatex.base_classes import Options

from solgen import __version__, matter
from solgen.chapter import Chapter, file_name
from solgen.compile import BARS, GUARD
from solgen.edition import Edition
from solgen.escaping import escape
from solgen.locales import Locale, code_of
from solgen.matter import Imprint
from solgen.project import Project
from solgen.templating import environment


def assemble(
    project: Project, chapters: Sequence[Chapter], locales: tuple[Locale, ...], imprint: Imprint
) -> tuple[Edition, Document]:
    """The document of an edition: every chapter, in all its languages, and what surrounds them."""
    edition = Edition(locales)
    edition.authored = [
        (chapter.facts.titles[c.code], replace(chapter.facts.title_at, locale=c.code))
        for chapter in chapters
        for c in locales
    ]
    for chapter in chapters:
        edition.snippets |= chapter.editions[edition.code].snippets
    context = {
        "covers": [matter.cover(project, c) for c in locales],
        "contents": _contents(locales),
        "front": [matter.front(project, chapters, edition, c) for c in locales],
        "questions": [_question(edition, chapter) for chapter in chapters],
        "sheets": matter.sheets(chapters, edition),
        "references": matter.references(chapters, edition),
        "back": [matter.back(chapters, edition, c, imprint) for c in locales],
    }
    jinja = environment(project)
    edition.body = jinja.get_template("booklet.tex.j2").render(context)
    edition.body = re.sub("\x01[^\x02]*\x02", "", edition.body)
    return edition, _document(project, edition)


def _document(project: Project, edition: Edition) -> Document:
    """The PyLaTeX document: class, packages, look, body."""
    first = edition.locales[0]
    document = Document(
        documentclass="memoir",
        document_options=["11pt", "oneside", project.paper],
        fontenc=None,
        inputenc=None,
        lmodern=False,
        textcomp=False,
        page_numbers=False,
    )
    others = dict.fromkeys(c.babel for c in edition.locales[1:])
    babel = ",".join([*others, f"main={first.babel}"])
    for package in (
        Package("iftex"),
        Package("amsmath"),
        Package("amssymb"),
        Package("lmodern"),
        Package("graphicx"),
        Package("longtable"),
        Package("multicol"),
        Package("xcolor"),
        Package("babel", options=NoEscape(babel)),
        Package("microtype"),
    ):
        document.packages.append(package)
    title = " / ".join(project.texts["title"][c.code] for c in edition.locales)
    preamble = [
        # These keep the build folder and the day out of the PDF.
        r"\ifPDFTeX\pdfminorversion=7 \pdftrailerid{} \pdfsuppressptexinfo=-1 \fi",
        r"\ifPDFTeX\usepackage[T1]{fontenc}\fi",
        *dict.fromkeys(c.babel_setup for c in edition.locales if c.babel_setup),
        rf"\newcommand\soltitle{{{escape(title)}}}",
        BARS if len(edition.locales) > 1 else "",
        _look(project),
    ]
    for line in preamble:
        document.preamble.append(NoEscape(line))
    document.preamble.append(
        Command(
            "usepackage",
            "hyperref",
            options=Options(
                NoEscape("hidelinks,unicode,bookmarksnumbered=false,bookmarksopen=true")
            ),
        )
    )
    author = project.texts.get("author", {}).get(first.code, "")
    document.preamble.append(
        NoEscape(
            rf"\hypersetup{{pdftitle={{{escape(title)}}},pdflang={{{first.tag}}},"
            rf"pdfauthor={{{escape(author)}}},pdfcreator={{solgen {__version__}}},"
            rf"pdfsubject={{{escape(' / '.join(c.word('solutions') for c in edition.locales))}}},"
            r"pdfdisplaydoctitle=true,bookmarksdepth=2}"
        )
    )
    document.preamble.append(NoEscape(GUARD))
    document.append(NoEscape(edition.body))
    document.append(NoEscape(r"\typeout{solgen-end}"))
    return document


def _look(project: Project) -> str:
    own = project.templates / "look.tex"
    shipped = files("solgen") / "templates" / "look.tex"
    return (own if own.is_file() else shipped).read_text(encoding="utf-8")


def _contents(locales: tuple[Locale, ...]) -> NoEscape:
    heading = " / ".join(escape(c.word("contents")) for c in locales)
    return NoEscape(rf"\renewcommand\contentsname{{{heading}}}\tableofcontents*")


def assemble_part(
    project: Project, chapter: Chapter, part: str, locales: tuple[Locale, ...]
) -> tuple[Edition, Document]:
    """The document of one part alone, in all languages of an edition, with the same preamble."""
    edition = Edition(locales, snippets=dict(chapter.editions[code_of(locales)].snippets))
    question = _question(edition, chapter)
    one = next(p for p in question["parts"] if p["anchor"] == f"{chapter.name}.{part}")
    lines = [
        rf"\solpart{{{one['anchor']}}}{{{one['label']}}}{{{one['points']}}}{{{one['bookmark']}}}"
    ]
    for language in one["languages"]:
        file = rf"\solgeninput{{{language['file']}}}"
        lines += [language["open"], file, language["close"]]
    edition.body = "\n".join(lines)
    return edition, _document(project, edition)


def _question(edition: Edition, chapter: Chapter) -> dict[str, Any]:
    """The skeleton of one question in all languages; its files are the chapter's."""
    facts, locales = chapter.facts, edition.locales
    titles = [facts.titles[c.code] for c in locales]
    if len(locales) > 1:  # each with the spaces of its own language, in the contents too
        titles = [
            rf"\foreignlanguage{{{c.babel}}}{{{title}}}"
            for c, title in zip(locales, titles, strict=True)
        ]
    first = locales[0]
    introduced = chapter.editions[edition.code].introduced
    parts = []
    for part in facts.parts:
        labels = list(dict.fromkeys(part.labels[c.code] for c in locales))
        points = dict.fromkeys(f"{part.points} {c.count('points', part.points)}" for c in locales)
        parts.append(
            {
                "anchor": f"{facts.name}.{part.id}",
                "label": escape(" / ".join(labels)),
                "points": escape(" / ".join(points)),
                "bookmark": escape(labels[0]),
                "languages": [
                    {**edition.frame(c), "file": file_name(facts, part.id, c)} for c in locales
                ],
            }
        )
    return {
        "anchor": facts.name,
        "head": f"{escape(first.word('question').capitalize())} {facts.number}",
        "title": NoEscape(r"\par ".join(titles)),
        "bookmark": NoEscape(" / ".join(titles)),
        "languages": [
            {**edition.frame(c), "given": file_name(facts, "", c)}
            for c in locales
            if c.code in introduced
        ],
        "notation_head": escape(" / ".join(dict.fromkeys(c.word("notation") for c in locales))),
        "notation": f"{facts.name}-notation",
        "parts": parts,
    }
