"""Opening the author's editor at a line, as the setting SOLGEN_EDITOR says.

The setting is a command (`code`, `gvim`, `myeditor --at {line} {file}`), or an address that
the browser hands to the editor (`vscode://file/{file}:{line}`).
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from solgen.errors import EXIT_USAGE, EnvironmentProblem

VARIABLE = "SOLGEN_EDITOR"
# How these are told the line, when the setting says the program only.
KNOWN = {
    "code": "--goto {file}:{line}",
    "codium": "--goto {file}:{line}",
    "emacsclient": "--no-wait +{line} {file}",
    "gedit": "+{line} {file}",
    "gvim": "--remote-silent +{line} {file}",
    "kate": "--line {line} {file}",
    "mate": "--line {line} {file}",
    "pycharm": "--line {line} {file}",
    "subl": "{file}:{line}",
    "zed": "{file}:{line}",
}


@dataclass(frozen=True)
class Editor:
    """The setting, understood: `link` for the browser, or `command` to run, or neither."""

    root: Path
    link: str = ""
    command: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return "link" if self.link else "command" if self.command else ""

    def file(self, name: str) -> Path | None:
        """The exam's file of this name, relative to its folder; None if it is not in there."""
        path = (self.root / name).resolve()
        inside = path.is_relative_to(self.root.resolve()) and path.is_file()
        return path if inside else None

    def address(self, name: str, line: int) -> str | None:
        """The address that opens a file of the exam at a line, if the setting is one."""
        path = self.file(name)
        if not self.link or path is None:
            return None
        return _filled(self.link, quote(path.as_posix(), safe="/:"), line)

    def open(self, name: str, line: int) -> bool:
        """Run the command for a file of the exam; say whether it was started."""
        path = self.file(name)
        if not self.command or path is None:
            return False
        command = [_filled(word, str(path), line) for word in self.command]
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C ends solgen, not the editor
            )
        except OSError:
            return False
        threading.Thread(target=process.wait, daemon=True).start()
        return True


def editor(root: Path, setting: str | None = None) -> Editor:
    """The editor that the setting names; without one, that of the environment.

    Raises EnvironmentProblem when it cannot be used.
    """
    text = (os.environ.get(VARIABLE, "") if setting is None else setting).strip()
    if not text:
        return Editor(root)
    if "://" in text.partition(" ")[0]:
        if "{file}" in text:
            return Editor(root, link=text)
        raise _unusable(text, "an address says where the file goes: vscode://file/{file}:{line}")
    words = shlex.split(text, posix=os.name != "nt")
    if not any("{file}" in word for word in words):
        known = KNOWN.get(Path(words[0]).stem)
        if known is None:
            raise _unusable(text, f"say where file and line go: {words[0]} +{{line}} {{file}}")
        words += known.split()
    if shutil.which(words[0]) is None:
        raise _unusable(text, f"the program {words[0]} is not on the PATH; give its full path")
    return Editor(root, command=tuple(words))


def _filled(text: str, file: str, line: int) -> str:
    return text.replace("{line}", str(line)).replace("{file}", file)


def _unusable(text: str, hint: str) -> EnvironmentProblem:
    return EnvironmentProblem(f"{VARIABLE} cannot be used", hint=hint, found=text, code=EXIT_USAGE)
