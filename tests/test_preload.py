"""The preloaded format: the same pages, its key the contents of everything that went in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from solgen import engine, sandbox
from solgen.cache import Cache
from solgen.compile import EPOCH, compile_folder, compile_once
from solgen.errors import EnvironmentProblem, LatexError, LimitError
from solgen.preload import NAME, inputs, preload

pdflatex = engine.find_pdflatex()
pytestmark = pytest.mark.skipif(
    pdflatex is None or not pdflatex.usable, reason="needs a usable pdflatex"
)
DOCUMENT = r"""\documentclass{article}
\pdfminorversion=7 \pdftrailerid{} \pdfsuppressptexinfo=-1
\usepackage{amsmath}
%s
\begin{document}
Some words.
\typeout{solgen-end}
\end{document}
"""


def document(folder: Path, preamble: str = "") -> Path:
    folder.mkdir()
    (folder / "main.tex").write_text(DOCUMENT % preamble, encoding="utf-8")
    return folder


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", tmp_path)


def made(folder: Path, cache: Cache) -> bytes:
    assert pdflatex is not None
    return compile_folder(folder, pdflatex, cache=cache).pdf.read_bytes()


def test_a_format_holds_the_preamble_and_the_lines_keep_their_numbers(
    tmp_path: Path, cache: Cache
) -> None:
    assert pdflatex is not None
    work = document(tmp_path / "a")
    files = preload(work, pdflatex, cache, EPOCH)
    assert files
    assert any(name.endswith("amsmath.sty") for name in files)
    assert any(name.endswith("pdflatex.fmt") for name in files)
    text = (work / "main.tex").read_text(encoding="utf-8")
    (work / "main.tex").write_text(text.replace("words", r"\nosuchcommand"), encoding="utf-8")
    with pytest.raises(LatexError) as caught:
        compile_folder(work, pdflatex, cache=cache)
    assert "main.tex:6" in str(caught.value)


def test_folders_and_a_warm_cache_make_the_same_bytes(tmp_path: Path, cache: Cache) -> None:
    (tmp_path / "deep").mkdir()
    cold = made(document(tmp_path / "a"), cache)
    warm = made(document(tmp_path / "deep" / "b"), cache)
    other = made(document(tmp_path / "c"), Cache(tmp_path / "other", tmp_path))
    assert cold == warm == other


def test_a_preamble_that_cannot_be_dumped_is_compiled_without(tmp_path: Path, cache: Cache) -> None:
    work = document(tmp_path / "a", r"\ifx\dump\undefined\else\let\dump\nosuchcommand\fi")
    assert made(work, cache).startswith(b"%PDF")
    assert not (work / f"{NAME}.fmt").exists()


@pytest.mark.parametrize("ended", [sandbox.Ended(-9, 1.0, False), sandbox.Ended(1, 120.0, True)])
def test_a_format_that_was_stopped_is_not_done_without(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch, ended: sandbox.Ended
) -> None:
    run = sandbox.run

    def stopped(command: Sequence[str], *arguments: Any) -> sandbox.Ended:
        return ended if "-ini" in command else run(command, *arguments)

    monkeypatch.setattr(sandbox, "run", stopped)
    work = document(tmp_path / "a")
    with pytest.raises(LimitError, match="before the document begins"):
        made(work, cache)
    assert not list(work.glob("*.pdf"))


def test_a_format_for_which_the_disk_has_no_room_is_not_done_without(
    tmp_path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pdfTeX then ends with code 1 and its log stays empty: what it says goes to the console."""
    run = sandbox.run

    def full(command: Sequence[str], folder: Path, console: Path, *rest: Any) -> sandbox.Ended:
        ended = run(command, folder, console, *rest)
        if "-ini" not in command:
            return ended
        (folder / f"{NAME}.log").write_text("", encoding="utf-8")
        console.write_text("! Could not write 1848309 8-byte item(s) to solgen.fmt.\n")
        return sandbox.Ended(1, ended.seconds, False)

    monkeypatch.setattr(sandbox, "run", full)
    with pytest.raises(EnvironmentProblem, match="1848309 8-byte") as caught:
        made(document(tmp_path / "a"), cache)
    assert "free some space" in str(caught.value)


def test_a_fault_of_the_preamble_is_told_at_its_line(tmp_path: Path, cache: Cache) -> None:
    assert pdflatex is not None
    work = document(tmp_path / "a", r"\nosuchcommand")
    with pytest.raises(LatexError, match=r"main\.tex:4"):
        compile_folder(work, pdflatex, cache=cache)


def test_a_format_with_a_changed_package_is_made_anew(tmp_path: Path, cache: Cache) -> None:
    assert pdflatex is not None
    work = document(tmp_path / "a", r"\input{own.tex}")
    (work / "own.tex").write_text(r"\newcommand\said{one}", encoding="utf-8")
    files = preload(work, pdflatex, cache, EPOCH)
    assert files is not None
    kept = next((cache.folder / "format").iterdir())
    assert len(list(kept.iterdir())) == 1
    style = next(name for name in files if name.endswith("amsmath.sty"))
    later = Cache(cache.folder, tmp_path)
    later.seen[style] = "another content"  # as if the package had been upgraded
    assert later.recall("format", kept.name) is None
    assert Cache(cache.folder, tmp_path).recall("format", kept.name) is not None


def test_one_pass_gives_a_look_at_a_part_or_nothing(tmp_path: Path, cache: Cache) -> None:
    assert pdflatex is not None
    good = compile_once(document(tmp_path / "a"), pdflatex, cache)
    assert good is not None
    assert good.read_bytes().startswith(b"%PDF")
    bad = document(tmp_path / "b")
    (bad / "main.tex").write_text(DOCUMENT.replace("words", r"\nosuch") % "", encoding="utf-8")
    assert compile_once(bad, pdflatex, cache) is None


def test_only_files_of_the_installation_are_inputs(tmp_path: Path) -> None:
    record = tmp_path / "x.fls"
    record.write_text(
        "PWD /x\nINPUT /usr/a.sty\nINPUT main.tex\nOUTPUT main.log\nINPUT /usr/a.sty\n"
    )
    assert inputs(record) == ["/usr/a.sty"]
    assert inputs(tmp_path / "none.fls") == []
