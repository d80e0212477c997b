r"""Read LaTeX sources without running them: forbidden commands, unclosed groups.

The engine refuses programs and foreign files by itself (no shell escape,
paranoid reading and writing); this refuses them before, at the author's line,
and also what no engine refuses: a file that ends the document or itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from solgen.texbans import EVERYWHERE, IN_LOOK, IN_SNIPPETS, IN_STATE, Ban


@dataclass(frozen=True)
class Refused:
    """A forbidden piece of source: its line, its text and why it is refused."""

    line: int
    text: str
    why: str


_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*")


def forbidden(source: str, *, snippet: bool) -> Refused | None:
    """The first thing this file may not contain; stricter for an author's snippet."""
    return _first(source, (*EVERYWHERE, *(IN_SNIPPETS if snippet else IN_LOOK)))


def pretended(source: str) -> Refused | None:
    """The first mark of solgen's own that an author typed: a tick that nothing stands behind."""
    for number, line in code_lines(source):
        if match := re.search(r"\\(?:sol[a-z]+|checkmark)(?![A-Za-z])|\u2713", line):
            return Refused(number, match[0], "is printed by solgen beside what it has verified")
    return None


def forbidden_in_state(source: str) -> Refused | None:
    """The first thing that a pass may not leave for the next one, in ``main.aux`` for example."""
    return _first(source, IN_STATE)


def _first(source: str, bans: tuple[Ban, ...]) -> Refused | None:
    texts = {True: source, False: uncommented(source)}
    words = {comments: _vocabulary(text) for comments, text in texts.items()}
    found = []
    for order, ban in enumerate(bans):
        if ban.word and not ban.pattern.search(words[ban.comments]):
            continue
        searched = texts[ban.comments]
        if match := ban.pattern.search(searched):
            line = searched.count("\n", 0, match.start()) + 1
            found.append((line, order, Refused(line, match[0].strip(), ban.why)))
    return min(found)[2] if found else None


_WORD = re.compile(r"\\(?:(?:begin|end)\s*\{\s*)?[A-Za-z]+")


def _vocabulary(source: str) -> str:
    r"""Each command of a source once, ``\name`` or ``\begin{name``: quick to search first."""
    return "\n".join(sorted(re.sub(r"\s", "", word) for word in set(_WORD.findall(source))))


def code_lines(source: str) -> Iterator[tuple[int, str]]:
    r"""Line numbers and lines without their comments (``\%`` is no comment)."""
    return enumerate(uncommented(source).split("\n"), start=1)


def uncommented(source: str) -> str:
    """The source without its comments; what is left stands in the same lines."""
    return _COMMENT.sub(r"\1", source)


_DELIMITER = re.compile(
    r"\\(?P<way>begin|end) *\{(?P<env>[^{}]*)\}"
    r"|(?P<cond>\\(?:if(?!f\b|thenelse\b)[A-Za-z@]*|fi)(?![A-Za-z@]))"
    r"|\\[\[\]()]|\\.|[{}$]"
)
_OPENS = {"{": "{", r"\[": r"\[", r"\(": r"\("}
_CLOSES = {"}": "{", r"\]": r"\[", r"\)": r"\(", r"\fi": r"\if"}


def unclosed(source: str) -> tuple[int, str] | None:
    r"""Line and text of what is left open: ``{``, ``\begin{...}``, ``$``, ``\[``, ``\if``."""
    stack: list[tuple[str, int, str]] = []  # kind, line, text
    for number, line in code_lines(source):
        for match in _DELIMITER.finditer(line):
            opens, closes = _roles(match)
            if match[0] == "$":
                opens, closes = ("", "$") if stack and stack[-1][0] == "$" else ("$", "")
            if opens:
                stack.append((opens, number, match[0].replace(" ", "")))
            elif closes in (kind for kind, _, _ in stack):
                kind, opened, text = stack.pop()
                if kind != closes:
                    return opened, text  # it was still open inside a group that closes
    return stack[-1][1:] if stack else None


def _roles(match: re.Match[str]) -> tuple[str, str]:
    """The kind of group a delimiter opens and the kind it closes, '' for neither."""
    text, name = match[0], rf"\begin{{{match['env']}}}"
    if match["way"]:
        return (name, "") if match["way"] == "begin" else ("", name)
    if match["cond"] and text != r"\fi":
        return r"\if", ""
    return _OPENS.get(text, ""), _CLOSES.get(text, "")


def find_token(source: str, token: str, line: int, back: int = 60) -> int:
    r"""The line, at or before ``line``, where the token TeX stopped at really is.

    Inside an alignment TeX reports the line of ``\end{align}``.
    """
    lines = [text for _, text in code_lines(source)]
    pattern = re.compile(re.escape(token) + (r"(?![A-Za-z@])" if token[:1] == "\\" else ""))
    last = min(line, len(lines))
    for number in range(last, max(0, last - back), -1):
        if pattern.search(lines[number - 1]):
            return number
    return last
