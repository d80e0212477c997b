"""The stage `render`: a question's template, in one language, becomes LaTeX with a source map."""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import jinja2

from solgen import parity, review
from solgen.errors import SolgenError, TemplateError, Where
from solgen.facts import Facts
from solgen.grammar import JINJA, inspect, part_at, passages, require_parts, tags
from solgen.locales import Locale
from solgen.memo import Call, Memo, Unknown
from solgen.project import Project
from solgen.stream import PartText, finish, read
from solgen.templating import RECALLED, VALUE, environment


@dataclass(frozen=True)
class Speech:
    """What a template is given in one language.

    `known` are names it may use, `value` prints a value given its source (and the value itself,
    where the module is asked); what it refers to is added to `calls`.
    """

    known: Mapping[str, Any]
    filters: Mapping[str, Callable[..., Any]]
    value: Callable[..., str]
    calls: list[Call]


class Voice(Protocol):
    """Who says what is printed: the module itself (solgen.voice), or a memo."""

    values: str

    def speak(self, locale: Locale, captions: tuple[Locale, ...]) -> Speech: ...


class Recalled:
    """A memo as a voice. Printing what it does not hold raises memo.Unknown."""

    values = RECALLED

    def __init__(self, memo: Memo) -> None:
        self.memo = memo

    def speak(self, locale: Locale, captions: tuple[Locale, ...]) -> Speech:
        calls: list[Call] = []
        codes = tuple(c.code for c in captions)

        def value(source: str) -> str:
            said = self.memo.value(locale.code, codes, source)
            calls.extend(said.calls)
            return said.text

        return Speech({}, {}, value, calls)


@dataclass(frozen=True)
class Rendered:
    """A question in one language. `parts[0]` holds what stands before part (a)."""

    locale: Locale
    parts: tuple[PartText, ...]
    template: str
    calls: tuple[Call, ...]


def template_path(project: Project, name: str) -> Path:
    """Where a question's template stands."""
    return project.templates / "questions" / f"{name}.tex.j2"


def render(
    project: Project,
    facts: Facts,
    voice: Voice,
    locale: Locale,
    captions: tuple[Locale, ...],
) -> Rendered:
    """Render one question in one language.

    `captions` are the languages of figure captions: both in the bilingual booklet, whose figures
    are shared; none where the other language has printed the figure already. Raises
    TemplateError, or TranslationError, at the template's line.
    """
    template = _read(project, facts.name, locale.code)
    inspect(template.source, template_path(project, facts.name), project, str(facts.number))
    speech = voice.speak(locale, captions)
    parts = read(_stream(project, facts.name, template, voice.values, speech))
    require_parts([part.id for part in facts.parts], parts, template.at)
    for part in parts:
        for section in part.sections:
            for block in section.blocks:
                finish(block, locale, template.at(part.source))
    _require_all(facts, set(speech.calls), template.where)
    return Rendered(locale, tuple(parts), str(template.where.file), tuple(speech.calls))


def compare(project: Project, name: str, locales: Sequence[Locale]) -> None:
    """Raise TranslationError where a passage says something else in another language."""
    template = _read(project, name, None)
    excused = review.load(project, name).excused
    for line, versions in passages(template.source, project.languages):
        parity.require(versions, locales, template.at(line), excused)


def is_plain(project: Project, name: str) -> bool:
    """Whether each value of the template is printed once: it has no loop, macro or include."""
    source = _read(project, name, None).source
    return r"\BLOCK{" not in source and not any(tag in JINJA for tag in tags(source))


@dataclass(frozen=True)
class _Template:
    """A template's source, and where it is."""

    source: str
    where: Where

    def at(self, line: int | None) -> Where:
        """The place of a line, with the part it belongs to."""
        part = None if line is None else part_at(self.source, line)
        return Where(self.where.file, line, self.where.question, part, self.where.locale)


def _require_all(facts: Facts, calls: Collection[Call], where: Where) -> None:
    """Raise TemplateError for an answer that is not printed or a figure not shown or cited."""
    for one in facts.verified:
        if ("show", one.name) not in calls:
            raise TemplateError(
                f"the {one.kind} {one.name} is verified but never printed",
                Where(where.file, None, where.question, one.part, where.locale),
                rf"print it with \VAR{{show({one.name})}}"
                + (rf" or \VAR{{inline({one.name})}}" if one.kind == "answer" else ""),
            )
    for figure in facts.figures:
        for call, verb in (("figure", "shown"), ("ref", "cited")):
            if (call, figure) not in calls:
                hint = rf'add \VAR{{{call}("{figure}")}}'
                raise TemplateError(f"the figure {figure!r} is never {verb}", where, hint)


def _read(project: Project, name: str, locale: str | None) -> _Template:
    path = template_path(project, name)
    where = Where(project.relative(path), None, name[1:], None, locale)
    try:
        return _Template(path.read_text(encoding="utf-8-sig"), where)
    except FileNotFoundError:
        raise TemplateError(
            "the question has no template",
            where,
            "write it; `solgen new` shows what it looks like",
        ) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise TemplateError(
            "the template is not UTF-8",
            Where(where.file, line, where.question),
            "save the file as UTF-8",
            found=f"the byte 0x{error.object[error.start]:02X}",
        ) from None


def _stream(
    project: Project, question: str, template: _Template, values: str, speech: Speech
) -> str:
    """Run Jinja; every failure becomes a SolgenError at the template's line."""
    jinja = environment(project, values)
    jinja.globals[VALUE] = speech.value
    jinja.filters |= speech.filters
    context = {**speech.known, "locale_code": template.where.locale}
    name = f"questions/{question}.tex.j2"
    try:
        return jinja.get_template(name).render(context)
    except jinja2.TemplateSyntaxError as error:
        raise TemplateError(
            f"Jinja cannot read the template: {error.message}",
            template.at(error.lineno),
            r"a value is printed by \VAR{name}; the braces must match",
            found=_line_of(template, error.lineno),
        ) from None
    except jinja2.TemplateRuntimeError as error:
        line = _line(error, name)
        raise TemplateError(
            str(error.message),
            template.at(line),
            _suggestion(str(error.message), context),
            found=_line_of(template, line),
        ) from None
    except Unknown:
        raise
    except SolgenError as error:
        error.where = _completed(project, error, template.at(_line(error, name)))
        raise
    except Exception as error:
        line = _line(error, name)
        raise TemplateError(
            f"printing a value raised {type(error).__name__}: {error}",
            template.at(line),
            "correct what this line prints",
            found=_line_of(template, line),
        ) from error


def _completed(project: Project, error: SolgenError, shown: Where) -> Where:
    """The error's own place if it has a file, otherwise the template's."""
    own = error.where
    if not isinstance(own, Where) or own.file is None:
        return shown
    return Where(
        project.relative(own.file), own.line, shown.question, own.part or shown.part, shown.locale
    )


def _line(error: BaseException, name: str) -> int | None:
    """The template line in the traceback, which Jinja has rewritten for us."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(name)]
    return frames[-1].lineno if frames else None


def _line_of(template: _Template, line: int | None) -> str | None:
    lines = template.source.split("\n")
    return lines[line - 1].strip()[:100] if line and line <= len(lines) else None


def _suggestion(message: str, context: dict[str, Any]) -> str:
    """What to write instead of a name that does not exist."""
    if "filter" in message:
        return r"the filters are num and join: \VAR{x|num(3)}"
    name = re.search(r"no name (\w+)", message)
    near = difflib.get_close_matches(name[1], context, n=1) if name else []
    if near:
        return f"did you mean {near[0]}?"
    return "templates may print every public name of the question's module"
