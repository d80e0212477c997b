"""The tokens of a printed formula, as a reader sees them: invisible LaTeX is gone.

Spaces, sizes and grouping braces leave no ink, and no token. What a brace groups without ink is
refused where it would change the reading: `{-3}^2` is printed as −3².
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from solgen.errors import SolgenError


class Unreadable(SolgenError):
    """A formula, or what stands at one place of it, has no reading that everybody shares."""

    exit_code = 11

    def __init__(self, message: str, place: int, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.place = place


@dataclass(frozen=True)
class Mark:
    """One token: its kind, its normal form, and where it begins and ends in the formula."""

    kind: str
    text: str
    place: int
    end: int


RELATIONS = {
    "=": "=", "<": "<", ">": ">", r"\le": "<=", r"\leq": "<=", r"\leqslant": "<=", r"\ge": ">=",
    r"\geq": ">=", r"\geqslant": ">=", r"\ne": "!=", r"\neq": "!=", r"\approx": "~",
    r"\simeq": "~", r"\propto": "propto", r"\in": "in", r"\notin": "notin", r"\sim": "dist",
    r"\to": "->", r"\rightarrow": "->", r"\mapsto": "|->", r"\Rightarrow": "=>",
    r"\implies": "=>", r"\Leftrightarrow": "<=>", r"\iff": "<=>", r"\ll": "<<", r"\gg": ">>",
    r"\equiv": "===", r"\subset": "subset", r"\subseteq": "subset",
}  # fmt: skip
FUNCTIONS = (
    *(r"\log", r"\ln", r"\exp", r"\sin", r"\cos", r"\tan", r"\sinh", r"\cosh", r"\tanh"),
    *(r"\arctan", r"\det", r"\arcsin", r"\arccos"),
)
EXTREMES = (r"\max", r"\min", r"\sup", r"\inf")
_FONTS = (
    *(r"\boldsymbol", r"\mathrm", r"\mathbf", r"\mathbb", r"\mathcal", r"\mathit", r"\mathsf"),
    *(r"\hat", r"\bar", r"\tilde", r"\dot", r"\ddot", r"\vec", r"\widehat", r"\widetilde"),
    *(r"\overrightarrow", r"\overleftarrow", r"\overline", r"\underline"),
)
_INKLESS = (r"\!", r"\displaystyle", r"\textstyle", r"\limits", r"\nolimits", r"\ensuremath")
_SIZES = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?)")
_SPACES = (r"\,", r"\;", r"\:", r"\ ", r"\>")
_WIDE = (r"\quad", r"\qquad")
_WORDS = (r"\text", r"\textrm", r"\mbox", r"\intertext")
_FRACTIONS = (r"\frac", r"\dfrac", r"\tfrac")
_BRACKETS = {
    "(": "LPAR", ")": "RPAR", "[": "LBRA", "]": "RBRA", r"\{": "LSET", r"\}": "RSET",
    r"\lbrack": "LBRA", r"\rbrack": "RBRA", r"\lvert": "LABS", r"\rvert": "RABS",
    r"\lVert": "LNORM", r"\rVert": "RNORM", r"\lfloor": "LFLOOR", r"\rfloor": "RFLOOR",
    r"\lceil": "LCEIL", r"\rceil": "RCEIL",
}  # fmt: skip
_OPENING = ("LPAR", "LBRA", "LSET", "LABS", "LNORM", "LFLOOR", "LCEIL", "LBRACE", "EVALOPEN")
_CLOSING = ("RPAR", "RBRA", "RSET", "RABS", "RNORM", "RFLOOR", "RCEIL", "RBRACE", "EVALCLOSE")
_SIGNS = {
    "+": "PLUS", "-": "MINUS", "/": "SLASH", ",": "COMMA", ";": "SEMI", ":": "COLON",
    r"\cdot": "TIMES", r"\times": "TIMES", r"\odot": "ODOT", r"\mid": "MID", r"\colon": "COLON",
    r"\partial": "D", r"\sum": "BIG", r"\prod": "BIG", r"\lim": "LIM", r"\top": "TOP",
    r"\ldots": "DOTS", r"\dots": "DOTS", r"\cdots": "DOTS", r"\vdots": "DOTS", r"\ddots": "DOTS",
    "'": "PRIME", r"\prime": "PRIME", r"\pm": "PM", r"\blacksquare": "SIGN",
    r"\bullet": "SIGN", r"\checkmark": "SIGN", r"\star": "LETTER",
}  # fmt: skip
_MATRICES = ("matrix", "bmatrix", "pmatrix", "array")
_LAYOUTS = ("aligned", "split", "gathered", "alignedat")
_RAW = re.compile(
    r"(?P<space>\s+|~)|(?P<command>\\[a-zA-Z]+\*?|\\.)|(?P<digits>\d+)|(?P<other>.)", re.DOTALL
)
_ENDERS = ("NUM", "NAME", "FNAME", "LETTER", "PRIME", "TOP", "MEND", *_CLOSING)
_STARTERS = (
    *("NUM", "NAME", "FNAME", "LETTER", "FUN", "FRAC", "SQRT", "BIG", "LIM", "D", "MBEGIN"),
    *_OPENING,
)


def tokens(source: str, marks: tuple[str, str] = (".", "{,}")) -> list[Mark]:
    """The tokens of a formula. `marks` are the decimal and the thousands mark of its language.

    Raises Unreadable.
    """
    return list(_tidied(_Lexer(source, marks).run()))


def _tidied(found: list[Mark]) -> Iterator[Mark]:
    """Without the spaces that stand between no two factors, and without closing punctuation."""
    while found and found[-1].kind in ("COMMA", "SEMI", "DOT", "SEP", "THIN"):
        found.pop()
    for index, mark in enumerate(found):
        if mark.kind == "THIN":
            before = found[index - 1].kind if index else ""
            after = next((m.kind for m in found[index + 1 :] if m.kind != "THIN"), "")
            if before not in _ENDERS or after not in _STARTERS:
                continue
        if mark.kind == "SEP" and _layout(found, index):
            continue
        if mark.kind in ("COMMA", "SEMI", "DOT") and found[index + 1].kind in ("SEP", "THIN"):
            after = next((m.kind for m in found[index + 1 :] if m.kind != "THIN"), "")
            if after == "SEP":
                continue
        if mark.kind == "DOT":
            raise Unreadable("a full stop in mid-formula", mark.place, "remove it")
        yield mark


def _layout(found: list[Mark], index: int) -> bool:
    """Whether a wide space separates nothing: at the start, beside another, before a relation."""
    after = next((mark.kind for mark in found[index + 1 :] if mark.kind != "THIN"), "")
    return index == 0 or after == "SEP" or (after == "REL" and index > 0)


@dataclass(frozen=True)
class _Raw:
    kind: str
    text: str
    place: int
    end: int


class _Lexer:
    """One pass over the formula."""

    def __init__(self, source: str, marks: tuple[str, str]) -> None:
        self.source = source
        self.marks = marks
        self.raw = [
            _Raw(m.lastgroup or "", m[0], m.start(), m.end()) for m in _RAW.finditer(source)
        ]
        self.at = 0
        self.out: list[Mark] = []
        self.open: list[str] = []  # what will close what is open
        self.matrix = 0

    def run(self) -> list[Mark]:
        while self.at < len(self.raw):
            self._one()
        if self.open:
            raise Unreadable("a bracket is never closed", len(self.source), "count the brackets")
        return self.out

    def _put(self, kind: str, text: str, raw: _Raw, end: int | None = None) -> None:
        self.out.append(Mark(kind, text, raw.place, raw.end if end is None else end))

    def _peek(self) -> _Raw | None:
        """The next piece with ink, spaces passed over."""
        while self.at < len(self.raw) and self.raw[self.at].kind == "space":
            self.at += 1
        return self.raw[self.at] if self.at < len(self.raw) else None

    def _take(self) -> _Raw:
        raw = self._peek()
        if raw is None:
            raise Unreadable("the formula ends too early", len(self.source), "complete it")
        self.at += 1
        return raw

    def _one(self) -> None:
        raw = self._peek()
        if raw is None:
            return
        if raw.kind == "digits":
            self._number()
            return
        self.at += 1
        if raw.text in _INKLESS:
            return
        if raw.text in _SPACES:
            self._put("THIN", " ", raw)
        elif raw.text in _WIDE:
            self._put("SEP", " ", raw)
        elif raw.text in _WORDS:
            self._group_text()
            self._put("SEP", " ", raw)
        elif not self._command(raw):
            self._plain(raw)

    def _command(self, raw: _Raw) -> bool:
        """Read what has arguments, or says how others stand; whether it was one of these."""
        text = raw.text
        if _SIZES.fullmatch(text):
            self._sized(raw)
        elif text in ("^", "_"):
            self._script(raw)
        elif text in _FRACTIONS:
            self._put("FRAC", r"\frac", raw)
            self._argument()
            self._argument()
        elif text == r"\sqrt":
            self._root(raw)
        elif text in _FONTS or text.startswith(r"\operatorname"):
            self._letter(raw)
        elif text in (r"\begin", r"\end"):
            self._environment(raw)
        elif text in ("&", r"\\"):
            self._cell(raw)
        elif text == "{":
            self._bare_group(raw)
        else:
            return False
        return True

    def _plain(self, raw: _Raw) -> None:
        text = raw.text
        if text in ("|", r"\|"):
            self._bar(raw, "ABS" if text == "|" else "NORM")
        elif text in _BRACKETS:
            self._bracket(_BRACKETS[text], text, raw)
        elif text in RELATIONS:
            self._put("REL", RELATIONS[text], raw)
        elif text in _SIGNS:
            self._put(_SIGNS[text], "'" if text == r"\prime" else text, raw)
        elif text in FUNCTIONS:
            self._put("FUN", text, raw)
        elif text in EXTREMES:
            self._extreme(text, raw)
        elif text == ".":
            self._put("DOT", ".", raw)
        elif re.fullmatch(r"[^\W\d_]|\\[a-zA-Z]+", text):
            self._put("LETTER", text, raw)
        else:
            raise Unreadable(f"{text} is not read here", raw.place, "write it otherwise")

    def _extreme(self, text: str, raw: _Raw) -> None:
        follows = self._peek()
        under = follows is not None and follows.text == "_"
        self._put("LIM" if under else "FUN", text, raw)

    def _number(self) -> None:
        raw = self._take()
        decimal, thousands = map(re.escape, self.marks)
        group = rf"(?:{thousands}\d{{3}}(?!\d))*"
        pattern = rf"\d+{group}(?:{decimal}\d+)?"
        found = re.compile(pattern).match(self.source, raw.place)
        assert found is not None
        text = found[0].replace(self.marks[1], "").replace(self.marks[0], ".")
        while self.at < len(self.raw) and self.raw[self.at].place < found.end():
            self.at += 1
        self.out.append(Mark("NUM", text, raw.place, found.end()))

    def _sized(self, raw: _Raw) -> None:
        side = raw.text.rstrip("*")
        follows = self._take()
        sign = follows.text
        whole = _Raw(follows.kind, sign, raw.place, follows.end)
        if sign == ".":
            if side == r"\left":
                self.open.append("EVALCLOSE")
                self._put("EVALOPEN", ".", raw)
            return
        if sign in ("|", r"\|"):
            kind = "ABS" if sign == "|" else "NORM"
            nxt = self._peek()
            evaluated = sign == "|" and nxt is not None and nxt.text == "_"
            if self.open and self.open[-1] == "EVALCLOSE" and evaluated:
                self.open.pop()
                self._put("EVALCLOSE", "|", raw)
            elif side[-1] == "l" or side == r"\left":
                self._bracket("L" + kind, sign, whole)
            elif side[-1] == "r" or side == r"\right":
                self._bracket("R" + kind, sign, whole)
            elif evaluated:
                self._put("EVALPOST", "|", raw)
            else:
                self._put("PARALLEL", sign, raw)
        elif sign == "/":
            self._put("SLASH", "/", follows)
        elif sign in _BRACKETS:
            self._bracket(_BRACKETS[sign], sign, whole)
        else:
            raise Unreadable(f"{side} before {sign}", raw.place, "size only brackets")

    def _bar(self, raw: _Raw, kind: str) -> None:
        """A bar without a side: it closes what the last such bar opened."""
        opened = bool(self.open) and self.open[-1] == f"R{kind}"
        self._bracket(("R" if opened else "L") + kind, raw.text, raw)

    def _bracket(self, kind: str, text: str, raw: _Raw) -> None:
        if kind in _OPENING:
            closing = {"LPAR": "ROUND", "LBRA": "ROUND"}.get(kind, "R" + kind[1:])
            self.open.append(closing)
        else:
            shape = "ROUND" if kind in ("RPAR", "RBRA") else kind
            if not self.open or self.open.pop() != shape:
                raise Unreadable(f"{text} closes nothing", raw.place, "count the brackets")
        self._put(kind, text, raw)

    def _argument(self) -> None:
        """The argument of a command: a group, or the one sign that follows, in braces."""
        raw = self._take()
        self._put("LBRACE", "{", raw)
        if raw.text == "{":
            self._inside()
        elif raw.kind == "digits":
            self._digit(raw)
        else:
            self.at -= 1
            self._one()
        self.out.append(Mark("RBRACE", "}", self.raw[self.at - 1].place, self.raw[self.at - 1].end))

    def _digit(self, raw: _Raw) -> None:
        """TeX takes one digit of several."""
        self.out.append(Mark("NUM", raw.text[0], raw.place, raw.place + 1))
        if len(raw.text) > 1:
            self.at -= 1
            self.raw[self.at] = _Raw("digits", raw.text[1:], raw.place + 1, raw.end)

    def _inside(self) -> None:
        """What stands in a group already opened, up to its brace, which is passed over."""
        depth = len(self.open)
        while True:
            raw = self._peek()
            if raw is None:
                raise Unreadable("a brace is never closed", len(self.source), "count the braces")
            if raw.text == "}":
                self.at += 1
                break
            self._one()
        if len(self.open) != depth:
            raise Unreadable("a bracket is closed outside its braces", raw.place, "count them")

    def _bare_group(self, raw: _Raw) -> None:
        """Braces without a command leave no ink."""
        start = len(self.out)
        self._inside()
        follows = self._peek()
        scripted = follows is not None and follows.text in ("^", "_")
        if scripted and len(self.out) - start > 1:
            raise Unreadable(
                "the braces before this exponent are not printed",
                raw.place,
                "write visible parentheses: (-3)^2",
            )

    def _script(self, raw: _Raw) -> None:
        follows = self._peek()
        two = follows is not None and follows.kind == "digits" and len(follows.text) > 1
        if two and follows is not None:
            raise Unreadable(
                f"{raw.text}{follows.text} raises or lowers the first digit only",
                raw.place,
                f"write {raw.text}{{{follows.text}}}",
            )
        self._put("SUP" if raw.text == "^" else "SUB", raw.text, raw)
        start = len(self.out)
        self._argument()
        inside = self.out[start + 1 : -1]
        if not inside:
            del self.out[start - 1 :]
        elif raw.text == "^" and all(m.kind == "PRIME" for m in inside):
            self.out[start - 1 :] = inside
        elif len(inside) == 1 and inside[0].kind in ("FUN", "LIM"):
            only = inside[0]
            self.out[start + 1 : -1] = [Mark("LETTER", only.text, only.place, only.end)]
        elif raw.text == "^" and inside[0].text == r"\star" and len(inside) > 1:
            head, brace, close = self.out[start - 1], self.out[start], self.out[-1]
            rest = inside[1:]
            self.out[start - 1 :] = [head, brace, inside[0], close, head, brace, *rest, close]

    def _root(self, raw: _Raw) -> None:
        follows = self._peek()
        if follows is not None and follows.text == "[":
            self.at += 1
            self._put("ROOT", r"\sqrt", raw)
            self._put("LBRACE", "{", follows)
            while (inner := self._peek()) is not None and inner.text != "]":
                self._one()
            close = self._take()
            self._put("RBRACE", "}", close)
        else:
            self._put("SQRT", r"\sqrt", raw)
        self._argument()

    def _letter(self, raw: _Raw) -> None:
        r"""A letter in its dress: \boldsymbol{x}, \mathrm{CE}, \hat{u}."""
        inside = self._group_text()
        command = raw.text.rstrip("*")
        text = f"{command}{{{inside}}}"
        end = self.raw[self.at - 1].end
        if text == r"\mathrm{d}":
            self._put("D", r"\partial", raw, end)
        elif command == r"\operatorname":
            name = re.sub(r"\\[,;: ]", "", inside)
            follows = self._peek()
            under = follows is not None and follows.text == "_"
            kind = "LIM" if under and name in ("argmin", "argmax") else "FUN"
            self._put(kind, rf"\operatorname{{{name}}}", raw, end)
        else:
            self._put("LETTER", text, raw, end)

    def _group_text(self) -> str:
        """The next group, or sign, as plain normal text."""
        raw = self._take()
        if raw.text != "{":
            if raw.text in _FONTS:
                return f"{raw.text}{{{self._group_text()}}}"
            return raw.text[0] if raw.kind == "digits" else raw.text
        depth, pieces = 1, []
        while True:
            if self.at >= len(self.raw):
                raise Unreadable("a brace is never closed", len(self.source), "count the braces")
            inner = self.raw[self.at]
            self.at += 1
            depth += (inner.text == "{") - (inner.text == "}")
            if depth == 0:
                break
            pieces.append("" if inner.kind == "space" else inner.text)
        return "".join(pieces)

    def _environment(self, raw: _Raw) -> None:
        name = self._group_text()
        if name in _MATRICES:
            self.matrix += 1 if raw.text == r"\begin" else -1
            if name == "array" and raw.text == r"\begin":
                self._group_text()
            self._put("MBEGIN" if raw.text == r"\begin" else "MEND", name, raw)
        elif name in _LAYOUTS:
            self._put("SEP", " ", raw)
        else:
            raise Unreadable(f"the environment {name} is not read here", raw.place, "use a matrix")

    def _cell(self, raw: _Raw) -> None:
        """In a matrix, the next cell or row; elsewhere layout: a new statement, or the same one."""
        if self.matrix:
            self._put("AMP" if raw.text == "&" else "NEWROW", raw.text, raw)
            return
        follows = self._peek()
        while raw.text == r"\\" and follows is not None and follows.text == "&":
            self.at += 1
            follows = self._peek()
        if follows is not None and (follows.text in RELATIONS or follows.text == ":"):
            return
        self._put("SEP", " ", raw)


def named(
    found: Sequence[Mark], vocabulary: Mapping[tuple[str, ...], str], functions: frozenset[str]
) -> list[Mark]:
    """The tokens with every declared notation, the longest first, as one NAME.

    `vocabulary` gives the normal form of a notation by the texts of its tokens; those among
    `functions` become FNAME: what follows in parentheses is their argument.
    """
    longest = max(map(len, vocabulary), default=0)
    inked = [index for index, mark in enumerate(found) if mark.kind != "THIN"]
    texts = [found[index].text for index in inked]
    made: list[Mark] = []
    at = 0  # in `inked`
    index = 0
    while index < len(found):
        if found[index].kind == "THIN":
            made.append(found[index])
            index += 1
            continue
        for size in range(min(longest, len(inked) - at), 0, -1):
            name = vocabulary.get(tuple(texts[at : at + size]))
            if name is not None:
                last = inked[at + size - 1]
                kind = "FNAME" if name in functions else "NAME"
                made.append(Mark(kind, name, found[index].place, found[last].end))
                index, at = last + 1, at + size
                break
        else:
            made.append(found[index])
            index, at = index + 1, at + 1
    return made


def normal(latex: str, marks: tuple[str, str] = (".", "{,}")) -> tuple[str, ...]:
    """The texts of a notation's tokens, by which it is recognised."""
    return tuple(mark.text for mark in tokens(latex, marks) if mark.kind not in ("THIN", "SEP"))
