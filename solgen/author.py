"""Where in the author's module something is being made."""

from __future__ import annotations

import sys
from pathlib import Path

from solgen.errors import Where
from solgen.text import caller

_PACKAGE = str(Path(__file__).parent)


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
