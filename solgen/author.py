"""Making the values of an author's module: where that happens, and how they get their fields."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from solgen.errors import Where
from solgen.text import caller

_PACKAGE = str(Path(__file__).parent)


def fill(frozen: Any, **fields: Any) -> None:
    """Give a frozen value its fields, once, as it is made."""
    for name, value in fields.items():
        object.__setattr__(frozen, name, value)


def statement() -> Where:
    """File and line of the author's statement that is being executed.

    A function of the module that makes answers is on the way to it: the reader looks for the line
    of the answer, not for that of the function. Without a statement (a test, a prompt), the
    nearest line outside solgen.
    """
    frame = sys._getframe(1)  # noqa: SLF001 - the line of a caller is nowhere else
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    folder = Path(frame.f_code.co_filename).parent
    above = frame
    while above is not None and Path(above.f_code.co_filename).parent == folder:
        if above.f_code.co_name == "<module>":
            return Where(file=above.f_code.co_filename, line=above.f_lineno)
        above = above.f_back  # type: ignore[assignment]
    return caller()
