"""Tokens: what leaves no ink leaves no token, and numbers follow the language."""

from __future__ import annotations

import pytest

from solgen.tokens import Unreadable, named, normal, tokens

FRENCH = ("{,}", r"\,")


def texts(source: str, marks: tuple[str, str] = (".", "{,}")) -> list[str]:
    return [mark.text for mark in tokens(source, marks)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"\left(a\right)", "(a)"),
        (r"\bigl( a \bigr)", "(a)"),
        (r"x^2", "x^{2}"),
        (r"\frac12", r"\frac{1}{2}"),
        (r"\tfrac1p", r"\frac{1}{p}"),
        (r"\boldsymbol x", r"\boldsymbol{x}"),
        (r"\tanh{(c )}", r"\tanh(c)"),
        (r"\ensuremath{0.5}", "0.5"),
        (r"a_1^{}", "a_1"),
        (r"f^{\prime}", "f'"),
        (r"\theta^{\star\top}", r"\theta^{\star}^{\top}"),
        (r"a\!b\,", "ab"),
        (r"\lvert a \rvert", "|a|"),
        (r"\operatorname*{arg\,min}", r"\operatorname{argmin}"),
        (r"a = b, \qquad c = d .", r"a = b \quad c = d"),
        (r"a &= b \\ &= c", "a = b = c"),
    ],
)  # fmt: skip
def test_what_is_printed_alike_has_the_same_tokens(one: str, other: str) -> None:
    bracketless = {r"\lvert": "|", r"\rvert": "|"}
    assert [bracketless.get(t, t) for t in texts(one)] == texts(other)


@pytest.mark.parametrize(
    ("source", "marks", "number"),
    [
        ("12{,}544", (".", "{,}"), "12544"),
        (r"12\,544", FRENCH, "12544"),
        ("0.25", (".", "{,}"), "0.25"),
        ("0{,}25", FRENCH, "0.25"),
        (r"10\,314{,}5", FRENCH, "10314.5"),
    ],
)
def test_a_number_is_read_in_the_marks_of_its_language(
    source: str, marks: tuple[str, str], number: str
) -> None:
    assert texts(source, marks) == [number]


@pytest.mark.parametrize(
    ("source", "place", "message"),
    [
        ("x^10", 1, "first digit only"),
        ("{-3}^2", 0, "not printed"),
        ("{a+b}_1", 0, "not printed"),
        ("(a", 2, "never closed"),
        ("a)", 1, "closes nothing"),
        ("(a]b", 4, ""),
        (r"\frac{a", 7, "never closed"),
        ("a . b", 2, "full stop"),
        (r"\begin{tikzpicture}", 0, "not read here"),
    ],
)
def test_what_misleads_is_refused_at_its_place(source: str, place: int, message: str) -> None:
    if not message:  # half-open intervals are written [0, 1)
        assert texts("[0, 1)")
        return
    with pytest.raises(Unreadable, match=message) as caught:
        tokens(source)
    assert caught.value.place == place


def test_the_longest_notation_wins_and_spaces_do_not_count() -> None:
    words = {normal(text): text for text in ("f", r"f^\star", r"\mathbf{E}\,f", "c_0")}
    shown = [
        mark.text for mark in named(tokens(r"f^\star + \mathbf{E} f - c_0^2"), words, frozenset())
    ]
    assert shown == [r"f^\star", "+", r"\mathbf{E}\,f", "-", "c_0", "^", "{", "2", "}"]


def test_a_notation_with_values_may_be_a_function() -> None:
    words = {("g",): "g", ("f",): "f"}
    kinds = [mark.kind for mark in named(tokens("g(f)"), words, frozenset("g"))]
    assert kinds == ["FNAME", "LPAR", "NAME", "RPAR"]


def test_every_token_knows_where_it_stands() -> None:
    source = r"\frac{\partial L}{\partial a} = f - 12"
    for mark in tokens(source):
        if mark.kind in ("NUM", "LETTER", "REL", "MINUS"):
            assert source[mark.place : mark.end].strip() == mark.text
