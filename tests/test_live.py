"""The live page's server tells each change, serves what is shown, and refuses strangers."""

from __future__ import annotations

import http.client
import json
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_pages import pdf
from test_synctex import EXAM, TEMPLATE, locate

from solgen.editor import VARIABLE
from solgen.errors import EnvironmentProblem, LatexError, Where
from solgen.live import Live, NoPage, changed_line, opened
from solgen.server import usual_port
from solgen.synctex import Synctex

EDITED = Where(TEMPLATE, 51, "1", "b", "fr")
MESSAGE = f"""{TEMPLATE}:51, question 1, part (b), fr: step 3 is not equal to the value
  found: f + y = 1.50000025 at y = 1
  expected: <b>-0.5</b>
  what to do: correct the step, see also solgen.toml:2 and other.py:3"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    exam = tmp_path / "exam"
    (exam / TEMPLATE).parent.mkdir(parents=True)
    (exam / TEMPLATE).write_text("x\n" * 99, encoding="utf-8")
    (exam / "solgen.toml").write_text("[exam]\n\n", encoding="utf-8")
    (tmp_path / "main.synctex").write_text(EXAM, encoding="utf-8")
    return exam


@pytest.fixture
def live(root: Path) -> Iterator[Live]:
    with Live(root, 0, setting="") as page:
        yield page


@pytest.fixture
def booklet(tmp_path: Path) -> Path:
    return pdf(tmp_path / "booklet.pdf", "one", "two", "three", size=(8.5, 11))


@pytest.fixture
def search(root: Path) -> Callable[[], Synctex]:
    return lambda: Synctex(root.parent / "main.synctex", locate)


class Listener:
    """An open page: it hears the events."""

    def __init__(self, live: Live) -> None:
        self.stream = urllib.request.urlopen(live.address + "events", timeout=30)
        self.last: dict[str, Any] | None = None

    def hear(self, wanted: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """The first state that is as wanted, from the one heard last on."""
        end = time.monotonic() + 20
        while self.last is None or not wanted(self.last):
            line = self.stream.readline()
            assert line, "the stream ended"
            assert time.monotonic() < end, "this state never came"
            if line.startswith(b"data: "):
                self.last = json.loads(line[6:])
        return self.last


@pytest.fixture
def listener(live: Live) -> Iterator[Listener]:
    made = Listener(live)
    yield made
    made.stream.close()


def request(
    live: Live, path: str, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection(live.address[7:-1], timeout=30)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, named)
    answer = connection.getresponse()
    found = answer.status, answer.read(), dict(answer.headers)
    connection.close()
    return found


def shown(live: Live, listener: Listener) -> str:
    """The id of the edition that is shown, once there is one."""
    return listener.hear(lambda s: s["editions"])["editions"][0]["id"]


def test_the_page_and_its_files_come_from_here_alone(live: Live) -> None:
    status, page, headers = request(live, "/")
    assert status == 200
    assert b"<title>solgen watch</title>" in page
    assert b"http" not in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    for name in ("page.css", "page.js", "hand.js", "icon.svg"):
        status, text, _ = request(live, "/" + name)
        assert status == 200
        assert b"http" not in text.replace(b"http://www.w3.org/2000/svg", b"")


def test_what_is_being_done_is_told_as_it_is_done(live: Live, listener: Listener) -> None:
    live.building("drawing figures")
    assert listener.hear(lambda s: s["building"])["building"] == "drawing figures"
    live.done("12:00:00, 1.2 s")
    state = listener.hear(lambda s: s["done"])
    assert (state["building"], state["done"]) == ("", "12:00:00, 1.2 s")


def test_a_booklet_is_shown_page_by_page(live: Live, listener: Listener, booklet: Path) -> None:
    live.show(booklet)
    edition = listener.hear(lambda s: s["editions"])["editions"][0]
    assert (edition["name"], edition["pages"]) == ("booklet", 3)
    assert (edition["width"], edition["height"]) == (612, 792)
    status, png, _ = request(live, f"/page/{edition['id']}/2?w=300")
    assert status == 200
    assert png.startswith(b"\x89PNG")
    assert request(live, f"/pdf/{edition['id']}")[1] == booklet.read_bytes()
    assert json.loads(request(live, f"/outline/{edition['id']}")[1]) == []


def test_only_a_page_whose_pixels_changed_is_sent_again(
    live: Live, listener: Listener, booklet: Path
) -> None:
    live.show(booklet)
    before = shown(live, listener)
    tags = [request(live, f"/page/{before}/{n}?w=300")[2]["ETag"] for n in (1, 2)]
    live.show(pdf(booklet, "one", "changed", size=(8.5, 11)))
    after = listener.hear(lambda s: s["editions"][0]["id"] != before)["editions"][0]["id"]
    answers = [
        request(live, f"/page/{after}/{n}?w=300", If_None_Match=tag)[0]
        for n, tag in zip((1, 2), tags, strict=True)
    ]
    assert answers == [304, 200]
    assert request(live, f"/page/{before}/1?w=300")[0] == 404


def test_the_edited_place_is_told(
    live: Live, listener: Listener, booklet: Path, search: Callable[[], Synctex]
) -> None:
    live.show(booklet, search(), EDITED)
    spot = listener.hear(lambda s: s["editions"] and s["editions"][0]["spot"])["editions"][0][
        "spot"
    ]
    assert (spot["page"], round(spot["y"])) == (2, 290)


def test_a_preview_stands_for_its_part_until_the_booklet_comes(
    live: Live, listener: Listener, booklet: Path, tmp_path: Path, search: Callable[[], Synctex]
) -> None:
    live.show(booklet, search())
    part = pdf(tmp_path / "part.pdf", "changed", size=(8.5, 11))
    live.part(part, EDITED, "booklet", search())
    preview = listener.hear(lambda s: s["previews"])["previews"]["booklet"]
    assert (preview["pages"], preview["replaces"], preview["alone"]) == (1, [2, 3], [3])
    assert preview["label"] == "question 1, part (b)"
    assert preview["spot"]["page"] == 2
    assert request(live, f"/page/{preview['id']}/1?w=300")[0] == 200
    live.show(booklet, search(), EDITED)
    state = listener.hear(lambda s: not s["previews"])
    assert state["editions"][0]["spot"]["page"] == 2  # at once: the page is not to jump twice
    assert request(live, f"/page/{preview['id']}/1?w=300")[0] == 404


def test_an_error_stands_over_the_last_good_pages_until_it_is_mended(
    live: Live, listener: Listener, booklet: Path, tmp_path: Path, search: Callable[[], Synctex]
) -> None:
    live.show(booklet, search())
    live.part(pdf(tmp_path / "part.pdf", "part"), EDITED, "booklet")
    live.failed(MESSAGE)
    state = listener.hear(lambda s: s["error"])
    assert "".join(piece["text"] for piece in state["error"]) == MESSAGE
    places = [(p["file"], p["line"]) for p in state["error"] if "file" in p]
    assert places == [(TEMPLATE, 51), ("solgen.toml", 2)]  # there is no other.py
    assert state["previews"] == {}
    id_ = state["editions"][0]["id"]
    assert request(live, f"/page/{id_}/1?w=300")[0] == 200
    assert listener.hear(lambda s: s["editions"][0]["spot"])["editions"][0]["spot"]["page"] == 2
    live.show(booklet)
    assert listener.hear(lambda s: not s["error"])["editions"][0]["id"] != id_


def test_a_preview_that_compiles_ends_the_error(
    live: Live, listener: Listener, booklet: Path
) -> None:
    live.failed(MESSAGE)
    assert listener.hear(lambda s: s["error"])["editions"] == []
    live.part(booklet, EDITED)
    assert listener.hear(lambda s: s["previews"])["error"] == []


def test_several_editions_have_each_a_name(live: Live, listener: Listener, booklet: Path) -> None:
    for name in ("booklet.fr.pdf", "booklet.pdf", "booklet.en.pdf"):
        path = booklet.with_name(name)
        path.write_bytes(booklet.read_bytes())
        live.show(path)
    state = listener.hear(lambda s: len(s["editions"]) == 3)
    labels = [(e["name"], e["label"]) for e in state["editions"]]
    assert labels == [("booklet", "booklet"), ("booklet.en", "en"), ("booklet.fr", "fr")]


def test_a_place_on_a_page_leads_to_the_author_s_line(
    live: Live, listener: Listener, booklet: Path, search: Callable[[], Synctex]
) -> None:
    live.show(booklet, search())
    id_ = shown(live, listener)
    answer = request(live, f"/place/{id_}/2?x=0.3&y={215 / 792:.5f}")[1]
    assert json.loads(answer) == {
        "file": TEMPLATE,
        "line": 51,
        "href": None,
        "text": f"{TEMPLATE}:51, question 1, part (b), fr",
    }


def test_a_damaged_synctex_file_is_named_and_the_pages_are_shown(
    live: Live, listener: Listener, booklet: Path, root: Path
) -> None:
    (root.parent / "main.synctex").write_text("nothing", encoding="utf-8")
    live.show(booklet, Synctex(root.parent / "main.synctex", locate), EDITED)
    state = listener.hear(lambda s: s["notice"])
    assert state["notice"].startswith("main.synctex: is not a SyncTeX file")
    answer = request(live, f"/place/{state['editions'][0]['id']}/1?x=0.3&y=0.1")
    assert "not a SyncTeX file" in json.loads(answer[1])["error"]


def test_what_is_no_pdf_leaves_what_was_shown(
    live: Live, listener: Listener, booklet: Path
) -> None:
    live.show(booklet)
    id_ = shown(live, listener)
    booklet.write_bytes(b"half")
    with pytest.raises(LatexError):
        live.show(booklet)
    assert request(live, f"/page/{id_}/1?w=300")[0] == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/page/ID/0?w=300", 404),
        ("/page/ID/4?w=300", 404),
        ("/page/other/1?w=300", 404),
        ("/page/ID/1?w=-5", 200),
        ("/page/ID/1?w=nan", 200),
        ("/page/../pages.py", 404),
        ("/solgen.toml", 404),
        ("/page/ID/1/../../x", 404),
    ],
)
def test_nothing_else_is_served(
    live: Live, listener: Listener, booklet: Path, path: str, status: int
) -> None:
    live.show(booklet)
    assert request(live, path.replace("ID", shown(live, listener)))[0] == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1234"}, 200),  # a forwarded port
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:80"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Sec_Fetch_Site": "same-origin"}, 200),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),  # another server of this machine
    ],
)
def test_a_request_of_another_site_is_refused(
    live: Live, headers: dict[str, str], status: int
) -> None:
    for path in ("/", "/page.js"):
        assert request(live, path, **headers)[0] == status


def test_a_person_may_follow_a_link_to_the_page(live: Live) -> None:
    visit = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "document"}
    assert request(live, "/", **visit)[0] == 200
    assert request(live, "/page.js", **visit)[0] == 403


@pytest.fixture
def editing(root: Path, tmp_path: Path) -> Iterator[tuple[Live, Path]]:
    """A page with an editor that writes what it was told."""
    script, told = tmp_path / "editor.py", tmp_path / "told"
    script.write_text(f"import sys; open({str(told)!r}, 'a').write(sys.argv[1])", encoding="utf-8")
    with Live(root, 0, setting=f"'{sys.executable}' '{script}' {{file}}:{{line}}") as page:
        yield page, told


ORDER = json.dumps({"file": TEMPLATE, "line": 7})


def test_the_page_opens_a_file_of_the_exam(editing: tuple[Live, Path], root: Path) -> None:
    live, told = editing
    status, answer, _ = request(live, "/open", "POST", ORDER, Origin=live.address[:-1])
    assert (status, json.loads(answer)) == (200, {"opened": True})
    end = time.monotonic() + 30
    while not (told.is_file() and told.read_text(encoding="utf-8")):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert told.read_text(encoding="utf-8") == f"{(root / TEMPLATE).resolve()}:7"


@pytest.mark.parametrize(
    ("body", "headers", "answer"),
    [
        (ORDER, {}, (403, b"")),
        (ORDER, {"Origin": "http://evil.example"}, (403, b"")),
        (ORDER, {"Origin": "null"}, (403, b"")),
        (ORDER, {"Origin": "http://evil.example", "Host": "evil.example"}, (403, b"")),
        (ORDER, {"Origin": "OWN", "Sec_Fetch_Site": "cross-site"}, (403, b"")),
        ("{}", {"Origin": "OWN"}, (400, b"")),
        ("no json", {"Origin": "OWN"}, (400, b"")),
        ("[]", {"Origin": "OWN"}, (400, b"")),
        (ORDER + " " * 5000, {"Origin": "OWN"}, (400, b"")),
        (
            json.dumps({"file": "../x.py", "line": 1}),
            {"Origin": "OWN"},
            (200, b'{"opened": false}'),
        ),
        (json.dumps({"file": TEMPLATE, "line": 0}), {"Origin": "OWN"}, (400, b"")),
    ],
)
def test_an_order_to_open_that_is_not_the_page_s_is_refused(
    editing: tuple[Live, Path], body: str, headers: dict[str, str], answer: tuple[int, bytes]
) -> None:
    live, told = editing
    sent = {k: v.replace("OWN", live.address[:-1]) for k, v in headers.items()}
    assert request(live, "/open", "POST", body, **sent)[:2] == answer
    assert not told.exists()


def test_a_setting_that_is_an_address_makes_links(root: Path) -> None:
    with Live(root, 0, setting="vscode://file/{file}:{line}") as live:
        live.failed(MESSAGE)
        listener = Listener(live)
        piece = listener.hear(lambda s: s["error"])["error"][1]
        listener.stream.close()
    assert piece["href"] == f"vscode://file/{(root / TEMPLATE).resolve().as_posix()}:51"


def test_a_page_finds_the_server_again_after_a_restart(root: Path) -> None:
    with Live(root, setting="") as first:
        with Live(root, setting="") as second:
            assert second.address != first.address
        address, listener = first.address, Listener(first)
    assert listener.stream.read().endswith(b"\n\n")  # the stream ends with the server
    listener.stream.close()
    with Live(root, setting="") as again:
        assert again.address == address
    assert address == f"http://127.0.0.1:{usual_port(root)}/"


def test_a_port_that_is_taken_is_refused_with_what_to_do(live: Live, root: Path) -> None:
    port = int(live.address.rpartition(":")[2][:-1])
    with pytest.raises(EnvironmentProblem, match=r"(?s)port \d+ cannot be used.*--port"):
        Live(root, port, setting="")


def test_closing_twice_is_closing_once(root: Path) -> None:
    live = Live(root, 0, setting="")
    assert not live.closed
    live.close()
    live.close()
    assert live.closed


def test_the_options_of_watch(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    seen: list[str] = []
    monkeypatch.setattr("webbrowser.open", seen.append)
    with opened(root, port=0, page=True, browser=False) as live:
        assert seen == []
        assert request(live, "/")[0] == 200
    with opened(root, port=0, page=True, browser=True) as live:
        assert seen == [live.address]


def test_without_a_page_all_is_heard_and_nothing_served(root: Path, tmp_path: Path) -> None:
    with opened(root, port=None, page=False, browser=True) as live:
        assert isinstance(live, NoPage)
        assert live.address == ""
        live.building("x")
        live.show(tmp_path / "none.pdf")
        live.part(tmp_path / "none.pdf", EDITED)
        live.done("x")
        live.failed("x")
        assert not live.closed
    assert live.closed


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("a\nb\nc\n", "a\nb\nc\n", None),
        ("a\nb\nc\n", "a\nB\nc\n", 2),
        ("a\nb\nc\n", "a\nx\nb\nc\n", 2),
        ("a\nb\nc\n", "a\nb\nc\nd\n", 4),
        ("a\nb\nc\n", "a\nb\n", 2),
        ("a\n", "", 1),
        ("", "a\n", 1),
    ],
)
def test_the_first_line_that_an_edit_changed(before: str, after: str, line: int | None) -> None:
    assert changed_line(before, after) == line
