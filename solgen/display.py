"""What a template calls: `show`, `inline`, `figure`, `ref`; and how tables are printed."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import sympy
from pylatex import Alignat, NoEscape, Tabular

from solgen.errors import TemplateError, Where
from solgen.escaping import escape, prose
from solgen.experiment import Experiment
from solgen.latex import formula, number, tex
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.memo import Call
from solgen.model import Answer, Derivation, Figure, Table
from solgen.project import Project
from solgen.references import Work, cited, find
from solgen.text import Text
from solgen.verify import AnswerReport, ExperimentReport, Report

ROW = NoEscape(r"\\")


class Display:
    """Prints one question's answers, figures and tables in one language.

    `calls` tells what was printed, so that nothing verified is left out and no figure uncited.
    """

    def __init__(
        self,
        project: Project,
        loaded: Loaded,
        report: Report,
        locale: Locale,
        captions: tuple[Locale, ...],
        works: Mapping[str, Work],
    ) -> None:
        self.project = project
        self.loaded = loaded
        self.report = report
        self.locale = locale
        self.captions = captions
        self.works = works
        self.calls: list[Call] = []

    def functions(self) -> dict[str, Callable[..., NoEscape]]:
        """The functions templates may call."""
        return {
            "show": self.show,
            "inline": self.inline,
            "figure": self.figure,
            "ref": self.ref,
            "Ref": self.ref_first,
            "table": self.table,
            "cite": self.cite,
        }

    def show(self, answer: Any) -> NoEscape:
        """A displayed answer with all its steps, or an experiment, and its verification mark."""
        if isinstance(answer, Experiment):
            return self._experiment(answer)
        report = self._report(answer)
        if isinstance(answer, Derivation):
            rows = [(step.form, step.reason, step.where) for step in answer.steps]
        else:
            rows = [(answer.value, None, answer.where)]
        block = Alignat(aligns=2, numbering=False, escape=False)
        lines = []
        for index, (form, reason, where) in enumerate(rows):
            left = answer.lhs if index == 0 else ""
            why = rf"&\quad& \solreason{{{prose(reason, self.locale)}}}" if reason else ""
            end = rf" \tag*{{{self._mark(report)}}}" if index == len(rows) - 1 else r" \\"
            lines.append(f"{left} &= {formula(form, self.locale)} {why}{end} {self._source(where)}")
        block.append(NoEscape("\n".join(lines)))
        return NoEscape(block.dumps())

    def inline(self, answer: Any) -> NoEscape:
        """An answer in running text: `$lhs = value$` and its mark."""
        report = self._report(answer)
        shown = formula(answer.value, self.locale)
        return NoEscape(rf"${answer.lhs} = {shown}$\solsign{{{self._anchor(report)}}}")

    def figure(self, name: str) -> NoEscape:
        """A figure with its caption, in every language that shares it."""
        figure, number = self._find(name)
        self.calls.append(("figure", name))
        if not self.captions:
            return NoEscape("")
        captions = " ".join(
            rf"\solcaption{{{c.babel}}}{{{escape(c.word('figure').capitalize())} {number}}}"
            rf"{{{prose(figure.caption, c)}}}"
            for c in self.captions
        )
        alt = "/".join(figure.alt.versions[c.code] for c in self.captions)
        file = f"{self.loaded.name}-{name}-{'-'.join(c.code for c in self.captions)}"
        source = self._source(figure.where)
        return NoEscape(
            rf"\solfigure{{{self._label(name)}}}{{{file}}}{{{_hex(alt)}}}"
            rf"{{{captions}}} {source}"
        )

    def ref(self, name: str) -> NoEscape:
        """`figure 1.2`, linked."""
        return self._reference(name, self.locale.word("figure"))

    def ref_first(self, name: str) -> NoEscape:
        """`Figure 1.2`, linked, to begin a sentence with."""
        return self._reference(name, self.locale.word("figure").capitalize())

    def _reference(self, name: str, figure: str) -> NoEscape:
        _, number = self._find(name)
        self.calls.append(("ref", name))
        word = escape(figure)
        return NoEscape(rf"\hyperlink{{{self._label(name)}}}{{{word}~{number}}}")

    def cite(self, key: str) -> NoEscape:
        """`Kingma and Welling (2014)`, linked to the list of references."""
        work = find(self.works, key)
        self.calls.append(("cite", work.key))
        return cited(work, self.locale)

    def table(self, table: Any) -> NoEscape:
        """A table of computed cells between rules."""
        if not isinstance(table, Table):
            raise TemplateError(
                f"table({table!r}) is not a Table", hint="pass a Table of the module"
            )
        return tabular(table.align, table.header, table.rows, self._cell)

    def _experiment(self, experiment: Experiment) -> NoEscape:
        """What an experiment claims, and what it measured in this build."""
        found = self.report.outcome(experiment)
        self.calls.append(("show", found.name))
        word, shown = self.locale.word, partial(_shown, locale=self.locale)
        outcome = found.outcome
        text = word(
            "measured",
            what=prose(experiment.measure.meaning, self.locale),
            claim=word(
                "at_most" if experiment.upper else "at_least", bound=shown(experiment.bound)
            ),
            measured=self._range(outcome.measured),
            seeds=experiment.seeds,
            last=experiment.seeds - 1,
            size=self.locale.integer(experiment.size),
            margin=self._margin(experiment, found),
            control=prose(experiment.control.meaning, self.locale),
            controlled=self._range(outcome.control),
        )
        head = escape(word("experiment"))
        return NoEscape(f"\n\\solexperiment{{{head}}}{{{text}}} {self._source(experiment.where)}\n")

    def _range(self, values: tuple[float, ...]) -> str:
        """`2.1 to 2.4`, or the one number that all values are."""
        low, high = (_shown(end(values), self.locale) for end in (min, max))
        return low if low == high else self.locale.word("range", low=low, high=high)

    def _margin(self, experiment: Experiment, found: ExperimentReport) -> str:
        """How far the worst seed is from the bound: a factor where both are positive."""
        worst, bound = found.outcome.worst(experiment), experiment.bound
        if worst > 0 and bound > 0:
            factor = bound / worst if experiment.upper else worst / bound
            return self.locale.word("margin_factor", margin=_shown(factor, self.locale))
        return self.locale.word("margin", margin=_shown(abs(worst - bound), self.locale))

    def _report(self, answer: Any) -> AnswerReport:
        if not isinstance(answer, Answer):
            raise TemplateError(
                f"show and inline print answers, not {type(answer).__name__}",
                hint=r"print a formula by its name: \VAR{x}",
            )
        found = self.report.of(answer)
        self.calls.append(("show", found.name))
        return found

    def _mark(self, report: AnswerReport) -> NoEscape:
        """✓ proved · 2 roads, linked to the report."""
        verdict = escape(self.locale.word(report.status))
        roads = len(report.roads)
        counted = f"{roads} {self.locale.count('roads', roads)}"
        return NoEscape(rf"\solmark{{{self._anchor(report)}}}{{{verdict}}}{{{counted}}}")

    def _anchor(self, report: AnswerReport) -> str:
        name = report.name.replace("_", "-")
        return f"report.{report.question}.{name}.{self.locale.code}"

    def _find(self, name: str) -> tuple[Figure, str]:
        figures = self.loaded.question.figures
        for index, figure in enumerate(figures, start=1):
            if figure.id == name:
                return figure, f"{self.loaded.number}.{index}"
        known = [figure.id for figure in figures]
        near = difflib.get_close_matches(str(name), known, n=1)
        raise TemplateError(
            f"there is no figure {name!r}",
            hint=f"did you mean {near[0]!r}?" if near else "list it in figures=[…]",
            expected=", ".join(known) or "no figure at all",
        )

    def _label(self, name: str) -> str:
        # In the bilingual booklet both languages link to the one figure they share.
        return f"figure.{self.loaded.name}.{name}"

    def _cell(self, value: Any) -> NoEscape:
        if value is None:
            return NoEscape("")
        if isinstance(value, Text | str):
            return prose(value, self.locale)
        return NoEscape(f"${tex(value, self.locale)}$")

    def _source(self, where: Where) -> str:
        """A LaTeX comment that leads an engine error back to the author's Python line."""
        return f"%@ {self.project.relative(str(where.file))}:{where.line}"


def _shown(value: float, locale: Locale) -> NoEscape:
    """A measured number in three significant digits, zeros at its end left out."""
    rounded = sympy.Rational(f"{value:.3g}")
    digits = len(f"{value:.3g}".partition("e")[0].strip("-").replace(".", "").strip("0")) or 1
    return number(rounded, digits, locale)


def tabular(align: str, header: Any, rows: Any, cell: Callable[[Any], NoEscape]) -> NoEscape:
    """A centred table with three rules."""
    made = Tabular(align, booktabs=True)
    made.add_row([cell(value) for value in header])
    made.add_hline()
    for row in rows:
        made.add_row([cell(value) for value in row])
    return NoEscape("\n\\begin{center}\n" + made.dumps() + "\n\\end{center}\n")


def _hex(text: str) -> str:
    """A PDF string in UTF-16, immune to every LaTeX character."""
    return "FEFF" + text.encode("utf-16-be").hex().upper()
