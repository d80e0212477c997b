"""A question whose pieces do not fit together is refused (the messages: broken/cases)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from solgen.errors import QuestionError, SolgenError
from solgen.load import load
from solgen.project import Project, find_project

Edit = Callable[[str, str, str], None]
PARTS = 'parts=[Part("a", points=2, answers=[slope]), Part("b", points=1, answers=[total])]'


def message(project: Project) -> str:
    with pytest.raises(SolgenError) as caught:
        load(project, ["q1"])
    return caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('title=Text(fr="Une pente", en="A slope")', 'title="Slope"', "the title holds 'Slope'"),
        (PARTS, "parts=[slope, total]", "parts= holds"),
        ("answers=[total]", "answers=[10]", "part (b) holds 10"),
        ("checks=[by_slope(V, x)]", "checks=[print]", "checks= holds print"),
        ('caption=Text(fr="Le volume.", en="The volume.")', 'caption="V"', "caption= holds 'V'"),
        ("power(x, 2)), POWER_RULE)", 'power(x, 2)), "rule")', "a step's reason holds 'rule'"),
    ],
)
def test_a_list_holds_what_belongs_in_it(
    project: Project, edit: Edit, old: str, new: str, told: str
) -> None:
    edit("questions/q1.py", old, new)
    assert message(project).startswith(told)


def test_a_question_has_a_part(project: Project, edit: Edit) -> None:
    edit("questions/q1.py", PARTS, "parts=[]")
    assert message(project) == "the question has no part"


def test_the_only_part_may_have_any_letter_that_templates_can_name(
    project: Project, edit: Edit
) -> None:
    edit("questions/q1.py", PARTS, 'parts=[Part("c", points=3, answers=[slope, total])]')
    load(project, ["q1"])
    edit("questions/q1.py", 'Part("c"', 'Part("C"')
    assert message(project) == "the parts are not lettered in order"


@pytest.mark.parametrize(
    ("lhs", "told"),
    [
        (r"\frac{dV}{dx", "a brace is never closed"),
        (r"dV}", "a brace is closed that was never opened"),
        ("100 % V", "a percent sign would hide the rest"),
        ("$V$", "there is a dollar sign"),
        ("U & V", "there is an &"),
    ],
)
def test_a_left_side_is_a_whole_formula(project: Project, edit: Edit, lhs: str, told: str) -> None:
    edit("questions/q1.py", r"\frac{dV}{dx}", lhs)
    assert told in message(project)


def test_an_answer_needs_a_name(project: Project, edit: Edit) -> None:
    edit("questions/q1.py", "answers=[total]", 'answers=[Answer("2", 2, checks=total.checks)]')
    assert message(project) == "an answer of part (b) has no name"


def test_a_figure_that_no_question_lists_is_refused(project: Project, edit: Edit) -> None:
    edit(
        "questions/q1.py",
        "\nquestion = ",
        "\nspare = Figure('s', draw_cube, caption="
        "slope.steps[0].reason, alt=slope.steps[0].reason)\nquestion = ",
    )
    assert message(project) == "the figure spare is not in the question"


def test_two_figures_have_two_names(project: Project, edit: Edit) -> None:
    edit("questions/q1.py", "figures=[", "figures=2 * [")
    assert message(project) == "the figure 'cube' stands twice"


def test_a_check_used_inside_another_is_no_orphan(project: Project, edit: Edit) -> None:
    edit(
        "questions/q1.py",
        'Check("identity", check_pairs',
        'Check("identity", lambda answer: check_pairs(answer) + check_pairs(answer)',
    )
    load(project, ["q1"])


def test_a_table_may_hold_symbols_but_no_words(project: Project, edit: Edit) -> None:
    edit(
        "questions/q1.py",
        "\nquestion = ",
        '\ntable = Table(["$n$", ""], [[1, 2]], "rr")\nquestion = ',
    )
    load(project, ["q1"])
    edit("questions/q1.py", '"$n$"', '"number"')
    assert "'number' would be the same in every language" in message(project)


def test_points_are_free_where_the_exam_paper_states_none(project: Project, edit: Edit) -> None:
    edit("solgen.toml", "[exam.points]\nq1 = 3\n", "")
    load(find_project(project.root), ["q1"])


def test_points_must_agree_with_the_exam_paper(project: Project, edit: Edit) -> None:
    edit("solgen.toml", "q1 = 3", "q1 = 4")
    with pytest.raises(QuestionError) as caught:
        load(find_project(project.root), ["q1"])
    assert (caught.value.found, caught.value.expected) == ("2 + 1 = 3", "4 (solgen.toml)")
