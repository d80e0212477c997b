"""What the last build laid out is used again, and only where every byte is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from solgen import galley
from solgen.build import build
from solgen.durable import below
from solgen.galley import lay
from solgen.project import Project

FILES = {"main.tex": b"main", "q1-a-fr.tex": b"oui", "q1-a-en.tex": b"yes", "q1-curve.pdf": b"%PDF"}


def laid(files: Mapping[str, bytes], tmp_path: Path, name: str) -> Path:
    folder = tmp_path / name
    lay(files, folder, tmp_path / "last")
    assert contents(folder) == contents(tmp_path / "last") == dict(files)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def inodes(folder: Path) -> dict[str, int]:
    return {name: path.stat().st_ino for name, path in below(folder)}


def test_one_edit_writes_one_file(tmp_path: Path) -> None:
    one = laid(FILES, tmp_path, "one")
    two = laid({**FILES, "q1-a-fr.tex": b"non"}, tmp_path, "two")
    before, after = inodes(one), inodes(two)
    assert {name for name in FILES if before[name] != after[name]} == {"q1-a-fr.tex"}
    assert (one / "q1-a-fr.tex").read_bytes() == b"oui"


def test_files_that_are_no_longer_wanted_go(tmp_path: Path) -> None:
    laid(FILES, tmp_path, "one")
    laid({"main.tex": b"main"}, tmp_path, "two")


@pytest.mark.parametrize("damage", [b"oux", b"ou", b"oui\n", b""])
def test_a_damaged_file_is_written_again(damage: bytes, tmp_path: Path) -> None:
    laid(FILES, tmp_path, "one")
    (tmp_path / "last" / "q1-a-fr.tex").write_bytes(damage)
    laid(FILES, tmp_path, "two")


def test_a_folder_in_the_place_of_a_file_is_passed_over(tmp_path: Path) -> None:
    laid(FILES, tmp_path, "one")
    (tmp_path / "last" / "main.tex").unlink()
    (tmp_path / "last" / "main.tex").mkdir()
    lay(FILES, tmp_path / "two", tmp_path / "last")
    assert contents(tmp_path / "two") == FILES


def test_without_links_everything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(galley, "linked", lambda _source, _target: False)
    for name in ("one", "two"):
        lay(FILES, tmp_path / name, tmp_path / "last")
        assert contents(tmp_path / name) == FILES


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "last").write_bytes(b"a file")
    lay(FILES, tmp_path / "one", tmp_path / "last")
    assert contents(tmp_path / "one") == FILES


def test_what_the_engine_works_on_is_no_published_file(
    project: Project, edit: Callable[[str, str, str], None]
) -> None:
    """The engine could write to its files: through a link, it would write to the last good ones."""
    template = "templates/questions/q1.tex.j2"
    for before, after in (("Dérivez $V$.", "Dériver $V$."), ("Dériver $V$.", "Dérivez $V$.")):
        built = build(project, project.names(), ("fr",), lambda _line: None, whole=True)
        assert built.new
        laid_out = set(inodes(project.build / ".cache" / "galley").values())
        published = set(inodes(project.build / ".sets").values())
        assert len(laid_out) > 5
        assert len(published) > 5
        assert not laid_out & published
        edit(template, before, after)
