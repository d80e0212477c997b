"""Figures: house style, languages, and what is refused."""

import subprocess
import sys

import numpy as np
import pytest
from pypdf import PdfReader
from support import ROOT, loaded, locales, starter

from solgen import Figure, Text
from solgen.draw import draw
from solgen.errors import FigureError, TranslationError

french, english = locales()


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return starter(tmp_path_factory.mktemp("draw"))


@pytest.fixture(scope="module")
def question(project):
    return loaded(project)[0][0]


def _figure(paint, **options):
    text = Text(fr="légende", en="caption")
    return Figure("f", paint, caption=text, alt=text, **options)


def _text(pdf):
    return PdfReader(pdf).pages[0].extract_text()


def test_labels_carry_accents_in_the_body_font(project, question, tmp_path):
    def paint(ax, say):
        ax.plot([0, 1], [0, 1])
        ax.set_xlabel(say(fr="durée écoulée", en="elapsed time"))

    pdf = draw(project, question, _figure(paint), (french,), tmp_path)
    page = PdfReader(pdf).pages[0]
    assert "durée écoulée" in page.extract_text()
    fonts = page["/Resources"]["/Font"]
    assert any("CMU" in str(fonts[name]["/BaseFont"]) for name in fonts)


def test_both_languages_share_one_figure(project, question, tmp_path):
    def paint(ax, say):
        ax.plot([0, 1], [0, 1])
        ax.set_xlabel(say(fr="temps", en="time"))
        ax.set_ylabel(say(fr="coût", en="coût"))

    text = _text(draw(project, question, _figure(paint), (french, english), tmp_path))
    assert "temps / time" in text
    assert text.count("coût") == 1


@pytest.mark.parametrize(("locale", "mark"), [(french, ","), (english, ".")])
def test_ticks_have_the_language_s_decimal_mark(project, question, tmp_path, locale, mark):
    def paint(ax, say):
        ax.plot([0, 1], [0, 1])

    assert f"0{mark}2" in _text(draw(project, question, _figure(paint), (locale,), tmp_path))


def test_the_same_figure_has_the_same_bytes(project, question, tmp_path):
    figure = question.question.figures[0]
    first = draw(project, question, figure, (french,), tmp_path).read_bytes()
    assert draw(project, question, figure, (french,), tmp_path).read_bytes() == first


ELSEWHERE = """
import dataclasses, sys
from pathlib import Path
import matplotlib, shutil
from matplotlib import font_manager
from solgen import draw as drawing
from solgen.load import load
from solgen.locales import load_locales
from solgen.project import find_project

root, folder, ours, theirs = map(Path, sys.argv[1:])
shutil.copytree(drawing.files("solgen") / "fonts", folder / ours / "fonts")
shutil.copytree(Path(matplotlib.get_data_path()) / "fonts" / "ttf", folder / theirs)
drawing.files = lambda _package: folder / ours
manager = font_manager.fontManager
manager.ttflist = [
    dataclasses.replace(entry, fname=str(folder / theirs / Path(entry.fname).name))
    for entry in manager.ttflist
    if Path(entry.fname).is_relative_to(matplotlib.get_data_path())
]
project = find_project(root)
(loaded,) = load(project, ["q1"])
(french, *_) = load_locales(project)
drawing.draw(project, loaded, loaded.question.figures[0], (french,), folder)
print(font_manager.findfont("CMU Serif"), font_manager.findfont("cmr10"))
"""


def test_where_fonts_lie_changes_no_byte(project, tmp_path):
    """In a PDF, Matplotlib sorts fonts by their folders: solgen's, and its own."""
    made = []
    for ours, theirs in ("ab", "ba"):
        folder = tmp_path / ours
        folder.mkdir()
        command = [sys.executable, "-c", ELSEWHERE, project.root, folder, ours, theirs]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
        assert done.stdout.split() == [
            str(folder / ours / "fonts" / "cmunrm.ttf"),
            str(folder / theirs / "cmr10.ttf"),
        ]
        (pdf,) = folder.glob("*.pdf")
        made.append(pdf.read_bytes())
    assert made[0] == made[1]
    assert made[0].count(b"/FontFile2") >= 2


def test_panels_are_given_as_a_tuple(project, question, tmp_path):
    def paint(axes, say):
        for ax in axes:
            ax.plot([0, 1], [1, 0])

    draw(project, question, _figure(paint, panels=2), (french,), tmp_path)


@pytest.mark.parametrize(
    ("paint", "message"),
    [
        (lambda ax, say: ax.plot([0, 1], [0, np.nan]), "not a finite number"),
        (lambda ax, say: ax.plot([], []), "not a finite number"),
        (lambda ax, say: (ax.set_yscale("log"), ax.plot([1, 2], [1, 0])), "≤ 0 on a logarithmic"),
        (lambda ax, say: ax.set_title("漢"), "raised UserWarning: Glyph"),
        (lambda ax, say: 1 / 0, "raised ZeroDivisionError"),
    ],
)
def test_faulty_figures_are_refused(project, question, tmp_path, paint, message):
    with pytest.raises(FigureError, match=message) as caught:
        draw(project, question, _figure(paint), (french,), tmp_path)
    assert caught.value.where.question == "1"


def test_a_label_needs_every_language(project, question, tmp_path):
    with pytest.raises(TranslationError, match="has no en version"):
        draw(
            project,
            question,
            _figure(lambda ax, say: ax.set_xlabel(say(fr="temps"))),
            (french, english),
            tmp_path,
        )
