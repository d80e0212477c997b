r"""Whether the words of a passage's versions agree, as far as words decide and data can tell.

Each side is in its own language, and words that decide truth (upper or lower, before or after,
without) point the same way on both. The words are data of the language, in `words/*.toml`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from solgen.errors import TranslationError, Where
from solgen.locales import Locale

_MATHS = re.compile(
    r"(?s)\\VAR\{(?:[^{}]|\{[^{}]*\})*\}|(?<!\\)\$.*?(?<!\\)\$|\\\[.*?\\\]|\\\(.*?\\\)"
    r"|\\begin\{((?:align|alignat|equation|gather|multline)\*?)\}.*?\\end\{\1\}"
)
_TERM = re.compile(r"\(\\emph\{[^{}]*\}[^()]*\)")  # the exam's own term, in its own language
_COMMAND = re.compile(r"\\[a-zA-Z]+\*?(?:\[[^\]]*\])?\{|\\[a-zA-Z]+\*?")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+|\\item\b")


def seal(versions: Mapping[str, str]) -> str:
    """16 hexadecimal digits that change when a letter of a version, or its language, does."""
    named = "\0".join(f"{code}\0{_trimmed(versions[code])}" for code in sorted(versions))
    return hashlib.sha256(named.encode()).hexdigest()[:16]


def _trimmed(version: str) -> str:
    return "\n".join(line.strip() for line in version.strip().splitlines())


def words(source: str) -> str:
    """A version without its mathematics, commands, and terms quoted in parentheses."""
    plain = source.replace("’", "'").replace("\u00a0", " ").replace("~", " ")
    plain = _MATHS.sub(" # ", _TERM.sub(" ", plain))
    return _COMMAND.sub(" ", plain)


def sentences(source: str) -> list[str]:
    """The sentences of a version, each as `words`."""
    plain = _TERM.sub(" ", source)
    found = (re.sub(r"\s+", " ", words(s)).strip() for s in _SENTENCE.split(_held(plain)))
    return [sentence for sentence in found if re.search(r"\w", sentence)]


def _held(source: str) -> str:
    """The source with each formula on one line, so that no sentence is cut inside it."""
    return _MATHS.sub(" # ", source)


def require(
    versions: Mapping[str, str],
    locales: Sequence[Locale],
    where: Where,
    excused: Collection[str] = (),
) -> None:
    """Raise TranslationError for a side in another language, or words that contradict each other.

    `excused` has the seals of pairs whose words differ with a reason (solgen.review).
    """
    for locale in locales:
        _require_language(versions[locale.code], locale, locales, where)
    first, *others = locales
    for other in others:
        for contradiction in _contradictions(versions, first, other):
            if seal(versions) not in excused:
                raise _contradicting(contradiction, versions, (first, other), where)


def _require_language(
    version: str, locale: Locale, locales: Sequence[Locale], where: Where
) -> None:
    plain = words(version)
    own = len(locale.function_words.findall(plain))
    for other in locales:
        foreign = other.function_words.findall(plain)
        if len(foreign) > own:
            raise TranslationError(
                f"the {locale.code} version reads as {other.name}",
                Where(where.file, where.line, where.question, where.part, locale.code),
                f"write it in {locale.name}; the sides may have been swapped",
                found=f"{', '.join(dict.fromkeys(foreign))} in: {_beginning(plain)}",
            )


_Sides = tuple[str, str, str]  # the concept, and what each side says of it


def _contradictions(versions: Mapping[str, str], first: Locale, other: Locale) -> Iterator[_Sides]:
    """Every concept on which a sentence and its counterpart point opposite ways."""
    left, right = sentences(versions[first.code]), sentences(versions[other.code])
    if len(left) != len(right):
        left, right = [" ".join(left)], [" ".join(right)]
    for one, two in zip(left, right, strict=True):
        ours, theirs = first.idioms.sub(" ", one), other.idioms.sub(" ", two)
        for concept in (name for name in first.poles if name in other.poles):
            # A word that only one side needs is no contradiction; one pole too many here and
            # the other pole too many there is.
            up, down = (
                len(first.poles[concept][pole].findall(ours))
                - len(other.poles[concept][pole].findall(theirs))
                for pole in (0, 1)
            )
            if up * down < 0:
                yield concept, _said(first, concept, ours), _said(other, concept, theirs)
        for concept in (name for name in first.denials if name in other.denials):
            (least, most), (low, high) = (
                _denied(first, concept, ours),
                _denied(other, concept, theirs),
            )
            if least > high or low > most:
                yield concept, _said(first, concept, ours), _said(other, concept, theirs)


def _denied(locale: Locale, concept: str, sentence: str) -> tuple[int, int]:
    """How often a sentence denies, at least and at most: « sans » does, « non » may."""
    sure, perhaps = (len(p.findall(sentence)) for p in locale.denials[concept])
    return sure, sure + perhaps


def _said(locale: Locale, concept: str, sentence: str) -> str:
    """The words of a concept that a sentence uses, in order."""
    patterns = {**locale.poles, **locale.denials}[concept]
    found = sorted((m.start(), m[0]) for pattern in patterns for m in pattern.finditer(sentence))
    said = ", ".join(word for _, word in found) or "nothing of it"
    return f"{said} ({locale.code}), in: {_beginning(sentence)}"


def _contradicting(
    sides: _Sides, versions: Mapping[str, str], pair: tuple[Locale, Locale], where: Where
) -> TranslationError:
    concept, expected, found = sides
    first, other = pair
    return TranslationError(
        f"the {first.code} and {other.code} versions contradict each other ({concept})",
        Where(where.file, where.line, where.question, where.part, other.code),
        "say the same on both sides; if they do, write under [excused] in the question's "
        f'.review.toml: {seal(versions)} = "the reason"',
        found=found,
        expected=expected,
    )


def _beginning(text: str, length: int = 90) -> str:
    bare = re.sub(r"\s+", " ", text).strip()
    return bare if len(bare) <= length else bare[:length].rstrip() + " …"
