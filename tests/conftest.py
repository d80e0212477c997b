"""Options and fixtures that several test modules share."""

from __future__ import annotations

import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

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


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests together, several share one built booklet; mutations go by question."""
    for item in items:
        question = re.search(r"\[(q\d+)[-\]]", item.name) if "mutations" in item.path.name else None
        group = item.path.name + (question[1] if question else "")
        item.add_marker(pytest.mark.xdist_group(group))


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
