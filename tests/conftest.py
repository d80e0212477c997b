"""Options and fixtures that several test modules share."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from solgen.project import Project, find_project

SMALLEST = Path(__file__).parent / "broken" / "exam"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--renew", action="store_true", help="write the messages of tests/broken/cases anew"
    )


def pytest_configure() -> None:
    """Hear Ctrl-C even where the tests run in the background, and let child processes hear it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class Together(LoadScopeScheduling):
    """Keeps a file's tests together, several share one built booklet; mutations go by question."""

    def _split_scope(self, nodeid: str) -> str:
        question = re.search(r"test_mutations.*\[(q\d+)[-\]]", nodeid)
        return nodeid.partition("::")[0] + (question[1] if question else "")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The smallest good exam, in a folder of its own."""
    shutil.copytree(SMALLEST, tmp_path / "exam")
    return find_project(tmp_path / "exam")


@pytest.fixture
def edit(project: Project) -> Callable[[str, str, str], None]:
    """A function that replaces, in one file of that exam, what stands there exactly once."""

    def replaced(file: str, old: str, new: str) -> None:
        path = project.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has {text.count(old)} times: {old}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replaced
