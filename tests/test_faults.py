"""docs/faults.md names tests that exist, and nobody left a line out."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from support import ROOT

PAGE = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
CASES = {path.stem for path in (ROOT / "tests" / "broken" / "cases").glob("*.txt")}
COUNTED = {"W": 34, "V": 20, "M": 12, "B": 11, "T": 18, "L": 23, "G": 8, "S": 12, "K": 14}
COUNTED |= {"E": 16, "X": 8, "A": 6}


@dataclass(frozen=True)
class Line:
    """A fault of the page: its name, what is said of it, and the tests that are claimed."""

    name: str
    said: str
    tests: tuple[str, ...]


def lines() -> list[Line]:
    found = []
    for row in re.findall(r"(?m)^\| ([A-Z]\d\d) \|(.*)\|$", PAGE):
        cells = [cell.strip() for cell in row[1].split("|")]
        assert len(cells) == 3, row
        found.append(Line(row[0], cells[1], tuple(filter(None, cells[2].split("; ")))))
    return found


def functions(file: str) -> set[str]:
    path = ROOT / "tests" / f"{file}.py"
    return set(re.findall(r"(?m)^def (test_\w+)", path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("line", lines(), ids=lambda line: line.name)
def test_what_a_line_claims_is_tested(line: Line) -> None:
    for test in line.tests:
        named = re.fullmatch(r"`([\w-]+)`(?: (.+))?", test)
        assert named, test
        if named[2] is None:
            assert named[1] in CASES, test
        else:
            assert "test_" + named[2].replace(" ", "_") in functions(named[1]), test
    assert line.said


def test_every_fault_has_one_line() -> None:
    names = [line.name for line in lines()]
    assert len(set(names)) == len(names)
    assert {letter: sum(n[0] == letter for n in names) for letter in COUNTED} == COUNTED


def test_the_most_missed_faults_lead_to_lines_of_the_page() -> None:
    rows = re.findall(r"(?m)^\| \d+ \| .* \| (.+) \|$", PAGE)
    assert len(rows) == 15
    names = {line.name for line in lines()}
    assert {name for row in rows for name in row.split(", ")} <= names
