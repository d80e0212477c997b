"""Reading printed mathematics back: LaTeX becomes a tree, as a human reads it, or is refused.

Independent of the printer and of SymPy's parser on purpose: a reader that mirrors the printer
would forgive its faults. The grammar is reading.lark, the tokens are tokens.py's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from lark import Lark, Token, Tree
from lark.common import LexerConf
from lark.exceptions import UnexpectedInput
from lark.lexer import Lexer

from solgen.tokens import Mark, Unreadable, named, normal, tokens


@dataclass(frozen=True)
class Vocabulary:
    """The notations that a question declares, by their tokens; some are functions."""

    names: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reading:
    """What was read in one formula: its tokens and its tree."""

    source: str
    marks: tuple[Mark, ...]
    tree: Tree[Token]

    @property
    def statements(self) -> list[Tree[Token]]:
        """The chains of the formula: `a = b, c < d` set apart by a wide space has two."""
        found = [s for s in self.tree.children if isinstance(s, Tree) and s.data == "statement"]
        return [s.children[-1] for s in found]  # type: ignore[misc] # a chain, by the grammar


def notation(latex: str) -> str:
    """The normal form of a notation, by which values are kept and found."""
    return " ".join(normal(latex))


def read(source: str, vocabulary: Vocabulary, marks: tuple[str, str] = (".", "{,}")) -> Reading:
    """Read a formula. `marks` are the decimal and the thousands mark of its language.

    Raises Unreadable, with the place, for what the grammar does not hold.
    """
    found = named(tokens(source, marks), vocabulary.names, vocabulary.functions)
    found = _differentials(found)
    if not found:
        raise Unreadable("the formula is empty", 0, "write it, or remove the dollars")
    try:
        tree = parser().parse(found)
    except UnexpectedInput as error:
        raise _refusal(error, found) from None
    _refuse_ambiguous(tree)
    return Reading(source, tuple(found), tree)


def _differentials(found: list[Mark]) -> list[Mark]:
    r"""The d of \frac{dy}{dx} and dy/dx as a differential, unless the question has a symbol d."""
    made = list(found)
    for start, mark in enumerate(found):
        if mark.kind == "FRAC":
            pair = start + 2, _closed(found, start + 1) + 2
        elif mark.kind == "SLASH":
            pair = _unit_before(found, start) - 1, start + 1
        else:
            continue
        if all(0 <= i < len(found) and _is_d(found[i]) for i in pair):
            for index in pair:
                made[index] = Mark("D", r"\partial", found[index].place, found[index].end)
    return made


def _is_d(mark: Mark) -> bool:
    return (mark.kind, mark.text) == ("LETTER", "d")


def _unit_before(found: list[Mark], end: int) -> int:
    """Where the letter begins that ends, with its scripts, before the index `end`."""
    at = end - 1
    while at > 0 and found[at].kind == "RBRACE":
        depth = 0
        while at > 0:
            depth += (found[at].kind == "RBRACE") - (found[at].kind == "LBRACE")
            at -= 1
            if depth == 0:
                break
        at -= 1  # over the sign of the script
    return at


def _closed(found: list[Mark], start: int) -> int:
    """Where the group that opens at `start` is closed."""
    depth = 0
    for index in range(start, len(found)):
        depth += (found[index].kind == "LBRACE") - (found[index].kind == "RBRACE")
        if depth == 0:
            return index
    return len(found)


class _Handed(Lexer):
    """Hands our tokens to Lark."""

    def __init__(self, _conf: LexerConf) -> None: ...

    def lex(self, lexer_state: list[Mark], _parser_state: object = None) -> Iterator[Token]:  # type: ignore[override]
        for mark in lexer_state:
            yield Token(mark.kind, mark.text, start_pos=mark.place, end_pos=mark.end)


@cache
def parser() -> Lark:
    """The parser of formulas. Its tables take a while: make them before workers fork."""
    grammar = (files("solgen") / "reading.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", lexer=_Handed, maybe_placeholders=False)


_ADVICE = (
    (("SLASH",), "what the slash divides by is not clear", r"write \frac, or parentheses"),
    (("SUP", "SUB"), "what this raises or lowers is not clear", "put parentheses around it"),
    (("LPAR", "LBRA"), "whether this bracket is an argument or a factor is not clear",
     r"put \, before a factor, parentheses around an argument"),
    (("LETTER", "NAME", "NUM", "FNAME", "FRAC", "FUN", "SQRT"),
     "this follows what cannot be multiplied by it without a sign",
     r"write parentheses, \cdot, or \, between the factors"),
    (("DOTS",), "dots in mid-formula stand for what only a human sees",
     "declare the whole notation, with its value, in an Instance"),
)  # fmt: skip


def _refusal(error: UnexpectedInput, found: list[Mark]) -> Unreadable:
    token = getattr(error, "token", None)
    kind, place = getattr(token, "type", "$END"), getattr(token, "start_pos", None)
    if kind == "$END" or place is None:
        return Unreadable("the formula ends too early", found[-1].end, "complete it")
    for kinds, message, hint in _ADVICE:
        if kind in kinds:
            return Unreadable(message, place, hint)
    return Unreadable(f"{token} cannot stand here", place, "write it as it is usually written")


def _refuse_ambiguous(tree: Tree[Token]) -> None:
    r"""Refuse `\sum a_k + b` and a number side by side with what stands before it."""
    for node in tree.iter_subtrees():
        if node.data in ("plus", "minus"):
            last = _last(node.children[0])
            if last is not None:
                raise Unreadable(
                    "where the sum, product or limit before this sign ends is not clear",
                    _place(node.children[1]),
                    "put parentheses around it",
                )
        if node.data in ("run", "tail", "ending"):
            for factor in node.children[1:]:
                if _is(factor, "scripted") and _is(factor.children[0], "number"):  # type: ignore[union-attr]
                    raise Unreadable(
                        "a number behind a factor", _place(factor), r"write it first, or \cdot"
                    )
        if node.data == "chain":
            _refuse_inner_list(node)
        if node.data in ("big", "extreme") and not any(_is(c, "sub") for c in node.children):
            raise Unreadable(f"{node.children[0]} over nothing", _place(node), "say its index")


def _refuse_inner_list(chain: Tree[Token]) -> None:
    """Refuse `a = b, c = d`: the comma separates values or statements."""
    sides = [child for child in chain.children if isinstance(child, Tree)]
    for side in sides[1:-1]:
        if len([entry for entry in side.children if isinstance(entry, Tree)]) > 1:
            raise Unreadable(
                "whether the comma separates values or statements is not clear",
                _place(side),
                r"separate statements by \quad or \qquad",
            )


def _last(node: Tree[Token] | Token) -> Tree[Token] | None:
    """The sum, product or limit that ends a term, without a bracket around it."""
    if not isinstance(node, Tree):
        return None
    if node.data in ("big", "extreme"):
        return node
    if node.data in ("plus", "minus", "negative", "positive", "times", "entrywise", "ending"):
        return _last(node.children[-1])
    return None


def _is(node: object, name: str) -> bool:
    return isinstance(node, Tree) and node.data == name


def _place(node: Tree[Token] | Token) -> int:
    token = node if isinstance(node, Token) else next(node.scan_values(lambda _: True), None)
    return 0 if token is None or token.start_pos is None else token.start_pos
