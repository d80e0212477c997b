"""Without links: what was decided is finished by whoever comes next."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from test_sets import CALLS, PowerCut, failing, full, generation, marks, plain, publish_all

from solgen import publish, sets
from solgen.errors import EnvironmentProblem

pytestmark = pytest.mark.usefixtures("linkless")


@pytest.fixture
def linkless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without symbolic links."""

    def refused(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "symlink", refused)
    monkeypatch.setattr(os, "fsync", lambda number: None)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    folder.mkdir()
    return folder


def test_published_files_are_plain_ones(build: Path) -> None:
    for mark in ("one", "two"):
        publish_all(build, mark)
        assert marks(build) == {mark}
    assert not (build / "booklet.pdf").is_symlink()
    assert {path.name for path in build.iterdir() if path.name.startswith(".")} == set()


def test_a_published_folder_has_no_file_of_the_old_one(build: Path) -> None:
    publish_all(build, "one")
    files, folders = generation(build.parent / "work", "two")
    (folders["tex/booklet"] / "q1-a-fr.tex").unlink()
    publish.publish(build, files, folders)
    assert [p.name for p in (build / "tex" / "booklet").iterdir()] == ["main.tex"]


def test_what_is_withdrawn_is_gone_and_the_rest_stays(build: Path) -> None:
    publish_all(build, "one")
    publish.publish(build, {}, {}, withdrawn=["booklet.fr.pdf", "tex/booklet"])
    assert not (build / "booklet.fr.pdf").exists()
    assert not (build / "tex" / "booklet").exists()
    assert (build / "booklet.pdf").exists()


def test_the_staging_folder_of_the_build_is_left_alone(build: Path) -> None:
    with publish.locked(build), publish.staging(build) as folder:
        (folder / "main.pdf").write_text("new", encoding="utf-8")
        publish.publish(build, {"a.pdf": folder / "main.pdf"})
        assert (folder / "main.pdf").exists()


@pytest.mark.parametrize("error", [full, PowerCut])
def test_the_next_command_finishes_what_was_decided(tmp_path: Path, error: Any) -> None:
    generation(tmp_path / "work", "new")
    seen = set()
    for nth in range(1, 1000):
        build = tmp_path / "build"
        build.mkdir()
        plain(build)
        with (
            failing(nth, error, for_good=error is PowerCut) as made,
            suppress(EnvironmentProblem, PowerCut),
        ):
            publish_all(build, "new")
        with publish.locked(build), publish.staging(build):
            pass
        whole = marks(build)
        assert whole in ({"plain"}, {"new"}), (nth, made[-1], whole)
        seen |= whole
        hidden = {path.name for path in build.iterdir() if path.name.startswith(".")}
        assert hidden == {".lock"}, (nth, hidden)
        shutil.rmtree(build)
        if len(made) < nth:
            break
    else:
        pytest.fail("the calls never end")
    assert nth > 20
    assert seen == {"plain", "new"}


def test_a_file_that_cannot_be_replaced_is_told_and_replaced_later(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_all(build, "old")
    real = os.replace

    def refused(source: Any, target: Any) -> None:
        if Path(target).name == "answers.json":
            raise PermissionError(errno.EACCES, "a viewer has it open", str(target))
        real(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", refused)
        with pytest.raises(EnvironmentProblem, match="cannot be finished") as caught:
            publish_all(build, "new")
    assert caught.value.code == 17
    assert "answers.json" in str(caught.value)
    with publish.locked(build):
        assert marks(build) == {"new"}


def test_the_calls_that_fail_here_are_those_that_sets_use() -> None:
    assert not sets.possible(Path.cwd())
    assert (os, "replace") in CALLS
