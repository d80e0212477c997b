"""Whether a drawn figure can be read: no text outside the canvas, no text on another."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure as Canvas
from matplotlib.transforms import Bbox, BboxBase

MARGIN = 1.0  # points by which a text may stick out: the side bearing of a letter
TOUCH = 0.12  # the part of the smaller text that another may cover: the air above and below it


def unreadable(canvas: Canvas) -> str:
    """What cannot be read in the figure, or nothing. Slanted text may touch its neighbours."""
    renderer = FigureCanvasAgg(canvas).get_renderer()
    canvas.draw_without_rendering()
    placed = [(text, text.get_window_extent(renderer)) for text in _texts(canvas)]
    for text, box in placed:
        if _outside(box, canvas.bbox, MARGIN * canvas.dpi / 72):
            return f"the text {text.get_text()!r} sticks out of the figure"
    upright = [(text, box) for text, box in placed if text.get_rotation() in (0.0, 90.0)]
    for (one, first), (other, second) in combinations(upright, 2):
        common = Bbox.intersection(first, second)
        smaller = min(first.width * first.height, second.width * second.height)
        if common is not None and common.width * common.height > TOUCH * smaller:
            return f"the text {one.get_text()!r} stands on {other.get_text()!r}"
    return ""


def _texts(canvas: Canvas) -> list[Any]:
    """The visible texts that somebody wrote: titles, labels of axes, annotations, legends."""
    found: list[Any] = list(canvas.texts)
    for axis in canvas.axes:
        legend = axis.get_legend()
        found += [axis.title, axis.xaxis.label, axis.yaxis.label, *axis.texts]
        found += legend.get_texts() if legend is not None else []
    return [text for text in found if text.get_visible() and text.get_text().strip()]


def _outside(box: BboxBase, frame: BboxBase, margin: float) -> bool:
    return bool(
        box.x0 < frame.x0 - margin
        or box.y0 < frame.y0 - margin
        or box.x1 > frame.x1 + margin
        or box.y1 > frame.y1 + margin
    )
