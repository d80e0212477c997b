"""An edition assembled: every question rendered, front and back matter, the PyLaTeX document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import sympy
from pylatex import Command, Document, NoEscape, Package
from pylatex.base_classes import Options

from solgen import __version__, matter
from solgen.compile import GUARD
from solgen.edition import Edition
from solgen.errors import Where
from solgen.latex import escape, number, prose
from solgen.ledger import Ledger
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.project import Project
from solgen.references import load_works
from solgen.render import Rendered, render
from solgen.sheet import sheets
from solgen.stream import PartText, Section
from solgen.tally import tally
from solgen.templating import environment
from solgen.verify import Report

NO_LEDGER = Ledger()


def make_edition(
    project: Project,
    questions: list[Loaded],
    report: Report,
    locales: tuple[Locale, ...],
    engine: str,
    ledger: Ledger = NO_LEDGER,
    rendered: Mapping[str, list[Rendered]] | None = None,
) -> tuple[Edition, Document]:
    """Assemble the document from every question in every language of the edition.

    `rendered` is what `render_all` made of them, if that was done already. Without a ledger, which
    is kept of what was rendered, the appendix says that there is none.
    """
    edition = Edition(locales)
    if rendered is None:
        rendered = render_all(project, questions, report, locales)
    rows = tally(project, questions, report, ledger, [c.code for c in locales])
    edition.authored = [
        (prose(q.question.title, locale), _title_place(project, q, locale))
        for q in questions
        for locale in locales
    ]
    context = {
        "covers": [matter.cover(project, c) for c in locales],
        "contents": _contents(locales),
        "front": [matter.front(project, questions, edition, c) for c in locales],
        "questions": [_question(project, edition, q, rendered[q.name]) for q in questions],
        "sheets": sheets(project, questions, edition),
        "references": matter.references([r for one in rendered.values() for r in one], edition),
        "back": [
            matter.back(project, questions, report, edition, c, engine, rows, ledger)
            for c in locales
        ],
    }
    jinja = environment(project)
    edition.body = jinja.get_template("booklet.tex.j2").render(context)
    edition.body = re.sub("\x01[^\x02]*\x02", "", edition.body)
    return edition, _document(project, edition)


def render_all(
    project: Project, questions: list[Loaded], report: Report, locales: tuple[Locale, ...]
) -> dict[str, list[Rendered]]:
    """Every question in every language of an edition, by the question's name.

    Raises TemplateError or TranslationError at the author's line.
    """
    works = load_works(project)
    rendered: dict[str, list[Rendered]] = {}
    for loaded in questions:
        # Figures are shared: the first language prints them, with every language's caption.
        rendered[loaded.name] = [
            render(project, loaded, report, locale, locales if index == 0 else (), works)
            for index, locale in enumerate(locales)
        ]
    return rendered


def _title_place(project: Project, loaded: Loaded, locale: Locale) -> Where:
    where = loaded.question.title.where
    file = project.relative(str(where.file))
    return Where(file, where.line, str(loaded.number), None, locale.code)


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


def _question(
    project: Project, edition: Edition, loaded: Loaded, rendered: list[Rendered]
) -> dict[str, Any]:
    """One question in all languages: its snippets are filed, its skeleton returned."""
    locales = edition.locales
    titles = [prose(loaded.question.title, c) for c in locales]
    first = locales[0]
    head = f"{escape(first.word('question').capitalize())} {loaded.number}"
    parts = []
    for index, part in enumerate(loaded.question.parts, start=1):
        languages = []
        for one in rendered:
            name = _file(edition, loaded, one, one.parts[index])
            languages.append({**edition.frame(one.locale), "file": name})
        labels = list(dict.fromkeys(loaded.part_label(part, c) for c in locales))
        parts.append(
            {
                "anchor": f"{loaded.name}.{part.id}",
                "label": escape(" / ".join(labels)),
                "points": escape(
                    " / ".join(
                        dict.fromkeys(
                            f"{part.points} {c.count('points', part.points)}" for c in locales
                        )
                    )
                ),
                "bookmark": escape(labels[0]),
                "languages": languages,
            }
        )
    return {
        "anchor": loaded.name,
        "head": head,
        "title": NoEscape(r"\par ".join(titles)),
        "bookmark": NoEscape(" / ".join(titles)),
        "languages": [
            {**edition.frame(c.locale), "given": _file(edition, loaded, c, c.parts[0])}
            for c in rendered
            if not all(section.empty() for section in c.parts[0].sections)
        ],
        "notation_head": escape(" / ".join(dict.fromkeys(c.word("notation") for c in locales))),
        "notation": matter.notation(project, edition, loaded, locales),
        "parts": parts,
    }


def _file(edition: Edition, loaded: Loaded, one: Rendered, part: PartText) -> str:
    """File one part's snippet in one language; return its name."""
    name = f"{loaded.name}-{part.id or 'given'}-{one.locale.code}"
    lines: list[tuple[str, Where]] = []
    for section in part.sections:
        lines += _section(section, part, one)
    lines += _marking(loaded, one, part.id)
    edition.snippets[name] = lines
    return name


def _marking(loaded: Loaded, one: Rendered, letter: str) -> list[tuple[str, Where]]:
    """A part's marking scheme, each line traced to the author's Mark."""
    locale = one.locale
    marks = [mark for part in loaded.question.parts if part.id == letter for mark in part.marking]
    lines = []
    for mark in marks:
        where = Where(one.module, mark.where.line, str(loaded.number), letter, locale.code)
        points = number(mark.points, _digits(mark.points), locale)
        lines.append((rf"\solmarkline{{{points}}}{{{prose(mark.earned, locale)}}}", where))
    if not lines:
        return []
    here = lines[0][1]
    head = (rf"\solhead{{{escape(locale.word('marking'))}}}", here)
    return [head, (r"\begin{solmarking}", here), *lines, (r"\end{solmarking}", here)]


def _digits(points: sympy.Rational) -> int:
    """The digits that whole or half points need: 2 for 1.5, 1 for 0.5."""
    whole = str(int(points)).lstrip("0")
    return len(whole) + (points.q > 1)


_WRAPPERS = {
    "answer": "solanswer",
    "limits": "solaside",
    "mistakes": "solaside",
    "erratum": "solaside",
}


def _section(section: Section, part: PartText, one: Rendered) -> list[tuple[str, Where]]:
    """A section's heading and blocks, each line with where its author wrote it."""

    def at(line: int) -> Where:
        question = str(one.loaded.number)
        return Where(one.template, line, question, part.id or None, one.locale.code)

    here = at(section.source)
    wrapper = _WRAPPERS.get(section.kind, "solstatement" if part.id else "")
    if section.kind == "solution":
        wrapper = ""
    lines = []
    if part.id:
        lines.append((rf"\solhead{{{escape(one.locale.word(section.kind))}}}", here))
    if wrapper:
        lines.append((rf"\begin{{{wrapper}}}", here))
    previous = None
    for block in section.blocks:
        made = _trimmed([(line.text, at(line.source)) for line in block.lines])
        if made and previous is not None and block.paired and previous.paired:
            lines.append((r"\par", made[0][1]))
        lines += made
        previous = block if made else previous
    if wrapper:
        lines.append((rf"\end{{{wrapper}}}", here))
    if section.kind == "given" and part.id:
        lines.append((r"\solkeep", here))
    return lines


def _trimmed(lines: list[tuple[str, Where]]) -> list[tuple[str, Where]]:
    """Without the blank lines at both ends, which would end a paragraph before a display."""
    while lines and not lines[0][0].strip():
        lines = lines[1:]
    while lines and not lines[-1][0].strip():
        lines = lines[:-1]
    return lines
