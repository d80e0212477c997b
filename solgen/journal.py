"""Publication where there are no links: one rename after the other, finished by the next command.

All that is to be published is first in a folder of its own, on the disk. Renaming that folder to
`build/.publishing` decides that it will be published: whoever finds it there goes on with it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Mapping
from pathlib import Path

from solgen.durable import below, copy, make_folder, sync

JOURNAL = ".publishing"
_FILES = "files"
_LIST = "list.json"


def publish(
    build: Path, folder: Path, entries: Mapping[str, Path], withdrawn: Collection[str]
) -> None:
    """Publish files and folders by name, and withdraw others; `folder` is an empty one in `build`.

    Raises OSError. If `build/.publishing` is then there, :func:`roll_forward` does the rest.
    """
    for name, source in entries.items():
        target = folder / _FILES / name
        inside = below(source) if source.is_dir() else [("", source)]
        make_folder(target if source.is_dir() else target.parent)
        for path, file in inside:
            make_folder((target / path).parent)
            copy(file, target / path)
    told = {"published": list(entries), "withdrawn": list(withdrawn)}
    (folder / _LIST).write_text(json.dumps(told), encoding="utf-8")
    sync([*(path for path in folder.rglob("*")), folder])
    folder.rename(build / JOURNAL)
    sync([build])
    roll_forward(build)


def roll_forward(build: Path) -> None:
    """Finish a publication that was decided; do nothing where there is none. Raises OSError."""
    journal = build / JOURNAL
    if not journal.is_dir():
        return
    if (journal / _LIST).is_file():  # else all was done, and the journal was being removed
        told = json.loads((journal / _LIST).read_text(encoding="utf-8"))
        for name in told["withdrawn"]:
            _remove(build / name)
        for name in told["published"]:
            if (journal / _FILES / name).exists():  # else it was moved before
                _move(journal / _FILES / name, build / name)
        sync([build])
        (journal / _LIST).unlink()
    shutil.rmtree(journal)


def _move(source: Path, target: Path) -> None:
    make_folder(target.parent)
    if target.is_dir() or target.is_symlink():
        _remove(target)
    source.replace(target)
    sync([target.parent])


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
