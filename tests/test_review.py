"""What was reviewed is read and written without loss, and refused where it is malformed."""

from __future__ import annotations

import pytest

from solgen.errors import QuestionError, Where
from solgen.project import Project
from solgen.review import Review, load, path, save

SEAL = "0123456789abcdef"


def test_a_question_without_a_file_has_an_empty_review(project: Project) -> None:
    assert load(project, "q1") == Review()


def test_what_is_written_is_read_again(project: Project) -> None:
    review = Review(
        {"a.solution.10": SEAL, "a.solution.2": SEAL[::-1]},
        {"a": ("y = 1", r"f' \neq \{0\}", 'a "b"\u2028'), "b": ()},
        {SEAL: "l'un est l'autre"},
    )
    save(project, "q1", review)
    assert load(project, "q1") == review


def test_the_file_is_sorted_one_entry_to_a_line(project: Project) -> None:
    review = Review({"a.solution.10": SEAL, "a.solution.2": SEAL}, {"a": ("y = 1", r"x \in X")})
    save(project, "q1", review)
    lines = path(project, "q1").read_text(encoding="utf-8").splitlines()
    assert lines[2:] == [
        *("[seals]", f"'a.solution.2' = '{SEAL}'", f"'a.solution.10' = '{SEAL}'", ""),
        *("[given]", "'a' = [", "    'y = 1',", r"    'x \in X',", "]"),
    ]


def test_the_file_is_no_question(project: Project) -> None:
    save(project, "q1", Review())
    assert project.names() == ["q1"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[seals]\na = ", 2, "is not TOML"),
        ("[seals]\n'a.given.1' = 'short'\n", 2, "the seal of a.given.1"),
        ("[seals]\n\n[sealed]\n", 3, "there is no table sealed"),
        ("seals = 3\n", 1, "there is no table seals"),
        ("[given]\na = 'y = 1'\n", 2, "given.a is not a list"),
        ("[given]\na = ['y = 1', 2]\n", 2, "given.a is not a list"),
        (f"[excused]\n{SEAL} = ' '\n", 2, "[excused] has no reason"),
    ],
)
def test_a_malformed_file_is_refused_at_its_line(
    project: Project, text: str, line: int, words: str
) -> None:
    path(project, "q1").write_text(text, encoding="utf-8")
    with pytest.raises(QuestionError) as caught:
        load(project, "q1")
    assert words in caught.value.message
    assert caught.value.where == Where("questions/q1.review.toml", line, "1")
