"""Languages are data, and the data agree."""

import re
import tomllib
from importlib.resources import files
from string import Formatter

import pytest
from support import locales

from solgen.errors import TranslationError
from solgen.locales import load_locales

french, english = locales()


def _shipped():
    folder = files("solgen") / "words"
    return {
        entry.name: tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }


def _fields(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_language_has_the_same_words_with_the_same_fields():
    languages = _shipped()
    model = languages.pop("en.toml")
    assert languages
    for data in languages.values():
        for section in ("words", "counted", "roads", "kinds"):
            assert data[section].keys() == model[section].keys()
        for key, sentence in model["words"].items():
            assert _fields(data["words"][key]) == _fields(sentence), key
        for key, forms in model["counted"].items():
            assert _fields(data["counted"][key]["many"]) == _fields(forms["many"]), key


def test_every_word_that_is_shipped_is_used():
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (files("solgen")).iterdir()
        if path.name.endswith(".py")
    )
    sections = {"given", "answer", "solution", "limits", "mistakes", "erratum", "proved", "sampled"}
    for key in _shipped()["en.toml"]["words"]:
        assert key in sections or re.search(rf"['\"]{key}['\"]", sources), key


def test_one_and_many():
    assert french.count("points", 1) == "point"
    assert french.count("points", 2) == "points"
    assert english.count("compared_digits", 3, d=12) == "3 values compared in 12 digits"


def test_parts_are_called_as_each_language_does():
    assert (french.part("d"), english.part("d")) == ("d)", "(d)")


def test_an_unknown_word_names_the_file_to_edit():
    with pytest.raises(TranslationError, match=re.escape("words/fr.toml")):
        french.word("nonesuch")


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [(7, "7", "7"), (-1234, "-1234", "-1234"), (14450688, r"14\,450\,688", "14{,}450{,}688")],
)
def test_integers_are_grouped_from_five_digits_on(value, fr, en):
    assert (french.integer(value), english.integer(value)) == (fr, en)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('name = "English"', "name = English", 2, "is not TOML"),
        ('name = "English"', "name = '\\input{x}'", 2, r"in name \input is refused"),
        ("idioms = [", "idioms = ['(', ", None, "a pattern cannot be read"),
    ],
)
def test_words_of_an_exam_s_own_are_refused_at_their_line(project, old, new, line, words):
    text = (files("solgen") / "words" / "en.toml").read_text(encoding="utf-8")
    assert old in text
    own = project.templates / "words" / "en.toml"
    own.parent.mkdir()
    own.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TranslationError) as caught:
        load_locales(project)
    assert words in caught.value.message
    assert caught.value.where.file == "words/en.toml"
    assert line is None or abs(caught.value.where.line - line) <= 3


def test_words_in_another_encoding_are_refused(project):
    own = project.templates / "words" / "en.toml"
    own.parent.mkdir()
    own.write_bytes(b'name = "\xe9"')
    with pytest.raises(TranslationError, match="is not UTF-8"):
        load_locales(project)
