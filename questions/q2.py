"""Question 2: convolutional networks.

Part (a) counts what three layers cost, then shifts a signal in front of a kernel. Part (b) runs a
small network on images of several sizes. Part (c) convolves x with w.
"""

from itertools import product
from math import ceil, prod

import mpmath
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view as windows
from sympy import Integer, Interval, Matrix, Naturals, Poly, Rational, Reals, Symbol
from sympy import exp, floor, latex, oo, sqrt, summation, symbols

from solgen import Answer, Check, Derivation, Figure, Instance, Key, Mark, Part, Question, Step
from solgen import Table, Term, Text
from solgen import agree, equal, equals, holds, over, plus, power, symbol, times, unfold

# --- glossary -------------------------------------------------------------------------------
n = symbol("n", Naturals, fr="côté de l'image, en pixels", en="side of the image, in pixels")
c = symbol("c", Naturals, fr="nombre de canaux de l'image", en="number of channels of the image")
k = symbol("k", Naturals, fr="côté des noyaux", en="side of the kernels")
m = symbol(
    "m", Naturals, fr="nombre de noyaux, donc de cartes", en="number of kernels, hence of maps"
)
n1 = symbol(
    "n1", Naturals, value=plus(n, -k, 1), latex="n'", fr="côté des cartes", en="side of the maps"
)
P = Term("P", fr="nombre de paramètres d'une couche", en="number of parameters of a layer")
Q = Term("Q", fr="nombre de multiplications-additions", en="number of multiply-adds")
r = Term("r", fr="largeur d'un champ récepteur", en="width of a receptive field")
row_i = Term(
    "i",
    fr="indice d'une couche, d'une position, d'une bande ou d'une fenêtre",
    en="index of a layer, of a position, of a band or of a window",
)
p = symbol(
    "p",
    Naturals,
    fr="nombre de positions où sert un poids",
    en="number of positions that use a weight",
)
POSITIVE, NONNEGATIVE = Interval.open(0, oo), Interval(0, oo)
sigma = symbol(
    "sigma",
    POSITIVE,
    fr="écart type de l'erreur d'un poids",
    en="standard deviation of a weight's error",
)
tau = symbol(
    "tau",
    NONNEGATIVE,
    fr="écart type du meilleur poids, d'une position à l'autre",
    en="standard deviation of the best weight, across positions",
)
row_v = Term(
    "v", fr="meilleure valeur d'un poids, par position", en="best value of a weight, by position"
)
row_v_mean = Term(r"\bar{v}", fr="moyenne de ces valeurs", en="mean of these values")
row_error = Term(r"\varepsilon", fr="erreur d'une estimation", en="error of an estimate")
R = Term("R", fr="erreur quadratique moyenne d'un poids", en="mean squared error of a weight")
x = Term(r"\boldsymbol{x}", fr="signal d'entrée", en="input signal")
w = Term(r"\boldsymbol{w}", fr="noyau", en="kernel")
y = Term(r"\boldsymbol{y}", fr="convolution de ce signal et de ce noyau", en="their convolution")
row_full = Term(r"\boldsymbol{y}^{\mathrm{full}}", fr="convolution complète", en="full convolution")
row_valid = Term(
    r"\boldsymbol{y}^{\mathrm{valid}}", fr="convolution valide", en="valid convolution"
)
row_same = Term(
    r"\boldsymbol{y}^{\mathrm{same}}", fr="convolution de même taille", en="same convolution"
)
row_t = Term("t", fr="position dans la sortie", en="position in the output")
N = symbol("N", Naturals, fr="longueur du signal", en="length of the signal")
M = symbol("M", Naturals, fr="longueur du noyau", en="length of the kernel")
T = Term("T", fr="décalage circulaire d'une position", en="circular shift by one position")
row_d = Term("d", fr="nombre de décalages", en="number of shifts")
row_Y = Term(
    r"\boldsymbol{Y}",
    fr="convolutions circulaires, une ligne par décalage",
    en="circular convolutions, one row for each shift",
)
row_S = Term(
    r"\boldsymbol{S}",
    fr=r"une colonne sur deux de $\boldsymbol{Y}$",
    en=r"every other column of $\boldsymbol{Y}$",
)
row_Z = Term(
    r"\boldsymbol{Z}",
    fr=r"maxima des paires de colonnes de $\boldsymbol{Y}$",
    en=r"maxima of the pairs of columns of $\boldsymbol{Y}$",
)
s = symbol("s", Naturals, fr="pas", en="stride")
h = symbol("h", Naturals, fr="hauteur d'une image, en pixels", en="height of an image, in pixels")
l = symbol(
    "l",
    Naturals,
    latex=r"\ell",
    fr="largeur d'une image, en pixels",
    en="width of an image, in pixels",
)
row_high = Term("h'", fr="hauteur des cartes", en="height of the maps")
row_wide = Term(r"\ell'", fr="largeur des cartes", en="width of the maps")
row_H = Term("H", fr="valeurs des cartes", en="values of the maps")
row_j = Term(
    "j",
    fr="indice d'une couche, d'une position ou d'une carte",
    en="index of a layer, of a position or of a map",
)
row_a = Term(
    "a", fr="ligne d'une carte ; position dans le noyau", en="row of a map; position in the kernel"
)
row_b = Term("b", fr="colonne d'une carte", en="column of a map")
row_u = Term(r"\boldsymbol{u}", fr="moyennes des cartes", en="means of the maps")
row_weights = Term(r"\boldsymbol{V}", fr="poids de la tête", en="weights of the head")
row_biases = Term(r"\boldsymbol{b}", fr="biais de la tête", en="biases of the head")
row_B = Term(
    "B",
    fr="nombre de bandes par côté, dans une pyramide",
    en="number of bands per side, in a pyramid",
)
row_L = Term("L", fr="longueur d'un vecteur", en="length of a vector")
f = Term(r"\boldsymbol{f}", fr="probabilités des classes", en="probabilities of the classes")
n0 = symbol("n_0", Naturals, fr="côté des fenêtres", en="side of the windows")
q = Term("q", fr="nombre de fenêtres", en="number of windows")
row_image = Term(r"\boldsymbol{X}", fr="image donnée en exemple", en="image of the example")
row_kernel = Term(r"\boldsymbol{K}", fr="noyau de cet exemple", en="kernel of this example")
row_head = Term(r"\boldsymbol{G}", fr="poids de sa tête", en="weights of its head")
row_scores = Term(r"\boldsymbol{A}", fr="scores de ses fenêtres", en="scores of its windows")
g = Term("g", fr="sigmoïde logistique", en="logistic sigmoid")
row_X = Term(
    "X",
    fr=r"polynôme de coefficients $\boldsymbol{x}$",
    en=r"polynomial with coefficients $\boldsymbol{x}$",
)
row_W = Term(
    "W",
    fr=r"polynôme de coefficients $\boldsymbol{w}$",
    en=r"polynomial with coefficients $\boldsymbol{w}$",
)
z = symbol("z", Reals, fr="indéterminée des polynômes", en="polynomial variable")
row_rho = Term(
    r"\boldsymbol{\rho}",
    fr=r"corrélation croisée de $\boldsymbol{x}$ et de $\boldsymbol{w}$",
    en=r"cross-correlation of $\boldsymbol{x}$ and $\boldsymbol{w}$",
)

# --- data -----------------------------------------------------------------------------------
LAYER = (n, k, c, m)
EXAMPLE, SMALL = (32, 5, 3, 16), [(4, 2, 1, 2), (5, 3, 2, 2), (6, 3, 1, 3)]
NETWORK = ((5, 1), (2, 2), (3, 1))  # (window, stride): convolution, pooling, convolution
X, W = (1, 2, 3, 4), (1, 0, 2)
SIGNAL = (*X, 0, 0, 0, 0)  # x on a circle of eight positions
IMAGE = Matrix(5, 5, [2, 2, 0, 0, 0, 0, 2, 0, 1, 2, 3, 0, 1, 1, 0, 1, 3, 2, 2, 0, 1, 1, 0, 2, 3])
KERNEL = Matrix([[1, 2, 0], [-1, 0, 1], [-1, 0, 1]])
HEAD = Matrix([[-2, 1], [2, 2]])  # on the 2 × 2 map of a 4 × 4 window


def at(formula, symbols, sizes):
    """The formula's value when the symbols take these sizes."""
    return unfold(formula).subs(dict(zip(symbols, sizes, strict=True)))


def at_each(formula, symbols, cases):
    return [at(formula, symbols, sizes) for sizes in cases]


def neutral(text):
    return Text(fr=text, en=text)


def library(value, function):
    """The road through a function of NumPy, named as it is called."""
    return equals(value, "library", fr=function, en=function)


# --- a: parameters and operations -------------------------------------------------------------
def matrices(image, kernel, c=1, m=1):
    """Matrices of the layers D, L, C: each entry is the number of its parameter, 0 for none."""
    (height, width), (rows, cols) = image, kernel
    places = product(range(height - rows + 1), range(width - cols + 1))
    units = list(product(places, range(m)))
    dense = 1 + np.arange(len(units) * height * width * c).reshape(len(units), -1)
    local, shared = np.zeros_like(dense), np.zeros_like(dense)
    entries = list(product(range(rows), range(cols), range(c)))
    for unit, ((i, j), kept) in enumerate(units):
        read = [((i + u) * width + j + v) * c + e for u, v, e in entries]
        local[unit, read] = 1 + unit * len(read) + np.arange(len(read))
        shared[unit, read] = 1 + kept * len(read) + np.arange(len(read))
    return dense, local, shared


def counted(biases):
    """Two roads to the connections of D, L, C or, with their biases, to their parameters."""

    def by_sums(answer):
        kernels = [(Symbol("d"), 1, m)]
        units = [*((i, 1, n - k + 1) for i in symbols("i j")), *kernels]
        owners = [units, units, kernels if biases else units]
        inputs = [c * n**2, c * k**2, c * k**2]
        found = [summation(i + biases, *o) for i, o in zip(inputs, owners, strict=True)]
        return equal(answer, found)

    def by_matrices(answer):
        found = []
        for side, kernel, channels, kernels in SMALL:
            grids = matrices((side, side), (kernel, kernel), channels, kernels)
            owners = (len(grids[0]), len(grids[0]), kernels)
            weights = [len(np.unique(grid[grid > 0])) for grid in grids]
            wires = [np.count_nonzero(grid) for grid in grids]
            found.append([*map(sum, zip(weights, owners, strict=True))] if biases else wires)
        positive = holds([side > 0 for side in at_each(n1, LAYER, SMALL)], "a side is positive")
        return equal(at_each(answer, LAYER, SMALL), found) + positive

    return [
        Check(
            "symbolic",
            by_sums,
            fr="sommes sur les unités et les noyaux",
            en="sums over units and kernels",
        ),
        Check(
            "enumeration",
            by_matrices,
            fr="matrices de trois couches",
            en="matrices of three layers",
        ),
    ]


units, window, image = times(m, power(n1, 2)), times(c, power(k, 2)), times(c, power(n, 2))
parameters = Answer(
    r"[P_{\mathrm{D}}, P_{\mathrm{L}}, P_{\mathrm{C}}]",
    (times(units, plus(image, 1)), times(units, plus(window, 1)), times(m, plus(window, 1))),
    checks=counted(1),
)
operations = Answer(
    r"[Q_{\mathrm{D}}, Q_{\mathrm{L}}, Q_{\mathrm{C}}]",
    (times(units, image), times(units, window), times(units, window)),
    checks=counted(0),
)

n_, k_, c_, m_ = EXAMPLE
n1_, units_, window_, image_ = (at(form, LAYER, EXAMPLE) for form in (n1, units, window, image))
P_D, P_L, P_C = at(parameters.value, LAYER, EXAMPLE)
Q_D, Q_L, Q_C = at(operations.value, LAYER, EXAMPLE)
count_table = Table(
    header=[
        Text(fr="couche", en="layer"),
        Text(fr="paramètres", en="parameters"),
        Text(fr="multiplications-additions", en="multiply-adds"),
    ],
    rows=[
        [Text(fr="D : entièrement connectée", en="D: fully connected"), P_D, Q_D],
        [Text(fr="L : localement connectée", en="L: locally connected"), P_L, Q_L],
        [Text(fr="C : convolutive", en="C: convolutional"), P_C, Q_C],
    ],
    align="lrr",
)


def check_walk_back(answer):
    """From one output unit back to the inputs it depends on."""
    reached = {0}
    for size, stride in reversed(NETWORK):
        reached = {stride * i + j for i in reached for j in range(size)}
    return equal(answer, len(reached))


receptive_field = Derivation(
    "r",
    value=1
    + sum((size - 1) * prod(s for _, s in NETWORK[:i]) for i, (size, _) in enumerate(NETWORK)),
    steps=[Step(plus(1, times(4, 1), times(1, 1), times(2, 2))), Step(Integer(10))],
    checks=[Check("enumeration", check_walk_back, fr="entrées atteintes", en="inputs reached")],
)


# --- a: what sharing buys, in a model of one weight ---------------------------------------------
def check_noise(answer):
    """The mean squared errors over all patterns of errors ±σ, for three lists of best weights."""
    stated, found = [], []
    for best, noise in (((1, 4), 3), ((0, 1, 5), Rational(1, 2)), ((2, 2, 2, 3), 2)):
        size, mean, gains = len(best), Rational(sum(best), len(best)), []
        for signs in product((-1, 1), repeat=size):
            kept = [v + noise * sign for v, sign in zip(best, signs, strict=True)]
            shared = sum(kept) / Integer(size)
            gains += [(u - v) ** 2 - (shared - v) ** 2 for u, v in zip(kept, best, strict=True)]
        found.append(sum(gains) / len(gains))
        spread = sqrt(sum((v - mean) ** 2 for v in best) / size)
        stated.append(at(answer, (p, sigma, tau), (size, noise, spread)))
    return equal(stated, found)


sharing_gain = Derivation(
    r"R_{\mathrm{L}} - R_{\mathrm{C}}",
    value=sigma**2 - (tau**2 + sigma**2 / p),
    road="definition",
    steps=[Step(plus(times(plus(1, -1 / p), power(sigma, 2)), -(tau**2)))],
    checks=[
        Check(
            "enumeration", check_noise, fr=r"tous les cas $\pm\sigma$", en=r"all cases $\pm\sigma$"
        )
    ],
)

# --- a: equivariance and invariance -----------------------------------------------------------
BY_SUMS = Matrix(3, 8, lambda d, t: sum(v * SIGNAL[(t - d - a) % 8] for a, v in enumerate(W)))
PAIRED = Matrix(3, 4, lambda d, t: max(BY_SUMS[d, 2 * t : 2 * t + 2]))
BY_NUMPY = Matrix([np.convolve(np.tile(np.roll(SIGNAL, d), 2), W)[8:16] for d in range(3)])
MAXIMA = Matrix(np.maximum.reduceat(np.array(BY_NUMPY), range(0, 8, 2), axis=1))
maps = Answer(
    r"\boldsymbol{Y}",
    Matrix([[1, 2, 5, 8, 6, 8, 0, 0], [0, 1, 2, 5, 8, 6, 8, 0], [0, 0, 1, 2, 5, 8, 6, 8]]),
    checks=[
        equals(BY_SUMS, "definition", fr="sommes, indices modulo 8", en="sums, indices modulo 8"),
        library(BY_NUMPY, "numpy.convolve"),
    ],
)
halved = Answer(
    r"[\boldsymbol{S}, \boldsymbol{Z}]",
    (
        Matrix([[1, 5, 6, 0], [0, 2, 8, 8], [0, 1, 5, 6]]),
        Matrix([[2, 8, 8, 0], [1, 5, 8, 8], [0, 2, 8, 8]]),
    ),
    checks=[
        equals((BY_SUMS[:, ::2], PAIRED), "definition", fr="mêmes sommes", en="the same sums"),
        library((BY_NUMPY[:, ::2], MAXIMA), "numpy.convolve, numpy.maximum.reduceat"),
    ],
)
largest, average = max(maps.value[0, :]), Rational(sum(maps.value[0, :]), 8)


# --- b: any size, through global pooling ------------------------------------------------------
def run(height, width, channels):
    """Maps of the network on a random image; its kernels are random too."""
    rng = np.random.default_rng(2)
    stack = rng.normal(size=(height, width, 3))
    for (size, stride), made in zip(NETWORK, (4, None, channels), strict=True):
        views = windows(stack, (size, size), (0, 1))[::stride, ::stride]
        if made is None:
            stack = views.max(axis=(3, 4))
        else:
            kernels = rng.normal(size=(stack.shape[2], size, size, made))
            stack = np.maximum(np.einsum("ijcuv,cuvm->ijm", views, kernels), 0)
    return stack


def pyramid_vector(stack):
    """Maxima of each map over 1, 4 and 16 regions."""

    def bands(side, b):
        return [slice(i * side // b, ceil((i + 1) * side / b)) for i in range(b)]

    regions = [product(*(bands(side, b) for side in stack.shape[:2])) for b in (1, 2, 4)]
    return np.ravel([stack[region].max(axis=(0, 1)) for level in regions for region in level])


def check_runs(answer):
    """The shapes the network gives on 15 images, wider than high."""
    sizes = [(side, side + 7) for side in range(10, 25)]
    stated = [[at(answer, (h,), (side,)) for side in size] for size in sizes]
    return equal(stated, [run(*size, 1).shape[:2] for size in sizes])


def check_places(answer):
    """The places where each window fits, stage by stage; none is left below ten pixels."""
    found = []
    for side in range(8, 60):
        for size, stride in NETWORK:
            side = len(range(0, side - size + 1, stride))
        found.append(side)
    return equal(at_each(answer, [h], [[side] for side in range(8, 60)]), found)


def check_vector(answer):
    """The length of the vector really obtained, for four image sizes."""
    cases = [(10, 10, 1), (32, 32, 2), (48, 40, 3), (19, 64, 5)]
    stated = [at(answer, (m,), (kernels,)) for _, _, kernels in cases]
    return equal(stated, [len(pyramid_vector(run(*case))) for case in cases])


def through_network(side):
    """The side of the maps: a window fits floor((side - size)/stride) + 1 times."""
    for size, stride in NETWORK:
        side = floor((side - size) / stride) + 1
    return side


map_side = Derivation(
    "h'",
    value=through_network(h),
    steps=[Step(plus(floor(over(h - 4, 2)), -2)), Step(floor(h / 2) - 4)],
    checks=[
        Check(
            "experiment", check_runs, fr="réseau exécuté, 15 images", en="network run, 15 images"
        ),
        Check("enumeration", check_places, fr="positions des fenêtres", en="window positions"),
    ],
)
pyramid = Derivation(
    r"L_{\mathrm{pyr}}",
    value=m * (4**3 - 1) / 3,
    road="identity",
    steps=[Step(plus(m, times(power(2, 2), m), times(power(4, 2), m))), Step(21 * m)],
    checks=[Check("experiment", check_vector, fr="vecteurs obtenus", en="vectors obtained")],
)

# --- b: any size, through fixed-size windows --------------------------------------------------
COVERED = [(10, 10, 4, 1), (13, 18, 5, 3), (32, 32, 32, 8), (48, 40, 32, 8), (64, 96, 32, 8)]


def check_corners(answer):
    found = [
        sum(i + side <= high and j + side <= wide for i, j in product(range(0, 99, step), repeat=2))
        for high, wide, side, step in COVERED
    ]
    return equal(at_each(answer, (h, l, n0, s), COVERED), found)


def check_views(answer):
    found = [
        prod(windows(np.zeros((high, wide)), (side, side))[::step, ::step].shape[:2])
        for high, wide, side, step in COVERED
    ]
    return equal(at_each(answer, (h, l, n0, s), COVERED), found)


def slide2(picture, kernel):
    """(map, multiply-adds): the kernel, not flipped, at each place where it fits, by definition."""
    rows, cols = picture.rows - kernel.rows + 1, picture.cols - kernel.cols + 1
    under = [picture[i : i + kernel.rows, j : j + kernel.cols] for i, j in np.ndindex(rows, cols)]
    sums = [sum(patch.multiply_elementwise(kernel)) for patch in under]
    return Matrix(rows, cols, sums), len(under) * len(kernel)


def classify(picture):
    """(scores, multiply-adds); a single score for one 4 × 4 window."""
    hidden, first = slide2(picture, KERNEL)
    scores, second = slide2(hidden.applyfunc(lambda value: max(value, 0)), HEAD)
    return scores, first + second


def densely(picture):
    """The same, as a fully convolutional network in NumPy."""
    whole, kernel, head = (np.array(grid.tolist(), dtype=int) for grid in (picture, KERNEL, HEAD))
    patches = windows(whole, (3, 3))
    hidden = windows(np.maximum((patches * kernel).sum(axis=(2, 3)), 0), (2, 2))
    return Matrix((hidden * head).sum(axis=(2, 3))), patches.size + hidden.size


def check_arrays(answer):
    """The sizes of the arrays of products that NumPy makes."""
    return equal(answer, (sum(densely(part)[1] for part in FOUR), densely(IMAGE)[1]))


def check_odds(answer):
    """Through odds: the mean probability, and the probability of the odds' geometric mean."""
    odds = (Integer(1), Integer(9))
    middle = sqrt(prod(odds))
    return equal(answer, (sum(o / (1 + o) for o in odds) / 2, middle / (1 + middle)))


def check_sigmoids(answer):
    with mpmath.workdps(40):
        logits = (mpmath.mpf(0), mpmath.log(9), mpmath.log(9) / 2)
        low, high, middle = (1 / (1 + mpmath.exp(-t)) for t in logits)
        return agree(answer, ((low + high) / 2, middle), digits=30)


FOUR = [IMAGE[i : i + 4, j : j + 4] for i, j in product(range(2), repeat=2)]
SCORES, COSTS = zip(*map(classify, FOUR), strict=True)
window_count = Answer(
    "q",
    times(plus(floor((h - n0) / s), 1), plus(floor((l - n0) / s), 1)),
    checks=[
        Check("enumeration", check_corners, fr="coins des fenêtres", en="window corners"),
        Check("library", check_views, fr="sliding_window_view", en="sliding_window_view"),
    ],
)
scores = Answer(
    r"\boldsymbol{A}",
    Matrix([[4, 1], [6, 8]]),
    checks=[
        equals(
            Matrix(2, 2, [one[0] for one in SCORES]),
            "definition",
            fr="fenêtre par fenêtre",
            en="window by window",
        ),
        equals(densely(IMAGE)[0], "identity", fr="une seule passe", en="a single pass"),
    ],
)
scores_cost = Derivation(
    "[Q_4, Q_1]",
    value=(sum(COSTS), classify(IMAGE)[1]),
    road="definition",
    steps=[
        Step((times(4, plus(times(4, 9), times(1, 4))), plus(times(9, 9), times(4, 4)))),
        Step((160, 97)),
    ],
    checks=[Check("library", check_arrays, fr="tailles des tableaux", en="sizes of the arrays")],
)
averages = Answer(
    r"\Bigl[\tfrac12\bigl(g(0) + g(\log 9)\bigr),\; g\bigl(\tfrac12(0 + \log 9)\bigr)\Bigr]",
    (Rational(7, 10), Rational(3, 4)),
    checks=[
        Check("identity", check_odds, fr="par les cotes 1 et 9", en="through the odds 1 and 9"),
        Check("numeric", check_sigmoids, fr="sigmoïdes à 40 chiffres", en="sigmoids in 40 digits"),
    ],
)


s_, length_ = 8, at(pyramid.value, (m,), (m_,))


def size_row(high, wide):
    """An image, its maps, and its windows."""
    sides = [at(map_side.value, (h,), (side,)) for side in (high, wide)]
    pair = r"${} \times {}$"
    count = at(window_count.value, (h, l, n0, s), (high, wide, n_, s_))
    return [neutral(pair.format(high, wide)), neutral(pair.format(*sides)), count]


size_table = Table(
    header=[
        Text(fr="image", en="image"),
        Text(fr="cartes", en="maps"),
        Text(fr="fenêtres", en="windows"),
    ],
    rows=[size_row(32, 32), size_row(48, 40), size_row(64, 96)],
    align="ccc",
)

# --- c: the three convolutions ----------------------------------------------------------------
PADDED = (0, 0, *X, 0, 0)
SUMS = [plus(*map(times, W[::-1], PADDED[t : t + 3])) for t in range(6)]  # flipped kernel, windows
TOEPLITZ = Matrix(6, 4, lambda t, i: W[t - i] if 0 <= t - i < 3 else 0)
PAIRS = [(size_x, size_w) for size_x in range(1, 8) for size_w in range(1, size_x + 1)]
MODES = ("full", "valid", "same")


def slide(kernel, margin):
    """Sums of products of the kernel, as it is, in front of x with `margin` zeros at each end."""
    padded = [*[0] * margin, *X, *[0] * margin]
    places = range(len(padded) - len(kernel) + 1)
    return [sum(map(prod, zip(kernel, padded[t:], strict=False))) for t in places]


def check_overlaps(answer):
    """Positions where kernel and input meet at all, meet fully, or where a centre can stand."""
    found = []
    for size_x, size_w in PAIRS:
        meeting = [sum(0 <= t - a < size_x for a in range(size_w)) for t in range(-9, 20)]
        centred = sum(0 <= t - (size_w - 1) // 2 < size_x for t in range(-9, 20))
        found.append((sum(v > 0 for v in meeting), meeting.count(size_w), centred))
    return equal(at_each(answer, (N, M), PAIRS), found)


def check_lengths(answer):
    found = [[len(np.convolve(*map(np.ones, pair), mode)) for mode in MODES] for pair in PAIRS]
    return equal(at_each(answer, (N, M), PAIRS), found)


lengths = Answer(
    r"[L_{\mathrm{full}}, L_{\mathrm{valid}}, L_{\mathrm{same}}]",
    (plus(N, M, -1), plus(N, -M, 1), N),
    checks=[
        Check("enumeration", check_overlaps, fr="28 paires de longueurs", en="28 pairs of lengths"),
        Check("library", check_lengths, fr="numpy.convolve", en="numpy.convolve"),
    ],
)
full = Answer(
    r"\boldsymbol{y}^{\mathrm{full}}",
    (1, 2, 5, 8, 6, 8),
    checks=[
        equals(SUMS, "definition", fr="sommes du tableau", en="sums of the table"),
        equals([*TOEPLITZ * Matrix(X)], "identity", fr="matrice de Toeplitz", en="Toeplitz matrix"),
        library(np.convolve(X, W), "numpy.convolve"),
    ],
)
valid = Answer(
    r"\boldsymbol{y}^{\mathrm{valid}}",
    (5, 8),
    checks=[
        equals(slide(W[::-1], 0), "definition", fr="sans zéros ajoutés", en="no added zeros"),
        library(np.convolve(X, W, "valid"), "numpy.convolve"),
    ],
)
same = Answer(
    r"\boldsymbol{y}^{\mathrm{same}}",
    (2, 5, 8, 6),
    checks=[
        equals(slide(W[::-1], 1), "definition", fr="un zéro par bout", en="one zero per end"),
        library(np.convolve(X, W, "same"), "numpy.convolve"),
    ],
)
polynomials = Derivation(
    "X(z)W(z)",
    value=Poly(W[::-1], z).as_expr() * Poly(X[::-1], z).as_expr(),
    steps=[
        Step(times(plus(1, 2 * z, 3 * z**2, 4 * z**3), plus(1, 2 * z**2))),
        Step(plus(1, 2 * z, 5 * z**2, 8 * z**3, 6 * z**4, 8 * z**5)),
    ],
    checks=[library(Poly(np.convolve(X, W)[::-1].tolist(), z).as_expr(), "numpy.convolve")],
)
UNFLIPPED = [slide(W, margin) for margin in (2, 0, 1)]
correlations = Answer(
    r"[\boldsymbol{\rho}^{\mathrm{full}}, \boldsymbol{\rho}^{\mathrm{valid}}, "
    r"\boldsymbol{\rho}^{\mathrm{same}}]",
    ((2, 4, 7, 10, 3, 4), (7, 10), (4, 7, 10, 3)),
    checks=[
        equals(UNFLIPPED, "definition", fr="noyau non retourné", en="unflipped kernel"),
        library([np.correlate(X, W, mode).tolist() for mode in MODES], "numpy.correlate"),
    ],
)
lengths_ = at(lengths.value, (N, M), (len(X), len(W)))
even = tuple(np.convolve(X, (1, 1)).tolist())


YES, NO = neutral(r"$\bullet$"), neutral("–")
sums_table = Table(
    header=[
        *map(neutral, ("$t$", "$x_{t-2}, x_{t-1}, x_t$", "$2x_{t-2} + 0x_{t-1} + 1x_t$", "$y_t$")),
        *(Text(fr="valide", en="valid"), Text(fr="de même taille", en="same")),
    ],
    rows=[
        [t, PADDED[t : t + 3], SUMS[t], y_t, YES if 2 <= t <= 3 else NO, YES if 1 <= t <= 4 else NO]
        for t, y_t in enumerate(full.value)
    ],
    align="crlrcc",
)


# --- figures ----------------------------------------------------------------------------------
def cell(ax, left, top, text, **style):
    """A square of side 1 whose upper left corner is (left, top), with a text on a white ground."""
    look = {"facecolor": "white", "edgecolor": "0.45", "linewidth": 0.5} | style
    ground = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
    ax.bar(left, -1, 1, top, align="edge", **look)
    place = {"ha": "center", "va": "center", "fontsize": 7}
    ax.text(left + 0.5, top - 0.54, text, **place, bbox=ground if "hatch" in style else None)


def draw_connections(axes, say):
    """Each matrix entry with the number of its parameter; shared ones have a pattern each."""
    patterns = ({}, {"hatch": "/////"}, {"hatch": "....."})
    for ax, grid, name in zip(axes, matrices((1, 8), (1, 3)), "DLC", strict=True):
        for (row, col), number in np.ndenumerate(grid):
            if number:
                cell(ax, col, -row, str(number), **(patterns[number - 1] if name == "C" else {}))
        ax.plot([0, 8, 8, 0, 0], [0, 0, -6, -6, 0], "-", color="black", linewidth=0.8)
        ax.set(title=name, xlim=(-0.1, 8.1), ylim=(-6.1, 0.1), aspect="equal", xticks=[], yticks=[])
        ax.set_xlabel(say(fr="8 entrées", en="8 inputs"))
        ax.spines[:].set_visible(False)
    axes[0].set_ylabel(say(fr="6 unités", en="6 units"))


connections = Figure(
    "connections",
    draw_connections,
    panels=3,
    height=1.7,
    caption=Text(
        fr="Matrices de trois couches à 8 entrées et 6 unités (fenêtres de largeur 3, sans biais). "
        "Chaque case porte le numéro de son paramètre : 48 paramètres, puis 18, puis 3. "
        "Une case vide est une connexion absente ; un même motif marque un même paramètre.",
        en="Matrices of three layers with 8 inputs and 6 units (windows of width 3, no biases). "
        "Each cell bears the number of its parameter: 48 parameters, then 18, then 3. "
        "An empty cell is an absent connection; one pattern marks one parameter.",
    ),
    alt=Text(
        fr="Trois matrices de 6 lignes et 8 colonnes. D : pleine, numérotée de 1 à 48. L : bande "
        "diagonale de largeur 3, numérotée de 1 à 18. C : même bande, 1, 2, 3 à chaque ligne.",
        en="Three matrices of 6 rows and 8 columns. D: full, numbered from 1 to 48. L: a diagonal "
        "band of width 3, numbered from 1 to 18. C: same band, 1, 2, 3 on each row.",
    ),
)


def draw_equivariance(axes, say):
    """The map and the pooled map, for x and for x shifted by one."""
    panels = ((maps.value, "convolution $Y$"), (halved.value[1], "maximum $Z$"))
    for ax, (grid, title) in zip(axes, panels, strict=True):
        ticks = np.arange(grid.cols)
        for row, (marker, fill, nudge) in enumerate((("o-", "C0", -0.1), ("s--", "white", 0.1))):
            heights = [int(value) for value in grid[row, :]]
            color, line = f"C{row}", marker[1:]
            ax.vlines(ticks + nudge, 0, heights, colors=color, linestyles=line)
            style = {"color": color, "markerfacecolor": fill, "markersize": 5, "clip_on": False}
            ax.plot(ticks + nudge, heights, marker[0], label=("$x$", "$T x$")[row], **style)
        ax.set(title=title, xticks=ticks, yticks=range(0, 9, 2), ylim=(0, 9.5))
        ax.set_xlabel(say(fr="position", en="position"))
    axes[0].legend(loc="upper left")


equivariance = Figure(
    "equivariance",
    draw_equivariance,
    panels=2,
    height=1.9,
    caption=Text(
        fr="Le signal et sa copie décalée d'une position. À gauche, la carte se décale de même : "
        "équivariance. À droite, le maximum par paires ne donne ni la même suite, ni cette "
        "suite décalée.",
        en="The signal and its copy shifted by one position. Left, the map shifts alike: "
        "equivariance. Right, the maximum by pairs gives neither the same sequence nor that "
        "sequence shifted.",
    ),
    alt=Text(
        fr="Deux graphiques à bâtons. À gauche 1, 2, 5, 8, 6, 8, 0, 0 et la même suite une "
        "position plus loin. À droite 2, 8, 8, 0 et 1, 5, 8, 8.",
        en="Two stem plots. Left 1, 2, 5, 8, 6, 8, 0, 0 and the same sequence one position "
        "further. Right 2, 8, 8, 0 and 1, 5, 8, 8.",
    ),
)


def draw_sliding(ax, say):
    """The padded input, and under it the flipped kernel at its six positions."""
    added, given = {"linestyle": ":"}, {"facecolor": "0.85"}
    for place, value in enumerate(PADDED):
        style = given if 2 <= place < 6 else added
        cell(ax, place, 1.3, f"${value}$", edgecolor="black", **style)
    ax.text(-0.4, 0.8, "$x_i$", ha="right", va="center")
    for t, total in enumerate(full.value):
        for offset, weight in enumerate(reversed(W)):
            cell(ax, t + offset, -t, f"${weight}$", **({"hatch": "/////"} if t in (2, 3) else {}))
        ax.text(-0.4, -t - 0.5, f"$t = {t}$", ha="right", va="center")
        ax.text(8.5, -t - 0.5, f"$y_{t} = {total}$", ha="left", va="center")
    extents = (
        (10.6, 0, 5, "-", say(fr="complète", en="full")),
        (12.0, 1, 4, "--", say(fr="même taille", en="same")),
        (13.4, 2, 3, ":", say(fr="valide", en="valid")),
    )
    for left, first, last, line, name in extents:
        ends = [-first - 0.1, -first - 0.1, -last - 0.9, -last - 0.9]
        ax.plot([left, left + 0.25, left + 0.25, left], ends, color="black", linestyle=line)
        ax.text(left + 0.45, -3, name, ha="left", va="center", rotation=90)
    ax.set(xlim=(-2, 14.6), ylim=(-6.1, 1.4), aspect="equal")
    ax.axis("off")


sliding = Figure(
    "sliding",
    draw_sliding,
    height=2.3,
    caption=Text(
        fr="Le noyau retourné $(2, 0, 1)$ devant l'entrée bordée de zéros. Les lignes hachurées, "
        "où le noyau ne rencontre aucun zéro ajouté, donnent la convolution valide.",
        en="The flipped kernel $(2, 0, 1)$ in front of the zero-padded input. The hatched rows, "
        "where the kernel meets no added zero, give the valid convolution.",
    ),
    alt=Text(
        fr="Six positions du noyau retourné 2, 0, 1 sous la suite 0, 0, 1, 2, 3, 4, 0, 0. Les "
        "sommes sont 1, 2, 5, 8, 6, 8 ; les deux du milieu forment la convolution valide, les "
        "quatre du milieu celle de même taille.",
        en="Six positions of the flipped kernel 2, 0, 1 under the sequence 0, 0, 1, 2, 3, 4, 0, 0. "
        "The sums are 1, 2, 5, 8, 6, 8; the middle two make the valid convolution, the middle "
        "four the same one.",
    ),
)


# --- instances: what the notation stands for --------------------------------------------------
def labelled(letter, names, values):
    """Values of P_D, P_L, P_C and the like, by their notation."""
    keys = [rf"{letter}_{{\mathrm{{{name}}}}}" for name in names]
    return dict(zip(keys, values, strict=True))


def by_position(values, first):
    return dict(enumerate(map(float, values), first))


def draw_layers(rng):
    """Three small layers; parameters and connections counted on their matrices."""
    kernel, more, channels, kernels = map(int, rng.integers(2, 5, 4))
    side = kernel + more
    grids = matrices((side, side), (kernel, kernel), channels, kernels)
    owners = (len(grids[0]), len(grids[0]), kernels)
    weights = [len(np.unique(grid[grid > 0])) for grid in grids]
    with_biases = [sum(pair) for pair in zip(weights, owners, strict=True)]
    wires = [np.count_nonzero(grid) for grid in grids]
    sizes = {n: side, k: kernel, c: channels, m: kernels}
    return {**sizes, **labelled("P", "DLC", with_biases), **labelled("Q", "DLC", wires)}


def draw_stack(rng):
    """Layers in one dimension; the receptive field from walking back, end to end."""
    sizes, strides = rng.integers(1, 6, 4).tolist(), rng.integers(1, 4, 4).tolist()
    reached = {0}
    for size, stride in zip(sizes[::-1], strides[::-1], strict=True):
        reached = {stride * place + step for place in reached for step in range(size)}
    windows_, steps = (dict(enumerate(values, 1)) for values in (sizes, strides))
    return {k: windows_, s: steps, r: max(reached) - min(reached) + 1, row_i: range(1, 5)}


def draw_estimates(rng):
    """Best weights, and errors ±σ in all their patterns: mean squares without and with sharing."""
    size, noise = int(rng.integers(2, 6)), rng.uniform(0.5, 2)
    best = rng.normal(size=size)
    kept = best + noise * np.array(list(product((-1, 1), repeat=size)))
    shared = kept.mean(axis=1, keepdims=True)
    errors = [np.mean((estimate - best) ** 2) for estimate in (kept, shared)]
    values = {row_v: by_position(best, 1), row_v_mean: best.mean(), row_i: range(1, size + 1)}
    return {p: size, sigma: noise, tau: best.std(), **values, **labelled("R", "LC", errors)}


def draw_paying(rng):
    """The same, where sharing has the smaller error."""
    while True:
        drawn = draw_estimates(rng)
        if drawn[r"R_{\mathrm{C}}"] < drawn[r"R_{\mathrm{L}}"]:
            return drawn


def draw_circle(rng):
    """A signal on a circle; its circular convolution is a product of Fourier transforms."""
    size = 7
    signal, kernel = rng.normal(size=size), rng.normal(size=3)
    output = np.fft.ifft(np.fft.fft(signal) * np.fft.fft(kernel, size)).real

    def around(values):
        return {place: values[(place - 1) % size] for place in range(-size, 2 * size)}

    return {
        N: size,
        M: 3,
        T: np.roll(np.eye(size), 1, axis=0),
        x: signal,
        y: output,
        "x": around(signal),
        "y": around(output),
        "w": by_position(kernel, 0),
        row_a: range(3),
        row_d: range(3),
        row_t: range(3, size + 1),
    }


def draw_maps(rng):
    """The maps of one image, and the mean of each."""
    kernels, high, wide = map(int, rng.integers(2, 5, 3))
    stack = rng.normal(size=(kernels, high, wide))
    return {
        row_H: {(map_ + 1, *place): v for (map_, *place), v in np.ndenumerate(stack)},
        "u": by_position(stack.mean(axis=(1, 2)), 1),
        m: kernels,
        row_high: high,
        row_wide: wide,
        row_j: range(1, kernels + 1),
        row_a: range(high),
        row_b: range(wide),
    }


def left_over(side):
    """How many places the network leaves of a side."""
    for size, stride in NETWORK:
        side = len(range(0, side - size + 1, stride))
    return side


def draw_image(rng):
    """An image: its maps and pyramid from running the network, its windows one by one."""
    high, wide, kernels = (int(rng.integers(*ends)) for ends in ((10, 25), (10, 25), (1, 4)))
    side, step = int(rng.integers(3, 10)), int(rng.integers(1, 4))
    stack = run(high, wide, kernels)
    corners = product(range(0, high - side + 1, step), range(0, wide - side + 1, step))
    sizes = {h: high, l: wide, m: kernels, n0: side, s: step, q: len(list(corners))}
    made = {row_high: stack.shape[0], row_wide: stack.shape[1]}
    return {**sizes, **made, r"L_{\mathrm{pyr}}": len(pyramid_vector(stack))}


def draw_signal(rng):
    """A signal with zeros around it, its convolution and its correlation, by NumPy."""
    size = int(rng.integers(4, 8))
    signal, kernel = rng.normal(size=size), rng.normal(size=3)
    padded = np.pad(signal, 9)
    return {
        N: size,
        M: 3,
        "x": by_position(padded, -9),
        "w": by_position(kernel, 0),
        "y": by_position(np.convolve(signal, kernel), 0),
        r"\rho": by_position(np.correlate(signal, kernel, "full"), -2),
        row_a: range(3),
        row_t: range(-2, size + 2),
    }


def extents(size_x, size_w):
    """Where the kernel meets the input at all, meets it fully, or has its centre in it."""
    meeting = {t: sum(0 <= t - a < size_x for a in range(size_w)) for t in range(-9, 30)}
    full_ = [t for t, count in meeting.items() if count > 0]
    valid_ = [t for t, count in meeting.items() if count == size_w]
    return full_, valid_, [t for t in meeting if 0 <= t - (size_w - 1) // 2 < size_x]


def draw_lengths(rng):
    """Lengths of the three convolutions; the kernel has a middle, and is not the longer."""
    size_w = 2 * int(rng.integers(1, 4)) + 1
    size_x = size_w + int(rng.integers(0, 5))
    found = map(len, extents(size_x, size_w))
    return {N: size_x, M: size_w, **labelled("L", MODES, found)}


def draw_end(mode, end):
    """A function that draws two lengths, and the first or last position of an extent."""

    def draw(rng):
        sizes = draw_lengths(rng)
        return {N: sizes[N], M: sizes[M], row_t: {extents(sizes[N], sizes[M])[mode][end]}}

    return draw


X_z, W_z = (Poly(values[::-1], z).as_expr() for values in (X, W))
ON_CIRCLE = {x: Matrix(SIGNAL), w: Matrix(W), row_S: BY_SUMS[:, ::2], row_Z: PAIRED}
RHO = [rf"\boldsymbol{{\rho}}^{{\mathrm{{{mode}}}}}" for mode in MODES]
CONVOLVED = {
    N: len(X),
    M: len(W),
    x: X,
    w: W,
    "x": dict(enumerate(X)),
    "w": dict(enumerate(W)),
    row_i: range(len(X)),
    row_a: range(len(W)),
    "X(z)": X_z,
    "W(z)": W_z,
    **dict(zip(RHO, UNFLIPPED, strict=True)),
}
BY_TOEPLITZ = rf"{full.lhs} = {latex(TOEPLITZ)} {latex(Matrix(X))} = {latex(Matrix(full.value))}"
SIZES = {side for side in range(1, 60) if left_over(side) > 0}
POOLED = r"u_j = \frac{1}{h'\ell'} \sum_{a,b} H_{j,a,b}"
FIELD = r"r = 1 + \sum_i (k_i - 1) \prod_{j < i} s_j"
FIRST, LAST, FIRST_VALID, LAST_VALID = "t = 0", "t = N + M - 2", "t = M - 1", "t = N - 1"
HERE = [places[end] for places in extents(len(X), len(W))[1:] for end in (0, -1)]

question = Question(
    title=Text(fr="Réseaux de neurones convolutifs", en="Convolutional neural networks"),
    parts=[
        Part(
            "a",
            points=6,
            answers=[parameters, operations, receptive_field, sharing_gain, maps, halved],
            marking=[
                Mark(3, fr="trois éléments, un point chacun", en="three elements, one point each"),
                Mark(
                    3,
                    fr="pour chacun, un avantage exact et sa raison",
                    en="for each, a correct advantage and its reason",
                ),
            ],
        ),
        Part(
            "b",
            points=4,
            answers=[map_side, pyramid, window_count, scores, scores_cost, averages],
            marking=[
                Mark(2, fr="deux façons vraiment différentes", en="two genuinely different ways"),
                Mark(
                    2,
                    fr="pour chacune, d'où vient la taille fixe de ce que reçoit la tête",
                    en="for each, where the fixed size of what the head receives comes from",
                ),
            ],
        ),
        Part(
            "c",
            points=5,
            answers=[full, valid, same, lengths, polynomials, correlations],
            marking=[
                Mark(
                    1,
                    fr="noyau retourné (sinon, les valeurs justes de la corrélation croisée "
                    "gardent les autres points)",
                    en="flipped kernel (otherwise, the right values of the cross-correlation "
                    "keep the other points)",
                ),
                Mark(2, fr="convolution complète", en="full convolution"),
                Mark(1, fr="convolution valide", en="valid convolution"),
                Mark(1, fr="convolution de même taille", en="same convolution"),
            ],
        ),
    ],
    figures=[connections, equivariance, sliding],
    instances=[
        Instance(draw_layers, parts="a"),
        Instance(dict(zip(LAYER, EXAMPLE, strict=True)), parts="a"),
        Instance(draw_stack, parts="a", only=[FIELD]),
        Instance(draw_estimates, parts="a"),
        Instance(draw_paying, parts="a", only=[r"\tau^2 < (1 - 1/p) \, \sigma^2"]),
        Instance(draw_circle, parts="a"),
        Instance(ON_CIRCLE, parts="a"),
        Instance({h: SIZES, l: SIZES}, parts="b", only=[r"h \geq 10", r"\ell \geq 10"]),
        Instance(draw_maps, parts="b", only=[POOLED]),
        Instance(draw_image, parts="b"),
        Instance({row_image: IMAGE, row_kernel: KERNEL, row_head: HEAD}, parts="b"),
        Instance({"Q_4": sum(COSTS), "Q_1": classify(IMAGE)[1]}, parts="b"),
        Instance({g: lambda t: 1 / (1 + exp(-t))}, parts="b"),
        Instance({n0: n_, s: s_, m: m_}, parts="b"),
        Instance({"X(z)": X_z, "W(z)": W_z}, parts="c"),
        Instance(CONVOLVED, parts="c"),
        Instance({row_full: Matrix(np.convolve(X, W))}, parts="c", only=[BY_TOEPLITZ]),
        Instance(draw_signal, parts="c"),
        Instance(draw_lengths, parts="c"),
        Instance(draw_end(0, 0), parts="c", only=[FIRST]),
        Instance(draw_end(0, -1), parts="c", only=[LAST]),
        Instance(draw_end(1, 0), parts="c", only=[FIRST_VALID]),
        Instance(draw_end(1, -1), parts="c", only=[LAST_VALID]),
        *(Instance({row_t: place}, parts="c", only=[f"t = {place}"]) for place in HERE),
    ],
    summary=[
        Key(
            n1,
            fr="côté des cartes (pas de 1, sans remplissage)",
            en="side of the maps (stride 1, no padding)",
        ),
        Key(
            parameters,
            fr="paramètres : couches dense, locale, convolutive",
            en="parameters: dense, local, convolutional layers",
        ),
        Key(operations, fr="multiplications-additions", en="multiply-adds"),
        Key(
            sharing_gain,
            fr="baisse de l'erreur quadratique due au partage (erreurs non corrélées)",
            en="decrease of the squared error due to sharing (uncorrelated errors)",
        ),
        Key(
            r"y_t = \sum_{a=0}^{M-1} w_a x_{t-a}",
            fr=r"convolution complète (signal $\boldsymbol{x}$, noyau $\boldsymbol{w}$)",
            en=r"full convolution (signal $\boldsymbol{x}$, kernel $\boldsymbol{w}$)",
        ),
        Key(
            lengths,
            fr=r"longueurs : complète, valide ($M \leq N$), de même taille",
            en=r"lengths: full, valid ($M \leq N$), same",
        ),
        Key(
            window_count,
            fr=r"nombre de fenêtres ($h, \ell \geq n_0$)",
            en=r"number of windows ($h, \ell \geq n_0$)",
        ),
    ],
)
