"""A question as the booklet prints it: its files in every edition, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from solgen.edition import Edition
from solgen.errors import Where
from solgen.escaping import escape, prose
from solgen.exam import Counts
from solgen.facts import Facts, Lines, PartFacts
from solgen.ledger import Entry
from solgen.locales import Locale, code_of
from solgen.references import Work
from solgen.render import Rendered
from solgen.stream import PartText, Section


@dataclass(frozen=True)
class Printed:
    """A question's files in one edition, by name; its works cited; languages that state data."""

    snippets: Mapping[str, Lines]
    works: tuple[Work, ...]
    introduced: tuple[str, ...]


@dataclass(frozen=True)
class Seals:
    """How many pairs of texts each part has ("" for none), and which carry no seal."""

    known: Counts
    unsealed: Mapping[str, tuple[str, ...]]

    @property
    def total(self) -> int:
        return sum(self.known.values())

    @property
    def left(self) -> tuple[str, ...]:
        return tuple(key for keys in self.unsealed.values() for key in keys)


@dataclass(frozen=True)
class Chapter:
    """A question, verified, printed in every edition, and read back.

    `attested` are lines by language; `mutants` counts by part; `figures` the PDFs of each edition,
    by name.
    """

    facts: Facts
    editions: Mapping[str, Printed]
    entries: tuple[Entry, ...]
    attested: Mapping[str, Lines]
    seals: Seals
    mutants: Mapping[str, Counts]
    figures: Mapping[str, Mapping[str, bytes]]

    @property
    def name(self) -> str:
        return self.facts.name


def printed(
    facts: Facts,
    rendered: Sequence[Rendered],
    locales: tuple[Locale, ...],
    works: Mapping[str, Work],
) -> Printed:
    """The files of one edition, from what the template gives in each of its languages."""
    snippets: dict[str, Lines] = {}
    for index, part in enumerate((None, *facts.parts)):
        for one in rendered:
            text = one.parts[index]
            if part is None and all(section.empty() for section in text.sections):
                continue
            name = file_name(facts, text.id, one.locale)
            snippets[name] = tuple(_part(facts, one, text, part))
    snippets[f"{facts.name}-notation"] = facts.notation[code_of(locales)]
    cited = {key for one in rendered for kind, key in one.calls if kind == "cite"}
    return Printed(
        snippets,
        tuple(works[key] for key in sorted(cited)),
        tuple(c.code for c in locales if file_name(facts, "", c) in snippets),
    )


def alone(facts: Facts, one: Printed, locales: tuple[Locale, ...]) -> Edition:
    """An edition of this question only, with its lines of the sheet and the report."""
    edition = Edition(locales, snippets=dict(one.snippets))
    for locale in locales:
        edition.snippets[f"sheet-{locale.code}"] = facts.sheet[locale.code]
        edition.snippets[f"report-{locale.code}"] = facts.report[locale.code]
    return edition


def attested(facts: Facts, entries: Sequence[Entry], locale: Locale) -> Lines:
    """The attested relations in one language, each once with its reason."""
    labels = {part.id: part.labels[locale.code] for part in facts.parts}
    labels[""] = locale.word("tally_outside", question=facts.number)
    lines: dict[tuple[str, str], tuple[str, Where]] = {}
    for entry in entries:
        if entry.kind == "attested" and entry.locale == locale.code:
            reason = "" if entry.reason is None else prose(entry.reason, locale)
            label = escape(labels[entry.part])
            line = rf"\solattested{{{label}}}{{{entry.text}}}{{{reason}}}"
            lines.setdefault((entry.part, entry.text), (line, entry.where))
    return tuple(lines.values())


def file_name(facts: Facts, part: str, locale: Locale) -> str:
    """How the file of a part in one language is called; of what stands before the parts."""
    return f"{facts.name}-{part or 'given'}-{locale.code}"


# --- one part in one language -------------------------------------------------------------------

_WRAPPERS = {
    "answer": "solanswer",
    "limits": "solaside",
    "mistakes": "solaside",
    "erratum": "solaside",
}


def _part(
    facts: Facts, one: Rendered, text: PartText, part: PartFacts | None
) -> list[tuple[str, Where]]:
    lines: list[tuple[str, Where]] = []
    for section in text.sections:
        lines += _section(facts, section, text, one)
    marks = part.marking[one.locale.code] if part else ()
    if marks:
        here = marks[0][1]
        head = rf"\solhead{{{escape(one.locale.word('marking'))}}}"
        lines += [(head, here), (r"\begin{solmarking}", here)]
        lines += [*marks, (r"\end{solmarking}", here)]
    return lines


def _section(
    facts: Facts, section: Section, part: PartText, one: Rendered
) -> list[tuple[str, Where]]:
    """A section's heading and blocks, each line with where its author wrote it."""

    def at(line: int) -> Where:
        return Where(one.template, line, str(facts.number), part.id or None, one.locale.code)

    here = at(section.source)
    wrapper = _WRAPPERS.get(section.kind, "solstatement" if part.id else "")
    if section.kind == "solution":
        wrapper = ""
    lines = []
    if part.id:
        lines.append((rf"\solhead{{{escape(one.locale.word(section.kind))}}}", here))
    if wrapper:
        lines.append((rf"\begin{{{wrapper}}}", here))
    previous = None
    for block in section.blocks:
        made = _trimmed([(line.text, at(line.source)) for line in block.lines])
        if made and previous is not None and block.paired and previous.paired:
            lines.append((r"\par", made[0][1]))
        lines += made
        previous = block if made else previous
    if wrapper:
        lines.append((rf"\end{{{wrapper}}}", here))
    if section.kind == "given" and part.id:
        lines.append((r"\solkeep", here))
    return lines


def _trimmed(lines: list[tuple[str, Where]]) -> list[tuple[str, Where]]:
    """Without the blank lines at both ends, which would end a paragraph before a display."""
    while lines and not lines[0][0].strip():
        lines = lines[1:]
    while lines and not lines[-1][0].strip():
        lines = lines[:-1]
    return lines
