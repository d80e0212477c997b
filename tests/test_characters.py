"""Characters that nobody sees or meant."""

from __future__ import annotations

import unicodedata

import pytest
from support import ROOT

from solgen.characters import odd, shown


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("a\u200bb", 1, "U+200B"),
        ("ab\u202e", 2, "U+202E"),
        ("\ufeffa", 0, "U+FEFF"),
        ("a\x00", 1, "U+0000"),
        ("a\x0cb", 1, "U+000C"),
        ("a\u2028b", 1, "U+2028"),
        ("a\u00adb", 1, "U+00AD"),
        ("Ã©tat", 0, "wrong encoding"),
        ("lâ€™an", 1, "wrong encoding"),
        ("a \ufffd b", 2, "wrong encoding"),
        ("e\u0301tat", 0, "U+0065 U+0301"),
        ("l'e\u0302tre", 2, "U+0065 U+0302"),
        ("2 \u2126", 2, "U+2126"),
    ],
)
def test_what_nobody_sees_or_meant_is_found(text: str, position: int, words: str) -> None:
    found = odd(text)
    assert found is not None
    assert found.position == position
    assert words in found.message
    assert found.hint


@pytest.mark.parametrize(
    "text", ["été, œuvre, ÂGÉ", "a\tb\nc", "12\u00a0000", "«\u202foui\u202f»", "∂²x"]
)
def test_ordinary_text_passes(text: str) -> None:
    assert odd(text) is None


def test_every_letter_that_is_taken_apart_is_found() -> None:
    for letter in "éèêëàâäçîïôöùûüÿÉÈÀÇ":
        assert odd(unicodedata.normalize("NFD", letter)) is not None
        assert odd(letter) is None


def test_a_line_is_shown_with_what_cannot_be_seen() -> None:
    assert shown("\ta\u200bb\u202e ") == "a[U+200B]b[U+202E]"


def test_the_exam_is_written_in_ordinary_characters() -> None:
    for path in (*ROOT.glob("questions/*.py"), *ROOT.glob("templates/questions/*")):
        assert odd(path.read_text(encoding="utf-8")) is None, path
