"""The value of what was read, where the notation has values.

The same evaluation serves exact values (SymPy's, from the question's glossary) and numbers (an
instance's, drawn at random): what a sign means does not depend on what stands beside it.
"""

from __future__ import annotations

import itertools
from collections import ChainMap
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import sympy
from lark import Token, Tree

from solgen import symbolic
from solgen.algebra import derivative, unfold
from solgen.arithmetic import arithmetic, tidy
from solgen.reading import notation
from solgen.syntax import (
    after_scripts,
    bracketed,
    conditional,
    derivative_of,
    group_of,
    inner,
    is_,
    name_of,
    only_entry,
    operator,
)
from solgen.values import Beyond, Family, Members, Outside, Unknown

MOST_TERMS = 5000  # of a sum that is written out


class Settled:
    """What has the same value in every term of a sum or product: `names` are its indices."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = names
        # By identity: each entry holds its tree, so that no other one gets the same.
        self._known: dict[int, tuple[Tree[Token], Any]] = {}
        self._free: dict[int, tuple[Tree[Token], bool]] = {}

    def free(self, node: Tree[Token]) -> bool:
        """Whether no index occurs in a tree."""
        if id(node) not in self._free:
            free = all(
                self.free(part) if isinstance(part, Tree) else str(part) not in self.names
                for part in node.children
            )
            self._free[id(node)] = node, free
        return self._free[id(node)][1]

    def value(self, node: Tree[Token], compute: Callable[[Tree[Token]], Any]) -> Any:
        """The value of a tree, computed once."""
        if id(node) not in self._known:
            self._known[id(node)] = node, compute(node)
        return self._known[id(node)][1]


class Meaning:
    """Evaluates trees with the values of `values`, a notation's normal form being the key."""

    def __init__(
        self, values: Mapping[str, Any], *, exact: bool, sums: tuple[Settled, ...] = ()
    ) -> None:
        self.values = values
        self.exact = exact
        self.numbers = arithmetic(exact=exact)
        self.sums = sums  # whose terms are being evaluated, the innermost first

    def evaluate(self, node: Tree[Token]) -> Any:
        """The value. Raises Unknown, Outside (an index) and Beyond (what is not computed here)."""
        try:
            return self.value(node)
        except (Unknown, Outside, Beyond):
            raise
        except (
            Exception
        ) as error:  # SymPy, NumPy or an author's function, given what it cannot take
            raise Beyond(f"computing it raised {type(error).__name__}: {error}") from error

    def value(self, node: Tree[Token] | Token) -> Any:
        """The value of a part of a tree, in the course of `evaluate`."""
        if isinstance(node, Token):
            raise Beyond(f"{node} has no value")
        home = self._home(node)
        return self._computed(node) if home is None else home.value(node, self._computed)

    def _home(self, node: Tree[Token]) -> Settled | None:
        """The outermost of the sums around whose indices, with those inside, do not occur here."""
        home = None
        for one in self.sums:
            if not one.free(node):
                break
            home = one
        return home

    def _computed(self, node: Tree[Token]) -> Any:
        method = getattr(self, f"_{node.data}", None)
        if method is None:
            raise Beyond(f"a {node.data} where a value is needed")
        return method(*node.children)

    def under(self, values: Mapping[str, Any], settled: Settled | None = None) -> Meaning:
        """The same, with other values for some names: indices, where `settled` is of their sum."""
        sums = () if settled is None else (settled, *self.sums)
        inside: Any = ChainMap(dict(values), self.values)  # type: ignore[arg-type]
        return type(self)(inside, exact=self.exact, sums=sums)

    # --- leaves -----------------------------------------------------------------------------

    def _number(self, token: Token) -> Any:
        return self.numbers.number(str(token))

    def _name(self, token: Token) -> Any:
        return self._named(str(token), token)

    _letter = _name

    def _named(self, name: str, token: Token) -> Any:
        if name in self.values:
            return tidy(self.values[name], exact=self.exact)
        constant = self.numbers.constant(name)
        if constant is None:
            raise Unknown(name, token.start_pos or 0)
        return constant

    def _function(self, token: Token, *scripts: Tree[Token]) -> Any:
        return self.scripted(self._named(str(token), token), scripts)

    def _dots(self, *_: Any) -> Any:
        raise Beyond("dots stand for what only a human sees")

    def _blank(self, *_: Any) -> Any:
        raise Beyond("a dot stands for any argument")

    def _either(self, *_: Any) -> Any:
        raise Beyond("± stands for two values")

    # --- operations -------------------------------------------------------------------------

    def _plus(self, left: Tree[Token], _sign: Token, right: Tree[Token]) -> Any:
        return self.numbers.add(self.value(left), self.value(right))

    def _minus(self, left: Tree[Token], _sign: Token, right: Tree[Token]) -> Any:
        return self.numbers.add(self.value(left), self.numbers.negative(self.value(right)))

    def _negative(self, _sign: Token, body: Tree[Token]) -> Any:
        return self.numbers.negative(self.value(body))

    def _positive(self, _sign: Token, body: Tree[Token]) -> Any:
        return self.value(body)

    def _times(self, *parts: Any) -> Any:
        trees = [part for part in parts if isinstance(part, Tree)]
        return self.numbers.product([self.value(part) for part in trees])

    def _entrywise(self, left: Tree[Token], _sign: Token, right: Tree[Token]) -> Any:
        return self.numbers.entrywise(self.value(left), self.value(right))

    def _over(self, left: Tree[Token], _sign: Token, right: Tree[Token]) -> Any:
        return self.numbers.quotient(self.value(left), self.value(right))

    def _fraction(self, *parts: Any) -> Any:
        top, bottom = (part for part in parts if isinstance(part, Tree))
        return self.numbers.quotient(self.value(top), self.value(bottom))

    def _root(self, *parts: Any) -> Any:
        *order, body = (self.value(part) for part in parts if isinstance(part, Tree))
        return self.numbers.root(body, order[0] if order else 2)

    def _run(self, *factors: Tree[Token]) -> Any:
        return self.numbers.product(list(self._factors(factors)))

    _tail = _run
    _ending = _run

    def _factors(self, factors: tuple[Tree[Token], ...]) -> Iterator[Any]:
        """The factors' values; `d/dx` in front takes all that follow."""
        for index, factor in enumerate(factors):
            slope = operator(factor)
            if slope is not None and index + 1 < len(factors):
                rest = self.numbers.product(list(self._factors(factors[index + 1 :])))
                yield self._slope_of(rest, *slope)
                return
            yield self.value(factor)

    # --- functions --------------------------------------------------------------------------

    def _open(self, function: Token, *rest: Tree[Token]) -> Any:
        *scripts, bare = rest
        if (
            bare.children
            and isinstance(bare.children[0], Tree)
            and bare.children[0].data != "simple"
        ):
            argument = self.value(bare.children[0])
        else:
            argument = self.numbers.product([self.value(part) for part in bare.children])
        return self._applied(str(function), scripts, [argument])

    def _closed(self, function: Token, *rest: Tree[Token]) -> Any:
        scripts, after = after_scripts(rest)
        group, *lower = after
        several = group.data == "group"
        arguments = self._arguments(group) if several else [self.value(group)]
        found = self._applied(str(function), scripts, arguments)
        return self.scripted(found, tuple(lower))

    def _applied(self, name: str, scripts: list[Tree[Token]], arguments: list[Any]) -> Any:
        power = [s for s in scripts if s.data == "sup"]
        base = [s for s in scripts if s.data == "sub"]
        if len(scripts) > len(power) + len(base) or len(power) > 1:
            raise Beyond(f"{name} with these scripts")
        if base:
            found = self.numbers.log_base(name, arguments, self.inside(base[0]))
        elif notation(name) in self.values and callable(self.values[notation(name)]):
            found = self.values[notation(name)](*arguments)
        else:
            found = self.numbers.apply(name, arguments)
        return self.numbers.power(found, self.inside(power[0])) if power else found

    def _call(self, function: Token, *rest: Tree[Token]) -> Any:
        before, (group, *after) = after_scripts(rest)
        called = self._named(str(function), function)
        primes = [s for s in before if s.data == "prime"]
        called = self.scripted(called, tuple(s for s in before if s.data != "prime"))
        if not callable(called):
            raise Beyond(f"{function} is no function here")
        arguments = self._arguments(group)
        derived = _derived(called, len(primes), arguments) if primes else None
        found = called(*arguments) if derived is None else derived
        return self.scripted(tidy(found, exact=self.exact), tuple(after))

    def _arguments(self, group: Tree[Token]) -> list[Any]:
        """What stands in a function's brackets; a condition (Y = y) is the value it gives."""
        inside = next(part for part in group.children if isinstance(part, Tree))
        found = []
        for part in inside.children:
            if isinstance(part, Token) or part.data == "separator":
                continue
            if part.data == "condition":
                event = name_of(part.children[0])  # type: ignore[arg-type]
                if str(part.children[1]) != "=" or event is None or event in self.values:
                    raise Beyond("an argument that is no event, Y = y")
                found.append(self.value(part.children[-1]))
            else:
                found.append(self.value(part))
        return found

    # --- scripts ----------------------------------------------------------------------------

    def _scripted(self, atom: Tree[Token], *rest: Any) -> Any:
        scripts = tuple(part for part in rest if isinstance(part, Tree))
        at = next((i for i, part in enumerate(rest) if isinstance(part, Token)), None)
        if at is None and not conditional(scripts):
            return self.scripted(self.value(atom), scripts)
        *kept, condition = scripts
        return self._under(condition, atom, lambda m: m.scripted(m.value(atom), tuple(kept)))

    def _simple(self, atom: Tree[Token], *scripts: Tree[Token]) -> Any:
        return self.scripted(self.value(atom), scripts)

    def scripted(self, found: Any, scripts: tuple[Tree[Token], ...]) -> Any:
        lower = [s for s in scripts if s.data == "sub"]
        upper = [s for s in scripts if s.data != "sub"]
        for script in lower:
            found = self._indexed(found, script)
        for script in upper:
            found = self._raised(found, script)
        return tidy(found, exact=self.exact)

    def _raised(self, found: Any, script: Tree[Token]) -> Any:
        if script.data == "transposed":
            return self.numbers.transpose(found)
        if script.data == "prime":
            return _prime(found)
        inside = inner(script)
        only = only_entry(inside)
        if isinstance(found, Family):
            return self._indexed(found, script)
        if isinstance(found, Members):
            return Members(found.values, self.numbers.index(self.inside(script)))
        if only is not None and bracketed(only):
            raise Beyond("an exponent in parentheses is an index, and this has none")
        return self.numbers.power(found, self.inside(script))

    def _indexed(self, found: Any, script: Tree[Token]) -> Any:
        indices = self._indices(script)
        if isinstance(found, Family):
            return found.at(indices[0] if len(indices) == 1 else tuple(indices))
        return self.numbers.entry(found, indices)

    def _indices(self, script: Tree[Token]) -> list[Any]:
        """The indices of a script: t - 1; i, j; ij side by side; a colon for a whole row."""
        found: list[Any] = []
        inside = inner(script)
        for part in inside.children:
            if isinstance(part, Token) or part.data == "separator":
                if str(part.children[0] if isinstance(part, Tree) else part) == ":":
                    found.append(":")
            elif part.data == "colon":
                found.append(":")
            elif part.data == "run" and len(part.children) > 1:
                found += [self.numbers.index(self.value(factor)) for factor in part.children]
            elif bracketed(part):
                found += [self.numbers.index(v) for v in self._arguments(group_of(part))]
            else:
                found.append(self.numbers.index(self.value(part)))
        return found

    def inside(self, script: Tree[Token]) -> Any:
        only = only_entry(inner(script))
        if only is None:
            raise Beyond("an exponent with several entries")
        return self.value(only)

    # --- brackets ---------------------------------------------------------------------------

    def _group(self, *parts: Any) -> Any:
        inside = next(part for part in parts if isinstance(part, Tree))
        separators = [p for p in inside.children if is_(p, "separator")]
        signs = {str(s.children[0]) for s in separators}
        entries = [p for p in inside.children if not is_(p, "separator")]
        if signs - {",", ";"} or any(is_(p, "condition") or is_(p, "colon") for p in entries):
            raise Beyond("a condition in brackets")
        found = [self.value(entry) for entry in entries]
        if len(found) == 1 and not separators:
            return found[0]
        return self.numbers.sequence(found)

    def _bars(self, sign: Token, body: Tree[Token], _close: Token) -> Any:
        return self.numbers.bars(sign.type, self.value(body))

    def _set(self, *parts: Any) -> Any:
        inside = next(part for part in parts if isinstance(part, Tree))
        entries = [p for p in inside.children if not is_(p, "separator")]
        if any(is_(p, "condition") or is_(p, "colon") for p in entries):
            raise Beyond("a set described by a condition")
        return Members(tuple(self.value(p) for p in entries))

    def _matrix(self, *parts: Any) -> Any:
        rows = [p for p in parts if is_(p, "row")]
        cells = [[c for c in row.children if is_(c, "cell")] for row in rows]
        if any(not cell.children for row in cells for cell in row):
            raise Beyond("an empty entry")
        return self.numbers.matrix([[self.value(c.children[0]) for c in row] for row in cells])

    # --- sums, limits, derivatives, substitutions -----------------------------------------------

    def _big(self, sign: Token, *parts: Tree[Token]) -> Any:
        scripts, (body, *_) = after_scripts(parts)
        combine = self.numbers.sum if str(sign) == r"\sum" else self.numbers.multiply
        lazily = self.numbers.unbounded(self, str(sign), scripts, body)
        if lazily is not None:
            return lazily
        ranged = list(itertools.islice(self._range(scripts), MOST_TERMS + 1))
        settled = Settled({name for values in ranged for name in values})
        try:
            terms = [self.under(values, settled).value(body) for values in ranged]
        except Outside as index:
            raise Beyond(f"a sum whose index runs out of the values, at {index}") from None
        if len(terms) > MOST_TERMS:
            raise Beyond(f"more than {MOST_TERMS} terms")
        return combine(terms)

    def _range(self, scripts: list[Tree[Token]]) -> Iterator[dict[str, Any]]:
        """The values that the index of a sum takes: i=1 … n, j < i, d in a set, or just i."""
        below = next(s for s in scripts if s.data == "sub")
        above = next((s for s in scripts if s.data != "sub"), None)
        inside = inner(below)
        parts = [p for p in inside.children if isinstance(p, Tree) and p.data != "separator"]
        ranges = [self._one_range(part, above) for part in parts]
        for chosen in itertools.product(*ranges):
            yield {name: value for one in chosen for name, value in one.items()}

    def _one_range(self, part: Tree[Token], above: Tree[Token] | None) -> list[dict[str, Any]]:
        if part.data != "condition":
            name = name_of(part)
            values = self.values.get(f"range of {name}") if name else None
            if values is None:
                raise Beyond(f"the range of {name} is not said")
            return [{str(name): value} for value in values]
        left, sign, right = part.children[0], str(part.children[1]), part.children[2]
        name = name_of(left)  # type: ignore[arg-type]
        if name is None or len(part.children) > 3:
            raise Beyond("a range that is not name = start, name < end or name in a set")
        if sign == "=" and above is not None:
            first = self.numbers.index(self.value(right))
            last = self.numbers.index(self.inside(above))
            return [{name: i} for i in range(first, last + 1)]
        if sign in ("<", "<="):
            start = self.values.get(f"first of {name}", self.values.get("first index", 1))
            end = self.numbers.index(self.value(right)) + (sign == "<=")
            return [{name: i} for i in range(start, end)]
        if sign == "in":
            return [{name: value} for value in self.numbers.members(self.value(right))]
        raise Beyond("this range")

    def _extreme(self, sign: Token, *parts: Tree[Token]) -> Any:
        scripts, (body, *_) = after_scripts(parts)
        return self.numbers.extreme(self, str(sign), scripts[0], body)

    def _derivative(self, *parts: Any) -> Any:
        top, bottom, order = derivative_of(parts)
        if top is None:
            raise Beyond("a derivative of nothing")
        return self._slope_of(self.value(top), bottom, order)

    def _slope(self, _d: Token, top: Tree[Token], *rest: Any) -> Any:
        return self._slope_of(self.value(top), rest[-1], 1)

    def _slope_of(self, value: Any, bottom: Tree[Token], order: int) -> Any:
        if not self.exact:
            raise Beyond("a derivative of numbers")
        variable = self.value(bottom)
        if not isinstance(variable, sympy.Symbol) or not isinstance(value, sympy.Expr):
            raise Beyond("a derivative of, or with respect to, what is no scalar")
        return derivative(value, variable, order)

    def _evaluated(self, *parts: Any) -> Any:
        body, condition = (part for part in parts if isinstance(part, Tree))
        return self._under(condition, body, lambda m: m.value(body))

    def _under(self, script: Tree[Token], body: Tree[Token], what: Callable[[Meaning], Any]) -> Any:
        """The value of something at y = 1: the index below the bar."""
        condition = only_entry(inner(script))
        if condition is None or condition.data != "condition" or str(condition.children[1]) != "=":
            raise Beyond("a bar without an equality")
        left, _, right = condition.children
        replaced, by = self.value(left), self.value(right)
        if self.exact and isinstance(replaced, sympy.Symbol):
            return symbolic.put(unfold(what(self)), replaced, by)
        if not self.exact:
            raise Beyond("a value put into what was computed without it")
        name = str(name_of(left))  # type: ignore[arg-type]
        if name not in map(str, body.scan_values(lambda token: isinstance(token, Token))):
            # What rests on it by definition has its value already.
            raise Beyond("a bar below which stands what is not printed before it")
        return what(self.under({name: by}))


def _prime(found: Any) -> Any:
    """The derivative of what depends on one variable."""
    plain = unfold(found) if isinstance(found, sympy.Expr) else found
    if isinstance(plain, sympy.Expr) and not plain.is_Symbol and len(plain.free_symbols) == 1:
        return sympy.diff(plain, *plain.free_symbols)
    raise Beyond("a prime on what does not depend on one variable")


def _derived(called: Callable[..., Any], order: int, arguments: list[Any]) -> Any:
    """The derivative of a function of one variable, at its argument."""
    if len(arguments) != 1:
        raise Beyond("a prime on a function of several variables")
    x = sympy.Dummy("x", real=True)
    try:
        curve = called(x)
    except Exception as error:
        raise Beyond("a prime on a function that takes no symbol") from error
    return sympy.diff(curve, x, order).xreplace({x: sympy.sympify(arguments[0])})
