"""A point of a page leads to the author's line, an author's line to its place on the page."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest

from solgen import engine, synctex
from solgen.errors import LatexError, LimitError, Where
from solgen.synctex import POINT, Synctex

TEMPLATE = "templates/questions/q1.tex.j2"
HEAD = """SyncTeX Version:1
Input:1:/somewhere/build/./main.tex
Input:2:/usr/share/texmf/memoir.cls
Output:pdf
Magnification:1000
Unit:1
X Offset:0
Y Offset:0
Content:
"""
FOOT = "Postamble:\nCount:0\n!1\nPost scriptum:\n"


def sp(points: float) -> int:
    return round(points * POINT)


def point(x: float, y: float) -> str:
    return f"{sp(x)},{sp(y)}"


def size(width: float, height: float) -> str:
    return f"{sp(width)},{sp(height)},0"


def line(y: float, *nodes: tuple[str, str, float], left: float = 100, width: float = 400) -> str:
    """A line of the page, 10 points high, with nodes of a kind, a link and an x."""
    inner = "".join(f"{kind}{link}:{point(x, y)}\n" for kind, link, x in nodes)
    return f"({nodes[-1][1]}:{point(left, y)}:{size(width, 10)}\n{inner})\n"


def sheet(number: int, outer: str, *body: str) -> str:
    """A page as LaTeX makes it: all that surrounds the body has the link of the last line read."""
    page = f"[{outer}:{point(50, 750)}:{size(500, 700)}\n"
    column = f"[{outer}:{point(100, 750)}:{size(400, 700)}\n"
    head = f"({outer}:{point(100, 60)}:{size(400, 10)}\nx{outer}:{point(150, 60)}\n)\n"
    text = f"[{outer}:{point(100, 730)}:{size(400, 640)}\n"
    number_ = f"({outer}:{point(300, 748)}:{size(10, 10)}\nx{outer}:{point(305, 748)}\n)\n"
    foot = f"({outer}:{point(100, 748)}:{size(400, 10)}\n{number_})\n"
    inside = page + column + head + text + "".join(body) + "]\n" + foot + "]\n]\n"
    return f"!1\n{{{number}\n{inside}!1\n}}{number}\n"


INPUTS = "Input:3:/somewhere/build/./q1-a-fr.tex\nInput:4:/somewhere/build/./q1-b-fr.tex\n"
EXAM = (
    HEAD
    + sheet(
        1,
        "3,9",
        # One line of the page holds two of the source; the edges have the paragraph's last line.
        line(100, ("g", "3,5", 100), ("g", "3,2", 200), ("g", "3,3", 300), ("g", "3,5", 500)),
        line(120, ("x", "3,5", 250)),
    ).replace("!1\n{", INPUTS + "!1\n{")
    + sheet(2, "4,1", line(100, ("x", "3,9", 200)), line(300, ("x", "4,1", 200)))
    + sheet(3, "1,7", line(100, ("x", "4,8", 200)), line(200, ("x", "2,1", 200)))
    + "!1\n"
    + FOOT
)


def locate(file: str, number: int) -> Where | None:
    """Snippet q1-a stands from line 10 of the template on, q1-b from line 50."""
    start = {"q1-a-fr.tex": (10, "a"), "q1-b-fr.tex": (50, "b")}.get(file)
    return start and Where(TEMPLATE, start[0] + number, "1", start[1], "fr")


@pytest.fixture
def exam(tmp_path: Path) -> Synctex:
    return search(tmp_path, EXAM)


def search(folder: Path, text: str) -> Synctex:
    path = folder / "main.synctex"
    path.write_text(text, encoding="utf-8")
    return Synctex(path, locate)


def written(place: Where | None) -> int | None:
    assert place is None or place.file == TEMPLATE
    return place.line if place else None


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [(190, 95, 12), (250, 95, 13), (299, 95, 13), (480, 95, 13), (102, 95, 12), (250, 118, 15)],
)
def test_a_point_leads_to_the_line_of_the_word_that_stands_there(
    exam: Synctex, x: float, y: float, expected: int
) -> None:
    assert written(exam.place(1, x, y)) == expected


def test_a_point_outside_every_line_leads_to_the_nearest(exam: Synctex) -> None:
    assert written(exam.place(1, 250, 600)) == 15
    assert written(exam.place(2, 20, 180)) == 19


def test_the_head_of_a_page_leads_to_its_first_line_and_the_foot_to_its_last(exam: Synctex) -> None:
    assert written(exam.place(1, 150, 58)) == 12
    assert written(exam.place(1, 305, 746)) == 15


def test_what_no_author_wrote_leads_nowhere(tmp_path: Path) -> None:
    exam = search(tmp_path, HEAD + sheet(1, "1,7", line(100, ("x", "2,1", 200))) + "!1\n" + FOOT)
    assert exam.place(1, 200, 95) is None
    assert exam.place(7, 200, 95) is None


def test_files_of_packages_and_auxiliary_files_are_not_solgen_s() -> None:
    inputs = {b"1": "/b/./main.tex", b"2": "/b/./main.toc", b"3": "/t/q1-a.tex", b"4": "/b/./x.tex"}
    assert synctex.generated(inputs) == {b"1": "main.tex", b"4": "x.tex"}


def test_a_line_is_found_where_it_is_printed_and_not_in_the_head_of_a_page(exam: Synctex) -> None:
    spot = exam.spot(Where(TEMPLATE, 19))  # page 1 was shipped while line 19 was read
    assert spot is not None
    assert (spot.page, round(spot.x), round(spot.y), round(spot.height)) == (2, 200, 90, 10)


def test_the_edge_of_a_line_is_not_where_the_paragraph_s_last_line_is_printed(
    exam: Synctex,
) -> None:
    spot = exam.spot(Where(TEMPLATE, 15))
    assert spot is not None
    assert round(spot.y) == 110


def test_a_word_at_the_edge_is_not_of_the_line_of_the_glue_before_it(tmp_path: Path) -> None:
    nodes = (("g", "3,5", 100), ("x", "3,5", 130), ("g", "3,2", 160), ("x", "3,2", 190))
    text = HEAD + INPUTS + sheet(1, "1,7", line(100, *nodes), line(200, ("x", "3,5", 150)))
    exam = search(tmp_path, text + "!1\n" + FOOT)
    assert written(exam.place(1, 120, 95)) == 12
    spot = exam.spot(Where(TEMPLATE, 15))
    assert spot is not None
    assert round(spot.y) == 190


def test_what_has_no_size_is_not_where_a_line_is_printed(tmp_path: Path) -> None:
    empty = line(90, ("g", "3,4", 120), width=0)
    text = HEAD + INPUTS + sheet(1, "1,7", empty, line(200, ("x", "3,4", 150))) + "!1\n" + FOOT
    spot = search(tmp_path, text).spot(Where(TEMPLATE, 14))
    assert spot is not None
    assert round(spot.y) == 190
    only = HEAD + INPUTS + sheet(1, "1,7", empty, line(200, ("x", "3,8", 150))) + "!1\n" + FOOT
    nearest = search(tmp_path, only).spot(Where(TEMPLATE, 14))
    assert nearest is not None
    assert round(nearest.y) == 190


@pytest.mark.parametrize(("asked", "page"), [(14, 1), (17, 2), (30, 2), (1, 1), (999, 3)])
def test_a_line_that_prints_nothing_leads_to_the_nearest_that_does(
    exam: Synctex, asked: int, page: int
) -> None:
    spot = exam.spot(Where(TEMPLATE, asked))
    assert spot is not None
    assert spot.page == page


def test_a_part_without_a_line_leads_to_its_beginning(exam: Synctex) -> None:
    spot = exam.spot(Where(question="1", part="b"))
    assert spot is not None
    assert (spot.page, round(spot.y)) == (2, 290)


def test_a_file_that_prints_nothing_has_no_spot(exam: Synctex) -> None:
    assert exam.spot(Where("templates/other.tex", 3)) is None


def test_the_pages_of_a_part_and_those_that_hold_nothing_else(exam: Synctex) -> None:
    assert exam.span(Where(question="1", part="a")) == synctex.Span((1, 2), (1,))
    assert exam.span(Where(question="1", part="b", locale="fr")) == synctex.Span((2, 3), (3,))
    assert exam.span(Where(question="1", part="b", locale="en")) == synctex.Span((), ())


def test_a_height_may_be_that_of_the_record_before(tmp_path: Path) -> None:
    first = line(100, ("x", "3,2", 150))
    second = f"(3,3:{sp(300)},=:{size(100, 10)}\nx3,3:{sp(350)},=\n)\n"
    third = line(300, ("x", "3,5", 150))
    exam = search(tmp_path, HEAD + INPUTS + sheet(1, "1,7", first, second, third) + "!1\n" + FOOT)
    assert written(exam.place(1, 340, 95)) == 13


def test_a_compressed_file_says_the_same(exam: Synctex, tmp_path: Path) -> None:
    path = tmp_path / "main.synctex.gz"
    path.write_bytes(gzip.compress(EXAM.encode()))
    assert Synctex(path, locate).place(1, 250, 95) == exam.place(1, 250, 95)


def test_pieces_cut_anywhere_make_the_same_sections(exam: Synctex) -> None:
    text = EXAM.replace("!1\n{2", "!12\n!3\n{2")  # there may be an anchor with nothing before it
    whole = list(synctex.sections(synctex.opened(text.encode()), "x"))
    assert len(whole) == EXAM.count("\n!") + 1
    assert all(not section.startswith((b"\n", b"!")) for section in whole)

    class Small:
        most = 0

        def __init__(self) -> None:
            self.stream = synctex.opened(text.encode())

        def read(self, _: int) -> bytes:
            return self.stream.read(self.most)

    for most in (20, 21, 22, 23, 1000):
        Small.most = most
        assert list(synctex.sections(Small(), "x")) == whole  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "data",
    [b"", b"hello\n", gzip.compress(EXAM.encode(), mtime=0)[:-30]],
    ids=["empty", "text", "cut"],
)
def test_a_damaged_file_is_refused_by_its_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "main.synctex.gz"
    path.write_bytes(data)
    with pytest.raises(LatexError, match=r"^main\.synctex\.gz: is (not|damaged)"):
        Synctex(path, locate).read()


def test_a_file_too_large_is_refused_once_and_then_silent(
    exam: Synctex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(synctex, "MOST", 100)
    with pytest.raises(LimitError, match="not searched"):
        exam.spot(Where(TEMPLATE, 12))
    assert exam.spot(Where(TEMPLATE, 12)) is None


def test_the_file_may_be_replaced_after_it_was_read(exam: Synctex, tmp_path: Path) -> None:
    (tmp_path / "main.synctex").write_text("another", encoding="utf-8")
    assert written(exam.place(1, 250, 95)) == 13


MAIN = r"""\documentclass{article}
\begin{document}
\input{q1-a-fr}
\newpage
\input{q1-b-fr}
\end{document}
"""
SENTENCES = [
    "The first sentence of a paragraph stands on a line of its own, as solgen's templates want it.",
    "The second one follows it on the page, without a break.",
    r"The third holds $x^2 + \frac{1}{2}$ and ends the paragraph.",
    "",
    r"\[ y = \int_0^1 f(x) \, \mathrm{d}x \]",
    "The last one stands alone.",
]


@pytest.fixture(scope="module")
def typeset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with main.pdf and main.synctex.gz as pdfLaTeX makes them."""
    found = engine.find_pdflatex()
    if found is None:
        pytest.skip("needs pdflatex")
    folder = tmp_path_factory.mktemp("typeset")
    (folder / "main.tex").write_text(MAIN, encoding="utf-8")
    for name in ("q1-a-fr", "q1-b-fr"):
        (folder / f"{name}.tex").write_text("\n".join(SENTENCES) + "\n", encoding="utf-8")
    command = ["pdflatex", "-synctex=1", "-interaction=batchmode", "main.tex"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    return folder


@pytest.mark.parametrize("number", [1, 2, 3, 6])
@pytest.mark.parametrize("start", [10, 50])
def test_there_and_back_through_pdflatex_s_own_file(typeset: Path, start: int, number: int) -> None:
    exam = Synctex(typeset / "main.synctex.gz", locate)
    spot = exam.spot(Where(TEMPLATE, start + number))
    assert spot is not None
    assert spot.page == (1 if start == 10 else 2)
    assert written(exam.place(spot.page, spot.x - 1, spot.y + spot.height / 2)) == start + number
