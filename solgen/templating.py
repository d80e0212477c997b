"""The Jinja environment of question templates, and the bilingual tags.

A template is rendered to a stream in which private marks (U+0001 … U+0002) tell sections, language
pairs, printed values and the template's own lines apart; `solgen.render` reads that stream.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import CodeType

import jinja2
from jinja2 import nodes
from jinja2.bccache import Bucket
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.loaders import split_template_path
from jinja2.parser import Parser

from solgen.project import Project

OPEN, CLOSE = "\x01", "\x02"
SECTIONS = ("answer", "solution", "limits", "mistakes", "erratum")


def mark(kind: str, *arguments: object) -> str:
    """A private mark in the rendered stream."""
    return OPEN + " ".join((kind, *map(str, arguments))) + CLOSE


def unvalued(text: str) -> str:
    """The text without the marks of values: what a macro prints is one value, whatever is in it."""
    return re.sub(f"{OPEN}(?:value [a-z]+|unvalue){CLOSE}", "", text)


VALUE = "_value"  # the global that prints a value; authors' names have no underscore in front
ASKED, RECALLED = "asked", "recalled"


class Structure(Extension):
    r"""`@part d`, `@answer`, …, the pairs `@fr … @en … @end`, and what `\VAR{x}` becomes.

    It is printed by a global that is given the source of the value, as a name to remember it by,
    and where `values` is ASKED, the value.
    """

    languages: tuple[str, ...] = ()
    values: str = ""

    def __init__(self, environment: jinja2.Environment) -> None:
        super().__init__(environment)
        self.tags = {"part", *SECTIONS, self.languages[0]}

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        token = next(parser.stream)
        if token.value == "part":
            letter = parser.stream.expect("name").value
            return _emit(mark("part", letter, token.lineno), token.lineno)
        if token.value in SECTIONS:
            return _emit(mark("section", token.value, token.lineno), token.lineno)
        return self._pair(parser, token.lineno)

    def _pair(self, parser: Parser, line: int) -> list[nodes.Node]:
        """One passage in every language, in order; the locale picks one when rendering."""
        made: list[nodes.Node] = [_emit(mark("pair"), line)]
        following = (*self.languages[1:], "end")
        for language, stop in zip(self.languages, following, strict=True):
            body = parser.parse_statements((f"name:{stop}",), drop_needle=True)
            test = nodes.Compare(
                nodes.Name("locale_code", "load"), [nodes.Operand("eq", nodes.Const(language))]
            )
            made.append(nodes.If(test, body, [], [], lineno=line))
        made.append(_emit(mark("unpair"), line))
        return made

    def filter_stream(self, stream: TokenStream) -> Iterable[Token]:
        """Mark the template's lines, so that any output line can be traced."""
        for token in stream:
            if token.type == "variable_begin":
                yield Token(token.lineno, "data", mark("line", token.lineno))
                if self.values:
                    yield from self._value(token, stream)
                    continue
            if token.type == "data":
                lines = token.value.split("\n")
                marked = [
                    mark("line", token.lineno + index) + line for index, line in enumerate(lines)
                ]
                yield Token(token.lineno, "data", "\n".join(marked))
            else:
                yield token

    def _value(self, begin: Token, stream: TokenStream) -> Iterator[Token]:
        """The tokens of `_value("x|num(3)", (x|num(3)))`, the second argument only where asked."""
        inner = []
        for token in stream:
            if token.type == "variable_end":
                break
            inner.append(token)
        line = begin.lineno
        source = " ".join(f"{token.type} {token.value!r}" for token in inner)
        yield begin
        yield Token(line, "name", VALUE)
        yield Token(line, "lparen", "(")
        yield Token(line, "string", source)
        if self.values == ASKED:
            yield from (Token(line, "comma", ","), Token(line, "lparen", "("))
            yield from inner
            yield Token(line, "rparen", ")")
        yield Token(line, "rparen", ")")
        yield Token(line, "variable_end", "}")


def _emit(text: str, line: int) -> nodes.Output:
    return nodes.Output([nodes.TemplateData(text)], lineno=line)


class Missing(jinja2.StrictUndefined):
    """A name or attribute that does not exist: raises when printed, with the nearest one."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_obj is jinja2.utils.missing:
            return f"there is no name {name} in the question's module"
        known = [entry for entry in dir(self._undefined_obj) if not entry.startswith("_")]
        near = difflib.get_close_matches(name, known, n=1)
        instead = f"; did you mean {near[0]}?" if near else ""
        kind = type(self._undefined_obj).__name__
        article = "an" if kind[0] in "AEIOU" else "a"
        return f"{article} {kind} has no attribute {name}{instead}"


class _Templates(jinja2.FileSystemLoader):
    """The course's templates: one that is missing is opened all the same, which is recorded.

    So a chapter whose template includes another one with `ignore missing` is made anew once that
    one exists (solgen.reads).
    """

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        try:
            return super().get_source(environment, template)
        except jinja2.TemplateNotFound:
            for folder in self.searchpath:
                with suppress(OSError, jinja2.TemplateNotFound):
                    Path(folder, *split_template_path(template)).open("rb").close()
            raise


class _Compiled(jinja2.BytecodeCache):
    """What templates were compiled to in this process: each edition renders the same ones.

    Of each template its last text only.
    """

    def __init__(self) -> None:
        self.codes: dict[str, tuple[str, CodeType | None]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.codes.get(bucket.key, ("", None))
        bucket.code = code if checksum == bucket.checksum else None

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.codes[bucket.key] = bucket.checksum, bucket.code


@lru_cache(maxsize=4)
def _compiled(_languages: tuple[str, ...], _values: str) -> _Compiled:
    """Those of the environments that differ in nothing."""
    return _Compiled()


def environment(project: Project, values: str = "") -> jinja2.Environment:
    """Templates of the course first, then those shipped with solgen. `values`: see Structure."""
    structure = type("Structure", (Structure,), {"languages": project.languages, "values": values})
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [
                _Templates(project.templates, encoding="utf-8-sig"),
                jinja2.PackageLoader("solgen", "templates"),
            ]
        ),
        block_start_string=r"\BLOCK{",
        block_end_string="}",
        variable_start_string=r"\VAR{",
        variable_end_string="}",
        comment_start_string=r"\#{",
        comment_end_string="}",
        line_statement_prefix="@",
        undefined=Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - LaTeX is made here, not HTML
        extensions=[structure],
        bytecode_cache=_compiled(project.languages, values),
    )
