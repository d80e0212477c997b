"""Where relations are tried: the glossary's exact symbols, and instances drawn at random."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import sympy

from solgen.algebra import unfold
from solgen.arithmetic import tidy
from solgen.errors import QuestionError, SolgenError
from solgen.instance import Instance
from solgen.points import sample
from solgen.symbols import Symbol
from solgen.values import Family

DRAWS = 5
MOST_CASES = 400


class Lazy(dict[str, Any]):
    """Values, some of them computed when first asked for."""

    def __init__(self, known: Mapping[str, Any], later: Mapping[str, Any]) -> None:
        super().__init__(known)
        self.later = dict(later)

    def __missing__(self, name: str) -> Any:
        if name not in self.later:
            raise KeyError(name)
        self[name] = self.later[name]()
        return self[name]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.later


@dataclass(frozen=True)
class Draw:
    """One set of values; `indices` gives the values that index names take together.

    `own` are the names that the instance itself gives values, `reach` those and what rests on
    them.
    """

    values: Mapping[str, Any]
    indices: tuple[tuple[tuple[str, ...], tuple[tuple[int, ...], ...]], ...] = ()
    own: frozenset[str] = frozenset()
    reach: frozenset[str] = frozenset()

    def cases(self, names: set[str]) -> Iterator[dict[str, int]]:
        """The values that these names take as indices; one empty case where none is an index."""
        axes = [
            [dict(zip(keys, values, strict=True)) for values in chosen]
            for keys, chosen in self.indices
            if names & set(keys)
        ]
        for combined in itertools.islice(itertools.product(*axes), MOST_CASES):
            yield {name: value for one in combined for name, value in one.items()}


@dataclass(frozen=True)
class Context:
    """Values of one kind: `exact`, or drawn; an `example` holds for its relations alone."""

    name: str
    exact: bool
    example: bool
    draws: tuple[Draw, ...]
    parts: str = ""
    only: frozenset[tuple[str, ...]] = field(default_factory=frozenset)


def exact_context(symbols: Mapping[str, Symbol], defined: Mapping[str, Any]) -> Context:
    """The glossary: every symbol stands for itself, with its domain and its definition.

    `defined` are notations that stand for expressions in them, or for functions.
    """
    return Context(
        "the definitions", exact=True, example=False, draws=(Draw({**symbols, **defined}),)
    )


def drawn_context(
    instance: Instance, symbols: Mapping[str, Symbol], keyed: Any, only: frozenset[tuple[str, ...]]
) -> Context:
    """The context of an instance. `keyed` gives the notation of a symbol or term.

    Raises QuestionError, at the instance's line, where it cannot be drawn.
    """
    draws = []
    exact = False
    for seed in range(1 if instance.example else DRAWS):
        given = _drawn(instance, seed)
        exact = exact or any(map(_symbolic, given.values())) or _is_exact(given)
        draws.append((seed, given))
    made = tuple(
        _draw(given, symbols, keyed, None if instance.example else seed, exact=exact)
        for seed, given in draws
    )
    name = f"the instance of line {instance.where.line}"
    return Context(name, exact, instance.example, made, instance.parts, only)


def _drawn(instance: Instance, seed: int) -> Mapping[Any, Any]:
    if instance.example:
        return instance.draw  # type: ignore[return-value] # a mapping, as its constructor saw
    try:
        given = instance.draw(np.random.default_rng(seed))  # type: ignore[operator]
    except SolgenError:
        raise
    except Exception as error:
        raise QuestionError(
            f"drawing the instance raised {type(error).__name__}: {error}",
            instance.where,
            "correct its function",
        ) from error
    if not isinstance(given, Mapping):
        raise QuestionError(
            "the instance's function returns no mapping",
            instance.where,
            "return {symbol: value, …}",
        )
    return given


def _symbolic(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_symbolic, value.values()))
    return isinstance(value, sympy.Basic | sympy.MatrixBase) and bool(value.free_symbols)


def _is_exact(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_exact, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_exact, value))
    return isinstance(value, int | sympy.Basic | sympy.MatrixBase | range)


def _draw(
    given: Mapping[Any, Any],
    symbols: Mapping[str, Symbol],
    keyed: Any,
    seed: int | None,
    *,
    exact: bool,
) -> Draw:
    """What an instance gives, and what follows; without a seed, an example, nothing is drawn."""
    values: dict[str, Any] = {}
    indices = []
    for key, value in given.items():
        names = tuple(map(keyed, key)) if isinstance(key, tuple) else (keyed(key),)
        if isinstance(value, range | set | frozenset):
            indices.append((names, tuple((i,) for i in sorted(value))))
            values[f"range of {names[0]}"] = sorted(value)
        elif isinstance(key, tuple):
            indices.append((names, tuple(tuple(v) for v in value)))
        else:
            name = names[0]
            base = base_of(tuple(name.split(" "))) if isinstance(value, dict) else None
            values[" ".join(base) if base else name] = _kept(value, exact=exact)
    own = frozenset(values) | {name for names, _ in indices for name in names}
    if exact:
        rest = {name: s for name, s in symbols.items() if name not in values}
        found: Mapping[str, Any] = {**_settled(rest, symbols, values), **values}
    else:
        found = Lazy(values, _sampled(symbols, values, seed))
    return Draw(found, tuple(indices), own, own | _resting(symbols, own))


def _resting(symbols: Mapping[str, Symbol], own: frozenset[str]) -> frozenset[str]:
    """The symbols whose definitions rest on those that have values of their own."""
    bases = {s for name in own & symbols.keys() for s in (symbols[name],)}
    return frozenset(
        name
        for name, s in symbols.items()
        if s.value is not None and bases & (_named(s.value) | unfold(s).free_symbols)
    )


def _named(value: Any) -> set[Any]:
    return set(getattr(value, "free_symbols", ()))


def _settled(
    rest: Mapping[str, Symbol], symbols: Mapping[str, Symbol], values: Mapping[str, Any]
) -> dict[str, Any]:
    """The other symbols, those that rest on symbols with a value computed from it."""
    known = {symbols[name]: value for name, value in values.items() if name in symbols}
    scalars = {s: v for s, v in known.items() if isinstance(v, sympy.Expr)}
    found: dict[str, Any] = {}
    for name, s in rest.items():
        inside = unfold(s, frozenset(scalars)) if s.value is not None else s
        touched = s.value is not None and scalars.keys() & inside.free_symbols
        found[name] = inside.xreplace(scalars).doit() if touched else s
    return found


def _kept(value: Any, *, exact: bool) -> Any:
    if isinstance(value, dict):
        return Family({index: _kept(member, exact=exact) for index, member in value.items()})
    if callable(value) and not isinstance(value, sympy.Basic | sympy.MatrixBase):
        return value
    return tidy(value, exact=exact)


def _sampled(
    symbols: Mapping[str, Symbol], values: Mapping[str, Any], seed: int | None
) -> dict[str, Any]:
    """Numbers for the glossary's symbols that an instance does not mention, made when needed.

    A definition is computed from what the instance gives; a free symbol is drawn in its domain,
    but not for an example, which speaks of its own data only.
    """
    names = {s: name for name, s in symbols.items()}

    def number(s: Symbol) -> Any:
        if names.get(s) in values:
            return values[names[s]]
        if s.value is None:
            points = sample([s], 24)
            return float(points[12 + ((seed or 0) * 5 + len(s.name)) % 12][s])
        inside = unfold(s.value)
        at = {base: _float(number(base)) for base in inside.free_symbols}
        return tidy(inside.xreplace(at).doit(), exact=False)

    def reached(s: Symbol) -> bool:
        return seed is not None or (
            s.value is not None
            and all(names.get(base) in values for base in unfold(s.value).free_symbols)
        )

    rest = ((name, s) for name, s in symbols.items() if name not in values)
    return {name: partial(number, s) for name, s in rest if reached(s)}


def _float(value: Any) -> Any:
    return sympy.Float(value, 17) if isinstance(value, float) else sympy.sympify(value)


def base_of(key: tuple[str, ...]) -> tuple[str, ...] | None:
    """What is indexed in a notation that ends by indices: g of g_t, h of h_{t-1}."""
    if len(key) < 4 or key[-1] != "}" or not any(sign in key for sign in ("_", "^")):
        return None
    cut = next(i for i, text in enumerate(key) if text in ("_", "^"))
    plain = all(len(text) == 1 for text in key[cut + 2 : -1])
    return key[:cut] if cut and plain else None
