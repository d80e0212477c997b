r"""Divergences between the languages of this exam, seeded: what a careless edit of one side does.

Each is the pair of a real passage or text with one side changed. Opposite words are listed here
anew, not taken from `words/*.toml`, which they test; places where such a word is an idiom
("no longer", "d'après") are left out, because its opposite there is no sentence.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from solgen.pairs import Pair, pairs
from solgen.project import find_project
from tests.support import ROOT

SEED = 4


@dataclass(frozen=True)
class Divergence:
    """A pair, what became of its versions, and what kind of change that is."""

    kind: str
    pair: Pair
    versions: dict[str, str]
    what: str


@cache
def exam() -> tuple[Pair, ...]:
    """Every prose pair of this exam's questions."""
    project = find_project(ROOT)
    return tuple(pair for name in project.names() for pair in pairs(project, name))


OPPOSITES = {
    "en": (
        *("upper lower", "increases decreases", "increase decrease", "increasing decreasing"),
        *("grows shrinks", "grow shrink", "rises falls", "at_most at_least", "before after"),
        *("earlier later", "more less", "larger smaller", "largest smallest", "large small"),
        *("minimum maximum", "minimal maximal", "minimizes maximizes", "positive negative"),
        *("convex concave", "left right", "first second", "always never", "faster slower"),
        *("fast slow", "vanishes explodes", "vanish explode", "above below", "longer shorter"),
        *("long short", "longest shortest"),
    ),
    "fr": (
        *("supérieur inférieur", "supérieure inférieure", "croît décroît", "croissent décroissent"),
        *("croissante décroissante", "augmente diminue", "monte descend", "au_plus au_moins"),
        *("avant après", "plus_tôt plus_tard", "plus moins", "grand petit", "grande petite"),
        *("grands petits", "grandes petites", "minimum maximum", "minimale maximale"),
        *("minimise maximise", "positif négatif", "positive négative", "positifs négatifs"),
        *("convexe concave", "gauche droite", "premier second", "première seconde"),
        *("toujours jamais", "vite lentement", "rapide lent", "disparaît explose"),
        *("s'annule explose", "ci-dessus ci-dessous", "long court", "longue courte"),
        "longs courts",
    ),
}
WITHOUT = {"en": ("with without",), "fr": ("avec sans",)}
IDIOMS = re.compile(
    r"no longer|no more|nothing left|(?:is|are|was) left|left as|above all|long-term|"
    r"short-term|as long as|(?:is|being|confidently|sign) right|right values|for ever|"
    r"breadth-first|more or less|the above|after \\var|short for|gets longer|lower the|"
    r"d'après|ci-après|propagation avant|avant tout|une droite|pour toujours|plus ou moins|"
    r"à long terme|à court terme|le long d|de plus,|en plus de|non plus|"
    r"plus (?:bas|haut|près|tard)|\bn(?:e |')[^.;:,$]{0,40}?\bplus\b|plus qu"
)


def opposites(table: dict[str, tuple[str, ...]], kind: str) -> Iterator[Divergence]:
    """Every place of one side where a word may be replaced by its opposite."""
    for pair in exam():
        for code, source in pair.versions.items():
            held = [m.span() for m in _HELD.finditer(source)]
            held += [m.span() for m in IDIOMS.finditer(source.lower())]
            for entry in table[code]:
                one, other = (word.replace("_", " ") for word in entry.split())
                for old, new in ((one, other), (other, one)):
                    for match in re.finditer(rf"(?<![\w-]){old}(?![\w-])", source, re.IGNORECASE):
                        if not any(a <= match.start() < b for a, b in held):
                            changed = source[: match.start()] + new + source[match.end() :]
                            versions = {**pair.versions, code: changed}
                            yield Divergence(kind, pair, versions, f"{code}: {old}, {new}")


_HELD = re.compile(
    r"(?s)\\VAR\{(?:[^{}]|\{[^{}]*\})*\}|\$[^$]*\$|\\\[.*?\\\]|\(\\emph\{[^{}]*\}[^()]*\)|\{[A-Z]+\}"
)


def _changed(kind: str, pattern: str, new: Callable[[re.Match[str]], str]) -> Iterator[Divergence]:
    """One place of the English side changed, in every pair that has such a place."""
    for pair in exam():
        places = list(re.finditer(pattern, pair.versions["en"]))
        if places:
            place = random.Random(f"{SEED}{kind}{pair.key}").choice(places)
            source = pair.versions["en"]
            changed = source[: place.start()] + new(place) + source[place.end() :]
            yield Divergence(kind, pair, {**pair.versions, "en": changed}, f"{place[0]!r}")


def numbers() -> list[Divergence]:
    return list(_changed("a number", r"(?<![\w{\\.,])\d(?![\w.,}])", lambda m: str(int(m[0]) + 1)))


def symbols() -> list[Divergence]:
    found = list(_changed("a symbol", r"(?<=\$)[a-zA-Z](?=[^a-zA-Z$])", lambda m: m[0].swapcase()))
    found += _changed("a symbol", r"\\leq|\\geq|<|>(?=[^$]*\$)", lambda m: r"\neq ")
    return found


def orders() -> Iterator[Divergence]:
    for pair in exam():
        source = pair.versions["en"]
        found = [m for m in re.finditer(r"\$[^$]*\$", source) if len(m[0]) > 3]
        for one, other in pairwise(found):
            if one[0] != other[0]:
                between = source[one.end() : other.start()]
                changed = (
                    source[: one.start()] + other[0] + between + one[0] + source[other.end() :]
                )
                yield Divergence("the order", pair, {**pair.versions, "en": changed}, one[0])
                break


def swapped() -> list[Divergence]:
    return [
        Divergence(
            "swapped sides", p, {"fr": p.versions["en"], "en": p.versions["fr"]}, p.versions["fr"]
        )
        for p in exam()
        if p.versions["fr"] != p.versions["en"]
    ]


def stale() -> Iterator[Divergence]:
    """A word of one side left out, the other side as it was: often nothing but a seal can tell."""
    for pair in exam():
        generator = random.Random(f"{SEED}{pair.key}")
        code = generator.choice(("fr", "en"))
        source = pair.versions[code]
        held = [m.span() for m in _HELD.finditer(source)]
        places = [
            m
            for m in re.finditer(r"(?<![\w\\{'])[^\W\d_]{4,} ", source)
            if not any(a <= m.start() < b for a, b in held)
        ]
        if places:
            place = generator.choice(places)
            changed = source[: place.start()] + source[place.end() :]
            yield Divergence("a stale side", pair, {**pair.versions, code: changed}, place[0])


def sampled(found: list[Divergence], count: int) -> list[Divergence]:
    """`count` of them, always the same ones."""
    return random.Random(SEED).sample(found, count)
