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
