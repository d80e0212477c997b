"""A relation is judged in every context that gives its symbols values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sympy import Interval, Reals, exp, oo

from solgen.contexts import Context, drawn_context, exact_context
from solgen.errors import QuestionError
from solgen.instance import Instance
from solgen.judge import Verdict, belongs, decimals, judge, space
from solgen.meaning import Meaning
from solgen.reading import Vocabulary, notation, read
from solgen.symbols import symbol
from solgen.syntax import item, sides, signs
from solgen.tokens import normal

a = symbol("a", Reals, fr="réel", en="real")
f = symbol("f", Interval.open(0, 1), value=1 / (1 + exp(-a)), fr="sortie", en="output")
n = symbol("n", {1, 2, 3}, fr="taille", en="size")
SYMBOLS = {"a": a, "f": f, "n": n}
U, V = notation(r"\boldsymbol{u}"), notation(r"\boldsymbol{v}")


def context(values: Any, only: tuple[str, ...] = ()) -> Context:
    instance = Instance(values, only=only)
    if instance.defines:
        return exact_context(SYMBOLS, dict(values))
    keys = frozenset(normal(text) for text in only)
    return drawn_context(instance, SYMBOLS, lambda k: notation(getattr(k, "name", k)), keys)


def judged(relation: str, *contexts: Context, functions: str = "") -> Verdict:
    names = [*SYMBOLS, *(k for c in contexts for k in c.draws[0].values), "i", "t", "y"]
    words = Vocabulary({tuple(k.split(" ")): k for k in names}, frozenset(functions))
    (statement,) = read(relation, words).statements
    left, right = (item(side) for side in sides(statement)[:2])
    return judge(left, signs(statement)[0], right, [exact_context(SYMBOLS, {}), *contexts])


def doubling(rng: np.random.Generator) -> dict[Any, Any]:
    members = {0: rng.normal(size=(2, 1))}
    for step in range(1, 6):
        members[step] = 2 * members[step - 1]
    return {U: members, "t": range(6)}


def pairs(rng: np.random.Generator) -> dict[Any, Any]:
    q = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return {U: {i: q[:, [i - 1]] for i in (1, 2, 3)}, ("i", "t"): [(1, 2), (1, 3), (2, 3)]}


def test_the_definitions_come_first() -> None:
    assert judged(r"f = \frac{e^a}{1 + e^a}").kind == "proved"
    assert judged(r"f < 1").kind == "sampled"
    assert judged(r"n^2 \leq 9").kind == "enumerated"
    assert judged(r"n \leq 3").kind == "given"  # its domain says so
    assert judged(r"f = \frac{1}{1 + e^{-a}}").kind == "given"  # its definition
    assert judged(r"a \in \mathbb{R}").kind == "given"
    refuted = judged(r"f = \frac{e^a}{2 + e^a}").refuted
    assert refuted is not None
    assert refuted.left != refuted.right


def test_an_instance_is_tried_for_every_index_in_reach() -> None:
    good = r"\boldsymbol{u}_{t+1} = 2 \boldsymbol{u}_t"
    assert judged(good, context(doubling)) == Verdict(
        "sampled", judged(good, context(doubling)).method
    )
    assert "25 cases" in judged(good, context(doubling)).method  # 5 draws, t = 0 to 4
    bad = judged(r"\boldsymbol{u}_{t+1} = 3 \boldsymbol{u}_t", context(doubling))
    assert bad.refuted is not None
    assert bad.refuted.at == "at t = 0"


def test_indices_that_go_together_stay_together() -> None:
    orthogonal = r"\boldsymbol{u}_i^\top \boldsymbol{u}_t = 0"
    assert judged(orthogonal, context(pairs)).kind == "sampled"
    assert judged(r"\boldsymbol{u}_i^\top \boldsymbol{u}_i = 0", context(pairs)).refuted


def test_all_general_contexts_must_agree() -> None:
    other = context(lambda rng: {U: {t: rng.normal(size=(2, 1)) for t in range(4)}, "t": range(4)})
    relation = r"\boldsymbol{u}_{t+1} = 2 \boldsymbol{u}_t"
    assert judged(relation, context(doubling), other).refuted


def test_an_example_bears_out_its_own_data_only() -> None:
    example = context({n: 2})
    assert judged("n = 2", example).kind == "data"
    assert judged("n^2 = 4", example).kind == "example"
    assert judged("n = 3", example).refuted
    assert judged("a = 0", example).refuted


def test_an_example_with_arrays_draws_nothing_else() -> None:
    example = context({U: np.array([[1.0], [2.0]])})
    assert judged(r"\|\boldsymbol{u}\|^2 = 5", example).kind == "example"
    assert judged(r"a < 100", example).refuted
    assert judged(r"\|\boldsymbol{u}\|^2 > n", example).kind == ""


def test_what_has_no_value_is_named() -> None:
    assert judged("i = 1").unknown == "i"
    assert "not computed" in judged(r"a \to \infty").beyond


def test_an_author_s_function_that_fails_decides_nothing() -> None:
    broken = context({"h": lambda _: 1 / 0, n: 2, U: np.ones((2, 1))})
    assert "ZeroDivisionError" in judged("h(n) = 1", broken, functions="h").beyond


def test_proportional_is_up_to_one_factor_for_all_indices() -> None:
    def law(rng: np.random.Generator) -> dict[Any, Any]:
        weights = rng.uniform(1, 2, size=3)
        return {
            U: {y: w / weights.sum() for y, w in enumerate(weights)},
            V: dict(enumerate(weights)),
            "y": range(3),
        }

    assert judged(r"\boldsymbol{u}_y \propto \boldsymbol{v}_y", context(law)).kind == "sampled"
    assert judged(r"\boldsymbol{u}_y \propto \boldsymbol{v}_y^2", context(law)).refuted
    assert judged(r"\boldsymbol{u}_y \propto 2", context(law)).kind == ""


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("0.25", 2),
        ("-0.250", 3),
        ("41", 0),
        (r"2.1 \times 10^{-5}", 6),
        ("a", None),
        ("1 + 2", None),
    ],
)
def test_the_decimals_that_a_number_shows(source: str, shown: int | None) -> None:
    (statement,) = read(source, Vocabulary({("a",): "a"})).statements
    assert decimals(item(sides(statement)[0])) == shown


@pytest.mark.parametrize(
    ("source", "domain", "same"),
    [
        (r"(0, 1)", Interval.open(0, 1), True),
        (r"[0, 1)", Interval.Ropen(0, 1), True),
        (r"[0, 1]", Interval.open(0, 1), False),
        (r"(0, \infty)", Interval.open(0, oo), True),
        (r"\{1, 2, 3\}", {1, 2, 3}, True),
        (r"\{1, 2\}", {1, 2, 3}, False),
        (r"\{1, 3, \ldots\}", {1, 2, 3}, False),
    ],
)
def test_a_printed_domain_is_compared_with_the_glossary(
    source: str, domain: Any, *, same: bool
) -> None:
    s = symbol("s", domain, fr="essai", en="trial")
    (statement,) = read(source, Vocabulary()).statements
    assert belongs(s, space(item(sides(statement)[0]), Meaning({}, exact=True))) is same


def test_an_instance_must_give_values() -> None:
    with pytest.raises(QuestionError, match="returns no mapping"):
        context(lambda _rng: None)
    with pytest.raises(QuestionError, match="one argument"):
        Instance(dict)
    with pytest.raises(QuestionError, match="gives no values"):
        Instance(3)  # type: ignore[arg-type]
