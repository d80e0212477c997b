"""Reading logs; the messages of real engines are in test_compile.py."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable

import pytest

from solgen import texbans, texlog, texscan
from solgen.texbans import Ban
from solgen.texlog import ADVICE, parse


def log(*lines: str) -> str:
    return "\n".join(lines)


def test_an_error_has_its_file_line_token_and_snippet() -> None:
    found = parse(
        log(
            "solgen-begin q1.b-fr",
            "(./q1.b-fr.tex",
            "./q1.b-fr.tex:17: Undefined control sequence.",
            "<argument> ... \\undefd ",
            "                        d",
            "l.17 \\end{align}",
        )
    )
    assert [(p.kind, p.file, p.line, p.token, p.snippet) for p in found] == [
        ("error", "q1.b-fr.tex", 17, "\\undefd", "q1.b-fr")
    ]
    assert found[0].fatal
    assert found[0].advice


def test_a_warning_belongs_to_the_snippet_that_is_open() -> None:
    text = log(
        "solgen-begin one",
        "LaTeX Warning: Reference `a' on page 1 undefined on input line 3.",
        "solgen-done one",
        "LaTeX Warning: Reference `b' on page 1 undefined on input line 9.",
    )
    assert [(p.message, p.file, p.line) for p in parse(text)] == [
        ("Reference `a' undefined", "one.tex", 3),
        ("Reference `b' undefined", None, 9),
    ]


@pytest.mark.parametrize(("points", "fatal"), [("1.9", False), ("2.0", False), ("2.1", True)])
def test_only_boxes_over_two_points_are_fatal(points: str, fatal: bool) -> None:
    (box,) = parse(rf"Overfull \hbox ({points}pt too wide) in paragraph at lines 12--14")
    assert (box.fatal, box.line, box.points) == (fatal, 12, float(points))


def test_an_overfull_page_is_named_by_its_number() -> None:
    (box,) = parse(
        log(r"Overfull \vbox (30.0pt too high) has occurred while \output is active []", "[7]")
    )
    assert box.message.endswith("too high on page 7")
    assert box.line is None


def test_package_errors_are_joined_over_their_lines() -> None:
    (error,) = parse(
        log(
            "./main.tex:5: Package babel Error: Unknown option `frnch'. Either you misspelled",
            "(babel)                or the file frnch.ldf was not found.",
        )
    )
    assert error.message.endswith("misspelled or the file frnch.ldf was not found.")


def test_size_substitution_is_harmless_and_a_lost_shape_is_not() -> None:
    size, shape = parse(
        log(
            "LaTeX Font Warning: Font shape `OMX/cmex/m/n' in size <11> not available",
            "(Font)              size <10.95> substituted on input line 5.",
            "LaTeX Font Warning: Font shape `T1/lmr/bx/sc' undefined",
            "(Font)              using `T1/lmr/bx/n' instead on input line 6.",
        )
    )
    assert (size.kind, size.fatal) == ("warning", False)
    assert (shape.kind, shape.fatal, shape.line) == ("shape", True, 6)


def test_summaries_add_nothing_to_what_was_said() -> None:
    text = log(
        "LaTeX Warning: Reference `a' on page 1 undefined on input line 3.",
        "LaTeX Warning: There were undefined references.",
        "LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right.",
    )
    assert [p.message for p in parse(text)] == ["Reference `a' undefined"]


def test_the_aftermath_of_an_error_is_not_a_second_one() -> None:
    text = log(
        "! Undefined control sequence.", "l.4 \\x", "! Emergency stop.", "!  ==> Fatal error"
    )
    assert [(p.message, p.line) for p in parse(text)] == [("Undefined control sequence.", 4)]


def test_a_run_killed_by_the_clock_is_told_apart() -> None:
    (stop,) = parse("./two.tex:2: Interruption.\n\\x ->\\x\n\nl.2 \\x")
    assert (stop.kind, stop.file, stop.line) == ("interrupted", "two.tex", 2)


def test_errors_come_before_fatal_warnings() -> None:
    problems = parse(log("Missing character: There is no x in font y!", "./a.tex:1: Bad."))
    chosen = texlog.first_fatal(problems)
    assert chosen is not None
    assert chosen.message == "Bad."
    assert texlog.first_fatal([]) is None


def test_marks_tell_what_was_read_and_what_was_not() -> None:
    text = log("solgen-begin a", "solgen-done a", "solgen-begin b")
    assert texlog.finished(text) == {"a"}
    assert texlog.unfinished(text) == "b"
    assert texlog.unfinished(log("solgen-begin a", "solgen-done a")) is None


def test_lines_cut_by_tectonic_are_joined() -> None:
    whole = "LaTeX Warning: " + "x" * 130
    cut = log(whole[:79], whole[79:], "next")
    assert texlog.unwrap(cut) == log(whole, "next")


def test_every_advice_is_a_short_sentence_with_a_valid_pattern() -> None:
    for pattern, sentence in ADVICE:
        re.compile(pattern)
        assert sentence[0].isupper()
        assert sentence.endswith((".", "`."))
        assert len(sentence) < 110


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("a\n{b\nc", (2, "{")),
        ("a\n\\begin{x}\n{b}\n", (2, "\\begin{x}")),
        ("\\begin{x}\n{b\n\\end{x}\n", (2, "{")),
        ("a $b$ c\n$d\n", (2, "$")),
        ("\\[a\\] \\\\[2pt]\n\\[b\n", (2, "\\[")),
        ("\\ifnum1=1 a\\fi\n\\ifx b\n", (2, "\\ifx")),
        ("a % {\n\\{ \\% $ \\iff $ {}\n", None),
    ],
)
def test_the_group_left_open_is_found(source: str, where: tuple[int, str] | None) -> None:
    assert texscan.unclosed(source) == where


@pytest.mark.parametrize(
    "source", ["\\endinputx", "% \\endinput", "\\writes", "l'input", "\\%x\\end{x}"]
)
def test_innocent_sources_are_not_refused(source: str) -> None:
    assert texscan.forbidden(source, snippet=True) is None


def test_the_look_may_use_what_a_question_may_not() -> None:
    assert texscan.forbidden("\\csname sol@x\\endcsname", snippet=False) is None
    refused = texscan.forbidden("a\n\\csname sol@x\\endcsname", snippet=True)
    assert refused is not None
    assert refused.line == 2


def test_a_token_is_found_at_or_before_the_line_tex_names() -> None:
    source = "\\undefd\n\\undefdx\n\\end{align}\n"
    assert texscan.find_token(source, "\\undefd", 3) == 1
    assert texscan.find_token(source, "\\nowhere", 3) == 3


PIECES = (
    *("\\", "\\\\", "%", "\n", " ", "{", "}", "\\begin", "\\end", "\\begin {", "\\begin%\n{", "@"),
    *("\\%", "a", "1", "input", "read", "csname", "showbox", "verbatiminput", "filecontents"),
    *("\\write", "\\stop", "\\url{http://x}", "\\tracingall", "usepackage", "\\today", "*"),
)


def test_searching_the_vocabulary_first_changes_no_verdict() -> None:
    chance = random.Random(5)
    met = Counter()
    for _ in range(20_000):
        source = "".join(chance.choices(PIECES, k=chance.randint(1, 12)))
        for snippet in (True, False):
            bans = (*texbans.EVERYWHERE, *(texbans.IN_SNIPPETS if snippet else texbans.IN_LOOK))
            found = texscan.forbidden(source, snippet=snippet)
            assert found == exhaustive(source, bans), source
            met[found is None] += 1
    assert min(met.values()) > 2000


def exhaustive(source: str, bans: Iterable[Ban]) -> texscan.Refused | None:
    """Every pattern tried on the whole source, line by line without comments where it says so."""
    code = "\n".join(re.sub(r"(?<!\\)((?:\\\\)*)%.*", r"\1", line) for line in source.split("\n"))
    found = []
    for order, ban in enumerate(bans):
        searched = source if ban.comments else code
        if match := ban.pattern.search(searched):
            line = searched.count("\n", 0, match.start()) + 1
            found.append((line, order, texscan.Refused(line, match[0].strip(), ban.why)))
    return min(found)[2] if found else None
