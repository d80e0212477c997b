"""The live page of `solgen watch`: one local address that shows the booklet as it becomes.

::

    with Live(project.root) as live:
        live.building("typesetting the booklet")
        live.part(preview, where, "booklet", Synctex(...))  # the edited part, compiled alone
        live.show(booklet, Synctex(...), where)             # the whole booklet
        live.done("12:03:10, 0.9 s")
        live.failed(str(error))                             # or, instead, what is wrong
"""

from __future__ import annotations

import webbrowser
from pathlib import Path
from types import TracebackType
from typing import Self

from solgen.board import Board
from solgen.editor import editor
from solgen.errors import Where
from solgen.server import Server
from solgen.synctex import Synctex


class Live:
    """The page and its server, from the call until `close`; its methods may be called anywhere.

    root: the exam's folder.  port: the one to use; without it the exam's usual one, or any.
    setting: the author's editor, see :mod:`solgen.editor`; without it SOLGEN_EDITOR.
    Raises EnvironmentProblem when the port is taken or the editor cannot be used.
    """

    def __init__(self, root: Path, port: int | None = None, setting: str | None = None) -> None:
        self._board = Board(editor(root, setting))
        self._server = Server(self._board, port, root)

    @property
    def address(self) -> str:
        """Where the page is."""
        return self._server.address

    @property
    def closed(self) -> bool:
        return self._board.closed

    def building(self, what: str) -> None:
        """Say on the page what is being done."""
        self._board.building(what)

    def part(
        self, pdf: Path, where: Where, edition: str = "booklet", search: Synctex | None = None
    ) -> None:
        """Show the edited part, compiled alone, until `show` brings the whole edition.

        where: the edited line, with its question and part.  edition: the stem of the PDF that
        it will be a part of.  An error that was shown goes away.  Raises LatexError when the
        file is no PDF.
        """
        self._board.part(pdf, where, edition, search)

    def show(
        self,
        pdf: Path,
        search: Synctex | None = None,
        position: Where | None = None,
        label: str = "",
    ) -> None:
        """Show a whole edition; an error that was shown goes away.

        search: the way to the author's lines.  position: the edited line, to which the page
        goes if it is not in view.  label: the edition's name on the page, "fr" for
        booklet.fr.pdf.  Raises LatexError when the file is no PDF.
        """
        self._board.show(pdf, search, position, label)

    def done(self, summary: str) -> None:
        """Say on the page that all is up to date."""
        self._board.done(summary)

    def failed(self, message: str) -> None:
        """Show solgen's message over the last good pages, at the first place that it names."""
        self._board.failed(message)

    def close(self) -> None:
        """End the page; a second call does nothing."""
        if not self._board.closed:
            self._board.close()
            self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class NoPage(Live):
    """What stands in for the page under `--no-page`: it hears everything and shows nothing."""

    def __init__(self) -> None:
        self._closed = False

    @property
    def address(self) -> str:
        return ""

    @property
    def closed(self) -> bool:
        return self._closed

    def building(self, what: str) -> None:
        pass

    def part(
        self, pdf: Path, where: Where, edition: str = "booklet", search: Synctex | None = None
    ) -> None:
        pass

    def show(
        self,
        pdf: Path,
        search: Synctex | None = None,
        position: Where | None = None,
        label: str = "",
    ) -> None:
        pass

    def done(self, summary: str) -> None:
        pass

    def failed(self, message: str) -> None:
        pass

    def close(self) -> None:
        self._closed = True


def opened(root: Path, *, port: int | None, page: bool, browser: bool) -> Live:
    """The page as the options of `solgen watch` want it: `--port`, `--no-page`, `--open`.

    Raises EnvironmentProblem as :class:`Live` does.
    """
    if not page:
        return NoPage()
    live = Live(root, port)
    if browser:
        webbrowser.open(live.address)
    return live


def changed_line(before: str, after: str) -> int | None:
    """The first line of a text that an edit changed, from 1; None when the texts are the same."""
    if before == after:
        return None
    old, new = before.splitlines(), after.splitlines()
    same = zip(old, new, strict=False)
    first = next((n for n, (a, b) in enumerate(same) if a != b), min(len(old), len(new)))
    return min(first, max(len(new) - 1, 0)) + 1
