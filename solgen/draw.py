"""The stage `draw`: figures become PDF files, in the house style and the languages they speak."""

from __future__ import annotations

import dataclasses
import logging
import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_pdf import PdfFile, RendererPdf
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontPath
from matplotlib.text import Text as Label
from matplotlib.ticker import ScalarFormatter

from solgen.errors import FigureError, LimitError, SolgenError, TranslationError, Where
from solgen.legible import unreadable
from solgen.limits import described, exhausted
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.model import Figure
from solgen.project import Project
from solgen.text import caller

WIDTH = 5.6  # inches: the width of the text
# Okabe and Ito's colours, dark ones first: told apart by colour-blind readers, and with the line
# styles beside them also in grey.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
DASHES = ("-", (0, (6, 2)), (0, (2, 1.2)), (0, (7, 2, 1.5, 2)), (0, (1, 1)), (0, (10, 3)))
STYLE: Any = {
    "font.family": "CMU Serif",
    "font.size": 9,
    "mathtext.fontset": "cm",
    "axes.formatter.use_mathtext": True,
    "axes.unicode_minus": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "axes.titlesize": 9,
    "axes.prop_cycle": cycler(color=COLOURS, linestyle=DASHES),
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.frameon": False,
    "legend.fontsize": 8,
    "legend.handlelength": 3.2,
    "lines.linewidth": 1.4,
    "hatch.linewidth": 0.5,
    "pdf.fonttype": 42,
    "figure.constrained_layout.use": True,
}


def draw(
    project: Project, loaded: Loaded, figure: Figure, locales: tuple[Locale, ...], folder: Path
) -> Path:
    """Draw one figure for these languages into `folder`; return the PDF's path.

    Raises FigureError when the author's function fails, a glyph is missing, or a plotted value
    is not a finite number.
    """
    file = folder / f"{loaded.name}-{figure.id}-{'-'.join(c.code for c in locales)}.pdf"
    where = Where(
        project.relative(str(figure.where.file)),
        figure.where.line,
        loaded.name[1:],
        None,
        "/".join(c.code for c in locales),
    )
    _register_fonts()
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()  # what the machine's matplotlibrc says is not the booklet's
        mpl.rcParams.update(STYLE)
        warnings.simplefilter("error")  # a missing glyph or a dropped value is only a warning
        canvas = Canvas(figsize=(WIDTH, figure.height))
        axes = canvas.subplots(1, figure.panels, squeeze=False)[0]
        target = axes[0] if figure.panels == 1 else tuple(axes)
        try:
            figure.draw(target, _say(project, locales, where))
            _refuse_latex(canvas, figure, where)
            for axis in canvas.axes:
                _refuse_gaps(axis, figure, where)
                _localise(axis, locales[0])
            _refuse_unreadable(canvas, figure, where)
            canvas.set_layout_engine("none")  # what was looked at is what is saved
            _save(canvas, file)
        except SolgenError:
            raise
        except Exception as error:
            frame = project.raised_at(error)
            if frame is not None:
                where = replace(where, file=project.relative(frame.filename), line=frame.lineno)
            kind = LimitError if exhausted(error) else FigureError
            raise kind(
                f"drawing {figure.id!r} raised {described(error)}",
                where,
                "correct this line, or what it draws",
                found=None if frame is None else frame.line,
            ) from error
    return file


class _Font(FontPath):
    """A font's path that is sorted by the name of the file, wherever the file lies."""

    def __lt__(self, other: Any) -> bool:
        return (Path(self).name, self.face_index) < (Path(other).name, other.face_index)


class _Pdf(PdfFile):
    """Matplotlib embeds fonts in the order of their folders, which differ from place to place."""

    def writeFonts(self) -> None:  # noqa: N802 - Matplotlib's name
        self._fontNames = {
            (_Font(font.path, font.face_index), subset): name
            for (font, subset), name in self._fontNames.items()
        }
        super().writeFonts()


def _save(canvas: Canvas, file: Path) -> None:
    """What FigureCanvasPdf.print_pdf does, with fonts in an order of their own."""
    resolution, canvas.dpi = canvas.dpi, 72  # points of a PDF to the inch
    width, height = canvas.get_size_inches()
    pdf = _Pdf(file, metadata={"CreationDate": None, "Creator": None, "Producer": None})
    try:
        pdf.newPage(width, height)
        vector = RendererPdf(pdf, resolution, height, width)
        renderer: Any = MixedModeRenderer(canvas, width, height, resolution, vector)
        canvas.draw(renderer)
        renderer.finalize()
        pdf.finalize()
    finally:
        pdf.close()


def _register_fonts() -> None:
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    manager = font_manager.fontManager
    folder = Path(str(files("solgen") / "fonts"))
    known = {Path(entry.fname) for entry in manager.ttflist}
    for font in sorted(folder.glob("*.ttf")):
        if font not in known:
            manager.addfont(font)
    # CMU Serif calls its regular weight "medium"; Matplotlib would warn at every look-up.
    manager.ttflist = [
        dataclasses.replace(entry, weight=400)
        if Path(entry.fname).parent == folder and entry.weight == 500
        else entry
        for entry in manager.ttflist
    ]


def _say(project: Project, locales: tuple[Locale, ...], where: Where) -> Callable[..., str]:
    def say(**versions: str) -> str:
        """The label in the languages being drawn, said once if they agree."""
        missing = [c.code for c in locales if c.code not in versions]
        if missing:
            called = caller()
            raise TranslationError(
                f"this label has no {missing[0]} version",
                replace(where, file=project.relative(str(called.file)), line=called.line),
                f'add {missing[0]}="…" beside it',
                found=", ".join(f"{code}={text!r}" for code, text in versions.items()),
            )
        return " / ".join(dict.fromkeys(versions[c.code] for c in locales))

    return say


def _refuse_gaps(axis: Any, figure: Figure, where: Where) -> None:
    """A NaN leaves a gap, and a negative value on a logarithmic axis vanishes: refuse both."""
    for line in axis.lines:
        for name, data in (("x", line.get_xdata()), ("y", line.get_ydata())):
            values = np.asarray(data, dtype=float)
            scale = getattr(axis, f"get_{name}scale")()
            if values.size == 0 or not np.isfinite(values).all():
                message = f"{figure.id!r} plots a {name} that is not a finite number"
                hint = "cut the curve where the function is not defined"
                raise FigureError(message, where, hint)
            if scale == "log" and (values <= 0).any():
                message = f"{figure.id!r} plots {name} ≤ 0 on a logarithmic axis"
                raise FigureError(message, where, "leave these points out, or use a linear axis")


def _refuse_latex(canvas: Canvas, figure: Figure, where: Where) -> None:
    """Refuse a text that Matplotlib would hand to a LaTeX without solgen's limits."""
    for text in canvas.findobj(Label):
        if text.get_usetex():
            raise FigureError(
                f"in {figure.id!r} the text {text.get_text()!r} asks for usetex",
                where,
                "remove usetex=True; formulas between dollars are drawn without it",
            )


def _refuse_unreadable(canvas: Canvas, figure: Figure, where: Where) -> None:
    if fault := unreadable(canvas):
        raise FigureError(
            f"in {figure.id!r} {fault}",
            where,
            "move it, shorten it, or make the figure higher; a bilingual booklet says both labels",
        )


def _localise(axis: Any, locale: Locale) -> None:
    """Give the ticks the language's decimal mark."""
    for one in (axis.xaxis, axis.yaxis):
        formatter = one.get_major_formatter()
        if type(formatter) is ScalarFormatter:
            one.set_major_formatter(_Marked(locale.decimal))


class _Marked(ScalarFormatter):
    """Tick labels with the decimal mark of a language."""

    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark

    def __call__(self, x: Any, pos: Any = None) -> str:
        return str(super().__call__(x, pos)).replace(".", self.mark)
