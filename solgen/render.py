"""The stage `render`: a question's template, in one language, becomes LaTeX with a source map."""

from __future__ import annotations

import difflib
import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from pylatex import NoEscape

from solgen import parity, review
from solgen.display import Display
from solgen.errors import SolgenError, TemplateError, Where
from solgen.grammar import inspect, part_at, passages, require_parts
from solgen.latex import escape, number, tex
from solgen.load import Loaded
from solgen.locales import Locale, load_locales
from solgen.model import Table
from solgen.project import Project
from solgen.references import Work
from solgen.stream import PartText, finish, read
from solgen.templating import environment, mark
from solgen.verify import Report


@dataclass(frozen=True)
class Rendered:
    """A question in one language. `parts[0]` holds what stands before part (a)."""

    loaded: Loaded
    locale: Locale
    parts: tuple[PartText, ...]
    template: str
    module: str
    cited: Mapping[str, Work]


def template_path(project: Project, loaded: Loaded) -> Path:
    """Where the question's template stands."""
    return project.templates / "questions" / f"{loaded.name}.tex.j2"


def render(
    project: Project,
    loaded: Loaded,
    report: Report,
    locale: Locale,
    captions: tuple[Locale, ...],
    works: Mapping[str, Work],
) -> Rendered:
    """Render one question in one language.

    `captions` are the languages of figure captions: both in the bilingual booklet, whose figures
    are shared; none where the other language has printed the figure already. `works` can be
    cited. Raises TemplateError, or TranslationError, at the template's line.
    """
    template = _read(project, loaded, locale)
    inspect(template.source, template_path(project, loaded), project, loaded.name[1:])
    display = Display(project, loaded, report, locale, captions, works)
    parts = read(_stream(project, loaded, display, template))
    require_parts([part.id for part in loaded.question.parts], parts, template.at)
    for part in parts:
        for section in part.sections:
            for block in section.blocks:
                finish(block, locale, template.at(part.source))
    display.require_all(template.where)
    locales = load_locales(project)
    excused = review.load(project, loaded.name).excused
    for line, versions in passages(template.source, project.languages):
        parity.require(versions, locales, template.at(line), excused)
    return Rendered(
        loaded,
        locale,
        tuple(parts),
        str(template.where.file),
        project.relative(loaded.source),
        display.cited,
    )


@dataclass(frozen=True)
class _Template:
    """A template's source, and where it is."""

    source: str
    where: Where

    def at(self, line: int | None) -> Where:
        """The place of a line, with the part it belongs to."""
        part = None if line is None else part_at(self.source, line)
        return Where(self.where.file, line, self.where.question, part, self.where.locale)


def _read(project: Project, loaded: Loaded, locale: Locale) -> _Template:
    path = template_path(project, loaded)
    where = Where(project.relative(path), None, loaded.name[1:], None, locale.code)
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


def _stream(project: Project, loaded: Loaded, display: Display, template: _Template) -> str:
    """Run Jinja; every failure becomes a SolgenError at the template's line."""
    jinja = environment(project)
    jinja.finalize = lambda value: _finalized(value, display)
    jinja.filters |= _filters(display.locale)
    context = {k: _entering(v) for k, v in loaded.namespace.items()}
    context |= {name: _strict(function) for name, function in display.functions().items()}
    context["locale_code"] = display.locale.code
    name = f"questions/{loaded.name}.tex.j2"
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


def _filters(locale: Locale) -> dict[str, Callable[..., NoEscape]]:
    """The filters templates may use: `num` and `join`."""

    def num(value: Any, digits: Any = None) -> NoEscape:
        if not isinstance(digits, int) or digits < 1:
            raise TemplateError(
                "num needs a number of significant digits",
                hint=r"write \VAR{x|num(3)}",
                found=f"num({'' if digits is None else digits})",
            )
        return number(_defined(value), digits, locale)

    def join(values: Any, mark: str = ", ") -> NoEscape:
        return NoEscape(mark.join(tex(value, locale) for value in _defined(values)))

    return {"num": num, "join": join}


def _defined(value: Any) -> Any:
    """Return the value; raises UndefinedError for a name that does not exist."""
    return str(value) if isinstance(value, jinja2.Undefined) else value


def _strict(function: Callable[..., NoEscape]) -> Callable[..., NoEscape]:
    """The function, refusing arguments that do not exist before it looks at them."""

    def called(*arguments: Any) -> NoEscape:
        return function(*map(_defined, arguments))

    return called


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


def _entering(value: Any) -> Any:
    """Text is escaped here, on entry, and nowhere later: what a macro returns is LaTeX already."""
    return escape(value) if isinstance(value, str) else value


def _finalized(value: Any, display: Display) -> str:
    value = _defined(value)
    kind = "number" if isinstance(value, int) or getattr(value, "is_Number", False) else "other"
    if isinstance(value, Table):
        value = display.table(value)
    shown = NoEscape(value) if isinstance(value, str) else tex(value, display.locale)
    if r"\ensuremath" in shown[:11]:
        kind = "number"
    return mark("value", kind) + shown + mark("unvalue")
