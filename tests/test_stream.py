"""A rendered stream read back into parts, sections and blocks, each line with its source."""

from __future__ import annotations

import pytest
import support

from solgen.errors import TemplateError, Where
from solgen.stream import Line, PartText, finish, read
from solgen.templating import mark

FRENCH, _ = support.locales()
WHERE = Where("t", None, "1", "a", "fr")
NUMBER = mark("value", "number") + "3" + mark("unvalue")
STREAM = (
    f"{mark('line', 1)}Avant.\n"
    f"{mark('part', 'a', 3)}{mark('pair')}{mark('line', 5)}Une.\n{mark('line', 6)}Deux.\n"
    f"{mark('unpair')}{mark('section', 'answer', 8)}{mark('line', 9)}"
    f"{mark('value', 'other')}\nx\ny\n{mark('unvalue')}\n{mark('line', 10)}Fin."
)


def lines(part: PartText) -> list[tuple[str, int]]:
    blocks = [block for section in part.sections for block in section.blocks]
    return [(line.text, line.source) for block in blocks for line in block.lines if line.text]


def test_text_goes_to_its_part_and_section() -> None:
    before, part = read(STREAM)
    assert lines(before) == [("Avant.", 1)]
    assert (part.id, part.source) == ("a", 3)
    assert [(s.kind, s.source) for s in part.sections] == [("given", 3), ("answer", 8)]
    assert lines(part)[:2] == [("Une.", 5), ("Deux.", 6)]


def test_only_passages_are_paired() -> None:
    _, part = read(STREAM)
    given = part.section("given")
    assert given is not None
    full = [block for block in given.blocks if any(line.text for line in block.lines)]
    assert [block.paired for block in full] == [True]


def test_an_empty_section_is_empty() -> None:
    (before,) = read(f"{mark('line', 1)}\n \n")
    assert before.sections[0].empty()
    assert not read(STREAM)[1].sections[0].empty()
    assert before.section("answer") is None


def test_every_line_of_a_long_value_comes_from_the_line_that_prints_it() -> None:
    _, part = read(STREAM)
    for section in part.sections:
        for block in section.blocks:
            block.paired = True  # "Fin." is prose
            finish(block, FRENCH, WHERE)
    assert lines(part)[2:] == [("x", 9), ("y", 9), ("Fin.", 10)]


def test_typography_sees_numbers_and_leaves_values_alone() -> None:
    (before,) = read(f"{mark('pair')}{mark('line', 4)}La figure {NUMBER}, la figure 3.")
    block = before.sections[0].blocks[-1]
    finish(block, FRENCH, WHERE)
    assert block.lines == [Line("La figure~3, la figure~3.", 4)]


def test_a_value_may_hold_what_prose_may_not() -> None:
    value = mark("value", "other") + "x_1 & 5 % 0.5" + mark("unvalue")
    (before,) = read(f"{mark('pair')}{mark('line', 4)}{value}")
    block = before.sections[0].blocks[-1]
    finish(block, FRENCH, WHERE)
    assert block.lines == [Line("x_1 & 5 % 0.5", 4)]


def test_a_fault_behind_a_long_value_is_refused_at_its_own_line() -> None:
    value = mark("value", "other") + "\nx\ny\n" + mark("unvalue")
    (before,) = read(f"{mark('pair')}{mark('line', 4)}{value}\n{mark('line', 5)}Soit n_max.")
    with pytest.raises(TemplateError) as caught:
        finish(before.sections[0].blocks[-1], FRENCH, WHERE)
    assert isinstance(caught.value.where, Where)
    assert caught.value.where.line == 5
