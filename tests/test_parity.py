r"""Two versions of a passage hold the same formulas and numbers, and every divergence is seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from solgen.errors import TranslationError, Where
from solgen.grammar import passages
from solgen.parity import contents, printed, require, require_printed
from tests.support import ROOT, locales

HERE = Where("templates/questions/q1.tex.j2", 3, "1")
LANGUAGES = ("fr", "en")


def differ(french: str, english: str) -> TranslationError:
    with pytest.raises(TranslationError) as caught:
        require({"fr": french, "en": english}, locales(), HERE)
    return caught.value


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("La pente est $a$.", "The slope is $a$."),
        ("On a $x = 0{,}5$, soit 0,5.", "We have $x = 0.5$, that is 0.5."),
        ("10 000 mots et 10 314,5", "10,000 words and 10,314.5"),
        (r"\[ a = b. \]", r"\[ a = b \]"),
        (r"$x \text{ si } y$", r"$x \text{ if } y$"),
        (r"\VAR{Ref(\"f\")} et \VAR{x|num(3)}", r"\VAR{ref(\"f\")} and \VAR{x|num(3)}"),
        ("100 \\%", "100\\%"),
        ("partie d), L2", "part (d), L2"),
        (r"\begin{align*} a &= 1 \end{align*}", r"\begin{align*} a &= 1\end{align*}"),
    ],
)
def test_marks_of_the_language_make_no_difference(french: str, english: str) -> None:
    require({"fr": french, "en": english}, locales(), HERE)


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("$a$", "$b$"),
        ("$a$ puis $b$", "$b$ then $a$"),
        ("$a$", "nothing"),
        ("rien", "$a$"),
        ("0,5", "0.6"),
        ("0,999", "0,999"),  # a decimal comma in English is a thousand
        ("dix", "10"),
        (r"\VAR{x.value}", r"\VAR{y.value}"),
        (r"\VAR{x|num(3)}", r"\VAR{x|num(2)}"),
        ("$x < 1$", r"$x \leq 1$"),
        (r"\[ a + b \]", r"\[ a - b \]"),
        (r"\begin{align*} a &= 1 \end{align*}", r"\begin{align*} a &= 2 \end{align*}"),
    ],
)
def test_another_formula_or_number_is_refused(french: str, english: str) -> None:
    error = differ(french, english)
    assert error.where == Where(HERE.file, HERE.line, HERE.question, None, "en")
    assert error.found
    assert error.expected


def test_what_is_found_is_in_order_and_neutral() -> None:
    source = r"On a $a , b$, 1,5 et \VAR{ f(x) } puis \[ d\,e. \] et \$ 3"
    assert contents(source, ",") == ["$a,b$", "1.5", r"\VAR{f(x)}", "$de$", "3"]


# --- what is printed -----------------------------------------------------------------------------


def at(line: int) -> Where:
    return Where("templates/questions/q1.tex.j2", line, "1")


FRENCH = [
    (
        r"La \hyperlink{figure.q1.loss}{figure~1.1} : 14\,450 mots, \ensuremath{0{,}25}, 0,5.%@ q",
        at(3),
    ),
    (r"\begin{alignat*}{2}", at(5)),
    (
        r"a &= \left[0{,}18;\, 0{,}88\right] &\quad& \solreason{on pose $u = 2$} \\ %@ q1.py:3",
        at(5),
    ),
    (r"  &= 3 \text{ si } u \tag*{\solmark{report.q1.a.fr}{démontré}{2 voies}}", at(5)),
    (r"\end{alignat*}", at(5)),
    (
        r"\solfigure{figure.q1.loss}{q1-fr}{FEFF}{\solcaption{french}{Figure 1.1}{Pour $y = 7$}}",
        at(6),
    ),
    (r"On a $b$\solsign{report.q1.b.fr}.", at(7)),
]
ENGLISH = [
    (
        r"\hyperlink{figure.q1.loss}{Figure~1.1}: 14{,}450 words, \ensuremath{0.25} and 0.5.%@ q",
        at(13),
    ),
    (r"\begin{alignat*}{2}", at(5)),
    (r"a &= \left[0.18,\, 0.88\right] &\quad& \solreason{set $u = 2$} \\ %@ q1.py:3", at(5)),
    (r"  &= 3 \text{ if } u \tag*{\solmark{report.q1.a.en}{proved}{2 roads}}", at(5)),
    (r"\end{alignat*}", at(5)),
    (r"We have $b$\solsign{report.q1.b.en}.", at(17)),
]


def test_final_latex_is_read_without_what_belongs_to_one_language() -> None:
    french, english = locales()
    shown = [item for item, _ in printed(FRENCH, french)]
    assert shown[:4] == ["1.1", "14450", "0.25", "0.5"]
    assert r"u=2" in shown
    assert shown[-1] == "b"
    assert shown == [item for item, _ in printed(ENGLISH, english)]
    require_printed(FRENCH, ENGLISH, locales())


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("0.25", "0.26", 13),
        ("14{,}450", "14{,}451", 13),
        ("Figure~1.1", "Figure~1.2", 13),
        ("0.18", "0.19", 5),
        ("u = 2", "u = 3", 5),
        ("&= 3", "&= -3", 5),
        ("$b$", "$c$", 17),
        ("We have $b$", "We have", 17),
    ],
)
def test_another_printed_formula_or_number_is_refused(old: str, new: str, line: int) -> None:
    changed = [(text.replace(old, new), source) for text, source in ENGLISH]
    with pytest.raises(TranslationError) as caught:
        require_printed(FRENCH, changed, locales())
    assert isinstance(caught.value.where, Where)
    assert caught.value.where.locale == "en"
    if new != "We have":
        assert caught.value.where.line == line


# --- seeded divergences of this exam -----------------------------------------------------------


def test_what_a_comment_hides_is_not_compared() -> None:
    source = "@fr\n$a$ % $b$\n@en\n$a$ \\#{ $c$ }\n@end\n"
    ((line, versions),) = passages(source, LANGUAGES)
    assert line == 1
    require(versions, locales(), HERE)


def pairs() -> Iterator[tuple[str, dict[str, str]]]:
    for path in sorted((ROOT / "templates" / "questions").glob("q*.tex.j2")):
        for line, versions in passages(path.read_text(encoding="utf-8"), LANGUAGES):
            yield f"{path.name}:{line}", versions


CHANGES = (
    ("a sign", r"(?<=[^{^_]) \+ (?=[^}])", " - "),
    ("an order", r"\\leq", "<"),
    ("a relation", r" < ", " > "),
    ("an exponent", r"\^2", "^3"),
    ("an index", r"_t\b", "_{t-1}"),
    ("a printed value", r"\\VAR\{(\w+)", r"\\VAR{x\1"),
    ("a number", r"(?<![\w{^_\\])2(?![\w}.,])", "3"),
    ("a formula", r"\$[^$]{3,}\$", ""),
)


def divergences() -> list[tuple[str, str, str]]:
    """(what, French, English): one place of one English passage changed."""
    found = []
    for place, versions in pairs():
        for what, old, new in CHANGES:
            changed = re.sub(old, new, versions["en"], count=1)
            if changed != versions["en"]:
                found.append((f"{place} {what}", versions["fr"], changed))
        items = contents(versions["en"], ".")
        if len(items) > 1 and items != items[::-1]:
            swapped = "\n".join(reversed(versions["en"].split("\n")))
            if contents(swapped, ".") != items:
                found.append((f"{place} the order", versions["fr"], swapped))
        if contents(versions["fr"], ",") and not contents("", ","):
            found.append((f"{place} a lost side", versions["fr"], "To be translated."))
    return found


def test_this_exam_says_the_same_in_both_languages() -> None:
    count = 0
    for place, versions in pairs():
        require(versions, locales(), Where(place))
        count += len(contents(versions["fr"], ","))
    assert count > 500


def test_every_seeded_divergence_is_seen() -> None:
    seeded = divergences()
    missed = []
    for what, french, english in seeded:
        try:
            require({"fr": french, "en": english}, locales(), HERE)
        except TranslationError:
            continue
        missed.append(what)
    assert len(seeded) >= 300
    assert not missed
