"""A figure whose texts collide or stick out is told; one that can be read is not."""

from __future__ import annotations

from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas

from solgen.legible import unreadable


@pytest.fixture
def drawn() -> tuple[Canvas, Any]:
    canvas = Canvas(figsize=(4, 2), layout="constrained")
    FigureCanvasAgg(canvas)
    axes = canvas.subplots()
    axes.plot([0, 1], [0, 1], label="line")
    axes.set(title="a title", xlabel="abscissa", ylabel="ordinate")
    axes.text(0.1, 0.8, "here")
    return canvas, axes


def test_an_ordinary_figure_can_be_read(drawn: tuple[Canvas, Any]) -> None:
    canvas, axes = drawn
    axes.legend(loc="lower right")
    axes.text(0.6, 0.8, "")
    axes.text(0.1, 0.8, "invisible", visible=False)
    assert unreadable(canvas) == ""


def test_a_text_on_another_is_told(drawn: tuple[Canvas, Any]) -> None:
    canvas, axes = drawn
    axes.text(0.12, 0.8, "there")
    assert unreadable(canvas) == "the text 'here' stands on 'there'"


def test_slanted_texts_may_come_close(drawn: tuple[Canvas, Any]) -> None:
    canvas, axes = drawn
    axes.text(0.12, 0.8, "there", rotation=45)
    assert unreadable(canvas) == ""


@pytest.mark.parametrize("change", [{"title": "w" * 90}, {"ylabel": "w" * 60}], ids=str)
def test_a_text_that_sticks_out_is_told(drawn: tuple[Canvas, Any], change: dict[str, str]) -> None:
    canvas, axes = drawn
    axes.set(**change)
    assert "sticks out of the figure" in unreadable(canvas)
