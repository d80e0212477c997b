"""One relation before everything that gives its notation values: what kind of truth it has."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from lark import Token, Tree

from solgen.algebra import unfold
from solgen.contexts import Context, Draw
from solgen.meaning import Meaning
from solgen.relations import Finding, Space, exactly, numerically
from solgen.symbols import Symbol
from solgen.syntax import inner, name_of
from solgen.values import Beyond, Members, Outside, Unknown

Node = Tree[Token]


@dataclass(frozen=True)
class Verdict:
    """What became of a relation: `kind` is "" where nothing decides it, or it does not hold.

    "example" says that an example bears it out, "data" that it repeats what an example is given.
    `refuted` is the finding against it, with both sides; `unknown` the name that has no value.
    """

    kind: str
    method: str = ""
    refuted: Finding | None = None
    unknown: str = ""
    beyond: str = ""


_STRENGTH = ("sampled", "enumerated", "enclosed", "proved", "given")


def judge(left: Node, sign: str, right: Node, contexts: Sequence[Context]) -> Verdict:
    """Try a relation in every context that gives all its symbols values.

    It holds if it holds in all of them that are general, at least one; or, where the general ones
    refute or do not decide it, in an example.
    """
    found: list[Finding] = []
    refuted: Finding | None = None
    unknown, beyond = "", ""
    for context in sorted(contexts, key=lambda c: c.example):
        if context.example and not _needed(left, right, context, found, refuted):
            continue
        try:
            finding = _tried(left, sign, right, context)
        except Unknown as missing:
            unknown = unknown or missing.name
            continue
        except (Beyond, Outside) as reason:
            beyond = beyond or str(reason)
            continue
        if not finding.holds:
            refuted = refuted or finding
        elif context.example:
            data = sign == "=" and name_of(left) in context.draws[0].own
            return Verdict("data" if data else "example", finding.method)
        else:
            found.append(finding)
    if refuted is not None:
        return Verdict("", refuted=refuted)
    if found:
        return Verdict(found[0].kind, found[0].method)
    return Verdict("", unknown=unknown, beyond=beyond)


def _needed(
    left: Node, right: Node, example: Context, found: list[Finding], refuted: Finding | None
) -> bool:
    """Whether an example has a say: it speaks of the names, and no general truth is known.

    Where something general is refuted, an example that happens to agree does not save it.
    """
    if (found and refuted is None) or not _names(left, right) & example.draws[0].reach:
        return False
    return refuted is None or not _general(left, right, example)


def _tried(left: Node, sign: str, right: Node, context: Context) -> Finding:
    names = _names(left, right)
    findings = []
    for draw in context.draws:
        findings += _in_draw(left, sign, right, names, draw, context.exact)
        if findings and not findings[-1].holds:
            return findings[-1]
    if not findings:
        raise Beyond("no index is in reach")
    if names and names <= {name for keys, _ in context.draws[0].indices for name in keys}:
        return Finding("given", "indices that an instance takes together")
    weakest = min(findings, key=lambda f: _STRENGTH.index(f.kind))
    several = len(context.draws) > 1
    method = f"{len(findings)} cases of {context.name}" if several else weakest.method
    return Finding("sampled" if several else weakest.kind, method)


def _names(left: Node, right: Node) -> set[str]:
    return {str(token) for side in (left, right) for token in side.scan_values(_is_name)}


def _general(left: Node, right: Node, context: Context) -> bool:
    """Whether both sides speak of something, and not only of the data of an example."""
    both = all(any(side.scan_values(_is_name)) for side in (left, right))
    return both and not _names(left, right) <= context.draws[0].own


def _is_name(token: Any) -> bool:
    return isinstance(token, Token) and token.type in ("NAME", "LETTER", "FNAME")


def _in_draw(
    left: Node,
    sign: str,
    right: Node,
    names: set[str],
    draw: Draw,
    exact: bool,  # noqa: FBT001
) -> list[Finding]:
    if sign == "propto":
        return [_proportional(left, right, names, draw, exact=exact)]
    findings = []
    for case in draw.cases(names):
        meaning = Meaning(draw.values, exact=exact)
        meaning = meaning.under(case) if case else meaning
        try:
            one = meaning.evaluate(left)
            other = space(right, meaning) if sign in ("in", "notin") else meaning.evaluate(right)
        except Outside:
            continue
        digits = decimals(right) if decimals(right) is not None else decimals(left)
        if exact and sign == "in":
            finding = _domain(one, other)
        elif exact:
            finding = _as_given(one, sign, other) or exactly(one, sign, other, digits)
        else:
            held = numerically(one, sign, other, digits)
            finding = Finding("sampled", "numbers") if held else _against(one, other, case)
        findings.append(finding)
        if not finding.holds:
            break
    return findings


def belongs(s: Symbol, where: Any) -> bool:
    """Whether a set is the domain that the glossary gives a symbol."""
    declared = s.domain
    if isinstance(where, Members):
        listed = [v for v in where.values if v is not None]
        if len(listed) < len(where.values):  # {1, 2, …}
            start = {0: sympy.S.Naturals0, 1: sympy.S.Naturals}.get(int(listed[0]))
            counted = listed == [listed[0] + step for step in range(len(listed))]
            return counted and len(listed) > 1 and declared == start
        return where.size == 1 and declared == sympy.FiniteSet(*map(sympy.nsimplify, listed))
    ends = (where.low, where.high, where.open_low, where.open_high)
    low, high = (sympy.nsimplify(end) for end in ends[:2])
    return not where.shape and declared == sympy.Interval(low, high, *ends[2:])


def _domain(value: Any, where: Any) -> Finding:
    """Whether the glossary declares a symbol to live there."""
    if not isinstance(value, Symbol) or not isinstance(where, Space | Members):
        raise Beyond("membership of what is no symbol")
    kind = "given" if belongs(value, where) else ""
    return Finding(kind, "its domain in the glossary", str(value.domain), str(where))


def _as_given(value: Any, sign: str, other: Any) -> Finding | None:
    """What only repeats the glossary: a symbol's definition, or what its domain says."""
    if not isinstance(value, Symbol):
        return None
    if sign == "=" and value.value is not None and unfold(value.value) == unfold(other):
        return Finding("given", "its definition in the glossary")
    bounded = sign in ("<", "<=", ">", ">=") and value.value is None
    if bounded and getattr(other, "is_number", False):
        finding = exactly(value, sign, other, None)
        return Finding("given", "its domain in the glossary") if finding.holds else finding
    return None


def _proportional(left: Node, right: Node, names: set[str], draw: Draw, *, exact: bool) -> Finding:
    """Whether one side is the other times what no index changes: p_y ∝ exp(a_y)."""
    pairs = []
    for case in draw.cases(names):
        meaning = Meaning(draw.values, exact=exact).under(case)
        pairs.append((_end(meaning.evaluate(left)), _end(meaning.evaluate(right))))
    if len({b for _, b in pairs}) < 2 or any(b == 0 for _, b in pairs):
        raise Beyond("no index of which the sides could be proportional")
    ratio = pairs[0][0] / pairs[0][1]
    wrong = [(a, b) for a, b in pairs if not numerically(a, "=", ratio * b, None)]
    if wrong:
        return Finding("", "", f"{wrong[0][0]:.8g}", f"{ratio * wrong[0][1]:.8g}")
    return Finding("sampled", "one ratio for all indices")


def _against(left: Any, right: Any, case: dict[str, int]) -> Finding:
    at = ", ".join(f"{name} = {value}" for name, value in case.items())
    return Finding("", "", _shown(left), _shown(right), f"at {at}" if at else "")


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.8g}"
    if hasattr(value, "tolist"):
        return str([[float(f"{v:.4g}") for v in row] for row in value.tolist()])
    return str(value)


def decimals(node: Node) -> int | None:
    """The decimals that a printed number shows; None for anything else."""
    tokens = [t for t in node.scan_values(lambda _: True) if isinstance(t, Token)]
    texts = [str(t) for t in tokens if t.type not in ("MINUS", "PLUS")]
    if len(texts) == 1 and tokens[-1].type == "NUM":
        return len(texts[0].partition(".")[2])
    if len(texts) >= 6 and texts[1] in (r"\times", r"\cdot") and texts[2:5] == ["10", "^", "{"]:
        sign = -1 if any(t.type == "MINUS" for t in tokens[3:]) else 1
        digits = "".join(text for text in texts[5:] if text.isdigit())
        return len(texts[0].partition(".")[2]) - sign * int(digits) if digits else None
    return None


def space(node: Node, meaning: Meaning) -> Any:
    r"""The set that a tree names: (0, 1), \{0, 1\}^n, \mathbb{R}^{n \times k}."""
    bare = _plain(node)
    power: list[Any] = []
    if bare.data == "scripted" and len(bare.children) == 2 and bare.children[1].data == "sup":  # type: ignore[union-attr]
        power = _sizes(inner(bare.children[1]), meaning)
        bare = _plain(bare.children[0])
    if not all(isinstance(p, int) or getattr(p, "is_Integer", False) for p in power):
        raise Beyond("a space whose dimension has no value here")
    shape = tuple(map(int, power))
    if bare.data == "letter" and str(bare.children[0]) == r"\mathbb{R}":
        return Space(shape=shape)
    if bare.data == "group":
        first, inside, last = bare.children
        entries = [p for p in inside.children if p.data != "separator"]  # type: ignore[union-attr]
        if len(entries) == 2:
            low, high = (_end(meaning.value(entry)) for entry in entries)
            opened, closed = str(first) == "(", str(last) == ")"
            return Space(low, high, opened, closed, shape)
    if bare.data == "set":
        entries = [p for p in bare.children[1].children if p.data != "separator"]  # type: ignore[union-attr]
        listed = [None if _is_dots(p) else _end(meaning.value(p)) for p in entries]
        return Members(tuple(listed), math.prod(shape) if shape else 1)
    raise Beyond("a set that the reader does not know")


def _is_dots(node: Any) -> bool:
    return _plain(node).data == "dots"


def _sizes(inside: Any, meaning: Meaning) -> list[Any]:
    (only,) = inside.children
    if only.data == "times":
        return [meaning.value(part) for part in only.children if isinstance(part, Tree)]
    return [meaning.value(only)]


def _plain(node: Any) -> Node:
    while node.data in ("run", "scripted", "chain", "items") and len(node.children) == 1:
        node = node.children[0]
    return node


def _end(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise Beyond("a set whose ends are no numbers") from None
