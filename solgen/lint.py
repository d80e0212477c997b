"""What is refused in the source of a question module, before it runs.

Standard library only: it reads text, and reports at the line of the author's file.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Callable, Iterator

from solgen import characters, repeatable
from solgen.errors import QuestionError, Where

RAW = r'a LaTeX command in Python needs a raw string: r"\neq", not "\neq"'

# LaTeX commands whose first letter makes a valid Python escape: "\neq" is a new line and "eq".
# Python warns of the others by itself.
_COMMANDS = (
    "alpha|angle|approx|arccos|arcsin|arctan|arg|argmax|argmin|ast|bar|begin|beta|big|"
    "bigcup|bigg|bigl|bigr|binom|bm|bmod|boldsymbol|bot|bullet|flat|forall|frac|frown|"
    "nabla|ne|nearrow|neg|neq|newline|ni|nmid|nolimits|nonumber|norm|not|notin|nu|rangle|"
    "rbrace|rceil|ref|rfloor|rho|right|rightarrow|rm|rvert|tag|tan|tanh|tau|tbinom|text|"
    "textbf|textit|textrm|tfrac|therefore|theta|tilde|times|to|top|triangle|varepsilon|"
    "varphi|varrho|vartheta|vdots|vec|vee|vert"
)
_SWALLOWED = re.compile(rf"(?<!\\)(?:\\\\)*\\({_COMMANDS})(?![A-Za-z])")


def refuse(source: bytes, where: Where) -> None:
    """Raise QuestionError at the first line of `where.file` that a reader would regret."""
    tree = _parsed(source, where)
    rules: tuple[Callable[[ast.Module, Where], None], ...] = (
        _refuse_asserts,
        _refuse_second_definitions,
        _refuse_circular_derivations,
        _refuse_idle_checks,
        _refuse_inexact_fractions,
        _refuse_pyplot,
        repeatable.refuse,
    )
    _refuse_odd_characters(source, where)
    _refuse_swallowed_commands(source, where)
    for rule in rules:
        rule(tree, where)


def _parsed(source: bytes, where: Where) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # "\s" in a non-raw string is only a warning
            tree = ast.parse(source, filename=str(where.file))
            compile(tree, str(where.file), "exec")  # where Python warns of `x is 1`
    except ValueError as error:  # a null byte, before Python 3.11.4
        line = 1 + source.partition(b"\0")[0].count(b"\n")
        raise QuestionError(
            f"Python cannot read the module: {error}",
            _at(where, line),
            _remedy(""),
            found=_line(source, line),
        ) from None
    except SyntaxError as error:
        raise QuestionError(
            f"Python cannot read the module: {error.msg}",
            _at(where, error.lineno or 1),
            _remedy(str(error.msg)),
            found=_line(source, error.lineno),
        ) from None
    return tree


def _remedy(message: str) -> str:
    if "escape" in message:
        return RAW
    return "save the file as UTF-8" if "utf-8" in message else "correct the Python at this line"


def _line(source: bytes, number: int | None) -> str | None:
    lines = source.decode("utf-8", errors="replace").splitlines()
    return lines[number - 1].strip()[:100] if number and number <= len(lines) else None


def _at(where: Where, line: int) -> Where:
    return Where(where.file, line, where.question)


def _refuse_odd_characters(source: bytes, where: Where) -> None:
    """Refuse what cannot be seen: it can turn code around, or stand in a printed text."""
    try:
        text = source.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:  # Python itself would accept another declared encoding
        first = source[: error.start].count(b"\n") + 1
        raise QuestionError(
            "the module is not UTF-8",
            _at(where, first),
            "save the file as UTF-8",
            found=_line(source, first),
        ) from None
    for number, line in enumerate(text.split("\n"), start=1):
        if odd := characters.odd(line):
            raise QuestionError(
                odd.message, _at(where, number), odd.hint, found=characters.shown(line)
            )


def _refuse_swallowed_commands(source: bytes, where: Where) -> None:
    for line, text in _ordinary_strings(source):
        if match := _SWALLOWED.search(text):
            line += text[: match.start()].count("\n")
            raise QuestionError(
                rf"Python reads \{match[1]} here as a control character and {match[1][1:]}",
                _at(where, line),
                RAW,
                found=_line(source, line),
            )


def _ordinary_strings(source: bytes) -> Iterator[tuple[int, str]]:
    """Line and source text of every string literal without the prefix r."""
    raw = False
    start = getattr(tokenize, "FSTRING_START", -1)  # Python 3.12 cuts f-strings into tokens
    middle = getattr(tokenize, "FSTRING_MIDDLE", -1)
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == start:
            raw = "r" in token.string.lower()
        elif token.type == tokenize.STRING:
            prefix = re.match(r"\w*", token.string)
            if prefix is None or "r" not in prefix[0].lower():
                yield token.start[0], token.string
        elif token.type == middle and not raw:
            yield token.start[0], token.string


def _refuse_asserts(tree: ast.Module, where: Where) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            raise QuestionError(
                "a bare assert disappears under python -O and counts nothing",
                _at(where, node.lineno),
                "return agree(…), equal(…) or holds(…) from the check instead",
                found=ast.unparse(node),
            )


def _refuse_inexact_fractions(tree: ast.Module, where: Where) -> None:
    """Refuse floats that pass for exact numbers: Rational(1/3), nsimplify(0.333)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else _name(node.func)
        if name == "nsimplify":
            what, hint = "guesses an exact number from its first digits", "write the exact number"
        elif name in ("Rational", "S", "sympify") and any(map(_is_float, node.args)):
            what = "gets a float, whose digits are rounded already"
            hint = "write Rational(1, 3), or the digits in quotes: Rational('0.1')"
        else:
            continue
        place = _at(where, node.lineno)
        raise QuestionError(f"{name} {what}", place, hint, found=ast.unparse(node)[:100])


def _is_float(node: ast.expr) -> bool:
    """Whether Python makes a float of these numbers before anybody sees them."""
    if isinstance(node, ast.UnaryOp):
        return _is_float(node.operand)
    if isinstance(node, ast.BinOp):
        numbers = all(isinstance(n, ast.Constant) for n in (node.left, node.right))
        divides = isinstance(node.op, ast.Div) and numbers
        return divides or _is_float(node.left) or _is_float(node.right)
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def _refuse_pyplot(tree: ast.Module, where: Where) -> None:
    """Refuse the module whose figures are shared by all who import it."""
    for node in ast.walk(tree):
        named = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            named = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in named:
            if name.startswith(("matplotlib.pyplot", "pylab", "matplotlib.pylab")):
                raise QuestionError(
                    "pyplot draws on figures that all questions share",
                    _at(where, getattr(node, "lineno", 1)),
                    "draw on the axes that solgen gives: def draw_it(ax, say): ax.plot(…)",
                    found=ast.unparse(node),
                )


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _refuse_second_definitions(tree: ast.Module, where: Where) -> None:
    lines: dict[str, int] = {}
    for node in tree.body:
        names: list[str] = []
        if isinstance(node, ast.FunctionDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [t.id for t in node.targets if isinstance(t, ast.Name)]
        for name in names:
            if name in lines:
                raise QuestionError(
                    f"the name {name} is defined twice, first at line {lines[name]}",
                    _at(where, node.lineno),
                    "give one of them another name; the first would silently be lost",
                )
            lines[name] = node.lineno


def _refuse_circular_derivations(tree: ast.Module, where: Where) -> None:
    """Refuse a step written like the value it is compared with."""
    named = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }

    def dump(node: ast.expr) -> str:
        return ast.dump(named.get(node.id, node) if isinstance(node, ast.Name) else node)

    for call in _calls(tree, "Derivation"):
        value, steps = _argument(call, 1, "value"), _argument(call, 2, "steps")
        written = list(_calls(steps, "Step")) if steps is not None else []
        for number, step in enumerate(written, start=1):
            form = _argument(step, 0, "form")
            if value is not None and form is not None and dump(form) == dump(value):
                raise QuestionError(
                    f"step {number} is written exactly like value=: it is compared with itself",
                    _at(where, form.lineno),
                    "find value= by another road, such as derivative(…) of a definition",
                    found=ast.unparse(form),
                )


def _refuse_idle_checks(
    tree: ast.AST, where: Where, outer: dict[str, ast.AST] | None = None
) -> None:
    """Refuse a check that never reads its argument: it says the same of every answer."""
    body = list(ast.iter_child_nodes(tree))
    inner = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    known = {**(outer or {}), **inner}
    for node in body:
        if isinstance(node, ast.Call) and _is_named(node.func, "Check"):
            run = _argument(node, 1, "run")
            function = known.get(run.id) if isinstance(run, ast.Name) else run
            if isinstance(function, ast.FunctionDef | ast.Lambda):
                _refuse_if_idle(function, where)
        _refuse_idle_checks(node, where, known)


def _refuse_if_idle(function: ast.FunctionDef | ast.Lambda, where: Where) -> None:
    arguments = [*function.args.posonlyargs, *function.args.args]
    if not arguments:
        return  # Check itself refuses it
    name = arguments[0].arg
    read = {
        node.id
        for node in ast.walk(function)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }
    if name not in read:
        raise QuestionError(
            f"the check {getattr(function, 'name', 'lambda')} never looks at its argument {name}",
            _at(where, function.lineno),
            f"compare {name} with what the check finds: return agree({name}, …)",
        )


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_named(node.func, name):
            yield node


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if position < len(call.args) else None


def _is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
