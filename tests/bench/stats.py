"""Medians, spreads and the exponent of growth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median


@dataclass(frozen=True)
class Spread:
    """The median of some values, between the smallest and the largest."""

    low: float
    middle: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """Raises ValueError if there is no value."""
    if not values:
        raise ValueError("no value")
    return Spread(min(values), median(values), max(values))


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The p of the best fit value = c · size^p, by least squares on logarithms.

    Raises ValueError for fewer than two different sizes.
    """
    across = [math.log(size) for size in sizes]
    up = [math.log(value) for value in values]
    centre, level = fmean(across), fmean(up)
    width = sum((x - centre) ** 2 for x in across)
    if not width:
        raise ValueError("growth needs two different sizes")
    return sum((x - centre) * (y - level) for x, y in zip(across, up, strict=True)) / width
