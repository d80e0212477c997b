"""The certificate: whether a PDF is the one, and what was counted about it."""

import hashlib
import json
import re
import shutil

import pypdf
import pytest
from conftest import SMALLEST
from support import assembled, locales, rows

from solgen import certificate, pairs, review
from solgen.build import build
from solgen.cli import run
from solgen.engine import require
from solgen.errors import VerificationError, Where
from solgen.exam import scores
from solgen.ledger import Entry, Ledger
from solgen.project import find_project
from solgen.score import Score, Tried, write
from solgen.subjects import Fate
from solgen.tally import contents, total
from solgen.text import Text

PDFS = ("booklet.pdf", "booklet.fr.pdf", "booklet.en.pdf")


def _quiet(_line):
    pass


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The smallest exam, built in two folders of different names."""
    require()
    projects = []
    for name in ("here", "a longer name"):
        root = tmp_path_factory.mktemp("certificate") / name
        shutil.copytree(SMALLEST, root)
        project = find_project(root)
        build(project, project.names(), (), _quiet, whole=True)
        projects.append(project)
    return projects


@pytest.fixture
def exam(built, tmp_path, monkeypatch):
    """A copy of a built exam, to be spoiled; the current folder."""
    shutil.copytree(built[0].root, tmp_path / "exam")
    monkeypatch.chdir(tmp_path / "exam")
    return find_project(tmp_path / "exam")


def _verify(capsys, *arguments):
    """Output, error output and exit code of `solgen verify`."""
    code = 0
    try:
        run(["verify", *map(str, arguments)])
    except SystemExit as stop:
        code = stop.code
    said = capsys.readouterr()
    return said.out, said.err, code


def _replace(path, old, new):
    """Replace what stands once in a file, by as many bytes."""
    before = path.read_bytes()
    assert before.count(old) == 1
    path.write_bytes(before.replace(old, new))


# --- what is in it ------------------------------------------------------------------------------


def test_the_same_exam_gives_the_same_bytes_in_any_folder(built):
    one, other = built
    for name in (certificate.NAME, *PDFS):
        assert (one.build / name).read_bytes() == (other.build / name).read_bytes(), name


def test_it_holds_no_path_of_a_machine(built):
    text = (built[0].build / certificate.NAME).read_text(encoding="utf-8")
    assert str(built[0].root.parent) not in text
    assert "/tmp" not in text


def test_it_tells_each_pdf_with_its_pages_and_its_latex(built):
    folder = built[0].build
    data = json.loads((folder / certificate.NAME).read_text(encoding="utf-8"))
    assert sorted(data["files"]) == sorted(PDFS)
    for name, entry in data["files"].items():
        assert entry["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
        assert entry["pages"] == len(pypdf.PdfReader(folder / name).pages)
        kept = folder / "tex" / name.removesuffix(".pdf")
        assert entry["tex"] == {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in kept.glob("*.tex")
        }
        assert "main.tex" in entry["tex"]


def test_it_is_sorted_and_indented(built):
    text = (built[0].build / certificate.NAME).read_text(encoding="utf-8")
    data = json.loads(text)
    assert text == json.dumps(data, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def test_it_tells_the_roads_and_the_status_of_each_answer(built):
    data = json.loads((built[0].build / certificate.NAME).read_text(encoding="utf-8"))
    parts = data["questions"]["q1"]
    assert sorted(parts) == ["a", "b", "outside"]
    assert parts["a"]["answers"] == {
        "slope": {"roads": ["numeric", "symbolic"], "status": "proved"}
    }
    assert parts["b"]["answers"]["total"]["roads"] == ["enumeration", "identity"]
    assert parts["outside"]["answers"] == {}


def test_every_software_has_its_version(built):
    data = json.loads((built[0].build / certificate.NAME).read_text(encoding="utf-8"))
    names = {"solgen", "Python", "SymPy", "mpmath", "NumPy", "Matplotlib", "Jinja2", "PyLaTeX"}
    assert names | {"Lark", "TeX"} == data["software"].keys()
    assert all(re.search(r"\d+\.\d+", found) for found in data["software"].values())


def test_the_booklet_prints_the_hash_of_its_sources(built):
    data = json.loads((built[0].build / certificate.NAME).read_text(encoding="utf-8"))
    short = data["sources"]["sha256"][: certificate.SHOWN]
    for name in PDFS:
        reader = pypdf.PdfReader(built[0].build / name)
        assert any(short in page.extract_text() for page in reader.pages), name


# --- the sources --------------------------------------------------------------------------------


def test_the_hash_of_the_sources_is_that_of_the_lines_of_sha256sum(project):
    files = sorted(path for path in project.root.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(project.root)}\n"
        for path in files
    ]
    assert len(lines) >= 4
    text = "".join([*lines, "solgen 1.2.3\n"])
    found = certificate.digest(certificate.sources(project), "1.2.3")
    assert found == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "file",
    [
        "questions/q1.py",
        "questions/q1.review.toml",
        "questions/data.csv",
        "templates/look.tex",
        "templates/words/fr.toml",
        "references.toml",
        "solgen.toml",
    ],
)
def test_a_source_that_changes_changes_the_hash(project, file):
    before = certificate.digest(certificate.sources(project))
    path = project.root / file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((path.read_bytes() if path.exists() else b"") + b"\n")
    assert certificate.digest(certificate.sources(project)) != before


@pytest.mark.parametrize(
    "file", ["questions/.q1.py.swp", "questions/README.md", "questions/__pycache__/q1.py", "a.py"]
)
def test_what_is_no_source_does_not_count(project, file):
    before = certificate.sources(project)
    (project.root / file).parent.mkdir(exist_ok=True)
    (project.root / file).write_text("x", encoding="utf-8")
    assert certificate.sources(project) == before


def test_a_source_that_changes_during_the_build_stops_it(project):
    require()

    def tell(line):
        if line.startswith("compile"):
            path = project.questions / "phrases.py"
            path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    with pytest.raises(VerificationError, match="sources changed") as caught:
        build(project, ["q1"], ("fr",), tell, whole=True)
    assert caught.value.found == "questions/phrases.py"
    assert not list(project.build.glob("*.pdf"))


# --- solgen verify ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_as_it_was_published_is_the_one(exam, capsys, name):
    out, err, code = _verify(capsys, f"build/{name}")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"{name} is the PDF that certificate.json speaks of"
    assert lines[-2:] == [
        "LaTeX: still what it was made from",
        "sources: still what it was made from",
    ]
    said = {line.strip().rpartition("  ")[0].strip(): line for line in lines[2:-2]}
    assert list(said) == ["q1 (a)", "q1 (b)", "q1", "total"]
    assert re.search(r"; 2 roads; \d of 3 seals$", said["q1 (a)"])


def test_the_summary_tells_languages_apart_where_they_differ():
    row = {
        "answers": {"x": {"roads": ["a", "b"]}, "y": {"roads": ["a", "b", "c"]}},
        "mutants": {"variants": 12, "killed": 9, "equal": 2},
        "relations": {"en": {"given": 1, "proved": 2}, "fr": {"given": 1, "proved": 2}},
        "seals": {"pairs": 4, "sealed": 3},
    }
    whole = {
        **row,
        "answers": {},
        "relations": {"en": {"given": 0, "proved": 0}, "fr": {"given": 1, "proved": 2}},
    }
    assert list(certificate.summary({"questions": {"q1": {"a": row}}, "totals": whole})) == [
        "q1 (a)  1 given, 2 proved; 2 to 3 roads; 9 of 10 mutants killed; 3 of 4 seals",
        "total   en: no relation; fr: 1 given, 2 proved; 9 of 10 mutants killed; 3 of 4 seals",
    ]


def test_one_changed_byte_of_the_pdf_is_told(exam, capsys):
    path = exam.build / "booklet.pdf"
    right = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes()[:-2] + b"X\n")
    wrong = hashlib.sha256(path.read_bytes()).hexdigest()
    out, err, code = _verify(capsys, "build/booklet.pdf")
    assert (out, code) == ("", 11)
    assert "build/booklet.pdf: this is not the booklet.pdf that certificate.json speaks of" in err
    assert f"found: SHA-256 {wrong[:16]}" in err
    assert f"expected: SHA-256 {right[:16]}" in err
    assert "what to do:" in err


def test_one_changed_digit_of_a_source_is_told(exam, capsys):
    _replace(exam.questions / "q1.py", b"range(1, 5)", b"range(1, 6)")
    out, _, code = _verify(capsys, "build/booklet.pdf")
    assert code == 0
    assert out.splitlines()[-1] == "sources: no longer what it was made from: questions/q1.py"


def test_a_source_more_and_a_source_less_are_told(exam, capsys):
    (exam.questions / "more.py").write_text("", encoding="utf-8")
    (exam.questions / "phrases.py").unlink()
    out, _, _ = _verify(capsys, "build/booklet.pdf")
    assert out.endswith(": questions/more.py (new), questions/phrases.py (gone)\n")


def test_one_changed_digit_of_the_latex_is_told(exam, capsys):
    path = exam.build / "tex" / "booklet.fr" / "q1-b-fr.tex"
    _replace(path, b"1 + 2 + 3 + 4", b"1 + 2 + 3 + 5")
    out, _, code = _verify(capsys, "build/booklet.fr.pdf")
    assert code == 0
    assert "LaTeX: no longer what it was made from: q1-b-fr.tex\n" in out
    assert "LaTeX: still" in _verify(capsys, "build/booklet.en.pdf")[0]


def test_a_pdf_that_was_renamed_is_recognized(exam, capsys):
    shutil.copy(exam.build / "booklet.en.pdf", exam.build / "solutions.pdf")
    out, _, code = _verify(capsys, "build/solutions.pdf")
    assert code == 0
    assert "there called booklet.en.pdf" in out


def test_outside_an_exam_the_sources_are_not_compared(exam, capsys, tmp_path, monkeypatch):
    shutil.copytree(exam.build, tmp_path / "desk", ignore=shutil.ignore_patterns("tex"))
    monkeypatch.chdir(tmp_path / "desk")
    out, _, code = _verify(capsys, "booklet.pdf")
    assert code == 0
    assert out.splitlines()[-2:] == [
        "LaTeX: not kept beside it",
        "sources: not compared, this is not an exam's folder",
    ]


def test_a_pdf_without_a_certificate_is_refused(exam, capsys):
    (exam.build / certificate.NAME).unlink()
    out, err, code = _verify(capsys, "build/booklet.pdf")
    assert (out, code) == ("", 11)
    assert "no certificate lies beside this PDF" in err
    assert "--certificate FILE" in err


def test_a_certificate_of_another_pdf_is_told(exam, capsys, tmp_path):
    (tmp_path / "other.pdf").write_bytes(b"%PDF-1.7\n")
    command = (tmp_path / "other.pdf", "--certificate", "build/certificate.json")
    out, err, code = _verify(capsys, *command)
    assert (out, code) == ("", 11)
    assert "certificate.json speaks of other PDFs" in err
    assert "expected: booklet.en.pdf, booklet.fr.pdf, booklet.pdf" in err


def test_a_certificate_may_be_named(exam, capsys, tmp_path):
    shutil.move(exam.build / certificate.NAME, tmp_path / "kept.json")
    command = ("build/booklet.pdf", "--certificate", tmp_path / "kept.json")
    out, _, code = _verify(capsys, *command)
    assert code == 0
    assert out.startswith("booklet.pdf is the PDF that kept.json speaks of\n")


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"certificate": 1}', '{"certificate": 2, "files": {}}']
)
def test_what_is_no_certificate_is_told(exam, capsys, text):
    (exam.build / certificate.NAME).write_text(text, encoding="utf-8")
    _, err, code = _verify(capsys, "build/booklet.pdf")
    assert code == 11
    assert "build/certificate.json: this file is no certificate of solgen" in err


def test_a_certificate_whose_list_of_sources_was_edited_is_no_longer_whole(exam, capsys):
    path = exam.build / certificate.NAME
    data = json.loads(path.read_text(encoding="utf-8"))
    del data["sources"]["files"]["questions/q1.py"]
    path.write_text(json.dumps(data), encoding="utf-8")
    _, err, code = _verify(capsys, "build/booklet.pdf")
    assert code == 11
    assert "no longer a whole one" in err


def test_a_missing_pdf_is_a_wrong_command(exam, capsys):
    _, err, code = _verify(capsys, "build/none.pdf")
    assert code == 2
    assert "none.pdf" in err


# --- builds of a part ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "languages", "name"),
    [
        ("booklet", (), "certificate.json"),
        ("booklet", ("fr",), "booklet.fr.certificate.json"),
        ("q1+q2", (), "q1+q2.certificate.json"),
        ("q1", ("fr", "en"), "q1.fr+en.certificate.json"),
    ],
)
def test_a_certificate_s_name_says_what_it_covers(stem, languages, name):
    assert certificate.file_name(stem, languages) == name


def test_a_build_of_a_part_has_a_certificate_of_its_own(exam, capsys):
    before = (exam.build / certificate.NAME).read_bytes()
    done = build(exam, ["q1"], ("fr",), _quiet, whole=False)
    path = exam.build / "q1.fr.certificate.json"
    assert path.name in done.files
    data = json.loads(path.read_text(encoding="utf-8"))
    assert list(data["files"]) == ["q1.fr.pdf"]
    assert data["languages"] == ["fr"]
    assert (exam.build / certificate.NAME).read_bytes() == before
    for name, speaker in (("q1.fr.pdf", path.name), ("booklet.fr.pdf", certificate.NAME)):
        out, _, code = _verify(capsys, f"build/{name}")
        assert code == 0
        assert out.startswith(f"{name} is the PDF that {speaker} speaks of\n")


# --- what is counted ----------------------------------------------------------------------------

REASON = Text(fr="Une limite en loi.", en="A limit in law.")


def _entry(part, locale, kind, text="y = 1"):
    reason = REASON if kind == "attested" else None
    return Entry("q1", part, locale, kind, text, "", Where("questions/q1.py", 3, "1"), reason)


LEDGER = Ledger(
    (
        *(_entry("", code, "given") for code in ("fr", "en")),
        *(_entry("a", code, "proved") for code in ("fr", "fr", "en", "en", "en")),
        *(_entry("b", "fr", "attested", r"y \to 0{,}5") for _ in range(2)),
        _entry("b", "en", "attested", r"y \to 0.5"),
    )
)


def _rows(project, ledger=LEDGER):
    return rows(project, ledger.entries)


def _edition(project, ledger=LEDGER):
    edition, _ = assembled(project, locales(), ledger.entries)
    return edition


def _write_scores(project, parts="ab"):
    """Leave what `nox -s mutants` leaves: in each part 47 variants, of which 4 are equal."""
    words = ["killed"] * 41 + ["equal"] * 4 + ["survived"] * 2
    fates = tuple(
        Fate("q1", part, "x", "answer", "sign", str(number), word)
        for part in parts
        for number, word in enumerate(words)
    )
    source = hashlib.sha256((project.questions / "q1.py").read_bytes()).hexdigest()
    write(project, Score((Tried("q1", source, fates, (), ()),)))


def test_relations_are_counted_by_part_language_and_kind(project):
    outside, a, b = _rows(project)
    assert (outside.part, a.part, b.part) == ("", "a", "b")
    assert {k: n for k, n in a.relations["fr"].items() if n} == {"proved": 2}
    assert {k: n for k, n in a.relations["en"].items() if n} == {"proved": 3}
    assert outside.relations["fr"]["given"] == 1
    whole = total([outside, a, b]).relations
    assert {k: n for k, n in whole["fr"].items() if n} == {"given": 1, "proved": 2, "attested": 2}


def test_without_a_ledger_no_relation_is_counted(project):
    rows = _rows(project, Ledger())
    assert [row.relations for row in rows] == [None, None, None]
    assert contents(rows, (), ["fr", "en"])["totals"]["relations"] is None
    assert "Aucun registre" in _edition(project, Ledger()).body


def test_attested_relations_are_listed_with_their_reasons(project):
    told = contents(_rows(project), LEDGER.entries, ["fr", "en"])["attested"]
    assert {entry["reason"] for entry in told} == {"Une limite en loi.", "A limit in law."}
    assert all(entry["part"] == "b" for entry in told)


def test_attested_relations_are_printed_once_in_each_language(project):
    edition = _edition(project)
    assert [line for line, _ in edition.snippets["attested-fr"]] == [
        r"\solattested{1 b)}{y \to 0{,}5}{Une limite en loi.}"
    ]
    assert [line for line, _ in edition.snippets["attested-en"]] == [
        r"\solattested{1 (b)}{y \to 0.5}{A limit in law.}"
    ]
    assert "attestées : 2 (40,0~\\%)" in edition.body
    assert "attested: 1 (20.0\\%)" in edition.body
    assert "attested-fr" not in _edition(project, Ledger()).snippets


def test_seals_are_counted_by_part(project):
    review.path(project, "q1").unlink(missing_ok=True)
    _, a, _ = _rows(project)
    assert (a.sealed, a.pairs) == (0, 3)
    pairs.accept(project, "q1", ["a.answer.1"])
    outside, a, b = _rows(project)
    assert (outside.sealed, a.sealed, b.sealed) == (0, 1, 0)
    assert total([outside, a, b]).sealed == 1
    assert "&1/3\\\\" in _edition(project).body


def test_a_score_of_these_bytes_is_told_and_printed(project):
    _write_scores(project)
    found = _rows(project)
    outside, a, _ = found
    assert a.mutants == {"variants": 47, "killed": 41, "equal": 4, "survived": 2, "errors": 0}
    assert outside.mutants is None
    assert total(found).mutants["killed"] == 82
    assert "&41/43&" in _edition(project).body
    assert "&82/86&" in _edition(project).body


def test_a_stale_score_is_neither_told_nor_printed(project):
    _write_scores(project)
    path = project.questions / "q1.py"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    rows = _rows(project)
    assert [row.mutants for row in rows] == [None, None, None]
    told = contents(rows, LEDGER.entries, ["fr", "en"])
    assert told["questions"]["q1"]["a"]["mutants"] is None
    assert told["totals"]["mutants"] is None
    assert "41/43" not in _edition(project).body


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"q1": null}', '{"q1": {"source": "0"}}'])
def test_a_file_that_is_no_score_tells_nothing(project, text):
    project.build.mkdir()
    (project.build / "mutants.json").write_text(text, encoding="utf-8")
    assert scores(project, certificate.sources(project)) == {}


def test_scores_are_added_up_only_where_every_part_has_one(project):
    _write_scores(project, "a")
    rows = _rows(project)
    assert [row.mutants is None for row in rows] == [True, False, True]
    assert total(rows).mutants is None
