"""The certificate as the booklet prints it: a row for each part, and what is only attested."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from pylatex import LongTable, MultiColumn, NoEscape

from solgen.chapter import Chapter
from solgen.edition import Edition
from solgen.escaping import escape
from solgen.exam import Counts
from solgen.ledger import KINDS
from solgen.locales import Locale
from solgen.tally import Row, total

UNKNOWN = "–"
SPEC = "l@{\\hspace{1.4em}}rrrrrrr@{\\hspace{1.4em}}r@{\\hspace{1.4em}}r@{\\hspace{1.4em}}r"
COLUMNS = 11  # of SPEC: the part, a column for each kind, roads, mutants, seals


def appendix(
    chapters: Sequence[Chapter], rows: Sequence[Row], edition: Edition, locale: Locale
) -> dict[str, Any]:
    """The table, its explanation and the attested relations."""
    word = locale.word
    return {
        "tally_head": escape(word("tally")),
        "tally_explained": escape(word("tally_explained")),
        "tally": NoEscape(f"{{\\footnotesize\n{_table(chapters, rows, locale).dumps()}\n}}"),
        "share": escape(_share(total(rows), locale)),
        "attested_head": escape(word("attested")),
        "attested": _attested(chapters, edition, locale),
    }


# --- the table ----------------------------------------------------------------------------------


def _table(chapters: Sequence[Chapter], rows: Sequence[Row], locale: Locale) -> LongTable:
    """One row a part, the totals under them."""
    made = LongTable(NoEscape(SPEC), booktabs=True, width=COLUMNS)
    over = MultiColumn(len(KINDS), align="c", data=escape(locale.word("relations")))
    made.add_row(["", over, "", "", ""])
    made.append(NoEscape(rf"\cmidrule(lr){{2-{1 + len(KINDS)}}}"))
    heads = [locale.kinds[kind] for kind in KINDS]
    heads += [locale.word(head) for head in ("tally_roads", "tally_mutants", "tally_seals")]
    made.add_row([escape(locale.word("part").capitalize()), *map(_turned, heads)])
    made.add_hline()
    made.end_table_header()
    of_question: dict[str, list[Row]] = {}
    for row in rows:
        of_question.setdefault(row.question, []).append(row)
    for chapter in chapters:
        if chapter is not chapters[0]:
            made.append(NoEscape(r"\addlinespace[2pt]"))
        labels = {part.id: part.labels[locale.code] for part in chapter.facts.parts}
        labels[""] = locale.word("tally_outside", question=chapter.facts.number)
        for row in of_question.get(chapter.name, ()):
            made.add_row([escape(labels[row.part]), *_cells(row, locale)])
    made.append(NoEscape(r"\nopagebreak\midrule\nopagebreak"))
    made.add_row([escape(locale.word("total")), *_cells(total(rows), locale)])
    return made


def _turned(head: str) -> NoEscape:
    return NoEscape(rf"\rotatebox{{90}}{{{escape(head)}}}")


def _cells(row: Row, locale: Locale) -> list[NoEscape]:
    counts = {} if row.relations is None else row.relations[locale.code]
    cells = [_number(counts.get(kind), locale) for kind in KINDS]
    answered = bool(row.answers)
    cells.append(_range(row.roads) if answered else "")
    cells.append("" if not row.part and row.question else _score(row.mutants))
    cells.append(f"{row.sealed}/{row.pairs}" if row.pairs else "")
    return [NoEscape(cell) for cell in cells]


def _number(n: int | None, locale: Locale) -> str:
    """A count; nothing stands out by being nothing."""
    if n is None:
        return UNKNOWN
    return f"${locale.integer(n)}$" if n else r"{\color{solgrey}$\cdot$}"


def _score(counts: Counts | None) -> str:
    if counts is None:
        return UNKNOWN
    return f"{counts['killed']}/{counts['variants'] - counts['equal']}"


def _range(numbers: Collection[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low}–{high}"


def _share(whole: Row, locale: Locale) -> str:
    """How many relations there are, and how many of them nothing but words speaks for."""
    if whole.relations is None:
        return locale.word("tally_none")
    counts = whole.relations[locale.code]
    shown = sum(counts.values())
    tenths = round(1000 * counts["attested"] / shown) if shown else 0
    share = f"{tenths // 10}{locale.decimal.strip('{}')}{tenths % 10}"
    return locale.count("tally_share", shown, attested=counts["attested"], share=share)


# --- what is attested ---------------------------------------------------------------------------


def _attested(chapters: Sequence[Chapter], edition: Edition, locale: Locale) -> str:
    """File the attested relations, each once with its reason; "" where there is none."""
    lines = [line for chapter in chapters for line in chapter.attested[locale.code]]
    if not lines:
        return ""
    name = f"attested-{locale.code}"
    edition.snippets[name] = lines
    return name
