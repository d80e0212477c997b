"""Short texts in every language, and where they were written."""

from __future__ import annotations

import pytest

from solgen.errors import QuestionError, TranslationError, Where
from solgen.text import Text, caller, clean, require_formula


def test_a_text_knows_the_line_that_made_it() -> None:
    text, here = Text(fr="oui", en="yes"), caller()
    assert text.where == here


def test_the_author_may_work_in_a_folder_whose_name_begins_like_the_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from solgen import text

    # As when solgen stands in a folder solgen and the exam beside it in solgen-exam.
    package = text._PACKAGE.rstrip("/\\")
    code = compile("found = caller()", f"{package}-exam/questions/q1.py", "exec")
    names = {"caller": caller}
    exec(code, names)
    assert names["found"] == Where(f"{package}-exam/questions/q1.py", 1)


def test_a_text_is_cut_into_prose_and_mathematics() -> None:
    text = Text(en=r"if $x = 1$, it costs 5\$")
    assert text.parts("en") == [(False, "if "), (True, "x = 1"), (False, r", it costs 5\$")]


def test_every_character_is_plain_text_outside_dollars() -> None:
    plain = r"5 % of A&B, n_max #1 ~ x^2 \ { } < > | " + '"'
    assert Text(en=plain).parts("en") == [(False, plain)]


@pytest.mark.parametrize("text", ["5$", "5$ to 7$", "$x $", "$$x$$", r"$\frac{a$", "$50 %$"])
def test_dollars_that_do_not_hold_a_formula_are_refused(text: str) -> None:
    with pytest.raises(QuestionError) as caught:
        Text(en=text)
    assert caught.value.hint


@pytest.mark.parametrize("text", ["a\neq", "a\tb", "\x00", "a\u2028b", "\x7f"])
def test_control_characters_are_the_trace_of_a_string_that_is_not_raw(text: str) -> None:
    with pytest.raises(QuestionError, match="control character"):
        clean(text, Where("q1.py", 1))


@pytest.mark.parametrize("text", ["", "  ", None, 3])
def test_a_text_says_something(text: object) -> None:
    with pytest.raises(TranslationError, match="the en text is"):
        Text(fr="oui", en=text)  # type: ignore[arg-type]


def test_a_text_says_its_language() -> None:
    with pytest.raises(QuestionError, match="does not say its language"):
        Text("yes")


def test_a_missing_language_is_named_with_what_to_add() -> None:
    with pytest.raises(TranslationError) as caught:
        Text(fr="oui").require(("fr", "en"))
    assert isinstance(caught.value.where, Where)
    assert (caught.value.where.locale, caught.value.hint) == ("en", 'add en="…" beside it')


def test_a_language_more_is_kept_for_other_exams() -> None:
    Text(fr="oui", en="yes", de="ja").require(("fr", "en"))


@pytest.mark.parametrize(
    "formula", [r"\{0, 1\}", r"\frac{a}{b}", r"50\,\%", r"\begin{matrix}a & b\end{matrix}", "n!"]
)
def test_whole_formulas_pass(formula: str) -> None:
    require_formula(formula, Where("q1.py", 1))
