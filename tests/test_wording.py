"""The words of two languages: each side in its own, and none says the opposite of the other."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import pytest

from solgen.errors import TranslationError, Where
from solgen.wording import require, seal, sentences
from tests.support import locales

HERE = Where("templates/questions/q1.tex.j2", 3, "1")


def differ(french: str, english: str) -> TranslationError:
    with pytest.raises(TranslationError) as caught:
        require({"fr": french, "en": english}, locales(), HERE)
    return caught.value


@pytest.mark.parametrize(
    ("french", "english", "concept"),
    [
        ("La borne supérieure.", "The lower bound.", "bound"),
        ("Le taux décroît avec le temps.", "The rate increases with time.", "trend"),
        ("Il vaut au plus 1.", "It is at least 1.", "atmost"),
        ("Il ne dépasse jamais 1.", "It is at least 1.", "atmost"),
        ("Avant la correction.", "After the correction.", "time"),
        ("Il faut moins d'itérations.", "It takes more iterations.", "amount"),
        ("Le plus petit pas.", "The largest step.", "extreme"),
        ("Un poids plus grand.", "A smaller weight.", "size"),
        ("Un gradient négatif.", "A positive gradient.", "sign"),
        ("La perte est convexe.", "The loss is concave.", "curvature"),
        ("À gauche, la perte.", "On the right, the loss.", "side"),
        ("La première couche.", "The second layer.", "rank"),
        ("Il croît toujours.", "It never grows.", "ever"),
        ("Il converge plus vite.", "It converges more slowly.", "speed"),
        ("Le gradient disparaît.", "The gradient explodes.", "gradient"),
        ("Le réseau avec biais.", "The network without biases.", "absence"),
        ("Le réseau sans correction.", "The network with correction.", "absence"),
    ],
)
def test_opposite_words_are_refused(french: str, english: str, concept: str) -> None:
    error = differ(french, english)
    assert error.where == Where(HERE.file, HERE.line, HERE.question, None, "en")
    assert f"({concept})" in error.message
    assert "(en)" in str(error.found)
    assert "(fr)" in str(error.expected)


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("La borne ne dépasse jamais 1.", "The bound is at most 1."),
        ("Il n'est pas plus grand.", "It is not larger."),
        ("Il est au plus égal à 1.", "It is not larger than 1."),
        ("Il ne dépend plus de $x$.", "It no longer depends on $x$."),
        ("D'après la partie b), il croît.", "By part (b), it grows."),
        ("Le réseau a raison ; la droite est à gauche.", "The network is right; the line is left."),
        ("Un estimateur sans biais.", "An unbiased estimator."),
        ("Il monte, puis descend.", "It first rises, then falls."),
        ("La plus petite valeur est à droite.", "The least value is on the right."),
    ],
)
def test_other_words_for_the_same_are_not(french: str, english: str) -> None:
    require({"fr": french, "en": english}, locales(), HERE)


def test_sentences_are_compared_one_by_one_where_there_are_as_many() -> None:
    error = differ("Il croît. Elle décroît.", "It decreases. It increases.")
    assert "croît (fr), in: Il croît." in str(error.expected)
    require({"fr": "Il croît, elle décroît.", "en": "It decreases. It increases."}, locales(), HERE)


def test_a_side_in_another_language_is_refused() -> None:
    french, english = "La sortie est celle du réseau.", "The output is that of the network."
    for sides, code in (((english, english), "fr"), ((french, french), "en")):
        error = differ(*sides)
        assert isinstance(error.where, Where)
        assert error.where.locale == code
        assert "reads as" in error.message
    assert "the fr version reads as English" in differ(english, french).message


def test_a_name_or_a_term_of_the_other_language_is_not_a_swapped_side() -> None:
    french = r"Le gradient s'évanouit (\emph{the vanishing of the gradient is what it is})."
    require({"fr": french, "en": "The gradient vanishes."}, locales(), HERE)
    require({"fr": "formule de Ribière", "en": "Ribière formula"}, locales(), HERE)


def test_mathematics_is_not_read_as_words() -> None:
    assert sentences("On a $a.\nb$ et \\VAR{x.more}.\n\\item Fin.") == ["On a # et # .", "Fin."]


def test_an_excused_pair_is_let_through_and_only_as_it_stands() -> None:
    versions = {"fr": "La borne supérieure.", "en": "The lower bound."}
    error = differ(*versions.values())
    assert seal(versions) in str(error.hint)
    require(versions, locales(), HERE, {seal(versions)})
    with pytest.raises(TranslationError):
        require({**versions, "en": "A lower bound."}, locales(), HERE, {seal(versions)})


def test_a_seal_depends_on_both_texts_and_on_whose_they_are() -> None:
    versions = {"fr": "un", "en": "one"}
    others = ({"fr": "une", "en": "one"}, {"fr": "un", "en": "an"}, {"fr": "one", "en": "un"})
    assert re.fullmatch("[0-9a-f]{16}", seal(versions))
    assert seal({"en": "  one\n", "fr": "un"}) == seal(versions)
    assert seal(versions) not in map(seal, others)


def test_every_language_has_the_same_concepts() -> None:
    read = [
        tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in (files("solgen") / "words").iterdir()
    ]
    assert len(read) > 1
    for table in ("poles", "denials"):
        assert len({frozenset(data[table]) for data in read}) == 1
