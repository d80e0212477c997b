"""Prose that LaTeX would swallow or misprint is refused, at its line."""

from __future__ import annotations

import pytest
import support

from solgen.errors import TemplateError, TranslationError, Where
from solgen.proofread import NUMBER, OTHER, refuse, typeset

FRENCH, ENGLISH = support.locales()


def read(text: str, *, paired: bool = True, locale: support.Locale = FRENCH) -> None:
    lines = [10 + index for index in range(text.count("\n") + 1)]
    refuse(text, lines, paired=paired, locale=locale, where=Where("t", None, "1", "a", "fr"))


def refused(text: str, *, paired: bool = True, locale: support.Locale = FRENCH) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        read(text, paired=paired, locale=locale)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "Environ 5 % de plus.",
        r"Environ 5\\% de plus.",
        "Soit ~ 3.",
        "~début",
        "La variable n_max.",
        "Soit x^2.",
        "La règle #1.",
        "Recherche & développement.",
        "Il coûte 5$.",
        "De 5$ à 7$ environ.",
        "Soit $$x$$.",
        "Environ 0.5.",
        "La moitié, $0.5$.",
        'Le "mot".',
    ],
)
def test_what_would_be_misprinted_is_refused_at_its_line(text: str) -> None:
    error = refused(f"Une phrase.\n{text}")
    assert isinstance(error.where, Where)
    assert error.where.line == 11
    assert error.hint
    assert str(error.found) in text


@pytest.mark.parametrize(
    "text",
    [
        r"Environ 5\,\% de plus.",
        "% un commentaire de 5 % et 0.5\nUne phrase.",
        "Voir la figure~1.",
        r"Le signe \_, le signe \#, le signe \&, 5\,\$.",
        "Soit $x_1^2$ et\n$a\n+ b$.",
        r"\[ x_1 \\ y^2 \]",
        "\\begin{tabular}{ll}a & b\\end{tabular}",
        "\\begin{align*}\na_1 &= b^2\n\\end{align*}",
        r"\includegraphics{a_b} et \ref{x_y}",
        r"\vspace{0.5em} une ligne\\[0.5ex] puis \rule{1.5pt}{0.1\linewidth}",
        f"Vaut {NUMBER} ou {OTHER}.",
    ],
)
def test_good_prose_passes(text: str) -> None:
    read(text)


@pytest.mark.parametrize(
    "text", ["Voilà.", r"\[ x \text{ si } y \]", r"\textbf{Note}", r"\[ x \] donc"]
)
def test_words_that_all_languages_would_share_are_refused(text: str) -> None:
    assert isinstance(refused(text, paired=False), TranslationError)


@pytest.mark.parametrize(
    "text",
    [
        "\\[\n\\operatorname{softmax}(ab) = \\frac{cd}{e}\n\\]",
        r"\begin{center}",
        r"\medskip",
        "% note",
        OTHER,
        r"\[ L_{\mathrm{CE}} \]",
    ],
)
def test_formulas_and_commands_may_be_shared(text: str) -> None:
    read(text, paired=False)


def test_a_shared_formula_may_not_have_one_language_s_decimals() -> None:
    assert refused(r"\[ x = 0.5 \]", paired=False).message == "a decimal point in French text"
    error = refused(r"\[ x = 0{,}5 \]", paired=False, locale=ENGLISH)
    assert error.message == "a decimal comma in English text"


def test_a_long_line_is_shown_near_its_fault() -> None:
    error = refused("mot " * 60 + "n_max " + "mot " * 60)
    assert len(str(error.found)) < 100
    assert "n_max" in str(error.found)


def test_typography_never_touches_mathematics_or_commands() -> None:
    assert typeset("figure 3, $figure 3$", FRENCH) == "figure~3, $figure 3$"
    assert typeset(f"Section {OTHER} – fin", FRENCH) == f"Section {OTHER} – fin"


def test_a_printed_number_stays_with_its_word() -> None:
    assert typeset(f"question {NUMBER}", ENGLISH) == f"question~{NUMBER}"
