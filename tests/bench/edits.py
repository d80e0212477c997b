"""Edits of an author: always new ones, because a cache may remember what it has seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations, product

# French and English adverbs that leave a sentence about what is often done true.
_ADVERBS = (
    ("souvent", "often"),
    ("fréquemment", "frequently"),
    ("couramment", "commonly"),
    ("habituellement", "usually"),
    ("volontiers", "readily"),
    ("généralement", "generally"),
    ("classiquement", "classically"),
    ("ordinairement", "ordinarily"),
)


@dataclass(frozen=True)
class Edit:
    """A place in a file, in as many slots as languages, and what fills them the k-th time.

    With k = 0 it is what the exam says: so a slot is found, and so it is left.
    """

    name: str
    part: str
    file: str
    slots: tuple[tuple[str, str], ...]
    filling: Callable[[int], tuple[str, ...]]

    def made(self, text: str, k: int) -> str:
        """The original text with the k-th edit. Raises ValueError where it does not fit."""
        for (before, after), old, new in zip(
            self.slots, self.filling(0), self.filling(k), strict=True
        ):
            found = f"{before}{old}{after}"
            if text.count(found) != 1:
                raise ValueError(f"{self.file} has {text.count(found)} times: {found}")
            text = text.replace(found, f"{before}{new}{after}")
        return text


def adverbs(k: int) -> tuple[str, ...]:
    """The k-th adverb in French and English, then two of them."""
    if k < len(_ADVERBS):
        return _ADVERBS[k]
    (fr, en), (more, too) = list(permutations(_ADVERBS[1:], 2))[k - len(_ADVERBS)]
    return f"{fr} et {more}", f"{en} and {too}"


def products(k: int) -> tuple[str, ...]:
    """The k-th way to write (f - y)/(f (1 - f)) times f times 1 - f."""
    ways = [
        ", ".join(factor.format(denominator) for factor in order)
        for denominator, order in product(
            ("f, 1 - f", "1 - f, f"),
            permutations(("over(f - y, times({}))", "f", "1 - f")),
        )
    ]
    return (ways[k],)


def widths(k: int) -> tuple[str, ...]:
    """The k-th width of a line."""
    return (f", linewidth={1.4 + k / 100:g}" if k else "",)


PROSE = Edit(
    "prose",
    "q4.a",
    "templates/questions/q4.tex.j2",
    (("SGD, ", " avec momentum (inertie)"), ("SGD, ", " with momentum, when")),
    adverbs,
)
FORMULA = Edit(
    "formula", "q1.d", "questions/q1.py", (("Step(times(", ")),\n    Step(f - y"),), products
)
FIGURE = Edit(
    "figure",
    "q4",
    "questions/q4.py",
    (("[-rule(1.0) for _ in range(150)], look[:2], linestyle=look[2:]", ")"),),
    widths,
)
EXAM = (PROSE, FORMULA, FIGURE)
"""Edits of the repository's own exam."""


def synthetic(number: int) -> Edit:
    """A word of a sentence, in a question of a synthetic exam."""
    file = f"templates/questions/q{number}.tex.j2"
    return Edit("prose", f"q{number}.a", file, (("décrit ", ""), ("is ", " described")), adverbs)
