"""Question 1: a slope, a sum of data, a figure of other data."""

from pathlib import Path

from sympy import Reals

from questions.phrases import CAPTION, DEGREE, POWER_RULE
from solgen import (
    Answer,
    Check,
    Derivation,
    Figure,
    Part,
    Question,
    Step,
    Text,
    agree,
    by_slope,
    derivative,
    equal,
    power,
    symbol,
    times,
)

HERE = Path(__file__).parent

x = symbol("x", Reals, fr="abscisse", en="abscissa")
V = symbol("V", Reals, value=x**DEGREE, fr="volume", en="volume")

slope = Derivation(
    r"\frac{dV}{dx}",
    value=derivative(V, x),
    steps=[Step(times(DEGREE, power(x, DEGREE - 1)), POWER_RULE)],
    checks=[by_slope(V, x)],
)

data = tuple(map(int, (HERE / "data.csv").read_text(encoding="utf-8").split()))


def check_terms(answer):
    return equal(answer, sum(data))


def check_digits(answer):
    digits = int((HERE / "digits.csv").read_text(encoding="utf-8"))
    return agree(answer, float(sum(reversed(data))), digits=digits)


total = Answer(
    " + ".join(map(str, data)),
    sum(data),
    checks=[
        Check("enumeration", check_terms, fr="somme terme à terme", en="sum term by term"),
        Check("numeric", check_digits, fr="somme à rebours", en="sum in reverse"),
    ],
)


def points(name):
    lines = (HERE / name).read_text(encoding="utf-8").split()
    return [tuple(map(float, line.split(","))) for line in lines]


def colour():
    try:
        return (HERE / "colour.txt").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return "blue"


def draw_cube(ax, say):
    ax.plot(*zip(*points("curve.csv"), strict=True), colour(), label=say(fr="volume", en="volume"))
    ax.plot(*zip(*points("chord.csv"), strict=True), label=say(fr="corde", en="chord"))
    ax.legend()


question = Question(
    title=Text(fr="Une pente", en="A slope"),
    parts=[Part("a", points=2, answers=[slope]), Part("b", points=1, answers=[total])],
    figures=[
        Figure(
            "cube",
            draw_cube,
            caption=CAPTION,
            alt=Text(fr="Une courbe qui monte.", en="A rising curve."),
        )
    ],
)
