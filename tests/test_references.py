"""References: what a citation prints, and how works cited alike are told apart."""

from __future__ import annotations

import pytest

from solgen.errors import QuestionError, TemplateError
from solgen.project import Project
from solgen.references import FILE, cited, find, listed, load_works
from tests.support import locales

ENTRIES = """
[one]
authors = ["Lovelace, A."]
year = 1843
title = "Notes & more"
venue = "Scientific Memoirs"
[two]
authors = ["Kingma, D. P.", "Welling, M."]
year = 2014
title = "B"
venue = "ICLR"
[three]
authors = ["Cho, K.", "Bahdanau, D.", "Bengio, Y."]
year = 2014
title = "Z"
venue = "EMNLP"
[four]
authors = ["Cho, K.", "van Merriënboer, B.", "Bengio, Y."]
year = 2014
title = "A"
venue = "SSST"
"""


@pytest.fixture
def exam(project: Project) -> Project:
    (project.root / FILE).write_text(ENTRIES, encoding="utf-8")
    return project


def test_a_citation_speaks_the_language(exam: Project) -> None:
    works = load_works(exam)
    french, english = locales()
    assert cited(works["two"], french).endswith("{Kingma~et~Welling~(2014)}")
    assert cited(works["two"], english).endswith("{Kingma~and~Welling~(2014)}")
    assert cited(works["one"], english).endswith("{Lovelace~(1843)}")


def test_works_cited_alike_get_letters_in_the_order_of_their_titles(exam: Project) -> None:
    works = load_works(exam)
    english = locales()[1]
    assert cited(works["three"], english).endswith("{Cho~et~al.~(2014b)}")
    assert cited(works["four"], english).endswith("{Cho~et~al.~(2014a)}")
    assert "Bengio, Y. (2014b)" in listed(works["three"], english)


def test_the_entry_is_escaped_and_names_everybody(exam: Project) -> None:
    french = locales()[0]
    assert r"{Notes \& more}" in listed(load_works(exam)["one"], french)
    assert "Cho, K., van Merriënboer, B. et Bengio, Y." in listed(load_works(exam)["four"], french)


def test_without_a_file_nothing_can_be_cited(project: Project) -> None:
    assert load_works(project) == {}
    with pytest.raises(TemplateError, match="no entry 'one'"):
        find({}, "one")


@pytest.mark.parametrize(
    "text",
    ["x", "[a]\nyear = 1\n", '[a]\nauthors = []\nyear = 1\ntitle = "t"\nvenue = "v"\n', "a = 1\n"],
    ids=["not TOML", "not whole", "no author", "not a table"],
)
def test_a_broken_entry_is_refused(project: Project, text: str) -> None:
    (project.root / FILE).write_text(text, encoding="utf-8")
    with pytest.raises(QuestionError):
        load_works(project)
