"""Question 6: the variational autoencoder.

Parts (a) to (d) rest on integrands and on one model whose every bound is known in closed form:
log x given z is normal, of mean w (z_1 + ... + z_K) and variance tau^2. Its posterior is normal and
correlated, so that mean field leaves a gap; the best mean is not affine in x, so that an affine
encoder leaves another one.
"""

from functools import cache, partial
from itertools import combinations, count, permutations, product
from math import prod

import mpmath
import numpy as np
from sympy import Add, Interval, Matrix, MatrixBase, Naturals, Piecewise, Poly, Pow, Rational
from sympy import Reals, cos, diff, erf, exp, expand, eye, factorial2, hessian, lambdify, log, ones
from sympy import oo, pi, simplify, sin, solve, sqrt, summation, symbols, sympify

from solgen import Answer, Check, Derivation, Experiment, Figure, Instance, Key, Mark, Measure
from solgen import Part, Question, Step, Term, Text, agree, equal, holds, over, plus, power
from solgen import symbol, times, unfold

POSITIVE, HALF = Interval.open(0, oo), Rational(1, 2)

# --- glossary: notation and definitions -----------------------------------------------------
data = Term("x", fr="observation", en="observation")
latent = Term("z", fr="variable latente", en="latent variable")
theta = Term(r"\theta", fr="paramètres du décodeur", en="parameters of the decoder")
phi = Term(r"\phi", fr="paramètres de l'encodeur", en="parameters of the encoder")
f = Term("f", fr="décodeur, comme fonction de $z$", en="decoder, as a function of $z$")
p = Term("p", fr="loi selon le modèle", en="distribution under the model")
q = Term("q", fr="loi variationnelle de $z$", en="variational distribution of $z$")
q_phi = Term(
    r"q_\phi(z \mid x)",
    fr="loi variationnelle que donne l'encodeur",
    en="variational distribution given by the encoder",
)
normal_law = Term(
    r"\mathcal{N}",
    fr="loi normale, de moyenne et de variance (ou covariance) données",
    en="normal distribution, of given mean and variance (or covariance)",
)
I_K = Term("I_K", fr="matrice identité de taille $K$", en="identity matrix of size $K$")
ones_ = Term(
    r"\mathbf{1}", fr="vecteur dont les composantes valent 1", en="vector whose components are 1"
)
E = Term(r"\mathbf{E}", fr="espérance", en="expectation")
P = Term("P", fr="probabilité", en="probability")
KL = Term(r"\mathrm{KL}", fr="divergence de Kullback-Leibler", en="Kullback-Leibler divergence")
bound = Term(r"\mathcal{L}", fr="borne inférieure variationnelle", en="variational lower bound")
nabla = Term(
    r"\nabla_\phi", fr=r"gradient par rapport à $\phi$", en=r"gradient with respect to $\phi$"
)
h = Term("h", fr="intégrande, partie a)", en="integrand, part (a)")
noise = symbol(
    "epsilon",
    Reals,
    fr="bruit d'une composante de $z$, de loi normale centrée réduite",
    en="noise of a component of $z$, standard normal",
)
G = Term(
    "G",
    fr=r"estimateur de gradient : $G_{\mathrm{R}}$ par la reparamétrisation, $G_{\mathrm{S}}$ par "
    r"la fonction score, $G_{\mathrm{B}}$ de même avec une référence",
    en=r"gradient estimator: $G_{\mathrm{R}}$ by the reparameterization, $G_{\mathrm{S}}$ by the "
    r"score function, $G_{\mathrm{B}}$ likewise with a baseline",
)
b = symbol("b", Reals, fr=r"référence de $G_{\mathrm{B}}$", en=r"baseline of $G_{\mathrm{B}}$")
b_star = Term(r"b^\star", fr="meilleure référence", en="best baseline")
U = Term(
    "U", fr="poids cachés d'un décodeur tiré au hasard", en="hidden weights of a random decoder"
)
V = Term("V", fr="poids de sortie de ce décodeur", en="output weights of that decoder")
index_i = Term("i", fr="indice d'un exemple", en="index of a data point")
index_j = Term("j", fr="indice d'une composante de $z$", en="index of a component of $z$")
index_k = Term("k", fr="autre indice entier", en="another integer index")
m = Term("m", fr="moyennes d'une loi normale", en="means of a normal distribution")
s = Term(
    "s", fr="écarts types d'une loi normale", en="standard deviations of a normal distribution"
)
S = Term("S", fr="covariance d'une loi normale", en="covariance of a normal distribution")
m_star = Term(
    r"m^\star",
    fr="moyennes de la loi a posteriori, et du meilleur champ moyen",
    en="means of the posterior, and of the best mean field",
)
sigma_star = Term(
    r"\sigma^\star",
    fr="écarts types du meilleur champ moyen",
    en="standard deviations of the best mean field",
)
P_mf = Term(
    r"P_{\mathrm{mf}}",
    fr="nombre de paramètres que garde le champ moyen",
    en="number of parameters that mean field keeps",
)
P_enc = Term(
    r"P_{\mathrm{enc}}",
    fr="nombre de paramètres d'un encodeur",
    en="number of parameters of an encoder",
)
T = Term("T", fr="nombre d'étapes d'un flot", en="number of steps of a flow")
index_t = Term(
    "t", fr="indice d'une étape, 0 pour le départ", en="index of a step, 0 for the start"
)
mu_t = Term(r"\mu_t", fr="décalages de l'étape $t$", en="shifts of step $t$")
sigma_t = Term(r"\sigma_t", fr="échelles de l'étape $t$", en="scales of step $t$")
L = Term("L", fr=r"facteur de Cholesky de $\Lambda^{-1}$", en=r"Cholesky factor of $\Lambda^{-1}$")
a = Term("a", fr="quotient $L_{21}/L_{11}$", en="quotient $L_{21}/L_{11}$")
Lambda = Term(
    r"\Lambda",
    fr="matrice de précision de la loi a posteriori",
    en="precision matrix of the posterior",
)
mu = symbol(
    "mu",
    Reals,
    fr=r"moyenne d'une composante de $z$ sous $q_\phi$",
    en=r"mean of a component of $z$ under $q_\phi$",
)
sigma = symbol(
    "sigma",
    POSITIVE,
    fr="écart type de cette composante",
    en="standard deviation of that component",
)
c = symbol("c", Reals, fr="centre du carré $h$", en="center of the square $h$")
delta = symbol(
    "delta", Reals, value=plus(mu, -c), fr="écart à ce centre", en="deviation from that center"
)
omega = symbol(
    "omega", POSITIVE, fr="pulsation du sinus $h$", en="angular frequency of the sine $h$"
)
kappa = symbol(
    "kappa",
    POSITIVE,
    value=omega * sigma,
    fr="pulsation rapportée à l'écart type",
    en="angular frequency relative to the standard deviation",
)
K = symbol("K", Naturals, fr="dimension de $z$", en="dimension of $z$")
w = symbol("w", POSITIVE, fr="poids du décodeur", en="weight of the decoder")
tau = symbol(
    "tau",
    POSITIVE,
    fr=r"écart type de $\log x$ sachant $z$",
    en=r"standard deviation of $\log x$ given $z$",
)
u = symbol("u", Reals, fr="logarithme de l'observation $x$", en="logarithm of the observation $x$")
r = symbol(
    "r",
    POSITIVE,
    value=w**2 / tau**2,
    fr="rapport signal sur bruit",
    en="signal-to-noise ratio",
)
v = symbol("v", POSITIVE, value=K * w**2 + tau**2, fr="variance de $u$", en="variance of $u$")
D_app = symbol(
    "D_app",
    Interval(0, oo),
    latex=r"\Delta_{\mathrm{app}}",
    value=times(HALF, plus(times(K, log(plus(1, r))), -log(plus(1, K * r)))),
    fr="écart d'approximation du champ moyen",
    en="approximation gap of mean field",
)
D_am = symbol(
    "D_am",
    POSITIVE,
    latex=r"\Delta_{\mathrm{am}}",
    value=times(over(times(K, r), 2), plus(1, -over(v, plus(exp(v), -1)))),
    fr="écart d'amortissement de l'encodeur affine",
    en="amortization gap of the affine encoder",
)
rho = symbol(
    "rho",
    Interval.open(-1, 0),
    value=-over(r, plus(1, r)),
    fr="corrélation a posteriori de $z_1$ et $z_2$, pour $K = 2$",
    en="posterior correlation of $z_1$ and $z_2$, for $K = 2$",
)
N = symbol("N", Naturals, fr="nombre d'exemples", en="number of data points")
D = symbol("D", Naturals, fr="dimension de $x$", en="dimension of $x$")
H = symbol("H", Naturals, fr="nombre d'unités cachées", en="number of hidden units")
z1 = symbol("z_1", Reals, fr="première composante de $z$", en="first component of $z$")
z2 = symbol("z_2", Reals, fr="deuxième composante de $z$", en="second component of $z$")

# The two worked examples: the same posterior precision, data more or less spread.
PAIR = {K: 2}
WIDE, NARROW = ({**PAIR, w: Rational(1, k), tau: Rational(1, k)} for k in (2, 5))


def number(formula, case):
    """The formula's exact value in one of the examples."""
    return unfold(formula).subs(case)


# --- averages over a standard normal, by moments and by a sum of the density -------------------
EPS = symbols("e1:6", real=True)


def mean(expression):
    """The exact average of a polynomial in the noises EPS: E e^n = (n - 1)!! for n even, else 0."""
    used = [e for e in EPS if expression.has(e)]
    total = 0
    for powers, factor in Poly(expression, *used).terms():
        if all(n % 2 == 0 for n in powers):
            total += factor * prod(factorial2(n - 1) for n in powers)
    return total


def average(function):
    """The average of function(e), e standard normal: the trapezoidal rule on the density."""
    step = mpmath.mpf(1) / 8
    nodes = [k * step for k in range(-120, 121)]
    return step * mpmath.fsum(mpmath.npdf(e) * function(e) for e in nodes)


def variance(function):
    return average(lambda e: function(e) ** 2) - average(function) ** 2


def at_points(function, cases, road="numeric", digits=18, **meaning):
    """A check: the answer equals function(*numbers) for each of these dictionaries of symbols."""

    @cache
    def expected():
        with mpmath.workdps(40):
            numbers = [[mpmath.mpf(n.p) / n.q for n in map(Rational, c.values())] for c in cases]
            return [function(*each) for each in numbers]

    def check(answer):
        return agree([unfold(answer).subs(case) for case in cases], expected(), digits=digits)

    return Check(road, check, **meaning)


# --- (a) the closed-form half of the bound ------------------------------------------------------
LAWS = [{mu: a, sigma: b} for a, b in ((0, 2), (1, HALF), (-3, Rational(3, 4)), (HALF, 1))]


def divergence_at(m, s):
    """The average of log q - log p over q, from the two normal densities."""
    return average(lambda e: mpmath.log(mpmath.npdf(m + s * e, m, s) / mpmath.npdf(m + s * e)))


prior_divergence = Derivation(
    r"\mathrm{KL}\bigl(\mathcal{N}(\mu, \sigma^2) \,\big\|\, \mathcal{N}(0, 1)\bigr)",
    value=mean(((mu + sigma * EPS[0]) ** 2 - EPS[0] ** 2) / 2) - log(sigma),
    steps=[
        Step(over(plus(power(mu, 2), power(sigma, 2), -1, -log(sigma**2)), 2)),
    ],
    checks=[
        at_points(divergence_at, LAWS, fr="intégrale des densités", en="integral of the densities")
    ],
)

# --- (a) two estimators of one gradient: a square, a sine, a step -------------------------------
SQUARES = [
    {mu: a, c: b, sigma: d}
    for a, b, d in ((0, 0, 1), (2, 1, 1), (1, 3, HALF), (-1, Rational(1, 3), 2), (0, 1, 3))
]
Z = mu + sigma * EPS[0]


def baseline_at(m, center, s):
    """The slope of E h in mu, and the lowest point of the variance of G_B, a parabola in b."""
    slope = mpmath.diff(lambda t: average(lambda e: (t + s * e - center) ** 2), m)

    def score(base):
        return variance(lambda e: ((m + s * e - center) ** 2 - base) * e / s)

    low, middle, high = map(score, (-1, 0, 1))
    return slope, (low - high) / 4 / ((low + high) / 2 - middle)


def check_score(answer):
    """The mean of the score estimator, whose baseline does not count, and E(h e^2)/E(e^2)."""
    height = (Z - c) ** 2
    return equal(answer, (mean(height * EPS[0] / sigma), mean(height * EPS[0] ** 2)))


square_mean = Answer(
    r"\bigl[\mathbf{E}[G_{\mathrm{R}}],\, b^\star\bigr]",
    (times(2, delta), plus(delta**2, times(3, sigma**2))),
    checks=[
        Check("symbolic", check_score, fr="moments du bruit", en="moments of the noise"),
        at_points(
            baseline_at,
            SQUARES,
            digits=14,
            fr="dérivée mesurée, variance minimisée",
            en="measured slope, minimized variance",
        ),
    ],
)


def square_at(m, center, s):
    """The three variances for h(z) = (z - c)^2, from their definitions."""

    def height(e):
        return (m + s * e - center) ** 2

    def score(base):
        return variance(lambda e: (height(e) - base) * e / s)

    path = variance(lambda e: mpmath.diff(lambda t: (t - center) ** 2, m + s * e))
    # With a baseline b the variance is a parabola in b: its lowest point, from three values.
    low, middle, high = map(score, (-1, 0, 1))
    bend, tilt = (low + high) / 2 - middle, (high - low) / 2
    return path, middle, middle - tilt**2 / (4 * bend)


@cache
def square_moments():
    """The same by the exact moments of the noise, the best baseline being E(h e^2)."""
    base = mean((Z - c) ** 2 * EPS[0] ** 2)
    path, score = diff((Z - c) ** 2, mu), (Z - c) ** 2 * EPS[0] / sigma
    ways = (path, score, score - base * EPS[0] / sigma)
    return [mean(way**2) - mean(way) ** 2 for way in ways]


def check_moments(answer):
    return equal(answer, square_moments())


def variances_of(index=""):
    """The variances of the three estimators, or of one component of each."""
    inside = (rf"\operatorname{{Var}}(G_{{\mathrm{{{way}}}{index}}})" for way in "RSB")
    return r"\bigl[" + r",\, ".join(inside) + r"\bigr]"


square_variances = Answer(
    variances_of(),
    (
        times(4, sigma**2),
        plus(over(delta**4, sigma**2), times(14, delta**2), times(15, sigma**2)),
        plus(times(8, delta**2), times(6, sigma**2)),
    ),
    checks=[
        Check("symbolic", check_moments, fr="moments du bruit", en="moments of the noise"),
        at_points(square_at, SQUARES, fr="intégration numérique", en="numerical integration"),
    ],
)
path_, score_, base_ = unfold(square_variances.value)
least_score, least_base = ((form / path_).subs({mu: 0, c: 0}) for form in (score_, base_))


@cache
def dimension_moments():
    """The three variances of one component for h = |z|^2, mu = 0, by moments, for K = 1, ..., 5."""
    found = []
    for size in range(1, 6):
        square = sum((sigma * e) ** 2 for e in EPS[:size])
        base = mean(square * EPS[0] ** 2)
        ways = (2 * sigma * EPS[0], square * EPS[0] / sigma, (square - base) * EPS[0] / sigma)
        found.append([mean(way**2) - mean(way) ** 2 for way in ways])
    return found


def check_dimensions(answer):
    return equal([answer.subs(K, size) for size in range(1, 6)], dimension_moments())


def check_chi_square(answer):
    """E(h^2 e_j^2) = E(Q^3)/K by symmetry, Q a chi-square of K degrees of freedom."""
    chi = [prod(K + 2 * k for k in range(n)) for n in range(4)]
    base, second = sigma**2 * chi[2] / K, sigma**4 * chi[3] / K
    return equal(answer, (4 * sigma**2, second / sigma**2, (second - base**2) / sigma**2))


dimensions = Answer(
    variances_of(", j"),
    (
        times(4, sigma**2),
        times(plus(K, 2), plus(K, 4), sigma**2),
        times(2, plus(K, 2), sigma**2),
    ),
    checks=[
        Check(
            "enumeration",
            check_dimensions,
            fr="moments, $K$ de 1 à 5",
            en="moments, $K$ from 1 to 5",
        ),
        Check("identity", check_chi_square, fr="moments du khi-deux", en="chi-square moments"),
    ],
)

WAVES = [{omega: a, sigma: b} for a, b in ((HALF, 1), (1, 1), (2, HALF), (3, 1), (1, 4))]


def wave_ratio_at(frequency, s):
    """Var G_S / Var G_R for h(z) = sin(omega z) at mu = 0."""
    path = variance(lambda e: frequency * mpmath.cos(frequency * s * e))
    return variance(lambda e: mpmath.sin(frequency * s * e) * e / s) / path


def check_waves(answer):
    """By characteristic functions: E cos(t e) = exp(-t^2/2), and its derivatives in t."""
    t = symbols("t", positive=True)
    wave = exp(-(t**2) / 2)
    square = (1 + wave.subs(t, 2 * kappa)) / 2  # E cos^2
    second = (1 + diff(wave, t, 2).subs(t, 2 * kappa)) / 2  # E(e^2 sin^2), as E(e^2 cos) = -wave''
    slope = wave.subs(t, kappa)
    path = omega**2 * (square - slope**2)
    return equal(answer, (second / sigma**2 - omega**2 * slope**2) / path)


waves = Answer(
    r"\frac{\operatorname{Var}(G_{\mathrm{S}})}{\operatorname{Var}(G_{\mathrm{R}})}",
    over(
        plus(
            1,
            -times(plus(1, -4 * kappa**2), exp(-2 * kappa**2)),
            -times(2, kappa**2, exp(-(kappa**2))),
        ),
        times(kappa**2, power(plus(1, -exp(-(kappa**2))), 2)),
    ),
    checks=[
        Check(
            "identity", check_waves, fr="fonctions caractéristiques", en="characteristic functions"
        ),
        at_points(wave_ratio_at, WAVES, fr="intégration numérique", en="numerical integration"),
    ],
)


def wave_ratio(k):
    """The ratio as a number, for the text and the figure."""
    return unfold(waves.value).subs({omega: k, sigma: 1})


def step_slope_at(s):
    return mpmath.diff(lambda m: 1 - mpmath.ncdf(0, m, s), 0)


def check_score_of_step(answer):
    """The score estimator's mean at mu = 0: (1/sigma) times the average of e over e > 0."""
    half = mpmath.quad(lambda e: e * mpmath.npdf(e), [0, 5, 20])
    return agree(
        [answer.subs(sigma, k) for k in (1, 2, 3)], [half / k for k in (1, 2, 3)], digits=14
    )


step_slope = Derivation(
    r"\left.\frac{\mathrm{d}}{\mathrm{d}\mu} P(z > 0)\right|_{\mu = 0}",
    value=diff((1 + erf(mu / (sigma * sqrt(2)))) / 2, mu).subs(mu, 0),
    steps=[Step(over(1, times(sigma, Pow(2 * pi, HALF, evaluate=False))))],
    checks=[
        at_points(
            step_slope_at,
            [{sigma: k} for k in (HALF, 1, 3)],
            fr="dérivée mesurée de la fonction de répartition",
            en="measured slope of the distribution function",
        ),
        Check("definition", check_score_of_step, fr="moyenne du score", en="mean of the score"),
    ],
)

# --- (a) the same comparison on a decoder -------------------------------------------------------
LATENT, SEEN = 5, 20


def variance_ratio(rng, size, *, steepness):
    """Variance of the score estimator, with baseline, over that of the path; random decoder."""
    inner = steepness * rng.normal(size=(LATENT, 10)) / np.sqrt(LATENT)
    outer = rng.normal(size=(10, SEEN)) / np.sqrt(10)
    x = np.tanh(rng.normal(size=LATENT) @ inner) @ outer + rng.normal(size=SEEN)
    center, width = rng.normal(size=LATENT), 0.5
    eps = rng.normal(size=(size, LATENT))
    hidden = np.tanh((center + width * eps) @ inner)
    errors = x - hidden @ outer
    path = ((errors @ outer.T) * (1 - hidden**2)) @ inner.T
    heights = -(errors**2).sum(axis=1) / 2
    weights = eps**2
    baselines = (heights[:, None] * weights).mean(axis=0) / weights.mean(axis=0)
    score = (heights[:, None] - baselines) * eps / width
    return score.var(axis=0).sum() / path.var(axis=0).sum()


on_decoder = Experiment(
    Measure(
        lambda rng, size: variance_ratio(rng, size, steepness=1),
        fr=r"variance totale du gradient en $\mu$ estimé par la fonction score, avec la meilleure "
        "référence pour chaque composante, divisée par celle de la reparamétrisation ; décodeur "
        "tiré au hasard "
        r"$z \mapsto V\tanh(Uz)$, bruit gaussien de variance 1, $z$ de dimension 5, $x$ de "
        r"dimension 20, $\sigma_j = 1/2$",
        en=r"total variance of the gradient in $\mu$ estimated by the score function, with the "
        "best baseline for each component, divided by that of the reparameterization; random "
        r"decoder $z \mapsto V\tanh(Uz)$, Gaussian noise of variance 1, $z$ of dimension 5, "
        r"$x$ of dimension 20, $\sigma_j = 1/2$",
    ),
    control=Measure(
        lambda rng, size: variance_ratio(rng, size, steepness=100),
        fr="le même décodeur, $U$ multipliée par 100",
        en="the same decoder, $U$ multiplied by 100",
    ),
    at_least=3,
    size=4000,
)

# --- (b) the model: joint density, posterior, bound ---------------------------------------------
EXAMPLES = [
    {K: n, w: a, tau: b, u: y}
    for n, a, b, y in (
        (1, 1, 1, 2),
        (2, HALF, HALF, -1),
        (2, 2, 1, HALF),
        (3, 1, Rational(1, 3), 1),
        (4, Rational(2, 3), 2, -2),
    )
]
MODELS = [{s: case[s] for s in (K, w, tau)} for case in EXAMPLES]


def log_joint(code):
    """log p(x, z) as SymPy sees it, z given by its components."""
    return (
        -u
        - log(2 * pi * tau**2) / 2
        - (u - w * sum(code)) ** 2 / (2 * tau**2)
        - sum(z**2 for z in code) / 2
        - len(code) * log(2 * pi) / 2
    )


@cache
def precisions():
    """Minus the Hessian of log p(x, z) in z, for K = 2, ..., 5, and its determinant."""
    found = []
    for size in range(2, 6):
        code = symbols(f"y1:{size + 1}", real=True)
        precision = -hessian(log_joint(code), code)
        found.append((precision[0, 0], precision[0, 1], precision.det().factor()))
    return found


def check_hessian(answer):
    return equal([unfold(answer).subs(K, size) for size in range(2, 6)], precisions())


def check_conditional(answer):
    """Through the joint covariance of z and u: cov(z | u) = I - w^2 11'/v, inverted."""
    found, stated = [], []
    for case in MODELS[1:]:
        size = case[K]
        inverse = (eye(size) - ones(size, size) * number(w**2 / v, case)).inv()
        found.append((inverse[0, 0], inverse[0, 1], inverse.det()))
        stated.append(unfold(answer).subs(case))
    return equal(stated, found)


precision = Answer(
    r"\bigl[\Lambda_{jj},\, \Lambda_{jk},\, \det\Lambda\bigr]",
    (plus(1, r), r, plus(1, K * r)),
    checks=[
        Check(
            "definition", check_hessian, fr="hessienne, $K$ de 2 à 5", en="Hessian, $K$ from 2 to 5"
        ),
        Check("identity", check_conditional, fr="loi conjointe", en="joint distribution"),
    ],
)


def bound_at(m, s, size, weight, noise_, y):
    """The bound (1) for a code of `size` components, all of mean m and standard deviation s."""
    error = (y - weight * size * m) ** 2 + weight**2 * size * s**2
    reconstruction = -y - mpmath.log(2 * mpmath.pi * noise_**2) / 2 - error / (2 * noise_**2)
    return reconstruction - size * (m**2 + s**2 - 1 - mpmath.log(s**2)) / 2


def best_mean_field(size, weight, noise_, y):
    """Where the bound is stationary in m and s, by Newton's iteration from the prior."""

    def slopes(m, s):
        def along(t):
            return bound_at(t, s, size, weight, noise_, y)

        def across(t):
            return bound_at(m, t, size, weight, noise_, y)

        return mpmath.diff(along, m), mpmath.diff(across, s)

    # The bound is quadratic in m and, in s, log s minus a square: two separate searches.
    center = mpmath.findroot(lambda t: slopes(t, mpmath.mpf(1))[0], (0, 1), solver="secant")
    ends = mpmath.mpf("0.05"), mpmath.mpf(1)
    width = mpmath.findroot(lambda t: slopes(center, t)[1], ends, solver="ridder")
    return center, width


@cache
def stationary():
    """The only zero of the gradient of the bound, for K = 2, by SymPy."""
    m1, m2, s1, s2 = symbols("m1 m2 s1 s2", positive=True)
    error = (u - w * (m1 + m2)) ** 2 + w**2 * (s1**2 + s2**2)
    divergence = sum(t**2 for t in (m1, m2, s1, s2)) / 2 - log(s1) - log(s2)
    elbo = -error / (2 * tau**2) - divergence
    centers = solve([diff(elbo, t) for t in (m1, m2)], [m1, m2])
    widths = [solve(diff(elbo, s1).subs(s1, sqrt(z1)), z1)[0]]
    return centers[m1], *widths


def check_stationary(answer):
    return equal(unfold(answer).subs(K, 2), stationary())


def center_and_width(answer):
    with mpmath.workdps(30):
        found = []
        for case in EXAMPLES:
            numbers = [mpmath.mpf(Rational(n).p) / Rational(n).q for n in case.values()]
            m, s = best_mean_field(int(numbers[0]), *numbers[1:])
            found.append((m, s**2))
        return agree([unfold(answer).subs(case) for case in EXAMPLES], found, digits=12)


optimum = Answer(
    r"\bigl[m^\star_j,\, (\sigma^\star_j)^2\bigr]",
    (times(over(w, v), u), over(1, plus(1, r))),
    checks=[
        Check(
            "symbolic", check_stationary, fr="seul point stationnaire", en="only stationary point"
        ),
        Check("numeric", center_and_width, fr="recherche numérique", en="numerical search"),
    ],
)


# --- (b) the two gaps ---------------------------------------------------------------------------
def gap_at(size, weight, noise_, y):
    """log p(x) less the best mean-field bound; log x is normal, of variance K w^2 + tau^2."""
    evidence = mpmath.log(mpmath.npdf(y, 0, mpmath.sqrt(size * weight**2 + noise_**2))) - y
    m, s = best_mean_field(int(size), weight, noise_, y)
    return evidence - bound_at(m, s, size, weight, noise_, y)


def check_determinants(answer):
    """Half the sum of the logs of the diagonal of the precision, less the log of its det."""
    found = []
    for case in MODELS:
        size, ratio = case[K], number(r, case)
        matrix = eye(size) + ratio * ones(size, size)
        logs = sum(log(matrix[k, k]) for k in range(size))
        found.append((logs - log(matrix.det())) / 2)
    return equal([unfold(answer).subs(case) for case in MODELS], found)


approximation = Answer(
    D_app.latex,
    D_app.value,
    checks=[
        Check("identity", check_determinants, fr="déterminants", en="determinants"),
        at_points(gap_at, EXAMPLES, digits=12, fr="borne maximisée", en="bound maximized"),
    ],
)


def check_regression(answer):
    """Half the residual variance of the regression of u on x = e^u, in the metric of Lambda."""
    t = symbols("t", real=True)
    transform = exp(v * t**2 / 2)  # E exp(t u)
    cross = diff(transform, t).subs(t, 1)  # E(u e^u)
    spread_of_x = transform.subs(t, 2) - transform.subs(t, 1) ** 2
    residual = v - cross**2 / spread_of_x
    metric = (w / v) ** 2 * K * (1 + K * r)  # squared length of the direction of the best mean
    return equal(answer, metric * residual / 2)


NODES, WEIGHTS = (a.astype(float) for a in np.polynomial.hermite_e.hermegauss(80))
WEIGHTS = WEIGHTS / WEIGHTS.sum()


def fit_encoder(inputs, logs, weights, weight, noise_, size):
    """The weights that maximize the average bound, the means being linear in `inputs`.

    The bound is -(u - w sum m)^2/(2 tau^2) - |m|^2/2 plus what does not depend on the means: a
    least-squares problem.
    """
    rows = np.sqrt(weights)[:, None] * inputs
    seen = np.kron(np.ones((1, size)), rows) * (weight / noise_)
    target = np.concatenate([np.sqrt(weights) * logs / noise_, np.zeros(size * len(logs))])
    system = np.vstack([seen, np.kron(np.eye(size), rows)])
    solution = np.linalg.lstsq(system, target, rcond=None)[0]
    return solution.reshape(size, -1).T


def mean_cost(means, logs, weight, noise_):
    """The part of minus the bound that depends on the means, data point by data point."""
    errors = (logs - weight * means.sum(axis=1)) ** 2 / (2 * noise_**2)
    return errors + (means**2).sum(axis=1) / 2


def free_means(logs, weight, noise_, size):
    """The best means of each data point, one least-squares problem apiece."""
    column = np.vstack([np.full((1, size), weight / noise_), np.eye(size)])
    targets = np.vstack([logs / noise_, np.zeros((size, len(logs)))])
    return np.linalg.lstsq(column, targets, rcond=None)[0].T


def affine(column):
    return np.column_stack([np.ones(len(column)), column])


def amortization_at(size, weight, noise_):
    """The loss of the best affine encoder, over 80 nodes of the distribution of u."""
    size, weight, noise_ = int(size), float(weight), float(noise_)
    logs = NODES * np.sqrt(size * weight**2 + noise_**2)
    read = affine(np.exp(logs))
    means = read @ fit_encoder(read, logs, WEIGHTS, weight, noise_, size)
    best = free_means(logs, weight, noise_, size)
    loss = mean_cost(means, logs, weight, noise_) - mean_cost(best, logs, weight, noise_)
    return float(WEIGHTS @ loss)


TIGHT = [
    {K: n, w: a, tau: b}
    for n, a, b in ((1, HALF, HALF), (2, HALF, HALF), (2, HALF, 1), (3, Rational(1, 4), HALF))
]
amortization = Answer(
    D_am.latex,
    D_am.value,
    checks=[
        Check("symbolic", check_regression, fr="régression de $u$", en="regression of $u$"),
        at_points(
            amortization_at,
            TIGHT,
            digits=8,
            fr="encodeur affine ajusté par moindres carrés",
            en="affine encoder fitted by least squares",
        ),
    ],
)


# --- (b), (c) the same gaps on samples -----------------------------------------------------------
def draw_logs(rng, size, weight=0.5, noise_=0.5, latent=2):
    """Logarithms of data drawn from the model: a code, then a noise."""
    codes = rng.normal(size=(size, latent))
    return weight * codes.sum(axis=1) + noise_ * rng.normal(size=size)


def encoder_loss(rng, size, read):
    """What the best encoder, linear in `read(logs)`, loses on average against mean field."""
    logs = draw_logs(rng, size)
    inputs = read(logs)
    means = inputs @ fit_encoder(inputs, logs, np.full(size, 1 / size), 0.5, 0.5, 2)
    best = free_means(logs, 0.5, 0.5, 2)
    loss = (mean_cost(means, logs, 0.5, 0.5) - mean_cost(best, logs, 0.5, 0.5)).mean()
    return round(loss, 12) + 0.0  # without the noise of the last digits


amortized = Experiment(
    Measure(
        lambda rng, size: encoder_loss(rng, size, lambda logs: affine(np.exp(logs))),
        fr="perte moyenne, en nats, du meilleur encodeur affine en $x$ par rapport au champ moyen "
        r"optimisé exemple par exemple ; $K = 2$, $w = \tau = 1/2$",
        en="average loss, in nats, of the best encoder affine in $x$ relative to mean field "
        r"optimized data point by data point; $K = 2$, $w = \tau = 1/2$",
    ),
    control=Measure(
        lambda rng, size: encoder_loss(rng, size, affine),
        fr=r"encodeur affine en $\log x$",
        en=r"encoder affine in $\log x$",
    ),
    at_least=0.2,
    size=4000,
)

UNITS, TRAINING = range(-3, 3), 300


def new_data_loss(rng, size, units):
    """An encoder fitted once, then read on new data: its loss against mean field run on them."""

    def read(logs):
        return affine(np.tanh(np.exp(logs)[:, None] * np.exp2(units)))

    logs, new = draw_logs(rng, TRAINING), draw_logs(rng, size)
    shares = np.full(TRAINING, 1 / TRAINING)
    means = read(new) @ fit_encoder(read(logs), logs, shares, 0.5, 0.5, 2)
    best = free_means(new, 0.5, 0.5, 2)
    return (mean_cost(means, new, 0.5, 0.5) - mean_cost(best, new, 0.5, 0.5)).mean()


new_data = Experiment(
    Measure(
        lambda rng, size: new_data_loss(rng, size, UNITS),
        fr="perte moyenne, en nats, sur des exemples nouveaux, d'un encodeur évalué en une passe, "
        "par rapport au champ moyen optimisé sur chacun d'eux ; encodeur à six unités "
        r"$\tanh(2^k x)$, $-3 \leq k \leq 2$, dont la couche de sortie est ajustée sur 300 autres "
        r"exemples ; $K = 2$, $w = \tau = 1/2$",
        en="average loss, in nats, on new data points, of an encoder evaluated in one pass, "
        "relative to mean field optimized on each of them; encoder with six units $\\tanh(2^k x)$, "
        r"$-3 \leq k \leq 2$, whose output layer is fitted on 300 other data points; "
        r"$K = 2$, $w = \tau = 1/2$",
    ),
    control=Measure(
        lambda rng, size: new_data_loss(rng, size, ()),
        fr="encodeur qui ne lit pas $x$",
        en="encoder that does not read $x$",
    ),
    at_most=0.03,
    size=4000,
)

# --- (c) what is stored -------------------------------------------------------------------------
PAPER = {K: 20, D: 784, H: 500}  # latent, pixels, hidden units


def check_arrays(answer):
    """The entries of the arrays themselves, for three small sizes."""
    cases = [{K: 1, N: 4, D: 3, H: 2}, {K: 2, N: 3, D: 5, H: 4}, {K: 3, N: 7, D: 2, H: 6}]
    found = []
    for k, n, d, hidden in (case.values() for case in cases):
        table = np.zeros((n, k, 2))
        layers = [np.zeros(shape) for shape in ((d, hidden), hidden, (hidden, 2 * k), 2 * k)]
        found.append((table.size, sum(layer.size for layer in layers)))
    return equal([unfold(answer).subs(case) for case in cases], found)


def check_units(answer):
    """Data point by data point, unit by unit: weights read, then a bias."""
    i = symbols("i", integer=True)
    per_point = summation(1, (i, 1, 2 * K))
    hidden, outputs = (summation(reads + 1, (i, 1, made)) for reads, made in ((D, H), (H, 2 * K)))
    return equal(answer, (summation(per_point, (i, 1, N)), hidden + outputs))


stored = Answer(
    r"\bigl[P_{\mathrm{mf}},\, P_{\mathrm{enc}}\bigr]",
    (times(2, K, N), plus(times(plus(D, 1), H), times(2, plus(H, 1), K))),
    checks=[
        Check("enumeration", check_arrays, fr="tableaux de NumPy", en="NumPy arrays"),
        Check("symbolic", check_units, fr="sommes sur les unités", en="sums over the units"),
    ],
)
encoder_size = unfold(stored.value[1]).subs(PAPER)


def check_first(answer):
    """The first N for which the table of mean field holds more numbers than the encoder."""
    layers = [(784 + 1) * 500, (500 + 1) * 40]
    return equal(answer, next(n for n in count(1) if 40 * n > sum(layers)))


def check_bracket(answer):
    """At that N the table is larger, and at N - 1 it is not."""
    weights = np.zeros((785, 500)).size + np.zeros((501, 40)).size
    stated = unfold(answer)
    sizes = [np.zeros((int(stated) - k, 20, 2)).size > weights for k in (0, 1)]
    return holds(
        [stated == int(stated), sizes[0], not sizes[1]], "the table becomes the larger one here"
    )


threshold = Answer(
    r"\min\{N : P_{\mathrm{mf}} > P_{\mathrm{enc}}\}",
    10314,
    checks=[
        Check("enumeration", check_first, fr="premier $N$", en="first $N$"),
        Check("definition", check_bracket, fr="avant et après", en="before and after"),
    ],
)

# --- (d) the density of a flow --------------------------------------------------------------------
MOVED = (2 * z1, plus(sin(z1), times(exp(z1), z2)))  # one step, K = 2
CODES = [{z1: a, z2: b} for a, b in ((0, 0), (1, HALF), (-2, 1), (HALF, -1))]


def measured_slopes(*point):
    """The matrix of measured slopes of the step, written anew."""
    step = (lambda a, _: 2 * a, lambda a, b: mpmath.sin(a) + mpmath.exp(a) * b)
    return [[mpmath.diff(f, point, order) for order in ((1, 0), (0, 1))] for f in step]


def measured_determinant(*point):
    return mpmath.det(mpmath.matrix(measured_slopes(*point)))


def check_jacobian(answer):
    return equal(answer, Matrix(unfold(MOVED)).jacobian((z1, z2)))


def check_determinant(answer):
    return equal(answer, Matrix(unfold(MOVED)).jacobian((z1, z2)).det())


flow_jacobian = Answer(
    r"\frac{\partial z'}{\partial z}",
    Matrix([[2, 0], [plus(cos(z1), times(exp(z1), z2)), exp(z1)]]),
    checks=[
        Check("symbolic", check_jacobian, fr="jacobienne de SymPy", en="SymPy's Jacobian"),
        at_points(measured_slopes, CODES, fr="pentes mesurées", en="measured slopes"),
    ],
)
flow_determinant = Answer(
    r"\det \frac{\partial z'}{\partial z}",
    times(2, exp(z1)),
    checks=[
        Check("symbolic", check_determinant, fr="jacobienne de SymPy", en="SymPy's Jacobian"),
        at_points(
            measured_determinant,
            CODES,
            fr="déterminant des pentes mesurées",
            en="determinant of the measured slopes",
        ),
    ],
)

# --- (d) one linear step suffices for a correlated normal posterior -----------------------------
POSTERIOR = eye(2) + r * ones(2, 2)  # its precision


def check_factor(answer):
    """The covariance of the step's output, times the precision of the posterior: the identity."""
    first, second, slope = unfold(answer)
    factor = Matrix([[first, 0], [slope * first, second]])
    product = (factor * factor.T * unfold(POSTERIOR)).applyfunc(simplify)
    return equal(product, eye(2)) + holds(
        [s.subs({w: 1, tau: 1}) > 0 for s in (first, second)], "scales are positive"
    )


def check_cholesky(answer):
    found = []
    for ratio in (HALF, 1, 4):
        inverse = np.linalg.inv(np.eye(2) + float(ratio))
        factor = np.linalg.cholesky(inverse)
        found.append((factor[0, 0], factor[1, 1], factor[1, 0] / factor[0, 0]))
    stated = [unfold(answer).subs({w: sqrt(ratio), tau: 1}) for ratio in (HALF, 1, 4)]
    return agree(stated, found, digits=12)


linear_step = Answer(
    r"\bigl[\sigma_{0,1},\, \sigma_{0,2},\, a\bigr]",
    (
        sqrt(over(plus(1, r), plus(1, 2 * r))),
        over(1, sqrt(plus(1, r))),
        -over(r, plus(1, r)),
    ),
    checks=[
        Check("identity", check_factor, fr="covariance a posteriori", en="posterior covariance"),
        Check("library", check_cholesky, fr="numpy.linalg.cholesky", en="numpy.linalg.cholesky"),
    ],
)


def correlated_gap_at(weight, noise_):
    """From the posterior's correlation, read in its inverted precision."""
    ratio = weight**2 / noise_**2
    cov = mpmath.inverse(mpmath.matrix([[1 + ratio, ratio], [ratio, 1 + ratio]]))
    return -mpmath.log(1 - cov[0, 1] ** 2 / (cov[0, 0] * cov[1, 1])) / 2


correlation = Derivation(
    rf"{D_app.latex}\big|_{{K = 2}}",
    value=unfold(D_app).subs(K, 2),
    steps=[
        Step(times(HALF, log(over(power(plus(1, r), 2), plus(1, 2 * r))))),
        Step(
            -times(HALF, log(plus(1, -(rho**2)))),
            Text(fr=r"$\rho = -r/(1+r)$", en=r"$\rho = -r/(1+r)$"),
        ),
    ],
    checks=[
        at_points(
            correlated_gap_at,
            [{w: a, tau: b} for a, b in ((1, 1), (HALF, 1), (2, HALF))],
            fr="précision inversée",
            en="inverted precision",
        )
    ],
)


# --- (d) four families ----------------------------------------------------------------------------
def best_factor(weight, noise_, *, diagonal):
    """The triangular factor L, z = mean + L e, that maximizes the bound; K = 2.

    The part of the bound in L: log det L - |L'1|^2 w^2/(2 tau^2) - |L|^2/2.
    """

    def part(a, d, b):
        read = ((a + b) ** 2 + d**2) * weight**2 / noise_**2
        return mpmath.log(a) + mpmath.log(d) - (read + a**2 + b**2 + d**2) / 2

    def slopes(a, d, b=0):
        orders = ((1, 0, 0), (0, 1, 0), (0, 0, 1))[: 2 if diagonal else 3]
        return [mpmath.diff(part, (a, d, b), order) for order in orders]

    start = (mpmath.mpf("0.8"), mpmath.mpf("0.8"), mpmath.mpf("-0.2"))[: 2 if diagonal else 3]
    a, d, *b = (float(t) for t in mpmath.findroot(slopes, start))
    return np.array([[a, 0], [b[0] if b else 0, d]])


def average_gap(case, *, diagonal, encoder):
    """log p(x) less the bound, averaged over x; means and factor are searched."""
    weight, noise_ = float(case[w]), float(case[tau])
    logs = NODES * np.sqrt(2 * weight**2 + noise_**2)
    means = free_means(logs, weight, noise_, 2)
    if encoder:
        read = affine(np.exp(logs))
        means = read @ fit_encoder(read, logs, WEIGHTS, weight, noise_, 2)
    factor = best_factor(weight, noise_, diagonal=diagonal)
    error = (logs - weight * means.sum(axis=1)) ** 2 + weight**2 * (factor.sum(axis=0) ** 2).sum()
    likelihood = -logs - np.log(2 * np.pi * noise_**2) / 2 - error / (2 * noise_**2)
    divergence = (means**2).sum(axis=1) / 2 + (factor**2).sum() / 2 - 1
    divergence -= np.log(np.diag(factor)).sum()
    total = 2 * weight**2 + noise_**2
    evidence = -logs - np.log(2 * np.pi * total) / 2 - logs**2 / (2 * total)
    return WEIGHTS @ (evidence - likelihood + divergence)


FAMILIES = [(True, False), (True, True), (False, False), (False, True)]


@cache
def searched():
    cases = (WIDE, NARROW)
    return [[average_gap(case, diagonal=d, encoder=e) for d, e in FAMILIES] for case in cases]


def check_search(answer):
    stated = [unfold(answer).subs(case) for case in (WIDE, NARROW)]
    return agree(stated, searched(), digits=8, scale=1)


@cache
def divergences():
    """The average divergence between two normal laws, of precision Lambda and covariance S."""
    t, matrix = symbols("t", real=True), unfold(POSTERIOR)
    spread_of_u = unfold(v).subs(K, 2)
    transform = exp(spread_of_u * t**2 / 2)
    cross, square = diff(transform, t).subs(t, 1), transform.subs(t, 2) - transform.subs(t, 1) ** 2
    direction = ones(2, 1) * w / spread_of_u
    offset = (direction.T * matrix * direction)[0] * (spread_of_u - cross**2 / square)
    found = []
    for diagonal, encoder in FAMILIES:
        chosen = Matrix.diag(1 / matrix[0, 0], 1 / matrix[1, 1]) if diagonal else matrix.inv()
        ratio = (matrix * chosen).applyfunc(simplify)
        found.append((ratio.trace() - 2 - log(ratio.det()) + (offset if encoder else 0)) / 2)
    return found


def check_divergences(answer):
    return equal(unfold(answer).subs(K, 2), divergences())


gaps = Answer(
    r"\mathbf{E}\bigl[\log p(x) - \mathcal{L}\bigr]",
    (D_app, plus(D_app, D_am), 0, D_am),
    checks=[
        Check("numeric", check_search, fr="bornes maximisées", en="bounds maximized"),
        Check("symbolic", check_divergences, fr="divergences KL", en="KL divergences"),
    ],
)


# --- (d) a flow that is trained -------------------------------------------------------------------
def trained_gap(rng, size, *, flow):
    """Stochastic ascent of the bound with pathwise gradients, for one x; the gap it leaves."""
    weight = noise_ = 0.5
    (y,) = draw_logs(rng, 1)
    m, scale, slope = np.zeros(2), np.zeros(2), 0.0  # scale: logarithms of sigma_0
    for step in range(size):
        eps = rng.normal(size=(32, 2))
        first = np.exp(scale) * eps
        z = m + first
        z[:, 1] += slope * first[:, 0]
        pull = -z + weight * (y - weight * z.sum(axis=1, keepdims=True)) / noise_**2
        back = pull.copy()
        back[:, 0] += slope * pull[:, 1]
        rate = 0.2 / (1 + step / 50)
        m = m + rate * pull.mean(axis=0)
        scale = scale + rate * ((back * first).mean(axis=0) + 1)
        if flow:
            slope += rate * (pull[:, 1] * first[:, 0]).mean()
    factor = np.array([[1, 0], [slope, 1]]) * np.exp(scale)
    matrix = np.eye(2) + weight**2 / noise_**2
    offset = m - np.linalg.solve(matrix, np.full(2, weight * y / noise_**2))
    trace = np.trace(matrix @ factor @ factor.T) - 2 + offset @ matrix @ offset
    return (trace - np.log(np.linalg.det(matrix @ factor @ factor.T))) / 2


trained = Experiment(
    Measure(
        lambda rng, size: trained_gap(rng, size, flow=True),
        fr=r"écart $\log p(x) - \mathcal{L}$, en nats, qu'une étape linéaire d'IAF laisse pour un "
        "exemple $x$ tiré du modèle, après ascension stochastique par gradients reparamétrés "
        r"(32 tirages par pas ; la taille est le nombre de pas) ; $K = 2$, $w = \tau = 1/2$",
        en=r"gap $\log p(x) - \mathcal{L}$, in nats, that one linear IAF step leaves for a data "
        "point $x$ drawn from the model, after stochastic ascent with reparameterized gradients "
        r"(32 draws per step; the size is the number of steps); $K = 2$, $w = \tau = 1/2$",
    ),
    control=Measure(
        lambda rng, size: trained_gap(rng, size, flow=False),
        fr="champ moyen, par le même calcul sans flot",
        en="mean field, by the same computation without the flow",
    ),
    at_most=0.02,
    size=600,
)


# --- figures --------------------------------------------------------------------------------------
def sampled_ratio(height, slope, center, base):
    """Var of the score estimator (less `base`) over that of the other, on 40 000 draws, sigma 1."""
    eps = np.random.default_rng(6).normal(size=40_000)
    z = center + eps
    return float(np.var((height(z) - base) * eps) / np.var(slope(z)))


def draw_variances(axes, say):
    """Ratios of variances: curves in closed form, markers by simulation."""
    square, wave = axes
    grid = np.linspace(0, 4, 81)
    for formula, marker, based in ((score_, "o", False), (base_, "s", True)):
        ratio = (formula / path_).subs({sigma: 1, c: 0})
        (line,) = square.plot(grid, lambdify(mu, ratio)(grid))
        for x in range(5):
            base = x**2 + 3 if based else 0
            seen = sampled_ratio(lambda z: z**2, lambda z: 2 * z, x, base)
            square.plot(x, seen, marker, color=line.get_color(), markersize=4)
    square.text(0.1, 110, say(fr="sans référence", en="no baseline"))
    square.text(2.2, 4.2, say(fr="meilleure référence", en="best baseline"))
    square.set(title="$h(z) = (z - c)^2$", xlabel=r"$|\delta|/\sigma$", yscale="log")
    grid = np.geomspace(0.3, 6, 81)
    (line,) = wave.plot(grid, lambdify(omega, wave_ratio(omega))(grid))
    for k in (0.5, 1, 2, 4):
        seen = sampled_ratio(lambda z, k=k: np.sin(k * z), lambda z, k=k: k * np.cos(k * z), 0, 0)
        wave.plot(k, seen, "o", color=line.get_color(), markersize=4)
    wave.set(title=r"$h(z) = \sin(\omega z)$, $\mu = 0$", xlabel=r"$\kappa = \omega\sigma$")
    wave.set(xscale="log", yscale="log", xticks=[0.5, 1, 2, 4], xticklabels=["1/2", "1", "2", "4"])
    wave.minorticks_off()
    for ax, ends in ((square, (0, 4)), (wave, (0.3, 6))):
        ax.plot(ends, (1, 1), "-", color="0.5", linewidth=0.8)
    square.set_ylabel(say(fr="rapport", en="ratio"))


variances = Figure(
    "variances",
    draw_variances,
    panels=2,
    height=1.8,
    caption=Text(
        fr="Variance de l'estimateur par la fonction score, divisée par celle de l'estimateur "
        "reparamétré (échelle logarithmique). Courbes : formules ; marques : "
        "40\N{NO-BREAK SPACE}000 tirages. Au-dessus de 1, la "
        "reparamétrisation l'emporte ; pour un sinus rapide, elle perd.",
        en="Variance of the score-function estimator, divided by that of the reparameterized "
        "estimator (logarithmic scale). Curves: formulas; markers: 40,000 draws. Above 1, the "
        "reparameterization wins; for a fast sine, it loses.",
    ),
    alt=Text(
        fr="Deux panneaux. À gauche, pour un carré, le rapport croît avec l'écart : de 3,75 à plus "
        "de 100 sans référence, de 1,5 à 33,5 avec la meilleure. À droite, pour un sinus, il "
        "décroît avec la pulsation et passe sous 1 entre 1 et 2.",
        en="Two panels. Left, for a square, the ratio rises with the distance: from 3.75 to more "
        "than 100 without a baseline, from 1.5 to 33.5 with the best one. Right, for a sine, it "
        "falls with the frequency and goes below 1 between 1 and 2.",
    ),
)


def draw_amortization(axes, say):
    """The best mean against x, with the affine one; then both gaps against the variance of u."""
    means, sizes = axes
    weight = noise_ = 0.5
    logs = NODES[np.abs(NODES) < 2.2] * np.sqrt(0.75)
    fine = np.linspace(logs[0], logs[-1], 121)
    means.plot(np.exp(fine), free_means(fine, weight, noise_, 2)[:, 0])
    every = NODES * np.sqrt(0.75)
    fitted = fit_encoder(affine(np.exp(every)), every, WEIGHTS, weight, noise_, 2)[:, 0]
    means.plot(np.exp(fine), affine(np.exp(fine)) @ fitted)
    means.text(1.9, 0.72, say(fr="optimum", en="optimum"), ha="right")
    means.text(2.6, -0.15, say(fr="encodeur affine", en="affine encoder"))
    means.set(xlabel=say(fr="observation $x$", en="observation $x$"), ylabel="$m_j(x)$")
    grid = np.linspace(0.02, 2.5, 120)
    loss = 1 - grid / np.expm1(grid)
    floor = float(number(D_app, WIDE))
    sizes.plot(grid, loss)
    sizes.plot(grid, np.full_like(grid, floor))
    for case in (WIDE, NARROW):
        sizes.plot(float(number(v, case)), float(number(D_am, case)), "ko", markersize=4)
    sizes.text(1.0, 0.49, f"${D_am.latex}$", ha="right")
    sizes.text(2.1, 0.18, f"${D_app.latex}$")
    sizes.set(xlabel="$v$", ylabel="nats", ylim=(0, 0.8))


amortizing = Figure(
    "amortization",
    draw_amortization,
    panels=2,
    height=1.8,
    caption=Text(
        fr=r"À gauche, $K = 2$, $w = \tau = 1/2$ : moyenne optimale du champ moyen pour chaque "
        "$x$, et son approximation par le meilleur encodeur affine. À droite, $K = 2$, "
        "$r = 1$ : les deux écarts en fonction de la variance $v$ de $u$ ; les points sont les "
        "exemples du texte.",
        en=r"Left, $K = 2$, $w = \tau = 1/2$: optimal mean of mean field for each $x$, and its "
        "approximation by the best affine encoder. Right, $K = 2$, $r = 1$: both gaps as functions "
        "of the variance $v$ of $u$; the dots are the examples of the text.",
    ),
    alt=Text(
        fr="À gauche, une courbe logarithmique et une droite qui la coupe deux fois. À droite, un "
        "écart d'amortissement qui croît depuis 0, et un écart d'approximation constant, 0,14 ; "
        "ils se croisent pour une variance voisine de 0,3.",
        en="Left, a logarithmic curve and a line that crosses it twice. Right, an amortization gap "
        "that grows from 0, and a constant approximation gap, 0.14; they cross at a variance "
        "close to 0.3.",
    ),
)


def draw_correlation(axes, say):
    """Contours of a correlated posterior; the best mean field, and draws of one linear IAF step."""
    ratio = 4
    matrix = np.eye(2) + ratio
    turn = np.linspace(0, 2 * np.pi, 181)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    exact = np.linalg.cholesky(np.linalg.inv(matrix))
    for ax in axes:
        for radius in (1, 2):
            ax.plot(*(radius * exact @ circle), color="0.35", linestyle="-", linewidth=0.9)
        ax.set(aspect="equal", xlim=(-1.9, 1.9), ylim=(-1.9, 1.9), xticks=(-1, 0, 1))
        ax.set(yticks=(-1, 0, 1), xlabel="$z_1 - m_1^\\star$")
    factorized, flow = axes
    for radius in (1, 2):
        factorized.plot(*(radius * circle / np.sqrt(1 + ratio)), color="C1", linestyle="--")
    first, second, slope = (float(t) for t in unfold(linear_step.value).subs({w: 2, tau: 1}))
    eps = np.random.default_rng(3).normal(size=(160, 2))
    code = eps * (first, second)
    flow.plot(code[:, 0], code[:, 1] + slope * code[:, 0], ".", color="C0", markersize=2)
    factorized.set(title=say(fr="champ moyen", en="mean field"), ylabel="$z_2 - m_2^\\star$")
    flow.set(title=say(fr="une étape d'IAF", en="one IAF step"))


correlated = Figure(
    "correlation",
    draw_correlation,
    panels=2,
    height=2.1,
    caption=Text(
        fr="Loi a posteriori pour $K = 2$ et $r = 4$ (ellipses en trait plein, à un et deux écarts "
        "types). À gauche, le meilleur champ moyen (tirets) : trop étroit dans la direction "
        "longue. À droite, 160 tirages d'une étape linéaire d'IAF : la loi exacte.",
        en="Posterior for $K = 2$ and $r = 4$ (solid ellipses, at one and two standard "
        "deviations). Left, the best mean field (dashed): too narrow in the long direction. "
        "Right, 160 draws of one linear IAF step: the exact distribution.",
    ),
    alt=Text(
        fr="À gauche, des ellipses penchées vers le bas à droite et deux petits cercles en tirets. "
        "À droite, un nuage de points qui remplit les mêmes ellipses.",
        en="Left, ellipses that lean down to the right and two small dashed circles. Right, a "
        "cloud of points that fills the same ellipses.",
    ),
)

# --- instances: what the notation stands for ----------------------------------------------------
NOISES = [noise, *(symbol(f"e_{n}", Reals, fr="bruit", en="noise") for n in range(2, 6))]
DRAWN = mu + sigma * noise  # equation (2), for one component


def fourths(rng, *shape, low=-8, high=9):
    """A random multiple of 1/4, or a list of them; none is 0."""
    whole = rng.choice([n for n in range(low, high) if n], shape)
    return Rational(int(whole), 4) if not shape else [Rational(int(n), 4) for n in whole]


@cache
def moment(n, slope):
    """The average of e^n exp(slope e), e standard normal: the n-th slope of exp(slope^2/2)."""
    t = symbols("t")
    return diff(exp(t**2 / 2), t, n).subs(t, slope)


def expected(expression):
    """The average over the noises, term by term."""
    if isinstance(expression, MatrixBase):
        return expression.applyfunc(expected)
    expression = sympify(expression)
    if expression.is_polynomial(*NOISES):
        terms = Poly(expression, *NOISES).terms()
        return sum(factor * prod(moment(n, 0) for n in powers) for powers, factor in terms)
    total = 0
    for term in Add.make_args(expand(expression.rewrite(exp))):
        part, noisy = term.as_independent(*NOISES, as_Add=False)
        powers = noisy.as_powers_dict()
        slope = expand(powers.pop(exp(1), 0))
        for e in NOISES:
            part *= moment(powers.pop(e, 0), slope.coeff(e))
        total += part * exp(slope.as_independent(*NOISES, as_Add=True)[0])
    return expand(total)


def covariance(one, other):
    return expected(one * other) - expected(one) * expected(other)


def spread(expression):
    return covariance(expression, expression)


def log_normal(point, center, scale):
    """The logarithm of a normal density, in one dimension."""
    return -log(scale) - log(2 * pi) / 2 - (point - center) ** 2 / (2 * scale**2)


STEPPED = Matrix(unfold(MOVED))
DEFINITIONS = {
    r"\mathrm{KL}\bigl(\mathcal{N}(\mu, \sigma^2) \,\big\|\, \mathcal{N}(0, 1)\bigr)": expected(
        log_normal(DRAWN, mu, sigma) - log_normal(DRAWN, 0, 1)
    ),
    "P(z > 0)": (1 + erf(mu / (sigma * sqrt(2)))) / 2,
    "z'": STEPPED,
    r"\frac{\partial z'}{\partial z}": STEPPED.jacobian((z1, z2)),
}

GAP = r"\mathrm{KL}\bigl(\mathcal{N}(m, S) \,\big\|\, p(z \mid x)\bigr)"
STEP_SLOPES = r"\frac{\partial z^{(t)}}{\partial z^{(t-1)}}"


# (a): estimators of one gradient, from the densities and the integrand
def estimators(height, center, width, base=None):
    """What (a) calls G: the slope along the path, or that of the density; b is the best or base."""
    t, at = symbols("t", real=True), {mu: center, sigma: width}
    drawn = DRAWN.subs(at)
    score = diff(log_normal(t, mu, sigma), mu).subs(at).subs(t, drawn)
    low, middle, high = (spread((height(drawn) - k) * score) for k in (-1, 0, 1))
    best = (low - high) / (2 * (low + high) - 4 * middle)  # where the parabola in b is lowest
    base = best if base is None else base
    return {
        **at,
        b: base,
        b_star: best,
        E: expected,
        r"\operatorname{Var}": spread,
        "h": height,
        "h(z)": height(drawn),
        r"G_{\mathrm{R}}": diff(height(DRAWN), mu).subs(at),
        r"G_{\mathrm{S}}": height(drawn) * score,
        r"G_{\mathrm{B}}": (height(drawn) - base) * score,
    }


def draw_cubic(rng):
    """Some integrand, some baseline."""
    factors = fourths(rng, 4)
    return estimators(
        lambda z: sum(factor * z**n for n, factor in enumerate(factors)),
        fourths(rng),
        fourths(rng, low=1),
        base=fourths(rng),
    )


def draw_square(rng):
    center = fourths(rng)
    found = estimators(lambda z: (z - center) ** 2, fourths(rng), fourths(rng, low=1))
    return found | {c: center}


def draw_wave(rng):
    frequency = fourths(rng, low=1)
    found = estimators(lambda z: sin(frequency * z), 0, fourths(rng, low=1))
    return found | {omega: frequency}


def draw_components(rng):
    """The first component of the gradient of the sum of squares, at its lowest point."""
    size, width = int(rng.integers(1, 6)), fourths(rng, low=1)
    centers, used = fourths(rng, size), NOISES[:size]
    codes = symbols(f"y1:{size + 1}", real=True)
    means = dict(zip(codes, centers, strict=True))
    total = sum((y - center) ** 2 for y, center in means.items())
    drawn = {y: y + width * e for y, e in zip(codes, used, strict=True)}
    height = total.subs(drawn, simultaneous=True)
    low, score = height.subs(means), used[0] / width
    base = expected(low * used[0] ** 2)
    return {
        K: size,
        sigma: width,
        noise: Matrix(used),
        "h": low,
        r"\operatorname{Var}": spread,
        r"G_{\mathrm{R}, j}": diff(height, codes[0]).subs(means),
        r"G_{\mathrm{S}, j}": low * score,
        r"G_{\mathrm{B}, j}": (low - base) * score,
    }


def draw_step(_):
    """A jump at 0: its slope on either side is what h' means."""
    return {"h": Piecewise((1, z1 > 0), (0, True))}


def bilinear(factors, one, other):
    return factors[0] + factors[1] * one + (factors[2] + factors[3] * one) * other


def put_noise(law):
    """Equation (2): each component from its mean and scale."""
    return {z: m + s * e for (z, (m, s)), e in zip(law.items(), NOISES, strict=False)}


def draw_encoder(rng):
    """Means and scales that depend on two weights, and an integrand: polynomials, for K = 2.

    What the gradient should be comes from the moments of z, without any noise.
    """
    point, *factors = fourths(rng, 2, low=1), *(fourths(rng, 4, low=1) for _ in range(4))
    height = bilinear(fourths(rng, 4), z1, z2) * z1 + fourths(rng) * z2**2
    move = symbols("t")

    def law(*weights):
        m1, s1, m2, s2 = (expand(bilinear(each, *weights)) for each in factors)
        return {z1: (m1, s1), z2: (m2, s2)}

    here = law(*point)
    moved = (law(point[0] + move, point[1]), law(point[0], point[1] + move))

    def gradient(function):
        return Matrix([diff(function(each), move).subs(move, 0) for each in moved])

    def slopes(z, which):
        return gradient(lambda each: each[z][which])

    def over_noise(value):
        return expected(sympify(value).subs(put_noise(here)))

    def log_q(each):
        return sum(log_normal(z, *each[z]) for z in (z1, z2))

    wanted = gradient(lambda each: over_densities(height, each))
    return {
        K: 2,
        noise: dict(enumerate(NOISES[:2], start=1)),
        latent: {1: z1, 2: z2},
        "h(z)": height,
        E: over_noise,
        r"\mathbf{E}_{\epsilon}": over_noise,
        r"\nabla_\phi \mu": {1: slopes(z1, 0), 2: slopes(z2, 0)},
        r"\nabla_\phi \sigma": {1: slopes(z1, 1), 2: slopes(z2, 1)},
        r"\nabla_\phi \log q_\phi(z \mid x)": gradient(log_q),
        r"\nabla_\phi h(\mu + \sigma \odot \epsilon)": gradient(
            lambda each: height.subs(put_noise(each))
        ),
        r"\nabla_\phi \mathbf{E}[h(z)]": wanted,
        r"\nabla_\phi \mathbf{E}_{q_\phi}[h(z)]": wanted,
        r"\nabla_\phi \mathbf{E}_{q_\phi(z \mid x)}[h(z)]": wanted,
    }


def over_densities(function, law):
    """The average over independent normal components: E z^n = m E z^(n-1) + (n-1) s^2 E z^(n-2)."""
    for z, (m, s) in law.items():
        polynomial, moments = Poly(function, z), [1, m]
        for n in range(2, polynomial.degree() + 1):
            moments.append(m * moments[-1] + (n - 1) * s**2 * moments[-2])
        function = sum(factor * moments[n] for (n,), factor in polynomial.terms())
    return function


def draw_shift(rng):
    """The same average over the density, and over the noise."""
    means, scales = fourths(rng, 2), fourths(rng, 2, low=1)
    height = bilinear(fourths(rng, 4), z1, z2) * z2 + fourths(rng) * z1**2
    law = dict(zip((z1, z2), zip(means, scales, strict=True), strict=True))
    return {
        r"\mu(x)": Matrix(means),
        r"\sigma(x)": Matrix(scales),
        noise: Matrix(NOISES[:2]),
        "h(z)": height,
        "h": lambda code: height.subs(dict(zip((z1, z2), code, strict=True)), simultaneous=True),
        r"\mathbf{E}_{q_\phi(z \mid x)}": lambda value: over_densities(value, law),
        r"\mathbf{E}_{\epsilon}": expected,
    }


# (b), (d): normal densities as numbers
def log_density(points, center, precision):
    """The logarithm of a normal density at each row of points."""
    gaps = points - center
    size = (np.log(np.linalg.det(precision)) - gaps.shape[1] * np.log(2 * np.pi)) / 2
    return size - ((gaps @ precision) * gaps).sum(axis=1) / 2


@cache
def nodes(size):
    """Gauss-Hermite nodes: what is at most quadratic is averaged exactly."""
    points, weights = np.polynomial.hermite_e.hermegauss(4)
    grid = np.array(list(product(points, repeat=size)))
    return grid, np.array([prod(each) for each in product(weights / weights.sum(), repeat=size)])


def over_normal(function, center, factor):
    """The average of function(points) over a normal distribution of covariance factor factor'."""
    grid, weights = nodes(len(center))
    return weights @ function(center + grid @ factor.T)


def divergence(law, other):
    """The average of log q - log p over q, each law being its mean and its precision."""
    factor = np.linalg.cholesky(np.linalg.inv(law[1]))
    return over_normal(lambda z: log_density(z, *law) - log_density(z, *other), law[0], factor)


def random_precision(rng, size):
    square = rng.normal(size=(size, size))
    return np.eye(size) / 2 + square @ square.T


def draw_model(rng):
    """A linear decoder, Gaussian noise; every density from its own mean and precision."""
    matrix, shift = rng.normal(size=(2, 2)), rng.normal(size=2)
    x, z = rng.normal(size=2), rng.normal(size=2)
    noise_ = random_precision(rng, 2)  # of x given z
    cov = np.linalg.inv(noise_) + matrix @ matrix.T
    joint = np.linalg.inv(np.block([[cov, matrix], [matrix.T, np.eye(2)]]))
    gain = matrix.T @ np.linalg.inv(cov)
    prior = np.zeros(2), np.eye(2)
    posterior = gain @ (x - shift), np.linalg.inv(np.eye(2) - gain @ matrix)
    law = rng.normal(size=2), np.diag(rng.uniform(0.5, 3, 2))

    def seen(codes):
        return log_density(x - codes @ matrix.T, shift, noise_)

    def both(codes):
        pairs = np.hstack([np.tile(x, (len(codes), 1)), codes])
        return log_density(pairs, np.append(shift, prior[0]), joint)

    def over_q(function):
        return over_normal(function, law[0], np.diag(np.diag(law[1]) ** -0.5))

    elbo = over_q(lambda codes: both(codes) - log_density(codes, *law))
    code = z[None, :]
    return {
        "p(x, z)": np.exp(both(code)),
        r"p(x \mid z)": np.exp(seen(code)),
        "p(z)": np.exp(log_density(code, *prior)),
        "p(x)": np.exp(log_density(x[None, :], shift, np.linalg.inv(cov))),
        r"p(z \mid x)": np.exp(log_density(code, *posterior)),
        "q(z)": np.exp(log_density(code, *law)),
        bound: elbo,
        r"\mathcal{L}(\theta, \phi)": elbo,
        r"\mathbf{E}_{q_\phi(z \mid x)}[\log p(x \mid z)]": over_q(seen),
        r"\mathrm{KL}\bigl(q_\phi(z \mid x) \,\big\|\, p(z)\bigr)": divergence(law, prior),
        r"\mathrm{KL}\bigl(q(z) \,\big\|\, p(z \mid x)\bigr)": divergence(law, posterior),
    }


def draw_exact_bound(rng):
    """Where the bound (1) is reached: a decoder whose posterior factorizes, q the posterior.

    p(x) is the average of p(x | z) over the prior.
    """
    gain, noise_, x = rng.choice([0.05, 1]) * np.array(
        [rng.normal(size=2), rng.uniform(0.5, 1, 2), rng.normal(size=2)]
    )
    precision = 1 + (gain / noise_) ** 2
    law = gain * x / noise_**2 / precision, np.diag(precision)

    def log_joint(codes):
        seen = log_density(x - codes * gain, np.zeros(2), np.diag(noise_**-2.0))
        return seen + log_density(codes, np.zeros(2), np.eye(2))

    elbo = over_normal(
        lambda codes: log_joint(codes) - log_density(codes, *law), law[0], np.diag(precision**-0.5)
    )
    evidence = log_density(x[None, :], np.zeros(2), np.diag(1 / (gain**2 + noise_**2)))[0]
    return {bound: elbo, r"\mathcal{L}(\theta, \phi)": elbo, "p(x)": np.exp(evidence)}


def draw_factors(rng):
    """The density of a factorized law from its covariance, and that of one component."""
    means, scales, code = rng.normal(size=3), rng.uniform(0.5, 2, 3), rng.normal(size=3)
    whole = log_density(code[None, :], means, np.diag(scales**-2.0))

    def family(values):
        return {(2, j): float(value) for j, value in enumerate(values, start=1)}

    def density(t, mean, square):
        return np.exp(-((t - mean) ** 2) / (2 * square)) / np.sqrt(2 * np.pi * square)

    return {
        r"q^{\mathrm{mf}}(z_i)": np.exp(whole),
        normal_law: density,
        latent: family(code),
        m: family(means),
        sigma: family(scales),
        index_i: {2},
        index_j: range(1, 4),
    }


# (b): where bounds are highest
def highest(function, size):
    """Means and standard deviations where function(means, scales) is highest, and that height.

    Newton's iteration in the means and the logarithms of the scales, slopes by complex steps.
    """

    def height(point):
        return function(point[:size], np.exp(point[size:]))

    def slopes(point):
        return np.array([height(point + 1e-30j * axis).imag for axis in axes]) / 1e-30

    axes = np.eye(2 * size)
    point = np.zeros(2 * size)
    for _ in range(30):
        found = slopes(point)
        bends = np.array([(slopes(point + 1e-6 * axis) - found) / 1e-6 for axis in axes])
        move = np.linalg.solve(bends, -found)
        point = point + move / max(1, np.abs(move).max())
        if np.abs(move).max() < 1e-13:
            break
    return point[:size], np.exp(point[size:]), height(point)


def mean_field_bound(log_joint_, means, scales):
    """The bound of a factorized normal law, by its definition."""
    precision = np.diag(scales**-2.0)
    return over_normal(
        lambda z: log_joint_(z) - log_density(z, means, precision), means, np.diag(scales)
    )


def model_log_joint(y, weight, noise_):
    """log p(x, z) in the model of (b), at each row of codes."""

    def found(codes):
        error = (y - weight * codes.sum(axis=1)) / noise_
        squares = error**2 + (codes**2).sum(axis=1)
        return -y - np.log(noise_) - squares / 2 - (codes.shape[1] + 1) * np.log(2 * np.pi) / 2

    return found


def draw_data_points(rng):
    """Three data points of a linear decoder: some encoder, then the best laws one by one.

    Half of the encoders are the best.
    """
    matrix, precision = rng.normal(size=(2, 2)), rng.choice([1, 99]) * random_precision(rng, 2)
    reached, best, ideal = 0, 0, rng.integers(2)
    for x in rng.normal(size=(3, 2)):

        def joint(codes, x=x):
            prior = log_density(codes, np.zeros(2), np.eye(2))
            return log_density(x - codes @ matrix.T, np.zeros(2), precision) + prior

        bound_ = partial(mean_field_bound, joint)
        means, scales, top = highest(bound_, 2)
        chosen = (means, scales) if ideal else (rng.normal(size=2), rng.uniform(0.5, 2, 2))
        reached += bound_(*chosen)
        best += top
    encoder = r"\mathcal{L}_i\bigl(\theta, \mu(x_i), \sigma(x_i)\bigr)"
    return {
        rf"\sum_{{i=1}}^{{N}} {encoder}": reached,
        r"\sum_{i=1}^{N} \sup_{m, s} \mathcal{L}_i(\theta, m, s)": best,
    }


def measured_precision(size, weight, noise_):
    """Minus the Hessian of log p(x, z), by second differences, exact for a quadratic function."""
    steps = np.eye(size)

    def height(*codes):
        return model_log_joint(0.3, weight, noise_)(np.array(codes))

    ends = [(i + j, i - j, j - i, -i - j) for i in steps for j in steps]
    return np.array([[-1, 1, 1, -1] @ height(*four) / 4 for four in ends]).reshape(size, size)


def draw_precision(rng):
    size, weight, noise_ = int(rng.integers(2, 6)), *rng.uniform(0.4, 2, 2)
    return {
        K: size,
        w: weight,
        tau: noise_,
        Lambda: measured_precision(size, weight, noise_),
        I_K: np.eye(size),
        ones_: np.ones(size),
        (index_j, index_k): list(permutations(range(1, size + 1), 2)),
    }


def draw_optimum(rng):
    """The best mean field of the model, by maximizing its bound."""
    size, y, (weight, noise_) = int(rng.integers(1, 4)), rng.normal(), rng.uniform(0.4, 2, 2)
    bound_ = partial(mean_field_bound, model_log_joint(y, weight, noise_))
    means, scales, _ = highest(bound_, size)
    values = {K: size, w: weight, tau: noise_, u: y, index_j: range(1, size + 1)}
    return values | {m_star: means, sigma_star: scales}


def draw_divergence(rng):
    """Two normal laws, their divergence by its definition."""
    precision, cov = random_precision(rng, 3), random_precision(rng, 3)
    center, other = rng.normal(size=(2, 3))
    found = divergence((center, np.linalg.inv(cov)), (other, precision))
    return {K: 3, Lambda: precision, S: cov, m: center, m_star: other, GAP: found}


def draw_least(rng):
    """The factorized law of least divergence to a correlated one."""
    precision, center = random_precision(rng, 3), rng.normal(size=3)
    target = partial(log_density, center=center, precision=precision)
    means, scales, best = highest(partial(mean_field_bound, target), 3)
    return {
        Lambda: precision,
        m: means,
        m_star: center,
        s: scales,
        index_j: range(1, 4),
        rf"\min_{{m, s}} {GAP}": -best,
    }


def draw_logarithm(rng):
    """u as a sum of independent noises, of the code and of the observation."""
    size, weight, noise_ = int(rng.integers(1, 4)), fourths(rng, low=1), fourths(rng, low=1)
    logarithm = weight * sum(NOISES[:size]) + noise_ * NOISES[size]
    moments = {r"\operatorname{Var}": spread, r"\operatorname{Cov}": covariance}
    return {K: size, w: weight, tau: noise_, u: logarithm, **moments}


# (c): arrays that are counted
def sizes(points, *, k, d, hidden):
    """The numbers in the table of mean field, and in the layers of an encoder."""
    layers = [np.zeros(shape) for shape in ((d, hidden), hidden, (hidden, 2 * k), 2 * k)]
    return np.zeros((points, k, 2)).size, sum(layer.size for layer in layers)


def draw_arrays(rng):
    k, n, d, hidden = map(int, rng.integers(2, 9, 4))
    table, layers = sizes(n, k=k, d=d, hidden=hidden)
    return {K: k, N: n, D: d, H: hidden, P_mf: table, P_enc: layers}


ROW, LAYERS = sizes(1, k=PAPER[K], d=PAPER[D], hidden=PAPER[H])
FIRST = next(n for n in count(1) if n * ROW > LAYERS)


# (d): flows
def draw_flow(rng):
    """Two autoregressive steps of three components; density by the slopes of the whole map."""
    base, noise_ = rng.normal(size=3), rng.normal(size=3)
    scales = {0: rng.uniform(0.5, 2, 3)}
    lower = np.tril(rng.normal(size=(2, 2, 3, 3)), -1)  # of a step, for shifts and for scales

    def scale(code, t):
        return np.exp(np.sin(lower[t, 1] @ code))

    def step(code, t):
        return np.sin(lower[t, 0] @ code) + scale(code, t) * code

    def flow(eps):
        return step(step(base + scales[0] * eps, 0), 1)

    def slopes(function, point):
        return np.array([function(point + 1e-30j * e).imag / 1e-30 for e in np.eye(3)]).T

    code = base + scales[0] * noise_
    scales[1] = scale(code, 0)
    middle = step(code, 0)
    scales[2] = scale(middle, 1)
    start = log_density(noise_[None, :], np.zeros(3), np.eye(3))[0]
    family = {(t, j): scales[t][j - 1] for t in range(3) for j in range(1, 4)}
    return {
        K: 3,
        T: 2,
        noise: noise_,
        sigma: family,
        index_j: range(1, 4),
        index_t: {2},
        STEP_SLOPES: slopes(lambda z: step(z, 1), middle),
        r"q\bigl(z^{(T)} \mid x\bigr)": np.exp(start) / abs(np.linalg.det(slopes(flow, noise_))),
    }


def draw_linear_step(rng):
    """A posterior; the step moves z^(0) to where the factor of its covariance puts it."""
    precision, center, eps = random_precision(rng, 3), rng.normal(size=3), rng.normal(size=3)
    factor = np.linalg.cholesky(np.linalg.inv(precision))
    start = center + np.diag(factor) * eps
    moved = start.copy()
    for j, k in combinations(range(3), 2):
        moved[k] += factor[k, j] / factor[j, j] * (start[j] - center[j])
    return {
        Lambda: precision,
        L: factor,
        m_star: center,
        noise: eps,
        latent: start,
        "z^{(1)}": moved,
        r"\mu_{1,j}(z)": (center + factor @ eps - start)[2],
        index_j: {3},
    }


def draw_pair(rng):
    """The linear step for the model of (b), K = 2."""
    weight, noise_ = rng.uniform(0.4, 2, 2)
    factor = np.linalg.cholesky(np.linalg.inv(measured_precision(2, weight, noise_)))
    scales = {(0, j): factor[j - 1, j - 1] for j in (1, 2)}
    return {**PAIR, w: weight, tau: noise_, sigma: scales, a: factor[1, 0] / factor[0, 0]}


def draw_gaps(rng):
    weight, noise_ = rng.uniform(0.3, 0.6, 2)
    case = {w: weight, tau: noise_}
    found = tuple(average_gap(case, diagonal=d, encoder=e) for d, e in FAMILIES)
    return {**PAIR, **case, r"\mathbf{E}\bigl[\log p(x) - \mathcal{L}\bigr]": found}


ESTIMATORS = [
    r"G_{\mathrm{R}} = h'(\mu + \sigma\epsilon)",
    r"G_{\mathrm{S}} = h(\mu + \sigma\epsilon)\, \frac{\epsilon}{\sigma}",
    r"G_{\mathrm{B}} = \bigl(h(\mu + \sigma\epsilon) - b\bigr)\, \frac{\epsilon}{\sigma}",
    r"\mathbf{E}[G_{\mathrm{B}}] = \mathbf{E}[G_{\mathrm{S}}]",
    r"b^\star = \mathbf{E}[h(z)\,\epsilon^2]",
]
WAVE = (
    waves.lhs
    + r" = \frac{1 - (1 - 4 \kappa^{2}) e^{- 2 \kappa^{2}} - 2 \kappa^{2} e^{- \kappa^{2}}}"
    r"{\kappa^{2} (1 - e^{- \kappa^{2}})^{2}}"
)
CHANGED = (
    r"\mathbf{E}_{q_\phi(z \mid x)}[h(z)] = "
    r"\mathbf{E}_{\epsilon}\bigl[h\bigl(\mu(x) + \sigma(x) \odot \epsilon\bigr)\bigr]"
)
SUMMARY_GRADIENT = (
    r"\nabla_\phi \mathbf{E}_{q_\phi}[h(z)] = "
    r"\mathbf{E}_{\epsilon}[\nabla_\phi h(\mu + \sigma \odot \epsilon)]"
)
PATHWISE = (
    r"\nabla_\phi\, \mathbf{E}_{q_\phi(z \mid x)}[h(z)] = "
    r"\mathbf{E}_{\epsilon}\Bigl[\sum_{j=1}^{K} \frac{\partial h(z)}{\partial z_j} \, "
    r"\bigl(\nabla_\phi \mu_j + \epsilon_j \nabla_\phi \sigma_j\bigr)\Bigr]"
)
SCORE = r"\nabla_\phi \mathbf{E}[h(z)] = \mathbf{E}[h(z) \nabla_\phi \log q_\phi(z \mid x)]"
FACTORIZED = r"q^{\mathrm{mf}}(z_i) = \prod_j \mathcal{N}(z_{i,j} \mid m_{i,j}, \sigma_{i,j}^2)"
PRECISION = [
    r"\Lambda = I_K + r \mathbf{1}\mathbf{1}^\top",
    r"\bigl[\Lambda_{jj},\, \Lambda_{jk},\, \det\Lambda\bigr] = [1 + r,\, r,\, 1 + K r]",
    r"\frac12 \frac{w^2}{v^2} \mathbf{1}^\top \Lambda \mathbf{1} = \frac{K r}{2 v}",
]
DIVERGENCE = (
    GAP + r" = \tfrac12 \bigl[\operatorname{tr}(\Lambda S) - K - \log\det(\Lambda S) + "
    r"(m - m^\star)^\top \Lambda\, (m - m^\star)\bigr]"
)
LEAST = [
    r"m = m^\star",
    r"s_j^2 = 1/\Lambda_{jj}",
    rf"\min_{{m, s}} {GAP} = \frac12 \log \frac{{\prod_j \Lambda_{{jj}}}}{{\det\Lambda}}",
]
RESIDUAL = (
    r"\operatorname{Var}(u) - \frac{(\operatorname{Cov}(u, e^u))^2}{\operatorname{Var}(e^u)} = "
    r"v - \frac{v^2}{e^{v} - 1}"
)
LOGARITHM = [
    r"\operatorname{Var}(u) = v",
    r"\operatorname{Cov}(u, e^u) = v e^{v/2}",
    r"\operatorname{Var}(e^u) = e^{v}(e^{v} - 1)",
    RESIDUAL,
]
DENSITY = (
    r"\log q\bigl(z^{(T)} \mid x\bigr) = -\sum_{j=1}^{K} \Bigl[\tfrac12 \epsilon_j^2 + "
    r"\tfrac12 \log 2\pi + \sum_{t=0}^{T} \log \sigma_{t,j}\Bigr]"
)
FLOW = [rf"\det {STEP_SLOPES} = \prod_j \sigma_{{t,j}}", DENSITY]
LINEAR = [
    r"\Lambda^{-1} = LL^\top",
    r"\mu_{1,j}(z) = \sum_{k<j} \frac{L_{jk}}{L_{kk}} (z_k - m^\star_k)",
    r"z^{(1)} = m^\star + L\epsilon",
]
BEATS = r"\Delta_{\mathrm{am}} < \Delta_{\mathrm{app}}"
EXAMPLE = [
    "r = 1",
    r"v = \frac{3}{4}",
    r"\Delta_{\mathrm{app}} \approx 0{,}144",
    r"\Delta_{\mathrm{am}} \approx 0{,}329",
]

question = Question(
    title=Text(fr="Autoencodeur variationnel", en="Variational autoencoder"),
    parts=[
        Part(
            "a",
            points=4,
            answers=[
                prior_divergence,
                square_mean,
                square_variances,
                dimensions,
                waves,
                step_slope,
            ],
            experiments=[on_decoder],
            marking=[
                Mark(
                    1,
                    fr=r"l'obstacle : la loi de $z$ dépend de $\phi$",
                    en=r"the obstacle: the distribution of $z$ depends on $\phi$",
                ),
                Mark(
                    2,
                    fr=r"la loi du bruit n'en dépend pas ; gradient sous l'espérance, "
                    r"rétropropagation à travers $\mu$ et $\sigma$",
                    en=r"the distribution of the noise does not; gradient inside the expectation, "
                    r"backpropagation through $\mu$ and $\sigma$",
                ),
                Mark(
                    1,
                    fr="estimateur sans biais ; variance réduite par rapport à la fonction score",
                    en="unbiased estimator; reduced variance compared with the score function",
                ),
            ],
        ),
        Part(
            "b",
            points=4,
            answers=[precision, optimum, approximation, amortization],
            experiments=[amortized],
            marking=[
                Mark(1, fr="non : au mieux l'égalité", en="no: equality at best"),
                Mark(
                    2,
                    fr="l'encodeur choisit dans la même famille ; le champ moyen y prend le "
                    "meilleur élément, exemple par exemple",
                    en="the encoder chooses in the same family; mean field takes its best member, "
                    "data point by data point",
                ),
                Mark(
                    1,
                    fr="cas d'égalité, ou écart d'amortissement",
                    en="case of equality, or amortization gap",
                ),
            ],
        ),
        Part(
            "c",
            points=3,
            answers=[stored, threshold],
            experiments=[new_data],
            marking=[
                Mark(
                    Rational(3, 2),
                    fr="une passe au lieu d'une optimisation pour chaque exemple, même nouveau",
                    en="one pass instead of one optimization per data point, new ones included",
                ),
                Mark(
                    Rational(1, 2),
                    fr="un nombre de paramètres qui ne croît pas avec $N$",
                    en="a number of parameters that does not grow with $N$",
                ),
                Mark(
                    1,
                    fr="paramètres partagés entre exemples, entraînement conjoint par mini-lots",
                    en="parameters shared between data points, joint training by minibatches",
                ),
            ],
        ),
        Part(
            "d",
            points=4,
            answers=[flow_jacobian, flow_determinant, linear_step, correlation, gaps],
            experiments=[trained],
            marking=[
                Mark(
                    1,
                    fr="oui, c'est possible : la famille n'est plus factorisée",
                    en="yes, it is possible: the family is no longer factorized",
                ),
                Mark(
                    Rational(3, 2),
                    fr="étape autorégressive, jacobienne triangulaire, log-densité",
                    en="autoregressive step, triangular Jacobian, log-density",
                ),
                Mark(
                    Rational(3, 2),
                    fr="dans quel cas le gain existe, et pourquoi il n'est pas garanti",
                    en="when there is a gain, and why it is not guaranteed",
                ),
            ],
        ),
    ],
    figures=[variances, amortizing, correlated],
    instances=[
        Instance(DEFINITIONS),
        Instance(draw_model),
        Instance(draw_exact_bound),
        Instance(draw_cubic, parts="a", only=ESTIMATORS),
        Instance(draw_encoder, parts="a", only=[PATHWISE, SCORE, SUMMARY_GRADIENT]),
        Instance(draw_shift, parts="a", only=[CHANGED]),
        Instance(draw_square, parts="a"),
        Instance(draw_components, parts="a"),
        Instance(draw_wave, parts="a", only=[WAVE]),
        Instance(draw_step, parts="a", only=["h' = 0"]),
        Instance(draw_factors, parts="b", only=[FACTORIZED]),
        Instance(draw_data_points, parts="b"),
        Instance(draw_precision, parts="b", only=PRECISION),
        Instance(draw_optimum, parts="b"),
        Instance(draw_divergence, parts="b", only=[DIVERGENCE]),
        Instance(draw_least, parts="b", only=LEAST),
        Instance(draw_logarithm, parts="b", only=LOGARITHM),
        Instance(draw_arrays, parts="c"),
        Instance({**PAPER, r"\min\{N : P_{\mathrm{mf}} > P_{\mathrm{enc}}\}": FIRST}, parts="c"),
        Instance({index_k: UNITS}, parts="c"),
        Instance(draw_flow, parts="d", only=FLOW),
        Instance(draw_linear_step, parts="d", only=LINEAR),
        Instance(draw_pair, parts="d"),
        Instance(draw_gaps, parts="d"),
        Instance(WIDE),
        Instance(WIDE, parts="b", only=EXAMPLE),
        Instance(WIDE, parts="d", only=["r = 1"]),
        Instance(NARROW, parts="d"),
        Instance(NARROW, parts="d", only=["r = 1", BEATS]),
        Instance({**PAIR, w: 2, tau: 1}, parts="d", only=["r = 4"]),
    ],
    summary=[
        Key(
            prior_divergence,
            fr="divergence par rapport à la loi a priori, par composante",
            en="divergence from the prior, per component",
        ),
        Key(
            SUMMARY_GRADIENT,
            fr="gradient reparamétré",
            en="reparameterized gradient",
        ),
        Key(
            r"\log p(x) - \mathcal{L} = \mathrm{KL}\bigl(q(z) \,\big\|\, p(z \mid x)\bigr)",
            fr="écart de la borne",
            en="gap of the bound",
        ),
        Key(r, fr="rapport signal sur bruit, partie b)", en="signal-to-noise ratio, part (b)"),
        Key(v),
        Key(optimum, fr="meilleur champ moyen, partie b)", en="best mean field, part (b)"),
        Key(D_app),
        Key(D_am),
        Key(
            DENSITY,
            fr="log-densité d'un tirage de l'IAF",
            en="log-density of a draw of IAF",
        ),
    ],
)
