"""The languages of a booklet: fixed words, number marks and typography, read from `words/*.toml`.

A language is data. To add one, put a file like `words/fr.toml` into the course's
`templates/words/` and name it in solgen.toml; nothing here changes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from solgen import texscan
from solgen.errors import TranslationError, Where
from solgen.project import Project


@dataclass(frozen=True)
class Rule:
    """A pattern in prose, and what replaces it, or why it is forbidden."""

    pattern: re.Pattern[str]
    replacement: str = ""
    message: str = ""
    hint: str = ""


Patterns = Mapping[str, tuple[re.Pattern[str], re.Pattern[str]]]


@dataclass(frozen=True)
class Locale:
    """One language: its words and marks. `code` is what authors write, `fr` or `en`.

    `function_words` tell its prose from another language's. `poles` are the words that decide
    truth: for each concept, those of either pole. `denials` hold what denies, and what may.
    `idioms` hold such words without their meaning ("no longer").
    """

    code: str
    name: str
    babel: str
    babel_setup: str
    tag: str
    decimal: str
    thousands: str
    separator: str
    part_label: str
    words: Mapping[str, str]
    counted: Mapping[str, Mapping[str, str]]
    roads: Mapping[str, str]
    kinds: Mapping[str, str]
    typography: tuple[Rule, ...]
    forbidden: tuple[Rule, ...]
    function_words: re.Pattern[str]
    poles: Patterns
    denials: Patterns
    idioms: re.Pattern[str]

    def word(self, key: str, **values: object) -> str:
        """The fixed word or sentence, as plain text."""
        if key not in self.words:
            raise TranslationError(
                f"the language {self.code} has no word {key!r}",
                Where(file=f"words/{self.code}.toml"),
                "add it to the [words] of that file",
            )
        return self.words[key].format(**values) if values else self.words[key]

    def count(self, key: str, n: int, **values: object) -> str:
        """The counted phrase: `count("points", 2)` is "points"."""
        forms = self.counted[key]
        return forms["one" if n == 1 else "many"].format(n=n, **values)

    def part(self, letter: str) -> str:
        """How a part is called: d) in French, (d) in English."""
        return self.part_label.format(letter)

    def integer(self, value: int) -> str:
        """LaTeX of an integer, grouped by thousands from five digits on."""
        digits = str(abs(value))
        if len(digits) > 4:
            head = len(digits) % 3
            groups = [digits[:head]] if head else []
            groups += [digits[i : i + 3] for i in range(head, len(digits), 3)]
            digits = self.thousands.join(groups)
        return f"-{digits}" if value < 0 else digits


def load_locales(project: Project) -> tuple[Locale, ...]:
    """The languages of the project, in its order. Raises TranslationError on an unknown one."""
    return tuple(_load(project, code) for code in project.languages)


def editions_of(locales: tuple[Locale, ...]) -> list[tuple[Locale, ...]]:
    """The editions of a booklet: each language, and where there are several, all of them."""
    alone: list[tuple[Locale, ...]] = [(locale,) for locale in locales]
    return alone if len(locales) == 1 else [*alone, locales]


def code_of(locales: tuple[Locale, ...]) -> str:
    """How an edition is called: `fr`, `en`, `fr-en`."""
    return "-".join(locale.code for locale in locales)


def _load(project: Project, code: str) -> Locale:
    own = project.templates / "words" / f"{code}.toml"
    shipped = files("solgen") / "words" / f"{code}.toml"
    source = own if own.is_file() else shipped
    if not source.is_file():
        raise TranslationError(
            f"the language {code!r} has no words",
            Where(file="solgen.toml"),
            f"write templates/words/{code}.toml after the model of solgen/words/en.toml",
        )
    data = _parsed(code, source.read_bytes())
    try:
        return Locale(
            code=code,
            name=data["name"],
            babel=data["babel"],
            babel_setup=data.get("babel_setup", ""),
            tag=data["tag"],
            decimal=data["decimal"],
            thousands=data["thousands"],
            separator=data["separator"],
            part_label=data["part"],
            words=data["words"],
            counted=data["counted"],
            roads=data["roads"],
            kinds=data["kinds"],
            typography=tuple(_rule(code, e) for e in data.get("typography", ())),
            forbidden=tuple(_rule(code, e) for e in data.get("forbidden", ())),
            function_words=_words(code, data.get("function_words", _NEVER)),
            poles=_pairs(code, data.get("poles", {})),
            denials=_pairs(code, data.get("denials", {})),
            idioms=_words(code, "|".join(data.get("idioms", ())) or _NEVER),
        )
    except KeyError as error:
        raise TranslationError(
            f"the entry {error} is missing", Where(file=f"words/{code}.toml")
        ) from None


def _parsed(code: str, source: bytes) -> Mapping[str, Any]:
    """What the file says, once it is known to be TOML whose texts hold no forbidden LaTeX."""
    file = f"words/{code}.toml"
    try:
        text = source.decode("utf-8-sig")
        data = tomllib.loads(text)
    except UnicodeDecodeError:
        raise TranslationError("is not UTF-8", Where(file), "save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise TranslationError(
            f"is not TOML: {str(error).partition(' (at')[0]}",
            Where(file, int(line[1]) if line else None),
            "compare the line with solgen/words/en.toml",
        ) from None
    for key, value in _texts(data):
        if refused := texscan.forbidden(value, snippet=key != "babel_setup"):
            raise TranslationError(
                f"in {key} {refused.text} is refused: it {refused.why}",
                Where(file, _line_of(text, refused.text)),
                "remove it",
            )
    return data


_PATTERNS = ("pattern", "function_words", "poles", "denials", "idioms")


def _texts(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Key and value of everything in the file that is printed."""
    for key, value in data.items():
        if key not in _PATTERNS:
            entries = value if isinstance(value, list) else [value]
            yield from ((key, entry) for entry in entries if isinstance(entry, str))
            for entry in entries:
                if isinstance(entry, dict):
                    yield from _texts(entry)


def _line_of(text: str, piece: str) -> int | None:
    """The line that holds a piece of LaTeX, its backslashes single or doubled."""
    for number, line in enumerate(text.split("\n"), start=1):
        if piece in line or piece.replace("\\", "\\\\") in line:
            return number
    return None


_NEVER = "(?!)"


def _words(code: str, pattern: str) -> re.Pattern[str]:
    """A pattern of whole words, large or small letters."""
    return _pattern(code, rf"(?i)(?<!\w)(?:{pattern})(?!\w)", shown=pattern)


def _pattern(code: str, pattern: str, shown: str | None = None) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise TranslationError(
            f"a pattern cannot be read: {error}",
            Where(file=f"words/{code}.toml"),
            found=shown or pattern,
        ) from None


def _pairs(code: str, table: Mapping[str, Any]) -> Patterns:
    found = {}
    for name, patterns in table.items():
        if not isinstance(patterns, list) or len(patterns) != 2:
            raise TranslationError(
                f"the entry {name} does not have two patterns",
                Where(file=f"words/{code}.toml"),
                "write name = ['one|pole', 'the|other']",
                found=patterns,
            )
        found[name] = (_words(code, patterns[0]), _words(code, patterns[1]))
    return found


def _rule(code: str, entry: Mapping[str, Any]) -> Rule:
    return Rule(
        _pattern(code, entry["pattern"]),
        entry.get("replacement", ""),
        entry.get("message", ""),
        entry.get("hint", ""),
    )
