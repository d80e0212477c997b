r"""Read LaTeX sources without running them: forbidden commands, unclosed groups.

The engine refuses programs and foreign files by itself (no shell escape,
paranoid reading and writing); this refuses them before, at the author's line,
and also what no engine refuses: a file that ends the document or itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_RUNS = "runs a program or reads and writes files by itself; a booklet never needs it"
_ENDS = "ends the document or this file, and what follows would be missing"
_LOOK = "belongs to the booklet's look, not to a question"

_EVERYWHERE = (
    (r"\\(?:immediate *)?\\?write *18\b", _RUNS),
    (r"\\(?:directlua|latelua|luaexec|ShellEscape|pdffiledump|scantextokens)\b", _RUNS),
    (r"\\openout\b", _RUNS),
    (r'\\(?:@@)?input *["{]? *\|', _RUNS),
)
_IN_SNIPPETS = (
    (r"\\(?:openin|immediate|write|read|readline|special|pdfobj|pdfliteral)\b", _RUNS),
    (r"\\(?:input|include|InputIfFileExists|@@input|verbatiminput)\b", _RUNS),
    (r"\\end *\{ *document *\}", _ENDS),
    (r"\\(?:enddocument|endinput|stop|bye|@@end|dump|@endinput)(?![A-Za-z@])", _ENDS),
    (r"\\(?:batchmode|scrollmode|nonstopmode|errorstopmode|catcode|csname)\b", _LOOK),
    (r"\\(?:usepackage|RequirePackage|documentclass|makeatletter|everyeof)\b", _LOOK),
    (r"\^\^", "hides a character"),
    (r"solgen-(?:begin|done|end)", "is reserved for solgen's own marks"),
)


@dataclass(frozen=True)
class Refused:
    """A forbidden piece of source: its line, its text and why it is refused."""

    line: int
    text: str
    why: str


def forbidden(source: str, *, snippet: bool) -> Refused | None:
    """The first thing this file may not contain; stricter for an author's snippet."""
    rules = (*_EVERYWHERE, *_IN_SNIPPETS) if snippet else _EVERYWHERE
    for number, line in code_lines(source):
        for pattern, why in rules:
            if match := re.search(pattern, line):
                return Refused(number, match[0].strip(), why)
    return None


def code_lines(source: str) -> Iterator[tuple[int, str]]:
    r"""Line numbers and lines without their comments (``\%`` is no comment)."""
    for number, line in enumerate(source.splitlines(), start=1):
        yield number, re.sub(r"(?<!\\)((?:\\\\)*)%.*", r"\1", line)


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
