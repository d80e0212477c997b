"""Question 7: translation with one fixed vector (Seq2Seq), or with soft attention.

The worked example is exact: its scores are multiples of log 2, hence its weights are fractions.
The two experiments train, or fit, small models in NumPy from the equations of the text.
"""

from functools import cache
from itertools import combinations, product

import mpmath
import numpy as np
from sympy import Integer, Interval, Matrix, Naturals, Poly, Rational, Reals
from sympy import exp, eye, log, oo, simplify, solve, symbols, tanh

from solgen import Answer, Check, Derivation, Experiment, Figure, Instance, Key, Mark, Measure
from solgen import Part, Question, Step, Table, Term, Text
from solgen import agree, by_value, equal, equals, holds, unfold
from solgen import over, plus, symbol, times

POSITIVE = Interval.open(0, oo)
LOG2, HALF = log(2), Rational(1, 2)
NBSP = "\N{NO-BREAK SPACE}"


def neutral(text):
    return Text(fr=text, en=text)


# --- glossary: sizes, then the objects of both models -------------------------------------------
T_x = symbol("T_x", Naturals, fr="longueur de la phrase source", en="length of the source")
T_y = symbol("T_y", Naturals, fr="longueur de la traduction", en="length of the translation")
T = symbol(
    "T",
    Naturals,
    fr="longueur, quand il n'y en a qu'une",
    en="length, when there is only one",
)
i = symbol("i", Naturals, fr="position d'un mot cible", en="position of a target word")
j = symbol("j", Naturals, fr="position d'un mot source", en="position of a source word")
n = symbol(
    "n",
    Naturals,
    fr="nombre d'unités de l'encodeur, par sens",
    en="number of encoder units, per direction",
)
m = symbol("m", Naturals, fr="nombre d'unités du décodeur", en="number of decoder units")
d = symbol(
    "d",
    Naturals,
    fr="nombre d'unités du modèle d'alignement",
    en="number of units of the alignment model",
)
K = symbol("K", Naturals, fr="taille du vocabulaire", en="size of the vocabulary")
q = symbol("q", Naturals, fr="dimension des plongements", en="dimension of the embeddings")
b = symbol("b", Naturals, fr="nombre de bits par nombre gardé", en="number of bits per number kept")
N = symbol(
    "N", Naturals, fr="nombre de composantes de la mémoire", en="number of components of the memory"
)
Delta = symbol(
    "Delta",
    POSITIVE,
    latex=r"\Delta",
    fr="avance minimale du meilleur score sur les autres",
    en="least lead of the best score over the others",
)
k = symbol(
    "k",
    Naturals,
    fr="indice de sommation, ou position d'un second mot source",
    en="summation index, or position of a second source word",
)
t = symbol("t", Naturals, fr="position d'un mot simplifié", en="position of a simplified word")
z = symbol("z", POSITIVE, fr="nombre positif quelconque", en="any positive number")
epsilon = symbol(
    "epsilon",
    Interval.open(0, 1),
    latex=r"\varepsilon",
    fr="majorant du poids laissé aux autres mots",
    en="upper bound on the weight left to the other words",
)
x = Term(
    r"\boldsymbol{x}_j",
    fr=r"mot source (vecteur indicateur) ; la phrase est $\boldsymbol{x}$",
    en=r"source word (one-hot vector); the sentence is $\boldsymbol{x}$",
)
y = Term(
    r"\boldsymbol{y}_i", fr="mot cible (vecteur indicateur)", en="target word (one-hot vector)"
)
y_before = Term(
    r"\boldsymbol{y}_{<i}",
    fr="mots cibles qui précèdent le mot $i$",
    en="target words before word $i$",
)
p = Term("p", fr="probabilité de mots cibles", en="probability of target words")
E_x = Term(
    r"\boldsymbol{E}_x",
    fr="matrice de plongement des mots sources",
    en="embedding matrix of source words",
)
E_y = Term(
    r"\boldsymbol{E}_y",
    fr="matrice de plongement des mots cibles",
    en="embedding matrix of target words",
)
h = Term(
    r"\boldsymbol{h}_j",
    fr="état de l'encodeur ; annotation, avec attention",
    en="encoder state; annotation, with attention",
)
h_right = Term(
    r"\overrightarrow{\boldsymbol{h}}_j",
    fr="état de l'encodeur qui lit de gauche à droite",
    en="state of the encoder that reads from left to right",
)
h_left = Term(
    r"\overleftarrow{\boldsymbol{h}}_j",
    fr="état de l'encodeur qui lit de droite à gauche",
    en="state of the encoder that reads from right to left",
)
s = Term(r"\boldsymbol{s}_i", fr="état du décodeur", en="decoder state")
c_single = Term(
    r"\boldsymbol{c}",
    fr="vecteur de contexte unique ; mémoire de $N$ nombres",
    en="single context vector; memory of $N$ numbers",
)
c = Term(
    r"\boldsymbol{c}_i",
    fr="vecteur de contexte du mot cible $i$",
    en="context vector of target word $i$",
)
e = Term(
    "e_{ij}",
    fr="score du mot source $j$ pour le mot cible $i$",
    en="score of source word $j$ for target word $i$",
)
e_row = Term(
    r"\boldsymbol{e}_i",
    fr=r"vecteur des scores $e_{i,1}, \ldots, e_{i,T_x}$",
    en=r"vector of the scores $e_{i,1}, \ldots, e_{i,T_x}$",
)
alpha = Term(r"\alpha_{ij}", fr="poids d'attention", en="attention weight")
alpha_row = Term(
    r"\boldsymbol{\alpha}_i",
    fr=r"vecteur des poids $\alpha_{i,1}, \ldots, \alpha_{i,T_x}$",
    en=r"vector of the weights $\alpha_{i,1}, \ldots, \alpha_{i,T_x}$",
)
f_e = Term("f_e", fr="transition de l'encodeur", en="transition of the encoder")
f_right = Term(
    r"\overrightarrow{f_e}",
    fr="transition de l'encodeur, de gauche à droite",
    en="transition of the encoder, from left to right",
)
f_left = Term(
    r"\overleftarrow{f_e}",
    fr="transition de l'encodeur, de droite à gauche",
    en="transition of the encoder, from right to left",
)
f = Term("f", fr="transition du décodeur", en="transition of the decoder")
g = Term("g", fr="couche de sortie, avant le softmax", en="output layer, before the softmax")
W_s = Term(
    r"\boldsymbol{W}_s",
    fr="poids de l'état initial du décodeur",
    en="weights of the decoder's initial state",
)
W_a = Term(
    r"\boldsymbol{W}_a",
    fr="poids du modèle d'alignement, état du décodeur",
    en="weights of the alignment model, decoder state",
)
U_a = Term(
    r"\boldsymbol{U}_a",
    fr="poids du modèle d'alignement, annotation",
    en="weights of the alignment model, annotation",
)
v_a = Term(
    r"\boldsymbol{v}_a",
    fr="poids de sortie du modèle d'alignement",
    en="output weights of the alignment model",
)
delta = Term(
    r"\delta_{jk}",
    fr="symbole de Kronecker",
    en="Kronecker delta",
)
r = Term(
    r"\boldsymbol{r}_{ij}",
    fr=r"gradient de $e_{ij}$ par rapport à $\boldsymbol{h}_j$",
    en=r"gradient of $e_{ij}$ with respect to $\boldsymbol{h}_j$",
)
identity = Term(r"\boldsymbol{I}", fr="matrice identité", en="identity matrix")
ones = Term(r"\boldsymbol{1}", fr="vecteur de uns", en="vector of ones")
ell_S = Term(
    r"\ell_{\mathrm{S}}",
    fr="longueur d'un plus court chemin, Seq2Seq de Sutskever et al.",
    en="length of a shortest path, Seq2Seq of Sutskever et al.",
)
ell_C = Term(
    r"\ell_{\mathrm{C}}",
    fr="longueur d'un plus court chemin, Seq2Seq de Cho et al.",
    en="length of a shortest path, Seq2Seq of Cho et al.",
)
ell_A = Term(
    r"\ell_{\mathrm{A}}",
    fr="longueur d'un plus court chemin, attention",
    en="length of a shortest path, attention",
)

# --- data of the worked example: n = 1, m = d = 2, three source words ---------------------------
H = [Matrix([HALF, -HALF]), Matrix([-HALF, HALF]), Matrix([-HALF, -HALF])]
S = [Matrix([0, HALF]), Matrix([HALF, 0])]
STATES = [tuple(one) for one in S]  # as they are printed
W_A, U_A, V_A = 2 * LOG2 * eye(2), LOG2 * eye(2), Rational(9, 2) * LOG2 * Matrix([1, 1])


# --- the example by the definitions, entry by entry and exactly -----------------------------------
def exact_tanh(t):
    return (exp(2 * t) - 1) / (exp(2 * t) + 1)


def inner(state, annotation):
    """The hidden units of the alignment model, before and after their tanh."""
    before = W_A * state + U_A * annotation
    return before, before.applyfunc(exact_tanh)


def score(state, annotation):
    return sum(v * t for v, t in zip(V_A, inner(state, annotation)[1], strict=True))


def softmax(values):
    odds = [exp(value) for value in values]
    return [one / sum(odds) for one in odds]


def weights_for(state):
    return softmax([score(state, annotation) for annotation in H])


def mean_annotation(weights):
    """The point whose weighted squared distance to the annotations is stationary."""
    point = symbols("a_1 a_2")
    spread = sum(
        w * sum((p - v) ** 2 for p, v in zip(point, one, strict=True))
        for w, one in zip(weights, H, strict=True)
    )
    found = solve([spread.diff(p) for p in point], point)
    return [found[p] for p in point]


# --- the example in matrix form, at 50 digits: nothing shared with the above but the data ---------
def in_matrices():
    """(scores, weights, contexts) as arrays of mpmath numbers."""

    def numbers(matrices):
        return np.array([[mpmath.mpmathify(v.evalf(50)) for v in one] for one in matrices])

    tanh_of, exp_of = (np.frompyfunc(u, 1, 1) for u in (mpmath.tanh, mpmath.exp))
    w, u = (numbers([one.row(k) for k in range(2)]) for one in (W_A, U_A))
    hidden = (numbers(S) @ w.T)[:, None, :] + (numbers(H) @ u.T)[None, :, :]
    scores = tanh_of(hidden) @ numbers([V_A])[0]
    odds = exp_of(scores - scores.max(axis=1, keepdims=True))
    weights = odds / odds.sum(axis=1, keepdims=True)
    return scores, weights, weights @ numbers(H)


def in_matrices_check(which, scale):
    def check(answer):
        with mpmath.workdps(50):
            found = Matrix(in_matrices()[which].tolist()) * scale()
            return agree(answer, found, digits=30, scale=1)

    return Check("numeric", check, fr="forme matricielle, 50 chiffres", en="matrix form, 50 digits")


BY_ENTRIES = {"fr": "équations, terme à terme", "en": "equations, entry by entry"}
scores = Answer(
    r"\frac{1}{\log 2} \bigl[\, e_{ij} \,\bigr]",
    Matrix([[3, 2, 0], [2, 3, 0]]),
    checks=[
        equals(
            Matrix([[score(one, a) for a in H] for one in S]) / LOG2, "definition", **BY_ENTRIES
        ),
        in_matrices_check(0, lambda: 1 / mpmath.log(2)),
    ],
)
weights = Answer(
    r"13 \, \bigl[\, \alpha_{ij} \,\bigr]",
    Matrix([[8, 4, 1], [4, 8, 1]]),
    checks=[
        equals(13 * Matrix([weights_for(one) for one in S]), "definition", **BY_ENTRIES),
        in_matrices_check(1, lambda: 13),
    ],
)
contexts = Answer(
    r"26 \begin{bmatrix} \boldsymbol{c}_1 & \boldsymbol{c}_2 \end{bmatrix}^{\top}",
    Matrix([[3, -5], [-5, 3]]),
    checks=[
        equals(
            26 * Matrix([mean_annotation(weights_for(one)) for one in S]),
            "identity",
            fr="barycentre : moindres carrés pondérés",
            en="barycenter: weighted least squares",
        ),
        in_matrices_check(2, lambda: 26),
    ],
)


def example_row(target, source):
    state, annotation = S[target], H[source]
    before, after = inner(state, annotation)
    value = score(state, annotation)
    return [
        target + 1,
        source + 1,
        tuple(annotation),
        tuple((before / LOG2).applyfunc(simplify)),
        tuple(after),
        value,
        exp(value),
        weights_for(state)[source],
    ]


example_table = Table(
    header=[
        *map(neutral, ("$i$", "$j$", r"$\boldsymbol{h}_j^\top$")),
        neutral(
            r"$(\boldsymbol{W}_a\boldsymbol{s}_{i-1} + \boldsymbol{U}_a\boldsymbol{h}_j)"
            r"^{\!\top} / \log 2$"
        ),
        *map(neutral, (r"$(\tanh(\cdot))^{\top}$", "$e_{ij}$")),
        *map(neutral, (r"$\exp(e_{ij})$", r"$\alpha_{ij}$")),
    ],
    rows=[example_row(target, source) for target, source in product(range(2), range(3))],
    align="cccccccc",
)


# --- gradients: through the softmax, then from a context to an annotation -----------------------
e1, e2, e3 = symbols("e_1:4", real=True)
a1, a2 = symbols("h_1:3", real=True)


def check_softmax_symbols(answer):
    """SymPy's Jacobian of a softmax of three symbols, at the scores of the first target word."""
    jacobian = Matrix(softmax((e1, e2, e3))).jacobian((e1, e2, e3))
    at = [score(S[0], annotation) for annotation in H]
    return equal(answer, 169 * jacobian.subs(dict(zip((e1, e2, e3), at, strict=True))))


def check_softmax_slopes(answer):
    def weight(k):
        def value(*given):
            return mpmath.exp(given[k]) / mpmath.fsum(map(mpmath.exp, given))

        return value

    with mpmath.workdps(60):
        point = [k * mpmath.log(2) for k in (3, 2, 0)]
        orders = [tuple(int(k == col) for k in range(3)) for col in range(3)]
        found = [[mpmath.diff(weight(row), point, order) for order in orders] for row in range(3)]
        return agree(answer, 169 * Matrix(found), digits=20, scale=1)


softmax_jacobian = Answer(
    r"169 \, \bigl( \operatorname{diag}(\boldsymbol{\alpha}_1)"
    r" - \boldsymbol{\alpha}_1^{} \boldsymbol{\alpha}_1^{\top} \bigr)",
    Matrix([[40, -32, -8], [-32, 36, -4], [-8, -4, 12]]),
    checks=[
        Check(
            "symbolic",
            check_softmax_symbols,
            fr="jacobienne de SymPy, softmax",
            en="SymPy's Jacobian, softmax",
        ),
        Check("numeric", check_softmax_slopes, fr="pentes mesurées", en="measured slopes"),
    ],
)


@cache
def reach_by_sympy():
    """SymPy's Jacobian of the whole of c_1 as a function of the first annotation."""
    free = Matrix([a1, a2])
    hidden = [(W_A * S[0] + U_A * one).applyfunc(tanh) for one in (free, *H[1:])]
    mixed = softmax([(V_A.T * one)[0] for one in hidden])
    context = mixed[0] * free + mixed[1] * H[1] + mixed[2] * H[2]
    found = context.jacobian((a1, a2)).subs({a1: H[0][0], a2: H[0][1]})
    return (found.replace(tanh, exact_tanh) * Rational(169, 8)).applyfunc(simplify)


def check_reach_symbols(answer):
    return equal(answer, reach_by_sympy())


def check_reach_slopes(answer):
    """Slopes of c_1, computed by sums, when the first annotation moves."""

    def context(axis):
        def value(*free):
            total = mass = mpmath.mpf(0)
            for row in (free, (-half, half), (-half, -half)):
                units = [mpmath.tanh(bit * (w + u)) for w, u in zip((0, 1), row, strict=True)]
                odds = mpmath.exp(9 * half * bit * mpmath.fsum(units))
                total, mass = total + odds * row[axis], mass + odds
            return total / mass

        return value

    with mpmath.workdps(60):
        half, bit = mpmath.mpf(1) / 2, mpmath.log(2)
        at = [half, -half]
        found = [[mpmath.diff(context(k), at, o) for o in ((1, 0), (0, 1))] for k in range(2)]
        return agree(answer, Matrix(found) * 169 / 8, digits=20, scale=1)


reach = Answer(
    r"\frac{169}{8} \frac{\partial \boldsymbol{c}_1}{\partial \boldsymbol{h}_1}",
    13 * eye(2) + 4 * LOG2**2 * Matrix([[5, 5], [-4, -4]]),
    checks=[
        Check("symbolic", check_reach_symbols, fr="jacobienne de SymPy", en="SymPy's Jacobian"),
        Check("numeric", check_reach_slopes, fr="pentes mesurées", en="measured slopes"),
    ],
)

# --- paths from a source word to a target word --------------------------------------------------
SIZES = [(tx, ty) for tx in range(1, 6) for ty in range(1, 6)]


def edges(model, tx, ty):
    """The dependences between states: S hands c to s_0, C hands c to every step, A attends."""
    yield from ((("h", k), ("h", k + 1)) for k in range(1, tx))
    yield from ((("s", t - 1), ("s", t)) for t in range(2, ty + 1))
    if model == "S":
        yield ("h", tx), ("s", 1)  # s_0 is h_Tx itself
    if model == "C":
        yield from ((("h", tx), ("s", t)) for t in range(1, ty + 1))
    if model == "A":
        yield from ((("h", k + 1), ("h", k)) for k in range(1, tx))
        yield from ((("h", k), ("c", t)) for k in range(1, tx + 1) for t in range(1, ty + 1))
        yield from ((("c", t), ("s", t)) for t in range(1, ty + 1))


@cache
def shortest(model, tx, ty, source, target):
    """Breadth first."""
    reached, length = {("h", source)}, 0
    while ("s", target) not in reached:
        reached |= {end for start, end in edges(model, tx, ty) if start in reached}
        length += 1
    return length


@cache
def lowest_power(model, tx, source, target):
    """Scalar linear models, each transition multiplied by z: the least power of z that arrives."""
    z = symbols("z")
    state = [Integer(k == source) for k in range(1, tx + 1)]
    forward = list(state)
    for k in range(1, tx):
        forward[k] += z * forward[k - 1]
    context, out = forward[-1], Integer(0)
    for t in range(1, target + 1):
        if model == "S":
            out = z * (context if t == 1 else out)
        elif model == "C":
            out = z * (out + context)
        else:
            out = z * (out + z * sum(forward))
    return min(power for (power,) in Poly(out, z).monoms())


def check_paths_graph(answer):
    stated, found = [], []
    for tx, ty in SIZES:
        for source, target in product(range(1, tx + 1), range(1, ty + 1)):
            stated.append(answer.subs({T_x: tx, j: source, i: target}))
            found.append([shortest(model, tx, ty, source, target) for model in "SCA"])
    return equal(stated, found)


def check_paths_powers(answer):
    stated, found = [], []
    for tx, source, target in product(range(1, 7), range(1, 7), range(1, 7)):
        if source <= tx:
            stated.append(answer.subs({T_x: tx, j: source, i: target}))
            found.append([lowest_power(model, tx, source, target) for model in "SCA"])
    return equal(stated, found)


paths = Answer(
    r"\bigl[\ell_{\mathrm{S}}(i, j),\; \ell_{\mathrm{C}}(i, j),\;"
    r" \ell_{\mathrm{A}}(i, j)\bigr]",
    (plus(T_x, -j, i), plus(T_x, -j, 1), Integer(2)),
    checks=[
        Check(
            "enumeration", check_paths_graph, fr="parcours en largeur", en="breadth-first search"
        ),
        Check(
            "symbolic",
            check_paths_powers,
            fr="plus petite puissance, modèles linéaires",
            en="least power, linear models",
        ),
    ],
)


def check_lags(read):
    """Aligned words, in the given order of the source and in the reversed one."""

    def check(answer):
        stated, found = [], []
        for size, place in product(range(1, 7), range(1, 7)):
            if place <= size:
                stated.append(answer.subs({T: size, i: place}))
                found.append([read(size, place, place), read(size, size + 1 - place, place)])
        return equal(stated, found)

    return check


lags = Answer(
    r"\bigl[\ell_{\mathrm{S}}(i, i),\; \ell_{\mathrm{S}}(i, T + 1 - i)\bigr]",
    (T, plus(2 * i, -1)),
    checks=[
        Check(
            "enumeration",
            check_lags(lambda size, source, target: shortest("S", size, size, source, target)),
            fr="parcours en largeur",
            en="breadth-first search",
        ),
        Check(
            "symbolic",
            check_lags(lambda size, source, target: lowest_power("S", size, source, target)),
            fr="plus petite puissance, modèles linéaires",
            en="least power, linear models",
        ),
    ],
)

# --- costs ----------------------------------------------------------------------------------------
DIMENSIONS = (n, m, d, T_x, T_y)
CASES = [(1, 2, 3, 4, 5), (2, 1, 1, 3, 2), (2, 3, 2, 1, 4), (3, 2, 4, 2, 2)]
PAPER = {n: 1000, m: 1000, d: 1000}
SENTENCE = PAPER | {T_x: 30, T_y: 30}


def count_loops(units, decoder, hidden, tx, ty, *, once):
    """Multiply-adds of the attention of a whole sentence, counted as the loops make them."""
    count = 0

    def dot(size):
        nonlocal count
        count += size

    def rows(number, size):
        for _ in range(number):
            dot(size)

    for _ in range(tx if once else 0):
        rows(hidden, 2 * units)  # U_a h_j, kept
    for _ in range(ty):
        if once:
            rows(hidden, decoder)  # W_a s_(i-1), kept
        for _ in range(tx):
            if not once:
                rows(hidden, 2 * units)
                rows(hidden, decoder)
            dot(hidden)  # v_a with the tanh
        for _ in range(2 * units):
            dot(tx)  # a component of c_i
    return count


def at_each_case(form):
    return [form.subs(dict(zip(DIMENSIONS, case, strict=True))) for case in CASES]


def counted_by_arrays(units, decoder, hidden, tx, ty, *, once):
    """The same from the sizes of the arrays of products that NumPy makes."""
    notes, states_ = np.ones((tx, 2 * units)), np.ones((ty, decoder))
    u, w, v = np.ones((hidden, 2 * units)), np.ones((hidden, decoder)), np.ones(hidden)
    right, left = notes[:, None] * u, states_[:, None] * w
    scored = (left.sum(axis=2)[:, None] + right.sum(axis=2)[None]) * v
    mixed = scored.sum(axis=2)[:, :, None] * notes
    repeats = (1, 1) if once else (len(states_), len(notes))
    return right.size * repeats[0] + left.size * repeats[1] + scored.size + mixed.size


def counted(*, once):
    """Two roads to the multiply-adds, the products being kept (`once`) or made again."""

    def check_loops(answer):
        return equal(at_each_case(answer), [count_loops(*case, once=once) for case in CASES])

    def check_arrays(answer):
        return equal(at_each_case(answer), [counted_by_arrays(*case, once=once) for case in CASES])

    return [
        Check("enumeration", check_loops, fr="boucles comptées", en="counted loops"),
        Check("library", check_arrays, fr="tableaux de NumPy", en="NumPy's arrays"),
    ]


per_pair = plus(d, 2 * n)
cost = Answer(
    "Q",
    plus(times(2, n, d, T_x), times(m, d, T_y), times(per_pair, T_x, T_y)),
    checks=counted(once=True),
)
naive = Answer(
    r"Q_{\mathrm{naive}}",
    times(plus(times(2, n, d), times(m, d), d, 2 * n), T_x, T_y),
    checks=counted(once=False),
)
Q = Term(
    "Q",
    fr="nombre de multiplications-additions du mécanisme d'attention",
    en="number of multiply-adds of the attention mechanism",
)
Q_naive = Term(
    r"Q_{\mathrm{naive}}",
    fr="le même, si l'on recalcule tout pour chaque couple",
    en="the same, if everything is recomputed for each pair",
)
cost_, naive_ = (unfold(form.value).subs(SENTENCE) for form in (cost, naive))
quadratic_ = unfold(per_pair * T_x * T_y).subs(SENTENCE)


def check_crossover(answer):
    """The first length, by counted loops, at which the pairs cost as much as the rest."""
    cases, found = [(1, 4, 2), (2, 6, 4), (3, 6, 6), (1, 2, 6)], []
    for units, decoder, hidden in cases:
        size = 1
        while True:
            shared = (hidden + 2 * units) * size**2
            if 2 * shared >= count_loops(units, decoder, hidden, size, size, once=True):
                break
            size += 1
        found.append(size)
    return equal([answer.subs(dict(zip((n, m, d), case, strict=True))) for case in cases], found)


LENGTH = symbols("t", real=True)  # of any sign: that it is positive is for the result to show
crossover = Derivation(
    r"T^\star",
    value=solve(per_pair * LENGTH - (2 * n * d + m * d), LENGTH)[0],
    steps=[Step(over(times(d, plus(2 * n, m)), per_pair))],
    checks=[Check("enumeration", check_crossover, fr="boucles comptées", en="counted loops")],
)
T_star = Term(
    r"T^\star",
    fr="longueur où les couples coûtent autant que le reste",
    en="length at which the pairs cost as much as the rest",
)
crossover_ = unfold(crossover.value).subs(PAPER)

# --- what a fixed memory can keep ---------------------------------------------------------------
BITS = {n: 1000, b: 32, K: 30000}


def check_boxes(answer):
    """Whole numbers: fewer sentences than memories one word earlier, more at the answer."""
    stated, memories = unfold(answer), 2 ** (1000 * 32)
    length = int(stated)
    return holds(
        [stated == length, 30000**length > memories, 30000 ** (length - 1) <= memories],
        "the first length with more sentences than memories",
    )


def check_bits(answer):
    with mpmath.workdps(40):
        return equal(answer, int(mpmath.ceil(32000 / (mpmath.log(30000) / mpmath.log(2)))))


pigeonhole = Answer(
    r"\min\bigl\{ T : K^{T} > 2^{nb} \bigr\}",
    Integer(2152),
    checks=[
        Check("enumeration", check_boxes, fr="entiers exacts", en="exact integers"),
        Check("numeric", check_bits, fr="logarithmes, 40 chiffres", en="logarithms, 40 digits"),
    ],
)


@cache
def best_error(words_, kept):
    """Over every encoder with values ±1 of the words ±1, the best affine decoder's least error."""
    inputs = np.array(list(product((-1, 1), repeat=words_)))
    tables = np.array(list(product((-1, 1), repeat=len(inputs))))
    half = tables[: len(tables) // 2]  # an encoder and its opposite are worth the same
    return fraction(min(affine_error(codes, inputs) for codes in combinations(half, kept)))


def check_encoders(answer):
    cases = [(2, 1), (3, 1), (3, 2)]
    stated = [answer.subs({T: words_, N: kept}) for words_, kept in cases]
    return equal(stated, [best_error(*case) for case in cases])


def check_ky_fan(answer):
    """The N largest eigenvalues of the words' Gram operator are what N functions can keep."""
    stated, found = [], []
    for words in (2, 3, 4, 5):
        inputs = np.array(list(product((-1, 1), repeat=words)))
        top = np.linalg.eigvalsh(inputs @ inputs.T / len(inputs))[::-1]
        for kept in range(1, words + 1):
            stated.append(answer.subs({T: words, N: kept}))
            found.append(fraction(1 - top[:kept].sum() / words))
    return equal(stated, found)


def fraction(value):
    """The sixtieth that a floating-point number stands for."""
    nearest = Rational(round(60 * float(value)), 60)
    return nearest if abs(nearest - float(value)) < 1e-9 else Rational(-1)


def affine_error(codes, inputs):
    """Mean squared error per word of the least-squares affine decoder of these codes."""
    features = np.column_stack([np.ones(len(inputs)), *codes])
    decoder = np.linalg.lstsq(features, inputs, rcond=None)[0]
    return float(np.mean((features @ decoder - inputs) ** 2))


least_error = Answer(
    r"\min_{\varphi,\, \boldsymbol{A},\, \boldsymbol{a}} \frac1T \sum_{t=1}^{T}"
    r" \mathbb{E}\bigl[(u_t - \hat u_t)^2\bigr]",
    plus(1, -over(N, T)),
    checks=[
        Check(
            "enumeration",
            check_encoders,
            fr="tous les encodeurs $\\pm 1$, $T \\leq 3$",
            en="all encoders $\\pm 1$, $T \\leq 3$",
        ),
        Check(
            "library",
            check_ky_fan,
            fr="valeurs propres, théorème de Ky Fan",
            en="eigenvalues, Ky Fan's theorem",
        ),
    ],
)
words = Term(
    "u_t",
    fr="mot simplifié : variable centrée réduite",
    en="simplified word: standardized variable",
)
phi = Term(r"\varphi", fr="encodeur quelconque", en="any encoder")
A = Term(r"\boldsymbol{A}", fr="matrice de la lecture affine", en="matrix of the affine reading")
a = Term(r"\boldsymbol{a}", fr="décalage de la lecture affine", en="offset of the affine reading")
read_words = Term(
    r"\hat{\boldsymbol{u}}",
    fr=r"meilleure lecture affine, de composantes $\hat u_1, \ldots, \hat u_T$",
    en=r"best affine reading, with components $\hat u_1, \ldots, \hat u_T$",
)
read_word = Term(r"\hat u_t", fr="lecture du mot $u_t$", en="reading of word $u_t$")
mean = Term(r"\mathbb{E}", fr="espérance", en="expectation")
w = Term(
    "w_k",
    fr=r"base orthonormée de l'orthogonal de 1 dans l'espace engendré par 1 et $\boldsymbol{c}$",
    en=r"orthonormal basis of the orthogonal complement of 1 in the span of 1 and $\boldsymbol{c}$",
)
N_basis = Term("N'", fr="nombre de ces $w_k$", en="number of these $w_k$")


def best_weight(length, lead):
    """The softmax of a list of scores, the first one ahead of the others."""
    scored = [lead] + [mpmath.mpf(0)] * (int(length) - 1)
    return mpmath.exp(scored[0]) / mpmath.fsum(map(mpmath.exp, scored))


sharp = Derivation(
    r"\frac{e^{\Delta}}{e^{\Delta} + (T - 1)\, e^{0}}",
    value=exp(Delta) / (exp(Delta) + (T - 1)),
    steps=[
        Step(
            over(1, plus(1, times(T - 1, exp(-Delta)))),
            Text(fr=r"on divise par $e^{\Delta}$", en=r"divide by $e^{\Delta}$"),
        )
    ],
    checks=[by_value(best_weight, T, Delta, fr="softmax d'une liste", en="softmax of a list")],
)

# --- experiment: recall from a fixed memory, and through attention --------------------------------
UNITS, LONG, GAIN, SLOPE = 8, 32, 8, 2


def encode(rng, inputs):
    """Annotations of a bidirectional tanh network with random weights: (sentence, place, unit)."""
    states = []
    for order in (1, -1):
        recurrent = rng.normal(size=(UNITS, UNITS)) / np.sqrt(UNITS)
        entry, state, kept = rng.normal(size=UNITS), np.zeros((len(inputs), UNITS)), []
        for word in inputs.T[::order]:
            state = np.tanh(state @ recurrent.T + np.outer(word, entry))
            kept.append(state)
        states.append(np.stack(kept[::order], axis=1))
    return np.concatenate(states, axis=2)


def located_weights(length, gain):
    """Additive attention with two tanh units, which see the positions i and j."""
    gap = np.subtract.outer(np.arange(length), np.arange(length))
    value = gain * (np.tanh(SLOPE * gap + SLOPE / 2) - np.tanh(SLOPE * gap - SLOPE / 2))
    odds = np.exp(value - value.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def recall_errors(rng, size, length, gain=GAIN):
    """Mean squared errors on unseen sentences: from the two end states, and through attention."""
    inputs = rng.uniform(-1, 1, size=(size, length)) * np.sqrt(3)
    notes = encode(rng, inputs)
    ends = np.concatenate([notes[:, -1, :UNITS], notes[:, 0, UNITS:]], axis=1)
    mixed = located_weights(length, gain) @ notes
    found = []
    for memory, wanted in ((ends, inputs), (mixed, inputs[:, :, None])):
        memory = np.concatenate([memory, np.ones((*memory.shape[:-1], 1))], axis=-1)
        rows, cols, half = memory.shape[-1], wanted.shape[-1], size // 2
        known, target = memory[:half].reshape(-1, rows), wanted[:half].reshape(-1, cols)
        decoder = np.linalg.solve(known.T @ known, known.T @ target)
        found.append(np.mean((memory[half:] @ decoder - wanted[half:]) ** 2))
    return found


def measure_recall(rng, size):
    fixed, attended = recall_errors(rng, size, LONG)
    return fixed / attended


def measure_recall_control(rng, size):
    """The same annotations, all kept, but one context for all words: equal weights."""
    fixed, averaged = recall_errors(rng, size, LONG, gain=0)
    return fixed / averaged


recall = Experiment(
    Measure(
        measure_recall,
        fr="erreur quadratique de restitution à partir d'un vecteur fixe de 16 nombres, divisée "
        "par celle de l'attention sur des annotations de 16 nombres, phrases de test de "
        f"32{NBSP}mots",
        en="squared error of recall from a fixed vector of 16 numbers, divided by that of "
        "attention over annotations of 16 numbers, test sentences of 32 words",
    ),
    control=Measure(
        measure_recall_control,
        fr="mêmes annotations, poids d'attention tous égaux",
        en="same annotations, attention weights all equal",
    ),
    at_least=10,
    size=1000,
)

# --- experiment: an attention that is really trained ---------------------------------------------
LEXICON = {
    "D": ("le the", "un a"),
    "N": ("chat cat", "chien dog", "lapin rabbit", "renard fox"),
    "A": ("noir black", "blanc white", "brun brown", "gris grey"),
    "V": ("voit sees", "suit follows", "fuit flees"),
}
WORDS = [pair.split() for pairs in LEXICON.values() for pair in pairs]
END, PLACES = len(WORDS), 7  # no word, longest sentence
READ, WRITE, INNER, STEPS, RATE = 24, 64, 24, 60, 0.03


def phrase(rng, kind):
    """A word of that kind, as its number."""
    first = [*"".join(name * len(pairs) for name, pairs in LEXICON.items())].index(kind)
    return first + int(rng.integers(len(LEXICON[kind])))


def sentence(rng):
    """A French sentence, and for each English word the place of its French one."""
    source, places = [], []
    for kinds in ("DN" + "A" * (rng.random() < 0.6), "V", "DN" + "A" * (rng.random() < 0.6)):
        start = len(source)
        source += [phrase(rng, kind) for kind in kinds]
        places += [start + k for k in ((0, 2, 1) if kinds == "DNA" else range(len(kinds)))]
    return source, places


def corpus(pairs):
    """Arrays (source, target, place of the source of each target word), filled with END."""
    source, target = np.full((2, len(pairs), PLACES), END)
    aligned = np.zeros((len(pairs), PLACES), dtype=int)
    for row, (words_, places) in enumerate(pairs):
        source[row, : len(words_)] = words_
        target[row, : len(words_)] = np.array(words_)[places]
        aligned[row, : len(words_)] = places
    return source, target, aligned


def states(rng, size, memory, inputs):
    """States of a tanh network with random, fixed weights; END is the zero vector."""
    recurrent = memory * rng.normal(size=(size, size)) / np.sqrt(size)
    entry = rng.normal(size=(END + 1, size))
    entry[END] = 0
    state, kept = np.zeros((len(inputs), size)), []
    for word in inputs.T:
        state = np.tanh(state @ recurrent.T + entry[word])
        kept.append(state)
    return np.stack(kept, axis=1).astype(np.float32)


def attend(given, notes, before, real):
    """The equations of the text: (tanh units, weights, contexts, law of each word)."""
    v, w, u, out = given
    inner_ = np.tanh((before @ w.T)[:, :, None] + (notes @ u.T)[:, None])
    odds = np.exp(inner_ @ v) * real[:, None]
    alphas = odds / odds.sum(axis=2, keepdims=True)
    mixed = alphas @ notes
    law = np.exp(mixed @ out.T)
    return inner_, alphas, mixed, law / law.sum(axis=2, keepdims=True)


def slopes(given, notes, before, real, target):
    """Gradients of the mean cross-entropy, through diag(α) - αα', as derived in the text."""
    v, _w, _u, out = given
    inner_, alphas, mixed, law = attend(given, notes, before, real)
    known = np.eye(END + 1, dtype=law.dtype)[target][:, :, :END]
    error = (law - known) * real[:, :, None] / law.dtype.type(real.sum())
    by_alpha = error @ out @ notes.transpose(0, 2, 1)
    by_score = alphas * (by_alpha - (alphas * by_alpha).sum(axis=2, keepdims=True))
    by_inner = by_score[..., None] * v * (1 - inner_**2)
    sums = ((0, 1), (0, 1))
    return [
        np.tensordot(by_score, inner_, 3),
        np.tensordot(by_inner.sum(axis=2), before, sums),
        np.tensordot(by_inner.sum(axis=1), notes, sums),
        np.tensordot(error, mixed, sums),
    ]


def trained(rng, size, steps, shown=()):
    """Weights of an attention trained (Adam) on half of the sentences, for the others.

    Returns (weights, places aligned, real words); the sentences `shown` come last, unseen.
    """
    source, target, aligned = corpus([*(sentence(rng) for _ in range(size)), *shown])
    real, half = source < END, size // 2
    notes = np.concatenate(
        [states(rng, READ, 1.0, source), states(rng, READ, 1.0, source[:, ::-1])[:, ::-1]], axis=2
    )
    previous = np.concatenate([np.full((len(target), 1), END), target[:, :-1]], axis=1)
    before = states(rng, WRITE, 0.8, previous)
    shapes = ((INNER,), (INNER, WRITE), (INNER, 2 * READ), (END, 2 * READ))
    given = [(rng.normal(size=shape) / shape[-1] ** 0.5).astype(np.float32) for shape in shapes]
    mean, square = [0 * one for one in given], [0 * one for one in given]
    seen = [one[:half] for one in (notes, before, real, target)]
    for step in range(1, steps + 1):
        for k, slope in enumerate(slopes(given, *seen)):
            mean[k] = 0.9 * mean[k] + 0.1 * slope
            square[k] = 0.99 * square[k] + 0.01 * slope**2
            scale = np.sqrt(square[k] / (1 - 0.99**step)) + 1e-6
            given[k] = given[k] - RATE * mean[k] / (1 - 0.9**step) / scale
    alphas = attend(given, notes, before, real)[1]
    return alphas[half:], aligned[half:], real[half:]


def aligned_weight(rng, size, steps):
    """The mean weight given to the place of the word being translated, if it changes rank."""
    alphas, aligned, real = trained(rng, size, steps)
    moved = real & (aligned != np.arange(PLACES))
    return np.take_along_axis(alphas, aligned[:, :, None], axis=2)[:, :, 0][moved].mean()


alignment = Experiment(
    Measure(
        lambda rng, size: aligned_weight(rng, size, STEPS),
        fr="poids moyen du mot source aligné, pour les mots qui changent de rang, sur 120 phrases "
        "de test, après entraînement sur 120 autres",
        en="mean weight of the aligned source word, for the words that change rank, on 120 "
        "test sentences, after training on 120 others",
    ),
    control=Measure(
        lambda rng, size: aligned_weight(rng, size, 0),
        fr="même modèle avant entraînement",
        en="same model before training",
    ),
    at_least=0.5,
    size=240,
)


# --- figures --------------------------------------------------------------------------------------
def node(ax, place, text, **style):
    look = {"boxstyle": "round,pad=0.28", "facecolor": "white", "edgecolor": "black"} | style
    look |= {"linewidth": 0.7}
    ax.text(*place, text, ha="center", va="center", fontsize=8, bbox=look)


def arrow(ax, start, end, **style):
    look = {"arrowstyle": "-|>", "linewidth": 0.7, "color": "black", "mutation_scale": 6}
    look |= {"shrinkA": 8, "shrinkB": 8} | style
    ax.annotate("", xy=end, xytext=start, arrowprops=look)


def label(ax, place, text):
    ax.text(*place, text, ha="center", va="center", fontsize=9)


def draw_fixed(ax):
    """Seq2Seq: one row of states; the dashed arrows are those of Cho et al."""
    for k in range(3):
        left, right = k, 4.1 + k
        node(ax, (left, 1), rf"$\mathbf{{h}}_{k + 1}$", facecolor="0.9")
        node(ax, (right, 1), rf"$\mathbf{{s}}_{k + 1}$")
        label(ax, (left, -0.2), rf"$\mathbf{{x}}_{k + 1}$")
        label(ax, (right, -0.2), rf"$\mathbf{{y}}_{k}$")
        label(ax, (right, 2.6), rf"$\mathbf{{y}}_{k + 1}$")
        arrow(ax, (left, -0.2), (left, 1))
        arrow(ax, (right, -0.2), (right, 1))
        arrow(ax, (right, 1), (right, 2.6))
        if k < 2:
            arrow(ax, (left, 1), (left + 1, 1))
            arrow(ax, (right, 1), (right + 1, 1))
            curve = {"linestyle": "--", "connectionstyle": f"arc3,rad={-0.35 - 0.05 * k}"}
            arrow(ax, (3.05, 1), (right + 1, 1), **curve)
    arrow(ax, (2, 1), (3.05, 1))
    arrow(ax, (3.05, 1), (4.1, 1))
    node(ax, (3.05, 1), r"$\mathbf{c}$", facecolor="0.75", boxstyle="square,pad=0.35")
    ax.set(xlim=(-0.5, 6.6), ylim=(-0.6, 3), title="Seq2Seq")


def draw_attentive(ax):
    """Attention: the annotations, their weights and the context of the target word i."""
    for k in range(3):
        left = 1.7 * k
        node(ax, (left, 0.6), rf"$\mathbf{{h}}_{k + 1}$", facecolor="0.9")
        label(ax, (left, -0.6), rf"$\mathbf{{x}}_{k + 1}$")
        arrow(ax, (left, -0.6), (left, 0.6))
        arrow(ax, (left, 0.6), (2.6, 2.1), shrinkB=10)
        if k < 2:
            arrow(ax, (left, 0.6), (left + 1.7, 0.6), arrowstyle="<|-|>")
    weights_at = {"facecolor": "white", "edgecolor": "black", "linestyle": "--"}
    node(ax, (0.4, 2.1), r"$\alpha_{i1}, \alpha_{i2}, \alpha_{i3}$", **weights_at)
    node(ax, (2.6, 2.1), r"$\mathbf{c}_i$", facecolor="0.75", boxstyle="square,pad=0.35")
    node(ax, (0.4, 3.3), r"$\mathbf{s}_{i-1}$")
    node(ax, (2.6, 3.3), r"$\mathbf{s}_i$")
    label(ax, (4.2, 3.3), r"$\mathbf{y}_{i-1}$")
    label(ax, (2.6, 4.5), r"$\mathbf{y}_i$")
    arrow(ax, (0.4, 3.3), (2.6, 3.3), shrinkA=13)
    arrow(ax, (4.2, 3.3), (2.6, 3.3), shrinkA=11)
    arrow(ax, (2.6, 2.1), (2.6, 3.3))
    arrow(ax, (2.6, 3.3), (2.6, 4.5))
    arrow(ax, (0.4, 3.3), (0.4, 2.1), linestyle="--")
    arrow(ax, (0.4, 2.1), (2.6, 2.1), linestyle="--", shrinkA=25)
    ax.set(xlim=(-0.7, 4.6), ylim=(-0.9, 4.8), title="attention")


def draw_models(axes, say):
    draw_fixed(axes[0])
    draw_attentive(axes[1])
    for ax in axes:
        ax.axis("off")


models = Figure(
    "models",
    draw_models,
    panels=2,
    height=2.3,
    caption=Text(
        fr="Les deux architectures, pour trois mots sources. À gauche, toute la phrase source "
        r"passe par $\boldsymbol{c}$ ; les flèches en tirets n'existent que dans la variante où "
        r"$\boldsymbol{c}$ alimente chaque pas. À droite, le calcul du mot $i$ : l'état "
        r"$\boldsymbol{s}_{i-1}$ (tirets) et les annotations déterminent les poids avec lesquels "
        r"celles-ci forment $\boldsymbol{c}_i$ ; parmi les entrées de la sortie, seul "
        r"$\boldsymbol{s}_i$ est tracé.",
        en="The two architectures, for three source words. Left, the whole source sentence goes "
        r"through $\boldsymbol{c}$; the dashed arrows exist only in the variant where "
        r"$\boldsymbol{c}$ feeds every step. Right, the computation of word $i$: the state "
        r"$\boldsymbol{s}_{i-1}$ (dashed) and the annotations determine the weights with which the "
        r"latter make up $\boldsymbol{c}_i$; among the inputs of the output, only "
        r"$\boldsymbol{s}_i$ is drawn.",
    ),
    alt=Text(
        fr="À gauche, une chaîne h1, h2, h3, c, s1, s2, s3 ; chaque mot source entre dans un h, "
        "chaque mot cible sort d'un s. À droite, trois annotations reliées dans les deux sens ; "
        "trois flèches pondérées mènent à c_i, et c_i à s_i, qui reçoit aussi s_{i-1} et y_{i-1}.",
        en="Left, a chain h1, h2, h3, c, s1, s2, s3; each source word enters an h, each target "
        "word leaves an s. Right, three annotations linked both ways; three weighted arrows lead "
        "to c_i, and c_i to s_i, which also receives s_{i-1} and y_{i-1}.",
    ),
)

SHOWN = "le chat noir suit un renard blanc"


def draw_alignments(axes, say):
    """The weights of one unseen sentence, before and after training."""
    numbers = [[french for french, _ in WORDS].index(word) for word in SHOWN.split()]
    shown = (numbers, [0, 2, 1, 3, 4, 6, 5])
    english = [WORDS[numbers[k]][1] for k in shown[1]]
    for ax, steps in zip(axes, (0, STEPS), strict=True):
        grid = trained(np.random.default_rng(0), 240, steps, [shown])[0][-1]
        ax.imshow(grid, cmap="Greys", vmin=0, vmax=1)
        for (row, col), value in np.ndenumerate(grid):
            color = "white" if value > 0.5 else "black"
            label = f"{100 * value:.0f}"
            ax.text(col, row, label, ha="center", va="center", fontsize=6.5, color=color)
        ax.set_xticks(range(PLACES), SHOWN.split(), rotation=45, ha="left", rotation_mode="anchor")
        ax.set_yticks(range(PLACES), english if steps == 0 else [""] * PLACES)
        ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
        ax.spines[:].set_visible(False)
        name = say(fr="après", en="after") if steps else say(fr="avant", en="before")
        ax.set_xlabel(name)


alignments = Figure(
    "alignments",
    draw_alignments,
    panels=2,
    height=2.4,
    caption=Text(
        fr=r"Poids $\alpha_{ij}$, en centièmes, d'un petit modèle à attention réellement entraîné "
        f"(graine{NBSP}0), avant et après l'entraînement, sur une phrase hors de son ensemble "
        "d'entraînement. Une ligne par mot cible $i$ ; chaque ligne a pour somme 100, aux arrondis "
        "près. Après l'entraînement, les croisements nom-adjectif apparaissent hors de la "
        "diagonale.",
        en=r"Weights $\alpha_{ij}$, in hundredths, of a small attention model that was really "
        f"trained (seed{NBSP}0), before and after training, on a sentence outside its training "
        "set. One row per target word $i$; each row adds up to 100, up to rounding. After "
        "training, the noun–adjective crossings appear off the diagonal.",
    ),
    alt=Text(
        fr="Deux tableaux de 7 sur 7. À gauche, des poids diffus. À droite, un poids dominant par "
        "ligne, près de la diagonale, avec un croisement à chaque groupe nom-adjectif.",
        en="Two 7 by 7 grids. Left, diffuse weights. Right, one dominant weight per row, near the "
        "diagonal, with a crossing at each noun–adjective group.",
    ),
)


def draw_memory(ax, say):
    """Errors of recall against the length: two measured models and the bound."""
    lengths = np.array([4, 8, 16, 24, 32, 48, 64])
    rng = np.random.default_rng(0)
    fixed, attended = np.transpose([recall_errors(rng, 1000, size) for size in lengths])
    grid = np.linspace(4, 64, 241)
    ax.plot(grid, np.maximum(0, 1 - 2 * UNITS / grid), ":", color="black")
    ax.plot(lengths, fixed, "s-", color="C1", markersize=4)
    ax.plot(lengths, attended, "o-", color="C0", markersize=4)
    ax.text(65, fixed[-1], say(fr="vecteur fixe", en="fixed vector"), va="bottom")
    ax.text(65, 1 - 2 * UNITS / 64, "$1 - N/T$", va="center")
    ax.text(65, attended[-1] + 0.02, "attention", va="bottom")
    ax.set(xlim=(2, 78), ylim=(-0.03, 1), yticks=[0, 0.5, 1], xticks=range(0, 65, 16))
    ax.set_xlabel(say(fr="nombre $T$ de mots", en="number $T$ of words"))
    ax.set_ylabel(say(fr="erreur", en="error"))


memory = Figure(
    "memory",
    draw_memory,
    height=1.65,
    caption=Text(
        fr=f"Erreur quadratique moyenne de restitution sur des phrases de test (graine{NBSP}0), "
        "selon leur longueur : carrés, vecteur fixe de $N = 16$ nombres ; cercles, attention. En "
        "pointillé, la borne inférieure démontrée pour tout vecteur fixe de 16 nombres décodé par "
        "une fonction affine.",
        en=f"Mean squared error of recall on test sentences (seed{NBSP}0), against their "
        "length: squares, fixed vector of $N = 16$ numbers; circles, attention. Dotted, the lower "
        "bound proved for every fixed vector of 16 numbers decoded by an affine function.",
    ),
    alt=Text(
        fr="Trois courbes de 4 à 64 mots. Le vecteur fixe monte de près de 0 à environ 0,9, "
        "au-dessus de la borne, qui part de 0 à 16 mots ; l'attention reste près de 0.",
        en="Three curves from 4 to 64 words. The fixed vector rises from near 0 to about 0.9, "
        "above the bound, which leaves 0 at 16 words; attention stays near 0.",
    ),
)

compare_table = Table(
    header=[
        None,
        neutral(r"Seq2Seq, $\boldsymbol{s}_0 = \boldsymbol{c}$"),
        Text(fr="attention douce", en="soft attention"),
    ],
    rows=[
        [
            Text(fr="encodeur", en="encoder"),
            Text(fr="unidirectionnel", en="unidirectional"),
            Text(fr="bidirectionnel", en="bidirectional"),
        ],
        [
            Text(fr="contexte du mot $i$", en="context of word $i$"),
            Text(
                fr=r"$\boldsymbol{c}$, le même pour tous",
                en=r"$\boldsymbol{c}$, the same for all",
            ),
            Text(
                fr=r"$\boldsymbol{c}_i$, calculé avec $\boldsymbol{s}_{i-1}$",
                en=r"$\boldsymbol{c}_i$, computed with $\boldsymbol{s}_{i-1}$",
            ),
        ],
        [
            Text(fr="nombres gardés de la source", en="numbers kept from the source"),
            n,
            times(2, n, T_x),
        ],
        [
            Text(
                fr=r"chemin de $\boldsymbol{h}_j$ à $\boldsymbol{s}_i$",
                en=r"path from $\boldsymbol{h}_j$ to $\boldsymbol{s}_i$",
            ),
            paths.value[0],
            paths.value[2],
        ],
        [Text(fr="scores à calculer", en="scores to compute"), 0, T_x * T_y],
        [
            Text(fr="alignement", en="alignment"),
            Text(fr="implicite", en="implicit"),
            Text(fr=r"poids $\alpha_{ij}$", en=r"weights $\alpha_{ij}$"),
        ],
    ],
    align="lll",
)

# --- instances: what the notation stands for ----------------------------------------------------
SMALL = {n: 3, m: 5, d: 7, q: 2, K: 8, T_x: 4, T_y: 3}
TRANSLATED = r"p(\boldsymbol{y}_i \mid \boldsymbol{y}_{<i}, \boldsymbol{x})"
WORD, LAST_WORD = r"\boldsymbol{E}_x \boldsymbol{x}_j", r"\boldsymbol{E}_y \boldsymbol{y}_{i-1}"
LAST_STATE, START = r"\boldsymbol{s}_{i-1}", r"\boldsymbol{s}_0"
FIXED = [
    rf"\boldsymbol{{h}}_j = f_e({WORD}, \boldsymbol{{h}}_{{j-1}}) \in \mathbb{{R}}^n",
    r"\boldsymbol{h}_0 = \boldsymbol{0}",
    r"\boldsymbol{c} = \boldsymbol{h}_{T_x}",
    r"\boldsymbol{h}_{T_x} = \boldsymbol{s}_0",
    r"\boldsymbol{s}_0 = \boldsymbol{c}",
    rf"\boldsymbol{{s}}_i = f({LAST_WORD}, {LAST_STATE}) \in \mathbb{{R}}^n",
    rf"{TRANSLATED} = \boldsymbol{{y}}_i^{{\top}} \operatorname{{softmax}}(g(\boldsymbol{{s}}_i))",
    r"g(\boldsymbol{s}_i) \in \mathbb{R}^K",
]
FED = rf"\boldsymbol{{s}}_i = f({LAST_WORD}, {LAST_STATE}, \boldsymbol{{c}})"
SCORE_SLOPE = r"\partial e_{ij} / \partial \boldsymbol{h}_j"
CONTEXT_SLOPE = r"\frac{\partial \boldsymbol{c}_i}{\partial \boldsymbol{h}_j}"
WEIGHT_SLOPE = r"\partial \boldsymbol{\alpha}_i / \partial \boldsymbol{e}_i"
NO_TANH = (
    r"e_{ij} = \boldsymbol{v}_a^{\top}\boldsymbol{W}_a \boldsymbol{s}_{i-1}"
    r" + \boldsymbol{v}_a^{\top}\boldsymbol{U}_a \boldsymbol{h}_j"
)


SAID = -1.5  # stands for the words before


def weights_of(rng, rows, cols):
    return rng.normal(size=(rows, cols)) / np.sqrt(cols)


def layer(rng, rows, *sizes):
    """A layer with random weights, a function of as many columns as it has sizes."""
    weights = [weights_of(rng, rows, size) for size in sizes]

    def value(*columns):
        return np.tanh(sum(w @ v for w, v in zip(weights, columns, strict=True)))

    return value


def draw_words(rng):
    """One-hot words; those of the target all differ, and y_0 comes before them."""
    one_hot = np.eye(SMALL[K])
    target = rng.permutation(SMALL[K])[: SMALL[T_y] + 1]
    source = rng.integers(SMALL[K], size=SMALL[T_x])
    return {
        **SMALL,
        i: range(1, SMALL[T_y] + 1),
        j: range(1, SMALL[T_x] + 1),
        k: range(1, SMALL[T_x] + 1),
        x: {place: one_hot[:, [word]] for place, word in enumerate(source, start=1)},
        y: {place: one_hot[:, [word]] for place, word in enumerate(target)},
        y_before: SAID,  # which words they are is told by y_i: see `law_of`
        E_x: weights_of(rng, SMALL[q], SMALL[K]),
        E_y: weights_of(rng, SMALL[q], SMALL[K]),
    }


def law_of(given, chances):
    """The function p(y_i | y_<i, x), and of nothing else; y_i tells the place i.

    Target words differ. `chances` are, by place, those of the word there, as (word, chance).
    """

    def value(word, before, source):
        if before != SAID or not np.array_equal(list(source.members.values()), sentence):
            raise ValueError("the condition is not y_<i, x")
        return next(c for one, c in chances.values() if np.array_equal(one, word))

    sentence = list(given[x].values())
    return value


def chance(word, scored):
    """The softmax of scores at a one-hot word."""
    (place,) = np.flatnonzero(word)
    return 1 / sum(np.exp(other - scored[place, 0]) for other in scored[:, 0])


def draw_fixed_vector(rng):
    """Sutskever et al.: the encoder's last state starts the decoder."""
    given, size = draw_words(rng), SMALL[n]
    transition, step = (layer(rng, size, SMALL[q], size) for _ in range(2))
    output = weights_of(rng, SMALL[K], size)
    notes, states_, chances = {0: np.zeros((size, 1))}, {}, {}
    for place, word in given[x].items():
        notes[place] = transition(given[E_x] @ word, notes[place - 1])
    context = states_[0] = notes[len(notes) - 1]
    for place in given[i]:
        states_[place] = step(given[E_y] @ given[y][place - 1], states_[place - 1])
        word = given[y][place]
        chances[place] = word, chance(word, output @ states_[place])
    made = {f_e: transition, f: step, g: lambda state: output @ state}
    made |= {p: law_of(given, chances), h: notes, s: states_, START: states_[0]}
    return given | made | {c_single: context}


def draw_fed(rng):
    """Cho et al.: the context enters every step of the decoder."""
    given, size = draw_words(rng), SMALL[n]
    step, context = layer(rng, size, SMALL[q], size, size), rng.normal(size=(size, 1))
    states_ = {0: rng.normal(size=(size, 1))}
    for place in given[i]:
        states_[place] = step(given[E_y] @ given[y][place - 1], states_[place - 1], context)
    return given | {f: step, s: states_, c_single: context}


def unit_scores(model, state, notes):
    """The score of each annotation, one unit of the alignment model after the other."""
    w_, u_, v_ = (model[key] for key in (W_a, U_a, v_a))
    found = []
    for note in notes:
        units = [
            np.tanh(sum(w_[unit] * state[:, 0]) + sum(u_[unit] * note)) for unit in range(SMALL[d])
        ]
        found.append(sum(v_[unit, 0] * value for unit, value in enumerate(units)))
    return found


def shares(scored):
    """Each weight from the ratios of the others to it."""
    return [1 / sum(np.exp(other - one) for other in scored) for one in scored]


def blend(model, state, notes):
    """A context from the rows `notes`, one component after the other."""
    mix = shares(unit_scores(model, state, notes))
    return np.array([sum(a * v for a, v in zip(mix, col, strict=True)) for col in notes.T])


def draw_aligner(rng):
    return {
        W_s: weights_of(rng, SMALL[m], SMALL[n]),
        W_a: weights_of(rng, SMALL[d], SMALL[m]),
        U_a: weights_of(rng, SMALL[d], 2 * SMALL[n]),
        v_a: rng.normal(size=(SMALL[d], 1)),
        identity: np.eye(2 * SMALL[n]),
        ones: np.ones((SMALL[d], 1)),
        delta: {(one, two): int(one == two) for one in range(1, 5) for two in range(1, 5)},
    }


def draw_notes(rng, given):
    """The two passes of the bidirectional encoder, and their states side by side."""
    size, last = SMALL[n], SMALL[T_x]
    onward, backward = (layer(rng, size, SMALL[q], size) for _ in range(2))
    right, left = {0: np.zeros((size, 1))}, {last + 1: np.zeros((size, 1))}
    for place in range(1, last + 1):
        right[place] = onward(given[E_x] @ given[x][place], right[place - 1])
    for place in range(last, 0, -1):
        left[place] = backward(given[E_x] @ given[x][place], left[place + 1])
    notes = {place: np.concatenate([right[place], left[place]]) for place in given[j]}
    return {f_right: onward, f_left: backward, h_right: right, h_left: left, h: notes}


def draw_attention(rng):
    """The model of Bahdanau et al. on one sentence, with random weights."""
    given = draw_words(rng) | draw_aligner(rng)
    given |= draw_notes(rng, given)
    notes = np.hstack([given[h][place] for place in given[j]]).T
    step = layer(rng, SMALL[m], SMALL[q], SMALL[m], 2 * SMALL[n])
    output = layer(rng, SMALL[K], SMALL[q], SMALL[m], 2 * SMALL[n])
    start = [np.tanh(sum(row * given[h_left][1][:, 0])) for row in given[W_s]]
    states_, scored, mixed, chances = {0: np.array(start).reshape(-1, 1)}, {}, {}, {}
    for place in given[i]:
        before, word = given[E_y] @ given[y][place - 1], given[y][place]
        scored[place] = unit_scores(given, states_[place - 1], notes)
        mixed[place] = blend(given, states_[place - 1], notes).reshape(-1, 1)
        states_[place] = step(before, states_[place - 1], mixed[place])
        chances[place] = word, chance(word, output(before, states_[place], mixed[place]))
    mixes = {place: shares(values) for place, values in scored.items()}
    made = {
        e: {(one, two + 1): v for one, row in scored.items() for two, v in enumerate(row)},
        alpha: {(one, two + 1): v for one, row in mixes.items() for two, v in enumerate(row)},
        alpha_row: {one: np.array(row).reshape(-1, 1) for one, row in mixes.items()},
    }
    parts = {f: step, g: output, s: states_, START: states_[0], c: mixed}
    return given | made | parts | {p: law_of(given, chances)}


def measured(value, point):
    """The Jacobian of a function of a vector, by complex steps."""
    columns = []
    for axis in range(len(point)):
        moved = np.array(point, dtype=complex)
        moved[axis] += 1e-30j
        columns.append(np.atleast_1d(np.imag(value(moved))) / 1e-30)
    return np.array(columns).T


def draw_slopes(rng):
    """Derivatives for one target word and one source word, of the model computed unit by unit."""
    given = draw_attention(rng)
    target, source = (int(rng.choice(given[key])) for key in (i, j))
    state, note = given[s][target - 1], given[h][source][:, 0]
    notes = np.hstack([given[h][place] for place in given[j]]).T

    def with_note(moved):
        return [moved if place == source else notes[place - 1] for place in given[j]]

    def slope_at(one, two):
        before = given[s][one - 1]
        found = measured(lambda moved: unit_scores(given, before, [moved])[0], given[h][two][:, 0])
        return found.T

    def context_of(moved):
        return blend(given, state, np.array(with_note(moved)))

    slopes = {pair: slope_at(*pair) for pair in product(given[i], given[j])}
    return given | {
        i: {target},
        j: {source},
        r: slopes,
        SCORE_SLOPE: slopes[target, source],
        CONTEXT_SLOPE: measured(context_of, note),
        WEIGHT_SLOPE: measured(shares, unit_scores(given, state, notes)),
    }


def draw_scores(rng):
    """Scores of several target words that are symbols, so that SymPy takes the derivatives."""
    places = range(1, int(rng.integers(2, 4)) + 1)
    pairs = list(product(places, places))
    free = {pair: symbol("e_{}{}".format(*pair), Reals, fr="score", en="score") for pair in pairs}
    odds = {pair: exp(value) for pair, value in free.items()}
    masses = {one: sum(odds[one, two] for two in places) for one in places}
    return {
        i: places,
        j: places,
        k: places,
        T_x: len(places),
        e: free,
        alpha: {pair: odd / masses[pair[0]] for pair, odd in odds.items()},
        r"\boldsymbol{e}_1": Matrix([free[1, place] for place in places]),
        delta: {(one, two): int(one == two) for one, two in pairs},
    }


def draw_linear_scores(rng):
    """The score without its tanh, one product after the other."""
    given = draw_attention(rng)
    w_, u_, v_ = (given[key] for key in (W_a, U_a, v_a))
    found = {}
    for target, source in product(given[i], given[j]):
        state, note = given[s][target - 1][:, 0], given[h][source][:, 0]
        units = [sum(w_[unit] * state) + sum(u_[unit] * note) for unit in range(SMALL[d])]
        found[target, source] = sum(v_[:, 0] * units)
    return given | {e: found}


def draw_law(rng):
    """A random law of sentences: conditional chances are ratios of sums over what is not said."""
    given, size = draw_words(rng), SMALL[K]
    table = rng.random((size,) * SMALL[T_y])
    said = [int(np.argmax(given[y][place])) for place in given[i]]
    masses = [table[tuple(said[:place])].sum() for place in range(len(said) + 1)]
    chances = {place: (given[y][place], masses[place] / masses[place - 1]) for place in given[i]}
    whole = r"p(\boldsymbol{y}_1, \ldots, \boldsymbol{y}_{T_y} \mid \boldsymbol{x})"
    return given | {p: law_of(given, chances), whole: table[tuple(said)] / table.sum()}


def between(tx, ty):
    """The lengths of shortest paths, searched in the graph, as functions of (i, j)."""

    def searched(model):
        return lambda target, source: shortest(model, tx, ty, source, target)

    return {ell_S: searched("S"), ell_C: searched("C"), ell_A: searched("A")}


def draw_paths(rng):
    tx, ty = (int(size) for size in rng.integers(2, 6, size=2))
    ranges = {i: range(1, ty + 1), j: range(1, tx + 1)}
    return {T_x: tx, T_y: ty} | ranges | between(tx, ty)


def draw_aligned_paths(rng):
    size = int(rng.integers(2, 6))
    return {T: size, i: range(1, size + 1)} | between(size, size)


def draw_costs(rng):
    """Multiply-adds of loops; the length where pairs cost as much, from lengths 1 and 2."""
    sizes = [int(size) for size in rng.integers(2, 7, size=5)]
    one, two = (count_loops(*sizes[:3], size, size, once=True) for size in (1, 2))
    bend = (two - 2 * one) / 2
    return {
        **dict(zip(DIMENSIONS, sizes, strict=True)),
        Q: count_loops(*sizes, once=True),
        Q_naive: count_loops(*sizes, once=False),
        T_star: (one - bend) / bend,
    }


def draw_standard_words(rng, length):
    """(words, chances): every outcome of independent words of two values, standardized."""
    often = rng.uniform(0.2, 0.8, size=length)
    cases = np.array(list(product((0, 1), repeat=length)))
    values = np.where(cases, np.sqrt((1 - often) / often), -np.sqrt(often / (1 - often)))
    return values, np.where(cases, often, 1 - often).prod(axis=1)


def best_reading(codes, inputs, chances):
    """(offset and matrix, readings) of the best affine reading of codes, outcome by outcome."""
    features, scale = np.column_stack([np.ones(len(codes)), codes]), np.sqrt(chances)[:, None]
    found = np.linalg.lstsq(features * scale, inputs * scale, rcond=None)[0]
    return found, features @ found


def least_error_found(rng, inputs, chances, kept):
    """By turns the best reading of an encoder, and the best encoder for a reading."""
    codes = rng.normal(size=(len(inputs), kept))
    for _ in range(3):
        found, _read = best_reading(codes, inputs, chances)
        codes = (inputs - found[0]) @ np.linalg.pinv(found[1:])
    read = best_reading(codes, inputs, chances)[1]
    return float(chances @ ((inputs - read) ** 2).mean(axis=1))


def draw_reading(rng):
    """A random encoder, affine or not, on the outcomes of a few words.

    A random variable is the diagonal matrix of its values: products and powers are those of
    matrices. The vectors are those of one outcome.
    """
    length, kept = int(rng.integers(4, 6)), int(rng.integers(2, 4))
    inputs, chances = draw_standard_words(rng, length)
    codes = rng.normal(size=(len(inputs), kept))
    if rng.integers(2):
        codes = inputs @ rng.normal(size=(length, kept))  # no part of the memory is lost then
    codes[:, 0] = rng.choice([codes[:, 0], 1.5 * np.ones(len(inputs))])  # or the constant: N' < N
    found, read = best_reading(codes, inputs, chances)
    centered = (codes - chances @ codes) * np.sqrt(chances)[:, None]
    left, sizes, _ = np.linalg.svd(centered, full_matrices=False)
    basis = left[:, sizes > 1e-9] / np.sqrt(chances)[:, None]
    outcome = rng.integers(len(inputs))
    sizes_ = {T: length, N: kept, N_basis: basis.shape[1]}
    vectors = {A: found[1:].T, a: found[0], c_single: codes[outcome], read_words: read[outcome]}
    return (
        sizes_
        | vectors
        | {
            r"\varphi(u_1, \ldots, u_T)": codes[outcome],
            mean: lambda variable: float(chances @ np.diag(variable)),
            words: {place + 1: np.diag(column) for place, column in enumerate(inputs.T)},
            read_word: {place + 1: np.diag(column) for place, column in enumerate(read.T)},
            w: {place + 1: np.diag(column) for place, column in enumerate(basis.T)},
            least_error.lhs: least_error_found(rng, inputs, chances, kept),
        }
    )


def first_length(words_, bits):
    """The first length at which there are more sentences than memories of so many bits."""
    length, sentences = 0, 1
    while sentences <= 2**bits:
        length, sentences = length + 1, sentences * words_
    return length


def example():
    """The worked example, exactly: annotations mixed by their weights, slopes by SymPy."""
    mixes = [weights_for(state) for state in S]
    mixed = [Matrix([list(mix)]) * Matrix.hstack(*H).T for mix in mixes]
    data = {n: 1, m: 2, d: 2, T_x: len(H), W_a: W_A, U_a: U_A, v_a: V_A, identity: eye(2)}
    return data | {
        START: S[0],
        r"\boldsymbol{s}_1": S[1],
        r"\bigl[\, e_{ij} \,\bigr]": Matrix([[score(one, note) for note in H] for one in S]),
        r"\bigl[\, \alpha_{ij} \,\bigr]": Matrix(mixes),
        r"\boldsymbol{\alpha}_1": Matrix(mixes[0]),
        r"\boldsymbol{c}_1": mixed[0].T,
        r"\boldsymbol{c}_2": mixed[1].T,
        r"\frac{\partial \boldsymbol{c}_1}{\partial \boldsymbol{h}_1}": reach_by_sympy() * 8 / 169,
    }


question = Question(
    title=Text(fr="Traduction et attention", en="Translation and attention"),
    parts=[
        Part(
            "a",
            points=10,
            answers=[
                *(scores, weights, contexts, softmax_jacobian, reach),
                *(paths, lags, cost, naive, crossover, least_error, pigeonhole, sharp),
            ],
            experiments=[recall, alignment],
            marking=[
                Mark(
                    2,
                    fr="Seq2Seq : encodeur, vecteur de longueur fixe, décodeur "
                    "conditionné par ce vecteur",
                    en="Seq2Seq: encoder, fixed-length vector, decoder conditioned on this vector",
                ),
                Mark(
                    1,
                    fr="attention : une annotation par mot source (encodeur bidirectionnel), "
                    "toutes gardées",
                    en="attention: one annotation per source word (bidirectional encoder), all of "
                    "them kept",
                ),
                Mark(
                    3,
                    fr=r"équations : score $e_{ij}$ avec $\boldsymbol{s}_{i-1}$ (1), softmax "
                    r"sur $j$ (1), $\boldsymbol{c}_i$ et son emploi dans $\boldsymbol{s}_i$ (1)",
                    en=r"equations: score $e_{ij}$ with $\boldsymbol{s}_{i-1}$ (1), softmax "
                    r"over $j$ (1), $\boldsymbol{c}_i$ and its use in $\boldsymbol{s}_i$ (1)",
                ),
                Mark(
                    1,
                    fr="tout est dérivable : l'alignement s'apprend avec le reste",
                    en="everything is differentiable: the alignment is learned with the rest",
                ),
                Mark(
                    1,
                    fr="différence : un contexte unique, contre un contexte par mot cible",
                    en="difference: a single context, against one context per target word",
                ),
                Mark(
                    2,
                    fr="avantage : pas de goulot d'étranglement (1), avec sa raison : mémoire qui "
                    "croît avec la phrase, ou chemins courts (1)",
                    en="advantage: no bottleneck (1), with its reason: memory that grows with "
                    "the sentence, or short paths (1)",
                ),
            ],
        )
    ],
    figures=[models, alignments, memory],
    instances=[
        *(Instance(draw_attention), Instance(draw_slopes), Instance(draw_scores)),
        *(Instance(draw_law), Instance(draw_costs), Instance(draw_reading)),
        Instance(draw_fixed_vector, only=FIXED),
        Instance(draw_fed, only=[FED]),
        Instance(draw_linear_scores, only=[NO_TANH]),
        Instance(draw_paths, only=[f"{paths.lhs} = [T_x - j + i, T_x - j + 1, 2]"]),
        Instance(draw_aligned_paths, only=[f"{lags.lhs} = [T, 2i - 1]"]),
        *(Instance(example()), Instance(PAPER), Instance({N: 2 * UNITS})),
        Instance(BITS),
        Instance(
            {pigeonhole.lhs: first_length(BITS[K], BITS[n] * BITS[b])},
            only=[f"{pigeonhole.lhs} = {pigeonhole.value}"],
        ),
    ],
    summary=[
        Key(
            r"e_{ij} = \boldsymbol{v}_a^{\top} \tanh(\boldsymbol{W}_a \boldsymbol{s}_{i-1}"
            r" + \boldsymbol{U}_a \boldsymbol{h}_j)",
            fr="score additif",
            en="additive score",
        ),
        Key(
            r"\alpha_{ij} = \exp(e_{ij}) \big/ \textstyle\sum_{k=1}^{T_x} \exp(e_{ik})",
            fr="poids d'attention, softmax sur les mots sources",
            en="attention weights, softmax over the source words",
        ),
        Key(
            r"\boldsymbol{c}_i = \textstyle\sum_{j=1}^{T_x} \alpha_{ij} \boldsymbol{h}_j",
            fr="vecteur de contexte du mot $i$",
            en="context vector of word $i$",
        ),
        Key(
            r"\boldsymbol{s}_i = f(\boldsymbol{E}_y \boldsymbol{y}_{i-1}, \boldsymbol{s}_{i-1},"
            r" \boldsymbol{c}_i)",
            fr="état du décodeur avec attention",
            en="decoder state with attention",
        ),
        Key(
            r"\partial \boldsymbol{\alpha}_i / \partial \boldsymbol{e}_i ="
            r" \operatorname{diag}(\boldsymbol{\alpha}_i)"
            r" - \boldsymbol{\alpha}_i^{} \boldsymbol{\alpha}_i^{\top}",
            fr="jacobienne du softmax",
            en="Jacobian of the softmax",
        ),
        Key(
            paths,
            fr="plus courts chemins : les deux Seq2Seq, puis l'attention",
            en="shortest paths: the two Seq2Seq, then attention",
        ),
        Key(
            cost,
            fr="coût de l'attention, en multiplications-additions",
            en="cost of attention, in multiply-adds",
        ),
        Key(
            least_error,
            fr="plus petite erreur pour $T$ mots indépendants, centrés et réduits, et une mémoire "
            "de $N \\leq T$ nombres lue par une fonction affine",
            en="least error for $T$ independent standardized words and a memory of "
            "$N \\leq T$ numbers read by an affine function",
        ),
    ],
)
