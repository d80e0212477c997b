"""The facts of a verified question: everything its module prints, in all languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy
from pylatex import LongTable, NoEscape

from solgen.answers import question_data
from solgen.errors import Where
from solgen.escaping import escape, prose
from solgen.facts import Facts, Lines, PartFacts, Verified
from solgen.latex import formula, number
from solgen.load import Loaded
from solgen.locales import Locale, code_of, editions_of
from solgen.model import Derivation, Part
from solgen.project import Project
from solgen.sheet import sheet_lines
from solgen.symbols import Symbol
from solgen.verify import AnswerReport, Report


def gather(project: Project, loaded: Loaded, report: Report, locales: tuple[Locale, ...]) -> Facts:
    """What a question's module gives to the booklet. `report` says how it was verified."""
    question = loaded.question
    module = project.relative(loaded.source)
    place = question.title.where
    return Facts(
        name=loaded.name,
        module=module,
        points=question.points,
        titles={c.code: prose(question.title, c) for c in locales},
        title_at=Where(project.relative(str(place.file)), place.line, str(loaded.number)),
        parts=tuple(_part(project, loaded, part, locales) for part in question.parts),
        verified=tuple(_verified(project, loaded, report)),
        figures=tuple(figure.id for figure in question.figures),
        notation={
            code_of(edition): _notation(module, loaded, edition) for edition in editions_of(locales)
        },
        sheet={c.code: sheet_lines(module, loaded, c) for c in locales},
        report={c.code: _report(project, loaded, report, c) for c in locales},
        reasons=tuple(_reasons(project, loaded)),
        data=question_data(loaded, report, locales),
    )


def _part(project: Project, loaded: Loaded, part: Part, locales: tuple[Locale, ...]) -> PartFacts:
    return PartFacts(
        part.id,
        part.points,
        {c.code: loaded.part_label(part, c) for c in locales},
        {c.code: _marking(project, loaded, part, c) for c in locales},
    )


def _marking(project: Project, loaded: Loaded, part: Part, locale: Locale) -> Lines:
    """A part's marking scheme, each line traced to the author's Mark."""
    module = project.relative(loaded.source)
    lines = []
    for mark in part.marking:
        where = Where(module, mark.where.line, str(loaded.number), part.id, locale.code)
        points = number(mark.points, _digits(mark.points), locale)
        lines.append((rf"\solmarkline{{{points}}}{{{prose(mark.earned, locale)}}}", where))
    return tuple(lines)


def _digits(points: sympy.Rational) -> int:
    """The digits that whole or half points need: 2 for 1.5, 1 for 0.5."""
    whole = str(int(points)).lstrip("0")
    return len(whole) + (points.q > 1)


def _verified(project: Project, loaded: Loaded, report: Report) -> Iterator[Verified]:
    for part in loaded.question.parts:
        for answer in part.answers:
            found = report.of(answer)
            where = _at(project, loaded, answer.where)
            yield Verified(part.id, found.name, found.status, found.roads, where)
        for experiment in part.experiments:
            name = report.outcome(experiment).name
            yield Verified(part.id, name, "", (), _at(project, loaded, experiment.where))


def _at(project: Project, loaded: Loaded, where: Where) -> Where:
    """A place in the module, as messages name it."""
    return Where(project.relative(str(where.file)), where.line, str(loaded.number))


def _reasons(project: Project, loaded: Loaded) -> Iterator[tuple[str, str, Where]]:
    for stated in loaded.question.attested:
        for code in stated.reason.versions:
            where = replace(_at(project, loaded, stated.where), locale=code)
            for math, piece in stated.reason.parts(code):
                if math:
                    yield code, piece, where


# --- the notation table -------------------------------------------------------------------------


def _notation(module: str, loaded: Loaded, locales: tuple[Locale, ...]) -> Lines:
    """The question's glossary, once for all languages of an edition.

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
    whole = Where(module, None, str(loaded.number))
    for line in f"{{\\small\n{made.dumps()}\n}}".split("\n"):
        place = next(places, None) if line.startswith("$") else None
        where = whole if place is None else Where(whole.file, place.line, whole.question)
        lines.append((line, where))
    return tuple(lines)


# --- the report ---------------------------------------------------------------------------------


def _report(project: Project, loaded: Loaded, report: Report, locale: Locale) -> Lines:
    """How each answer was verified, a paragraph each."""
    labels = {part.id: loaded.part_label(part, locale) for part in loaded.question.parts}
    lines: list[tuple[Any, Where]] = []
    for entry in report.answers:
        if entry.question == loaded.name:
            place = _at(project, loaded, entry.answer.where)
            where = replace(place, part=entry.part, locale=locale.code)
            lines.append((_entry(entry, labels[entry.part], locale), where))
    return tuple(lines)


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
