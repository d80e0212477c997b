"""Question 1: one sigmoid output, two losses.

Everything follows from three definitions: the output f = g(a), the cross-entropy L_CE and the
squared error L_MSE. Derivatives are taken in the pre-activation a, the target y being fixed.
"""

import mpmath
import numpy as np
from sympy import Abs, Derivative, Interval, Matrix, Max, Rational, Reals
from sympy import diff, exp, lambdify, limit, log, oo, pi, solve, sqrt, tanh

from questions.phrases import CANCEL, CHAIN_RULE, COLLECT, COMMON_DENOMINATOR, COMPLETE_SQUARE
from questions.phrases import DEFINITION, INVERSE_RULE, LOG_RULE, SUBSTITUTE
from solgen import Answer, Check, Derivation, Figure, Instance, Key, Mark, Part, Question, Step
from solgen import Term, Text, agree, by_slope, derivative, equal, equals, holds, unfold
from solgen import over, plus, power, symbol, times

CE, MSE = r"L_{\mathrm{CE}}", r"L_{\mathrm{MSE}}"
CE_SLOPE, MSE_SLOPE = (rf"\frac{{\partial {loss}}}{{\partial a}}" for loss in (CE, MSE))
UNIT, POSITIVE = Interval.open(0, 1), Interval.open(0, oo)
HALF, TENTHS = Rational(1, 2), [Rational(k, 10) for k in range(1, 10)]

# --- glossary: notation and definitions -----------------------------------------------------
x = Term(r"\boldsymbol{x}", fr="entrée du réseau", en="network input")
theta = Term(r"\boldsymbol{\theta}", fr="paramètres du réseau", en="network parameters")
g = Term("g", fr="fonction d'activation de sortie", en="output activation function")
y = symbol(
    "y", {0, 1}, fr="cible, 1 pour la classe positive", en="target, 1 for the positive class"
)
a = symbol("a", Reals, fr="préactivation de sortie", en="output pre-activation")
f = symbol("f", UNIT, value=1 / (1 + exp(-a)), fr="sortie du réseau", en="network output")
L_CE = symbol(
    "L_CE",
    POSITIVE,
    value=-y * log(f) - (1 - y) * log(1 - f),
    latex=CE,
    fr="entropie croisée",
    en="cross-entropy",
)
L_MSE = symbol(
    "L_MSE", UNIT, value=(f - y) ** 2, latex=MSE, fr="erreur quadratique", en="squared error"
)
a0 = symbol("a_0", Reals, fr="préactivation de la classe 0", en="pre-activation of class 0")
a1 = symbol("a_1", Reals, fr="préactivation de la classe 1", en="pre-activation of class 1")
P = Term("P", fr="probabilité, ou loi", en="probability, or distribution")
p = symbol(
    "p",
    UNIT,
    fr=r"vraie probabilité de $y = 1$ sachant $\boldsymbol{x}$",
    en=r"true probability of $y = 1$ given $\boldsymbol{x}$",
)
q = symbol("q", UNIT, fr="probabilité annoncée", en="announced probability")
R = symbol(
    "R",
    POSITIVE,
    value=-p * log(q) - (1 - p) * log(1 - q),
    fr="espérance de l'entropie croisée si l'on annonce $q$",
    en="expected cross-entropy when $q$ is announced",
)
B = symbol(
    "B",
    UNIT,
    value=p * (1 - q) ** 2 + (1 - p) * q**2,
    fr="espérance de l'erreur quadratique si l'on annonce $q$",
    en="expected squared error when $q$ is announced",
)
u = Term("u", fr="fonction à dériver, dans une règle", en="function to differentiate, in a rule")
N = Term("N", fr="nombre d'exemples d'une moyenne", en="number of examples in a mean")
f_top = Term(
    r"f^\star",
    fr="sortie où, pour $y = 1$, la dérivée de l'erreur quadratique par rapport à $a$ est la plus "
    "grande en valeur absolue",
    en="output where, for $y = 1$, the derivative of the squared error with respect to $a$ is "
    "largest in absolute value",
)
a_top = Term(r"a^\star", fr="préactivation de cette sortie", en="pre-activation of that output")
lone_input = symbol(
    "x", Reals, fr="entrée du réseau à deux poids", en="input of the network with two weights"
)
w1 = symbol("w_1", Reals, fr="poids caché, partie g)", en="hidden weight, part (g)")
w2 = symbol("w_2", Reals, fr="poids de sortie, partie g)", en="output weight, part (g)")
J = symbol(
    "J",
    POSITIVE,
    value=log(1 + exp(-w2 * tanh(w1))),
    fr="entropie croisée du réseau à deux poids, partie g)",
    en="cross-entropy of the network with two weights, part (g)",
)
nabla_J = Term(r"\nabla J", fr="gradient de $J$", en="gradient of $J$")
nabla2_J = Term(r"\nabla^2 J", fr="hessienne de $J$", en="Hessian of $J$")


# --- roads through numbers: mpmath computes anew, from the words of the definitions ----------
def sigmoid_at(t):
    return 1 / (1 + mpmath.exp(-t))


def cross_entropy_at(t, target):
    return -mpmath.log(sigmoid_at(t) if target else 1 - sigmoid_at(t))


def squared_error_at(t, target):
    return (sigmoid_at(t) - target) ** 2


def slope_at(loss, t, target, order=1):
    """The slope of a loss in the pre-activation (or its curvature), measured, not derived."""
    values = {L_CE: cross_entropy_at, L_MSE: squared_error_at}[loss]
    return mpmath.diff(lambda u: values(u, target), t, order)


def on_grid(function, **meaning):
    """A check that compares the answer with `function(a, y)` at 13 values of a, for each y.

    Unlike solgen's `by_value`, it stays where slopes can be measured and log-odds inverted.
    """

    def check(answer):
        grid = [(t, target) for t in range(-6, 7) for target in (0, 1)]
        with mpmath.workdps(60):
            expected = [function(mpmath.mpf(t), target) for t, target in grid]
        found = [unfold(answer).subs({a: t, y: target}) for t, target in grid]
        return agree(found, expected, digits=20)

    return Check("numeric", check, **meaning)


# --- answers of one kind ----------------------------------------------------------------------
def slope(lhs, function, variable, *steps, order=1):
    """A derivative: SymPy's, with which every step is compared, and the measured slope."""
    value, measured = derivative(function, variable, order), by_slope(function, variable, order)
    return Derivation(lhs, value, steps, [measured])


def at(target, lhs):
    return rf"\left.{lhs}\right|_{{y = {target}}}"


# --- (a) the sigmoid --------------------------------------------------------------------------
def invert_log_odds(t, _target):
    """The v in (0, 1) whose log-odds is t, found between two ends and not from a formula."""
    ends = mpmath.mpf("0.001"), mpmath.mpf("0.999")
    return mpmath.findroot(lambda v: mpmath.log(v) - mpmath.log(1 - v) - t, ends, solver="ridder")


def check_range(answer):
    ends = [limit(unfold(answer), a, end) for end in (-oo, oo)]
    slopes = [derivative(answer, a).subs(a, t) > 0 for t in range(-5, 6)]
    return equal(ends, [0, 1]) + holds(slopes, "the function increases")


def check_odds(answer):
    return equal(answer / (1 - answer), exp(a1) / exp(a0))


sigmoid = Derivation(
    "g(a)",
    value=solve(q / (1 - q) - exp(a), q)[0],
    steps=[
        Step(over(exp(a), plus(1, exp(a))), Text(fr="on isole $f$", en="solve for $f$")),
        Step(over(1, plus(1, exp(-a))), Text(fr="on divise par $e^{a}$", en="divide by $e^{a}$")),
    ],
    checks=[
        on_grid(invert_log_odds, fr="log-cote inversée", en="log-odds inverted"),
        equals(
            derivative(log(1 + exp(a)), a),
            "identity",
            fr="moyenne de la loi $e^{ya}/(1+e^{a})$",
            en="mean of the distribution $e^{ya}/(1+e^{a})$",
        ),
        Check("limit", check_range, fr="limites 0 et 1, croissance", en="limits 0 and 1, growth"),
    ],
)

bernoulli = Derivation(
    "f^{y} (1 - f)^{1 - y}",
    value=f**y * (1 - f) ** (1 - y),
    road="definition",
    steps=[Step(over(exp(times(y, a)), plus(1, exp(a))))],
    checks=[
        on_grid(
            lambda t, target: sigmoid_at(t) if target else 1 - sigmoid_at(t),
            fr="une étiquette après l'autre",
            en="one label after the other",
        )
    ],
)

two_units = Derivation(
    r"\operatorname{softmax}(a_0, a_1)_1",
    value=exp(a1) / (exp(a0) + exp(a1)),
    road="definition",
    steps=[
        Step(over(exp(a1), plus(exp(a0), exp(a1))), DEFINITION),
        Step(
            over(1, plus(1, exp(a0 - a1))),
            Text(fr="on divise par $e^{a_1}$", en="divide by $e^{a_1}$"),
        ),
    ],
    checks=[
        Check("identity", check_odds, fr="cote $e^{a_1}/e^{a_0}$", en="odds $e^{a_1}/e^{a_0}$")
    ],
)

rescaled_tanh = Derivation(
    r"\frac{1 + \tanh a}{2}",
    value=((1 + tanh(a)) / 2).rewrite(exp),
    steps=[Step(over(1, plus(1, exp(-2 * a))))],
    checks=[
        on_grid(lambda t, _y: (1 + mpmath.tanh(t)) / 2, fr="valeurs de tanh", en="values of tanh")
    ],
)


# --- (b) what the output estimates ------------------------------------------------------------
def check_stationary(answer):
    return equal([answer], solve(diff(R.value, q), q))


def check_best(answer):
    """For each p among the tenths, the hundredth that costs least when it is announced."""
    cost = lambdify((p, q), R.value)
    best = [min(range(1, 100), key=lambda k, u=float(u): cost(u, k / 100)) for u in TENTHS]
    return equal([100 * answer.subs(p, u) for u in TENTHS], best)


dR_dq = slope(
    r"\frac{\mathrm{d}R}{\mathrm{d}q}",
    R,
    q,
    Step(plus(-over(p, q), over(1 - p, 1 - q))),
    Step(over(plus(-times(p, 1 - q), times(1 - p, q)), times(q, 1 - q)), COMMON_DENOMINATOR),
    Step(over(plus(q, -p), times(q, 1 - q)), CANCEL),
)

honest = Answer(
    r"\operatorname*{arg\,min}_{0 < q < 1} R(q)",
    p,
    checks=[
        Check("symbolic", check_stationary, fr="seule racine de $R'$", en="only root of $R'$"),
        Check(
            "enumeration",
            check_best,
            fr="la moins coûteuse de 99 annonces, pour neuf valeurs de $p$",
            en="the least costly of 99 announcements, for nine values of $p$",
        ),
    ],
)


# --- (c) cross-entropy ------------------------------------------------------------------------
def check_labels(answer):
    return equal([unfold(answer).subs(y, k) for k in (1, 0)], [-log(f), -log(1 - f)])


def check_divergence(answer):
    """For a target law (1 - p, p): its divergence from (1 - f, f), plus its entropy."""
    divergence = p * log(p / f) + (1 - p) * log((1 - p) / (1 - f))
    entropy = -p * log(p) - (1 - p) * log(1 - p)
    at_labels = equal([limit(entropy, p, 0), limit(entropy, p, 1, "-")], [0, 0])
    return equal(unfold(answer).subs(y, p), divergence + entropy) + at_labels


cross_entropy = Derivation(
    r"L_{\mathrm{CE}}(f, y)",
    value=-log(f**y * (1 - f) ** (1 - y)),
    road="definition",
    steps=[
        Step(
            -log(times(power(f, y), power(1 - f, 1 - y))),
            Text(fr="opposé de la log-vraisemblance", en="negative log-likelihood"),
        ),
        Step(
            plus(-times(y, log(f)), -times(1 - y, log(1 - f))),
            Text(fr="log d'un produit", en="log of a product"),
        ),
    ],
    checks=[
        Check("enumeration", check_labels, fr="étiquette par étiquette", en="label by label"),
        Check(
            "identity",
            check_divergence,
            fr="divergence de Kullback-Leibler plus entropie",
            en="Kullback-Leibler divergence plus entropy",
        ),
    ],
)


SAME_LOSS = equals(L_CE.value, "definition", fr="définition en $f$", en="definition in $f$")
SAME_VALUES = on_grid(
    lambda t, target: mpmath.log1p(mpmath.exp(-t if target else t)),
    fr=r"$\log(1 + e^{-a})$ si $y = 1$, $\log(1 + e^{a})$ si $y = 0$",
    en=r"$\log(1 + e^{-a})$ if $y = 1$, $\log(1 + e^{a})$ if $y = 0$",
)
margin_form = Answer(CE, log(plus(1, exp(-times(2 * y - 1, a)))), [SAME_LOSS, SAME_VALUES])

# --- (d) its derivative: by the chain rule, then from the loss written in a ---------------------
dCE_df = slope(
    r"\frac{\partial L_{\mathrm{CE}}}{\partial f}",
    L_CE,
    f,
    Step(plus(-over(y, f), over(1 - y, 1 - f)), LOG_RULE),
    Step(over(plus(-times(y, 1 - f), times(1 - y, f)), times(f, 1 - f)), COMMON_DENOMINATOR),
    Step(over(f - y, times(f, 1 - f)), CANCEL),
)

df_da = slope(
    r"\frac{\mathrm{d}f}{\mathrm{d}a}",
    f,
    a,
    Step(over(exp(-a), power(plus(1, exp(-a)), 2)), INVERSE_RULE),
    Step(times(over(1, plus(1, exp(-a))), over(exp(-a), plus(1, exp(-a))))),
    Step(times(f, 1 - f), DEFINITION),
)

dCE_da = slope(
    CE_SLOPE,
    L_CE,
    a,
    Step(times(Derivative(L_CE, f), Derivative(f, a)), CHAIN_RULE),
    Step(times(over(f - y, times(f, 1 - f)), f, 1 - f)),
    Step(f - y, CANCEL),
)

logit_form = Derivation(
    CE,
    value=L_CE.value,
    road="definition",
    steps=[
        Step(plus(-times(y, log(over(f, 1 - f))), -log(1 - f)), COLLECT),
        Step(plus(-times(y, a), log(plus(1, exp(a)))), SUBSTITUTE),
    ],
    checks=[SAME_VALUES],
)

stable_form = Answer(
    CE, plus(Max(a, 0), -times(y, a), log(plus(1, exp(-Abs(a))))), [SAME_LOSS, SAME_VALUES]
)


# --- (e), (f) squared error and its derivative --------------------------------------------------
def check_gaussian(answer):
    """-log of the normal density of mean f and variance 1/2 at y, less its constant."""
    density = exp(-((y - f) ** 2) / (2 * HALF)) / sqrt(2 * pi * HALF)
    return equal(answer, -log(density) - log(pi) / 2)


def check_grid(answer):
    """Three outputs for each target settle a polynomial of degree 2 in f."""
    outputs, stated = (Rational(1, 4), HALF, Rational(3, 4)), unfold(answer)
    found = [[stated.subs({y: k, a: log(v / (1 - v))}) for v in outputs] for k in (0, 1)]
    low, mid, high = Rational(1, 16), Rational(1, 4), Rational(9, 16)
    return equal(found, [[low, mid, high], [high, mid, low]])


squared_error = Answer(
    r"L_{\mathrm{MSE}}(f, y)",
    L_MSE.value,
    checks=[
        Check("identity", check_gaussian, fr="loi normale", en="normal distribution"),
        Check("enumeration", check_grid, fr="trois $f$, deux $y$", en="three $f$, two $y$"),
    ],
)

dMSE_da = slope(
    MSE_SLOPE,
    L_MSE,
    a,
    Step(times(Derivative(L_MSE, f), Derivative(f, a)), CHAIN_RULE),
    Step(
        times(2, f - y, f, 1 - f),
        Text(fr="$(u^2)' = 2uu'$, et la partie d)", en="$(u^2)' = 2uu'$, and part (d)"),
    ),
)
error_if_1, error_if_0 = (unfold(L_MSE).subs(y, k) for k in (1, 0))
dMSE_1 = slope(at(1, MSE_SLOPE), error_if_1, a, Step(-times(2, f, power(1 - f, 2))))
dMSE_0 = slope(at(0, MSE_SLOPE), error_if_0, a, Step(times(2, power(f, 2), 1 - f)))


# --- (g) the comparison: ratio, saturation, steepest point, convexity, scoring --------------------
def tail(lhs, loss, end, rate, value):
    """The limit of e^(rate a) times the slope of a loss for y = 1, as a tends to `end`."""

    def check_limit(answer):
        return equal(answer, limit(exp(rate * a) * derivative(loss, a).subs(y, 1), a, end))

    def check_measured(answer):
        with mpmath.workdps(200):
            t = mpmath.mpf(100 if end == oo else -100)
            return agree(answer, mpmath.exp(rate * t) * slope_at(loss, t, 1), digits=20)

    exact = Check("limit", check_limit, fr="limite exacte", en="exact limit")
    far = Check("numeric", check_measured, fr="pente en ±100", en="slope at ±100")
    return Answer(lhs, value, [exact, far])


def steepest(lhs, value, reading):
    """What is read (output, a, size) where the slope of the squared error is largest for y = 1."""

    def check_stationary(answer):
        size = -derivative(L_MSE, a).subs(y, 1).subs(a, log(f / (1 - f)))
        (top,) = (root for root in solve(diff(size, f), f) if root < 1)
        return equal(answer, (top, log(top / (1 - top)), size.subs(f, top))[reading])

    def check_bend(answer):
        with mpmath.workdps(60):
            top = mpmath.findroot(lambda t: slope_at(L_MSE, t, 1, order=2), (-1, 0))
            return agree(
                answer, (sigmoid_at(top), top, -slope_at(L_MSE, top, 1))[reading], digits=20
            )

    exact = Check(
        "symbolic", check_stationary, fr="seul point stationnaire", en="only stationary point"
    )
    measured = Check(
        "numeric", check_bend, fr="courbure mesurée nulle", en="zero of the measured curvature"
    )
    return Answer(lhs, value, [exact, measured])


def at_origin(lhs, value, orders):
    """Derivatives of J at the origin, of these orders in (w1, w2)."""

    def check_symbolic(answer):
        found = [[diff(J.value, (w1, i), (w2, k)) for i, k in row] for row in orders]
        return equal(answer, Matrix(found).subs({w1: 0, w2: 0}))

    def check_measured(answer):
        def loss(u, v):
            return cross_entropy_at(v * mpmath.tanh(u), 1)

        with mpmath.workdps(60):
            found = [mpmath.diff(loss, (0, 0), order) for row in orders for order in row]
        return agree(answer, found, digits=20, scale=1)

    exact = Check("symbolic", check_symbolic, fr="dérivées de SymPy", en="SymPy's derivatives")
    measured = Check("numeric", check_measured, fr="dérivées mesurées", en="measured derivatives")
    return Answer(lhs, value, [exact, measured])


def check_average(answer):
    """What announcing v rather than u costs on average, label by label, for 81 pairs."""
    pairs = [(u, v) for u in TENTHS for v in TENTHS]
    costs = [(1 - u) * (v**2 - u**2) + u * ((v - 1) ** 2 - (u - 1) ** 2) for u, v in pairs]
    return equal([unfold(answer).subs({p: u, q: v}) for u, v in pairs], costs)


ratio = Derivation(
    rf"{MSE_SLOPE} \bigg/ {CE_SLOPE}",
    value=derivative(L_MSE, a) / derivative(L_CE, a),
    steps=[
        Step(over(times(2, f - y, f, 1 - f), f - y)),
        Step(times(2, f, 1 - f), CANCEL),
        Step(plus(HALF, -times(2, power(f - HALF, 2))), COMPLETE_SQUARE),
    ],
    checks=[
        on_grid(
            lambda t, target: slope_at(L_MSE, t, target) / slope_at(L_CE, t, target),
            fr="rapport de pentes mesurées",
            en="ratio of measured slopes",
        )
    ],
)

CE_right = tail(rf"\lim_{{a \to +\infty}} e^{{a}} {at(1, CE_SLOPE)}", L_CE, oo, 1, -1)
MSE_right = tail(rf"\lim_{{a \to +\infty}} e^{{2a}} {at(1, MSE_SLOPE)}", L_MSE, oo, 2, -2)
CE_wrong = tail(rf"\lim_{{a \to -\infty}} {at(1, CE_SLOPE)}", L_CE, -oo, 0, -1)
MSE_wrong = tail(rf"\lim_{{a \to -\infty}} e^{{-a}} {at(1, MSE_SLOPE)}", L_MSE, -oo, -1, -2)
EXAMPLE = {y: 1, f: Rational(1, 100)}

size = Derivation(
    rf"\left|{MSE_SLOPE}\right|_{{y = 1}}",
    value=-derivative(L_MSE, a).subs(y, 1),
    steps=[
        Step(times(2, f, power(1 - f, 2))),
        Step(times(8, f, over(1 - f, 2), over(1 - f, 2))),
    ],
    checks=[
        on_grid(lambda t, _y: abs(slope_at(L_MSE, t, 1)), fr="pente mesurée", en="measured slope")
    ],
)
f_star = steepest(r"f^\star", Rational(1, 3), 0)
a_star = steepest(r"a^\star", -log(2), 1)
largest = steepest(rf"\max_{{a}} \left|{MSE_SLOPE}\right|", Rational(8, 27), 2)

CE_bend = slope(
    r"\frac{\partial^2 L_{\mathrm{CE}}}{\partial a^2}", L_CE, a, Step(times(f, 1 - f)), order=2
)
MSE_bend = slope(
    at(1, r"\frac{\partial^2 L_{\mathrm{MSE}}}{\partial a^2}"),
    error_if_1,
    a,
    Step(times(2, f, power(1 - f, 2), 3 * f - 1)),
    order=2,
)

gradient = at_origin(r"\nabla J(0, 0)^\top", Matrix([[0, 0]]), [[(1, 0), (0, 1)]])
hessian = at_origin(
    r"\nabla^2 J(0, 0)", Matrix([[0, -HALF], [-HALF, 0]]), [[(2, 0), (1, 1)], [(1, 1), (0, 2)]]
)
eigenvalues = sorted(hessian.value.eigenvals(), reverse=True)

brier_excess = Derivation(
    "B(q) - B(p)",
    value=B.value - B.value.subs(q, p),
    steps=[
        Step(
            plus(times(p, power(1 - q, 2)), times(1 - p, power(q, 2)), -times(p, 1 - p)),
            Text(fr="$B(p) = p(1-p)$", en="$B(p) = p(1-p)$"),
        ),
        Step(power(plus(q, -p), 2), Text(fr="on développe", en="expand")),
    ],
    checks=[
        Check(
            "enumeration",
            check_average,
            fr="moyenne sur les deux étiquettes, 81 couples",
            en="average over both labels, 81 pairs",
        )
    ],
)


# --- figure -------------------------------------------------------------------------------------
def draw_saturation(axes, say):
    """Both losses, then their slopes, against the pre-activation, for y = 1."""
    grid = np.linspace(-6, 6, 361)

    def curve(ax, formula, name, place):
        ax.plot(grid, lambdify(a, unfold(formula).subs(y, 1))(grid))
        ax.text(*place, f"${name}$")

    losses, slopes = axes
    curve(losses, L_CE, CE, (-3.4, 4.2))
    curve(losses, L_MSE, MSE, (-5.8, 1.4))
    curve(slopes, dCE_da.value, rf"\partial {CE}/\partial a", (-5.8, -0.9))
    curve(slopes, dMSE_da.value, rf"\partial {MSE}/\partial a", (-5.8, -0.25))
    top = float(a_star.value), -float(largest.value)
    slopes.plot(*top, "ko", markersize=4)
    line = {"arrowstyle": "-", "linewidth": 0.6, "shrinkB": 3}
    slopes.annotate(f"$-{largest.value}$", top, (-4, -0.56), arrowprops=line)
    losses.set(title=say(fr="pertes", en="losses"), yticks=range(0, 7, 2))
    slopes.set(title=say(fr="dérivées", en="derivatives"), yticks=[-1, 0])
    for ax in axes:
        ax.set(xlabel=say(fr="préactivation $a$", en="pre-activation $a$"), xticks=range(-6, 7, 3))


saturation = Figure(
    "saturation",
    draw_saturation,
    panels=2,
    height=2.1,
    caption=Text(
        fr="Pertes et dérivées par rapport à $a$, pour $y = 1$. À gauche de chaque panneau, le "
        "réseau est dans l'erreur avec confiance ; à droite, il a raison avec confiance. Le point "
        "marque le maximum de la valeur absolue de la dérivée de l'erreur quadratique.",
        en="Losses and derivatives with respect to $a$, for $y = 1$. On the left of each panel, "
        "the network is confidently wrong; on the right, it is confidently right. The dot "
        "marks the maximum of the absolute value of the derivative of the squared error.",
    ),
    alt=Text(
        fr="Deux panneaux en fonction de la préactivation, de −6 à 6. À gauche, l'entropie "
        "croisée descend de 6 à 0, d'abord presque rectiligne ; l'erreur quadratique descend de "
        "1 à 0, plate aux deux bouts. À droite, la dérivée de l'entropie croisée monte de −1 à 0 ; "
        "celle de l'erreur quadratique descend un peu de 0 au point marqué, puis revient vers 0.",
        en="Two panels against the pre-activation, from −6 to 6. On the left, the cross-entropy "
        "falls from 6 to 0, almost straight at first; the squared error falls from 1 to 0, "
        "flat at both ends. On the right, the derivative of the cross-entropy rises from −1 to 0; "
        "that of the squared error falls a little from 0 to the marked point, then returns to 0.",
    ),
)


# --- instances: what the notation stands for ----------------------------------------------------
LARGEST = largest.lhs


def average(loss, output):
    """The expectation of a loss when `output` is announced and the label is 1 with chance p."""
    at_label = [loss.value.subs({f: output, y: k}) for k in (0, 1)]
    return (1 - p) * at_label[0] + p * at_label[1]


def gradient_of_J(u1, u2):
    return Matrix([J.value]).jacobian([w1, w2]).subs({w1: u1, w2: u2}).T


def hessian_of_J(u1, u2):
    return Matrix([J.value]).jacobian([w1, w2]).jacobian([w1, w2]).subs({w1: u1, w2: u2})


DEFINITIONS = {
    "g": lambda t: 1 / (1 + exp(-t)),
    r"a(\boldsymbol{x}, \boldsymbol{\theta})": a,
    r"f(\boldsymbol{x}, \boldsymbol{\theta})": f,
    # The law of natural parameter a: each label k in proportion to e^(ka).
    r"P(y = 1 \mid \boldsymbol{x}; \boldsymbol{\theta})": exp(a) / (exp(0 * a) + exp(1 * a)),
    rf"{CE}(f, y)": -log(f**y * (1 - f) ** (1 - y)),
    rf"{CE}(f(\boldsymbol{{x}}, \boldsymbol{{\theta}}), y)": L_CE,
    rf"{MSE}(f, y)": L_MSE,
    rf"{MSE}(f(\boldsymbol{{x}}, \boldsymbol{{\theta}}), y)": L_MSE,
    "R(q)": average(L_CE, q),
    "B(q)": average(L_MSE, q),
    "B(p)": average(L_MSE, p),
    "J(w_1, w_2)": L_CE.value.subs({y: 1, f: f.value.subs(a, w2 * tanh(w1 * 1))}),
    r"\nabla J": gradient_of_J,
    r"\nabla^2 J": hessian_of_J,
}


def least(cost, low, high):
    """Where a cost with a single valley is least, to 12 digits: by comparing, not by calculus."""
    with mpmath.workdps(40):
        low, high = mpmath.mpf(low), mpmath.mpf(high)
        while high - low > mpmath.mpf("1e-12"):
            third = (high - low) / 3
            if cost(low + third) < cost(high - third):
                high -= third
            else:
                low += third
        return low


def announced(loss, rng):
    """A true probability, and the announcement whose loss is least on average."""
    truth = rng.uniform(0.05, 0.95)
    t = least(lambda t: truth * loss(t, 1) + (1 - truth) * loss(t, 0), -6, 6)
    return truth, float(sigmoid_at(t))


def draw_announcement(rng):
    """With the cross-entropy; a network free to be any function announces the best as well."""
    truth, best = announced(cross_entropy_at, rng)
    return {
        p: truth,
        q: best,
        honest.lhs: best,
        r"P(y = 1 \mid \boldsymbol{x})": truth,
        r"f(\boldsymbol{x})": best,
    }


def draw_brier(rng):
    truth, best = announced(squared_error_at, rng)
    return {p: truth, q: best}


def draw_positive(rng):
    return {a: rng.exponential(2)}


def draw_likely(rng):
    """An output above one half, and the pre-activation that gives it."""
    likely = rng.uniform(0.51, 0.99)
    return {a: float(least(lambda t: abs(sigmoid_at(t) - likely), -9, 9))}


def draw_rule(rng):
    """Some positive function of a, with which the rules of differentiation are tried."""
    shift, size, frequency = map(Rational, rng.integers(1, 9, 3))
    return {"u": 1 + size * (a - shift) ** 2 + exp(a / frequency)}


def draw_translate(rng):
    """The sigmoid, moved along its axis."""
    shift = rng.normal()
    return {"g": lambda t: 1 / (1 + exp(shift - t))}


def draw_even(rng):
    """The pre-activation where the ratio of the measured slopes is largest."""
    ends = -rng.uniform(1, 3), rng.uniform(1, 3)
    return {a: float(least(lambda t: -slope_at(L_MSE, t, 1) / slope_at(L_CE, t, 1), *ends))}


def draw_steepest(rng):
    """The pre-activation where the squared error's measured slope is lowest for y = 1."""
    top = least(lambda t: slope_at(L_MSE, t, 1), -rng.uniform(2, 4), rng.uniform(1, 3))
    size = -slope_at(L_MSE, top, 1)
    return {
        a: float(top),
        a_star.lhs: float(top),
        f_star.lhs: float(sigmoid_at(top)),
        LARGEST: float(size),
    }


def draw_left(rng):
    """A pre-activation to the left of the steepest point."""
    return {a: draw_steepest(rng)[a] - rng.exponential(1)}


def draw_network(rng):
    """A network with one hidden layer; its derivatives in all parameters by complex steps."""
    inputs, label, point = rng.normal(size=3), int(rng.integers(2)), rng.normal(size=16)

    def before(parameters):
        hidden = np.tanh(parameters[:12].reshape(4, 3) @ inputs)
        return parameters[12:] @ hidden

    def loss(parameters):
        output = 1 / (1 + np.exp(-before(parameters)))
        return -np.log(output if label else 1 - output)

    def slopes(function):
        return np.array([function(point + 1e-30j * axis).imag for axis in np.eye(16)]) / 1e-30

    return {
        a: before(point),
        y: label,
        rf"\frac{{\partial {CE}}}{{\partial \boldsymbol{{\theta}}}}": slopes(loss),
        r"\frac{\partial a}{\partial \boldsymbol{\theta}}": slopes(before),
    }


LOGISTIC = r"g'(a) = g(a) \, (1 - g(a))"
BEST = [rf"{honest.lhs} = p", r"f(\boldsymbol{x}) = P(y = 1 \mid \boldsymbol{x})", "q = p"]
STEEPEST = [
    r"f^\star = \frac{1}{3}",
    r"a^\star = -\log 2",
    rf"{LARGEST} = \frac{{8}}{{27}}",
    r"f = \frac{1-f}{2}",
]

comparison = [ratio, CE_right, MSE_right, CE_wrong, MSE_wrong, size, f_star, a_star, largest]
question = Question(
    title=Text(fr="Sortie sigmoïde et fonction de perte", en="Sigmoid output and loss function"),
    parts=[
        Part(
            "a",
            points=1,
            answers=[sigmoid, bernoulli, two_units, rescaled_tanh],
            marking=[
                Mark(HALF, fr="la sigmoïde, nommée ou écrite", en="the sigmoid, named or written"),
                Mark(
                    HALF,
                    fr="une raison : valeurs dans $(0, 1)$ pour une probabilité, ou lien logit",
                    en="a reason: values in $(0, 1)$ for a probability, or logit link",
                ),
            ],
        ),
        Part(
            "b",
            points=1,
            answers=[dR_dq, honest],
            marking=[
                Mark(HALF, fr="une probabilité de la classe 1", en="a probability of class 1"),
                Mark(
                    HALF,
                    fr="conditionnelle à l'entrée, et selon le modèle",
                    en="conditional on the input, and according to the model",
                ),
            ],
        ),
        Part(
            "c",
            points=1,
            answers=[cross_entropy, margin_form],
            marking=[
                Mark(HALF, fr="les deux termes", en="both terms"),
                Mark(HALF, fr="leurs signes et leurs facteurs", en="their signs and factors"),
            ],
        ),
        Part(
            "d",
            points=2,
            answers=[dCE_df, df_da, dCE_da, logit_form, stable_form],
            marking=[
                Mark(
                    HALF,
                    fr="dérivée de la perte par rapport à $f$",
                    en="derivative of the loss with respect to $f$",
                ),
                Mark(HALF, fr="dérivée de la sigmoïde", en="derivative of the sigmoid"),
                Mark(
                    1,
                    fr="dérivation en chaîne, simplifiée en $f - y$",
                    en="chain rule, simplified to $f - y$",
                ),
            ],
        ),
        Part(
            "e",
            points=1,
            answers=[squared_error],
            marking=[
                Mark(
                    1,
                    fr="$(f-y)^2$, ou sa moitié si la convention est gardée",
                    en="$(f-y)^2$, or half of it if the convention is kept",
                )
            ],
        ),
        Part(
            "f",
            points=2,
            answers=[dMSE_da, dMSE_1, dMSE_0],
            marking=[
                Mark(
                    HALF,
                    fr="dérivée de la perte par rapport à $f$",
                    en="derivative of the loss with respect to $f$",
                ),
                Mark(
                    Rational(3, 2),
                    fr="produit avec $f(1-f)$, facteur et signe justes",
                    en="product with $f(1-f)$, factor and sign right",
                ),
            ],
        ),
        Part(
            "g",
            points=2,
            answers=[*comparison, CE_bend, MSE_bend, gradient, hessian, brier_excess],
            marking=[
                Mark(HALF, fr="l'entropie croisée", en="the cross-entropy"),
                Mark(
                    1,
                    fr="comparaison des deux dérivées : le facteur $f(1-f)$",
                    en="comparison of the two derivatives: the factor $f(1-f)$",
                ),
                Mark(
                    HALF,
                    fr="ce qu'il fait quand le réseau est dans l'erreur avec confiance",
                    en="what it does when the network is confidently wrong",
                ),
            ],
        ),
    ],
    figures=[saturation],
    instances=[
        Instance(DEFINITIONS),
        Instance(draw_announcement, parts="b", only=BEST),
        Instance(draw_positive, parts="b", only=["f > 1/2"]),
        Instance(draw_likely, parts="b", only=["a > 0"]),
        Instance({r"0 \log 0": limit(q * log(q), q, 0)}, parts="c"),
        Instance(draw_rule, parts="df"),
        Instance(draw_translate, parts="d", only=[LOGISTIC]),
        Instance(draw_even, parts="g", only=["f = 1/2"]),
        Instance(draw_steepest, parts="g", only=STEEPEST),
        Instance(draw_left, parts="g", only=[r"f < \frac{1}{3}"]),
        Instance({a: 0, y: 1}, parts="g", only=["f - y = -1/2"]),
        Instance(draw_network, parts="g"),
        Instance(draw_brier, parts="g", only=["q = p"]),
    ],
    summary=[
        Key(f),
        Key(df_da, fr="dérivée de la sigmoïde", en="derivative of the sigmoid"),
        Key(L_CE),
        Key(dCE_da, fr="sa dérivée", en="its derivative"),
        Key(
            stable_form,
            fr="entropie croisée, forme stable",
            en="cross-entropy, stable form",
        ),
        Key(L_MSE),
        Key(dMSE_da, fr="sa dérivée", en="its derivative"),
        Key(ratio, fr="rapport des deux dérivées", en="ratio of the two derivatives"),
        Key(
            CE_bend,
            fr="convexité de l'entropie croisée en $a$",
            en="convexity of the cross-entropy in $a$",
        ),
        Key(R),
        Key(
            dR_dq,
            fr="règle de score propre : minimum en $q = p$ seulement",
            en="proper scoring rule: minimum at $q = p$ only",
        ),
    ],
)
