r"""The question's module as the voice of its template: it says what each `\VAR{…}` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jinja2
from pylatex import NoEscape

from solgen.display import Display
from solgen.errors import TemplateError
from solgen.escaping import escape
from solgen.latex import number, tex
from solgen.load import Loaded
from solgen.locales import Locale
from solgen.memo import Memo, Said
from solgen.model import Table
from solgen.project import Project
from solgen.references import Work
from solgen.render import Speech
from solgen.templating import ASKED, mark, unvalued
from solgen.verify import Report


class Asked:
    """The module itself: every value is computed, and remembered if there is a memo."""

    values = ASKED

    def __init__(
        self,
        project: Project,
        loaded: Loaded,
        report: Report,
        works: Mapping[str, Work],
        memo: Memo | None = None,
    ) -> None:
        self.project = project
        self.loaded = loaded
        self.report = report
        self.works = works
        self.memo = memo

    def speak(self, locale: Locale, captions: tuple[Locale, ...]) -> Speech:
        """What the template is given in one language."""
        display = Display(self.project, self.loaded, self.report, locale, captions, self.works)
        known = {k: _entering(v) for k, v in self.loaded.namespace.items()}
        known |= {name: _strict(function) for name, function in display.functions().items()}
        heard = 0

        def value(source: str, given: Any) -> str:
            nonlocal heard
            text = _finalized(given, display)
            calls, heard = tuple(display.calls[heard:]), len(display.calls)
            if self.memo is not None:
                said = Said(text, calls)
                self.memo.values[locale.code, tuple(c.code for c in captions), source] = said
            return text

        return Speech(known, _filters(locale), value, display.calls)


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


def _entering(value: Any) -> Any:
    """Text is escaped here, on entry, and nowhere later: what a macro returns is LaTeX already."""
    return escape(value) if isinstance(value, str) else value


def _finalized(value: Any, display: Display) -> str:
    value = _defined(value)
    kind = "number" if isinstance(value, int) or getattr(value, "is_Number", False) else "other"
    if isinstance(value, Table):
        value = display.table(value)
    text = unvalued(value) if isinstance(value, str) else None
    shown = tex(value, display.locale) if text is None else NoEscape(text)
    if r"\ensuremath" in shown[:11]:
        kind = "number"
    return mark("value", kind) + shown + mark("unvalue")
