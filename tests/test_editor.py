"""SOLGEN_EDITOR names an editor; only the exam's files are opened by it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from solgen.editor import Editor, editor
from solgen.errors import EnvironmentProblem


@pytest.fixture
def root(tmp_path: Path) -> Path:
    exam = tmp_path / "my exam"
    exam.mkdir()
    (exam / "q1.py").write_text("", encoding="utf-8")
    (tmp_path / "secret.py").write_text("", encoding="utf-8")
    return exam


def test_without_a_setting_there_is_no_editor(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOLGEN_EDITOR", raising=False)
    assert editor(root) == Editor(root)
    assert editor(root).kind == ""
    assert not editor(root).open("q1.py", 3)


def test_the_environment_sets_it(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOLGEN_EDITOR", "vscode://file/{file}:{line}")
    assert editor(root).kind == "link"


def test_an_address_gets_the_full_path_and_the_line(root: Path) -> None:
    found = editor(root, "vscode://file/{file}:{line}").address("q1.py", 12)
    path = (root / "q1.py").resolve().as_posix().replace(" ", "%20")
    assert found == f"vscode://file/{path}:12"


def test_a_command_gets_the_full_path_and_the_line(root: Path, tmp_path: Path) -> None:
    script, told = tmp_path / "editor.py", tmp_path / "told"
    script.write_text(
        f"import sys; open({str(told)!r}, 'w').write('|'.join(sys.argv[1:]))", encoding="utf-8"
    )
    found = editor(root, f"'{sys.executable}' '{script}' +{{line}} {{file}}")
    assert found.kind == "command"
    assert found.open("q1.py", 12)
    end = time.monotonic() + 30
    while not (told.is_file() and told.read_text(encoding="utf-8")):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert told.read_text(encoding="utf-8") == f"+12|{(root / 'q1.py').resolve()}"


def test_a_known_program_needs_no_more_than_its_name(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("code", "unknown"):
        (tmp_path / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("shutil.which", lambda name: name)
    assert editor(root, "code").command == ("code", "--goto", "{file}:{line}")
    with pytest.raises(EnvironmentProblem, match=r"unknown \+\{line\} \{file\}"):
        editor(root, "unknown")


@pytest.mark.parametrize("name", ["../secret.py", "nothing.py", "/etc/passwd", ""])
def test_no_other_file_is_opened(root: Path, name: str) -> None:
    found = editor(root, f"'{sys.executable}' -c pass {{file}}")
    assert not found.open(name, 1)
    assert editor(root, "x://{file}").address(name, 1) is None


@pytest.mark.parametrize(
    ("setting", "hint"),
    [
        ("no-such-editor {file}", "not on the PATH"),
        ("vscode://file/", "says where the file goes"),
    ],
)
def test_an_unusable_setting_is_refused_with_what_to_do(
    root: Path, setting: str, hint: str
) -> None:
    with pytest.raises(EnvironmentProblem, match=hint) as refused:
        editor(root, setting)
    assert refused.value.found == setting
