"""What `build/answers.json` says of a question: every answer as data, with its evidence."""

from __future__ import annotations

from typing import Any

import sympy

from solgen.algebra import unfold
from solgen.forms import Form
from solgen.latex import formula
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.model import Answer
from solgen.symbols import Symbol, free
from solgen.verify import AnswerReport, ExperimentReport, Report

DIGITS = 15


def question_data(loaded: Loaded, report: Report, locales: tuple[Locale, ...]) -> dict[str, Any]:
    """A question's share of answers.json."""
    question = loaded.question
    return {
        "name": loaded.name,
        "title": dict(question.title.versions),
        "points": question.points,
        "parts": [
            {
                "part": part.id,
                "points": part.points,
                "answers": [_answer(report.of(answer), locales) for answer in part.answers],
                "experiments": [
                    _experiment(report.outcome(experiment)) for experiment in part.experiments
                ],
            }
            for part in question.parts
        ],
    }


def _answer(entry: AnswerReport, locales: tuple[Locale, ...]) -> dict[str, Any]:
    answer = entry.answer
    value = _plain(answer.value)
    return {
        "name": entry.name,
        "lhs": answer.lhs,
        "latex": {c.code: str(formula(answer.value, c)) for c in locales},
        "sympy": str(value),
        "symbols": {s.name: _symbol(s) for s in _symbols(answer)},
        "numeric": _numeric(answer.value),
        "evidence": {
            "status": entry.status,
            "roads": list(entry.roads),
            "steps": [
                {"status": v.status, "method": v.method, "points": v.points, "digits": v.digits}
                for v in entry.steps
            ],
            "checks": [
                {
                    "road": check.road,
                    "status": evidence.status,
                    "meaning": dict(check.meaning.versions),
                    "compared": evidence.compared,
                    "digits": evidence.digits,
                }
                for check, evidence in entry.checks
            ],
            "wrong_answers_refused": entry.refused,
        },
    }


def _experiment(found: ExperimentReport) -> dict[str, Any]:
    experiment = found.experiment
    return {
        "name": found.name,
        "measured": dict(experiment.measure.meaning.versions),
        "control": dict(experiment.control.meaning.versions),
        "claim": {"at_most" if experiment.upper else "at_least": experiment.bound},
        "size": experiment.size,
        "seeds": list(range(experiment.seeds)),
        "values": [float(f"{value:.6g}") for value in found.outcome.measured],
        "control_values": [float(f"{value:.6g}") for value in found.outcome.control],
    }


def _plain(value: Any) -> Any:
    """The value with forms evaluated but defined symbols kept, as SymPy can parse it again."""
    return value.replace(lambda e: isinstance(e, Form), lambda e: e.doit())


def _symbols(answer: Answer) -> list[Symbol]:
    return [s for s in free(answer.value) if isinstance(s, Symbol)]


def _symbol(s: Symbol) -> dict[str, Any]:
    return {
        "meaning": dict(s.meaning.versions),
        "domain": str(s.domain),
        **({"value": str(s.value)} if s.value is not None else {}),
    }


def _numeric(value: Any) -> Any:
    """Decimal strings of a constant (nested lists of them for a sequence), otherwise None."""
    exact = unfold(value)
    if isinstance(exact, sympy.Tuple):
        return [_numeric(entry) for entry in exact]
    if isinstance(exact, sympy.MatrixBase):
        return [[_numeric(entry) for entry in row] for row in exact.tolist()]
    if not getattr(exact, "is_number", False):
        return None
    return str(exact) if exact.is_Integer else str(sympy.N(exact, DIGITS))
