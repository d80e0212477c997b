"""Exams of any size, made of small questions of which no two have the same source.

Three kinds of question take turns; each has its own text in `kinds/`, where a blank (`€rate`)
stands for what differs from one question to the next.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

KINDS = ("softplus", "ridge", "decay")  # the first one has a figure
# Small: solving for exp(rate * t) costs more with each degree, and all questions are to cost alike.
RATES = (2, 3, 4, 5, 6)
POINTS = 3

_HERE = Path(__file__).parent / "kinds"
_SETTINGS = """\
# A synthetic exam of {count} questions, made to measure how cost grows.
[exam]
languages = ["fr", "en"]
paper = "letterpaper"
title = {{ fr = "Examen synthétique", en = "Synthetic exam" }}
course = {{ fr = "Mesures", en = "Measurements" }}

[exam.points]
{points}
"""


class _Blanks(Template):
    """A text with blanks; dollars and braces are LaTeX's."""

    delimiter = "€"


def generate(folder: Path, count: int) -> Path:
    """Write an exam of `count` questions into `folder`, which is made; return it."""
    modules, templates = folder / "questions", folder / "templates" / "questions"
    for made in (modules, templates):
        made.mkdir(parents=True)
    for number in range(1, count + 1):
        module, template = question(number)
        (modules / f"q{number}.py").write_text(module, encoding="utf-8")
        (templates / f"q{number}.tex.j2").write_text(template, encoding="utf-8")
    points = "\n".join(f"q{number} = {POINTS}" for number in range(1, count + 1))
    settings = _SETTINGS.format(count=count, points=points)
    (folder / "solgen.toml").write_text(settings, encoding="utf-8")
    return folder


def question(number: int) -> tuple[str, str]:
    """The module and the template of one question."""
    kind = KINDS[(number - 1) % len(KINDS)]
    blanks = {"number": number, "rate": RATES[number // len(KINDS) % len(RATES)]}
    module, template = (
        _Blanks((_HERE / f"{kind}.{suffix}.txt").read_text(encoding="utf-8")).substitute(blanks)
        for suffix in ("py", "tex.j2")
    )
    return module, template
