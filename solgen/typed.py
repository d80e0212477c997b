"""What somebody typed in SymPy's syntax, as exact values.

It is read by a grammar of its own, Python's without its dangers: numbers, the question's names,
arithmetic and named functions. Nothing is evaluated as code.
"""

from __future__ import annotations

import ast
import difflib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy

from solgen.algebra import derivative
from solgen.errors import EXIT_USAGE, QuestionError

_SAME = (
    *("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
    *("asinh", "acosh", "atanh", "sign", "floor", "ceiling", "factorial", "binomial", "LambertW"),
    *("Abs", "Max", "Min", "det", "diag", "transpose"),
)
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(sympy, name) for name in _SAME},
    "ln": sympy.log,
    "abs": sympy.Abs,
    "max": sympy.Max,
    "min": sympy.Min,
    "Matrix": sympy.ImmutableMatrix,
    "Rational": lambda top, bottom=1: top / bottom,
    "sigmoid": lambda a: 1 / (1 + sympy.exp(-a)),
    "softplus": lambda a: sympy.log(1 + sympy.exp(a)),
}
SUMS = {"Sum": sympy.Sum, "Product": sympy.Product}
SLOPES = ("diff", "Derivative")
CONSTANTS = {"pi": sympy.pi, "E": sympy.E, "e": sympy.E, "oo": sympy.oo}
LARGEST = 10_000  # an exponent, or what factorials are taken of
MOST_TERMS = 5000  # of a sum that is written out
_OPERATIONS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_SIGNS = {
    "^": "**", "−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "²": "**2", "³": "**3",
    "∞": "oo", "\n": " ", "\t": " ",
}  # fmt: skip

_WORD = re.compile(r"[^\W\d](?:(?![²³])\w)*'?|.", re.DOTALL)


@dataclass(frozen=True)
class Proposed:
    """A value, what stood left of it (`lhs = form = value`), and the name it was given.

    Of `left` only the formulas that could be read are kept: a bare name says what it is.
    """

    value: Any
    left: tuple[Any, ...] = ()
    named: str = ""


def unreadable(text: str, place: int, message: str, hint: str) -> QuestionError:
    """The error that shows the place under the text, as it was typed."""
    line = re.sub(r"\s", " ", text)
    caret = line + "\n" + " " * min(max(place, 0), len(line)) + "^"
    return QuestionError(message, None, hint, found="\n" + caret, code=EXIT_USAGE)


def read(text: str, names: Mapping[str, Any]) -> Proposed:
    """What `text` proposes, decimals being exact. `names` are those it may use.

    Raises QuestionError, with a caret under what is unreadable.
    """
    cuts = [-1, *_equals_signs(text)]
    ends = [*cuts[1:], len(text)]
    *before, last = [(cut + 1, end) for cut, end in zip(cuts, ends, strict=True)]
    left = []
    for start, end in before:
        try:
            left.append(_side(text, start, end, names))
        except QuestionError:
            continue  # the name of a derivative, say: nothing to compare with
    first = text[: before[0][1]].strip() if before else ""
    forms = tuple(side for side in left if not isinstance(side, sympy.Symbol))
    return Proposed(_side(text, *last, names), forms, first)


def _equals_signs(text: str) -> list[int]:
    """Where `=` stands outside brackets."""
    depth, found = 0, []
    for index, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "=" and depth == 0:
            found.append(index)
    return found


def _side(text: str, start: int, end: int, names: Mapping[str, Any]) -> Any:
    """The value of one side of the text."""
    if zero := re.compile(r"(?<![\w.])0\d").search(text, start, end):
        raise unreadable(text, zero.start(), "a number begins by 0", "write 5, or 0.5")
    while start < end and text[start].isspace():
        start += 1
    source = _translated(text, start, end, names)
    try:
        tree = ast.parse(source.python, mode="eval").body
        return _Reader(source, names).value(tree)
    except (SyntaxError, ValueError) as error:
        place = source.typed_at((getattr(error, "offset", None) or 1) - 1)
        hint = "write products with *, powers with ** or ^, and close every parenthesis"
        raise unreadable(text, place, "this cannot be read", hint) from None
    except RecursionError:
        raise unreadable(text, start, "this is nested too deeply", "shorten it") from None


@dataclass(frozen=True)
class _Source:
    """A side in Python's syntax, and where each of its characters stands in what was typed."""

    text: str
    python: str
    places: tuple[int, ...]
    end: int

    def typed_at(self, place: int) -> int:
        return self.places[place] if 0 <= place < len(self.places) else self.end


def _translated(text: str, start: int, end: int, names: Mapping[str, Any]) -> _Source:
    """Python's own ^ binds less than +: read as it stands, f - f^2 would be (f - f)^2."""
    made, at = "", start
    places: list[int] = []
    while at < end:
        word = _WORD.match(text, at, end)
        assert word is not None  # `.` matches whatever else there is
        piece = word[0]
        if piece.endswith("'") and piece not in names:
            piece = piece[:-1] or piece
        same = _SIGNS.get(piece) or _name(piece, names)
        made += same
        places += [at] * len(same) if same != piece else range(at, at + len(piece))
        at += len(piece)
    return _Source(text, made.rstrip(), tuple(places), end)


def _name(piece: str, names: Mapping[str, Any]) -> str:
    """A name as Python can read it: n' and lambda are none, and Greek letters have names."""
    if piece in names:
        return piece if piece.isidentifier() and piece != "lambda" else _alias(piece)
    if piece == "lambda":
        return "lamda"
    if not piece.isascii() and piece.isalpha():
        spelled = "".join(map(_spelled, piece))
        return spelled if spelled in names or spelled in CONSTANTS else piece
    return piece


def _alias(name: str) -> str:
    return "lamda" if name == "lambda" else re.sub(r"\W", "_prime", name)


def _spelled(letter: str) -> str:
    known = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(letter, ""))
    if known is None:
        return letter
    return known[2].lower() if known[1] == "SMALL" else known[2].capitalize()


@dataclass(frozen=True)
class _Reader:
    """From Python's syntax to values, refusing everything else."""

    source: _Source
    names: Mapping[str, Any]

    def value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return self._number(node)
        if isinstance(node, ast.Name):
            return self._named(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            inner = self.value(node.operand)
            return _times(-1, inner) if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            return self._operation(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            return self._called(node, node.func.id)
        if isinstance(node, ast.Tuple | ast.List):
            return sympy.Tuple(*map(self.value, node.elts))
        if isinstance(node, ast.Attribute) and node.attr == "T":
            return self._applied(node, "transpose", [self.value(node.value)])
        raise self._error(node, "this is no part of a formula", "write arithmetic and functions")

    def _number(self, node: ast.Constant) -> Any:
        typed = ast.get_source_segment(self.source.python, node) or str(node.value)
        exponent = re.search(r"[eE][-+]?(\d+)", typed)
        if exponent and int(exponent[1]) > LARGEST:
            raise self._error(node, "this number is too large", "write a smaller one")
        return sympy.Rational(typed.replace("_", ""))

    def _named(self, node: ast.Name) -> Any:
        known = {_alias(name): value for name, value in self.names.items()}
        if node.id in known:
            return known[node.id]
        if node.id in CONSTANTS:
            return CONSTANTS[node.id]
        near = difflib.get_close_matches(node.id, [*self.names, *FUNCTIONS, *SUMS], n=1)
        raise self._error(
            node,
            f"there is no symbol {node.id}",
            f"did you mean {near[0]}?" if near else f"the symbols are {', '.join(self.names)}",
        )

    def _operation(self, node: ast.BinOp) -> Any:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Pow) and getattr(left, "is_Rational", False) and _huge(right):
            raise self._error(node.right, "this exponent is too large", "write a smaller one")
        operation = _OPERATIONS[type(node.op)]
        if isinstance(left, sympy.Tuple) or isinstance(right, sympy.Tuple):
            operation = _with_list(type(node.op))
        try:
            found = operation(left, right)
        except (TypeError, ValueError, sympy.ShapeError) as error:
            raise self._error(node, f"this cannot be computed: {error}", "check it") from None
        if getattr(found, "has", None) and found.has(sympy.zoo, sympy.nan):
            raise self._error(node, "this divides by zero", "check it")
        return found

    def _called(self, node: ast.Call, name: str) -> Any:
        if name in SUMS:
            return self._summed(node, name)
        if name not in FUNCTIONS and name not in SLOPES:
            near = difflib.get_close_matches(name, [*FUNCTIONS, *SUMS, *SLOPES], n=1)
            product = name in self.names or not near
            hint = f"write products with *: {name}*(…)" if product else f"did you mean {near[0]}?"
            raise self._error(node.func, f"there is no function {name}", hint)
        values = [self.value(argument) for argument in node.args]
        if name in ("factorial", "binomial") and any(map(_huge, values)):
            raise self._error(node, "this number is too large", "write a smaller one")
        return self._applied(node, name, values)

    def _applied(self, node: ast.expr, name: str, values: list[Any]) -> Any:
        try:
            function = derivative if name in SLOPES else FUNCTIONS[name]
            return function(*values)
        except (TypeError, ValueError, AttributeError, sympy.ShapeError, QuestionError) as error:
            raise self._error(node, f"{name} cannot take this: {error}", "check it") from None

    def _summed(self, node: ast.Call, name: str) -> Any:
        """`Sum(term, (k, 1, n))`, whose index may have any name."""
        ranged = node.args[-1] if len(node.args) == 2 else node
        three = isinstance(ranged, ast.Tuple) and len(ranged.elts) == 3
        if not isinstance(ranged, ast.Tuple) or not three:
            raise self._error(node, f"{name} without bounds", f"write {name}(k**2, (k, 1, n))")
        letter, first, last = ranged.elts
        if not isinstance(letter, ast.Name):
            raise self._error(letter, "the index of a sum is a name", "write (k, 1, n)")
        low, high = self.value(first), self.value(last)
        index = sympy.Dummy(letter.id, integer=True)
        inside = replace(self, names={**self.names, letter.id: index}).value(node.args[0])
        if not isinstance(inside, sympy.Expr) or isinstance(inside, sympy.MatrixBase):
            raise self._error(node, f"{name} of what is no number", "sum entry by entry")
        if low.is_Integer and high.is_Integer and high - low > MOST_TERMS:
            raise self._error(node, f"more than {MOST_TERMS} terms", "write a formula")
        found = SUMS[name](inside, (index, low, high))
        return found.doit() if low.is_Integer and high.is_Integer else found

    def _error(self, node: ast.expr, message: str, hint: str) -> QuestionError:
        before = self.source.python.encode()[: node.col_offset].decode()
        return unreadable(self.source.text, self.source.typed_at(len(before)), message, hint)


def _with_list(kind: type) -> Callable[[Any, Any], Any]:
    """A list may be multiplied or divided by a number, entry by entry; no more."""

    def operation(left: Any, right: Any) -> Any:
        if kind is ast.Mult:
            return _times(left, right)
        if kind is ast.Div and not isinstance(right, sympy.Tuple):
            return _times(1 / right, left)
        raise TypeError("of lists only multiples are taken")

    return operation


def _times(left: Any, right: Any) -> Any:
    if isinstance(left, sympy.Tuple):
        left, right = right, left
    if isinstance(left, sympy.Tuple):
        raise TypeError("a product of two lists")
    if isinstance(right, sympy.Tuple):
        return sympy.Tuple(*(_times(left, entry) for entry in right))
    return left * right


def _huge(number: Any) -> bool:
    """Whether a number is so large that writing out a power or factorial of it takes for ever."""
    return bool(getattr(number, "is_Rational", False) and abs(number) > LARGEST)
