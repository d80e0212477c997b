"""Question 3: a variant of the LSTM, and what it carries over time.

Part (a) differentiates the second cell state with respect to the first input, path by path. Part
(b) bounds the one-step Jacobian of the state (c, h), then compares the variant with a sigmoid RNN
and with a standard LSTM. The recurrences of the exam, written once for mpmath and once for NumPy,
are what every formula is checked against.
"""

import random
from functools import lru_cache, reduce
from itertools import pairwise

import mpmath
import numpy as np
import sympy as sp
from sympy import Abs, Interval, Matrix, Naturals, Rational, Reals, Symbol
from sympy import diff, exp, limit, log, oo, sqrt, tanh

from questions.phrases import CHAIN_RULE, COLLECT, COMPLETE_SQUARE, SUBSTITUTE
from solgen import Answer, Check, Derivation, Experiment, Figure, Instance, Key, Mark, Measure, Part
from solgen import Question, Step, Table, Term, Text
from solgen import agree, equal, holds, over, plus, power, symbol, times, unfold

HALF, QUARTER = Rational(1, 2), Rational(1, 4)
UNIT, SIGNED = Interval.open(0, 1), Interval.open(-1, 1)
NONNEGATIVE = Interval(0, oo)


def real(name, latex, fr, en, value=None, domain=Reals):
    return symbol(name, domain, value=value, latex=latex, fr=fr, en=en)


# --- glossary -------------------------------------------------------------------------------
# What exists for several gates or times is a dictionary here, and one line of the notation.
GATES = {
    "f": ("porte d'oubli", "forget gate"),
    "o": ("porte de sortie", "output gate"),
    "c": ("candidat", "candidate"),
}


def weights(letter, fr, en):
    """One parameter of the scalar model for each gate."""
    return {
        gate: real(f"{letter}_{gate}", None, f"{fr}, {names[0]}", f"{en}, {names[1]}")
        for gate, names in GATES.items()
    }


def in_time(name, latex, times_, domain, fr, en):
    """A quantity at several times."""
    return {
        t: real(
            f"{name}_{t}", f"{latex}_{t}", f"{fr}, instant ${t}$", f"{en}, time ${t}$", None, domain
        )
        for t in times_
    }


ROW_t = Term("t", fr="instant", en="time")
x_t = Term("x_t", fr="entrée", en="input")
c_t = Term("c_t", fr="état de la cellule", en="cell state")
h_t = Term("h_t", fr="état caché", en="hidden state")
y_t = Term("y_t", fr="sortie", en="output")
ROW_sigma = Term(r"\sigma", fr="sigmoïde logistique", en="logistic sigmoid")
u = real("u", None, "argument d'une fonction", "argument of a function")
x0 = real("x_0", None, "entrée à l'instant 0", "input at time 0")
x1 = real("x_1", None, "entrée à l'instant 1", "input at time 1")
h_m1 = real("h_m1", "h_{-1}", "état caché initial", "initial hidden state")
c_m1 = real("c_m1", "c_{-1}", "état initial de la cellule", "initial cell state")
W = weights("W", "poids d'entrée", "input weight")
U = weights("U", "poids récurrent", "recurrent weight")
b = weights("b", "biais", "bias")
f = in_time("f", "f", (0, 1, "t"), UNIT, "porte d'oubli", "forget gate")
o = in_time("o", "o", (0, "t"), UNIT, "porte de sortie", "output gate")
g = in_time("g", "g", (0, 1, "t"), SIGNED, "candidat", "candidate")
s = in_time(
    "s", "s", ("t",), SIGNED, "$\\tanh$ de l'état de la cellule", "$\\tanh$ of the cell state"
)
phi = {
    t: real(
        f"phi_{t}",
        rf"\varphi_{t}",
        f"facteur de mémoire, instant ${t}$",
        f"memory factor, time ${t}$",
        f[t] * (1 - f[t]),
        Interval.Lopen(0, QUARTER),
    )
    for t in (0, 1)
}
ROW_W = Term(
    "W_f",
    fr="poids d'entrée de la porte d'oubli ; $W_o$ et $W_c$ : porte de sortie et candidat",
    en="input weight of the forget gate; $W_o$ and $W_c$: output gate and candidate",
)
ROW_U = Term(
    "U_f",
    fr="poids récurrent de la porte d'oubli ; de même $U_o$ et $U_c$",
    en="recurrent weight of the forget gate; likewise $U_o$ and $U_c$",
)
ROW_b = Term(
    "b_f",
    fr="biais de la porte d'oubli ; de même $b_o$ et $b_c$",
    en="bias of the forget gate; likewise $b_o$ and $b_c$",
)
W_y = Term("W_y", fr="poids de sortie", en="output weight")
d = Term("d", fr="biais de sortie", en="output bias")
ROW_f = Term("f_t", fr="porte d'oubli, dans $(0, 1)$", en="forget gate, in $(0, 1)$")
ROW_o = Term("o_t", fr="porte de sortie, dans $(0, 1)$", en="output gate, in $(0, 1)$")
ROW_g = Term("g_t", fr="candidat, dans $(-1, 1)$", en="candidate, in $(-1, 1)$")
ROW_phi = Term(
    r"\varphi_t", fr="$f_t(1 - f_t)$, facteur de mémoire", en="$f_t(1 - f_t)$, memory factor"
)
ROW_s = Term("s_t", fr=r"$\tanh c_t$", en=r"$\tanh c_t$")
c0 = real(
    "c_0",
    None,
    "état de la cellule, instant 0",
    "cell state, time 0",
    plus(times(phi[0], c_m1), g[0]),
)
s[0] = real(
    "s_0",
    "s_0",
    "$\\tanh$ de l'état de la cellule, instant 0",
    "$\\tanh$ of the cell state, time 0",
    tanh(c0),
    SIGNED,
)
h0 = real("h_0", None, "état caché, instant 0", "hidden state, time 0", o[0] * s[0], SIGNED)
c1 = real(
    "c_1",
    None,
    "état de la cellule, instant 1",
    "cell state, time 1",
    plus(times(phi[1], c0), g[1]),
)
# Local slopes, arrow by arrow: x0 to c0 through f0 and g0; o0 and c0 to h0; h0 to c1.
to_cell = (times(W["f"], phi[0], 1 - 2 * f[0], c_m1), times(W["c"], 1 - g[0] ** 2))
by_output, into_hidden = times(W["o"], o[0], 1 - o[0], s[0]), times(o[0], 1 - s[0] ** 2)
onward = (times(U["f"], phi[1], 1 - 2 * f[1], c0), times(U["c"], 1 - g[1] ** 2))
dc0 = real(
    "dc_0",
    r"\dot c_0",
    r"$\mathrm{d}c_0/\mathrm{d}x_0$",
    r"$\mathrm{d}c_0/\mathrm{d}x_0$",
    plus(*to_cell),
)
dh0 = real(
    "dh_0",
    r"\dot h_0",
    r"$\mathrm{d}h_0/\mathrm{d}x_0$",
    r"$\mathrm{d}h_0/\mathrm{d}x_0$",
    plus(by_output, times(*into_hidden.args, dc0)),
)
B1 = real(
    "B_1",
    None,
    r"$\partial c_1/\partial h_0$, à $c_0$ fixé",
    r"$\partial c_1/\partial h_0$, with $c_0$ fixed",
    plus(*onward),
)
ROW_k = Term(
    "k",
    fr="indice d'un chemin ou d'un terme d'une série",
    en="index of a path or of a term of a series",
)
ROW_p = Term(
    "p_k",
    fr="contribution du $k$-ième chemin de $x_0$ à $c_1$",
    en="contribution of the $k$-th path from $x_0$ to $c_1$",
)
n = Term("n", fr="nombre d'unités", en="number of units")
identity = Term("I", fr="matrice identité", en="identity matrix")
z = Term("z_t", fr="état $(c_t, h_t)$ à l'instant $t$", en="state $(c_t, h_t)$ at time $t$")
c_prev = real("c_prev", "c_{t-1}", "état précédent de la cellule", "previous cell state")
T = symbol(
    "T",
    Naturals,
    fr="nombre de pas, de l'entrée à la sortie",
    en="number of steps, from input to output",
)
beta = real(
    "beta",
    None,
    r"majorant de $\lVert B_t \rVert$",
    r"upper bound on $\lVert B_t \rVert$",
    domain=NONNEGATIVE,
)
gamma = real(
    "gamma",
    None,
    r"majorant de $\lVert Q_t U_o \rVert$",
    r"upper bound on $\lVert Q_t U_o \rVert$",
    domain=NONNEGATIVE,
)
RNN = {
    "U": real("U", None, "poids récurrent du RNN", "recurrent weight of the RNN"),
    "W": real("W", None, "poids d'entrée du RNN", "input weight of the RNN"),
}
ROW_RNN_W = Term("W", fr="poids d'entrée du RNN sigmoïde", en="input weight of the sigmoid RNN")
ROW_RNN_U = Term(
    "U", fr="poids récurrent du RNN sigmoïde", en="recurrent weight of the sigmoid RNN"
)
rest_h = Term(
    "h",
    fr="point fixe du RNN sigmoïde sans entrée",
    en="fixed point of the sigmoid RNN without input",
)
a = real(
    "a",
    None,
    "préactivation en ce point fixe",
    "pre-activation at this fixed point",
    domain=Interval.open(0, oo),
)
Phi = Term(r"\Phi_t", fr=r"effet de $c_{t-1}$ sur $c_t$", en=r"effect of $c_{t-1}$ on $c_t$")
B = Term("B_t", fr=r"effet de $h_{t-1}$ sur $c_t$", en=r"effect of $h_{t-1}$ on $c_t$")
E = Term("E_t", fr=r"effet de $c_t$ sur $h_t$", en=r"effect of $c_t$ on $h_t$")
Q = Term(
    "Q_t",
    fr=r"effet sur $h_t$ de la préactivation de la porte $o_t$",
    en=r"effect on $h_t$ of the pre-activation of the gate $o_t$",
)
J = Term("J_t", fr=r"jacobienne d'un pas, sur $(c, h)$", en=r"one-step Jacobian, on $(c, h)$")
M = Term(
    "M",
    fr="majorants des normes des blocs de $J_t$",
    en="upper bounds on the norms of the blocks of $J_t$",
)
rho = Term(r"\rho", fr="plus grande valeur propre de $M$", en="largest eigenvalue of $M$")
rho_low = Term(r"\rho'", fr="plus petite valeur propre de $M$", en="smallest eigenvalue of $M$")
delta_c = Term(r"\delta c_t", fr="perturbation de $c_t$", en="perturbation of $c_t$")
delta_h = Term(r"\delta h_t", fr="perturbation de $h_t$", en="perturbation of $h_t$")
i_t = Term("i_t", fr="porte d'entrée du LSTM standard", en="input gate of the standard LSTM")
ROW_r = Term("r", fr="échelle des poids récurrents", en="scale of the recurrent weights")


def number(fraction):
    return mpmath.mpf(fraction.p) / fraction.q


# --- the recurrences, for mpmath and NumPy, real or complex ------------------------------------
def logistic(t):
    return 1 / (1 + mpmath.exp(-t))


def step(weights, x, h, c):
    """One step of the exam's scalar variant: its new (c, h)."""
    wf, uf, bf, wo, uo, bo, wc, uc, bc = weights
    forget, output = logistic(wf * x + uf * h + bf), logistic(wo * x + uo * h + bo)
    c = forget * (1 - forget) * c + mpmath.tanh(wc * x + uc * h + bc)
    return c, output * mpmath.tanh(c)


def slope_of(function, at):
    """Complex step: the imaginary part grows along the derivative, without any subtraction."""
    tiny = mpmath.mpf(10) ** -150
    with mpmath.workdps(60):
        return mpmath.im(function(mpmath.mpc(at, tiny))) / tiny


PARAMETERS = [each[gate] for gate in "foc" for each in (W, U, b)]
INPUTS = (*PARAMETERS, x0, x1, h_m1, c_m1)
NAMED = (f[0], o[0], g[0], s[0], f[1], g[1])


@lru_cache
def cases():
    """Sixteen random models: parameters and inputs in [-2, 2], initial states in [-1, 1]."""
    rng = random.Random(3)  # noqa: S311 - reproducible on purpose
    with mpmath.workdps(60):
        drawn = [[mpmath.mpf(rng.randint(-199, 199)) / 100 for _ in INPUTS] for _ in range(16)]
        return [[*values[:-2], values[-2] / 2, values[-1] / 2] for values in drawn]


def gates(weights, x, x_next, h, c):
    """What f0, o0, g0, s0, f1, g1 are worth in one model."""
    wf, uf, bf, wo, uo, bo, wc, uc, bc = weights
    cell, hidden = step(weights, x, h, c)
    return (
        logistic(wf * x + uf * h + bf),
        logistic(wo * x + uo * h + bo),
        mpmath.tanh(wc * x + uc * h + bc),
        mpmath.tanh(cell),
        logistic(wf * x_next + uf * hidden + bf),
        mpmath.tanh(wc * x_next + uc * hidden + bc),
    )


@lru_cache
def named_cases():
    """The cases, each followed by what its gates are worth."""
    with mpmath.workdps(60):
        return [(*case, *gates(case[:9], *case[9:])) for case in cases()]


@lru_cache(1024)
def in_cases(expression):
    """What an expression is worth in the sixteen models."""
    value = sp.lambdify((*INPUTS, *NAMED), unfold(expression), "mpmath")
    with mpmath.workdps(60):
        return [value(*case) for case in named_cases()]


def on_cases(function):
    """A check: in sixteen models the answer is worth `function(weights, x0, x1, h, c)`."""

    @lru_cache
    def expected():
        with mpmath.workdps(60):
            return [function(case[:9], *case[9:]) for case in cases()]

    def check(answer):
        return agree(in_cases(answer), expected(), digits=20)

    return check


def sigmoid(a):
    return 1 / (1 + exp(-a))


def symbolic_slope(expression, variable):
    """SymPy's derivative of a recurrence written out in full, with its gates then named."""
    names = {}
    for name, inside in ((f[1], PRE_F1), (f[0], PRE_F0), (o[0], PRE_O0)):
        names[exp(-inside)] = (1 - name) / name
    names |= {tanh(PRE_G1): g[1], tanh(PRE_G0): g[0], tanh(FULL_C0): s[0]}
    return diff(expression, variable).xreplace(names)


PRE_F0, PRE_O0 = W["f"] * x0 + U["f"] * h_m1 + b["f"], W["o"] * x0 + U["o"] * h_m1 + b["o"]
PRE_G0 = W["c"] * x0 + U["c"] * h_m1 + b["c"]
FULL_C0 = sigmoid(PRE_F0) * (1 - sigmoid(PRE_F0)) * c_m1 + tanh(PRE_G0)
FULL_H0 = sigmoid(PRE_O0) * tanh(FULL_C0)
PRE_F1, PRE_G1 = W["f"] * x1 + U["f"] * FULL_H0 + b["f"], W["c"] * x1 + U["c"] * FULL_H0 + b["c"]
FULL_C1 = sigmoid(PRE_F1) * (1 - sigmoid(PRE_F1)) * FULL_C0 + tanh(PRE_G1)


def by_complex_step(function):
    """The slope in x0 of function(weights, x0, x1, h, c), by a complex step."""

    def slope(weights, x, *rest):
        return slope_of(lambda z: function(weights, z, *rest), x)

    return Check(
        "definition",
        on_cases(slope),
        fr="récurrence déroulée, pas complexe, 16 modèles",
        en="unrolled recurrence, complex step, 16 models",
    )


def by_difference(function):
    """The slope in x0, by mpmath's central differences."""

    def slope(weights, x, *rest):
        return mpmath.diff(lambda z: function(weights, z, *rest), x)

    return Check(
        "numeric",
        on_cases(slope),
        fr="différences à 60 chiffres, 16 modèles",
        en="60-digit differences, 16 models",
    )


def first_cell(weights, x, _x1, h, c):
    return step(weights, x, h, c)[0]


def first_hidden(weights, x, _x1, h, c):
    return step(weights, x, h, c)[1]


def second_cell(weights, x, x_next, h, c):
    c, h = step(weights, x, h, c)
    return step(weights, x_next, h, c)[0]


def slope_in_x0(lhs, function, recurrence, *steps):
    checks = [by_complex_step(function), by_difference(function)]
    return Derivation(lhs, symbolic_slope(recurrence, x0), steps, checks)


# --- (a) the derivative, from the inside out --------------------------------------------------
dc0_dx0 = slope_in_x0(
    r"\dot c_0 = \frac{\mathrm{d} c_0}{\mathrm{d} x_0}",
    first_cell,
    FULL_C0,
    Step(
        plus(times(W["f"], phi[0], 1 - 2 * f[0], c_m1), times(W["c"], 1 - g[0] ** 2)),
        Text(fr=r"par $f_0$, puis par $g_0$", en=r"through $f_0$, then through $g_0$"),
    ),
)
dh0_dx0 = slope_in_x0(
    r"\dot h_0 = \frac{\mathrm{d} h_0}{\mathrm{d} x_0}",
    first_hidden,
    FULL_H0,
    Step(
        plus(times(W["o"], o[0], 1 - o[0], s[0]), times(o[0], 1 - s[0] ** 2, dc0)),
        Text(fr=r"par $o_0$, puis par $c_0$", en=r"through $o_0$, then through $c_0$"),
    ),
)


def forced(h):
    """c1 as SymPy sees it when h0 alone varies."""
    forget = sigmoid(W["f"] * x1 + U["f"] * h + b["f"])
    return forget * (1 - forget) * c0 + tanh(W["c"] * x1 + U["c"] * h + b["c"])


def forced_slope():
    h = sp.Dummy("h", real=True)
    names = {
        exp(-(W["f"] * x1 + U["f"] * h + b["f"])): (1 - f[1]) / f[1],
        tanh(W["c"] * x1 + U["c"] * h + b["c"]): g[1],
    }
    return diff(forced(h), h).xreplace(names)


def check_forced_state(weights, x, x_next, h, c):
    """c1 when h0 alone is moved: c0 keeps its value."""
    c, h = step(weights, x, h, c)
    return slope_of(lambda z: step(weights, x_next, z, c)[0], h)


B1_value = Derivation(
    r"B_1 = \left.\frac{\partial c_1}{\partial h_0}\right|_{c_0}",
    forced_slope(),
    [
        Step(
            plus(times(U["f"], phi[1], 1 - 2 * f[1], c0), times(U["c"], 1 - g[1] ** 2)),
            Text(fr=r"par $f_1$, puis par $g_1$", en=r"through $f_1$, then through $g_1$"),
        )
    ],
    checks=[
        Check(
            "definition",
            on_cases(check_forced_state),
            fr="pas complexe sur $h_0$ seul",
            en="complex step on $h_0$ alone",
        )
    ],
)
dc1_dx0 = slope_in_x0(
    r"\frac{\mathrm{d} c_1}{\mathrm{d} x_0}",
    second_cell,
    FULL_C1,
    Step(plus(times(phi[1], dc0), times(B1, dh0)), CHAIN_RULE),
    Step(
        plus(
            times(phi[1], dc0),
            times(B1, plus(times(W["o"], o[0], 1 - o[0], s[0]), times(o[0], 1 - s[0] ** 2, dc0))),
        ),
        SUBSTITUTE,
    ),
    Step(
        plus(
            times(plus(phi[1], times(B1, o[0], 1 - s[0] ** 2)), dc0),
            times(B1, W["o"], o[0], 1 - o[0], s[0]),
        ),
        COLLECT,
    ),
)

# --- (a) the same, path by path -----------------------------------------------------------------
# What each quantity is computed from, in the order in which the text follows the arrows.
READS = {
    "f0": ("x0",),
    "g0": ("x0",),
    "o0": ("x0",),
    "c0": ("f0", "g0"),
    "h0": ("o0", "c0"),
    "f1": ("h0",),
    "g1": ("h0",),
    "c1": ("c0", "f1", "g1"),
}


def routes(end="c1"):
    """Every path from x0 to `end` along the arrows."""
    if end == "x0":
        return [["x0"]]
    return [[*path, end] for source in READS[end] for path in routes(source)]


def compute(node, weights, known, x_next, h, c):
    """One quantity from those it reads."""
    wf, uf, bf, wo, uo, bo, wc, uc, bc = weights
    if node == "f0":
        return logistic(wf * known["x0"] + uf * h + bf)
    if node == "o0":
        return logistic(wo * known["x0"] + uo * h + bo)
    if node == "g0":
        return mpmath.tanh(wc * known["x0"] + uc * h + bc)
    if node == "c0":
        return known["f0"] * (1 - known["f0"]) * c + known["g0"]
    if node == "h0":
        return known["o0"] * mpmath.tanh(known["c0"])
    if node == "f1":
        return logistic(wf * x_next + uf * known["h0"] + bf)
    if node == "g1":
        return mpmath.tanh(wc * x_next + uc * known["h0"] + bc)
    return known["f1"] * (1 - known["f1"]) * known["c0"] + known["g1"]


def forward(weights, x, *rest):
    """Every quantity that depends on x0, computed in its order."""
    known = {"x0": x}
    for node in READS:
        known[node] = compute(node, weights, known, *rest)
    return known


def local_slope(u, v, known, weights, rest):
    """How the quantity v changes with u, measured with everything else fixed."""
    return slope_of(lambda z: compute(v, weights, known | {u: z}, *rest), known[u])


def along(path, weights, x, *rest):
    """The product, along the path, of the local slopes."""
    known = forward(weights, x, *rest)
    return mpmath.fprod(local_slope(u, v, known, weights, rest) for u, v in pairwise(path))


ROUTES = routes()
CONTRIBUTIONS = [
    times(phi[1], *to_cell[0].args),
    times(phi[1], *to_cell[1].args),
    *[
        times(*way.args, *rest)
        for way in onward
        for rest in (
            by_output.args,
            (*into_hidden.args, *to_cell[0].args),
            (*into_hidden.args, *to_cell[1].args),
        )
    ],
]


@lru_cache
def route_checks():
    """For each path, the check of its contribution; what it measures is remembered."""
    return [on_cases(lambda *case, path=path: along(path, *case)) for path in ROUTES]


def check_routes(answer):
    """All paths found by following the arrows backwards; each as a product of measured slopes."""
    evidence = equal(answer.shape, (len(ROUTES), 1))
    for contribution, check in zip(answer, route_checks(), strict=True):
        evidence += check(contribution)
    return evidence


@lru_cache
def monomials():
    """SymPy's derivative, its gates named, is a polynomial in the weights: its terms, sorted."""
    named = unfold(symbolic_slope(FULL_C1, x0))
    found = sp.Poly(named, W["f"], W["o"], W["c"], U["f"], U["c"])
    order = [
        W["f"],
        W["c"],
        W["o"] * U["f"],
        W["f"] * U["f"],
        W["c"] * U["f"],
        W["o"] * U["c"],
        W["f"] * U["c"],
        W["c"] * U["c"],
    ]
    return len(found.monoms()), [found.coeff_monomial(m) * m for m in order]


def check_monomials(answer):
    count, terms = monomials()
    return holds([count == len(terms)], "one monomial per path") + equal([*answer], terms)


path_products = Answer(
    r"\begin{bmatrix} p_1 \\ \vdots \\ p_8 \end{bmatrix}",
    Matrix(CONTRIBUTIONS),
    checks=[
        Check(
            "enumeration",
            check_routes,
            fr="chemins énumérés, pentes mesurées",
            en="paths enumerated, slopes measured",
        ),
        Check(
            "symbolic",
            check_monomials,
            fr="un monôme des poids par chemin",
            en="one monomial in the weights per path",
        ),
    ],
)
# --- (a) a worked instance ----------------------------------------------------------------------
INSTANCE = dict(
    zip(
        INPUTS,
        (
            *(1, -2, -1),  # W_f, U_f, b_f
            *(-1, 1, HALF),  # W_o, U_o, b_o
            *(1, 2, 0),  # W_c, U_c, b_c
            *(HALF, -HALF, HALF, 1),  # x0, x1, h_{-1}, c_{-1}
        ),
        strict=True,
    )
)


def decimal(value, places):
    """A number with so many decimals, in the marks of each language."""
    shown = f"{float(sp.N(value)):.{places}f}"
    return Text(fr=f"${shown.replace('.', '{,}')}$", en=f"${shown}$")


def numbers():
    return [number(sp.sympify(value)) for value in INSTANCE.values()]


def at_instance(*forms):
    """Forms of part (a) in the instance, to 30 decimals."""
    compute_all = sp.lambdify((*INPUTS, *NAMED), list(map(unfold, forms)), "mpmath")
    with mpmath.workdps(60):
        case = numbers()
        found = compute_all(*case, *gates(case[:9], *case[9:]))
        return [Rational(int(mpmath.nint(value * 10**30)), 10**30) for value in found]


def check_instance(answer):
    """The instance is read anew here: nothing of how the value read it is shared."""
    with mpmath.workdps(60):
        read = [mpmath.mpmathify(sp.N(value, 60)) for value in INSTANCE.values()]
        *weights, x, x_next, h, c = read
        slope = slope_of(lambda z: second_cell(weights, z, x_next, h, c), x)
        return equal(answer, int(mpmath.floor(10**6 * slope)))


def check_added_paths(answer):
    with mpmath.workdps(60):
        *weights, x, x_next, h, c = numbers()
        total = mpmath.fsum(along(path, weights, x, x_next, h, c) for path in ROUTES)
        return equal(answer, int(mpmath.floor(10**6 * total)))


TOTAL, *VALUES = at_instance(dc1_dx0.value, *CONTRIBUTIONS)
SEEN = (f[0], g[0], o[0], c0, h0, f[1], g[1])
seen = dict(zip(SEEN, at_instance(*SEEN), strict=True))
worked = Answer(
    r"\left\lfloor 10^6 \, \frac{\mathrm{d} c_1}{\mathrm{d} x_0} \right\rfloor",
    sp.floor(10**6 * TOTAL),
    checks=[
        Check("definition", check_instance, fr="pas complexe", en="complex step"),
        Check("enumeration", check_added_paths, fr="somme sur les chemins", en="sum over paths"),
    ],
)


def arrows(path):
    """The nodes of a path with arrows between them: steps, not limits."""
    shown = r" $\to$ ".join(f"${node[0]}_{node[1]}$" for node in path)
    return Text(fr=shown, en=shown)


path_table = Table(
    header=[
        Text(fr="$k$", en="$k$"),
        Text(fr="chemin", en="path"),
        Text(fr="$p_k$ dans l'exemple", en="$p_k$ in the example"),
    ],
    rows=[
        [k, arrows(path), decimal(value, 6)]
        for k, (path, value) in enumerate(zip(ROUTES, VALUES, strict=True), start=1)
    ],
    align="rlr",
)
fewer = sum(c_m1 not in form.args for form in CONTRIBUTIONS)
direct_share = sum(VALUES[:2])

# --- (b) the one-step Jacobian ------------------------------------------------------------------
BLOCKS = (
    times(f["t"], 1 - f["t"]),
    plus(times(U["f"], f["t"], 1 - f["t"], 1 - 2 * f["t"], c_prev), times(U["c"], 1 - g["t"] ** 2)),
    times(o["t"], 1 - s["t"] ** 2),
    times(o["t"], 1 - o["t"], s["t"]),
)


def check_scalar_step(answer):
    """SymPy's Jacobian of one scalar step, its gates named."""
    x, h = sp.symbols("x h", real=True)
    pre_f, pre_o, pre_g = (
        w * x + u * h + b
        for w, u, b in (
            (W["f"], U["f"], b["f"]),
            (W["o"], U["o"], b["o"]),
            (W["c"], U["c"], b["c"]),
        )
    )
    cell = sigmoid(pre_f) * (1 - sigmoid(pre_f)) * c_prev + tanh(pre_g)
    hidden = sigmoid(pre_o) * tanh(cell)
    names = {exp(-pre_f): (1 - f["t"]) / f["t"], exp(-pre_o): (1 - o["t"]) / o["t"]}
    names |= {tanh(cell): s["t"], tanh(pre_g): g["t"]}
    memory, effect, onto_h, output = answer
    expected = [[memory, effect], [onto_h * memory, onto_h * effect + output * U["o"]]]
    found = [[diff(new, old).xreplace(names) for old in (c_prev, h)] for new in (cell, hidden)]
    return equal(Matrix(expected), Matrix(found))


@lru_cache
def vector_step():
    """The Jacobian of one step on 3 + 3 numbers, by complex steps, and what the blocks are in it.

    Row i of each block has the scalar formula of unit i, with the weights of row i.
    """
    rng = np.random.default_rng(3)
    (weights_f, weights_o, weights_c), state = rng.normal(size=(3, 3, 7)), rng.normal(size=6)

    def run(state):
        cell, hidden = state[:3], state[3:]
        forget, output, candidate = (
            weights[:, :3] @ hidden + weights[:, 3:6].sum(axis=1) + weights[:, 6]
            for weights in (weights_f, weights_o, weights_c)
        )
        forget, output, candidate = sigma(forget), sigma(output), np.tanh(candidate)
        cell = forget * (1 - forget) * cell + candidate
        return forget, output, candidate, np.concatenate([cell, output * np.tanh(cell)])

    moved = [run(state + 1e-100j * unit)[3].imag / 1e-100 for unit in np.eye(6)]
    forget, output, candidate, after = run(state)
    rows = [
        {
            f["t"]: forget[i],
            o["t"]: output[i],
            g["t"]: candidate[i],
            s["t"]: np.tanh(after[i]),
            c_prev: state[i],
        }
        for i in range(3)
    ]
    recurrent = [weights[:, :3] for weights in (weights_f, weights_o, weights_c)]
    return np.transpose(moved), rows, recurrent


@lru_cache(1024)
def block_of(form):
    """A block as a function of the gates, the cell and two recurrent weights."""
    names = (f["t"], o["t"], g["t"], s["t"], c_prev, U["f"], U["c"])
    return sp.lambdify(names, unfold(form))


def check_vector_step(answer):
    measured, rows, (on_f, on_o, on_c) = vector_step()
    column = holds([answer.shape == (4, 1)], "a column of four")
    stated = np.zeros((6, 6))
    for i, row in enumerate(rows):
        for j in range(3):
            gates = [*row.values()]
            memory, effect, onto_h, output = (
                block_of(form)(*gates, on_f[i, j], on_c[i, j]) for form in answer
            )
            memory *= i == j
            stated[i, j], stated[i, 3 + j] = memory, effect
            stated[3 + i, j] = onto_h * memory
            stated[3 + i, 3 + j] = onto_h * effect + output * on_o[i, j]
    return column + agree(stated.tolist(), measured.tolist(), digits=10, scale=1e-3)


blocks = Answer(
    r"\begin{bmatrix} \Phi_t \\ B_t \\ E_t \\ Q_t \end{bmatrix}",
    Matrix(BLOCKS),
    checks=[
        Check(
            "symbolic",
            check_scalar_step,
            fr="jacobienne de SymPy, cas scalaire",
            en="SymPy's Jacobian, scalar case",
        ),
        Check(
            "definition",
            check_vector_step,
            fr="jacobienne mesurée, $n = 3$",
            en="measured Jacobian, $n = 3$",
        ),
    ],
)


# --- (b) bounds ---------------------------------------------------------------------------------
def check_stationary(answer):
    """The largest sizes of f(1 - f) and f(1 - f)(1 - 2f) at their stationary points."""
    gate = f["t"]
    forms = (gate * (1 - gate), gate * (1 - gate) * (1 - 2 * gate))
    tops = [[Abs(form.subs(gate, v)) for v in sp.solve(diff(form, gate), gate)] for form in forms]
    return equal(answer, [max(sizes) for sizes in tops])


def check_sigmoid_slopes(answer):
    """The steepest slope and the strongest curvature of the sigmoid, found on its values."""
    with mpmath.workdps(40):
        found = []
        for order, near in ((1, (-1, 1)), (2, (-3, -0.5))):
            top = mpmath.findroot(
                lambda t, order=order: mpmath.diff(logistic, t, order + 1), near, solver="anderson"
            )
            found.append(abs(mpmath.diff(logistic, top, order)))
        return agree(answer, found, digits=20)


gate_maxima = Answer(
    r"\Bigl[\max_{0 < f_t < 1} f_t(1-f_t),\; "
    r"\max_{0 < f_t < 1} \lvert f_t(1-f_t)(1-2f_t) \rvert\Bigr]",
    (QUARTER, sqrt(3) / 18),
    checks=[
        Check("symbolic", check_stationary, fr="points stationnaires", en="stationary points"),
        Check(
            "numeric",
            check_sigmoid_slopes,
            fr="pente et courbure maximales de la sigmoïde",
            en="largest slope and curvature of the sigmoid",
        ),
    ],
)


def check_slope_of_sigmoid(answer):
    with mpmath.workdps(60):
        places = [mpmath.mpf(k) / 3 for k in range(-12, 13)]
        found = [mpmath.diff(logistic, place) for place in places]
        value = sp.lambdify(f["t"], unfold(answer), "mpmath")
        return agree([value(logistic(place)) for place in places], found, digits=20)


best_gate = Derivation(
    r"f_t (1 - f_t)",
    f["t"] - f["t"] ** 2,
    road="identity",
    steps=[Step(plus(QUARTER, -power(f["t"] - HALF, 2)), COMPLETE_SQUARE)],
    checks=[
        Check(
            "numeric", check_slope_of_sigmoid, fr="pente de la sigmoïde", en="slope of the sigmoid"
        )
    ],
)


def check_series(answer):
    k = Symbol("k", integer=True)
    return equal(answer, sp.summation(QUARTER**k, (k, 0, oo)))


def check_pushed(answer):
    """A cell pushed as hard as it can be: f = 1/2, candidate practically 1."""
    with mpmath.workdps(60):
        weights, c = [mpmath.mpf(b) for b in (0, 0, 0, 0, 0, 0, 0, 0, 99)], mpmath.mpf(0)
        for _ in range(60):
            c, _h = step(weights, mpmath.mpf(0), mpmath.mpf(0), c)
        return agree(answer, c, digits=20)


cell_bound = Answer(
    r"\sum_{k = 0}^{\infty} 4^{-k}",
    Rational(4, 3),
    checks=[
        Check("symbolic", check_series, fr="série de SymPy", en="SymPy's series"),
        Check(
            "limit",
            check_pushed,
            fr="cellule poussée à fond, 60 pas",
            en="cell pushed to the limit, 60 steps",
        ),
    ],
)
forget_bound = cell_bound.value * gate_maxima.value[1]
output_bound = tanh(cell_bound.value) / 4
M_VALUE = Matrix([[QUARTER, beta], [QUARTER, plus(beta, gamma)]])


def check_eigenvalues(answer):
    """(1 - λ)(1 - λ') with numerical eigenvalues, for 25 pairs of bounds."""
    pairs = [(Rational(i, 5), Rational(k, 7)) for i in range(5) for k in range(5)]
    stated = [answer.subs({beta: i, gamma: k}) for i, k in pairs]
    found = []
    with mpmath.workdps(40):
        for i, k in pairs:
            b, q = mpmath.mpf(i.p) / i.q, mpmath.mpf(k.p) / k.q
            values, _ = mpmath.eig(mpmath.matrix([[0.25, b], [0.25, b + q]]))
            found.append(mpmath.re((1 - values[0]) * (1 - values[1])))
    return agree([unfold(value) for value in stated], found, digits=15)


criterion = Derivation(
    r"\det(I - M)",
    (sp.eye(2) - M_VALUE.applyfunc(unfold)).det(),
    steps=[
        Step(plus(times(plus(1, -QUARTER), plus(1, -beta, -gamma)), -times(QUARTER, beta))),
        Step(plus(Rational(3, 4), -beta, -times(Rational(3, 4), gamma)), COLLECT),
    ],
    checks=[
        Check(
            "numeric",
            check_eigenvalues,
            fr="valeurs propres numériques",
            en="numerical eigenvalues",
        )
    ],
)
threshold = Rational(3, 4)

# --- (b) exact instances -------------------------------------------------------------------------
LAGS = range(1, 6)


def check_rest_slope(answer):
    """The recurrence at rest, with U_f and U_o drawn at random: they must not matter."""
    rng = random.Random(5)  # noqa: S311 - reproducible on purpose
    stated, found = [], []
    with mpmath.workdps(60):
        for lag in LAGS:
            wf, wo, wc, uf, uo, uc = (Rational(rng.randint(-99, 99), 40) for _ in range(6))
            forget, output = (Rational(rng.randint(1, 99), 100) for _ in range(2))
            values = {W["c"]: wc, U["c"]: uc, f["t"]: forget, o["t"]: output, T: lag}
            stated.append(unfold(answer).subs(values))
            open_f, open_o = (mpmath.log(number(u / (1 - u))) for u in (forget, output))
            wf, uf, wo, uo, wc, uc = map(number, (wf, uf, wo, uo, wc, uc))
            found.append(unrolled_slope((wf, uf, open_f, wo, uo, open_o, wc, uc, 0), lag))
        return agree([sp.N(value, 50) for value in stated], found, digits=20)


def unrolled_slope(weights, lag):
    def last_cell(x):
        c, h = step(weights, x, mpmath.mpf(0), mpmath.mpf(0))
        for _ in range(lag):
            c, h = step(weights, mpmath.mpf(0), h, c)
        return c

    return slope_of(last_cell, mpmath.mpf(0))


def check_powers(answer):
    """Exact powers of the Jacobian at rest, applied to the effect of x0 on (c0, h0)."""
    memory = f["t"] * (1 - f["t"])
    jacobian = Matrix([[memory, U["c"]], [o["t"] * memory, o["t"] * U["c"]]])
    start = Matrix([W["c"], o["t"] * W["c"]])
    found = [sp.factor((jacobian**lag * start)[0]) for lag in LAGS[:4]]
    return equal([unfold(answer).subs(T, lag) for lag in LAGS[:4]], found)


rest_flow = Answer(
    r"\frac{\mathrm{d} c_T}{\mathrm{d} x_0}",
    times(W["c"], power(plus(times(f["t"], 1 - f["t"]), times(o["t"], U["c"])), T)),
    checks=[
        Check(
            "definition",
            check_rest_slope,
            fr="récurrence déroulée, pas complexe",
            en="unrolled recurrence, complex step",
        ),
        Check(
            "identity",
            check_powers,
            fr="puissances exactes de la jacobienne",
            en="exact powers of the Jacobian",
        ),
    ],
)


def check_rnn_slope(answer):
    stated, found = [], []
    with mpmath.workdps(60):
        for lag in LAGS:
            u, w = Rational(2 * lag - 9, 3), Rational(lag + 1, 4)
            stated.append(unfold(answer).subs({RNN["U"]: u, RNN["W"]: w, T: lag}))
            recurrent, scale = mpmath.mpf(u.p) / u.q, mpmath.mpf(w.p) / w.q
            still = -recurrent / (2 * scale)

            def last_hidden(x, lag=lag, recurrent=recurrent, scale=scale, still=still):
                h = logistic(scale * x + recurrent / 2)
                for _ in range(lag):
                    h = logistic(scale * still + recurrent * h)
                return h

            found.append(slope_of(last_hidden, still))
        return agree(stated, found, digits=20)


def check_rnn_composed(answer):
    """SymPy's derivative of the composed sigmoids, for four lags."""
    found = []
    x, still = sp.Symbol("x", real=True), -RNN["U"] / (2 * RNN["W"])
    h = sigmoid(RNN["W"] * x + RNN["U"] / 2)
    for _ in range(4):
        h = sigmoid(RNN["W"] * still + RNN["U"] * h)
        slope = diff(h, x).subs(x, still)
        found.append(sp.simplify(slope))
    return equal([unfold(answer).subs(T, lag) for lag in range(1, 5)], found)


rnn_flow = Answer(
    r"\frac{\mathrm{d} h_T}{\mathrm{d} x_0}",
    times(over(RNN["W"], 4), power(over(RNN["U"], 4), T)),
    checks=[
        Check(
            "definition",
            check_rnn_slope,
            fr="récurrence déroulée, pas complexe",
            en="unrolled recurrence, complex step",
        ),
        Check(
            "symbolic",
            check_rnn_composed,
            fr="sigmoïdes composées, dérivées par SymPy",
            en="composed sigmoids, differentiated by SymPy",
        ),
    ],
)


def check_stationary_top(answer):
    a = Symbol("a", positive=True)
    size = a * exp(-a)
    return equal([answer], [size.subs(a, top) for top in sp.solve(diff(size, a), a)])


def check_top(answer):
    def size(t):
        return t * mpmath.exp(-t)

    with mpmath.workdps(40):
        top = mpmath.findroot(lambda t: mpmath.diff(size, t), (0.5, 2), solver="anderson")
        return agree(answer, size(top), digits=20)


rest_maximum = Answer(
    r"\max_{a > 0} a e^{-a}",
    exp(-1),
    checks=[
        Check(
            "symbolic",
            check_stationary_top,
            fr="seul point stationnaire",
            en="only stationary point",
        ),
        Check("numeric", check_top, fr="zéro de la pente mesurée", en="zero of the measured slope"),
    ],
)

LONG = 20
RATES = (HALF, Rational(1), Rational(3, 2))
FACTOR = unfold(rest_flow.value.args[1].args[0]).subs({f["t"]: HALF, o["t"]: HALF})


def scientific(value, digits=2):
    """A number with so many digits and, if it is far from 1, a power of ten."""
    shown, exponent = f"{float(sp.N(value)):.{digits - 1}e}".split("e")
    if -3 < int(exponent) < 4:
        shown = f"{float(sp.N(value)):.{max(digits - 1 - int(exponent), 0)}f}"
        latex = shown
    else:
        latex = rf"{shown} \times 10^{{{int(exponent)}}}"
    return Text(fr=f"${latex.replace('.', '{,}')}$", en=f"${latex}$")


def slashed(fraction):
    """A fraction on one line."""
    shown = str(fraction)
    return Text(fr=f"${shown}$", en=f"${shown}$")


rate_table = Table(
    header=[
        Text(fr="facteur", en="factor"),
        Text(fr="$U_c$ (variante)", en="$U_c$ (variant)"),
        Text(fr="$U$ (RNN)", en="$U$ (RNN)"),
        Text(fr="20 pas", en="20 steps"),
        Text(fr="direct, 20 pas", en="direct, 20 steps"),
    ],
    rows=[
        [
            slashed(rate),
            *map(slashed, sp.solve(FACTOR - rate, U["c"])),
            *map(slashed, sp.solve(RNN["U"] / 4 - rate, RNN["U"])),
            scientific(rate**LONG),
            scientific(QUARTER**LONG),
        ]
        for rate in RATES
    ],
    align="ccccc",
)


# --- (b) the standard LSTM ------------------------------------------------------------------------
def check_inverted(answer):
    logit = sp.Symbol("b", real=True)
    return equal([answer], sp.solve(sigmoid(logit) - (1 - 1 / T), logit))


def check_gate_open(answer):
    """The sigmoid of the bias is 1 - 1/T, for lags from 2 to 40."""
    lags = range(2, 41)
    with mpmath.workdps(40):
        bias = sp.lambdify(T, unfold(answer), "mpmath")
        found = [logistic(bias(mpmath.mpf(lag))) for lag in lags]
        return agree(found, [1 - mpmath.mpf(1) / lag for lag in lags], digits=20)


open_bias = Answer(
    r"b_f",
    log(T - 1),
    checks=[
        Check("symbolic", check_inverted, fr="sigmoïde inversée", en="sigmoid inverted"),
        Check("numeric", check_gate_open, fr="porte évaluée", en="gate evaluated"),
    ],
)


def check_kept_exactly(answer):
    """The least of the exact values up to 60, and SymPy's limit."""
    least = min((1 - Rational(1, lag)) ** lag for lag in range(2, 61))
    return equal(answer, (least, limit((1 - 1 / T) ** T, T, oo)))


def check_kept_far(answer):
    """An LSTM cell's own derivative, gate by gate; the last lag is 10^30."""
    with mpmath.workdps(80):
        least = min(mpmath.fprod([1 - mpmath.mpf(1) / lag] * lag) for lag in range(2, 61))
        far = mpmath.mpf(10) ** 30
        return agree(answer, (least, mpmath.exp(far * mpmath.log1p(-1 / far))), digits=20)


kept = Answer(
    r"\Bigl[\min_{T \geq 2} \Bigl(1 - \frac{1}{T}\Bigr)^{T},\; "
    r"\lim_{T \to \infty} \Bigl(1 - \frac{1}{T}\Bigr)^{T}\Bigr]",
    (QUARTER, exp(-1)),
    checks=[
        Check(
            "symbolic", check_kept_exactly, fr="valeurs exactes, limite", en="exact values, limit"
        ),
        Check(
            "numeric",
            check_kept_far,
            fr="produits, et $T = 10^{30}$",
            en="products, and $T = 10^{30}$",
        ),
    ],
)
# --- (b) simulation: gradients by complex steps on random networks --------------------------------
UNITS, LAG, OPEN = 16, 20, np.log(19)


def sigma(t):
    return 1 / (1 + np.exp(-t))


def draw_network(rng, gain, lag=LAG):
    """Input and recurrent weights of four gates, and inputs; shared by all three models."""
    shape, scale = (4, UNITS, UNITS), np.sqrt(UNITS)
    inputs, recurrent = rng.normal(size=shape) / scale, gain * rng.normal(size=shape) / scale
    return inputs, recurrent, rng.normal(size=(lag + 1, UNITS))


def next_state(model, net, x, c, h, bias):
    """One step of a model from its recurrence: (c, h, forget gate). Columns run side by side."""
    pre = [(w @ x)[:, None] + u @ h for w, u in zip(*net[:2], strict=True)]
    if model == "rnn":
        return c, sigma(pre[0]), None
    forget = sigma(pre[1] + bias)
    if model == "variant":
        c = forget * (1 - forget) * c + np.tanh(pre[0])
    else:
        c = forget * c + sigma(pre[3]) * np.tanh(pre[0])
    return c, sigma(pre[2]) * np.tanh(c), forget.real[:, 0]


def gradient_flow(model, net, bias=0.0):
    """Spectral norms of the Jacobian of state T in state 0, T = 0, 1, …, and of the direct path."""
    c, h, _ = next_state(model, net, net[2][0], *np.zeros((2, UNITS, 1)), bias)
    moved = 1e-100j * np.eye(2 * UNITS)
    if model == "rnn":
        h = h + moved[:UNITS, :UNITS]
    else:
        c, h = c + moved[:UNITS], h + moved[UNITS:]
    total, direct, product = [1.0], [1.0], np.ones(UNITS)
    for x in net[2][1:]:
        c, h, forget = next_state(model, net, x, c, h, bias)
        state = h if model == "rnn" else np.vstack([c, h])
        total.append(np.linalg.norm(state.imag / 1e-100, 2))
        if model != "rnn":
            product = product * (forget * (1 - forget) if model == "variant" else forget)
            direct.append(product.max())
    return np.array(total), np.array(direct)


def last(model, net, bias=0.0):
    """log10 of the norm after LAG steps."""
    return np.log10(gradient_flow(model, net, bias)[0][-1])


def mean_of(measure):
    """The mean of a measure of (rng) over `size` networks."""
    return lambda rng, size: np.mean([measure(rng) for _ in range(size)])


def variant_over_rnn(rng):
    net = draw_network(rng, 1)
    return last("variant", net) - last("rnn", net)


def variant_over_stronger_rnn(rng):
    net = draw_network(rng, 1)
    return last("variant", net) - last("rnn", (net[0], 4 * net[1], net[2]))


def lstm_over_variant(rng):
    net = draw_network(rng, 1)
    return last("lstm", net, OPEN) - last("variant", net, OPEN)


def closed_lstm_over_variant(rng):
    net = draw_network(rng, 1)
    return last("lstm", net, -OPEN) - last("variant", net, -OPEN)


same_weights = Experiment(
    Measure(
        mean_of(variant_over_rnn),
        fr=r"moyenne de $\log_{10}$ du rapport des normes après 20 pas, variante sur RNN "
        "sigmoïde, mêmes poids, d'échelle 1",
        en=r"mean of $\log_{10}$ of the ratio of the norms after 20 steps, variant over sigmoid "
        "RNN, same weights, of scale 1",
    ),
    control=Measure(
        mean_of(variant_over_stronger_rnn),
        fr="$U$ multiplié par 4 dans le RNN seul",
        en="$U$ multiplied by 4 in the RNN only",
    ),
    at_least=4,
    size=4,
    seeds=5,
)
open_gate = Experiment(
    Measure(
        mean_of(lstm_over_variant),
        fr=r"moyenne de $\log_{10}$ du rapport des normes après 20 pas, LSTM standard sur "
        r"variante, mêmes poids, d'échelle 1, $b_f = \log 19$ dans les deux",
        en=r"mean of $\log_{10}$ of the ratio of the norms after 20 steps, standard LSTM over "
        r"variant, same weights, of scale 1, $b_f = \log 19$ in both",
    ),
    control=Measure(
        mean_of(closed_lstm_over_variant),
        fr=r"portes d'oubli fermées, $b_f = -\log 19$ dans les deux",
        en=r"forget gates closed, $b_f = -\log 19$ in both",
    ),
    at_least=6,
    size=4,
    seeds=5,
)
explosion = Experiment(
    Measure(
        mean_of(lambda rng: last("variant", draw_network(rng, 6))),
        fr=r"moyenne de $\log_{10} \lVert \partial z_{20}/\partial z_0 \rVert$, variante, "
        "poids récurrents d'échelle 6",
        en=r"mean of $\log_{10} \lVert \partial z_{20}/\partial z_0 \rVert$, variant, "
        "recurrent weights of scale 6",
    ),
    control=Measure(
        mean_of(lambda rng: last("variant", draw_network(rng, 1))), fr="échelle 1", en="scale 1"
    ),
    at_least=1,
    size=4,
    seeds=5,
)


# --- figures --------------------------------------------------------------------------------------
PLACES = {
    "x0": (0, 1.6),
    "f0": (2.1, 3.2),
    "g0": (2.1, 1.9),
    "o0": (2.1, 0),
    "c0": (4.2, 2.6),
    "h0": (5.0, 0.6),
    "f1": (7.3, 1.5),
    "g1": (7.3, 0),
    "c1": (9.4, 2.6),
}
SLOPES = {  # the local slope of each arrow, and where its label stands from the middle
    ("x0", "f0"): (r"W_f\,\varphi_0", (-0.55, 0.28)),
    ("x0", "g0"): ("W_c(1-g_0^2)", (0.1, -0.26)),
    ("x0", "o0"): ("W_o\\,o_0(1-o_0)", (-0.7, -0.32)),
    ("f0", "c0"): ("(1-2f_0)\\,c_{-1}", (0.35, 0.32)),
    ("g0", "c0"): ("1", (0.05, -0.24)),
    ("o0", "h0"): ("s_0", (0, -0.28)),
    ("c0", "h0"): ("o_0(1-s_0^2)", (-0.72, -0.1)),
    ("c0", "c1"): (r"\varphi_1", (0, 0.24)),
    ("h0", "f1"): (r"U_f\,\varphi_1", (-0.15, 0.32)),
    ("h0", "g1"): ("U_c(1-g_1^2)", (-0.1, -0.36)),
    ("f1", "c1"): ("(1-2f_1)\\,c_0", (-0.5, 0.32)),
    ("g1", "c1"): ("1", (0.2, -0.1)),
}


def draw_paths(ax, _say):
    """The arrows from x0 to c1 with their local slopes; the direct arrow is thick."""
    for (source, target), (label, (right, up)) in SLOPES.items():
        start, end = PLACES[source], PLACES[target]
        direct = (source, target) == ("c0", "c1")
        ax.annotate(
            "",
            end,
            start,
            arrowprops={
                "arrowstyle": "-|>",
                "shrinkA": 10,
                "shrinkB": 10,
                "linewidth": 2 if direct else 0.8,
                "linestyle": "-" if direct or source != "h0" else (0, (5, 2)),
                "color": "black",
            },
        )
        middle = (start[0] + end[0]) / 2 + right, (start[1] + end[1]) / 2 + up
        ax.text(*middle, f"${label}$", ha="center", va="center", fontsize=8)
    for node, place in PLACES.items():
        square = {"boxstyle": "circle,pad=0.25", "facecolor": "0.92", "edgecolor": "black"}
        ax.text(*place, f"${node[0]}_{node[1]}$", ha="center", va="center", bbox=square)
    ax.set(xlim=(-0.5, 9.9), ylim=(-0.6, 3.7))
    ax.axis("off")


paths = Figure(
    "paths",
    draw_paths,
    height=2.3,
    caption=Text(
        fr="Ce qui dépend de $x_0$ et agit sur $c_1$, avec la pente locale de chaque flèche. "
        "En gras, le chemin direct de la mémoire ; en tirets, l'effet de $h_0$ sur l'instant 1.",
        en="What depends on $x_0$ and acts on $c_1$, with the local slope of each arrow. "
        "Thick: the direct memory path; dashed: the effect of $h_0$ on time 1.",
    ),
    alt=Text(
        fr="Graphe de neuf nœuds. De x0 partent des flèches vers f0, g0 et o0 ; f0 et g0 mènent à "
        "c0 ; o0 et c0 mènent à h0 ; h0 mène à f1 et g1 ; c0, f1 et g1 mènent à c1.",
        en="Graph with nine nodes. From x0 arrows go to f0, g0 and o0; f0 and g0 lead to c0; o0 "
        "and c0 lead to h0; h0 leads to f1 and g1; c0, f1 and g1 lead to c1.",
    ),
)


def draw_gate(axes, say):
    """Left, the factors of the direct paths; right, their products over T steps."""
    factors, products = axes
    grid = np.linspace(-6, 6, 241)
    gate = sigma(grid)
    factors.plot(grid, gate)
    factors.plot(grid, gate * (1 - gate))
    factors.plot(grid, np.abs(gate * (1 - gate) * (1 - 2 * gate)))
    factors.axhline(0.25, color="0.6", linewidth=0.6, linestyle=":")
    factors.text(2.0, 0.72, "$f_t$")
    factors.text(-4.6, 0.29, "$f_t(1-f_t)$")
    line = {"arrowstyle": "-", "linewidth": 0.6, "shrinkB": 2}
    gate_term = r"$\vert f_t(1-f_t)(1-2f_t)\vert$"
    factors.annotate(gate_term, (1.5, 0.095), (1.1, 0.42), arrowprops=line, fontsize=8)
    factors.set(yticks=[0, 0.25, 0.5, 0.75, 1], xticks=range(-6, 7, 3))
    factors.set(xlabel=say(fr="préactivation de $f_t$", en="pre-activation of $f_t$"))
    factors.set(title=say(fr="un pas", en="one step"))
    lags = np.arange(2, 51)
    products.semilogy(lags, (1 - 1 / lags) ** lags)
    products.semilogy(lags, 0.25**lags)
    products.text(14, 1e-4, "LSTM, $f_t = 1 - 1/T$")
    products.text(24, 1e-11, say(fr="variante", en="variant") + r", $\leq 4^{-T}$")
    products.set(xlabel="$T$", xticks=range(0, 51, 10), ylim=(1e-31, 1e3))
    products.set(title=say(fr="$T$ pas", en="$T$ steps"))


gate = Figure(
    "gate",
    draw_gate,
    panels=2,
    height=2.0,
    caption=Text(
        fr="À gauche, ce que la porte d'oubli laisse passer en un pas : $f_t$ dans un LSTM, "
        "$f_t(1-f_t) \\leq 1/4$ dans la variante. À droite, les produits sur $T$ pas : une porte "
        "choisie pour le LSTM, la meilleure porte pour la variante.",
        en="Left, what the forget gate lets through in one step: $f_t$ in an LSTM, "
        "$f_t(1-f_t) \\leq 1/4$ in the variant. Right, the products over $T$ steps: a chosen gate "
        "for the LSTM, the best gate for the variant.",
    ),
    alt=Text(
        fr="À gauche, une sigmoïde de 0 à 1, une cloche de hauteur un quart et une courbe à deux "
        "bosses plus basses, nulle au milieu. À droite, en échelle logarithmique, une courbe "
        "presque plate entre 0,25 et 0,37 et une droite qui descend jusqu'à 1e−30.",
        en="Left, a sigmoid from 0 to 1, a bell of height one quarter and a curve with two lower "
        "humps, zero in the middle. Right, on a logarithmic scale, an almost flat curve between "
        "0.25 and 0.37, and a line that falls to 1e−30.",
    ),
)


def draw_flow(axes, say):
    """Geometric means over nine networks of the flow, against the lag, for two weight scales."""
    names = {
        "lstm": say(fr="LSTM", en="LSTM"),
        "variant": say(fr="variante", en="variant"),
        "rnn": say(fr="RNN", en="RNN"),
    }
    for ax, gain in zip(axes, (1, 6), strict=True):
        nets = [draw_network(np.random.default_rng(seed), gain) for seed in range(9)]
        lags = np.arange(LAG + 1)
        for model, marker in (("lstm", "s"), ("variant", "o"), ("rnn", "^")):
            runs = [gradient_flow(model, net, OPEN if model == "lstm" else 0) for net in nets]
            mean = np.exp(np.mean([np.log(total) for total, _ in runs], axis=0))
            ax.semilogy(lags, mean, marker=marker, markevery=5, markersize=4)
            lift = {"lstm": 60, "rnn": 0.05 if gain == 1 else 1, "variant": 0.15}[model]
            ax.text(LAG + 0.6, mean[-1] * lift, names[model], va="center", fontsize=8)
            if model == "variant":
                inner = np.exp(np.mean([np.log(direct) for _, direct in runs], axis=0))
        ax.semilogy(lags, inner, linewidth=1)
        lift = 30 if gain == 1 else 1
        ax.text(LAG + 0.6, inner[-1] * lift, say(fr="direct", en="direct"), va="center", fontsize=8)
        ax.semilogy(lags, 0.25**lags, color="0.4", linestyle=":", linewidth=1)
        ax.set(xlabel=say(fr="nombre de pas $T$", en="number of steps $T$"))
        ax.set(xlim=(0, LAG + 6), xticks=range(0, 21, 5))
        ax.set(title=say(fr=f"poids d'échelle {gain}", en=f"weights of scale {gain}"))
        ax.set(ylim=(1e-19, 1e5))


flow = Figure(
    "flow",
    draw_flow,
    panels=2,
    height=2.1,
    caption=Text(
        fr="Norme de la jacobienne de l'état $T$ par rapport à l'état 0 : moyennes géométriques "
        "de neuf tirages, 16 unités, mêmes poids pour les trois modèles ; $b_f = \\log 19$ pour "
        "le LSTM. « Direct » : plus grand coefficient du chemin direct ; pointillé : $4^{-T}$.",
        en=r"Norm of the Jacobian of state $T$ with respect to state 0: geometric means over "
        "nine draws, 16 units, same weights for the three models; $b_f = \\log 19$ for the "
        "LSTM. “Direct”: largest entry of the direct path; dotted: $4^{-T}$.",
    ),
    alt=Text(
        fr="Deux panneaux logarithmiques, de 0 à 20 pas. À gauche, le LSTM reste près de 1, la "
        "variante descend vers 1e−7, le chemin direct et le RNN vers 1e−13. À droite, le LSTM et "
        "la variante montent, le RNN descend lentement, le chemin direct tombe vers 1e−17.",
        en="Two logarithmic panels, from 0 to 20 steps. Left, the LSTM stays near 1, the variant "
        "falls to 1e−7, the direct path and the RNN to 1e−13. Right, the LSTM and the variant "
        "rise, the RNN falls slowly, the direct path drops to 1e−17.",
    ),
)


# --- instances: what the notation stands for ------------------------------------------------------
# The gates that have no line of their own in the glossary stand for their symbols.
NAMED_BY_SYMBOLS = (W, U, f, o, g, s, phi, RNN)
DEFINITIONS = {each: each for group in NAMED_BY_SYMBOLS for each in group.values()}
DEFINITIONS |= {r"\sigma": sigmoid}


def by_x0(quantity):
    """The notation of a derivative with respect to x0."""
    return rf"\frac{{\mathrm{{d}} {quantity}}}{{\mathrm{{d}} x_0}}"


ALL_PATHS = path_products.lhs
MEMORY = r"\frac{\partial c_1}{\partial c_0}"
WITH_CELL_FIXED = r"\left.\frac{\partial c_1}{\partial h_0}\right|_{c_0}"


def measured(case):
    """Derivatives of part (a) in one model, from the recurrence alone: two ways of measuring."""
    weights, (x, *rest) = case[:9], case[9:]
    known = forward(weights, x, *rest)
    x_next = rest[0]

    def by_differences(function):
        return mpmath.diff(lambda at: function(weights, at, *rest), x)

    def by_imaginary_part(function):
        return slope_of(lambda at: function(weights, at, *rest), x)

    def forced_cell(at):
        return step(weights, x_next, at, known["c0"])[0]

    return {
        dc0: by_imaginary_part(first_cell),
        dh0: by_imaginary_part(first_hidden),
        B1: slope_of(forced_cell, known["h0"]),
        by_x0("f_0"): local_slope("x0", "f0", known, weights, rest),
        by_x0("c_0"): by_differences(first_cell),
        by_x0("h_0"): by_differences(first_hidden),
        by_x0("c_1"): by_differences(second_cell),
        WITH_CELL_FIXED: mpmath.diff(forced_cell, known["h0"]),
        MEMORY: local_slope("c0", "c1", known, weights, rest),
    }


def scalar_model(case):
    """What the notation of part (a) is worth in one model: parameters, gates, derivatives."""
    with mpmath.workdps(60):
        known = forward(case[:9], case[9], *case[10:])
        values = {
            **dict(zip(INPUTS, case, strict=True)),
            **dict(zip(NAMED, gates(case[:9], *case[9:]), strict=True)),
            **{phi[i]: known[f"f{i}"] * (1 - known[f"f{i}"]) for i in (0, 1)},
            **dict(zip((c0, h0, c1), (known["c0"], known["h0"], known["c1"]), strict=True)),
            **measured(case),
        }
        each = [float(along(path, case[:9], case[9], *case[10:])) for path in ROUTES]
    paths_taken = {ALL_PATHS: np.array(each), ROW_p: dict(enumerate(each, start=1))}
    return {key: float(value) for key, value in values.items()} | paths_taken


def draw_model(rng):
    """A scalar model drawn at random."""
    return scalar_model([mpmath.mpf(value) for value in rng.uniform(-1.5, 1.5, size=13)])


def draw_from_zero(rng):
    """A scalar model whose initial state is zero."""
    drawn = [mpmath.mpf(value) for value in rng.uniform(-1.5, 1.5, size=11)]
    return scalar_model([*drawn, mpmath.mpf(0), mpmath.mpf(0)])


def move(net, x, state):
    """One step of the variant on n + n numbers: its gates, its candidate, the state after."""
    c, h = np.split(state, 2)
    forget, output, candidate = (
        inputs @ x + recurrent @ h + bias for inputs, recurrent, bias in net
    )
    forget, output, candidate = sigma(forget), sigma(output), np.tanh(candidate)
    c = forget * (1 - forget) * c + candidate
    return forget, output, candidate, np.concatenate([c, output * np.tanh(c)])


def jacobian(function, at):
    """The Jacobian of a function of a vector, by complex steps."""
    columns = [function(at + 1e-100j * unit).imag / 1e-100 for unit in np.eye(at.size)]
    return np.transpose(columns)


def largest(function, low, high):
    """The largest value on an interval and where it is, on grids that close in on it."""
    for _ in range(12):
        grid = np.linspace(low, high, 401)
        top = grid[np.argmax(function(grid))]
        low, high = max(low, top - grid[1] + grid[0]), min(high, top + grid[1] - grid[0])
    return function(top), top


def memory_factor(gate):
    return gate * (1 - gate)


def memory_slope(gate):
    return np.abs(memory_factor(gate) * (1 - 2 * gate))


@lru_cache
def extremes():
    """The most that the memory factor, its slope and the cell can reach, found by search."""
    memory, slope = (largest(size, 0, 1)[0] for size in (memory_factor, memory_slope))
    cell = 0.0
    for _ in range(60):
        cell = memory * cell + 1
    return memory, slope, cell


def bounds(net):
    """Beta and gamma of a network, and M: a step of the bounds on the cell, then on h."""
    memory, slope, cell = extremes()
    on_f, on_o, on_c = (np.linalg.norm(recurrent, 2) for _, recurrent, _ in net)
    by_cell, by_gate = on_c + cell * slope * on_f, memory * np.tanh(cell) * on_o
    onto_cell = np.array([[memory, by_cell], [0, 1]])
    onto_hidden = np.array([[1, 0], [1, by_gate]])
    return by_cell, by_gate, onto_hidden @ onto_cell


def random_net(rng, inputs, units, gain=1.0):
    """Input weights, recurrent weights and biases of the gates f, o and of the candidate."""
    return [
        (
            rng.normal(size=(units, inputs)),
            gain * rng.normal(size=(units, units)),
            rng.normal(size=units),
        )
        for _ in "foc"
    ]


def draw_variant(rng, units):
    """The variant with n units, run for 4 steps; t is 2."""
    inputs, lag, now = max(units - 1, 1), 4, 2
    net, cell = random_net(rng, inputs, units), extremes()[2]
    out = rng.normal(size=(inputs, units)), rng.normal(size=inputs)
    xs = rng.normal(size=(lag + 1, inputs))
    start = np.concatenate([rng.uniform(-cell, cell, units), rng.uniform(-1, 1, units)])
    before, moved = run_variant(net, xs, start)[now], rng.normal(size=2 * units)
    return (
        {n: units, T: lag, r"\sigma": sigma}
        | parameters(net, out)
        | one_step(net, out, xs[now], before)
        | all_steps(net, out, xs, start)
        | bounded(net)
        | perturbed(net, xs[now], before, moved)
    )


def run_variant(net, xs, start):
    """The states before each step, and after the last: z_{-1}, z_0, …, z_T."""
    states = [start]
    for x in xs:
        states.append(move(net, x, states[-1])[3])
    return states


def parameters(net, out):
    """The weights and biases, under their names."""
    named = zip("foc", net, strict=True)
    values = {
        each[gate]: value
        for gate, triple in named
        for each, value in zip((W, U, b), triple, strict=True)
    }
    return values | dict(zip((W_y, d), out, strict=True))


def state_jacobian(net, x, before):
    """The measured Jacobian of one step."""
    return jacobian(lambda state: move(net, x, state)[3], before)


def one_step(net, out, x, before):
    """What one step computes, and how its quantities change with each other."""
    forget, output, candidate, after = move(net, x, before)
    (c_before, h_before), (c, h) = np.split(before, 2), np.split(after, 2)
    units, measured_step = c.size, state_jacobian(net, x, before)
    return {
        x_t: x,
        f["t"]: forget,
        o["t"]: output,
        g["t"]: candidate,
        s["t"]: np.tanh(c),
        c_prev: c_before,
        "h_{t-1}": h_before,
        c_t: c,
        h_t: h,
        z: after,
        y_t: out[0] @ h + out[1],
        J: measured_step,
        Phi: measured_step[:units, :units],
        B: measured_step[:units, units:],
        E: jacobian(lambda at: output * np.tanh(at), c),
        Q: jacobian(lambda at: sigma(at) * np.tanh(c), np.log(output / (1 - output))),
    }


def all_steps(net, out, xs, start):
    """The effect of x_0 on the output, and the products that it is made of."""
    units, states = start.size // 2, run_variant(net, xs, start)
    steps = [state_jacobian(net, x, z) for x, z in zip(xs[1:], states[1:-1], strict=True)]
    product = reduce(np.matmul, reversed(steps))

    def output(x):
        return out[0] @ run_variant(net, [x, *xs[1:]], start)[-1][units:] + out[1]

    return {
        r"J_T J_{T-1} \cdots J_1": product,
        r"J_T \cdots J_1": product,
        r"\Phi_T \Phi_{T-1} \cdots \Phi_1": reduce(
            np.matmul, [each[:units, :units] for each in reversed(steps)]
        ),
        r"\begin{bmatrix} 0 & I \end{bmatrix}": np.eye(2 * units)[units:],
        r"\frac{\partial y_T}{\partial x_0}": jacobian(output, xs[0]),
        r"\frac{\partial z_0}{\partial x_0}": jacobian(lambda x: move(net, x, start)[3], xs[0]),
    }


def bounded(net):
    """The bounds of a network, and the eigenvalues of M, found numerically."""
    by_cell, by_gate, bound = bounds(net)
    low, high = np.sort(np.linalg.eigvals(bound).real)
    return {beta: by_cell, gamma: by_gate, M: bound, identity: np.eye(2), rho: high, rho_low: low}


def perturbed(net, x, before, moved):
    """A perturbation of the state, before and after a step."""
    (on_c, on_h), after = np.split(moved, 2), state_jacobian(net, x, before) @ moved
    values = {r"\delta c_{t-1}": on_c, r"\delta h_{t-1}": on_h}
    return values | dict(zip((delta_c, delta_h), np.split(after, 2), strict=True))


def draw_edge(rng, cell, aims, moved):
    """One unit, one step where a bound is reached; `aims` are what f, o and g are made of."""
    hidden = rng.uniform(-1, 1)
    net = [
        (np.zeros((1, 1)), recurrent, np.array([aim]) - recurrent[0] * hidden)
        for (_, recurrent, _), aim in zip(random_net(rng, 1, 1), aims, strict=True)
    ]
    before = np.array([cell * extremes()[2], hidden])
    _, _, _, (c, _h) = move(net, np.zeros(1), before)
    known = {c_prev: before[0], c_t: c} | bounded(net)
    return known | perturbed(net, np.zeros(1), before, np.array(moved))


def draw_still(rng):
    """One unit that stays at zero, its output gate open: the bounds M and 4^-T are reached."""
    lag, none = int(rng.integers(1, 6)), np.zeros((1, 1))
    biases = (0.0, 40.0, 0.0)
    recurrents = (none, none, rng.normal(size=(1, 1)))
    net = [(none, each, np.array([b])) for each, b in zip(recurrents, biases, strict=True)]
    out = np.ones((1, 1)), np.zeros(1)
    known = all_steps(net, out, np.zeros((lag + 1, 1)), np.zeros(2))
    return {T: lag} | bounded(net) | known


def draw_start(rng):
    """An initial cell no larger than what the variant can reach from 0."""
    return {c_m1: rng.uniform(-1, 1) * extremes()[2]}


def draw_vanishing(rng, gates):
    """A variant whose bound M is just below what makes its largest eigenvalue 1.

    The recurrent weights of the gates that are not named are zero.
    """
    net = [
        (inputs, recurrent * (gate in gates), bias)
        for gate, (inputs, recurrent, bias) in zip("foc", random_net(rng, 2, 3), strict=True)
    ]

    def top(scale):
        scaled = [(inputs, scale * recurrent, bias) for inputs, recurrent, bias in net]
        return np.linalg.eigvals(bounds(scaled)[2]).real.max()

    low, high = 0.0, 100.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if top(middle) < 1 else (low, middle)
    return {U[gate]: 0.9999 * low * net[i][1] for i, gate in enumerate("foc")}


def draw_rnn(rng):
    """A sigmoid RNN with 3 units, run for 4 steps; t is 2."""
    inputs, recurrent = rng.normal(size=(3, 2)), 2 * rng.normal(size=(3, 3))
    xs, h = rng.normal(size=(5, 2)), rng.uniform(size=3)
    read_out, offset = rng.normal(size=(2, 3)), rng.normal(size=2)

    def run(h):
        states = [h]
        for x in xs[1:]:
            states.append(sigma(inputs @ x + recurrent @ states[-1]))
        return states

    states = run(h)
    return {
        r"\sigma": sigma,
        RNN["W"]: inputs,
        RNN["U"]: recurrent,
        W_y: read_out,
        d: offset,
        T: 4,
        x_t: xs[2],
        "h_{t-1}": states[1],
        h_t: states[2],
        y_t: read_out @ states[2] + offset,
        r"\frac{\partial h_T}{\partial h_0}": jacobian(lambda at: run(at)[-1], h),
    }


def draw_rnn_middle(rng):
    """A sigmoid RNN that its inputs hold at 1/2, where it is steepest; U turns, and stretches."""
    units, lag = int(rng.integers(1, 4)), int(rng.integers(1, 6))
    recurrent = rng.uniform(0.5, 6) * np.linalg.qr(rng.normal(size=(units, units)))[0]
    middle = np.full(units, 0.5)

    def last_hidden(h):
        for _ in range(lag):
            h = sigma(recurrent @ (h - middle))
        return h

    slopes = jacobian(last_hidden, middle)
    return {RNN["U"]: recurrent, T: lag, r"\frac{\partial h_T}{\partial h_0}": slopes}


def draw_rnn_near(rng, factor):
    """Recurrent weights with which the steepest sigmoid gives this one-step factor."""
    recurrent = rng.normal(size=(3, 3))
    steepest = largest(lambda at: sigma(at) * (1 - sigma(at)), -6, 6)[0]
    return {RNN["U"]: factor * recurrent / np.linalg.norm(recurrent, 2) / steepest}


def draw_fixed_point(rng):
    """A scalar RNN without input, run until it stays where it is."""
    recurrent, h = rng.uniform(0.3, 9), 0.5
    for _ in range(400):
        h = sigma(recurrent * h)
    return {r"\sigma": sigma, RNN["U"]: recurrent, rest_h: h, a: np.log(h / (1 - h))}


def draw_rnn_held(rng):
    """A scalar RNN that its inputs hold at 1/2; the first input alone is moved."""
    recurrent, scale, lag = rng.uniform(-6, 6), rng.uniform(0.3, 2), int(rng.integers(1, 6))
    still = -recurrent / (2 * scale)

    def last_hidden(x):
        h = sigma(scale * x + recurrent / 2)
        for _ in range(lag):
            h = sigma(scale * still + recurrent * h)
        return h

    values = {RNN["U"]: recurrent, RNN["W"]: scale, T: lag, x_t: still, h_t: last_hidden(still)}
    return values | {by_x0("h_T"): np.imag(last_hidden(still + 1e-100j)) / 1e-100}


def rnn_derivative(rng):
    """The same without its state, which is 1/2 there alone."""
    return without_state(draw_rnn_held(rng))


def draw_at_rest(rng, biases):
    """A scalar variant without input, b_c = 0, started at 0; `biases` scales those of its gates."""
    wf, uf, bf, wo, uo, bo, wc, uc = map(mpmath.mpf, rng.uniform(-1.5, 1.5, size=8))
    weights, lag = (wf, uf, biases * bf, wo, uo, biases * bo, wc, uc, 0), int(rng.integers(1, 6))
    with mpmath.workdps(60):
        zero = mpmath.mpf(0)
        c, h = zero, zero
        for _ in range(lag):
            c, h = step(weights, zero, h, c)
        forget, output, *_ = gates(weights, zero, zero, h, c)
        values = {c_t: c, h_t: h, f["t"]: forget, o["t"]: output, W["c"]: wc, U["c"]: uc}
        values |= {by_x0("c_T"): unrolled_slope(weights, lag)}
    return {T: lag} | {key: float(value) for key, value in values.items()}


def rest_derivative(rng):
    """The same without its state, which is 0 there alone."""
    return without_state(draw_at_rest(rng, 1.0))


def without_state(values):
    """Values without those of the state and of the input."""
    return {key: value for key, value in values.items() if key not in (x_t, c_t, h_t)}


def draw_lstm(rng):
    """One step of the standard LSTM of the simulation."""
    net, (c, h) = draw_network(rng, 1, lag=1), rng.normal(size=(2, UNITS, 1))
    after, _, forget = next_state("lstm", net, net[2][0], c, h, OPEN)
    candidate, _, _, entering = (w @ net[2][0] + u @ h[:, 0] for w, u in zip(*net[:2], strict=True))
    values = {c_t: after, c_prev: c, f["t"]: forget}
    return values | {i_t: sigma(entering), g["t"]: np.tanh(candidate)}


def draw_extremes(rng):
    """Largest and least values, searched from a random place."""
    shift = rng.uniform(0, 0.01)
    lags = np.arange(2, 2001)
    kept_by_lag = np.exp(lags * np.log1p(-1 / lags))
    far = rng.uniform(1, 9) * 1e12
    return {
        r"\max_{0 < f_t < 1} f_t(1-f_t)": largest(memory_factor, shift, 1)[0],
        r"\max_{0 < f_t < 1} \lvert f_t(1-f_t)(1-2f_t) \rvert": largest(memory_slope, shift, 1)[0],
        rest_maximum.lhs: largest(lambda t: t * np.exp(-t), shift, 20)[0],
        r"\min_{T \geq 2} \Bigl(1 - \frac{1}{T}\Bigr)^{T}": kept_by_lag.min(),
        r"\lim_{T \to \infty} \Bigl(1 - \frac{1}{T}\Bigr)^{T}": np.exp(far * np.log1p(-1 / far)),
    }


def draw_best_gate(rng):
    """The gate with the largest memory factor: where its slope changes sign."""
    low, high = rng.uniform(0, 0.3), rng.uniform(0.7, 1)
    for _ in range(60):
        middle = (low + high) / 2
        rising = np.imag(memory_factor(middle + 1e-100j)) > 0
        low, high = (middle, high) if rising else (low, middle)
    return {f["t"]: low}


def draw_worst_lag(rng):
    """The number of steps after which an LSTM whose gate is 1 - 1/T keeps least."""
    lags = range(2, int(rng.integers(50, 500)))
    return {T: min(lags, key=lambda lag: (1 - 1 / lag) ** lag)}


def draw_open_gate(rng):
    """The bias at which the sigmoid is 1 - 1/T."""
    lag, low, high = int(rng.integers(2, 60)), -20.0, 20.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if sigma(middle) < 1 - 1 / lag else (low, middle)
    return {T: lag, b["f"]: low}


DISAPPEARS = (
    r"\lVert U_c \rVert + \frac{2 \sqrt{3}}{27} \, \lVert U_f \rVert"
    r" + \frac{3 \tanh{\left(\frac{4}{3} \right)}}{16} \, \lVert U_o \rVert < \frac{3}{4}"
)
# The weight of the candidate at which the factor at rest is 1, when the gate is best and o_t is 1.
LIMIT_WEIGHT = sp.solve(
    unfold(rest_flow.value.args[1].args[0]).subs({f["t"]: HALF, o["t"]: 1}) - 1, U["c"]
)

ON_PRODUCTS = [
    r"\lVert J_T \cdots J_1 \rVert \leq \lVert M^T \rVert",
    r"0 < \lVert \Phi_T \Phi_{T-1} \cdots \Phi_1 \rVert \leq 4^{-T}",
]
ON_A_STEP = [
    r"\lvert c_t \rvert \leq \frac{1}{4} \lvert c_{t-1} \rvert + 1",
    r"\lvert c_t \rvert \leq \frac{4}{3}",
    (
        r"\lVert \delta c_t \rVert \leq \frac{1}{4} \lVert \delta c_{t-1} \rVert "
        r"+ \beta \lVert \delta h_{t-1} \rVert"
    ),
    (
        r"\lVert \delta h_t \rVert \leq \lVert \delta c_t \rVert "
        r"+ \gamma \lVert \delta h_{t-1} \rVert"
    ),
]
# What f, o and g are made of where the bounds on a step are reached, and the perturbation.
EDGES = [
    (1, (0.0, 0.0, 40.0), (1.0, 0.0)),
    (1, (0.0, 0.0, 40.0), (0.0, 1.0)),
    (0, (0.0, 40.0, 0.0), (1.0, 0.0)),
]


def at_edge(edge):
    return lambda rng: draw_edge(rng, *edge)


INSTANCES = [
    Instance(DEFINITIONS),
    Instance({"f": sigmoid(u)}, parts="a"),
    Instance(draw_model, parts="a"),
    Instance(scalar_model(numbers()), parts="a"),
    Instance(draw_from_zero, parts="a", only=[r"\dot c_0 = W_c(1 - g_0^2)"]),
    Instance(lambda rng: draw_variant(rng, 3), parts="b"),
    Instance(lambda rng: draw_variant(rng, 1), parts="b"),
    Instance(lambda rng: draw_variant(rng, 3), parts="b", only=ON_PRODUCTS + ON_A_STEP[2:]),
    Instance(lambda rng: draw_variant(rng, 1), parts="b", only=ON_PRODUCTS + ON_A_STEP),
    Instance(draw_still, parts="b", only=ON_PRODUCTS),
    *(Instance(at_edge(edge), parts="b", only=ON_A_STEP) for edge in EDGES),
    Instance(draw_start, parts="b", only=[r"\lvert c_{-1} \rvert \leq \frac{4}{3}"]),
    Instance(lambda rng: draw_vanishing(rng, "foc"), parts="b", only=[DISAPPEARS]),
    Instance(lambda rng: draw_vanishing(rng, "c"), parts="b", only=[r"\lVert U_c \rVert < 3/4"]),
    Instance(draw_rnn, parts="b"),
    Instance(draw_rnn_middle, parts="b"),
    Instance(lambda rng: draw_rnn_near(rng, 0.9999), parts="b", only=[r"\lVert U \rVert < 4"]),
    Instance(
        lambda rng: draw_rnn_near(rng, 1.0001),
        parts="b",
        only=[r"\lVert U \rVert \geq 4", r"\lVert U \rVert > 4"],
    ),
    Instance(draw_fixed_point, parts="b"),
    Instance(rnn_derivative, parts="b"),
    Instance(draw_rnn_held, parts="b", only=["h_t = 1/2", "W x_t = -U/2"]),
    Instance(rest_derivative, parts="b"),
    Instance(lambda rng: draw_at_rest(rng, 1.0), parts="b", only=["c_t = h_t = 0"]),
    Instance(lambda rng: draw_at_rest(rng, 0.0), parts="b", only=["f_t = o_t = 1/2"]),
    Instance(draw_lstm, parts="b", only=[r"c_t = f_t \odot c_{t-1} + i_t \odot g_t"]),
    Instance(draw_extremes, parts="b"),
    Instance(draw_best_gate, parts="b", only=["f_t = 1/2"]),
    Instance(draw_best_gate, parts="b"),
    Instance(draw_worst_lag, parts="b", only=["T = 2"]),
    Instance(draw_open_gate, parts="b", only=[r"b_f = \log(T - 1)"]),
    Instance({U["c"]: LIMIT_WEIGHT[0]}, parts="b", only=[r"U_c = \frac{3}{4}"]),
    Instance({b["f"]: OPEN}, parts="b"),
    Instance({b["f"]: -OPEN}, parts="b"),
]

question = Question(
    title=Text(
        fr="Réseaux récurrents : une variante du LSTM",
        en="Recurrent networks: a variant of the LSTM",
    ),
    parts=[
        Part(
            "a",
            10,
            answers=[dc0_dx0, dh0_dx0, B1_value, dc1_dx0, path_products, worked],
            marking=[
                Mark(
                    2,
                    fr=r"$\mathrm{d}c_0/\mathrm{d}x_0$, un point par chemin (par $f_0$, avec son "
                    "facteur $1 - 2f_0$ ; par $g_0$)",
                    en=r"$\mathrm{d}c_0/\mathrm{d}x_0$, one point per path (through $f_0$, with "
                    "its factor $1 - 2f_0$; through $g_0$)",
                ),
                Mark(
                    2,
                    fr=r"$\mathrm{d}h_0/\mathrm{d}x_0$, un point par chemin (par $o_0$ ; "
                    "par $c_0$)",
                    en=r"$\mathrm{d}h_0/\mathrm{d}x_0$, one point per path (through $o_0$; "
                    "through $c_0$)",
                ),
                Mark(1, fr="terme direct $f_1(1-f_1)$", en="direct term $f_1(1-f_1)$"),
                Mark(
                    2,
                    fr=r"effet de $h_0$ par $f_1$, avec $c_0$ et $1 - 2f_1$",
                    en=r"effect of $h_0$ through $f_1$, with $c_0$ and $1 - 2f_1$",
                ),
                Mark(
                    1,
                    fr=r"effet de $h_0$ par le candidat",
                    en=r"effect of $h_0$ through the candidate",
                ),
                Mark(
                    1,
                    fr="assemblage par la règle de dérivation en chaîne",
                    en="assembly by the chain rule",
                ),
                Mark(
                    1,
                    fr="état initial traité explicitement ; démarche lisible",
                    en="initial state treated explicitly; readable working",
                ),
            ],
        ),
        Part(
            "b",
            10,
            answers=[
                blocks,
                best_gate,
                gate_maxima,
                cell_bound,
                criterion,
                rest_flow,
                rnn_flow,
                rest_maximum,
                open_bias,
                kept,
            ],
            experiments=[same_weights, explosion, open_gate],
            marking=[
                Mark(
                    2,
                    fr="facteur d'un pas du RNN, borne $1/4$, rôle de $U$",
                    en="one-step factor of the RNN, bound $1/4$, role of $U$",
                ),
                Mark(
                    2,
                    fr=r"chemin direct de la variante : $f_t(1-f_t) \leq 1/4$, quels que "
                    "soient les poids",
                    en="direct path of the variant: $f_t(1-f_t) \\leq 1/4$, whatever the weights",
                ),
                Mark(
                    2,
                    fr="les autres chemins, par $h_{t-1}$, et leurs facteurs",
                    en="the other paths, through $h_{t-1}$, and their factors",
                ),
                Mark(
                    1,
                    fr="conséquence : la porte ne peut pas retenir l'information (le contraste "
                    "avec un LSTM standard vaut justification, sans être exigé)",
                    en="consequence: the gate cannot retain information (the contrast with a "
                    "standard LSTM counts as a justification, but is not required)",
                ),
                Mark(
                    2,
                    fr="pour chacun des deux modèles, quand le gradient disparaît et quand il "
                    "peut exploser",
                    en="for each of the two models, when the gradient vanishes and when it can "
                    "explode",
                ),
                Mark(
                    1, fr="conclusion cohérente et nuancée", en="consistent, qualified conclusion"
                ),
            ],
        ),
    ],
    figures=[paths, gate, flow],
    instances=INSTANCES,
    summary=[
        Key(
            dc1_dx0,
            fr=r"dérivée de $c_1$ par rapport à $x_0$, où $\varphi_t = f_t(1 - f_t)$",
            en=r"derivative of $c_1$ with respect to $x_0$, where $\varphi_t = f_t(1 - f_t)$",
        ),
        Key(dc0, fr="dérivée de $c_0$", en="derivative of $c_0$"),
        Key(
            dh0,
            fr=r"dérivée de $h_0$, où $s_0 = \tanh c_0$",
            en=r"derivative of $h_0$, where $s_0 = \tanh c_0$",
        ),
        Key(
            B1,
            fr="effet de $h_0$ sur $c_1$, à $c_0$ fixé",
            en="effect of $h_0$ on $c_1$, with $c_0$ fixed",
        ),
        Key(best_gate, fr="facteur du chemin direct", en="factor of the direct path"),
        Key(
            criterion,
            fr="variante : le gradient disparaît à coup sûr si strictement positif",
            en="variant: the gradient certainly vanishes if positive",
        ),
        Key(rest_flow, fr="variante scalaire au repos", en="scalar variant at rest"),
        Key(
            rnn_flow,
            fr="RNN sigmoïde scalaire à $h_t = 1/2$",
            en="scalar sigmoid RNN at $h_t = 1/2$",
        ),
        Key(
            open_bias,
            fr="biais d'oubli d'un LSTM pour $T$ pas, au moins deux",
            en="forget bias of an LSTM for $T$ steps, at least two",
        ),
    ],
)
