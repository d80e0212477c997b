"""Question 5: regularization.

Part (a) measures capacity by the power to follow random targets. Part (b) compares, direction by
direction, gradient descent stopped after t iterations with a penalized minimum, in exact
arithmetic. Part (c) averages softmax classifiers over all dropout masks; weights that are
logarithms of rational numbers make the odds rational, so that both sides are compared exactly.
"""

from fractions import Fraction
from functools import cache, partial
from itertools import product
from math import lcm, prod

import mpmath
import numpy as np
from sympy import Interval, LambertW, Matrix, Naturals, Naturals0, Rational, Reals, Sum, Symbol
from sympy import Tuple, cancel, cosh, diag, diff, exp, expand, eye, lambdify, limit, log, oo
from sympy import series, sinh, summation, tanh, zeros

from solgen import Answer, Attested, Check, Derivation, Experiment, Figure, Instance, Key, Mark
from solgen import Measure, Part, Question
from solgen import Step, Table, Term, Text, agree, by_value, equal, holds
from solgen import over, plus, power, symbol, times, unfold

UNIT, POSITIVE, NONNEGATIVE = Interval.open(0, 1), Interval.open(0, oo), Interval(0, oo)
HALF = Rational(1, 2)

# --- glossary -------------------------------------------------------------------------------
theta = Term(r"\boldsymbol{\theta}", fr="paramètres du réseau", en="network parameters")
f = Term("f", fr="sortie du réseau", en="network output")
x = Term(r"\boldsymbol{x}", fr="entrée", en="input")
n = symbol("n", Naturals, fr="nombre d'entrées", en="number of inputs")
N = Term("N", fr="nombre d'exemples", en="number of examples")
L = Term("L", fr="perte d'entraînement", en="training loss")
grad_L = Term(r"\nabla L", fr="gradient de $L$", en="gradient of $L$")
beta = Term(r"\beta", fr="constante de Lipschitz", en="Lipschitz constant")
a = symbol("a", Reals, fr="préactivation", en="pre-activation")
h = Term("h", fr="indice d'une unité cachée", en="index of a hidden unit")
v = Term("v_h", fr="poids de sortie de l'unité $h$", en="output weight of unit $h$")
X = Term("X", fr="entrées, une par ligne", en="inputs, one per row")
z = Term(r"\boldsymbol{z}", fr="cibles d'une régression", en="targets of a regression")
z_hat = Term(r"\hat{\boldsymbol{z}}_t", fr="prédictions", en="predictions")
S_t = Term("S_t", fr="matrice de lissage", en="smoothing matrix")
identity = Term("I", fr="matrice identité", en="identity matrix")
nu = Term(r"\nu", fr="degrés de liberté effectifs", en="effective degrees of freedom")
w = Term(r"\boldsymbol{w}", fr="poids du modèle linéaire", en="weights of the linear model")
w_star = Term(
    r"\boldsymbol{w}^\star",
    fr="minimum de $L$ de plus petite norme",
    en="least-norm minimum of $L$",
)
H = Term("H", fr="hessienne de $L$", en="Hessian of $L$")
i = Term("i", fr="indice d'une valeur propre", en="index of an eigenvalue")
q_i = Term(r"\boldsymbol{q}_i", fr="vecteur propre de $H$", en="eigenvector of $H$")
lam = symbol("lamda", POSITIVE, fr="valeur propre de $H$", en="eigenvalue of $H$")
lam_max = Term(r"\lambda_{\max}", fr="plus grande valeur propre", en="largest eigenvalue")
# Samples are drawn for λ and u, and η follows: in each of them, 0 < ηλ < 1.
u = symbol("u", UNIT, fr=r"abréviation de $\eta\lambda$", en=r"short for $\eta\lambda$")
eta = symbol("eta", POSITIVE, value=u / lam, fr="taux d'apprentissage", en="learning rate")
t = symbol("t", Naturals, fr="nombre d'itérations", en="number of iterations")
s = symbol("s", Naturals0, fr="numéro d'une itération", en="number of an iteration")
alpha = symbol("alpha", POSITIVE, fr="poids de la pénalité L2", en="weight of the L2 penalty")
s_t = Term("s_t", fr="facteur de l'arrêt précoce", en="factor of early stopping")
r_a = Term(r"r_\alpha", fr="facteur de la pénalité L2", en="factor of the L2 penalty")
a_t = Term(r"\alpha_t", fr="pénalité équivalente", en="equivalent penalty")
t_a = Term(r"t_\alpha", fr="temps d'arrêt équivalent", en="equivalent stopping time")
tau = symbol(
    "tau",
    POSITIVE,
    value=u * t,
    fr=r"abréviation de $\eta t \lambda$",
    en=r"short for $\eta t \lambda$",
)
k = Term("k", fr="nombre de classes", en="number of classes")
Y = Term("Y", fr="classe, de valeur $y$", en="class, of value $y$")
y = Term("y", fr="valeur de la classe", en="value of the class")
y_prime = Term("y'", fr="classe sur laquelle on somme", en="class that sums run over")
W = Term("W", fr="poids, une colonne par classe", en="weights, one column per class")
W_y = Term("W_{:,y}", fr="poids de la classe $y$", en="weights of class $y$")
b = Term(r"\boldsymbol{b}", fr="biais", en="biases")
b_y = Term("b_y", fr="biais de la classe $y$", en="bias of class $y$")
d = Term(r"\boldsymbol{d}", fr="masque d'abandon", en="dropout mask")
j = Term("j", fr="indice d'une entrée", en="index of an input")
d_bar = Term(r"\bar{\boldsymbol{d}}", fr="moyenne des masques", en="mean of the masks")
P = Term("P", fr="loi de la classe", en="distribution of the class")
P_mean = Term(
    r"P_{\mathrm{ensemble}}",
    fr="moyenne géométrique renormalisée",
    en="renormalized geometric mean",
)
P_raw = Term(r"\tilde{P}_{\mathrm{ensemble}}", fr="moyenne géométrique", en="geometric mean")
P_arith = Term(r"P_{\mathrm{arith}}", fr="moyenne arithmétique", en="arithmetic mean")
Z = Term("Z", fr="dénominateur du softmax", en="denominator of the softmax")
C = Term("C", fr="moyenne géométrique des $Z$", en="geometric mean of the $Z$")
kappa_W = Term(r"\kappa_W", fr="facteur de $W$", en="factor of $W$")
kappa_b = Term(r"\kappa_b", fr=r"facteur de $\boldsymbol{b}$", en=r"factor of $\boldsymbol{b}$")
p = symbol("p", UNIT, fr="probabilité de conservation", en="keep probability")
g = Term("g", fr="sigmoïde logistique", en="logistic sigmoid")
c = symbol("c", Reals, fr="logit, poids divisés par 2", en="logit, weights divided by 2")
delta = symbol("delta", Reals, fr="écart d'un logit à $c$", en="gap from a logit to $c$")

# --- exact instances of the linear model ------------------------------------------------------


def reflection(*entries):
    """An orthogonal symmetric matrix with rational entries (Householder)."""
    normal = Matrix(entries)
    return eye(len(entries)) - 2 * normal * normal.T / normal.dot(normal)


# (orthogonal matrix, eigenvalues, w*, learning rate); the second Hessian is singular
QUADRATICS = [
    (reflection(1, 2), (2, HALF), Matrix([3, -1]), Rational(1, 3)),
    (reflection(1, 1, 2), (3, 1, 0), Matrix([1, 0, 2]), Rational(1, 4)),
    (reflection(2, -1, 1, 3), (4, 2, 1, Rational(1, 5)), Matrix([1, 2, -1, 1]), Rational(1, 5)),
]


def hessian_of(basis, eigenvalues):
    return basis * diag(*eigenvalues) * basis


def descend(hessian, best, rate, iterations):
    """Gradient descent from 0 on the quadratic: its successive points."""
    point, points = zeros(len(best), 1), []
    for _ in range(iterations):
        point = point - rate * hessian * (point - best)
        points.append(point)
    return points


def rebuilt(factor, basis, eigenvalues, best):
    """The weights whose coordinate in each eigenvector is `factor(eigenvalue)` times w*'s.

    Along a null eigenvector, nothing moves.
    """
    factors = [factor(value) if value else 0 for value in eigenvalues]
    return basis * diag(*factors) * basis * best


# --- a: the power to follow random targets ----------------------------------------------------
INPUTS = 2 * reflection(1, 1, 1, 1)[:, :3] * diag(1, HALF, HALF**2)
RATE = HALF


def check_random_signs(answer):
    """Descent on the four examples for all 16 vectors of signs: the mean of z · ẑ."""
    found = []
    for iterations in range(1, 7):
        products = []
        for signs in product((-1, 1), repeat=4):
            target, weights = Matrix(signs), zeros(3, 1)
            for _ in range(iterations):
                weights -= RATE * INPUTS.T * (INPUTS * weights - target) / 4
            products.append(target.dot(INPUTS * weights))
        found.append(sum(products) / 16)
    return equal([answer.subs(t, i) for i in range(1, 7)], found)


@cache
def traces(last):
    """Predictions obey ẑ ← ẑ - (η/N) X Xᵀ(ẑ - z): what is not yet learned is a matrix power."""
    left, kept = eye(4), eye(4) - RATE * INPUTS * INPUTS.T / 4
    found = []
    for _ in range(last):
        left = left * kept
        found.append(4 - left.trace())
    return found


def check_trace(answer):
    return equal([answer.subs(t, i) for i in range(1, 21)], traces(20))


freedom = Answer(
    r"\nu(t)",
    plus(3, -power(HALF, t), -power(Rational(7, 8), t), -power(Rational(31, 32), t)),
    checks=[
        Check(
            "enumeration",
            check_random_signs,
            fr="descente exacte sur les 16 vecteurs de signes, $t$ de 1 à 6",
            en="exact descent on the 16 vectors of signs, $t$ from 1 to 6",
        ),
        Check(
            "identity",
            check_trace,
            fr=r"trace de $S_t$, $t$ de 1 à 20",
            en=r"trace of $S_t$, $t$ from 1 to 20",
        ),
    ],
)


def at_time(answer, iterations):
    return answer.value.subs(t, iterations)


def check_series(answer):
    return equal(answer, series(a - tanh(a), a, 0, 5).removeO().coeff(a, 3))


def check_departure(answer):
    with mpmath.workdps(120):
        small = mpmath.mpf(10) ** -20
        return agree(answer, (small - mpmath.tanh(small)) / small**3, digits=20)


departure = Answer(
    r"\lim_{a \to 0} \frac{a - \tanh a}{a^3}",
    Rational(1, 3),
    checks=[
        Check("symbolic", check_series, fr="série de Taylor", en="Taylor series"),
        Check("numeric", check_departure, fr="valeur en $10^{-20}$", en="value at $10^{-20}$"),
    ],
)

POINTS, UNITS, EARLY, LATE = 10, 8, 30, 600
NET_RATE, NET_SCALE = HALF, Rational(3, 10)


def train(rng, draws, times_seen):
    """Train `draws` tanh networks, all from one initialization, each on its own random signs.

    At each number of iterations asked for: the mean of z · ẑ, which is the number of effective
    degrees of freedom, and the share of the variance of ẑ that no affine function follows.
    """
    entry, rate = np.linspace(-1, 1, POINTS), float(NET_RATE)
    target = rng.choice([-1.0, 1.0], size=(draws, POINTS))
    start = float(NET_SCALE) * rng.normal(size=(3, 1, UNITS))
    inner, offset, outer = (np.repeat(one, draws, axis=0) for one in start)
    bias = np.zeros((draws, 1))
    affine, _ = np.linalg.qr(np.stack([np.ones(POINTS), entry], axis=1))
    seen = {}
    for iteration in range(max(times_seen) + 1):
        hidden = np.tanh(entry[None, :, None] * inner[:, None, :] + offset[:, None, :])
        fit = np.matmul(hidden, outer[:, :, None])[:, :, 0] + bias
        if iteration in times_seen:
            bent = fit - fit @ affine @ affine.T
            spread = fit - fit.mean(axis=1, keepdims=True)
            share = (bent**2).sum() / (spread**2).sum()
            seen[iteration] = (fit * target).sum(axis=1).mean(), share
        residual = (fit - target) / POINTS
        back = residual[:, :, None] * outer[:, None, :] * (1 - hidden**2)
        outer = outer - rate * np.matmul(residual[:, None, :], hidden)[:, 0, :]
        bias = bias - rate * residual.sum(axis=1, keepdims=True)
        inner = inner - rate * np.matmul(entry[None, None, :], back)[:, 0, :]
        offset = offset - rate * back.sum(axis=1)
    return seen


def measure_growth(rng, size):
    seen = train(rng, size, (EARLY, LATE))
    return seen[LATE][0] / seen[EARLY][0]


def measure_affine(rng, size):
    """The same ratio for an affine model, of rank 2, on as many random targets."""
    design = np.stack([np.ones(POINTS), np.linspace(-1, 1, POINTS)], axis=1)
    target = rng.choice([-1.0, 1.0], size=(size, POINTS))
    weights, seen = np.zeros((size, 2)), {}
    for iteration in range(LATE + 1):
        fit = weights @ design.T
        seen[iteration] = (fit * target).sum(axis=1).mean()
        weights = weights - float(NET_RATE) * (fit - target) @ design / POINTS
    return seen[LATE] / seen[EARLY]


growth = Experiment(
    Measure(
        measure_growth,
        fr=rf"$\nu({LATE}) / \nu({EARLY})$ pour un réseau de {UNITS} unités tanh, entraîné sur "
        rf"{POINTS} exemples à cibles aléatoires $\pm 1$",
        en=rf"$\nu({LATE}) / \nu({EARLY})$ for a network of {UNITS} tanh units, trained on "
        rf"{POINTS} examples with random targets $\pm 1$",
    ),
    control=Measure(
        measure_affine,
        fr=r"le même rapport pour un modèle affine, dont $\nu$ est déjà proche du rang",
        en=r"the same ratio for an affine model, whose $\nu$ is already close to its rank",
    ),
    at_least=1.4,
    size=60,
    seeds=5,
)

bending = Experiment(
    Measure(
        lambda rng, size: train(rng, size, (LATE,))[LATE][1],
        fr="part de la variance des prédictions qu'aucune fonction affine n'explique, après "
        f"{LATE} itérations",
        en="share of the variance of the predictions that no affine function explains, after "
        f"{LATE} iterations",
    ),
    control=Measure(
        lambda rng, size: train(rng, size, (EARLY,))[EARLY][1],
        fr=f"la même part après {EARLY} itérations",
        en=f"the same share after {EARLY} iterations",
    ),
    at_least=0.3,
    size=30,
    seeds=5,
)


# --- b: both shrinkage factors ----------------------------------------------------------------
def at_point(formula, value, rate, iterations):
    """The value of an unfolded formula at an eigenvalue, for a rate and a number of iterations."""
    return formula.subs({u: rate * value, lam: value, t: iterations}).doit()


def descent_at(rate, eigenvalue, iterations):
    """The coordinate after some iterations of its recurrence, w* having the coordinate 1."""
    point = mpmath.mpf(0)
    for _ in range(int(iterations)):
        point -= rate * eigenvalue * (point - 1)
    return point


def check_descent(answer):
    """The matrix recurrence on three quadratics, a singular one among them, in exact numbers."""
    formula, stated, found = unfold(answer), [], []
    for basis, eigenvalues, best, rate in QUADRATICS:
        hessian = hessian_of(basis, eigenvalues)
        best = rebuilt(lambda _: 1, basis, eigenvalues, best)  # in the range of H
        for iterations, point in enumerate(descend(hessian, best, rate, 6), start=1):
            factor = partial(at_point, formula, rate=rate, iterations=iterations)
            stated.append(rebuilt(factor, basis, eigenvalues, best))
            found.append(point)
    return equal(stated, found)


def check_ridge(answer):
    """The normal equations (H + αI) w = H w*, solved exactly."""
    formula, stated, found = unfold(answer), [], []
    for basis, eigenvalues, best, _ in QUADRATICS:
        hessian = hessian_of(basis, eigenvalues)
        for weight in (Rational(1, 7), 1, 5):
            stated.append(
                rebuilt(
                    lambda v, weight=weight: formula.subs({lam: v, alpha: weight}),
                    basis,
                    eigenvalues,
                    best,
                )
            )
            found.append((hessian + weight * eye(len(best))).LUsolve(hessian * best))
    return equal(stated, found)


def penalized_at(eigenvalue, weight):
    """Where the slope of (λ/2)(w - 1)² + (α/2)w², measured, vanishes."""

    def slope(point):
        return mpmath.diff(lambda v: eigenvalue * (v - 1) ** 2 / 2 + weight * v**2 / 2, point)

    return mpmath.findroot(slope, (mpmath.mpf(0), mpmath.mpf(1)), solver="anderson")


GRID = [(rate, v, i) for rate in (HALF, Rational(1, 9)) for v in (1, HALF) for i in (1, 2, 7)]


def stopped_on_grid():
    """Where exact descent on (λ/2)(w - 1)² stops, for each rate, eigenvalue and time."""
    return [descend(Matrix([v]), Matrix([1]), rate, i)[-1][0] for rate, v, i in GRID]


def on_grid(formula):
    return [at_point(unfold(formula.subs(t, i)), v, rate, i) for rate, v, i in GRID]


stopped = Derivation(
    r"s_t(\lambda)",
    value=summation(u * (1 - u) ** s, (s, 0, t - 1)),
    road="definition",
    steps=[Step(plus(1, -power(1 - u, t)))],
    checks=[
        by_value(
            lambda share, iterations: descent_at(share, 1, iterations),
            u,
            t,
            fr="récurrence itérée",
            en="recurrence iterated",
        ),
        Check(
            "enumeration",
            check_descent,
            fr="descente matricielle exacte, trois hessiennes, $t$ de 1 à 6",
            en="exact matrix descent, three Hessians, $t$ from 1 to 6",
        ),
    ],
)

w_ = Symbol("w", real=True)
force = expand(diff(lam * (w_ - 1) ** 2 / 2 + alpha * w_**2 / 2, w_))  # linear in w
penalized = Derivation(
    r"r_\alpha(\lambda)",
    value=-force.coeff(w_, 0) / force.coeff(w_, 1),
    steps=[Step(over(lam, plus(lam, alpha)))],
    checks=[
        by_value(
            penalized_at, lam, alpha, fr="pente mesurée nulle", en="zero of the measured slope"
        ),
        Check(
            "enumeration",
            check_ridge,
            fr="équations normales exactes, trois hessiennes, trois $\\alpha$",
            en="exact normal equations, three Hessians, three $\\alpha$",
        ),
    ],
)

OVERSHOOT = [1 - (1 - Rational(3, 2)) ** i for i in (1, 2, 3)]  # factors for u = 3/2

pulls = Sum(power(1 - u, -s), (s, 1, t))


def check_same_point(answer):
    """With the penalty stated, the solution of (λ + α) w = λ is where descent stops."""
    found = [v / (v + weight) for (_, v, _), weight in zip(GRID, on_grid(answer), strict=True)]
    return equal(found, stopped_on_grid())


matching = Derivation(
    r"\alpha_t(\lambda)",
    value=(-diff(lam * (w_ - 1) ** 2 / 2, w_) / w_).subs(w_, stopped.truth),
    steps=[
        Step(
            over(times(lam, power(1 - u, t)), plus(1, -power(1 - u, t))),
            Text(
                fr=r"les pentes s'équilibrent : "
                r"$\lambda(1 - s_t(\lambda)) = \alpha_t(\lambda) \, s_t(\lambda)$",
                en=r"the slopes balance: "
                r"$\lambda(1 - s_t(\lambda)) = \alpha_t(\lambda) \, s_t(\lambda)$",
            ),
        ),
        Step(
            over(1, times(eta, pulls)),
            Text(
                fr=r"somme géométrique, $\lambda = u/\eta$",
                en=r"geometric sum, $\lambda = u/\eta$",
            ),
        ),
    ],
    checks=[
        Check(
            "enumeration",
            check_same_point,
            fr="même point exact dans 12 cas",
            en="same exact point in 12 cases",
        )
    ],
)


def check_excess(answer):
    """The penalty that balances the slope where descent has stopped, in 12 exact cases."""
    points = zip(GRID, stopped_on_grid(), strict=True)
    found = [point / (v * (1 - point)) - rate * i for (rate, v, i), point in points]
    return equal(on_grid(answer), found)


excess = Derivation(
    r"\frac{1}{\alpha_t(\lambda)} - \eta t",
    value=1 / matching.truth - eta * t,
    steps=[Step(times(eta, Sum(times(plus(power(1 - u, -s), -1)), (s, 1, t))))],
    checks=[
        Check(
            "enumeration",
            check_excess,
            fr="12 cas exacts",
            en="12 exact cases",
        )
    ],
)


def penalty_at(rate, eigenvalue, iterations):
    """The penalty whose pull balances the slope of the loss where descent has stopped."""
    point = descent_at(rate, eigenvalue, iterations)
    return -mpmath.diff(lambda v: eigenvalue * (v - 1) ** 2 / 2, point) / point


def balance(iterations):
    """α_t(λ) as a function of λ, η being fixed."""
    return matching.truth.subs(t, iterations).subs(u, eta * lam)


def check_flat(answer):
    found = [limit(balance(i), lam, 0) for i in range(1, 7)]
    return equal([answer.subs(t, i) for i in range(1, 7)], found)


flat = Answer(
    r"\lim_{\lambda \to 0} \alpha_t(\lambda)",
    1 / (eta * t),
    checks=[
        by_value(
            lambda value, share, i: penalty_at(share / value, mpmath.mpf(10) ** -40, i),
            lam,
            u,
            t,
            fr=r"valeur en $\lambda = 10^{-40}$",
            en=r"value at $\lambda = 10^{-40}$",
        ),
        Check(
            "limit",
            check_flat,
            fr="limites exactes, $t$ de 1 à 6",
            en="exact limits, $t$ from 1 to 6",
        ),
    ],
)


def check_times(answer):
    """The numbers of iterations come back from the penalties of 12 exact cases."""
    stated = []
    for (rate, v, _), point in zip(GRID, stopped_on_grid(), strict=True):
        at = {u: rate * v, lam: v, alpha: v * (1 - point) / point}
        stated.append(unfold(answer).subs(at).evalf(40))
    return agree(stated, [i for _, _, i in GRID], digits=30)


def check_drift(answer):
    found = [diff(1 / balance(i).cancel(), lam).subs(lam, 0) for i in range(1, 6)]
    return equal([answer.subs(t, i) for i in range(1, 6)], found)


def excess_at(value, share, iterations):
    """The excess of 1/α over η t, divided by the eigenvalue, for a tiny one."""
    rate, tiny = share / value, mpmath.mpf(10) ** -24
    return (1 / penalty_at(rate, tiny, iterations) - rate * iterations) / tiny


drift = Answer(
    r"\lim_{\lambda \to 0} \frac{1}{\lambda} \left(\frac{1}{\alpha_t(\lambda)} - \eta t\right)",
    over(times(power(eta, 2), t, plus(t, 1)), 2),
    checks=[
        Check(
            "symbolic",
            check_drift,
            fr="dérivées exactes en 0, $t$ de 1 à 5",
            en="exact derivatives at 0, $t$ from 1 to 5",
        ),
        by_value(
            excess_at,
            lam,
            u,
            t,
            digits=12,
            fr=r"valeur en $\lambda = 10^{-24}$",
            en=r"value at $\lambda = 10^{-24}$",
        ),
    ],
)


stop_time = Derivation(
    r"t_\alpha(\lambda)",
    value=log(1 - penalized.truth) / log(1 - u),
    steps=[Step(over(log(plus(1, over(lam, alpha))), -log(1 - u)))],
    checks=[Check("numeric", check_times, fr="12 cas exacts", en="12 exact cases")],
)


# --- b: how far apart in the limit of small steps ---------------------------------------------
def gap_at(scale):
    return 1 / (1 + scale) - mpmath.exp(-scale)


def check_gap_grid(answer):
    grid = np.linspace(0, 6, 60001)
    return agree([unfold(answer)], [np.max(1 / (1 + grid) - np.exp(-grid))], digits=8)


def check_gap(answer):
    """The largest gap, found by cutting the interval around it, without derivatives."""
    with mpmath.workdps(60):
        low, high = mpmath.mpf(0), mpmath.mpf(6)
        for _ in range(120):
            third = (high - low) / 3
            if gap_at(low + third) < gap_at(high - third):
                low += third
            else:
                high -= third
        return agree([unfold(answer)], [gap_at(low)], digits=20)


tau_star = symbol(
    "tau_star",
    POSITIVE,
    value=-1 - 2 * LambertW(-exp(-HALF) / 2, -1),  # the root of (1 + τ)² = exp τ
    latex=r"\tau^\star",
    fr=r"valeur de $\tau$ où les facteurs limites diffèrent le plus",
    en=r"value of $\tau$ where the limiting factors differ most",
)
widest_gap = Answer(
    r"\frac{1}{1 + \tau^\star} - e^{-\tau^\star}",
    over(tau_star, power(1 + tau_star, 2)),
    checks=[
        Check(
            "enumeration", check_gap_grid, fr="60\N{NO-BREAK SPACE}001 points", en="60,001 points"
        ),
        Check("numeric", check_gap, fr="recherche ternaire", en="ternary search"),
    ],
)


# --- b: the best stop against the best penalty --------------------------------------------------
FEATURES, EXAMPLES = 20, 40


def risks(rng, size):
    """Mean squared prediction errors on new inputs: best stop, best penalty, no regularization.

    Linear targets with unit noise; the scales of the inputs go from 3 to 1/10; the true weights
    are standard normal. Averages over `size` drawings of the weights and of the noise.
    """
    scales = np.geomspace(3, 0.1, FEATURES)
    entries = rng.normal(size=(EXAMPLES, FEATURES)) * scales
    truth = rng.normal(size=(size, FEATURES))
    target = truth @ entries.T + rng.normal(size=(size, EXAMPLES))
    values, basis = np.linalg.eigh(entries.T @ entries / EXAMPLES)
    optimum = (target @ entries / EXAMPLES) @ basis / values
    rate = 0.9 / values[-1]

    def risk(factor):
        error = (optimum * factor) @ basis.T - truth
        return (error**2 * scales**2).sum(axis=1).mean()

    stops = np.unique(np.geomspace(1, 20000, 60).astype(int))
    return (
        min(risk(1 - (1 - rate * values) ** i) for i in stops),
        min(risk(values / (values + 1 / (rate * i))) for i in stops),
        risk(1),
    )


def measure_stop(rng, size):
    stop, ridge, _ = risks(rng, size)
    return stop / ridge


def measure_no_stop(rng, size):
    _, ridge, free = risks(rng, size)
    return free / ridge


rivals = Experiment(
    Measure(
        measure_stop,
        fr="risque du meilleur arrêt, divisé par celui de la meilleure pénalité "
        f"({FEATURES} entrées d'échelles 3 à 0,1 ; {EXAMPLES} exemples ; bruit de variance 1)",
        en="risk of the best stop, divided by that of the best penalty "
        f"({FEATURES} inputs of scales 3 to 0.1; {EXAMPLES} examples; noise of variance 1)",
    ),
    control=Measure(
        measure_no_stop,
        fr="le même rapport pour les moindres carrés, sans arrêt ni pénalité",
        en="the same ratio for least squares, without stopping or penalty",
    ),
    at_most=1.1,
    size=200,
    seeds=5,
)


# --- c: averages over all masks -----------------------------------------------------------------
def masks_of(size):
    return list(product((0, 1), repeat=size))


def instances(count, largest):
    """Random classifiers (R, x, B): R and B are the exponentials of W and b, x has integers."""
    rng = np.random.default_rng(5)
    for _ in range(count):
        size, classes = rng.integers(1, largest + 1), rng.integers(2, 6)
        above, below = rng.integers(1, 6, (2, size + 1, classes)).tolist()
        ratios = [[*map(Fraction, *rows)] for rows in zip(above, below, strict=True)]
        yield ratios[1:], rng.integers(-2, 3, size).tolist(), ratios[0]


def member(ratios, entry, offsets, mask):
    """The exact probabilities of the classes under one mask: a softmax, in odds."""
    terms = [
        offset
        * prod(row[y] ** (on * value) for row, on, value in zip(ratios, mask, entry, strict=True))
        for y, offset in enumerate(offsets)
    ]
    return [term / sum(terms) for term in terms]


def is_pair(answer):
    return holds([len(answer) == 2], "a factor for the weights and one for the biases")


def check_masks(keep, count, largest):
    """Geometric means over all masks against one network with scaled weights, in exact odds.

    The mean takes roots; both sides are raised to powers that make every exponent an integer.
    """

    def check(answer):
        answer = unfold(answer)
        seen = is_pair(answer) + holds([v.is_Rational for v in answer], "rational factors")
        for ratios, entry, offsets in instances(count, largest):
            chances = [
                prod(keep if on else 1 - keep for on in mask) for mask in masks_of(len(entry))
            ]
            scaled = [Fraction(int(v.p), int(v.q)) for v in answer]
            root = lcm(*(v.denominator for v in [*chances, *scaled]))
            weight, bias = (int(v * root) for v in scaled)
            means = [Fraction(1)] * len(offsets)
            for chance, mask in zip(chances, masks_of(len(entry)), strict=True):
                found = member(ratios, entry, offsets, mask)
                power_ = int(chance * root)
                means = [m * one**power_ for m, one in zip(means, found, strict=True)]
            stated = [
                offset**bias
                * prod(row[y] ** (weight * v) for row, v in zip(ratios, entry, strict=True))
                for y, offset in enumerate(offsets)
            ]
            odds = zip(means, stated, strict=True)
            same = [one * stated[0] == other * means[0] for one, other in odds]
            seen += holds(same, "odds of the ensemble = odds of the scaled network")
        return seen

    return check


def softmax_at(scores):
    powers = [mpmath.exp(score) for score in scores]
    return [one / mpmath.fsum(powers) for one in powers]


def check_definition(answer):
    """The definitions of the exam in 60 digits, with roots, on classifiers with real weights."""
    rng, found, stated = np.random.default_rng(55), [], []
    with mpmath.workdps(60):
        factors = [mpmath.mpf(v.p) / v.q for v in unfold(answer)]
        for size, classes in ((1, 2), (2, 4), (3, 3), (4, 2), (5, 3)):
            weights = [[mpmath.mpf(v) for v in row] for row in rng.normal(size=(size, classes))]
            entry, bias = ([mpmath.mpf(v) for v in rng.normal(size=m)] for m in (size, classes))

            def scores(kept, weights=weights, entry=entry, bias=bias, factors=(1, 1)):
                return [
                    factors[1] * offset
                    + factors[0]
                    * mpmath.fsum(
                        row[y] * on * v for row, on, v in zip(weights, kept, entry, strict=True)
                    )
                    for y, offset in enumerate(bias)
                ]

            members = [softmax_at(scores(mask)) for mask in masks_of(size)]
            means = [
                mpmath.root(mpmath.fprod(column), 2**size) for column in zip(*members, strict=True)
            ]
            found += [mean / mpmath.fsum(means) for mean in means]
            stated += softmax_at(scores([1] * size, factors=factors))
        return agree(stated, found, digits=30)


def check_scores(keep):
    """The mean score over the masks, for one to four inputs with symbols as terms."""

    def check(answer):
        is_pair(answer)
        found, stated = [], []
        for size in range(1, 5):
            terms, offset = [Symbol(f"z{j}") for j in range(size)], Symbol("o")
            scores = [
                prod(keep if on else 1 - keep for on in mask)
                * (sum(on * term for on, term in zip(mask, terms, strict=True)) + offset)
                for mask in masks_of(size)
            ]
            found.append(expand(sum(scores)))
            stated.append(expand(unfold(answer[0]) * sum(terms) + unfold(answer[1]) * offset))
        return holds([one == other for one, other in zip(found, stated, strict=True)], "mean score")

    return check


def check_half_masks(answer):
    found = [sum(mask[j] for mask in masks_of(size)) for size in range(1, 9) for j in range(size)]
    return equal([answer.subs(n, size) for size in range(1, 9) for _ in range(size)], found)


def check_half_slope(answer):
    """Σ |d| is the slope of (1 + z)^n at 1; every coordinate has its n-th part."""
    variable = Symbol("z", positive=True)
    return equal(answer, diff((1 + variable) ** n, variable).subs(variable, 1) / n)


half = Answer(
    r"\sum_{\boldsymbol{d} \in \{0, 1\}^n} d_j",
    power(2, n - 1),
    checks=[
        Check("enumeration", check_half_masks, fr="$n$ de 1 à 8", en="$n$ from 1 to 8"),
        Check(
            "identity",
            check_half_slope,
            fr="pente de $(1+z)^n$ en 1, divisée par $n$",
            en="slope of $(1+z)^n$ at 1, divided by $n$",
        ),
    ],
)

COUNT, LARGEST = 150, 6
scaling = Answer(
    r"[\kappa_W, \kappa_b]",
    (HALF, 1),
    checks=[
        Check(
            "enumeration",
            check_masks(Fraction(1, 2), COUNT, LARGEST),
            fr=f"{COUNT} classifieurs exacts, tous les masques, $n$ de 1 à {LARGEST}, $k$ de 2 à 5",
            en=f"{COUNT} exact classifiers, all masks, $n$ from 1 to {LARGEST}, $k$ from 2 to 5",
        ),
        Check(
            "numeric",
            check_definition,
            fr="définitions de l'énoncé, racines comprises, 60 chiffres",
            en="definitions of the exam, roots included, 60 digits",
        ),
        Check(
            "symbolic",
            check_scores(HALF),
            fr="score moyen, $n$ de 1 à 4",
            en="mean score, $n$ from 1 to 4",
        ),
    ],
)


def check_any_keep(answer):
    is_pair(answer)
    runs = [
        check_masks(keep, 12, 3)(answer.subs(p, Rational(*keep.as_integer_ratio())))
        for keep in (Fraction(1, 3), Fraction(3, 4), Fraction(2, 5))
    ]
    return sum(runs[1:], runs[0])


general = Answer(
    r"[\kappa_W, \kappa_b]",
    (p, 1),
    checks=[
        Check(
            "enumeration",
            check_any_keep,
            fr="36 classifieurs exacts, $p$ = 1/3, 3/4 et 2/5",
            en="36 exact classifiers, $p$ = 1/3, 3/4 and 2/5",
        ),
        Check(
            "symbolic",
            check_scores(p),
            fr="score moyen, $n$ de 1 à 4",
            en="mean score, $n$ from 1 to 4",
        ),
    ],
)

# --- c: a whole example: two inputs, three classes ------------------------------------------
ENTRY = (1, 2)
WEIGHTS = Matrix([[0, log(4), log(9)], [log(2), 0, 0]])
BIASES = Matrix([[log(3), 0, 0]])
ROOTS = [[1, 4, 9], [2, 1, 1]]  # exponentials of the weights
MEMBERS = [
    member([[*map(Fraction, row)] for row in ROOTS], ENTRY, [*map(Fraction, (3, 1, 1))], mask)
    for mask in ((0, 0), (1, 0), (0, 1), (1, 1))
]


def exact(values):
    return tuple(Rational(v.numerator, v.denominator) for v in values)


def check_halved(answer):
    scores = [HALF * (WEIGHTS[:, y].T * Matrix(ENTRY))[0] + BIASES[y] for y in range(3)]
    powers = [exp(score) for score in scores]
    return equal(answer, [one / sum(powers) for one in powers])


def check_fourth_powers(answer):
    """The fourth powers of the three probabilities are as the products over the masks."""
    products = [prod(column) for column in zip(*MEMBERS, strict=True)]
    shares = [value**4 / answer[0] ** 4 for value in answer]
    total = equal([sum(answer)], [1])
    return total + equal(shares, exact(one / products[0] for one in products))


worked = Answer(
    r"P_{\mathrm{ensemble}}(Y = \cdot \mid \boldsymbol{x})",
    (Rational(6, 11), Rational(2, 11), Rational(3, 11)),
    checks=[
        Check(
            "enumeration",
            check_fourth_powers,
            fr="quatre masques, puissances quatrièmes",
            en="four masks, fourth powers",
        ),
        Check("symbolic", check_halved, fr="poids divisés par deux", en="halved weights"),
    ],
)
arithmetic = exact(sum(column) / 4 for column in zip(*MEMBERS, strict=True))


def mask_row(mask, values):
    cells = [f"${value.numerator}/{value.denominator}$" for value in values]
    return [Text(fr=cell, en=cell) for cell in (f"${mask}$", *cells)]


masks_table = Table(
    header=[
        Text(fr="masque $(d_1, d_2)$", en="mask $(d_1, d_2)$"),
        *(Text(fr=f"$Y = {y}$", en=f"$Y = {y}$") for y in range(3)),
    ],
    rows=[
        mask_row(mask, values)
        for mask, values in zip(((0, 0), (1, 0), (0, 1), (1, 1)), MEMBERS, strict=True)
    ],
    align="cccc",
)


# --- c: where exactness ends ----------------------------------------------------------------------
def check_pair(answer):
    """Both odds in terms of e^c and e^δ: two rational functions, compared as such."""
    center, spread = Symbol("E", positive=True), Symbol("D", positive=True)
    stated = unfold(answer).rewrite(exp).subs({c: log(center), delta: log(spread)})
    high, low = center * spread, center / spread
    expected = (high / (1 + high) + low / (1 + low)) / 2
    return holds([cancel(stated - expected) == 0], "the mean of the two probabilities")


pair_mean = Derivation(
    r"\tfrac12 \bigl(g(c + \delta) + g(c - \delta)\bigr)",
    value=(2 + tanh((c + delta) / 2) + tanh((c - delta) / 2)) / 4,
    steps=[Step(plus(HALF, times(HALF, over(sinh(c), plus(cosh(c), cosh(delta))))))],
    checks=[
        Check("identity", check_pair, fr="par les exponentielles", en="through exponentials"),
        by_value(
            lambda one, other: (
                (1 / (1 + mpmath.exp(-one - other)) + 1 / (1 + mpmath.exp(other - one))) / 2
            ),
            c,
            delta,
            fr="deux sigmoïdes",
            en="two sigmoids",
        ),
    ],
)


def check_two_members(answer):
    """One input: two members, of probabilities 8, 1, 1 (tenths) and 2, 25, 9 (thirty-sixths)."""
    off, on = [Fraction(v, 10) for v in (8, 1, 1)], [Fraction(v, 36) for v in (2, 25, 9)]
    mean, best = answer
    arithmetic_mean = equal(mean, exact((u + v) / 2 for u, v in zip(off, on, strict=True)))
    squares = [(value / best[0]) ** 2 for value in best]
    odds = [u * v / (off[0] * on[0]) for u, v in zip(off, on, strict=True)]
    return arithmetic_mean + equal(squares, exact(odds)) + equal(sum(best), 1)


def check_two_softmaxes(answer):
    with mpmath.workdps(40):
        bias, weights = ([mpmath.log(mpmath.mpf(v)) for v in r] for r in ((8, 1, 1), (0.25, 25, 9)))
        members = [
            softmax_at([o + on * v for o, v in zip(bias, weights, strict=True)]) for on in (0, 1)
        ]
        scaled = softmax_at([o + v / 2 for o, v in zip(bias, weights, strict=True)])
        mean = [(one + other) / 2 for one, other in zip(*members, strict=True)]
        return agree(answer, [mean, scaled], digits=30)


two_means = Answer(
    r"[P_{\mathrm{arith}}, P_{\mathrm{ensemble}}]",
    (
        (Rational(77, 180), Rational(143, 360), Rational(7, 40)),
        (Rational(1, 3), Rational(5, 12), Rational(1, 4)),
    ),
    checks=[
        Check("enumeration", check_two_members, fr="carrés des cotes", en="squares of the odds"),
        Check("numeric", check_two_softmaxes, fr="softmax, 40 chiffres", en="softmax, 40 digits"),
    ],
)


def check_rectified(answer):
    """Odds are powers of 16: their exponents are the activations of the hidden unit."""
    ensemble, scaled = answer
    hidden = [max(0, one - other) for one, other in masks_of(2)]
    odds = (ensemble / (1 - ensemble)) ** 4, scaled / (1 - scaled)
    return equal(odds, (16 ** sum(hidden), 16 ** max(0, HALF - HALF)))


def check_rectified_numbers(answer):
    with mpmath.workdps(40):

        def output(one, other):
            return 1 / (1 + mpmath.power(16, -mpmath.mpf(max(0, one - other))))

        members = [output(*mask) for mask in masks_of(2)]
        means = [mpmath.root(mpmath.fprod(v), 4) for v in (members, [1 - m for m in members])]
        return agree(answer, [means[0] / mpmath.fsum(means), output(0.5, 0.5)], digits=30)


rectified = Answer(
    r"[P_{\mathrm{ensemble}}(Y = 1 \mid \boldsymbol{x}),\; P(Y = 1 \mid \boldsymbol{x})]",
    (Rational(2, 3), HALF),
    checks=[
        Check("enumeration", check_rectified, fr="quatre masques, cotes", en="four masks, odds"),
        Check("numeric", check_rectified_numbers, fr="40 chiffres", en="40 digits"),
    ],
)

KEPT = np.array(masks_of(6), dtype=float)


def softmax(scores):
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def gaps(rng, size, scale, hidden):
    """Mean total variation between the scaled network and the two means of its 64 members.

    Random networks with six inputs and three classes, with or without six tanh units between.
    """
    entries = rng.normal(size=(size, 1, 6))
    inner, outer = scale * rng.normal(size=(size, 6, 6)), scale * rng.normal(size=(size, 6, 3))

    def output(inputs):
        return softmax((np.tanh(inputs @ inner) if hidden else inputs) @ outer)

    members, scaled = output(KEPT * entries), output(entries / 2)[:, 0]
    geometric = softmax(np.log(members).mean(axis=1))
    return [
        float(np.abs(mean - scaled).sum(axis=1).mean() / 2)
        for mean in (geometric, members.mean(axis=1))
    ]


layer_gap = Experiment(
    Measure(
        lambda rng, size: gaps(rng, size, 1, hidden=True)[0],
        fr="distance moyenne, en variation totale, entre la moyenne géométrique renormalisée des "
        "64 modèles et le réseau aux poids d'entrée divisés par deux (6 entrées, 6 unités tanh, "
        "3 classes, poids et entrées de loi normale centrée réduite)",
        en="mean total variation distance between the renormalized geometric mean of the 64 models "
        "and the network with halved input weights (6 inputs, 6 tanh units, 3 classes, standard "
        "normal weights and inputs)",
    ),
    control=Measure(
        lambda rng, size: gaps(rng, size, 1, hidden=False)[0],
        fr="la même distance sans couche cachée",
        en="the same distance without hidden layer",
    ),
    at_least=0.05,
    size=200,
    seeds=5,
)


# --- figures --------------------------------------------------------------------------------------
def draw_capacity(axes, say):
    """Effective degrees of freedom, then what is not affine, against iterations."""
    moments = [int(v) for v in np.unique(np.geomspace(1, 3000, 15).astype(int))]
    seen = train(np.random.default_rng(3), 100, moments)
    freedom_axis, share_axis = axes
    freedom_axis.semilogx(moments, [seen[m][0] for m in moments], "o-", markersize=3)
    design = np.stack([np.ones(POINTS), np.linspace(-1, 1, POINTS)], axis=1)
    shares = float(NET_RATE) * np.linalg.eigvalsh(design.T @ design / POINTS)
    line = [(1 - (1 - shares) ** m).sum() for m in moments]
    freedom_axis.semilogx(moments, line, "--")
    freedom_axis.text(150, 4.6, say(fr="réseau", en="network"), ha="right")
    freedom_axis.text(3000, 0.75, say(fr="modèle affine", en="affine model"), ha="right")
    freedom_axis.set(title=r"$\nu(t)$", ylim=(0, 8))
    share_axis.semilogx(moments, [seen[m][1] for m in moments], "o-", markersize=3)
    share_axis.set(title=say(fr="part non affine", en="share not affine"), ylim=(0, 1))
    for ax in axes:
        ax.set_xlabel(say(fr="itérations $t$", en="iterations $t$"))


capacity = Figure(
    "capacity",
    draw_capacity,
    panels=2,
    height=1.9,
    caption=Text(
        fr=f"Entraînement sur {POINTS} cibles aléatoires $\\pm 1$, à partir de petits poids. À "
        "gauche, les degrés de liberté effectifs du réseau (points) et d'un modèle affine (tirets, "
        "formule exacte), de rang 2. À droite, la part de la variance des prédictions du "
        "réseau qu'aucune fonction affine n'explique.",
        en=f"Training on {POINTS} random targets $\\pm 1$, from small weights. Left, the effective "
        "degrees of freedom of the network (dots) and of an affine model (dashes, exact formula), "
        "of rank 2. Right, the share of the variance of the network's predictions "
        "that no affine function explains.",
    ),
    alt=Text(
        fr="Deux panneaux en fonction du nombre d'itérations, de 1 à 3000, en échelle "
        "logarithmique. À gauche, la courbe du réseau monte sans cesse, de moins de 1 à plus de "
        "6 ; celle du modèle affine monte jusqu'à 2 et s'y arrête. À droite, la part non affine "
        "reste près de 0 jusqu'à une trentaine d'itérations, puis monte vers 0,8.",
        en="Two panels against the number of iterations, from 1 to 3000, logarithmic scale. Left, "
        "the curve of the network keeps rising, from below 1 to above 6; that of the affine model "
        "rises to 2 and stays there. Right, the share that is not affine stays near 0 until about "
        "thirty iterations, then rises towards 0.8.",
    ),
)

STEEP, GENTLE, PATH_RATE, PATH_TIME = 1.0, 0.1, 0.3, 15


def draw_shrinkage(axes, say):
    """Both paths over the contour lines of a quadratic, then both factors."""
    paths, factors = axes
    across, up = np.meshgrid(np.linspace(-0.15, 1.25, 120), np.linspace(-0.15, 1.25, 120))
    height = STEEP * (up - 1) ** 2 + GENTLE * (across - 1) ** 2
    paths.contour(
        across, up, height, levels=[0.005, 0.03, 0.1, 0.3, 0.7, 1.1], colors="0.75", linewidths=0.6
    )
    both = np.array([GENTLE, STEEP])
    steps = np.arange(0, 200)[:, None]
    paths.plot(*(1 - (1 - PATH_RATE * both) ** steps).T, "o-", markersize=2.5, linewidth=0.8)
    weights = np.geomspace(1e-3, 1e3, 200)[:, None]
    paths.plot(*(both / (both + weights)).T, "--")
    stop = 1 - (1 - PATH_RATE * both) ** PATH_TIME
    ridge = both / (both + 1 / (PATH_RATE * PATH_TIME))
    paths.plot(*stop, "k^", markersize=6)
    paths.plot(*ridge, "ks", markersize=5)
    paths.plot(1, 1, "k*", markersize=8)
    paths.text(1.04, 1.04, r"$w^\star$")
    paths.text(0.06, 1.1, say(fr="descente", en="descent"))
    paths.text(0.62, 0.8, say(fr="pénalité", en="penalty"))
    paths.set(xlabel=r"$w_1$", ylabel=r"$w_2$", xticks=[0, 1], yticks=[0, 1])
    grid = np.geomspace(0.02, 100, 300)
    inside = grid[grid < PATH_TIME]
    factors.semilogx(inside, 1 - (1 - inside / PATH_TIME) ** PATH_TIME)
    factors.semilogx(grid, grid / (1 + grid), "--")
    spot = float(tau_star.value)
    factors.plot([spot, spot], [spot / (1 + spot), 1 - np.exp(-spot)], "k:", linewidth=1.5)
    factors.text(1.2, 0.86, "$s_t$", ha="right")
    factors.text(6, 0.75, r"$r_{1/(\eta t)}$")
    factors.set(xlabel=r"$\tau = \eta t \lambda$", yticks=[0, 0.5, 1])


shrinkage = Figure(
    "shrinkage",
    draw_shrinkage,
    panels=2,
    height=2.2,
    caption=Text(
        fr="À gauche, courbes de niveau d'une perte quadratique (valeurs propres 1 et 0,1), "
        "descente de gradient à partir de 0 (points, $\\eta = 0{,}3$) et minimums pénalisés "
        f"(tirets). Le triangle marque l'arrêt à $t = {PATH_TIME}$ ; le carré, le minimum pour la "
        "pénalité $1/(\\eta t)$ ; l'étoile, le minimum sans pénalité. À droite, les deux facteurs "
        f"en fonction de $\\eta t \\lambda$, pour $t = {PATH_TIME}$ ; le trait pointillé marque le "
        "plus grand écart dans la limite des petits pas.",
        en="Left, contour lines of a quadratic loss (eigenvalues 1 and 0.1), gradient descent "
        "from 0 (dots, $\\eta = 0.3$) and penalized minima (dashes). The triangle marks stopping "
        f"at $t = {PATH_TIME}$; the square, the minimum for the penalty $1/(\\eta t)$; the star, "
        "the minimum without penalty. Right, both factors against $\\eta t \\lambda$, for "
        f"$t = {PATH_TIME}$; the dotted line marks the largest gap in the limit of small steps.",
    ),
    alt=Text(
        fr="À gauche, deux chemins voisins, de l'origine au point (1, 1) : ils montent "
        "d'abord selon la direction raide, puis vont vers la droite ; le carré est un peu en "
        "retrait du triangle. À droite, deux courbes croissantes de 0 à 1 ; celle de l'arrêt "
        "précoce est partout au-dessus de celle de la pénalité.",
        en="Left, two nearby paths from the origin to the point (1, 1): they first climb "
        "along the steep direction, then go right; the square lies a little behind the triangle. "
        "Right, two curves growing from 0 to 1; that of early stopping is everywhere above that of "
        "the penalty.",
    ),
)


def draw_exactness(axes, say):
    """Distances to the scaled network for growing weights; then the mean of a pair of models."""
    distances, confidence = axes
    scales = np.geomspace(0.1, 4, 9)
    flat_rows = np.array([gaps(np.random.default_rng(1), 100, v, hidden=False) for v in scales])
    deep_rows = np.array([gaps(np.random.default_rng(1), 100, v, hidden=True) for v in scales])
    curves = (
        (deep_rows[:, 0], "s--", say(fr="couche cachée", en="hidden layer")),
        (flat_rows[:, 1], "^:", say(fr="arithmétique", en="arithmetic")),
        (flat_rows[:, 0], "o-", say(fr="géométrique", en="geometric")),
    )
    for values, style, name in curves:
        distances.semilogx(scales, values, style, markersize=3.5, label=name, clip_on=False)
    distances.legend(loc="upper left")
    distances.set(
        xlabel=say(fr="écart type des poids", en="weights' standard deviation"),
        title="distance",
        ylim=(-0.01, 0.5),
    )
    grid = np.linspace(-6, 6, 241)
    curve = lambdify((c, delta), pair_mean.value.doit())
    for value, style in ((0, "-"), (3, "--"), (6, ":")):
        confidence.plot(grid, curve(grid, float(value)), style)
    confidence.text(0.9, 0.93, r"$\delta = 0$", ha="right")
    confidence.text(3.0, 0.62, r"$\delta = 3$")
    confidence.text(3.2, 0.4, r"$\delta = 6$")
    confidence.set(
        xlabel="logit $c$",
        title=say(fr="moyenne", en="mean"),
        yticks=[0, 0.5, 1],
    )


exactness = Figure(
    "exactness",
    draw_exactness,
    panels=2,
    height=1.9,
    caption=Text(
        fr="À gauche, distance moyenne en variation totale entre le réseau aux poids d'entrée "
        "divisés par deux et l'ensemble : moyenne géométrique sans couche cachée (nulle), moyenne "
        "arithmétique sans couche cachée, moyenne géométrique avec couche cachée. À droite, la "
        r"moyenne arithmétique de deux modèles de logits $c + \delta$ et $c - \delta$ : elle est "
        "du même côté de 1/2 que $g(c)$, et plus près de 1/2.",
        en="Left, mean total variation distance between the network with halved input weights and "
        "the ensemble: geometric mean without hidden layer (zero), arithmetic mean without hidden "
        "layer, geometric mean with a hidden layer. Right, the arithmetic mean of two models of "
        r"logits $c + \delta$ and $c - \delta$: it is on the same side of 1/2 as $g(c)$, and "
        "closer to 1/2.",
    ),
    alt=Text(
        fr="À gauche, une droite à zéro (moyenne géométrique, sans couche cachée) et deux courbes "
        "qui montent avec l'écart type des poids. À droite, trois courbes croissantes en fonction "
        "de $c$, qui passent par 1/2 en 0 et s'aplatissent quand $\\delta$ grandit.",
        en="Left, a line at zero (geometric mean, no hidden layer) and two curves that rise with "
        "the standard deviation of the weights. Right, three increasing curves against $c$, all "
        "through 1/2 at 0, flatter when $\\delta$ is larger.",
    ),
)


# --- instances: what the notation stands for ------------------------------------------------------
def slope_of(loss, point):
    """The gradient of a function of a vector, each entry by a complex step, as a column."""
    flat = np.reshape(point, -1)
    return np.array([[loss(flat + 1e-30j * axis).imag / 1e-30] for axis in np.eye(flat.size)])


def bend_of(loss, size):
    """The Hessian of a quadratic function: differences of its gradient."""
    start = slope_of(loss, np.zeros(size))
    return np.hstack([slope_of(loss, axis) - start for axis in np.eye(size)])


def iterates(loss, start, rate, count):
    """Gradient descent, from the point `start`: 0 to `count` iterations."""
    points = [np.reshape(start, (-1, 1))]
    for _ in range(count):
        points.append(points[-1] - rate * slope_of(loss, points[-1]))
    return dict(enumerate(points))


def halved_square(inputs, targets):
    """Half of the mean squared residual of a linear model, a function of its weights."""
    return lambda point: (
        ((inputs @ np.reshape(point, -1) - np.reshape(targets, -1)) ** 2).mean() / 2
    )


def skewed(rng, rows, columns, rank):
    """Random inputs of a given rank, of scales that differ."""
    return (
        rng.normal(size=(rows, rank))
        * np.geomspace(2, 0.6, rank)
        @ rng.normal(size=(rank, columns))
    )


def corrected(value):
    """The share of the gap that t iterations have corrected: each corrects η λ of what is left."""
    return Sum(eta * value * (1 - eta * value) ** s, (s, 0, t - 1))


def draw_training(rng):
    """Descent on a loss that is not convex, whose curvature is at most 2 ‖A‖² / 7 everywhere.

    It starts along the steepest direction, where the bounds are nearly reached.
    """
    inputs = skewed(rng, 7, 4, 4)
    _, sizes, axes = np.linalg.svd(inputs)
    best = rng.normal(size=4)
    targets = inputs @ best + 1e-4 * rng.normal(size=7)

    def loss(point):
        squares = (inputs @ np.reshape(point, -1) - targets) ** 2
        return (squares / (1 + squares)).mean()

    bound = 2 * sizes[0] ** 2 / 7
    rate = rng.uniform(0.97, 1) / bound
    start = best + 0.02 * axes[0] + 1e-4 * rng.normal(size=4)
    return {
        theta: iterates(loss, start, rate, 6),
        L: loss,
        grad_L: partial(slope_of, loss),
        beta: bound,
        eta: rate,
        s: range(6),
        t: range(1, 6),
    }


def draw_layer(rng):
    """A hidden layer of four tanh units on three inputs, computed with matrices."""
    inner, offset, outer = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=4)
    entry = rng.normal(size=3)

    def output(point, parameters):
        one, two, three = np.split(np.reshape(parameters, -1), [12, 16])
        return three @ np.tanh(one.reshape(4, 3) @ np.reshape(point, -1) + two)

    return {
        f: output,
        x: entry,
        theta: np.concatenate([inner.reshape(-1), offset, outer]),
        v: dict(enumerate(outer, start=1)),
        a: dict(enumerate(inner @ entry + offset, start=1)),
        h: range(1, 5),
    }


def fits(inputs, rate, count, targets):
    """The predictions of descent from 0, after 0 to `count` iterations."""
    loss = halved_square(inputs, targets)
    points = iterates(loss, np.zeros(inputs.shape[1]), rate, count)
    return {time: inputs @ point for time, point in points.items()}


def random_fits(inputs, rate, count):
    """All vectors of signs, and the predictions after `count` iterations: one row for each."""
    signs = np.array(list(product((-1.0, 1.0), repeat=len(inputs))))
    return signs, np.array([fits(inputs, rate, count, one)[count][:, 0] for one in signs])


def covariance(inputs, rate, count):
    """The sum of the covariances of random signs and of their predictions, over all signs."""
    signs, predicted = random_fits(inputs, rate, count)
    centered = predicted - predicted.mean(axis=0)
    return ((signs - signs.mean(axis=0)) * centered).mean(axis=0).sum()


def eigenvalues_of(inputs, rng):
    """Those of X Xᵀ / N, from the least, and a rate for which 0 < η λ < 1 for the nonzero ones."""
    values = np.linalg.eigvalsh(inputs @ inputs.T / len(inputs))
    return values, rng.uniform(0.5, 0.9) / values[-1]


def draw_linear(rng):
    """A linear model of rank 2: its descent, for given targets and for all vectors of signs."""
    inputs, targets, count = skewed(rng, 6, 4, 2), rng.normal(size=(6, 1)), int(rng.integers(2, 4))
    values, rate = eigenvalues_of(inputs, rng)
    points = iterates(halved_square(inputs, targets), np.zeros(4), rate, count)
    units = [fits(inputs, rate, count, one) for one in np.eye(6)]
    signs, predicted = random_fits(inputs, rate, count)
    return {
        X: inputs,
        z: targets,
        N: 6,
        n: 4,
        identity: np.eye(6),
        eta: rate,
        t: count,
        s: range(count),
        w: points,
        z_hat: {time: inputs @ point for time, point in points.items()},
        S_t: {time: np.hstack([one[time] for one in units]) for time in range(count + 1)},
        lam: dict(enumerate(values, start=1)),
        i: range(1, 7),
        nu: lambda time: covariance(inputs, rate, int(time)),
        EXPECTED: (signs * predicted).sum(axis=1).mean(),
    }


def draw_four(rng):
    """Four examples, three inputs, and the nonzero eigenvalues 1, 1/4 and 1/16."""
    left, right = (np.linalg.qr(rng.normal(size=(m, m)))[0] for m in (4, 3))
    inputs = left[:, :3] @ np.diag([2, 1, 0.5]) @ right
    return {nu: lambda time: covariance(inputs, float(RATE), int(time)), t: range(1, 6)}


def draw_moving(rng):
    """The directions of a linear model in which descent moves."""
    values, rate = eigenvalues_of(skewed(rng, 5, 4, 3), rng)
    return {eta: rate, lam: dict(enumerate(values, start=1)), i: range(3, 6)}


def draw_overshoot(rng):
    """A rate half as large again as the one that reaches the minimum in one iteration."""
    value = rng.uniform(0.5, 2)
    return {eta: 1.5 / value, lam: {1: value}, i: range(1, 2)}


def quadratic(rng):
    """A quadratic loss whose Hessian is singular: inputs, targets, loss, Hessian, minimum."""
    inputs, targets = skewed(rng, 6, 4, 3), rng.normal(size=6)
    loss = halved_square(inputs, targets)
    best = np.linalg.lstsq(inputs, targets, rcond=None)[0]  # the one of least norm
    return inputs, targets, loss, bend_of(loss, 4), best


def draw_point(rng):
    """The loss and its gradient at any point."""
    inputs, targets, loss, bend, best = quadratic(rng)
    return {
        X: inputs,
        z: targets,
        N: 6,
        w: rng.normal(size=4),
        w_star: best,
        H: bend,
        L: loss,
        grad_L: partial(slope_of, loss),
    }


def draw_penalized(rng):
    """The penalized minimum, as a least-squares problem with four more examples."""
    inputs, targets, _, bend, best = quadratic(rng)
    values, axes = np.linalg.eigh(bend)
    weight = rng.uniform(0.2, 2)
    rows = np.vstack([inputs / np.sqrt(6), np.sqrt(weight) * np.eye(4)])
    found = np.linalg.lstsq(rows, np.append(targets / np.sqrt(6), np.zeros(4)), rcond=None)[0]
    return {
        w: found,
        w_star: best,
        H: bend,
        alpha: weight,
        lam: dict(enumerate(values, start=1)),
        q_i: dict(enumerate(axes.T, start=1)),
        i: range(2, 5),
    }


def draw_flat(rng):
    """The direction in which the loss is flat."""
    _, _, _, bend, best = quadratic(rng)
    values, axes = np.linalg.eigh(bend)
    return {lam: {1: values[0]}, q_i: {1: axes[:, 0]}, w_star: best, i: range(1, 2)}


def stop_at(rate, value, count):
    """Where descent on (λ/2)(w - 1)² stops."""
    point = 0.0
    for _ in range(count):
        point -= rate * value * (point - 1)
    return point


def balanced_at(value, weight):
    """Where the slope λ (w - 1) + α w vanishes: a line through two of its points."""
    at_0, at_1 = (value * (point - 1) + weight * point for point in (0, 1))
    return at_0 / (at_0 - at_1)


def weight_at(value, point):
    """The penalty α for which the same slope vanishes at a point: again a line, now in α."""
    at_0, at_1 = (value * (point - 1) + weight * point for weight in (0, 1))
    return at_0 / (at_0 - at_1)


def crossing(rate, value, weight):
    """The time, not an integer, at which descent has the penalized factor: by bisection."""
    low, high = 0.0, 1e3
    for _ in range(100):
        middle = (low + high) / 2
        short = 1 - (1 - rate * value) ** middle < balanced_at(value, weight)
        low, high = (middle, high) if short else (low, middle)
    return low


def draw_descent(rng):
    """Descent on a quadratic loss, and one direction in which it moves."""
    inputs, targets, loss, bend, best = quadratic(rng)
    values, axes = np.linalg.eigh(bend)
    rate, count = rng.uniform(0.5, 0.9) / values[-1], int(rng.integers(2, 7))
    chosen = int(rng.integers(2, 5))
    return {
        X: inputs,
        z: targets,
        N: 6,
        H: bend,
        w_star: best,
        w: iterates(loss, np.zeros(4), rate, count),
        s: range(count),
        t: count,
        eta: rate,
        lam: dict(enumerate(values, start=1)),
        q_i: dict(enumerate(axes.T, start=1)),
        i: {chosen},
        u: rate * values[chosen - 1],
        s_t: lambda at: stop_at(rate, at, count),
    }


def draw_factors(rng):
    """One eigenvalue, a rate, a time and a penalty; the limits are values near 0."""
    value, weight, count = *rng.uniform(0.2, 2, 2), int(rng.integers(2, 7))
    rate = rng.uniform(0.2, 0.9) / value
    with mpmath.workdps(80):
        tiny, step = mpmath.mpf(10) ** -26, mpmath.mpf(rate)
        flat_penalty = penalty_at(step, tiny, count)
        flat_slope = (1 / flat_penalty - step * count) / tiny
    return {
        t: count,
        eta: rate,
        alpha: weight,
        lam: value,
        u: rate * value,
        s_t: lambda at: stop_at(rate, at, count),
        r_a: lambda at: balanced_at(at, weight),
        a_t: lambda at: weight_at(at, stop_at(rate, at, count)),
        t_a: lambda at: crossing(rate, at, weight),
        flat.lhs: float(flat_penalty),
        drift.lhs: float(flat_slope),
    }


def masked(weights, entry, offsets, kept):
    """The scores of a classifier whose inputs are multiplied by what a mask keeps."""
    size = len(weights)
    return weights.T @ (np.reshape(kept, size) * np.reshape(entry, size)) + offsets


def geometric(members, chances):
    """The renormalized geometric mean of distributions, with weights."""
    means = np.exp(chances @ np.log(members))
    return means / means.sum()


def factors_of(weights, offsets, entries, means):
    """The factors of weights and biases that give these means: least squares on log-odds."""
    columns = [np.stack([weights.T @ entry, offsets], axis=1) for entry in entries]
    rows = np.vstack([one[1:] - one[:1] for one in columns])
    odds = np.concatenate([np.log(one[1:] / one[:1]) for one in means])
    return np.linalg.lstsq(rows, odds, rcond=None)[0]


def classifier(rng):
    """Weights, biases and the masks of a classifier of random size, without hidden layer."""
    size, classes = int(rng.integers(2, 5)), int(rng.integers(2, 5))
    masks = np.array(masks_of(size), dtype=float)
    return rng.normal(size=(size, classes)), rng.normal(size=classes), masks


def draw_dropout(rng):
    """A classifier under all masks. Classes are numbered from 1, as columns are."""
    weights, offsets, masks = classifier(rng)
    size, classes = weights.shape
    entry = rng.normal(size=size)

    def chances(point, kept=None):
        scores = masked(weights, point, offsets, np.full(size, 0.5) if kept is None else kept)
        return softmax(scores)

    def mean(value, point):
        return np.exp(np.mean([np.log(chances(point, kept)[value - 1]) for kept in masks]))

    def total(kept):
        return np.exp(masked(weights, entry, offsets, kept)).sum()

    def ensemble(point):
        members = np.array([chances(point, kept) for kept in masks])
        return geometric(members, np.full(len(masks), 1 / len(masks)))

    entries = [entry, *rng.normal(size=(2, size))]
    both = factors_of(weights, offsets, entries, [ensemble(point) for point in entries])
    return {
        n: size,
        k: classes,
        x: entry,
        W: weights,
        b: offsets,
        "b": offsets,
        d: set(masks_of(size)),
        j: range(1, size + 1),
        y: range(1, classes + 1),
        y_prime: range(1, classes + 1),
        P: lambda value, point, kept=None: chances(point, kept)[value - 1],
        P_raw: mean,
        P_mean: lambda value, point: ensemble(point)[value - 1],
        Z: total,
        C: np.exp(np.mean([np.log(total(kept)) for kept in masks])),
        d_bar: masks.mean(axis=0),
        r"\bar{d}": masks.mean(axis=0),
        half.lhs: int(masks.sum(axis=0)[0]),
        kappa_W: both[0],
        kappa_b: both[1],
    }


def draw_root(rng):
    """The same for one class, with the product over the masks."""
    values, chosen = draw_dropout(rng), int(rng.integers(1, 3))
    members = [values[P](chosen, values[x], kept) for kept in values[d]]
    return {**values, y: {chosen}, PRODUCT: prod(members)}


def draw_keeping(rng):
    """Masks that are not independent: each input is kept with the probability p all the same."""
    weights, offsets, masks = classifier(rng)
    keep, mixed, size = *rng.uniform(0.2, 0.8, 2), len(weights)
    kept = masks.sum(axis=1)
    alone = keep**kept * (1 - keep) ** (size - kept)
    together = keep * (kept == size) + (1 - keep) * (kept == 0)
    chances = mixed * alone + (1 - mixed) * together
    entries = rng.normal(size=(3, size))
    members = [
        np.array([softmax(masked(weights, entry, offsets, mask)) for mask in masks])
        for entry in entries
    ]
    both = factors_of(weights, offsets, entries, [geometric(one, chances) for one in members])
    return {p: keep, kappa_W: both[0], kappa_b: both[1]}


def root_mean(members):
    """The renormalized geometric mean of a few distributions, exactly."""
    roots = [prod(column) ** Rational(1, len(members)) for column in zip(*members, strict=True)]
    return Tuple(*(root / sum(roots) for root in roots))


def likely(hidden):
    """The distribution of two classes whose odds are 16 to the power of a hidden unit."""
    return Rational(1, 1 + 16**hidden), Rational(16**hidden, 1 + 16**hidden)


TWO = [[Rational(v, 10) for v in (8, 1, 1)], [Rational(v, 36) for v in (2, 25, 9)]]
WORKED = root_mean([exact(one) for one in MEMBERS])
ARITHMETIC = Tuple(*((one + other) / 2 for one, other in zip(*TWO, strict=True)))
GATED = [likely(max(0, one - other)) for one, other in masks_of(2)]
PRODUCT = r"\prod_{\boldsymbol{d} \in \{0, 1\}^n} P(Y = y \mid \boldsymbol{x}, \boldsymbol{d})"
ROOT = (
    rf"\tilde{{P}}_{{\mathrm{{ensemble}}}}(Y = y \mid \boldsymbol{{x}}) = \sqrt[2^n]{{{PRODUCT}}}"
)
EXPECTED = r"\operatorname{E}[\boldsymbol{z}^\top \hat{\boldsymbol{z}}_t]"
FREEDOM = (
    rf"{freedom.lhs} = 3 - \left(\frac{{1}}{{2}}\right)^{{t}} - "
    r"\left(\frac{7}{8}\right)^{t} - \left(\frac{31}{32}\right)^{t}"
)
TWO_MEANS = (
    rf"{two_means.lhs} = \left[\left[\frac{{77}}{{180}},\, \frac{{143}}{{360}},\, "
    r"\frac{7}{40}\right],\, "
    r"\left[\frac{1}{3},\, \frac{5}{12},\, \frac{1}{4}\right]\right]"
)
RECTIFIED = {
    r"P_{\mathrm{ensemble}}(Y = 1 \mid \boldsymbol{x})": root_mean(GATED)[1],
    r"P(Y = 1 \mid \boldsymbol{x})": likely(max(0, HALF - HALF))[1],
}
RECTIFIED_TEXT = rf"{rectified.lhs} = \left[\frac{{2}}{{3}},\, \frac{{1}}{{2}}\right]"
DEFINITIONS = {
    g: lambda at: 1 / (1 + exp(-at)),
    s_t: corrected,
    r_a: lambda at: balanced_at(at, alpha),
    a_t: lambda at: weight_at(at, corrected(at)),
}
LOSS = r"L(\boldsymbol{w}) = \frac{1}{2N} \lVert X\boldsymbol{w} - \boldsymbol{z} \rVert^2"
POINT = [
    LOSS,
    (
        r"L(\boldsymbol{w}) = L(\boldsymbol{w}^\star) + \tfrac12 "
        r"(\boldsymbol{w} - \boldsymbol{w}^\star)^\top H (\boldsymbol{w} - \boldsymbol{w}^\star)"
    ),
    r"\nabla L(\boldsymbol{w}) = H(\boldsymbol{w} - \boldsymbol{w}^\star)",
]
PENALIZED = [
    r"H(\boldsymbol{w} - \boldsymbol{w}^\star) + \alpha\boldsymbol{w} = \boldsymbol{0}",
    (
        r"(\lambda_i + \alpha) \, \boldsymbol{q}_i^\top \boldsymbol{w} = "
        r"\lambda_i \, \boldsymbol{q}_i^\top \boldsymbol{w}^\star"
    ),
]

question = Question(
    title=Text(fr="Régularisation", en="Regularization"),
    parts=[
        Part(
            "a",
            points=5,
            answers=[freedom, departure],
            experiments=[growth, bending],
            marking=[
                Mark(
                    1,
                    fr="distinguer la capacité effective de celle, fixe, de la famille",
                    en="telling effective capacity from that of the family, which is fixed",
                ),
                Mark(
                    2,
                    fr="peu d'itérations, donc des poids voisins des poids initiaux : peu de "
                    "fonctions accessibles",
                    en="few iterations, hence weights close to the initial ones: few functions "
                    "within reach",
                ),
                Mark(
                    2,
                    fr="petits poids, unités presque linéaires ; plus tard, non-linéarité",
                    en="small weights, units nearly linear; later, nonlinearity",
                ),
            ],
        ),
        Part(
            "b",
            points=5,
            answers=[
                stopped,
                penalized,
                matching,
                excess,
                flat,
                drift,
                stop_time,
                widest_gap,
            ],
            experiments=[rivals],
            marking=[
                Mark(
                    1,
                    fr="perte quadratique, base propre, départ en 0",
                    en="quadratic loss, eigenbasis, start at 0",
                ),
                Mark(1, fr="facteur de l'arrêt précoce", en="factor of early stopping"),
                Mark(1, fr="facteur de la pénalité L2", en="factor of the L2 penalty"),
                Mark(
                    2,
                    fr="même effet sur les directions plates ; $t$ joue le rôle de "
                    r"$1/(\eta\alpha)$, de façon approchée",
                    en="same effect on the flat directions; $t$ plays the part of "
                    r"$1/(\eta\alpha)$, approximately",
                ),
            ],
        ),
        Part(
            "c",
            points=10,
            answers=[half, scaling, worked, general, pair_mean, two_means, rectified],
            experiments=[layer_gap],
            marking=[
                Mark(
                    2,
                    fr="racine du produit écrite comme l'exponentielle d'une moyenne",
                    en="root of the product written as the exponential of a mean",
                ),
                Mark(
                    3,
                    fr="dénominateurs : facteur indépendant de $y$, éliminé par la renormalisation",
                    en="denominators: a factor independent of $y$, removed by renormalizing",
                ),
                Mark(
                    3,
                    fr="chaque coordonnée est conservée dans la moitié des masques",
                    en="each coordinate is kept in half of the masks",
                ),
                Mark(1, fr="biais inchangé", en="bias unchanged"),
                Mark(1, fr="conclusion, après renormalisation", en="conclusion, once renormalized"),
            ],
        ),
    ],
    figures=[capacity, shrinkage, exactness],
    instances=[
        Instance(DEFINITIONS),
        Instance(draw_training, parts="a"),
        Instance(
            draw_layer,
            parts="a",
            only=[r"f(\boldsymbol{x}; \boldsymbol{\theta}) = \sum_h v_h \tanh(a_h)"],
        ),
        Instance(draw_linear, parts="a"),
        Instance(draw_moving, parts="ab", only=[r"0 < \eta\lambda_i < 1"]),
        Instance(draw_overshoot, only=[r"1 < \eta\lambda_i < 2", r"\eta\lambda_i = 3/2"]),
        Instance(draw_four, parts="a", only=[FREEDOM]),
        Instance({N: 4, n: 3, eta: RATE}, parts="a"),
        Instance(draw_point, parts="ab", only=POINT),
        Instance(draw_penalized, parts="b", only=PENALIZED),
        Instance(
            draw_flat,
            parts="ab",
            only=[r"\lambda_i = 0", r"\boldsymbol{q}_i^\top \boldsymbol{w}^\star = 0"],
        ),
        Instance(draw_descent, parts="b"),
        Instance(draw_factors, parts="b"),
        Instance({eta: Rational(3, 10), t: PATH_TIME}, parts="b"),
        Instance({lam: Rational(1, 10**40)}, parts="b"),
        Instance({lam: Rational(1, 10**24)}, parts="b"),
        Instance(draw_dropout, parts="c"),
        Instance(draw_root, parts="c", only=[ROOT]),
        Instance(draw_keeping, parts="c", only=[rf"{general.lhs} = \left[p,\, 1\right]"]),
        Instance({x: Matrix(ENTRY), b: BIASES, W: WEIGHTS, worked.lhs: WORKED}, parts="c"),
        Instance({x: Matrix([1, 1])}, parts="c"),
        Instance({P_arith: ARITHMETIC, P_mean: root_mean(TWO)}, parts="c", only=[TWO_MEANS]),
        Instance(RECTIFIED, parts="c", only=[RECTIFIED_TEXT]),
    ],
    attested=[
        Attested(
            r"\alpha \approx 1/(\eta t)",
            fr="ordre de grandeur, dont l'erreur dépend de la direction : elle est donnée "
            "exactement par les relations qui suivent",
            en="an order of magnitude, whose error depends on the direction: it is given exactly "
            "by the relations that follow",
        ),
    ],
    summary=[
        Key(stopped, fr="facteur de l'arrêt précoce", en="factor of early stopping"),
        Key(penalized, fr="facteur de la pénalité L2", en="factor of the L2 penalty"),
        Key(
            matching,
            fr="pénalité équivalente, par direction",
            en="equivalent penalty, by direction",
        ),
        Key(flat, fr="cas des directions plates", en="case of flat directions"),
        Key(stop_time, fr="temps d'arrêt équivalent", en="equivalent stopping time"),
        Key(
            half,
            fr="nombre de masques où $d_j = 1$",
            en="number of masks with $d_j = 1$",
        ),
        Key(
            scaling,
            fr=r"abandon sans couche cachée : poids $\kappa_W W$, "
            r"biais $\kappa_b \boldsymbol{b}$",
            en=r"dropout without hidden layer: weights $\kappa_W W$, "
            r"biases $\kappa_b \boldsymbol{b}$",
        ),
        Key(
            general,
            fr="les mêmes, avec la probabilité de conservation $p$",
            en="the same, with the keep probability $p$",
        ),
        Key(
            pair_mean,
            fr="moyenne arithmétique de deux modèles ($g$ : sigmoïde)",
            en="arithmetic mean of two models ($g$: sigmoid)",
        ),
    ],
)
