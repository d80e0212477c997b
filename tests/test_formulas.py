"""The formulas of final LaTeX are found where they stand, and nothing else."""

from __future__ import annotations

import random

from solgen.edition import Edition
from solgen.errors import Where
from solgen.formulas import formulas, found
from solgen.misprints import misprints
from tests.support import locales

HERE = Where("templates/questions/q1.tex.j2", 5, "1", "a", "fr")


def edition(lines: list[str], name: str = "q1-a-fr") -> Edition:
    made = Edition(locales())
    made.snippets = {name: [(line, HERE) for line in lines]}
    return made


def test_every_kind_of_mathematics_is_found() -> None:
    text = "\n".join(
        [
            r"Soit $a$, à 5\,\$ et non $b = 1$\solsign{report.q1.an-answer.fr}. % $c$",
            r"\[ d = 2 \]",
            r"\begin{alignat*}{2}%",
            r"e &= 3 &\quad& \solreason{car $f$} \\ %@ questions/q1.py:9",
            r"  &= 4 \tag*{\solmark{report.q1.other.fr}{prouvé}{2 voies}}",
            r"\end{alignat*}",
            r"\solkey{pente en $g$}{h = \frac{1}{2}}",
        ]
    )
    shown = [(" ".join(source.split()), line, answer) for source, line, answer in found(text)]
    assert shown == [
        ("a", 0, ""),
        ("b = 1", 0, "an_answer"),
        ("d = 2", 1, ""),
        (r"e &= 3 &\quad& \\ &= 4", 3, "other"),
        ("f", 3, ""),
        (r"h = \frac{1}{2}", 6, ""),
        ("g", 6, ""),
    ]


def test_a_place_in_a_formula_leads_to_its_author_s_line() -> None:
    lines = [
        r"\begin{alignat*}{2}%",
        r"e &= 3 \\ %@ questions/q1.py:9",
        r"  &= 4 %@ questions/q1.py:12",
        r"\end{alignat*}",
    ]
    (one,) = formulas(edition(lines))
    assert one.at(one.source.index("3")).line == 9
    assert one.at(one.source.index("4")).line == 12
    assert one.where.file == "questions/q1.py"


def test_a_shared_caption_is_read_in_its_own_language() -> None:
    line = (
        r"\solfigure{f}{q}{FE}{\solcaption{french}{Figure 1}{Pour $x = 0{,}5$} "
        r"\solcaption{english}{Figure 1}{For $x = 0.5$}} et $y$"
    )
    assert [(one.source, one.locale) for one in formulas(edition([line]))] == [
        ("y", "fr"),
        ("x = 0{,}5", "fr"),
        ("x = 0.5", "en"),
    ]


def test_the_notation_table_is_told_apart() -> None:
    (one,) = formulas(edition(["$a$ & abscisse"], "q1-notation"))
    assert one.table


def test_misprints_change_one_sign_each() -> None:
    source = r"f_1 \leq 2 \, x^{2} - \log y"
    made = {(m.operator, m.source) for m in _misprints(source)}
    assert ("sign", r"f_1 \leq 2 \, x^{2}  +  \log y") in made
    assert ("exponent dropped", r"f_1 \leq 2 \, x - \log y") in made
    assert ("index dropped", r"f \leq 2 \, x^{2} - \log y") in made
    assert ("a number up by one", r"f_1 \leq 3 \, x^{2} - \log y") in made
    assert ("another function", r"f_1 \leq 2 \, x^{2} - \exp y") in made
    assert ("relation", r"f_1  \geq  2 \, x^{2} - \log y") in made
    assert all(m.source != source for m in _misprints(source))
    assert len({m.place for m in _misprints(source)}) >= 8


def _misprints(source: str):
    return list(misprints(source, (".", "{,}"), ["x", "y", "w"], random.Random(3)))
