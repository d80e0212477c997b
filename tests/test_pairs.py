"""Every text of a question is found with its place, and its seal holds until a letter changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from solgen import review, shape
from solgen.errors import QuestionError
from solgen.load import load
from solgen.pairs import accept, pairs, unsealed
from solgen.project import Project, find_project
from tests.support import ROOT

Edit = Callable[[str, str, str], None]
TEMPLATE = "templates/questions/q1.tex.j2"


def keys(project: Project) -> list[str]:
    return [pair.key for pair in unsealed(project, "q1")]


def test_the_pairs_of_a_question_are_named_by_their_place(project: Project) -> None:
    found = {pair.key: pair for pair in pairs(project, "q1")}
    assert list(found)[:4] == ["given.1", "a.given.1", "a.answer.1", "a.solution.1"]
    assert {"b.solution.1", "text.x.symbol.1", "text.total.check.2"} <= set(found)
    assert {"text.draw_cube.say.1", "text.question.caption.1"} <= set(found)
    assert found["a.given.1"].versions["fr"].strip() == "Dérivez $V$."
    assert str(found["a.given.1"].where) == f"{TEMPLATE}:8, question 1, part (a)"


def test_phrases_of_a_neighbour_are_sealed_with_the_question(project: Project, edit: Edit) -> None:
    accept(project, "q1")
    edit("questions/phrases.py", "power rule", "rule of powers")
    assert keys(project) == ["phrases.POWER_RULE.1"]


def test_the_exam_s_texts_are_found() -> None:
    """All but those that Python composes: they are sealed as the expression that makes them."""
    project = find_project(ROOT)
    for loaded in load(project, ["q3", "q6"]):
        found = [pair.versions for pair in pairs(project, loaded.name)]
        texts = [text.versions for text in shape._texts(loaded.question, loaded.namespace)]
        spoken = [text for text in texts if "$" not in text["fr"]]
        assert len(spoken) > 60
        assert not [text for text in spoken if text not in found and text["fr"] != text["en"]]


def test_texts_that_several_lines_share_are_read(project: Project, edit: Edit) -> None:
    both = 'BOTH = {"fr": "les deux", "en": "both"}\n'
    edit("questions/q1.py", "def check_terms", f"{both}\n\ndef check_terms")
    found = {pair.key: pair.versions for pair in pairs(project, "q1")}
    assert found["text.BOTH.1"] == {"fr": "les deux", "en": "both"}


def test_accepting_seals_and_an_edit_of_either_side_unseals(project: Project, edit: Edit) -> None:
    everything = keys(project)
    assert [pair.key for pair in accept(project, "q1", ["a.given.1"])] == ["a.given.1"]
    assert keys(project) == [key for key in everything if key != "a.given.1"]
    accept(project, "q1")
    assert keys(project) == []
    edit(TEMPLATE, "Dérivez $V$.", "Dériver $V$.")
    assert keys(project) == ["a.given.1"]
    edit(TEMPLATE, "Dériver $V$.", "Dérivez $V$.")
    assert keys(project) == []
    edit(TEMPLATE, "Differentiate $V$.", "Derive $V$.")
    edit("questions/q1.py", 'fr="somme terme à terme"', 'fr="somme"')
    assert keys(project) == ["a.given.1", "text.total.check.1"]


def test_a_passage_that_moves_keeps_its_seal(project: Project, edit: Edit) -> None:
    accept(project, "q1")
    new = "@fr\nAvant tout, une note.\n@en\nFirst of all, a note.\n@end\n"
    edit(TEMPLATE, "@solution\n\\VAR{show(slope)}\n", f"@solution\n{new}\\VAR{{show(slope)}}\n")
    assert keys(project) == ["a.solution.1"]
    accept(project, "q1")
    seals = review.load(project, "q1").seals
    assert {pair.key: pair.seal for pair in pairs(project, "q1")} == seals


def test_accepting_one_pair_keeps_what_else_the_file_says(project: Project) -> None:
    kept = review.Review(given={"a": ("y = 1",)}, excused={"0" * 16: "a reason"})
    review.save(project, "q1", kept)
    accept(project, "q1", ["b.given.1"])
    found = review.load(project, "q1")
    assert (found.given, found.excused, list(found.seals)) == (
        kept.given,
        kept.excused,
        ["b.given.1"],
    )


def test_a_key_of_no_pair_is_refused(project: Project) -> None:
    with pytest.raises(QuestionError, match=r"there is no pair z\.given\.1"):
        accept(project, "q1", ["z.given.1"])
    assert not review.path(project, "q1").exists()


def test_a_helper_that_takes_the_languages_in_order_is_read(project: Project, edit: Edit) -> None:
    helper = "def real(name, fr, en):\n    return symbol(name, Reals, fr=fr, en=en)\n\n\n"
    edit("questions/q1.py", 'x = symbol("x", Reals, fr="abscisse", en="abscissa")',
         f'{helper}x = real("x", "abscisse", "abscissa")')  # fmt: skip
    found = [p for p in pairs(project, "q1") if p.key.startswith("text.x")]
    assert [p.versions for p in found] == [{"fr": "abscisse", "en": "abscissa"}]
    assert not [p for p in pairs(project, "q1") if p.key.startswith("text.real")]
