"""What surrounds the questions: covers, points, conventions, notation, report, versions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pylatex import LongTable, NoEscape, Tabular

from solgen import pairs
from solgen.appendix import appendix
from solgen.certificate import software
from solgen.edition import Edition
from solgen.errors import Where
from solgen.latex import escape, formula, prose
from solgen.ledger import Ledger
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.model import Derivation
from solgen.project import Project
from solgen.references import listed
from solgen.render import Rendered
from solgen.symbols import Symbol
from solgen.tally import Row
from solgen.verify import AnswerReport, Report


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
    project: Project, questions: list[Loaded], edition: Edition, locale: Locale
) -> dict[str, Any]:
    """Points, coverage and conventions in one language."""
    ragged = r">{\raggedright\arraybackslash}"
    made = Tabular(rf"r{ragged}p{{2.3in}}{ragged}p{{2in}}r", booktabs=True)
    word = locale.word
    made.add_row(["", *[escape(word(h).capitalize()) for h in ("question", "part", "marks")]])
    made.add_hline()
    for loaded in questions:
        parts = loaded.question.parts
        title = prose(loaded.question.title, locale)
        split = ", ".join(f"{escape(locale.part(p.id))}~{p.points}" for p in parts)
        split = split if len(parts) > 1 else ""
        link = rf"\hyperlink{{{loaded.name}}}{{{title}}}"
        made.add_row([str(loaded.number), NoEscape(link), NoEscape(split), loaded.question.points])
    covered = sum(q.question.points for q in questions)
    made.add_hline()
    made.add_row(["", escape(word("total")), "", covered])
    total = sum(project.points.values()) or covered
    listed = ", ".join(str(q.number) for q in questions)
    coverage = locale.count(
        "coverage", len(questions), covered=covered, total=total, questions=listed
    )
    return {
        **edition.frame(locale),
        "anchor": f"marks.{locale.code}",
        "marks": escape(word("marks")),
        "points": NoEscape("\\begin{center}\\small\n" + made.dumps() + "\n\\end{center}"),
        "coverage": escape(coverage) if covered != total else "",
        "proposal": escape(word("proposal")),
        "conventions": escape(word("conventions")),
        "intervals": NoEscape(word("intervals")),
        "explained": NoEscape(escape(word("marks_explained")).replace("✓", r"$\checkmark$")),
        "only": escape(word("verified_only")),
    }


def notation(
    project: Project, edition: Edition, loaded: Loaded, locales: tuple[Locale, ...]
) -> str:
    """File the question's glossary, once for all languages; return its snippet's name.

    Symbol, meanings, domain: each row leads back to the line of its symbol.
    """
    first, alone = locales[0], len(locales) == 1
    heads = [escape(first.word("symbol")) if alone else ""]
    heads += [escape(c.word("meaning") if alone else c.name) for c in locales]
    heads += [escape(first.word("domain")) if alone else ""]
    rows = []
    for entry in loaded.glossary:
        domain = rf"$\in {formula(entry.domain, first)}$" if isinstance(entry, Symbol) else ""
        meanings = [
            NoEscape(rf"\foreignlanguage{{{c.babel}}}{{{prose(entry.meaning, c)}}}")
            for c in locales
        ]
        cells = [NoEscape(f"${formula(entry, first)}$"), *meanings, NoEscape(domain)]
        rows.append((cells, entry.where))
    column = rf">{{\raggedright\arraybackslash}}p{{{3.7 / len(locales):.2f}in}}"
    made = LongTable("l" + column * len(locales) + "l", booktabs=True)
    made.add_row([NoEscape(head) for head in heads])
    made.add_hline()
    made.end_table_header()
    for cells, _ in rows:
        made.add_row(cells)
    lines = []
    places = iter([place for _, place in rows])
    whole = Where(project.relative(loaded.source), None, str(loaded.number))
    for line in f"{{\\small\n{made.dumps()}\n}}".split("\n"):
        place = next(places, None) if line.startswith("$") else None
        where = whole if place is None else Where(whole.file, place.line, whole.question)
        lines.append((line, where))
    name = f"{loaded.name}-notation"
    edition.snippets[name] = lines
    return name


def references(rendered: list[Rendered], edition: Edition) -> list[dict[str, Any]]:
    """The works cited, in every language; nothing where none is."""
    works = sorted(
        {work.key: work for one in rendered for work in one.cited.values()}.values(),
        key=lambda work: work.order,
    )
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
    project: Project,
    questions: list[Loaded],
    report: Report,
    edition: Edition,
    locale: Locale,
    engine: str,
    rows: Sequence[Row],
    ledger: Ledger,
) -> dict[str, Any]:
    """The verification report, what each part rests on, and the versions, in one language."""
    versions = Tabular("ll", booktabs=True)
    versions.add_row([escape(locale.word("software")), escape(locale.word("version"))])
    versions.add_hline()
    for name, found in software(engine).items():
        versions.add_row([escape(name), escape(found)])
    return {
        **edition.frame(locale),
        "anchor": f"report.{locale.code}",
        "title": escape(locale.word("report")),
        "details_head": escape(locale.word("details")),
        "intro": escape(locale.word("report_intro")),
        "report": _report(project, questions, report, edition, locale),
        **appendix(project, questions, rows, ledger, edition, locale),
        "seals_head": escape(locale.word("seals")),
        "seals": _seals(project, questions, locale),
        "versions_head": escape(locale.word("versions")),
        "versions": NoEscape("\\begin{center}\\small\n" + versions.dumps() + "\n\\end{center}"),
    }


def _report(
    project: Project, questions: list[Loaded], report: Report, edition: Edition, locale: Locale
) -> str:
    """File the report in one language; return its snippet's name."""
    labels = {(q.name, p.id): q.part_label(p, locale) for q in questions for p in q.question.parts}
    lines = []
    for entry in report.answers:
        place = entry.answer.where
        where = Where(
            project.relative(str(place.file)),
            place.line,
            entry.question[1:],
            entry.part,
            locale.code,
        )
        lines.append((_entry(entry, labels[entry.question, entry.part], locale), where))
    name = f"report-{locale.code}"
    edition.snippets[name] = lines
    return name


def _seals(project: Project, questions: list[Loaded], locale: Locale) -> NoEscape:
    """Which passages and texts somebody has read in all languages, as they stand."""
    lines, sealed = [], 0
    for loaded in questions:
        known, left = pairs.pairs(project, loaded.name), pairs.unsealed(project, loaded.name)
        sealed += len(known) - len(left)
        if left:
            whole = len(left) == len(known)
            keys = [] if whole else [_breakable(pair.key) for pair in left]
            word = "seals_none" if whole else "seals_left"
            said = locale.word(word, question=loaded.number, left=len(left), n=len(known))
            lines.append(f"{escape(said)} {', '.join(keys)}".rstrip())
    said = locale.count("seals_some" if lines else "seals_all", sealed)
    return NoEscape(r"\par ".join([escape(said), *lines]))


def _breakable(key: str) -> str:
    """A pair's key, which may be cut after each of its stops."""
    return escape(key).replace(".", r".\allowbreak{}")


def _entry(entry: AnswerReport, label: str, locale: Locale) -> str:
    """One answer's paragraph in the report."""
    found = []
    if isinstance(entry.answer, Derivation):
        road = escape(locale.roads[entry.answer.road])
        found.append(rf"\emph{{{road}}}: {_steps(entry, locale)}")
    for check, evidence in entry.checks:
        key = "compared_exactly" if evidence.digits is None else "compared_digits"
        counted = locale.count(key, evidence.compared, d=evidence.digits)
        road = escape(locale.roads[check.road])
        found.append(rf"\emph{{{road}}}: {prose(check.meaning, locale)}; {escape(counted)}")
    found.append(escape(locale.count("refused", entry.refused)))
    anchor = f"report.{entry.question}.{entry.name.replace('_', '-')}.{locale.code}"
    verdict = escape(locale.word(entry.status))
    text = r"\enspace$\cdot$\enspace ".join(found)
    head = rf"{escape(label)}\quad ${entry.answer.lhs}$"
    return rf"\solreport{{{anchor}}}{{{head}}}{{{verdict}}}{{{text}}}"


def _steps(entry: AnswerReport, locale: Locale) -> str:
    proved = sum(v.status == "proved" for v in entry.steps)
    total = len(entry.steps)
    if proved == total:
        return escape(locale.count("steps_proved", total))
    points = min(v.points for v in entry.steps)
    digits = min(v.digits for v in entry.steps)
    return escape(locale.count("steps_sampled", total, proved=proved, points=points, d=digits))
