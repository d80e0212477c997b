"""The live page in a real browser.

Needs Playwright (`pip install playwright`) and a Chromium that is installed; skipped elsewhere.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_live import EDITED, MESSAGE
from test_pages import pdf
from test_synctex import EXAM, TEMPLATE, locate

from solgen.errors import Where
from solgen.live import Live
from solgen.synctex import Synctex

api = pytest.importorskip("playwright.sync_api")
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
chromium = next((found for name in NAMES if (found := shutil.which(name))), None)
pytestmark = [
    pytest.mark.skipif(chromium is None, reason="needs Chromium"),
    # Playwright leaves its event loop to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with api.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield made
        made.close()


class Exam:
    """An exam with a page that is open, and what the browser complained of."""

    def __init__(self, folder: Path, browser: Any) -> None:
        self.root = folder / "exam"
        (self.root / TEMPLATE).parent.mkdir(parents=True)
        (self.root / TEMPLATE).write_text("x\n" * 99, encoding="utf-8")
        (folder / "main.synctex").write_text(EXAM, encoding="utf-8")
        self.folder = folder
        self.live = Live(self.root, setting="")
        context = browser.new_context(viewport={"width": 900, "height": 700})
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(self.live.address)

    def search(self) -> Synctex:
        return Synctex(self.folder / "main.synctex", locate)

    def pdf(self, name: str, *texts: str) -> Path:
        return pdf(self.folder / name, *texts, size=(8.5, 11))

    def until(self, condition: str) -> None:
        """Wait until this JavaScript holds; the page's own policy forbids wait_for_function."""
        end = time.monotonic() + 20
        while not self.page.evaluate(condition):
            assert time.monotonic() < end, condition
            self.page.wait_for_timeout(50)

    def number(self, expression: str) -> float:
        return float(self.page.evaluate(expression))


@pytest.fixture
def exam(tmp_path: Path, browser: Any) -> Iterator[Exam]:
    made = Exam(tmp_path, browser)
    yield made
    made.page.context.close()
    made.live.close()
    assert made.complaints == []


SHOWN = "document.querySelectorAll('.page:not(.preview)')[{0}]?.querySelector('img').src"
DRAWN = SHOWN + ".startsWith('blob:')"


def test_a_changed_page_is_replaced_in_place_and_the_others_are_left(exam: Exam) -> None:
    exam.live.show(exam.pdf("booklet.pdf", "one", "two", "three"))
    exam.until(DRAWN.format(0))
    exam.until(DRAWN.format(1))
    exam.page.evaluate("scrollTo(0, 500)")
    before = [exam.page.evaluate(SHOWN.format(n)) for n in (0, 1)]
    exam.live.show(exam.pdf("booklet.pdf", "one", "changed", "three"))
    exam.until(f"{SHOWN.format(1)} !== '{before[1]}'")
    assert exam.page.evaluate(SHOWN.format(0)) == before[0]
    assert exam.number("scrollY") == 500
    alt = exam.page.get_attribute(".page:nth-child(2) img", "alt")
    assert alt == "Page 2"


def test_the_page_goes_to_the_edited_place_unless_it_is_in_view(exam: Exam) -> None:
    exam.live.show(exam.pdf("booklet.pdf", "one", "two", "three"), exam.search())
    exam.until(DRAWN.format(0))
    exam.live.show(exam.pdf("booklet.pdf", "one", "new", "three"), exam.search(), EDITED)
    exam.until("document.querySelector('.mark') !== null")
    top = exam.number("document.querySelector('.mark').getBoundingClientRect().top")
    assert 100 < top < 600
    there = exam.number("scrollY")
    assert there > 500
    exam.page.evaluate("scrollBy(0, 40)")
    exam.live.show(exam.pdf("booklet.pdf", "one", "newer", "three"), exam.search(), EDITED)
    exam.until(
        "state.editions[0].spot && state.editions[0].spot.at === spotSeen && "
        "document.querySelector('.mark').parentNode.doc === state.editions[0].id"
    )
    assert exam.number("scrollY") == there + 40


def test_a_preview_takes_the_place_of_its_part_until_the_booklet_comes(exam: Exam) -> None:
    exam.live.show(exam.pdf("booklet.pdf", "one", "two", "three"), exam.search())
    exam.until(DRAWN.format(0))
    exam.live.part(exam.pdf("part.pdf", "a", "b"), EDITED, "booklet", exam.search())
    exam.until("document.querySelectorAll('.preview').length === 2")
    order = "[...document.querySelectorAll('.page')].filter(p => !p.hidden).map(p => p.className)"
    assert exam.page.evaluate(order) == ["page", "page old", "page preview", "page preview"]
    assert exam.page.inner_text(".preview figcaption >> nth=0") == "preview: question 1, part (b)"
    place = "document.querySelector('.mark').getBoundingClientRect().top"
    exam.page.evaluate("scrollBy(0, 60)")
    before = exam.number(place)
    exam.live.show(exam.pdf("booklet.pdf", "one", "two", "new"), exam.search(), EDITED)
    exam.until("document.querySelectorAll('.preview').length === 0")
    assert exam.page.evaluate(order) == ["page"] * 3
    assert abs(exam.number(place) - before) < 2


def test_a_preview_without_a_known_line_comes_into_view(exam: Exam) -> None:
    exam.live.show(exam.pdf("booklet.pdf", "one", "two", "three"), exam.search())
    exam.until(DRAWN.format(0))
    exam.live.part(exam.pdf("part.pdf", "a"), Where(question="1", part="b"))
    exam.until("document.querySelectorAll('.preview').length === 1")
    top = exam.number("document.querySelector('.preview').getBoundingClientRect().top")
    assert 0 < top < 100


def test_an_error_is_text_and_goes_away_when_it_is_mended(exam: Exam) -> None:
    exam.live.show(exam.pdf("booklet.pdf", "one"))
    exam.live.failed(MESSAGE)
    exam.page.wait_for_selector("#error:not([hidden])")
    assert exam.page.text_content("#message") == MESSAGE
    assert exam.page.locator("#message b").count() == 0
    assert "last good pages" in exam.page.inner_text("#error h1")
    assert exam.page.evaluate("document.title") == "✗ booklet"
    exam.page.click(f"#message button:text('{TEMPLATE}:51')")
    exam.until("document.querySelector('#place').innerText.includes('copied')")
    assert exam.page.evaluate("navigator.clipboard.readText()") == f"{TEMPLATE}:51"
    exam.page.keyboard.press("Escape")
    assert exam.page.is_hidden("#error")
    exam.live.failed(MESSAGE.replace("step 3", "step 4"))
    exam.page.wait_for_selector("#error:not([hidden])")
    exam.live.show(exam.pdf("booklet.pdf", "one"))
    exam.page.wait_for_selector("#error", state="hidden")


def test_a_double_click_tells_the_author_s_line(exam: Exam) -> None:
    exam.live.show(exam.pdf("booklet.pdf", "one", "two", "three"), exam.search())
    exam.until(DRAWN.format(0))
    box = exam.page.locator(".page").first.bounding_box()
    exam.page.mouse.dblclick(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 95 / 792)
    exam.page.wait_for_selector("#place:not([hidden])")
    assert exam.page.inner_text("#place code") == f"{TEMPLATE}:13"
    assert "question 1, part (a), fr" in exam.page.inner_text("#place span")


def test_the_editions_are_switched_by_button_and_by_key(exam: Exam) -> None:
    exam.live.show(exam.pdf("booklet.pdf", "both"))
    exam.live.show(exam.pdf("booklet.fr.pdf", "un", "deux"))
    count = "document.querySelectorAll('.page').length"
    exam.page.wait_for_selector("#editions button >> nth=1")
    assert exam.number(count) == 1
    exam.page.click("#editions button >> nth=1")
    assert exam.number(count) == 2
    exam.page.keyboard.press("l")
    assert exam.number(count) == 1


def test_the_page_waits_for_solgen_watch_and_goes_on_when_it_is_back(exam: Exam) -> None:
    exam.live.show(exam.pdf("booklet.pdf", "one"))
    exam.until(DRAWN.format(0))
    exam.live.close()
    exam.until("document.querySelector('#said').innerText.includes('has ended')")
    assert exam.page.evaluate(DRAWN.format(0))
    exam.live = Live(exam.root, setting="")
    exam.live.show(exam.pdf("booklet.pdf", "one", "two"))
    exam.live.done("again")
    exam.until("document.querySelector('#said').innerText === 'again'")
    assert exam.number("document.querySelectorAll('.page').length") == 2
