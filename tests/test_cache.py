"""The cache: what is whole and fits is used, everything else is as if it were not there."""

from __future__ import annotations

import pickle
import random
from pathlib import Path

import pytest

from solgen.cache import VARIANTS, Cache, loads
from solgen.reads import Reads


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", tmp_path)


def fresh(cache: Cache) -> Cache:
    """The same cache, as the next build opens it."""
    return Cache(cache.folder, cache.root)


def traced(cache: Cache, *names: str) -> Reads:
    reads = Reads(cache.root)
    for name in names:
        reads.add(name)
    return reads


def test_what_was_written_is_read(cache: Cache) -> None:
    cache.write("stage", "key", b"data")
    assert cache.read("stage", "key") == b"data"
    assert cache.read("stage", "other") is None


def test_a_flipped_cut_or_emptied_entry_is_not_there(cache: Cache) -> None:
    cache.write("stage", "key", b"some data that can be damaged")
    path = cache.folder / "stage" / "key"
    good = path.read_bytes()
    rng = random.Random(5)
    for _ in range(200):
        place = rng.randrange(len(good))
        bad = bytearray(good)
        bad[place] ^= 1 << rng.randrange(8)
        path.write_bytes(rng.choice([bytes(bad), good[:place], good + b"x", b""]))
        assert cache.read("stage", "key") is None
    path.write_bytes(good)
    assert cache.read("stage", "key") == b"some data that can be damaged"


def test_an_entry_in_the_place_of_another_is_not_there(cache: Cache) -> None:
    cache.write("stage", "one", b"1")
    cache.write("stage", "two", b"2")
    one, two = (cache.folder / "stage" / name for name in ("one", "two"))
    one.write_bytes(two.read_bytes())
    assert cache.read("stage", "one") is None


def test_a_traced_entry_is_used_only_while_its_files_are_the_same(cache: Cache) -> None:
    file = cache.root / "data.csv"
    file.write_text("1\n")
    cache.keep("stage", "key", traced(cache, "data.csv"), "from 1")
    file.write_text("2\n")
    assert fresh(cache).recall("stage", "key") is None
    cache.keep("stage", "key", traced(cache, "data.csv"), "from 2")
    for text in ("1", "2", "1"):
        file.write_text(f"{text}\n")
        kept = fresh(cache).recall("stage", "key")
        assert kept is not None
        assert kept.value() == f"from {text}"


def test_a_file_that_was_missing_is_a_file_that_was_read(cache: Cache) -> None:
    cache.keep("stage", "key", traced(cache, "override.toml"), "without")
    assert fresh(cache).recall("stage", "key") is not None
    (cache.root / "override.toml").write_text("")
    assert fresh(cache).recall("stage", "key") is None


def test_a_folder_that_was_listed_counts_by_its_names(cache: Cache) -> None:
    folder = cache.root / "data"
    folder.mkdir()
    cache.keep("stage", "key", traced(cache, "data"), "nothing in it")
    (folder / "new.csv").write_text("")
    assert fresh(cache).recall("stage", "key") is None


def test_work_whose_files_changed_under_it_is_not_kept(cache: Cache) -> None:
    file = cache.root / "data.csv"
    file.write_text("old")
    reads = traced(cache, "data.csv")
    file.write_text("new")
    kept = cache.keep("stage", "key", reads, "from which of them?")
    assert kept.value() == "from which of them?"
    assert fresh(cache).recall("stage", "key") is None
    file.write_text("old")
    assert fresh(cache).recall("stage", "key") is None


def test_the_same_contents_have_the_same_identity(cache: Cache) -> None:
    file = cache.root / "data.csv"
    file.write_text("1")
    first = cache.keep("stage", "key", traced(cache, "data.csv"), "x")
    again = fresh(cache).recall("stage", "key")
    assert again is not None
    assert again.identity == first.identity
    file.write_text("2")
    assert cache.keep("stage", "key", traced(cache, "data.csv"), "x").identity != first.identity


def test_a_few_variants_of_an_entry_are_remembered(cache: Cache) -> None:
    file = cache.root / "data.csv"
    for number in range(2 * VARIANTS):
        file.write_text(str(number))
        cache.keep("stage", "key", traced(cache, "data.csv"), number)
    assert len(list((cache.folder / "stage" / "key").iterdir())) == VARIANTS


def test_a_class_that_solgen_does_not_keep_is_refused(cache: Cache) -> None:
    with pytest.raises(pickle.UnpicklingError, match=r"posix\.system|nt\.system"):
        loads(pickle.dumps(__import__("os").system))
    with pytest.raises(pickle.UnpicklingError, match=r"builtins\.eval"):
        loads(pickle.dumps(eval))


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    cache = Cache(tmp_path / "cache", tmp_path)
    cache.write("stage", "key", b"data")
    assert cache.read("stage", "key") is None
    assert cache.keep("stage", "key", Reads(tmp_path), "value").value() == "value"


def test_the_oldest_entries_go_first(cache: Cache) -> None:
    import os

    for age, name in enumerate(("new", "older", "oldest")):
        cache.write("stage", name, b"x" * 1000)
        path = cache.folder / "stage" / name
        os.utime(path, (path.stat().st_mtime - 100 * age,) * 2)
    cache.shrink(2500)
    assert sorted(p.name for p in (cache.folder / "stage").iterdir()) == ["new", "older"]
