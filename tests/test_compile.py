"""The stage compile, by really running the engines on small documents."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import bundle
import pytest

from solgen import engine, install, texscan
from solgen.cache import Cache
from solgen.compile import GUARD, Compiled, compile_folder
from solgen.engine import Engine
from solgen.errors import EnvironmentProblem, LatexError, LimitError, SolgenError, Where
from solgen.sandbox import Limits

PREAMBLE = r"""\documentclass[11pt,a4paper,oneside]{memoir}
\usepackage{iftex}
\ifPDFTeX
  \pdfminorversion=7 \pdftrailerid{} \pdfsuppressptexinfo=-1
  \usepackage[T1]{fontenc}
\fi
\usepackage{lmodern}
\usepackage{amsmath,amssymb}
\usepackage[english,main=french]{babel}
\usepackage{microtype,graphicx,xcolor}
\usepackage[unicode,hidelinks]{hyperref}
\hypersetup{pdftitle={Corrigé : œuvre},pdflang=fr-CA}
"""

GOOD = r"""\chapter{L'œuvre : où, ça}\label{un}
Une méthode « efficace » ; n'est-ce pas ? Voilà : oui ! Voir~\ref{un}. fi ffi fl.
\[ \frac{\partial L}{\partial a} = \boldsymbol{\theta}^\top x,\quad \mathbb{R},\ \mathcal{L} \]
\begin{otherlanguage}{english}Really? Yes!\end{otherlanguage}
\begin{tabular}{lr}\toprule a & b\\\midrule 1 & 2\\\bottomrule\end{tabular}
"""

pdflatex_needed = pytest.mark.skipif(
    not (found := engine.find_pdflatex()) or not found.usable, reason="needs a usable pdflatex"
)


@pytest.fixture
def pdflatex() -> Engine:
    found = engine.find_pdflatex()
    if found is None or not found.usable:
        pytest.skip("needs a usable pdflatex")
    return found


@pytest.fixture(scope="session")
def tectonic(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Tectonic with a bundle made from this machine's TeX tree.

    It is fetched only if SOLGEN_FETCH_TECTONIC is set: tests touch no network by themselves.
    """
    if os.environ.get("SOLGEN_FETCH_TECTONIC") and engine.find_tectonic() is None:
        assert install._fetch_program(print) == ""
    there, latex = engine.find_tectonic(), engine.find_pdflatex()
    if there is None or latex is None or not latex.usable:
        pytest.skip("needs Tectonic (SOLGEN_FETCH_TECTONIC=1 fetches it) and a TeX tree")
    folder = tmp_path_factory.mktemp("bundle")
    bundle.make(folder)
    cache = {"TECTONIC_CACHE_DIR": str(tmp_path_factory.mktemp("formats"))}
    return Engine("tectonic", there.program, there.version, (), folder, cache)


@pytest.fixture(params=["pdflatex", "tectonic"])
def each_engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found


def write(folder: Path, body: str = "", **snippets: str) -> Path:
    """A folder to compile: the snippets, in order, then ``body`` in main.tex itself."""
    folder.mkdir(exist_ok=True)
    inputs = "".join(f"\\solgeninput{{{name}}}\n\n" for name in snippets)
    main = rf"""{PREAMBLE}{GUARD}\begin{{document}}
\tableofcontents
{inputs}{body}
\typeout{{solgen-end}}
\end{{document}}
"""
    (folder / "main.tex").write_text(main, encoding="utf-8")
    for name, text in snippets.items():
        (folder / f"{name}.tex").write_text(text, encoding="utf-8")
    return folder


def refused(folder: Path, engine: Engine, limits: Limits | None = None) -> SolgenError:
    with pytest.raises(SolgenError) as caught:
        compile_folder(folder, engine, limits=limits)
    assert not (folder / "main.pdf").exists(), "a refused PDF must not stay"
    return caught.value


def processes_in(folder: Path) -> list[str]:
    """The commands of live processes whose working directory is ``folder``."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == folder.resolve():
                found.append((entry / "comm").read_text(encoding="utf-8").strip())
        except OSError:
            continue
    return found


def test_a_french_document_compiles_with_each_engine(each_engine: Engine, tmp_path: Path) -> None:
    result = compile_folder(write(tmp_path / "w", one=GOOD, two="Fin."), each_engine)
    assert isinstance(result, Compiled)
    assert (result.pages, result.passes) == (2, 2)
    assert result.pdf.read_bytes().startswith(b"%PDF-")
    assert result.warnings == ()
    assert 0 < result.seconds < 120
    again = compile_folder(tmp_path / "w", each_engine)
    assert again.passes == 1, "nothing changed: one pass is enough"


def test_text_copies_with_accents_and_ligatures(each_engine: Engine, tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("needs pdftotext")
    pdf = compile_folder(write(tmp_path / "w", one=GOOD), each_engine).pdf
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True).stdout.decode()
    for word in ("L’œuvre", "où", "ça", "méthode", "fi"):
        assert word in text


# Each case: what the author wrote, the line to name, words of the message.
CASES = {
    "unknown command": ("a\n\nb \\undefd c\n", 3, "Undefined control sequence"),
    "unknown command in align": (
        "a\n\\begin{align*}\na &= b\\\\\nc &= \\undefd d\\\\\ne &= f\n\\end{align*}\n",
        4,
        "Undefined control sequence",
    ),
    "formula without dollars": ("a\n\nb_2 = 3\n", 3, "Missing $ inserted"),
    "open brace": ("a\n\n{\\bfseries b\n\nc\n", 3, "{ is never closed"),
    "open environment": (
        "a\n\n\\begin{itemize}\n\\item b\n\nc\n",
        3,
        r"\begin{itemize} is never closed",
    ),
    "open argument": ("a\n\n\\textbf{b\n\nc\n", 3, "File ended while scanning"),
    "open formula": ("a\n\n$x+1\n", 3, "$ is never closed"),
    "open display": ("a\n\n\\[x+1\n", 3, r"\[ is never closed"),
    "open condition": ("a\n\n\\iftrue\nb\n", 3, r"\iftrue is never closed"),
    "open false condition": ("a\n\n\\iffalse\nb\n", 3, "Incomplete"),
    "brace too many": ("a\n\nb } c\n", 3, "Too many }'s"),
    "wrong end": ("a\n\\begin{itemize}\\item b\n\\end{center}\n", 3, r"ended by \end{center}"),
    "unknown environment": ("a\n\\begin{foo}\nb\n\\end{foo}\n", 2, "Environment foo undefined"),
    "unknown reference": ("a\n\nvoir \\ref{nope}.\n", 3, "Reference `nope' undefined"),
    "doubled label": ("a\\label{x}\n\nb\\label{x}\n", 3, "Label `x' multiply defined"),
    "missing figure": ("a\n\n\\includegraphics{nope}\n", 3, "File `nope' not found"),
    "overfull": ("a\n\n\\noindent\\rule{30cm}{1pt}\n", 3, "pt too wide"),
    "lost shape": ("a\n\n\\textbf{\\textsc{bcd}}\n", 3, "Font shape"),
    "unknown sign": ("a\n\nb ≤ c\n", 3, "≤"),
    "ampersand": ("a & b\n", 1, "Misplaced alignment tab"),
    "number sign": ("a # b\n", 1, "macro parameter character"),
    "left alone": ("a\n\\[ \\left( x \\]\n", 2, r"Missing \right"),
    "endless expansion": ("\\def\\x{\\x\\x}\\x\n", 1, "TeX capacity exceeded"),
    "program": ("a\n\n\\immediate\\write18{touch x}\n", 3, r"\write18 is refused"),
    "pipe": ('a\n\\input"|ls"\n', 2, "is refused"),
    "lua": ("a\n\\directlua{os.exit()}\n", 2, "is refused"),
    "file for writing": ("a\n\\newwrite\\w \\openout\\w=x\n", 2, r"\newwrite is refused"),
    "end of document": ("a\n\\end{document}\n", 2, "is refused: it ends"),
    "end of input": ("a\n% \\endinput\n\\endinput\nb\n", 3, "is refused: it ends"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_named_at_its_line(name: str, each_engine: Engine, tmp_path: Path) -> None:
    text, line, words = CASES[name]
    folder = write(tmp_path / "w", one=GOOD, **{"q1.b-fr": text}, three="Fin.")
    error = refused(folder, each_engine)
    assert isinstance(error, LatexError)
    assert error.where == Where("q1.b-fr.tex", line), str(error)
    assert words in str(error)
    assert error.hint, "every message says what to do"


@pdflatex_needed
def test_a_link_without_target_is_refused(pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", one="a\n\n\\hyperlink{nope}{b}\n")
    assert str(refused(folder, pdflatex)).startswith("one.tex:3: name{nope}")


@pdflatex_needed
def test_a_page_too_full_is_refused_with_its_number(pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", one="a\\newpage\n\n\\vbox to 40cm{\\vfil b}\n")
    error = refused(folder, pdflatex)
    assert "Overfull \\vbox" in str(error)
    assert "on page 2" in str(error)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a\n\\def\\x{document}\\end{\\x}\n", "ends the document"),
        ("a\n\\endinput\nb\n", "the rest of this file is not read"),
        ("a\n\\input{/etc/hostname}\n", "not found"),
        ("a\n\\immediate\\write18{touch owned}\n", "runsystem"),
    ],
)
def test_what_the_source_scan_misses_is_still_caught(
    text: str, words: str, pdflatex: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texscan, "forbidden", lambda *_args, **_more: None)
    error = refused(write(tmp_path / "w", one=GOOD, two=text, three="Fin."), pdflatex)
    assert isinstance(error, LatexError)
    assert words in str(error)
    assert isinstance(error.where, Where)
    assert error.where.file == "two.tex"
    assert not (tmp_path / "w" / "owned").exists()


def test_a_source_that_was_scanned_is_not_scanned_again(
    pdflatex: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path / "cache", tmp_path)
    scanned = []
    scan = texscan.forbidden

    def noting(source: str, *, snippet: bool) -> texscan.Refused | None:
        scanned.append(source.strip() if snippet else "main")
        return scan(source, snippet=snippet)

    monkeypatch.setattr(texscan, "forbidden", noting)
    for two, expected in (
        ("Bien.", ["main", "Un.", "Bien."]),
        ("Bien.", []),
        ("Mal.", ["Mal."]),
        ("\\today", ["\\today"]),
        ("\\today", ["\\today"]),  # what was refused is never known
    ):
        scanned.clear()
        folder = write(tmp_path / "w", one="Un.", two=two)
        if "today" in two:
            with pytest.raises(LatexError, match="today is refused"):
                compile_folder(folder, pdflatex, cache=cache)
        else:
            compile_folder(folder, pdflatex, cache=cache)
        assert scanned == expected


def test_what_the_look_may_do_is_refused_where_a_question_does_it(
    pdflatex: Engine, tmp_path: Path
) -> None:
    cache = Cache(tmp_path / "cache", tmp_path)
    folder = write(tmp_path / "w", one="Un.")
    (folder / "two.tex").write_text("\\showboxdepth=3 Deux.", encoding="utf-8")
    compile_folder(folder, pdflatex, cache=cache)  # nothing reads it
    write(folder, one="Un.", two="\\showboxdepth=3 Deux.")
    with pytest.raises(LatexError, match="showboxdepth is refused"):
        compile_folder(folder, pdflatex, cache=cache)


LOOPS = {
    "macro": "\\def\\x{\\x}\\x\n",
    "pages": "\\def\\x{a\\par\\x}\\x\n",
}


@pytest.mark.parametrize("name", LOOPS)
def test_an_endless_run_is_killed_and_located(name: str, pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", one=GOOD, two="a\n" + LOOPS[name])
    start = time.monotonic()
    error = refused(folder, pdflatex, Limits(seconds=3))
    assert isinstance(error, LimitError)
    assert error.code == 16
    assert error.where == Where("two.tex", 2)
    assert time.monotonic() - start < 30
    assert processes_in(folder) == []


def test_an_endless_run_of_tectonic_names_the_file(tectonic: Engine, tmp_path: Path) -> None:
    compile_folder(write(tmp_path / "w", one="a"), tectonic)  # makes its format
    folder = write(tmp_path / "w", one=GOOD, two=LOOPS["macro"])
    error = refused(folder, tectonic, Limits(seconds=4))
    assert isinstance(error, LimitError)
    assert isinstance(error.where, Where)
    assert error.where.file == "two.tex"
    assert processes_in(folder) == []


def test_an_endless_log_is_stopped_by_its_size(
    pdflatex: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(texscan, "forbidden", lambda *_args, **_more: None)
    folder = write(tmp_path / "w", one="\\def\\x{\\typeout{" + "a" * 70 + "}\\x}\\x\n")
    error = refused(folder, pdflatex, Limits(seconds=60, file_bytes=5 * 2**20))
    assert isinstance(error, LimitError)
    assert isinstance(error.where, Where)
    assert error.where.file == "one.tex"
    assert all(path.stat().st_size <= 5 * 2**20 for path in folder.iterdir())


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks for processes in /proc")
def test_ctrl_c_stops_the_engine_at_once(pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", one=LOOPS["macro"])
    script = (
        "import sys; from pathlib import Path; from solgen import engine, compile\n"
        "compile.compile_folder(Path(sys.argv[1]), engine.require())"
    )
    child = subprocess.Popen([sys.executable, "-c", script, str(folder)], stderr=subprocess.PIPE)
    wait_until(lambda: "pdflatex" in processes_in(folder))
    start = time.monotonic()
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=10)
    assert time.monotonic() - start < 8
    assert b"KeyboardInterrupt" in errors
    assert processes_in(folder) == []
    assert not list(folder.glob("*.aux"))


@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="looks for processes in /proc")
def test_an_endless_engine_dies_with_a_solgen_that_is_killed(
    pdflatex: Engine, tmp_path: Path
) -> None:
    folder = write(tmp_path / "w", one=LOOPS["macro"])
    script = (
        "import sys; from pathlib import Path; from solgen import engine, compile, workers\n"
        "def job(tell): compile.compile_folder(Path(sys.argv[1]), engine.require())\n"
        "workers.each([job], print)"
    )
    child = subprocess.Popen([sys.executable, "-c", script, str(folder)])
    wait_until(lambda: "pdflatex" in processes_in(folder))
    child.kill()
    child.wait()
    wait_until(lambda: processes_in(folder) == [], 5.0)


def wait_until(ready: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def test_references_that_never_settle_are_an_error(pdflatex: Engine, tmp_path: Path) -> None:
    counter = r"\providecommand\n{0}\makeatletter\immediate\write\@auxout{"
    counter += r"\gdef\string\n{\number\numexpr\n+1}}\makeatother a"
    error = refused(write(tmp_path / "w", counter), pdflatex)
    assert "still change after 5 passes" in str(error)


def test_a_broken_state_file_is_forgotten(pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", one=GOOD)
    (folder / "main.aux").write_text("\\relax \\undefd {", encoding="utf-8")
    assert compile_folder(folder, pdflatex).pages == 2


def test_after_a_fault_the_repaired_source_compiles(pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", one=GOOD)
    compile_folder(folder, pdflatex)
    write(folder, one=GOOD + "\\undefd")
    refused(folder, pdflatex)
    write(folder, one=GOOD)
    assert compile_folder(folder, pdflatex).pages == 2


def test_an_empty_document_is_no_success(pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w")
    main = folder / "main.tex"
    main.write_text(main.read_text(encoding="utf-8").replace("\\tableofcontents", ""), "utf-8")
    assert "no complete PDF" in str(refused(folder, pdflatex))


def test_a_document_without_end_mark_is_refused(pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", "\\end{document}", one=GOOD)
    assert "before its end mark" in str(refused(folder, pdflatex))


def test_the_same_source_gives_the_same_bytes(each_engine: Engine, tmp_path: Path) -> None:
    here, there = tmp_path / "a", tmp_path / "b é #1"
    made = [compile_folder(write(folder, one=GOOD), each_engine).pdf for folder in (here, there)]
    assert made[0].read_bytes() == made[1].read_bytes()


def test_faults_are_told_at_the_authors_place(pdflatex: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "w", one="a\n\n\\undefd\n")
    author = Where("templates/questions/q1.tex.j2", 17, "1", "b", "fr")
    asked = []

    def locate(file: str, line: int) -> Where:
        asked.append((file, line))
        return author

    with pytest.raises(LatexError) as caught:
        compile_folder(folder, pdflatex, locate=locate)
    assert asked == [("one.tex", 3)]
    assert str(caught.value).startswith(f"{author}: Undefined control sequence")


def test_an_engine_that_dies_on_a_full_disk_is_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "pdflatex"
    broken.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    broken.chmod(0o755)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4096))
    with pytest.raises(EnvironmentProblem, match="the disk got full"):
        compile_folder(write(tmp_path / "w", one="a"), Engine("pdflatex", broken, "?"))


def test_an_engine_that_dies_silently_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "pdflatex"
    broken.write_text("#!/bin/sh\necho 'no space left'\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    folder = write(tmp_path / "w", one="a")
    with pytest.raises(EnvironmentProblem, match="without a message") as caught:
        compile_folder(folder, Engine("pdflatex", broken, "?"))
    assert "no space left" in str(caught.value)
