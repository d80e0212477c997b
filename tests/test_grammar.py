"""What a template must contain, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from solgen.errors import TemplateError, TranslationError, Where
from solgen.grammar import inspect, part_at
from solgen.project import Project

PART = "@part a\n@fr\nDonné.\n@en\nGiven.\n@end\n"


def refused(source: str, languages: tuple[str, ...] = ("fr", "en")) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        read(source, languages)
    return caught.value


def read(source: str, languages: tuple[str, ...] = ("fr", "en")) -> None:
    project = Project(Path("/exam"), languages, {}, {}, "a4paper")
    inspect(source, Path("/exam/templates/questions/q1.tex.j2"), project, "1")


def place(error: TemplateError) -> tuple[int | None, str | None, str | None]:
    assert isinstance(error.where, Where)
    return error.where.line, error.where.part, error.where.locale


def test_a_whole_template_is_accepted() -> None:
    read(PART + "@answer\n\\VAR{show(x)}\n@for n in range(3)\n\\VAR{n}\n@endfor\n@solution\n")


@pytest.mark.parametrize(
    ("source", "line", "language"),
    [
        ("@fr\nOui.\n@end\n", 3, "en"),
        ("@en\nYes.\n@end\n", 1, "fr"),
        ("@fr\nOui.\n@part a\n", 3, "en"),
        ("@fr\nOui.\n", 2, "en"),
        ("@fr\nOui.\n@fr\nOui.\n@en\nYes.\n@end\n", 3, "en"),
    ],
)
def test_a_missing_half_is_a_translation_error_at_its_line(
    source: str, line: int, language: str
) -> None:
    error = refused(source)
    assert isinstance(error, TranslationError)
    assert place(error) == (line, None, language)
    assert error.hint == "a passage is written @fr … @en … @end"


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("@fr\nOui.\n@en\nYes.\n", 4, "the passage opened at line 1 is not closed before the end"),
        ("@fr\nOui.\n@en\nYes.\n@answer\n", 5, "the passage opened at line 1 is not closed"),
        ("@end\n", 1, "@end closes no passage"),
        ("@answer\n", 1, "@answer stands before the first part"),
        ("@part\n", 1, "@part needs one letter"),
        ("@part ab\n", 1, "@part needs one letter"),
        ("@solutions\n", 1, "there is no tag @solutions"),
        ("@fr Oui.\n@en\nYes.\n@end\n", 1, "text behind @fr"),
        ("\nx\x07\n", 2, "the invisible character U+0007"),
        ("\n\ue000\n", 2, "the invisible character U+E000"),
        ("\n\\VAR{x\n", 2, r"\VAR{ is not closed on its line"),
        ("\\VAR{ {'a': 1}['a'] \n", 1, r"\VAR{ is not closed on its line"),
    ],
)
def test_other_faults_are_told_at_their_line(source: str, line: int, message: str) -> None:
    error = refused(source)
    assert error.message.startswith(message)
    assert place(error)[0] == line


def test_a_fault_names_its_part() -> None:
    assert place(refused(PART + "@answer\n@end\n")) == (8, "a", None)
    assert part_at(PART + "\n@part b\n\n", 9) == "b"
    assert part_at("\n" + PART, 1) is None


def test_tags_in_a_comment_are_not_read() -> None:
    read("\\#{ a passage:\n@fr\nis never closed }\n" + PART)


def test_three_languages_make_passages_of_three() -> None:
    read("@fr\nOui.\n@en\nYes.\n@es\nSí.\n@end\n", ("fr", "en", "es"))
    assert place(refused("@fr\nOui.\n@en\nYes.\n@end\n", ("fr", "en", "es")))[2] == "es"
