"""Options and fixtures that several test modules share."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from solgen.build import build
from solgen.errors import Busy
from solgen.project import Project, find_project

ROOT = Path(__file__).resolve().parents[1]
SMALLEST = Path(__file__).parent / "broken" / "exam"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew", action="store_true", help="write the messages of tests/broken/cases anew"
    )


def pytest_configure() -> None:
    """Hear Ctrl-C even where the tests run in the background, and let child processes hear it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


# Files of minutes, the longest first: no core is to wait for one of them at the end.
LONG = (
    "booklet",
    "broken",
    "questions",
    "environment",
    "mutations",
    "staleness",
    "compose",
    "kills",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order = {f"test_{name}": place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.stem, len(order)))


class Together(LoadScopeScheduling):
    """Keeps a file's tests together: several share one built booklet.

    Mutations go by question, broken inputs by the first letter of their case.
    """

    def _split_scope(self, nodeid: str) -> str:
        piece = re.search(r"test_mutations.*\[(q\d+)[-\]]|test_broken.*\[(\w)", nodeid)
        return nodeid.partition("::")[0] + (piece[1] or piece[2] if piece else "")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The smallest good exam, in a folder of its own."""
    shutil.copytree(SMALLEST, tmp_path / "exam")
    return find_project(tmp_path / "exam")


@pytest.fixture(scope="session")
def smallest_built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The smallest good exam, built. For copies: nothing is edited there."""
    shutil.copytree(SMALLEST, root := tmp_path_factory.mktemp("smallest") / "exam")
    return _built(root)


@pytest.fixture
def built_project(smallest_built: Project, tmp_path: Path) -> Project:
    """The smallest good exam with all that its build left, in a folder of its own."""
    shutil.copytree(smallest_built.root, tmp_path / "exam", symlinks=True)
    return find_project(tmp_path / "exam")


@pytest.fixture(scope="session")
def whole_built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """This repository's exam, built once for all processes that test. Nothing is edited there."""
    ours = tmp_path_factory.mktemp("whole")
    for name in ("questions", "templates"):
        shutil.copytree(ROOT / name, ours / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("solgen.toml", "references.toml"):
        shutil.copy(ROOT / name, ours)
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "whole-exam"
    with suppress(OSError):  # another process was first
        ours.rename(shared)
    while True:
        try:
            return _built(shared)
        except Busy:  # another process builds it
            time.sleep(1)


def _built(root: Path) -> Project:
    project = find_project(root)
    build(project, project.names(), (), lambda _line: None, whole=True)
    return project


@pytest.fixture
def edit(project: Project) -> Callable[[str, str, str], None]:
    """A function that replaces, in one file of that exam, what stands there exactly once."""

    def replaced(file: str, old: str, new: str) -> None:
        path = project.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has {text.count(old)} times: {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replaced
