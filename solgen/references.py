"""The works that templates cite, read from the exam's `references.toml`."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pylatex import NoEscape

from solgen.errors import QuestionError, TemplateError, Where
from solgen.escaping import escape
from solgen.locales import Locale
from solgen.project import Project

FILE = "references.toml"
_ENTRY = (
    '[kingma2014] with authors = ["Kingma, D. P.", "Welling, M."], year = 2014, title = "…", '
    'venue = "…"'
)


@dataclass(frozen=True)
class Work:
    """A published work: `authors` are written "Family, I." in their order.

    `suffix` is the letter behind the year where another work would be cited alike.
    """

    key: str
    authors: tuple[str, ...]
    year: int
    title: str
    venue: str
    suffix: str = ""

    @property
    def order(self) -> tuple[str, int, str]:
        return (self.authors[0].casefold(), self.year, self.title)


def load_works(project: Project) -> Mapping[str, Work]:
    """Every entry of `references.toml`; none where there is no such file.

    Raises QuestionError at an entry that is not whole.
    """
    path = project.root / FILE
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise QuestionError(f"is not TOML in UTF-8: {error}", Where(FILE), _ENTRY) from None
    works = [_work(key, entry) for key, entry in data.items()]
    return {work.key: replace(work, suffix=_suffix(work, works)) for work in works}


def _work(key: str, entry: Any) -> Work:
    kinds = {"authors": list, "year": int, "title": str, "venue": str}
    whole = isinstance(entry, dict) and entry.keys() == kinds.keys()
    if not whole or not all(isinstance(entry[k], kind) and entry[k] for k, kind in kinds.items()):
        raise QuestionError(
            f"the entry {key} is not whole", Where(FILE), f"write {_ENTRY}", found=str(entry)
        )
    if not re.fullmatch(r"[A-Za-z0-9][\w.:+-]*", key, re.ASCII):
        raise QuestionError(
            f"the key {key!r} cannot be the name of a link",
            Where(FILE),
            "use letters, digits and hyphens, as in kingma2014",
        )
    authors = tuple(map(str, entry["authors"]))
    return Work(key, authors, entry["year"], entry["title"], entry["venue"])


def _suffix(work: Work, works: list[Work]) -> str:
    """The letter that tells works of the same authors and year apart, in the order of titles."""
    alike = sorted(w.title for w in works if (_short(w), w.year) == (_short(work), work.year))
    return "abcdefghijklmnopqrstuvwxyz"[alike.index(work.title)] if len(alike) > 1 else ""


def _short(work: Work) -> tuple[str, ...]:
    """The family names that a citation shows: from three authors on, the first one's."""
    families = tuple(name.partition(",")[0] for name in work.authors)
    return families if len(families) < 3 else (families[0], "et al.")


def find(works: Mapping[str, Work], key: str) -> Work:
    """The work cited by `key`. Raises TemplateError, with the nearest key."""
    if key in works:
        return works[key]
    near = difflib.get_close_matches(str(key), works, n=1)
    raise TemplateError(
        f"{FILE} has no entry {key!r}",
        hint=f"did you mean {near[0]!r}?" if near else f"add {_ENTRY}",
    )


def anchor(work: Work, locale: Locale) -> str:
    """Where the entry stands in the list, for links."""
    return f"work.{work.key}.{locale.code}"


def cited(work: Work, locale: Locale) -> NoEscape:
    """`Kingma and Welling (2014)`, linked; from three authors on, only the first and "et al."."""
    joined = " " if len(work.authors) > 2 else f" {locale.word('and')} "
    names = escape(joined.join(_short(work))).replace(" ", "~")
    return NoEscape(rf"\hyperlink{{{anchor(work, locale)}}}{{{names}~({work.year}{work.suffix})}}")


def listed(work: Work, locale: Locale) -> NoEscape:
    """The entry in the list of references."""
    *most, last = work.authors
    names = f"{', '.join(most)} {locale.word('and')} {last}" if most else last
    title, venue = _foreign(work.title), _foreign(work.venue)
    return NoEscape(
        rf"\solwork{{{anchor(work, locale)}}}{{{escape(names)} ({work.year}{work.suffix})}}"
        rf"{{{title}}}{{{venue}}}"
    )


def _foreign(text: str) -> str:
    """A title in a language of its own: its punctuation does not follow ours."""
    return re.sub("([:;!?])", r"\\string\1", escape(text))
