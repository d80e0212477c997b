"""Question 2: another power."""

from sympy import Reals

from questions.phrases import DEGREE, POWER_RULE
from solgen import Derivation, Part, Question, Step, Text, by_slope, derivative, symbol, times

t = symbol("t", Reals, fr="durée", en="duration")
W = symbol("W", Reals, value=5 * t**2, fr="travail", en="work")

rate = Derivation(
    r"\frac{dW}{dt}",
    value=derivative(W, t),
    steps=[Step(times(10, t), POWER_RULE)],
    checks=[by_slope(W, t)],
)
try:
    from questions.extra import MORE
except ImportError:
    MORE = 0
degree = DEGREE + MORE

question = Question(
    title=Text(fr="Un débit", en="A rate"),
    parts=[Part("a", points=2, answers=[rate])],
)
