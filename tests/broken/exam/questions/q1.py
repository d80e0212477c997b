"""Question 1: a slope, a sum and a figure."""

from questions.phrases import POWER_RULE
from solgen import (
    Answer,
    Check,
    Derivation,
    Figure,
    Part,
    Question,
    Step,
    Table,
    Term,
    Text,
    agree,
    by_slope,
    derivative,
    equal,
    holds,
    power,
    symbol,
    times,
)
from sympy import Interval, Rational, Reals, S, exp, log, oo, sqrt

x = symbol("x", Reals, fr="abscisse", en="abscissa")
V = symbol("V", Reals, value=x**3, fr="volume", en="volume")

slope = Derivation(
    r"\frac{dV}{dx}",
    value=derivative(V, x),
    steps=[Step(times(3, power(x, 2)), POWER_RULE)],
    checks=[by_slope(V, x)],
)


def check_terms(answer):
    return equal(answer, sum(range(1, 5)))


def check_pairs(answer):
    return equal(2 * answer, 4 * (1 + 4))


total = Answer(
    "1 + 2 + 3 + 4",
    10,
    checks=[
        Check("enumeration", check_terms, fr="somme terme à terme", en="sum term by term"),
        Check("identity", check_pairs, fr="sommes par paires", en="sums of pairs"),
    ],
)


def draw_cube(ax, say):
    ax.plot([0, 1, 2], [0, 1, 8], label=say(fr="volume", en="volume"))
    ax.legend()


question = Question(
    title=Text(fr="Une pente", en="A slope"),
    parts=[Part("a", points=2, answers=[slope]), Part("b", points=1, answers=[total])],
    figures=[
        Figure(
            "cube",
            draw_cube,
            caption=Text(fr="Le volume.", en="The volume."),
            alt=Text(fr="Une courbe qui monte.", en="A rising curve."),
        )
    ],
)
