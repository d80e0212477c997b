"""Results that SymPy is known to have wrong, none of which may pass.

Each trap names the issue it comes from, what SymPy claimed (some of it until today), and what is
right. The road that decides is no symbolic one: mpmath sums, integrates or evaluates what the
claim is about, or the referee draws points. An issue of another repository is named in full.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import mpmath
import pytest
import sympy
from mpmath import mpf
from sympy import (
    E,
    Interval,
    LambertW,
    Naturals,
    Rational,
    Reals,
    Tuple,
    Union,
    acos,
    binomial,
    cos,
    erf,
    exp,
    gamma,
    hyper,
    log,
    oo,
    pi,
    sin,
    sqrt,
)

from solgen.algebra import compare
from solgen.checks import by_slope, by_value
from solgen.evidence import agree, holds
from solgen.guards import ACCEPTED, REFUSED, check_guard
from solgen.model import Check
from solgen.symbols import symbol


@dataclass(frozen=True)
class Trap:
    """A wrong claim and the right one (None where it has no closed form), and who must tell."""

    issue: str
    wrong: Any
    right: Any
    judge: Callable[[Any], str]  # "accepted" or "refused"

    def __str__(self) -> str:
        return self.issue


def real(name: str, domain: Any = Reals) -> Any:
    return symbol(name, domain, fr="nombre", en="number")


x, y, a = real("x"), real("y"), real("a")
below, under = real("b", Interval.open(-oo, 0)), real("c", Interval.open(-oo, -1))
small = real("s", Interval.open(0, 1))
positive = real("p", Interval.open(0, oo))
n, c = real("n", Naturals), real("d", Interval.open(0, oo))


def _ruling(check: Any) -> Callable[[Any], str]:
    return lambda claim: check_guard(check, 1).rule(claim).word


def value(
    issue: str, wrong: Any, right: Any, function: Callable[..., Any], *over: Any, digits: int = 15
) -> Trap:
    """A number, or a formula in these symbols, that mpmath computes from the definition."""
    check = by_value(function, *over, digits=digits, fr="valeur", en="value")
    return Trap(issue, wrong, right, _ruling(check))


def integral(issue: str, wrong: Any, right: Any, f: Callable[[Any], Any], *points: Any) -> Trap:
    """A definite integral, between the first and the last of the points where it has to be cut."""
    return value(issue, wrong, right, lambda: mpmath.quad(f, [mpf(1) * p() for p in points]))


def antiderivative(issue: str, wrong: Any, right: Any, f: Any, s: Any) -> Trap:
    """A function whose slope, measured, has to be f."""
    return Trap(issue, wrong, right, lambda claim: _ruling(by_slope(claim, s))(f))


def equality(issue: str, wrong: Any, right: Any, definition: Any) -> Trap:
    """What the referee compares with the definition, as it stands."""

    def judge(claim: Any) -> str:
        return ACCEPTED if compare(claim, definition).accepted else REFUSED

    return Trap(issue, wrong, right, judge)


def at(number: float) -> Callable[[], Any]:
    return lambda: number


def of_pi(share: float) -> Callable[[], Any]:
    return lambda: share * mpmath.pi


ZERO, ONE, MINUS, QUARTERS = at(0), at(1), at(-1), [of_pi(k / 2) for k in range(5)]

INTEGRALS = [
    integral(
        "#29072", 1, 2, lambda t: abs(mpmath.sin(t) * mpmath.cos(t)), *QUARTERS
    ),
    integral("#29792", -1, 1, lambda t: mpmath.sqrt(2 - t) * mpmath.sqrt(1 / (2 - t)), ZERO, ONE),
    integral(
        "#15810", Rational(1, 2), Rational(3, 2),
        lambda t: 1 / (mpf(2) ** (2 * t / 3) + 1), ZERO, at(20), at(mpmath.inf),
    ),
    integral(
        "#7337", Rational(-2, 5), Rational(2, 5), lambda t: t * mpmath.sqrt(2 * t + 3), MINUS, ONE
    ),
    integral(
        "#13816", 0, (sqrt(2) - sqrt(3)) * pi,
        lambda t: 2 * mpmath.sqrt(1 - t**2) * (4 * mpmath.sqrt(2) * t**2 - mpmath.sqrt(3)),
        MINUS, ONE,
    ),
    value("#21166", -4 * cos(1) + 4 * sin(1), 0, lambda: mpmath.quad(
        lambda t: mpmath.sin(mpmath.sqrt(t)) + mpmath.sin(-mpmath.sqrt(t)), [0, 1])),
    integral("#25052", -1, 1, lambda t: abs(mpmath.cos(t)), of_pi(-0.5), ZERO),
    integral("#25066", -sin(1), sin(1), lambda t: abs(mpmath.cos(t)), MINUS, ZERO),
    integral(
        "#25066, second", 0, 4, lambda t: abs(mpmath.sin(t)), of_pi(-2), of_pi(-1), ZERO
    ),
    integral(
        "#15457", E - exp(-1), 2 * E - 2, lambda t: mpmath.exp(abs(t - 2)), ONE, at(2), at(3)
    ),
    integral("#30319", 2, 4, lambda t: abs(mpmath.sin(2 * t)), *QUARTERS),
    integral(
        "#30319, three periods", Rational(2, 3), 6, lambda t: abs(mpmath.sin(3 * t)),
        *[lambda k=k: k * mpmath.pi / 3 for k in range(10)],
    ),
    integral(
        "#30319, jump", -3 * log(2), pi / sqrt(3) - 3 * log(2),
        lambda t: mpmath.atan((3 * t - t**3) / (1 - 3 * t**2)),
        ZERO, lambda: 1 / mpmath.sqrt(3), lambda: mpmath.sqrt(3),
    ),
    value(
        "#30319, meijerint", Rational(4, 3) - 2 * pi, Rational(4, 3),
        lambda: mpmath.quad(lambda t: mpmath.sin(4 * t) / mpmath.sin(t), [0, 1, mpmath.pi / 2]),
    ),
    integral("#14782", 0, -pi / 8, lambda t: mpmath.sqrt(1 - t**2) * (t - t**2), MINUS, ONE),
    integral(
        "#21387", 1, 0, lambda t: abs(mpmath.cos(t)) * mpmath.sin(t),
        *[of_pi(k) for k in (-1, -0.5, 0, 0.5, 1)],
    ),
    integral(
        "#30404", 0, Rational(-4, 9), lambda t: mpmath.sqrt(1 - t) * mpmath.log(1 - t), ZERO, ONE
    ),
    integral(
        "#21665", -pi / 2, pi,
        lambda t: -4 * (1 - t**2) ** mpf(1.5) / 3 + 2 * mpmath.sqrt(1 - t**2) * (2 - 2 * t**2),
        MINUS, ONE,
    ),
    integral(
        "#27050", 0, (sqrt(2) - 1) * pi, lambda t: mpmath.sqrt(1 - t**2) / (1 + t**2), MINUS, ONE
    ),
    integral(
        "#6278", 0, 2 * pi / sqrt(3), lambda t: 1 / (mpmath.cos(t) + 2), ZERO, of_pi(1), of_pi(2)
    ),
    value(
        "#2975", 0, 2 / (positive * sqrt(positive + 1)),
        lambda c: mpmath.quad(
            lambda t: (t**2 + c) ** mpf(-1.5), [-1, -min(c, 0.5), 0, min(c, 0.5), 1]
        ),
        positive, digits=6,
    ),
    value(
        "#28657", 5, Rational(5, 2),
        lambda: mpmath.quad(
            lambda t: 400 * mpmath.pi**2 * t**2
            / (1600 * mpmath.pi**4 * t**4 - 796 * mpmath.pi**2 * t**2 + 100),
            [0, 0.15, 0.158, 0.16, 0.17, 1, mpmath.inf],
        ),
        digits=6,
    ),
    value(
        "#25786", -(erf(6 / sqrt(5)) - erf(2 / (5 * sqrt(5)))) * sqrt(5 * pi) / 4,
        (erf(6 / sqrt(5)) - erf(2 / (5 * sqrt(5)))) * sqrt(5 * pi) / 4,
        lambda: mpmath.quad(lambda t: mpmath.exp(-4 * t**2 / 5), [-3, -1, -mpf(1) / 5]),
    ),
]  # fmt: skip


def _hyper(sign: int) -> Any:
    shape = hyper((Rational(2, 3),), (Rational(3, 2), Rational(5, 3)), -(below**6) / 4)
    return sign * below**4 * gamma(Rational(2, 3)) * shape / (6 * gamma(Rational(5, 3)))


ANTIDERIVATIVES = [
    antiderivative("#29900", _hyper(-1), _hyper(1), sin(below**3), below),
    antiderivative(
        "#20982", sqrt(1 - 1 / under**2), -sqrt(1 - 1 / under**2),
        1 / (under**2 * sqrt(under**2 - 1)), under,
    ),
]  # fmt: skip


def _far(function: Callable[[Any], Any], t: Any = None) -> Any:
    """The value so far out that 15 digits of the limit are there."""
    with mpmath.workdps(250):
        return +function(mpf(10) ** 40 if t is None else t)


LIMITS = [
    value("#25885", 1, exp(Rational(-1, 2)), lambda: _far(
        lambda t: mpmath.exp(t**2 * mpmath.log1p(1 / t) - t))),
    value("#21724", 0, -E / 2, lambda: _far(
        lambda t: t * mpmath.exp(t * mpmath.log1p(1 / t)) - mpmath.e * t)),
    value("#13382", 0, 2, lambda: _far(lambda t: t * (((t + 1) ** 2 + 1) / (t**2 + 1) - 1))),
    value("#13403", oo, None, lambda: _far(
        lambda t: t * (-1 + (t + mpmath.log(t + 1) + 1) / (t + mpmath.log(t))))),
    value("#17380", 0, 1, lambda: _far(
        lambda t: t * (-1 + (t + mpmath.log(t + 1) + 1) / (t + mpmath.log(t)))), digits=10),
    value("#18378", 9, 3, lambda: _far(
        lambda t: mpmath.log(mpmath.exp(3 * t) + t) / mpmath.log(mpmath.exp(t) + t**100),
        mpf(10) ** 6)),
    value("#15055", -oo, 1, lambda: _far(lambda t: t**3 * (
        (-t - 1) * mpmath.sin(1 / t) + (t + 2) * mpmath.sin(1 / (t + 1))) / (1 - t)), digits=10),
    value("#13416", -1, 1, lambda: _far(
        lambda t: (-(t**3) * mpmath.log(t) ** 3 + (t - 1) * (t + 1) ** 2 * mpmath.log(t + 1) ** 3)
        / (t**2 * mpmath.log(t) ** 3)), digits=1),
    value("#18969", positive, LambertW(positive), lambda t: mpmath.lambertw(t).real, positive),
    value("#23525", 0, sqrt(5) / 5, lambda: mpmath.diff(lambda k: mpmath.sqrt(
        (mpf(5) / 2 - mpmath.sqrt(mpf(25) / 4 - 3 + 3 * mpmath.cos(k))) * 2 / 3),
        mpf(10) ** -15), digits=8),
]  # fmt: skip

SUMS = [
    value("diofant/diofant#236", Rational(521, 25200), Rational(4, 35), lambda: mpmath.nsum(
        lambda k: k / ((k + 2) * (k + 4) * (k + 8)), [1, mpmath.inf])),
    value("#13902", -((n + 1) ** 2) * binomial(2, n + 1), None, lambda last: mpmath.fsum(
        mpmath.binomial(2, k) * k**2 for k in range(int(last) + 1)), n),
    value("#8016", 0, (-1) ** n * binomial(n + 9, n), lambda half: mpmath.fsum(
        mpmath.binomial(half + 9, k) * mpmath.binomial(half + 9, 2 * half - k) * (-1) ** k
        for k in range(2 * int(half) + 1)), n),
    value("#20932", 0, None, lambda: mpmath.fsum(
        mpmath.sin(mpf(w) / 64) * mpmath.binomial(51, w) * mpmath.binomial(77, 64 - w)
        for w in range(52)) / mpmath.binomial(128, 64)),
    value("#19852", sympy.nan, None, lambda: mpmath.nsum(
        lambda k: mpmath.factorial(4 * k) / mpmath.factorial(4 * k + 4), [1, mpmath.inf])),
    value("#13546", 2 ** (n * (1 - n) / 2) + n**n, None, lambda last: mpmath.fprod(
        last + mpf(2) ** -k for k in range(int(last))), n),
    value("#14036", 0, sin(small) / small, lambda s: mpmath.nprod(
        lambda k: 1 - s**2 / (k * mpmath.pi) ** 2, [1, mpmath.inf]), small, digits=8),
]  # fmt: skip

_TWICE = (cos(2 * x - 2 * y) - cos(2 * x + 2 * y)) / 16
FORMS = [
    equality(
        "#20430", _TWICE, cos(y) * _TWICE,
        cos(x / 2) * sin(x / 2) * cos(x) * cos(y) ** 2 * sin(y),
    ),
    value("#23086", 0, 180 * acos(Rational(7823207, 7823209)) / pi, lambda: (
        180 * mpmath.acos(mpf(7823207) / 7823209) / mpmath.pi)),
    equality("#19407", x <= y, x >= y, sqrt(2) * (y - x) - sqrt(2) * (x - y) <= 0),
    equality(
        "#12177", -a * small, a * (-small + Rational(1, 2) - 1 / (2 * (2 * small - 1))),
        a * (-small + (1 - small) * (2 * small - 1)) / (2 * small - 1),
    ),
    Trap(
        "#9994", 5 * sin(x) * cos(x) ** 4, sin(x) * cos(x) ** 4,
        _ruling(by_slope(-(cos(x) ** 5) / 5, x)),
    ),
]  # fmt: skip

SERIES = [
    value("#18008", Rational(-45, 16), Rational(-9, 32), lambda: _far(lambda w: w**3 * (
        w * (1 + w * (1 - w)) / (1 + w * (1 - w) - (1 - w) ** 2)
        - (w / 2 + mpf(1) / 4 - 1 / (8 * w) - 3 / (16 * w**2))))),
    value("#20106", Rational(3, 16), Rational(-5, 16), lambda: _far(lambda r: r**7 * (
        mpmath.sqrt(1 / (r**2 + 1)) - 1 / r + 1 / (2 * r**3) - 3 / (8 * r**5)), mpf(10) ** 10)),
    value("#12578", -24, -152, lambda: _far(lambda r: r**10 * (
        (1 - ((1 / r - r) / 2) ** -4) ** (mpf(1) / 8) - 1 + 2 / r**4 + 8 / r**6 + 34 / r**8),
        mpf(10) ** 10)),
    value("#10761", 0, 1, lambda: _far(lambda r: r**5 * (
        1 / (r**2 + r**3) - 1 / r**3 + 1 / r**4), mpf(10) ** 20)),
]  # fmt: skip

ROOT = mpmath.sqrt
FLOORS = [
    value("#21039", 1402, 1401, lambda: mpmath.floor(
        ROOT(2) / (541131238821888000 - 382637568482834149 * ROOT(2)))),
    value("#20076", 82925, 82924, lambda: mpmath.floor(260515 / mpmath.pi + mpf(1) / 2)),
    value("#13098", 1, 0, lambda: mpmath.floor(mpmath.log10(mpf(999999999) / 10**8))),
    value("#26368", 839327132406530642, 839327132406530643, lambda: mpmath.floor(
        (ROOT(62274204097870571696467174993143330835664166821124311)
         + 251519874856047008187562714) / 596987581), digits=20),
    value("#26368, second", 674268509525273843, 674268509525273842, lambda: mpmath.floor(
        (ROOT(108784885127316055592938869861619129903187556953122937)
         + 59364928528845480110634805) / 577203978), digits=20),
]  # fmt: skip


def roots(issue: str, wrong: Any, right: Any, find: Callable[[], list[Any]]) -> Trap:
    """The roots of an equation, in order, which mpmath finds."""

    def look(claim: Any) -> Any:
        with mpmath.workdps(40):
            return agree(claim, find(), digits=15, scale=1)

    check = Check("numeric", look, fr="racines", en="roots")
    return Trap(issue, Tuple(*wrong), Tuple(*right), _ruling(check))


def members(issue: str, wrong: Any, right: Any, condition: Callable[[Any], bool]) -> Trap:
    """A set of numbers: which of a grid's points belong to it."""

    def look(claim: Any) -> Any:
        grid = [Rational(k, 4) for k in range(-40, 41)]
        same = [(claim.contains(point) == True) == condition(point) for point in grid]  # noqa: E712
        return holds(same, "a point belongs to it where the condition is true")

    check = Check("enumeration", look, fr="membres", en="members")
    return Trap(issue, wrong, right, _ruling(check))


def _positive_roots() -> list[Any]:
    def f(t: Any) -> Any:
        return mpmath.sin(2 * t) / 4 - 2 * mpmath.sin(t) / 5

    return [mpf(0), mpmath.findroot(f, (0.5, 0.8), solver="anderson"), +mpmath.pi]


GAP = Union(Interval.open(-oo, 2), Interval.open(2, oo))
SOLUTIONS = [
    roots("#27548", (), (-sqrt(110) / 11000000000, sqrt(110) / 11000000000), lambda: [
        -1 / ROOT(mpf(11) * 10**17) , 1 / ROOT(mpf(11) * 10**17)]),
    roots("#25781", (Rational(1, 2),), (0, Rational(1, 2)), lambda: mpmath.polyroots([2, -1, 0])),
    roots("#10207", (0, pi), (0, acos(Rational(4, 5)), pi), _positive_roots),
    roots("#13550", (), (-3,), lambda: [r for r in mpmath.polyroots([1, -2, -15]) if r < 0]),
    members("#9567", Interval.open(1, 2), Union(Interval.open(0, 1), Interval.open(1, 2)),
            lambda t: t != 1 and abs(1 / (t - 1)) > 1),
    members("#9642", Interval.open(0, oo), None, lambda t: mpmath.tan(mpf(t.p) / t.q) > 0),
    members("#25983", Union(Interval.open(-oo, 0), Interval.open(0, oo)),
            Union(Interval(-oo, -pi), Interval(pi, oo)), lambda t: t != 0 and pi / abs(t) <= 1),
    members("#11909", Union(Interval.open(-oo, -1), Interval.open(-1, 2)), Interval.Ropen(-2, 2),
            lambda t: t >= -2 and sqrt(t + 2) > t),
    members("#11878", sympy.S.EmptySet, Interval.open(-1, 0), lambda t: t > -1 and log(t + 1) < 0),
    members("#10854", Reals, GAP, lambda t: t != 2),
]  # fmt: skip

TRAPS = [
    *INTEGRALS, *ANTIDERIVATIVES, *LIMITS, *SUMS, *FORMS, *SERIES, *FLOORS, *SOLUTIONS,
]  # fmt: skip


z, k = sympy.Symbol("z"), sympy.Symbol("k", integer=True, positive=True)
w = sympy.Symbol("w", integer=True)
_BIG = 62274204097870571696467174993143330835664166821124311
TODAY = {  # what SymPy 1.14, which these tests run with, still says
    "#29072": lambda: sympy.integrate(abs(sin(z) * cos(z)), (z, 0, 2 * pi)),
    "#29792": lambda: sympy.integrate(sqrt(2 - z) * sqrt(1 / (2 - z)), (z, 0, 1)),
    "#25052": lambda: sympy.integrate(abs(cos(z)), (z, -pi / 2, 0)),
    "#30319": lambda: sympy.integrate(abs(sin(2 * z)), (z, 0, 2 * pi)),
    "#30319, three periods": lambda: sympy.integrate(abs(sin(3 * z)), (z, 0, 3 * pi)),
    "#21387": lambda: sympy.integrate(abs(cos(x)) * sin(x), (x, -pi, pi)),
    "diofant/diofant#236": lambda: sympy.summation(
        k / ((k + 2) * (k + 4) * (k + 8)), (k, 1, oo)).simplify(),
    "#20932": lambda: sympy.Sum(
        sin(w / 64) * binomial(51, w) * binomial(77, 64 - w) / binomial(128, 64), (w, 0, 64)).n(),
    "#27548": lambda: Tuple(*sympy.solve(11 * 10**9 / a - 1 / (10**8 * a * z**2), z)),
    "#21039": lambda: sympy.floor(sqrt(2) / (541131238821888000 - 382637568482834149 * sqrt(2))),
    "#26368": lambda: sympy.floor((sqrt(_BIG) + 251519874856047008187562714) / 596987581),
}  # fmt: skip


@pytest.mark.skipif(not sympy.__version__.startswith("1.14"), reason="said by SymPy 1.14")
@pytest.mark.parametrize("issue", TODAY)
def test_sympy_still_says_so(issue: str) -> None:
    (trap,) = (trap for trap in TRAPS if trap.issue == issue)
    assert TODAY[issue]() == trap.wrong


def test_there_are_many_traps_and_each_is_another() -> None:
    assert len({trap.issue for trap in TRAPS}) == len(TRAPS) >= 40


@pytest.mark.parametrize("trap", TRAPS, ids=str)
def test_what_sympy_has_wrong_is_refused(trap: Trap) -> None:
    assert trap.judge(sympy.sympify(trap.wrong)) == REFUSED


@pytest.mark.parametrize("trap", [t for t in TRAPS if t.right is not None], ids=str)
def test_what_is_right_is_accepted(trap: Trap) -> None:
    assert trap.judge(sympy.sympify(trap.right)) == ACCEPTED
