"""Questions about the trees of what was read: sides, signs, bound names, what only names."""

from __future__ import annotations

import re
from typing import Any

from lark import Token, Tree

from solgen.values import Beyond

Node = Tree[Token]


def sides(statement: Node) -> list[Node]:
    return [c for c in statement.children if isinstance(c, Tree)]


def signs(statement: Node) -> list[str]:
    return [str(c) for c in statement.children if isinstance(c, Token) and c.type == "REL"]


def item(items: Node) -> Node:
    found = [c for c in items.children if isinstance(c, Tree)]
    if len(found) != 1:
        raise Beyond("a list without brackets")
    return found[0]


def bound(tree: Node) -> set[str]:
    """The names that a sum, product, limit or extreme binds."""
    names: set[str] = set()
    for node in tree.find_pred(lambda n: n.data in ("big", "extreme")):
        for script in (c for c in node.children if isinstance(c, Tree) and c.data == "sub"):
            for part in inner(script).children:
                first = (
                    part.children[0]
                    if isinstance(part, Tree) and part.data == "condition"
                    else part
                )
                if isinstance(first, Tree):
                    names |= {str(t) for t in first.scan_values(lambda t: isinstance(t, Token))}
    return names


def labels(tree: Node) -> set[int]:
    r"""The letters that only tell one notation from another: L of P_{\mathrm{L}}, `Adam:`."""
    found: set[int] = set()
    for node in tree.iter_subtrees():
        tokens = list(node.scan_values(lambda t: isinstance(t, Token)))
        if node.data == "label":
            found |= {id(token) for token in tokens}
        elif node.data in ("sub", "sup"):
            found |= {id(token) for token in tokens if str(token).startswith(r"\mathrm{")}
    return found


_NAMING = (
    *("name", "letter", "function", "scripted", "run", "sub", "sup", "inside", "number", "call"),
    *("group", "separator", "plus", "minus", "items", "transposed", "colon", "positive"),
)


def is_notation(items: Node) -> bool:
    """Whether a side is a name, with indices or plain arguments, or a list of such."""
    return all(node.data in _NAMING for node in items.iter_subtrees()) and _leads(items)


def _leads(items: Node) -> bool:
    """Whether every entry begins with a name, and is nothing but it."""
    for entry in (c for c in items.children if isinstance(c, Tree)):
        node = entry
        while node.data in ("run", "scripted") and isinstance(node.children[0], Tree):
            if node.data == "run" and len(node.children) > 1:
                return False
            if any(is_(c, "sup") and not _is_index(c) for c in node.children[1:]):
                return False  # a power of a name is no name
            node = node.children[0]
        if node.data not in ("name", "letter", "function", "call"):
            return False
    return True


def _is_index(script: Any) -> bool:
    """Whether a superscript is no power: an index in brackets, or a label."""
    only = only_entry(inner(script))
    if only is None:
        return False
    plain = bare(only)
    label = is_(plain, "letter") and str(plain.children[0]).startswith(r"\mathrm{")
    return bracketed(only) or label


def key_of(statement: Node) -> tuple[str, ...]:
    """The statement as its tokens say it: spaces and layout do not count."""
    tokens = statement.scan_values(lambda t: isinstance(t, Token) and t.type != "THIN")
    return tuple(text for token in tokens for text in str(token).split(" "))


def source_of(statement: Node, source: str) -> str:
    """The LaTeX of a statement, on one line."""
    tokens = list(statement.scan_values(lambda t: isinstance(t, Token)))
    start = min(t.start_pos or 0 for t in tokens)
    end = max(t.end_pos or 0 for t in tokens)
    while start and source.count("}", start, end) > source.count("{", start, end):
        start -= 1
    while end < len(source) and source.count("{", start, end) > source.count("}", start, end):
        end += 1
    pieces = _MATRIX.split(source[start:end])
    pieces[::2] = [_LAYOUT.sub(" ", piece) for piece in pieces[::2]]
    return " ".join("".join(pieces).split())


_LAYOUT = re.compile(r"&|\\\\(?![a-zA-Z])|\\q?quad(?![a-zA-Z])|\\ensuremath(?![a-zA-Z])")
_MATRIX = re.compile(r"(\\begin\{[a-z]*matrix\}.*?\\end\{[a-z]*matrix\})", re.DOTALL)


# --- scripts, brackets, derivatives ---


def conditional(scripts: tuple[Tree[Token], ...]) -> bool:
    """Whether the last script says where to evaluate: |…|_{y = 1}."""
    if not scripts or scripts[-1].data != "sub":
        return False
    only = only_entry(scripts[-1].children[-2])
    return only is not None and only.data == "condition"


def is_(node: object, name: str) -> bool:
    return isinstance(node, Tree) and node.data == name


def after_scripts(parts: tuple[Any, ...]) -> tuple[list[Tree[Token]], list[Tree[Token]]]:
    """Scripts, and what follows them."""
    trees = [part for part in parts if isinstance(part, Tree)]
    kinds = ("sub", "sup", "prime", "transposed")
    size = next((i for i, t in enumerate(trees) if t.data not in kinds), len(trees))
    return trees[:size], trees[size:]


def only_entry(inside: Any) -> Tree[Token] | None:
    """The one entry of a bracket or script."""
    if len(inside.children) != 1 or not isinstance(inside.children[0], Tree):
        return None
    return inside.children[0]


def inner(script: Any) -> Tree[Token]:
    """What stands between the braces of a script."""
    found: Tree[Token] = script.children[-2]
    return found


def bare(node: Any) -> Any:
    """What a product of one factor, or an atom without scripts, comes down to."""
    while isinstance(node, Tree) and node.data in ("run", "scripted") and len(node.children) == 1:
        node = node.children[0]
    return node


def name_of(node: Tree[Token]) -> str | None:
    """The name that a tree is, if it is nothing but a name."""
    plain = bare(node)
    if isinstance(plain, Tree) and plain.data in ("name", "letter", "function"):
        return str(plain.children[0]) if len(plain.children) == 1 else None
    return None


def bracketed(node: Tree[Token]) -> bool:
    """Whether all of it stands in brackets."""
    return is_(bare(node), "group")


def group_of(node: Tree[Token]) -> Tree[Token]:
    """The brackets that it stands in."""
    found: Tree[Token] = bare(node)
    return found


def operator(factor: Tree[Token]) -> tuple[Tree[Token], int] | None:
    """Variable and order of a `d/dx` that stands in front of what it differentiates."""
    plain = bare(factor)
    if not is_(plain, "derivative"):
        return None
    top, bottom, order = derivative_of(tuple(plain.children))
    return (bottom, order) if top is None else None


def derivative_of(parts: tuple[Any, ...]) -> tuple[Tree[Token] | None, Tree[Token], int]:
    """Numerator, variable and order of a derivative. Raises Beyond where the orders differ."""
    trees = [part for part in parts if isinstance(part, Tree)]
    order = _order(trees.pop(0)) if trees[0].data == "sup" else 1
    variable = trees[-1]
    below = 1
    if variable.data == "scripted" and is_(variable.children[-1], "sup"):
        *kept, exponent = variable.children
        below = _order(exponent)
        variable = Tree("scripted", kept)
    if below != order:
        raise Beyond("a derivative whose orders above and below differ")
    return (trees[0] if len(trees) == 2 else None), variable, order


def _order(exponent: Any) -> int:
    only = bare(only_entry(inner(exponent)))
    if not is_(only, "number"):
        raise Beyond("a derivative of an order that is no number")
    return int(str(only.children[0]))
