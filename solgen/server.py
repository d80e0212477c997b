"""The live page's server: this machine only, known resources only.

It listens on the loopback interface.  A web page of another site cannot use it: a name
that was made to point here fails by its Host, a foreign request by Sec-Fetch-Site, a foreign
order to open a file by its Origin; and only files of the exam are opened.
"""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import zlib
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from solgen.board import Board, Document
from solgen.errors import EXIT_USAGE, EnvironmentProblem, SolgenError
from solgen.pages import Closed

HERE = "127.0.0.1"
STATIC = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.css": ("page.css", "text/css; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/hand.js": ("hand.js", "text/javascript; charset=utf-8"),
    "/icon.svg": ("icon.svg", "image/svg+xml"),
}
SAFETY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; img-src 'self' blob:; style-src 'self'; "
    "script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
BEAT = 15.0  # seconds after which a silent connection is tried
WIDTHS = (100, 4000)  # pixels that a page may be drawn wide
LONGEST = 4096  # bytes of a request's body


class Server(ThreadingHTTPServer):
    """Serves a board until closed, each connection in a thread of its own.

    Raises EnvironmentProblem when the port that was asked for is taken.
    """

    daemon_threads = True
    allow_reuse_address = os.name != "nt"  # there it would share the port with another program

    def __init__(self, board: Board, port: int | None, root: Path) -> None:
        self.board = board
        self._connections: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._bind(port, root)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://{HERE}:{self.server_port}/"

    def close(self) -> None:
        """Stop listening and end every connection; the board must be closed before."""
        self.shutdown()
        self._thread.join()
        with self._guard:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # the browser went first
        self.server_close()

    def _bind(self, port: int | None, root: Path) -> None:
        """Bind the port asked for; else the exam's own, so that a page finds it again; else any."""
        for number in [usual_port(root), 0] if port is None else [port]:
            try:
                super().__init__((HERE, number), Handler)
            except OSError as error:
                problem = error
            else:
                return
        raise EnvironmentProblem(
            f"port {port} cannot be used: {problem.strerror or problem}",
            hint="give --port another number, or none",
            code=EXIT_USAGE,
        )

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a browser that goes away ends its connection anywhere."""


def usual_port(root: Path) -> int:
    """The port of an exam's page: the same at each start, below those that systems lend."""
    return 20000 + zlib.crc32(str(root).encode()) % 12000


class Handler(BaseHTTPRequestHandler):
    """One connection of a browser."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if not self._welcome(url.path):
            return self._send(HTTPStatus.FORBIDDEN, b"this page is for this machine only\n")
        if url.path in STATIC:
            name, kind = STATIC[url.path]
            return self._send(HTTPStatus.OK, _static(name), kind)
        if url.path == "/events":
            return self._events()
        found = re.fullmatch(r"/(page|place|outline|pdf)/([\w-]+)(?:/(\d{1,6}))?", url.path)
        document = self.server.board.document(found[2]) if found else None
        if found is None or document is None:
            return self._send(HTTPStatus.NOT_FOUND)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        try:
            return self._resource(found[1], document, int(found[3] or 0), query)
        except Closed:  # a newer booklet came meanwhile
            return self._send(HTTPStatus.NOT_FOUND)
        except SolgenError as error:
            return self._json({"error": str(error)})

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > LONGEST:
            self.close_connection = True
            return self._send(HTTPStatus.BAD_REQUEST)
        body = self.rfile.read(int(length))
        own = self.headers.get("Origin") == f"http://{self.headers.get('Host')}"
        if not self._welcome(self.path) or not own:
            return self._send(HTTPStatus.FORBIDDEN)
        if self.path != "/open":
            return self._send(HTTPStatus.NOT_FOUND)
        asked = _object(body)
        file, line = asked.get("file"), asked.get("line")
        if not isinstance(file, str) or not isinstance(line, int) or line < 1:
            return self._send(HTTPStatus.BAD_REQUEST)
        return self._json({"opened": self.server.board.editor.open(file, line)})

    def _welcome(self, path: str) -> bool:
        """Whether the request comes from this page, or from a person who goes to it."""
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        site = self.headers.get("Sec-Fetch-Site", "none")
        visit = path == "/" and self.headers.get("Sec-Fetch-Dest") == "document"
        return host in (HERE, "localhost") and (site in ("none", "same-origin") or visit)

    def _resource(self, kind: str, document: Document, page: int, query: dict[str, str]) -> None:
        if kind == "outline":
            return self._json([asdict(heading) for heading in document.pages.outline()])
        if kind == "pdf":
            named = {"Content-Disposition": f'inline; filename="{document.name}.pdf"'}
            return self._send(HTTPStatus.OK, document.pages.data, "application/pdf", named)
        if not 1 <= page <= document.pages.count:
            return self._send(HTTPStatus.NOT_FOUND)
        if kind == "place":
            x, y = _number(query.get("x")), _number(query.get("y"))
            return self._json(self.server.board.place(document.id, page, x, y))
        width = min(max(int(_number(query.get("w"))), WIDTHS[0]), WIDTHS[1])
        picture = self.server.board.picture(document, page, width)
        tag = {"ETag": f'"{picture.key}"'}
        if self.headers.get("If-None-Match") == tag["ETag"]:
            return self._send(HTTPStatus.NOT_MODIFIED, headers=tag)
        return self._send(HTTPStatus.OK, picture.png, "image/png", tag)

    def _events(self) -> None:
        """Send the state at once and after each change, until one side leaves."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        for name, value in {**SAFETY, "Content-Type": "text/event-stream"}.items():
            self.send_header(name, value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"retry: 500\n\n")
        seen = -1
        while not self.server.board.closed:
            number, state = self.server.board.wait(seen, BEAT)
            text = json.dumps(state) if number > seen else ""
            self.wfile.write(f"data: {text}\n\n".encode() if text else b":\n\n")
            self.wfile.flush()
            seen = number

    def _json(self, value: object) -> None:
        self._send(HTTPStatus.OK, json.dumps(value).encode(), "application/json")

    def _send(
        self,
        status: HTTPStatus,
        body: bytes = b"",
        kind: str = "text/plain; charset=utf-8",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in {**SAFETY, **(headers or {})}.items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the terminal is the build's."""

    def version_string(self) -> str:
        return "solgen"


def _static(name: str) -> bytes:
    return (resources.files("solgen") / "page" / name).read_bytes()


def _object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _number(text: str | None) -> float:
    """The number that was asked for; 0 for anything else."""
    return float(text) if text and re.fullmatch(r"-?\d{1,6}(\.\d{1,9})?", text) else 0.0
