"""The benchmarks measure what they say; no test here is timed."""

import os
import sys

import pytest
from support import ROOT

from solgen.build import check
from solgen.project import find_project
from tests.bench import __main__ as bench
from tests.bench import documents, growth, machine, synthetic, tables, targets
from tests.bench.copies import copy
from tests.bench.edits import EXAM
from tests.bench.edits import synthetic as word
from tests.bench.measure import Cost, Failed, run
from tests.bench.processes import Memory, tree
from tests.bench.profile import START, shares
from tests.bench.rounds import Case, Row, measure
from tests.bench.stats import exponent, spread
from tests.bench.watching import PUBLISHED, SHOWN

SAID = "12:00:00  saved: q1\n  part q1.d shown after 0.59 s\n  booklet published after 1.05 s"


def _row(name, *times, cpu=1.0):
    return Row(name, [(Cost(time, cpu), Cost(1.0, 1.0)) for time in times])


def _size(questions, cold, edit, memory=2**20):
    times = dict(zip(growth.STAGES, (1.0, 1.5, cold, 0.5, edit), strict=True))
    costs = {stage: [Cost(time, time)] for stage, time in times.items()}
    looked = {stage: Cost(1.0, 1.0, Memory(memory, memory)) for stage in times}
    return growth.Size(questions, questions, costs, looked)


@pytest.mark.parametrize("edit", EXAM, ids=lambda edit: edit.name)
def test_each_edit_fits_the_exam_and_is_new_every_time(edit):
    text = (ROOT / edit.file).read_text(encoding="utf-8")
    made = [edit.made(text, k) for k in range(bench.MOST + 2)]
    assert made[0] == text
    assert len(set(made)) == len(made)


def test_an_edit_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="has 0 times"):
        EXAM[0].made("nothing of it", 1)


def test_a_synthetic_exam_verifies_and_no_two_questions_are_equal(tmp_path):
    project = find_project(synthetic.generate(tmp_path / "exam", 4))
    report = check(project, ["q1", "q2", "q3", "q4"], lambda _: None)
    assert {entry.question for entry in report.answers} == {"q1", "q2", "q3", "q4"}
    assert synthetic.question(1) != synthetic.question(4)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_synthetic_edit_fits_each_kind_of_question(number):
    _, template = synthetic.question(number)
    edit = word(number)
    assert len({edit.made(template, k) for k in range(5)}) == 5


def test_a_copy_holds_the_sources_and_no_cache(tmp_path):
    made = copy(ROOT, tmp_path / "exam")
    assert (made.folder / "questions" / "q1.py").is_file()
    assert not (made.folder / "build").exists()
    assert not list(made.folder.rglob("__pycache__"))
    assert made.cache != copy(ROOT, tmp_path / "other").cache


def test_a_command_that_fails_is_told_with_its_output(tmp_path):
    code = "import sys; print('why'); sys.exit(3)"
    with pytest.raises(Failed, match=r"exit code 3\nwhy"):
        run([sys.executable, "-c", code], tmp_path, {})


def test_the_first_round_looks_and_does_not_count():
    looks = []

    class Pass:
        def run(self):
            return Cost(2.0, 2.0)

    def case(k, look):
        looks.append(look)
        return {"case": Cost(float(k), 1.0, Memory(1, 1) if look else None)}

    (row,), failures = measure([Case("case", case)], Pass(), 2, lambda _: None)
    assert looks == [True, False, False]
    assert (row.ratios, row.memory, failures) == ([1.0, 1.5], Memory(1, 1), [])


def test_a_case_that_fails_stops_no_other():
    class Pass:
        def run(self):
            return Cost(1.0, 1.0)

    def broken(_k, _look):
        raise Failed("no such program")

    cases = [Case("broken", broken), Case("whole", lambda _k, _look: {"whole": Cost(1.0, 1.0)})]
    rows, failures = measure(cases, Pass(), 2, lambda _: None)
    assert [row.name for row in rows] == ["whole"]
    assert failures == ["broken: no such program"]


def test_the_exponent_is_that_of_the_power():
    assert exponent([7, 70, 700], [3 * n**1.5 for n in (7, 70, 700)]) == pytest.approx(1.5)
    with pytest.raises(ValueError, match="two different sizes"):
        exponent([7, 7], [1, 2])


def test_the_middle_is_the_median():
    found = spread([5.0, 1.0, 2.0])
    assert (found.low, found.middle, found.high) == (1.0, 2.0, 5.0)


def test_the_lines_of_a_watch_are_known():
    _, part, booklet = SAID.split("\n")
    assert SHOWN.match(part)[1] == "q1.d"
    assert PUBLISHED.match(booklet)
    assert not PUBLISHED.match(part)


def test_a_step_lasts_until_the_next_one():
    found = shares(0.0, [(1.0, "verify 1 (a) f"), (4.0, "compile fr"), (5.0, "verify 2")], 7.0)
    assert found == {START: 1.0, "verification": 5.0, "LaTeX": 1.0}


def test_a_target_is_met_by_the_median_and_a_missed_one_says_why():
    rows = [_row("solgen: no change", 0.1, 0.2, 9.0), _row("solgen: one-prose edit", 1.7, cpu=3.0)]
    met, missed = targets.builds(rows, {})
    assert (met.met, met.found, met.why) == (True, "0.20", "")
    assert (missed.met, missed.found) == (False, "1.70")
    assert "3.00 raw passes" in missed.why


def test_a_cold_build_is_compared_with_the_fastest_peer():
    rows = [
        _row("solgen: cold build", 9.0),
        _row("PythonTeX: cold build", 8.0),
        _row("knitr: cold build", 12.0),
    ]
    (cold,) = targets.builds(rows, {"verification": 3.0, "LaTeX": 1.0})
    assert (cold.name, cold.aim, cold.met) == ("cold build, against PythonTeX", "≤ 8.00", False)
    assert "75%" in cold.why
    assert targets.builds(rows[:1], {}) == []


def test_proposals_are_judged_by_the_slowest_in_imports_of_sympy():
    rows = [_row("Python: import SymPy", 9, cpu=0.1), _row("solgen try q1.a", 9, cpu=0.9)]
    (met,) = targets.builds(rows, {})
    assert (met.found, met.met) == ("9.00", True)
    (missed,) = targets.builds([*rows, _row("solgen try q6.gaps", 9, cpu=1.1)], {})
    assert (missed.found, missed.met) == ("11.00", False)
    assert missed.name.startswith("solgen try q6.gaps")


def test_growth_is_judged_from_seventy_questions_on():
    assert targets.growth([_size(1, 1, 1), _size(7, 7, 2)]) == []
    linear = targets.growth([_size(1, 5, 2), _size(7, 7, 2), _size(70, 70, 2.1)])
    assert [one.name for one in linear if not one.met] == []
    bent = targets.growth([_size(7, 7, 2), _size(700, 70000, 9, 2**31)])
    missed = [one.name.split(",")[0] for one in bent if not one.met]
    assert missed == [
        "cold build",
        "largest process",
        "one-prose edit of 700",
        "one-prose edit of 700",
    ]


@pytest.mark.parametrize(("edit", "met"), [(3.3, [True, True]), (3.4, [True, False])])
def test_an_edit_of_many_costs_one_of_few_and_the_latex_to_a_tenth(edit, met):
    """The passes take 1.5 and 1 s, the edit of few 2 s."""
    found = targets.growth([_size(7, 7, 2), _size(70, 70, edit)])
    assert [one.met for one in found if one.name.startswith("one-prose edit of 70")] == met


def test_a_size_comes_back_from_json_as_it_was():
    import dataclasses
    import json

    size = _size(7, 7, 2)
    assert growth.revived(json.loads(json.dumps(dataclasses.asdict(size)))) == size


def test_tables_go_to_their_places_in_the_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n", encoding="utf-8")
    tables.put(page, "x", "new")
    assert page.read_text("utf-8") == "a\n<!-- begin x -->\nnew\n<!-- end x -->\nb\n"
    with pytest.raises(ValueError, match="one <!-- begin y -->"):
        tables.put(page, "y", "new")


def test_the_page_has_a_place_for_every_table(tmp_path):
    page = tmp_path / "performance.md"
    page.write_bytes(bench.PAGE.read_bytes())
    rows = [_row("solgen: no change", 0.2), _row("latexmk: no change", 1.0)]
    sizes = [_size(7, 7, 2), _size(70, 70, 2)]
    found = bench.Results(machine.facts(), rows, {"LaTeX": 1.0}, sizes).tables()
    for name, table in found.items():
        tables.put(page, name, table)
    assert "not measured yet" not in page.read_text("utf-8")
    assert len(found) == page.read_text("utf-8").count("<!-- begin ")


def test_what_pythontex_and_knitr_compute_is_what_verified_answers_print(tmp_path):
    r"""The last form of an answer gives way to a value; what stands before it stays."""
    built = tmp_path / "built"
    built.mkdir()
    shown = r"""\solgeninput{q1}"""
    (built / "main.tex").write_text(rf"P\begin{{document}}{shown}", encoding="utf-8")
    line = r"s'(a) &= s(a) \tag*{\solmark{report.q1.ds-da.fr}}"
    inline = r"$f = (1 - f) = 2$\solsign{report.q1.total.fr}"
    (built / "q1.tex").write_text(f"{line}\n{inline}\n", encoding="utf-8")
    content = documents.read(built, lambda question, name: f"<{question} {name}>")
    assert content.preamble == "P"
    assert r"s'(a) &= <q1 ds-da> \tag*" in content.body
    assert r"$f = <q1 total>$" in content.body
    assert content.answers == {"q1": ["ds-da", "total"]}


def test_a_part_measured_alone_joins_what_was_measured_before(tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "RESULTS", tmp_path / "bench.json")
    before = bench.Results({}, [_row("a", 1.0), _row("b", 2.0)], {"LaTeX": 1.0}, [_size(7, 7, 2)])
    bench._keep(before, bench.RESULTS)
    now = bench.Results({}, [_row("b", 3.0)], {}, [_size(70, 70, 2)])
    now.join(bench._kept())
    assert [(row.name, row.ratios) for row in now.rows] == [("a", [1.0]), ("b", [3.0])]
    assert now.profile == {"LaTeX": 1.0}
    assert [size.questions for size in now.sizes] == [7, 70]
    assert now.sizes[0] == before.sizes[0]


def test_a_process_that_ends_while_it_is_looked_at_is_left_out(monkeypatch):
    def ended(path):
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "scandir", ended)
    assert tree(1) == [1]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_size_of_the_harness_does_not_count(tmp_path):
    held = b"x" * (300 * 2**20)
    cost = run([sys.executable, "-c", "import time; time.sleep(0.5)"], tmp_path, {}, look=True)
    assert 2**20 < cost.memory.largest < len(held) / 3
