"""The files of two languages side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solgen.edition import Edition
from solgen.errors import TranslationError, Where
from solgen.twins import differences
from tests.support import locales

HERE = Where("questions/q1.py", 7, "1", "a")


def edition(code: str, **files: str) -> Edition:
    spoken = tuple(c for c in locales() if c.code in code)
    made = Edition(spoken)
    made.snippets = {name.replace("_", "-"): [(text, HERE)] for name, text in files.items()}
    return made


def test_files_that_print_the_same_are_taken() -> None:
    french = edition("fr", q1_a_fr=r"Soit $x = 0{,}5$, 12\,544 fois.", q1_notation=r"$x$ & réel")
    english = edition("en", q1_a_en=r"Let $x = 0.5$, 12{,}544 times.", q1_notation=r"$x$ & real")
    assert not differences([french, english])


@pytest.mark.parametrize(
    ("name", "text"),
    [("q1-a-en", r"Let $x = 0.6$, 12{,}544 times."), ("q1-notation", r"$y$ & real")],
)
def test_a_file_that_prints_something_else_is_told_at_its_place(name: str, text: str) -> None:
    french = edition("fr", q1_a_fr=r"Soit $x = 0{,}5$, 12\,544 fois.", q1_notation=r"$x$ & réel")
    english = edition("en", q1_a_en=r"Let $x = 0.5$, 12{,}544 times.", q1_notation=r"$x$ & real")
    changed = replace(english, snippets={**english.snippets, name: [(text, HERE)]})
    (failure,) = differences([french, changed])
    assert isinstance(failure, TranslationError)
    assert failure.where == replace(HERE, locale="en")


def test_both_languages_of_one_edition_are_compared() -> None:
    both = edition("fren", q1_a_fr="Soit $x$.", q1_a_en="Let $y$.")
    assert len(differences([both])) == 1
