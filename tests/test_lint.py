"""What is refused in the source of a question module."""

from __future__ import annotations

import pytest

from solgen.errors import QuestionError, Where
from solgen.lint import refuse

HERE = Where("questions/q1.py", None, "1")


def refused(source: str | bytes) -> QuestionError:
    data = source if isinstance(source, bytes) else source.encode()
    with pytest.raises(QuestionError) as caught:
        refuse(data, HERE)
    return caught.value


def line_of(error: QuestionError) -> int | None:
    assert isinstance(error.where, Where)
    return error.where.line


@pytest.mark.parametrize(
    "string",
    [r'"\neq"', r"'a \times b'", r'"""x\frac12"""', r'f"\theta{1}"', r'b"\rho"', r'"\\\nu"'],
)
def test_a_latex_command_that_python_swallows_is_refused(string: str) -> None:
    error = refused(f"x = 1\ny = {string}\n")
    assert "as a control character" in error.message
    assert line_of(error) == 2
    assert error.hint == r'a LaTeX command in Python needs a raw string: r"\neq", not "\neq"'


@pytest.mark.parametrize(
    "string",
    [r'r"\neq"', r'"\\neq"', r'"a\nb"', r'"\n"', r'rf"\theta{1}"', '"""\neq\nnot\n"""', r'"a\tb"'],
)
def test_other_strings_are_left_alone(string: str) -> None:
    refuse(f"y = {string}\n".encode(), HERE)


@pytest.mark.parametrize("string", [r'"\sigma"', r'"\xi"', r'"\underline{a}"', r'"\Nabla"'])
def test_an_escape_that_python_does_not_know_is_refused(string: str) -> None:
    error = refused(f"y = {string}\n")
    assert "needs a raw string" in str(error)
    assert error.found == f"y = {string}"


def test_the_line_of_a_long_string_is_the_line_of_the_command() -> None:
    assert line_of(refused('"""One.\n\nTwo \\neq.\n"""\n')) == 3


@pytest.mark.parametrize("source", ["x = (1,\n", "x = 1 is 1\n", b'x = "\xe9"\n', "x = \0\n"])
def test_what_python_cannot_read_is_one_message(source: str | bytes) -> None:
    error = refused(source)
    assert error.message.startswith("Python cannot read the module: ")
    assert line_of(error) == 1
    assert error.hint is not None


def test_a_byte_that_is_not_utf8_says_how_to_save() -> None:
    assert refused(b'x = "\xe9"\n').hint == "save the file as UTF-8"


def test_a_bare_assert_is_refused_wherever_it_hides() -> None:
    error = refused("def check(answer):\n    if answer:\n        assert answer == 1\n")
    assert (line_of(error), error.found) == (3, "assert answer == 1")


def test_a_name_may_be_defined_once() -> None:
    error = refused("def check_a(x): return x\n\ndef check_a(x): return -x\n")
    assert error.message == "the name check_a is defined twice, first at line 1"
    assert line_of(error) == 3


DERIVATION = "d = Derivation('y', {value}, [Step(a), Step({step}, REASON)])\n"


@pytest.mark.parametrize(
    ("before", "value", "step"),
    [
        ("", "f( x )", "f(x)"),
        ("", "value=f(x), steps=[Step(form=f(x))]; ", ""),
        ("found = f(x)\n", "found", "f(x)"),
        ("found = f(x)\n", "found", "found"),
    ],
)
def test_a_step_written_like_its_value_is_circular(before: str, value: str, step: str) -> None:
    source = DERIVATION.format(value=value, step=step)
    if not step:
        source = "d = Derivation('y', value=f(x), steps=[Step(form=f(x))])\n"
    error = refused(before + source)
    assert "it is compared with itself" in error.message
    assert line_of(error) == 1 + before.count("\n")


def test_a_step_written_otherwise_is_no_circle() -> None:
    refuse(DERIVATION.format(value="derivative(y, x)", step="2 * x").encode(), HERE)


@pytest.mark.parametrize(
    "source",
    [
        "def run(answer):\n    return agree(1, 1)\nc = Check('numeric', run)\n",
        "def run(answer):\n    answer = 3\n    return agree(1, 1)\nc = Check('numeric', run=run)\n",
        "c = Check('numeric', lambda answer: agree(1, 1))\n",
        "def make(n):\n def run(answer): return agree(n, n)\n return Check('numeric', run)\n",
    ],
)
def test_a_check_that_never_looks_at_the_answer_is_refused(source: str) -> None:
    assert "never looks at its argument answer" in refused(source).message


def test_a_function_that_is_no_check_may_ignore_its_argument() -> None:
    refuse(
        b"def draw(ax, say):\n    pass\ndef run(a):\n    return agree(a, 1)\nCheck('x', run)\n",
        HERE,
    )


def test_two_factories_may_each_have_an_inner_check_of_the_same_name() -> None:
    source = (
        "def one(n):\n    def check(a):\n        return agree(a, n)\n    return Check('x', check)\n"
        "def two(n):\n    def check(b):\n        return agree(n, n)\n    return Check('x', check)\n"
    )
    assert line_of(refused(source)) == 6


@pytest.mark.parametrize(
    "source",
    ["Rational(1 / 3)", "Rational(0.1)", "sympy.S(-1.5)", "S(2 * 0.5)", "sympify(1 / 2 + x)"],
)
def test_a_float_may_not_pass_for_an_exact_number(source: str) -> None:
    error = refused(f"x = 1\ny = {source}\n")
    assert "gets a float" in error.message
    assert line_of(error) == 2


@pytest.mark.parametrize(
    "source", ["Rational(1, 3)", "Rational('0.1')", "S(1) / 3", "S(n / 2)", "float(1 / 3)"]
)
def test_exact_numbers_are_left_alone(source: str) -> None:
    refuse(f"y = {source}\n".encode(), HERE)


@pytest.mark.parametrize(
    "source",
    ["import matplotlib.pyplot as plt", "from matplotlib import pyplot", "from pylab import plot"],
)
def test_figures_that_all_questions_share_are_refused(source: str) -> None:
    assert refused(f"x = 1\n{source}\n").message.startswith("pyplot draws on figures")
    refuse(b"from matplotlib.patches import Circle\n", HERE)


def test_an_invisible_character_is_refused_wherever_it_stands() -> None:
    error = refused('x = 1\n# harmless\u202e\ny = "a"\n')
    assert "invisible character U+202E" in error.message
    assert line_of(error) == 2


def test_another_encoding_is_refused_even_where_python_reads_it() -> None:
    error = refused(b"# coding: latin-1\nx = '\xe9'\n")
    assert error.message == "the module is not UTF-8"
    assert line_of(error) == 2


def test_a_comparison_in_a_tuple_is_refused() -> None:
    assert "always true" in refused('assert (x == 1, "one")\n').message
