"""What surrounds the questions: covers, points, conventions, sheet, works cited, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pylatex import LongTable, NoEscape, Tabular

from solgen.appendix import appendix
from solgen.chapter import Chapter
from solgen.edition import Edition
from solgen.escaping import escape
from solgen.locales import Locale
from solgen.project import Project
from solgen.references import listed
from solgen.tally import Row


@dataclass(frozen=True)
class Imprint:
    """What the last pages say of a build: versions, the sources' hash, the counts by part."""

    software: Mapping[str, str]
    sources: str
    rows: tuple[Row, ...]


def cover(project: Project, locale: Locale) -> dict[str, Any]:
    texts = {key: escape(versions[locale.code]) for key, versions in project.texts.items()}
    return {
        "babel": locale.babel,
        "course": "",
        "session": "",
        **texts,
        "solutions": escape(locale.word("solutions")),
    }


def front(
    project: Project, chapters: Sequence[Chapter], edition: Edition, locale: Locale
) -> dict[str, Any]:
    """Points, coverage and conventions in one language."""
    ragged = r">{\raggedright\arraybackslash}"
    # As long as the exam is: it may go on over several pages.
    made = LongTable(rf"r{ragged}p{{2.3in}}{ragged}p{{2in}}r", booktabs=True)
    word = locale.word
    made.add_row(["", *[escape(word(h).capitalize()) for h in ("question", "part", "marks")]])
    made.add_hline()
    made.end_table_header()
    facts = [chapter.facts for chapter in chapters]
    for one in facts:
        split = ", ".join(f"{escape(locale.part(p.id))}~{p.points}" for p in one.parts)
        split = split if len(one.parts) > 1 else ""
        link = rf"\hyperlink{{{one.name}}}{{{one.titles[locale.code]}}}"
        made.add_row([str(one.number), NoEscape(link), NoEscape(split), one.points])
    covered = sum(one.points for one in facts)
    made.add_hline()
    made.add_row(["", escape(word("total")), "", covered])
    total = sum(project.points.values()) or covered
    named = ", ".join(str(one.number) for one in facts)
    coverage = locale.count("coverage", len(facts), covered=covered, total=total, questions=named)
    return {
        **edition.frame(locale),
        "anchor": f"marks.{locale.code}",
        "marks": escape(word("marks")),
        "points": NoEscape("{\\small\n" + made.dumps() + "\n}"),
        "coverage": escape(coverage) if covered != total else "",
        "proposal": escape(word("proposal")),
        "conventions": escape(word("conventions")),
        "intervals": NoEscape(word("intervals")),
        "explained": NoEscape(escape(word("marks_explained")).replace("✓", r"$\checkmark$")),
        "only": escape(word("verified_only")),
    }


def sheets(chapters: Sequence[Chapter], edition: Edition) -> list[dict[str, Any]]:
    """The formula sheet in every language: each question's keys, and the notation they use."""
    made = []
    for locale in edition.locales:
        name = f"sheet-{locale.code}"
        lines = [line for chapter in chapters for line in chapter.facts.sheet[locale.code]]
        if lines:
            edition.snippets[name] = lines
            anchor, title = f"sheet.{locale.code}", escape(locale.word("sheet"))
            made.append({**edition.frame(locale), "anchor": anchor, "title": title, "file": name})
    return made


def references(chapters: Sequence[Chapter], edition: Edition) -> list[dict[str, Any]]:
    """The works cited, in every language; nothing where none is."""
    cited = {work.key: work for one in chapters for work in one.editions[edition.code].works}
    works = sorted(cited.values(), key=lambda work: work.order)
    return [
        {
            **edition.frame(locale),
            "anchor": f"works.{locale.code}",
            "title": escape(locale.word("references")),
            "works": [listed(work, locale) for work in works],
        }
        for locale in edition.locales
        if works
    ]


def back(
    chapters: Sequence[Chapter], edition: Edition, locale: Locale, imprint: Imprint
) -> dict[str, Any]:
    """The verification report, what each part rests on, and the versions, in one language."""
    versions = Tabular("ll", booktabs=True)
    versions.add_row([escape(locale.word("software")), escape(locale.word("version"))])
    versions.add_hline()
    for name, found in imprint.software.items():
        versions.add_row([escape(name), escape(found)])
    report = f"report-{locale.code}"
    edition.snippets[report] = [
        line for chapter in chapters for line in chapter.facts.report[locale.code]
    ]
    return {
        **edition.frame(locale),
        "anchor": f"report.{locale.code}",
        "title": escape(locale.word("report")),
        "details_head": escape(locale.word("details")),
        "intro": escape(locale.word("report_intro")),
        "report": report,
        **appendix(chapters, imprint.rows, edition, locale),
        "seals_head": escape(locale.word("seals")),
        "seals": _seals(chapters, locale),
        "versions_head": escape(locale.word("versions")),
        "versions": NoEscape("\\begin{center}\\small\n" + versions.dumps() + "\n\\end{center}"),
        "sources": escape(locale.word("sources", hash=imprint.sources)),
    }


def _seals(chapters: Sequence[Chapter], locale: Locale) -> NoEscape:
    """Which passages and texts somebody has read in all languages, as they stand."""
    lines, sealed = [], 0
    for chapter in chapters:
        known, left = chapter.seals.total, chapter.seals.left
        sealed += known - len(left)
        if left:
            whole = len(left) == known
            keys = [] if whole else [_breakable(key) for key in left]
            word = "seals_none" if whole else "seals_left"
            said = locale.word(word, question=chapter.facts.number, left=len(left), n=known)
            lines.append(f"{escape(said)} {', '.join(keys)}".rstrip())
    said = locale.count("seals_some" if lines else "seals_all", sealed)
    return NoEscape(r"\par ".join([escape(said), *lines]))


def _breakable(key: str) -> str:
    """A pair's key, which may be cut after each of its stops."""
    return escape(key).replace(".", r".\allowbreak{}")
