"""What one reads through the build folder is one whole set, the old or the new, at any instant."""

from __future__ import annotations

import errno
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from solgen import durable, publish, sets
from solgen.errors import EnvironmentProblem

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sets are made of links")

FILES = ("booklet.pdf", "booklet.fr.pdf", "answers.json", "certificate.json")
FOLDER = "tex/booklet"
CALLS = (
    *((os, name) for name in ("mkdir", "rename", "replace", "symlink", "link", "unlink")),
    *((os, name) for name in ("fsync", "open", "chmod", "rmdir", "scandir")),
    (shutil, "copyfile"),
)


def generation(work: Path, mark: str) -> tuple[dict[str, Path], dict[str, Path]]:
    """Finished files and a finished folder that all carry this mark."""
    folder = work / mark
    if not folder.exists():
        (folder / "tex").mkdir(parents=True)
        for name in FILES:
            (folder / name).write_text(f"{name} {mark}", encoding="utf-8")
        for name in ("main.tex", "q1-a-fr.tex"):
            (folder / "tex" / name).write_text(f"{name} {mark}", encoding="utf-8")
    return {name: folder / name for name in FILES}, {FOLDER: folder / "tex"}


def publish_all(build: Path, mark: str) -> None:
    publish.publish(build, *generation(build.parent / "work", mark))


def marks(build: Path, *, tex: bool = True) -> set[str | None]:
    """The marks of everything that is published, None for what is not there."""
    paths = [build / name for name in FILES]
    if tex:
        paths += [build / FOLDER / name for name in ("main.tex", "q1-a-fr.tex")]
    return {p.read_text(encoding="utf-8").split()[1] if p.exists() else None for p in paths}


@pytest.fixture(autouse=True)
def memory_is_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test here cuts the power, and waiting for a disk takes minutes."""
    monkeypatch.setattr(os, "fsync", lambda number: None)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "build"
    folder.mkdir()
    return folder


def test_a_published_file_is_a_link_into_the_current_set(build: Path) -> None:
    publish_all(build, "one")
    assert str((build / "booklet.pdf").readlink()) == ".sets/current/booklet.pdf"
    assert str((build / "tex").readlink()) == ".sets/current/tex"
    found = sets.current(build)
    assert found is not None
    assert (found / "booklet.pdf").read_text(encoding="utf-8") == "booklet.pdf one"


def test_what_is_published_can_be_read_by_others_whatever_the_umask(build: Path) -> None:
    before = os.umask(0o077)
    try:
        publish_all(build, "one")
    finally:
        os.umask(before)
    found = sets.current(build)
    assert found is not None
    for path in (found.parent, found, found / "tex", found / FOLDER):
        assert path.stat().st_mode & 0o777 == 0o755
    assert (build / "booklet.pdf").stat().st_mode & 0o777 == 0o644


def test_all_links_lead_elsewhere_when_the_whole_folder_is_moved(build: Path) -> None:
    publish_all(build, "one")
    build.rename(build.parent / "moved")
    assert marks(build.parent / "moved") == {"one"}


def test_what_is_not_named_stays_the_same_file(build: Path, tmp_path: Path) -> None:
    publish_all(build, "one")
    before = (build / "booklet.pdf").stat().st_ino
    (tmp_path / "new").write_text("new", encoding="utf-8")
    publish.publish(build, {"q1.pdf": tmp_path / "new"})
    assert (build / "q1.pdf").read_text(encoding="utf-8") == "new"
    assert (build / "booklet.pdf").stat().st_ino == before
    assert marks(build) == {"one"}


def test_a_file_with_the_same_bytes_is_not_written_again(build: Path) -> None:
    publish_all(build, "one")
    before = (build / "booklet.pdf").stat().st_ino
    files, folders = generation(build.parent / "work", "two")
    shutil.copyfile(build / "booklet.pdf", files["booklet.pdf"])
    publish.publish(build, files, folders)
    assert (build / "booklet.pdf").stat().st_ino == before
    assert marks(build) == {"one", "two"}


def test_publishing_the_same_again_makes_no_set(build: Path) -> None:
    publish_all(build, "one")
    before = sets.current(build)
    publish_all(build, "one")
    assert sets.current(build) == before


def test_the_finished_files_may_be_written_again_afterwards(build: Path) -> None:
    publish_all(build, "one")
    (build.parent / "work" / "one" / "booklet.pdf").write_text("spoiled", encoding="utf-8")
    assert marks(build) == {"one"}


def test_a_published_folder_has_no_file_of_the_old_one(build: Path) -> None:
    publish_all(build, "one")
    files, folders = generation(build.parent / "work", "two")
    (folders[FOLDER] / "q1-a-fr.tex").unlink()
    publish.publish(build, files, folders)
    assert [p.name for p in (build / FOLDER).iterdir()] == ["main.tex"]


def test_a_withdrawn_file_is_gone(build: Path) -> None:
    publish_all(build, "one")
    publish.publish(build, {}, {}, withdrawn=["booklet.fr.pdf", "tex/booklet"])
    assert not os.path.lexists(build / "booklet.fr.pdf")
    assert not os.path.lexists(build / "tex")
    assert (build / "booklet.pdf").exists()


def test_the_set_before_is_kept_and_older_ones_are_not(build: Path) -> None:
    for mark in ("one", "two", "three"):
        publish_all(build, mark)
    names = sorted(path.name for path in (build / ".sets").iterdir())
    assert names == ["000002", "000003", "current"]
    old = build / ".sets" / "000002" / "booklet.pdf"
    assert old.read_text(encoding="utf-8") == "booklet.pdf two"


def test_whoever_watches_a_name_hears_that_it_changed(build: Path) -> None:
    publish_all(build, "one")
    before = {name: (build / name).lstat().st_ino for name in ("booklet.pdf", "answers.json")}
    files, _ = generation(build.parent / "work", "two")
    publish.publish(build, {"booklet.pdf": files["booklet.pdf"]})
    assert (build / "booklet.pdf").lstat().st_ino != before["booklet.pdf"]
    assert (build / "answers.json").lstat().st_ino == before["answers.json"]


# --- what others did to the folder --------------------------------------------------------------


def plain(build: Path) -> None:
    """What a solgen without sets had published, and more that is not published by it."""
    for name in FILES:
        (build / name).write_text(f"{name} plain", encoding="utf-8")
    for place in (FOLDER, "tex/q1"):
        (build / place).mkdir(parents=True)
        for name in ("main.tex", "q1-a-fr.tex"):
            (build / place / name).write_text(f"{name} plain", encoding="utf-8")
    (build / "mutants.json").write_text("{}", encoding="utf-8")


def test_plain_files_become_the_set_before(build: Path) -> None:
    plain(build)
    publish_all(build, "one")
    assert marks(build) == {"one"}
    old = build / ".sets" / "000001"
    assert (old / "booklet.pdf").read_text(encoding="utf-8") == "booklet.pdf plain"
    kept = build / "tex" / "q1" / "main.tex"
    assert kept.read_text(encoding="utf-8") == "main.tex plain"
    assert not (build / "mutants.json").is_symlink()


def test_a_plain_file_that_is_not_published_now_is_left_alone(build: Path, tmp_path: Path) -> None:
    plain(build)
    (tmp_path / "new").write_text("new", encoding="utf-8")
    publish.publish(build, {"q1.pdf": tmp_path / "new"})
    assert not (build / "booklet.pdf").is_symlink()
    assert marks(build) == {"plain"}


def test_a_copy_that_someone_put_over_a_link_is_kept_once(build: Path) -> None:
    publish_all(build, "one")
    (build / "booklet.pdf").unlink()
    (build / "booklet.pdf").write_text("mine", encoding="utf-8")
    publish_all(build, "two")
    assert marks(build) == {"two"}
    old = build / ".sets" / "000002"
    assert (old / "booklet.pdf").read_text(encoding="utf-8") == "mine"
    assert (old / "answers.json").read_text(encoding="utf-8") == "answers.json one"


def test_a_link_that_was_deleted_or_leads_nowhere_is_mended(build: Path) -> None:
    publish_all(build, "one")
    (build / "booklet.pdf").unlink()
    (build / "tex").unlink()
    (build / "answers.json").unlink()
    (build / "answers.json").symlink_to("nowhere")
    publish_all(build, "one")
    assert marks(build) == {"one"}


def test_a_folder_copied_without_links_is_published_into(build: Path, tmp_path: Path) -> None:
    for mark in ("one", "two"):
        publish_all(build, mark)
    copied = tmp_path / "copy"
    shutil.copytree(build, copied)
    assert not (copied / ".sets" / "current").is_symlink()
    publish_all(copied, "three")
    assert marks(copied) == {"three"}
    assert (copied / ".sets" / "current").is_symlink()


def test_the_next_publication_works_without_the_sets_folder(build: Path) -> None:
    publish_all(build, "one")
    shutil.rmtree(build / ".sets")
    with publish.locked(build):
        assert not os.path.lexists(build / "booklet.pdf")
        publish_all(build, "two")
    assert marks(build) == {"two"}


# --- whatever stops it --------------------------------------------------------------------------


class PowerCut(BaseException):
    """Nothing runs any more, no cleaning up either."""


@contextmanager
def failing(nth: int, error: Callable[[], BaseException], *, for_good: bool) -> Iterator[list[str]]:
    """Let the nth system call raise, and all after it, or not; the calls made so far."""
    made: list[str] = []

    def replaced(name: str, real: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            made.append(name)
            if len(made) == nth or (for_good and len(made) > nth):
                raise error()
            return real(*arguments, **options)

        return call

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in CALLS:
            patch.setattr(owner, name, replaced(name, getattr(owner, name)))
        yield made


def full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def before_one(build: Path) -> str | None:
    """Nothing was published."""
    return None


def before_two(build: Path) -> str | None:
    publish_all(build, "old")
    return "old"


def before_plain(build: Path) -> str | None:
    plain(build)
    return "plain"


def before_overwritten(build: Path) -> str | None:
    publish_all(build, "old")
    for name in ("booklet.pdf", "certificate.json"):
        (build / name).unlink()
        (build / name).write_text(f"{name} old", encoding="utf-8")
    (build / "answers.json").unlink()
    (build / "answers.json").symlink_to("../elsewhere.json")
    (build.parent / "elsewhere.json").write_text("answers.json old", encoding="utf-8")
    return "old"


SITUATIONS = [before_one, before_two, before_plain, before_overwritten]


@pytest.mark.parametrize("prepare", SITUATIONS)
@pytest.mark.parametrize("error", [full, PowerCut])
def test_a_failure_at_any_system_call_leaves_a_whole_set(
    tmp_path: Path, prepare: Callable[[Path], str | None], error: Any
) -> None:
    generation(tmp_path / "work", "new")
    build, prepared = tmp_path / "build", tmp_path / "prepared"
    prepared.mkdir()
    old = prepare(prepared)
    reached = set()
    for nth in range(1, 1000):
        shutil.copytree(prepared, build, symlinks=True)
        with (
            failing(nth, error, for_good=error is PowerCut) as made,
            suppress(EnvironmentProblem, PowerCut),
        ):
            publish_all(build, "new")
        # A real folder cannot be replaced by a link at once: its files may be away for an instant.
        whole = marks(build, tex=prepare is not before_plain)
        assert whole in ({old}, {"new"}), (nth, made[-1], whole)
        reached |= whole
        with publish.locked(build):
            assert marks(build, tex=prepare is not before_plain) == whole
            publish_all(build, "new")
        assert marks(build) == {"new"}
        left = {path.name for path in build.iterdir()}
        assert left <= {*FILES, "tex", ".sets", ".lock", "mutants.json"}, (nth, left)
        assert len(list((build / ".sets").iterdir())) <= 3
        shutil.rmtree(build)
        if len(made) < nth:
            break
    else:
        pytest.fail("the calls never end")
    assert nth > 20
    assert reached == {old, "new"}


def test_everything_is_on_the_disk_before_the_swap(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: set[int] = set()
    unsynced: list[str] = []
    real_replace = os.replace

    def fsync(number: int) -> None:
        synced.add(os.fstat(number).st_ino)

    def replace(source: Any, target: Any, **options: Any) -> None:
        if Path(target).name == "current":
            folder = build / ".sets" / Path(source).readlink()
            needed = [folder, folder.parent, build, *folder.rglob("*")]
            unsynced.extend(str(path) for path in needed if path.stat().st_ino not in synced)
        real_replace(source, target, **options)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    for mark in ("one", "two"):
        publish_all(build, mark)
        synced -= {path.stat().st_ino for path in (build, build / ".sets")}
    assert len(synced) > 10
    assert unsynced == []


def forever(build: Path, begun: Any) -> None:
    begun.send(True)
    while True:
        for mark in ("a", "b"):
            with publish.locked(build):
                publish_all(build, mark)


def read_through(build: Path, stop: Any, told: Any) -> None:
    """Read the whole set again and again; tell how often, and what was mixed."""
    reads, mixed = 0, []
    while not stop.is_set():
        before = sets.current(build)
        with suppress(FileNotFoundError):
            found = marks(build)
            if before == sets.current(build):
                reads += 1
                mixed += [found] if len(found) > 1 else []
    told.send((reads, mixed))


def test_kills_at_random_instants_never_mix_a_set(build: Path) -> None:
    for mark in ("a", "b"):
        generation(build.parent / "work", mark)
    draw = random.Random(5)
    context = multiprocessing.get_context("fork")
    stop, (ours, theirs) = context.Event(), context.Pipe()
    reader = context.Process(target=read_through, args=(build, stop, theirs))
    begun_at = time.monotonic()
    publish_all(build, "a")
    # Of this machine's own time, so that kills fall before, in and after publications.
    several = 4 * (time.monotonic() - begun_at)
    reader.start()
    kills, numbers = 0, set()
    # On a busy machine publications take longer than the first: time is given until some end.
    while kills < 100 or len(numbers) < 6:
        kills, several = kills + 1, several * 1.01
        begun, begins = context.Pipe(duplex=False)
        child = context.Process(target=forever, args=(build, begins))
        child.start()
        begun.recv()
        begun.close()
        begins.close()
        time.sleep(draw.uniform(0, several))
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join()
        assert marks(build) in ({"a"}, {"b"})
        now = sets.current(build)
        assert now is not None
        numbers.add(now.name)
    stop.set()
    reads, mixed = ours.recv()
    reader.join()
    assert mixed == []
    assert reads > 10
    with publish.locked(build):
        publish_all(build, "new")
    assert marks(build) == {"new"}
    assert {path.name for path in build.iterdir()} == {*FILES, "tex", ".sets", ".lock"}


def test_a_full_disk_changes_nothing_and_says_so(tmp_path: Path) -> None:
    build = tmp_path / "small"
    build.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(build)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        publish_all(build, "old")
        files, folders = generation(tmp_path / "work", "new")
        files["booklet.fr.pdf"].write_bytes(bytes(300_000))
        for _ in range(3):
            with pytest.raises(EnvironmentProblem, match="No space left") as caught:
                publish.publish(build, files, folders)
            assert caught.value.code == 17
            assert marks(build) == {"old"}
            assert len(list((build / ".sets").iterdir())) == 2
        publish_all(build, "good")
        assert marks(build) == {"good"}
    finally:
        subprocess.run(["umount", str(build)], check=True)


def test_a_first_publication_on_a_full_disk_leaves_nothing(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.copyfile

    def refused(source: Path, target: Path) -> None:
        if source.name == "answers.json":
            raise full()
        real(source, target)

    monkeypatch.setattr(shutil, "copyfile", refused)
    with pytest.raises(EnvironmentProblem, match="No space left"):
        publish_all(build, "new")
    assert [path.name for path in build.iterdir()] == [".sets"]
    assert list((build / ".sets").iterdir()) == []


def test_sets_that_could_not_be_published_do_not_pile_up(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.replace

    def refused(source: Path, target: Path) -> None:
        if target.name == "current":
            raise full()
        real(source, target)

    monkeypatch.setattr(os, "replace", refused)
    for mark in ("one", "two"):
        with pytest.raises(EnvironmentProblem, match="No space left"):
            publish_all(build, mark)
        assert list((build / ".sets").iterdir()) == []


def test_a_read_only_folder_changes_nothing_and_says_so(build: Path) -> None:
    publish_all(build, "old")
    generation(build.parent / "work", "new")

    def refused() -> OSError:
        return OSError(errno.EROFS, os.strerror(errno.EROFS))

    for first in range(1, 4):
        with (
            failing(first, refused, for_good=True),
            pytest.raises(EnvironmentProblem, match="Read-only") as caught,
        ):
            publish_all(build, "new")
        assert caught.value.where == str(build)
        assert marks(build) == {"old"}


def test_a_file_system_without_hard_links_gets_copies(
    build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    publish_all(build, "one")
    publish.publish(build, {"q1.pdf": build / "booklet.pdf"})
    assert marks(build) == {"one"}
    assert (build / "q1.pdf").read_text(encoding="utf-8") == "booklet.pdf one"


def test_a_folder_that_cannot_be_synced_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(number: int) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    (tmp_path / "file").touch()
    monkeypatch.setattr(os, "fsync", refused)
    durable.sync([tmp_path])
    with pytest.raises(OSError, match="Invalid"):
        durable.sync([tmp_path / "file"])
