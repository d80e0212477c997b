"""Question 4: eight optimization algorithms, compared by pairs.

Every algorithm is implemented once, plainly, and runs on whatever it is given: fractions and
symbols for the exact answers, floats for the experiments and the figures. The checks use other
formulations: unrolled sums, minimization over subspaces, theorems.
"""

from itertools import islice, pairwise

import mpmath
import numpy as np
from sympy import Integer, Interval, Matrix, Min, Naturals, Rational, Reals, Tuple
from sympy import diag, diff, eye, oo, ones, simplify, solve, sqrt, zeros

from questions.phrases import CANCEL, DEFINITION
from solgen import Answer, Attested, Check, Derivation, Experiment, Figure, Instance, Key, Mark
from solgen import Measure, Part, Question, Step, Table, Term, Text
from solgen import agree, by_value, equal, equals, over, plus, power, symbol, times

UNIT, POSITIVE = Interval.open(0, 1), Interval.open(0, oo)
HALF = Rational(1, 2)

# --- glossary -------------------------------------------------------------------------------
J = Term("J", fr="fonction à minimiser", en="function to minimize")
n = symbol("n", Naturals, fr="nombre de paramètres", en="number of parameters")
t = symbol("t", Naturals, fr="numéro du pas", en="step number")
i = Term("i", fr="autre numéro de pas, ou indice", en="another step number, or an index")
j = Term("j", fr="autre numéro de pas, ou âge", en="another step number, or an age")
k = Term("k", fr="nombre de pas après un changement", en="number of steps after a change")
theta = Term(
    r"\boldsymbol{\theta}_t", fr="paramètres après $t$ pas", en="parameters after $t$ steps"
)
s = Term(
    r"\boldsymbol{s}_t",
    fr=r"pas $t$, égal à $\boldsymbol{\theta}_t - \boldsymbol{\theta}_{t-1}$",
    en=r"step $t$, equal to $\boldsymbol{\theta}_t - \boldsymbol{\theta}_{t-1}$",
)
g = Term(
    r"\boldsymbol{g}_t",
    fr=r"gradient en $\boldsymbol{\theta}_{t-1}$, exact ou d'un mini-lot",
    en=r"gradient at $\boldsymbol{\theta}_{t-1}$, exact or that of a minibatch",
)
one_theta = Term(
    r"\theta_t",
    fr=r"une coordonnée de $\boldsymbol{\theta}_t$, ou le seul paramètre d'un exemple",
    en=r"a coordinate of $\boldsymbol{\theta}_t$, or the only parameter of an example",
)
eta = symbol("eta", POSITIVE, fr="taux d'apprentissage", en="learning rate")
eps = symbol(
    "varepsilon",
    POSITIVE,
    fr="petite constante, qui évite de diviser par zéro",
    en="small constant, which avoids dividing by zero",
)
r = Term(
    r"\boldsymbol{r}_t",
    fr="accumulateur des carrés des gradients",
    en="accumulator of the squared gradients",
)
m = Term(
    r"\boldsymbol{m}_t", fr="moyenne mobile des gradients", en="moving average of the gradients"
)
E = Term(r"\mathbb{E}", fr="espérance", en="expectation")
xi = Term(r"\xi_t", fr="bruit du gradient au pas $t$", en="noise of the gradient at step $t$")
order = Term("O", fr="ordre de grandeur d'un coût", en="order of magnitude of a cost")
c = symbol("c", POSITIVE, fr="valeur d'un gradient constant", en="value of a constant gradient")
sigma = symbol(
    "sigma",
    POSITIVE,
    fr="écart type du bruit d'un gradient",
    en="standard deviation of a gradient's noise",
)
v = symbol("v", POSITIVE, fr="variance limite", en="limiting variance")
rho = symbol("rho", UNIT, fr="facteur d'oubli de RMSprop", en="decay rate of RMSprop")
rho1 = symbol(
    "rho_1",
    UNIT,
    fr=r"facteur d'oubli de $\boldsymbol{m}_t$",
    en=r"decay rate of $\boldsymbol{m}_t$",
)
rho2 = symbol(
    "rho_2",
    UNIT,
    fr=r"facteur d'oubli de $\boldsymbol{r}_t$ dans Adam",
    en=r"decay rate of $\boldsymbol{r}_t$ in Adam",
)
g1, g2 = (
    symbol(
        f"g_{i}",
        Reals,
        fr=f"une coordonnée de $\\boldsymbol{{g}}_{i}$",
        en=f"a coordinate of $\\boldsymbol{{g}}_{i}$",
    )
    for i in (1, 2)
)
H = Term(
    r"\boldsymbol{H}_t",
    fr=r"hessienne de $J$ en $\boldsymbol{\theta}_{t-1}$",
    en=r"Hessian of $J$ at $\boldsymbol{\theta}_{t-1}$",
)
d = Term(r"\boldsymbol{d}_t", fr="direction de recherche", en="search direction")
alpha = Term(
    r"\alpha_t",
    fr=r"longueur du pas le long de $\boldsymbol{d}_t$",
    en=r"step length along $\boldsymbol{d}_t$",
)
beta = Term(
    r"\beta_t",
    fr=r"coefficient de $\boldsymbol{d}_{t-1}$ dans $\boldsymbol{d}_t$",
    en=r"coefficient of $\boldsymbol{d}_{t-1}$ in $\boldsymbol{d}_t$",
)
A = Term(
    r"\boldsymbol{A}",
    fr="hessienne constante d'une fonction quadratique",
    en="constant Hessian of a quadratic function",
)
b = Term(
    r"\boldsymbol{b}",
    fr="terme linéaire d'une fonction quadratique, au signe près",
    en="linear term of a quadratic function, up to its sign",
)
theta_star = Term(
    r"\boldsymbol{\theta}^\star",
    fr="point où une fonction quadratique est minimale",
    en="point where a quadratic function is least",
)
lambda_i = Term(
    r"\lambda_i", fr=r"valeur propre de $\boldsymbol{A}$", en=r"eigenvalue of $\boldsymbol{A}$"
)
p = Term("p", fr="nombre de valeurs propres distinctes", en="number of distinct eigenvalues")
kappa = Term(r"\kappa", fr="conditionnement", en="condition number")
identity = Term(r"\boldsymbol{I}", fr="matrice identité", en="identity matrix")
all_ones = Term(r"\boldsymbol{1}", fr="vecteur de uns", en="vector of ones")
x = Term(r"\boldsymbol{x}", fr="vecteur quelconque", en="any vector")
energy = Term(
    r"\|\boldsymbol{x}\|_{\boldsymbol{A}}",
    fr=r"norme définie par $\boldsymbol{A}$",
    en=r"norm defined by $\boldsymbol{A}$",
)
u = symbol("u", Reals, fr="paramètre d'un exemple", en="parameter of an example")
w = symbol("w", Reals, fr="second paramètre d'un exemple", en="second parameter of an example")
y = Term(
    r"\boldsymbol{y}_t",
    fr=r"changement du gradient, $\boldsymbol{g}_{t+1} - \boldsymbol{g}_t$",
    en=r"change of the gradient, $\boldsymbol{g}_{t+1} - \boldsymbol{g}_t$",
)
M = Term(
    r"\boldsymbol{M}_t",
    fr="approximation de l'inverse de la hessienne",
    en="approximation of the inverse of the Hessian",
)
z = Term(
    r"\boldsymbol{z}",
    fr=r"image de $\boldsymbol{x}$ par le second facteur de $\boldsymbol{M}_t$",
    en=r"image of $\boldsymbol{x}$ under the second factor of $\boldsymbol{M}_t$",
)


# --- the algorithms: first order, a rule that turns a gradient into a step -----------------------
def sgd(rate):
    return lambda gradient: -rate * gradient


def adagrad(rate, root=np.sqrt, eps=0):
    r = 0

    def step(gradient):
        nonlocal r
        r = r + gradient * gradient
        return -rate * gradient / (eps + root(r))

    return step


def rmsprop(rate, rho, root=np.sqrt, eps=0):
    r = 0

    def step(gradient):
        nonlocal r
        r = rho * r + (1 - rho) * gradient * gradient
        return -rate * gradient / (eps + root(r))

    return step


def adam(rate, rho1, rho2, root=np.sqrt, eps=0, *, corrected=True):
    m = r = age = 0

    def step(gradient):
        nonlocal m, r, age
        age += 1
        m = rho1 * m + (1 - rho1) * gradient
        r = rho2 * r + (1 - rho2) * gradient * gradient
        first, second = (1 - rho1**age, 1 - rho2**age) if corrected else (1, 1)
        return -rate * (m / first) / (eps + root(r / second))

    return step


# --- the algorithms: a direction at each point, then a step length along it ----------------------
def descend(gradient, rule, search, theta):
    """Yield the points, their gradients and the directions taken from them."""
    slope = gradient(theta)
    while True:
        direction = rule(theta, slope)
        yield theta, slope, direction
        theta = theta + search(theta, slope, direction) * direction
        slope = gradient(theta)


def dot(left, right):
    return (left.T @ right)[0, 0]


def steepest():
    return lambda _theta, slope: -slope


def newton(hessian, linear_solve):
    return lambda theta, slope: -linear_solve(hessian(theta), slope)


def fletcher_reeves(new, old):
    return dot(new, new) / dot(old, old)


def polak_ribiere(new, old):
    return max(0, dot(new, new - old) / dot(old, old))


def conjugate(coefficient):
    last_slope = last = None

    def rule(_theta, slope):
        nonlocal last_slope, last
        made = -slope
        if last is not None:
            made = made + coefficient(slope, last_slope) * last
        last_slope, last = slope, made
        return made

    return rule


def bfgs(inverse):
    last_theta = last_slope = None

    def rule(theta, slope):
        nonlocal inverse, last_theta, last_slope
        if last_theta is not None:
            s, y = theta - last_theta, slope - last_slope
            q, curvature = inverse @ y, dot(s, y)
            inverse = inverse - (s @ q.T + q @ s.T) / curvature
            inverse = inverse + (s @ s.T) * (1 + dot(y, q) / curvature) / curvature
        last_theta, last_slope = theta, slope
        return -(inverse @ slope)

    return rule


# --- roads through the same algorithms, written otherwise ---------------------------------------
def ages(count, decay):
    """The weights that a moving average gives to `count` gradients, the oldest first."""
    return [(1 - decay) * decay**age for age in reversed(range(count))]


def weighted(weights, values):
    return sum(w * value for w, value in zip(weights, values, strict=True))


def two_steps(lhs, value, rule, unrolled, *more):
    """The steps, per unit of learning rate, that a rule makes of the gradients 3, then 4."""

    def check_rule(answer):
        step = rule()
        return equal(answer, [step(Integer(3)), step(Integer(4))])

    def check_unrolled(answer):
        with mpmath.workdps(60):
            return agree(answer, [unrolled([3]), unrolled([3, 4])], digits=30)

    run = Check("definition", check_rule, fr="algorithme exécuté", en="algorithm run")
    sums = Check("numeric", check_unrolled, fr="moyennes pondérées", en="weighted means")
    return Answer(lhs, value, [run, sums, *more])


def watched(rule, gradients, **settings):
    """The accumulators r of a rule, read as it takes their roots."""
    seen = []
    step = rule(1, root=lambda value: seen.append(value) or 1, **settings)
    for gradient in gradients:
        step(gradient)
    return seen


# --- a: SGD and Adagrad -----------------------------------------------------------------------
def check_squares(answer):
    """The variance after many steps: a sum of squared weights of independent noises."""
    found, stated = [], []
    with mpmath.workdps(50):
        for rate in (Rational(1, 10), Rational(1, 2), Rational(5, 4)):
            shrink = mpmath.mpf(1 - rate)
            found.append(mpmath.fsum((rate * shrink**k * 3) ** 2 for k in range(600)))
            stated.append(answer.subs({eta: rate, sigma: 3}))
        return agree(stated, found, digits=20)


adagrad_steps = two_steps(
    r"\tfrac{1}{\eta} [s_1, s_2]_{\mathrm{Adagrad}}",
    (-1, -Rational(4, 5)),
    lambda: adagrad(1, root=sqrt),
    lambda seen: -seen[-1] / mpmath.sqrt(sum(value**2 for value in seen)),
)
decreasing = Derivation(
    "s_t",
    value=-eta * c / sqrt(c**2 * t),
    road="definition",
    steps=[
        Step(-over(times(eta, c), sqrt(times(t, power(c, 2)))), DEFINITION),
        Step(-over(eta, sqrt(t)), CANCEL),
    ],
    checks=[
        by_value(
            lambda _c, rate, last: [*map(adagrad(rate, root=mpmath.sqrt), [_c] * int(last))][-1],
            c,
            eta,
            t,
            fr="algorithme exécuté",
            en="algorithm run",
        )
    ],
)
noise_floor = Derivation(
    "v",
    value=solve(v - (1 - eta) ** 2 * v - eta**2 * sigma**2, v)[0],
    steps=[Step(over(times(eta, power(sigma, 2)), 2 - eta))],
    checks=[
        Check("numeric", check_squares, fr="somme sur les bruits passés", en="sum over past noises")
    ],
)


RARE = np.r_[np.full(4, 1 / 2), np.full(40, 1 / 100)]  # frequencies of the features
DENSE = np.full(20, 1 / 2)
RARE_RATIO = sqrt(50)  # of the roots of the numbers of presences
RATES = 2.0 ** np.arange(-3, 5)
SPARSE_RULES = {
    "SGD": (sgd, 0),
    "SGD/sqrt": (sgd, HALF),  # the rate decreases as the inverse root of t
    "Adagrad": (lambda rate: adagrad(rate, eps=1e-12), 0),
}


def excesses(rng, size, frequencies):
    """One pass of logistic regression: the final excess loss of each method, rate by rate.

    Eight data sets at once; features are present (1) or absent (0) independently; the weights that
    made the labels are 2 and -2 in turn, so that the true probabilities are known.
    """
    best = 2.0 * (-1) ** np.arange(len(frequencies))
    x = 1.0 * (rng.random((size, 8, len(best))) < frequencies)
    y = rng.random((size, 8)) < 1 / (1 + np.exp(-x @ best))
    tests = 1.0 * (rng.random((1000, len(best))) < frequencies)
    logits = tests @ best
    truth = 1 / (1 + np.exp(-logits))
    entropy = (np.logaddexp(0, logits) - truth * logits).mean()
    found = {}
    for name, (rule, decay) in SPARSE_RULES.items():
        step = rule(RATES[:, None, None])
        w = np.zeros((len(RATES), 8, len(best)))
        for age, (row, label) in enumerate(zip(x, y, strict=True), start=1):
            output = 1 / (1 + np.exp(-np.clip((w * row).sum(axis=-1), -500, 500)))
            w = w + step((output - label)[..., None] * row) / age ** float(decay)
        a = w @ tests.T
        found[name] = (np.logaddexp(0, a) - truth * a).mean(axis=(1, 2)) - entropy
    return found


def gain_of_adagrad(frequencies):
    def measure(rng, size):
        found = {name: curve.min() for name, curve in excesses(rng, size, frequencies).items()}
        return min(found["SGD"], found["SGD/sqrt"]) / found["Adagrad"]

    return measure


sparse_gain = Experiment(
    Measure(
        gain_of_adagrad(RARE),
        fr="régression logistique, une passe sur les données, poids vrais $\\pm 2$, "
        "4 caractéristiques de fréquence 1/2 et 40 de fréquence 1/100 ; excès de perte de SGD, "
        "taux constant ou en $1/\\sqrt{t}$, divisé par celui d'Adagrad, chacun avec le meilleur "
        "taux parmi les puissances de 2",
        en="logistic regression, one pass over the data, true weights $\\pm 2$, 4 features of "
        "frequency 1/2 and 40 of frequency 1/100; excess loss of SGD, its rate constant or in "
        "$1/\\sqrt{t}$, divided by that of Adagrad, each with the best rate among the powers of 2",
    ),
    control=Measure(
        gain_of_adagrad(DENSE),
        fr="20 caractéristiques, toutes de fréquence 1/2",
        en="20 features, all of frequency 1/2",
    ),
    at_least=1.4,
    size=1000,
)


# --- b: Adagrad and RMSprop -------------------------------------------------------------------
NINE_TENTHS, SHORT = Rational(9, 10), Rational(3, 4)


def at_decays(decay, function, **meaning):
    """A check that compares the answer with function(decay) at five decay rates."""

    def check(answer):
        decays = [Rational(k, 10) for k in (1, 3, 5, 7, 9)]
        with mpmath.workdps(50):
            found = [function(mpmath.mpf(int(k.p)) / int(k.q)) for k in decays]
        return agree([answer.subs(decay, k) for k in decays], found, digits=20)

    return Check("numeric", check, **meaning)


def check_constant(answer):
    """What RMSprop accumulates of a gradient that is always 1."""
    found = watched(rmsprop, [1] * 8, rho=rho)
    return equal([answer.subs(t, age) for age in range(1, 9)], found)


def check_rate(answer):
    run = watched(rmsprop, [10] * 100 + [1] * 200, rho=NINE_TENTHS)[100:]
    return equal(answer, next(k for k, value in enumerate(run, start=1) if value <= 2))


def check_decay(answer):
    before = 100 * (1 - mpmath.mpf("0.9") ** 100)
    return equal(answer, int(mpmath.ceil(mpmath.log(before - 1) / mpmath.log(mpmath.mpf(10) / 9))))


def check_cycle(answer):
    """From the moving average that the cycle keeps, by the definition of RMSprop."""
    place, average, found = eta / 2, eta**2 / 4, []
    for _ in range(3):
        found.append(place)
        average = rho * average + (1 - rho) * place**2
        place = simplify(place - eta * place / sqrt(average))
    return equal(answer, found)


def check_arrival(answer):
    """From far away: RMSprop at rate 1/100 on the same function ends in this cycle."""
    step, place, found = rmsprop(mpmath.mpf(1) / 100, mpmath.mpf(9) / 10, mpmath.sqrt), 1, []
    for _ in range(4000):
        found.append(place)
        place = place + step(place)
    last = found[-3:] if found[-1] > 0 else found[-4:-1]
    return agree([value.subs(eta, Rational(1, 100)) for value in answer], last, digits=10)


def check_reduced(answer):
    """Adam without its average of gradients and without corrections."""
    step = adam(1, 0, SHORT, root=sqrt, corrected=False)
    return equal(answer, [step(Integer(3)), step(Integer(4))])


rmsprop_steps = two_steps(
    r"\tfrac{1}{\eta} [s_1, s_2]_{\mathrm{RMSprop}}",
    (-2, -over(16, sqrt(91))),
    lambda: rmsprop(1, SHORT, root=sqrt),
    lambda seen: (
        -seen[-1] / mpmath.sqrt(weighted(ages(len(seen), mpmath.mpf("0.75")), [k**2 for k in seen]))
    ),
    Check("identity", check_reduced, fr="Adam réduit à RMSprop", en="Adam reduced to RMSprop"),
)
forgetting = Derivation(
    "r_2",
    value=rho * (1 - rho) * g1**2 + (1 - rho) * g2**2,
    road="definition",
    steps=[Step(times(1 - rho, plus(times(rho, g1**2), g2**2)))],
    checks=[
        by_value(
            lambda *known: watched(rmsprop, known[:2], rho=known[2])[-1],
            g1,
            g2,
            rho,
            fr="algorithme exécuté",
            en="algorithm run",
        )
    ],
)
total_weight = Answer(
    r"(1 - \rho) \sum_{i=1}^{t} \rho^{t-i}",
    1 - rho**t,
    checks=[
        Check("enumeration", check_constant, fr="gradient constant", en="constant gradient"),
        by_value(
            lambda decay, last: mpmath.fsum(decay**k - decay ** (k + 1) for k in range(int(last))),
            rho,
            t,
            fr="somme télescopique",
            en="telescoping sum",
        ),
    ],
)
mean_age = Answer(
    r"(1 - \rho) \sum_{j=0}^{\infty} j \rho^{j}",
    rho / (1 - rho),
    checks=[
        equals(
            (1 - rho) * rho * diff(1 / (1 - rho), rho),
            "identity",
            fr="série géométrique dérivée",
            en="differentiated geometric series",
        ),
        at_decays(
            rho,
            lambda k: (1 - k) * mpmath.fsum(age * k**age for age in range(900)),
            fr="somme de 900 termes",
            en="sum of 900 terms",
        ),
    ],
)
recovery = Answer(
    "k",
    44,
    checks=[
        Check("enumeration", check_rate, fr="algorithme exécuté", en="algorithm run"),
        Check("numeric", check_decay, fr="décroissance exponentielle", en="exponential decay"),
    ],
)
cycle = Answer(
    r"[\theta_0, \theta_1, \theta_2]",
    (eta / 2, -eta / 2, eta / 2),
    checks=[
        Check("definition", check_cycle, fr="deux pas exacts", en="two exact steps"),
        Check("numeric", check_arrival, fr="4000 pas depuis 1", en="4000 steps from 1"),
    ],
)


def tracking_error(rng, size, rule, factor):
    """Mean squared error of following a target that wanders, with the best rate of the grid.

    The gradient is multiplied by `factor` during the first half.
    """
    target, w, total = np.zeros(20), np.zeros((10, 20)), 0
    step = rule(2.0 ** np.arange(-4, 6)[:, None])
    for age in range(size):
        target = target + rng.normal(size=20) / 10
        noisy = w - target + rng.normal(size=20)
        w = w + step((factor if 2 * age < size else 1) * noisy)
        total = total + ((w - target) ** 2).mean(axis=1)
    return total.min() / size


def gain_of_rmsprop(factor):
    def measure(rng, size):
        (again,) = rng.spawn(1)
        seed = again.integers(2**32)
        errors = [
            tracking_error(np.random.default_rng(seed), size, rule, factor)
            for rule in (
                lambda rate: adagrad(rate, eps=1e-12),
                lambda rate: rmsprop(rate, 0.9, eps=1e-12),
            )
        ]
        return errors[0] / errors[1]

    return measure


rescaled_gain = Experiment(
    Measure(
        gain_of_rmsprop(10),
        fr="poursuite d'une cible mobile, gradients bruités dix fois plus petits dans la seconde "
        "moitié ; erreur quadratique d'Adagrad divisée par celle de RMSprop ($\\rho = 0{,}9$), "
        "chacun avec le meilleur taux parmi les puissances de 2",
        en="following a moving target, noisy gradients ten times smaller in the second half; "
        "squared error of Adagrad divided by that of RMSprop ($\\rho = 0.9$), each with the best "
        "rate among the powers of 2",
    ),
    control=Measure(
        gain_of_rmsprop(1),
        fr="gradients d'échelle constante",
        en="gradients of constant scale",
    ),
    at_least=1.8,
    size=1000,
)

# --- c: RMSprop and Adam ----------------------------------------------------------------------
DECAYS = Rational(9, 10), Rational(999, 1000)
VALUES = {rho1: DECAYS[0], rho2: DECAYS[1]}


def normalized(seen):
    """Adam's step, from means whose weights are divided by their sum."""
    slow, fast = ages(len(seen), mpmath.mpf("0.75")), ages(len(seen), mpmath.mpf("0.5"))
    mean = weighted(fast, seen) / sum(fast)
    return -mean / mpmath.sqrt(weighted(slow, [k**2 for k in seen]) / sum(slow))


adam_steps = two_steps(
    r"\tfrac{1}{\eta} [s_1, s_2]_{\mathrm{Adam}}",
    (-1, -over(11, 3 * sqrt(13))),
    lambda: adam(1, HALF, SHORT, root=sqrt),
    normalized,
)


def check_trap(answer):
    """Three hundred steps of RMSprop on [-1, 1], from 0, with gradients 10, -1, -1 in turn."""
    step, place = rmsprop(mpmath.mpf(1) / 10, mpmath.mpf(1) / 101, mpmath.sqrt), mpmath.mpf(0)
    for age in range(300):
        place = min(1, max(-1, place + step(10 if age % 3 == 0 else -1)))
    return agree(answer, place, digits=20)


def check_regime(answer):
    """A period of the permanent regime, from the point 1, in exact arithmetic."""
    decay, turns, place = Rational(1, 101), (10, -1, -1), Integer(1)
    for k, gradient in enumerate(turns):
        squares = [turns[k - age] ** 2 for age in range(3)]
        mean = (1 - decay) * weighted([1, decay, decay**2], squares) / (1 - decay**3)
        place = Min(1, place - gradient / sqrt(mean) / 10)
    return equal(answer, place)


averaging = Derivation(
    r"\tfrac{1}{\sigma^2} \operatorname{Var} m",
    value=solve(v - rho1**2 * v - (1 - rho1) ** 2, v)[0],
    steps=[
        Step(over(power(1 - rho1, 2), 1 - rho1**2)),
        Step(over(1 - rho1, plus(1, rho1)), CANCEL),
    ],
    checks=[
        at_decays(
            rho1,
            lambda k: mpmath.fsum(weight**2 for weight in ages(700, k)),
            fr="somme des carrés des poids",
            en="sum of the squared weights",
        )
    ],
)
uncorrected = Derivation(
    r"\tfrac{1}{\eta} |s_1|",
    value=sqrt(((1 - rho1) * c) ** 2 / ((1 - rho2) * c**2)),
    road="definition",
    steps=[Step(over(1 - rho1, sqrt(1 - rho2)))],
    checks=[
        by_value(
            lambda first, second: -adam(1, first, second, mpmath.sqrt, corrected=False)(7),
            rho1,
            rho2,
            fr="algorithme exécuté",
            en="algorithm run",
        )
    ],
)
trap = Answer(
    r"\theta_{300}",
    1,
    checks=[
        Check("numeric", check_trap, fr="algorithme exécuté", en="algorithm run"),
        Check("identity", check_regime, fr="régime permanent exact", en="exact steady state"),
    ],
)


def spread(first, block):
    """The variance of sums of Adam's steps on gradients of mean 1 and standard deviation 3."""

    def variance(rng, size):
        step = adam(1, first, 0.999)
        steps = np.array([step(gradient) for gradient in 1 + 3 * rng.normal(size=size)])
        return np.var(steps[size // 2 :].reshape(-1, block).sum(axis=1))

    return variance


def smoothing(block):
    def measure(rng, size):
        seed = rng.integers(2**32)
        both = [spread(decay, block)(np.random.default_rng(seed), size) for decay in (0, 0.9)]
        return both[0] / both[1]

    return measure


calmer = Experiment(
    Measure(
        smoothing(1),
        fr="gradients indépendants, de moyenne 1 et d'écart type 3 ; variance des pas sans moyenne "
        "des gradients ($\\rho_1 = 0$), divisée par celle d'Adam ($\\rho_1 = 0{,}9$)",
        en="independent gradients, of mean 1 and standard deviation 3; variance of the steps "
        "without averaging ($\\rho_1 = 0$), divided by that of Adam ($\\rho_1 = 0.9$)",
    ),
    control=Measure(
        smoothing(100), fr="sommes de 100 pas consécutifs", en="sums of 100 consecutive steps"
    ),
    at_least=10,
    size=4000,
)

# --- d, e: a quadratic function, in fractions --------------------------------------------------
QUADRATIC = Matrix([[2, 1, 0], [1, 2, 1], [0, 1, 2]])
LINEAR, START = Matrix([4, 0, 0]), zeros(3, 1)
ONES = eye(3) + ones(3, 3)  # two distinct eigenvalues, 1 and 4


def on_quadratic(matrix, rule, count):
    """`count` triples (point, gradient, direction) with the exact line search, from 0."""

    def search(_theta, slope, direction):
        return -dot(slope, direction) / dot(direction, matrix @ direction)

    return islice(descend(lambda x: matrix @ x - LINEAR, rule, search, START), count)


def points(rule):
    """The first three points, as the rows of a matrix."""
    _, *run = on_quadratic(QUADRATIC, rule, 4)
    return Matrix.hstack(*(theta for theta, _, _ in run)).T


def krylov(matrix, count):
    return Matrix.hstack(*(matrix**k @ LINEAR for k in range(count)))


def best_in_krylov():
    """The minimizers over the spans of b, Ab, A²b: no direction and no line search."""
    found = []
    for count in (1, 2, 3):
        basis = krylov(QUADRATIC, count)
        found.append(basis @ (basis.T @ QUADRATIC @ basis).LUsolve(basis.T @ LINEAR))
    return Matrix.hstack(*found).T


def check_gram_schmidt(answer):
    """Conjugate directions by Gram-Schmidt from the minimizers, without the coefficient beta."""
    rows = [START, *(row.T for row in map(best_in_krylov().row, range(2)))]
    made = []
    for slope in (QUADRATIC @ row - LINEAR for row in rows):
        direction = -slope
        for old in made:
            direction += old * dot(slope, QUADRATIC @ old) / dot(old, QUADRATIC @ old)
        made.append(direction)
    directions = Matrix.hstack(*made)
    return equal(answer, directions.T @ QUADRATIC @ directions)


def products_of_directions():
    run = on_quadratic(QUADRATIC, conjugate(fletcher_reeves), 3)
    directions = Matrix.hstack(*(direction for _, _, direction in run))
    return directions.T @ QUADRATIC @ directions


def check_run_directions(answer):
    return equal(answer, products_of_directions())


def check_newton(answer):
    """Newton's method from three starting points, whole step."""
    found = []
    for start in (START, Matrix([1, 1, 1]), Matrix([-7, HALF, 30])):
        rule = newton(lambda _x: QUADRATIC, lambda h, slope: h.LUsolve(slope))
        run = descend(lambda x: QUADRATIC @ x - LINEAR, rule, lambda *_: 1, start)
        found.append(list(islice(run, 2))[1][0].T)
    return equal([answer] * 3, found)


def check_cramer(answer):
    dets = []
    for k in range(3):
        changed = QUADRATIC.copy()
        changed[:, k] = LINEAR
        dets.append(changed.det() / QUADRATIC.det())
    return equal(answer, Matrix([dets]))


def steps_to_zero():
    """How many steps conjugate gradients take until the gradient is exactly zero."""
    found = []
    for matrix in (QUADRATIC, ONES, 2 * eye(3)):
        run = on_quadratic(matrix, conjugate(fletcher_reeves), 4)
        found.append(next(k for k, (_, slope, _) in enumerate(run) if slope.is_zero_matrix))
    return found


def check_stops(answer):
    return equal(answer, steps_to_zero())


def check_ranks(answer):
    return equal(answer, [krylov(matrix, 3).rank() for matrix in (QUADRATIC, ONES, 2 * eye(3))])


def steps_to_guarantee():
    """The first exponents that bring the two bounds below 10^-6, for kappa = 100, by products."""
    found = []
    for start, factor in ((2, Rational(9, 11)), (1, Rational(99, 101))):
        value, count = mpmath.mpf(start), 0
        while value > mpmath.mpf(10) ** -6:
            value, count = value * int(factor.p) / int(factor.q), count + 1
        found.append(count)
    return found


def check_bounds(answer):
    return equal(answer, steps_to_guarantee())


def check_logs(answer):
    with mpmath.workdps(30):
        small = mpmath.mpf(10) ** -6
        root = mpmath.sqrt(100)
        first = mpmath.log(2 / small) / mpmath.log((root + 1) / (root - 1))
        second = -mpmath.log(small) / (2 * mpmath.acoth(100))
        return equal(answer, [int(mpmath.ceil(first)), int(mpmath.ceil(second))])


newton_point = Answer(
    r"\boldsymbol{\theta}^{\star\top}",
    Matrix([[3, -2, 1]]),
    checks=[
        Check("definition", check_newton, fr="un pas, trois départs", en="one step, three starts"),
        Check("identity", check_cramer, fr="règle de Cramer", en="Cramer's rule"),
    ],
)
cg_points = Answer(
    r"\begin{bmatrix} \boldsymbol{\theta}_1 & \boldsymbol{\theta}_2 & \boldsymbol{\theta}_3 "
    r"\end{bmatrix}^{\top}_{\mathrm{CG}}",
    Matrix([[2, 0, 0], [Rational(8, 3), -Rational(4, 3), 0], [3, -2, 1]]),
    checks=[
        equals(
            points(conjugate(fletcher_reeves)),
            "definition",
            fr="algorithme exécuté",
            en="algorithm run",
        ),
        equals(
            best_in_krylov(),
            "identity",
            fr="minimum sur chaque sous-espace",
            en="minimum over each subspace",
        ),
    ],
)
conjugacy = Answer(
    r"\begin{bmatrix} \boldsymbol{d}_i^\top \boldsymbol{A} \boldsymbol{d}_j \end{bmatrix}",
    diag(32, 6, Rational(64, 27)),
    checks=[
        Check("definition", check_run_directions, fr="algorithme exécuté", en="algorithm run"),
        Check("identity", check_gram_schmidt, fr="Gram-Schmidt", en="Gram-Schmidt"),
    ],
)
stops = Answer(
    r"[t_1, t_2, t_3]",
    (3, 2, 1),
    checks=[
        Check("enumeration", check_stops, fr="algorithme exécuté", en="algorithm run"),
        Check("library", check_ranks, fr="rangs de Krylov", en="Krylov ranks"),
    ],
)
bounds = Answer(
    r"[t_{\mathrm{CG}}, t_{\mathrm{GD}}]",
    (73, 691),
    checks=[
        Check("enumeration", check_bounds, fr="produits successifs", en="successive products"),
        Check("numeric", check_logs, fr="logarithmes", en="logarithms"),
    ],
)
J_u, J_uw = sqrt(1 + u**2), (u**2 - w**2) / 2
overshoot = Derivation(
    r"u - \frac{J'(u)}{J''(u)}",
    value=u - diff(J_u, u) / diff(J_u, u, 2),
    steps=[
        Step(plus(u, -times(u, plus(1, u**2)))),
        Step(-(u**3), CANCEL),
    ],
    checks=[
        by_value(
            lambda x: (
                x
                - mpmath.diff(lambda q: mpmath.sqrt(1 + q * q), x)
                / mpmath.diff(lambda q: mpmath.sqrt(1 + q * q), x, 2)
            ),
            u,
            fr="dérivées mesurées",
            en="measured derivatives",
        )
    ],
)


# --- d, e: a logistic regression, in floats ------------------------------------------------------
def logistic(rng, size, decades=1.5):
    """The gradient and the Hessian of a penalized logistic regression with 20 features.

    Their scales go from 1 down to 10**-decades.
    """
    scales = np.logspace(0, -decades, 20)
    x = rng.normal(size=(size, 20)) * scales
    best = rng.normal(size=20) / scales
    signs = np.where(rng.random(size) < 1 / (1 + np.exp(-x @ best)), 1, -1)[:, None]
    z = x * signs

    def gradient(w):
        return 1e-3 * w - z.T @ (1 / (1 + np.exp(z @ w))) / size

    def hessian(w):
        q = 1 / (1 + np.exp(z @ w))
        return 1e-3 * np.eye(20) + (z * q * (1 - q)).T @ z / size

    return gradient, hessian


def search_along(gradient, *, whole_first):
    """A step length where the slope is at most a tenth of the first one: secants and brackets."""
    last = None

    def search(theta, slope, direction):
        nonlocal last
        start = dot(slope, direction)
        low, low_slope, high, high_slope = 0, start, None, None
        length = 1 if last is None or whole_first else last / start
        for _ in range(60):
            here = dot(gradient(theta + length * direction), direction)
            if abs(here) <= abs(start) / 10:
                break
            if here < 0:
                low, low_slope = length, here
            else:
                high, high_slope = length, here
            if high is None:
                length = 10 * length
            else:
                cut = low - low_slope * (high - low) / (high_slope - low_slope)
                edge = (high - low) / 10
                length = min(max(cut, low + edge), high - edge)
        last = length * start
        return length

    return search


def slopes(method, gradient, hessian, most=400):
    """The gradient's norms until it has been divided by a million."""
    rule = {
        "GD": steepest,
        "CG": lambda: conjugate(polak_ribiere),
        "BFGS": lambda: bfgs(np.eye(20)),
        "Newton": lambda: newton(hessian, np.linalg.solve),
    }[method]()
    search = search_along(gradient, whole_first=method in ("BFGS", "Newton"))
    norms = []
    for _, slope, _ in islice(descend(gradient, rule, search, np.zeros((20, 1))), most):
        norms.append(np.linalg.norm(slope))
        if norms[-1] <= 1e-6 * norms[0]:
            break
    return norms


def iterations(one, other, decades):
    """How many more steps one method takes than another: the mean ratio on three problems."""

    def ratio(functions):
        counts = [len(slopes(method, *functions)) - 1 for method in (one, other)]
        return counts[0] / counts[1]

    def measure(rng, size):
        return sum(ratio(logistic(rng, size, decades)) for _ in range(3)) / 3

    return measure


def compared(one, other, least, fr, en):
    return Experiment(
        Measure(iterations(one, other, 1.5), fr=fr, en=en),
        control=Measure(
            iterations(one, other, 0),
            fr="caractéristiques de même échelle",
            en="features of equal scale",
        ),
        at_least=least,
        size=200,
    )


fewer_newton = compared(
    "CG",
    "Newton",
    8,
    fr="régression logistique pénalisée, 20 caractéristiques dont les échelles vont de 1 à "
    "$10^{-3/2}$ ; itérations du gradient conjugué divisées par celles de Newton, jusqu'à un "
    "gradient un million de fois plus petit, moyenne sur 3 problèmes",
    en="penalized logistic regression, 20 features whose scales go from 1 to $10^{-3/2}$; "
    "iterations of conjugate gradient divided by those of Newton's method, until the gradient is "
    "a million times smaller, mean over 3 problems",
)
fewer_bfgs = compared(
    "CG",
    "BFGS",
    1.25,
    fr="problèmes et recherche linéaire de la partie d) ; itérations du gradient conjugué "
    "divisées par celles de BFGS, moyenne sur 3 problèmes",
    en="problems and line search of part (d); iterations of conjugate gradient divided by "
    "those of BFGS, mean over 3 problems",
)


# --- e: BFGS ------------------------------------------------------------------------------------
def updated(approx, move, change):
    """BFGS in its other form: the new approximation of the Hessian."""
    seen = approx @ move
    grown = change @ change.T / dot(change, move)
    return approx + grown - seen @ seen.T / dot(move, seen)


def by_hessian(steps):
    """BFGS in its other form, which updates the approximation of the Hessian and solves with it."""
    theta, slope, approx, found = START, -LINEAR, eye(3), []
    for _ in range(steps):
        direction = -approx.LUsolve(slope)
        move = -dot(slope, direction) / dot(direction, QUADRATIC @ direction) * direction
        theta, change = theta + move, QUADRATIC @ move
        slope = slope + change
        approx = updated(approx, move, change)
        found.append(theta)
    return Matrix.hstack(*found).T


def product_form():
    """The last matrix from the points of conjugate gradients, by the product formula."""
    thetas = [theta for theta, _, _ in on_quadratic(QUADRATIC, conjugate(fletcher_reeves), 4)]
    matrix = eye(3)
    for old, new in pairwise(thetas):
        move = new - old
        change = QUADRATIC @ move
        left = eye(3) - move @ change.T / dot(change, move)
        matrix = left @ matrix @ left.T + move @ move.T / dot(change, move)
    return matrix


def kept(rule):
    """How many numbers the arrays hold that a rule keeps from one step to the next."""
    cells = (cell.cell_contents for cell in rule.__closure__ or ())
    return sum(array.size for array in cells if isinstance(array, np.ndarray))


def kept_by_all(size):
    """Run every rule for two steps, with this number of parameters, and count."""
    place, matrix, counts = np.ones((size, 1)), np.diag(np.arange(1.0, size + 1)), []
    for rule in (sgd(0.1), adagrad(0.1), rmsprop(0.1, 0.9), adam(0.1, 0.9, 0.999)):
        rule(place)
        rule(place)
        counts.append(kept(rule))
    makers = (
        newton(lambda _x: matrix, np.linalg.solve),
        conjugate(fletcher_reeves),
        bfgs(np.eye(size)),
    )
    for index, rule in enumerate(makers):
        run = descend(lambda place: matrix @ place, rule, lambda *_: 0.1, place)
        list(islice(run, 2))
        counts.append(kept(rule) + (matrix.size if index == 0 else 0))
    return counts


def check_memory(answer):
    sizes = (3, 5, 8)
    found = [kept_by_all(size) for size in sizes]
    return equal([[k.subs(n, size) for k in answer] for size in sizes], found)


METHODS = ("SGD", "Adagrad", "RMSprop", "Adam", "Newton", "CG", "BFGS")
ARRAYS = ((0, 0), (1, 0), (1, 0), (2, 0), (0, 1), (2, 0), (2, 1))  # vectors, matrices
bfgs_points = Answer(
    r"\begin{bmatrix} \boldsymbol{\theta}_1 & \boldsymbol{\theta}_2 & \boldsymbol{\theta}_3 "
    r"\end{bmatrix}^{\top}_{\mathrm{BFGS}}",
    Matrix([[2, 0, 0], [Rational(8, 3), -Rational(4, 3), 0], [3, -2, 1]]),
    checks=[
        equals(points(bfgs(eye(3))), "definition", fr="algorithme exécuté", en="algorithm run"),
        equals(
            by_hessian(3),
            "numeric",
            fr="mise à jour de la hessienne",
            en="update of the Hessian",
        ),
        equals(
            points(conjugate(fletcher_reeves)),
            "identity",
            fr="gradient conjugué exécuté",
            en="conjugate gradient run",
        ),
    ],
)
last_inverse = Answer(
    r"\boldsymbol{M}_3",
    Matrix([[3, -2, 1], [-2, 4, -2], [1, -2, 3]]) / 4,
    checks=[
        equals(product_form(), "definition", fr="formule en produit", en="product formula"),
        equals(QUADRATIC.inv(), "library", fr="inverse de SymPy", en="SymPy's inverse"),
    ],
)
memory = Answer(
    r"[\mathrm{SGD}, \ldots, \mathrm{BFGS}]",
    (0 * n, n, n, 2 * n, n**2, 2 * n, n**2 + 2 * n),
    checks=[
        Check("enumeration", check_memory, fr="programmes exécutés", en="programs run"),
        equals(
            [vectors * n + matrices * n**2 for vectors, matrices in ARRAYS],
            "definition",
            fr="vecteurs et matrices des formules",
            en="vectors and matrices of the formulas",
        ),
    ],
)
COSTS = ("n", "n", "n", "n", "n^3", "n", "n^2")
NEEDS = (
    *(4 * ((r"$\boldsymbol{g}_t$", r"$\boldsymbol{g}_t$"),)),
    (
        r"$\boldsymbol{g}_t$, $\boldsymbol{H}_t$, garde-fous",
        r"$\boldsymbol{g}_t$, $\boldsymbol{H}_t$, safeguards",
    ),
    *(
        2
        * (
            (
                r"$\boldsymbol{g}_t$ sans bruit, recherche linéaire",
                r"noiseless $\boldsymbol{g}_t$, line search",
            ),
        )
    ),
)
overview = Table(
    header=[
        Text(fr="algorithme", en="algorithm"),
        Text(fr="nombres gardés", en="numbers kept"),
        Text(fr="opérations", en="operations"),
        Text(fr="besoins", en="needs"),
    ],
    rows=[
        [
            Text(fr=name, en=name),
            size,
            Text(fr=f"$O({cost})$", en=f"$O({cost})$"),
            Text(fr=need[0], en=need[1]),
        ]
        for name, size, cost, need in zip(METHODS, memory.value, COSTS, NEEDS, strict=True)
    ],
    align="lcll",
)
BIG = 10**6
HESSIAN_TB, VECTOR_MB = Rational(4 * BIG**2, 10**12), Rational(4 * BIG, 10**6)


# --- figures ----------------------------------------------------------------------------------
def draw_averages(axes, say):
    """The effective rates when gradients shrink; the steps made of a constant gradient."""
    left, right = axes
    gradients = [10.0] * 100 + [1.0] * 100
    ages_ = np.arange(1, 201)
    for name, rule, look, place in (
        ("Adagrad", adagrad(1.0), "C0-", (110, 0.015)),
        ("RMSprop", rmsprop(1.0, 0.9), "C1--", (20, 0.16)),
    ):
        rates = [-rule(gradient) / gradient for gradient in gradients]
        left.plot(ages_, rates, look[:2], linestyle=look[2:])
        left.text(*place, name)
    left.set(
        yscale="log",
        xticks=[0, 100, 200],
        title=say(fr="taux effectif", en="effective rate"),
    )
    rules = (
        (rmsprop(1.0, 0.9), "C1--", (6, 2.1), "RMSprop"),
        (adam(1.0, 0.9, 0.999), "C2-", (70, 1.3), "Adam"),
        (
            adam(1.0, 0.9, 0.999, corrected=False),
            "C0-.",
            (42, 5.4),
            say(fr="Adam sans correction", en="Adam, uncorrected"),
        ),
    )
    for rule, look, place, name in rules:
        right.plot(range(1, 151), [-rule(1.0) for _ in range(150)], look[:2], linestyle=look[2:])
        right.text(*place, name)
    right.set(
        ylim=(0, 7),
        xticks=[1, 50, 100, 150],
        title=say(fr="longueur du pas", en="step length"),
    )
    for ax in axes:
        ax.set_xlabel(say(fr="pas $t$", en="step $t$"))


averages = Figure(
    "averages",
    draw_averages,
    panels=2,
    height=1.7,
    caption=Text(
        fr="À gauche, gradients égaux à 10, puis à 1 à partir du pas 101 : Adagrad se souvient des "
        "premiers, RMSprop les oublie. À droite, gradient constant : les pas d'Adam ont pour "
        "longueur $\\eta$, ceux de RMSprop sont d'abord trop longs, et ceux d'Adam sans "
        "correction le restent longtemps ($\\rho = \\rho_1 = 0{,}9$, $\\rho_2 = 0{,}999$, "
        "$\\varepsilon = 0$). Taux et longueurs sont divisés par $\\eta$.",
        en="Left, gradients equal to 10, then to 1 from step 101 on: Adagrad remembers the first "
        "ones, RMSprop forgets them. Right, constant gradient: Adam's steps have length $\\eta$, "
        "those of RMSprop are at first too long, and those of Adam without correction remain so "
        "for long ($\\rho = \\rho_1 = 0.9$, $\\rho_2 = 0.999$, $\\varepsilon = 0$). Rates and "
        "lengths are divided by $\\eta$.",
    ),
    alt=Text(
        fr="À gauche, le taux d'Adagrad descend sans cesse ; celui de RMSprop descend vers 0,1, "
        "puis remonte à 1 après le pas 100. À droite, RMSprop descend de 3,2 à 1 en vingt pas, "
        "Adam reste à 1, Adam sans correction monte jusqu'à 6,6 puis redescend lentement.",
        en="Left, Adagrad's rate falls without end; that of RMSprop falls to about 0.1, "
        "then climbs to 1 after step 100. Right, RMSprop falls from 3.2 to 1 in twenty steps, Adam "
        "stays at 1, Adam without correction rises to 6.6 and then slowly falls.",
    ),
)


def draw_directions(axes, say):
    """Three trajectories on a quadratic; four curves of gradient norms on a logistic regression."""
    plane, curves = axes
    bowl, start = np.diag([1.0, 8.0]), np.array([[8.0], [1.0]])

    def exact(_theta, slope, direction):
        return -dot(slope, direction) / dot(direction, bowl @ direction)

    across, up = np.meshgrid(np.linspace(-1.5, 9, 60), np.linspace(-2.2, 2.2, 60))
    levels = [0.6, 4, 11, 22, 36]
    plane.contour(
        across, up, across**2 / 2 + 4 * up**2, levels, colors="0.75", linewidths=0.5, linestyles="-"
    )
    for name, rule, search, count, look in (
        ("GD", steepest(), exact, 12, "C0-"),
        ("CG", conjugate(fletcher_reeves), exact, 3, "C1--"),
        ("Newton", newton(lambda _x: bowl, np.linalg.solve), lambda *_: 1, 2, "C2:"),
    ):
        run = islice(descend(lambda x: bowl @ x, rule, search, start), count)
        path = np.hstack([theta for theta, _, _ in run])
        plane.plot(*path, look[:2], linestyle=look[2:], marker=".", markersize=4, label=name)
    plane.legend(loc="upper left", ncols=3, handlelength=2, columnspacing=1, borderpad=0)
    plane.set(xlim=(-1.5, 9), ylim=(-2.2, 3.2), xticks=[0, 4, 8], yticks=[-2, 0, 2])
    functions = logistic(np.random.default_rng(0), 200)
    ends = {}
    for name, look in (("GD", "C0-"), ("CG", "C1--"), ("BFGS", "C3-."), ("Newton", "C2:")):
        norms = slopes(name, *functions, most=101)
        curves.plot(range(len(norms)), np.array(norms) / norms[0], look[:2], linestyle=look[2:])
        ends[name] = len(norms)
    for name, place in (
        ("GD", (80, 6e-2)),
        ("CG", (58, 3e-5)),
        ("BFGS", (17, 3e-5)),
        ("Newton", (11, 1.5e-6)),
    ):
        curves.text(*place, name)
    curves.set(yscale="log", title=say(fr="norme du gradient", en="gradient norm"))
    curves.set_xlabel(say(fr="itération", en="iteration"))
    plane.set(
        xlabel="$u$",
        ylabel="$w$",
        title=say(fr="fonction quadratique", en="quadratic function"),
    )


directions = Figure(
    "directions",
    draw_directions,
    panels=2,
    height=1.9,
    caption=Text(
        fr="À gauche, sur une fonction quadratique, avec recherche linéaire exacte : la descente "
        "de gradient (GD) zigzague, le gradient conjugué (CG) arrive en deux pas, Newton en un "
        "seul. À droite, régression logistique pénalisée à 20 paramètres (graine 0) : norme du "
        "gradient, rapportée à sa valeur initiale.",
        en="Left, on a quadratic function, with exact line search: gradient descent (GD) zigzags, "
        "conjugate gradient (CG) arrives in two steps, Newton in a single one. Right, penalized "
        "logistic regression with 20 parameters (seed 0): norm of the gradient, relative to its "
        "initial value.",
    ),
    alt=Text(
        fr="À gauche, ellipses aplaties et trois chemins vers l'origine : un zigzag, deux "
        "segments, un segment. À droite, quatre courbes décroissantes : Newton tombe en moins de "
        "dix itérations, puis BFGS, puis CG ; GD descend à peine.",
        en="Left, flat ellipses and three paths to the origin: a zigzag, two segments, one "
        "segment. Right, four decreasing curves: Newton drops within ten iterations, then BFGS, "
        "then CG; GD hardly falls.",
    ),
)


# --- instances: what the notation stands for ------------------------------------------------------
def both_steps(step):
    """The steps that a rule makes of the gradients 3, then 4."""
    return Tuple(step(Integer(3)), step(Integer(4)))


def taken(rng, rule):
    """Six gradients, and the steps that a rule makes of them."""
    slopes = {age: rng.normal(size=(3, 1)) for age in range(1, 7)}
    moves = {age: rule(slope) for age, slope in slopes.items()}
    places = {0: rng.normal(size=(3, 1))}
    for age, move in moves.items():
        places[age] = places[age - 1] + move
    return {g: slopes, s: moves, theta: places, t: range(1, 7)}


def averages_of(values, decay):
    """The moving averages after 0, 1, 2, … values, as weighted sums of all of them."""
    found = {0: 0 * values[1]}
    for count in values:
        seen = [values[age] for age in range(1, count + 1)]
        found[count] = weighted(ages(count, decay), seen)
    return found


def squares(slopes):
    return {age: slope**2 for age, slope in slopes.items()}


def draw_sgd(rng):
    rate = rng.uniform(0.1, 1)
    return {**taken(rng, sgd(rate)), eta: rate}


def draw_adagrad(rng):
    rate, small = rng.uniform(0.1, 1, size=2)
    known = taken(rng, adagrad(rate, eps=small))
    table = np.array([[0, 0, 0], *(slope[:, 0] ** 2 for slope in known[g].values())])
    sums = {age: total[:, None] for age, total in enumerate(table.cumsum(axis=0))}
    return {**known, r: sums, eta: rate, eps: small}


def draw_rmsprop(rng):
    rate, decay, small = rng.uniform(0.1, 0.9, size=3)
    known = taken(rng, rmsprop(rate, decay, eps=small))
    means = averages_of(squares(known[g]), decay)
    return {**known, r: means, eta: rate, rho: decay, eps: small}


def draw_adam(rng):
    rate, first, second, small = rng.uniform(0.1, 0.9, size=4)
    known = taken(rng, adam(rate, first, second, eps=small))
    means = averages_of(known[g], first), averages_of(squares(known[g]), second)
    rates = {eta: rate, rho1: first, rho2: second, eps: small}
    return {**known, m: means[0], r: means[1], **rates}


def draw_constant(rng):
    """Adagrad with one coordinate, whose gradient is always the same positive number."""
    rate, gradient = rng.uniform(0.1, 3, size=2)
    step = adagrad(rate)
    moves = {age: step(gradient) for age in range(1, 9)}
    sums = {age: age * gradient**2 for age in moves}
    return {"s": moves, "r": sums, c: gradient, eta: rate, t: range(1, 9)}


def draw_noisy(rng):
    """SGD on the function J of one parameter, whose gradient is measured and made noisy."""
    rate, places, noises = rng.uniform(0.1, 1.9), {0: rng.normal()}, {}
    for age in range(1, 7):
        noises[age] = rng.normal()
        slope = half_square(places[age - 1] + 1e-30j).imag / 1e-30
        places[age] = places[age - 1] + sgd(rate)(slope + noises[age])
    return {one_theta: places, xi: noises, eta: rate, t: range(1, 7)}


def draw_floor(rng):
    """The variance after many steps, from the weights of the independent noises."""
    rate, spread = rng.uniform(0.1, 1.9), rng.uniform(0.5, 2)
    weights = rate * (1 - rate) ** np.arange(600)
    return {v: (weights**2).sum() * spread**2, eta: rate, sigma: spread}


def draw_unrolled(rng):
    """RMSprop's accumulator, one coordinate."""
    decay, slopes = rng.uniform(0.1, 0.9), rng.normal(size=6)
    found = dict(enumerate(watched(rmsprop, slopes, rho=decay), start=1))
    known = dict(enumerate(slopes, start=1))
    return {"r": found, "g": known, g1: known[1], g2: known[2], rho: decay, t: range(1, 7)}


def draw_rescaled(_rng):
    """Adagrad's accumulator when the gradients are 10 for 100 steps, then 1."""
    found = watched(adagrad, [10] * 100 + [1] * 60)
    return {"r": dict(enumerate(found, start=1)), k: range(1, 61)}


def draw_cycle(rng):
    """RMSprop on J with one parameter, from the place and the average that the text says."""
    rate, decay = rng.uniform(0.1, 0.9, size=2)
    places, average = [rate / 2], rate**2 / 4
    for _ in range(2):
        average = decay * average + (1 - decay) * places[-1] ** 2
        places.append(places[-1] - rate * places[-1] / np.sqrt(average))
    return {one_theta: dict(enumerate(places)), eta: rate, rho: decay}


def draw_same_law(rng):
    """Gradients of one law, which depend on one another: 7 cases, equally likely."""
    first, second = rng.uniform(0.1, 0.9, size=2)
    law = rng.normal(size=(7, 1)) + 1
    slopes = {age: rng.permutation(law) for age in range(1, 5)}
    return {
        E: np.mean,
        "g": law,
        "m": averages_of(slopes, first),
        "r": averages_of(squares(slopes), second),
        rho1: first,
        rho2: second,
        t: range(1, 5),
    }


def draw_averaged(rng):
    """The variance of an average of many independent gradients, from their weights."""
    decay, spread = rng.uniform(0.1, 0.9), rng.uniform(0.5, 2)
    share = sum(weight**2 for weight in ages(400, decay))
    return {r"\operatorname{Var} m": share * spread**2, sigma: spread, v: share, rho1: decay}


def draw_uncorrected(rng):
    rate, first, second, gradient = rng.uniform(0.1, 0.9, size=4)
    step = adam(rate, first, second, corrected=False)
    return {"s": {1: step(gradient)}, eta: rate, rho1: first, rho2: second}


def draw_newton(rng):
    """Newton's method on a logistic regression with 20 parameters."""
    gradient, hessian = logistic(rng, 60)
    run = descend(gradient, newton(hessian, np.linalg.solve), lambda *_: 1, np.zeros((20, 1)))
    places, slopes, moves = zip(*islice(run, 3), strict=True)

    def family(values):
        return dict(enumerate(values, start=1))

    curved = family(map(hessian, places))
    return {H: curved, g: family(slopes), s: family(moves), t: range(1, 4)}


def quadratic(rng):
    """A quadratic function of 4 parameters, and a start, in whole numbers."""
    root, linear, start = (
        Matrix(rng.integers(-3, 4, size=(4, count)).tolist()) for count in (4, 1, 1)
    )
    return root.T @ root + eye(4), linear, start


def draw_conjugate(rng):
    """Conjugate gradients by Gram-Schmidt: no formula of the text for alpha and beta.

    In fractions, for sums that are exactly zero: the symbol eta, which stands for itself, keeps
    them.
    """
    matrix, linear, start = quadratic(rng)
    places, slopes, made, lengths, shares = {0: start}, {}, {}, {}, {}
    for age in range(1, 5):
        slope = slopes[age] = matrix @ places[age - 1] - linear
        made[age] = -slope
        for direction in list(made.values())[:-1]:
            shares[age] = dot(slope, matrix @ direction) / dot(direction, matrix @ direction)
            made[age] = made[age] + shares[age] * direction
        lengths[age] = -dot(slope, made[age]) / dot(made[age], matrix @ made[age])
        places[age] = places[age - 1] + lengths[age] * made[age]
    return {
        A: matrix,
        b: linear,
        theta: places,
        theta_star: matrix.LUsolve(linear),
        g: slopes,
        d: made,
        s: {age: places[age] - places[age - 1] for age in made},
        alpha: lengths,
        beta: shares,
        n: 4,
        (i, t): [(old, age) for age in range(1, 4) for old in range(age)],
        eta: eta,
    }


def draw_couples(rng):
    """The same, for couples of different steps."""
    couples = [(one, other) for one in range(1, 5) for other in range(1, 5) if one != other]
    known = draw_conjugate(rng)
    return {A: known[A], g: known[g], d: known[d], (i, j): couples, eta: eta}


def draw_any_steps(rng):
    """Steps of any lengths along any directions, on a quadratic function."""
    root, linear, place = (rng.normal(size=(4, count)) for count in (4, 1, 1))
    matrix, known = root.T @ root, {g: {}, d: {}, alpha: {}, s: {}, y: {}}
    for age in range(1, 5):
        length, direction = rng.uniform(0.5, 2), rng.normal(size=(4, 1))
        slope, new = matrix @ place - linear, place + length * direction
        moved = {s: new - place, y: matrix @ new - linear - slope}
        for term, value in {g: slope, d: direction, alpha: length, **moved}.items():
            known[term][age] = value
        place = new
    return {
        **known,
        A: matrix,
        (i, t): [(old, age) for age in range(1, 4) for old in range(1, age)],
    }


def draw_any_coefficient(rng):
    """Conjugate gradients, but for the last direction, with another coefficient beta."""
    known, any_beta = draw_conjugate(rng), Rational(int(rng.integers(-9, 9)), 7)
    made = {**known[d], 4: -known[g][4] + any_beta * known[d][3]}
    return {**known, d: made, beta: {4: any_beta}, (i, t): [(1, 3)]}


def draw_few_eigenvalues(rng):
    """A symmetric matrix of size 5 with three distinct eigenvalues."""
    values, (basis, _) = rng.uniform(0.5, 4, size=3), np.linalg.qr(rng.normal(size=(5, 5)))
    matrix = basis @ np.diag(values[[0, 0, 1, 2, 2]]) @ basis.T
    return {A: matrix, identity: np.eye(5), lambda_i: dict(enumerate(values)), i: range(3)}


def draw_energy(rng):
    """The norm defined by a matrix is the length after a change of variables."""
    root, vector = rng.normal(size=(4, 4)), rng.normal(size=(4, 1))
    return {A: root.T @ root, x: vector, energy: np.linalg.norm(root @ vector)}


def draw_potential(rng):
    """The quadratic function that is 0 at 0, from its gradient: Simpson's rule is exact here."""
    root, linear, place = (rng.normal(size=(4, count)) for count in (4, 1, 1))
    matrix = root.T @ root

    def along(share):
        return dot(matrix @ (share * place) - linear, place)

    value = (along(0) + 4 * along(0.5) + along(1)) / 6
    return {A: matrix, b: linear, r"\boldsymbol{\theta}": place, "J": lambda _place: value}


def started(rng):
    """Starts in [-3, 3], and whether Newton's method goes from them to the minimum of J."""
    while True:
        place = start = rng.uniform(-3, 3)
        for _ in range(5):
            slope, curvature = place / np.sqrt(1 + place**2), (1 + place**2) ** -1.5
            place = place - slope / curvature
        yield start, abs(place) < abs(start)


def draw_attracted(rng):
    return {u: next(start for start, attracted in started(rng) if attracted)}


def draw_repelled(rng):
    return {u: next(start for start, attracted in started(rng) if not attracted)}


def draw_saddle(rng):
    """Newton's first step on the function J of two parameters."""
    start, at = rng.normal(size=(2, 1)), Matrix([J_uw]).jacobian([u, w])
    slope = np.array(at.subs({u: start[0, 0], w: start[1, 0]}), dtype=float).T
    curved = np.array(at.jacobian([u, w]), dtype=float)
    rule = newton(lambda _place: curved, np.linalg.solve)
    return {theta: {0: start}, s: {1: rule(start, slope)}}


def draw_bfgs(rng):
    """BFGS on a quadratic function, in fractions, by the update of the Hessian's approximation."""
    matrix, linear, start = quadratic(rng)
    places, slopes, made, lengths, changes = {0: start}, {}, {}, {}, {}
    approx, inverses = eye(4), {0: eye(4)}
    for age in range(1, 5):
        slopes[age] = matrix @ places[age - 1] - linear
        made[age] = -(inverses[age - 1] @ slopes[age])
        lengths[age] = -dot(slopes[age], made[age]) / dot(made[age], matrix @ made[age])
        places[age] = places[age - 1] + lengths[age] * made[age]
        changes[age] = matrix @ (places[age] - places[age - 1])
        approx = updated(approx, places[age] - places[age - 1], changes[age])
        inverses[age] = approx.inv()
    norms = {age: dot(slope, slope) for age, slope in slopes.items()}
    return {
        A: matrix,
        identity: eye(4),
        theta: places,
        g: slopes,
        d: made,
        s: {age: places[age] - places[age - 1] for age in made},
        alpha: lengths,
        beta: {age: norms[age] / norms[age - 1] for age in range(2, 5)},
        y: changes,
        M: inverses,
        n: 4,
        (i, t): [(old, age) for age in range(1, 4) for old in range(age)],
        eta: eta,
    }


def draw_up_to_t(rng):
    """The same, for the steps up to the t-th."""
    upto = [(old, age) for age in range(1, 4) for old in range(1, age + 1)]
    return {**draw_bfgs(rng), (i, t): upto}


def draw_convex(rng):
    """BFGS on any steps, those of a strictly convex function that is not quadratic."""
    scales, approx = rng.normal(size=(6, 4)), np.diag(rng.uniform(0.5, 2, size=4))
    places = rng.normal(size=(4, 4, 1))
    moves, changes, inverses = {}, {}, {0: np.linalg.inv(approx)}
    for age, (old, new) in enumerate(pairwise(places), start=1):
        moves[age] = new - old
        changes[age] = scales.T @ (np.sinh(scales @ new) - np.sinh(scales @ old))
        approx = updated(approx, moves[age], changes[age])
        inverses[age] = np.linalg.inv(approx)
    vector = rng.normal(size=(4, 1))
    # z is the point where the line from x along y meets the hyperplane orthogonal to s.
    system = np.block([[np.eye(4), changes[3]], [moves[3].T, np.zeros((1, 1))]])
    met = np.linalg.solve(system, np.vstack([vector, [[0.0]]]))[:4]
    known = {s: moves, y: changes, M: inverses, identity: np.eye(4)}
    return {**known, x: vector, z: met, t: {3}}


def draw_memory(rng):
    size = int(rng.integers(2, 9))
    return {n: size, memory.lhs: tuple(kept_by_all(size))}


def half_square(place):
    return place**2 / 2


def either_J(*place):
    """The function J of one parameter, or that of two, in the examples of part (d)."""
    known = dict(zip((u, w), place, strict=False))
    return (J_u if len(place) == 1 else J_uw).subs(known, simultaneous=True)


def newton_step():
    """Where Newton's method goes from zero, with the exact example."""
    rule = newton(lambda _place: QUADRATIC, lambda curved, slope: curved.LUsolve(slope))
    return START + rule(START, QUADRATIC @ START - LINEAR)


def last_hessian():
    """The last approximation of the Hessian, from the points of conjugate gradients."""
    places = [place for place, _, _ in on_quadratic(QUADRATIC, conjugate(fletcher_reeves), 4)]
    approx = eye(3)
    for old, new in pairwise(places):
        approx = updated(approx, new - old, QUADRATIC @ (new - old))
    return approx


def named(answer):
    """The notation of the two steps in an answer's left side, without the rate in front."""
    return answer.lhs.removeprefix(r"\tfrac{1}{\eta} ")


DEFINITIONS = {
    named(adagrad_steps): both_steps(adagrad(eta, root=sqrt)),
    named(rmsprop_steps): both_steps(rmsprop(eta, SHORT, root=sqrt)),
    named(adam_steps): both_steps(adam(eta, HALF, SHORT, root=sqrt)),
}
RUNS = {  # in fractions
    theta_star: newton_step(),
    last_inverse.lhs: last_hessian().inv(),
    cg_points.lhs: points(conjugate(fletcher_reeves)),
    bfgs_points.lhs: points(bfgs(eye(3))),
    conjugacy.lhs: products_of_directions(),
    **dict(zip(("t_1", "t_2", "t_3"), steps_to_zero(), strict=True)),
    **dict(zip((r"t_{\mathrm{CG}}", r"t_{\mathrm{GD}}"), steps_to_guarantee(), strict=True)),
}
MOVED = r"\boldsymbol{\theta}_t = \boldsymbol{\theta}_{t-1} + \boldsymbol{s}_t"
DIVIDED = (
    r"\boldsymbol{s}_t = -\frac{\eta}{\varepsilon + \sqrt{\boldsymbol{r}_t}} \odot \boldsymbol{g}_t"
)
QUOTIENT = (
    r"\boldsymbol{s}_t = -\eta\, \frac{\boldsymbol{g}_t}{\varepsilon + \sqrt{\boldsymbol{r}_t}}"
)
ADAPTED = r"\boldsymbol{s}_t = -\eta\, \boldsymbol{g}_t / (\varepsilon + \sqrt{\boldsymbol{r}_t})"
SUMMED = r"\boldsymbol{r}_t = \boldsymbol{r}_{t-1} + \boldsymbol{g}_t \odot \boldsymbol{g}_t"
AVERAGED = (
    r"\boldsymbol{r}_t = \rho\, \boldsymbol{r}_{t-1} "
    r"+ (1 - \rho)\, \boldsymbol{g}_t \odot \boldsymbol{g}_t"
)
AVERAGED_1 = r"\boldsymbol{m}_t = \rho_1 \boldsymbol{m}_{t-1} + (1 - \rho_1)\, \boldsymbol{g}_t"
AVERAGED_2 = (
    r"\boldsymbol{r}_t = \rho_2 \boldsymbol{r}_{t-1} "
    r"+ (1 - \rho_2)\, \boldsymbol{g}_t \odot \boldsymbol{g}_t"
)
CORRECTED = (
    r"\boldsymbol{s}_t = -\eta\, \frac{\boldsymbol{m}_t / (1 - \rho_1^t)}"
    r"{\varepsilon + \sqrt{\boldsymbol{r}_t / (1 - \rho_2^t)}}"
)
CORRECTED_ON_A_LINE = (
    r"\boldsymbol{s}_t = -\eta\, \frac{\boldsymbol{m}_t}{1 - \rho_1^t} \Big/ "
    r"\Bigl(\varepsilon + \sqrt{\tfrac{\boldsymbol{r}_t}{1 - \rho_2^t}}\Bigr)"
)
SHRUNK = rf"{averaging.lhs} = \frac{{1 - \rho_{{1}}}}{{1 + \rho_{{1}}}}"
CYCLED = (
    r"[\theta_0, \theta_1, \theta_2] = "
    r"\left[\frac{\eta}{2},\, -\frac{\eta}{2},\, \frac{\eta}{2}\right]"
)
POTENTIAL = (
    r"J(\boldsymbol{\theta}) = \frac12 \boldsymbol{\theta}^\top \boldsymbol{A} \boldsymbol{\theta} "
    r"- \boldsymbol{b}^\top \boldsymbol{\theta}"
)
REACHED = r"\boldsymbol{\theta}^{\star\top} = \left[\begin{matrix}3 & -2 & 1\end{matrix}\right]"
PASSED = (
    r"\left[\begin{matrix}2 & 0 & 0\\\frac{8}{3} & -\frac{4}{3} & 0\\3 & -2 & 1\end{matrix}\right]"
)
DIAGONAL = r"\left[\begin{matrix}32 & 0 & 0\\0 & 6 & 0\\0 & 0 & \frac{64}{27}\end{matrix}\right]"
INVERTED = (
    r"\left[\begin{matrix}\frac{3}{4} & -\frac{1}{2} & \frac{1}{4}\\-\frac{1}{2} & 1 & -\frac{1}{2}"
    r"\\\frac{1}{4} & -\frac{1}{2} & \frac{3}{4}\end{matrix}\right]"
)
EXACT_EXAMPLE = [
    REACHED,
    f"{cg_points.lhs} = {PASSED}",
    f"{bfgs_points.lhs} = {PASSED}",
    f"{conjugacy.lhs} = {DIAGONAL}",
    f"{last_inverse.lhs} = {INVERTED}",
    f"{stops.lhs} = [3, 2, 1]",
    f"{bounds.lhs} = [73, 691]",
]
SOLVED = r"\boldsymbol{s}_t = -\boldsymbol{H}_t^{-1} \boldsymbol{g}_t"
ORTHOGONAL = [
    r"\boldsymbol{g}_i^\top \boldsymbol{g}_j = 0",
    r"\boldsymbol{d}_i^\top \boldsymbol{A} \boldsymbol{d}_j = 0",
]
MULTIPLIED = (
    r"\boldsymbol{M}_i\, \boldsymbol{g}_{t+1} = \boldsymbol{M}_{i-1}\, \boldsymbol{g}_{t+1} "
    r"- \frac{\boldsymbol{y}_i^\top \boldsymbol{M}_{i-1}\, \boldsymbol{g}_{t+1}}"
    r"{\boldsymbol{y}_i^\top \boldsymbol{s}_i}\, \boldsymbol{s}_i"
)
EXPANDED = (
    r"\boldsymbol{g}_{t+1}^\top \boldsymbol{d}_i = \boldsymbol{g}_t^\top \boldsymbol{d}_i "
    r"+ \alpha_t \boldsymbol{d}_t^\top \boldsymbol{A} \boldsymbol{d}_i"
)
DIVIDED_BY_LENGTH = (
    r"\boldsymbol{g}_{t+1}^\top \boldsymbol{A} \boldsymbol{d}_i "
    r"= \boldsymbol{g}_{t+1}^\top (\boldsymbol{g}_{i+1} - \boldsymbol{g}_i)/\alpha_i"
)
CHOSEN = (
    r"\boldsymbol{d}_{t+1}^\top \boldsymbol{A} \boldsymbol{d}_t = "
    r"-\|\boldsymbol{g}_{t+1}\|^2/\alpha_t + \beta_{t+1} \|\boldsymbol{g}_t\|^2 / \alpha_t"
)
EXCHANGED = (
    r"\boldsymbol{s}_t^\top \boldsymbol{y}_i = \boldsymbol{y}_t^\top \boldsymbol{s}_i "
    r"= \boldsymbol{s}_t^\top \boldsymbol{A} \boldsymbol{s}_i"
)
UP_TO_T = [r"\boldsymbol{s}_i^\top \boldsymbol{g}_{t+1} = 0", MULTIPLIED]

UPDATES = {"fr": "les deux mises à jour", "en": "both update rules"}
question = Question(
    title=Text(fr="Algorithmes d'optimisation", en="Optimization algorithms"),
    parts=[
        Part(
            "a",
            points=2,
            answers=[noise_floor, adagrad_steps, decreasing],
            experiments=[sparse_gain],
            marking=[
                Mark(HALF, **UPDATES),
                Mark(
                    HALF,
                    fr="différence : un taux par coordonnée, fixé par la somme des carrés",
                    en="difference: one rate per coordinate, set by the sum of squares",
                ),
                Mark(
                    HALF,
                    fr="avantage : caractéristiques rares, échelles inégales, moins de réglage",
                    en="advantage: rare features, unequal scales, less tuning",
                ),
                Mark(
                    HALF,
                    fr="inconvénient : taux qui ne remonte jamais ; mémoire",
                    en="disadvantage: a rate that never rises; memory",
                ),
            ],
        ),
        Part(
            "b",
            points=2,
            answers=[forgetting, total_weight, mean_age, rmsprop_steps, recovery, cycle],
            experiments=[rescaled_gain],
            marking=[
                Mark(HALF, **UPDATES),
                Mark(
                    HALF,
                    fr="différence : moyenne mobile exponentielle au lieu d'une somme",
                    en="difference: exponential moving average instead of a sum",
                ),
                Mark(
                    HALF,
                    fr="avantage de RMSprop : il oublie, et continue d'avancer",
                    en="advantage of RMSprop: it forgets, and keeps moving",
                ),
                Mark(
                    HALF,
                    fr="inconvénient : taux qui ne tend plus vers 0, un hyperparamètre de plus",
                    en="disadvantage: a rate that no longer tends to 0, one more hyperparameter",
                ),
            ],
        ),
        Part(
            "c",
            points=2,
            answers=[averaging, adam_steps, uncorrected, trap],
            experiments=[calmer],
            marking=[
                Mark(HALF, **UPDATES),
                Mark(
                    HALF,
                    fr="différence : moyenne des gradients",
                    en="difference: averaged gradients",
                ),
                Mark(HALF, fr="différence : correction du biais", en="difference: bias correction"),
                Mark(
                    HALF,
                    fr="un avantage et un inconvénient justifiés",
                    en="one advantage and one disadvantage, with reasons",
                ),
            ],
        ),
        Part(
            "d",
            points=2,
            answers=[newton_point, cg_points, conjugacy, stops, bounds, overshoot],
            experiments=[fewer_newton],
            marking=[
                Mark(HALF, **UPDATES),
                Mark(
                    HALF,
                    fr="différence : système linéaire résolu, ou directions conjuguées",
                    en="difference: linear system solved, or conjugate directions",
                ),
                Mark(
                    HALF,
                    fr="coûts : $O(n^3)$ et $n^2$ nombres, contre $O(n)$ par itération",
                    en="costs: $O(n^3)$ and $n^2$ numbers, against $O(n)$ per iteration",
                ),
                Mark(
                    HALF,
                    fr="convergence et fiabilité : un pas ou $n$ pas, points de selle",
                    en="convergence and reliability: one step or $n$ steps, saddle points",
                ),
            ],
        ),
        Part(
            "e",
            points=2,
            answers=[bfgs_points, last_inverse, memory],
            experiments=[fewer_bfgs],
            marking=[
                Mark(
                    HALF,
                    fr="mise à jour de BFGS, ou au moins l'équation de la sécante",
                    en="BFGS update, or at least the secant equation",
                ),
                Mark(
                    HALF,
                    fr="différence : une matrice mémorisée, ou la seule direction précédente",
                    en="difference: a stored matrix, or the previous direction only",
                ),
                Mark(
                    HALF,
                    fr="coûts : $O(n^2)$ contre $O(n)$, en mémoire et par itération",
                    en="costs: $O(n^2)$ against $O(n)$, in memory and per iteration",
                ),
                Mark(
                    HALF,
                    fr="qualité des directions, recherche linéaire, choix selon $n$",
                    en="quality of the directions, line search, choice according to $n$",
                ),
            ],
        ),
    ],
    figures=[averages, directions],
    instances=[
        Instance(DEFINITIONS),
        Instance({"J": half_square}, parts="ab"),
        Instance({"J": either_J}, parts="d"),
        Instance(draw_sgd, parts="a", only=[r"\boldsymbol{s}_t = -\eta\, \boldsymbol{g}_t", MOVED]),
        Instance(draw_adagrad, parts="ab", only=[SUMMED, DIVIDED, ADAPTED, MOVED]),
        Instance(draw_rmsprop, parts="bc", only=[AVERAGED, DIVIDED, QUOTIENT, ADAPTED, MOVED]),
        Instance(
            draw_adam,
            parts="c",
            only=[AVERAGED_1, AVERAGED_2, CORRECTED, CORRECTED_ON_A_LINE, MOVED],
        ),
        Instance(draw_constant, parts="a", only=[r"s_t = -\frac{\eta}{\sqrt{t}}"]),
        Instance(draw_noisy, parts="a"),
        Instance(
            draw_floor,
            parts="a",
            only=[
                r"v = (1-\eta)^2 v + \eta^2 \sigma^2",
                r"v = \frac{\eta \, \sigma^{2}}{2 - \eta}",
            ],
        ),
        Instance(draw_unrolled, parts="b"),
        Instance(draw_rescaled, parts="b", only=[r"r_{100+k} = 10\,000 + k"]),
        Instance(
            draw_cycle,
            parts="b",
            only=[CYCLED],
        ),
        Instance({rho: SHORT}, parts="b"),
        Instance({rho: NINE_TENTHS, eta: Rational(1, 100)}, parts="b"),
        Instance({rho: DECAYS[0], rho1: DECAYS[0], rho2: DECAYS[1], eps: 0}, parts="b"),
        Instance(draw_same_law, parts="c"),
        Instance(draw_averaged, parts="c", only=[r"v = \rho_1^2 v + (1 - \rho_1)^2", SHRUNK]),
        Instance(draw_uncorrected, parts="c"),
        Instance({**VALUES, eps: Rational(1, 10**8)}, parts="c"),
        Instance({rho1: HALF, rho2: SHORT}, parts="c"),
        Instance({rho: Rational(1, 101), eta: Rational(1, 10)}, parts="c"),
        Instance(draw_newton, parts="d", only=[SOLVED]),
        Instance(draw_conjugate, parts="d"),
        Instance(draw_couples, parts="d", only=ORTHOGONAL),
        Instance(draw_any_steps, parts="de", only=[EXPANDED, DIVIDED_BY_LENGTH, EXCHANGED]),
        Instance(draw_any_coefficient, parts="d", only=[CHOSEN]),
        Instance(
            draw_few_eigenvalues,
            parts="d",
            only=[r"\prod_i (\boldsymbol{I} - \boldsymbol{A}/\lambda_i) = \boldsymbol{0}"],
        ),
        Instance(draw_energy, parts="d"),
        Instance(
            draw_potential,
            parts="d",
            only=[POTENTIAL],
        ),
        Instance(draw_attracted, parts="d", only=["|u| < 1"]),
        Instance(draw_repelled, parts="d", only=["|u| > 1"]),
        Instance(draw_saddle, parts="d", only=[r"\boldsymbol{s}_1 = -\boldsymbol{\theta}_0"]),
        Instance({kappa: 100, n: BIG}, parts="d"),
        Instance({A: QUADRATIC, b: LINEAR}, parts="d"),
        Instance(RUNS, parts="de", only=EXACT_EXAMPLE),
        Instance(draw_bfgs, parts="e"),
        Instance(draw_up_to_t, parts="e", only=UP_TO_T),
        Instance(draw_convex, parts="e"),
        Instance(draw_memory, parts="e"),
    ],
    attested=[
        Attested(
            r"\sum_t \eta_t = \infty",
            fr="condition d'un théorème cité, sur des taux que le lecteur choisit",
            en="condition of a theorem that is cited, on rates that the reader chooses",
        ),
        Attested(
            r"\sum_t \eta_t^2 < \infty",
            fr="condition d'un théorème cité, sur des taux que le lecteur choisit",
            en="condition of a theorem that is cited, on rates that the reader chooses",
        ),
        Attested(
            r"r_t \to \infty",
            fr="somme de carrés dont une infinité dépassent un même nombre strictement positif",
            en="sum of squares, infinitely many of which exceed one and the same positive number",
        ),
    ],
    summary=[
        Key(
            r"\boldsymbol{s}_t = -\eta\, \boldsymbol{g}_t / "
            r"(\varepsilon + \sqrt{\boldsymbol{r}_t})",
            fr="Adagrad, somme ; RMSprop, moyenne mobile",
            en="Adagrad, sum; RMSprop, moving average",
        ),
        Key(
            r"\boldsymbol{s}_t = -\eta\, \frac{\boldsymbol{m}_t}{1 - \rho_1^t} \Big/ "
            r"\Bigl(\varepsilon + \sqrt{\tfrac{\boldsymbol{r}_t}{1 - \rho_2^t}}\Bigr)",
            fr="Adam",
            en="Adam",
        ),
        Key(
            decreasing,
            fr=r"Adagrad, gradient constant $c > 0$, à $\varepsilon$ près",
            en=r"Adagrad, constant gradient $c > 0$, up to $\varepsilon$",
        ),
        Key(
            total_weight,
            fr="somme des poids d'une moyenne mobile",
            en="sum of the weights of a moving average",
        ),
        Key(
            averaging,
            fr="moyenne mobile de gradients indépendants, régime permanent",
            en="moving average of independent gradients, steady state",
        ),
        Key(
            r"\boldsymbol{s}_t = -\boldsymbol{H}_t^{-1} \boldsymbol{g}_t", fr="Newton", en="Newton"
        ),
        Key(
            r"\boldsymbol{d}_t = -\boldsymbol{g}_t + "
            r"\tfrac{\|\boldsymbol{g}_t\|^2}{\|\boldsymbol{g}_{t-1}\|^2} \boldsymbol{d}_{t-1}",
            fr="gradient conjugué",
            en="conjugate gradient",
        ),
        Key(
            r"\boldsymbol{M}_t \boldsymbol{y}_t = \boldsymbol{s}_t",
            fr="équation de la sécante (BFGS)",
            en="secant equation (BFGS)",
        ),
    ],
)
