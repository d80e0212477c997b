"""What was read has the value that a mathematician gives it, exactly and in numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
import sympy

from solgen.meaning import Meaning
from solgen.reading import Vocabulary, notation, read
from solgen.values import Beyond, Family, Outside, Unknown

A = np.array([[2.0, 1.0], [0.5, 3.0]])
X = np.array([[1.0], [-2.0]])
NUMBERS: dict[str, Any] = {
    "A": A,
    notation(r"\boldsymbol{x}"): X,
    notation(r"\boldsymbol{g}"): Family({1: X, 2: 2 * X, 3: A @ X}),
    "e": Family({(1, 2): 5.0, (2, 1): 7.0}),
    notation("z"): Family({0: 1.0, 1: 4.0}),
    "t": 2,
    "n": 2,
    "range of k": [1, 2, 3],
    "h": lambda u: u**2,
    notation(r"\mathbf{E}\,u"): 0.25,
}
WORDS = Vocabulary(
    {tuple(key.split(" ")): key for key in NUMBERS if not key.startswith("range")},
    frozenset("h"),
)
x, y = sympy.symbols("x y", positive=True)


def number(source: str) -> Any:
    statement = read(source, WORDS).statements[0]
    return Meaning(NUMBERS, exact=False).value(statement.children[0].children[0])  # type: ignore[union-attr]


def exact(source: str, **values: Any) -> Any:
    words = Vocabulary({(name,): name for name in values}, frozenset("g"))
    statement = read(source, words).statements[0]
    return Meaning(values, exact=True).value(statement.children[0].children[0])  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (r"A \boldsymbol{x}", A @ X),
        (r"\boldsymbol{x}^\top A \boldsymbol{x}", float((X.T @ A @ X)[0, 0])),
        (r"A^\top", A.T),
        (r"A^{-1} \boldsymbol{x}", np.linalg.inv(A) @ X),
        (r"A^2", A @ A),
        (r"A^t", A @ A),
        (r"\boldsymbol{x} \odot \boldsymbol{x}", X * X),
        (r"1 - \boldsymbol{x}", 1 - X),
        (r"\|\boldsymbol{x}\|^2", 5.0),
        (r"\lVert A \rVert", float(np.linalg.norm(A, 2))),
        (r"\boldsymbol{g}_{t+1} - \boldsymbol{g}_1", A @ X - X),
        (r"\boldsymbol{g}_{t+1}^\top \boldsymbol{g}_1", float(((A @ X).T @ X)[0, 0])),
        (r"e_{12} - e_{21}", -2.0),
        (r"z^{(t-1)}", 4.0),
        (r"\sum_{k=1}^{3} k^2", 14),
        (r"\sum_{k} k", 6),
        (r"\prod_{k<4} k", 6),
        (r"\sum_{k \in \{1, 5\}} k", 6),
        (r"\tfrac12 h(3) + 1", 5.5),
        (r"h(t)^2", 16),
        (r"\mathbf{E}\,u + 1", 1.25),
        (r"\begin{bmatrix} A \boldsymbol{x} & A \end{bmatrix}", np.hstack([A @ X, A])),
        (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", np.array([[1.0, 2], [3, 4]])),
        (r"\operatorname{diag}(\boldsymbol{x}) \boldsymbol{x}", X * X),
        (r"\operatorname{softmax}(\boldsymbol{x})_2", float(np.exp(-2) / (np.exp(1) + np.exp(-2)))),
        (r"\det A", float(np.linalg.det(A))),
        (r"\lfloor \frac{7}{2} \rfloor", 3),
        (r"-2^2", -4),
        (r"2^{-1}", 0.5),
    ],
)  # fmt: skip
def test_numbers_and_arrays(source: str, value: Any) -> None:
    found = number(source)
    assert np.shape(found) == np.shape(value)
    assert np.allclose(found, value, rtol=1e-12, atol=0)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        (r"\frac{\mathrm{d}}{\mathrm{d}x} x^2 y", 2 * x * y),
        (r"\frac{dg(x)}{dx}", 2 * x),
        (r"\left.x^2 y\right|_{x = 3}", 9 * y),
        (r"\lim_{x \to \infty} \frac{x}{x + y}", 1),
        (r"\sum_{k = 0}^{\infty} 4^{-k}", sympy.Rational(4, 3)),
        (r"g'(x)", 2 * x),
        (r"\tanh^2(x)", sympy.tanh(x) ** 2),
        (r"[x, 2]", sympy.Tuple(x, 2)),
        (r"\max(0, x)", sympy.Max(0, x)),
        (r"\sqrt[3]{x}", x ** sympy.Rational(1, 3)),
        (r"\log_2 8", 3),
    ],
)
def test_exact_values(source: str, value: Any) -> None:
    found = exact(source, x=x, y=y, g=lambda u: u**2)
    gap = sympy.Tuple(found) if not isinstance(found, sympy.Tuple) else found
    other = sympy.Tuple(sympy.sympify(value)) if not isinstance(value, sympy.Tuple) else value
    assert all(sympy.simplify(a.doit() - b) == 0 for a, b in zip(gap, other, strict=True))


@pytest.mark.parametrize(
    "source",
    [
        r"\boldsymbol{x} \boldsymbol{x}",
        r"A + 1",
        r"A + \boldsymbol{x}",
        r"(A \boldsymbol{x}) / A",
        r"A_2 \cdots A_1",
        r"\pm t",
        r"\operatorname{foo}(t)",
        r"\frac{\partial A}{\partial t}",
        r"\max_{t} h(t)",
    ],
)
def test_what_has_no_value_is_beyond_the_reader(source: str) -> None:
    with pytest.raises(Beyond):
        number(source)


def test_a_prime_needs_one_variable() -> None:
    with pytest.raises(Beyond, match="one variable"):
        exact("(x + y)'", x=x, y=y)


def test_a_member_that_is_not_there_is_told_apart_from_a_missing_family() -> None:
    with pytest.raises(Outside):
        number(r"\boldsymbol{g}_9")
    with pytest.raises(Unknown, match="u has no value"):
        number("u + 1")


class Counted(dict[str, Any]):
    """Values that count how often each of them is looked up."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.asked: Counter[str] = Counter()

    def __getitem__(self, key: str) -> Any:
        self.asked[key] += 1
        return super().__getitem__(key)


def test_what_no_index_changes_is_computed_once_in_a_sum() -> None:
    family = Family({k: float(k) for k in range(1, 10)})
    values = Counted({"a": 2.0, "n": 9, "z": family})
    words = Vocabulary({(key,): key for key in values}, frozenset())
    source = r"\sum_{i=1}^{n} \sum_{j=1}^{i} a^{2} (z_i + a) \sum_{i=1}^{2} z_i z_j"
    statement = read(source, words).statements[0]
    found = Meaning(values, exact=False).value(statement.children[0].children[0])  # type: ignore[union-attr]
    assert found == sum(4 * (i + 2) * 3 * j for i in range(1, 10) for j in range(1, i + 1))
    # Once at each of its two places, and not in each of 45 terms.
    assert values.asked["a"] == 2
