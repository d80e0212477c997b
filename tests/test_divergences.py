"""Seeded divergences between the languages: how many each check sees, and no false alarm."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from solgen import parity
from solgen.errors import TranslationError
from solgen.pairs import Pair
from solgen.wording import seal
from tests.divergences import (
    OPPOSITES,
    WITHOUT,
    Divergence,
    exam,
    numbers,
    opposites,
    orders,
    sampled,
    stale,
    swapped,
    symbols,
)
from tests.support import locales

WANTED = 0.98


def seen(divergence: Divergence) -> str:
    """Which check of the build refuses the changed pair; `seal` where only that one tells."""
    try:
        parity.require(divergence.versions, locales(), divergence.pair.where)
    except TranslationError as error:
        for sign, check in (("formula", "formulas"), ("reads as", "language"), ("contra", "words")):
            if sign in error.message:
                return check
    return "seal" if seal(divergence.versions) != divergence.pair.seal else "nothing"


@cache
def seeded() -> tuple[Divergence, ...]:
    kinds = (
        (numbers(), 30),
        (symbols(), 30),
        (list(orders()), 30),
        (swapped(), 40),
        (list(stale()), 40),
        (list(opposites(OPPOSITES, "polarity")), 60),
    )
    return tuple(d for found, count in kinds for d in sampled(found, count))


def test_at_least_98_in_100_seeded_divergences_are_seen() -> None:
    counted = Counter((d.kind, seen(d)) for d in seeded())
    kinds = Counter(d.kind for d in seeded())
    assert sum(kinds.values()) >= 100
    assert min(kinds.values()) >= 15
    assert set(kinds) == {
        *("a number", "a symbol", "the order", "swapped sides", "a stale side", "polarity")
    }
    for kind in ("a number", "a symbol", "the order"):
        assert counted[kind, "formulas"] >= WANTED * kinds[kind], counted
    assert counted["polarity", "words"] >= WANTED * kinds["polarity"], counted
    assert not any(check == "nothing" for _, check in counted)


def test_opposite_words_are_seen_wherever_this_exam_has_one() -> None:
    found = list(opposites(OPPOSITES, "polarity"))
    missed = [d for d in found if seen(d) not in ("words", "formulas")]
    assert len(found) > 700
    assert len(missed) <= (1 - WANTED) * len(found), [(d.pair.where, d.what) for d in missed]


def test_with_and_without_are_told_apart_in_most_places() -> None:
    found = list(opposites(WITHOUT, "without"))
    caught = sum(seen(d) == "words" for d in found)
    assert len(found) > 300
    assert caught >= 0.85 * len(found)


def test_swapped_passages_are_seen_without_a_seal() -> None:
    long = [d for d in swapped() if d.pair.key[0] != "t" and d.pair.key[:7] != "phrases"]
    assert len(long) > 200
    assert all(seen(d) in ("language", "formulas") for d in long)


def test_the_exam_as_it_is_raises_no_alarm() -> None:
    def alarm(pair: Pair) -> bool:
        return seen(Divergence("none", pair, dict(pair.versions), "")) != "nothing"

    # What Python makes of an expression stands here as its source; shape compares what it makes.
    made = re.compile(r"f['\"].*|\w+\[\d\]", re.DOTALL)
    plain = [pair for pair in exam() if not made.fullmatch(pair.versions["fr"])]
    assert len(plain) > 900
    assert not [pair.where for pair in plain if alarm(pair)]
