"""Pages of a PDF become pictures, recognised by what they show."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
import pypdfium2
import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from PIL import Image

from solgen.errors import LatexError
from solgen.pages import Closed, Drawn, Pages, Pictures


def pdf(path: Path, *texts: str, size: tuple[float, float] = (6, 8)) -> Path:
    """A PDF with a page for each text."""
    with mpl.rc_context({"pdf.compression": 0}), PdfPages(path) as file:
        for text in texts:
            figure = Figure(figsize=size)
            figure.text(0.2, 0.5, text, fontsize=30, color="#a03010")
            file.savefig(figure)
    return path


def test_a_picture_has_pdfium_s_own_pixels(tmp_path: Path) -> None:
    path = pdf(tmp_path / "x.pdf", "one", "two")
    pages = Pages(path, Pictures())
    assert (pages.count, pages.size) == (2, (432, 576))
    document = pypdfium2.PdfDocument(path)
    expected = document[1].render(scale=501 / 432, rev_byteorder=True).to_pil()
    document.close()
    found = Image.open(io.BytesIO(pages.picture(2, 501).png))
    assert found.size == (501, 668)
    assert found.tobytes() == expected.crop((0, 0, 501, 668)).tobytes()
    pages.close()


def test_the_same_page_of_two_pdfs_is_the_same_picture(tmp_path: Path) -> None:
    pictures = Pictures()
    old = Pages(pdf(tmp_path / "old.pdf", "one", "two"), pictures)
    new = Pages(pdf(tmp_path / "new.pdf", "one", "changed"), pictures)
    assert new.picture(1, 400) is old.picture(1, 400)
    assert new.picture(2, 400).key != old.picture(2, 400).key
    assert new.picture(1, 401).key != old.picture(1, 400).key
    for pages in (old, new):
        pages.close()


def test_pictures_of_different_shape_are_different(tmp_path: Path) -> None:
    pictures = Pictures()
    assert pictures.of(Drawn(1, 7, bytes(28))) != pictures.of(Drawn(2, 4, bytes(28)))


def test_only_the_last_pictures_are_kept(tmp_path: Path) -> None:
    pictures = Pictures(most=2)
    pages = Pages(pdf(tmp_path / "x.pdf", "one", "two", "three"), pictures)
    first = pages.picture(1, 200)
    assert pages.picture(1, 200) is first
    for page in (2, 3):
        pages.picture(page, 200)
    again = pages.picture(1, 200)
    assert again == first
    assert again is not first
    pages.close()


def test_the_file_may_be_replaced_while_it_is_shown(tmp_path: Path) -> None:
    path = pdf(tmp_path / "x.pdf", "one")
    pages = Pages(path, Pictures())
    path.write_bytes(b"not yet written")
    assert len(pages.picture(1, 200).png) > 500
    pages.close()


def test_a_closed_document_says_so(tmp_path: Path) -> None:
    pages = Pages(pdf(tmp_path / "x.pdf", "one"), Pictures())
    pages.close()
    for act in (lambda: pages.picture(1, 200), pages.outline, lambda: pages.size_of(1)):
        with pytest.raises(Closed):
            act()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\nand nothing more\n"])
def test_what_is_no_pdf_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "booklet.pdf"
    path.write_bytes(data)
    with pytest.raises(LatexError, match=r"^booklet\.pdf: cannot be shown"):
        Pages(path, Pictures())
