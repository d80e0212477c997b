"""Lock, staging, and what is told before anything is published."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from solgen import publish
from solgen.errors import Busy, EnvironmentProblem

HOLD = """
import sys, time
from pathlib import Path
from solgen.publish import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def start(script: str, *arguments: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
    assert child.stdout is not None
    child.stdout.readline()
    return child


def test_a_second_build_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    child = start(HOLD, tmp_path)
    try:
        with pytest.raises(Busy, match=f"process {child.pid}") as caught, publish.locked(tmp_path):
            pass
        assert caught.value.code == 18
    finally:
        child.kill()
        child.communicate()


def test_the_lock_of_a_dead_build_is_free(tmp_path: Path) -> None:
    child = start(HOLD, tmp_path)
    child.kill()
    child.communicate()
    with publish.locked(tmp_path):
        assert (tmp_path / ".lock").read_text(encoding="utf-8") == str(os.getpid())


def test_the_lock_is_free_again_after_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with publish.locked(tmp_path / "made"):
            pass


def test_staging_is_inside_build_and_goes_even_after_an_error(tmp_path: Path) -> None:
    def interrupted_build() -> None:
        with publish.staging(tmp_path) as folder:
            assert folder.parent == tmp_path
            (folder / "main.tex").write_text("x", encoding="utf-8")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted_build()
    assert list(tmp_path.iterdir()) == []


def test_what_a_dead_build_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".staging-dead").mkdir()
    (tmp_path / ".staging-dead" / "x").write_text("x", encoding="utf-8")
    (tmp_path / "booklet.pdf").write_text("good", encoding="utf-8")
    with publish.locked(tmp_path):
        assert not (tmp_path / ".staging-dead").exists()
    assert (tmp_path / "booklet.pdf").read_text(encoding="utf-8") == "good"


def test_a_set_of_files_replaces_the_old_one(tmp_path: Path) -> None:
    build = tmp_path / "build"
    with publish.staging(tmp_path) as folder:
        for name in ("a.pdf", "b.pdf"):
            (folder / name).write_text(f"new {name}", encoding="utf-8")
        publish.publish(build, {n: folder / n for n in ("a.pdf", "b.pdf")})
    assert (build / "a.pdf").read_text(encoding="utf-8") == "new a.pdf"
    assert (build / "b.pdf").stat().st_mode & 0o777 == 0o644
    assert sorted(p.name for p in build.iterdir()) == [".sets", "a.pdf", "b.pdf"]


def test_a_missing_file_of_the_set_leaves_the_others_alone(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("good", encoding="utf-8")
    (tmp_path / "new").write_text("new", encoding="utf-8")
    with pytest.raises(EnvironmentProblem):
        publish.publish(tmp_path, {"a.pdf": tmp_path / "new", "b.pdf": tmp_path / "gone"})
    assert (tmp_path / "a.pdf").read_text(encoding="utf-8") == "good"
    assert not (tmp_path / "b.pdf").exists()


def test_a_directory_at_the_published_path_is_told_before_anything(tmp_path: Path) -> None:
    (tmp_path / "booklet.pdf").mkdir()
    with pytest.raises(EnvironmentProblem, match="is a directory") as caught:
        publish.check_targets([tmp_path / "booklet.pdf"])
    assert caught.value.code == 17
    assert "booklet.pdf" in str(caught.value)


def test_a_read_only_folder_is_told_before_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        publish.check_targets([tmp_path / "booklet.pdf"])


def test_a_file_where_the_build_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("", encoding="utf-8")
    with (
        pytest.raises(EnvironmentProblem, match="cannot be written"),
        publish.locked(tmp_path / "build"),
    ):
        pass


def test_a_file_where_a_folder_is_published_is_told(tmp_path: Path) -> None:
    (tmp_path / "tex").write_text("mine", encoding="utf-8")
    (tmp_path / "new").mkdir()
    with pytest.raises(EnvironmentProblem, match="is a file") as caught:
        publish.publish(tmp_path, {}, {"tex/booklet": tmp_path / "new"})
    assert caught.value.where == str(tmp_path / "tex")
    assert (tmp_path / "tex").read_text(encoding="utf-8") == "mine"


def test_of_two_publishers_one_is_told_that_the_other_is_at_work(tmp_path: Path) -> None:
    (tmp_path / "new").write_text("new", encoding="utf-8")
    child = start(HOLD, tmp_path)
    try:
        with pytest.raises(Busy), publish.locked(tmp_path):
            publish.publish(tmp_path, {"a.pdf": tmp_path / "new"})
    finally:
        child.kill()
        child.communicate()
    assert not (tmp_path / "a.pdf").exists()
