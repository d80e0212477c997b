"""What a peer's document runs: a question's figures and values, drawn and computed, unchecked.

It is copied beside the document, and uses of solgen only what an author's module is made of.
"""

from __future__ import annotations

import importlib
import logging
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
import sympy
from cycler import cycler
from matplotlib import font_manager
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure

WIDTH = 5.6  # inches, as in solgen
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
STYLE: Any = {
    "font.family": "CMU Serif",
    "font.size": 9,
    "mathtext.fontset": "cm",
    "axes.formatter.use_mathtext": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.titlesize": 9,
    "axes.prop_cycle": cycler(color=COLOURS),
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.4,
    "pdf.fonttype": 42,
    "figure.constrained_layout.use": True,
}


class Question:
    """One question module, imported as any module is."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.module = importlib.import_module(f"questions.{name}")

    def value(self, name: str) -> str:
        """The LaTeX that SymPy makes of an answer: its last step, or its value."""
        answer = getattr(self.module, name.replace("-", "_"))
        steps = getattr(answer, "steps", None)
        return str(sympy.latex(steps[-1].form if steps else answer.value))

    def define(self, names: list[str]) -> None:
        """Print a TeX macro for each of these answers."""
        for name in names:
            print(  # noqa: T201 - what a chunk prints becomes the document
                rf"\expandafter\def\csname {self.name}.{name}\endcsname{{{self.value(name)}}}"
            )

    def draw(self, figure_id: str, languages: str) -> None:
        """Draw a figure into the document's folder, labelled in these languages (`fr-en`)."""
        figure = next(f for f in self.module.question.figures if f.id == figure_id)
        _register_fonts()
        with mpl.rc_context(STYLE):
            canvas = Figure(figsize=(WIDTH, figure.height))
            axes = canvas.subplots(1, figure.panels, squeeze=False)[0]

            def say(**versions: str) -> str:
                return " / ".join(dict.fromkeys(versions[code] for code in languages.split("-")))

            figure.draw(axes[0] if figure.panels == 1 else tuple(axes), say)
            FigureCanvasPdf(canvas).print_pdf(f"{self.name}-{figure_id}-{languages}.pdf")


def _register_fonts() -> None:
    for talkative in ("fontTools", "matplotlib.font_manager"):
        logging.getLogger(talkative).setLevel(logging.ERROR)
    known = {Path(entry.fname) for entry in font_manager.fontManager.ttflist}
    for font in sorted(Path(str(files("solgen") / "fonts")).glob("*.ttf")):
        if font not in known:
            font_manager.fontManager.addfont(font)
