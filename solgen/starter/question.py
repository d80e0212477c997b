"""Question N: a starter. Replace its mathematics, keep its order."""

from sympy import Interval, Rational, Reals, exp, log, oo

from solgen import (
    Answer,
    Check,
    Derivation,
    Figure,
    Instance,
    Part,
    Question,
    Step,
    Text,
    agree,
    by_slope,
    derivative,
    equal,
    over,
    symbol,
)

# Glossary: these names, in this order, become the notation table. A symbol has a domain, because
# answers are compared at points inside it; `value` says what it abbreviates.
a = symbol("a", Reals, fr="préactivation", en="preactivation")
s = symbol("s", Interval.open(0, oo), value=log(1 + exp(a)), fr="sortie", en="output")

# Part (a). A derivation is the chain of forms the reader will see. Every step is compared with
# `value`, which SymPy finds from the definition; `by_slope` measures the slope numerically.
ds_da = Derivation(
    r"\frac{ds}{da}",
    value=derivative(s, a),
    steps=[
        Step(
            over(exp(a), 1 + exp(a)),
            Text(fr="règle de dérivation en chaîne", en="chain rule"),
        ),
        Step(1 / (1 + exp(-a)), Text(fr="on divise par $e^{a}$", en="divide by $e^{a}$")),
    ],
    checks=[by_slope(s, a)],
)


# Part (b). A check is a function of the answer: solgen also shows it wrong answers, and refuses a
# check that accepts them all. Every answer needs two different roads.
def check_definition(answer):
    return equal(answer, derivative(s, a).subs(a, 0))


def check_difference(answer):
    h = Rational(1, 10**12)
    rise = (log(1 + exp(h)) - log(1 + exp(-h))) / (2 * h)
    return agree(answer, rise, digits=20)


slope_at_zero = Answer(
    r"\left.\frac{ds}{da}\right|_{a=0}",
    Rational(1, 2),
    checks=[
        Check(
            "definition",
            check_definition,
            fr="dérivée de la définition, évaluée en 0",
            en="derivative of the definition, evaluated at 0",
        ),
        Check("numeric", check_difference, fr="différence centrée", en="central difference"),
    ],
)


# A figure is painted on axes that solgen made. `say` gives a label in the booklet's language.
def draw_softplus(ax, say):
    import numpy as np

    grid = np.linspace(-5, 5, 200)
    ax.plot(grid, np.logaddexp(0, grid), label=say(fr="sortie $s$", en="output $s$"))
    ax.plot(grid, 1 / (1 + np.exp(-grid)), label=r"$ds/da$")
    ax.set_xlabel("$a$")
    ax.legend()


# Every printed relation is read back and tried. This is what the text's own data stand for.
at_zero = Instance({a: 0}, parts="b")

question = Question(
    title=Text(fr="Une question de départ", en="A starter question"),
    parts=[
        Part("a", points=2, answers=[ds_da]),
        Part("b", points=1, answers=[slope_at_zero]),
    ],
    instances=[at_zero],
    figures=[
        Figure(
            "softplus",
            draw_softplus,
            caption=Text(
                fr="La sortie $s$ et sa dérivée.",
                en="The output $s$ and its derivative.",
            ),
            alt=Text(
                fr="Deux courbes croissantes : s, proche de zéro puis proche de la droite s = a ; "
                "sa dérivée, qui monte de 0 à 1.",
                en="Two increasing curves: s, close to zero, then close to the line s = a; "
                "its derivative, which rises from 0 to 1.",
            ),
        )
    ],
)
